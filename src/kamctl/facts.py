"""Facts: the rows of a workspace by table, which is all that scoring and reports read."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

from kamctl.rows import Row
from kamctl.rows.accounts import AccountRow, MemberRow, PersonRow
from kamctl.rows.calls import CallRow, CommitmentRow, NeedRow, ObjectionRow, ObjectiveRow, WeekRow
from kamctl.rows.deals import (
    ActionRow,
    BidRow,
    BuyingRoleRow,
    CompetitorRow,
    ContractRow,
    GateEvidenceRow,
    MarkRow,
    OpportunityRow,
    PaymentRow,
    StageEventRow,
)
from kamctl.rows.presentations import AudienceRow, PreparationRow, PresentationRow, PresenterRow
from kamctl.rows.workspace import ExternalRow, ReferenceRow, SettingsRow

FILLS: dict[str, tuple[str, ...]] = {
    "account": ("accounts", "externals"),
    "contact": ("people", "externals"),
    "team": ("members",),
    "opportunity": (
        "opportunities",
        "stage_events",
        "marks",
        "competitors",
        "buying_roles",
        "actions",
        "payments",
        "gate_evidence",
        "bids",
        "contracts",
        "externals",
    ),
    "call": ("calls", "objectives", "needs", "objections", "commitments", "externals"),
    "presentation": ("presentations", "audience", "preparations", "presenters", "externals"),
    "week": ("weeks", "externals"),
}
"""Which tables each kind of file fills; `flattening` has the functions that do."""

ROWS: dict[str, type] = {
    "accounts": AccountRow,
    "people": PersonRow,
    "members": MemberRow,
    "opportunities": OpportunityRow,
    "stage_events": StageEventRow,
    "marks": MarkRow,
    "competitors": CompetitorRow,
    "buying_roles": BuyingRoleRow,
    "gate_evidence": GateEvidenceRow,
    "bids": BidRow,
    "contracts": ContractRow,
    "actions": ActionRow,
    "payments": PaymentRow,
    "calls": CallRow,
    "objectives": ObjectiveRow,
    "needs": NeedRow,
    "objections": ObjectionRow,
    "commitments": CommitmentRow,
    "presentations": PresentationRow,
    "audience": AudienceRow,
    "preparations": PreparationRow,
    "presenters": PresenterRow,
    "weeks": WeekRow,
    "externals": ExternalRow,
}
"""The class of the rows of each table."""

HEADS = frozenset(("accounts", "people", "members", "opportunities", "calls", "weeks"))
"""The tables that listings of a whole workspace read; what they say of a deal leaves out `filled` and `dated`."""

EXTERNALS = "externals"
"""The table of keys in other systems, which records of many kinds fill."""

REFERENCES = "references"
"""The table that files of every kind fill; its rows come from the data of a file, not from its record."""

TABLES = frozenset(table for tables in FILLS.values() for table in tables) | {REFERENCES}
"""Every table."""


class Facts:
    """Rows by table. Tables that were not asked for are empty."""

    def __init__(self) -> None:
        self.accounts: dict[str, AccountRow] = {}
        self.people: dict[str, PersonRow] = {}
        self.members: dict[str, MemberRow] = {}
        self.opportunities: list[OpportunityRow] = []
        self.stage_events: list[StageEventRow] = []
        self.marks: list[MarkRow] = []
        self.competitors: list[CompetitorRow] = []
        self.buying_roles: list[BuyingRoleRow] = []
        self.gate_evidence: list[GateEvidenceRow] = []
        self.bids: list[BidRow] = []
        self.contracts: list[ContractRow] = []
        self.actions: list[ActionRow] = []
        self.payments: list[PaymentRow] = []
        self.calls: list[CallRow] = []
        self.objectives: list[ObjectiveRow] = []
        self.needs: list[NeedRow] = []
        self.objections: list[ObjectionRow] = []
        self.commitments: list[CommitmentRow] = []
        self.presentations: list[PresentationRow] = []
        self.audience: list[AudienceRow] = []
        self.preparations: list[PreparationRow] = []
        self.presenters: list[PresenterRow] = []
        self.weeks: list[WeekRow] = []
        self.externals: list[ExternalRow] = []
        self.references: list[ReferenceRow] = []

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows of one table."""
        target = getattr(self, table)
        if isinstance(target, dict):
            target.update((row[0], row) for row in rows)
        else:
            target.extend(rows)

    def inherit(self) -> None:
        """Give every deal what its account says and it does not: owner, process, vertical, region, dealer."""
        accounts = self.accounts
        for position, deal in enumerate(self.opportunities):
            account = accounts.get(deal.account)
            if account is not None:
                self.opportunities[position] = deal._replace(
                    owner=deal.owner or account.owner,
                    process=deal.process or account.process,
                    vertical=deal.vertical or account.vertical,
                    province=deal.province or account.province,
                    city=deal.city or account.city,
                    dealer=deal.dealer or account.dealer,
                )

    def account_name(self, account: str) -> str:
        """Return the name of an account, its id when its file could not be read."""
        row = self.accounts.get(account)
        return row.name if row is not None else account

    def member_name(self, member: str) -> str:
        """Return the name of one of our people, the key when team.yaml has none."""
        row = self.members.get(member)
        return row.name if row is not None else member

    def person_name(self, person: str) -> str:
        """Return the name of a contact, its stem when there is no file."""
        row = self.people.get(person)
        return row.name if row is not None else person.rpartition("/")[2]


def shape() -> str:
    """Return what tells one layout of rows, and which kinds of files fill them, from another."""
    filled = tuple(FILLS.items())
    names = ((table, row_class._fields) for table, row_class in (*ROWS.items(), ("settings", SettingsRow)))  # type: ignore[attr-defined]
    return f"{crc32(repr((*names, *filled)).encode()):08x}"


def without_fields(deal: OpportunityRow) -> OpportunityRow:
    """Return the row of a deal as listings read it: without the names and days of its fields, which take most room."""
    return deal._replace(filled=frozenset(), dated=())


def kinds_for(tables: frozenset[str]) -> frozenset[str]:
    """Return the kinds of files that must be read to fill some tables."""
    if REFERENCES in tables:
        return frozenset((*FILLS, "settings", "evaluation"))
    return frozenset(kind for kind, fills in FILLS.items() if not tables.isdisjoint(fills))
