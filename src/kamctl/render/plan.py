"""What an import would change: a line a cell, a line a new or rejected row, and counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kamctl.exchange.columns import short_heading
from kamctl.exchange.merge import CHANGED, CONFLICT, GONE, NEW, OUTCOMES, REJECTED, Change, Outcome
from kamctl.exchange.sheet import Sheet
from kamctl.labels import text
from kamctl.render.output import Envelope, Style, print_table
from kamctl.render.screen import Screen, page
from kamctl.render.table import HIDDEN, Column, Table, aligned
from kamctl.render.width import wrap

NAMES = ("customer", "project", "words")
"""Columns that name a row, whatever its form."""

ABOUT = (*NAMES, "stage", "amount", "close_date", "day", "person", "purpose")
"""Columns that say what a new row is about."""

STYLES = {NEW: "green", CHANGED: "cyan", CONFLICT: "yellow", REJECTED: "red", GONE: "dim"}


def print_plan(outcomes: Sequence[Outcome], sheet: Sheet, style: Style, envelope: Envelope) -> None:
    """Print the plan: as a table of cells with the rejected rows below it, or as flat rows."""
    style.check()
    if style.effective != "table" or style.fields:
        print_table(_table(outcomes, sheet, style.lang), style, envelope)
        return
    kept = [outcome for outcome in outcomes if outcome.kind != REJECTED]
    table = _table(kept, sheet, style.lang, text("plan-emptied", style.lang)).visible()
    parts = [aligned(table, style.screen)[0]] if kept else []
    parts += ["".join(_refused(outcome, style.screen, style.lang)) for outcome in outcomes if outcome.kind == REJECTED]
    page("\n".join(parts), style.screen) if parts else None


def summary(counts: Mapping[str, int], lang: str) -> str:
    """Return how many rows there are of each outcome."""
    words = [f"{text(f'plan-{kind}', lang)} {counts[kind]}" for kind in OUTCOMES if counts.get(kind)]
    if not words:
        return text("plan-nothing", lang)
    return text("plan-summary", lang, count=sum(counts.values()), counts=text("form-comma", lang).join(words))


def _table(outcomes: Sequence[Outcome], sheet: Sheet, lang: str, emptied: str = "") -> Table:
    """Return the plan as a table; `emptied` stands for what a workbook takes out of a file."""
    headings = {column.key: short_heading(column, lang) for column in sheet.form.columns}
    columns = [
        Column("outcome", text("col-plan-outcome", lang), lambda kind: text(f"plan-{kind}", lang), style=_style),
        Column("cell", text("col-plan-cell", lang)),
        Column("id", text("col-plan-record", lang), shrink=14),
        Column("field", text("col-plan-field", lang), lambda key: headings.get(key, ""), shrink=10),
        Column("exported", text("col-plan-exported", lang), drop=2, shrink=8),
        Column("now", text("col-plan-now", lang), drop=1, shrink=8),
        Column("typed", text("col-plan-typed", lang), shrink=16),
        Column("reason", "reason", drop=HIDDEN),
        Column("row", "row", drop=HIDDEN),
        Column("customer", "customer", drop=HIDDEN),
        Column("project", "project", drop=HIDDEN),
        Column("sheet", "sheet", drop=HIDDEN),
    ]
    rows = [
        [*line, outcome.row, outcome.values.get("customer", ""), outcome.values.get("project", ""), sheet.name]
        for outcome in outcomes
        for line in _lines(outcome, lang, emptied)
    ]
    return Table(columns, rows)


def _refused(outcome: Outcome, screen: Screen, lang: str) -> Iterator[str]:
    """Yield what stands in the way of a row: its number and name, then a line a cell."""
    name = text("form-comma", lang).join(outcome.values[key] for key in NAMES if outcome.values.get(key))
    head = text("plan-rejected-row", lang, row=str(outcome.row), name=name or outcome.id)
    yield screen.style(head, STYLES[REJECTED]) + "\n"
    for refusal in outcome.refusals:
        words = f"{refusal.place}  {refusal.reason.words(lang)}"
        for number, line in enumerate(wrap(words, screen.width - 6)):
            yield ("    " if number else "  ") + line + "\n"


def _lines(outcome: Outcome, lang: str, emptied: str) -> Iterator[list[Any]]:
    """Yield the lines of one row: its refusals, else its conflicts and changes, else the row itself."""
    for refusal in outcome.refusals:
        yield [outcome.kind, refusal.place, outcome.id, refusal.key, "", "", "", refusal.reason.words(lang)]
    for conflict in () if outcome.refusals else outcome.conflicts:
        yield _cell(CONFLICT, outcome.id, conflict, emptied)
    for change in outcome.changes:
        yield _cell(CHANGED, outcome.id, change, emptied)
    if not (outcome.refusals or outcome.conflicts or outcome.changes):
        yield [outcome.kind, outcome.place, outcome.id, "", "", "", _about(outcome, lang), ""]


def _about(outcome: Outcome, lang: str) -> str:
    """Return what there is to say of a row as a whole."""
    if outcome.kind == GONE:
        return text("plan-gone-note", lang)
    if outcome.kind != NEW:
        return ""
    said = [] if outcome.account else [text("plan-new-account", lang)]
    said += [outcome.values[key] for key in ABOUT if outcome.values.get(key)]
    return text("form-comma", lang).join(said)


def _cell(kind: str, row_id: str, change: Change, emptied: str) -> list[Any]:
    return [kind, change.place, row_id, change.key, change.exported, change.now, change.typed or emptied, ""]


def _style(kind: Any) -> str:
    return STYLES.get(kind, "")
