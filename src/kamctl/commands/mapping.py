"""What `map` does."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from kamctl.commands.rendering import write_file
from kamctl.commands.session import Session
from kamctl.commands.subjects import subject_of
from kamctl.forms.politics import FOLD_OVER, TABLES, PoliticalMap, political_map
from kamctl.render import politics
from kamctl.render.output import print_json
from kamctl.render.screen import page, write

FORMATS = ("text", "table", "svg", "html", "dot", "mermaid", "md", "json")
SUFFIXES = {".svg": "svg", ".html": "html", ".htm": "html", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".md": "md"}


def show(run: Session, about: str, output: str, unfolded: bool) -> None:
    """Print the map of a deal or an account, or write it to a file."""
    run.style.check(FORMATS)
    kind = run.options.format or SUFFIXES.get(Path(output).suffix.lower(), "text")
    account, deal = subject_of(run, about)
    loaded = run.workspace.load(TABLES, account=account)
    run.tell_unread(loaded)
    fold_over = None if unfolded else FOLD_OVER
    method = run.workspace.methods.relationship
    view = political_map(loaded.facts, method, account, deal, run.lang, run.as_of, fold_over)
    if kind == "json":
        print_json(asdict(view), run.style, run.envelope())
    elif output != "-":
        write_file(Path(output), _text(run, view, kind).encode())
        run.say(f"{output}: {run.label('created')}")
    elif kind in ("text", "table"):
        page(_text(run, view, kind), run.style.screen)
    else:
        write(_text(run, view, kind))


def _text(run: Session, view: PoliticalMap, kind: str) -> str:
    match kind:
        case "svg":
            from kamctl.render.svg.politics import draw

            return draw(view)
        case "html" | "md":
            from kamctl.render import document

            return document.render(f"map.{kind}.j2", {"map": view}, run.lang, run.workspace.root / document.OWN_FOLDER)
        case "dot":
            return politics.dot(view)
        case "mermaid":
            return politics.mermaid(view)
    screen = run.style.screen
    title = screen.style(view.subject, "bold")
    return f"{title}\n{run.label('map-as-of', date=view.as_of.isoformat())}\n\n{politics.tree(view, screen)}"
