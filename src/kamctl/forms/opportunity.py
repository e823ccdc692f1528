"""The view of one deal: what the forms `opportunity-plan` and `scorecard` show.

Templates see these classes and not the file format. Text that is not filled in is empty, so a template can print a
line to write on. People are named, days are ISO text, codes are labels in the form's language, money is text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kamctl.facts import Facts
from kamctl.forms.customer import PositionView, ProfileView, positions_view, profile_view
from kamctl.forms.naming import Naming, iso, percent
from kamctl.forms.pictures import HeatMap, Timeline, heat_map, timeline
from kamctl.forms.politics import PoliticalMap, political_map
from kamctl.forms.progress import (
    ActionView,
    ContractView,
    DeliveryView,
    EvidenceView,
    GateView,
    LossView,
    StageStep,
    actions_view,
    contract_view,
    delivery_view,
    evidence_view,
    gate_view,
    loss_view,
    stage_name,
    stages_view,
)
from kamctl.forms.scoresheet import Judgement, ScoreView, score_view
from kamctl.forms.strategy import (
    IssuesView,
    RivalView,
    StrategyView,
    issues_view,
    rivals_view,
    strategy_view,
)
from kamctl.forms.team import TeamView, team_view
from kamctl.labels import pick
from kamctl.layout import account_of
from kamctl.problems import KamctlError
from kamctl.reports.pipeline import stage_on
from kamctl.rows.deals import OpportunityRow
from kamctl.schema.method.process import Process
from kamctl.schema.method.scorecard import Scorecard
from kamctl.scoring.gates import Gate, gate
from kamctl.scoring.scorecard import Score, score

if TYPE_CHECKING:
    from kamctl.schema.account import Account
    from kamctl.schema.opportunity import Opportunity
    from kamctl.workspace import Workspace

TABLES = (
    "accounts",
    "people",
    "members",
    "opportunities",
    "marks",
    "competitors",
    "buying_roles",
    "gate_evidence",
)
"""The tables that the view of a deal is made of."""


@dataclass(frozen=True)
class DealHead:
    """What a deal is. The owner's own probability and the stage's stand side by side and are never mixed."""

    id: str
    name: str
    account: str
    grade: str
    owner: str
    manager: str
    process: str
    stage: str
    stage_since: str
    amount: str
    close_date: str
    probability: str
    stage_probability: str
    forecast: str
    importance: str
    source: str
    products: str
    tender_date: str
    purchase_date: str
    created: str
    vertical: str
    region: str
    dealer: str
    external: str


@dataclass(frozen=True)
class OpportunityView:
    """One deal as of a day.

    `map`, `heat` and `line` are for the pictures: `deal.map | political_map`, `deal.heat | heat_map`, `deal.line |
    timeline`. `gate` is None at the end of the way; `contract`, `delivery` and `loss` are None until there is one.
    """

    lang: str
    as_of: str
    head: DealHead
    profile: ProfileView
    positions: Sequence[PositionView]
    needs: str
    score: ScoreView
    issues: IssuesView
    team: TeamView
    rivals: Sequence[RivalView]
    strategy: StrategyView
    strengths: Sequence[str]
    weaknesses: Sequence[str]
    map: PoliticalMap
    heat: HeatMap
    line: Timeline
    history: Sequence[StageStep]
    gate: GateView | None
    evidence: Sequence[EvidenceView]
    actions: Sequence[ActionView]
    contract: ContractView | None
    delivery: DeliveryView | None
    loss: LossView | None


def opportunity_view(workspace: Workspace, deal_id: str, lang: str, as_of: date) -> OpportunityView:
    """Return the view of a deal as of a day.

    Raises KamctlError when the deal's file, or the part of the method that it goes by, cannot be read. What else cannot
    be read (the account, a person) is shown by its id.
    """
    record: Opportunity = workspace.record("opportunity", deal_id)
    account = account_of(deal_id)
    facts = workspace.load(TABLES, account=account).facts
    naming = Naming(facts, account, workspace.settings.currency, lang)
    return _Builder(workspace, facts, naming, deal_id, record, as_of).view()


class _Builder:
    """Gathers everything that the parts of one deal's view are made of."""

    def __init__(
        self, workspace: Workspace, facts: Facts, naming: Naming, deal_id: str, record: Opportunity, as_of: date
    ) -> None:
        self.workspace = workspace
        self.facts = facts
        self.naming = naming
        self.record = record
        self.as_of = as_of
        self.row = _row_on(next(row for row in facts.opportunities if row.id == deal_id), as_of)
        methods, settings = workspace.methods, workspace.settings
        self.process: Process = methods.process(self.row.process or settings.process)
        self.scorecard: Scorecard = methods.scorecard(self.process.scorecard or settings.scorecard)
        self.rivals: Mapping[str, str] = {key: rival.name for key, rival in record.competitors.items()}
        self.team = [row for row in facts.buying_roles if row.opportunity == deal_id]

    def view(self) -> OpportunityView:
        record, naming, as_of = self.record, self.naming, self.as_of
        account = self._account()
        relationship = self.workspace.methods.relationship
        result = self._score()
        sheet = score_view(self._judgement(result), naming)
        parties = {party.id: party.name for party in sheet.parties}
        return OpportunityView(
            lang=naming.lang,
            as_of=as_of.isoformat(),
            head=self._head(),
            profile=profile_view(account, naming),
            positions=positions_view(account, self.rivals, naming),
            needs=record.needs or "",
            score=sheet,
            issues=issues_view(record, naming),
            team=team_view(record.buying_team, self.team, relationship, naming, as_of),
            rivals=rivals_view(record, sheet, self.scorecard, naming),
            strategy=strategy_view(record, self.scorecard, naming),
            strengths=record.strengths,
            weaknesses=record.weaknesses,
            map=political_map(self.facts, relationship, self.row.account, self.row.id, naming.lang, as_of),
            heat=heat_map(result, parties, record.name, naming.lang),
            line=timeline(self.row, self.process, as_of, naming.lang),
            history=stages_view(record, self.process, naming, as_of),
            gate=gate_view(self._gate(), naming),
            evidence=evidence_view(record, self.process, naming),
            actions=actions_view(record, naming, as_of),
            contract=contract_view(record, naming, as_of),
            delivery=delivery_view(record.delivery, naming),
            loss=loss_view(record.lost, self.workspace.methods.reasons, self.rivals, naming),
        )

    def _account(self) -> Account | None:
        try:
            account: Account = self.workspace.record("account", self.row.account)
        except KamctlError:
            return None
        return account

    def _head(self) -> DealHead:
        record, row, naming = self.record, self.row, self.naming
        account = self.facts.accounts.get(row.account)
        owner = self.facts.members.get(row.owner)
        manager = (owner.manager if owner else "") or (account.manager if account else "")
        return DealHead(
            id=row.id,
            name=row.name,
            account=self.facts.account_name(row.account),
            grade=account.grade if account else "",
            owner=naming.member(row.owner),
            manager=naming.member(manager),
            process=pick(self.process.name, naming.lang),
            stage=stage_name(self.process.stage(row.stage), row.stage, naming.lang),
            stage_since=iso(row.stage_since),
            amount=naming.money(record.amount),
            close_date=iso(record.close_date),
            probability=percent(record.probability),
            stage_probability=percent(self.process.probability(row.stage)),
            forecast=naming.label(f"form-forecast-{record.forecast}") if record.forecast else "",
            importance=naming.choice(self.workspace.methods.importance.levels, record.importance),
            source=naming.label(f"form-source-{record.source}") if record.source else "",
            products=naming.label("form-comma").join(record.products),
            tender_date=iso(record.tender_date),
            purchase_date=iso(record.purchase_date),
            created=iso(record.created),
            vertical=row.vertical,
            region=" ".join(dict.fromkeys(filter(None, (row.province, row.city)))),
            dealer=row.dealer,
            external=naming.label("form-comma").join(f"{key} {value}" for key, value in record.external.items()),
        )

    def _score(self) -> Score:
        marks = [row for row in self.facts.marks if row.opportunity == self.row.id]
        return score(self.scorecard, marks, list(self.rivals), self.as_of, self.workspace.settings.fresh_for)

    def _judgement(self, result: Score) -> Judgement:
        return Judgement(
            score=result,
            rivals=self.rivals,
            assessors={entry.date: self.naming.member(entry.by) for entry in self.record.assessments},
            team=self.team,
            coverage=[choice.id for choice in self.workspace.methods.relationship.coverage],
            fresh_for=self.workspace.settings.fresh_for,
        )

    def _gate(self) -> Gate | None:
        """Return the gate to the next stage; None when the deal is ended or at the end of its way."""
        stage, following = self.process.stage(self.row.stage), self.process.following(self.row.stage)
        if stage is None or stage.ended or following is None:
            return None
        evidence = [row for row in self.facts.gate_evidence if row.opportunity == self.row.id]
        return gate(self.process, self.row, following, self.facts.accounts.get(self.row.account), evidence, self.as_of)


def _row_on(row: OpportunityRow, as_of: date) -> OpportunityRow:
    """Return the row of a deal with the stage where it stood on a day."""
    placed = stage_on(row, as_of)
    return row._replace(stage=placed[0], stage_since=placed[1]) if placed is not None else row
