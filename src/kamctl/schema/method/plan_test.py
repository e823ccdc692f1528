"""How a plan is tested in a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kamctl.schema.method import Label, Part


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AgendaStep(Part):
    """One step of a meeting: how long it takes, who has the word, what it is about, and what is asked.

    `draws` says which questions are added from the files: what changed, the gate, people, gaps against competitors, or
    unknown and stale marks.
    """

    id: str
    label: Label
    minutes: int
    lead: Label
    about: Label
    ask: tuple[Label, ...] = ()
    draws: Literal["", "changes", "gate", "people", "gaps", "unknown"] = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PlanTest(Part):
    """The test of a plan: its agenda in order, and how it is prepared.

    A review is compared with the last commit at least `since_days` ago. Up to `questions` are drawn for a step.
    """

    version: int
    since_days: int
    questions: int
    agenda: tuple[AgendaStep, ...]
