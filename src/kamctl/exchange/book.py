"""What a workbook is made of, and how a cell is written: text stays text, whatever it begins with."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.worksheet import Worksheet

from kamctl.exchange.columns import Column, Form, Vocabulary
from kamctl.exchange.typed import Cell

HEAD_ROW, HINT_ROW, FIRST_ROW = 5, 6, 7
"""Rows of the headings, of the hints below them, and of the first deal."""

SPARE_ROWS = 200
"""Rows below the data that have drop-downs and checks, for new deals."""

RULED_ROWS = 15
"""Rows below the data that are ruled, so that people see where to write."""

READ_ME_WIDTH, REASON_WIDTH = 80, 60
MOST_LINES = 4
LINE_HEIGHT = 16
"""Points that a line of text takes."""

FONT = "Microsoft YaHei"
PLAIN = Font(name=FONT, size=10)
HEAD_FILL = PatternFill("solid", fgColor="1F4E78")
FIELD_FILL = PatternFill("solid", fgColor="FFF8E1")
FIXED_FILL = PatternFill("solid", fgColor="F2F2F2")
MISSING = PatternFill("solid", bgColor="FFF2A8")
OVERDUE = PatternFill("solid", bgColor="F8B4AE")
THIN = Side(style="thin", color="BFBFBF")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
FORMATS = {"date": "yyyy-mm-dd", "percent": "0%", "amount": "#,##0.####", "computed": "#,##0.##"}
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class Line:
    """One row: its id, its values as plain text, what stands in computed cells, and the process of its deal.

    `cells` are cells as they were typed, which stand instead of the values; `reason` is why the row was rejected.
    """

    id: str
    values: Mapping[str, str]
    computed: Mapping[str, Cell] = field(default_factory=dict)
    process: str = ""
    cells: Mapping[str, Cell] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar of the funnel chart: a stage, how many deals, and their amount."""

    name: str
    deals: int
    amount: Decimal


@dataclass(frozen=True)
class Page:
    """A sheet that is for reading: its title, headings, rows, the width of each column, and a note below."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int]
    note: str = ""


@dataclass(frozen=True)
class Book:
    """A workbook to write: its form, words, title, filled-in dealer, rows, the bars of its chart, and further pages.

    `subject` is what it is about where that is no list of deals: a week, a period.
    `open_stages` and `lost_stages` are ids of stages; colours depend on them.
    """

    form: Form
    vocabulary: Vocabulary
    title: str
    workspace: str
    dealer: str
    lines: Sequence[Line]
    subject: str = ""
    bars: Sequence[Bar] = ()
    pages: Sequence[Page] = ()
    open_stages: Sequence[str] = ()
    lost_stages: Sequence[str] = ()


def put(sheet: Worksheet, row: int, column: int, value: Cell, font: Font | None = None) -> SheetCell:
    """Write a cell; text stays text, whatever it begins with."""
    cell = cell_at(sheet, row, column)
    cell.font = font or PLAIN
    return written(cell, value)


def cell_at(sheet: Worksheet, row: int, column: int) -> SheetCell:
    """Return a cell of a sheet in which none are merged."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, SheetCell)
    return cell


def written(cell: SheetCell, value: Cell) -> SheetCell:
    """Write a value into a cell that looks as it should; text stays text, whatever it begins with."""
    if isinstance(value, str) and value:
        value = ESCAPE.sub("_x005F_", ILLEGAL.sub("", value))
        cell.value = value
        if value.startswith(FORMULA_SIGNS):
            cell.data_type = "s"
            cell.quotePrefix = True
    else:
        cell.value = value or None if isinstance(value, str) else value
    return cell


class Looks:
    """How the cells of a workbook look, by name: each look is made once, since openpyxl is slow at making the same."""

    def __init__(self) -> None:
        self.made: dict[object, StyleArray] = {}

    def dressed(self, cell: SheetCell, name: object, dress: Callable[[SheetCell], None]) -> SheetCell:
        """Return the cell as `dress` makes cells of that name look."""
        if name not in self.made:
            dress(cell)
            self.made[name] = cell._style  # type: ignore[attr-defined]
        cell._style = copy(self.made[name])  # type: ignore[attr-defined]
        return cell


def lines_needed(sheet: Worksheet, row: int, columns: Sequence[Column]) -> int:
    """Return how many lines the longest text of a row takes."""
    contents = [sheet.cell(row, number).value for number in range(1, len(columns) + 1)]
    return max(
        (
            lines_of(content, column.width)
            for content, column in zip(contents, columns, strict=True)
            if isinstance(content, str)
        ),
        default=1,
    )


def lines_of(words: str, width: float) -> int:
    """Return how many lines a text takes in a column of so many narrow characters."""
    return sum(math.ceil(max(1, _width(part)) / (width * 0.95)) for part in words.split("\n"))


def _width(words: str) -> int:
    if words.isascii():
        return len(words)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in words)
