"""The timeline of a deal: a row a stage with its stays, gates between them, today and the days that are planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from kamctl.forms.pictures import Milestone, Timeline, TimelineStage
from kamctl.labels import text
from kamctl.render.svg.writer import document, element, fit, measure, path, words

MARGIN, LABEL, AXIS = 28.0, 190.0, 620.0
TOP, HIGH = 112.0, 34.0
LEFT = MARGIN + LABEL
RIGHT = LEFT + AXIS
NAMES = 56.0
"""What is kept free to the right for days in a stage."""

FEW_MONTHS = 15
"""Up to so many months the axis names each; beyond, quarters."""


def draw(view: Timeline, prefix: str = "line") -> str:
    """Return the timeline as SVG."""
    span = max((view.end - view.start).days, 1)

    def at(day: date) -> float:
        return LEFT + AXIS * (day - view.start).days / span

    bottom = TOP + HIGH * len(view.stages)
    marks, depth = _milestones(view, at, bottom)
    body = [*_heading(view), *_axis(view, at, bottom), *_rows(view, at), *_gates(view, at), *_today(view, at, bottom)]
    size = (RIGHT + NAMES + MARGIN, bottom + depth + 20)
    return document(prefix, f"{view.title}: {view.subject}", _summary(view), size, (), [*body, *marks])


def _summary(view: Timeline) -> str:
    stays = (
        f"{stage.code} {stage.label} {text('picture-days', view.lang, count=stage.days)}"
        for stage in view.stages
        if stage.spans
    )
    planned = (f"{item.date.isoformat()} {item.label}" for item in view.milestones if item.kind != "gate")
    return "; ".join((*stays, *planned))


def _heading(view: Timeline) -> Iterator[str]:
    day = text("map-as-of", view.lang, date=view.as_of.isoformat())
    right = RIGHT + NAMES
    yield words(MARGIN, 34, fit(view.subject, 20, right - MARGIN - measure(day, 13) - 20), "kam-h")
    yield words(MARGIN, 56, view.title, "kam-kind")
    yield words(right, 34, day, "kam-s", "end")


def _axis(view: Timeline, at: Callable[[date], float], bottom: float) -> Iterator[str]:
    """Draw the months, or the quarters of a long way."""
    months = (view.end.year - view.start.year) * 12 + view.end.month - view.start.month
    step = 1 if months <= FEW_MONTHS else 3 if months <= 3 * FEW_MONTHS else 12
    last = LEFT - 60.0
    day = view.start.replace(day=1)
    while day <= view.end:
        if day >= view.start and (day.month - 1) % step == 0:
            x = at(day)
            yield path(((x, TOP - 8), (x, bottom)), "kam-dots")
            if x - last > 52:
                yield words(x + 3, TOP - 14, f"{day:%Y-%m}", "kam-s")
                last = x
        day = (day + timedelta(days=32)).replace(day=1)


def _rows(view: Timeline, at: Callable[[date], float]) -> Iterator[str]:
    for place, stage in enumerate(view.stages):
        y = TOP + HIGH * place
        style = {"present": "n", "past": "t"}.get(stage.state, "s")
        yield words(
            MARGIN, y + 22, fit(f"{stage.code} {stage.label}", 15 if style == "n" else 12, LABEL - 12), f"kam-{style}"
        )
        yield path(((LEFT, y + HIGH), (RIGHT, y + HIGH)), "kam-rule")
        for span in stage.spans:
            left, right = at(span.since), at(span.until)
            shown = "on" if stage.state == "present" else "tint"
            yield element("rect", x=left, y=y + 8, width=max(right - left, 3.0), height=18, rx=2, class_=f"kam-{shown}")
        yield from _stay(stage, view, y)


def _stay(stage: TimelineStage, view: Timeline, y: float) -> Iterator[str]:
    if stage.spans:
        yield words(RIGHT + NAMES, y + 22, text("picture-days", view.lang, count=stage.days), "kam-b", "end")
    elif stage.state == "skipped":
        yield words(RIGHT + NAMES, y + 22, text("picture-skipped", view.lang), "kam-s", "end")


def _gates(view: Timeline, at: Callable[[date], float]) -> Iterator[str]:
    """Draw a diamond where the deal came through a gate, on the row of the stage that it came to."""
    places = {stage.code: place for place, stage in enumerate(view.stages)}
    for item in view.milestones:
        if item.kind == "gate" and item.stage in places:
            x, y = at(item.date), TOP + HIGH * places[item.stage]
            yield element("path", d=f"M{x:.2f} {y - 7:.2f} l7 7 l-7 7 l-7 -7 Z", class_="kam-gate")


def _today(view: Timeline, at: Callable[[date], float], bottom: float) -> Iterator[str]:
    x = at(view.as_of)
    yield path(((x, TOP - 8), (x, bottom + 6)), "kam-now")
    yield words(x, bottom + 20, text("picture-today", view.lang), "kam-accent-t", "middle")


def _milestones(view: Timeline, at: Callable[[date], float], bottom: float) -> tuple[list[str], float]:
    """Draw the planned days below the rows, each on a line of its own so that labels never meet."""
    lines, depth = [], 34.0
    for item in sorted((item for item in view.milestones if item.kind != "gate"), key=lambda item: item.date):
        x, y = at(item.date), bottom + depth + 10
        lines.append(path(((x, TOP - 8), (x, y - 4)), f"kam-{_style(item, view)}"))
        label = f"{item.date.isoformat()} {item.label}"
        anchor = "end" if x + measure(label, 12) > RIGHT + NAMES else ""
        lines.append(
            words(x + (-6 if anchor else 6), y, label, "kam-bad-t" if _style(item, view) == "late" else "kam-t", anchor)
        )
        depth += 20.0
    return lines, depth


def _style(item: Milestone, view: Timeline) -> str:
    """Return how a planned day is drawn: one that has passed without its event is late."""
    return "late" if item.date < view.as_of and not view.ended else "due"
