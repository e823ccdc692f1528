"""What people write for an earlier state, a revision or a day, and the commit that it means."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kamctl.dates import ISO_DATE, LOOSE_DATE, OFFSET, WORDS, read_date
from kamctl.history.answers import Commit
from kamctl.history.repository import Repository
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest


class Revision(NamedTuple):
    """A state of the folder of a repository: what was asked for, its commit, its tree, and the day that counts there.

    That is the day asked for, or the day of the commit.
    """

    asked: str
    commit: Commit
    tree: str
    day: date


def revision(repository: Repository, asked: str, today: date) -> Revision:
    """Return the state that a person means by a revision (`HEAD~3`, a branch, a tag, an id) or by a day.

    A day means the last commit on or before its end, by committer date in the committer's own zone, along the first
    parents of what is checked out. Raises KamctlError when there is none, with the name that comes nearest.
    """
    day = read_day(asked, today)
    if day is None:
        commit, tree = _named(repository, asked)
    else:
        commit = commit_on(repository, day)
        tree = repository.tree(commit.id)
    if tree is None:
        raise KamctlError(
            Phrase("there was no folder {path} in commit {commit}", path=repository.prefix, commit=commit.short),
            _begins(repository),
        )
    return Revision(asked, commit, tree, day or commit.committed.date())


def read_day(asked: str, today: date) -> date | None:
    """Return the day that a text means where a revision may stand too, or None; weekdays are names of revisions.

    Raises KamctlError for a day that no calendar has.
    """
    word = asked.strip().casefold()
    signed = OFFSET.fullmatch(word) is not None and word[0] in "+-"
    if not (ISO_DATE.fullmatch(word) or LOOSE_DATE.fullmatch(word) or word in WORDS or signed):
        return None
    try:
        return read_date(word, today)
    except ValueError:
        hint = Phrase("write 2026-03-12, 2026/3/12 or -7d")
        raise KamctlError(Phrase('"{text}" is not a date', text=asked), hint) from None


def commit_on(repository: Repository, day: date) -> Commit:
    """Return the last commit on or before the end of a day. Raises KamctlError when history begins later."""
    for commit, _ in repository.log((), repository.head, changes=False, first_parent=True):
        if commit.committed.date() <= day:
            return commit
    first = commit.committed.date()
    if repository.shallow:
        hint = Phrase(
            "this clone is shallow and begins on {first}; `git fetch --unshallow` brings the rest", first=first
        )
    else:
        hint = Phrase("history begins on {first}", first=first)
    raise KamctlError(Phrase("there is no commit on or before {day}", day=day), hint)


def _named(repository: Repository, asked: str) -> tuple[Commit, str | None]:
    """Return the commit of a name, and the tree of the folder in it. Raises KamctlError."""
    if asked.startswith("-") or not asked.strip():
        raise KamctlError(
            Phrase('"{text}" is no revision', text=asked),
            Phrase("a commit, a branch, a tag, or a day such as 2026-05-01"),
        )
    found = repository.state(asked)
    if found is not None:
        return found
    _ = repository.head
    if ".." in asked:
        raise KamctlError(Phrase('"{text}" is a range', text=asked), Phrase("one revision is asked for"))
    names = repository.names()
    if repository.shallow:
        hint = Phrase("this clone is shallow; `git fetch --unshallow` brings the rest of the history")
    else:
        hint = Phrase("a commit, a day such as 2026-05-01, or one of {names}", names=", ".join(names[:5]))
    raise KamctlError(Phrase('there is no revision "{name}"', name=asked), nearest(asked, names, hint))


def _begins(repository: Repository) -> Phrase:
    first = repository.answer("log", "--format=%cs", "--reverse", "--diff-filter=A", "--", repository.prefix) or ""
    return Phrase("it came on {day}", day=first.split()[0]) if first else Phrase("it has never been committed")
