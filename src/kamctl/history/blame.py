"""Who last changed what a record says: each of its fields, each mark and each behaviour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from kamctl.history.answers import Commit
from kamctl.history.changes import marks_of
from kamctl.history.comparing import day_of, mapping_of
from kamctl.history.matching import summary
from kamctl.history.steps import Step

ASSESSMENTS, TEAM = "assessments", "buying_team"
BEHAVIOURS = f"{TEAM}.behaviours"


class Place(NamedTuple):
    """A place in a record: a field of its own, a mark (criterion and party), or a behaviour (person and behaviour)."""

    field: str
    subject: str = ""
    detail: str = ""


class Claim(NamedTuple):
    """What stands at a place. `day`, `by`, `evidence` and `source` are what the file itself says of it."""

    value: str
    day: date | None = None
    by: str = ""
    evidence: str = ""
    source: str = ""


class Blame(NamedTuple):
    """A claim and the commit that made it; None when it has not been committed."""

    place: Place
    claim: Claim
    commit: Commit | None


def blame(present: Mapping[str, Any], steps: Sequence[Step]) -> list[Blame]:
    """Return for each place of a record the newest version that gave it what it says at present.

    `steps` are its versions, oldest first. A merge that took one side's claim has not made it.
    """
    claims = claims_of(present)
    found: dict[Place, Commit | None] = {}
    known: dict[int, dict[Place, Claim]] = {}

    def claimed(data: Any) -> dict[Place, Claim]:
        """Return the claims of a version, which is one step's end and the next one's beginning."""
        if id(data) not in known:
            known[id(data)] = claims_of(data)
        return known[id(data)]

    if steps:
        last = claimed(steps[-1].after)
        found = {place: None for place, claim in claims.items() if last.get(place) != claim}
    for step in reversed(steps):
        open_places = claims.keys() - found.keys()
        if not open_places:
            break
        after = claimed(step.after)
        parents = [claimed(before) for before in step.before]
        for place in open_places:
            if after.get(place) == claims[place] and all(claims[place] != before.get(place) for before in parents):
                found[place] = step.version.commit
    return [Blame(place, claim, found.get(place)) for place, claim in claims.items()]


def claims_of(data: Mapping[str, Any] | None) -> dict[Place, Claim]:
    """Return what a record says, by place: of marks the last of each party on each criterion."""
    claims: dict[Place, Claim] = {}
    for field, value in (data or {}).items():
        if field == ASSESSMENTS:
            continue
        if field == TEAM:
            for person, role in mapping_of(value).items():
                about = {key: part for key, part in mapping_of(role).items() if key != "behaviours"}
                claims[Place(TEAM, person)] = Claim(summary(about))
                for behaviour, seen in mapping_of(mapping_of(role).get("behaviours")).items():
                    claims[Place(BEHAVIOURS, person, behaviour)] = Claim(summary(seen), day_of(seen))
        else:
            claims[Place(field)] = Claim(summary(value))
    for (day, criterion, party), mark in marks_of(data or {}).items():
        claims[Place(ASSESSMENTS, criterion, party)] = Claim(
            mark["mark"], day_of(day), mark["by"], mark["evidence"], mark["source"]
        )
    return claims
