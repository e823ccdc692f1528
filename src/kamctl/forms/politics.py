"""The organisation and political map of a deal or an account, as plain data for pictures and text.

Facts in, a frozen map out. Words of the method stand in it in the language asked for, so that whoever draws it needs
nothing else. What the files get wrong is shown and said: a circle of bosses is opened, a person without a file stands
under the id, two people of one name are told apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from kamctl.checks.people import circles
from kamctl.facts import Facts
from kamctl.forms.folding import Fold, folded
from kamctl.forms.map_people import Legend, MapPerson, in_order, legend_of, person_on_map, told_apart
from kamctl.labels import text
from kamctl.layout import stem_of
from kamctl.rows.deals import BuyingRoleRow, OpportunityRow
from kamctl.schema.method.relationship import Relationship

TABLES = ("accounts", "people", "members", "opportunities", "buying_roles")
"""The tables that a map is made from."""

FOLD_OVER = 30
"""With more people than this, departments are folded."""

STRONG = "strong"


@dataclass(frozen=True)
class Influence:
    """A line of influence from one person to another, by id; `strength` as the file writes it, `label` in words."""

    source: str
    target: str
    strength: str
    label: str

    @property
    def strong(self) -> bool:
        """Whether it is more than a normal one."""
        return self.strength == STRONG


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
    people = told_apart([person_on_map(facts, who, team.get(who), method, lang, as_of) for who in wanted])
    people = in_order(people, bosses)
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
        legend=legend_of(method, lang),
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


def _influences(team: Mapping[str, BuyingRoleRow], lang: str) -> tuple[Influence, ...]:
    return tuple(
        Influence(who, whom, strength, text(f"strength-{strength}", lang))
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
