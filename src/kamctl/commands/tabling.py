"""What `export` does: read, choose tables and columns, write them in a format."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from kamctl import __version__
from kamctl.commands.session import Session
from kamctl.exchange import tables
from kamctl.exchange.flat import write_csv, write_jsonl, write_tsv
from kamctl.exchange.table import Line, Source, Table, lines
from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError, choices, nearest
from kamctl.saving import whole_file

FORMATS = ("csv", "tsv", "jsonl", "xlsx", "sqlite", "parquet")
SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".xlsx": "xlsx",
            ".sqlite": "sqlite", ".sqlite3": "sqlite", ".db": "sqlite", ".parquet": "parquet"}  # fmt: skip
"""What the name of a file says about its format."""

STREAMS = {"csv": write_csv, "tsv": write_tsv, "jsonl": write_jsonl}
"""Formats that are text, one table a file."""

WHOLE = ("xlsx", "sqlite")
"""Formats whose file holds many tables."""

About = Mapping[str, str]


class Made(NamedTuple):
    """A table with its rows still to come."""

    table: Table
    rows: Iterable[Line]


def export(run: Session, names: Sequence[str], output: str, force: bool) -> None:
    """Write tables. Raises KamctlError for unknown names, and rather than overwrite a file unasked."""
    form = _format(run.options.format, output)
    chosen = _columns(tables.chosen(names or [tables.ALL]), run.style.fields)
    source = source_of(run, frozenset().union(*(table.reads for table in chosen)))
    made = [Made(_picked(table, run.style.fields), _rows(table, source, run.style.fields)) for table in chosen]
    if output in ("", "-"):
        _to_stdout(run, form, made, output)
    elif form in WHOLE or (len(made) == 1 and not _is_folder(output)):
        _to_file(run, form, made, Path(output), force)
    elif not _is_folder(output) and (Path(output).is_file() or Path(output).suffix.casefold() in SUFFIXES):
        raise _too_many(made, form)
    else:
        _to_folder(run, form, made, Path(output), force)


def source_of(run: Session, needed: frozenset[str]) -> Source:
    """Return what tables are made from, read from the workspace; says what could not be read."""
    methods = run.workspace.methods
    outcomes = {
        (name, stage.code): stage.outcome for name, process in methods.processes().items() for stage in process.stages
    }
    loaded = run.workspace.load(needed)
    run.tell_unread(loaded)
    settings = run.workspace.settings
    return Source(loaded.facts, settings.currency, settings.process, outcomes, tuple(run.workspace.rates))


def _format(wanted: str, output: str) -> str:
    """Return the format: as told, else as the name of the file says, else csv. Raises KamctlError for one unknown."""
    if not wanted:
        suffix = Path(output).suffix.casefold()
        if suffix in SUFFIXES or not any(map(str.isalpha, suffix)) or _is_folder(output):
            return SUFFIXES.get(suffix, "csv")
        hint = nearest(suffix, [*SUFFIXES], Phrase("a name ends in {names}", names=", ".join(SUFFIXES)))
        raise KamctlError(
            Phrase('{path}: there is no format "{name}" here', path=output, name=suffix),
            Phrase("{hint}; --format FORMAT says it, and DIR/ is a folder", hint=hint),
        )
    if wanted not in FORMATS:
        hint = nearest(wanted, FORMATS, choices(FORMATS))
        raise KamctlError(Phrase('there is no format "{name}" here', name=wanted), hint)
    return wanted


def _is_folder(output: str) -> bool:
    return output.endswith(("/", "\\")) or Path(output).is_dir()


def _columns(chosen: list[Table], fields: Sequence[str]) -> list[Table]:
    """Return the tables. Raises KamctlError when `--fields` names a column that one of them lacks."""
    for table in chosen if fields else ():
        known = [column.name for column in table.columns]
        for name in fields:
            if name not in known:
                hint = nearest(name, known, Phrase("columns: {names}", names=", ".join(known)))
                raise KamctlError(Phrase('table {table} has no column "{name}"', table=table.name, name=name), hint)
    return chosen


def _picked(table: Table, fields: Sequence[str]) -> Table:
    by_name = {column.name: column for column in table.columns}
    return table._replace(columns=tuple(by_name[name] for name in fields)) if fields else table


def _rows(table: Table, source: Source, fields: Sequence[str]) -> Iterable[Line]:
    if not fields:
        return lines(table, source)
    names = [column.name for column in table.columns]
    places = [names.index(name) for name in fields]
    return (tuple(row[place] for place in places) for row in lines(table, source))


def _to_stdout(run: Session, form: str, made: Sequence[Made], output: str) -> None:
    """Write one table of text, or a whole file that was asked for with `-`."""
    if form not in WHOLE and len(made) > 1:
        raise _too_many(made, form)
    if form in STREAMS:
        STREAMS[form](sys.stdout, *made[0])
        return
    if output != "-" or sys.stdout.isatty():
        raise KamctlError(
            Phrase("{form} is no text for a terminal", form=form), Phrase("-o FILE.{form} writes it", form=form)
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tables"
        _write(run, form, made, path)
        with open(path, "rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)


def _too_many(made: Sequence[Made], form: str) -> KamctlError:
    hint = Phrase("-o DIR takes a file for each, -o FILE.sqlite or FILE.xlsx holds them all, --table NAME chooses one")
    return KamctlError(Phrase("{count} tables do not go into one {form}", count=len(made), form=form), hint)


def _to_file(run: Session, form: str, made: Sequence[Made], path: Path, force: bool) -> None:
    with whole_file(path, overwrite=force) as temporary:
        rows = _write(run, form, made, temporary)
    run.say(run.label("tables-made", path=path, tables=len(made), rows=rows))


def _to_folder(run: Session, form: str, made: Sequence[Made], folder: Path, force: bool) -> None:
    """Write a file a table into a folder. Raises KamctlError when one of the files is there already."""
    paths = [folder / f"{table.name}.{form}" for table, _ in made]
    for path in paths if not force else ():
        if path.exists():
            raise KamctlError(
                Phrase("{path} exists already", path=path), Phrase("--force overwrites it, -o DIR writes elsewhere")
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be made: {why}", path=folder, why=why(error))) from None
    rows = 0
    for path, one in zip(paths, made, strict=True):
        with whole_file(path, overwrite=force) as temporary:
            rows += _write(run, form, [one], temporary)
    run.say(run.label("tables-made", path=folder, tables=len(made), rows=rows))


def _write(run: Session, form: str, made: Sequence[Made], path: Path) -> int:
    """Write tables to a path in a format; returns how many rows."""
    if form in STREAMS:
        with open(path, "w", encoding="utf-8", newline="") as stream:
            return STREAMS[form](stream, *made[0])
    return WRITE[form](run, made, path)


def _xlsx(run: Session, made: Sequence[Made], path: Path) -> int:
    from kamctl.exchange.spreadsheet import write_xlsx

    return sum(write_xlsx(path, made, run.as_of).values())


def _sqlite(run: Session, made: Sequence[Made], path: Path) -> int:
    from kamctl.exchange.database import write_sqlite

    return sum(write_sqlite(path, made, _about(run)).values())


def _parquet(run: Session, made: Sequence[Made], path: Path) -> int:
    from kamctl.exchange.parquet import write_parquet

    return write_parquet(path, *made[0], _about(run))


WRITE: Mapping[str, Callable[[Session, Sequence[Made], Path], int]] = {
    "xlsx": _xlsx,
    "sqlite": _sqlite,
    "parquet": _parquet,
}
"""What writes the formats that are no text."""


def _about(run: Session) -> About:
    """Return what an export says of itself."""
    settings = run.workspace.settings
    return {
        "kamctl": __version__,
        "tables": str(tables.VERSION),
        "as_of": run.as_of.isoformat(),
        "at": run.options.at,
        "workspace": settings.name or run.workspace.root.name,
        "currency": settings.currency,
    }
