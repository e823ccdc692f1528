"""How far a long reading has come: one line on a terminal, after the first second, wiped when it is done."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from kamctl.labels import text

WAIT = 1.0
"""Seconds before anything is shown."""


def progress(lang: str) -> Callable[[int, int], None] | None:
    """Return what shows `done` of `total` files on stderr, or None where stderr is no terminal."""
    if not sys.stderr.isatty():
        return None
    started, process = time.monotonic(), os.getpid()
    shown = False

    def show(done: int, total: int) -> None:
        nonlocal shown
        if os.getpid() != process or (time.monotonic() - started < WAIT and not shown):
            return
        if done < total:
            sys.stderr.write(f"\r{text('reading', lang, percent=100 * done // total)}\x1b[K")
        elif shown:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
        shown = done < total

    return show
