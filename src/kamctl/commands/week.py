"""`kamctl week`: the weekly call plan."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, new_app, session

app = new_app(help="The weekly call plan: calls with results, callbacks, goals, five tests.")


@app.command()
def show(
    ctx: typer.Context,
    owner: str = typer.Option("", "--owner", metavar="PERSON", help="This person's week; else everybody's."),
    week: str = typer.Option("", "--week", metavar="WEEK", help="2026-W25, or a day in it; this week by default."),
    output: str = typer.Option("-", "-o", "--output", metavar="FILE", help="Write to a file; - for stdout."),
) -> None:
    """Show a week's calls and what came of them, callbacks and goals, and test the week.

    The five tests: enough calls, the right customers, expectations met, followed up in time, several relationships an
    account. How many calls are expected is data (`kamctl method show ramp`), and so are the limits of the other tests
    (`kamctl method show reviews`). --format md and html print the form.

    With --as-of, results, follow-ups and stages are those of that day; plans, goals and hours are today's, since a file
    keeps only the last of them.

    \b
    Examples:
      kamctl week show --owner li-na
      kamctl week show --week 2026-W24
      kamctl week show --owner li-na --week fri --format html -o week.html
      kamctl week show --format csv
    """
    from kamctl.commands.weekly import show as run

    run(session(ctx), owner, week, output)


@app.command()
def new(
    ctx: typer.Context,
    owner: str = typer.Option("", "--owner", metavar="PERSON", help="Whose week."),
    week: str = typer.Option("", "--week", metavar="WEEK", help="2026-W25, or a day in it; else this or next week."),
    dry_run: bool = DRY_RUN,
) -> None:
    """Start a week: write its file with callbacks proposed, and show the plan.

    Proposed are commitments that fall due by the end of the week, and customers with open deals whom nobody has met for
    as long as makes a deal stale, those with most at stake first. Without --week it is this week, and from Friday on
    the next one.

    \b
    Examples:
      kamctl week new --owner zhou-lei --dry-run
      kamctl week new --owner zhou-lei --week 2026-W26 --dry-run
    """
    from kamctl.commands.weekly import new as run

    run(session(ctx), owner, week, dry_run)
