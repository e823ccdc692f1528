"""What reports ask of the history of a workspace's files: moved close dates, and the files of an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kamctl.commands.session import Session
from kamctl.facts import Facts, MoveRow
from kamctl.history.git import Repository
from kamctl.history.moves import close_date_moves
from kamctl.history.revisions import revision
from kamctl.history.snapshot import workspace_at
from kamctl.problems import KamctlError
from kamctl.reports.pipeline import TABLES


def moves_of(run: Session) -> Sequence[MoveRow] | None:
    """Return every close date that was moved, oldest first; None where there is no history to read."""
    found = close_date_moves(run.workspace)
    return found.rows if found.known else None


def facts_before(run: Session, day: date) -> Facts | None:
    """Return what the files said at the end of an earlier day; None where no history reaches back to it."""
    try:
        repository = Repository.open(run.workspace.root)
        earlier = workspace_at(
            run.workspace.root, repository, revision(repository, day.isoformat(), run.as_of), tolerant=True
        )
        return earlier.load(TABLES).facts
    except KamctlError:
        return None
