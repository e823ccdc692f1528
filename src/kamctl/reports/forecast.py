"""The forecast: what people commit to against the time by which it is to be signed, and how it covers the quota."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kamctl.reports.diagnosis import due_by
from kamctl.reports.journey import Journey
from kamctl.reports.periods import Period, add_months, quarter_of
from kamctl.reports.pipeline import Terms, Total, total
from kamctl.reports.quota import Standing
from kamctl.schema.method.forecast import Bucket, Commitment, ForecastMethod

HUNDRED = Decimal(100)


class Entry(NamedTuple):
    """One deal of a forecast: its way, what its file says of the forecast, its category and its bucket.

    Category and bucket are empty where none of the method fits.
    """

    way: Journey
    forecast: str
    commitment: str
    bucket: str


class Cell(NamedTuple):
    """The deals of one category and one bucket in a group, and their sums as in a pipeline; see `pipeline.Total`."""

    group: str
    commitment: str
    bucket: str
    deals: int
    amount: Decimal
    with_amount: int
    by_owner: Decimal
    owner_n: int
    by_stage: Decimal
    stage_n: int


class Coverage(NamedTuple):
    """What stands against the quota of a period in a group.

    `due` are the open deals to be signed in what is left of the period. The three coverages are percents of what
    remains: of the whole amounts, and weighted by either probability; None without a quota, or when nothing remains.
    """

    group: str
    standing: Standing
    due: Total
    coverage: Decimal | None
    owner_coverage: Decimal | None
    stage_coverage: Decimal | None


class Forecast(NamedTuple):
    """The cells that hold deals, those of each group, and the sums over all.

    `not_due` are open deals that the period asked for leaves out, `won_undated` won ones of which the day is not known.
    """

    entries: list[Entry]
    cells: list[Cell]
    groups: dict[str, list[Cell]]
    total: Total
    not_due: int
    won_undated: list[str]


def forecast(
    ways: Sequence[Journey],
    said: Mapping[str, str],
    method: ForecastMethod,
    terms: Terms,
    first_month: int,
    span: Period,
    narrow: bool,
    by: Callable[[Journey], str] | None = None,
) -> Forecast:
    """Return the forecast of some deals. `said` is the field `forecast` by deal.

    Won deals count when they were won in `span`; open ones always, or when `narrow` those to be signed in it.
    """
    landed = [way for way in ways if way.row.outcome == "won" and span.holds(way.won_on)]
    running = [way for way in ways if way.open]
    due = [way for way in running if not narrow or due_by(way, span, terms)]
    sort = Sorting(method, terms.as_of, first_month)
    entries = [sort.entry(way, said.get(way.row.id, "")) for way in [*landed, *due]]
    grouped: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries if by is not None else ():
        grouped[by(entry.way) if by is not None else ""].append(entry)
    amounts = {name: total(name, [entry.way.row for entry in some]).amount for name, some in grouped.items()}
    return Forecast(
        entries,
        cells("", entries, method),
        {name: cells(name, grouped[name], method) for name in sorted(grouped, key=lambda g: (not g, -amounts[g], g))},
        total("", [entry.way.row for entry in entries]),
        len(running) - len(due),
        [way.row.id for way in ways if way.row.outcome == "won" and way.won_on is None],
    )


class Sorting:
    """Puts deals into the categories and buckets of a method."""

    def __init__(self, method: ForecastMethod, as_of: date, first_month: int) -> None:
        self.method = method
        self.as_of = as_of
        self.first_month = first_month
        self.limits = [
            add_months(as_of, bucket.months) if bucket.months is not None else None for bucket in method.buckets
        ]
        asked = {c.within_quarters for c in method.commitments} | {c.promised_quarters for c in method.commitments}
        self.ends = {n: quarter_of(as_of, first_month, n).end for n in asked if n is not None}

    def entry(self, way: Journey, said: str) -> Entry:
        """Return a deal in its place."""
        row = way.row
        commitment = next(
            (c.id for c in self.method.commitments if self._fits(c, row.outcome, said, row.close_date)), ""
        )
        found = zip(self.method.buckets, self.limits, strict=True)
        bucket = next((b.id for b, limit in found if self._holds(b, limit, row.outcome, row.close_date)), "")
        return Entry(way, said, commitment, bucket)

    def _fits(self, commitment: Commitment, outcome: str, said: str, due: date | None) -> bool:
        if outcome == "won" or commitment.outcome is not None:
            return commitment.outcome == outcome
        if said not in commitment.forecast:
            return False
        within = commitment.within_quarters
        return within is None or (due is not None and due <= self.ends[within])

    def _holds(self, bucket: Bucket, limit: date | None, outcome: str, due: date | None) -> bool:
        kind = "won" if outcome == "won" else "undated" if due is None else "overdue" if due < self.as_of else "ahead"
        return bucket.holds == kind and (limit is None or due is None or kind != "ahead" or due <= limit)


def cells(group: str, entries: Iterable[Entry], method: ForecastMethod) -> list[Cell]:
    """Return the cells that hold deals, in the order of the method; what fits nowhere comes last."""
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.commitment, entry.bucket].append(entry)
    order = [*(c.id for c in method.commitments), ""], [*(b.id for b in method.buckets), ""]
    places = sorted(found, key=lambda place: (order[0].index(place[0]), order[1].index(place[1])))
    return [
        Cell(group, commitment, bucket, *total("", [entry.way.row for entry in found[commitment, bucket]])[1:])
        for commitment, bucket in places
    ]


def added(group: str, parts: Iterable[Cell]) -> Total:
    """Add up some cells."""
    columns = list(zip(*(part[3:] for part in parts), strict=True))
    return Total(group, *(sum(column) for column in columns)) if columns else total(group, [])


def coverage(group: str, standing: Standing, ways: Sequence[Journey], terms: Terms) -> Coverage:
    """Return how what is still to be signed in a period covers what remains of its quota."""
    period, remaining = standing.target.period, standing.remaining
    due = total(group, [way.row for way in ways if way.open and due_by(way, period, terms)])

    def share(amount: Decimal) -> Decimal | None:
        return HUNDRED * amount / remaining if remaining else None

    return Coverage(group, standing, due, share(due.amount), share(due.by_owner), share(due.by_stage))
