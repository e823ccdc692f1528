"""`kamctl validate`: every problem in every file."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def validate(
    ctx: typer.Context,
    paths: list[str] = typer.Argument(None, metavar="[PATH]...", help="Files or folders; all when none is named."),
    only: list[str] = typer.Option([], "--only", metavar="RULE", help="Report these rules only; may be repeated."),
    notes: bool = typer.Option(False, "--notes", help="Advice too: gates not met, gaps in a buying team."),
    strict: bool = typer.Option(False, "--strict", help="Warnings count as errors."),
) -> int:
    """Report every problem in every file, with its place and what to do.

    Formats: text, concise, json, github, sarif. Exit code 1 when there are errors.

    \b
    Examples:
      kamctl validate
      kamctl validate accounts/bohai-water --only plus-without-evidence
      kamctl validate --strict --format github
      kamctl validate --notes
    """
    from kamctl.commands.validating import print_report, report

    run = session(ctx)
    result, root = report(run, paths or [], only)
    shown = result if notes or only else result.without_notes()
    print_report(run, shown, root, result.notes if shown is not result else 0)
    return 1 if shown.errors or (strict and len(shown.problems) > shown.notes) else 0
