"""Sections of a review that tell what was done and what comes: calls, promises, moves, marks, blocked deals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from kamctl.forms.gathered import Column, Gathered, Grid, day, grid
from kamctl.forms.review_section import Content
from kamctl.labels import pick
from kamctl.reports import activity as found
from kamctl.reports.activity import OURS, STATES, Blocked, Held
from kamctl.reports.importance import importance_rows
from kamctl.reports.pipeline import PipelineRow
from kamctl.rows.calls import CallRow

SHORT = 120
"""How much of what happened in a call is printed; JSON has all of it."""

FEW = 3
"""How many missing criteria of a gate are named."""


def visited(g: Gathered) -> Content:
    """Tell the calls of the period: who was visited, what came of it, and how many of the objectives were met."""
    recorded = sum(one.call.done for one in g.held)
    line = g.label(
        "review-calls", count=len(g.held), days=g.days(g.span.past.start, g.span.until), recorded=str(recorded)
    )
    columns = [
        Column("date", g.label("col-date"), day),
        Column("by", g.label("col-owner"), g.member),
        Column("customer", g.label("col-customer"), g.customer),
        Column("met", g.label("col-contact")),
        Column("purpose", g.label("col-purpose")),
        Column("result", g.label("col-result"), lambda words: short(words) or g.label("review-no-result")),
        Column("objectives", g.label("col-objectives")),
        Column("next", g.label("col-next")),
        Column("call", g.label("col-id")),
    ]
    rows = [_held_row(g, one) for one in g.held]
    shown = [Column(c.key, c.heading, c.show) for c in columns[:-1]]
    grids = (grid(shown, [row[:-1] for row in rows]),) if rows else ()
    people = dict.fromkeys(one.call.by for one in g.held)
    if len(people) > 1:
        grids = (_by_person(g, list(people)), *grids)
    return Content((line,), grids)


def _held_row(g: Gathered, one: Held) -> list[Any]:
    call = one.call
    judged = f"{one.met}/{one.objectives}" if one.objectives else ""
    following = " ".join(filter(None, (day(call.next_date), call.next_purpose)))
    result = "\n".join(filter(None, (call.events, call.customer_view)))
    return [call.date, call.by, call.account, g.met(call), call.purpose, result, judged, following, call.id]


def _by_person(g: Gathered, people: Sequence[str]) -> Grid:
    columns = [
        Column("by", g.label("col-owner"), g.member),
        Column("calls", g.label("col-calls"), right=True),
        Column("recorded", g.label("col-recorded"), right=True),
        Column("met", g.label("col-met"), right=True),
        Column("judged", g.label("col-judged-objectives"), right=True),
        Column("objectives", g.label("col-objectives"), right=True),
        Column("customers", g.label("col-customers"), right=True),
    ]
    rows = []
    for person in people:
        own = [one for one in g.held if one.call.by == person]
        sums = [sum(one.met for one in own), sum(one.judged for one in own), sum(one.objectives for one in own)]
        rows.append([person, len(own), sum(o.call.done for o in own), *sums, len({o.call.account for o in own})])
    return grid(columns, sorted(rows, key=lambda row: -row[1]))


def objectives(g: Gathered) -> Content:
    """Tell which objectives of the calls of the period were met, missed, or not judged."""
    rows = found.objectives(g.facts, g.held)
    judged = [one.row.met for one in rows if one.row.met is not None]
    line = g.label(
        "review-objectives",
        met=str(sum(judged)),
        judged=str(len(judged)),
        rate=g.rate(sum(judged), len(judged)),
        open=str(len(rows) - len(judged)),
    )
    columns = [
        Column("result", g.label("col-result"), lambda met: g.label(RESULTS[met])),
        Column("date", g.label("col-date"), day),
        Column("by", g.label("col-owner"), g.member),
        Column("customer", g.label("col-customer"), g.customer),
        Column("objective", g.label("col-objective")),
        Column("measure", g.label("col-measure")),
    ]
    cells = [[o.row.met, o.call.date, o.call.by, o.call.account, o.row.objective, o.row.measure] for o in rows]
    ordered = sorted(cells, key=lambda row: (False, None, True).index(row[0]))
    return Content((line,), (grid(columns, ordered),) if rows else ())


RESULTS = {True: "review-met", False: "review-missed", None: "review-not-judged"}


def commitments(g: Gathered) -> Content:
    """Tell which promises, of calls and of the plans of deals, were kept, broken, or are open."""
    rows = found.promises(g.facts, g.team, g.span)
    counted = Counter(row.state for row in rows)
    words = [f"{g.label(f'promise-{name}')} {counted[name]}" for name in STATES]
    columns = [
        Column("state", g.label("col-state"), lambda name: g.label(f"promise-{name}")),
        Column("due", g.label("col-due-day"), day),
        Column("who", g.label("col-who")),
        Column("what", g.label("col-what")),
        Column("customer", g.label("col-customer"), g.customer),
        Column("done", g.label("col-done-on"), day),
    ]
    cells = [[r.state, r.due, g.anyone(r.account, r.who), r.what, r.account, r.done] for r in rows]
    return Content(
        (g.comma(words),), (grid(columns, cells),) if rows else (), notes=(g.label("review-promises-basis"),)
    )


def moved(g: Gathered) -> Content:
    """Tell which deals came to another stage, and which were won and lost, with reasons."""
    rows = found.moves(g.facts, g.present.rows, g.present.terms, g.span)
    if not rows:
        return Content((g.label("review-no-moves"),))
    columns = [
        Column("date", g.label("col-date"), day),
        Column("kind", g.label("col-move"), lambda kind: g.label(f"moved-{kind}")),
        Column("customer", g.label("col-customer")),
        Column("project", g.label("col-project")),
        Column("owner", g.label("col-owner")),
        Column("from", g.label("col-before")),
        Column("to", g.label("col-after")),
        Column("amount", g.label("col-amount", currency=g.currency), g.money, right=True),
        Column("reason", g.label("col-reason"), g.reason),
        Column("lost_to", g.label("col-lost-to")),
    ]
    rivals = {(rival.opportunity, rival.id): rival.name for rival in g.facts.competitors}
    cells = [
        [
            move.date,
            move.kind,
            move.deal.customer,
            move.deal.project,
            move.deal.owner,
            g.stage(move.deal.process, move.source) if move.source else "",
            g.stage(move.deal.process, move.target),
            move.deal.amount,
            move.reason,
            rivals.get((move.deal.id, move.lost_to), move.lost_to),
        ]
        for move in rows
    ]
    counted = Counter(move.kind for move in rows)
    words = [f"{g.label(f'moved-{kind}')} {n}" for kind, n in counted.items()]
    return Content((g.comma(words),), (grid(columns, cells),))


def attention(g: Gathered) -> Content:
    """Tell what the team should look at: pushed and stale deals, gates that are not met, caps that are exceeded."""
    rows = [row for row in g.present.rows if row.outcome == "open" and not row.ended]
    stale = sorted((row for row in rows if row.stale), key=lambda row: (-(row.amount or Decimal(0)), row.id))
    grids = [_pushed(g), _deals(g, stale, "review-stale-deals"), _gates(g), _caps(g)]
    notes = [
        g.label(
            "review-attention-basis", as_of=g.span.as_of, count=len(rows), stale=str(g.present.terms.stale_after.days)
        )
    ]
    if g.moves is None:
        notes.append(g.label("review-moves-unknown"))
    return Content(grids=tuple(one for one in grids if one.values), notes=tuple(notes))


def _pushed(g: Gathered) -> Grid:
    rows = found.pushed(g.moves or (), g.rows.keys(), g.span)
    columns = [
        *_deal_columns(g),
        Column("date", g.label("col-date"), day),
        Column("before", g.label("col-before"), day),
        Column("after", g.label("col-after"), day),
    ]
    cells = [[*_deal_cells(g.rows[m.opportunity]), m.date, m.before, m.after] for m in rows]
    return grid(columns, cells, g.label("review-pushed", count=len(rows)))


def _deals(g: Gathered, rows: Sequence[PipelineRow], title: str) -> Grid:
    columns = [
        *_deal_columns(g),
        Column("stage", g.label("col-stage")),
        Column("days", g.label("col-days"), right=True),
        Column("next", g.label("col-next")),
    ]
    cells = [[*_deal_cells(row), g.stage(row.process, row.stage), row.days_in_stage, _next(row)] for row in rows]
    return grid(columns, cells, g.label(title, count=len(rows)))


def _next(row: PipelineRow) -> str:
    return " ".join(filter(None, (day(row.next_due), row.next_action)))


def _gates(g: Gathered) -> Grid:
    rows = found.blocked(g.facts, g.present.rows, g.present.terms)
    columns = [
        *_deal_columns(g),
        Column("target", g.label("col-to-stage")),
        Column("met", g.label("col-met"), right=True),
        Column("missing", g.label("col-lacks")),
    ]
    cells = [
        [
            *_deal_cells(one.deal),
            g.stage(one.deal.process, one.target.code),
            f"{one.items - len(one.missing)}/{one.items}",
            g.label("semicolon").join(_missing(g, one)),
        ]
        for one in rows
    ]
    return grid(columns, cells, g.label("review-gates", count=len(rows)), most=15)


def _missing(g: Gathered, one: Blocked) -> list[str]:
    words = [pick(item.label, g.lang) if item.label is not None else g.field(item.field) for item in one.missing]
    more = len(words) - FEW
    return [*words[:FEW], *([g.label("and-more", count=str(more)).strip()] if more > 0 else [])]


def _caps(g: Gathered) -> Grid:
    labels = {level.id: pick(level.label, g.lang) for level in g.present.terms.importance.levels}
    rows = [row for row in importance_rows(g.present.rows, g.present.terms.importance) if row.over]
    columns = [
        Column("owner", g.label("col-owner")),
        Column("importance", g.label("col-importance"), lambda level: labels.get(level, level)),
        Column("deals", g.label("col-deals"), right=True),
        Column("cap", g.label("col-cap"), right=True),
        Column("ids", g.label("col-id")),
    ]
    cells = [[row.owner, row.level, row.deals, row.cap, g.comma(row.ids)] for row in rows]
    return grid(columns, cells, g.label("review-caps", count=len(rows)))


def _deal_columns(g: Gathered) -> list[Column]:
    return [
        Column("customer", g.label("col-customer")),
        Column("project", g.label("col-project")),
        Column("owner", g.label("col-owner")),
        Column("amount", g.label("col-amount", currency=g.currency), g.money, right=True),
    ]


def _deal_cells(row: PipelineRow) -> list[Any]:
    return [row.customer, row.project or row.id, row.owner, row.amount]


def marks(g: Gathered) -> Content:
    """Tell which marks of the scorecards changed, ours first."""
    rows = found.changed_marks(g.facts, g.rows.keys(), g.span)
    turned = sum(bool(row.before) for row in rows)
    line = g.label("review-marks", changed=str(turned), first=str(len(rows) - turned))
    rivals = {(rival.opportunity, rival.id): rival.name for rival in g.facts.competitors}
    columns = [
        Column("date", g.label("col-date"), day),
        Column("project", g.label("col-project"), g.deal),
        Column("criterion", g.label("col-criterion")),
        Column("party", g.label("col-party")),
        Column("before", g.label("col-before"), lambda mark: mark or "·"),
        Column("after", g.label("col-after")),
        Column("evidence", g.label("col-evidence")),
    ]
    cells = [
        [
            row.date,
            row.deal,
            _criterion(g, row.deal, row.criterion),
            g.label("form-us") if row.party == OURS else rivals.get((row.deal, row.party), row.party),
            row.before,
            row.after,
            row.evidence,
        ]
        for row in rows
        if row.before
    ]
    return Content((line,), (grid(columns, cells),) if cells else ())


def _criterion(g: Gathered, deal: str, criterion: str) -> str:
    terms = g.present.terms
    process = terms.processes.get(g.rows[deal].process, terms.processes[terms.default_process])
    known = terms.scorecard(process).criterion(criterion)
    return pick(known.label, g.lang) if known is not None else criterion


def calls_ahead(g: Gathered) -> Content:
    """Tell the calls of the days ahead."""
    rows = found.calls_ahead(g.facts, g.team, g.span.ahead)
    line = g.label("review-ahead", count=len(rows), days=g.days(g.span.ahead.start, g.span.ahead.end))
    return Content((line,), (_plan(g, rows),) if rows else ())


def joint_visits(g: Gathered) -> Content:
    """Tell which calls ahead a manager joins."""
    rows = found.joint_visits(g.facts, g.team, g.span.ahead)
    line = g.label("review-joint", count=len(rows), days=g.days(g.span.ahead.start, g.span.ahead.end))
    joining = {call.id: g.comma(map(g.member, who)) for call, who in rows}
    extra = Column("joined_by", g.label("col-joined-by"))
    plan = _plan(g, [call for call, _ in rows], extra, lambda call: joining[call.id])
    return Content((line,), (plan,) if rows else ())


def _plan(
    g: Gathered, rows: Sequence[CallRow], extra: Column | None = None, value: Callable[[CallRow], str] | None = None
) -> Grid:
    columns = [
        Column("date", g.label("col-date"), day),
        Column("time", g.label("col-time")),
        Column("by", g.label("col-owner"), g.member),
        Column("customer", g.label("col-customer"), g.customer),
        Column("met", g.label("col-contact")),
        Column("project", g.label("col-project"), lambda deal: g.deal(deal) if deal else ""),
        Column("purpose", g.label("col-purpose")),
    ]
    cells = [[c.date, c.time, c.by, c.account, g.met(c), c.opportunity, c.purpose] for c in rows]
    if extra is None or value is None:
        return grid(columns, cells)
    return grid([*columns, extra], [[*row, value(call)] for row, call in zip(cells, rows, strict=True)])


def resources(g: Gathered) -> Content:
    """Tell which resources the calls ahead and the open steps of plans ask for."""
    rows = found.needs(g.facts, g.team, g.span)
    line = g.label("review-resources", count=len(rows), end=g.span.ahead.end)
    columns = [
        Column("day", g.label("col-due-day"), day),
        Column("who", g.label("col-who")),
        Column("resources", g.label("col-resources")),
        Column("what", g.label("col-what")),
        Column("for", g.label("col-customer"), lambda source: g.customer(source.partition("/")[0])),
    ]
    cells = [[r.day, g.anyone(r.source.partition("/")[0], r.who), r.resources, r.what, r.source] for r in rows]
    return Content((line,), (grid(columns, cells),) if rows else ())


def short(words: str) -> str:
    """Return what happened in one line, cut where it is long."""
    line = " ".join(words.split())
    return line if len(line) <= SHORT else line[: SHORT - 1].rstrip() + "…"
