"""Accounts, their people and ours into rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kamctl.flattening.parts import filled
from kamctl.layout import account_of, full_id
from kamctl.rows.accounts import AccountRow, MemberRow, PersonRow

if TYPE_CHECKING:
    from kamctl.schema.account import Account
    from kamctl.schema.contact import Contact
    from kamctl.schema.team import Team


def accounts(account: str, record: Account) -> Iterator[AccountRow]:
    """Yield the row of an account."""
    region = record.region
    yield AccountRow(
        account,
        record.name,
        record.grade or "",
        record.status or "",
        record.owner,
        record.manager or "",
        record.dealer or "",
        record.process or "",
        record.vertical or "",
        (region and region.province) or "",
        (region and region.city) or "",
        frozenset(filled(record)),
    )


def people(person: str, record: Contact) -> Iterator[PersonRow]:
    """Yield the row of a person of a customer."""
    account = account_of(person)
    yield PersonRow(
        person,
        account,
        record.name,
        record.title or "",
        record.department or "",
        full_id(account, record.reports_to) if record.reports_to else "",
        record.phone or "",
        record.email or "",
    )


def members(_: str, record: Team) -> Iterator[MemberRow]:
    """Yield a row for each of our people."""
    for key, member in record.members.items():
        yield MemberRow(
            key,
            member.name,
            member.role or "",
            member.manager or "",
            member.unit or "",
            member.dealer or "",
            member.started,
            tuple((period, target.amount, target.currency) for period, target in member.quota.items()),
        )
