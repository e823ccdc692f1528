"""Prints results in the format asked for: aligned text on a terminal, TAB-separated rows into a pipe, or by name."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kamctl.labels import text as label
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, Problem, choices
from kamctl.render import table as tables
from kamctl.render.screen import Screen, say, write
from kamctl.render.table import Table
from kamctl.render.width import wrap

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "md")
JSON_VERSION = 1


@dataclass(frozen=True)
class Style:
    """How to print: the screen, the format asked for ("" to choose), the columns asked for, and the language."""

    screen: Screen
    format: str
    fields: Sequence[str]
    lang: str
    quiet: bool = False

    @property
    def effective(self) -> str:
        """The format in effect: a table on a terminal, TAB-separated rows into a pipe."""
        return self.format or ("table" if self.screen.terminal else "tsv")

    def check(self, allowed: Sequence[str] = FORMATS) -> None:
        """Raise KamctlError when the format asked for is not one of those that a command knows."""
        if self.format and self.format not in allowed:
            raise KamctlError(
                Phrase('there is no format "{name}" here', name=self.format),
                choices(allowed),
            )


@dataclass(frozen=True)
class Envelope:
    """What every JSON result says of itself."""

    command: str
    as_of: date
    problems: Sequence[Problem] = field(default=())
    extra: dict[str, Any] = field(default_factory=dict)


def print_table(table: Table, style: Style, envelope: Envelope) -> None:
    """Print a table in the format in effect."""
    style.check()
    if style.fields:
        table = table.select(style.fields)
    elif style.effective in ("table", "md"):
        table = table.visible()
    match style.effective:
        case "tsv":
            sys.stdout.writelines(tables.tsv(table))
        case "csv":
            write(tables.csv(table))
        case "json":
            print_json(tables.records(table), style, envelope)
        case "jsonl":
            for record in tables.records(table):
                write(_json(record))
        case "md":
            write(tables.markdown(table))
        case _:
            body, left_out = tables.aligned(table, style.screen)
            write(body)
            if left_out and not style.quiet:
                names = ", ".join(left_out)
                note = label("left-out", style.lang, columns=names)
                say("\n".join(style.screen.style_err(line, "dim") for line in wrap(note, style.screen.width)))


def print_json(data: Any, style: Style, envelope: Envelope) -> None:
    """Print the JSON envelope: version, command, as-of day, data, problems."""
    whole = {
        "kamctl": JSON_VERSION,
        "command": envelope.command,
        "as_of": envelope.as_of.isoformat(),
        **tables.json_value(envelope.extra),
        "data": tables.json_value(data),
        "problems": [problem_json(problem, style.lang) for problem in envelope.problems],
    }
    write(_json(whole, indent=2))


def problem_json(problem: Problem, lang: str) -> dict[str, Any]:
    """Return a problem as plain JSON values."""
    from kamctl import rules

    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "rule": problem.rule,
        "severity": rules.severity(problem),
        "message": rules.message(problem, lang),
        "hint": rules.hint(problem, lang),
    }


def tell_unreadable(count: int, files: int, style: Style) -> None:
    """Say on stderr how many files could not be read, and which command explains it."""
    if count:
        say(style.screen.style_err(label("unreadable", style.lang, count=count, files=files), "warning"))


def _json(value: Any, indent: int | None = None) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, indent=indent)
