"""`kamctl score`: the scorecard of a deal."""

from __future__ import annotations

import typer

from kamctl.commands.session import ids_of, new_app, session

app = new_app()


@app.command()
def score(
    ctx: typer.Context,
    deals: list[str] = typer.Argument(
        ...,
        metavar="FILE|ID...",
        help="Opportunity files or ids; - reads one from stdin.",
        autocompletion=ids_of("opportunity"),
    ),
    explain: bool = typer.Option(False, "--explain", help="Show how each figure came about."),
    top: int = typer.Option(5, "--top", min=0, metavar="N", help="How many next questions to print."),
) -> int:
    """Score deals against the criteria of the scorecard.

    Marks by date for us and each competitor, a verdict for each question, the strategy that follows against each
    competitor, what the last assessment changed, and the questions to ask next. Works on a lone file outside any
    workspace too, with the method that ships with kamctl.

    \b
    Examples:
      kamctl score bohai-water/line-3
      kamctl score accounts/bohai-water/opportunities/line-3.yaml --explain
      kamctl score - < accounts/bohai-water/opportunities/line-3.yaml
    """
    from kamctl.commands.scoring import print_scores

    return print_scores(session(ctx), deals, explain, top)
