"""Measures kamctl as whole processes, side by side with bare Python, git status and PyYAML's C loader.

All operations of a table are run in turn, round after round, so that a ratio compares runs of the same moment.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
AS_OF = "2026-06-15"
BARE, GIT, LOADER = "bare Python", "git status", "C loader"
VERSION, SCORE, COLD_PIPELINE = "--version", "score FILE", "pipeline | cat, cold"

LOAD_ALL = """
import sys, yaml
from pathlib import Path
for path in Path(sys.argv[1]).glob("accounts/*/opportunities/*.yaml"):
    yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
"""
"""The peer for a cold listing: the same deals through PyYAML's C loader, nothing else done with them."""

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
class Tool:
    """The kamctl to measure and the interpreter that runs it."""

    kamctl: Path
    python: Path


@dataclass(frozen=True)
class Operation:
    """One thing to time. `cold` runs start without kamctl's cache, `piped` ones end in cat."""

    name: str
    command: list[str]
    cold: bool = False
    piped: bool = False
    memory: bool = False


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

    def ratio(self, base: Timing) -> float:
        """Return the median of the ratios to another operation in the same round."""
        return median(own / other for own, other in zip(self.seconds, base.seconds, strict=True))


@dataclass(frozen=True)
class Table:
    """The timings of one round-robin, by name of the operation."""

    title: str
    timings: dict[str, Timing]


@dataclass(frozen=True)
class Goal:
    """A limit on the ratio of one operation to another."""

    text: str
    operation: str
    base: str
    limit: float


@dataclass(frozen=True)
class Verdict:
    """What came of a goal, and over what; `met` is None when a command failed."""

    goal: Goal
    over: str
    ratio: float
    met: bool | None

    def __str__(self) -> str:
        word = {None: "not measured, a command failed", True: "met", False: "missed"}[self.met]
        return f"goal: {self.goal.text} ({self.over}): {word} ({self.ratio:.2f}x)"


START_GOALS = (Goal("--version within 3x bare Python", VERSION, BARE, 3),)
SIZE_GOALS = (
    Goal("score FILE within 20x bare Python", SCORE, BARE, 20),
    Goal("cold pipeline within 1.5x PyYAML's C loader", COLD_PIPELINE, LOADER, 1.5),
)


def main() -> None:
    """Read the command line, measure and print."""
    options = arguments()
    with workdir(options.workdir) as folder, tempfile.TemporaryDirectory() as scratch:
        tool = given_tool(options.kamctl) if options.kamctl else built_tool(Path(scratch))
        about = header(tool)
        print(" · ".join(f"{name} {value}" for name, value in about.items()))
        env = environment(Path(scratch) / "home")
        tables = [measure("start-up", start_operations(tool), folder, env, options.repeat)]
        print_table(tables[0])
        for count in options.opportunities:
            root = workspace(folder, count)
            title = f"{count} opportunities"
            tables.append(measure(title, size_operations(tool, root), root, env, options.repeat))
            print_table(tables[-1])
    verdicts = list(judged(tables))
    print("", *map(str, verdicts), sep="\n")
    if options.json:
        goals = [{"goal": v.goal.text, "over": v.over, "ratio": v.ratio, "met": v.met} for v in verdicts]
        data = {"about": about, "tables": [as_data(table) for table in tables], "goals": goals}
        options.json.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", "utf-8")


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opportunities", type=int, nargs="+", default=[1000, 10000], metavar="N", help="sizes")
    parser.add_argument("--repeat", type=int, default=7, metavar="N", help="rounds (default 7)")
    parser.add_argument("--kamctl", type=Path, metavar="PATH", help="measure this executable instead of a fresh wheel")
    parser.add_argument("--workdir", type=Path, metavar="DIR", help="keep the generated workspaces here and reuse them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to this file")
    options = parser.parse_args()
    if options.repeat < 1 or min(options.opportunities) < 1:
        parser.error("sizes and rounds start at 1")
    path = options.kamctl and options.kamctl.resolve()
    if path and not (path.is_file() and (path.parent / "python").exists()):
        parser.error(f"there is no kamctl at {options.kamctl}, or no python beside it")
    return options


@contextmanager
def workdir(kept: Path | None) -> Iterator[Path]:
    """Give the folder for workspaces: the one to keep, or one that is removed afterwards."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def given_tool(kamctl: Path) -> Tool:
    """Return an installed kamctl; its interpreter lies beside it."""
    kamctl = kamctl.resolve()
    return Tool(kamctl, kamctl.parent / "python")


def built_tool(folder: Path) -> Tool:
    """Build a wheel of the checkout and install it into a fresh environment."""
    venv = folder / "venv"
    checkout = HERE.parent
    constraints = ["-c", "constraints.txt"] if (checkout / "constraints.txt").exists() else []
    print("building and installing a wheel of the checkout", file=sys.stderr)
    quiet([sys.executable, "-m", "venv", str(venv)], checkout)
    python = venv / "bin" / "python"
    quiet([str(python), "-m", "pip", "install", "--quiet", *constraints, "."], checkout)
    return Tool(venv / "bin" / "kamctl", python)


def quiet(command: Sequence[str], folder: Path, env: dict[str, str] | None = None) -> None:
    """Run a command that must succeed, without its output on stdout."""
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)


def environment(home: Path) -> dict[str, str]:
    """Return the environment of every measured process: a home of its own, which holds kamctl's cache."""
    dropped = ("PYTHON", "KAMCTL_", "GIT_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return env | {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "PYTHONUTF8": "1"}


def header(tool: Tool) -> dict[str, str]:
    """Return the versions and the machine that the figures belong to."""
    versions = "import platform, yaml; print(platform.python_version(), yaml.__version__)"
    python, pyyaml = output([str(tool.python), "-c", versions]).split()
    return {
        "Python": python,
        "PyYAML": pyyaml,
        "git": output(["git", "--version"]).removeprefix("git version "),
        "CPUs": str(os.cpu_count()),
        "platform": platform.platform(),
    }


def output(command: Sequence[str]) -> str:
    """Return what a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def workspace(folder: Path, count: int) -> Path:
    """Return a generated workspace under git, made once for each version of the generator."""
    generator = HERE / "generate.py"
    version = hashlib.sha256(generator.read_bytes()).hexdigest()[:8]
    root = folder / f"workspace-{count}-{version}"
    if (root / ".git" / "COMMIT_EDITMSG").exists():
        return root
    print(f"generating {count} opportunities", file=sys.stderr)
    shutil.rmtree(root, ignore_errors=True)
    quiet([sys.executable, str(generator), str(root), "--opportunities", str(count)], folder)
    commit(root)
    return root


def commit(root: Path) -> None:
    """Put a folder under git, with everything in one commit."""
    who = {"NAME": "Benchmark", "EMAIL": "benchmark@example.com", "DATE": f"{AS_OF}T12:00:00Z"}
    env = dict(os.environ)
    env |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    quiet(["git", "init", "--quiet"], root, env)
    quiet(["git", "add", "."], root, env)
    quiet(["git", "-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify", "-m", "generated"], root, env)


def start_operations(tool: Tool) -> list[Operation]:
    """Return what needs no workspace."""
    return [bare(tool)] + [Operation(option, [str(tool.kamctl), option]) for option in (VERSION, "--help")]


def size_operations(tool: Tool, root: Path) -> list[Operation]:
    """Return what is measured over one workspace. A warm run comes right after the cold one that fills the cache."""
    kamctl, as_of = str(tool.kamctl), ["--as-of", AS_OF]
    deal = min(root.glob("accounts/*/opportunities/*.yaml")).relative_to(root)
    validate = [kamctl, "validate", *as_of]
    pipeline = [kamctl, "pipeline", "--stage", "Q", *as_of]
    return [
        bare(tool),
        Operation(GIT, ["git", "status"]),
        Operation(LOADER, [str(tool.python), "-c", LOAD_ALL, str(root)], memory=True),
        Operation(SCORE, [kamctl, "score", str(deal), *as_of]),
        Operation("validate, cold", validate, cold=True, memory=True),
        Operation("validate, warm", validate, memory=True),
        Operation(COLD_PIPELINE, pipeline, cold=True, piped=True, memory=True),
        Operation("pipeline | cat, warm", pipeline, piped=True, memory=True),
    ]


def bare(tool: Tool) -> Operation:
    """Return the start of the interpreter alone."""
    return Operation(BARE, [str(tool.python), "-c", "pass"])


def measure(title: str, operations: Sequence[Operation], cwd: Path, env: dict[str, str], repeat: int) -> Table:
    """Time all operations in turn, `repeat` times, after one round for memory that is not timed."""
    timings = {operation.name: Timing(operation) for operation in operations}
    for timing in timings.values():
        prepare(timing.operation, env)
        timing.status, _ = timed(timing.operation, cwd, env)
        if timing.operation.memory:
            prepare(timing.operation, env)
            timing.peak = peak(timing.operation, cwd, env)
    for number in range(repeat):
        print(f"{title}: round {number + 1} of {repeat}", file=sys.stderr)
        for timing in timings.values():
            prepare(timing.operation, env)
            timing.seconds.append(timed(timing.operation, cwd, env)[1])
    return Table(title, timings)


def prepare(operation: Operation, env: dict[str, str]) -> None:
    """Empty the home before a cold run, so that kamctl finds no cache."""
    home = Path(env["HOME"])
    if operation.cold:
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(exist_ok=True)


def timed(operation: Operation, cwd: Path, env: dict[str, str]) -> tuple[int, float]:
    """Run an operation once and return its exit code and the seconds until it, and its cat, have ended."""
    start = time.perf_counter()
    stdout = subprocess.PIPE if operation.piped else subprocess.DEVNULL
    with subprocess.Popen(operation.command, cwd=cwd, env=env, stdout=stdout, stderr=subprocess.DEVNULL) as process:
        if process.stdout is not None:
            subprocess.run(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL, check=True)
        status = process.wait()
    return status, time.perf_counter() - start


def peak(operation: Operation, cwd: Path, env: dict[str, str]) -> float:
    """Return the peak resident memory in MB of the largest process of an operation."""
    wrapper = [sys.executable, "-I", "-S", "-c", PEAK, *operation.command]
    text = subprocess.run(wrapper, cwd=cwd, env=env, check=True, capture_output=True, text=True).stdout
    return int(text) / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def print_table(table: Table) -> None:
    """Print the timings of one table, with ratios to the peers that were measured in it."""
    bases = [name for name in (BARE, GIT, LOADER) if name in table.timings]
    head = [table.title, "median ms", *(f"x {name}" for name in bases), "peak MB"]
    rows = [cells(timing, [table.timings[name] for name in bases]) for timing in table.timings.values()]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    print()
    for first, *others in [head, *rows]:
        figures = (text.rjust(width) for text, width in zip(others, widths[1:], strict=True))
        print("  ".join([first.ljust(widths[0]), *figures]).rstrip())


def cells(timing: Timing, bases: Sequence[Timing]) -> list[str]:
    """Return one row of a table; an exit code other than 0 stands behind the name."""
    name = timing.operation.name + (f" (exit {timing.status})" if timing.status else "")
    ratios = [f"{timing.ratio(base):.2f}" for base in bases]
    return [name, f"{timing.milliseconds:.1f}", *ratios, f"{timing.peak:.1f}" if timing.peak is not None else ""]


def judged(tables: Sequence[Table]) -> Iterator[Verdict]:
    """Yield what came of each goal: first those of start-up, then those of the largest workspace."""
    start, *sizes = tables
    largest = max(sizes, key=lambda table: int(table.title.split()[0]))
    for table, goals in ((start, START_GOALS), (largest, SIZE_GOALS)):
        for goal in goals:
            timing, base = table.timings[goal.operation], table.timings[goal.base]
            ratio = timing.ratio(base)
            yield Verdict(goal, table.title, ratio, None if timing.status or base.status else ratio <= goal.limit)


def as_data(table: Table) -> dict[str, object]:
    """Return a table for JSON, with the seconds of every round."""
    rows = [
        {
            "operation": timing.operation.name,
            "median_ms": timing.milliseconds,
            "seconds": timing.seconds,
            "peak_mb": timing.peak,
            "exit": timing.status,
        }
        for timing in table.timings.values()
    ]
    return {"title": table.title, "rows": rows}


if __name__ == "__main__":
    main()
