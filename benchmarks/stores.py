"""Measures stores that the index could keep its heads in: the present one, SQLite, and pickle.

Each holds the same entries, those that listings read of the deals of a generated workspace. Measured in one process,
in turn: reading the fingerprints of all files and the rows of the deals at one stage, writing everything, and writing
after one file has changed. Then single bytes are changed, and everything in each store is read again.
"""

from __future__ import annotations

import argparse
import gc
import os
import pickle
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import generate
from benchmarks.running import age
from benchmarks.tables import plain

from kamctl import facts
from kamctl.index import Fingerprint, Index, Kept, unpack_rows
from kamctl.loading import load
from kamctl.tree import Disk

TABLES = frozenset(("opportunities",))
STAGE, ANY = "Q", ""
STORE = "heads/opportunity"
CORRUPTIONS = 25
MEMORY_LIMIT = 4 << 30
"""Address space of a process that reads a damaged store, which may ask for any amount."""
NOTICED, WRONG, HARMLESS = "noticed", "wrong", "no effect"

Found = tuple[list[tuple[str, str, Fingerprint]], list[Any]]
"""Folder, stem and fingerprint of every file, and the rows of the deals that were asked for."""


class Store(Protocol):
    """A store in a file of its own. Reading raises any exception when it notices damage."""

    name: str
    module: str
    path: Path

    def read(self, stage: str) -> Found:
        """Return fingerprints of all and rows of one stage, or of any."""

    def write(self, kept: dict[str, Kept]) -> None:
        """Write everything."""

    def write_one(self, kept: dict[str, Kept], folder: str) -> None:
        """Write after the first file of a folder has changed."""


class Marshalled:
    """The present store: a marshalled table and rows behind it, with checksums, replaced as a whole."""

    name, module = "marshal and checksums (present)", "marshal"

    def __init__(self, folder: Path) -> None:
        self.path = folder / STORE
        self.index = Index(str(folder), "stores")

    def read(self, stage: str) -> Found:
        """Return fingerprints of all and rows of one stage, or of any."""
        kept = self.index.folders(STORE)
        if not kept:
            raise ValueError("rebuilt")
        return selected(kept, stage)

    def write(self, kept: dict[str, Kept]) -> None:
        """Write everything."""
        self.index.keep_folders(STORE, kept)

    def write_one(self, kept: dict[str, Kept], folder: str) -> None:
        """Write everything again."""
        self.write(kept)


class Pickled:
    """The same value as a pickle, replaced as a whole."""

    name, module = "pickle", "pickle"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "heads.pickle"

    def read(self, stage: str) -> Found:
        """Return fingerprints of all and rows of one stage, or of any."""
        return selected(pickle.loads(self.path.read_bytes()), stage)

    def write(self, kept: dict[str, Kept]) -> None:
        """Write everything."""
        temporary = self.path.with_suffix(".tmp")
        temporary.write_bytes(pickle.dumps(kept, pickle.HIGHEST_PROTOCOL))
        os.replace(temporary, self.path)

    def write_one(self, kept: dict[str, Kept], folder: str) -> None:
        """Write everything again."""
        self.write(kept)


class Database:
    """SQLite: a row a file, an index on the stage. As little waiting for the disk as in the other stores."""

    name, module = "SQLite", "sqlite3"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "heads.sqlite"

    def read(self, stage: str) -> Found:
        """Return fingerprints of all and rows of one stage, or of any."""
        connection = self._connect()
        try:
            files = connection.execute("SELECT folder, stem, mtime, size, inode FROM files ORDER BY folder, stem")
            marks = [(folder, stem, (mtime, size, inode)) for folder, stem, mtime, size, inode in files]
            where, values = ("WHERE stage = ?", (stage,)) if stage else ("", ())
            found = connection.execute(f"SELECT content FROM files {where} ORDER BY folder, stem", values)
            return marks, [row for (raw,) in found for row in unpacked(raw)]
        finally:
            connection.close()

    def write(self, kept: dict[str, Kept]) -> None:
        """Write everything into a new file."""
        self.path.unlink(missing_ok=True)
        connection = self._connect()
        connection.execute(
            "CREATE TABLE files (folder TEXT, stem TEXT, mtime INTEGER, size INTEGER, inode INTEGER, stage TEXT,"
            " day INTEGER, content BLOB, PRIMARY KEY (folder, stem)) WITHOUT ROWID"
        )
        rows = (
            (folder, stem, *mark, found.stages[place], found.last_days[place], found.rows[place])
            for folder, found in kept.items()
            for place, (stem, mark) in enumerate(found.files)
        )
        connection.executemany("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute("CREATE INDEX stages ON files (stage)")
        connection.commit()
        connection.close()

    def write_one(self, kept: dict[str, Kept], folder: str) -> None:
        """Update one row."""
        (stem, mark), (rows, _, stage, last_day) = kept[folder].files[0], kept[folder].entry(0)
        connection = self._connect()
        connection.execute(
            "UPDATE files SET mtime = ?, size = ?, inode = ?, stage = ?, day = ?, content = ?"
            " WHERE folder = ? AND stem = ?",
            (*mark, stage, last_day, rows, folder, stem),
        )
        connection.commit()
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path)
        connection.execute("PRAGMA synchronous = OFF")
        return connection


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opportunities", type=int, default=10000, metavar="N", help="number of deals (default 10000)")
    parser.add_argument("--repeat", type=int, default=7, metavar="N", help="rounds (default 7)")
    options = parser.parse_args()
    if min(options.opportunities, options.repeat) < 1:
        parser.error("sizes and rounds start at 1")
    gc.disable()  # as kamctl does while it reads
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        kept = heads(folder, options.opportunities)
        stores: list[Store] = [Marshalled(folder), Database(folder), Pickled(folder)]
        times = measured(stores, kept, options.repeat)
        head = ["store", "import ms", "read ms", "write ms", "write one ms", "KB", NOTICED, WRONG, HARMLESS]
        print(f"{options.opportunities} opportunities, {CORRUPTIONS} single bytes changed")
        print(plain([head, *(cells(store, times[store.name]) for store in stores)]))


def heads(folder: Path, count: int) -> dict[str, Kept]:
    """Return what the index keeps of the deals of a generated workspace, by folder."""
    root = folder / "workspace"
    generate.write(root, generate.files(count, 0, 1))
    age(list(root.rglob("*.yaml")))
    index = Index(str(folder / "index"), "stores")
    load(Disk(root), index, TABLES)
    return {folder: found._replace(rows=list(found.rows)) for folder, found in index.folders(STORE).items()}


def measured(stores: Sequence[Store], kept: dict[str, Kept], repeat: int) -> dict[str, list[float]]:
    """Return for each store the medians in milliseconds of importing, reading, writing, and writing one change."""
    seconds: dict[str, list[list[float]]] = {store.name: [[], [], [], []] for store in stores}
    first = next(iter(kept))
    for number in range(repeat):
        changed = kept | {first: with_change(kept[first], number)}
        for store in stores:
            for kind, took in enumerate(one_round(store, kept, changed, first)):
                seconds[store.name][kind].append(took)
    for store in stores:
        store.write(kept)
    assert all(store.read(stage) == selected(kept, stage) for store in stores for stage in (STAGE, ANY))
    return {name: [median(took) * 1000 for took in kinds] for name, kinds in seconds.items()}


def one_round(store: Store, kept: dict[str, Kept], changed: dict[str, Kept], folder: str) -> list[float]:
    """Return the seconds of importing, reading, writing, and writing a change in one folder."""
    write = duration(lambda: store.write(kept))
    write_one = duration(lambda: store.write_one(changed, folder))
    read = duration(lambda: store.read(STAGE))
    return [import_time(store.module), read, write, write_one]


def with_change(kept: Kept, number: int) -> Kept:
    """Return a folder with another modification time of its first file."""
    (stem, (mtime, size, inode)), *files = kept.files
    return kept._replace(files=[(stem, (mtime + number + 1, size, inode)), *files])


def duration(step: Callable[[], object]) -> float:
    """Return the seconds that a step takes."""
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def import_time(module: str) -> float:
    """Return the seconds that a fresh interpreter takes to import a module."""
    code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def selected(kept: dict[str, Kept], stage: str) -> Found:
    """Return fingerprints of all and rows of one stage, or of any."""
    marks: list[tuple[str, str, Fingerprint]] = []
    rows: list[Any] = []
    for folder in sorted(kept):
        found = kept[folder]
        marks += [(folder, stem, mark) for stem, mark in found.files]
        chosen = [place for place, there in enumerate(found.stages) if stage in (ANY, there)]
        rows += [row for place in chosen for row in unpacked(found.rows[place])]
    return marks, rows


def unpacked(raw: bytes | None) -> list[Any]:
    """Return the rows of one file."""
    return [row for _, rows in unpack_rows(raw, facts.ROWS, TABLES) for row in rows] if raw is not None else []


def cells(store: Store, times: Sequence[float]) -> list[str]:
    """Return one row of the table."""
    size = store.path.stat().st_size >> 10
    fates = corrupted(store)
    return [store.name, *(f"{took:.1f}" for took in times), str(size), *(str(fates[fate]) for fate in fates)]


def corrupted(store: Store) -> dict[str, int]:
    """Return how many changed bytes are noticed, give something else without a word, and have no effect."""
    whole = store.path.read_bytes()
    intact = store.read(ANY)
    rng = Random(1)
    fates = dict.fromkeys((NOTICED, WRONG, HARMLESS), 0)
    for _ in range(CORRUPTIONS):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= rng.randint(1, 255)
        store.path.write_bytes(damaged)
        fates[fate(store, intact)] += 1
    store.path.write_bytes(whole)
    return fates


def fate(store: Store, intact: Found) -> str:
    """Return what comes of reading a damaged store: in a process of its own, which may crash."""
    child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
            os._exit(0 if store.read(ANY) == intact else 1)
        except BaseException:
            os._exit(2)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {0: HARMLESS, 1: WRONG}.get(code, NOTICED)


if __name__ == "__main__":
    main()
