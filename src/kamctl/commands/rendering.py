"""What `render` does, and `show` with a form: the one place that turns a record into a form."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kamctl.commands.resolving import RESOLVERS, subject_id
from kamctl.commands.session import Session
from kamctl.commands.writing import FORMATS, SUFFIXES, VIEWS, format_of, write_output
from kamctl.forms.catalog import FORMS, OPTIONAL, Form, forms_of
from kamctl.layout import account_of
from kamctl.phrases import KINDS, Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render import document
from kamctl.render.markdown import print_markdown
from kamctl.render.output import print_json, print_table
from kamctl.render.table import Column, Table

ON_FORMS = ("accounts", "people", "members", "opportunities", "calls", "presentations", "weeks")
"""Tables of each kind of file from which something may stand on a form."""


def render(run: Session, name: str, subject: str, output: str, deal: str) -> None:
    """Print a form, or write it to a file; without a name list the forms."""
    if not name:
        list_forms(run)
        return
    form = form_named(name)
    if not subject and form.of not in OPTIONAL:
        raise KamctlError(Phrase("which {kind}?", kind=KINDS[form.of]), _which(name, form))
    print_form(run, name, subject_id(run, form.of, subject), output, deal)


def list_forms(run: Session) -> None:
    """Print the forms, of which kind of record each is, and what each is for."""
    columns = [
        Column("name", run.label("col-form")),
        Column("of", run.label("col-of"), lambda of: run.label(f"of-{of}")),
        Column("title", run.label("col-form-title")),
        Column("purpose", run.label("col-rule-title"), shrink=20, drop=1),
    ]
    rows = [
        [name, form.of, run.label(f"form-{name}"), run.label(f"form-{name}-purpose")] for name, form in FORMS.items()
    ]
    print_table(Table(columns, rows), run.style, run.envelope())


def show_form(run: Session, kind: str, record: str, name: str, output: str, deal: str = "") -> None:
    """Print a form of a record of one kind; without a name the usual one of the kind."""
    name = name or next(iter(forms_of(kind)), "")
    of = form_named(name, kind).of
    if of != kind:
        raise KamctlError(
            Phrase("{name} is a form of {kind}, not of {other}", name=name, kind=ONE[of], other=ONE[kind]),
            choices(forms_of(kind)),
        )
    print_form(run, name, run.workspace.resolve(kind, record), output, deal)


def form_named(name: str, kind: str = "") -> Form:
    """Return a form by name. Raises KamctlError with the nearest one, of a kind where one is given."""
    form = FORMS.get(name)
    if form is None:
        known = forms_of(kind) if kind else list(FORMS)
        words = (
            Phrase('{kind} has no form "{name}"', kind=ONE[kind], name=name)
            if kind
            else Phrase('there is no form "{name}"', name=name)
        )
        raise KamctlError(
            words,
            nearest(name, [*known, *FORMS], choices(known)),
        )
    return form


def print_form(run: Session, name: str, record_id: str, output: str = "-", deal: str = "") -> None:
    """Print a form of a record, or write it to a file, in the format asked for."""
    run.style.check(VIEWS)
    view = _view(run, name, record_id, deal)
    tell_unread_of(run, "" if FORMS[name].of in RESOLVERS else account_of(record_id))
    print_view(run, name, view, output)


def tell_unread_of(run: Session, account: str) -> None:
    """Say on stderr how many files of an account, or of all, a form had to do without."""
    run.tell_unread(run.workspace.load(ON_FORMS, account=account))


def print_view(run: Session, name: str, view: Any, output: str = "-") -> None:
    """Print the view of a form through its templates, or write it to a file, in the format asked for."""
    if run.options.format != "json":
        print_pages(run, name, [view], output)
    elif output == "-":
        print_json(FORMS[name].data(view), run.style, run.envelope(form=name))
    else:
        raise KamctlError(Phrase("JSON goes to stdout"), Phrase("leave -o out and write > {output}", output=output))


def print_pages(run: Session, name: str, views: Sequence[Any], output: str) -> None:
    """Print the views of one form one after the other. Raises KamctlError when the format holds one page only."""
    run.style.check(VIEWS)
    kind = _format(run, output)
    if output != "-":
        write_output(Path(output), _bytes(run, name, views, kind), SUFFIXES)
        run.say(f"{output}: {run.label('created')}")
    elif kind not in ("docx", "pdf"):
        shown = run.style if run.options.format in FORMATS else replace(run.style, format="")
        print_markdown(_text(run, name, views, kind), shown)
    elif run.style.screen.terminal:
        raise KamctlError(
            Phrase("a {kind} file cannot be shown on a terminal", kind=kind),
            Phrase("-o {name}.{kind}", name=name, kind=kind),
        )
    else:
        sys.stdout.buffer.write(_bytes(run, name, views, kind))


def _view(run: Session, name: str, record_id: str, deal: str) -> Any:
    form = FORMS[name]
    if not deal:
        return form.view(run.workspace, record_id, run.lang, run.as_of)
    if form.within is None:
        possible = ", ".join(known for known, other in FORMS.items() if other.within is not None)
        raise KamctlError(
            Phrase("{name} has no --opportunity", name=name), Phrase("forms that have: {names}", names=possible)
        )
    deal_id = run.workspace.resolve("opportunity", deal)
    if account_of(deal_id) != account_of(record_id):
        raise KamctlError(Phrase("{contact} belongs to another account than {id}", contact=record_id, id=deal_id))
    return form.within(run.workspace, record_id, run.lang, run.as_of, deal_id)


def _format(run: Session, output: str) -> str:
    """Return the format asked for, else the one that the name of the output file stands for, else Markdown."""
    if run.options.format in FORMATS:
        return run.options.format
    return format_of(output, SUFFIXES, "md")


def _text(run: Session, name: str, views: Sequence[Any], kind: str) -> str:
    if len(views) > 1 and kind == "html":
        raise KamctlError(Phrase("a page has room for one"), Phrase("ask for one of them, or for md or docx"))
    own, template = run.workspace.root / document.OWN_FOLDER, f"{name}.{kind}.j2"
    return "\n".join(document.render(template, {FORMS[name].name: view}, run.lang, own) for view in views)


def _bytes(run: Session, name: str, views: Sequence[Any], kind: str) -> bytes:
    if kind == "docx":
        from kamctl.render.word import REFERENCE, word

        own = run.workspace.root / document.OWN_FOLDER / REFERENCE
        return word(_text(run, name, views, "md"), own if own.is_file() else None, run.lang)
    if kind == "pdf":
        from kamctl.render.pdf import pdf

        return pdf(_text(run, name, views, "html"))
    return _text(run, name, views, kind).encode()


ONE = {
    "account": Phrase("an account"),
    "contact": Phrase("a contact"),
    "opportunity": Phrase("an opportunity"),
    "call": Phrase("a call"),
    "presentation": Phrase("a presentation"),
    "week": Phrase("a week"),
    "period": Phrase("a period"),
    "workspace": Phrase("a workspace"),
}


def _which(name: str, form: Form) -> Phrase:
    """Return how to say what a form is of."""
    if form.of == "week":
        return Phrase("kamctl render {name} PERSON, or WEEK-PERSON as in 2026-W25-li-na", name=name)
    noun = "callplan" if form.of == "call" else form.of
    return Phrase("kamctl render {name} ID; `kamctl {noun} list` shows them", name=name, noun=noun)
