"""Writes what a command prints into a file that a person names, and tells when a form is meant.

For records and data there is `saving`. Forms themselves, which take long to import, are in `rendering`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kamctl.commands.session import Session
from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError
from kamctl.saving import whole_file

FORMATS = ("md", "html", "docx", "pdf")
"""What a form can be; on a terminal it is laid out as text when none is asked for."""

VIEWS = ("table", *FORMATS, "json")
"""The same, and the view itself."""

REPORTS = ("table", "tsv", "csv", "json", "jsonl", *FORMATS)
"""What a report can be that is a form too."""

SUFFIXES = {".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".docx": "docx", ".pdf": "pdf"}
"""The format that the name of an output file stands for, of a form."""

PLAIN_SUFFIXES = ("", ".txt")
"""Endings that stand for no format: the file gets what a pipe would."""

DATA_SUFFIXES = (".yaml", ".yml", ".j2")


def wants_form(run: Session, form: str, output: str) -> bool:
    """Whether `show` is asked for a form and not for what the file says."""
    return bool(form) or output != "-" or run.options.format in FORMATS


def wants_page(run: Session, output: str) -> bool:
    """Whether a report is asked for as its form: in a file, or in a format of forms, and not by columns."""
    if not run.style.fields:
        return wants_form(run, "", output)
    if output != "-":
        raise KamctlError(Phrase("--fields is for what goes to stdout"), Phrase("leave --fields or -o out"))
    return False


def format_of(output: str, suffixes: Mapping[str, str], plain: str) -> str:
    """Return the format that the name of an output file stands for, `plain` for none. Raises KamctlError."""
    suffix = Path(output).suffix.lower()
    if output == "-" or suffix in PLAIN_SUFFIXES:
        return plain
    if suffix not in suffixes:
        _refuse_data(Path(output), suffixes)
        raise KamctlError(
            Phrase('"{suffix}" stands for no format here', suffix=suffix), _name_it(Path(output), suffixes)
        )
    return suffixes[suffix]


def write_output(target: Path, content: bytes, suffixes: Mapping[str, str]) -> None:
    """Write what was asked for in place of what the file held, whole or not at all.

    Raises KamctlError when that is not possible, or when it would be taken for a record; `suffixes` are the endings
    that the file may have instead.
    """
    _refuse_data(target, suffixes)
    if target.exists() and not target.is_file():
        _write_through(target, content)
        return
    with whole_file(target.resolve(), overwrite=True) as temporary:
        temporary.write_bytes(content)


def _refuse_data(target: Path, suffixes: Mapping[str, str]) -> None:
    if target.suffix.lower() in DATA_SUFFIXES:
        raise KamctlError(Phrase("{target} would be taken for data", target=target), _name_it(target, suffixes))


def _name_it(target: Path, suffixes: Mapping[str, str]) -> Phrase:
    """Return a hint with an ending for each format."""
    endings: dict[str, str] = {}
    for suffix, kind in suffixes.items():
        endings.setdefault(kind, suffix)
    *others, last = endings.values()
    return Phrase("name it {stem}{others} or {last}", stem=target.stem, others=", ".join(others), last=last)


def _write_through(target: Path, content: bytes) -> None:
    """Write to what is no file, such as /dev/stdout."""
    try:
        target.write_bytes(content)
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be written: {why}", path=target, why=why(error))) from None
