"""The political map as text: a tree that lines up, and the languages of drawing programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kamctl.forms.folding import Fold
from kamctl.forms.politics import MapPerson, PoliticalMap
from kamctl.labels import text
from kamctl.render.screen import Screen
from kamctl.render.table import Column, Table, aligned
from kamctl.render.width import one_line, wrap

PAGE = Screen(terminal=False, width=96, colour=False, colour_err=False)
"""The room that a tree in a document has."""


def tree(view: PoliticalMap, screen: Screen = PAGE) -> str:
    """Return the map as text: who reports to whom with what is known of each, then the lines of influence and notes."""
    body, _ = aligned(_table(view), screen)
    shown = {person.id: person.shown for person in view.people}
    lines = [body.rstrip("\n")] if view.people else [text("map-nobody", view.lang)]
    if view.influences:
        lines += ["", screen.style(text("map-lines", view.lang), "bold")]
        lines += [f"{shown[line.source]} → {shown[line.target]}  {line.label}" for line in view.influences]
    for note in view.notes:
        lines += ["", *wrap(note, screen.width)]
    return "\n".join(lines) + "\n"


def _table(view: PoliticalMap) -> Table:
    columns = [
        Column("person", text("col-contact", view.lang), shrink=24),
        Column("title", text("form-job-title", view.lang), shrink=8, drop=5),
        Column("status", text("map-status", view.lang), shrink=6),
        Column("roles", text("map-roles", view.lang), drop=1),
        Column("orientation", text("map-orientation", view.lang), drop=3),
        Column("coverage", text("map-coverage", view.lang), drop=2),
        Column("influence", text("map-influence", view.lang), drop=4),
        Column("covered_by", text("col-covered-by", view.lang), drop=6),
    ]
    return Table(columns, [_row(branch, item, view.lang) for branch, item in branches(view)])


def _row(branch: str, item: MapPerson | Fold, lang: str) -> list[str]:
    if isinstance(item, Fold):
        name = item.department or text("map-no-department", lang)
        return [f"{branch}… {one_line(name)}: {text('map-people', lang, count=len(item.people))}", *[""] * 7]
    roles = " ".join(role.sign for role in item.roles)
    orientation = item.orientation.sign if item.orientation is not None else ""
    name = f"{branch}{item.status.sign} {one_line(item.shown)}"
    known = [item.place or item.note, item.status.label, roles, orientation, item.coverage, item.influence]
    return [name, *known, item.covered_by]


def branches(view: PoliticalMap) -> Iterator[tuple[str, MapPerson | Fold]]:
    """Yield everybody and every folded department from the top down, with the lines of the tree before each."""
    items: dict[str, MapPerson | Fold] = {person.id: person for person in view.people}
    items |= {fold.id: fold for fold in view.folds}
    children = view.children()
    waiting = [("", "", name) for name in reversed(view.roots)]
    while waiting:
        before, turn, name = waiting.pop()
        yield before + turn, items[name]
        inner = before + {"├─ ": "│  ", "└─ ": "   "}.get(turn, "")
        below = children.get(name, [])
        waiting += [(inner, "└─ " if child == below[-1] else "├─ ", child) for child in reversed(below)]


def dot(view: PoliticalMap) -> str:
    """Return the map for Graphviz."""
    names = _short_names(view)
    lines = ["digraph map {", f"  label={_quoted(view.subject)};", "  node [shape=box];"]
    for person in view.people:
        shape = {"for": "style=bold", "against": "style=filled, fillcolor=gray85", "unknown": "style=dashed"}
        style = shape.get(person.stance, "style=solid")
        lines.append(f"  {names[person.id]} [label={_quoted(*_label(person))}, {style}];")
    for fold in view.folds:
        words = (fold.department, text("map-people", view.lang, count=len(fold.people)))
        lines.append(f"  {names[fold.id]} [label={_quoted(*words)}, style=dashed];")
    lines += [f"  {names[boss]} -> {names[name]} [arrowhead=none];" for name, boss in view.bosses.items() if boss]
    for line in view.influences:
        style = "penwidth=3" if line.strong else "style=dashed"
        lines.append(f"  {names[line.source]} -> {names[line.target]} [constraint=false, color=blue, {style}];")
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(view: PoliticalMap) -> str:
    """Return the map for Mermaid."""
    names = _short_names(view)
    lines = ["flowchart TD"]
    lines += [f"  {names[person.id]}[{_entities(*_label(person))}]" for person in view.people]
    for fold in view.folds:
        words = (fold.department, text("map-people", view.lang, count=len(fold.people)))
        lines.append(f"  {names[fold.id]}[{_entities(*words)}]")
    lines += [f"  {names[boss]} --- {names[name]}" for name, boss in view.bosses.items() if boss]
    for line in view.influences:
        arrow = "==>" if line.strong else "-.->"
        lines.append(f"  {names[line.source]} {arrow}|{_entities(line.label)}| {names[line.target]}")
    return "\n".join(lines) + "\n"


def _label(person: MapPerson) -> tuple[str, ...]:
    roles = " ".join(role.sign for role in person.roles)
    return f"{person.status.sign} {person.shown}", person.place, " ".join(filter(None, (roles, person.coverage)))


def _short_names(view: PoliticalMap) -> Mapping[str, str]:
    """Return a name for everything on the map that no program misreads."""
    ids = [*(person.id for person in view.people), *(fold.id for fold in view.folds)]
    return {name: f"n{number}" for number, name in enumerate(ids, 1)}


def _quoted(*lines: str) -> str:
    """Quote lines for Graphviz."""
    words = (one_line(line).replace("\\", "\\\\").replace('"', '\\"') for line in lines if line)
    return '"' + "\\n".join(words) + '"'


def _entities(*lines: str) -> str:
    """Quote lines for Mermaid, where everything that could be markup is written as a number."""
    safe = (
        "".join(c if c.isalnum() or c in " .,·+*=?-" else f"#{ord(c)};" for c in one_line(line))
        for line in lines
        if line
    )
    return '"' + "<br>".join(safe) + '"'
