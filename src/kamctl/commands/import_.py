"""`kamctl import`: what other programs export."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, new_app, session

app = new_app(help="Take over what a CRM exported: compare first, write with --apply.")


@app.callback()
def root() -> None:
    """Take over what a CRM exported: compare first, write with --apply."""


@app.command("csv")
def import_csv(
    ctx: typer.Context,
    file: str = typer.Argument(..., metavar="FILE", help="A table of deals as CSV; - for stdin."),
    profile: str = typer.Option(
        "generic", "--profile", metavar="NAME", help="salesforce, hubspot, odoo, generic, or one in profiles/."
    ),
    columns: list[str] = typer.Option(
        [], "--map", metavar="COLUMN=FIELD", help="What a column means; COLUMN= for nothing."
    ),
    values: list[str] = typer.Option(
        [], "--value", metavar="FIELD:WORD=VALUE", help="What a word means, such as 'stage:Pitch=S'."
    ),
    account: list[str] = typer.Option(
        [],
        "--account",
        metavar="NAME=ID",
        help="The account that a name means; NAME=new; new for all open ones.",
    ),
    owner: list[str] = typer.Option(
        [], "--owner", metavar="PERSON", help="Owner where the file names none; NAME=KEY for a name that is open."
    ),
    dates: str = typer.Option("", "--dates", metavar="ORDER", help="dmy, mdy or ymd, where numbers alone do not tell."),
    decimal: str = typer.Option("", "--decimal", metavar="SIGN", help="The sign before decimals: . or ,"),
    encoding: str = typer.Option("", "--encoding", metavar="NAME", help="Encoding of the file; else found."),
    apply: bool = typer.Option(False, "--apply", help="Write the plan; without, it is only shown."),
    rejects: str = typer.Option("", "--rejects", metavar="FILE", help="Write rows not taken there, with reasons."),
    everything: bool = typer.Option(False, "--all", help="List rows that are the same, too."),
    dry_run: bool = DRY_RUN,
) -> int:
    """Compare deals that another program exported with the files, and show what would change.

    Customers and owners are found by name, or made; deals by their key in the other program, so that a second import
    changes what has changed. An empty cell says nothing. Nothing is written without --apply, and then all or nothing.
    Exit code 1 when a row was rejected or has something to decide.

    \b
    Examples:
      kamctl import csv imports/hubspot.csv --profile hubspot
      kamctl import csv imports/hubspot.csv --profile hubspot --owner li-na --apply
      cat imports/hubspot.csv | kamctl import csv - --profile hubspot
      kamctl import csv imports/angebote.csv --map Projekt=name --map Phase=stage --value stage:Angebot=Q --decimal ,
    """
    from kamctl.commands.intaking import import_table
    from kamctl.commands.told import Told

    told = Told(profile, columns, values, account, owner, dates, decimal, encoding)
    return import_table(session(ctx), file, told, rejects, everything, apply, dry_run)
