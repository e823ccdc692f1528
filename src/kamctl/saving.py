"""Writing users' files: whole or not at all, never over a change that someone else made meanwhile.

Many files are written as one: the new contents are put into a folder of the workspace first, then a list of what goes
where, and from then on the writing is finished whatever happens, by the next kamctl if need be.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kamctl import layout
from kamctl.phrases import NOTHING, Phrase, why
from kamctl.problems import KamctlError

try:
    from fcntl import LOCK_EX, flock
except ImportError:  # Windows: two kamctl at once are not kept apart there
    flock = None  # type: ignore[assignment]

JOURNAL = "journal.json"
"""The list of what goes where. While it is there the writing has to be finished; without it nothing has begun."""

FEW = 64
"""Up to so many files each is brought to the disk by itself; beyond, everything at once."""


@dataclass(frozen=True)
class Draft:
    """A file about to be written: `before` is what it held when it was read, None when it is new.

    `raw` are its bytes where it is no text, or is to stay as it is to the byte.
    """

    path: str
    before: bytes | None
    text: str
    raw: bytes | None = None

    @property
    def after(self) -> bytes:
        """The bytes to write, with the byte order mark that the file had."""
        if self.raw is not None:
            return self.raw
        mark = b"\xef\xbb\xbf" if (self.before or b"").startswith(b"\xef\xbb\xbf") else b""
        return mark + self.text.encode("utf-8")


def write_file(path: Path, content: bytes, *, overwrite: bool) -> None:
    """Write a file of any place whole or not at all. Raises KamctlError when it is there already, or cannot be."""
    try:
        if overwrite and path.exists():
            os.replace(_write_beside(path, content, path.stat().st_mode & 0o777), path)
        else:
            _create(path, content, str(path))
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be written: {why}", path=path, why=why(error)), exit_code=1) from None


@dataclass(frozen=True)
class Copy:
    """A file about to be written that is no text."""

    path: str
    before: bytes | None
    after: bytes


@contextmanager
def whole_file(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a temporary path to write to, which becomes `path` when all went well, and nothing otherwise.

    Raises KamctlError when the file is there already, or cannot be written.
    """
    try:
        if not overwrite and os.path.lexists(path):
            raise KamctlError(
                Phrase("{path} exists already", path=path), Phrase("--force overwrites it, -o FILE writes another")
            )
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
            temporary = Path(folder) / path.name
            yield temporary
            temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            os.replace(temporary, path)
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be written: {why}", path=path, why=why(error)), exit_code=1) from None


def save(root: Path, draft: Draft | Copy) -> None:
    """Write one file whole or not at all.

    Raises KamctlError when the file changed since it was read, when a new one exists already, when it lies
    outside the workspace (through a link), and when the disk refuses.
    """
    target = Path(os.path.realpath(root / draft.path))
    if not target.is_relative_to(os.path.realpath(root)):
        raise KamctlError(
            Phrase("{path} is a link out of the workspace", path=draft.path), Phrase("edit the file where it lies"), 1
        )
    try:
        if draft.before is None:
            _create(target, draft.after, draft.path)
        else:
            _replace(target, draft.before, draft.after, draft.path)
    except OSError as error:
        raise KamctlError(
            Phrase("{path} cannot be written: {why}", path=draft.path, why=why(error)), exit_code=1
        ) from None


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
        raise KamctlError(Phrase("{path} exists already", path=shown), Phrase("nothing was written"), 1) from None
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)


def _replace(target: Path, before: bytes, after: bytes, shown: str) -> None:
    temporary = _write_beside(target, after, target.stat().st_mode & 0o777)
    try:
        if target.read_bytes() != before:
            raise KamctlError(
                Phrase("{path} was changed by someone else meanwhile", path=shown),
                Phrase("nothing was written; run it again"),
                1,
            )
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


class Step(NamedTuple):
    """One file of a set: checksums of what it held before and holds after; empty where it is not there."""

    path: str
    staged: str
    before: str
    after: str


def save_all(root: Path, drafts: Sequence[Draft], gone: Mapping[str, bytes] | None = None) -> None:
    """Write many files, and remove others, all or none.

    `gone` holds what the files to remove held when they were read. Raises KamctlError, with nothing written, when one
    of the files changed meanwhile, when a new one exists already, when one lies outside the workspace or is no file of
    a workspace, and when the disk refuses. A process that is killed leaves the files as they were, or is finished by
    `recover`.
    """
    gone = gone or {}
    with _staging(root) as folder:
        try:
            steps = [_staged(root, folder, number, draft) for number, draft in enumerate(drafts)]
            steps += [Step(path, "", _checksum(content), "") for path, content in gone.items()]
            _check(root, steps)
            _settle(len(steps), folder)
            _write_journal(folder, steps)
        except OSError as error:
            raise KamctlError(Phrase("nothing was written: {why}", why=why(error)), exit_code=1) from None
        try:
            left = _finish(root, folder, steps)
        except KeyboardInterrupt:
            _finish(root, folder, steps)
            raise
        except OSError as error:
            raise _unfinished(error) from None
    if left:
        raise _changed_meanwhile(left)


def recover(root: Path) -> None:
    """Finish what a killed process had begun to write, or forget what it had not begun.

    Waits for one that is still writing. Raises KamctlError when a file was changed by hand since, after finishing the
    others, and when the disk refuses.
    """
    if not (root / layout.STAGING).exists():
        return
    with _staging(root):
        pass


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """Own the staging folder for a while: wait for others, finish what somebody left, start with an empty one."""
    folder = root / layout.STAGING
    handle = _owned(folder)
    try:
        _take_up(root, folder)
        yield folder
    finally:
        if not (folder / JOURNAL).exists():
            shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _owned(folder: Path) -> int:
    """Return a handle that locks the staging folder, made if it is not there."""
    while flock is not None:
        try:
            folder.mkdir(exist_ok=True)
            handle = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise KamctlError(
                Phrase("{path} cannot be made: {why}", path=folder.name, why=why(error)), exit_code=1
            ) from None
        with suppress(OSError):  # a disk without locks
            flock(handle, LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), folder.stat()):
                return handle
        os.close(handle)  # its owner is done and has removed it
    folder.mkdir(exist_ok=True)
    return os.open(os.devnull, os.O_RDONLY)


def _take_up(root: Path, folder: Path) -> None:
    """Finish the steps of a journal that was left behind, and empty the folder."""
    try:
        steps = _read_journal(folder)
        left = _finish(root, folder, steps) if steps is not None else []
    except OSError as error:
        raise _unfinished(error) from None
    with suppress(OSError):
        for name in os.listdir(folder):
            os.unlink(folder / name)
    if left:
        raise _changed_meanwhile(left)


def _unfinished(error: OSError) -> KamctlError:
    message = Phrase(
        "not all files are written yet: {file}: {why}", file=error.filename or layout.STAGING, why=why(error)
    )
    return KamctlError(message, Phrase("the next kamctl command finishes it, once the disk allows it"), 1)


def _changed_meanwhile(paths: Sequence[str]) -> KamctlError:
    names = ", ".join(paths[:5]) + (" …" if len(paths) > 5 else "")
    return KamctlError(
        Phrase("changed by someone else meanwhile, and left alone: {names}", names=names),
        Phrase("all others are written; `git diff` shows them"),
        1,
    )


def _staged(root: Path, folder: Path, number: int, draft: Draft) -> Step:
    """Put what a file will hold into the staging folder, with the rights that the file has."""
    staged = folder / str(number)
    staged.write_bytes(draft.after)
    if draft.before is not None:
        staged.chmod(_target(root, draft.path).stat().st_mode & 0o777)
    before = "" if draft.before is None else _checksum(draft.before)
    return Step(draft.path, staged.name, before, _checksum(draft.after))


def _check(root: Path, steps: Sequence[Step]) -> None:
    """Raise KamctlError unless every file is as it was read, is named once, and may be written."""
    paths = [step.path for step in steps]
    if len(set(paths)) < len(paths):
        raise KamctlError(
            Phrase("{path} would be written twice", path=next(path for path in paths if paths.count(path) > 1)),
            NOTHING,
            1,
        )
    for step in steps:
        there = _present(root, step.path)
        if there == step.before:
            _check_folder(_target(root, step.path), step.path)
            continue
        if not step.before:
            raise KamctlError(Phrase("{path} exists already", path=step.path), Phrase("nothing was written"), 1)
        raise KamctlError(
            Phrase("{path} was changed by someone else meanwhile", path=step.path),
            Phrase("nothing was written; run it again"),
            1,
        )


def _check_folder(target: Path, path: str) -> None:
    """Raise KamctlError when a file cannot be put where it belongs."""
    folder = next(parent for parent in target.parents if os.path.lexists(parent))
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise KamctlError(
            Phrase("{path} cannot be written: {name} is closed", path=path, name=folder.name),
            Phrase("nothing was written"),
            1,
        )


def _target(root: Path, path: str) -> Path:
    """Return where a file lies, links followed. Raises KamctlError outside the workspace and for other files."""
    if layout.kind_and_id(path) is None or {"", ".", ".."} & set(path.split("/")):
        raise KamctlError(Phrase("{path} is no file of a workspace", path=path), exit_code=1)
    target = Path(os.path.realpath(root / path))
    if not target.is_relative_to(os.path.realpath(root)):
        raise KamctlError(
            Phrase("{path} is a link out of the workspace", path=path), Phrase("edit the file where it lies"), 1
        )
    return target


def _present(root: Path, path: str) -> str:
    """Return the checksum of what a file holds; empty when it is not there."""
    try:
        return _checksum(_target(root, path).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _checksum(content: bytes) -> str:
    return sha256(content).hexdigest()


def _settle(count: int, folder: Path) -> None:
    """Bring the staged files to the disk."""
    if count > FEW and hasattr(os, "sync"):
        os.sync()
        return
    for name in os.listdir(folder):
        with open(folder / name, "rb") as stream:
            os.fsync(stream.fileno())


def _write_journal(folder: Path, steps: Sequence[Step]) -> None:
    """Write the list of steps whole; from here on they are finished."""
    body = json.dumps([list(step) for step in steps], ensure_ascii=False)
    content = json.dumps({"checksum": _checksum(body.encode()), "steps": body})
    os.replace(_write_beside(folder / JOURNAL, content.encode(), 0o644), folder / JOURNAL)
    _settle_folder(folder)


def _read_journal(folder: Path) -> list[Step] | None:
    """Return the steps of a journal; None when there is none. Raises KamctlError for one that kamctl did not write."""
    try:
        written = json.loads((folder / JOURNAL).read_bytes())
        body = written["steps"]
        if _checksum(body.encode()) == written["checksum"]:
            return [Step(*map(str, step)) for step in json.loads(body)]
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise KamctlError(
        Phrase("{file} is damaged", file=f"{layout.STAGING}/{JOURNAL}"),
        Phrase("look at `git status`, then remove the folder {folder} by hand", folder=layout.STAGING),
        1,
    )


def _finish(root: Path, folder: Path, steps: Sequence[Step]) -> list[str]:
    """Put every file in its place and forget the journal; returns the paths that somebody else changed meanwhile."""
    left = [step.path for step in steps if not _finish_one(root, folder, step)]
    for place in {_target(root, step.path).parent for step in steps}:
        _settle_folder(place)
    os.unlink(folder / JOURNAL)
    return left


def _finish_one(root: Path, folder: Path, step: Step) -> bool:
    """Put one file in its place, or remove it, unless that is done; whether it is done now."""
    there, target = _present(root, step.path), _target(root, step.path)
    if there == step.after:
        return True
    if there != step.before:
        return False
    if not step.after:
        target.unlink()
        for parent in target.relative_to(os.path.realpath(root)).parents[:-1]:
            with suppress(OSError):
                os.rmdir(os.path.join(os.path.realpath(root), parent))
        return True
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = folder / step.staged
    try:
        os.replace(staged, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        os.replace(_write_beside(target, staged.read_bytes(), staged.stat().st_mode & 0o777), target)
    return True


def _settle_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
