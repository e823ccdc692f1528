"""Draws the heat map of a scorecard: criteria down, dates and parties across, a sign and a pattern in every cell."""

from __future__ import annotations

from collections.abc import Iterator

from kamctl.forms.pictures import HeatCell, HeatMap, HeatQuestion, HeatRow
from kamctl.labels import text
from kamctl.render.svg.frame import BODY, LEFT, framed
from kamctl.render.svg.legend import Draw, Item, legend
from kamctl.render.svg.writer import element, fit, group, path, value, words

NAMES = 236.0
CELL, ROOMY = 40.0, 56.0
HIGH = 24.0
BETWEEN = 16.0
VERDICT = 84.0
LEAST = 76.0
"""The least width of the cells of one date, which is that of the date."""

STYLES = {"+": "kam-tint-good", "-": "kam-tint-bad", "?": "kam-blank", "n/a": "kam-tint"}
VERDICTS = {"open": "kam-good-t", "at_risk": "kam-b", "blocked": "kam-bad-t"}
CRAMPED = 9


def draw_heat_map(view: HeatMap, *, head: bool = True) -> str:
    """Return the heat map of a scorecard as SVG."""
    columns = max(1, len(view.dates))
    cell = max(ROOMY if columns * len(view.parties) <= CRAMPED else CELL, LEAST / len(view.parties))
    span = cell * len(view.parties) + BETWEEN
    right = LEFT + NAMES + span * columns
    body = list(_heads(view, cell, span))
    y = BODY + 40
    for question in view.questions:
        body += _question(question, view, y, right)
        y += 28
        for row in question.rows:
            body += _row(row, view, y, cell, span)
            y += HIGH
        y += 12
    totals = [f"{party} {total}" for party, total in zip(view.parties, view.totals, strict=True)]
    notes = [" · ".join(totals)] if view.dates else [text("heat-none", view.lang)]
    if view.earlier:
        notes.append(text("heat-earlier", view.lang, count=view.earlier))
    subtitle = text("picture-as-of", view.lang, date=view.as_of)
    description = " · ".join([view.subject, *(f"{q.label} {q.verdict_label}" for q in view.questions), *notes])
    return framed(
        view.title, view.subject, subtitle, description, body, (right + VERDICT - LEFT, y), notes,
        lambda top, width: legend(_legend(view.lang), LEFT, top, width),
        head=head,
    )  # fmt: skip


def _heads(view: HeatMap, cell: float, span: float) -> Iterator[str]:
    for column in range(max(1, len(view.dates))):
        x = LEFT + NAMES + span * column
        if view.dates:
            yield words(x, BODY + 8, view.dates[column].isoformat(), "kam-b")
        for place, party in enumerate(view.parties):
            yield from group(
                [words(x + cell * (place + 0.5), BODY + 28, fit(party, 12, cell - 4), "kam-s", "middle")], party
            )


def _question(question: HeatQuestion, view: HeatMap, y: float, right: float) -> Iterator[str]:
    yield path([(LEFT, y), (right + VERDICT, y)], "kam-rule")
    yield words(LEFT, y + 19, fit(question.label, 12.5, right - LEFT - 8), "kam-b")
    if view.dates:
        style = VERDICTS.get(question.verdict, "kam-b")
        yield words(right + VERDICT, y + 19, fit(question.verdict_label, 12.5, VERDICT), style, "end")


def _row(row: HeatRow, view: HeatMap, y: float, cell: float, span: float) -> Iterator[str]:
    name = f"{row.label} (+ = {row.plus})" if row.plus else row.label
    yield from group([words(LEFT, y + 16, fit(name, 12, NAMES - 12), "kam-t")], name)
    for column, cells in enumerate(row.cells):
        for place, item in enumerate(cells):
            x = LEFT + NAMES + span * column + cell * place
            day = view.dates[column].isoformat() if view.dates else ""
            title = " · ".join(filter(None, (row.label, view.parties[place], day, item.mark)))
            yield from group(draw_cell(item, x, y, cell), title)


def draw_cell(item: HeatCell, x: float, y: float, across: float) -> Iterator[str]:
    """Yield a mark: filled for a plus, hatched for a minus, an empty broken frame for unknown."""
    left, top, wide, high = x + 2, y + 2, across - 4, HIGH - 4
    yield element("rect", x=left, y=top, width=wide, height=high, rx=3, class_=STYLES.get(item.mark, "kam-blank"))
    if item.mark == "-":
        yield element("path", d=hatch(left, top, wide, high), class_="kam-hatch-bad")
        yield element("circle", cx=x + across / 2, cy=y + HIGH / 2, r=8, class_="kam-tint-bad")
    if item.changed:
        yield element("rect", x=left, y=top, width=wide, height=high, rx=3, class_="kam-changed")
    if item.stale:
        yield element("polygon", points=_corner(left + wide, top), class_="kam-off")
    sign = "−" if item.mark == "-" else item.mark
    style = "kam-mark" if len(sign) == 1 else "kam-s"
    yield words(x + across / 2, y + HIGH / 2 + 4.5, sign, style, "middle")


def hatch(x: float, y: float, across: float, down: float) -> str:
    """Return slanted strokes that fill a rectangle and stay inside it."""
    strokes = []
    step = -down + 5
    while step < across - 3:
        low, high = max(step, 2.0), min(step + down, across - 2)
        if high > low:
            start = f"M{value(x + low)} {value(y + down - (low - step))}"
            strokes.append(f"{start} L{value(x + high)} {value(y + down - (high - step))}")
        step += 8
    return " ".join(strokes)


def _corner(x: float, y: float) -> str:
    return f"{value(x - 9)},{value(y + 1)} {value(x - 1)},{value(y + 1)} {value(x - 1)},{value(y + 9)}"


def _legend(lang: str) -> list[tuple[str, list[Item]]]:
    cells = {
        "heat-plus": HeatCell("+"),
        "heat-minus": HeatCell("-"),
        "heat-unknown": HeatCell("?"),
        "heat-not-applicable": HeatCell("n/a"),
        "heat-changed": HeatCell("+", changed=True),
        "heat-stale": HeatCell("+", stale=True),
    }
    return [(text("heat-marks", lang), [Item(text(key, lang), 42, _sample(cell)) for key, cell in cells.items()])]


def _sample(cell: HeatCell) -> Draw:
    return lambda x, y: draw_cell(cell, x, y - 17, 36)
