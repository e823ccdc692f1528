"""What stands in the rows of each workbook form, and the words by which their cells are written and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from kamctl.commands.session import Session
from kamctl.exchange.book import Line
from kamctl.exchange.columns import UNIT, Vocabulary, deal_values
from kamctl.exchange.typed import Cell, Option, kept_text
from kamctl.facts import Facts, MarkRow, OpportunityRow
from kamctl.labels import LANGUAGES, pick, text
from kamctl.layout import path_of
from kamctl.money import Money, convert
from kamctl.problems import KamctlError
from kamctl.reports.pipeline import CENT, Terms
from kamctl.scoring.scorecard import US, score
from kamctl.tree import SourceFile

TABLES: Mapping[str, tuple[str, ...]] = {
    "pipeline": ("accounts", "members", "opportunities"),
    "scorecard": ("accounts", "members", "opportunities", "marks", "competitors"),
}
"""The tables that each form reads."""


def vocabulary_of(run: Session, facts: Facts, terms: Terms, lang: str) -> Vocabulary:
    """Return what the cells of a workbook are written and read by."""
    methods = run.workspace.methods
    sources = [
        Option(name, {lang: text(f"source-{name}", lang) for lang in LANGUAGES}) for name in ("principal", "dealer")
    ]
    members = [Option(key, {"en": member.name}) for key, member in facts.members.items()]
    return Vocabulary(
        lang=lang,
        currency=terms.currency,
        report_currency=terms.report_currency,
        today=run.as_of,
        stages={name: [Option(s.code, s.label) for s in process.stages] for name, process in terms.processes.items()},
        default_process=terms.default_process,
        options={
            "source": sources,
            "importance": [Option(level.id, level.label) for level in methods.importance.levels],
            "reason": [Option(reason.id, reason.label) for reason in methods.reasons.lost],
            "member": members,
            "mark": [Option(mark, {"en": mark}) for mark in ("+", "-", "?", "n/a")],
        },
    )


def process_of(deal: OpportunityRow, terms: Terms) -> str:
    """Return the name of a deal's process; the workspace's where it names none that can be used."""
    return deal.process if deal.process in terms.processes else terms.default_process


def pipeline_lines(run: Session, ids: Sequence[str], facts: Facts, terms: Terms) -> list[Line]:
    """Return a row a deal."""
    deals = {deal.id: deal for deal in facts.opportunities}
    return [
        Line(
            deal_id,
            deal_values(
                deals[deal_id], facts.account_name(deals[deal_id].account), terms.currency, needs_of(run, deal_id)
            ),
            _converted(deals[deal_id], terms),
            process_of(deals[deal_id], terms),
        )
        for deal_id in ids
    ]


def _converted(deal: OpportunityRow, terms: Terms) -> dict[str, Cell]:
    """Return a deal's amount in the report currency, where there is one and a rate."""
    if deal.amount is None or not terms.report_currency:
        return {}
    money = Money(deal.amount, deal.currency or terms.currency)
    found = convert(money, terms.report_currency, terms.rates, terms.as_of)
    return {"report_amount": float((found[0].amount / UNIT).quantize(CENT))} if found is not None else {}


def needs_of(run: Session, deal_id: str) -> str:
    """Return what a deal's file says of the customer's need, as written; empty where it cannot be read."""
    try:
        document = run.workspace.document(SourceFile(path_of("opportunity", deal_id), "opportunity", deal_id))
    except KamctlError:
        return ""
    return (document.record.needs or "") if document.record is not None else ""


def scorecard_lines(run: Session, ids: Sequence[str], facts: Facts, terms: Terms) -> list[Line]:
    """Return a row for each deal, criterion and party, with the mark that stands as of the day."""
    wanted = frozenset(ids)
    by_id = {deal.id: deal for deal in facts.opportunities if deal.id in wanted}
    marks: dict[str, list[MarkRow]] = {deal_id: [] for deal_id in by_id}
    for mark in facts.marks:
        if mark.opportunity in wanted:
            marks[mark.opportunity].append(mark)
    return [line for deal_id in ids for line in _sheet_lines(run, by_id[deal_id], marks[deal_id], facts, terms)]


def _sheet_lines(
    run: Session, deal: OpportunityRow, marks: Sequence[MarkRow], facts: Facts, terms: Terms
) -> Iterator[Line]:
    sheet = terms.scorecard(terms.process(deal))
    rivals = {row.id: row.name for row in facts.competitors if row.opportunity == deal.id}
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


LINES: Mapping[str, Callable[[Session, Sequence[str], Facts, Terms], list[Line]]] = {
    "pipeline": pipeline_lines,
    "scorecard": scorecard_lines,
}
"""What makes the rows of each form for some deals."""
