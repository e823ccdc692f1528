"""`kamctl merge-driver`: merge two versions of a record, for git."""

from __future__ import annotations

import typer

from kamctl.commands.session import new_app, session

app = new_app()


@app.command()
def merge_driver(
    ctx: typer.Context,
    base: str = typer.Argument(..., metavar="BASE", help="The version that both grew out of (%O)."),
    ours: str = typer.Argument(..., metavar="OURS", help="Our version; the result is written over it (%A)."),
    theirs: str = typer.Argument(..., metavar="THEIRS", help="Their version (%B)."),
    path: str = typer.Argument("", metavar="[PATH]", help="Where the file lies in the repository (%P)."),
    marker_size: int = typer.Option(7, "--marker-size", metavar="N", min=1, help="Length of conflict markers (%L)."),
) -> None:
    """Merge two versions of a record as git asks for it: by fields, marks and list entries instead of lines.

    `kamctl init --git-driver` tells git to use it. What two people changed in different places is merged, with all
    comments. A field that both changed is put between conflict markers, alone, with both values and authors. A mark
    that both gave differently becomes unknown and keeps both claims under `disputed`. A file that cannot be read is
    merged by lines, as git does. The exit code is 1 when something is left to decide.

    \b
    Examples:
      kamctl merge-driver base.yaml ours.yaml theirs.yaml
    """
    from kamctl.commands.merging import drive

    code = drive(session(ctx), base, ours, theirs, path, marker_size)
    if code:
        raise typer.Exit(code)
