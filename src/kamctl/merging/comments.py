"""The comments of a text, so that none is lost when two texts become one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from kamctl import source
from kamctl.edit import reads_as
from kamctl.merging.grafting import with_last_line, with_line_above
from kamctl.merging.places import keys_of, names_of
from kamctl.problems import Keys
from kamctl.source import Node

ALONE = re.compile(r"^[ \t]*(#[^\r\n]*)", re.MULTILINE)
COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)


def comments_of(text: str) -> Counter[str]:
    """Return how often each comment stands in a text that can be read."""
    plain = list(text)
    for node in _scalars(source.compose(text)):
        end = node.end
        if node.style in ("|", ">"):
            start = text.find("\n", node.start, end)
            start = end if start < 0 else start
        else:
            start = node.start
        plain[start:end] = ["\n" if character == "\n" else "_" for character in text[start:end]]
    return Counter(comment.rstrip() for comment in COMMENT.findall("".join(plain)))


def all_kept(text: Counter[str], base: str, ours: str, theirs: str) -> bool:
    """Whether a merged text has every comment that neither side has removed."""
    before, mine, others = comments_of(base), comments_of(ours), comments_of(theirs)
    for comment in {*mine, *others}:
        counts = before[comment], mine[comment], others[comment]
        wanted = min(counts[1:]) if min(counts[1:]) < counts[0] else max(counts[1:])
        if text[comment] < wanted:
            return False
    return True


def with_comments(text: str, donor: str, base: str) -> str:
    """Return a text with those new comments of a donor that stand on lines of their own and are missing.

    Each is put above what it stands above in the donor; where that is not there, it stays missing.
    """
    missing = comments_of(donor) - comments_of(base) - comments_of(text)
    for comment, keys in _above(donor) if missing else ():
        if missing[comment]:
            there = source.read(text)
            names = names_of(source.read(donor), keys)
            place = keys_of(there, names)
            changed = with_line_above(text, place, comment) if keys else with_last_line(text, comment)
            changed = changed if len(place) == len(names) else None
            if changed is not None and reads_as(changed, there):
                text = changed
                missing[comment] -= 1
    return text


def _above(text: str) -> list[tuple[str, Keys]]:
    """Return the comments on lines of their own, each with the keys of the entry below it; none at the end."""
    found: list[tuple[str, Keys]] = []
    entries = sorted(_entries(source.compose(text), ()), reverse=True)
    hidden = [(node.start, node.end) for node in _scalars(source.compose(text))]
    for match in ALONE.finditer(text):
        if any(start < match.start(1) < end for start, end in hidden):
            continue
        below = next((keys for start, keys in reversed(entries) if start > match.end()), ())
        found.append((match[1].rstrip(), below))
    return found


def _entries(node: Node | None, keys: Keys) -> Iterator[tuple[int, Keys]]:
    """Yield where the entries of block collections begin, with their keys."""
    if node is None or node.style != "block":
        return
    if node.kind == "mapping":
        for name, item in zip(node.names, node.items, strict=True):
            if item.kind != "scalar" or item.value is not None:
                yield name.start, (*keys, name.value or "")
                yield from _entries(item, (*keys, name.value or ""))
    else:
        kept = [item for item in node.items if item.kind != "scalar" or item.value is not None]
        for position, item in enumerate(kept):
            yield item.start, (*keys, position)
            yield from _entries(item, (*keys, position))


def _scalars(node: Node | None) -> list[Node]:
    if node is None:
        return []
    if node.kind == "scalar":
        return [node]
    return [found for part in (*node.names, *node.items) for found in _scalars(part)]
