"""Why deals are lost."""

from __future__ import annotations

from dataclasses import dataclass

from kamctl.schema.method import Choice, Part


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reasons(Part):
    """Why deals are lost."""

    version: int
    lost: tuple[Choice, ...]
