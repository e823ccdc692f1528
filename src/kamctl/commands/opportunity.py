"""`kamctl opportunity`: new, list, show, set."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, SET, UNSET, new_app, session

app = new_app(help="Deals: make, list, show and change them.")


@app.command()
def new(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ACCOUNT[/ID]", help="Account, and the deal's id when you choose it."),
    name: str = typer.Option("", "--name", metavar="TEXT", help="Name of the project."),
    stage: str = typer.Option("", "--stage", metavar="CODE", help="Stage; the first of the process when left out."),
    amount: str = typer.Option("", "--amount", metavar="MONEY", help="Expected order value, such as 200万 CNY."),
    close_date: str = typer.Option("", "--close-date", metavar="DATE", help="Expected signature."),
    owner: str = typer.Option("", "--owner", metavar="PERSON", help="In charge, where it is not the account's owner."),
    values: list[str] = SET,
    dry_run: bool = DRY_RUN,
) -> None:
    """Make a deal with what is known, and nothing else.

    \b
    Examples:
      kamctl opportunity new bohai-water/sludge-line --name 污泥管线 --amount '80万 CNY' --close-date +90d
    """
    from kamctl.commands.records import new_opportunity

    known = {"name": name, "owner": owner, "stage": stage, "amount": amount, "close_date": close_date}
    new_opportunity(session(ctx), deal, known, values, dry_run)


@app.command("list")
def list_deals(
    ctx: typer.Context,
    account: list[str] = typer.Option([], "--account", metavar="ID", help="Deals of this account."),
    owner: list[str] = typer.Option([], "--owner", metavar="PERSON", help="Deals of this person."),
    stage: list[str] = typer.Option([], "--stage", metavar="CODE", help="Deals at this stage."),
    where: list[str] = typer.Option([], "--where", metavar="FIELD=VALUE", help="A condition; may be repeated."),
) -> None:
    """List all deals, ended ones too.

    \b
    Examples:
      kamctl opportunity list --account bohai-water
      kamctl opp list --where outcome=lost
    """
    from kamctl.commands.listing import list_deals as run

    run(session(ctx), account, owner, stage, where)


@app.command()
def show(ctx: typer.Context, deal: str = typer.Argument(..., metavar="ID", help="Deal.")) -> None:
    """Show one deal with everything its file says.

    \b
    Examples:
      kamctl opportunity show bohai-water/line-3
    """
    from kamctl.commands.records import show as run

    run(session(ctx), "opportunity", deal)


@app.command("set")
def set_values(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ID", help="Deal."),
    assignments: list[str] = typer.Argument(None, metavar="FIELD=VALUE...", help="What to set; += adds to a list."),
    unset: list[str] = UNSET,
    dry_run: bool = DRY_RUN,
) -> None:
    """Change fields; everything else in the file stays as it is.

    \b
    Examples:
      kamctl opportunity set line-3 close_date=2026/10/31 --dry-run
      kamctl opportunity set line-3 actions.0.done=today 'actions.0.result=已确认' --dry-run
      kamctl opportunity set line-3 'products+=流量计' --unset probability --dry-run
    """
    from kamctl.commands.records import change

    change(session(ctx), "opportunity", deal, assignments or [], unset, dry_run)
