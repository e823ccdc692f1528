"""Money, dates, words, columns and tables: what everything else stands on."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamctl import dates, labels, layout
from kamctl.labels import pick
from kamctl.money import CURRENCIES, Money, Rate, convert, grouped, parse_money, plain
from kamctl.phrases import Number
from kamctl.problems import KamctlError
from kamctl.render import table
from kamctl.render.screen import Screen
from kamctl.render.table import Column, Table
from kamctl.render.width import pad, shorten, width, wrap
from kamctl.schema.slugs import SLUG, slugify
from kamctl.visible import one_line

D = Decimal
TODAY = date(2026, 6, 17)  # a Wednesday
PLAIN = Screen(terminal=False, width=80, colour=False, colour_err=False)

# --- money


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("2000000 CNY", "2000000", "CNY"),
        ("2000000CNY", "2000000", "CNY"),
        ("2000000 cny", "2000000", "CNY"),
        ("2000000", "2000000", ""),
        (" 5 CNY ", "5", "CNY"),
        ("200万 CNY", "2000000", "CNY"),
        ("200 萬 TWD", "2000000", "TWD"),
        ("1.2亿", "120000000", ""),
        ("1.5億 USD", "150000000", "USD"),
        ("1_500_000 CNY", "1500000", "CNY"),
        ("1,200.50 USD", "1200.50", "USD"),
        ("12,34,567 INR", "1234567", "INR"),
        ("１２３４ CNY", "1234", "CNY"),
        ("１２３．５", "123.5", ""),
        ("１，２００", "1200", ""),
        ("－５ CNY", "-5", "CNY"),
        ("-5 CNY", "-5", "CNY"),
        ("+5 CNY", "5", "CNY"),
        ("0 CNY", "0", "CNY"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: str, currency: str) -> None:
    assert parse_money(text) == (D(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "CNY",
            "CNY 5",
            "$5",
            "5.",
            ".5",
            "1e5",
            "5 6",
            "1,5 EUR",
            "1,,2",
            "1_",
            "nan",
            "inf",
            "x",
            "5 CNY x",
            "万",
        ],
        *["0x10", "5%", "--5", "9" * 19, "99亿" + "9" * 20, "5 人民币", "5\nCNY"],
    ],
)
def test_what_is_no_amount_is_refused_rather_than_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        parse_money(text)


@pytest.mark.parametrize("text", ["5 XYZ", "5 RMB", "5 万 ABC"])
def test_a_currency_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        parse_money(text)


@given(st.decimals(-(10**15), 10**15, places=2), st.sampled_from(sorted(CURRENCIES)))
def test_money_reads_back_as_it_is_written(amount: Decimal, currency: str) -> None:
    assert parse_money(str(Money(amount, currency))) == Money(amount, currency)


RATES = [
    Rate(date(2026, 1, 1), "USD", "CNY", D("7")),
    Rate(date(2026, 3, 1), "USD", "CNY", D("8")),
    Rate(date(2026, 2, 1), "CNY", "USD", D("0.2")),
    Rate(date(2026, 1, 1), "EUR", "CNY", D("7.5")),
]


@pytest.mark.parametrize(
    ("money", "into", "day", "amount", "rate_day"),
    [
        (Money(D(10), "USD"), "CNY", date(2026, 1, 1), "70", date(2026, 1, 1)),
        (Money(D(10), "USD"), "CNY", date(2026, 2, 28), "50", date(2026, 2, 1)),
        (Money(D(10), "USD"), "CNY", date(2026, 3, 1), "80", date(2026, 3, 1)),
        (Money(D(10), "CNY"), "USD", date(2026, 2, 1), "2", date(2026, 2, 1)),
        (Money(D(14), "CNY"), "USD", date(2026, 1, 31), "2", date(2026, 1, 1)),
        (Money(D(10), "CNY"), "CNY", date(1990, 1, 1), "10", None),
    ],
)
def test_the_latest_rate_on_or_before_the_day_counts_in_either_direction(
    money: Money, into: str, day: date, amount: str, rate_day: date | None
) -> None:
    assert convert(money, into, RATES, day) == (Money(D(amount), into), rate_day)


@pytest.mark.parametrize(
    ("money", "into", "day"),
    [
        (Money(D(10), "USD"), "CNY", date(2025, 12, 31)),
        (Money(D(10), "USD"), "EUR", date(2026, 6, 1)),
        (Money(D(10), "JPY"), "CNY", date(2026, 6, 1)),
    ],
    ids=["before the first", "not through a third currency", "never heard of"],
)
def test_without_a_rate_there_is_no_figure(money: Money, into: str, day: date) -> None:
    assert convert(money, into, RATES, day) is None


@pytest.mark.parametrize(
    ("amount", "en", "simplified", "traditional"),
    [
        ("0", "0", "0", "0"),
        ("-0.4", "0", "0", "0"),
        ("9999", "9,999", "9,999", "9,999"),
        ("9999.6", "10,000", "1万", "1萬"),
        ("12345", "12,345", "1.23万", "1.23萬"),
        ("2000000", "2,000,000", "200万", "200萬"),
        ("-2000000", "-2,000,000", "-200万", "-200萬"),
        ("99999999", "99,999,999", "1亿", "1億"),
        ("99999949", "99,999,949", "9,999.99万", "9,999.99萬"),
        ("120000000", "120,000,000", "1.2亿", "1.2億"),
    ],
)
def test_amounts_for_people_are_grouped_as_they_count(amount: str, en: str, simplified: str, traditional: str) -> None:
    assert [grouped(D(amount), lang) for lang in labels.LANGUAGES] == [en, simplified, traditional]


@given(st.decimals(-(10**18) + 1, 10**18 - 1, allow_nan=False))
def test_any_amount_that_can_be_read_can_be_shown(amount: Decimal) -> None:
    for lang in labels.LANGUAGES:
        assert grouped(amount, lang)
        assert "10,000万" not in grouped(amount, lang)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1E+5", "100000"),
        ("100", "100"),
        ("1.50", "1.5"),
        ("0.00", "0"),
        ("-0", "0"),
        ("-1.0", "-1"),
        ("1E-7", "0.0000001"),
    ],
)
def test_amounts_for_machines_have_no_grouping_and_no_exponent(amount: str, text: str) -> None:
    assert plain(D(amount)) == text


# --- dates


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *[(text, date(2026, 3, 12)) for text in ("2026-03-12", "2026/3/12", "2026.3.12", "2026年3月12日", "2026-3-12")],
        *[(text, TODAY) for text in ("today", "Today", " today ", "今天", "+0d", "0d")],
        *[(text, date(2026, 6, 18)) for text in ("tomorrow", "明天", "+1d", "1d", "thu", "thursday", "周四", "星期四")],
        *[(text, date(2026, 6, 16)) for text in ("yesterday", "昨天", "-1d")],
        *[(text, date(2026, 6, 19)) for text in ("后天", "後天", "fri", "FRI", "周五", "週五", "礼拜五", "禮拜五")],
        *[(text, date(2026, 6, 15)) for text in ("前天", "-2d")],
        *[(text, date(2026, 6, 21)) for text in ("sun", "周日", "周天", "星期日", "星期天", "礼拜天")],
        *[(text, date(2026, 6, 24)) for text in ("wed", "wednesday", "周三", "+1w", "+7d")],
        *[(text, date(2026, 6, 3)) for text in ("-2w", "-14d")],
    ],
)
def test_a_date_is_read_as_people_type_it(text: str, found: date) -> None:
    assert dates.read_date(text, TODAY) == found


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "x",
            "3/12",
            "12.3.2026",
            "2026-13-01",
            "2026-02-30",
            "2026",
            "20260312",
            "next fri",
            "fridays",
            "m",
            "mo",
        ],
        *["周", "周八", "周一二", "+d", "+1m", "7", "+99999999999d", "-9999999w", "9" * 5000 + "d", "2026-03-12T10:00"],
    ],
)
def test_what_is_no_date_is_a_value_error_and_nothing_else(text: str) -> None:
    assert_no_value(dates.read_date, text, TODAY)


@given(st.text("0123456789-/.年月日+dw周星期一fri ", max_size=12) | st.text(max_size=8))
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        found = dates.read_date(text, TODAY)
    except ValueError:
        return
    assert type(found) is date


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_weekday_is_the_next_one_and_never_today(today: date) -> None:
    for name, chinese in zip(dates.WEEKDAYS, "一二三四五六日", strict=True):
        found = dates.read_date(name, today)
        assert 1 <= (found - today).days <= 7
        assert found.weekday() == dates.WEEKDAYS.index(name)
        assert dates.read_date(f"星期{chinese}", today) == found


@pytest.mark.parametrize(
    "text", ["2026-3-12", "2026/03/12", "20260312", "2026-03-12 ", "2026-02-30", "today", "２０２６-03-12", ""]
)
def test_files_hold_iso_dates_only(text: str) -> None:
    assert dates.parse_date("2026-03-12") == date(2026, 3, 12)
    assert_no_value(dates.parse_date, text)


@pytest.mark.parametrize(
    ("text", "length"),
    [("90m", timedelta(minutes=90)), ("8h", timedelta(hours=8)), ("30d", timedelta(30)), ("2w", timedelta(14))],
)
def test_lengths_of_time_are_read(text: str, length: timedelta) -> None:
    assert dates.parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "h", "1.5h", "1 h", "-1h", "9" * 30 + "d", "1y"])
def test_what_is_no_length_of_time_is_a_value_error(text: str) -> None:
    assert_no_value(dates.parse_duration, text)


def test_moments_are_read_to_the_minute_or_second() -> None:
    assert dates.parse_timestamp("2026-03-12T18:05") == datetime(2026, 3, 12, 18, 5)
    assert dates.parse_timestamp("2026-03-12 18:05:30") == datetime(2026, 3, 12, 18, 5, 30)
    for text in ("2026-03-12", "18:05", "2026-03-12T25:00", "20260312T1805"):
        assert_no_value(dates.parse_timestamp, text)


# --- words


def test_a_label_falls_back_to_english() -> None:
    assert pick({"en": "deal", "zh-Hans": "商机"}, "zh-Hans") == "商机"
    assert pick({"en": "deal", "zh-Hans": "商机"}, "zh-Hant") == "deal"
    assert pick({}, "en") == ""


def test_a_count_chooses_its_word() -> None:
    words = "{count:deal|deals} of {total}"
    assert [words.format(count=Number(n), total=n) for n in (0, 1, 2)] == [
        "0 deals of 0",
        "1 deal of 1",
        "2 deals of 2",
    ]
    assert f"{Number(1234):,}" == "1,234"


# --- where records live


@pytest.mark.parametrize(
    ("kind", "record", "path"),
    [
        ("settings", "", "kamctl.yaml"),
        ("team", "", "team.yaml"),
        ("account", "bohai", "accounts/bohai/account.yaml"),
        ("contact", "bohai/zhang-wei", "accounts/bohai/contacts/zhang-wei.yaml"),
        ("opportunity", "渤海/三号线", "accounts/渤海/opportunities/三号线.yaml"),
        ("call", "bohai/2026-03-12-zhang-wei", "accounts/bohai/calls/2026-03-12-zhang-wei.yaml"),
        ("presentation", "bohai/board", "accounts/bohai/presentations/board.yaml"),
        ("week", "2026-W11-li-na", "weeks/2026-W11-li-na.yaml"),
    ],
)
def test_a_place_says_what_a_file_is_and_back(kind: str, record: str, path: str) -> None:
    assert layout.path_of(kind, record) == path
    assert layout.kind_and_id(path) == (kind, record)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Harbour Bay (Tianjin)", "harbour-bay-tianjin"),
        ("渤海 水务集团", "渤海-水务集团"),
        ("三号线 Line 3", "三号线-line-3"),
        ("  --  ", ""),
        ("ÅNGSTRÖM", "ngstr-m"),
        ("A/B\\C..", "a-b-c"),
    ],
)
def test_an_id_is_made_from_a_name(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(st.text())
def test_an_id_made_from_any_name_is_one_or_empty(name: str) -> None:
    assert slugify(name) == "" or SLUG.fullmatch(slugify(name))


@pytest.mark.parametrize("text", ["", "-a", "a-", "a--b", "A", "a b", "a/b", "..", "a.b", "a_b", "a\n"])
def test_what_could_be_a_path_or_an_option_is_no_id(text: str) -> None:
    assert SLUG.fullmatch(text) is None


# --- columns

WIDE = st.text(st.sampled_from("ab 1,.(（）)，。：“”【】、中文水务é\u0301\u200b😀한ｶ"), max_size=30)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("中文", 4),
        ("，。", 4),
        ("ｶﾅ", 2),
        ("한국", 4),
        ("e\u0301", 1),
        ("😀", 2),
        ("\x1b[1;31m红\x1b[0m", 2),
        ("", 0),
    ],
)
def test_east_asian_characters_take_two_columns(text: str, columns: int) -> None:
    assert width(text) == columns


@given(WIDE, st.integers(0, 40))
def test_padding_gives_exactly_the_width(text: str, columns: int) -> None:
    for right in (False, True):
        padded = pad(text, columns, right=right)
        assert width(padded) == max(columns, width(text))
        assert padded.strip(" ") == text.strip(" ")


def test_padding_does_not_count_colour() -> None:
    assert pad("\x1b[1m中\x1b[0m", 4) == "\x1b[1m中\x1b[0m  "


@given(WIDE, st.integers(0, 40))
def test_shortening_never_exceeds_the_width_and_marks_what_was_cut(text: str, columns: int) -> None:
    short = shorten(text, columns)
    assert width(short) <= columns
    assert short == text or columns == 0 or (short.endswith("…") and text.startswith(short[:-1]))
    assert width(short) >= min(columns, width(text)) - 1


def test_shortening_never_cuts_a_wide_character_in_half() -> None:
    assert [shorten("渤海水务", n) for n in range(1, 9)] == [
        "…",
        "…",
        "渤…",
        "渤…",
        "渤海…",
        "渤海…",
        "渤海水…",
        "渤海水务",
    ]


@settings(max_examples=300)
@given(WIDE, st.integers(1, 24))
def test_wrapping_loses_nothing_and_keeps_to_the_width(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert width(line) <= columns or len(line.split()) <= 1


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("hello world, this is it", 8, ["hello", "world,", "this is", "it"]),
        ("渤海水务集团", 8, ["渤海水务", "集团"]),
        ("这是一个，很长", 8, ["这是一", "个，很长"]),
        ("中文字（括号）", 8, ["中文字", "（括号）"]),
        ("他说：“好！”", 6, ["他说：", "“好！”"]),
        ("见【附件】。完", 8, ["见【附", "件】。完"]),
        ("use kamctl 检查文件", 10, ["use kamctl", "检查文件"]),
        ("", 8, [""]),
    ],
)
def test_no_line_begins_with_closing_or_ends_with_opening_punctuation(
    text: str, columns: int, lines: list[str]
) -> None:
    assert wrap(text, columns) == lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a b c"),
        ("a\x1b[31m", "a<001B>[31m"),
        ("a\u202eb", "a<202E>b"),
        ("中文，", "中文，"),
        ("\x00", "<0000>"),
    ],
)
def test_nothing_in_a_file_can_steer_the_terminal(text: str, shown: str) -> None:
    assert one_line(text) == shown


# --- tables

COLUMNS = [
    Column("id", "Deal"),
    Column("name", "Name", shrink=6, drop=2),
    Column("amount", "Amount", show=lambda value: grouped(value, "en"), right=True),
    Column("notes", "Notes", drop=3, shrink=4),
]
DEALS = Table(
    COLUMNS,
    [
        ["bohai/line-3", "三号线管道改造", D("2000000.50"), "a\tb\nc"],
        ["x/y", "=SUM(A1)", D(0), None],
        ["-", "+86 138", D(-5), "x | y"],
    ],
    [["", "", D(1999995), ""]],
)


def test_tsv_is_one_line_a_row_with_plain_values() -> None:
    lines = "".join(table.tsv(DEALS)).splitlines()
    assert lines == [
        "id\tname\tamount\tnotes",
        "bohai/line-3\t三号线管道改造\t2000000.5\ta b c",
        "x/y\t=SUM(A1)\t0\t",
        "-\t+86 138\t-5\tx | y",
    ]


def test_csv_never_starts_a_formula() -> None:
    rows = list(csv.reader(StringIO(table.csv(DEALS))))
    assert rows[0] == ["id", "name", "amount", "notes"]
    assert [row[1] for row in rows[1:]] == ["三号线管道改造", "'=SUM(A1)", "'+86 138"]
    assert rows[3][:3] == ["-", "'+86 138", "-5"]


@given(st.lists(st.text(), min_size=2, max_size=2))
def test_any_text_stays_in_its_cell(cells: list[str]) -> None:
    one = Table([Column("a", "A"), Column("b", "B")], [cells])
    assert [line.count("\t") for line in "".join(table.tsv(one)).splitlines()] == [1, 1]
    rows = list(csv.reader(StringIO(table.csv(one))))
    assert [len(row) for row in rows] == [2, 2]
    assert not any(len(cell) > 1 and cell[0] in "=+-@" for cell in rows[1])
    assert table.markdown(one).count("\n") == 3
    assert table.aligned(one, PLAIN)[0].count("\n") == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (D("2000000"), 2000000),
        (D("0.5"), 0.5),
        (date(2026, 3, 12), "2026-03-12"),
        (datetime(2026, 3, 12, 18, 5), "2026-03-12T18:05:00"),
        ((1, D(2)), [1, 2]),
        (frozenset(("b", "a")), ["a", "b"]),
        ({1: D(2), "x": {"y": None}}, {"1": 2, "x": {"y": None}}),
        (None, None),
        (True, True),
        ("中", "中"),
    ],
)
def test_values_for_json_are_plain(value: Any, expected: Any) -> None:
    found = table.json_value(value)
    assert found == expected
    assert type(found) is type(expected)
    assert json.loads(json.dumps(found)) == expected


def test_records_name_every_column() -> None:
    assert table.records(DEALS)[1] == {"id": "x/y", "name": "=SUM(A1)", "amount": 0, "notes": None}


def test_markdown_escapes_what_would_end_a_cell() -> None:
    lines = table.markdown(DEALS).splitlines()
    assert lines[:2] == ["| Deal | Name | Amount | Notes |", "| --- | --- | ---: | --- |"]
    assert lines[4] == "| - | +86 138 | -5 | x \\| y |"
    assert len(lines) == 6


def test_columns_line_up_under_full_width_text() -> None:
    text, left_out = table.aligned(DEALS, PLAIN)
    assert left_out == []
    assert text.splitlines() == [
        "Deal          Name               Amount  Notes",
        "bohai/line-3  三号线管道改造  2,000,000  a b c",
        "x/y           =SUM(A1)                0",
        "-             +86 138                -5  x | y",
        "──────────────────────────────────────────────",
        "                              1,999,995",
    ]


@pytest.mark.parametrize("limit", [24, 30, 36, 40, 50, 60, 80])
def test_a_table_fits_the_width_it_is_given(limit: int) -> None:
    text, left_out = table.aligned(DEALS, PLAIN, limit=limit)
    assert max(width(line) for line in text.splitlines()) <= limit
    assert left_out in ([], ["Notes"], ["Name", "Notes"])


def test_only_the_columns_asked_for_are_shown_in_that_order() -> None:
    assert "".join(table.tsv(DEALS.select(["amount", "id"]))).splitlines()[:2] == [
        "amount\tid",
        "2000000.5\tbohai/line-3",
    ]


def test_an_unknown_column_is_answered_with_the_nearest() -> None:
    with pytest.raises(KamctlError, match='there is no field "amuont"') as caught:
        DEALS.select(["amuont"])
    assert caught.value.hint == 'did you mean "amount"?'


def test_a_table_without_rows_has_its_header() -> None:
    none = Table(COLUMNS, [])
    assert "".join(table.tsv(none)) == "id\tname\tamount\tnotes\n"
    assert table.aligned(none, PLAIN)[0].split() == ["Deal", "Name", "Amount", "Notes"]


# --- helpers


def assert_no_value(read: Callable[..., object], *given: object) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        read(*given)
    assert type(caught.value) is ValueError
