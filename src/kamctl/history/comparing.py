"""Compares values, parts and lists of two versions of a record, whatever they mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from typing import Any

from kamctl.dates import parse_date
from kamctl.flattening.parts import DATES
from kamctl.history.change import ADDED, DONE, FIELD, GONE, JUDGED, ORDER, Change, Value
from kamctl.history.matching import pairs, summary, title_of
from kamctl.money import parse_money

Changes = Iterator[Change]

ENTRIES = ("competitors", "gate_evidence", "members", "competitor_positions", "quota")
"""Mappings whose keys name something: an entry there comes and goes as that of a list does."""

COMPLETED = {"done": DONE, "received": DONE, "handled": DONE, "confirmed": DONE, "met": JUDGED}
"""Fields of an entry that say it is completed."""


def compare(field: str, subject: str, old: Any, new: Any) -> Changes:
    """Yield what differs between two values of any form."""
    if old == new or (_value(old) is not None and _value(old) == _value(new)):
        return
    if isinstance(old, list) or isinstance(new, list):
        yield from list_changes(field, subject, old, new)
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*new, *old)):
            if last_of(field) in ENTRIES:
                yield from _entry(field, key, old.get(key), new.get(key))
            else:
                yield from compare(f"{field}.{key}", subject, old.get(key), new.get(key))
    elif isinstance(old, dict) or isinstance(new, dict):
        yield from _part(field, subject, old, new)
    else:
        yield Change(FIELD, field, subject, _value(old), _value(new))


def _part(field: str, subject: str, old: Any, new: Any) -> Changes:
    """Yield that a part of the record came or went: each entry where its keys name something."""
    if last_of(field) in ENTRIES:
        for key in dict.fromkeys((*mapping_of(new), *mapping_of(old))):
            yield from _entry(field, key, mapping_of(old).get(key), mapping_of(new).get(key))
        return
    if old is not None:
        yield Change(GONE, field, subject, before=summary(old))
    if new is not None:
        yield Change(ADDED, field, subject, after=summary(new), day=_own_day(new))


def _entry(field: str, key: str, old: Any, new: Any) -> Changes:
    """Yield what became of one entry that is named by its key."""
    if old is None:
        yield Change(ADDED, field, key, after=summary(new), day=_own_day(new))
    elif new is None:
        yield Change(GONE, field, key, before=summary(old))
    elif isinstance(old, dict) and isinstance(new, dict):
        for part in dict.fromkeys((*new, *old)):
            yield from compare(f"{field}.{part}", key, old.get(part), new.get(part))
    else:
        yield from compare(field, key, old, new)


def list_changes(field: str, subject: str, old: Any, new: Any) -> Changes:
    """Yield which entries came and went, what changed in the others, and that they stand in another order."""
    name = last_of(field)
    before, after = (side if isinstance(side, list) else [side] if side is not None else [] for side in (old, new))
    matched = pairs(name, before, after)
    for was, entry in matched:
        if was is None:
            title = title_of(name, entry)
            yield Change(ADDED, field, subject or title, after=title if subject else None, day=_own_day(entry))
        elif entry is None:
            title = title_of(name, was)
            yield Change(GONE, field, subject or title, before=title if subject else None)
        elif was != entry:
            yield from _changed(field, title_of(name, entry), was, entry)
    kept = [was for was, entry in matched if was is not None and entry is not None]
    if any(one is not other for one, other in zip_longest(kept, [was for was in before if _among(was, kept)])):
        yield Change(ORDER, field, subject, summary([title_of(name, was) for was in kept]))


def _changed(field: str, title: str, was: Any, entry: Any) -> Changes:
    """Yield what changed in an entry of a list; that it was completed comes once, with the result."""
    if not isinstance(was, dict) or not isinstance(entry, dict):
        yield from compare(field, title, was, entry)
        return
    told: set[str] = set()
    for part, kind in COMPLETED.items():
        if part in entry and not was.get(part):
            result = summary(entry.get("result") or entry.get("how"))
            day = day_of(entry[part]) or day_of(entry.get("received_on"))
            told |= {part, "result", "how", "received_on"} if kind == DONE else {part}
            yield Change(kind, field, title, None, _value(entry[part]), note=result, day=day)
    for part in dict.fromkeys((*entry, *was)):
        if part not in told or (part in was and part not in COMPLETED):
            yield from compare(f"{field}.{part}", title, was.get(part), entry.get(part))


def last_of(field: str) -> str:
    """Return the last name of a dotted field."""
    return field.rpartition(".")[2]


def _value(data: Any) -> Value:
    """Return a single value: money where it has a currency, a day where it is one, else its text."""
    if not isinstance(data, str):
        return None
    try:
        money = parse_money(data)
    except ValueError:
        return date_or_text(data)
    return money if money.currency else data


def date_or_text(data: Any) -> Value:
    """Return a day where a text is one, else the text; None for what is no text."""
    return day_of(data) or (data if isinstance(data, str) else None)


def day_of(data: Any) -> date | None:
    """Return the day that a text says, or None."""
    try:
        return parse_date(data) if isinstance(data, str) else None
    except ValueError:
        return None


def _own_day(entry: Any) -> date | None:
    """Return the day that an entry gives itself."""
    return next((day for key in (*DATES, "due") if (day := day_of(mapping_of(entry).get(key)))), None)


def mapping_of(data: Any) -> dict[str, Any]:
    """Return a mapping, an empty one for what is none."""
    return data if isinstance(data, dict) else {}


def entries_of(data: Any) -> list[dict[str, Any]]:
    """Return the entries of a list that have fields; none for what is no list."""
    return [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []


def _among(entry: Any, kept: list[Any]) -> bool:
    return any(entry is one for one in kept)
