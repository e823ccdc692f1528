"""What `workbook export` does: choose rows, fill a form, write the file."""

from __future__ import annotations

import sys
from pathlib import Path

from kamctl.commands.session import Session
from kamctl.commands.sheet_kinds import KINDS
from kamctl.commands.sheets import Fill, Wish, vocabulary_of
from kamctl.exchange.archive import MAX_ROWS
from kamctl.exchange.book import FIRST_ROW, Book
from kamctl.exchange.columns import Form
from kamctl.exchange.forms import FORMS
from kamctl.exchange.workbook import workbook_bytes
from kamctl.labels import text
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest
from kamctl.saving import write_file


def export_workbook(run: Session, form_name: str, wish: Wish, output: str, force: bool) -> None:
    """Write a workbook. Raises KamctlError for an unknown form, and rather than overwrite a file unasked."""
    form = known_form(form_name)
    kind = KINDS[form.name]
    refused = [option for option, value in wish.options().items() if value and option not in kind.takes]
    if refused:
        raise KamctlError(
            Phrase("{refused} does not go with --form {name}", refused=refused[0], name=form.name),
            Phrase("it takes {names}", names=", ".join(kind.takes)),
        )
    path = Path(output or f"{form.name}-{run.as_of}.xlsx")
    if output != "-" and path.exists() and not force:
        raise KamctlError(
            Phrase("{path} exists already", path=path), Phrase("--force overwrites it, -o FILE writes another")
        )
    book = _book(run, form, kind.fill(run, wish), wish)
    if len(book.lines) > MAX_ROWS - FIRST_ROW:
        raise KamctlError(
            Phrase("{count} rows are more than come back: kamctl reads {most}", count=len(book.lines), most=MAX_ROWS),
            Phrase("choose fewer, such as with {names}", names=", ".join(kind.takes[:3])),
        )
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
        hint = nearest(name, list(FORMS), Phrase("one of {names}", names=", ".join(FORMS)))
        raise KamctlError(Phrase('there is no workbook form "{name}"', name=name), hint)
    return FORMS[name]


def _book(run: Session, form: Form, fill: Fill, wish: Wish) -> Book:
    dealers = wish.deals.one_of.get("dealer", ())
    stages = {s.code: s for process in reversed(list(fill.terms.processes.values())) for s in process.stages}
    name = run.workspace.settings.name or run.workspace.root.name
    return Book(
        form=form,
        vocabulary=vocabulary_of(run, fill.facts, fill.terms, run.lang),
        title=text(f"sheet-book-{form.name}", run.lang, name=name),
        workspace=name,
        dealer=dealers[0] if len(dealers) == 1 else "",
        lines=fill.lines,
        subject=fill.subject,
        bars=fill.bars,
        pages=fill.pages,
        open_stages=[code for code, stage in stages.items() if stage.outcome == "open" and not stage.ended],
        lost_stages=[code for code, stage in stages.items() if stage.outcome == "lost"],
    )
