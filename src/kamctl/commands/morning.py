"""What `today` does: read, find, print."""

from __future__ import annotations

from collections.abc import Sequence

from kamctl.commands.selling import owner_keys, terms_of
from kamctl.commands.session import Session
from kamctl.render import today as rendered
from kamctl.reports.today import TABLES, briefs, today


def print_today(run: Session, owners: Sequence[str], everything: bool) -> None:
    """Print the day of some people, or of everybody."""
    terms = terms_of(run)
    loaded = run.workspace.load(TABLES, briefs=briefs(run.as_of))
    run.tell_unread(loaded)
    people = owner_keys(loaded.facts, owners) if owners else None
    items = today(loaded.facts, terms, run.workspace.settings.fresh_for, people)
    day = rendered.DayReport(loaded.facts, terms, None if everything else rendered.FEW, len(people or ()) == 1)
    rendered.print_today(items, day, run.style, run.envelope())
