"""A Markdown form on a terminal, through rich."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from kamctl.render.output import Style
from kamctl.render.screen import Screen, page, write

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.markdown import Markdown


def print_markdown(text: str, style: Style) -> None:
    """Print Markdown: laid out on a terminal, as it is into a pipe or when asked for by name."""
    if style.format or not style.screen.terminal:
        write(text)
    else:
        page(on_terminal(text, style.screen), style.screen)


def on_terminal(text: str, screen: Screen) -> str:
    """Return Markdown laid out for the screen, with escape sequences when it has colour."""
    from rich.console import Console

    stream = io.StringIO()
    console = Console(
        file=stream, width=screen.width, force_terminal=screen.colour, no_color=not screen.colour, highlight=False
    )
    console.print(_folding()(text))
    return stream.getvalue()


def _folding() -> type[Markdown]:
    """Return rich's Markdown with tables whose cells go on in the next line where Chinese, without spaces, is long."""
    from rich.markdown import Markdown, TableElement

    class Folded(TableElement):
        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            for row in self.body.rows if self.body is not None else ():
                for cell in row.cells:
                    cell.content.overflow = "fold"
            yield from super().__rich_console__(console, options)

    class FoldingMarkdown(Markdown):
        elements = {**Markdown.elements, "table_open": Folded}

    return FoldingMarkdown
