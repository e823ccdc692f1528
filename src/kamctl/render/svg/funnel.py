"""Draws a pipeline funnel: a slab a stage, as wide as it has deals, and the conversion where one leads to the next."""

from __future__ import annotations

from collections.abc import Iterator

from kamctl.forms.pictures import Funnel, FunnelStep
from kamctl.render.svg.frame import BODY, LEFT, framed
from kamctl.render.svg.writer import element, fit, group, measure, value, words

NAMES, SLABS, AMOUNTS = 190.0, 360.0, 160.0
HIGH, BETWEEN = 36.0, 26.0
THIN = 4.0
"""How wide a stage without deals is drawn."""


def draw_funnel(view: Funnel, *, head: bool = True) -> str:
    """Return a funnel as SVG."""
    most = max((step.count for step in view.steps), default=0) or 1
    body: list[str] = []
    for place, step in enumerate(view.steps):
        y = BODY + place * (HIGH + BETWEEN)
        wide = _wide(step, most)
        if place:
            body += _passage(_wide(view.steps[place - 1], most), wide, y, step.conversion)
        body += group(_slab(step, wide, y), " · ".join(filter(None, (step.label, str(step.count), step.amount))))
    bottom = BODY + len(view.steps) * (HIGH + BETWEEN)
    described = [" ".join(filter(None, (s.label, str(s.count), s.amount, s.conversion))) for s in view.steps]
    size = (NAMES + SLABS + AMOUNTS, bottom)
    return framed(view.title, view.subject, view.note, " · ".join([view.subject, *described]), body, size, head=head)


def _wide(step: FunnelStep, most: int) -> float:
    return max(THIN, SLABS * step.count / most)


def _slab(step: FunnelStep, wide: float, y: float) -> Iterator[str]:
    middle = LEFT + NAMES + SLABS / 2
    yield words(LEFT, y + HIGH / 2 + 5, fit(step.label, 12.5, NAMES - 14), "kam-b")
    yield element("rect", x=middle - wide / 2, y=y, width=wide, height=HIGH, rx=3, class_="kam-tint-good")
    yield element("circle", cx=middle, cy=y + HIGH / 2, r=15, class_="kam-chip")
    yield words(middle, y + HIGH / 2 + 5, str(step.count), "kam-mark", "middle")
    end = LEFT + NAMES + SLABS + AMOUNTS
    yield words(end, y + HIGH / 2 + 5, fit(step.amount, 12, AMOUNTS - 12), "kam-t", "end")


def _passage(above: float, below: float, y: float, conversion: str) -> Iterator[str]:
    middle = LEFT + NAMES + SLABS / 2
    top = y - BETWEEN
    for side in (-1, 1):
        points = f"M{value(middle + side * above / 2)} {value(top)} L{value(middle + side * below / 2)} {value(y)}"
        yield element("path", d=points, class_="kam-axis")
    if conversion:
        label = fit(f"▼ {conversion}", 12, SLABS)
        half = measure(label, 12) / 2 + 3
        yield element(
            "rect", x=middle - half, y=y - BETWEEN + 5, width=2 * half, height=BETWEEN - 10, class_="kam-page"
        )
        yield words(middle, y - BETWEEN / 2 + 4.5, label, "kam-s", "middle")
