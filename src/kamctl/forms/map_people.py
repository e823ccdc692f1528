"""The people of a political map: what the files and the method say of each, told apart and in order.

Words of the method stand in them in the language asked for. A person without a file stands under the id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kamctl.facts import Facts
from kamctl.labels import pick, text
from kamctl.layout import stem_of
from kamctl.rows.deals import BuyingRoleRow
from kamctl.schema.method import Choice
from kamctl.schema.method.relationship import Level, Relationship
from kamctl.scoring.relationship import status

Stance = Literal["for", "between", "against", "unknown"]
"""On which side a person stands; `between` for who has earned the lowest status only."""


@dataclass(frozen=True)
class Word:
    """A value of the method: its sign on a map ("" where it has none) and its label."""

    sign: str
    label: str


@dataclass(frozen=True)
class MapPerson:
    """A person on the map.

    `shown` is what stands in the box: the name, the id where there is none, both where two people share a name.
    `note` says what is missing: a file or a name. `ring` counts circles of influence from 0, the innermost, and is None
    where nobody has said; `coverage_step` counts from 0, no contact at all. `on_team` is whether the deal's buying team
    lists the person; `key` whether one of the roles makes a key player.
    """

    id: str
    name: str
    shown: str
    title: str = ""
    department: str = ""
    note: str = ""
    on_team: bool = False
    key: bool = False
    roles: tuple[Word, ...] = ()
    orientation: Word | None = None
    coverage: str = ""
    coverage_step: int | None = None
    ring: int | None = None
    influence: str = ""
    status: Word = Word("?", "")
    stance: Stance = "unknown"
    covered_by: str = ""

    @property
    def stem(self) -> str:
        """The last part of the id."""
        return stem_of(self.id)

    @property
    def place(self) -> str:
        """Title and department in one line; the department once where the title names it."""
        named = bool(self.department) and self.department in self.title
        return self.title if named else " · ".join(filter(None, (self.title, self.department)))

    def described(self, lang: str) -> str:
        """Return everything that a box says in words, for those who hear the map or look at one box."""
        about = [self.shown, self.note, self.place]
        if not self.on_team:
            return " · ".join(filter(None, [*about, text("map-not-on-team", lang)]))
        roles = ", ".join(word.label for word in self.roles)
        orientation = self.orientation.label if self.orientation is not None else ""
        covered = text("map-covered-by", lang, name=self.covered_by) if self.covered_by else ""
        standing = [f"{self.status.label} ({self.status.sign})", orientation, self.coverage, self.influence, covered]
        return " · ".join(filter(None, [*about, roles, *standing]))


@dataclass(frozen=True)
class Legend:
    """What signs, circles and levels mean, in the order of the method; `key_roles` make a key player."""

    roles: tuple[Word, ...] = ()
    key_roles: tuple[Word, ...] = ()
    orientations: tuple[Word, ...] = ()
    coverage: tuple[str, ...] = ()
    rings: tuple[str, ...] = ()
    statuses: tuple[tuple[Word, Stance], ...] = ()


def person_on_map(
    facts: Facts, who: str, role: BuyingRoleRow | None, method: Relationship, lang: str, as_of: date
) -> MapPerson:
    """Return what is known of a person; `role` is the part in the deal, None for who is not on its buying team."""
    row = facts.people.get(who)
    name = row.name.strip() if row is not None else ""
    note = "" if name else text("map-no-file" if row is None else "map-no-name", lang)
    person = MapPerson(
        id=who,
        name=name,
        shown=name or stem_of(who),
        title=row.title if row is not None else "",
        department=row.department if row is not None else "",
        note=note,
        status=_word(method.unknown, lang),
    )
    return person if role is None else _on_team(person, facts, role, method, lang, as_of)


def _on_team(
    person: MapPerson, facts: Facts, role: BuyingRoleRow, method: Relationship, lang: str, as_of: date
) -> MapPerson:
    level = status(role, method, as_of).level
    steps = [choice.id for choice in method.coverage]
    rings = [choice.id for choice in method.influence]
    orientation = next((choice for choice in method.orientations if choice.id == role.orientation), None)
    return replace(
        person,
        on_team=True,
        key=any(choice.key and choice.id in role.roles for choice in method.roles),
        roles=tuple(_word(choice, lang) for choice in method.roles if choice.id in role.roles),
        orientation=_word(orientation, lang) if orientation is not None else None,
        coverage=_label(method.coverage, role.coverage, lang),
        coverage_step=steps.index(role.coverage) if role.coverage in steps else None,
        ring=rings.index(role.influence) if role.influence in rings else None,
        influence=_label(method.influence, role.influence, lang),
        status=_word(level, lang),
        stance=_stance(level, method),
        covered_by=facts.member_name(role.covered_by) if role.covered_by else "",
    )


def told_apart(people: Sequence[MapPerson]) -> list[MapPerson]:
    """Add the id to names that several people have."""
    names = Counter(person.shown for person in people)
    return [
        replace(person, shown=f"{person.shown} ({person.stem})") if names[person.shown] > 1 else person
        for person in people
    ]


def in_order(people: Iterable[MapPerson], bosses: Mapping[str, str]) -> list[MapPerson]:
    """Put people in the order of the tree: who counts most first, the people below before the next one."""
    below: dict[str, list[MapPerson]] = {}
    for person in people:
        below.setdefault(bosses[person.id], []).append(person)
    ordered: list[MapPerson] = []
    waiting = sorted(below.get("", ()), key=_rank, reverse=True)
    while waiting:
        person = waiting.pop()
        ordered.append(person)
        waiting += sorted(below.get(person.id, ()), key=_rank, reverse=True)
    return ordered


def _rank(person: MapPerson) -> tuple[bool, str, bool, int, str]:
    """Return the place of a person among those beside: the team first, departments together, then key players."""
    ring = 99 if person.ring is None else person.ring
    return (not person.on_team, person.department, not person.key, ring, person.id)


def legend_of(method: Relationship, lang: str) -> Legend:
    """Return what the signs of a method mean."""
    levels = (*reversed(method.levels), method.unknown, *method.opposition)
    return Legend(
        roles=tuple(_word(choice, lang) for choice in method.roles),
        key_roles=tuple(_word(choice, lang) for choice in method.roles if choice.key),
        orientations=tuple(_word(choice, lang) for choice in method.orientations),
        coverage=tuple(pick(choice.label, lang) for choice in method.coverage),
        rings=tuple(pick(choice.label, lang) for choice in method.influence),
        statuses=tuple((_word(level, lang), _stance(level, method)) for level in levels),
    )


def _stance(level: Level, method: Relationship) -> Stance:
    if level in method.opposition:
        return "against"
    if level not in method.levels:
        return "unknown"
    return "between" if level is method.levels[0] else "for"


def _word(choice: Choice | Level, lang: str) -> Word:
    return Word(choice.sign, pick(choice.label, lang))


def _label(choices: Sequence[Choice], name: str, lang: str) -> str:
    return next((pick(choice.label, lang) for choice in choices if choice.id == name), "")
