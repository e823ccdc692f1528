"""Workbooks of scorecards, a row a criterion and party: how they are filled, compared, and turned into texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kamctl.commands.preparing import document_of
from kamctl.commands.selling import select
from kamctl.commands.session import Session
from kamctl.commands.sheets import OF_DEALS, Fill, Returned, Wish, process_of
from kamctl.edit import EditRefused
from kamctl.exchange import drafts
from kamctl.exchange.book import Line
from kamctl.exchange.merge import Change, Now, Outcome, Refusal, Rules, rejected
from kamctl.exchange.sheet import SheetRow
from kamctl.exchange.typed import Cell, Reason, kept_text
from kamctl.facts import Facts
from kamctl.labels import pick, text
from kamctl.reports.pipeline import Terms
from kamctl.rows.deals import MarkRow, OpportunityRow
from kamctl.saving import Draft
from kamctl.scoring.scorecard import US, score


class MarkSheets:
    """The form `scorecard`."""

    tables = ("accounts", "members", "opportunities", "marks", "competitors")
    takes = OF_DEALS

    def fill(self, run: Session, wish: Wish) -> Fill:
        """Return a row for each deal, criterion and party, with the mark that stands as of the day."""
        chosen = select(run, wish.deals)
        facts = run.workspace.load(self.tables).facts
        return Fill(facts, chosen.terms, _lines(run, [row.id for row in chosen.rows], facts, chosen.terms))

    def compare(self, back: Returned, prefer: str) -> tuple[Now, Rules]:
        """Return the marks that stand now, of the deals on the sheet."""
        there = {deal.id for deal in back.facts.opportunities}
        deals = (_deal(row.id) for row in back.sheet.rows)
        lines = _lines(back.run, list(dict.fromkeys(deal for deal in deals if deal in there)), back.facts, back.terms)
        return Now({line.id: line.values for line in lines}, back.words, {}, prefer), _MarkRules()

    def maker(self, back: Returned, outcomes: Sequence[Outcome]) -> _Maker:
        """Return what makes the texts of assessments."""
        return _Maker(back, outcomes)


class _MarkRules:
    """Nothing is asked of whole rows, and there are no new ones."""

    def refused(self, row: SheetRow, changes: Sequence[Change], values: Mapping[str, str]) -> list[Refusal]:
        return []

    def new(self, row: SheetRow) -> Outcome:
        raise NotImplementedError("the form takes no new rows")


class _Maker:
    """Makes the texts of deals with changed marks, each for all its rows."""

    def __init__(self, back: Returned, outcomes: Sequence[Outcome]) -> None:
        self.back = back
        self.made: dict[int, list[Draft]] = {}
        self.owners = {deal.id: deal.owner for deal in back.facts.opportunities}
        self.rows: dict[str, list[Outcome]] = {}
        changed = [outcome for outcome in outcomes if outcome.changes]
        self.torn = _torn(changed)
        for row in changed:
            if row.row not in self.torn:
                self.rows.setdefault(_deal(row.id), []).append(row)

    def make(self, outcome: Outcome) -> Outcome:
        """Put all changed marks of a deal into its assessment of the day.

        A criterion has one evidence for all parties: rows that say different things of it are rejected.
        """
        if outcome.row in self.torn:
            cell = next(change for change in outcome.changes if change.key == "evidence")
            reason = Reason("sheet-one-evidence", {"rows": ", ".join(map(str, self.torn[outcome.row]))})
            return rejected(outcome, [Refusal("evidence", cell.place, reason)])
        deal = _deal(outcome.id)
        document = document_of(self.back.run, "opportunity", deal)
        try:
            result = drafts.assessed(document.text, self.rows[deal], self.owners[deal], self.back.day)
        except EditRefused as error:
            refusal = Refusal("mark", outcome.changes[0].place, Reason("sheet-edit", {"why": str(error)}))
            return rejected(outcome, [refusal])
        self.made |= {row.row: [Draft(document.file.path, document.raw, result)] for row in self.rows[deal]}
        return outcome


def _torn(rows: Iterable[Outcome]) -> dict[int, list[int]]:
    """Return the rows, by each of them, that say different things as the evidence of one criterion."""
    said: dict[str, dict[int, str]] = {}
    for row in rows:
        for change in row.changes:
            if change.key == "evidence":
                said.setdefault(row.id.rpartition(" ")[0], {})[row.row] = change.typed
    return {row: sorted(one) for one in said.values() if len(set(one.values())) > 1 for row in one}


def _deal(row_id: str) -> str:
    return row_id.partition(" ")[0]


def _lines(run: Session, ids: Sequence[str], facts: Facts, terms: Terms) -> list[Line]:
    wanted = frozenset(ids)
    by_id = {deal.id: deal for deal in facts.opportunities if deal.id in wanted}
    marks: dict[str, list[MarkRow]] = {deal_id: [] for deal_id in by_id}
    for mark in facts.marks:
        if mark.opportunity in wanted:
            marks[mark.opportunity].append(mark)
    rivals: dict[str, dict[str, str]] = {deal_id: {} for deal_id in by_id}
    for rival in facts.competitors:
        if rival.opportunity in wanted:
            rivals[rival.opportunity][rival.id] = rival.name
    return [
        line
        for deal_id in ids
        for line in _sheet_lines(run, by_id[deal_id], marks[deal_id], rivals[deal_id], facts, terms)
    ]


def _sheet_lines(
    run: Session,
    deal: OpportunityRow,
    marks: Sequence[MarkRow],
    rivals: Mapping[str, str],
    facts: Facts,
    terms: Terms,
) -> Iterator[Line]:
    sheet = terms.scorecard(terms.process(deal))
    parties = {US: text("us", run.lang), **rivals}
    now = score(sheet, marks, list(rivals), run.as_of, run.workspace.settings.fresh_for)
    head: dict[str, Cell] = {"customer": facts.account_name(deal.account), "project": deal.name}
    for question in sheet.questions:
        for row in question.criteria:
            said = {
                "question": pick(question.label, run.lang),
                "criterion": pick(row.label, run.lang),
                "plus": pick(row.plus, run.lang),
                "minus": pick(row.minus, run.lang),
            }
            for party, name in parties.items():
                standing = now.now(party, row.id)
                values = {"mark": standing.mark, "evidence": kept_text(standing.evidence)}
                computed = {**head, **said, "party": name, "since": standing.since}
                yield Line(f"{deal.id} {row.id} {party}", values, computed, process_of(deal, terms))
