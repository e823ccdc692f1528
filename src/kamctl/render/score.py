"""The score of deals: pages as text, rows and plain values in other formats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from kamctl.labels import pick
from kamctl.render.gate import gate_data
from kamctl.render.output import Envelope, Style, print_json, print_table
from kamctl.render.score_page import Sheet, score_page
from kamctl.render.screen import page
from kamctl.render.table import Column, Table
from kamctl.schema.method.scorecard import Criterion
from kamctl.scoring.scorecard import UNKNOWN, US, Standing, Tally
from kamctl.scoring.strategy import Duel


def print_scores(sheets: Sequence[Sheet], style: Style, envelope: Envelope, explain: bool) -> None:
    """Print score sheets: pages as text, one row a criterion, date and party in flat formats."""
    style.check()
    if style.effective == "json":
        print_json([as_data(sheet, style.lang) for sheet in sheets], style, envelope)
    elif style.effective == "table" and not style.fields:
        page("\n".join(score_page(sheet, style.screen, style.lang, explain) for sheet in sheets), style.screen)
    else:
        rows = [row for sheet in sheets for row in _flat(sheet, style.lang)]
        keys = (
            "id",
            "question",
            "verdict",
            "criterion",
            "label",
            "party",
            "date",
            "mark",
            "since",
            "stale",
            "evidence",
        )
        print_table(Table([Column(key, key) for key in keys], rows), style, envelope)


def as_data(sheet: Sheet, lang: str) -> dict[str, Any]:
    """Return a score as plain values for JSON."""
    score = sheet.score
    return {
        "id": sheet.deal.id,
        "name": sheet.deal.name,
        "stage": sheet.deal.stage,
        "scorecard": pick(score.scorecard.name, lang),
        "scorecard_version": score.scorecard.version,
        "dates": score.dates,
        "parties": dict(sheet.parties),
        "questions": [
            {
                "id": question.question.id,
                "label": pick(question.question.label, lang),
                "verdict": question.verdict,
                "tallies": {party: _tally_data(tally) for party, tally in question.tallies.items()},
                "criteria": [_criterion_data(sheet, row, lang) for row in question.question.criteria],
            }
            for question in score.questions
        ],
        "overall": {party: _tally_data(tally) for party, tally in score.totals.items()},
        "competitors": [_duel_data(duel) for duel in sheet.duels],
        "changes": [change._asdict() for change in score.changes],
        "stale": score.stale(),
        "gate": gate_data(sheet.gate, lang) if sheet.gate is not None else None,
        "next": [
            {
                "criterion": question.criterion.id,
                "question": question.question,
                "stale": question.stale,
                "swing": question.swing,
                "ask": pick(question.criterion.probe.ask[0], lang) if question.criterion.probe.ask else "",
                "person": question.person,
                "disputed": [
                    {"by": by, "mark": mark, "evidence": evidence, "source": source}
                    for by, mark, evidence, source in question.disputed
                ],
            }
            for question in sheet.questions
        ],
    }


def _tally_data(tally: Tally) -> dict[str, Any]:
    return {
        "plus": tally.plus,
        "minus": tally.minus,
        "unknown": tally.unknown,
        "not_applicable": tally.not_applicable,
        "rated": tally.rated,
        "applicable": tally.applicable,
        "net": _rounded(tally.net),
        "known": _rounded(tally.known),
        "overall": tally.overall,
    }


def _criterion_data(sheet: Sheet, row: Criterion, lang: str) -> dict[str, Any]:
    score = sheet.score
    columns = {
        party: {str(day): score.columns[day][party][row.id].mark for day in score.dates} for party in score.parties
    }
    now = score.now(US, row.id)
    return {
        "id": row.id,
        "label": pick(row.label, lang),
        "inverted": row.inverted,
        "weight": row.weight,
        "marks": columns,
        "since": now.since,
        "stale": now.stale,
        "evidence": now.evidence,
        "source": now.source,
    }


def _duel_data(duel: Duel) -> dict[str, Any]:
    return {
        "competitor": duel.rival,
        "leads": duel.leads,
        "gaps": duel.gaps,
        "contested": duel.contested,
        "unproven": duel.unproven,
        "compared": duel.compared,
        "strategy": duel.strategy.id if duel.strategy else None,
    }


def _flat(sheet: Sheet, lang: str) -> Iterator[list[Any]]:
    score = sheet.score
    for question in score.questions:
        for row in question.question.criteria:
            for party in score.parties:
                for day in score.dates or [score.as_of]:
                    mark = score.columns[day][party][row.id] if score.dates else Standing(UNKNOWN)
                    yield [
                        sheet.deal.id, question.question.id, question.verdict, row.id, pick(row.label, lang), party,
                        day, mark.mark, mark.since, mark.stale, mark.evidence,
                    ]  # fmt: skip


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.0001"))
