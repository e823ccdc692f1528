"""What `diff` does: find the two states, compare them, print what differs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kamctl import layout
from kamctl.commands.session import Session
from kamctl.parallel import begun
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError

if TYPE_CHECKING:
    from kamctl.history.diff import Diff
    from kamctl.history.states import Pair


def diff(run: Session, asked: str, account: str, owners: Sequence[str], since: str, staged: bool, output: str) -> bool:
    """Print what differs between two states; returns whether anything does."""
    if run.options.at:
        raise KamctlError(
            Phrase("diff compares states by name and takes no --at"), Phrase("write `kamctl diff REV..REV`")
        )
    if not staged and ".." not in asked:
        run.repository.look_ahead(*layout.PLACES)
    from kamctl.history.states import pair  # git looks at the files while the rest of kamctl is imported

    states = pair(run.open(tolerant=True), run.repository, asked, since, staged, run.as_of)
    looked = begun(states.changed)
    from kamctl.commands.comparing import compare
    from kamctl.commands.writing import format_of, write_output
    from kamctl.render import differences as rendered

    run.style.check(rendered.FORMATS)
    found, words = compare(run, states, looked(), account, owners)
    own = states.after.workspace.root / "templates"
    page = rendered.Page(found, states, words, run.style)
    if output == "-":
        rendered.print_diff(page, run.envelope(), run.options.format, own)
    else:
        kind = run.options.format or format_of(output, rendered.SUFFIXES, "md")
        write_output(Path(output), rendered.document_of(page, kind, own).encode(), rendered.SUFFIXES)
        run.say(f"{output}: {run.label('created')}")
    _tell(run, states, found)
    return not found.is_empty


def _tell(run: Session, states: Pair, found: Diff) -> None:
    if states.repository.shallow:
        run.say(run.label("shallow-history"), "warning")
    if found.unreadable:
        run.say(run.label("diff-unread", count=len(found.unreadable)), "warning")
    if found.is_empty:
        run.say(run.label("diff-nothing"), "dim")
