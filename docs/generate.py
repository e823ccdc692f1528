"""Writes the generated pages of docs/. Run it after a change of what they are made from."""

from __future__ import annotations

import re
import shutil
import tempfile
import typing
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import UnionType
from typing import Any

from picture_pages import PICTURE_PAGES
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.main import get_command
from view_pages import blocks_of, filters_table, forms_table, macros_table, views_sections

from kamctl import cli, rules
from kamctl.exchange import tables
from kamctl.exchange.table import KINDS, Table
from kamctl.methods import Methods
from kamctl.problems import Problem
from kamctl.render.method import Part, page
from kamctl.render.problems import text as as_text
from kamctl.render.screen import Screen
from kamctl.schema import scalars
from kamctl.schema.kinds import MODELS
from kamctl.schema.words import field_words
from kamctl.source import lines_of
from kamctl.validation import validate
from kamctl.workspace import Workspace

DOCS = Path(__file__).parent
PARTS = DOCS / "parts"
TESTS = DOCS.parent / "tests"
AS_OF = date(2026, 6, 15)
SCREEN = Screen(terminal=False, width=100, colour=False, colour_err=False)

DEAL = "accounts/bohai/opportunities/line-3.yaml"
NOT_SHOWN_IN_TEXT = {
    "file-too-large": Problem(DEAL, "file-too-large", values={"size": "3.2"}, line=1, column=1),
    "cannot-open": Problem(DEAL, "cannot-open", values={"reason": "Permission denied"}, line=1, column=1),
    "not-utf8": Problem(DEAL, "not-utf8", values={"encoding": "GB18030"}, line=1, column=7),
    "control-character": Problem(DEAL, "control-character", values={"code": "U+0000"}, line=3, column=9),
    "team-missing": Problem(DEAL, "team-missing", values={"value": "li-na"}, line=2, column=8),
}
"""Problems that no single file on a page can show, as kamctl reports them."""

RULES_INTRODUCTION = """\
# Rules

`kamctl validate` checks every file of a workspace against these rules and names the rule with each problem.
`kamctl rule NAME` prints the same explanation in the terminal, in English or Chinese. Errors make `validate` end with
exit code 1; warnings do so with `--strict` only. Notes are advice: `--notes` shows them. Each rule is shown with a file
that breaks it and with what kamctl prints for that file, as of 2026-06-15.
"""

HELP_WIDTH = 100
COMMANDS_INTRODUCTION = """\
# Commands

Every command explains itself: `kamctl --help`, `kamctl callplan record --help`. This page holds the same texts. The
examples are for the workspace in `examples/`, as of 2026-06-15.

A terminal gets a table that fits its width. A pipe gets TAB-separated rows with ISO dates and plain numbers. `--format`
chooses another form; not every command has every form, and an error names those it has. stdout is data, stderr is talk.

Exit codes: 0 done, 1 problems in the data, 2 wrong usage or settings, 3 a bug in kamctl, 130 interrupted.
"""

TABLES_INTRODUCTION = """\
# Tables

`kamctl export` writes these tables; [crm.md](crm.md) shows how. This is version {version} of the list. Within a version
columns are added at the end of a table, and never renamed, moved or removed. An SQLite file carries the version in its
table `kamctl`, and this page in its table `kamctl_columns`; a Parquet file carries the version in its metadata.

Amounts without a currency of their own are in the workspace's. What is not known is empty, null or NULL, never 0.

| type | written |
|---|---|
{kinds}
"""

METHOD_NOTE = "<!-- `kamctl --lang en method show {name}`, written by generate.py -->"

SCALARS: tuple[tuple[Any, str], ...] = (
    (scalars.Text, "text"),
    (str, "key"),
    (scalars.Day, "date"),
    (scalars.Clock, "time"),
    (scalars.Timestamp, "date and time"),
    (scalars.Duration, "duration"),
    (scalars.Cash, "money"),
    (scalars.Percent, "percent"),
    (scalars.Count, "whole number"),
    (scalars.Number, "number"),
    (scalars.PositiveNumber, "number above 0"),
    (scalars.Month, "month, 1 to 12"),
    (scalars.Flag, "`true` or `false`"),
    (scalars.Slug, "id"),
    (scalars.Currency, "currency"),
    (scalars.Pair, "currency pair"),
    (scalars.Mark, "mark"),
    (scalars.Period, "period"),
)
"""The scalar types of the file format in words; files.md explains each."""

REFERENCES = {
    "member": "person of ours",
    "contact": "person of theirs",
    "anyone": "person of ours or theirs",
    "opportunity": "deal of the account",
    "competitor": "competitor of the deal",
    "criterion": "criterion of the scorecard",
    "strategy": "strategy of the scorecard",
    "stage": "stage of the process",
    "gate": "criterion of the process",
    "role": "buying role",
    "importance": "level of importance",
    "opposition": "level of opposition",
}
"""What a text names that names something else, where the name of the target does not say it."""


def rules_page() -> str:
    """Return the page of all rules, in the order of their names."""
    return "\n".join([RULES_INTRODUCTION, *map(_rule_section, rules.ids())])


def _rule_section(rule_id: str) -> str:
    rule = rules.rule(rule_id, "en")
    parts = [f"## {rule_id}\n", f"{rule.title} ({rule.severity}). {rule.why}\n"]
    file = TESTS / "broken" / f"{rule_id}.yaml"
    if file.exists():
        files = files_of(file.read_text("utf-8"))
        parts += [f"`{place}`\n\n{_fenced(text, 'yaml')}" for place, text in files]
        parts.append(_fenced(_printed_for(files, rule_id), "text"))
    else:
        assert rule_id in NOT_SHOWN_IN_TEXT, f"tests/broken/{rule_id}.yaml is missing"
        parts.append(_fenced(as_text([NOT_SHOWN_IN_TEXT[rule_id]], {}, SCREEN, "en"), "text"))
    return "\n".join(parts)


def files_of(text: str) -> list[tuple[str, str]]:
    """Return place and text of the files that a broken file stands for: each `# place:` line begins one."""
    pieces = re.split(r"^# place: (.+)\n", text, flags=re.M)
    return list(zip(pieces[1::2], pieces[2::2], strict=True))


def _printed_for(files: list[tuple[str, str]], rule_id: str) -> str:
    """Return what kamctl prints when files are put into the small workspace of the tests; of notes, one rule's."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(shutil.copytree(TESTS / "base", Path(folder) / "base"))
        for place, text in files:
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            (root / place).write_text(text, "utf-8")
        found = validate(Workspace.open(root, tolerant=True), AS_OF).problems
        problems = [p for p in found if p.rule == rule_id or rules.severity(p) != "note"]
        paths = {problem.path for problem in problems}
        sources = {path: lines_of((root / path).read_text("utf-8")) for path in paths}
        return as_text(problems, sources, SCREEN, "en")


def _fenced(text: str, language: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```\n"


def commands_page() -> str:
    """Return the page of all commands: the help text of each, as the terminal shows it."""
    root = get_command(cli.app)
    context = root.make_context("kamctl", [], resilient_parsing=True, terminal_width=HELP_WIDTH)
    return "\n".join([COMMANDS_INTRODUCTION, *_help_sections(root, context)])


def _help_sections(command: Any, context: Any) -> Iterator[str]:
    yield f"## {context.command_path}\n\n{_fenced(command.get_help(context), 'text')}"
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        below = command.get_command(context, name)
        yield from _help_sections(below, below.make_context(name, [], parent=context, resilient_parsing=True))


def files_page() -> str:
    """Return the page of the file format: parts/files.md with a table where it says `<!-- fields: kind -->`."""
    text = (PARTS / "files.md").read_text("utf-8")
    return re.sub(r"<!-- fields: (\w+) -->", lambda found: fields_table(MODELS[found[1]]), text)


def fields_table(model: type[BaseModel]) -> str:
    """Return a Markdown table of every field of a kind of file, nested ones dotted as `set` takes them."""
    rows = [f"| `{place}` | {words} | {meaning} | {need} |" for place, words, meaning, need in _fields(model, "")]
    return "\n".join(["| field | type | meaning | required |", "|---|---|---|---|", *rows])


def _fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, str, str]]:
    hints = typing.get_type_hints(model, include_extras=True)
    for name, field in sorted(model.model_fields.items(), key=lambda pair: pair[0] == "external"):
        annotation = _without_none(hints[name])
        yield (
            prefix + name,
            type_words(annotation),
            _meaning(field_words(model).get(name, ""), field),
            "yes" if field.is_required() else "",
        )
        step, entry = _entry_of(annotation)
        if entry is not None:
            yield from _fields(entry, f"{prefix}{name}{step}.")
    if model.model_config.get("extra") == "allow":
        key, value = typing.get_args(hints["__pydantic_extra__"])
        yield f"{prefix}{_key_name(key)}", type_words(value), "The same for a competitor, by its key.", ""


def _meaning(words: str, field: FieldInfo) -> str:
    default = field.default
    if field.is_required() or default in (None, [], {}):
        return words
    written = f"{default.days}d" if isinstance(default, timedelta) else default
    return f"{words} Default: `{written}`."


def _entry_of(annotation: Any) -> tuple[str, type[BaseModel] | None]:
    """Return the model of the entries below a field, and how their place continues: `.N` in a list, `.KEY` by key."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    step, inner = "", annotation
    if origin is list:
        step, inner = ".N", arguments[0]
    elif origin is dict:
        step, inner = f".{_key_name(arguments[0])}", arguments[1]
    return step, inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def type_words(annotation: Any) -> str:
    """Return the type of a field in words. Raises StopIteration for a type that no table names."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    if origin is list:
        return f"list of {type_words(arguments[0])}"
    if origin is dict:
        return f"{type_words(arguments[1])} by {type_words(arguments[0])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "fields"
    target = _target(annotation)
    return REFERENCES.get(target, target.replace("_", " ")) or next(
        words for scalar, words in SCALARS if scalar == annotation
    )


def _key_name(annotation: Any) -> str:
    return _target(annotation).upper() or "KEY"


def _target(annotation: Any) -> str:
    return next(
        (item.target for item in getattr(annotation, "__metadata__", ()) if isinstance(item, scalars.Refers)), ""
    )


def _without_none(annotation: Any) -> Any:
    if typing.get_origin(annotation) in (typing.Union, UnionType):
        return next(choice for choice in typing.get_args(annotation) if choice is not type(None))
    return annotation


METHOD_PAGES: dict[str, Callable[[Methods, str], Part]] = {
    "losqaop": Methods.process,
    "large-project": Methods.process,
    "phased": Methods.process,
    "record": Methods.process,
    "tas20": Methods.scorecard,
    "bant": Methods.scorecard,
    "relationship": lambda methods, _: methods.relationship,
    "importance": lambda methods, _: methods.importance,
    "reasons": lambda methods, _: methods.reasons,
    "grades": lambda methods, _: methods.grades,
    "presentation": lambda methods, _: methods.presenting,
    "reviews": lambda methods, _: methods.reviews,
    "forecast": lambda methods, _: methods.forecast,
    "ramp": lambda methods, _: methods.ramp,
    "plan_test": lambda methods, _: methods.plan_test,
    "audit": lambda methods, _: methods.audit,
}
"""The parts of the shipped method that have a page, and how each is read."""


def method_page(name: str) -> str:
    """Return the page of one part of the shipped method, as `kamctl method show` prints it."""
    part = METHOD_PAGES[name](Methods(None), name)
    return f"{METHOD_NOTE.format(name=name)}\n{page(part, name, 'en')}"


def templates_page() -> str:
    """Return the page of the templates: parts/templates.md with what the code says where a comment asks for it."""
    text = (PARTS / "templates.md").read_text("utf-8")
    made = {"forms": forms_table, "filters": filters_table, "views": views_sections}
    text = re.sub(r"<!-- (forms|filters|views) -->", lambda found: made[found[1]](), text)
    text = re.sub(r"<!-- macros: (\S+) -->", lambda found: macros_table(found[1]), text)
    return re.sub(r"<!-- blocks: (\S+) -->", lambda found: blocks_of(found[1]), text)


def tables_page() -> str:
    """Return the page of all tables that can be exported."""
    kinds = "\n".join(f"| {kind} | {about} |" for kind, about in KINDS.items())
    head = TABLES_INTRODUCTION.format(version=tables.VERSION, kinds=kinds)
    return "\n".join([head, *map(_table_section, tables.TABLES)])


def _table_section(table: Table) -> str:
    lines = [f"## {table.name}\n", f"{table.about} Key: {', '.join(f'`{name}`' for name in table.key)}.\n"]
    lines += ["| column | type | meaning |", "|---|---|---|"]
    for column in table.columns:
        refers = f" Key of [{column.refers}](#{column.refers})." if column.refers else ""
        lines.append(f"| `{column.name}` | {column.kind} | {column.about}{refers} |")
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "rules.md": rules_page,
    "commands.md": commands_page,
    "files.md": files_page,
    "templates.md": templates_page,
    "tables.md": tables_page,
    "method/losqaop.md": partial(method_page, "losqaop"),
    "method/large-project.md": partial(method_page, "large-project"),
    "method/phased.md": partial(method_page, "phased"),
    "method/record.md": partial(method_page, "record"),
    "method/tas20.md": partial(method_page, "tas20"),
    "method/bant.md": partial(method_page, "bant"),
    "method/relationship.md": partial(method_page, "relationship"),
    "method/importance.md": partial(method_page, "importance"),
    "method/reasons.md": partial(method_page, "reasons"),
    "method/grades.md": partial(method_page, "grades"),
    "method/presentation.md": partial(method_page, "presentation"),
    "method/reviews.md": partial(method_page, "reviews"),
    "method/forecast.md": partial(method_page, "forecast"),
    **PICTURE_PAGES,
    "method/ramp.md": partial(method_page, "ramp"),
    "method/plan_test.md": partial(method_page, "plan_test"),
    "method/audit.md": partial(method_page, "audit"),
}
"""The generated pages by file name."""


def main() -> None:
    """Write every page."""
    for name, write in PAGES.items():
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(write(), "utf-8")


if __name__ == "__main__":
    main()
