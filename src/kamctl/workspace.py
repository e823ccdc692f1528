"""A workspace: the settings and the method in force, and its records by id."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from kamctl import facts, layout, loading, tree
from kamctl.brief import Brief
from kamctl.index import Index, folder_for, pack, unpack
from kamctl.loading import Document, Loaded, located, read_document, unreadable
from kamctl.methods import Methods, read_method_file
from kamctl.money import Rate
from kamctl.phrases import KINDS, Phrase, listed
from kamctl.problems import AmbiguousError, KamctlError, Problem, nearest
from kamctl.rows.workspace import SettingsRow
from kamctl.tree import Disk, Files, SourceFile

FORMAT = 1
"""The version of the file format that this kamctl writes and reads."""


class Workspace:
    """A folder with kamctl.yaml, as it stands or as it stood in a commit. Opening reads the settings only.

    `files` is where its files come from, and the only way to them for all that reads; what lies at `root` may be
    another state.
    """

    def __init__(self, root: Path, files: Files, index: Index, *, tolerant: bool = False) -> None:
        """Read the settings. Raises KamctlError when they cannot be read, unless `tolerant`: then defaults stand in."""
        self.root = root
        self.files = files
        self.index = index
        self.settings = _settings(files, index, tolerant)
        self.methods = Methods(files, index)
        self.progress: loading.Progress | None = None

    @classmethod
    def open(cls, start: Path, *, tolerant: bool = False) -> Workspace:
        """Open the workspace that `start` lies in, and finish what a killed process had begun to write.

        Raises KamctlError when there is none, too.
        """
        root = tree.root_of(start)
        if (root / layout.STAGING).exists():
            from kamctl.saving import recover

            recover(root)
        return cls(root, Disk(root), Index(folder_for(str(root)), str(root), facts.shape()), tolerant=tolerant)

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
        briefs: Sequence[Brief] = (),
    ) -> Loaded:
        """Read the files that fill some tables into facts; see `loading.load`."""
        return loading.load(
            self.files,
            self.index,
            frozenset(tables),
            account,
            selection,
            drafts,
            progress=self.progress,
            briefs=briefs,
        )

    def method_part(self, file: SourceFile) -> tuple[Any | None, list[Problem]]:
        """Return what one of the workspace's own method files holds, or None with its problems."""
        return read_method_file(file.kind, self.files, file.path)

    def document(self, file: SourceFile) -> Document:
        """Read one file whole. Raises KamctlError when it is not there."""
        return read_document(self.files, file)

    def record(self, kind: str, record_id: str) -> Any:
        """Return one record. Raises KamctlError, with the first problem, when it cannot be read."""
        document = self.document(SourceFile(layout.path_of(kind, record_id), kind, record_id))
        if document.record is None:
            raise unreadable(self.files, document.problems)
        return document.record

    def ids(self, kind: str) -> list[str]:
        """Return the ids of all records of a kind, sorted."""
        return [file.id for file in tree.scan(self.files, (kind,))]

    def resolve(self, kind: str, name: str) -> str:
        """Return the id that a person means by a path, `account/stem`, or any unambiguous part of it.

        Raises KamctlError with the ids that come near when there is none, or several.
        """
        if self._is_id(kind, name):
            return name
        place = self.place_of(name)
        if place is not None and place[0] == kind:
            return place[1]
        known = self.ids(kind)
        parts = [record_id for record_id in known if layout.stem_of(record_id) == name]
        parts = parts or [record_id for record_id in known if name.casefold() in record_id.casefold()]
        if len(parts) == 1:
            return parts[0]
        if parts:
            raise AmbiguousError(
                Phrase('"{name}" could be any of {count} {kind} files', name=name, count=len(parts), kind=KINDS[kind]),
                listed(parts),
            )
        hint = nearest(
            name,
            [*known, *(layout.stem_of(record_id) for record_id in known)],
            Phrase("`kamctl {noun} list` shows them all", noun="callplan" if kind == "call" else kind),
        )
        raise KamctlError(Phrase('there is no {kind} "{name}"', kind=KINDS[kind], name=name), hint)

    def _is_id(self, kind: str, name: str) -> bool:
        """Whether a name is the whole id of a record, and not a way to some other file."""
        if not name or name.count("/") != (kind in layout.FOLDERS) or "." in name or "\0" in name:
            return False
        return self.files.holds(layout.path_of(kind, name)) and all(name.split("/"))

    def place_of(self, name: str) -> tuple[str, str] | None:
        """Return the kind and id of the record at a path, from the present folder or below the root; None for none."""
        path = Path(name)
        for base in (Path.cwd(), self.root):
            full = Path(os.path.normpath(base / path))
            below = full.relative_to(self.root).as_posix() if full.is_relative_to(self.root) else ""
            if below and self.files.holds(below):
                return layout.kind_and_id(below)
        return None


def _settings(files: Files, index: Index, tolerant: bool) -> SettingsRow:
    """Return the settings from the index or from kamctl.yaml. Raises KamctlError unless `tolerant`."""
    mark = files.mark(layout.ROOT_FILE)
    known = index.value("settings")
    if isinstance(known, tuple) and len(known) == 2 and known[0] == mark:
        settings: SettingsRow = unpack(SettingsRow, known[1])
        return settings
    from kamctl.flattening.workspace import settings_row
    from kamctl.schema.settings import Settings

    document = read_document(files, SourceFile(layout.ROOT_FILE, "settings", ""))
    written = document.record.format if document.record is not None else _format_of(document.text)
    if written > FORMAT and not tolerant:
        message = Phrase(
            "{file} has format {written}; this kamctl knows {known}",
            file=layout.ROOT_FILE,
            written=written,
            known=FORMAT,
        )
        raise KamctlError(message, Phrase("install a newer kamctl"))
    if document.record is None and not tolerant:
        raise _unreadable_settings(files, document)
    settings = settings_row(document.record or Settings.model_validate({"format": str(FORMAT)}))
    if document.record is not None and index.is_settled(mark):
        index.keep_value("settings", (mark, pack(settings)))
    return settings


def _unreadable_settings(files: Files, document: Document) -> KamctlError:
    from kamctl import rules

    first = located(files, document.problems)[0]
    return KamctlError(
        Phrase("{place}: {words}", place=f"{first.path}:{first.line}:{first.column}", words=rules.told(first)),
        rules.advice(first) or Phrase("`kamctl validate` shows every problem"),
    )


def _format_of(text: str) -> int:
    """Return the format that settings name which this kamctl cannot read; 0 when they name none."""
    found = re.search(r"^format: *(\d{1,9})\b", text, re.MULTILINE)
    return int(found[1]) if found else 0
