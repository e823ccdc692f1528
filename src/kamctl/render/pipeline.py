"""The pipeline on screen and in other formats."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kamctl.labels import pick, text
from kamctl.money import grouped, latest_rate, plain
from kamctl.render.output import Envelope, Style, print_json, print_table
from kamctl.render.screen import Screen, page
from kamctl.render.table import HIDDEN, Column, Table, aligned
from kamctl.render.width import wrap
from kamctl.reports.pipeline import CENT, Pipeline, PipelineRow, Terms, Total


def print_pipeline(result: Pipeline, terms: Terms, style: Style, envelope: Envelope, by: str, totals: bool) -> None:
    """Print rows and totals: both as text, rows alone (or with `totals` totals alone) in flat formats."""
    style.check()
    result = _to_the_cent(result)
    groups = Table(_total_columns(terms, style.lang, by), [*result.groups], [_named(result.total, style.lang)])
    if style.effective == "json":
        keys = PipelineRow._fields
        data = {
            "rows": [dict(zip(keys, _rounded(row), strict=True)) for row in result.rows],
            "totals": [total._asdict() for total in result.groups],
            "total": result.total._asdict(),
        }
        print_json({"totals": data["totals"], "total": data["total"]} if totals else data, style, envelope)
    elif style.effective == "table" and not style.fields:
        page(_screenful(result, groups, terms, style, totals), style.screen)
    elif totals:
        print_table(Table(groups.columns, groups.rows), style, envelope)
    else:
        print_table(rows_table(result.rows, terms, style.lang), style, envelope)


def rows_table(rows: list[PipelineRow], terms: Terms, lang: str) -> Table:
    """Return deals as a table with every column; listings on a screen leave out what does not fit."""
    columns = _row_columns(terms, lang)
    named = {column.key for column in columns}
    columns += [Column(name, name, drop=HIDDEN) for name in PipelineRow._fields if name not in named]
    places = [PipelineRow._fields.index(column.key) for column in columns]
    return Table(columns, [[row[place] for place in places] for row in map(_rounded, rows)])


def _rounded(row: PipelineRow) -> PipelineRow:
    usual = row.stage_probability
    return row if usual is None else row._replace(stage_probability=usual.quantize(CENT))


def _screenful(result: Pipeline, groups: Table, terms: Terms, style: Style, totals: bool) -> str:
    lang = style.lang
    head = text("pipeline-head", lang, as_of=terms.as_of, count=len(result.rows), currency=terms.currency)
    parts = [style.screen.style(head, "bold") + "\n"]
    if not totals and result.rows:
        columns = _row_columns(terms, lang)
        places = [PipelineRow._fields.index(column.key) for column in columns]
        rows = [_with_flag([row[place] for place in places], row, columns) for row in result.rows]
        body, left_out = aligned(Table(columns, rows), style.screen)
        parts.append(body)
        if left_out:
            parts.append(note(text("left-out", lang, columns=", ".join(left_out)), style.screen))
    if result.rows:
        parts += [aligned(groups, style.screen)[0], note(_basis(result, terms, lang), style.screen)]
    return "\n".join(parts)


def note(words: str, screen: Screen) -> str:
    """Return a remark below a table, wrapped to the screen."""
    return "".join(screen.style(line, "dim") + "\n" for part in words.split("\n") for line in wrap(part, screen.width))


def _row_columns(terms: Terms, lang: str) -> list[Column]:
    amount = _amount(lang)
    columns = [
        Column("stage", text("col-stage", lang), shrink=8),
        Column("id", text("col-id", lang), shrink=16),
        Column("customer", text("col-customer", lang), drop=5, shrink=8),
        Column("project", text("col-project", lang), shrink=12),
        Column("owner", text("col-owner", lang), shrink=6),
        Column("importance", text("col-importance", lang), _importance(terms, lang), drop=6),
        Column("amount", text("col-amount", lang, currency=terms.currency), amount, right=True),
        Column("close_date", text("col-close", lang), drop=1),
        Column("probability", text("col-probability", lang), percent, right=True, drop=3),
        Column("stage_probability", text("col-stage-probability", lang), percent, right=True, drop=3),
        Column("score", text("col-score", lang), _score, right=True, style=_score_style, drop=2),
        Column("days_in_stage", text("col-days", lang), right=True, drop=4),
        Column("next_action", text("col-next", lang), drop=8, shrink=16),
    ]
    if terms.report_currency:
        title = text("col-amount", lang, currency=terms.report_currency)
        columns.insert(7, Column("report_amount", title, amount, right=True, drop=7))
    return columns


def _with_flag(values: list[Any], row: PipelineRow, columns: list[Column]) -> list[Any]:
    """Write a row for people.

    A stage of another process names the one it compares to, a stale deal has a dot after its days, and the next action
    begins with its due date.
    """
    keys = [column.key for column in columns]
    if row.stage_seen != row.stage:
        values[keys.index("stage")] = f"{row.stage}→{row.stage_seen}"
    if row.stale and row.days_in_stage is not None:
        values[keys.index("days_in_stage")] = f"{row.days_in_stage}•"
    if row.next_due is not None:
        values[keys.index("next_action")] = f"{row.next_due:%m-%d} {row.next_action}"
    return values


def _total_columns(terms: Terms, lang: str, by: str) -> list[Column]:
    amount = _amount(lang)
    show = _stage_name(terms, lang) if by == "stage" else lambda name: name or text("none", lang)
    return [
        Column("group", text("col-stage" if by == "stage" else "col-group", lang), show, shrink=14),
        Column("deals", text("col-deals", lang), right=True, drop=1),
        Column("amount", text("col-amount", lang, currency=terms.currency), amount, right=True),
        Column("with_amount", "n", right=True, drop=3),
        Column("by_owner", text("col-by-owner", lang), amount, right=True),
        Column("owner_n", "n", right=True, drop=2),
        Column("by_stage", text("col-by-stage", lang), amount, right=True),
        Column("stage_n", "n", right=True, drop=2),
    ]


def _stage_name(terms: Terms, lang: str) -> Callable[[str], str]:
    labels = {s.code: s.label for process in reversed(list(terms.processes.values())) for s in process.stages}
    labels |= {s.code: s.label for s in terms.processes[terms.default_process].stages}
    total = text("total", lang)

    def show(code: str) -> str:
        return code if code == total or code not in labels else f"{code} {pick(labels[code], lang)}"

    return show


def _importance(terms: Terms, lang: str) -> Callable[[str], str]:
    labels = {level.id: pick(level.label, lang) for level in terms.importance.levels}
    return lambda level: labels.get(level, level)


def _basis(result: Pipeline, terms: Terms, lang: str) -> str:
    total = result.total
    lines = [
        text(
            "pipeline-basis",
            lang,
            deals=total.deals,
            owner_n=total.owner_n,
            stage_n=total.stage_n,
            stale=terms.stale_after.days,
        )
    ]
    if terms.report_currency:
        rate = latest_rate(terms.currency, terms.report_currency, terms.rates, terms.as_of)
        if rate is not None:
            values = {"date": rate.date, "base": rate.base, "quote": rate.quote, "rate": plain(rate.rate)}
            lines.append(text("pipeline-rate", lang, report=terms.report_currency, **values))
    return "\n".join(lines)


def _to_the_cent(result: Pipeline) -> Pipeline:
    """Round what is shown; sums are made of unrounded figures."""

    def total(group: Total) -> Total:
        return group._replace(by_owner=group.by_owner.quantize(CENT), by_stage=group.by_stage.quantize(CENT))

    return result._replace(groups=[total(group) for group in result.groups], total=total(result.total))


def _named(total: Total, lang: str) -> Total:
    return total._replace(group=text("total", lang))


def _amount(lang: str) -> Callable[[Any], str]:
    return lambda value: "" if value is None else grouped(value, lang)


def percent(value: Decimal | None) -> str:
    """Write a percentage from 0 to 100 for people, in whole points."""
    return "" if value is None else f"{value.quantize(Decimal(1), ROUND_HALF_UP)}%"


def _score(value: int | None) -> str:
    return "" if value is None else f"{value:+d}"


def _score_style(value: int | None) -> str:
    if value is None or value == 0:
        return "yellow"
    return "green" if value > 0 else "red"
