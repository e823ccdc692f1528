"""`kamctl metrics`: the evaluation sheet."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def metrics(
    ctx: typer.Context,
    period: str = typer.Option(
        "", "--period", metavar="PERIOD", help="2026, 2026-Q2, 2026-06, 2026-W24; this quarter."
    ),
    owner: list[str] = typer.Option([], "--owner", metavar="PERSON", help="This person beside the team; repeatable."),
    by: str = typer.Option("", "--by", metavar="FIELD", help="owner or unit: every one of them beside the team."),
    output: str = typer.Option("-", "-o", "--output", metavar="FILE", help="Write to a file; - for stdout."),
) -> None:
    """Show every metric of a period with its numerator, denominator and n, a person's beside the team's.

    Results (goal attainment, average deal size, collection rate, new customers) state what was, however few. Rates of
    the process (conversions, win rate, cycle, needs, objections, objectives, record delay) need as many cases as the
    floor of the method says; below it stands "insufficient history (n=4)". A conversion of a stage is over all deals
    that ever came there by the end of the period. The team's figure is over all cases of all people.

    --format md and html print the form `evaluation`, with what people wrote in reviews/PERIOD.yaml: what worked, what
    to improve, measures, for the team and for each person.

    With --as-of, stages, wins, losses, payments and calls are those of that day; owners, amounts, close dates and
    quotas are today's, since a file keeps only the last of them.

    \b
    Examples:
      kamctl metrics
      kamctl metrics --period 2026 --owner li-na
      kamctl metrics --by unit --format csv
      kamctl metrics --period 2026-Q1 --format html -o evaluation.html
    """
    from kamctl.commands.measuring import print_metrics

    print_metrics(session(ctx), period, owner, by, output)
