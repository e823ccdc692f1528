"""The tables of keys in other systems and of exchange rates."""

from __future__ import annotations

from collections.abc import Iterator

from kamctl.exchange.table import Column, Line, Source, Table


def _rates(source: Source) -> Iterator[Line]:
    for number, rate in enumerate(sorted(source.rates), 1):
        yield number, rate.date, rate.base, rate.quote, rate.rate


TABLES: tuple[Table, ...] = (
    Table(
        "external",
        "The key of a record in another system.",
        "externals",
        (
            Column("kind", "text", "Kind of the record: account, contact, opportunity, call, presentation or week."),
            Column("record", "text", "Its key here."),
            Column("system", "text", "Name of the other system."),
            Column("key", "text", "Its key there."),
        ),
        ("kind", "record", "system"),
    ),
    Table(
        "rate",
        "What one unit of a currency cost in another from a day on.",
        _rates,
        (
            Column("number", "integer", "Place among all rates, by date."),
            Column("date", "date", "From when."),
            Column("base", "text", "One unit of this currency."),
            Column("quote", "text", "The currency of the price."),
            Column("rate", "number", "The price."),
        ),
        ("number",),
    ),
)
