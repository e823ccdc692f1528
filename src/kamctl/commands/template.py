"""`kamctl template`: the templates of the forms."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, new_app, session

app = new_app(help="The templates of the forms: which there are, and a copy to change.")


def _names(incomplete: str) -> list[str]:
    from kamctl.commands.templating import names

    return [name for name in names() if name.startswith(incomplete)]


@app.command("list")
def list_templates(ctx: typer.Context) -> None:
    """List the templates in force: what each is of, its languages, and whether it is kamctl's or the workspace's.

    \b
    Examples:
      kamctl template list
    """
    from kamctl.commands.templating import list_templates as run

    run(session(ctx))


@app.command()
def copy(
    ctx: typer.Context,
    name: str = typer.Argument(
        ..., metavar="NAME", help="Form, page, fields, meeting, reference.", autocompletion=_names
    ),
    force: bool = typer.Option(False, "--force", help="Replace the workspace's own template."),
    dry_run: bool = DRY_RUN,
) -> None:
    """Copy a shipped template into the workspace's templates/, where it takes the shipped one's place.

    Markdown and HTML are copied; `--format md` or `--format html` chooses one. `reference` is the Word document whose
    styles, margins, header and footer all forms in Word have. A template that is there already stays as it is unless
    `--force` is given.

    \b
    Examples:
      kamctl template copy profile --dry-run
      kamctl template copy page --format html --dry-run
      kamctl template copy reference --dry-run
    """
    from kamctl.commands.templating import copy_template

    copy_template(session(ctx), name, force, dry_run)
