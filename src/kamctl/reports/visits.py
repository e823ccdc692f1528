"""Calls with what belongs to them: the deal, the person, the objectives, and what was promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Literal, NamedTuple

from kamctl.facts import Facts
from kamctl.reports.pipeline import PipelineRow, Terms, pipeline_rows
from kamctl.rows import Day
from kamctl.rows.calls import CallRow, CommitmentRow, ObjectiveRow

TABLES = ("accounts", "people", "members", "opportunities", "calls", "objectives", "commitments")
"""The tables that visits read."""

WRITTEN_MODES = frozenset(["email"])
"""Ways of calling that are no meeting."""

State = Literal["done", "planned", "missing"]


class Promise(NamedTuple):
    """What someone promised in a call: `by` is a name, `done` None while it is open as of the day."""

    call: str
    by: str
    what: str
    due: Day | None
    done: Day | None


class Visit(NamedTuple):
    """One call as of a day: what is planned, and what came of it when it has been made.

    `stage` is the deal's as the workspace's process sees it, `unknown` how many of its `applicable` criteria nobody has
    rated. `objectives` are counts: all, judged, met.
    """

    id: str
    date: Day
    time: str
    account: str
    customer: str
    opportunity: str
    project: str
    stage: str
    importance: str
    unknown: int | None
    applicable: int | None
    department: str
    person: str
    purpose: str
    mode: str
    phone: str
    email: str
    state: State
    view: str
    result: str
    objectives: tuple[int, int, int]
    follow_up: tuple[Promise, ...]
    next_date: Day | None
    next_purpose: str


class Visits:
    """Makes visits of some calls, as of the day of the terms."""

    def __init__(self, facts: Facts, calls: Collection[CallRow], terms: Terms) -> None:
        self.facts, self.as_of = facts, terms.as_of
        ids = {call.id for call in calls}
        self.objectives: dict[str, list[ObjectiveRow]] = defaultdict(list)
        for objective in facts.objectives:
            if objective.call in ids:
                self.objectives[objective.call].append(objective)
        self.promises: dict[str, list[CommitmentRow]] = defaultdict(list)
        for promise in facts.commitments:
            if promise.call in ids:
                self.promises[promise.call].append(promise)
        self.deals = deal_rows(facts, {call.opportunity for call in calls}, terms)

    def visit(self, call: CallRow) -> Visit:
        """Return one of the calls."""
        made = call.made(self.as_of)
        deal = self.deals.get(call.opportunity)
        contact = self.facts.people.get(call.contact)
        objectives = self.objectives.get(call.id, [])
        promises = self.promises.get(call.id, []) if made else []
        judged = [objective.met for objective in objectives if objective.met is not None] if made else []
        return Visit(
            id=call.id,
            date=call.date,
            time=call.time,
            account=call.account,
            customer=self.facts.account_name(call.account),
            opportunity=call.opportunity,
            project=deal.project if deal is not None else "",
            stage=deal.stage_seen if deal is not None else "",
            importance=deal.importance if deal is not None else "",
            unknown=deal.applicable - deal.known if deal is not None else None,
            applicable=deal.applicable if deal is not None else None,
            department=contact.department if contact is not None else "",
            person=self.facts.person_name(call.contact) if call.contact else "",
            purpose=call.purpose,
            mode=call.mode,
            phone=contact.phone if contact is not None else "",
            email=contact.email if contact is not None else "",
            state="done" if made else "planned" if call.date >= self.as_of else "missing",
            view=call.customer_view if made else "",
            result=call.events if made else "",
            objectives=(len(objectives), len(judged), sum(judged)),
            follow_up=tuple(kept_by(self.facts, promise, self.as_of) for promise in promises),
            next_date=call.next_date if made else None,
            next_purpose=call.next_purpose if made else "",
        )


def kept_by(facts: Facts, promise: CommitmentRow, as_of: date) -> Promise:
    """Return a promise as of a day, with the name of who made it."""
    done = promise.done if promise.done is not None and promise.done <= as_of else None
    return Promise(promise.call, promiser(facts, promise), promise.what, promise.due, done)


def promiser(facts: Facts, promise: CommitmentRow) -> str:
    """Return the name of who promised something, on our side or on theirs."""
    if promise.by in facts.members:
        return facts.members[promise.by].name
    return facts.person_name(promise.by if "/" in promise.by else f"{promise.account}/{promise.by}")


def deal_rows(facts: Facts, ids: Collection[str], terms: Terms) -> dict[str, PipelineRow]:
    """Return the rows of some deals, without making those of all others."""
    few = Facts()
    few.accounts, few.members = facts.accounts, facts.members
    few.opportunities = [deal for deal in facts.opportunities if deal.id in ids]
    return {row.id: row for row in pipeline_rows(few, terms)}
