"""What the days of commits say about the days in the files: where they differ so much that one would ask why.

Findings are questions. A late commit may have any reason, and whoever commits need not be whoever wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from kamctl import layout
from kamctl.history.answers import Commit
from kamctl.history.changes import marks_of
from kamctl.history.comparing import day_of, entries_of, mapping_of
from kamctl.history.repository import Repository
from kamctl.history.steps import Step
from kamctl.schema.method.audit import Audit

LATE_RECORD = "late_record"
BACKDATED_STAGE = "backdated_stage"
MOVED_TOGETHER = "moved_together"
MARK_AFTER_OUTCOME = "mark_after_outcome"
LATE_PLUS = "late_plus"
CHECKS = (LATE_RECORD, BACKDATED_STAGE, MOVED_TOGETHER, MARK_AFTER_OUTCOME, LATE_PLUS)

US, PLUS, UNKNOWN = "us", "+", "?"


class Case(NamedTuple):
    """Something that was looked at: who committed it, in which record, and what there is to ask, if anything.

    `dated` is the day that the file gives. `lag` is how long after that the commit came; `subject`, `party`, `before`
    and `after` say what changed.
    """

    check: str
    commit: Commit
    record: str
    asked: bool
    dated: date | None = None
    lag: timedelta | None = None
    subject: str = ""
    party: str = ""
    before: str = ""
    after: str = ""


Ended = Callable[[str, str], bool]
"""Whether a deal at a stage is won or lost: id and stage."""


def cases(steps: Iterable[Step], limits: Audit, is_ended: Ended) -> list[Case]:
    """Return all that can be asked about in some versions of records, oldest first, whether or not it is asked.

    Left out are merges, which nobody wrote, and what came with a commit that has no parent: when that was written,
    nobody knows.
    """
    found: list[Case] = []
    for step in steps:
        if len(step.before) > 1 or not step.version.commit.parents or step.after is None:
            continue
        place = layout.kind_and_id(step.version.path)
        kind, record = place or ("", "")
        if kind == "call":
            found += _records(step, record, limits)
        elif kind == "opportunity":
            found += _stages(step, record, limits)
            found += _moves(step, record)
            found += _marks(step, record, limits, is_ended)
    return _together(found, limits)


def count_signed(repository: Repository, commits: Sequence[str]) -> int:
    """Return how many commits carry a signature. It is not checked, which would run a program of the user's choice."""
    return sum(
        b"\ngpgsig" in (raw or b"").partition(b"\n\n")[0] for raw in repository.contents(list(dict.fromkeys(commits)))
    )


def _records(step: Step, record: str, limits: Audit) -> Iterator[Case]:
    """Yield that a call got its record, and how long after the call."""
    before = mapping_of(step.before[0])
    day = day_of(mapping_of(step.after).get("date"))
    if before.get("outcome") or not mapping_of(step.after).get("outcome") or day is None:
        return
    clock = str(step.after.get("time") or "23:59")
    try:
        held = datetime.combine(day, time.fromisoformat(clock))
    except ValueError:
        held = datetime.combine(day, time(23, 59))
    lag = step.version.commit.authored.replace(tzinfo=None) - held
    asked = lag > timedelta(hours=limits.record_within_hours)
    yield Case(LATE_RECORD, step.version.commit, record, asked, day, lag)


def _stages(step: Step, record: str, limits: Audit) -> Iterator[Case]:
    """Yield the steps that a deal took which was known before, and how long after the day they give."""
    if step.before[0] is None:
        return
    known = [_event(entry) for entry in entries_of(mapping_of(step.before[0]).get("stage_history"))]
    for entry in entries_of(mapping_of(step.after).get("stage_history")):
        day, stage = _event(entry)
        if day is None or (day, stage) in known:
            continue
        lag = step.version.commit.day - day
        yield Case(
            BACKDATED_STAGE, step.version.commit, record, lag.days > limits.backdated_days, day, lag, subject=stage
        )


def _event(entry: dict[str, Any]) -> tuple[date | None, str]:
    return day_of(entry.get("date")), str(entry.get("stage") or "")


def _moves(step: Step, record: str) -> Iterator[Case]:
    """Yield that the close date of a deal was moved; whether it is asked about is known when all are there."""
    before, after = (day_of(mapping_of(side).get("close_date")) for side in (step.before[0], step.after))
    if before is not None and after is not None and before != after:
        commit = step.version.commit
        yield Case(MOVED_TOGETHER, commit, record, False, after, after - before, "", "", str(before), str(after))


def _together(found: list[Case], limits: Audit) -> list[Case]:
    """Mark the close dates as asked about that one person moved on one day with as many others as it takes."""
    deals: dict[tuple[str, date], set[str]] = {}
    for case in found:
        if case.check == MOVED_TOGETHER:
            deals.setdefault((case.commit.email, case.commit.day), set()).add(case.record)
    return [
        case._replace(asked=True)
        if case.check == MOVED_TOGETHER and len(deals[case.commit.email, case.commit.day]) >= limits.moved_on_one_day
        else case
        for case in found
    ]


def _marks(step: Step, record: str, limits: Audit, is_ended: Ended) -> Iterator[Case]:
    """Yield the marks that changed in a deal which was known before: after its outcome, or to plus without evidence."""
    if step.before[0] is None:
        return
    commit, before = step.version.commit, mapping_of(step.before[0])
    then, now = marks_of(before), marks_of(mapping_of(step.after))
    ended = is_ended(record, str(before.get("stage") or ""))
    stood = {(criterion, party): mark["mark"] for (_, criterion, party), mark in then.items()}
    close = day_of(mapping_of(step.after).get("close_date"))
    for (day, criterion, party), mark in now.items():
        was = then.get((day, criterion, party))
        if was is not None and was["mark"] == mark["mark"]:
            continue
        old = was["mark"] if was is not None else stood.get((criterion, party), UNKNOWN)
        about = (day_of(day), None, criterion, party, old, mark["mark"])
        yield Case(MARK_AFTER_OUTCOME, commit, record, ended and old != mark["mark"], *about)
        if not ended and party == US and mark["mark"] == PLUS != old:
            late = close is not None and (close - commit.day).days <= limits.late_plus_days
            yield Case(LATE_PLUS, commit, record, late and not mark["evidence"], *about[:4], old, str(close or ""))
