"""The tables of accounts, of their people, and of ours."""

from __future__ import annotations

from collections.abc import Iterator

from kamctl.exchange.table import Column, Line, Source, Table


def _quotas(source: Source) -> Iterator[Line]:
    for key, member in sorted(source.facts.members.items()):
        yield from ((key, period, amount, currency or source.currency) for period, amount, currency in member.quota)


TABLES: tuple[Table, ...] = (
    Table(
        "account",
        "A customer.",
        "accounts",
        (
            Column("id", "text", "Key: the name of its folder."),
            Column("name", "text", "Name."),
            Column("grade", "text", "Grade of the method."),
            Column("status", "text", "target, prospect, active, dormant or lost."),
            Column("owner", "text", "The salesperson in charge.", refers="member"),
            Column("manager", "text", "The manager in charge.", refers="member"),
            Column("dealer", "text", "The dealer that serves it."),
            Column("process", "text", "Sales process, where it differs from the workspace's."),
            Column("vertical", "text", "Industry."),
            Column("province", "text", "Province."),
            Column("city", "text", "City."),
        ),
        ("id",),
    ),
    Table(
        "contact",
        "A person of a customer.",
        "people",
        (
            Column("id", "text", "Key: `account/stem`."),
            Column("account", "text", "The customer.", refers="account"),
            Column("name", "text", "Name."),
            Column("title", "text", "Title."),
            Column("department", "text", "Department."),
            Column("reports_to", "text", "The person's superior.", refers="contact"),
            Column("phone", "text", "Telephone number."),
            Column("email", "text", "E-mail address."),
        ),
        ("id",),
    ),
    Table(
        "member",
        "One of our people.",
        "members",
        (
            Column("id", "text", "Key in team.yaml."),
            Column("name", "text", "Name."),
            Column("role", "text", "salesperson, manager, support, executive or dealer."),
            Column("manager", "text", "Superior.", refers="member"),
            Column("unit", "text", "Unit."),
            Column("dealer", "text", "The dealer that the person works for."),
            Column("started", "date", "First day in the job."),
        ),
        ("id",),
    ),
    Table(
        "quota",
        "A target of one of our people for a year, a quarter or a month.",
        _quotas,
        (
            Column("member", "text", "Whose.", refers="member"),
            Column("period", "text", "`2026`, `2026-Q1` or `2026-01`."),
            Column("amount", "number", "The target."),
            Column("currency", "text", "Its currency."),
        ),
        ("member", "period"),
        frozenset(("members",)),
    ),
)
