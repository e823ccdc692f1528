"""Draws the organisation and political map: boxes for people, lines of reporting, lines of influence, a legend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import hypot

from kamctl.forms.folding import Fold
from kamctl.forms.map_people import MapPerson, Stance, Word
from kamctl.forms.politics import PoliticalMap
from kamctl.labels import text
from kamctl.render.svg.frame import BODY, LEFT, framed
from kamctl.render.svg.legend import Draw, Item, legend
from kamctl.render.svg.routing import Point, route
from kamctl.render.svg.tree import ACROSS, DOWN, Box, lay_out
from kamctl.render.svg.writer import element, fit, group, measure, path, value, words

HALO = 7.0
"""How far the shade of a circle of influence reaches over a box."""

CORNER = 7.0
"""The radius of a bend."""

HEAD = 11.0
"""How long an arrow head is."""

BADGE = 14.0
"""The radius of a status in a box."""

BUS = 15.0
"""How far over a row the level part of its lines of reporting runs."""

STANCES: dict[Stance, str] = {"for": "good", "against": "bad", "between": "plain", "unknown": "open"}
"""The class of a status."""


def draw_map(view: PoliticalMap, *, head: bool = True) -> str:
    """Return a political map as SVG."""
    people = {person.id: person for person in view.people}
    folds = {fold.id: fold for fold in view.folds}
    boxes = lay_out(view.roots, view.children())
    lines = [line for line in view.influences if line.source in people and line.target in people]
    plan = route(boxes, [(line.source, line.target) for line in lines], view.bosses)
    xs = [x for way in plan.ways for x, _ in way] + [edge for box in boxes for edge in (box.x, box.x + ACROSS)]
    left, right = min(xs, default=0.0) - 2 * HALO, max(xs, default=0.0) + 2 * HALO
    dx, dy = LEFT - left, BODY + HALO
    tops = [top + dy for top in plan.tops]
    body: list[str] = []
    if not boxes:
        body.append(words(LEFT, BODY + 16, text("map-empty", view.lang), "kam-s"))
    moved = [box._replace(x=box.x + dx) for box in boxes]
    body += _reporting(moved, tops, view)
    for box in moved:
        if box.id in people:
            body += _person(people[box.id], box.x, tops[box.row], view)
        else:
            body += _fold(folds[box.id], box.x, tops[box.row], view)
    for line, way in zip(lines, plan.ways, strict=True):
        ends = f"{people[line.source].shown} → {people[line.target].shown}: {line.label}"
        body += group(_arrow([(x + dx, y + dy) for x, y in way], line.strong), ends)
    bottom = (plan.bottom if boxes else 24.0) + BODY + 3 * HALO
    return framed(
        view.title,
        view.subject,
        view.subtitle,
        _description(view),
        body,
        (right - left, bottom),
        view.notes,
        lambda y, width: legend(_legend(view), LEFT, y, width),
        head=head,
    )


def _description(view: PoliticalMap) -> str:
    """Say in a sentence or two what is seen: how many people, how they stand to us, how many lines."""
    folded = sum(len(fold.people) for fold in view.folds)
    parts = [text("map-people", view.lang, count=len(view.people) + folded)]
    for word, _ in view.legend.statuses:
        count = sum(person.status == word for person in view.people)
        if count:
            parts.append(f"{word.label} {count}")
    parts.append(text("map-lines", view.lang, count=len(view.influences)))
    return " · ".join([view.subject, *parts, *view.notes])


def _reporting(boxes: Sequence[Box], tops: Sequence[float], view: PoliticalMap) -> Iterator[str]:
    """Yield the lines from bosses to those below: down, across, and down to a box, or along a rail to its side."""
    places = {box.id: box for box in boxes}
    for box in boxes:
        boss = places.get(view.bosses[box.id])
        if boss is None:
            continue
        top, level, side = tops[boss.row] + DOWN, tops[boss.row + 1] - BUS, tops[box.row] + DOWN / 2
        start = [(box.rail, top)] if box.under else [(boss.middle, top), (boss.middle, level), (box.rail, level)]
        end = [(box.rail, side), (box.x, side)] if box.hanging else [(box.rail, tops[box.row])]
        straight = not box.under and abs(boss.middle - box.rail) < 0.01
        yield path([start[0], *end] if straight else [*start, *end], "kam-org")


def _person(person: MapPerson, x: float, y: float, view: PoliticalMap) -> Iterator[str]:
    yield from group(_card(person, x, y, view), person.described(view.lang))


def _card(person: MapPerson, x: float, y: float, view: PoliticalMap) -> Iterator[str]:
    yield from _halo(person, x, y, len(view.legend.rings))
    yield element(
        "rect", x=x, y=y, width=ACROSS, height=DOWN, rx=8, class_="kam-card" if person.on_team else "kam-away"
    )
    yield from badge(person.status, person.stance, x + 26, y + 31)
    end = x + ACROSS - 12
    for word in reversed(person.roles[-4:]):
        yield from chip(word.sign, end - 20, y + 12, key=word in view.legend.key_roles)
        end -= 23
    yield words(x + 49, y + 28, fit(person.shown, 15.5, end - x - 51), "kam-n")
    place = person.place or person.note or text("map-no-title", view.lang)
    yield words(x + 49, y + 47, fit(place, 12, ACROSS - 61), "kam-t" if person.place else "kam-s")
    yield path([(x + 12, y + 61), (x + ACROSS - 12, y + 61)], "kam-rule")
    if not person.on_team:
        yield words(x + 14, y + 85, fit(text("map-not-on-team", view.lang), 12, ACROSS - 28), "kam-s")
        return
    yield from _standing(person, x, y, view)


def _standing(person: MapPerson, x: float, y: float, view: PoliticalMap) -> Iterator[str]:
    """Yield the lower half of a box: status and orientation, coverage and by whom."""
    half, steps = ACROSS / 2, len(view.legend.coverage)
    style = {"for": "kam-good-t", "against": "kam-bad-t"}.get(person.stance, "kam-b")
    yield words(x + 14, y + 78, fit(person.status.label, 12, half), style)
    if person.orientation is not None:
        word = person.orientation
        yield words(x + ACROSS - 12, y + 78, fit(f"{word.sign} {word.label}".strip(), 12, half - 20), "kam-t", "end")
    start = x + 14
    if person.coverage_step is not None and steps > 1:
        yield from meter(start, y + 96, person.coverage_step, steps - 1)
        start += meter_width(steps - 1) + 6
    label = fit(person.coverage or f"{text('col-coverage', view.lang)} ?", 12, half)
    yield words(start, y + 96, label, "kam-t")
    room = x + ACROSS - 12 - start - measure(label, 12) - 12
    if person.covered_by and room > 24:
        yield words(x + ACROSS - 12, y + 96, fit(person.covered_by, 12, room), "kam-s", "end")


def _halo(person: MapPerson, x: float, y: float, rings: int) -> Iterator[str]:
    """Shade a box by its circle of influence: the innermost with a double border, those between dashed."""
    if person.ring is None or person.ring >= rings - 1:
        return
    yield from halo(x - HALO, y - HALO, ACROSS + 2 * HALO, DOWN + 2 * HALO, 12, inner=person.ring == 0)


def halo(x: float, y: float, across: float, down: float, corner: float, *, inner: bool) -> Iterator[str]:
    """Yield the shade of a circle of influence."""
    style = "kam-ring-in" if inner else "kam-ring-mid"
    yield element("rect", x=x, y=y, width=across, height=down, rx=corner, class_=style)


def badge(word: Word, stance: Stance, x: float, y: float, size: float = BADGE) -> Iterator[str]:
    """Yield a status around a point: a disc for us, a diamond against us, a ring for neither, a broken one unknown."""
    style = STANCES[stance]
    if stance == "against":
        reach = size * 1.2
        points = " ".join(
            f"{value(a)},{value(b)}" for a, b in ((x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y))
        )
        yield element("polygon", points=points, class_=f"kam-{style}")
    else:
        yield element("circle", cx=x, cy=y, r=size, class_=f"kam-{style}")
    sign = {"good": "kam-good-sign", "bad": "kam-bad-sign"}.get(style, "kam-plain-sign")
    base = y + (9.5 if word.sign == "*" else 5.8) * size / BADGE
    small = None if size == BADGE else f"font-size:{value(17 * size / BADGE)}px"
    yield element("text", word.sign, x=x, y=base, class_=sign, text_anchor="middle", style=small)


def chip(sign: str, x: float, y: float, *, key: bool) -> Iterator[str]:
    """Yield a buying role in a small square, a filled one where it makes a key player."""
    style = "kam-chip-key" if key else "kam-chip"
    yield element("rect", x=x, y=y, width=20, height=20, rx=4, class_=style)
    yield words(x + 10, y + 14.5, fit(sign, 12, 18), f"{style}-t", "middle")


def meter(x: float, y: float, step: int, steps: int) -> Iterator[str]:
    """Yield coverage as bars that rise from a baseline, as many filled as there are steps."""
    for place in range(steps):
        height = 4 + 7 * (place + 1) / steps
        style = "kam-on" if place < step else "kam-off"
        yield element("rect", x=x + 7 * place, y=y - height + 0.5, width=5, height=height, class_=style)


def meter_width(steps: int) -> float:
    """Return how wide the bars of coverage are."""
    return 7.0 * steps - 2


def _fold(fold: Fold, x: float, y: float, view: PoliticalMap) -> Iterator[str]:
    name = fold.department or text("map-no-department", view.lang)
    count = text("map-people", view.lang, count=len(fold.people))
    yield from group(_pile(name, count, x, y), f"{name} · {count}")


def _pile(name: str, count: str, x: float, y: float) -> Iterator[str]:
    for step in (8, 4, 0):
        yield element("rect", x=x + step, y=y + step, width=ACROSS - 8, height=DOWN - 8, rx=8, class_="kam-tint")
    yield words(x + 16, y + 42, fit(name, 15.5, ACROSS - 40), "kam-n")
    yield words(x + 16, y + 64, fit(count, 12, ACROSS - 40), "kam-s")


def _arrow(points: Sequence[Point], strong: bool) -> Iterator[str]:
    """Yield a line of influence with its head; a margin in the colour of the page sets it off where lines cross."""
    (ax, ay), (bx, by) = points[-2:]
    length = hypot(bx - ax, by - ay)
    ux, uy = (bx - ax) / length, (by - ay) / length
    back = (bx - ux * HEAD, by - uy * HEAD)
    d = _rounded([*points[:-1], (bx - ux * (HEAD - 2), by - uy * (HEAD - 2))])
    yield element("path", d=d, class_="kam-edge")
    yield element("path", d=d, class_="kam-strong" if strong else "kam-weak")
    wide = 6.0 if strong else 5.0
    corners = [(bx, by), (back[0] - uy * wide, back[1] + ux * wide), (back[0] + uy * wide, back[1] - ux * wide)]
    yield element("polygon", points=" ".join(f"{value(x)},{value(y)}" for x, y in corners), class_="kam-head")


def _rounded(points: Sequence[Point]) -> str:
    """Return the path through points with round bends."""
    parts = [f"M{_pair(points[0])}"]
    for before, bend, after in zip(points, points[1:], points[2:], strict=False):
        r = min(CORNER, _length(before, bend) / 2, _length(bend, after) / 2)
        parts.append(f" L{_pair(_toward(bend, before, r))} Q{_pair(bend)} {_pair(_toward(bend, after, r))}")
    return "".join([*parts, f" L{_pair(points[-1])}"])


def _pair(point: Point) -> str:
    return f"{value(point[0])} {value(point[1])}"


def _length(a: Point, b: Point) -> float:
    return hypot(b[0] - a[0], b[1] - a[1])


def _toward(a: Point, b: Point, far: float) -> Point:
    length = _length(a, b) or 1.0
    return a[0] + (b[0] - a[0]) * far / length, a[1] + (b[1] - a[1]) * far / length


def _legend(view: PoliticalMap) -> list[tuple[str, list[Item]]]:
    """Return what the signs of the map mean, a row each, without what does not occur in its method."""
    lang, words_of = view.lang, view.legend
    steps = max(1, len(words_of.coverage) - 1)
    rows: list[tuple[str, list[Item]]] = [
        (
            text("col-status", lang),
            [Item(word.label, 26, _bound(badge, word, stance, size=9)) for word, stance in words_of.statuses],
        ),
        (
            text("col-roles", lang),
            [Item(w.label, 26, _boxed(w.sign, key=w in words_of.key_roles)) for w in words_of.roles],
        ),
        (text("col-orientation", lang), [Item(f"{word.sign} {word.label}", 0) for word in words_of.orientations]),
        (
            text("col-coverage", lang),
            [
                *(
                    Item(label, meter_width(steps) + 6, _measured(n, steps))
                    for n, label in enumerate(words_of.coverage)
                ),
                Item(text("map-right", lang), 0),
            ],
        ),
        (
            text("col-influence", lang),
            [Item(label, 34, _ringed(place, len(words_of.rings))) for place, label in enumerate(words_of.rings)],
        ),
        (
            text("map-influence", lang),
            [
                Item(text("strength-strong", lang), 48, lambda x, y: _arrow([(x, y - 4), (x + 40, y - 4)], True)),
                Item(text("strength-normal", lang), 48, lambda x, y: _arrow([(x, y - 4), (x + 40, y - 4)], False)),
                Item(
                    text("col-reports-to", lang),
                    48,
                    lambda x, y: iter([path([(x, y - 4), (x + 40, y - 4)], "kam-org")]),
                ),
            ],
        ),
    ]
    return [(caption, items) for caption, items in rows if items]


def _bound(draw: Callable[..., Iterator[str]], word: Word, stance: Stance, size: float) -> Draw:
    return lambda x, y: draw(word, stance, x + 11, y - 4, size)


def _boxed(sign: str, *, key: bool) -> Draw:
    return lambda x, y: chip(sign, x, y - 14, key=key)


def _measured(step: int, steps: int) -> Draw:
    return lambda x, y: meter(x, y, step, steps)


def _ringed(place: int, rings: int) -> Draw:
    def draw(x: float, y: float) -> Iterator[str]:
        if place < rings - 1:
            yield from halo(x, y - 14, 27, 19, 5, inner=place == 0)
        yield element("rect", x=x + 4, y=y - 10, width=19, height=11, rx=2, class_="kam-card")

    return draw
