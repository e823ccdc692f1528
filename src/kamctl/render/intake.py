"""What an import of deals would change: a line a field, a line a new or rejected row, counts and open questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kamctl.exchange.finding import Open
from kamctl.exchange.intake import OUTCOMES, UNDECIDED
from kamctl.exchange.merge import CHANGED, NEW, REJECTED, Outcome
from kamctl.labels import text
from kamctl.render.output import Envelope, Style, print_table
from kamctl.render.table import HIDDEN, Column, Table

STYLES = {NEW: "green", CHANGED: "cyan", UNDECIDED: "yellow", REJECTED: "red"}
ASKED = 10
"""So many open questions are listed."""

OPTIONS = {"account": "--account '{word}=ID'", "owner": "--owner '{word}=KEY'"}
"""The option that settles a question; `--value` where the field is not named."""


def print_intake(outcomes: Sequence[Outcome], style: Style, envelope: Envelope) -> None:
    """Print the plan; on a terminal nothing where there is nothing to do."""
    if outcomes or style.effective != "table":
        print_table(_table(outcomes, style.lang), style, envelope)


def summary(counts: Mapping[str, int], made: Mapping[str, int], lang: str) -> str:
    """Return how many rows there are of each outcome, and how many records would be new."""
    words = [f"{text(f'plan-{kind}', lang)} {counts[kind]}" for kind in OUTCOMES if counts.get(kind)]
    line = text("plan-summary", lang, count=sum(counts.values()), counts=text("form-comma", lang).join(words))
    new = [text(f"csv-new-{kind}", lang, count=count) for kind, count in made.items() if count]
    return line + ("\n" + text("csv-new", lang, what=text("form-comma", lang).join(new)) if new else "")


def questions(asked: Sequence[Open], lang: str) -> Iterator[str]:
    """Yield a line for each question that a person has to decide, with the option that does."""
    for question in asked[:ASKED]:
        option = OPTIONS.get(question.name, "--value '{name}:{word}=…'").format(name=question.name, word=question.word)
        why = question.reason.words(lang)
        yield text("csv-question", lang, count=question.rows, why=why, option=option)
    if len(asked) > ASKED:
        yield text("csv-questions-more", lang, count=len(asked) - ASKED)


def _table(outcomes: Sequence[Outcome], lang: str) -> Table:
    columns = [
        Column("outcome", text("col-plan-outcome", lang), lambda kind: text(f"plan-{kind}", lang), style=_style),
        Column("line", text("col-csv-line", lang), right=True),
        Column("id", text("col-id", lang), shrink=14),
        Column("field", text("col-plan-field", lang), shrink=10),
        Column("now", text("col-plan-now", lang), drop=1, shrink=8),
        Column("new", text("col-csv-new", lang), shrink=20),
        Column("account_name", "account_name", drop=HIDDEN),
        Column("name", "name", drop=HIDDEN),
    ]
    rows = [
        [*line, outcome.values.get("account_name", ""), outcome.values.get("name", "")]
        for outcome in outcomes
        for line in _lines(outcome, lang)
    ]
    return Table(columns, rows)


def _lines(outcome: Outcome, lang: str) -> Iterator[list[Any]]:
    """Yield the lines of one row: its refusals, else its changes, else the row itself."""
    for refusal in outcome.refusals:
        yield [outcome.kind, outcome.row, outcome.id, refusal.key, "", refusal.reason.words(lang)]
    for change in () if outcome.refusals else outcome.changes:
        yield [outcome.kind, outcome.row, outcome.id, change.key, change.now, change.typed]
    if not (outcome.refusals or outcome.changes):
        yield [outcome.kind, outcome.row, outcome.id, "", "", _about(outcome, lang)]


def _about(outcome: Outcome, lang: str) -> str:
    """Return what there is to say of a new deal."""
    if outcome.kind != NEW:
        return ""
    keys = ("account_name", "name", "stage", "amount", "close_date")
    return text("form-comma", lang).join(outcome.values[key] for key in keys if outcome.values.get(key))


def _style(kind: Any) -> str:
    return STYLES.get(kind, "")
