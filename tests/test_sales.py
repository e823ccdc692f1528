"""Running salespeople: ramp, week, metrics and today, in figures that can be counted by hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shipped
from kamctl import cli, layout, resources, source
from kamctl.facts import TABLES, Facts
from kamctl.flattening import rows_of
from kamctl.money import Money, Rate, convert
from kamctl.problems import KamctlError
from kamctl.reports.callbacks import Proposal, proposals
from kamctl.reports.journey import journeys
from kamctl.reports.metrics import MEASURES, Evaluation, Metric, evaluate, material
from kamctl.reports.periods import read_period, week_of
from kamctl.reports.pipeline import Terms, pipeline_rows
from kamctl.reports.ramp import RampLine, month_in_job, processes_named, ramp, ramp_people
from kamctl.reports.today import Item, stale_marks, today
from kamctl.reports.week import Rules, WeekPlan, week_people, week_plans
from kamctl.schema.kinds import MODELS
from kamctl.schema.method.process import Process
from kamctl.schema.reading import read_record
from kamctl.scoring.gates import gate
from shipped import METHODS

D = Decimal
EXAMPLES = Path(__file__).parents[1] / "examples"

NEWCOMER = """
team.yaml: {members: {li-na: {name: 李娜, role: salesperson, started: 2026-02-02,
  quota: {2026: 1000 CNY, 2026-Q2: 200 CNY}}}}
"""


# --- months in the job


@pytest.mark.parametrize(
    ("started", "day", "month"),
    [
        ("2026-02-02", "2026-02-01", 0), ("2026-02-02", "2026-02-02", 1), ("2026-02-02", "2026-03-01", 1),
        ("2026-02-02", "2026-03-02", 2), ("2026-01-31", "2026-02-27", 1), ("2026-01-31", "2026-02-28", 2),
        ("2025-12-15", "2026-12-14", 12), ("2025-12-15", "2026-12-15", 13),
    ],
)  # fmt: skip
def test_month_one_begins_with_the_first_day(started: str, day: str, month: int) -> None:
    assert month_in_job(date.fromisoformat(started), date.fromisoformat(day)) == month


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 2000))
def test_months_in_the_job_never_go_back(started: date, days: int) -> None:
    day = started + timedelta(days=days)
    assert (
        month_in_job(started, day) <= month_in_job(started, day + timedelta(days=1)) <= month_in_job(started, day) + 1
    )


@pytest.mark.parametrize(
    ("day", "period"),
    [
        ("2026-01-15", "training"), ("2026-02-02", "months_1_3"), ("2026-05-02", "months_4_6"),
        ("2026-08-15", "months_7_9"), ("2026-11-15", "months_10_12"), ("2029-01-01", "months_10_12"),
    ],
)  # fmt: skip
def test_a_person_is_held_against_the_standards_of_the_month_and_the_last_ones_go_on(day: str, period: str) -> None:
    assert {line.period for line in ramped(NEWCOMER, day)} == {period}


# --- what the files show of a standard


def test_deals_are_compared_through_the_stages_that_they_map_to() -> None:
    text = f"""{NEWCOMER}
accounts/a/account.yaml: {{owner: li-na}}
accounts/a/opportunities/at-s.yaml: {{stage: S, created: 2026-03-01, stage_history: [
  {{date: 2026-03-01, stage: L}}, {{date: 2026-04-01, stage: S}}]}}
accounts/a/opportunities/large.yaml: {{process: large-project, stage: S3, created: 2026-03-01}}
accounts/a/opportunities/lost.yaml: {{stage: LOST, lost: {{date: 2026-05-01, reason: price}}, stage_history: [
  {{date: 2026-03-01, stage: S}}, {{date: 2026-05-01, stage: LOST}}]}}
"""
    lines = by_id(ramped(text, "2026-06-15"))
    assert lines["intent_confirmed"].ids == ("a/at-s", "a/large")
    assert lines["recognised"].ids == ("a/at-s",)  # S compares to S5 of a large project
    assert (lines["recognised"].have, lines["recognised"].need, lines["recognised"].verdict) == (D(1), D(4), "running")


def test_pipeline_and_sales_stand_against_the_quota() -> None:
    text = f"""{NEWCOMER}
accounts/a/account.yaml: {{owner: li-na}}
accounts/a/opportunities/open.yaml: {{stage: Q, amount: 750 CNY, created: 2026-03-01}}
accounts/a/opportunities/dim.yaml: {{stage: L, created: 2026-03-01}}
accounts/a/opportunities/won.yaml: {{stage: A, amount: 150 CNY, created: 2026-03-01, stage_history: [
  {{date: 2026-05-01, stage: A}}]}}
accounts/a/opportunities/earlier.yaml: {{stage: A, amount: 900 CNY, stage_history: [{{date: 2026-03-01, stage: A}}]}}
"""
    lines = by_id(ramped(text, "2026-06-15"))
    pipeline, sold = lines["pipeline"], lines["sold"]
    assert (pipeline.need, pipeline.have, pipeline.percent, pipeline.verdict) == (D(750), D(750), D(75), "met")
    assert pipeline.left_out == 1
    assert (sold.need, sold.have, sold.percent, sold.ids) == (D(200), D(150), D(75), ("a/won",))
    assert sold.verdict == "running"


def test_without_a_quota_there_is_nothing_to_stand_against() -> None:
    text = "team.yaml: {members: {li-na: {name: 李娜, role: salesperson, started: 2026-02-02}}}"
    assert by_id(ramped(text, "2026-06-15"))["sold"].verdict == "no_quota"


def test_a_won_deal_of_some_size_is_measured_in_its_own_currency_and_one_without_an_amount_is_not_judged() -> None:
    won = "stage: P, stage_history: [{date: 2026-05-01, stage: P}]"
    text = f"""{NEWCOMER}
accounts/a/account.yaml: {{owner: li-na}}
accounts/a/opportunities/small.yaml: {{amount: 340000 CNY, {won}}}
accounts/a/opportunities/unknown.yaml: {{{won}}}
"""
    assert by_id(ramped(text, "2026-06-15"))["won_large"].verdict == "unknown"
    text += f"accounts/a/opportunities/dollars.yaml: {{amount: 50000 USD, {won}}}\n"
    line = by_id(ramped(text, "2026-06-15"))["won_large"]
    assert (line.have, line.ids, line.left_out, line.verdict) == (D(1), ("a/dollars",), 1, "met")


def test_calls_of_the_last_week_are_judged_and_those_of_this_week_are_still_to_come() -> None:
    text = NEWCOMER + "".join(call(f"2026-06-{day:02}", made=day < 15) for day in (8, 9, 10, 11, 12, 14, 15, 19))
    text += call("2026-06-13", mode="email", made=True)
    last, this = (line for line in ramped(text, "2026-06-15") if line.standard.id == "calls")
    assert (last.since, last.have, last.verdict) == (date(2026, 6, 8), D(6), "met")
    assert (this.since, this.have, this.planned, this.verdict) == (date(2026, 6, 15), D(0), 2, "running")
    assert last.ids[0] == "a/2026-06-08-b"


def test_hours_with_customers_are_those_of_the_calls_and_a_call_without_a_duration_leaves_them_open() -> None:
    text = NEWCOMER.replace("2026-02-02", "2026-05-04")
    text += call("2026-06-08", made=True, more="duration: 90m") + call("2026-06-09", made=True, more="duration: 2h")
    assert (hours := ramped(text, "2026-06-15", "customer_hours")[0]).have == D("3.5")
    assert hours.verdict == "short"
    text += call("2026-06-10", made=True)
    assert (hours := ramped(text, "2026-06-15", "customer_hours")[0]).left_out == 1
    assert hours.verdict == "unknown"


def test_what_the_files_cannot_show_is_not_judged() -> None:
    text = NEWCOMER.replace("2026-02-02", "2026-05-04")
    assert {line.verdict for line in ramped(text, "2026-06-15", "new_accounts")} == {"unknown"}
    assert {line.verdict for line in ramped(text, "2026-06-15", "prospecting_hours")} == {"unknown"}
    text += "weeks/2026-W24-li-na.yaml: {prospecting_hours: 8}\n"
    assert [line.verdict for line in ramped(text, "2026-06-15", "prospecting_hours")] == ["met", "unknown"]


def test_studied_accounts_are_those_whose_profile_is_filled() -> None:
    text = f"""{NEWCOMER}
accounts/a/account.yaml: {{owner: li-na, business_profile: {{employees: 3400}}}}
accounts/b/account.yaml: {{owner: li-na}}
"""
    line = by_id(ramped(text, "2026-01-15"))["accounts_studied"]
    assert (line.have, line.ids, line.until, line.verdict) == (D(1), ("a",), date(2026, 2, 1), "running")


def test_the_standards_are_expected_of_salespeople_whose_first_day_is_known() -> None:
    text = """team.yaml: {members: {a: {name: A, role: salesperson, started: 2026-02-02}, b: {name: B, role: dealer},
      c: {name: C, role: manager, started: 2020-01-01}}}"""
    people, undated = ramp_people(facts_of(text).members.values(), METHODS.ramp)
    assert ([person.id for person in people], [person.id for person in undated]) == (["a"], ["b"])


# --- a week


WEEK = (
    NEWCOMER
    + """
accounts/a/account.yaml: {name: 甲水务, owner: li-na}
accounts/a/contacts/b.yaml: {name: 张伟, department: 采购部, phone: "123", email: z@a.example}
accounts/a/contacts/c.yaml: {name: 王莉}
accounts/a/opportunities/line.yaml: {name: 三号线, stage: Q, importance: care, created: 2026-01-01, assessments: [
  {date: 2026-05-01, marks: {project: {us: "+"}, risk: {us: "-"}}}]}
weeks/2026-W24-li-na.yaml: {goals: [签约], prospecting_hours: 3, notes: 忙, callbacks: [
  {date: 2026-06-09, contact: a/b, note: 补货}, {date: 2026-06-12, contact: a/c, note: 催}]}
"""
)


def test_a_row_holds_the_call_its_person_its_deal_and_what_came_of_it() -> None:
    text = WEEK + call(
        "2026-06-10",
        more="time: '09:30', opportunity: line, "
        "plan: {purpose: 定价, objectives: [{objective: 见到决策人, met: true}]}, "
        "outcome: {recorded_at: 2026-06-10T18:00, events: 谈妥, customer_view: 认可, "
        "commitments: [{by: b, what: 发图纸, due: 2026-06-12}], next: {date: 2026-06-20, purpose: 签字}}",
    )
    plan = week(text)
    row = plan.calls[0]
    assert (row.customer, row.project, row.stage, row.importance) == ("甲水务", "三号线", "Q", "care")
    assert (row.person, row.department, row.phone, row.email) == ("张伟", "采购部", "123", "z@a.example")
    assert (row.state, row.view, row.result, row.objectives) == ("done", "认可", "谈妥", (1, 1, 1))
    assert (row.unknown, row.applicable) == (18, 20)
    assert [(promise.by, promise.what, promise.done) for promise in row.follow_up] == [("张伟", "发图纸", None)]
    assert (row.next_date, row.next_purpose) == (date(2026, 6, 20), "签字")
    assert (plan.goals, plan.prospecting_hours, plan.notes) == (("签约",), D(3), "忙")


def test_a_callback_is_settled_by_a_call_from_its_day_on() -> None:
    plan = week(WEEK + call("2026-06-08", made=True) + call("2026-06-11", made=True))
    assert [(back.person, back.done) for back in plan.callbacks] == [("张伟", date(2026, 6, 11)), ("王莉", None)]


def test_before_a_call_was_recorded_nothing_is_known_of_its_result() -> None:
    text = WEEK + call("2026-06-10", more="outcome: {recorded_at: 2026-06-12T09:00, events: 谈妥}")
    assert [week(text, day).calls[0].state for day in ("2026-06-09", "2026-06-11", "2026-06-12")] == [
        "planned", "missing", "done",
    ]  # fmt: skip
    assert week(text, "2026-06-11").calls[0].result == ""


def test_enough_calls_are_as_many_as_the_standard_planned_before_and_made_after_the_week() -> None:
    days = [f"2026-06-{day:02}" for day in range(8, 14)]
    text = WEEK + "".join(call(day, made=day < "2026-06-11") for day in days)
    assert outcome_of(week(text, "2026-06-10"), "enough") == ("met", {"calls": 6, "done": 3, "need": 6, "most": 8})
    assert outcome_of(week(text, "2026-06-15"), "enough")[0] == "short"
    nobody = text.replace("started: 2026-02-02,", "")
    assert outcome_of(week(nobody, "2026-06-15"), "enough")[0] == "no_standard"


def test_the_right_customers_are_those_with_deals_of_a_watched_importance() -> None:
    text = WEEK + call("2026-06-10", made=True, more="opportunity: line") + call("2026-06-11", made=True)
    verdict, figures = outcome_of(week(text), "customers")
    assert (verdict, figures["watched"], figures["share"], figures["without_deal"]) == ("met", 1, 50, 1)
    assert (figures["unknown"], figures["criteria"], figures["level:care"], figures["level:"]) == (18, 20, 1, 1)
    verdict, _ = outcome_of(week(text + call("2026-06-12")), "customers")
    assert verdict == "short"
    assert outcome_of(week(WEEK), "customers")[0] == "unknown"


@pytest.mark.parametrize(
    ("objectives", "verdict", "figures"),
    [
        ("[]", "unknown", (0, 0, 0)),
        ("[{objective: x, met: true}, {objective: y, met: false}, {objective: z, met: true}]", "met", (3, 3, 2)),
        ("[{objective: x, met: true}, {objective: y}]", "short", (2, 1, 1)),
        ("[{objective: x, met: true}, {objective: y, met: false}]", "short", (2, 2, 1)),
    ],
)
def test_expectations_are_met_when_all_are_judged_and_most_are_met(
    objectives: str, verdict: str, figures: tuple[int, int, int]
) -> None:
    text = WEEK + call("2026-06-10", made=True, more=f"plan: {{objectives: {objectives}}}")
    found, values = outcome_of(week(text), "expectation")
    assert (found, (values["objectives"], values["judged"], values["met"])) == (verdict, figures)


def test_follow_up_looks_at_every_promise_that_is_due_however_old() -> None:
    promised = "outcome: {events: x, commitments: [{by: b, what: w, due: %s%s}]}"
    text = (
        WEEK
        + call("2026-04-10", more=promised % ("2026-05-01", ""))
        + call("2026-06-08", more=promised % ("2026-06-10", ", done: 2026-06-09"))
    )
    assert outcome_of(week(text), "follow_up") == ("short", {"due": 1, "kept": 1, "overdue": 1})
    kept = text.replace("due: 2026-05-01", "due: 2026-05-01, done: 2026-06-01")
    assert outcome_of(week(kept), "follow_up")[0] == "met"
    assert outcome_of(week(WEEK), "follow_up")[0] == "unknown"


def test_several_relationships_are_people_met_over_some_months() -> None:
    one = WEEK + call("2026-06-10", made=True)
    assert outcome_of(week(one), "relationships")[0] == "short"
    assert week(one).tests[4].behind == ("a",)
    two = one.replace("mode: visit", "mode: visit, attendees: {customer: [{contact: c}]}")
    assert outcome_of(week(two), "relationships") == (
        "met", {"accounts": 1, "people": 2, "few": 0, "least": 2, "months": 3},
    )  # fmt: skip


def test_a_week_is_of_those_who_have_calls_or_a_file_in_it() -> None:
    facts = facts_of(WEEK + call("2026-06-17", by="zoe"))
    assert week_people(facts, read_period("2026-W24")) == ["li-na"]
    assert week_people(facts, read_period("2026-W25")) == ["zoe"]


# --- whom to call back


def test_a_promise_that_falls_due_and_a_silent_customer_are_proposed() -> None:
    text = WEEK + call("2026-06-01", more="outcome: {events: x, commitments: [{by: c, what: 报价, due: 2026-06-17}]}")
    text += """
accounts/q/account.yaml: {owner: li-na}
accounts/q/contacts/d.yaml: {name: 丁}
accounts/q/opportunities/deal.yaml: {stage: S, amount: 5 CNY, created: 2026-01-01}
"""
    assert proposed(text) == [
        Proposal(date(2026, 6, 15), "q/d", "silent", "", None),
        Proposal(date(2026, 6, 17), "a/c", "promised", "报价", date(2026, 6, 17)),
    ]
    assert [one.contact for one in proposed(text + call("2026-06-16"))] == ["q/d"]  # seen this week anyway
    kept = text.replace("due: 2026-06-17", "due: 2026-06-17, done: 2026-06-02")
    assert [one.contact for one in proposed(kept)] == ["q/d"]


# --- metrics: the worked figures


def test_twelve_of_fifteen_signed_are_eighty_percent() -> None:
    won = "stage: A, stage_history: [{date: 2026-05-01, stage: A}]"
    text = "accounts/a/account.yaml: {owner: x}\n"
    text += "".join(f"accounts/a/opportunities/w{n}.yaml: {{{won}}}\n" for n in range(12))
    text += "".join(
        f"accounts/a/opportunities/o{n}.yaml: {{stage: Q, close_date: 2026-06-{n + 20}}}\n" for n in range(3)
    )
    metric = measured(text)["goal_count"]
    assert (metric.numerator, metric.denominator, metric.value) == (D(12), D(15), D(80))


def test_480_of_500_are_ninety_six_percent() -> None:
    text = """
team.yaml: {members: {x: {name: X, quota: {2026-Q2: 500 CNY}}}}
accounts/a/account.yaml: {owner: x}
accounts/a/opportunities/b.yaml: {stage: A, amount: 480 CNY, stage_history: [{date: 2026-05-01, stage: A}]}
"""
    metric = measured(text)["goal_value"]
    assert (metric.numerator, metric.denominator, metric.n, metric.value) == (D(480), D(500), 1, D(96))


def test_renminbi_at_six_point_three_are_so_many_thousand_dollars() -> None:
    rates = [Rate(date(2015, 1, 9), "USD", "CNY", D("6.3"))]
    found = [convert(Money(D(wan) * 10_000, "CNY"), "USD", rates, date(2015, 2, 1)) for wan in (200, 50, 300, 400)]
    assert [round(money[0].amount / 1000) for money in found if money] == [317, 79, 476, 635]


def test_the_average_deal_is_over_those_with_an_amount() -> None:
    won = "stage: A, stage_history: [{date: 2026-05-01, stage: A}]"
    text = f"""
accounts/a/account.yaml: {{owner: x}}
accounts/a/opportunities/b.yaml: {{amount: 100 CNY, {won}}}
accounts/a/opportunities/c.yaml: {{amount: 50 USD, {won}}}
accounts/a/opportunities/d.yaml: {{{won}}}
accounts/a/opportunities/e.yaml: {{amount: 9 GBP, {won}}}
"""
    metric = measured(text)["deal_size"]
    assert (metric.value, metric.n, metric.lacking) == (D(225), 2, ("a/d", "a/e"))


def test_collection_is_what_came_of_what_was_due_by_the_day() -> None:
    text = """
accounts/a/account.yaml: {owner: x}
accounts/a/opportunities/b.yaml: {stage: P, stage_history: [{date: 2026-01-01, stage: P}], payments: [
  {due: 2026-04-30, amount: 600 CNY, received: 600 CNY, received_on: 2026-05-02},
  {due: 2026-06-01, amount: 200 CNY, received: 50 CNY, received_on: 2026-06-02},
  {due: 2026-06-10, amount: 200 CNY},
  {due: 2026-06-30, amount: 900 CNY}, {due: 2026-03-31, amount: 900 CNY}]}
"""
    assert figures(measured(text)["collection"]) == (650, 1000, 3, 65)
    assert figures(measured(text, "2026-06-01")["collection"]) == (600, 800, 2, 75)


def test_new_customers_are_held_against_those_won_before() -> None:
    def won(account: str, day: str) -> str:
        deal = f"{{stage: A, stage_history: [{{date: {day}, stage: A}}]}}"
        return f"accounts/{account}/account.yaml: {{owner: x}}\naccounts/{account}/opportunities/b.yaml: {deal}\n"

    text = won("a", "2025-01-01") + won("b", "2026-01-01") + won("c", "2026-05-01")
    text += "accounts/a/opportunities/again.yaml: {stage: A, stage_history: [{date: 2026-05-01, stage: A}]}\n"
    assert figures(measured(text)["new_customers"]) == (1, 2, 3, 50)


def test_a_lead_is_converted_when_it_comes_to_the_stage_that_the_method_names() -> None:
    text = """
accounts/a/account.yaml: {owner: x}
accounts/a/opportunities/b.yaml: {stage: L, created: 2026-04-01}
accounts/a/opportunities/c.yaml: {stage: O, created: 2026-04-01}
accounts/a/opportunities/d.yaml: {process: record, stage: INTENT, created: 2026-05-01}
accounts/a/opportunities/e.yaml: {stage: O, created: 2026-01-01}
"""
    metric = measured(text)["lead_conversion"]
    assert (metric.numerator, metric.denominator) == (D(2), D(3))


def test_wins_losses_and_days_are_those_of_the_period() -> None:
    text = """
accounts/a/account.yaml: {owner: x}
accounts/a/opportunities/b.yaml: {stage: A, created: 2026-04-01, stage_history: [{date: 2026-04-11, stage: A}]}
accounts/a/opportunities/c.yaml: {stage: A, created: 2026-01-01, stage_history: [{date: 2026-04-11, stage: A}]}
accounts/a/opportunities/d.yaml: {stage: LOST, lost: {date: 2026-05-01, reason: price}}
accounts/a/opportunities/e.yaml: {stage: LOST, lost: {date: 2026-03-01, reason: price}}
accounts/a/opportunities/f.yaml: {stage: A, created: 2026-01-01, stage_history: [{date: 2026-07-01, stage: A}]}
"""
    assert figures(measured(text)["win_rate"])[:3] == (2, 3, 3)
    assert measured(text)["cycle"].value == 55  # the median of 10 and 100 days


def test_what_came_up_in_calls_is_counted_with_what_nobody_said() -> None:
    text = call(
        "2026-06-01",
        more="plan: {objectives: [{objective: x, met: true}, {objective: y, met: false}, {objective: z}]}, outcome: "
        "{recorded_at: 2026-06-01T19:00, needs_found: [{need: n, confirmed: true}, {need: m}], "
        "objections: [{objection: o, handled: true}, {objection: p, handled: false}, {objection: q, handled: true}]}",
    )
    found = measured(text)
    assert figures(found["need_accuracy"]) == (1, 2, 2, 50)
    assert figures(found["objection_success"])[:2] == (2, 3)
    assert figures(found["objective_hits"]) == (1, 2, 2, 50)


def test_a_call_is_recorded_in_time_within_a_day_and_not_when_it_is_not_recorded() -> None:
    text = call("2026-06-01", more="time: '10:00', outcome: {recorded_at: 2026-06-02T09:59}")
    text += call("2026-06-02", more="time: '10:00', outcome: {recorded_at: 2026-06-03T10:01}")
    text += call("2026-06-03") + call("2026-06-04", made=True) + call("2026-06-15")
    metric = measured(text)["record_delay"]
    assert (figures(metric), metric.lacking) == ((1, 3, 3, D(100) / 3), ("a/2026-06-04-b",))


def test_a_rate_of_too_few_cases_is_refused_and_a_result_is_not() -> None:
    text = """
team.yaml: {members: {x: {name: X, quota: {2026-Q2: 500 CNY}}}}
accounts/a/account.yaml: {owner: x}
accounts/a/opportunities/b.yaml: {stage: A, amount: 480 CNY, stage_history: [{date: 2026-05-01, stage: A}]}
"""
    found = measured(text, floor=20)
    assert (found["win_rate"].value, found["win_rate"].n, found["win_rate"].enough) == (None, 1, False)
    assert found["goal_value"].value == 96


def test_a_past_quarter_shows_the_conversions_of_its_last_day() -> None:
    text = """
accounts/a/account.yaml: {owner: x}
accounts/a/opportunities/b.yaml: {stage: S, stage_history: [
  {date: 2026-01-01, stage: L}, {date: 2026-02-01, stage: O}, {date: 2026-05-01, stage: S}]}
"""
    past = {m.stage: m for m in sheet(text, period="2026-Q1").team.metrics if m.id == "stage_conversion"}
    assert [(past[code].numerator, past[code].denominator) for code in ("L", "O", "S")] == [
        (D(1), D(1)),
        (D(0), D(1)),
        (D(0), D(0)),
    ]


def test_every_measure_has_a_name_in_the_labels() -> None:
    from kamctl import resources

    labels = resources.table("labels")
    assert [m.id for m in MEASURES if f"metric-{m.id}" not in labels] == []


# --- today


def test_today_shows_calls_records_promises_actions_and_callbacks_that_are_due() -> None:
    text = (
        WEEK
        + call("2026-06-15", more="time: '10:00'")
        + call("2026-06-12")
        + call("2026-06-01", more="outcome: {events: x, commitments: [{by: b, what: 图纸, due: 2026-06-14}]}")
    )
    text += """
accounts/a/opportunities/plan.yaml: {stage: O, created: 2026-06-14, actions: [
  {due: 2026-06-15, who: li-na, what: 报价}, {due: 2026-06-16, who: li-na, what: later},
  {due: 2026-06-10, who: c, what: 表态}, {due: 2026-06-01, what: done, done: 2026-06-02}]}
weeks/2026-W25-li-na.yaml: {callbacks: [{date: 2026-06-15, contact: a/c, note: 催}, {date: 2026-06-16, contact: a/c}]}
"""
    found = day_of(text)
    shown = [
        (item.kind, item.what, item.who, item.late) for item in found if item.kind not in ("gates", "stale", "marks")
    ]
    assert shown == [
        ("calls", "visit", "张伟", 0), ("unrecorded", "visit", "张伟", 3), ("promises", "图纸", "张伟", 1),
        ("actions", "表态", "王莉", 5), ("actions", "报价", "李娜", 0), ("callbacks", "催", "王莉", 0),
    ]  # fmt: skip


STAGED = (
    WEEK
    + """
accounts/a/opportunities/plain.yaml: {stage: O, created: 2026-06-01}
accounts/a/opportunities/gone.yaml: {stage: LOST, created: 2026-06-01, stage_history: [{date: 2026-06-02, stage: LOST}]}
accounts/a/presentations/2026-06-15-board.yaml:
  date: 2026-06-15
  by: zhou-lei
  opportunity: plain
  purpose: 批预算
  audience: [{contact: b}, {name: 总工}]
  team: [{member: li-na}]
  tasks:
    - {due: 2026-06-12, who: li-na, action: 预演}
    - {due: 2026-06-15, who: b, action: 开场}
    - {due: 2026-06-15, who: li-na, action: 讲, done: 2026-06-15}
    - {due: 2026-06-17, who: li-na, action: 复盘}
    - {due: 2026-06-17, action: 谢}
accounts/a/presentations/2026-06-20-lost.yaml: {date: 2026-06-20, by: li-na, opportunity: gone, tasks: [
  {due: 2026-06-14, action: 没用}]}
accounts/a/presentations/2026-06-21-early.yaml: {date: 2026-06-21, tasks: [{due: 2026-06-14, action: 探路}]}
"""
)
"""A presentation that zhou-lei leads and li-na takes part in, one of a lost deal, and one that nobody leads."""


@pytest.mark.parametrize(
    ("day", "owners", "shown"),
    [
        ("2026-06-11", ["li-na"], []),
        ("2026-06-12", ["li-na"], [("preparations", "预演", "李娜", 0)]),
        (
            "2026-06-15",
            ["li-na"],
            [
                ("presentations", "批预算", "张伟, 总工", 0),
                ("preparations", "预演", "李娜", 3),
                ("preparations", "探路", "李娜", 1),
            ],
        ),
        (
            "2026-06-15",
            ["zhou-lei"],
            [("presentations", "批预算", "张伟, 总工", 0), ("preparations", "开场", "张伟", 0)],
        ),
        ("2026-06-16", ["zhou-lei"], [("preparations", "开场", "张伟", 1)]),
        ("2026-06-17", ["zhou-lei"], [("preparations", "开场", "张伟", 2), ("preparations", "谢", "zhou-lei", 0)]),
        ("2026-06-17", ["li-na"], [("preparations", "探路", "李娜", 3), ("preparations", "复盘", "李娜", 0)]),
    ],
)
def test_today_shows_presentations_to_all_who_take_part_and_their_steps_to_whoever_takes_them(
    day: str, owners: list[str], shown: list[Any]
) -> None:
    found = day_of(STAGED, day, owners)
    kinds = ("presentations", "preparations")
    assert [(item.kind, item.what, item.who, item.late) for item in found if item.kind in kinds] == shown


def test_the_day_of_everybody_has_what_is_in_the_day_of_each() -> None:
    text = (
        STAGED
        + """
accounts/a/opportunities/signed.yaml: {stage: A, owner: li-na, created: 2026-06-01, actions: [
  {due: 2026-06-10, who: li-na, what: 交底}]}
"""
    )
    everybody = day_of(text, "2026-06-16", None)
    for owner in ("li-na", "zhou-lei"):
        own = day_of(text, "2026-06-16", [owner])
        assert own == [item for item in everybody if item.owner == owner]
    assert [item.what for item in everybody if item.kind == "actions"] == ["交底"]


def test_presentations_of_a_day_are_told_in_three_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for lang, titles in (
        ("en", ["Presentations today (1)", "Steps of presentations due (2)"]),
        ("zh-Hans", ["今天的演示 1", "到期的演示准备 2"]),
        ("zh-Hant", ["今天的簡報 1", "到期的簡報準備 2"]),
    ):
        base = ["-C", str(EXAMPLES), "--as-of", "2026-07-08"]
        out = run(capsys, "today", "--owner", "chen-jie", "--format", "table", "--lang", lang, base=base)
        assert [title for title in titles if title not in out] == []


def test_today_shows_deals_that_have_gone_stale_and_marks_that_have() -> None:
    found = {item.kind: item for item in day_of(WEEK, "2026-07-15") if item.kind in ("stale", "marks")}
    assert (found["stale"].id, found["stale"].number) == ("a/line", 195)
    assert (found["marks"].id, found["marks"].number) == ("a/line", 2)
    assert [item.kind for item in day_of(WEEK, "2026-05-15") if item.kind in ("stale", "marks")] == []


def test_a_mark_is_stale_until_it_is_given_again_and_an_unknown_one_never_is() -> None:
    text = """
accounts/a/account.yaml: {owner: x}
accounts/a/opportunities/b.yaml: {stage: O, assessments: [
  {date: 2026-01-01, marks: {
    project: {us: "+"}, risk: {us: "-"}, strategic_value: {us: "?"}, solution_fit: {us: "n/a"}}},
  {date: 2026-06-01, marks: {risk: {us: "-"}}}]}
"""
    deal = facts_of(text).opportunities[0]
    assert stale_marks(deal, date(2026, 6, 15), timedelta(days=60)) == ["project"]
    assert stale_marks(deal, date(2026, 2, 15), timedelta(days=60)) == []


def test_a_deal_one_step_from_its_next_stage_names_what_it_lacks() -> None:
    deal = "accounts/a/opportunities/b.yaml: {owner: x, stage: L, needs: n, gate_evidence: {%s}}\n"
    needed = [item.id for item in METHODS.process("losqaop").stages[0].exit if item.field is None]
    for shown in range(len(needed) + 1):
        evidence = ", ".join(f"{name}: {{evidence: x}}" for name in needed[:shown])
        facts = facts_of(deal % evidence)
        process = METHODS.process("losqaop")
        way = gate(process, facts.opportunities[0], process.stages[1], None, facts.gate_evidence, date(2026, 6, 15))
        gates = [item for item in day_of(deal % evidence, owners=None) if item.kind == "gates"]
        lacks = [item.id for item in way.missing]
        assert [(item.id, item.who, item.what) for item in gates] == (
            [("a/b", "O", lacks[0])] if len(lacks) == 1 else []
        )
    assert len(lacks) <= 1


# --- laws


DAYS = st.integers(0, 400).map(lambda days: date(2025, 6, 1) + timedelta(days=days))
DEALS = st.lists(
    st.tuples(
        st.sampled_from("xyz"), st.sampled_from(["L", "O", "S", "Q", "A", "P", "LOST"]), DAYS, DAYS, st.integers(0, 900)
    ),
    max_size=8,
)
CALLS = st.lists(st.tuples(st.sampled_from("xyz"), DAYS, st.integers(0, 60), st.booleans()), max_size=8)


@settings(max_examples=40)
@given(DEALS, CALLS)
def test_the_parts_of_a_metric_add_up_to_the_teams(deals: Any, calls: Any) -> None:
    found = sheet(book(deals, calls), floor=1, groups=[("x", ["x"]), ("yz", ["y", "z"])])
    for place, team in enumerate(found.team.metrics):
        parts = [group.metrics[place] for group in found.groups]
        assert sum(part.numerator for part in parts) == team.numerator
        assert sum(part.denominator for part in parts) == team.denominator
        assert sum(part.n for part in parts) == team.n
        assert sorted(set().union(*(part.ids for part in parts))) == sorted(team.ids)


@settings(max_examples=40)
@given(DEALS, CALLS)
def test_a_rate_lies_between_nothing_and_everything(deals: Any, calls: Any) -> None:
    for metric in sheet(book(deals, calls), floor=1).team.metrics:
        if metric.kind == "process" and metric.unit == "percent" and metric.value is not None:
            assert 0 <= metric.value <= 100


@settings(max_examples=40)
@given(DEALS, CALLS, DAYS)
def test_an_earlier_day_shows_what_files_cut_at_that_day_show(deals: Any, calls: Any, day: date) -> None:
    whole, short = book(deals, calls), book(*cut(deals, calls, day))
    for text in ("weeks", "metrics", "today"):
        assert snapshot(text, whole, day) == snapshot(text, short, day), text


# --- as people use them


def test_ramp_of_one_person_opens_each_figure(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "ramp", "zhou-lei", "--lang", "en", "--format", "table")
    assert "month 5 in the job (Months 4 to 6)" in out
    assert "harbour-brewing/cip-valves" in out.split("What the figures are made of")[1]
    data = json.loads(run(capsys, "ramp", "zhou-lei", "--format", "json"))["data"]
    assert {line["id"]: line["ids"] for line in data}["won_large"] == ["harbour-brewing/cip-valves"]


def test_ramp_of_somebody_without_a_first_day_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*BASE, "ramp", "chen-jie", "--lang", "en"]) == 1
    assert "does not say when 陈洁 started" in capsys.readouterr().err


def test_ramp_can_show_only_what_is_not_met(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\tmet\t" not in run(capsys, "ramp", "--short")


@pytest.mark.parametrize("form", ["table", "tsv", "csv", "json", "jsonl", "md"])
@pytest.mark.parametrize(
    "command", [["ramp"], ["week", "show"], ["metrics"], ["metrics", "--by", "unit"], ["today"]], ids=" ".join
)
def test_every_report_prints_in_every_format(command: list[str], form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, *command, "--format", form).strip()


def test_a_week_is_named_by_a_day_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert "2026-W24" in run(capsys, "week", "show", "--owner", "li-na", "--week", "2026-06-10", "--format", "table")
    assert cli.run([*BASE, "week", "show", "--week", "nonsense"]) == 2


def test_the_forms_of_a_week_and_an_evaluation_stay_as_agreed(golden: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("en", "zh-Hans", "zh-Hant"):
        week_form = run(
            capsys, "week", "show", "--owner", "li-na", "--week", "2026-W24", "--format", "md", "--lang", lang
        )
        golden(f"week.{lang}.md", week_form)
        sheet_form = run(
            capsys, "metrics", "--period", "2026-Q1", "--owner", "ma-jun", "--format", "md", "--lang", lang
        )
        golden(f"evaluation.{lang}.md", sheet_form)


def test_a_form_is_written_to_a_page_of_one_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "week.html"
    run(capsys, "week", "show", "--owner", "li-na", "--format", "html", "-o", str(page))
    assert "<!DOCTYPE html>" in page.read_text("utf-8")
    assert cli.run([*BASE, "week", "show", "--format", "html"]) == 2
    assert cli.run([*BASE, "week", "show", "--format", "csv", "-o", str(page)]) == 2
    evaluation = tmp_path / "evaluation.html"
    run(capsys, "metrics", "--period", "2026-Q1", "--format", "html", "-o", str(evaluation))
    assert "三号线见到了决策人" in evaluation.read_text("utf-8")
    run(capsys, "metrics", "--period", "2026-Q1", "-o", str(tmp_path / "same.html"))
    assert (tmp_path / "same.html").read_bytes() == evaluation.read_bytes()
    assert cli.run([*BASE, "metrics", "-o", str(tmp_path / "evaluation.csv")]) == 2


def test_a_new_week_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "book"
    shutil.copytree(EXAMPLES, root)
    command = ["-C", str(root), "--as-of", "2026-06-19", "--lang", "en", "week", "new", "--owner", "zhou-lei"]
    assert cli.run([*command, "--dry-run"]) == 0
    assert not (root / "weeks" / "2026-W26-zhou-lei.yaml").exists()
    assert cli.run(command) == 0
    written = (root / "weeks" / "2026-W26-zhou-lei.yaml").read_text("utf-8")
    assert "tianqi-group/shen-lan" in written
    assert cli.run(command) == 1
    assert "exists already" in capsys.readouterr().err
    assert cli.run(["-C", str(root), "week", "new"]) == 2
    assert cli.run(["-C", str(root), "--as-of", "2026-06-19", "validate"]) == 0


def test_a_period_that_has_not_begun_is_refused_and_so_is_a_group_that_is_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run([*BASE, "metrics", "--period", "2026-Q4"]) == 2
    assert cli.run([*BASE, "metrics", "--by", "unti", "--lang", "en"]) == 2
    assert 'did you mean "unit"?' in capsys.readouterr().err
    assert cli.run([*BASE, "metrics", "--by", "unit", "--owner", "li-na"]) == 2


def test_today_is_cut_after_a_few_lines_and_whole_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    short = run(capsys, "today", "--format", "table", "--lang", "en")
    whole = run(capsys, "today", "--format", "table", "--lang", "en", "--all")
    assert "--all shows them" in short
    assert "--all shows them" not in whole
    assert len(whole.splitlines()) > len(short.splitlines())


def test_in_an_empty_workspace_nothing_is_due(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kamctl.yaml").write_text("format: 1\n", "utf-8")
    for command in (["ramp"], ["week", "show"], ["metrics"], ["today"]):
        assert cli.run(["-C", str(tmp_path), "--as-of", "2026-06-15", *command, "--format", "table"]) == 0
    assert "Nothing is due." in capsys.readouterr().out


def test_one_broken_file_does_not_hide_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "book"
    shutil.copytree(EXAMPLES, root)
    (root / "weeks" / "2026-W25-li-na.yaml").write_text("goals: [", "utf-8")
    out = run(capsys, "week", "show", "--format", "json", base=["-C", str(root), "--as-of", "2026-06-15"])
    result = json.loads(out)
    assert [plan["person"] for plan in result["data"]] == ["li-na", "zhou-lei", "ma-jun"]
    assert result["problems"][0]["path"] == "weeks/2026-W25-li-na.yaml"


def test_conclusions_name_people_who_are_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "book"
    shutil.copytree(EXAMPLES, root)
    (root / "reviews" / "2026-Q2.yaml").write_text("people: {li-nna: {worked: [x]}}\n", "utf-8")
    assert cli.run(["-C", str(root), "--as-of", "2026-06-15", "validate", "--format", "json"]) == 1
    problems = json.loads(capsys.readouterr().out)["data"]
    assert [(p["path"], p["rule"]) for p in problems if p["severity"] == "error"] == [
        ("reviews/2026-Q2.yaml", "dangling-member")
    ]


@pytest.mark.parametrize(
    ("name", "before", "after", "rule"),
    [
        ("ramp", "stage: S3", "stage: S33", "method-dangling"),
        ("ramp", "process: large-project", "process: lagre-project", "method-dangling"),
        ("ramp", "first: 4", "first: 3", "bad-number"),
        ("ramp", "at_most: 8", "at_most: 5", "bad-number"),
        ("ramp", "id: recognised", "id: intent_confirmed", "method-duplicate"),
        ("reviews", "lead_stage: INTENT", "lead_stage: INTEND", "method-dangling"),
        ("reviews", "lead_process: record", "lead_process: recrod", "method-dangling"),
        ("reviews", "watched_share: 50", "watched_share: 150", "bad-number"),
    ],
)
def test_a_method_file_with_a_mistake_is_told(name: str, before: str, after: str, rule: str, tmp_path: Path) -> None:
    from kamctl.method_validation import method_problems
    from kamctl.workspace import Workspace

    (tmp_path / "method").mkdir()
    (tmp_path / "kamctl.yaml").write_text("format: 1\n", "utf-8")
    shipped = resources.method_file(f"{name}.yaml").read_text("utf-8")
    assert before in shipped
    (tmp_path / "method" / f"{name}.yaml").write_text(shipped.replace(before, after, 1), "utf-8")
    assert {problem.rule for problem in method_problems(Workspace.open(tmp_path))} == {rule}


# --- helpers


BASE = ["-C", str(EXAMPLES), "--as-of", "2026-06-15"]


def run(capsys: pytest.CaptureFixture[str], *command: str, base: Sequence[str] = tuple(BASE)) -> str:
    assert cli.run([*base, *command]) == 0
    return capsys.readouterr().out


@cache
def processes() -> dict[str, Process]:
    return METHODS.processes()


def terms(as_of: str = "2026-06-15") -> Terms:
    return shipped.terms(as_of, rates=(Rate(date(2015, 1, 9), "USD", "CNY", D("7")),))


def facts_of(text: str) -> Facts:
    """Read files by path; each has the names that it must have."""
    facts = Facts()
    data: dict[str, Any] = source.read(text)
    for path, fields in data.items():
        place = layout.kind_and_id(path)
        assert place is not None, path
        kind, record_id = place
        if kind in ("account", "contact", "opportunity"):
            fields = {"name": record_id, **fields}
        record, problems = read_record(MODELS[kind], fields, path)
        assert record is not None, problems
        for table, found in rows_of(kind, record_id, record, TABLES):
            facts.add(table, found)
    facts.inherit()
    return facts


def call(day: str, *, by: str = "li-na", mode: str = "visit", made: bool = False, more: str = "") -> str:
    """Return a call on a person of an account as a file, by default on b of a; `made` gives it an outcome."""
    parts = [f"date: {day}", f"by: {by}", "contact: b", f"mode: {mode}", *([more] if more else [])]
    if made:
        parts.append("outcome: {events: 谈了}")
    return f"accounts/a/calls/{day}-b.yaml: {{{', '.join(parts)}}}\n"


def ramped(text: str, as_of: str, standard: str = "") -> list[RampLine]:
    facts, day = facts_of(text), terms(as_of)
    rows = pipeline_rows(facts, day)
    ways = {name: journeys(facts, rows, day, name) for name in processes_named(METHODS.ramp, "losqaop")}
    lines = ramp(facts, ways, facts.members.values(), METHODS.ramp, day, 1)
    return [line for line in lines if standard in ("", line.standard.id)]


def by_id(lines: Sequence[RampLine]) -> dict[str, RampLine]:
    return {line.standard.id: line for line in lines}


def rules(as_of: str) -> Rules:
    return Rules(terms(as_of), METHODS.reviews.week, METHODS.ramp)


def week(text: str, as_of: str = "2026-06-15", name: str = "2026-W24") -> WeekPlan:
    return week_plans(facts_of(text), read_period(name), ["li-na"], rules(as_of))[0]


def outcome_of(plan: WeekPlan, name: str) -> tuple[str, dict[str, Any]]:
    return next((test.verdict, dict(test.figures)) for test in plan.tests if test.id == name)


def proposed(text: str) -> list[Proposal]:
    return proposals(facts_of(text), "li-na", read_period("2026-W25"), terms())


def sheet(
    text: str,
    as_of: str = "2026-06-15",
    floor: int = 1,
    period: str = "2026-Q2",
    groups: Sequence[tuple[str, Sequence[str]]] = (),
) -> Evaluation:
    facts = facts_of(text)
    it = material(facts, read_period(period), terms(as_of), METHODS.reviews, 1)
    return evaluate(it, processes()["losqaop"], floor, groups)


def measured(text: str, as_of: str = "2026-06-15", floor: int = 1) -> dict[str, Metric]:
    return {metric.id: metric for metric in sheet(text, as_of, floor).team.metrics if not metric.stage}


def figures(metric: Metric) -> tuple[Any, ...]:
    return metric.numerator, metric.denominator, metric.n, metric.value


def day_of(text: str, as_of: str = "2026-06-15", owners: Sequence[str] | None = ("li-na",)) -> list[Item]:
    return today(facts_of(text), terms(as_of), timedelta(days=60), owners)


def book(deals: Any, calls: Any) -> str:
    """Write deals (owner, stage, began, came, amount) and calls (by, day, hours until the record or None, promise)."""
    lines = ["team.yaml: {members: {x: {name: X, started: 2025-07-01}, y: {name: Y}, z: {name: Z}}}"]
    lines += ["accounts/a/account.yaml: {owner: x}", "accounts/a/contacts/b.yaml: {name: B}"]
    for place, (owner, stage, one, other, amount) in enumerate(deals):
        began, came = sorted((one, other))
        first = f"{{date: {began}, stage: L}}, " if began < came else ""
        history = f"[{first}{{date: {came}, stage: {stage}}}]"
        lost = f", lost: {{date: {came}, reason: price}}" if stage == "LOST" else ""
        lines.append(
            f"accounts/a/opportunities/d{place}.yaml: "
            f"{{owner: {owner}, stage: {stage}, amount: {amount} CNY, created: {began}, "
            f"stage_history: {history}{lost}}}"
        )
    for place, (by, day, hours, promised) in enumerate(calls):
        head = f"accounts/a/calls/{day}-c{place}.yaml: {{date: {day}, time: '00:10', by: {by}, contact: b, mode: visit"
        if hours is None:
            lines.append(head + "}")
            continue
        recorded = day + timedelta(days=hours // 24)
        outcome = f"recorded_at: {recorded}T{hours % 24:02}:30, events: x"
        if promised:
            outcome += f", commitments: [{{by: {by}, what: w, due: {day + timedelta(days=7)}}}]"
        lines.append(f"{head}, outcome: {{{outcome}}}}}")
    return "\n".join(lines) + "\n"


def cut(deals: Any, calls: Any, day: date) -> tuple[Any, Any]:
    """Return deals and calls as the files stood on a day: what came later is not written yet."""
    kept = []
    for owner, stage, one, other, amount in deals:
        began, came = sorted((one, other))
        if came <= day:
            kept.append((owner, stage, one, other, amount))
        elif began <= day:
            kept.append((owner, "L", began, began, amount))
    then = [(by, at, hours if at + timedelta(days=hours // 24) <= day else None, p) for by, at, hours, p in calls]
    return kept, then


def snapshot(report: str, text: str, day: date) -> Any:
    """Return what a report says of a day, without what a file keeps only the last of."""
    facts = facts_of(text)
    facts.opportunities = sorted(facts.opportunities)
    now = terms(day.isoformat())
    if report == "weeks":
        return [plan.tests for plan in week_plans(facts, week_of(day), ["x"], rules(day.isoformat()))]
    if report == "today":
        return sorted(
            (i.kind, i.date or day, i.late, i.what) for i in today(facts, now, timedelta(days=60)) if i.kind != "gates"
        )
    it = material(facts, read_period(f"{day.year}"), now, METHODS.reviews, 1)
    return sorted(
        (m.id, m.stage, m.numerator, m.denominator, m.n)
        for m in evaluate(it, processes()["losqaop"], 1, []).team.metrics
    )


def test_a_call_counts_as_made_from_the_day_of_its_record() -> None:
    row = facts_of(call("2026-06-10", more="outcome: {recorded_at: 2026-06-12T09:00}")).calls[0]
    assert [row.made(date(2026, 6, day)) for day in (9, 10, 11, 12)] == [False, False, False, True]


def test_a_name_of_a_period_that_is_none_is_refused() -> None:
    with pytest.raises(KamctlError, match="is no period"):
        read_period("2026-Q5")
