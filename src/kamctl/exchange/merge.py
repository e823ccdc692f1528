"""Compares a workbook with what was exported and with the files as they are now; pure, and nothing is written.

A cell has three values: as exported, in the workbook now, and in the file now. Changed in the workbook alone, it is
taken over. Changed in the file alone, the file stands, so that an old workbook never undoes newer work. Changed in
both, and not to the same, it is a conflict. A cell that only grows takes what was added on either side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from kamctl.exchange.columns import LINE, Column, Form, Vocabulary, entries, read, shown
from kamctl.exchange.sheet import Filled, SheetRow
from kamctl.exchange.typed import Reason, kept_text

NEW, CHANGED, CONFLICT, SAME, REJECTED, GONE = "new", "changed", "conflict", "same", "rejected", "gone"
OUTCOMES = (NEW, CHANGED, SAME, CONFLICT, REJECTED, GONE)


class Change(NamedTuple):
    """One cell: its column and place, and its value as exported, in the file now, and in the workbook."""

    key: str
    place: str
    exported: str
    now: str
    typed: str


class Refusal(NamedTuple):
    """Why a row is rejected, with the column and the place of the cell."""

    key: str
    place: str
    reason: Reason


@dataclass(frozen=True)
class Outcome:
    """What becomes of one row: `changes` are to be written, `conflicts` to be decided, `refusals` stand in the way.

    `values` is what the row comes to, `place` its first cell, `more` are other rows of the same.
    A new row has the id of its account, empty for a new one.
    """

    kind: str
    row: int
    id: str
    values: Mapping[str, str]
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    account: str = ""
    place: str = ""
    more: tuple[int, ...] = ()


@dataclass(frozen=True)
class Now:
    """How things are: what the files say of every row, by id, the process of each, and what cells are read by.

    `prefer` says who wins conflicts: theirs, ours, or nobody. `as_shown` writes an entry of a cell that only grows, by
    the id of its row, as the file's own stand in the workbook, so that one and the same is not added twice.
    """

    rows: Mapping[str, Mapping[str, str]]
    vocabulary: Vocabulary
    processes: Mapping[str, str]
    prefer: str = ""
    as_shown: Callable[[str, str], str] = lambda row_id, entry: entry


class Rules(Protocol):
    """What a form knows of whole rows."""

    def refused(self, row: SheetRow, changes: Sequence[Change], values: Mapping[str, str]) -> list[Refusal]:
        """Return what stands in the way of the changes of a row, with which it comes to `values`."""

    def new(self, row: SheetRow) -> Outcome:
        """Return what becomes of a row without an id."""


def merge(form: Form, rows: Sequence[SheetRow], exported: Iterable[str], now: Now, rules: Rules) -> list[Outcome]:
    """Return what becomes of every row, and of those that were exported and are not there any more."""
    outcomes = []
    for row in rows:
        if row.id:
            outcomes.append(_existing(form, row, now, rules))
        elif form.new_rows:
            outcomes.append(rules.new(row))
        else:
            refusal = Refusal("", row.place, Reason("sheet-no-new-rows"))
            outcomes.append(Outcome(REJECTED, row.number, "", {}, refusals=(refusal,)))
    there = {row.id for row in rows}
    gone = [row_id for row_id in exported if row_id not in there and row_id in now.rows]
    outcomes = [replace(outcome, place=row.place) for outcome, row in zip(outcomes, rows, strict=True)]
    return outcomes + [Outcome(GONE, 0, row_id, now.rows[row_id]) for row_id in gone]


def three_way(exported: str, now: str, typed: str, prefer: str = "") -> tuple[str, bool]:
    """Return the value that stands and whether it is in conflict; `prefer`, theirs or ours, decides conflicts."""
    if typed in (exported, now):
        return now, False
    if now == exported or prefer == "theirs":
        return typed, False
    return now, prefer != "ours"


def _existing(form: Form, row: SheetRow, now: Now, rules: Rules) -> Outcome:
    """Return what becomes of a row with an id."""
    blank = Outcome(REJECTED, row.number, row.id, row.exported)
    if row.problem is not None:
        return replace(blank, refusals=(Refusal("", *row.problem),))
    if row.id not in now.rows:
        return replace(blank, refusals=(Refusal("", row.place, Reason("sheet-no-row", {"id": row.id})),))
    current = now.rows[row.id]
    typed, refusals = read_row(form, row, now.processes.get(row.id, ""), now.vocabulary)
    growing = {column.key for column in form.columns if column.kind == "added"}
    changes, conflicts = [], []
    for key, value in typed.items():
        cell = Change(key, row.cells[key].place, row.exported.get(key, ""), current.get(key, ""), value)
        if key in growing:
            value = LINE.join(now.as_shown(row.id, entry) for entry in entries(value))
            standing, conflict = grown(cell.exported, cell.now, value), False
            cell = cell._replace(typed=standing)
            refusals += _shrunk(cell, value)
        else:
            standing, conflict = three_way(cell.exported, cell.now, value, now.prefer)
        if conflict:
            conflicts.append(cell)
        elif standing != cell.now:
            changes.append(cell)
    values = {**current, **{change.key: change.typed for change in changes}}
    refusals += _emptied(form, changes) + rules.refused(row, changes, values)
    kind = REJECTED if refusals else CONFLICT if conflicts else CHANGED if changes else SAME
    kept = () if refusals else tuple(changes)
    return Outcome(kind, row.number, row.id, values, kept, tuple(conflicts), tuple(refusals))


def grown(exported: str, now: str, typed: str) -> str:
    """Return the entries that stand in the file, and those that the workbook adds to what was exported."""
    before, there = entries(exported), entries(now)
    added = [entry for entry in entries(typed) if entry not in before and entry not in there]
    return LINE.join([*there, *added])


def _shrunk(cell: Change, typed: str) -> list[Refusal]:
    """Return the refusal of a cell from which an entry was taken."""
    gone = [entry for entry in entries(cell.exported) if entry not in entries(typed)]
    return [Refusal(cell.key, cell.place, Reason("sheet-only-added", {"entry": gone[0][:40]}))] if gone else []


def _emptied(form: Form, changes: Sequence[Change]) -> list[Refusal]:
    needed = {column.key for column in form.columns if column.needed}
    return [
        Refusal(change.key, change.place, Reason("sheet-needed"))
        for change in changes
        if change.key in needed and not change.typed
    ]


def read_row(form: Form, row: SheetRow, process: str, vocabulary: Vocabulary) -> tuple[dict[str, str], list[Refusal]]:
    """Return the values of a row's cells, and why those that cannot be read cannot be."""
    values: dict[str, str] = {}
    refusals = []
    for column in form.columns:
        cell = row.cells.get(column.key)
        if cell is None or not column.field:
            continue
        value = _value(column, cell, process, vocabulary, row.exported.get(column.key))
        if isinstance(value, Reason):
            refusals.append(Refusal(column.key, cell.place, value))
        else:
            values[column.key] = value
    return values, refusals


def missing(
    row: SheetRow, keys: Iterable[str], values: Mapping[str, str], refusals: Sequence[Refusal]
) -> list[Refusal]:
    """Return the refusals of a new row's cells that say nothing and must."""
    refused = {refusal.key for refusal in refusals}
    return [
        Refusal(key, place(row, key), Reason("sheet-needed"))
        for key in keys
        if not values.get(key) and key not in refused
    ]


def _value(column: Column, cell: Filled, process: str, vocabulary: Vocabulary, exported: str | None) -> str | Reason:
    """Return the value of a cell; what was exported where nobody has touched it."""
    if exported is not None:
        before = shown(column, exported, vocabulary, process)
        if before == cell.value or (isinstance(before, str) and kept_text(before) == kept_text(cell.value)):
            return exported
    return read(column, cell.value, vocabulary, process, as_percent=cell.as_percent)


def place(row: SheetRow, key: str) -> str:
    """Return the place of a row's cell; of its first where it has no such cell."""
    return row.cells[key].place if key in row.cells else row.place


def rejected(outcome: Outcome, refusals: Sequence[Refusal]) -> Outcome:
    """Return an outcome that something else stands in the way of."""
    return replace(outcome, kind=REJECTED, changes=(), refusals=(*outcome.refusals, *refusals))
