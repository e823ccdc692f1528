"""Dates, clock times and durations: ISO in files, what people type in commands."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
LOOSE_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?")
OFFSET = re.compile(r"([+-]?)(\d+)([dw])")
DURATION = re.compile(r"(\d+)(m|h|d|w)")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHINESE_WEEKDAYS = "一二三四五六日天"
WORDS = {"today": 0, "tomorrow": 1, "yesterday": -1, "今天": 0, "明天": 1, "昨天": -1, "前天": -2, "後天": 2, "后天": 2}


def parse_date(text: str) -> date:
    """Read an ISO date, `2026-03-12`. Raises ValueError for anything else."""
    if not ISO_DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def read_date(text: str, today: date) -> date:
    """Read a date as people type it: ISO, `2026/3/12`, `today`, `+7d`, `-2w`, `fri`, 明天, 周五.

    A weekday is the next one after today. Raises ValueError when it is none of these.
    """
    word = text.strip().casefold()
    if word in WORDS:
        return today + timedelta(days=WORDS[word])
    if (
        word[:3] in WEEKDAYS
        and word
        == (["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])[WEEKDAYS.index(word[:3])][
            : len(word)
        ]
    ):
        return _next_weekday(today, WEEKDAYS.index(word[:3]))
    if len(word) >= 2 and word[:-1] in ("周", "週", "星期", "礼拜", "禮拜") and word[-1] in CHINESE_WEEKDAYS:
        return _next_weekday(today, min(CHINESE_WEEKDAYS.index(word[-1]), 6))
    if offset := OFFSET.fullmatch(word):
        days = int(offset[2]) * (7 if offset[3] == "w" else 1)
        try:
            return today + timedelta(days=-days if offset[1] == "-" else days)
        except OverflowError:
            raise ValueError(text) from None
    if loose := LOOSE_DATE.fullmatch(word):
        return date(int(loose[1]), int(loose[2]), int(loose[3]))
    raise ValueError(text)


def parse_duration(text: str) -> timedelta:
    """Read a duration such as `90m`, `8h`, `30d` or `2w`. Raises ValueError."""
    found = DURATION.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    try:
        return int(found[1]) * UNITS[found[2]]
    except OverflowError:
        raise ValueError(text) from None


def parse_timestamp(text: str) -> datetime:
    """Read `2026-03-12T18:05`, with seconds if given. Raises ValueError."""
    if not TIMESTAMP.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def is_working_day(day: date) -> bool:
    """Whether a day is from Monday to Friday; public holidays are not known."""
    return day.weekday() < 5


def working_day(day: date, offset: int) -> date:
    """Return the working day so many working days after a day, before it when negative; the day itself for 0.

    Raises OverflowError beyond the last year of the calendar.
    """
    step = timedelta(days=1 if offset > 0 else -1)
    for _ in range(abs(offset)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def working_days_until(day: date, start: date) -> int:
    """Return how many working days lie from `start`, itself included, until the day before `day`; 0 when none do."""
    weeks, rest = divmod(max(0, (day - start).days), 7)
    return 5 * weeks + sum(is_working_day(start + timedelta(days=i)) for i in range(rest))


def _next_weekday(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
