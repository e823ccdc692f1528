"""Horizontal bars on one scale: a funnel is made of centred ones, a waterfall of ones that begin where others ended."""

from __future__ import annotations

from collections.abc import Iterator

from kamctl.forms.pictures import Bar, Bars, Funnel, FunnelStep
from kamctl.render.svg.writer import document, element, fit, measure, path, words

MARGIN, LABEL, SCALE, ROW = 28.0, 210.0, 420.0, 34.0
TOP = 84.0
STYLES = {"+": "tint-good", "-": "tint-bad", "=": "on", "": "tint"}
MARKS = {"+": "+", "-": "\N{MINUS SIGN}"}


def draw_bars(view: Bars, prefix: str = "bars") -> str:
    """Return bars as SVG: labels to the left, what is written beside each to the right."""
    ends = [0.0, *(end for row in view.rows for end in (row.start, row.end))]
    low, high = min(ends), max(ends)
    unit = SCALE / ((high - low) or 1.0)
    zero = MARGIN + LABEL - low * unit
    wide = MARGIN + LABEL + SCALE + 16 + max((measure(row.text, 12) for row in view.rows), default=0.0) + MARGIN
    bottom = TOP + ROW * len(view.rows)
    body = [*_heading(view.title, view.subject, wide)]
    for place, row in enumerate(view.rows):
        body += _bar(row, TOP + ROW * place, zero, unit)
        if place + 1 < len(view.rows) and row.sign:
            x = zero + row.end * unit
            body.append(path(((x, TOP + ROW * place + 27), (x, TOP + ROW * (place + 1) + 7)), "kam-axis"))
    body.append(path(((zero, TOP), (zero, bottom)), "kam-axis"))
    told = "; ".join(f"{row.label} {row.text}" for row in view.rows)
    return document(
        prefix, f"{view.title}: {view.subject}", told, (wide, _noted(body, view.note, bottom, wide)), (), body
    )


def draw_funnel(view: Funnel, prefix: str = "funnel") -> str:
    """Return a funnel as SVG: a bar a stage, as wide as it has deals, and between two what share came through."""
    most = max((step.count for step in view.steps), default=0) or 1
    high = 52.0
    texts = [_beside(step) for step in view.steps]
    wide = MARGIN + LABEL + SCALE + 16 + max((measure(told, 12) for told in texts), default=0.0) + MARGIN
    middle = MARGIN + LABEL + SCALE / 2
    body = [*_heading(view.title, view.subject, wide)]
    for place, step in enumerate(view.steps):
        y, half = TOP + high * place, max(SCALE / 2 * step.count / most, 1.0)
        body.append(words(MARGIN, y + 21, fit(step.label, 12, LABEL - 12), "kam-t"))
        body.append(element("rect", x=middle - half, y=y, width=2 * half, height=32, rx=3, class_="kam-tint"))
        body.append(words(middle, y + 21, str(step.count), "kam-b", "middle"))
        body.append(words(MARGIN + LABEL + SCALE + 16, y + 21, texts[place], "kam-t"))
        if step.conversion and place:
            body.append(words(middle, y - 5, f"\N{DOWNWARDS ARROW} {step.conversion}", "kam-s", "middle"))
    told = "; ".join(f"{step.label} {step.count} {step.amount} {step.conversion}".strip() for step in view.steps)
    bottom = TOP + high * len(view.steps)
    size = (wide, _noted(body, view.note, bottom, wide))
    return document(prefix, f"{view.title}: {view.subject}", told, size, (), body)


def _beside(step: FunnelStep) -> str:
    return step.amount


def _heading(title: str, subject: str, wide: float) -> Iterator[str]:
    yield words(MARGIN, 34, fit(subject, 20, wide - 2 * MARGIN), "kam-h")
    yield words(MARGIN, 56, fit(title, 12, wide - 2 * MARGIN), "kam-kind")


def _bar(row: Bar, y: float, zero: float, unit: float) -> Iterator[str]:
    left, right = sorted((zero + row.start * unit, zero + row.end * unit))
    yield words(MARGIN, y + 21, fit(row.label, 12, LABEL - 12), "kam-b" if row.sign == "=" else "kam-t")
    box = {"x": left, "y": y + 7, "width": max(right - left, 1.5), "height": 20.0, "rx": 2.0}
    yield element("rect", class_=f"kam-{STYLES[row.sign]}", **box)
    if row.sign in MARKS and right - left > 14:
        yield words((left + right) / 2, y + 22, MARKS[row.sign], "kam-mark", "middle")
    yield words(MARGIN + LABEL + SCALE + 16, y + 21, row.text, "kam-b" if row.sign == "=" else "kam-t")


def _noted(body: list[str], note: str, bottom: float, wide: float) -> float:
    """Add the note below a picture; return how high the picture is."""
    if note:
        body.append(words(MARGIN, bottom + 22, fit(note, 12, wide - 2 * MARGIN), "kam-s"))
    return bottom + (40 if note else 16)
