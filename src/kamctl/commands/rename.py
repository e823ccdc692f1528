"""`kamctl rename`: give a record another id."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, ids_of, new_app, session

app = new_app()


@app.command()
def rename(
    ctx: typer.Context,
    old: str = typer.Argument(
        ...,
        metavar="OLD",
        help="An account, a contact, a deal, or one of our people; an id or a path.",
        autocompletion=ids_of("account", "contact", "opportunity"),
    ),
    new: str = typer.Argument(..., metavar="NEW", help="Its new id; for a contact or deal the part behind the slash."),
    force: bool = typer.Option(False, "--force", help="Even if files that cannot be read may name it."),
    dry_run: bool = DRY_RUN,
) -> None:
    """Give an account, a contact, a deal or one of our people another id, and change every reference to it.

    The file is moved, an account with its whole folder, one of our people with the weeks that are named after the key.
    References are changed one by one; nothing else in a line is touched. All files are written, or none. In a git
    repository the move is staged as `git mv` does; the changed references are left for you to look at and add.

    \b
    Examples:
      kamctl rename bohai-water/zhang-wei zhang-wei-gong -n
      kamctl rename bohai-water/line-3 line-3-renewal
      kamctl rename bohai-water bohai-environment
      kamctl rename li-na li-na-bj
    """
    from kamctl.commands.renaming import rename as run

    run(session(ctx), old, new, force, dry_run)
