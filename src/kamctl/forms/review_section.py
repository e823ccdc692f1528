"""What stands under an item of the agenda of a review."""

from __future__ import annotations

from dataclasses import dataclass

from kamctl.forms.gathered import Grid
from kamctl.forms.pictures import Bars, Funnel


@dataclass(frozen=True)
class Content:
    """Sentences, tables and a picture; `notes` say what the figures are made of, and what is not known."""

    lines: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    funnel: Funnel | None = None
    bars: Bars | None = None
    notes: tuple[str, ...] = ()
