"""The comments of a text, so that none is lost when two texts become one."""

from __future__ import annotations

import re
from collections import Counter

from kamctl import source
from kamctl.source import Node

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


def _scalars(node: Node | None) -> list[Node]:
    if node is None:
        return []
    if node.kind == "scalar":
        return [node]
    return [found for part in (*node.names, *node.items) for found in _scalars(part)]
