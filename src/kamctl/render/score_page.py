"""The score sheet of a deal on screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kamctl.labels import pick, text
from kamctl.money import grouped, plain
from kamctl.render.gate import gate_summary
from kamctl.render.pipeline import percent
from kamctl.render.screen import Screen
from kamctl.render.width import pad, shorten, width, wrap
from kamctl.rows.deals import OpportunityRow
from kamctl.schema.method.process import Process
from kamctl.schema.method.scorecard import Criterion
from kamctl.scoring.gates import Gate
from kamctl.scoring.questions import NextQuestion
from kamctl.scoring.scorecard import MINUS, PLUS, UNKNOWN, US, Score, Tally
from kamctl.scoring.strategy import Duel
from kamctl.visible import one_line

MARK_STYLES = {PLUS: "green", MINUS: "red", UNKNOWN: "yellow"}
VERDICT_STYLES = {"open": "green", "at_risk": "yellow", "blocked": "red"}
MARK_WIDTH = 5
NUMBER_WIDTH = 3
MIN_NAME, MAX_NAME = 20, 34
MIN_SPAN = 12


@dataclass(frozen=True)
class Sheet:
    """Everything that the page of one deal's score shows. `parties` and `people` give names."""

    deal: OpportunityRow
    customer: str
    owner: str
    process: Process
    score: Score
    parties: Mapping[str, str]
    people: Mapping[str, str]
    duels: Sequence[Duel]
    questions: Sequence[NextQuestion]
    top: int
    fresh_for: timedelta
    gate: Gate | None


def score_page(sheet: Sheet, screen: Screen, lang: str, explain: bool) -> str:
    """Return the page: the sheet, what follows from it, and what to ask next; with `explain` the arithmetic too."""
    lines = [*_head(sheet, screen, lang), "", *_grid(sheet, screen, lang), "", *_overall(sheet, screen, lang)]
    blocked = next((q for q in sheet.score.questions if q.verdict == "blocked"), None)
    if blocked is not None:
        words = text("blocked-first", lang, question=pick(blocked.question.label, lang))
        lines += ["", *_wrapped(words, screen, "red")]
    for duel in sheet.duels:
        lines += ["", *_duel(sheet, duel, screen, lang)]
    if sheet.score.changes:
        lines += ["", *_changes(sheet, screen, lang)]
    lines += ["", *_next(sheet, screen, lang)]
    if sheet.gate is not None:
        lines += ["", *gate_summary(sheet.gate, screen, lang)]
    if explain:
        lines += ["", *_explain(sheet, screen, lang)]
    return "\n".join(lines) + "\n"


def _head(sheet: Sheet, screen: Screen, lang: str) -> list[str]:
    deal, score = sheet.deal, sheet.score
    title = f"{deal.id}  {deal.name}" + (f"  {sheet.customer}" if sheet.customer else "")
    stage = sheet.process.stage(deal.stage)
    code = f"{deal.stage} {pick(stage.label, lang)}" if stage else deal.stage
    parts = [code, sheet.owner]
    if deal.amount is not None:
        parts.append(f"{grouped(deal.amount, lang)} {deal.currency}".rstrip())
    if deal.close_date:
        parts.append(text("closes", lang, date=deal.close_date))
    if deal.probability is not None:
        parts.append(text("owner-gives", lang, probability=percent(deal.probability)))
    probability = sheet.process.probability(deal.stage)
    if probability is not None:
        parts.append(text("stage-gives", lang, stage=deal.stage, probability=percent(probability)))
    card = text("score-head", lang, scorecard=pick(score.scorecard.name, lang), as_of=score.as_of)
    lines = [*_wrapped(title, screen, "bold"), *_wrapped(" · ".join(filter(None, parts)), screen)]
    lines += _wrapped(card, screen, "dim")
    if not score.dates:
        lines += _wrapped(text("no-assessment", lang, as_of=score.as_of), screen, "yellow")
    return lines


def _grid(sheet: Sheet, screen: Screen, lang: str) -> list[str]:
    """The sheet itself: a block a question, a column for every party and date that fits."""
    score = sheet.score
    labels = [pick(row.label, lang) for row in score.scorecard.criteria()]
    spare = screen.width - NUMBER_WIDTH - 1 - len(score.parties) * (MARK_WIDTH + 1)
    name_width = min(MAX_NAME, max(MIN_NAME, *(width(label) for label in labels)), max(MIN_NAME // 2, spare))
    room = (screen.width - NUMBER_WIDTH - 1 - name_width) // len(score.parties)
    shown = max(1, min(len(score.dates), room // (MARK_WIDTH + 1)))
    dates = score.dates[-shown:] if score.dates else []
    left = " " * (NUMBER_WIDTH + 1) + " " * name_width
    span = max(shown * (MARK_WIDTH + 1), min(room, MIN_SPAN))
    names = "".join(" " + pad(shorten(sheet.parties[party], span - 1), span - 1) for party in score.parties)
    days = "".join(pad("".join(f" {day:%m-%d}" for day in dates), span) for _ in score.parties)
    lines = [(left + names).rstrip(), screen.style((left + days).rstrip(), "dim")]
    number = 0
    for question in score.questions:
        verdict = screen.style(text(f"verdict-{question.verdict}", lang), VERDICT_STYLES[question.verdict])
        tally = _counts(question.tallies[US], lang)
        head = f"{screen.style(pick(question.question.label, lang), 'bold')}  {verdict}"
        fits = width(head) + 2 + width(tally) <= screen.width
        lines += [f"{head}  {tally}"] if fits else [head, *_hanging("    ", tally, screen)]
        for row in question.question.criteria:
            number += 1
            name = pad(shorten(pick(row.label, lang), name_width), name_width)
            marks = "".join(pad(_marks(score, party, row, dates, screen), span) for party in score.parties)
            lines.append(f"{number:>{NUMBER_WIDTH}} {name}{marks}".rstrip())
    if score.stale():
        lines.append(screen.style(text("stale-legend", lang, days=sheet.fresh_for.days), "dim"))
    if len(dates) < len(score.dates):
        lines.append(screen.style(text("dates-hidden", lang, count=len(score.dates) - len(dates)), "dim"))
    return lines


def _marks(score: Score, party: str, row: Criterion, dates: Sequence[date], screen: Screen) -> str:
    cells = []
    if not dates:
        return " " + screen.style(pad("  " + UNKNOWN, MARK_WIDTH), MARK_STYLES[UNKNOWN])
    for position, day in enumerate(dates):
        standing = score.columns[day][party][row.id]
        last = position == len(dates) - 1
        mark = standing.mark + ("*" if standing.stale and last else "")
        before = score.columns[dates[position - 1]][party][row.id].mark if position else standing.mark
        cell = pad(" " * (2 - len(mark) // 3) + mark, MARK_WIDTH)
        style = MARK_STYLES.get(standing.mark, "")
        cells.append(
            " " + (screen.style(cell, "bold") if before != standing.mark and not style else screen.style(cell, style))
        )
    return "".join(cells)


def _overall(sheet: Sheet, screen: Screen, lang: str) -> list[str]:
    lines = [screen.style(text("overall", lang), "bold")]
    longest = max(width(name) for name in sheet.parties.values())
    for party in sheet.score.parties:
        tally = sheet.score.totals[party]
        score = f"{tally.overall:+d}" if tally.overall is not None else text("nothing-rated", lang)
        known = text("score-known", lang, known=tally.rated, applicable=tally.applicable)
        lines.append(f"  {pad(sheet.parties[party], longest)}  {score}, {known}")
    return lines


def _counts(tally: Tally, lang: str) -> str:
    parts = [text("score-counts", lang, plus=tally.plus, minus=tally.minus, unknown=tally.unknown)]
    if tally.not_applicable:
        parts.append(text("score-na", lang, count=tally.not_applicable))
    if tally.net is not None:
        parts.append(text("score-net", lang, net=_signed(tally.net)))
    parts.append(text("score-known", lang, known=tally.rated, applicable=tally.applicable))
    return ", ".join(parts)


def _duel(sheet: Sheet, duel: Duel, screen: Screen, lang: str) -> list[str]:
    lines = [screen.style(text("against", lang, rival=sheet.parties[duel.rival]), "bold")]
    for key in ("leads", "gaps", "contested", "unproven"):
        rows = getattr(duel, key)
        if rows:
            names = ", ".join(_name(sheet, row, lang) for row in rows)
            lines += _hanging(f"  {text(key, lang)} ({len(rows)}): ", names, screen)
    if duel.strategy is None:
        needed = sheet.score.scorecard.min_compared
        words = text("strategy-none", lang, compared=duel.compared, needed=needed)
        return lines + _hanging(f"  {text('strategy', lang)}: ", words, screen)
    label = pick(duel.strategy.label, lang)
    lines += _hanging(f"  {text('strategy', lang)}: ", f"{label}. {pick(duel.strategy.advice, lang)}", screen)
    return lines + _hanging(f"  {text('because', lang)}: ", pick(duel.strategy.rule, lang), screen)


def _changes(sheet: Sheet, screen: Screen, lang: str) -> list[str]:
    lines = [screen.style(text("changes-head", lang, date=sheet.score.changes[0].date), "bold")]
    by_party: dict[str, list[str]] = {}
    for change in sheet.score.changes:
        words = f"{_name(sheet, change.criterion, lang)} {change.before} → {change.after}"
        by_party.setdefault(change.party, []).append(words)
    for party, changes in by_party.items():
        lines += _hanging(f"  {sheet.parties[party]}: ", "; ".join(changes), screen)
    return lines


def _next(sheet: Sheet, screen: Screen, lang: str) -> list[str]:
    questions = sheet.questions[: sheet.top]
    if not sheet.questions:
        return [screen.style(text("next-none", lang), "green")]
    head = text("next-head", lang, shown=len(questions), count=len(sheet.questions))
    lines = [screen.style(head, "bold")]
    for position, question in enumerate(questions, 1):
        why = text("stale-short" if question.stale else "unknown-short", lang)
        if question.disputed:
            claims = [f"{sheet.people.get(by, by) or '?'} {mark}" for by, mark, _, _ in question.disputed]
            why = text("disputed-short", lang, claims=", ".join(claims))
        whom = (
            text("ask-whom", lang, person=sheet.people.get(question.person, question.person))
            if question.person
            else text("ask-nobody", lang)
        )
        lines += _hanging(f"  {position}. ", f"{pick(question.criterion.label, lang)} ({why}) — {whom}", screen)
        if question.criterion.probe.ask:
            lines += _hanging("     ", pick(question.criterion.probe.ask[0], lang), screen)
    return lines


def _explain(sheet: Sheet, screen: Screen, lang: str) -> list[str]:
    score = sheet.score
    lines = [screen.style(text("explain-head", lang), "bold")]
    limits = score.scorecard.verdicts
    for question in score.questions:
        label = pick(question.question.label, lang)
        for party, tally in question.tallies.items():
            values = {"net": _signed(tally.net), "known": _fraction(tally.known), "party": sheet.parties[party]}
            counts = {key: getattr(tally, key) for key in ("plus", "minus", "rated", "unknown", "applicable")}
            lines += _hanging("  ", text("explain-net", lang, question=label, **counts, **values), screen)
        verdict = text(f"verdict-{question.verdict}", lang)
        values = {name: str(getattr(limits, name)) for name in ("open_minus", "open_unknown", "blocked_minus")}
        lines += _hanging("  ", text("explain-verdict", lang, question=label, verdict=verdict, **values), screen)
    for party, tally in score.totals.items():
        lines += _hanging("  ", _explain_overall(sheet, party, tally, lang), screen)
    for row in score.scorecard.criteria():
        now = score.now(US, row.id)
        if now.since is not None:
            words = text("explain-mark", lang, criterion=pick(row.label, lang), mark=now.mark, date=now.since)
            source = sheet.people.get(now.source, now.source)
            detail = " · ".join(filter(None, (now.evidence, source)))
            lines += _hanging("  ", f"{words} {detail}".rstrip(), screen)
    return lines


def _explain_overall(sheet: Sheet, party: str, tally: Tally, lang: str) -> str:
    rows = [(row.weight, sheet.score.now(party, row.id).mark) for row in sheet.score.scorecard.criteria()]
    gained = sum((w if mark == PLUS else -w for w, mark in rows if mark in (PLUS, MINUS)), Decimal(0))
    weight = sum((w for w, mark in rows if mark in (PLUS, MINUS)), Decimal(0))
    overall = f"{tally.overall:+d}" if tally.overall is not None else text("nothing-rated", lang)
    values = {"gained": plain(gained), "weight": plain(weight), "net": _signed(tally.weighted_net), "overall": overall}
    return text("explain-overall", lang, party=sheet.parties[party], **values)


def _name(sheet: Sheet, criterion: str, lang: str) -> str:
    row = sheet.score.scorecard.criterion(criterion)
    return pick(row.label, lang) if row is not None else criterion


def _wrapped(words: str, screen: Screen, style: str = "") -> list[str]:
    return [screen.style(line, style) for line in wrap(one_line(words), screen.width)]


def _hanging(lead: str, words: str, screen: Screen) -> list[str]:
    """Wrap text behind a lead; the lines below it are indented by two more than the lead's own indent."""
    indent = " " * (len(lead) - len(lead.lstrip()) + (0 if not lead.strip() else 4))
    first, *rest = wrap(lead.lstrip() + one_line(words), screen.width - len(indent))
    own = " " * (len(lead) - len(lead.lstrip()))
    return [own + first, *(indent + line for line in rest)]


def _signed(value: Decimal | None) -> str:
    return "?" if value is None else f"{value:+.2f}"


def _fraction(value: Decimal | None) -> str:
    return "?" if value is None else f"{value:.2f}"
