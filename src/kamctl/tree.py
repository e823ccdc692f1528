"""The files of a workspace: where its root is, and which files of which kind lie below it, with their fingerprints.

They lie in a folder on disk, `Disk`, or in a commit, `history.snapshot.Snapshot`; both are `Files`.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from kamctl import layout
from kamctl.index import GONE, Fingerprint, fingerprint
from kamctl.parallel import in_halves
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError

FEW_ACCOUNTS = 300
"""Up to so many account folders one process looks at; beyond, a second one pays."""


class SourceFile(NamedTuple):
    """A file of the workspace: its path below the root, and the kind and id that its place gives it."""

    path: str
    kind: str
    id: str


def find_root(start: Path) -> Path | None:
    """Return the nearest folder at or above `start` that holds kamctl.yaml, or None."""
    start = Path(os.path.normpath(start.absolute()))
    return next((folder for folder in (start, *start.parents) if (folder / layout.ROOT_FILE).is_file()), None)


def root_of(start: Path) -> Path:
    """Return the root of the workspace that `start` lies in. Raises KamctlError when there is none."""
    root = find_root(start)
    if root is None:
        hint = Phrase("`kamctl init DIR` makes a workspace; `-C DIR` names one")
        raise KamctlError(Phrase("there is no kamctl.yaml in {start} or above", start=start), hint)
    return root


class Folder(NamedTuple):
    """The files of one kind in one folder: path and id before each stem, and stems with fingerprints, sorted."""

    path: str
    kind: str
    prefix: str
    files: list[tuple[str, Fingerprint]]

    def source(self, stem: str) -> SourceFile:
        """Return one of the files."""
        alone = self.kind not in layout.FOLDERS and self.kind not in layout.TOP_FOLDERS
        record_id = self.prefix if alone else self.prefix + stem
        return SourceFile(f"{self.path}{stem}.yaml", self.kind, record_id)


class Files(Protocol):
    """Where the files of a workspace come from. Paths are below its root, with forward slashes."""

    def folders(self, kinds: Collection[str], account: str = "") -> Iterator[Folder]:
        """Yield the folders that hold files of some kinds, of one account or of all, in the order of their paths."""

    def accounts(self) -> list[str]:
        """Return the names of the account folders, sorted."""

    def names(self, folder: str) -> list[str]:
        """Return the names of the YAML files of a folder without their ending, sorted."""

    def below(self, folder: str) -> list[str]:
        """Return the paths of the YAML files of a folder and of those below it, sorted."""

    def strays(self) -> Iterator[str]:
        """Yield the paths of YAML files where no record belongs."""

    def holds(self, path: str) -> bool:
        """Whether there is a file."""

    def holds_folder(self, path: str) -> bool:
        """Whether there is a folder."""

    def mark(self, path: str) -> Fingerprint:
        """Return the fingerprint of a file, `GONE` when it cannot be looked at."""

    def read(self, path: str) -> bytes:
        """Return what a file holds. Raises OSError."""

    def expect(self, paths: Sequence[str]) -> None:
        """Say which files will be read next, in this order, so that they can be fetched together."""


class Disk:
    """Files in a folder on disk."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)

    def folders(self, kinds: Collection[str], account: str = "") -> Iterator[Folder]:
        """Yield the folders that hold files of some kinds, of one account or of all, in the order of their paths."""
        if "settings" in kinds:
            yield from _single(self.root, "", "settings", "", "kamctl")
        below = [(kind, layout.FOLDERS[kind]) for kind in sorted(layout.FOLDERS) if kind in kinds]

        def look(names: Sequence[str]) -> dict[str, Any]:
            return {name: [tuple(found) for found in _account(self.root, name, kinds, below)] for name in names}

        names = [account] if account else self.accounts()
        seen = in_halves(names, FEW_ACCOUNTS, look)
        for name in names:
            for found in seen[name]:
                yield Folder(*found)
        if "team" in kinds:
            yield from _single(self.root, "", "team", "", "team")
        for kind, folder in layout.TOP_FOLDERS.items():
            if kind in kinds and not account:
                yield Folder(f"{folder}/", kind, "", _stems(f"{self.root}/{folder}"))

    def accounts(self) -> list[str]:
        """Return the names of the account folders, sorted."""
        return _folders(f"{self.root}/{layout.ACCOUNTS}")

    def names(self, folder: str) -> list[str]:
        """Return the names of the YAML files of a folder without their ending, sorted."""
        return [stem for stem, _ in _stems(f"{self.root}/{folder}")]

    def below(self, folder: str) -> list[str]:
        """Return the paths of the YAML files of a folder and of those below it, sorted."""
        start = len(self.root) + 1
        return sorted(
            f"{where[start:]}/{name}".replace(os.sep, "/")
            for where, folders, names in os.walk(f"{self.root}/{folder}")
            for name in (*folders, *names)
            if name.endswith((".yaml", ".yml"))
        )

    def strays(self) -> Iterator[str]:
        """Yield the paths of YAML files where no record belongs."""

        def look(names: Sequence[str]) -> dict[str, Any]:
            return {name: list(_strays(self.root, f"{layout.ACCOUNTS}/{name}")) for name in names}

        files, names = _strays_here(self.root, layout.ACCOUNTS)
        seen = in_halves(names, FEW_ACCOUNTS, look)
        yield from files
        for name in names:
            yield from seen[name]
        for top in (layout.METHOD, *layout.TOP_FOLDERS.values()):
            yield from _strays(self.root, top)

    def holds(self, path: str) -> bool:
        """Whether there is a file."""
        return os.path.isfile(f"{self.root}/{path}")

    def holds_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        return os.path.isdir(f"{self.root}/{path}")

    def mark(self, path: str) -> Fingerprint:
        """Return the fingerprint of a file, `GONE` when it cannot be looked at."""
        try:
            return fingerprint(os.stat(f"{self.root}/{path}"))
        except OSError:
            return GONE

    def read(self, path: str) -> bytes:
        """Return what a file holds. Raises OSError."""
        with open(f"{self.root}/{path}", "rb") as stream:
            return stream.read()

    def expect(self, paths: Sequence[str]) -> None:
        """Do nothing: a disk gives one file as fast as many."""


def _account(root: str, name: str, kinds: Collection[str], below: Sequence[tuple[str, str]]) -> Iterator[Folder]:
    path = f"{layout.ACCOUNTS}/{name}/"
    if "account" in kinds:
        yield from _single(root, path, "account", name, "account")
    for kind, folder in below:
        files = _stems(f"{root}/{path}{folder}")
        if files:
            yield Folder(f"{path}{folder}/", kind, f"{name}/", files)


def scan(files: Files, kinds: Collection[str], account: str = "") -> Iterator[SourceFile]:
    """Yield the files of some kinds, of one account or of all, in the order of their paths."""
    for folder in files.folders(kinds, account):
        for stem, _ in folder.files:
            yield folder.source(stem)


def method_files(files: Files) -> Iterator[SourceFile]:
    """Yield the workspace's own method files."""
    for path in files.below(layout.METHOD):
        place = layout.kind_and_id(path)
        if place is not None:
            yield SourceFile(path, *place)


def _single(root: str, path: str, kind: str, record_id: str, stem: str) -> Iterator[Folder]:
    """Yield the folder of a file that stands alone, when it is there."""
    try:
        mark = fingerprint(os.stat(f"{root}/{path}{stem}.yaml"))
    except OSError:
        if not os.path.lexists(f"{root}/{path}{stem}.yaml"):
            return
        mark = GONE
    yield Folder(path, kind, record_id, [(stem, mark)])


def _strays(root: str, folder: str) -> Iterator[str]:
    """Yield the strays at or below a folder."""
    files, names = _strays_here(root, folder)
    yield from files
    for name in names:
        yield from _strays(root, f"{folder}/{name}")


def _strays_here(root: str, folder: str) -> tuple[list[str], list[str]]:
    """Return the paths of the strays that lie in a folder itself, and the names of the folders in it, sorted."""
    parts = folder.split("/")
    at_home = len(parts) == 3 and parts[0] == layout.ACCOUNTS and parts[2] in layout.KIND_OF_FOLDER
    endings = (".yml",) if at_home else (".yaml", ".yml")
    names, below = [], []
    with suppress(OSError), os.scandir(f"{root}/{folder}") as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                below.append(entry.name)
            elif entry.name.endswith(endings):
                names.append(entry.name)
    paths = [f"{folder}/{name}" for name in sorted(names)]
    return [path for path in paths if layout.kind_and_id(path) is None], sorted(below)


def _folders(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return []


def _stems(folder: str) -> list[tuple[str, Fingerprint]]:
    """Return the names of the YAML files of a folder without their ending, sorted, with fingerprints."""
    found = []
    try:
        entries = os.scandir(folder)
    except OSError:
        return []
    with entries:
        for entry in entries:
            name = entry.name
            if name.endswith(".yaml") and name[0] != ".":
                try:
                    stat = entry.stat()
                    found.append((name[:-5], (stat.st_mtime_ns, stat.st_size, stat.st_ino)))
                except OSError:
                    found.append((name[:-5], GONE))
    found.sort()
    return found
