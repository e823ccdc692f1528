"""Rows of accounts, of their people, and of ours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class AccountRow(NamedTuple):
    """One account."""

    id: str
    name: str
    grade: str
    status: str
    owner: str
    manager: str
    dealer: str
    process: str
    vertical: str
    province: str
    city: str
    filled: frozenset[str]


class PersonRow(NamedTuple):
    """One person of a customer."""

    id: str
    account: str
    name: str
    title: str
    department: str
    reports_to: str
    phone: str
    email: str


class MemberRow(NamedTuple):
    """One of our people. `quota` are targets: period (`2026` or `2026-Q1`), amount, currency."""

    id: str
    name: str
    role: str
    manager: str
    unit: str
    dealer: str
    started: date | None
    quota: tuple[tuple[str, Decimal, str], ...]
