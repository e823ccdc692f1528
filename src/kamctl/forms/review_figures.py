"""Sections of a review that tell figures: results, waterfall, funnel, diagnosis, forecast, key accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from kamctl.forms.figures import deciding, verdict
from kamctl.forms.gathered import Column, Gathered, Grid, day, grid, percent
from kamctl.forms.pictures import Bar, Bars, Funnel, FunnelStep
from kamctl.forms.review_section import Content
from kamctl.labels import pick
from kamctl.reports.contradictions import contradictions
from kamctl.reports.fallout import Fallen
from kamctl.reports.forecast import Coverage, Sorting, added
from kamctl.reports.funnel import StageLine
from kamctl.reports.journey import Journey
from kamctl.reports.quota import Standing
from kamctl.reports.waterfall import Step
from kamctl.rows.accounts import AccountRow

HUNDRED = Decimal(100)
ZERO = Decimal(0)


def results(g: Gathered) -> Content:
    """Tell what was won and lost in the period, and how it stands against the quotas."""
    past = g.span.past
    won = [way for way in g.ended.ways if past.holds(way.won_on)]
    lost = [way for way in g.ended.ways if past.holds(way.lost_on)]
    reasons = Counter(way.lost_reason for way in lost)
    told = g.comma(f"{g.reason(name) or g.label('not-known')} {n}" for name, n in reasons.most_common())
    lines = [
        g.label("review-won", count=len(won), **_sum(g, won)),
        g.label("review-lost", count=len(lost), **_sum(g, lost))
        + (f" {g.label('diagnosis-lost_for')}{g.label('colon')}{told}" if told else ""),
        g.label("review-win-rate", rate=g.rate(len(won), len(won) + len(lost))),
    ]
    notes = [g.label("review-as-of", as_of=g.span.until, currency=g.currency)]
    without = [name for one in g.ended.standings for name in one.target.unconverted]
    if without:
        notes.append(g.label("review-quota-unconverted", currency=g.currency, names=g.comma(dict.fromkeys(without))))
    return Content(tuple(lines), (_standings(g, g.ended.standings),), notes=tuple(notes))


def _sum(g: Gathered, ways: Sequence[Journey]) -> dict[str, str]:
    amounts = [way.row.amount for way in ways if way.row.amount is not None]
    return {"amount": g.sum(sum(amounts, ZERO)), "n": str(len(amounts))}


def _standings(g: Gathered, standings: Sequence[Standing]) -> Grid:
    columns = [
        Column("period", g.label("col-period")),
        Column("quota", g.label("col-quota", currency=g.currency), g.money, right=True),
        Column("people", g.label("col-people"), right=True),
        Column("won", g.label("col-won"), g.money, right=True),
        Column("won_n", g.label("col-deals"), right=True),
        Column("attained", g.label("col-attained"), percent, right=True),
        Column("remaining", g.label("col-remaining"), g.money, right=True),
    ]
    rows = []
    for one in standings:
        quota = one.target.amount
        attained = HUNDRED * one.won / quota if quota else None
        people = f"{one.target.people}/{one.target.of}"
        rows.append([one.target.period.name, quota, people, one.won, one.won_n, attained, one.remaining])
    return grid(columns, rows)


def waterfall(g: Gathered) -> Content:
    """Tell how the open pipeline changed from the day before the period to its last, step by step, to the cent."""
    found = g.ended.waterfall
    steps = [found.start, *(step for step in found.steps if step.deals), found.end]
    columns = [
        Column("step", g.label("col-step"), lambda name: _step(g, name)),
        Column("deals", g.label("col-deals"), right=True),
        Column("amount", g.label("col-amount", currency=g.currency), g.money, right=True),
        Column("n", "n", right=True),
    ]
    rows = [[x.name, x.deals, x.amount if x.priced or not x.deals else None, x.priced] for x in steps]
    behind = [
        Column("step", g.label("col-step"), lambda name: _step(g, name)),
        Column("project", g.label("col-project"), g.deal),
        Column("amount", g.label("col-amount", currency=g.currency), g.money, right=True),
    ]
    parts = [[part.step, part.deal, part.amount] for step in found.steps for part in step.parts]
    grids = [grid(columns, rows)]
    if parts:
        grids.append(grid(behind, parts, g.label("review-behind")))
    return Content(grids=tuple(grids), bars=_waterfall_bars(g, steps), notes=tuple(_waterfall_notes(g)))


def _step(g: Gathered, name: str) -> str:
    dates = {"start": g.span.before, "end": g.span.until}
    words = g.label(f"waterfall-{name}")
    return f"{words} {dates[name]}" if name in dates else words


def _waterfall_notes(g: Gathered) -> list[str]:
    notes = [g.label("review-waterfall-basis", as_of=g.span.until, currency=g.currency)]
    if not g.ended.start_known:
        notes.append(g.label("review-no-history", day=g.span.before))
    elif not g.ended.end_known:
        notes.append(g.label("review-no-history", day=g.span.until))
    if g.ended.unconverted:
        notes.append(g.label("unconverted", currency=g.currency, ids=g.comma(g.ended.unconverted)))
    return notes


def _waterfall_bars(g: Gathered, steps: Sequence[Step]) -> Bars:
    at, rows = ZERO, []
    for step in steps:
        label = _step(g, step.name)
        if step.name in ("start", "end"):
            rows.append(Bar(label, 0.0, float(step.amount), g.money(step.amount), "="))
            at = step.amount
        else:
            text = f"{'+' if step.amount >= 0 else '−'}{g.money(abs(step.amount))}" if step.priced else ""
            rows.append(Bar(label, float(at), float(at + step.amount), text, "+" if step.amount >= 0 else "-"))
            at += step.amount
    note = g.label("review-picture", as_of=g.span.until, currency=g.currency, n=str(steps[-1].priced))
    return Bars(g.label("waterfall-title"), g.workspace, tuple(rows), note)


def funnel(g: Gathered) -> Content:
    """Tell what stands at every stage, and how many of those that reached it came further."""
    lines = g.present.funnel.lines
    columns = [
        Column("stage", g.label("col-stage"), lambda code: _stage(g, code)),
        Column("deals", g.label("col-deals"), right=True),
        Column("amount", g.label("col-amount", currency=g.currency), g.money, right=True),
        Column("with_amount", "n", right=True),
        Column("reached", g.label("col-reached"), right=True),
        Column(
            "conversion",
            g.label("col-conversion"),
            lambda share: share if isinstance(share, str) else percent(share),
            right=True,
        ),
        Column("target", g.label("col-target"), percent, right=True),
        Column(
            "gap",
            g.label("col-gap"),
            lambda gap: "" if gap is None else f"{gap.quantize(Decimal('0.1')):+}",
            right=True,
        ),
    ]
    rows = [[x.stage, x.deals, x.amount, x.with_amount, x.reached, _conversion(g, x), x.target, x.gap] for x in lines]
    notes = [
        g.label("review-funnel-basis", as_of=g.span.as_of, count=g.present.funnel.total.deals, currency=g.currency)
    ]
    if g.present.funnel.unconverted:
        notes.append(g.label("unconverted", currency=g.currency, ids=g.comma(g.present.funnel.unconverted)))
    return Content(grids=(grid(columns, rows),), funnel=_funnel_picture(g, lines), notes=tuple(notes))


def _stage(g: Gathered, code: str) -> str:
    return g.stage(g.present.terms.default_process, code) if code else g.label("no-stage")


def _conversion(g: Gathered, line: StageLine) -> Any:
    """Return the conversion, or why there is none; nothing at the last stage and for the lost."""
    if line.conversion is not None or line.outcome == "lost" or not line.stage:
        return line.conversion
    if line is g.present.funnel.lines[-1] or line.target is None:
        return None
    return g.label("insufficient", n=str(line.reached))


def _funnel_picture(g: Gathered, lines: Sequence[StageLine]) -> Funnel:
    steps, before = [], ""
    for line in lines:
        if line.outcome == "lost" or not line.stage:
            continue
        amount = g.money(line.amount) if line.with_amount else ""
        steps.append(FunnelStep(_stage(g, line.stage), line.deals, amount, before))
        before = percent(line.conversion)
    note = g.label("review-picture", as_of=g.span.as_of, currency=g.currency, n=str(g.present.funnel.total.deals))
    return Funnel(g.label("form-picture-funnel"), g.workspace, tuple(steps), note)


def diagnosis(g: Gathered) -> Content:
    """Tell the verdict on each question of the method, the figures that made it, and what to do."""
    reviews, reasons = g.method.reviews, g.method.reasons
    columns = [
        Column("verdict", g.label("diagnosis-verdict"), lambda word: verdict(word, g.lang)),
        Column("question", g.label("diagnosis-question")),
        Column("figures", g.label("diagnosis-figure")),
        Column("advice", g.label("col-advice")),
    ]
    rows = []
    for question, answer in zip(reviews.questions, g.present.answers, strict=True):
        if answer.verdict:
            advised = answer.verdict in ("watch", "alarm") and question.advice is not None
            advice = pick(question.advice, g.lang) if advised and question.advice is not None else ""
            figures = deciding(answer, g.currency, reasons, g.lang)
            rows.append([answer.verdict, pick(question.label, g.lang), figures, advice])
    note = g.label("review-diagnosis-basis", as_of=g.span.as_of, count=len(g.present.ways), floor=str(reviews.floor))
    return Content(grids=(grid(columns, rows),), notes=(note,))


def forecast(g: Gathered) -> Content:
    """Tell what is committed to, how it covers the quotas, what contradicts it, and what fell out in the period."""
    labels = {one.id: pick(one.label, g.lang) for one in g.method.forecast.commitments} | {"": g.label("no-commitment")}
    sums = {name: added(name, [c for c in g.present.forecast.cells if c.commitment == name]) for name in labels}
    sums = {name: total for name, total in sums.items() if total.deals}
    columns = [
        Column("commitment", g.label("col-commitment"), lambda name: labels.get(name, name)),
        Column("deals", g.label("col-deals"), right=True),
        Column("amount", g.label("col-amount", currency=g.currency), g.money, right=True),
        Column("with_amount", "n", right=True),
        Column("by_owner", g.label("col-by-owner"), g.money, right=True),
        Column("owner_n", "n", right=True),
        Column("by_stage", g.label("col-by-stage"), g.money, right=True),
        Column("stage_n", "n", right=True),
    ]
    rows = [
        [
            name,
            t.deals,
            t.amount if t.with_amount else None,
            t.with_amount,
            t.by_owner if t.owner_n else None,
            t.owner_n,
            t.by_stage if t.stage_n else None,
            t.stage_n,
        ]
        for name, t in sums.items()
    ]
    note = g.label(
        "review-picture", as_of=g.span.as_of, currency=g.currency, n=str(g.present.forecast.total.with_amount)
    )
    bars = tuple(Bar(labels[name], 0.0, float(t.amount), g.money(t.amount)) for name, t in sums.items())
    grids = [grid(columns, rows), _coverage(g, g.present.coverages), _fallen(g, g.present.fallen, labels), _against(g)]
    notes = [
        g.label("review-forecast-basis", as_of=g.span.as_of, currency=g.currency, count=g.present.forecast.total.deals)
    ]
    if not g.present.commitments_known:
        notes.append(g.label("dates-unknown"))
    return Content(
        grids=tuple(one for one in grids if one.values),
        bars=Bars(g.label("form-picture-forecast"), g.workspace, bars, note) if bars else None,
        notes=tuple(notes),
    )


def _coverage(g: Gathered, coverages: Sequence[Coverage]) -> Grid:
    columns = [
        Column("period", g.label("col-period")),
        Column("quota", g.label("col-quota", currency=g.currency), g.money, right=True),
        Column("won", g.label("col-won"), g.money, right=True),
        Column("remaining", g.label("col-remaining"), g.money, right=True),
        Column("due", g.label("col-due"), g.money, right=True),
        Column("due_n", "n", right=True),
        Column("coverage", g.label("col-coverage"), percent, right=True),
        Column("stage_coverage", g.label("col-stage-probability"), percent, right=True),
    ]
    rows = []
    for one in coverages:
        against, due = one.standing, one.due
        name, quota = against.target.period.name, against.target.amount
        rows.append(
            [name, quota, against.won, against.remaining, due.amount, due.with_amount, one.coverage, one.stage_coverage]
        )
    return grid(columns, rows, g.label("coverage-head", as_of=g.span.as_of))


def _fallen(g: Gathered, fallen: Sequence[Fallen], labels: dict[str, str]) -> Grid:
    def show(value: Any) -> str:
        return g.money(value) if isinstance(value, Decimal) else labels[value] if value in labels else str(value or "")

    columns = [
        Column("project", g.label("col-project"), g.deal),
        Column("owner", g.label("col-owner")),
        Column("amount", g.label("col-amount", currency=g.currency), g.money, right=True),
        Column("kind", g.label("col-fallen"), lambda kind: g.label(f"fallen-{kind}")),
        Column("before", g.label("col-before"), show),
        Column("after", g.label("col-after"), show),
        Column("reason", g.label("col-reason"), g.reason),
    ]
    rows = [[one.id, one.owner, one.amount, one.kind, one.before, one.after, one.reason] for one in fallen]
    return grid(columns, rows, g.label("fallen-head", since=g.span.before))


def _against(g: Gathered) -> Grid:
    said = {deal.id: deal.forecast for deal in g.facts.opportunities}
    ended = [(way, said.get(way.row.id, "")) for way in g.present.ways if not way.open]
    sorting = Sorting(g.method.forecast, g.span.as_of, g.first_month)
    found = contradictions(g.present.forecast.entries, ended, g.method.forecast, sorting)
    columns = [
        Column("project", g.label("col-project"), g.deal),
        Column("owner", g.label("col-owner")),
        Column("amount", g.label("col-amount", currency=g.currency), g.money, right=True),
        Column("kind", g.label("col-contradiction"), lambda kind: g.label(f"contradiction-{kind}")),
        Column("forecast", g.label("col-forecast")),
        Column("against", g.label("col-against"), lambda it: f"{it}%" if isinstance(it, Decimal) else str(it or "")),
    ]
    rows = [[one.id, one.owner, one.amount, one.kind, one.forecast, one.against] for one in found]
    return grid(columns, rows, g.label("contradictions-head"))


def key_accounts(g: Gathered) -> Content:
    """Tell how the accounts of the best grade stand; all accounts with a deal where none has a grade."""
    best = g.method.grades.grades[0].id
    own = [one for one in g.facts.accounts.values() if g.team.holds(one.owner) or one.id in _accounts(g)]
    chosen = [one for one in own if one.grade == best] or [one for one in own if one.id in _accounts(g)]
    rows = sorted((_account(g, one) for one in chosen), key=lambda row: (-row[4], row[0]))
    columns = [
        Column("customer", g.label("col-customer"), g.customer),
        Column("grade", g.label("col-grade")),
        Column("owner", g.label("col-owner"), g.member),
        Column("deals", g.label("col-open-deals"), right=True),
        Column("amount", g.label("col-amount", currency=g.currency), g.money, right=True),
        Column("calls", g.label("col-calls"), right=True),
        Column("met", g.label("col-people-met"), right=True),
        Column("last", g.label("col-last-call"), day),
    ]
    line = g.label("review-accounts", count=len(rows), days=g.days(g.span.past.start, g.span.until), as_of=g.span.as_of)
    return Content((line,), (grid(columns, rows),) if rows else ())


def _accounts(g: Gathered) -> set[str]:
    return {row.account for row in g.present.rows if row.outcome == "open" and not row.ended}


def _account(g: Gathered, account: AccountRow) -> list[Any]:
    deals = [r for r in g.present.rows if r.account == account.id and r.outcome == "open" and not r.ended]
    calls = [call for call in g.facts.calls if call.account == account.id and call.done and call.date <= g.span.as_of]
    held = [call for call in calls if g.span.past.holds(call.date) and call.date <= g.span.until]
    met = {person for call in held for person in (*call.met, call.contact) if person}
    amount = sum((row.amount for row in deals if row.amount is not None), ZERO)
    last = max((call.date for call in calls), default=None)
    return [account.id, account.grade, account.owner, len(deals), amount, len(held), len(met), last]
