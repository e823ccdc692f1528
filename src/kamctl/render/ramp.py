"""A ramp on screen and in other formats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from kamctl.labels import pick, text
from kamctl.money import grouped, plain
from kamctl.render.funnel import percent
from kamctl.render.method import expected
from kamctl.render.output import Envelope, Style, print_json, print_table
from kamctl.render.sections import Section, fine, print_sections
from kamctl.render.table import HIDDEN, Column, Table
from kamctl.render.width import wrap
from kamctl.reports.pipeline import Terms
from kamctl.reports.ramp import RampLine
from kamctl.schema.method.ramp import Ramp

TENTH = Decimal("0.1")
VERDICT_STYLES = {"met": "green", "short": "red", "running": "yellow", "unknown": "dim", "no_quota": "dim"}


class RampReport(NamedTuple):
    """By which method and terms a ramp was computed, and whether the cases behind each figure are asked for."""

    method: Ramp
    terms: Terms
    opened: bool


def print_ramp(lines: Sequence[RampLine], report: RampReport, style: Style, envelope: Envelope) -> None:
    """Print a section a person as text or Markdown, one table in flat formats."""
    style.check()
    if style.effective == "json":
        print_json([_data(line, style.lang) for line in lines], style, envelope)
    elif style.effective in ("table", "md") and not style.fields:
        print_sections(_sections(lines, report, style), style)
    else:
        print_table(ramp_table(lines, report, style.lang), style, envelope)


def ramp_table(lines: Sequence[RampLine], report: RampReport, lang: str) -> Table:
    """Return the standards as a table."""
    rhythm: Callable[[Any], str] = lambda key: text(f"rhythm-{key}", lang)  # noqa: E731
    columns = [
        Column("person", text("col-owner", lang), drop=HIDDEN),
        Column("month", text("col-month", lang), right=True, drop=HIDDEN),
        Column("period", text("col-period", lang), drop=HIDDEN),
        Column("rhythm", text("col-rhythm", lang), rhythm),
        Column("since", text("col-since", lang), drop=HIDDEN),
        Column("until", text("col-by", lang), drop=2),
        Column("id", text("col-id", lang), drop=HIDDEN),
        Column("standard", text("col-standard", lang), shrink=14),
        Column("expected", text("col-expected-of", lang), right=True),
        Column("need", text("col-needed", lang), _figure(lang), right=True, drop=4),
        Column("have", text("col-have", lang), _figure(lang), right=True),
        Column("percent", "%", percent, right=True, drop=1),
        Column(
            "quota", text("col-quota", lang, currency=report.terms.currency), _figure(lang), right=True, drop=HIDDEN
        ),
        Column("planned", text("col-planned", lang), _count, right=True, drop=3),
        Column("left_out", text("col-left-out", lang), _count, right=True, drop=5),
        Column("verdict", text("col-verdict", lang), _verdict(lang), style=VERDICT_STYLES.get),  # type: ignore[arg-type]
        Column("ids", text("col-made-of", lang), drop=HIDDEN),
    ]
    rows = [_data(line, lang) for line in lines]
    return Table(columns, [[row[column.key] for column in columns] for row in rows])


def _data(line: RampLine, lang: str) -> dict[str, Any]:
    standard = line.standard
    return line._asdict() | {
        "id": standard.id,
        "measure": standard.measure,
        "standard": pick(standard.label, lang),
        "process": standard.process or "",
        "stage": standard.stage or "",
        "expected": expected(standard),
        "need": fine(line.need),
        "have": fine(line.have),
        "percent": fine(line.percent),
    }


def _sections(lines: Sequence[RampLine], report: RampReport, style: Style) -> list[Section]:
    lang = style.lang
    parts = []
    for person in dict.fromkeys(line.person for line in lines):
        own = [line for line in lines if line.person == person]
        labels = {period.id: pick(period.label, lang) for period in report.method.periods}
        words = {"name": own[0].name, "month": str(own[0].month), "period": labels[own[0].period]}
        head = text("ramp-head", lang, as_of=report.terms.as_of, currency=report.terms.currency, **words)
        parts.append(Section(head, ramp_table(own, report, lang)))
        if report.opened:
            parts.append(Section(text("ramp-behind", lang), None, list(_behind(own, style))))
    if any(line.verdict == "unknown" for line in lines):
        parts.append(Section("", None, [text("ramp-not-shown", lang)]))
    return parts


def _behind(lines: Sequence[RampLine], style: Style) -> list[str]:
    """Return what each figure is made of; cases without the figure that counts are said to be there."""
    lang, found = style.lang, []
    for line in lines:
        if line.ids:
            left = text("ramp-left-out", lang, n=str(line.left_out)) if line.left_out else ""
            when = f" {line.since}" if line.rhythm == "weekly" else ""
            title = f"{pick(line.standard.label, lang)}{when}{left}{text('colon', lang)}"
            title = title.rstrip()
            body = wrap(", ".join(line.ids), style.screen.width - 2)
            found += (
                [f"- {title}{', '.join(line.ids)}"] if style.effective == "md" else [title, *(f"  {x}" for x in body)]
            )
    return found


def _figure(lang: str) -> Callable[[Any], str]:
    def show(value: Any) -> str:
        if value is None:
            return "—"
        return grouped(value, lang) if abs(value) >= 1000 else plain(value.quantize(TENTH, ROUND_HALF_UP))

    return show


def _count(value: Any) -> str:
    return str(value or "")


def _verdict(lang: str) -> Callable[[Any], str]:
    return lambda key: text(f"ramp-{key}", lang)
