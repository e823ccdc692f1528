"""How git merges three texts by their lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kamctl.history import git
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError

ERRORS = 128
"""From this exit code on git has failed; below it `merge-file` counts conflicts."""


def merge_lines(
    files: Sequence[Path], labels: Sequence[str], marker_size: int = 7, favour: str = ""
) -> tuple[bytes, bool]:
    """Return git's own merge of three files, ours, base and theirs, by their lines, and whether it has no conflict.

    `favour` decides conflicts for `ours` or `theirs`. Raises KamctlError when git cannot merge them, being no text.
    """
    names = [part for label in labels for part in ("-L", label)]
    how = [f"--marker-size={marker_size}", *([f"--{favour}"] if favour else []), *names]
    done = git.run(files[0].parent, ["merge-file", "-p", "-q", *how, "--", *map(str, files)])
    if not 0 <= done.returncode < ERRORS:
        raise KamctlError(Phrase("git merge-file: {words}", words=git.words(done.stderr)), exit_code=1)
    return done.stdout, done.returncode == 0
