"""The view of what a call or a presentation is about: a deal, by what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kamctl.forms.naming import Naming, iso
from kamctl.labels import pick
from kamctl.layout import full_id
from kamctl.problems import KamctlError

if TYPE_CHECKING:
    from kamctl.schema.opportunity import Opportunity
    from kamctl.workspace import Workspace


@dataclass(frozen=True)
class DealView:
    """The deal that a call or a presentation is about. `stage` and `importance` are labels, the others text."""

    id: str = ""
    """Its id."""
    name: str = ""
    """Name of the project."""
    stage: str = ""
    """Code and label of the stage."""
    importance: str = ""
    """Level of importance, as a label."""
    amount: str = ""
    """Expected order value."""
    close_date: str = ""
    """Expected signature."""


def deal_view(workspace: Workspace, naming: Naming, stem: str | None) -> DealView:
    """Return the view of a deal of the account; one that cannot be read is shown by its id."""
    if not stem:
        return DealView()
    try:
        record: Opportunity = workspace.record("opportunity", full_id(naming.account, stem))
    except KamctlError:
        return DealView(id=stem, name=stem)
    account = naming.facts.accounts.get(naming.account)
    name = record.process or (account.process if account else "") or workspace.settings.process
    stage = workspace.methods.process(name).stage(record.stage)
    return DealView(
        id=full_id(naming.account, stem),
        name=record.name,
        stage=f"{record.stage} {pick(stage.label, naming.lang)}" if stage else record.stage,
        importance=naming.choice(workspace.methods.importance.levels, record.importance),
        amount=naming.money(record.amount),
        close_date=iso(record.close_date),
    )
