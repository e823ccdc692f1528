"""A simulation of the open deals: each is won or not by its probability, and what comes in by the end of a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from random import Random
from typing import Literal, NamedTuple

from kamctl.reports.journey import Journey
from kamctl.reports.pipeline import CENT
from kamctl.reports.quota import Standing
from kamctl.rows.deals import MoveRow

Basis = Literal["owner", "stage"]


class Bet(NamedTuple):
    """One open deal: its amount in cents, and its chance to come in within the period, from 0 to 1."""

    id: str
    cents: int
    chance: float


class Simulation(NamedTuple):
    """What `trials` runs gave for a period, in the workspace's currency, with what is won already.

    Of `open` deals `bets` could come in, `left_out` lack an amount, a date or a probability. A tenth of the runs came
    to `p10` or less, half to `p50`, nine tenths to `p90`; `expected` is the exact mean, `mean` that of the runs.
    `chance` is the share of runs in percent that reached the quota. `slips` is how many won deals tell how dates slip;
    `slipping` whether they were enough.
    """

    standing: Standing
    basis: Basis
    trials: int
    seed: int
    open: int
    bets: int
    left_out: int
    won: Decimal
    expected: Decimal
    p10: Decimal
    p50: Decimal
    p90: Decimal
    mean: Decimal
    chance: Decimal | None
    slips: int
    slipping: bool


def simulate(
    ways: Sequence[Journey],
    standing: Standing,
    basis: Basis,
    slips: Sequence[int],
    floor: int,
    as_of: date,
    trials: int,
    seed: int,
) -> Simulation:
    """Draw every open deal by itself in each run, and add up what comes in. The same seed gives the same result.

    A deal comes in when it is won (by the owner's probability or the stage's) and its date, moved by a slip drawn
    from those of one's own won deals, lies in the period; both are one draw, by the product of the two chances.
    """
    running = [way for way in ways if way.open]
    enough = len(slips) >= floor
    found = bets(running, standing, basis, slips if enough else (), as_of)
    taking_part = sum(_can_be_drawn(way, basis) for way in running)
    won = int(standing.won / CENT)
    sums = sorted(runs(found, won, trials, seed))
    quota = standing.target.amount
    reached = sum(cents * CENT >= quota for cents in sums) if quota is not None else None
    expected = won + sum(bet.cents * bet.chance for bet in found)
    p10, p50, p90 = (_at(sums, share) for share in (0.1, 0.5, 0.9))
    return Simulation(
        standing=standing,
        basis=basis,
        trials=trials,
        seed=seed,
        open=len(running),
        bets=len(found),
        left_out=len(running) - taking_part,
        won=standing.won,
        expected=Decimal(round(expected)) * CENT,
        p10=p10,
        p50=p50,
        p90=p90,
        mean=Decimal(sum(sums)) / trials * CENT,
        chance=Decimal(100 * reached) / trials if reached is not None else None,
        slips=len(slips),
        slipping=enough,
    )


def bets(ways: Sequence[Journey], standing: Standing, basis: Basis, slips: Sequence[int], as_of: date) -> list[Bet]:
    """Return the deals that may come in within the period, in the order of their ids; an overdue one is due today."""
    found = []
    for way in sorted(ways, key=lambda way: way.row.id):
        probability, day, amount = _probability(way, basis), way.row.close_date, way.row.amount
        if probability is None or day is None or amount is None:
            continue
        due = max(day, as_of)
        days = [max(due + timedelta(days=slip), as_of) for slip in slips] or [due]
        inside = sum(standing.target.period.holds(day) for day in days) / len(days)
        chance = float(probability) / 100 * inside
        if chance > 0:
            found.append(Bet(way.row.id, int(amount / CENT), chance))
    return found


def runs(found: Sequence[Bet], won: int, trials: int, seed: int) -> list[int]:
    """Return the sum of each run in cents, what is won included."""
    draw = Random(seed).random
    sums = [won] * trials
    for _, cents, chance in found:
        sums = [before + cents if draw() < chance else before for before in sums]
    return sums


def slip_days(ways: Sequence[Journey], moves: Sequence[MoveRow] | None) -> list[int]:
    """Return by how many days each won deal came later than first expected; without moves nothing is known of it."""
    if moves is None:
        return []
    first: dict[str, date | None] = {}
    for move in moves:
        first.setdefault(move.opportunity, move.before or move.after)
    found = []
    for way in ways:
        expected = first.get(way.row.id, way.row.close_date)
        if way.won_on is not None and expected is not None:
            found.append((way.won_on - expected).days)
    return found


def _can_be_drawn(way: Journey, basis: Basis) -> bool:
    return _probability(way, basis) is not None and way.row.close_date is not None and way.row.amount is not None


def _probability(way: Journey, basis: Basis) -> Decimal | None:
    return way.row.probability if basis == "owner" else way.row.stage_probability


def _at(sums: Sequence[int], share: float) -> Decimal:
    """Return the smallest sum that a share of the runs does not exceed."""
    return sums[max(0, ceil(share * len(sums)) - 1)] * CENT
