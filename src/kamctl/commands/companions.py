"""What comes along with imported deals: accounts, keys in the other program, contacts, and owners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kamctl import edit, layout
from kamctl.commands.preparing import free, known_of, known_of_row
from kamctl.commands.recording import new_text
from kamctl.commands.session import Session
from kamctl.exchange import typed
from kamctl.exchange.companies import company_word
from kamctl.exchange.delimited import Row
from kamctl.exchange.finding import CONTACT, same_person
from kamctl.exchange.intake import Plan
from kamctl.exchange.merge import Outcome
from kamctl.facts import Facts
from kamctl.layout import path_of
from kamctl.rows.accounts import PersonRow
from kamctl.saving import Draft
from kamctl.schema import walk
from kamctl.schema.account import Account
from kamctl.schema.slugs import SLUG, slugify
from kamctl.source import Data
from kamctl.tree import SourceFile

PERSON = {"contact_name": "name", "contact_title": "title", "contact_phone": "phone", "contact_email": "email"}
"""Fields of a table and of a contact's file."""


def cell_of(row: Row, columns: Mapping[str, int], name: str) -> str:
    """Return what a row says in the column of a field; empty text where there is none."""
    place = columns.get(name)
    return typed.kept_text(row.cells[place]) if place is not None and place < len(row.cells) else ""


class Companions:
    """Finds, or makes, what the deals of a table belong to. Everything is made once."""

    def __init__(self, run: Session, columns: Mapping[str, int], system: str, plan: Plan, facts: Facts) -> None:
        self.run = run
        self.columns = columns
        self.system = system
        self.plan = plan
        self.accounts = facts.accounts
        self.members = facts.members
        self.keyed = {row.record for row in facts.externals if row.kind == "account" and row.system == system}
        self.people: dict[str, list[PersonRow]] = {}
        for person in facts.people.values():
            self.people.setdefault(person.account, []).append(person)
        self.account_ids = set(run.workspace.ids("account"))
        self.contact_ids = set(run.workspace.ids("contact"))
        self.by_name: dict[str, str] = {}
        self.new: dict[str, dict[str, Data]] = {}
        self.drafts: dict[str, Draft] = {}
        self.new_members = 0

    def account(self, row: Row, outcome: Outcome) -> tuple[str, Mapping[str, str], list[Draft]]:
        """Return the id of a deal's account, what that says for its deals, and its file where it is new."""
        if outcome.account:
            return outcome.account, known_of_row(self.accounts[outcome.account]), []
        word = company_word(outcome.values["account_name"])
        if word not in self.by_name:
            self.by_name[word] = self._make(row, outcome)
        account = self.by_name[word]
        return account, known_of(self.new[account]), [self.drafts[account]]

    def _make(self, row: Row, outcome: Outcome) -> str:
        values = outcome.values
        wanted = self._cell(row, "account") or self._cell(row, "id").partition("/")[0]
        wanted = wanted if SLUG.fullmatch(wanted) else slugify(values["account_name"]) or "account"
        account = free(wanted, self.account_ids)
        region: dict[str, Data] = {name: values[name] for name in ("province", "city") if values.get(name)}
        key = self._cell(row, "account_external")
        data: dict[str, Data] = {"name": values["account_name"], "owner": values["owner"]}
        data |= {name: values[name] for name in ("dealer", "vertical") if values.get(name)}
        data |= {"region": region} if region else {}
        data |= {"external": {self.system: key}} if key and self.system else {}
        self.keyed.add(account)
        self.new[account] = data
        self.drafts[account] = Draft(path_of("account", account), None, new_text(self.run, "account", account, data))
        return account

    def keys(self, account: str, row: Row) -> list[Draft]:
        """Return the file of an account that is there and gets its key in the other program; else nothing."""
        key = self._cell(row, "account_external")
        if not key or not self.system or account in self.keyed:
            return [self.drafts[account]] if account in self.drafts and account not in self.new else []
        self.keyed.add(account)
        path = path_of("account", account)
        document = self.run.workspace.document(SourceFile(path, "account", account))
        text = edit.set_value(document.text, ("external", self.system), key, walk.keys_at(Account, ()))
        self.drafts[account] = Draft(path, document.raw, text)
        return [self.drafts[account]]

    def contacts(self, account: str, rows: Sequence[Row]) -> list[Draft]:
        """Return the files of contacts that the rows name and nobody has yet."""
        made = []
        for row in rows:
            said = {name: self._cell(row, name) for name in CONTACT if self._cell(row, name)}
            there = self.people.setdefault(account, [])
            if not said.get("contact_name") or any(same_person(person, said) for person in there):
                continue
            data: dict[str, Data] = {PERSON[name]: said[name] for name in PERSON if said.get(name)}
            if said.get("contact_external") and self.system:
                data["external"] = {self.system: said["contact_external"]}
            contact = free(f"{account}/{slugify(said['contact_name']) or 'contact'}", self.contact_ids)
            made.append(Draft(path_of("contact", contact), None, new_text(self.run, "contact", contact, data)))
            phone, email = said.get("contact_phone", ""), said.get("contact_email", "")
            there.append(PersonRow(contact, account, said["contact_name"], "", "", "", phone, email))
        return made

    def team(self, outcomes: Sequence[Outcome]) -> list[Draft]:
        """Return team.yaml with the owners that are new and own something."""
        owners = {outcome.values.get("owner", "") for outcome in outcomes}
        new = {key: name for key, name in self.plan.members.items() if key in owners}
        self.new_members = len(new)
        if not new:
            return []
        files = self.run.workspace.files
        if not files.holds(layout.TEAM_FILE):
            lines = edit.block_lines({"members": {key: {"name": name} for key, name in new.items()}}, 0)
            return [Draft(layout.TEAM_FILE, None, "\n".join(lines) + "\n")]
        document = self.run.workspace.document(SourceFile(layout.TEAM_FILE, "team", ""))
        text = document.text
        for key, name in new.items():
            text = edit.set_value(text, ("members", key), {"name": name})
        return [Draft(layout.TEAM_FILE, document.raw, text)]

    def _cell(self, row: Row, name: str) -> str:
        return cell_of(row, self.columns, name)
