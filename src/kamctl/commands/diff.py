"""`kamctl diff`: what changed between two states, in the words of selling."""

from __future__ import annotations

import typer

from kamctl.commands.session import OUTPUT, ids_of, new_app, session

app = new_app()


@app.command()
def diff(
    ctx: typer.Context,
    revisions: str = typer.Argument("", metavar="[REV[..REV]]", help="From where, or from where to where."),
    account: str = typer.Option(
        "", "--account", metavar="ID", help="Only this account.", autocompletion=ids_of("account")
    ),
    owner: list[str] = typer.Option([], "--owner", metavar="PERSON", help="Only what belongs to this person."),
    since: str = typer.Option("", "--since", metavar="DATE", help="What changed on this day or later."),
    staged: bool = typer.Option(False, "--staged", help="What is staged for the next commit."),
    exit_code: bool = typer.Option(False, "--exit-code", help="Exit with 1 when anything differs."),
    output: str = OUTPUT,
) -> None:
    """Tell what changed, by account and deal: by default what is not committed yet.

    Stages moved, money, close dates, marks with their evidence, score and verdicts before and after, behaviours and the
    status they earn, promises kept and broken, deals won and lost; totals that balance; problems introduced and fixed.
    REV is a commit, a branch, a tag or a day, and is compared with the files on disk, new ones included. A..B compares
    two states, A...B what B adds to where the two parted. Markdown is made to be posted on a pull request.

    \b
    Examples:
      kamctl diff
      kamctl diff HEAD~1 --account bohai-water
      kamctl diff --since 2026-06-01 --owner li-na
      kamctl diff main...HEAD --format md
    """
    from kamctl.commands.differing import diff as run

    code = run(session(ctx), revisions, account, owner, since, staged, output)
    if exit_code and code:
        raise typer.Exit(1)
