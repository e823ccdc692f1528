"""One difference between two versions of a record, and the kinds that there are."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kamctl.money import Money

Value = str | date | Money | None

CREATED, DELETED, RENAMED = "created", "deleted", "renamed"
STAGE, CLOSE_DATE, LOST, REOPENED = "stage", "close_date", "lost", "reopened"
MARK, CONFIRMED, EVIDENCE = "mark", "confirmed", "evidence"
BEHAVIOUR, OPPOSITION = "behaviour", "opposition"
RECORDED, JUDGED, DONE = "recorded", "judged", "done"
FIELD, ADDED, GONE, ORDER = "field", "added", "gone", "order"

KINDS = {
    CREATED: "the record is new",
    DELETED: "the record is gone",
    RENAMED: "the file lies elsewhere",
    STAGE: "a deal came to another stage",
    CLOSE_DATE: "the expected signature moved",
    LOST: "a deal was lost",
    REOPENED: "a lost deal is open again",
    MARK: "a mark of a party on a criterion changed",
    CONFIRMED: "the same mark was given again on a later day",
    EVIDENCE: "what shows a mark, or who said so, changed",
    BEHAVIOUR: "a behaviour of a person was seen, or taken back",
    OPPOSITION: "a person works against us, more, less or no longer",
    RECORDED: "what happened in a call was written down",
    JUDGED: "an objective of a call was judged",
    DONE: "an action, promise, milestone or payment was completed",
    FIELD: "any other value changed",
    ADDED: "an entry of a list, or a part of the record, is new",
    GONE: "an entry of a list, or a part of the record, is gone",
    ORDER: "the entries of a list stand in another order",
}
"""The kinds of changes, in the order of this page, and what each says."""


class Change(NamedTuple):
    """One difference between two versions of a record.

    `field` is where it stands, dotted, without positions in lists. `subject` is what it is about, as the file names it:
    a criterion, a person, a competitor, the words of an action; empty for the record itself. `party` is whose mark it
    is, or the competitor who won. `note` is the evidence or the reason given, `source` who said so. `day` is the day
    that the file gives it, and `since` the day since when `before` held, for a stage.
    """

    kind: str
    field: str = ""
    subject: str = ""
    before: Value = None
    after: Value = None
    party: str = ""
    note: str = ""
    source: str = ""
    day: date | None = None
    since: date | None = None

    @property
    def days(self) -> int | None:
        """By how many days a date moved later, or how many a deal stood at the stage that it left."""
        if isinstance(self.before, date) and isinstance(self.after, date):
            return (self.after - self.before).days
        return (self.day - self.since).days if self.day is not None and self.since is not None else None
