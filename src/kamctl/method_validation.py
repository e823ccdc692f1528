"""Validation of a workspace's own method files: shape, names that are not there, loops, fields that do not exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kamctl import tree
from kamctl.checks import method
from kamctl.problems import KamctlError, Keys, Problem, did_you_mean
from kamctl.schema.method.audit import Audit
from kamctl.schema.method.forecast import ForecastMethod
from kamctl.schema.method.grades import Grades
from kamctl.schema.method.importance import Importance
from kamctl.schema.method.presentation import Presenting
from kamctl.schema.method.process import Process
from kamctl.schema.method.ramp import Ramp
from kamctl.schema.method.reasons import Reasons
from kamctl.schema.method.relationship import Relationship
from kamctl.schema.method.reviews import Reviews
from kamctl.schema.method.scorecard import Scorecard
from kamctl.workspace import Workspace


def method_problems(workspace: Workspace) -> list[Problem]:
    """Return the problems of the workspace's own method files: shape, names that are not there, loops."""
    problems: list[Problem] = []
    processes = workspace.methods.processes()
    scorecards = workspace.methods.names("scorecard")
    for file in tree.method_files(workspace.files):
        part, found = workspace.method_part(file)
        problems += found
        match part:
            case Process():
                problems += method.process_problems(file.path, file.id, part, processes, scorecards)
                problems += _unknown_fields(file.path, method.named_fields(part))
            case Scorecard():
                problems += method.scorecard_problems(file.path, part, _people(workspace))
                problems += _unknown_fields(file.path, method.evidence_fields(part))
            case Relationship():
                problems += method.relationship_problems(file.path, part)
            case Presenting():
                problems += method.presenting_problems(file.path, part, _story_fields())
            case Importance() | Reasons() | Grades():
                problems += method.list_problems(file.path, part)
            case Reviews():
                problems += method.reviews_problems(file.path, part, processes)
            case ForecastMethod():
                problems += method.forecast_problems(file.path, part)
            case Ramp():
                problems += method.ramp_problems(file.path, part, processes, workspace.settings.process)
                problems += _unknown_fields(file.path, method.ramp_fields(part))
            case Audit():
                pass  # a few numbers, which the schema checks
    return problems


def _people(workspace: Workspace) -> Relationship | None:
    """Return the relationship part of the method; None when it cannot be read, which is a problem of its own."""
    try:
        return workspace.methods.relationship
    except KamctlError:
        return None


def _story_fields() -> list[str]:
    """Return the steps that the story of a presentation may have."""
    from kamctl.schema import walk
    from kamctl.schema.kinds import MODELS

    return walk.keys_at(MODELS["presentation"], ("story",))


def _unknown_fields(path: str, fields: Iterable[tuple[str, Keys]]) -> Iterator[Problem]:
    """Yield a problem for every field that neither an opportunity nor an account has."""
    from kamctl.schema import walk
    from kamctl.schema.kinds import MODELS

    pseudo = ("text", "decision_criteria.formal", "decision_criteria.informal")
    for field, keys in fields:
        if field in pseudo:
            continue
        kind = "account" if field.startswith("account.") else "opportunity"
        parts = field.removeprefix("account.").split(".")
        if walk.type_at(MODELS[kind], tuple(parts)) is None:
            known = walk.keys_at(MODELS[kind], tuple(parts[:-1]))
            values = {"value": field, "choices": ", ".join(known[:12]), "suggestion": did_you_mean(parts[-1], known)}
            yield Problem(path, "method-dangling", keys, values=values)
