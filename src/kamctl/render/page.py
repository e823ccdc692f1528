"""One record as a page: every field that is filled, with its label, nested ones indented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kamctl import resources
from kamctl.labels import pick
from kamctl.render.output import Style
from kamctl.render.screen import Screen
from kamctl.render.width import pad, width, wrap
from kamctl.visible import one_line

if TYPE_CHECKING:
    from kamctl.source import Data

INDENT = 2


def outline(record_id: str, path: str, data: dict[str, Data], style: Style) -> str:
    """Return a record as lines of `label  value`, wrapped to the screen."""
    screen = style.screen
    name = data.get("name")
    title = f"{record_id}  {one_line(name)}" if isinstance(name, str) else record_id
    rest = {key: value for key, value in data.items() if key != "name"}
    lines = [screen.style(title, "bold"), screen.style(path, "dim"), "", *_mapping(rest, 0, screen, style.lang)]
    return "\n".join(lines) + "\n"


def field_label(key: str, lang: str) -> str:
    """Return the label of a field of the file format; the key itself where it names a person or a rival."""
    labels = resources.table("fields")
    return pick(labels[key], lang) if key in labels else key


def _mapping(data: dict[str, Data], indent: int, screen: Screen, lang: str) -> Iterator[str]:
    labels = {key: field_label(key, lang) for key in data}
    short = [width(labels[key]) for key, value in data.items() if isinstance(value, str)]
    column = min(max(short, default=0), 24)
    for key, value in data.items():
        head = " " * indent + screen.style(labels[key], "cyan")
        if isinstance(value, str):
            first, *more = _text(value, screen.width - indent - max(column, width(labels[key])) - INDENT)
            yield " " * indent + screen.style(pad(labels[key], column), "cyan") + " " * INDENT + first
            yield from (" " * (indent + column + INDENT) + line for line in more)
        elif isinstance(value, list):
            yield head
            yield from _items(value, indent + INDENT, screen, lang)
        elif value:
            yield head
            yield from _mapping(value, indent + INDENT, screen, lang)


def _items(items: list[Data], indent: int, screen: Screen, lang: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, dict) and all(isinstance(value, str) for value in item.values()):
            words = "  ".join(f"{field_label(key, lang)}: {value}" for key, value in item.items())
        elif isinstance(item, str):
            words = item
        else:
            yield " " * indent + "-"
            nested: dict[str, Data] = item if isinstance(item, dict) else {"": item}
            yield from _mapping(nested, indent + INDENT, screen, lang)
            continue
        first, *more = _text(words, screen.width - indent - INDENT)
        yield " " * indent + "- " + first
        yield from (" " * (indent + INDENT) + line for line in more)


def _text(value: str, columns: int) -> list[str]:
    return [line for part in value.splitlines() or [""] for line in wrap(one_line(part), max(20, columns))]
