"""Writes tables as a plain workbook, a sheet a table: typed cells, bold headings, text that never becomes a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from kamctl.exchange.flat import FORMULA, plain_text
from kamctl.exchange.packing import packed
from kamctl.exchange.table import Line, Table, Value
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError

MOST_ROWS = 1_048_576
MOST_TEXT = 32_767
"""What a sheet and a cell of a workbook hold at most."""

WIDTHS = {"text": 18, "list": 24, "timestamp": 20}
DATE, DATE_AND_TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"


def write_xlsx(path: Path, tables: Iterable[tuple[Table, Iterable[Line]]], day: date) -> dict[str, int]:
    """Write tables as a workbook; returns how many rows each has. Raises KamctlError for more than a sheet holds."""
    target = Workbook(write_only=True)
    counts = {table.name: _sheet(target, table, rows) for table, rows in tables}
    path.write_bytes(packed(target, day))
    return counts


def _sheet(target: Workbook, table: Table, rows: Iterable[Line]) -> int:
    sheet = target.create_sheet(table.name)
    sheet.freeze_panes = "A2"
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(column.kind, 12)
    sheet.append([_heading(sheet, column.name) for column in table.columns])
    count = 0
    for count, row in enumerate(rows, 1):
        if count >= MOST_ROWS:
            sheet.close()
            raise KamctlError(
                Phrase("table {name} has more rows than a sheet holds", name=table.name),
                Phrase("--format sqlite or csv"),
                1,
            )
        sheet.append(list(_cells(sheet, row)))
    return count


def _heading(sheet: WriteOnlyWorksheet, name: str) -> Cell:
    cell = WriteOnlyCell(sheet, name)
    cell.font = Font(bold=True)
    return cell


def _cells(sheet: WriteOnlyWorksheet, row: Line) -> Iterator[Value | Cell]:
    for value in row:
        if isinstance(value, (str, tuple)):
            yield _text(sheet, plain_text(value)[:MOST_TEXT])
        elif isinstance(value, date):
            cell = WriteOnlyCell(sheet)
            cell.value = value
            cell.number_format = DATE_AND_TIME if isinstance(value, datetime) else DATE
            yield cell
        else:
            yield value


def _text(sheet: WriteOnlyWorksheet, words: str) -> str | Cell:
    """Return a cell of text; where the text looks like a formula, one that is marked as text."""
    if not words.startswith(FORMULA):
        return words
    cell = WriteOnlyCell(sheet, words)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
