"""What `contact export` and `contact import` do: people of the customers as vCards, out and back."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from kamctl import edit, rules
from kamctl.commands.preparing import free
from kamctl.commands.recording import new_text
from kamctl.commands.session import Session
from kamctl.exchange.calendar import uid
from kamctl.exchange.cards import Person, cards_text, library, read_cards
from kamctl.exchange.finding import digits, same_person
from kamctl.exchange.merge import CHANGED, NEW, REJECTED, SAME, Change, Outcome, Refusal
from kamctl.exchange.typed import Reason, fold
from kamctl.layout import path_of
from kamctl.render.diff import diff
from kamctl.render.intake import print_intake, summary
from kamctl.render.screen import write
from kamctl.rows.accounts import PersonRow
from kamctl.saving import Draft, save_all, whole_file
from kamctl.schema import walk
from kamctl.schema.contact import Contact
from kamctl.schema.slugs import slugify
from kamctl.source import Data
from kamctl.tree import SourceFile
from kamctl.validation import new_errors_of_set

FIELDS = ("name", "title", "department", "phone", "email")
"""What a card says of a contact."""


def export_cards(run: Session, account: str, output: str, force: bool) -> None:
    """Write the people of the customers as cards. Raises KamctlError rather than overwrite a file unasked."""
    library()
    account = run.workspace.resolve("account", account) if account else ""
    loaded = run.workspace.load(("accounts", "people"), account=account)
    run.tell_unread(loaded)
    name = run.workspace.settings.name or run.workspace.root.name
    people = sorted(loaded.facts.people.values(), key=lambda person: person.id)
    cards = cards_text(
        (_card(person, loaded.facts.account_name(person.account)), uid(name, person.id)) for person in people
    )
    if output == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(cards.encode())
        return
    with whole_file(Path(output), overwrite=force) as temporary:
        temporary.write_bytes(cards.encode())
    run.say(run.label("cards-made", path=output, count=len(people)))


def _card(person: PersonRow, company: str) -> Person:
    return Person(0, person.id, person.name, person.title, person.department, company, person.phone, person.email)


def import_cards(run: Session, file: str, account: str, apply: bool, dry_run: bool) -> int:
    """Show what cards would change at an account, and write it with `apply`. Returns 1 when a card was rejected."""
    account = run.workspace.resolve("account", account)
    cards = read_cards(Path(file))
    loaded = run.workspace.load(("people",), account=account)
    run.tell_unread(loaded)
    outcomes = _plan(cards, list(loaded.facts.people.values()), account)
    outcomes, drafts = _prepared(run, outcomes, cards)
    if dry_run:
        for draft in drafts:
            write(diff(draft, run.style.screen))
    else:
        counts = Counter(outcome.kind for outcome in outcomes)
        shown = [outcome for outcome in outcomes if outcome.kind != SAME]
        print_intake(shown, run.style, run.envelope(file=Path(file).name, counts=dict(counts)))
        run.say(summary(counts, {"contact": sum(draft.before is None for draft in drafts)}, run.lang))
    if apply and drafts and not dry_run:
        save_all(run.workspace.root, drafts)
        run.say(run.label("plan-written", count=len(drafts)))
    elif drafts and not dry_run:
        run.say(run.label("csv-not-written"), "dim")
    return 1 if any(outcome.kind == REJECTED for outcome in outcomes) else 0


def _plan(cards: Sequence[Person], people: list[PersonRow], account: str) -> list[Outcome]:
    """Return what becomes of every card. A card that matches one before it is rejected."""
    outcomes, taken = [], dict[str, int]()
    known = [*people]
    for card in cards:
        outcome = _outcome(card, known, account)
        if outcome.id in taken:
            reason = Reason("card-twin", {"id": outcome.id, "line": taken[outcome.id]})
            outcome = _rejected(card, account, reason)
        elif outcome.kind != REJECTED:
            taken[outcome.id] = card.line
        if outcome.kind == NEW:
            known.append(PersonRow(outcome.id, account, card.name, "", "", "", card.phone, card.email))
        outcomes.append(outcome)
    return outcomes


def _rejected(card: Person, account: str, reason: Reason) -> Outcome:
    place = str(card.line)
    return Outcome(REJECTED, card.line, "", _values(card), refusals=(Refusal("", place, reason),), account=account)


def _values(card: Person) -> dict[str, str]:
    return {name: getattr(card, name) for name in FIELDS}


def _outcome(card: Person, known: Sequence[PersonRow], account: str) -> Outcome:
    if card.wrong:
        return _rejected(card, account, Reason("card-wrong", {"why": card.wrong}))
    if not card.name:
        return _rejected(card, account, Reason("sheet-needed"))
    person = _match(card, known)
    if person is None:
        stem = slugify(card.name) or "contact"
        contact = free(f"{account}/{stem}", {row.id for row in known})
        return Outcome(NEW, card.line, contact, _values(card), account=account, place=str(card.line))
    changes = tuple(
        Change(name, str(card.line), "", getattr(person, name), getattr(card, name))
        for name in FIELDS[1:]
        if getattr(card, name) and not _alike(name, getattr(person, name), getattr(card, name))
    )
    kind = CHANGED if changes else SAME
    return Outcome(kind, card.line, person.id, _values(card), changes, account=account, place=str(card.line))


def _match(card: Person, known: Iterable[PersonRow]) -> PersonRow | None:
    """Return the contact that a card means: by our id, by e-mail, by name, or by telephone number, in this order."""
    said = {"contact_name": card.name, "contact_email": card.email, "contact_phone": card.phone}
    there = [person for person in known if person.id == card.id or same_person(person, said)]
    ways = (
        lambda person: person.id == card.id,
        lambda person: bool(card.email) and person.email.casefold() == card.email.casefold(),
        lambda person: fold(person.name) == fold(card.name),
    )
    return next((person for way in ways for person in there if way(person)), there[0] if there else None)


def _alike(name: str, one: str, other: str) -> bool:
    if name == "phone":
        return digits(one) == digits(other)
    return one.casefold() == other.casefold() if name == "email" else one == other


def _prepared(run: Session, outcomes: Sequence[Outcome], cards: Sequence[Person]) -> tuple[list[Outcome], list[Draft]]:
    """Return the outcomes and the texts that carry them out; a card that would bring a new error is rejected."""
    result, drafts = list(outcomes), {}
    for place, outcome in enumerate(outcomes):
        try:
            draft = _draft(run, outcome)
        except edit.EditRefused as error:
            result[place] = _rejected(cards[place], outcome.account, Reason("sheet-edit", {"why": str(error)}))
            continue
        if draft is not None:
            drafts[draft.path] = place, draft
    texts = {path: draft.text for path, (_, draft) in drafts.items()}
    for problem in new_errors_of_set(run.workspace, run.as_of, texts):
        if problem.path in drafts:
            place, _ = drafts.pop(problem.path)
            values = {"field": edit.dotted(problem.keys), "message": rules.message(problem, run.lang)}
            result[place] = _rejected(cards[place], result[place].account, Reason("sheet-problem", values))
    return result, [draft for _, draft in drafts.values()]


def _draft(run: Session, outcome: Outcome) -> Draft | None:
    path = path_of("contact", outcome.id) if outcome.id else ""
    if outcome.kind == NEW:
        data: dict[str, Data] = {name: value for name, value in outcome.values.items() if value}
        return Draft(path, None, new_text(run, "contact", outcome.id, data))
    if outcome.kind != CHANGED:
        return None
    document = run.workspace.document(SourceFile(path, "contact", outcome.id))
    text = document.text
    for change in outcome.changes:
        text = edit.set_value(text, (change.key,), change.typed, walk.keys_at(Contact, ()))
    return Draft(path, document.raw, text)
