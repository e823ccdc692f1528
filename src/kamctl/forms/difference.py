"""What differs between two states as a view: a summary, then money, accounts with their records, method, problems.

Text, Markdown and HTML show the same view; flat formats and JSON are in `render.differences`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from kamctl import layout, rules
from kamctl.forms.changes import NONE, Names, lines
from kamctl.history import change as kinds
from kamctl.history.change import Change
from kamctl.history.diff import Diff, Judged, RecordDiff
from kamctl.history.records import DATA_KINDS
from kamctl.history.states import STAGED, State
from kamctl.labels import text
from kamctl.money import grouped
from kamctl.problems import Problem
from kamctl.reports.waterfall import Waterfall
from kamctl.rows.calls import CommitmentRow
from kamctl.visible import one_line

SHOWN = 6
"""How many deals a line of the summary names; of the others it says how many they are."""

COMMITMENTS = "outcome.commitments"
"""Where promises stand in a call."""


@dataclass(frozen=True)
class Highlight:
    """One line of the summary: what happened, how often, to what, and how many more there are."""

    label: str
    count: int
    items: Sequence[str]
    more: int


@dataclass(frozen=True)
class TotalLine:
    """One step of the money: what it is, its amount, and how many deals it has."""

    label: str
    amount: str
    deals: int
    sum: bool


@dataclass(frozen=True)
class RecordView:
    """One record: its kind, name, id and owner, how its judgement moved, and its changes, a line each."""

    kind: str
    name: str
    id: str
    owner: str
    judged: Sequence[str]
    lines: Sequence[str]


@dataclass(frozen=True)
class GroupView:
    """One account with the records that differ."""

    name: str
    id: str
    records: Sequence[RecordView]


@dataclass(frozen=True)
class ProblemView:
    """One problem: its place, rule and message."""

    place: str
    rule: str
    severity: str
    message: str


@dataclass(frozen=True)
class DiffView:
    """Everything that differs, in words. Parts that have nothing to say are empty."""

    lang: str
    before: str
    after: str
    as_of: str
    subject: str
    summary: Sequence[Highlight]
    currency: str
    totals: Sequence[TotalLine]
    unpriced: int
    groups: Sequence[GroupView]
    broken: Sequence[str]
    method: Sequence[RecordView]
    introduced: Sequence[ProblemView]
    fixed: Sequence[ProblemView]
    unreadable: Sequence[str]


@dataclass(frozen=True)
class Wording:
    """What the words are made with: names in each record and of accounts, and labels of stages, verdicts, levels.

    `of` gives the names of a record, `questions` and `levels` the labels of the method, `asked` what was left out.
    """

    lang: str
    of: Callable[[str], Names]
    accounts: Callable[[str], str]
    questions: dict[str, str]
    levels: dict[str, str]
    currency: str
    asked: str = ""


def diff_view(diff: Diff, before: State, after: State, as_of: str, words: Wording) -> DiffView:
    """Return what differs in words."""
    lang = words.lang
    return DiffView(
        lang=lang,
        before=state_name(before, lang),
        after=state_name(after, lang),
        as_of=as_of,
        subject=words.asked,
        summary=list(_summary(diff, words)),
        currency=words.currency,
        totals=list(_totals(diff.totals, lang)) if diff.totals is not None else [],
        unpriced=_unpriced(diff.totals) if diff.totals is not None else 0,
        groups=list(_groups(diff.records, words)),
        broken=[_promise(row, words) for row in diff.broken],
        method=[_record(record, words) for record in diff.method],
        introduced=[_problem(problem, lang) for problem in diff.problems.introduced],
        fixed=[_problem(problem, lang) for problem in diff.problems.fixed],
        unreadable=[
            text(f"diff-unreadable-{'both' if len(pair.unreadable) > 1 else pair.unreadable[0]}", lang, path=pair.path)
            for pair in diff.unreadable
        ],
    )


def state_name(state: State, lang: str) -> str:
    """Return what a state is called: a commit with its day, what is staged, or the files on disk."""
    if state.commit is not None:
        shown = "" if state.commit.id.startswith(state.name) else f"{state.name} · "
        return f"{shown}{state.commit.short} · {state.commit.committed.date()}"
    return text("diff-staged" if state.name == STAGED else "diff-files", lang)


# --- the summary


def _summary(diff: Diff, words: Wording) -> Iterator[Highlight]:
    deals = [record for record in diff.records if record.pair.kind == "opportunity"]
    for key, tell in HIGHLIGHTS.items():
        found = [(record, said) for record in deals if (said := tell(record, words)) is not None]
        if found:
            items = [_titled(record, said, words) for record, said in found]
            yield _highlight(f"diff-{key}", items, words.lang)
    kept = [change for record in diff.records for change in record.changes if _is_kept(change)]
    calls = [record for record in diff.records if any(change.kind == kinds.RECORDED for change in record.changes)]
    people = [record for record in diff.records if record.pair.kind == "contact" and record.pair.before is None]
    for key, count in (("calls", len(calls)), ("people", len(people)), ("kept", len(kept))):
        if count:
            yield Highlight(text(f"diff-{key}", words.lang), count, (), 0)
    for key, some in (("broken", diff.broken), ("method", diff.method)):
        if some:
            yield Highlight(text(f"diff-{key}", words.lang), len(some), (), 0)
    for key, problems in (("introduced", diff.problems.introduced), ("fixed", diff.problems.fixed)):
        if problems:
            yield Highlight(text(f"diff-{key}", words.lang), len(problems), (), 0)


def _highlight(key: str, items: list[str], lang: str) -> Highlight:
    return Highlight(text(key, lang), len(items), items[:SHOWN], max(0, len(items) - SHOWN))


def _titled(record: RecordDiff, said: str, words: Wording) -> str:
    name = _name_of(record, words)
    return text("change-about", words.lang, about=name, words=said) if said else name


def _name_of(record: RecordDiff, words: Wording) -> str:
    """Return what a record is called: its name, for a call its day and whom it was with, else the name of its file."""
    pair = record.pair
    data = pair.after or pair.before or {}
    name = data.get("name")
    if pair.kind == "call":
        contact = data.get("contact")
        with_whom = words.of(pair.id).subject(contact) if isinstance(contact, str) else ""
        name = f"{data.get('date') or ''} {with_whom}".strip() if with_whom else ""
    return one_line(name) if isinstance(name, str) and name else layout.stem_of(pair.id) or pair.path


def _money(amount: Decimal | None, words: Wording) -> str:
    return f"{grouped(amount, words.lang)} {words.currency}" if amount is not None else ""


def _created(record: RecordDiff, words: Wording) -> str | None:
    return _amount_of(record) if record.pair.before is None else None


def _removed(record: RecordDiff, words: Wording) -> str | None:
    return _amount_of(record) if record.pair.after is None else None


def _amount_of(record: RecordDiff) -> str:
    data = record.pair.after or record.pair.before or {}
    return str(data.get("amount") or "")


def _outcome(record: RecordDiff) -> tuple[str, str]:
    return (record.then.outcome if record.then else "open", record.now.outcome if record.now else "open")


def _won(record: RecordDiff, words: Wording) -> str | None:
    was, now = _outcome(record)
    return _amount_of(record) if now == "won" and was != "won" else None


def _lost(record: RecordDiff, words: Wording) -> str | None:
    was, now = _outcome(record)
    if now != "lost" or was == "lost":
        return None
    return _words_of(record, (kinds.LOST,), words) or _amount_of(record)


def _reopened(record: RecordDiff, words: Wording) -> str | None:
    was, now = _outcome(record)
    return "" if was == "lost" and now != "lost" and record.now is not None else None


def _stage(record: RecordDiff, words: Wording) -> str | None:
    return _words_of(record, (kinds.STAGE,), words) if _is_changed(record, kinds.STAGE) else None


def _pushed(record: RecordDiff, words: Wording) -> str | None:
    return _date_words(record, words, later=True)


def _pulled(record: RecordDiff, words: Wording) -> str | None:
    return _date_words(record, words, later=False)


def _date_words(record: RecordDiff, words: Wording, later: bool) -> str | None:
    moved = next((change for change in record.changes if change.kind == kinds.CLOSE_DATE and change.days), None)
    if moved is None or ((moved.days or 0) > 0) != later:
        return None
    return f"{moved.before} → {moved.after}"


def _amount(record: RecordDiff, words: Wording) -> str | None:
    names = words.of(record.pair.id)
    found = next((c for c in record.changes if c.kind == kinds.FIELD and c.field == "amount"), None)
    return f"{names.value(found.before)} → {names.value(found.after)}" if found is not None else None


def _verdict(record: RecordDiff, words: Wording) -> str | None:
    moved = list(_verdicts(record.then, record.now, words))
    return text("diff-and", words.lang).join(moved) if moved else None


def _level(record: RecordDiff, words: Wording) -> str | None:
    moved = list(_levels(record, words))
    return text("diff-and", words.lang).join(moved) if moved else None


def _words_of(record: RecordDiff, wanted: Sequence[str], words: Wording) -> str:
    some = [change for change in record.changes if change.kind in wanted]
    return text("diff-and", words.lang).join(said for _, said in lines(some, words.of(record.pair.id)))


def _is_changed(record: RecordDiff, kind: str) -> bool:
    return any(change.kind == kind for change in record.changes)


def _is_kept(change: Change) -> bool:
    return change.kind == kinds.DONE and change.field == COMMITMENTS


HIGHLIGHTS: dict[str, Callable[[RecordDiff, Wording], str | None]] = {
    "won": _won,
    "lost": _lost,
    "reopened": _reopened,
    "created": _created,
    "removed": _removed,
    "moved": _stage,
    "amounts": _amount,
    "pushed": _pushed,
    "pulled": _pulled,
    "verdicts": _verdict,
    "status": _level,
}
"""The lines of the summary that are about deals, in their order: what each says of a deal, None for nothing."""


# --- money


def _totals(found: Waterfall, lang: str) -> Iterator[TotalLine]:
    for step in (found.start, *found.steps, found.end):
        edge = step in (found.start, found.end)
        if edge or step.deals:
            sign = "" if edge or step.amount <= 0 else "+"
            amount = f"{sign}{step.amount:,f}".removesuffix(".00")
            yield TotalLine(text(f"diff-step-{step.name}", lang), amount, step.deals, edge)


def _unpriced(found: Waterfall) -> int:
    """Return how many open deals have no amount in the workspace's currency."""
    return found.end.deals - found.end.priced


# --- records


def _groups(records: Sequence[RecordDiff], words: Wording) -> Iterator[GroupView]:
    def account(record: RecordDiff) -> str:
        return layout.account_of(record.pair.id) if record.pair.kind != "week" else ""

    order = sorted(records, key=lambda r: (not account(r), account(r), DATA_KINDS.index(r.pair.kind), r.pair.id))
    for name, some in groupby(order, account):
        views = [_record(record, words) for record in some]
        yield GroupView(words.accounts(name) if name else text("diff-weeks", words.lang), name, views)


def _record(record: RecordDiff, words: Wording) -> RecordView:
    pair, names = record.pair, words.of(record.pair.id)
    told = change_lines(record, words, pair.id)
    owner = names.subject(record.owner) if record.owner else ""
    kind = text(f"diff-kind-{pair.kind}", words.lang) if pair.is_data else ""
    title = _name_of(record, words) if pair.is_data else pair.path
    return RecordView(kind, title, pair.id, owner, list(_judgement(record, words)), told)


def change_lines(record: RecordDiff, words: Wording, about: str = "") -> list[str]:
    """Return the changes of a record, a line each, with its name before them unless it is the one that all is about."""
    told = [_pushes(change, said, record, words) for change, said in lines(record.changes, words.of(record.pair.id))]
    if record.pair.id == about:
        return told
    return [text("change-about", words.lang, about=_name_of(record, words), words=said) for said in told]


def _pushes(change: Change, said: str, record: RecordDiff, words: Wording) -> str:
    if change.kind == kinds.CLOSE_DATE and record.pushes:
        return text("diff-pushes", words.lang, words=said, count=record.pushes)
    return said


def _judgement(record: RecordDiff, words: Wording) -> Iterator[str]:
    """Yield how the score, the verdicts and the status of people moved."""
    then, now = record.then, record.now
    if now is not None and (then is None or (then.score, then.known) != (now.score, now.known)):
        before = f"{_score(then)} → " if then is not None else ""
        yield text("diff-score", words.lang, score=f"{before}{_score(now)}", known=now.known, applicable=now.applicable)
    yield from _verdicts(then, now, words)
    yield from _levels(record, words)


def _score(judged: Judged | None) -> str:
    return NONE if judged is None or judged.score is None else f"{judged.score:+d}"


def _verdicts(then: Judged | None, now: Judged | None, words: Wording) -> Iterator[str]:
    if then is None or now is None:
        return
    for question, verdict in now.verdicts.items():
        was = then.verdicts.get(question, verdict)
        if was != verdict:
            moved = f"{text(f'verdict-{was}', words.lang)} → {text(f'verdict-{verdict}', words.lang)}"
            yield text("change-about", words.lang, about=words.questions.get(question, question), words=moved)


def _levels(record: RecordDiff, words: Wording) -> Iterator[str]:
    if record.then is None or record.now is None:
        return
    names = words.of(record.pair.id)
    for person, level in record.now.levels.items():
        was = record.then.levels.get(person, level)
        if was != level:
            moved = f"{words.levels.get(was, was)} → {words.levels.get(level, level)}"
            yield text("change-about", words.lang, about=names.subject(person), words=moved)


def _promise(row: CommitmentRow, words: Wording) -> str:
    names = words.of(row.call)
    return text(
        "diff-promise", words.lang, who=names.subject(row.by), what=one_line(row.what), due=row.due, call=row.call
    )


def _problem(problem: Problem, lang: str) -> ProblemView:
    message = one_line(rules.message(problem, lang))
    return ProblemView(f"{problem.path}:{problem.line}", problem.rule, rules.severity(problem), message)
