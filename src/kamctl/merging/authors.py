"""Who last changed a place of a file in one of the versions that are merged, as far as git knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from kamctl import source
from kamctl.history.answers import Commit
from kamctl.history.repository import Repository
from kamctl.merging.places import value_at
from kamctl.source import Data

LIMIT = 200
"""How many versions of a file are looked at."""


class Side:
    """One version of a file with those that went before it, found by what it holds."""

    def __init__(self, repository: Repository | None, path: str, raw: bytes) -> None:
        self.repository = repository
        self.path = path
        self.raw = raw

    def author(self, place: Sequence[str]) -> Commit | None:
        """Return the commit that gave a place what it says in this version; None when git does not know it."""
        newest: Commit | None = None
        wanted: Any = None
        for commit, data in self.versions:
            said = value_at(data, place)
            if newest is None:
                wanted = said
            elif said != wanted:
                return newest
            newest = commit
        return newest

    @cached_property
    def versions(self) -> list[tuple[Commit, Data]]:
        """The commits of the file that can be read, from the newest that holds this version, and what each says."""
        return list(self._versions()) if self.repository is not None and self.path else []

    def _versions(self) -> Iterator[tuple[Commit, Data]]:
        repository = self.repository
        assert repository is not None
        holder = self._holder(repository)
        if holder is None:
            return
        log = islice(repository.log([self.path], holder), LIMIT)
        found = [(commit, changes[0].after) for commit, changes in log if changes]
        contents = repository.contents([blob for _, blob in found if blob])
        for commit, blob in found:
            if not blob:
                return
            try:
                raw = next(contents)
                yield commit, source.read(source.decode(raw or b""))
            except source.SourceError:
                continue

    def _holder(self, repository: Repository) -> str | None:
        """Return the newest commit that gave the file this content, on whichever branch."""
        blob = repository.blob_of(self.raw)
        log = repository.log([self.path], "--all", "HEAD")
        return next((commit.id for commit, changes in log if any(change.after == blob for change in changes)), None)
