"""The printed page, the funnel chart and the sheet that explains a workbook."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from kamctl.exchange.book import (
    BOX,
    FIRST_ROW,
    FONT,
    FORMATS,
    HEAD_FILL,
    HEAD_ROW,
    HINT_ROW,
    LINE_HEIGHT,
    READ_ME_WIDTH,
    RULED_ROWS,
    Book,
    Page,
    lines_of,
    put,
)
from kamctl.exchange.columns import UNIT
from kamctl.labels import text

FIRST = get_column_letter(1)


def page_setup(sheet: Worksheet, book: Book) -> None:
    """Set up the page: A4 across, all columns on one page, headings on every page, numbered."""
    columns = len(book.form.columns) + (3 if any(line.reason for line in book.lines) else 0)
    last = FIRST_ROW + len(book.lines) - 1 + (RULED_ROWS if book.form.new_rows else 0)
    letter = get_column_letter(columns)
    sheet.auto_filter.ref = f"{FIRST}{HINT_ROW}:{get_column_letter(len(book.form.columns))}{max(last, FIRST_ROW)}"
    _across(sheet)
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    sheet.print_area = f"{FIRST}1:{letter}{max(last, FIRST_ROW)}"
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(text=book.title.replace("&", "&&")), right=_HeaderFooterPart(text="&P / &N")
    )
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.5, 0.8, 0.4


def chart(target: Workbook, book: Book) -> None:
    """Write the funnel: how many deals stand at each stage, and what they are worth, as values and as bars."""
    lang, currency = book.vocabulary.lang, book.vocabulary.currency
    sheet = target.create_sheet(text("sheet-funnel", lang))
    names = [text("col-stage", lang), text("col-deals", lang), text("sheet-amount", lang, currency=currency)]
    for number, name in enumerate(names, 1):
        put(sheet, 1, number, name, Font(name=FONT, size=10, bold=True))
    for row, bar in enumerate(book.bars, 2):
        put(sheet, row, 1, bar.name)
        put(sheet, row, 2, bar.deals)
        put(sheet, row, 3, float(bar.amount / UNIT)).number_format = FORMATS["amount"]
    for letter, width in zip(map(get_column_letter, (1, 2, 3)), (26, 10, 16), strict=True):
        sheet.column_dimensions[letter].width = width
    note = text("sheet-funnel-note", lang, as_of=book.vocabulary.today)
    put(sheet, len(book.bars) + 3, 1, note, Font(name=FONT, size=8, italic=True, color="7F7F7F"))
    for column, place in ((2, "E1"), (3, "E19")):
        sheet.add_chart(_bars(sheet, len(book.bars), column, names[column - 1]), place)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "9"
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _bars(sheet: Worksheet, count: int, column: int, title: str) -> BarChart:
    chart = BarChart()
    chart.type, chart.style, chart.legend, chart.gapWidth = "bar", 10, None, 40
    chart.title = title
    chart.add_data(Reference(sheet, min_col=column, min_row=2, max_row=count + 1))
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=count + 1))
    chart.series[0].tx = SeriesLabel(v=title)
    chart.series[0].graphicalProperties.solidFill = "2E75B6"
    chart.dataLabels = DataLabelList()
    chart.dataLabels.showVal = True
    chart.dataLabels.showSerName = chart.dataLabels.showCatName = chart.dataLabels.showLegendKey = False
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete, chart.y_axis.delete = False, True
    chart.y_axis.majorGridlines = None
    chart.height, chart.width = 8.5, 19
    return chart


def further(target: Workbook, page: Page) -> None:
    """Write a sheet that is for reading."""
    sheet = target.create_sheet(page.title)
    for number, (head, width) in enumerate(zip(page.heads, page.widths, strict=True), 1):
        cell = put(sheet, 1, number, head, Font(name=FONT, size=10, bold=True, color="FFFFFF"))
        cell.fill, cell.border = HEAD_FILL, BOX
        sheet.column_dimensions[get_column_letter(number)].width = width
    for number, row in enumerate(page.rows, 2):
        for position, value in enumerate(row, 1):
            cell = put(sheet, number, position, value)
            cell.border, cell.alignment = BOX, Alignment(vertical="center", wrap_text=True)
        lines = (
            lines_of(value, width) for value, width in zip(row, page.widths, strict=True) if isinstance(value, str)
        )
        sheet.row_dimensions[number].height = LINE_HEIGHT * max(lines, default=1)
    if page.note:
        put(sheet, len(page.rows) + 3, 1, page.note, Font(name=FONT, size=8, italic=True, color="7F7F7F"))
    sheet.freeze_panes = f"{FIRST}2"
    sheet.print_title_rows = "1:1"
    sheet.HeaderFooter.oddHeader = HeaderFooterItem(center=_HeaderFooterPart(text=page.title.replace("&", "&&")))
    _across(sheet)


def _across(sheet: Worksheet) -> None:
    """Print all columns on the width of an A4 page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "9"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def read_me(target: Workbook, book: Book) -> None:
    """Write the sheet that explains the workbook, in its language."""
    lang = book.vocabulary.lang
    sheet = target.create_sheet(text("sheet-read-me", lang))
    sheet.column_dimensions[FIRST].width = READ_ME_WIDTH
    words = text(f"sheet-read-me-{book.form.name}", lang, currency=book.vocabulary.currency)
    for row, line in enumerate(words.split("\n"), 1):
        bold = row == 1 or line.endswith((":", "："))
        cell = put(sheet, row, 1, line, Font(name=FONT, size=14 if row == 1 else 10, bold=bold))
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.row_dimensions[row].height = (2 if bold else 1.2) * LINE_HEIGHT * lines_of(line, READ_ME_WIDTH)
    sheet.page_setup.paperSize = "9"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
