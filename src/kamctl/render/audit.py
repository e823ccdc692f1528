"""The questions of an audit: how often each would be asked of whom, then one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple

from kamctl.history.audit import BACKDATED_STAGE, CHECKS, LATE_PLUS, LATE_RECORD, MOVED_TOGETHER, US, Case
from kamctl.labels import text
from kamctl.render.output import Envelope, Style, print_table
from kamctl.render.screen import say, write
from kamctl.render.table import HIDDEN, Column, Table
from kamctl.render.width import wrap


class Signed(NamedTuple):
    """How many commits carry a signature, of how many."""

    signed: int
    commits: int


class Names(NamedTuple):
    """What criteria are called, and competitors by deal and key."""

    criteria: dict[str, str]
    parties: dict[tuple[str, str], str]


def print_audit(cases: Sequence[Case], signed: Signed, names: Names, style: Style, envelope: Envelope) -> None:
    """Print how many of how many cases are asked about, by person, then the questions.

    Flat formats get the questions alone, JSON the counts beside them; what dates of git are worth is said every time.
    """
    lang, readable = style.lang, style.effective in ("table", "md")
    note = text("audit-dates", lang, signed=signed.signed, commits=signed.commits)
    people = sorted({case.commit.author for case in cases})
    asked = [case for case in cases if case.asked]
    if readable and not style.fields and people:
        print_table(_summary(people, cases, lang), style, envelope)
        write("\n")
    counts = [
        {"person": person, "check": check, "asked": asked_of, "of": total}
        for person in people
        for check in CHECKS
        for asked_of, total in [_count(cases, person, check)]
    ]
    extra = {**envelope.extra, "counts": counts, "commits": signed.commits, "signed": signed.signed, "note": note}
    if style.effective == "table" and not style.fields:
        for line in _listed(asked, names, style):
            write(line + "\n")
        write("\n".join(wrap(note, style.screen.width)) + "\n")
        return
    if asked or not readable:
        groups = _grouped(asked) if readable else [[case] for case in _ordered(asked)]
        print_table(_questions(groups, names, lang), style, replace(envelope, extra=extra))
    if style.effective == "md":
        write(f"\n{note}\n")
    elif not style.quiet:
        say(style.screen.style_err(note, "dim"))


def _listed(asked: Sequence[Case], names: Names, style: Style) -> Iterator[str]:
    """Yield the questions for people to read: by person, each with its day and record, in full."""
    width = style.screen.width
    for author, groups in groupby(_grouped(asked), lambda group: group[0].commit.author):
        yield style.screen.style(author, "bold")
        for group in groups:
            records = list(dict.fromkeys(case.record for case in group))
            head, *rest = wrap(f"{group[0].commit.day}  {', '.join(records)}", width - 2)
            yield from (f"  {head}", *(f"              {line}" for line in rest))
            yield from (f"    {line}" for line in wrap(_question(group, names, style.lang), width - 4))
        yield ""


def _count(cases: Sequence[Case], person: str, check: str) -> tuple[int, int]:
    """Return how many cases of a person are asked about, and how many there are."""
    some = [case.asked for case in cases if case.check == check and case.commit.author == person]
    return sum(some), len(some)


def _summary(people: Sequence[str], cases: Sequence[Case], lang: str) -> Table:
    columns = [Column("person", text("col-person", lang), shrink=6)]
    columns += [Column(check, text(f"audit-{check}", lang), right=True) for check in CHECKS]
    rows: list[list[Any]] = []
    for person in people:
        found = [_count(cases, person, check) for check in CHECKS]
        rows.append([person, *(text("audit-of", lang, count=n, total=of) if of else "–" for n, of in found)])
    return Table(columns, rows)


def _ordered(asked: Sequence[Case]) -> list[Case]:
    return sorted(asked, key=lambda case: (case.commit.author, CHECKS.index(case.check), case.commit.day, case.record))


def _grouped(asked: Sequence[Case]) -> list[list[Case]]:
    """Put together what is asked in one: dates moved on one day, marks that one commit changed in one deal."""

    def together(case: Case) -> tuple[Any, ...]:
        if case.check == MOVED_TOGETHER:
            return (case.check, case.commit.email, case.commit.day)
        own = case.subject if case.check == BACKDATED_STAGE else ""
        return (case.check, case.commit.id, case.record, own)

    groups: dict[tuple[Any, ...], list[Case]] = {}
    for case in _ordered(asked):
        groups.setdefault(together(case), []).append(case)
    return list(groups.values())


def _questions(groups: Sequence[Sequence[Case]], names: Names, lang: str) -> Table:
    columns = [
        Column("person", text("col-person", lang), shrink=6),
        Column("record", text("col-record", lang), shrink=12),
        Column("dated", text("col-as-of-file", lang), drop=2),
        Column("committed", text("col-committed", lang), drop=1),
        Column("question", text("col-question", lang), shrink=24),
        *(Column(key, key, drop=HIDDEN) for key in ("check", "lag_hours", "subject", "party", "before", "after")),
        *(Column(key, key, drop=HIDDEN) for key in ("email", "commit", "reason")),
    ]
    rows = []
    for group in groups:
        case = group[0]
        commit, records = case.commit, ", ".join(dict.fromkeys(one.record for one in group))
        lag = int(case.lag.total_seconds() // 3600) if case.lag is not None else None
        about = [case.check, lag, case.subject, case.party, case.before, case.after]
        shown = [commit.author, records, case.dated, commit.day, _question(group, names, lang)]
        rows.append([*shown, *about, commit.email, commit.id, commit.subject])
    return Table(columns, rows)


def _question(group: Sequence[Case], names: Names, lang: str) -> str:
    """Return what there is to ask about cases of one kind."""
    case = group[0]
    if case.check == LATE_RECORD:
        return text("audit-ask-late_record", lang, after=_after(case, lang))
    if case.check == BACKDATED_STAGE:
        return text("audit-ask-backdated_stage", lang, stage=case.subject, after=_after(case, lang))
    if case.check == MOVED_TOGETHER:
        moved = [other.lag.days for other in group if other.lag is not None]
        days = f"{sum(moved) / len(moved):+.0f}"
        return text("audit-ask-moved_together", lang, count=len({other.record for other in group}), days=days)
    if case.check == LATE_PLUS:
        criteria = ", ".join(names.criteria.get(one.subject, one.subject) for one in group)
        return text("audit-ask-late_plus", lang, criteria=criteria, close=case.after)
    changes = "; ".join(f"{_about(one, names, lang)} {one.before} → {one.after}" for one in group)
    return text("audit-ask-mark_after_outcome", lang, changes=changes)


def _about(case: Case, names: Names, lang: str) -> str:
    party = text("us", lang) if case.party == US else names.parties.get((case.record, case.party), case.party)
    return f"{names.criteria.get(case.subject, case.subject)} ({party})"


def _after(case: Case, lang: str) -> str:
    """Return how long after its day something was committed: in hours below two days, else in days."""
    assert case.lag is not None
    hours = int(case.lag.total_seconds() // 3600)
    return text("audit-hours", lang, count=hours) if hours < 48 else text("audit-days", lang, count=hours // 24)
