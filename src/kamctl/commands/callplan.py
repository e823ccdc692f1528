"""`kamctl callplan`: plan calls and record them."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, OUTPUT, ids_of, new_app, session

app = new_app(help="Calls: plan them, list and show them, record what happened.")
FORM = typer.Option("call-plan", "--form", metavar="FORM", help="call-plan, popsa or call-summary.")


@app.command()
def new(
    ctx: typer.Context,
    about: str = typer.Argument(
        ...,
        metavar="ACCOUNT|OPPORTUNITY",
        help="What the call is about.",
        autocompletion=ids_of("account", "opportunity"),
    ),
    contact: str = typer.Option("", "--contact", metavar="PERSON", help="Whom to see; else who can answer most."),
    date: str = typer.Option("tomorrow", "--date", metavar="DATE", help="Day of the call."),
    time: str = typer.Option("", "--time", metavar="HH:MM", help="Time of day."),
    mode: str = typer.Option("visit", "--mode", metavar="MODE", help="visit, phone, online, email or event."),
    by: str = typer.Option("", "--by", metavar="PERSON", help="Who of our people; else the owner of the deal."),
    purpose: str = typer.Option(
        "", "--purpose", metavar="TEXT", help="Why this call; else as the last call announced."
    ),
    form: str = FORM,
    dry_run: bool = DRY_RUN,
) -> None:
    """Plan a call: write the file with what is known already, and print the form.

    The plan holds the compelling event and the last call as premise, open commitments and overdue actions as agenda,
    the deal's unknown and stale criteria as questions, and the competitors as obstacles.

    \b
    Examples:
      kamctl callplan new bohai-water/line-3 --contact zhang-wei --date fri --dry-run
      kamctl callplan new qingcheng-water --contact yun-fang --mode phone --form popsa --dry-run
    """
    from kamctl.commands.calling import Wish, plan_new

    plan_new(session(ctx), Wish(about, contact, date, time, mode, by, purpose), form, dry_run)


@app.command("list")
def list_calls(
    ctx: typer.Context,
    owner: str = typer.Option("", "--owner", metavar="PERSON", help="Calls of this person."),
    account: str = typer.Option("", "--account", metavar="ID", help="Calls at this account."),
    since: str = typer.Option("", "--since", metavar="DATE", help="Calls on or after this day."),
    until: str = typer.Option("", "--until", metavar="DATE", help="Calls on or before this day."),
    done: bool = typer.Option(False, "--done", help="Calls with a record only."),
    due: bool = typer.Option(False, "--due", help="Calls without a record only."),
) -> None:
    """List calls by date.

    \b
    Examples:
      kamctl callplan list --due
      kamctl callplan list --owner li-na --since -2w
    """
    from kamctl.commands.calling import list_calls as run

    run(session(ctx), owner, account, since, until, "done" if done and not due else "due" if due and not done else "")


@app.command()
def show(
    ctx: typer.Context,
    call: str = typer.Argument(
        ..., metavar="ID", help="Call, such as bohai-water/2026-06-17-zhang-wei.", autocompletion=ids_of("call")
    ),
    form: str = FORM,
    output: str = OUTPUT,
) -> None:
    """Print a form of a call: as text, Markdown (--format md), HTML, docx or pdf.

    \b
    Examples:
      kamctl callplan show bohai-water/2026-06-17-zhang-wei
      kamctl callplan show 2026-06-17-zhang-wei --form popsa --format html -o popsa.html
    """
    from kamctl.commands.rendering import show_form

    show_form(session(ctx), "call", call, form, output)


@app.command()
def record(
    ctx: typer.Context,
    call: str = typer.Argument(..., metavar="ID", help="Call.", autocompletion=ids_of("call")),
    events: str = typer.Option("", "--events", metavar="TEXT", help="What happened."),
    view: str = typer.Option("", "--customer-view", metavar="TEXT", help="How the customer sees it."),
    met: list[int] = typer.Option([], "--met", metavar="N", help="Objective number N was met; may be repeated."),
    missed: list[int] = typer.Option([], "--not-met", metavar="N", help="Objective number N was not met."),
    commitment: list[str] = typer.Option(
        [], "--commitment", metavar="WHO:WHAT[@DATE]", help="Who promised what by when; may be repeated."
    ),
    next_date: str = typer.Option("", "--next", metavar="DATE", help="Day of the next call."),
    next_purpose: str = typer.Option("", "--next-purpose", metavar="TEXT", help="What the next call is for."),
    recorded_at: str = typer.Option("", "--recorded-at", metavar="TIME", help="2026-03-12T18:05; now when left out."),
    file: str = typer.Option("", "--file", metavar="FILE", help="Take the outcome from a YAML file; - for stdin."),
    dry_run: bool = DRY_RUN,
) -> None:
    """Record what happened in a call. Asks question by question on a terminal; takes options or a file elsewhere.

    \b
    Examples:
      kamctl callplan record 2026-06-17-zhang-wei --events 已确认开标日期 --met 1 --not-met 2 --dry-run
      kamctl callplan record 2026-06-17-zhang-wei --events 谈妥 --commitment 'zhang-wei:发新图纸@fri' --dry-run
    """
    from kamctl.commands.calling import CallReport
    from kamctl.commands.calling import record as run

    report = CallReport(events, view, met, missed, commitment, next_date, next_purpose, recorded_at, file)
    run(session(ctx), call, report, dry_run)


@app.command()
def export(
    ctx: typer.Context,
    ics: bool = typer.Option(True, "--ics", help="As iCalendar, the only form so far."),
    owner: str = typer.Option("", "--owner", metavar="PERSON", help="What this person has to do."),
    since: str = typer.Option("", "--since", metavar="DATE", help="On or after this day."),
    until: str = typer.Option("", "--until", metavar="DATE", help="On or before this day."),
    todo: bool = typer.Option(False, "--todo", help="Promises as to-dos, not as events of the whole day."),
    output: str = typer.Option("-", "-o", "--output", metavar="FILE", help="File to write; - for stdout."),
    force: bool = typer.Option(False, "--force", help="Overwrite FILE."),
) -> None:
    """Write calls, open promises and tender dates as a calendar that any calendar program takes.

    Times are local wherever they are read. An entry keeps its identity, so that importing again changes it. Needs
    `pip install 'kamctl[cal]'`.

    \b
    Examples:
      kamctl callplan export --ics --owner li-na --since today -o li-na.ics
    """
    from kamctl.commands.appointing import export_calendar

    export_calendar(session(ctx), owner, since, until, todo, output, force)
