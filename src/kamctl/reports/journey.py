"""The way of each deal through the stages of one process, up to a day: how far it came, how long it stayed, its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from kamctl.facts import Facts
from kamctl.reports.pipeline import PipelineRow, Terms
from kamctl.rows.deals import OpportunityRow
from kamctl.schema.method.process import Process, Stage

NOWHERE = -1
"""The place of a deal whose stages compare to none of the process."""


class Journey(NamedTuple):
    """One deal and its way as of the day that its row is of.

    Places count the stages on the way to an order from 0. `place` is where it stands, or stood before it was lost,
    `reached` the furthest it ever came; both are NOWHERE for a deal that compares to no stage. `began` is the day it
    was created, else of its first stage. `stays` are the stages that it has left, with the days it stayed. `won_on` is
    None for a won deal without a history.
    """

    row: PipelineRow
    place: int
    reached: int
    began: date | None
    won_on: date | None
    lost_on: date | None
    lost_reason: str
    stays: tuple[tuple[int, int], ...]

    @property
    def open(self) -> bool:
        """Whether it is neither won nor lost."""
        return self.row.outcome == "open"

    @property
    def running(self) -> bool:
        """Whether it can still come further: it is not lost, and has not come to its end."""
        return self.row.outcome != "lost" and not self.row.ended


def chain(process: Process) -> list[Stage]:
    """Return the stages on the way to an order and beyond, without the ways out."""
    return [stage for stage in process.stages if stage.outcome != "lost"]


def journeys(facts: Facts, rows: Iterable[PipelineRow], terms: Terms, process: str = "") -> list[Journey]:
    """Return the way of each deal that has a row, through a process by its name (the workspace's by default).

    Stages of other processes count as those they compare to; a stage that was skipped counts as passed. A deal of
    which nothing but its loss is known came to the first stage.
    """
    deals = {deal.id: deal for deal in facts.opportunities}
    places = _Places(terms, process or terms.default_process)
    return [_journey(deals[row.id], row, places, terms) for row in rows]


class _Places:
    """The place of every stage of every process on the way through one of them."""

    def __init__(self, terms: Terms, target: str) -> None:
        self.terms = terms
        self.target = target
        self.chain = {stage.code: place for place, stage in enumerate(chain(terms.processes[target]))}
        self.known: dict[tuple[str, str], int] = {}
        for name, process in terms.processes.items():
            for stage in process.stages:
                code = stage.code if name == target else stage.maps_to.get(target, "")
                self.known[name, stage.code] = self.chain.get(code, NOWHERE)

    def place(self, process: str, code: str) -> int:
        """Return the place of a stage; NOWHERE for a way out and for a stage that compares to none."""
        name = process if process in self.terms.processes else self.terms.default_process
        return self.known.get((name, code), NOWHERE)


def _journey(deal: OpportunityRow, row: PipelineRow, places: _Places, terms: Terms) -> Journey:
    process = terms.process(deal)
    events = [(day, code) for day, code in deal.stages if day <= terms.as_of]
    way = [(day, place) for day, code in events if (place := places.place(row.process, code)) != NOWHERE]
    here = places.place(row.process, row.stage)
    lost = row.outcome == "lost"
    reached = max([here, *(place for _, place in way)])
    if lost:
        here = way[-1][1] if way else NOWHERE if _was_placed(process, events) else 0
        reached = max(reached, here)
    began = deal.created if deal.created is not None else (events[0][0] if events else None)
    lost_on = _lost_on(deal, process, events, terms.as_of) if lost else None
    return Journey(
        row,
        here,
        reached,
        began,
        _won_on(process, events) if row.outcome == "won" else None,
        lost_on,
        deal.lost_reason if lost else "",
        tuple(_stays(way, began, lost_on)),
    )


def _was_placed(process: Process, events: Sequence[tuple[date, str]]) -> bool:
    """Whether a history names a stage that is no way out."""
    return any(stage.outcome != "lost" for _, code in events if (stage := process.stage(code)) is not None)


def _won_on(process: Process, events: Sequence[tuple[date, str]]) -> date | None:
    """Return the first day of the won stages that a history ends with."""
    won = None
    for day, code in reversed(events):
        stage = process.stage(code)
        if stage is None or stage.outcome != "won":
            break
        won = day
    return won


def _lost_on(deal: OpportunityRow, process: Process, events: Sequence[tuple[date, str]], as_of: date) -> date | None:
    """Return the day a deal was lost: the way out in its history, else what `lost` says."""
    if events:
        stage = process.stage(events[-1][1])
        if stage is not None and stage.outcome == "lost":
            return events[-1][0]
    return deal.lost_on if deal.lost_on is not None and deal.lost_on <= as_of else None


def _stays(way: Sequence[tuple[date, int]], began: date | None, ended: date | None) -> Iterable[tuple[int, int]]:
    """Yield place and days of each stage that was left; steps between stages that compare to one are no step."""
    if not way:
        return
    since, place = way[0]
    since = began if began is not None and began < since else since
    for day, other in way[1:]:
        if other != place:
            yield place, (day - since).days
            since, place = day, other
    if ended is not None:
        yield place, (ended - since).days
