"""Looks at a file that claims to be a workbook before anything reads it: what it is, how large it would become.

A workbook is a zip archive of XML. What could exhaust the machine is refused here, and the XML of a sheet is looked
through for where its last filled row is, for merged cells, and for formulas.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError

MEGABYTE = 1024 * 1024
MAX_FILE = 20 * MEGABYTE
MAX_UNPACKED = 300 * MEGABYTE
MAX_PART = 200 * MEGABYTE
MAX_STRINGS = 50 * MEGABYTE
MAX_PARTS = 2_000
MAX_ROWS = 50_000

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ROW = re.compile(rb"<(?:\w+:)?(row(?:[ /][^>]*)?>|v[ >]|is[ >])")
NUMBER = re.compile(rb" r=\"(\d+)\"")
MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^>]*?ref=\"([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})\"")
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")


class Scan(NamedTuple):
    """What a look through the XML of a sheet tells: its last filled row, its merged ranges, whether it has formulas."""

    last: int
    merged: tuple[str, ...]
    formulas: bool


def check_file(path: Path) -> None:
    """Raise KamctlError for what is no workbook in today's format, and say what it is."""
    try:
        size = path.stat().st_size
        with open(path, "rb") as stream:
            start = stream.read(4096)
            stream.seek(0)
            locked = start.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in stream.read(MAX_FILE)
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be read: {why}", path=path, why=why(error))) from None
    name, again = path.name, Phrase("open it in Excel and save it as an Excel workbook (.xlsx)")
    if size == 0:
        raise KamctlError(Phrase("{name} is empty", name=name), Phrase("ask for it again"), 1)
    if size > MAX_FILE:
        raise too_large(name)
    if locked:
        raise KamctlError(
            Phrase("{name} is protected by a password", name=name),
            Phrase("save it without a password: File, Info, Protect Workbook"),
            1,
        )
    if start.startswith(OLE):
        raise KamctlError(Phrase("{name} is a workbook of the old format (.xls)", name=name), again, 1)
    if start.startswith(b"PK"):
        return
    if b"\0" in start:
        raise KamctlError(Phrase("{name} is no Excel workbook", name=name), again, 1)
    kind = Phrase("a web page") if start.lstrip()[:1] == b"<" else Phrase("text, such as CSV")
    raise KamctlError(
        Phrase("{name} is no Excel workbook but {kind}, whatever its name says", name=name, kind=kind), again, 1
    )


def too_large(name: str) -> KamctlError:
    """Return the error that refuses a file of more than kamctl reads."""
    return KamctlError(
        Phrase(
            "{name} is too large: kamctl reads workbooks of up to {size} MB and {rows} rows",
            name=name,
            size=MAX_FILE // MEGABYTE,
            rows=MAX_ROWS,
        ),
        Phrase("delete pictures, other sheets, and the rows below the data"),
        1,
    )


def check_archive(archive: zipfile.ZipFile, name: str) -> None:
    """Raise KamctlError for an archive that is none of a workbook, or that would unpack to more than is bearable."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise too_large(name)
    for part in parts:
        if part.file_size > (MAX_STRINGS if part.filename.endswith(("sharedStrings.xml", "styles.xml")) else MAX_PART):
            raise too_large(name)
    if "xl/workbook.bin" in names:
        raise KamctlError(
            Phrase("{name} is a binary workbook (.xlsb)", name=name), Phrase("save it as an Excel workbook (.xlsx)"), 1
        )
    if "[Content_Types].xml" not in names or not any(part.endswith("workbook.xml") for part in names):
        raise KamctlError(
            Phrase("{name} is no Excel workbook", name=name), Phrase("save it as an Excel workbook (.xlsx)"), 1
        )
    for part in parts:
        if part.filename.endswith((".xml", ".rels")) and _declares(archive, part):
            raise KamctlError(
                Phrase("{name} holds XML that kamctl does not read ({part})", name=name, part=part.filename),
                Phrase("save it anew with Excel"),
                1,
            )


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether XML declares entities, which no workbook does, or is not in UTF-8."""
    before = b""
    for chunk in _chunks(archive, part.filename):
        if not before and chunk[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
            return True
        if b"<!DOCTYPE" in before + chunk or b"<!ENTITY" in before + chunk:
            return True
        before = chunk[-16:]
    return False


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as stream:
        while chunk := stream.read(MEGABYTE):
            yield chunk


def scan(archive: zipfile.ZipFile, part: str) -> Scan:
    """Look through the XML of a sheet."""
    last = row = 0
    merged: list[str] = []
    formulas, before = False, b""
    for chunk in _chunks(archive, part):
        window = before + chunk
        cut = max(window.rfind(b"<"), 0) if len(chunk) == MEGABYTE else len(window)
        before, window = window[cut:], window[:cut]
        for found in ROW.finditer(window):
            if found[1].startswith(b"row"):
                number = NUMBER.search(found[1])
                row = int(number[1]) if number else row + 1
            else:
                last = row
        merged += [found[1].decode() for found in MERGED.finditer(window)]
        formulas = formulas or FORMULA.search(window) is not None
    return Scan(last, tuple(merged[:MAX_ROWS]), formulas)
