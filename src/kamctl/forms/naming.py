"""How a form says things: names of people, amounts, days and the choices of the method, in the form's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from kamctl import resources
from kamctl.facts import Facts
from kamctl.labels import pick, text
from kamctl.layout import full_id
from kamctl.money import Money, grouped, plain
from kamctl.schema.method import Label


class Labelled(Protocol):
    """Anything of the method that has an id and a label."""

    @property
    def id(self) -> str:
        """What files call it."""

    @property
    def label(self) -> Label:
        """What people call it."""


class Naming:
    """Turns what a file says about one account into words in one language. What is absent becomes empty text."""

    def __init__(self, facts: Facts, account: str, currency: str, lang: str) -> None:
        self.facts = facts
        self.account = account
        self.currency = currency
        self.lang = lang

    def label(self, key: str, **values: object) -> str:
        """Return the words of labels.json for a key."""
        return text(key, self.lang, **values)

    def field(self, name: str) -> str:
        """Return the label of a field of the file format."""
        labels = resources.table("fields")
        return pick(labels[name], self.lang) if name in labels else name

    def flag(self, key: str, value: bool | None) -> str:
        """Return the label `KEY-yes` or `KEY-no`; empty when nobody has said."""
        return "" if value is None else text(f"{key}-{'yes' if value else 'no'}", self.lang)

    def contact(self, stem: str | None) -> str:
        """Return the name of a contact of the account."""
        return self.facts.person_name(full_id(self.account, stem)) if stem else ""

    def contacts(self, stems: Iterable[str]) -> list[str]:
        """Return the names of some contacts of the account."""
        return [self.contact(stem) for stem in stems]

    def member(self, key: str | None) -> str:
        """Return the name of one of our people."""
        return self.facts.member_name(key) if key else ""

    def manager(self, key: str | None) -> str:
        """Return who leads one of our people; of somebody without a manager, who is in charge of the account."""
        row, account = self.facts.members.get(key or ""), self.facts.accounts.get(self.account)
        return self.member((row.manager if row else "") or (account.manager if account else ""))

    def part(self, key: str) -> str:
        """Return the label of the part that one of our people has in the team."""
        row = self.facts.members.get(key)
        return self.label(f"role-{row.role}") if row and row.role else ""

    def anyone(self, key: str | None) -> str:
        """Return the name of one of our people or of a contact of the account."""
        return self.member(key) if key in self.facts.members else self.contact(key)

    def weekday(self, day: date) -> str:
        """Return the label of the day of the week."""
        return self.label(f"weekday-{day.isoweekday()}")

    def money(self, amount: Money | None) -> str:
        """Return an amount in whole units and its currency, in Chinese by ten thousands."""
        return f"{grouped(amount.amount, self.lang)} {amount.currency or self.currency}" if amount else ""

    def exact(self, amount: Money | None) -> str:
        """Return an amount to the last digit and its currency, as bills need it."""
        return f"{amount.amount:,f} {amount.currency or self.currency}" if amount else ""

    def choice(self, choices: Sequence[Labelled], name: str | None) -> str:
        """Return the label of one of the method's choices; the name itself when the method has none such."""
        found = next((choice for choice in choices if choice.id == name), None)
        return pick(found.label, self.lang) if found else name or ""


def iso(day: date | None) -> str:
    """Return a day as ISO text."""
    return day.isoformat() if day else ""


def percent(value: Decimal | None) -> str:
    """Return a percentage."""
    return f"{plain(value)}%" if value is not None else ""
