"""Compares two states of a workspace: what `diff` tells, and what it is worded with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kamctl import layout, rules
from kamctl.commands.selling import owner_keys
from kamctl.commands.session import Session
from kamctl.facts import Facts
from kamctl.forms.difference import Wording
from kamctl.forms.wording import wording
from kamctl.history.answers import FileChange
from kamctl.history.diff import (
    Diff,
    Gone,
    Judge,
    Sides,
    accounts_of,
    broken,
    compared,
    heads_before,
    owner_of,
    read_facts,
    record_diffs,
    totals,
)
from kamctl.history.moves import close_date_moves
from kamctl.history.records import RecordPair, record_pairs
from kamctl.history.remaining import TABLES, open_of, rest_of
from kamctl.history.snapshot import Snapshot
from kamctl.history.states import Pair
from kamctl.index import pack_problems, unpack_problems
from kamctl.labels import said
from kamctl.problems import KamctlError, Problem
from kamctl.reports.pipeline import PipelineRow, Terms, pipeline_rows
from kamctl.reports.waterfall import Waterfall
from kamctl.rows.deals import MoveRow
from kamctl.terms import workspace_terms
from kamctl.workspace import Workspace

PROBLEMS = "diff-problems"
"""The store of the index that holds the problems of the comparison made last."""


@dataclass(frozen=True)
class Wanted:
    """What a person asked to see: one account, the records of some people; everything when empty."""

    account: str
    owners: Collection[str]

    @property
    def narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.account or self.owners)

    def keeps(self, account: str, owner: str) -> bool:
        """Whether something of an account and of a person is wanted."""
        return (not self.account or account == self.account) and (not self.owners or owner in self.owners)


def compare(
    run: Session, states: Pair, changed: Sequence[FileChange], account: str, owners: Sequence[str]
) -> tuple[Diff, Wording]:
    """Return what differs, and what it is worded with."""
    before, after = states.before.workspace, states.after.workspace
    pairs = record_pairs(changed, states.contents(changed))
    only = _account(after, before, account) if account else ""
    touched = [one for one in accounts_of(pairs) if not only or one == only]
    facts = read_facts(before, touched), read_facts(after, touched)
    sides = Sides(*facts, states.before.day, states.after.day)
    wanted = Wanted(only, frozenset(owner_keys(sides.now, owners)))
    judge, terms = _judge(run, after, states)
    data = [one for one in pairs if one.is_data and wanted.keeps(layout.account_of(one.id), owner_of(one, sides))]
    records = record_diffs(data, sides, judge, _moves(after, data))
    method = record_diffs([one for one in pairs if not one.is_data and not wanted.narrow], sides, None, None)
    late = [row for row in broken(sides) if wanted.keeps(row.account, _owner(sides, row.account))]
    money = _money(states, sides, pairs, terms, wanted) if terms is not None else None
    unreadable = [one for one in pairs if one.unreadable and (one in data or not one.is_data)]
    problems = _problems(states, changed, pairs, touched, sides)
    if wanted.narrow:
        problems = Gone(*([one for one in some if _is_wanted(one, wanted, sides)] for some in problems))
    return Diff(records, method, late, money, problems, unreadable), wording(states, sides, run.lang)


def _account(after: Workspace, before: Workspace, name: str) -> str:
    """Return the account that a person means, in the later state or else in the earlier one."""
    try:
        return after.resolve("account", name)
    except KamctlError:
        if before.files.holds(layout.path_of("account", name)):
            return name
        raise


def _judge(run: Session, after: Workspace, states: Pair) -> tuple[Judge | None, Terms | None]:
    """Return what deals are judged by: the method of the later state; nothing when it cannot be read."""
    try:
        terms = workspace_terms(after, states.after.day)
        return Judge(terms, after.methods.relationship, after.settings.fresh_for), terms
    except KamctlError as error:
        run.say(f"{run.label('diff-no-method')}{run.label('colon')}{said(error.message, run.lang)}", "warning")
        return None, None


def _moves(after: Workspace, pairs: Sequence[RecordPair]) -> list[MoveRow] | None:
    """Return the moved close dates, when one of the deals has another date than before."""
    moved = [
        one.id
        for one in pairs
        if one.kind == "opportunity" and one.before and one.after
        if one.before.get("close_date") != one.after.get("close_date")
    ]
    found = close_date_moves(after, deals=moved) if moved else None
    return found.rows if found is not None and found.known else None


def _owner(sides: Sides, account: str) -> str:
    row = sides.now.accounts.get(account)
    return row.owner if row is not None else ""


def _money(states: Pair, sides: Sides, pairs: Sequence[RecordPair], terms: Terms, wanted: Wanted) -> Waterfall:
    """Return what became of the open pipeline of those whose deals are wanted."""

    def keeps(row: PipelineRow) -> bool:
        return wanted.keeps(row.account, row.owner_id)

    changed = set(accounts_of(pairs))
    if not wanted.narrow:
        same = all(one.is_data for one in pairs)
        return totals(sides, pairs, terms, rest_of(states, changed, sides.then, terms, same), keeps)
    everything = states.after.workspace.load(TABLES, account=wanted.account).facts
    others = [row for row in pipeline_rows(everything, terms) if keeps(row) and row.account not in changed]
    return totals(sides, pairs, terms, open_of(others), keeps)


def _problems(
    states: Pair, changed: Sequence[FileChange], pairs: Sequence[RecordPair], touched: Sequence[str], sides: Sides
) -> Gone:
    """Return the problems that came and went: in the accounts that changed, in all when the method or team did.

    They are kept in the index: the first state and the files that differ say all that they depend on.
    """
    if not changed:
        return Gone([], [])
    then, day = states.before.workspace.files, states.after.day
    assert isinstance(then, Snapshot)
    shared = any(not one.is_data for one in pairs)
    index = states.after.workspace.index
    key = (then.revision.tree, day.toordinal(), shared, list(touched), [(one.path, one.after) for one in changed])
    kept = index.value(PROBLEMS)
    if isinstance(kept, tuple) and len(kept) == 3 and kept[0] == key:
        return Gone(*map(unpack_problems, kept[1:]))
    from kamctl.validation import problems_around

    heads = _heads(states, sides, pairs, touched) if not shared else (None, None)
    told = []
    for state, known in zip((states.before, states.after), heads, strict=True):
        accounts = state.workspace.files.accounts() if shared else touched
        every = problems_around(state.workspace, day, accounts, known)
        told.append([one for one in every if rules.severity(one) != "note"])
    found = compared(told[0], told[1], {one.old_path: one.path for one in pairs})
    index.keep_value(PROBLEMS, (key, *map(pack_problems, found)))
    return found


def _heads(states: Pair, sides: Sides, pairs: Sequence[RecordPair], touched: Sequence[str]) -> tuple[Facts, Facts]:
    """Return accounts, deals and people of both states, where only accounts changed: most of one are those of both."""
    changed = accounts_of(pairs)
    then = sides.then if changed == list(touched) else read_facts(states.before.workspace, changed)
    now = states.after.workspace.load(TABLES).facts
    return heads_before(now, then, changed), now


def _is_wanted(problem: Problem, wanted: Wanted, sides: Sides) -> bool:
    place = layout.kind_and_id(problem.path)
    parts = problem.path.split("/")
    account = parts[1] if parts[0] == layout.ACCOUNTS and len(parts) > 2 else ""
    if not account:
        return False
    for facts in (sides.now, sides.then):
        owner = next((row.owner for row in facts.opportunities if place == ("opportunity", row.id)), None)
        if owner is not None:
            return wanted.keeps(account, owner)
    return wanted.keeps(account, _owner(sides, account))
