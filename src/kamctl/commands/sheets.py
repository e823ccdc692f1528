"""What every workbook form is written and read by: the words of its cells, what a person asked for, what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol, get_args

from kamctl import source
from kamctl.commands.selling import Selection
from kamctl.commands.session import Session
from kamctl.exchange import typed
from kamctl.exchange.book import Bar, Line, Page
from kamctl.exchange.columns import Vocabulary
from kamctl.exchange.conclusions import KINDS, TEAM
from kamctl.exchange.matching import Names
from kamctl.exchange.merge import Now, Outcome, Rules
from kamctl.exchange.sheet import Sheet
from kamctl.exchange.typed import Option
from kamctl.facts import Facts
from kamctl.labels import LANGUAGES, text
from kamctl.layout import path_of
from kamctl.reports.pipeline import Terms
from kamctl.rows.deals import OpportunityRow
from kamctl.saving import Draft
from kamctl.schema.call import Mode


class Wish(NamedTuple):
    """What a person asked to have in a workbook: which deals, people and accounts, and which period."""

    deals: Selection
    owners: Sequence[str]
    accounts: Sequence[str]
    period: str

    def options(self) -> dict[str, object]:
        """Return what was asked for by the option that asks for it; nothing where it was not used."""
        one_of = self.deals.one_of
        return {
            "--stage": self.deals.stages,
            "--owner": self.owners,
            "--account": self.accounts,
            "--vertical": one_of.get("vertical"),
            "--province": one_of.get("province"),
            "--dealer": one_of.get("dealer"),
            "--importance": one_of.get("importance"),
            "--closing-before": self.deals.closing_before,
            "--where": self.deals.where,
            "--all": self.deals.everything,
            "--period": self.period,
        }


OF_DEALS = (
    "--stage", "--owner", "--account", "--vertical", "--province", "--dealer", "--importance", "--closing-before",
    "--where", "--all",
)  # fmt: skip
"""The options that choose deals."""


@dataclass(frozen=True)
class Fill:
    """What stands in a workbook: its rows, what it is about, the bars of its chart, and pages that are not read back.

    `terms` and `facts` are what it was made from.
    """

    facts: Facts
    terms: Terms
    lines: Sequence[Line]
    subject: str = ""
    bars: Sequence[Bar] = ()
    pages: Sequence[Page] = ()


@dataclass(frozen=True)
class Returned:
    """A workbook that came back, and how things are now. `accounts` are names, with what a person decided on them."""

    run: Session
    sheet: Sheet
    facts: Facts
    terms: Terms
    words: Vocabulary
    accounts: Names

    @property
    def filled_on(self) -> date | None:
        """The day that its block names, where it lies between the export and today."""
        cell = self.sheet.filled.get("filled_on")
        day = typed.read_date(cell.value, self.run.as_of, self.sheet.epoch) if cell is not None else None
        first = date.fromisoformat(self.sheet.marks.exported)
        return day if isinstance(day, date) and first <= day <= self.run.as_of else None

    @property
    def day(self) -> date:
        """The day from which what it says counts: the one it was filled in on, else today."""
        return self.filled_on or self.run.as_of


class Maker(Protocol):
    """Makes the texts that carry out a plan; `made` are the files of each row."""

    made: dict[int, list[Draft]]

    def make(self, outcome: Outcome) -> Outcome:
        """Make the files of a new or changed row; returns it, rejected when that cannot be."""


class Kind(Protocol):
    """What a workbook form knows of its rows."""

    @property
    def tables(self) -> Sequence[str]:
        """The tables of the facts that it reads."""

    @property
    def takes(self) -> Sequence[str]:
        """The options of `workbook export` that choose its rows."""

    def fill(self, run: Session, wish: Wish) -> Fill:
        """Return what stands in a workbook. Raises KamctlError for a bad request."""

    def compare(self, back: Returned, prefer: str) -> tuple[Now, Rules]:
        """Return how things are now, and what is asked of whole rows."""

    def maker(self, back: Returned, outcomes: Sequence[Outcome]) -> Maker:
        """Return what makes the texts of a plan."""


def vocabulary_of(run: Session, facts: Facts, terms: Terms, lang: str) -> Vocabulary:
    """Return what the cells of a workbook are written and read by."""
    methods = run.workspace.methods
    members = [Option(key, {"en": member.name}) for key, member in facts.members.items()]
    team = Option(TEAM, {name: text("metrics-team", name) for name in LANGUAGES})
    return Vocabulary(
        lang=lang,
        currency=terms.currency,
        report_currency=terms.report_currency,
        today=run.as_of,
        stages={name: [Option(s.code, s.label) for s in process.stages] for name, process in terms.processes.items()},
        default_process=terms.default_process,
        options={
            "source": _labelled("source", ("principal", "dealer")),
            "importance": [Option(level.id, level.label) for level in methods.importance.levels],
            "reason": [Option(reason.id, reason.label) for reason in methods.reasons.lost],
            "member": members,
            "mark": [Option(mark, {"en": mark}, also) for mark, also in typed.MARKS.items()],
            "mode": _labelled("mode", get_args(Mode)),
            "conclusion": _labelled("conclusion", KINDS),
            "party": [team, *members],
        },
    )


def _labelled(name: str, ids: Sequence[str]) -> list[Option]:
    return [Option(key, {lang: text(f"{name}-{key}", lang) for lang in LANGUAGES}) for key in ids]


def process_of(deal: OpportunityRow, terms: Terms) -> str:
    """Return the name of a deal's process; the workspace's where it names none that can be used."""
    return deal.process if deal.process in terms.processes else terms.default_process


def needs_of(run: Session, deal_id: str) -> str:
    """Return what a deal's file says of the customer's need, as written; empty where it cannot be read."""
    try:
        text = source.decode(run.workspace.files.read(path_of("opportunity", deal_id)))
        needs = source.read_value(text, "needs")
    except (OSError, source.SourceError):
        return ""
    return needs if isinstance(needs, str) else ""


def lost_stages(terms: Terms) -> Mapping[str, frozenset[str]]:
    """Return the stages of each process at which a deal is lost."""
    return {
        name: frozenset(stage.code for stage in process.stages if stage.outcome == "lost")
        for name, process in terms.processes.items()
    }
