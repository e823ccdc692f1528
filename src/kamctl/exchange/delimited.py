"""Reads comma-separated files as other programs write them, without trusting them: encoding, separator, heading, rows.

What the file is written in is found by where the heading has names that are known; nothing is guessed beyond that.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError

MEGABYTE = 1024 * 1024
MAX_FILE = 200 * MEGABYTE
MAX_LINE = MEGABYTE
MAX_CELL = MEGABYTE // 2
MAX_COLUMNS = 1_000
MAX_ROWS = 100_000
"""What a file may have at most, so that none exhausts the machine."""

HEAD = 256 * 1024
"""Bytes at the start in which the heading is looked for."""

HEAD_ROWS = 20
"""Rows at the start in which the heading is looked for; reports have a title above it."""

BLOCK = MEGABYTE

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""Byte order marks, and the encodings that they stand for."""

ENCODINGS = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
"""Encodings that are tried without a mark, in this order."""

NAMES = {"big5hkscs": "big5", "utf-8-sig": "utf-8"}
"""Under what name people know an encoding."""

DELIMITERS = (",", ";", "\t", "|")


class Row(NamedTuple):
    """One row: the line on which it begins, and its cells."""

    line: int
    cells: Sequence[str]


class Delimited(NamedTuple):
    """A file as it was read: encoding and separator as found, the line of the heading, its names, the rows below."""

    file: str
    encoding: str
    delimiter: str
    heading_line: int
    headings: Sequence[str]
    rows: Sequence[Row]


class Shape(NamedTuple):
    """How a file seems to be written: what of its heading is known, and where that stands."""

    known: int
    encoding: str
    delimiter: str
    line: int


def read_delimited(path: Path, known: Callable[[str], bool], encoding: str = "") -> Delimited:
    """Read a file. `known` says whether the name of a column means anything; `encoding` wins over what is found.

    Raises KamctlError, with line and column where there is one, for a file that cannot be read.
    """
    head = _checked_head(path)
    encodings = [_named(encoding)] if encoding else _marked(head) or list(ENCODINGS)
    shapes = [shape for name in encodings if (shape := _shape(head, name, known)) is not None]
    if not encoding:  # without a mark any bytes could be UTF-16; the heading has to say so
        shapes = [shape for shape in shapes if shape.known or not shape.encoding.startswith("utf-16-")]
    best = max((shape.known for shape in shapes), default=0)
    found = [shape for shape in shapes if shape.known == best]
    if not shapes:
        raise _not_in(path, encodings, bool(encoding))
    shape = _decoded(path, found) if len({shape.encoding for shape in found}) > 1 else found[0]
    return _read(path, shape)


def _checked_head(path: Path) -> bytes:
    """Return the start of a file. Raises KamctlError for what is no text at all, and says what it is."""
    try:
        size = path.stat().st_size
        with open(path, "rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be read: {why}", path=path, why=why(error))) from None
    name = path.name
    if not head.strip():
        raise KamctlError(Phrase("{name} is empty", name=name), Phrase("export it again"), 1)
    if size > MAX_FILE:
        raise KamctlError(
            Phrase("{name} is larger than {size} MB", name=name, size=MAX_FILE // MEGABYTE),
            Phrase("export fewer rows at a time"),
            1,
        )
    if head.startswith(b"PK\x03\x04"):
        hint = Phrase("save it as CSV UTF-8, or try `kamctl workbook import`")
        raise KamctlError(Phrase("{name} is an Excel workbook, whatever its name says", name=name), hint, 1)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise KamctlError(
            Phrase("{name} is an old Excel workbook (.xls), whatever its name says", name=name),
            Phrase("save it as CSV UTF-8"),
            1,
        )
    if head.lstrip()[:1] == b"<":
        raise KamctlError(
            Phrase("{name} is a web page or XML, whatever its name says", name=name), Phrase("export it as CSV"), 1
        )
    return head


def _named(encoding: str) -> str:
    """Return an encoding that a person named. Raises KamctlError for none that there is."""
    try:
        codecs.lookup(encoding)
        "".encode(encoding)
    except LookupError:
        known = ", ".join(NAMES.get(name, name) for name in ENCODINGS)
        raise KamctlError(
            Phrase('--encoding: there is no "{encoding}"', encoding=encoding),
            Phrase("for example {names}", names=known),
        ) from None
    return "utf-8-sig" if encoding.casefold().replace("_", "-") in ("utf-8", "utf8") else encoding


def _marked(head: bytes) -> list[str]:
    return [encoding for mark, encoding in MARKS if head.startswith(mark)]


def _shape(head: bytes, encoding: str, known: Callable[[str], bool]) -> Shape | None:
    """Return how a file is written in an encoding; None when its start is not."""
    text = _text(head, encoding)
    if text is None or (encoding.startswith("utf-16") and "\n" not in text and len(head) == HEAD):
        return None
    best = Shape(-1, encoding, ",", 1)
    for delimiter in DELIMITERS:
        for row in _few_rows(text, delimiter):
            count = len({cell.strip() for cell in row.cells if known(cell)})
            if count > best.known:
                best = Shape(count, encoding, delimiter, row.line)
    return best


def _text(head: bytes, encoding: str) -> str | None:
    """Return the start of a file as text; the last character may be cut."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head, len(head) < HEAD)
    except UnicodeDecodeError:
        return None


def _few_rows(text: str, delimiter: str) -> list[Row]:
    """Return the first rows of a text; fewer when they cannot be read."""
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            rows.append(Row(line, cells[:MAX_COLUMNS]))
            line = reader.line_num + 1
            if len(rows) == HEAD_ROWS:
                break
    except csv.Error:
        pass
    return rows


def _decoded(path: Path, shapes: Sequence[Shape]) -> Shape:
    """Return the one shape in whose encoding the whole file can be read. Raises KamctlError for none, or for several.

    A file that is UTF-8 from start to end is no other: text in other encodings almost never is.
    """
    fitting = []
    for shape in shapes:
        if _decodes(path, shape.encoding):
            if shape.encoding.startswith("utf-8"):
                return shape
            fitting.append(shape)
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise _not_in(path, [shape.encoding for shape in shapes], False)
    names = " or ".join(NAMES.get(shape.encoding, shape.encoding) for shape in fitting)
    hint = Phrase("--encoding gb18030, big5, cp1252 or any other says which it is")
    raise KamctlError(
        Phrase("{name} is no UTF-8; it could be written in {names}", name=path.name, names=names), hint, 1
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with open(path, "rb") as stream:
        try:
            while block := stream.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return False
    return True


def _not_in(path: Path, encodings: Sequence[str], told: bool) -> KamctlError:
    """Return the error that says where a file stops being text of an encoding."""
    encoding = encodings[0]
    line, column = _first_wrong(path, encoding)
    shown = NAMES.get(encoding, encoding)
    message = Phrase(
        "{name}:{line}:{column}: this is no {shown} text", name=path.name, line=line, column=column, shown=shown
    )
    if not told and len(encodings) > 1:
        message = Phrase(
            "{name}:{line}:{column}: the file is no text in {names}",
            name=path.name,
            line=line,
            column=column,
            names=", ".join(NAMES.get(e, e) for e in encodings),
        )
    return KamctlError(message, Phrase("save it as CSV UTF-8, or say --encoding"), 1)


def _first_wrong(path: Path, encoding: str) -> tuple[int, int]:
    """Return line and column of the first bytes that an encoding cannot have."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, column = 1, 1
    with open(path, "rb") as stream:
        while block := stream.read(4096):
            for place in range(len(block)):
                try:
                    character = decoder.decode(block[place : place + 1])
                except UnicodeDecodeError:
                    return line, column
                line, column = (line + 1, 1) if character == "\n" else (line, column + len(character))
    return line, column


def _read(path: Path, shape: Shape) -> Delimited:
    """Read all rows of a file."""
    previous = csv.field_size_limit(MAX_CELL)
    try:
        with open(path, encoding=shape.encoding, newline="") as stream:
            rows = list(_rows(path.name, stream, shape))
    except UnicodeDecodeError:
        raise _not_in(path, [shape.encoding], True) from None
    finally:
        csv.field_size_limit(previous)
    heading = next((row for row in rows if row.line == shape.line), Row(1, ()))
    below = [row for row in rows if row.line > shape.line]
    encoding = NAMES.get(shape.encoding, shape.encoding)
    return Delimited(path.name, encoding, shape.delimiter, heading.line, heading.cells, below)


def _rows(name: str, stream: TextIO, shape: Shape) -> Iterator[Row]:
    """Yield the rows that are not blank. Raises KamctlError, with line and column, for what is no row."""
    lines = _Lines(name, stream)
    reader = csv.reader(lines, delimiter=shape.delimiter, strict=True)
    count, line = 0, 1
    while True:
        lines.held.clear()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _bad_row(name, line, lines.held, shape.delimiter, str(error)) from None
        if cells is None:
            return
        if len(cells) > MAX_COLUMNS:
            raise KamctlError(
                Phrase("{name}:{line}: more than {most} columns", name=name, line=line, most=MAX_COLUMNS),
                Phrase("is this the right file?"),
                1,
            )
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MAX_ROWS:
                raise KamctlError(
                    Phrase("{name}:{line}: more than {most} rows", name=name, line=line, most=MAX_ROWS),
                    Phrase("export fewer rows at a time"),
                    1,
                )
            yield Row(line, cells)
        line = reader.line_num + 1


class _Lines:
    """The lines of a file, none longer than is bearable; `held` are those of the row that is being read."""

    def __init__(self, name: str, stream: TextIO) -> None:
        self.name = name
        self.stream = stream
        self.number = 0
        self.held: list[str] = []
        self.size = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.stream.readline(MAX_LINE + 1)
        self.number += 1
        if not line:
            raise StopIteration
        if len(line) > MAX_LINE:
            hint = Phrase("is this the right file? An export has a line for each row")
            raise KamctlError(
                Phrase(
                    "{name}:{number}:{most}: a line of more than a million characters",
                    name=self.name,
                    number=self.number,
                    most=MAX_LINE,
                ),
                hint,
                1,
            )
        if "\0" in line:
            message = Phrase(
                "{name}:{number}:{index}: a NUL byte, which no text has",
                name=self.name,
                number=self.number,
                index=line.index(chr(0)) + 1,
            )
            raise KamctlError(message, Phrase("the file is damaged, or in another encoding: --encoding"), 1)
        self.held.append(line)
        return line


def _bad_row(name: str, line: int, held: Sequence[str], delimiter: str, reason: str) -> KamctlError:
    """Return the error for a row that the reader refused: a quote that is never closed, or text after one."""
    number, column = _open_quote(held, delimiter)
    place = f"{name}:{line + number}:{column}"
    if "unexpected end" in reason or "field larger" in reason:
        return KamctlError(
            Phrase("{place}: the quote that opens here is never closed", place=place),
            Phrase("close it, or export again"),
            1,
        )
    return KamctlError(
        Phrase("{place}: text after a closing quote", place=place), Phrase("a quote inside text is written twice"), 1
    )


def _open_quote(held: Sequence[str], delimiter: str) -> tuple[int, int]:
    """Return line, from 0, and column, in the lines of a row, of the last quote that opens a cell."""
    found, state = (0, 1), "start"
    for number, text in enumerate(held):
        for column, character in enumerate(text, 1):
            between = state != "inside" and character in (delimiter, "\n", "\r")
            if state == "start" and character == '"':
                found, state = (number, column), "inside"
            elif character == '"' and state in ("inside", "closed"):
                state = "closed" if state == "inside" else "inside"
            elif between:
                state = "start"
            elif state == "closed":
                return number, column
            elif state == "start":
                state = "plain"
    return found
