"""Text out of files, made safe to show."""

from __future__ import annotations

import re

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def one_line(text: str) -> str:
    """Return text that is safe to show: line breaks as spaces, control and direction marks made visible."""
    if text.isascii() and text.isprintable():
        return text
    return UNSAFE.sub(lambda found: " " if found[0] in "\t\n\r" else f"<{ord(found[0]):04X}>", text)
