"""Writing users' files: whole or not at all, never over a change that someone else made meanwhile.

Many files are written as one: the new contents are put into a folder of the workspace first, then a list of what goes
where, and from then on the writing is finished whatever happens, by the next kamctl if need be.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kamctl import layout
from kamctl.durable import settle_files, settle_folders, write_beside
from kamctl.journal import JOURNAL, Step, read_journal, write_journal
from kamctl.phrases import NOTHING, Phrase, why
from kamctl.places import Places, checksum, held
from kamctl.problems import KamctlError

try:
    from fcntl import LOCK_EX, flock
except ImportError:  # Windows: two kamctl at once are not kept apart there
    flock = None  # type: ignore[assignment]


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
            os.replace(write_beside(str(path), content, path.stat().st_mode & 0o777), path)
        else:
            _create(path, content, str(path))
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be written: {why}", path=path, why=why(error))) from None


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
        raise KamctlError(Phrase("{path} cannot be written: {why}", path=path, why=why(error))) from None


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
    temporary = write_beside(str(target), content, 0o644)
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
    temporary = write_beside(str(target), after, target.stat().st_mode & 0o777)
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
            places = Places(root)
            in_order = sorted(drafts, key=lambda draft: draft.path)  # so that a folder's files come together
            steps = [_staged(places, folder, number, draft) for number, draft in enumerate(in_order)]
            steps += [Step(path, "", checksum(content), "") for path, content in sorted(gone.items())]
            _check(Places(root), steps)
            settle_files([f"{folder}/{step.staged}" for step in steps if step.staged])
            write_journal(folder, steps)
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
        steps = read_journal(folder)
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


def _staged(places: Places, folder: Path, number: int, draft: Draft) -> Step:
    """Put what a file will hold into the staging folder, with the rights that the file has."""
    staged, after = f"{folder}/{number}", draft.after
    with open(staged, "wb") as stream:
        stream.write(after)
    if draft.before is not None:
        os.chmod(staged, os.stat(places.target(draft.path)).st_mode & 0o777)
    before = "" if draft.before is None else checksum(draft.before)
    return Step(draft.path, str(number), before, checksum(after))


def _check(places: Places, steps: Sequence[Step]) -> None:
    """Raise KamctlError unless every file is as it was read, is named once, and may be written."""
    named, folders = set[str](), set[str]()
    for step in steps:
        if step.path in named:
            raise KamctlError(Phrase("{path} would be written twice", path=step.path), NOTHING, 1)
        named.add(step.path)
        target = places.target(step.path)
        if held(target) != step.before:
            raise _not_as_read(step)
        folder = os.path.dirname(target)
        if folder not in folders:
            _check_folder(folder, step.path)
            folders.add(folder)


def _not_as_read(step: Step) -> KamctlError:
    if not step.before:
        return KamctlError(Phrase("{path} exists already", path=step.path), Phrase("nothing was written"), 1)
    return KamctlError(
        Phrase("{path} was changed by someone else meanwhile", path=step.path),
        Phrase("nothing was written; run it again"),
        1,
    )


def _check_folder(folder: str, path: str) -> None:
    """Raise KamctlError when a file cannot be put where it belongs."""
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
        message = Phrase("{path} cannot be written: {name} is closed", path=path, name=os.path.basename(folder))
        raise KamctlError(message, Phrase("nothing was written"), 1)


def _finish(root: Path, folder: Path, steps: Sequence[Step]) -> list[str]:
    """Put every file in its place and forget the journal; returns the paths that somebody else changed meanwhile."""
    places, folders, left = Places(root), set[str](), []
    for step in steps:
        target = places.target(step.path)
        folders.add(os.path.dirname(target))
        if not _finish_one(places, folder, step, target):
            left.append(step.path)
    settle_folders(folders)
    os.unlink(folder / JOURNAL)
    return left


def _finish_one(places: Places, folder: Path, step: Step, target: str) -> bool:
    """Put one file in its place, or remove it, unless that is done; whether it is done now."""
    there = held(target)
    if there == step.after:
        return True
    if there != step.before:
        return False
    if step.after:
        _put(f"{folder}/{step.staged}", target)
    else:
        os.unlink(target)
        _remove_empty(os.path.dirname(target), places.root)
    return True


def _put(staged: str, target: str) -> None:
    """Move a staged file to its place; where that is on another disk, write it there."""
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        os.makedirs(folder, exist_ok=True)
    try:
        os.replace(staged, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with open(staged, "rb") as stream:
            content = stream.read()
        os.replace(write_beside(target, content, os.stat(staged).st_mode & 0o777), target)


def _remove_empty(folder: str, root: str) -> None:
    """Remove a folder and those above it, below the root, as long as they are empty."""
    with suppress(OSError):
        while folder != root:
            os.rmdir(folder)
            folder = os.path.dirname(folder)
