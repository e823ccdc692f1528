"""What `rename` does: find the record, plan the moves and edits, show or write them."""

from __future__ import annotations

import os
from contextlib import suppress

from kamctl import layout
from kamctl.commands.recording import chosen_id
from kamctl.commands.session import Session
from kamctl.history.repository import Repository
from kamctl.labels import said
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest
from kamctl.renames import ACCOUNT, MEMBER, Change, Plan, Subject, plan
from kamctl.render.diff import diff
from kamctl.render.screen import write
from kamctl.saving import Draft, save_all
from kamctl.tree import scan

KINDS = (ACCOUNT, *layout.FOLDERS)
SHOWN = 5
"""How many names an error lists."""


def rename(run: Session, old: str, new: str, force: bool, dry_run: bool) -> None:
    """Move a record to another id with every reference to it, or print the plan and the diff.

    Raises KamctlError when there is no such record, or several, when the new id is taken or none, and when files that
    cannot be read may name it, unless `force`.
    """
    planned = plan(run.workspace, _subject(run, old, new))
    if planned.unread and not force:
        names = ", ".join(planned.unread[:SHOWN]) + (" …" if len(planned.unread) > SHOWN else "")
        raise KamctlError(
            Phrase("{old} may be named in files that cannot be read: {names}", old=planned.subject.old, names=names),
            Phrase("`kamctl validate` says what is wrong with them; --force leaves them as they are"),
            1,
        )
    lines = _lines(run, planned)
    if dry_run:
        diffs = [diff(_shown(change), run.style.screen) for change in planned.changes if change.references]
        write("".join([*(f"{line}\n" for line in lines), *diffs]))
        return
    save_all(run.workspace.root, planned.drafts(), planned.gone())
    _move_others(run, planned)
    for line in lines:
        run.say(line)
    _stage(run, planned)


# --- which record


def _subject(run: Session, old: str, new: str) -> Subject:
    """Return what a person means by an id, a part behind the slash, a key of team.yaml or a path."""
    place = run.workspace.place_of(old)
    if place is not None and place[0] in KINDS:
        found = [place]
    else:
        members = list(run.workspace.load(("members",)).facts.members)
        known = [(file.kind, file.id) for file in scan(run.workspace.files, KINDS)]
        known = [(kind, name.rstrip("/")) for kind, name in known] + [(MEMBER, key) for key in members]
        found = [entry for entry in known if entry[1] == old] or [
            entry for entry in known if layout.stem_of(entry[1]) == old
        ]
        if not found:
            hint = nearest(
                old,
                [name for _, name in known] + [layout.stem_of(name) for _, name in known],
                Phrase("an account, a contact, a deal, or a key of team.yaml"),
            )
            raise KamctlError(Phrase('there is no record "{name}"', name=old), hint)
    if len(found) > 1:
        words = ", ".join(f"{kind} {name}" for kind, name in found[:SHOWN])
        raise KamctlError(
            Phrase('"{old}" could be any of {count} records: {words}', old=old, count=len(found), words=words),
            Phrase("give the path of its file"),
        )
    kind, name = found[0]
    return Subject(kind, name, _new_id(kind, name, new))


def _new_id(kind: str, old: str, new: str) -> str:
    """Return the whole new id. Raises KamctlError when it cannot be one, or lies in another account."""
    account = "" if kind in (ACCOUNT, MEMBER) else layout.account_of(old)
    where, slash, _ = new.rpartition("/")
    if slash and (where != account or not account):
        there = (
            Phrase("{old} stays in {account}", old=old, account=account)
            if account
            else Phrase("{old} has no slash in its id", old=old)
        )
        message = Phrase('"{new}" cannot be the new id: {there}', new=new, there=there)
        raise KamctlError(message, Phrase("give the last part alone"))
    found = chosen_id(new, "", account)
    if found == old:
        raise KamctlError(Phrase("{old} is called so already", old=old), Phrase("give another id"))
    return found


# --- telling and doing


def _lines(run: Session, planned: Plan) -> list[str]:
    """Return the plan, a line a move and a line a file with references, and a line that sums up."""
    subject, moved = planned.subject, [change for change in planned.changes if change.moved]
    if subject.kind == ACCOUNT:
        folders = (f"{layout.ACCOUNTS}/{name}/" for name in (subject.old, subject.new))
        lines = [" → ".join(folders)]
    else:
        lines = [f"{change.old_path} → {change.path}" for change in moved]
    touched = [change for change in planned.changes if change.references]
    lines += [run.label("rename-references", path=change.path, count=change.references) for change in touched]
    count = sum(change.references for change in touched)
    files = len(moved) + len(planned.others)
    return [*lines, run.label("rename-summary", moved=files, count=count, files=len(touched))]


def _shown(change: Change) -> Draft:
    """Return a draft whose diff shows the edits alone, wherever the file lies afterwards."""
    return Draft(change.path, change.before, change.after.decode("utf-8-sig"))


def _move_others(run: Session, planned: Plan) -> None:
    """Move the files of an account that are no records, and remove the folders that are empty then."""
    root = run.workspace.root
    for old, new in planned.others.items():
        try:
            (root / new).parent.mkdir(parents=True, exist_ok=True)
            os.rename(root / old, root / new)
        except OSError as error:
            run.say(run.label("rename-left", path=old, reason=error.strerror or str(error)), "warning")
    if planned.subject.kind == ACCOUNT:
        for folder, _, _ in os.walk(root / layout.ACCOUNTS / planned.subject.old, topdown=False):
            with suppress(OSError):
                os.rmdir(folder)


def _stage(run: Session, planned: Plan) -> None:
    """Stage the moves where the workspace is a repository."""
    repository = Repository.find(run.workspace.root)
    if repository is None:
        return
    try:
        count = repository.move(planned.moves())
    except KamctlError as error:
        run.say(run.label("rename-not-staged", reason=said(error.message, run.lang)), "warning")
        return
    if count:
        run.say(run.label("rename-staged", count=count), "dim")
