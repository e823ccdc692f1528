"""Text that lines up: East-Asian characters take two columns of a terminal."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def width(text: str) -> int:
    """Return how many columns a text takes, escape sequences not counted."""
    if text.isascii() and "\x1b" not in text:
        return len(text)
    return sum(map(_columns, ANSI.sub("", text)))


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Fill a text with spaces to a width; `right` puts them in front."""
    space = " " * (columns - width(text))
    return space + text if right else text + space


def shorten(text: str, columns: int) -> str:
    """Cut a text to a width, with `…` at its end when something was cut."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for character in text:
        used += _columns(character)
        if used > columns - 1:
            break
        kept.append(character)
    return "".join(kept) + "…" if columns > 0 else ""


def wrap(text: str, columns: int) -> list[str]:
    """Break a text into lines of a width: between words, and between East-Asian characters.

    No line begins with closing punctuation or ends with opening punctuation.
    """
    lines, line, used = [], "", 0
    for piece in _piece().findall(text):
        size = width(piece)
        if used + size > columns and line:
            lines.append(line.rstrip())
            line, used = "", 0
            if piece.isspace():
                continue
        line, used = line + piece, used + size
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _columns(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200b\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@cache
def _piece() -> re.Pattern[str]:
    """What stays together when a line is broken: a word, or one East-Asian character with its punctuation."""
    return re.compile(
        r"\s+|[(（【《「『“‘]*(?:[^\s\u2e80-\uffff“”‘’]+|[\u2e80-\uffff“”‘’])[,.;:!?，。、；：？！)）】》」』”’]*"
    )
