"""What `review opportunity` and `review account` do: compare with the last review, print the pack, record decisions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kamctl import edit, layout
from kamctl.commands.comparing import wording
from kamctl.commands.recording import write_record
from kamctl.commands.rendering import VIEWS, print_view, tell_unread_of
from kamctl.commands.session import Session
from kamctl.facts import Facts
from kamctl.forms.review import Change, account_review, deal_review
from kamctl.history.diff import RecordDiff, Sides, read_facts, record_diffs
from kamctl.history.records import RecordPair, record_pairs
from kamctl.history.states import review_pair
from kamctl.labels import said
from kamctl.loading import unreadable
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render.difference import change_lines, state_name
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
    changed = _changed(run, layout.account_of(deal), deal, since)
    view = deal_review(run.workspace, deal, run.lang, run.as_of, changed)
    tell_unread_of(run, layout.account_of(deal))
    print_view(run, "review-opportunity", "review", view, output)


def review_account(run: Session, name: str, since: str, output: str) -> None:
    """Print the review of an account, or write it to a file."""
    run.style.check(VIEWS)
    account = run.workspace.resolve("account", name)
    changed = _changed(run, account, "", since)
    view = account_review(run.workspace, account, run.lang, run.as_of, changed)
    tell_unread_of(run, account)
    print_view(run, "review-account", "review", view, output)


def _changed(run: Session, account: str, deal: str, since: str) -> Change:
    """Return what changed in an account, or around one of its deals, since the last review.

    Without a history that reaches so far nothing has changed that we know of. Raises KamctlError when a state was asked
    for by name and is not there.
    """
    try:
        repository = run.repository
        days = run.workspace.methods.plan_test.since_days
        states = review_pair(run.workspace, repository, since, days, run.as_of)
    except KamctlError as error:
        if since:
            raise
        return Change(note=said(error.message, run.lang))
    changes = [one for one in states.changed() if f"/{account}/" in f"/{one.path}"]
    pairs = record_pairs(changes, states.contents(changes))
    facts = (read_facts(states.before.workspace, [account]), read_facts(states.after.workspace, [account]))
    sides = Sides(*facts, states.before.day, states.after.day)
    records = record_diffs([one for one in pairs if _is_about(one, account, deal)], sides, None, None)
    words = wording(run, states, sides)
    lines = [line for record in _deals_first(records) for line in change_lines(record, words, deal)]
    lines += [run.label(f"diff-unreadable-{one.unreadable[0]}", path=one.path) for one in pairs if one.unreadable]
    return Change(state_name(states.before, run.lang), states.before.day, lines)


def _is_about(pair: RecordPair, account: str, deal: str) -> bool:
    """Whether a record is the deal, a call or presentation about it, or a person or the account itself."""
    if not pair.is_data or layout.account_of(pair.id) != account:
        return False
    if not deal or pair.kind in ("account", "contact"):
        return True
    if pair.kind == "opportunity":
        return pair.id == deal
    about = (pair.after or pair.before or {}).get("opportunity")
    return isinstance(about, str) and layout.full_id(account, about) == deal


def _deals_first(records: Sequence[RecordDiff]) -> list[RecordDiff]:
    return sorted(records, key=lambda record: (record.pair.kind != "opportunity", record.pair.id))


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
