"""The shape of the method files: processes, scorecards, relationship, importance, reasons, grades and what follows.

These are plain frozen dataclasses, so that the scoring code can use a method that comes from a cache without
importing pydantic; `schema.reading` validates method files against them with the same strictness as users'
files. Labels are mappings with the three languages of kamctl.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Label = dict[str, str]
"""One text in the languages `en`, `zh-Hans` and `zh-Hant`; the reader insists on all three."""

Outcome = Literal["open", "won", "lost"]

DEFAULT_PROCESS = "losqaop"
DEFAULT_SCORECARD = "tas20"
"""What a workspace works by when `kamctl.yaml` names no other; nothing else in the program depends on a name."""


class Part:
    """Every part of a method file refuses unknown keys."""

    __pydantic_config__ = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GateCriterion(Part):
    """One entry or exit criterion of a stage.

    With `field` it is met when that field of the opportunity is filled (`account.` before the name means the
    account's field); without, it is a statement that needs an entry of the same id under `gate_evidence`.
    """

    id: str
    label: Label
    field: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Stage(Part):
    """One stage of a process, in the order in which it stands in the file.

    `requires` are fields that a deal must have from this stage on. `min_probability` is what the owner's own estimate
    must be at least, in percent. `maps_to` names for other processes the stage that this one compares to.
    """

    code: str
    label: Label
    phase: str
    outcome: Outcome = "open"
    ended: bool = False
    figure: int | None = None
    probability: Decimal | None = None
    min_probability: Decimal | None = None
    owner_role: Label | None = None
    goal: Label | None = None
    entry: tuple[GateCriterion, ...] = ()
    exit: tuple[GateCriterion, ...] = ()
    activities: tuple[Label, ...] = ()
    documents: tuple[str, ...] = ()
    maps_to: dict[str, str] = field(default_factory=dict)
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Phase(Part):
    """A group of stages."""

    id: str
    label: Label


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Process(Part):
    """A sales process.

    `orders` is the number of orders that the stages' funnel figures stand for: a stage's default win
    probability is `orders / figure`, in percent, where the stage names none itself. `tolerance` is by how many points
    an owner's estimate may differ from the stage's probability before it is pointed out. `scorecard` is the sheet for
    deals in this process where it is not the workspace's.
    """

    name: Label
    version: int
    about: Label
    phases: tuple[Phase, ...]
    stages: tuple[Stage, ...]
    orders: int | None = None
    tolerance: Decimal = Decimal(30)
    scorecard: str | None = None

    def stage(self, code: str) -> Stage | None:
        """Return the stage with this code, or None."""
        return next((stage for stage in self.stages if stage.code == code), None)

    def position(self, code: str) -> int:
        """Return the place of a stage in the process, from 0; unknown codes come last."""
        return next((i for i, stage in enumerate(self.stages) if stage.code == code), len(self.stages))

    def probability(self, code: str) -> Decimal | None:
        """Return the win probability of a stage in percent, 0 to 100: its own, else `orders / figure`."""
        stage = self.stage(code)
        if stage is None or (stage.probability is None and not (stage.figure and self.orders)):
            return None
        if stage.probability is not None:
            return stage.probability
        return min(Decimal(100), Decimal(100) * self.orders / stage.figure)  # type: ignore[operator]

    def following(self, code: str) -> Stage | None:
        """Return the next stage on the way to an order; None at the end of the way."""
        after = self.stages[self.position(code) + 1 :]
        return next((stage for stage in after if stage.outcome != "lost"), None)

    def preceding(self, code: str) -> Stage | None:
        """Return the stage before on the way to an order; None at the start of the way."""
        before = self.stages[: self.position(code)]
        return next((stage for stage in reversed(before) if stage.outcome != "lost"), None)

    def lost_stages(self) -> list[Stage]:
        """Return the ways out by which a deal is lost."""
        return [stage for stage in self.stages if stage.outcome == "lost"]

    def gate_ids(self) -> list[str]:
        """Return the ids of all entry and exit criteria."""
        return [item.id for stage in self.stages for item in (*stage.entry, *stage.exit)]

    def reached(self, code: str) -> list[Stage]:
        """Return the stages up to and including a stage, without the ended side exits before it."""
        return [stage for stage in self.stages[: self.position(code) + 1] if stage.outcome != "lost"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AskWhom(Part):
    """Who on a buying team can answer: people with one of the roles first, then one of the orientations."""

    roles: tuple[str, ...] = ()
    orientations: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Probe(Part):
    """What to find out about a criterion: the need to know, why it matters, and questions to ask."""

    need: Label
    why: Label
    ask: tuple[Label, ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Criterion(Part):
    """One row of a scorecard.

    `plus` and `minus` name the two ends in a word or two, `means_plus` and `means_minus` say what they mean.
    `inverted` marks rows in which the low end is the plus. `evidence` lists fields that show a plus: it holds
    when one of them is filled, and `text` stands for an evidence note on the mark itself.
    """

    id: str
    label: Label
    plus: Label
    minus: Label
    means_plus: Label
    means_minus: Label
    probe: Probe
    whom: AskWhom
    inverted: bool = False
    weight: Decimal = Decimal(1)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Question(Part):
    """One of the questions that group the criteria, in the order in which they are asked."""

    id: str
    label: Label
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Verdicts(Part):
    """Limits of the verdict of a question.

    `open`: at most `open_minus` minuses and `open_unknown` unknowns. `blocked`: at least `blocked_minus`
    minuses, or more minuses than pluses. Else at risk.
    """

    open_minus: int
    open_unknown: int
    blocked_minus: int


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Strategy(Part):
    """One competitive strategy and when it follows; the first that fits is taken.

    A lead is a row where we hold a plus and the competitor a minus, a gap the reverse. It fits when leads are at
    least `min_leads`, at least `leads_per_gap` times the gaps, gaps at least `min_gaps`, and we hold a plus
    on every row of `we_hold`.
    """

    id: str
    label: Label
    rule: Label
    advice: Label
    min_leads: int = 0
    leads_per_gap: Decimal = Decimal(0)
    min_gaps: int = 0
    we_hold: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Scorecard(Part):
    """A sheet of criteria, how it is read, and what follows from it.

    `min_compared` is how many rows must be rated for both before a strategy against a competitor is named.
    """

    name: Label
    version: int
    about: Label
    questions: tuple[Question, ...]
    verdicts: Verdicts
    strategies: tuple[Strategy, ...] = ()
    min_compared: int = 5

    def criteria(self) -> list[Criterion]:
        """Return all criteria in order."""
        return [criterion for question in self.questions for criterion in question.criteria]

    def criterion(self, criterion_id: str) -> Criterion | None:
        """Return one criterion, or None."""
        return next((row for row in self.criteria() if row.id == criterion_id), None)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Choice(Part):
    """One value of a list, with its label, its sign on a map where it has one, and what it means."""

    id: str
    label: Label
    sign: str = ""
    about: Label | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BuyingRoleChoice(Choice):
    """One buying role. `required`: every deal needs somebody in it; `key`: who holds it is a key player."""

    required: bool = False
    key: bool = False


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Level(Part):
    """One relationship status and the behaviours that earn it."""

    id: str
    label: Label
    sign: str
    behaviours: tuple[Choice, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Relationship(Part):
    """Roles, orientation, coverage, influence, adaptability, and the behaviours by which a status is earned.

    `levels` are earned in order: `needed` of a level's behaviours have been seen and every level below is
    earned; from the second level on a person supports us. `opposition` are the statuses that only an explicit entry
    gives; `unknown` is the status of people of whom neither is known. `coverage` runs from none to the best,
    `influence` from the innermost circle outward. From `ask_opposition_from` people on, a buying team in which nobody
    opposes us is pointed out.
    """

    version: int
    roles: tuple[BuyingRoleChoice, ...]
    orientations: tuple[Choice, ...]
    coverage: tuple[Choice, ...]
    influence: tuple[Choice, ...]
    adaptability: tuple[Choice, ...]
    needed: int
    levels: tuple[Level, ...]
    opposition: tuple[Level, ...]
    unknown: Level
    ask_opposition_from: int = 3


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ImportanceLevel(Part):
    """One level of importance, who watches it, how many open deals a person may hold at it, and the duty."""

    id: str
    label: Label
    watched_by: Label
    duty: Label
    cap: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Importance(Part):
    """The levels of importance, highest first."""

    version: int
    levels: tuple[ImportanceLevel, ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reasons(Part):
    """Why deals are lost."""

    version: int
    lost: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GradePoint(Part):
    """One reason for a better grade: `points` when a figure of the account is at least `at_least`.

    `figure` is `revenue` or `employees` of the customer, `past_revenue` with us, `open_amount` of our deals, or
    `solution_fit`, the share of the account's deals in percent that hold a plus on `criterion`. Money is in the
    workspace's currency.
    """

    figure: Literal["revenue", "employees", "past_revenue", "open_amount", "solution_fit"]
    at_least: Decimal
    points: int
    criterion: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Grade(Choice):
    """One grade of an account, suggested from `min_points` points on."""

    min_points: int = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Grades(Part):
    """What the grades of an account mean, best first, and how one is suggested: by the best point of each figure."""

    version: int
    grades: tuple[Grade, ...]
    points: tuple[GradePoint, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StoryStep(Part):
    """One step of the story of a presentation: the key below `story` of its file, and what belongs there."""

    field: str
    label: Label
    about: Label


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TacticalStep(Part):
    """One step of preparing a presentation, giving it, and looking back.

    `days` are working days from the day of the presentation, negative before it. `who` takes it: the leader, or the
    account's support where it names one. With `with_supporter` it is taken together with somebody who supports us.
    """

    id: str
    label: Label
    days: int
    who: Literal["leader", "support"] = "leader"
    with_supporter: bool = False


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Presenting(Part):
    """How a presentation is prepared: the steps of its story, a first agenda, and the tactical steps in order."""

    version: int
    story: tuple[StoryStep, ...]
    agenda: tuple[Label, ...]
    steps: tuple[TacticalStep, ...]

    def step(self, step_id: str) -> TacticalStep | None:
        """Return one tactical step, or None."""
        return next((step for step in self.steps if step.id == step_id), None)


QuestionId = Literal[
    "stages", "strength", "conversion", "reserve", "losses", "concentration", "large", "market", "stale", "pushed"
]
"""The diagnosing questions that kamctl can answer."""

JudgedFigure = Literal[
    "coverage",
    "weighted_coverage",
    "conversion_gap",
    "reserve",
    "loss_rate",
    "largest_share",
    "top_share",
    "effective_deals",
    "large_deals",
    "accounts",
    "entered_share",
    "stale_share",
    "pushed_share",
    "overdue_share",
]
"""The figures that a limit may judge. Shares, rates and coverage are percents."""

Judgement = Literal["fine", "watch", "alarm"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Limit(Part):
    """From where on a figure is watched, and from where on it is a problem; `worse` says in which direction."""

    figure: JudgedFigure
    worse: Literal["low", "high"]
    watch: Decimal
    alarm: Decimal

    def judge(self, value: Decimal | int) -> Judgement:
        """Return what the limit says of a figure; one that is just at a low limit is fine, at a high one it is not."""
        if self.worse == "high":
            return "alarm" if value >= self.alarm else "watch" if value >= self.watch else "fine"
        return "alarm" if value < self.alarm else "watch" if value < self.watch else "fine"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DiagnosingQuestion(Part):
    """A question asked of a funnel in a review, what to do when the answer is bad, and the limits of the answer."""

    id: QuestionId
    label: Label
    advice: Label | None = None
    limits: tuple[Limit, ...] = ()

    def limit(self, figure: str) -> Limit | None:
        """Return the limit of a figure, or None."""
        return next((limit for limit in self.limits if limit.figure == figure), None)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Review(Part):
    """A meeting: when, how long, who attends, and its agenda."""

    id: str
    label: Label
    rhythm: Label
    duration: Label
    attended_by: Label
    agenda: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WeekLimits(Part):
    """What a week of calls is tested by.

    At least `watched_share` percent of the calls are on deals of an importance that is watched (its level has a cap);
    at least `objectives_met` percent of the objectives judged are met; at most `overdue` commitments are overdue; at
    least `people` have been met at every account within `people_months`.
    """

    watched_share: Decimal = Decimal(50)
    objectives_met: Decimal = Decimal(60)
    overdue: int = 0
    people: int = 2
    people_months: int = 3


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MetricTerms(Part):
    """What some metrics are computed by.

    A lead is converted when it came to `lead_stage` of `lead_process`, through `maps_to` where it is in another one. A
    call is recorded in time within `recorded_within` hours of it.
    """

    lead_process: str
    lead_stage: str
    recorded_within: int = 24


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reviews(Part):
    """The reviews, the diagnosing questions, and what counts as enough history, large, and recent.

    Fewer than `floor` cases give no rate. A deal is large from `large_amount` on, in the workspace's currency. The
    `top` largest deals are looked at together. Losses count over `loss_months`, pushed dates over `push_months`.
    """

    version: int
    questions: tuple[DiagnosingQuestion, ...]
    reviews: tuple[Review, ...]
    floor: int = 20
    large_amount: Decimal = Decimal(3_000_000)
    top: int = 5
    loss_months: int = 12
    push_months: int = 3
    week: WeekLimits = field(default_factory=WeekLimits)
    metrics: MetricTerms | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Commitment(Part):
    """One category of the forecast and which deals stand in it; the first that fits is taken.

    It takes all deals with its `outcome`, or open deals whose field `forecast` is one of `forecast` and whose expected
    signature lies within so many fiscal quarters (0 is the present one). `counted` ones are part of what is forecast.
    The last three say what would contradict it: a later signature, a stage that wins less often, a lower own estimate.
    """

    id: str
    label: Label
    about: Label | None = None
    outcome: Literal["open", "won"] | None = None
    forecast: tuple[Literal["closed", "commit", "best_case", "pipeline", "omitted"], ...] = ()
    within_quarters: int | None = None
    counted: bool = True
    promised_quarters: int | None = None
    min_stage_probability: Decimal | None = None
    min_probability: Decimal | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Bucket(Part):
    """A stretch of time in which deals are to be signed: up to `months` from today, None for all that come later."""

    id: str
    label: Label
    holds: Literal["won", "overdue", "ahead", "undated"] = "ahead"
    months: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ForecastMethod(Part):
    """The categories of commitment and the buckets of time of a forecast, both in the order in which they are tried."""

    version: int
    commitments: tuple[Commitment, ...]
    buckets: tuple[Bucket, ...]


RampMeasure = Literal[
    "accounts_studied",
    "accounts_new",
    "deals_found",
    "deals_at",
    "deals_won",
    "pipeline",
    "sold",
    "calls",
    "customer_hours",
    "prospecting_hours",
]
"""What a standard may measure."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Standard(Part):
    """What is expected of a person: so many, or so many percent of a quota where `quota` says whose.

    `stage` in `process` is from where on deals count, through `maps_to` where they are in another process. `amount` is
    the smallest a deal may have, in `currency` (the workspace's by default). `field` of an account must be filled for
    it to count.
    """

    id: str
    label: Label
    measure: RampMeasure
    at_least: Decimal
    at_most: Decimal | None = None
    process: str | None = None
    stage: str | None = None
    quota: Literal["quarter", "year"] | None = None
    amount: Decimal | None = None
    currency: str | None = None
    field: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RampPeriod(Part):
    """The standards from the first to the last month in the job; month 1 begins with the first day, 0 is before it."""

    id: str
    label: Label
    first: int
    last: int
    weekly: tuple[Standard, ...] = ()
    by_end: tuple[Standard, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Ramp(Part):
    """What is expected of people by months in the job; the last period goes on. `roles` are those it is expected of."""

    version: int
    periods: tuple[RampPeriod, ...]
    roles: tuple[Literal["salesperson", "manager", "support", "executive", "dealer"], ...] = ("salesperson", "dealer")

    def period(self, month: int) -> RampPeriod | None:
        """Return the period that a month in the job lies in, or None."""
        if self.periods and month > self.periods[-1].last:
            return self.periods[-1]
        return next((period for period in self.periods if period.first <= month <= period.last), None)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AgendaStep(Part):
    """One step of a meeting: how long it takes, who has the word, what it is about, and what is asked.

    `draws` says which questions are added from the files: what changed, the gate, people, gaps against competitors, or
    unknown and stale marks.
    """

    id: str
    label: Label
    minutes: int
    lead: Label
    about: Label
    ask: tuple[Label, ...] = ()
    draws: Literal["", "changes", "gate", "people", "gaps", "unknown"] = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PlanTest(Part):
    """The test of a plan: its agenda in order, and how it is prepared.

    A review is compared with the last commit at least `since_days` ago. Up to `questions` are drawn for a step.
    """

    version: int
    since_days: int
    questions: int
    agenda: tuple[AgendaStep, ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Audit(Part):
    """From when on the history of the files raises a question."""

    version: int
    record_within_hours: int
    backdated_days: int
    moved_on_one_day: int
    late_plus_days: int
