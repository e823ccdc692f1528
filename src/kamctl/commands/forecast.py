"""`kamctl forecast`: what people commit to, by when, how it covers the quota, and what speaks against it."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def forecast(
    ctx: typer.Context,
    by: str = typer.Option("", "--by", metavar="FIELD", help="Split by owner, product, unit, vertical, …"),
    period: str = typer.Option(
        "", "--period", metavar="PERIOD", help="Only what is won or to be signed in 2026, 2026-Q3 or 2026-07."
    ),
    since: str = typer.Option(
        "", "--since", metavar="DATE", help="What fell out since this day; a month ago by default."
    ),
    simulate: int = typer.Option(0, "--simulate", metavar="N", min=0, max=1000000, help="Draw the open deals N times."),
    seed: int = typer.Option(1, "--seed", metavar="NUMBER", help="Start of the draws; the same gives the same result."),
    probability: str = typer.Option(
        "owner", "--probability", metavar="owner|stage", help="Whose probability the simulation draws by."
    ),
    only: str = typer.Option(
        "", "--only", metavar="PART", help="matrix, coverage, contradictions, fallen or simulation alone."
    ),
    owner: list[str] = typer.Option([], "--owner", metavar="PERSON", help="Deals of this person, key or name."),
    unit: list[str] = typer.Option([], "--unit", metavar="TEXT", help="Deals of people of this unit."),
    account: list[str] = typer.Option([], "--account", metavar="ID", help="Deals of this account."),
    vertical: list[str] = typer.Option([], "--vertical", metavar="TEXT", help="Deals of this industry."),
    province: list[str] = typer.Option([], "--province", metavar="TEXT", help="Deals in this province."),
    dealer: list[str] = typer.Option([], "--dealer", metavar="TEXT", help="Deals through this dealer."),
    product: list[str] = typer.Option([], "--product", metavar="TEXT", help="Deals with this product first."),
    where: list[str] = typer.Option([], "--where", metavar="FIELD=VALUE", help="Any other condition, as in pipeline."),
) -> None:
    """Show commitments against time, how they cover the quota, what contradicts them, and what fell out.

    Amounts stand unweighted, weighted by the owners' own probabilities, and by the stages'; the two are never mixed.
    Deals won since the fiscal year began count as landed. With --as-of an earlier day, stages and losses are those of
    that day; amounts, dates, probabilities and commitments are today's, since a file keeps only the last of them.

    \b
    Examples:
      kamctl forecast
      kamctl forecast --by owner
      kamctl forecast --period 2026-Q3 --unit 晋蒙
      kamctl forecast --simulate 10000 --seed 7
      kamctl forecast --simulate 10000 --probability stage --only simulation
      kamctl forecast --only contradictions --format csv
    """
    from kamctl.commands.forecasting import Asked, Past, print_forecast, since_day
    from kamctl.history.past import facts_before, moves_of

    one_of = {
        "owner_id": owner, "unit": unit, "account": account, "vertical": vertical, "province": province,
        "dealer": dealer, "product": product,
    }  # fmt: skip
    asked = Asked(one_of, where, by, period, since, simulate, seed, probability, only)
    run = session(ctx)
    print_forecast(
        run, asked, Past(moves_of(run.workspace), facts_before(run.workspace, since_day(run, asked), run.as_of))
    )
