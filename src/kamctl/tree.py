"""The files of a workspace: where its root is, and which files of which kind lie below it, with their fingerprints."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from kamctl import layout
from kamctl.index import GONE, Fingerprint, fingerprint
from kamctl.parallel import in_halves

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


def folders(root: str, kinds: Collection[str], account: str = "") -> Iterator[Folder]:
    """Yield the folders that hold files of some kinds, of one account or of all, in the order of their paths."""
    if "settings" in kinds:
        yield from _single(root, "", "settings", "", "kamctl")
    below = [(kind, layout.FOLDERS[kind]) for kind in sorted(layout.FOLDERS) if kind in kinds]

    def look(names: Sequence[str]) -> dict[str, Any]:
        return {name: [tuple(found) for found in _account(root, name, kinds, below)] for name in names}

    names = [account] if account else accounts(root)
    seen = in_halves(names, FEW_ACCOUNTS, look)
    for name in names:
        for found in seen[name]:
            yield Folder(*found)
    if "team" in kinds:
        yield from _single(root, "", "team", "", "team")
    for kind, folder in layout.TOP_FOLDERS.items():
        if kind in kinds and not account:
            yield Folder(f"{folder}/", kind, "", _stems(f"{root}/{folder}"))


def _account(root: str, name: str, kinds: Collection[str], below: Sequence[tuple[str, str]]) -> Iterator[Folder]:
    path = f"{layout.ACCOUNTS}/{name}/"
    if "account" in kinds:
        yield from _single(root, path, "account", name, "account")
    for kind, folder in below:
        files = _stems(f"{root}/{path}{folder}")
        if files:
            yield Folder(f"{path}{folder}/", kind, f"{name}/", files)


def scan(root: str, kinds: Collection[str], account: str = "") -> Iterator[SourceFile]:
    """Yield the files of some kinds, of one account or of all, in the order of their paths."""
    for folder in folders(root, kinds, account):
        for stem, _ in folder.files:
            yield folder.source(stem)


def _single(root: str, path: str, kind: str, record_id: str, stem: str) -> Iterator[Folder]:
    """Yield the folder of a file that stands alone, when it is there."""
    try:
        mark = fingerprint(os.stat(f"{root}/{path}{stem}.yaml"))
    except OSError:
        if not os.path.lexists(f"{root}/{path}{stem}.yaml"):
            return
        mark = GONE
    yield Folder(path, kind, record_id, [(stem, mark)])


def accounts(root: str) -> list[str]:
    """Return the names of the account folders, sorted."""
    return _folders(f"{root}/{layout.ACCOUNTS}")


def method_files(root: Path) -> Iterator[SourceFile]:
    """Yield the workspace's own method files."""
    for path in sorted((root / layout.METHOD).rglob("*.yaml")):
        below = path.relative_to(root).as_posix()
        place = layout.kind_and_id(below)
        if place is not None:
            yield SourceFile(below, *place)


def strays(root: Path) -> Iterator[str]:
    """Yield the paths of YAML files where no record belongs."""

    def look(names: Sequence[str]) -> dict[str, Any]:
        return {name: list(_strays(str(root), f"{layout.ACCOUNTS}/{name}")) for name in names}

    files, names = _strays_here(str(root), layout.ACCOUNTS)
    seen = in_halves(names, FEW_ACCOUNTS, look)
    yield from files
    for name in names:
        yield from seen[name]
    for top in (layout.METHOD, *layout.TOP_FOLDERS.values()):
        yield from _strays(str(root), top)


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
