"""What `audit` does: read the history, keep what was asked for, print the questions."""

from __future__ import annotations

from collections.abc import Callable

from kamctl import layout
from kamctl.commands.session import Session
from kamctl.commands.telling import tell_limits
from kamctl.facts import Facts
from kamctl.history.audit import cases, count_signed
from kamctl.history.snapshot import commit_of
from kamctl.history.steps import Steps, read_steps
from kamctl.history.story import everything
from kamctl.labels import pick
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render import audit as rendered

KINDS = ("call", "opportunity")


def audit(run: Session, since: str, owner: str) -> None:
    """Print what the history asks, by person. Raises KamctlError when there is no history, or no such person."""
    run.style.check()
    repository, limits = run.repository, run.workspace.methods.audit
    first = run.day(since, "--since") if since else None
    facts = run.workspace.load(("accounts", "members", "opportunities", "calls", "competitors")).facts
    if owner and owner not in facts.members:
        hint = nearest(owner, list(facts.members), choices(facts.members))
        raise KamctlError(Phrase('there is nobody called "{name}" in team.yaml', name=owner), hint)
    versions = everything(repository, commit_of(run.workspace, repository))
    wanted = [version for version in versions if (layout.kind_and_id(version.path) or ("",))[0] in KINDS]
    read = read_steps(repository, wanted)
    found = cases(read.steps, limits, _is_ended(run, facts))
    if first is not None:
        found = [case for case in found if case.commit.day >= first]
    if owner:
        owners = _owners(facts)
        found = [case for case in found if owners.get(case.record) == owner]
    commits = [version.commit.id for version in versions]
    signed = rendered.Signed(count_signed(repository, commits), len(set(commits)))
    tell_limits(run, repository, read)
    rendered.print_audit(found, signed, _names(run, facts), run.style, run.envelope(**_limits(run, read)))
    if not any(case.asked for case in found):
        run.say(run.label("audit-none"), "dim")
    run.say(run.label("audit-baseline"), "dim")


def _is_ended(run: Session, facts: Facts) -> Callable[[str, str], bool]:
    """Return what says whether a deal of today's process is won or lost at a stage."""
    processes, default = run.workspace.methods.processes(), run.workspace.settings.process
    of_deal = {deal.id: deal.process or default for deal in facts.opportunities}
    known = {
        (name, stage.code): stage.outcome != "open" for name, process in processes.items() for stage in process.stages
    }
    return lambda deal, stage: known.get((of_deal.get(deal, default), stage), False)


def _owners(facts: Facts) -> dict[str, str]:
    """Return whose each deal and each call is."""
    return {deal.id: deal.owner for deal in facts.opportunities} | {call.id: call.by for call in facts.calls}


def _names(run: Session, facts: Facts) -> rendered.Names:
    """Return what criteria and parties are called."""
    sheets = run.workspace.methods.scorecards().values()
    criteria = {row.id: pick(row.label, run.lang) for sheet in sheets for row in sheet.criteria()}
    parties = {(row.opportunity, row.id): row.name for row in facts.competitors}
    return rendered.Names(criteria, parties)


def _limits(run: Session, read: Steps) -> dict[str, object]:
    limits = run.workspace.methods.audit
    return {
        "shallow": run.repository.shallow,
        "unreadable_versions": len(read.unreadable),
        "limits": {name: getattr(limits, name) for name in sorted(limits.__dataclass_fields__)},
    }
