"""`kamctl today`: what to do today."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def today(
    ctx: typer.Context,
    owner: list[str] = typer.Option([], "--owner", metavar="PERSON", help="This person's day; else everybody's."),
    everything: bool = typer.Option(False, "--all", help="Every line of every list, not only the first few."),
) -> None:
    """Show a day on one screen: calls, presentations, what is due or not recorded, and the deals to look at.

    Due are commitments, actions, the steps of presentations, and callbacks. A presentation stands on the day of whoever
    leads it and of all who take part.

    The deals to look at are those that lack a single thing for their next stage, those that have gone stale, and those
    with marks that have. Lists are cut after a few lines; flat formats and JSON hold everything.

    With --as-of it is the day as it was: calls, records, promises, actions, stages and marks of that day; owners, plans
    and which fields were filled are today's.

    \b
    Examples:
      kamctl today --owner li-na
      kamctl today --owner li-na --all
      kamctl today --format csv
    """
    from kamctl.commands.morning import print_today

    print_today(session(ctx), owner, everything)
