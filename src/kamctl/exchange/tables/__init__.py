"""The flat tables that `kamctl export` writes: every column with its type and meaning, by subject.

Columns are a promise: within a VERSION they are added at the end of a table, never renamed, moved or removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kamctl.exchange.table import Table
from kamctl.exchange.tables import accounts, calls, deals, presentations, weeks, workspace
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest

VERSION = 1
"""The version of the column list."""

ALL = "all"
"""What stands for every table."""

TABLES: tuple[Table, ...] = (
    *accounts.TABLES,
    *deals.TABLES,
    *calls.TABLES,
    *presentations.TABLES,
    *weeks.TABLES,
    *workspace.TABLES,
)
"""Every table that can be exported."""

BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}


def chosen(names: Iterable[str]) -> list[Table]:
    """Return tables by name, in the order of TABLES; `all` is every one. Raises KamctlError for an unknown name."""
    wanted = {name.strip() for words in names for name in words.split(",")}
    for name in sorted(wanted - BY_NAME.keys() - {ALL}):
        hint = nearest(name, [*BY_NAME, ALL], Phrase("one of {names}, {all}", names=", ".join(BY_NAME), all=ALL))
        raise KamctlError(Phrase('there is no table "{name}"', name=name), hint)
    return [table for table in TABLES if ALL in wanted or table.name in wanted]
