"""What `render` does, and `show` with a form: the one place that turns a record into a form."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kamctl.commands.session import Session
from kamctl.commands.writing import SUFFIXES, write_file
from kamctl.forms.catalog import FORMS, Form, forms_of
from kamctl.layout import account_of
from kamctl.phrases import KINDS, Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render import document
from kamctl.render.markdown import print_markdown
from kamctl.render.output import print_json, print_table
from kamctl.render.table import HIDDEN, Column, Table

FORMATS = ("md", "html", "docx", "pdf")
"""What a form can be; on a terminal it is laid out as text when none is asked for."""

VIEWS = ("table", *FORMATS, "json")
"""The same, and the view itself."""

ON_FORMS = ("accounts", "people", "members", "opportunities", "calls", "presentations")
"""Tables of each kind of file from which something may stand on a form."""


def render(run: Session, name: str, record: str, output: str, deal: str) -> None:
    """Print a form of a record, or write it to a file; without a name list the forms."""
    if not name:
        list_forms(run)
        return
    form = form_named(name)
    if not record:
        raise KamctlError(
            Phrase("which {kind}?", kind=KINDS[form.of]),
            Phrase("kamctl render {name} ID; `kamctl {noun} list` shows them", name=name, noun=_noun(form.of)),
        )
    print_form(run, name, run.workspace.resolve(form.of, record), output, deal)


def list_forms(run: Session) -> None:
    """Print the forms, of which kind of record each is, and what each is for."""
    columns = [
        Column("name", run.label("col-form")),
        Column("of", run.label("col-of")),
        Column("title", run.label("col-form-title")),
        Column("purpose", run.label("col-rule-title"), shrink=20, drop=1 if run.lang == "en" else HIDDEN),
    ]
    rows = [[name, form.of, run.label(f"form-{name}"), form.purpose] for name, form in FORMS.items()]
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


def wants_form(run: Session, form: str, output: str) -> bool:
    """Whether `show` is asked for a form and not for what the file says."""
    return bool(form) or output != "-" or run.options.format in FORMATS


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
    tell_unread_of(run, account_of(record_id))
    print_view(run, name, FORMS[name].name, view, output)


def tell_unread_of(run: Session, account: str) -> None:
    """Say on stderr how many files of an account a form had to do without."""
    run.tell_unread(run.workspace.load(ON_FORMS, account=account))


def print_view(run: Session, name: str, variable: str, view: Any, output: str = "-") -> None:
    """Print a view through the templates of a name, which know it by a variable, in the format asked for."""
    run.style.check(VIEWS)
    if run.options.format == "json":
        print_json(asdict(view), run.style, run.envelope(form=name))
        return
    kind = _format(run, output)
    if output == "-":
        _print(run, variable, name, view, kind)
    else:
        write_file(Path(output), _bytes(run, variable, name, view, kind))
        run.say(f"{output}: {run.label('created')}")


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
    return SUFFIXES.get(Path(output).suffix.lower(), "md")


def _print(run: Session, variable: str, name: str, view: Any, kind: str) -> None:
    if kind not in ("docx", "pdf"):
        print_markdown(_text(run, variable, name, view, kind), run.style)
    elif run.style.screen.terminal:
        raise KamctlError(
            Phrase("a {kind} file cannot be shown on a terminal", kind=kind),
            Phrase("-o {name}.{kind}", name=name, kind=kind),
        )
    else:
        sys.stdout.buffer.write(_bytes(run, variable, name, view, kind))


def _text(run: Session, variable: str, name: str, view: Any, kind: str) -> str:
    own = run.workspace.root / document.OWN_FOLDER
    return document.render(f"{name}.{kind}.j2", {variable: view}, run.lang, own)


def _bytes(run: Session, variable: str, name: str, view: Any, kind: str) -> bytes:
    if kind == "docx":
        from kamctl.render.word import REFERENCE, word

        own = run.workspace.root / document.OWN_FOLDER / REFERENCE
        return word(_text(run, variable, name, view, "md"), own if own.is_file() else None, run.lang)
    if kind == "pdf":
        from kamctl.render.pdf import pdf

        return pdf(_text(run, variable, name, view, "html"))
    return _text(run, variable, name, view, kind).encode()


ONE = {
    "account": Phrase("an account"),
    "contact": Phrase("a contact"),
    "opportunity": Phrase("an opportunity"),
    "call": Phrase("a call"),
    "presentation": Phrase("a presentation"),
    "week": Phrase("a week"),
    "workspace": Phrase("a workspace"),
}


def _noun(kind: str) -> str:
    """Return the command that lists a kind of record."""
    return "callplan" if kind == "call" else kind
