"""What `review daily`, `weekly` and `monthly` do: find out which days and whose work, print the form."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kamctl.commands.rendering import print_view, tell_unread_of
from kamctl.commands.selling import owner_keys
from kamctl.commands.session import Session
from kamctl.commands.writing import VIEWS
from kamctl.facts import Facts
from kamctl.forms.meeting import meeting_view
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest
from kamctl.reports.meetings import SPANS, Span, between


@dataclass(frozen=True)
class Asked:
    """What a person asked of a review."""

    owners: Sequence[str]
    units: Sequence[str]
    since: str
    until: str
    output: str


def print_review(run: Session, name: str, asked: Asked) -> None:
    """Print a review, or write it to a file, in the format asked for."""
    run.style.check(VIEWS)
    span = span_of(run, name, asked)
    team = run.workspace.load(("members",)).facts
    owners = owner_keys(team, asked.owners) if asked.owners else []
    _check_units(team, asked.units)
    view = meeting_view(run.workspace, name, span, run.lang, owners, asked.units)
    tell_unread_of(run, "")
    print_view(run, f"review-{name}", view, asked.output)


def span_of(run: Session, name: str, asked: Asked) -> Span:
    """Return the days that a review looks at. Raises KamctlError for days in the wrong order, or all in the future."""
    since = run.day(asked.since, "--since") if asked.since else None
    until = run.day(asked.until, "--until") if asked.until else None
    try:
        span = between(SPANS[name](run.as_of), since, until)
    except ValueError:
        raise KamctlError(
            Phrase("there is no day from {start} to {end}", start=since, end=until or run.as_of),
            Phrase("--since comes before --until"),
        ) from None
    if span.past.start > run.as_of:
        raise KamctlError(
            Phrase("--since {start} is after {as_of}", start=span.past.start, as_of=run.as_of),
            Phrase("a review looks back on days that have been"),
        )
    return span


def _check_units(facts: Facts, wanted: Collection[str]) -> None:
    """Raise KamctlError for a unit that nobody is of."""
    units = sorted({member.unit for member in facts.members.values() if member.unit})
    for unit in wanted:
        if unit.casefold() not in map(str.casefold, units):
            hint = nearest(unit, units, Phrase("team.yaml has {names}", names=", ".join(units) or Phrase("none")))
            raise KamctlError(Phrase('there is no unit "{name}" in team.yaml', name=unit), hint)
