"""The tables of a forecast: matrix, coverage, contradictions, what fell out, simulation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kamctl.labels import pick, text
from kamctl.render.pipeline import percent
from kamctl.render.sections import fine, money
from kamctl.render.table import Column, Table
from kamctl.reports.contradictions import Contradiction
from kamctl.reports.fallout import Fallen
from kamctl.reports.forecast import Cell, Coverage, Forecast, added
from kamctl.reports.periods import Period
from kamctl.reports.pipeline import Terms
from kamctl.reports.simulation import Simulation
from kamctl.schema.method.forecast import ForecastMethod
from kamctl.schema.method.reasons import Reasons


@dataclass(frozen=True)
class ForecastReport:
    """All that `forecast` shows; `only` is the part asked for, or nothing.

    `narrow` tells that only what is due in `span` is shown; `dates_known` whether moved close dates are known.
    """

    forecast: Forecast
    method: ForecastMethod
    reasons: Reasons
    terms: Terms
    by: str
    span: Period
    narrow: bool
    coverages: list[Coverage]
    contradictions: list[Contradiction]
    fallen: list[Fallen]
    since: date
    dates_known: bool
    simulations: list[Simulation]
    only: str


def matrix(report: ForecastReport, field: str, n: str, lang: str) -> Table:
    """Return categories against buckets with one measure in the cells, and sums at both ends.

    Where no deal has what the measure is made of, nothing stands: that is not the same as 0.
    """
    found = report.forecast.cells
    names = [*(bucket.id for bucket in report.method.buckets), ""]
    buckets = [name for name in names if any(cell.bucket == name for cell in found)]
    labels = bucket_names(report, lang)
    show = _count if field == "deals" else money(lang)
    columns = [
        Column("commitment", text("col-commitment", lang), commitment_names(report, lang)),
        *(Column(name or "nowhere", labels(name), show, right=True) for name in buckets),
        Column("total", text("total", lang), show, right=True),
    ]

    def measured(cells: Sequence[Cell]) -> Any:
        sums = added("", cells)
        return getattr(sums, field) if getattr(sums, n) else None

    def row(cells: Sequence[Cell], title: str) -> list[Any]:
        return [
            title,
            *(measured([cell for cell in cells if cell.bucket == name]) for name in buckets),
            measured(cells),
        ]

    groups = dict.fromkeys(cell.commitment for cell in found)
    rows = [row([cell for cell in found if cell.commitment == name], name) for name in groups]
    return Table(columns, rows, [row(found, text("total", lang))])


def matrix_table(report: ForecastReport, lang: str) -> Table:
    """Return a row for each group, category and bucket that holds deals, with all measures and their n."""
    result = report.forecast
    cells = [cell for some in result.groups.values() for cell in some] if report.by else result.cells
    amount = money(lang)
    columns = [
        *(
            [Column("group", text("col-group", lang), lambda name: name or text("none", lang), shrink=8)]
            if report.by
            else []
        ),
        Column("commitment", text("col-commitment", lang), commitment_names(report, lang), shrink=8),
        Column("bucket", text("col-bucket", lang), bucket_names(report, lang), shrink=8),
        Column("deals", text("col-deals", lang), right=True),
        Column("amount", text("col-amount", lang, currency=report.terms.currency), amount, right=True),
        Column("with_amount", "n", right=True, drop=5),
        Column("by_owner", text("col-by-owner", lang), amount, right=True, drop=1),
        Column("owner_n", "n", right=True, drop=4),
        Column("by_stage", text("col-by-stage", lang), amount, right=True, drop=2),
        Column("stage_n", "n", right=True, drop=3),
    ]
    keys = [column.key for column in columns]
    total = result.total._asdict() | {keys[0]: text("total", lang)}
    rows = [[fine(getattr(cell, key)) for key in keys] for cell in cells]
    return Table(columns, rows, [[fine(total.get(key)) for key in keys]])


def coverage_table(report: ForecastReport, lang: str) -> Table:
    """Return the coverage of each quota."""
    amount = money(lang)
    several = any(line.group for line in report.coverages)
    columns = [
        Column("period", text("col-period", lang)),
        Column("group", text("col-group", lang), lambda name: name or text("total", lang), drop=0 if several else 99),
        Column("quota", text("col-quota", lang, currency=report.terms.currency), amount, right=True, drop=1),
        Column("people", "n", right=True, drop=8),
        Column("won", text("col-won", lang), amount, right=True, drop=2),
        Column("won_n", "n", right=True, drop=7),
        Column("remaining", text("col-remaining", lang), amount, right=True),
        Column("due", text("col-due", lang), amount, right=True),
        Column("due_n", "n", right=True, drop=6),
        Column("coverage", text("col-quota-coverage", lang), percent, right=True),
        Column("by_owner", text("col-by-owner", lang), amount, right=True, drop=5),
        Column("owner_n", "n", right=True, drop=99),
        Column("owner_coverage", text("col-probability", lang), percent, right=True, drop=3),
        Column("by_stage", text("col-by-stage", lang), amount, right=True, drop=5),
        Column("stage_n", "n", right=True, drop=99),
        Column("stage_coverage", text("col-stage-probability", lang), percent, right=True, drop=3),
    ]
    rows = [coverage_row(line) for line in report.coverages]
    return Table(columns, [[row[column.key] for column in columns] for row in rows])


def coverage_row(line: Coverage) -> dict[str, Any]:
    """Return a coverage as a mapping by column."""
    standing, due = line.standing, line.due
    return {
        "period": standing.target.period.name,
        "group": line.group,
        "quota": standing.target.amount,
        "people": standing.target.people,
        "people_with_quota": standing.target.of,
        "unconverted": list(standing.target.unconverted),
        "won": standing.won,
        "won_n": standing.won_n,
        "remaining": standing.remaining,
        "due": due.amount,
        "due_n": due.with_amount,
        "coverage": fine(line.coverage),
        "by_owner": fine(due.by_owner),
        "owner_n": due.owner_n,
        "owner_coverage": fine(line.owner_coverage),
        "by_stage": fine(due.by_stage),
        "stage_n": due.stage_n,
        "stage_coverage": fine(line.stage_coverage),
    }


def contradictions_table(report: ForecastReport, lang: str) -> Table:
    """Return what speaks against the forecast, a row a contradiction."""
    columns = [
        Column("id", text("col-id", lang), shrink=16),
        Column("owner", text("col-owner", lang), drop=2),
        Column("amount", text("col-amount", lang, currency=report.terms.currency), money(lang), right=True, drop=1),
        Column("kind", text("col-contradiction", lang), lambda kind: text(f"contradiction-{kind}", lang), shrink=16),
        Column("forecast", text("col-forecast", lang)),
        Column("against", text("col-against", lang), _against, drop=3),
    ]
    return Table(columns, [[getattr(item, column.key) for column in columns] for item in report.contradictions])


def fallen_table(report: ForecastReport, lang: str) -> Table:
    """Return what fell out, a row a deal and way."""
    reasons = {reason.id: pick(reason.label, lang) for reason in report.reasons.lost}
    labels = commitment_names(report, lang)

    def show(value: Any) -> str:
        return money(lang)(value) if isinstance(value, Decimal) else labels(value) if value else str(value or "")

    columns = [
        Column("id", text("col-id", lang), shrink=16),
        Column("owner", text("col-owner", lang), drop=2),
        Column("amount", text("col-amount", lang, currency=report.terms.currency), money(lang), right=True),
        Column("kind", text("col-fallen", lang), lambda kind: text(f"fallen-{kind}", lang)),
        Column("before", text("col-before", lang), show, drop=3),
        Column("after", text("col-after", lang), show, drop=3),
        Column("reason", text("col-reason", lang), lambda reason: reasons.get(reason, reason), drop=1, shrink=10),
    ]
    return Table(columns, [[getattr(item, column.key) for column in columns] for item in report.fallen])


def simulation_table(report: ForecastReport, lang: str) -> Table:
    """Return what a simulation gave, a row a period."""
    amount = money(lang)
    columns = [
        Column("period", text("col-period", lang)),
        Column("quota", text("col-quota", lang, currency=report.terms.currency), amount, right=True),
        Column("won", text("col-won", lang), amount, right=True, drop=3),
        Column("p10", "P10", amount, right=True),
        Column("p50", "P50", amount, right=True),
        Column("p90", "P90", amount, right=True),
        Column("expected", text("col-expected", lang), amount, right=True, drop=1),
        Column("chance", text("col-chance", lang), percent, right=True),
        Column("bets", text("col-deals", lang), right=True, drop=2),
    ]
    hidden = ("basis", "trials", "seed", "open", "left_out", "mean", "slips", "slipping")
    columns += [Column(key, key, drop=99) for key in hidden]
    rows = [simulation_row(one) for one in report.simulations]
    return Table(columns, [[row[column.key] for column in columns] for row in rows])


def simulation_row(one: Simulation) -> dict[str, Any]:
    """Return a simulation as a mapping by column."""
    target = one.standing.target
    values = {key: fine(value) for key, value in one._asdict().items() if key != "standing"}
    return {"period": target.period.name, "quota": target.amount, **values}


TABLES: dict[str, Callable[[ForecastReport, str], Table]] = {
    "matrix": matrix_table,
    "coverage": coverage_table,
    "contradictions": contradictions_table,
    "fallen": fallen_table,
    "simulation": simulation_table,
}
"""The table of each part."""


def commitment_names(report: ForecastReport, lang: str) -> Callable[[Any], str]:
    """Return how a category is written for people; anything else as it is."""
    labels = {c.id: pick(c.label, lang) for c in report.method.commitments} | {"": text("no-commitment", lang)}
    return lambda name: "" if name is None else labels.get(name, str(name))


def bucket_names(report: ForecastReport, lang: str) -> Callable[[Any], str]:
    """Return how a bucket is written for people."""
    labels = {bucket.id: pick(bucket.label, lang) for bucket in report.method.buckets}
    return lambda name: "" if name is None else labels.get(name, text("no-bucket", lang))


def _count(value: Any) -> str:
    return "" if value is None else str(value)


def _against(value: Any) -> str:
    return f"{value}%" if isinstance(value, Decimal) else str(value or "")
