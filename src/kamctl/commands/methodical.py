"""What `method` and `importance` do."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from typing import Any

from kamctl import tree
from kamctl.commands.selling import Selection, select
from kamctl.commands.session import Session
from kamctl.commands.validating import print_report
from kamctl.labels import pick
from kamctl.layout import METHOD_FILES
from kamctl.loading import located
from kamctl.method_validation import method_problems
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render import method as rendered
from kamctl.render.markdown import print_markdown
from kamctl.render.output import print_json, print_table
from kamctl.render.screen import write
from kamctl.render.table import Column, Table
from kamctl.render.width import wrap
from kamctl.reports.importance import importance_rows
from kamctl.schema.method import DEFAULT_PROCESS, DEFAULT_SCORECARD
from kamctl.validation import Report


def list_files(run: Session) -> None:
    """Print the method files in force."""
    columns = [
        Column("kind", run.label("col-kind")),
        Column("name", run.label("col-name")),
        Column("version", run.label("col-version"), right=True),
        Column("title", run.label("col-rule-title"), shrink=16),
        Column("source", run.label("col-source")),
        Column("used", run.label("col-used")),
    ]
    used = _in_use(run)
    rows = [_file_row(run, kind, name, used) for kind, name in _files(run)]
    print_table(Table(columns, rows), run.style, run.envelope())


def show(run: Session, name: str) -> None:
    """Print one part of the method. Raises KamctlError when there is none of that name."""
    run.style.check(("table", "md", "json"))
    settings = run.workspace.settings if run.has_workspace else None
    name = name or (settings.process if settings else DEFAULT_PROCESS)
    found = next((kind for kind, known in _files(run) if known == name), None)
    if found is None:
        known = [known for _, known in _files(run)]
        hint = nearest(name, known, choices(known))
        raise KamctlError(Phrase('the method has no "{name}"', name=name), hint)
    part = _part(run, found, name)
    if run.options.format == "json":
        print_json(rendered.as_data(part), run.style, run.envelope())
    else:
        print_markdown(rendered.page(part, name, run.lang), run.style)


def check(run: Session) -> int:
    """Print the problems of the workspace's own method files; returns 1 when there are errors."""
    workspace = run.workspace
    problems = located(workspace.files, method_problems(workspace))
    result = Report(problems, sum(1 for _ in tree.method_files(workspace.files)))
    print_report(run, result, workspace.files, 0)
    return 1 if result.errors else 0


def importance(run: Session, owners: Sequence[str]) -> None:
    """Print who holds how many open deals of each importance, and the duty of each level."""
    chosen = select(run, Selection([], {"owner_id": owners}, "", [], "id", everything=False))
    levels = run.workspace.methods.importance
    rows = importance_rows(chosen.rows, levels)
    labels = {level.id: pick(level.label, run.lang) for level in levels.levels}
    columns = [
        Column("owner", run.label("col-owner"), shrink=8),
        Column("level", run.label("col-importance"), lambda level: labels.get(level, level), shrink=8),
        Column("deals", run.label("col-deals"), right=True),
        Column("cap", run.label("col-cap"), right=True),
        Column("over", run.label("col-over"), right=True, style=lambda over: "red" if over else ""),
        Column("ids", run.label("col-deal"), lambda ids: ", ".join(ids), shrink=20, drop=1),
    ]
    table = Table(columns, [[getattr(row, column.key) for column in columns] for row in rows])
    duties = {level.id: pick(level.duty, run.lang) for level in levels.levels}
    print_table(table, run.style, run.envelope(duties=duties))
    if run.style.effective == "table":
        write("\n" + "\n".join(_duty(run, level) for level in levels.levels))


def _duty(run: Session, level: Any) -> str:
    duty = f"{pick(level.watched_by, run.lang)} — {pick(level.duty, run.lang)}"
    words = f"{pick(level.label, run.lang)}{run.label('colon')}{duty}"
    first, *rest = wrap(words, run.style.screen.width - 2)
    return "\n".join(run.style.screen.style(line, "dim") for line in [first, *(f"  {line}" for line in rest)])


def _files(run: Session) -> list[tuple[str, str]]:
    methods = _methods(run)
    named = [(kind, name) for kind in ("process", "scorecard") for name in methods.names(kind)]
    return [*named, *((kind, name) for name, kind in METHOD_FILES.items())]


def _methods(run: Session) -> Any:
    from kamctl.methods import Methods

    return run.workspace.methods if run.has_workspace else Methods(None)


def _part(run: Session, kind: str, name: str) -> Any:
    methods = _methods(run)
    return getattr(methods, kind)(name) if kind in ("process", "scorecard") else getattr(methods, kind)


def _file_row(run: Session, kind: str, name: str, used: Collection[str]) -> list[Any]:
    methods = _methods(run)
    place = methods.place(kind, name)
    source = place.path if place.own else run.label("shipped")
    try:
        part = _part(run, kind, name)
    except KamctlError:
        return [kind, name, None, run.label("unusable"), source, False]
    title = pick(part.name, run.lang) if hasattr(part, "name") else run.label(f"method-{kind}")
    return [kind, name, part.version, title, source, name in used or name in METHOD_FILES]


def _in_use(run: Session) -> set[str]:
    if not run.has_workspace:
        return {DEFAULT_PROCESS, DEFAULT_SCORECARD}
    settings = run.workspace.settings
    facts = run.workspace.load(("accounts", "opportunities")).facts
    names = {settings.process, settings.scorecard, *(deal.process for deal in facts.opportunities if deal.process)}
    for name in tuple(names):
        with contextlib.suppress(KamctlError):
            names.add(_methods(run).process(name).scorecard or settings.scorecard)
    return names
