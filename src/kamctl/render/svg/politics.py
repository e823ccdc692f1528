"""The organisation and political map as a picture: boxes by who reports to whom, lines of influence between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kamctl.forms.folding import Fold
from kamctl.forms.politics import Influence, Legend, MapPerson, PoliticalMap
from kamctl.labels import text
from kamctl.render.svg import routing
from kamctl.render.svg.routing import LANE, Way
from kamctl.render.svg.tree import ACROSS, DOWN, RAIL, Box, lay_out
from kamctl.render.svg.writer import document, element, fit, group, measure, path, value, words

MARGIN = 28.0
HEAD = 84.0
BUS = 16.0
"""How far below a box the line of command runs."""

LANES_FROM = 26.0
HEAD_ROOM = 20.0
"""What a channel keeps free above its first lane and below its last, for arrow heads."""

NARROWEST = 760.0
ARROW = 9.0
RINGS = ("ring-in", "ring-mid")
"""The classes of boxes in the innermost circle and in the one around it; others are plain cards."""

SIGNS = {"for": "good", "between": "plain", "against": "bad", "unknown": "open"}


class Place(NamedTuple):
    """Where things lie: the left edge of the drawing, and the upper edge of each row."""

    left: float
    tops: Sequence[float]

    def x(self, across: float) -> float:
        """Return a place from left to right."""
        return self.left + across

    def top(self, box: Box) -> float:
        """Return the upper edge of a box."""
        return self.tops[box.row]

    def lane(self, channel: int, lane: int) -> float:
        """Return the height of a lane below a row."""
        return self.tops[channel] + DOWN + LANES_FROM + lane * LANE


def draw(view: PoliticalMap, prefix: str = "map") -> str:
    """Return the map as SVG."""
    boxes = lay_out(view.roots, view.children())
    plan = routing.route(boxes, [(line.source, line.target) for line in view.influences])
    rows = max((box.row for box in boxes), default=-1) + 1
    tops, y = [], HEAD
    for row in range(rows):
        tops.append(y)
        y += DOWN + LANES_FROM + plan.lanes.get(row, 0) * LANE + HEAD_ROOM
    across = [*(box.x for box in boxes), *(x for way in plan.ways for x in way.xs if x is not None)]
    place = Place(MARGIN - min(across, default=0.0), tops)
    right = max([*(box.x + ACROSS for box in boxes), *across], default=0.0)
    wide = max(NARROWEST, place.x(right) + MARGIN)
    legend, depth = _legend(view, MARGIN, y + 10, wide - 2 * MARGIN)
    body = [
        *_heading(view, wide),
        *_command(view, boxes, place),
        *_influences(view, boxes, plan.ways, place),
        *_boxes(view, boxes, place),
        *legend,
    ]
    return document(prefix, f"{view.title}: {view.subject}", _summary(view), (wide, y + 10 + depth + MARGIN), (), body)


def _summary(view: PoliticalMap) -> str:
    """Say in words what the picture shows, for those who do not see it."""
    people = (f"{person.shown} ({person.status.label})" for person in view.people)
    shown = {person.id: person.shown for person in view.people}
    lines = (f"{shown[i.source]} → {shown[i.target]} ({i.label})" for i in view.influences)
    return "; ".join([*people, *lines])


def _heading(view: PoliticalMap, wide: float) -> Iterator[str]:
    day = text("map-as-of", view.lang, date=view.as_of.isoformat())
    yield words(MARGIN, 34, fit(view.subject, 20, wide - 2 * MARGIN - measure(day, 13) - 24), "kam-h")
    yield words(MARGIN, 56, view.title, "kam-kind")
    yield words(wide - MARGIN, 34, day, "kam-s", "end")
    if not view.people:
        yield words(MARGIN, 78, text("map-nobody", view.lang), "kam-s")


def _command(view: PoliticalMap, boxes: Sequence[Box], place: Place) -> Iterator[str]:
    """Draw who reports to whom."""
    by_id = {box.id: box for box in boxes}
    for boss, below in sorted(view.children().items()):
        if not boss:
            continue
        top = by_id[boss]
        start = place.x(top.middle), place.top(top) + DOWN
        for box in (by_id[name] for name in below):
            bus = start[1] + BUS
            if box.stacked:
                rail = place.x(box.x) - RAIL
                middle = place.top(box) + DOWN / 2
                yield path((start, (start[0], bus), (rail, bus), (rail, middle), (place.x(box.x), middle)), "kam-org")
            else:
                end = place.x(box.middle), place.top(box)
                yield path((start, (start[0], bus), (end[0], bus), end), "kam-org")


def way_points(way: Way, place: Place, source: Box, target: Box) -> list[tuple[float, float]]:
    """Return the corners of a line of influence, from edge to edge."""
    start, down, end = way.xs
    leave = place.top(source) + (0 if way.up[0] else DOWN)
    enter = place.top(target) + (0 if way.up[1] else DOWN)
    levels = [place.lane(channel, lane) for channel, lane in zip(way.channels, way.lanes, strict=True)]
    points = [(place.x(start), leave), (place.x(start), levels[0])]
    if down is not None:
        points += [(place.x(down), levels[0]), (place.x(down), levels[1])]
    return [*points, (place.x(end), levels[-1]), (place.x(end), enter)]


def _influences(view: PoliticalMap, boxes: Sequence[Box], ways: Sequence[Way], place: Place) -> Iterator[str]:
    by_id = {box.id: box for box in boxes}
    shown = {person.id: person.shown for person in view.people}
    for way, line in zip(ways, view.influences, strict=True):
        told = f"{shown[line.source]} → {shown[line.target]} ({line.label})"
        yield from _influence(way, line, place, (by_id[line.source], by_id[line.target]), told)


def _influence(way: Way, line: Influence, place: Place, ends: tuple[Box, Box], told: str) -> Iterator[str]:
    """Draw a line of influence on a rim of the page's colour, so that lines that cross stay apart."""
    points = way_points(way, place, *ends)
    (x, y), tip = points[-1], 1.0 if way.up[1] else -1.0
    shaft = [*points[:-1], (x, y - tip * ARROW)]
    head = ((x, y - tip), (x - 5, y - tip * (ARROW + 2)), (x + 5, y - tip * (ARROW + 2)))
    style = "strong" if line.strong else "weak"
    lines = (
        path(shaft, "kam-edge"),
        path(shaft, f"kam-{style}"),
        element("path", d="M" + " L".join(f"{value(a)} {value(b)}" for a, b in head) + " Z", class_="kam-head"),
    )
    yield from group(lines, told)


def _boxes(view: PoliticalMap, boxes: Sequence[Box], place: Place) -> Iterator[str]:
    people = {person.id: person for person in view.people}
    folds = {fold.id: fold for fold in view.folds}
    for box in boxes:
        x, y = place.x(box.x), place.top(box)
        if box.id in people:
            yield from group(_person(people[box.id], view.legend, x, y), _told(people[box.id]))
        else:
            fold = folds[box.id]
            yield from group(_fold(fold, view.lang, x, y), ", ".join(name.rpartition("/")[2] for name in fold.people))


def _told(person: MapPerson) -> str:
    parts = (person.shown, person.place, person.status.label, *(role.label for role in person.roles))
    return " · ".join(filter(None, (*parts, person.coverage, person.influence, person.covered_by)))


def _person(person: MapPerson, legend: Legend, x: float, y: float) -> Iterator[str]:
    ring = person.ring if person.ring is not None else len(RINGS)
    style = RINGS[ring] if ring < len(RINGS) and ring < len(legend.rings) - 1 else "card" if person.on_team else "away"
    yield element("rect", x=x, y=y, width=ACROSS, height=DOWN, rx=6, class_=f"kam-{style}")
    if style == RINGS[0]:
        yield element("rect", x=x + 4, y=y + 4, width=ACROSS - 8, height=DOWN - 8, rx=4, class_="kam-ring-in-line")
    yield from sign(person.status.sign, person.stance, x + 26, y + 29)
    room = ACROSS - 58
    yield words(x + 48, y + 27, fit(person.shown, 15, room), "kam-n")
    yield words(x + 48, y + 44, fit(person.place or person.note, 12, room), "kam-s")
    status = {"for": "good-t", "against": "bad-t"}.get(person.stance, "b")
    yield words(x + 48, y + 61, fit(person.status.label, 12, room), f"kam-{status}")
    yield from _foot(person, legend, x, y)


def _foot(person: MapPerson, legend: Legend, x: float, y: float) -> Iterator[str]:
    """Draw the lower line of a box: roles, orientation, and how well we know the person."""
    at = x + 12
    for role in person.roles:
        yield from _chip(at, y + 72, role.sign, "-key" if person.key else "")
        at += 24
    if person.orientation is not None:
        yield words(at + 4, y + 87, person.orientation.sign, "kam-chip-t")
    if person.coverage_step is not None:
        yield from _pips(x + ACROSS - 14, y + 82, person.coverage_step, len(legend.coverage) - 1)


def _chip(x: float, y: float, label: str, key: str) -> Iterator[str]:
    yield element("rect", x=x, y=y, width=20, height=20, rx=4, class_=f"kam-chip{key}")
    yield words(x + 10, y + 14.5, label, f"kam-chip{key}-t", "middle")


def _pips(right: float, y: float, step: int, steps: int) -> Iterator[str]:
    for place in range(steps):
        style = "on" if place < step else "off"
        yield element("circle", cx=right - (steps - 1 - place) * 11, cy=y, r=4, class_=f"kam-{style}")


def sign(mark: str, stance: str, x: float, y: float) -> Iterator[str]:
    """Draw a status: a full disc for those for us, a full square for those against, an empty disc for the others."""
    style = SIGNS[stance]
    if stance == "against":
        yield element("rect", x=x - 12, y=y - 12, width=24, height=24, rx=2, class_=f"kam-{style}")
    else:
        yield element("circle", cx=x, cy=y, r=13, class_=f"kam-{style}")
    shown = {"*": "★", "-": "−", "x": "×"}.get(mark, mark)
    yield words(
        x, y + 6, shown, f"kam-{'good' if style == 'good' else 'bad' if style == 'bad' else 'plain'}-sign", "middle"
    )


def _fold(fold: Fold, lang: str, x: float, y: float) -> Iterator[str]:
    """Draw a folded department as a pile of cards."""
    for shift in (8.0, 4.0, 0.0):
        yield element("rect", x=x + shift, y=y + shift, width=ACROSS - 8, height=DOWN - 8, rx=6, class_="kam-away")
    yield words(x + 14, y + 30, fit(fold.department or text("map-no-department", lang), 15, ACROSS - 36), "kam-n")
    yield words(x + 14, y + 50, text("map-people", lang, count=len(fold.people)), "kam-b")
    names = ", ".join(name.rpartition("/")[2] for name in fold.people)
    yield words(x + 14, y + 70, fit(names, 12, ACROSS - 36), "kam-s")


def _legend(view: PoliticalMap, x: float, y: float, room: float) -> tuple[list[str], float]:
    """Draw what signs, frames and lines mean, as columns that wrap; return the lines and the height they take."""
    lines = [path(((x, y), (x + room, y)), "kam-rule")]
    at, top, depth = x, y + 26, 0.0
    for title, keys in _keys(view):
        wide = max(measure(title, 12), *(30 + measure(label, 12) for _, label in keys)) + 34
        if at > x and at + wide > x + room:
            at, top, depth = x, top + depth + 14, 0.0
        lines.append(words(at, top, title, "kam-b"))
        for place, (kind, label) in enumerate(keys):
            level = top + 24 + place * 24
            lines += _key(kind, at, level)
            lines.append(words(at + 34, level + 4, label, "kam-s"))
        at, depth = at + wide, max(depth, 24.0 + len(keys) * 24)
    return lines, top + depth - y


def _keys(view: PoliticalMap) -> Iterator[tuple[str, Sequence[tuple[tuple[str, ...], str]]]]:
    """Yield the columns of the legend: a title, and what is drawn with its label."""
    legend, lang = view.legend, view.lang
    rings = [*RINGS[: len(legend.rings) - 1], *["card"] * max(1, len(legend.rings) - len(RINGS))]
    yield text("map-status", lang), [(("sign", word.sign, stance), word.label) for word, stance in legend.statuses]
    yield text("map-influence", lang), [(("frame", style), label) for style, label in zip(rings, legend.rings)]  # noqa: B905
    yield (
        text("map-roles", lang),
        [
            *((("chip", word.sign), word.label) for word in legend.roles),
            (("chip-key", ""), text("map-key-role", lang)),
        ],
    )
    yield text("map-orientation", lang), [(("letter", word.sign), word.label) for word in legend.orientations]
    steps = len(legend.coverage) - 1
    pips = [(("pips", str(step), str(steps)), label) for step, label in enumerate(legend.coverage)]
    yield text("map-coverage", lang), pips
    yield (
        text("map-lines", lang),
        [
            (("line", "strong"), text("map-strong", lang)),
            (("line", "weak"), text("map-normal", lang)),
            (("line", "org"), text("map-reports", lang)),
        ],
    )


def _key(kind: tuple[str, ...], x: float, y: float) -> list[str]:
    match kind:
        case ("sign", mark, stance):
            return [
                f'<g transform="translate({value(x + 12)} {value(y)}) scale(.72)">',
                *sign(mark, stance, 0, 0),
                "</g>",
            ]
        case ("frame", style):
            return [element("rect", x=x, y=y - 8, width=24, height=16, rx=3, class_=f"kam-{style}")]
        case ("chip" | "chip-key", mark):
            return list(_chip(x + 2, y - 10, mark, kind[0].removeprefix("chip")))
        case ("letter", mark):
            return [words(x + 12, y + 4, mark, "kam-chip-t", "middle")]
        case ("pips", step, steps):
            return list(_pips(x + 5 + 11 * (int(steps) - 1), y, int(step), int(steps)))
        case (_, style):
            return [path(((x, y), (x + 24, y)), f"kam-{style}")]
    return []
