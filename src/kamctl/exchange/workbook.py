"""Writes the workbooks that people fill in: drop-downs, hints, colours, a chart, and what is needed to read them again.

The same deals on the same day give the same bytes.
"""

from __future__ import annotations

from datetime import date
from functools import partial

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from kamctl.exchange import marks
from kamctl.exchange.book import (
    BOX,
    FIELD_FILL,
    FIRST_ROW,
    FIXED_FILL,
    FONT,
    FORMATS,
    HEAD_FILL,
    HEAD_ROW,
    HINT_ROW,
    LINE_HEIGHT,
    MOST_LINES,
    PLAIN,
    REASON_WIDTH,
    RULED_ROWS,
    Book,
    Line,
    Looks,
    cell_at,
    lines_needed,
    lines_of,
    put,
    written,
)
from kamctl.exchange.columns import Column, Vocabulary, heading, hint, shown
from kamctl.exchange.dropdowns import between, checks, colours, day_limits, lists
from kamctl.exchange.marks import Marks, fingerprint
from kamctl.exchange.packing import packed
from kamctl.exchange.pages import chart, further, page_setup, read_me
from kamctl.exchange.typed import Cell
from kamctl.labels import text

WRAPPED = Alignment(vertical="center", wrap_text=True)


def workbook_bytes(book: Book) -> bytes:
    """Return the workbook as a file."""
    target = Workbook()
    sheet = target.active
    assert isinstance(sheet, Worksheet)
    sheet.title = text(f"sheet-title-{book.form.name}", book.vocabulary.lang)
    lists(target, book)
    _block(sheet, book)
    _headings(sheet, book)
    _rows(sheet, book)
    checks(sheet, book)
    colours(sheet, book)
    page_setup(sheet, book)
    if book.bars:
        chart(target, book)
    for page in book.pages:
        further(target, page)
    read_me(target, book)
    _marks(target, book)
    return packed(target, book.vocabulary.today)


def _block(sheet: Worksheet, book: Book) -> None:
    """Write the title, and the block that the dealer fills in once."""
    lang = book.vocabulary.lang
    put(sheet, 1, 1, book.title, Font(name=FONT, size=14, bold=True))
    sheet.row_dimensions[1].height = 24
    day = between("date", *day_limits())
    day.showErrorMessage = True
    day.error, day.errorTitle = text("sheet-bad-date", lang), text("sheet-bad-title", lang)
    for name, (row, column, value) in _block_places(book).items():
        put(sheet, row, column, text(f"sheet-block-{name}", lang), Font(name=FONT, size=10, bold=True))
        cell = put(sheet, row, column + 1, value)
        cell.border, cell.fill = BOX, FIXED_FILL if name in ("currency", "subject") else FIELD_FILL
        cell.alignment = Alignment(horizontal="left")
        if name == "filled_on":
            cell.number_format = FORMATS["date"]
            day.add(cell.coordinate)
    sheet.add_data_validation(day)


def _block_places(book: Book) -> dict[str, tuple[int, int, str | None]]:
    """Return what the block asks and says: row, column of the label, and what stands beside it."""
    if book.form.name == "pipeline":
        return {
            "dealer": (2, 1, book.dealer),
            "contact": (3, 1, None),
            "filled_on": (2, 4, None),
            "currency": (3, 4, book.vocabulary.currency),
        }
    about: dict[str, tuple[int, int, str | None]] = {"subject": (3, 1, book.subject)} if book.subject else {}
    return {"contact": (2, 1, None), "filled_on": (2, 4, None), **about}


def _headings(sheet: Worksheet, book: Book) -> None:
    """Write headings, hints and the hidden columns, and freeze them."""
    columns, words = book.form.columns, book.vocabulary
    for number, column in enumerate(columns, 1):
        head = put(sheet, HEAD_ROW, number, heading(column, words), Font(name=FONT, size=10, bold=True, color="FFFFFF"))
        below = put(sheet, HINT_ROW, number, hint(column, words), Font(name=FONT, size=8, color="7F7F7F"))
        head.fill, head.border, below.border = HEAD_FILL, BOX, BOX
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        below.alignment = Alignment(horizontal="center", vertical="top", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    for number, name in enumerate((marks.ID, marks.FINGERPRINT), len(columns) + 1):
        put(sheet, HEAD_ROW, number, name)
        sheet.column_dimensions[get_column_letter(number)].hidden = True
    if any(line.reason for line in book.lines):
        number = len(columns) + 3
        put(
            sheet,
            HEAD_ROW,
            number,
            text("sheet-reason", words.lang),
            Font(name=FONT, size=10, bold=True, color="C00000"),
        )
        sheet.column_dimensions[get_column_letter(number)].width = REASON_WIDTH
    sheet.row_dimensions[HEAD_ROW].height = 2 * LINE_HEIGHT
    sheet.row_dimensions[HINT_ROW].height = 12 * lines_needed(sheet, HINT_ROW, columns)
    sheet.freeze_panes = f"{get_column_letter(3)}{FIRST_ROW}"


def _rows(sheet: Worksheet, book: Book) -> None:
    columns, words, looks = book.form.columns, book.vocabulary, Looks()
    ruled = len(book.lines) + (RULED_ROWS if book.form.new_rows else 0)
    for offset in range(ruled):
        line = book.lines[offset] if offset < len(book.lines) else None
        row = FIRST_ROW + offset
        for number, column in enumerate(columns, 1):
            content = _content(line, column, words) if line is not None else None
            kind = "date" if isinstance(content, date) else column.kind
            dress = partial(_dress, column, kind, fixed=not (column.field or book.form.new_rows))
            written(looks.dressed(cell_at(sheet, row, number), (number, kind), dress), content)
        sheet.row_dimensions[row].height = LINE_HEIGHT * min(MOST_LINES, lines_needed(sheet, row, columns))
        if line is not None:
            _hidden(sheet, row, len(columns), line)


def _dress(column: Column, kind: str, cell: SheetCell, *, fixed: bool) -> None:
    """Make a cell of a row look as those of its column do; grey where it is `fixed` or computed."""
    cell.font, cell.border = PLAIN, BOX
    cell.number_format = FORMATS.get(kind, "General")
    centred = column.kind in ("date", "percent")
    cell.alignment = Alignment(vertical="center", horizontal="center") if centred else WRAPPED
    if fixed or column.kind == "computed":
        cell.fill = FIXED_FILL


def _content(line: Line, column: Column, words: Vocabulary) -> Cell:
    """Return what stands in a cell of a row."""
    if column.key in line.cells:
        return line.cells[column.key]
    if column.key in line.computed:
        return line.computed[column.key]
    return shown(column, line.values.get(column.key, ""), words, line.process)


def _hidden(sheet: Worksheet, row: int, columns: int, line: Line) -> None:
    """Write the id and the fingerprint of a row, and why it was rejected."""
    if line.id:
        written(cell_at(sheet, row, columns + 1), line.id)
        written(cell_at(sheet, row, columns + 2), fingerprint(line.id, line.values))
    if line.reason:
        cell = put(sheet, row, columns + 3, line.reason, Font(name=FONT, size=10, color="C00000"))
        cell.alignment = WRAPPED
        height = LINE_HEIGHT * lines_of(line.reason, REASON_WIDTH)
        sheet.row_dimensions[row].height = max(height, sheet.row_dimensions[row].height or 0)


def _marks(target: Workbook, book: Book) -> None:
    words = book.vocabulary
    found = Marks(
        form=book.form.name,
        version=marks.VERSION,
        lang=words.lang,
        currency=words.currency,
        exported=words.today.isoformat(),
        workspace=book.workspace,
        ids=tuple(line.id for line in book.lines if line.id),
        subject=book.subject,
    )
    sheet = target.create_sheet(marks.SHEET)
    sheet.sheet_state = "veryHidden"
    for row, (name, value) in enumerate(found.cells(), 1):
        written(cell_at(sheet, row, 1), name)
        written(cell_at(sheet, row, 2), value)
