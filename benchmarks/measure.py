"""Measures kamctl as whole processes, side by side with bare Python, git status and what else a user would reach for.

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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import history, importing, peers, tables
from benchmarks.running import COLD, EDITED, TOUCHED, WARM, Bench, Operation, age
from benchmarks.tables import BARE, GIT, LOADER, named

HERE = Path(__file__).resolve().parent
AS_OF = "2026-06-15"

LOAD_ALL = """
import sys, yaml
from pathlib import Path
for path in Path(sys.argv[1]).glob("accounts/*/opportunities/*.yaml"):
    yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
"""
"""The peer for a cold listing: the same deals through PyYAML's C loader, nothing else done with them."""


@dataclass(frozen=True)
class Tool:
    """The kamctl to measure and the interpreter that runs it."""

    kamctl: Path
    python: Path


def main() -> None:
    """Read the command line, measure and print."""
    options = arguments()
    with workdir(options.workdir) as folder, tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        tool = given_tool(options.kamctl) if options.kamctl else built_tool(scratch)
        others = peers.installed(tool.kamctl)
        about = header(tool) | peers.versions(others)
        print(" · ".join(f"{name} {value}" for name, value in about.items()))
        bench = Bench(workspace(folder, min(options.opportunities)), scratch)
        found = [bench.measure("start-up", 0, start_operations(tool, bench, scratch), options.repeat)]
        print("", tables.plain(tables.rows(found[0])), sep="\n", flush=True)
        for count in options.opportunities:
            bench = Bench(workspace(folder, count), scratch)
            operations = size_operations(tool, bench)
            operations += peers.operations(others, tool.kamctl, bench.deals, bench.root, scratch)
            found.append(bench.measure(f"{count} opportunities", count, operations, options.repeat))
            print("", tables.plain(tables.rows(found[-1])), sep="\n", flush=True)
        count = max((count for count in options.opportunities if count <= tables.LARGE), default=tables.LARGE)
        bench = Bench(history.repository(workspace(folder, count)), scratch)
        operations = history.operations(str(tool.kamctl), bench, ["--as-of", AS_OF])
        found.append(bench.measure(tables.HISTORY, 0, operations, options.repeat))
        print("", tables.plain(tables.rows(found[-1])), sep="\n", flush=True)
        for title, bench, operations in amounts(tool, folder, scratch, count):
            found.append(bench.measure(title, 0, operations, options.repeat))
            print("", tables.plain(tables.rows(found[-1])), sep="\n", flush=True)
    verdicts = tables.judged(found)
    print("", tables.plain(tables.goal_rows(verdicts), left=2), sep="\n")
    if options.json:
        data = tables.as_data(about, found, verdicts)
        options.json.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if options.markdown:
        options.markdown.write_text(tables.as_markdown(about, found, verdicts), "utf-8")


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opportunities", type=int, nargs="+", default=[1000, 10000], metavar="N", help="sizes")
    parser.add_argument("--repeat", type=int, default=7, metavar="N", help="rounds (default 7)")
    parser.add_argument("--kamctl", type=Path, metavar="PATH", help="measure this executable instead of a fresh wheel")
    parser.add_argument("--workdir", type=Path, metavar="DIR", help="keep the generated workspaces here and reuse them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to this file")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables as Markdown to this file")
    options = parser.parse_args()
    if options.repeat < 1 or min(options.opportunities) < 1:
        parser.error("sizes and rounds start at 1")
    path = options.kamctl and options.kamctl.absolute()
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
    kamctl = kamctl.absolute()
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


def header(tool: Tool) -> dict[str, str]:
    """Return the versions and the machine that the figures belong to."""
    versions = "import platform, yaml; print(platform.python_version(), yaml.__version__)"
    python, pyyaml = output([str(tool.python), "-c", versions]).split()
    return {
        "kamctl": output([str(tool.kamctl), "--version"]).removeprefix("kamctl "),
        "Python": python,
        "PyYAML": pyyaml,
        "git": output(["git", "--version"]).removeprefix("git version "),
        "CPUs": str(os.cpu_count()),
        "platform": platform.platform(),
    }


def output(command: Sequence[str]) -> str:
    """Return what a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def workspace(folder: Path, count: int, calls: int = 0) -> Path:
    """Return a generated workspace under git, made once for each version of the generator."""
    generator = HERE / "generate.py"
    version = hashlib.sha256(generator.read_bytes()).hexdigest()[:8]
    root = folder / (f"workspace-{count}-{version}" + (f"-calls-{calls}" if calls else ""))
    if (root / ".git" / "COMMIT_EDITMSG").exists():
        quiet(["git", "reset", "--quiet", "--hard"], root)
    else:
        print(f"generating {count} opportunities", file=sys.stderr)
        shutil.rmtree(root, ignore_errors=True)
        size = ["--opportunities", str(count), "--calls", str(calls)]
        quiet([sys.executable, str(generator), str(root), *size], folder)
        commit(root)
    age([path for path in root.rglob("*.yaml") if ".git" not in path.parts])
    return root


def commit(root: Path) -> None:
    """Put a folder under git, with everything in one commit."""
    who = {"NAME": "Benchmark", "EMAIL": "benchmark@example.com", "DATE": f"{AS_OF}T12:00:00Z"}
    env = dict(os.environ)
    env |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    quiet(["git", "init", "--quiet"], root, env)
    quiet(["git", "add", "."], root, env)
    quiet(["git", "-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify", "-m", "generated"], root, env)


def amounts(tool: Tool, folder: Path, scratch: Path, count: int) -> Iterator[tuple[str, Bench, list[Operation]]]:
    """Yield what is measured of many calls, and of an import of many deals: title, workspace, operations."""
    kamctl, shown = str(tool.kamctl), ["--as-of", AS_OF]
    bench = Bench(workspace(folder, count, calls=10), scratch)
    yield tables.CALLS, bench, importing.call_operations(kamctl, bench, shown)
    bench = Bench(importing.small_workspace(scratch), scratch)
    yield tables.IMPORT, bench, importing.import_operations(kamctl, bench.root, count, shown)


def start_operations(tool: Tool, bench: Bench, scratch: Path) -> list[Operation]:
    """Return what takes as long in a small workspace as in a large one, and what needs none."""
    kamctl, as_of = str(tool.kamctl), ["--as-of", AS_OF]
    deal = bench.deals[0]
    alone = scratch / "alone"
    alone.mkdir()
    shutil.copy(deal, alone / "deal.yaml")
    return [
        Operation(BARE, [str(tool.python), "-c", "pass"]),
        Operation(tables.VERSION, [kamctl, "--version"]),
        Operation(tables.HELP, [kamctl, "--help"]),
        Operation(named(tables.SCORE_ID, WARM), [kamctl, "score", f"{deal.parts[-3]}/{deal.stem}", *as_of]),
        Operation(named(tables.SCORE_FILE, "alone"), [kamctl, "score", "deal.yaml", *as_of], cwd=alone),
    ]


def size_operations(tool: Tool, bench: Bench) -> list[Operation]:
    """Return what is measured over one workspace. The cold run of a command fills the cache for the others of it."""
    git = ["git", "status"]
    load = [str(tool.python), "-c", LOAD_ALL, str(bench.root)]
    deals, files = len(bench.deals), len(bench.files)
    found = [
        Operation(named(GIT, WARM), git, before=git),
        Operation(named(GIT, EDITED), git, state=EDITED),
        Operation(named(GIT, TOUCHED), git, state=TOUCHED),
        Operation(LOADER, load, memory=True, each=deals),
    ]
    commands = {tables.STAGE: deals, tables.OPEN: deals, tables.OPEN_JSON: deals, tables.VALIDATE: files}
    for what, each in commands.items():
        command = [str(tool.kamctl), *what.split(), "--as-of", AS_OF]
        for state in (COLD, WARM, EDITED, TOUCHED):
            measured = state in (COLD, WARM) and what != tables.OPEN_JSON
            piped = what != tables.VALIDATE
            found.append(Operation(named(what, state), command, state, piped=piped, memory=measured, each=each))
    for what in tables.REPORTS:
        command = [str(tool.kamctl), *what.split(), "--as-of", AS_OF]
        found.append(Operation(named(what, WARM), command, memory=True, each=deals, before=command))
    return found


if __name__ == "__main__":
    main()
