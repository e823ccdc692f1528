"""`kamctl rule`: explain a rule that validate names."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def rule(
    ctx: typer.Context,
    name: str = typer.Argument("", metavar="[RULE]", help="Rule to explain; all are listed when it is left out."),
) -> None:
    """Explain a rule, or list all of them.

    \b
    Examples:
      kamctl rule plus-without-evidence
      kamctl rule --lang zh-Hans
    """
    from kamctl.commands.explaining import explain, list_rules

    run = session(ctx)
    if name:
        explain(run, name)
    else:
        list_rules(run)
