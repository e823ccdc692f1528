"""Pages of several parts, titles with tables and remarks, as text or Markdown; and how figures are written in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from kamctl.labels import text
from kamctl.money import grouped
from kamctl.render.output import Style
from kamctl.render.pipeline import note
from kamctl.render.screen import page, write
from kamctl.render.table import Table, aligned, markdown
from kamctl.render.width import wrap


class Section(NamedTuple):
    """A part of a page: a title, a table or none, and lines. Without a title, lines are a remark and are wrapped."""

    title: str
    table: Table | None = None
    lines: Sequence[str] = ()


def print_sections(parts: Sequence[Section], style: Style) -> None:
    """Print sections as Markdown, or as text through the pager."""
    if style.effective == "md":
        write("\n".join(_in_markdown(part) for part in parts))
    else:
        page("\n".join(_in_text(part, style) for part in parts), style.screen)


def _in_markdown(part: Section) -> str:
    title = f"## {part.title}\n\n" if part.title else ""
    return title + (markdown(part.table.visible()) if part.table is not None else "\n".join(part.lines).strip() + "\n")


def _in_text(part: Section, style: Style) -> str:
    screen = style.screen
    if not part.title:
        return "".join(note(line, screen) for line in part.lines)
    title = "".join(screen.style(line, "bold") + "\n" for line in wrap(part.title, screen.width))
    if part.table is None:
        return title + ("\n" + "\n".join(part.lines).rstrip("\n") + "\n" if part.lines else "")
    body, left_out = aligned(part.table.visible(), screen)
    hint = note(text("left-out", style.lang, columns=", ".join(left_out)), screen) if left_out else ""
    return title + "\n" + body + hint


def joined(sentences: Sequence[str], lang: str) -> str:
    """Return sentences one after the other; Chinese ones without a space between them."""
    return ("" if lang.startswith("zh") else " ").join(sentences)


def money(lang: str) -> Callable[[Any], str]:
    """Return how an amount is written for people."""
    return lambda value: "" if value is None else grouped(value, lang)


def rounded(row: Any) -> dict[str, Any]:
    """Return a row as a mapping: figures with at most four places behind the point."""
    return {key: fine(value) for key, value in row._asdict().items()}


def fine(value: Any) -> Any:
    """Round a figure to four places; anything else stays."""
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP) if isinstance(value, Decimal) else value
