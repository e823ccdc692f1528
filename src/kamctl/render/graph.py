"""The organisation and political map for other programs that draw: Graphviz and Mermaid."""

from __future__ import annotations

from collections.abc import Iterator

from kamctl.forms.map_people import MapPerson
from kamctl.forms.politics import PoliticalMap
from kamctl.labels import text
from kamctl.visible import one_line

MERMAID_SHAPES = {"for": ("(", ")"), "against": ("{{", "}}"), "between": ("[", "]"), "unknown": ("[", "]")}
"""Mermaid's brackets: round, six-sided, square."""


def map_dot(view: PoliticalMap) -> str:
    """Return a map in the language of Graphviz."""
    names = _names(view)
    title = _dot(f"{view.title} · {view.subject}")
    lines = [
        "digraph map {",
        f'  graph [label="{title}", labelloc=t, rankdir=TB];',
        "  node [shape=box, style=rounded];",
    ]
    for person in view.people:
        look = "dashed" if not person.on_team or person.stance == "unknown" else "bold" if person.key else "solid"
        label = "\\n".join(_dot(part) for part in _label(person))
        style = f'style="rounded,{look}"' if person.stance != "against" else f"shape=octagon, style={look}"
        rings = ", peripheries=2" if person.ring == 0 else ""
        lines.append(f'  {names[person.id]} [label="{label}", {style}{rings}];')
    for fold, label in _folds(view):
        lines.append(f'  {names[fold]} [label="{_dot(label)}", shape=folder];')
    for name, boss in view.bosses.items():
        if boss in names:
            lines.append(f"  {names[boss]} -> {names[name]} [dir=none, color=gray];")
    for line in view.influences:
        style = "penwidth=3" if line.strong else "style=dashed"
        lines.append(
            f'  {names[line.source]} -> {names[line.target]} [label="{_dot(line.label)}", {style}, constraint=false];'
        )
    return "\n".join([*lines, "}"]) + "\n"


def map_mermaid(view: PoliticalMap) -> str:
    """Return a map as a Mermaid flow chart."""
    names = _names(view)
    lines = ["flowchart TB"]
    for person in view.people:
        opening, closing = MERMAID_SHAPES[person.stance]
        label = "<br/>".join(_mermaid(part) for part in _label(person))
        lines.append(f'  {names[person.id]}{opening}"{label}"{closing}')
    lines += [f'  {names[fold]}[["{_mermaid(label)}"]]' for fold, label in _folds(view)]
    lines += [f"  {names[boss]} --- {names[name]}" for name, boss in view.bosses.items() if boss in names]
    for line in view.influences:
        arrow = "==>" if line.strong else "-.->"
        lines.append(f'  {names[line.source]} {arrow}|"{_mermaid(line.label)}"| {names[line.target]}')
    return "\n".join(lines) + "\n"


def _names(view: PoliticalMap) -> dict[str, str]:
    """Return a short name for every box that no program takes for something else."""
    boxes = (*(person.id for person in view.people), *(fold.id for fold in view.folds))
    return {name: f"p{number}" for number, name in enumerate(boxes, 1)}


def _label(person: MapPerson) -> Iterator[str]:
    """Yield the lines of a person's box."""
    yield f"{person.status.sign} {person.shown}"
    if person.place or person.note:
        yield person.place or person.note
    parts = [" ".join(word.sign for word in person.roles), person.orientation.sign if person.orientation else ""]
    if detail := " · ".join(filter(None, [*parts, person.coverage, person.influence])):
        yield detail


def _folds(view: PoliticalMap) -> Iterator[tuple[str, str]]:
    for fold in view.folds:
        name = fold.department or text("map-no-department", view.lang)
        yield fold.id, f"{name} · {text('map-people', view.lang, count=len(fold.people))}"


def _dot(words: str) -> str:
    """Escape text for a quoted string of Graphviz, which knows backslashes and HTML's entities in it."""
    return one_line(words).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')


def _mermaid(words: str) -> str:
    """Escape text for a quoted label of Mermaid: everything but letters, digits and a few marks by its number."""
    return "".join(c if c.isalnum() or c in " ·,=?()/" or ord(c) > 0x2E7F else f"#{ord(c)};" for c in one_line(words))
