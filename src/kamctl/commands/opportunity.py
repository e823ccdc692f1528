"""`kamctl opportunity`: new, list, show, set; assess, evidence, gate, advance, lose, reopen; people."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, OUTPUT, SET, UNSET, ids_of, new_app, session

app = new_app(help="Deals: make, list, show and change them.")


@app.command()
def new(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ACCOUNT[/ID]", help="Account, and the deal's id when you choose it."),
    name: str = typer.Option("", "--name", metavar="TEXT", help="Name of the project."),
    stage: str = typer.Option("", "--stage", metavar="CODE", help="Stage; the first of the process when left out."),
    amount: str = typer.Option("", "--amount", metavar="MONEY", help="Expected order value, such as 200万 CNY."),
    close_date: str = typer.Option("", "--close-date", metavar="DATE", help="Expected signature."),
    owner: str = typer.Option("", "--owner", metavar="PERSON", help="In charge, where it is not the account's owner."),
    values: list[str] = SET,
    dry_run: bool = DRY_RUN,
) -> None:
    """Make a deal with what is known, and nothing else.

    \b
    Examples:
      kamctl opportunity new bohai-water/sludge-line --name 污泥管线 --amount '80万 CNY' --close-date +90d
    """
    from kamctl.commands.records import new_opportunity

    known = {"name": name, "owner": owner, "stage": stage, "amount": amount, "close_date": close_date}
    new_opportunity(session(ctx), deal, known, values, dry_run)


@app.command("list")
def list_deals(
    ctx: typer.Context,
    account: list[str] = typer.Option([], "--account", metavar="ID", help="Deals of this account."),
    owner: list[str] = typer.Option([], "--owner", metavar="PERSON", help="Deals of this person."),
    stage: list[str] = typer.Option([], "--stage", metavar="CODE", help="Deals at this stage."),
    where: list[str] = typer.Option([], "--where", metavar="FIELD=VALUE", help="A condition; may be repeated."),
) -> None:
    """List all deals, ended ones too.

    \b
    Examples:
      kamctl opportunity list --account bohai-water
      kamctl opp list --where outcome=lost
    """
    from kamctl.commands.listing import list_deals as run

    run(session(ctx), account, owner, stage, where)


@app.command()
def show(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ID", help="Deal.", autocompletion=ids_of("opportunity")),
    form: str = typer.Option("", "--form", metavar="FORM", help="A form of the deal; `kamctl render` lists them."),
    output: str = OUTPUT,
) -> None:
    """Show one deal with everything its file says, or one of its forms.

    \b
    Examples:
      kamctl opportunity show bohai-water/line-3
    """
    from kamctl.commands.records import show as run

    run(session(ctx), "opportunity", deal, form, output)


@app.command("set")
def set_values(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ID", help="Deal.", autocompletion=ids_of("opportunity")),
    assignments: list[str] = typer.Argument(None, metavar="FIELD=VALUE...", help="What to set; += adds to a list."),
    unset: list[str] = UNSET,
    dry_run: bool = DRY_RUN,
) -> None:
    """Change fields; everything else in the file stays as it is.

    \b
    Examples:
      kamctl opportunity set line-3 close_date=2026/10/31 --dry-run
      kamctl opportunity set line-3 actions.0.done=today 'actions.0.result=已确认' --dry-run
      kamctl opportunity set line-3 'products+=流量计' --unset probability --dry-run
    """
    from kamctl.commands.records import change

    change(session(ctx), "opportunity", deal, assignments or [], unset, dry_run)


BY = typer.Option("", "--by", metavar="PERSON", help="Who of our people; else the owner of the deal.")
DATE = typer.Option("today", "--date", metavar="DATE", help="When.")


@app.command()
def assess(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ID", help="Deal.", autocompletion=ids_of("opportunity")),
    marks: list[str] = typer.Argument(None, metavar="CRITERION=MARK...", help="Marks: + - ? or n/a."),
    competitor: str = typer.Option("", "--competitor", metavar="ID", help="Mark this competitor and not us."),
    evidence: str = typer.Option("", "--evidence", metavar="TEXT", help="What shows it."),
    source: str = typer.Option("", "--source", metavar="CONTACT", help="Who of the customer said so."),
    by: str = BY,
    date: str = DATE,
    dry_run: bool = DRY_RUN,
) -> None:
    """Add marks to the assessment of a day. Without marks it asks criterion by criterion on a terminal.

    \b
    Examples:
      kamctl opportunity assess line-3 political_alignment=+ --evidence 王莉支持 --source zhang-wei --dry-run
      kamctl opportunity assess line-3 profitability=- --competitor donglin --dry-run
    """
    from kamctl.commands.assessing import Claim
    from kamctl.commands.assessing import assess as run

    run(session(ctx), deal, Claim(marks or [], competitor, evidence, source, by, date), dry_run)


@app.command()
def evidence(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ID", help="Deal.", autocompletion=ids_of("opportunity")),
    criterion: str = typer.Argument(..., metavar="CRITERION", help="Gate criterion of the process."),
    note: str = typer.Option("", "--note", metavar="TEXT", help="What shows it."),
    date: str = DATE,
    dry_run: bool = DRY_RUN,
) -> None:
    """Record what shows that a gate criterion is met.

    \b
    Examples:
      kamctl opportunity evidence line-3 terms_agreed --note 付款条件已邮件确认 --dry-run
    """
    from kamctl.commands.moving import record_evidence

    record_evidence(session(ctx), deal, criterion, note, date, dry_run)


@app.command()
def advance(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ID", help="Deal.", autocompletion=ids_of("opportunity")),
    to: str = typer.Option("", "--to", metavar="STAGE", help="Stage; the next one when left out."),
    override: str = typer.Option("", "--override", metavar="REASON", help="Move although the gate is not met."),
    by: str = BY,
    date: str = DATE,
    dry_run: bool = DRY_RUN,
) -> None:
    """Move a deal to its next stage when the gate is met; show what is met and what is missing.

    Refuses with exit code 1 when something is missing. `--override` moves it all the same and keeps the reason
    in the history. Stages may be skipped and a deal may go back; both are recorded as such.

    \b
    Examples:
      kamctl opportunity advance pump-station-7 --override 客户要求先报价 --dry-run
      kamctl opportunity advance line-3 --to S --dry-run
    """
    from kamctl.commands.moving import advance as run

    run(session(ctx), deal, to, override, by, date, dry_run)


@app.command()
def lose(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ID", help="Deal.", autocompletion=ids_of("opportunity")),
    reason: str = typer.Option("", "--reason", metavar="REASON", help="A loss reason of the method."),
    to: str = typer.Option("", "--to", metavar="COMPETITOR", help="Who won it."),
    lesson: str = typer.Option("", "--lesson", metavar="TEXT", help="What we learned."),
    stage: str = typer.Option("", "--stage", metavar="CODE", help="Way out, where the process has several."),
    by: str = BY,
    date: str = DATE,
    dry_run: bool = DRY_RUN,
) -> None:
    """End a deal as lost, with a reason.

    \b
    Examples:
      kamctl opportunity lose line-3 --reason price --to donglin --lesson 报价太晚 --dry-run
    """
    from kamctl.commands.moving import Loss
    from kamctl.commands.moving import lose as run

    run(session(ctx), deal, Loss(reason, to, lesson, stage), by, date, dry_run)


@app.command()
def reopen(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ID", help="Deal.", autocompletion=ids_of("opportunity")),
    reason: str = typer.Option("", "--reason", metavar="TEXT", help="Why it is open again."),
    to: str = typer.Option("", "--to", metavar="STAGE", help="Stage; the last one before the end when left out."),
    by: str = BY,
    date: str = DATE,
    dry_run: bool = DRY_RUN,
) -> None:
    """Open an ended deal again. The history keeps that it was ended, and why.

    \b
    Examples:
      kamctl opportunity reopen acid-line --reason 对手交不出货 --dry-run
    """
    from kamctl.commands.moving import reopen as run

    run(session(ctx), deal, reason, to, by, date, dry_run)


@app.command()
def people(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ID", help="Deal.", autocompletion=ids_of("opportunity")),
) -> None:
    """Show the buying team: roles, coverage, influence, the status earned, and what to look for next.

    A status is never typed. It follows from the behaviours seen, which `kamctl contact observe` records.

    \b
    Examples:
      kamctl opportunity people line-3
    """
    from kamctl.commands.peopling import people as run

    run(session(ctx), deal)


@app.command()
def gate(
    ctx: typer.Context,
    deal: str = typer.Argument(..., metavar="ID", help="Deal.", autocompletion=ids_of("opportunity")),
    to: str = typer.Option("", "--to", metavar="STAGE", help="Stage; the next one when left out."),
) -> None:
    """Show the gate to the next stage: what is met, by what and since when, and what is missing.

    \b
    Examples:
      kamctl opportunity gate line-3
    """
    from kamctl.commands.moving import show_gate

    show_gate(session(ctx), deal, to)
