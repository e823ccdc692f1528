"""`kamctl presentation`: plan presentations, list, show, change and check them."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, OUTPUT, UNSET, ids_of, new_app, session

app = new_app(help="Presentations: plan them, list, show and change them, check what is missing.")
PRESENTATION = typer.Argument(
    ...,
    metavar="ID",
    help="Presentation, such as bohai-water/2026-04-16-board.",
    autocompletion=ids_of("presentation"),
)


@app.command()
def new(
    ctx: typer.Context,
    about: str = typer.Argument(
        ...,
        metavar="ACCOUNT|OPPORTUNITY",
        help="What the presentation is about.",
        autocompletion=ids_of("account", "opportunity"),
    ),
    date: str = typer.Option("", "--date", metavar="DATE", help="Day; else the first with time for every step."),
    name: str = typer.Option("", "--name", metavar="TEXT", help="Name of the file after the day; else the deal's."),
    by: str = typer.Option("", "--by", metavar="PERSON", help="Who of our people leads; else the owner of the deal."),
    purpose: str = typer.Option("", "--purpose", metavar="TEXT", help="What for; else the goal of the deal."),
    dry_run: bool = DRY_RUN,
) -> None:
    """Plan a presentation: write the file with what is known already, and room for the rest.

    The audience is the deal's buying team, the story holds its needs, compelling event and unique business value, and
    the standard steps are due on working days before and after the day, never before today.

    \b
    Examples:
      kamctl presentation new bohai-water/line-3 --date 2026-07-08 --name board --dry-run
      kamctl presentation new qingcheng-water --dry-run
    """
    from kamctl.commands.presenting import Wish, plan_new

    plan_new(session(ctx), Wish(about, date, name, by, purpose), dry_run)


@app.command("list")
def list_presentations(
    ctx: typer.Context,
    owner: str = typer.Option("", "--owner", metavar="PERSON", help="Led by this person."),
    account: str = typer.Option("", "--account", metavar="ID", help="At this account."),
    since: str = typer.Option("", "--since", metavar="DATE", help="On or after this day."),
    until: str = typer.Option("", "--until", metavar="DATE", help="On or before this day."),
) -> None:
    """List presentations by date, with how far each has come.

    \b
    Examples:
      kamctl presentation list
      kamctl presentation list --since today --owner zhou-lei
    """
    from kamctl.commands.presenting import list_presentations as run

    run(session(ctx), owner, account, since, until)


@app.command()
def show(
    ctx: typer.Context,
    presentation: str = PRESENTATION,
    form: str = typer.Option("presentation", "--form", metavar="FORM", help="presentation."),
    output: str = OUTPUT,
) -> None:
    """Print the plan: as text, Markdown (--format md), HTML, docx or pdf.

    \b
    Examples:
      kamctl presentation show 2026-07-08-group-review
      kamctl presentation show 2026-07-08-group-review --format html -o plan.html
    """
    from kamctl.commands.rendering import show_form

    show_form(session(ctx), "presentation", presentation, form, output)


@app.command("set")
def set_values(
    ctx: typer.Context,
    presentation: str = PRESENTATION,
    assignments: list[str] = typer.Argument(None, metavar="FIELD=VALUE...", help="What to set; += adds to a list."),
    unset: list[str] = UNSET,
    dry_run: bool = DRY_RUN,
) -> None:
    """Change fields; everything else in the file stays as it is.

    \b
    Examples:
      kamctl presentation set 2026-07-08-group-review tasks.0.done=today --dry-run
    """
    from kamctl.commands.records import change

    change(session(ctx), "presentation", presentation, assignments or [], unset, dry_run)


@app.command()
def check(ctx: typer.Context, presentation: str = PRESENTATION) -> int:
    """Say what a plan still lacks; exit code 1 when it lacks anything.

    \b
    Examples:
      kamctl presentation check 2026-04-16-board
    """
    from kamctl.commands.presenting import check as run

    return run(session(ctx), presentation)
