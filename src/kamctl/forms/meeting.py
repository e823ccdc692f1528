"""The view of a review: a section for each item of its agenda, in the order and by the names of the method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from kamctl.forms import review_activity as activity
from kamctl.forms import review_figures as figures
from kamctl.forms.gathered import Gathered
from kamctl.forms.review_section import Content
from kamctl.labels import pick


@dataclass(frozen=True)
class ReviewSection:
    """One item of the agenda: its id and title in the method, and what there is to tell; None leaves room to write."""

    id: str
    title: str
    content: Content | None


@dataclass(frozen=True)
class ReviewView:
    """A review of a period: when, of whom, as of which day, and its agenda.

    `start` and `end` are the days looked back on, `until` the last of them that is known, `ahead_start` and `ahead_end`
    those looked ahead to. `rhythm`, `duration` and `attended_by` are the method's words.
    """

    id: str
    title: str
    workspace: str
    of: str
    start: date
    end: date
    until: date
    ahead_start: date
    ahead_end: date
    as_of: date
    currency: str
    rhythm: str
    duration: str
    attended_by: str
    sections: tuple[ReviewSection, ...] = field(default=())


SECTIONS: dict[str, Callable[[Gathered], Content]] = {
    "results": figures.results,
    "visited": activity.visited,
    "objectives": activity.objectives,
    "commitments": activity.commitments,
    "moved": activity.moved,
    "waterfall": figures.waterfall,
    "attention": activity.attention,
    "marks": activity.marks,
    "calls_ahead": activity.calls_ahead,
    "joint_visits": activity.joint_visits,
    "resources": activity.resources,
    "funnel": figures.funnel,
    "diagnosis": figures.diagnosis,
    "forecast": figures.forecast,
    "key_accounts": figures.key_accounts,
}
"""What is told to each item of an agenda; an item of a workspace's own reviews without one is room to write."""


def review_view(gathered: Gathered) -> ReviewView:
    """Return the view of a review."""
    review, span, lang = gathered.review, gathered.span, gathered.lang
    sections = []
    for item in review.agenda:
        build = SECTIONS.get(item.id)
        content = build(gathered) if build is not None else None
        sections.append(ReviewSection(item.id, pick(item.label, lang), content))
    return ReviewView(
        id=review.id,
        title=pick(review.label, lang),
        workspace=gathered.workspace,
        of=gathered.of,
        start=span.past.start,
        end=span.past.end,
        until=span.until,
        ahead_start=span.ahead.start,
        ahead_end=span.ahead.end,
        as_of=span.as_of,
        currency=gathered.currency,
        rhythm=pick(review.rhythm, lang),
        duration=pick(review.duration, lang),
        attended_by=pick(review.attended_by, lang),
        sections=tuple(sections),
    )
