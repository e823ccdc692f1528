"""Takes entries of block lists and mappings from one text into another as they are written: lines and comments."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from kamctl import source
from kamctl.edit import Splice, with_value
from kamctl.problems import Keys
from kamctl.source import Data, Node


class Block(NamedTuple):
    """The whole lines of one entry, with the comments right above it, and how far they stand in."""

    lines: list[str]
    indent: int

    def at(self, indent: int) -> list[str] | None:
        """Return the lines standing in as far as wanted; None when that would cut into them."""
        by = indent - self.indent
        if by >= 0:
            return [" " * by + line if line.strip() else line for line in self.lines]
        if any(line.strip() and line[:-by].strip() for line in self.lines):
            return None
        return [line[-by:] for line in self.lines]


class _Span(NamedTuple):
    """Where the lines of an entry begin, with their comments and without, and where they end; how far it stands in."""

    comments: int
    start: int
    end: int
    indent: int


def block_at(text: str, keys: Keys) -> Block | None:
    """Return the lines of an entry; None where it has no lines of its own: on one line with others, or an alias."""
    splice = Splice(text, False)
    span = _span(splice, keys)
    if span is None or any(node.kind == "alias" for node in _below(source.find(splice.root, keys)[1])):
        return None
    return Block(text[span.comments : span.end].splitlines(), span.indent)


def with_block(text: str, keys: Keys, block: Block) -> str | None:
    """Return the text with other lines for an entry; None where it has no lines of its own."""
    splice = Splice(text, False)
    span = _span(splice, keys)
    lines = block.at(span.indent) if span is not None else None
    return _spliced(splice, span.comments, span.end, lines) if span is not None and lines is not None else None


def with_item(text: str, keys: Keys, position: int, block: Block) -> str | None:
    """Return the text with one more item in a list; None where the list is not written as a block."""
    splice = Splice(text, False)
    _, node, followed = source.find(splice.root, keys)
    if node is None or followed < len(keys) or node.kind != "sequence" or node.style != "block":
        return None
    before = _span(splice, (*keys, position - 1)) if position else None
    after = _span(splice, (*keys, 0)) if not position else None
    span = before or after
    lines = block.at(span.indent) if span is not None else None
    if span is None or lines is None:
        return None
    at = before.end if before is not None else span.comments
    return _spliced(splice, at, at, lines)


def with_moved(text: str, keys: Keys, old: int, new: int) -> str | None:
    """Return the text with the lines of a list's entry moved up to those of another; None where it has none."""
    splice = Splice(text, False)
    entry, above = _span(splice, (*keys, old)), _span(splice, (*keys, new))
    if entry is None or above is None or not above.comments < entry.comments:
        return None
    lines = text[entry.comments : entry.end].splitlines()
    without = text[: entry.comments] + text[entry.end :]
    return _spliced(Splice(without, False), above.comments, above.comments, lines)


def with_entry(text: str, keys: Keys, block: Block, before: Collection[str]) -> str | None:
    """Return the text with one more key in a mapping, behind the last of those that stand before it.

    None where the mapping is not written as a block.
    """
    splice = Splice(text, False)
    _, node, followed = source.find(splice.root, keys)
    if node is None or followed < len(keys) or node.kind != "mapping" or node.style != "block":
        return None
    names = [name.value or "" for name in node.names]
    position = max((i for i, name in enumerate(names) if name in before), default=len(names) - 1)
    span = _span(splice, (*keys, names[position]))
    lines = block.at(span.indent) if span is not None else None
    return _spliced(splice, span.end, span.end, lines) if span is not None and lines is not None else None


def with_line_above(text: str, keys: Keys, line: str) -> str | None:
    """Return the text with a line right above an entry; None where the entry has no lines of its own."""
    splice = Splice(text, False)
    span = _span(splice, keys)
    return _spliced(splice, span.start, span.start, [" " * span.indent + line]) if span is not None else None


def with_last_line(text: str, line: str) -> str:
    """Return the text with one more line at its end."""
    return _spliced(Splice(text, False), len(text), len(text), [line])


def with_inserted(data: Data, keys: Keys, position: int, entry: Data) -> Data:
    """Return data with one more entry in the list at some keys."""
    there: Data = data
    for key in keys:
        there = there[key]  # type: ignore[index]
    assert isinstance(there, list)
    return with_value(data, keys, [*there[:position], entry, *there[position:]])


def _span(splice: Splice, keys: Keys) -> _Span | None:
    name, node, followed = source.find(splice.root, keys)
    _, parent, _ = source.find(splice.root, keys[:-1])
    if not keys or node is None or followed < len(keys) or parent is None or parent.style != "block":
        return None
    if name is not None:
        start = name.start
    else:
        start = splice.dash(parent, next(i for i, item in enumerate(parent.items) if item is node))
    line = splice.line_start(start)
    if splice.text[line:start].strip(" "):
        return None
    end = splice.line_end(max(splice.end(node), start))
    return _Span(_comments_above(splice, line, start - line), line, end, start - line)


def _comments_above(splice: Splice, line: int, indent: int) -> int:
    """Return where the comments right above a line begin, as far as they stand in like it."""
    while line:
        above = splice.line_start(line - (2 if splice.text[line - 2 : line] == "\r\n" else 1))
        words = splice.text[above:line]
        if not words.lstrip(" ").startswith("#") or len(words) - len(words.lstrip(" ")) != indent:
            break
        line = above
    return line


def _below(node: Node | None) -> list[Node]:
    return [] if node is None else [node, *(found for item in node.items for found in _below(item))]


def _spliced(splice: Splice, start: int, end: int, lines: list[str]) -> str:
    """Return the text with lines in place of what stands between two line starts."""
    before = splice.text[:start]
    if before and not before.endswith(("\n", "\r")):
        before += splice.newline
    return before + "".join(line + splice.newline for line in lines) + splice.text[end:]
