"""Prepares the texts that carry out an import of deals, and rejects rows that would bring a new error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kamctl import edit, layout, source
from kamctl.commands.companions import Companions, cell_of
from kamctl.commands.preparing import free, without
from kamctl.commands.recording import new_text
from kamctl.commands.session import Session
from kamctl.exchange import drafts
from kamctl.exchange.columns import LIST_SIGN, Column, Form
from kamctl.exchange.delimited import Delimited
from kamctl.exchange.fields import FIELDS, Words
from kamctl.exchange.intake import Plan, as_day
from kamctl.exchange.merge import CHANGED, NEW, Outcome, rejected
from kamctl.facts import Facts
from kamctl.loading import counted
from kamctl.reports.pipeline import Terms
from kamctl.saving import Draft
from kamctl.schema import walk
from kamctl.schema.opportunity import Opportunity
from kamctl.schema.slugs import SLUG, slugify
from kamctl.source import Data
from kamctl.tree import SourceFile
from kamctl.validation import new_errors_of_set

GAP = "required-field"
"""The rule for what a stage requires and a deal does not have: a gap to be filled, no reason to leave a deal out."""

REST = (
    "amount", "close_date", "probability", "forecast", "importance", "source", "tender_date", "purchase_date", "dealer",
    "vertical", "needs",
)  # fmt: skip
"""Fields of a new deal that stand in its file under their own name."""


@dataclass(frozen=True)
class Landing:
    """A plan with the texts that carry it out, how many files of each kind are new, and how many deals have gaps."""

    outcomes: Sequence[Outcome]
    drafts: Sequence[Draft]
    made: Mapping[str, int]
    gaps: int


def landed(
    run: Session,
    table: Delimited,
    columns: Mapping[str, int],
    words: Words,
    plan: Plan,
    facts: Facts,
    terms: Terms,
) -> Landing:
    """Return the plan with its texts; rows whose text would bring a new error are rejected, until none would."""
    outcomes: Sequence[Outcome] = plan.outcomes
    while True:
        maker = _Maker(run, table, columns, words, plan, facts, terms)
        ready = maker.texts(outcomes)
        texts = {draft.path: draft.text for draft in maker.ready.values()}
        found = new_errors_of_set(run.workspace, run.as_of, texts)
        wrong = [problem for problem in found if problem.rule != GAP]
        if not wrong:
            gaps = len({problem.path for problem in found})
            return Landing(ready, list(maker.ready.values()), maker.made(), gaps)
        outcomes = without(outcomes, maker.by_row, wrong, run.lang)


class _Maker:
    """Makes the texts of a plan. `ready` are the files by path, `by_row` those that each row brings."""

    def __init__(
        self,
        run: Session,
        table: Delimited,
        columns: Mapping[str, int],
        words: Words,
        plan: Plan,
        facts: Facts,
        terms: Terms,
    ) -> None:
        self.run = run
        self.columns = columns
        self.words = words
        self.terms = terms
        self.system = words.profile.system
        self.rows = {row.line: row for row in table.rows}
        self.ready: dict[str, Draft] = {}
        self.by_row: dict[int, list[Draft]] = {}
        self.companions = Companions(run, columns, self.system, plan, facts)
        self.since = {deal.id: deal.stage_since for deal in facts.opportunities}
        self.taken = set(run.workspace.ids("opportunity"))
        fields = [Column(field.name, field.place, 0) for field in FIELDS if field.place]
        self.form = Form("csv", (*fields, Column("external", f"external.{self.system}", 0)), True)

    def texts(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Return the outcomes, with ids of new deals, and with those rejected whose change cannot be made."""
        result = []
        for outcome in counted(outcomes, self.run.workspace.progress):
            made: list[Draft] = []
            if outcome.kind == CHANGED:
                outcome = self._change(outcome, made)
            elif outcome.kind == NEW:
                outcome = self._add(outcome, made)
            if outcome.kind in (CHANGED, NEW):
                rows = [self.rows[line] for line in (outcome.row, *outcome.more)]
                made += self.companions.keys(outcome.account, rows[0])
                made += self.companions.contacts(outcome.account, rows)
                self.ready |= {draft.path: draft for draft in made}
                self.by_row[outcome.row] = made
            result.append(outcome)
        team = self.companions.team([outcome for outcome in result if outcome.kind in (CHANGED, NEW)])
        self.ready |= {draft.path: draft for draft in team}
        return result

    def made(self) -> dict[str, int]:
        """Return how many records of each kind are new."""
        places = [layout.kind_and_id(path) for path, draft in self.ready.items() if draft.before is None]
        kinds = [place[0] for place in places if place is not None]
        counts = {kind: kinds.count(kind) for kind in ("account", "contact", "opportunity")}
        return {**counts, "member": self.companions.new_members}

    def _change(self, outcome: Outcome, made: list[Draft]) -> Outcome:
        """Put the edited text of a deal among those made; returns the outcome, rejected when it cannot be edited."""
        own = tuple(change for change in outcome.changes if change.key != "contact_name")
        if not own:
            return outcome
        path = layout.path_of("opportunity", outcome.id)
        document = self.run.workspace.document(SourceFile(path, "opportunity", outcome.id))
        process = self.terms.processes[outcome.values["process"]]
        moved = any(change.key == "stage" for change in own)
        since = self.since.get(outcome.id) or date.min
        day = max(self._stage_day(outcome), since) if moved else self.run.as_of
        text = drafts.edited(self.form, document.text, replace(outcome, changes=own), process, day)
        if isinstance(text, list):
            return rejected(outcome, text)
        if moved and self._ends(outcome) == "won" and "contract" not in source.read(text):
            text = edit.set_value(text, ("contract",), _contract(outcome.values, day), walk.keys_at(Opportunity, ()))
        made.append(Draft(path, document.raw, text))
        return outcome

    def _ends(self, outcome: Outcome) -> str:
        stage = self.terms.processes[outcome.values["process"]].stage(outcome.values["stage"])
        return stage.outcome if stage is not None else "open"

    def _stage_day(self, outcome: Outcome) -> date:
        """Return the day a deal came to its stage: as the file says; of ended deals the day it closed; else today."""
        values, ends = outcome.values, self._ends(outcome)
        told = values.get("stage_since", "")
        if not told and ends != "open":
            told = (values.get("lost_on", "") if ends == "lost" else "") or values.get("close_date", "")
        elif not told and outcome.kind == NEW:
            told = values.get("created", "")
        return as_day(told, self.run.as_of)

    def _add(self, outcome: Outcome, made: list[Draft]) -> Outcome:
        """Put the text of a new deal, and of its account where that is new, among those made."""
        row = self.rows[outcome.row]
        account, known, drafted = self.companions.account(row, outcome)
        made += drafted
        stem = cell_of(row, self.columns, "id").partition("/")[2]
        stem = stem if SLUG.fullmatch(stem) else slugify(outcome.values["name"]) or "deal"
        deal_id = free(f"{account}/{stem}", self.taken)
        text = new_text(
            self.run, "opportunity", deal_id, self._deal(outcome, known, cell_of(row, self.columns, "external"))
        )
        made.append(Draft(layout.path_of("opportunity", deal_id), None, text))
        return replace(outcome, id=deal_id, account=account)

    def _deal(self, outcome: Outcome, account: Mapping[str, str], key: str) -> dict[str, Data]:
        """Return the data of a new deal: what the row says and the account does not say already."""
        values, day, ends = outcome.values, self._stage_day(outcome), self._ends(outcome)
        owner = values.get("owner") or account["owner"]
        data: dict[str, Data] = {"name": values["name"], "stage": values["stage"]}
        data |= {name: values[name] for name in REST if values.get(name) and values[name] != account.get(name)}
        data |= {"owner": owner} if owner != account["owner"] else {}
        if values["process"] != (account.get("process") or self.terms.default_process):
            data["process"] = values["process"]
        if values.get("products"):
            data["products"] = [*values["products"].split(LIST_SIGN)]
        region: dict[str, Data] = {name: values[name] for name in ("province", "city") if values.get(name)}
        data |= {"region": region} if any(value != account.get(name) for name, value in region.items()) else {}
        data |= {"created": values["created"]} if values.get("created") else {}
        data["stage_history"] = [{"date": day.isoformat(), "stage": values["stage"], "by": owner}]
        if ends == "lost":
            data |= self._loss(values, day)
        data |= {"contract": _contract(values, day)} if ends == "won" else {}
        return data | ({"external": {self.system: key}} if key and self.system else {})

    def _loss(self, values: Mapping[str, str], day: date) -> dict[str, Data]:
        """Return how a deal was lost, and the competitor who won it."""
        reason = values.get("lost_reason") or self.words.decided.get(("lost_reason", ""), "")
        lost: dict[str, Data] = {"date": values.get("lost_on") or day.isoformat(), "reason": reason}
        winner, lesson = values.get("lost_to", ""), values.get("lost_lesson", "")
        key = winner if SLUG.fullmatch(winner) else slugify(winner)
        lost |= ({"to": key} if key else {}) | ({"lesson": lesson} if lesson else {})
        return {"lost": lost, **({"competitors": {key: {"name": winner}}} if key else {})}


def _contract(values: Mapping[str, str], day: date) -> dict[str, Data]:
    """Return the contract of a deal that the other program counts as won: that day, and its amount."""
    return {"signed": day.isoformat(), **({"amount": values["amount"]} if values.get("amount") else {})}
