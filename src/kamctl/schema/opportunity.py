"""accounts/ID/opportunities/STEM.yaml: one deal, from lead to payment."""

from __future__ import annotations

from datetime import date as Date
from typing import Literal

from pydantic import ConfigDict

from kamctl.schema.account import Region
from kamctl.schema.base import Entry, Record
from kamctl.schema.scalars import (
    AdaptabilityRef,
    AnyoneRef,
    BehaviourRef,
    Cash,
    CompetitorRef,
    ContactRef,
    Count,
    CoverageRef,
    CriterionRef,
    Day,
    Flag,
    GateRef,
    ImportanceRef,
    InfluenceRef,
    LossReasonRef,
    Mark,
    MemberRef,
    OppositionRef,
    OrientationRef,
    Percent,
    ProcessRef,
    RoleRef,
    Slug,
    StageRef,
    StrategyRef,
    Text,
)

Forecast = Literal["closed", "commit", "best_case", "pipeline", "omitted"]


class StageEvent(Entry):
    """The day a deal came to a stage."""

    date: Day
    """When."""
    stage: StageRef
    """Code of the stage."""
    by: MemberRef | None = None
    """Who of our people moved it."""
    move: Literal["skip", "back", "reopen"] | None = None
    """How it came here, when not from the stage before."""
    override: Text | None = None
    """Why it moved although the gate was not met."""
    note: Text | None = None
    """Anything else."""


class Loss(Entry):
    """How the deal was lost."""

    date: Day | None = None
    """When."""
    reason: LossReasonRef | None = None
    """A loss reason of the method."""
    to: CompetitorRef | None = None
    """The competitor who won it."""
    lesson: Text | None = None
    """What we learned."""


class CompellingEvent(Entry):
    """Why the customer must act, and by when."""

    event: Text | None = None
    """What forces a decision."""
    deadline: Day | None = None
    """By when."""
    if_not: Text | None = None
    """What happens to them if they do nothing."""
    payback: Text | None = None
    """What they gain if they act in time."""


class UniqueBusinessValue(Entry):
    """The result that only we can bring, in the customer's own words."""

    result: Text | None = None
    """The result."""
    measure: Text | None = None
    """How it is measured."""
    confirmed_by: ContactRef | None = None
    """The contact who confirmed it."""
    confirmed_on: Day | None = None
    """When."""


class DecisionCriterion(Entry):
    """What the customer decides by."""

    criterion: Text
    """The criterion."""
    kind: Literal["formal", "informal"] | None = None
    """Written down, or not."""
    held_by: list[ContactRef] = []
    """Contacts who hold it."""


class Milestone(Entry):
    """A step of the customer's own decision."""

    date: Day | None = None
    """When."""
    event: Text
    """What happens."""
    done: Flag | None = None
    """Whether it has happened."""


class Claim(Entry):
    """What one of two people says who rated a criterion differently."""

    by: MemberRef | None = None
    """Who of our people."""
    party: CompetitorRef | None = None
    """The competitor that the mark is about; us when left out."""
    mark: Mark
    """The mark that was given."""
    evidence: Text | None = None
    """What shows it."""
    source: ContactRef | None = None
    """The contact who said so."""


class MarkEntry(Entry):
    """The marks of one criterion on one day: ours under `us`, a competitor's under its key."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[CompetitorRef, Mark]

    us: Mark | None = None
    """How we stand."""
    evidence: Text | None = None
    """What shows it."""
    source: ContactRef | None = None
    """The contact who said so."""
    disputed: list[Claim] = []
    """Marks that two people gave differently; the party counts as unknown until a later mark settles it."""

    def mark_of(self, party: str, mark: str) -> str:
        """Return the mark that counts for a party: unknown while it is disputed."""
        return "?" if any((claim.party or "us") == party for claim in self.disputed) else mark


class Assessment(Entry):
    """Marks given on one day; each stands until a later assessment changes it."""

    date: Day
    """When."""
    by: MemberRef | None = None
    """Who of our people."""
    marks: dict[CriterionRef, MarkEntry] = {}
    """Marks by criterion of the scorecard."""


class Opposition(Entry):
    """A person who works against us."""

    level: OppositionRef
    """A level of opposition of the method."""
    evidence: Text | None = None
    """What shows it."""
    date: Day | None = None
    """Since when."""


class BuyingRole(Entry):
    """A person's part in this deal."""

    roles: list[RoleRef] = []
    """Buying roles of the method."""
    orientation: OrientationRef | None = None
    """What the person looks at first."""
    adaptability: AdaptabilityRef | None = None
    """How the person takes to new things."""
    coverage: CoverageRef | None = None
    """How well we are in contact."""
    influence: InfluenceRef | None = None
    """How near the person is to power."""
    influences: dict[ContactRef, Literal["strong", "normal"]] = {}
    """Whom the person influences, and how much."""
    behaviours: dict[BehaviourRef, Day] = {}
    """Behaviours seen, and when; the status is derived from them."""
    opposes: Opposition | None = None
    """Only for people who work against us."""
    agenda: Text | None = None
    """What the person wants for himself or herself."""
    approach: Text | None = None
    """How we bring the person to our side."""
    covered_by: MemberRef | None = None
    """Who of our people looks after the person."""


class Competitor(Entry):
    """A rival in this deal."""

    name: Text
    """Name."""
    products: list[Text] = []
    """What they offer."""
    amount: Cash | None = None
    """Their price, as far as known."""
    close_date: Day | None = None
    """When they expect to sign."""
    strategy: StrategyRef | None = None
    """Their strategy."""
    strategy_notes: Text | None = None
    """How they go about it."""
    allies: list[ContactRef] = []
    """Contacts on their side."""
    strengths: list[Text] = []
    """Where they are strong."""
    weaknesses: list[Text] = []
    """Where they are weak."""


class Goals(Entry):
    """What we want with this deal."""

    fundamental: Text | None = None
    """The order itself."""
    long_term: Text | None = None
    """What it opens."""


class OurStrategy(Entry):
    """How we mean to win."""

    formal: StrategyRef | None = None
    """Competitive strategy of the scorecard."""
    formal_notes: Text | None = None
    """How."""
    political: Text | None = None
    """How we win the people."""


class Action(Entry):
    """A step of the action plan."""

    due: Day | None = None
    """By when."""
    who: AnyoneRef | None = None
    """Who: one of our people, or a contact."""
    what: Text
    """What."""
    category: Text | None = None
    """What it is for."""
    resources: Text | None = None
    """What it needs."""
    done: Day | None = None
    """When it was done."""
    result: Text | None = None
    """What came of it."""
    remedy: Text | None = None
    """What is done instead when it failed."""


class GateEvidence(Entry):
    """What shows that a criterion of the process is met."""

    date: Day | None = None
    """Since when."""
    evidence: Text
    """What shows it."""


class Initiation(Entry):
    """The project initiation report."""

    number: Text | None = None
    """Project number."""
    customer_lead: ContactRef | None = None
    """The customer's responsible person."""
    gross_margin: Percent | None = None
    """Expected gross margin."""
    expense_budget: Cash | None = None
    """Sales expense budget."""
    category: Text | None = None
    """Kind of project."""
    sign_date: Day | None = None
    """Expected signature."""
    approved_by: MemberRef | None = None
    """Who approved it."""
    approved_on: Day | None = None
    """When."""


class BidChecklist(Entry):
    """What of the bid was checked, and when."""

    soundness: Day | None = None
    """That it is sound."""
    feasibility: Day | None = None
    """That we can do it."""
    price: Day | None = None
    """That the price is right."""
    qualification: Day | None = None
    """That we qualify and can prove it."""
    completeness: Day | None = None
    """That nothing is missing."""
    deadline: Day | None = None
    """That it will be in time."""


class Bid(Entry):
    """The bid, or the decision not to bid."""

    decision: Literal["bid", "no_bid"] | None = None
    """Whether we bid."""
    decided_on: Day | None = None
    """When it was decided."""
    reasons: list[Text] = []
    """Why."""
    fatal_factor: Text | None = None
    """What rules a bid out."""
    strategy: Text | None = None
    """How we mean to win the tender."""
    division: Text | None = None
    """Who does what, we and our partner."""
    timetable: list[Milestone] = []
    """Steps up to the deadline."""
    checklist: BidChecklist | None = None
    """What was checked."""
    cost: Cash | None = None
    """Our cost."""
    price: Cash | None = None
    """Our price."""
    margin: Percent | None = None
    """Gross margin."""
    lead: MemberRef | None = None
    """Who of our people leads."""
    partner_lead: Text | None = None
    """Who leads for the partner."""
    presenter: MemberRef | None = None
    """Who presents."""
    answers_by: list[MemberRef] = []
    """Who answers questions."""
    due: Day | None = None
    """Last day to hand in."""
    rank: Count | None = None
    """Our rank among the bidders."""
    result: Literal["won", "lost", "cancelled"] | None = None
    """How it ended."""
    summary: Text | None = None
    """Summary report."""


class Contract(Entry):
    """The signed contract."""

    number: Text | None = None
    """Contract number."""
    signed: Day | None = None
    """When it was signed."""
    amount: Cash | None = None
    """Contract value."""


class Payment(Entry):
    """One payment of the contract."""

    due: Day | None = None
    """When it is due."""
    amount: Cash | None = None
    """How much is due."""
    received: Cash | None = None
    """How much came."""
    received_on: Day | None = None
    """When."""


class Change(Entry):
    """A change of the order."""

    date: Day | None = None
    """When."""
    change: Text
    """What changes."""
    amount: Cash | None = None
    """By how much the price changes."""


class Delivery(Entry):
    """Delivery and acceptance."""

    manager: MemberRef | None = None
    """Project manager."""
    handover: Day | None = None
    """When sales handed over."""
    plan: Text | None = None
    """Delivery plan."""
    risks: list[Text] = []
    """Known risks."""
    changes: list[Change] = []
    """Changes of the order."""
    accepted: Day | None = None
    """When the customer accepted."""


class ExecutiveContact(Entry):
    """One contact of the executive contact plan."""

    contact: ContactRef | None = None
    """Whom of theirs."""
    member: MemberRef | None = None
    """Who of our executives."""
    purpose: Text | None = None
    """What for."""
    due: Day | None = None
    """By when."""
    done: Day | None = None
    """When it took place."""


class Closing(Entry):
    """The end of the project."""

    date: Day | None = None
    """When it was closed."""
    summary: Text | None = None
    """What was reached."""
    lessons: list[Text] = []
    """What we learned."""


class StageReport(Entry):
    """A look back at a stage."""

    date: Day | None = None
    """When."""
    stage: StageRef | None = None
    """Which stage."""
    summary: Text | None = None
    """What happened."""
    lessons: Text | None = None
    """What we learned."""


class Opportunity(Record):
    """One deal, from lead to payment."""

    name: Text
    """Name of the project."""
    owner: MemberRef | None = None
    """The salesperson in charge; defaults to the account's."""
    process: ProcessRef | None = None
    """Sales process, where it differs from the account's or workspace's."""
    stage: StageRef
    """Code of the present stage of the process."""
    amount: Cash | None = None
    """Expected order value."""
    close_date: Day | None = None
    """Expected signature."""
    probability: Percent | None = None
    """The owner's own estimate; kamctl never changes it."""
    forecast: Forecast | None = None
    """The owner's commitment."""
    importance: ImportanceRef | None = None
    """A level of importance of the method."""
    source: Literal["principal", "dealer"] | None = None
    """Who found the deal."""
    products: list[Text] = []
    """Products wanted."""
    tender_date: Day | None = None
    """Day of the tender."""
    purchase_date: Day | None = None
    """Expected purchase."""
    created: Day | None = None
    """When the deal was first heard of."""
    vertical: Text | None = None
    """Industry; defaults to the account's."""
    region: Region | None = None
    """Province and city; default to the account's."""
    dealer: Text | None = None
    """The dealer; defaults to the account's."""
    stage_history: list[StageEvent] = []
    """When the deal came to each stage; the last entry is the present stage."""
    lost: Loss | None = None
    """How it was lost."""
    needs: Text | None = None
    """The customer's needs or problem."""
    compelling_event: CompellingEvent | None = None
    """Why the customer must act, and by when."""
    unique_business_value: UniqueBusinessValue | None = None
    """The result that only we can bring."""
    decision_criteria: list[DecisionCriterion] = []
    """What the customer decides by, in rank order."""
    decision_milestones: list[Milestone] = []
    """Steps of the customer's own decision."""
    assessments: list[Assessment] = []
    """Marks by date."""
    buying_team: dict[ContactRef, BuyingRole] = {}
    """The people of this deal, by their contact."""
    competitors: dict[Slug, Competitor] = {}
    """Rivals in this deal, by the key that marks use."""
    goals: Goals | None = None
    """What we want with this deal."""
    strategy: OurStrategy | None = None
    """How we mean to win."""
    strengths: list[Text] = []
    """Where we are strong."""
    weaknesses: list[Text] = []
    """Where we are weak."""
    actions: list[Action] = []
    """The action plan."""
    gate_evidence: dict[GateRef, GateEvidence] = {}
    """Evidence for criteria of the process that no field can show."""
    initiation: Initiation | None = None
    """The project initiation report."""
    executive_contacts: list[ExecutiveContact] = []
    """The executive contact plan."""
    bid: Bid | None = None
    """The bid, or the decision not to bid."""
    contract: Contract | None = None
    """The signed contract."""
    payments: list[Payment] = []
    """Payments of the contract."""
    delivery: Delivery | None = None
    """Delivery and acceptance."""
    stage_reports: list[StageReport] = []
    """Looks back at stages."""
    closing: Closing | None = None
    """The end of the project."""

    def stage_since(self) -> Date | None:
        """Return the day the deal came to its present stage; when it was created if nothing else is known."""
        return self.stage_history[-1].date if self.stage_history else self.created
