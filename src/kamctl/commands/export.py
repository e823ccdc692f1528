"""`kamctl export`: flat tables for other tools."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def export(
    ctx: typer.Context,
    table: list[str] = typer.Option(
        [], "--table", metavar="NAME", help="opportunity, account, mark, …; may be repeated; default: all."
    ),
    output: str = typer.Option(
        "",
        "-o",
        "--output",
        metavar="FILE",
        help="File to write, or a folder for several tables as text; - for stdout.",
    ),
    force: bool = typer.Option(False, "--force", help="Overwrite files."),
) -> None:
    """Write what the files say as flat tables: --format csv, tsv, jsonl, xlsx, sqlite or parquet.

    Dates are ISO, numbers plain, currencies in columns of their own. The name of FILE tells the format, too. The
    columns of every table are a promise; docs/tables.md lists them. Parquet needs `pip install 'kamctl[analytics]'`.

    \b
    Examples:
      kamctl export --table opportunity --format csv
      kamctl export --table opportunity --format jsonl --fields id,stage,amount,currency
      kamctl export -o pipeline.sqlite
      kamctl export --table opportunity --table stage_event -o tables --format csv
    """
    from kamctl.commands.tabling import export as run

    run(session(ctx), table, output, force)
