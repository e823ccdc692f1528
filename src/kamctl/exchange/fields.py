"""The fields that a table of deals may fill, which of its columns means which, and what a cell says in its field.

Cells are read by `exchange.typed`; what a profile says of dates, decimals, units and words is applied before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kamctl.exchange import typed
from kamctl.exchange.columns import LIST_SIGN, percent_text
from kamctl.exchange.flat import unguarded
from kamctl.exchange.typed import Option, Reason, fold
from kamctl.money import Money
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest
from kamctl.schema.profile import Profile


class Field(NamedTuple):
    """One field: its name, the kind of its cells, and its place in the file of a deal, where it has one.

    `options` names the list that its values come from.
    """

    name: str
    kind: str = "text"
    place: str = ""
    options: str = ""


FIELDS: tuple[Field, ...] = (
    Field("id", "key"),
    Field("external", "key"),
    Field("account", "key"),
    Field("account_name"),
    Field("account_external", "key"),
    Field("name", place="name"),
    Field("owner", "owner", "owner"),
    Field("process", "option", "process", "process"),
    Field("stage", "stage", "stage"),
    Field("stage_since", "date"),
    Field("active", "yes_no"),
    Field("amount", "amount", "amount"),
    Field("currency", "key"),
    Field("close_date", "date", "close_date"),
    Field("probability", "percent", "probability"),
    Field("forecast", "option", "forecast", "forecast"),
    Field("importance", "option", "importance", "importance"),
    Field("source", "option", "source", "source"),
    Field("products", "list", "products"),
    Field("tender_date", "date", "tender_date"),
    Field("purchase_date", "date", "purchase_date"),
    Field("created", "date", "created"),
    Field("vertical", place="vertical"),
    Field("province", place="region.province"),
    Field("city", place="region.city"),
    Field("dealer", place="dealer"),
    Field("needs", place="needs"),
    Field("lost_on", "date", "lost.date"),
    Field("lost_reason", "option", "lost.reason", "reason"),
    Field("lost_to", "key", "lost.to"),
    Field("lost_lesson", place="lost.lesson"),
    Field("contact_name"),
    Field("contact_title"),
    Field("contact_phone"),
    Field("contact_email"),
    Field("contact_external", "key"),
)
"""Every field, in the order in which a plan lists changes."""

BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}

COMPUTED = ("outcome",)
"""Columns of an export that say nothing of their own."""

ORDERS = ("dmy", "mdy", "ymd")

NUMBERS = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")
CLOCK = re.compile(r"[ T,]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]\.?m\.?)?(Z| ?[+-]\d{2}:?\d{2}| ?UTC| ?GMT)?$", re.I)
COMMA_NUMBER = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?(?!\d)|\d+,\d+")
REQUIRED = re.compile(r"[(\uff08]\s*(required|mandatory|\u5fc5\u586b\u9879?|\u5fc5\u586b\u9805)\s*[)\uff09]\s*$", re.I)
"""What templates for people write behind the name of a column that must be filled."""


@dataclass(frozen=True)
class Words:
    """What cells are read by: the profile, today, the workspace's currency, and the lists of the method.

    `dates` is the order of day and month, empty where nobody has said. `decided` is what a person has settled: what a
    word means, by field and folded word.
    """

    profile: Profile
    today: date
    currency: str
    dates: str
    decimal: str
    options: Mapping[str, Sequence[Option]]
    decided: Mapping[tuple[str, str], str]


def heading_word(heading: str) -> str:
    """Return what counts when headings are compared: letters and digits, without a mark that the column is required."""
    return fold(REQUIRED.sub("", unguarded(heading)))


def columns_of(headings: Sequence[str], profile: Profile, told: Mapping[str, str]) -> dict[str, int]:
    """Return the position of the column of each field. `told` is what a person said: heading to field, or to nothing.

    Of several columns that mean a field the one that the profile names first counts. Raises KamctlError for a heading
    or a field that is not there, and for two columns of one name.
    """
    places: dict[str, list[int]] = {}
    for place, heading in enumerate(headings):
        places.setdefault(heading_word(heading), []).append(place)
    meant = {heading_word(heading): field for heading, field in told.items()}
    for heading, field in told.items():
        _check(heading, field, headings, places)
    found = {field: places[heading][0] for heading, field in meant.items() if field}
    for field, aliases in profile.columns.items():
        _check_field(field, f"profile columns.{field}")
        for alias in map(heading_word, aliases):
            if field in found or alias in meant or alias not in places:
                continue
            if len(places[alias]) > 1:
                one, other = places[alias][:2]
                hint = Phrase("--map '{name}={field}' takes the first", name=headings[one], field=field)
                raise KamctlError(
                    Phrase(
                        'columns {one} and {other} are both named "{name}"',
                        one=one + 1,
                        other=other + 1,
                        name=headings[one],
                    ),
                    hint,
                    1,
                )
            found[field] = places[alias][0]
    return found


def _check(heading: str, field: str, headings: Sequence[str], places: Mapping[str, Sequence[int]]) -> None:
    if heading_word(heading) not in places:
        hint = nearest(heading, list(headings), Phrase("columns: {names}", names=", ".join(headings)))
        raise KamctlError(Phrase('--map: there is no column "{name}"', name=heading), hint)
    if field:
        _check_field(field, f"--map {heading}")


def _check_field(field: str, where: str) -> None:
    if field not in BY_NAME:
        hint = nearest(field, list(BY_NAME), Phrase("fields: {names}", names=", ".join(BY_NAME)))
        raise KamctlError(Phrase('{option}: there is no field "{name}"', option=where, name=field), hint)


def read_cell(field: Field, cell: str, words: Words) -> str | Reason:
    """Return what a cell says, as a file would write it; stages, owners and amounts are read elsewhere."""
    text = unguarded(cell).strip()
    if not text:
        return ""
    mapped = _mapped(field, text, words)
    if mapped is not None:
        return mapped
    match field.kind:
        case "date":
            day = _date(text, words)
            return day if isinstance(day, Reason) else day.isoformat()
        case "percent":
            return _percent(text, words)
        case "list":
            return LIST_SIGN.join(typed.read_list(text))
        case "yes_no":
            flag = typed.read_yes_no(text)
            return flag if isinstance(flag, Reason) else ("true" if flag else "false")
        case "option":
            return _option(field, text, words)
        case "key":
            return typed.plain_text(text)
        case _:
            return typed.kept_text(text)


def _mapped(field: Field, text: str, words: Words) -> str | None:
    """Return what a person or the profile says that a word means in a field."""
    decided = words.decided.get((field.name, fold(text)))
    if decided is not None:
        return decided
    meanings = words.profile.values.get(field.name, {})
    return next((value for word, value in meanings.items() if fold(word) == fold(text)), None)


def _option(field: Field, text: str, words: Words) -> str | Reason:
    found = typed.read_option(text, words.options[field.options])
    if isinstance(found, Reason) and field.name in words.profile.otherwise:
        return words.profile.otherwise[field.name]
    return found


def _date(text: str, words: Words) -> date | Reason:
    """Read a date, with or without a time of day, where the order of its numbers is known."""
    plain = CLOCK.sub("", typed.plain_text(text).translate(typed.DASH))
    found = NUMBERS.fullmatch(plain)
    if found is None or len(found[1]) == 4 or not words.dates:
        return typed.read_date(plain, words.today)
    numbers = dict(zip(words.dates, found.groups(), strict=True))
    year = numbers["y"] if len(numbers["y"]) == 4 else f"20{numbers['y']:0>2}"
    if len(numbers["y"]) == 3 or max(len(numbers["m"]), len(numbers["d"])) > 2:
        return Reason("typed-no-date", {"value": plain[:40]})
    return typed.read_date(f"{year}-{numbers['m']}-{numbers['d']}", words.today)


def _percent(text: str, words: Words) -> str | Reason:
    bare = typed.plain_text(_with_point(text, words))
    try:
        number = Decimal(bare) if re.fullmatch(r"\d+(\.\d+)?", bare) else None
    except ArithmeticError:
        number = None
    if number is not None and words.profile.percent:
        points = number if words.profile.percent == "points" else number * 100
        if points > 100:
            return Reason("typed-no-percent", {"value": bare[:40]})
        return percent_text(points.normalize() + 0)
    found = typed.read_percent(bare)
    return found if isinstance(found, Reason) else percent_text(found)


def read_amount(cell: str, currency: str, words: Words) -> str | Reason:
    """Return an amount as a file would write it. `currency` is what the row names beside it, empty for nothing."""
    text = _with_point(typed.plain_text(unguarded(cell)), words)
    if not text:
        return ""
    code = currency.strip().upper()
    money = typed.read_money(text, code or words.currency)
    if isinstance(money, Reason):
        return money
    if code and money.currency != code:
        return Reason("csv-two-currencies", {"value": text[:40], "currency": code})
    named = _has_unit(text)
    return str(Money(money.amount if named else money.amount * words.profile.unit, money.currency))


def _has_unit(text: str) -> bool:
    """Whether an amount says itself what it counts, as `250k` and `50万` do."""
    return any(text.casefold().rstrip("元").endswith(scale) for scale in typed.SCALES if scale)


def _with_point(text: str, words: Words) -> str:
    """Return text with a point before decimals where the file writes a comma, as `1.234,56`."""
    if words.decimal != ",":
        return text
    return COMMA_NUMBER.sub(lambda found: found[0].replace(".", "").replace(",", "."), text)
