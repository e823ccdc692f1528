"""The method as Markdown pages, so that a sales manager can read it without opening YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from kamctl.labels import pick, text
from kamctl.money import plain
from kamctl.schema.method import Choice
from kamctl.schema.method.audit import Audit
from kamctl.schema.method.forecast import ForecastMethod
from kamctl.schema.method.grades import Grades
from kamctl.schema.method.importance import Importance
from kamctl.schema.method.plan_test import PlanTest
from kamctl.schema.method.presentation import Presenting
from kamctl.schema.method.process import Process, Stage
from kamctl.schema.method.ramp import Ramp, Standard
from kamctl.schema.method.reasons import Reasons
from kamctl.schema.method.relationship import Relationship
from kamctl.schema.method.reviews import Reviews
from kamctl.schema.method.scorecard import Scorecard, Strategy

Part = (
    Process
    | Scorecard
    | Relationship
    | Importance
    | Reasons
    | Grades
    | Presenting
    | Reviews
    | ForecastMethod
    | Ramp
    | PlanTest
    | Audit
)


def page(part: Part, name: str, lang: str) -> str:
    """Return one part of the method as a Markdown page."""
    if isinstance(part, Process):
        lines = _process(part, name, lang)
    elif isinstance(part, Scorecard):
        lines = _scorecard(part, name, lang)
    else:
        lines = WRITERS[type(part)](part, lang)
    return "\n".join(lines).strip() + "\n"


def as_data(part: Part) -> dict[str, Any]:
    """Return one part of the method as plain values."""
    return asdict(part)


def _process(process: Process, name: str, lang: str) -> Iterator[str]:
    yield f"# {pick(process.name, lang)} (`{name}`, {text('col-version', lang)} {process.version})"
    yield from ("", pick(process.about, lang), "")
    heads = [text(key, lang) for key in ("col-code", "col-stage", "col-phase", "col-figure", "col-stage-probability")]
    yield from _head([*heads, text("col-outcome", lang)])
    phases = {phase.id: pick(phase.label, lang) for phase in process.phases}
    for stage in process.stages:
        probability = process.probability(stage.code)
        outcome = text(f"outcome-{stage.outcome}", lang) + (f" · {text('ended', lang)}" if stage.ended else "")
        cells = [f"`{stage.code}`", pick(stage.label, lang), phases.get(stage.phase, stage.phase)]
        cells += [str(stage.figure or ""), f"{probability:.0f}%" if probability is not None else "", outcome]
        yield _row(cells)
    for stage in process.stages:
        yield from _stage(stage, lang)


def _stage(stage: Stage, lang: str) -> Iterator[str]:
    yield from ("", f"## {stage.code} {pick(stage.label, lang)}", "")
    if stage.goal is not None:
        yield f"- **{text('method-goal', lang)}:** {pick(stage.goal, lang)}"
    if stage.owner_role is not None:
        yield f"- **{text('col-owner', lang)}:** {pick(stage.owner_role, lang)}"
    if stage.min_probability is not None:
        yield f"- **{text('method-min-probability', lang)}:** {plain(stage.min_probability)}%"
    if stage.requires:
        yield f"- **{text('method-requires', lang)}:** {', '.join(f'`{field}`' for field in stage.requires)}"
    if stage.maps_to:
        maps = ", ".join(f"{process} `{code}`" for process, code in stage.maps_to.items())
        yield f"- **{text('method-maps-to', lang)}:** {maps}"
    if stage.documents:
        yield f"- **{text('method-documents', lang)}:** {', '.join(stage.documents)}"
    for key, criteria in (("method-entry", stage.entry), ("method-exit", stage.exit)):
        if criteria:
            yield from ("", f"**{text(key, lang)}**", "")
            for item in criteria:
                by = text("gate-field", lang, field=f"`{item.field}`") if item.field else f"`{item.id}`"
                yield f"- {pick(item.label, lang)} ({by})"
    if stage.activities:
        yield from ("", f"**{text('method-activities', lang)}**", "")
        yield from (f"- {pick(activity, lang)}" for activity in stage.activities)


def _scorecard(scorecard: Scorecard, name: str, lang: str) -> Iterator[str]:
    yield f"# {pick(scorecard.name, lang)} (`{name}`, {text('col-version', lang)} {scorecard.version})"
    yield from ("", pick(scorecard.about, lang))
    limits = scorecard.verdicts
    values = {key: getattr(limits, key) for key in ("open_minus", "open_unknown", "blocked_minus")}
    yield from ("", text("method-verdicts", lang, **{key: str(value) for key, value in values.items()}))
    number = 0
    for question in scorecard.questions:
        yield from ("", f"## {pick(question.label, lang)}")
        for row in question.criteria:
            number += 1
            weight = f", {text('method-weight', lang)} {plain(row.weight)}" if row.weight != 1 else ""
            yield from ("", f"### {number}. {pick(row.label, lang)} (`{row.id}`{weight})", "")
            yield f"- **+ {pick(row.plus, lang)}:** {pick(row.means_plus, lang)}"
            yield f"- **- {pick(row.minus, lang)}:** {pick(row.means_minus, lang)}"
            yield f"- **{text('method-need', lang)}:** {pick(row.probe.need, lang)}"
            yield f"- **{text('method-why', lang)}:** {pick(row.probe.why, lang)}"
            yield from (f"- {pick(ask, lang)}" for ask in row.probe.ask)
            if row.evidence:
                fields = ", ".join(f"`{field}`" for field in row.evidence)
                yield f"- **{text('method-evidence', lang)}:** {fields}"
    if scorecard.strategies:
        yield from (
            "",
            f"## {text('strategy', lang).capitalize()}",
            "",
            text("method-strategies", lang, count=scorecard.min_compared),
        )
        for strategy in scorecard.strategies:
            yield from _strategy(strategy, lang)


def _strategy(strategy: Strategy, lang: str) -> Iterator[str]:
    yield from ("", f"### {pick(strategy.label, lang)} (`{strategy.id}`)", "")
    yield from (f"- {pick(strategy.rule, lang)}", f"- {pick(strategy.advice, lang)}")


def _relationship(method: Relationship, lang: str) -> Iterator[str]:
    yield from (f"# {text('method-relationship', lang)}", "", text("method-levels", lang, count=method.needed))
    for level in (*method.levels, *method.opposition, method.unknown):
        yield from ("", f"## {level.sign} {pick(level.label, lang)} (`{level.id}`)")
        if level.behaviours:
            yield from ("", *_items(level.behaviours, lang))
    lists = (
        ("col-roles", method.roles),
        ("col-orientation", method.orientations),
        ("col-coverage", method.coverage),
        ("col-influence", method.influence),
        ("col-adaptability", method.adaptability),
    )
    for key, choices in lists:
        yield from _choices(text(key, lang), choices, lang)


def _importance(importance: Importance, lang: str) -> Iterator[str]:
    yield from (f"# {text('method-importance', lang)}", "")
    yield from _head([text(key, lang) for key in ("col-importance", "col-watched-by", "col-cap", "col-duty")])
    for level in importance.levels:
        cells = [f"{pick(level.label, lang)} (`{level.id}`)", pick(level.watched_by, lang)]
        yield _row([*cells, str(level.cap) if level.cap is not None else "", pick(level.duty, lang)])


def _grades(grades: Grades, lang: str) -> Iterator[str]:
    yield from _choices(text("method-grades", lang), grades.grades, lang, heading="# ")
    if grades.points:
        yield from ("", f"## {text('method-points', lang)}", "")
        yield from _head([text("method-points", lang), "≥", "+"])
        for point in grades.points:
            yield _row([text(f"figure-{point.figure}", lang), f"{point.at_least:,}", str(point.points)])
        least = ", ".join(f"{grade.id} ≥ {grade.min_points}" for grade in grades.grades)
        yield from ("", least)


def _presenting(method: Presenting, lang: str) -> Iterator[str]:
    yield from (f"# {text('method-presenting', lang)}", "", f"## {text('form-story', lang)}", "")
    for number, part in enumerate(method.story, 1):
        yield f"{number}. **{pick(part.label, lang)}** (`story.{part.field}`): {pick(part.about, lang)}"
    yield from ("", f"## {text('form-agenda', lang)}", "")
    yield from (f"{number}. {pick(line, lang)}" for number, line in enumerate(method.agenda, 1))
    yield from ("", f"## {text('form-tactical', lang)}", "", text("method-working-days", lang), "")
    yield from _head([text(key, lang) for key in ("col-days", "form-action", "form-who")])
    for step in method.steps:
        together = f" · {text('with-supporter', lang)}" if step.with_supporter else ""
        days = f"{step.days:+d}" if step.days else "0"
        yield _row([days, f"{pick(step.label, lang)} (`{step.id}`)", text(f"who-{step.who}", lang) + together])


def _reviews(part: Reviews, lang: str) -> Iterator[str]:
    yield from (f"# {text('method-reviews', lang)}", "")
    for review in part.reviews:
        yield from (f"## {pick(review.label, lang)} (`{review.id}`)", "")
        yield f"{pick(review.rhythm, lang)} · {pick(review.duration, lang)} · {pick(review.attended_by, lang)}"
        yield from ("", *_items(review.agenda, lang), "")
    yield from (f"## {text('method-questions', lang)}", "")
    values = {"floor": str(part.floor), "large": f"{part.large_amount:,}", "top": str(part.top)}
    yield text("method-limits", lang, **values, losses=str(part.loss_months), pushes=str(part.push_months))
    for question in part.questions:
        yield from ("", f"### {pick(question.label, lang)} (`{question.id}`)", "")
        if question.advice is not None:
            yield from (pick(question.advice, lang), "")
        if question.limits:
            yield from _head([text(f"diagnosis-{key}", lang) for key in ("figure", "watch", "alarm")])
        for limit in question.limits:
            sign = "≥" if limit.worse == "high" else "<"
            figure = f"{text(f'diagnosis-{limit.figure}', lang)} (`{limit.figure}`)"
            yield _row([figure, f"{sign} {plain(limit.watch)}", f"{sign} {plain(limit.alarm)}"])


def _forecast(part: ForecastMethod, lang: str) -> Iterator[str]:
    yield from (f"# {text('method-forecast', lang)}", "")
    yield from _head([text("col-commitment", lang), "`forecast`", text("col-meaning", lang)])
    for commitment in part.commitments:
        values = ", ".join(f"`{value}`" for value in commitment.forecast) or text("outcome-won", lang)
        about = pick(commitment.about, lang) if commitment.about is not None else ""
        yield _row([f"{pick(commitment.label, lang)} (`{commitment.id}`)", values, about])
    yield from ("", f"## {text('method-buckets', lang)}", "")
    yield from (f"- **{pick(bucket.label, lang)}** (`{bucket.id}`)" for bucket in part.buckets)


def _ramp(part: Ramp, lang: str) -> Iterator[str]:
    yield from (f"# {text('method-ramp', lang)}", "")
    for period in part.periods:
        yield from ("", f"## {pick(period.label, lang)} (`{period.id}`)", "")
        heads = ("col-rhythm", "col-standard", "col-expected-of", "col-counted-from")
        yield from _head([text(key, lang) for key in heads])
        for rhythm, standards in (("weekly", period.weekly), ("end", period.by_end)):
            for standard in standards:
                name = f"{pick(standard.label, lang)} (`{standard.id}`)"
                yield _row([text(f"rhythm-{rhythm}", lang), name, expected(standard), _counted_from(standard)])


def expected(standard: Standard) -> str:
    """Write what a standard asks for: `6-8`, `15` or `75%`."""
    most = f"-{plain(standard.at_most)}" if standard.at_most is not None else ""
    return f"{plain(standard.at_least)}{most}{'%' if standard.quota else ''}"


def _counted_from(standard: Standard) -> str:
    if standard.stage:
        return f"{standard.process}: {standard.stage}" if standard.process else standard.stage
    return f"{plain(standard.amount)} {standard.currency or ''}".strip() if standard.amount is not None else ""


def _plan_test(method: PlanTest, lang: str) -> Iterator[str]:
    minutes = sum(step.minutes for step in method.agenda)
    yield from (f"# {text('method-plan_test', lang)}", "", text("review-minutes", lang, minutes=minutes))
    for step in method.agenda:
        yield from (
            "",
            f"## {pick(step.label, lang)} (`{step.id}`, {text('review-minutes', lang, minutes=step.minutes)})",
        )
        yield from ("", f"{pick(step.lead, lang)}. {pick(step.about, lang)}", "")
        yield from (f"- {pick(question, lang)}" for question in step.ask)
        if step.draws:
            yield f"- {text(f'review-draws-{step.draws}', lang)}"


def _audit(method: Audit, lang: str) -> Iterator[str]:
    yield from (f"# {text('method-audit', lang)}", "")
    yield f"- {text('audit-limit-late_record', lang, hours=method.record_within_hours)}"
    yield f"- {text('audit-limit-backdated_stage', lang, days=method.backdated_days)}"
    yield f"- {text('audit-limit-moved_together', lang, count=method.moved_on_one_day)}"
    yield f"- {text('audit-limit-mark_after_outcome', lang)}"
    yield f"- {text('audit-limit-late_plus', lang, days=method.late_plus_days)}"


def _choices(title: str, choices: Sequence[Choice], lang: str, heading: str = "\n## ") -> Iterator[str]:
    yield from (f"{heading}{title}", "")
    yield from _items(choices, lang)


def _items(choices: Sequence[Choice], lang: str) -> Iterator[str]:
    for choice in choices:
        about = f": {pick(choice.about, lang)}" if choice.about is not None else ""
        sign = f"{choice.sign} " if choice.sign and choice.sign != choice.id else ""
        yield f"- {sign}**{pick(choice.label, lang)}** (`{choice.id}`){about}"


def _head(cells: Sequence[str]) -> Iterator[str]:
    yield from (_row(cells), _row(["---"] * len(cells)))


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _reasons(part: Reasons, lang: str) -> Iterator[str]:
    yield from _choices(text("method-reasons", lang), part.lost, lang, heading="# ")


WRITERS: dict[type, Callable[[Any, str], Iterator[str]]] = {
    Relationship: _relationship,
    Importance: _importance,
    Reasons: _reasons,
    Grades: _grades,
    Presenting: _presenting,
    Reviews: _reviews,
    ForecastMethod: _forecast,
    Ramp: _ramp,
    PlanTest: _plan_test,
    Audit: _audit,
}
"""What writes each kind of file of which there is one."""
