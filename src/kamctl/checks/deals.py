"""Rules on one deal: its stage and history, required fields, losses and dates."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kamctl.checks.context import Context, in_deal
from kamctl.money import latest_rate, plain
from kamctl.problems import Problem
from kamctl.scoring.gates import gate

DATE_ORDER = (
    ("created", "close_date"),
    ("created", "tender_date"),
    ("tender_date", "purchase_date"),
    ("created", "lost_on"),
)
"""Pairs of dates of which the first cannot be after the second."""

FIELD_KEYS = {"lost_on": ("lost", "date")}


def history_disagrees(context: Context) -> Iterator[Problem]:
    """The last entry of the stage history is the present stage."""
    for deal in context.facts.opportunities:
        history = context.history.get(deal.id)
        process = context.process_of(deal)
        if (
            process is None
            or not history
            or any(process.stage(code) is None for code in (deal.stage, history[-1].stage))
        ):
            continue
        if history[-1].stage != deal.stage:
            yield in_deal(deal.id, "history-disagrees", ("stage",), {"stage": deal.stage, "last": history[-1].stage})


def history_backwards(context: Context) -> Iterator[Problem]:
    """The dates of the stage history never go back, and do not start before the deal was created."""
    for deal in context.facts.opportunities:
        history = context.history.get(deal.id, [])
        if history and deal.created and history[0].date < deal.created:
            values = {"date": str(history[0].date), "before": str(deal.created)}
            yield in_deal(deal.id, "history-backwards", ("stage_history", 0, "date"), values)
        for position, (earlier, later) in enumerate(pairwise(history), 1):
            if later.date < earlier.date:
                values = {"date": str(later.date), "before": str(earlier.date)}
                yield in_deal(deal.id, "history-backwards", ("stage_history", position, "date"), values)


def required_field(context: Context) -> Iterator[Problem]:
    """A deal has the fields that its stage and the stages before it require; a loss has a rule of its own."""
    for deal in context.facts.opportunities:
        process = context.process_of(deal)
        stage = process.stage(deal.stage) if process is not None else None
        if process is None or stage is None:
            continue
        behind = [stage] if stage.outcome == "lost" else process.reached(deal.stage)
        for field, since in {field: step for step in reversed(behind) for field in step.requires}.items():
            if field not in deal.filled and field != "lost":
                yield in_deal(
                    deal.id, "required-field", ("stage",), {"field": field, "stage": deal.stage, "since": since.code}
                )


def lost_without_reason(context: Context) -> Iterator[Problem]:
    """A lost deal says why."""
    for deal in context.facts.opportunities:
        stage = context.stage_of(deal)
        if stage is not None and stage.outcome == "lost" and not deal.lost_reason:
            keys = ("lost",) if "lost" in deal.filled else ("stage",)
            values = {"choices": ", ".join(context.choices["loss_reason"]), "stage": stage.code}
            yield in_deal(deal.id, "lost-without-reason", keys, values)


def lost_but_open(context: Context) -> Iterator[Problem]:
    """A deal with a loss reason stands at a lost stage."""
    for deal in context.facts.opportunities:
        stage = context.stage_of(deal)
        if stage is not None and stage.outcome != "lost" and deal.lost_reason:
            yield in_deal(deal.id, "lost-but-open", ("lost",), {"stage": deal.stage}, on_key=True)


def impossible_dates(context: Context) -> Iterator[Problem]:
    """Dates stand in an order that can be."""
    for deal in context.facts.opportunities:
        for first, second in DATE_ORDER:
            early, late = getattr(deal, first), getattr(deal, second)
            if early and late and early > late:
                keys = FIELD_KEYS.get(second, (second,))
                values = {"first": first, "early": str(early), "second": ".".join(keys), "late": str(late)}
                yield in_deal(deal.id, "impossible-dates", keys, values)


def mark_disputed(context: Context) -> Iterator[Problem]:
    """No mark that stands is disputed."""
    standing = {
        (row.opportunity, row.party, row.criterion): row
        for row in sorted(context.facts.marks, key=lambda row: row.date)
    }
    for row in standing.values():
        if row.disputed:
            claims = ", ".join(f"{by or '?'} {mark}" for by, mark, _, _ in row.disputed)
            keys = ("assessments", row.assessment, "marks", row.criterion, "disputed")
            yield in_deal(row.opportunity, "mark-disputed", keys, {"criterion": row.criterion, "claims": claims})


def plus_without_evidence(context: Context) -> Iterator[Problem]:
    """A plus of ours is shown by a field that its criterion names, or by its evidence note."""
    for deal in context.facts.opportunities:
        account = context.facts.accounts.get(deal.account)
        sheet = context.sheet_of(deal)
        there = deal.filled | {f"account.{name}" for name in account.filled} if account else deal.filled
        for mark in context.standing.get(deal.id, {}).values():
            row = sheet.criterion(mark.criterion) if mark.mark == "+" else None
            if row is None or not row.evidence:
                continue
            if context.account_unread(deal) and any(name.startswith("account.") for name in row.evidence):
                continue
            if not any(mark.evidence if name == "text" else name in there for name in row.evidence):
                keys = ("assessments", mark.assessment, "marks", mark.criterion)
                fields = ", ".join("evidence" if name == "text" else name for name in row.evidence)
                values = {"criterion": mark.criterion, "fields": fields}
                yield in_deal(deal.id, "plus-without-evidence", keys, values, on_key=True)


def missing_rate(context: Context) -> Iterator[Problem]:
    """Every amount can be turned into the workspace's currency."""
    for deal in context.facts.opportunities:
        if deal.amount is None or deal.currency in ("", context.currency):
            continue
        if latest_rate(deal.currency, context.currency, context.rates, context.as_of) is None:
            values = {"currency": deal.currency, "to": context.currency, "date": str(context.as_of)}
            yield in_deal(deal.id, "missing-rate", ("amount",), values)


def over_cap(context: Context) -> Iterator[Problem]:
    """Nobody holds more open deals of an importance than its cap."""
    for level in context.importance.levels:
        held: dict[str, list[str]] = {}
        for deal in context.facts.opportunities:
            stage = context.stage_of(deal)
            if deal.importance == level.id and stage is not None and stage.outcome == "open":
                held.setdefault(deal.owner, []).append(deal.id)
        for owner, deals in held.items():
            if level.cap is not None and len(deals) > level.cap:
                values = {"owner": owner, "count": str(len(deals)), "level": level.id, "cap": str(level.cap)}
                yield in_deal(deals[-1], "over-cap", ("importance",), values)


def gate_not_met(context: Context) -> Iterator[Problem]:
    """An open deal has met the gate into its stage: the exit of the stage before and the entry of its own."""
    for deal in context.facts.opportunities:
        process, stage = context.process_of(deal), context.stage_of(deal)
        if process is None or stage is None or stage.outcome != "open" or context.account_unread(deal):
            continue
        before = process.preceding(stage.code)
        if before is None:
            continue
        account = context.facts.accounts.get(deal.account)
        way = gate(
            process, deal._replace(stage=before.code), stage, account, context.evidence.get(deal.id, ()), context.as_of
        )
        if way.missing:
            missing = ", ".join(item.id for item in way.missing)
            values = {
                "stage": deal.stage,
                "count": str(len(way.missing)),
                "missing": missing,
                "total": str(len(way.items)),
            }
            yield in_deal(deal.id, "gate-not-met", ("stage",), values)


def probability_far(context: Context) -> Iterator[Problem]:
    """The owner's estimate lies near the win probability of the stage."""
    for deal in context.facts.opportunities:
        process, stage = context.process_of(deal), context.stage_of(deal)
        if process is None or stage is None or stage.outcome != "open" or deal.probability is None:
            continue
        usual = process.probability(deal.stage)
        if usual is not None and abs(deal.probability - usual) > process.tolerance:
            values = {"own": plain(deal.probability), "usual": f"{usual:.0f}", "stage": deal.stage}
            yield in_deal(deal.id, "probability-far", ("probability",), values)


def probability_low(context: Context) -> Iterator[Problem]:
    """A deal stands at a stage only with the chance that the stage asks for."""
    for deal in context.facts.opportunities:
        stage = context.stage_of(deal)
        if stage is None or stage.min_probability is None or deal.probability is None:
            continue
        if deal.probability < stage.min_probability:
            values = {"own": plain(deal.probability), "least": plain(stage.min_probability), "stage": deal.stage}
            yield in_deal(deal.id, "probability-low", ("probability",), values)
