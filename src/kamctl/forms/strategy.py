"""The view of how we mean to win: key issues of the customer's decision, rivals, goals and strategy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kamctl.forms.naming import Naming, iso
from kamctl.forms.scoresheet import DuelView, PartyView, ScoreView
from kamctl.labels import pick
from kamctl.schema.method.scorecard import Scorecard
from kamctl.schema.opportunity import (
    CompellingEvent,
    Competitor,
    Goals,
    Opportunity,
    OurStrategy,
    UniqueBusinessValue,
)


@dataclass(frozen=True)
class EventView:
    """Why the customer must act, by when, what happens if they do not, and what they gain if they do."""

    event: str
    deadline: str
    if_not: str
    payback: str


@dataclass(frozen=True)
class WorthView:
    """The result that only we can bring, how it is measured, and who confirmed it when."""

    result: str
    measure: str
    confirmed_by: str
    confirmed_on: str


@dataclass(frozen=True)
class DecisionView:
    """What the customer decides by: its rank from 1, whether it is written down (a label), and who holds it."""

    rank: str
    criterion: str
    kind: str
    held_by: str


@dataclass(frozen=True)
class MilestoneView:
    """A step of the customer's decision; `done` is a label, empty when nobody has said."""

    date: str
    event: str
    done: str


@dataclass(frozen=True)
class IssuesView:
    """The key issues of a deal."""

    event: EventView
    value: WorthView
    criteria: Sequence[DecisionView]
    milestones: Sequence[MilestoneView]


@dataclass(frozen=True)
class RivalView:
    """One column of the competitive analysis: we ourselves first, then a rival each.

    `overall` and `known` come from the scorecard. `duel` is how we stand against a rival; None for ourselves and for
    rivals who have no marks.
    """

    name: str
    ours: bool
    products: Sequence[str]
    amount: str
    close_date: str
    strategy: str
    strategy_notes: str
    allies: Sequence[str]
    strengths: Sequence[str]
    weaknesses: Sequence[str]
    overall: str
    known: str
    duel: DuelView | None


@dataclass(frozen=True)
class StrategyView:
    """What we want and how we mean to get it; `formal` is the label of a strategy of the scorecard."""

    fundamental: str
    long_term: str
    formal: str
    formal_advice: str
    formal_notes: str
    political: str


def issues_view(record: Opportunity, naming: Naming) -> IssuesView:
    """Return the key issues of a deal."""
    event = record.compelling_event or CompellingEvent()
    value = record.unique_business_value or UniqueBusinessValue()
    comma = naming.label("form-comma")
    return IssuesView(
        event=EventView(event.event or "", iso(event.deadline), event.if_not or "", event.payback or ""),
        value=WorthView(
            value.result or "", value.measure or "", naming.contact(value.confirmed_by), iso(value.confirmed_on)
        ),
        criteria=[
            DecisionView(
                str(rank),
                row.criterion,
                naming.label(f"form-kind-{row.kind}") if row.kind else "",
                comma.join(naming.contacts(row.held_by)),
            )
            for rank, row in enumerate(record.decision_criteria, 1)
        ],
        milestones=[
            MilestoneView(iso(row.date), row.event, naming.flag("done", row.done)) for row in record.decision_milestones
        ],
    )


def rivals_view(record: Opportunity, score: ScoreView, scorecard: Scorecard, naming: Naming) -> list[RivalView]:
    """Return the columns of the competitive analysis, ourselves first."""
    facing = {duel.id: duel for duel in score.duels}
    us, *others = score.parties
    strategy = record.strategy or OurStrategy()
    ours = RivalView(
        name=us.name,
        ours=True,
        products=record.products,
        amount=naming.money(record.amount),
        close_date=iso(record.close_date),
        strategy=naming.choice(scorecard.strategies, strategy.formal),
        strategy_notes=strategy.formal_notes or "",
        allies=[],
        strengths=record.strengths,
        weaknesses=record.weaknesses,
        overall=us.overall,
        known=us.known,
        duel=None,
    )
    return [ours, *(_rival(record.competitors[p.id], p, facing.get(p.id), scorecard, naming) for p in others)]


def _rival(
    rival: Competitor, party: PartyView, duel: DuelView | None, scorecard: Scorecard, naming: Naming
) -> RivalView:
    return RivalView(
        name=rival.name,
        ours=False,
        products=rival.products,
        amount=naming.money(rival.amount),
        close_date=iso(rival.close_date),
        strategy=naming.choice(scorecard.strategies, rival.strategy),
        strategy_notes=rival.strategy_notes or "",
        allies=naming.contacts(rival.allies),
        strengths=rival.strengths,
        weaknesses=rival.weaknesses,
        overall=party.overall,
        known=party.known,
        duel=duel,
    )


def strategy_view(record: Opportunity, scorecard: Scorecard, naming: Naming) -> StrategyView:
    """Return our goals and strategy."""
    goals, strategy = record.goals or Goals(), record.strategy or OurStrategy()
    chosen = next((row for row in scorecard.strategies if row.id == strategy.formal), None)
    return StrategyView(
        fundamental=goals.fundamental or "",
        long_term=goals.long_term or "",
        formal=naming.choice(scorecard.strategies, strategy.formal),
        formal_advice=pick(chosen.advice, naming.lang) if chosen else "",
        formal_notes=strategy.formal_notes or "",
        political=strategy.political or "",
    )
