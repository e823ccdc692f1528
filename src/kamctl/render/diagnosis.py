"""The diagnosis in words: each question with its verdict, its figures, and the deals behind it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from kamctl.forms.figures import deciding, verdict, words
from kamctl.labels import pick, text
from kamctl.render.output import Style
from kamctl.render.table import Column, Table
from kamctl.render.width import wrap
from kamctl.reports.diagnosis import Answer
from kamctl.schema.method.reviews import DiagnosingQuestion

if TYPE_CHECKING:
    from kamctl.render.funnel import FunnelReport

STYLES = {"fine": "green", "watch": "yellow", "alarm": "red", "open": "dim", "": ""}
FEW_IDS = 5
"""How many deals are named behind an answer."""


def diagnosis_lines(report: FunnelReport, style: Style) -> Iterator[str]:
    """Yield the lines of the diagnosis: all of it, or the verdicts with the figures that made them."""
    screen, lang = style.screen, style.lang
    for question, answer in zip(report.reviews.questions, report.answers, strict=True):
        if not report.full and not answer.verdict:
            continue
        word, title = verdict(answer.verdict, lang), pick(question.label, lang)
        head = f"{screen.style(word, STYLES[answer.verdict])}  {title}" if word else title
        yield f"### {head}\n" if style.effective == "md" else head
        lines = (
            _told(answer, question, report, lang)
            if report.full
            else [deciding(answer, report.terms.currency, report.reasons, lang)]
        )
        for line in lines:
            yield from _item(line, style)
        if report.full or style.effective == "md":
            yield ""


def _told(answer: Answer, question: DiagnosingQuestion, report: FunnelReport, lang: str) -> Iterator[str]:
    """Yield all that there is to say to a question: figures, the deals behind them, and what to do."""
    yield from words(answer.figures, report.terms.currency, report.reasons, lang)
    if answer.behind:
        more = len(answer.behind) - FEW_IDS
        ids = ", ".join(answer.behind[:FEW_IDS])
        yield text("diagnosis-behind", lang, ids=ids) + (text("and-more", lang, count=str(more)) if more > 0 else "")
    if answer.verdict in ("watch", "alarm") and question.advice is not None:
        yield f"→ {pick(question.advice, lang)}"


def _item(line: str, style: Style) -> Iterator[str]:
    if style.effective == "md":
        yield f"- {line}"
        return
    first, *rest = wrap(line, style.screen.width - 4) or [""]
    yield from (f"  {first}", *(f"    {more}" for more in rest))


def diagnosis_table(report: FunnelReport, lang: str) -> Table:
    """Return every figure of the diagnosis as a row."""
    columns = [
        Column("question", text("diagnosis-question", lang)),
        Column("verdict", text("diagnosis-verdict", lang)),
        Column("figure", text("diagnosis-figure", lang)),
        Column("about", text("diagnosis-about", lang)),
        Column("value", text("diagnosis-value", lang)),
        Column("unit", text("diagnosis-unit", lang)),
        Column("n", "n"),
        Column("judged", text("diagnosis-judged", lang)),
        Column("behind", text("diagnosis-deals", lang)),
    ]
    rows = [
        [a.question, a.verdict, f.key, f.about, _plain(f.value), f.unit, f.of, f.verdict, " ".join(a.behind)]
        for a in report.answers
        for f in a.figures
    ]
    return Table(columns, rows)


def _plain(number: Decimal | int | None) -> Decimal | int | None:
    return number.quantize(Decimal("0.0001"), ROUND_HALF_UP) if isinstance(number, Decimal) else number
