"""What a report does without: texts of rows that it only counts, and rows of files that it does not look into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

WORDS: frozenset[str] = frozenset(("purpose", "events", "next_purpose", "customer_view", "resources"))
"""The fields of a call in people's own words, which take most of its room."""

ALL: frozenset[str] = frozenset()
"""No field to do without."""


def none(_: Any) -> bool:
    """Say of every file that it need not be whole."""
    return False


class Brief(NamedTuple):
    """What a report does without in files of one kind.

    Of files that are not `whole`, which the row of the table `head` tells, some fields of the rows of each table are
    empty, and the rows of some tables are left out.
    """

    head: str
    fields: Mapping[str, frozenset[str]]
    tables: frozenset[str] = frozenset()
    whole: Callable[[Any], bool] = none
