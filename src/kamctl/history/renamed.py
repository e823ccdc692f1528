"""The ids that deals and accounts had in an earlier state and have now, so that the two are compared deal by deal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from kamctl import layout
from kamctl.facts import Facts
from kamctl.history.answers import FileChange
from kamctl.history.records import record_pairs
from kamctl.history.snapshot import commit_of
from kamctl.history.states import FILES, Pair

KINDS = ("opportunity", "account")


class Renamed(NamedTuple):
    """Present ids by earlier ones."""

    deals: Mapping[str, str]
    accounts: Mapping[str, str]


def renamed(pair: Pair) -> Renamed:
    """Return the deals and accounts that bear another id in the later state than in the earlier one.

    They are followed from commit to commit, as `record_pairs` knows one record from another, and last to the files on
    disk. Commits are only looked at when a file came or went between the two states.
    """
    maps: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for changes in _steps(pair) if _came_and_went(pair.changed()) else ():
        blobs = list(dict.fromkeys(blob for one in changes for blob in (one.before, one.after) if blob))
        contents = dict(zip(blobs, pair.repository.contents(blobs), strict=True))
        if pair.after.name == FILES:
            contents |= pair.contents([one for one in changes if contents.get(one.after) is None])
        moved = [one for one in record_pairs(changes, contents) if one.before is not None and one.id != one.old_id]
        for kind, known in maps.items():
            _follow(known, {one.old_id: one.id for one in moved if one.kind == kind})
    return Renamed(*({old: new for old, new in maps[kind].items() if old != new} for kind in KINDS))


def with_present_ids(facts: Facts, names: Renamed, day: date) -> Facts:
    """Return accounts, people of ours and deals of an earlier state under the ids that deals and accounts have now.

    A deal that is no more, and whose id another one has taken since, is told from that by the day of the earlier state.
    """
    if not names.deals and not names.accounts:
        return facts
    found = Facts()
    found.add("members", facts.members.values())
    for row in facts.accounts.values():
        found.add("accounts", [row._replace(id=names.accounts.get(row.id, row.id))])
    taken = set(names.deals.values()) - names.deals.keys()
    for deal in facts.opportunities:
        present = f"{deal.id}@{day}" if deal.id in taken else names.deals.get(deal.id, deal.id)
        found.opportunities.append(deal._replace(id=present, account=layout.account_of(present)))
    return found


def _follow(known: dict[str, str], step: Mapping[str, str]) -> None:
    """Add the renames of one step to those up to it: what was renamed before has its new id renamed."""
    origins = {new: old for old, new in known.items()}
    known |= {origins.get(old, old): new for old, new in step.items()}


def _steps(pair: Pair) -> Iterator[Sequence[FileChange]]:
    """Yield the files that each commit after the earlier state moved, oldest first, and those moved since the last."""
    repository, before = pair.repository, pair.before.commit
    assert before is not None
    head = pair.after.commit.id if pair.after.commit is not None else commit_of(pair.after.workspace, repository)
    log = list(repository.log((layout.ACCOUNTS,), head, f"^{before.id}", only="AD"))
    for _, changes in reversed(log):
        moved = _came_and_went(changes)
        if _has_moves(moved):
            yield moved
    if pair.after.name == FILES:
        yield _came_and_went(pair.since(head))


def _came_and_went(changes: Sequence[FileChange]) -> list[FileChange]:
    """Return the files of deals and accounts that are there in one state alone."""
    moved = [change for change in changes if not (change.before and change.after)]
    return [one for one in moved if (layout.kind_and_id(one.path) or ("", ""))[0] in KINDS]


def _has_moves(changes: Sequence[FileChange]) -> bool:
    return any(one.before for one in changes) and any(one.after for one in changes)
