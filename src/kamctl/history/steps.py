"""The versions of records with what they said, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from kamctl.history.answers import RENAMED as MOVED
from kamctl.history.change import RENAMED, Change
from kamctl.history.changes import changes
from kamctl.history.repository import Repository
from kamctl.history.story import Version
from kamctl.parallel import in_halves

FEW = 80
"""Up to so many versions one process reads them; beyond, a second one pays."""

Contents = dict[str, Any]
"""What files say, by blob; None for one that cannot be read."""


class Step(NamedTuple):
    """One version of a record: what each of its parents said, and what it says; None where there was or is no file.

    All but a merge have one parent.
    """

    version: Version
    before: tuple[Any, ...]
    after: Any


class Steps(NamedTuple):
    """The versions that could be read, oldest first, and those that could not."""

    steps: list[Step]
    unreadable: list[Version]


def read_steps(repository: Repository, versions: Sequence[Version]) -> Steps:
    """Read the versions of some records, oldest first.

    A version that cannot be read is passed over: the next one is compared with what stood before it.
    """
    blobs = [blob for version in versions for blob in (version.change.before, *version.change.others)]
    blobs += [version.change.after for version in versions]
    contents = read_blobs(repository, [blob for blob in dict.fromkeys(blobs) if blob])
    found = Steps([], [])
    readable: dict[str, Any] = {}
    for version in versions:
        change = version.change
        before = [contents[blob] for blob in (change.before, *change.others) if blob and contents[blob] is not None]
        if not before and change.before and version.path in readable:
            before = [readable[version.path]]
        if change.after and contents[change.after] is None:
            found.unreadable.append(version)
            if before:
                readable[version.path] = before[0]
            continue
        after = contents[change.after] if change.after else None
        readable[version.path] = after
        found.steps.append(Step(version, tuple(before) or (None,), after))
    return found


def read_blobs(repository: Repository, blobs: Sequence[str]) -> Contents:
    """Return what some files say, by blob; None for one that cannot be read or is not in this clone."""
    from kamctl import source

    def read(some: Sequence[str]) -> Contents:
        found: Contents = {}
        for blob, raw in zip(some, repository.contents(some), strict=True):
            try:
                found[blob] = source.read(source.decode(raw)) if raw is not None else None
            except source.SourceError:
                found[blob] = None
        return found

    return in_halves(blobs, FEW, read)


def changes_of(step: Step, kind: str) -> Iterator[Change]:
    """Yield what a version changed; of a merge only what none of its parents had."""
    version = step.version
    if version.change.status == MOVED:
        yield Change(RENAMED, before=version.change.old_path, after=version.change.path)
    first, *others = (changes(before, step.after, kind) for before in step.before)
    for change in first:
        if all(any(_same(change, other) for other in found) for found in others):
            yield change


def _same(one: Change, other: Change) -> bool:
    """Whether two changes come to the same."""
    return one._replace(before=None, since=None) == other._replace(before=None, since=None)
