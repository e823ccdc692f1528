"""Reads what a review is made from: the workspace of today, of the days of its period, and what of it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from kamctl.facts import Facts
from kamctl.forms.gathered import Ended, Gathered, Method, Present
from kamctl.history.past import facts_before, moves_of
from kamctl.labels import text
from kamctl.money import rates_on
from kamctl.reports.activity import TABLES, Team, briefs
from kamctl.reports.diagnosis import Case, diagnose
from kamctl.reports.fallout import Before, Fallen, fallen
from kamctl.reports.forecast import Sorting, coverage, forecast
from kamctl.reports.funnel import funnel
from kamctl.reports.journey import Journey, journeys
from kamctl.reports.meetings import Span
from kamctl.reports.periods import Period, quarter_of, year_of
from kamctl.reports.pipeline import Terms, pipeline_rows
from kamctl.reports.quota import Standing, people_of, standing, target
from kamctl.reports.waterfall import waterfall
from kamctl.rows.accounts import AccountRow, MemberRow
from kamctl.rows.deals import MoveRow
from kamctl.schema.method.reviews import Review
from kamctl.terms import workspace_terms
from kamctl.workspace import Workspace


class Whose(NamedTuple):
    """Whose work a review looks at: the people who have quotas, and what of others' belongs to it."""

    people: Sequence[MemberRow]
    team: Team


def gather(
    workspace: Workspace, review: Review, span: Span, lang: str, owners: Sequence[str] = (), units: Sequence[str] = ()
) -> Gathered:
    """Read the workspace, today and as it was, and compute what a review tells.

    `owners` are keys of our people, `units` the names of theirs; everybody's work counts where both are empty.
    """
    facts, methods = workspace.load(TABLES, briefs=briefs(span)).facts, workspace.methods
    people = people_of(facts, owners, units)
    whose = Whose(people, Team(frozenset(member.id for member in people) if owners or units else None))
    terms = workspace_terms(workspace, span.as_of)
    moves = moves_of(workspace)
    before = facts_before(workspace, span.before, span.as_of)
    return Gathered(
        review=review,
        span=span,
        facts=facts,
        team=whose.team,
        of=text("comma", lang).join([*(facts.member_name(key) for key in owners), *units]),
        moves=moves,
        ended=_ended(workspace, facts, before, terms, whose, span),
        present=_present(workspace, facts, before, terms, whose, moves, span),
        method=Method(methods.reviews, methods.reasons, methods.forecast, methods.grades),
        first_month=workspace.settings.fiscal_year_start,
        workspace=workspace.settings.name,
        lang=lang,
    )


def _ended(workspace: Workspace, facts: Facts, before: Facts | None, terms: Terms, whose: Whose, span: Span) -> Ended:
    """Return the deals at the end of the period and before it, at the end's rates, from the files of those days.

    A deal belongs to whom it belongs to at the end; one that is not there any more, to whom it belonged to.
    """
    end_known = span.until >= span.as_of
    after = facts if end_known else facts_before(workspace, span.until, span.as_of)
    rates = rates_on(terms.rates, span.until)
    end_terms = terms._replace(as_of=span.until, rates=rates)
    end_facts = after if after is not None else facts
    end = pipeline_rows(end_facts, end_terms)
    start = pipeline_rows(before if before is not None else end_facts, terms._replace(as_of=span.before, rates=rates))
    owners = {row.id: row.owner_id for row in end}
    own_end = [row for row in end if whose.team.holds(row.owner_id)]
    own_start = [row for row in start if whose.team.holds(owners.get(row.id, row.owner_id))]
    ways = journeys(end_facts, own_end, end_terms)
    lacking = {row.id: row.original for row in [*own_start, *own_end] if row.original and row.amount is None}
    return Ended(
        terms=end_terms,
        ways=ways,
        standings=_standings(workspace, whose.people, ways, end_terms, span.until),
        waterfall=waterfall(own_start, own_end),
        unconverted=[f"{deal} ({original})" for deal, original in lacking.items()],
        start_known=before is not None,
        end_known=end_known or after is not None,
    )


def _standings(
    workspace: Workspace, people: Sequence[MemberRow], ways: Sequence[Journey], terms: Terms, day: date
) -> list[Standing]:
    """Return what was won against the quotas of the quarter and of the year that a day lies in."""
    first_month = workspace.settings.fiscal_year_start
    return [standing(target(people, period, terms, first_month), ways) for period in _periods(first_month, day)]


def _periods(first_month: int, day: date) -> tuple[Period, Period]:
    return quarter_of(day, first_month), year_of(day, first_month)


def _present(
    workspace: Workspace,
    facts: Facts,
    before: Facts | None,
    terms: Terms,
    whose: Whose,
    moves: Sequence[MoveRow] | None,
    span: Span,
) -> Present:
    """Return the deals of today: funnel, diagnosis, forecast."""
    first_month, methods = workspace.settings.fiscal_year_start, workspace.methods
    rows = [row for row in pipeline_rows(facts, terms) if whose.team.holds(row.owner_id)]
    ways = journeys(facts, rows, terms)
    process = terms.processes[terms.default_process]
    own_funnel = funnel(ways, process, terms.default_process, methods.reviews.floor)
    standings = _standings(workspace, whose.people, ways, terms, span.as_of)
    case = Case(
        ways=ways,
        funnel=own_funnel,
        process=process,
        accounts=_accounts(facts, whose.team),
        targets=standings,
        quarter=quarter_of(span.as_of, first_month),
        moves=moves,
        reviews=methods.reviews,
        terms=terms,
    )
    said = {deal.id: deal.forecast for deal in facts.opportunities}
    year = year_of(span.as_of, first_month)
    return Present(
        terms=terms,
        rows=rows,
        ways=ways,
        process=process,
        funnel=own_funnel,
        answers=diagnose(case),
        forecast=forecast(ways, said, methods.forecast, terms, first_month, year, False),
        coverages=[coverage("", one, ways, terms) for one in standings],
        fallen=_fallen(workspace, facts, before, ways, moves, terms, whose, span),
        commitments_known=before is not None,
    )


def _accounts(facts: Facts, team: Team) -> list[AccountRow]:
    return [account for account in facts.accounts.values() if team.holds(account.owner)]


def _fallen(
    workspace: Workspace,
    facts: Facts,
    before: Facts | None,
    ways: Sequence[Journey],
    moves: Sequence[MoveRow] | None,
    terms: Terms,
    whose: Whose,
    span: Span,
) -> list[Fallen]:
    """Return what fell out of the forecast since the day before the period."""
    method, first_month = workspace.methods.forecast, workspace.settings.fiscal_year_start
    then = terms._replace(as_of=span.before)
    ids = {way.row.id for way in ways}
    earlier = before if before is not None else facts
    rows = [row for row in pipeline_rows(earlier, then) if row.id in ids or whose.team.holds(row.owner_id)]
    was = journeys(earlier, rows, then)
    commitments = _commitments(was, earlier, Sorting(method, span.before, first_month)) if before is not None else None
    now = _commitments(ways, facts, Sorting(method, span.as_of, first_month))
    order = [commitment.id for commitment in method.commitments if commitment.outcome is None]
    since = [move for move in moves or () if span.before < move.date <= span.as_of]
    return fallen(Before(was, commitments), ways, now, order, since)


def _commitments(ways: Sequence[Journey], facts: Facts, sorting: Sorting) -> dict[str, str]:
    said = {deal.id: deal.forecast for deal in facts.opportunities}
    return {way.row.id: sorting.entry(way, said.get(way.row.id, "")).commitment for way in ways}
