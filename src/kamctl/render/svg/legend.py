"""Lays out a legend: captioned rows of samples with a label, which flow into the width there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from kamctl.render.svg.writer import fit, measure, words

CAPTION = 116.0
STEP = 26.0
SPACE = 20.0


Draw = Callable[[float, float], Iterator[str]]
"""Draws a sample at a point of the baseline."""


class Item(NamedTuple):
    """A label, how much room its sample takes before it, and how that is drawn."""

    label: str
    room: float
    draw: Draw | None = None


def legend(
    rows: Sequence[tuple[str, Sequence[Item]]], left: float, top: float, width: float
) -> tuple[list[str], float]:
    """Return a legend as lines, and the y where it ends."""
    lines: list[str] = []
    y = top
    for caption, items in rows:
        lines.append(words(left, y, fit(caption, 12, CAPTION - 8), "kam-s"))
        x = left + CAPTION
        for item in items:
            across = item.room + measure(item.label, 12) + SPACE
            if x + across - SPACE > left + width and x > left + CAPTION:
                x, y = left + CAPTION, y + STEP
            lines += item.draw(x, y) if item.draw is not None else ()
            lines.append(words(x + item.room, y, fit(item.label, 12, left + width - x - item.room), "kam-t"))
            x += across
        y += STEP
    return lines, y
