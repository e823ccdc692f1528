"""Which entry of a list in one version of a file is which in another: by what names it, not by where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from kamctl.source import Data

KEYS: dict[str, tuple[str, ...]] = {
    "actions": ("what",),
    "agenda": ("topic",),
    "anticipate": ("question",),
    "assessments": ("date", "by"),
    "callbacks": ("contact", "date"),
    "changes": ("change",),
    "commitments": ("by", "what"),
    "customer": ("contact", "name"),
    "decision_criteria": ("criterion",),
    "decision_milestones": ("event",),
    "executive_contacts": ("contact", "purpose"),
    "needs_found": ("need",),
    "objections": ("objection",),
    "objectives": ("objective",),
    "ours": ("member",),
    "payments": ("due",),
    "questions": ("ask", "need", "question"),
    "stage_history": ("date", "stage"),
    "stage_reports": ("stage", "date"),
    "timetable": ("event",),
    "value": ("issue",),
}
"""The fields that name an entry, by the list that it stands in; other entries are named by all that they say."""

Pair = tuple[Data, Data]
"""An entry before and after; None where it was or is not there."""


def pairs(field: str, before: Sequence[Data], after: Sequence[Data]) -> list[Pair]:
    """Match the entries of two versions of a list: those that are equal, those of one name, those mostly alike.

    They come in the order of `after`, those that are gone behind.
    """
    found = partners(field, before, after)
    gone: list[Pair] = [(old, None) for position, old in enumerate(before) if position not in found]
    return [(before[old] if old is not None else None, entry) for old, entry in zip(found, after, strict=True)] + gone


def partners(field: str, before: Sequence[Data], after: Sequence[Data], *, alike: bool = True) -> list[int | None]:
    """Return for each entry of `after` the position in `before` of the one that it was; None for one that is new.

    Without `alike`, entries of different names are different entries, however much they share.
    """
    found: dict[int, int] = {}
    for same in (_equal, lambda one, other: _one_name(field, one, other), *((_similar,) if alike else ())):
        for position, entry in enumerate(after):
            if position not in found:
                left = (old for old in range(len(before)) if old not in found.values() and same(before[old], entry))
                first = next(left, None)
                if first is not None:
                    found[position] = first
    return [found.get(position) for position in range(len(after))]


def key_of(field: str, entry: Data) -> tuple[str, ...]:
    """Return what names an entry: the values of its key fields; empty when it has none of them."""
    if not isinstance(entry, dict):
        return (str(entry),)
    return tuple(str(entry[key]) for key in KEYS.get(field, ()) if entry.get(key))


def title_of(field: str, entry: Data) -> str:
    """Return the words by which people know an entry."""
    if isinstance(entry, dict):
        named = key_of(field, entry)
        return " ".join(named) if named else summary(entry)
    return summary(entry)


def summary(data: Data) -> str:
    """Return all that data says, on one line."""
    if isinstance(data, dict):
        return ", ".join(words for value in data.values() if (words := summary(value)))
    if isinstance(data, list):
        return ", ".join(map(summary, data))
    return " ".join(data.split()) if data is not None else ""


def _one_name(field: str, one: Data, other: Data) -> bool:
    return bool(key := key_of(field, one)) and key == key_of(field, other)


def _equal(one: Data, other: Data) -> bool:
    return one == other


def _similar(one: Data, other: Data) -> bool:
    """Whether two entries share at least half of what they say."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    shared = sum(one[key] == other.get(key) for key in one)
    return 2 * shared >= max(len(one), len(other))
