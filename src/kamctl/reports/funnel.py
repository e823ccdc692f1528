"""The funnel: what stands at every stage, how many of those that reached it came further, and how long they stayed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from kamctl.reports.journey import NOWHERE, Journey, chain
from kamctl.schema.method.process import Process, Stage

HUNDRED = Decimal(100)


class StageLine(NamedTuple):
    """One stage of a funnel over a group of deals. Percents are from 0 to 100, the gap in points.

    `deals` stand here as of the day; `amount` sums `with_amount` of them. Of `reached` deals that ever came here
    `passed` came further, `standing` have not ended and are no further; `conversion` is passed of reached, None below
    the floor and at the last stage. `left` is how many are not `standing`, `left_conversion` passed of those. `target`
    is the conversion of the method, `gap` what conversion has more. `median_days` is over `stays` here that have ended.
    """

    group: str
    stage: str
    outcome: str
    deals: int
    amount: Decimal
    with_amount: int
    reached: int
    passed: int
    standing: int
    conversion: Decimal | None
    target: Decimal | None
    gap: Decimal | None
    left: int
    left_conversion: Decimal | None
    median_days: Decimal | None
    stays: int


class GroupLine(NamedTuple):
    """How many deals a group has, their amount, and how many have one."""

    group: str
    deals: int
    amount: Decimal
    with_amount: int


@dataclass(frozen=True)
class Funnel:
    """The lines of all deals, those of each group, and what they add up to.

    Lines stand in the order of the stages; the lost follow, and deals that compare to no stage, if there are any. Every
    deal stands in exactly one line. `unconverted` are the deals whose currency has no rate, `strange` those at no stage
    of the process.
    """

    process: str
    floor: int
    lines: list[StageLine]
    groups: dict[str, list[StageLine]]
    total: GroupLine
    unconverted: list[str]
    strange: list[str]


def funnel(
    ways: Sequence[Journey], process: Process, name: str, floor: int, by: Callable[[Journey], str] | None = None
) -> Funnel:
    """Return the funnel of some deals, also by group when `by` names the group of each."""
    grouped: dict[str, list[Journey]] = defaultdict(list)
    for way in ways if by is not None else ():
        grouped[by(way) if by is not None else ""].append(way)
    order = sorted(grouped, key=lambda group: (not group, -_total(group, grouped[group]).amount, group))
    return Funnel(
        name,
        floor,
        stage_lines("", ways, process, floor),
        {group: stage_lines(group, grouped[group], process, floor) for group in order},
        _total("", ways),
        [way.row.id for way in ways if way.row.original and way.row.amount is None],
        [way.row.id for way in ways if _stands(way) == NOWHERE],
    )


def stage_lines(group: str, ways: Sequence[Journey], process: Process, floor: int) -> list[StageLine]:
    """Return a line for each stage, one for the lost, and one for the rest where there is a rest."""
    stages = chain(process)
    here: dict[int, list[Journey]] = defaultdict(list)
    for way in ways:
        here[_stands(way)].append(way)
    reached = _reached(ways, len(stages))
    stays: dict[int, list[int]] = defaultdict(list)
    for way in ways:
        for place, days in way.stays:
            stays[place].append(days)
    lines = []
    for place, stage in enumerate(stages):
        standing = sum(way.running and way.reached == place for way in ways)
        following = stages[place + 1] if place + 1 < len(stages) else None
        counts = (reached[place], reached[place + 1], standing)
        target = target_conversion(process, stage, following)
        lines.append(_line(_total(group, here[place]), stage, counts, target, stays[place], floor, following is None))
    lost = process.lost_stages()
    return lines + [
        _aside(_total(group, here[place]), code, outcome)
        for place, code, outcome in ((LOST, lost[0].code if lost else "", "lost"), (NOWHERE, "", ""))
        if here[place]
    ]


def target_conversion(process: Process, stage: Stage, following: Stage | None) -> Decimal | None:
    """Return how many in a hundred at a stage come to the following one by the method, None where it does not say."""
    if following is None:
        return None
    here, there = per_order(process, stage), per_order(process, following)
    return HUNDRED * there / here if here and there else None


def per_order(process: Process, stage: Stage) -> Decimal | None:
    """Return how many deals must stand at a stage for one order: by its funnel figure, else by its probability."""
    if stage.figure and process.orders:
        return Decimal(stage.figure) / process.orders
    probability = process.probability(stage.code)
    return HUNDRED / probability if probability else None


LOST = -2
"""Where the lost stand among the places of a funnel."""


def _stands(way: Journey) -> int:
    return LOST if way.row.outcome == "lost" else way.place


def _reached(ways: Iterable[Journey], count: int) -> list[int]:
    """Return how many deals ever came to each place or further; a place beyond the last has none."""
    reached = [0] * (count + 1)
    for way in ways:
        if way.reached != NOWHERE:
            reached[way.reached] += 1
    for place in range(count - 1, 0, -1):
        reached[place - 1] += reached[place]
    return reached


def _line(
    total: GroupLine,
    stage: Stage,
    counts: tuple[int, int, int],
    target: Decimal | None,
    stays: Sequence[int],
    floor: int,
    last: bool,
) -> StageLine:
    reached, passed, standing = counts
    conversion = None if last else rate(passed, reached, floor)
    left = reached - standing
    return StageLine(
        total.group,
        stage.code,
        stage.outcome,
        total.deals,
        total.amount,
        total.with_amount,
        reached,
        passed,
        standing,
        conversion,
        target,
        conversion - target if conversion is not None and target is not None else None,
        left,
        None if last else rate(passed, left, floor),
        Decimal(str(median(stays))).normalize() + 0 if len(stays) >= floor else None,
        len(stays),
    )


def _aside(total: GroupLine, code: str, outcome: str) -> StageLine:
    nothing = (0, 0, 0, None, None, None, 0, None, None, 0)
    return StageLine(total.group, code, outcome, total.deals, total.amount, total.with_amount, *nothing)


def rate(part: int, whole: int, floor: int) -> Decimal | None:
    """Return a share in percent; None when the whole is smaller than the floor."""
    return HUNDRED * part / whole if whole and whole >= floor else None


def _total(group: str, ways: Sequence[Journey]) -> GroupLine:
    amounts = [way.row.amount for way in ways if way.row.amount is not None]
    return GroupLine(group, len(ways), sum(amounts, Decimal(0)), len(amounts))
