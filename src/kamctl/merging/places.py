"""Places by names, which stay the same when entries of lists move, and by keys, which do not."""

from __future__ import annotations

from collections.abc import Sequence

from kamctl.history.matching import title_of
from kamctl.problems import Keys
from kamctl.source import Data

Names = tuple[str, ...]
"""A place by names: the keys on the way, and for an entry of a list the words by which people know it."""


def keys_of(data: Data, place: Sequence[str]) -> Keys:
    """Return the keys of a place that is given by names, as far as it is there."""
    keys: Keys = ()
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


def names_of(data: Data, keys: Keys) -> Names:
    """Return the names of a place that is given by keys, all of which must be there."""
    names: Names = ()
    field = ""
    for key in keys:
        if isinstance(data, list) and isinstance(key, int):
            data = data[key]
            names = (*names, title_of(field, data))
        elif isinstance(data, dict):
            data, field = data[str(key)], str(key)
            names = (*names, field)
    return names


def value_at(data: Data, place: Sequence[str]) -> Data:
    """Return what data says at a place that is given by names; None when it is not there."""
    keys = keys_of(data, place)
    if len(keys) < len(place):
        return None
    for key in keys:
        data = data[key]  # type: ignore[index]
    return data
