"""The story of records and who last changed what they say, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from kamctl.forms.changes import Names, line, lines
from kamctl.history.answers import Commit
from kamctl.history.blame import ASSESSMENTS, BEHAVIOURS, Blame
from kamctl.history.change import Change
from kamctl.labels import text
from kamctl.render.output import Envelope, Style, print_table
from kamctl.render.table import HIDDEN, Column, Table


class Event(NamedTuple):
    """One change that one commit made to one record, and what things are called there."""

    record: str
    kind: str
    commit: Commit
    change: Change
    names: Names


class BlameRow(NamedTuple):
    """A claim with who made it, its age in days, and whether it is stale."""

    blame: Blame
    age: int | None
    stale: bool


def print_log(events: Sequence[Event], style: Style, envelope: Envelope, many: bool) -> None:
    """Print one line an event, oldest first. People get the marks of one criterion in one line, flat formats each.

    `many` says that the events are those of many records.
    """
    lang = style.lang
    columns = [
        Column("date", text("col-date", lang)),
        Column("author", text("col-author", lang), shrink=6),
        Column("record", text("col-record", lang), shrink=12, drop=0 if many else HIDDEN),
        Column("change", text("col-change", lang), shrink=24),
        Column("reason", text("col-reason", lang), shrink=12, drop=1),
        Column("commit", text("col-commit", lang), drop=HIDDEN),
        *(Column(key, key, drop=HIDDEN) for key in DETAILS),
    ]
    flat = style.effective not in ("table", "md")
    rows = [_log_row(event, line(event.change, event.names)) for event in events] if flat else _grouped(events)
    print_table(Table(columns, rows), style, envelope)


DETAILS = ("time", "email", "record_kind", "kind", "field", "subject", "party", "before", "after", "note", "day")
"""What flat formats say besides: who and what, by the names that the files use."""


def _grouped(events: Sequence[Event]) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for _, group in groupby(events, lambda event: (event.commit.id, event.record)):
        some = list(group)
        told = lines([event.change for event in some], some[0].names)
        rows += [_log_row(some[0]._replace(change=change), words) for change, words in told]
    return rows


def _log_row(event: Event, words: str) -> list[Any]:
    commit, change = event.commit, event.change
    who = [commit.authored.isoformat(), commit.email, event.kind, change.kind, change.field, change.subject]
    before, after = (str(value) if value is not None else None for value in (change.before, change.after))
    about = [change.party or None, before, after, change.note or None, change.day]
    return [commit.day, commit.author, event.record, words, commit.subject, commit.id, *who, *about]


def print_blame(rows: Sequence[BlameRow], names: Names, style: Style, envelope: Envelope) -> None:
    """Print one line a claim: what it says, on what evidence, who last changed it when, and how old it is."""
    lang = style.lang
    columns = [
        Column("field", text("col-field", lang), shrink=12),
        Column("value", text("col-value", lang), shrink=8),
        Column("evidence", text("col-evidence", lang), shrink=8, drop=2),
        Column("dated", text("col-as-of-file", lang), drop=4),
        Column("author", text("col-author", lang), shrink=6),
        Column("committed", text("col-committed", lang), drop=1),
        Column("commit", text("col-commit", lang), lambda commit: (commit or "")[:9], drop=5),
        Column("reason", text("col-reason", lang), shrink=12, drop=3),
        Column("age", text("col-age", lang), right=True),
        Column("stale", text("stale", lang), style=lambda stale: "yellow" if stale else ""),
        *(Column(key, key, drop=HIDDEN) for key in ("path", "subject", "detail", "by", "source", "email")),
    ]
    print_table(Table(columns, [_blame_row(row, names) for row in rows]), style, envelope)


def _blame_row(row: BlameRow, names: Names) -> list[Any]:
    (place, claim, commit), lang = row.blame, names.lang
    author = commit.author if commit is not None else text("not-committed", lang)
    when, reason = (commit.day, commit.subject) if commit is not None else (None, "")
    who = [author, when, commit.id if commit is not None else None, reason]
    details = [place.field, place.subject, place.detail, claim.by, claim.source, commit.email if commit else ""]
    return [_label(row.blame, names), claim.value, claim.evidence, claim.day, *who, row.age, row.stale, *details]


def _label(blame: Blame, names: Names) -> str:
    place = blame.place
    if place.field == ASSESSMENTS:
        party = names.parties.get(place.detail, place.detail)
        return f"{names.entry('criterion', place.subject)} ({party})"
    if place.field == BEHAVIOURS:
        behaviour = names.entry("behaviour", place.detail)
        return text("change-seen", names.lang, person=names.subject(place.subject), behaviour=behaviour)
    label = names.field(place.field)
    return text("change-about", names.lang, about=label, words=names.subject(place.subject)) if place.subject else label
