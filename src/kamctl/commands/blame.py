"""`kamctl blame`: who last changed what a record says."""

from __future__ import annotations

import typer

from kamctl.commands.session import ids_of, new_app, session

app = new_app()


@app.command()
def blame(
    ctx: typer.Context,
    record: str = typer.Argument(
        ...,
        metavar="ID",
        help="A deal, contact, account or call.",
        autocompletion=ids_of("account", "opportunity", "contact", "call"),
    ),
    criterion: str = typer.Option("", "--criterion", metavar="ID", help="Only the marks on this criterion."),
    stale: bool = typer.Option(False, "--stale", help="Only what is stale."),
) -> None:
    """Show for each field, mark and behaviour who last changed it, when, on what evidence, and how old it is.

    A mark is stale when the day it was given lies back longer than `fresh_for` of the settings; stage, amount and close
    date when they were last changed longer ago than `stale_after`.

    \b
    Examples:
      kamctl blame bohai-water/line-3
      kamctl blame bohai-water/line-3 --stale
      kamctl blame bohai-water/line-3 --criterion access_to_funds --format json
    """
    from kamctl.commands.telling import blame as run

    run(session(ctx), record, criterion, stale)
