"""The diff of a file about to be written."""

from __future__ import annotations

import difflib

from kamctl.render.screen import Screen
from kamctl.saving import Draft
from kamctl.source import lines_of


def diff(draft: Draft, screen: Screen) -> str:
    """Return a unified diff of a draft, without context lines for edits of one place; empty when nothing changes."""
    before = _lines(draft.before.decode("utf-8-sig", "replace")) if draft.before is not None else []
    after = _lines(draft.text)
    names = (f"a/{draft.path}" if draft.before is not None else "/dev/null", f"b/{draft.path}")
    lines = list(difflib.unified_diff(before, after, *names, lineterm="", n=1))
    return "".join(_painted(line, screen) + "\n" for line in lines)


def _painted(line: str, screen: Screen) -> str:
    if line.startswith(("---", "+++")):
        return screen.style(line, "bold")
    styles = {"+": "green", "-": "red", "@": "cyan"}
    return screen.style(line, styles.get(line[:1], ""))


def _lines(text: str) -> list[str]:
    lines = lines_of(text)
    return lines if lines[-1] else lines[:-1]
