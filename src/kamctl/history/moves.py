"""Which fields were changed on which day: read from the history without reading whole files.

What was found up to a commit is kept in the index; later only the commits after it are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from kamctl import layout
from kamctl.dates import parse_date
from kamctl.history.answers import Commit, FileChange
from kamctl.history.fields import fields_of
from kamctl.history.repository import Repository
from kamctl.history.snapshot import commit_of
from kamctl.history.story import followed
from kamctl.problems import KamctlError
from kamctl.rows.deals import MoveRow
from kamctl.workspace import Workspace

CLOSE_DATE = "close_date"

Values = Mapping[str, dict[str, str] | None]
"""The fields of files by blob; None for a file that cannot be read."""


class FieldChange(NamedTuple):
    """A change of a field of a record by one commit: its text before and after, empty where there was none.

    `record` is the id of the record as it is called today.
    """

    record: str
    field: str
    commit: Commit
    before: str
    after: str


class Moves(NamedTuple):
    """Moved close dates, oldest first.

    `known` is False where there is no history to read, and `rows` is empty then. `complete` is False in a shallow
    clone, whose history begins later than the work did.
    """

    rows: list[MoveRow]
    known: bool = True
    complete: bool = True


def close_date_moves(workspace: Workspace, since: date | None = None, deals: Collection[str] | None = None) -> Moves:
    """Return every change of a deal's expected signature, up to what is checked out or to the workspace's revision.

    `since` leaves out earlier ones, `deals` those of others. A day that cannot be read counts as none.
    """
    try:
        repository = Repository.open(workspace.root)
        changes = field_changes(workspace, repository, "opportunity", (CLOSE_DATE,), deals)
    except KamctlError:
        return Moves([], known=False)
    rows = [MoveRow(change.record, change.commit.day, _day(change.before), _day(change.after)) for change in changes]
    kept = [row for row in rows if row.before != row.after and (since is None or row.date >= since)]
    return Moves(kept, complete=not repository.shallow)


def field_changes(
    workspace: Workspace,
    repository: Repository,
    kind: str,
    fields: Sequence[str],
    records: Collection[str] | None = None,
) -> list[FieldChange]:
    """Return every change of some top-level fields of one kind of record, oldest first; renames are followed.

    `records` keeps those of some records, by the ids that they have now. A field that a new file comes with is no
    change. Raises KamctlError when there is no commit yet.
    """
    head = commit_of(workspace, repository)
    store = f"moves/{kind}-{'-'.join(fields)}"
    value = workspace.index.value(store)
    if isinstance(value, tuple) and value[0] == head:
        return _kept(value, records)
    known = (value[0], _kept(value, None)) if isinstance(value, tuple) else None
    if known is not None and repository.reaches(head, known[0]):
        walked, before = [head, f"^{known[0]}"], known[1]
    else:
        walked, before = [head], []
    fresh, renamed = _walk(repository, kind, fields, walked)
    changes = [change._replace(record=renamed.get(change.record, change.record)) for change in before] + fresh
    workspace.index.keep_value(store, (head, [_packed(change) for change in changes]))
    return [change for change in changes if records is None or change.record in records]


def _walk(
    repository: Repository, kind: str, fields: Sequence[str], revisions: Sequence[str]
) -> tuple[list[FieldChange], dict[str, str]]:
    """Return the changes that some commits made, oldest first, and the names that records had and have now."""
    renamed: dict[str, str] = {}
    found: list[tuple[str, Commit, FileChange]] = []
    log = repository.log((layout.ACCOUNTS,), *revisions, renames=True)
    for path, commit, change in followed(log, renamed):
        place = layout.kind_and_id(path)
        if place is not None and place[0] == kind and change.before and change.after:
            found.append((place[1], commit, change))
    blobs = dict.fromkeys(blob for _, _, c in found for blob in (c.before, *c.others, c.after) if blob)
    contents = zip(blobs, repository.contents(list(blobs)), strict=True)
    values = {blob: fields_of(raw, fields) if raw is not None else None for blob, raw in contents} | {"": {}}
    changes = list(_changes(found[::-1], fields, values))
    return changes, _ids(kind, renamed)


def _changes(
    found: Sequence[tuple[str, Commit, FileChange]], fields: Sequence[str], values: Values
) -> Iterator[FieldChange]:
    """Yield what differs. A file that could not be read is passed over; the next is compared with the one before it."""
    readable: dict[str, dict[str, str]] = {}
    for record, commit, change in found:
        now = values[change.after]
        parents = [parent for blob in (change.before, *change.others) if (parent := values[blob]) is not None]
        if not parents and record in readable:
            parents = [readable[record]]
        if now is None:
            if parents:
                readable[record] = parents[0]
            continue
        readable[record] = now
        for field in fields if parents else ():
            before = [parent.get(field, "") for parent in parents]
            if now.get(field, "") not in before:
                yield FieldChange(record, field, commit, before[0], now.get(field, ""))


def _ids(kind: str, renamed: Mapping[str, str]) -> dict[str, str]:
    """Return old and present ids of one kind for old and present paths."""
    pairs = [(layout.kind_and_id(old), layout.kind_and_id(new)) for old, new in renamed.items()]
    return {old[1]: new[1] for old, new in pairs if old is not None and new is not None and old[0] == kind == new[0]}


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _packed(change: FieldChange) -> tuple[Any, ...]:
    commit = change.commit
    when = (commit.authored.isoformat(), commit.committed.isoformat())
    return (change.record, change.field, (*commit[:4], *when, commit.subject), change.before, change.after)


def _kept(value: tuple[str, list[Any]], records: Collection[str] | None) -> list[FieldChange]:
    """Return the changes that the index keeps, of some records or of all."""
    return [
        FieldChange(record, field, _unpacked(commit), before, after)
        for record, field, commit, before, after in value[1]
        if records is None or record in records
    ]


def _unpacked(packed: tuple[Any, ...]) -> Commit:
    commit, parents, author, email, authored, committed, subject = packed
    when = (datetime.fromisoformat(authored), datetime.fromisoformat(committed))
    return Commit(commit, parents, author, email, *when, subject)
