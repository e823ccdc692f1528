"""Reviews: what was done in a period and what comes, by the agenda of the method, as text, Markdown, HTML and JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Repo
from kamctl import cli, resources, source
from kamctl.facts import TABLES, Facts
from kamctl.flattening import rows_of
from kamctl.forms.gathered import Column, grid
from kamctl.forms.meeting import SECTIONS
from kamctl.forms.review_activity import SHORT, short
from kamctl.methods import Methods
from kamctl.money import Rate, rates_on
from kamctl.render.markdown import on_terminal
from kamctl.render.screen import Screen
from kamctl.render.width import width as columns_of
from kamctl.reports import activity
from kamctl.reports.activity import Team
from kamctl.reports.meetings import SPANS, Span, between, daily, monthly, weekly
from kamctl.reports.periods import Period
from kamctl.reports.pipeline import Terms, pipeline_rows
from kamctl.rows.deals import MoveRow
from kamctl.schema.kinds import MODELS
from kamctl.schema.reading import read_record
from pages import check_page

EXAMPLES = Path(__file__).parents[1] / "examples"
METHODS = Methods(None)
EVERYBODY = Team()
WEEK = Span(
    Period("", date(2026, 6, 8), date(2026, 6, 14)), Period("", date(2026, 6, 15), date(2026, 6, 21)), date(2026, 6, 15)
)


# --- the days


@pytest.mark.parametrize(
    ("as_of", "past", "ahead"),
    [
        ("2026-06-15", "2026-06-12", "2026-06-15"),
        ("2026-06-16", "2026-06-15", "2026-06-16"),
        ("2026-06-14", "2026-06-12", "2026-06-14"),
    ],
)
def test_a_day_is_reviewed_on_the_next_working_day(as_of: str, past: str, ahead: str) -> None:
    span = daily(date.fromisoformat(as_of))
    assert (str(span.past.start), str(span.past.end), str(span.ahead.start), str(span.ahead.end)) == (
        past,
        past,
        ahead,
        ahead,
    )


@pytest.mark.parametrize(
    ("as_of", "monday", "until"),
    [
        ("2026-06-15", "2026-06-08", "2026-06-14"),
        ("2026-06-18", "2026-06-08", "2026-06-14"),
        ("2026-06-19", "2026-06-15", "2026-06-19"),
        ("2026-06-21", "2026-06-15", "2026-06-21"),
    ],
)
def test_from_friday_on_the_week_that_is_ending_is_reviewed(as_of: str, monday: str, until: str) -> None:
    span = weekly(date.fromisoformat(as_of))
    assert (str(span.past.start), str(span.until)) == (monday, until)
    assert span.ahead.start == span.past.end + timedelta(days=1)
    assert (span.ahead.end - span.ahead.start).days == 6


def test_a_month_is_reviewed_in_the_next_one() -> None:
    span = monthly(date(2026, 1, 31))
    assert (span.past.name, span.ahead.name, span.before) == ("2025-12", "2026-01", date(2025, 11, 30))


def test_other_days_may_be_asked_for() -> None:
    usual = weekly(date(2026, 6, 15))
    assert between(usual, None, None) is usual
    chosen = between(usual, date(2026, 6, 1), date(2026, 6, 3))
    assert (chosen.past.start, chosen.past.end) == (date(2026, 6, 1), date(2026, 6, 3))
    assert (chosen.ahead.start, chosen.ahead.end) == (date(2026, 6, 4), date(2026, 6, 10))
    assert between(usual, date(2026, 6, 15), None).past.end == date(2026, 6, 15)
    assert between(usual, None, date(2026, 6, 1)).past.start == date(2026, 6, 1)
    with pytest.raises(ValueError, match="no day"):
        between(usual, date(2026, 6, 3), date(2026, 6, 1))


@given(st.sampled_from(sorted(SPANS)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_what_lies_ahead_begins_after_what_is_looked_back_on(name: str, as_of: date) -> None:
    span = SPANS[name](as_of)
    assert span.before < span.past.start <= span.until <= span.past.end < span.ahead.start <= span.ahead.end
    assert span.until <= as_of
    assert span.judged_on <= as_of


# --- calls and promises


CALL = """
date: 2026-06-10
by: li-na
mode: visit
opportunity: line-3
attendees: {ours: [{member: li-na}]}
plan:
  purpose: Learn the date
  resources: A demo pump
  objectives:
    - {objective: A date, met: true}
    - {objective: A budget, met: false}
    - {objective: A name}
outcome:
  events: They agreed.
  commitments:
    - {by: li-na, what: Send the price, due: 2026-06-12}
    - {by: zhang, what: Name the buyer, due: 2026-06-30}
    - {by: li-na, what: Call back, done: 2026-06-11}
"""
DEAL = """
name: Line 3
stage: S
owner: li-na
amount: 100 CNY
stage_history: [{date: 2026-05-01, stage: O}, {date: 2026-06-09, stage: S}]
actions:
  - {due: 2026-06-12, who: li-na, what: Send the price, resources: Finance}
  - {due: 2026-05-20, who: wang, what: Meet the board}
  - {due: 2026-06-09, who: li-na, what: Draw the map, done: 2026-06-13}
  - {due: 2026-06-14, who: li-na, what: Read the tender, done: 2026-06-20}
assessments:
  - {date: 2026-05-01, marks: {project: {us: "?"}, risk: {us: "+", rival: "?"}}}
  - {date: 2026-06-10, marks: {project: {us: "+", evidence: seen}, risk: {us: "+", rival: "-"}, profile: {us: "-"}}}
  - {date: 2026-06-20, marks: {project: {us: "-"}}}
"""
TEAM = "members: {li-na: {name: Li Na, manager: wang, unit: North}, wang: {name: Wang}}"


def facts(*records: tuple[str, str, str]) -> Facts:
    found = Facts()
    for kind, name, text in (("account", "bohai", "{name: Bohai, owner: li-na}"), ("team", "", TEAM), *records):
        record, problems = read_record(MODELS[kind], source.read(text), "x.yaml")
        assert not problems, problems
        for table, rows in rows_of(kind, name, record, TABLES):
            found.add(table, rows)
    found.inherit()
    return found


def example() -> Facts:
    return facts(("call", "bohai/2026-06-10-zhang", CALL), ("opportunity", "bohai/line-3", DEAL))


def test_a_call_is_held_with_so_many_objectives_met_of_those_judged() -> None:
    (one,) = activity.calls_held(example(), EVERYBODY, WEEK)
    assert (one.call.by, one.met, one.judged, one.objectives) == ("li-na", 1, 2, 3)
    assert [o.row.met for o in activity.objectives(example(), [one])] == [True, False, None]
    assert activity.calls_held(example(), Team(frozenset(["wang"])), WEEK) == []


def test_a_call_planned_for_today_is_held_only_with_a_result() -> None:
    planned = facts(("call", "bohai/2026-06-10-zhang", CALL.partition("outcome:")[0]))
    there = replace_days(WEEK, as_of=date(2026, 6, 10))
    assert activity.calls_held(planned, EVERYBODY, there) == []
    assert len(activity.calls_held(example(), EVERYBODY, there)) == 1
    assert len(activity.calls_held(planned, EVERYBODY, WEEK)) == 1


def test_promises_are_kept_late_broken_overdue_or_open_and_told_once() -> None:
    found = {(row.what, row.state) for row in activity.promises(example(), EVERYBODY, WEEK)}
    assert found == {
        ("Send the price", "broken"),
        ("Meet the board", "overdue"),
        ("Draw the map", "late"),
        ("Read the tender", "broken"),
        ("Call back", "kept"),
        ("Name the buyer", "open"),
    }
    assert len(activity.promises(example(), EVERYBODY, WEEK)) == 6


def test_what_was_done_after_the_period_has_no_day_in_it() -> None:
    (tender,) = [row for row in activity.promises(example(), EVERYBODY, WEEK) if row.what == "Read the tender"]
    assert tender.done is None


def test_on_its_day_a_promise_is_not_broken_yet() -> None:
    day = date(2026, 6, 12)
    assert activity.state(day, None, replace_days(WEEK, as_of=day)) == "open"
    assert activity.state(day, None, replace_days(WEEK, as_of=day + timedelta(days=1))) == "broken"
    assert activity.state(day, date(2026, 6, 5), WEEK) is None
    assert activity.state(date(2026, 7, 1), None, WEEK) is None
    assert activity.state(None, None, WEEK) is None


@given(st.dates(date(2026, 5, 1), date(2026, 7, 31)), st.none() | st.dates(date(2026, 5, 1), date(2026, 7, 31)))
def test_every_promise_due_in_a_week_has_one_state_in_it(due: date, done: date | None) -> None:
    found = activity.state(due, done, WEEK)
    assert found is not None or not WEEK.past.holds(due) or (done is not None and done < WEEK.past.start)
    assert found != "broken" or (WEEK.past.holds(due) and (done is None or done > WEEK.until))


def replace_days(span: Span, as_of: date) -> Span:
    return span._replace(as_of=as_of)


# --- deals


def terms(as_of: date = WEEK.as_of) -> Terms:
    sheets = {name: METHODS.scorecard(name) for name in METHODS.names("scorecard")}
    return Terms(
        as_of,
        "CNY",
        "",
        [],
        METHODS.processes(),
        "losqaop",
        sheets,
        next(iter(sheets)),
        METHODS.importance,
        timedelta(30),
    )


def moves_of(history: str, span: Span = WEEK, more: str = "") -> list[tuple[str, str, str]]:
    found = facts(("opportunity", "bohai/x", f"{{name: X, stage: L, owner: li-na, stage_history: [{history}]{more}}}"))
    rows = pipeline_rows(found, terms())
    return [(move.source, move.target, move.kind) for move in activity.moves(found, rows, terms(), span)]


def at(day: str, stage: str) -> str:
    return f"{{date: 2026-{day}, stage: {stage}}}"


def test_a_deal_moves_forward_back_in_out_and_in_again() -> None:
    assert moves_of(at("06-09", "L")) == [("", "L", "new")]
    assert moves_of(f"{at('05-01', 'L')}, {at('06-09', 'S')}") == [("L", "S", "forward")]
    assert moves_of(f"{at('05-01', 'S')}, {at('06-09', 'O')}") == [("S", "O", "back")]
    assert moves_of(f"{at('05-01', 'Q')}, {at('06-09', 'A')}") == [("Q", "A", "won")]
    assert moves_of(at("06-09", "A")) == [("", "A", "won")]
    assert moves_of(f"{at('05-01', 'A')}, {at('06-09', 'OR')}") == [("A", "OR", "forward")]
    assert moves_of(f"{at('05-01', 'LOST')}, {at('06-09', 'L')}") == [("LOST", "L", "reopened")]
    assert moves_of(f"{at('05-01', 'L')}, {at('05-02', 'S')}") == []
    assert moves_of(f"{at('05-01', 'L')}, {at('06-09', 'L')}") == []
    assert moves_of(f"{at('05-01', 'L')}, {at('06-15', 'S')}") == []


def test_a_loss_has_its_reason() -> None:
    text = f"""
name: X
stage: LOST
owner: li-na
competitors: {{rival: {{name: Rival}}}}
stage_history: [{at("06-01", "S")}, {at("06-09", "LOST")}]
lost: {{date: 2026-06-09, reason: price, to: rival}}
"""
    found = facts(("opportunity", "bohai/x", text))
    (move,) = activity.moves(found, pipeline_rows(found, terms()), terms(), WEEK)
    assert (move.kind, move.reason, move.lost_to) == ("lost", "price", "rival")


def test_marks_that_turned_and_marks_of_which_there_was_none() -> None:
    found = {
        (c.criterion, c.party, c.before, c.after) for c in activity.changed_marks(example(), {"bohai/line-3"}, WEEK)
    }
    assert found == {("project", "us", "?", "+"), ("risk", "rival", "?", "-"), ("profile", "us", "", "-")}
    assert activity.changed_marks(example(), set(), WEEK) == []


def test_pushed_is_what_was_moved_to_a_later_month_in_the_period() -> None:
    def move(day: str, after: str) -> MoveRow:
        return MoveRow("a/x", date.fromisoformat(day), date(2026, 6, 30), date.fromisoformat(after))

    moves = [move("2026-06-07", "2026-07-01"), move("2026-06-08", "2026-07-01"), move("2026-06-09", "2026-06-01")]
    assert activity.pushed(moves, {"a/x"}, WEEK) == [moves[1]]
    assert activity.pushed(moves, {"a/y"}, WEEK) == []


def test_a_gate_is_blocked_by_what_is_missing() -> None:
    found = example()
    (one,) = activity.blocked(found, pipeline_rows(found, terms()), terms())
    assert one.target.code == "Q"
    assert 0 < len(one.missing) <= one.items


def test_a_deal_at_a_stage_of_no_process_or_at_its_end_is_not_blocked() -> None:
    for stage in ("NOWHERE", "LOST", "P"):
        found = facts(("opportunity", "bohai/x", f"{{name: X, stage: {stage}, owner: li-na}}"))
        assert activity.blocked(found, pipeline_rows(found, terms()), terms()) == []


# --- what comes


def test_a_manager_joins_a_call_of_somebody_else() -> None:
    def call(name: str, by: str, ours: str) -> tuple[str, str, str]:
        members = ", ".join(f"{{member: {who}}}" for who in ours.split())
        return (
            "call",
            f"bohai/2026-06-16-{name}",
            f"{{date: 2026-06-16, by: {by}, mode: visit, attendees: {{ours: [{members}]}}}}",
        )

    found = facts(call("a", "li-na", "li-na wang"), call("b", "wang", "wang"), call("c", "li-na", "li-na"))
    assert [(c.id, who) for c, who in activity.joint_visits(found, EVERYBODY, WEEK.ahead)] == [
        ("bohai/2026-06-16-a", ("wang",))
    ]
    assert len(activity.joint_visits(found, Team(frozenset(["wang"])), WEEK.ahead)) == 1
    assert len(activity.calls_ahead(found, EVERYBODY, WEEK.ahead)) == 3


def test_resources_are_those_of_calls_ahead_and_of_open_steps() -> None:
    plan = "{date: 2026-06-16, by: li-na, mode: visit, plan: {purpose: Show, resources: A pump}}"
    found = facts(("call", "bohai/2026-06-16-a", plan), ("opportunity", "bohai/line-3", DEAL))
    assert [(n.resources, n.who) for n in activity.needs(found, EVERYBODY, WEEK)] == [
        ("Finance", "li-na"),
        ("A pump", "li-na"),
    ]
    assert activity.needs(found, Team(frozenset(["wang"])), WEEK) == []


# --- rates, tables, words


def test_one_rate_serves_both_ends() -> None:
    old, new = Rate(date(2026, 1, 1), "USD", "CNY", Decimal(7)), Rate(date(2026, 6, 1), "USD", "CNY", Decimal(8))
    later = Rate(date(2026, 7, 1), "USD", "CNY", Decimal(9))
    assert rates_on([old, new, later], date(2026, 6, 14)) == [new._replace(date=date.min)]
    assert rates_on([later], date(2026, 6, 14)) == []


def test_a_long_table_says_how_much_is_left_out() -> None:
    one = grid([Column("n", "N")], [[1], [2], [None]], most=2)
    assert (one.rows, one.more, len(one.values)) == ((("1",), ("2",)), 1, 3)


def test_a_long_result_is_cut() -> None:
    assert short("a\n  b") == "a b"
    assert len(short("word " * 100)) <= SHORT
    assert short("word " * 100).endswith("…")


def test_every_item_of_the_shipped_agendas_has_something_to_tell() -> None:
    assert {item.id for review in METHODS.reviews.reviews for item in review.agenda} == set(SECTIONS)


# --- the command


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the examples where no git history is."""
    folder = tmp_path_factory.mktemp("reviews") / "workspace"
    shutil.copytree(EXAMPLES, folder)
    return folder


def run(
    capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str, as_of: str = "2026-06-15"
) -> tuple[int, str, str]:
    code = cli.run(["-C", str(folder), "--as-of", as_of, "--lang", "en", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def data(
    capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str, as_of: str = "2026-06-15"
) -> dict[str, Any]:
    code, out, err = run(capsys, folder, "review", *arguments, "--format", "json", as_of=as_of)
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)["data"]
    return found


def section(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in found["sections"] if one["id"] == name)


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("name", ["daily", "weekly", "monthly"])
def test_the_reviews_of_the_examples(
    capsys: pytest.CaptureFixture[str], plain: Path, golden: Callable[[str, str], None], name: str, lang: str
) -> None:
    code, out, err = run(capsys, plain, "review", name, "--lang", lang, "--format", "md")
    assert code == 0, err
    golden(f"review-{name}.{lang}.md", out)


@pytest.mark.parametrize("name", ["daily", "weekly", "monthly"])
def test_the_waterfall_balances_to_the_cent(capsys: pytest.CaptureFixture[str], plain: Path, name: str) -> None:
    found = data(
        capsys,
        plain,
        "monthly",
        "--since",
        {"daily": "2026-06-12", "weekly": "2026-06-01", "monthly": "2026-01-01"}[name],
    )
    rows = section(found, "waterfall")["tables"][0]["rows"]
    amounts = [Decimal(str(row["amount"] or 0)) for row in rows]
    assert rows[0]["step"] == "start"
    assert rows[-1]["step"] == "end"
    assert sum(amounts[:-1]) == amounts[-1]


def test_a_unit_and_a_person_have_reviews_of_their_own(capsys: pytest.CaptureFixture[str], plain: Path) -> None:
    whole, north = data(capsys, plain, "weekly"), data(capsys, plain, "weekly", "--unit", "环渤海")
    south, person = data(capsys, plain, "weekly", "--unit", "晋蒙"), data(capsys, plain, "weekly", "--owner", "李娜")
    end = [section(one, "waterfall")["tables"][0]["rows"][-1]["deals"] for one in (whole, north, south)]
    assert end[0] == end[1] + end[2]
    assert person["of"] == "李娜"
    calls = section(person, "visited")["tables"][-1]["rows"]
    assert {row["by"] for row in calls} == {"li-na"}
    assert 0 < len(calls) < len(section(whole, "visited")["tables"][-1]["rows"])


def test_the_same_day_of_the_past_gives_the_same_calls_later(capsys: pytest.CaptureFixture[str], plain: Path) -> None:
    days = ("--since", "2026-06-01", "--until", "2026-06-07")
    then = data(capsys, plain, "weekly", *days, as_of="2026-06-08")
    later = data(capsys, plain, "weekly", *days, as_of="2026-06-15")
    for name in ("results", "visited", "objectives", "commitments", "waterfall", "marks"):
        assert section(then, name)["tables"] == section(later, name)["tables"], name


def test_the_cut_files_say_the_same_as_the_whole_ones(
    capsys: pytest.CaptureFixture[str], plain: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut"
    shutil.copytree(plain, cut)
    for call in cut.glob("accounts/*/calls/2026-06-1[5-9]*.yaml"):
        call.unlink()
    for name in ("visited", "objectives", "moved"):
        assert section(data(capsys, plain, "weekly"), name) == section(data(capsys, cut, "weekly"), name)


def test_the_past_comes_from_git_where_there_is_one(capsys: pytest.CaptureFixture[str], repo: Repo) -> None:
    repo.write(
        "kamctl.yaml", "format: 1\nname: Test\ncurrency: CNY\nrates: [{date: 2026-01-01, pair: USD/CNY, rate: 7}]\n"
    )
    repo.write("team.yaml", TEAM)
    repo.write("accounts/bohai/account.yaml", "name: Bohai\nowner: li-na\n")
    deal = "name: X\nstage: O\nclose_date: 2026-06-30\ncreated: 2026-01-01\n"
    repo.write("accounts/bohai/opportunities/x.yaml", deal + "amount: 100.10 CNY\n")
    repo.write("accounts/bohai/opportunities/y.yaml", "name: Y\nstage: O\ncreated: 2026-01-01\namount: 5 EUR\n")
    repo.commit("Start", "2026-05-01")
    repo.write("accounts/bohai/opportunities/x.yaml", deal.replace("06-30", "09-30") + "amount: 50 USD\n")
    repo.commit("Move", "2026-06-10")
    found = data(capsys, repo.root, "weekly")
    steps = section(found, "waterfall")
    assert [(row["step"], row["amount"]) for row in steps["tables"][0]["rows"]] == [
        ("start", 100.1),
        ("up", 249.9),
        ("end", 350),
    ]
    assert any("bohai/y (5 EUR)" in note for note in steps["notes"])
    assert not any("git" in note for note in steps["notes"])
    (pushed,) = section(found, "attention")["tables"][0]["rows"]
    assert (pushed["project"], pushed["before"], pushed["after"]) == ("X", "2026-06-30", "2026-09-30")


def workspace_of_deals(repo: Repo, deals: dict[str, str]) -> None:
    """Write a workspace in which each deal, by its path, has a name and an amount as `NAME AMOUNT`."""
    repo.write("kamctl.yaml", "format: 1\nname: Test\ncurrency: CNY\n")
    repo.write("team.yaml", TEAM)
    for path, said in deals.items():
        account, _, stem = path.partition("/")
        name, amount = said.split()
        repo.write(f"accounts/{account}/account.yaml", f"name: {account.title()}\nowner: li-na\n")
        text = f"name: {name}\nstage: O\ncreated: 2026-01-01\namount: {amount} CNY\nneeds: Water for {name}\n"
        repo.write(f"accounts/{account}/opportunities/{stem}.yaml", text)


def flow(capsys: pytest.CaptureFixture[str], root: Path, name: str = "weekly", *options: str) -> dict[str, float]:
    """Return the steps of the waterfall of a review, which must balance."""
    rows = section(data(capsys, root, name, *options), "waterfall")["tables"][0]["rows"]
    steps = {row["step"]: row["amount"] for row in rows}
    assert sum(amount for step, amount in steps.items() if step != "end") == pytest.approx(steps["end"])
    return steps


def test_a_renamed_deal_and_a_renamed_account_are_the_same_deals_in_a_waterfall(
    capsys: pytest.CaptureFixture[str], repo: Repo
) -> None:
    workspace_of_deals(repo, {"bohai/x": "X 100", "bohai/z": "Z 30", "qing/y": "Y 7"})
    repo.commit("Start", "2026-05-01")
    for old, new in (("bohai/x", "x-2"), ("qing", "qingcheng"), ("bohai/x-2", "x-3")):
        assert cli.run(["-C", str(repo.root), "-q", "rename", old, new]) == 0
        repo.commit(f"{old} is {new}", "2026-06-09")
    capsys.readouterr()
    assert flow(capsys, repo.root) == {"start": 137, "end": 137}
    file = repo.root / "accounts/bohai/opportunities/x-3.yaml"
    file.write_text(file.read_text().replace("100 CNY", "140 CNY"))
    assert cli.run(["-C", str(repo.root), "-q", "rename", "bohai/z", "z-new"]) == 0
    capsys.readouterr()
    assert flow(capsys, repo.root) == {"start": 137, "end": 137}, "what is not committed came after the week"
    assert flow(capsys, repo.root, "weekly", "--until", "2026-06-15") == {"start": 137, "up": 40, "end": 177}
    repo.commit("Last", "2026-06-11")
    assert flow(capsys, repo.root) == {"start": 137, "up": 40, "end": 177}
    assert flow(capsys, repo.root, "weekly", "--until", "2026-06-10") == {"start": 137, "end": 137}


def test_a_deal_that_was_edited_much_before_it_was_renamed_is_followed_from_commit_to_commit(
    capsys: pytest.CaptureFixture[str], repo: Repo
) -> None:
    workspace_of_deals(repo, {"bohai/x": "X 100"})
    repo.commit("Start", "2026-05-01")
    text = "name: Another\nstage: O\namount: 90 CNY\nneeds: All of it anew\nproducts: [a, b]\n"
    repo.write("accounts/bohai/opportunities/x.yaml", text)
    repo.commit("Written anew", "2026-06-09")
    repo.git("mv", "accounts/bohai/opportunities/x.yaml", "accounts/bohai/opportunities/another.yaml")
    repo.commit("Renamed", "2026-06-10")
    assert flow(capsys, repo.root) == {"start": 100, "down": -10, "end": 90}


def test_a_deal_whose_id_another_one_took_stays_a_deal_of_its_own(
    capsys: pytest.CaptureFixture[str], repo: Repo
) -> None:
    workspace_of_deals(repo, {"bohai/x": "X 100", "bohai/y": "Y 7"})
    repo.commit("Start", "2026-05-01")
    (repo.root / "accounts/bohai/opportunities/y.yaml").unlink()
    repo.commit("Given up", "2026-06-09")
    repo.git("mv", "accounts/bohai/opportunities/x.yaml", "accounts/bohai/opportunities/y.yaml")
    repo.commit("Renamed", "2026-06-10")
    assert flow(capsys, repo.root) == {"start": 107, "removed": -7, "end": 100}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["x", "y", "z"]), st.sampled_from(["u", "v", "w", "x", "y", "z"])),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_is_renamed_changes_no_sum(
    moves: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = Repo(tmp_path_factory.mktemp("renames"))
    names = {"x": "Alpha", "y": "Beta", "z": "Gamma"}
    workspace_of_deals(repo, {f"bohai/{stem}": f"{name} 1{len(name)}" for stem, name in names.items()})
    repo.commit("Start", "2026-05-01")
    folder = repo.root / "accounts/bohai/opportunities"
    for old, new in moves:
        if (folder / f"{old}.yaml").exists() and not (folder / f"{new}.yaml").exists():
            (folder / f"{old}.yaml").rename(folder / f"{new}.yaml")
            repo.commit(f"{old} is {new}", "2026-06-09")
    total = 15 + 14 + 15
    assert flow(capsys, repo.root) == {"start": total, "end": total}


def test_the_amounts_of_an_earlier_day_are_those_of_its_files(
    capsys: pytest.CaptureFixture[str], history: Path, plain: Path
) -> None:
    told, today = (section(data(capsys, folder, "monthly"), "waterfall") for folder in (history, plain))
    rows = told["tables"][0]["rows"]
    assert sum(row["amount"] or 0 for row in rows[:-1]) == rows[-1]["amount"]
    assert (rows[0]["amount"], today["tables"][0]["rows"][0]["amount"]) == (36810000, 37010000)
    assert [len(told["notes"]), len(today["notes"])] == [1, 2]


def test_an_item_of_the_own_agenda_is_room_to_write(
    capsys: pytest.CaptureFixture[str], plain: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(plain, own)
    shipped = resources.method_file("reviews.yaml").read_text("utf-8")
    changed = shipped.replace(
        "      - {id: joint_visits,",
        '      - {id: cake, label: {en: "Who brings cake?", zh-Hans: 蛋糕, zh-Hant: 蛋糕}}\n      - {id: joint_visits,',
    )
    (own / "method").mkdir()
    (own / "method" / "reviews.yaml").write_text(changed, "utf-8")
    code, out, err = run(capsys, own, "review", "weekly", "--format", "md")
    assert code == 0, err
    assert "Who brings cake?\n\n1. ____" in out
    assert section(data(capsys, own, "weekly"), "cake")["tables"] is None
    code, out, _ = run(capsys, own, "review", "weekly", "--format", "html")
    assert "Who brings cake?" in out
    (own / "method" / "reviews.yaml").write_text(shipped.replace("- id: daily", "- id: dailies"), "utf-8")
    code, _, err = run(capsys, own, "review", "daily")
    assert code == 2
    assert 'did you mean "dailies"?' in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "2026-06-10", "--until", "2026-06-01"), "--since comes before --until"),
        (("--since", "2026-07-01", "--until", "2026-07-02"), "is after 2026-06-15"),
        (("--unit", "环渤"), "did you mean"),
        (("--unit", "Mars"), "team.yaml has"),
        (("--owner", "li-nax"), 'did you mean "li-na"?'),
        (("-o", "week.csv"), "name it week.md, .html, .docx or .pdf"),
        (("--format", "tsv"), "one of table, md, html, docx, pdf, json"),
        (("-o", "week.yaml"), "would be taken for data"),
    ],
)
def test_what_cannot_be_asked_is_explained(
    capsys: pytest.CaptureFixture[str], plain: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = run(capsys, plain, "review", "weekly", *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_an_empty_workspace_has_reviews_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "kamctl.yaml").write_text("format: 1\n")
    for name in ("daily", "weekly", "monthly"):
        code, out, err = run(capsys, tmp_path, "review", name)
        assert (code, err) == (0, "")
        assert "insufficient" in out or "nothing there" in out


def test_one_bad_file_does_not_hide_the_others(capsys: pytest.CaptureFixture[str], plain: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(plain, broken)
    (broken / "accounts/bohai-water/opportunities/line-3.yaml").write_text("name: [")
    code, out, err = run(capsys, broken, "review", "weekly")
    assert code == 0, err
    assert "could not be read" in err
    assert "青城供水" in out


@pytest.mark.parametrize("width", [60, 100])
def test_a_terminal_shows_every_word(capsys: pytest.CaptureFixture[str], plain: Path, width: int) -> None:
    _, text, _ = run(capsys, plain, "review", "daily", "--lang", "zh-Hans", "--format", "md")
    shown = on_terminal(text, Screen(terminal=True, width=width, colour=False, colour_err=False))
    assert "…" not in shown
    assert max(map(columns_of, shown.splitlines())) <= width


# --- the page


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
def test_the_page_is_whole_and_has_its_pictures(
    capsys: pytest.CaptureFixture[str], plain: Path, tmp_path: Path, lang: str
) -> None:
    code, out, err = run(capsys, plain, "review", "monthly", "--lang", lang, "-o", str(tmp_path / "may.html"))
    assert (code, out) == (0, "")
    assert "may.html" in err
    page = check_page((tmp_path / "may.html").read_text("utf-8"), lang)
    assert len(page.attributes["svg"]) == 3


def test_hostile_text_stays_text(capsys: pytest.CaptureFixture[str], plain: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile"
    shutil.copytree(plain, hostile)
    evil = "<script>alert(1)</script> | `x` [a](b)"
    for file in hostile.glob("accounts/*/account.yaml"):
        lines = file.read_text("utf-8").splitlines()
        file.write_text("\n".join(f'name: "{evil}"' if line.startswith("name:") else line for line in lines), "utf-8")
    _, page, _ = run(capsys, hostile, "review", "weekly", "--format", "html")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    _, text, _ = run(capsys, hostile, "review", "weekly", "--format", "md")
    assert "\\<script" in text
    assert "\\| \\`x\\` \\[a\\]" in text
