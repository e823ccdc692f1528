"""The view of a review: a plan, its score over time, what changed, and the agenda of a meeting that tests it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kamctl.facts import Facts
from kamctl.forms.account_plan import AccountPlan, account_plan
from kamctl.forms.opportunity import TABLES, OpportunityView, opportunity_view
from kamctl.forms.review_changes import Change, changed_since
from kamctl.labels import pick, text
from kamctl.layout import account_of
from kamctl.rows.deals import OpportunityRow
from kamctl.schema.method.plan_test import AgendaStep, PlanTest
from kamctl.schema.method.scorecard import Scorecard
from kamctl.scoring.questions import NextQuestion, next_questions
from kamctl.scoring.relationship import status
from kamctl.scoring.scorecard import US, Score, score
from kamctl.scoring.strategy import duels

if TYPE_CHECKING:
    from kamctl.workspace import Workspace

ROOM = 5
"""How many lines for decisions are left free."""


@dataclass(frozen=True)
class ScorePoint:
    """The score on a day of assessment: who assessed, our overall from -100 to +100, how much is known, verdicts."""

    date: str
    by: str
    overall: str
    known: str
    verdicts: Sequence[str]


@dataclass(frozen=True)
class AgendaView:
    """One step of the meeting: when it starts, counted in minutes from the beginning, and what is asked."""

    start: int
    minutes: int
    label: str
    lead: str
    about: str
    questions: Sequence[str]
    more: int


@dataclass(frozen=True)
class ReviewHead:
    """What a review is compared with, and how long its meeting takes.

    `since` is the state that is compared with, empty without a history; `note` says why there is none.
    """

    as_of: str
    since: str
    note: str
    minutes: int


@dataclass(frozen=True)
class DealReview:
    """The review of a deal: its plan, the score on each day of assessment, what changed, questions and the agenda.

    `asks` are the questions of the score, `verdicts` of a point come in their order. `command` records a decision.
    """

    head: ReviewHead
    deal: OpportunityView
    asks: Sequence[str]
    points: Sequence[ScorePoint]
    changes: Sequence[str]
    agenda: Sequence[AgendaView]
    room: int
    command: str


@dataclass(frozen=True)
class DealStand:
    """How an open deal of an account stands: the score now and on the day that is compared with, and its verdicts."""

    id: str
    name: str
    stage: str
    before: str
    overall: str
    known: str
    verdicts: str


@dataclass(frozen=True)
class AccountReview:
    """The review of an account: its plan, how its open deals stand, what changed, and the agenda."""

    head: ReviewHead
    plan: AccountPlan
    stands: Sequence[DealStand]
    changes: Sequence[str]
    agenda: Sequence[AgendaView]
    room: int


def deal_review(workspace: Workspace, deal_id: str, lang: str, as_of: date, since: str = "") -> DealReview:
    """Return the review of a deal. Raises KamctlError as `opportunity_view` does, and for a broken method.

    It is compared with the state that `since` asks for, a revision or a day; else with that of the last review.
    """
    changed = changed_since(workspace, account_of(deal_id), deal_id, since, lang, as_of)
    view = opportunity_view(workspace, deal_id, lang, as_of)
    judged = _judged(workspace, account_of(deal_id), as_of)
    stand = judged.stand(deal_id)
    method = workspace.methods.plan_test
    assessors = {point.date: point.by for point in view.score.dates}
    return DealReview(
        head=_head(as_of, changed, method),
        deal=view,
        asks=[pick(one.question.label, lang) for one in stand.score.questions],
        points=[_point(one, assessors.get(day.isoformat(), ""), lang) for day, one in judged.over_time(deal_id)],
        changes=changed.lines,
        agenda=list(agenda(method, _drawn([stand], changed, view, judged, lang), lang)),
        room=ROOM,
        command=f"kamctl review opportunity {deal_id} --accept 'WHO: WHAT @DATE'",
    )


def account_review(workspace: Workspace, account: str, lang: str, as_of: date, since: str = "") -> AccountReview:
    """Return the review of an account. Raises KamctlError as `account_plan` does, and for a broken method.

    It is compared with the state that `since` asks for, a revision or a day; else with that of the last review.
    """
    changed = changed_since(workspace, account, "", since, lang, as_of)
    plan = account_plan(workspace, account, lang, as_of)
    judged = _judged(workspace, account, as_of)
    method = workspace.methods.plan_test
    open_deals = [deal for deal in plan.deals if deal.outcome == "open"]
    stands = [judged.stand(deal.id) for deal in open_deals]
    lines = [
        _stand(deal.id, deal.name, deal.stage, stand.score, judged.on(deal.id, changed.day), lang)
        for deal, stand in zip(open_deals, stands, strict=True)
    ]
    drawn = _drawn(stands, changed, None, judged, lang)
    return AccountReview(
        _head(as_of, changed, method), plan, lines, changed.lines, list(agenda(method, drawn, lang)), ROOM
    )


def _head(as_of: date, changed: Change, method: PlanTest) -> ReviewHead:
    return ReviewHead(as_of.isoformat(), changed.since, changed.note, sum(step.minutes for step in method.agenda))


def agenda(method: PlanTest, drawn: Mapping[str, Sequence[str]], lang: str) -> Iterator[AgendaView]:
    """Yield the steps of a meeting, with the questions that are drawn for each."""
    start = 0
    for step in method.agenda:
        found = drawn.get(step.draws, ())
        yield _step(step, start, found[: method.questions], len(found[method.questions :]), lang)
        start += step.minutes


def _step(step: AgendaStep, start: int, found: Sequence[str], more: int, lang: str) -> AgendaView:
    questions = [*(pick(question, lang) for question in step.ask), *found]
    label, lead, about = (pick(part, lang) for part in (step.label, step.lead, step.about))
    return AgendaView(start, step.minutes, label, lead, about, questions, more)


# --- how deals stand


@dataclass(frozen=True)
class Stand:
    """One deal with its score and its questions."""

    deal: OpportunityRow
    score: Score
    questions: Sequence[NextQuestion]


class _Judged:
    """Scores the deals of one account, as of the day and as of earlier ones."""

    def __init__(self, workspace: Workspace, facts: Facts, as_of: date) -> None:
        self.workspace = workspace
        self.facts = facts
        self.as_of = as_of

    def deal(self, deal_id: str) -> OpportunityRow:
        """Return the row of a deal."""
        return next(row for row in self.facts.opportunities if row.id == deal_id)

    def scorecard(self, deal: OpportunityRow) -> Scorecard:
        """Return the scorecard of a deal."""
        methods, settings = self.workspace.methods, self.workspace.settings
        return methods.scorecard(methods.process(deal.process or settings.process).scorecard or settings.scorecard)

    def stand(self, deal_id: str) -> Stand:
        """Return how a deal stands, with what to ask."""
        deal, result = self.deal(deal_id), self.score(deal_id, self.as_of)
        team = [row for row in self.facts.buying_roles if row.opportunity == deal_id]
        coverage = [choice.id for choice in self.workspace.methods.relationship.coverage]
        return Stand(deal, result, next_questions(result, team, coverage))

    def score(self, deal_id: str, day: date) -> Score:
        """Return the score of a deal by the marks that were given up to a day."""
        deal = self.deal(deal_id)
        marks = [row for row in self.facts.marks if row.opportunity == deal_id]
        rivals = [row.id for row in self.facts.competitors if row.opportunity == deal_id]
        return score(self.scorecard(deal), marks, rivals, day, self.workspace.settings.fresh_for)

    def on(self, deal_id: str, day: date | None) -> Score | None:
        """Return the score on an earlier day; None without one."""
        return self.score(deal_id, day) if day is not None else None

    def over_time(self, deal_id: str) -> list[tuple[date, Score]]:
        """Return the score on each day of assessment, oldest first."""
        return [(day, self.score(deal_id, day)) for day in self.score(deal_id, self.as_of).dates]

    def people(self, deal_id: str, lang: str) -> Iterator[str]:
        """Yield whom of the buying team nobody covers, and who opposes us."""
        methods = self.workspace.methods.relationship
        uncovered = ("", methods.coverage[0].id)
        opposing = {level.id: level for level in methods.opposition}
        for row in self.facts.buying_roles:
            if row.opportunity != deal_id:
                continue
            name = self.facts.person_name(row.person)
            level = status(row, methods, self.as_of).level
            if level.id in opposing:
                yield text("review-opposes", lang, person=name, level=pick(level.label, lang))
            elif row.coverage in uncovered:
                yield text("review-uncovered", lang, person=name)


def _judged(workspace: Workspace, account: str, as_of: date) -> _Judged:
    return _Judged(workspace, workspace.load(TABLES, account=account).facts, as_of)


def _point(result: Score, by: str, lang: str) -> ScorePoint:
    verdicts = [text(f"verdict-{one.verdict}", lang) for one in result.questions]
    return ScorePoint(result.as_of.isoformat(), by, _overall(result), _known(result, lang), verdicts)


def _stand(deal: str, name: str, stage: str, now: Score, then: Score | None, lang: str) -> DealStand:
    verdicts = [f"{pick(one.question.label, lang)} {text(f'verdict-{one.verdict}', lang)}" for one in now.questions]
    before = _overall(then) if then is not None else ""
    return DealStand(
        deal, name, stage, before, _overall(now), _known(now, lang), text("form-comma", lang).join(verdicts)
    )


def _overall(result: Score) -> str:
    overall = result.totals[US].overall
    return f"{overall:+d}" if overall is not None else "–"


def _known(result: Score, lang: str) -> str:
    ours = result.totals[US]
    return text("score-known", lang, known=ours.rated, applicable=ours.applicable)


# --- what is asked


def _drawn(
    stands: Sequence[Stand], changed: Change, view: OpportunityView | None, judged: _Judged, lang: str
) -> dict[str, list[str]]:
    """Return the questions that come from the files, by what a step draws; of several deals each names its own."""
    draw: dict[str, Callable[[Stand], Iterator[str]]] = {
        "people": lambda stand: judged.people(stand.deal.id, lang),
        "gaps": lambda stand: _gaps(stand, judged, lang),
        "unknown": lambda stand: _unknown(stand, judged, lang),
    }
    found = {name: list(_named(stands, one, lang)) for name, one in draw.items()}
    found["changes"] = list(changed.lines)
    found["gate"] = [check.label for check in view.gate.missing] if view is not None and view.gate is not None else []
    return found


def _named(stands: Sequence[Stand], draw: Callable[[Stand], Iterator[str]], lang: str) -> Iterator[str]:
    """Yield what is drawn for some deals in turn, the first of each before the second of any."""
    several = len(stands) > 1
    drawn = [[(stand.deal.name, words) for words in draw(stand)] for stand in stands]
    for position in range(max(map(len, drawn), default=0)):
        for some in drawn:
            for name, words in some[position : position + 1]:
                yield text("change-about", lang, about=name, words=words) if several else words


def _gaps(stand: Stand, judged: _Judged, lang: str) -> Iterator[str]:
    names = {row.id: row.name for row in judged.facts.competitors if row.opportunity == stand.deal.id}
    for duel in duels(stand.score):
        for criterion in duel.gaps:
            row = stand.score.scorecard.criterion(criterion)
            label = pick(row.label, lang) if row is not None else criterion
            yield text("review-gap", lang, rival=names.get(duel.rival, duel.rival), criterion=label)


def _unknown(stand: Stand, judged: _Judged, lang: str) -> Iterator[str]:
    for question in stand.questions:
        key = "review-stale" if question.stale else "review-unknown"
        ask = next((pick(one, lang) for one in question.criterion.probe.ask), "")
        words = text(key, lang, criterion=pick(question.criterion.label, lang), ask=ask)
        person = judged.facts.person_name(question.person) if question.person else ""
        yield text("review-whom", lang, words=words, person=person) if person else words
