"""Validation of a workspace: what the reader, the schema and the checks find, in one list with places."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from kamctl import checks, layout, rules, tree
from kamctl.checks import method
from kamctl.checks.context import Context
from kamctl.loading import Loaded, located
from kamctl.problems import KamctlError, Keys, Problem, did_you_mean
from kamctl.schema.method import Process, Relationship, Scorecard
from kamctl.workspace import FORMAT, Workspace

T = TypeVar("T")


@dataclass(frozen=True)
class Report:
    """Problems with their places, most serious last, and how many files were looked at."""

    problems: list[Problem]
    files: int

    @property
    def errors(self) -> int:
        """How many problems make the data invalid."""
        return sum(map(rules.is_error, self.problems))

    @property
    def notes(self) -> int:
        """How many problems are advice: nothing is wrong with the data."""
        return sum(rules.severity(problem) == "note" for problem in self.problems)

    def without_notes(self) -> Report:
        """Return the report without advice."""
        return Report([problem for problem in self.problems if rules.severity(problem) != "note"], self.files)


def validate(workspace: Workspace, as_of: date, only: Collection[str] = (), paths: Collection[str] = ()) -> Report:
    """Check every file of a workspace. `only` keeps some rules, `paths` (below the root) some files or folders."""
    loaded = workspace.load()
    problems = [*method_problems(workspace), *loaded.problems]
    if workspace.settings.format > FORMAT:
        values = {"format": str(workspace.settings.format), "known": str(FORMAT)}
        problems.append(Problem(layout.ROOT_FILE, "newer-format", ("format",), values=values))
    context = context_of(workspace, loaded, as_of, problems)
    if context is not None:
        problems += checks.run(context, only)
    problems = [p for p in problems if not only or p.rule in only]
    problems = [p for p in problems if not paths or any(_below(p.path, path) for path in paths)]
    problems = located(workspace.root, problems)
    problems.sort(key=lambda p: (rules.SEVERITIES.index(rules.severity(p)), p.path, p.line, p.column))
    return Report(problems, _count(loaded, paths))


def _count(loaded: Loaded, paths: Collection[str]) -> int:
    """Return how many of the files looked at lie at or below some paths."""
    if not paths:
        return loaded.files
    files = (layout.path_of(kind, record_id) for kind, ids in loaded.ids.items() for record_id in ids)
    return sum(any(_below(file, path) for path in paths) for file in files)


def method_problems(workspace: Workspace) -> list[Problem]:
    """Return the problems of the workspace's own method files: shape, names that are not there, loops."""
    problems: list[Problem] = []
    processes = dict(_readable(workspace, "process", workspace.methods.process))
    for file in tree.method_files(workspace.root):
        part, found = workspace.method_part(file)
        problems += found
        match part:
            case Process():
                problems += method.process_problems(file.path, file.id, part, processes)
                problems += _unknown_fields(file.path, method.named_fields(part))
            case Scorecard():
                roles = [role.id for role in workspace.methods.relationship.roles]
                problems += method.scorecard_problems(file.path, part, roles)
                problems += _unknown_fields(file.path, method.evidence_fields(part))
            case Relationship():
                problems += method.relationship_problems(file.path, part)
    return problems


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


def new_problems(workspace: Workspace, as_of: date, path: str, text: str) -> list[Problem]:
    """Return the problems that a file would have with a new text and does not have now.

    It is checked with its account and our people alone.
    """
    now = {(problem.rule, *problem.values.items()) for problem in _problems_of(workspace, as_of, path, {})}
    then = _problems_of(workspace, as_of, path, {path: text})
    fresh = [problem for problem in then if (problem.rule, *problem.values.items()) not in now]
    return located(workspace.root, fresh, {path: text})


def _problems_of(workspace: Workspace, as_of: date, path: str, drafts: dict[str, str]) -> list[Problem]:
    place = layout.kind_and_id(path)
    loaded = workspace.load(account=layout.account_of(place[1]) if place is not None else "", drafts=drafts)
    context = context_of(workspace, loaded, as_of, [])
    problems = [*loaded.problems, *(checks.run(context) if context is not None else ())]
    return [problem for problem in problems if problem.path == path]


def context_of(workspace: Workspace, loaded: Loaded, as_of: date, problems: list[Problem]) -> Context | None:
    """Return what the checks look at; None, with a problem noted, when the method cannot be read."""
    settings, methods = workspace.settings, workspace.methods
    processes = dict(_readable(workspace, "process", methods.process))
    setting = "process"
    try:
        methods.process(settings.process)
        setting = "scorecard"
        methods.scorecard(settings.scorecard)
        importance = methods.importance
        choices = _choices(workspace, processes)
    except KamctlError as error:
        values = {"message": error.message, "advice": error.hint}
        if not any(p.path.startswith(layout.METHOD) for p in problems):
            problems.append(Problem(layout.ROOT_FILE, "method-missing", (setting,), values=values))
        return None
    return Context(
        facts=loaded.facts,
        ids=loaded.ids,
        strays=list(tree.strays(workspace.root)),
        choices=choices,
        processes=processes,
        default_process=settings.process,
        scorecards=dict(_readable(workspace, "scorecard", methods.scorecard)),
        default_scorecard=settings.scorecard,
        importance=importance,
        relationship=methods.relationship,
        currency=settings.currency,
        report_currency=settings.report_currency or "",
        rates=workspace.rates,
        as_of=as_of,
        unreadable=frozenset(loaded.unreadable),
    )


def _readable(workspace: Workspace, kind: str, read: Callable[[str], T]) -> Iterator[tuple[str, T]]:
    """Yield the method files of a kind that can be read, by name."""
    for name in workspace.methods.names(kind):
        with contextlib.suppress(KamctlError):
            yield name, read(name)


def _choices(workspace: Workspace, processes: dict[str, Process]) -> dict[str, list[str]]:
    """Return the ids that each kind of method entry may have, by the target that references name."""
    methods = workspace.methods
    relationship = methods.relationship
    sheets = [sheet for _, sheet in _readable(workspace, "scorecard", methods.scorecard)]
    return {
        "process": methods.names("process"),
        "scorecard": methods.names("scorecard"),
        "stage": [stage.code for process in processes.values() for stage in process.stages],
        "criterion": [row.id for sheet in sheets for row in sheet.criteria()],
        "strategy": [strategy.id for sheet in sheets for strategy in sheet.strategies],
        "importance": [level.id for level in methods.importance.levels],
        "grade": [grade.id for grade in methods.grades.grades],
        "loss_reason": [reason.id for reason in methods.reasons.lost],
        "role": [choice.id for choice in relationship.roles],
        "orientation": [choice.id for choice in relationship.orientations],
        "adaptability": [choice.id for choice in relationship.adaptability],
        "coverage": [choice.id for choice in relationship.coverage],
        "influence": [choice.id for choice in relationship.influence],
        "behaviour": [choice.id for level in relationship.levels for choice in level.behaviours],
        "opposition": [level.id for level in relationship.opposition],
    }


def _below(path: str, folder: str) -> bool:
    return folder in ("", ".") or path == folder or path.startswith(folder.rstrip("/") + "/")
