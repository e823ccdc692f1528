"""The figures of a diagnosis in words, and its verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any

from kamctl.labels import pick, text
from kamctl.money import grouped
from kamctl.reports.diagnosis import Answer, Figure
from kamctl.schema.method.reasons import Reasons


def deciding(answer: Answer, currency: str, reasons: Reasons, lang: str) -> str:
    """Return the figures that made the verdict; where none could, the first that could not be said."""
    judged = [figure for figure in answer.figures if figure.verdict == answer.verdict]
    unsaid = [figure for figure in answer.figures if figure.value is None and figure.key != "converted"]
    return text("semicolon", lang).join(words(judged or unsaid, currency, reasons, lang))


def words(figures: Sequence[Figure], currency: str, reasons: Reasons, lang: str) -> list[str]:
    """Return figures in words, those of one kind in one line."""
    found = []
    for key, some in groupby(figures, key=lambda figure: figure.key):
        parts = [_figure(figure, currency, reasons, lang) for figure in some]
        found.append(text(f"diagnosis-{key}", lang) + text("colon", lang) + text("comma", lang).join(parts))
    return found


def _figure(figure: Figure, currency: str, reasons: Reasons, lang: str) -> str:
    about = f"{_about(figure, reasons, lang)} " if figure.about or figure.key == "lost_for" else ""
    if figure.value is None:
        if figure.of is None:
            return about + text("not-known", lang)
        return about + (text("insufficient", lang, n=str(figure.of)) if figure.of else text("no-cases", lang))
    of = f" (n={figure.of})" if figure.of is not None else ""
    return f"{about}{value(figure, currency, lang)}{of}"


def _about(figure: Figure, reasons: Reasons, lang: str) -> str:
    if figure.key != "lost_for":
        return figure.about
    known = {reason.id: pick(reason.label, lang) for reason in reasons.lost}
    return known.get(figure.about, figure.about) or text("not-known", lang)


def value(figure: Figure, currency: str, lang: str) -> str:
    """Write the value of a figure for people, in its unit."""
    number = Decimal(figure.value or 0)
    match figure.unit:
        case "amount":
            return f"{grouped(number, lang)} {currency}"
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
