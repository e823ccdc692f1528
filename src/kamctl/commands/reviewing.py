"""What `review daily`, `weekly` and `monthly` do: read, compute as of the days of the period, print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from kamctl.commands.funneling import sellers
from kamctl.commands.past import facts_before, moves_of
from kamctl.commands.selling import owner_keys, terms_of
from kamctl.commands.session import Session
from kamctl.commands.writing import SUFFIXES, write_file
from kamctl.facts import AccountRow, Facts, MemberRow, MoveRow
from kamctl.forms.gathered import Ended, Gathered, Grid, Method, Present
from kamctl.forms.meeting import ReviewView, review_view
from kamctl.money import rates_on
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render import document
from kamctl.render.markdown import print_markdown
from kamctl.render.output import print_json
from kamctl.render.screen import write
from kamctl.reports.activity import Team
from kamctl.reports.diagnosis import Case, diagnose
from kamctl.reports.fallout import Before, Fallen, fallen
from kamctl.reports.forecast import Sorting, coverage, forecast
from kamctl.reports.funnel import funnel
from kamctl.reports.journey import Journey, journeys
from kamctl.reports.meetings import SPANS, Span, between
from kamctl.reports.periods import Period, quarter_of, year_of
from kamctl.reports.pipeline import Terms, pipeline_rows
from kamctl.reports.quota import Standing, standing, target
from kamctl.reports.waterfall import waterfall
from kamctl.schema.method import Review

FORMATS = ("text", "table", "md", "html", "json")
"""What a review can be; text is laid out on a terminal, and Markdown in a pipe."""

TABLES = (
    "accounts", "people", "members", "opportunities", "marks", "competitors", "gate_evidence", "actions", "calls",
    "objectives", "commitments",
)  # fmt: skip
"""The tables that a review reads."""


@dataclass(frozen=True)
class Asked:
    """What a person asked of a review."""

    owners: Sequence[str]
    units: Sequence[str]
    since: str
    until: str
    output: str


def print_review(run: Session, name: str, asked: Asked) -> None:
    """Print a review, or write it to a file, in the format asked for."""
    run.style.check(FORMATS)
    kind = SUFFIXES.get(Path(asked.output).suffix.lower(), "") if not run.options.format else run.options.format
    if kind not in ("", *FORMATS):
        raise KamctlError(
            Phrase("a review cannot be written as {kind}", kind=kind),
            choices(FORMATS),
        )
    span = span_of(run, name, asked)
    view = review_view(gather(run, _review(run, name), span, asked))
    if kind == "json":
        print_json(as_data(view), run.style, run.envelope())
        return
    own = run.workspace.root / document.OWN_FOLDER
    template = "meeting.html.j2" if kind == "html" else "meeting.md.j2"
    text = document.render(template, {"review": view}, run.lang, own)
    if asked.output != "-":
        write_file(Path(asked.output), text.encode())
        run.say(f"{asked.output}: {run.label('created')}")
    elif kind in ("html", "md"):
        write(text)
    else:
        print_markdown(text, replace(run.style, format=""))


def span_of(run: Session, name: str, asked: Asked) -> Span:
    """Return the days that a review looks at. Raises KamctlError for days in the wrong order, or all in the future."""
    since = run.day(asked.since, "--since") if asked.since else None
    until = run.day(asked.until, "--until") if asked.until else None
    try:
        span = between(SPANS[name](run.as_of), since, until)
    except ValueError:
        raise KamctlError(
            Phrase("there is no day from {start} to {end}", start=since, end=until or run.as_of),
            Phrase("--since comes before --until"),
        ) from None
    if span.past.start > run.as_of:
        raise KamctlError(
            Phrase("--since {start} is after {as_of}", start=span.past.start, as_of=run.as_of),
            Phrase("a review looks back on days that have been"),
        )
    return span


def _review(run: Session, name: str) -> Review:
    """Return a review of the method in force. Raises KamctlError when the workspace's own reviews lack it."""
    known = {review.id: review for review in run.workspace.methods.reviews.reviews}
    if name not in known:
        hint = nearest(
            name, list(known), Phrase("method/reviews.yaml has {names}", names=", ".join(known) or Phrase("none"))
        )
        raise KamctlError(Phrase('the method has no review "{name}"', name=name), hint)
    return known[name]


def as_data(view: ReviewView) -> dict[str, Any]:
    """Return a review as plain values: tables as lists of mappings."""
    data = {key: value for key, value in asdict(view).items() if key != "sections"}
    data["sections"] = [
        {
            "id": section.id,
            "title": section.title,
            "lines": section.content.lines if section.content is not None else None,
            "tables": [_records(one) for one in section.content.grids] if section.content is not None else None,
            "notes": section.content.notes if section.content is not None else None,
        }
        for section in view.sections
    ]
    return data


def _records(one: Grid) -> dict[str, Any]:
    keys = [heading.key for heading in one.headings]
    return {"title": one.title, "rows": [dict(zip(keys, row, strict=True)) for row in one.values]}


def gather(run: Session, review: Review, span: Span, asked: Asked) -> Gathered:
    """Read the workspace, today and as it was, and compute what a review tells."""
    loaded = run.workspace.load(TABLES)
    run.tell_unread(loaded)
    facts, methods = loaded.facts, run.workspace.methods
    people = _people(facts, asked)
    team = Team(frozenset(member.id for member in people) if asked.owners or asked.units else None)
    terms = terms_of(run)
    moves = moves_of(run)
    before = facts_before(run, span.before)
    present = _present(run, facts, before, terms, team, people, moves, span)
    return Gathered(
        review=review,
        span=span,
        facts=facts,
        team=team,
        of=run.label("comma").join([*(facts.member_name(key) for key in _owners(facts, asked)), *asked.units]),
        moves=moves,
        ended=_ended(run, facts, before, terms, team, people, span),
        present=present,
        method=Method(methods.reviews, methods.reasons, methods.forecast, methods.grades),
        first_month=run.workspace.settings.fiscal_year_start,
        workspace=run.workspace.settings.name,
        lang=run.lang,
    )


def _owners(facts: Facts, asked: Asked) -> list[str]:
    return owner_keys(facts, asked.owners) if asked.owners else []


def _people(facts: Facts, asked: Asked) -> list[MemberRow]:
    """Return the people asked for. Raises KamctlError for a unit that nobody is of."""
    units = sorted({member.unit for member in facts.members.values() if member.unit})
    for unit in asked.units:
        if unit.casefold() not in map(str.casefold, units):
            hint = nearest(unit, units, Phrase("team.yaml has {names}", names=", ".join(units) or Phrase("none")))
            raise KamctlError(Phrase('there is no unit "{name}" in team.yaml', name=unit), hint)
    return sellers(facts, {"owner_id": asked.owners, "unit": asked.units})


def _ended(
    run: Session, facts: Facts, before: Facts | None, terms: Terms, team: Team, people: Sequence[MemberRow], span: Span
) -> Ended:
    """Return the deals at the end of the period and before it, at the end's rates, from the files of those days.

    A deal belongs to whom it belongs to at the end; one that is not there any more, to whom it belonged to.
    """
    end_known = span.until >= run.as_of
    after = facts if end_known else facts_before(run, span.until)
    rates = rates_on(terms.rates, span.until)
    end_terms = terms._replace(as_of=span.until, rates=rates)
    end_facts = after if after is not None else facts
    end = pipeline_rows(end_facts, end_terms)
    start = pipeline_rows(before if before is not None else end_facts, terms._replace(as_of=span.before, rates=rates))
    owners = {row.id: row.owner_id for row in end}
    own_end = [row for row in end if team.holds(row.owner_id)]
    own_start = [row for row in start if team.holds(owners.get(row.id, row.owner_id))]
    ways = journeys(end_facts, own_end, end_terms)
    lacking = {row.id: row.original for row in [*own_start, *own_end] if row.original and row.amount is None}
    return Ended(
        terms=end_terms,
        ways=ways,
        standings=_standings(run, people, ways, end_terms, span.until),
        waterfall=waterfall(own_start, own_end),
        unconverted=[f"{deal} ({original})" for deal, original in lacking.items()],
        start_known=before is not None,
        end_known=end_known or after is not None,
    )


def _standings(
    run: Session, people: Sequence[MemberRow], ways: Sequence[Journey], terms: Terms, day: date
) -> list[Standing]:
    """Return what was won against the quotas of the quarter and of the year that a day lies in."""
    first_month = run.workspace.settings.fiscal_year_start
    return [standing(target(people, period, terms, first_month), ways) for period in _periods(first_month, day)]


def _periods(first_month: int, day: date) -> tuple[Period, Period]:
    return quarter_of(day, first_month), year_of(day, first_month)


def _present(
    run: Session,
    facts: Facts,
    before: Facts | None,
    terms: Terms,
    team: Team,
    people: Sequence[MemberRow],
    moves: Sequence[MoveRow] | None,
    span: Span,
) -> Present:
    """Return the deals of today: funnel, diagnosis, forecast."""
    first_month, methods = run.workspace.settings.fiscal_year_start, run.workspace.methods
    rows = [row for row in pipeline_rows(facts, terms) if team.holds(row.owner_id)]
    ways = journeys(facts, rows, terms)
    process = terms.processes[terms.default_process]
    own_funnel = funnel(ways, process, terms.default_process, methods.reviews.floor)
    standings = _standings(run, people, ways, terms, run.as_of)
    case = Case(
        ways=ways,
        funnel=own_funnel,
        process=process,
        accounts=_accounts(facts, team),
        targets=standings,
        quarter=quarter_of(run.as_of, first_month),
        moves=moves,
        reviews=methods.reviews,
        terms=terms,
    )
    said = {deal.id: deal.forecast for deal in facts.opportunities}
    year = year_of(run.as_of, first_month)
    return Present(
        terms=terms,
        rows=rows,
        ways=ways,
        process=process,
        funnel=own_funnel,
        answers=diagnose(case),
        forecast=forecast(ways, said, methods.forecast, terms, first_month, year, False),
        coverages=[coverage("", one, ways, terms) for one in standings],
        fallen=_fallen(run, facts, before, ways, moves, terms, team, span),
        commitments_known=before is not None,
    )


def _accounts(facts: Facts, team: Team) -> list[AccountRow]:
    return [account for account in facts.accounts.values() if team.holds(account.owner)]


def _fallen(
    run: Session,
    facts: Facts,
    before: Facts | None,
    ways: Sequence[Journey],
    moves: Sequence[MoveRow] | None,
    terms: Terms,
    team: Team,
    span: Span,
) -> list[Fallen]:
    """Return what fell out of the forecast since the day before the period."""
    method, first_month = run.workspace.methods.forecast, run.workspace.settings.fiscal_year_start
    then = terms._replace(as_of=span.before)
    ids = {way.row.id for way in ways}
    earlier = before if before is not None else facts
    rows = [row for row in pipeline_rows(earlier, then) if row.id in ids or team.holds(row.owner_id)]
    was = journeys(earlier, rows, then)
    commitments = _commitments(was, earlier, Sorting(method, span.before, first_month)) if before is not None else None
    now = _commitments(ways, facts, Sorting(method, run.as_of, first_month))
    order = [commitment.id for commitment in method.commitments if commitment.outcome is None]
    since = [move for move in moves or () if span.before < move.date <= run.as_of]
    return fallen(Before(was, commitments), ways, now, order, since)


def _commitments(ways: Sequence[Journey], facts: Facts, sorting: Sorting) -> dict[str, str]:
    said = {deal.id: deal.forecast for deal in facts.opportunities}
    return {way.row.id: sorting.entry(way, said.get(way.row.id, "")).commitment for way in ways}
