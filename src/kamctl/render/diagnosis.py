"""The diagnosis in words: each question with its verdict, its figures, and the deals behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kamctl.labels import pick, text
from kamctl.money import grouped
from kamctl.render.output import Style
from kamctl.render.table import Column, Table
from kamctl.render.width import wrap
from kamctl.reports.diagnosis import Answer, Figure
from kamctl.schema.method import DiagnosingQuestion

if TYPE_CHECKING:
    from kamctl.render.funnel import FunnelReport

STYLES = {"fine": "green", "watch": "yellow", "alarm": "red", "open": "dim", "": ""}
FEW_IDS = 5
"""How many deals are named behind an answer."""


def _deciding(answer: Answer, report: FunnelReport, lang: str) -> str:
    """Return the figures that made the verdict; where none could, the first that could not be said."""
    judged = [figure for figure in answer.figures if figure.verdict == answer.verdict]
    unsaid = [figure for figure in answer.figures if figure.value is None and figure.key != "converted"]
    return text("semicolon", lang).join(words(judged or unsaid, report, lang))


def diagnosis_lines(report: FunnelReport, style: Style) -> Iterator[str]:
    """Yield the lines of the diagnosis: all of it, or the verdicts with the figures that made them."""
    screen, lang = style.screen, style.lang
    for question, answer in zip(report.reviews.questions, report.answers, strict=True):
        if not report.full and not answer.verdict:
            continue
        word, title = verdict(answer.verdict, lang), pick(question.label, lang)
        head = f"{screen.style(word, STYLES[answer.verdict])}  {title}" if word else title
        yield f"### {head}\n" if style.effective == "md" else head
        lines = _told(answer, question, report, lang) if report.full else [_deciding(answer, report, lang)]
        for line in lines:
            yield from _item(line, style)
        if report.full or style.effective == "md":
            yield ""


def _told(answer: Answer, question: DiagnosingQuestion, report: FunnelReport, lang: str) -> Iterator[str]:
    """Yield all that there is to say to a question: figures, the deals behind them, and what to do."""
    yield from words(answer.figures, report, lang)
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


def words(figures: Sequence[Figure], report: FunnelReport, lang: str) -> list[str]:
    """Return figures in words, those of one kind in one line."""
    found = []
    for key, some in groupby(figures, key=lambda figure: figure.key):
        parts = [_figure(figure, report, lang) for figure in some]
        found.append(text(f"diagnosis-{key}", lang) + text("colon", lang) + text("comma", lang).join(parts))
    return found


def _figure(figure: Figure, report: FunnelReport, lang: str) -> str:
    about = f"{_about(figure, report, lang)} " if figure.about or figure.key == "lost_for" else ""
    if figure.value is None:
        if figure.of is None:
            return about + text("not-known", lang)
        return about + (text("insufficient", lang, n=str(figure.of)) if figure.of else text("no-cases", lang))
    of = f" (n={figure.of})" if figure.of is not None else ""
    return f"{about}{value(figure, report, lang)}{of}"


def _about(figure: Figure, report: FunnelReport, lang: str) -> str:
    if figure.key != "lost_for":
        return figure.about
    reasons = {reason.id: pick(reason.label, lang) for reason in report.reasons.lost}
    return reasons.get(figure.about, figure.about) or text("not-known", lang)


def value(figure: Figure, report: FunnelReport, lang: str) -> str:
    """Write the value of a figure for people, in its unit."""
    number = Decimal(figure.value or 0)
    match figure.unit:
        case "amount":
            return f"{grouped(number, lang)} {report.terms.currency}"
        case "percent":
            return f"{_tenth(number)}%"
        case "points":
            return f"{_tenth(number):+}"
        case "ratio":
            return str(number.quantize(Decimal("0.01"), ROUND_HALF_UP))
        case "number":
            return str(_tenth(number))
        case _:
            return str(figure.value)


def _tenth(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.1"), ROUND_HALF_UP)


def verdict(word: Any, lang: str) -> str:
    """Return a verdict in words; nothing where nothing is judged."""
    return text(f"judged-{word}", lang) if word else ""


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
