"""Rows of deals: their stages, marks and people, the steps of their plans, and their money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kamctl.rows import Day


class OpportunityRow(NamedTuple):
    """One deal, with all that a listing needs to know of it.

    `filled` names its fields that hold something, nested ones dotted; `dated` says since when, where that is known.
    `stages` are the days it came to each stage. `assessed` are our own marks by day, written `project+ risk?`.
    `actions` are the steps of its plan: due, who, what, done.
    """

    id: str
    account: str
    name: str
    owner: str
    process: str
    stage: str
    amount: Decimal | None
    currency: str
    close_date: date | None
    probability: Decimal | None
    forecast: str
    importance: str
    source: str
    products: tuple[str, ...]
    tender_date: date | None
    purchase_date: date | None
    created: date | None
    vertical: str
    province: str
    city: str
    dealer: str
    stage_since: date | None
    lost_on: date | None
    lost_reason: str
    lost_to: str
    filled: frozenset[str]
    dated: tuple[tuple[str, date], ...]
    stages: tuple[tuple[date, str], ...]
    assessed: tuple[tuple[date, str], ...]
    actions: tuple[tuple[date | None, str, str, date | None], ...]


class StageEventRow(NamedTuple):
    """The day a deal came to a stage."""

    opportunity: str
    date: date
    stage: str


class MarkRow(NamedTuple):
    """One mark of one party on one criterion on one day. `party` is `us` or a competitor's key.

    `assessment` is the position of its assessment in the file. `disputed` are the claims of people who disagree: by
    whom, mark, evidence and its source; the mark is unknown then.
    """

    opportunity: str
    assessment: int
    date: date
    by: str
    criterion: str
    party: str
    mark: str
    evidence: str
    source: str
    disputed: tuple[tuple[str, str, str, str], ...] = ()


class GateEvidenceRow(NamedTuple):
    """What shows that a criterion of the process is met, and since when."""

    opportunity: str
    criterion: str
    date: date | None
    evidence: str


class BidRow(NamedTuple):
    """The bid of a deal: the decision, its day, our figures and the fatal factor of a decision not to bid.

    `cost` is None when it is in another currency than the price.
    """

    opportunity: str
    decision: str
    decided_on: date | None
    due: date | None
    cost: Decimal | None
    price: Decimal | None
    margin: Decimal | None
    currency: str
    fatal_factor: str


class ContractRow(NamedTuple):
    """The contract of a deal; `changes` is the sum of later changes of the price in the same currency."""

    opportunity: str
    signed: date | None
    amount: Decimal | None
    currency: str
    changes: Decimal


class CompetitorRow(NamedTuple):
    """A rival in a deal."""

    opportunity: str
    id: str
    name: str


class BuyingRoleRow(NamedTuple):
    """A person's part in a deal. `behaviours` are pairs of behaviour and the day it was seen."""

    opportunity: str
    person: str
    roles: tuple[str, ...]
    orientation: str
    adaptability: str
    coverage: str
    influence: str
    influences: tuple[tuple[str, str], ...]
    behaviours: tuple[tuple[str, date], ...]
    opposes: str
    covered_by: str


class ActionRow(NamedTuple):
    """A step of a deal's action plan."""

    opportunity: str
    due: date | None
    who: str
    what: str
    done: date | None
    resources: str
    result: str


class PaymentRow(NamedTuple):
    """A payment of a deal's contract."""

    opportunity: str
    due: date | None
    amount: Decimal | None
    currency: str
    received: Decimal | None
    received_on: date | None


class MoveRow(NamedTuple):
    """A change of a deal's expected signature: the day it was made, and the dates before and after."""

    opportunity: str
    date: Day
    before: Day | None
    after: Day | None
