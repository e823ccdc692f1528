"""The score of a deal, in cases small enough to check by hand, and laws that hold for every sheet."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamctl.methods import Methods
from kamctl.rows.deals import BuyingRoleRow, MarkRow
from kamctl.schema.method.scorecard import AskWhom, Criterion, Probe, Question, Scorecard, Strategy, Verdicts
from kamctl.scoring.questions import next_questions, whom_to_ask
from kamctl.scoring.scorecard import Score, Tally, overall, score, verdict
from kamctl.scoring.strategy import Duel, duel, duels

TAS = Methods(None).scorecard("tas20")
TAS_ROWS = [row.id for row in TAS.criteria()]
AS_OF = date(2026, 6, 15)
COVERAGE = ("none", "brief", "multiple", "in_depth")


# --- counting


def test_a_question_counts_pluses_minuses_and_unknowns_and_blank_is_unknown() -> None:
    counts = question(
        """
        2026-06-01 project           us +
        2026-06-01 business_profile  us +
        2026-06-01 access_to_funds   us -
        2026-06-01 compelling_event  us ?
        """
    )
    assert (counts.plus, counts.minus, counts.unknown, counts.not_applicable) == (2, 1, 2, 0)
    assert counts.net == Decimal(1) / 3
    assert counts.known == Decimal(3) / 5


def test_a_question_with_nothing_rated_has_no_net_and_not_a_net_of_zero() -> None:
    counts = question("2026-06-01 project us ?")
    assert (counts.net, counts.known, counts.overall) == (None, Decimal(0), None)


def test_what_does_not_apply_is_neither_known_nor_unknown() -> None:
    counts = question(
        """
        2026-06-01 project           us n/a
        2026-06-01 business_profile  us n/a
        2026-06-01 access_to_funds   us +
        """
    )
    assert (counts.rated, counts.unknown, counts.applicable) == (1, 2, 3)
    assert counts.known == Decimal(1) / 3


def test_a_question_in_which_nothing_applies_is_open_and_has_no_share_known() -> None:
    rows = [row.id for row in TAS.questions[0].criteria]
    result = sheet("\n".join(f"2026-06-01 {row} us n/a" for row in rows))
    assert result.questions[0].tallies["us"].known is None
    assert result.questions[0].verdict == "open"


def test_overall_goes_from_minus_100_to_100_and_says_how_much_is_known() -> None:
    result = sheet(
        """
        2026-06-01 project          us + siemens -
        2026-06-01 solution_fit     us + siemens -
        2026-06-01 inside_support   us -
        """
    )
    ours, theirs = result.totals["us"], result.totals["siemens"]
    assert (ours.overall, ours.rated, ours.applicable) == (33, 3, 20)
    assert (theirs.overall, theirs.rated) == (-100, 2)


def test_a_half_point_is_rounded_away_from_zero() -> None:
    result = sheet(marks_of({row: "+" if n < 9 else "-" for n, row in enumerate(TAS_ROWS[:16])}))
    assert result.totals["us"].weighted_net == Decimal("0.125")
    assert result.totals["us"].overall == 13


def test_weights_count_in_the_overall_score_and_not_in_the_net_of_a_question() -> None:
    result = sheet("2026-06-01 budget us +\n2026-06-01 date us -", OWN)
    assert result.totals["us"].overall == 50  # (3 - 1) / (3 + 1)
    assert result.questions[0].tallies["us"].net == 0


# --- over time


def test_a_mark_stands_until_a_later_assessment_changes_it() -> None:
    result = sheet(
        """
        2026-03-01 project           us +
        2026-03-01 compelling_event  us ?
        2026-05-04 compelling_event  us +
        """
    )
    assert result.dates == [date(2026, 3, 1), date(2026, 5, 4)]
    assert result.now("us", "project").mark == "+"
    assert result.now("us", "project").since == date(2026, 3, 1)
    first = result.columns[date(2026, 3, 1)]["us"]
    assert (first["project"].mark, first["compelling_event"].mark) == ("+", "?")


def test_a_later_unknown_takes_a_mark_back() -> None:
    result = sheet("2026-03-01 project us +\n2026-05-04 project us ?")
    assert result.now("us", "project").mark == "?"


def test_marks_after_the_as_of_day_are_not_known_yet() -> None:
    rows = "2026-03-01 project us -\n2026-06-16 project us +"
    assert sheet(rows).now("us", "project").mark == "-"
    assert sheet(rows).dates == [date(2026, 3, 1)]
    assert sheet(rows, as_of="2026-06-16").now("us", "project").mark == "+"


def test_before_the_first_assessment_everything_is_unknown_for_everybody() -> None:
    result = sheet("2026-06-20 project us + siemens +")
    assert (result.dates, result.changes) == ([], [])
    assert result.now("siemens", "project").mark == "?"
    assert result.totals["us"].unknown == 20
    assert [q.verdict for q in result.questions] == ["at_risk"] * 4


def test_of_two_assessments_of_one_day_the_later_in_the_file_stands() -> None:
    rows = rows_of("2026-06-01 project us -\n2026-06-01 project us +")
    assert score(TAS, rows, [], AS_OF, timedelta(60)).now("us", "project").mark == "+"
    assert overall(TAS, compact(rows), AS_OF).plus == 1


def test_a_plus_or_minus_goes_stale_the_day_after_it_is_fresh_for() -> None:
    result = sheet(
        """
        2026-04-15 project           us +
        2026-04-16 business_profile  us -
        2026-04-15 access_to_funds   us ?
        """,
        fresh=60,
    )
    assert result.stale() == ["project"]


def test_the_changes_are_those_of_the_last_assessment_and_name_the_party() -> None:
    result = sheet(
        """
        2026-03-01 project          us ? siemens +
        2026-04-01 project          us +
        2026-05-01 project          siemens -
        2026-05-01 solution_fit     us -
        2026-05-01 access_to_funds  us ?
        """
    )
    assert [(c.party, c.criterion, c.before, c.after) for c in result.changes] == [
        ("us", "solution_fit", "?", "-"),
        ("siemens", "project", "+", "-"),
    ]
    assert {c.date for c in result.changes} == {date(2026, 5, 1)}


def test_marks_for_criteria_that_the_sheet_lacks_and_for_strangers_are_left_out() -> None:
    rows = rows_of("2026-06-01 no_such_row us +\n2026-06-01 project stranger +")
    result = score(TAS, rows, ["siemens"], AS_OF, timedelta(60))
    assert result.totals["us"].rated == 0
    assert result.parties == ["us", "siemens"]


# --- verdicts


@pytest.mark.parametrize(
    ("plus", "minus", "unknown", "expected"),
    [
        (5, 0, 0, "open"),
        (4, 0, 1, "open"),
        (3, 0, 2, "at_risk"),
        (0, 0, 5, "at_risk"),
        (4, 1, 0, "at_risk"),
        (1, 1, 3, "at_risk"),
        (0, 1, 4, "blocked"),
        (3, 2, 0, "blocked"),
        (0, 5, 0, "blocked"),
        (0, 0, 0, "open"),
    ],
)
def test_the_verdict_follows_the_limits_of_the_sheet(plus: int, minus: int, unknown: int, expected: str) -> None:
    assert verdict(TAS, Tally(plus, minus, unknown, 0, None)) == expected


def test_competitors_marks_do_not_touch_the_verdict_on_us() -> None:
    rows = "\n".join(f"2026-06-01 {row} siemens -" for row in TAS_ROWS)
    assert [q.verdict for q in sheet(rows).questions] == ["at_risk"] * 4


# --- against a competitor


def test_leads_gaps_contested_and_unproven_rows_and_unknown_is_never_a_minus() -> None:
    result = against_siemens(
        """
        2026-06-01 project              us + siemens -
        2026-06-01 business_profile     us - siemens +
        2026-06-01 financial_condition  us + siemens +
        2026-06-01 access_to_funds      us - siemens -
        2026-06-01 compelling_event     us + siemens ?
        2026-06-01 formal_criteria      siemens -
        2026-06-01 solution_fit         us + siemens n/a
        2026-06-01 sales_resources      us ? siemens ?
        """
    )
    assert (result.leads, result.gaps) == (["project"], ["business_profile"])
    assert result.contested == ["financial_condition"]
    assert result.unproven == ["compelling_event", "formal_criteria"]
    assert result.compared == 4


STRATEGIES = {
    "frontal": (
        "At least three leads",
        "project +- solution_fit +- risk +- access_to_funds ++ compelling_event ++ profitability -+",
    ),
    "defend": (
        "We hold a plus on current relationship and inside support",
        "current_relationship ++ inside_support ++ project +- solution_fit -+ risk ++",
    ),
    "flanking": ("At least two leads", "project +- risk +- solution_fit -+ profitability -+ access_to_funds ++"),
    "fragment": ("At least one lead", "project +- solution_fit -+ profitability -+ risk ++ access_to_funds ++"),
    "develop": ("No lead yet", "project ++ solution_fit ++ profitability -+ risk ++ access_to_funds ++"),
}


@pytest.mark.parametrize("expected", STRATEGIES)
def test_the_first_strategy_that_fits_is_named_with_its_rule(expected: str) -> None:
    rule, pairs = STRATEGIES[expected]
    found = against_siemens(paired(pairs)).strategy
    assert found is not None
    assert found.id == expected
    assert found.rule["en"].startswith(rule)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ("project +- solution_fit +- risk +- strategic_value +- profitability -+ future_revenue -+", "flanking"),
        ("current_relationship ++ inside_support +? project +- risk +- solution_fit -+ profitability ++", "defend"),
        ("current_relationship ++ inside_support ++ solution_fit -+ risk ++ profitability ++", "develop"),
    ],
    ids=["four leads to two gaps", "support proven on our side alone", "incumbent behind"],
)
def test_strategies_near_their_limits(pairs: str, expected: str) -> None:
    found = against_siemens(paired(pairs)).strategy
    assert found is not None
    assert found.id == expected


def test_every_shipped_strategy_has_a_case_above() -> None:
    assert [strategy.id for strategy in TAS.strategies] == list(STRATEGIES)


def test_no_strategy_is_named_before_enough_rows_are_rated_for_both() -> None:
    four = "project +- solution_fit +- risk +- access_to_funds ++ compelling_event +?"
    assert against_siemens(paired(four)).compared == TAS.min_compared - 1
    assert against_siemens(paired(four)).strategy is None
    assert against_siemens(paired(four.replace("+?", "++"))).strategy is not None


def test_a_competitor_of_whom_nothing_is_rated_is_not_compared() -> None:
    assert duels(sheet("2026-06-01 project us + siemens ? abb -"))[0].rival == "abb"
    assert len(duels(sheet("2026-06-01 project us + siemens ? abb -"))) == 1


# --- what to ask next


def test_unknowns_come_before_stale_marks_and_those_that_can_turn_the_verdict_first() -> None:
    result = sheet(
        """
        2026-01-01 budget  us +
        2026-06-01 date    us +
        2026-06-01 fit     us -
        2026-06-01 price   us -
        """,
        OWN,
    )
    questions = next_questions(result, [], COVERAGE)
    assert [(q.criterion.id, q.stale) for q in questions] == [("need", False), ("budget", True)]


def test_among_equals_the_earlier_question_and_then_the_heavier_row_comes_first() -> None:
    questions = next_questions(sheet("", OWN), [], COVERAGE)
    assert [q.criterion.id for q in questions] == ["budget", "need", "date", "fit", "price"]


def test_a_row_that_cannot_change_a_blocked_question_comes_after_one_that_can() -> None:
    result = sheet("2026-06-01 need us -\n2026-06-01 date us -\n2026-06-01 price us +", OWN)
    questions = next_questions(result, [], COVERAGE)
    assert [(q.criterion.id, q.swing) for q in questions] == [("fit", 1), ("budget", 0)]


def test_what_is_known_and_fresh_or_does_not_apply_is_not_asked_again() -> None:
    result = sheet(marks_of(dict.fromkeys(TAS_ROWS[:10], "+") | dict.fromkeys(TAS_ROWS[10:], "n/a")))
    assert next_questions(result, [], COVERAGE) == []


def test_the_person_with_the_fitting_role_is_asked_then_the_fitting_orientation_then_the_better_contact() -> None:
    row = criterion("budget", roles=("A", "D"), orientations=("financial",))
    approver = person("wang-li", "A", coverage="none")
    decider = person("zhang-wei", "D", coverage="in_depth")
    financial = person("liu-yang", "D", orientation="financial", coverage="brief")
    counter = person("sun-hao", "U", orientation="financial", coverage="in_depth")
    user = person("zhao-gong", "U")
    assert whom_to_ask(row, [user, decider, approver], COVERAGE) == "bohai/wang-li"
    assert whom_to_ask(row, [user, decider, financial], COVERAGE) == "bohai/liu-yang"
    assert whom_to_ask(row, [user, counter], COVERAGE) == "bohai/sun-hao"
    assert whom_to_ask(row, [person("a", "D", coverage="brief"), decider], COVERAGE) == "bohai/zhang-wei"
    assert whom_to_ask(row, [user], COVERAGE) == ""


def test_an_opponent_is_asked_only_when_nobody_else_fits() -> None:
    row = criterion("budget", roles=("A", "D"))
    enemy = person("wang-li", "A", coverage="in_depth", opposes="enemy")
    assert whom_to_ask(row, [enemy, person("zhang-wei", "D")], COVERAGE) == "bohai/zhang-wei"
    assert whom_to_ask(row, [enemy], COVERAGE) == "bohai/wang-li"


# --- a sheet of one's own


def test_a_sheet_of_five_criteria_with_weights_works_without_a_line_of_code() -> None:
    result = sheet(
        """
        2026-05-01 budget  us + siemens +
        2026-05-01 need    us + siemens -
        2026-06-01 fit     us - siemens +
        2026-06-01 price   us ? siemens +
        """,
        OWN,
    )
    assert [(q.question.id, q.verdict) for q in result.questions] == [("real", "at_risk"), ("ours", "blocked")]
    assert result.totals["us"].overall == 33  # (3 + 1 - 2) / (3 + 1 + 2)
    assert result.totals["siemens"].overall == 71  # (3 - 1 + 2 + 1) / 7
    found = duel(result, "siemens")
    assert (found.leads, found.gaps, found.compared) == (["need"], ["fit"], 3)
    assert found.strategy is not None
    assert found.strategy.id == "price_war"
    assert [q.criterion.id for q in next_questions(result, [], COVERAGE)] == ["date", "price"]


# --- laws

MARKS = st.sampled_from(["+", "-", "?", "n/a"])
SHEETS = st.dictionaries(st.sampled_from(TAS_ROWS), MARKS)
OWN_SHEETS = st.dictionaries(st.sampled_from(["budget", "need", "date", "fit", "price"]), MARKS)


@given(SHEETS)
def test_law_the_overall_score_lies_between_minus_100_and_100(marks: dict[str, str]) -> None:
    total = sheet(marks_of(marks)).totals["us"]
    rated = [mark for mark in marks.values() if mark in "+-"]
    assert (total.overall is None) is (not rated)
    assert total.overall is None or -100 <= total.overall <= 100
    assert total.plus + total.minus + total.unknown + total.not_applicable == 20


@given(SHEETS)
def test_law_every_verdict_is_one_of_three(marks: dict[str, str]) -> None:
    assert {q.verdict for q in sheet(marks_of(marks)).questions} <= {"open", "at_risk", "blocked"}


@given(OWN_SHEETS, st.sampled_from(["budget", "need", "date", "fit", "price"]))
def test_law_learning_a_plus_never_lowers_the_score_and_a_minus_never_raises_it(
    marks: dict[str, str], row: str
) -> None:
    unknown, plus, minus = (sheet(marks_of({**marks, row: mark}), OWN).totals["us"].overall for mark in ("?", "+", "-"))
    assert plus is not None
    assert minus is not None
    assert minus <= plus
    assert unknown is None or minus <= unknown <= plus


@given(st.lists(st.tuples(st.integers(1, 28), st.sampled_from(TAS_ROWS), MARKS), max_size=12), st.randoms())
def test_law_the_order_of_assessments_of_different_days_in_the_file_does_not_matter(
    entries: list[tuple[int, str, str]], shuffle: random.Random
) -> None:
    distinct = {(day, row): mark for day, row, mark in entries}
    rows = rows_of("\n".join(f"2026-05-{day:02} {row} us {mark}" for (day, row), mark in distinct.items()))
    mixed = list(rows)
    shuffle.shuffle(mixed)
    assert score(TAS, rows, [], AS_OF, timedelta(30)) == score(TAS, mixed, [], AS_OF, timedelta(30))
    assert overall(TAS, compact(rows), AS_OF) == overall(TAS, compact(mixed), AS_OF)


@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from(TAS_ROWS), MARKS), max_size=15), st.integers(1, 30))
def test_law_a_listing_and_the_page_of_a_deal_show_the_same_score(
    entries: list[tuple[int, str, str]], day: int
) -> None:
    rows = rows_of("\n".join(f"2026-06-{on:02} {row} us {mark}" for on, row, mark in entries))
    as_of = date(2026, 6, day)
    assert overall(TAS, compact(rows), as_of) == score(TAS, rows, [], as_of, timedelta(60)).totals["us"]


# --- helpers


def label(words: str) -> dict[str, str]:
    return {"en": words, "zh-Hans": words, "zh-Hant": words}


def criterion(row: str, weight: int = 1, roles: Sequence[str] = (), orientations: Sequence[str] = ()) -> Criterion:
    words = label(row)
    return Criterion(
        id=row,
        label=words,
        plus=words,
        minus=words,
        means_plus=words,
        means_minus=words,
        probe=Probe(need=words, why=words, ask=(words,)),
        whom=AskWhom(roles=tuple(roles), orientations=tuple(orientations)),
        weight=Decimal(weight),
    )


OWN = Scorecard(
    name=label("Five criteria"),
    version=1,
    about=label("A sheet of our own"),
    questions=(
        Question(
            id="real",
            label=label("Is it real?"),
            criteria=(criterion("budget", 3), criterion("need"), criterion("date")),
        ),
        Question(id="ours", label=label("Is it ours?"), criteria=(criterion("fit", 2), criterion("price"))),
    ),
    verdicts=Verdicts(open_minus=0, open_unknown=0, blocked_minus=2),
    strategies=(Strategy(id="price_war", label=label("War"), rule=label("A gap"), advice=label("-"), min_gaps=1),),
    min_compared=3,
)


def rows_of(text: str) -> list[MarkRow]:
    """Read lines such as `2026-06-01 project us + siemens -`: day, criterion, then party and mark."""
    rows = []
    for position, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
        day, row, *pairs = line.split()
        for party, mark in zip(pairs[::2], pairs[1::2], strict=True):
            rows.append(MarkRow("bohai/line-3", position, date.fromisoformat(day), "li-na", row, party, mark, "", ""))
    return rows


def compact(rows: Sequence[MarkRow]) -> list[tuple[date, str]]:
    """Return our marks as the row of a deal holds them."""
    return [(row.date, row.criterion + row.mark) for row in rows if row.party == "us"]


def sheet(text: str, card: Scorecard = TAS, as_of: str = "2026-06-15", fresh: int = 60) -> Score:
    """Score the marks of a text; every party but us that it names is a competitor."""
    rows = rows_of(text)
    rivals = list(dict.fromkeys(row.party for row in rows if row.party != "us"))
    return score(card, rows, rivals, date.fromisoformat(as_of), timedelta(days=fresh))


def question(text: str) -> Tally:
    """Our tally on the first question."""
    return sheet(text).questions[0].tallies["us"]


def against_siemens(text: str) -> Duel:
    return duel(sheet(text), "siemens")


def paired(pairs: str) -> str:
    """Write `project +-` as marks of one day: ours, then Siemens'."""
    words = pairs.split()
    return "\n".join(
        f"2026-06-01 {row} us {both[0]} siemens {both[1]}" for row, both in zip(words[::2], words[1::2], strict=True)
    )


def marks_of(marks: Mapping[str, str]) -> str:
    return "\n".join(f"2026-06-01 {row} us {mark}" for row, mark in marks.items())


def person(stem: str, *roles: str, orientation: str = "", coverage: str = "", opposes: str = "") -> BuyingRoleRow:
    return BuyingRoleRow("bohai/line-3", f"bohai/{stem}", roles, orientation, "", coverage, "", (), (), opposes, "")
