"""The shape of the method files, a module for each kind of file; here is what they share.

These are plain frozen dataclasses, so that the scoring code can use a method that comes from a cache without
importing pydantic; `schema.reading` validates method files against them with the same strictness as users'
files. Labels are mappings with the three languages of kamctl.
"""

from __future__ import annotations

from dataclasses import dataclass

Label = dict[str, str]
"""One text in the languages `en`, `zh-Hans` and `zh-Hant`; the reader insists on all three."""

DEFAULT_PROCESS = "losqaop"
DEFAULT_SCORECARD = "tas20"
"""What a workspace works by when `kamctl.yaml` names no other; nothing else in the program depends on a name."""


class Part:
    """Every part of a method file refuses unknown keys."""

    __pydantic_config__ = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Choice(Part):
    """One value of a list, with its label, its sign on a map where it has one, and what it means."""

    id: str
    label: Label
    sign: str = ""
    about: Label | None = None
