"""What stands on the pictures of a form: the heat map of a scorecard, the timeline of a deal, a funnel, bars.

Plain data with all words in the language asked for; `render/svg` draws it. HTML templates write `{{ map |
political_map }}`, `{{ sheet | heat_map }}`, `{{ line | timeline }}`, `{{ funnel | funnel_chart }}` and `{{ bars |
bar_chart }}`; Markdown templates `{{ map | map_tree }}` for the tree as a fenced block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kamctl.labels import pick, text
from kamctl.rows.deals import OpportunityRow
from kamctl.schema.method.process import Process
from kamctl.scoring.scorecard import UNKNOWN, Score

MAX_DATES = 6
"""How many assessments a heat map shows, the newest."""


@dataclass(frozen=True)
class HeatCell:
    """A mark of one party on one day. `changed`: another one than the assessment before; `stale`: too old by now."""

    mark: str
    changed: bool = False
    stale: bool = False


@dataclass(frozen=True)
class HeatRow:
    """A criterion; `plus` says what a plus means where that is not the high end. Cells are by date, then by party."""

    label: str
    plus: str
    cells: tuple[tuple[HeatCell, ...], ...]


@dataclass(frozen=True)
class HeatQuestion:
    """A question of the sheet: its verdict on us, by name and in words, and its rows."""

    label: str
    verdict: str
    verdict_label: str
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True)
class HeatMap:
    """A scorecard by date and party. `earlier` counts assessments that are left out; `totals` are of the last date."""

    title: str
    subject: str
    lang: str
    as_of: date
    parties: tuple[str, ...]
    dates: tuple[date, ...]
    questions: tuple[HeatQuestion, ...]
    totals: tuple[str, ...]
    earlier: int = 0


def heat_map(score: Score, parties: Mapping[str, str], subject: str, lang: str) -> HeatMap:
    """Return the heat map of a score. `parties` gives names; a deal without assessments has one column of unknowns."""
    dates = score.dates[-MAX_DATES:]
    verdicts = {item.question.id: item.verdict for item in score.questions}
    return HeatMap(
        title=pick(score.scorecard.name, lang),
        subject=subject,
        lang=lang,
        as_of=score.as_of,
        parties=tuple(parties.get(party, party) for party in score.parties),
        dates=tuple(dates),
        questions=tuple(
            HeatQuestion(
                label=pick(question.label, lang),
                verdict=verdicts[question.id],
                verdict_label=text(f"verdict-{verdicts[question.id]}", lang),
                rows=tuple(
                    HeatRow(
                        pick(row.label, lang),
                        pick(row.plus, lang) if row.inverted else "",
                        _cells(score, row.id, dates),
                    )
                    for row in question.criteria
                ),
            )
            for question in score.scorecard.questions
        ),
        totals=tuple(_total(score, party, lang) for party in score.parties),
        earlier=len(score.dates) - len(dates),
    )


def _cells(score: Score, criterion: str, dates: list[date]) -> tuple[tuple[HeatCell, ...], ...]:
    if not dates:
        return (tuple(HeatCell(UNKNOWN) for _ in score.parties),)
    columns = []
    for day in dates:
        place = score.dates.index(day)
        before = score.columns[score.dates[place - 1]] if place else None
        last = day == score.dates[-1]
        cells = []
        for party in score.parties:
            now = score.columns[day][party][criterion]
            was = before[party][criterion].mark if before is not None else now.mark
            cells.append(HeatCell(now.mark, now.mark != was, last and now.stale))
        columns.append(tuple(cells))
    return tuple(columns)


def _total(score: Score, party: str, lang: str) -> str:
    tally = score.totals[party]
    net = f"{tally.overall:+d}" if tally.overall is not None else UNKNOWN
    return text("picture-known", lang, net=net, known=tally.rated, of=tally.applicable)


@dataclass(frozen=True)
class Span:
    """A stay at a stage, from the day the deal came to the day it left; `until` is the as-of day while it is there."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days it lasted."""
        return (self.until - self.since).days


@dataclass(frozen=True)
class TimelineStage:
    """A stage of the process and the deal's stays there. `state` is past, present, ahead or skipped."""

    code: str
    label: str
    phase: str
    state: Literal["past", "present", "ahead", "skipped"]
    spans: tuple[Span, ...]

    @property
    def days(self) -> int:
        """How many days the deal stood here in all."""
        return sum(span.days for span in self.spans)


@dataclass(frozen=True)
class Milestone:
    """A day that matters. `kind` is gate, planned or signature; `stage` the code of the stage that a gate leads to."""

    date: date
    label: str
    kind: Literal["gate", "planned", "signature"]
    stage: str = ""


@dataclass(frozen=True)
class Timeline:
    """A deal's way through its process, as of a day. `start` and `end` are what the time axis must hold."""

    title: str
    subject: str
    lang: str
    as_of: date
    start: date
    end: date
    stages: tuple[TimelineStage, ...]
    milestones: tuple[Milestone, ...]
    ended: bool = False


def timeline(deal: OpportunityRow, process: Process, as_of: date, lang: str) -> Timeline:
    """Return the timeline of a deal: its stage history on or before the day, and the days that are planned.

    Stages that it skipped, and those ahead, are rows without a stay; a way out is a row only for a deal that took it. A
    deal without a history has stood at its stage since it was created.
    """
    events = [event for event in deal.stages if event[0] <= as_of]
    if not events and not deal.stages:
        events = [(deal.stage_since or deal.created or as_of, deal.stage)]
    present = events[-1][1] if events else ""
    ended = (stage := process.stage(present)) is not None and stage.ended
    leaves = [*(day for day, _ in events[1:]), events[-1][0] if ended else as_of] if events else []
    spans: dict[str, list[Span]] = {}
    for (since, code), until in zip(events, leaves, strict=True):
        spans.setdefault(code, []).append(Span(since, until))
    planned = _planned(deal, lang, ended)
    days = [as_of, *(day for day, _ in events), *(item.date for item in planned)]
    return Timeline(
        title=text("timeline-title", lang),
        subject=deal.name or deal.id,
        lang=lang,
        as_of=as_of,
        start=min(days),
        end=max(days),
        stages=tuple(_stages(process, spans, present, lang)),
        milestones=(*_gates(events, process, lang), *planned),
        ended=ended,
    )


def _stages(process: Process, spans: Mapping[str, list[Span]], present: str, lang: str) -> list[TimelineStage]:
    phases = {phase.id: pick(phase.label, lang) for phase in process.phases}
    reached = max((process.position(code) for code in spans), default=-1)
    found = []
    for place, stage in enumerate(process.stages):
        if stage.outcome == "lost" and stage.code not in spans:
            continue
        state: Literal["past", "present", "ahead", "skipped"] = "ahead" if place > reached else "skipped"
        if stage.code in spans:
            state = "present" if stage.code == present else "past"
        stays = tuple(spans.get(stage.code, ()))
        found.append(TimelineStage(stage.code, pick(stage.label, lang), phases.get(stage.phase, ""), state, stays))
    unknown = [code for code in spans if process.stage(code) is None]
    found += [
        TimelineStage(code, "", "", "present" if code == present else "past", tuple(spans[code])) for code in unknown
    ]
    return found


def _gates(events: list[tuple[date, str]], process: Process, lang: str) -> list[Milestone]:
    """Return a gate for each step from one stage to another."""
    gates = []
    for day, code in events[1:]:
        stage = process.stage(code)
        gates.append(Milestone(day, pick(stage.label, lang) if stage is not None else code, "gate", code))
    return gates


def _planned(deal: OpportunityRow, lang: str, ended: bool) -> list[Milestone]:
    days = [(deal.tender_date, "tender-date"), (deal.purchase_date, "purchase-date")]
    found = [Milestone(day, text(key, lang), "planned") for day, key in days if day is not None]
    if deal.close_date is not None and not ended:
        found.append(Milestone(deal.close_date, text("expected-signature", lang), "signature"))
    return found


@dataclass(frozen=True)
class FunnelStep:
    """A stage of a funnel: how many deals, their amount, and how many of the stage before came here, as text."""

    label: str
    count: int
    amount: str = ""
    conversion: str = ""


@dataclass(frozen=True)
class Funnel:
    """A pipeline funnel, first stage first. `note` says what it is made of: currency, as-of day, n."""

    title: str
    subject: str
    steps: tuple[FunnelStep, ...]
    note: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar from one value to another; `text` is what is written beside it.

    `sign` is `+` for what came, `-` for what went, `=` for a total, "" for a plain bar.
    """

    label: str
    start: float
    end: float
    text: str
    sign: Literal["+", "-", "=", ""] = ""


@dataclass(frozen=True)
class Bars:
    """Horizontal bars on one scale: a waterfall where each begins at the end of the one before."""

    title: str
    subject: str
    rows: tuple[Bar, ...]
    note: str = ""
