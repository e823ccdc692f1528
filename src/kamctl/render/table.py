"""Tables: one description, shown as aligned text, TSV, CSV, JSON, JSON lines or Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from kamctl.money import plain
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest
from kamctl.render.screen import Screen
from kamctl.render.width import pad, shorten, width
from kamctl.visible import one_line

GAP = "  "
HIDDEN = 99
"""The `drop` of columns that are never shown to people unless asked for by name."""


def text_of(value: Any) -> str:
    """Write a value for people: nothing for None, a check mark for true."""
    if value is None or value is False:
        return ""
    return "✓" if value is True else str(value)


class Column(NamedTuple):
    """One column. `show` writes a value for people, `style` names its style.

    `drop` says how early the column goes when the table is too wide, 0 never; `shrink` to what width its text may be
    cut, 0 not at all.
    """

    key: str
    title: str
    show: Callable[[Any], str] = text_of
    right: bool = False
    drop: int = 0
    shrink: int = 0
    style: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Table:
    """Columns and rows; a row holds the raw values of the columns in their order."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    footer: Sequence[Sequence[Any]] = field(default=())

    def visible(self) -> Table:
        """Return the table without the columns that only conditions and flat formats need."""
        return self.select([column.key for column in self.columns if column.drop < HIDDEN])

    def select(self, fields: Sequence[str]) -> Table:
        """Return the table with some columns, in the order asked for. Raises KamctlError for an unknown one."""
        keys = [column.key for column in self.columns]
        for name in fields:
            if name not in keys:
                hint = nearest(name, keys, Phrase("fields: {names}", names=", ".join(keys)))
                raise KamctlError(Phrase('there is no field "{name}"', name=name), hint)
        picked = [keys.index(name) for name in fields]
        return Table(
            [self.columns[i] for i in picked],
            [[row[i] for i in picked] for row in self.rows],
            [[row[i] for i in picked] for row in self.footer],
        )


def tsv(table: Table) -> Iterator[str]:
    """TAB-separated lines with a header, ISO dates, plain numbers; tabs and line breaks in text become spaces."""
    yield "\t".join(column.key for column in table.columns) + "\n"
    for row in table.rows:
        yield "\t".join([_machine(value) for value in row]) + "\n"


def csv(table: Table) -> str:
    """Comma-separated rows; text that a spreadsheet would run as a formula is kept as text by a leading quote."""
    import csv as standard
    import io

    stream = io.StringIO()
    writer = standard.writer(stream, lineterminator="\n")
    writer.writerow(column.key for column in table.columns)
    writer.writerows([_no_formula(value, _machine(value)) for value in row] for row in table.rows)
    return stream.getvalue()


def records(table: Table) -> list[dict[str, Any]]:
    """Return the rows as mappings of plain JSON values."""
    keys = [column.key for column in table.columns]
    return [{key: json_value(value) for key, value in zip(keys, row, strict=True)} for row in table.rows]


def json_value(value: Any) -> Any:
    """Turn a value into what JSON knows: numbers for Decimal, ISO text for dates, lists for tuples and sets."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_value(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(json_value(item) for item in value)
    return value


def markdown(table: Table) -> str:
    """A Markdown table."""

    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    head = [line(column.title for column in table.columns)]
    head.append(line("---:" if column.right else "---" for column in table.columns))
    return "\n".join([*head, *(line(row) for row in _shown(table.columns, [*table.rows, *table.footer]))]) + "\n"


def aligned(table: Table, screen: Screen, *, limit: int | None = None) -> tuple[str, list[str]]:
    """Return the table as aligned text, and the titles of columns that were left out to fit.

    `limit` is the width to fit, the screen's by default. Columns go by their `drop`, highest first; then text
    that may shrink is cut, the widest first.
    """
    limit = limit or screen.width
    columns = list(table.columns)
    body = _shown(columns, table.rows)
    foot = _shown(columns, table.footer)
    sizes = [
        max([width(column.title), *(width(row[i]) for row in body), *(width(row[i]) for row in foot)])
        for i, column in enumerate(columns)
    ]
    kept, left_out = _fit(columns, sizes, limit)
    lines = [
        screen.style(
            GAP.join(pad(shorten(columns[i].title, sizes[i]), sizes[i], right=columns[i].right) for i in kept).rstrip(),
            "bold",
        )
    ]
    lines += [_line(row, raw, columns, kept, sizes, screen) for row, raw in zip(body, table.rows, strict=True)]
    if foot:
        lines.append(screen.style("─" * min(limit, sum(sizes[i] for i in kept) + len(GAP) * (len(kept) - 1)), "dim"))
        lines += [_line(row, raw, columns, kept, sizes, screen) for row, raw in zip(foot, table.footer, strict=True)]
    return "\n".join(lines) + "\n", [columns[i].title for i in left_out]


def _line(
    row: Sequence[str],
    raw: Sequence[Any],
    columns: Sequence[Column],
    kept: Sequence[int],
    sizes: Sequence[int],
    screen: Screen,
) -> str:
    cells = []
    for i in kept:
        cell = pad(shorten(row[i], sizes[i]), sizes[i], right=columns[i].right)
        style = columns[i].style
        cells.append(screen.style(cell, style(raw[i])) if style is not None and screen.colour else cell)
    return GAP.join(cells).rstrip()


def _fit(columns: Sequence[Column], sizes: list[int], limit: int) -> tuple[list[int], list[int]]:
    """Choose the columns that fit and cut `sizes` in place; returns kept and dropped positions."""
    kept = list(range(len(columns)))
    dropped: list[int] = []

    def excess() -> int:
        return sum(sizes[i] for i in kept) + len(GAP) * (len(kept) - 1) - limit

    def give() -> int:
        return sum(max(0, sizes[i] - columns[i].shrink) for i in kept if columns[i].shrink)

    while excess() > give() and any(columns[i].drop for i in kept):
        last = max(kept, key=lambda i: (columns[i].drop, i))
        kept.remove(last)
        dropped.append(last)
    while excess() > 0:
        shrinkable = [i for i in kept if columns[i].shrink and sizes[i] > columns[i].shrink]
        if not shrinkable:
            break
        widest = max(shrinkable, key=lambda i: sizes[i] / columns[i].shrink)
        sizes[widest] -= 1
    return kept, sorted(dropped)


def _shown(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> list[list[str]]:
    shows = [column.show for column in columns]
    return [[one_line(show(value)) for show, value in zip(shows, row, strict=True)] for row in rows]


def _machine(value: Any) -> str:
    if value is None:
        return ""
    if type(value) is str:
        return value if value.isprintable() else one_line(value)
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(_machine(item) for item in value)
    return str(value)


def _no_formula(value: Any, text: str) -> str:
    return "'" + text if isinstance(value, str) and text[:1] in ("=", "+", "-", "@") and len(text) > 1 else text
