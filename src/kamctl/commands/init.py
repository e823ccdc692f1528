"""`kamctl init`: make a workspace."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def init(
    ctx: typer.Context,
    folder: str = typer.Argument(".", metavar="[DIR]", help="Where; the present folder when left out."),
    name: str = typer.Option("", "--name", metavar="TEXT", help="Name of the team or department."),
    currency: str = typer.Option("CNY", "--currency", metavar="CODE", help="Currency of totals."),
    bare: bool = typer.Option(False, "--bare", help="No example account."),
) -> None:
    """Make a workspace that validates, with an example account to edit.

    Writes kamctl.yaml, team.yaml, an example account, JSON Schemas with editor settings, .gitignore, and files that
    validate the workspace before a commit and in CI. Files that are there already are kept.

    \b
    Examples:
      kamctl init northern-water
      kamctl init northern-water --lang zh-Hans --name 北方水务销售部 --bare
    """
    from kamctl.commands.starting import start

    start(session(ctx), folder, name, currency, bare)
