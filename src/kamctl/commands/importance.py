"""`kamctl importance`: who holds how many deals of each importance."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def importance(
    ctx: typer.Context,
    owner: list[str] = typer.Option([], "--owner", metavar="PERSON", help="This person only; may be repeated."),
) -> None:
    """Show how many open deals of each importance everybody holds this month, against the caps, with the duties.

    \b
    Examples:
      kamctl importance
      kamctl importance --owner li-na
    """
    from kamctl.commands.methodical import importance as run

    run(session(ctx), owner)
