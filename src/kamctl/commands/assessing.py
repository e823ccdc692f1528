"""What `assess` does: marks of a day on the scorecard of a deal, from the command line or asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kamctl import edit
from kamctl.commands.asking import ask, can_ask
from kamctl.commands.opening import ORDER, Deal, edited, open_deal
from kamctl.commands.recording import write_record
from kamctl.commands.session import Session
from kamctl.labels import pick
from kamctl.layout import stem_of
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render.screen import say
from kamctl.saving import Draft
from kamctl.schema.method.scorecard import Scorecard
from kamctl.schema.opportunity import MarkEntry
from kamctl.scoring.scorecard import UNKNOWN, US, Score, score
from kamctl.source import Data

MARKS = ("+", "-", "?", "n/a")


class Claim(NamedTuple):
    """Marks as a person states them."""

    marks: Sequence[str]
    competitor: str
    evidence: str
    source: str
    by: str
    date: str


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
        text = edited(lambda: edit.append(text, ("assessments",), new, ORDER))
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
        text = edited(lambda key=key, value=value, text=text: edit.set_value(text, (*keys, key), value))  # type: ignore[misc]
    return text


def _settled(text: str, keys: tuple[str | int, ...], entry: MarkEntry | None, party: str) -> str:
    """Return the text without the claims about a party that has a new mark."""
    claims = entry.disputed if entry is not None else []
    about = [position for position, claim in enumerate(claims) if (claim.party or "us") == party]
    if about and len(about) == len(claims):
        return edited(lambda: edit.remove(text, (*keys, "disputed")))
    for position in reversed(about):
        text = edited(lambda text=text, position=position: edit.remove(text, (*keys, "disputed", position)))  # type: ignore[misc]
    return text


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
