"""The terminal: how wide, in colour or not, and the two streams. stdout is data, stderr is talk."""

from __future__ import annotations

import os
import shutil
import sys
from typing import NamedTuple

STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "cyan": "36",
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
}
MIN_WIDTH = 40


class Screen(NamedTuple):
    """Where output goes: whether stdout is a terminal, its width in columns, and colour for each stream."""

    terminal: bool
    width: int
    colour: bool
    colour_err: bool

    def style(self, text: str, name: str) -> str:
        """Return text for stdout in a style, plain when there is no colour."""
        return paint(text, name) if self.colour and name else text

    def style_err(self, text: str, name: str) -> str:
        """Return text for stderr in a style."""
        return paint(text, name) if self.colour_err and name else text


PLAIN = Screen(terminal=False, width=110, colour=False, colour_err=False)
"""Where text goes that is written to a file or stands in a form."""


def paint(text: str, name: str) -> str:
    """Wrap text in the escape sequence of a style."""
    return f"\x1b[{STYLES[name]}m{text}\x1b[0m"


def screen(colour: str = "auto") -> Screen:
    """Look at the streams and the environment. `colour` is auto, always or never."""
    terminal = sys.stdout.isatty()
    return Screen(
        terminal=terminal,
        width=_width(terminal),
        colour=_colour(colour, terminal),
        colour_err=_colour(colour, sys.stderr.isatty()),
    )


def say(text: str) -> None:
    """Write a line to stderr."""
    sys.stderr.write(text + "\n")


def write(text: str) -> None:
    """Write to stdout, with a line break at the end."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _width(terminal: bool) -> int:
    given = os.environ.get("COLUMNS", "")
    if given.isdigit() and int(given) > 0:
        return max(MIN_WIDTH, int(given))
    return max(MIN_WIDTH, shutil.get_terminal_size((80, 24)).columns) if terminal else 100


def _colour(wanted: str, terminal: bool) -> bool:
    if wanted != "auto":
        return wanted == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return terminal or bool(os.environ.get("FORCE_COLOR"))


def page(text: str, view: Screen) -> None:
    """Write to stdout, through the user's pager when it is a terminal and the text is longer than it."""
    height = shutil.get_terminal_size((80, 24)).lines
    pager = os.environ.get("KAMCTL_PAGER", os.environ.get("PAGER", "less"))
    if not view.terminal or text.count("\n") < height or pager in ("", "cat") or shutil.which(pager.split()[0]) is None:
        write(text)
        return
    import subprocess

    environment = {"LESS": "FRX", "LESSCHARSET": "utf-8", **os.environ}
    subprocess.run(pager.split(), input=text.encode(), env=environment, check=False)
