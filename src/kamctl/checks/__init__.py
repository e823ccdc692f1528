"""The rules over a whole workspace, each a function from facts to problems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from kamctl.checks import calls, deals, documents, files, people, references, team
from kamctl.checks.context import Context
from kamctl.problems import Problem

Check = Callable[[Context], Iterable[Problem]]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("dangling-member", references.dangling_member),
    ("team-missing", references.team_missing),
    ("dangling-contact", references.dangling_contact),
    ("dangling-person", references.dangling_person),
    ("dangling-opportunity", references.dangling_opportunity),
    ("dangling-competitor", references.dangling_competitor),
    ("unknown-criterion", references.unknown_criterion),
    ("unknown-gate", references.unknown_gate),
    ("unknown-stage", references.unknown_stage),
    ("unknown-choice", references.unknown_choice),
    ("history-disagrees", deals.history_disagrees),
    ("history-backwards", deals.history_backwards),
    ("required-field", deals.required_field),
    ("lost-without-reason", deals.lost_without_reason),
    ("lost-but-open", deals.lost_but_open),
    ("impossible-dates", deals.impossible_dates),
    ("plus-without-evidence", deals.plus_without_evidence),
    ("missing-rate", deals.missing_rate),
    ("over-cap", deals.over_cap),
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
    ("clashing-names", files.clashing_names),
    ("bad-name", files.bad_name),
    ("account-missing", files.account_missing),
    ("misplaced-file", files.misplaced_file),
)
"""Rule id and the function that finds its problems."""


def run(context: Context, only: Collection[str] = ()) -> Iterator[Problem]:
    """Yield the problems of every check, or of those named in `only`."""
    for rule, check in CHECKS:
        if not only or rule in only:
            yield from check(context)
