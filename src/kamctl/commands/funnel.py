"""`kamctl funnel`: what stands at every stage, how much of it comes further, and what a review asks of it."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def funnel(
    ctx: typer.Context,
    by: str = typer.Option("", "--by", metavar="FIELD", help="A funnel for each unit, owner, vertical, dealer, …"),
    period: str = typer.Option(
        "",
        "--period",
        metavar="PERIOD",
        help="Deals created in 2026, 2026-Q2, 2026-06; with --quota, the quota's period.",
    ),
    since: str = typer.Option("", "--since", metavar="DATE", help="Deals created on this day or later."),
    until: str = typer.Option("", "--until", metavar="DATE", help="Deals created on this day or earlier."),
    orders: int = typer.Option(0, "--orders", metavar="N", min=0, help="What N orders need at every stage."),
    quota: bool = typer.Option(False, "--quota", help="What the rest of the quota needs; this quarter's by default."),
    deal_size: str = typer.Option(
        "", "--deal-size", metavar="AMOUNT", help="The average order for --quota, in place of one's own history."
    ),
    diagnose: bool = typer.Option(False, "--diagnose", help="Every diagnosing question with its figures and deals."),
    process: str = typer.Option("", "--process", metavar="NAME", help="The stages of this process; the workspace's."),
    owner: list[str] = typer.Option([], "--owner", metavar="PERSON", help="Deals of this person, key or name."),
    unit: list[str] = typer.Option([], "--unit", metavar="TEXT", help="Deals of people of this unit."),
    account: list[str] = typer.Option([], "--account", metavar="ID", help="Deals of this account."),
    vertical: list[str] = typer.Option([], "--vertical", metavar="TEXT", help="Deals of this industry."),
    province: list[str] = typer.Option([], "--province", metavar="TEXT", help="Deals in this province."),
    dealer: list[str] = typer.Option([], "--dealer", metavar="TEXT", help="Deals through this dealer."),
    product: list[str] = typer.Option([], "--product", metavar="TEXT", help="Deals with this product first."),
    where: list[str] = typer.Option([], "--where", metavar="FIELD=VALUE", help="Any other condition, as in pipeline."),
) -> None:
    """Show the funnel: deals and amounts by stage, how many went on, the method's target, and the days it took.

    A conversion counts all deals that ever reached a stage; a stage that was skipped counts as passed, and stages of
    other processes count as those they compare to. A rate over too few deals is not printed. With --as-of an earlier
    day, stages, losses and actions are those of that day; amounts, close dates and owners are today's, since a file
    keeps only the last of them.

    \b
    Examples:
      kamctl funnel
      kamctl funnel --by owner
      kamctl funnel --orders 10
      kamctl funnel --quota --period 2026-Q3 --deal-size 900000 --unit 晋蒙
      kamctl funnel --diagnose
      kamctl funnel --where 'close_date>=2026-07-01' --format csv
    """
    from kamctl.commands.funneling import Asked, print_funnel
    from kamctl.history.past import moves_of

    one_of = {
        "owner_id": owner, "unit": unit, "account": account, "vertical": vertical, "province": province,
        "dealer": dealer, "product": product,
    }  # fmt: skip
    asked = Asked(one_of, where, by, period, since, until, process, orders, quota, deal_size, diagnose)
    run = session(ctx)
    print_funnel(run, asked, moves_of(run.workspace))
