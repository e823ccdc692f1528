"""Rows that are conclusions of an evaluation: what worked, what to improve, and measures, of the team or a person.

A conclusion has no id of its own; its row is known by whose it is, its kind, and what it said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from kamctl import edit
from kamctl.exchange.columns import Form
from kamctl.exchange.deals import day_text, says_the_same
from kamctl.exchange.merge import NEW, REJECTED, SAME, Change, Now, Outcome, Refusal, missing, place, read_row
from kamctl.exchange.sheet import SheetRow
from kamctl.exchange.typed import Reason, fold, kept_text
from kamctl.problems import Keys
from kamctl.schema import walk
from kamctl.schema.evaluation import Evaluation, PersonEvaluation
from kamctl.source import Data

TEAM = "*"
"""Stands for the team where a person may stand; no key of a person is so written."""

KINDS = ("worked", "improve", "measures")
"""The kinds of conclusions, which are the lists of the file."""

MEASURES = "measures"
OF_MEASURES = ("in_charge", "due", "done")
"""Columns that only a measure has."""


class Conclusion(NamedTuple):
    """One conclusion: whose it is, its kind, its place in its list, and what it says by column."""

    person: str
    kind: str
    number: int
    values: Mapping[str, str]

    @property
    def keys(self) -> Keys:
        """The place of the conclusion in the file."""
        return (*list_of(self.person, self.kind), self.number)


def list_of(person: str, kind: str) -> Keys:
    """Return the place of a list of conclusions in the file."""
    return (kind,) if person == TEAM else ("people", person, kind)


def conclusions(written: Evaluation | None) -> dict[str, Conclusion]:
    """Return the conclusions of a file by the id of their row."""
    found: dict[str, Conclusion] = {}
    for one in _all(written) if written is not None else ():
        mark = sha256(one.values["words"].encode()).hexdigest()[:8]
        name = f"{'team' if one.person == TEAM else one.person} {one.kind} {mark}"
        alike = sum(key.startswith(name) for key in found)
        found[f"{name}-{alike + 1}" if alike else name] = one
    return found


def as_rewritten(there: Mapping[str, Conclusion], rows: Sequence[SheetRow]) -> dict[str, Conclusion]:
    """Return the conclusions, and those by the id of a row too whose words they have now and did not have before.

    So a workbook that was imported once finds again what it has rewritten.
    """
    by_words = {(one.person, one.kind, fold(one.values["words"])): one for one in there.values()}
    found = dict(there)
    for row in rows:
        if row.id and row.id not in there and "words" in row.cells:
            words = fold(kept_text(row.cells["words"].value))
            one = by_words.get((row.exported.get("whose", ""), row.exported.get("conclusion", ""), words))
            found |= {row.id: one} if one is not None else {}
    return found


def _all(written: Evaluation) -> Iterator[Conclusion]:
    yield from _of(TEAM, written)
    for person, own in written.people.items():
        yield from _of(person, own)


def _of(person: str, written: Evaluation | PersonEvaluation) -> Iterator[Conclusion]:
    for kind, texts in (("worked", written.worked), ("improve", written.improve)):
        for number, words in enumerate(texts):
            yield Conclusion(person, kind, number, _values(person, kind, words))
    for number, measure in enumerate(written.measures):
        own = {"in_charge": measure.who or "", "due": day_text(measure.due), "done": day_text(measure.done)}
        yield Conclusion(person, MEASURES, number, _values(person, MEASURES, measure.what) | own)


def _values(person: str, kind: str, words: str) -> dict[str, str]:
    return {"whose": person, "conclusion": kind, "words": kept_text(words)} | dict.fromkeys(OF_MEASURES, "")


@dataclass(frozen=True)
class ConclusionRules:
    """The rules of rows that are conclusions, `merge.Rules`. `new_here` are the new ones of the sheet."""

    form: Form
    now: Now
    new_here: list[Mapping[str, str]] = field(default_factory=list)

    def refused(self, row: SheetRow, changes: Sequence[Change], values: Mapping[str, str]) -> list[Refusal]:
        """Return what cannot be: another person or kind, a day or somebody in charge of what is no measure."""
        moved = [change for change in changes if change.key in ("whose", "conclusion") and change.typed]
        refusals = [Refusal(change.key, change.place, Reason("sheet-moved")) for change in moved]
        return refusals + _only_measures(row, values)

    def new(self, row: SheetRow) -> Outcome:
        """Return what becomes of a row without an id: a new conclusion, or nothing where it is there or was copied."""
        values, refusals = read_row(self.form, row, "", self.now.vocabulary)
        if row.problem is not None:
            refusals.append(Refusal("", *row.problem))
        refusals += missing(row, [column.key for column in self.form.columns if column.needed], values, refusals)
        refusals += _only_measures(row, values)
        if not refusals:
            for row_id, there in (*self.now.rows.items(), *(("", one) for one in self.new_here)):
                if _same(values, there):
                    return Outcome(SAME, row.number, row_id, there)
            self.new_here.append(values)
        kind = REJECTED if refusals else NEW
        return Outcome(kind, row.number, "", values, refusals=tuple(refusals), account=values.get("whose", ""))


def _same(values: Mapping[str, str], there: Mapping[str, str]) -> bool:
    return fold(values["words"]) == fold(there["words"]) and says_the_same(values, there, ("words",))


def _only_measures(row: SheetRow, values: Mapping[str, str]) -> list[Refusal]:
    if values.get("conclusion", MEASURES) == MEASURES:
        return []
    reason = Reason("sheet-no-measure")
    return [Refusal(key, place(row, key), reason) for key in OF_MEASURES if values.get(key)]


def edited(text: str, rows: Sequence[Outcome], there: Mapping[str, Conclusion]) -> str:
    """Return the text of an evaluation with its changed and new conclusions; an empty text is a file to be made.

    Raises EditRefused when a change cannot be made.
    """
    for row in rows:
        text = _changed(text, row, there[row.id]) if row.id in there else _added(text, row.values)
    return text


def _changed(text: str, row: Outcome, one: Conclusion) -> str:
    fields = {"words": "what", "in_charge": "who", "due": "due", "done": "done"}
    for change in row.changes:
        keys = (*one.keys, fields[change.key]) if one.kind == MEASURES else one.keys
        if change.typed:
            order = walk.keys_at(Evaluation, keys[:-1])
            text = edit.set_value(text, keys, change.typed, order)
        else:
            text = edit.remove(text, keys)
    return text


def _added(text: str, values: Mapping[str, str]) -> str:
    keys = list_of(values["whose"], values["conclusion"])
    return edit.append(text, keys, _entry(values), walk.keys_at(Evaluation, keys[:-1]))


def _entry(values: Mapping[str, str]) -> Data:
    """Return a new conclusion as the data of a file."""
    if values["conclusion"] != MEASURES:
        return values["words"]
    named = {"what": "words", "who": "in_charge", "due": "due", "done": "done"}
    return {field: values[key] for field, key in named.items() if values.get(key)}
