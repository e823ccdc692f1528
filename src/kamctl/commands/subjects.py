"""What a new call or presentation is about, and who of our people leads it."""

from __future__ import annotations

from kamctl.commands.session import Session
from kamctl.facts import Facts
from kamctl.layout import account_of
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest
from kamctl.rows.deals import OpportunityRow


def subject_of(run: Session, about: str) -> tuple[str, str]:
    """Return the account and the deal that a name means; the deal is empty when it names an account."""
    workspace = run.workspace
    accounts = workspace.ids("account")
    if about in accounts:
        return about, ""
    try:
        deal = workspace.resolve("opportunity", about)
    except KamctlError as error:
        if any(about.casefold() in account for account in accounts):
            return workspace.resolve("account", about), ""
        hint = nearest(about, [*accounts, *workspace.ids("opportunity")], error.hint)
        raise KamctlError(Phrase('there is no account or opportunity "{name}"', name=about), hint) from None
    return account_of(deal), deal


def leader_of(facts: Facts, account: str, deal: OpportunityRow | None, wanted: str) -> str:
    """Return who leads: as wanted, else the owner of the deal or of the account. Raises KamctlError."""
    if wanted and facts.members and wanted not in facts.members:
        hint = nearest(wanted, list(facts.members), Phrase("team.yaml has {names}", names=", ".join(facts.members)))
        raise KamctlError(Phrase('"{name}" is not in team.yaml', name=wanted), hint)
    row = facts.accounts.get(account)
    owner = wanted or (deal.owner if deal else "") or (row.owner if row else "")
    if not owner:
        raise KamctlError(Phrase("who of our people does it?"), Phrase("--by PERSON"))
    return owner
