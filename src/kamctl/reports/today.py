"""Today: what a salesperson has to do and to look at, from calls to marks that have gone stale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from kamctl.brief import WORDS, Brief
from kamctl.facts import Facts
from kamctl.layout import full_id
from kamctl.reports.periods import week_of
from kamctl.reports.pipeline import PipelineRow, Terms, pipeline_rows, stage_on
from kamctl.reports.visits import promiser
from kamctl.rows import Day
from kamctl.rows.calls import CallRow
from kamctl.rows.deals import GateEvidenceRow, OpportunityRow
from kamctl.rows.presentations import PresentationRow
from kamctl.scoring.gates import gate
from kamctl.scoring.preparation import is_due
from kamctl.scoring.scorecard import MINUS, NOT_APPLICABLE, PLUS

TABLES = (
    "accounts", "people", "members", "opportunities", "gate_evidence", "calls", "commitments", "actions",
    "presentations", "audience", "preparations", "presenters", "weeks",
)  # fmt: skip
"""The tables that a day reads."""


def briefs(as_of: date) -> tuple[Brief, ...]:
    """Return what a day does without: what was said in calls before it that have been made."""
    return (Brief("calls", {"calls": WORDS | {"ours"}}, whole=lambda c: c.date >= as_of or not c.made(as_of)),)


Kind = Literal[
    "calls", "presentations", "unrecorded", "promises", "actions", "preparations", "callbacks", "stale", "gates",
    "marks",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "calls", "presentations", "unrecorded", "promises", "actions", "preparations", "callbacks", "gates", "stale",
    "marks",
)  # fmt: skip
"""What a day shows, in the order in which it is shown."""


class Item(NamedTuple):
    """One thing to do or to look at. `owner` is whose it is, by key; `late` by how many days it is overdue.

    `id` is a call, presentation, deal or contact, `who` a name, or those of an audience: whom to see, who promised, or
    who does it. `what` is the purpose, promise, action or criterion, or empty where `number` says it: days without
    news, marks gone stale.
    """

    kind: Kind
    owner: str
    date: Day | None
    time: str
    late: int
    id: str
    customer: str
    who: str
    what: str
    number: int | None
    amount: Decimal | None


def today(facts: Facts, terms: Terms, fresh_for: timedelta, owners: Collection[str] | None = None) -> list[Item]:
    """Return the items of some people, or of everybody, kind by kind, the most urgent first."""
    day = _Day(facts, terms, fresh_for, owners)
    found: dict[Kind, Callable[[], Iterable[Item]]] = {
        "calls": day.calls,
        "presentations": day.presentations,
        "unrecorded": day.unrecorded,
        "promises": day.promises,
        "actions": day.actions,
        "preparations": day.preparations,
        "callbacks": day.callbacks,
        "gates": day.gates,
        "stale": day.stale,
        "marks": day.marks,
    }
    return [item for kind in KINDS for item in sorted(found[kind](), key=_urgency)]


def _urgency(item: Item) -> tuple[date, str, Decimal, int, str]:
    return item.date or date.max, item.time or "99", -(item.amount or Decimal(0)), -(item.number or 0), item.id


class _Day:
    """Finds the items of each kind."""

    def __init__(self, facts: Facts, terms: Terms, fresh_for: timedelta, owners: Collection[str] | None) -> None:
        self.facts, self.terms, self.fresh_for, self.owners = facts, terms, fresh_for, owners
        self.as_of = terms.as_of
        self.by_call = {call.id: call for call in facts.calls if self.concerns(call.by)}
        self.by_deal = {deal.id: deal for deal in facts.opportunities}
        own = Facts()
        own.accounts, own.members, own.calls = facts.accounts, facts.members, facts.calls
        own.opportunities = [deal for deal in facts.opportunities if self.concerns(deal.owner)]
        self.rows = [row for row in pipeline_rows(own, terms) if row.outcome == "open" and not row.ended]

    def concerns(self, person: str) -> bool:
        """Whether a person is one of those asked for."""
        return self.owners is None or person in self.owners

    def calls(self) -> Iterator[Item]:
        """Yield today's calls."""
        for call in self.by_call.values():
            if call.date == self.as_of:
                yield self._call("calls", call)

    def presentations(self) -> Iterator[Item]:
        """Yield today's presentations of those who lead them or take part."""
        team: dict[str, list[str]] = defaultdict(list)
        for presenter in self.facts.presenters:
            team[presenter.presentation].append(presenter.member)
        for row in self.facts.presentations:
            ours = [person for person in (self._leader(row), *team[row.id]) if self.concerns(person)]
            if row.date == self.as_of and ours:
                heard = [person for person in self.facts.audience if person.presentation == row.id]
                names = [person.name or self.facts.person_name(person.person) for person in heard]
                customer = self.facts.account_name(row.account)
                yield self._item("presentations", ours[0], row.date, row.id, customer, ", ".join(names), row.purpose)

    def unrecorded(self) -> Iterator[Item]:
        """Yield earlier calls without a record."""
        for call in self.by_call.values():
            if call.date < self.as_of and not call.made(self.as_of):
                yield self._call("unrecorded", call)

    def promises(self) -> Iterator[Item]:
        """Yield what was promised in calls, is due and not done."""
        for promise in self.facts.commitments:
            call = self.by_call.get(promise.call)
            if call is not None and call.made(self.as_of) and self._due(promise.due, promise.done):
                customer = self.facts.account_name(call.account)
                by = promiser(self.facts, promise)
                yield self._item("promises", call.by, promise.due, promise.call, customer, by, promise.what)

    def actions(self) -> Iterator[Item]:
        """Yield steps of action plans that are due and not done: of ours who does them, else of the owner."""
        due = [step for step in self.facts.actions if self._due(step.due, step.done)]
        running = self._running({step.opportunity for step in due})
        for step in due:
            if step.opportunity in running:
                deal = self.by_deal[step.opportunity]
                yield from self._step("actions", step.who, deal.owner, step.due, deal.id, deal.account, step.what)

    def preparations(self) -> Iterator[Item]:
        """Yield steps of presentations that are due and not done: of ours who does them, else of whoever leads."""
        by_id = {row.id: row for row in self.facts.presentations}
        steps = ((step, by_id[step.presentation]) for step in self.facts.preparations)
        due = [(step, row) for step, row in steps if is_due(step, row.date, self.as_of)]
        running = self._running({row.opportunity for _, row in due})
        for step, row in due:
            if row.opportunity in running or row.opportunity not in self.by_deal:
                leader = self._leader(row)
                yield from self._step("preparations", step.who, leader, step.due, row.id, row.account, step.action)

    def callbacks(self) -> Iterator[Item]:
        """Yield callbacks of this week that are due; a call from their day on settles them."""
        week = week_of(self.as_of).name
        seen = [call for call in self.by_call.values() if call.made(self.as_of)]
        for row in self.facts.weeks:
            if row.week != week or not self.concerns(row.by):
                continue
            for day, contact, note in row.callbacks:
                since = day or week_of(self.as_of).start
                if since <= self.as_of and not any(contact in (c.contact, *c.met) and c.date >= since for c in seen):
                    person = self.facts.people.get(contact)
                    customer = self.facts.account_name(
                        person.account if person is not None else contact.partition("/")[0]
                    )
                    yield self._item("callbacks", row.by, day, contact, customer, self.facts.person_name(contact), note)

    def gates(self) -> Iterator[Item]:
        """Yield open deals that lack a single thing for their next stage."""
        evidence: dict[str, list[GateEvidenceRow]] = defaultdict(list)
        for shown in self.facts.gate_evidence:
            evidence[shown.opportunity].append(shown)
        for row in self.rows:
            deal = self._as_of(self.by_deal[row.id])
            process = self.terms.process(deal)
            following = process.following(deal.stage)
            if following is None:
                continue
            account = self.facts.accounts.get(deal.account)
            way = gate(process, deal, following, account, evidence[deal.id], self.as_of)
            if len(way.missing) == 1:
                yield self._deal("gates", row, way.missing[0].id, None)._replace(who=following.code)

    def stale(self) -> Iterator[Item]:
        """Yield deals without news for as long as makes them stale, with the days they have stood at their stage."""
        for row in self.rows:
            if row.stale:
                yield self._deal("stale", row, "", row.days_in_stage)

    def marks(self) -> Iterator[Item]:
        """Yield open deals with marks of ours that have gone stale, with how many."""
        for row in self.rows:
            deal = self.by_deal[row.id]
            count = len(stale_marks(deal, self.as_of, self.fresh_for))
            if count:
                yield self._deal("marks", row, "", count)

    def _as_of(self, deal: OpportunityRow) -> OpportunityRow:
        placed = stage_on(deal, self.as_of)
        return deal if placed is None or placed[0] == deal.stage else deal._replace(stage=placed[0])

    def _leader(self, row: PresentationRow) -> str:
        """Return who of ours leads a presentation: as it says itself, else who owns the deal, else the account."""
        deal, account = self.by_deal.get(row.opportunity), self.facts.accounts.get(row.account)
        return row.by or (deal.owner if deal is not None else "") or (account.owner if account is not None else "")

    def _running(self, ids: Collection[str]) -> set[str]:
        """Return those deals that can still come further, whoever owns them."""
        few = Facts()
        few.accounts, few.members = self.facts.accounts, self.facts.members
        few.opportunities = [deal for deal in self.facts.opportunities if deal.id in ids]
        return {row.id for row in pipeline_rows(few, self.terms) if row.outcome != "lost" and not row.ended}

    def _step(
        self, kind: Kind, who: str, otherwise: str, due: date | None, id_: str, account: str, what: str
    ) -> Iterator[Item]:
        """Yield a step of a plan for whoever of ours does it, else for the one who answers for the plan."""
        ours = who in self.facts.members
        owner = who if ours else otherwise
        if self.concerns(owner):
            name = self.facts.member_name(owner) if ours or not who else self.facts.person_name(full_id(account, who))
            yield self._item(kind, owner, due, id_, self.facts.account_name(account), name, what)

    def _due(self, due: date | None, done: date | None) -> bool:
        return due is not None and due <= self.as_of and (done is None or done > self.as_of)

    def _call(self, kind: Kind, call: CallRow) -> Item:
        who = self.facts.person_name(call.contact) if call.contact else ""
        customer = self.facts.account_name(call.account)
        item = self._item(kind, call.by, call.date, call.id, customer, who, call.purpose or call.mode)
        return item._replace(time=call.time)

    def _item(self, kind: Kind, owner: str, day: date | None, id_: str, customer: str, who: str, what: str) -> Item:
        late = max(0, (self.as_of - day).days) if day is not None else 0
        return Item(kind, owner, day, "", late, id_, customer, who, what, None, None)

    def _deal(self, kind: Kind, row: PipelineRow, what: str, count: int | None) -> Item:
        return Item(kind, row.owner_id, None, "", 0, row.id, row.customer, row.stage, what, count, row.amount)


def stale_marks(deal: OpportunityRow, as_of: date, fresh_for: timedelta) -> list[str]:
    """Return the criteria on which our standing mark is older than `fresh_for`; what is unknown cannot be stale."""
    standing: dict[str, tuple[date, str]] = {}
    for day, words in sorted((pair for pair in deal.assessed if pair[0] <= as_of), key=lambda pair: pair[0]):
        for word in words.split():
            mark = NOT_APPLICABLE if word.endswith(NOT_APPLICABLE) else word[-1]
            standing[word[: -len(mark)]] = (day, mark)
    before = as_of - fresh_for
    return [name for name, (day, mark) in standing.items() if mark in (PLUS, MINUS) and day < before]
