"""Lays out a tree of boxes in rows: bosses over the middle of those below, many leaves one under the other.

All boxes are of one size. A row is a line of boxes at one height, so that between two rows there is always room for
lines right across the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

ACROSS, DOWN = 224.0, 104.0
"""The size of a box."""

GAP = 44.0
"""What is free between two boxes of a row."""

RAIL = 20.0
"""How far left of a stack the line runs to which its boxes hang."""

IN_A_ROW = 4
"""With more leaves than this below one person, they are stacked."""


class Box(NamedTuple):
    """A place in the tree: its row from 0, the left edge, and whether it hangs in a stack below its boss."""

    id: str
    row: int
    x: float
    stacked: bool = False

    @property
    def middle(self) -> float:
        """The middle from left to right."""
        return self.x + ACROSS / 2


class _Block(NamedTuple):
    """Boxes laid out together, with the room they take in each row, and the middle of what stands on top."""

    boxes: list[Box]
    room: dict[int, tuple[float, float]]
    middle: float


def lay_out(roots: Sequence[str], children: Mapping[str, Sequence[str]]) -> list[Box]:
    """Return the boxes of a tree from left to right; the leftmost edge is 0. `children` holds no circles."""
    count = len(roots) + sum(map(len, children.values()))
    height = 5 if count <= 60 else 8
    depth: dict[str, int] = dict.fromkeys(roots, 0)
    order = list(roots)
    for name in order:
        below = children.get(name, ())
        depth.update(dict.fromkeys(below, depth[name] + 1))
        order += below
    blocks: dict[str, _Block] = {}
    for name in reversed(order):
        below = children.get(name, ())
        row = depth[name]
        blocks[name] = _over(name, row, _beside(below, row + 1, children, blocks, height))
    whole = _merge(_beside(roots, 0, children, blocks, height, rail=False))
    left = min((low for low, _ in whole.room.values()), default=0.0)
    return [box._replace(x=box.x - left) for box in sorted(whole.boxes, key=lambda box: (box.row, box.x))]


def _beside(
    names: Sequence[str],
    row: int,
    children: Mapping[str, Sequence[str]],
    blocks: Mapping[str, _Block],
    height: int,
    *,
    rail: bool = True,
) -> list[_Block]:
    """Return what stands beside each other in a row: the trees of some people, and stacks when leaves are many."""
    leaves = [name for name in names if not children.get(name)]
    if len(leaves) <= IN_A_ROW:
        return [blocks[name] for name in names]
    trees = [blocks[name] for name in names if children.get(name)]
    columns = ceil(len(leaves) / height) if rail else max(IN_A_ROW, ceil(len(leaves) / height))
    tall = ceil(len(leaves) / columns)
    stacks = [leaves[start : start + tall] for start in range(0, len(leaves), tall)]
    return [*trees, *(_stack(stack, row, rail) for stack in stacks)]


def _stack(names: Sequence[str], row: int, rail: bool) -> _Block:
    boxes = [Box(name, row + place, RAIL if rail else 0.0, rail) for place, name in enumerate(names)]
    right = boxes[0].x + ACROSS
    return _Block(boxes, {box.row: (0.0, right) for box in boxes}, 0.0 if rail else ACROSS / 2)


def _over(name: str, row: int, below: Sequence[_Block]) -> _Block:
    """Put a person over the middle of what is below."""
    if not below:
        return _Block([Box(name, row, 0.0)], {row: (0.0, ACROSS)}, ACROSS / 2)
    merged = _merge(below)
    x = merged.middle - ACROSS / 2
    if len(below) == 1 and below[0].boxes[0].stacked:
        x = merged.middle
    box = Box(name, row, x)
    return _Block([box, *merged.boxes], {row: (x, x + ACROSS), **merged.room}, box.middle)


def _merge(blocks: Sequence[_Block]) -> _Block:
    """Push blocks together from left to right until they stand apart by the gap in every row that they share."""
    boxes: list[Box] = []
    room: dict[int, tuple[float, float]] = {}
    middles: list[float] = []
    for block in blocks:
        shared = [room[row][1] + GAP - low for row, (low, _) in block.room.items() if row in room]
        shift = max(shared, default=0.0)
        boxes += [box._replace(x=box.x + shift) for box in block.boxes]
        for row, (low, high) in block.room.items():
            room[row] = (min(room[row][0], low + shift) if row in room else low + shift, high + shift)
        middles.append(block.middle + shift)
    return _Block(boxes, room, (middles[0] + middles[-1]) / 2 if middles else 0.0)
