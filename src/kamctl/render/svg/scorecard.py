"""The heat map of a scorecard: a row a criterion, a column a date of each party, signs and patterns for the marks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kamctl.forms.pictures import HeatCell, HeatMap, HeatQuestion, HeatRow
from kamctl.labels import text
from kamctl.render.svg.writer import document, element, fit, path, words
from kamctl.scoring.scorecard import MINUS, NOT_APPLICABLE, PLUS

MARGIN = 28.0
LABEL = 270.0
CELL, HIGH = 46.0, 26.0
GAP = 22.0
"""What is free between two parties."""

TOP = 128.0
QUESTION = 38.0
TINTS = {PLUS: "tint-good", MINUS: "tint-bad", NOT_APPLICABLE: "off"}
SHOWN = {MINUS: "\N{MINUS SIGN}", NOT_APPLICABLE: "n/a"}
VERDICTS = {"open": "good-t", "blocked": "bad-t"}


class Grid(NamedTuple):
    """Where the columns stand: the left edge of each date of each party."""

    columns: list[list[float]]
    right: float


def draw(view: HeatMap, prefix: str = "heat") -> str:
    """Return the heat map as SVG."""
    grid = _grid(view)
    y, body = TOP, [*_heading(view, grid)]
    for question in view.questions:
        body += _question(question, y, grid)
        y += QUESTION
        for row in question.rows:
            body += _row(row, view, y, grid)
            y += HIGH
    body += _totals(view, y + 12, grid)
    return document(prefix, f"{view.title}: {view.subject}", _summary(view), (grid.right + MARGIN, y + 84), (), body)


def _grid(view: HeatMap) -> Grid:
    dates = max(1, len(view.dates))
    x, columns = MARGIN + LABEL, []
    for _ in view.parties:
        wide = max(CELL, 96.0 / dates)
        columns.append([x + place * wide + (wide - CELL) / 2 for place in range(dates)])
        x += wide * dates + GAP
    return Grid(columns, x - GAP)


def _summary(view: HeatMap) -> str:
    verdicts = (f"{question.label} {question.verdict_label}" for question in view.questions)
    totals = (f"{party} {total}" for party, total in zip(view.parties, view.totals, strict=True))
    return "; ".join((*verdicts, *totals))


def _heading(view: HeatMap, grid: Grid) -> Iterator[str]:
    yield words(MARGIN, 34, fit(view.subject, 20, grid.right - MARGIN), "kam-h")
    yield words(MARGIN, 56, view.title, "kam-kind")
    if view.earlier:
        yield words(MARGIN, 76, text("picture-earlier", view.lang, count=view.earlier), "kam-s")
    for party, columns in zip(view.parties, grid.columns, strict=True):
        right = columns[-1] + CELL
        yield words(columns[0], TOP - 30, fit(party, 12, right - columns[0]), "kam-b")
        yield path(((columns[0], TOP - 22), (right, TOP - 22)), "kam-axis")
        for x, day in zip(columns, view.dates, strict=False):
            yield words(x + CELL / 2, TOP - 6, f"{day:%m-%d}", "kam-s", "middle")


def _question(question: HeatQuestion, y: float, grid: Grid) -> Iterator[str]:
    style = VERDICTS.get(question.verdict, "b")
    yield path(((MARGIN, y + 8), (grid.right, y + 8)), "kam-rule")
    yield words(MARGIN, y + 28, question.label, "kam-b")
    yield words(grid.columns[0][0], y + 28, question.verdict_label, f"kam-{style}")


def _row(row: HeatRow, view: HeatMap, y: float, grid: Grid) -> Iterator[str]:
    label = f"{row.label} (+ {row.plus})" if row.plus else row.label
    yield words(MARGIN, y + 17, fit(label, 12, LABEL - 12), "kam-t")
    for place, cells in enumerate(row.cells):
        for columns, cell in zip(grid.columns, cells, strict=True):
            yield from _cell(cell, columns[place], y)


def _cell(cell: HeatCell, x: float, y: float) -> Iterator[str]:
    """Draw a mark: a plus on a tint, a minus on a tint with a bar, an unknown in a dotted frame."""
    style = TINTS.get(cell.mark, "blank")
    yield element("rect", x=x + 1, y=y + 1, width=CELL - 2, height=HIGH - 2, rx=3, class_=f"kam-{style}")
    if cell.mark == MINUS:
        yield path(((x + 5, y + 4), (x + 5, y + HIGH - 4)), "kam-hatch-bad")
    shown = SHOWN.get(cell.mark, cell.mark) + ("*" if cell.stale else "")
    yield words(x + CELL / 2, y + 18, shown, "kam-mark" if len(shown) < 3 else "kam-s", "middle")
    if cell.changed:
        yield path(((x + 14, y + HIGH - 3), (x + CELL - 14, y + HIGH - 3)), "kam-changed")


def _totals(view: HeatMap, y: float, grid: Grid) -> Iterator[str]:
    yield path(((MARGIN, y - 4), (grid.right, y - 4)), "kam-axis")
    yield words(MARGIN, y + 18, text("picture-overall", view.lang), "kam-b")
    for total, columns in zip(view.totals, grid.columns, strict=True):
        net, _, known = total.partition("\uff0c" if "\uff0c" in total else ", ")
        yield words(columns[0], y + 18, net, "kam-n")
        yield words(columns[0], y + 36, fit(known, 12, columns[-1] + CELL + GAP - columns[0]), "kam-s")
    yield words(MARGIN, y + 52, fit(text("picture-marks", view.lang), 12, grid.right - MARGIN), "kam-s")
