"""`kamctl render`: any form of any record."""

from __future__ import annotations

import typer

from kamctl.commands.session import OUTPUT, ids_of, new_app, session

app = new_app()


def _names(incomplete: str) -> list[str]:
    from kamctl.forms.catalog import FORMS

    return [name for name in FORMS if name.startswith(incomplete)]


@app.command()
def render(
    ctx: typer.Context,
    name: str = typer.Argument("", metavar="[NAME]", help="Form; without one, a list.", autocompletion=_names),
    record: str = typer.Argument(
        "",
        metavar="[ID]",
        help="What the form is of.",
        autocompletion=ids_of("account", "contact", "opportunity", "call", "presentation"),
    ),
    output: str = OUTPUT,
    deal: str = typer.Option("", "--opportunity", metavar="ID", help="Only this deal, on a form of a contact."),
) -> None:
    """Print a form of a record: as text, Markdown (--format md), HTML, docx or pdf.

    A field that is not filled prints as room to write. `kamctl template copy NAME` puts the form's template into the
    workspace, where you can change it.

    \b
    Examples:
      kamctl render
      kamctl render profile bohai-water/zhang-wei
      kamctl render account-plan bohai-water -o plan.html
      kamctl render record bohai-water --lang en --format md
    """
    from kamctl.commands.rendering import render as run

    run(session(ctx), name, record, output, deal)
