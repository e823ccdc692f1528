"""The view of a review: a section for each item of its agenda, in the order and by the names of the method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from kamctl.forms import review_activity as activity
from kamctl.forms import review_figures as figures
from kamctl.forms.gathered import Gathered, Grid
from kamctl.forms.gathering import gather
from kamctl.forms.review_section import Content
from kamctl.labels import pick
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest
from kamctl.reports.meetings import SPANS, Span, between
from kamctl.reports.periods import read_days
from kamctl.schema.method.reviews import Review
from kamctl.workspace import Workspace


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


def period_view(workspace: Workspace, name: str, period: str, lang: str, as_of: date) -> ReviewView:
    """Return the view of a review of everybody's work: of a period or a day, else of the usual days.

    Raises KamctlError when that has not begun, or the method has no such review.
    """
    return meeting_view(workspace, name, _span(name, period, workspace, as_of), lang)


def meeting_view(
    workspace: Workspace, name: str, span: Span, lang: str, owners: Sequence[str] = (), units: Sequence[str] = ()
) -> ReviewView:
    """Return the view of a review of some days, narrowed to the work of some people; see `gathering.gather`.

    Raises KamctlError when the method has no such review.
    """
    return review_view(gather(workspace, _review(workspace, name), span, lang, owners, units))


def _span(name: str, period: str, workspace: Workspace, as_of: date) -> Span:
    usual = SPANS[name](as_of)
    if not period:
        return usual
    _, start, end = read_days(period, workspace.settings.fiscal_year_start)
    if start > as_of:
        raise KamctlError(
            Phrase("{name} begins on {start}: nothing of it is known on {as_of}", name=period, start=start, as_of=as_of)
        )
    return between(usual, start, end)


def _review(workspace: Workspace, name: str) -> Review:
    """Return a review of the method in force. Raises KamctlError when the workspace's own reviews lack it."""
    known = {review.id: review for review in workspace.methods.reviews.reviews}
    if name not in known:
        hint = nearest(
            name, list(known), Phrase("method/reviews.yaml has {names}", names=", ".join(known) or Phrase("none"))
        )
        raise KamctlError(Phrase('the method has no review "{name}"', name=name), hint)
    return known[name]


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


def as_data(view: ReviewView) -> dict[str, Any]:
    """Return a review as plain values: tables as lists of mappings."""
    data = {key: value for key, value in asdict(view).items() if key != "sections"}
    data["sections"] = [
        {
            "id": section.id,
            "title": section.title,
            "lines": section.content.lines if section.content is not None else None,
            "tables": [_records(one) for one in section.content.grids] if section.content is not None else None,
            "notes": section.content.notes if section.content is not None else None,
        }
        for section in view.sections
    ]
    return data


def _records(one: Grid) -> dict[str, Any]:
    keys = [heading.key for heading in one.headings]
    return {"title": one.title, "rows": [dict(zip(keys, row, strict=True)) for row in one.values]}
