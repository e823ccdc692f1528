"""`kamctl map`: the organisation and political map of a deal or an account."""

from __future__ import annotations

import typer

from kamctl.commands.session import OUTPUT, ids_of, new_app, session

app = new_app()


@app.command("map")
def political_map(
    ctx: typer.Context,
    about: str = typer.Argument(
        ..., metavar="ID", help="Opportunity or account.", autocompletion=ids_of("opportunity", "account")
    ),
    output: str = OUTPUT,
    unfolded: bool = typer.Option(False, "--all", help="Everybody; else departments of large maps are folded."),
) -> None:
    """Show who reports to whom, who influences whom, and where each person stands.

    A deal's map has its buying team and everybody above it; an account's has all its people. Status signs are earned by
    behaviours that were seen. --format svg, html, dot, mermaid or json; or the ending of FILE says it.

    \b
    Examples:
      kamctl map bohai-water/line-3
      kamctl map bohai-water --lang en
      kamctl map bohai-water/line-3 --format mermaid
      kamctl map bohai-water/line-3 -o map.svg
    """
    from kamctl.commands.mapping import show

    show(session(ctx), about, output, unfolded)
