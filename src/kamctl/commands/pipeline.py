"""`kamctl pipeline`: deals by stage, with amounts and weighted amounts."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def pipeline(
    ctx: typer.Context,
    stage: list[str] = typer.Option([], "--stage", metavar="CODE", help="Deals at this stage; may be repeated."),
    owner: list[str] = typer.Option([], "--owner", metavar="PERSON", help="Deals of this person, key or name."),
    account: list[str] = typer.Option([], "--account", metavar="ID", help="Deals of this account."),
    vertical: list[str] = typer.Option([], "--vertical", metavar="TEXT", help="Deals of this industry."),
    province: list[str] = typer.Option([], "--province", metavar="TEXT", help="Deals in this province."),
    dealer: list[str] = typer.Option([], "--dealer", metavar="TEXT", help="Deals through this dealer."),
    product: list[str] = typer.Option([], "--product", metavar="TEXT", help="Deals with this product first."),
    importance: list[str] = typer.Option([], "--importance", metavar="LEVEL", help="Deals of this importance."),
    grade: list[str] = typer.Option([], "--grade", metavar="GRADE", help="Deals of accounts of this grade."),
    closing_before: str = typer.Option("", "--closing-before", metavar="DATE", help="Deals expected before this day."),
    where: list[str] = typer.Option(
        [], "--where", metavar="FIELD=VALUE", help="Any other condition; also != < <= > >=."
    ),
    by: str = typer.Option("stage", "--by", metavar="FIELD", help="Group totals by stage, owner, vertical, dealer, …"),
    sort: str = typer.Option(
        "stage", "--sort", metavar="FIELD", help="Sort rows by a field; -FIELD for largest first."
    ),
    everything: bool = typer.Option(False, "--all", help="Ended deals too."),
    totals: bool = typer.Option(False, "--totals", help="Only the totals."),
) -> None:
    """List open deals by stage, with amounts and weighted amounts.

    Two weighted amounts stand side by side and are never mixed: by the owners' own estimates, and by the
    win probability of the stage.

    \b
    Examples:
      kamctl pipeline
      kamctl pipeline --stage Q --stage S
      kamctl pipeline --by owner --totals
      kamctl pipeline --where 'amount>=1000000' --sort -amount --format csv
    """
    from kamctl.commands.selling import Selection, print_pipeline, select

    run = session(ctx)
    one_of = {
        "owner_id": owner, "account": account, "vertical": vertical, "province": province, "dealer": dealer,
        "product": product, "importance": importance, "grade": grade,
    }  # fmt: skip
    chosen = select(run, Selection(stage, one_of, closing_before, where, sort, everything))
    print_pipeline(run, chosen, by, totals)
