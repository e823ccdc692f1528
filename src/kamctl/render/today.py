"""A day on screen and in flat formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from kamctl.facts import Facts
from kamctl.labels import pick, text
from kamctl.render.output import Envelope, Style, print_json, print_table
from kamctl.render.sections import Section, money, print_sections
from kamctl.render.table import HIDDEN, Column, Table
from kamctl.reports.pipeline import Terms
from kamctl.reports.today import KINDS, Item

FEW = 5
"""How many lines a list has before it is cut."""


class DayReport(NamedTuple):
    """What a day was computed from, after how many lines a list is cut, and whether it is the day of one person."""

    facts: Facts
    terms: Terms
    few: int | None
    alone: bool


def print_today(items: Sequence[Item], day: DayReport, style: Style, envelope: Envelope) -> None:
    """Print a list a kind as text or Markdown, one table in flat formats."""
    style.check()
    if style.effective == "json":
        print_json([item._asdict() for item in items], style, envelope)
    elif style.effective in ("table", "md") and not style.fields:
        print_sections(list(_sections(items, day, style)), style)
    else:
        columns = [Column(name, name) for name in Item._fields]
        print_table(Table(columns, [list(item) for item in items]), style, envelope)


def _sections(items: Sequence[Item], day: DayReport, style: Style) -> Iterator[Section]:
    lang = style.lang
    weekday = text(f"weekday-{day.terms.as_of.isoweekday()}", lang)
    yield Section(text("today-head", lang, date=day.terms.as_of, weekday=weekday), None, [])
    for kind in KINDS:
        own = [item for item in items if item.kind == kind]
        if own:
            table = TABLES[kind](own[: day.few], day, lang)
            title = (
                f"{text(f'today-{kind}', lang)} ({len(own)})"
                if lang == "en"
                else f"{text(f'today-{kind}', lang)} {len(own)}"
            )
            yield Section(title, table)
            if day.few is not None and len(own) > day.few:
                yield Section("", None, [text("today-more", lang, count=len(own) - day.few)])
    if not items:
        yield Section("", None, [text("today-nothing", lang)])


def _columns(day: DayReport, lang: str, *own: Column) -> list[Column]:
    owner = Column("owner", text("col-owner", lang), day.facts.member_name, shrink=6, drop=HIDDEN if day.alone else 2)
    return [owner, *own]


def _table(items: Sequence[Item], columns: Sequence[Column]) -> Table:
    return Table(columns, [[getattr(item, column.key) for column in columns] for item in items])


def _calls(items: Sequence[Item], day: DayReport, lang: str) -> Table:
    columns = _columns(
        day,
        lang,
        Column("date", text("col-date", lang), drop=1),
        Column("time", text("col-time", lang)),
        Column("customer", text("col-customer", lang), shrink=8),
        Column("who", text("col-contact", lang), shrink=6),
        Column("what", text("col-purpose", lang), shrink=12),
        Column("id", text("col-id", lang), shrink=16, drop=3),
    )
    return _table(items, columns)


def _presentations(items: Sequence[Item], day: DayReport, lang: str) -> Table:
    columns = _columns(
        day,
        lang,
        Column("customer", text("col-customer", lang), shrink=8),
        Column("who", text("col-audience", lang), shrink=8),
        Column("what", text("col-purpose", lang), shrink=12),
        Column("id", text("col-id", lang), shrink=16, drop=3),
    )
    return _table(items, columns)


def _due(items: Sequence[Item], day: DayReport, lang: str) -> Table:
    columns = _columns(
        day,
        lang,
        Column("date", text("col-by", lang)),
        Column("late", text("col-late", lang), lambda days: str(days or ""), right=True, style=_late),
        Column("customer", text("col-customer", lang), shrink=8),
        Column("who", text("col-who", lang), shrink=6),
        Column("what", text("col-what", lang), shrink=12),
        Column("id", text("col-id", lang), shrink=16, drop=3),
    )
    return _table(items, columns)


def _late(days: Any) -> str:
    return "red" if days else ""


def _deals(what: str, number: str) -> Callable[[Sequence[Item], DayReport, str], Table]:
    """Return what makes a table of deals, with titles for what it says and for its number; empty ones are left out."""

    def table(items: Sequence[Item], day: DayReport, lang: str) -> Table:
        columns = [
            Column("id", text("col-id", lang), shrink=16),
            Column("customer", text("col-customer", lang), shrink=8, drop=4),
            Column("who", text("col-next-stage", lang) if what else text("col-stage", lang)),
            Column("amount", text("col-amount", lang, currency=day.terms.currency), money(lang), right=True, drop=3),
        ]
        columns += [Column("what", text(what, lang), _criteria(day, lang), shrink=16)] if what else []
        columns += [Column("number", text(number, lang), right=True)] if number else []
        return _table(items, _columns(day, lang, *columns))

    return table


def _criteria(day: DayReport, lang: str) -> Callable[[str], str]:
    """Return how what a gate lacks is written: a criterion by its label, a field by its name."""
    labels = {
        item.id: pick(item.label, lang)
        for process in day.terms.processes.values()
        for stage in process.stages
        for item in (*stage.entry, *stage.exit)
    }
    return lambda name: labels.get(name, name)


TABLES: dict[str, Callable[[Sequence[Item], DayReport, str], Table]] = {
    "calls": _calls,
    "presentations": _presentations,
    "unrecorded": _calls,
    "promises": _due,
    "actions": _due,
    "preparations": _due,
    "callbacks": _due,
    "gates": _deals("col-lacks", ""),
    "stale": _deals("", "col-days"),
    "marks": _deals("", "col-marks"),
}
"""The table of each kind."""
