"""What `metrics` does: read, compute, print."""

from __future__ import annotations

from collections.abc import Sequence

from kamctl.commands.selling import owner_keys
from kamctl.commands.session import Session
from kamctl.commands.writing import REPORTS, wants_page
from kamctl.facts import Facts
from kamctl.forms.evaluation import MetricWords, evaluation_of, evaluation_view
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render import metrics as rendered
from kamctl.reports.metrics import BRIEFS, TABLES
from kamctl.reports.periods import quarter_of, read_period

GROUPS = ("owner", "unit")
"""What `--by` may be."""


def print_metrics(run: Session, period: str, owners: Sequence[str], by: str, output: str) -> None:
    """Print the metrics of a period, or its form."""
    run.style.check(REPORTS)
    if by and by not in GROUPS:
        raise KamctlError(
            Phrase('there is no --by "{by}"', by=by),
            nearest(by, GROUPS, choices(GROUPS)),
        )
    if by and owners:
        raise KamctlError(
            Phrase("--by and --owner exclude each other"), Phrase("--owner shows a person beside the team")
        )
    first_month = run.workspace.settings.fiscal_year_start
    span = read_period(period, first_month) if period else quarter_of(run.as_of, first_month)
    loaded = run.workspace.load(TABLES, briefs=BRIEFS)
    run.tell_unread(loaded)
    facts = loaded.facts
    if wants_page(run, output):
        from kamctl.commands.rendering import print_view

        only = owner_keys(facts, owners) if owners else []
        view = evaluation_view(run.workspace, span.name, run.lang, run.as_of, only)
        print_view(run, "evaluation", view, output)
        return
    found = evaluation_of(run.workspace, facts, span, run.as_of, groups_of(facts, owners, by))
    words = MetricWords(run.workspace, found, run.as_of, run.lang)
    rendered.print_metrics(found, words, run.style, run.envelope())


def groups_of(facts: Facts, owners: Sequence[str], by: str) -> list[tuple[str, list[str]]]:
    """Return the groups asked for: name and keys of the people in it. Raises KamctlError for an unknown person.

    Those who are not in team.yaml but own deals or make calls are people too; they are in no unit.
    """
    if owners:
        return [(facts.member_name(key), [key]) for key in owner_keys(facts, owners)]
    strangers = {deal.owner for deal in facts.opportunities} | {call.by for call in facts.calls}
    people = [*facts.members, *sorted(strangers - facts.members.keys() - {""})]
    if by == "owner":
        return [(facts.member_name(key), [key]) for key in people]
    units: dict[str, list[str]] = {}
    for key in people if by else ():
        unit = facts.members[key].unit if key in facts.members else ""
        units.setdefault(unit, []).append(key)
    return list(units.items())
