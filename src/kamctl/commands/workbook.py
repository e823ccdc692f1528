"""`kamctl workbook`: Excel workbooks out to people without git, and back."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, new_app, session

app = new_app(help="Excel workbooks with drop-downs: export them, and import what people filled in.")


@app.command()
def export(
    ctx: typer.Context,
    output: str = typer.Option("", "-o", "--output", metavar="FILE", help="File to write; - for stdout."),
    form: str = typer.Option(
        "pipeline", "--form", metavar="FORM", help="pipeline, week, record, evaluation or scorecard."
    ),
    stage: list[str] = typer.Option([], "--stage", metavar="CODE", help="Deals at this stage; may be repeated."),
    owner: list[str] = typer.Option([], "--owner", metavar="PERSON", help="What this person owns, key or name."),
    account: list[str] = typer.Option([], "--account", metavar="ID", help="What belongs to this account."),
    vertical: list[str] = typer.Option([], "--vertical", metavar="TEXT", help="Deals of this industry."),
    province: list[str] = typer.Option([], "--province", metavar="TEXT", help="Deals in this province."),
    dealer: list[str] = typer.Option([], "--dealer", metavar="TEXT", help="Deals through this dealer."),
    importance: list[str] = typer.Option([], "--importance", metavar="LEVEL", help="Deals of this importance."),
    closing_before: str = typer.Option("", "--closing-before", metavar="DATE", help="Deals expected before this day."),
    where: list[str] = typer.Option(
        [], "--where", metavar="FIELD=VALUE", help="Any other condition; also != < <= > >=."
    ),
    sort: str = typer.Option(
        "stage", "--sort", metavar="FIELD", help="Sort rows by a field; -FIELD for largest first."
    ),
    everything: bool = typer.Option(False, "--all", help="Ended deals too."),
    period: str = typer.Option("", "--period", metavar="PERIOD", help="For calls and conclusions: 2026-W25, 2026-06."),
    force: bool = typer.Option(False, "--force", help="Overwrite FILE."),
) -> None:
    """Write a workbook that people without git fill in: drop-downs, checks, hints, and a sheet that explains it.

    --form chooses what a row is: pipeline a deal, scorecard a criterion and party of a deal, week and record a call of
    a week or of accounts up to today, evaluation a conclusion of a period. Hidden columns keep each row's id and what
    it said, so that `workbook import` can tell what was changed.

    \b
    Examples:
      kamctl workbook export -o pipeline.xlsx
      kamctl workbook export --dealer 津港恒通管业 -o 津港恒通管业.xlsx
      kamctl workbook export --form scorecard --owner li-na -o li-na.xlsx
      kamctl workbook export --form week --owner li-na --period 2026-W25
      kamctl workbook export --form record --account bohai-water
    """
    from kamctl.commands.exporting import export_workbook
    from kamctl.commands.selling import Selection
    from kamctl.commands.sheets import Wish

    one_of = {
        "owner_id": owner, "account": account, "vertical": vertical, "province": province, "dealer": dealer,
        "importance": importance,
    }  # fmt: skip
    selection = Selection(stage, one_of, closing_before, where, sort, everything)
    export_workbook(session(ctx), form, Wish(selection, owner, account, period), output, force)


@app.command("import")
def import_file(
    ctx: typer.Context,
    file: str = typer.Argument(..., metavar="FILE", help="The workbook that came back."),
    apply: bool = typer.Option(False, "--apply", help="Write the plan; without, it is only shown."),
    theirs: bool = typer.Option(False, "--theirs", help="Where both sides changed a cell, take the workbook's."),
    ours: bool = typer.Option(False, "--ours", help="Where both sides changed a cell, keep the files'."),
    rejects: str = typer.Option(
        "", "--rejects", metavar="FILE", help="Write rejected rows there, each with its reason."
    ),
    account: list[str] = typer.Option(
        [], "--account", metavar="NAME=ID", help="The account that a new customer's name means; NAME=new for a new one."
    ),
    everything: bool = typer.Option(False, "--all", help="List rows that are the same, too."),
    dry_run: bool = DRY_RUN,
) -> int:
    """Compare a workbook with how it was exported and with the files as they are now, and show what would change.

    A cell that only the workbook changed is taken over, one that only the files changed is kept; where both did, it is
    a conflict, listed and left alone unless --theirs or --ours decides. Nothing is written without --apply.
    Exit code 1 when something is left to decide or was rejected.

    \b
    Examples:
      kamctl workbook import pipeline.xlsx
      kamctl workbook import pipeline.xlsx --rejects rejects.xlsx
      kamctl workbook import pipeline.xlsx --apply
    """
    from kamctl.commands.importing import Decisions, import_workbook

    decisions = Decisions(theirs, ours, account, everything)
    return import_workbook(session(ctx), file, decisions, rejects, apply, dry_run)
