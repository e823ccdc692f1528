"""Compares a table of deals with the deals that are there, and says what becomes of every row; nothing is written.

An empty cell says nothing: it never removes what a file says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from kamctl.exchange import typed
from kamctl.exchange.delimited import Delimited, Row
from kamctl.exchange.fields import BY_NAME, FIELDS, Field, Words, read_amount, read_cell
from kamctl.exchange.flat import guarded
from kamctl.exchange.matching import Match, Names
from kamctl.exchange.merge import CHANGED, NEW, REJECTED, SAME, Change, Outcome, Refusal
from kamctl.exchange.typed import Reason, fold
from kamctl.facts import PersonRow
from kamctl.problems import KamctlError
from kamctl.schema.method import Process
from kamctl.schema.slugs import slugify

UNDECIDED = "undecided"
OUTCOMES = (NEW, CHANGED, SAME, UNDECIDED, REJECTED)

DECISIONS = frozenset(("csv-near", "csv-owner-near", "csv-no-stage", "csv-no-option"))
"""Reasons that a person can settle with an option, once for all rows."""

CONTACT = tuple(f.name for f in FIELDS if f.name.startswith("contact_"))
SKIPPED = ("outcome",)
DATES = tuple(f.name for f in FIELDS if f.kind == "date")


@dataclass(frozen=True)
class Present:
    """How things are. `deals` are the values of each deal as `merge` compares them, `flat` as an export writes them.

    `external` finds a record by its kind and its key in the other system. `needs` reads what a deal says of its needs.
    """

    deals: Mapping[str, Mapping[str, str]]
    flat: Mapping[str, Mapping[str, str]]
    external: Mapping[tuple[str, str], str]
    processes: Mapping[str, Process]
    default_process: str
    account_processes: Mapping[str, str]
    account_owners: Mapping[str, str]
    accounts: Names
    owners: Names
    people: Mapping[str, Sequence[PersonRow]]
    needs: Callable[[str], str]
    others_new: bool = False
    default_owner: str = ""


class Open(NamedTuple):
    """A question that a person has to decide: the field, the word, how many rows wait for it, and why."""

    name: str
    word: str
    rows: int
    reason: Reason


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
    planner = _Planner(table, columns, words, present)
    rows = planner.rows()
    _check_dates(table, columns, words, rows)
    outcomes = [planner.outcome(row) for row in planner.joined(rows)]
    return Plan(outcomes, planner.members, planner.questions(outcomes))


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
                message = f'{table.file}:{row.line}: column "{heading}": "{row.cells[place]}" could be several days'
                raise KamctlError(message, "--dates dmy, mdy or ymd says in what order the numbers stand", 1)


class _Planner:
    """Goes through the rows once; remembers names that are new, and deals that are taken."""

    def __init__(self, table: Delimited, columns: Mapping[str, int], words: Words, present: Present) -> None:
        self.table = table
        self.columns = columns
        self.words = words
        self.present = present
        self.members: dict[str, str] = {}
        self.new_owners: dict[str, str] = {}
        self.words_open: Counter[tuple[str, str]] = Counter()
        self.reasons: dict[tuple[str, str], Reason] = {}
        self.taken = {
            (deal_id.partition("/")[0], fold(values["name"])): deal_id for deal_id, values in present.deals.items()
        }
        self.keyed = {record for (kind, _), record in present.external.items() if kind == "opportunity"}
        self.seen: dict[str, int] = {}

    def rows(self) -> list[Row]:
        """Return the rows that are data."""
        skip = tuple(self.words.profile.skip)
        return [row for row in self.table.rows if not (skip and _first(row).startswith(skip))]

    def cell(self, row: Row, name: str) -> str:
        """Return the cell of a field; empty text where there is none."""
        place = self.columns.get(name)
        return row.cells[place] if place is not None and place < len(row.cells) else ""

    def joined(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        """Yield the rows of each deal: several where they name several contacts of a deal with a key.

        Raises KamctlError when two rows have one key and do not differ in their contact alone.
        """
        by_key: dict[str, list[Row]] = {}
        groups: list[list[Row]] = []
        for row in rows:
            key = self.cell(row, "id").strip() or self.cell(row, "external").strip()
            if not key or key not in by_key:
                group = [row]
                groups.append(group)
                if key:
                    by_key[key] = group
                continue
            self._check_twin(key, by_key[key][0], row)
            by_key[key].append(row)
        return iter(groups)

    def _check_twin(self, key: str, first: Row, row: Row) -> None:
        places = {self.columns[name] for name in CONTACT if name in self.columns}
        same = [cell for place, cell in enumerate(first.cells) if place not in places] == [
            cell for place, cell in enumerate(row.cells) if place not in places
        ]
        if same and list(first.cells) != list(row.cells):
            return
        name = "id" if self.cell(row, "id").strip() else "external"
        heading = self.table.headings[self.columns[name]]
        message = f'{self.table.file}:{row.line}: column "{heading}": "{key}" stands in line {first.line} already'
        raise KamctlError(message, "export every deal once", 1)

    def outcome(self, rows: Sequence[Row]) -> Outcome:
        """Return what becomes of the rows of one deal."""
        row = rows[0]
        wide = len(row.cells) != len(self.table.headings)
        if wide:
            values = {"cells": len(row.cells), "headings": len(self.table.headings)}
            refusals = (Refusal("", str(row.line), Reason("csv-cells", values)),)
            return Outcome(REJECTED, row.line, "", self._shown(row), refusals=refusals, place=str(row.line))
        deal_id, account, wrong = self._find(row)
        found = self._existing(row, deal_id) if deal_id else self._new(row, account, wrong)
        return self._with_contacts(found, rows)

    def _shown(self, row: Row) -> dict[str, str]:
        return {name: typed.kept_text(self.cell(row, name)) for name in ("account_name", "name")}

    def _find(self, row: Row) -> tuple[str, Match, list[Refusal]]:
        """Return the deal that a row means, or nothing and the account that it belongs to."""
        own, key = self.cell(row, "id").strip(), self.cell(row, "external").strip()
        if own in self.present.deals:
            return own, Match(""), []
        if key and ("opportunity", key) in self.present.external:
            return self.present.external["opportunity", key], Match(""), []
        account, wrong = self._account(row)
        deal_id = self.taken.get((account.id, fold(self.cell(row, "name")))) if account.id else None
        if deal_id is None or deal_id not in self.present.deals or (key and deal_id in self.keyed) or own:
            return "", account, wrong
        if not key and deal_id in self.seen:
            reason = Reason("sheet-twin", {"id": f"{deal_id}, {self.seen[deal_id]}"})
            return "", account, [*wrong, self._refusal(row, "name", reason)]
        self.seen[deal_id] = row.line
        return deal_id, account, wrong

    def _account(self, row: Row) -> tuple[Match, list[Refusal]]:
        """Return the account of a row: by our id, by its key, or by its name."""
        own, key = self.cell(row, "account").strip(), self.cell(row, "account_external").strip()
        if own in self.present.accounts.names:
            return Match(own), []
        if key and ("account", key) in self.present.external:
            return Match(self.present.external["account", key]), []
        name = typed.kept_text(self.cell(row, "account_name")) or own
        if not name:
            needed = "account_name" if "account_name" in self.columns else "account"
            return Match(""), [self._refusal(row, needed, Reason("sheet-needed"))]
        match = self.present.accounts.match(name)
        if match.near and not self.present.others_new:
            reason = Reason("csv-near", {"name": name, "near": ", ".join(match.near)})
            self._ask("account", name, reason)
            return Match(""), [self._refusal(row, "account_name", reason)]
        return match, []

    def _values(
        self, row: Row, process: Process, now: Mapping[str, str], flat: Mapping[str, str]
    ) -> tuple[dict[str, str], list[Refusal]]:
        """Return what the cells of a row say, and why those that cannot be read cannot be.

        A cell that says what an export of the deal says is what the deal says.
        """
        values: dict[str, str] = {}
        refusals = []
        for name in self.columns:
            cell = self.cell(row, name)
            if not cell.strip():
                continue
            if self._unchanged(row, name, now, flat):
                values[name] = now[name]
                continue
            value = self._value(BY_NAME[name], cell, row, process, now)
            if isinstance(value, Reason):
                refusals.append(self._refusal(row, name, value))
            elif value:
                values[name] = value
        return self._ended(row, values, process, now), refusals

    def _unchanged(self, row: Row, name: str, now: Mapping[str, str], flat: Mapping[str, str]) -> bool:
        """Whether a cell says what an export of the deal says; an amount in its currency."""
        if name not in flat or name not in now or self.cell(row, name) not in (flat[name], guarded(flat[name])):
            return False
        return name != "amount" or self.cell(row, "currency").strip() in ("", flat["currency"])

    def _value(self, known: Field, cell: str, row: Row, process: Process, now: Mapping[str, str]) -> str | Reason:
        match known.kind:
            case "amount":
                return read_amount(cell, self.cell(row, "currency"), self.words)
            case "owner":
                return self._owner(typed.kept_text(cell))
            case "stage":
                return self._stage(typed.kept_text(cell), process, now)
        found = read_cell(known, cell, self.words)
        if isinstance(found, Reason) and known.kind == "option":
            return self._ask(known.name, typed.kept_text(cell), _unknown(known.name, found))
        return found

    def _stage(self, word: str, process: Process, now: Mapping[str, str]) -> str | Reason:
        """Return the stage of a process that a word means."""
        profile, wanted = self.words.profile, fold(word)
        decided = self.words.decided.get(("stage", wanted))
        if decided is not None and process.stage(decided) is not None:
            return decided
        if process.stage(word) is not None:
            return word
        own = {fold(name): code for name, code in profile.stages.get(process_name(self.present, process), {}).items()}
        if wanted in own:
            return own[wanted]
        for outcome, names in (("won", profile.won), ("lost", profile.lost)):
            if wanted in map(fold, names):
                return _ending(process, outcome, now.get("stage", ""))
        options = [typed.Option(stage.code, stage.label) for stage in process.stages]
        found = typed.read_option(word, options)
        return self._ask("stage", word, _unknown("stage", found)) if isinstance(found, Reason) else found

    def _ended(self, row: Row, values: dict[str, str], process: Process, now: Mapping[str, str]) -> dict[str, str]:
        """Return the values with what follows from them: an archived deal is lost, a loss reason keeps its words."""
        if values.get("active") == "false":
            code = _ending(process, "lost", now.get("stage", ""))
            values["stage"] = values["stage"] if _outcome(process, values.get("stage", "")) == "won" else code
        reason, said = values.get("lost_reason", ""), typed.kept_text(self.cell(row, "lost_reason"))
        if reason and fold(said) != fold(reason) and reason == self.words.profile.otherwise.get("lost_reason"):
            values.setdefault("lost_lesson", said)
        if reason and _outcome(process, values.get("stage") or now.get("stage", "")) != "lost":
            del values["lost_reason"]
        return values

    def _owner(self, name: str) -> str | Reason:
        """Return the key of one of our people; a new one where nobody has a name like it."""
        match = self.present.owners.match(name)
        if match.id:
            return match.id
        if match.near and not self.present.others_new:
            return self._ask("owner", name, Reason("csv-owner-near", {"name": name, "near": ", ".join(match.near)}))
        key = self.new_owners.get(fold(name))
        if key is None:
            wanted = slugify(name) or "member"
            taken = {*self.present.owners.names, *self.members}
            key = next(k for k in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if k not in taken)
            self.new_owners[fold(name)] = key
            self.members[key] = name
        return key

    def _ask(self, name: str, word: str, reason: Reason) -> Reason:
        self.reasons.setdefault((name, word), reason)
        self.words_open[name, word] += 1
        return reason

    def questions(self, outcomes: Sequence[Outcome]) -> list[Open]:
        """Return what a person has to decide, the question that most rows wait for first."""
        return [Open(*key, count, self.reasons[key]) for key, count in self.words_open.most_common()]

    def _refusal(self, row: Row, name: str, reason: Reason) -> Refusal:
        place = self.columns.get(name)
        where = f"{row.line}" if place is None else f"{row.line}:{self.table.headings[place]}"
        return Refusal(name, where, reason)

    def _existing(self, row: Row, deal_id: str) -> Outcome:
        """Return what becomes of a row whose deal is there."""
        now = dict(self.present.deals[deal_id])
        flat = self.present.flat[deal_id]
        if self.cell(row, "needs").strip():
            now["needs"] = typed.kept_text(self.present.needs(deal_id))
        process = self.present.processes[now["process"]]
        values, refusals = self._values(row, process, now, flat)
        account = deal_id.partition("/")[0]
        changes = [
            self._change(row, known.name, now.get(known.name, ""), values[known.name])
            for known in FIELDS
            if known.place and known.name in values and values[known.name] != now.get(known.name, "")
        ]
        changes = [
            change for change in changes if not (change.key == "name" and fold(change.now) == fold(change.typed))
        ]
        key = self.cell(row, "external").strip()
        if key and deal_id not in self.keyed and self.words.profile.system:
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
        return Change(name, self._refusal(row, name, Reason("")).place, "", now, value)

    def _not_moved(
        self, row: Row, changes: Sequence[Change], now: Mapping[str, str], process: Process
    ) -> list[Refusal]:
        """Return why a stage cannot be taken over: a lost deal is opened again with another command."""
        for change in changes:
            ends = [_outcome(process, stage) for stage in (change.now, change.typed)]
            if change.key == "stage" and ends[0] == "lost" != ends[1]:
                return [self._refusal(row, "stage", Reason("sheet-reopen", {"id": f"{now['account']}/{now['stem']}"}))]
        return []

    def _loss(
        self, row: Row, values: Mapping[str, str], process: Process, changes: Sequence[Change] | None
    ) -> list[Refusal]:
        """Return what a lost deal lacks."""
        moved = changes is None or any(change.key in ("stage", "lost_reason") for change in changes)
        if moved and _outcome(process, values.get("stage", "")) == "lost" and not values.get("lost_reason"):
            decided = self.words.decided.get(("lost_reason", ""))
            if decided is None:
                return [self._refusal(row, "lost_reason", self._ask("lost_reason", "", Reason("sheet-needs-reason")))]
        return []

    def _new(self, row: Row, account: Match, wrong: Sequence[Refusal]) -> Outcome:
        """Return what becomes of a row whose deal is not there."""
        name = self.present.account_processes.get(account.id) or self.present.default_process
        told = typed.plain_text(self.cell(row, "process"))
        process = self.present.processes[told if told in self.present.processes else name]
        values, refusals = self._values(row, process, {}, {})
        refusals += wrong
        values["owner"] = values.get("owner") or self.present.default_owner
        if not values["owner"]:
            del values["owner"]
        needed = ["name", "stage", *(["owner"] if not account.id else [])]
        there = {refusal.key for refusal in refusals}
        refusals += [
            self._refusal(row, key, Reason("sheet-needed"))
            for key in needed
            if not values.get(key) and key not in there
        ]
        refusals += self._loss(row, values, process, None) if not refusals else []
        values.setdefault("account_name", self.cell(row, "account").strip())
        values["process"] = process_name(self.present, process)
        if not refusals and not self.cell(row, "external").strip() and not self.cell(row, "id").strip():
            refusals += self._same_name(row, account, values)
        kind = _kind(refusals) if refusals else NEW
        return Outcome(kind, row.line, "", values, refusals=tuple(refusals), account=account.id, place=str(row.line))

    def _same_name(self, row: Row, account: Match, values: Mapping[str, str]) -> list[Refusal]:
        """Return why a row without a key cannot be a new deal: another row of that customer has its name."""
        customer = account.id or self.present.accounts.word(values["account_name"])
        twin = self.taken.setdefault((customer, fold(values["name"])), f"#{row.line}")
        if twin == f"#{row.line}":
            return []
        return [self._refusal(row, "name", Reason("sheet-twin", {"id": twin}))]

    def _with_contacts(self, outcome: Outcome, rows: Sequence[Row]) -> Outcome:
        """Return an outcome with the contacts of its rows that are not there yet."""
        if outcome.kind not in (NEW, CHANGED, SAME):
            return outcome
        known = self.present.people.get(outcome.account, ()) if outcome.account else ()
        added = []
        for row in rows:
            said = {name: typed.kept_text(self.cell(row, name)) for name in CONTACT if self.cell(row, name).strip()}
            name = said.get("contact_name", "")
            if name and not any(same_person(person, said) for person in known):
                added.append(self._change(row, "contact_name", "", name))
        outcome = replace(outcome, more=tuple(row.line for row in rows[1:]))
        if not added or outcome.kind == NEW:
            return outcome
        return replace(outcome, kind=CHANGED, changes=(*outcome.changes, *added))


def process_name(present: Present, process: Process) -> str:
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


def same_person(person: PersonRow, said: Mapping[str, str]) -> bool:
    """Whether a person of a customer is the one that a row names: by e-mail, name, or telephone number."""
    email, phone = said.get("contact_email", ""), digits(said.get("contact_phone", ""))
    if email and person.email and email.casefold() == person.email.casefold():
        return True
    if fold(person.name) == fold(said.get("contact_name", "")):
        return True
    return bool(phone) and len(phone) >= 8 and digits(person.phone) == phone


def digits(phone: str) -> str:
    """Return the digits of a telephone number, without a leading zero or plus."""
    return "".join(character for character in phone if character.isdigit()).lstrip("0")


def _first(row: Row) -> str:
    return next((cell.strip() for cell in row.cells if cell.strip()), "")


def as_day(text: str, day: date) -> date:
    """Return the day that a text says, none later than `day`."""
    return min(date.fromisoformat(text), day) if text else day
