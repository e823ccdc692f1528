"""A sales process: its stages in order, grouped into phases, and what a deal needs for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from kamctl.schema.method import Label, Part

Outcome = Literal["open", "won", "lost"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GateCriterion(Part):
    """One entry or exit criterion of a stage.

    With `field` it is met when that field of the opportunity is filled (`account.` before the name means the
    account's field); without, it is a statement that needs an entry of the same id under `gate_evidence`.
    """

    id: str
    label: Label
    field: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Stage(Part):
    """One stage of a process, in the order in which it stands in the file.

    `requires` are fields that a deal must have from this stage on. `min_probability` is what the owner's own estimate
    must be at least, in percent. `maps_to` names for other processes the stage that this one compares to.
    """

    code: str
    label: Label
    phase: str
    outcome: Outcome = "open"
    ended: bool = False
    figure: int | None = None
    probability: Decimal | None = None
    min_probability: Decimal | None = None
    owner_role: Label | None = None
    goal: Label | None = None
    entry: tuple[GateCriterion, ...] = ()
    exit: tuple[GateCriterion, ...] = ()
    activities: tuple[Label, ...] = ()
    documents: tuple[str, ...] = ()
    maps_to: dict[str, str] = field(default_factory=dict)
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Phase(Part):
    """A group of stages."""

    id: str
    label: Label


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Process(Part):
    """A sales process.

    `orders` is the number of orders that the stages' funnel figures stand for: a stage's default win
    probability is `orders / figure`, in percent, where the stage names none itself. `tolerance` is by how many points
    an owner's estimate may differ from the stage's probability before it is pointed out. `scorecard` is the sheet for
    deals in this process where it is not the workspace's.
    """

    name: Label
    version: int
    about: Label
    phases: tuple[Phase, ...]
    stages: tuple[Stage, ...]
    orders: int | None = None
    tolerance: Decimal = Decimal(30)
    scorecard: str | None = None

    def stage(self, code: str) -> Stage | None:
        """Return the stage with this code, or None."""
        return next((stage for stage in self.stages if stage.code == code), None)

    def position(self, code: str) -> int:
        """Return the place of a stage in the process, from 0; unknown codes come last."""
        return next((i for i, stage in enumerate(self.stages) if stage.code == code), len(self.stages))

    def probability(self, code: str) -> Decimal | None:
        """Return the win probability of a stage in percent, 0 to 100: its own, else `orders / figure`."""
        stage = self.stage(code)
        if stage is None or (stage.probability is None and not (stage.figure and self.orders)):
            return None
        if stage.probability is not None:
            return stage.probability
        return min(Decimal(100), Decimal(100) * self.orders / stage.figure)  # type: ignore[operator]

    def following(self, code: str) -> Stage | None:
        """Return the next stage on the way to an order; None at the end of the way."""
        after = self.stages[self.position(code) + 1 :]
        return next((stage for stage in after if stage.outcome != "lost"), None)

    def preceding(self, code: str) -> Stage | None:
        """Return the stage before on the way to an order; None at the start of the way."""
        before = self.stages[: self.position(code)]
        return next((stage for stage in reversed(before) if stage.outcome != "lost"), None)

    def lost_stages(self) -> list[Stage]:
        """Return the ways out by which a deal is lost."""
        return [stage for stage in self.stages if stage.outcome == "lost"]

    def gate_ids(self) -> list[str]:
        """Return the ids of all entry and exit criteria."""
        return [item.id for stage in self.stages for item in (*stage.entry, *stage.exit)]

    def reached(self, code: str) -> list[Stage]:
        """Return the stages up to and including a stage, without the ended side exits before it."""
        return [stage for stage in self.stages[: self.position(code) + 1] if stage.outcome != "lost"]
