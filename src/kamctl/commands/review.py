"""`kamctl review`: what a team meets about every day, week and month, and the review of a deal or an account."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, OUTPUT, ids_of, new_app, session

app = new_app(help="Review packs: the day, week and month of a team; a deal or an account.")

OWNER = typer.Option([], "--owner", metavar="PERSON", help="Work of this person, key or name; may be repeated.")
UNIT = typer.Option([], "--unit", metavar="TEXT", help="Work of people of this unit.")
SINCE = typer.Option("", "--since", metavar="DATE", help="First day to look back on.")
UNTIL = typer.Option("", "--until", metavar="DATE", help="Last day to look back on; what follows it lies ahead.")
REVIEWED = typer.Option("", "--since", metavar="REV|DATE", help="The last review; default: a week ago.")


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


@app.command()
def opportunity(
    ctx: typer.Context,
    deal: str = typer.Argument(
        ..., metavar="ID", help="The deal, by id or a part of it.", autocompletion=ids_of("opportunity")
    ),
    since: str = REVIEWED,
    accept: list[str] = typer.Option(
        [], "--accept", metavar="'WHO: WHAT @DATE'", help="Add a decision to the actions of the deal; may be repeated."
    ),
    output: str = OUTPUT,
    dry_run: bool = DRY_RUN,
) -> None:
    """Review a deal: its plan, score over time, map, gate, what changed, and the agenda of a test of the plan.

    The test is a meeting of 90 minutes in which colleagues attack the plan as the customer, the competitor and the
    sceptic; its questions come from unknown and stale marks, gaps and people. What is decided is written in the
    free lines, and with --accept into the file of the deal.

    \b
    Examples:
      kamctl review opportunity bohai-water/line-3
      kamctl review opportunity bohai-water/line-3 --since 2026-06-01 -o line-3.html
      kamctl review opportunity bohai-water/line-3 --accept 'li-na: 问清付款条件 @fri'
    """
    from kamctl.commands.plan_review import accept_decisions, review_deal

    run = session(ctx)
    if accept:
        accept_decisions(run, deal, accept, dry_run)
    else:
        review_deal(run, deal, since, output)


@app.command()
def account(
    ctx: typer.Context,
    account: str = typer.Argument(
        ..., metavar="ID", help="The account, by id or a part of it.", autocompletion=ids_of("account")
    ),
    since: str = REVIEWED,
    output: str = OUTPUT,
) -> None:
    """Review an account: its plan, how its open deals stand, what changed, and the agenda of a test of the plan.

    \b
    Examples:
      kamctl review account bohai-water
      kamctl review account bohai-water --since HEAD~20 --format html -o bohai.html
    """
    from kamctl.commands.plan_review import review_account

    review_account(session(ctx), account, since, output)
