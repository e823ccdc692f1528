"""kamctl starts at once: a command imports only what it needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
HEAVY = ("pydantic", "yaml", "jinja2", "openpyxl", "rich")

LOOK = """
import json, os, sys
os._exit = sys.exit
sys.argv = ["kamctl", *sys.argv[1:]]
from kamctl.__main__ import main
try:
    code = main()
except SystemExit as end:
    code = end.code
sys.stdout.flush()
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""

LEAN = [
    (["--version"], ("typer", *HEAVY)),
    (["--help"], HEAVY),
    (["pipeline", "--help"], HEAVY),
    (["score", "-h"], HEAVY),
    (["opportunity", "set", "--help"], HEAVY),
    (["callplan", "--help"], HEAVY),
    (["workbook", "export", "--help"], HEAVY),
    (["workbook", "import", "--help"], HEAVY),
    (["pipeline"], ("jinja2", "openpyxl", "rich")),
    (["score", "bohai-water/line-3"], ("jinja2", "openpyxl", "rich")),
    (["opportunity", "list", "--format", "json"], ("jinja2", "openpyxl", "rich")),
    (["funnel", "--orders", "10"], ("jinja2", "openpyxl", "rich")),
    (["forecast", "--simulate", "100"], ("jinja2", "openpyxl", "rich")),
    (["validate"], ("jinja2", "openpyxl", "rich")),
    (["rule"], ("jinja2", "openpyxl", "rich")),
]


@pytest.mark.parametrize(("arguments", "unwanted"), LEAN, ids=[" ".join(arguments) for arguments, _ in LEAN])
def test_a_command_into_a_pipe_imports_nothing_it_does_not_need(
    arguments: list[str], unwanted: tuple[str, ...]
) -> None:
    code, loaded = modules_after(arguments)
    assert code == 0
    assert sorted(set(unwanted) & loaded) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["pipeline"],
        ["pipeline", "--stage", "Q"],
        ["score", "bohai-water/line-3"],
        ["account", "list"],
        ["funnel"],
        ["forecast"],
        ["validate"],
    ],
    ids=" ".join,
)
def test_a_command_whose_files_have_not_changed_needs_neither_pydantic_nor_yaml(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(EXAMPLES, tmp_path / "examples", copy_function=shutil.copyfile)
    for path in copy.rglob("*.yaml"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    monkeypatch.setenv("KAMCTL_CACHE_DIR", str(tmp_path / "cache"))
    first = modules_after(["-C", str(copy), *arguments])
    code, loaded = modules_after(["-C", str(copy), *arguments])
    assert (first[0], code) == (0, 0)
    assert sorted(set(HEAVY) & loaded) == []


def test_a_commit_that_was_looked_at_before_and_the_history_need_no_pydantic(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAMCTL_CACHE_DIR", str(tmp_path / "cache"))
    copy = shutil.copytree(history, tmp_path / "copy")
    for path in copy.rglob("*.yaml"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    commands = {
        ("--at", "HEAD~5", "pipeline"): HEAVY,
        ("--at", "HEAD~5", "score", "bohai-water/line-3"): HEAVY,
        ("log", "bohai-water/line-3"): ("pydantic", "jinja2", "openpyxl", "rich"),
        ("blame", "bohai-water/line-3"): ("pydantic", "jinja2", "openpyxl", "rich"),
    }
    for arguments, unwanted in commands.items():
        first = modules_after(["-C", str(copy), *arguments])
        code, loaded = modules_after(["-C", str(copy), *arguments])
        assert (first[0], code) == (0, 0)
        assert sorted(set(unwanted) & loaded) == [], arguments


def test_the_help_of_one_command_does_not_import_the_others() -> None:
    _, loaded = modules_after(["pipeline", "--help"])
    commands = {name for name in loaded if name.startswith("kamctl.commands.")}
    assert commands == {f"kamctl.commands.{name}" for name in ("pipeline", "session", "parsing")}


def modules_after(arguments: list[str]) -> tuple[int, set[str]]:
    """Run a command in a fresh interpreter; return its exit code and the modules it loaded."""
    done = python("-c", LOOK, *arguments)
    code, names = json.loads(done.stderr.splitlines()[-1])
    return code, set(names)


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("KAMCTL_", "COV_", "COVERAGE"))}
    environment = kept | {"KAMCTL_WORKSPACE": str(EXAMPLES), "KAMCTL_AS_OF": "2026-06-15", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment | {"PYTHONPATH": str(ROOT / "src")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
