"""`kamctl contact`: new, list, show, set, observe, export, import."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, OUTPUT, SET, UNSET, ids_of, new_app, session

app = new_app(help="People of the customer: make, list, show and change them.")


@app.command()
def new(
    ctx: typer.Context,
    contact: str = typer.Argument(..., metavar="ACCOUNT[/ID]", help="Account, and the person's id when you choose it."),
    name: str = typer.Option("", "--name", metavar="TEXT", help="Name as people write it."),
    title: str = typer.Option("", "--title", metavar="TEXT", help="Title."),
    phone: str = typer.Option("", "--phone", metavar="TEXT", help="Telephone number."),
    values: list[str] = SET,
    dry_run: bool = DRY_RUN,
) -> None:
    """Make a contact with what is known, and nothing else.

    \b
    Examples:
      kamctl contact new bohai-water/fan-rui --name 范睿 --title 设备主管 --set reports_to=zhang-wei
    """
    from kamctl.commands.records import new_contact

    new_contact(session(ctx), contact, name, title, phone, values, dry_run)


@app.command("list")
def list_contacts(
    ctx: typer.Context,
    account: str = typer.Option("", "--account", metavar="ID", help="People of this account."),
    where: list[str] = typer.Option([], "--where", metavar="FIELD=VALUE", help="A condition; may be repeated."),
) -> None:
    """List the people of the customers.

    \b
    Examples:
      kamctl contact list --account bohai-water
    """
    from kamctl.commands.listing import list_contacts as run

    run(session(ctx), where, account)


@app.command()
def show(
    ctx: typer.Context,
    contact: str = typer.Argument(..., metavar="ID", help="Contact.", autocompletion=ids_of("contact")),
    form: str = typer.Option("", "--form", metavar="FORM", help="profile."),
    output: str = OUTPUT,
) -> None:
    """Show one person with everything the file says, or the person's profile.

    \b
    Examples:
      kamctl contact show bohai-water/zhang-wei
      kamctl contact show zhang-wei --form profile
    """
    from kamctl.commands.records import show as run

    run(session(ctx), "contact", contact, form, output)


@app.command("set")
def set_values(
    ctx: typer.Context,
    contact: str = typer.Argument(..., metavar="ID", help="Contact.", autocompletion=ids_of("contact")),
    assignments: list[str] = typer.Argument(None, metavar="FIELD=VALUE...", help="What to set; += adds to a list."),
    unset: list[str] = UNSET,
    dry_run: bool = DRY_RUN,
) -> None:
    """Change fields; everything else in the file stays as it is.

    \b
    Examples:
      kamctl contact set zhang-wei title=采购副总 --dry-run
    """
    from kamctl.commands.records import change

    change(session(ctx), "contact", contact, assignments or [], unset, dry_run)


@app.command()
def observe(
    ctx: typer.Context,
    contact: str = typer.Argument(..., metavar="ID", help="Contact.", autocompletion=ids_of("contact")),
    behaviour: str = typer.Argument(..., metavar="BEHAVIOUR", help="What the person did, a behaviour of the method."),
    date: str = typer.Option("today", "--date", metavar="DATE", help="When it was seen."),
    deal: str = typer.Option("", "--opportunity", metavar="ID", help="In which deal, where there are several."),
    dry_run: bool = DRY_RUN,
) -> None:
    """Record a behaviour that was seen; the status that the person has earned follows from it.

    \b
    Examples:
      kamctl contact observe zhang-wei says_best_privately --opportunity line-3 --dry-run
    """
    from kamctl.commands.peopling import observe as run

    run(session(ctx), contact, behaviour, date, deal, dry_run)


@app.command()
def export(
    ctx: typer.Context,
    vcard: bool = typer.Option(True, "--vcard", help="As vCards, the only form so far."),
    account: str = typer.Option("", "--account", metavar="ID", help="People of this account."),
    output: str = typer.Option("-", "-o", "--output", metavar="FILE", help="File to write; - for stdout."),
    force: bool = typer.Option(False, "--force", help="Overwrite FILE."),
) -> None:
    """Write people as vCards for telephones and address books. Needs `pip install 'kamctl[cal]'`.

    \b
    Examples:
      kamctl contact export --vcard --account bohai-water -o bohai-water.vcf
    """
    from kamctl.commands.carding import export_cards

    export_cards(session(ctx), account, output, force)


@app.command("import")
def import_file(
    ctx: typer.Context,
    file: str = typer.Argument(..., metavar="FILE", help="vCards, version 2.1, 3.0 or 4.0."),
    account: str = typer.Option(
        ..., "--account", metavar="ID", help="Whose people they are.", autocompletion=ids_of("account")
    ),
    apply: bool = typer.Option(False, "--apply", help="Write the plan; without, it is only shown."),
    dry_run: bool = DRY_RUN,
) -> int:
    """Compare vCards with the people of an account, and show what would change; --apply writes it.

    A person is found by e-mail, name or telephone number. What a card does not say stays as it is.

    \b
    Examples:
      kamctl contact import imports/visit.vcf --account bohai-water
    """
    from kamctl.commands.carding import import_cards

    return import_cards(session(ctx), file, account, apply, dry_run)
