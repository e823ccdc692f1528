"""Workbooks of calls, a row a call: the weekly call plan and the process record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time

from kamctl.commands.preparing import NewAccounts, document_of, free
from kamctl.commands.recording import new_text
from kamctl.commands.selling import owner_keys, terms_of
from kamctl.commands.session import Session
from kamctl.commands.sheets import Fill, Returned, Wish
from kamctl.commands.weekly import read_week
from kamctl.exchange.book import Line, Page
from kamctl.exchange.call_drafts import CallDrafts
from kamctl.exchange.calls import CallRules, Calls, Directory, promises_as_shown
from kamctl.exchange.merge import NEW, Now, Outcome, Rules, rejected
from kamctl.exchange.typed import Cell, fold
from kamctl.facts import Facts
from kamctl.forms.account import Stages
from kamctl.forms.week import WeekView, view_of, week_rules
from kamctl.labels import pick, text
from kamctl.layout import path_of
from kamctl.reports import visits, week
from kamctl.reports.periods import Period, read_period, week_of
from kamctl.reports.pipeline import Terms
from kamctl.reports.visits import Visits
from kamctl.reports.week import week_people, week_plans
from kamctl.rows.calls import CallRow
from kamctl.saving import Draft
from kamctl.schema.slugs import slugify

DAY_END = time(23, 59)
"""When a day counts as over, for what has no time of day."""


class _CallSheets:
    """What the forms of calls have in common."""

    def compare(self, back: Returned, prefer: str) -> tuple[Now, Rules]:
        """Return what the calls' files say now, and the rules of calls."""
        calls = Calls(back.facts, back.words.lang)
        rows = {call.id: calls.values(call) for call in back.facts.calls}
        directory = Directory(back.facts, back.accounts)
        now = Now(rows, back.words, {}, prefer, promises_as_shown(directory, back.words))
        return now, CallRules(back.sheet.form, now, directory, back.day)

    def maker(self, back: Returned, outcomes: Sequence[Outcome]) -> _Maker:
        """Return what makes the texts of calls."""
        return _Maker(back)


class WeekSheets(_CallSheets):
    """The form `week`: the calls of a week, with callbacks, goals and tests on a page of their own."""

    tables = (*week.TABLES, "needs")
    takes = ("--owner", "--period")

    def fill(self, run: Session, wish: Wish) -> Fill:
        """Return a row a call of the week, and pages of what else belongs to it."""
        period = read_week(run, wish.period, "--period") if wish.period else week_of(run.as_of)
        loaded = run.workspace.load(self.tables)
        run.tell_unread(loaded)
        facts, rules = loaded.facts, week_rules(run.workspace, run.as_of)
        people = owner_keys(facts, wish.owners) if wish.owners else week_people(facts, period)
        calls = [call for call in facts.calls if period.holds(call.date) and call.by in people]
        lines = _lines(run, calls, facts, rules.terms, lambda _: run.as_of)
        views = [view_of(plan, facts, rules, run.lang) for plan in week_plans(facts, period, people, rules)]
        return Fill(facts, rules.terms, lines, period.name, pages=_week_pages(views, run.lang))


class RecordSheets(_CallSheets):
    """The form `record`: the calls of accounts up to the day, earliest first."""

    tables = (*visits.TABLES, "needs")
    takes = ("--owner", "--account", "--period")

    def fill(self, run: Session, wish: Wish) -> Fill:
        """Return a row a call."""
        first_month = run.workspace.settings.fiscal_year_start
        period = read_period(wish.period, first_month) if wish.period else None
        accounts = [run.workspace.resolve("account", name) for name in wish.accounts]
        loaded = run.workspace.load(self.tables)
        run.tell_unread(loaded)
        facts, terms = loaded.facts, terms_of(run)
        owners = owner_keys(facts, wish.owners)
        calls = [
            call
            for call in facts.calls
            if call.date <= run.as_of
            and (not accounts or call.account in accounts)
            and (not owners or call.by in owners)
            and (period is None or period.holds(call.date))
        ]
        lines = _lines(run, calls, facts, terms, lambda call: call.date)
        return Fill(facts, terms, lines, _about(period, accounts, facts))


def _about(period: Period | None, accounts: Sequence[str], facts: Facts) -> str:
    """Say what a process record is about: its accounts and its period, where they were asked for."""
    return " \u00b7 ".join([*(facts.account_name(one) for one in accounts), *([period.name] if period else [])])


def _lines(
    run: Session, calls: Sequence[CallRow], facts: Facts, terms: Terms, day: Callable[[CallRow], date]
) -> list[Line]:
    """Return a row a call, earliest first; the stage of its deal is that of a `day`."""
    words, seen = Calls(facts, run.lang), Visits(facts, calls, terms)
    stages, deals = Stages(run.workspace, run.lang), {deal.id: deal for deal in facts.opportunities}
    levels = {level.id: pick(level.label, run.lang) for level in terms.importance.levels}
    lines = []
    for call in sorted(calls, key=lambda call: (call.held_at, call.id)):
        visit, account = seen.visit(call), facts.accounts.get(call.account)
        computed: dict[str, Cell] = {
            "status": stages.name(deals.get(call.opportunity), day(call)),
            "deal_importance": levels.get(visit.importance, visit.importance),
            "department": visit.department,
            "phone": visit.phone,
            "email": visit.email,
            "customer_vertical": account.vertical if account is not None else "",
        }
        lines.append(Line(call.id, words.values(call), computed))
    return lines


def _week_pages(views: Sequence[WeekView], lang: str) -> list[Page]:
    """Return the pages of a week that are not read back: callbacks, goals, and the five tests."""

    def heads(*keys: str) -> list[str]:
        return [text(key, lang) for key in ("sheet-owner", *keys)]

    backs = [
        (view.salesperson, back.day, back.customer, back.person, back.phone, back.note, back.done)
        for view in views
        for back in view.callbacks
    ]
    goals = [(view.salesperson, goal) for view in views for goal in view.goals]
    tests = [(view.salesperson, test.title, test.verdict, test.words) for view in views for test in view.tests]
    called = heads("form-week-day", "form-customer", "form-person", "form-phone", "form-about", "form-called")
    pages = [
        Page(text("week-callbacks", lang), called, backs, (12, 20, 22, 12, 20, 40, 20)),
        Page(text("week-goals", lang), heads("week-goals"), goals, (12, 80)),
        Page(text("week-tests", lang), heads("form-test", "form-verdict", "form-figures"), tests, (12, 26, 10, 80)),
    ]
    return [page for page in pages if page.rows]


class _Maker:
    """Makes the texts of calls, and of accounts for new ones."""

    def __init__(self, back: Returned) -> None:
        self.back = back
        self.made: dict[int, list[Draft]] = {}
        self.drafts = CallDrafts(back.sheet.form, Directory(back.facts, back.accounts), back.words)
        self.taken = set(back.run.workspace.ids("call"))
        self.accounts = NewAccounts(back.run)
        self.new: dict[str, tuple[str, list[Draft], dict[str, str]]] = {}

    def make(self, outcome: Outcome) -> Outcome:
        """Make the edited text of a call, or the text of a new one."""
        recorded = _recorded_at(self.back, outcome.values)
        if outcome.kind == NEW:
            self.made[outcome.row] = self._added(outcome, recorded)
            return outcome
        document = document_of(self.back.run, "call", outcome.id)
        result = self.drafts.edited(document.text, outcome, recorded)
        if isinstance(result, list):
            return rejected(outcome, result)
        self.made[outcome.row] = [Draft(document.file.path, document.raw, result)]
        return outcome

    def _added(self, row: Outcome, recorded_at: str) -> list[Draft]:
        account, before, known = self._account(row)
        data = self.drafts.new(row, account, known.get("owner", ""), recorded_at)
        stem = data.get("contact") or slugify(row.values["person"]) or "call"
        call = free(f"{account}/{row.values['day']}-{stem}", self.taken)
        return [*before, Draft(path_of("call", call), None, new_text(self.back.run, "call", call, data))]

    def _account(self, row: Outcome) -> tuple[str, list[Draft], dict[str, str]]:
        """Return the account of a new call, the file of a new one, and what the account says."""
        if row.account:
            return row.account, [], {"owner": self.back.facts.accounts[row.account].owner}
        customer = row.values["customer"]
        key = fold(customer)
        if key not in self.new:
            self.new[key] = self.accounts.made({"name": customer, "owner": row.values["owner"]})
        return self.new[key]


def _recorded_at(back: Returned, values: Mapping[str, str]) -> str:
    """Return when a record was written: now, or on the day of the workbook's block, never before the call.

    A block says no time of day; the call's own stands for it, so that a record of the same day is not late.
    """
    clock = time.fromisoformat(values["time"]) if values.get("time") else None
    held = datetime.combine(date.fromisoformat(values["day"]), clock or time.min)
    at = clock or DAY_END if back.filled_on is not None else datetime.now().time()
    return max(datetime.combine(back.day, at), held).isoformat(timespec="minutes")
