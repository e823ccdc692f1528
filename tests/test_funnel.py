"""The funnel: conversions that can be counted by hand, what orders need, and a diagnosis that refuses to guess."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shipped
from kamctl import cli, source
from kamctl.commands.selling import GROUPS
from kamctl.facts import TABLES, Facts
from kamctl.flattening import rows_of
from kamctl.money import Rate
from kamctl.problems import KamctlError
from kamctl.reports.concentration import concentration
from kamctl.reports.diagnosis import Answer, Case, Figure, diagnose, is_push
from kamctl.reports.funnel import Funnel, StageLine, funnel, rate
from kamctl.reports.inverse import Need, deal_size, needs, quota_plan
from kamctl.reports.journey import Journey, chain, journeys
from kamctl.reports.periods import add_months, quarter_of, read_period, year_of
from kamctl.reports.pipeline import Terms, pipeline_rows
from kamctl.reports.quota import standing, target
from kamctl.rows.deals import MoveRow
from kamctl.schema.kinds import MODELS
from kamctl.schema.method.process import Process
from kamctl.schema.method.reviews import Limit
from kamctl.schema.reading import read_record
from shipped import METHODS

D = Decimal
EXAMPLES = Path(__file__).parents[1] / "examples"
RATES = (Rate(date(2026, 5, 29), "USD", "CNY", D("7")),)

FOUR_DEALS = """
a/walked:  {owner: x, stage: Q, amount: 100 CNY, created: 2026-01-01, stage_history: [
  {date: 2026-01-01, stage: L}, {date: 2026-01-11, stage: O}, {date: 2026-02-10, stage: S},
  {date: 2026-03-01, stage: Q}]}
a/jumped:  {owner: x, stage: Q, amount: 200 CNY, stage_history: [{date: 2026-02-01, stage: Q}]}
a/waiting: {owner: y, stage: L, created: 2026-06-01}
a/lost:    {owner: y, stage: LOST, amount: 50 CNY, lost: {date: 2026-05-01, reason: price}, stage_history: [
  {date: 2026-03-01, stage: L}, {date: 2026-03-21, stage: O}, {date: 2026-05-01, stage: LOST}]}
"""


# --- how many came further


def test_a_conversion_counts_all_that_ever_reached_a_stage_and_a_skipped_stage_as_passed() -> None:
    lines = by_stage(report(FOUR_DEALS))
    assert {code: (line.reached, line.passed) for code, line in lines.items()} == {
        "L": (4, 3), "O": (3, 2), "S": (2, 2), "Q": (2, 0), "A": (0, 0), "OR": (0, 0), "P": (0, 0), "LOST": (0, 0),
    }  # fmt: skip
    assert lines["L"].conversion == 75
    assert round(lines["O"].conversion or 0, 1) == D("66.7")


def test_a_deal_stands_in_one_line_and_the_lines_sum_to_the_total() -> None:
    result = report(FOUR_DEALS)
    assert {line.stage: line.deals for line in result.lines if line.deals} == {"L": 1, "Q": 2, "LOST": 1}
    assert (result.total.deals, result.total.amount, result.total.with_amount) == (4, D(350), 3)


def test_the_targets_are_those_of_the_methods_figures() -> None:
    lines = by_stage(report(FOUR_DEALS))
    shown = {code: line.target and round(line.target, 1) for code, line in lines.items()}
    assert shown == {"L": 60, "O": D("66.7"), "S": 50, "Q": 50, "A": 100, "OR": 100, "P": None, "LOST": None}
    assert lines["L"].gap == 15


def test_a_process_without_figures_has_the_targets_of_its_probabilities() -> None:
    text = "a/b: {owner: x, process: large-project, stage: S3}"
    lines = by_stage(report(text, process="large-project"))
    assert {code: (rate := lines[code].target) and round(rate, 9) for code in ("S1", "S2", "S6", "S7")} == {
        "S1": D(50), "S2": D(50), "S6": D(75), "S7": None,
    }  # fmt: skip


def test_below_the_floor_there_is_no_rate_and_the_number_of_cases_is_told() -> None:
    line = by_stage(report(FOUR_DEALS, floor=5))["L"]
    assert (line.conversion, line.gap, line.left_conversion, line.reached) == (None, None, None, 4)
    assert rate(1, 4, 5) is None
    assert rate(0, 0, 0) is None


def test_of_those_that_left_a_stage_the_ones_still_there_are_not_counted() -> None:
    line = by_stage(report(FOUR_DEALS))["L"]
    assert (line.standing, line.left, line.left_conversion) == (1, 3, D(100))


def test_a_deal_that_went_back_has_been_where_it_was() -> None:
    text = """
    a/b: {owner: x, stage: S, stage_history: [
      {date: 2026-01-01, stage: L}, {date: 2026-02-01, stage: Q}, {date: 2026-03-01, stage: S}]}
    """
    lines = by_stage(report(text))
    assert (lines["S"].deals, lines["Q"].deals, lines["Q"].reached) == (1, 0, 1)


def test_deals_of_other_processes_count_at_the_stages_they_compare_to() -> None:
    text = """
    a/big: {owner: x, process: large-project, stage: S6, stage_history: [
      {date: 2026-01-01, stage: S1}, {date: 2026-01-10, stage: S2}, {date: 2026-02-01, stage: S6}]}
    """
    lines = by_stage(report(text))
    assert [code for code, line in lines.items() if line.reached] == ["L", "O", "S", "Q"]
    assert [(way.place, way.stays) for way in ways_of(text)] == [(3, ((0, 31),))]  # S1 and S2 are one stage


def test_a_deal_that_compares_to_no_stage_is_shown_apart() -> None:
    result = report("a/b: {owner: x, stage: Z, amount: 9 CNY}\na/c: {owner: x, stage: L}")
    assert result.strange == ["a/b"]
    assert (result.lines[-1].stage, result.lines[-1].deals, result.lines[-1].amount) == ("", 1, D(9))


def test_a_deal_of_which_only_the_loss_is_known_came_to_the_first_stage() -> None:
    text = "a/b: {owner: x, stage: LOST, lost: {date: 2026-05-01, reason: price}}"
    assert by_stage(report(text))["L"].reached == 1
    text = "a/b: {owner: x, stage: LOST, stage_history: [{date: 2026-05-01, stage: LOST}]}"
    assert by_stage(report(text))["L"].reached == 1


def test_days_in_a_stage_are_the_median_of_the_stays_that_have_ended() -> None:
    lines = by_stage(report(FOUR_DEALS))
    assert (lines["L"].stays, lines["L"].median_days) == (2, D(15))  # 10 and 20 days
    assert (lines["O"].stays, lines["O"].median_days) == (2, D("35.5"))  # 30, and 41 until it was lost
    assert (lines["Q"].stays, lines["Q"].median_days) == (0, None)


def test_a_stay_begins_when_the_deal_was_created() -> None:
    history = "stage_history: [{date: 2026-01-05, stage: L}, {date: 2026-01-08, stage: S}]"
    text = f"a/b: {{owner: x, stage: S, created: 2026-01-01, {history}}}"
    assert ways_of(text)[0].stays == ((0, 7),)


# --- laws


STAGES = ("L", "O", "S", "Q", "A", "OR", "P")


@st.composite
def histories(draw: st.DrawFn) -> str:
    """Draw some deals that walk through the stages, forward, backward, by jumps, and to an end."""
    lines = []
    for number in range(draw(st.integers(1, 8))):
        day = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 20)))
        events = []
        for code in draw(st.lists(st.sampled_from(STAGES), min_size=1, max_size=5)):
            events.append((day, code))
            day += timedelta(days=draw(st.integers(1, 40)))
        lost = draw(st.booleans())
        if lost:
            events.append((day, "LOST"))
        history = ", ".join(f"{{date: {on}, stage: {code}}}" for on, code in events)
        ended = f", lost: {{date: {day}, reason: price}}" if lost else ""
        owner, amount = draw(st.sampled_from(["x", "y"])), draw(st.integers(0, 9))
        head = f"owner: {owner}, amount: {amount} CNY, created: {events[0][0]}, vertical: v{amount % 3}"
        lines.append(f"a{number % 3}/d{number}: {{{head}, stage: {events[-1][1]}, stage_history: [{history}]{ended}}}")
    return "\n".join(lines)


@settings(max_examples=40)
@given(histories())
def test_law_the_chain_of_conversions_multiplies_to_the_share_that_came_all_the_way(text: str) -> None:
    lines = [line for line in report(text, floor=1).lines if line.outcome in ("open", "won")]
    product = D(1)
    for line in lines[:-1]:
        if line.conversion is None:
            assert line.reached == 0
            return
        product *= line.conversion / 100
    assert abs(product * lines[0].reached - lines[-1].reached) < D("1e-9")


@settings(max_examples=40)
@given(histories(), st.sampled_from([name for name in GROUPS if name != "stage"]))
def test_law_the_groups_sum_to_the_funnel_whatever_they_group_by(text: str, by: str) -> None:
    result = report(text, by=GROUPS[by])
    for line in result.lines:
        parts = [part for group in result.groups.values() for part in group if part.stage == line.stage]
        for field in ("deals", "amount", "with_amount", "reached", "passed", "standing", "left", "stays"):
            assert sum(getattr(part, field) for part in parts) == getattr(line, field), (line.stage, field)
    assert sum(line.deals for line in result.lines) == result.total.deals
    assert sum(line.amount for line in result.lines) == result.total.amount


@settings(max_examples=40)
@given(histories(), st.integers(0, 200))
def test_law_an_earlier_day_shows_what_files_cut_at_that_day_would(text: str, days: int) -> None:
    day = date(2026, 1, 1) + timedelta(days=days)
    assert report(text, as_of=str(day)).lines == report(cut(text, day), as_of=str(day)).lines


def cut(text: str, day: date) -> str:
    """Return files as they were on a day: without later deals, steps and losses."""
    data: dict[str, Any] = source.read(text)
    kept = []
    for name, fields in data.items():
        events = [event for event in fields["stage_history"] if event["date"] <= str(day)]
        if not events:
            continue
        history = ", ".join(f"{{date: {event['date']}, stage: {event['stage']}}}" for event in events)
        lost = fields.get("lost")
        ended = f", lost: {{date: {lost['date']}, reason: price}}" if lost and lost["date"] <= str(day) else ""
        head = ", ".join(f"{key}: {fields[key]}" for key in ("owner", "amount", "created", "vertical"))
        kept.append(f"{name}: {{{head}, stage: {events[-1]['stage']}, stage_history: [{history}]{ended}}}")
    return "\n".join(kept) or "{}"


# --- what orders need


def test_for_ten_orders_the_method_wants_its_own_figures() -> None:
    found = needed(FOUR_DEALS, 10)
    assert {need.stage: need.by_method for need in found} == {"L": 100, "O": 60, "S": 40, "Q": 20, "A": 10}
    assert {need.stage: (need.have, need.gap_by_method) for need in found if need.have is not None} == {
        "L": (1, 99), "O": (0, 60), "S": (0, 40), "Q": (2, 18),
    }  # fmt: skip


def test_the_target_conversions_are_those_of_the_worked_figures() -> None:
    found = [line.target for line in report(FOUR_DEALS).lines if line.outcome == "open"]
    assert [round(rate, 1) for rate in found if rate is not None] == [60, D("66.7"), 50, 50]  # of 100, 60, 40, 20, 10


def test_for_three_orders_needs_are_rounded_up() -> None:
    assert [need.by_method for need in needed(FOUR_DEALS, 3)] == [30, 18, 12, 6, 3]
    assert [need.by_method for need in needed(FOUR_DEALS, 1)] == [10, 6, 4, 2, 1]


def test_ones_own_history_stands_beside_the_method() -> None:
    text = FOUR_DEALS + "a/won: {owner: x, stage: A, amount: 300 CNY, stage_history: [{date: 2026-04-01, stage: A}]}"
    found = {need.stage: (need.by_history, need.n) for need in needed(text, 2)}
    assert found == {"L": (10, 5), "O": (8, 4), "S": (6, 3), "Q": (6, 3), "A": (2, 1)}
    assert {need.by_history for need in needed(text, 2, floor=6)} == {None}


def test_without_an_order_history_says_nothing_of_orders() -> None:
    assert {need.by_history for need in needed(FOUR_DEALS, 2)} == {None}


QUOTA = """
team: {members: {x: {name: X, quota: {2026: 1000 CNY, 2026-Q2: 700 CNY}}, y: {name: Y, quota: {2026: 500 CNY}}}}
a/won:  {owner: x, stage: A, amount: 300 CNY, stage_history: [{date: 2026-04-01, stage: A}]}
a/old:  {owner: x, stage: A, amount: 100 CNY, stage_history: [{date: 2025-12-31, stage: A}]}
a/open: {owner: x, stage: L}
"""


def test_what_remains_of_a_quota_divided_by_the_average_order_is_the_orders_to_win() -> None:
    facts, ways = facts_of(QUOTA), ways_of(QUOTA)
    against = standing(target(facts.members.values(), read_period("2026-Q2"), terms(), 1), ways)
    assert (against.target.amount, against.target.people, against.target.of) == (D(700), 1, 2)
    assert (against.won, against.won_n, against.remaining) == (D(300), 1, D(400))
    size = deal_size(ways, 2)
    assert (size.amount, size.n) == (D(200), 2)
    plan = quota_plan("", against, size, report(QUOTA).lines, process(), 1)
    assert plan.orders == 2
    assert [need.by_method for need in plan.needs] == [20, 12, 8, 4, 2]


def test_too_few_orders_give_no_average_and_no_plan() -> None:
    facts, ways = facts_of(QUOTA), ways_of(QUOTA)
    against = standing(target(facts.members.values(), read_period("2026-Q2"), terms(), 1), ways)
    size = deal_size(ways, 20)
    assert (size.amount, size.n) == (None, 2)
    assert quota_plan("", against, size, report(QUOTA).lines, process(), 20).orders is None


def test_a_year_is_the_sum_of_four_quarters_and_a_quarter_is_never_made_of_a_year() -> None:
    four = "{2026-Q1: 1 CNY, 2026-Q2: 2 CNY, 2026-Q3: 3 CNY, 2026-Q4: 4 CNY}"
    text = f"team: {{members: {{x: {{name: X, quota: {four}}}, y: {{name: Y, quota: {{2026: 100 CNY}}}}}}}}"
    members = facts_of(text).members.values()
    assert target(members, read_period("2026"), terms(), 1).amount == 110
    assert target(members, read_period("2026-Q1"), terms(), 1).amount == 1
    assert target(members, read_period("2026-06"), terms(), 1).amount is None


def test_a_quota_without_a_rate_names_the_person() -> None:
    text = "team: {members: {x: {name: X, quota: {2026: 100 EUR}}, y: {name: Y, quota: {2026: 100 USD}}}}"
    found = target(facts_of(text).members.values(), read_period("2026"), terms(), 1)
    assert (found.amount, found.people, found.unconverted) == (D(700), 1, ("X",))


# --- concentration


def test_shares_the_herfindahl_index_and_how_many_equal_deals_would_be_as_concentrated() -> None:
    found = concentration([("a", D(50)), ("b", D(30)), ("c", D(20)), ("d", D(0))], top=2)
    assert (found.n, found.total, found.largest) == (3, D(100), ("a", "b"))
    assert (found.largest_share, found.top_share, found.herfindahl) == (D(50), D(80), D("0.38"))
    assert round(found.effective or 0, 2) == D("2.63")


def test_nothing_is_not_concentrated() -> None:
    assert concentration([], top=5)[3:] == (None, None, None, None)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30))
def test_law_effective_deals_lie_between_one_and_their_number(amounts: list[int]) -> None:
    found = concentration([(str(i), D(amount)) for i, amount in enumerate(amounts)], top=5)
    assert found.effective is not None
    assert D(1) - D("1e-9") <= found.effective <= len(amounts) + D("1e-9")


# --- the diagnosis


def test_every_question_of_the_method_is_answered_in_its_order() -> None:
    assert [answer.question for answer in answers(FOUR_DEALS).values()] == [q.id for q in METHODS.reviews.questions]


def test_a_loss_rate_says_of_how_many_and_refuses_below_the_floor() -> None:
    rate = figure(answers(FOUR_DEALS, floor=20)["losses"], "loss_rate")
    assert (rate.value, rate.of) == (None, 1)
    assert answers(FOUR_DEALS, floor=20)["losses"].verdict == "open"
    losses = answers(FOUR_DEALS)["losses"]
    assert (losses.verdict, figure(losses, "loss_rate").value) == ("alarm", D(100))
    assert [(f.about, f.value) for f in losses.figures if f.key == "lost_for"] == [("price", 1)]
    assert losses.behind == ("a/lost",)


def test_losses_older_than_the_window_do_not_count() -> None:
    assert figure(answers(FOUR_DEALS, as_of="2027-05-02")["losses"], "lost").value == 0
    assert figure(answers(FOUR_DEALS, as_of="2027-04-30")["losses"], "lost").value == 1


def test_the_reserve_is_compared_with_what_the_method_wants_for_the_deals_further_on() -> None:
    found = answers(FOUR_DEALS)["reserve"]  # 2 at Q; (100 + 60) / (40 + 20) early deals for each
    assert round(D(figure(found, "reserve_needed").value or 0), 2) == D("5.33")
    assert (figure(found, "reserve_deals").value, figure(found, "reserve").value) == (1, D("18.75"))
    assert (found.verdict, found.behind) == ("alarm", ("a/waiting",))


def test_no_deal_further_on_needs_no_reserve_and_none_is_judged() -> None:
    assert answers("a/b: {owner: x, stage: L}")["reserve"].verdict == "open"


def test_a_conversion_below_target_is_watched_while_deals_still_standing_there_may_close_the_gap() -> None:
    history = "stage_history: [{date: 2026-01-01, stage: L}, {date: 2026-02-01, stage: LOST}]"
    lost = "".join(f"a/l{i}: {{owner: x, stage: LOST, {history}}}\n" for i in range(6))
    won = "".join(f"a/o{i}: {{owner: x, stage: O}}\n" for i in range(4))
    short = answers(lost + won)["conversion"]
    assert (short.verdict, figure(short, "conversion_gap").value) == ("alarm", D(-20))
    assert len(short.behind) == 6
    waiting = "".join(f"a/w{i}: {{owner: x, stage: L}}\n" for i in range(10))
    assert figure(answers(lost + won + waiting)["conversion"], "conversion_gap").verdict == "watch"


def test_a_conversion_that_cannot_be_said_is_never_called_fine() -> None:
    text = "".join(f"a/o{i}: {{owner: x, stage: O}}\n" for i in range(19)) + "a/l: {owner: x, stage: L}"
    found = answers(text, floor=20)["conversion"]
    assert figure(found, "conversion_gap").verdict == "fine"
    assert found.verdict == "open"


NEAR = """
a/one:   {owner: x, stage: Q, amount: 800 CNY, close_date: 2026-06-20}
a/two:   {owner: x, stage: Q, amount: 200 CNY, close_date: 2026-06-01}
a/later: {owner: x, stage: Q, amount: 9000 CNY, close_date: 2026-07-01}
a/euro:  {owner: x, stage: Q, amount: 5000 EUR, close_date: 2026-06-20}
"""


def test_the_near_term_result_is_what_is_due_this_quarter_weighted_by_stage_overdue_deals_included() -> None:
    found = answers(NEAR)["concentration"]
    assert (figure(found, "near_amount").value, figure(found, "near_amount").of) == (D(500), 2)
    assert (figure(found, "largest_share").value, figure(found, "herfindahl").value) == (D(80), D("0.68"))
    assert figure(found, "largest_share_all").value == D(90)
    assert (found.verdict, found.behind) == ("alarm", ("a/one", "a/two"))


def test_nothing_due_this_quarter_is_not_judged() -> None:
    assert answers("a/b: {owner: x, stage: L}")["concentration"].verdict == "open"


def test_large_deals_are_those_from_the_limit_of_the_method_on() -> None:
    text = "\n".join(f"a/d{i}: {{owner: x, stage: L, amount: {n} CNY}}" for i, n in enumerate((2999999, 3000000)))
    found = answers(text)["large"]
    assert (figure(found, "large_deals").value, found.verdict, found.behind) == (1, "watch", ("a/d1",))
    assert answers("a/b: {owner: x, stage: L}")["large"].verdict == "alarm"


def test_accounts_without_a_deal_and_industries_without_one_are_the_market_not_entered() -> None:
    text = """
    a: {name: A, owner: x, vertical: water}
    b: {name: B, owner: x, vertical: steel}
    c: {name: C, owner: x, vertical: water}
    a/one: {stage: L}
    """
    found = answers(text)["market"]
    assert (figure(found, "entered").value, figure(found, "entered").of) == (1, 3)
    assert [(f.about, f.value) for f in found.figures if f.key == "not_entered"] == [("steel", 1)]
    assert found.behind == ("b", "c")


def test_stale_deals_are_named_the_largest_first() -> None:
    text = """
    a/old:    {owner: x, stage: L, created: 2026-01-01, amount: 1 CNY}
    a/older:  {owner: x, stage: L, created: 2025-01-01, amount: 5 CNY}
    a/fresh:  {owner: x, stage: L, created: 2026-06-01}
    """
    found = answers(text)["stale"]
    assert found.behind == ("a/older", "a/old")
    assert (figure(found, "stale").value, figure(found, "stale").of, found.verdict) == (2, 3, "alarm")


def test_a_push_is_a_date_moved_to_a_later_month() -> None:
    def move(before: str, after: str) -> MoveRow:
        return MoveRow("a/one", date(2026, 6, 1), date.fromisoformat(before), date.fromisoformat(after))

    assert is_push(move("2026-06-30", "2026-07-01"))
    assert is_push(move("2025-12-31", "2026-01-01"))
    assert not is_push(move("2026-06-01", "2026-06-30"))
    assert not is_push(move("2026-07-01", "2026-06-30"))
    assert not is_push(MoveRow("a/one", date(2026, 6, 1), None, date(2026, 7, 1)))


def test_pushed_deals_are_counted_from_the_history_and_not_guessed_without_one() -> None:
    moves = [
        MoveRow("a/one", date(2026, 5, 2), date(2026, 5, 30), date(2026, 6, 10)),
        MoveRow("a/one", date(2026, 6, 2), date(2026, 6, 10), date(2026, 7, 10)),
        MoveRow("a/two", date(2026, 1, 2), date(2026, 1, 10), date(2026, 7, 10)),  # too long ago
        MoveRow("a/gone", date(2026, 6, 2), date(2026, 6, 10), date(2026, 7, 10)),  # no open deal
    ]
    known = answers(NEAR, moves=moves)["pushed"]
    assert (figure(known, "pushed").value, figure(known, "pushes").value) == (1, 2)
    assert (figure(known, "pushed_share").value, known.behind) == (D(25), ("a/one", "a/two"))
    unknown = answers("a/b: {owner: x, stage: L, close_date: 2026-07-01}")["pushed"]
    assert (figure(unknown, "pushed_share").value, unknown.verdict) == (None, "open")


def test_coverage_compares_what_is_due_with_what_remains_of_the_quota() -> None:
    text = NEAR + "team: {members: {x: {name: X, quota: {2026-Q2: 2000 CNY, 2026: 4000 CNY}}}}"
    found = answers(text)["strength"]
    shares = {f.about: f.value for f in found.figures if f.key == "coverage"}
    assert shares == {"2026-Q2": D(50), "2026": D(250)}
    assert found.verdict == "alarm"


def test_a_quota_that_is_reached_is_fine() -> None:
    won = "a/won: {owner: x, stage: A, amount: 9 CNY, stage_history: [{date: 2026-06-01, stage: A}]}\n"
    found = answers(won + "team: {members: {x: {name: X, quota: {2026-Q2: 9 CNY, 2026: 9 CNY}}}}")["strength"]
    assert (found.verdict, [f.key for f in found.figures if f.verdict]) == ("fine", ["attained", "attained"])


@pytest.mark.parametrize(
    ("value", "low", "high"), [(49, "alarm", "fine"), (50, "watch", "watch"), (80, "fine", "alarm")]
)
def test_a_limit_judges_in_its_direction(value: int, low: str, high: str) -> None:
    assert Limit(figure="coverage", worse="low", watch=D(80), alarm=D(50)).judge(value) == low
    assert Limit(figure="loss_rate", worse="high", watch=D(50), alarm=D(80)).judge(value) == high


# --- periods


@pytest.mark.parametrize(
    ("text", "first_month", "start", "end"),
    [
        ("2026", 1, "2026-01-01", "2026-12-31"),
        ("2026-Q2", 1, "2026-04-01", "2026-06-30"),
        ("2026-q4", 1, "2026-10-01", "2026-12-31"),
        ("2026-02", 4, "2026-02-01", "2026-02-28"),
        ("2026-W01", 1, "2025-12-29", "2026-01-04"),
        ("2026", 4, "2026-04-01", "2027-03-31"),
        ("2026-Q4", 4, "2027-01-01", "2027-03-31"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(text: str, first_month: int, start: str, end: str) -> None:
    found = read_period(text, first_month)
    assert (str(found.start), str(found.end)) == (start, end)


@pytest.mark.parametrize("text", ["", "26", "2026-Q5", "2026-13", "2026-W54", "2026-Q2-1", "0000"])
def test_what_is_no_period_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(KamctlError) as raised:
        read_period(text)
    assert "2026-Q2" in raised.value.hint


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 12))
def test_law_every_day_lies_in_its_quarter_and_year(day: date, first_month: int) -> None:
    quarter, year = quarter_of(day, first_month), year_of(day, first_month)
    assert quarter.holds(day)
    assert year.start <= quarter.start <= quarter.end <= year.end
    assert quarter_of(day, first_month, 1).start == quarter.end + timedelta(days=1)


def test_a_month_later_is_the_last_day_where_the_month_is_shorter() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)
    assert add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)


# --- the command


def test_the_command_shows_the_funnel_to_a_pipe_as_rows(capsys: pytest.CaptureFixture[str]) -> None:
    out = kamctl(capsys, "funnel")
    assert out.splitlines()[0].startswith("stage\tdeals\tamount\twith_amount\treached\tpassed\tconversion\ttarget\tgap")
    assert out.splitlines()[1].startswith("L\t3\t500000\t1\t24\t21\t87.5\t60\t27.5")


@pytest.mark.parametrize("by", GROUPS)
def test_on_the_examples_every_grouping_sums_to_the_same_funnel(by: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(kamctl(capsys, "funnel", "--by", by, "--format", "json"))["data"]
    for line in data["stages"]:
        parts = [part for part in data["groups"] if part["stage"] == line["stage"]]
        for field in ("deals", "amount", "reached", "stays"):
            assert sum(part[field] for part in parts) == line[field]


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("form", ["table", "md"])
@pytest.mark.parametrize(
    "more", [[], ["--diagnose"], ["--orders", "10"], ["--by", "owner", "--quota", "--deal-size", "90万"]]
)
def test_every_part_shows_in_every_language(
    lang: str, form: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = kamctl(capsys, "--lang", lang, "--format", form, "funnel", *more)
    head = {"en": "Funnel as of", "zh-Hans": "销售漏斗，截至", "zh-Hant": "銷售漏斗，截至"}[lang]
    assert head in out
    assert "None" not in out


def test_figures_of_too_few_deals_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    out = kamctl(capsys, "--lang", "en", "--format", "table", "funnel", "--diagnose")
    assert "(n=18)" in out
    assert "Loss rate: insufficient history (n=9)" in out


def test_some_columns_alone_keep_what_they_say_of_too_few_deals(capsys: pytest.CaptureFixture[str]) -> None:
    out = kamctl(capsys, "--format", "table", "funnel", "--fields", "stage,conversion")
    assert "(n=18)" in out
    assert "(n=" not in kamctl(capsys, "--format", "tsv", "funnel", "--fields", "stage,conversion")


def test_the_figures_of_the_diagnosis_as_rows(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [line.split("\t") for line in kamctl(capsys, "funnel", "--diagnose").splitlines()]
    assert rows[0] == ["question", "verdict", "figure", "about", "value", "unit", "n", "judged", "behind"]
    assert ["losses", "open", "loss_rate", "", "", "percent", "9", ""] in [row[:8] for row in rows]
    assert {row[0] for row in rows[1:]} == {question.id for question in METHODS.reviews.questions}


def test_a_quota_without_enough_orders_asks_for_the_size_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    out = kamctl(capsys, "--lang", "en", "--format", "table", "funnel", "--quota", "--period", "2026-Q3")
    assert "insufficient history (n=6)" in out
    assert "--deal-size" in out


def test_deals_created_in_a_period_are_a_funnel_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(kamctl(capsys, "funnel", "--period", "2026-Q2", "--format", "json"))["data"]
    assert (data["total"]["deals"], data["created"]["start"]) == (5, "2026-04-01")
    same = ["--since", "2026-04-01", "--until", "2026-06-30"]
    assert json.loads(kamctl(capsys, "funnel", *same, "--format", "json"))["data"]["stages"] == data["stages"]


def test_the_stages_of_another_process_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    out = kamctl(capsys, "funnel", "--process", "large-project", "--where", "process=large-project")
    assert [line.split("\t")[0] for line in out.splitlines()[1:]] == [f"S{n}" for n in range(1, 8)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--by", "onwer"], 'did you mean "owner"?'),
        (["--process", "losqap"], 'did you mean "losqaop"?'),
        (["--period", "2026-Q7"], "write a year 2026"),
        (["--orders", "3", "--quota"], "exclude each other"),
        (["--quota", "--vertical", "water"], "quotas belong to people"),
        (["--quota", "--deal-size", "much"], "is no amount"),
        (["--quota", "--deal-size", "9 EUR"], "cannot be used"),
        (["--since", "2026-06-01", "--until", "2026-05-01"], "there is no day"),
        (["--owner", "li-nan"], 'did you mean "li-na"?'),
        (["--orders", "-1"], "--orders"),
    ],
)
def test_a_slip_is_told_with_a_way_out(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-C", str(EXAMPLES), "--as-of", "2026-06-15", "--lang", "en", "funnel", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_deal_in_a_currency_without_a_rate_is_named_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, text in {
        "kamctl.yaml": "format: 1\ncurrency: CNY\n",
        "accounts/a/account.yaml": "name: A\nowner: x\n",
        "accounts/a/opportunities/euro.yaml": "name: Euro\nstage: L\namount: 1000 EUR\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert cli.run(["-C", str(tmp_path), "--as-of", "2026-06-15", "funnel", "--format", "json"]) == 0
    shown = capsys.readouterr()
    data = json.loads(shown.out)["data"]
    assert (data["unconverted"], data["total"]["deals"], data["total"]["with_amount"]) == (["a/euro"], 1, 0)
    assert "a/euro (1000 EUR)" in shown.err


def test_a_funnel_narrowed_to_people_places_or_an_account_says_of_which_accounts_and_quotas(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def figures(*arguments: str) -> dict[tuple[str, str], Any]:
        data = json.loads(kamctl(capsys, "funnel", *arguments, "--format", "json"))["data"]["diagnosis"]
        return {(f["key"], f["about"]): f["value"] for answer in data for f in answer["figures"]}

    assert figures("--unit", "晋蒙")["quota", "2026"] == 6000000
    assert figures("--owner", "li-na")["accounts", ""] == 2
    assert figures("--province", "河北")["accounts", ""] == 3
    assert figures("--account", "bohai-water")["accounts", ""] == 1
    assert ("quota", "2026") not in figures("--province", "河北")


def test_quotas_are_divided_by_person(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["funnel", "--quota", "--period", "2026-Q3", "--deal-size", "900000", "--by", "owner"]
    data = json.loads(kamctl(capsys, *arguments, "--format", "json"))["data"]["orders"]
    assert {plan["group"]: (plan["quota"], plan["orders"]) for plan in data} == {
        "": (7200000, 8),
        "李娜": (2800000, 4),
        "马俊": (2500000, 3),
        "刘鹏": (1000000, 2),
        "周磊": (900000, 1),
    }
    rows = kamctl(capsys, *arguments).splitlines()
    assert len(rows) == 1 + 5 * 5


def test_a_person_without_a_quota_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    out = kamctl(capsys, "--lang", "en", "--format", "table", "funnel", "--quota", "--period", "2030-Q1")
    assert "no quota for 2030-Q1" in out


# --- helpers


def kamctl(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.run(["-C", str(EXAMPLES), "--as-of", "2026-06-15", *arguments]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


@cache
def processes() -> dict[str, Process]:
    return METHODS.processes()


def process(name: str = "losqaop") -> Process:
    return processes()[name]


def terms(as_of: str = "2026-06-15") -> Terms:
    return shipped.terms(as_of, rates=RATES)


def facts_of(text: str) -> Facts:
    """Read records by id: `account`, `account/deal`, and `team`."""
    facts = Facts()
    data: dict[str, Any] = source.read(text)
    for name, fields in data.items():
        kind = "team" if name == "team" else "opportunity" if "/" in name else "account"
        if kind == "opportunity":
            fields = {"name": name, **fields}
        record, problems = read_record(MODELS[kind], fields, name)
        assert record is not None, problems
        for table, found in rows_of(kind, name, record, TABLES):
            facts.add(table, found)
    facts.inherit()
    return facts


def ways_of(text: str, as_of: str = "2026-06-15", process: str = "") -> list[Journey]:
    facts = facts_of(text)
    return journeys(facts, pipeline_rows(facts, terms(as_of)), terms(as_of), process)


def report(text: str, floor: int = 1, as_of: str = "2026-06-15", process: str = "losqaop", by: str = "") -> Funnel:
    group = (lambda way: str(getattr(way.row, by) or "")) if by else None
    return funnel(ways_of(text, as_of, process), processes()[process], process, floor, group)


def by_stage(result: Funnel) -> dict[str, StageLine]:
    return {line.stage: line for line in result.lines}


def needed(text: str, orders: int, floor: int = 1) -> Sequence[Need]:
    return needs("", orders, report(text).lines, process(), floor)


def answers(
    text: str, floor: int = 1, as_of: str = "2026-06-15", moves: Sequence[MoveRow] | None = None
) -> dict[str, Answer]:
    facts, day = facts_of(text), date.fromisoformat(as_of)
    ways = ways_of(text, as_of)
    reviews = replace(METHODS.reviews, floor=floor)
    members = facts.members.values()
    targets = [standing(target(members, period, terms(as_of), 1), ways) for period in (quarter_of(day), year_of(day))]
    case = Case(
        ways=ways,
        funnel=report(text, floor, as_of),
        process=process(),
        accounts=[*facts.accounts.values()],
        targets=targets,
        quarter=quarter_of(day),
        moves=moves,
        reviews=reviews,
        terms=terms(as_of),
    )
    return {answer.question: answer for answer in diagnose(case)}


def figure(answer: Answer, key: str) -> Figure:
    return next(figure for figure in answer.figures if figure.key == key)


def test_the_way_to_an_order_leaves_out_the_ways_out() -> None:
    assert [stage.code for stage in chain(process())] == list(STAGES)
