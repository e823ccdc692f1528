"""Marks that two people rated differently: unknown from then on, with both claims kept until somebody finds out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kamctl.history.comparing import mapping_of
from kamctl.source import Data

ASSESSMENTS, MARKS, DISPUTED = "assessments", "marks", "disputed"
UNKNOWN, US = "?", "us"
WORDS = ("evidence", "source")
"""What stands beside the marks of an entry; the rest are parties."""


class Who(NamedTuple):
    """The keys of the two people in team.yaml, as far as they are known."""

    ours: str
    theirs: str


WhoRated = Callable[[Sequence[str]], Who]
"""Says who gave the marks at a place."""


def nobody(_: Sequence[str]) -> Who:
    """Know nobody."""
    return Who("", "")


def is_mark(place: Sequence[str]) -> bool:
    """Whether a place holds the marks of one criterion in one assessment."""
    return len(place) == 4 and place[0] == ASSESSMENTS and place[2] == MARKS


def differing(base: dict[str, Data], ours: dict[str, Data], theirs: dict[str, Data]) -> list[str]:
    """Return the parties to which both gave another mark than before, and not the same."""
    return [
        party
        for party in ours
        if party not in (*WORDS, DISPUTED)
        and isinstance(theirs.get(party), str)
        and isinstance(ours[party], str)
        and len({str(side.get(party)) for side in (base, ours, theirs)}) == 3
    ]


def as_claims(
    base: dict[str, Data], ours: dict[str, Data], theirs: dict[str, Data], who: Who
) -> tuple[dict[str, Data], dict[str, Data], dict[str, Data]]:
    """Return the three versions with disputed marks unknown, and with both claims in ours and theirs.

    What only belongs to one of the claims, its evidence and source, is left to the claim.
    """
    parties = differing(base, ours, theirs)
    claims: list[Data] = []
    for side, by in ((ours, who.ours), (theirs, who.theirs)):
        claims += [claim(party, str(side[party]), by, side) for party in parties]
    apart = [word for word in WORDS if ours.get(word) != theirs.get(word)]
    left_out = (*parties, *apart, DISPUTED)
    kept = [{key: value for key, value in side.items() if key not in left_out} for side in (base, ours, theirs)]
    before = [entry for side in (ours, theirs) for entry in _list(side.get(DISPUTED))]
    known = [entry for position, entry in enumerate(before) if entry not in before[:position]]
    decided: dict[str, Data] = {word: base[word] for word in apart if word in base}
    decided |= dict.fromkeys(parties, UNKNOWN) | {DISPUTED: [*known, *claims]}
    one, other = (_in_order({**side, **decided}, like) for side, like in zip(kept[1:], (ours, theirs), strict=True))
    return kept[0], one, other


def claim(party: str, mark: str, by: str, beside: dict[str, Data]) -> Data:
    """Return what one person says of one party, with the evidence beside the mark."""
    about: dict[str, Data] = {"by": by} if by else {}
    about |= {"party": party} if party != US else {}
    about["mark"] = mark
    return about | {word: beside[word] for word in WORDS if word in beside}


def same_day(one: Data, other: Data) -> bool:
    """Whether two assessments are of one day."""
    days = mapping_of(one).get("date"), mapping_of(other).get("date")
    return days[0] == days[1] is not None


def between(one: Data, other: Data) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Return criterion and party, and both marks, of what two assessments say differently."""
    mine, theirs = mapping_of(mapping_of(one).get(MARKS)), mapping_of(mapping_of(other).get(MARKS))
    return [
        ((criterion, party), (mark, str(mapping_of(theirs[criterion])[party])))
        for criterion, entry in mine.items()
        if criterion in theirs
        for party, mark in mapping_of(entry).items()
        if party not in (*WORDS, DISPUTED) and mapping_of(theirs[criterion]).get(party) not in (None, mark)
    ]


def with_claims(late: Data, early: Data, places: Sequence[tuple[str, str]]) -> Data:
    """Return the later of two assessments with some marks unknown, and with what both say of them."""
    result = dict(mapping_of(late))
    entries = dict(mapping_of(result.get(MARKS)))
    before = mapping_of(mapping_of(early).get(MARKS))
    for criterion, party in places:
        entry = dict(mapping_of(entries[criterion]))
        claims = [
            claim(party, str(side[party]), str(mapping_of(whose).get("by") or ""), side)
            for whose, side in ((early, mapping_of(before[criterion])), (late, entry))
        ]
        entry |= {party: UNKNOWN, DISPUTED: [*_list(entry.get(DISPUTED)), *claims]}
        entries[criterion] = entry
    return {**result, MARKS: entries} if places else late


def _list(data: Data) -> list[Data]:
    return data if isinstance(data, list) else []


def _in_order(entry: dict[str, Data], like: dict[str, Data]) -> dict[str, Data]:
    """Return an entry with its keys in the order of another."""
    return {key: entry[key] for key in dict.fromkeys((*like, *entry)) if key in entry}
