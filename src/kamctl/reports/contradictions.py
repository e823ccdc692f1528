"""Contradictions of a forecast: what a person commits to, against the stage, the dates and their own estimate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from kamctl.reports.forecast import Entry, Sorting
from kamctl.reports.journey import Journey
from kamctl.schema.method.forecast import Commitment, ForecastMethod

Kind = Literal["not_won", "not_landed", "lost", "early", "doubtful", "late", "overdue", "no_date", "no_amount"]


class Contradiction(NamedTuple):
    """One contradiction of a deal: its kind, what the file says of the forecast, and what speaks against it.

    `against` is a stage, a day or a percentage; None where something is missing.
    """

    id: str
    owner: str
    kind: Kind
    forecast: str
    against: str | date | Decimal | None
    amount: Decimal | None


def contradictions(
    entries: Sequence[Entry], ended: Sequence[tuple[Journey, str]], method: ForecastMethod, sorting: Sorting
) -> list[Contradiction]:
    """Return the contradictions of a forecast, and of won and lost deals (`ended`, with their field), largest first."""
    by_id = {commitment.id: commitment for commitment in method.commitments}
    landed: set[str] = {value for c in method.commitments for value in c.forecast if value in DONE}
    counted: set[str] = {value for c in method.commitments if c.counted for value in c.forecast}
    found = [
        c for entry in entries if entry.way.open for c in _of_open(entry, by_id.get(entry.commitment), sorting, landed)
    ]
    for way, said in ended:
        if way.row.outcome == "won" and said and said not in landed:
            found.append(_contradiction(way, "not_landed", said, way.row.stage))
        elif way.row.outcome == "lost" and said in counted:
            found.append(_contradiction(way, "lost", said, way.lost_on or way.row.stage))
    return sorted(found, key=lambda c: (-(c.amount or 0), c.id))


DONE = ("closed",)
"""What the field `forecast` says of a deal that is done."""


def _of_open(
    entry: Entry, commitment: Commitment | None, sorting: Sorting, landed: set[str]
) -> Iterator[Contradiction]:
    """Yield what speaks against the forecast of an open deal."""
    way, said, row = entry.way, entry.forecast, entry.way.row
    if said in landed:
        yield _contradiction(way, "not_won", said, row.stage)
    if row.close_date is not None and row.close_date < sorting.as_of:
        yield _contradiction(way, "overdue", said, row.close_date)
    if commitment is None or not commitment.counted:
        return
    least, own = commitment.min_stage_probability, commitment.min_probability
    if least is not None and row.stage_probability is not None and row.stage_probability < least:
        yield _contradiction(way, "early", said, row.stage)
    if own is not None and row.probability is not None and row.probability < own:
        yield _contradiction(way, "doubtful", said, row.probability)
    if commitment.promised_quarters is not None:
        if row.close_date is None:
            yield _contradiction(way, "no_date", said, None)
        elif row.close_date > sorting.ends[commitment.promised_quarters]:
            yield _contradiction(way, "late", said, row.close_date)
        if row.amount is None and not row.original:
            yield _contradiction(way, "no_amount", said, None)


def _contradiction(way: Journey, kind: Kind, said: str, against: str | date | Decimal | None) -> Contradiction:
    return Contradiction(way.row.id, way.row.owner, kind, said, against, way.row.amount)
