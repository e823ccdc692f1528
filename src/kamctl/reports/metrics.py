"""The evaluation sheet: every metric with its numerator, denominator and n, for the team and for each of its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from statistics import median
from typing import Literal, NamedTuple

from kamctl.brief import WORDS, Brief
from kamctl.facts import Facts
from kamctl.reports import metric_cases as cases
from kamctl.reports.journey import chain, journeys
from kamctl.reports.metric_cases import Case, Material
from kamctl.reports.periods import Period
from kamctl.reports.pipeline import Terms, pipeline_rows
from kamctl.schema.method.process import Process
from kamctl.schema.method.reviews import Reviews

TABLES = (
    "accounts", "members", "opportunities", "calls", "objectives", "needs", "objections", "payments",
)  # fmt: skip
"""The tables that metrics read."""

BRIEFS = (
    Brief(
        "calls",
        {
            "calls": WORDS | {"met", "ours"},
            "objectives": frozenset(("objective", "measure")),
            "needs": frozenset(("need",)),
            "objections": frozenset(("objection",)),
        },
    ),
)
"""What metrics do without: they count what came up in calls."""

HUNDRED = Decimal(100)
ZERO = Decimal(0)

Kind = Literal["result", "process"]
Unit = Literal["percent", "amount", "days"]


class Measure(NamedTuple):
    """One metric: what it says, of which cases. A result states what was; a rate of the process needs enough cases."""

    id: str
    kind: Kind
    unit: Unit
    cases: Callable[[Material], Iterable[Case]]


MEASURES = (
    Measure("goal_value", "result", "percent", cases.goal_value),
    Measure("goal_count", "result", "percent", cases.goal_count),
    Measure("deal_size", "result", "amount", cases.deal_size),
    Measure("collection", "result", "percent", cases.collection),
    Measure("new_customers", "result", "percent", cases.new_customers),
    Measure("lead_conversion", "process", "percent", cases.lead_conversion),
    Measure("win_rate", "process", "percent", cases.win_rate),
    Measure("cycle", "process", "days", cases.cycle),
    Measure("need_accuracy", "process", "percent", cases.need_accuracy),
    Measure("objection_success", "process", "percent", cases.objection_success),
    Measure("objective_hits", "process", "percent", cases.objective_hits),
    Measure("record_delay", "process", "percent", cases.record_delay),
)
"""Every metric but the conversions of the stages, which follow the process."""


class Metric(NamedTuple):
    """One figure of one group. Percents are from 0 to 100, amounts in the workspace's currency.

    `value` is numerator of denominator, the median of days for a cycle; None where there is nothing to divide by, or,
    for the process, where n is below the floor (`enough` tells). `stage` is that of a conversion. `ids` are the cases,
    `lacking` those without the figure.
    """

    group: str
    id: str
    stage: str
    kind: Kind
    unit: Unit
    numerator: Decimal
    denominator: Decimal
    n: int
    value: Decimal | None
    enough: bool
    ids: tuple[str, ...]
    lacking: tuple[str, ...]


class Group(NamedTuple):
    """Some of our people under a name, and their metrics."""

    name: str
    people: tuple[str, ...]
    metrics: list[Metric]


class Evaluation(NamedTuple):
    """The metrics of a period: of the whole team, and of the groups asked for."""

    period: Period
    floor: int
    team: Group
    groups: list[Group]


def material(
    facts: Facts, period: Period, terms: Terms, reviews: Reviews, first_month: int, process: str = ""
) -> Material:
    """Gather what metrics are computed from."""
    rows = pipeline_rows(facts, terms)
    then = terms._replace(as_of=min(terms.as_of, period.end))
    before = rows if then.as_of == terms.as_of else pipeline_rows(facts, then)
    rules = reviews.metrics
    return Material(
        facts,
        period,
        journeys(facts, rows, terms, process),
        journeys(facts, rows, terms, rules.lead_process) if rules is not None else [],
        journeys(facts, before, then, process),
        terms,
        first_month,
        rules,
    )


def evaluate(it: Material, process: Process, floor: int, groups: Sequence[tuple[str, Sequence[str]]]) -> Evaluation:
    """Return the metrics of everybody and of some groups of people, given as name and keys."""
    found = [(measure, stage, list(measure.cases(it))) for measure, stage in _measures(process)]
    team = Group("", (), [_metric("", measure, stage, some, floor) for measure, stage, some in found])
    parts: list[list[Metric]] = [[] for _ in groups]
    for measure, stage, some in found:
        owned = cases.by_owner(some)
        for place, (name, people) in enumerate(groups):
            own = [case for person in people for case in owned.get(person, ())]
            parts[place].append(_metric(name, measure, stage, own, floor))
    named = [Group(name, tuple(people), metrics) for (name, people), metrics in zip(groups, parts, strict=True)]
    return Evaluation(it.period, floor, team, named)


def _measures(process: Process) -> Iterator[tuple[Measure, str]]:
    for measure in MEASURES:
        yield measure, ""
        if measure.id == "lead_conversion":
            for place, stage in enumerate(chain(process)[:-1]):
                of_stage = partial(cases.stage_conversion, place=place)
                yield Measure("stage_conversion", "process", "percent", of_stage), stage.code


def _metric(group: str, measure: Measure, stage: str, some: Sequence[Case], floor: int) -> Metric:
    whole = [case for case in some if not case.lacking]
    numerator = sum((case.part for case in whole), ZERO)
    denominator = sum((case.whole for case in whole), ZERO)
    n = sum(case.counts for case in whole)
    enough = measure.kind == "result" or n >= floor
    value = None
    if enough and denominator and measure.unit == "days":
        value = Decimal(str(median(case.part for case in whole)))
    elif enough and denominator:
        value = numerator / denominator * (HUNDRED if measure.unit == "percent" else 1)
    ids = tuple(dict.fromkeys(case.id for case in whole if case.counts))
    lacking = tuple(dict.fromkeys(case.id for case in some if case.lacking))
    return Metric(
        group, measure.id, stage, measure.kind, measure.unit, numerator, denominator, n, value, enough, ids, lacking
    )
