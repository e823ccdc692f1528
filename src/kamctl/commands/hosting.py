"""What `init --ci` does: CI of GitHub and GitLab, and who reviews what, for a workspace that is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kamctl import __version__, layout
from kamctl.commands.session import Session
from kamctl.history.repository import Repository
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.render import document
from kamctl.render.diff import diff
from kamctl.render.screen import write
from kamctl.rows.accounts import AccountRow
from kamctl.saving import Draft, save
from kamctl.workspace import Workspace

if TYPE_CHECKING:
    from kamctl.schema.team import Member

CI_FILES = {
    "github-workflow.yaml.j2": ".github/workflows/kamctl.yaml",
    "gitlab-ci.yaml.j2": ".gitlab-ci.yml",
}
"""Templates below `templates/workspace/`, and the files that they become."""

CODEOWNERS = "CODEOWNERS"
"""GitHub and GitLab both look for it at the top of a repository."""

MARK = "# Written by `kamctl init --ci` from the owners of the accounts; run it again when they change."
"""The first line of a file of owners that may be written anew."""

ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
SPECIAL = re.compile(r"([\s#!\\*?\[\]])")


class Owned(NamedTuple):
    """A line of CODEOWNERS: a path, and whose it is; the e-mail is empty when there is none."""

    path: str
    owner: str
    email: str


def install(run: Session, folder: str, dry_run: bool) -> None:
    """Write the files of CI that are missing, and the owners anew, at the top of the repository.

    Raises KamctlError when there is no workspace, and when there is a CODEOWNERS that somebody else wrote.
    """
    run.refuse_at()
    workspace = Workspace.open(run.folder if folder == "." else Path(folder))
    lang = run.lang if run.options.lang else workspace.settings.language
    repository = Repository.find(workspace.root)
    top, prefix = (repository.root, repository.prefix) if repository is not None else (workspace.root, "")
    drafts = [*_missing(top, prefix, lang), *_owners(workspace, top, prefix, lang)]
    for draft in drafts:
        if dry_run:
            write(diff(draft, run.style.screen))
        else:
            save(top, draft)
            run.say(f"{draft.path}: {run.label('created' if draft.before is None else 'ci-rewritten')}")
    if not drafts:
        run.say(run.label("unchanged"), "dim")


def _missing(top: Path, prefix: str, lang: str) -> Iterator[Draft]:
    view = {"version": __version__, "folder": prefix.rstrip("/"), "language": lang}
    for template, path in CI_FILES.items():
        if not (top / path).exists():
            yield Draft(path, None, document.render(f"workspace/{template}", view, lang, None))


def _owners(workspace: Workspace, top: Path, prefix: str, lang: str) -> Iterator[Draft]:
    path = top / CODEOWNERS
    before = path.read_bytes() if path.exists() else None
    if before is not None and not before.startswith(MARK.encode()):
        raise KamctlError(
            Phrase("{path} was written by somebody else", path=path),
            Phrase("take over what it says, and delete it: {file}", file=CODEOWNERS),
            1,
        )
    accounts = workspace.load(("accounts",)).facts.accounts.values()
    team = workspace.record("team", "") if workspace.files.holds(layout.TEAM_FILE) else None
    owners = list(owned(accounts, team.members if team is not None else {}, prefix))
    text = document.render("workspace/codeowners.j2", {"mark": MARK, "owners": owners}, lang, None)
    if before != text.encode():
        yield Draft(CODEOWNERS, before, text)


def owned(accounts: Iterable[AccountRow], members: Mapping[str, Member], prefix: str) -> Iterator[Owned]:
    """Yield a line for each account that has an owner, by id."""
    for account in sorted(accounts, key=lambda row: row.id):
        if account.owner:
            path = f"/{prefix}{layout.ACCOUNTS}/{account.id}/"
            yield Owned(SPECIAL.sub(r"\\\1", path), account.owner, _email(members, account.owner))


def _email(members: Mapping[str, Member], name: str | None) -> str:
    """Return the e-mail of a person, else that of the manager, and so on upwards; empty when nobody has one."""
    seen: set[str] = set()
    while name is not None and name in members and name not in seen:
        seen.add(name)
        if ADDRESS.fullmatch(members[name].email or ""):
            return members[name].email or ""
        name = members[name].manager
    return ""
