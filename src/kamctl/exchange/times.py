"""Reads the times of day and the durations that people type into cells."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from kamctl.exchange.typed import Cell, Reason, plain_text

PART = r"(?P<part>上午|早上|中午|下午|晚上)?"
HALF = r"(?P<half>[ap]\.?m\.?)?"
CLOCK = re.compile(rf"{PART} ?(?P<hour>\d{{1,2}})(?:[:.点點时時h](?P<minute>半|\d{{1,2}})?分?)? ?{HALF}")
AFTERNOON = ("下午", "晚上")
DURATION = re.compile(r"(\d+(?:\.\d+)?) ?(m|min|mins|minutes?|分钟|分鐘|分|h|hrs?|hours?|小时|小時|个小时|個小時)?")
HOURS = ("h", "hr", "hrs", "hour", "hours", "小时", "小時", "个小时", "個小時")
HAN = re.compile("[〇零一二两兩三四五六七八九十]{1,3}(?=个半|個半|[点點时時分小半]|个小|個小|$)")
HAN_FIGURES = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "兩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
HALF_AN_HOUR = re.compile("(?P<whole>\\d*)(?:个|個)?半(?:个|個)?(?:小时|小時|钟头|鐘頭)|(?P<hours>\\d+)(?:小时|小時)半")
HOURS_AND_MINUTES = re.compile("(\\d+) ?(?:h|小时|小時|个小时|個小時) ?(\\d{1,2}) ?(?:m|min|分|分钟|分鐘)?")
DAY = 24 * 60


def _in_figures(words: str) -> str:
    """Write the numbers of Chinese words in figures: `十点`, `两个半小时`, `二十分`."""
    return HAN.sub(lambda found: _figure(found[0]), words)


def _figure(words: str) -> str:
    tens, ten, ones = words.rpartition("十")
    if any(len(part) > 1 for part in (tens, ones)):
        return words
    return str((HAN_FIGURES.get(tens, 1) * 10 if ten else 0) + HAN_FIGURES.get(ones, 0))


def read_clock(value: Cell) -> str | Reason:
    """Read a time of day as `14:00`: a time cell, `9:30`, `9点半`, `上午十点`, `下午2点`, `2 pm`.

    A bare number is refused, since 9 could be a time or a slip.
    """
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    words = plain_text(value).casefold()
    if isinstance(value, (int, float)):
        return _clock(round(value * DAY), words) if 0 < value < 1 else Reason("typed-no-time", {"value": words[:40]})
    found = CLOCK.fullmatch(_in_figures(words))
    if found is None or found[0].isdigit():
        return Reason("typed-no-time", {"value": words[:40]})
    hour = int(found["hour"])
    minute = 30 if found["minute"] == "半" else int(found["minute"] or 0)
    late = found["part"] in AFTERNOON or (found["half"] or "").startswith("p")
    early = found["part"] in ("上午", "早上") or (found["half"] or "").startswith("a")
    if hour > 24 or minute > 59 or (early and hour > 12):
        return Reason("typed-no-time", {"value": words[:40]})
    hour = hour + 12 if late and hour < 12 else 0 if early and hour == 12 else hour
    return _clock(hour * 60 + minute, words)


def _clock(minutes: int, words: str) -> str | Reason:
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}" if hour < 24 else Reason("typed-no-time", {"value": words[:40]})


def read_minutes(value: Cell) -> str | Reason:
    """Read how long something took, as `90m`: `90`, `90 分钟`, `1.5 小时`, `一个半小时`, `2h`; a number is minutes."""
    if isinstance(value, time):
        return _minutes(Decimal(value.hour * 60 + value.minute), str(value))
    if isinstance(value, timedelta):
        return _minutes(Decimal(int(value.total_seconds())) / 60, str(value))
    words = plain_text(value).casefold()
    figures = _in_figures(words)
    if half := HALF_AN_HOUR.fullmatch(figures):
        return _minutes(Decimal(int(half["whole"] or half["hours"] or 0) * 60 + 30), words)
    if both := HOURS_AND_MINUTES.fullmatch(figures):
        return _minutes(Decimal(int(both[1]) * 60 + int(both[2])), words)
    found = DURATION.fullmatch(figures)
    if found is None:
        return Reason("typed-no-duration", {"value": words[:40]})
    number = Decimal(found[1])
    return _minutes(number * 60 if found[2] in HOURS else number, words)


def _minutes(number: Decimal, words: str) -> str | Reason:
    whole = number.quantize(Decimal(1), ROUND_HALF_UP)
    return f"{whole}m" if 0 < whole <= DAY else Reason("typed-no-duration", {"value": words[:40]})
