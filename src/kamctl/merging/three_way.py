"""Merges what two versions of a file say that grew out of a third; knows nothing of how it is written.

Every merge gives two results that differ only where both changed the same thing: one takes ours there, one theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kamctl.history.comparing import day_of, mapping_of
from kamctl.history.matching import partners, title_of
from kamctl.merging import marks, stages
from kamctl.merging.marks import WhoRated
from kamctl.merging.places import Names
from kamctl.merging.stages import Moved
from kamctl.source import Data


class Conflict(NamedTuple):
    """A place that both changed, and what it says in each version; None where it says nothing."""

    place: Names
    base: Data
    ours: Data
    theirs: Data


class Dispute(NamedTuple):
    """A mark that two rated differently: where it stands, and both marks."""

    place: Names
    ours: str
    theirs: str


class Merge(NamedTuple):
    """The outcome: the same data twice but for the conflicts, which one takes from ours and the other from theirs.

    `moved` is there when both moved a deal to another stage.
    """

    ours: Data
    theirs: Data
    conflicts: list[Conflict]
    disputes: list[Dispute]
    moved: Moved | None = None


def merge(base: Data, ours: Data, theirs: Data, who: WhoRated = marks.nobody) -> Merge:
    """Merge two versions of a file by its fields, its marks, and the entries of its lists, matched by their names.

    `who` names the two people for the claims of a disputed mark, by their keys.
    """
    merging = _Merging(who)
    as_ours, as_theirs = merging.values((), base, ours, theirs)
    found = Merge(as_ours, as_theirs, merging.conflicts, merging.disputes)
    return _with_stage(found, mapping_of(base), mapping_of(ours), mapping_of(theirs))


def _with_stage(found: Merge, base: dict[str, Data], ours: dict[str, Data], theirs: dict[str, Data]) -> Merge:
    """Return a merge with the stage of the later step; with two of one day each side's stands last in its part.

    A history that is in conflict itself decides nothing.
    """
    moved = stages.moved(base, ours, theirs)
    if moved is None or any(conflict.place[:1] == (stages.HISTORY,) for conflict in found.conflicts):
        return found
    as_ours, as_theirs = dict(mapping_of(found.ours)), dict(mapping_of(found.theirs))
    if moved.ours.day == moved.theirs.day:
        as_ours[stages.HISTORY] = stages.with_last(as_ours[stages.HISTORY], moved.ours)
        as_theirs[stages.HISTORY] = stages.with_last(as_theirs[stages.HISTORY], moved.theirs)
        return found._replace(ours=as_ours, theirs=as_theirs, moved=moved)
    if moved.ours_stands is None:
        return found._replace(moved=moved)
    stage = (moved.ours if moved.ours_stands else moved.theirs).stage
    as_ours[stages.STAGE] = as_theirs[stages.STAGE] = stage
    conflicts = [conflict for conflict in found.conflicts if conflict.place != (stages.STAGE,)]
    return found._replace(ours=as_ours, theirs=as_theirs, conflicts=conflicts, moved=moved)


Both = tuple[Data, Data]
"""A merged value, with conflicts decided for ours and for theirs; None where it is not there."""


class _Merging:
    """One merge; gathers what is in conflict on its way down."""

    def __init__(self, who: WhoRated) -> None:
        self.who = who
        self.conflicts: list[Conflict] = []
        self.disputes: list[Dispute] = []

    def values(self, place: Names, base: Data, ours: Data, theirs: Data) -> Both:
        """Merge one value."""
        if ours == theirs or base == theirs:
            return ours, ours
        if base == ours:
            return theirs, theirs
        if isinstance(ours, dict) and isinstance(theirs, dict):
            return self._mappings(place, mapping_of(base), ours, theirs)
        if isinstance(ours, list) and isinstance(theirs, list):
            return self._lists(place, base if isinstance(base, list) else [], ours, theirs)
        self.conflicts.append(Conflict(place, base, ours, theirs))
        return ours, theirs

    def _mappings(self, place: Names, base: dict[str, Data], ours: dict[str, Data], theirs: dict[str, Data]) -> Both:
        if marks.is_mark(place) and marks.differing(base, ours, theirs):
            self.disputes += [
                Dispute((*place, party), str(ours[party]), str(theirs[party]))
                for party in marks.differing(base, ours, theirs)
            ]
            base, ours, theirs = marks.as_claims(base, ours, theirs, self.who(place))
        as_ours: dict[str, Data] = {}
        as_theirs: dict[str, Data] = {}
        for key in dict.fromkeys((*ours, *theirs)):
            one, other = self.values((*place, key), base.get(key), ours.get(key), theirs.get(key))
            if one is not None:
                as_ours[key] = one
            if other is not None:
                as_theirs[key] = other
        return as_ours, as_theirs

    def _lists(self, place: Names, base: list[Data], ours: list[Data], theirs: list[Data]) -> Both:
        field = place[-1] if place else ""
        entries = _lined_up(field, base, ours, theirs)
        if entries is None:
            self.conflicts.append(Conflict(place, base, ours, theirs))
            return ours, theirs
        merged: list[Both] = []
        for entry in entries:
            title = title_of(field, next(side for side in (entry.ours, entry.theirs, entry.base) if side is not None))
            merged.append(self.values((*place, title), *entry))
        if field == marks.ASSESSMENTS:
            merged = self._disputed_on_one_day(place, entries, merged)
        return tuple([side[i] for side in merged if side[i] is not None] for i in (0, 1))  # type: ignore[return-value]

    def _disputed_on_one_day(self, place: Names, entries: Sequence[_Entry], merged: list[Both]) -> list[Both]:
        """Make disputes of what two new assessments of one day say differently: neither knew of the other."""
        result = list(merged)
        for i, mine in enumerate(entries):
            for j, other in enumerate(entries):
                if mine.is_new_of_ours and other.is_new_of_theirs and marks.same_day(mine.ours, other.theirs):
                    found = marks.between(result[i][0], result[j][0])
                    title = title_of(marks.ASSESSMENTS, other.theirs)
                    self.disputes += [Dispute((*place, title, marks.MARKS, *where), *both) for where, both in found]
                    late, early = max(i, j), min(i, j)
                    decided = marks.with_claims(result[late][0], result[early][0], [where for where, _ in found])
                    result[late] = decided, decided
        return result


class _Entry(NamedTuple):
    """One entry of a list in the three versions; None where it is not there."""

    base: Data
    ours: Data
    theirs: Data

    @property
    def is_new_of_ours(self) -> bool:
        """Whether only we have it."""
        return self.base is None and self.theirs is None

    @property
    def is_new_of_theirs(self) -> bool:
        """Whether only they have it."""
        return self.base is None and self.ours is None


def _lined_up(field: str, base: list[Data], ours: list[Data], theirs: list[Data]) -> list[_Entry] | None:
    """Return the entries of all three versions in one order; None when both put them into another order.

    The order is ours, or theirs where only they changed it. What the other side added follows what it followed there;
    in a list by date it goes to its day.
    """
    mine, others = partners(field, base, ours), partners(field, base, theirs)
    new_ours = [i for i, old in enumerate(mine) if old is None]
    new_theirs = [i for i, old in enumerate(others) if old is None]
    met = partners(field, [ours[i] for i in new_ours], [theirs[i] for i in new_theirs], alike=False)
    twin = {new_theirs[j]: new_ours[i] for j, i in enumerate(met) if i is not None}
    left = [_Name("base", old) if old is not None else _Name("ours", i) for i, old in enumerate(mine)]
    right = [
        _Name("base", old) if old is not None else _Name("ours", twin[i]) if i in twin else _Name("theirs", i)
        for i, old in enumerate(others)
    ]
    ordered = _in_one_order(left, right)
    if ordered is None:
        return None
    by_ours, by_theirs = dict(zip(left, ours, strict=True)), dict(zip(right, theirs, strict=True))
    entries = [
        _Entry(base[name.position] if name.version == "base" else None, by_ours.get(name), by_theirs.get(name))
        for name in ordered
    ]
    return _by_day(entries, ours, theirs)


class _Name(NamedTuple):
    """What an entry is known by: the first version that holds it, and its position there."""

    version: str
    position: int


def _in_one_order(left: list[_Name], right: list[_Name]) -> list[_Name] | None:
    """Return the names of two versions in one order; None when each has moved what was there before."""
    kept = set(left) & set(right)
    one, other = ([name for name in side if name in kept] for side in (left, right))
    if one == other:
        return _interleaved(left, right)
    one, other = ([name for name in side if name.version == "base"] for side in (one, other))
    if one == sorted(one):
        return _interleaved(right, left)
    return _interleaved(left, right) if other in (one, sorted(other)) else None


def _interleaved(first: list[_Name], second: list[_Name]) -> list[_Name]:
    """Return the first list with what only the second holds, each behind what it follows there and what came since."""
    names, there = list(first), set(second)
    for position, name in enumerate(second):
        if name not in names:
            at = names.index(second[position - 1]) + 1 if position else 0
            while at < len(names) and names[at] not in there:
                at += 1
            names.insert(at, name)
    return names


def _by_day(entries: list[_Entry], ours: list[Data], theirs: list[Data]) -> list[_Entry]:
    """Put entries into the order of their days where both versions have them so."""

    def days(side: Sequence[Data]) -> list[str]:
        return [str(mapping_of(entry).get("date", "")) for entry in side]

    if not all(day_of(day) for day in (*days(ours), *days(theirs))):
        return entries
    if days(ours) != sorted(days(ours)) or days(theirs) != sorted(days(theirs)):
        return entries
    return sorted(entries, key=lambda entry: str(mapping_of(entry.ours or entry.theirs).get("date", "")))
