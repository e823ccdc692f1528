"""What all pictures have around them: title, subject, notes, a legend, and margins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kamctl.render.svg.writer import document, fit, measure, path, words
from kamctl.render.width import wrap
from kamctl.visible import one_line

LEFT = 28.0
"""The margin of a picture."""

BODY = 96.0
"""Where the picture begins below its title."""

HEADLESS = 60.0
"""Where a picture without title and subject begins."""

NARROWEST, WIDEST_TITLE = 640.0, 900.0
"""How wide a picture is at least, and how far a long title widens it."""

NOTE = 18.0

Legend = Callable[[float, float], tuple[list[str], float]]
"""A function of the top and the width, which returns a legend and where it ends."""


def framed(
    title: str,
    subject: str,
    subtitle: str,
    description: str,
    body: Sequence[str],
    size: tuple[float, float],
    notes: Sequence[str] = (),
    legend: Legend | None = None,
    *,
    head: bool,
) -> str:
    """Return a whole picture. `size` is the width of the body and the y where it ends.

    Without `head` title and subject are left out, for a page whose own headings say them.
    """
    inner = max(size[0], NARROWEST - 2 * LEFT, min(measure(subject, 20.5), WIDEST_TITLE) if head else 0)
    y = size[1]
    above = [words(LEFT, 30, fit(title, 13, inner), "kam-kind"), words(LEFT, 56, fit(subject, 20.5, inner), "kam-h")]
    lines = [*(above if head else ()), words(LEFT, 76, fit(subtitle, 12, inner), "kam-s"), *body]
    for note in notes:
        for line in wrap(one_line(note), int(inner / 6.8)):
            y += NOTE
            lines.append(words(LEFT, y, fit(line, 12, inner), "kam-b"))
    if notes:
        y += 10
    if legend is not None:
        y += 14
        lines.append(path([(LEFT, y), (LEFT + inner, y)], "kam-rule"))
        more, y = legend(y + 26, inner)
        lines += more
    name = " · ".join(filter(None, (title, subject)))
    return document(name, description, (inner + 2 * LEFT, y + 14), lines, 0 if head else HEADLESS)
