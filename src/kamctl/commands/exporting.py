"""What `workbook export` does: choose deals, fill a form, write the file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from kamctl.commands.selling import Chosen, Selection, select, stage_order
from kamctl.commands.session import Session
from kamctl.commands.sheets import LINES, TABLES, vocabulary_of
from kamctl.exchange.book import Bar, Book, Line
from kamctl.exchange.columns import FORMS, Form, Vocabulary
from kamctl.exchange.typed import shown_stage
from kamctl.exchange.workbook import workbook_bytes
from kamctl.facts import Facts
from kamctl.labels import text
from kamctl.problems import KamctlError, did_you_mean
from kamctl.reports.pipeline import pipeline
from kamctl.saving import write_file


def export_workbook(run: Session, form_name: str, selection: Selection, dealer: str, output: str, force: bool) -> None:
    """Write a workbook. Raises KamctlError for an unknown form, and rather than overwrite a file unasked."""
    form = known_form(form_name)
    path = Path(output or f"{form.name}-{run.as_of}.xlsx")
    if output != "-" and path.exists() and not force:
        raise KamctlError(f"{path} exists already", "--force overwrites it, -o FILE writes another")
    chosen = select(run, selection)
    facts = run.workspace.load(TABLES[form.name]).facts
    lines = LINES[form.name](run, [row.id for row in chosen.rows], facts, chosen.terms)
    book = _book(run, form, chosen, facts, lines, dealer)
    content = workbook_bytes(book)
    if output == "-":
        sys.stdout.buffer.write(content)
        return
    write_file(path, content, overwrite=force)
    run.say(run.label("workbook-made", path=path, count=len(book.lines)))
    run.say(run.label("next-command", command=f"kamctl workbook import {path}"), "dim")


def known_form(name: str) -> Form:
    """Return a workbook form. Raises KamctlError when there is none of that name."""
    if name not in FORMS:
        near = did_you_mean(name, list(FORMS))
        hint = f'did you mean "{near}"?' if near else f"one of {', '.join(FORMS)}"
        raise KamctlError(f'there is no workbook form "{name}"', hint)
    return FORMS[name]


def _book(run: Session, form: Form, chosen: Chosen, facts: Facts, lines: Sequence[Line], dealer: str) -> Book:
    words = vocabulary_of(run, facts, chosen.terms, run.lang)
    stages = {s.code: s for process in reversed(list(chosen.terms.processes.values())) for s in process.stages}
    name = run.workspace.settings.name or run.workspace.root.name
    return Book(
        form=form,
        vocabulary=words,
        title=text(f"sheet-book-{form.name}", run.lang, name=name),
        workspace=name,
        dealer=dealer,
        lines=lines,
        bars=_bars(chosen, words) if form.name == "pipeline" else (),
        open_stages=[code for code, stage in stages.items() if stage.outcome == "open" and not stage.ended],
        lost_stages=[code for code, stage in stages.items() if stage.outcome == "lost"],
    )


def _bars(chosen: Chosen, words: Vocabulary) -> list[Bar]:
    """Return the bars of the funnel: every open stage of the workspace's process, and those of others with deals."""
    terms = chosen.terms
    totals = pipeline(chosen.rows, "stage_seen", stage_order(terms)).groups
    found = {total.group: total for total in totals}
    own = [stage.code for stage in terms.processes[terms.default_process].stages if stage.outcome != "lost"]
    names = {option.id: shown_stage(option, words.lang) for option in words.stages[terms.default_process]}
    return [
        Bar(
            names.get(code, code),
            found[code].deals if code in found else 0,
            found[code].amount if code in found else Decimal(0),
        )
        for code in dict.fromkeys([*own, *found])
    ]
