"""The index: what files said when they were last read, so that unchanged ones need not be read again.

A cache and nothing more. It lies in the user's cache directory, one folder a workspace, and may be deleted at any
time; a store that is missing, foreign, older, newer, cut short or damaged is rebuilt, and where nothing can be
written kamctl does without. A store is one file: a magic line, a checksum, a length, a key, a marshalled table by
folder, and behind it the rows of each entry with a checksum of their own, so that a listing of some deals reads no
others.

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
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from io import FileIO
from typing import Any, NamedTuple, cast

from kamctl import __version__
from kamctl.brief import ALL, Brief
from kamctl.problems import Problem

MAGIC = b"kamctl index 1\n"
SHORT = 32
"""Text up to so many characters is kept once in memory, however many rows hold it: most of it are names and keys."""

RACY_NS = 2_000_000_000
"""How old a file must be when it is read for its entry to be trusted: the coarsest clock of a file system in use."""

Fingerprint = tuple[int, int, int]
"""Modification time in nanoseconds, size in bytes, inode."""

GONE: Fingerprint = (0, 0, 0)
"""The fingerprint of a file that cannot be looked at."""

Entry = tuple[bytes | None, tuple[tuple[Any, ...], ...], str, int]
"""What one file said: its packed rows by table, marshalled, None when it could not be read; its packed problems; and of
a deal its stage and the ordinal day of its last stage event, by which a listing can pass over it without its rows."""


class Kept(NamedTuple):
    """What one folder said: its stems with fingerprints, sorted, and column by column an entry for each.

    That nothing in it has changed is one comparison of lists. `rows` gives the rows of an entry by its position;
    `problems` holds those entries that have some.
    """

    files: Sequence[tuple[str, Fingerprint]]
    stages: Sequence[str]
    last_days: Sequence[int]
    rows: Sequence[bytes | None]
    problems: Mapping[int, tuple[tuple[Any, ...], ...]]

    @classmethod
    def of(cls, files: Sequence[tuple[str, Fingerprint]], entries: Sequence[Entry]) -> Kept:
        """Return what a folder said from its files and an entry for each."""
        problems = {position: entry[1] for position, entry in enumerate(entries) if entry[1]}
        return cls(files, [e[2] for e in entries], [e[3] for e in entries], [e[0] for e in entries], problems)

    def entry(self, position: int) -> Entry:
        """Return one entry."""
        return self.rows[position], self.problems.get(position, ()), self.stages[position], self.last_days[position]


NOTHING = Kept((), (), (), (), {})


class DamagedStore(Exception):
    """The rows of an entry are not what was written."""


class _Area:
    """The part of a store that holds rows, read in pieces: the whole of it would stand in memory beside the rows."""

    def __init__(self, stream: FileIO, start: int) -> None:
        self.stream = stream
        self.start = start

    def __del__(self) -> None:
        self.stream.close()

    def size(self) -> int:
        """Return how many bytes there are."""
        return os.fstat(self.stream.fileno()).st_size - self.start

    def read(self, place: int, length: int) -> bytes:
        """Return some bytes."""
        self.stream.seek(self.start + place)
        return self.stream.read(length)


class _StoredRows(Sequence[bytes | None]):
    """The rows of the entries of a folder, which lie one behind the other. Each place is offset, length, checksum.

    They are read when they are asked for: one of them alone, all of them together.
    """

    __slots__ = ("area", "places")

    def __init__(self, places: bytes, area: _Area) -> None:
        self.places = memoryview(places).cast("q")
        self.area = area

    def __len__(self) -> int:
        return len(self.places) // 3

    def __iter__(self) -> Iterator[bytes | None]:
        if not len(self):
            return
        first, last = self.places[0], self.places[-3] + max(self.places[-2], 0)
        together = self.area.read(first, last - first)
        for position in range(len(self)):
            place, length, checksum = self.places[3 * position : 3 * position + 3]
            yield None if length < 0 else _whole(together[place - first : place - first + length], checksum)

    def __getitem__(self, position: Any) -> Any:
        place, length, checksum = self.places[3 * position : 3 * position + 3]
        return None if length < 0 else _whole(self.area.read(place, length), checksum)


def _whole(raw: bytes, checksum: int) -> bytes:
    """Return the rows of an entry. Raises DamagedStore when they are not what was written."""
    if zlib.crc32(raw) != checksum:
        raise DamagedStore
    return raw


class Index:
    """The stores of one workspace. Without a folder nothing is kept and nothing is found.

    `shape` names the layout of the rows that are kept; stores of another layout are not read. A store that is not
    there is looked for in the index `before`.
    """

    def __init__(self, folder: str | None, identity: str, shape: str = "", before: Index | None = None) -> None:
        self.folder = folder
        self.before = before
        self.key = os.fsencode(f"{__version__} {sys.version_info[0]}.{sys.version_info[1]} {shape} {identity}")
        self.started = time.time_ns()
        self.trusted = True

    def folders(self, store: str) -> dict[str, Kept]:
        """Return what a store keeps, by the path of the folder; nothing when there is no store to trust.

        The rows of an entry are read when they are asked for, which raises DamagedStore when they are not what was
        written.
        """
        opened = self._open(store)
        if opened is None:
            return {}
        content, area = opened
        try:
            table: dict[str, Any] = marshal.loads(content)
            return {
                name: Kept(files, stages, days, _StoredRows(places, area), problems)
                for name, (files, stages, days, places, problems) in table.items()
            }
        except (ValueError, EOFError, TypeError, AttributeError):
            return {}

    def keep_folders(self, store: str, kept: Mapping[str, Kept]) -> None:
        """Write a store, without the entries of files that were touched just before they were read, or not opened."""
        if self.folder is None:
            return
        table, pieces, place = {}, [], 0
        for name, found in kept.items():
            places = array("q")
            lasting = self._settled(found)
            for raw in lasting.rows:
                places.extend((place, -1 if raw is None else len(raw), zlib.crc32(raw or b"")))
                place += len(raw or b"")
                pieces.append(raw or b"")
            table[name] = (*lasting[:3], places.tobytes(), lasting.problems)
        self.keep_raw(store, marshal.dumps(table), pieces)

    def _settled(self, kept: Kept) -> Kept:
        """Return what may be kept of a folder."""
        numbered = range(len(kept.files))
        lasting = [n for n in numbered if self.is_settled(kept.files[n][1]) and not _is_unopened(kept, n)]
        if len(lasting) == len(kept.files):
            return kept
        return Kept.of([kept.files[n] for n in lasting], [kept.entry(n) for n in lasting])

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
        opened = self._open(store)
        return opened[0] if opened is not None else None

    def _open(self, store: str) -> tuple[bytes, _Area] | None:
        """Return the content of a store that can be trusted, and the area of rows behind it."""
        if self.folder is None or not self.trusted:
            return None
        found = self._opened(store)
        return self.before._opened(store) if found is None and self.before is not None else found

    def _opened(self, store: str) -> tuple[bytes, _Area] | None:
        key = self._key(store)
        head = len(MAGIC) + 12 + len(key)
        try:
            area = _Area(FileIO(f"{self.folder}/{store}"), head)
            start = area.read(-head, head)
            size = int.from_bytes(start[len(MAGIC) + 4 : len(MAGIC) + 12], "big")
            if not start.startswith(MAGIC) or start[len(MAGIC) + 12 :] != key or size > area.size():
                return None
            content = area.read(0, size)
        except OSError:
            return None
        checksum = int.from_bytes(start[len(MAGIC) : len(MAGIC) + 4], "big")
        if zlib.crc32(content, zlib.crc32(start[len(MAGIC) + 4 :])) != checksum:
            return None
        area.start += size
        return content, area

    def _key(self, store: str) -> bytes:
        """Return what a store says of itself: whose it is and which."""
        return self.key + b"\0" + os.fsencode(store) + b"\n"

    def keep_raw(self, store: str, content: bytes, area: Sequence[bytes] = ()) -> None:
        """Replace a store as a whole; without a word when the disk refuses."""
        if self.folder is None:
            return
        head = len(content).to_bytes(8, "big") + self._key(store)
        checksum = zlib.crc32(content, zlib.crc32(head))
        path = f"{self.folder}/{store}"
        temporary = f"{path}.{os.getpid()}.tmp"
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(temporary, "wb") as stream:
                stream.write(MAGIC + checksum.to_bytes(4, "big") + head + content)
                stream.writelines(area)
            os.replace(temporary, path)
        except OSError:
            with suppress(OSError):
                os.unlink(temporary)


def fingerprint(stat: os.stat_result) -> Fingerprint:
    """Return the fingerprint of a file from its status."""
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _is_unopened(kept: Kept, position: int) -> bool:
    """Whether a file could not be opened; why, its fingerprint does not tell, so that next time it is tried again."""
    return any(problem[1] == "cannot-open" for problem in kept.problems.get(position, ()))


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


def unpack_rows(
    raw: bytes, classes: Mapping[str, type], wanted: frozenset[str], briefs: Sequence[Brief] = ()
) -> list[tuple[str, list[Any]]]:
    """Return the rows of the wanted tables, as they were before they were packed, less what briefs do without."""
    tables: dict[str, list[tuple[Any, ...]]] = marshal.loads(raw)
    for brief in briefs:
        if brief.head in tables:
            heads = _unpacked(classes[brief.head], tables[brief.head], brief.fields.get(brief.head, ALL))
            if not any(map(brief.whole, heads)):
                return [(brief.head, heads), *_rest(tables, classes, wanted, brief)]
    return [(table, _unpacked(classes[table], rows)) for table, rows in tables.items() if table in wanted]


def _rest(
    tables: Mapping[str, list[tuple[Any, ...]]], classes: Mapping[str, type], wanted: frozenset[str], brief: Brief
) -> Iterator[tuple[str, list[Any]]]:
    """Yield the rows of the wanted tables besides the one that a brief goes by, less what it does without."""
    for table, rows in tables.items():
        if table in wanted and table != brief.head and table not in brief.tables:
            yield table, _unpacked(classes[table], rows, brief.fields.get(table, ALL))


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
    return _unpacked(row_class, (packed,))[0]


def _unpacked(row_class: type, rows: Iterable[tuple[Any, ...]], without: frozenset[str] = ALL) -> list[Any]:
    """Return rows as they were before they were packed, some of their fields empty."""
    readers, make = _readers(row_class, without), cast(Any, row_class)._make
    blanks = _blanks(row_class, without) if without else ()
    found = []
    for packed in rows:
        values = list(packed)
        for position, read in readers:
            if values[position] is not None:
                values[position] = read(values[position])
        for position, empty in blanks:
            values[position] = empty
        found.append(make(values))
    return found


def _packed(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return sys.intern(value) if len(value) <= SHORT else value  # which marshal writes down, and does when it reads
    if value is None or kind is bool or kind is int:
        return value
    if kind is frozenset:
        return frozenset(map(_packed, value))
    if kind is date:
        return value.toordinal()
    if kind is Decimal:
        return str(value)
    if kind is datetime:
        return value.isoformat()
    if kind is timedelta:
        return value.total_seconds()
    return tuple(map(_packed, value))


_day = cache(date.fromordinal)
"""Returns a day, the same one for all rows that name it."""


@cache
def _readers(row_class: type, without: frozenset[str]) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    """Return for each field of a row that marshal does not know, its position and how it is read back."""
    found = []
    for position, (name, words) in enumerate(_annotations(row_class)):
        read = _reader(words.removesuffix(" | None"))
        if read is not None and name not in without:
            found.append((position, read))
    return tuple(found)


@cache
def _blanks(row_class: type, without: frozenset[str]) -> tuple[tuple[int, Any], ...]:
    """Return for each field of a row that is done without, its position and what stands there instead."""
    fields = enumerate(_annotations(row_class))
    return tuple((at, () if words.startswith("tuple") else "") for at, (name, words) in fields if name in without)


def _annotations(row_class: type) -> list[tuple[str, str]]:
    """Return the names of the fields of a row, and their types as they are written."""
    hints = row_class.__annotations__.items()
    return [(name, hint if isinstance(hint, str) else hint.__forward_arg__) for name, hint in hints]


def _reader(annotation: str) -> Callable[[Any], Any] | None:
    simple: dict[str, Callable[[Any], Any]] = {
        "date": _day,
        "Day": _day,
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
