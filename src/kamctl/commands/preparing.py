"""Prepares the texts that carry out a plan, and rejects rows that cannot be written or would bring a new error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kamctl import edit, rules, source
from kamctl.commands.recording import new_text
from kamctl.commands.session import Session
from kamctl.commands.sheets import process_of
from kamctl.exchange import drafts, typed
from kamctl.exchange.merge import NEW, Outcome, Refusal, rejected
from kamctl.exchange.sheet import Sheet
from kamctl.exchange.typed import Reason, fold, kept_text
from kamctl.facts import AccountRow, Facts
from kamctl.layout import path_of
from kamctl.loading import Document
from kamctl.problems import Problem
from kamctl.reports.pipeline import Terms
from kamctl.saving import Draft
from kamctl.schema.slugs import slugify
from kamctl.tree import SourceFile
from kamctl.validation import new_problems_of_set


@dataclass(frozen=True)
class Prepared:
    """A plan with the texts that carry it out."""

    outcomes: Sequence[Outcome]
    drafts: Sequence[Draft]


def prepared(run: Session, sheet: Sheet, outcomes: Sequence[Outcome], facts: Facts, terms: Terms) -> Prepared:
    """Return the plan with its texts; rows whose text would bring a new error are rejected, until none would."""
    maker = _Maker(run, sheet, facts, terms)
    while True:
        outcomes, by_row = maker.texts(outcomes)
        ready = {draft.path: draft for made in by_row.values() for draft in made}
        texts = {draft.path: draft.text for draft in ready.values()}
        problems = [p for p in new_problems_of_set(run.workspace, run.as_of, texts) if rules.is_error(p)]
        if not problems:
            return Prepared(outcomes, list(ready.values()))
        outcomes = [with_problems(outcome, by_row.get(outcome.row, ()), problems, run.lang) for outcome in outcomes]


def with_problems(outcome: Outcome, made: Sequence[Draft], problems: Sequence[Problem], lang: str) -> Outcome:
    """Return an outcome, rejected when one of its files would have a new error."""
    paths = {draft.path for draft in made}
    found = [problem for problem in problems if problem.path in paths]
    if not found:
        return outcome
    refusals = []
    for problem in found:
        key = edit.dotted(problem.keys)
        reason = Reason("sheet-problem", {"field": key or problem.path, "message": rules.message(problem, lang)})
        refusals.append(Refusal("", outcome.place, reason))
    return rejected(outcome, refusals)


class _Maker:
    """Makes the texts of a plan."""

    def __init__(self, run: Session, sheet: Sheet, facts: Facts, terms: Terms) -> None:
        self.run = run
        self.sheet = sheet
        self.terms = terms
        self.accounts = facts.accounts
        self.deals = {deal.id: deal for deal in facts.opportunities}
        self.dealer = kept_text(sheet.filled["dealer"].value) if "dealer" in sheet.filled else ""
        self.day = _filled_on(sheet, run.as_of)

    def texts(self, outcomes: Sequence[Outcome]) -> tuple[list[Outcome], dict[int, list[Draft]]]:
        """Return the outcomes, with those rejected whose change cannot be made, and the files of each row."""
        result: list[Outcome] = []
        made: dict[int, list[Draft]] = {}
        for outcome in outcomes:
            if outcome.changes and outcome.row not in made:
                change = self._assess if self.sheet.form.name == "scorecard" else self._change
                outcome = change(outcome, outcomes, made)
            result.append(outcome)
        self._add([outcome for outcome in result if outcome.kind == NEW], made)
        return [self._with_id(outcome, made) for outcome in result], made

    def _change(self, outcome: Outcome, outcomes: Sequence[Outcome], made: dict[int, list[Draft]]) -> Outcome:
        """Put the edited text of a deal among those made; returns the outcome, rejected when it cannot be edited."""
        document = self._document(outcome.id)
        process = self.terms.processes[process_of(self.deals[outcome.id], self.terms)]
        result = drafts.edited(self.sheet.form, document.text, outcome, process, self.day)
        if isinstance(result, list):
            return rejected(outcome, result)
        made[outcome.row] = [Draft(document.file.path, document.raw, result)]
        return outcome

    def _assess(self, outcome: Outcome, outcomes: Sequence[Outcome], made: dict[int, list[Draft]]) -> Outcome:
        """Put the text of a deal with all its changed marks among those made, for each of their rows."""
        deal_id = outcome.id.partition(" ")[0]
        rows = [other for other in outcomes if other.changes and other.id.partition(" ")[0] == deal_id]
        document = self._document(deal_id)
        try:
            text = drafts.assessed(document.text, rows, self.deals[deal_id].owner, self.day)
        except edit.EditRefused as error:
            refusal = Refusal("mark", outcome.changes[0].place, Reason("sheet-edit", {"why": str(error)}))
            return rejected(outcome, [refusal])
        made.update({row.row: [Draft(document.file.path, document.raw, text)] for row in rows})
        return outcome

    def _document(self, deal_id: str) -> Document:
        return self.run.workspace.document(SourceFile(path_of("opportunity", deal_id), "opportunity", deal_id))

    def _add(self, rows: Sequence[Outcome], made: dict[int, list[Draft]]) -> None:
        """Put the texts of new deals, and of accounts for them, among those made."""
        customers: dict[str, list[Outcome]] = {}
        for row in rows:
            customers.setdefault(row.account or fold(row.values["customer"]), []).append(row)
        taken = set(self.deals) | set(self.run.workspace.ids("opportunity"))
        accounts = set(self.run.workspace.ids("account"))
        for members in customers.values():
            account = members[0].account
            drafted: list[Draft] = []
            known = known_of_row(self.accounts[account]) if account else {}
            if not account:
                account = free(slugify(members[0].values["customer"]) or "account", accounts)
                data = drafts.new_account(members, self.dealer)
                drafted = [self._draft("account", account, data)]
                known = known_of(data)
            for row in members:
                deal_id = free(f"{account}/{slugify(row.values['project']) or 'deal'}", taken)
                data = drafts.new_deal(row, known, self.dealer, self.day)
                made[row.row] = [*drafted, self._draft("opportunity", deal_id, data)]

    def _draft(self, kind: str, record_id: str, data: dict[str, source.Data]) -> Draft:
        return Draft(path_of(kind, record_id), None, new_text(self.run, kind, record_id, data))

    def _with_id(self, outcome: Outcome, made: Mapping[int, Sequence[Draft]]) -> Outcome:
        """Return a new deal with the id that it will have."""
        if outcome.kind != NEW:
            return outcome
        parts = made[outcome.row][-1].path.split("/")
        return replace(outcome, id=f"{parts[1]}/{parts[-1].removesuffix('.yaml')}")


def known_of_row(account: AccountRow) -> dict[str, str]:
    """Return what an account says for its deals."""
    return {key: getattr(account, key) for key in ("owner", "vertical", "province", "city", "dealer")}


def known_of(data: Mapping[str, source.Data]) -> dict[str, str]:
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


def _filled_on(sheet: Sheet, as_of: date) -> date:
    """Return the day that the workbook was filled in: the one its block names, between export and today, else today."""
    cell = sheet.filled.get("filled_on")
    day = typed.read_date(cell.value, as_of, sheet.epoch) if cell is not None else as_of
    first = date.fromisoformat(sheet.marks.exported)
    return day if isinstance(day, date) and first <= day <= as_of else as_of
