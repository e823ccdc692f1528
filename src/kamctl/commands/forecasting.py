"""What `forecast` does: read, choose, compute, print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from kamctl.commands.funneling import QUOTA_BY, sellers, tell_unconverted
from kamctl.commands.selling import Chosen, Selection, group_field, select
from kamctl.commands.session import Session
from kamctl.facts import Facts
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render import forecast as rendered
from kamctl.render.forecast import PARTS
from kamctl.render.forecast_tables import ForecastReport
from kamctl.reports.contradictions import contradictions
from kamctl.reports.fallout import Before, Fallen, fallen
from kamctl.reports.forecast import Coverage, Forecast, Sorting, coverage, forecast
from kamctl.reports.journey import Journey, journeys
from kamctl.reports.periods import Period, add_months, quarter_of, read_period, year_of
from kamctl.reports.pipeline import pipeline_rows
from kamctl.reports.quota import standing, target
from kamctl.reports.simulation import Basis, Simulation, simulate, slip_days
from kamctl.rows.deals import MoveRow
from kamctl.schema.method.forecast import ForecastMethod

BASES = ("owner", "stage")
"""Whose probability a simulation may draw by."""


@dataclass(frozen=True)
class Asked:
    """What a person asked of the forecast."""

    choices: Mapping[str, Sequence[str]]
    where: Sequence[str]
    by: str
    period: str
    since: str
    trials: int
    seed: int
    probability: str
    only: str


@dataclass(frozen=True)
class Past:
    """What is known of the past: close dates that were moved, and the files of an earlier day; None where unknown."""

    moves: Sequence[MoveRow] | None = None
    facts: Facts | None = None


NOTHING_KNOWN = Past()


def print_forecast(run: Session, asked: Asked, past: Past = NOTHING_KNOWN) -> None:
    """Print the forecast with coverage, contradictions, what fell out, and a simulation when asked for."""
    field = group_field(asked.by) if asked.by else ""
    _one_of("--probability", asked.probability, BASES)
    _one_of("--only", asked.only, ("", *PARTS))
    if asked.only == "simulation" and not asked.trials:
        raise KamctlError(
            Phrase("--only simulation shows nothing without --simulate"), Phrase("--simulate 10000 draws so many times")
        )
    first_month = run.workspace.settings.fiscal_year_start
    span = read_period(asked.period, first_month) if asked.period else year_of(run.as_of, first_month)
    method = run.workspace.methods.forecast
    chosen = select(run, Selection([], asked.choices, "", asked.where, "id", everything=True))
    ways = journeys(chosen.facts, chosen.rows, chosen.terms)
    said = {deal.id: deal.forecast for deal in chosen.facts.opportunities}
    by = (lambda way: str(getattr(way.row, field) or "")) if field else None
    result = forecast(ways, said, method, chosen.terms, first_month, span, bool(asked.period), by)
    covered = _coverages(run, asked, chosen, ways, result, span)
    ended = [(way, said.get(way.row.id, "")) for way in ways if not way.open]
    report = ForecastReport(
        forecast=result,
        method=method,
        reasons=run.workspace.methods.reasons,
        terms=chosen.terms,
        by=asked.by,
        span=span,
        narrow=bool(asked.period),
        coverages=covered,
        contradictions=contradictions(result.entries, ended, method, Sorting(method, run.as_of, first_month)),
        fallen=_fallen(run, asked, chosen, ways, method, past),
        since=since_day(run, asked),
        dates_known=past.moves is not None or past.facts is not None,
        simulations=_simulations(run, asked, ways, covered, past),
        only=asked.only,
    )
    rendered.print_forecast(report, run.style, run.envelope())
    tell_unconverted(run, chosen)
    if not result.entries:
        run.say(run.label("no-deals"), "dim")


def _one_of(option: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        hint = nearest(value, list(known), choices(filter(None, known)))
        raise KamctlError(Phrase('{option}: there is no "{value}"', option=option, value=value), hint)


def _coverages(
    run: Session, asked: Asked, chosen: Chosen, ways: Sequence[Journey], result: Forecast, span: Period
) -> list[Coverage]:
    """Return the coverage of the quotas of the period asked for, else of this quarter and year.

    Quotas belong to people, so there is none where other conditions choose the deals.
    """
    narrowed = any(values for name, values in asked.choices.items() if name not in ("owner_id", "unit")) or asked.where
    first_month = run.workspace.settings.fiscal_year_start
    periods = [span] if asked.period else [quarter_of(run.as_of, first_month), span]
    people = [] if narrowed else sellers(chosen.facts, asked.choices)
    parts = [("", people, ways)]
    if asked.by in QUOTA_BY and not narrowed:
        field = group_field(asked.by)
        groups = dict.fromkeys([*result.groups, *(p.unit if asked.by == "unit" else p.name for p in people if p.quota)])
        for group in groups:
            members = [person for person in people if group == (person.unit if asked.by == "unit" else person.name)]
            parts.append((group, members, [way for way in ways if getattr(way.row, field) == group]))
    return [
        coverage(group, standing(target(members, period, chosen.terms, first_month), part), part, chosen.terms)
        for period in periods
        for group, members, part in parts
    ]


def since_day(run: Session, asked: Asked) -> date:
    """Return the earlier day to compare with: the one asked for, else a month ago. Raises KamctlError."""
    day = run.day(asked.since, "--since") if asked.since else add_months(run.as_of, -1)
    if day >= run.as_of:
        raise KamctlError(
            Phrase("--since {day} is not before {as_of}", day=day, as_of=run.as_of),
            Phrase("it names an earlier day to compare with"),
        )
    return day


def _fallen(
    run: Session,
    asked: Asked,
    chosen: Chosen,
    ways: Sequence[Journey],
    method: ForecastMethod,
    past: Past,
) -> list[Fallen]:
    """Return what fell out since the earlier day, among the deals that the conditions choose."""
    since = since_day(run, asked)
    then = chosen.terms._replace(as_of=since)
    facts = past.facts or chosen.facts
    ids = {way.row.id for way in ways}
    rows = [row for row in pipeline_rows(facts, then) if row.id in ids or past.facts is not None]
    before = journeys(facts, rows, then)
    commitments = None
    first_month = run.workspace.settings.fiscal_year_start
    sorting = Sorting(method, since, first_month)
    if past.facts is not None:
        earlier = {deal.id: deal.forecast for deal in past.facts.opportunities}
        commitments = {way.row.id: sorting.entry(way, earlier[way.row.id]).commitment for way in before}
    today = Sorting(method, run.as_of, first_month)
    said = {deal.id: deal.forecast for deal in chosen.facts.opportunities}
    now = {way.row.id: today.entry(way, said[way.row.id]).commitment for way in ways}
    order = [commitment.id for commitment in method.commitments if commitment.outcome is None]
    moves = [move for move in past.moves or () if since < move.date <= run.as_of]
    return fallen(Before(before, commitments), ways, now, order, moves)


def _simulations(
    run: Session, asked: Asked, ways: Sequence[Journey], covered: Sequence[Coverage], past: Past
) -> list[Simulation]:
    """Return a simulation of each period that a quota is looked at for."""
    if not asked.trials:
        return []
    floor = run.workspace.methods.reviews.floor
    slips = slip_days(ways, past.moves)
    basis = cast(Basis, asked.probability)
    return [
        simulate(ways, against.standing, basis, slips, floor, run.as_of, asked.trials, asked.seed)
        for against in covered
        if not against.group
    ]
