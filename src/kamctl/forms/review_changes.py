"""What changed around a deal or in an account since the last review, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kamctl import layout
from kamctl.forms.difference import change_lines, state_name
from kamctl.forms.wording import wording
from kamctl.history.diff import RecordDiff, Sides, read_facts, record_diffs
from kamctl.history.records import RecordPair, record_pairs
from kamctl.history.repository import Repository
from kamctl.history.states import review_pair
from kamctl.labels import said, text
from kamctl.problems import KamctlError
from kamctl.workspace import Workspace


@dataclass(frozen=True)
class Change:
    """What changed since the last review: the state compared with, its day, lines, and why there is none."""

    since: str = ""
    day: date | None = None
    lines: Sequence[str] = ()
    note: str = ""


def changed_since(workspace: Workspace, account: str, deal: str, since: str, lang: str, as_of: date) -> Change:
    """Return what changed in an account, or around one of its deals, since the last review.

    Without a history that reaches so far nothing has changed that we know of. Raises KamctlError when a state was asked
    for by name and is not there.
    """
    try:
        repository = Repository.open(workspace.root)
        days = workspace.methods.plan_test.since_days
        states = review_pair(workspace, repository, since, days, as_of)
    except KamctlError as error:
        if since:
            raise
        return Change(note=said(error.message, lang))
    changes = [one for one in states.changed() if f"/{account}/" in f"/{one.path}"]
    pairs = record_pairs(changes, states.contents(changes))
    facts = (read_facts(states.before.workspace, [account]), read_facts(states.after.workspace, [account]))
    sides = Sides(*facts, states.before.day, states.after.day)
    records = record_diffs([one for one in pairs if _is_about(one, account, deal)], sides, None, None)
    words = wording(states, sides, lang)
    lines = [line for record in _deals_first(records) for line in change_lines(record, words, deal)]
    lines += [text(f"diff-unreadable-{one.unreadable[0]}", lang, path=one.path) for one in pairs if one.unreadable]
    return Change(state_name(states.before, lang), states.before.day, lines)


def _is_about(pair: RecordPair, account: str, deal: str) -> bool:
    """Whether a record is the deal, a call or presentation about it, or a person or the account itself."""
    if not pair.is_data or layout.account_of(pair.id) != account:
        return False
    if not deal or pair.kind in ("account", "contact"):
        return True
    if pair.kind == "opportunity":
        return pair.id == deal
    about = (pair.after or pair.before or {}).get("opportunity")
    return isinstance(about, str) and layout.full_id(account, about) == deal


def _deals_first(records: Sequence[RecordDiff]) -> list[RecordDiff]:
    return sorted(records, key=lambda record: (record.pair.kind != "opportunity", record.pair.id))
