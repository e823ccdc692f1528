"""The view of an evaluation: the metrics of a period, and what people conclude from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from kamctl.facts import Facts
from kamctl.forms.naming import iso
from kamctl.labels import pick, text
from kamctl.layout import path_of
from kamctl.money import grouped, plain
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.reports.metrics import BRIEFS, TABLES, Evaluation, Metric, evaluate, material
from kamctl.reports.periods import Period, quarter_of, read_period
from kamctl.rows.accounts import MemberRow
from kamctl.terms import workspace_terms
from kamctl.workspace import Workspace

if TYPE_CHECKING:
    from kamctl.schema import evaluation as schema
    from kamctl.schema.method.process import Process

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class MetricView:
    """One metric: its name, its value (or why there is none), of what it is made, and the team's value beside it."""

    id: str
    title: str
    value: str
    figures: str
    n: str
    team: str


@dataclass(frozen=True)
class MeasureView:
    """What is to be done: what, who, by when, and when it was done."""

    what: str
    who: str
    due: str
    done: str


@dataclass(frozen=True)
class ConclusionsView:
    """Figures and conclusions of the team or of one person."""

    name: str
    unit: str
    metrics: Sequence[MetricView]
    worked: Sequence[str]
    improve: Sequence[str]
    measures: Sequence[MeasureView]


@dataclass(frozen=True)
class EvaluationView:
    """The evaluation of a period. `basis` says how the figures were counted."""

    id: str
    lang: str
    since: str
    until: str
    as_of: str
    currency: str
    date: str
    by: str
    basis: str
    team: ConclusionsView
    people: Sequence[ConclusionsView]


def evaluation_view(
    workspace: Workspace, period_id: str, lang: str, as_of: date, only: Sequence[str] = ()
) -> EvaluationView:
    """Return the view of the evaluation of a period, `2026-Q2`, or of the quarter of the day. Raises KamctlError.

    Without a file reviews/PERIOD.yaml there is room to write. `only` are the people shown, else all those with
    standards of the ramp, a quota, or conclusions of their own.
    """
    facts = workspace.load(TABLES, briefs=BRIEFS).facts
    first_month = workspace.settings.fiscal_year_start
    period = read_period(period_id, first_month) if period_id else quarter_of(as_of, first_month)
    written = written_evaluation(workspace, period)
    named = set(written.people) if written is not None else set()
    shown = [member for member in facts.members.values() if _shown(member, workspace, only, named)]
    found = evaluation_of(workspace, facts, period, as_of, [(member.name, [member.id]) for member in shown])
    words = MetricWords(workspace, found, as_of, lang)
    conclusions = _Conclusions(facts, words, found)
    return EvaluationView(
        id=period.name,
        lang=lang,
        since=period.start.isoformat(),
        until=period.end.isoformat(),
        as_of=as_of.isoformat(),
        currency=words.currency,
        date=iso(written.date if written is not None else None),
        by=facts.member_name(written.by) if written is not None and written.by else "",
        basis=words.basis(),
        team=conclusions.view(text("metrics-team", lang), "", found.team.metrics, written),
        people=[
            conclusions.view(member.name, member.unit, group.metrics, _of(written, member.id))
            for member, group in zip(shown, found.groups, strict=True)
        ],
    )


def evaluation_of(
    workspace: Workspace, facts: Facts, period: Period, as_of: date, groups: Sequence[tuple[str, Sequence[str]]]
) -> Evaluation:
    """Return the metrics of a period. Raises KamctlError when it has not begun or the method cannot be read."""
    if period.start > as_of:
        raise KamctlError(
            Phrase(
                "{name} begins on {start}: nothing of it is known on {as_of}",
                name=period.name,
                start=period.start,
                as_of=as_of,
            )
        )
    reviews, terms = workspace.methods.reviews, workspace_terms(workspace, as_of)
    rules = reviews.metrics
    if rules is not None and (
        rules.lead_process not in terms.processes or terms.processes[rules.lead_process].stage(rules.lead_stage) is None
    ):
        named = f"{rules.lead_process} {rules.lead_stage}"
        raise KamctlError(
            Phrase('method/reviews.yaml names a stage "{name}" that is not there', name=named),
            Phrase("`kamctl method check`"),
        )
    it = material(facts, period, terms, reviews, workspace.settings.fiscal_year_start)
    return evaluate(it, terms.processes[terms.default_process], reviews.floor, groups)


def written_evaluation(workspace: Workspace, period: Period) -> schema.Evaluation | None:
    """Return what people wrote of a period; None when there is no file. Raises KamctlError when it cannot be read."""
    if not (workspace.root / path_of("evaluation", period.name)).is_file():
        return None
    record: schema.Evaluation = workspace.record("evaluation", period.name)
    return record


def _shown(member: MemberRow, workspace: Workspace, only: Sequence[str], named: set[str]) -> bool:
    if only:
        return member.id in only
    return bool(member.quota) or member.id in named or member.role in workspace.methods.ramp.roles


def _of(written: schema.Evaluation | None, person: str) -> schema.PersonEvaluation | None:
    return written.people.get(person) if written is not None else None


class MetricWords:
    """Writes metrics in one language."""

    def __init__(self, workspace: Workspace, found: Evaluation, as_of: date, lang: str) -> None:
        settings = workspace.settings
        self.process: Process = workspace.methods.process(settings.process)
        self.currency = settings.currency
        self.found, self.as_of, self.lang = found, as_of, lang

    def title(self, metric: Metric) -> str:
        """Return the name of a metric."""
        stage = self.process.stage(metric.stage) if metric.stage else None
        name = f"{metric.stage} {pick(stage.label, self.lang)}" if stage is not None else ""
        return text(f"metric-{metric.id}", self.lang, stage=name)

    def value(self, metric: Metric) -> str:
        """Write the value; where there is none, how many cases there are, or a dash."""
        if metric.value is None:
            return "—" if metric.enough or not metric.n else text("insufficient", self.lang, n=str(metric.n))
        if metric.unit == "amount":
            return f"{grouped(metric.value, self.lang)} {self.currency}"
        if metric.unit == "days":
            return text("metric-days", self.lang, n=plain(metric.value))
        return f"{metric.value.quantize(TENTH, ROUND_HALF_UP)}%"

    def figures(self, metric: Metric) -> str:
        """Write what a value is made of: 12 / 15."""
        if metric.unit == "days":
            return "—"
        return f"{self._figure(metric.numerator)} / {self._figure(metric.denominator)}"

    def basis(self) -> str:
        """Say how the figures were counted."""
        return text("metrics-basis", self.lang, floor=str(self.found.floor), currency=self.currency, as_of=self.as_of)

    def view(self, metric: Metric, team: Metric | None) -> MetricView:
        """Return the view of a metric, with the team's beside it."""
        beside = self.value(team) if team is not None else ""
        return MetricView(
            metric.id, self.title(metric), self.value(metric), self.figures(metric), str(metric.n), beside
        )

    def _figure(self, value: Decimal) -> str:
        return grouped(value, self.lang) if abs(value) >= 1000 else plain(value.quantize(TENTH, ROUND_HALF_UP))


class _Conclusions:
    """Puts figures and conclusions together."""

    def __init__(self, facts: Facts, words: MetricWords, found: Evaluation) -> None:
        self.facts, self.words, self.team = facts, words, found.team.metrics

    def view(self, name: str, unit: str, metrics: Sequence[Metric], written: Any) -> ConclusionsView:
        own = metrics is self.team
        return ConclusionsView(
            name,
            unit,
            [self.words.view(one, None if own else all_) for one, all_ in zip(metrics, self.team, strict=True)],
            list(written.worked) if written is not None else [],
            list(written.improve) if written is not None else [],
            [
                MeasureView(m.what, self.facts.member_name(m.who) if m.who else "", iso(m.due), iso(m.done))
                for m in (written.measures if written is not None else [])
            ],
        )
