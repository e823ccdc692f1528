"""`kamctl map`: the organisation and political map."""

from __future__ import annotations

import typer

from kamctl.commands.session import OUTPUT, ids_of, new_app, session

app = new_app()


@app.command("map")
def draw(
    ctx: typer.Context,
    record: str = typer.Argument(
        ..., metavar="ID", help="Opportunity or account.", autocompletion=ids_of("opportunity", "account")
    ),
    output: str = OUTPUT,
    unfold: bool = typer.Option(False, "--unfold", help="Every person, however many there are."),
) -> None:
    """Show who reports to whom, who influences whom, and how they stand to us.

    The map of a deal has its buying team and those above them, the map of an account all its people. As a tree of text,
    or with --format svg, html, dot, mermaid or json; -o FILE knows the format by the name of the file. With more than
    30 people, departments are folded.

    \b
    Examples:
      kamctl map bohai-water/line-3
      kamctl map bohai-water/line-3 --format mermaid
      kamctl map bohai-water -o map.svg
    """
    from kamctl.commands.mapping import print_map

    print_map(session(ctx), record, output, unfold)
