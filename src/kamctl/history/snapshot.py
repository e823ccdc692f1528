"""A workspace as it stood in a commit, read from git without a checkout.

What was read is kept in the index, in a folder for each tree, so that a second look is as quick as at files that have
not changed. A tree that is new starts from what the last one kept: files with the same blob are not read again.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from posixpath import dirname, join, normpath

from kamctl import facts, layout
from kamctl.history.answers import LINK, TreeEntry
from kamctl.history.repository import Repository
from kamctl.history.revisions import Revision
from kamctl.index import GONE, Fingerprint, Index, folder_for
from kamctl.phrases import Phrase, Verbatim
from kamctl.problems import KamctlError
from kamctl.tree import Folder
from kamctl.workspace import Workspace

KEPT = 12
"""How many trees the index keeps; the one used longest ago goes first."""

Listing = dict[str, list[tuple[str, Fingerprint]]]
"""The YAML files of a tree by folder: name, and a fingerprint whose last number is the blob."""


def workspace_at(root: Path, repository: Repository, revision: Revision, *, tolerant: bool = False) -> Workspace:
    """Open the workspace at `root` as it stood in a revision.

    Raises KamctlError when there was none in that commit, and as opening one does.
    """
    index = _index(root, revision.tree)
    files = Snapshot(repository, revision, index)
    if not files.holds(layout.ROOT_FILE):
        place = f"{repository.prefix}{layout.ROOT_FILE}"
        raise KamctlError(
            Phrase("there was no {path} in commit {commit}", path=place, commit=revision.commit.short),
            Phrase("ask for a later revision"),
        )
    return Workspace(root, files, index, tolerant=tolerant)


def commit_of(workspace: Workspace, repository: Repository) -> str:
    """Return the commit up to which the history of a workspace goes: its revision's, else the one checked out.

    Raises KamctlError when there is no commit yet.
    """
    files = workspace.files
    return files.revision.commit.id if isinstance(files, Snapshot) else repository.head


def _index(root: Path, tree: str) -> Index:
    """Return the stores of one tree; those that it lacks are looked for at the tree that was looked at last."""
    folder = folder_for(str(root))
    if folder is None:
        return Index(None, str(root))
    last = _used_before(f"{folder}/at", tree)
    before = Index(last, str(root), facts.shape()) if last is not None else None
    return Index(f"{folder}/at/{tree}", str(root), facts.shape(), before)


def _used_before(folder: str, tree: str) -> str | None:
    """Return the folder of the tree used last, mark the one of `tree` as used, and forget those beyond the limit."""
    try:
        os.makedirs(f"{folder}/{tree}", mode=0o700, exist_ok=True)
        os.utime(f"{folder}/{tree}")
        with os.scandir(folder) as found:
            others = sorted((-entry.stat().st_mtime_ns, entry.path) for entry in found if entry.name != tree)
    except OSError:
        return None
    for _, path in others[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
    return others[0][1] if others else None


class Snapshot:
    """The files of a workspace in a revision."""

    def __init__(self, repository: Repository, revision: Revision, index: Index) -> None:
        self.repository = repository
        self.revision = revision
        self.index = index
        self.ahead: Iterator[tuple[str, bytes | None]] = iter(())

    @cached_property
    def listing(self) -> Listing:
        """The YAML files by folder, each sorted by name."""
        store = f"listing-{self.revision.tree}"
        kept = self.index.value(store)
        if isinstance(kept, dict):
            return kept
        listing = self._listed()
        self.index.keep_value(store, listing)
        return listing

    def folders(self, kinds: Collection[str], account: str = "") -> Iterator[Folder]:
        """Yield the folders that hold files of some kinds, of one account or of all, in the order of their paths."""
        if "settings" in kinds:
            yield from self._single("", "settings", "", "kamctl")
        below = [(kind, layout.FOLDERS[kind]) for kind in sorted(layout.FOLDERS) if kind in kinds]
        for name in [account] if account else self.accounts():
            path = f"{layout.ACCOUNTS}/{name}/"
            if "account" in kinds:
                yield from self._single(path, "account", name, "account")
            for kind, folder in below:
                files = self._stems(f"{path}{folder}/")
                if files:
                    yield Folder(f"{path}{folder}/", kind, f"{name}/", files)
        if "team" in kinds:
            yield from self._single("", "team", "", "team")
        for kind, folder in layout.TOP_FOLDERS.items():
            if kind in kinds and not account:
                yield Folder(f"{folder}/", kind, "", self._stems(f"{folder}/"))

    def accounts(self) -> list[str]:
        """Return the names of the account folders, sorted."""
        start = f"{layout.ACCOUNTS}/"
        names = {folder[len(start) :].partition("/")[0] for folder in self.listing if folder.startswith(start)}
        return sorted(name for name in names if name and not name.startswith("."))

    def names(self, folder: str) -> list[str]:
        """Return the names of the YAML files of a folder without their ending, sorted."""
        return [stem for stem, _ in self._stems(f"{folder}/")]

    def below(self, folder: str) -> list[str]:
        """Return the paths of the YAML files of a folder and of those below it, sorted."""
        start = f"{folder}/"
        return sorted(
            where + name for where, files in self.listing.items() if where.startswith(start) for name, _ in files
        )

    def strays(self) -> Iterator[str]:
        """Yield the paths of YAML files where no record belongs."""
        for top in (layout.ACCOUNTS, layout.METHOD, *layout.TOP_FOLDERS.values()):
            yield from (path for path in self.below(top) if layout.kind_and_id(path) is None)

    def holds(self, path: str) -> bool:
        """Whether there is a file."""
        return self.mark(path) != GONE

    def holds_folder(self, path: str) -> bool:
        """Whether there is a folder with YAML files in it or below it."""
        return any(folder.startswith(f"{path}/") for folder in self.listing)

    def mark(self, path: str) -> Fingerprint:
        """Return the fingerprint of a file, `GONE` when there is none."""
        folder, slash, name = path.rpartition("/")
        return next((mark for known, mark in self.listing.get(folder + slash, ()) if known == name), GONE)

    def read(self, path: str) -> bytes:
        """Return what a file holds. Raises OSError when it is not there, or not in this clone."""
        mark = self.mark(path)
        if mark == GONE:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        blob = self._blob(mark)
        found, raw = next(self.ahead, ("", None))
        if found != blob:
            raw = next(self.repository.contents([blob]))
        if raw is None:
            raise OSError(errno.ENODATA, "its content is not in this clone", path)
        return raw

    def expect(self, paths: Sequence[str]) -> None:
        """Fetch some files together; they come as they are read, in this order."""
        marks = {f"{folder}{name}": mark for folder, files in self.listing.items() for name, mark in files}
        blobs = [self._blob(marks[path]) for path in paths if path in marks]
        self.ahead = zip(blobs, self.repository.contents(blobs), strict=True)

    def _blob(self, mark: Fingerprint) -> str:
        return f"{mark[2]:0{len(self.revision.tree)}x}"

    def _single(self, path: str, kind: str, record_id: str, stem: str) -> Iterator[Folder]:
        mark = self.mark(f"{path}{stem}.yaml")
        if mark != GONE:
            yield Folder(path, kind, record_id, [(stem, mark)])

    def _stems(self, folder: str) -> list[tuple[str, Fingerprint]]:
        files = self.listing.get(folder, ())
        return [(name[:-5], mark) for name, mark in files if name.endswith(".yaml") and name[0] != "."]

    def _listed(self) -> Listing:
        """List the tree. A link counts as the file that it leads to, and as none when that is not in the tree."""
        entries = {entry.path: entry for entry in self._entries()}
        links = [path for path, entry in entries.items() if entry.mode == LINK]
        targets = self.repository.contents([entries[path].blob for path in links])
        for path, target in zip(links, targets, strict=True):
            led = normpath(join(dirname(path), os.fsdecode(target or b"")))
            entry = entries.get(led)
            if entry is not None and entry.mode != LINK:
                entries[path] = entry._replace(path=path)
            else:
                del entries[path]
        listing: Listing = {}
        for path, entry in sorted(entries.items()):
            folder, slash, name = path.rpartition("/")
            if name.endswith((".yaml", ".yml")):
                listing.setdefault(folder + slash, []).append((name, (0, 0, int(entry.blob, 16))))
        return listing

    def _entries(self) -> Iterator[TreeEntry]:
        return self.repository.entries(self.revision.tree, *layout.PLACES)


class Staged(Snapshot):
    """The files of a workspace as they are staged for the next commit. The tree of its revision has no name in git."""

    def _entries(self) -> Iterator[TreeEntry]:
        return self.repository.staged_entries(*layout.PLACES)


def workspace_staged(root: Path, repository: Repository, today: date) -> Workspace:
    """Open the workspace at `root` as it is staged, on top of what is checked out. Raises KamctlError."""
    said = "\n".join(f"{entry.mode} {entry.blob} {entry.path}" for entry in repository.staged_entries(*layout.PLACES))
    tree = repository.blob_of(said.encode("utf-8", "surrogateescape"))
    index = _index(root, tree)
    files = Staged(repository, Revision("", repository.commit(repository.head), tree, today), index)
    if not files.holds(layout.ROOT_FILE):
        raise KamctlError(
            Phrase("{file} is not staged", file=f"{repository.prefix}{layout.ROOT_FILE}"),
            Verbatim(f"`git add {layout.ROOT_FILE}`"),
        )
    return Workspace(root, files, index, tolerant=True)
