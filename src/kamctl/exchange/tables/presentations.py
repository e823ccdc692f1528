"""The tables of presentations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kamctl.exchange.table import NUMBER, Column, Line, Source, Table, Value, numbered


def _looked_after(source: Source) -> Iterator[Line]:
    for number, presenter in numbered(source.facts.presenters):
        yield from (
            (presenter.presentation, number, place, presenter.member, person)
            for place, person in enumerate(presenter.looks_after, 1)
        )


def _told(source: Source, row: Any) -> Value:
    return tuple(sorted(row.told))


PRESENTATION = Column("presentation", "text", "Presentation, `account/stem`.", refers="presentation")

TABLES: tuple[Table, ...] = (
    Table(
        "presentation",
        "A presentation and its plan.",
        "presentations",
        (
            Column("id", "text", "Key: `account/stem`."),
            Column("account", "text", "The customer.", refers="account"),
            Column("date", "date", "Day."),
            Column("by", "text", "Who of our people leads.", refers="member"),
            Column("opportunity", "text", "The deal that it is about.", refers="opportunity"),
            Column("purpose", "text", "What for."),
            Column("agenda", "list", "Agenda."),
            Column("story", "list", "Steps of the story that hold something.", _told),
        ),
        ("id",),
    ),
    Table(
        "audience",
        "A person who listens to a presentation.",
        "audience",
        (
            PRESENTATION,
            NUMBER,
            Column("person", "text", "Who, of people with a file.", refers="contact"),
            Column("name", "text", "The name, of people without one."),
            Column("roles", "list", "Buying roles."),
            Column("business", "text", "Business issues."),
            Column("political", "text", "Political or personal issues."),
        ),
        ("presentation", "number"),
    ),
    Table(
        "preparation",
        "A step of preparing a presentation or following it up.",
        "preparations",
        (
            PRESENTATION,
            NUMBER,
            Column("step", "text", "The standard step of the method that it is."),
            Column("due", "date", "By when."),
            Column("who", "text", "Who, one of our people or a contact of the account."),
            Column("action", "text", "What."),
            Column("done", "date", "When it was done."),
            Column("resources", "text", "What it needs."),
        ),
        ("presentation", "number"),
    ),
    Table(
        "presenter",
        "One of our people who takes part in a presentation.",
        "presenters",
        (
            PRESENTATION,
            NUMBER,
            Column("member", "text", "Who.", refers="member"),
            Column("role", "text", "The part in it."),
        ),
        ("presentation", "number"),
    ),
    Table(
        "looked_after",
        "A person whom one of ours looks after at a presentation.",
        _looked_after,
        (
            PRESENTATION,
            Column("presenter", "integer", "Number of the presenter."),
            Column("number", "integer", "Place among those whom the presenter looks after, from 1."),
            Column("member", "text", "Who of our people.", refers="member"),
            Column("person", "text", "Whom.", refers="contact"),
        ),
        ("presentation", "presenter", "number"),
        frozenset(("presenters",)),
    ),
)
