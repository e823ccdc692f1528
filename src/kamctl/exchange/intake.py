"""Compares a table of deals with the deals that are there, and says what becomes of every row; nothing is written.

An empty cell says nothing: it never removes what a file says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kamctl.exchange import typed
from kamctl.exchange.delimited import Delimited, Row
from kamctl.exchange.fields import BY_NAME, FIELDS, Field, Words, read_amount, read_cell
from kamctl.exchange.finding import CONTACT, Finder, Open, Present, same_person
from kamctl.exchange.flat import guarded
from kamctl.exchange.matching import Match
from kamctl.exchange.merge import CHANGED, NEW, REJECTED, SAME, Change, Outcome, Refusal
from kamctl.exchange.typed import Reason, fold
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.schema.method.process import Process

UNDECIDED = "undecided"
OUTCOMES = (NEW, CHANGED, SAME, UNDECIDED, REJECTED)

DECISIONS = frozenset(("csv-near", "csv-owner-near", "csv-no-stage", "csv-no-option", "sheet-needs-reason"))
"""Reasons that a person can settle with an option, once for all rows."""

DATES = tuple(f.name for f in FIELDS if f.kind == "date")
LOSS = ("lost_on", "lost_reason", "lost_to", "lost_lesson")
"""What only a lost deal has."""


@dataclass
class Plan:
    """What becomes of every row, the owners that are new, by key, and the questions that are open."""

    outcomes: list[Outcome] = field(default_factory=list)
    members: dict[str, str] = field(default_factory=dict)
    questions: list[Open] = field(default_factory=list)


def plan(table: Delimited, columns: Mapping[str, int], words: Words, present: Present) -> Plan:
    """Return what becomes of every row.

    Raises KamctlError for what no row can be read without: a key twice, a date whose order nobody has said.
    """
    find = Finder(table, columns, words, present)
    rows = find.rows()
    _check_dates(table, columns, words, rows)
    planner = _Planner(table, words, present, find)
    outcomes = [planner.outcome(row) for row in find.joined(rows)]
    return Plan(outcomes, find.members, find.questions())


def _check_dates(table: Delimited, columns: Mapping[str, int], words: Words, rows: Sequence[Row]) -> None:
    """Raise KamctlError for the first date whose day and month could be swapped: all others would be guesses too."""
    for name in DATES:
        place = columns.get(name)
        for row in rows if place is not None else ():
            if place is None or place >= len(row.cells):
                continue
            found = read_cell(BY_NAME[name], row.cells[place], words)
            if isinstance(found, Reason) and found.key in ("typed-which-order", "typed-short-year"):
                heading = table.headings[place]
                message = Phrase(
                    '{file}:{line}: column "{heading}": "{cells}" could be several days',
                    file=table.file,
                    line=row.line,
                    heading=heading,
                    cells=row.cells[place],
                )
                raise KamctlError(message, Phrase("--dates dmy, mdy or ymd says in what order the numbers stand"), 1)


class _Planner:
    """Says what becomes of each row. `find` knows what a row means, and remembers."""

    def __init__(self, table: Delimited, words: Words, present: Present, find: Finder) -> None:
        self.table = table
        self.words = words
        self.present = present
        self.find = find

    def outcome(self, rows: Sequence[Row]) -> Outcome:
        """Return what becomes of the rows of one deal."""
        row = rows[0]
        if len(row.cells) != len(self.table.headings):
            values = {"cells": len(row.cells), "headings": len(self.table.headings)}
            refusals = (Refusal("", str(row.line), Reason("csv-cells", values)),)
            return Outcome(REJECTED, row.line, "", self._shown(row), refusals=refusals, place=str(row.line))
        deal_id, account, wrong = self.find.deal(row)
        found = self._existing(row, deal_id) if deal_id else self._new(row, account, wrong)
        return self._with_contacts(found, rows)

    def _shown(self, row: Row) -> dict[str, str]:
        return {name: typed.kept_text(self.find.cell(row, name)) for name in ("account_name", "name")}

    def _values(
        self, row: Row, process: Process, now: Mapping[str, str], flat: Mapping[str, str]
    ) -> tuple[dict[str, str], list[Refusal]]:
        """Return what the cells of a row say, and why those that cannot be read cannot be.

        A cell that says what an export of the deal says is what the deal says.
        """
        values: dict[str, str] = {}
        refusals = []
        for name in self.find.columns:
            cell = self.find.cell(row, name).strip() or self.words.profile.empty.get(name, "")
            if not cell:
                continue
            if self._unchanged(row, name, flat):
                values |= {name: now[name]} if name in now else {}
                continue
            value = self._value(BY_NAME[name], cell, row, process, now)
            if isinstance(value, Reason):
                refusals.append(self.find.refusal(row, name, value))
            elif value:
                values[name] = value
        return self._ended(row, values, process, now), refusals

    def _unchanged(self, row: Row, name: str, flat: Mapping[str, str]) -> bool:
        """Whether a cell says what an export of the deal says; an amount in its currency."""
        if name not in flat or self.find.cell(row, name) not in (flat[name], guarded(flat[name])):
            return False
        return name != "amount" or self.find.cell(row, "currency").strip() in ("", flat["currency"])

    def _value(self, known: Field, cell: str, row: Row, process: Process, now: Mapping[str, str]) -> str | Reason:
        match known.kind:
            case "amount":
                return read_amount(cell, self.find.cell(row, "currency"), self.words)
            case "owner":
                return self.find.owner(typed.kept_text(cell))
            case "stage":
                return self._stage(typed.kept_text(cell), process, now)
        found = read_cell(known, cell, self.words)
        if isinstance(found, Reason) and known.kind == "option":
            return self.find.ask(known.name, typed.kept_text(cell), _unknown(known.name, found))
        return found

    def _stage(self, word: str, process: Process, now: Mapping[str, str]) -> str | Reason:
        """Return the stage of a process that a word means."""
        profile, wanted = self.words.profile, fold(word)
        decided = self.words.decided.get(("stage", wanted))
        if decided is not None and process.stage(decided) is not None:
            return decided
        if process.stage(word) is not None:
            return word
        spelled = {fold(said): fold(meant) for said, meant in profile.values.get("stage", {}).items()}
        wanted = spelled.get(wanted, wanted)
        own = {fold(name): code for name, code in profile.stages.get(_name(self.present, process), {}).items()}
        if wanted in own:
            return own[wanted]
        for outcome, names in (("won", profile.won), ("lost", profile.lost)):
            if wanted in map(fold, names):
                return _ending(process, outcome, now.get("stage", ""))
        options = [typed.Option(stage.code, stage.label) for stage in process.stages]
        found = typed.read_option(word, options)
        return self.find.ask("stage", word, _unknown("stage", found)) if isinstance(found, Reason) else found

    def _ended(self, row: Row, values: dict[str, str], process: Process, now: Mapping[str, str]) -> dict[str, str]:
        """Return the values with what follows from them: an archived deal is lost, a loss reason keeps its words."""
        if values.get("active") == "false":
            code = _ending(process, "lost", now.get("stage", ""))
            values["stage"] = values["stage"] if _outcome(process, values.get("stage", "")) == "won" else code
        reason, said = values.get("lost_reason", ""), typed.kept_text(self.find.cell(row, "lost_reason"))
        otherwise = self.words.profile.otherwise.get("lost_reason")
        if reason and reason == otherwise and now.get("lost_reason") != reason and fold(said) != fold(reason):
            values.setdefault("lost_lesson", said)
        if _outcome(process, values.get("stage") or now.get("stage", "")) == "lost":
            return values
        return {name: value for name, value in values.items() if name not in LOSS}

    def _existing(self, row: Row, deal_id: str) -> Outcome:
        """Return what becomes of a row whose deal is there."""
        now = dict(self.present.deals[deal_id])
        flat = self.present.flat[deal_id]
        if self.find.cell(row, "needs").strip():
            now["needs"] = typed.kept_text(self.present.needs(deal_id))
        process = self.present.processes[now["process"]]
        values, refusals = self._values(row, process, now, flat)
        account = deal_id.partition("/")[0]
        changes = [
            self._change(row, known.name, now.get(known.name, ""), values[known.name])
            for known in FIELDS
            if known.place and known.name in values and values[known.name] != now.get(known.name, "")
        ]
        key = self.find.cell(row, "external").strip()
        if not key and not self.find.cell(row, "id").strip():  # found by its name, however that is spelled
            changes = [change for change in changes if change.key != "name"]
        if key and deal_id not in self.find.keyed and self.words.profile.system:
            changes.append(self._change(row, "external", "", key))
        refusals += self._not_moved(row, changes, now, process)
        after = {**now, **{change.key: change.typed for change in changes}}
        refusals += self._loss(row, after, process, changes)
        kind = _kind(refusals) if refusals else CHANGED if changes else SAME
        kept = () if refusals else tuple(changes)
        shown = {**after, "account_name": now.get("account_name", "")}
        return Outcome(
            kind, row.line, deal_id, shown, kept, refusals=tuple(refusals), account=account, place=str(row.line)
        )

    def _change(self, row: Row, name: str, now: str, value: str) -> Change:
        return Change(name, self.find.refusal(row, name, Reason("")).place, "", now, value)

    def _not_moved(
        self, row: Row, changes: Sequence[Change], now: Mapping[str, str], process: Process
    ) -> list[Refusal]:
        """Return why a stage cannot be taken over: a lost deal is opened again with another command."""
        for change in changes:
            ends = [_outcome(process, stage) for stage in (change.now, change.typed)]
            if change.key == "stage" and ends[0] == "lost" != ends[1]:
                reason = Reason("sheet-reopen", {"id": f"{now['account']}/{now['stem']}"})
                return [self.find.refusal(row, "stage", reason)]
        return []

    def _loss(
        self, row: Row, values: Mapping[str, str], process: Process, changes: Sequence[Change] | None
    ) -> list[Refusal]:
        """Return what a lost deal lacks."""
        moved = changes is None or any(change.key in ("stage", "lost_reason") for change in changes)
        if moved and _outcome(process, values.get("stage", "")) == "lost" and not values.get("lost_reason"):
            decided = self.words.decided.get(("lost_reason", ""))
            if decided is None:
                reason = self.find.ask("lost_reason", "", Reason("sheet-needs-reason"))
                return [self.find.refusal(row, "lost_reason", reason)]
        return []

    def _new(self, row: Row, account: Match, wrong: Sequence[Refusal]) -> Outcome:
        """Return what becomes of a row whose deal is not there."""
        name = self.present.account_processes.get(account.id) or self.present.default_process
        told = typed.plain_text(self.find.cell(row, "process"))
        process = self.present.processes[told if told in self.present.processes else name]
        values, refusals = self._values(row, process, {}, {})
        refusals += wrong
        values["owner"] = values.get("owner") or self.present.default_owner
        if not values["owner"]:
            del values["owner"]
        needed = ["name", "stage", *(["owner"] if not account.id else [])]
        there = {refusal.key for refusal in refusals}
        refusals += [
            self.find.refusal(row, key, Reason("sheet-needed"))
            for key in needed
            if not values.get(key) and key not in there
        ]
        refusals += self._loss(row, values, process, None) if not refusals else []
        values.setdefault("account_name", self.find.cell(row, "account").strip())
        values["process"] = _name(self.present, process)
        if not refusals and not self.find.cell(row, "external").strip() and not self.find.cell(row, "id").strip():
            refusals += self._same_name(row, account, values)
        kind = _kind(refusals) if refusals else NEW
        return Outcome(kind, row.line, "", values, refusals=tuple(refusals), account=account.id, place=str(row.line))

    def _same_name(self, row: Row, account: Match, values: Mapping[str, str]) -> list[Refusal]:
        """Return why a row without a key cannot be a new deal: another row of that customer has its name."""
        customer = account.id or self.present.accounts.word(values["account_name"])
        twin = self.find.taken.setdefault((customer, fold(values["name"])), f"#{row.line}")
        if twin == f"#{row.line}":
            return []
        return [self.find.refusal(row, "name", Reason("sheet-twin", {"id": twin}))]

    def _with_contacts(self, outcome: Outcome, rows: Sequence[Row]) -> Outcome:
        """Return an outcome with the contacts of its rows that are not there yet."""
        if outcome.kind not in (NEW, CHANGED, SAME):
            return outcome
        known = self.present.people.get(outcome.account, ()) if outcome.account else ()
        added = []
        for row in rows:
            said = {name: typed.kept_text(self.find.cell(row, name)) for name in CONTACT}
            name = said.get("contact_name", "")
            if name and not any(same_person(person, said) for person in known):
                added.append(self._change(row, "contact_name", "", name))
        outcome = replace(outcome, more=tuple(row.line for row in rows[1:]))
        if not added or outcome.kind == NEW:
            return outcome
        return replace(outcome, kind=CHANGED, changes=(*outcome.changes, *added))


def _name(present: Present, process: Process) -> str:
    """Return the name under which a process is known."""
    return next(name for name, known in present.processes.items() if known is process)


def _ending(process: Process, outcome: str, now: str) -> str:
    """Return the stage at which a deal is won or lost: where it is, if that is one, else the first such stage."""
    if _outcome(process, now) == outcome:
        return now
    return next((stage.code for stage in process.stages if stage.outcome == outcome), "")


def _outcome(process: Process, code: str) -> str:
    stage = process.stage(code)
    return stage.outcome if stage is not None else ""


def _unknown(name: str, reason: Reason) -> Reason:
    key = "csv-no-stage" if name == "stage" else "csv-no-option"
    known = reason.values.get("known") or reason.values.get("near", "")
    return Reason(key, {"value": reason.values.get("value", ""), "known": known})


def _kind(refusals: Sequence[Refusal]) -> str:
    """Return whether a row waits for a decision only."""
    open_only = all(refusal.reason.key in DECISIONS for refusal in refusals)
    return UNDECIDED if open_only else REJECTED


def as_day(text: str, day: date) -> date:
    """Return the day that a text says, none later than `day`."""
    return min(date.fromisoformat(text), day) if text else day
