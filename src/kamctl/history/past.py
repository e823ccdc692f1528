"""What reports ask of the history of a workspace's files: moved close dates, and the files of an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kamctl.brief import Brief
from kamctl.facts import Facts
from kamctl.history.moves import close_date_moves
from kamctl.history.renamed import renamed, with_present_ids
from kamctl.history.repository import Repository
from kamctl.history.states import review_pair
from kamctl.problems import KamctlError
from kamctl.rows.deals import MoveRow
from kamctl.workspace import Workspace

TABLES = ("accounts", "members", "opportunities")
"""The tables of earlier files that are compared with today's: where deals stood, and with how much."""

BRIEFS = (Brief("opportunities", {"opportunities": frozenset(("assessed", "actions"))}),)
"""What the comparison does without: what was thought of a deal, and what was to be done."""


def moves_of(workspace: Workspace) -> Sequence[MoveRow] | None:
    """Return every close date that was moved, oldest first; None where there is no history to read."""
    found = close_date_moves(workspace)
    return found.rows if found.known else None


def facts_before(workspace: Workspace, day: date, as_of: date) -> Facts | None:
    """Return what the files said at the end of an earlier day, under the ids that deals and accounts have now.

    That is accounts, members and deals; these without what they are scored by, and what shows whether they are stale.
    None where no history reaches back to it.
    """
    try:
        pair = review_pair(workspace, Repository.open(workspace.root), day.isoformat(), 0, as_of)
        return with_present_ids(pair.before.workspace.load(TABLES, briefs=BRIEFS).facts, renamed(pair), day)
    except KamctlError:
        return None
