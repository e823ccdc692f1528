"""What reports are computed by in the tests: the shipped method, a day, and a currency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kamctl.methods import Methods
from kamctl.money import Rate
from kamctl.reports.pipeline import Terms

METHODS = Methods(None)


def terms(as_of: str = "2026-06-15", report_currency: str = "", rates: Sequence[Rate] = ()) -> Terms:
    """Return the terms of a workspace in CNY that has no method of its own."""
    return Terms(
        as_of=date.fromisoformat(as_of),
        currency="CNY",
        report_currency=report_currency,
        rates=tuple(rates),
        processes=METHODS.processes(),
        default_process="losqaop",
        scorecards=METHODS.scorecards(),
        default_scorecard="tas20",
        importance=METHODS.importance,
        stale_after=timedelta(days=30),
    )
