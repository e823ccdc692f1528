"""What `map` does: find the deal or account, read its people, draw them in the format asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kamctl.commands.session import Session
from kamctl.commands.writing import format_of, write_output
from kamctl.forms.politics import FOLD_OVER, TABLES, PoliticalMap, political_map
from kamctl.layout import account_of, path_of
from kamctl.loading import unreadable
from kamctl.phrases import Phrase
from kamctl.problems import AmbiguousError, KamctlError, nearest
from kamctl.render.output import print_json
from kamctl.render.politics import map_data, map_text
from kamctl.render.screen import PLAIN, page, write

FORMATS = ("table", "text", "svg", "html", "dot", "mermaid", "json")
SUFFIXES = {
    ".svg": "svg",
    ".html": "html",
    ".htm": "html",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
}
"""The format that the name of an output file stands for."""

UNCUT = 400
"""How wide a tree may be that goes into a pipe or a file."""


def print_map(run: Session, name: str, output: str, unfold: bool) -> None:
    """Print the map of a deal or an account, or write it to a file. Raises KamctlError when there is none."""
    run.style.check(FORMATS)
    view = _view(run, name, unfold)
    if run.options.format == "json":
        print_json(map_data(view), run.style, run.envelope())
        return
    wanted = run.options.format or format_of(output, SUFFIXES, "text")
    drawn = DRAWN.get(wanted)
    if output != "-":
        text = drawn(run, view) if drawn is not None else map_text(view, PLAIN._replace(width=UNCUT))
        write_output(Path(output), text.encode(), SUFFIXES)
        run.say(f"{output}: {run.label('created')}")
    elif drawn is not None:
        write(drawn(run, view))
    else:
        screen = run.style.screen
        uncut = not screen.terminal and run.options.format != "table"
        page(map_text(view, screen._replace(width=UNCUT) if uncut else screen), screen)


def _view(run: Session, name: str, unfold: bool) -> PoliticalMap:
    workspace = run.workspace
    kind, record = _which(run, name)
    account = account_of(record)
    loaded = workspace.load(TABLES, account=account)
    file = path_of(kind, record)
    if file in loaded.unreadable:
        raise unreadable(workspace.files, [problem for problem in loaded.problems if problem.path == file])
    run.tell_unread(loaded)
    method = workspace.methods.relationship
    deal = record if kind == "opportunity" else ""
    return political_map(loaded.facts, method, account, deal, run.lang, run.as_of, None if unfold else FOLD_OVER)


def _which(run: Session, name: str) -> tuple[str, str]:
    """Return kind and id of the deal or account that a person means. Raises KamctlError when it cannot be told."""
    found = []
    errors = []
    for kind in ("account", "opportunity"):
        try:
            record = run.workspace.resolve(kind, name)
        except KamctlError as error:
            errors.append(error)
            continue
        if name in (record, record.rpartition("/")[2]):
            return kind, record
        found.append((kind, record))
    if len(found) == 1:
        return found[0]
    if found:
        raise KamctlError(
            Phrase('"{name}" could be {names}', name=name, names=", ".join(record for _, record in found)),
            Phrase("write the whole id"),
        )
    several = [error for error in errors if isinstance(error, AmbiguousError)]
    if several:
        raise several[0]
    known = [*run.workspace.ids("account"), *run.workspace.ids("opportunity")]
    hint = nearest(
        name,
        [*known, *(record.rpartition("/")[2] for record in known)],
        Phrase("`kamctl account list` and `kamctl opportunity list` show them all"),
    )
    raise KamctlError(Phrase('there is no account or opportunity "{name}"', name=name), hint)


def _svg(run: Session, view: PoliticalMap) -> str:
    from kamctl.render.svg.politics import draw_map

    return draw_map(view)


def _html(run: Session, view: PoliticalMap) -> str:
    from kamctl.render import document

    return document.render("map.html.j2", {"map": view}, run.lang, run.workspace.root / document.OWN_FOLDER)


def _dot(run: Session, view: PoliticalMap) -> str:
    from kamctl.render.graph import map_dot

    return map_dot(view)


def _mermaid(run: Session, view: PoliticalMap) -> str:
    from kamctl.render.graph import map_mermaid

    return map_mermaid(view)


DRAWN: dict[str, Callable[[Session, PoliticalMap], str]] = {
    "svg": _svg,
    "html": _html,
    "dot": _dot,
    "mermaid": _mermaid,
}
"""How each format but text is drawn."""
