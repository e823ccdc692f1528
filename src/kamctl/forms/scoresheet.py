"""The view of a deal's score: the sheet by date and party, verdicts, strategy against each rival, what to ask next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kamctl.forms.naming import Naming, iso
from kamctl.labels import pick
from kamctl.rows.deals import BuyingRoleRow
from kamctl.schema.method.scorecard import Criterion
from kamctl.scoring.questions import NextQuestion, next_questions
from kamctl.scoring.scorecard import MINUS, PLUS, UNKNOWN, US, Score, Standing, Tally
from kamctl.scoring.strategy import Duel, duels

MAX_COLUMNS = 12
"""How many columns of marks fit on a sheet of paper; earlier dates are left out first."""


@dataclass(frozen=True)
class MarkView:
    """One mark: `+`, `-`, `?` or `n/a`, with a word for it. `changed` says that the date before had another one."""

    mark: str
    word: str
    stale: bool
    changed: bool


@dataclass(frozen=True)
class CriterionView:
    """One row of the sheet, numbered from 1.

    `plus` and `minus` are the words for the two ends. `now` holds what stands for each party, `history` for each
    party what stood on each of the sheet's dates. `since` is the day of our own mark; `evidence` and its `source` are
    those of the first party that has any.
    """

    number: int
    label: str
    plus: str
    minus: str
    now: Sequence[MarkView]
    history: Sequence[Sequence[MarkView]]
    since: str
    evidence: str
    source: str
    stale: bool


@dataclass(frozen=True)
class SheetQuestion:
    """One of the questions that group the rows.

    `verdict` is `open`, `at_risk` or `blocked`, and `verdict_label` the word for it. `counts` says how many are plus,
    minus and unknown, and how much is known.
    """

    label: str
    verdict: str
    verdict_label: str
    counts: str
    criteria: Sequence[CriterionView]


@dataclass(frozen=True)
class PartyView:
    """One party of the sheet, by its key in the file: `overall` from -100 to +100 as text, and how much is known."""

    id: str
    name: str
    ours: bool
    rated: bool
    overall: str
    known: str


@dataclass(frozen=True)
class DuelView:
    """We against one rival, by its key: the rows by how we both stand, and the strategy that follows, and why."""

    id: str
    title: str
    leads: Sequence[str]
    gaps: Sequence[str]
    contested: Sequence[str]
    unproven: Sequence[str]
    strategy: str
    advice: str
    because: str


@dataclass(frozen=True)
class AskView:
    """Something to find out: `why` is the word for unknown or stale, `person` who could answer, empty for nobody."""

    criterion: str
    why: str
    need: str
    ask: str
    person: str


@dataclass(frozen=True)
class DateView:
    """A day on which marks were given, and who gave them."""

    date: str
    by: str


@dataclass(frozen=True)
class ScoreView:
    """The whole sheet as of a day.

    `dates` are the latest days of assessment. `warning` says that nothing has been assessed, or which question is
    blocked; `notes` that marks are too old, or dates left out. `changes` is what the last assessment changed, a line a
    party.
    """

    scorecard: str
    parties: Sequence[PartyView]
    dates: Sequence[DateView]
    questions: Sequence[SheetQuestion]
    warning: str
    notes: Sequence[str]
    changes: Sequence[str]
    duels: Sequence[DuelView]
    ask: Sequence[AskView]


@dataclass(frozen=True)
class Judgement:
    """What a score view is made of: the score, names of the parties, who assessed when, the team, and limits.

    `coverage` lists the ids of contact coverage from worst to best.
    """

    score: Score
    rivals: Mapping[str, str]
    assessors: Mapping[date, str]
    team: Sequence[BuyingRoleRow]
    coverage: Sequence[str]
    fresh_for: timedelta


def score_view(judgement: Judgement, naming: Naming) -> ScoreView:
    """Return the view of a score."""
    return _Sheet(judgement, naming).view()


class _Sheet:
    def __init__(self, judgement: Judgement, naming: Naming) -> None:
        self.judgement = judgement
        self.score = judgement.score
        self.naming = naming
        self.names = {US: naming.label("form-us"), **judgement.rivals}
        self.dates = self.score.dates[-max(1, MAX_COLUMNS // len(self.score.parties)) :]

    def view(self) -> ScoreView:
        score, judgement = self.score, self.judgement
        asked = next_questions(score, judgement.team, judgement.coverage)
        return ScoreView(
            scorecard=pick(score.scorecard.name, self.naming.lang),
            parties=[self._party(party) for party in score.parties],
            dates=[DateView(iso(day), judgement.assessors.get(day, "")) for day in self.dates],
            questions=self._questions(),
            warning=self._warning(),
            notes=list(self._notes()),
            changes=self._changes(),
            duels=[self._duel(duel) for duel in duels(score)],
            ask=[self._ask(question) for question in asked],
        )

    def _warning(self) -> str:
        score, label = self.score, self.naming.label
        if not score.dates:
            return label("no-assessment", as_of=iso(score.as_of))
        blocked = next((q for q in score.questions if q.verdict == "blocked"), None)
        return label("blocked-first", question=pick(blocked.question.label, self.naming.lang)) if blocked else ""

    def _notes(self) -> Iterator[str]:
        if self.score.stale():
            yield self.naming.label("stale-legend", days=self.judgement.fresh_for.days)
        if len(self.dates) < len(self.score.dates):
            yield self.naming.label("form-earlier-dates", count=len(self.score.dates) - len(self.dates))
        for party in self.score.parties if self.dates else ():
            for row in self.score.scorecard.criteria():
                claims = self.score.now(party, row.id).disputed
                if claims:
                    yield f"{pick(row.label, self.naming.lang)} ({self.names[party]}) {self._disputed(claims)}"

    def _party(self, party: str) -> PartyView:
        tally = self.score.totals[party]
        overall = f"{tally.overall:+d}" if tally.overall is not None else self.naming.label("nothing-rated")
        return PartyView(party, self.names[party], party == US, tally.overall is not None, overall, self._known(tally))

    def _known(self, tally: Tally) -> str:
        return self.naming.label("score-known", known=tally.rated, applicable=tally.applicable)

    def _questions(self) -> list[SheetQuestion]:
        number = 0
        found = []
        for question in self.score.questions:
            rows = []
            for row in question.question.criteria:
                number += 1
                rows.append(self._row(number, row))
            label = pick(question.question.label, self.naming.lang)
            verdict = self.naming.label(f"verdict-{question.verdict}")
            found.append(SheetQuestion(label, question.verdict, verdict, self._counts(question.tallies[US]), rows))
        return found

    def _counts(self, tally: Tally) -> str:
        counts = self.naming.label("score-counts", plus=tally.plus, minus=tally.minus, unknown=tally.unknown)
        parts = [counts, self._known(tally)]
        if tally.not_applicable:
            parts.insert(1, self.naming.label("score-na", count=tally.not_applicable))
        return self.naming.label("form-comma").join(parts)

    def _row(self, number: int, row: Criterion) -> CriterionView:
        ours = self.score.now(US, row.id)
        standings = [self.score.now(party, row.id) for party in self.score.parties]
        shown = next((standing for standing in standings if standing.evidence), ours)
        return CriterionView(
            number=number,
            label=pick(row.label, self.naming.lang),
            plus=pick(row.plus, self.naming.lang),
            minus=pick(row.minus, self.naming.lang),
            now=[self._mark(row, standing, None) for standing in standings],
            history=[self._history(party, row) for party in self.score.parties],
            since=iso(ours.since),
            evidence=shown.evidence,
            source=self.naming.facts.person_name(shown.source) if shown.source else "",
            stale=ours.stale,
        )

    def _history(self, party: str, row: Criterion) -> list[MarkView]:
        """Return what stood for a party on each date; only the last one can be stale."""
        marks = []
        for day in self.dates:
            position = self.score.dates.index(day)
            before = self.score.columns[self.score.dates[position - 1]][party][row.id] if position else None
            standing = self.score.columns[day][party][row.id]
            view = self._mark(row, standing, before)
            last = day == self.dates[-1]
            marks.append(view if last else MarkView(view.mark, view.word, False, view.changed))
        return marks

    def _mark(self, row: Criterion, standing: Standing, before: Standing | None) -> MarkView:
        ends = {PLUS: pick(row.plus, self.naming.lang), MINUS: pick(row.minus, self.naming.lang)}
        ends[UNKNOWN] = self.naming.label("unknown-short")
        changed = before is not None and before.mark != standing.mark
        return MarkView(standing.mark, ends.get(standing.mark, standing.mark), standing.stale, changed)

    def _changes(self) -> list[str]:
        by_party: dict[str, list[str]] = {}
        for change in self.score.changes:
            words = f"{self._criterion(change.criterion)} {change.before}\u00a0\u2192\u00a0{change.after}"
            by_party.setdefault(change.party, []).append(words)
        comma = self.naming.label("form-comma")
        return [f"{self.names[party]}: {comma.join(changes)}" for party, changes in by_party.items()]

    def _criterion(self, name: str) -> str:
        return self.naming.choice(self.score.scorecard.criteria(), name)

    def _duel(self, duel: Duel) -> DuelView:
        strategy, lang = duel.strategy, self.naming.lang
        needed = self.score.scorecard.min_compared
        unknown = self.naming.label("strategy-none", compared=duel.compared, needed=needed)
        return DuelView(
            id=duel.rival,
            title=self.naming.label("against", rival=self.names[duel.rival]),
            leads=[self._criterion(row) for row in duel.leads],
            gaps=[self._criterion(row) for row in duel.gaps],
            contested=[self._criterion(row) for row in duel.contested],
            unproven=[self._criterion(row) for row in duel.unproven],
            strategy=pick(strategy.label, lang) if strategy else unknown,
            advice=pick(strategy.advice, lang) if strategy else "",
            because=pick(strategy.rule, lang) if strategy else "",
        )

    def _why(self, question: NextQuestion) -> str:
        if question.disputed:
            return self._disputed(question.disputed)
        return self.naming.label("stale-short" if question.stale else "unknown-short")

    def _disputed(self, claims: Sequence[tuple[str, str, str, str]]) -> str:
        """Return what each of the people says who disagree, with evidence and source."""
        said = []
        for by, mark, evidence, source in claims:
            about = [evidence, self.naming.facts.person_name(source) if source else ""]
            shown = self.naming.label("form-comma").join(filter(None, about))
            words = (self.naming.member(by) if by else "?", mark, f"({shown})" if shown else "")
            said.append(" ".join(filter(None, words)))
        return self.naming.label("disputed-short", claims=self.naming.label("form-comma").join(said))

    def _ask(self, question: NextQuestion) -> AskView:
        row, lang = question.criterion, self.naming.lang
        return AskView(
            criterion=pick(row.label, lang),
            why=self._why(question),
            need=pick(row.probe.need, lang),
            ask=pick(row.probe.ask[0], lang) if row.probe.ask else "",
            person=self.naming.facts.person_name(question.person) if question.person else "",
        )
