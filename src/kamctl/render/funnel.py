"""The funnel on screen and in other formats: stages, what orders need, and the diagnosis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kamctl.labels import pick, text
from kamctl.render.diagnosis import diagnosis_lines, diagnosis_table
from kamctl.render.output import Envelope, Style, print_json, print_table
from kamctl.render.sections import Section, fine, joined, money, print_sections, rounded
from kamctl.render.table import Column, Table
from kamctl.reports.diagnosis import Answer
from kamctl.reports.funnel import Funnel, GroupLine, StageLine
from kamctl.reports.inverse import Need, Plan
from kamctl.reports.periods import Period
from kamctl.reports.pipeline import CENT, Terms
from kamctl.schema.method.process import Process
from kamctl.schema.method.reasons import Reasons
from kamctl.schema.method.reviews import Reviews

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class FunnelReport:
    """All that `funnel` shows: `full` asks for every figure of the diagnosis.

    `span` are the days in which the deals were created; `undated` those of which that day is not known.
    """

    funnel: Funnel
    process: Process
    terms: Terms
    by: str
    span: Period | None
    undated: list[str]
    plans: list[Plan]
    answers: list[Answer]
    reviews: Reviews
    reasons: Reasons
    full: bool


def print_funnel(report: FunnelReport, style: Style, envelope: Envelope) -> None:
    """Print everything as text, Markdown or JSON; in flat formats the one table that was asked for."""
    style.check()
    if style.effective == "json":
        print_json(as_data(report), style, envelope)
    elif style.effective in ("table", "md") and not style.fields:
        print_sections(_sections(report, style), style)
    else:
        print_table(_flat(report, style.lang, style.effective in ("table", "md")), style, envelope)


def as_data(report: FunnelReport) -> dict[str, Any]:
    """Return the report as plain values; amounts to the cent, other figures to four places."""
    result = report.funnel
    return {
        "process": result.process,
        "currency": report.terms.currency,
        "floor": result.floor,
        "created": report.span._asdict() if report.span is not None else None,
        "stages": [rounded(line) for line in result.lines],
        "groups": [rounded(line) for lines in result.groups.values() for line in lines],
        "total": rounded(result.total),
        "orders": [_plan_data(plan) for plan in report.plans],
        "diagnosis": [
            answer._asdict() | {"figures": [rounded(figure) for figure in answer.figures]} for answer in report.answers
        ],
        "unconverted": result.unconverted,
        "strange": result.strange,
        "undated": report.undated,
    }


def _plan_data(plan: Plan) -> dict[str, Any]:
    against, size = plan.standing, plan.size
    return {
        "group": plan.group,
        "orders": plan.orders,
        "period": against.target.period._asdict() if against is not None else None,
        "quota": against.target.amount if against is not None else None,
        "quota_people": against.target.people if against is not None else None,
        "won": against.won if against is not None else None,
        "won_n": against.won_n if against is not None else None,
        "remaining": against.remaining if against is not None else None,
        "deal_size": size.amount.quantize(CENT) if size is not None and size.amount is not None else None,
        "deal_size_n": size.n if size is not None else None,
        "deal_size_given": size.given if size is not None else None,
        "stages": [need._asdict() for need in plan.needs],
    }


def _sections(report: FunnelReport, style: Style) -> list[Section]:
    lang = style.lang
    lines = [line for group in report.funnel.groups.values() for line in group] if report.by else report.funnel.lines
    head = text(
        "funnel-head",
        lang,
        as_of=report.terms.as_of,
        count=report.funnel.total.deals,
        currency=report.terms.currency,
        process=pick(report.process.name, lang),
    )
    parts = [Section(head, stages_table(lines, report, lang, shown=True)), Section("", None, [_basis(report, lang)])]
    for plan in report.plans:
        table = needs_table(plan.needs, report.process, lang) if plan.needs else None
        parts.append(Section(plan_title(plan, report, lang), table))
    parts.append(Section(text("diagnosis-head", lang), None, list(diagnosis_lines(report, style))))
    return parts


def _flat(report: FunnelReport, lang: str, shown: bool) -> Table:
    if report.full:
        return diagnosis_table(report, lang)
    if report.plans:
        return needs_table([need for plan in report.plans for need in plan.needs], report.process, lang)
    groups = report.funnel.groups.values()
    lines = [line for group in groups for line in group] if report.by else report.funnel.lines
    return stages_table(lines, report, lang, shown=shown)


def stages_table(lines: Sequence[StageLine], report: FunnelReport, lang: str, *, shown: bool = False) -> Table:
    """Return the stages as a table, with the total of all deals below; `shown` to people or for machines."""
    amount = money(lang)
    columns = [
        *(
            [Column("group", text("col-group", lang), lambda name: name or text("none", lang), shrink=8)]
            if report.by
            else []
        ),
        Column("stage", text("col-stage", lang), stage_name(report.process, lang), shrink=8),
        Column("deals", text("col-deals", lang), right=True),
        Column("amount", text("col-amount", lang, currency=report.terms.currency), amount, right=True),
        Column("with_amount", "n", right=True, drop=6),
        Column("reached", text("col-reached", lang), right=True, drop=4),
        Column("passed", text("col-passed", lang), right=True, drop=7),
        Column("conversion", text("col-conversion", lang), percent, right=True),
        Column("target", text("col-target", lang), percent, right=True, drop=1),
        Column("gap", text("col-gap", lang), points, right=True, drop=1, style=_gap_style),
        Column("standing", text("col-standing", lang), right=True, drop=8),
        Column("left", text("col-left", lang), right=True, drop=99),
        Column("left_conversion", text("col-left-conversion", lang), percent, right=True, drop=5),
        Column("median_days", text("col-median-days", lang), days, right=True, drop=2),
        Column("stays", "n", right=True, drop=3),
        Column("outcome", text("col-outcome", lang), drop=99),
    ]
    keys = [column.key for column in columns]
    rows = [_row(line, keys, shown) for line in lines]
    total = report.funnel.total._replace(group=text("total", lang))
    return Table(columns, rows, [_footer(total, keys, lang)])


FEW = {"conversion": "reached", "left_conversion": "left", "median_days": "stays"}
"""Figures that too few cases do not give, and where it stands how many there are."""


def _row(line: StageLine, keys: Sequence[str], shown: bool) -> list[Any]:
    """Return the values of a line; when they are shown to people, a figure of too few cases says of how many."""
    values = line._asdict()
    values |= {key: fine(values[key]) for key in ("conversion", "target", "gap", "left_conversion")}
    if line.outcome not in ("open", "won"):
        values |= dict.fromkeys(("reached", "passed", "standing", "left", "stays"))
    elif shown:
        last = line.target is None
        few = {key: f"(n={values[n]})" for key, n in FEW.items() if values[key] is None and values[n]}
        values |= {key: words for key, words in few.items() if key == "median_days" or not last}
    return [values[key] for key in keys]


def _footer(total: GroupLine, keys: Sequence[str], lang: str) -> list[Any]:
    values = total._asdict() | {"stage": text("total", lang)}
    values["group" if "group" in keys else "stage"] = text("total", lang)
    if "group" in keys:
        values["stage"] = None
    return [values.get(key) for key in keys]


def stage_name(process: Process, lang: str) -> Callable[[Any], str]:
    """Return how a stage is written for people: its code and its label."""
    labels = {stage.code: pick(stage.label, lang) for stage in process.stages}

    def show(code: Any) -> str:
        if code == "":
            return text("no-stage", lang)
        return f"{code} {labels[code]}" if code in labels else str(code or "")

    return show


def _basis(report: FunnelReport, lang: str) -> str:
    parts = [text("funnel-basis", lang, floor=str(report.funnel.floor))]
    if report.span is not None:
        days = f"{report.span.start} – {report.span.end}"
        parts.append(text("funnel-created", lang, days=days, count=len(report.undated)))
    if report.funnel.strange:
        parts.append(text("funnel-strange", lang, ids=", ".join(report.funnel.strange[:5])))
    return joined(parts, lang)


def plan_title(plan: Plan, report: FunnelReport, lang: str) -> str:
    """Return what an inverse funnel is for: so many orders, or what remains of a quota by the average deal."""
    group = f"{plan.group}{text('colon', lang)}" if plan.group else ""
    against, size = plan.standing, plan.size
    if against is None or size is None:
        return text("orders-head", lang, count=plan.orders or 0)
    if against.target.amount is None or against.remaining is None:
        return group + text("quota-none", lang, period=against.target.period.name)
    amount = money(lang)
    words = text(
        "quota-head",
        lang,
        period=against.target.period.name,
        quota=amount(against.target.amount),
        people=against.target.people,
        won=amount(against.won),
        n=str(against.won_n),
        remaining=amount(against.remaining),
        currency=report.terms.currency,
    )
    if size.amount is None:
        history = text("insufficient", lang, n=str(size.n))
        return joined([group + words, text("size-unknown", lang, history=history)], lang)
    values = {"size": amount(size.amount), "count": plan.orders or 0}
    taken = text("size-given", lang, **values) if size.given else text("size-own", lang, **values, n=str(size.n))
    return joined([group + words, taken], lang)


def needs_table(needs: Sequence[Need], process: Process, lang: str) -> Table:
    """Return what orders need at every stage, by the method and by one's own history side by side."""
    several = len({need.group for need in needs}) > 1
    columns = [
        Column("group", text("col-group", lang), lambda name: name or text("total", lang), drop=0 if several else 99),
        Column("stage", text("col-stage", lang), stage_name(process, lang), shrink=8),
        Column("have", text("col-have", lang), right=True),
        Column("by_method", text("col-needed-method", lang), right=True),
        Column("gap_by_method", text("col-missing", lang), right=True, style=_missing_style),
        Column("by_history", text("col-needed-history", lang), right=True),
        Column("gap_by_history", text("col-missing", lang), right=True, style=_missing_style),
        Column("n", "n", right=True),
    ]
    return Table(columns, [[getattr(need, column.key) for column in columns] for need in needs])


def percent(value: Any) -> str:
    """Write a percentage with one place behind the point; nothing for None, words as they are."""
    if isinstance(value, str):
        return value
    return "" if value is None else f"{value.quantize(TENTH, ROUND_HALF_UP)}%"


def points(value: Any) -> str:
    """Write a difference of percentages with its sign."""
    return "" if value is None else f"{value.quantize(TENTH, ROUND_HALF_UP):+}"


def days(value: Any) -> str:
    """Write a median of days."""
    return "" if value is None else str(value)


def _gap_style(value: Any) -> str:
    return "" if value is None else "red" if value < 0 else "green"


def _missing_style(value: Any) -> str:
    return "" if value is None else "red" if value else "green"
