"""Prepares the texts that carry out a plan, and rejects rows that cannot be written or would bring a new error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from kamctl import edit, rules
from kamctl.commands.recording import new_text
from kamctl.commands.session import Session
from kamctl.commands.sheets import Maker
from kamctl.exchange.merge import NEW, Outcome, Refusal, rejected
from kamctl.exchange.typed import Reason
from kamctl.layout import kind_and_id, path_of
from kamctl.loading import Document
from kamctl.problems import Problem
from kamctl.rows.accounts import AccountRow
from kamctl.saving import Draft
from kamctl.schema.slugs import slugify
from kamctl.source import Data
from kamctl.tree import SourceFile
from kamctl.validation import new_errors_of_set


@dataclass(frozen=True)
class Prepared:
    """A plan with the texts that carry it out."""

    outcomes: Sequence[Outcome]
    drafts: Sequence[Draft]


def prepared(run: Session, maker_of: Callable[[Sequence[Outcome]], Maker], outcomes: Sequence[Outcome]) -> Prepared:
    """Return the plan with its texts; rows whose text would bring a new error are rejected, until none would."""
    while True:
        maker = maker_of(outcomes)
        outcomes = [_made(outcome, maker) for outcome in outcomes]
        ready = {draft.path: draft for made in maker.made.values() for draft in made}
        texts = {draft.path: draft.text for draft in ready.values()}
        problems = new_errors_of_set(run.workspace, run.as_of, texts)
        if not problems:
            return Prepared(outcomes, list(ready.values()))
        outcomes = without(outcomes, maker.made, problems, run.lang)


def _made(outcome: Outcome, maker: Maker) -> Outcome:
    """Return an outcome whose files are made; a new row has the id that it will have."""
    if (outcome.changes or outcome.kind == NEW) and outcome.row not in maker.made:
        outcome = maker.make(outcome)
    if outcome.kind != NEW:
        return outcome
    place = kind_and_id(maker.made[outcome.row][-1].path)
    return replace(outcome, id=place[1] if place is not None else "")


def without(
    outcomes: Sequence[Outcome], by_row: Mapping[int, Sequence[Draft]], problems: Sequence[Problem], lang: str
) -> list[Outcome]:
    """Return the outcomes, with those rejected one of whose files would have a new error."""
    by_path: dict[str, list[Problem]] = {}
    for problem in problems:
        by_path.setdefault(problem.path, []).append(problem)
    result = []
    for outcome in outcomes:
        made = by_row.get(outcome.row, ())
        result.append(_judged(outcome, [problem for draft in made for problem in by_path.get(draft.path, ())], lang))
    return result


def _judged(outcome: Outcome, found: Sequence[Problem], lang: str) -> Outcome:
    """Return an outcome, rejected where its files would have new errors."""
    if not found:
        return outcome
    refusals = []
    for problem in found:
        key = edit.dotted(problem.keys)
        reason = Reason("sheet-problem", {"field": key or problem.path, "message": rules.message(problem, lang)})
        refusals.append(Refusal("", outcome.place, reason))
    return rejected(outcome, refusals)


class NewAccounts:
    """Makes the files of accounts that a workbook names and nobody has yet."""

    def __init__(self, run: Session) -> None:
        self.run = run
        self.taken = set(run.workspace.ids("account"))

    def made(self, data: dict[str, Data]) -> tuple[str, list[Draft], dict[str, str]]:
        """Return the id of a new account, its file, and what it says for its deals."""
        account = free(slugify(str(data["name"])) or "account", self.taken)
        draft = Draft(path_of("account", account), None, new_text(self.run, "account", account, data))
        return account, [draft], known_of(data)


def document_of(run: Session, kind: str, record_id: str) -> Document:
    """Return the document of a record."""
    return run.workspace.document(SourceFile(path_of(kind, record_id), kind, record_id))


def known_of_row(account: AccountRow) -> dict[str, str]:
    """Return what an account says for its deals."""
    return {key: getattr(account, key) for key in ("owner", "vertical", "province", "city", "dealer")}


def known_of(data: Mapping[str, Data]) -> dict[str, str]:
    """Return what the data of a new account says for its deals."""
    region = data.get("region")
    flat = {**data, **(region if isinstance(region, dict) else {})}
    return {key: value for key, value in flat.items() if isinstance(value, str)}


def free(wanted: str, taken: set[str]) -> str:
    """Return an id that nothing has yet, numbered where need be, and take it."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    taken.add(found)
    return found
