"""What moves a deal: assess, evidence, advance, lose, reopen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kamctl import edit
from kamctl.commands.asking import ask, can_ask
from kamctl.commands.recording import write_record
from kamctl.commands.session import Session
from kamctl.facts import Facts
from kamctl.labels import phrase, pick
from kamctl.layout import account_of, path_of, stem_of
from kamctl.loading import Document, unreadable
from kamctl.phrases import Phrase, Verbatim
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render.gate import gate_data, gate_text
from kamctl.render.output import print_json
from kamctl.render.screen import say, write
from kamctl.rows.deals import OpportunityRow
from kamctl.saving import Draft
from kamctl.schema import walk
from kamctl.schema.method.process import Process, Stage
from kamctl.schema.method.scorecard import Scorecard
from kamctl.schema.opportunity import MarkEntry, Opportunity
from kamctl.scoring.gates import Gate, gate
from kamctl.scoring.scorecard import UNKNOWN, US, Score, score
from kamctl.source import Data
from kamctl.tree import SourceFile

MARKS = ("+", "-", "?", "n/a")
TABLES = ("accounts", "people", "members", "opportunities", "marks", "competitors", "buying_roles", "gate_evidence")
ORDER = walk.keys_at(Opportunity, ())


class Claim(NamedTuple):
    """Marks as a person states them."""

    marks: Sequence[str]
    competitor: str
    evidence: str
    source: str
    by: str
    date: str


class Loss(NamedTuple):
    """How a deal was lost, as a person states it."""

    reason: str
    to: str
    lesson: str
    stage: str


@dataclass(frozen=True)
class Deal:
    """A deal about to be changed: its file, its facts and its method."""

    document: Document
    facts: Facts
    row: OpportunityRow
    process: Process
    scorecard: Scorecard


def open_deal(run: Session, name: str) -> Deal:
    """Read a deal with what belongs to it. Raises KamctlError when it cannot be read."""
    workspace, settings = run.workspace, run.workspace.settings
    deal_id = workspace.resolve("opportunity", name)
    document = workspace.document(SourceFile(path_of("opportunity", deal_id), "opportunity", deal_id))
    if document.record is None:
        raise unreadable(workspace.files, document.problems)
    facts = workspace.load(TABLES, account=account_of(deal_id)).facts
    row = next(row for row in facts.opportunities if row.id == deal_id)
    process = workspace.methods.process(row.process or settings.process)
    scorecard = workspace.methods.scorecard(process.scorecard or settings.scorecard)
    return Deal(document, facts, row, process, scorecard)


def gate_of(run: Session, deal: Deal, target: Stage) -> Gate:
    """Return the gate between a deal's stage and another, as of the day."""
    evidence = [row for row in deal.facts.gate_evidence if row.opportunity == deal.row.id]
    return gate(deal.process, deal.row, target, deal.facts.accounts.get(deal.row.account), evidence, run.as_of)


def show_gate(run: Session, name: str, to: str) -> None:
    """Print the gate to the next stage, or to the one named."""
    run.style.check(("table", "json"))
    deal = open_deal(run, name)
    way = gate_of(run, deal, _target(deal, to))
    if run.options.format == "json":
        print_json(gate_data(way, run.lang), run.style, run.envelope())
    else:
        write(gate_text(way, run.style.screen, run.lang))


def advance(run: Session, name: str, to: str, override: str, by: str, date: str, dry_run: bool) -> None:
    """Move a deal. Raises KamctlError when its gate is not met and is not overridden."""
    deal = open_deal(run, name)
    target = _target(deal, to)
    if target.outcome == "lost":
        command = f"kamctl opportunity lose {deal.row.id} --stage {target.code}"
        raise KamctlError(Phrase("{code} ends the deal", code=target.code), Verbatim(f"`{command}`"))
    present = deal.process.stage(deal.row.stage)
    if present is None:
        raise KamctlError(
            Phrase('the process has no stage "{name}"', name=deal.row.stage), Phrase("correct the stage first"), 1
        )
    if present.outcome == "lost":
        raise _lost_already(deal)
    way = gate_of(run, deal, target)
    if not run.options.quiet:
        say(gate_text(way, run.style.screen, run.lang).rstrip("\n"))
    if way.missing and not override:
        refusal = phrase("gate-refused", stage=target.code, count=len(way.missing))
        raise KamctlError(refusal, phrase("gate-ways", id=deal.row.id), exit_code=1)
    step = _step(run, deal, target.code, by, date)
    step |= {"move": way.move} if way.move else {}
    step |= {"override": override} if way.missing else {}
    _move(run, deal, step, {}, (), dry_run)
    if deal.process.following(target.code) is not None and not dry_run:
        run.say(run.label("next-command", command=f"kamctl opportunity gate {deal.row.id}"), "dim")


def lose(run: Session, name: str, loss: Loss, by: str, date: str, dry_run: bool) -> None:
    """End a deal as lost. Raises KamctlError without a reason of the method."""
    deal = open_deal(run, name)
    reasons = [reason.id for reason in run.workspace.methods.reasons.lost]
    if loss.reason not in reasons:
        message = (
            Phrase('there is no loss reason "{name}"', name=loss.reason)
            if loss.reason
            else Phrase("a lost deal needs a reason")
        )
        raise KamctlError(
            message,
            nearest(loss.reason, reasons, Phrase("--reason, one of {names}", names=", ".join(reasons))),
        )
    stage = _way_out(deal, loss.stage)
    if deal.row.stage == stage.code:
        raise KamctlError(Phrase("the deal stands at {code} already", code=stage.code), exit_code=1)
    step = _step(run, deal, stage.code, by, date)
    told: dict[str, Data] = {"date": step["date"], "reason": loss.reason, "to": loss.to, "lesson": loss.lesson}
    _move(run, deal, step, {"lost": {key: value for key, value in told.items() if value}}, (), dry_run)


def reopen(run: Session, name: str, reason: str, to: str, by: str, date: str, dry_run: bool) -> None:
    """Open an ended deal again. Raises KamctlError when it is open, or without a reason."""
    deal = open_deal(run, name)
    stage = deal.process.stage(deal.row.stage)
    if stage is not None and not _is_over(stage):
        raise KamctlError(Phrase("the deal is open, at {code}", code=stage.code), exit_code=1)
    if not reason:
        raise KamctlError(Phrase("--reason is missing"), Phrase("say why the deal is open again: --reason TEXT"))
    history = deal.document.record.stage_history if deal.document.record is not None else []
    ended = {item.code for item in deal.process.stages if _is_over(item)}
    before = next((event.stage for event in reversed(history) if event.stage not in ended), "")
    target = _known_stage(deal, to or before or deal.process.stages[0].code)
    if _is_over(target):
        raise KamctlError(
            Phrase("{code} ends the deal", code=target.code), Phrase("--to STAGE, one at which a deal is open")
        )
    lost = deal.document.record.lost if deal.document.record is not None else None
    lesson = lost.lesson if lost is not None else None
    was = ": ".join(filter(None, (deal.row.stage, deal.row.lost_reason, deal.row.lost_to, lesson)))
    step = _step(run, deal, target.code, by, date) | {"move": "reopen", "note": f"{reason} ({was})"}
    _move(run, deal, step, {}, ("lost",) if "lost" in deal.row.filled else (), dry_run)


def record_evidence(run: Session, name: str, criterion: str, note: str, date: str, dry_run: bool) -> None:
    """Record what shows a gate criterion. Raises KamctlError for one that the process does not have."""
    deal = open_deal(run, name)
    known = deal.process.gate_ids()
    if criterion not in known:
        hint = nearest(criterion, known, Phrase("`kamctl opportunity gate {id}` lists them", id=deal.row.id))
        raise KamctlError(Phrase('the process has no criterion "{name}"', name=criterion), hint)
    if not note:
        raise KamctlError(Phrase("--note is missing"), Phrase("say what shows it: --note TEXT"))
    value: Data = {"date": run.day(date, "--date").isoformat(), "evidence": note}
    text = _edited(lambda: edit.set_value(deal.document.text, ("gate_evidence", criterion), value, ORDER))
    write_record(run, Draft(deal.document.file.path, deal.document.raw, text), dry_run)
    if not dry_run:
        run.say(run.label("next-command", command=f"kamctl opportunity gate {deal.row.id}"), "dim")


def assess(run: Session, name: str, claim: Claim, dry_run: bool) -> None:
    """Add marks to the assessment of a day. Raises KamctlError for an unknown criterion, mark or competitor."""
    deal = open_deal(run, name)
    party = _party(deal, claim.competitor)
    marks = [_mark(deal.scorecard, words) for words in claim.marks]
    if not marks:
        if not can_ask():
            raise KamctlError(
                Phrase("there is nothing to assess"), Phrase("write criterion=+, or run it on a terminal")
            )
        marks = _asked(run, deal, party)
    day = run.day(claim.date, "--date").isoformat()
    record = deal.document.record
    assert record is not None
    position = next((i for i, a in enumerate(record.assessments) if a.date.isoformat() == day), None)
    notes = {"evidence": claim.evidence, "source": stem_of(claim.source)}
    entries: dict[str, Data] = {}
    for criterion, mark in marks:
        entries[criterion] = {party: mark, **{key: value for key, value in notes.items() if value}}
    text = deal.document.text
    if position is None:
        member = claim.by or deal.row.owner
        new: Data = {"date": day, **({"by": member} if member else {}), "marks": entries}
        text = _edited(lambda: edit.append(text, ("assessments",), new, ORDER))
    else:
        for criterion, entry in entries.items():
            keys = ("assessments", position, "marks", criterion)
            text = _with_marks(text, keys, entry)
            text = _settled(text, keys, record.assessments[position].marks.get(criterion), party)
    write_record(run, Draft(deal.document.file.path, deal.document.raw, text), dry_run)
    if not dry_run:
        run.say(run.label("next-command", command=f"kamctl score {deal.row.id}"), "dim")


def _with_marks(text: str, keys: tuple[str | int, ...], entry: Data) -> str:
    assert isinstance(entry, dict)
    for key, value in entry.items():
        text = _edited(lambda key=key, value=value, text=text: edit.set_value(text, (*keys, key), value))  # type: ignore[misc]
    return text


def _settled(text: str, keys: tuple[str | int, ...], entry: MarkEntry | None, party: str) -> str:
    """Return the text without the claims about a party that has a new mark."""
    claims = entry.disputed if entry is not None else []
    about = [position for position, claim in enumerate(claims) if (claim.party or "us") == party]
    if about and len(about) == len(claims):
        return _edited(lambda: edit.remove(text, (*keys, "disputed")))
    for position in reversed(about):
        text = _edited(lambda text=text, position=position: edit.remove(text, (*keys, "disputed", position)))  # type: ignore[misc]
    return text


def _move(
    run: Session, deal: Deal, step: dict[str, Data], values: dict[str, Data], unset: Sequence[str], dry_run: bool
) -> None:
    """Write a step of the history, the stage, and what goes with it, as one draft."""

    def edited() -> str:
        text = edit.append(deal.document.text, ("stage_history",), step, ORDER)
        text = edit.set_value(text, ("stage",), step["stage"])
        for key, value in values.items():
            text = edit.set_value(text, (key,), value, ORDER)
        for key in unset:
            text = edit.remove(text, (key,))
        return text

    write_record(run, Draft(deal.document.file.path, deal.document.raw, _edited(edited)), dry_run)


def _edited(change: Callable[[], str]) -> str:
    try:
        return change()
    except edit.EditRefused as error:
        raise KamctlError(error.message, Phrase("nothing was written"), 1) from None


def _step(run: Session, deal: Deal, stage: str, by: str, date: str) -> dict[str, Data]:
    member = by or deal.row.owner
    if by and deal.facts.members and by not in deal.facts.members:
        raise KamctlError(
            Phrase('"{name}" is not in team.yaml', name=by),
            nearest(by, list(deal.facts.members)),
        )
    step: dict[str, Data] = {"date": run.day(date, "--date").isoformat(), "stage": stage, "by": member}
    return {key: value for key, value in step.items() if value}


def _target(deal: Deal, to: str) -> Stage:
    if to:
        target = _known_stage(deal, to)
        if target.code == deal.row.stage:
            raise KamctlError(Phrase("the deal stands at {code} already", code=target.code), exit_code=1)
        return target
    following = deal.process.following(deal.row.stage)
    if following is None:
        if deal.row.stage in (way.code for way in deal.process.lost_stages()):
            raise _lost_already(deal)
        raise KamctlError(Phrase("{stage} is the last stage", stage=deal.row.stage), Phrase("--to STAGE goes back"), 1)
    return following


def _known_stage(deal: Deal, code: str) -> Stage:
    codes = {stage.code.casefold(): stage for stage in deal.process.stages}
    stage = codes.get(code.casefold())
    if stage is None:
        known = [stage.code for stage in deal.process.stages]
        hint = nearest(code, known, choices(known))
        raise KamctlError(Phrase('there is no stage "{name}"', name=code), hint)
    return stage


def _way_out(deal: Deal, code: str) -> Stage:
    ways = deal.process.lost_stages()
    if code:
        stage = _known_stage(deal, code)
        if stage.outcome != "lost":
            raise KamctlError(
                Phrase("{code} is no way out", code=stage.code),
                choices(way.code for way in ways),
            )
        return stage
    if not ways:
        raise KamctlError(
            Phrase("the process has no stage for lost deals"), Phrase("add one with outcome: lost to the process")
        )
    return ways[-1]


def _is_over(stage: Stage) -> bool:
    """Whether a deal at a stage has come to its end."""
    return stage.ended or stage.outcome == "lost"


def _lost_already(deal: Deal) -> KamctlError:
    command = f"kamctl opportunity reopen {deal.row.id} --reason …"
    return KamctlError(
        Phrase("the deal is lost, at {stage}", stage=deal.row.stage),
        Phrase("`{command}` opens it again", command=command),
        1,
    )


def _party(deal: Deal, competitor: str) -> str:
    if not competitor:
        return US
    rivals = {row.id: row for row in deal.facts.competitors if row.opportunity == deal.row.id}
    if competitor not in rivals:
        names = ", ".join(rivals) or Phrase("none yet")
        hint = nearest(competitor, list(rivals), Phrase("competitors: {names}", names=names))
        raise KamctlError(Phrase('the deal has no competitor "{name}"', name=competitor), hint)
    return competitor


def _mark(scorecard: Scorecard, words: str) -> tuple[str, str]:
    criterion, equals, mark = words.partition("=")
    if not equals or mark not in MARKS:
        raise KamctlError(Phrase('"{words}" is no mark', words=words), Phrase("write criterion=+, with + - ? or n/a"))
    known = [row.id for row in scorecard.criteria()]
    if criterion not in known:
        hint = nearest(criterion, known, choices(known))
        raise KamctlError(Phrase('the scorecard has no criterion "{name}"', name=criterion), hint)
    return criterion, mark


def _asked(run: Session, deal: Deal, party: str) -> list[tuple[str, str]]:
    """Ask criterion by criterion, with its meaning, its questions and the last mark; an empty answer keeps that."""
    rivals = [row.id for row in deal.facts.competitors if row.opportunity == deal.row.id]
    marks = [row for row in deal.facts.marks if row.opportunity == deal.row.id]
    now = score(deal.scorecard, marks, rivals, run.as_of, run.workspace.settings.fresh_for)
    answers = []
    for question in deal.scorecard.questions:
        say(run.style.screen.style_err(pick(question.label, run.lang), "bold"))
        for row in question.criteria:
            _explain_row(run, now, party, row.id)
            while (answer := ask(run.label("ask-mark"))) not in ("", *MARKS):
                say("+ - ? n/a")
            if answer:
                answers.append((row.id, answer))
    if not answers:
        raise KamctlError(Phrase("no marks were given"), Phrase("nothing was written"), 1)
    return answers


def _explain_row(run: Session, now: Score, party: str, criterion: str) -> None:
    row = now.scorecard.criterion(criterion)
    assert row is not None
    standing = now.now(party, criterion)
    last = f"{standing.mark} {standing.since}" if standing.since else UNKNOWN
    say(f"\n{pick(row.label, run.lang)}  [{last}] {standing.evidence}".rstrip())
    say(f"  + {pick(row.means_plus, run.lang)}\n  - {pick(row.means_minus, run.lang)}")
    for question in row.probe.ask:
        say(run.style.screen.style_err(f"  {pick(question, run.lang)}", "dim"))
