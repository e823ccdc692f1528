"""Reads what people type into cells: dates, amounts, percents and words of the method, as a value or a reason why not.

Nothing is guessed: what could mean two things is a reason, and the reason says how to write it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from kamctl.labels import pick, text
from kamctl.money import CURRENCIES, Money
from kamctl.problems import did_you_mean

Cell = Any
"""What a cell holds: text, a number, true or false, a date, or nothing."""


class Reason(NamedTuple):
    """Why a cell cannot be read: a key of labels.json and what fills its gaps."""

    key: str
    values: Mapping[str, object] = {}

    def words(self, lang: str) -> str:
        """Return the reason in a language."""
        return text(self.key, lang, **self.values)


class Option(NamedTuple):
    """One value of a list: its id, its label in three languages, and what else people write, in small letters."""

    id: str
    label: Mapping[str, str]
    also: tuple[str, ...] = ()


Naming = Callable[[Option], str]
"""Writes a value of a list for people."""


def by_id(option: Option) -> str:
    """Write a value of a list as files do."""
    return option.id


EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
"""Day 0 of the two ways in which workbooks count days; 1900 as it counts from March 1900 on."""

YEARS = range(1990, 2101)
"""Years that a number may stand for. A number outside is no date but a slip."""

RECENT = timedelta(days=90)
"""How long ago a day without a year may lie; older ones are meant for the next year."""

MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
DASH = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63"), "-")
CLOCK = re.compile(r"[ T](?:\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$")
YEAR_FIRST = re.compile(r"(\d{4}) ?([-/.年]) ?(\d{1,2}) ?[-/.月] ?(\d{1,2})[日号號]?")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
MONTH_AND_DAY = re.compile(r"(\d{1,2}) ?月 ?(\d{1,2}) ?[日号號]?")
NAMED = re.compile(r"([a-z]{3,9})\.?[- /]?(\d{1,2})(?:st|nd|rd|th)?(?:(?:, ?|[- /])(\d{4}))?")
NAMED_LATER = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[- /]?([a-z]{3,9})\.?(?:(?:, ?|[- /])(\d{4}))?")
SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,2}")
NO_YEAR = re.compile(r"(\d{1,2})[-/](\d{1,2})")
COMPACT = re.compile(r"\d{8}")
NO_DAY = re.compile(r"\d{4} ?[-/.年] ?\d{1,2}月?|\d{4}年?")

SIGNS = {
    "¥": ("CNY", "JPY"),
    "$": ("USD", "TWD", "HKD", "SGD", "AUD", "CAD", "NZD", "MXN"),
    "€": ("EUR",),
    "£": ("GBP",),
    "rmb": ("CNY",),
}
"""Signs before or after an amount and the currencies that they may stand for."""

SCALES = {
    "": 1, "千": 10**3, "k": 10**3, "万": 10**4, "萬": 10**4, "w": 10**4, "百万": 10**6, "百萬": 10**6, "m": 10**6,
    "千万": 10**7, "千萬": 10**7, "亿": 10**8, "億": 10**8,
}  # fmt: skip
SCALE = "|".join(sorted(filter(None, SCALES), key=len, reverse=True))
AMOUNT = re.compile(
    rf"(?P<before>¥|\$|€|£|rmb|[a-z]{{3}})? ?(?P<number>-?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?)"
    rf" ?(?P<scale>{SCALE})?(?P<yuan>元(?:整|人民币|人民幣)?|人民币|人民幣|圆|圓|块)?"
    r" ?(?P<after>¥|\$|€|£|rmb|[a-z]{3})?"
)
MAX_DIGITS = 18
PERCENT = re.compile(r"(\d+(?:\.\d+)?|\.\d+) ?(%|percent|成)?")
YES = ("yes", "y", "true", "是", "有", "对", "對", "√", "✓", "1")
NO = ("no", "n", "false", "否", "无", "無", "不", "没有", "沒有", "×", "0")
MARKS = {
    "+": (*YES[:-1], "plus", "加", "加号", "加號"),
    "-": (*NO[:-1], "minus", "减", "減", "减号", "減號"),
    "?": ("unknown", "not known", "不知道", "不清楚", "未知"),
    "n/a": ("na", "not applicable", "不适用", "不適用"),
}
"""The marks of a scorecard, and what people write for them."""

FIGURE = re.compile(r"^[\s\-_.:()/]*\d*%?")
BETWEEN = re.compile(r"[,、;\n]")
IGNORED = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def plain_text(value: Cell) -> str:
    """Return what a cell says as text: full-width characters narrow, spaces at the ends gone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return unicodedata.normalize("NFKC", IGNORED.sub("", str(value))).strip()


def kept_text(value: Cell) -> str:
    """Return text for a file: as typed, but for spaces at the ends, line ends, and marks that nobody can see."""
    words = plain_text(value) if not isinstance(value, str) else IGNORED.sub("", value)
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()


def fold(words: str) -> str:
    """Return what counts when names are compared: letters and digits, narrow and small."""
    return "".join(c for c in unicodedata.normalize("NFKC", words).casefold() if c.isalnum())


def read_date(value: Cell, today: date, epoch: int = 1900) -> date | Reason:
    """Read a date: a date cell, a serial number, `2015/1/20`, `2015.1.20`, `20150120`, `7月12日`, `Jul-12`.

    Without a year it is the first such day from 90 days ago on. A two-digit year, and day and month that could be
    swapped, are refused.
    """
    if isinstance(value, datetime):
        return _in_range(value.date())
    if isinstance(value, date):
        return _in_range(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _serial(value, epoch)
    words = CLOCK.sub("", plain_text(value).translate(DASH)).casefold()
    if COMPACT.fullmatch(words):
        return _day(int(words[:4]), int(words[4:6]), int(words[6:]), words)
    if re.fullmatch(r"\d{5}(\.\d+)?", words):
        return _serial(float(words), epoch)
    if found := YEAR_FIRST.fullmatch(words):
        return _day(int(found[1]), int(found[3]), int(found[4]), words)
    if found := MONTH_AND_DAY.fullmatch(words):
        return _coming(int(found[1]), int(found[2]), today, words)
    if found := NAMED.fullmatch(words):
        return _named(found[1], found[2], found[3], today, words)
    if found := NAMED_LATER.fullmatch(words):
        return _named(found[2], found[1], found[3], today, words)
    return _either_order(words, today)


def _either_order(words: str, today: date) -> date | Reason:
    """Read day and month in numbers without a year before them, where only one order is possible."""
    last, without = YEAR_LAST.fullmatch(words), NO_YEAR.fullmatch(words)
    found = last or without
    if found is None:
        short = SHORT_YEAR.fullmatch(words)
        key = "typed-short-year" if short else "typed-no-day" if NO_DAY.fullmatch(words) else "typed-no-date"
        return Reason(key, {"value": words[:40]})
    one, other = int(found[1]), int(found[2])
    if one != other and one <= 12 and other <= 12:
        return Reason("typed-which-order", {"value": words})
    month, day = (one, other) if one <= 12 else (other, one)
    return _day(int(last[3]), month, day, words) if last else _coming(month, day, today, words)


def _serial(number: float, epoch: int) -> date | Reason:
    """Read a number as a day: `20150120`, or counted from the epoch of the workbook."""
    words = plain_text(number)
    if number != number or abs(number) > 10**9:
        return Reason("typed-no-date", {"value": words[:40]})
    if COMPACT.fullmatch(words):
        return _day(int(words[:4]), int(words[4:6]), int(words[6:]), words)
    try:
        day = EPOCHS[epoch] + timedelta(days=int(number))
    except OverflowError:
        return Reason("typed-no-date", {"value": words})
    return day if day.year in YEARS else Reason("typed-no-date", {"value": words})


def _in_range(day: date) -> date | Reason:
    return day if day.year in YEARS else Reason("typed-no-date", {"value": day.isoformat()})


def _day(year: int, month: int, day: int, words: str) -> date | Reason:
    try:
        return _in_range(date(year, month, day))
    except ValueError:
        return Reason("typed-no-such-day", {"value": words})


def _coming(month: int, day: int, today: date, words: str) -> date | Reason:
    """Return the first such day of a year from 90 days ago on; the 29th of February may be years ahead."""
    for year in range(today.year - 1, today.year + 9):
        found = _day(year, month, day, words)
        if isinstance(found, date) and found >= today - RECENT:
            return found
    return Reason("typed-no-such-day", {"value": words})


def _named(month: str, number: str, year: str | None, today: date, words: str) -> date | Reason:
    """Read a date with an English month; `Jul-15` is the 15th of July, `Jul-45` nothing."""
    if not any(name.startswith(month) for name in MONTH_NAMES):
        return Reason("typed-no-date", {"value": words[:40]})
    place = next(place for place, name in enumerate(MONTH_NAMES, 1) if name.startswith(month))
    return _day(int(year), place, int(number), words) if year else _coming(place, int(number), today, words)


def read_money(value: Cell, currency: str, unit: int = 1) -> Money | Reason:
    """Read an amount: `50`, `1,200`, `¥1,200`, `50万`, `50 万元`, `1.2 亿`, `300000元`, `20万 USD`.

    A bare number counts in the `unit` of its column, 10000 for 万. What names a scale or 元 says its unit itself; a
    currency code alone does not, and is refused in a column with a unit.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = _decimal(value)
        return _amount(number * unit, currency) if number is not None else Reason("typed-no-amount", {"value": value})
    words = plain_text(value).translate(DASH).casefold()
    found = AMOUNT.fullmatch(words)
    if found is None:
        return Reason("typed-no-amount", {"value": words[:40]})
    signs = [sign for sign in (found["before"], found["after"]) if sign]
    named = {_currency(sign, currency) for sign in signs}
    if len(named) > 1 or not named <= CURRENCIES:
        return Reason("typed-no-currency", {"value": words[:40]})
    absolute = bool(found["scale"] or found["yuan"])
    if any(sign not in SIGNS for sign in signs) and not absolute and unit != 1:
        return Reason("typed-which-unit", {"value": words[:40]})
    number = Decimal(found["number"].replace(",", "")) * SCALES[found["scale"] or ""]
    return _amount(number if absolute else number * unit, named.pop() if named else currency)


def _currency(sign: str, usual: str) -> str:
    """Return the currency that a sign or code means; nothing for a sign of several others than the usual one."""
    possible = SIGNS.get(sign, (sign.upper(),))
    return usual if usual in possible else possible[0] if len(possible) == 1 else ""


def _decimal(value: float) -> Decimal | None:
    """Return the number that a cell shows, not the binary fraction behind it."""
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() else None


def _amount(amount: Decimal, currency: str) -> Money | Reason:
    if amount < 0:
        return Reason("typed-negative", {"value": f"{amount:f}"})
    if amount.adjusted() >= MAX_DIGITS:
        return Reason("typed-no-amount", {"value": f"{amount:e}"})
    return Money(amount, currency)


def read_percent(value: Cell, as_percent: bool = False) -> Decimal | Reason:
    """Read a percent from 0 to 100: `60%`, `60`, `0.6`, `6成`; `as_percent` says that the cell shows its number so.

    A bare 1 could be 1 % or 100 % and is refused.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = _decimal(value)
        if number is None:
            return Reason("typed-no-percent", {"value": value})
        return _points(number, as_percent and number <= 1, str(value))
    words = plain_text(value).casefold()
    found = PERCENT.fullmatch(words)
    if found is None:
        return Reason("typed-no-percent", {"value": words[:40]})
    try:
        number = Decimal(found[1])
    except InvalidOperation:
        return Reason("typed-no-percent", {"value": words[:40]})
    if found[2] == "成":
        return _points(number * 10, False, words, sure=True)
    return _points(number, False, words, sure=found[2] is not None)


def _points(number: Decimal, fraction: bool, words: str, *, sure: bool = False) -> Decimal | Reason:
    if number == 1 and not (fraction or sure):
        return Reason("typed-which-percent", {"value": words})
    if fraction or (not sure and 0 < number < 1):
        number *= 100
    if not 0 <= number <= 100:
        return Reason("typed-no-percent", {"value": words[:40]})
    return number.normalize() + 0


def read_option(value: Cell, options: Sequence[Option], named_as: Naming = by_id) -> str | Reason:
    """Read a value of a list: its id, its label in any language, both (`Q-20 报价`), or the one label it begins.

    `named_as` writes the values of the list in a reason why not.
    """
    words = plain_text(value)
    if words.translate(DASH) in {option.id for option in options}:
        return words.translate(DASH)
    if written := [option.id for option in options if words.casefold() in option.also]:
        return written[0]
    wanted = fold(words)
    named = [option.id for option in options if wanted in {fold(option.id), *map(fold, option.label.values())}]
    if wanted and named:
        return named[0] if len(named) == 1 else _unclear(words, named)
    led = _led_by_id(words, options)
    if led is not None:
        return led
    begun = [
        option.id
        for option in options
        if len(wanted) > 1 and any(_begins(label, wanted) for label in option.label.values())
    ]
    if len(begun) == 1:
        return begun[0]
    return _unclear(words, begun) if begun else _unknown(words, options, named_as)


def _led_by_id(words: str, options: Sequence[Option]) -> str | Reason | None:
    """Read `Q 报价`, `Q-20 报价`, `Q（20）`, `Q报价`: an id before anything else; None when none stands there."""
    folded = words.casefold()
    for option in sorted(options, key=lambda option: -len(option.id)):
        after = folded.removeprefix(option.id.casefold())
        if option.id and after != folded and _ends_before(after, option.id):
            rest = fold(FIGURE.sub("", after))
            others = [o.id for o in options if o is not option and rest in map(fold, o.label.values())]
            own = any(rest in fold(label) for label in option.label.values())
            return _unclear(words, [option.id, *others]) if rest and others and not own else option.id
    return None


def _ends_before(after: str, name: str) -> bool:
    """Whether a name ends where other words begin: at a sign, or where another script follows."""
    return not after[:1].isalnum() or (name.isascii() and not after[:1].isascii())


def _begins(label: str, wanted: str) -> bool:
    return fold(label).startswith(wanted)


def _unclear(words: str, ids: Sequence[str]) -> Reason:
    return Reason("typed-unclear", {"value": words[:40], "known": ", ".join(dict.fromkeys(ids))})


def _unknown(words: str, options: Sequence[Option], named_as: Naming) -> Reason:
    names = {name: option.id for option in options for name in (option.id, *option.label.values())}
    near = did_you_mean(words, list(names)) if words else ""
    if near:
        return Reason("typed-near", {"value": words[:40], "near": near})
    return Reason("typed-unknown", {"value": words[:40], "known": ", ".join(map(named_as, options))})


def read_member(value: Cell, members: Sequence[Option], named_as: Naming = by_id) -> str | Reason:
    """Read one of our people, by key, by name, or both: `李娜`, `li-na`, `李娜 (li-na)`; several are refused."""
    words = plain_text(value)
    found = re.fullmatch(r"(.*?) ?\(([a-z0-9-]+)\)", words)
    if found is not None and any(member.id == found[2] for member in members):
        return found[2]
    wanted = fold(words)
    named = [member.id for member in members if wanted in {fold(member.id), *map(fold, member.label.values())}]
    if len(named) == 1:
        return named[0]
    if named:
        return _unclear(words, named)
    several = read_list(value)
    if len(several) > 1 and all(isinstance(read_member(one, members), str) for one in several):
        return Reason("typed-several", {"value": words[:40]})
    return _unknown(words, members, named_as)


def read_list(value: Cell) -> list[str]:
    """Read a list of words: `阀门、管件`, `阀门，管件`, or one a line."""
    parts = (part.strip() for part in BETWEEN.split(kept_text(value).translate({0xFF0C: ",", 0xFF1B: ";"})))
    return list(dict.fromkeys(part for part in parts if part))


def read_yes_no(value: Cell) -> bool | Reason:
    """Read yes or no in three languages."""
    words = plain_text(value).casefold()
    if words in YES:
        return True
    return False if words in NO else Reason("typed-no-yes", {"value": words[:40]})


def shown_option(option: Option, lang: str) -> str:
    """Write a value of a list as it stands in a drop-down."""
    return pick(option.label, lang) or option.id


def shown_stage(option: Option, lang: str) -> str:
    """Write a stage as it stands in a drop-down: code and label."""
    return f"{option.id} {pick(option.label, lang)}".strip()
