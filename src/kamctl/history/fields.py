"""Top-level fields of a file, read from its bytes: by their lines where that is safe, else by the reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from re import Pattern

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

LINE = (
    rb"^%s:[ \t]+([0-9A-Za-z\x80-\xff](?:[0-9A-Za-z_.,%%+/ -]|[\x80-\xff])*?)[ \t]*(?:[ \t]#[^\n]*)?(?:\n(?![ \t])|\Z)"
)
"""A field with a plain value on one line: no quotes, nothing that YAML reads otherwise, and nothing that goes on."""

OTHERWISE = rb"^(?:[\"'?{&!*%%]|---|%s[ \t]*:)"
"""Lines in which a field may be written in another way."""


def fields_of(raw: bytes, fields: Sequence[str]) -> dict[str, str] | None:
    """Return the text of those fields that a file has; None when it cannot be read."""
    text = raw.removeprefix(BYTE_ORDER_MARK)
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    found: dict[str, str] = {}
    for field in fields:
        line, otherwise = _patterns(field)
        values = line.findall(text)
        if len(values) == 1 and len(otherwise.findall(text)) == 1 and values[0].lower() != b"null":
            found[field] = values[0].decode("utf-8", "replace")
        elif otherwise.search(text):
            return _read(raw, fields)
    return found


@cache
def _patterns(field: str) -> tuple[Pattern[bytes], Pattern[bytes]]:
    name = re.escape(field.encode())
    return re.compile(LINE % name, re.MULTILINE), re.compile(OTHERWISE % name, re.MULTILINE)


def _read(raw: bytes, fields: Sequence[str]) -> dict[str, str] | None:
    from kamctl import source

    try:
        data = source.read(source.decode(raw))
    except source.SourceError:
        return None
    return {field: value for field in fields if isinstance(value := data.get(field), str)}
