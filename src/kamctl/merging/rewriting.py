"""Changes a text until it says something else, entry by entry; all that is not touched stays as it is written.

What is new is taken with its lines and comments from a second text, the donor, where that has it so.
"""

from __future__ import annotations

from collections.abc import Iterator

from kamctl import edit, source
from kamctl.edit import EditRefused
from kamctl.history.matching import partners
from kamctl.merging import grafting
from kamctl.phrases import Phrase
from kamctl.problems import Keys
from kamctl.source import Data


def rewritten(text: str, want: dict[str, Data], donor: str, *, keep: bool = False) -> str:
    """Return the text changed so that it says `want`.

    `keep` leaves the comment beside a value that changes as it is; else it comes from the donor with the value. Raises
    EditRefused where it cannot be done by entries.
    """
    there = source.read(donor)
    for _ in range(LIMIT):
        have = source.read(text)
        if have == want:
            return text
        changed = next(_Step(text, donor, keep).texts((), have, want, (), there))
        if changed == text:
            raise EditRefused(Phrase("nothing can be changed here"))
        text = changed
    raise EditRefused(Phrase("too many changes"))


LIMIT = 5_000
"""More single changes than any file of a megabyte needs."""


class _Step:
    """Finds the next single change of a text; each is tried with the donor's lines first."""

    def __init__(self, text: str, donor: str, keep: bool) -> None:
        self.text = text
        self.donor = donor
        self.keep = keep

    def texts(self, keys: Keys, have: Data, want: Data, from_keys: Keys | None, there: Data) -> Iterator[str]:
        """Yield the text after one change on the way from `have` to `want`.

        `there` is what the donor says at the same place, which has the keys `from_keys` in it; None where it has none.
        """
        if have == want:
            return
        if isinstance(have, dict) and isinstance(want, dict):
            yield from self._mapping(keys, have, want, from_keys, there)
        elif isinstance(have, list) and isinstance(want, list) and have and want:
            yield from self._list(keys, have, want, from_keys, there)
        yield self._set(keys, want, from_keys if there == want else None)

    def _mapping(
        self, keys: Keys, have: dict[str, Data], want: dict[str, Data], from_keys: Keys | None, there: Data
    ) -> Iterator[str]:
        others = there if isinstance(there, dict) else {}
        for key in have:
            if key not in want:
                yield edit.remove(self.text, (*keys, key))
        for key, value in want.items():
            place = (*from_keys, key) if from_keys is not None and key in others else None
            if key in have:
                yield from self.texts((*keys, key), have[key], value, place, others.get(key))
            else:
                order = list(others) if place is not None else list(want)
                if place is not None and others[key] == value:
                    yield from self._grafted_entry(keys, key, value, place, order)
                yield edit.set_value(self.text, (*keys, key), value, order)

    def _list(
        self, keys: Keys, have: list[Data], want: list[Data], from_keys: Keys | None, there: Data
    ) -> Iterator[str]:
        field = next((str(key) for key in reversed(keys) if isinstance(key, str)), "")
        was = partners(field, have, want)
        kept = [old for old in was if old is not None]
        if kept != sorted(kept):
            yield from self._moved(keys, have, kept)
            return
        for position in reversed(range(len(have))):
            if position not in kept and len(have) > 1:
                yield edit.remove(self.text, (*keys, position))
        others = there if isinstance(there, list) else []
        where = partners(field, others, want)
        for position, entry in enumerate(want):
            old, other = was[position], where[position]
            place = (*from_keys, other) if from_keys is not None and other is not None else None
            said = others[other] if other is not None else None
            if old is not None:
                yield from self.texts((*keys, old), have[old], entry, place, said)
            elif not kept:
                return
            else:
                yield from self._insert(keys, position, len(have), entry, place if said == entry else None)

    def _moved(self, keys: Keys, have: list[Data], kept: list[int]) -> Iterator[str]:
        """Yield the text with the first entry moved that stands elsewhere in `kept`, the positions in another order."""
        new, old = next(pair for pair in zip(sorted(kept), kept, strict=True) if pair[0] != pair[1])
        after = grafting.with_moved(self.text, keys, old, new)
        entries = [*have[:new], have[old], *(entry for i, entry in enumerate(have) if i >= new and i != old)]
        if after is not None and edit.reads_as(after, edit.with_value(source.read(self.text), keys, entries)):
            yield after

    def _insert(self, keys: Keys, position: int, length: int, entry: Data, place: Keys | None) -> Iterator[str]:
        """Yield the text with one more entry in a list."""
        now = grafting.with_inserted(source.read(self.text), keys, position, entry)
        if place is not None:
            block = grafting.block_at(self.donor, place)
            if block is not None:
                after = grafting.with_item(self.text, keys, position, block)
                if after is not None and edit.reads_as(after, now):
                    yield after
        if position == length:
            yield edit.append(self.text, keys, entry)
        appended = edit.append(self.text, keys, entry)
        block = grafting.block_at(appended, (*keys, length))
        after = grafting.with_item(self.text, keys, position, block) if block is not None else None
        if after is not None and edit.reads_as(after, now):
            yield after

    def _grafted_entry(self, keys: Keys, key: str, value: Data, place: Keys, order: list[str]) -> Iterator[str]:
        block = grafting.block_at(self.donor, place)
        if block is not None:
            after = grafting.with_entry(self.text, keys, block, order[: order.index(key)])
            if after is not None and edit.reads_as(after, edit.with_value(source.read(self.text), (*keys, key), value)):
                yield after

    def _set(self, keys: Keys, want: Data, place: Keys | None) -> str:
        """Return the text with one value set, its line taken from the donor where that says the same."""
        if place is not None and keys and not self.keep:
            block = grafting.block_at(self.donor, place)
            if block is not None:
                after = grafting.with_block(self.text, keys, block)
                if after is not None and edit.reads_as(after, edit.with_value(source.read(self.text), keys, want)):
                    return after
        if not keys:
            raise EditRefused(Phrase("the file says something else altogether"))
        return edit.set_value(self.text, keys, want)
