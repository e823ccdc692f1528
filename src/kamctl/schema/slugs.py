"""Ids: lower-case slugs of letters, digits and hyphens; Chinese characters are letters too."""

from __future__ import annotations

import re

SLUG = re.compile(r"[a-z0-9\u3400-\u9fff]+(-[a-z0-9\u3400-\u9fff]+)*")


def slugify(text: str) -> str:
    """Return an id made from a name: `Harbour Bay (Tianjin)` -> `harbour-bay-tianjin`; empty when nothing is left."""
    return "-".join(re.findall(r"[a-z0-9\u3400-\u9fff]+", text.casefold()))
