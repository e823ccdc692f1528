"""What `pipeline` and `opportunity list` do: read, choose, add up, print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kamctl.commands.session import Session
from kamctl.facts import Facts
from kamctl.labels import pick
from kamctl.loading import Selection as Narrowed
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render import pipeline as rendered
from kamctl.reports.filters import Keep, condition, keep_all, one_of
from kamctl.reports.pipeline import TABLES, PipelineRow, Terms, briefs, pipeline, pipeline_rows
from kamctl.terms import workspace_terms

GROUPS = {
    "stage": "stage_seen",
    "process": "process",
    "owner": "owner",
    "unit": "unit",
    "vertical": "vertical",
    "province": "province",
    "dealer": "dealer",
    "product": "product",
    "account": "customer",
    "importance": "importance",
    "grade": "grade",
    "source": "source",
}
"""What `--by` may be, and the field of a row that it groups by."""


@dataclass(frozen=True)
class Selection:
    """What a person asked to see."""

    stages: Sequence[str]
    one_of: Mapping[str, Sequence[str]]
    closing_before: str
    where: Sequence[str]
    sort: str
    everything: bool


@dataclass(frozen=True)
class Chosen:
    """The rows chosen, the terms and facts they were computed from, and how many ended deals were left out."""

    rows: list[PipelineRow]
    terms: Terms
    hidden: int
    facts: Facts


def terms_of(run: Session) -> Terms:
    """Return what pipelines of this workspace are computed by; see `terms.workspace_terms`."""
    return workspace_terms(run.workspace, run.as_of)


def select(run: Session, selection: Selection) -> Chosen:
    """Read the workspace and return the rows that a person asked for. Raises KamctlError for a bad request."""
    terms = terms_of(run)
    codes = [_stage(run, code, terms) for code in selection.stages]
    tests = _tests(run, selection, codes)
    narrowed = _narrowed(codes, terms) if codes else None
    loaded = run.workspace.load(TABLES, selection=narrowed, briefs=briefs(terms.as_of))
    if owners := selection.one_of.get("owner_id"):
        tests.append(one_of("owner_id", owner_keys(loaded.facts, owners)))
    run.tell_unread(loaded)
    rows = keep_all(pipeline_rows(loaded.facts, terms), tests)
    shown = rows if selection.everything or selection.stages else [row for row in rows if not row.ended]
    ordered = _sorted(shown, selection.sort, stage_order(terms))
    return Chosen(ordered, terms, len(rows) - len(shown), loaded.facts)


def print_pipeline(run: Session, chosen: Chosen, by: str, totals: bool) -> None:
    """Print rows and totals."""
    field = group_field(by)
    order = stage_order(chosen.terms) if by == "stage" else lambda name: not name
    result = pipeline(chosen.rows, field, order)
    rendered.print_pipeline(result, chosen.terms, run.style, run.envelope(), by, totals)
    _notes(run, chosen, result.unconverted)


def group_field(by: str) -> str:
    """Return the field of a row that `--by` groups by. Raises KamctlError with the nearest one."""
    if by not in GROUPS:
        hint = nearest(by, list(GROUPS), choices(GROUPS))
        raise KamctlError(Phrase('totals cannot be grouped by "{by}"', by=by), hint)
    return GROUPS[by]


def stage_order(terms: Terms) -> Callable[[str], int]:
    """Return the sort key of stage codes: the default process first, then the others, unknown codes last."""
    names = [terms.default_process, *(name for name in terms.processes if name != terms.default_process)]
    codes = [stage.code for name in names for stage in terms.processes[name].stages]
    places = {code: place for place, code in reversed(list(enumerate(codes)))}
    return lambda code: places.get(code, len(codes))


def _narrowed(codes: Sequence[str], terms: Terms) -> Narrowed:
    """Return what a load may pass over: deals at a stage that is none of these, in any process, today."""
    stages = {
        stage.code
        for process in terms.processes.values()
        for stage in process.stages
        if stage.code in codes or stage.maps_to.get(terms.default_process) in codes
    }
    return Narrowed(frozenset(stages), terms.as_of.toordinal())


def _tests(run: Session, selection: Selection, codes: Sequence[str]) -> list[Keep]:
    wanted = {field: values for field, values in selection.one_of.items() if values and field != "owner_id"}
    if "account" in wanted:
        wanted["account"] = [run.workspace.resolve("account", name) for name in wanted["account"]]
    tests = [one_of(field, values) for field, values in wanted.items()]
    tests += [condition(text, PipelineRow._fields) for text in selection.where]
    if selection.stages:
        tests.append(lambda row: row.stage in codes or row.stage_seen in codes)
    if selection.closing_before:
        limit = run.day(selection.closing_before, "--closing-before")
        tests.append(lambda row: row.close_date is not None and row.close_date < limit)
    return tests


def _stage(run: Session, code: str, terms: Terms) -> str:
    """Return the code as the process writes it; says so when others begin like it."""
    stages = {stage.code: stage for process in reversed(list(terms.processes.values())) for stage in process.stages}
    stages |= {stage.code: stage for stage in terms.processes[terms.default_process].stages}
    exact = {name.casefold(): name for name in stages}.get(code.casefold())
    if exact is None:
        own = ", ".join(stage.code for stage in terms.processes[terms.default_process].stages)
        raise KamctlError(
            Phrase('there is no stage "{name}"', name=code),
            nearest(code, list(stages), Phrase("one of {names}", names=own)),
        )
    own_codes = terms.processes[terms.default_process].stages
    alike = [s for s in own_codes if s.code != exact and s.code.startswith(exact) and s.outcome != "lost"]
    if alike:
        others = ", ".join(f"{stage.code} ({pick(stage.label, run.lang)})" for stage in alike)
        label = pick(stages[exact].label, run.lang)
        run.say(run.label("stage-alike", code=exact, label=label, others=others), "dim")
    return exact


def owner_keys(facts: Facts, owners: Sequence[str]) -> list[str]:
    """Return the keys of our people, named by key or by name. Raises KamctlError for one who is not in team.yaml."""
    members = facts.members
    if not members:
        return list(owners)
    keys = []
    for owner in owners:
        word = owner.casefold()
        found = [key for key, member in members.items() if word in (key.casefold(), member.name.casefold())]
        if not found:
            hint = nearest(
                owner,
                sorted({*members, *(member.name for member in members.values())}),
                Phrase("team.yaml has {names}", names=", ".join(members)),
            )
            raise KamctlError(Phrase('there is nobody "{name}" in team.yaml', name=owner), hint)
        keys += found
    return keys


def _sorted(rows: list[PipelineRow], sort: str, order: Callable[[str], int]) -> list[PipelineRow]:
    name = sort.removeprefix("-")
    if name not in PipelineRow._fields:
        hint = nearest(name, PipelineRow._fields, Phrase("fields: {names}", names=", ".join(PipelineRow._fields)))
        raise KamctlError(Phrase('rows cannot be sorted by "{name}"', name=name), hint)
    if name == "stage":
        rows = sorted(rows, key=lambda row: (order(row.stage_seen), -(row.amount or 0), row.id))
        return rows[::-1] if sort.startswith("-") else rows

    def key(row: PipelineRow) -> Any:
        return getattr(row, name)

    empty = [row for row in rows if key(row) in (None, "")]
    filled = sorted((row for row in rows if key(row) not in (None, "")), key=key, reverse=sort.startswith("-"))
    return filled + empty


def _notes(run: Session, chosen: Chosen, unconverted: Sequence[str]) -> None:
    if not chosen.rows:
        run.say(run.label("no-deals"), "dim")
    if unconverted:
        ids = ", ".join(unconverted[:5]) + (" …" if len(unconverted) > 5 else "")
        run.say(run.label("unconverted", currency=chosen.terms.currency, ids=ids), "warning")
    strange = sum(
        chosen.terms.processes[row.process].stage(row.stage) is None
        for row in chosen.rows
        if row.process in chosen.terms.processes
    )
    if strange:
        run.say(run.label("unknown-stage-rows", count=strange), "warning")
    if chosen.hidden and run.style.screen.terminal:
        run.say(run.label("ended-hidden", count=chosen.hidden), "dim")
