"""A grade for an account, suggested from its size, our fit and past revenue, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from kamctl.schema.method.grades import Grade, GradePoint, Grades


class GradeReason(NamedTuple):
    """One figure of an account, the points it gives of those it could, and the limit it reached.

    `value` is None when the figure is not known; unknown gives no points and is said so.
    """

    figure: str
    value: Decimal | None
    points: int
    best: int
    reached: GradePoint | None


class GradeSuggestion(NamedTuple):
    """The grade suggested, its points of the most there are, and the reasons; no grade when no figure is known."""

    grade: Grade | None
    points: int
    best: int
    reasons: list[GradeReason]


def suggest(grades: Grades, figures: Mapping[str, Decimal | None]) -> GradeSuggestion:
    """Add up the best point of each figure; the first grade whose `min_points` are reached is suggested.

    Unknown is not small: where no figure is known, no grade is suggested.
    """
    reasons = []
    for figure in dict.fromkeys(point.figure for point in grades.points):
        offered = sorted((p for p in grades.points if p.figure == figure), key=lambda p: p.points, reverse=True)
        value = figures.get(figure)
        reached = next((p for p in offered if value is not None and value >= p.at_least), None)
        points = reached.points if reached is not None else 0
        reasons.append(GradeReason(figure, value, points, offered[0].points, reached))
    total = sum(reason.points for reason in reasons)
    grade: Grade | None = next((grade for grade in grades.grades if total >= grade.min_points), grades.grades[-1])
    if all(reason.value is None for reason in reasons):
        grade = None
    return GradeSuggestion(grade, total, sum(reason.best for reason in reasons), reasons)
