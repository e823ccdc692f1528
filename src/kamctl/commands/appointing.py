"""What `callplan export` does: calls, promises and tender dates as a calendar."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime
from datetime import time as Time
from pathlib import Path

from kamctl.commands.selling import owner_keys
from kamctl.commands.session import Session
from kamctl.exchange.calendar import Entry, calendar_bytes
from kamctl.facts import Facts
from kamctl.labels import text
from kamctl.layout import full_id
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.rows.calls import CallRow, CommitmentRow
from kamctl.saving import whole_file

READS = ("accounts", "people", "members", "opportunities", "calls", "objectives", "commitments")


def export_calendar(run: Session, owner: str, since: str, until: str, todos: bool, output: str, force: bool) -> None:
    """Write the calendar. Raises KamctlError for nobody of ours, and rather than overwrite a file unasked."""
    loaded = run.workspace.load(READS)
    run.tell_unread(loaded)
    facts = loaded.facts
    who = owner_keys(facts, [owner])[0] if owner else ""
    first = run.day(since, "--since") if since else date.min
    last = run.day(until, "--until") if until else date.max
    if first > last:
        raise KamctlError(
            Phrase("--since {first} is after --until {last}", first=first, last=last), Phrase("swap them")
        )
    entries = [entry for entry in _entries(run, facts, who, todos) if first <= _day(entry) <= last]
    entries.sort(key=lambda entry: (_day(entry), str(entry.start), entry.key))
    name = run.workspace.settings.name or run.workspace.root.name
    content = calendar_bytes(entries, name, run.as_of)
    if output == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        return
    with whole_file(Path(output), overwrite=force) as temporary:
        temporary.write_bytes(content)
    run.say(run.label("calendar-made", path=output, count=len(entries)))


def _day(entry: Entry) -> date:
    return entry.start.date() if isinstance(entry.start, datetime) else entry.start


def _entries(run: Session, facts: Facts, who: str, todos: bool) -> Iterator[Entry]:
    """Yield what one of our people, or everybody, has to think of."""
    made_by = {call.id: call.by for call in facts.calls}
    for call in facts.calls:
        if who in ("", call.by, *call.ours):
            yield _call(call, facts, run.lang)
    places: dict[str, int] = {}
    for promise in facts.commitments:
        places[promise.call] = place = places.get(promise.call, 0) + 1
        mine = who in ("", promise.by) or (promise.by not in facts.members and made_by.get(promise.call) == who)
        if promise.due is not None and promise.done is None and mine:
            yield _promise(promise, place, facts, run.lang, todos)
    ended = _ended_stages(run)
    for deal in facts.opportunities:
        process = deal.process or run.workspace.settings.process
        if deal.tender_date is not None and (process, deal.stage) not in ended and who in ("", deal.owner):
            title = text("calendar-tender", run.lang, name=deal.name, account=facts.account_name(deal.account))
            yield Entry(f"tender:{deal.id}", deal.tender_date, None, title, deal.id)


def _ended_stages(run: Session) -> set[tuple[str, str]]:
    """Return the stages, with their process, at which no tender is awaited any more."""
    return {
        (name, stage.code)
        for name, process in run.workspace.methods.processes().items()
        for stage in process.stages
        if stage.ended or stage.outcome != "open"
    }


def _call(call: CallRow, facts: Facts, lang: str) -> Entry:
    account = facts.account_name(call.account)
    person = facts.person_name(call.contact) if call.contact else ""
    whom = text("calendar-with", lang, person=person, account=account) if person else account
    title = text("calendar-call", lang, mode=text(f"mode-{call.mode}", lang), whom=whom)
    deals = [deal.name for deal in facts.opportunities if deal.id == call.opportunity]
    goals = [f"- {row.objective}" for row in facts.objectives if row.call == call.id]
    about = "\n".join(filter(None, [call.purpose, *deals, *goals, facts.member_name(call.by), call.id]))
    start: date | datetime = datetime.combine(call.date, Time.fromisoformat(call.time)) if call.time else call.date
    return Entry(f"call:{call.id}", start, call.duration, title, about, busy=bool(call.time))


def _promise(promise: CommitmentRow, place: int, facts: Facts, lang: str, todo: bool) -> Entry:
    assert promise.due is not None
    ours = promise.by in facts.members
    who = facts.member_name(promise.by) if ours else facts.person_name(full_id(promise.account, promise.by))
    title = text("calendar-promise", lang, who=who, what=promise.what)
    about = f"{facts.account_name(promise.account)}\n{promise.call}"
    return Entry(f"promise:{promise.call}:{place}", promise.due, None, title, about, todo=todo)
