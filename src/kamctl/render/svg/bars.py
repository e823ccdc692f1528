"""Draws horizontal bars on one scale, and the waterfall in which each begins where the one before ended."""

from __future__ import annotations

from collections.abc import Iterator

from kamctl.forms.pictures import Bar, Bars
from kamctl.render.svg.frame import BODY, LEFT, framed
from kamctl.render.svg.scorecard import hatch
from kamctl.render.svg.writer import element, fit, group, path, words

NAMES, WIDE, TEXTS = 210.0, 430.0, 150.0
ROW, HIGH = 32.0, 18.0
THIN = 2.0
STYLES = {"+": "kam-tint-good", "-": "kam-tint-bad", "=": "kam-on", "": "kam-tint"}


def draw_bars(view: Bars, *, head: bool = True) -> str:
    """Return bars as SVG."""
    ends = [0.0, *(end for bar in view.rows for end in (bar.start, bar.end))]
    low, high = min(ends), max(ends)
    unit = WIDE / ((high - low) or 1.0)
    zero = LEFT + NAMES - low * unit
    body: list[str] = []
    for place, bar in enumerate(view.rows):
        y = BODY + ROW * place
        body += group(_bar(bar, zero, unit, y), f"{bar.label} · {bar.text}")
        if place + 1 < len(view.rows) and bar.sign and view.rows[place + 1].sign in ("+", "-"):
            x = zero + bar.end * unit
            body.append(path([(x, y + (ROW + HIGH) / 2), (x, y + ROW + (ROW - HIGH) / 2)], "kam-dots"))
    bottom = BODY + ROW * len(view.rows)
    body.append(path([(zero, BODY), (zero, bottom)], "kam-axis"))
    description = " · ".join([view.subject, *(f"{bar.label} {bar.text}" for bar in view.rows)])
    size = (NAMES + WIDE + TEXTS, bottom + 10)
    return framed(view.title, view.subject, view.note, description, body, size, head=head)


def _bar(bar: Bar, zero: float, unit: float, y: float) -> Iterator[str]:
    low, high = sorted((bar.start, bar.end))
    x, wide = zero + low * unit, max(THIN, (high - low) * unit)
    top = y + (ROW - HIGH) / 2
    strong = "kam-b" if bar.sign == "=" else "kam-t"
    yield words(LEFT, y + ROW / 2 + 4, fit(bar.label, 12.5, NAMES - 16), strong)
    yield element("rect", x=x, y=top, width=wide, height=HIGH, rx=2, class_=STYLES[bar.sign])
    if bar.sign == "-" and wide > 12:
        yield element("path", d=hatch(x, top, wide, HIGH), class_="kam-hatch-bad")
    end = LEFT + NAMES + WIDE + TEXTS
    yield words(end, y + ROW / 2 + 4, fit(bar.text, 12.5, TEXTS - 16), strong, "end")
