"""The tables of weeks."""

from __future__ import annotations

from collections.abc import Iterator

from kamctl.exchange.table import NUMBER, Column, Line, Source, Table, blank, in_order


def _callbacks(source: Source) -> Iterator[Line]:
    for week in in_order(source.facts.weeks):
        yield from ((week.id, number, *callback) for number, callback in enumerate(map(blank, week.callbacks), 1))


TABLES: tuple[Table, ...] = (
    Table(
        "week",
        "A salesperson's week: what is not in the calls.",
        "weeks",
        (
            Column("id", "text", "Key: week and person."),
            Column("week", "text", "`2026-W11`."),
            Column("by", "text", "Whose.", refers="member"),
            Column("goals", "list", "Goals."),
            Column("prospecting_hours", "number", "Hours for finding new customers."),
            Column("notes", "text", "Anything else."),
        ),
        ("id",),
    ),
    Table(
        "callback",
        "A person to call back in a week.",
        _callbacks,
        (
            Column("week", "text", "The week, by its key.", refers="week"),
            NUMBER,
            Column("date", "date", "When."),
            Column("contact", "text", "Whom.", refers="contact"),
            Column("note", "text", "What about."),
        ),
        ("week", "number"),
        frozenset(("weeks",)),
    ),
)
