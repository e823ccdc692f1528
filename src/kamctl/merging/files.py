"""Merges two versions of a file as texts, so that the result says exactly what the merge of their data says.

A merge by lines is taken where it comes to the same. Else our text is changed into the merged one, or theirs. What
cannot be told apart, or would lose a comment, is left to people as a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from kamctl import source
from kamctl.edit import EditRefused, reads_as
from kamctl.merging import marks
from kamctl.merging.comments import all_kept, comments_of
from kamctl.merging.marks import WhoRated
from kamctl.merging.rewriting import rewritten
from kamctl.merging.three_way import Conflict, Dispute, Merge, merge
from kamctl.source import Data, SourceError


class Versions(NamedTuple):
    """Three versions of a file, as text: the one that both grew out of, ours, and theirs."""

    base: str
    ours: str
    theirs: str


class ByLines(NamedTuple):
    """The outcome of a merge by lines, and whether it has no conflict."""

    text: str
    clean: bool


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


Label = Callable[[Sequence[Conflict]], tuple[str, str]]
"""Says what stands behind the markers of a conflict: for ours, and for theirs."""


def merge_files(
    versions: Versions, by_lines: Callable[[], ByLines], label: Label, who: WhoRated = marks.nobody, size: int = 7
) -> MergedFile:
    """Merge two versions of a file. `by_lines` gives git's merge, `size` is the length of conflict markers."""
    base, ours, theirs = versions
    if theirs in (base, ours):
        return MergedFile(ours, True, True)
    if ours == base:
        return MergedFile(theirs, True, True)
    try:
        data = Versions(*map(source.read, versions))  # type: ignore[arg-type]
    except SourceError:
        return MergedFile(*by_lines(), understood=False)
    found = merge(*data, who)
    if found.conflicts:
        text = _with_markers(versions, found, label, size)
        if text is not None:
            return MergedFile(text, False, True, found.conflicts, found.disputes)
    else:
        for text in _candidates(versions, found, by_lines):
            if reads_as(text, found.ours) and all_kept(comments_of(text), *versions):
                return MergedFile(text, True, True, (), found.disputes)
    lines = by_lines()
    if lines.clean:
        label_ours, label_theirs = label(found.conflicts)
        marked = _marked(ours, theirs, lambda _: (label_ours, label_theirs), size)
        return MergedFile(marked, False, False, found.conflicts)
    return MergedFile(*lines, understood=False, conflicts=found.conflicts)


def _candidates(versions: Versions, found: Merge, by_lines: Callable[[], ByLines]) -> Iterator[str]:
    """Yield texts that may be the merged one, the one nearest to what people wrote first."""
    lines = by_lines()
    if lines.clean:
        yield lines.text
    for text, donor in ((versions.ours, versions.theirs), (versions.theirs, versions.ours)):
        for keep in (False, True):
            changed = _rewritten(text, found.ours, donor, keep)
            if changed is not None:
                yield changed


def _with_markers(versions: Versions, found: Merge, label: Label, size: int) -> str | None:
    """Return the merged text with markers around what is in conflict; None when it cannot be written so."""
    for keep in (False, True):
        ours = _rewritten(versions.ours, found.ours, versions.theirs, keep)
        theirs = _rewritten(ours, found.theirs, versions.theirs, keep) if ours is not None else None
        if ours is None or theirs is None:
            continue
        if all_kept(comments_of(ours) | comments_of(theirs), *versions):
            lines = [(conflict, _line_of(ours, conflict.place)) for conflict in found.conflicts]
            return _marked(ours, theirs, lambda hunk, lines=lines: label(_inside(hunk, lines)), size)  # type: ignore[misc]
    return None


def _rewritten(text: str, want: Data, donor: str, keep: bool) -> str | None:
    assert isinstance(want, dict)
    try:
        return rewritten(text, want, donor, keep=keep)
    except EditRefused:
        return None


def _inside(hunk: range, lines: Sequence[tuple[Conflict, int]]) -> list[Conflict]:
    """Return the conflicts whose place lies in some lines, counted from 0; all when none does."""
    found = [conflict for conflict, line in lines if line in hunk]
    return found or [conflict for conflict, _ in lines]


def _line_of(text: str, place: Sequence[str]) -> int:
    return source.locate(text, keys_of(source.read(text), place), True)[0] - 1


def keys_of(data: Data, place: Sequence[str]) -> tuple[str | int, ...]:
    """Return the keys of a place that is given by names, as far as it is there."""
    from kamctl.history.matching import title_of

    keys: tuple[str | int, ...] = ()
    field = ""
    for name in place:
        if isinstance(data, dict) and name in data:
            keys, data, field = (*keys, name), data[name], name
        elif isinstance(data, list):
            position = next((i for i, entry in enumerate(data) if title_of(field, entry) == name), None)
            if position is None:
                break
            keys, data = (*keys, position), data[position]
        else:
            break
    return keys


def _marked(ours: str, theirs: str, label: Callable[[range], tuple[str, str]], size: int) -> str:
    """Return two texts as one, with markers around the lines in which they differ."""
    newline = "\r\n" if "\r\n" in ours else "\n"
    mine, others = ([line + newline for line in source.lines_of(_ended(side))[:-1]] for side in (ours, theirs))
    result: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, mine, others, autojunk=False).get_opcodes():
        if tag == "equal":
            result += mine[a:b]
            continue
        one, other = label(range(a, max(b, a + 1)))
        result += [f"{'<' * size} {one}{newline}", *mine[a:b], "=" * size + newline, *others[c:d]]
        result.append(f"{'>' * size} {other}{newline}")
    return "".join(result)


def _ended(text: str) -> str:
    return text if text.endswith(("\n", "\r")) or not text else text + "\n"
