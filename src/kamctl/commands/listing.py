"""What the `list` commands do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kamctl.commands.selling import Selection, owner_keys, select
from kamctl.commands.session import Session
from kamctl.labels import text
from kamctl.layout import stem_of
from kamctl.loading import Loaded
from kamctl.render.output import print_table
from kamctl.render.pipeline import rows_table
from kamctl.render.table import Column, Table
from kamctl.reports.filters import condition, keep_all, one_of
from kamctl.rows.accounts import AccountRow, PersonRow

ACCOUNT_COLUMNS = (
    ("id", "col-id", 0, 0), ("name", "col-name", 12, 0), ("grade", "col-grade", 0, 2), ("status", "col-status", 0, 3),
    ("owner", "col-owner", 0, 1), ("vertical", "col-vertical", 0, 4), ("province", "col-province", 0, 5),
    ("city", "col-city", 0, 6), ("dealer", "col-dealer", 6, 7),
)  # fmt: skip
"""Field, label, how far it may shrink, how early it goes."""

PERSON_COLUMNS = (
    ("id", "col-id", 0, 0), ("name", "col-name", 8, 0), ("title", "col-title", 8, 0),
    ("department", "col-department", 8, 4),
    ("reports_to", "col-reports-to", 0, 3), ("phone", "col-phone", 0, 1), ("email", "col-email", 0, 2),
)  # fmt: skip


def list_accounts(run: Session, where: Sequence[str], owner: str, grade: str) -> None:
    """Print the accounts that pass the conditions."""
    tests = [condition(text, AccountRow._fields) for text in where]
    loaded = run.workspace.load(("accounts", "members"))
    tests += [one_of("grade", [grade])] if grade else []
    tests += [one_of("owner", owner_keys(loaded.facts, [owner]))] if owner else []
    _print(run, loaded, keep_all(list(loaded.facts.accounts.values()), tests), ACCOUNT_COLUMNS)


def list_contacts(run: Session, where: Sequence[str], account: str) -> None:
    """Print the people that pass the conditions."""
    tests = [condition(text, PersonRow._fields) for text in where]
    account = run.workspace.resolve("account", account) if account else ""
    loaded = run.workspace.load(("people",), account=account)
    people = [person._replace(reports_to=stem_of(person.reports_to)) for person in loaded.facts.people.values()]
    _print(run, loaded, keep_all(people, tests), PERSON_COLUMNS)


def list_deals(
    run: Session, account: Sequence[str], owner: Sequence[str], stage: Sequence[str], where: Sequence[str]
) -> None:
    """Print the deals that pass the conditions, ended ones too, by id."""
    one_of_fields = {"account": account, "owner_id": owner}
    chosen = select(run, Selection(stage, one_of_fields, "", where, "id", everything=True))
    print_table(rows_table(chosen.rows, chosen.terms, run.lang), run.style, run.envelope())


def _print(run: Session, loaded: Loaded, rows: Sequence[Any], columns: Sequence[tuple[str, str, int, int]]) -> None:
    run.tell_unread(loaded)
    shown = [Column(key, text(label, run.lang), shrink=shrink, drop=drop) for key, label, shrink, drop in columns]
    table = Table(shown, [[getattr(row, key) for key, *_ in columns] for row in rows])
    print_table(table, run.style, run.envelope())
