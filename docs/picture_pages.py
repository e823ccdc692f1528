"""The pictures of docs/pictures: the examples' largest deal, drawn as of its day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from kamctl.forms.pictures import heat_map, timeline
from kamctl.forms.politics import political_map
from kamctl.labels import text
from kamctl.render.svg import PICTURES
from kamctl.scoring.scorecard import US, score
from kamctl.workspace import Workspace

EXAMPLES = Path(__file__).parents[1] / "examples"
AS_OF = date(2026, 6, 15)
ACCOUNT, DEAL = "bohai-water", "bohai-water/line-3"


def map_picture() -> str:
    """Return the political map."""
    workspace = Workspace.open(EXAMPLES)
    facts = workspace.load(account=ACCOUNT).facts
    view = political_map(facts, workspace.methods.relationship, ACCOUNT, DEAL, "en", AS_OF)
    return PICTURES["political_map"](view)


def heat_picture() -> str:
    """Return the heat map of the scorecard."""
    workspace = Workspace.open(EXAMPLES)
    facts = workspace.load(account=ACCOUNT).facts
    rivals = {row.id: row.name for row in facts.competitors if row.opportunity == DEAL}
    marks = [row for row in facts.marks if row.opportunity == DEAL]
    settings = workspace.settings
    card = workspace.methods.scorecard(settings.scorecard)
    result = score(card, marks, list(rivals), AS_OF, settings.fresh_for)
    name = next(row.name for row in facts.opportunities if row.id == DEAL)
    return PICTURES["heat_map"](heat_map(result, {US: text("us", "en"), **rivals}, name, "en"))


def timeline_picture() -> str:
    """Return the timeline."""
    workspace = Workspace.open(EXAMPLES)
    deal = next(row for row in workspace.load(account=ACCOUNT).facts.opportunities if row.id == DEAL)
    process = workspace.methods.process(deal.process or workspace.settings.process)
    return PICTURES["timeline"](timeline(deal, process, AS_OF, "en"))


PICTURE_PAGES: dict[str, Callable[[], str]] = {
    "pictures/political-map.svg": map_picture,
    "pictures/heat-map.svg": heat_picture,
    "pictures/timeline.svg": timeline_picture,
}
"""The pictures by file name."""
