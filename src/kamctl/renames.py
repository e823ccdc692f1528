"""What has to change when a record gets another id: which files move, and each reference to it as one edit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kamctl import edit, layout, source
from kamctl.edit import EditRefused
from kamctl.phrases import Phrase, Verbatim, why
from kamctl.problems import KamctlError
from kamctl.saving import Draft
from kamctl.schema.kinds import MODELS
from kamctl.schema.references import Reference, references
from kamctl.source import SourceError
from kamctl.tree import SourceFile, scan
from kamctl.workspace import Workspace

MEMBER, ACCOUNT = "member", "account"
FOREIGN = ("contact", "anyone", "opportunity")
"""What a reference may name in another account, written `account/stem`."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Subject(NamedTuple):
    """A record that gets another id. `kind` is that of its file, or `member` for one of our people."""

    kind: str
    old: str
    new: str

    @property
    def word(self) -> str:
        """What every reference holds."""
        return f"{self.old}/" if self.kind == ACCOUNT else layout.stem_of(self.old)


class Change(NamedTuple):
    """One file: where it lies before and after, what it held, what it will hold, and how many references change."""

    old_path: str
    path: str
    before: bytes
    after: bytes
    references: int

    @property
    def moved(self) -> bool:
        """Whether the file moves."""
        return self.path != self.old_path


@dataclass(frozen=True)
class Plan:
    """All that changes. `others` are files of an account that are no records, by old and new path.

    `unread` are the paths of files that cannot be read and may hold references.
    """

    subject: Subject
    changes: list[Change] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def drafts(self) -> list[Draft]:
        """Return what is to be written."""
        return [
            Draft(change.path, None if change.moved else change.before, "", change.after) for change in self.changes
        ]

    def gone(self) -> dict[str, bytes]:
        """Return what is to be removed, with what it held."""
        return {change.old_path: change.before for change in self.changes if change.moved}

    def moves(self) -> dict[str, str]:
        """Return old and new paths of all files that move."""
        return {change.old_path: change.path for change in self.changes if change.moved} | self.others


def plan(workspace: Workspace, subject: Subject) -> Plan:
    """Return what a new id changes. Raises KamctlError when it is taken, and when a reference cannot be edited."""
    _check_free(workspace, subject)
    planned = Plan(subject)
    if subject.kind == ACCOUNT:
        planned.others.update(_others(workspace, subject))
    members = frozenset(_members(workspace))
    for file in scan(workspace.files, MODELS):
        moved = _moved(subject, file)
        try:
            raw = workspace.files.read(file.path)
        except OSError as error:
            if moved != file.path:
                raise KamctlError(
                    Phrase("{path} cannot be read: {why}", path=file.path, why=why(error)),
                    Phrase("nothing was written"),
                    1,
                ) from None
            planned.unread.append(file.path)
            continue
        after, count = raw, 0
        try:
            text = source.decode(raw)
            if subject.word in text or "\\" in text:
                after, count = _edited(subject, file, text, members)
                after = raw if not count else BYTE_ORDER_MARK * raw.startswith(BYTE_ORDER_MARK) + after
        except SourceError:
            if _may_name(raw, subject.word):
                planned.unread.append(file.path)
        if count or moved != file.path:
            planned.changes.append(Change(file.path, moved, raw, after, count))
    return planned


def _check_free(workspace: Workspace, subject: Subject) -> None:
    """Raise KamctlError when the new id is taken."""
    files, new = workspace.files, subject.new
    if subject.kind == MEMBER:
        if new in _members(workspace):
            raise KamctlError(Phrase("{name} is one of our people already", name=new), Phrase("nothing was written"), 1)
        taken = next((name for name in workspace.ids("contact") if layout.stem_of(name) == new), None)
        if taken is not None:
            hint = Phrase("steps of a plan name people of both sides; choose another id")
            raise KamctlError(Phrase("{new} is the id of a contact, {taken}", new=new, taken=taken), hint, 1)
        return
    path = layout.path_of(subject.kind, new)
    there = os.path.dirname(path) if subject.kind == ACCOUNT else path
    if files.holds(path) or os.path.lexists(workspace.root / there):
        raise KamctlError(Phrase("{path} exists already", path=there), Phrase("nothing was written"), 1)
    if subject.kind == "contact" and layout.stem_of(new) in _members(workspace):
        hint = Phrase("steps of a plan name people of both sides; choose another id")
        raise KamctlError(Phrase("{name} is one of our people", name=layout.stem_of(new)), hint, 1)


def _members(workspace: Workspace) -> dict[str, object]:
    """Return our people by their key; none when team.yaml cannot be read."""
    return dict(workspace.load(("members",)).facts.members)


def _others(workspace: Workspace, subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield old and new paths of an account's files that are no records. Raises KamctlError for links."""
    old, new = (f"{layout.ACCOUNTS}/{name}" for name in (subject.old, subject.new))
    records = {file.path for file in scan(workspace.files, MODELS, subject.old)}
    for folder, folders, names in os.walk(workspace.root / old):
        for name in sorted((*folders, *names)):
            full = os.path.join(folder, name)
            path = os.path.relpath(full, workspace.root).replace(os.sep, "/")
            if os.path.islink(full):
                raise KamctlError(Phrase("{path} is a link", path=path), Phrase("move it by hand first"), 1)
            if name in names and path not in records:
                yield path, new + path[len(old) :]


def _moved(subject: Subject, file: SourceFile) -> str:
    """Return where a file lies afterwards."""
    if file.kind == "week" and subject.kind == MEMBER and file.id[9:] == subject.old:
        return layout.path_of("week", file.id[:9] + subject.new)
    if subject.kind == ACCOUNT and (file.id == subject.old or layout.account_of(file.id) == subject.old):
        start = f"{layout.ACCOUNTS}/{subject.old}/"
        return (
            f"{layout.ACCOUNTS}/{subject.new}/{file.path[len(start) :]}" if file.path.startswith(start) else file.path
        )
    return layout.path_of(file.kind, subject.new) if (file.kind, file.id) == subject[:2] else file.path


def _edited(subject: Subject, file: SourceFile, text: str, members: frozenset[str]) -> tuple[bytes, int]:
    """Return a file with every reference changed, each as one edit, and how many there were. Raises KamctlError."""
    count = 0
    try:
        while True:
            data = source.read(text)
            found = next(_to_change(subject, file, references(MODELS[file.kind], data), members), None)
            if found is None and subject.kind == MEMBER and file.kind == "team" and _has_key(data, subject.old):
                found = Reference(("members", subject.old), True, MEMBER, subject.old), subject.new
            if found is None:
                return text.encode(), count
            (keys, on_key, _, _), value = found
            text = edit.rename_key(text, keys, value) if on_key else edit.set_value(text, keys, value)
            count += 1
    except EditRefused as error:
        raise KamctlError(
            Verbatim(f"{file.path}: {error}"), Phrase("change it by hand first; nothing was written"), 1
        ) from None


def _to_change(
    subject: Subject, file: SourceFile, found: Iterator[Reference], members: frozenset[str]
) -> Iterator[tuple[Reference, str]]:
    """Yield the references to a record, and what they become."""
    for reference in found:
        value = _new_value(subject, file, reference, members)
        if value is not None:
            yield reference, value


def _new_value(subject: Subject, file: SourceFile, reference: Reference, members: frozenset[str]) -> str | None:
    target, value = reference.target, reference.value
    if subject.kind == MEMBER:
        return subject.new if target in (MEMBER, "anyone") and value == subject.old else None
    if target not in FOREIGN:
        return None
    if subject.kind == ACCOUNT:
        return f"{subject.new}/{value[len(subject.word) :]}" if value.startswith(subject.word) else None
    if subject.kind != target and (subject.kind, target) != ("contact", "anyone"):
        return None
    if layout.full_id(layout.account_of(file.id), value) != subject.old or (target == "anyone" and value in members):
        return None
    return subject.new if "/" in value else layout.stem_of(subject.new)


def _has_key(data: Mapping[str, object], key: str) -> bool:
    members = data.get("members")
    return isinstance(members, dict) and key in members


def _may_name(raw: bytes, word: str) -> bool:
    """Whether a file that cannot be read may hold a word: in UTF-8, in another encoding, or escaped."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return word in text or "\\" in text or "\0" in text
