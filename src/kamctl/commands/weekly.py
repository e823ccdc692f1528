"""What `week` does: show a week, and start one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from kamctl.commands.recording import new_record
from kamctl.commands.selling import owner_keys
from kamctl.commands.session import Session
from kamctl.commands.writing import REPORTS, wants_page
from kamctl.forms.week import view_of, week_rules
from kamctl.layout import path_of
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.render import week as rendered
from kamctl.reports.callbacks import Proposal, proposals
from kamctl.reports.periods import WRITTEN, Period, read_period, week_of
from kamctl.reports.week import TABLES, briefs, week_people, week_plans
from kamctl.source import Data

FRIDAY = 5


def show(run: Session, owner: str, week: str, output: str) -> None:
    """Print the week of one person or of everybody, or their forms."""
    run.style.check(REPORTS)
    period = read_week(run, week) if week else week_of(run.as_of)
    rules = week_rules(run.workspace, run.as_of)
    loaded = run.workspace.load(TABLES, briefs=briefs(period))
    run.tell_unread(loaded)
    people = owner_keys(loaded.facts, [owner]) if owner else week_people(loaded.facts, period)
    plans = week_plans(loaded.facts, period, people, rules)
    if not plans:
        run.say(run.label("week-nobody", week=period.name), "dim")
    if wants_page(run, output):
        from kamctl.commands.rendering import print_pages

        print_pages(run, "week", [view_of(plan, loaded.facts, rules, run.lang) for plan in plans], output)
        return
    rendered.print_weeks(plans, rules, run.style, run.envelope())


def new(run: Session, owner: str, week: str, dry_run: bool) -> None:
    """Write a week's file with callbacks proposed, and show the week. Raises KamctlError when there is one already."""
    if not owner:
        raise KamctlError(Phrase("whose week is it?"), Phrase("--owner PERSON"))
    period = read_week(run, week) if week else week_of(run.as_of + timedelta(days=7 - FRIDAY + 1))
    rules = week_rules(run.workspace, run.as_of)
    facts = run.workspace.load(TABLES, briefs=briefs(period)).facts
    person = owner_keys(facts, [owner])[0]
    week_id = f"{period.name}-{person}"
    if (run.workspace.root / path_of("week", week_id)).exists():
        command = f"kamctl week show --owner {person} --week {period.name}"
        raise KamctlError(
            Phrase("{path} exists already", path=Path(path_of("week", week_id))),
            Phrase("`{command}` shows it", command=command),
            1,
        )
    callbacks = [_callback(run, proposal) for proposal in proposals(facts, person, period, rules.terms)]
    new_record(run, "week", week_id, {"goals": [], "callbacks": callbacks}, dry_run)
    if not dry_run:
        show(run, person, period.name, "-")


def read_week(run: Session, text: str, option: str = "--week") -> Period:
    """Read a week that an option names: `2026-W25`, or the week of a day as people type it. Raises KamctlError."""
    found = WRITTEN.fullmatch(text.strip().upper())
    return read_period(text) if found and found[4] else week_of(run.day(text, option))


def _callback(run: Session, proposal: Proposal) -> Data:
    if proposal.kind == "promised":
        note = run.label("callback-promised", what=proposal.what, due=proposal.since)
    elif proposal.since is None:
        note = run.label("callback-never")
    else:
        note = run.label("callback-silent", since=proposal.since)
    return {"date": proposal.date.isoformat(), "contact": proposal.contact, "note": note}
