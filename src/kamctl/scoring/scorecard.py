"""The scorecard: marks by date and party, counts, net, what is known, and a verdict a question.

Pure arithmetic over mark rows and a scorecard of the method. A mark stands until a later assessment changes it.
A missing mark is unknown, and unknown is never counted as a minus.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from kamctl.rows.deals import MarkRow
from kamctl.schema.method.scorecard import Criterion, Question, Scorecard

US = "us"
PLUS, MINUS, UNKNOWN, NOT_APPLICABLE = "+", "-", "?", "n/a"


class Standing(NamedTuple):
    """One party's mark on one criterion as of a day: since when it stands, on what evidence, and if it is stale.

    `disputed` are the claims of people who disagree: by whom, mark, evidence.
    """

    mark: str
    since: date | None = None
    evidence: str = ""
    source: str = ""
    stale: bool = False
    disputed: tuple[tuple[str, str, str, str], ...] = ()


class Tally(NamedTuple):
    """Counts over some criteria for one party.

    `net` is (plus - minus) / rated, from -1 to 1, None when nothing is rated. `known` is rated / (rated +
    unknown), from 0 to 1, None when nothing applies. For the whole sheet `weighted_net` is the same net with
    each criterion's weight.
    """

    plus: int
    minus: int
    unknown: int
    not_applicable: int
    weighted_net: Decimal | None

    @property
    def rated(self) -> int:
        """How many are marked plus or minus."""
        return self.plus + self.minus

    @property
    def applicable(self) -> int:
        """How many apply to this deal."""
        return self.rated + self.unknown

    @property
    def net(self) -> Decimal | None:
        """(plus - minus) / rated."""
        return Decimal(self.plus - self.minus) / self.rated if self.rated else None

    @property
    def known(self) -> Decimal | None:
        """1 - unknown / applicable."""
        return Decimal(self.rated) / self.applicable if self.applicable else None

    @property
    def overall(self) -> int | None:
        """The weighted net from -100 to +100, rounded to a whole number; None when nothing is rated."""
        if self.weighted_net is None:
            return None
        return int((self.weighted_net * 100).quantize(Decimal(1), ROUND_HALF_UP))


class Change(NamedTuple):
    """A mark that differs between the last two assessment dates."""

    date: date
    criterion: str
    party: str
    before: str
    after: str


class QuestionScore(NamedTuple):
    """One question of the sheet: its tally for each party, and the verdict on us."""

    question: Question
    tallies: dict[str, Tally]
    verdict: str


class Score(NamedTuple):
    """A scorecard as of a day.

    `columns` holds for each assessment date the standing of every party on every criterion: date -> party ->
    criterion id -> Standing. The last column is what stands now. `parties` starts with us.
    """

    scorecard: Scorecard
    as_of: date
    parties: list[str]
    dates: list[date]
    columns: dict[date, dict[str, dict[str, Standing]]]
    questions: list[QuestionScore]
    totals: dict[str, Tally]
    changes: list[Change]

    def now(self, party: str, criterion: str) -> Standing:
        """Return what stands for a party on a criterion as of the day."""
        if not self.dates:
            return Standing(UNKNOWN)
        return self.columns[self.dates[-1]][party][criterion]

    def stale(self) -> list[str]:
        """Return the ids of the criteria whose mark for us is older than it may be."""
        return [row.id for row in self.scorecard.criteria() if self.now(US, row.id).stale]


def score(
    scorecard: Scorecard, marks: Iterable[MarkRow], rivals: Sequence[str], as_of: date, fresh_for: timedelta
) -> Score:
    """Score one deal from its marks on or before a day. Marks of criteria that are not on the sheet are left out."""
    known = {row.id for row in scorecard.criteria()}
    rows = sorted((m for m in marks if m.date <= as_of and m.criterion in known), key=lambda m: m.date)
    parties = [US, *rivals]
    columns = _columns(scorecard, rows, parties, as_of - fresh_for)
    dates = list(columns)
    now = columns[dates[-1]] if dates else {party: {} for party in parties}
    questions = []
    for question in scorecard.questions:
        tallies = {party: tally(question.criteria, now[party]) for party in parties}
        questions.append(QuestionScore(question, tallies, verdict(scorecard, tallies[US])))
    totals = {party: tally(scorecard.criteria(), now[party]) for party in parties}
    return Score(scorecard, as_of, parties, dates, columns, questions, totals, _changes(columns))


def tally(criteria: Sequence[Criterion], standings: dict[str, Standing]) -> Tally:
    """Count the marks of one party over some criteria."""
    return _tally(criteria, {row: standing.mark for row, standing in standings.items()})


def _tally(criteria: Sequence[Criterion], marks: Mapping[str, str]) -> Tally:
    counts = {PLUS: 0, MINUS: 0, UNKNOWN: 0, NOT_APPLICABLE: 0}
    gained = weight = Decimal(0)
    for row in criteria:
        mark = marks.get(row.id, UNKNOWN)
        counts[mark] += 1
        if mark in (PLUS, MINUS):
            gained += row.weight if mark == PLUS else -row.weight
            weight += row.weight
    net = gained / weight if weight else None
    return Tally(counts[PLUS], counts[MINUS], counts[UNKNOWN], counts[NOT_APPLICABLE], net)


def verdict(scorecard: Scorecard, counts: Tally) -> str:
    """Return `open`, `at_risk` or `blocked` by the limits of the scorecard."""
    limits = scorecard.verdicts
    if counts.minus >= limits.blocked_minus or counts.minus > counts.plus:
        return "blocked"
    if counts.minus <= limits.open_minus and counts.unknown <= limits.open_unknown:
        return "open"
    return "at_risk"


def overall(scorecard: Scorecard, assessed: Iterable[tuple[date, str]], as_of: date) -> Tally:
    """Return our tally over the whole sheet from a deal's compact marks, without columns: what a listing needs."""
    marks: dict[str, str] = {}
    for _, words in sorted((pair for pair in assessed if pair[0] <= as_of), key=lambda pair: pair[0]):
        for word in words.split():
            mark = NOT_APPLICABLE if word.endswith(NOT_APPLICABLE) else word[-1]
            marks[word[: -len(mark)]] = mark
    return _tally(scorecard.criteria(), marks)


def _columns(
    scorecard: Scorecard, rows: Sequence[MarkRow], parties: Sequence[str], stale_before: date
) -> dict[date, dict[str, dict[str, Standing]]]:
    unknown = Standing(UNKNOWN)
    current = {party: {row.id: unknown for row in scorecard.criteria()} for party in parties}
    columns: dict[date, dict[str, dict[str, Standing]]] = {}
    for row in rows:
        if row.party in current:
            stale = row.date < stale_before and row.mark in (PLUS, MINUS)
            current[row.party][row.criterion] = Standing(
                row.mark, row.date, row.evidence, row.source, stale, row.disputed
            )
        columns[row.date] = {party: dict(marks) for party, marks in current.items()}
    return columns


def _changes(columns: dict[date, dict[str, dict[str, Standing]]]) -> list[Change]:
    """Return the marks that the last assessment changed."""
    dates = list(columns)
    if len(dates) < 2:
        return []
    before, after = columns[dates[-2]], columns[dates[-1]]
    return [
        Change(dates[-1], criterion, party, before[party][criterion].mark, standing.mark)
        for party, standings in after.items()
        for criterion, standing in standings.items()
        if standing.mark != before[party][criterion].mark
    ]
