"""Lays out a tree of boxes in rows: bosses over the middle of those below, many small teams hung in columns.

All boxes are of one size. A row is a line of boxes at one height, so that between two rows there is always room for
lines right across the picture. Small trees spread out; the larger a tree is, the more of its teams hang from a rail
like an outline, until it fits into a width that a board can be shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, sqrt
from typing import NamedTuple

ACROSS, DOWN = 240.0, 104.0
"""The size of a box."""

GAP = 44.0
"""What is free between two boxes of a row."""

RAIL = 16.0
"""How far left of a hanging box its rail runs."""

INDENT = 28.0
"""How much further right a box hangs than its boss."""

IN_A_ROW = 4
"""So many people without anybody below stand beside each other; more of them hang."""

FEW = 3
"""How many of them hang in a column of a spread-out picture."""

WIDEST = 1500.0
"""Up to this width the spread-out picture is taken."""

PITCH = 134.0
"""About how far rows lie apart."""

SHAPE = 1.5
"""How many times wider than high a large picture should be."""

HANG = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96)
"""Sizes up to which teams may hang, in the order in which they are tried."""


class Box(NamedTuple):
    """A place in the tree: its row from 0 and its left edge.

    A `hanging` box has a rail on its left, which begins under the boss when it hangs `under` it, else at the level line
    above its row. `reach` is how much room to the left is taken by its own and other rails.
    """

    id: str
    row: int
    x: float
    hanging: bool = False
    under: bool = False
    reach: float = 0.0

    @property
    def middle(self) -> float:
        """The middle from left to right."""
        return self.x + ACROSS / 2

    @property
    def rail(self) -> float:
        """Where the line to the boss comes down: the rail of a hanging box, else the middle."""
        return self.x - RAIL if self.hanging else self.middle


class _Block(NamedTuple):
    """Boxes laid out together: the room they take in each row, the middle of the top, and whether it is a column."""

    boxes: list[Box]
    room: dict[int, tuple[float, float]]
    middle: float
    column: bool = False


class _Tree(NamedTuple):
    """A tree and how it is to be laid out: teams of up to `hang` people hang, in columns of about `tall` rows.

    `sizes` counts for each person those below too. Up to `row` people who would hang alone stand in a row instead.
    """

    children: Mapping[str, Sequence[str]]
    sizes: Mapping[str, int]
    hang: int
    row: int
    tall: int


def lay_out(roots: Sequence[str], children: Mapping[str, Sequence[str]]) -> list[Box]:
    """Return the boxes of a tree, row by row from left to right; the leftmost edge is 0. No circles, please."""
    order = list(roots)
    for name in order:
        order += children.get(name, ())
    sizes: dict[str, int] = {}
    for name in reversed(order):
        sizes[name] = 1 + sum(sizes[child] for child in children.get(name, ()))
    tall = max(5, round(sqrt(len(order) * (ACROSS + GAP) / SHAPE / PITCH)))
    spread = _boxes(roots, order, _Tree(children, sizes, 1, IN_A_ROW, FEW))
    if _width(spread) <= WIDEST:
        return spread
    tries = (_boxes(roots, order, _Tree(children, sizes, hang, 0, tall)) for hang in HANG if hang < 2 * len(order))
    return min([spread, *tries], key=lambda boxes: max(_width(boxes) / SHAPE, _height(boxes)))


def _boxes(roots: Sequence[str], order: Sequence[str], tree: _Tree) -> list[Box]:
    blocks: dict[str, _Block] = {}
    for name in reversed(order):
        if tree.sizes[name] > tree.hang or tree.row:
            blocks[name] = _over(name, _beside(tree.children.get(name, ()), tree, blocks))
    whole = _merge(_beside(roots, tree, blocks, rail=False))
    left = min((low for low, _ in whole.room.values()), default=0.0)
    return sorted((box._replace(x=box.x - left) for box in whole.boxes), key=lambda box: (box.row, box.x))


def _width(boxes: Sequence[Box]) -> float:
    return max((box.x + ACROSS for box in boxes), default=0.0)


def _height(boxes: Sequence[Box]) -> float:
    return PITCH * (boxes[-1].row + 1 if boxes else 0)


def _beside(names: Sequence[str], tree: _Tree, blocks: Mapping[str, _Block], *, rail: bool = True) -> list[_Block]:
    """Return what stands beside each other: the trees of some people, and columns of those that hang."""
    small = [name for name in names if tree.sizes[name] <= tree.hang]
    if tree.row and len(small) <= tree.row:
        return [blocks[name] for name in names]
    trees = [blocks[name] for name in names if tree.sizes[name] > tree.hang]
    return [*trees, *(_column(column, tree.children, rail=rail) for column in _columns(small, tree))]


def _columns(names: Sequence[str], tree: _Tree) -> Iterator[list[str]]:
    """Share people with all below them among columns of about the same height."""
    total = sum(tree.sizes[name] for name in names)
    goal = total / max(1, ceil(total / tree.tall))
    column: list[str] = []
    filled = 0
    for name in names:
        if column and filled + tree.sizes[name] / 2 > goal:
            yield column
            column, filled = [], 0
        column.append(name)
        filled += tree.sizes[name]
    if column:
        yield column


def _column(names: Sequence[str], children: Mapping[str, Sequence[str]], *, rail: bool) -> _Block:
    """Hang people one under the other, those below them further right."""
    boxes: list[Box] = []
    waiting = [(name, 0) for name in reversed(names)]
    edge = RAIL if rail else 0.0
    while waiting:
        name, level = waiting.pop()
        x = edge + INDENT * level
        hanging = rail or level > 0
        reach = x if rail else max(0.0, x - INDENT + RAIL)
        boxes.append(Box(name, len(boxes), x, hanging, level > 0, reach))
        waiting += [(child, level + 1) for child in reversed(children.get(name, ()))]
    return _Block(boxes, {box.row: (0.0, box.x + ACROSS) for box in boxes}, edge + ACROSS / 2, rail)


def _over(name: str, below: Sequence[_Block]) -> _Block:
    """Put a person over the middle of what is below, or over the rail of the only column."""
    if not below:
        return _Block([Box(name, 0, 0.0)], {0: (0.0, ACROSS)}, ACROSS / 2)
    merged = _merge(below)
    x = merged.middle - ACROSS / 2
    boxes = [box._replace(row=box.row + 1) for box in merged.boxes]
    if len(below) == 1 and below[0].column:
        x = RAIL - INDENT
        boxes = [box._replace(under=True) for box in boxes]
    box = Box(name, 0, x)
    room = {row + 1: reach for row, reach in merged.room.items()}
    return _Block([box, *boxes], {0: (x, x + ACROSS), **room}, box.middle)


def _merge(blocks: Sequence[_Block]) -> _Block:
    """Push blocks together from left to right until they stand apart by the gap in every row that they share."""
    boxes: list[Box] = []
    room: dict[int, tuple[float, float]] = {}
    middles: list[float] = []
    for block in blocks:
        shift = max((room[row][1] + GAP - low for row, (low, _) in block.room.items() if row in room), default=0.0)
        boxes += [box._replace(x=box.x + shift) for box in block.boxes]
        for row, (low, high) in block.room.items():
            room[row] = (room[row][0] if row in room else low + shift, high + shift)
        middles.append(block.middle + shift)
    return _Block(boxes, room, (middles[0] + middles[-1]) / 2 if middles else 0.0)
