"""What fell out of a forecast since an earlier day, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from kamctl.reports.diagnosis import is_push
from kamctl.reports.journey import Journey
from kamctl.rows.deals import MoveRow

Kind = Literal["lost", "gone", "pushed", "downgraded", "smaller", "back"]


class Fallen(NamedTuple):
    """One way in which a deal fell out, or fell back: lost, its file gone, pushed to a later month, committed to less.

    `before` and `after` are days, categories, amounts or stages. `reason` is the loss reason. `amount` is the deal's as
    it was then.
    """

    id: str
    owner: str
    kind: Kind
    before: str | date | Decimal | None
    after: str | date | Decimal | None
    reason: str
    amount: Decimal | None


class Before(NamedTuple):
    """The deals as they stood on the earlier day, and their categories, None where no earlier files are known.

    Without earlier files, stages are known from the histories of today's, and amounts and dates are today's.
    """

    ways: Sequence[Journey]
    commitments: Mapping[str, str] | None


def fallen(
    before: Before,
    now: Sequence[Journey],
    commitments: Mapping[str, str],
    order: Sequence[str],
    moves: Sequence[MoveRow],
) -> list[Fallen]:
    """Return what fell out or back among the deals that were open, the largest first.

    `commitments` are today's categories by deal, `order` all categories from the firmest down. `moves` are the close
    dates moved since the earlier day; they count where no earlier files are known.
    """
    present = {way.row.id: way for way in now}
    found = []
    for was in before.ways:
        if was.open:
            way = present.get(was.row.id)
            found += [_fallen(was, "gone", None, None)] if way is None else list(_changes(was, way))
            if way is not None and way.open:
                if before.commitments is not None:
                    found += _compared(was, way, before.commitments, commitments, order)
                else:
                    found += _moved(was, moves)
    return sorted(found, key=lambda item: (-(item.amount or 0), item.id))


def _changes(was: Journey, way: Journey) -> Iterator[Fallen]:
    """Yield what the stage history tells: a loss, or a step back."""
    if way.row.outcome == "lost":
        yield _fallen(was, "lost", was.row.stage, way.lost_on or way.row.stage, way.lost_reason)
    elif way.open and way.place < was.place:
        yield _fallen(was, "back", was.row.stage, way.row.stage)


def _compared(
    was: Journey, way: Journey, then: Mapping[str, str], now: Mapping[str, str], order: Sequence[str]
) -> Iterator[Fallen]:
    """Yield what a comparison with the earlier file tells: a later month, a weaker category, a smaller amount."""
    old, new = was.row.close_date, way.row.close_date
    if old is not None and (new is None or (new.year, new.month) > (old.year, old.month)):
        yield _fallen(was, "pushed", old, new)
    before, after = then.get(was.row.id, ""), now.get(was.row.id, "")
    if before in order and (after not in order or order.index(after) > order.index(before)):
        yield _fallen(was, "downgraded", before, after)
    if was.row.amount is not None and (way.row.amount is None or way.row.amount < was.row.amount):
        yield _fallen(was, "smaller", was.row.amount, way.row.amount)


def _moved(was: Journey, moves: Sequence[MoveRow]) -> Iterator[Fallen]:
    """Yield that a deal's date was pushed, from the first of its dates since then to the last."""
    own = [move for move in moves if move.opportunity == was.row.id]
    if own:
        whole = own[0]._replace(after=own[-1].after)
        if is_push(whole):
            yield _fallen(was, "pushed", whole.before, whole.after)


def _fallen(
    was: Journey, kind: Kind, before: str | date | Decimal | None, after: str | date | Decimal | None, reason: str = ""
) -> Fallen:
    return Fallen(was.row.id, was.row.owner, kind, before, after, reason, was.row.amount)
