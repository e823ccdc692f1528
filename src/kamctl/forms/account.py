"""The view of an account itself: who it is, who looks after it, and what its calls, deals and people are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kamctl.facts import Facts
from kamctl.forms.naming import Naming, iso
from kamctl.labels import pick
from kamctl.reports.pipeline import stage_on
from kamctl.rows.calls import CallRow
from kamctl.rows.deals import OpportunityRow
from kamctl.schema.method.process import Process

if TYPE_CHECKING:
    from kamctl.schema.account import Account
    from kamctl.workspace import Workspace


@dataclass(frozen=True)
class AccountHead:
    """What stands at the top of the forms of an account."""

    id: str
    """Its id."""
    name: str
    """Name as on the contract."""
    grade: str
    """Its grade, with the label that the method gives it."""
    status: str
    """How far the relationship is, as a label."""
    owner: str
    """Who of our people is in charge."""
    manager: str
    """The manager in charge."""
    support: Sequence[str]
    """Who supports, by name."""
    dealer: str
    """The dealer that serves it."""
    process: str
    """The sales process of its deals, where it differs from the workspace's."""
    vertical: str
    """Industry."""
    region: str
    """Province and city."""
    external: str
    """Its keys in other systems."""


def account_head(workspace: Workspace, account_id: str, record: Account, naming: Naming) -> AccountHead:
    """Return what stands at the top of the forms of an account."""
    region = record.region
    process = workspace.methods.processes().get(record.process) if record.process else None
    return AccountHead(
        id=account_id,
        name=record.name,
        grade=_grade(workspace, record.grade, naming.lang),
        status=naming.label(f"form-account-{record.status}") if record.status else "",
        owner=naming.member(record.owner),
        manager=naming.member(record.manager),
        support=[naming.member(member) for member in record.support],
        dealer=record.dealer or "",
        process=pick(process.name, naming.lang) if process is not None else record.process or "",
        vertical=record.vertical or "",
        region=" ".join(dict.fromkeys(filter(None, (region.province, region.city)))) if region else "",
        external=external(record.external, naming),
    )


def external(keys: dict[str, str], naming: Naming) -> str:
    """Return the keys of a record in other systems, in one line."""
    return naming.label("form-comma").join(f"{system} {key}" for system, key in keys.items())


class Stages:
    """Names the stages of an account's deals on any day."""

    def __init__(self, workspace: Workspace, lang: str) -> None:
        self.processes = workspace.methods.processes()
        self.default = workspace.settings.process
        self.lang = lang

    def process(self, deal: OpportunityRow) -> Process | None:
        """Return the process of a deal; None when it cannot be read."""
        return self.processes.get(deal.process or self.default)

    def outcome(self, deal: OpportunityRow, day: date) -> str:
        """Return `won` or `lost` for a deal that is at an end on a day, else `open`."""
        placed, process = stage_on(deal, day), self.process(deal)
        stage = process.stage(placed[0]) if placed is not None and process is not None else None
        return stage.outcome if stage is not None else "open"

    def name(self, deal: OpportunityRow | None, day: date) -> str:
        """Return the stage where a deal stood on a day; empty when there was no deal yet."""
        placed = stage_on(deal, day) if deal is not None else None
        if deal is None or placed is None:
            return ""
        process = self.process(deal)
        stage = process.stage(placed[0]) if process is not None else None
        return f"{placed[0]} {pick(stage.label, self.lang)}" if stage is not None else placed[0]


def last_met(facts: Facts, person: str, as_of: date) -> str:
    """Return the day of the last call in which a person took part; empty when there was none."""
    days = [
        call.date for call in facts.calls if call.done and call.date <= as_of and person in (call.contact, *call.met)
    ]
    return iso(max(days, default=None))


def calls_by(facts: Facts, account: str, as_of: date) -> list[CallRow]:
    """Return the calls of an account up to a day, earliest first."""
    found = [call for call in facts.calls if call.account == account and call.date <= as_of]
    return sorted(found, key=lambda call: (call.held_at, call.id))


def _grade(workspace: Workspace, grade: str | None, lang: str) -> str:
    if not grade:
        return ""
    known = next((choice for choice in workspace.methods.grades.grades if choice.id == grade), None)
    return f"{grade} · {pick(known.label, lang)}" if known is not None else grade
