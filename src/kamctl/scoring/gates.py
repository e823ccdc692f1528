"""Gates: what must be filled or shown before a deal moves from one stage to another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from kamctl.rows.accounts import AccountRow
from kamctl.rows.deals import GateEvidenceRow, OpportunityRow
from kamctl.schema.method import Label
from kamctl.schema.method.process import GateCriterion, Process, Stage

ACCOUNT_FIELD = "account."


class GateItem(NamedTuple):
    """One criterion of a gate: met or not, by which field or on what evidence, and since when where that is known.

    `stage` is the stage whose criterion it is. `label` is None for a required field, which speaks for itself.
    """

    id: str
    label: Label | None
    stage: str
    field: str
    met: bool
    evidence: str = ""
    since: date | None = None


class Gate(NamedTuple):
    """The way of a deal from one stage to another. `move` is "" to the next stage, else skip or back."""

    source: Stage | None
    target: Stage
    move: str
    items: Sequence[GateItem]

    @property
    def missing(self) -> list[GateItem]:
        """Return the items that are not met."""
        return [item for item in self.items if not item.met]


def gate(
    process: Process,
    deal: OpportunityRow,
    target: Stage,
    account: AccountRow | None,
    evidence: Collection[GateEvidenceRow],
    as_of: date,
) -> Gate:
    """Return the gate between a deal's stage and another one, with the evidence there is on a day.

    Forward: the exit criteria of every stage left behind, the entry criteria of the target, and the fields that
    it and the stages skipped require. Out by losing: the entry criteria and fields of the way out alone. Back: nothing.
    """
    here = process.position(deal.stage)
    there = process.position(target.code)
    out = target.outcome == "lost"
    back = there < here and not out
    left = [] if back or out else [s for s in process.stages[here:there] if s.outcome != "lost"]
    criteria = [(item, stage.code) for stage in left for item in stage.exit]
    criteria += [] if back else [(item, target.code) for item in target.entry]
    shown = {row.criterion: row for row in evidence if row.date is None or row.date <= as_of}
    items = [_item(criterion, code, deal, account, shown) for criterion, code in criteria]
    entered = [] if back else [*left[1:], target]
    asked = {item.field for item in items if not item.evidence}
    required = {field: stage.code for stage in entered for field in stage.requires if field not in asked}
    items += [_required(field, code, deal, account) for field, code in required.items()]
    move = "back" if back else "skip" if len(left) > 1 else ""
    return Gate(process.stage(deal.stage), target, move, list({item.id: item for item in items}.values()))


def criteria_of(
    stage: Stage,
    deal: OpportunityRow,
    account: AccountRow | None,
    evidence: Collection[GateEvidenceRow],
    as_of: date,
) -> list[GateItem]:
    """Return the criteria of one stage, wherever the deal stands: those for coming there, then those for leaving."""
    shown = {row.criterion: row for row in evidence if row.date is None or row.date <= as_of}
    return [_item(criterion, stage.code, deal, account, shown) for criterion in (*stage.entry, *stage.exit)]


def _item(
    criterion: GateCriterion,
    stage: str,
    deal: OpportunityRow,
    account: AccountRow | None,
    shown: Mapping[str, GateEvidenceRow],
) -> GateItem:
    row = shown.get(criterion.id)
    if row is not None:
        return GateItem(criterion.id, criterion.label, stage, criterion.field or "", True, row.evidence, row.date)
    if criterion.field is None:
        return GateItem(criterion.id, criterion.label, stage, "", False)
    met, since = _filled(criterion.field, deal, account)
    return GateItem(criterion.id, criterion.label, stage, criterion.field, met, since=since)


def _required(field: str, stage: str, deal: OpportunityRow, account: AccountRow | None) -> GateItem:
    met, since = _filled(field, deal, account)
    return GateItem(field, None, stage, field, met, since=since)


def _filled(field: str, deal: OpportunityRow, account: AccountRow | None) -> tuple[bool, date | None]:
    if field.startswith(ACCOUNT_FIELD):
        return account is not None and field.removeprefix(ACCOUNT_FIELD) in account.filled, None
    met = field in deal.filled
    return met, dict(deal.dated).get(field) if met else None
