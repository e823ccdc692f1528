"""What a review is made from: the facts of its days, computed once, and how it says things."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, NamedTuple

from kamctl import resources
from kamctl.facts import Facts
from kamctl.labels import pick, text
from kamctl.money import grouped
from kamctl.reports.activity import Held, Team, calls_held
from kamctl.reports.diagnosis import Answer
from kamctl.reports.fallout import Fallen
from kamctl.reports.forecast import Coverage, Forecast
from kamctl.reports.funnel import Funnel
from kamctl.reports.journey import Journey
from kamctl.reports.meetings import Span
from kamctl.reports.pipeline import PipelineRow, Terms
from kamctl.reports.quota import Standing
from kamctl.reports.waterfall import Waterfall
from kamctl.rows.calls import CallRow
from kamctl.rows.deals import MoveRow
from kamctl.schema.method.forecast import ForecastMethod
from kamctl.schema.method.grades import Grades
from kamctl.schema.method.process import Process
from kamctl.schema.method.reasons import Reasons
from kamctl.schema.method.reviews import Review, Reviews

TENTH = Decimal("0.1")


class Method(NamedTuple):
    """The parts of the method that a review reads besides the processes and scorecards of the terms."""

    reviews: Reviews
    reasons: Reasons
    forecast: ForecastMethod
    grades: Grades


@dataclass(frozen=True)
class Ended:
    """The deals as of the period's end and before its start: ways, standings against quotas, and the waterfall.

    `start_known` and `end_known` tell whether the rows are of the files of that day, and not of today's files.
    """

    terms: Terms
    ways: Sequence[Journey]
    standings: Sequence[Standing]
    waterfall: Waterfall
    unconverted: Sequence[str]
    start_known: bool
    end_known: bool


@dataclass(frozen=True)
class Present:
    """The deals as of the as-of day: ways, funnel, diagnosis, forecast, coverage and what fell out in the period."""

    terms: Terms
    rows: Sequence[PipelineRow]
    ways: Sequence[Journey]
    process: Process
    funnel: Funnel
    answers: Sequence[Answer]
    forecast: Forecast
    coverages: Sequence[Coverage]
    fallen: Sequence[Fallen]
    commitments_known: bool


@dataclass(frozen=True)
class Gathered:
    """All that a review tells. `moves` are the moved close dates, None where no history is known."""

    review: Review
    span: Span
    facts: Facts
    team: Team
    of: str
    moves: Sequence[MoveRow] | None
    ended: Ended
    present: Present
    method: Method
    first_month: int
    workspace: str
    lang: str

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self.present.terms.currency

    @cached_property
    def held(self) -> list[Held]:
        """The calls of the period."""
        return calls_held(self.facts, self.team, self.span)

    @cached_property
    def rows(self) -> Mapping[str, PipelineRow]:
        """The deals of today by id."""
        return {row.id: row for row in self.present.rows}

    def label(self, key: str, **values: object) -> str:
        """Return the words of labels.json for a key."""
        return text(key, self.lang, **values)

    def field(self, name: str) -> str:
        """Return the label of a field of the file format, of its last part where it is nested."""
        last = name.rpartition(".")[2]
        labels = resources.table("fields")
        return pick(labels[last], self.lang) if last in labels else name

    def joined(self, sentences: Iterable[str]) -> str:
        """Return sentences one after the other; Chinese ones without a space between them."""
        return ("" if self.lang.startswith("zh") else " ").join(filter(None, sentences))

    def comma(self, words: Iterable[str]) -> str:
        """Return words in a row."""
        return self.label("comma").join(filter(None, words))

    def days(self, start: date, end: date) -> str:
        """Return the first and the last of some days; one where they are the same."""
        return str(start) if start == end else f"{start} – {end}"

    def money(self, amount: Decimal | None) -> str:
        """Return an amount in whole units of the currency, in Chinese by ten thousands."""
        return "" if amount is None else grouped(amount, self.lang)

    def sum(self, amount: Decimal) -> str:
        """Return an amount with its currency."""
        return f"{grouped(amount, self.lang)} {self.currency}"

    def member(self, key: str) -> str:
        """Return the name of one of our people."""
        return self.facts.member_name(key) if key else ""

    def anyone(self, account: str, key: str) -> str:
        """Return the name of one of our people or of a contact of an account; any other name as it is."""
        if key in self.facts.members:
            return self.facts.member_name(key)
        person = self.facts.people.get(key if "/" in key else f"{account}/{key}")
        return person.name if person is not None else key

    def customer(self, account: str) -> str:
        """Return the name of an account."""
        return self.facts.account_name(account)

    def deal(self, deal: str) -> str:
        """Return the name of a deal; its id where it is not there today."""
        row = self.rows.get(deal)
        return row.project or deal if row is not None else deal

    def met(self, call: CallRow) -> str:
        """Return who of the customer took part in a call, or is to."""
        people = call.met or ((call.contact,) if call.contact else ())
        return self.comma(self.anyone(call.account, person) for person in people)

    def stage(self, process: str, code: str) -> str:
        """Return the code and the label of a stage."""
        terms = self.present.terms
        stage = terms.processes.get(process, terms.processes[terms.default_process]).stage(code)
        return f"{code} {pick(stage.label, self.lang)}" if stage is not None else code

    def reason(self, reason: str) -> str:
        """Return the label of the reason of a loss."""
        known = {one.id: pick(one.label, self.lang) for one in self.method.reasons.lost}
        return known.get(reason, reason)

    def rate(self, part: int, whole: int) -> str:
        """Return a share in percent, or that there is too little history, always with how many it is made of."""
        if not whole:
            return self.label("no-cases")
        if whole < self.method.reviews.floor:
            return self.label("insufficient", n=str(whole))
        return f"{percent(Decimal(100 * part) / whole)} (n={whole})"


@dataclass(frozen=True)
class Column:
    """A column of a review: its key in JSON, its heading, how its values are written; `right` for figures."""

    key: str
    heading: str
    show: Callable[[Any], str] = lambda value: "" if value is None else str(value)
    right: bool = False


@dataclass(frozen=True)
class Heading:
    """The heading of a column of figures, which stand on the right, or of words."""

    key: str
    text: str
    right: bool


@dataclass(frozen=True)
class Grid:
    """A table of a review: headings, rows of text, and how many rows more there are than are shown.

    `values` are all rows as plain values, for machines.
    """

    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int
    values: tuple[tuple[Any, ...], ...]


MOST = 40
"""How many rows of a table are printed; JSON has them all."""


def grid(columns: Sequence[Column], rows: Iterable[Sequence[Any]], title: str = "", most: int = MOST) -> Grid:
    """Return a table of values by column."""
    values = tuple(tuple(row) for row in rows)
    shown = tuple(
        tuple(column.show(value) for column, value in zip(columns, row, strict=True)) for row in values[:most]
    )
    headings = tuple(Heading(column.key, column.heading, column.right) for column in columns)
    return Grid(title, headings, shown, max(0, len(values) - most), values)


def percent(value: Decimal | None) -> str:
    """Return a percentage with one place behind the point."""
    return "" if value is None else f"{value.quantize(TENTH, ROUND_HALF_UP)}%"


def day(value: date | None) -> str:
    """Return a day as ISO text."""
    return value.isoformat() if value is not None else ""
