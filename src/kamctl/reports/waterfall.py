"""The pipeline waterfall: what became of the open pipeline between two days, step by step, to the cent.

Two states of the workspace are compared deal by deal: rows as of the start and rows as of the end, in one currency and
at one rate, so that no step is an exchange rate's. With a window, a deal counts while its expected signature lies
on or before its last day; a moved date takes it out or brings it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kamctl.reports.pipeline import PipelineRow

ZERO = Decimal(0)
STEPS = ("created", "reopened", "pulled_in", "up", "down", "pushed_out", "lost", "won", "removed")
"""What can happen to a pipeline, in the order in which it is told."""


class Part(NamedTuple):
    """What one deal gave to one step; `amount` is None when the deal has none in the workspace's currency."""

    step: str
    deal: str
    amount: Decimal | None


class Step(NamedTuple):
    """One step: the sum over its deals, how many there are, and how many of them have an amount."""

    name: str
    amount: Decimal
    deals: int
    priced: int
    parts: tuple[Part, ...]


class Waterfall(NamedTuple):
    """From the open pipeline at the start to the one at the end: start + all steps = end, to the cent.

    `until` is the last day of the window of expected signatures, None without one.
    """

    start: Step
    steps: tuple[Step, ...]
    end: Step
    until: date | None


def waterfall(start: Iterable[PipelineRow], end: Iterable[PipelineRow], until: date | None = None) -> Waterfall:
    """Compare the rows of a pipeline as of two days. A deal made and ended in between appears in both steps."""
    before, after = ({row.id: row for row in rows} for rows in (start, end))
    parts = [part for deal in {**before, **after} for part in _parts(deal, before.get(deal), after.get(deal), until)]
    return Waterfall(
        _open("start", before, until),
        tuple(_step(name, [part for part in parts if part.step == name]) for name in STEPS),
        _open("end", after, until),
        until,
    )


def _open(name: str, rows: Mapping[str, PipelineRow], until: date | None) -> Step:
    return _step(name, [Part(name, row.id, row.amount) for row in rows.values() if _counts(row, until)])


def _step(name: str, parts: list[Part]) -> Step:
    amounts = [part.amount for part in parts if part.amount is not None]
    return Step(name, sum(amounts, ZERO), len({part.deal for part in parts}), len(amounts), tuple(parts))


def _is_open(row: PipelineRow | None) -> bool:
    return row is not None and row.outcome == "open" and not row.ended


def _counts(row: PipelineRow | None, until: date | None) -> bool:
    """Whether a deal is part of the open pipeline that is looked at; one without a date is part of no window."""
    if row is None or not _is_open(row):
        return False
    return until is None or (row.close_date is not None and row.close_date <= until)


def _parts(deal: str, before: PipelineRow | None, after: PipelineRow | None, until: date | None) -> Iterator[Part]:
    """Yield what a deal gave to which steps; their sum is its amount at the end less its amount at the start."""
    was, now = _counts(before, until), _counts(after, until)
    if not was and not now:
        yield from _passing(deal, before, after, until)
        return
    if not was:
        assert after is not None
        yield Part(_entry(before), deal, after.amount)
        return
    assert before is not None
    if after is None:
        yield Part("removed", deal, _less(before.amount))
        return
    if _is_open(after) and not now:
        yield Part("pushed_out", deal, _less(before.amount))
        return
    yield from _change(deal, before.amount, after.amount)
    if not _is_open(after):
        yield Part(_exit(after), deal, _less(after.amount))


def _passing(deal: str, before: PipelineRow | None, after: PipelineRow | None, until: date | None) -> Iterator[Part]:
    """Yield both steps of a deal that came and ended in between, won or lost within the window."""
    if after is None or _is_open(after) or (before is not None and not _is_open(before)):
        return
    if before is not None and after.outcome == "lost":
        return  # it was lost outside the window, and never part of what is looked at
    if until is not None and before is None and (after.close_date is None or after.close_date > until):
        return
    yield Part(_entry(before), deal, after.amount)
    yield Part(_exit(after), deal, _less(after.amount))


def _entry(before: PipelineRow | None) -> str:
    """Return by which step a deal came in."""
    if before is None:
        return "created"
    return "pulled_in" if _is_open(before) else "reopened"


def _exit(after: PipelineRow) -> str:
    return "lost" if after.outcome == "lost" else "won"


def _change(deal: str, before: Decimal | None, after: Decimal | None) -> Iterator[Part]:
    change = (after or ZERO) - (before or ZERO)
    if change:
        yield Part("up" if change > 0 else "down", deal, change)


def _less(amount: Decimal | None) -> Decimal | None:
    return -amount if amount is not None else None
