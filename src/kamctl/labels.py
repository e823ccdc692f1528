"""Phrase on screens and forms in the three languages, from labels.json."""

from __future__ import annotations

from collections.abc import Mapping

from kamctl import resources
from kamctl.phrases import Phrase, Ready, filled

LANGUAGES = ("en", "zh-Hans", "zh-Hant")


OTHER_NAMES = {
    **dict.fromkeys(("zh", "zh-cn", "zh-sg", "zh-my", "zh-hans-cn"), "zh-Hans"),
    **dict.fromkeys(("zh-tw", "zh-hk", "zh-mo", "zh-hant-tw", "zh-hant-hk"), "zh-Hant"),
    **dict.fromkeys(("en-us", "en-gb", "c", "posix"), "en"),
}
"""What else people and systems call the three languages, in lower case."""


def language(name: str) -> str:
    """Return the language that a name such as `zh_TW` means; empty for none that kamctl speaks."""
    folded = name.replace("_", "-").casefold()
    return {known.casefold(): known for known in LANGUAGES}.get(folded) or OTHER_NAMES.get(folded, "")


def pick(label: Mapping[str, str], lang: str) -> str:
    """Return a label in a language, in English where it has none."""
    return label.get(lang) or label.get("en", "")


def text(key: str, lang: str, **values: object) -> str:
    """Return the words for a key, with `values` filled in. Raises KeyError when labels.json has no such key."""
    words: str = pick(resources.table("labels")[key], lang)
    return filled(words, values) if values else words


def phrase(key: str, **values: object) -> Phrase:
    """Return the words for a key, for a reader of any language."""
    return Ready({lang: text(key, lang, **values) for lang in LANGUAGES})


def said(words: str, lang: str) -> str:
    """Return a sentence in a language, from phrases.json; text that is no `Phrase` as it is."""
    if not isinstance(words, Phrase):
        return words
    if words.languages:
        return pick(words.languages, lang)
    if lang == "en" or not words.pattern:
        return str(words)
    pattern = resources.table("phrases").get(words.pattern, {}).get(lang, words.pattern)
    return filled(pattern, {name: said(v, lang) if isinstance(v, str) else v for name, v in words.values.items()})
