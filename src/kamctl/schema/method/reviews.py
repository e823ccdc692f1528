"""The reviews: meetings, diagnosing questions with their limits, the tests of a week, the terms of metrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from kamctl.schema.method import Choice, Label, Part

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
