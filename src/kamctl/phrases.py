"""Sentences that are written in English where they arise, and said in the reader's language where they are printed."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence


class Number(int):
    """A count that chooses between two forms: `{count:deal|deals}` gives `1 deal` and `3 deals`."""

    def __format__(self, forms: str) -> str:
        one, bar, many = forms.partition("|")
        return f"{int(self)} {one if self == 1 else many}" if bar else int.__format__(self, forms)


class Phrase(str):
    """A sentence: as text it is English; `labels.said()` says it in another language.

    `pattern` is the English sentence with gaps, and the key of phrases.json. `values` fill the gaps; one may be
    `Phrase` itself. `languages` is for sentences that come in all languages already, from elsewhere.
    """

    pattern: str
    values: Mapping[str, object]
    languages: Mapping[str, str]

    def __new__(cls, pattern: str, /, **values: object) -> Phrase:
        """Fill the gaps of an English sentence."""
        words = super().__new__(cls, filled(pattern, values))
        words.pattern, words.values, words.languages = pattern, values, {}
        return words


class Verbatim(Phrase):
    """Text that is the same in every language: ids, a command, what another program said; or in one already."""

    def __new__(cls, text: str, /) -> Verbatim:
        """Take text as it is."""
        words = str.__new__(cls, text)
        words.pattern, words.values, words.languages = "", {}, {}
        return words


class Ready(Phrase):
    """A sentence that is there in each language."""

    def __new__(cls, languages: Mapping[str, str], /) -> Ready:
        """Take a sentence in each language."""
        words = str.__new__(cls, languages["en"])
        words.pattern, words.values, words.languages = "", {}, languages
        return words


def listed(names: Sequence[str], most: int = 5) -> Phrase:
    """Return the first of some names, and how many more there are."""
    shown = ", ".join(names[:most])
    if len(names) <= most:
        return Verbatim(shown)
    return Phrase("{names} and {count} more", names=shown, count=len(names) - most)


def filled(pattern: str, values: Mapping[str, object]) -> str:
    """Return a pattern with its gaps filled; a whole number may choose between one and many."""
    return pattern.format(**{name: Number(v) if type(v) is int else v for name, v in values.items()})


NOTHING = Verbatim("")

KINDS = {
    "account": Phrase("account"),
    "contact": Phrase("contact"),
    "opportunity": Phrase("opportunity"),
    "call": Phrase("call"),
    "presentation": Phrase("presentation"),
    "week": Phrase("week"),
    "period": Phrase("period"),
    "workspace": Phrase("workspace"),
    "process": Phrase("process"),
    "scorecard": Phrase("scorecard"),
}
"""What kinds of records, and parts of the method, are called inside a sentence."""


REASONS = {
    errno.ENOENT: Phrase("No such file or directory"),
    errno.EACCES: Phrase("Permission denied"),
    errno.EPERM: Phrase("Operation not permitted"),
    errno.EISDIR: Phrase("Is a directory"),
    errno.ENOTDIR: Phrase("Not a directory"),
    errno.EEXIST: Phrase("File exists"),
    errno.ENOSPC: Phrase("No space left on device"),
    errno.EROFS: Phrase("Read-only file system"),
    errno.ENAMETOOLONG: Phrase("File name too long"),
    errno.ELOOP: Phrase("Too many levels of symbolic links"),
    errno.EINVAL: Phrase("Invalid argument"),
}
"""Why a system commonly refuses a file, in its own words."""

COMPLAINTS = (
    Phrase("block sequence entries are not allowed in this context"),
    Phrase("could not find expected ':'"),
    Phrase("did not find expected ',' or ']'"),
    Phrase("did not find expected ',' or '}}'"),
    Phrase("did not find expected '-' indicator"),
    Phrase("did not find expected key"),
    Phrase("did not find expected node content"),
    Phrase("found character that cannot start any token"),
    Phrase("found unexpected end of stream"),
    Phrase("found unknown escape character"),
    Phrase("mapping keys are not allowed in this context"),
    Phrase("mapping values are not allowed in this context"),
)
"""What libyaml commonly says of text that is no YAML."""


def why(error: OSError) -> Phrase:
    """Return why the system refused, in words that can be said in other languages where it is a common reason."""
    return REASONS.get(error.errno or 0) or Verbatim(error.strerror or str(error))


def known(text: str) -> Phrase:
    """Return what another program said as a sentence that can be said in other languages, where it is a common one."""
    return next((words for words in (*REASONS.values(), *COMPLAINTS) if words == text), None) or Verbatim(text)
