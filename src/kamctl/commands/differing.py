"""What `diff` does: find the two states, compare them, print what differs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from kamctl import layout, rules
from kamctl.commands.rendering import SUFFIXES, write_file
from kamctl.commands.selling import owner_keys, terms_for
from kamctl.commands.session import Session
from kamctl.commands.telling import RecordNames
from kamctl.facts import Facts, MoveRow
from kamctl.history.diff import (
    TOTALS,
    Diff,
    Gone,
    Judge,

    Sides,
    accounts_of,
    broken,
    compared,
    owner_of,
    read_facts,
    record_diffs,
    totals,
)
from kamctl.history.moves import close_date_moves
from kamctl.history.records import RecordPair, record_pairs
from kamctl.history.states import Pair, pair
from kamctl.labels import pick
from kamctl.problems import KamctlError, Problem
from kamctl.render import differences as rendered
from kamctl.render.difference import Wording
from kamctl.reports.pipeline import Terms
from kamctl.validation import problems_around
from kamctl.workspace import Workspace


@dataclass(frozen=True)
class Wanted:
    """What a person asked to see: one account, the records of some people; everything when empty."""

    account: str
    owners: Collection[str]

    def keeps(self, account: str, owner: str) -> bool:
        """Whether something of an account and of a person is wanted."""
        return (not self.account or account == self.account) and (not self.owners or owner in self.owners)


def diff(
    run: Session, asked: str, account: str, owners: Sequence[str], since: str, staged: bool, output: str
) -> bool:
    """Print what differs between two states; returns whether anything does."""
    run.style.check(rendered.FORMATS)
    if run.options.at:
        raise KamctlError("diff compares states by name and takes no --at", "write `kamctl diff REV..REV`")
    workspace = run.open(tolerant=True)
    states = pair(workspace, run.repository, asked, since, staged, run.as_of)
    changed = states.changed()
    pairs = record_pairs(changed, states.contents(changed))
    found, words = compare(run, states, pairs, account, owners)
    page = rendered.Page(found, states, words, run.style)
    if output == "-":
        rendered.print_diff(page, run.envelope(), run.options.format, workspace.root / "templates")
    else:
        kind = run.options.format or SUFFIXES.get(Path(output).suffix.lower(), "md")
        write_file(Path(output), rendered.document_of(page, kind, workspace.root / "templates").encode())
        run.say(f"{output}: {run.label('created')}")
    _tell(run, states, found)
    return not found.is_empty


def compare(
    run: Session, states: Pair, pairs: Sequence[RecordPair], account: str, owners: Sequence[str]
) -> tuple[Diff, Wording]:
    """Return what differs, and what it is worded with."""
    before, after = states.before.workspace, states.after.workspace
    everything = after.load(TOTALS).facts
    wanted = Wanted(
        _account(after, before, account) if account else "",
        frozenset(owner_keys(everything, owners)),
    )
    touched = [one for one in accounts_of(pairs) if not wanted.account or one == wanted.account]
    sides = Sides(read_facts(before, touched), read_facts(after, touched), states.before.day, states.after.day)
    judge, terms = _judge(run, after, states)
    data = [one for one in pairs if one.is_data and wanted.keeps(layout.account_of(one.id), owner_of(one, sides))]
    moves = _moves(after, data)
    records = record_diffs(data, sides, judge, moves)
    method = record_diffs([one for one in pairs if not one.is_data], sides, None, None)
    late = [row for row in broken(sides) if wanted.keeps(row.account, _owner(sides, row.account))]
    kept = _kept(everything, sides, wanted) if wanted.account or wanted.owners else None
    money = totals(everything, sides, pairs, terms, kept) if terms is not None else None
    problems = _problems(states, pairs, touched, wanted, sides)
    unreadable = [one for one in pairs if one.unreadable and (one in data or not one.is_data)]
    found = Diff(records, [] if wanted.account or wanted.owners else method, late, money, problems, unreadable)
    return found, _wording(run, states, sides, everything)


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
        terms = terms_for(after, states.after.day)
        return Judge(terms, after.methods.relationship, after.settings.fresh_for), terms
    except KamctlError as error:
        run.say(f"{run.label('diff-no-method')}: {error.message}", "warning")
        return None, None


def _moves(after: Workspace, pairs: Sequence[RecordPair]) -> list[MoveRow] | None:
    """Return the moved close dates, when one of the deals has another date than before."""
    moved = [
        one
        for one in pairs
        if one.kind == "opportunity" and one.before and one.after
        if one.before.get("close_date") != one.after.get("close_date")
    ]
    found = close_date_moves(after) if moved else None
    return found.rows if found is not None and found.known else None


def _owner(sides: Sides, account: str) -> str:
    row = sides.now.accounts.get(account)
    return row.owner if row is not None else ""


def _kept(everything: Facts, sides: Sides, wanted: Wanted) -> set[str]:
    """Return the deals that are wanted, in either state."""
    deals = [*everything.opportunities, *sides.then.opportunities]
    return {row.id for row in deals if wanted.keeps(row.account, row.owner)}


def _problems(
    states: Pair, pairs: Sequence[RecordPair], touched: Sequence[str], wanted: Wanted, sides: Sides
) -> Gone:
    """Return the problems that came and went: in the accounts that changed, in all when the method or team did."""
    if not pairs:
        return Gone([], [])
    shared = any(not one.is_data for one in pairs)
    found = []
    for state in (states.before, states.after):
        accounts = state.workspace.files.accounts() if shared and not wanted.account else touched
        every = problems_around(state.workspace, states.after.day, accounts)
        found.append([one for one in every if rules.severity(one) != "note" and _is_wanted(one, wanted, sides)])
    renamed = {one.old_path: one.path for one in pairs}
    return compared(found[0], found[1], renamed)


def _is_wanted(problem: Problem, wanted: Wanted, sides: Sides) -> bool:
    if not wanted.account and not wanted.owners:
        return True
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


def _wording(run: Session, states: Pair, sides: Sides, everything: Facts) -> Wording:
    """Return names and labels: those of the later state, and of what is no more those of the earlier one."""
    merged = Facts()
    for facts in (sides.then, sides.now):
        for table in ("people", "members", "accounts", "competitors"):
            rows = getattr(facts, table)
            merged.add(table, rows.values() if isinstance(rows, dict) else rows)
    for table in ("members", "accounts"):
        merged.add(table, getattr(everything, table).values())
    methods = states.after.workspace.methods
    names = RecordNames(merged, states.after.workspace, run.lang)
    sheets = methods.scorecards().values()
    relationship = methods.relationship
    levels = (relationship.unknown, *relationship.levels, *relationship.opposition)
    return Wording(
        lang=run.lang,
        of=names.of,
        accounts=merged.account_name,
        questions={one.id: pick(one.label, run.lang) for sheet in sheets for one in sheet.questions},
        levels={level.id: pick(level.label, run.lang) for level in levels},
        currency=states.after.workspace.settings.currency,
    )


def _tell(run: Session, states: Pair, found: Diff) -> None:
    if states.repository.shallow:
        run.say(run.label("shallow-history"), "warning")
    if found.unreadable:
        run.say(run.label("diff-unread", count=len(found.unreadable)), "warning")
    if found.is_empty:
        run.say(run.label("diff-nothing"), "dim")
