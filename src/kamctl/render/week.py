"""Weeks on screen and in flat formats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kamctl.forms.week import WeekTestView, WeekWords
from kamctl.labels import text
from kamctl.money import plain
from kamctl.render.output import Envelope, Style, print_json, print_table
from kamctl.render.sections import Section, fine, print_sections
from kamctl.render.table import HIDDEN, Column, Table
from kamctl.render.width import wrap
from kamctl.reports.visits import Visit
from kamctl.reports.week import Rules, WeekPlan

STATE_STYLES = {"missing": "red", "planned": "yellow", "done": ""}
VERDICT_STYLES = {"met": "green", "short": "red", "unknown": "dim", "no_standard": "dim"}


def print_weeks(plans: Sequence[WeekPlan], rules: Rules, style: Style, envelope: Envelope) -> None:
    """Print weeks: all of them as text and JSON, the calls in flat formats."""
    words = WeekWords(rules.terms, style.lang)
    if style.effective == "json":
        print_json([week_data(plan) for plan in plans], style, envelope)
    elif style.effective == "table" and not style.fields:
        print_sections([part for plan in plans for part in _sections(plan, words, style)], style)
    else:
        print_table(calls_table([(plan.name, visit) for plan in plans for visit in plan.calls], words), style, envelope)


def week_data(plan: WeekPlan) -> dict[str, Any]:
    """Return a week as plain values."""
    return {
        "person": plan.person,
        "name": plan.name,
        "week": plan.week._asdict(),
        "calls": [visit_data(visit) for visit in plan.calls],
        "callbacks": [back._asdict() for back in plan.callbacks],
        "goals": plan.goals,
        "prospecting_hours": plan.prospecting_hours,
        "notes": plan.notes,
        "file": plan.file,
        "tests": [
            test._asdict() | {"figures": {key: fine(value) for key, value in test.figures.items()}}
            for test in plan.tests
        ],
    }


def visit_data(visit: Visit) -> dict[str, Any]:
    """Return a call as plain values."""
    objectives = dict(zip(("all", "judged", "met"), visit.objectives, strict=True))
    promises = [promise._asdict() for promise in visit.follow_up]
    return visit._asdict() | {"objectives": objectives, "follow_up": promises}


def calls_table(calls: Sequence[tuple[str, Visit]], words: WeekWords) -> Table:
    """Return calls as a table; each with the name of who makes it."""
    lang = words.lang
    several = len({name for name, _ in calls}) > 1
    columns = [
        Column("by", text("col-owner", lang), drop=7 if several else HIDDEN),
        Column("date", text("col-date", lang), words.short_day),
        Column("time", text("col-time", lang), drop=12),
        Column("id", text("col-id", lang), drop=HIDDEN),
        Column("customer", text("col-customer", lang), shrink=8),
        Column("opportunity", text("col-deal", lang), drop=HIDDEN),
        Column("project", text("col-project", lang), drop=4, shrink=8),
        Column("stage", text("col-stage", lang), drop=6),
        Column("importance", text("col-importance", lang), words.importance, drop=6),
        Column("department", text("col-department", lang), drop=14, shrink=6),
        Column("person", text("col-contact", lang), shrink=6),
        Column("purpose", text("col-purpose", lang), drop=3, shrink=12),
        Column("mode", text("col-mode", lang), lambda mode: text(f"mode-{mode}", lang), drop=13),
        Column("phone", text("col-phone", lang), drop=15),
        Column("email", text("col-email", lang), drop=16),
        Column("state", text("col-state", lang), lambda key: text(f"call-{key}", lang), style=STATE_STYLES.get),  # type: ignore[arg-type]
        Column("view", text("col-view", lang), drop=10, shrink=10),
        Column("result", text("col-result", lang), drop=2, shrink=12),
        Column("follow_up", text("col-follow-up", lang), drop=5, shrink=12),
        Column("next_date", text("col-next-call", lang), drop=8),
        Column("next_purpose", text("col-next-purpose", lang), drop=17, shrink=10),
        Column("unknown", text("col-unknown", lang), right=True, drop=11),
        Column("judged", text("col-judged", lang), right=True, drop=9),
    ]
    rows = []
    for name, visit in calls:
        values = visit._asdict() | {"by": name, "judged": _judged(visit)}
        values["follow_up"] = "\n".join(words.promise(promise) for promise in visit.follow_up)
        rows.append([values[column.key] for column in columns])
    return Table(columns, rows)


def _judged(visit: Visit) -> str:
    every, _, met = visit.objectives
    return f"{met}/{every}" if every and visit.state == "done" else ""


def _sections(plan: WeekPlan, words: WeekWords, style: Style) -> Iterator[Section]:
    lang = style.lang
    table = calls_table([(plan.name, visit) for visit in plan.calls], words)
    head = text(
        "week-head", lang, name=plan.name, week=plan.week.name, start=plan.week.start, end=plan.week.end,
        as_of=words.as_of, count=len(plan.calls),
    )  # fmt: skip
    yield Section(head, table) if plan.calls else Section(head, None, [text("nothing", lang)])
    if plan.callbacks:
        yield Section(text("week-callbacks", lang), _callbacks(plan, words))
    about = list(plan.goals)
    hours = plain(plan.prospecting_hours) if plan.prospecting_hours is not None else "—"
    about.append(text("week-hours", lang, hours=hours))
    yield Section(text("week-goals", lang), None, list(_items(about, style)))
    if plan.notes:
        yield Section("", None, [plan.notes])
    yield Section(text("week-tests", lang), None, list(_tests(plan, words, style)))


def _callbacks(plan: WeekPlan, words: WeekWords) -> Table:
    lang = words.lang
    columns = [
        Column("date", text("col-date", lang), words.short_day),
        Column("customer", text("col-customer", lang), shrink=8),
        Column("person", text("col-contact", lang)),
        Column("phone", text("col-phone", lang), drop=2),
        Column("note", text("col-note", lang), shrink=14),
        Column("done", text("col-called", lang), words.short_day, drop=1),
    ]
    return Table(columns, [[getattr(back, column.key) for column in columns] for back in plan.callbacks])


def _items(lines: Sequence[str], style: Style) -> Iterator[str]:
    for line in lines:
        first, *rest = wrap(line, style.screen.width - 2)
        yield from (f"- {first}", *(f"  {more}" for more in rest))


def _tests(plan: WeekPlan, words: WeekWords, style: Style) -> Iterator[str]:
    for test in plan.tests:
        view: WeekTestView = words.test(test)
        verdict = style.screen.style(view.verdict, VERDICT_STYLES[test.verdict])
        yield f"{view.title}{'' if style.lang.startswith('zh') else ' '}{verdict}"
        yield from (f"  {line}" for line in wrap(view.words, style.screen.width - 2))
        if test.behind and test.verdict == "short":
            yield from (
                f"  {style.screen.style(line, 'dim')}" for line in wrap(", ".join(test.behind), style.screen.width - 2)
            )
