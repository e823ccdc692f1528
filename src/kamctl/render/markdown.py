"""A Markdown form on a terminal, through rich."""

from __future__ import annotations

import io

from kamctl.render.output import Style
from kamctl.render.screen import Screen, page, write


def print_markdown(text: str, style: Style) -> None:
    """Print Markdown: laid out on a terminal, as it is into a pipe or when asked for by name."""
    if style.format or not style.screen.terminal:
        write(text)
    else:
        page(on_terminal(text, style.screen), style.screen)


def on_terminal(text: str, screen: Screen) -> str:
    """Return Markdown laid out for the screen, with escape sequences when it has colour."""
    from rich.console import Console
    from rich.markdown import Markdown

    stream = io.StringIO()
    console = Console(
        file=stream, width=screen.width, force_terminal=screen.colour, no_color=not screen.colour, highlight=False
    )
    console.print(Markdown(text))
    return stream.getvalue()
