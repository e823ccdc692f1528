"""Gates in a process small enough to check by hand: what is asked for on every way from one stage to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamctl.rows.accounts import AccountRow
from kamctl.rows.deals import GateEvidenceRow, OpportunityRow
from kamctl.schema.method.process import GateCriterion, Phase, Process, Stage
from kamctl.scoring.gates import Gate, GateItem, gate

DEAL = "bohai/line-3"

TODAY = date(2026, 6, 15)


def label(words: str) -> dict[str, str]:
    return {"en": words, "zh-Hans": words, "zh-Hant": words}


def criterion(name: str, field: str | None = None) -> GateCriterion:
    return GateCriterion(id=name, label=label(name), field=field)


MET = criterion("met")
PRICED = criterion("priced", "amount")
WORTH_IT = criterion("worth_it", "account.business_profile.revenue")
ASKED = criterion("asked")
TRIED = criterion("tried")
CHOSEN = criterion("chosen")
SIGNED = criterion("signed", "contract.signed")
WHY = criterion("why")

TREK = Process(
    name=label("Trek"),
    version=1,
    about=label("Five steps up and two ways out, one of them in the middle"),
    phases=(Phase(id="all", label=label("All")),),
    stages=(
        Stage(code="V", label=label("Valley"), phase="all", exit=(MET, WORTH_IT)),
        Stage(code="C", label=label("Camp"), phase="all", exit=(PRICED, ASKED)),
        Stage(code="X", label=label("Turned back"), phase="all", outcome="lost", ended=True, requires=("lost",)),
        Stage(code="R", label=label("Ridge"), phase="all", entry=(ASKED, TRIED), exit=(CHOSEN,)),
        Stage(code="T", label=label("Top"), phase="all", outcome="won", exit=(SIGNED,), requires=("contract",)),
        Stage(code="H", label=label("Home"), phase="all", outcome="won", ended=True, requires=("contract.signed",)),
        Stage(
            code="Z",
            label=label("Fallen"),
            phase="all",
            outcome="lost",
            ended=True,
            entry=(WHY,),
            requires=("lost", "lost.reason"),
        ),
    ),
)


# --- what is asked for


@pytest.mark.parametrize(
    ("source", "target", "asked"),
    [
        ("V", "C", ["met", "worth_it"]),
        ("C", "R", ["priced", "asked", "tried"]),
        ("R", "T", ["chosen", "contract"]),
        ("T", "H", ["signed"]),
        ("V", "R", ["met", "worth_it", "priced", "asked", "tried"]),
        ("V", "T", ["met", "worth_it", "priced", "asked", "chosen", "contract"]),
    ],
)
def test_forward_asks_for_the_exit_of_every_stage_left_the_entry_of_the_target_and_its_fields(
    source: str, target: str, asked: Sequence[str]
) -> None:
    assert ids(way(source, target)) == asked


def test_a_way_out_in_the_middle_is_no_stage_on_the_way() -> None:
    assert way("C", "R").move == ""
    assert "lost" not in ids(way("C", "T"))


def test_a_criterion_of_two_stages_is_asked_for_once_and_where_it_came_first() -> None:
    assert ids(way("C", "R")).count("asked") == 1
    assert ids(way("C", "R")).index("asked") < ids(way("C", "R")).index("tried")


def test_a_required_field_that_a_criterion_asks_for_is_not_asked_for_again() -> None:
    assert ids(way("T", "H")) == ["signed"]
    assert item(way("R", "T"), "contract").label is None


@pytest.mark.parametrize(
    ("source", "target", "move"),
    [("V", "C", ""), ("C", "R", ""), ("V", "R", "skip"), ("C", "T", "skip"), ("R", "C", "back"), ("H", "V", "back")],
)
def test_a_way_that_is_not_one_stage_forward_says_so(source: str, target: str, move: str) -> None:
    assert way(source, target).move == move


def test_back_asks_for_nothing() -> None:
    assert ids(way("T", "R")) == []
    assert way("T", "V").missing == []


@pytest.mark.parametrize("source", ["V", "C", "R"])
def test_out_asks_for_what_the_way_out_asks_for_and_for_no_exit(source: str) -> None:
    assert ids(way(source, "Z")) == ["why", "lost", "lost.reason"]
    assert ids(way(source, "X")) == ["lost"]


@pytest.mark.parametrize("source", ["V", "C", "R"])
@pytest.mark.parametrize("target", ["X", "Z"])
def test_a_way_out_is_neither_a_skip_nor_a_way_back_wherever_it_stands(source: str, target: str) -> None:
    assert way(source, target).move == ""


def test_a_lost_deal_comes_back_without_a_gate() -> None:
    assert (ids(way("Z", "R")), way("Z", "R").move) == ([], "back")


def test_from_a_stage_that_the_process_does_not_have_nothing_is_asked_for() -> None:
    result = way("Q", "C")
    assert (result.source, ids(result)) == (None, [])


def test_the_gate_names_both_ends_and_each_item_the_stage_that_asks_for_it() -> None:
    result = way("V", "T")
    assert (result.source, result.target) == (TREK.stage("V"), TREK.stage("T"))
    assert {item.id: item.stage for item in result.items} == {
        "met": "V",
        "worth_it": "V",
        "priced": "C",
        "asked": "C",
        "chosen": "R",
        "contract": "T",
    }


# --- what is met


def test_a_statement_is_met_by_evidence_alone_and_since_its_day() -> None:
    assert item(way("V", "C"), "met").met is False
    met = item(way("V", "C", evidence={"met": "2026-02-03"}), "met")
    assert (met.met, met.evidence, met.since, met.field) == (True, "seen: met", date(2026, 2, 3), "")


def test_evidence_without_a_day_counts_and_leaves_the_day_open() -> None:
    met = item(way("V", "C", evidence={"met": ""}), "met")
    assert (met.met, met.since) == (True, None)


def test_a_field_is_met_when_it_is_filled() -> None:
    assert item(way("C", "R"), "priced").met is False
    priced = item(way("C", "R", filled=["amount"]), "priced")
    assert (priced.met, priced.field, priced.evidence) == (True, "amount", "")


def test_evidence_speaks_before_the_field_and_also_without_it() -> None:
    evidence = {"priced": "2026-03-20"}
    for filled in ([], ["amount"]):
        priced = item(way("C", "R", filled=filled, evidence=evidence), "priced")
        assert (priced.met, priced.evidence, priced.since) == (True, "seen: priced", date(2026, 3, 20))


def test_a_field_of_the_account_is_looked_up_in_the_account_and_not_in_the_deal() -> None:
    name = "business_profile.revenue"
    assert item(way("V", "C", account=[name]), "worth_it").met
    assert not item(way("V", "C", filled=[name, f"account.{name}"], account=[]), "worth_it").met
    assert not item(way("V", "C", account=None), "worth_it").met


def test_a_field_is_met_since_the_date_of_the_part_that_it_stands_in() -> None:
    dated = {"contract": "2026-06-10", "contract.signed": "2026-06-10"}
    signed = item(way("T", "H", filled=["contract", "contract.signed"], dated=dated), "signed")
    assert (signed.met, signed.since) == (True, date(2026, 6, 10))
    whole = item(way("R", "T", filled=["contract"], dated={"contract": "2026-06-10"}), "contract")
    assert (whole.met, whole.since) == (True, date(2026, 6, 10))


def test_what_is_not_met_has_no_day_although_its_part_has_one() -> None:
    signed = item(way("T", "H", filled=["contract"], dated={"contract": "2026-06-10"}), "signed")
    assert (signed.met, signed.since) == (False, None)


def test_a_required_field_is_met_when_it_is_filled_and_speaks_for_itself() -> None:
    assert not item(way("V", "X"), "lost").met
    lost = item(way("V", "X", filled=["lost"]), "lost")
    assert (lost.met, lost.label, lost.field, lost.stage) == (True, None, "lost", "X")


def test_missing_are_the_items_that_are_not_met_in_their_order() -> None:
    result = way("C", "R", filled=["amount"], evidence={"tried": "2026-05-11"})
    assert [item.id for item in result.missing] == ["asked"]
    assert way("C", "R", filled=["amount"], evidence={"tried": "", "asked": ""}).missing == []


# --- laws

STAGES = st.sampled_from([stage.code for stage in TREK.stages])
SHOWN = st.sets(st.sampled_from(sorted(set(TREK.gate_ids()))))
FILLED = st.sets(st.sampled_from(["amount", "contract", "contract.signed", "lost", "lost.reason"]))


@given(source=STAGES, target=STAGES, shown=SHOWN, filled=FILLED)
def test_every_item_is_asked_for_once_and_every_statement_shown_is_met(
    source: str, target: str, shown: set[str], filled: set[str]
) -> None:
    result = way(source, target, filled=sorted(filled), evidence=dict.fromkeys(shown, "2026-05-11"))
    assert len(set(ids(result))) == len(result.items)
    assert all(item.met for item in result.items if item.id in shown)
    assert {item.id for item in result.missing} == {item.id for item in result.items if not item.met}


@given(source=STAGES, target=STAGES, shown=SHOWN, filled=FILLED, more=SHOWN)
def test_more_evidence_never_opens_a_gap(
    source: str, target: str, shown: set[str], filled: set[str], more: set[str]
) -> None:
    before = way(source, target, filled=sorted(filled), evidence=dict.fromkeys(shown, ""))
    after = way(source, target, filled=sorted(filled), evidence=dict.fromkeys(shown | more, ""))
    assert len(after.missing) <= len(before.missing)


def test_evidence_of_a_later_day_does_not_count_yet() -> None:
    later = TREK.gate_ids()[0]
    assert all(
        item.since is None or item.since <= TODAY for item in way("C", "R", evidence={later: "2026-06-16"}).items
    )


# --- helpers


def way(
    source: str,
    target: str,
    *,
    filled: Sequence[str] = (),
    dated: Mapping[str, str] | None = None,
    evidence: Mapping[str, str] | None = None,
    account: Sequence[str] | None = (),
) -> Gate:
    """Return the gate of a deal. `dated` and `evidence` give a day for each part or criterion, "" for no day."""
    stage = TREK.stage(target)
    assert stage is not None
    row, shown = deal(source, filled, dated or {}), evidence_of(evidence or {})
    return gate(TREK, row, stage, customer(account), shown, TODAY)


def evidence_of(days: Mapping[str, str]) -> list[GateEvidenceRow]:
    return [
        GateEvidenceRow(DEAL, name, date.fromisoformat(day) if day else None, f"seen: {name}")
        for name, day in days.items()
    ]


def deal(stage: str, filled: Sequence[str], dated: Mapping[str, str]) -> OpportunityRow:
    return OpportunityRow(
        id=DEAL,
        account="bohai",
        name="Line 3",
        owner="li-na",
        process="trek",
        stage=stage,
        amount=None,
        currency="",
        close_date=None,
        probability=None,
        forecast="",
        importance="",
        source="",
        products=(),
        tender_date=None,
        purchase_date=None,
        created=None,
        vertical="",
        province="",
        city="",
        dealer="",
        stage_since=None,
        lost_on=None,
        lost_reason="",
        lost_to="",
        filled=frozenset(filled),
        stages=(),
        assessed=(),
        actions=(),
        dated=tuple((part, date.fromisoformat(day)) for part, day in dated.items()),
    )


def customer(filled: Sequence[str] | None) -> AccountRow | None:
    if filled is None:
        return None
    return AccountRow("bohai", "Bohai Water", "", "", "li-na", "", "", "", "", "", "", frozenset(filled))


def ids(way: Gate) -> list[str]:
    return [item.id for item in way.items]


def item(way: Gate, name: str) -> GateItem:
    return next(item for item in way.items if item.id == name)
