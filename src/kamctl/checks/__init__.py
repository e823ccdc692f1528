"""The rules over a whole workspace, each a function from facts to problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kamctl.checks import calls, deals, documents, files, people, presentations, references, team
from kamctl.checks.context import Context
from kamctl.problems import Problem

Check = Callable[[Context], Iterable[Problem]]

REFERENCE_CHECKS: tuple[tuple[str, Check], ...] = (
    ("dangling-member", references.dangling_member),
    ("dangling-contact", references.dangling_contact),
    ("dangling-person", references.dangling_person),
    ("dangling-opportunity", references.dangling_opportunity),
    ("dangling-competitor", references.dangling_competitor),
    ("unknown-criterion", references.unknown_criterion),
    ("unknown-gate", references.unknown_gate),
    ("unknown-stage", references.unknown_stage),
    ("unknown-choice", references.unknown_choice),
)
"""Rules on names that point nowhere, for files of every kind."""

ACCOUNT_CHECKS: tuple[tuple[str, Check], ...] = (
    *REFERENCE_CHECKS,
    ("history-disagrees", deals.history_disagrees),
    ("history-backwards", deals.history_backwards),
    ("required-field", deals.required_field),
    ("lost-without-reason", deals.lost_without_reason),
    ("lost-but-open", deals.lost_but_open),
    ("impossible-dates", deals.impossible_dates),
    ("plus-without-evidence", deals.plus_without_evidence),
    ("mark-disputed", deals.mark_disputed),
    ("missing-rate", deals.missing_rate),
    ("gate-not-met", deals.gate_not_met),
    ("probability-far", deals.probability_far),
    ("probability-low", deals.probability_low),
    ("payments-differ", documents.payments_differ),
    ("margin-differs", documents.margin_differs),
    ("signed-before-bid", documents.signed_before_bid),
    ("no-bid-without-factor", documents.no_bid_without_factor),
    *((rule, team.team_check(rule)) for rule in team.TEAM_RULES),
    ("reporting-circle", people.reporting_circle),
    ("influence-circle", people.influence_circle),
    ("late-record", calls.late_record),
    ("missing-record", calls.missing_record),
    *((rule, presentations.presentation_check(rule)) for rule in presentations.PRESENTATION_RULES),
    ("account-missing", files.account_missing),
)
"""Rules that look at one account alone."""

WORKSPACE_CHECKS: tuple[tuple[str, Check], ...] = (
    ("team-missing", references.team_missing),
    ("over-cap", deals.over_cap),
    ("misplaced-file", files.misplaced_file),
    ("clashing-names", files.clashing_names),
    ("bad-name", files.bad_name),
)
"""Rules that look across accounts."""

CHECKS = ACCOUNT_CHECKS + WORKSPACE_CHECKS
"""Every rule id and the function that finds its problems."""


def run(context: Context, which: Iterable[tuple[str, Check]] = CHECKS) -> Iterator[Problem]:
    """Yield the problems that some checks find."""
    for _, check in which:
        yield from check(context)
