"""The consoles of README.md and docs/ show what kamctl prints: every command in them is run and compared."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"
ABOVE_THE_EXAMPLES = {"README.md", "tutorial.md"}
"""Pages whose reader starts beside a fresh copy of examples/; all others start in it."""

NEEDS_GIT = {"history.md", "together.md"}
NEEDS_CAL = {"calendar.md"}

LONG = {"tutorial.md"}
"""Pages that take more than a few seconds."""


class Step(NamedTuple):
    """A command of a page, `> ` lines continuing it, and the lines that the page shows below it."""

    line: int
    command: str
    shown: list[str]


def steps(text: str) -> Iterator[Step]:
    for block in CONSOLE.finditer(text):
        number = text[: block.start(1)].count("\n") + 1
        step = None
        for offset, line in enumerate(block[1].splitlines()):
            if line.startswith("$ "):
                if step is not None:
                    yield step
                step = Step(number + offset, line[2:], [])
            elif line.startswith("> ") and step is not None and not step.shown:
                step = step._replace(command=f"{step.command}\n{line[2:]}")
            else:
                assert step is not None, f"line {number + offset}: a console starts with a command"
                step.shown.append(line.rstrip())
        if step is not None:
            yield step


def matches(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether lines are the same; `…` alone on a line stands for any lines, or none."""
    if not shown:
        return not printed
    if shown[0] == ANYTHING:
        return any(matches(shown[1:], printed[start:]) for start in range(len(printed) + 1))
    return bool(printed) and shown[0] == printed[0] and matches(shown[1:], printed[1:])


class Shell:
    """Runs commands as on a terminal of 80 columns; `cd` and `export` last, as a reader expects."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KAMCTL_")}
        self.environment = kept | {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH")))),
            "KAMCTL_AS_OF": "2026-06-15",
            "KAMCTL_PAGER": "cat",
            "COLUMNS": "80",
            "LINES": "1000",
            "NO_COLOR": "1",
        }

    def run(self, command: str) -> list[str]:
        """Return the lines that a command prints, on stdout and stderr together."""
        word, _, rest = command.partition(" ")
        if word == "cd":
            self.folder = self.folder / rest
            return []
        if word == "export":
            name, _, value = rest.partition("=")
            self.environment[name] = value
            return []
        lines = (line.rstrip() for line in self._print(command).split("\n"))
        return [line.rpartition(WIPED)[2] for line in lines][:-1]

    def _print(self, command: str) -> str:
        master, slave = os.openpty()
        process = subprocess.Popen(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        printed = b"".join(iter(lambda: _read(master), b""))
        os.close(master)
        process.wait()
        return printed.decode("utf-8")


WIPED = "\r\x1b[K"
"""What a terminal does with the progress of a long reading."""


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # what Linux says when the other end is closed
        return b""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, module in (("kamctl", "-m kamctl"), ("python", "")):
        shim = folder / name
        shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {module} "$@"\n')
        shim.chmod(0o755)
    return folder


def pages() -> Iterator[Any]:
    for page in PAGES:
        if page.exists() and "```console" in page.read_text("utf-8"):
            yield pytest.param(page, id=page.name, marks=[pytest.mark.slow] if page.name in LONG else [])


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("page", list(pages()))
def test_a_page_shows_what_its_commands_print(page: Path, tmp_path: Path, programs: Path) -> None:
    if page.name in NEEDS_CAL:
        pytest.importorskip("icalendar")
        pytest.importorskip("vobject")
    if page.name in NEEDS_GIT and shutil.which("git") is None:
        pytest.skip("no git here")
    examples = Path(shutil.copytree(ROOT / "examples", tmp_path / "checkout" / "examples"))
    folder = examples.parent if page.name in ABOVE_THE_EXAMPLES else examples
    shell = Shell(folder, programs)
    for step in steps(page.read_text("utf-8")):
        printed = shell.run(step.command)
        same = matches(_trimmed(step.shown), _trimmed(printed))
        assert same, "\n".join([f"{page.name}:{step.line} shows something else for: $ {step.command}", *printed])


def _trimmed(lines: list[str]) -> list[str]:
    """Return lines without blank ones at the end."""
    return lines[: max((number for number, line in enumerate(lines, 1) if line), default=0)]


def test_three_dots_stand_for_any_lines() -> None:
    assert matches(["a", "…", "d"], ["a", "b", "c", "d"])
    assert matches(["a", "…"], ["a"])
    assert not matches(["a", "…", "d"], ["a", "b", "c"])
    assert not matches(["a"], ["a", "b"])
