"""The pipeline waterfall: what became of the open pipeline, to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamctl.reports.pipeline import PipelineRow
from kamctl.reports.waterfall import STEPS, Waterfall, waterfall

JUNE, JULY, OCTOBER = date(2026, 6, 30), date(2026, 7, 31), date(2026, 10, 31)


def row(deal: str, amount: int | None = 100, close: date | None = JUNE, outcome: str = "open") -> PipelineRow:
    blank: dict[str, Any] = dict.fromkeys(PipelineRow._fields)
    blank |= {"id": deal, "amount": None if amount is None else Decimal(amount), "close_date": close}
    return PipelineRow(**blank | {"outcome": outcome, "ended": outcome != "open"})


def told(found: Waterfall) -> dict[str, int]:
    return {step.name: int(step.amount) for step in found.steps if step.deals}


@pytest.mark.parametrize(
    ("before", "after", "steps"),
    [
        ([], [row("a")], {"created": 100}),
        ([row("a")], [row("a", 150)], {"up": 50}),
        ([row("a")], [row("a", 70)], {"down": -30}),
        ([row("a")], [row("a", outcome="won")], {"won": -100}),
        ([row("a")], [row("a", 80, outcome="won")], {"down": -20, "won": -80}),
        ([row("a")], [row("a", outcome="lost")], {"lost": -100}),
        ([row("a")], [row("a", close=OCTOBER)], {"pushed_out": -100}),
        ([row("a")], [row("a", 900, close=OCTOBER)], {"pushed_out": -100}),
        ([row("a", close=OCTOBER)], [row("a", 120)], {"pulled_in": 120}),
        ([row("a", close=None)], [row("a")], {"pulled_in": 100}),
        ([row("a", outcome="lost")], [row("a")], {"reopened": 100}),
        ([row("a")], [], {"removed": -100}),
        ([], [row("a", outcome="won")], {"created": 100, "won": -100}),
        ([], [row("a", outcome="lost")], {"created": 100, "lost": -100}),
        ([row("a", close=OCTOBER)], [row("a", close=OCTOBER, outcome="won")], {"pulled_in": 100, "won": -100}),
        ([row("a", close=OCTOBER)], [row("a", close=OCTOBER, outcome="lost")], {}),
        ([row("a", None)], [row("a", 100)], {"up": 100}),
        ([row("a")], [row("a")], {}),
        ([row("a", outcome="won")], [row("a", outcome="won")], {}),
    ],
)
def test_each_thing_that_can_happen(before: list[PipelineRow], after: list[PipelineRow], steps: dict[str, int]) -> None:
    assert told(waterfall(before, after, JULY)) == steps


def test_without_a_window_a_moved_date_changes_nothing() -> None:
    assert told(waterfall([row("a")], [row("a", close=OCTOBER)])) == {}


def test_deals_without_an_amount_are_counted_and_said() -> None:
    [created] = [step for step in waterfall([], [row("a", None), row("b")]).steps if step.deals]
    assert (created.deals, created.priced, created.amount) == (2, 1, Decimal(100))


rows = st.builds(
    row,
    st.sampled_from("abcdefgh"),
    st.none() | st.integers(0, 1000),
    st.sampled_from([None, JUNE, JULY, OCTOBER]),
    st.sampled_from(["open", "open", "won", "lost"]),
)
states = st.lists(rows, unique_by=lambda found: found.id)


@given(states, states, st.none() | st.sampled_from([JUNE, JULY, OCTOBER]))
def test_it_balances_to_the_cent(before: list[PipelineRow], after: list[PipelineRow], until: date | None) -> None:
    found = waterfall(before, after, until)
    assert [step.name for step in found.steps] == list(STEPS)
    assert found.start.amount + sum(step.amount for step in found.steps) == found.end.amount
    signs = dict.fromkeys(("created", "reopened", "pulled_in", "up"), 1)
    assert all(step.amount * signs.get(step.name, -1) >= 0 for step in found.steps)
