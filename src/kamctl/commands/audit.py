"""`kamctl audit`: what the history asks about how the files were kept."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def audit(
    ctx: typer.Context,
    since: str = typer.Option("", "--since", metavar="DATE", help="Only what was committed on this day or later."),
    owner: str = typer.Option("", "--owner", metavar="KEY", help="Only the deals and calls of one of our people."),
) -> None:
    """Compare the days in the files with the days of the commits, and ask where they differ.

    By person who committed: calls recorded late, stages dated back, many close dates moved on one day, marks changed
    when the outcome was known, pluses without evidence shortly before the close date. Each is a question for a talk,
    not a verdict: there are good reasons for all of them, and days in git can be set to anything. The limits are those
    of the method (`kamctl method show audit`). What came with the first commit is not asked about.

    \b
    Examples:
      kamctl audit --since 2026-05-01
      kamctl audit --owner li-na
      kamctl audit --format csv --fields person,check,record,lag_hours
    """
    from kamctl.commands.auditing import audit as run

    run(session(ctx), since, owner)
