"""Rules on people: who reports to whom, and who influences whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kamctl.checks.context import Context, in_deal
from kamctl.layout import path_of, stem_of
from kamctl.problems import Problem


def reporting_circle(context: Context) -> Iterator[Problem]:
    """Nobody reports to himself, in one step or several."""
    bosses = {person.id: [person.reports_to] for person in context.facts.people.values() if person.reports_to}
    for circle in circles(bosses):
        path = path_of("contact", circle[0])
        yield Problem(path, "reporting-circle", ("reports_to",), values={"circle": _arrows(circle)})


def influence_circle(context: Context) -> Iterator[Problem]:
    """Lines of influence in a deal lead somewhere."""
    deals: dict[str, dict[str, list[str]]] = {}
    for role in context.facts.buying_roles:
        if role.influences:
            deals.setdefault(role.opportunity, {})[role.person] = [whom for whom, _ in role.influences]
    for deal, lines in deals.items():
        for circle in circles(lines):
            keys = ("buying_team", stem_of(circle[0]), "influences")
            yield in_deal(deal, "influence-circle", keys, {"circle": _arrows(circle)})


def circles(lines: Mapping[str, list[str]]) -> list[list[str]]:
    """Return circles of a directed graph, each from its first name in order; every line is walked once."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in sorted(lines):
        trail: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(lines[start]))] if start not in done else []
        trail = [start] if stack else []
        while stack:
            following = next(stack[-1][1], None)
            if following is None:
                done.add(stack.pop()[0])
                trail.pop()
            elif following in trail:
                circle = trail[trail.index(following) :]
                first = circle.index(min(circle))
                found.append(circle[first:] + circle[:first])
            elif following not in done:
                trail.append(following)
                stack.append((following, iter(lines.get(following, ()))))
    return found


def _arrows(circle: list[str]) -> str:
    return " → ".join(stem_of(name) for name in [*circle, circle[0]])
