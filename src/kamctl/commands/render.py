"""`kamctl render`: any form."""

from __future__ import annotations

import typer

from kamctl.commands.session import OUTPUT, ids_of, new_app, session

app = new_app()


def _names(incomplete: str) -> list[str]:
    from kamctl.forms.catalog import FORMS

    return [name for name in FORMS if name.startswith(incomplete)]


def _subjects(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the ids of what the form is of."""
    from kamctl.forms.catalog import FORMS

    form = FORMS.get(ctx.params.get("name") or "")
    kind = form.of if form is not None else ""
    return ids_of("evaluation" if kind == "period" else kind)(ctx, incomplete)


@app.command()
def render(
    ctx: typer.Context,
    name: str = typer.Argument("", metavar="[NAME]", help="Form; without one, a list.", autocompletion=_names),
    subject: str = typer.Argument(
        "", metavar="[ID]", help="What the form is of; a period may be left out.", autocompletion=_subjects
    ),
    output: str = OUTPUT,
    deal: str = typer.Option("", "--opportunity", metavar="ID", help="Only this deal, on a form of a contact."),
) -> None:
    """Print a form: as text, Markdown (--format md), HTML, docx or pdf.

    A form is of a record, of a person's week (2026-W25-li-na, or the person alone for this week), or of a period: 2026,
    2026-Q2, 2026-06, 2026-W24 or a day, by default the usual one. A field that is not filled prints as room to write.
    `kamctl template copy NAME` puts the form's template into the workspace, where you can change it.

    \b
    Examples:
      kamctl render
      kamctl render profile bohai-water/zhang-wei
      kamctl render account-plan bohai-water -o plan.html
      kamctl render record bohai-water --lang en --format md
      kamctl render week 2026-W25-li-na -o week.docx
      kamctl render review-weekly
      kamctl render evaluation 2026-Q1 --format html
    """
    from kamctl.commands.rendering import render as run

    run(session(ctx), name, subject, output, deal)
