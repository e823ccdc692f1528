"""Writes SVG: one element a line, text as text, and the same bytes for the same picture.

A picture is its lines. Attributes are written in the order given, numbers with two decimals at most. Nothing refers to
anything outside; what comes from files is escaped here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kamctl.render.svg.style import style_sheet
from kamctl.render.width import width
from kamctl.visible import one_line

NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What `one_line` leaves in and XML forbids."""

NARROW, LATIN, CAPITAL, WIDE = 0.36, 0.57, 0.72, 1.0
"""How wide characters are taken to be, in parts of the font's size; on the wide side for the usual fonts."""

THIN = frozenset("fijlrtI.,:;'|!()[]- ·")

MAX_TITLE = 400
SHRINKS_TO = 0.62
"""To which part of its size a picture shrinks on a screen before it scrolls."""


def element(name: str, content: str = "", /, **attributes: str | float | None) -> str:
    """Return one element as a line; `_` in a name of an attribute stands for `-`, `class_` for `class`."""
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{value(item)}"' for key, item in attributes.items() if item is not None
    )
    return f"<{name}{pairs}>{escape(content)}</{name}>" if content else f"<{name}{pairs}/>"


def group(lines: Iterable[str], title: str = "", **attributes: str | float | None) -> Iterator[str]:
    """Yield lines inside a group; `title` is shown by browsers under the pointer."""
    yield element("g", **attributes).removesuffix("/>") + ">"
    if title:
        yield element("title", _cut(title))
    yield from lines
    yield "</g>"


def words(x: float, y: float, content: str, style: str, anchor: str = "") -> str:
    """Return a text; `anchor` is "", `middle` or `end`."""
    return element("text", content, x=x, y=y, class_=style, text_anchor=anchor or None)


def path(points: Iterable[tuple[float, float]], style: str) -> str:
    """Return a line through points."""
    return element("path", d="M" + " L".join(f"{value(x)} {value(y)}" for x, y in points), class_=style)


def document(title: str, description: str, size: tuple[float, float], body: Iterable[str], top: float = 0) -> str:
    """Return a whole picture, fit to stand alone and inside a page. It has no ids, so it may stand there twice.

    `size` is the width, and the y of the lower edge; `top` the y of the upper one.
    """
    across, down = size[0], size[1] - top
    name = _cut(title)
    frame = element(
        "svg", xmlns="http://www.w3.org/2000/svg", class_="kam", role="img", aria_label=name,
        viewBox=f"0 {value(top)} {value(across)} {value(down)}", width=across, height=down,
        style=f"min-width:{round(across * SHRINKS_TO)}px",
    )  # fmt: skip
    drawn = "\n".join([element("rect", y=top or None, width=across, height=down, class_="kam-page"), *body])
    lines = [
        frame.removesuffix("/>") + ">",
        element("title", name),
        element("desc", _cut(description) or name),
        *style_sheet(drawn),
        drawn,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def value(item: str | float) -> str:
    """Write the value of an attribute."""
    if isinstance(item, str):
        return escape(item).replace('"', "&quot;")
    return f"{round(item, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def escape(text: str) -> str:
    """Return text that XML takes, on one line, with nothing in it that could become markup."""
    safe = NOT_XML.sub("\ufffd", one_line(text))
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def measure(text: str, size: float) -> float:
    """Return about how wide a text is in a font of a size."""
    return sum(map(_em, one_line(text))) * size


def fit(text: str, size: float, room: float) -> str:
    """Cut a text to what fits into a room, with `…` at its end when something was cut."""
    text = one_line(text)
    whole = room / size
    used, cut = 0.0, 0
    for place, character in enumerate(text, 1):
        used += _em(character)
        if used > whole:
            return text[:cut].rstrip() + "…" if room > 0 else ""
        if used <= whole - _em("…"):
            cut = place
    return text


@lru_cache(4096)
def _em(character: str) -> float:
    columns = width(character)
    if columns != 1:
        return columns * WIDE / 2
    if character in THIN:
        return NARROW
    return CAPITAL if character.isupper() or character in "mw@%…" else LATIN


def _cut(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= MAX_TITLE else text[: MAX_TITLE - 1] + "…"
