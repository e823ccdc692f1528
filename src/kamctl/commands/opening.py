"""A deal about to be changed: what belongs to it, and how an edit of its text is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kamctl import edit
from kamctl.commands.session import Session
from kamctl.facts import Facts
from kamctl.layout import account_of, path_of
from kamctl.loading import Document, unreadable
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.rows.deals import OpportunityRow
from kamctl.schema import walk
from kamctl.schema.method.process import Process, Stage
from kamctl.schema.method.scorecard import Scorecard
from kamctl.schema.opportunity import Opportunity
from kamctl.scoring.gates import Gate, gate
from kamctl.tree import SourceFile

TABLES = ("accounts", "people", "members", "opportunities", "marks", "competitors", "buying_roles", "gate_evidence")
ORDER = walk.keys_at(Opportunity, ())


@dataclass(frozen=True)
class Deal:
    """A deal about to be changed: its file, its facts and its method."""

    document: Document
    facts: Facts
    row: OpportunityRow
    process: Process
    scorecard: Scorecard


def open_deal(run: Session, name: str) -> Deal:
    """Read a deal with what belongs to it. Raises KamctlError when it cannot be read."""
    workspace, settings = run.workspace, run.workspace.settings
    deal_id = workspace.resolve("opportunity", name)
    document = workspace.document(SourceFile(path_of("opportunity", deal_id), "opportunity", deal_id))
    if document.record is None:
        raise unreadable(workspace.files, document.problems)
    facts = workspace.load(TABLES, account=account_of(deal_id)).facts
    row = next(row for row in facts.opportunities if row.id == deal_id)
    process = workspace.methods.process(row.process or settings.process)
    scorecard = workspace.methods.scorecard(process.scorecard or settings.scorecard)
    return Deal(document, facts, row, process, scorecard)


def gate_of(run: Session, deal: Deal, target: Stage) -> Gate:
    """Return the gate between a deal's stage and another, as of the day."""
    evidence = [row for row in deal.facts.gate_evidence if row.opportunity == deal.row.id]
    return gate(deal.process, deal.row, target, deal.facts.accounts.get(deal.row.account), evidence, run.as_of)


def edited(change: Callable[[], str]) -> str:
    """Return a changed text. Raises KamctlError when the change is refused."""
    try:
        return change()
    except edit.EditRefused as error:
        raise KamctlError(error.message, Phrase("nothing was written"), 1) from None
