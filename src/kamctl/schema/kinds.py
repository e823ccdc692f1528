"""The table of file kinds: which model describes each. A model is imported when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module


class Models(Mapping[str, type]):
    """Models by kind, from places written `module:class`."""

    def __init__(self, places: dict[str, str]) -> None:
        self._places = places

    def __getitem__(self, kind: str) -> type:
        module, _, name = self._places[kind].partition(":")
        model: type = getattr(import_module(f"kamctl.schema.{module}"), name)
        return model

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


MODELS = Models(
    {
        "settings": "settings:Settings",
        "team": "team:Team",
        "account": "account:Account",
        "contact": "contact:Contact",
        "opportunity": "opportunity:Opportunity",
        "call": "call:Call",
        "presentation": "presentation:Presentation",
        "week": "week:Week",
        "evaluation": "evaluation:Evaluation",
    }
)
"""The files that people write."""

METHOD_MODELS = Models(
    {
        "process": "method.process:Process",
        "scorecard": "method.scorecard:Scorecard",
        "relationship": "method.relationship:Relationship",
        "importance": "method.importance:Importance",
        "reasons": "method.reasons:Reasons",
        "grades": "method.grades:Grades",
        "presenting": "method.presentation:Presenting",
        "reviews": "method.reviews:Reviews",
        "forecast": "method.forecast:ForecastMethod",
        "ramp": "method.ramp:Ramp",
        "plan_test": "method.plan_test:PlanTest",
        "audit": "method.audit:Audit",
    }
)
"""The files of the method."""
