"""What reports ask of the history of a workspace's files: moved close dates, and the files of an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kamctl.commands.session import Session
from kamctl.facts import Facts, MoveRow
from kamctl.history.moves import close_date_moves
from kamctl.history.renamed import renamed, with_present_ids
from kamctl.history.states import review_pair
from kamctl.problems import KamctlError
from kamctl.reports.pipeline import TABLES


def moves_of(run: Session) -> Sequence[MoveRow] | None:
    """Return every close date that was moved, oldest first; None where there is no history to read."""
    found = close_date_moves(run.workspace)
    return found.rows if found.known else None


def facts_before(run: Session, day: date) -> Facts | None:
    """Return what the files said at the end of an earlier day, under the ids that deals and accounts have now.

    None where no history reaches back to it.
    """
    try:
        pair = review_pair(run.workspace, run.repository, day.isoformat(), 0, run.as_of)
        return with_present_ids(pair.before.workspace.load(TABLES).facts, renamed(pair), day)
    except KamctlError:
        return None
