"""Turns what a workbook says of calls into the texts of files: one-line edits of what is there, data of new calls."""

from __future__ import annotations

from collections.abc import Mapping

from kamctl import edit, source
from kamctl.edit import EditRefused
from kamctl.exchange.calls import AFTER, Directory, Promise, added, read_promise
from kamctl.exchange.columns import LINE, LIST_SIGN, Form, Vocabulary, entries
from kamctl.exchange.drafts import put, taken_out, there
from kamctl.exchange.merge import Change, Outcome, Refusal
from kamctl.exchange.typed import Reason
from kamctl.layout import account_of
from kamctl.schema import walk
from kamctl.schema.call import Call
from kamctl.schema.call import Outcome as Told
from kamctl.source import Data

ADDED = ("pain_points", "follow_up")
"""Columns whose entries are added to a list."""


class CallDrafts:
    """Makes the texts of calls from the rows of a form.

    `recorded_at` is when what came of a call was written down, `2026-06-15T16:00`.
    """

    def __init__(self, form: Form, directory: Directory, vocabulary: Vocabulary) -> None:
        self.fields = {column.key: tuple(column.field.split(".")) for column in form.columns if column.field}
        self.directory, self.vocabulary = directory, vocabulary

    def edited(self, text: str, outcome: Outcome, recorded_at: str) -> str | list[Refusal]:
        """Return the text of a call's file with the changes of a row, or why a change cannot be made.

        What came of a call that has no record yet becomes one, with `recorded_at`.
        """
        fresh = not there(source.read(text), ("outcome",))
        told = [change for change in outcome.changes if fresh and change.key in AFTER and change.typed]
        refusals: list[Refusal] = []
        for change in outcome.changes:
            try:
                text = text if change in told else self._changed(text, change, account_of(outcome.id))
            except EditRefused as error:
                refusals.append(Refusal(change.key, change.place, Reason("sheet-edit", {"why": str(error)})))
        if told and not refusals:
            values = {change.key: change.typed for change in told}
            text = put(text, Call, ("outcome",), self._outcome(values, account_of(outcome.id), recorded_at))
        return refusals or text

    def _changed(self, text: str, change: Change, account: str) -> str:
        keys = self.fields[change.key]
        if not change.typed:
            return taken_out(text, keys)
        if change.key not in ADDED:
            return put(text, Call, keys, self._value(change.key, change.typed, account))
        items = self._value(change.key, LINE.join(added(change)), account)
        for item in items if isinstance(items, list) else ():
            text = edit.append(text, keys, item, walk.keys_at(Told, ()))
        return text

    def _value(self, key: str, value: str, account: str) -> Data:
        """Return what a cell says as the data of a file."""
        if key == "deal":
            return self.directory.deals(account).match(value).id
        if key == "pain_points":
            return [{"need": entry} for entry in entries(value)]
        if key == "follow_up":
            names = self.directory.anyone(account)
            read = [read_promise(entry, names, self.vocabulary) for entry in entries(value)]
            return [_promise_data(one) for one in read if isinstance(one, Promise)]
        return value

    def _outcome(self, values: Mapping[str, str], account: str, recorded_at: str) -> dict[str, Data]:
        """Return the record of a call."""
        data: dict[str, Data] = {"recorded_at": recorded_at}
        following: dict[str, Data] = {}
        for key in AFTER:
            if values.get(key):
                place = following if key.startswith("next_") else data
                place[str(self.fields[key][-1])] = self._value(key, values[key], account)
        data |= {"next": following} if following else {}
        return {key: data[key] for key in walk.keys_at(Told, ()) if key in data}

    def new(self, row: Outcome, account: str, owner: str, recorded_at: str) -> dict[str, Data]:
        """Return the data of a new call. `owner` is the account's, for a row that names nobody."""
        values = row.values
        data: dict[str, Data] = {"date": values["day"], "by": values.get("owner") or owner}
        for key, field in (("time", "time"), ("mode", "mode"), ("minutes", "duration")):
            data |= {field: values[key]} if values.get(key) else {}
        people = self.directory.people(account)
        contact = people.match(values["person"]).id if values["person"] else ""
        data |= {"contact": contact} if contact else {}
        data |= {"opportunity": self._value("deal", values["deal"], account)} if values.get("deal") else {}
        attendees = self._attendees(values, account)
        data |= {"attendees": attendees} if attendees else {}
        data |= {"plan": {"purpose": values["purpose"]}} if values.get("purpose") else {}
        if any(values.get(key) for key in AFTER):
            data["outcome"] = self._outcome(values, account, recorded_at)
        return data

    def _attendees(self, values: Mapping[str, str], account: str) -> dict[str, Data]:
        """Return who takes part; a person of the customer without a file is kept by name."""
        names = [name for name in (values["person"], *values["others"].split(LIST_SIGN)) if name]
        people = self.directory.people(account)
        theirs: list[Data] = []
        for place, name in enumerate(names):
            stem = people.match(name).id
            title = values.get("job_title", "") if place == 0 and not stem else ""
            theirs.append({"contact": stem} if stem else {"name": name, **({"title": title} if title else {})})
        ours = [key for key in values.get("ours", "").split(LIST_SIGN) if key]
        data: dict[str, Data] = {"customer": theirs} if theirs else {}
        return data | ({"ours": [{"member": key} for key in ours]} if ours else {})


def _promise_data(promise: Promise) -> dict[str, Data]:
    due = {"due": promise.due.isoformat()} if promise.due is not None else {}
    return {"by": promise.by, "what": promise.what, **due}
