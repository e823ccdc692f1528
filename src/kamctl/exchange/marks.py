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


NAMED = ("form", "version", "lang", "currency", "exported", "workspace", "subject")
"""The marks beside the ids; a workbook without a subject has none."""


class Marks(NamedTuple):
    """What a workbook says of itself: its form and version, where it comes from, what it is about, its rows' ids."""

    form: str
    version: int
    lang: str
    currency: str
    exported: str
    workspace: str
    ids: tuple[str, ...]
    subject: str = ""

    def cells(self) -> list[tuple[str, str]]:
        """Return the marks as rows of name and value."""
        named = self._asdict() | {"version": str(self.version)}
        return [*((key, str(named[key])) for key in NAMED), *(("id", row_id) for row_id in self.ids)]

    @classmethod
    def from_cells(cls, rows: list[tuple[str, str]]) -> Marks | None:
        """Read the marks; None when they are not those of a workbook of kamctl."""
        named = {key: value for key, value in rows if key != "id"}
        named = {"subject": "", **named}
        if not named.keys() >= set(NAMED) or not named["version"].isdigit():
            return None
        texts = {key: named[key] for key in NAMED if key != "version"}
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
