"""Runs operations in turn, round after round, each in the state that it asks for, and keeps their times."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

COLD, WARM, EDITED, TOUCHED = "cold", "warm", "one edited", "all touched"
AGE_NS = 10_000_000_000
"""How long ago an edit says that it was made: beyond what kamctl and git take for racily clean."""

PEAK = """
import os, sys
child = os.fork()
if child == 0:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.execvp(sys.argv[1], sys.argv[1:])
print(os.wait4(child, 0)[2].ru_maxrss)
"""
"""Runs a command and prints its peak memory. A process of its own, since a child starts with its parent's peak."""


@dataclass(frozen=True)
class Operation:
    """One thing to time, named with its state.

    `piped` ones end in cat, `before` runs untimed ahead of each run, and `each` is how many files (or transactions)
    it goes through.
    """

    name: str
    command: Sequence[str]
    state: str = WARM
    piped: bool = False
    memory: bool = False
    each: int = 0
    before: Sequence[str] = ()
    cwd: Path | None = None


@dataclass
class Timing:
    """What came of one operation: seconds of each round, peak memory in MB, and the exit code."""

    operation: Operation
    seconds: list[float] = field(default_factory=list)
    peak: float | None = None
    status: int = 0

    @property
    def milliseconds(self) -> float:
        """The median time."""
        return median(self.seconds) * 1000

    @property
    def milliseconds_each(self) -> float | None:
        """The median time for each file or transaction, start-up included."""
        return self.milliseconds / self.operation.each if self.operation.each else None

    def ratio(self, base: Timing) -> float:
        """Return the median of the ratios to another operation in the same round."""
        return self.compared(base, lambda own, other: own / other)

    def compared(self, base: Timing, by: Callable[[float, float], float]) -> float:
        """Return the median of what comes of comparing the seconds of each round with another operation's."""
        return median(map(by, self.seconds, base.seconds))


@dataclass(frozen=True)
class Table:
    """The timings of one round-robin, by name of the operation. `size` is the number of opportunities, 0 for none."""

    title: str
    size: int
    timings: dict[str, Timing]


class Bench:
    """Where operations run: a workspace, kamctl's cache, and an environment with a home of its own."""

    def __init__(self, root: Path, scratch: Path) -> None:
        self.root = root
        self.cache = scratch / "cache"
        self.env = environment(scratch)
        self.files = sorted(path for path in root.rglob("*.yaml") if ".git" not in path.parts)
        self.deals = sorted(root.glob("accounts/*/opportunities/*.yaml"))
        self.edits = 0

    def measure(self, title: str, size: int, operations: Sequence[Operation], repeat: int) -> Table:
        """Time all operations in turn, `repeat` times, after one round for memory that is not timed."""
        original = self.deals[0].read_bytes()
        timings = {operation.name: Timing(operation) for operation in operations}
        try:
            for timing in timings.values():
                self._warm_up(timing)
            for number in range(repeat):
                print(f"{title}: round {number + 1} of {repeat}", file=sys.stderr)
                for timing in timings.values():
                    timing.seconds.append(self._timed(timing.operation)[1])
        finally:
            self._write_deal(original)
        return Table(title, size, timings)

    def _warm_up(self, timing: Timing) -> None:
        timing.status, _ = self._timed(timing.operation)
        if timing.operation.memory:
            timing.peak = self._peak(timing.operation)

    def _timed(self, operation: Operation) -> tuple[int, float]:
        """Run an operation once and return its exit code and the seconds until it, and its cat, have ended."""
        self._prepare(operation)
        stdout = subprocess.PIPE if operation.piped else subprocess.DEVNULL
        start = time.perf_counter()
        with subprocess.Popen(
            operation.command, cwd=operation.cwd or self.root, env=self.env, stdout=stdout, stderr=subprocess.DEVNULL
        ) as process:
            if process.stdout is not None:
                subprocess.run(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL, check=True)
            status = process.wait()
        return status, time.perf_counter() - start

    def _peak(self, operation: Operation) -> float:
        """Return the peak resident memory in MB of the largest process of an operation."""
        self._prepare(operation)
        wrapper = [sys.executable, "-I", "-S", "-c", PEAK, *operation.command]
        cwd = operation.cwd or self.root
        text = subprocess.run(wrapper, cwd=cwd, env=self.env, check=True, capture_output=True, text=True).stdout
        return int(text) / (1 << 20 if sys.platform == "darwin" else 1 << 10)

    def _prepare(self, operation: Operation) -> None:
        """Bring cache and files into the state that an operation starts from."""
        if operation.state == COLD:
            shutil.rmtree(self.cache, ignore_errors=True)
        if operation.state == EDITED:
            self.edits += 1
            kept = self.deals[0].read_bytes().partition(b"# edit ")[0]
            self._write_deal(kept + b"# edit %d\n" % self.edits)
        if operation.state == TOUCHED:
            age(self.files)
        if operation.before:
            subprocess.run(
                operation.before, cwd=self.root, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )

    def _write_deal(self, content: bytes) -> None:
        self.deals[0].write_bytes(content)
        age(self.deals[:1])


def age(files: Sequence[Path]) -> None:
    """Give files a new modification time, some seconds ago: later than any that this gave before."""
    then = time.time_ns() - AGE_NS
    for path in files:
        os.utime(path, ns=(then, then))


def environment(scratch: Path) -> dict[str, str]:
    """Return the environment of every measured process: a home and a cache of its own."""
    home = scratch / "home"
    home.mkdir(exist_ok=True)
    dropped = ("PYTHON", "KAMCTL_", "GIT_", "LEDGER_", "BEANCOUNT_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "KAMCTL_CACHE_DIR": str(scratch / "cache")}
    return env | own | {"PYTHONUTF8": "1"}
