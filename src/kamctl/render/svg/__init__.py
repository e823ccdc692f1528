"""Pictures as SVG: one function from a view of `forms/` to text, the same bytes for the same view."""

from __future__ import annotations

from collections.abc import Callable

from kamctl.render.svg.bars import draw_bars
from kamctl.render.svg.funnel import draw_funnel
from kamctl.render.svg.politics import draw_map
from kamctl.render.svg.scorecard import draw_heat_map
from kamctl.render.svg.timeline import draw_timeline

PICTURES: dict[str, Callable[..., str]] = {
    "political_map": draw_map,
    "heat_map": draw_heat_map,
    "timeline": draw_timeline,
    "funnel_chart": draw_funnel,
    "bar_chart": draw_bars,
}
"""By which filter a template draws a view; each takes the view, and `head`: whether title and subject are drawn."""
