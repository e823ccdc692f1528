"""Workbooks of deals, a row a deal: how they are filled, compared with the files, and turned into texts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from kamctl.commands.preparing import NewAccounts, document_of, free, known_of_row
from kamctl.commands.recording import new_text
from kamctl.commands.selling import Chosen, select, stage_order
from kamctl.commands.session import Session
from kamctl.commands.sheets import OF_DEALS, Fill, Returned, Wish, lost_stages, needs_of, process_of
from kamctl.exchange import drafts
from kamctl.exchange.book import Bar, Line
from kamctl.exchange.columns import UNIT
from kamctl.exchange.deals import DealRules, deal_values
from kamctl.exchange.merge import NEW, Now, Outcome, Rules, rejected
from kamctl.exchange.sheet import Sheet
from kamctl.exchange.typed import Cell, fold, kept_text
from kamctl.facts import Facts
from kamctl.labels import pick
from kamctl.layout import path_of
from kamctl.money import Money, convert
from kamctl.reports.pipeline import CENT, Terms, pipeline
from kamctl.rows.deals import OpportunityRow
from kamctl.saving import Draft
from kamctl.schema.slugs import slugify


class DealSheets:
    """The form `pipeline`."""

    tables = ("accounts", "members", "opportunities")
    takes = OF_DEALS

    def fill(self, run: Session, wish: Wish) -> Fill:
        """Return a row a deal, and the bars of the funnel."""
        chosen = select(run, wish.deals)
        facts, terms = run.workspace.load(self.tables).facts, chosen.terms
        deals = {deal.id: deal for deal in facts.opportunities}
        lines = [self._line(run, deals[row.id], facts, terms) for row in chosen.rows]
        return Fill(facts, terms, lines, bars=_bars(run, chosen))

    def _line(self, run: Session, deal: OpportunityRow, facts: Facts, terms: Terms) -> Line:
        values = deal_values(deal, facts.account_name(deal.account), terms.currency, needs_of(run, deal.id))
        return Line(deal.id, values, _converted(deal, terms), process_of(deal, terms))

    def compare(self, back: Returned, prefer: str) -> tuple[Now, Rules]:
        """Return what the deals' files say now, and the rules of deals."""
        facts, terms = back.facts, back.terms
        needs = _needs_now(back.run, back.sheet, {deal.id for deal in facts.opportunities})
        rows = {
            deal.id: deal_values(deal, facts.account_name(deal.account), terms.currency, needs.get(deal.id, ""))
            for deal in facts.opportunities
        }
        processes = {deal.id: process_of(deal, terms) for deal in facts.opportunities}
        now = Now(rows, back.words, processes, prefer)
        by_account = {row.id: row.process or terms.default_process for row in facts.accounts.values()}
        return now, DealRules(back.sheet.form, now, back.accounts, by_account, lost_stages(terms))

    def maker(self, back: Returned, outcomes: Sequence[Outcome]) -> _Maker:
        """Return what makes the texts of deals."""
        return _Maker(back, outcomes)


class _Maker:
    """Makes the texts of deals, and of accounts for new ones."""

    def __init__(self, back: Returned, outcomes: Sequence[Outcome]) -> None:
        self.back = back
        self.made: dict[int, list[Draft]] = {}
        self.deals = {deal.id: deal for deal in back.facts.opportunities}
        self.dealer = kept_text(back.sheet.filled["dealer"].value) if "dealer" in back.sheet.filled else ""
        self.customers: dict[str, list[Outcome]] = {}
        for row in (outcome for outcome in outcomes if outcome.kind == NEW):
            self.customers.setdefault(_customer(row), []).append(row)
        self.taken = set(self.deals) | set(back.run.workspace.ids("opportunity"))
        self.accounts = NewAccounts(back.run)

    def make(self, outcome: Outcome) -> Outcome:
        """Make the edited text of a deal, or the texts of all new deals of a customer."""
        if outcome.kind == NEW:
            self._add(self.customers[_customer(outcome)])
            return outcome
        document = document_of(self.back.run, "opportunity", outcome.id)
        process = self.back.terms.processes[process_of(self.deals[outcome.id], self.back.terms)]
        result = drafts.edited(self.back.sheet.form, document.text, outcome, process, self.back.day)
        if isinstance(result, list):
            return rejected(outcome, result)
        self.made[outcome.row] = [Draft(document.file.path, document.raw, result)]
        return outcome

    def _add(self, rows: Sequence[Outcome]) -> None:
        """Make the texts of new deals of one customer, and of its account where it has none."""
        before: list[Draft] = []
        if account := rows[0].account:
            known = known_of_row(self.back.facts.accounts[account])
        else:
            account, before, known = self.accounts.made(drafts.new_account(rows, self.dealer))
        for row in rows:
            deal_id = free(f"{account}/{slugify(row.values['project']) or 'deal'}", self.taken)
            data = drafts.new_deal(row, known, self.dealer, self.back.day)
            text = new_text(self.back.run, "opportunity", deal_id, data)
            self.made[row.row] = [*before, Draft(path_of("opportunity", deal_id), None, text)]


def _customer(row: Outcome) -> str:
    return row.account or fold(row.values["customer"])


def _converted(deal: OpportunityRow, terms: Terms) -> dict[str, Cell]:
    """Return a deal's amount in the report currency, where there is one and a rate."""
    if deal.amount is None or not terms.report_currency:
        return {}
    money = Money(deal.amount, deal.currency or terms.currency)
    found = convert(money, terms.report_currency, terms.rates, terms.as_of)
    return {"report_amount": float((found[0].amount / UNIT).quantize(CENT))} if found is not None else {}


def _bars(run: Session, chosen: Chosen) -> list[Bar]:
    """Return the bars of the funnel: every open stage of the workspace's process, and those of others with deals."""
    terms = chosen.terms
    totals = pipeline(chosen.rows, "stage_seen", stage_order(terms)).groups
    found = {total.group: total for total in totals}
    stages = terms.processes[terms.default_process].stages
    names = {stage.code: f"{stage.code} {pick(stage.label, run.lang)}".strip() for stage in stages}
    own = [stage.code for stage in stages if stage.outcome != "lost"]
    return [
        Bar(
            names.get(code, code),
            found[code].deals if code in found else 0,
            found[code].amount if code in found else Decimal(0),
        )
        for code in dict.fromkeys([*own, *found])
    ]


def _needs_now(run: Session, sheet: Sheet, known: Collection[str]) -> Mapping[str, str]:
    """Return the needs of deals whose row could change them; no table of the facts holds so much text."""
    exported = {row.id: row.exported.get("needs", "") for row in sheet.rows if row.id in known}
    changed = [
        row.id
        for row in sheet.rows
        if row.id in known and "needs" in row.cells and kept_text(row.cells["needs"].value) != exported[row.id]
    ]
    return exported | {deal_id: needs_of(run, deal_id) for deal_id in changed}
