"""A suggested grade on screen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kamctl.labels import pick, text
from kamctl.money import grouped
from kamctl.render.screen import Screen
from kamctl.render.table import json_value
from kamctl.render.width import pad, width, wrap
from kamctl.scoring.grading import GradeReason, GradeSuggestion

MONEY = ("revenue", "past_revenue", "open_amount")


def grade_text(
    account: str, present: str, suggestion: GradeSuggestion, currency: str, screen: Screen, lang: str
) -> str:
    """Return the suggestion with a line for each figure."""
    grade = suggestion.grade
    if grade is None:
        return text("grade-unknown", lang, account=account) + "\n"
    head = text(
        "grade-head",
        lang,
        grade=grade.id,
        label=pick(grade.label, lang),
        points=suggestion.points,
        best=suggestion.best,
    )
    lines = [screen.style(f"{account}  {head}", "bold")]
    if grade.about is not None:
        lines += [f"  {line}" for line in wrap(pick(grade.about, lang), screen.width - 2)]
    names = {reason.figure: text(f"figure-{reason.figure}", lang) for reason in suggestion.reasons}
    longest = max(map(width, names.values()), default=0)
    lines.append("")
    for reason in suggestion.reasons:
        value, limit = _shown(reason, reason.value, currency, lang), ""
        if reason.reached is not None:
            limit = f"  ≥ {_shown(reason, reason.reached.at_least, currency, lang)}"
        lines.append(f"  {reason.points}/{reason.best}  {pad(names[reason.figure], longest)}  {value}{limit}")
    if present and present != grade.id:
        lines += [
            "",
            text("grade-differs", lang, present=present, command=f"kamctl account set {account} grade={grade.id}"),
        ]
    elif present:
        lines += ["", text("grade-agrees", lang, present=present)]
    return "\n".join(lines) + "\n"


def grade_data(account: str, present: str, suggestion: GradeSuggestion) -> dict[str, Any]:
    """Return the suggestion as plain JSON values."""
    return {
        "id": account,
        "grade": present or None,
        "suggested": suggestion.grade.id if suggestion.grade is not None else None,
        "points": suggestion.points,
        "best": suggestion.best,
        "reasons": [
            {"figure": r.figure, "value": json_value(r.value), "points": r.points, "best": r.best}
            for r in suggestion.reasons
        ],
    }


def _shown(reason: GradeReason, value: Decimal | None, currency: str, lang: str) -> str:
    if value is None:
        return text("not-known", lang)
    if reason.figure in MONEY:
        return f"{grouped(value, lang)} {currency}"
    return f"{value:.0f}%" if reason.figure == "solution_fit" else f"{value:,.0f}"
