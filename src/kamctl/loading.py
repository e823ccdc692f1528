"""Loading: files into facts, from the index where nothing has changed, on all cores where there is much to read."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from kamctl import facts, layout
from kamctl.brief import Brief
from kamctl.facts import Facts
from kamctl.index import (
    GONE,
    NOTHING,
    DamagedStore,
    Entry,
    Index,
    Kept,
    pack_problems,
    pack_rows,
    unpack_problems,
    unpack_rows,
)
from kamctl.parallel import in_halves
from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError, Problem
from kamctl.rows import Row
from kamctl.rows.workspace import ReferenceRow
from kamctl.tree import Files, Folder, SourceFile

T = TypeVar("T")
Progress = Callable[[int, int], None]

FEW = 400
"""Up to so many files one process reads them; beyond, a second one pays."""


@dataclass
class Loaded:
    """What could be read of a workspace, and what could not.

    `files` counts the files that were looked at, `anew` those of them that were read, the others being known from the
    index; `unreadable` are the paths of those without a record. `ids` are the
    ids of all files by kind, readable or not, when they were read without the index.
    """

    facts: Facts = field(default_factory=Facts)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    anew: int = 0
    unreadable: list[str] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)


class Document(NamedTuple):
    """One file as it was read: its bytes, its text without byte order mark, and its record when it has one."""

    file: SourceFile
    raw: bytes
    text: str
    record: Any | None
    problems: list[Problem]


class Selection(NamedTuple):
    """Deals that a listing can do without: those at none of `stages` whose history ends on or before `day`."""

    stages: frozenset[str]
    day: int


def load(
    where: Files,
    index: Index,
    tables: frozenset[str],
    account: str = "",
    selection: Selection | None = None,
    drafts: Mapping[str, str] | None = None,
    kinds: frozenset[str] = frozenset(),
    progress: Progress | None = None,
    briefs: Sequence[Brief] = (),
) -> Loaded:
    """Read the files that fill some tables, of one account or of all, and flatten them into facts.

    `kinds` are the kinds of files to read, all that fill the tables by default. `progress` is told how many of
    how many files have been read.

    Deals outside a `selection` may be left out of the facts, and so may what `briefs` do without. `drafts` holds texts
    by path that count instead of what is on disk, whether or not a file is there yet.
    """
    kinds = kinds or facts.kinds_for(tables)
    with _without_collector():
        found = list(where.folders(kinds, account))
        if drafts or facts.REFERENCES in tables:
            loaded = _load_all(where, found, tables, drafts or {}, kinds)
        else:
            try:
                loaded = _load_indexed(where, index, found, tables, account, selection, briefs, progress)
            except DamagedStore:
                index.trusted = False
                loaded = _load_indexed(where, index, found, tables, account, selection, briefs, progress)
    loaded.facts.inherit()
    return loaded


def _load_all(
    where: Files, found: Sequence[Folder], tables: frozenset[str], drafts: Mapping[str, str], kinds: Collection[str]
) -> Loaded:
    """Read every file, without the index."""
    loaded = Loaded(ids={kind: [] for kind in kinds})
    there = [folder.source(stem) for folder in found for stem, _ in folder.files]
    where.expect([file.path for file in there if file.path not in drafts])
    for file in _with_drafts(there, drafts):
        loaded.files += 1
        loaded.anew += 1
        loaded.ids[file.kind].append(file.id)
        readable, rows, problems = _flatten(where, file, tables, drafts.get(file.path))
        _take(loaded, file.path, readable, rows, problems)
    return loaded


def _load_indexed(
    where: Files,
    index: Index,
    found: Sequence[Folder],
    tables: frozenset[str],
    account: str,
    selection: Selection | None,
    briefs: Sequence[Brief],
    progress: Progress | None,
) -> Loaded:
    """Take what the index knows, read what it does not, and write back what has changed."""
    loaded = Loaded()
    scope, keep = _scope(tables, account)
    stores: dict[str, list[Folder]] = {}
    wanted: set[str] = set()
    for folder in found:
        store = f"heads/{folder.kind}" if folder.kind == "team" else scope if account else f"{scope}/{folder.kind}"
        stores.setdefault(store, []).append(folder)
    for store, there in sorted(stores.items(), reverse=True):  # deals before accounts
        known = index.folders(store)
        fresh, read = _read_changed(where, there, known, keep, progress)
        loaded.anew += read
        for folder in there:
            name = folder.path + folder.kind
            kept = fresh.get(name) or known[name]
            loaded.files += len(kept.files)
            if selection is not None and folder.kind == "account" and folder.prefix not in wanted:
                continue
            for position, rows in _entries(kept, selection):
                path = f"{folder.path}{kept.files[position][0]}.yaml"
                _take_entry(loaded, path, rows, kept.problems.get(position, ()), tables, briefs)
        wanted = wanted or {deal.account for deal in loaded.facts.opportunities}
        names = {folder.path + folder.kind for folder in there}
        gone = set() if account else known.keys() - names
        if fresh or gone:
            index.keep_folders(store, {name: kept for name, kept in (known | fresh).items() if name not in gone})
    return loaded


def _scope(tables: frozenset[str], account: str) -> tuple[str, frozenset[str]]:
    """Return the folder of the stores that hold some tables, and all the tables that are kept there."""
    everything = facts.TABLES - {facts.REFERENCES}
    if account:
        return f"accounts/{account}", everything
    return ("heads", facts.HEADS) if tables <= facts.HEADS else ("whole", everything)


def _read_changed(
    where: Files,
    there: Sequence[Folder],
    known: Mapping[str, Kept],
    tables: frozenset[str],
    progress: Progress | None,
) -> tuple[dict[str, Kept], int]:
    """Return the folders in which something changed, by path and kind, and how many files were read for them."""
    changed = [folder for folder in there if known.get(folder.path + folder.kind, NOTHING).files != folder.files]
    old: dict[str, Entry] = {}
    for folder in changed:
        kept = known.get(folder.path + folder.kind, NOTHING)
        marks = dict(folder.files)
        for position, (stem, mark) in enumerate(kept.files):
            if marks.get(stem) == mark != GONE:
                old[folder.source(stem).path] = kept.entry(position)
    files_now = [folder.source(stem) for folder in changed for stem, _ in folder.files]
    new = read_entries(where, [file for file in files_now if file.path not in old], tables, progress)
    entries_now = old | new
    fresh = {
        folder.path + folder.kind: Kept.of(
            folder.files, [entries_now[folder.source(stem).path] for stem, _ in folder.files]
        )
        for folder in changed
    }
    return fresh, len(new)


def _entries(kept: Kept, selection: Selection | None) -> Iterator[tuple[int, bytes | None]]:
    """Yield the entries of a folder that a listing cannot do without: their positions and packed rows."""
    if selection is None:
        yield from enumerate(kept.rows)
        return
    stages, day = selection
    for position, (stage, last_day) in enumerate(zip(kept.stages, kept.last_days, strict=True)):
        if not stage or last_day > day or stage in stages:
            yield position, kept.rows[position]


def read_entries(
    where: Files, wanted: Sequence[SourceFile], tables: frozenset[str], progress: Progress | None = None
) -> dict[str, Entry]:
    """Read files into entries by path."""
    if len(wanted) > FEW:
        import_models({file.kind for file in wanted})

    def read(some: Sequence[SourceFile]) -> dict[str, Entry]:
        where.expect([file.path for file in some])
        return {file.path: _entry(where, file, tables) for file in counted(some, progress)}

    return in_halves(wanted, FEW, read)


def counted(items: Sequence[T], progress: Progress | None) -> Iterator[T]:
    """Yield items and tell now and then how far it has come."""
    for done, item in enumerate(items):
        if progress is not None and done % 64 == 0:
            progress(done, len(items))
        yield item
    if progress is not None:
        progress(len(items), len(items))


def import_models(kinds: Collection[str]) -> None:
    """Build the validators of some kinds of files."""
    from kamctl import source
    from kamctl.schema.kinds import MODELS
    from kamctl.schema.reading import read_record

    for kind in kinds:
        read_record(MODELS[kind], source.read(""), "")


def _entry(where: Files, file: SourceFile, tables: frozenset[str]) -> Entry:
    """Read one file into an entry of the index."""
    readable, rows, problems = _flatten(where, file, tables, None)
    if not readable:
        return None, pack_problems(problems), "", 0
    deal: Any = next((row for table, found in rows if table == "opportunities" for row in found), None)
    if deal is None:
        return pack_rows(rows), pack_problems(problems), "", 0
    if tables == facts.HEADS:
        rows = [("opportunities", [facts.without_fields(deal)])]
    last = max((event[0].toordinal() for event in deal.stages), default=0)
    return pack_rows(rows), pack_problems(problems), deal.stage, last


def _take_entry(
    loaded: Loaded,
    path: str,
    raw: bytes | None,
    problems: tuple[tuple[Any, ...], ...],
    tables: frozenset[str],
    briefs: Sequence[Brief],
) -> None:
    rows = unpack_rows(raw, facts.ROWS, tables, briefs) if raw is not None else []
    _take(loaded, path, raw is not None, rows, unpack_problems(problems) if problems else ())


def _take(
    loaded: Loaded,
    path: str,
    readable: bool,
    rows: Iterable[tuple[str, Iterable[Row]]],
    problems: Sequence[Problem],
) -> None:
    loaded.problems += problems
    if not readable:
        loaded.unreadable.append(path)
    for table, found in rows:
        loaded.facts.add(table, found)


def _flatten(
    where: Files, file: SourceFile, tables: frozenset[str], draft: str | None
) -> tuple[bool, list[tuple[str, list[Row]]], list[Problem]]:
    """Read one file into rows by table; whether it could be read, and its problems."""
    from kamctl.flattening import rows_of

    data, record, problems = _read(where, file, draft)
    if record is None:
        return False, [], problems
    rows = [(table, list(found)) for table, found in rows_of(file.kind, file.id, record, tables)]
    if facts.REFERENCES in tables:
        rows.append((facts.REFERENCES, list(_references(file, data))))
    return True, rows, problems


def read_document(where: Files, file: SourceFile) -> Document:
    """Read and validate one file. Raises KamctlError when it is not there or may not be read."""
    from kamctl import source
    from kamctl.schema.kinds import MODELS
    from kamctl.schema.reading import read_record

    raw = _read_bytes(where, file.path)
    try:
        text = source.decode(raw)
        data, blanks = source.read_with_blanks(text)
    except source.SourceError as error:
        return Document(file, raw, "", None, [_source_problem(file.path, error)])
    return Document(file, raw, text, *read_record(MODELS[file.kind], data, file.path, blanks))


def unreadable(where: Files, problems: list[Problem]) -> KamctlError:
    """Return the error that stops a command on a file that cannot be read."""
    from kamctl import rules

    first = located(where, problems[:1])[0]
    place = f"{first.path}:{first.line}:{first.column}: {first.rule}"
    message = Phrase("{place}: {words}", place=place, words=rules.told(first))
    if len(problems) > 1:
        message = Phrase("{first} ({count} more)", first=message, count=len(problems) - 1)
    return KamctlError(message, rules.advice(first) or Phrase("`kamctl validate` shows every problem"), exit_code=1)


def located(where: Files, problems: list[Problem], texts: dict[str, str] | None = None) -> list[Problem]:
    """Return problems with line and column, reading each file once.

    `texts` gives the text of files that are none of these, by the path that the problems name. A file that
    has changed so that it cannot be read keeps its problems at line 1.
    """
    from kamctl import source

    texts = dict(texts or {})
    result = []
    for problem in problems:
        if problem.line == 0:
            if problem.path not in texts:
                texts[problem.path] = _text_or_nothing(where, problem.path)
            problem = problem._replace(line=1, column=1)
            try:
                line, column, width = source.locate(texts[problem.path], problem.keys, problem.on_key)
                problem = problem._replace(line=line, column=column, width=width)
            except Exception:
                pass
        result.append(problem)
    return result


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


def _read(where: Files, file: SourceFile, draft: str | None) -> tuple[Any, Any | None, list[Problem]]:
    """Return the data and the record of a file, or None with the problems that keep it from being one."""
    from kamctl import source
    from kamctl.schema.kinds import MODELS
    from kamctl.schema.reading import read_record

    try:
        if draft is None:
            draft = source.decode(where.read(file.path))
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


def _read_bytes(where: Files, path: str) -> bytes:
    try:
        return where.read(path)
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be read: {why}", path=path, why=why(error)), exit_code=2) from None


def _text_or_nothing(where: Files, path: str) -> str:
    try:
        return where.read(path).decode("utf-8-sig", "replace")
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
