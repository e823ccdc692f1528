"""Merges two versions of a file as texts, so that the result says exactly what the merge of their data says.

A merge by lines is taken where it comes to the same. Else our text is changed into the merged one, or theirs. What
cannot be told apart, or would lose a comment, is left to people as a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, Protocol

from kamctl import source
from kamctl.edit import EditRefused, reads_as
from kamctl.merging import marks
from kamctl.merging.comments import all_kept, comments_of, with_comments
from kamctl.merging.marks import WhoRated
from kamctl.merging.places import keys_of
from kamctl.merging.rewriting import rewritten
from kamctl.merging.stages import Moved
from kamctl.merging.three_way import Conflict, Dispute, Merge, merge
from kamctl.source import Data, SourceError


class Versions(NamedTuple):
    """Three versions of a file, as text: the one that both grew out of, ours, and theirs."""

    base: str
    ours: str
    theirs: str


class MergedFile(NamedTuple):
    """The merged text. With conflicts it holds markers, and cannot be read until somebody decides.

    `understood` is False where the merge by lines was taken as it is, because a version cannot be read or the records
    could not be written as one.
    """

    text: str
    clean: bool
    understood: bool
    conflicts: Sequence[Conflict] = ()
    disputes: Sequence[Dispute] = ()
    moved: Moved | None = None


CLOSE = 3
"""So many equal lines at most lie between two differences that belong together; git joins conflicts over as many."""

Label = Callable[[Sequence[Conflict]], tuple[str, str]]
"""Says what stands behind the markers of a conflict: for ours, and for theirs."""


class ByLines(NamedTuple):
    """The outcome of a merge by lines, and whether it has no conflict."""

    text: str
    clean: bool


class Lines(Protocol):
    """Gives git's merge by lines; `favour` decides conflicts for `ours` or `theirs`."""

    def __call__(self, favour: str = "") -> ByLines:
        """Merge."""


def merge_files(
    versions: Versions, by_lines: Lines, label: Label, who: WhoRated = marks.nobody, size: int = 7
) -> MergedFile:
    """Merge two versions of a file. `size` is the length of conflict markers."""
    base, ours, theirs = versions
    if theirs in (base, ours):
        return MergedFile(ours, True, True)
    if ours == base:
        return MergedFile(theirs, True, True)
    try:
        data = [source.read(text) for text in versions]
    except SourceError:
        return MergedFile(*by_lines(), understood=False)
    found = merge(data[0], data[1], data[2], who)
    lines = by_lines()
    if found.conflicts:
        for text, donor in _starts(versions, by_lines):
            marked = _with_markers(text, donor, versions, found, label, size)
            if marked is not None:
                return MergedFile(marked, False, True, found.conflicts, found.disputes, found.moved)
    elif lines.clean and reads_as(lines.text, found.ours) and all_kept(comments_of(lines.text), *versions):
        return MergedFile(lines.text, True, True, (), found.disputes, found.moved)
    else:
        for text, donor in _starts(versions, by_lines):
            merged = _rewritten(text, found.ours, donor, versions)
            if merged is not None and all_kept(comments_of(merged), *versions):
                return MergedFile(merged, True, True, (), found.disputes, found.moved)
    if lines.clean:
        words = label(found.conflicts)
        return MergedFile(_marked(ours, theirs, lambda _: words, size), False, False, found.conflicts)
    return MergedFile(*lines, understood=False, conflicts=found.conflicts)


def _starts(versions: Versions, by_lines: Lines) -> Iterator[tuple[str, str]]:
    """Yield texts to begin with, the one nearest to what both wrote first, each with the other side's version."""
    _, ours, theirs = versions
    for text, donor in (
        (by_lines("ours").text, theirs),
        (by_lines("theirs").text, ours),
        (ours, theirs),
        (theirs, ours),
    ):
        try:
            source.read(text)
        except SourceError:
            continue
        yield text, donor


def _with_markers(text: str, donor: str, versions: Versions, found: Merge, label: Label, size: int) -> str | None:
    """Return a text changed into the merged one, with markers around what is in conflict; None where it cannot be."""
    ours = _rewritten(text, found.ours, donor, versions)
    theirs = _rewritten(ours, found.theirs, versions.theirs, versions) if ours is not None else None
    if ours is None or theirs is None or not all_kept(comments_of(ours) | comments_of(theirs), *versions):
        return None
    lines = [(conflict, _line_of(ours, conflict.place)) for conflict in found.conflicts]
    return _marked(ours, theirs, lambda hunk: label(_inside(hunk, lines)), size)


def _rewritten(text: str, want: Data, donor: str, versions: Versions) -> str | None:
    """Return a text changed so that it says something else, with every comment if that can be; None if it cannot.

    The comments beside values that change are those of the donor, or those of the text, whichever loses none.
    """
    assert isinstance(want, dict)
    best = None
    for keep in (False, True):
        try:
            changed = rewritten(text, want, donor, keep=keep)
            for side in versions[1:]:
                changed = with_comments(changed, side, versions.base)
        except EditRefused:
            continue
        if all_kept(comments_of(changed), *versions):
            return changed
        best = best or changed
    return best


def _inside(hunk: range, lines: Sequence[tuple[Conflict, int]]) -> list[Conflict]:
    """Return the conflicts whose place lies in some lines, counted from 0; all when none does."""
    found = [conflict for conflict, line in lines if line in hunk]
    return found or [conflict for conflict, _ in lines]


def _line_of(text: str, place: Sequence[str]) -> int:
    return source.locate(text, keys_of(source.read(text), place), True)[0] - 1


def _marked(ours: str, theirs: str, label: Callable[[range], tuple[str, str]], size: int) -> str:
    """Return two texts as one, with markers around the lines in which they differ."""
    newline = "\r\n" if "\r\n" in ours else "\n"
    mine, others = ([line + newline for line in source.lines_of(_ended(side))[:-1]] for side in (ours, theirs))
    result: list[str] = []
    end = 0
    for a, b, c, d in _hunks(mine, others):
        result += mine[end:a]
        end = b
        one, other = label(range(a, max(b, a + 1)))
        result += [f"{'<' * size} {one}{newline}", *mine[a:b], "=" * size + newline, *others[c:d]]
        result.append(f"{'>' * size} {other}{newline}")
    return "".join([*result, *mine[end:]])


def _hunks(mine: Sequence[str], others: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return where two texts differ: from and to which line of each.

    Lines that only one of them has belong to what differs close by: they may have moved, and are decided together.
    """
    found: list[tuple[int, int, int, int]] = []
    for tag, a, b, c, d in SequenceMatcher(None, mine, others, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        last = found[-1] if found else None
        if last is not None and a - last[1] <= CLOSE and (a == b or c == d or last[0] == last[1] or last[2] == last[3]):
            found[-1] = (last[0], b, last[2], d)
        else:
            found.append((a, b, c, d))
    return found


def _ended(text: str) -> str:
    return text if text.endswith(("\n", "\r")) or not text else text + "\n"
