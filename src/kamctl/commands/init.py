"""`kamctl init`: make a workspace."""

from __future__ import annotations

import typer

from kamctl.commands.session import DRY_RUN, new_app, session

app = new_app()


@app.command()
def init(
    ctx: typer.Context,
    folder: str = typer.Argument(".", metavar="[DIR]", help="Where; the present folder when left out."),
    name: str = typer.Option("", "--name", metavar="TEXT", help="Name of the team or department."),
    currency: str = typer.Option("CNY", "--currency", metavar="CODE", help="Currency of totals."),
    bare: bool = typer.Option(False, "--bare", help="No example account."),
    ci: bool = typer.Option(False, "--ci", help="For a workspace that is there: CI, and reviewers by account owner."),
    dry_run: bool = DRY_RUN,
    git_driver: bool = typer.Option(
        False, "--git-driver", help="Let git merge records with `kamctl merge-driver`; for an existing workspace too."
    ),
) -> None:
    """Make a workspace that validates, with an example account to edit.

    Writes kamctl.yaml, team.yaml, an example account, JSON Schemas with editor settings, .gitignore, and files that
    validate the workspace before a commit and in CI. Files that are there already are kept.

    In CI of GitHub or GitLab every push is validated, and a comment on a pull request tells what it changes. With --ci
    these files come to a workspace that is there already, at the top of its repository, and so does CODEOWNERS: the
    owner of an account, by the e-mail in team.yaml, is asked to review what changes in it. Run it again when owners
    change.

    With `--git-driver` git merges records by their fields: lines in .gitattributes, which are for all, and a setting of
    this clone, which every colleague makes once. It may be run again, and in a workspace that is there already.

    \b
    Examples:
      kamctl init northern-water
      kamctl init northern-water --lang zh-Hans --name 北方水务销售部 --bare
      kamctl init --ci --dry-run
      kamctl init --git-driver
    """
    run = session(ctx)
    if ci:
        from kamctl.commands.hosting import install

        install(run, folder, dry_run)
    else:
        from kamctl.commands.starting import start

        start(run, folder, name, currency, bare, dry_run, git_driver)
