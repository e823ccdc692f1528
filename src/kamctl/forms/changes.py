"""Changes of records in words: one line each, for logs, diffs and reviews."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from kamctl import resources
from kamctl.history import change as kinds
from kamctl.history.change import Change, Value
from kamctl.history.comparing import last_of
from kamctl.labels import pick, text
from kamctl.money import Money, grouped
from kamctl.visible import one_line

MARKS = (kinds.MARK, kinds.CONFIRMED, kinds.EVIDENCE)
NONE = "–"

TARGETS = {
    "importance": "importance",
    "orientation": "orientation",
    "coverage": "coverage",
    "influence": "influence",
    "adaptability": "adaptability",
    "roles": "role",
    "opposes": "opposition",
    "behaviours": "behaviour",
    "lost": "loss_reason",
    "gate_evidence": "gate",
}
"""Fields that hold entries of the method, and which kind of entry."""


CHOICES = {
    "forecast": {
        "closed": "form-forecast-closed",
        "commit": "form-forecast-commit",
        "best_case": "form-forecast-best_case",
        "pipeline": "form-forecast-pipeline",
        "omitted": "form-forecast-omitted",
    },
    "source": {"principal": "form-source-principal", "dealer": "form-source-dealer"},
    "mode": {
        "visit": "mode-visit",
        "phone": "mode-phone",
        "online": "mode-online",
        "email": "mode-email",
        "event": "mode-event",
    },
}
"""Fields with words of the file format, and the labels of those."""


@dataclass(frozen=True)
class Names:
    """What ids are called, in one language.

    `method` holds entries of the method by kind (`criterion`, `behaviour`, …), `people` those of the customer and our
    own, `parties` the sides of a deal: us, and its competitors.
    """

    lang: str
    method: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    parties: Mapping[str, str] = field(default_factory=dict)

    def entry(self, kind: str, name: str) -> str:
        """Return what the method calls one of its entries."""
        return self.method.get(kind, {}).get(name, name)

    def subject(self, name: str) -> str:
        """Return what a person or a competitor is called; other words as they are, with people named at their ends."""
        if " " in name:
            first, *rest, last = name.split(" ")
            return " ".join((self.people.get(first, first), *rest, self.people.get(last, last)))
        return self.people.get(name) or self.parties.get(name) or name

    def field(self, dotted: str) -> str:
        """Return the label of a field; the name itself for a key that is no field."""
        name = last_of(dotted)
        known = resources.table("fields").get(name)
        return pick(known, self.lang) if known is not None else self.subject(name)

    def value(self, value: Value, dotted: str = "") -> str:
        """Return a value as people read it: grouped amounts, ISO dates, names for ids; a dash for none."""
        if isinstance(value, Money):
            return f"{grouped(value.amount, self.lang)} {value.currency}"
        if isinstance(value, date):
            return value.isoformat()
        if not value:
            return NONE
        choice = CHOICES.get(last_of(dotted), {}).get(value)
        if choice is not None:
            return text(choice, self.lang)
        target = TARGETS.get(last_of(dotted))
        return self.entry(target, value) if target is not None else self.subject(value)


def lines(changes: Sequence[Change], names: Names) -> Iterator[tuple[Change, str]]:
    """Yield each change with its words; the marks of all parties on one criterion of one day make one line."""
    for _, group in groupby(enumerate(changes), _together):
        some = [change for _, change in group]
        yield some[0], marks_line(some, names) if some[0].kind in MARKS else line(some[0], names)


def _together(numbered: tuple[int, Change]) -> tuple[object, ...]:
    number, change = numbered
    return (change.subject, change.day) if change.kind in MARKS else (number,)


def marks_line(marks: Sequence[Change], names: Names) -> str:
    """Return the words for the marks of some parties on one criterion."""
    parts = []
    for mark in marks:
        party = names.parties.get(mark.party, mark.party)
        if mark.kind == kinds.MARK:
            parts.append(f"{party} {' → '.join(str(value) for value in (mark.before, mark.after or NONE) if value)}")
        else:
            how = text("change-again" if mark.kind == kinds.CONFIRMED else "change-evidence", names.lang)
            parts.append(f"{party} {mark.after} ({how})")
    criterion = names.entry("criterion", marks[0].subject)
    return _noted(_about(criterion, ", ".join(parts), names.lang), marks[0].note, names.lang)


def line(change: Change, names: Names) -> str:
    """Return the words for one change."""
    if change.kind in MARKS:
        return marks_line([change], names)
    words = WORDS.get(change.kind, _value)(change, names)
    return _noted(words, "" if change.kind in TELLS_NOTE else change.note, names.lang)


TELLS_NOTE = (kinds.RECORDED, kinds.ADDED)
"""Kinds whose words hold the note already."""


def _noted(words: str, note: str, lang: str) -> str:
    return one_line(text("change-note", lang, words=words, note=note) if note else words)


def _about(about: str, words: str, lang: str) -> str:
    return text("change-about", lang, about=about, words=words) if about else words


def _created(change: Change, names: Names) -> str:
    if not change.after:
        return text("change-created-bare", names.lang)
    return text("change-created", names.lang, name=names.value(change.after))


def _deleted(change: Change, names: Names) -> str:
    if not change.before:
        return text("change-deleted-bare", names.lang)
    return text("change-deleted", names.lang, name=names.value(change.before))


def _renamed(change: Change, names: Names) -> str:
    return text("change-renamed", names.lang, before=names.value(change.before))


def _stage(change: Change, names: Names) -> str:
    moved = f"{names.field(change.field)} {names.value(change.before)} → {names.value(change.after)}"
    if change.days is None:
        return moved
    return text("change-stage-after", names.lang, moved=moved, days=change.days, stage=names.value(change.before))


def _close_date(change: Change, names: Names) -> str:
    moved = _value(change, names)
    if not change.days:
        return moved
    return text("change-pushed" if change.days > 0 else "change-pulled", names.lang, moved=moved, days=abs(change.days))


def _lost(change: Change, names: Names) -> str:
    reason = text("change-lost", names.lang, reason=names.value(change.after, change.field))
    return f"{reason} → {names.subject(change.party)}" if change.party else reason


def _reopened(change: Change, names: Names) -> str:
    return text("change-reopened", names.lang)


def _behaviour(change: Change, names: Names) -> str:
    seen = change.after is not None
    behaviour = names.value(change.after if seen else change.before, change.field)
    key = "change-seen" if seen else "change-unseen"
    return text(key, names.lang, person=names.subject(change.subject), behaviour=behaviour)


def _opposition(change: Change, names: Names) -> str:
    before, after = (names.value(value, change.field) for value in (change.before, change.after))
    return _about(names.subject(change.subject), f"{before} → {after}", names.lang)


def _recorded(change: Change, names: Names) -> str:
    return text("change-recorded", names.lang, events=change.note or NONE)


def _judged(change: Change, names: Names) -> str:
    return text("change-met" if change.after == "true" else "change-missed", names.lang, objective=change.subject)


def _done(change: Change, names: Names) -> str:
    words = text("change-done", names.lang, field=names.field(change.field), entry=names.subject(change.subject))
    return f"{words} ({names.value(change.after)})" if isinstance(change.after, Money) else words


def _added(change: Change, names: Names) -> str:
    return f"{names.field(change.field)} + {_content(change, change.after, names)}".rstrip()


def _gone(change: Change, names: Names) -> str:
    return f"{names.field(change.field)} − {_content(change, change.before, names)}".rstrip()


def _content(change: Change, value: Value, names: Names) -> str:
    """Return what came or went: an entry of the method, a person with the roles, or words of the file."""
    subject = names.value(change.subject, change.field) if change.subject else ""
    said = names.value(value, change.field) if value is not None else ""
    roles = ", ".join(names.entry("role", role) for role in change.note.split(", ")) if change.note else ""
    words = _about(subject, said, names.lang) if subject and said else subject or said
    return f"{words} ({roles})" if roles else words


def _order(change: Change, names: Names) -> str:
    return text("change-order", names.lang, field=names.field(change.field))


def _value(change: Change, names: Names) -> str:
    before, after = (names.value(value, change.field) for value in (change.before, change.after))
    return _about(names.subject(change.subject), f"{names.field(change.field)} {before} → {after}", names.lang)


WORDS: dict[str, Callable[[Change, Names], str]] = {
    kinds.CREATED: _created,
    kinds.DELETED: _deleted,
    kinds.RENAMED: _renamed,
    kinds.STAGE: _stage,
    kinds.CLOSE_DATE: _close_date,
    kinds.LOST: _lost,
    kinds.REOPENED: _reopened,
    kinds.BEHAVIOUR: _behaviour,
    kinds.OPPOSITION: _opposition,
    kinds.RECORDED: _recorded,
    kinds.JUDGED: _judged,
    kinds.DONE: _done,
    kinds.ADDED: _added,
    kinds.GONE: _gone,
    kinds.ORDER: _order,
    kinds.FIELD: _value,
}
"""How each kind is put into words; marks are put together by `marks_line`."""
