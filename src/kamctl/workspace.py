"""A workspace on disk: the only reader and writer of users' files."""

from __future__ import annotations

import gc
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kamctl import facts, layout
from kamctl.facts import Facts, ReferenceRow
from kamctl.methods import Methods, read_method_file
from kamctl.money import Rate
from kamctl.problems import KamctlError, Problem, did_you_mean

if TYPE_CHECKING:
    from kamctl.schema.settings import Settings


class SourceFile(NamedTuple):
    """A file of the workspace: its path below the root, and the kind and id that its place gives it."""

    path: str
    kind: str
    id: str


@dataclass
class Loaded:
    """What could be read of a workspace, and what could not.

    `files` counts the files that were looked at; `unreadable` are the paths of those without a record.
    """

    facts: Facts = field(default_factory=Facts)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    unreadable: list[str] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)


class Document(NamedTuple):
    """One file as it was read: its bytes, its text without byte order mark, and its record when it has one."""

    file: SourceFile
    raw: bytes
    text: str
    record: Any | None
    problems: list[Problem]


def find_root(start: Path) -> Path | None:
    """Return the nearest folder at or above `start` that holds kamctl.yaml, or None."""
    start = Path(os.path.normpath(start.absolute()))
    return next((folder for folder in (start, *start.parents) if (folder / layout.ROOT_FILE).is_file()), None)


class Workspace:
    """A folder with kamctl.yaml. Opening reads the settings only."""

    def __init__(self, root: Path, settings: Settings, problems: list[Problem]) -> None:
        self.root = root
        self.settings = settings
        self.problems = problems
        self.methods = Methods(root)

    @classmethod
    def open(cls, start: Path, *, tolerant: bool = False) -> Workspace:
        """Open the workspace that `start` lies in.

        Raises KamctlError when there is none, and when its settings cannot be read, unless `tolerant`: then the
        defaults stand in and `problems` says what is wrong.
        """
        root = find_root(start)
        if root is None:
            raise KamctlError(
                f"there is no kamctl.yaml in {start} or above",
                "`kamctl init DIR` makes a workspace; `-C DIR` names one",
            )
        from kamctl.schema.settings import FORMAT, Settings

        file = SourceFile(layout.ROOT_FILE, "settings", "")
        document = read_document(root, file)
        written = document.record.format if document.record is not None else _format_of(document.text)
        if written > FORMAT and not tolerant:
            raise KamctlError(
                f"{root / layout.ROOT_FILE} has format {written}; this kamctl knows {FORMAT}", "install a newer kamctl"
            )
        if document.record is None and not tolerant:
            first = located(root, document.problems)[0]
            from kamctl import rules

            raise KamctlError(
                f"{layout.ROOT_FILE}:{first.line}:{first.column}: {rules.message(first, 'en')}",
                rules.hint(first, "en") or "`kamctl validate` shows every problem",
            )
        settings = document.record or Settings.model_validate({"format": str(FORMAT)})
        return cls(root, settings, document.problems)

    @cached_property
    def rates(self) -> list[Rate]:
        """The exchange rates of the settings."""
        return [Rate(entry.date, entry.pair[:3], entry.pair[4:], entry.rate) for entry in self.settings.rates]

    def files(self, kinds: Collection[str]) -> Iterator[SourceFile]:
        """Yield the files of some kinds, in the order of their paths."""
        if "settings" in kinds:
            yield SourceFile(layout.ROOT_FILE, "settings", "")
        for account in _folders(self.root / layout.ACCOUNTS):
            yield from _account_files(self.root, account, kinds)
        if "team" in kinds and (self.root / layout.TEAM_FILE).is_file():
            yield SourceFile(layout.TEAM_FILE, "team", "")
        if "week" in kinds:
            for stem in _stems(self.root / layout.WEEKS):
                yield SourceFile(layout.path_of("week", stem), "week", stem)

    def method_files(self) -> Iterator[SourceFile]:
        """Yield the workspace's own method files."""
        for path in sorted((self.root / layout.METHOD).rglob("*.yaml")):
            below = path.relative_to(self.root).as_posix()
            place = layout.kind_and_id(below)
            if place is not None:
                yield SourceFile(below, *place)

    def strays(self) -> Iterator[str]:
        """Yield the paths of YAML files where no record belongs."""
        for folder in (layout.ACCOUNTS, layout.WEEKS, layout.METHOD):
            for path in sorted((self.root / folder).rglob("*.y*ml")):
                below = path.relative_to(self.root).as_posix()
                if layout.kind_and_id(below) is None:
                    yield below

    def load(
        self, tables: Iterable[str] = facts.TABLES, account: str = "", drafts: Mapping[str, str] | None = None
    ) -> Loaded:
        """Read the files that fill some tables, of one account or of all, and flatten them into facts.

        `drafts` holds texts by path that count instead of what is on disk, whether or not a file is there yet.
        """
        wanted = frozenset(tables)
        kinds = facts.kinds_for(wanted)
        loaded = Loaded(ids={kind: [] for kind in kinds})
        with _without_collector():
            for file in _with_drafts(self.files(kinds), drafts or {}):
                if account and file.kind not in ("team", "settings") and layout.account_of(file.id) != account:
                    continue
                self._load_file(file, wanted, loaded, (drafts or {}).get(file.path))
        loaded.facts.inherit()
        return loaded

    def _load_file(self, file: SourceFile, wanted: frozenset[str], loaded: Loaded, draft: str | None) -> None:
        loaded.files += 1
        loaded.ids[file.kind].append(file.id)
        data, record, problems = _read(self.root, file, draft)
        loaded.problems += problems
        if record is None:
            loaded.unreadable.append(file.path)
            return
        for table, rows in facts.rows_of(file.kind, file.id, record, wanted):
            loaded.facts.add(table, rows)
        if facts.REFERENCES in wanted:
            loaded.facts.add(facts.REFERENCES, _references(file, data))

    def method_part(self, file: SourceFile) -> tuple[Any | None, list[Problem]]:
        """Return what one of the workspace's own method files holds, or None with its problems."""
        return read_method_file(file.kind, self.root / file.path, file.path)

    def document(self, file: SourceFile) -> Document:
        """Read one file whole. Raises KamctlError when it is not there."""
        return read_document(self.root, file)

    def record(self, kind: str, record_id: str) -> Any:
        """Return one record. Raises KamctlError, with the first problem, when it cannot be read."""
        document = self.document(SourceFile(layout.path_of(kind, record_id), kind, record_id))
        if document.record is None:
            raise unreadable(self.root, document.problems, self.settings.language)
        return document.record

    def ids(self, kind: str) -> list[str]:
        """Return the ids of all records of a kind, sorted."""
        return [file.id for file in self.files((kind,))]

    def resolve(self, kind: str, name: str) -> str:
        """Return the id that a person means by a path, `account/stem`, or any unambiguous part of it.

        Raises KamctlError with the ids that come near when there is none, or several.
        """
        known = self.ids(kind)
        if name in known:
            return name
        place = self._id_of_path(name)
        if place is not None and place[0] == kind:
            return place[1]
        parts = [record_id for record_id in known if layout.stem_of(record_id) == name]
        parts = parts or [record_id for record_id in known if name.casefold() in record_id.casefold()]
        if len(parts) == 1:
            return parts[0]
        if parts:
            more = f" and {len(parts) - 5} more" if len(parts) > 5 else ""
            raise KamctlError(f'"{name}" could be any of {len(parts)} {kind} files', ", ".join(parts[:5]) + more)
        near = did_you_mean(name, [*known, *(layout.stem_of(record_id) for record_id in known)])
        hint = f'did you mean "{near}"?' if near else f"`kamctl {kind} list` shows them all"
        raise KamctlError(f'there is no {kind} "{name}"', hint)

    def _id_of_path(self, name: str) -> tuple[str, str] | None:
        path = Path(name)
        for base in (Path.cwd(), self.root):
            full = Path(os.path.normpath(base / path))
            if full.is_file() and full.is_relative_to(self.root):
                return layout.kind_and_id(full.relative_to(self.root).as_posix())
        return None


def read_document(root: Path, file: SourceFile) -> Document:
    """Read and validate one file. Raises KamctlError when it is not there or may not be read."""
    from kamctl import source
    from kamctl.schema.kinds import MODELS
    from kamctl.schema.reading import read_record

    raw = _read_bytes(root / file.path, file.path)
    try:
        text = source.decode(raw)
        data, blanks = source.read_with_blanks(text)
    except source.SourceError as error:
        return Document(file, raw, "", None, [_source_problem(file.path, error)])
    return Document(file, raw, text, *read_record(MODELS[file.kind], data, file.path, blanks))


def _format_of(text: str) -> int:
    """Return the format that settings name which this kamctl cannot read; 0 when they name none."""
    found = re.search(r"^format: *(\d{1,9})\b", text, re.MULTILINE)
    return int(found[1]) if found else 0


def unreadable(root: Path, problems: list[Problem], lang: str) -> KamctlError:
    """Return the error that stops a command on a file that cannot be read."""
    from kamctl import rules

    first = located(root, problems[:1])[0]
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    message = f"{first.path}:{first.line}:{first.column}: {first.rule}: {rules.message(first, lang)}{more}"
    return KamctlError(message, rules.hint(first, lang) or "`kamctl validate` shows every problem", exit_code=1)


def located(root: Path, problems: list[Problem], texts: dict[str, str] | None = None) -> list[Problem]:
    """Return problems with line and column, reading each file once.

    `texts` gives the text of files that do not lie below `root`, by the path that the problems name. A file that
    has changed so that it cannot be read keeps its problems at line 1.
    """
    from kamctl import source

    texts = dict(texts or {})
    result = []
    for problem in problems:
        if problem.line == 0:
            if problem.path not in texts:
                texts[problem.path] = _text_or_nothing(root / problem.path)
            problem = problem._replace(line=1, column=1)
            try:
                line, column, width = source.locate(texts[problem.path], problem.keys, problem.on_key)
                problem = problem._replace(line=line, column=column, width=width)
            except Exception:
                pass
        result.append(problem)
    return result


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


def save(root: Path, draft: Draft) -> None:
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


def _with_drafts(files: Iterable[SourceFile], drafts: Mapping[str, str]) -> Iterator[SourceFile]:
    """Yield files, and then those drafts that are none of them."""
    new = dict(drafts)
    for file in files:
        new.pop(file.path, None)
        yield file
    for path in new:
        place = layout.kind_and_id(path)
        if place is not None:
            yield SourceFile(path, *place)


def _read(root: Path, file: SourceFile, draft: str | None) -> tuple[Any, Any | None, list[Problem]]:
    """Return the data and the record of a file, or None with the problems that keep it from being one."""
    from kamctl import source
    from kamctl.schema.kinds import MODELS
    from kamctl.schema.reading import read_record

    try:
        if draft is None:
            with open(f"{root}/{file.path}", "rb") as stream:
                draft = source.decode(stream.read())
        data, blanks = source.read_with_blanks(draft)
    except source.SourceError as error:
        return None, None, [_source_problem(file.path, error)]
    except OSError as error:
        reason = error.strerror or str(error)
        return None, None, [Problem(file.path, "cannot-open", values={"reason": reason}, line=1, column=1)]
    return data, *read_record(MODELS[file.kind], data, file.path, blanks)


def _source_problem(path: str, error: Any) -> Problem:
    return Problem(path, error.rule, values=error.values, line=error.line, column=error.column)


def _references(file: SourceFile, data: Any) -> Iterator[ReferenceRow]:
    from kamctl.schema.kinds import MODELS
    from kamctl.schema.references import references

    return (ReferenceRow(file.kind, file.id, *found) for found in references(MODELS[file.kind], data))


def _account_files(root: Path, account: str, kinds: Collection[str]) -> Iterator[SourceFile]:
    folder = f"{root}/{layout.ACCOUNTS}/{account}"
    if "account" in kinds and os.path.isfile(f"{folder}/account.yaml"):
        yield SourceFile(layout.path_of("account", account), "account", account)
    for kind in sorted(kinds & layout.FOLDERS.keys() if isinstance(kinds, (set, frozenset)) else set(kinds)):
        if kind in layout.FOLDERS:
            for stem in _stems(Path(f"{folder}/{layout.FOLDERS[kind]}")):
                record_id = f"{account}/{stem}"
                yield SourceFile(layout.path_of(kind, record_id), kind, record_id)


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return []


def _stems(folder: Path) -> list[str]:
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(name[:-5] for name in names if name.endswith(".yaml") and not name.startswith("."))


def _read_bytes(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KamctlError(f"{shown} cannot be read: {error.strerror}", exit_code=2) from None


def _text_or_nothing(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return ""


@contextmanager
def _without_collector() -> Iterator[None]:
    """Reading makes many objects and no circles; the collector would only walk them again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
