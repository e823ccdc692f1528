"""`kamctl method`: the sales method in force."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app(help="The sales method in force: processes, scorecards, relationship, grades and the rest.")


@app.command("list")
def list_files(ctx: typer.Context) -> None:
    """List the method files in force, their versions, and where each comes from.

    \b
    Examples:
      kamctl method list
    """
    from kamctl.commands.methodical import list_files as run

    run(session(ctx))


@app.command()
def show(
    ctx: typer.Context,
    name: str = typer.Argument("", metavar="[NAME]", help="losqaop, tas20, relationship, …; the workspace's process."),
) -> None:
    """Show one part of the method as a page that can be read without opening YAML.

    \b
    Examples:
      kamctl method show losqaop
      kamctl method show tas20 --lang zh-Hant
    """
    from kamctl.commands.methodical import show as run

    run(session(ctx), name)


@app.command()
def check(ctx: typer.Context) -> int:
    """Check the workspace's own method files, with file, line and column for every mistake.

    \b
    Examples:
      kamctl method check
    """
    from kamctl.commands.methodical import check as run

    return run(session(ctx))
