"""Finds the account that a name means: the same name, however it is written; near ones are for a person to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

from kamctl.exchange.typed import fold

NEAR = 0.75
"""From this likeness on two names are near."""

SHORT = 6
SHARED = 0.35
"""Of a name of so many letters, this part of its pairs is shared at least by one that is near."""

SHOWN = 3
"""So many near names are listed at most."""


class Match(NamedTuple):
    """What a name means: the id of an account, or nothing and accounts with a similar name, as `name (id)`."""

    id: str
    near: tuple[str, ...] = ()


class Names:
    """The names of things that have one, for finding them again; `decided` says what a person has settled, by name.

    A decision is an id, or empty text for something new. `word` says what counts of a name.
    """

    def __init__(self, names: Mapping[str, str], decided: Mapping[str, str], word: Callable[[str], str] = fold) -> None:
        self.word = word
        self.by_name: dict[str, list[str]] = {}
        for key, name in names.items():
            self.by_name.setdefault(word(name), []).append(key)
        self.by_pair: dict[str, list[str]] = {}
        for name in self.by_name:
            for pair in _pairs(name):
                self.by_pair.setdefault(pair, []).append(name)
        self.ids = {word(key): key for key in names}
        self.decided = {word(name): key for name, key in decided.items()}
        self.names = names
        self.found: dict[str, Match] = {}

    def match(self, name: str) -> Match:
        """Return what a name means."""
        word = self.word(name)
        if word not in self.found:
            self.found[word] = self._match(word)
        return self.found[word]

    def _match(self, word: str) -> Match:
        if word in self.decided:
            return Match(self.decided[word])
        same = self.by_name.get(word, [])
        if len(same) == 1 or word in self.ids:
            return Match(same[0] if len(same) == 1 else self.ids[word])
        near = same[:SHOWN] or self._near(word)
        return Match("", tuple(f"{self.names[key]} ({key})" for key in near))

    def _near(self, word: str) -> list[str]:
        likeness = SequenceMatcher(autojunk=False)
        likeness.set_seq2(word)
        near = []
        for name in self._alike(word):
            keys = self.by_name[name]
            likeness.set_seq1(name)
            inside = min(len(name), len(word)) > 1 and (name in word or word in name)
            if inside or (likeness.quick_ratio() >= NEAR and likeness.ratio() >= NEAR):
                near.append((-likeness.ratio(), keys[0]))
        return [key for _, key in sorted(near)[:SHOWN]]

    def _alike(self, word: str) -> Iterator[str]:
        """Yield the names worth comparing: those that share enough pairs of letters that follow each other."""
        pairs = _pairs(word)
        shared = Counter(name for pair in pairs for name in self.by_pair.get(pair, ()))
        for name, count in shared.items():
            fewest = min(len(pairs), len(name))
            if count >= (1 if fewest < SHORT else SHARED * fewest):
                yield name


def _pairs(word: str) -> set[str]:
    return {word[place : place + 2] for place in range(len(word) - 1)} or {word}
