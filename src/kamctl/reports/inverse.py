"""The inverse funnel: how many deals must stand at every stage for so many orders, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from kamctl.reports.funnel import StageLine, per_order
from kamctl.reports.journey import Journey, chain
from kamctl.reports.quota import Standing
from kamctl.schema.method.process import Process


class Need(NamedTuple):
    """What one stage needs and has.

    `by_method` follows the figures of the process, `by_history` how many of one's own deals that reached the stage came
    to an order; it is None when fewer than the floor have (`n`), or when none came to an order. Gaps are what is
    missing, 0 when enough is there. `have` are the open deals that stand here; None at the stage of the order.
    """

    group: str
    stage: str
    by_method: int | None
    by_history: int | None
    n: int
    have: int | None
    gap_by_method: int | None
    gap_by_history: int | None


class DealSize(NamedTuple):
    """The average won deal: its amount, None below the floor, over how many deals; `given` when a person named it."""

    amount: Decimal | None
    n: int
    given: bool = False


@dataclass(frozen=True)
class Plan:
    """How many orders are wanted of a group of deals and what that takes.

    `orders` is None when it cannot be said: without a quota, or without an average deal. `standing` and `size` are None
    where the orders were named.
    """

    group: str
    orders: int | None
    needs: list[Need]
    standing: Standing | None = None
    size: DealSize | None = None


def needs(group: str, orders: int, lines: Sequence[StageLine], process: Process, floor: int) -> list[Need]:
    """Return what is needed for some orders at every stage up to the order."""
    by_code = {line.stage: line for line in lines if line.outcome in ("open", "won")}
    stages = [stage for stage in chain(process) if stage.outcome == "open"]
    order = next((stage for stage in chain(process) if stage.outcome == "won"), None)
    won = by_code[order.code].reached if order is not None else 0
    found = []
    for stage in [*stages, *([order] if order is not None else [])]:
        line, times = by_code[stage.code], per_order(process, stage)
        method = _up(orders * times) if times is not None else None
        history = _up(Decimal(orders * line.reached) / won) if won and line.reached >= floor else None
        have = line.deals if stage.outcome == "open" else None
        missing = [None if n is None or have is None else max(0, n - have) for n in (method, history)]
        found.append(Need(group, stage.code, method, history, line.reached, have, *missing))
    return found


def quota_plan(
    group: str, against: Standing, size: DealSize, lines: Sequence[StageLine], process: Process, floor: int
) -> Plan:
    """Return what it takes to win what remains of a quota by deals of the average size."""
    if against.remaining is None or not size.amount:
        return Plan(group, None, [], against, size)
    orders = _up(against.remaining / size.amount)
    return Plan(group, orders, needs(group, orders, lines, process, floor), against, size)


def deal_size(ways: Sequence[Journey], floor: int) -> DealSize:
    """Return the average amount of the deals that were won; those without an amount do not count."""
    amounts = [way.row.amount for way in ways if way.row.outcome == "won" and way.row.amount is not None]
    enough = amounts and len(amounts) >= floor
    return DealSize(sum(amounts, Decimal(0)) / len(amounts) if enough else None, len(amounts))


def _up(number: Decimal) -> int:
    """Round up to whole deals."""
    return int(number.to_integral_value(ROUND_CEILING))
