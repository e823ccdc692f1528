"""The grades of accounts, and how one is suggested."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kamctl.schema.method import Choice, Part


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GradePoint(Part):
    """One reason for a better grade: `points` when a figure of the account is at least `at_least`.

    `figure` is `revenue` or `employees` of the customer, `past_revenue` with us, `open_amount` of our deals, or
    `solution_fit`, the share of the account's deals in percent that hold a plus on `criterion`. Money is in the
    workspace's currency.
    """

    figure: Literal["revenue", "employees", "past_revenue", "open_amount", "solution_fit"]
    at_least: Decimal
    points: int
    criterion: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Grade(Choice):
    """One grade of an account, suggested from `min_points` points on."""

    min_points: int = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Grades(Part):
    """What the grades of an account mean, best first, and how one is suggested: by the best point of each figure."""

    version: int
    grades: tuple[Grade, ...]
    points: tuple[GradePoint, ...] = ()
