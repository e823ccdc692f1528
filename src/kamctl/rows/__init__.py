"""Rows: what files say, flattened into plain tuples with names, without pydantic, so that they can come from a cache.

Ids are full (`account/stem`), people of ours are keys of team.yaml, dates are `date`, amounts `Decimal`, percents
`Decimal` from 0 to 100, and absent values None or empty text.
"""

from __future__ import annotations

from datetime import date
from typing import Any

Row = tuple[Any, ...]
"""A row of any table."""

Day = date
"""Another name for a date, in rows that have a field `date`."""
