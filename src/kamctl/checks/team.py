"""Findings on buying teams of open deals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kamctl.checks.context import Context, in_deal
from kamctl.layout import account_of, stem_of
from kamctl.problems import Keys, Problem
from kamctl.scoring.relationship import findings

TEAM_RULES = (
    "buying-role-missing",
    "nobody-opposes",
    "supporters-outnumbered",
    "key-player-uncovered",
    "mentor-outside",
    "single-threaded",
)
"""The findings of `scoring.relationship`, each a rule."""


def team_check(rule: str) -> Callable[[Context], Iterator[Problem]]:
    """Return the check of one finding."""

    def check(context: Context) -> Iterator[Problem]:
        for deal, team in context.teams.items():
            stage = context.stage_of(context.deals[deal])
            if stage is None or stage.outcome != "open":
                continue
            for finding in findings(team, context.relationship, context.as_of):
                if finding.rule == rule:
                    own = account_of(finding.person) == account_of(deal)
                    person = stem_of(finding.person) if own else finding.person
                    keys: Keys = ("buying_team", person) if person else ("buying_team",)
                    values = {"person": person, **finding.values}
                    yield in_deal(deal, rule, keys, values, on_key=True)

    return check
