"""What concerns people and accounts: the buying team of a deal, observed behaviours, a suggested grade."""

from __future__ import annotations

from decimal import Decimal

from kamctl import edit
from kamctl.commands.opening import ORDER, Deal, open_deal
from kamctl.commands.recording import write_record
from kamctl.commands.selling import terms_of
from kamctl.commands.session import Session
from kamctl.facts import Facts
from kamctl.labels import pick
from kamctl.layout import account_of, stem_of
from kamctl.money import Money, convert
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render import grade as rendered_grade
from kamctl.render import people as rendered
from kamctl.render.output import print_json
from kamctl.render.screen import write
from kamctl.reports.pipeline import TABLES, pipeline_rows
from kamctl.rows.deals import BuyingRoleRow
from kamctl.saving import Draft
from kamctl.scoring.grading import suggest
from kamctl.scoring.relationship import findings, status
from kamctl.scoring.scorecard import US


def people(run: Session, name: str) -> None:
    """Print the buying team of a deal."""
    run.style.check(("table", "json"))
    deal = open_deal(run, name)
    method = run.workspace.methods.relationship
    team = _team(deal)
    page = rendered.TeamPage(
        deal=deal.row,
        team=team,
        statuses={person.person: status(person, method, run.as_of) for person in team},
        names={person.person: deal.facts.person_name(person.person) for person in team},
        titles={key: row.title for key, row in deal.facts.people.items()},
        findings=list(findings(team, method, run.as_of)),
        method=method,
    )
    if run.options.format == "json":
        print_json(rendered.team_data(page), run.style, run.envelope())
    else:
        write(rendered.team_text(page, run.style.screen, run.lang))


def observe(run: Session, name: str, behaviour: str, date: str, deal_name: str, dry_run: bool) -> None:
    """Record a behaviour of a person in a deal. Raises KamctlError when it cannot be told which deal is meant."""
    method = run.workspace.methods.relationship
    known = {choice.id: choice for level in method.levels for choice in level.behaviours}
    if behaviour not in known:
        hint = nearest(behaviour, list(known), choices(known))
        raise KamctlError(Phrase('the method has no behaviour "{name}"', name=behaviour), hint)
    contact = run.workspace.resolve("contact", name)
    deal = open_deal(run, deal_name or _deal_of(run, contact))
    if account_of(deal.row.id) != account_of(contact):
        raise KamctlError(Phrase("{contact} belongs to another account than {id}", contact=contact, id=deal.row.id))
    before = _status(run, deal, contact)
    seen = run.day(date, "--date")
    person = next((role for role in _team(deal) if role.person == contact), None)
    if any(name == behaviour and known_day <= seen for name, known_day in (person.behaviours if person else ())):
        run.say(run.label("unchanged"), "dim")
        return
    day = seen.isoformat()
    keys = ("buying_team", stem_of(contact), "behaviours", behaviour)
    try:
        text = edit.set_value(deal.document.text, keys, day, ORDER)
    except edit.EditRefused as error:
        raise KamctlError(error.message, Phrase("nothing was written"), 1) from None
    write_record(run, Draft(deal.document.file.path, deal.document.raw, text), dry_run)
    if not dry_run:
        after = _status(run, open_deal(run, deal.row.id), contact)
        names = {"name": deal.facts.person_name(contact), "before": before, "after": after}
        run.say(run.label("status-stays" if before == after else "status-changed", **names))


def grade(run: Session, name: str) -> None:
    """Print the grade that an account's figures suggest, with the reasons."""
    run.style.check(("table", "json"))
    account = run.workspace.resolve("account", name)
    grades = run.workspace.methods.grades
    suggestion = suggest(grades, _figures(run, account))
    present = run.workspace.record("account", account).grade or ""
    if run.options.format == "json":
        print_json(rendered_grade.grade_data(account, present, suggestion), run.style, run.envelope())
    else:
        currency = run.workspace.settings.currency
        write(rendered_grade.grade_text(account, present, suggestion, currency, run.style.screen, run.lang))


def _team(deal: Deal) -> list[BuyingRoleRow]:
    return [role for role in deal.facts.buying_roles if role.opportunity == deal.row.id]


def _status(run: Session, deal: Deal, contact: str) -> str:
    method = run.workspace.methods.relationship
    person = next((role for role in _team(deal) if role.person == contact), None)
    level = status(person, method, run.as_of).level if person is not None else method.unknown
    return f"{level.sign} {pick(level.label, run.lang)}"


def _deal_of(run: Session, contact: str) -> str:
    facts = run.workspace.load(("buying_roles", "opportunities"), account=account_of(contact)).facts
    deals = [role.opportunity for role in facts.buying_roles if role.person == contact]
    if len(deals) == 1:
        return deals[0]
    if deals:
        raise KamctlError(
            Phrase("{contact} is on the buying team of {count} deals", contact=contact, count=len(deals)),
            Phrase("--opportunity, one of {names}", names=", ".join(deals)),
        )
    choices = ", ".join(row.id for row in facts.opportunities)
    raise KamctlError(
        Phrase("{contact} is on no buying team yet", contact=contact),
        Phrase("--opportunity ID, one of {names}", names=choices),
    )


def _figures(run: Session, account: str) -> dict[str, Decimal | None]:
    """Return the figures that a grade is suggested from, money in the workspace's currency."""
    record = run.workspace.record("account", account)
    loaded = run.workspace.load((*TABLES, "marks"), account=account)
    run.tell_unread(loaded)
    facts = loaded.facts
    terms = terms_of(run)
    rows = [row for row in pipeline_rows(facts, terms) if row.outcome == "open"]
    amounts = [row.amount for row in rows if row.amount is not None]
    profile, position = record.business_profile, record.our_position
    employees = profile.employees if profile else None
    return {
        "revenue": _own(run, profile.revenue if profile else None),
        "employees": Decimal(employees) if employees is not None else None,
        "past_revenue": _own(run, position.revenue_to_date if position else None),
        "open_amount": sum(amounts, Decimal(0)) if amounts else None,
        "solution_fit": _fit(run, facts),
    }


def _own(run: Session, money: Money | None) -> Decimal | None:
    settings = run.workspace.settings
    if money is None:
        return None
    found = convert(
        money._replace(currency=money.currency or settings.currency), settings.currency, run.workspace.rates, run.as_of
    )
    return found[0].amount if found is not None else None


def _fit(run: Session, facts: Facts) -> Decimal | None:
    """Return the share of the account's rated deals, in percent, that hold a plus on the criterion of fit."""
    criteria = {point.criterion for point in run.workspace.methods.grades.points if point.criterion}
    latest = {
        mark.opportunity: mark.mark
        for mark in sorted(facts.marks, key=lambda mark: mark.date)
        if mark.party == US and mark.criterion in criteria and mark.date <= run.as_of
    }
    rated = [mark for mark in latest.values() if mark in ("+", "-")]
    return Decimal(100 * rated.count("+")) / len(rated) if rated else None
