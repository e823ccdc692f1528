"""The scalar types of the file format: how each is written, read, and described to editors.

All of them start from text, since the reader gives nothing else. A value that does not fit raises a
PydanticCustomError whose type is the id of a rule in rules.json.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from kamctl import dates
from kamctl.money import CURRENCIES, Money, parse_money
from kamctl.schema.slugs import SLUG

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
PERIOD = re.compile(r"\d{4}(-(Q[1-4]|0[1-9]|1[0-2]))?")
PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")


def _scalar(read: Callable[[str], Any], rule: str, schema: dict[str, Any]) -> list[Any]:
    """Return the annotations of a type that `read` makes from text, raising `rule` when it cannot."""

    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            raise PydanticCustomError("wrong-type", "", {"expected": "text"})
        try:
            return read(value)
        except (ValueError, InvalidOperation, OverflowError) as error:
            detail = str(error) if str(error) in ("amount", "currency", "fraction", "range") else ""
            name = f"{rule}-{detail}" if detail in ("currency", "fraction") else rule
            raise PydanticCustomError(name, "", {"value": value[:60]}) from None

    return [PlainValidator(validate), WithJsonSchema(schema)]


def _percent(text: str) -> Decimal:
    found = PERCENT.fullmatch(text.strip())
    if not found:
        fraction = re.fullmatch(r"0?\.\d+|[01](\.0+)?", text.strip())
        raise ValueError("fraction" if fraction else text)
    value = Decimal(found[1])
    if value > 100:
        raise ValueError("range")
    return value


def _whole_number(text: str) -> int:
    if not re.fullmatch(r"\d{1,3}(,\d{3})+|\d+(_\d+)*", text):
        raise ValueError(text)
    return int(text.replace("_", "").replace(",", ""))


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise ValueError(text)
    return Decimal(text)


def _rate(text: str) -> Decimal:
    value = _decimal(text)
    if value <= 0:
        raise ValueError(text)
    return value


def _month(text: str) -> int:
    value = _whole_number(text)
    if not 1 <= value <= 12:
        raise ValueError(text)
    return value


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _slug(text: str) -> str:
    if not SLUG.fullmatch(text):
        raise ValueError(text)
    return text


def _clock(text: str) -> str:
    if not CLOCK.fullmatch(text):
        raise ValueError(text)
    return text


def _currency(text: str) -> str:
    if text not in CURRENCIES:
        raise ValueError(text)
    return text


def _pair(text: str) -> str:
    base, _, quote = text.partition("/")
    if base not in CURRENCIES or quote not in CURRENCIES or base == quote:
        raise ValueError(text)
    return text


def _mark(text: str) -> str:
    if text not in ("+", "-", "?", "n/a"):
        raise ValueError(text)
    return text


def _period(text: str) -> str:
    if not PERIOD.fullmatch(text):
        raise ValueError(text)
    return text


@dataclass(frozen=True)
class Refers:
    """Marks text that names something else: a record (`contact`) or an entry of the method (`stage`)."""

    target: str


_TEXT_SCHEMA = {"type": ["string", "number", "boolean"]}
ISO_PATTERN = r"^\d{4}-\d{2}-\d{2}$"
PERCENT_PATTERN = r"^\d+(\.\d+)? ?%$"

Text = Annotated[str, WithJsonSchema(_TEXT_SCHEMA)]
Day = Annotated[date, *_scalar(dates.parse_date, "bad-date", {"type": "string", "pattern": ISO_PATTERN})]
Clock = Annotated[str, *_scalar(_clock, "bad-time", {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"})]
Timestamp = Annotated[
    datetime,
    *_scalar(
        dates.parse_timestamp, "bad-timestamp", {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}"}
    ),
]
Duration = Annotated[
    timedelta, *_scalar(dates.parse_duration, "bad-duration", {"type": "string", "pattern": r"^\d+[mhdw]$"})
]
Cash = Annotated[
    Money,
    *_scalar(parse_money, "bad-money", {"type": ["string", "number"]}),
    PlainSerializer(str, return_type=str),
]
Percent = Annotated[Decimal, *_scalar(_percent, "bad-percent", {"type": "string", "pattern": PERCENT_PATTERN})]
Count = Annotated[int, *_scalar(_whole_number, "bad-number", {"type": ["integer", "string"]})]
Number = Annotated[Decimal, *_scalar(_decimal, "bad-number", {"type": ["number", "string"]})]
PositiveNumber = Annotated[Decimal, *_scalar(_rate, "bad-number", {"type": ["number", "string"]})]
Month = Annotated[int, *_scalar(_month, "bad-number", {"type": ["integer", "string"]})]
Flag = Annotated[bool, *_scalar(_flag, "bad-flag", {"type": "boolean"})]
Slug = Annotated[str, *_scalar(_slug, "bad-id", {"type": "string", "pattern": "^" + SLUG.pattern + "$"})]
Currency = Annotated[str, *_scalar(_currency, "bad-currency", {"type": "string", "pattern": "^[A-Z]{3}$"})]
Pair = Annotated[str, *_scalar(_pair, "bad-pair", {"type": "string", "pattern": "^[A-Z]{3}/[A-Z]{3}$"})]
Mark = Annotated[str, *_scalar(_mark, "bad-mark", {"enum": ["+", "-", "?", "n/a"]})]
Period = Annotated[str, *_scalar(_period, "bad-period", {"type": "string", "pattern": "^" + PERIOD.pattern + "$"})]

Reference = Annotated[str, WithJsonSchema({"type": "string"})]
MemberRef = Annotated[Reference, Refers("member")]
ContactRef = Annotated[Reference, Refers("contact")]
AnyoneRef = Annotated[Reference, Refers("anyone")]
OpportunityRef = Annotated[Reference, Refers("opportunity")]
CompetitorRef = Annotated[Reference, Refers("competitor")]
CriterionRef = Annotated[Reference, Refers("criterion")]
StrategyRef = Annotated[Reference, Refers("strategy")]
ProcessRef = Annotated[Reference, Refers("process")]
ScorecardRef = Annotated[Reference, Refers("scorecard")]
StageRef = Annotated[Reference, Refers("stage")]
ImportanceRef = Annotated[Reference, Refers("importance")]
GateRef = Annotated[Reference, Refers("gate")]
GradeRef = Annotated[Reference, Refers("grade")]
LossReasonRef = Annotated[Reference, Refers("loss_reason")]
RoleRef = Annotated[Reference, Refers("role")]
OrientationRef = Annotated[Reference, Refers("orientation")]
AdaptabilityRef = Annotated[Reference, Refers("adaptability")]
CoverageRef = Annotated[Reference, Refers("coverage")]
InfluenceRef = Annotated[Reference, Refers("influence")]
BehaviourRef = Annotated[Reference, Refers("behaviour")]
StepRef = Annotated[Reference, Refers("presentation_step")]
OppositionRef = Annotated[Reference, Refers("opposition")]


def schema_of(annotation: Any) -> dict[str, Any]:
    """Return the JSON Schema by which editors check a scalar type; empty for other types."""
    schemas = [item.json_schema for item in getattr(annotation, "__metadata__", ()) if isinstance(item, WithJsonSchema)]
    return dict(schemas[-1] or {}) if schemas else {}
