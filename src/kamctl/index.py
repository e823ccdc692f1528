"""The index: what files said when they were last read, so that unchanged ones need not be read again.

A cache and nothing more. It lies in the user's cache directory, one folder a workspace, and may be deleted at any
time; a store that is missing, foreign, older, newer, cut short or damaged is rebuilt, and where nothing can be
written kamctl does without. A store is one file: a magic line, a checksum, a key, and marshalled entries by folder.

An entry counts while its file has the same fingerprint (modification time in nanoseconds, size, inode), and only when
the file was not touched in the last moments before it was read: a later edit in the same tick of the file system's
clock could not be seen otherwise (git calls such entries racily clean).
"""

from __future__ import annotations

import marshal
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, cast

from kamctl import __version__
from kamctl.problems import Problem

MAGIC = b"kamctl index 1\n"
RACY_NS = 2_000_000_000
"""How old a file must be when it is read for its entry to be trusted: the coarsest clock of a file system in use."""

Fingerprint = tuple[int, int, int]
"""Modification time in nanoseconds, size in bytes, inode."""

GONE: Fingerprint = (0, 0, 0)
"""The fingerprint of a file that cannot be looked at."""

Entry = tuple[bytes | None, tuple[tuple[Any, ...], ...], str, int]
"""What one file said: its packed rows by table, marshalled, None when it could not be read; its packed problems; and of
a deal its stage and the ordinal day of its last stage event, by which a listing can pass over it without unpacking its
rows. A plain tuple, since ten thousand of them are read at once."""

Kept = tuple[list[tuple[str, Fingerprint]], list[Entry]]
"""What one folder said: its stems with fingerprints, sorted, and an entry for each. That nothing in it has changed is
one comparison of lists."""


class Index:
    """The stores of one workspace. Without a folder nothing is kept and nothing is found."""

    def __init__(self, folder: str | None, identity: str) -> None:
        self.folder = folder
        self.key = os.fsencode(f"{__version__} {sys.version_info[0]}.{sys.version_info[1]} {identity}")
        self.started = time.time_ns()

    def folders(self, store: str) -> dict[str, Kept]:
        """Return what a store keeps, by the path of the folder; nothing when there is no store to trust."""
        found = self.value(store)
        return found if isinstance(found, dict) else {}

    def keep_folders(self, store: str, kept: Mapping[str, Kept]) -> None:
        """Write a store, without the entries of files that were touched just before they were read, or not opened."""
        self.keep_value(store, {path: self._settled(found) for path, found in kept.items()})

    def _settled(self, kept: Kept) -> Kept:
        pairs = [
            (file, entry)
            for file, entry in zip(*kept, strict=True)
            if self.is_settled(file[1]) and not _is_unopened(entry)
        ]
        return [file for file, _ in pairs], [entry for _, entry in pairs]

    def is_settled(self, fingerprint: Fingerprint) -> bool:
        """Whether a file could be looked at and was last touched long enough before this run began."""
        return fingerprint != GONE and fingerprint[0] + RACY_NS < self.started

    def value(self, store: str) -> Any:
        """Return what a store holds, or None."""
        raw = self.raw(store)
        if raw is None:
            return None
        try:
            return marshal.loads(raw)
        except (ValueError, EOFError, TypeError):
            return None

    def keep_value(self, store: str, value: Any) -> None:
        """Write what a store holds: plain values that marshal knows."""
        if self.folder is not None:
            self.keep_raw(store, marshal.dumps(value))

    def raw(self, store: str) -> bytes | None:
        """Return the content of a store when its checksum and key are right, or None."""
        if self.folder is None:
            return None
        try:
            with open(f"{self.folder}/{store}", "rb") as stream:
                content = stream.read()
        except OSError:
            return None
        key = self._key(store)
        head = len(MAGIC) + 4 + len(key)
        if not content.startswith(MAGIC) or content[len(MAGIC) + 4 : head] != key:
            return None
        checksum = int.from_bytes(content[len(MAGIC) : len(MAGIC) + 4], "big")
        body = memoryview(content)[len(MAGIC) + 4 :]
        return content[head:] if zlib.crc32(body) == checksum else None

    def _key(self, store: str) -> bytes:
        """Return what a store says of itself: whose it is and which."""
        return self.key + b"\0" + os.fsencode(store) + b"\n"

    def keep_raw(self, store: str, content: bytes) -> None:
        """Replace a store as a whole; without a word when the disk refuses."""
        if self.folder is None:
            return
        body = self._key(store) + content
        path = f"{self.folder}/{store}"
        temporary = f"{path}.{os.getpid()}.tmp"
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(temporary, "wb") as stream:
                stream.write(MAGIC + zlib.crc32(body).to_bytes(4, "big") + body)
            os.replace(temporary, path)
        except OSError:
            with suppress(OSError):
                os.unlink(temporary)


def fingerprint(stat: os.stat_result) -> Fingerprint:
    """Return the fingerprint of a file from its status."""
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _is_unopened(entry: Entry) -> bool:
    """Whether a file could not be opened; why, its fingerprint does not tell, so that next time it is tried again."""
    return entry[0] is None and any(problem[1] == "cannot-open" for problem in entry[1])


def folder_for(root: str) -> str | None:
    """Return the cache folder of a workspace, or None when the environment says there shall be none.

    KAMCTL_CACHE_DIR, else XDG_CACHE_HOME, else the customary place of the system; below it a folder a workspace.
    """
    if os.environ.get("KAMCTL_NO_CACHE"):
        return None
    base = os.environ.get("KAMCTL_CACHE_DIR") or _cache_home()
    if not base:
        return None
    name = os.path.basename(root) or "root"
    return f"{base}/{name}-{zlib.crc32(os.fsencode(root)):08x}"


def _cache_home() -> str:
    home = os.path.expanduser("~")
    if os.environ.get("XDG_CACHE_HOME"):
        return f"{os.environ['XDG_CACHE_HOME']}/kamctl"
    if sys.platform == "win32":
        return os.environ.get("LOCALAPPDATA", home) + "/kamctl/cache"
    if sys.platform == "darwin":
        return f"{home}/Library/Caches/kamctl"
    return f"{home}/.cache/kamctl" if home != "~" else ""


def pack_rows(tables: Iterable[tuple[str, Iterable[tuple[Any, ...]]]]) -> bytes:
    """Marshal rows by table."""
    return marshal.dumps({table: [pack(row) for row in rows] for table, rows in tables})


def unpack_rows(raw: bytes, classes: Mapping[str, type], wanted: frozenset[str]) -> list[tuple[str, list[Any]]]:
    """Return the rows of the wanted tables, as they were before they were packed."""
    tables: dict[str, list[tuple[Any, ...]]] = marshal.loads(raw)
    return [(table, [unpack(classes[table], row) for row in rows]) for table, rows in tables.items() if table in wanted]


def pack_problems(problems: Iterable[Problem]) -> tuple[tuple[Any, ...], ...]:
    """Turn problems into what marshal knows."""
    return tuple((*problem[:4], dict(problem.values), *problem[5:]) for problem in problems)


def unpack_problems(packed: Iterable[tuple[Any, ...]]) -> list[Problem]:
    """Return problems as they were before they were packed."""
    return [Problem(*problem) for problem in packed]


def pack(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Turn a row into what marshal knows: days as ordinals, decimals as text."""
    return tuple(map(_packed, row))


def unpack(row_class: type, packed: tuple[Any, ...]) -> Any:
    """Return a row as it was before it was packed."""
    values = list(packed)
    for position, read in _readers(row_class):
        if values[position] is not None:
            values[position] = read(values[position])
    return cast(Any, row_class)._make(values)


def _packed(value: Any) -> Any:
    kind = type(value)
    if kind is str or value is None or kind is bool or kind is int or kind is frozenset:
        return value
    if kind is date:
        return value.toordinal()
    if kind is Decimal:
        return str(value)
    if kind is datetime:
        return value.isoformat()
    if kind is timedelta:
        return value.total_seconds()
    return tuple(map(_packed, value))


@cache
def _readers(row_class: type) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    """Return for each field of a row that marshal does not know, its position and how it is read back."""
    found = []
    for position, annotation in enumerate(row_class.__annotations__.values()):
        words = annotation if isinstance(annotation, str) else annotation.__forward_arg__
        read = _reader(words.removesuffix(" | None"))
        if read is not None:
            found.append((position, read))
    return tuple(found)


def _reader(annotation: str) -> Callable[[Any], Any] | None:
    simple: dict[str, Callable[[Any], Any]] = {
        "date": date.fromordinal,
        "Day": date.fromordinal,
        "datetime": datetime.fromisoformat,
        "Decimal": Decimal,
        "timedelta": lambda seconds: timedelta(seconds=seconds),
    }
    if annotation in simple:
        return simple[annotation]
    if not annotation.startswith("tuple[tuple["):
        return None
    inner = annotation.removeprefix("tuple[tuple[").removesuffix("], ...]").split(", ")
    readers = [_reader(part.removesuffix(" | None")) for part in inner]
    if not any(readers):
        return None

    if len(readers) == 2 and readers[0] is not None and readers[1] is None and "None" not in inner[0]:
        first = readers[0]
        return lambda rows: tuple([(first(one), other) for one, other in rows])  # what most rows of a listing hold

    def read(rows: tuple[tuple[Any, ...], ...]) -> tuple[tuple[Any, ...], ...]:
        return tuple(
            tuple(v if r is None or v is None else r(v) for r, v in zip(readers, row, strict=True)) for row in rows
        )

    return read
