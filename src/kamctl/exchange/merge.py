"""Compares a workbook with what was exported and with the files as they are now; pure, and nothing is written.

A cell has three values: as exported, in the workbook now, and in the file now. Changed in the workbook alone, it is
taken over. Changed in the file alone, the file stands, so that an old workbook never undoes newer work. Changed in
both, and not to the same, it is a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from kamctl.exchange.columns import Column, Form, Vocabulary, read, shown
from kamctl.exchange.matching import Names
from kamctl.exchange.sheet import Filled, SheetRow
from kamctl.exchange.typed import Reason, fold, kept_text

NEW, CHANGED, CONFLICT, SAME, REJECTED, GONE = "new", "changed", "conflict", "same", "rejected", "gone"
OUTCOMES = (NEW, CHANGED, SAME, CONFLICT, REJECTED, GONE)

NEEDED = ("customer", "project", "stage", "owner")
"""What a new deal cannot be without."""

NEVER_EMPTY = (*NEEDED, "mark")
"""Columns whose cells cannot be emptied."""


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
    """How things are: what the files of the deals say, their processes, and the names of accounts.

    `lost` are the stages of each process at which a deal is lost.
    """

    deals: Mapping[str, Mapping[str, str]]
    processes: Mapping[str, str]
    account_processes: Mapping[str, str]
    accounts: Names
    lost: Mapping[str, frozenset[str]]
    vocabulary: Vocabulary
    prefer: str = ""


def merge(form: Form, rows: Sequence[SheetRow], exported: Iterable[str], now: Now) -> list[Outcome]:
    """Return what becomes of every row, and of the deals that were exported and have no row any more."""
    present = _projects(now)
    outcomes = []
    for row in rows:
        if row.id:
            outcomes.append(_existing(form, row, now))
        elif form.new_rows:
            outcomes.append(_new(form, row, now, present))
        else:
            refusal = Refusal("", row.place, Reason("sheet-no-new-rows"))
            outcomes.append(Outcome(REJECTED, row.number, "", {}, refusals=(refusal,)))
    there = {row.id for row in rows}
    gone = [row_id for row_id in exported if row_id not in there and row_id in now.deals]
    outcomes = [replace(outcome, place=row.place) for outcome, row in zip(outcomes, rows, strict=True)]
    return outcomes + [Outcome(GONE, 0, row_id, now.deals[row_id]) for row_id in gone]


def three_way(exported: str, now: str, typed: str, prefer: str = "") -> tuple[str, bool]:
    """Return the value that stands and whether it is in conflict; `prefer`, theirs or ours, decides conflicts."""
    if typed in (exported, now):
        return now, False
    if now == exported or prefer == "theirs":
        return typed, False
    return now, prefer != "ours"


def _existing(form: Form, row: SheetRow, now: Now) -> Outcome:
    """Return what becomes of a row with an id."""
    blank = Outcome(REJECTED, row.number, row.id, row.exported)
    if row.problem is not None:
        return replace(blank, refusals=(Refusal("", *row.problem),))
    if row.id not in now.deals:
        return replace(blank, refusals=(Refusal("", row.place, Reason("sheet-no-deal", {"id": row.id})),))
    current = now.deals[row.id]
    process = now.processes.get(row.id, "")
    typed, refusals = _read_row(form, row, process, now.vocabulary, row.exported)
    changes, conflicts = [], []
    for key, value in typed.items():
        cell = Change(key, row.cells[key].place, row.exported.get(key, ""), current.get(key, ""), value)
        standing, conflict = three_way(cell.exported, cell.now, value, now.prefer)
        if conflict:
            conflicts.append(cell)
        elif standing != cell.now:
            changes.append(cell)
    values = {**current, **{change.key: change.typed for change in changes}}
    refusals += _rules(row, changes, current, values, now.lost.get(process, frozenset()))
    kind = REJECTED if refusals else CONFLICT if conflicts else CHANGED if changes else SAME
    kept = () if refusals else tuple(changes)
    return Outcome(kind, row.number, row.id, values, kept, tuple(conflicts), tuple(refusals))


def _read_row(
    form: Form, row: SheetRow, process: str, vocabulary: Vocabulary, exported: Mapping[str, str]
) -> tuple[dict[str, str], list[Refusal]]:
    """Return the values of a row's cells, and why those that cannot be read cannot be."""
    values: dict[str, str] = {}
    refusals = []
    for column in form.columns:
        cell = row.cells.get(column.key)
        if cell is None or not column.field:
            continue
        value = _value(column, cell, process, vocabulary, exported.get(column.key))
        if isinstance(value, Reason):
            refusals.append(Refusal(column.key, cell.place, value))
        else:
            values[column.key] = value
    return values, refusals


def _value(column: Column, cell: Filled, process: str, vocabulary: Vocabulary, exported: str | None) -> str | Reason:
    """Return the value of a cell; what was exported where nobody has touched it."""
    if exported is not None:
        before = shown(column, exported, vocabulary, process)
        if before == cell.value or (isinstance(before, str) and kept_text(before) == kept_text(cell.value)):
            return exported
    return read(column, cell.value, vocabulary, process, as_percent=cell.as_percent)


def _rules(
    row: SheetRow,
    changes: Sequence[Change],
    current: Mapping[str, str],
    values: Mapping[str, str],
    lost: frozenset[str],
) -> list[Refusal]:
    """Return what in the changes of a row cannot be: nothing where something must be, another customer, half a loss."""
    changed = {change.key: change for change in changes}
    refusals = [
        Refusal(key, changed[key].place, Reason("sheet-needed"))
        for key in NEVER_EMPTY
        if key in changed and not changed[key].typed
    ]
    customer = changed.get("customer")
    if customer is not None and customer.typed:
        if fold(customer.typed) != fold(customer.now):
            account = row.id.partition("/")[0]
            refusals.append(Refusal("customer", customer.place, Reason("sheet-other-customer", {"account": account})))
        else:
            refusals.append(Refusal("customer", customer.place, Reason("sheet-customer-name", {"name": customer.now})))
    if "stage" in changed and current["stage"] in lost and values["stage"] not in lost:
        refusals.append(Refusal("stage", changed["stage"].place, Reason("sheet-reopen", {"id": row.id})))
    elif "stage" in changed or "loss_reason" in changed:
        refusals += _loss(values, lost, row.cells)
    return refusals


def _loss(values: Mapping[str, str], lost: frozenset[str], cells: Mapping[str, Filled]) -> list[Refusal]:
    """Return what is wrong between stage and loss reason: one needs the other."""
    is_lost, reason = values.get("stage", "") in lost, values.get("loss_reason", "")
    if is_lost == bool(reason):
        return []
    key = "sheet-needs-reason" if is_lost else "sheet-not-lost"
    place = cells["loss_reason"].place if "loss_reason" in cells else ""
    return [Refusal("loss_reason", place, Reason(key))]


def _new(form: Form, row: SheetRow, now: Now, present: dict[tuple[str, str], str]) -> Outcome:
    """Return what becomes of a row without an id: a new deal, of a known account or of a new one."""
    name = kept_text(row.cells["customer"].value) if "customer" in row.cells else ""
    match = now.accounts.match(name)
    process = now.account_processes.get(match.id, "") or now.vocabulary.default_process
    values, refusals = _read_row(form, row, process, now.vocabulary, {})
    if row.problem is not None:
        refusals.append(Refusal("", *row.problem))
    needed = NEEDED[:3] if match.id else NEEDED
    missing = [key for key in needed if not values.get(key) and key not in {refusal.key for refusal in refusals}]
    refusals += [Refusal(key, _place(row, key), Reason("sheet-needed")) for key in missing]
    if match.near:
        reason = Reason("sheet-near", {"name": name, "near": ", ".join(match.near)})
        refusals.append(Refusal("customer", _place(row, "customer"), reason))
    if not refusals:
        refusals += _loss(values, now.lost.get(process, frozenset()), row.cells)
    key = (match.id or fold(name), fold(values.get("project", "")))
    twin = present.setdefault(key, f"#{row.number}") if not refusals else ""
    if twin and twin != f"#{row.number}":
        return _twin(row, twin, values, now)
    kind = REJECTED if refusals else NEW
    return Outcome(kind, row.number, "", values, refusals=tuple(refusals), account=match.id)


def _twin(row: SheetRow, twin: str, values: Mapping[str, str], now: Now) -> Outcome:
    """Return what becomes of a row without an id whose deal is there already: nothing where it says the same."""
    said = {key: value for key, value in values.items() if value and key not in ("customer", "needs")}
    same = twin in now.deals and all(now.deals[twin].get(key) == value for key, value in said.items())
    if same:
        return Outcome(SAME, row.number, twin, now.deals[twin])
    reason = Reason("sheet-twin", {"id": twin})
    return Outcome(REJECTED, row.number, "", values, refusals=(Refusal("project", _place(row, "project"), reason),))


def _place(row: SheetRow, key: str) -> str:
    return row.cells[key].place if key in row.cells else row.place


def _projects(now: Now) -> dict[tuple[str, str], str]:
    """Return the deals by account and name."""
    return {
        (deal_id.partition("/")[0], fold(values.get("project", ""))): deal_id for deal_id, values in now.deals.items()
    }


def rejected(outcome: Outcome, refusals: Sequence[Refusal]) -> Outcome:
    """Return an outcome that something else stands in the way of."""
    return replace(outcome, kind=REJECTED, changes=(), refusals=(*outcome.refusals, *refusals))
