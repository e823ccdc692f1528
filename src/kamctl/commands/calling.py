"""What `callplan` does: plan a call, list and show calls, record what happened."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import get_args

from kamctl import edit, source
from kamctl.commands.asking import ask, can_ask
from kamctl.commands.recording import new_record, write_record
from kamctl.commands.rendering import form_named, show_form
from kamctl.commands.scoring import Method, sheet
from kamctl.commands.selling import owner_keys
from kamctl.commands.session import Session
from kamctl.commands.subjects import leader_of, subject_of
from kamctl.facts import Facts
from kamctl.forms.planning import Occasion, plan_call
from kamctl.layout import account_of, full_id, path_of, stem_of
from kamctl.loading import Document, unreadable
from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError, Keys, choices, nearest
from kamctl.render.output import print_table
from kamctl.render.table import Column, Table
from kamctl.rows.calls import CallRow
from kamctl.rows.deals import OpportunityRow
from kamctl.saving import Draft
from kamctl.schema import walk
from kamctl.schema.call import Call, Mode, Outcome
from kamctl.scoring.questions import NextQuestion
from kamctl.source import Data
from kamctl.tree import SourceFile

MODES = get_args(Mode)
Change = tuple[Keys, Data]
COMMITMENT = re.compile(r"\s*([^:\uff1a\s]+)\s*[:\uff1a]\s*(.+?)\s*(?:@\s*(\S+)\s*)?")


@dataclass(frozen=True)
class Wish:
    """A call as a person asks for it."""

    about: str
    contact: str
    date: str
    time: str
    mode: str
    by: str
    purpose: str


@dataclass(frozen=True)
class CallReport:
    """What a person tells of a call."""

    events: str
    customer_view: str
    met: Sequence[int]
    missed: Sequence[int]
    commitments: Sequence[str]
    next_date: str
    next_purpose: str
    recorded_at: str
    file: str


def plan_new(run: Session, wish: Wish, form: str, dry_run: bool) -> None:
    """Write a new call plan and print its form. Raises KamctlError when it cannot be told what or whom is meant."""
    form_named(form, "call")
    if wish.mode not in MODES:
        raise KamctlError(Phrase('there is no mode "{name}"', name=wish.mode), choices(MODES))
    account, deal_id = subject_of(run, wish.about)
    facts = run.workspace.load(account=account).facts
    deal = next((row for row in facts.opportunities if row.id == deal_id), None)
    if deal_id and deal is None:
        run.workspace.record("opportunity", deal_id)
    questions = _questions(run, facts, deal)
    contact = _contact(facts, account, deal_id, wish.contact, questions)
    by = leader_of(facts, account, deal, wish.by)
    day = run.day(wish.date, "--date")
    occasion = Occasion(account, deal_id, contact, by, day, wish.time, wish.mode, wish.purpose)
    record = run.workspace.record("opportunity", deal_id) if deal_id else None
    data = plan_call(occasion, facts, record, questions, run.lang)
    call = f"{account}/{day.isoformat()}-{stem_of(contact)}"
    new_record(run, "call", call, data, dry_run)
    if not dry_run:
        show_form(run, "call", call, form, "-")
        run.say(run.label("next-command", command=f"kamctl callplan record {call}"), "dim")


def list_calls(run: Session, owner: str, account: str, since: str, until: str, state: str) -> None:
    """Print calls by date, with what they were for and whether they are recorded."""
    account = run.workspace.resolve("account", account) if account else ""
    first = run.day(since, "--since") if since else date.min
    last = run.day(until, "--until") if until else date.max
    loaded = run.workspace.load(("accounts", "people", "members", "calls"), account=account)
    run.tell_unread(loaded)
    facts = loaded.facts
    owners = owner_keys(facts, [owner]) if owner else []
    calls = [
        call
        for call in sorted(facts.calls, key=lambda call: (call.held_at, call.id))
        if first <= call.date <= last
        and (not owner or call.by in owners)
        and (not state or call.done is (state == "done"))
    ]
    print_table(_calls_table(run, facts, calls), run.style, run.envelope())


def record(run: Session, name: str, report: CallReport, dry_run: bool) -> None:
    """Write the outcome of a call into its file. Raises KamctlError when there is nothing to write."""
    workspace = run.workspace
    call = workspace.resolve("call", name)
    before = workspace.document(SourceFile(path_of("call", call), "call", call))
    if before.record is None:
        raise unreadable(workspace.files, before.problems)
    if report == CallReport("", "", [], [], [], "", "", "", "") and can_ask():
        report = _asked(run, before.record)
    told = _told(run, before, report)
    if not told:
        raise KamctlError(
            Phrase("there is nothing to record"), Phrase("--events TEXT, --file outcome.yaml, or run it on a terminal")
        )
    told.insert(0, (("outcome", "recorded_at"), _recorded_at(run, report.recorded_at)))
    text = before.text
    try:
        for keys, value in _outcome_first(told, before.record.outcome is not None):
            text = edit.set_value(text, keys, value, walk.keys_at(Outcome, ()))
    except edit.EditRefused as error:
        raise KamctlError(error.message, Phrase("nothing was written"), 1) from None
    write_record(run, Draft(before.file.path, before.raw, text), dry_run)
    if report.next_date and not dry_run:
        about = before.record.opportunity or account_of(call)
        following = run.day(report.next_date, "--next").isoformat()
        run.say(run.label("next-command", command=f"kamctl callplan new {about} --date {following}"), "dim")


def _outcome_first(told: Sequence[Change], there: bool) -> list[Change]:
    """Return changes with a new outcome as one block; one that is there is changed field by field."""
    if there:
        return list(told)
    outcome: dict[str, Data] = {}
    for keys, value in told:
        if keys[0] == "outcome":
            place = outcome.setdefault(str(keys[1]), {}) if len(keys) > 2 else outcome
            assert isinstance(place, dict)
            place[str(keys[-1])] = value
    order = walk.keys_at(Outcome, ())
    ordered: Data = {key: outcome[key] for key in (*order, *outcome) if key in outcome}
    return [*(change for change in told if change[0][0] != "outcome"), (("outcome",), ordered)]


def _questions(run: Session, facts: Facts, deal: OpportunityRow | None) -> list[NextQuestion]:
    if deal is None:
        return []
    settings = run.workspace.settings
    method = Method(run.workspace.methods, settings.process, settings.scorecard, settings.fresh_for)
    return list(sheet(run, facts, deal, method, 0).questions)


def _contact(facts: Facts, account: str, deal: str, wanted: str, questions: Sequence[NextQuestion]) -> str:
    """Return whom to see: as wanted, else who can answer most of the open questions."""
    people = [person for person in facts.people.values() if person.account == account]
    stems = {stem_of(person.id): person.id for person in people}
    if wanted:
        named = stems | {person.name: person.id for person in people}
        found = named.get(stem_of(wanted))
        if found is None:
            hint = nearest(
                stem_of(wanted), list(named), Phrase("contacts: {names}", names=", ".join(stems) or Phrase("none yet"))
            )
            raise KamctlError(Phrase('{account} has no contact "{wanted}"', account=account, wanted=wanted), hint)
        return found
    answers = [question.person for question in questions if question.person in facts.people]
    if answers:
        return max(dict.fromkeys(answers), key=answers.count)
    team = [role.person for role in facts.buying_roles if role.opportunity == deal and role.person in facts.people]
    if team or len(people) == 1:
        return team[0] if team else people[0].id
    if not people:
        raise KamctlError(
            Phrase("{account} has no contacts yet", account=account),
            Phrase('`kamctl contact new {account} --name "…"` makes one', account=account),
        )
    raise KamctlError(
        Phrase("whom do you want to see?"), Phrase("--contact PERSON, one of {names}", names=", ".join(stems))
    )


def _calls_table(run: Session, facts: Facts, calls: Sequence[CallRow]) -> Table:
    def state(call: CallRow) -> str:
        return "done" if call.done else "planned" if call.date >= run.as_of else "missing"

    styles = {"missing": "red", "planned": "yellow", "done": ""}
    columns = [
        Column("date", run.label("col-date")),
        Column("time", run.label("col-time"), drop=3),
        Column("id", run.label("col-id"), shrink=26),
        Column("customer", run.label("col-customer"), shrink=10, drop=5),
        Column("contact", run.label("col-contact"), shrink=6),
        Column("by", run.label("col-owner"), shrink=6, drop=2),
        Column("mode", run.label("col-mode"), lambda mode: run.label(f"mode-{mode}"), drop=4),
        Column("state", run.label("col-state"), lambda key: run.label(f"call-{key}"), style=lambda key: styles[key]),
        Column("opportunity", run.label("col-deal"), drop=6),
        Column("purpose", run.label("col-purpose"), drop=1, shrink=16),
    ]
    rows = [
        [
            call.date, call.time, call.id, facts.account_name(call.account),
            facts.person_name(call.contact) if call.contact else "", facts.member_name(call.by), call.mode,
            state(call), call.opportunity, call.purpose,
        ]
        for call in calls
    ]  # fmt: skip
    return Table(columns, rows)


def _told(run: Session, before: Document, report: CallReport) -> list[Change]:
    """Return the places of the file and their new values, from what a person tells."""
    told: list[Change] = []
    if report.file:
        told += [(("outcome", key), value) for key, value in _from_file(report.file).items()]
    if report.events:
        told.append((("outcome", "events"), report.events))
    if report.customer_view:
        told.append((("outcome", "customer_view"), report.customer_view))
    objectives = before.record.plan.objectives if before.record is not None and before.record.plan else []
    for numbers, met in ((report.met, edit.Plain("true")), (report.missed, edit.Plain("false"))):
        for number in numbers:
            if not 1 <= number <= len(objectives):
                raise KamctlError(
                    Phrase("there is no objective {number}", number=number),
                    Phrase("the plan has {count}", count=len(objectives)),
                )
            told.append((("plan", "objectives", number - 1, "met"), met))
    if report.commitments:
        existing = source.read(before.text).get("outcome")
        there = existing.get("commitments", []) if isinstance(existing, dict) else []
        promises = [_promise(run, before, words) for words in report.commitments]
        told.append((("outcome", "commitments"), [*(there if isinstance(there, list) else []), *promises]))
    if report.next_date:
        told.append((("outcome", "next", "date"), run.day(report.next_date, "--next").isoformat()))
    if report.next_purpose:
        told.append((("outcome", "next", "purpose"), report.next_purpose))
    return told


def _promise(run: Session, before: Document, words: str) -> Data:
    found = COMMITMENT.fullmatch(words)
    if not found:
        raise KamctlError(
            Phrase('"{words}" is no commitment', words=words),
            Phrase("write who:what@date, such as zhang-wei:发新图纸@2026-06-20"),
        )
    by, what, due = found.groups()
    account = account_of(before.file.id)
    known = [*run.workspace.load(("members",)).facts.members]
    known += [stem_of(person) for person in run.workspace.ids("contact") if account_of(person) == account]
    if stem_of(by) not in known and full_id(account, by) not in run.workspace.ids("contact"):
        raise KamctlError(
            Phrase('who is "{by}"?', by=by),
            nearest(by, known, choices(known)),
        )
    promise: dict[str, Data] = {"by": by, "what": what}
    return promise | ({"due": run.day(due, "--commitment").isoformat()} if due else {})


def _from_file(name: str) -> dict[str, Data]:
    from kamctl import rules
    from kamctl.problems import Problem

    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return source.read(source.decode(raw))
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be read: {why}", path=name, why=why(error))) from None
    except source.SourceError as error:
        problem = Problem(name, error.rule, values=error.values)
        place = f"{name}:{error.line}:{error.column}"
        words = Phrase("{place}: {words}", place=place, words=rules.told(problem))
        raise KamctlError(words, rules.advice(problem), 1) from None


def _recorded_at(run: Session, given: str) -> str:
    if given:
        return given
    now = datetime.now()
    if run.as_of != now.date():
        now = datetime.combine(run.as_of, now.time())
    return now.isoformat(timespec="minutes")


def _asked(run: Session, call: Call) -> CallReport:
    """Ask what happened, question by question; an empty answer leaves a field out."""
    events = ask(run.label("ask-events"))
    view = ask(run.label("ask-customer-view"))
    met, missed = [], []
    for number, objective in enumerate(call.plan.objectives if call.plan else [], 1):
        answer = ask(f"{run.label('ask-met')} {number}. {objective.objective} (y/n)").casefold()
        if answer[:1] in ("y", "是"):
            met.append(number)
        elif answer[:1] in ("n", "否"):
            missed.append(number)
    commitments = []
    while promise := ask(run.label("ask-commitment")):
        commitments.append(promise)
    following = ask(run.label("ask-next"))
    purpose = ask(run.label("ask-next-purpose")) if following else ""
    return CallReport(events, view, met, missed, commitments, following, purpose, "", "")
