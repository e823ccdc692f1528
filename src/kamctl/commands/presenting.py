"""What `presentation` does: plan a presentation, list presentations, say what a plan lacks."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from kamctl.commands.recording import chosen_id, new_record
from kamctl.commands.selling import owner_keys
from kamctl.commands.session import Session
from kamctl.commands.subjects import leader_of, subject_of
from kamctl.dates import working_day, working_days_until
from kamctl.facts import Facts
from kamctl.forms.presenting import Staging, plan_presentation, supporters
from kamctl.labels import pick
from kamctl.layout import path_of, stem_of
from kamctl.loading import unreadable
from kamctl.render import presentation as rendered
from kamctl.render.output import print_json, print_table, problem_json
from kamctl.render.screen import write
from kamctl.schema.method.presentation import Presenting
from kamctl.scoring.preparation import days_needed, gaps, preparation_of, readiness
from kamctl.tree import SourceFile
from kamctl.validation import file_problems

TABLES = ("accounts", "people", "members", "presentations", "audience", "preparations", "presenters")


class Wish(NamedTuple):
    """A presentation as a person asks for it."""

    about: str
    date: str
    name: str
    by: str
    purpose: str


def plan_new(run: Session, wish: Wish, dry_run: bool) -> None:
    """Write the plan of a new presentation. Raises KamctlError when it cannot be told what is meant."""
    workspace = run.workspace
    account, deal_id = subject_of(run, wish.about)
    facts = workspace.load(account=account).facts
    deal = next((row for row in facts.opportunities if row.id == deal_id), None)
    record = workspace.record("opportunity", deal_id) if deal_id else None
    by = leader_of(facts, account, deal, wish.by)
    method, people = workspace.methods.presenting, workspace.methods.relationship
    day = run.day(wish.date, "--date") if wish.date else working_day(run.as_of, days_needed(method.steps))
    support = next(iter(workspace.record("account", account).support), "")
    staging = Staging(account, deal_id, by, support, day, wish.purpose)
    data = plan_presentation(staging, facts, record, method, people, run.as_of, run.lang)
    stem = chosen_id("", wish.name) if wish.name else stem_of(deal_id) or "presentation"
    presentation = f"{account}/{day.isoformat()}-{stem}"
    new_record(run, "presentation", presentation, data, dry_run)
    _tell(run, facts, staging, method)
    if not dry_run:
        run.say(run.label("next-command", command=f"kamctl presentation check {presentation}"), "dim")


def _tell(run: Session, facts: Facts, staging: Staging, method: Presenting) -> None:
    """Say where the plan is not what the method asks for: too little time, and nobody who supports us."""
    left, needed = working_days_until(staging.date, run.as_of), days_needed(method.steps)
    if staging.date < run.as_of:
        run.say(run.label("presentation-was", date=staging.date), "warning")
    elif left < needed:
        run.say(run.label("presentation-soon", left=left, needed=needed, date=staging.date), "warning")
    team = [role for role in facts.buying_roles if role.opportunity == staging.deal]
    if staging.deal and not supporters(team, run.workspace.methods.relationship, run.as_of):
        steps = [pick(step.label, run.lang) for step in method.steps if step.with_supporter]
        run.say(run.label("presentation-alone", steps="; ".join(steps)), "warning")


def list_presentations(run: Session, owner: str, account: str, since: str, until: str) -> None:
    """Print presentations by date, with how far each plan has come and how much it lacks."""
    account = run.workspace.resolve("account", account) if account else ""
    first = run.day(since, "--since") if since else date.min
    last = run.day(until, "--until") if until else date.max
    loaded = run.workspace.load(TABLES, account=account)
    run.tell_unread(loaded)
    facts, methods = loaded.facts, run.workspace.methods
    owners = owner_keys(facts, [owner]) if owner else []
    rows = []
    for row in sorted(facts.presentations, key=lambda row: (row.date, row.id)):
        if first <= row.date <= last and (not owner or row.by in owners):
            plan = preparation_of(facts, row)
            lacks = len(list(gaps(plan, methods.presenting, methods.relationship, run.as_of)))
            rows.append((row, readiness(plan, methods.presenting, methods.relationship, run.as_of), lacks))
    print_table(rendered.presentations_table(rows, facts, run.lang), run.style, run.envelope())


def check(run: Session, name: str) -> int:
    """Print how far a plan has come and what it lacks; returns 1 when it lacks anything."""
    run.style.check(("table", "json"))
    workspace = run.workspace
    presentation = workspace.resolve("presentation", name)
    path = path_of("presentation", presentation)
    read = workspace.document(SourceFile(path, "presentation", presentation))
    if read.record is None:
        raise unreadable(workspace.files, read.problems)
    facts = workspace.load((*TABLES, "opportunities"), account=presentation.partition("/")[0]).facts
    row = next(row for row in facts.presentations if row.id == presentation)
    methods = workspace.methods
    state = readiness(preparation_of(facts, row), methods.presenting, methods.relationship, run.as_of)
    problems = file_problems(workspace, run.as_of, path)
    if run.options.format == "json":
        data: dict[str, Any] = {"id": presentation, "path": path, "date": row.date, "ready": not problems}
        missing = [problem_json(problem, run.lang) for problem in problems]
        print_json({**data, **rendered.readiness_data(state), "missing": missing}, run.style, run.envelope())
    else:
        write(rendered.check_text(row, state, problems, facts, run.style.screen, run.lang))
    return 1 if problems else 0
