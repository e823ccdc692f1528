"""What can be wrong: problems in files are values with a place; errors that stop a command are exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kamctl.phrases import NOTHING, Phrase

Keys = tuple[str | int, ...]
"""A place inside a file, symbolically: mapping keys and list positions from the root."""


class Problem(NamedTuple):
    """One thing wrong in one file.

    `path` is relative to the workspace, with forward slashes. `rule` names an entry of rules.json, whose
    message is filled from `values`. The place is symbolic (`keys`; `on_key` means the key itself and not
    its value) until the workspace turns it into `line` and `column`, which count characters from 1;
    0 means not located yet. `width` is how many characters of the line are meant.
    """

    path: str
    rule: str
    keys: Keys = ()
    on_key: bool = False
    values: Mapping[str, str] = {}
    line: int = 0
    column: int = 0
    width: int = 1


class KamctlError(Exception):
    """Stops the command: a message for the user, perhaps what to do about it, and an exit code.

    Both are `Phrase`, and said in the user's language where they are printed. Exit codes: 1 problems in the data, 2
    usage or configuration.
    """

    def __init__(self, message: Phrase, hint: Phrase = NOTHING, exit_code: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code


class AmbiguousError(KamctlError):
    """A name that may mean any of several records."""


def did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    """Return the known word nearest to `word`, or an empty string when none is near."""
    import difflib

    folded = {name.casefold(): name for name in reversed(known)}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else ""


def nearest(word: str, known: list[str] | tuple[str, ...], otherwise: Phrase = NOTHING) -> Phrase:
    """Return a hint: the known word nearest to `word`, or something else when none is near."""
    near = did_you_mean(word, known)
    return Phrase('did you mean "{near}"?', near=near) if near else otherwise


def choices(known: Iterable[str]) -> Phrase:
    """Return a hint that lists what may be written."""
    return Phrase("one of {names}", names=", ".join(known))
