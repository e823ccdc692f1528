"""Us against one competitor: leads, gaps, and the strategy that follows from them."""

from __future__ import annotations

from typing import NamedTuple

from kamctl.schema.method.scorecard import Strategy
from kamctl.scoring.scorecard import MINUS, PLUS, UNKNOWN, US, Score


class Duel(NamedTuple):
    """Criteria by how we and one competitor stand on them.

    `leads`: we plus, they minus. `gaps`: the reverse. `contested`: both plus. `unproven`: one of us is marked and
    the other unknown, which counts for neither. `strategy` is None when fewer rows than the scorecard asks
    for are rated for both.
    """

    rival: str
    leads: list[str]
    gaps: list[str]
    contested: list[str]
    unproven: list[str]
    compared: int
    strategy: Strategy | None


def duel(score: Score, rival: str) -> Duel:
    """Compare us with a competitor row by row and name the first strategy of the scorecard that fits."""
    leads: list[str] = []
    gaps: list[str] = []
    contested: list[str] = []
    unproven: list[str] = []
    compared = 0
    for row in score.scorecard.criteria():
        ours, theirs = score.now(US, row.id).mark, score.now(rival, row.id).mark
        rated = {ours, theirs} <= {PLUS, MINUS}
        compared += rated
        if rated and ours != theirs:
            (leads if ours == PLUS else gaps).append(row.id)
        elif ours == theirs == PLUS:
            contested.append(row.id)
        elif UNKNOWN in (ours, theirs) and {ours, theirs} & {PLUS, MINUS}:
            unproven.append(row.id)
    strategy = None
    if compared >= score.scorecard.min_compared:
        strategy = next((s for s in score.scorecard.strategies if fits(s, score, len(leads), len(gaps))), None)
    return Duel(rival, leads, gaps, contested, unproven, compared, strategy)


def fits(strategy: Strategy, score: Score, leads: int, gaps: int) -> bool:
    """Whether a strategy's conditions hold."""
    return (
        leads >= strategy.min_leads
        and leads >= strategy.leads_per_gap * gaps
        and gaps >= strategy.min_gaps
        and all(score.now(US, row).mark == PLUS for row in strategy.we_hold)
    )


def duels(score: Score) -> list[Duel]:
    """Compare us with every competitor."""
    return [duel(score, rival) for rival in score.parties if rival != US and _has_marks(score, rival)]


def _has_marks(score: Score, rival: str) -> bool:
    return score.totals[rival].rated > 0
