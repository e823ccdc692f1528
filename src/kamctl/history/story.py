"""The versions that a file went through, from its first commit on, under all the names it had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kamctl.history.answers import ADDED, RENAMED, Commit, FileChange
from kamctl.history.repository import Repository

Log = Iterable[tuple[Commit, list[FileChange]]]


class Version(NamedTuple):
    """What one commit made of one file. `path` is where the file lies today."""

    path: str
    commit: Commit
    change: FileChange


def followed(log: Log, renamed: dict[str, str]) -> Iterator[Version]:
    """Yield the changes of a log, newest first, each with the path that its file has today.

    The log must have been made with `renames`. `renamed` is filled with old paths and today's.
    """
    for commit, changes in log:
        for change in changes:
            path = renamed.get(change.path, change.path)
            if change.status == ADDED:
                renamed.pop(change.path, None)
            yield Version(path, commit, change)
        for change in changes:
            if change.status == RENAMED:
                renamed[change.old_path] = renamed.pop(change.path, change.path)


def everything(repository: Repository, head: str) -> list[Version]:
    """Return the versions of all files of the folder, oldest first."""
    return list(followed(repository.log((), head, renames=True), {}))[::-1]


def stories(repository: Repository, paths: Sequence[str], head: str) -> list[Version]:
    """Return the versions of some files and of all files below some folders, oldest first, in one pass for all.

    A file that came from elsewhere is followed to where it was.
    """
    versions = [
        Version(change.path, commit, change) for commit, changes in repository.log(paths, head) for change in changes
    ]
    earlier = versions
    while earlier:
        earlier = _before_renames(repository, versions, earlier)
        versions += earlier
    return versions[::-1]


def _before_renames(repository: Repository, versions: list[Version], found: Sequence[Version]) -> list[Version]:
    """Turn additions among the versions found last into renames where they are, and return what was before those."""
    added = {(version.commit.id, version.change.path): version for version in found if version.change.status == ADDED}
    earlier: list[Version] = []
    for commit, changes in repository.renames(dict.fromkeys(commit for commit, _ in added)):
        today: dict[str, str] = {}
        for change in changes:
            version = added.get((commit.id, change.path))
            if version is not None:
                versions[versions.index(version)] = version._replace(change=change)
                today[change.old_path] = version.path
        if today:
            log = repository.log(list(today), *commit.parents)
            earlier += [Version(today[c.path], at, c) for at, changes in log for c in changes if c.path in today]
    return earlier
