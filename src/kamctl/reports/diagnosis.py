"""The diagnosis: each diagnosing question of the reviews with its figures, a verdict, and the deals behind it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from kamctl.reports.concentration import concentration
from kamctl.reports.funnel import HUNDRED, Funnel, StageLine, per_order, rate
from kamctl.reports.journey import NOWHERE, Journey, chain
from kamctl.reports.periods import Period, add_months
from kamctl.reports.pipeline import Terms
from kamctl.reports.quota import Standing
from kamctl.rows.accounts import AccountRow
from kamctl.rows.deals import MoveRow
from kamctl.schema.method.process import Process, Stage
from kamctl.schema.method.reviews import DiagnosingQuestion, Judgement, Reviews

Verdict = Literal["fine", "watch", "alarm", "open", ""]
"""What is to be said to a question: `open` when it cannot be answered yet, nothing when it asks for no judgement."""

Unit = Literal["deals", "amount", "percent", "points", "ratio", "number", "accounts", "times"]

ORDER: tuple[Judgement, ...] = ("fine", "watch", "alarm")
MANY = 5
"""How many industries, reasons or stages a question names at most."""


class Figure(NamedTuple):
    """One figure of an answer: what it is, its value (None when it cannot be said), its unit, and over how many.

    `about` names the stage, reason, industry or period that it is about, where there are several of its kind. `verdict`
    is set where a limit judges it. `of` is how many cases the figure is made of.
    """

    key: str
    value: Decimal | int | None
    unit: Unit
    of: int | None = None
    about: str = ""
    verdict: Judgement | None = None


class Answer(NamedTuple):
    """The answer to one question, and the ids of the deals or accounts behind it."""

    question: str
    verdict: Verdict
    figures: tuple[Figure, ...]
    behind: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """What a diagnosis looks at: deals with their ways, their funnel, accounts, targets and moved dates.

    `targets` are the standings against the quotas of the quarter and the year that the day lies in. `moves` is None
    when the history of the files is not known.
    """

    ways: Sequence[Journey]
    funnel: Funnel
    process: Process
    accounts: Sequence[AccountRow]
    targets: Sequence[Standing]
    quarter: Period
    moves: Sequence[MoveRow] | None
    reviews: Reviews
    terms: Terms

    def open_ways(self) -> list[Journey]:
        """Return the ways of open deals."""
        return [way for way in self.ways if way.open]


def diagnose(case: Case) -> list[Answer]:
    """Return the answer to every question of the method, in its order."""
    return [_judged(question, ANSWERS[question.id](case, question)) for question in case.reviews.questions]


def _judged(question: DiagnosingQuestion, answer: Answer) -> Answer:
    """Return an answer with the worst verdict of its figures; it is fine only when all that is judged could be said."""
    if not question.limits:
        return answer
    verdicts = [figure.verdict for figure in answer.figures if figure.verdict is not None]
    unsaid = any(question.limit(figure.key) and figure.value is None for figure in answer.figures)
    worst = max(verdicts, key=ORDER.index, default=None)
    return answer._replace(verdict="open" if worst is None or (worst == "fine" and unsaid) else worst)


def _figure(
    question: DiagnosingQuestion,
    key: str,
    value: Decimal | int | None,
    unit: Unit,
    of: int | None = None,
    about: str = "",
) -> Figure:
    """Return a figure, judged where the question has a limit for it."""
    limit = question.limit(key)
    verdict = limit.judge(value) if limit is not None and value is not None else None
    return Figure(key, value, unit, of, about, verdict)


def _stages(case: Case, question: DiagnosingQuestion) -> Answer:
    lines = [line for line in case.funnel.lines if line.outcome == "open"]
    figures = [Figure("standing", line.deals, "deals", about=line.stage) for line in lines]
    figures += [Figure("standing_amount", line.amount, "amount", line.with_amount, line.stage) for line in lines]
    return Answer(question.id, "", tuple(figures))


def _strength(case: Case, question: DiagnosingQuestion) -> Answer:
    figures = [figure for against in case.targets for figure in _coverage(case, question, against)]
    keys = list(dict.fromkeys(figure.key for figure in figures))
    return Answer(question.id, "", tuple(sorted(figures, key=lambda figure: keys.index(figure.key))))


def _coverage(case: Case, question: DiagnosingQuestion, against: Standing) -> Iterator[Figure]:
    period, remaining = against.target.period, against.remaining
    yield Figure("quota", against.target.amount, "amount", against.target.people, period.name)
    if remaining is None:
        return
    yield Figure("won", against.won, "amount", against.won_amounts, period.name)
    due = [way.row for way in case.open_ways() if due_by(way, period, case.terms)]
    priced = [row.amount for row in due if row.amount is not None]
    staged = [row.amount * row.stage_probability for row in due if row.amount is not None and row.stage_probability]
    total, weighted = sum(priced, Decimal(0)), sum(staged, Decimal(0)) / 100
    yield Figure("due", total, "amount", len(priced), period.name)
    yield Figure("due_weighted", weighted, "amount", len(staged), period.name)
    if remaining:
        share = HUNDRED / remaining
        yield _figure(question, "coverage", total * share, "percent", len(priced), period.name)
        yield _figure(question, "weighted_coverage", weighted * share, "percent", len(staged), period.name)
    else:
        yield Figure("attained", HUNDRED, "percent", against.target.people, period.name, "fine")


def due_by(way: Journey, period: Period, terms: Terms) -> bool:
    """Whether a deal is to be signed in what is left of a period; what is overdue is still to be signed."""
    day = way.row.close_date
    return day is not None and (period.start <= max(day, terms.as_of) <= period.end)


def _conversion(case: Case, question: DiagnosingQuestion) -> Answer:
    lines = [line for line in case.funnel.lines if line.target is not None and line.outcome == "open"]
    converted = [Figure("converted", line.conversion, "percent", line.reached, line.stage) for line in lines]
    gaps = [_gap(question, line) for line in lines]
    short = {gap.about for gap in gaps if gap.verdict in ("watch", "alarm")}
    codes = [stage.code for stage in chain(case.process)]
    lost = [way for way in case.ways if way.row.outcome == "lost" and way.reached != NOWHERE]
    return Answer(question.id, "", (*converted, *gaps), tuple(w.row.id for w in lost if codes[w.reached] in short))


def _gap(question: DiagnosingQuestion, line: StageLine) -> Figure:
    """Return the gap of a stage; it is only watched while those that still stand there may close it."""
    figure = _figure(question, "conversion_gap", line.gap, "points", line.reached, line.stage)
    if figure.verdict == "alarm" and line.target is not None:
        best = _figure(
            question, "conversion_gap", HUNDRED * (line.passed + line.standing) / line.reached - line.target, "points"
        )
        return figure._replace(verdict="watch") if best.verdict == "fine" else figure
    return figure


def _reserve(case: Case, question: DiagnosingQuestion) -> Answer:
    """Compare the open deals of the first phase with those further on, as the figures of the method relate them."""
    stages = [stage for stage in chain(case.process) if stage.outcome == "open"]
    phase = stages[0].phase if stages else ""
    early = [way.row for way in case.open_ways() if way.place != NOWHERE and stages[way.place].phase == phase]
    later = sum(way.place != NOWHERE for way in case.open_ways()) - len(early)
    amounts = [row.amount for row in early if row.amount is not None]
    figures = [
        Figure("reserve_deals", len(early), "deals"),
        Figure("reserve_amount", sum(amounts, Decimal(0)), "amount", len(amounts)),
        Figure("further_on", later, "deals"),
    ]
    usual = _usual_reserve(case.process, stages, phase)
    if usual is not None and later:
        figures.append(Figure("reserve_needed", usual * later, "number"))
        share = HUNDRED * len(early) / (usual * later)
        figures.append(_figure(question, "reserve", share, "percent", len(early) + later))
    return Answer(question.id, "", tuple(figures), tuple(row.id for row in early))


def _usual_reserve(process: Process, stages: Sequence[Stage], phase: str) -> Decimal | None:
    """Return how many deals of the first phase the method wants for each open one further on."""
    needed = [(stage.phase == phase, per_order(process, stage)) for stage in stages]
    early = sum((n for first, n in needed if first and n is not None), Decimal(0))
    rest = sum((n for first, n in needed if not first and n is not None), Decimal(0))
    return early / rest if rest and all(n is not None for _, n in needed) else None


def _losses(case: Case, question: DiagnosingQuestion) -> Answer:
    since = add_months(case.terms.as_of, -case.reviews.loss_months)
    lost = [way for way in case.ways if way.lost_on is not None and way.lost_on > since]
    won = [way for way in case.ways if way.won_on is not None and way.won_on > since]
    decided = len(lost) + len(won)
    amounts = [way.row.amount for way in lost if way.row.amount is not None]
    figures = [
        Figure("lost", len(lost), "deals", decided),
        Figure("lost_amount", sum(amounts, Decimal(0)), "amount", len(amounts)),
        _figure(question, "loss_rate", rate(len(lost), decided, case.funnel.floor), "percent", decided),
    ]
    reasons = Counter(way.lost_reason for way in lost)
    common = sorted(reasons.items(), key=lambda pair: (not pair[0], -pair[1], pair[0]))
    figures += [Figure("lost_for", count, "deals", len(lost), reason) for reason, count in common[:MANY]]
    behind = sorted(lost, key=lambda way: (-reasons[way.lost_reason], -(way.row.amount or 0), way.row.id))
    return Answer(question.id, "", tuple(figures), tuple(way.row.id for way in behind))


def _concentration(case: Case, question: DiagnosingQuestion) -> Answer:
    """Look at all open amounts, and at what is due this quarter, weighted by stage; the latter is what is judged."""
    rows = [way.row for way in case.open_ways()]
    everything = concentration(((row.id, row.amount) for row in rows if row.amount is not None), case.reviews.top)
    soon = [way.row for way in case.open_ways() if due_by(way, case.quarter, case.terms)]
    weighted = (
        (row.id, row.amount * row.stage_probability / 100)
        for row in soon
        if row.amount is not None and row.stage_probability is not None
    )
    near = concentration(weighted, case.reviews.top)
    figures = [
        Figure("largest_share_all", everything.largest_share, "percent", everything.n),
        Figure("top_share_all", everything.top_share, "percent", everything.n),
        Figure("herfindahl_all", everything.herfindahl, "ratio", everything.n),
        Figure("effective_deals_all", everything.effective, "number", everything.n),
        Figure("near_amount", near.total, "amount", near.n, case.quarter.name),
        _figure(question, "largest_share", near.largest_share, "percent", near.n, case.quarter.name),
        _figure(question, "top_share", near.top_share, "percent", near.n, case.quarter.name),
        Figure("herfindahl", near.herfindahl, "ratio", near.n, case.quarter.name),
        _figure(question, "effective_deals", near.effective, "number", near.n, case.quarter.name),
    ]
    return Answer(question.id, "", tuple(figures), near.largest or everything.largest)


def _large(case: Case, question: DiagnosingQuestion) -> Answer:
    priced = [(way.row.amount, way.row.id) for way in case.open_ways() if way.row.amount is not None]
    large = sorted(((amount, name) for amount, name in priced if amount >= case.reviews.large_amount), reverse=True)
    figures = (
        Figure("large_from", case.reviews.large_amount, "amount"),
        _figure(question, "large_deals", len(large), "deals", len(priced)),
        Figure("large_amount", sum((amount for amount, _ in large), Decimal(0)), "amount", len(large)),
    )
    return Answer(question.id, "", figures, tuple(name for _, name in large))


def _market(case: Case, question: DiagnosingQuestion) -> Answer:
    entered = {way.row.account for way in case.ways}
    there = [account for account in case.accounts if account.id in entered]
    count = len(case.accounts)
    figures = [
        _figure(question, "accounts", count, "accounts"),
        Figure("entered", len(there), "accounts", count),
        _figure(question, "entered_share", rate(len(there), count, 1), "percent", count),
    ]
    by_vertical: Mapping[str, list[AccountRow]] = defaultdict(list)
    for account in case.accounts:
        by_vertical[account.vertical].append(account)
    empty = [
        (len(accounts), vertical)
        for vertical, accounts in by_vertical.items()
        if vertical and not any(account.id in entered for account in accounts)
    ]
    empty.sort(key=lambda pair: (-pair[0], pair[1]))
    figures += [Figure("not_entered", size, "accounts", count, vertical) for size, vertical in empty[:MANY]]
    return Answer(question.id, "", tuple(figures), tuple(a.id for a in case.accounts if a.id not in entered))


def _stale(case: Case, question: DiagnosingQuestion) -> Answer:
    rows = [way.row for way in case.open_ways()]
    stale = sorted((row for row in rows if row.stale), key=lambda row: (-(row.amount or 0), row.id))
    amounts = [row.amount for row in stale if row.amount is not None]
    figures = (
        Figure("stale", len(stale), "deals", len(rows)),
        Figure("stale_amount", sum(amounts, Decimal(0)), "amount", len(amounts)),
        _figure(question, "stale_share", rate(len(stale), len(rows), 1), "percent", len(rows)),
    )
    return Answer(question.id, "", figures, tuple(row.id for row in stale))


def _pushed(case: Case, question: DiagnosingQuestion) -> Answer:
    rows = [way.row for way in case.open_ways()]
    overdue = [row for row in rows if row.close_date is not None and row.close_date < case.terms.as_of]
    dated = sum(row.close_date is not None for row in rows)
    figures = [
        Figure("overdue", len(overdue), "deals", dated),
        _figure(question, "overdue_share", rate(len(overdue), dated, 1), "percent", dated),
    ]
    times: Counter[str] = Counter()
    if case.moves is not None:
        since = add_months(case.terms.as_of, -case.reviews.push_months)
        open_ids = {row.id for row in rows}
        moved = [m for m in case.moves if is_push(m) and since < m.date <= case.terms.as_of]
        times.update(move.opportunity for move in moved if move.opportunity in open_ids)
        amounts = [row.amount for row in rows if row.id in times and row.amount is not None]
        figures += [
            Figure("pushed", len(times), "deals", dated),
            Figure("pushes", times.total(), "times"),
            Figure("pushed_amount", sum(amounts, Decimal(0)), "amount", len(amounts)),
            _figure(question, "pushed_share", rate(len(times), dated, 1), "percent", dated),
        ]
    else:
        figures.append(Figure("pushed_share", None, "percent"))
    behind = [name for name, _ in sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))]
    behind += sorted(row.id for row in overdue if row.id not in times)
    return Answer(question.id, "", tuple(figures), tuple(behind))


def is_push(move: MoveRow) -> bool:
    """Whether a close date was moved to a later month."""
    before, after = move.before, move.after
    return before is not None and after is not None and (after.year, after.month) > (before.year, before.month)


ANSWERS: dict[str, Callable[[Case, DiagnosingQuestion], Answer]] = {
    "stages": _stages,
    "strength": _strength,
    "conversion": _conversion,
    "reserve": _reserve,
    "losses": _losses,
    "concentration": _concentration,
    "large": _large,
    "market": _market,
    "stale": _stale,
    "pushed": _pushed,
}
"""How each question of the method is answered."""
