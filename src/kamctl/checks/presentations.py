"""Findings on the plans of presentations whose deal is not lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kamctl.checks.context import Context
from kamctl.layout import account_of, path_of, stem_of
from kamctl.problems import Problem
from kamctl.scoring.preparation import gaps, preparation_of

PRESENTATION_RULES = (
    "purpose-missing",
    "audience-missing",
    "audience-without-issue",
    "key-player-unattended",
    "story-step-empty",
    "steps-unplanned",
    "step-unassigned",
    "step-out-of-place",
    "step-overdue",
)
"""The findings of `scoring.preparation`, each a rule."""


def presentation_check(rule: str) -> Callable[[Context], Iterator[Problem]]:
    """Return the check of one finding."""

    def check(context: Context) -> Iterator[Problem]:
        for row in context.facts.presentations:
            deal = context.deals.get(row.opportunity)
            stage = context.stage_of(deal) if deal is not None else None
            if stage is not None and stage.outcome == "lost":
                continue
            plan = preparation_of(context.facts, row)
            for gap in gaps(plan, context.presenting, context.relationship, context.as_of):
                if gap.rule == rule:
                    person = gap.values.get("person", "")
                    own = stem_of(person) if account_of(person) == row.account else person
                    values = {**gap.values, "person": own}
                    path = path_of("presentation", row.id)
                    yield Problem(path, rule, gap.keys, on_key=len(gap.keys) == 1, values=values)

    return check
