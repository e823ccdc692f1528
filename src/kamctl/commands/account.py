"""`kamctl account`: new, list, show, set, grade."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, OUTPUT, SET, UNSET, ids_of, new_app, session

app = new_app(help="Accounts: make, list, show and change them.")


@app.command()
def new(
    ctx: typer.Context,
    account: str = typer.Argument("", metavar="[ID]", help="Id of the account; made from the name when left out."),
    name: str = typer.Option("", "--name", metavar="TEXT", help="Name as on the contract."),
    owner: str = typer.Option("", "--owner", metavar="PERSON", help="The salesperson in charge, a key of team.yaml."),
    values: list[str] = SET,
    dry_run: bool = DRY_RUN,
) -> None:
    """Make an account with what is known, and nothing else.

    \b
    Examples:
      kamctl account new dongwan-port --name 东湾港务 --owner li-na --set grade=B --set region.province=天津
    """
    from kamctl.commands.records import new_account

    new_account(session(ctx), account, name, owner, values, dry_run)


@app.command("list")
def list_accounts(
    ctx: typer.Context,
    where: list[str] = typer.Option([], "--where", metavar="FIELD=VALUE", help="A condition; may be repeated."),
    owner: str = typer.Option("", "--owner", metavar="PERSON", help="Accounts of this person."),
    grade: str = typer.Option("", "--grade", metavar="GRADE", help="Accounts of this grade."),
) -> None:
    """List accounts.

    \b
    Examples:
      kamctl account list
      kamctl account list --grade A --format csv
    """
    from kamctl.commands.listing import list_accounts as run

    run(session(ctx), where, owner, grade)


@app.command()
def show(
    ctx: typer.Context,
    account: str = typer.Argument(..., metavar="ID", help="Account.", autocompletion=ids_of("account")),
    form: str = typer.Option("", "--form", metavar="FORM", help="account-plan or record."),
    output: str = OUTPUT,
) -> None:
    """Show one account with everything its file says, or one of its forms.

    \b
    Examples:
      kamctl account show bohai-water
      kamctl account show bohai-water --form record -o record.html
    """
    from kamctl.commands.records import show as run

    run(session(ctx), "account", account, form, output)


@app.command("set")
def set_values(
    ctx: typer.Context,
    account: str = typer.Argument(..., metavar="ID", help="Account.", autocompletion=ids_of("account")),
    assignments: list[str] = typer.Argument(None, metavar="FIELD=VALUE...", help="What to set; += adds to a list."),
    unset: list[str] = UNSET,
    dry_run: bool = DRY_RUN,
) -> None:
    """Change fields; everything else in the file stays as it is.

    \b
    Examples:
      kamctl account set bohai-water grade=B --dry-run
      kamctl account set bohai-water 'pain_points+=冬季爆管' --dry-run
    """
    from kamctl.commands.records import change

    change(session(ctx), "account", account, assignments or [], unset, dry_run)


@app.command()
def grade(
    ctx: typer.Context,
    account: str = typer.Argument(..., metavar="ID", help="Account.", autocompletion=ids_of("account")),
) -> None:
    """Suggest a grade from size, fit and past revenue, and say why. The file is not changed.

    \b
    Examples:
      kamctl account grade bohai-water
    """
    from kamctl.commands.peopling import grade as run

    run(session(ctx), account)
