"""`kamctl schema`: JSON Schemas of the file format, for editors and other tools."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def schema(
    ctx: typer.Context,
    kind: str = typer.Argument("", metavar="[KIND]", help="opportunity, account, contact, call, …; all when left out."),
    output: str = typer.Option("", "-o", "--output", metavar="DIR", help="Write one file a kind into a folder."),
) -> None:
    """Print the JSON Schema of a kind of file, or write all of them.

    \b
    Examples:
      kamctl schema opportunity
      kamctl schema -o .kamctl/schemas
    """
    from kamctl.commands.schemas import print_schema, write_schemas

    run = session(ctx)
    if output:
        write_schemas(run, output)
    else:
        print_schema(run, kind)
