"""Metrics on screen and in flat formats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kamctl.forms.evaluation import MetricWords
from kamctl.labels import text
from kamctl.render.output import Envelope, Style, print_json, print_table
from kamctl.render.sections import Section, fine, print_sections
from kamctl.render.table import HIDDEN, Column, Table
from kamctl.reports.metrics import Evaluation, Group, Metric


def print_metrics(found: Evaluation, words: MetricWords, style: Style, envelope: Envelope) -> None:
    """Print a table of the team, of a person beside the team, or a column a group."""
    if style.effective == "json":
        data = {
            "period": found.period._asdict(),
            "floor": found.floor,
            "currency": words.currency,
            "team": [_data(metric) for metric in found.team.metrics],
            "groups": [
                {"name": group.name, "people": group.people, "metrics": [_data(metric) for metric in group.metrics]}
                for group in found.groups
            ],
        }
        print_json(data, style, envelope)
    elif style.effective == "table" and not style.fields:
        print_sections(_sections(found, words, style), style)
    else:
        groups = found.groups or [found.team]
        print_table(long_table(groups, found, words), style, envelope)


def long_table(groups: Sequence[Group], found: Evaluation, words: MetricWords) -> Table:
    """Return a row a group and metric, with everything that is known of it."""
    lang = words.lang
    columns = [
        Column("group", text("col-group", lang)),
        Column("metric", text("col-metric", lang)),
        Column("stage", text("col-stage", lang)),
        Column("kind", "kind", drop=HIDDEN),
        Column("unit", "unit", drop=HIDDEN),
        Column("value", text("col-value", lang), right=True),
        Column("numerator", text("col-made-of", lang), right=True),
        Column("denominator", "/", right=True),
        Column("n", "n", right=True),
        Column("enough", "enough", drop=HIDDEN),
        Column("team", text("metrics-team", lang), right=True),
        Column("team_n", "n", right=True),
        Column("ids", "ids", drop=HIDDEN),
        Column("lacking", "lacking", drop=HIDDEN),
    ]
    rows = []
    for group in groups:
        for metric, team in zip(group.metrics, found.team.metrics, strict=True):
            values = _data(metric) | {"team": fine(team.value), "team_n": team.n}
            rows.append([values[column.key] for column in columns])
    return Table(columns, rows)


def _data(metric: Metric) -> dict[str, Any]:
    values = {key: fine(value) for key, value in metric._asdict().items() if key != "id"}
    return {"group": values.pop("group"), "metric": metric.id} | values


def _sections(found: Evaluation, words: MetricWords, style: Style) -> list[Section]:
    lang, period = style.lang, found.period
    values = {"period": period.name, "start": period.start, "end": period.end, "as_of": words.as_of}
    parts = []
    if len(found.groups) > 1:
        parts.append(Section(text("metrics-head", lang, **values), _matrix(found, words)))
    for group in found.groups if len(found.groups) == 1 else [] if found.groups else [found.team]:
        name = f"{group.name}{text('form-comma', lang)}" if group.name else ""
        parts.append(Section(name + text("metrics-head", lang, **values), _detail(group, found, words)))
    parts.append(Section("", None, [words.basis()]))
    lacking = dict.fromkeys(case for metric in found.team.metrics for case in metric.lacking)
    if lacking:
        ids = ", ".join(list(lacking)[:5]) + (" …" if len(lacking) > 5 else "")
        parts.append(Section("", None, [text("metrics-lacking", lang, ids=ids)]))
    return parts


def _detail(group: Group, found: Evaluation, words: MetricWords) -> Table:
    """Return the metrics of one group, the team's beside them."""
    lang = words.lang
    columns = [
        Column("title", text("col-metric", lang), shrink=14),
        Column("value", text("col-value", lang), right=True),
        Column("figures", text("col-made-of", lang), right=True, drop=2),
        Column("n", "n", right=True, drop=1),
    ]
    if group is not found.team:
        columns += [
            Column("team", text("metrics-team", lang), right=True),
            Column("team_figures", text("col-made-of", lang), right=True, drop=4),
            Column("team_n", "n", right=True, drop=3),
        ]
    rows = []
    for metric, team in zip(group.metrics, found.team.metrics, strict=True):
        row = [words.title(metric), words.value(metric), words.figures(metric), metric.n]
        rows.append([*row, words.value(team), words.figures(team), team.n][: len(columns)])
    return Table(columns, rows)


def _matrix(found: Evaluation, words: MetricWords) -> Table:
    """Return a row a metric and a column a group, the team last; too few cases say how many there are."""
    lang = words.lang
    groups = [group for group in found.groups if any(metric.n or metric.denominator for metric in group.metrics)]

    def show(metric: Metric) -> str:
        return words.value(metric) if metric.enough or not metric.n else f"(n={metric.n})"

    columns = [
        Column("title", text("col-metric", lang), shrink=14),
        *(Column(group.name, group.name or text("none", lang), right=True, drop=1) for group in groups),
        Column("team", text("metrics-team", lang), right=True),
    ]
    rows = []
    for place, metric in enumerate(found.team.metrics):
        rows.append([words.title(metric), *(show(group.metrics[place]) for group in groups), show(metric)])
    return Table(columns, rows)
