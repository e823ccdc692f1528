"""A Markdown form on a terminal, through rich."""

from __future__ import annotations

import io

from kamctl.render.screen import Screen


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
