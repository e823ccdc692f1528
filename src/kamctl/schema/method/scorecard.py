"""A scorecard: questions with their criteria, how marks are read, and which strategies follow."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kamctl.schema.method import Label, Part


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AskWhom(Part):
    """Who on a buying team can answer: people with one of the roles first, then one of the orientations."""

    roles: tuple[str, ...] = ()
    orientations: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Probe(Part):
    """What to find out about a criterion: the need to know, why it matters, and questions to ask."""

    need: Label
    why: Label
    ask: tuple[Label, ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Criterion(Part):
    """One row of a scorecard.

    `plus` and `minus` name the two ends in a word or two, `means_plus` and `means_minus` say what they mean.
    `inverted` marks rows in which the low end is the plus. `evidence` lists fields that show a plus: it holds
    when one of them is filled, and `text` stands for an evidence note on the mark itself.
    """

    id: str
    label: Label
    plus: Label
    minus: Label
    means_plus: Label
    means_minus: Label
    probe: Probe
    whom: AskWhom
    inverted: bool = False
    weight: Decimal = Decimal(1)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Question(Part):
    """One of the questions that group the criteria, in the order in which they are asked."""

    id: str
    label: Label
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Verdicts(Part):
    """Limits of the verdict of a question.

    `open`: at most `open_minus` minuses and `open_unknown` unknowns. `blocked`: at least `blocked_minus`
    minuses, or more minuses than pluses. Else at risk.
    """

    open_minus: int
    open_unknown: int
    blocked_minus: int


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Strategy(Part):
    """One competitive strategy and when it follows; the first that fits is taken.

    A lead is a row where we hold a plus and the competitor a minus, a gap the reverse. It fits when leads are at
    least `min_leads`, at least `leads_per_gap` times the gaps, gaps at least `min_gaps`, and we hold a plus
    on every row of `we_hold`.
    """

    id: str
    label: Label
    rule: Label
    advice: Label
    min_leads: int = 0
    leads_per_gap: Decimal = Decimal(0)
    min_gaps: int = 0
    we_hold: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Scorecard(Part):
    """A sheet of criteria, how it is read, and what follows from it.

    `min_compared` is how many rows must be rated for both before a strategy against a competitor is named.
    """

    name: Label
    version: int
    about: Label
    questions: tuple[Question, ...]
    verdicts: Verdicts
    strategies: tuple[Strategy, ...] = ()
    min_compared: int = 5

    def criteria(self) -> list[Criterion]:
        """Return all criteria in order."""
        return [criterion for question in self.questions for criterion in question.criteria]

    def criterion(self, criterion_id: str) -> Criterion | None:
        """Return one criterion, or None."""
        return next((row for row in self.criteria() if row.id == criterion_id), None)
