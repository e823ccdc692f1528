"""What git prints, as values: commits, what they did to files, and the files of a tree."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

FORMAT = "%x01%H%x00%P%x00%aN%x00%aE%x00%aI%x00%cI%x00%s"
"""How git is asked to print a commit: a mark by which it is known, and its fields."""

FIELDS = 7
LINK = "120000"
MODULE = "160000"

ADDED, MODIFIED, DELETED, RENAMED = "added", "modified", "deleted", "renamed"
STATUSES = dict(zip("AMTDR", (ADDED, MODIFIED, MODIFIED, DELETED, RENAMED), strict=True))
"""What git's letters say that a commit did to a file; that a file became a link is a change like any other."""


class Commit(NamedTuple):
    """One commit. `authored` is when its author wrote it, `committed` when it got its place; both with their zone."""

    id: str
    parents: tuple[str, ...]
    author: str
    email: str
    authored: datetime
    committed: datetime
    subject: str

    @property
    def day(self) -> date:
        """The day it was written, where its author was."""
        return self.authored.date()

    @property
    def short(self) -> str:
        """The id as people read it."""
        return self.id[:9]


class FileChange(NamedTuple):
    """What one commit did to one file. `status` is one of `STATUSES`.

    `path` is where the file lies afterwards, `old_path` where it lay before; `before` and `after` are blobs, empty
    where there was or is none. A merge shows the files that differ from all its parents; `others` are the blobs of its
    second and further parents.
    """

    status: str
    old_path: str
    path: str
    before: str
    after: str
    others: tuple[str, ...] = ()


class TreeEntry(NamedTuple):
    """A file of a tree: its path, its blob, its mode in octal (`120000` for a link)."""

    path: str
    blob: str
    mode: str


def texts(printed: bytes) -> list[str]:
    """Return the NUL-terminated texts of what git printed."""
    return os.fsdecode(printed).split("\0")[:-1]


def tree_entries(printed: bytes) -> Iterator[TreeEntry]:
    """Yield the files that `ls-tree -z` lists; submodules are left out."""
    for line in texts(printed):
        about, _, path = line.partition("\t")
        mode, kind, blob = about.split(" ")
        if kind == "blob":
            yield TreeEntry(path, blob, mode)


def staged_entries(printed: bytes, prefix: str) -> Iterator[TreeEntry]:
    """Yield the files that `ls-files --stage -z` lists, `prefix` cut off; conflicts and submodules are left out."""
    for line in texts(printed):
        about, _, path = line.partition("\t")
        mode, blob, number = about.split(" ")
        if number == "0" and mode != MODULE:
            yield TreeEntry(path[len(prefix) :], blob, mode)


def changes(printed: bytes, prefix: str) -> list[FileChange]:
    """Read a raw diff, one change a path; paths are cut to what lies behind `prefix`, others are dropped."""
    tokens = iter(texts(printed))
    found = (_change(token, tokens, prefix) for token in tokens)
    return list({change.path: change for change in found if change is not None}.values())


def commits(tokens: Iterator[str], prefix: str) -> Iterator[tuple[Commit, list[FileChange]]]:
    """Group what `git log` prints into commits; paths are cut to what lies behind `prefix`, others are dropped."""
    commit: Commit | None = None
    changed: list[FileChange] = []
    for token in tokens:
        if token.startswith("\x01"):
            if commit is not None:
                yield commit, changed
            commit, changed = read_commit(token[1:], [next(tokens) for _ in range(FIELDS - 1)]), []
        elif token.lstrip("\n").startswith(":"):
            change = _change(token.lstrip("\n"), tokens, prefix)
            if change is not None:
                changed.append(change)
    if commit is not None:
        yield commit, changed


def read_commit(commit_id: str, fields: Sequence[str]) -> Commit:
    """Read the fields of a commit behind its id, as `FORMAT` orders them."""
    parents, author, email, authored, committed, subject = fields
    return Commit(commit_id, tuple(parents.split()), author, email, _moment(authored), _moment(committed), subject)


def _change(about: str, tokens: Iterator[str], prefix: str) -> FileChange | None:
    """Read a line of a raw diff, `:MODE MODE BLOB BLOB STATUS`, with a mode and a blob more for each further parent."""
    colons = len(about) - len(about.lstrip(":"))
    words = about[colons:].split(" ")
    modes, blobs, status = words[: colons + 1], words[colons + 1 : -1], words[-1]
    old = next(tokens)
    path = next(tokens) if status.startswith("R") else old
    if not path.startswith(prefix) or not old.startswith(prefix) or MODULE in modes:
        return None
    *parents, after = ("" if blob.strip("0") == "" else blob for blob in blobs)
    kind = STATUSES.get(status[0], MODIFIED) if colons == 1 else (MODIFIED if after else DELETED)
    return FileChange(kind, old[len(prefix) :], path[len(prefix) :], parents[0], after, tuple(parents[1:]))


def _moment(text: str) -> datetime:
    """Read a date of a commit; one that no calendar has, which can be forged, counts as the first of all."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
