"""`kamctl review`: what a team meets about every day, week and month."""

from __future__ import annotations

import typer

from kamctl.commands.session import OUTPUT, new_app, session

app = new_app(help="What to meet about: daily, weekly, monthly.")

OWNER = typer.Option([], "--owner", metavar="PERSON", help="Work of this person, key or name; may be repeated.")
UNIT = typer.Option([], "--unit", metavar="TEXT", help="Work of people of this unit.")
SINCE = typer.Option("", "--since", metavar="DATE", help="First day to look back on.")
UNTIL = typer.Option("", "--until", metavar="DATE", help="Last day to look back on; what follows it lies ahead.")


@app.command()
def daily(
    ctx: typer.Context,
    owner: list[str] = OWNER,
    unit: list[str] = UNIT,
    since: str = SINCE,
    until: str = UNTIL,
    output: str = OUTPUT,
) -> None:
    """Look back on the last working day, and ahead to today.

    Calls and what came of them, objectives, promises kept and broken, deals that moved, today's calls.

    \b
    Examples:
      kamctl review daily
      kamctl review daily --owner li-na
      kamctl review daily --since 2026-06-10 --until 2026-06-11
    """
    from kamctl.commands.reviewing import Asked, print_review

    print_review(session(ctx), "daily", Asked(owner, unit, since, until, output))


@app.command()
def weekly(
    ctx: typer.Context,
    owner: list[str] = OWNER,
    unit: list[str] = UNIT,
    since: str = SINCE,
    until: str = UNTIL,
    output: str = OUTPUT,
) -> None:
    """Look back on the week that has ended, from Friday on on the week that is ending, and ahead to the next.

    Results, calls, promises, moves, how the pipeline changed, what needs attention, and the plan of the week ahead.

    \b
    Examples:
      kamctl review weekly
      kamctl review weekly --unit 环渤海
      kamctl review weekly -o week.html
    """
    from kamctl.commands.reviewing import Asked, print_review

    print_review(session(ctx), "weekly", Asked(owner, unit, since, until, output))


@app.command()
def monthly(
    ctx: typer.Context,
    owner: list[str] = OWNER,
    unit: list[str] = UNIT,
    since: str = SINCE,
    until: str = UNTIL,
    output: str = OUTPUT,
) -> None:
    """Look back on last month and ahead to this one.

    Result against the quota, funnel, how the pipeline changed, diagnosis, forecast, key accounts, focus and resources.
    Amounts and expected dates of an earlier day come from the git history; without one they are today's.

    \b
    Examples:
      kamctl review monthly
      kamctl review monthly --since 2026-04-01 --until 2026-05-31
      kamctl review monthly --format html -o may.html
    """
    from kamctl.commands.reviewing import Asked, print_review

    print_review(session(ctx), "monthly", Asked(owner, unit, since, until, output))
