"""What `validate` does: find the workspace and the files named, check them, print the report."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from kamctl import rules
from kamctl.commands.session import Session
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, Problem, nearest
from kamctl.render import problems as rendered
from kamctl.render.output import print_json
from kamctl.render.screen import write
from kamctl.tree import Files
from kamctl.validation import Report, validate
from kamctl.workspace import Workspace


def report(run: Session, paths: Sequence[str], only: Sequence[str]) -> tuple[Report, Files]:
    """Validate and return the report with the files that it is about. Raises KamctlError."""
    for rule in only:
        if rule not in rules.ids():
            raise KamctlError(
                Phrase('there is no rule "{name}"', name=rule),
                nearest(rule, rules.ids(), Phrase("`kamctl rule` lists them")),
            )
    run.style.check(rendered.FORMATS)
    workspace = run.open(tolerant=True)
    below = [_below(workspace, path) for path in paths]
    return validate(workspace, run.as_of, only, below), workspace.files


def print_report(run: Session, result: Report, files: Files, hidden: int) -> None:
    """Print problems on stdout in the format asked for, and the counts on stderr, with that of `hidden` notes."""
    problems, lang = result.problems, run.lang
    match run.options.format:
        case "json":
            print_json(rendered.as_json(problems, lang), run.style, run.envelope(files=result.files))
            return
        case "github":
            write(rendered.github(_in_repository(run, problems), lang)) if problems else None
        case "sarif":
            write(rendered.sarif(_in_repository(run, problems), lang))
        case "concise":
            write(rendered.concise(problems, lang)) if problems else None
        case _:
            sources = {path: _lines(files, path) for path in {problem.path for problem in problems}}
            write(rendered.text(problems, sources, run.style.screen, lang)) if problems else None
    run.say(_summary(run, result))
    if hidden:
        run.say(run.label("notes-hidden", count=hidden), "dim")


def _in_repository(run: Session, problems: Sequence[Problem]) -> list[Problem]:
    """Return problems with their paths below the top of the repository, which is where hosts of code look for them."""
    from kamctl.history.repository import Repository

    repository = Repository.find(run.root) if problems else None
    prefix = repository.prefix if repository is not None else ""
    return [problem._replace(path=prefix + problem.path) for problem in problems]


def _summary(run: Session, result: Report) -> str:
    if not result.problems:
        return run.label("no-problems", files=result.files)
    touched = len({problem.path for problem in result.problems})
    warnings = len(result.problems) - result.errors - result.notes
    words = run.label(
        "found-problems",
        count=len(result.problems),
        errors=result.errors,
        warnings=warnings,
        touched=touched,
        files=result.files,
    )
    return f"{words}\n{run.label('explain-rule', rule=result.problems[-1].rule)}"


def _below(workspace: Workspace, path: str) -> str:
    """Return a path below the root, wherever it was named from. Raises KamctlError when there is none."""
    root = workspace.root
    for base in (Path.cwd(), root):
        full = Path(os.path.normpath(base / path))
        if full.is_relative_to(root):
            below = full.relative_to(root).as_posix()
            if below == "." or workspace.files.holds(below) or workspace.files.holds_folder(below):
                return below
        elif full.exists():
            raise KamctlError(Phrase("{path} is not in the workspace {root}", path=path, root=root))
    raise KamctlError(Phrase("there is no {path}", path=path), Phrase("name a file or folder of the workspace"))


def _lines(files: Files, path: str) -> list[str]:
    from kamctl.source import lines_of

    try:
        return lines_of(files.read(path).decode("utf-8-sig", "replace"))
    except OSError:
        return []
