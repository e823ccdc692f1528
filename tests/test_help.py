"""Help that works: every command explains itself, and every example in it runs as it stands."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from kamctl import cli

ROOT = Path(__file__).parents[1]
COMMANDS_FOLDER = ROOT / "src" / "kamctl" / "commands"


@cache
def paths() -> list[tuple[str, ...]]:
    """Every command and subcommand, as the words that people type."""
    found: list[tuple[str, ...]] = []
    for name, (module, _) in cli.COMMANDS.items():
        command: Any = get_command(import_module(f"kamctl.commands.{module}").app)
        found.append((name,))
        found += [(name, below) for below in getattr(command, "commands", {})]
    return found


def leaves() -> list[tuple[str, ...]]:
    groups = {path[0] for path in paths() if len(path) > 1}
    return [path for path in paths() if len(path) > 1 or path[0] not in groups]


def examples_of(path: tuple[str, ...]) -> list[str]:
    """The lines that begin with `kamctl ` below `Examples:` in the help of a command."""
    _, _, below = help_of(path).partition("Examples:\n")
    return [line.strip() for line in below.splitlines() if line.startswith("    kamctl ")]


@cache
def help_of(path: tuple[str, ...]) -> str:
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert cli.run([*path, "--help"]) == 0
    return out.getvalue()


def every_example() -> list[str]:
    return [line for path in leaves() for line in examples_of(path)]


# --- help


@pytest.mark.parametrize("path", paths(), ids=" ".join)
def test_every_command_has_help_that_begins_with_its_usage_and_a_sentence(path: tuple[str, ...]) -> None:
    usage, blank, sentence = help_of(path).split("\n")[:3]
    assert usage.startswith(f"Usage: kamctl {' '.join(path)} ")
    assert blank == ""
    assert re.match(r"  [A-Z].{8,}", sentence)


@pytest.mark.parametrize("path", paths(), ids=" ".join)
def test_short_and_long_help_are_the_same(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*path, "-h"]) == 0
    assert capsys.readouterr().out == help_of(path)


@pytest.mark.parametrize("path", leaves(), ids=" ".join)
def test_every_command_shows_at_least_one_example_of_itself(path: tuple[str, ...]) -> None:
    names = [" ".join(path), *(f"{alias} {path[-1]}" for alias, name in cli.ALIASES.items() if name == path[0])]
    lines = examples_of(path)
    assert lines
    assert [line for line in lines if not line.startswith(tuple(f"kamctl {name}" for name in names))] == []


def test_the_help_of_kamctl_lists_every_command_with_its_line() -> None:
    text = " ".join(help_of(()).split())
    for name, (_, words) in cli.COMMANDS.items():
        assert f"{name} {words}" in text


def test_kamctl_alone_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 0
    assert capsys.readouterr() == (help_of(()), "")


# --- the table of commands and the modules


def test_every_module_that_defines_an_app_is_in_the_table_and_the_other_way_round() -> None:
    defining = {
        file.stem for file in COMMANDS_FOLDER.glob("*.py") if re.search("^app = ", file.read_text("utf-8"), re.M)
    }
    assert {module for module, _ in cli.COMMANDS.values()} == defining


def test_every_alias_stands_for_a_command_and_hides_none() -> None:
    assert set(cli.ALIASES.values()) <= set(cli.COMMANDS)
    assert set(cli.ALIASES).isdisjoint(cli.COMMANDS)


def test_every_global_option_is_one_that_kamctl_has_with_as_many_values() -> None:
    root: Any = get_command(cli.app)
    known = {name: 0 if option.is_flag else 1 for option in root.params for name in option.opts}
    alone = {"--version", "--install-completion", "--show-completion"}
    assert {name: values for name, values in known.items() if name not in alone} == cli.GLOBAL_OPTIONS


def test_no_command_has_an_option_of_its_own_that_reads_like_a_global_one() -> None:
    for path in leaves():
        command: Any = get_command(import_module(f"kamctl.commands.{cli.COMMANDS[path[0]][0]}").app)
        command = command.commands[path[1]] if len(path) > 1 else command
        own = {name for option in command.params for name in option.opts}
        assert own.isdisjoint(cli.GLOBAL_OPTIONS), path


@pytest.mark.skipif(not (ROOT / "README.md").exists(), reason="no README in this tree")
def test_the_readme_names_only_commands_that_there_are() -> None:
    blocks = re.findall(r"^```.*?^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    pattern = r"^(?:\$ )?kamctl(?: +(?:-C|--as-of|--lang|--format) +\S+)* +([a-z]+)"
    named = [name for block in blocks for name in re.findall(pattern, block, re.M)]
    assert [name for name in named if name not in cli.COMMANDS and name not in cli.ALIASES] == []


# --- examples

OF_HISTORY = ("log", "blame", "diff", "review", "audit")
"""Commands whose examples run in a copy of a repository made from the examples."""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy of the examples; the test runs in it, on the day that they are made for."""
    copy = Path(shutil.copytree(ROOT / "examples", tmp_path / "examples"))
    monkeypatch.chdir(copy)
    monkeypatch.setenv("KAMCTL_AS_OF", "2026-06-15")
    return copy


@pytest.mark.parametrize("line", every_example())
def test_every_example_of_the_help_runs_as_it_stands(
    line: str,
    workspace: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    words = shlex.split(line, comments=True)
    if words[1] in OF_HISTORY:
        monkeypatch.chdir(shutil.copytree(request.getfixturevalue("history"), tmp_path / "history"))
    if words[1] == "merge-driver":
        monkeypatch.chdir(tmp_path)
        for name in ("base", "ours", "theirs"):
            (tmp_path / f"{name}.yaml").write_text("stage: L\n")
    if words[1] == "init" and "--ci" not in words:
        (tmp_path / "empty").mkdir()
        monkeypatch.chdir(tmp_path / "empty")
    if words[1:3] == ["workbook", "import"]:
        assert cli.run(["workbook", "export", "-o", words[3]]) == 0
    if set("|<>;&$`") & set(re.sub("'[^']*'", "", line)):
        assert_runs_in_bash(line, tmp_path)
    else:
        assert cli.run(words[1:]) == 0, capsys.readouterr().err
    assert "Traceback" not in capsys.readouterr().err


def assert_runs_in_bash(line: str, folder: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash here")
    shim = folder / "bin" / "kamctl"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m kamctl "$@"\n', "utf-8")
    shim.chmod(0o755)
    setting = f"PATH={shlex.quote(str(shim.parent))}:$PATH PYTHONPATH={shlex.quote(str(ROOT / 'src'))}"
    done = subprocess.run([bash, "-c", f"export {setting}; set -o pipefail; {line}"], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
