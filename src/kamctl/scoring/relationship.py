"""Relationship status: derived from dated behaviours, never typed; and what a buying team lacks.

A level is earned when enough of its behaviours have been seen and every level below is earned; an entry under
`opposes` overrides. The numbers stand in the method.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from kamctl.rows.deals import BuyingRoleRow
from kamctl.schema.method import Choice
from kamctl.schema.method.relationship import Level, Relationship


class Status(NamedTuple):
    """How a person stands to us as of a day.

    `level` is the level earned, the opposition, or unknown. `seen` are the behaviours seen by then, with their days.
    `following` is the next level to earn, with the behaviours of it that are `missing`, of which `needed` more count;
    None when the highest is earned.
    """

    level: Level
    seen: tuple[tuple[str, date], ...]
    following: Level | None
    missing: tuple[Choice, ...]
    needed: int


def status(person: BuyingRoleRow, method: Relationship, as_of: date) -> Status:
    """Derive the status of a person of a buying team."""
    seen = tuple(pair for pair in person.behaviours if pair[1] <= as_of)
    names = {name for name, _ in seen}
    earned = method.unknown
    following: Level | None = None
    for level in method.levels:
        if len(names & {choice.id for choice in level.behaviours}) < method.needed:
            following = level
            break
        earned = level
    opposed = next((level for level in method.opposition if level.id == person.opposes), None)
    missing = tuple(choice for choice in following.behaviours if choice.id not in names) if following else ()
    have = len(following.behaviours) - len(missing) if following else 0
    return Status(opposed or earned, seen, following, missing, max(0, method.needed - have) if following else 0)


def earned_on(person: BuyingRoleRow, method: Relationship) -> list[tuple[Level, date]]:
    """Return the levels that a person has earned and the day of each, lowest first."""
    days = dict(person.behaviours)
    earned: list[tuple[Level, date]] = []
    for level in method.levels:
        seen = sorted(days[choice.id] for choice in level.behaviours if choice.id in days)
        if len(seen) < method.needed:
            break
        reached = seen[method.needed - 1]
        earned.append((level, max(reached, earned[-1][1]) if earned else reached))
    return earned


class Finding(NamedTuple):
    """Something that a buying team lacks: the rule, the person it is about (empty for the team), and values."""

    rule: str
    person: str
    values: Mapping[str, str]


def findings(team: Sequence[BuyingRoleRow], method: Relationship, as_of: date) -> Iterator[Finding]:
    """Yield what the buying team of one deal lacks."""
    levels = {person.person: status(person, method, as_of).level.id for person in team}
    supporting = {level.id for level in method.levels[1:]}
    opposing = {level.id for level in method.opposition}
    key_roles = {role.id for role in method.roles if role.key}
    key_players = [person for person in team if key_roles & set(person.roles)]
    uncovered = ("", method.coverage[0].id)
    for role in method.roles:
        if role.required and not any(role.id in person.roles for person in team):
            yield Finding("buying-role-missing", "", {"role": role.id})
    if len(team) >= method.ask_opposition_from and not any(levels[p.person] in opposing for p in team):
        yield Finding("nobody-opposes", "", {"count": str(len(team))})
    against = sum(levels[person.person] in opposing for person in key_players)
    support = sum(levels[person.person] in supporting for person in key_players)
    if against and support <= against:
        yield Finding("supporters-outnumbered", "", {"supporters": str(support), "opponents": str(against)})
    for person in key_players:
        if person.coverage in uncovered:
            yield Finding("key-player-uncovered", person.person, {})
    mentors = [person for person in team if levels[person.person] == method.levels[-1].id]
    if mentors and all(person.influence != method.influence[0].id for person in mentors):
        yield Finding("mentor-outside", mentors[0].person, {})
    covered = [person for person in team if person.coverage not in uncovered]
    if len(team) > 1 and len(covered) == 1:
        yield Finding("single-threaded", covered[0].person, {"count": str(len(team))})
