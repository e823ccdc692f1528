"""Two states of a workspace to compare: commits, what is staged, the files on disk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kamctl import layout
from kamctl.dates import read_date
from kamctl.history.answers import Commit, FileChange
from kamctl.history.repository import Repository
from kamctl.history.revisions import Revision, commit_on, revision
from kamctl.history.snapshot import Snapshot, workspace_at, workspace_staged
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.workspace import Workspace

HEAD = "HEAD"
STAGED, FILES = "staged", "files"
"""Names of the states that are no commit."""

RANGE = re.compile(r"(.*?)(\.\.\.?)(.*)")


@dataclass(frozen=True)
class State:
    """One side of a comparison: what was asked for, or one of `STAGED` and `FILES`; and the day that counts there.

    `commit` is None for what is staged or on disk.
    """

    name: str
    workspace: Workspace
    day: date
    commit: Commit | None


@dataclass(frozen=True)
class Pair:
    """The two states that are compared, and the repository that they come from. The first one is a commit."""

    repository: Repository
    before: State
    after: State

    def changed(self) -> list[FileChange]:
        """Return the YAML files that differ, sorted by path, those that are no record too."""
        assert self.before.commit is not None
        return self.since(self.before.commit.id)

    def since(self, start: str) -> list[FileChange]:
        """Return the YAML files that differ between a commit and the later state, sorted by path."""
        if self.after.commit is not None:
            found = self.repository.differences(start, self.after.commit.id, *layout.PLACES)
        elif self.after.name == STAGED:
            found = self.repository.staged(start, *layout.PLACES)
        else:
            found = list(_on_disk(self, self.repository.touched(start, *layout.PLACES)))
        return sorted((one for one in found if one.path.endswith((".yaml", ".yml"))), key=lambda one: one.path)

    def contents(self, changes: Sequence[FileChange]) -> dict[str, bytes | None]:
        """Return what some files held and hold, by blob; None for what is not in this clone."""
        blobs = list(dict.fromkeys(blob for change in changes for blob in (change.before, change.after) if blob))
        if self.after.name != FILES:
            return dict(zip(blobs, self.repository.contents(blobs), strict=True))
        here = {change.after: _read(self.after.workspace, change.path) for change in changes if change.after}
        there = [blob for blob in blobs if blob not in here]
        return here | dict(zip(there, self.repository.contents(there), strict=True))


def pair(workspace: Workspace, repository: Repository, asked: str, since: str, staged: bool, today: date) -> Pair:
    """Return the states that a person asks to compare, by default what is checked out and the files on disk.

    `asked` is empty, a revision, or two with `..` between them; with `...` what both have in common is the first.
    `since` is a day: the state before it is the first. Raises KamctlError for what does not go together, and as
    `revision` does.
    """
    parts = RANGE.fullmatch(asked)
    first, dots, last = parts.groups() if parts else (asked, "", "")
    if asked and since:
        raise KamctlError(Phrase("a revision and --since ask for two beginnings"), Phrase("leave one of them out"))
    if dots and staged:
        raise KamctlError(
            Phrase("--staged compares with what is staged, not with a revision"), Phrase("`kamctl diff --staged [REV]`")
        )
    root = workspace.root
    if dots:
        after = _at(root, repository, last or HEAD, today)
    elif staged:
        after = State(STAGED, workspace_staged(root, repository, today), today, None)
    else:
        after = State(FILES, workspace, today, None)
    if since:
        first = commit_on(repository, _day(since, today) - timedelta(days=1)).id
    elif dots == "...":
        first = _fork(repository, first or HEAD, last or HEAD, today)
    return Pair(repository, _at(root, repository, first or HEAD, today), after)


def review_pair(workspace: Workspace, repository: Repository, asked: str, days: int, today: date) -> Pair:
    """Return the state of the last review, and the one that is looked at now: the files on disk, or those of a commit.

    `asked` is a revision or a day, by default so many days before today. Raises KamctlError as `revision` does.
    """
    files = workspace.files
    if isinstance(files, Snapshot):
        after = State(files.revision.asked, workspace, files.revision.day, files.revision.commit)
    else:
        after = State(FILES, workspace, today, None)
    before = asked or commit_on(repository, today - timedelta(days=days)).id
    return Pair(repository, _at(workspace.root, repository, before, today), after)


def _at(root: Path, repository: Repository, asked: str, today: date) -> State:
    found: Revision = revision(repository, asked, today)
    workspace = workspace_at(root, repository, found, tolerant=True)
    return State(asked, workspace, found.day, found.commit)


def _fork(repository: Repository, one: str, other: str, today: date) -> str:
    commits = [revision(repository, asked, today).commit.id for asked in (one, other)]
    found = repository.fork(*commits)
    if found is None:
        raise KamctlError(
            Phrase("{one} and {other} have no commit in common", one=one, other=other),
            Phrase("`{one}..{other}` compares them as they are", one=one, other=other),
        )
    return found


def _on_disk(pair: Pair, touched: Sequence[FileChange]) -> Iterator[FileChange]:
    """Yield those files that do differ, with the blob that each would have."""
    for change in touched:
        raw = _read(pair.after.workspace, change.path)
        after = pair.repository.blob_of(raw) if raw is not None else ""
        if after != change.before:
            yield change._replace(after=after)


def _read(workspace: Workspace, path: str) -> bytes | None:
    try:
        return workspace.files.read(path)
    except OSError:
        return None


def _day(text: str, today: date) -> date:
    try:
        return read_date(text, today)
    except ValueError:
        raise KamctlError(
            Phrase('--since: "{text}" is not a date', text=text), Phrase("write 2026-03-12, 2026/3/12 or -7d")
        ) from None
