"""The organisation and political map of a deal or an account, as plain data for pictures and text.

Facts in, a frozen map out. Words of the method stand in it in the language asked for, so that whoever draws it needs
nothing else. What the files get wrong is shown and said: a circle of bosses is opened, a person without a file stands
under the id, two people of one name are told apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from kamctl.checks.people import circles
from kamctl.facts import BuyingRoleRow, Facts, OpportunityRow
from kamctl.forms.folding import Fold, folded
from kamctl.labels import pick, text
from kamctl.layout import stem_of
from kamctl.schema.method import Choice, Level, Relationship
from kamctl.scoring.relationship import status

TABLES = ("accounts", "people", "members", "opportunities", "buying_roles")
"""The tables that a map is made from."""

FOLD_OVER = 30
"""With more people than this, departments are folded."""

STRONG = "strong"

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
class Influence:
    """A line of influence from one person to another, by id."""

    source: str
    target: str
    strong: bool
    label: str


@dataclass(frozen=True)
class Legend:
    """What signs, circles and levels mean, in the order of the method; `key_roles` make a key player."""

    roles: tuple[Word, ...] = ()
    key_roles: tuple[Word, ...] = ()
    orientations: tuple[Word, ...] = ()
    coverage: tuple[str, ...] = ()
    rings: tuple[str, ...] = ()
    statuses: tuple[tuple[Word, Stance], ...] = ()


@dataclass(frozen=True)
class PoliticalMap:
    """A political map as of a day.

    `bosses` says to whom a person reports, by id; ids of folded departments stand in it too. `people` are in the order
    of the tree, `roots` those above whom nobody is drawn. `circles` are ids of people who report to each other in a
    circle; it was opened at the first. `deal` names the deal whose buying team is shown, "" when there is none.
    """

    account: str
    customer: str
    deal_id: str
    deal: str
    as_of: date
    lang: str
    people: tuple[MapPerson, ...]
    bosses: Mapping[str, str]
    influences: tuple[Influence, ...]
    folds: tuple[Fold, ...] = ()
    circles: tuple[tuple[str, ...], ...] = ()
    legend: Legend = field(default_factory=Legend)

    @property
    def title(self) -> str:
        """What the map is called."""
        return text("map-title", self.lang)

    @property
    def subject(self) -> str:
        """Whose map it is."""
        return " · ".join(filter(None, (self.customer, self.deal)))

    @property
    def subtitle(self) -> str:
        """As of when it is, and that no deal says how people stand where none does."""
        day = text("picture-as-of", self.lang, date=self.as_of)
        return day if self.deal else f"{day} · {text('map-no-deal', self.lang)}"

    @property
    def roots(self) -> tuple[str, ...]:
        """People and folded departments above whom nobody is drawn, in order."""
        return tuple(
            name for name in (*(p.id for p in self.people), *(f.id for f in self.folds)) if not self.bosses[name]
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader must know: circles that were opened, departments that were folded."""
        shown = {person.id: person.shown for person in self.people}
        found = []
        for circle in self.circles:
            names = " → ".join(shown.get(name, stem_of(name)) for name in (*circle, circle[0]))
            found.append(text("map-circle", self.lang, circle=names, name=shown.get(circle[0], stem_of(circle[0]))))
        if self.folds:
            count = sum(len(fold.people) for fold in self.folds)
            found.append(
                text("map-folded", self.lang, count=count, departments=len({fold.department for fold in self.folds}))
            )
        return tuple(found)

    @property
    def people_in_words(self) -> tuple[str, ...]:
        """A sentence for each box in the order of the tree: who it is and to whom they report."""
        shown = {person.id: person.shown for person in self.people}
        said = [(person.id, person.described(self.lang)) for person in self.people]
        for fold in self.folds:
            count = text("map-people", self.lang, count=len(fold.people))
            said.append((fold.id, f"{fold.department or text('map-no-department', self.lang)} · {count}"))
        above = text("col-reports-to", self.lang)
        return tuple(
            f"{words} · {above} {shown[self.bosses[name]]}" if self.bosses[name] in shown else words
            for name, words in said
        )

    @property
    def lines_in_words(self) -> tuple[str, ...]:
        """A sentence for each line of influence."""
        shown = {person.id: person.shown for person in self.people}
        return tuple(f"{shown[line.source]} → {shown[line.target]} · {line.label}" for line in self.influences)

    def children(self) -> dict[str, list[str]]:
        """Return who and which folded departments stand below each id, in order."""
        below: dict[str, list[str]] = {}
        for name in (*(p.id for p in self.people), *(f.id for f in self.folds)):
            below.setdefault(self.bosses[name], []).append(name)
        return below


def political_map(
    facts: Facts,
    method: Relationship,
    account: str,
    deal: str,
    lang: str,
    as_of: date,
    fold_over: int | None = FOLD_OVER,
) -> PoliticalMap:
    """Return the map of a deal, or of an account when `deal` is "".

    A deal's map has its buying team, those whom it influences, and everybody above them. An account's has all its
    people, with what its newest deal that has a buying team says of them. `fold_over` None folds nothing.
    """
    row = _deal(facts, account, deal, as_of)
    team = {role.person: role for role in facts.buying_roles if row is not None and role.opportunity == row.id}
    reports = {person.id: person.reports_to for person in facts.people.values() if person.reports_to}
    wanted = _wanted(facts, account, team, reports, whole=not deal)
    opened = [tuple(circle) for circle in circles({who: [reports[who]] for who in wanted if who in reports})]
    cut = {circle[0] for circle in opened}
    bosses = {who: "" if who in cut else reports.get(who, "") for who in wanted}
    people = _told_apart([_person(facts, who, team.get(who), method, lang, as_of) for who in wanted])
    people = _in_order(people, bosses)
    result = PoliticalMap(
        account=account,
        customer=facts.account_name(account),
        deal_id=row.id if row is not None else "",
        deal=(row.name or stem_of(row.id)) if row is not None else "",
        as_of=as_of,
        lang=lang,
        people=tuple(people),
        bosses=bosses,
        influences=_influences(team, lang),
        circles=tuple(opened),
        legend=_legend(method, lang),
    )
    return _with_folds(result) if fold_over is not None and len(people) > fold_over else result


def _deal(facts: Facts, account: str, deal: str, as_of: date) -> OpportunityRow | None:
    """Return the deal asked for, else the account's newest one that has a buying team by the day."""
    if deal:
        return next((row for row in facts.opportunities if row.id == deal), None)
    staffed = {role.opportunity for role in facts.buying_roles}
    known = [
        row for row in facts.opportunities if row.account == account and row.id in staffed and _began(row) <= as_of
    ]
    return max(known, key=lambda row: (_began(row), row.id), default=None)


def _began(deal: OpportunityRow) -> date:
    return deal.created or (deal.stages[0][0] if deal.stages else date.min)


def _wanted(
    facts: Facts, account: str, team: Mapping[str, BuyingRoleRow], reports: Mapping[str, str], *, whole: bool
) -> list[str]:
    """Return the ids of all who belong on the map, with everybody above them."""
    start = [*team, *(whom for role in team.values() for whom, _ in role.influences)]
    if whole:
        start += [person.id for person in facts.people.values() if person.account == account]
    wanted: dict[str, None] = {}
    for who in start:
        while who and who not in wanted:
            wanted[who] = None
            who = reports.get(who, "")
    return list(wanted)


def _person(
    facts: Facts, who: str, role: BuyingRoleRow | None, method: Relationship, lang: str, as_of: date
) -> MapPerson:
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


def _told_apart(people: Sequence[MapPerson]) -> list[MapPerson]:
    """Add the id to names that several people have."""
    names = Counter(person.shown for person in people)
    return [
        replace(person, shown=f"{person.shown} ({person.stem})") if names[person.shown] > 1 else person
        for person in people
    ]


def _in_order(people: Iterable[MapPerson], bosses: Mapping[str, str]) -> list[MapPerson]:
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


def _influences(team: Mapping[str, BuyingRoleRow], lang: str) -> tuple[Influence, ...]:
    return tuple(
        Influence(who, whom, strength == STRONG, text(f"strength-{strength}", lang))
        for who, role in team.items()
        for whom, strength in role.influences
        if who != whom
    )


def _with_folds(whole: PoliticalMap) -> PoliticalMap:
    """Return the map with its departments folded."""
    needed: Collection[str] = {
        *(person.id for person in whole.people if person.on_team),
        *(end for line in whole.influences for end in (line.source, line.target)),
    }
    departments = {person.id: person.department for person in whole.people}
    folds = folded(departments, whole.bosses, needed)
    hidden = {name for fold in folds for name in fold.people}
    bosses = {name: boss for name, boss in whole.bosses.items() if name not in hidden}
    return replace(
        whole,
        people=tuple(person for person in whole.people if person.id not in hidden),
        bosses=bosses | {fold.id: fold.boss for fold in folds},
        folds=tuple(folds),
    )


def _legend(method: Relationship, lang: str) -> Legend:
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
