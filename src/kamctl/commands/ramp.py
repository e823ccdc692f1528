"""`kamctl ramp`: what is expected by months in the job, against what the files show."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def ramp(
    ctx: typer.Context,
    person: str = typer.Argument("", metavar="[PERSON]", help="One of our people, key or name; else everybody."),
    short: bool = typer.Option(False, "--short", help="Only standards that are not met."),
) -> None:
    """Compare what is expected of a salesperson, by months in the job, with what the files show.

    Weekly standards are compared with the last whole week and with this one so far, the others with what there is today
    and when it is due. With a PERSON the deals and calls behind each figure are listed. What the files cannot show is
    said, and not judged. The standards are data: `kamctl method show ramp`.

    With --as-of, stages, calls and wins are those of that day; owners, amounts, business profiles and the hours of a
    week file are today's, since a file keeps only the last of them.

    \b
    Examples:
      kamctl ramp
      kamctl ramp zhou-lei
      kamctl ramp --short --format csv
    """
    from kamctl.commands.ramping import print_ramp

    print_ramp(session(ctx), person, short)
