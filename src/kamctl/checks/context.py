"""What a check may look at: facts, the ids of all files, the method, and the as-of day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from kamctl.facts import Facts
from kamctl.layout import account_of, path_of, stem_of
from kamctl.money import Rate
from kamctl.problems import Keys, Problem
from kamctl.rows.deals import BuyingRoleRow, GateEvidenceRow, MarkRow, OpportunityRow, StageEventRow
from kamctl.rows.workspace import ReferenceRow
from kamctl.schema.method.importance import Importance
from kamctl.schema.method.presentation import Presenting
from kamctl.schema.method.process import Process, Stage
from kamctl.schema.method.relationship import Relationship
from kamctl.schema.method.scorecard import Scorecard


@dataclass(frozen=True)
class Context:
    """Everything that the checks of a workspace, or of one account, read.

    `ids` holds the ids of the files by kind, readable or not, so that a broken file is not also a missing one;
    `elsewhere` those of people and deals of all accounts. `choices` holds the ids that each kind of method entry may
    have, `processes` every process by name. `unreadable` are the paths of files without a record.
    """

    facts: Facts
    ids: Mapping[str, Sequence[str]]
    strays: Sequence[str]
    choices: Mapping[str, Sequence[str]]
    processes: Mapping[str, Process]
    default_process: str
    scorecards: Mapping[str, Scorecard]
    default_scorecard: str
    importance: Importance
    relationship: Relationship
    presenting: Presenting
    currency: str
    report_currency: str
    rates: Sequence[Rate]
    as_of: date
    unreadable: frozenset[str] = frozenset()
    elsewhere: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def process_of(self, deal: OpportunityRow) -> Process | None:
        """Return the process that a deal runs in; None when there is none of that name."""
        return self.processes.get(deal.process or self.default_process)

    def sheet_of(self, deal: OpportunityRow) -> Scorecard:
        """Return the scorecard that a deal is marked on."""
        process = self.process_of(deal)
        name = (process.scorecard if process is not None else None) or self.default_scorecard
        return self.scorecards.get(name, self.scorecards[self.default_scorecard])

    def stage_of(self, deal: OpportunityRow) -> Stage | None:
        """Return the stage that a deal stands at; None when its process has none of that code."""
        process = self.process_of(deal)
        return process.stage(deal.stage) if process is not None else None

    def account_unread(self, deal: OpportunityRow) -> bool:
        """Whether a deal's account has a file that cannot be read, so that what it says is not known."""
        return path_of("account", deal.account) in self.unreadable

    @cached_property
    def deals(self) -> dict[str, OpportunityRow]:
        """The deals by id."""
        return {deal.id: deal for deal in self.facts.opportunities}

    @cached_property
    def known(self) -> dict[str, frozenset[str]]:
        """The ids of all files by kind, as sets."""
        return {kind: frozenset(ids) for kind, ids in self.ids.items()}

    @cached_property
    def references(self) -> dict[str, list[ReferenceRow]]:
        """The references of all files by what they name."""
        references: dict[str, list[ReferenceRow]] = defaultdict(list)
        for row in self.facts.references:
            references[row.target].append(row)
        return references

    @cached_property
    def inside(self) -> dict[str, dict[str, list[str]]]:
        """The stems of each account's files: kind -> account -> stems."""
        inside: dict[str, dict[str, list[str]]] = {kind: defaultdict(list) for kind in self.ids}
        for kind, ids in self.ids.items():
            for record_id in ids:
                inside[kind][account_of(record_id)].append(stem_of(record_id))
        return inside

    @cached_property
    def rivals(self) -> dict[str, list[str]]:
        """The competitors of each deal."""
        rivals: dict[str, list[str]] = defaultdict(list)
        for row in self.facts.competitors:
            rivals[row.opportunity].append(row.id)
        return rivals

    @cached_property
    def history(self) -> dict[str, list[StageEventRow]]:
        """The stage events of each deal, in the order of the file."""
        events: dict[str, list[StageEventRow]] = defaultdict(list)
        for event in self.facts.stage_events:
            events[event.opportunity].append(event)
        return events

    @cached_property
    def teams(self) -> dict[str, list[BuyingRoleRow]]:
        """The buying team of each deal."""
        teams: dict[str, list[BuyingRoleRow]] = defaultdict(list)
        for row in self.facts.buying_roles:
            teams[row.opportunity].append(row)
        return teams

    @cached_property
    def evidence(self) -> dict[str, list[GateEvidenceRow]]:
        """The gate evidence of each deal."""
        evidence: dict[str, list[GateEvidenceRow]] = defaultdict(list)
        for row in self.facts.gate_evidence:
            evidence[row.opportunity].append(row)
        return evidence

    @cached_property
    def standing(self) -> dict[str, dict[str, MarkRow]]:
        """Our latest mark on each criterion of each deal."""
        latest: dict[str, dict[str, MarkRow]] = defaultdict(dict)
        for mark in self.facts.marks:
            if mark.party == "us" and mark.date <= self.as_of:
                before = latest[mark.opportunity].get(mark.criterion)
                if before is None or before.date <= mark.date:
                    latest[mark.opportunity][mark.criterion] = mark
        return latest


def in_deal(deal: str, rule: str, keys: Keys, values: Mapping[str, str], *, on_key: bool = False) -> Problem:
    """Return a problem at a place of a deal's file."""
    return Problem(path_of("opportunity", deal), rule, keys, on_key, values)
