"""Rules on method files: what the shape alone cannot say. Each takes the file's path and its part of the method."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from kamctl.problems import Keys, Problem, did_you_mean
from kamctl.schema.method import Choice
from kamctl.schema.method.forecast import ForecastMethod
from kamctl.schema.method.grades import Grades
from kamctl.schema.method.importance import Importance
from kamctl.schema.method.presentation import Presenting
from kamctl.schema.method.process import Process
from kamctl.schema.method.ramp import Ramp, Standard
from kamctl.schema.method.reasons import Reasons
from kamctl.schema.method.relationship import Relationship
from kamctl.schema.method.reviews import Reviews
from kamctl.schema.method.scorecard import Scorecard


def repeated(path: str, places: Iterable[tuple[str, Keys]]) -> Iterator[Problem]:
    """Yield a problem for every name that stands a second time."""
    seen: set[str] = set()
    for name, keys in places:
        if name in seen:
            yield Problem(path, "method-duplicate", keys, values={"value": name})
        seen.add(name)


def process_problems(
    path: str, name: str, process: Process, others: Mapping[str, Process], scorecards: Sequence[str]
) -> Iterator[Problem]:
    """Yield the problems of a process: stages or criteria twice, names that are not there, loops."""
    if process.scorecard is not None and process.scorecard not in scorecards:
        yield _dangling(path, ("scorecard",), process.scorecard, scorecards)
    yield from repeated(path, ((s.code, ("stages", i, "code")) for i, s in enumerate(process.stages)))
    for position, stage in enumerate(process.stages):
        gates = [(c.id, ("stages", position, "exit", i, "id")) for i, c in enumerate(stage.exit)]
        gates += [(c.id, ("stages", position, "entry", i, "id")) for i, c in enumerate(stage.entry)]
        yield from repeated(path, gates)
        phases = [phase.id for phase in process.phases]
        if stage.phase not in phases:
            yield _dangling(path, ("stages", position, "phase"), stage.phase, phases)
        for other, code in stage.maps_to.items():
            yield from _maps_to(path, ("stages", position, "maps_to", other), name, stage.code, (other, code), others)


def _maps_to(
    path: str, keys: Keys, name: str, here: str, target: tuple[str, str], others: Mapping[str, Process]
) -> Iterator[Problem]:
    """Check one mapping: the stage exists, is in another process, and the way there and back does not wander."""
    other, code = target
    if other == name:
        yield Problem(path, "maps-to-loop", keys, values={"way": f"{here} → {code}"})
        return
    process = others.get(other)
    if process is None:
        yield _dangling(path, keys, other, list(others), on_key=True)
        return
    stage = process.stage(code)
    if stage is None:
        yield _dangling(path, keys, code, [s.code for s in process.stages])
        return
    back = stage.maps_to.get(name)
    mine = others[name].stage(back) if back is not None and name in others else None
    again = mine.maps_to.get(other) if mine is not None else None
    if again is not None and again != code:
        yield Problem(path, "maps-to-loop", keys, values={"way": f"{here} → {code} → {back} → {again}"})


def scorecard_problems(path: str, scorecard: Scorecard, people: Relationship | None) -> Iterator[Problem]:
    """Yield the problems of a scorecard: questions, criteria or strategies twice, and names that are not there.

    `people` are the roles and orientations that may be asked; None when they cannot be read.
    """
    questions = list(enumerate(scorecard.questions))
    yield from repeated(path, ((q.id, ("questions", i, "id")) for i, q in questions))
    rows = [(c, ("questions", i, "criteria", j)) for i, q in questions for j, c in enumerate(q.criteria)]
    yield from repeated(path, ((criterion.id, (*keys, "id")) for criterion, keys in rows))
    yield from repeated(path, ((s.id, ("strategies", i, "id")) for i, s in enumerate(scorecard.strategies)))
    known = [criterion.id for criterion, _ in rows]
    for position, strategy in enumerate(scorecard.strategies):
        for place, row in enumerate(strategy.we_hold):
            if row not in known:
                yield _dangling(path, ("strategies", position, "we_hold", place), row, known)
    for criterion, keys in rows:
        if criterion.weight < 0:
            yield Problem(path, "bad-number", (*keys, "weight"), values={"value": str(criterion.weight)})
        if people is not None:
            yield from _whom(path, (*keys, "whom", "roles"), criterion.whom.roles, people.roles)
            yield from _whom(path, (*keys, "whom", "orientations"), criterion.whom.orientations, people.orientations)


def _whom(path: str, keys: Keys, named: Sequence[str], choices: Sequence[Choice]) -> Iterator[Problem]:
    known = [choice.id for choice in choices]
    for place, name in enumerate(named):
        if name not in known:
            yield _dangling(path, (*keys, place), name, known)


def relationship_problems(path: str, method: Relationship) -> Iterator[Problem]:
    """Yield the problems of a relationship file: an id twice in a list, a number of behaviours that nobody can show."""
    fewest = min((len(level.behaviours) for level in method.levels), default=0)
    if not 1 <= method.needed <= fewest:
        yield Problem(path, "bad-number", ("needed",), values={"value": str(method.needed)})
    for name in ("roles", "orientations", "coverage", "influence", "adaptability", "levels", "opposition"):
        yield from repeated(path, ((c.id, (name, i, "id")) for i, c in enumerate(getattr(method, name))))
    behaviours = (
        ((choice.id, ("levels", i, "behaviours", j, "id")) for j, choice in enumerate(level.behaviours))
        for i, level in enumerate(method.levels)
    )
    yield from repeated(path, chain.from_iterable(behaviours))


def presenting_problems(path: str, method: Presenting, fields: Sequence[str]) -> Iterator[Problem]:
    """Yield the problems of a presentation file: a step twice, and a step of the story that `fields` does not have."""
    yield from repeated(path, ((step.id, ("steps", i, "id")) for i, step in enumerate(method.steps)))
    yield from repeated(path, ((step.field, ("story", i, "field")) for i, step in enumerate(method.story)))
    for position, step in enumerate(method.story):
        if step.field not in fields:
            yield _dangling(path, ("story", position, "field"), step.field, fields)


def list_problems(path: str, part: Importance | Reasons | Grades) -> Iterator[Problem]:
    """Yield the problems of a file that is one list: an id that stands twice."""
    match part:
        case Importance():
            name, entries = "levels", [level.id for level in part.levels]
        case Reasons():
            name, entries = "lost", [reason.id for reason in part.lost]
        case Grades():
            name, entries = "grades", [grade.id for grade in part.grades]
    yield from repeated(path, ((entry, (name, i, "id")) for i, entry in enumerate(entries)))


def reviews_problems(path: str, part: Reviews, processes: Mapping[str, Process]) -> Iterator[Problem]:
    """Yield the problems of reviews: an id twice, numbers below 1, a limit whose alarm comes before its watch."""
    yield from repeated(path, ((q.id, ("questions", i, "id")) for i, q in enumerate(part.questions)))
    yield from repeated(path, ((r.id, ("reviews", i, "id")) for i, r in enumerate(part.reviews)))
    for position, review in enumerate(part.reviews):
        items = ((item.id, ("reviews", position, "agenda", i, "id")) for i, item in enumerate(review.agenda))
        yield from repeated(path, items)
    for name in ("floor", "top", "loss_months", "push_months"):
        if getattr(part, name) < 1:
            yield Problem(path, "bad-number", (name,), values={"value": str(getattr(part, name))})
    for name in ("watched_share", "objectives_met", "overdue", "people", "people_months"):
        if not 0 <= getattr(part.week, name) <= 100:
            yield Problem(path, "bad-number", ("week", name), values={"value": str(getattr(part.week, name))})
    if part.metrics is not None:
        name, stage = part.metrics.lead_process, part.metrics.lead_stage
        if name not in processes:
            yield _dangling(path, ("metrics", "lead_process"), name, list(processes))
        elif processes[name].stage(stage) is None:
            yield _dangling(path, ("metrics", "lead_stage"), stage, [known.code for known in processes[name].stages])
    for position, question in enumerate(part.questions):
        keys: Keys = ("questions", position, "limits")
        yield from repeated(path, ((x.figure, (*keys, i, "figure")) for i, x in enumerate(question.limits)))
        for place, limit in enumerate(question.limits):
            if limit.alarm < limit.watch if limit.worse == "high" else limit.alarm > limit.watch:
                yield Problem(path, "bad-number", (*keys, place, "alarm"), values={"value": str(limit.alarm)})


def forecast_problems(path: str, part: ForecastMethod) -> Iterator[Problem]:
    """Yield the problems of a forecast method: an id twice, or months that do not go up."""
    yield from repeated(path, ((c.id, ("commitments", i, "id")) for i, c in enumerate(part.commitments)))
    yield from repeated(path, ((b.id, ("buckets", i, "id")) for i, b in enumerate(part.buckets)))
    last = 0
    for position, bucket in enumerate(part.buckets):
        if bucket.months is not None:
            if bucket.months <= last:
                yield Problem(path, "bad-number", ("buckets", position, "months"), values={"value": str(bucket.months)})
            last = max(last, bucket.months)


def ramp_problems(path: str, part: Ramp, processes: Mapping[str, Process], default: str) -> Iterator[Problem]:
    """Yield the problems of a ramp: an id twice, months that do not go up, stages that are not there."""
    yield from repeated(path, ((p.id, ("periods", i, "id")) for i, p in enumerate(part.periods)))
    last = -1
    for position, period in enumerate(part.periods):
        if not last < period.first <= period.last:
            yield Problem(path, "bad-number", ("periods", position, "first"), values={"value": str(period.first)})
        last = period.last
        for rhythm, standards in (("weekly", period.weekly), ("by_end", period.by_end)):
            keys: Keys = ("periods", position, rhythm)
            yield from repeated(path, ((s.id, (*keys, i, "id")) for i, s in enumerate(standards)))
            for place, standard in enumerate(standards):
                yield from _standard_problems(path, (*keys, place), standard, processes, default)


def _standard_problems(
    path: str, keys: Keys, standard: Standard, processes: Mapping[str, Process], default: str
) -> Iterator[Problem]:
    if standard.at_least < 0 or (standard.at_most is not None and standard.at_most < standard.at_least):
        yield Problem(path, "bad-number", (*keys, "at_least"), values={"value": str(standard.at_least)})
    name = standard.process or default
    if name not in processes:
        yield _dangling(path, (*keys, "process"), name, list(processes))
    elif standard.stage is not None and processes[name].stage(standard.stage) is None:
        yield _dangling(path, (*keys, "stage"), standard.stage, [stage.code for stage in processes[name].stages])


def ramp_fields(ramp: Ramp) -> Iterator[tuple[str, Keys]]:
    """Yield the fields of an account that standards name, with their places."""
    for position, period in enumerate(ramp.periods):
        for rhythm, standards in (("weekly", period.weekly), ("by_end", period.by_end)):
            for place, standard in enumerate(standards):
                if standard.field is not None:
                    yield f"account.{standard.field}", ("periods", position, rhythm, place, "field")


def named_fields(process: Process) -> Iterator[tuple[str, Keys]]:
    """Yield the fields that a process names, with their places."""
    for position, stage in enumerate(process.stages):
        for side, criteria in (("entry", stage.entry), ("exit", stage.exit)):
            for i, criterion in enumerate(criteria):
                if criterion.field is not None:
                    yield criterion.field, ("stages", position, side, i, "field")
        for i, field in enumerate(stage.requires):
            yield field, ("stages", position, "requires", i)


def evidence_fields(scorecard: Scorecard) -> Iterator[tuple[str, Keys]]:
    """Yield the fields that a scorecard names as evidence, with their places."""
    for i, question in enumerate(scorecard.questions):
        for j, criterion in enumerate(question.criteria):
            for k, field in enumerate(criterion.evidence):
                yield field, ("questions", i, "criteria", j, "evidence", k)


def _dangling(path: str, keys: Keys, value: str, known: Sequence[str], *, on_key: bool = False) -> Problem:
    values = {"value": value, "choices": ", ".join(known) or "—", "suggestion": did_you_mean(value, list(known))}
    return Problem(path, "method-dangling", keys, on_key, values)
