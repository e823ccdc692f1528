"""`kamctl log`: the story of a record, from the history in git."""

from __future__ import annotations

import typer

from kamctl.commands.session import ids_of, new_app, session

app = new_app()


@app.command()
def log(
    ctx: typer.Context,
    record: str = typer.Argument(
        "",
        metavar="[ID]",
        help="A deal, contact, account or call; everything when left out.",
        autocompletion=ids_of("account", "opportunity", "contact", "call"),
    ),
    criterion: str = typer.Option("", "--criterion", metavar="ID", help="Only the marks on this criterion."),
    since: str = typer.Option("", "--since", metavar="DATE", help="Only what was committed on this day or later."),
) -> None:
    """Tell the story of a record: one line an event, oldest first, with day, author and reason.

    What was committed, in the words of selling: stage moved, amount, close date pushed or pulled in, marks with their
    evidence, behaviours seen, people, promises kept. The reason is the subject of the commit. An account's story is
    that of all its files. Renames are followed. A pipe gets a row for each change, with all that is known of it.

    \b
    Examples:
      kamctl log bohai-water/line-3
      kamctl log bohai-water --since 2026-06-01
      kamctl log bohai-water/line-3 --criterion compelling_event
      kamctl log --criterion compelling_event --format csv
    """
    from kamctl.commands.telling import log as run

    run(session(ctx), record, criterion, since)
