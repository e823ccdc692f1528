"""`kamctl review`: what a review needs, on paper."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, OUTPUT, ids_of, new_app, session

app = new_app(help="Review packs: what a review needs, on paper.")

SINCE = typer.Option("", "--since", metavar="REV|DATE", help="The last review; default: a week ago.")


@app.command()
def opportunity(
    ctx: typer.Context,
    deal: str = typer.Argument(
        ..., metavar="ID", help="The deal, by id or a part of it.", autocompletion=ids_of("opportunity")
    ),
    since: str = SINCE,
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
    since: str = SINCE,
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
