"""A workspace: the settings and the method in force, and its records by id."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from kamctl import facts, layout, loading, tree
from kamctl.facts import SettingsRow, settings_row
from kamctl.index import Index, fingerprint, folder_for, pack, unpack
from kamctl.loading import Document, Loaded, located, read_document, unreadable
from kamctl.methods import Methods, read_method_file
from kamctl.money import Rate
from kamctl.problems import KamctlError, Problem, did_you_mean
from kamctl.tree import SourceFile

FORMAT = 1
"""The version of the file format that this kamctl writes and reads."""


class Workspace:
    """A folder with kamctl.yaml. Opening reads the settings only."""

    def __init__(self, root: Path, settings: SettingsRow, index: Index) -> None:
        self.root = root
        self.settings = settings
        self.index = index
        self.methods = Methods(root, index)
        self.progress: loading.Progress | None = None

    @classmethod
    def open(cls, start: Path, *, tolerant: bool = False) -> Workspace:
        """Open the workspace that `start` lies in, and finish what a killed process had begun to write.

        Raises KamctlError when there is none, and when its settings cannot be read, unless `tolerant`: then the
        defaults stand in.
        """
        root = tree.find_root(start)
        if root is None:
            raise KamctlError(
                f"there is no kamctl.yaml in {start} or above",
                "`kamctl init DIR` makes a workspace; `-C DIR` names one",
            )
        if (root / layout.STAGING).exists():
            from kamctl.saving import recover

            recover(root)
        index = Index(folder_for(str(root)), str(root), facts.shape())
        return cls(root, _settings(root, index, tolerant), index)

    @cached_property
    def rates(self) -> list[Rate]:
        """The exchange rates of the settings."""
        return [Rate(*rate) for rate in self.settings.rates]

    def load(
        self,
        tables: Iterable[str] = facts.TABLES,
        account: str = "",
        selection: loading.Selection | None = None,
        drafts: Mapping[str, str] | None = None,
    ) -> Loaded:
        """Read the files that fill some tables into facts; see `loading.load`."""
        return loading.load(
            self.root, self.index, frozenset(tables), account, selection, drafts, progress=self.progress
        )

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
        return [file.id for file in tree.scan(str(self.root), (kind,))]

    def resolve(self, kind: str, name: str) -> str:
        """Return the id that a person means by a path, `account/stem`, or any unambiguous part of it.

        Raises KamctlError with the ids that come near when there is none, or several.
        """
        if self._is_id(kind, name):
            return name
        place = self._id_of_path(name)
        if place is not None and place[0] == kind:
            return place[1]
        known = self.ids(kind)
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

    def _is_id(self, kind: str, name: str) -> bool:
        """Whether a name is the whole id of a record, and not a way to some other file."""
        if not name or name.count("/") != (kind in layout.FOLDERS) or "." in name or "\0" in name:
            return False
        return (self.root / layout.path_of(kind, name)).is_file() and all(name.split("/"))

    def _id_of_path(self, name: str) -> tuple[str, str] | None:
        path = Path(name)
        for base in (Path.cwd(), self.root):
            full = Path(os.path.normpath(base / path))
            if full.is_file() and full.is_relative_to(self.root):
                return layout.kind_and_id(full.relative_to(self.root).as_posix())
        return None


def _settings(root: Path, index: Index, tolerant: bool) -> SettingsRow:
    """Return the settings from the index or from kamctl.yaml. Raises KamctlError unless `tolerant`."""
    mark = fingerprint((root / layout.ROOT_FILE).stat())
    known = index.value("settings")
    if isinstance(known, tuple) and len(known) == 2 and known[0] == mark:
        settings: SettingsRow = unpack(SettingsRow, known[1])
        return settings
    from kamctl.schema.settings import Settings

    document = read_document(root, SourceFile(layout.ROOT_FILE, "settings", ""))
    written = document.record.format if document.record is not None else _format_of(document.text)
    if written > FORMAT and not tolerant:
        message = f"{root / layout.ROOT_FILE} has format {written}; this kamctl knows {FORMAT}"
        raise KamctlError(message, "install a newer kamctl")
    if document.record is None and not tolerant:
        raise _unreadable_settings(root, document)
    settings = settings_row(document.record or Settings.model_validate({"format": str(FORMAT)}))
    if document.record is not None and index.is_settled(mark):
        index.keep_value("settings", (mark, pack(settings)))
    return settings


def _unreadable_settings(root: Path, document: Document) -> KamctlError:
    from kamctl import rules

    first = located(root, document.problems)[0]
    return KamctlError(
        f"{layout.ROOT_FILE}:{first.line}:{first.column}: {rules.message(first, 'en')}",
        rules.hint(first, "en") or "`kamctl validate` shows every problem",
    )


def _format_of(text: str) -> int:
    """Return the format that settings name which this kamctl cannot read; 0 when they name none."""
    found = re.search(r"^format: *(\d{1,9})\b", text, re.MULTILINE)
    return int(found[1]) if found else 0
