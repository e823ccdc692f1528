"""What differs between two versions of one record, in the words of selling. Pure: data in, changes out.

Data is what the reader gives, so that versions compare which today's schema would refuse. Every difference comes out
as a change: what has a meaning of its own by a kind of its own, all else as a field, or an entry of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kamctl.history.change import (
    ADDED,
    BEHAVIOUR,
    CLOSE_DATE,
    CONFIRMED,
    CREATED,
    DELETED,
    EVIDENCE,
    FIELD,
    GONE,
    LOST,
    MARK,
    OPPOSITION,
    RECORDED,
    REOPENED,
    STAGE,
    Change,
)
from kamctl.history.comparing import (
    Changes,
    compare,
    date_or_text,
    day_of,
    entries_of,
    list_changes,
    mapping_of,
)
from kamctl.history.matching import summary, title_of

Data = Mapping[str, Any]


def changes(before: Data | None, after: Data | None, kind: str) -> list[Change]:
    """Return what differs between two versions of a record of a kind; None where it was or is not there."""
    if before is None:
        if after is None:
            return []
        return [Change(CREATED, after=_name(after), note=_gist(after), day=day_of(after.get("created")))]
    if after is None:
        return [Change(DELETED, before=_name(before), note=_gist(before))]
    handlers = HANDLERS.get(kind, {})
    found: list[Change] = []
    for field in dict.fromkeys((*after, *before)):
        old, new = before.get(field), after.get(field)
        if old != new and field in handlers and _is_of_form(field, old) and _is_of_form(field, new):
            found += handlers[field](field, old, new, before, after)
        elif old != new:
            found += compare(field, "", old, new)
    return found


def marks_of(data: Data) -> dict[tuple[str, str, str], dict[str, str]]:
    """Return every mark of a deal by day, criterion and party: the mark, its evidence, its source and who gave it."""
    found = {}
    for assessment in sorted(entries_of(data.get("assessments")), key=lambda one: str(one.get("date", ""))):
        day, by = str(assessment.get("date", "")), str(assessment.get("by") or "")
        for criterion, entry in mapping_of(assessment.get("marks")).items():
            about = {key: value for key, value in mapping_of(entry).items() if isinstance(value, str)}
            evidence, source = about.pop(EVIDENCE, ""), about.pop("source", "")
            for party, mark in about.items():
                found[day, criterion, party] = {"mark": mark, EVIDENCE: evidence, "source": source, "by": by}
    return found


# --- parts of a deal


def _stage(field: str, old: Any, new: Any, before: Data, after: Data) -> Changes:
    history, earlier = entries_of(after.get("stage_history")), entries_of(before.get("stage_history"))
    last = history[-1] if history else {}
    yield Change(
        STAGE,
        field,
        before=old,
        after=new,
        note=str(last.get("override") or last.get("note") or ""),
        source=str(last.get("by") or ""),
        day=day_of(last.get("date")) if last.get("stage") == new else None,
        since=day_of(earlier[-1].get("date")) if earlier else day_of(before.get("created")),
    )
    if last.get("move") == "reopen":
        yield Change(
            REOPENED, field, before=old, after=new, note=str(last.get("note") or ""), day=day_of(last.get("date"))
        )


def _history(field: str, old: Any, new: Any, before: Data, after: Data) -> Changes:
    """Tell of all steps but the one that the stage tells of."""
    moved = before.get(STAGE) != after.get(STAGE)
    steps = list(list_changes(field, "", old, new))
    last = title_of(field, entries_of(new)[-1]) if moved and entries_of(new) else None
    yield from (step for step in steps if not (step.kind == ADDED and step.subject == last))


def _close_date(field: str, old: Any, new: Any, before: Data, after: Data) -> Changes:
    yield Change(CLOSE_DATE, field, before=date_or_text(old), after=date_or_text(new))


def _lost(field: str, old: Any, new: Any, before: Data, after: Data) -> Changes:
    if old is None and isinstance(new, dict):
        lesson, reason = str(new.get("lesson") or ""), str(new.get("reason") or "")
        yield Change(
            LOST, field, after=reason, party=str(new.get("to") or ""), note=lesson, day=day_of(new.get("date"))
        )
    else:
        yield from compare(field, "", old, new)


def _assessments(field: str, old: Any, new: Any, before: Data, after: Data) -> Changes:
    then, now = marks_of(before), marks_of(after)
    for key in dict.fromkeys((*now, *then)):
        if then.get(key) != now.get(key):
            yield _mark(field, key, then, now)
    known = {str(one.get("date", "")) for one in entries_of(old)}
    for assessment in entries_of(new):
        if not assessment.get("marks") and assessment.get("date") not in known:
            yield Change(ADDED, field, title_of(field, assessment), day=day_of(assessment.get("date")))


def _mark(field: str, key: tuple[str, str, str], then: Any, now: Any) -> Change:
    """Return what became of one mark of one day: new marks are compared with the last ones before that day."""
    day, criterion, party = key
    earlier = [place for place in now if place[1:] == key[1:] and place[0] < day]
    was = then.get(key) or (now[max(earlier)] if earlier else None)
    is_now = now.get(key)
    old, new = was["mark"] if was else None, is_now["mark"] if is_now else None
    kind = MARK if old != new else (EVIDENCE if key in then else CONFIRMED)
    about = is_now or was or {}
    return Change(kind, field, criterion, old, new, party, about[EVIDENCE], about["source"] or about["by"], day_of(day))


def _buying_team(field: str, old: Any, new: Any, before: Data, after: Data) -> Changes:
    then, now = mapping_of(old), mapping_of(new)
    for person in dict.fromkeys((*now, *then)):
        was, role = mapping_of(then.get(person)), mapping_of(now.get(person))
        if person not in then:
            yield Change(ADDED, field, person, note=summary(role.get("roles")))
        elif person not in now:
            yield Change(GONE, field, person)
            continue
        yield from _behaviours(f"{field}.behaviours", person, was.get("behaviours"), role.get("behaviours"))
        yield from _opposition(f"{field}.opposes", person, was.get("opposes"), role.get("opposes"))
        if person in then:
            parts = [part for part in dict.fromkeys((*role, *was)) if part not in ("behaviours", "opposes")]
            for part in parts:
                yield from compare(f"{field}.{part}", person, was.get(part), role.get(part))


def _behaviours(field: str, person: str, old: Any, new: Any) -> Changes:
    then, now = mapping_of(old), mapping_of(new)
    for name in dict.fromkeys((*now, *then)):
        if name not in then:
            yield Change(BEHAVIOUR, field, person, None, name, day=day_of(now[name]))
        elif name not in now:
            yield Change(BEHAVIOUR, field, person, name, None, day=day_of(then[name]))
        elif then[name] != now[name]:
            yield Change(FIELD, f"{field}.{name}", person, date_or_text(then[name]), date_or_text(now[name]))


def _opposition(field: str, person: str, old: Any, new: Any) -> Changes:
    then, now = mapping_of(old), mapping_of(new)
    if then.get("level") != now.get("level"):
        note, day = str(now.get(EVIDENCE) or ""), day_of(now.get("date"))
        yield Change(OPPOSITION, field, person, then.get("level"), now.get("level"), note=note, day=day)
    elif then != now:
        for part in dict.fromkeys((*now, *then)):
            yield from compare(f"{field}.{part}", person, then.get(part), now.get(part))


# --- parts of a call


def _outcome(field: str, old: Any, new: Any, before: Data, after: Data) -> Changes:
    if old is None and isinstance(new, dict):
        recorded = str(new.get("recorded_at") or after.get("date") or "")
        yield Change(RECORDED, field, note=summary(new.get("events")), day=day_of(recorded[:10]))
        for part in ("needs_found", "objections", "commitments"):
            yield from list_changes(f"{field}.{part}", "", None, new.get(part))
    else:
        yield from compare(field, "", old, new)


Handler = Callable[[str, Any, Any, Data, Data], Changes]

HANDLERS: dict[str, dict[str, Handler]] = {
    "opportunity": {
        STAGE: _stage,
        "stage_history": _history,
        CLOSE_DATE: _close_date,
        LOST: _lost,
        "assessments": _assessments,
        "buying_team": _buying_team,
    },
    "call": {"outcome": _outcome},
}
"""Fields whose changes have a meaning of their own, by kind of record."""

FORMS: dict[str, type] = {"stage_history": list, "assessments": list, LOST: dict, "buying_team": dict, "outcome": dict}
"""What such a field holds; text where nothing else is said. Another form, in an old version, is compared as it is."""


# --- values


def _is_of_form(field: str, value: Any) -> bool:
    return value is None or isinstance(value, FORMS.get(field, str))


def _name(data: Data) -> str:
    return summary(data.get("name") or mapping_of(data.get("plan")).get("purpose") or data.get("date"))


def _gist(data: Data) -> str:
    """Return what a new deal is worth knowing by: its stage, amount and date."""
    return ", ".join(words for field in (STAGE, "amount", CLOSE_DATE) if (words := summary(data.get(field))))
