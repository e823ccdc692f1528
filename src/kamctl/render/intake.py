"""What an import of deals would change: a line a field, a line a new or rejected row, counts and open questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kamctl.exchange.finding import Open
from kamctl.exchange.intake import OUTCOMES, UNDECIDED
from kamctl.exchange.merge import CHANGED, NEW, REJECTED, Outcome
from kamctl.labels import text
from kamctl.render.output import Envelope, Style, print_table
from kamctl.render.screen import Screen, page
from kamctl.render.table import HIDDEN, Column, Table, aligned
from kamctl.render.width import wrap

STYLES = {NEW: "green", CHANGED: "cyan", UNDECIDED: "yellow", REJECTED: "red"}
ASKED = 10
"""So many open questions are listed."""

OPTIONS = {"account": "--account '{word}=ID'", "owner": "--owner '{word}=KEY'"}
"""The option that settles a question; `--value` where the field is not named."""


def print_intake(outcomes: Sequence[Outcome], style: Style, envelope: Envelope) -> None:
    """Print the plan: as a table with the rows that are left below it, or as flat rows."""
    style.check()
    if style.effective != "table" or style.fields:
        print_table(_table(outcomes, style.lang), style, envelope)
        return
    kept = [outcome for outcome in outcomes if not outcome.refusals]
    parts = [aligned(_table(kept, style.lang).visible(), style.screen)[0]] if kept else []
    parts += ["".join(_left(outcome, style.screen, style.lang)) for outcome in outcomes if outcome.refusals]
    page("\n".join(parts), style.screen) if parts else None


def _left(outcome: Outcome, screen: Screen, lang: str) -> Iterator[str]:
    """Yield what stands in the way of a row: its line and name, then a line a reason."""
    known = (outcome.values.get("account_name", ""), outcome.values.get("name", ""))
    name = text("form-comma", lang).join(filter(None, known)) or outcome.id
    values = {"outcome": text(f"plan-{outcome.kind}", lang), "line": str(outcome.row), "name": name}
    yield screen.style(text("csv-left-row", lang, **values), STYLES[outcome.kind]) + "\n"
    for refusal in outcome.refusals:
        words = f"{refusal.place}  {refusal.reason.words(lang)}"
        for number, line in enumerate(wrap(words, screen.width - 6)):
            yield ("    " if number else "  ") + line + "\n"


def summary(counts: Mapping[str, int], made: Mapping[str, int], lang: str) -> str:
    """Return how many rows there are of each outcome, and how many records would be new."""
    words = [f"{text(f'plan-{kind}', lang)} {counts[kind]}" for kind in OUTCOMES if counts.get(kind)]
    line = text("plan-summary", lang, count=sum(counts.values()), counts=text("form-comma", lang).join(words))
    new = [text(f"csv-new-{kind}", lang, count=count) for kind, count in made.items() if count]
    return line + ("\n" + text("csv-new", lang, what=text("form-comma", lang).join(new)) if new else "")


def questions(asked: Sequence[Open], screen: Screen, lang: str) -> Iterator[str]:
    """Yield lines for each question that a person has to decide, the last of them the option that does."""
    for question in asked[:ASKED]:
        option = OPTIONS.get(question.name, "--value '{name}:{word}=…'").format(name=question.name, word=question.word)
        why = text("csv-question", lang, count=question.rows, why=question.reason.words(lang))
        yield from wrap(why, screen.width)
        yield f"  {option}"
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
