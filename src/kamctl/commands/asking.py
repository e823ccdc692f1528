"""Prompts: only when a person sits at both ends, and each has an option that answers it beforehand."""

from __future__ import annotations

import sys


def can_ask() -> bool:
    """Whether stdin and stderr are terminals."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(prompt: str, default: str = "") -> str:
    """Ask for one line on stderr; an empty answer is the default. Raises KeyboardInterrupt at the end of input."""
    sys.stderr.write(f"{prompt}{f' [{default}]' if default else ''}: ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line.strip() or default
