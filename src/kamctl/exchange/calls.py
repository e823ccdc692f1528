"""Rows that are calls: what the files say of them, what a change cannot be, and what a new row means."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from kamctl.exchange import typed
from kamctl.exchange.columns import LINE, LIST_SIGN, Form, Vocabulary, entries
from kamctl.exchange.deals import day_text, near_customer, says_the_same, twin_of
from kamctl.exchange.matching import Names
from kamctl.exchange.merge import NEW, REJECTED, SAME, Change, Now, Outcome, Refusal, missing, place, read_row
from kamctl.exchange.sheet import SheetRow
from kamctl.exchange.typed import Reason, fold, kept_text
from kamctl.facts import Facts
from kamctl.labels import text
from kamctl.layout import account_of, stem_of
from kamctl.rows.calls import CallRow, CommitmentRow, NeedRow

NEEDED = ("customer", "day", "owner")
"""What a new call cannot be without; the owner may be its account's."""

TOLD = ("result", "customer_view", "pain_points", "follow_up")
"""Columns that say that a call was made."""

AFTER = (*TOLD, "next_date", "next_purpose")
"""Columns of what came of a call."""

PROMISE = re.compile(r"([^:\uff1a]{1,40})[:\uff1a]\s*(\S.*)")
DAY_LIKE = re.compile(r"(?=.*\d)\S*[-/.\u5e74\u6708]\S*|\d{8}")


class Promise(NamedTuple):
    """What someone promised: `by` is a contact of the account or one of our people, by key."""

    by: str
    what: str
    due: date | None


class Calls:
    """Writes calls as rows, by what the facts say of them."""

    def __init__(self, facts: Facts, lang: str) -> None:
        self.facts, self.lang = facts, lang
        self.deals = {deal.id: deal.name for deal in facts.opportunities}
        self.needs: dict[str, list[NeedRow]] = defaultdict(list)
        self.promises: dict[str, list[CommitmentRow]] = defaultdict(list)
        for need in facts.needs:
            self.needs[need.call].append(need)
        for promise in facts.commitments:
            self.promises[promise.call].append(promise)

    def values(self, call: CallRow) -> dict[str, str]:
        """Return what a call's file says, by column of any form of calls."""
        first = [call.contact] if call.contact else []
        theirs = [self._met(who) for who in dict.fromkeys([*first, *call.met])]
        return {
            "day": call.date.isoformat(),
            "time": call.time,
            "customer": self.facts.account_name(call.account),
            "deal": self.deals.get(call.opportunity, stem_of(call.opportunity)),
            "person": next(iter(theirs), ""),
            "job_title": self.title(call),
            "purpose": kept_text(call.purpose),
            "mode": call.mode,
            "minutes": f"{call.duration}m" if call.duration is not None else "",
            "ours": LIST_SIGN.join(call.ours or (call.by,)),
            "others": LIST_SIGN.join(theirs[1:]),
            "customer_view": kept_text(call.customer_view),
            "result": kept_text(call.events),
            "pain_points": LINE.join(_one_line(need.need) for need in self.needs[call.id]),
            "follow_up": LINE.join(self._promise(promise) for promise in self.promises[call.id]),
            "next_date": day_text(call.next_date),
            "next_purpose": kept_text(call.next_purpose),
            "owner": call.by,
        }

    def title(self, call: CallRow) -> str:
        """Return the title of the person whom a call is with."""
        person = self.facts.people.get(call.contact)
        return kept_text(person.title) if person is not None else ""

    def _met(self, who: str) -> str:
        """Return the name of someone who was there: of a contact, or the name itself where there is no file."""
        return self.facts.person_name(who) if account_of(who) in self.facts.accounts else who

    def _promise(self, promise: CommitmentRow) -> str:
        member = self.facts.members.get(promise.by)
        contact = promise.by if "/" in promise.by else f"{promise.account}/{promise.by}"
        name = member.name if member is not None else self.facts.person_name(contact)
        return promise_text(name, Promise(promise.by, promise.what, promise.due), self.lang)


def _one_line(words: str) -> str:
    return " ".join(kept_text(words).split())


class Directory:
    """Finds accounts, people and deals by what people call them."""

    def __init__(self, facts: Facts, accounts: Names) -> None:
        self.accounts = accounts
        self.members = {key: member.name for key, member in facts.members.items()}
        self.titles = {row.id: kept_text(row.title) for row in facts.people.values()}
        self.names: dict[str, dict[str, str]] = defaultdict(dict)
        self.projects: dict[str, dict[str, str]] = defaultdict(dict)
        for person in facts.people.values():
            self.names[account_of(person.id)][stem_of(person.id)] = person.name
        for deal in facts.opportunities:
            self.projects[deal.account][stem_of(deal.id)] = deal.name

    def people(self, account: str) -> Names:
        """Return the people of an account, by stem."""
        return Names(self.names.get(account, {}), {})

    def deals(self, account: str) -> Names:
        """Return the deals of an account, by stem."""
        return Names(self.projects.get(account, {}), {})

    def anyone(self, account: str) -> Names:
        """Return the people of an account and our own, by stem or key."""
        return Names({**self.members, **self.names.get(account, {})}, {})


@dataclass(frozen=True)
class CallRules:
    """The rules of rows that are calls, `merge.Rules`. `until` is the last day of which something can be told."""

    form: Form
    now: Now
    directory: Directory
    until: date
    there: dict[tuple[str, str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for call, values in self.now.rows.items():
            self.there[(account_of(call), values["day"], fold(values["person"]))].append((values["time"], call))

    def refused(self, row: SheetRow, changes: Sequence[Change], values: Mapping[str, str]) -> list[Refusal]:
        """Return what cannot be: another customer or person, an unknown deal, a result before its day."""
        once = {column.key: column for column in self.form.columns if column.once}
        refusals = [
            Refusal(change.key, change.place, Reason("sheet-once", {"id": row.id}))
            for change in changes
            if change.key in once and (change.typed or not once[change.key].needed)
        ]
        account = account_of(row.id)
        changed = {change.key: change for change in changes}
        if "deal" in changed and values["deal"]:
            refusals += self._deal(row, account, values["deal"])
        if "follow_up" in changed:
            refusals += self._promises(row, account, added(changed["follow_up"]))
        if any(key in AFTER for key in changed):
            refusals += self._told(row, values)
        return refusals

    def new(self, row: SheetRow) -> Outcome:
        """Return what becomes of a row without an id: a new call on a known account or on a new one."""
        vocabulary = self.now.vocabulary
        name = kept_text(row.cells["customer"].value) if "customer" in row.cells else ""
        match = self.directory.accounts.match(name)
        values, refusals = read_row(self.form, row, vocabulary.default_process, vocabulary)
        values |= _who(values)
        shown = (self.now.as_shown(f"{match.id}/", entry) for entry in entries(values.get("follow_up", "")))
        values["follow_up"] = LINE.join(shown)
        if row.problem is not None:
            refusals.append(Refusal("", *row.problem))
        refusals += missing(row, NEEDED[:2] if match.id or match.near else NEEDED, values, refusals)
        if match.near:
            refusals.append(Refusal("customer", place(row, "customer"), near_customer(name, match.near)))
        if not refusals:
            refusals += self._people(row, match.id, values)
            refusals += self._deal(row, match.id, values["deal"]) if values.get("deal") else []
            refusals += self._promises(row, match.id, entries(values.get("follow_up", "")))
            refusals += self._told(row, values)
        twin = self._twin(row, match.id or fold(name), values) if not refusals else ""
        if twin in self.now.rows and says_the_same(values, self.now.rows[twin], ("customer", "job_title")):
            return Outcome(SAME, row.number, twin, self.now.rows[twin])
        if twin:
            refusals.append(Refusal("day", place(row, "day"), twin_of("sheet-twin-call", twin)))
        kind = REJECTED if refusals else NEW
        return Outcome(kind, row.number, "", values, refusals=tuple(refusals), account=match.id)

    def _twin(self, row: SheetRow, account: str, values: Mapping[str, str]) -> str:
        """Return the call, or row of the sheet, with the same person on the same day; two may differ by their time."""
        key = (account, values["day"], fold(values["person"]))
        time = values.get("time", "")
        twins = [call for at, call in self.there[key] if not time or not at or at == time]
        self.there[key].append((time, f"#{row.number}"))
        return twins[0] if twins else ""

    def _people(self, row: SheetRow, account: str, values: Mapping[str, str]) -> Iterator[Refusal]:
        """Yield why people are not who they seem to be; one without a file is kept by name."""
        people = self.directory.people(account)
        for key in ("person", "others"):
            for name in filter(None, values[key].split(LIST_SIGN)):
                if near := people.match(name).near:
                    reason = Reason("sheet-near-person", {"name": name, "near": ", ".join(near)})
                    yield Refusal(key, place(row, key), reason)
        title, first = values.get("job_title", ""), values["person"]
        if title and not first:
            yield Refusal("person", place(row, "person"), Reason("sheet-needed"))
        found = people.match(first).id if first else ""
        known = self.directory.titles.get(f"{account}/{found}", "")
        if title and found and fold(title) != fold(known):
            yield Refusal("job_title", place(row, "job_title"), Reason("sheet-title", {"name": first, "title": known}))

    def _deal(self, row: SheetRow, account: str, name: str) -> list[Refusal]:
        deals = self.directory.deals(account)
        match = deals.match(name)
        if match.id:
            return []
        near = match.near or [f"{label} ({stem})" for stem, label in deals.names.items()]
        reason = Reason("sheet-which-deal", {"name": name, "known": ", ".join(near) or "—"})
        return [Refusal("deal", place(row, "deal"), reason)]

    def _promises(self, row: SheetRow, account: str, new: Sequence[str]) -> list[Refusal]:
        anyone = self.directory.anyone(account)
        read = [read_promise(entry, anyone, self.now.vocabulary) for entry in new]
        return [Refusal("follow_up", place(row, "follow_up"), one) for one in read if isinstance(one, Reason)]

    def _told(self, row: SheetRow, values: Mapping[str, str]) -> list[Refusal]:
        """Return what is wrong with what came of a call: it is told too early, or a next call stands alone."""
        told = [key for key in AFTER if values.get(key)]
        if not told:
            return []
        if date.fromisoformat(values["day"]) > self.until:
            reason = Reason("sheet-not-yet", {"day": values["day"]})
            return [Refusal(told[0], place(row, told[0]), reason)]
        if not any(key in TOLD for key in told):
            return [Refusal("result", place(row, "result"), Reason("sheet-no-result"))]
        return []


def _who(values: Mapping[str, str]) -> dict[str, str]:
    """Return the person whom a call is with, and the others: whoever stands behind the first."""
    names = [*typed.read_list(values.get("person", "")), *typed.read_list(values.get("others", ""))]
    first, *others = dict.fromkeys(names) or [""]
    return {"person": first, "others": LIST_SIGN.join(others)}


def added(change: Change) -> list[str]:
    """Return the entries that a workbook adds to a cell that only grows."""
    return [entry for entry in entries(change.typed) if entry not in entries(change.now)]


def promises_as_shown(directory: Directory, vocabulary: Vocabulary) -> Callable[[str, str], str]:
    """Return what writes an entry as the promises of a call stand in a workbook; other entries stay as they are."""

    def as_shown(call: str, entry: str) -> str:
        names = directory.anyone(account_of(call))
        promise = read_promise(entry, names, vocabulary)
        if isinstance(promise, Reason):
            return entry
        return promise_text(names.names[promise.by], promise, vocabulary.lang)

    return as_shown


def promise_text(name: str, promise: Promise, lang: str) -> str:
    """Write a promise as an entry: who, what, and by when."""
    return f"{name}{text('colon', lang)}{_one_line(promise.what)} {day_text(promise.due)}".rstrip()


def read_promise(entry: str, names: Names, vocabulary: Vocabulary) -> Promise | Reason:
    """Read who promised what, and by when: `张伟：发新图纸 2026-06-20`."""
    found = PROMISE.fullmatch(entry)
    if found is None:
        return Reason("sheet-promise", {"entry": entry[:40]})
    match = names.match(found[1])
    if not match.id:
        known = ", ".join(match.near) or ", ".join(names.names.values())
        return Reason("sheet-who", {"name": found[1].strip(), "known": known})
    words, _, last = found[2].rpartition(" ")
    day = last.lstrip("@")
    if not words or not DAY_LIKE.fullmatch(day):
        return Promise(match.id, found[2].strip(), None)
    due = typed.read_date(day, vocabulary.today, vocabulary.epoch)
    if isinstance(due, Reason):
        return due if due.key != "typed-no-date" else Promise(match.id, found[2].strip(), None)
    return Promise(match.id, words.strip(), due)
