"""Presentations on screen: the list, and what a plan lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kamctl import rules
from kamctl.facts import Facts
from kamctl.labels import text
from kamctl.layout import full_id
from kamctl.problems import Problem
from kamctl.render.screen import Screen
from kamctl.render.table import Column, Table, json_value
from kamctl.render.width import pad, width, wrap
from kamctl.rows.presentations import PreparationRow, PresentationRow
from kamctl.scoring.preparation import Readiness
from kamctl.visible import one_line


def presentations_table(rows: Sequence[tuple[PresentationRow, Readiness, int]], facts: Facts, lang: str) -> Table:
    """Return presentations with how far each plan has come; the last number of a row is how much it lacks."""
    columns = [
        Column("date", text("col-date", lang)),
        Column("id", text("col-id", lang), shrink=26),
        Column("customer", text("col-customer", lang), shrink=10, drop=4),
        Column("by", text("col-owner", lang), shrink=6, drop=3),
        Column("days_left", text("col-days-left", lang), right=True, drop=2),
        Column("audience", text("col-audience", lang), right=True, drop=6),
        Column("steps", text("col-steps", lang), right=True),
        Column("done", text("col-done", lang), right=True),
        Column("overdue", text("col-overdue", lang), right=True, style=lambda count: "red" if count else ""),
        Column("lacks", text("col-lacks", lang), right=True, style=lambda count: "yellow" if count else ""),
        Column("opportunity", text("col-deal", lang), drop=5),
        Column("purpose", text("col-purpose", lang), drop=1, shrink=16),
    ]
    cells = [
        [
            row.date, row.id, facts.account_name(row.account), facts.member_name(row.by) if row.by else "",
            state.days_left, state.audience, state.steps, state.done, state.overdue, lacks, row.opportunity,
            row.purpose,
        ]
        for row, state, lacks in rows
    ]  # fmt: skip
    return Table(columns, cells)


def readiness_data(state: Readiness) -> dict[str, Any]:
    """Return how far a plan has come as plain JSON values."""
    following = state.following
    step = None
    if following is not None:
        step = {"step": following.step or None, "due": json_value(following.due), "who": following.who or None}
        step["action"] = following.action
    return {
        "working_days_left": state.days_left,
        "audience": {"count": state.audience, "with_issue": state.with_issue},
        "key_players": {"count": state.key_players, "attended": state.attended},
        "story": {"count": state.story_steps, "told": state.story},
        "standard_steps": {"count": state.standard_steps, "planned": state.planned},
        "steps": {"count": state.steps, "done": state.done, "overdue": state.overdue},
        "next": step,
    }


def check_text(
    row: PresentationRow, state: Readiness, problems: Sequence[Problem], facts: Facts, screen: Screen, lang: str
) -> str:
    """Return how far a plan has come, part by part, and below it what it lacks, each with its line and a hint."""
    lines = [screen.style(line, "bold") for line in wrap(_head(row, state, lang), screen.width)]
    parts = list(_parts(state, lang))
    column = max(width(label) for label, _, _ in parts)
    for label, whole, words in parts:
        sign = screen.style("✓", "green") if whole else screen.style("✗", "red")
        lines.append(f"  {sign} {pad(label, column)}  {words}")
    if state.following is not None:
        words = text("presentation-next", lang, step=_step(state.following, row, facts))
        first, *rest = wrap(one_line(words), screen.width - 4)
        lines += [f"    {first}", *(f"    {line}" for line in rest)]
    lines += ["", *_missing(problems, screen, lang)]
    return "\n".join(lines) + "\n"


def _head(row: PresentationRow, state: Readiness, lang: str) -> str:
    if state.days_left is None:
        return text("presentation-past", lang, id=row.id, date=row.date)
    return text("presentation-head", lang, id=row.id, date=row.date, left=state.days_left)


def _parts(state: Readiness, lang: str) -> Iterator[tuple[str, bool, str]]:
    """Yield the parts of a plan: label, whether the part is whole, and its figures with what they are out of."""
    if state.days_left is not None:
        for key, have, of in (
            ("audience", state.with_issue, state.audience),
            ("players", state.attended, state.key_players),
            ("story", state.story, state.story_steps),
            ("standard", state.planned, state.standard_steps),
        ):
            whole = have == of and (of > 0 or key == "players")
            yield text(f"part-{key}", lang), whole, text(f"part-{key}-words", lang, have=have, of=of)
    values = {"have": state.done, "of": state.steps, "overdue": state.overdue}
    yield text("part-steps", lang), not state.overdue, text("part-steps-words", lang, **values)


def _step(step: PreparationRow, row: PresentationRow, facts: Facts) -> str:
    who = facts.member_name(step.who) if step.who in facts.members else ""
    if step.who and not who:
        who = facts.person_name(full_id(row.account, step.who))
    return f"{step.due} {step.action}" + (f" ({who})" if who else "")


def _missing(problems: Sequence[Problem], screen: Screen, lang: str) -> Iterator[str]:
    if not problems:
        yield screen.style(text("presentation-ready", lang), "green")
        return
    yield screen.style(text("presentation-missing", lang, count=len(problems)), "bold")
    for problem in sorted(problems, key=lambda problem: (problem.line, problem.column)):
        place = text("presentation-line", lang, line=problem.line)
        words = one_line(f"{rules.message(problem, lang)} ({place}, {problem.rule})")
        first, *rest = wrap(words, screen.width - 4)
        yield from (f"  • {screen.style(first, rules.severity(problem))}", *(f"    {line}" for line in rest))
        if hint := rules.hint(problem, lang):
            yield from (screen.style(f"    {line}", "dim") for line in wrap(one_line(hint), screen.width - 4))
