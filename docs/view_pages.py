"""What docs/templates.md is made of: forms, filters, macros, and the views that templates see."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from browsing import AS_OF, EXAMPLES, records

from kamctl import resources
from kamctl.forms.catalog import FORMS
from kamctl.labels import text
from kamctl.render.document import FILTERS
from kamctl.schema.words import field_words
from kamctl.workspace import Workspace

PICTURES = {
    "PoliticalMap": "a map, for `political_map` and `map_tree`",
    "HeatMap": "a heat map, for `heat_map`",
    "Timeline": "a timeline, for `timeline`",
}
"""Views that only pictures are drawn from, and the filters that draw them."""

WORDS: dict[Any, str] = {
    Any: "anything",
    str: "text",
    bool: "yes or no",
    int: "whole number",
    float: "number",
    date: "date",
}
MACRO = re.compile(
    r"(?:\{#(?P<about>(?:(?!#\}).)*)#\}\n)?\{%-? macro (?P<name>[a-z]\w*)\((?P<arguments>.*?)\) -?%\}", re.DOTALL
)


def forms_table() -> str:
    """Return a Markdown table of the forms."""
    rows = [
        f"| `{name}` | {form.of} | `{form.name}`: {_link(view_type(name))} | {text(f'form-{name}-purpose', 'en')} |"
        for name, form in FORMS.items()
    ]
    return "\n".join(["| form | of | view | what for |", "|---|---|---|---|", *rows])


def filters_table() -> str:
    """Return a Markdown table of kamctl's own filters."""
    rows = [f"| `{name}` | {(function.__doc__ or '').strip().splitlines()[0]} |" for name, function in FILTERS.items()]
    return "\n".join(["| filter | what it does |", "|---|---|", *rows])


def macros_table(template: str) -> str:
    """Return a Markdown table of the macros of a template, with the comments above them."""
    text = (resources.templates() / template).read_text("utf-8")
    rows = [f"| `{found['name']}({found['arguments']})` | {_cell(found['about'])} |" for found in MACRO.finditer(text)]
    return "\n".join(["| macro | what it prints |", "|---|---|", *rows])


def _cell(words: str | None) -> str:
    return " ".join((words or "").split()).replace("|", "\\|")


def blocks_of(template: str) -> str:
    """Return the comment at the top of a template, which names its blocks."""
    text = (resources.templates() / template).read_text("utf-8")
    found = re.match(r"\{#(.*?)#\}", text, re.DOTALL)
    assert found is not None, f"{template} does not say what its blocks are"
    return " ".join(found[1].split())


def views_sections() -> str:
    """Return a section for each view and each part of one, in the order in which they are met."""
    found: dict[type, None] = {}
    for name in FORMS:
        _collect(view_type(name), found)
    return "\n\n".join(_section(view) for view in found)


@cache
def view_type(name: str) -> type:
    """Return the class of a form's view, from a view of the examples."""
    return type(FORMS[name].view(Workspace.open(EXAMPLES), records(name)[0], "en", AS_OF))


def _collect(view: type, found: dict[type, None]) -> None:
    if view in found or view.__name__ in PICTURES:
        return
    found[view] = None
    for annotation in _hints(view).values():
        for part in _classes(annotation):
            _collect(part, found)


def _hints(view: type) -> dict[str, Any]:
    names = [field.name for field in dataclasses.fields(view)]
    hints = typing.get_type_hints(view)
    return {name: hints[name] for name in names}


def _classes(annotation: Any) -> Iterator[type]:
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _classes(part)


def _section(view: type) -> str:
    words = field_words(view)
    head = f"### {view.__name__}\n\n{' '.join((view.__doc__ or '').split())}\n"
    if not words:
        rows = [f"| `{name}` | {_type(hint)} |" for name, hint in _hints(view).items()]
        return "\n".join([head, "| field | type |", "|---|---|", *rows])
    rows = [f"| `{name}` | {_type(hint)} | {words.get(name, '')} |" for name, hint in _hints(view).items()]
    return "\n".join([head, "| field | type | meaning |", "|---|---|---|", *rows])


def _type(annotation: Any) -> str:
    """Return a type in words. Raises KeyError for one that no table names."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return " or ".join("nothing" if part is type(None) else _type(part) for part in arguments)
    if origin in (list, tuple, Sequence):
        return f"list of {_type(arguments[0])}"
    if origin in (dict, Mapping):
        return f"{_type(arguments[1])} by {_type(arguments[0])}"
    if origin is typing.Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    return WORDS[annotation] if annotation in WORDS else _link(annotation)


def _link(view: type) -> str:
    return PICTURES.get(view.__name__) or f"[{view.__name__}](#{view.__name__.lower()})"
