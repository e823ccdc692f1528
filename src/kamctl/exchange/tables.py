"""The flat tables that `kamctl export` writes: every column with its type and meaning, in one place.

Columns are a promise: within a VERSION they are added at the end of a table, never renamed, moved or removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from kamctl.facts import Facts
from kamctl.money import Rate
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest

VERSION = 1
"""The version of the column list."""

ALL = "all"
"""What stands for every table."""

Value = str | bool | int | Decimal | date | datetime | tuple[str, ...] | None
Line = tuple[Value, ...]


@dataclass(frozen=True)
class Source:
    """What tables are made from: the facts, the currency of amounts without one, and how stages end.

    `outcomes` says open, won or lost, by process and stage.
    """

    facts: Facts
    currency: str
    default_process: str
    outcomes: Mapping[tuple[str, str], str]
    rates: tuple[Rate, ...] = ()


class Column(NamedTuple):
    """One column: its name, its type, and what it says.

    `of` is the field of the row behind it, of the same name by default, or what computes it. `refers` is the table
    whose key stands here.
    """

    name: str
    kind: str
    about: str
    of: str | Callable[[Source, Any], Value] = ""
    refers: str = ""


class Table(NamedTuple):
    """One table: its name, what a row is, the rows of the facts behind it or what makes them, columns and key."""

    name: str
    about: str
    of: str | Callable[[Source], Iterator[Line]]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    needs: frozenset[str] = frozenset()

    @property
    def reads(self) -> frozenset[str]:
        """The tables of the facts that the table is made from."""
        return self.needs | ({self.of} if isinstance(self.of, str) else frozenset())


KINDS: Mapping[str, str] = {
    "text": "text",
    "date": "date, `2026-03-12`",
    "timestamp": "date and time, `2026-03-12T18:05:00`",
    "number": "number",
    "integer": "whole number",
    "boolean": "`true` or `false`; 1 or 0 in SQLite",
    "list": "list of text; `; ` between in CSV and xlsx, a JSON array in SQLite",
    "position": "whole number, counted from 1 inside what the first column names",
}
"""The types of columns."""


def _deal_process(source: Source, row: Any) -> str:
    return row.process or source.default_process


def _outcome(source: Source, row: Any) -> Value:
    return source.outcomes.get((_deal_process(source, row), row.stage))


def _customer(source: Source, row: Any) -> Value:
    return source.facts.account_name(row.account)


def _currency(amount: str) -> Callable[[Source, Any], Value]:
    """Return what gives the currency of an amount: its own, else the workspace's; nothing without an amount."""

    def read(source: Source, row: Any) -> Value:
        return (row.currency or source.currency) if getattr(row, amount) is not None else None

    return read


def _payment_currency(source: Source, row: Any) -> Value:
    known = row.amount is not None or row.received is not None
    return (row.currency or source.currency) if known else None


def _quotas(source: Source) -> Iterator[Line]:
    for key, member in sorted(source.facts.members.items()):
        yield from ((key, period, amount, currency or source.currency) for period, amount, currency in member.quota)


def _products(source: Source) -> Iterator[Line]:
    for deal in _sorted(source.facts.opportunities):
        yield from ((deal.id, number, product) for number, product in enumerate(deal.products, 1))


def _behaviours(source: Source) -> Iterator[Line]:
    for role in _sorted(source.facts.buying_roles):
        yield from ((role.opportunity, role.person, behaviour, day) for behaviour, day in sorted(role.behaviours))


def _influences(source: Source) -> Iterator[Line]:
    for role in _sorted(source.facts.buying_roles):
        yield from ((role.opportunity, role.person, whom, strength) for whom, strength in sorted(role.influences))


def _claims(source: Source) -> Iterator[Line]:
    for mark in _sorted(source.facts.marks):
        place = (mark.opportunity, mark.assessment, mark.criterion, mark.party)
        yield from ((*place, number, *claim) for number, claim in enumerate(map(_blank, mark.disputed), 1))


def _looked_after(source: Source) -> Iterator[Line]:
    for number, presenter in _numbered(source.facts.presenters):
        yield from (
            (presenter.presentation, number, place, presenter.member, person)
            for place, person in enumerate(presenter.looks_after, 1)
        )


def _callbacks(source: Source) -> Iterator[Line]:
    for week in _sorted(source.facts.weeks):
        yield from ((week.id, number, *callback) for number, callback in enumerate(map(_blank, week.callbacks), 1))


def _told(source: Source, row: Any) -> Value:
    return tuple(sorted(row.told))


def _rates(source: Source) -> Iterator[Line]:
    for number, rate in enumerate(sorted(source.rates), 1):
        yield number, rate.date, rate.base, rate.quote, rate.rate


DEAL = Column("opportunity", "text", "Deal, `account/stem`.", refers="opportunity")
CALL = Column("call", "text", "Call, `account/stem`.", refers="call")
PRESENTATION = Column("presentation", "text", "Presentation, `account/stem`.", refers="presentation")
NUMBER = Column("number", "position", "Place in the file.")

TABLES: tuple[Table, ...] = (
    Table(
        "account",
        "A customer.",
        "accounts",
        (
            Column("id", "text", "Key: the name of its folder."),
            Column("name", "text", "Name."),
            Column("grade", "text", "Grade of the method."),
            Column("status", "text", "target, prospect, active, dormant or lost."),
            Column("owner", "text", "The salesperson in charge.", refers="member"),
            Column("manager", "text", "The manager in charge.", refers="member"),
            Column("dealer", "text", "The dealer that serves it."),
            Column("process", "text", "Sales process, where it differs from the workspace's."),
            Column("vertical", "text", "Industry."),
            Column("province", "text", "Province."),
            Column("city", "text", "City."),
        ),
        ("id",),
    ),
    Table(
        "contact",
        "A person of a customer.",
        "people",
        (
            Column("id", "text", "Key: `account/stem`."),
            Column("account", "text", "The customer.", refers="account"),
            Column("name", "text", "Name."),
            Column("title", "text", "Title."),
            Column("department", "text", "Department."),
            Column("reports_to", "text", "The person's superior.", refers="contact"),
            Column("phone", "text", "Telephone number."),
            Column("email", "text", "E-mail address."),
        ),
        ("id",),
    ),
    Table(
        "member",
        "One of our people.",
        "members",
        (
            Column("id", "text", "Key in team.yaml."),
            Column("name", "text", "Name."),
            Column("role", "text", "salesperson, manager, support, executive or dealer."),
            Column("manager", "text", "Superior.", refers="member"),
            Column("unit", "text", "Unit."),
            Column("dealer", "text", "The dealer that the person works for."),
            Column("started", "date", "First day in the job."),
        ),
        ("id",),
    ),
    Table(
        "quota",
        "A target of one of our people for a year, a quarter or a month.",
        _quotas,
        (
            Column("member", "text", "Whose.", refers="member"),
            Column("period", "text", "`2026`, `2026-Q1` or `2026-01`."),
            Column("amount", "number", "The target."),
            Column("currency", "text", "Its currency."),
        ),
        ("member", "period"),
        frozenset(("members",)),
    ),
    Table(
        "opportunity",
        "A deal. What it does not say itself is what its account says: owner, process, industry, region, dealer.",
        "opportunities",
        (
            Column("id", "text", "Key: `account/stem`."),
            Column("account", "text", "The customer.", refers="account"),
            Column("account_name", "text", "The customer's name.", _customer),
            Column("name", "text", "Name of the project."),
            Column("owner", "text", "The salesperson in charge.", refers="member"),
            Column("process", "text", "Sales process in force.", _deal_process),
            Column("stage", "text", "Code of the present stage."),
            Column("outcome", "text", "How the stage ends it: open, won or lost.", _outcome),
            Column("stage_since", "date", "Since when it is there."),
            Column("amount", "number", "Expected order value."),
            Column("currency", "text", "Its currency.", _currency("amount")),
            Column("close_date", "date", "Expected signature."),
            Column("probability", "number", "The owner's own estimate, 0 to 100."),
            Column("forecast", "text", "closed, commit, best_case, pipeline or omitted."),
            Column("importance", "text", "Level of importance of the method."),
            Column("source", "text", "Who found it: principal or dealer."),
            Column("products", "list", "Products wanted."),
            Column("tender_date", "date", "Day of the tender."),
            Column("purchase_date", "date", "Expected purchase."),
            Column("created", "date", "When it was first heard of."),
            Column("vertical", "text", "Industry."),
            Column("province", "text", "Province."),
            Column("city", "text", "City."),
            Column("dealer", "text", "The dealer."),
            Column("lost_on", "date", "When it was lost."),
            Column("lost_reason", "text", "Loss reason of the method."),
            Column("lost_to", "text", "Key of the competitor who won it."),
        ),
        ("id",),
        frozenset(("accounts",)),
    ),
    Table(
        "product",
        "A product that a deal asks for.",
        _products,
        (DEAL, NUMBER, Column("product", "text", "The product.")),
        ("opportunity", "number"),
        frozenset(("opportunities", "accounts")),
    ),
    Table(
        "stage_event",
        "The day a deal came to a stage.",
        "stage_events",
        (DEAL, NUMBER, Column("date", "date", "When."), Column("stage", "text", "Code of the stage.")),
        ("opportunity", "number"),
    ),
    Table(
        "mark",
        "A mark of one party on one criterion on one day.",
        "marks",
        (
            DEAL,
            Column("assessment", "integer", "Place of its assessment in the file, from 0."),
            Column("date", "date", "When."),
            Column("by", "text", "Who of our people.", refers="member"),
            Column("criterion", "text", "Criterion of the scorecard."),
            Column("party", "text", "`us`, or the key of a competitor."),
            Column("mark", "text", "`+`, `-`, `?` or `n/a`."),
            Column("evidence", "text", "What shows it."),
            Column("source", "text", "The contact who said so.", refers="contact"),
        ),
        ("opportunity", "assessment", "criterion", "party"),
    ),
    Table(
        "claim",
        "What one of several people who disagree says of a mark. The mark itself is `?` then.",
        _claims,
        (
            DEAL,
            Column("assessment", "integer", "Place of its assessment in the file, from 0."),
            Column("criterion", "text", "Criterion of the scorecard."),
            Column("party", "text", "`us`, or the key of a competitor."),
            Column("number", "integer", "Place among the claims, from 1."),
            Column("by", "text", "Who of our people.", refers="member"),
            Column("mark", "text", "`+`, `-`, `?` or `n/a`."),
            Column("evidence", "text", "What shows it."),
            Column("source", "text", "The contact who said so.", refers="contact"),
        ),
        ("opportunity", "assessment", "criterion", "party", "number"),
        frozenset(("marks",)),
    ),
    Table(
        "competitor",
        "A rival in a deal.",
        "competitors",
        (DEAL, Column("id", "text", "Key of the rival in the deal."), Column("name", "text", "Name.")),
        ("opportunity", "id"),
    ),
    Table(
        "buying_role",
        "A person's part in a deal.",
        "buying_roles",
        (
            DEAL,
            Column("person", "text", "Who.", refers="contact"),
            Column("roles", "list", "Buying roles."),
            Column("orientation", "text", "What the person looks at first."),
            Column("adaptability", "text", "How the person takes to new things."),
            Column("coverage", "text", "How well we are in contact."),
            Column("influence", "text", "How near the person is to power."),
            Column("opposes", "text", "Level of opposition, of people who work against us."),
            Column("covered_by", "text", "Who of our people looks after the person.", refers="member"),
        ),
        ("opportunity", "person"),
    ),
    Table(
        "behaviour",
        "A behaviour that a person has shown in a deal.",
        _behaviours,
        (
            DEAL,
            Column("person", "text", "Who.", refers="contact"),
            Column("behaviour", "text", "Behaviour of the method."),
            Column("date", "date", "When it was seen."),
        ),
        ("opportunity", "person", "behaviour"),
        frozenset(("buying_roles",)),
    ),
    Table(
        "influence",
        "Whom a person of a deal influences.",
        _influences,
        (
            DEAL,
            Column("person", "text", "Who.", refers="contact"),
            Column("whom", "text", "Whom.", refers="contact"),
            Column("strength", "text", "strong or normal."),
        ),
        ("opportunity", "person", "whom"),
        frozenset(("buying_roles",)),
    ),
    Table(
        "gate_evidence",
        "What shows that a criterion of the process is met.",
        "gate_evidence",
        (
            DEAL,
            Column("criterion", "text", "Criterion of the process."),
            Column("date", "date", "Since when."),
            Column("evidence", "text", "What shows it."),
        ),
        ("opportunity", "criterion"),
    ),
    Table(
        "bid",
        "The bid of a deal, or the decision not to bid.",
        "bids",
        (
            DEAL,
            Column("decision", "text", "bid or no_bid."),
            Column("decided_on", "date", "When it was decided."),
            Column("due", "date", "Last day to hand in."),
            Column("cost", "number", "Our cost, where it is in the currency of the price."),
            Column("price", "number", "Our price."),
            Column("currency", "text", "Currency of cost and price.", _currency("price")),
            Column("margin", "number", "Gross margin, 0 to 100."),
            Column("fatal_factor", "text", "What rules a bid out."),
        ),
        ("opportunity",),
    ),
    Table(
        "contract",
        "The contract of a deal.",
        "contracts",
        (
            DEAL,
            Column("signed", "date", "When it was signed."),
            Column("amount", "number", "Contract value."),
            Column("changes", "number", "Sum of later changes of the price."),
            Column("currency", "text", "Currency of both.", _currency("amount")),
        ),
        ("opportunity",),
    ),
    Table(
        "action",
        "A step of a deal's action plan.",
        "actions",
        (
            DEAL,
            NUMBER,
            Column("due", "date", "By when."),
            Column("who", "text", "Who, one of our people or a contact of the account."),
            Column("what", "text", "What."),
            Column("done", "date", "When it was done."),
            Column("resources", "text", "What it needs."),
            Column("result", "text", "What came of it."),
        ),
        ("opportunity", "number"),
    ),
    Table(
        "payment",
        "A payment of a deal's contract.",
        "payments",
        (
            DEAL,
            NUMBER,
            Column("due", "date", "When it is due."),
            Column("amount", "number", "How much is due."),
            Column("received", "number", "How much came."),
            Column("currency", "text", "Currency of both.", _payment_currency),
            Column("received_on", "date", "When it came."),
        ),
        ("opportunity", "number"),
    ),
    Table(
        "call",
        "A visit, telephone call or meeting, planned or held.",
        "calls",
        (
            Column("id", "text", "Key: `account/stem`."),
            Column("account", "text", "The customer.", refers="account"),
            Column("date", "date", "Day."),
            Column("time", "text", "Time of day, `14:00`."),
            Column("duration", "integer", "Length in minutes."),
            Column("by", "text", "Who of our people.", refers="member"),
            Column("mode", "text", "visit, phone, online, email or event."),
            Column("contact", "text", "Whom of theirs.", refers="contact"),
            Column("opportunity", "text", "The deal that it is about.", refers="opportunity"),
            Column("purpose", "text", "Why this call."),
            Column("resources", "text", "What it needs."),
            Column("done", "boolean", "Whether its outcome is recorded."),
            Column("recorded_at", "timestamp", "When it was recorded."),
            Column("events", "text", "What happened."),
            Column("customer_view", "text", "How the customer sees it."),
            Column("met", "list", "Their people who take part, by key, or by name without a file."),
            Column("ours", "list", "Our people who take part."),
            Column("next_date", "date", "Day of the next call."),
            Column("next_purpose", "text", "What the next call is for."),
        ),
        ("id",),
    ),
    Table(
        "objective",
        "What a call is to achieve.",
        "objectives",
        (
            CALL,
            NUMBER,
            Column("objective", "text", "What."),
            Column("met", "boolean", "Whether it was met; empty until it is judged."),
            Column("measure", "text", "How one can tell."),
            Column("due", "date", "By when."),
        ),
        ("call", "number"),
    ),
    Table(
        "need",
        "A need that came up in a call.",
        "needs",
        (
            CALL,
            NUMBER,
            Column("need", "text", "The need."),
            Column("confirmed", "boolean", "Whether they confirmed it; empty when nobody has said."),
        ),
        ("call", "number"),
    ),
    Table(
        "objection",
        "An objection that came up in a call.",
        "objections",
        (
            CALL,
            NUMBER,
            Column("objection", "text", "The objection."),
            Column("handled", "boolean", "Whether it was answered; empty when nobody has said."),
        ),
        ("call", "number"),
    ),
    Table(
        "commitment",
        "What someone promised in a call.",
        "commitments",
        (
            CALL,
            NUMBER,
            Column("account", "text", "The customer.", refers="account"),
            Column("by", "text", "Who, one of our people or a contact of the account."),
            Column("what", "text", "What."),
            Column("due", "date", "By when."),
            Column("done", "date", "When it was kept."),
        ),
        ("call", "number"),
    ),
    Table(
        "presentation",
        "A presentation and its plan.",
        "presentations",
        (
            Column("id", "text", "Key: `account/stem`."),
            Column("account", "text", "The customer.", refers="account"),
            Column("date", "date", "Day."),
            Column("by", "text", "Who of our people leads.", refers="member"),
            Column("opportunity", "text", "The deal that it is about.", refers="opportunity"),
            Column("purpose", "text", "What for."),
            Column("agenda", "list", "Agenda."),
            Column("story", "list", "Steps of the story that hold something.", _told),
        ),
        ("id",),
    ),
    Table(
        "audience",
        "A person who listens to a presentation.",
        "audience",
        (
            PRESENTATION,
            NUMBER,
            Column("person", "text", "Who, of people with a file.", refers="contact"),
            Column("name", "text", "The name, of people without one."),
            Column("roles", "list", "Buying roles."),
            Column("business", "text", "Business issues."),
            Column("political", "text", "Political or personal issues."),
        ),
        ("presentation", "number"),
    ),
    Table(
        "preparation",
        "A step of preparing a presentation or following it up.",
        "preparations",
        (
            PRESENTATION,
            NUMBER,
            Column("step", "text", "The standard step of the method that it is."),
            Column("due", "date", "By when."),
            Column("who", "text", "Who, one of our people or a contact of the account."),
            Column("action", "text", "What."),
            Column("done", "date", "When it was done."),
            Column("resources", "text", "What it needs."),
        ),
        ("presentation", "number"),
    ),
    Table(
        "presenter",
        "One of our people who takes part in a presentation.",
        "presenters",
        (
            PRESENTATION,
            NUMBER,
            Column("member", "text", "Who.", refers="member"),
            Column("role", "text", "The part in it."),
        ),
        ("presentation", "number"),
    ),
    Table(
        "looked_after",
        "A person whom one of ours looks after at a presentation.",
        _looked_after,
        (
            PRESENTATION,
            Column("presenter", "integer", "Number of the presenter."),
            Column("number", "integer", "Place among those whom the presenter looks after, from 1."),
            Column("member", "text", "Who of our people.", refers="member"),
            Column("person", "text", "Whom.", refers="contact"),
        ),
        ("presentation", "presenter", "number"),
        frozenset(("presenters",)),
    ),
    Table(
        "week",
        "A salesperson's week: what is not in the calls.",
        "weeks",
        (
            Column("id", "text", "Key: week and person."),
            Column("week", "text", "`2026-W11`."),
            Column("by", "text", "Whose.", refers="member"),
            Column("goals", "list", "Goals."),
            Column("prospecting_hours", "number", "Hours for finding new customers."),
            Column("notes", "text", "Anything else."),
        ),
        ("id",),
    ),
    Table(
        "callback",
        "A person to call back in a week.",
        _callbacks,
        (
            Column("week", "text", "The week, by its key.", refers="week"),
            NUMBER,
            Column("date", "date", "When."),
            Column("contact", "text", "Whom.", refers="contact"),
            Column("note", "text", "What about."),
        ),
        ("week", "number"),
        frozenset(("weeks",)),
    ),
    Table(
        "external",
        "The key of a record in another system.",
        "externals",
        (
            Column("kind", "text", "Kind of the record: account, contact, opportunity, call, presentation or week."),
            Column("record", "text", "Its key here."),
            Column("system", "text", "Name of the other system."),
            Column("key", "text", "Its key there."),
        ),
        ("kind", "record", "system"),
    ),
    Table(
        "rate",
        "What one unit of a currency cost in another from a day on.",
        _rates,
        (
            Column("number", "integer", "Place among all rates, by date."),
            Column("date", "date", "From when."),
            Column("base", "text", "One unit of this currency."),
            Column("quote", "text", "The currency of the price."),
            Column("rate", "number", "The price."),
        ),
        ("number",),
    ),
)
"""Every table that can be exported."""

BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}


def chosen(names: Iterable[str]) -> list[Table]:
    """Return tables by name, in the order of TABLES; `all` is every one. Raises KamctlError for an unknown name."""
    wanted = {name.strip() for words in names for name in words.split(",")}
    for name in sorted(wanted - BY_NAME.keys() - {ALL}):
        hint = nearest(name, [*BY_NAME, ALL], Phrase("one of {names}, {all}", names=", ".join(BY_NAME), all=ALL))
        raise KamctlError(Phrase('there is no table "{name}"', name=name), hint)
    return [table for table in TABLES if ALL in wanted or table.name in wanted]


def lines(table: Table, source: Source) -> Iterator[Line]:
    """Yield the rows of a table, in the order of their keys; what is empty is None."""
    if not isinstance(table.of, str):
        yield from table.of(source)
        return
    for place, row in _numbered(getattr(source.facts, table.of)):
        yield tuple(_value(column, source, row, place) for column in table.columns)


def _value(column: Column, source: Source, row: Any, place: int) -> Value:
    if column.kind == "position":
        return place
    value = column.of(source, row) if callable(column.of) else getattr(row, column.of or column.name)
    return None if value == "" else value


def _blank(values: Iterable[Any]) -> Line:
    return tuple(None if value == "" else value for value in values)


def _numbered(rows: Any) -> Iterator[tuple[int, Any]]:
    """Yield rows in order, each with its place inside the record that it belongs to, from 1."""
    places: dict[str, int] = {}
    for row in _sorted(rows):
        places[row[0]] = place = places.get(row[0], 0) + 1
        yield place, row


def _sorted(rows: Any) -> list[Any]:
    """Return rows in the order of the record that they belong to; inside it as the file has them."""
    return sorted(rows.values() if isinstance(rows, dict) else rows, key=lambda row: str(row[0]))
