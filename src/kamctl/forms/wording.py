"""What ids are called where changes are told: names of people, entries of the method, questions and levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kamctl import layout
from kamctl.facts import Facts
from kamctl.forms.changes import Names
from kamctl.forms.difference import Wording
from kamctl.history.diff import Sides
from kamctl.history.states import Pair
from kamctl.labels import pick, text
from kamctl.workspace import Workspace


def wording(states: Pair, sides: Sides, lang: str) -> Wording:
    """Return names and labels: those of the later state, and of what is no more those of the earlier one."""
    merged = Facts()
    for facts in (sides.then, sides.now):
        for table in ("people", "members", "accounts", "competitors"):
            rows = getattr(facts, table)
            merged.add(table, rows.values() if isinstance(rows, dict) else rows)
    methods = states.after.workspace.methods
    names = RecordNames(merged, states.after.workspace, lang)
    sheets = methods.scorecards().values()
    relationship = methods.relationship
    levels = (relationship.unknown, *relationship.levels, *relationship.opposition)
    return Wording(
        lang=lang,
        of=names.of,
        accounts=merged.account_name,
        questions={one.id: pick(one.label, lang) for sheet in sheets for one in sheet.questions},
        levels={level.id: pick(level.label, lang) for level in levels},
        currency=states.after.workspace.settings.currency,
    )


class RecordNames:
    """Names for records of any account, put together when they are asked for."""

    def __init__(self, facts: Facts, workspace: Workspace, lang: str) -> None:
        self.facts = facts
        self.base = Names(lang, _method_names(workspace, lang), {}, {"us": text("us", lang)})
        self.known: dict[str, Names] = {}

    def of(self, record: str) -> Names:
        """Return what things are called in a record: people by their name inside its account."""
        if record not in self.known:
            account = layout.account_of(record)
            people = {key: row.name for key, row in self.facts.members.items()}
            people |= {
                layout.stem_of(key): row.name for key, row in self.facts.people.items() if row.account == account
            }
            people |= {key: row.name for key, row in self.facts.people.items()}
            rivals = {row.id: row.name for row in self.facts.competitors if row.opportunity == record}
            self.known[record] = replace(self.base, people=people, parties={**self.base.parties, **rivals})
        return self.known[record]


def _method_names(workspace: Workspace, lang: str) -> dict[str, dict[str, str]]:
    """Return what the method calls its entries, by kind."""
    methods = workspace.methods
    people = methods.relationship
    stages = [stage for process in methods.processes().values() for stage in process.stages]
    choices: dict[str, Sequence[Any]] = {
        "criterion": [row for sheet in methods.scorecards().values() for row in sheet.criteria()],
        "behaviour": [choice for level in people.levels for choice in level.behaviours],
        "opposition": people.opposition,
        "role": people.roles,
        "orientation": people.orientations,
        "coverage": people.coverage,
        "influence": people.influence,
        "adaptability": people.adaptability,
        "importance": methods.importance.levels,
        "loss_reason": methods.reasons.lost,
        "gate": [criterion for stage in stages for criterion in (*stage.entry, *stage.exit)],
    }
    return {kind: {entry.id: pick(entry.label, lang) for entry in entries} for kind, entries in choices.items()}
