"""Draws a deal's way through its process: a row a stage, bars in time, gates between them, today, what is planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from kamctl.forms.pictures import Span, Timeline, TimelineStage
from kamctl.labels import text
from kamctl.render.svg.frame import BODY, LEFT, framed
from kamctl.render.svg.legend import Draw, Item, legend
from kamctl.render.svg.writer import element, fit, group, measure, path, value, words

NAMES, DAYS, AXIS, TAIL = 186.0, 78.0, 500.0, 120.0
"""The columns from left to right; labels of the last days reach into the tail."""

START, END = LEFT + NAMES + DAYS, LEFT + NAMES + DAYS + AXIS + TAIL
"""Where the axis begins, and where the picture ends."""

ROW, BAR = 34.0, 16.0
MARGIN = 0.03
"""What stays free at both ends of the axis, in parts of it."""

MONTHS = (1, 2, 3, 6, 12)
"""How many months lie between two marks of the axis; the first that gives no more than MOST marks is taken."""

MOST = 9
LINE = 15.0
STYLES = {"past": "kam-tint", "present": "kam-on", "ahead": "kam-blank", "skipped": "kam-blank"}

Place = Callable[[date], float]
"""Where a day lies on the axis."""


def draw_timeline(view: Timeline, *, head: bool = True) -> str:
    """Return the timeline of a deal as SVG."""
    at = _scale(view.start, view.end)
    planned = [item for item in view.milestones if item.kind != "gate"]
    levels = _levels([(view.as_of, text("today", view.lang)), *((item.date, item.label) for item in planned)], at)
    top = BODY + 14 + LINE * (max(levels) + 1)
    bottom = top + ROW * len(view.stages)
    body = [*_axis(view, at, top, bottom)]
    for place, stage in enumerate(view.stages):
        body += _stage(stage, view, at, top + ROW * place)
    rows = {stage.code: top + ROW * place for place, stage in enumerate(view.stages)}
    for item in view.milestones:
        if item.kind == "gate" and item.stage in rows:
            body += group([_diamond(at(item.date), rows[item.stage] + ROW / 2)], f"{item.date} {item.label}")
    body += _mark(view.as_of, text("today", view.lang), "kam-now", "kam-accent-t", at, top, bottom, levels[0])
    for item, level in zip(planned, levels[1:], strict=True):
        late = item.kind == "signature" and item.date < view.as_of
        styles = ("kam-late", "kam-bad-t") if late else ("kam-due", "kam-b")
        body += _mark(item.date, item.label, *styles, at, top, bottom, level)
    subtitle = text("picture-as-of", view.lang, date=view.as_of)
    return framed(
        view.title, view.subject, subtitle, _description(view), body, (END - LEFT, bottom + 26), (),
        lambda y, width: legend(_legend(view.lang), LEFT, y, width),
        head=head,
    )  # fmt: skip


def _description(view: Timeline) -> str:
    stays = [f"{_name(s)} {text('timeline-days', view.lang, count=s.days)}" for s in view.stages if s.spans]
    planned = [f"{item.label} {item.date}" for item in view.milestones if item.kind != "gate"]
    return " · ".join([view.subject, *stays, *planned])


def _name(stage: TimelineStage) -> str:
    return f"{stage.code} {stage.label}".strip()


def _scale(start: date, end: date) -> Place:
    days = max(1, (end - start).days)
    left, wide = START + AXIS * MARGIN, AXIS * (1 - 2 * MARGIN)
    return lambda day: left + wide * (day - start).days / days


def _levels(marks: list[tuple[date, str]], at: Place) -> list[int]:
    """Return for each label on which line it stands, counted upward.

    Labels stand to the right of their day. The last day comes lowest, so that no line runs through an earlier label.
    """
    ends: list[float] = []
    levels = [0] * len(marks)
    for index in sorted(range(len(marks)), key=lambda i: (marks[i][0], i), reverse=True):
        day, label = marks[index]
        x = at(day)
        reach = x + measure(_dated(day, label), 12) + 10
        level = next((n for n, left in enumerate(ends) if reach < left), len(ends))
        ends[level:] = [x] * max(1, len(ends) - level)
        levels[index] = level
    return levels


def _dated(day: date, label: str) -> str:
    return f"{label} {day.isoformat()[5:]}"


def _axis(view: Timeline, at: Place, top: float, bottom: float) -> Iterator[str]:
    for first in _months(view.start, view.end):
        x = at(first)
        yield path([(x, top), (x, bottom)], "kam-rule")
        yield words(x, bottom + 18, first.isoformat()[:7], "kam-s", "middle")
    yield path([(START, bottom), (START + AXIS, bottom)], "kam-axis")


def _months(start: date, end: date) -> list[date]:
    """Return firsts of months between two days, evenly spaced and not too many."""
    firsts = []
    month = start.replace(day=1)
    while month <= end:
        if month >= start:
            firsts.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    step = next((step for step in MONTHS if len(firsts) / step <= MOST), max(MONTHS[-1], len(firsts) // MOST))
    return [first for first in firsts if (first.year * 12 + first.month - 1) % step == 0] or [start]


def _stage(stage: TimelineStage, view: Timeline, at: Place, y: float) -> Iterator[str]:
    yield path([(LEFT, y), (END, y)], "kam-rule")
    name = _name(stage)
    style = "kam-b" if stage.state == "present" else "kam-t" if stage.spans else "kam-s"
    yield words(LEFT, y + ROW / 2 + 4, fit(name, 12.5, NAMES - 14), style)
    for span in stage.spans:
        title = f"{name} · {span.since} – {span.until} · {text('timeline-days', view.lang, count=span.days)}"
        yield from group([_bar(span, stage, at, y)], title)
    if stage.state in ("ahead", "skipped"):
        yield path([(START + 8, y + ROW / 2), (START + AXIS - 8, y + ROW / 2)], "kam-dots")
    days = text("timeline-days", view.lang, count=stage.days) if stage.spans else ""
    if stage.state == "skipped":
        days = text("timeline-skipped", view.lang)
    yield words(
        START - 16, y + ROW / 2 + 4, fit(days, 12, DAYS - 8), "kam-b" if stage.state == "present" else "kam-s", "end"
    )


def _bar(span: Span, stage: TimelineStage, at: Place, y: float) -> str:
    x = at(span.since)
    wide = max(3.0, at(span.until) - x)
    return element("rect", x=x, y=y + (ROW - BAR) / 2, width=wide, height=BAR, rx=3, class_=STYLES[stage.state])


def _diamond(x: float, y: float) -> str:
    points = " ".join(f"{value(a)},{value(b)}" for a, b in ((x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)))
    return element("polygon", points=points, class_="kam-gate")


def _mark(
    day: date, label: str, line: str, style: str, at: Place, top: float, bottom: float, level: int
) -> Iterator[str]:
    x = at(day)
    base = top - 8 - LINE * level
    yield path([(x, base - 9), (x, bottom)], line)
    yield words(x + 5, base, fit(_dated(day, label), 12.5, END - x), style)


def _legend(lang: str) -> list[tuple[str, list[Item]]]:
    samples: dict[str, tuple[float, Draw]] = {
        "timeline-past": (34, _block("kam-tint")),
        "timeline-present": (34, _block("kam-on")),
        "timeline-gate": (22, lambda x, y: iter([_diamond(x + 8, y - 4)])),
        "timeline-planned": (34, lambda x, y: iter([path([(x, y - 4), (x + 28, y - 4)], "kam-due")])),
    }
    return [(text("timeline-legend", lang), [Item(text(key, lang), *sample) for key, sample in samples.items()])]


def _block(style: str) -> Draw:
    return lambda x, y: iter([element("rect", x=x, y=y - 10, width=28, height=12, rx=3, class_=style)])
