"""What moves a deal: evidence, advance, lose, reopen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kamctl import edit
from kamctl.commands.opening import ORDER, Deal, edited, gate_of, open_deal
from kamctl.commands.recording import write_record
from kamctl.commands.session import Session
from kamctl.labels import phrase
from kamctl.phrases import Phrase, Verbatim
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render.gate import gate_data, gate_text
from kamctl.render.output import print_json
from kamctl.render.screen import say, write
from kamctl.saving import Draft
from kamctl.schema.method.process import Stage
from kamctl.source import Data


class Loss(NamedTuple):
    """How a deal was lost, as a person states it."""

    reason: str
    to: str
    lesson: str
    stage: str


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
    text = edited(lambda: edit.set_value(deal.document.text, ("gate_evidence", criterion), value, ORDER))
    write_record(run, Draft(deal.document.file.path, deal.document.raw, text), dry_run)
    if not dry_run:
        run.say(run.label("next-command", command=f"kamctl opportunity gate {deal.row.id}"), "dim")


def _move(
    run: Session, deal: Deal, step: dict[str, Data], values: dict[str, Data], unset: Sequence[str], dry_run: bool
) -> None:
    """Write a step of the history, the stage, and what goes with it, as one draft."""

    def moved() -> str:
        text = edit.append(deal.document.text, ("stage_history",), step, ORDER)
        text = edit.set_value(text, ("stage",), step["stage"])
        for key, value in values.items():
            text = edit.set_value(text, (key,), value, ORDER)
        for key in unset:
            text = edit.remove(text, (key,))
        return text

    write_record(run, Draft(deal.document.file.path, deal.document.raw, edited(moved)), dry_run)


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
