"""The organisation and political map as text that lines up, and as plain JSON values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kamctl.forms.map_people import MapPerson
from kamctl.forms.politics import PoliticalMap
from kamctl.labels import text
from kamctl.render.screen import PLAIN, Screen
from kamctl.render.table import Column, Table, aligned
from kamctl.render.width import wrap
from kamctl.visible import one_line

ARROWS = {True: "==>", False: "-->"}


def map_tree(view: PoliticalMap) -> str:
    """Return a map as text for a fenced block: the tree and the lines of influence."""
    return map_text(view, PLAIN, head=False).rstrip("\n")


def map_text(view: PoliticalMap, screen: Screen, *, head: bool = True) -> str:
    """Return a map as text: a tree of people with what is known of each, then lines of influence, then notes."""
    lines = []
    if head:
        lines += [screen.style(one_line(view.subject), "bold"), screen.style(view.subtitle, "dim"), ""]
    rows = list(_rows(view))
    if not rows:
        return "\n".join([*lines, text("map-empty", view.lang), ""])
    body, _ = aligned(_table(rows, view.lang), screen)
    lines.append(body)
    if view.influences:
        lines.append(screen.style(text("map-lines-head", view.lang), "bold"))
        lines += _influences(view)
        lines.append("")
    for note in view.notes:
        lines += wrap(f"! {one_line(note)}", screen.width)
    return "\n".join(lines).rstrip("\n") + "\n"


def map_data(view: PoliticalMap) -> dict[str, Any]:
    """Return a map as plain JSON values."""
    return {
        "account": view.account,
        "opportunity": view.deal_id or None,
        "people": [_data(person, view) for person in view.people],
        "departments": [
            {"department": fold.department, "reports_to": fold.boss or None, "people": fold.people}
            for fold in view.folds
        ],
        "influences": [{"from": line.source, "to": line.target, "strength": line.strength} for line in view.influences],
        "circles": view.circles,
        "notes": view.notes,
    }


def _data(person: MapPerson, view: PoliticalMap) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name or None,
        "title": person.title or None,
        "department": person.department or None,
        "reports_to": view.bosses[person.id] or None,
        "on_buying_team": person.on_team,
        "roles": [word.sign for word in person.roles],
        "orientation": person.orientation.sign if person.orientation is not None else None,
        "coverage": person.coverage or None,
        "influence": person.influence or None,
        "status": person.status.sign,
        "status_label": person.status.label,
        "covered_by": person.covered_by or None,
        "note": person.note or None,
    }


def _rows(view: PoliticalMap) -> Iterator[list[Any]]:
    """Yield a row a person and a folded department, in the order of the tree, the first cell with its branches."""
    people = {person.id: person for person in view.people}
    folds = {fold.id: fold for fold in view.folds}
    below = view.children()
    waiting = [(name, "", "") for name in reversed(view.roots)]
    while waiting:
        name, branch, trunk = waiting.pop()
        if name in people:
            yield _row(people[name], branch)
        else:
            fold = folds[name]
            head = fold.department or text("map-no-department", view.lang)
            count = text("map-people", view.lang, count=len(fold.people))
            yield [f"{branch}[+] {head}", count, *[""] * 6]
        children = below.get(name, [])
        for place, child in reversed(list(enumerate(children))):
            last = place == len(children) - 1
            waiting.append((child, trunk + ("└─ " if last else "├─ "), trunk + ("   " if last else "│  ")))


def _row(person: MapPerson, branch: str) -> list[Any]:
    orientation = person.orientation
    return [
        f"{branch}{person.status.sign} {person.shown}",
        person.place or person.note,
        " ".join(word.sign for word in person.roles),
        person.status.label if person.on_team else "",
        f"{orientation.sign} {orientation.label}".strip() if orientation is not None else "",
        person.coverage,
        person.influence,
        person.covered_by,
    ]


def _table(rows: list[list[Any]], lang: str) -> Table:
    columns = [
        Column("name", text("col-contact", lang), shrink=20),
        Column("title", text("col-title", lang), shrink=14, drop=2),
        Column("roles", text("col-roles", lang)),
        Column("status", text("col-status", lang), drop=6),
        Column("orientation", text("col-orientation", lang), drop=5),
        Column("coverage", text("col-coverage", lang), shrink=6),
        Column("influence", text("col-influence", lang), drop=3),
        Column("covered_by", text("col-covered-by", lang), drop=4),
    ]
    return Table(columns, rows)


def _influences(view: PoliticalMap) -> Iterator[str]:
    shown = {person.id: person.shown for person in view.people}
    for line in view.influences:
        yield one_line(f"  {shown[line.source]} {ARROWS[line.strong]} {shown[line.target]}  ({line.label})")
