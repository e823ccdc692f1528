"""Problems as text with an excerpt and a caret, one line each, JSON, GitHub annotations, or SARIF."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kamctl import __version__, rules
from kamctl.labels import text as label
from kamctl.problems import Problem
from kamctl.render.output import problem_json
from kamctl.render.screen import Screen
from kamctl.render.width import shorten, width
from kamctl.visible import one_line

FORMATS = ("text", "concise", "json", "github", "sarif")
SARIF_LEVELS = {"error": "error", "warning": "warning", "note": "note"}


def text(problems: Sequence[Problem], sources: Mapping[str, Sequence[str]], screen: Screen, lang: str) -> str:
    """Each problem with its place, rule, message, the line with a caret below it, and a hint.

    `sources` holds the lines of the files named by the problems.
    """
    return "\n".join(_block(problem, sources.get(problem.path, ()), screen, lang) for problem in problems)


def _block(problem: Problem, source: Sequence[str], screen: Screen, lang: str) -> str:
    severity = rules.severity(problem)
    place = screen.style(f"{problem.path}:{problem.line}:{problem.column}:", "bold")
    lines = [f"{place} {screen.style(problem.rule, severity)}: {one_line(rules.message(problem, lang))}"]
    if 0 < problem.line <= len(source):
        lines += _excerpt(problem, source[problem.line - 1], screen, severity)
    hint = rules.hint(problem, lang)
    if hint:
        lines.append(f"  {screen.style(label('hint', lang), 'cyan')}{label('colon', lang)}{one_line(hint)}")
    return "\n".join(lines) + "\n"


def _excerpt(problem: Problem, line: str, screen: Screen, severity: str) -> list[str]:
    """Return the line and a caret under its place, moved left when the place lies beyond the screen."""
    number = f"{problem.line:>5} | "
    room = max(20, screen.width - len(number))
    start = problem.column - 1
    before, marked = one_line(line[:start]), one_line(line[start : start + problem.width])
    rest = one_line(line[start + problem.width :])
    if width(before) + min(width(marked), 10) > room:
        before = "…" + before[-room // 3 :]
    shown = shorten(before + marked + rest, room)
    carets = "^" * max(1, min(width(marked), room - width(before)))
    blank = " " * (len(number) - 2) + "| "
    return [
        screen.style(number, "dim") + shown,
        screen.style(blank, "dim") + " " * width(before) + screen.style(carets, severity),
    ]


def concise(problems: Sequence[Problem], lang: str) -> str:
    """One line a problem: `path:line:column: rule: message`."""
    return "".join(f"{p.path}:{p.line}:{p.column}: {p.rule}: {one_line(rules.message(p, lang))}\n" for p in problems)


def github(problems: Sequence[Problem], lang: str) -> str:
    """Workflow commands that GitHub shows as annotations in a pull request."""
    lines = []
    for problem in problems:
        level = {"error": "error", "warning": "warning"}.get(rules.severity(problem), "notice")
        message = ". ".join(filter(None, (rules.message(problem, lang), rules.hint(problem, lang))))
        place = f"file={_property(problem.path)},line={problem.line},col={problem.column}"
        lines.append(f"::{level} {place},title={_property(problem.rule)}::{_data(message)}\n")
    return "".join(lines)


def sarif(problems: Sequence[Problem], lang: str) -> str:
    """A SARIF 2.1.0 log, as code scanning services read it."""
    used = sorted({problem.rule for problem in problems})
    driver = {
        "name": "kamctl",
        "version": __version__,
        "rules": [{"id": rule, "shortDescription": {"text": rules.rule(rule, lang).title or rule}} for rule in used],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(problem, used, lang) for problem in problems],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _sarif_result(problem: Problem, used: list[str], lang: str) -> dict[str, Any]:
    from urllib.parse import quote

    region = {
        "startLine": problem.line,
        "startColumn": problem.column,
        "endColumn": problem.column + problem.width,
    }
    return {
        "ruleId": problem.rule,
        "ruleIndex": used.index(problem.rule),
        "level": SARIF_LEVELS[rules.severity(problem)],
        "message": {"text": " ".join(filter(None, (rules.message(problem, lang), rules.hint(problem, lang))))},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": quote(problem.path)}, "region": region}}],
    }


def as_json(problems: Sequence[Problem], lang: str) -> list[dict[str, Any]]:
    """Return the problems as plain JSON values."""
    return [problem_json(problem, lang) for problem in problems]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
