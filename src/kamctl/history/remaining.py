"""The open pipeline of the accounts that did not change between two states, kept by what each account's files say."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from kamctl import layout
from kamctl.facts import Facts
from kamctl.history.snapshot import Listing, Snapshot
from kamctl.history.states import Pair
from kamctl.reports.pipeline import PipelineRow, Terms, pipeline_rows
from kamctl.reports.waterfall import waterfall

FEW_ACCOUNTS = 20
"""Up to so many accounts each is read by itself; beyond, all are."""

TABLES = ("accounts", "members", "opportunities")
"""What an open pipeline is made of."""

STORE = "open-by-account"
DEALS = layout.FOLDERS["opportunity"]


class Open(NamedTuple):
    """Open deals: the sum of their amounts, how many there are, and how many of them have an amount."""

    amount: Decimal
    deals: int
    priced: int


class _Kept(NamedTuple):
    """What the index of a tree keeps: the tree, what else all amounts depend on, and each account's.

    An account's is a fingerprint of what its files say, the sum as text, and the two counts.
    """

    tree: str
    shared: tuple[int, bytes]
    accounts: Mapping[str, tuple[bytes, str, int, int]]


def rest_of(pair: Pair, changed: Collection[str], then: Facts, terms: Terms, same: bool) -> Open:
    """Return the open pipeline of the accounts that did not change.

    `then` are the earlier facts of those that did. What each account had is kept in the index of the earlier state, and
    of an account whose files say the same in another state it is taken from there; unless settings, team or method
    changed between the two states, when they are not the `same`.
    """
    if not same:
        return _sum(open_by_account(_unchanged(pair, changed, terms)), changed)
    files = pair.before.workspace.files
    assert isinstance(files, Snapshot)
    tree, kept = files.revision.tree, _kept(files)
    if kept is not None and kept.tree == tree and kept.shared[0] == terms.as_of.toordinal():
        return _sum(_opened(kept), changed)
    shared = terms.as_of.toordinal(), _of_all(files.listing)
    now = _of_accounts(files.listing)
    known = _opened(kept) if kept is not None and kept.shared == shared else {}
    known = {name: one for name, one in known.items() if kept is not None and kept.accounts[name][0] == now.get(name)}
    accounts = known | _read(pair, now.keys() - known.keys(), changed, then, terms)
    lasting = {name: (now[name], str(one.amount), one.deals, one.priced) for name, one in accounts.items()}
    files.index.keep_value(STORE, (tree, shared, lasting))
    return _sum(accounts, changed)


def open_by_account(rows: Iterable[PipelineRow]) -> dict[str, Open]:
    """Return the open pipeline of each account."""
    accounts: dict[str, list[PipelineRow]] = {}
    for row in rows:
        accounts.setdefault(row.account, []).append(row)
    return {name: open_of(some) for name, some in accounts.items()}


def open_of(rows: Sequence[PipelineRow]) -> Open:
    """Return the open pipeline of some deals."""
    start = waterfall(rows, ()).start
    return Open(start.amount, start.deals, start.priced)


def _sum(accounts: Mapping[str, Open], changed: Collection[str]) -> Open:
    parts = [one for name, one in accounts.items() if name not in changed]
    amount = sum((one.amount for one in parts), Decimal(0))
    return Open(amount, sum(one.deals for one in parts), sum(one.priced for one in parts))


def _read(pair: Pair, names: Collection[str], changed: Collection[str], then: Facts, terms: Terms) -> dict[str, Open]:
    """Return the open pipeline that some accounts had in the earlier state, also of those without an open deal."""
    before = pair.before.workspace
    own = [row for row in pipeline_rows(then, terms) if row.account in names]
    others = [name for name in names if name not in changed]
    if len(others) > FEW_ACCOUNTS:
        own += _unchanged(pair, changed, terms)
    else:
        own += [row for name in others for row in pipeline_rows(before.load(TABLES, account=name).facts, terms)]
    found = open_by_account(own)
    return {name: found.get(name, Open(Decimal(0), 0, 0)) for name in names}


def _unchanged(pair: Pair, changed: Collection[str], terms: Terms) -> list[PipelineRow]:
    """Return the deals of all accounts that did not change, read in the later state, which is read most often."""
    rows = pipeline_rows(pair.after.workspace.load(TABLES).facts, terms)
    return [row for row in rows if row.account not in changed]


def _kept(files: Snapshot) -> _Kept | None:
    value = files.index.value(STORE)
    return _Kept(*value) if isinstance(value, tuple) and len(value) == 3 else None


def _opened(kept: _Kept) -> dict[str, Open]:
    return {name: Open(Decimal(amount), deals, priced) for name, (_, amount, deals, priced) in kept.accounts.items()}


def _of_accounts(listing: Listing) -> dict[str, bytes]:
    """Return what changes with the deals of each account, or with what deals take from their account."""
    start = f"{layout.ACCOUNTS}/"
    found: dict[str, list[object]] = {}
    for folder, files in listing.items():
        name, _, below = folder.removeprefix(start).partition("/")
        if folder.startswith(start) and below in ("", f"{DEALS}/"):
            found.setdefault(name, []).append((below, files))
    return {name: _digest(said) for name, said in found.items()}


def _of_all(listing: Listing) -> bytes:
    """Return what changes with settings, team or method."""
    own = f"{layout.METHOD}/"
    return _digest([(folder, files) for folder, files in listing.items() if not folder or folder.startswith(own)])


def _digest(said: object) -> bytes:
    return hashlib.blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=16).digest()
