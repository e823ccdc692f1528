"""What `ramp` does: read, compute, print."""

from __future__ import annotations

from collections.abc import Sequence

from kamctl.commands.selling import owner_keys, terms_of
from kamctl.commands.session import Session
from kamctl.facts import Facts
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.render import ramp as rendered
from kamctl.reports.journey import Journey, journeys
from kamctl.reports.pipeline import Terms, pipeline_rows
from kamctl.reports.ramp import TABLES, RampLine, processes_named, ramp, ramp_people
from kamctl.rows.accounts import MemberRow
from kamctl.schema.method.ramp import Ramp


def print_ramp(run: Session, person: str, short: bool) -> None:
    """Print standards and what there is of them, of one person or of everybody they are expected of."""
    method = run.workspace.methods.ramp
    terms = terms_of(run)
    loaded = run.workspace.load(TABLES)
    run.tell_unread(loaded)
    people = _people(run, loaded.facts, method, person)
    lines = ramp_lines(run, loaded.facts, people, terms)
    shown = [line for line in lines if not short or line.verdict != "met"]
    rendered.print_ramp(shown, rendered.RampReport(method, terms, bool(person)), run.style, run.envelope())
    if not shown:
        run.say(run.label("nothing"), "dim")


def ramp_lines(run: Session, facts: Facts, people: Sequence[MemberRow], terms: Terms) -> list[RampLine]:
    """Return the standards of some people and what the files show of them."""
    method = run.workspace.methods.ramp
    return ramp(facts, _ways(facts, terms, method), people, method, terms, run.workspace.settings.fiscal_year_start)


def _ways(facts: Facts, terms: Terms, method: Ramp) -> dict[str, list[Journey]]:
    rows = pipeline_rows(facts, terms)
    names = processes_named(method, terms.default_process)
    missing = [name for name in names if name not in terms.processes]
    if missing:
        raise KamctlError(
            Phrase('method/ramp.yaml names a process "{name}" that is not there', name=missing[0]),
            Phrase("`kamctl method check`"),
        )
    return {name: journeys(facts, rows, terms, name) for name in names}


def _people(run: Session, facts: Facts, method: Ramp, person: str) -> list[MemberRow]:
    if person:
        members = [facts.members[key] for key in owner_keys(facts, [person]) if key in facts.members]
        unknown = [member for member in members if member.started is None]
        if unknown or not members:
            name = unknown[0].name if unknown else person
            raise KamctlError(
                Phrase("team.yaml does not say when {name} started", name=name),
                Phrase("add `started: 2026-03-01` there"),
                1,
            )
        return members
    people, undated = ramp_people(facts.members.values(), method)
    if undated:
        names = ", ".join(member.name for member in undated)
        run.say(run.label("ramp-undated", names=names), "warning")
    return people
