"""Filters of templates that draw: a view of `forms/` becomes a picture inside the page, or a tree of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from markupsafe import Markup

from kamctl.forms.politics import PoliticalMap
from kamctl.render.politics import map_tree
from kamctl.render.svg import PICTURES

BACKTICKS = re.compile("`+")


def _inline(draw: Callable[..., str]) -> Callable[..., Markup]:
    """Return a filter that draws a view, without title and subject unless asked for.

    What comes from files is escaped by the drawing.
    """

    @wraps(draw)
    def drawn(view: Any, *, head: bool = False) -> Markup:
        return Markup(draw(view, head=head))

    return drawn


def map_block(view: PoliticalMap) -> str:
    """Return a political map as a fenced block of Markdown: the tree as text, and the lines of influence."""
    tree = map_tree(view)
    fence = "`" * max(3, 1 + max(map(len, BACKTICKS.findall(tree)), default=0))
    return f"{fence}\n{tree}\n{fence}"


PICTURE_FILTERS: Mapping[str, Callable[..., str]] = {
    **{name: _inline(draw) for name, draw in PICTURES.items()},
    "map_tree": map_block,
}
"""The filters by name: those of PICTURES for HTML, `map_tree` for Markdown."""
