"""Prints what differs between two states: text, Markdown, HTML, a row a change, or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kamctl import layout
from kamctl.forms.changes import line
from kamctl.forms.difference import DiffView, GroupView, ProblemView, RecordView, Wording, diff_view
from kamctl.history.change import Change
from kamctl.history.diff import Diff, Judged, RecordDiff
from kamctl.history.records import RecordPair
from kamctl.history.states import Pair, State
from kamctl.labels import text
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.render.output import FORMATS as TABLES
from kamctl.render.output import Envelope, Style, print_json, print_table, problem_json
from kamctl.render.screen import Screen, page, write
from kamctl.render.table import Column, Table
from kamctl.render.width import pad, width, wrap
from kamctl.reports.waterfall import Waterfall
from kamctl.rows.calls import CommitmentRow

FORMATS = (*TABLES, "html")
DOCUMENTS = ("md", "html")
SUFFIXES = {".md": "md", ".markdown": "md", ".html": "html", ".htm": "html"}
"""The format that the name of an output file stands for."""

INDENT = "  "
SEVERITIES = {"error": "red", "warning": "yellow"}


class Page(NamedTuple):
    """What is printed: what differs, between which states, in which words, and how."""

    diff: Diff
    states: Pair
    words: Wording
    style: Style


def print_diff(shown: Page, envelope: Envelope, asked: str, own: Path) -> None:
    """Print what differs in the format in effect. `own` is the folder of the workspace's templates."""
    style = shown.style
    if asked in DOCUMENTS and not style.fields:
        write(document_of(shown, asked, own))
    elif style.effective == "json":
        print_json(_records(shown), style, _enveloped(shown, envelope))
    elif style.effective == "table" and not style.fields:
        if not shown.diff.is_empty:
            page("\n".join(_page(_view(shown), style.screen)) + "\n", style.screen)
    else:
        print_table(Table([Column(key, key) for key in ROW], list(_rows(shown))), style, envelope)


def document_of(shown: Page, kind: str, own: Path) -> str:
    """Return what differs as Markdown or HTML. Raises KamctlError for another format."""
    if kind not in DOCUMENTS:
        raise KamctlError(Phrase("diff writes no {kind} file", kind=kind), Phrase("name it .md or .html"))
    from kamctl.render.document import render

    return render(f"diff.{kind}.j2", {"diff": _view(shown)}, shown.words.lang, own)


def _view(shown: Page) -> DiffView:
    states = shown.states
    return diff_view(shown.diff, states.before, states.after, states.after.day.isoformat(), shown.words)


# --- text


def _page(view: DiffView, screen: Screen) -> Iterator[str]:
    lang = view.lang
    yield screen.style(f"{view.before} → {view.after}", "bold")
    for one in view.summary:
        more = [text("diff-more", lang, count=one.more)] if one.more else []
        head = text("change-about", lang, about=one.label, words=one.count)
        yield from _wrapped(head if not one.items else f"{head} · {' · '.join([*one.items, *more])}", 0, screen)
    if view.totals:
        yield from ("", screen.style(text("diff-totals", lang, currency=view.currency), "bold"))
        yield from _money(view, screen)
    for group in view.groups:
        yield from ("", screen.style(f"{group.name}  {group.id}".rstrip(), "bold"))
        yield from _records_of(group, screen)
    for key, some in (("diff-broken", view.broken), ("diff-unreadable", view.unreadable)):
        if some:
            yield from ("", screen.style(text(key, lang), "bold"))
            for words in some:
                yield from _wrapped(words, 1, screen)
    if view.method:
        yield from ("", screen.style(text("diff-method", lang), "bold"))
        yield from _records_of(GroupView("", "", view.method), screen)
    for key, problems in (("diff-introduced", view.introduced), ("diff-fixed", view.fixed)):
        if problems:
            yield from (
                "",
                screen.style(text("change-about", lang, about=text(key, lang), words=len(problems)), "bold"),
            )
            yield from (part for problem in problems for part in _problem(problem, screen))


def _money(view: DiffView, screen: Screen) -> Iterator[str]:
    labels = max(width(step.label) for step in view.totals)
    amounts = max(width(step.amount) for step in view.totals)
    for step in view.totals:
        deals = text("diff-deals", view.lang, count=step.deals)
        words = f"{INDENT}{pad(step.label, labels)}{INDENT}{step.amount:>{amounts}}{INDENT}{deals}"
        yield screen.style(words, "bold") if step.sum else words
    if view.unpriced:
        yield from _wrapped(text("diff-unpriced", view.lang, count=view.unpriced, currency=view.currency), 1, screen)


def _records_of(group: GroupView, screen: Screen) -> Iterator[str]:
    for record in group.records:
        about = " · ".join(filter(None, (record.kind, record.name, _id(record), record.owner)))
        yield from _wrapped(about, 1, screen, "cyan")
        for words in (*record.judged, *record.lines):
            yield from _wrapped(words, 2, screen)


def _id(record: RecordView) -> str:
    return record.id if record.kind and layout.stem_of(record.id) != record.name else ""


def _problem(problem: ProblemView, screen: Screen) -> Iterator[str]:
    yield from _wrapped(
        f"{problem.place}: {problem.rule}: {problem.message}", 1, screen, SEVERITIES.get(problem.severity, "")
    )


def _wrapped(words: str, level: int, screen: Screen, style: str = "") -> Iterator[str]:
    """Yield a paragraph at a level, its further lines one deeper."""
    first, *more = wrap(words, max(20, screen.width - 2 * (level + 1)))
    yield INDENT * level + (screen.style(first, style) if style else first)
    for rest in wrap(" ".join(more), max(20, screen.width - 2 * (level + 1))) if more else ():
        yield INDENT * (level + 1) + (screen.style(rest, style) if style else rest)


# --- rows


ROW = (
    "account",
    "kind",
    "id",
    "owner",
    "change",
    "field",
    "subject",
    "party",
    "before",
    "after",
    "note",
    "day",
    "words",
)


def _rows(shown: Page) -> Iterator[list[Any]]:
    """Yield a row for each change."""
    for record in (*shown.diff.records, *shown.diff.method):
        names, pair = shown.words.of(record.pair.id), record.pair
        account = pair.id.partition("/")[0] if pair.is_data and pair.kind != "week" else ""
        for change in record.changes:
            before, after = (str(value) if value is not None else None for value in (change.before, change.after))
            about = [change.kind, change.field, change.subject, change.party, before, after, change.note, change.day]
            yield [account, pair.kind, pair.id or pair.path, record.owner, *about, line(change, names)]


# --- JSON


def _enveloped(shown: Page, envelope: Envelope) -> Envelope:
    diff, states, lang = shown.diff, shown.states, shown.words.lang
    extra = {
        **envelope.extra,
        "before": _state(states.before),
        "after": _state(states.after),
        "shallow": states.repository.shallow,
        "totals": _waterfall(diff.totals, shown.words.currency) if diff.totals is not None else None,
        "broken": [_promise(row) for row in diff.broken],
        "method_changes": [_record(record, shown.words) for record in diff.method],
        "introduced": [problem_json(problem, lang) for problem in diff.problems.introduced],
        "fixed": [problem_json(problem, lang) for problem in diff.problems.fixed],
        "unreadable": [_unread(pair) for pair in diff.unreadable],
    }
    return Envelope(envelope.command, states.after.day, envelope.problems, extra)


def _state(state: State) -> dict[str, Any]:
    commit = state.commit
    about = {"commit": commit.id, "author": commit.author, "subject": commit.subject} if commit is not None else {}
    return {"name": state.name, "day": state.day, **about}


def _records(shown: Page) -> list[dict[str, Any]]:
    return [_record(record, shown.words) for record in shown.diff.records]


def _record(record: RecordDiff, words: Wording) -> dict[str, Any]:
    pair, names = record.pair, words.of(record.pair.id)
    renamed = {"old_id": pair.old_id, "old_path": pair.old_path} if pair.path != pair.old_path else {}
    judged = {"then": _judged(record.then), "now": _judged(record.now)} if pair.kind == "opportunity" else {}
    pushes = {"pushed_before": record.pushes} if record.pushes is not None else {}
    return {
        "kind": pair.kind, "id": pair.id, "path": pair.path, **renamed, "owner": record.owner,
        "there_before": pair.before is not None, "there_after": pair.after is not None, **judged, **pushes,
        "changes": [{**_change(change), "words": line(change, names)} for change in record.changes],
    }  # fmt: skip


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "field": change.field,
        "subject": change.subject,
        "party": change.party,
        "before": str(change.before) if change.before is not None else None,
        "after": str(change.after) if change.after is not None else None,
        "note": change.note,
        "source": change.source,
        "day": change.day,
        "days": change.days,
    }


def _judged(judged: Judged | None) -> dict[str, Any] | None:
    return {**judged._asdict(), "verdicts": dict(judged.verdicts), "levels": dict(judged.levels)} if judged else None


def _waterfall(found: Waterfall, currency: str) -> dict[str, Any]:
    return {
        "currency": currency,
        "steps": [
            {
                "step": step.name,
                "amount": step.amount,
                "deals": step.deals,
                "priced": step.priced,
                "ids": _ids(step.parts),
            }
            for step in (found.start, *found.steps, found.end)
        ],
    }


def _ids(parts: Sequence[Any]) -> list[str]:
    return [part.deal for part in parts if part.step not in ("start", "end")]


def _promise(row: CommitmentRow) -> dict[str, Any]:
    return row._asdict()


def _unread(pair: RecordPair) -> dict[str, Any]:
    return {"path": pair.path, "old_path": pair.old_path, "states": list(pair.unreadable)}
