"""The pipeline: sums that can be checked by hand, what they are made of, and deals as they stood on earlier days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shipped
from kamctl import source
from kamctl.commands.selling import GROUPS, stage_order
from kamctl.facts import TABLES, Facts
from kamctl.flattening import rows_of
from kamctl.money import Rate
from kamctl.problems import KamctlError
from kamctl.reports.filters import condition, keep_all, one_of
from kamctl.reports.pipeline import Pipeline, PipelineRow, Terms, pipeline, pipeline_rows
from kamctl.schema.kinds import MODELS
from kamctl.schema.reading import read_record
from kamctl.workspace import Workspace

D = Decimal
EXAMPLES = Path(__file__).parents[1] / "examples"
RATES = (
    Rate(date(2015, 1, 9), "USD", "CNY", D("6.3")),
    Rate(date(2026, 5, 29), "USD", "CNY", D("7")),
    Rate(date(2026, 7, 1), "USD", "CNY", D("8")),
)

THREE_DEALS = """
bohai/line-3:   {owner: li-na, stage: Q, amount: 1000000 CNY, probability: 60%}
bohai/pumps:    {owner: li-na, stage: Q, amount: 500000 CNY}
luanhe/valves:  {owner: ma-jun, stage: S, probability: 20%}
"""


# --- sums


def test_amounts_are_summed_over_the_deals_that_have_one_and_the_count_is_told() -> None:
    total = report(THREE_DEALS).total
    assert (total.deals, total.amount, total.with_amount) == (3, D(1500000), 2)


def test_the_owners_estimates_and_the_stages_probabilities_are_two_sums_with_their_own_counts() -> None:
    total = report(THREE_DEALS).total
    assert (total.by_owner, total.owner_n) == (D(600000), 1)  # 1,000,000 at 60 %
    assert (total.by_stage, total.stage_n) == (D(750000), 2)  # 1,500,000 at 50 %


def test_a_deal_without_amount_is_in_no_weighted_sum_even_when_it_has_a_probability() -> None:
    total = report("luanhe/valves: {owner: ma-jun, stage: S, probability: 20%}").total
    assert (total.deals, total.with_amount, total.owner_n, total.stage_n) == (1, 0, 0, 0)
    assert (total.amount, total.by_owner, total.by_stage) == (D(0), D(0), D(0))


def test_a_probability_of_zero_is_an_estimate_and_not_a_missing_one() -> None:
    total = report("a/b: {owner: x, stage: Q, amount: 100 CNY, probability: 0%}").total
    assert (total.by_owner, total.owner_n) == (D(0), 1)


def test_stages_weigh_ten_orders_over_their_figure() -> None:
    codes = ["L", "O", "S", "Q", "A", "OR", "P", "LOST"]
    found = rows("\n".join(f"a/{code.lower()}: {{owner: x, stage: {code}}}" for code in codes))
    shown = {row.stage: row.stage_probability and round(row.stage_probability, 1) for row in found}
    assert shown == {"L": 10, "O": D("16.7"), "S": 25, "Q": 50, "A": 100, "OR": 100, "P": 100, "LOST": 0}


def test_groups_come_in_the_order_of_the_stages() -> None:
    result = report(
        """
        a/one:   {owner: x, stage: Q, amount: 1 CNY}
        a/two:   {owner: x, stage: L, amount: 2 CNY}
        a/three: {owner: x, stage: S, amount: 3 CNY}
        """
    )
    assert [group.group for group in result.groups] == ["L", "S", "Q"]


def test_groups_that_are_no_stages_come_by_amount_and_the_empty_one_last() -> None:
    result = report(
        """
        a/one:   {owner: x, stage: Q, amount: 1 CNY, vertical: steel}
        a/two:   {owner: x, stage: L, amount: 9 CNY}
        a/three: {owner: x, stage: S, amount: 3 CNY, vertical: water}
        """,
        by="vertical",
    )
    assert [(group.group, group.amount) for group in result.groups] == [("water", D(3)), ("steel", D(1)), ("", D(9))]


@given(st.data())
def test_law_the_groups_sum_to_the_total_whatever_they_group_by(data: st.DataObject) -> None:
    drawn = data.draw(st.lists(DEALS, max_size=12))
    by = data.draw(st.sampled_from(["stage", "owner", "vertical", "dealer", "customer", "grade"]))
    assert_adds_up(pipeline(drawn, by, lambda name: not name))


@pytest.mark.parametrize("by", GROUPS)
def test_on_the_examples_every_grouping_sums_to_the_same_total(by: str) -> None:
    result = pipeline(example_rows(), GROUPS[by], lambda name: not name)
    assert_adds_up(result)
    assert result.total == pipeline(example_rows(), "stage", lambda name: not name).total


# --- money


def test_other_currencies_are_converted_at_the_latest_rate_on_or_before_the_day() -> None:
    text = "a/b: {owner: x, stage: Q, amount: 1000 USD}"
    assert rows(text)[0].amount == 7000
    assert rows(text, as_of="2026-05-28")[0].amount == 6300
    assert rows(text)[0].original == "1000 USD"


def test_the_report_currency_stands_beside_the_own_to_the_cent() -> None:
    row = rows("a/b: {owner: x, stage: Q, amount: 1000000 CNY}", report_currency="USD")[0]
    assert (row.amount, row.report_amount) == (D(1000000), D("142857.14"))
    assert rows("a/b: {owner: x, stage: Q, amount: 5 CNY}")[0].report_amount is None


def test_a_deal_in_a_currency_without_a_rate_is_named_and_in_no_sum() -> None:
    result = report(
        """
        a/euro: {owner: x, stage: Q, amount: 1000 EUR, probability: 50%}
        a/yuan: {owner: x, stage: Q, amount: 1000 CNY, probability: 50%}
        a/none: {owner: x, stage: Q}
        """
    )
    assert result.unconverted == ["a/euro"]
    assert (result.total.deals, result.total.amount, result.total.owner_n) == (3, D(1000), 1)
    euro = next(row for row in result.rows if row.id == "a/euro")
    assert (euro.amount, euro.original) == (None, "1000 EUR")


def test_before_the_first_rate_there_is_none() -> None:
    text = "a/b: {owner: x, stage: Q, amount: 1000 USD, created: 2014-01-01}"
    assert report(text, as_of="2015-01-08").unconverted == ["a/b"]


def test_a_bare_number_is_in_the_currency_of_the_workspace_and_wan_is_ten_thousand() -> None:
    assert rows("a/b: {owner: x, stage: Q, amount: 5000}")[0].amount == 5000
    assert rows("a/b: {owner: x, stage: Q, amount: 300万}")[0].amount == 3000000


# --- time

STAGED = """
bohai/line-3:
  owner: li-na
  stage: Q
  created: 2026-01-12
  stage_history:
    - {date: 2026-01-12, stage: L}
    - {date: 2026-03-20, stage: S}
    - {date: 2026-05-11, stage: Q}
"""


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-01-11", None),
        ("2026-01-12", ("L", 0)),
        ("2026-03-19", ("L", 66)),
        ("2026-03-20", ("S", 0)),
        ("2026-05-11", ("Q", 0)),
        ("2026-06-15", ("Q", 35)),
    ],
)
def test_a_deal_is_shown_at_the_stage_it_had_on_the_day_with_the_days_in_it(
    day: str, expected: tuple[str, int] | None
) -> None:
    found = [(row.stage, row.days_in_stage) for row in rows(STAGED, as_of=day)]
    assert found == ([expected] if expected else [])


def test_a_deal_without_history_stands_at_its_stage_since_it_was_created() -> None:
    text = "a/b: {owner: x, stage: Q, created: 2026-06-01}"
    assert [(row.stage, row.days_in_stage) for row in rows(text)] == [("Q", 14)]
    assert rows(text, as_of="2026-05-31") == []
    assert rows("a/b: {owner: x, stage: Q}", as_of="2001-01-01")[0].days_in_stage is None


def test_a_deal_that_was_won_later_was_open_before() -> None:
    text = STAGED.replace("stage: Q\n  created", "stage: A\n  created") + "    - {date: 2026-06-10, stage: A}\n"
    assert rows(text)[0].outcome == "won"
    assert rows(text, as_of="2026-06-09")[0].outcome == "open"


def test_the_score_counts_the_marks_up_to_the_day() -> None:
    text = """
    a/b:
      owner: x
      stage: Q
      assessments:
        - {date: 2026-05-01, marks: {project: {us: "+"}, risk: {us: "-"}}}
        - {date: 2026-06-01, marks: {risk: {us: "+"}, solution_fit: {us: "?"}}}
    """
    assert score_of(rows(text)) == (100, 2, 20)
    assert score_of(rows(text, as_of="2026-05-31")) == (0, 2, 20)
    assert score_of(rows(text, as_of="2026-04-30")) == (None, 0, 20)


NEWS = {
    "a stage": "stage_history: [{date: DAY, stage: Q}]",
    "an assessment": "assessments: [{date: DAY, marks: {project: {us: '+', evidence: x}}}]",
    "an action done": "actions: [{what: Send drawings, done: DAY}]",
    "its creation": "created: DAY",
}


@pytest.mark.parametrize("news", NEWS)
def test_a_deal_goes_stale_when_its_last_news_is_older_than_the_limit(news: str) -> None:
    def stale(day: str) -> bool:
        return rows(f"a/b:\n  owner: x\n  stage: Q\n  {NEWS[news].replace('DAY', day)}\n")[0].stale

    assert not stale("2026-05-16")  # 30 days
    assert stale("2026-05-15")


def test_a_call_that_took_place_is_news_and_a_planned_one_is_not() -> None:
    deal = "a/b: {owner: x, stage: Q, created: 2026-01-01}\n"
    held = "a/calls/2026-06-10-z: {date: 2026-06-10, by: x, opportunity: b, outcome: {events: Agreed}}"
    planned = "a/calls/2026-06-14-z: {date: 2026-06-14, by: x, opportunity: b}"
    assert not rows(deal + held)[0].stale
    assert rows(deal + planned)[0].stale
    assert rows(deal + held, as_of="2026-06-09")[0].stale


def test_a_deal_that_is_won_or_lost_or_has_no_news_at_all() -> None:
    stale = {
        row.stage: row.stale
        for row in rows(
            """
        a/won:  {owner: x, stage: A, created: 2025-01-01}
        a/lost: {owner: x, stage: LOST, created: 2025-01-01}
        a/open: {owner: x, stage: Q}
        """
        )
    }
    assert stale == {"A": False, "LOST": False, "Q": True}


# --- what comes next


def test_the_next_action_is_the_open_one_that_is_due_first_even_when_overdue() -> None:
    row = rows(
        """
        a/b:
          owner: x
          stage: Q
          actions:
            - {what: Later, due: 2026-07-01}
            - {what: Done already, due: 2026-05-01, done: 2026-05-02}
            - {what: Overdue, due: 2026-06-01}
            - {what: Some day}
        """
    )[0]
    assert (row.next_due, row.next_action) == (date(2026, 6, 1), "Overdue")


def test_an_action_that_was_done_later_was_open_on_the_day() -> None:
    text = "a/b: {owner: x, stage: Q, actions: [{what: Send drawings, due: 2026-06-01, done: 2026-06-10}]}"
    assert rows(text)[0].next_action == ""
    assert rows(text, as_of="2026-06-09")[0].next_action == "Send drawings"


def test_a_planned_call_is_a_next_action_from_today_on() -> None:
    deal = "a/b: {owner: x, stage: Q}\n"
    call = "a/calls/2026-06-15-z: {date: 2026-06-15, by: x, opportunity: b, mode: phone, plan: {purpose: Ask Wang Li}}"
    assert rows(deal + call)[0].next_action == "Ask Wang Li"
    assert rows(deal + call, as_of="2026-06-16")[0].next_action == ""


# --- where deals belong


def test_what_a_deal_does_not_say_its_account_says() -> None:
    text = """
    bohai:
      {name: 渤海水务集团, owner: li-na, grade: A, vertical: water, dealer: 天津管业, region: {province: 辽宁}}
    team:         {members: {li-na: {name: 李娜, unit: 华北}, ma-jun: {name: 马俊}}}
    bohai/line-3: {stage: Q}
    bohai/pumps:  {stage: Q, owner: ma-jun, vertical: steel}
    """
    line, pumps = rows(text)
    assert (line.customer, line.owner, line.unit, line.grade) == ("渤海水务集团", "李娜", "华北", "A")
    assert (line.vertical, line.dealer, line.province) == ("water", "天津管业", "辽宁")
    assert (pumps.owner, pumps.owner_id, pumps.vertical, pumps.dealer) == ("马俊", "ma-jun", "steel", "天津管业")


def test_a_deal_whose_account_cannot_be_read_is_shown_by_its_id() -> None:
    assert rows("ghost/line-3: {owner: x, stage: Q}")[0].customer == "ghost"


def test_a_deal_at_an_unknown_stage_or_of_an_unknown_process_is_shown_and_not_weighted_by_stage() -> None:
    odd = "a/b: {owner: x, stage: Z, amount: 100 CNY, probability: 50%}\na/c: {owner: x, stage: Q, process: nonsense}"
    strange, other = rows(odd)
    assert (strange.stage, strange.stage_probability, strange.outcome) == ("Z", None, "open")
    assert other.stage_probability == 50
    total = report(odd).total
    assert (total.by_owner, total.owner_n, total.stage_n) == (D(50), 1, 0)


def test_a_deal_follows_the_stages_of_its_own_process() -> None:
    row = rows("a/b: {owner: x, process: large-project, stage: S7}")[0]
    assert (row.process, row.outcome) == ("large-project", "won")


# --- conditions


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("stage=Q", ["line-3", "pumps"]),
        ("stage=q", ["line-3", "pumps"]),
        ("stage!=Q", ["valves"]),
        ("amount=1000000", ["line-3"]),
        ("amount>=500000", ["line-3", "pumps"]),
        ("amount>500000", ["line-3"]),
        ("amount<1000000", ["pumps"]),
        ("probability<=20", ["valves"]),
        ("probability=60", ["line-3"]),
        ("amount=", ["valves"]),
        ("close_date<2026-10-01", ["pumps"]),
        ("close_date>=2026-10-01", []),
        ("close_date=2026-09-30", ["pumps"]),
        ("ended=false", ["line-3", "pumps", "valves"]),
        ("ended=true", []),
        (" owner_id = li-na ", ["line-3", "pumps"]),
        ("amount>2026-01-01", []),
    ],
)
def test_a_condition_keeps_the_deals_it_names(where: str, expected: list[str]) -> None:
    text = THREE_DEALS.replace("amount: 500000 CNY", "amount: 500000 CNY, close_date: 2026-09-30")
    kept = keep_all(rows(text), [condition(where, PipelineRow._fields)])
    assert [row.id.partition("/")[2] for row in kept] == expected


def test_an_empty_amount_is_neither_above_nor_below_any_limit() -> None:
    for where in ("amount<1", "amount>=0"):
        assert keep_all(rows("a/b: {owner: x, stage: Q}"), [condition(where, PipelineRow._fields)]) == []


@pytest.mark.parametrize(
    ("where", "hint"),
    [
        ("amout>=1", 'did you mean "amount"?'),
        ("amount", "write field=value"),
        ("amount>=many", "write 1000000 or 2026-09-30"),
        ("amount>=NaN", "write 1000000 or 2026-09-30"),
        ("amount>=-sNaN", "write 1000000 or 2026-09-30"),
        ("close_date<2026-02-30", "write 1000000 or 2026-09-30"),
        ("", "write field=value"),
    ],
)
def test_a_condition_that_makes_no_sense_says_how_to_write_it(where: str, hint: str) -> None:
    with pytest.raises(KamctlError) as raised:
        condition(where, PipelineRow._fields)
    assert hint in raised.value.hint


def test_one_of_takes_several_values_in_any_case() -> None:
    assert len(keep_all(rows(THREE_DEALS), [one_of("owner_id", ["LI-NA", "ma-jun"])])) == 3
    assert len(keep_all(rows(THREE_DEALS), [one_of("owner_id", ["li-na"]), one_of("stage", ["S"])])) == 0


# --- helpers


def money() -> st.SearchStrategy[Decimal]:
    return st.decimals(0, 10**9, places=2)


DEALS = st.builds(
    lambda stage, owner, vertical, amount, probability, share: rows("a/b: {owner: x, stage: Q}")[0]._replace(
        stage=stage,
        owner=owner,
        vertical=vertical,
        amount=amount,
        probability=probability,
        stage_probability=share,
    ),
    st.sampled_from(["L", "O", "S", "Q", "Z"]),
    st.sampled_from(["李娜", "马俊", ""]),
    st.sampled_from(["water", "steel", ""]),
    st.none() | money(),
    st.none() | st.integers(0, 100).map(Decimal),
    st.none() | st.integers(0, 100).map(Decimal),
)


def assert_adds_up(result: Pipeline) -> None:
    for field in ("deals", "amount", "with_amount", "by_owner", "owner_n", "by_stage", "stage_n"):
        assert sum(getattr(group, field) for group in result.groups) == getattr(result.total, field), field
    assert result.total.deals == len(result.rows)
    assert result.total.by_owner <= result.total.amount
    assert result.total.by_stage <= result.total.amount


def score_of(found: Sequence[PipelineRow]) -> tuple[int | None, int, int]:
    return found[0].score, found[0].known, found[0].applicable


@cache
def terms(as_of: str, report_currency: str = "") -> Terms:
    return shipped.terms(as_of, report_currency, RATES)


def facts_of(text: str) -> Facts:
    """Read records by id: `account`, `account/deal`, `account/calls/stem`, and `team`."""
    facts = Facts()
    data: dict[str, Any] = source.read(text)
    for name, fields in data.items():
        kind = {0: "account", 1: "opportunity", 2: "call"}[name.count("/")] if name != "team" else "team"
        if kind == "opportunity":
            fields = {"name": name, **fields}
        record, problems = read_record(MODELS[kind], fields, name)
        assert record is not None, problems
        for table, found in rows_of(kind, name.replace("/calls/", "/"), record, TABLES):
            facts.add(table, found)
    facts.inherit()
    return facts


def rows(text: str, as_of: str = "2026-06-15", report_currency: str = "") -> list[PipelineRow]:
    return pipeline_rows(facts_of(text), terms(as_of, report_currency))


def report(text: str, by: str = "stage", as_of: str = "2026-06-15") -> Pipeline:
    order = stage_order(terms(as_of)) if by == "stage" else lambda name: not name
    return pipeline(rows(text, as_of), by, order)


@cache
def example_rows() -> list[PipelineRow]:
    workspace = Workspace.open(EXAMPLES)
    return pipeline_rows(workspace.load().facts, terms("2026-06-15", "USD"))
