"""Reads a workbook that came back, without trusting it: bounded in time and memory, and one sentence for what is wrong.

Before openpyxl sees the file, `archive` has checked it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from kamctl.exchange import marks
from kamctl.exchange.archive import MAX_ROWS, Scan, check_archive, check_file, scan, too_large
from kamctl.exchange.columns import Form
from kamctl.exchange.forms import FORMS
from kamctl.exchange.marks import Marks, exported_values
from kamctl.exchange.typed import Cell, Reason, fold, kept_text, plain_text
from kamctl.labels import LANGUAGES
from kamctl.phrases import NOTHING, Phrase
from kamctl.problems import KamctlError
from kamctl.resources import table

MAX_COLUMNS = 100
HEAD_ROWS = 30
"""The headings stand in one of so many rows at the top."""

ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff])_")
"""How workbooks write control characters, and a `_` before what only looks like one; openpyxl leaves most of it."""


class Filled(NamedTuple):
    """One cell of a row: what it holds, its place such as `G7`, and whether it shows its number as a percent."""

    value: Cell
    place: str
    as_percent: bool = False


@dataclass(frozen=True)
class SheetRow:
    """One row that holds something: its number, its id, what it said when exported, and its cells by column.

    `problem` is why the row cannot be used at all, with the place of the cell.
    """

    number: int
    id: str
    exported: Mapping[str, str]
    cells: Mapping[str, Filled]
    problem: tuple[str, Reason] | None = None

    @property
    def place(self) -> str:
        """The place of its first cell."""
        return min((cell.place for cell in self.cells.values()), key=lambda place: (len(place), place), default="")


@dataclass(frozen=True)
class Sheet:
    """A workbook as it came back.

    `filled` is the dealer block: dealer, contact, day, currency. `missing` are columns of the form that the sheet does
    not have, `extra` headings that the form does not know. `epoch` is how it counts days.
    """

    file: str
    name: str
    form: Form
    marks: Marks
    epoch: int
    filled: Mapping[str, Filled]
    rows: Sequence[SheetRow]
    missing: Sequence[str] = ()
    extra: Sequence[str] = ()
    headings: Mapping[str, str] = field(default_factory=dict)

    def place(self, cell: str) -> str:
        """Name a cell for people: `back.xlsx, 销售漏斗!G7`."""
        return f"{self.file}, {self.name}!{cell}"


def read_sheet(path: Path) -> Sheet:
    """Read a workbook of kamctl. Raises KamctlError, one sentence with file, sheet and cell, for anything else."""
    check_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive, path.name)
            return _read(path, archive)
    except KamctlError:
        raise
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError):
        raise KamctlError(
            Phrase("{name} is damaged and cannot be read", name=path.name),
            Phrase("ask for it again; nothing was written"),
            1,
        ) from None
    except MemoryError:
        raise too_large(path.name) from None
    except Exception as error:  # openpyxl raises anything at all for a workbook that others have bent
        message = Phrase("{name} is damaged and cannot be read ({error})", name=path.name, error=type(error).__name__)
        raise KamctlError(message, Phrase("open it in Excel and save it as an Excel workbook (.xlsx)"), 1) from None


def _read(path: Path, archive: zipfile.ZipFile) -> Sheet:
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        found = _marks(book, path.name)
        form = FORMS[found.form]
        sheet, heads = _form_sheet(book, form, path.name)
        seen = scan(archive, sheet._worksheet_path)
        if seen.last > MAX_ROWS:
            place = f"{path.name}, {sheet.title}!A{seen.last}"
            message = Phrase(
                "{place}: the sheet goes on to row {last}; kamctl reads {most}",
                place=place,
                last=seen.last,
                most=MAX_ROWS,
            )
            raise KamctlError(message, Phrase("delete what stands far below the data"), 1)
        rows = _all_rows(sheet, seen.last)
        unfinished = _unfinished(path, sheet.title, seen) if seen.formulas else {}
        epoch = 1904 if book.epoch == CALENDAR_MAC_1904 else 1900
    finally:
        book.close()
    return _sheet(path.name, sheet.title, form, found, epoch, heads, _spread(rows, seen.merged), unfinished)


def _marks(book: Any, name: str) -> Marks:
    """Return what the workbook says of itself. Raises KamctlError for one that kamctl did not make."""
    foreign = KamctlError(
        Phrase("{name} is not a workbook that kamctl made", name=name),
        Phrase("`kamctl workbook export` makes one; fill that in"),
        1,
    )
    if marks.SHEET not in book.sheetnames:
        raise foreign
    sheet = book[marks.SHEET]
    sheet.reset_dimensions()
    cells = sheet.iter_rows(max_row=MAX_ROWS, max_col=2, values_only=True)
    found = Marks.from_cells([(_words(key), _words(value)) for key, value in cells])
    if found is None:
        raise foreign
    if found.version > marks.VERSION:
        message = Phrase(
            "{name} was made by a newer kamctl (workbook version {version}; this one knows {known})",
            name=name,
            version=found.version,
            known=marks.VERSION,
        )
        raise KamctlError(message, Phrase("install a newer kamctl"), 1)
    if found.form not in FORMS or found.version < 1:
        raise KamctlError(
            Phrase('{name} has the form "{form}", which this kamctl does not know', name=name, form=found.form),
            NOTHING,
            1,
        )
    return found


def _form_sheet(book: Any, form: Form, name: str) -> tuple[Any, tuple[int, dict[int, str]]]:
    """Return the sheet that holds the form, and its row of headings with the column that each names."""
    found = []
    for title in book.sheetnames:
        sheet = book[title]
        if title not in (marks.SHEET, marks.LISTS) and hasattr(sheet, "reset_dimensions"):
            sheet.reset_dimensions()
            heads = _heads(sheet, form)
            found += [(sheet, heads)] if heads is not None else []
    with_ids = [(sheet, heads) for sheet, heads in found if marks.ID in heads[1].values()]
    found = with_ids or found
    if len(found) > 1:
        names = ", ".join(sheet.title for sheet, _ in found)
        raise KamctlError(
            Phrase("{name} holds the form on several sheets: {names}", name=name, names=names),
            Phrase("keep one of them"),
            1,
        )
    if not found:
        raise KamctlError(
            Phrase("{name} has no sheet with the headings of the form", name=name),
            Phrase("its headings must stay as they are"),
            1,
        )
    return found[0]


def _heads(sheet: Any, form: Form) -> tuple[int, dict[int, str]] | None:
    """Return the number of the row with the most headings of the form, and what each column of it is."""
    known = _known_headings(form)
    best: tuple[int, dict[int, str]] = (0, {})
    for number, row in enumerate(sheet.iter_rows(max_row=HEAD_ROWS, max_col=MAX_COLUMNS, values_only=True), 1):
        found: dict[int, str] = {}
        for position, value in enumerate(row):
            key = known.get(_heading(value), "")
            if key and key not in found.values():
                found[position] = key
        if len(found) > len(best[1]):
            best = (number, found)
    return best if marks.ID in best[1].values() or len(best[1]) >= min(4, len(form.columns)) else None


def _known_headings(form: Form) -> dict[str, str]:
    """Return the column that each heading names, in all languages, without what stands in brackets."""
    labels = table("labels")
    known = {_heading(labels[f"sheet-{column.key}"][lang]): column.key for column in form.columns for lang in LANGUAGES}
    return known | {_heading(name): name for name in (marks.ID, marks.FINGERPRINT)}


def _heading(value: Cell) -> str:
    return fold(re.sub(r"[(（].*?[)）]", "", plain_text(value)))


def _all_rows(sheet: Any, last: int) -> list[list[Filled]]:
    """Return the cells of a sheet down to its last filled row."""
    sheet.reset_dimensions()
    rows: list[list[Filled]] = []
    for number, row in enumerate(sheet.iter_rows(max_row=max(last, 1), max_col=MAX_COLUMNS), 1):
        cells = [
            Filled(_value(cell.value), f"{get_column_letter(position)}{number}", _is_percent(cell))
            for position, cell in enumerate(row, 1)
        ]
        while cells and cells[-1].value is None:
            cells.pop()
        rows.append(cells)
    return rows


def _is_percent(cell: Any) -> bool:
    return isinstance(cell.value, (int, float)) and "%" in (cell.number_format or "")


def _value(value: Cell) -> Cell:
    return (
        ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if isinstance(value, str) and "_x" in value else value
    )


def _words(value: Cell) -> str:
    return kept_text(_value(value))


def _unfinished(path: Path, title: str, seen: Scan) -> dict[str, str]:
    """Return formulas that hold no result, by place: another program wrote them and nobody has opened the file."""
    found: list[dict[str, str]] = []
    for data_only in (False, True):
        book = load_workbook(path, read_only=True, data_only=data_only, keep_links=False)
        sheet = book[title]
        sheet.reset_dimensions()
        cells = (cell for row in sheet.iter_rows(max_row=seen.last or 1, max_col=MAX_COLUMNS) for cell in row)
        written = (cell for cell in cells if cell.value is not None and (data_only or cell.data_type == "f"))
        found.append({cell.coordinate: str(cell.value) for cell in written})
        book.close()
    formulas, results = found
    return {place: formula for place, formula in formulas.items() if place not in results}


def _spread(rows: list[list[Filled]], merged: Sequence[str]) -> list[list[Filled]]:
    """Give every cell of a merged range what its first cell holds."""
    for area in merged:
        left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(area))
        first = _at(rows, top, left)
        if first is None or first.value is None:
            continue
        for number in range(top, min(bottom, len(rows)) + 1):
            row = rows[number - 1]
            for position in range(len(row) + 1, min(right, MAX_COLUMNS) + 1):
                row.append(Filled(None, f"{get_column_letter(position)}{number}"))
            for position in range(left, min(right, MAX_COLUMNS) + 1):
                row[position - 1] = row[position - 1]._replace(value=first.value, as_percent=first.as_percent)
    return rows


def _at(rows: list[list[Filled]], number: int, position: int) -> Filled | None:
    if number > len(rows) or position > len(rows[number - 1]):
        return None
    return rows[number - 1][position - 1]


def _sheet(
    file: str,
    title: str,
    form: Form,
    found: Marks,
    epoch: int,
    heads: tuple[int, dict[int, str]],
    rows: list[list[Filled]],
    unfinished: Mapping[str, str],
) -> Sheet:
    head, keys = heads
    for hidden in (marks.ID, marks.FINGERPRINT):
        if hidden not in keys.values():
            place = f"{file}, {title}!A{head}"
            raise KamctlError(
                Phrase("{place}: the hidden column {hidden} is missing", place=place, hidden=hidden),
                Phrase("export again, and copy the changes into the new workbook"),
                1,
            )
    hints = _hints(form)
    read = [_row(number, row, keys, form, unfinished, hints) for number, row in enumerate(rows, 1) if number > head]
    named = dict(enumerate(rows[head - 1])) if head <= len(rows) else {}
    extra = [_words(cell.value) for place, cell in named.items() if place not in keys and _words(cell.value)]
    return Sheet(
        file=file,
        name=title,
        form=form,
        marks=found,
        epoch=epoch,
        filled=_block(rows[: head - 1]),
        rows=_checked([row for row in read if row is not None]),
        missing=[column.key for column in form.columns if column.field and column.key not in keys.values()],
        extra=[name for name in extra if name not in table("labels")["sheet-reason"].values()],
        headings={key: _words(named[place].value) for place, key in keys.items() if place in named},
    )


def _row(
    number: int,
    cells: list[Filled],
    keys: Mapping[int, str],
    form: Form,
    unfinished: Mapping[str, str],
    hints: frozenset[str],
) -> SheetRow | None:
    """Return a row by its columns; None for one in which only hints and computed cells stand, wherever it is."""
    named = {
        key: cells[position] if position < len(cells) else Filled(None, f"{get_column_letter(position + 1)}{number}")
        for position, key in keys.items()
    }
    row_id, print_ = named.pop(marks.ID), named.pop(marks.FINGERPRINT)
    name = _words(row_id.value)
    computed = {column.key for column in form.columns if column.kind == "computed"}
    read = {key: cell._replace(value=unfinished.get(cell.place, cell.value)) for key, cell in named.items()}
    if not name:
        read = {key: cell._replace(value=None) if _is_hint(cell, hints) else cell for key, cell in read.items()}
    if not any(plain_text(cell.value) for key, cell in read.items() if key not in computed):
        return None
    waiting = (cell.place for key, cell in read.items() if key not in computed and cell.place in unfinished)
    problem = next(((place, Reason("sheet-unfinished", {})) for place in waiting), None)
    exported = exported_values(_words(print_.value), name) if name else {}
    if exported is None:
        problem = problem or (print_.place, Reason("sheet-fingerprint", {"id": name}))
    return SheetRow(number, name, exported or {}, read, problem)


def _checked(rows: list[SheetRow]) -> list[SheetRow]:
    """Mark rows whose id another row has too: one is a copy, and nobody can say which."""
    numbers: dict[str, list[int]] = {}
    for row in rows:
        numbers.setdefault(row.id, []).append(row.number)
    result = []
    for row in rows:
        if row.id and len(numbers[row.id]) > 1 and row.problem is None:
            others = ", ".join(str(number) for number in numbers[row.id])
            row = replace(row, problem=(row.place, Reason("sheet-twice", {"id": row.id, "rows": others})))
        result.append(row)
    return result


def _hints(form: Form) -> frozenset[str]:
    labels = table("labels")
    keys = [f"sheet-{column.key}-hint" for column in form.columns]
    return frozenset(fold(labels[key][lang]) for key in keys for lang in LANGUAGES)


def _is_hint(cell: Filled, hints: frozenset[str]) -> bool:
    return isinstance(cell.value, str) and fold(plain_text(cell.value)) in hints


def _block(rows: Sequence[Sequence[Filled]]) -> dict[str, Filled]:
    """Return what stands beside the labels of the dealer block."""
    labels = table("labels")
    names = ("dealer", "contact", "filled_on", "currency")
    known = {fold(labels[f"sheet-block-{name}"][lang]): name for name in names for lang in LANGUAGES}
    found: dict[str, Filled] = {}
    for row in rows:
        for here, beside in pairwise(row):
            name = known.get(fold(plain_text(here.value)), "")
            if name and plain_text(beside.value) and fold(plain_text(beside.value)) not in known:
                found.setdefault(name, beside)
    return found
