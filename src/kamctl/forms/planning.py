"""A new call plan, filled in from what the workspace knows: the promise that every field pays back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kamctl.facts import Facts
from kamctl.labels import pick, text
from kamctl.layout import full_id, stem_of
from kamctl.rows.calls import CallRow, CommitmentRow
from kamctl.rows.deals import ActionRow
from kamctl.scoring.questions import NextQuestion
from kamctl.source import Data

if TYPE_CHECKING:
    from kamctl.schema.opportunity import Opportunity

MAX_QUESTIONS = 6


@dataclass(frozen=True)
class Occasion:
    """The call to be planned. `deal` is empty for a call that is about the account as a whole."""

    account: str
    deal: str
    contact: str
    by: str
    date: date
    time: str
    mode: str
    purpose: str


def plan_call(
    occasion: Occasion, facts: Facts, record: Opportunity | None, questions: Sequence[NextQuestion], lang: str
) -> dict[str, Data]:
    """Return the data of a new call file: who, when, and a plan with everything that is known already.

    Premise: the compelling event, and what happened last. Agenda: open commitments and overdue actions.
    Questions: the unknown and stale criteria, those first that this person can answer. Obstacles: the competitors.
    """
    plan: dict[str, Data] = {
        "purpose": occasion.purpose or _announced_purpose(occasion, facts),
        "premise": _premise(occasion, record, facts, lang),
        "agenda": list(_agenda(occasion, facts, lang)),
        "questions": [_question(q, lang) for q in _for_person(questions, occasion)],
        "obstacles": _obstacles(record, lang),
    }
    data: dict[str, Data] = {
        "date": occasion.date.isoformat(),
        "time": occasion.time,
        "by": occasion.by,
        "mode": occasion.mode,
        "contact": stem_of(occasion.contact),
        "opportunity": stem_of(occasion.deal),
        "attendees": {
            "customer": [{"contact": stem_of(occasion.contact)}] if occasion.contact else [],
            "ours": [{"member": occasion.by}],
        },
        "plan": {key: value for key, value in plan.items() if value},
    }
    return {key: value for key, value in data.items() if value}


def open_commitments(facts: Facts, account: str, day: date) -> list[CommitmentRow]:
    """Return the promises of an account's calls that are not kept yet, earliest due first."""
    found = [c for c in facts.commitments if c.account == account and (c.done is None or c.done > day)]
    return sorted(found, key=lambda c: c.due or date.max)


def overdue_actions(facts: Facts, deal: str, day: date) -> list[ActionRow]:
    """Return the steps of a deal's action plan that are due by a day and not done."""
    found = [a for a in facts.actions if a.opportunity == deal and a.done is None and a.due and a.due <= day]
    return sorted(found, key=lambda a: a.due or date.max)


def _for_person(questions: Sequence[NextQuestion], occasion: Occasion) -> list[NextQuestion]:
    """Put the questions first that the person we see can answer."""
    return sorted(questions, key=lambda q: q.person != occasion.contact)[:MAX_QUESTIONS]


def _question(question: NextQuestion, lang: str) -> Data:
    probe = question.criterion.probe
    ask = pick(probe.ask[0], lang) if probe.ask else ""
    return {
        "need": pick(probe.need, lang),
        "why": pick(probe.why, lang),
        "ask": ask,
        "criterion": question.criterion.id,
    }


def _last_call(occasion: Occasion, facts: Facts) -> CallRow | None:
    calls = [c for c in facts.calls if c.done and c.date <= occasion.date and c.account == occasion.account]
    related = [c for c in calls if occasion.deal and c.opportunity == occasion.deal] or [
        c for c in calls if c.contact == occasion.contact
    ]
    return max(related, key=lambda c: c.held_at, default=None)


def _announced_purpose(occasion: Occasion, facts: Facts) -> str:
    last = _last_call(occasion, facts)
    return last.next_purpose if last is not None else ""


def _premise(occasion: Occasion, record: Opportunity | None, facts: Facts, lang: str) -> str:
    lines = []
    event = record.compelling_event if record is not None else None
    if event is not None and event.event:
        deadline = f" ({event.deadline})" if event.deadline else ""
        lines.append(f"{text('compelling-event', lang)}: {event.event}{deadline}")
        if event.if_not:
            lines.append(f"{text('if-not', lang)}: {event.if_not}")
    last = _last_call(occasion, facts)
    if last is not None and last.events:
        who = facts.person_name(last.contact) if last.contact else ""
        lines.append(f"{text('last-call', lang)} ({last.date}{', ' + who if who else ''}): {last.events.strip()}")
    return "\n".join(lines)


def _agenda(occasion: Occasion, facts: Facts, lang: str) -> list[str]:
    items = []
    for promise in open_commitments(facts, occasion.account, occasion.date):
        who = _name(facts, occasion.account, promise.by)
        items.append(f"{text('commitment', lang)}: {who} {promise.what}{_due(promise.due, lang)}")
    for action in overdue_actions(facts, occasion.deal, occasion.date):
        who = _name(facts, occasion.account, action.who)
        items.append(f"{text('action', lang)}: {who} {action.what}{_due(action.due, lang)}")
    return items


def _obstacles(record: Opportunity | None, lang: str) -> str:
    lines = []
    for rival in record.competitors.values() if record is not None else ():
        parts = [rival.name]
        if rival.strengths:
            parts.append(f"{text('strengths', lang)}: {'; '.join(rival.strengths)}")
        if rival.weaknesses:
            parts.append(f"{text('weaknesses', lang)}: {'; '.join(rival.weaknesses)}")
        lines.append(" · ".join(parts))
    return "\n".join(lines)


def _name(facts: Facts, account: str, key: str) -> str:
    if key in facts.members:
        return facts.members[key].name
    return facts.person_name(full_id(account, key)) if key else ""


def _due(day: date | None, lang: str) -> str:
    return f" ({text('due', lang)} {day})" if day else ""
