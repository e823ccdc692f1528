"""The view of a customer as a deal sees it: the business, and what suppliers have sold there so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kamctl.forms.naming import Naming

if TYPE_CHECKING:
    from kamctl.schema.account import Account, BusinessProfile, Position


@dataclass(frozen=True)
class ProfileView:
    """The customer's business in figures and words."""

    revenue: str
    profit: str
    fiscal_year_end: str
    employees: str
    main_business: str
    affiliation: str
    systems: str
    address: str
    phone: str
    pain_points: Sequence[str]


@dataclass(frozen=True)
class PositionView:
    """What one supplier has sold to the customer so far; ourselves first."""

    supplier: str
    products: str
    revenue: str


def profile_view(account: Account | None, naming: Naming) -> ProfileView:
    """Return the business of a customer, whose file may not have been read."""
    from kamctl.schema.account import BusinessProfile

    profile: BusinessProfile = (account and account.business_profile) or BusinessProfile()
    return ProfileView(
        revenue=naming.money(profile.revenue),
        profit=naming.money(profile.profit),
        fiscal_year_end=profile.fiscal_year_end or "",
        employees=f"{profile.employees:,}" if profile.employees is not None else "",
        main_business=profile.main_business or "",
        affiliation=profile.affiliation or "",
        systems=profile.systems or "",
        address=(account and account.address) or "",
        phone=(account and account.phone) or "",
        pain_points=account.pain_points if account else [],
    )


def positions_view(account: Account | None, rivals: Mapping[str, str], naming: Naming) -> list[PositionView]:
    """Return what suppliers have sold to the customer, ourselves first; `rivals` gives names by key."""
    if account is None:
        return []
    found = [_position(naming.label("form-us"), account.our_position, naming)] if account.our_position else []
    for key, position in account.competitor_positions.items():
        found.append(_position(rivals.get(key, key), position, naming))
    return found


def _position(supplier: str, position: Position, naming: Naming) -> PositionView:
    products = naming.label("form-comma").join(position.products)
    return PositionView(supplier, products, naming.money(position.revenue_to_date))
