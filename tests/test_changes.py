"""Two versions of a record, compared in the words of selling."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamctl.forms.changes import WORDS, Names, line, lines
from kamctl.history import change as kinds
from kamctl.history.change import KINDS, Change
from kamctl.history.changes import changes
from kamctl.history.matching import pairs, title_of
from kamctl.money import Money
from kamctl.source import read

DEAL = """
name: 三号线
stage: S
amount: 4200000 CNY
close_date: 2026-07-31
stage_history:
  - {date: 2026-01-12, stage: L}
  - {date: 2026-02-10, stage: S}
"""


def told(before: str, after: str, kind: str = "opportunity") -> list[Change]:
    return changes(read(before), read(after), kind)


def words(before: str, after: str, kind: str = "opportunity", names: Names | None = None) -> list[str]:
    return [text for _, text in lines(told(before, after, kind), names or Names("en"))]


# --- deals


def test_a_stage_tells_how_long_the_deal_stood_at_the_last_one() -> None:
    after = DEAL.replace("stage: S\n", "stage: Q\n", 1) + "  - {date: 2026-04-21, stage: Q, by: li-na}\n"
    (stage,) = told(DEAL, after)
    assert (stage.kind, stage.before, stage.after, stage.days, stage.source) == ("stage", "S", "Q", 70, "li-na")
    assert words(DEAL, after) == ["Stage S → Q, after 70 days at S"]


def test_a_stage_without_a_history_tells_no_days() -> None:
    assert words("stage: L\n", "stage: O\n") == ["Stage L → O"]
    assert words(
        "stage: L\ncreated: 2026-01-01\n",
        "stage: O\ncreated: 2026-01-01\nstage_history: [{date: 2026-01-08, stage: O}]\n",
    ) == ["Stage L → O, after 7 days at L"]


def test_a_stage_forced_past_its_gate_tells_why() -> None:
    after = DEAL.replace("stage: S\n", "stage: Q\n", 1) + "  - {date: 2026-04-21, stage: Q, override: 客户要求}\n"
    assert words(DEAL, after) == ["Stage S → Q, after 70 days at S; 客户要求"]


def test_a_history_that_is_rewritten_is_told_step_by_step() -> None:
    assert words(DEAL, DEAL.replace("2026-02-10, stage: S", "2026-02-12, stage: S")) == [
        "2026-02-12 S: Date 2026-02-10 → 2026-02-12"
    ]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("close_date: 2026-08-31", "Close date 2026-07-31 → 2026-08-31, pushed by 31 days"),
        ("close_date: 2026-07-30", "Close date 2026-07-31 → 2026-07-30, pulled in by 1 day"),
        ("close_date: soon", "Close date 2026-07-31 → soon"),
        ("", "Close date 2026-07-31 → –"),
    ],
)
def test_a_close_date_is_pushed_or_pulled_in(after: str, expected: str) -> None:
    assert words(DEAL, DEAL.replace("close_date: 2026-07-31", after)) == [expected]


def test_an_amount_is_money_however_it_is_written() -> None:
    (amount,) = told(DEAL, DEAL.replace("4200000 CNY", "480万 CNY"))
    assert (amount.before, amount.after) == (Money(Decimal(4200000), "CNY"), Money(Decimal(4800000), "CNY"))
    assert told(DEAL, DEAL.replace("4200000 CNY", "420万 CNY")) == []
    assert words(DEAL, DEAL.replace("4200000", "4800000"), names=Names("zh-Hans")) == ["金额 420万 CNY → 480万 CNY"]


MARKS = """
assessments:
  - date: 2026-03-01
    by: li-na
    marks:
      compelling_event: {us: "?", siemens: "+"}
      project: {us: "+", evidence: 需求书}
"""


def test_a_new_assessment_is_compared_with_the_last_marks() -> None:
    after = MARKS + (
        "  - date: 2026-05-04\n    by: ma-jun\n    marks:\n"
        '      compelling_event: {us: "+", siemens: "+", evidence: 年底必须达标, source: zhang-wei}\n'
        '      risk: {us: "-"}\n'
    )
    found = told(MARKS, after)
    assert [(c.kind, c.subject, c.party, c.before, c.after) for c in found] == [
        ("mark", "compelling_event", "us", "?", "+"),
        ("confirmed", "compelling_event", "siemens", "+", "+"),
        ("mark", "risk", "us", None, "-"),
    ]
    assert (found[0].note, found[0].source, found[0].day) == ("年底必须达标", "zhang-wei", date(2026, 5, 4))
    assert found[2].source == "ma-jun"
    names = Names("en", {"criterion": {"compelling_event": "Compelling event"}}, {}, {"us": "us", "siemens": "西门子"})
    assert words(MARKS, after, names=names) == [
        "Compelling event: us ? → +, 西门子 + (again); 年底必须达标",
        "risk: us -",
    ]


def test_a_mark_that_is_changed_where_it_stands() -> None:
    assert [(c.kind, c.before, c.after) for c in told(MARKS, MARKS.replace('us: "?"', 'us: "-"'))] == [
        ("mark", "?", "-")
    ]
    (evidence,) = told(MARKS, MARKS.replace("需求书", "需求书第三版"))
    assert (evidence.kind, evidence.subject, evidence.note) == ("evidence", "project", "需求书第三版")
    assert words(MARKS, MARKS.replace("需求书", "需求书第三版")) == ["project: us + (evidence changed); 需求书第三版"]
    gone = told(MARKS, MARKS.replace('us: "?", ', ""))
    assert [(c.kind, c.before, c.after) for c in gone] == [("mark", "?", None)]
    assert words(MARKS, MARKS.replace('us: "?", ', "")) == ["compelling_event: us ? → –"]


def test_an_assessment_without_marks_is_told() -> None:
    assert [(c.kind, c.subject) for c in told(MARKS, MARKS + "  - {date: 2026-05-04, by: li-na}\n")] == [
        ("added", "2026-05-04 li-na")
    ]


TEAM = """
buying_team:
  zhang-wei:
    roles: [D]
    coverage: brief
    behaviours: {accepts_us: 2026-02-10}
"""


def test_what_is_seen_of_people() -> None:
    after = TEAM.replace("2026-02-10}", "2026-02-10, invests_time: 2026-03-02}").replace("brief", "multiple")
    names = Names(
        "en", {"behaviour": {"invests_time": "Invests time"}, "coverage": {"brief": "Brief"}}, {"zhang-wei": "张伟"}
    )
    assert words(TEAM, after, names=names) == ["张伟: Invests time", "张伟: Coverage Brief → multiple"]
    assert words(after, TEAM, names=names)[0] == "张伟: no longer “Invests time”"
    moved = told(TEAM, TEAM.replace("2026-02-10", "2026-02-11"))
    assert [(c.kind, c.before, c.after) for c in moved] == [("field", date(2026, 2, 10), date(2026, 2, 11))]


def test_people_come_go_and_oppose() -> None:
    after = TEAM + "  sun-hao:\n    roles: [A, U]\n    opposes: {level: enemy, evidence: 会上反对, date: 2026-05-21}\n"
    names = Names("en", {"role": {"A": "approver"}, "opposition": {"enemy": "Enemy"}}, {"sun-hao": "孙浩"})
    assert words(TEAM, after, names=names) == ["Buying team + 孙浩 (approver, U)", "孙浩: – → Enemy; 会上反对"]
    assert words(after, TEAM, names=names) == ["Buying team − 孙浩"]
    milder = after.replace("enemy", "non_supporter")
    assert [(c.kind, c.before, c.after) for c in told(after, milder)] == [("opposition", "enemy", "non_supporter")]
    assert [c.field for c in told(after, after.replace("会上反对", "邮件"))] == ["buying_team.opposes.evidence"]
    assert [c.field for c in told(TEAM, TEAM.replace("[D]", "[D, E]"))] == ["buying_team.roles"]


def test_lost_and_open_again() -> None:
    lost = DEAL.replace("stage: S\n", "stage: LOST\n", 1)
    lost += "  - {date: 2026-05-01, stage: LOST}\n"
    lost += "lost: {date: 2026-05-01, reason: delivery_time, to: donglin, lesson: 早问}\n"
    names = Names("en", {"loss_reason": {"delivery_time": "Delivery time"}}, {}, {"donglin": "东岭"})
    assert words(DEAL, lost, names=names) == [
        "Stage S → LOST, after 80 days at S",
        "lost: Delivery time → 东岭; 早问",
    ]
    again = DEAL + (
        "  - {date: 2026-05-01, stage: LOST}\n  - {date: 2026-05-20, stage: S, move: reopen, note: 东岭交不了货}\n"
    )
    kinds_told = [change.kind for change in told(lost, again)]
    assert kinds_told == ["stage", "reopened", "gone"]
    assert words(lost, again)[1] == "open again; 东岭交不了货"
    assert [c.field for c in told(lost, lost.replace("早问", "更早问"))] == ["lost.lesson"]


ACTIONS = """
actions:
  - {due: 2026-05-20, who: li-na, what: 弄清报价}
  - {due: 2026-06-01, who: chen-jie, what: 样段试验, category: prove}
"""


def test_actions_are_matched_by_what_they_say_and_not_by_where_they_stand() -> None:
    done = """
actions:
  - {due: 2026-06-22, who: li-na, what: 技术澄清}
  - {due: 2026-06-08, who: chen-jie, what: 样段试验, category: prove}
  - {due: 2026-05-20, who: li-na, what: 弄清报价, done: 2026-05-22, result: 低35万}
"""
    assert words(ACTIONS, done) == [
        "Actions + 技术澄清",
        "样段试验: Due 2026-06-01 → 2026-06-08",
        "Actions: done: 弄清报价; 低35万",
        "Actions: in another order",
    ]
    reworded = ACTIONS.replace("样段试验", "样段带压试验")
    assert [(c.kind, c.before, c.after) for c in told(ACTIONS, reworded)] == [("field", "样段试验", "样段带压试验")]
    assert words(ACTIONS, ACTIONS.replace("  - {due: 2026-05-20, who: li-na, what: 弄清报价}\n", "")) == [
        "Actions − 弄清报价"
    ]


def test_payments_are_done_when_money_came() -> None:
    due = "payments:\n  - {due: 2026-05-31, amount: 200000 CNY}\n"
    paid = "payments:\n  - {due: 2026-05-31, amount: 200000 CNY, received: 200000 CNY, received_on: 2026-06-03}\n"
    assert words(due, paid) == ["Payments: done: 2026-05-31 (200,000 CNY)"]


def test_parts_come_go_and_change() -> None:
    bid = "bid: {decision: bid, decided_on: 2026-05-08, cost: 10 CNY}\n"
    (added,) = told("", bid)
    assert (added.kind, added.field, added.day) == ("added", "bid", date(2026, 5, 8))
    assert [c.kind for c in told(bid, "")] == ["gone"]
    assert [(c.field, c.before, c.after) for c in told(bid, bid.replace("10 CNY", "20 CNY"))] == [
        ("bid.cost", Money(Decimal(10), "CNY"), Money(Decimal(20), "CNY"))
    ]


def test_competitors_are_named_by_their_key() -> None:
    one = "competitors:\n  siemens: {name: 西门子, amount: 10 CNY}\n"
    two = one.replace("10 CNY", "11 CNY") + "  abb: {name: ABB}\n"
    assert words(one, two) == ["siemens: Amount 10 CNY → 11 CNY", "Competitors + abb: ABB"]
    assert words(two, "name: x\n") == ["Name – → x", "Competitors − siemens: 西门子, 11 CNY", "Competitors − abb: ABB"]


def test_lists_of_words() -> None:
    assert words("products: [阀门, 管件]\n", "products: [管件, 计量]\n") == ["Products + 计量", "Products − 阀门"]
    assert words("products: [阀门, 管件]\n", "products: [管件, 阀门]\n") == ["Products: in another order"]


# --- other records


def test_a_record_comes_and_goes() -> None:
    assert words_of(None, DEAL) == ["created: 三号线; S, 4200000 CNY, 2026-07-31"]
    assert words_of(DEAL, None) == ["deleted: 三号线; S, 4200000 CNY, 2026-07-31"]
    assert changes(None, None, "contact") == []
    assert line(Change(kinds.RENAMED, before="old.yaml", after="new.yaml"), Names("en")) == "renamed; was old.yaml"


def words_of(before: str | None, after: str | None) -> list[str]:
    pair = [read(text) if text is not None else None for text in (before, after)]
    return [line(change, Names("en")) for change in changes(pair[0], pair[1], "opportunity")]


CALL = """
date: 2026-06-04
by: li-na
plan:
  purpose: 确认范围
  objectives:
    - {objective: 范围一致, due: 2026-06-04}
    - {objective: 知道态度, due: 2026-06-04}
"""


def test_what_happened_in_a_call() -> None:
    after = CALL.replace("致, due: 2026-06-04", "致, due: 2026-06-04, met: true").replace(
        "度, due: 2026-06-04", "度, due: 2026-06-04, met: false"
    ) + (
        "outcome:\n  recorded_at: 2026-06-05T09:00\n  events: 范围定稿\n"
        "  commitments: [{by: zhang-wei, what: 发议程, due: 2026-06-16}]\n"
        "  objections: [{objection: 交期, handled: true}]\n  needs_found: [{need: 分区计量}]\n"
    )
    assert words(CALL, after, "call") == [
        "objective met: 范围一致",
        "objective missed: 知道态度",
        "recorded: 范围定稿",
        "Needs found + 分区计量",
        "Objections + 交期",
        "Commitments + zhang-wei 发议程",
    ]
    kept = after.replace("due: 2026-06-16}", "due: 2026-06-16, done: 2026-06-12}")
    assert words(after, kept, "call") == ["Commitments: done: zhang-wei 发议程"]


def test_a_contact() -> None:
    before = "name: 张伟\ntitle: 采购经理\npersonal: {interests: [钓鱼]}\n"
    after = "name: 张伟\ntitle: 采购总监\npersonal: {interests: [钓鱼, 书法]}\n"
    assert words(before, after, "contact") == ["Title 采购经理 → 采购总监", "Interests + 书法"]


# --- laws


TEXT = st.sampled_from(["a", "b", "c d", "2026-05-01", "10 CNY", "+", "-", "?", "true"])
PLAIN = st.recursive(
    TEXT | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x", "y", "done", "what"]), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["name", "stage", "close_date", "amount", "actions", "assessments", "buying_team", "lost", "stage_history", "bid",
     "competitors", "products", "outcome", "plan"]
)  # fmt: skip
ANYTHING = st.dictionaries(FIELDS, PLAIN, max_size=5)


@given(ANYTHING, st.sampled_from(["opportunity", "call", "account", "week"]))
def test_a_version_does_not_differ_from_itself(data: dict[str, Any], kind: str) -> None:
    assert changes(data, data, kind) == []


@given(ANYTHING, ANYTHING, st.sampled_from(["opportunity", "call", "account"]))
def test_any_two_versions_compare_and_can_be_told(one: dict[str, Any], other: dict[str, Any], kind: str) -> None:
    found = changes(one, other, kind)
    for lang in ("en", "zh-Hans", "zh-Hant"):
        assert all(text and "\n" not in text for _, text in lines(found, Names(lang)))
    assert {change.kind for change in found} <= KINDS.keys()


@given(st.dictionaries(st.sampled_from(["name", "needs", "bid", "products", "x"]), PLAIN, max_size=4), st.data())
def test_no_difference_is_passed_over(one: dict[str, Any], data: st.DataObject) -> None:
    one["marker"] = {"deep": [{"what": "a", "value": "old"}]}
    other = {**one, "marker": {"deep": [{"what": "a", "value": data.draw(st.sampled_from(["new", "newer"]))}]}}
    assert [(change.field, change.before) for change in changes(one, other, "account")] == [
        ("marker.deep.value", "old")
    ]


@given(st.lists(PLAIN, max_size=6), st.lists(PLAIN, max_size=6))
def test_every_entry_is_matched_once(before: list[Any], after: list[Any]) -> None:
    matched = pairs("actions", before, after)
    assert [entry for _, entry in matched][: len(after)] == after
    assert sorted(repr(old) for old, _ in matched if old is not None) == sorted(
        repr(old) for old in before if old is not None
    )


def test_every_kind_but_marks_has_words_of_its_own() -> None:
    assert KINDS.keys() - WORDS.keys() == {kinds.MARK, kinds.CONFIRMED, kinds.EVIDENCE}


def test_an_entry_is_known_by_its_key_or_by_all_that_it_says() -> None:
    assert title_of("actions", {"what": "a  b", "due": "x"}) == "a  b"
    assert title_of("unknown", {"p": "a", "q": ["b", "c"]}) == "a, b, c"
