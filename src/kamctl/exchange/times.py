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
DAY = 24 * 60


def read_clock(value: Cell) -> str | Reason:
    """Read a time of day as `14:00`: a time cell, `9:30`, `9点半`, `下午2点`, `2 pm`.

    A bare number is refused, since 9 could be a time or a slip.
    """
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    words = plain_text(value).casefold()
    if isinstance(value, (int, float)):
        return _clock(round(value * DAY), words) if 0 < value < 1 else Reason("typed-no-time", {"value": words[:40]})
    found = CLOCK.fullmatch(words)
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
    """Read how long something took, as `90m`: `90`, `90 分钟`, `1.5 小时`, `2h`; a bare number is in minutes."""
    if isinstance(value, time):
        return _minutes(Decimal(value.hour * 60 + value.minute), str(value))
    if isinstance(value, timedelta):
        return _minutes(Decimal(int(value.total_seconds())) / 60, str(value))
    words = plain_text(value).casefold()
    found = DURATION.fullmatch(words)
    if found is None:
        return Reason("typed-no-duration", {"value": words[:40]})
    number = Decimal(found[1])
    return _minutes(number * 60 if found[2] in HOURS else number, words)


def _minutes(number: Decimal, words: str) -> str | Reason:
    whole = number.quantize(Decimal(1), ROUND_HALF_UP)
    return f"{whole}m" if 0 < whole <= DAY else Reason("typed-no-duration", {"value": words[:40]})
