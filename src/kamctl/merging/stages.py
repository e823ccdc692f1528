"""A deal that two people moved on: both steps stay in its history, and the later one says where it stands.

The last entry of `stage_history` is the deal's `stage`. Two steps of one day contradict each other, and so does a step
behind a loss that the one who made it did not know of: these are left to people.
"""

from __future__ import annotations

from typing import NamedTuple

from kamctl.history.comparing import day_of, entries_of, mapping_of
from kamctl.source import Data

STAGE, HISTORY, LOST = "stage", "stage_history", "lost"

Record = dict[str, Data]


class Step(NamedTuple):
    """The last step of one version: the stage it leads to, and its day as written in ISO form."""

    stage: str
    day: str


class Moved(NamedTuple):
    """The last steps of two people who both moved a deal; `ours_stands` is None while people have to decide."""

    ours: Step
    theirs: Step
    ours_stands: bool | None


def moved(base: Record, ours: Record, theirs: Record) -> Moved | None:
    """Return which of two steps stands; None unless both moved the deal, each to another stage, and wrote the step."""
    mine, other = last_step(ours), last_step(theirs)
    if mine is None or other is None or mine.stage == other.stage or base.get(STAGE) in (mine.stage, other.stage):
        return None
    if mine.day == other.day:
        return Moved(mine, other, None)
    earlier = theirs if mine.day > other.day else ours
    lost_before = earlier.get(LOST) is not None and earlier.get(LOST) != base.get(LOST)
    return Moved(mine, other, None if lost_before else mine.day > other.day)


def last_step(record: Record) -> Step | None:
    """Return the last step of a history in the order of its days; None when the stage is not the one it leads to."""
    steps = entries_of(record.get(HISTORY))
    days = [day_of(step.get("date")) for step in steps]
    known = [day for day in days if day is not None]
    if not steps or len(known) < len(steps) or known != sorted(known) or steps[-1].get(STAGE) != record.get(STAGE):
        return None
    return Step(str(record[STAGE]), known[-1].isoformat())


def with_last(history: Data, step: Step) -> Data:
    """Return a history with one of its steps behind the others of its day."""
    if not isinstance(history, list):
        return history

    def is_it(entry: Data) -> bool:
        said = mapping_of(entry)
        return said.get(STAGE) == step.stage and str(day_of(said.get("date"))) == step.day

    last = max((position for position, entry in enumerate(history) if is_it(entry)), default=None)
    if last is None:
        return history
    return [*history[:last], *history[last + 1 :], history[last]]
