"""Drop-downs, checks and colours: the lists that cells may choose from, what else they may hold, what stands out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kamctl import resources
from kamctl.exchange import marks
from kamctl.exchange.book import FIRST_ROW, MISSING, OVERDUE, SPARE_ROWS, Book, put
from kamctl.exchange.columns import Column, Form, Vocabulary, heading, hint, shown
from kamctl.exchange.typed import EPOCHS, YEARS, Cell, shown_stage
from kamctl.labels import text


def lists(target: Workbook, book: Book) -> None:
    """Write the values of the drop-downs to a hidden sheet and name each list."""
    sheet = target.create_sheet(marks.LISTS)
    sheet.sheet_state = "hidden"
    for number, (name, values) in enumerate(_list_values(book).items(), 1):
        sheet.cell(1, number).value = name
        for row, value in enumerate(values, 2):
            put(sheet, row, number, value)
        letter = get_column_letter(number)
        place = f"'{marks.LISTS}'!${letter}$2:${letter}${max(2, len(values) + 1)}"
        target.defined_names[name] = DefinedName(name, attr_text=place)


def _list_values(book: Book) -> dict[str, list[str]]:
    """Return the values of every list by the name that formulas use."""
    words = book.vocabulary
    wanted = {column.options for column in book.form.columns if column.options}
    lists = {name: [str(_name(name, option.id, words)) for option in words.options[name]]
             for name in sorted(wanted - {"stage", "province"})}  # fmt: skip
    if "stage" in wanted:
        lists["stage"] = _stage_names(book, None)
        lists["open_stages"] = _stage_names(book, book.open_stages)
        lists["lost_stages"] = _stage_names(book, book.lost_stages)
    if "province" in wanted:
        cities = _cities(book)
        lists["province"] = list(cities)
        lists |= {f"cities_{number}": names for number, names in enumerate(cities.values(), 1)}
    return lists


def _name(options: str, value: str, words: Vocabulary) -> Cell:
    column = Column("", "", 0, "member" if options == "member" else "option", options)
    return shown(column, value, words)


def _stage_names(book: Book, chosen: Sequence[str] | None) -> list[str]:
    """Return stages as they stand in cells: of the default process, then of those that rows are in."""
    words = book.vocabulary
    used = dict.fromkeys([words.default_process, *(line.process for line in book.lines)])
    options = [option for process in used for option in words.stages.get(process, ())]
    names = [shown_stage(option, words.lang) for option in options if chosen is None or option.id in chosen]
    return list(dict.fromkeys(names))


def _cities(book: Book) -> dict[str, list[str]]:
    """Return cities by province: those in use, and all of China where the workspace is in Chinese or has some of it."""
    known: dict[str, list[str]] = resources.table("exchange/regions")["provinces"]
    used: dict[str, list[str]] = {}
    for line in book.lines:
        if province := line.values.get("province", ""):
            used.setdefault(province, []).append(line.values.get("city", ""))
    chinese = book.vocabulary.lang.startswith("zh") or bool(known.keys() & used.keys())
    cities = {name: list(names) for name, names in known.items()} if chinese else {}
    for province, names in sorted(used.items()):
        there = cities.setdefault(province, [])
        there += [name for name in sorted(set(names)) if name and name not in there]
    return cities


def checks(sheet: Worksheet, book: Book) -> None:
    """Give every column its drop-down or check, with the hint as a message."""
    last = FIRST_ROW + len(book.lines) - 1 + (SPARE_ROWS if book.form.new_rows else 0)
    for number, column in enumerate(book.form.columns, 1):
        check = _check(column, book)
        if check is not None and last >= FIRST_ROW:
            letter = get_column_letter(number)
            check.add(f"{letter}{FIRST_ROW}:{letter}{last}")
            sheet.add_data_validation(check)


def _check(column: Column, book: Book) -> DataValidation | None:
    """Return the validation of a column's cells; None where anything may stand."""
    lang, letters = book.vocabulary.lang, _letters(book.form)
    match column.kind:
        case "option" | "stage" | "member" | "province":
            check = DataValidation("list", formula1=f"={column.options}")
        case "city":
            check = DataValidation(
                "list", formula1=f'=INDIRECT("cities_"&MATCH(${letters["province"]}{FIRST_ROW},province,0))'
            )
        case "date":
            check = between("date", *day_limits())
        case "percent":
            check = between("decimal", "0", "1")
        case "amount":
            check = DataValidation("decimal", operator="greaterThanOrEqual", formula1="0")
        case _:
            return None
    kind = "list" if check.type == "list" else column.kind
    check.allow_blank = True
    check.errorStyle = "warning" if column.kind in ("province", "city") else "stop"
    check.errorTitle, check.error = text("sheet-bad-title", lang), text(f"sheet-bad-{kind}", lang)
    check.promptTitle, check.prompt = heading(column, book.vocabulary)[:32], hint(column, book.vocabulary)[:255]
    check.showInputMessage = check.showErrorMessage = True
    return check


def between(kind: Literal["date", "decimal"], first: str, last: str) -> DataValidation:
    """Return a check that a cell holds a date or number between two."""
    return DataValidation(kind, operator="between", formula1=first, formula2=last, allow_blank=True)


def day_limits() -> tuple[str, str]:
    """Return the first and the last day that a date cell may hold, as serial numbers."""
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    return str((first - EPOCHS[1900]).days), str((last - EPOCHS[1900]).days)


def _letters(form: Form) -> dict[str, str]:
    return {column.key: get_column_letter(number) for number, column in enumerate(form.columns, 1)}


def colours(sheet: Worksheet, book: Book) -> None:
    """Colour days that are past and nothing came of, and what is missing."""
    letters = _letters(book.form)
    end = FIRST_ROW + len(book.lines) - 1 + (SPARE_ROWS if book.form.new_rows else 0)
    for column in book.form.columns:
        letter = letters[column.key]
        here = f"{letter}{FIRST_ROW}"
        area = f"{here}:{letter}{max(end, FIRST_ROW)}"
        for formula, fill in _conditions(column, here, book.form, letters):
            sheet.conditional_formatting.add(area, _rule(formula, fill))


def _conditions(column: Column, here: str, form: Form, letters: Mapping[str, str]) -> Iterator[tuple[str, PatternFill]]:
    """Yield when the cells of a column stand out, and how."""
    empty = f"LEN(TRIM({here}))=0"
    past = f"ISNUMBER({here}),{here}<TODAY()"
    first, last = letters[form.columns[0].key], letters[form.columns[-1].key]
    written = f"COUNTA(${first}{FIRST_ROW}:${last}{FIRST_ROW})>0"
    stage = f"${letters['stage']}{FIRST_ROW}" if "stage" in letters else ""
    still_open = f"COUNTIF(open_stages,{stage})>0"
    if stage and column.key == "close_date":
        yield f"AND({past},{still_open})", OVERDUE
    if form.late is not None and column.key == form.late[0]:
        yield f"AND({past},LEN(TRIM(${letters[form.late[1]]}{FIRST_ROW}))=0)", OVERDUE
    if column.required:
        yield f'AND({written},{empty},OR({stage}="",{still_open}))' if stage else f"AND({written},{empty})", MISSING
    if column.key == "loss_reason":
        yield f"AND({empty},COUNTIF(lost_stages,{stage})>0)", MISSING


def _rule(formula: str, fill: PatternFill) -> Rule:
    return Rule(type="expression", formula=[formula], dxf=DifferentialStyle(fill=fill))
