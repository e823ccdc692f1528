"""What to ask next: the unknown and stale criteria by how much they could change the verdict, and whom to ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kamctl.rows.deals import BuyingRoleRow
from kamctl.schema.method.scorecard import Criterion
from kamctl.scoring.scorecard import MINUS, PLUS, UNKNOWN, US, QuestionScore, Score, Standing, tally, verdict


class NextQuestion(NamedTuple):
    """One criterion to find out about.

    `swing` is how many different verdicts its question could have, beside the present one, once the mark is
    known; `person` is the contact who is likeliest to know, empty when nobody on the buying team fits; `disputed` are
    the claims of our people who disagree.
    """

    criterion: Criterion
    question: str
    stale: bool
    swing: int
    person: str
    disputed: tuple[tuple[str, str, str, str], ...] = ()


def next_questions(score: Score, team: Sequence[BuyingRoleRow], coverage: Sequence[str]) -> list[NextQuestion]:
    """Return the disputed criteria, then the unknown ones, then the stale ones, most telling first.

    Order: how much the answer could change its question's verdict, then the order of the questions (they are a
    sequence), then the criterion's weight, then the sheet's order. `coverage` lists the ids of contact
    coverage from worst to best.
    """
    found: list[tuple[tuple[int, ...], NextQuestion]] = []
    for position, question in enumerate(score.questions):
        for row in question.question.criteria:
            standing = score.now(US, row.id)
            if standing.mark != UNKNOWN and not standing.stale:
                continue
            swing = _swing(score, question, row)
            person = whom_to_ask(row, team, coverage)
            item = NextQuestion(row, question.question.id, standing.stale, swing, person, standing.disputed)
            found.append(((int(standing.stale), not standing.disputed, -swing, position, -int(row.weight * 100)), item))
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def whom_to_ask(row: Criterion, team: Sequence[BuyingRoleRow], coverage: Sequence[str]) -> str:
    """Return the person of the buying team who fits a criterion best; empty when nobody does.

    Role first, in the criterion's order, then orientation, then how well we are in contact with the person.
    People who oppose us come last.
    """

    def rank(person: BuyingRoleRow) -> tuple[bool, int, bool, int]:
        roles = [i for i, role in enumerate(row.whom.roles) if role in person.roles]
        contact = coverage.index(person.coverage) if person.coverage in coverage else 0
        return (
            bool(person.opposes),
            roles[0] if roles else len(row.whom.roles),
            person.orientation not in row.whom.orientations,
            -contact,
        )

    fitting = [p for p in team if set(p.roles) & set(row.whom.roles) or p.orientation in row.whom.orientations]
    return min(fitting, key=rank).person if fitting else ""


def _swing(score: Score, question: QuestionScore, row: Criterion) -> int:
    standings = {r.id: score.now(US, r.id) for r in question.question.criteria}
    outcomes = set()
    for mark in (PLUS, MINUS):
        standings[row.id] = Standing(mark)
        outcomes.add(verdict(score.scorecard, tally(question.question.criteria, standings)))
    return len(outcomes - {question.verdict})
