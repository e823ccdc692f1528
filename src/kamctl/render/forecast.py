"""The forecast on screen and in other formats: matrix, coverage, contradictions, what fell out, simulation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kamctl.labels import pick, text
from kamctl.render.funnel import Section, fine, joined, money, print_sections, rounded
from kamctl.render.output import Envelope, Style, print_json, print_table
from kamctl.render.pipeline import percent
from kamctl.render.table import Column, Table, aligned
from kamctl.reports.contradictions import Contradiction
from kamctl.reports.fallout import Fallen
from kamctl.reports.forecast import Cell, Coverage, Forecast, added
from kamctl.reports.periods import Period
from kamctl.reports.pipeline import Terms
from kamctl.reports.simulation import Simulation
from kamctl.schema.method import ForecastMethod, Reasons

PARTS = ("matrix", "coverage", "contradictions", "fallen", "simulation")
"""What can be shown alone, in the order in which it is shown together."""


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


def print_forecast(report: ForecastReport, style: Style, envelope: Envelope) -> None:
    """Print everything as text, Markdown or JSON; in flat formats one part, the matrix by default."""
    style.check()
    if style.effective == "json":
        data = as_data(report)
        print_json(data[report.only] if report.only else data, style, envelope)
    elif style.effective in ("table", "md") and not style.fields:
        print_sections(_sections(report, style), style)
    else:
        part = report.only or ("simulation" if report.simulations else "matrix")
        print_table(TABLES[part](report, style.lang), style, envelope)


def as_data(report: ForecastReport) -> dict[str, Any]:
    """Return the report as plain values, a key a part."""
    result = report.forecast
    return {
        "currency": report.terms.currency,
        "period": report.span._asdict(),
        "matrix": {
            "cells": [rounded(cell) for cell in result.cells],
            "groups": [rounded(cell) for cells in result.groups.values() for cell in cells],
            "total": rounded(result.total),
            "not_due": result.not_due,
            "won_undated": result.won_undated,
        },
        "coverage": [_coverage_row(line) for line in report.coverages],
        "contradictions": [item._asdict() for item in report.contradictions],
        "fallen": {
            "since": report.since,
            "dates_known": report.dates_known,
            "deals": [item._asdict() for item in report.fallen],
        },
        "simulation": [_simulation_row(one) for one in report.simulations],
    }


def _sections(report: ForecastReport, style: Style) -> list[Section]:
    lang = style.lang
    wanted = [report.only] if report.only else list(PARTS)
    parts: list[Section] = []
    if "matrix" in wanted:
        parts += _matrix_sections(report, style)
    if "coverage" in wanted:
        parts.append(Section(text("coverage-head", lang, as_of=report.terms.as_of), coverage_table(report, lang)))
    if "contradictions" in wanted:
        parts.append(_or_nothing("contradictions-head", contradictions_table(report, lang), lang))
    if "fallen" in wanted:
        table = fallen_table(report, lang)
        head = text("fallen-head", lang, since=report.since)
        parts.append(Section(head, table) if table.rows else Section(head, None, [text("nothing", lang)]))
        if not report.dates_known:
            parts.append(Section("", None, [text("dates-unknown", lang)]))
    if "simulation" in wanted and (report.simulations or report.only):
        parts.append(_or_nothing("simulation-head", simulation_table(report, lang), lang))
        parts += [Section("", None, [_assumptions(one, lang)]) for one in report.simulations[:1]]
    return parts


def _or_nothing(head: str, table: Table, lang: str) -> Section:
    title = text(head, lang)
    return Section(title, table) if table.rows else Section(title, None, [text("nothing", lang)])


def _matrix_sections(report: ForecastReport, style: Style) -> list[Section]:
    """Return a matrix for each measure, or one long table by group or where a matrix does not fit."""
    lang, result = style.lang, report.forecast
    head = text(
        "forecast-head", lang, as_of=report.terms.as_of, count=result.total.deals, currency=report.terms.currency
    )
    total = result.total
    basis = text(
        "forecast-basis",
        lang,
        start=report.span.start,
        end=min(report.span.end, report.terms.as_of),
        owner_n=str(total.owner_n),
        stage_n=str(total.stage_n),
        with_amount=str(total.with_amount),
        deals=str(total.deals),
    )
    notes = [Section("", None, [basis])]
    if report.narrow:
        notes.append(Section("", None, [text("forecast-narrow", lang, period=report.span.name, count=result.not_due)]))
    if result.won_undated:
        notes.append(Section("", None, [text("forecast-undated", lang, ids=", ".join(result.won_undated[:5]))]))
    measures = [(key, matrix(report, field, n, lang)) for key, field, n in MEASURES]
    fits = style.effective == "md" or all(_fits(table, style) for _, table in measures)
    if report.by or not result.cells or not fits:
        return [Section(head, matrix_table(report, lang)), *notes]
    return [Section(head, None, []), *(Section(text(key, lang), table) for key, table in measures), *notes]


MEASURES = (
    ("measure-deals", "deals", "deals"),
    ("measure-amount", "amount", "with_amount"),
    ("measure-owner", "by_owner", "owner_n"),
    ("measure-stage", "by_stage", "stage_n"),
)
"""The measures of a matrix: their titles, the fields of a cell, and of how many deals each is made."""


def _fits(table: Table, style: Style) -> bool:
    body, _ = aligned(table, style.screen)
    from kamctl.render.width import width

    return all(width(line) <= style.screen.width for line in body.splitlines())


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
        Column("coverage", text("col-coverage", lang), percent, right=True),
        Column("by_owner", text("col-by-owner", lang), amount, right=True, drop=5),
        Column("owner_n", "n", right=True, drop=99),
        Column("owner_coverage", text("col-probability", lang), percent, right=True, drop=3),
        Column("by_stage", text("col-by-stage", lang), amount, right=True, drop=5),
        Column("stage_n", "n", right=True, drop=99),
        Column("stage_coverage", text("col-stage-probability", lang), percent, right=True, drop=3),
    ]
    rows = [_coverage_row(line) for line in report.coverages]
    return Table(columns, [[row[column.key] for column in columns] for row in rows])


def _coverage_row(line: Coverage) -> dict[str, Any]:
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
    rows = [_simulation_row(one) for one in report.simulations]
    return Table(columns, [[row[column.key] for column in columns] for row in rows])


def _simulation_row(one: Simulation) -> dict[str, Any]:
    target = one.standing.target
    values = {key: fine(value) for key, value in one._asdict().items() if key != "standing"}
    return {"period": target.period.name, "quota": target.amount, **values}


def _assumptions(one: Simulation, lang: str) -> str:
    """Return what a simulation takes for granted."""
    parts = [
        text(
            "simulation-basis",
            lang,
            trials=str(one.trials),
            seed=str(one.seed),
            by=text(f"basis-{one.basis}", lang),
            open=str(one.open),
            left_out=str(one.left_out),
        )
    ]
    if one.slipping:
        parts.append(text("simulation-slips", lang, n=str(one.slips)))
    else:
        parts.append(text("simulation-no-slips", lang, history=text("insufficient", lang, n=str(one.slips))))
    return joined(parts, lang)


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
