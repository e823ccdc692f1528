"""Words on screens and forms in the three languages, from labels.json."""

from __future__ import annotations

from collections.abc import Mapping

from kamctl import resources

LANGUAGES = ("en", "zh-Hans", "zh-Hant")


def pick(label: Mapping[str, str], lang: str) -> str:
    """Return a label in a language, in English where it has none."""
    return label.get(lang) or label.get("en", "")


def text(key: str, lang: str, **values: object) -> str:
    """Return the words for a key, with `values` filled in. Raises KeyError when labels.json has no such key."""
    words: str = pick(resources.table("labels")[key], lang)
    if not values:
        return words
    return words.format(**{name: Number(v) if type(v) is int else v for name, v in values.items()})


class Number(int):
    """A count that chooses between two forms: `{count:deal|deals}` gives `1 deal` and `3 deals`."""

    def __format__(self, forms: str) -> str:
        one, bar, many = forms.partition("|")
        return f"{int(self)} {one if self == 1 else many}" if bar else int.__format__(self, forms)
