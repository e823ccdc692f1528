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
    return words.format(**values) if values else words
