"""The columns of the workbooks: what each holds, how a value stands in its cell, and how the cell is read.

Between cells and files stands one plain text for every value, as the file would write it: `Q`, `60%`, `2026-09-30`,
`4800000 CNY`, `阀门、管件`; empty text for nothing. What was exported, what a cell says now and what the file says now
are compared in this form.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from kamctl.exchange import typed
from kamctl.exchange.times import read_clock, read_minutes
from kamctl.exchange.typed import Cell, Option, Reason
from kamctl.labels import text
from kamctl.money import parse_money, plain

UNIT = 10_000
"""Amounts in workbooks count in 万."""

LIST_SIGN = "、"

LINE = "\n"
"""Stands between the entries of a cell that only grows."""


class Column(NamedTuple):
    """One column: its key, the field of the file behind it, its width in characters, and the kind of its cells.

    `options` names the list of its drop-down. A `required` cell is coloured while it is empty. What is `needed` cannot
    be left empty, what stands `once` is said in a new row and cannot be changed in another. A column without a `field`
    is computed and never read.
    """

    key: str
    field: str
    width: int
    kind: str = "text"
    options: str = ""
    required: bool = False
    needed: bool = False
    once: bool = False


class Form(NamedTuple):
    """A workbook form: its name, its columns, and whether rows may be added.

    `late` are a day and the column that says what came of it: a day that is past while that is empty stands out.
    """

    name: str
    columns: tuple[Column, ...]
    new_rows: bool
    late: tuple[str, str] | None = None


@dataclass(frozen=True)
class Vocabulary:
    """What cells are read and written by: language, currency, day, the lists of the method, and our people.

    `stages` are those of each process; a row is read by the process of its deal, `default_process` where it has none.
    `epoch` is how the workbook counts days.
    """

    lang: str
    currency: str
    report_currency: str
    today: date
    stages: Mapping[str, Sequence[Option]]
    default_process: str
    options: Mapping[str, Sequence[Option]]
    epoch: int = 1900

    def of(self, column: Column, process: str) -> Sequence[Option]:
        """Return the values that a column may hold."""
        if column.options == "stage":
            return self.stages.get(process, self.stages[self.default_process])
        return self.options[column.options]

    @cached_property
    def member_names(self) -> Mapping[str, str]:
        """The names of our people by key; those of one name have their keys behind it."""
        names = {member.id: member.label["en"] for member in self.options["member"]}
        bearers = Counter(names.values())
        return {key: name if bearers[name] == 1 else f"{name} ({key})" for key, name in names.items()}


def heading(column: Column, vocabulary: Vocabulary) -> str:
    """Return the heading of a column."""
    values = {"currency": vocabulary.currency, "report": vocabulary.report_currency}
    return text(f"sheet-{column.key}", vocabulary.lang, **values)


def short_heading(column: Column, lang: str) -> str:
    """Return the heading of a column without its unit."""
    return re.sub(r" ?[(\uff08].*", "", text(f"sheet-{column.key}", lang, currency="", report=""))


def hint(column: Column, vocabulary: Vocabulary) -> str:
    """Return what stands below the heading: how to fill the column."""
    return text(f"sheet-{column.key}-hint", vocabulary.lang, currency=vocabulary.currency)


def percent_text(value: Decimal | None) -> str:
    """Write a percent as files do."""
    return "" if value is None else f"{plain(value)}%"


def shown(column: Column, value: str, vocabulary: Vocabulary, process: str = "") -> Cell:
    """Return what stands in a cell for a value: a date, a number, or words in the language of the workbook."""
    return None if value == "" else SHOW.get(column.kind, _shown_text)(column, value, vocabulary, process)


def read(
    column: Column, cell: Cell, vocabulary: Vocabulary, process: str = "", *, as_percent: bool = False
) -> str | Reason:
    """Return the value that a cell means, or why none; `as_percent`: the cell shows its number as a percent."""
    if isinstance(cell, str) and cell.startswith("#") and cell.rstrip("!?") in ERRORS:
        return Reason("typed-error", {"value": cell})
    if typed.plain_text(cell) == "":
        return ""
    if column.kind == "percent":
        number = typed.read_percent(cell, as_percent)
        return number if isinstance(number, Reason) else percent_text(number)
    return READ.get(column.kind, _read_text)(column, cell, vocabulary, process)


ERRORS = ("#DIV/0", "#N/A", "#NAME", "#NULL", "#NUM", "#REF", "#VALUE", "#SPILL", "#CALC", "#GETTING_DATA")


def _shown_text(column: Column, value: str, vocabulary: Vocabulary, process: str) -> Cell:
    return value


def _shown_option(column: Column, value: str, vocabulary: Vocabulary, process: str) -> Cell:
    show = typed.shown_stage if column.kind == "stage" else typed.shown_option
    found = next((option for option in vocabulary.of(column, process) if option.id == value), None)
    return show(found, vocabulary.lang) if found is not None else value


def _shown_member(column: Column, value: str, vocabulary: Vocabulary, process: str) -> Cell:
    return vocabulary.member_names.get(value, value)


def _shown_date(column: Column, value: str, vocabulary: Vocabulary, process: str) -> Cell:
    return date.fromisoformat(value)


def _shown_percent(column: Column, value: str, vocabulary: Vocabulary, process: str) -> Cell:
    return float(Decimal(value.rstrip("%")) / 100)


def _shown_amount(column: Column, value: str, vocabulary: Vocabulary, process: str) -> Cell:
    """Return an amount in the unit of the column; one in another currency as text that says so."""
    money = parse_money(value)
    if money.currency and money.currency != vocabulary.currency:
        return f"{plain(money.amount / UNIT)}万 {money.currency}"
    return float(money.amount / UNIT)


def _shown_list(column: Column, value: str, vocabulary: Vocabulary, process: str) -> Cell:
    return value if vocabulary.lang.startswith("zh") else value.replace(LIST_SIGN, ", ")


def _shown_minutes(column: Column, value: str, vocabulary: Vocabulary, process: str) -> Cell:
    return int(value.removesuffix("m"))


def _shown_members(column: Column, value: str, vocabulary: Vocabulary, process: str) -> Cell:
    names = vocabulary.member_names
    return _shown_list(
        column, LIST_SIGN.join(names.get(key, key) for key in value.split(LIST_SIGN)), vocabulary, process
    )


def _read_text(column: Column, cell: Cell, vocabulary: Vocabulary, process: str) -> str | Reason:
    return typed.kept_text(cell)


def _read_option(column: Column, cell: Cell, vocabulary: Vocabulary, process: str) -> str | Reason:
    show = typed.shown_stage if column.kind == "stage" else typed.shown_option
    return typed.read_option(cell, vocabulary.of(column, process), lambda option: show(option, vocabulary.lang))


def _read_member(column: Column, cell: Cell, vocabulary: Vocabulary, process: str) -> str | Reason:
    return typed.read_member(cell, vocabulary.options["member"], lambda one: vocabulary.member_names[one.id])


def _read_date(column: Column, cell: Cell, vocabulary: Vocabulary, process: str) -> str | Reason:
    day = typed.read_date(cell, vocabulary.today, vocabulary.epoch)
    return day if isinstance(day, Reason) else day.isoformat()


def _read_amount(column: Column, cell: Cell, vocabulary: Vocabulary, process: str) -> str | Reason:
    money = typed.read_money(cell, vocabulary.currency, UNIT)
    return money if isinstance(money, Reason) else str(money)


def _read_list(column: Column, cell: Cell, vocabulary: Vocabulary, process: str) -> str | Reason:
    return LIST_SIGN.join(typed.read_list(cell))


def _read_clock(column: Column, cell: Cell, vocabulary: Vocabulary, process: str) -> str | Reason:
    return read_clock(cell)


def _read_minutes(column: Column, cell: Cell, vocabulary: Vocabulary, process: str) -> str | Reason:
    return read_minutes(cell)


def _read_members(column: Column, cell: Cell, vocabulary: Vocabulary, process: str) -> str | Reason:
    found = [_read_member(column, name, vocabulary, process) for name in typed.read_list(cell)]
    wrong = next((one for one in found if isinstance(one, Reason)), None)
    return wrong or LIST_SIGN.join(one for one in found if isinstance(one, str))


def _read_added(column: Column, cell: Cell, vocabulary: Vocabulary, process: str) -> str | Reason:
    return LINE.join(entries(typed.kept_text(cell)))


def entries(value: str) -> list[str]:
    """Return the entries of a cell that only grows, one a line."""
    return [line.strip() for line in value.split(LINE) if line.strip()]


SHOW: Mapping[str, Callable[[Column, str, Vocabulary, str], Cell]] = {
    "option": _shown_option,
    "stage": _shown_option,
    "member": _shown_member,
    "date": _shown_date,
    "percent": _shown_percent,
    "amount": _shown_amount,
    "list": _shown_list,
    "minutes": _shown_minutes,
    "members": _shown_members,
}
"""How a value of each kind stands in a cell; as it is where the kind is not named."""

READ: Mapping[str, Callable[[Column, Cell, Vocabulary, str], str | Reason]] = {
    "option": _read_option,
    "stage": _read_option,
    "member": _read_member,
    "date": _read_date,
    "amount": _read_amount,
    "list": _read_list,
    "clock": _read_clock,
    "minutes": _read_minutes,
    "members": _read_members,
    "added": _read_added,
}
"""How a cell of each kind is read; as text where the kind is not named."""
