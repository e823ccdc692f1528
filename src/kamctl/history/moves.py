"""Which fields of which files were changed on which day: read from the history without reading whole files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from kamctl.facts import MoveRow
from kamctl.history.git import Commit
from kamctl.workspace import Workspace


class FieldChange(NamedTuple):
    """A change of one field of one record by one commit: its text before and after, empty where there was none.

    `record` is the id of the record as it is called today.
    """

    kind: str
    record: str
    field: str
    commit: Commit
    before: str
    after: str


class Moves(NamedTuple):
    """Moved close dates, oldest first. `known` is False where there is no history to read, and `rows` is empty then."""

    rows: list[MoveRow]
    known: bool


def close_date_moves(workspace: Workspace, since: date | None = None) -> Moves:
    """Return every change of a deal's expected signature up to what is checked out, or to the workspace's revision."""
    raise NotImplementedError


def field_changes(
    workspace: Workspace, kind: str, fields: Sequence[str], since: date | None = None
) -> list[FieldChange]:
    """Return every change of some top-level fields of one kind of record, oldest first.

    Renames are followed. Raises KamctlError when there is no history.
    """
    raise NotImplementedError
