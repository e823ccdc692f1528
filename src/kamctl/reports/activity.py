"""What happened in a period and what comes after it: calls, promises, moves, marks, blocked deals, resources.

Every selection is of facts and of a period, and takes nothing that is dated after the day it is asked as of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from kamctl.brief import WORDS, Brief
from kamctl.facts import Facts
from kamctl.reports.diagnosis import is_push
from kamctl.reports.meetings import Span
from kamctl.reports.periods import Period
from kamctl.reports.pipeline import PipelineRow, Terms
from kamctl.rows.calls import CallRow, ObjectiveRow
from kamctl.rows.deals import GateEvidenceRow, MarkRow, MoveRow, OpportunityRow
from kamctl.schema.method.process import Process, Stage
from kamctl.scoring.gates import GateItem, gate

TABLES = (
    "accounts", "people", "members", "opportunities", "marks", "competitors", "gate_evidence", "actions", "calls",
    "objectives", "commitments",
)  # fmt: skip
"""The tables that a review reads."""

Kept = Literal["kept", "late", "broken", "overdue", "open"]
Moved = Literal["new", "forward", "back", "won", "lost", "reopened"]
OURS = "us"
"""How marks name our own side."""


def briefs(span: Span) -> tuple[Brief, ...]:
    """Return what a review does without: marks of deals that nobody rated in its period, and words of other calls."""

    def rated(deal: OpportunityRow) -> bool:
        return any(span.past.holds(day) for day, _ in deal.assessed)

    def told(call: CallRow) -> bool:
        return span.past.holds(call.date) or span.ahead.holds(call.date) or not call.made(span.as_of)

    return (
        Brief("opportunities", {}, frozenset(("marks",)), rated),
        Brief("calls", {"calls": WORDS | {"met", "ours"}}, frozenset(("objectives",)), told),
    )


@dataclass(frozen=True)
class Team:
    """Whose work is looked at: keys of our people, or everybody's when `people` is None."""

    people: frozenset[str] | None = None

    def holds(self, person: str) -> bool:
        """Whether the work of a person of ours is looked at."""
        return self.people is None or person in self.people


class Held(NamedTuple):
    """A call of a period: with a result or without one, and how many of its objectives were met, of how many judged."""

    call: CallRow
    met: int
    judged: int
    objectives: int


class Objective(NamedTuple):
    """An objective of a call of the period, and the call."""

    call: CallRow
    row: ObjectiveRow


class Promise(NamedTuple):
    """What someone promised in a call, or a step of a deal's plan; `source` is the call or the deal.

    It was kept in time or late, broken in the period, is overdue since before it, or is open and not yet due.
    """

    source: str
    account: str
    who: str
    what: str
    due: date | None
    done: date | None
    state: Kept


class Move(NamedTuple):
    """A deal that came to a stage in the period: from where, which way, with the reason of a loss."""

    deal: PipelineRow
    date: date
    source: str
    target: str
    kind: Moved
    reason: str
    lost_to: str


class Change(NamedTuple):
    """A mark that is another at the end of the period than before it; `before` is empty for the first of its kind."""

    deal: str
    criterion: str
    party: str
    before: str
    after: str
    date: date
    evidence: str


class Blocked(NamedTuple):
    """An open deal and the gate to its next stage: how many of its criteria are met, and which are not."""

    deal: PipelineRow
    target: Stage
    items: int
    missing: tuple[GateItem, ...]


class Need(NamedTuple):
    """Resources asked for, by a planned call or an open step of a plan, and for when."""

    source: str
    day: date | None
    who: str
    what: str
    resources: str


def calls_held(facts: Facts, team: Team, span: Span) -> list[Held]:
    """Return the calls of the period up to the as-of day, those without a result too; in the order of their days."""
    objectives: dict[str, list[ObjectiveRow]] = defaultdict(list)
    for row in facts.objectives:
        objectives[row.call].append(row)
    found = []
    for call in _calls(facts, team, span.past):
        if call.date < span.as_of or (call.date == span.as_of and call.done):
            rows = objectives[call.id]
            judged = [row.met for row in rows if row.met is not None]
            found.append(Held(call, sum(judged), len(judged), len(rows)))
    return found


def objectives(facts: Facts, held: Sequence[Held]) -> list[Objective]:
    """Return the objectives of some calls, in their order: met, missed, or not judged."""
    calls = {one.call.id: one.call for one in held}
    places = {call: place for place, call in enumerate(calls)}
    rows = [Objective(calls[row.call], row) for row in facts.objectives if row.call in calls]
    return sorted(rows, key=lambda row: places[row.call.id])


def promises(facts: Facts, team: Team, span: Span) -> list[Promise]:
    """Return what was promised in calls and planned in deals, as far as the period touches it, the broken first.

    What a call and the plan of a deal say in the same words is told once.
    """
    found: dict[tuple[Any, ...], Promise] = {}
    for row in (*_promised(facts, team, span), *_planned(facts, team, span)):
        found.setdefault((row.account, row.who, row.what, row.due, row.state), row)
    return sorted(found.values(), key=lambda row: (STATES.index(row.state), row.due or date.max, row.source, row.what))


STATES: tuple[Kept, ...] = ("broken", "overdue", "late", "kept", "open")
"""The states of a promise in the order in which they are told."""


def state(due: date | None, done: date | None, span: Span) -> Kept | None:
    """Return what a promise is to a period; None when the period does not touch it.

    Done after the period's last day is not done yet. What is open and due later belongs to the period it is due in.
    """
    if done is not None and done <= span.until:
        if done < span.past.start:
            return None
        return "late" if due is not None and done > due else "kept"
    if due is None or due >= span.judged_on:
        return "open" if due is not None and due <= span.past.end else None
    return "broken" if due >= span.past.start else "overdue"


def _promised(facts: Facts, team: Team, span: Span) -> Iterator[Promise]:
    """Yield the commitments of calls; one made in the period and due later, or without a day, is open."""
    calls = {call.id: call for call in facts.calls if team.holds(call.by) and call.date <= span.until}
    for row in facts.commitments:
        call = calls.get(row.call)
        if call is None:
            continue
        found = state(row.due, row.done, span)
        if found is None and span.past.holds(call.date) and not (row.done is not None and row.done <= span.until):
            found = "open"
        if found is not None:
            yield Promise(row.call, row.account, row.by, row.what, row.due, _by(row.done, span), found)


def _planned(facts: Facts, team: Team, span: Span) -> Iterator[Promise]:
    """Yield the steps of the plans of deals."""
    deals = {deal.id: deal for deal in facts.opportunities}
    for row in facts.actions:
        deal = deals.get(row.opportunity)
        found = state(row.due, row.done, span)
        if deal is not None and found is not None and team.holds(row.who or deal.owner):
            yield Promise(deal.id, deal.account, row.who or deal.owner, row.what, row.due, _by(row.done, span), found)


def _by(done: date | None, span: Span) -> date | None:
    return done if done is not None and done <= span.until else None


def moves(facts: Facts, rows: Sequence[PipelineRow], terms: Terms, span: Span) -> list[Move]:
    """Return the steps of deals from stage to stage in the period, oldest first. `rows` are as of its end."""
    deals = {deal.id: deal for deal in facts.opportunities}
    found = [move for row in rows for move in _moves(deals[row.id], row, terms.process(deals[row.id]), span)]
    return sorted(found, key=lambda move: (move.date, move.deal.id))


def _moves(deal: OpportunityRow, row: PipelineRow, process: Process, span: Span) -> Iterator[Move]:
    source = ""
    for day, target in deal.stages:
        if span.past.start <= day <= span.until and target != source:
            kind = _way(process, source, target)
            lost = kind == "lost"
            yield Move(row, day, source, target, kind, deal.lost_reason if lost else "", deal.lost_to if lost else "")
        source = target


def _way(process: Process, source: str, target: str) -> Moved:
    before, after = process.stage(source), process.stage(target)
    was, now = (stage.outcome if stage is not None else "open" for stage in (before, after))
    if now == "lost":
        return "lost"
    if not source:
        return "won" if now == "won" else "new"
    if was == "lost":
        return "reopened"
    if now == "won" and was != "won":
        return "won"
    return "back" if process.position(target) < process.position(source) else "forward"


def changed_marks(facts: Facts, deals: Collection[str], span: Span) -> list[Change]:
    """Return the marks that are others at the end of the period than before it, of some deals."""
    before: dict[tuple[str, str, str], MarkRow] = {}
    after: dict[tuple[str, str, str], MarkRow] = {}
    for mark in sorted(facts.marks, key=lambda mark: (mark.date, mark.assessment)):
        key = (mark.opportunity, mark.criterion, mark.party)
        if mark.opportunity in deals and mark.date < span.past.start:
            before[key] = mark
        elif mark.opportunity in deals and mark.date <= span.until:
            after[key] = mark
    changes = [
        Change(*key, was.mark if (was := before.get(key)) else "", now.mark, now.date, now.evidence)
        for key, now in after.items()
        if key not in before or before[key].mark != now.mark
    ]
    return sorted(changes, key=lambda change: (change.deal, change.party != OURS, change.party))


def pushed(moves: Iterable[MoveRow], deals: Collection[str], span: Span) -> list[MoveRow]:
    """Return the close dates that were moved to a later month in the period, of some deals."""
    return [m for m in moves if m.opportunity in deals and span.past.start <= m.date <= span.until and is_push(m)]


def blocked(facts: Facts, rows: Sequence[PipelineRow], terms: Terms) -> list[Blocked]:
    """Return the open deals whose gate to the next stage is not met, those that lack least first."""
    deals = {deal.id: deal for deal in facts.opportunities}
    evidence: dict[str, list[GateEvidenceRow]] = defaultdict(list)
    for shown in facts.gate_evidence:
        evidence[shown.opportunity].append(shown)
    found = []
    for row in rows:
        process = terms.process(deals[row.id])
        target = _next_stage(process, row.stage) if row.outcome == "open" and not row.ended else None
        if target is not None:
            deal = deals[row.id]._replace(stage=row.stage)
            way = gate(process, deal, target, facts.accounts.get(deal.account), evidence[row.id], terms.as_of)
            if way.missing:
                found.append(Blocked(row, target, len(way.items), tuple(way.missing)))
    return sorted(found, key=lambda one: (len(one.missing), -(one.deal.amount or Decimal(0)), one.deal.id))


def _next_stage(process: Process, code: str) -> Stage | None:
    """Return the stage that follows on the way to an order; None for a stage that the process does not have."""
    if process.stage(code) is None:
        return None
    following = process.stages[process.position(code) + 1 :]
    return next((stage for stage in following if stage.outcome != "lost"), None)


def calls_ahead(facts: Facts, team: Team, ahead: Period) -> list[CallRow]:
    """Return the calls of the days ahead, in the order of their days."""
    return _calls(facts, team, ahead)


def joint_visits(facts: Facts, team: Team, ahead: Period) -> list[tuple[CallRow, tuple[str, ...]]]:
    """Return the calls ahead that a manager joins, with the managers; one's own call is no joint one.

    A manager is who anybody in team.yaml names as his or hers.
    """
    managers = {member.manager for member in facts.members.values() if member.manager}
    found = [
        (call, tuple(who for who in call.ours if who in managers and who != call.by))
        for call in _whole_calls(facts, lambda call: team.holds(call.by) or any(map(team.holds, call.ours)), ahead)
    ]
    return [(call, joining) for call, joining in found if joining]


def needs(facts: Facts, team: Team, span: Span) -> list[Need]:
    """Return the resources that calls ahead and open steps ask for, by day; overdue steps and those without one too."""
    deals = {deal.id: deal for deal in facts.opportunities}
    found = [
        Need(call.id, call.date, call.by, call.purpose, call.resources)
        for call in _calls(facts, team, span.ahead)
        if call.resources
    ]
    for row in facts.actions:
        deal = deals.get(row.opportunity)
        is_open = row.done is None or row.done > span.as_of
        if deal is None or not row.resources or not is_open or not (row.due is None or row.due <= span.ahead.end):
            continue
        if team.holds(row.who or deal.owner) or team.holds(deal.owner):
            found.append(Need(deal.id, row.due, row.who or deal.owner, row.what, row.resources))
    return sorted(found, key=lambda need: (need.day or date.max, need.source, need.what))


def _calls(facts: Facts, team: Team, period: Period) -> list[CallRow]:
    return _whole_calls(facts, lambda call: team.holds(call.by), period)


def _whole_calls(facts: Facts, keep: Callable[[CallRow], bool], period: Period) -> list[CallRow]:
    return sorted(
        (call for call in facts.calls if period.holds(call.date) and keep(call)),
        key=lambda call: (call.held_at, call.id),
    )
