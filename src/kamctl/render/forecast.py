"""The forecast on screen and in other formats."""

from __future__ import annotations

from typing import Any

from kamctl.labels import text
from kamctl.render.forecast_tables import (
    TABLES,
    ForecastReport,
    contradictions_table,
    coverage_row,
    coverage_table,
    fallen_table,
    matrix,
    matrix_table,
    simulation_row,
    simulation_table,
)
from kamctl.render.output import Envelope, Style, print_json, print_table
from kamctl.render.sections import Section, joined, print_sections, rounded
from kamctl.render.table import Table, aligned
from kamctl.render.width import width
from kamctl.reports.simulation import Simulation

PARTS = ("matrix", "coverage", "contradictions", "fallen", "simulation")
"""What can be shown alone, in the order in which it is shown together."""


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
        "coverage": [coverage_row(line) for line in report.coverages],
        "contradictions": [item._asdict() for item in report.contradictions],
        "fallen": {
            "since": report.since,
            "dates_known": report.dates_known,
            "deals": [item._asdict() for item in report.fallen],
        },
        "simulation": [simulation_row(one) for one in report.simulations],
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
        owner_n=str(total.owner_n),
        stage_n=str(total.stage_n),
        with_amount=str(total.with_amount),
        deals=str(total.deals),
    )
    start, end = report.span.start, min(report.span.end, report.terms.as_of)
    landed = [text("forecast-landed", lang, start=start, end=end)] if start <= end else []
    notes = [Section("", None, [joined([*landed, basis], lang)])]
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
    return all(width(line) <= style.screen.width for line in body.splitlines())


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
