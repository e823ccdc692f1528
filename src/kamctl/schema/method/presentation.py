"""How a presentation is prepared, given, and looked back on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kamctl.schema.method import Label, Part


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StoryStep(Part):
    """One step of the story of a presentation: the key below `story` of its file, and what belongs there."""

    field: str
    label: Label
    about: Label


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TacticalStep(Part):
    """One step of preparing a presentation, giving it, and looking back.

    `days` are working days from the day of the presentation, negative before it. `who` takes it: the leader, or the
    account's support where it names one. With `with_supporter` it is taken together with somebody who supports us.
    """

    id: str
    label: Label
    days: int
    who: Literal["leader", "support"] = "leader"
    with_supporter: bool = False


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Presenting(Part):
    """How a presentation is prepared: the steps of its story, a first agenda, and the tactical steps in order."""

    version: int
    story: tuple[StoryStep, ...]
    agenda: tuple[Label, ...]
    steps: tuple[TacticalStep, ...]

    def step(self, step_id: str) -> TacticalStep | None:
        """Return one tactical step, or None."""
        return next((step for step in self.steps if step.id == step_id), None)
