"""Finds what the rows of a table of deals mean: which deal, which customer, which of our people.

Names that are only like a known one are a question for a person, asked once, however many rows wait for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kamctl.exchange import typed
from kamctl.exchange.delimited import Delimited, Row
from kamctl.exchange.fields import FIELDS, Words
from kamctl.exchange.matching import Match, Names
from kamctl.exchange.merge import Refusal
from kamctl.exchange.typed import Reason, fold
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.rows.accounts import PersonRow
from kamctl.schema.method.process import Process
from kamctl.schema.slugs import slugify

CONTACT = tuple(f.name for f in FIELDS if f.name.startswith("contact_"))
"""Fields of the person that a row names."""


@dataclass(frozen=True)
class Present:
    """How things are. `deals` are the values of each deal as `merge` compares them, `flat` as an export writes them.

    `external` finds a record by its kind and its key in the other system. `needs` reads what a deal says of its needs.
    """

    deals: Mapping[str, Mapping[str, str]]
    flat: Mapping[str, Mapping[str, str]]
    external: Mapping[tuple[str, str], str]
    processes: Mapping[str, Process]
    default_process: str
    account_processes: Mapping[str, str]
    account_owners: Mapping[str, str]
    accounts: Names
    owners: Names
    people: Mapping[str, Sequence[PersonRow]]
    needs: Callable[[str], str]
    others_new: bool = False
    default_owner: str = ""


class Open(NamedTuple):
    """A question that a person has to decide: the field, the word, how many rows wait for it, and why."""

    name: str
    word: str
    rows: int
    reason: Reason


class Finder:
    """Goes through the rows once; remembers names that are new, questions, and deals that are taken."""

    def __init__(self, table: Delimited, columns: Mapping[str, int], words: Words, present: Present) -> None:
        self.table = table
        self.columns = columns
        self.words = words
        self.present = present
        self.members: dict[str, str] = {}
        self.new_owners: dict[str, str] = {}
        self.words_open: Counter[tuple[str, str]] = Counter()
        self.reasons: dict[tuple[str, str], Reason] = {}
        self.taken = {
            (deal_id.partition("/")[0], fold(values["name"])): deal_id for deal_id, values in present.deals.items()
        }
        self.keyed = {record for (kind, _), record in present.external.items() if kind == "opportunity"}
        self.seen: dict[str, int] = {}

    def rows(self) -> list[Row]:
        """Return the rows that are data."""
        skip = tuple(self.words.profile.skip)
        return [row for row in self.table.rows if not (skip and _first(row).startswith(skip))]

    def cell(self, row: Row, name: str) -> str:
        """Return the cell of a field; empty text where there is none."""
        place = self.columns.get(name)
        return row.cells[place] if place is not None and place < len(row.cells) else ""

    def key(self, row: Row, name: str) -> str:
        """Return the key in a cell as far as it tells one record from another."""
        return self.words.profile.same_key(self.cell(row, name))

    def joined(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        """Yield the rows of each deal: several where they name several contacts of a deal with a key.

        Raises KamctlError when two rows have one key and do not differ in their contact alone.
        """
        by_key: dict[str, list[Row]] = {}
        groups: list[list[Row]] = []
        for row in rows:
            key = self.cell(row, "id").strip() or self.key(row, "external")
            if not key or key not in by_key:
                group = [row]
                groups.append(group)
                if key:
                    by_key[key] = group
                continue
            self._check_twin(key, by_key[key][0], row)
            by_key[key].append(row)
        return iter(groups)

    def _check_twin(self, key: str, first: Row, row: Row) -> None:
        places = {self.columns[name] for name in CONTACT if name in self.columns}
        same = [cell for place, cell in enumerate(first.cells) if place not in places] == [
            cell for place, cell in enumerate(row.cells) if place not in places
        ]
        if same and list(first.cells) != list(row.cells):
            return
        name = "id" if self.cell(row, "id").strip() else "external"
        heading = self.table.headings[self.columns[name]]
        message = Phrase(
            '{file}:{line}: column "{heading}": "{key}" stands in line {first} already',
            file=self.table.file,
            line=row.line,
            heading=heading,
            key=key,
            first=first.line,
        )
        raise KamctlError(message, Phrase("export every deal once"), 1)

    def deal(self, row: Row) -> tuple[str, Match, list[Refusal]]:
        """Return the deal that a row means, or nothing and the account that it belongs to."""
        own, key = self.cell(row, "id").strip(), self.key(row, "external")
        if own in self.present.deals:
            return own, Match(""), []
        if key and ("opportunity", key) in self.present.external:
            return self.present.external["opportunity", key], Match(""), []
        account, wrong = self.account(row)
        deal_id = self.taken.get((account.id, fold(self.cell(row, "name")))) if account.id else None
        if deal_id is None or deal_id not in self.present.deals or (key and deal_id in self.keyed) or own:
            return "", account, wrong
        if not key and deal_id in self.seen:
            reason = Reason("sheet-twin", {"id": f"{deal_id}, {self.seen[deal_id]}"})
            return "", account, [*wrong, self.refusal(row, "name", reason)]
        self.seen[deal_id] = row.line
        return deal_id, account, wrong

    def account(self, row: Row) -> tuple[Match, list[Refusal]]:
        """Return the account of a row: by our id, by its key, or by its name."""
        own, key = self.cell(row, "account").strip(), self.key(row, "account_external")
        if own in self.present.accounts.names:
            return Match(own), []
        if key and ("account", key) in self.present.external:
            return Match(self.present.external["account", key]), []
        name = typed.kept_text(self.cell(row, "account_name")) or own
        if not name:
            needed = "account_name" if "account_name" in self.columns else "account"
            return Match(""), [self.refusal(row, needed, Reason("sheet-needed"))]
        match = self.present.accounts.match(name)
        if match.near and not self.present.others_new:
            reason = Reason("csv-near", {"name": name, "near": ", ".join(match.near)})
            self.ask("account", name, reason)
            return Match(""), [self.refusal(row, "account_name", reason)]
        return match, []

    def owner(self, name: str) -> str | Reason:
        """Return the key of one of our people; a new one where nobody has a name like it."""
        match = self.present.owners.match(name)
        if match.id:
            return match.id
        if match.near and not self.present.others_new:
            return self.ask("owner", name, Reason("csv-owner-near", {"name": name, "near": ", ".join(match.near)}))
        key = self.new_owners.get(fold(name))
        if key is None:
            wanted = slugify(name) or "member"
            taken = {*self.present.owners.names, *self.members}
            key = next(k for k in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if k not in taken)
            self.new_owners[fold(name)] = key
            self.members[key] = name
        return key

    def ask(self, name: str, word: str, reason: Reason) -> Reason:
        """Put a question, and return it as the reason why a row waits."""
        self.reasons.setdefault((name, word), reason)
        self.words_open[name, word] += 1
        return reason

    def questions(self) -> list[Open]:
        """Return what a person has to decide, the question that most rows wait for first."""
        return [Open(*key, count, self.reasons[key]) for key, count in self.words_open.most_common()]

    def refusal(self, row: Row, name: str, reason: Reason) -> Refusal:
        """Return why a row is not taken, with the place: its line and the heading of the column."""
        place = self.columns.get(name)
        where = f"{row.line}" if place is None else f"{row.line}:{self.table.headings[place]}"
        return Refusal(name, where, reason)


def same_person(person: PersonRow, said: Mapping[str, str]) -> bool:
    """Whether a person of a customer is the one that a row names: by e-mail, name, or telephone number."""
    email, phone = said.get("contact_email", ""), digits(said.get("contact_phone", ""))
    if email and person.email and email.casefold() == person.email.casefold():
        return True
    if fold(person.name) == fold(said.get("contact_name", "")):
        return True
    return bool(phone) and len(phone) >= 8 and digits(person.phone) == phone


def digits(phone: str) -> str:
    """Return the digits of a telephone number, without a leading zero or plus."""
    return "".join(character for character in phone if character.isdigit()).lstrip("0")


def _first(row: Row) -> str:
    return next((cell.strip() for cell in row.cells if cell.strip()), "")
