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
    strict: bool = typer.Option(False, "--strict", help="Warnings count as errors."),
) -> int:
    """Report every problem in every file, with its place and what to do.

    Formats: text, concise, json, github, sarif. Exit code 1 when there are errors.

    \b
    Examples:
      kamctl validate
      kamctl validate accounts/bohai-water --only plus-without-evidence
      kamctl validate --strict --format github
    """
    from kamctl.commands.validating import print_report, report

    run = session(ctx)
    result, root = report(run, paths or [], only)
    print_report(run, result, root)
    return 1 if result.errors or (strict and result.problems) else 0
