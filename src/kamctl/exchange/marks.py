"""What a workbook says of itself, and what each of its rows was when it was exported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

VERSION = 1
"""The version of workbooks that this kamctl writes and reads."""

SHEET = "kamctl"
"""The hidden sheet that holds the marks."""

LISTS = "kamctl-lists"
"""The hidden sheet that holds the values of the drop-downs."""

ID = "kamctl-id"
FINGERPRINT = "kamctl-row"
"""Headings of the hidden columns, which no language names."""


class Marks(NamedTuple):
    """What a workbook says of itself: its form and version, where it comes from, and the ids of its rows."""

    form: str
    version: int
    lang: str
    currency: str
    exported: str
    workspace: str
    ids: tuple[str, ...]

    def cells(self) -> list[tuple[str, str]]:
        """Return the marks as rows of name and value."""
        named = self._asdict() | {"version": str(self.version)}
        return [*((key, str(named[key])) for key in self._fields[:-1]), *(("id", row_id) for row_id in self.ids)]

    @classmethod
    def from_cells(cls, rows: list[tuple[str, str]]) -> Marks | None:
        """Read the marks; None when they are not those of a workbook of kamctl."""
        named = {key: value for key, value in rows if key != "id"}
        if not set(named) >= set(cls._fields[:-1]) or not named["version"].isdigit():
            return None
        texts = {key: named[key] for key in cls._fields[:-1] if key != "version"}
        return cls(**texts, version=int(named["version"]), ids=tuple(value for key, value in rows if key == "id"))


def fingerprint(row_id: str, values: Mapping[str, str]) -> str:
    """Return a row as exported, as text for its hidden cell."""
    body = json.dumps({"id": row_id, **values}, ensure_ascii=False, separators=(",", ":"))
    return f"{sha256(body.encode()).hexdigest()[:12]} {body}"


def exported_values(cell: str, row_id: str) -> dict[str, str] | None:
    """Read a fingerprint; None when it is damaged or of another row."""
    checksum, _, body = cell.partition(" ")
    if sha256(body.encode()).hexdigest()[:12] != checksum:
        return None
    values: dict[str, str] = json.loads(body)
    return values if values.pop("id", None) == row_id else None
