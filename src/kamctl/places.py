"""Where files of a workspace lie on disk, links followed, and what they hold there now."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from kamctl import layout
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError

NEARBY = 16
"""How many folders are remembered: those of one account, and those above them."""


class Places:
    """The files of a workspace on disk. A folder is looked up once for files of it that come one after another."""

    def __init__(self, root: Path) -> None:
        self.root = os.path.realpath(root)
        self._inside = os.path.join(self.root, "")
        self._folder = lru_cache(NEARBY)(self._look_up)

    def target(self, path: str) -> str:
        """Return where a file lies. Raises KamctlError outside the workspace and for other files."""
        if layout.kind_and_id(path) is None or {"", ".", ".."} & set(path.split("/")):
            raise KamctlError(Phrase("{path} is no file of a workspace", path=path), exit_code=1)
        folder, _, name = path.rpartition("/")
        target = _followed(os.path.join(self._folder(folder), name))
        if not target.startswith(self._inside):
            raise KamctlError(
                Phrase("{path} is a link out of the workspace", path=path), Phrase("edit the file where it lies"), 1
            )
        return target

    def _look_up(self, folder: str) -> str:
        """Return where a folder lies."""
        if not folder:
            return self.root
        above, _, name = folder.rpartition("/")
        return _followed(os.path.join(self._folder(above), name))


def _followed(path: str) -> str:
    """Return where a path leads whose folder is no link. Windows has ways to lead elsewhere that are no links."""
    return os.path.realpath(path) if os.path.islink(path) or sys.platform == "win32" else path


def held(target: str) -> str:
    """Return the checksum of what a file holds; empty when it is not there."""
    try:
        with open(target, "rb") as stream:
            return checksum(stream.read())
    except (FileNotFoundError, NotADirectoryError):
        return ""


def checksum(content: bytes) -> str:
    """Return what tells one content from another."""
    return sha256(content).hexdigest()
