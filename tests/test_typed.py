"""What people type into cells, read as they mean it, or refused with a reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamctl.exchange.typed import (
    EPOCHS,
    Option,
    Reason,
    fold,
    kept_text,
    plain_text,
    read_date,
    read_list,
    read_member,
    read_money,
    read_option,
    read_percent,
    read_yes_no,
)
from kamctl.labels import LANGUAGES
from kamctl.money import Money

D = Decimal
TODAY = date(2026, 6, 15)
WAN = 10_000

# --- dates


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2015-01-20", "2015-01-20"),
        ("2015/1/20", "2015-01-20"),
        ("2015.1.20", "2015-01-20"),
        (" 2015 / 1 / 20 ", "2015-01-20"),
        ("２０１５／１／２０", "2015-01-20"),
        ("2015年1月20日", "2015-01-20"),
        ("2015年1月20號", "2015-01-20"),
        ("2015–1–20", "2015-01-20"),
        ("2015/1/20 0:00:00", "2015-01-20"),
        ("2015-01-20T00:00:00", "2015-01-20"),
        ("20150120", "2015-01-20"),
        (20150120, "2015-01-20"),
        (42024, "2015-01-20"),
        (42024.75, "2015-01-20"),
        ("42024", "2015-01-20"),
        (datetime(2015, 1, 20, 8, 30), "2015-01-20"),
        (date(2015, 1, 20), "2015-01-20"),
        ("25/3/2017", "2017-03-25"),
        ("3.25.2017", "2017-03-25"),
        ("3/3/2017", "2017-03-03"),
        ("July 4, 2026", "2026-07-04"),
        ("4 July 2026", "2026-07-04"),
        ("Jul-12-2015", "2015-07-12"),
        ("12-Jul-2015", "2015-07-12"),
        ("Jul-12", "2026-07-12"),
        ("12-Jul", "2026-07-12"),
        ("7月12日", "2026-07-12"),
        ("7月12", "2026-07-12"),
        ("Dec-31", "2026-12-31"),
        ("Mar-20", "2026-03-20"),
        ("Mar-1", "2027-03-01"),
        ("2月29日", "2028-02-29"),
        ("20/12", "2026-12-20"),
    ],
)
def test_a_date_is_read_as_people_type_it(typed: object, day: str) -> None:
    assert read_date(typed, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("15/1/20", "typed-short-year"),
        ("1/3/2017", "typed-which-order"),
        ("01-03-17", "typed-short-year"),
        ("3/4", "typed-which-order"),
        ("2015年7月", "typed-no-day"),
        ("2015/7", "typed-no-day"),
        ("2015", "typed-no-day"),
        ("2015/2/30", "typed-no-such-day"),
        ("2月30日", "typed-no-such-day"),
        ("Feb-31", "typed-no-such-day"),
        ("20151301", "typed-no-such-day"),
        ("31/31/2017", "typed-no-such-day"),
        (2015, "typed-no-date"),
        (float("nan"), "typed-no-date"),
        (1e12, "typed-no-date"),
        (99999999.5, "typed-no-date"),
        ("1899-12-30", "typed-no-date"),
        (date(1900, 1, 1), "typed-no-date"),
        (True, "typed-no-date"),
        ("Foo-12", "typed-no-date"),
        ("soon", "typed-no-date"),
        ("今天", "typed-no-date"),
    ],
)
def test_what_is_no_date_or_could_be_two_is_refused(typed: object, key: str) -> None:
    reason = read_date(typed, TODAY)
    assert isinstance(reason, Reason)
    assert reason.key == key


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from(sorted(EPOCHS)))
def test_a_serial_number_is_the_day_in_both_epochs(day: date, epoch: int) -> None:
    assert read_date((day - EPOCHS[epoch]).days, TODAY, epoch) == day


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_every_way_to_write_a_whole_date_gives_the_same_day(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    ways = [day.isoformat(), f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日", f"{y}{m:02}{d:02}", f"{day:%B %d, %Y}"]
    assert {read_date(way, TODAY) for way in ways} == {day}


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(-90, 274))
def test_a_day_without_a_year_is_not_long_ago_and_comes_within_the_year(today: date, offset: int) -> None:
    day = today + timedelta(days=offset)
    if (day.month, day.day) != (2, 29):
        assert read_date(f"{day.month}月{day.day}日", today) == day


# --- money


@pytest.mark.parametrize(
    ("typed", "amount", "currency"),
    [
        (50, "500000", "CNY"),
        (0.1, "1000", "CNY"),
        (480.0, "4800000", "CNY"),
        ("50", "500000", "CNY"),
        ("５０", "500000", "CNY"),
        ("1,200", "12000000", "CNY"),
        ("1，200", "12000000", "CNY"),
        ("¥1,200", "12000000", "CNY"),
        ("￥1,200", "12000000", "CNY"),
        ("50万", "500000", "CNY"),
        ("50 万元", "500000", "CNY"),
        ("50萬", "500000", "CNY"),
        ("50w", "500000", "CNY"),
        ("50万人民币", "500000", "CNY"),
        ("RMB 5万", "50000", "CNY"),
        ("1.2 亿", "120000000", "CNY"),
        ("3千万", "30000000", "CNY"),
        ("300000元", "300000", "CNY"),
        ("20万 USD", "200000", "USD"),
        ("€5万", "50000", "EUR"),
        (0, "0", "CNY"),
    ],
)
def test_an_amount_counts_in_the_unit_of_its_column_unless_it_says_its_own(
    typed: object, amount: str, currency: str
) -> None:
    assert read_money(typed, "CNY", WAN) == Money(D(amount), currency)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("50 CNY", "typed-which-unit"),
        ("$5", "typed-no-currency"),
        ("$5 EUR", "typed-no-currency"),
        ("5万 XYZ", "typed-no-currency"),
        ("1,2", "typed-no-amount"),
        ("1.200,50", "typed-no-amount"),
        ("约50", "typed-no-amount"),
        ("50-60", "typed-no-amount"),
        (True, "typed-no-amount"),
        (float("inf"), "typed-no-amount"),
        (10**20, "typed-no-amount"),
        ("-5", "typed-negative"),
        (-5, "typed-negative"),
    ],
)
def test_an_amount_that_is_none_or_not_clear_is_refused(typed: object, key: str) -> None:
    reason = read_money(typed, "CNY", WAN)
    assert isinstance(reason, Reason)
    assert reason.key == key


def test_a_sign_means_the_usual_currency_where_it_may() -> None:
    assert read_money("$5", "TWD") == Money(D(5), "TWD")
    assert read_money("¥5", "JPY") == Money(D(5), "JPY")
    assert read_money("5 USD", "CNY") == Money(D(5), "USD")


@given(st.decimals(0, 10**9, places=4))
def test_a_number_in_a_cell_is_the_number_that_it_shows(amount: Decimal) -> None:
    read = read_money(float(amount), "CNY", WAN)
    assert isinstance(read, Money)
    assert read.amount == amount * WAN


# --- percents


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("60%", "60"), ("60 %", "60"), ("６０％", "60"), ("60", "60"), (60, "60"), ("0.6", "60"), (0.6, "60"),
        (".6", "60"), ("6成", "60"), ("1%", "1"), ("0%", "0"), (0, "0"), (100, "100"), ("0.5%", "0.5"),
    ],
)  # fmt: skip
def test_a_percent_is_read_as_people_type_it(typed: object, points: str) -> None:
    assert read_percent(typed) == D(points)


def test_a_cell_that_shows_percents_says_what_its_number_means() -> None:
    assert read_percent(0.6, as_percent=True) == 60
    assert read_percent(1, as_percent=True) == 100
    assert read_percent(60, as_percent=True) == 60


@pytest.mark.parametrize("typed", [1, "1", "1.0", 150, "150%", "-5", "11成", "high", True, float("nan")])
def test_what_is_no_percent_or_could_be_two_is_refused(typed: object) -> None:
    assert isinstance(read_percent(typed), Reason)


# --- words of the method

STAGES = [
    Option("L", {"en": "Lead", "zh-Hans": "潜在客户", "zh-Hant": "潛在客戶"}),
    Option("O", {"en": "Qualified opportunity", "zh-Hans": "确定机会", "zh-Hant": "確定機會"}),
    Option("Q", {"en": "Quotation, negotiation", "zh-Hans": "报价谈判投标", "zh-Hant": "報價談判投標"}),
    Option("OR", {"en": "Order placed", "zh-Hans": "正式下单", "zh-Hant": "正式下單"}),
    Option("P", {"en": "Payment received", "zh-Hans": "客户付款", "zh-Hant": "客戶付款"}),
]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Q", "Q"), (" q ", "Q"), ("Ｑ", "Q"), ("Q-20 报价", "Q"), ("Q－２０　报价", "Q"), ("Q 报价谈判投标", "Q"),
        ("报价谈判投标", "Q"), ("報價談判投標", "Q"), ("quotation, negotiation", "Q"), ("报价", "Q"), ("Q（20）", "Q"),
        ("Q报价", "Q"), ("OR", "OR"), ("or 正式下单", "OR"), ("O", "O"), ("O 第二轮", "O"), ("Order", "OR"),
    ],
)  # fmt: skip
def test_a_stage_is_its_code_its_label_or_both(typed: str, code: str) -> None:
    assert read_option(typed, STAGES) == code


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Z", "typed-unknown"),
        ("O 正式下单", "typed-unclear"),
        ("户", "typed-unknown"),
        ("Qualified oportunity", "typed-near"),
        ("", "typed-unknown"),
    ],
)
def test_a_stage_that_is_none_or_two_is_refused(typed: str, key: str) -> None:
    reason = read_option(typed, STAGES)
    assert isinstance(reason, Reason)
    assert reason.key == key


def test_a_beginning_that_two_share_is_not_clear() -> None:
    options = [Option("a", {"en": "Very important"}), Option("b", {"en": "Very urgent"})]
    assert read_option("very", options) == Reason("typed-unclear", {"value": "very", "known": "a, b"})


@pytest.mark.parametrize(
    ("typed", "mark"), [("+", "+"), ("＋", "+"), ("-", "-"), ("−", "-"), ("？", "?"), ("N/A", "n/a")]
)
def test_a_mark_is_read_in_any_width(typed: str, mark: str) -> None:
    assert read_option(typed, [Option(sign, {"en": sign}) for sign in ("+", "-", "?", "n/a")]) == mark


def test_people_are_named_by_key_by_name_or_by_both() -> None:
    people = [Option("li-na", {"en": "李娜"}), Option("li-na-2", {"en": "李娜"}), Option("wang", {"en": "王强"})]
    assert read_member("王强 ", people) == "wang"
    assert read_member("WANG", people) == "wang"
    assert read_member("李娜（li-na-2）", people) == "li-na-2"
    assert read_member("李娜", people) == Reason("typed-unclear", {"value": "李娜", "known": "li-na, li-na-2"})
    assert isinstance(read_member("老王", people), Reason)


# --- lists, yes and no, text


def test_a_list_is_split_where_people_separate() -> None:
    assert read_list("阀门、管件，水表; 阀门\n计量 ") == ["阀门", "管件", "水表", "计量"]
    assert read_list("DN50/80 阀") == ["DN50/80 阀"]


@pytest.mark.parametrize(
    ("typed", "answer"), [("是", True), ("Yes", True), ("√", True), (True, True), ("否", False), (0, False)]
)
def test_yes_and_no_in_three_languages(typed: object, answer: bool) -> None:
    assert read_yes_no(typed) is answer


def test_a_maybe_is_neither() -> None:
    assert isinstance(read_yes_no("maybe"), Reason)


def test_text_keeps_what_was_typed_but_for_what_nobody_sees() -> None:
    assert kept_text(" 三号\u200b线\r\n改造\t ") == "三号线\n改造"
    assert kept_text(3.0) == "3"
    assert plain_text(datetime(2026, 1, 2)) == "2026-01-02"
    assert fold("Ｈarbour Bay（Tianjin）") == fold("harbour-bay tianjin")


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.dates(), st.none()))
def test_whatever_stands_in_a_cell_gives_a_value_or_a_reason_in_three_languages(cell: object) -> None:
    read: list[object] = [read_date(cell, TODAY), read_money(cell, "CNY", WAN), read_percent(cell)]
    read += [read_option(cell, STAGES), read_member(cell, STAGES), read_yes_no(cell)]
    reasons = [value for value in read if isinstance(value, Reason)]
    assert all(reason.words(lang) for reason in reasons for lang in LANGUAGES)
