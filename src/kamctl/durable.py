"""Brings bytes and names to the disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from contextlib import suppress

FEW = 64
"""Up to so many files or folders each is brought to the disk by itself; beyond, everything at once."""


def write_beside(target: str, content: bytes, mode: int) -> str:
    """Write a temporary file into the folder of another one, down to the disk, and return its path."""
    folder, name = os.path.split(target)
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode)
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def settle_files(paths: Collection[str]) -> None:
    """Bring what files hold to the disk."""
    if not _settled_at_once(paths):
        for path in paths:
            with open(path, "rb") as stream:
                os.fsync(stream.fileno())


def settle_folders(paths: Collection[str]) -> None:
    """Bring the names in folders to the disk, where the system can."""
    if _settled_at_once(paths):
        return
    for path in paths:
        with suppress(OSError):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _settled_at_once(paths: Collection[str]) -> bool:
    """Bring everything to the disk where that is quicker than one after another; whether it was done."""
    if len(paths) <= FEW or not hasattr(os, "sync"):
        return False
    os.sync()
    return True
