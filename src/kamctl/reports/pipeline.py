"""The pipeline: deals with stage, money, probabilities, score and freshness, and totals by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from kamctl.brief import WORDS, Brief
from kamctl.facts import Facts
from kamctl.money import Money, Rate, convert
from kamctl.rows.calls import CallRow
from kamctl.rows.deals import OpportunityRow
from kamctl.schema.method.importance import Importance
from kamctl.schema.method.process import Process, Stage
from kamctl.schema.method.scorecard import Scorecard
from kamctl.scoring.scorecard import overall

CENT = Decimal("0.01")
TABLES = ("accounts", "members", "opportunities", "calls")
"""The tables that a pipeline reads."""


def briefs(as_of: date) -> tuple[Brief, ...]:
    """Return what a pipeline does without: what was said in calls that have been made."""
    return (Brief("calls", {"calls": WORDS | {"met", "ours"}}, whole=lambda call: not call.made(as_of)),)


class PipelineRow(NamedTuple):
    """One deal as of a day.

    `stage` is the stage of the deal's own process, `stage_seen` the one of the workspace's process that it compares to.
    Amounts are in the workspace's and the report currency, to the cent, None when there is no amount or no rate (then
    `original` still says what the file says). Probabilities are percents: the owner's own and the stage's, which are
    never mixed. `score` is our weighted net from -100 to +100, `known` how many criteria are rated, of
    `applicable`. `next_action` is the open action or planned call that is due first.
    """

    id: str
    stage: str
    customer: str
    project: str
    owner: str
    importance: str
    amount: Decimal | None
    report_amount: Decimal | None
    close_date: date | None
    probability: Decimal | None
    stage_probability: Decimal | None
    score: int | None
    known: int
    applicable: int
    days_in_stage: int | None
    stale: bool
    next_due: date | None
    next_action: str
    original: str
    account: str
    owner_id: str
    grade: str
    vertical: str
    province: str
    dealer: str
    product: str
    unit: str
    source: str
    process: str
    stage_seen: str
    outcome: str
    ended: bool


class Total(NamedTuple):
    """Sums over a group of deals, in the workspace's currency.

    `amount` sums `with_amount` of the `deals`. `by_owner` weights by the owner's probability and covers `owner_n`
    deals, `by_stage` by the stage's and covers `stage_n`; a deal without amount or probability is in neither.
    """

    group: str
    deals: int
    amount: Decimal
    with_amount: int
    by_owner: Decimal
    owner_n: int
    by_stage: Decimal
    stage_n: int


class Pipeline(NamedTuple):
    """Rows, totals by group, the total of all, and what could not be converted."""

    rows: list[PipelineRow]
    groups: list[Total]
    total: Total
    unconverted: list[str]


class Terms(NamedTuple):
    """What a pipeline is computed by: the as-of day, money, method and freshness."""

    as_of: date
    currency: str
    report_currency: str
    rates: Sequence[Rate]
    processes: Mapping[str, Process]
    default_process: str
    scorecards: Mapping[str, Scorecard]
    default_scorecard: str
    importance: Importance
    stale_after: timedelta

    def process(self, deal: OpportunityRow) -> Process:
        """Return the process of a deal; the default one when there is none of the name it gives."""
        return self.processes.get(deal.process, self.processes[self.default_process])

    def scorecard(self, process: Process) -> Scorecard:
        """Return the scorecard for deals in a process."""
        return self.scorecards[process.scorecard or self.default_scorecard]

    def stage_seen(self, process: Process, code: str) -> str:
        """Return the stage of the default process that a stage compares to; the code itself where it maps to none."""
        stage = process.stage(code)
        return code if stage is None else stage.maps_to.get(self.default_process, code)


def pipeline_rows(facts: Facts, terms: Terms) -> list[PipelineRow]:
    """Return a row for every deal that existed on the as-of day."""
    calls = _Calls(facts, terms.as_of)
    rows = (_row(deal, facts, calls, terms) for deal in facts.opportunities)
    return [row for row in rows if row is not None]


def pipeline(rows: Iterable[PipelineRow], by: str, order: Callable[[str], int]) -> Pipeline:
    """Add up rows by one of their fields. `order` sorts the groups; equal ones sort by amount, largest first."""
    rows = list(rows)
    grouped: dict[str, list[PipelineRow]] = defaultdict(list)
    for row in rows:
        grouped[str(getattr(row, by) or "")].append(row)
    groups = [total(name, members) for name, members in grouped.items()]
    groups.sort(key=lambda group: (order(group.group), -group.amount, group.group))
    unconverted = [row.id for row in rows if row.original and row.amount is None]
    return Pipeline(rows, groups, total("", rows), unconverted)


def total(group: str, rows: Sequence[PipelineRow]) -> Total:
    """Add up some rows."""
    priced = [(row.amount, row) for row in rows if row.amount is not None]
    owned = [amount * row.probability for amount, row in priced if row.probability is not None]
    staged = [amount * row.stage_probability for amount, row in priced if row.stage_probability is not None]
    zero = Decimal(0)
    return Total(
        group,
        len(rows),
        sum((amount for amount, _ in priced), zero),
        len(priced),
        sum(owned, zero) / 100,
        len(owned),
        sum(staged, zero) / 100,
        len(staged),
    )


def stage_on(deal: OpportunityRow, day: date) -> tuple[str, date | None] | None:
    """Return a deal's stage on a day and since when; None when the deal did not exist yet.

    The stage history says it. From its creation to the first entry a deal stands at the stage of that entry; without a
    history it has stood at its present stage since it was created.
    """
    events = deal.stages
    past = [event for event in events if event[0] <= day]
    if past:
        return (past[-1][1], past[-1][0]) if len(past) < len(events) else (deal.stage, deal.stage_since)
    if deal.created is not None and deal.created <= day:
        return (events[0][1] if events else deal.stage), deal.created
    return None if events or deal.created is not None else (deal.stage, None)


class _Calls:
    """The calls of each deal: when the last one was held, and which one comes next."""

    def __init__(self, facts: Facts, as_of: date) -> None:
        self.last: dict[str, date] = {}
        self.next: dict[str, CallRow] = {}
        for call in facts.calls:
            if call.made(as_of):
                self.last[call.opportunity] = max(call.date, self.last.get(call.opportunity, date.min))
            elif call.date >= as_of and call.date < self.next.get(call.opportunity, call._replace(date=date.max)).date:
                self.next[call.opportunity] = call


def _news(deal: OpportunityRow, calls: _Calls, as_of: date) -> date | None:
    """Return the last day on which something happened: a stage, an assessment, an action done, a call, its creation."""
    days = [event[0] for event in deal.stages] + [assessment[0] for assessment in deal.assessed]
    days += [done for *_, done in deal.actions if done is not None]
    days += [day for day in (deal.created, calls.last.get(deal.id)) if day is not None]
    return max((day for day in days if day <= as_of), default=None)


def _next(deal: OpportunityRow, calls: _Calls, as_of: date) -> tuple[date | None, str]:
    """Return the open action or planned call that is due first, and its day."""
    steps = [(due, what) for due, _, what, done in deal.actions if done is None or done > as_of]
    call = calls.next.get(deal.id)
    if call is not None:
        steps.append((call.date, call.purpose or call.mode))
    return min(steps, key=lambda step: step[0] or date.max, default=(None, ""))


def _row(deal: OpportunityRow, facts: Facts, calls: _Calls, terms: Terms) -> PipelineRow | None:
    placed = stage_on(deal, terms.as_of)
    if placed is None:
        return None
    code, since = placed
    process = terms.process(deal)
    stage = process.stage(code)
    outcome = stage.outcome if stage is not None else "open"
    amount, report = _amounts(deal, terms)
    tally = overall(terms.scorecard(process), deal.assessed, terms.as_of)
    news = _news(deal, calls, terms.as_of)
    next_due, next_action = _next(deal, calls, terms.as_of)
    account = facts.accounts.get(deal.account)
    member = facts.members.get(deal.owner)
    return PipelineRow(
        id=deal.id,
        stage=code,
        customer=facts.account_name(deal.account),
        project=deal.name,
        owner=facts.member_name(deal.owner),
        importance=deal.importance,
        amount=amount,
        report_amount=report,
        close_date=deal.close_date,
        probability=deal.probability,
        stage_probability=process.probability(code),
        score=tally.overall,
        known=tally.rated,
        applicable=tally.applicable,
        days_in_stage=(terms.as_of - since).days if since else None,
        stale=_is_stale(stage, outcome, news, terms),
        next_due=next_due,
        next_action=next_action,
        original=str(Money(deal.amount, deal.currency or terms.currency)) if deal.amount is not None else "",
        account=deal.account,
        owner_id=deal.owner,
        grade=account.grade if account else "",
        vertical=deal.vertical,
        province=deal.province,
        dealer=deal.dealer,
        product=deal.products[0] if deal.products else "",
        unit=member.unit if member else "",
        source=deal.source,
        process=deal.process or terms.default_process,
        stage_seen=code if process is terms.processes[terms.default_process] else terms.stage_seen(process, code),
        outcome=outcome,
        ended=stage.ended if stage is not None else False,
    )


def _amounts(deal: OpportunityRow, terms: Terms) -> tuple[Decimal | None, Decimal | None]:
    if deal.amount is None:
        return None, None
    money = Money(deal.amount, deal.currency or terms.currency)
    own = convert(money, terms.currency, terms.rates, terms.as_of)
    report = convert(money, terms.report_currency, terms.rates, terms.as_of) if terms.report_currency else None
    return own[0].amount.quantize(CENT) if own else None, report[0].amount.quantize(CENT) if report else None


def _is_stale(stage: Stage | None, outcome: str, news: date | None, terms: Terms) -> bool:
    running = outcome == "open" and not (stage is not None and stage.ended)
    return running and (news is None or terms.as_of - news > terms.stale_after)
