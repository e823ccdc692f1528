"""Finds the account that a name means: the same name, however it is written; near ones are for a person to decide."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

from kamctl.exchange.typed import fold

NEAR = 0.75
"""From this likeness on two names are near."""

SHOWN = 3
"""So many near names are listed at most."""


class Match(NamedTuple):
    """What a name means: the id of an account, or nothing and accounts with a similar name, as `name (id)`."""

    id: str
    near: tuple[str, ...] = ()


class Names:
    """The names of things that have one, for finding them again; `decided` says what a person has settled, by name.

    A decision is an id, or empty text for something new.
    """

    def __init__(self, names: Mapping[str, str], decided: Mapping[str, str]) -> None:
        self.by_name: dict[str, list[str]] = {}
        for key, name in names.items():
            self.by_name.setdefault(fold(name), []).append(key)
        self.ids = {fold(key): key for key in names}
        self.decided = {fold(name): key for name, key in decided.items()}
        self.names = names
        self.found: dict[str, Match] = {}

    def match(self, name: str) -> Match:
        """Return what a name means."""
        word = fold(name)
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
        for name, keys in self.by_name.items():
            likeness.set_seq1(name)
            inside = min(len(name), len(word)) > 1 and (name in word or word in name)
            if inside or (likeness.quick_ratio() >= NEAR and likeness.ratio() >= NEAR):
                near.append((-likeness.ratio(), keys[0]))
        return [key for _, key in sorted(near)[:SHOWN]]
