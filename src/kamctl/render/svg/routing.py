"""Finds ways for lines of influence between boxes in rows, so that no line runs through a box.

Between two rows lies a channel that is free right across. A line leaves a box through its top or bottom, runs along
channels, and passes a row only where two boxes leave a gap, or at its ends. Lines in one channel get tracks of their
own where they would lie on each other, and the channel is as high as its tracks need.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kamctl.render.svg.tree import ACROSS, DOWN, Box

Point = tuple[float, float]

FAR = 1e9
NARROW, CHANNEL = 30.0, 52.0
"""How high a channel is at least, and one with level lines of reporting in it."""

TRACK = 12.0
"""How far tracks lie apart."""

ABOVE, BELOW = 20.0, 20.0
"""What stays free in a channel over its first track, and under its last."""

LEVEL = 14.0
"""What a channel has to spare at its bottom for level lines of reporting."""

EDGE = 14.0
"""How far from a corner of a box a line may begin or end."""

MARGIN = 12.0
"""What stays free between a passing line and a box."""

APART = 16.0
"""How far upright lines of a channel should lie apart."""

ASIDE = 40.0
"""How far from the middle of a box lines begin if they can, which leaves the middle to lines of reporting."""


@dataclass
class _Way:
    """A line under way: the x of its upright parts in order, and the channel between each two of them."""

    source: Box
    target: Box
    rows: list[int]
    channels: list[int]
    xs: list[float] = field(default_factory=list)
    tracks: list[int] = field(default_factory=list)


class Plan(NamedTuple):
    """The ways of all lines, as points from source to target, and the top of every row; `bottom` ends the picture."""

    ways: list[list[Point]]
    tops: list[float]
    bottom: float


def route(boxes: Sequence[Box], lines: Iterable[tuple[str, str]], bosses: Mapping[str, str]) -> Plan:
    """Return ways for lines between boxes; `bosses` says where lines of reporting run, which nobody should cover."""
    by_id = {box.id: box for box in boxes}
    count = max((box.row for box in boxes), default=-1) + 1
    rows: list[list[Box]] = [[] for _ in range(count)]
    for box in boxes:
        rows[box.row].append(box)
    for row in rows:
        row.sort(key=lambda box: box.x)
    ways = [_start(by_id[source], by_id[target], rows) for source, target in lines]
    _pass_rows(ways, rows)
    taken = _reporting(boxes, by_id, bosses, count)
    for way in ways:
        _dock(way, taken)
    depths = _assign_tracks(ways, count)
    level = {box.row for box in boxes if box.id in bosses and bosses[box.id] in by_id and not box.under}
    tops, bottom = _heights(depths, level)
    return Plan([_points(way, tops) for way in ways], tops, bottom)


def _start(source: Box, target: Box, rows: Sequence[Sequence[Box]]) -> _Way:
    """Say which rows and channels a line passes; neighbours in a row are joined side to side, through no channel."""
    low, high = source.row, target.row
    if low < high:
        return _Way(source, target, list(range(low + 1, high)), list(range(low + 1, high + 1)))
    if low > high:
        return _Way(source, target, list(range(low - 1, high, -1)), list(range(low, high, -1)))
    row = rows[low]
    beside = abs(row.index(source) - row.index(target)) == 1
    return _Way(source, target, [], [] if beside else [low + 1])


def _pass_rows(ways: Sequence[_Way], rows: Sequence[Sequence[Box]]) -> None:
    """Choose for every row that a line passes a gap and a place in it, straight on where that is free."""
    used: dict[tuple[int, int], list[float]] = {}
    for way in ways:
        goal = way.target.middle
        x = way.source.middle + max(-ASIDE, min(ASIDE, goal - way.source.middle - 1))
        for row in way.rows:
            gaps = _gaps(rows[row])
            best = min(range(len(gaps)), key=lambda i: _detour(gaps[i], x, goal))
            lanes = used.setdefault((row, best), [])
            x = _free(x, gaps[best], lanes)
            lanes.append(x)
            way.xs.append(x)


def _gaps(row: Sequence[Box]) -> list[Point]:
    """Return what is free in a row, from the left of all boxes to the right of them."""
    edges = [-FAR]
    for box in row:
        edges += [box.x - MARGIN - box.reach, box.x + ACROSS + MARGIN]
    return list(zip(edges[::2], [*edges[1::2], FAR], strict=True))


def _detour(gap: Point, x: float, goal: float) -> tuple[float, float]:
    """Return how far the way through a gap is, and how far to the side it leads first."""
    way = _nearest(gap, x)
    return abs(way - x) + abs(goal - way), abs(way - x)


def _nearest(gap: Point, x: float) -> float:
    return min(max(x, gap[0]), gap[1])


def _reporting(
    boxes: Sequence[Box], by_id: Mapping[str, Box], bosses: Mapping[str, str], count: int
) -> list[list[float]]:
    """Return by channel where lines of reporting stand upright."""
    taken: list[list[float]] = [[] for _ in range(count + 1)]
    for box in boxes:
        boss = by_id.get(bosses.get(box.id, ""))
        if boss is not None:
            taken[boss.row + 1].append(box.rail if box.under else boss.middle)
            for channel in range(boss.row + 1, box.row + 1):
                taken[channel].append(box.rail)
    return [sorted(set(xs)) for xs in taken]


def _dock(way: _Way, taken: list[list[float]]) -> None:
    """Find where a line leaves its source and reaches its target, upright if it can, and take these places."""
    if not way.channels:
        return
    first, last = way.channels[0], way.channels[-1]
    source, target = _side(way.source), _side(way.target)
    if way.xs:
        start = _free(way.xs[0], source, taken[first])
        taken[first] += [start, way.xs[0]]
        for channel, x in zip(way.channels[1:-1], way.xs, strict=False):
            taken[channel].append(x)
        end = _free(way.xs[-1], target, taken[last])
        taken[last] += [end, way.xs[-1]]
    else:
        both = max(source[0], target[0]), min(source[1], target[1])
        if both[0] <= both[1] and way.source.row != way.target.row:
            start = end = _free((way.source.middle + way.target.middle) / 2 - ASIDE, both, taken[first])
            taken[first].append(start)
        else:
            start = _free(way.target.middle, source, taken[first])
            taken[first].append(start)
            end = _free(way.source.middle, target, taken[first])
            taken[first].append(end)
    way.xs[:] = [start, *way.xs, end]


def _side(box: Box) -> Point:
    return box.x + EDGE, box.x + ACROSS - EDGE


def _free(wanted: float, room: Point, taken: Sequence[float]) -> float:
    """Return the place in a room nearest to the one wanted that is apart from those taken; closer when it is full."""
    wanted = _nearest(room, wanted)
    apart = APART
    near = [x for x in taken if room[0] - APART <= x <= room[1] + APART]
    while apart > 0.5:
        edges = [wanted, *(x + side * apart for x in near for side in (-1, 1))]
        fitting = [
            x for x in edges if room[0] <= x <= room[1] and all(abs(x - other) >= apart - 1e-6 for other in near)
        ]
        if fitting:
            return min(fitting, key=lambda x: (abs(x - wanted), x))
        apart /= 2
    return wanted


def _assign_tracks(ways: Sequence[_Way], count: int) -> list[int]:
    """Give the level parts of lines tracks where they overlap; returns how many tracks each channel has."""
    parts: list[list[tuple[float, float, _Way, int]]] = [[] for _ in range(count + 1)]
    for way in ways:
        way.tracks = [0] * len(way.channels)
        for step, channel in enumerate(way.channels):
            low, high = sorted(way.xs[step : step + 2])
            if high - low > 0.01:
                parts[channel].append((low, high, way, step))
    return [_tracks(channel) for channel in parts]


def _tracks(parts: list[tuple[float, float, _Way, int]]) -> int:
    """Put level parts into tracks, short ones first, and return how many tracks that makes."""
    tracks: list[list[Point]] = []
    for low, high, way, step in sorted(parts, key=lambda part: (part[1] - part[0], part[0])):
        free = (n for n, used in enumerate(tracks) if all(high + 6 < a or low - 6 > b for a, b in used))
        number = next(free, len(tracks))
        if number == len(tracks):
            tracks.append([])
        tracks[number].append((low, high))
        way.tracks[step] = number
    return len(tracks)


def _heights(depths: Sequence[int], level: Container[int]) -> tuple[list[float], float]:
    """Return the top of each row, and the bottom under the lowest channel that is used."""
    y = 0.0
    tops = []
    for row, depth in enumerate(depths[1:]):
        tops.append(y)
        spare = LEVEL if row + 1 in level else 0.0
        tracks = ABOVE + BELOW + TRACK * (depth - 1) + spare if depth else 0.0
        y += DOWN + max(CHANNEL if spare else NARROW, tracks)
    last = ABOVE + TRACK * (depths[-1] - 1) if depths[-1] else 0.0
    return tops, tops[-1] + DOWN + last if tops else 0.0


def _points(way: _Way, tops: Sequence[float]) -> list[Point]:
    source, target = way.source, way.target
    if not way.channels:
        right = source.x < target.x
        y = tops[source.row] + DOWN * (0.36 if right else 0.64)
        return [(source.x + ACROSS if right else source.x, y), (target.x if right else target.x + ACROSS, y)]
    down = target.row >= source.row
    x = way.xs[0]
    points = [(x, tops[source.row] + (DOWN if down else 0))]
    for step, channel in enumerate(way.channels):
        following = way.xs[step + 1]
        if abs(following - x) > 0.01:
            y = tops[channel - 1] + DOWN + ABOVE + TRACK * way.tracks[step]
            points += [(x, y), (following, y)]
        x = following
    points.append((x, tops[target.row] + (0 if target.row > source.row else DOWN)))
    return points
