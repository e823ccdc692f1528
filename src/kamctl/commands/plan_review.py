"""What `review opportunity` and `review account` do: compare with the last review, print the pack, record decisions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kamctl import edit, layout
from kamctl.commands.recording import write_record
from kamctl.commands.rendering import print_view, tell_unread_of
from kamctl.commands.session import Session
from kamctl.commands.writing import VIEWS
from kamctl.facts import Facts
from kamctl.forms.review import account_review, deal_review
from kamctl.loading import unreadable
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.saving import Draft
from kamctl.schema import walk
from kamctl.schema.kinds import MODELS
from kamctl.source import Data
from kamctl.tree import SourceFile

DECISION = re.compile(r"\s*([^:\uff1a@]+?)\s*[:\uff1a]\s*(.+?)\s*@\s*(\S+)\s*", re.DOTALL)
"""`WHO: WHAT @DATE`; a full-width colon will do."""


def review_deal(run: Session, name: str, since: str, output: str) -> None:
    """Print the review of a deal, or write it to a file."""
    run.style.check(VIEWS)
    deal = run.workspace.resolve("opportunity", name)
    view = deal_review(run.workspace, deal, run.lang, run.as_of, since)
    tell_unread_of(run, layout.account_of(deal))
    print_view(run, "review-opportunity", view, output)


def review_account(run: Session, name: str, since: str, output: str) -> None:
    """Print the review of an account, or write it to a file."""
    run.style.check(VIEWS)
    account = run.workspace.resolve("account", name)
    view = account_review(run.workspace, account, run.lang, run.as_of, since)
    tell_unread_of(run, account)
    print_view(run, "review-account", view, output)


# --- decisions


def accept_decisions(run: Session, name: str, decisions: Sequence[str], dry_run: bool) -> None:
    """Add decisions to the actions of a deal. Raises KamctlError for one that lacks who, what or when."""
    workspace = run.workspace
    deal = workspace.resolve("opportunity", name)
    document = workspace.document(SourceFile(layout.path_of("opportunity", deal), "opportunity", deal))
    if document.record is None:
        raise unreadable(workspace.files, document.problems)
    account = layout.account_of(deal)
    facts = workspace.load(("people", "members"), account=account).facts
    text = document.text
    for decision in decisions:
        action = _action(run, facts, account, decision)
        try:
            text = edit.append(text, ("actions",), action, walk.keys_at(MODELS["opportunity"], ()))
        except edit.EditRefused as error:
            raise KamctlError(error.message, Phrase("nothing was written"), 1) from None
    write_record(run, Draft(document.file.path, document.raw, text), dry_run)
    if not dry_run:
        run.say(run.label("next-command", command=f"kamctl review opportunity {deal}"), "dim")


def _action(run: Session, facts: Facts, account: str, decision: str) -> Data:
    found = DECISION.fullmatch(decision)
    if found is None:
        raise KamctlError(
            Phrase('"{decision}" is no decision', decision=decision),
            Phrase("write 'WHO: WHAT @DATE', for example 'li-na: 问清付款条件 @fri'"),
        )
    who, what, due = found.groups()
    return {"due": run.day(due, "--accept").isoformat(), "who": _who(facts, account, who), "what": what}


def _who(facts: Facts, account: str, name: str) -> str:
    """Return the key of one of our people, or the stem of a contact, by key or name. Raises KamctlError."""
    people = {row.id: row.name for row in facts.members.values()}
    people |= {layout.stem_of(row.id): row.name for row in facts.people.values() if row.account == account}
    word = name.casefold()
    keys = [key for key, person in people.items() if word in (key.casefold(), person.casefold())]
    if len(keys) == 1:
        return keys[0]
    if keys:
        raise KamctlError(
            Phrase('"{name}" could be {names}', name=name, names=", ".join(keys)), Phrase("write the key")
        )
    hint = nearest(name, [*people, *people.values()], choices(people))
    raise KamctlError(Phrase('there is nobody "{name}" in the team or at the customer', name=name), hint)
