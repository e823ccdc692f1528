"""The records that differ between two states: what each said before and says after, renamed ones followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from kamctl import layout
from kamctl.history.answers import FileChange

ALIKE = 0.5
"""From this share of equal lines on a file that came is one that went, as git counts it too."""

MANY = 200
"""Beyond so many files that came, or went, only those that are equal are looked for, and those of the same name."""

DATA_KINDS = ("account", "opportunity", "contact", "call", "presentation", "week")
"""Kinds of records of the business, in the order in which an account's are told; all else is method and settings."""


class RecordPair(NamedTuple):
    """One record in two states.

    `id` and `path` are those of the later state where it is there; `old_id` and `old_path` those of the earlier one. A
    side that is not there is None; a side that is there and cannot be read is None too, and named by `unreadable`.
    """

    kind: str
    id: str
    path: str
    old_id: str
    old_path: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    unreadable: tuple[str, ...] = ()

    @property
    def is_data(self) -> bool:
        """Whether it is a record of the business, and not the method, the settings or the team."""
        return self.kind in DATA_KINDS


BEFORE, AFTER = "before", "after"


def record_pairs(changes: Sequence[FileChange], contents: Mapping[str, bytes | None]) -> list[RecordPair]:
    """Return the records that some files hold in two states, in the order of their present paths."""
    records = [change for change in changes if layout.kind_and_id(change.path) is not None]
    found = [_pair(change, contents) for change in _with_renames(records, contents)]
    return sorted(found, key=lambda one: one.path)


def _pair(change: FileChange, contents: Mapping[str, bytes | None]) -> RecordPair:
    place, old = layout.kind_and_id(change.path), layout.kind_and_id(change.old_path)
    assert place is not None
    assert old is not None
    before, after = _read(change.before, contents), _read(change.after, contents)
    sides = ((BEFORE, change.before, before), (AFTER, change.after, after))
    unreadable = tuple(side for side, blob, data in sides if blob and data is None)
    return RecordPair(place[0], place[1], change.path, old[1], change.old_path, before, after, unreadable)


def _read(blob: str, contents: Mapping[str, bytes | None]) -> dict[str, Any] | None:
    from kamctl import source

    raw = contents.get(blob) if blob else None
    if raw is None:
        return None
    try:
        return source.read(source.decode(raw))
    except source.SourceError:
        return None


def _with_renames(changes: Sequence[FileChange], contents: Mapping[str, bytes | None]) -> Iterator[FileChange]:
    """Yield changes with each file that went and came elsewhere as one."""
    came = [change for change in changes if not change.before]
    gone = [change for change in changes if not change.after]
    partners = dict(_partners(gone, came, contents))
    for change in changes:
        if change.path in partners:
            old = partners[change.path]
            yield change._replace(old_path=old.path, before=old.before)
        elif not (change in gone and change in partners.values()):
            yield change


def _partners(
    gone: Sequence[FileChange], came: Sequence[FileChange], contents: Mapping[str, bytes | None]
) -> Iterator[tuple[str, FileChange]]:
    """Yield the paths of files that came, with the file that went for each: the same content, else the likest."""
    left = {change.path: change for change in gone}
    rest = []
    for new in came:
        equal = [old for old in left.values() if old.before == new.after and _kind(old) == _kind(new)]
        if equal:
            yield new.path, left.pop(_nearest(equal, new).path)
        else:
            rest.append(new)
    scored = sorted(_likenesses(list(left.values()), rest, contents), key=lambda found: -found[0])
    taken: set[str] = set()
    for likeness, old, new in scored:
        if likeness >= ALIKE and old.path in left and new.path not in taken:
            taken.add(new.path)
            yield new.path, left.pop(old.path)


def _likenesses(
    gone: Sequence[FileChange], came: Sequence[FileChange], contents: Mapping[str, bytes | None]
) -> Iterator[tuple[float, FileChange, FileChange]]:
    few = len(gone) <= MANY and len(came) <= MANY
    for new in came:
        for old in gone:
            if _kind(old) == _kind(new) and (few or _stem(old) == _stem(new)):
                lines = [(contents.get(blob) or b"").splitlines() for blob in (old.before, new.after)]
                if _stem(old) != _stem(new) and _named(lines[0]) != _named(lines[1]):
                    continue
                matcher = SequenceMatcher(None, lines[0], lines[1], autojunk=False)
                if matcher.quick_ratio() >= ALIKE:
                    yield matcher.ratio(), old, new


def _named(lines: Sequence[bytes]) -> bytes:
    """Return the line that names a record: another name is another record, however alike the rest is."""
    return next((line for line in lines if line.startswith(b"name:")), b"")


def _nearest(olds: Sequence[FileChange], new: FileChange) -> FileChange:
    """Return the file of the same name, else the first."""
    return next((old for old in olds if _stem(old) == _stem(new)), olds[0])


def _kind(change: FileChange) -> str:
    place = layout.kind_and_id(change.path)
    return place[0] if place is not None else ""


def _stem(change: FileChange) -> str:
    return change.path.rpartition("/")[2]
