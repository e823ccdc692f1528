"""Rows that are deals: what the files say of them, what a change cannot be, and what a new row means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kamctl.exchange import typed
from kamctl.exchange.columns import LIST_SIGN, Form, percent_text
from kamctl.exchange.matching import Names
from kamctl.exchange.merge import NEW, REJECTED, SAME, Change, Now, Outcome, Refusal, missing, place, read_row
from kamctl.exchange.sheet import Filled, SheetRow
from kamctl.exchange.typed import Reason, fold, kept_text
from kamctl.layout import account_of
from kamctl.money import Money
from kamctl.rows.deals import OpportunityRow

NEEDED = ("customer", "project", "stage", "owner")
"""What a new deal cannot be without; the owner may be its account's."""


def deal_values(deal: OpportunityRow, customer: str, currency: str, needs: str = "") -> dict[str, str]:
    """Return what a deal's file says, by column; what its account says where it says nothing.

    `needs` is text that no row of the facts holds.
    """
    return {
        "customer": customer,
        "project": deal.name,
        "source": deal.source,
        "importance": deal.importance,
        "stage": deal.stage,
        "probability": percent_text(deal.probability),
        "products": LIST_SIGN.join(deal.products),
        "needs": typed.kept_text(needs),
        "tender_date": day_text(deal.tender_date),
        "purchase_date": day_text(deal.purchase_date),
        "close_date": day_text(deal.close_date),
        "amount": str(Money(deal.amount, deal.currency or currency)) if deal.amount is not None else "",
        "loss_reason": deal.lost_reason,
        "vertical": deal.vertical,
        "province": deal.province,
        "city": deal.city,
        "owner": deal.owner,
    }


def day_text(day: date | None) -> str:
    """Write a day as files do; nothing for none."""
    return day.isoformat() if day is not None else ""


@dataclass(frozen=True)
class DealRules:
    """The rules of rows that are deals, `merge.Rules`.

    `lost` are the stages of each process at which a deal is lost, `processes` those of deals by account. `projects` are
    the deals that are there or are new on the sheet, by account and name.
    """

    form: Form
    now: Now
    accounts: Names
    processes: Mapping[str, str]
    lost: Mapping[str, frozenset[str]]
    projects: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for deal, values in self.now.rows.items():
            self.projects[account_of(deal), fold(values.get("project", ""))] = deal

    def refused(self, row: SheetRow, changes: Sequence[Change], values: Mapping[str, str]) -> list[Refusal]:
        """Return what cannot be: another customer, a lost deal opened again, half a loss."""
        changed = {change.key: change for change in changes}
        lost = self._lost(self.now.processes.get(row.id, ""))
        before = self.now.rows[row.id].get("stage", "")
        refusals = []
        customer = changed.get("customer")
        if customer is not None and customer.typed:
            refusals.append(Refusal("customer", customer.place, _other_customer(row, customer)))
        if "stage" in changed and before in lost and values["stage"] not in lost:
            refusals.append(Refusal("stage", changed["stage"].place, Reason("sheet-reopen", {"id": row.id})))
        elif "stage" in changed or "loss_reason" in changed:
            refusals += _loss(values, lost, row.cells)
        return refusals

    def new(self, row: SheetRow) -> Outcome:
        """Return what becomes of a row without an id: a new deal, of a known account or of a new one."""
        name = kept_text(row.cells["customer"].value) if "customer" in row.cells else ""
        match = self.accounts.match(name)
        process = self.processes.get(match.id, "") or self.now.vocabulary.default_process
        values, refusals = read_row(self.form, row, process, self.now.vocabulary)
        if row.problem is not None:
            refusals.append(Refusal("", *row.problem))
        refusals += missing(row, NEEDED[:3] if match.id or match.near else NEEDED, values, refusals)
        if match.near:
            refusals.append(Refusal("customer", place(row, "customer"), near_customer(name, match.near)))
        if not refusals:
            refusals += _loss(values, self._lost(process), row.cells)
        key = (match.id or fold(name), fold(values.get("project", "")))
        twin = self.projects.setdefault(key, f"#{row.number}") if not refusals else ""
        if twin and twin != f"#{row.number}":
            return self._twin(row, twin, values)
        kind = REJECTED if refusals else NEW
        return Outcome(kind, row.number, "", values, refusals=tuple(refusals), account=match.id)

    def _twin(self, row: SheetRow, twin: str, values: Mapping[str, str]) -> Outcome:
        """Return what becomes of a row whose deal is there already: nothing where it says the same."""
        if twin in self.now.rows and says_the_same(values, self.now.rows[twin], ("customer", "needs")):
            return Outcome(SAME, row.number, twin, self.now.rows[twin])
        refusal = Refusal("project", place(row, "project"), twin_of("sheet-twin", twin))
        return Outcome(REJECTED, row.number, "", values, refusals=(refusal,))

    def _lost(self, process: str) -> frozenset[str]:
        return self.lost.get(process, frozenset())


def near_customer(name: str, near: Sequence[str]) -> Reason:
    """Return the reason why a customer with similar names is for a person to decide."""
    return Reason("sheet-near", {"name": name, "near": ", ".join(near)})


def twin_of(key: str, twin: str) -> Reason:
    """Return the reason why a row is refused whose twin is there: by its id, or `#12` for a row of the same sheet."""
    return Reason("sheet-twin-row", {"row": twin[1:]}) if twin.startswith("#") else Reason(key, {"id": twin})


def says_the_same(values: Mapping[str, str], there: Mapping[str, str], without: Sequence[str]) -> bool:
    """Whether a row says nothing but what is there; keys `without` do not count."""
    said = {key: value for key, value in values.items() if value and key not in without}
    return all(there.get(key) == value for key, value in said.items())


def _other_customer(row: SheetRow, change: Change) -> Reason:
    if fold(change.typed) != fold(change.now):
        return Reason("sheet-other-customer", {"account": account_of(row.id)})
    return Reason("sheet-customer-name", {"name": change.now})


def _loss(values: Mapping[str, str], lost: frozenset[str], cells: Mapping[str, Filled]) -> list[Refusal]:
    """Return what is wrong between stage and loss reason: one needs the other."""
    is_lost, reason = values.get("stage", "") in lost, values.get("loss_reason", "")
    if is_lost == bool(reason):
        return []
    key = "sheet-needs-reason" if is_lost else "sheet-not-lost"
    place = cells["loss_reason"].place if "loss_reason" in cells else ""
    return [Refusal("loss_reason", place, Reason(key))]
