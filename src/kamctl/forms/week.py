"""The view of one person's week: what the form `week` shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from kamctl.facts import Facts
from kamctl.labels import pick, text
from kamctl.money import plain
from kamctl.reports.periods import read_period
from kamctl.reports.pipeline import Terms
from kamctl.reports.visits import Promise, Visit
from kamctl.reports.week import TABLES, Rules, WeekPlan, briefs, week_plans
from kamctl.reports.week_tests import WeekTest
from kamctl.terms import workspace_terms
from kamctl.workspace import Workspace

WEEK_LENGTH = len("2026-W25")


@dataclass(frozen=True)
class WeekCallView:
    """One call of the week. Dates are ISO text, codes are labels; `follow_up` is who, what and when, a line each."""

    id: str
    day: str
    time: str
    customer: str
    project: str
    status: str
    importance: str
    department: str
    person: str
    purpose: str
    phone: str
    email: str
    state: str
    view: str
    result: str
    follow_up: str
    next_call: str


@dataclass(frozen=True)
class CallbackView:
    """Someone to call back, and when a call was made."""

    day: str
    customer: str
    person: str
    phone: str
    note: str
    done: str


@dataclass(frozen=True)
class WeekTestView:
    """One test of the week in words: what is asked, its verdict, and its figures."""

    id: str
    title: str
    verdict: str
    words: str


@dataclass(frozen=True)
class WeekView:
    """The week of one person: calls, callbacks, goals and the five tests."""

    id: str
    lang: str
    week: str
    since: str
    until: str
    as_of: str
    salesperson: str
    manager: str
    calls: Sequence[WeekCallView]
    callbacks: Sequence[CallbackView]
    goals: Sequence[str]
    prospecting_hours: str
    notes: str
    tests: Sequence[WeekTestView]


def week_rules(workspace: Workspace, as_of: date) -> Rules:
    """Return what weeks of a workspace are computed and tested by."""
    return Rules(workspace_terms(workspace, as_of), workspace.methods.reviews.week, workspace.methods.ramp)


def week_view(workspace: Workspace, week_id: str, lang: str, as_of: date) -> WeekView:
    """Return the view of a week by its id, `2026-W25-li-na`; it needs no file. Raises KamctlError for no such week."""
    week, person = week_id[:WEEK_LENGTH], week_id[WEEK_LENGTH + 1 :]
    rules = week_rules(workspace, as_of)
    period = read_period(week)
    facts = workspace.load(TABLES, briefs=briefs(period)).facts
    (plan,) = week_plans(facts, period, [person], rules)
    return view_of(plan, facts, rules, lang)


def view_of(plan: WeekPlan, facts: Facts, rules: Rules, lang: str) -> WeekView:
    """Return the view of a week."""
    words = WeekWords(rules.terms, lang)
    member = facts.members.get(plan.person)
    return WeekView(
        id=f"{plan.week.name}-{plan.person}",
        lang=lang,
        week=plan.week.name,
        since=plan.week.start.isoformat(),
        until=plan.week.end.isoformat(),
        as_of=rules.terms.as_of.isoformat(),
        salesperson=plan.name,
        manager=facts.member_name(member.manager) if member is not None and member.manager else "",
        calls=[words.call(visit) for visit in plan.calls],
        callbacks=[
            CallbackView(words.day(back.date), back.customer, back.person, back.phone, back.note, words.day(back.done))
            for back in plan.callbacks
        ],
        goals=plan.goals,
        prospecting_hours=plain(plan.prospecting_hours) if plan.prospecting_hours is not None else "",
        notes=plan.notes,
        tests=[words.test(test) for test in plan.tests],
    )


class WeekWords:
    """Writes what stands in a week, in one language."""

    def __init__(self, terms: Terms, lang: str) -> None:
        self.lang = lang
        self.as_of = terms.as_of
        self.stages = {stage.code: pick(stage.label, lang) for stage in terms.processes[terms.default_process].stages}
        self.levels = {level.id: pick(level.label, lang) for level in terms.importance.levels}

    def call(self, visit: Visit) -> WeekCallView:
        """Return the view of a call."""
        stage = self.stages.get(visit.stage, "")
        return WeekCallView(
            id=visit.id,
            day=self.day(visit.date),
            time=visit.time,
            customer=visit.customer,
            project=visit.project,
            status=f"{visit.stage} {stage}".strip(),
            importance=self.importance(visit.importance),
            department=visit.department,
            person=visit.person,
            purpose=visit.purpose,
            phone=visit.phone,
            email=visit.email,
            state=text(f"call-{visit.state}", self.lang),
            view=visit.view,
            result=visit.result,
            follow_up="\n".join(self.promise(promise) for promise in visit.follow_up),
            next_call=" ".join(
                filter(None, [visit.next_date.isoformat() if visit.next_date else "", visit.next_purpose])
            ),
        )

    def day(self, day: date | None) -> str:
        """Write a day with its weekday."""
        return f"{day.isoformat()} {text(f'weekday-{day.isoweekday()}', self.lang)}" if day is not None else ""

    def short_day(self, day: date | None) -> str:
        """Write a day of the week for a narrow column."""
        return f"{day:%m-%d} {text(f'weekday-{day.isoweekday()}', self.lang)}" if day is not None else ""

    def importance(self, level: str) -> str:
        """Write a level of importance."""
        return self.levels.get(level, level)

    def promise(self, promise: Promise) -> str:
        """Write who does what by when, and whether it is done."""
        done = " ✓" if promise.done is not None else ""
        when = f" {promise.due.isoformat()}" if promise.due is not None else ""
        return f"{promise.by}{text('colon', self.lang)}{promise.what}{when}{done}"

    def test(self, test: WeekTest) -> WeekTestView:
        """Write a test."""
        verdict = text(f"week-{test.verdict}", self.lang)
        return WeekTestView(test.id, text(f"week-test-{test.id}", self.lang), verdict, self.figures(test))

    def figures(self, test: WeekTest) -> str:
        """Write the figures of a test as a sentence."""
        figures = test.figures
        values: dict[str, object] = {key: _written(value) for key, value in figures.items() if ":" not in key}
        if test.id == "enough":
            most = f"-{_written(figures['most'])}" if figures["most"] is not None else ""
            need = figures["need"]
            key = "week-enough" if need is not None else "week-enough-open"
            return text(key, self.lang, **values | {"need": f"{_written(need)}{most}"})
        if test.id == "customers":
            levels = [(key.removeprefix("level:"), n) for key, n in figures.items() if key.startswith("level:")]
            written = (f"{self.importance(level) or text('none', self.lang)} {n}" for level, n in sorted(levels))
            values["levels"] = text("form-comma", self.lang).join(written) or "—"
        return text(f"week-words-{test.id}", self.lang, **values)


def _written(value: Decimal | int | None) -> object:
    if isinstance(value, Decimal):
        return plain(value.quantize(Decimal(1), ROUND_HALF_UP))
    return "—" if value is None else value
