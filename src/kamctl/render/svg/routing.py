"""Finds ways for lines of influence: straight pieces, right across between the rows and down between the boxes.

A line leaves a box by its lower or upper edge into the channel beside its row, runs along it, goes down through a gap
between boxes where rows lie between, and enters the other box by the edge that faces it. So no piece can cross a box.
Lines that would run on each other get lanes of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import NamedTuple

from kamctl.render.svg.tree import ACROSS, Box

LANE = 9.0
"""How far two lines in a channel or a gap stay apart."""

CLEAR = 8.0
"""How far a line that goes down stays from boxes."""

PORT_FROM_MIDDLE = 14.0
"""How far the ends of lines stay from the middle of an edge, where the line of command is."""


class Way(NamedTuple):
    """The way of one line. `xs` are where it leaves, goes down past rows (None where it need not) and enters.

    `channels` are the rows below which it runs, `lanes` the lane in each; `up` says for either end whether it is at the
    upper edge of its box.
    """

    xs: tuple[float, float | None, float]
    channels: tuple[int, ...]
    lanes: tuple[int, ...]
    up: tuple[bool, bool]


class Plan(NamedTuple):
    """The ways of all lines in the order asked for, and how many lanes each channel needs."""

    ways: list[Way]
    lanes: dict[int, int]


class _Draft(NamedTuple):
    source: Box
    target: Box
    channels: tuple[int, ...]
    up: tuple[bool, bool]


def route(boxes: Sequence[Box], lines: Iterable[tuple[str, str]]) -> Plan:
    """Return a way for each line between two of the boxes, given by their ids."""
    places = {box.id: box for box in boxes}
    drafts = [_draft(places[source], places[target]) for source, target in lines]
    ports = _ports(drafts)
    rows: dict[int, list[Box]] = {}
    for box in boxes:
        rows.setdefault(box.row, []).append(box)
    taken: list[tuple[float, int, int]] = []
    stretches: dict[int, list[tuple[float, float, int]]] = {}
    ways = []
    for number, draft in enumerate(drafts):
        start, end = ports[number, 0], ports[number, 1]
        down = _down(draft.channels, rows, start, end, taken)
        turns = (start, end) if down is None else (start, down, end)
        lanes = tuple(
            _lane(stretches.setdefault(channel, []), turns[place], turns[place + 1])
            for place, channel in enumerate(draft.channels)
        )
        ways.append(Way((start, down, end), draft.channels, lanes, draft.up))
    return Plan(ways, {channel: 1 + max(lane for *_, lane in found) for channel, found in stretches.items()})


def _draft(source: Box, target: Box) -> _Draft:
    """Return by which edges a line leaves and enters, and the channels that it runs along."""
    if source.row == target.row:
        return _Draft(source, target, (source.row,), (False, False))
    if source.row < target.row:
        first, last = source.row, target.row - 1
        return _Draft(source, target, (first,) if first == last else (first, last), (False, True))
    first, last = source.row - 1, target.row
    return _Draft(source, target, (first,) if first == last else (first, last), (True, False))


def _ports(drafts: Sequence[_Draft]) -> dict[tuple[int, int], float]:
    """Return where each end of each line meets its box: side by side, in the order of where the lines lead."""
    edges: dict[tuple[str, bool], list[tuple[float, int, int, Box]]] = {}
    for number, (source, target, _, up) in enumerate(drafts):
        edges.setdefault((source.id, up[0]), []).append((target.middle, number, 0, source))
        edges.setdefault((target.id, up[1]), []).append((source.middle, number, 1, target))
    ports = {}
    for ends in edges.values():
        for place, (_, number, end, box) in enumerate(sorted(ends, key=lambda item: item[:3])):
            ports[number, end] = box.x + _port(place, len(ends))
    return ports


def _port(place: int, count: int) -> float:
    """Return a place on an edge, from its left end; never at the middle."""
    at = ACROSS * (place + 1) / (count + 1)
    away = at - ACROSS / 2
    if abs(away) >= PORT_FROM_MIDDLE:
        return at
    return ACROSS / 2 + (PORT_FROM_MIDDLE + away if place * 2 + 1 > count or count == 1 else away - PORT_FROM_MIDDLE)


def _down(
    channels: Sequence[int],
    rows: dict[int, list[Box]],
    start: float,
    end: float,
    taken: list[tuple[float, int, int]],
) -> float | None:
    """Return where a line goes past the rows between its channels, nearest to its way; None with one channel."""
    if len(channels) < 2:
        return None
    low, high = sorted(channels)
    walls = sorted((box.x - CLEAR, box.x + ACROSS + CLEAR) for row in range(low + 1, high + 1) for box in rows[row])
    others = [x for x, first, last in taken if first <= high and low <= last]
    candidates = [
        x for x in _openings(walls, start, end, len(others)) if all(abs(x - other) >= LANE for other in others)
    ]
    best = min(candidates, key=lambda x: (abs(x - start) + abs(x - end), x))
    taken.append((best, low, high))
    return best


def _openings(walls: Sequence[tuple[float, float]], start: float, end: float, lines: int) -> list[float]:
    """Return places beside and between walls, in steps of a lane; outside, enough for all `lines`."""
    left, right = walls[0][0], max(end for _, end in walls)
    found = [left - LANE * step for step in range(lines + 1)] + [right + LANE * step for step in range(lines + 1)]
    edge = walls[0][1]
    for low, high in walls[1:]:
        found += [edge + LANE * step for step in range(int((low - edge) / LANE) + 1 if low >= edge else 0)]
        edge = max(edge, high)
    straight = [x for x in (start, end) if not any(low < x < high for low, high in walls)]
    return found + straight


def _lane(stretches: list[tuple[float, float, int]], start: float, end: float) -> int:
    """Return the first lane of a channel in which a piece meets no other, and note it."""
    low, high = min(start, end) - LANE, max(start, end) + LANE
    busy = {lane for left, right, lane in stretches if left < high and low < right}
    lane = next(lane for lane in count() if lane not in busy)
    stretches.append((low, high, lane))
    return lane
