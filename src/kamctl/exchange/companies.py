"""What counts when names of companies are compared: case, width, punctuation and the legal form do not."""

from __future__ import annotations

import re
import unicodedata

from kamctl.exchange.typed import fold

LATIN = frozenset(
    (
        "ltd", "limited", "co", "company", "inc", "incorporated", "corp", "corporation", "llc", "llp", "plc", "pte",
        "pty", "gmbh", "mbh", "ag", "kg", "kgaa", "se", "ohg", "ug", "sa", "sas", "sarl", "srl", "spa", "bv", "nv",
        "ab", "as", "aps", "oy", "oyj", "kk", "sl", "lda", "sdn", "bhd",
    )
)  # fmt: skip
"""Words at the end of a company's name that say its legal form."""

CHINESE = ("股份有限公司", "有限责任公司", "有限責任公司", "股份公司", "有限公司", "公司")
"""The same in Chinese, the longest first."""

WORDS = re.compile(r"[^\W_]+")
DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")


def company_word(name: str) -> str:
    """Return what counts of a company's name; the whole name where it is nothing but a legal form."""
    plain = DOTTED.sub("", unicodedata.normalize("NFKC", name).casefold())
    words = WORDS.findall(plain)
    while len(words) > 1 and words[-1] in LATIN:
        words.pop()
    word = "".join(words)
    ending = next((ending for ending in CHINESE if word.endswith(ending) and len(word) > len(ending) + 1), "")
    return word.removesuffix(ending) or fold(name)
