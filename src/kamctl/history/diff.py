"""What differs between two states of a workspace, in the words of selling: records, judgements, money, promises.

Both states are judged as of the same day and by the method of the later one, so that what is told of a deal comes from
its files alone; changes of the method stand by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from kamctl import facts as tables
from kamctl import layout
from kamctl.facts import Facts
from kamctl.history.change import RENAMED, Change
from kamctl.history.changes import changes
from kamctl.history.records import RecordPair
from kamctl.history.remaining import FEW_ACCOUNTS, Open
from kamctl.problems import Problem
from kamctl.reports.pipeline import PipelineRow, Terms, pipeline_rows
from kamctl.reports.waterfall import Step, Waterfall, waterfall
from kamctl.rows.calls import CommitmentRow
from kamctl.rows.deals import MoveRow, OpportunityRow
from kamctl.schema.method.relationship import Relationship
from kamctl.scoring.relationship import status
from kamctl.scoring.scorecard import score
from kamctl.workspace import Workspace

ALL = tables.TABLES - {tables.REFERENCES}


class Judged(NamedTuple):
    """How a deal stands in one state.

    `score` is the weighted net from -100 to +100, None when nothing is rated; `known` criteria are rated of
    `applicable`. `verdicts` are by question of the scorecard, `levels` the relationship status by person.
    """

    stage: str
    outcome: str
    amount: Decimal | None
    score: int | None
    known: int
    applicable: int
    verdicts: Mapping[str, str]
    levels: Mapping[str, str]


@dataclass(frozen=True)
class RecordDiff:
    """One record that differs.

    `owner` is the key of whose it is. `then` and `now` judge a deal, None for others and where it is not there.
    `pushes` counts how often its close date had been pushed before, None when the history is not known.
    """

    pair: RecordPair
    owner: str
    changes: Sequence[Change]
    then: Judged | None = None
    now: Judged | None = None
    pushes: int | None = None


@dataclass(frozen=True)
class Sides:
    """What is read of both states: facts of the accounts that changed, and the days that count there."""

    then: Facts
    now: Facts
    start: date
    end: date


Keep = Callable[[PipelineRow], bool]


class Gone(NamedTuple):
    """Problems that came, and those that went."""

    introduced: list[Problem]
    fixed: list[Problem]


@dataclass(frozen=True)
class Diff:
    """All that differs.

    `records` are those of the business, `method` those of the method, the settings and the team. `broken` are promises
    that came due between the two days and are open still, in the accounts that changed. `totals` are None when the
    method cannot be read.
    """

    records: Sequence[RecordDiff]
    method: Sequence[RecordDiff]
    broken: Sequence[CommitmentRow]
    totals: Waterfall | None
    problems: Gone
    unreadable: Sequence[RecordPair]

    @property
    def is_empty(self) -> bool:
        """Whether no file differs."""
        return not (self.records or self.method or self.unreadable)


def accounts_of(pairs: Iterable[RecordPair]) -> list[str]:
    """Return the accounts in which something differs, in either state, sorted."""
    found = {
        layout.account_of(name)
        for pair in pairs
        if pair.is_data and pair.kind != "week"
        for name in (pair.id, pair.old_id)
    }
    return sorted(found)


def read_facts(workspace: Workspace, accounts: Collection[str]) -> Facts:
    """Return the facts of some accounts, and our people."""
    if len(accounts) > FEW_ACCOUNTS:
        return _only(workspace.load(ALL).facts, accounts)
    if not accounts:
        return workspace.load(("members",)).facts
    whole = Facts()
    for account in accounts:
        loaded = workspace.load(ALL, account=account).facts
        for table in ALL:
            rows = getattr(loaded, table)
            whole.add(table, rows.values() if isinstance(rows, dict) else rows)
    return whole


def _only(facts: Facts, accounts: Collection[str]) -> Facts:
    """Return facts of some accounts out of those of all, as far as deals, promises and people are concerned."""
    wanted = set(accounts)
    facts.opportunities = [row for row in facts.opportunities if row.account in wanted]
    facts.commitments = [row for row in facts.commitments if row.account in wanted]
    return facts


def heads_before(now: Facts, then: Facts, changed: Collection[str]) -> Facts:
    """Return accounts, deals and people of the earlier state, where our people did not change.

    They are those of the later state, with the accounts that changed as `then` says. The rows are the same ones.
    """
    known = frozenset(changed)
    heads = Facts()
    heads.add("members", now.members.values())
    heads.add("accounts", (row for name, row in now.accounts.items() if name not in known))
    heads.add("accounts", (row for name, row in then.accounts.items() if name in known))
    heads.opportunities = [row for row in now.opportunities if row.account not in known]
    heads.opportunities += [row for row in then.opportunities if row.account in known]
    return heads


def record_diffs(
    pairs: Sequence[RecordPair], sides: Sides, judge: Judge | None, moves: Sequence[MoveRow] | None
) -> list[RecordDiff]:
    """Return what differs in each record, without those that cannot be read in a state and those that say the same."""
    found = []
    for pair in pairs:
        if pair.unreadable:
            continue
        told = changes(pair.before, pair.after, pair.kind)
        if pair.path != pair.old_path and pair.before is not None:
            told = [Change(RENAMED, before=pair.old_path, after=pair.path), *told]
        if told:
            found.append(_record(pair, told, sides, judge, moves))
    return found


def _record(
    pair: RecordPair, told: Sequence[Change], sides: Sides, judge: Judge | None, moves: Sequence[MoveRow] | None
) -> RecordDiff:
    owner = owner_of(pair, sides)
    if pair.kind != "opportunity":
        return RecordDiff(pair, owner, told)
    then, now = _deal(sides.then, pair.old_id), _deal(sides.now, pair.id)
    judged = [
        judge.of(facts, deal) if judge is not None and deal is not None else None
        for facts, deal in ((sides.then, then), (sides.now, now))
    ]
    pushes = pushed_before(moves, pair.id, sides.start) if moves is not None else None
    return RecordDiff(pair, owner, told, judged[0], judged[1], pushes)


def owner_of(pair: RecordPair, sides: Sides) -> str:
    """Return the key of the person whose record it is: the deal's, the caller, else the owner of the account."""
    for data, facts in ((pair.after, sides.now), (pair.before, sides.then)):
        if data is None:
            continue
        own = data.get("by") if pair.kind in ("call", "presentation") else data.get("owner")
        if isinstance(own, str) and own:
            return own
        if pair.kind == "week":
            return pair.id[9:]
        account = facts.accounts.get(layout.account_of(pair.id if facts is sides.now else pair.old_id))
        if account is not None and account.owner:
            return account.owner
    return ""


def pushed_before(moves: Sequence[MoveRow], deal: str, day: date) -> int:
    """Return how often the close date of a deal had been moved to a later day, up to a day."""
    return sum(
        row.opportunity == deal and row.date <= day and None not in (row.before, row.after) and row.after > row.before  # type: ignore[operator]
        for row in moves
    )


class Judge:
    """Judges deals by one method as of one day."""

    def __init__(self, terms: Terms, relationship: Relationship, fresh_for: timedelta) -> None:
        self.terms = terms
        self.relationship = relationship
        self.fresh_for = fresh_for

    def of(self, facts: Facts, deal: OpportunityRow) -> Judged:
        """Return how a deal stands."""
        terms = self.terms
        scorecard = terms.scorecard(terms.process(deal))
        rivals = [row.id for row in facts.competitors if row.opportunity == deal.id]
        marks = [row for row in facts.marks if row.opportunity == deal.id]
        result = score(scorecard, marks, rivals, terms.as_of, self.fresh_for)
        ours = result.totals[result.parties[0]]
        stage = terms.process(deal).stage(deal.stage)
        team = [row for row in facts.buying_roles if row.opportunity == deal.id]
        return Judged(
            stage=deal.stage,
            outcome=stage.outcome if stage is not None else "open",
            amount=deal.amount,
            score=ours.overall,
            known=ours.rated,
            applicable=ours.applicable,
            verdicts={one.question.id: one.verdict for one in result.questions},
            levels={row.person: status(row, self.relationship, terms.as_of).level.id for row in team},
        )


def totals(sides: Sides, pairs: Sequence[RecordPair], terms: Terms, rest: Open, wanted: Keep) -> Waterfall:
    """Return what became of the open pipeline: deals of accounts that changed one by one, `rest` as it stands in both.

    A deal whose file cannot be read in one of the states is in neither.
    """
    deals = [pair for pair in pairs if pair.kind == "opportunity"]
    renamed = {pair.old_id: pair.id for pair in deals}
    unread = {name for pair in deals if pair.unreadable for name in (pair.id, pair.old_id)}
    then = [row._replace(id=renamed.get(row.id, row.id)) for row in pipeline_rows(sides.then, terms)]
    now = pipeline_rows(sides.now, terms)
    names = {row.id for row in (*then, *now) if row.id not in unread and wanted(row)}
    found = waterfall([row for row in then if row.id in names], [row for row in now if row.id in names])
    return found._replace(start=_with_rest(found.start, rest), end=_with_rest(found.end, rest))


def _with_rest(step: Step, rest: Open) -> Step:
    return step._replace(
        amount=step.amount + rest.amount, deals=step.deals + rest.deals, priced=step.priced + rest.priced
    )


def broken(sides: Sides) -> list[CommitmentRow]:
    """Return the promises that came due between the two days and are open still, by day."""
    late = [row for row in sides.now.commitments if row.done is None and row.due is not None]
    found = [row for row in late if sides.start <= row.due < sides.end]  # type: ignore[operator]
    return sorted(found, key=lambda row: (row.due, row.call, row.what))


def compared(before: Sequence[Problem], after: Sequence[Problem], renamed: Mapping[str, str]) -> Gone:
    """Return the problems that only one of two states has, wherever in their file they stand.

    `renamed` gives present paths for old ones.
    """
    then, now = [_counted(some, renamed) for some in (before, after)]
    return Gone(
        [one for key, one in now.items() if key not in then], [one for key, one in then.items() if key not in now]
    )


def _counted(problems: Sequence[Problem], renamed: Mapping[str, str]) -> dict[tuple[object, ...], Problem]:
    """Return problems by what makes them the same: path, rule, values, and which of several equal ones."""
    found: dict[tuple[object, ...], Problem] = {}
    seen: dict[tuple[object, ...], int] = {}
    for problem in problems:
        key = (renamed.get(problem.path, problem.path), problem.rule, *sorted(problem.values.items()))
        seen[key] = seen.get(key, 0) + 1
        found[*key, seen[key]] = problem
    return found


def _deal(facts: Facts, name: str) -> OpportunityRow | None:
    return next((row for row in facts.opportunities if row.id == name), None)
