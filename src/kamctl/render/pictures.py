"""Filters of templates that draw: a view of `forms/` becomes a picture inside the page, or a tree of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from markupsafe import Markup

from kamctl.render.politics import map_tree
from kamctl.render.svg import PICTURES


def _inline(draw: Callable[..., str]) -> Callable[..., Markup]:
    """Return a filter that draws a view, without title and subject unless asked for.

    What comes from files is escaped by the drawing.
    """

    @wraps(draw)
    def drawn(view: Any, *, head: bool = False) -> Markup:
        return Markup(draw(view, head=head))

    return drawn


PICTURE_FILTERS: Mapping[str, Callable[..., str]] = {
    **{name: _inline(draw) for name, draw in PICTURES.items()},
    "map_tree": map_tree,
}
"""The filters by name: those of PICTURES for HTML, `map_tree` for a fenced block of Markdown."""
