"""Writing users' files: whole or not at all, never over a change that someone else made meanwhile."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kamctl.problems import KamctlError


@dataclass(frozen=True)
class Draft:
    """A file about to be written: `before` is what it held when it was read, None when it is new."""

    path: str
    before: bytes | None
    text: str

    @property
    def after(self) -> bytes:
        """The bytes to write, with the byte order mark that the file had."""
        mark = b"\xef\xbb\xbf" if (self.before or b"").startswith(b"\xef\xbb\xbf") else b""
        return mark + self.text.encode("utf-8")


@dataclass(frozen=True)
class Copy:
    """A file about to be written that is no text."""

    path: str
    before: bytes | None
    after: bytes


def save(root: Path, draft: Draft | Copy) -> None:
    """Write one file whole or not at all.

    Raises KamctlError when the file changed since it was read, when a new one exists already, when it lies
    outside the workspace (through a link), and when the disk refuses.
    """
    target = Path(os.path.realpath(root / draft.path))
    if not target.is_relative_to(os.path.realpath(root)):
        raise KamctlError(f"{draft.path} is a link out of the workspace", "edit the file where it lies", 1)
    try:
        if draft.before is None:
            _create(target, draft.after, draft.path)
        else:
            _replace(target, draft.before, draft.after, draft.path)
    except OSError as error:
        raise KamctlError(f"{draft.path} cannot be written: {error.strerror}", exit_code=1) from None


def _create(target: Path, content: bytes, shown: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _write_beside(target, content, 0o644)
    try:
        try:
            os.link(temporary, target)
        except FileExistsError:
            raise
        except OSError:  # a disk without hard links: claim the name first
            with open(target, "xb"):
                os.replace(temporary, target)
    except FileExistsError:
        raise KamctlError(f"{shown} exists already", "nothing was written", 1) from None
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)


def _replace(target: Path, before: bytes, after: bytes, shown: str) -> None:
    temporary = _write_beside(target, after, target.stat().st_mode & 0o777)
    try:
        if target.read_bytes() != before:
            raise KamctlError(f"{shown} was changed by someone else meanwhile", "nothing was written; run it again", 1)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _write_beside(target: Path, content: bytes, mode: int) -> str:
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
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
