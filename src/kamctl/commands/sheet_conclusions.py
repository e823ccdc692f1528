"""Workbooks of an evaluation, a row a conclusion, with the figures of the period beside."""

from __future__ import annotations

from collections.abc import Sequence

from kamctl.commands.preparing import document_of
from kamctl.commands.selling import owner_keys, terms_of
from kamctl.commands.session import Session
from kamctl.commands.sheets import Fill, Returned, Wish
from kamctl.edit import EditRefused
from kamctl.exchange.book import Line, Page
from kamctl.exchange.conclusions import TEAM, ConclusionRules, as_rewritten, conclusions, edited
from kamctl.exchange.merge import NEW, Now, Outcome, Refusal, Rules, rejected
from kamctl.exchange.typed import Reason
from kamctl.forms.evaluation import EvaluationView, evaluation_view, written_evaluation
from kamctl.labels import text
from kamctl.layout import path_of
from kamctl.reports.metrics import BRIEFS, TABLES
from kamctl.reports.periods import quarter_of, read_period
from kamctl.saving import Draft

FIGURES = ("col-person", "form-metric", "form-metric-value", "form-figures", "form-metric-team")
"""The headings of the page of figures."""


class ConclusionSheets:
    """The form `evaluation`."""

    tables = TABLES
    takes = ("--owner", "--period")

    def fill(self, run: Session, wish: Wish) -> Fill:
        """Return a row a conclusion of the period, of the people asked for or of all, and a page of figures."""
        first_month = run.workspace.settings.fiscal_year_start
        period = read_period(wish.period, first_month) if wish.period else quarter_of(run.as_of, first_month)
        loaded = run.workspace.load(self.tables, briefs=BRIEFS)
        run.tell_unread(loaded)
        owners = owner_keys(loaded.facts, wish.owners)
        view = evaluation_view(run.workspace, period.name, run.lang, run.as_of, owners)
        there = conclusions(written_evaluation(run.workspace, period))
        lines = [Line(key, one.values) for key, one in there.items() if not owners or one.person in (TEAM, *owners)]
        return Fill(loaded.facts, terms_of(run), lines, period.name, pages=[_figures(view, run.lang)])

    def compare(self, back: Returned, prefer: str) -> tuple[Now, Rules]:
        """Return the conclusions that stand now."""
        written = written_evaluation(back.run.workspace, read_period(back.sheet.marks.subject))
        there = as_rewritten(conclusions(written), back.sheet.rows)
        now = Now({key: one.values for key, one in there.items()}, back.words, {}, prefer)
        return now, ConclusionRules(back.sheet.form, now)

    def maker(self, back: Returned, outcomes: Sequence[Outcome]) -> _Maker:
        """Return what makes the text of the evaluation."""
        return _Maker(back, outcomes)


def _figures(view: EvaluationView, lang: str) -> Page:
    """Return the page of figures: every metric of the team and of each person, the team's beside it."""
    heads = [*(text(key, lang) for key in FIGURES), "n"]
    rows = [
        (group.name, metric.title, metric.value, metric.figures, metric.team, metric.n)
        for group in (view.team, *view.people)
        for metric in group.metrics
    ]
    return Page(text("sheet-figures", lang), heads, rows, (14, 30, 24, 30, 24, 8), note=view.basis)


class _Maker:
    """Makes the text of an evaluation, once for all its rows."""

    def __init__(self, back: Returned, outcomes: Sequence[Outcome]) -> None:
        self.back = back
        self.made: dict[int, list[Draft]] = {}
        self.rows = [outcome for outcome in outcomes if outcome.changes or outcome.kind == NEW]
        self.period = read_period(back.sheet.marks.subject)

    def make(self, outcome: Outcome) -> Outcome:
        """Put all changed and new conclusions into the file of the period."""
        workspace, path = self.back.run.workspace, path_of("evaluation", self.period.name)
        written = written_evaluation(workspace, self.period)
        document = document_of(self.back.run, "evaluation", self.period.name) if written is not None else None
        try:
            there = as_rewritten(conclusions(written), self.back.sheet.rows)
            result = edited(document.text if document is not None else "", self.rows, there)
        except EditRefused as error:
            return rejected(outcome, [Refusal("words", outcome.place, Reason("sheet-edit", {"why": str(error)}))])
        draft = Draft(path, document.raw if document is not None else None, result)
        self.made |= {row.row: [draft] for row in self.rows}
        return outcome
