"""The forecast: commitments against time, two probabilities that never mix, contradictions, and draws that repeat."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamctl import cli, source
from kamctl.commands.forecasting import Asked, Past, print_forecast
from kamctl.commands.selling import GROUPS
from kamctl.commands.session import Globals, Session
from kamctl.facts import TABLES, Facts
from kamctl.flattening import rows_of
from kamctl.reports.contradictions import Contradiction, contradictions
from kamctl.reports.fallout import Before, Fallen, fallen
from kamctl.reports.forecast import Forecast, Sorting, added, coverage, forecast
from kamctl.reports.journey import Journey, journeys
from kamctl.reports.periods import read_period
from kamctl.reports.pipeline import Total, pipeline_rows
from kamctl.reports.quota import standing, target
from kamctl.reports.simulation import Basis, Simulation, simulate, slip_days
from kamctl.rows.deals import MoveRow
from kamctl.schema.kinds import MODELS
from kamctl.schema.reading import read_record
from kamctl.workspace import Workspace
from shipped import METHODS, terms

D = Decimal
METHOD = METHODS.forecast
EXAMPLES = Path(__file__).parents[1] / "examples"
TODAY = "2026-06-15"

WON = "stage: A, amount: 70 CNY, probability: 100%, stage_history: [{date: 2026-04-01, stage: A}]"
DEALS = f"""
a/won:    {{owner: x, {WON}}}
a/sure:   {{owner: x, stage: Q, amount: 100 CNY, probability: 80%, forecast: commit, close_date: 2026-06-30}}
a/soon:   {{owner: y, stage: Q, amount: 200 CNY, probability: 50%, forecast: best_case, close_date: 2026-06-20}}
a/next:   {{owner: y, stage: S, amount: 300 CNY, probability: 40%, forecast: best_case, close_date: 2026-09-30}}
a/far:    {{owner: y, stage: S, amount: 400 CNY, forecast: best_case, close_date: 2026-10-01}}
a/intent: {{owner: x, stage: L, amount: 500 CNY, probability: 10%, forecast: pipeline, close_date: 2027-07-01}}
a/out:    {{owner: x, stage: L, forecast: omitted}}
a/silent: {{owner: x, stage: L, amount: 600 CNY, close_date: 2026-12-15}}
"""


# --- categories and buckets


def test_each_deal_stands_in_the_first_category_and_bucket_that_fit() -> None:
    found = {entry.way.row.id[2:]: (entry.commitment, entry.bucket) for entry in report(DEALS).entries}
    assert found == {
        "won": ("landed", "closed"),
        "sure": ("commit", "months_3"),
        "soon": ("best_case", "months_3"),
        "next": ("next_quarter", "months_6"),
        "far": ("intent", "months_6"),
        "intent": ("intent", "later"),
        "out": ("omitted", "undated"),
        "silent": ("", "months_6"),
    }


@pytest.mark.parametrize(
    ("due", "bucket"),
    [
        ("2026-06-14", "overdue"),
        ("2026-06-15", "months_3"),
        ("2026-09-15", "months_3"),
        ("2026-09-16", "months_6"),
        ("2026-12-15", "months_6"),
        ("2027-03-15", "months_9"),
        ("2027-06-15", "months_12"),
        ("2027-06-16", "later"),
    ],
)
def test_a_bucket_ends_on_the_same_day_some_months_later(due: str, bucket: str) -> None:
    assert report(f"a/b: {{owner: x, stage: Q, close_date: {due}}}").cells[0].bucket == bucket


def test_a_deal_that_says_it_is_done_and_is_not_won_counts_as_a_commitment() -> None:
    assert report("a/b: {owner: x, stage: Q, forecast: closed}").cells[0].commitment == "commit"


def test_won_deals_count_from_the_beginning_of_the_fiscal_year() -> None:
    text = f"a/new: {{owner: x, {WON}}}\na/old: {{owner: x, {WON.replace('2026-04-01', '2025-12-31')}}}"
    assert [entry.way.row.id for entry in report(text).entries] == ["a/new"]
    undated = "a/won: {owner: x, stage: A, amount: 1 CNY}"
    assert report(undated).won_undated == ["a/won"]


def test_a_period_leaves_out_what_is_due_later_and_says_how_many() -> None:
    found = report(DEALS, period="2026-Q2")
    assert [entry.way.row.id for entry in found.entries] == ["a/won", "a/sure", "a/soon"]
    assert found.not_due == 5


def test_the_three_measures_stand_side_by_side_with_their_own_counts() -> None:
    total = report(DEALS).total
    assert (total.deals, total.amount, total.with_amount) == (8, D(2170), 7)
    assert (total.by_owner, total.owner_n) == (D(70 + 80 + 100 + 120 + 50), 5)
    assert (total.by_stage, total.stage_n) == (D(70 + 50 + 100 + 75 + 100 + 50 + 60), 7)


# --- laws


@st.composite
def deals(draw: st.DrawFn) -> str:
    lines = []
    for number in range(draw(st.integers(1, 8))):
        fields = {
            "owner": draw(st.sampled_from("xy")),
            "stage": draw(st.sampled_from(["L", "O", "S", "Q"])),
            "products": f"[{draw(st.sampled_from(['pipes', 'valves']))}]",
        }
        optional = {
            "amount": st.integers(0, 1000).map(lambda n: f"{n} CNY"),
            "probability": st.integers(0, 100).map(lambda n: f"{n}%"),
            "forecast": st.sampled_from(["closed", "commit", "best_case", "pipeline", "omitted"]),
            "close_date": st.dates(date(2026, 5, 1), date(2027, 12, 31)).map(str),
        }
        fields |= {name: draw(values) for name, values in optional.items() if draw(st.booleans())}
        lines.append(f"a/d{number}: {{{', '.join(f'{name}: {value}' for name, value in fields.items())}}}")
    return "\n".join(lines)


@settings(max_examples=40)
@given(deals(), st.sampled_from(["owner", "product", "unit", "vertical"]))
def test_law_cells_and_groups_sum_to_the_total_and_weighted_is_never_above_unweighted(text: str, by: str) -> None:
    found = report(text, by=GROUPS[by])
    for cells in (found.cells, [cell for part in found.groups.values() for cell in part]):
        assert to_the_cent(added("", cells)) == to_the_cent(found.total)
    for cell in found.cells:
        assert cell.by_owner <= cell.amount
        assert cell.by_stage <= cell.amount


@settings(max_examples=25)
@given(deals(), st.integers(0, 3), st.sampled_from(["owner", "stage"]))
def test_law_a_simulation_lies_within_its_bounds_and_repeats(text: str, seed: int, basis: Basis) -> None:
    one = simulated(text, 200, seed, basis)
    assert one == simulated(text, 200, seed, basis)
    whole = sum((way.row.amount or D(0) for way in ways_of(text)), D(0))
    assert D(0) <= one.p10 <= one.p50 <= one.p90 <= whole
    assert D(0) <= one.expected <= whole


# --- coverage


def test_coverage_is_what_is_due_against_what_remains() -> None:
    text = DEALS + "team: {members: {x: {name: X, quota: {2026-Q2: 470 CNY}}}}"
    facts, ways = facts_of(text), ways_of(text)
    against = standing(target(facts.members.values(), read_period("2026-Q2"), terms(), 1), ways)
    found = coverage("", against, ways, terms())
    assert (against.won, against.remaining) == (D(70), D(400))
    assert (found.coverage, found.owner_coverage, found.stage_coverage) == (D(75), D(45), D("37.5"))


def test_without_a_quota_there_is_no_coverage() -> None:
    against = standing(target([], read_period("2026-Q2"), terms(), 1), ways_of(DEALS))
    assert coverage("", against, ways_of(DEALS), terms())[3:] == (None, None, None)


# --- contradictions


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ("stage: Q, forecast: closed, amount: 1 CNY, close_date: 2026-06-30", ["not_won"]),
        ("stage: S, forecast: commit, amount: 1 CNY, close_date: 2026-06-30", ["early"]),
        ("stage: Q, forecast: commit, amount: 1 CNY, close_date: 2026-06-30, probability: 59%", ["doubtful"]),
        ("stage: Q, forecast: commit, amount: 1 CNY, close_date: 2026-07-01", ["late"]),
        ("stage: Q, forecast: commit, amount: 1 CNY", ["no_date"]),
        ("stage: Q, forecast: commit, close_date: 2026-06-30", ["no_amount"]),
        ("stage: Q, forecast: commit, amount: 1 EUR, close_date: 2026-06-30", []),
        ("stage: Q, forecast: best_case, close_date: 2026-06-14", ["overdue"]),
        ("stage: O, forecast: best_case, close_date: 2026-06-30", ["early"]),
        ("stage: L, close_date: 2026-06-14", ["overdue"]),
        ("stage: L, forecast: omitted", []),
        ("stage: A, forecast: commit, stage_history: [{date: 2026-05-01, stage: A}]", ["not_landed"]),
        ("stage: A, forecast: closed, stage_history: [{date: 2026-05-01, stage: A}]", []),
        ("stage: A", []),
        ("stage: LOST, forecast: commit, lost: {date: 2026-05-01, reason: price}", ["lost"]),
        ("stage: LOST, forecast: omitted, lost: {date: 2026-05-01, reason: price}", []),
        ("stage: Q, forecast: commit, amount: 1 CNY, close_date: 2026-06-30, probability: 60%", []),
    ],
)
def test_what_speaks_against_a_forecast_is_pointed_out(fields: str, kinds: list[str]) -> None:
    assert [item.kind for item in contradicted(f"a/b: {{owner: x, {fields}}}")] == kinds


def test_the_largest_contradiction_comes_first_and_says_what_it_is_against() -> None:
    found = contradicted(
        """
        a/small: {owner: x, stage: S, forecast: commit, amount: 1 CNY, close_date: 2026-06-30}
        a/large: {owner: x, stage: Q, forecast: commit, amount: 9 CNY, close_date: 2026-08-01}
        """
    )
    assert [(item.id, item.against) for item in found] == [("a/large", date(2026, 8, 1)), ("a/small", "S")]


# --- what fell out

THEN = """
a/lost:   {owner: x, stage: Q, amount: 100 CNY, created: 2026-01-01}
a/gone:   {owner: x, stage: Q, amount: 90 CNY, created: 2026-01-01}
a/pushed: {owner: x, stage: Q, amount: 80 CNY, created: 2026-01-01, forecast: best_case, close_date: 2026-06-30}
a/weaker: {owner: x, stage: Q, amount: 70 CNY, created: 2026-01-01, forecast: commit, close_date: 2026-06-30}
a/less:   {owner: x, stage: Q, amount: 60 CNY, created: 2026-01-01}
a/back:   {owner: x, stage: Q, amount: 50 CNY, created: 2026-01-01}
a/same:   {owner: x, stage: Q, amount: 40 CNY, created: 2026-01-01, forecast: best_case, close_date: 2026-06-28}
a/won:    {owner: x, stage: Q, amount: 30 CNY, created: 2026-01-01}
"""
HISTORY = "stage_history: [{date: 2026-01-01, stage: Q}, {date: 2026-06-01, stage: %s}]"
NOW = f"""
a/lost:   {{owner: x, stage: LOST, amount: 100 CNY, lost: {{date: 2026-06-01, reason: price}}, {HISTORY % "LOST"}}}
a/pushed: {{owner: x, stage: Q, amount: 80 CNY, created: 2026-01-01, forecast: best_case, close_date: 2026-07-01}}
a/weaker: {{owner: x, stage: Q, amount: 70 CNY, created: 2026-01-01, forecast: best_case, close_date: 2026-06-30}}
a/less:   {{owner: x, stage: Q, amount: 20 CNY, created: 2026-01-01}}
a/back:   {{owner: x, stage: S, amount: 50 CNY, {HISTORY % "S"}}}
a/same:   {{owner: x, stage: Q, amount: 40 CNY, created: 2026-01-01, forecast: best_case, close_date: 2026-06-30}}
a/won:    {{owner: x, stage: A, amount: 30 CNY, {HISTORY % "A"}}}
a/newer:  {{owner: x, stage: L, created: 2026-06-10}}
"""


def test_with_the_earlier_files_every_way_of_falling_out_is_told() -> None:
    found = {(item.id[2:], item.kind): (item.before, item.after, item.reason) for item in fell_out(NOW, THEN)}
    assert found == {
        ("lost", "lost"): ("Q", date(2026, 6, 1), "price"),
        ("gone", "gone"): (None, None, ""),
        ("pushed", "pushed"): (date(2026, 6, 30), date(2026, 7, 1), ""),
        ("pushed", "downgraded"): ("best_case", "next_quarter", ""),
        ("weaker", "downgraded"): ("commit", "best_case", ""),
        ("less", "smaller"): (D(60), D(20), ""),
        ("back", "back"): ("Q", "S", ""),
    }


def test_without_them_stage_histories_tell_of_losses_and_steps_back() -> None:
    assert [(item.id, item.kind) for item in fell_out(NOW)] == [("a/lost", "lost"), ("a/back", "back")]


def test_dates_moved_in_the_history_of_the_files_are_pushes_from_the_first_to_the_last() -> None:
    moves = [
        MoveRow("a/pushed", date(2026, 6, 1), date(2026, 6, 30), date(2026, 8, 1)),
        MoveRow("a/pushed", date(2026, 6, 9), date(2026, 8, 1), date(2026, 7, 1)),
        MoveRow("a/same", date(2026, 6, 9), date(2026, 6, 28), date(2026, 6, 30)),
    ]
    found = [item for item in fell_out(NOW, moves=moves) if item.kind == "pushed"]
    assert [(item.id, item.before, item.after) for item in found] == [("a/pushed", date(2026, 6, 30), date(2026, 7, 1))]


# --- simulation


def test_the_mean_of_many_runs_is_near_what_is_expected() -> None:
    one = simulated(DEALS, 20000, 5, "owner")
    assert one.expected == D(70) + 80 + 100  # what is due by the end of June
    assert abs(one.mean - one.expected) < 3
    assert (one.open, one.left_out) == (7, 3)  # far, out and silent have no estimate


def test_certain_deals_come_in_every_time_and_impossible_ones_never() -> None:
    text = """
    a/sure:  {owner: x, stage: Q, amount: 100 CNY, probability: 100%, close_date: 2026-06-30}
    a/never: {owner: x, stage: Q, amount: 999 CNY, probability: 0%, close_date: 2026-06-30}
    """
    one = simulated(text, 50, 1, "owner")
    assert (one.p10, one.p50, one.p90, one.mean, one.bets) == (D(100), D(100), D(100), D(100), 1)


def test_a_coin_has_its_tenths_at_nothing_and_all() -> None:
    one = simulated("a/b: {owner: x, stage: Q, amount: 100 CNY, close_date: 2026-06-20}", 1000, 1, "stage", quota=100)
    assert (one.p10, one.p90) == (D(0), D(100))
    assert one.chance is not None
    assert 45 < one.chance < 55


def test_without_a_quota_there_is_no_chance_of_reaching_it() -> None:
    assert simulated(DEALS, 10, 1, "owner").chance is None
    assert simulated(DEALS, 10, 1, "owner", quota=0).chance == 100


def test_the_order_of_the_files_does_not_change_the_draws() -> None:
    backward = "\n".join(reversed(DEALS.strip().splitlines()))
    assert simulated(DEALS, 100, 3, "stage") == simulated(backward, 100, 3, "stage")


def test_dates_slip_as_own_deals_did_once_there_are_enough_of_them() -> None:
    text = "a/b: {owner: x, stage: Q, amount: 100 CNY, probability: 100%, close_date: 2026-06-20}"
    few = simulated(text, 100, 1, "owner", slips=[30, 0, 0], floor=4)
    assert (few.slipping, few.expected) == (False, D(100))
    enough = simulated(text, 100, 1, "owner", slips=[30, 30, 30, 0], floor=4)
    assert (enough.slipping, enough.expected) == (True, D(25))
    early = simulated(text.replace("2026-06-20", "2026-07-10"), 100, 1, "owner", slips=[-60, 60], floor=1)
    assert early.expected == 50  # the half that comes early comes today


def test_a_slip_is_the_day_it_was_won_less_the_day_first_expected() -> None:
    text = f"a/one: {{owner: x, close_date: 2026-04-01, {WON}}}\na/two: {{owner: x, close_date: 2026-03-22, {WON}}}"
    moves = [
        MoveRow("a/one", date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)),
        MoveRow("a/one", date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)),
    ]
    assert slip_days(ways_of(text), moves) == [59, 10]
    assert slip_days(ways_of(text), None) == []


# --- the command


def test_the_command_shows_cells_to_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    lines = kamctl(capsys, "forecast").splitlines()
    assert lines[0].split("\t")[:4] == ["commitment", "bucket", "deals", "amount"]
    assert lines[1] == "landed\tclosed\t3\t2850000\t3\t2850000\t3\t2850000\t3"


@pytest.mark.parametrize("by", GROUPS)
def test_on_the_examples_every_grouping_sums_to_the_same_total(by: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(kamctl(capsys, "forecast", "--by", by, "--format", "json"))["data"]["matrix"]
    for field in ("deals", "amount", "with_amount", "by_owner", "owner_n", "by_stage", "stage_n"):
        assert round(sum(cell[field] for cell in data["groups"]), 2) == round(data["total"][field], 2)
        assert round(sum(cell[field] for cell in data["cells"]), 2) == round(data["total"][field], 2)


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("form", ["table", "md"])
@pytest.mark.parametrize(
    "more", [["--simulate", "50"], ["--by", "owner"], ["--period", "2026-Q3"], ["--only", "fallen"]]
)
def test_every_part_shows_in_every_language(
    lang: str, form: str, more: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    out = kamctl(capsys, "--lang", lang, "--format", form, "forecast", *more)
    assert {"en": "202", "zh-Hans": "自", "zh-Hant": "自"}[lang] in out
    assert "None" not in out


def test_a_narrow_screen_gets_one_long_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    out = kamctl(capsys, "--lang", "en", "--format", "table", "forecast", "--only", "matrix")
    assert "Next quarter" in out
    assert all(len(line) <= 60 for line in out.splitlines())


@pytest.mark.parametrize("part", ["matrix", "coverage", "contradictions", "fallen", "simulation"])
def test_one_part_alone_in_flat_formats(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = kamctl(capsys, "forecast", "--simulate", "20", "--only", part, "--format", "csv")
    assert len(out.splitlines()) >= 2
    shown = kamctl(capsys, "forecast", "--simulate", "20", "--only", part, "--format", "json")
    assert json.loads(shown)["data"]


def test_a_simulation_repeats_with_its_seed(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["forecast", "--simulate", "500", "--seed", "9", "--format", "tsv"]
    assert kamctl(capsys, *arguments) == kamctl(capsys, *arguments)
    assert kamctl(capsys, *arguments) != kamctl(capsys, *arguments[:3], "--seed", "10", "--format", "tsv")


def test_with_earlier_files_the_command_tells_of_commitments_that_were_lowered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    workspace = Workspace.open(EXAMPLES)
    facts = workspace.load(TABLES).facts
    facts.opportunities[:] = [
        deal._replace(forecast="commit") if deal.id == "bohai-water/line-3" else deal for deal in facts.opportunities
    ]
    options = Globals(str(EXAMPLES), TODAY, "", "en", "tsv", "", "auto", False, False)
    moves = [MoveRow("bohai-water/metering-2025", date(2025, 11, 1), date(2025, 11, 19), date(2025, 12, 19))]
    asked = Asked({}, [], "", "", "", 10, 1, "owner", "fallen")
    print_forecast(Session(options, "forecast"), asked, Past(moves, facts))
    out = capsys.readouterr().out
    assert "bohai-water/line-3\t李娜\t4800000\tdowngraded\tcommit\tnext_quarter" in out


def test_quotas_say_nothing_of_parts_that_are_not_people(capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(kamctl(capsys, "forecast", "--vertical", "电力", "--format", "json"))["data"]["coverage"]
    assert {line["quota"] for line in data} == {None}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--by", "produkt"], 'did you mean "product"?'),
        (["--period", "soon"], "write a year 2026"),
        (["--probability", "boss"], "one of owner, stage"),
        (["--only", "covrage"], 'did you mean "coverage"?'),
        (["--since", "2026-06-15"], "is not before"),
        (["--only", "simulation"], "--simulate 10000"),
        (["--since", "someday"], "is not a date"),
        (["--format", "xml"], "there is no format"),
    ],
)
def test_a_slip_is_told_with_a_way_out(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-C", str(EXAMPLES), "--as-of", TODAY, "--lang", "en", "forecast", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_an_empty_workspace_has_an_empty_forecast(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kamctl.yaml").write_text("format: 1\n")
    for command in (["forecast", "--simulate", "5"], ["funnel", "--orders", "3"], ["funnel", "--quota"]):
        for form in ("table", "tsv", "json", "md"):
            assert cli.run(["-C", str(tmp_path), "--format", form, *command]) == 0
            assert "no deals match" in capsys.readouterr().err


# --- helpers


def kamctl(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.run(["-C", str(EXAMPLES), "--as-of", TODAY, *arguments]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


@cache
def facts_of(text: str) -> Facts:
    """Read records by id: `account/deal`, and `team`."""
    facts = Facts()
    data: dict[str, Any] = source.read(text)
    for name, fields in data.items():
        kind = "team" if name == "team" else "opportunity"
        record, problems = read_record(MODELS[kind], fields if kind == "team" else {"name": name, **fields}, name)
        assert record is not None, problems
        for table, found in rows_of(kind, name, record, TABLES):
            facts.add(table, found)
    facts.inherit()
    return facts


def ways_of(text: str, as_of: str = TODAY) -> list[Journey]:
    facts = facts_of(text)
    return journeys(facts, pipeline_rows(facts, terms(as_of)), terms(as_of))


def said(text: str) -> dict[str, str]:
    return {deal.id: deal.forecast for deal in facts_of(text).opportunities}


def report(text: str, period: str = "", by: str = "") -> Forecast:
    group = (lambda way: str(getattr(way.row, by) or "")) if by else None
    span = read_period(period or "2026")
    return forecast(ways_of(text), said(text), METHOD, terms(), 1, span, bool(period), group)


def to_the_cent(total: Total) -> Total:
    return total._replace(by_owner=round(total.by_owner, 2), by_stage=round(total.by_stage, 2))


def contradicted(text: str) -> list[Contradiction]:
    ended = [(way, said(text)[way.row.id]) for way in ways_of(text) if not way.open]
    return contradictions(report(text).entries, ended, METHOD, Sorting(METHOD, date.fromisoformat(TODAY), 1))


def fell_out(now: str, then: str = "", moves: Sequence[MoveRow] = ()) -> list[Fallen]:
    """Compare 15 May with 15 June, by the files of then, or by the stage histories of those of now."""
    earlier = "2026-05-15"
    categories = {}
    for day, text in ((earlier, then), (TODAY, now)):
        sorting = Sorting(METHOD, date.fromisoformat(day), 1)
        spoken = said(text) if text else {}
        categories[day] = {
            way.row.id: sorting.entry(way, spoken[way.row.id]).commitment
            for way in (ways_of(text, day) if text else [])
        }
    before = Before(ways_of(then or now, earlier), categories[earlier] if then else None)
    order = [commitment.id for commitment in METHOD.commitments if commitment.outcome is None]
    return fallen(before, ways_of(now), categories[TODAY], order, moves)


def simulated(
    text: str,
    trials: int,
    seed: int,
    basis: Basis,
    quota: int | None = None,
    slips: Sequence[int] = (),
    floor: int = 20,
) -> Simulation:
    team = (
        f"team: {{members: {{x: {{name: X, quota: {{2026-Q2: {quota} CNY}}}}}}}}" if quota is not None else "team: {}"
    )
    ways = ways_of(text)
    against = standing(target(facts_of(team).members.values(), read_period("2026-Q2"), terms(), 1), ways)
    return simulate(ways, against, basis, slips, floor, date.fromisoformat(TODAY), trials, seed)
