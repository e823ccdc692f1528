"""Presentations: a plan that starts with what is known, days that lead up to it, and a check of what is missing."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamctl import resources, source
from kamctl.dates import is_working_day, working_day, working_days_until
from kamctl.labels import LANGUAGES
from kamctl.methods import Methods
from kamctl.scoring.preparation import proposed
from running import Result, kamctl

ROOT = Path(__file__).parents[1]
DEAL = "accounts/bohai/opportunities/line-3.yaml"
PLAN = "accounts/bohai/presentations/2026-07-08-line-3.yaml"
MONDAY = date(2026, 6, 15)
STEPS = Methods(None).presenting.steps
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small clean workspace; the test runs in it."""
    for name in [name for name in os.environ if name.startswith("KAMCTL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KAMCTL_CACHE_DIR", str(tmp_path / "cache"))
    copy = Path(shutil.copytree(ROOT / "tests" / "base", tmp_path / "base"))
    monkeypatch.chdir(copy)
    return copy


def data(path: str = PLAN) -> dict[str, Any]:
    return source.read(Path(path).read_text("utf-8"))


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def change(old: str, new: str, path: str = PLAN) -> None:
    text = Path(path).read_text("utf-8")
    assert old in text
    write(path, text.replace(old, new, 1))


def new(*arguments: str, about: str = "line-3") -> Result:
    done = kamctl("presentation", "new", about, "--date", "2026-07-08", *arguments)
    assert done.code == 0, done.err
    return done


# --- working days


@given(DAYS, st.integers(-60, 60).filter(bool))
def test_a_working_day_is_from_monday_to_friday_on_the_right_side(day: date, offset: int) -> None:
    found = working_day(day, offset)
    assert is_working_day(found)
    assert (found > day) is (offset > 0)


@given(DAYS, st.integers(1, 60))
def test_as_many_working_days_lie_between_as_were_gone(day: date, offset: int) -> None:
    assert working_days_until(day, working_day(day, -offset)) == offset


@given(DAYS, st.integers(0, 400))
def test_working_days_are_counted_one_by_one(start: date, days: int) -> None:
    until = start + timedelta(days=days)
    assert working_days_until(until, start) == sum(is_working_day(start + timedelta(days=i)) for i in range(days))


def test_no_working_days_are_left_until_a_day_of_the_past() -> None:
    assert working_days_until(MONDAY, MONDAY + timedelta(days=3)) == 0


# --- the days of the steps


@given(DAYS, st.integers(0, 90))
def test_no_step_is_due_before_today_and_their_order_stays(as_of: date, days: int) -> None:
    day = as_of + timedelta(days=days)
    plan = proposed(STEPS, day, as_of)
    assert [step.id for step, _ in plan] == [step.id for step in STEPS]
    dues = [due for _, due in plan]
    assert dues == sorted(dues)
    assert all(due >= as_of for due in dues)
    for step, due in plan:
        assert (due <= day) if step.days < 0 else (due == day) if step.days == 0 else (due > day)


@given(DAYS, st.integers(1, 90))
def test_what_comes_before_comes_at_least_a_working_day_before_where_one_is_left(as_of: date, days: int) -> None:
    day = as_of + timedelta(days=days)
    if working_days_until(day, as_of):
        assert all(due < day for step, due in proposed(STEPS, day, as_of) if step.days < 0)


def test_with_time_enough_the_steps_lie_as_the_method_says() -> None:
    assert {step.days: due.isoformat() for step, due in proposed(STEPS, date(2026, 7, 8), MONDAY)} == {
        -15: "2026-06-17",
        -13: "2026-06-19",
        -12: "2026-06-22",
        -10: "2026-06-24",
        -7: "2026-06-29",
        -5: "2026-07-01",
        -3: "2026-07-03",
        -2: "2026-07-06",
        0: "2026-07-08",
        1: "2026-07-09",
        2: "2026-07-10",
    }


def test_of_a_presentation_of_the_past_only_the_steps_after_it_are_planned() -> None:
    plan = proposed(STEPS, MONDAY - timedelta(days=20), MONDAY)
    assert [(step.days > 0, due) for step, due in plan] == [(True, MONDAY), (True, MONDAY)]


# --- new


def test_a_new_plan_holds_what_the_deal_says() -> None:
    change("needs: ", "goals: {fundamental: Sign in September}\nneeds: ", DEAL)
    change("roles: [D], coverage", "roles: [D], agenda: Retire in peace, covered_by: chen-jie, coverage", DEAL)
    write(DEAL, Path(DEAL).read_text("utf-8") + "products: [valves, pipe]\n")
    write(
        DEAL,
        Path(DEAL).read_text("utf-8")
        + "compelling_event: {event: Leakage pledge, deadline: 2026-12-31, if_not: A fine, payback: Water saved}\n",
    )
    assert new().out == ""
    plan = data()
    assert (plan["date"], plan["by"], plan["opportunity"]) == ("2026-07-08", "li-na", "line-3")
    assert plan["purpose"] == "Sign in September"
    assert len(plan["agenda"]) == 6
    assert plan["audience"] == [
        {"contact": "zhang-wei", "roles": ["D"], "issues": {"political": "Retire in peace"}},
        {"contact": "wang-li", "roles": ["A"], "issues": {"business": "Whole-life cost"}},
    ]
    assert plan["story"] == {
        "actions": {},
        "problem": "Replace 14 km of cast iron pipe without long cut-offs",
        "cause_and_effect": {
            "compelling_event": "Leakage pledge (2026-12-31)",
            "if_not": "A fine",
            "payoff": "Water saved",
        },
        "solution": {"elements": "valves, pipe"},
        "business_value": {"customers_definition": "No street is opened twice"},
    }
    assert [task["step"] for task in plan["tasks"]] == [step.id for step in STEPS]
    assert plan["team"] == [{"member": "li-na"}, {"member": "chen-jie", "looks_after": ["zhang-wei"]}]


def test_what_is_not_known_stands_as_a_key_to_fill_in() -> None:
    new()
    text = Path(PLAN).read_text("utf-8")
    for line in ("  customer_vision:\n", "    theirs:\n", "    before:\n", "      business:\n", "purpose:\n"):
        assert line in text
    assert "null" not in text


def test_the_steps_with_a_supporter_name_the_one_who_supports_us_most() -> None:
    seen = {"zhang-wei": 3, "wang-li": 8}
    levels = Methods(None).relationship.levels
    behaviours = [choice.id for level in levels[:2] for choice in level.behaviours]
    for person, count in seen.items():
        words = ", ".join(f"{name}: 2026-05-01" for name in behaviours[:count])
        change(f"{person}: {{roles", f"{person}: {{behaviours: {{{words}}}, roles", DEAL)
    assert new().err.count("supporter") == 0
    named = [task["action"] for task in data()["tasks"] if "(王莉)" in task["action"]]
    assert len(named) == sum(step.with_supporter for step in STEPS) == 3


def test_without_a_supporter_it_is_asked_with_whom_the_steps_are_taken() -> None:
    assert "nobody on the buying team is a supporter or mentor yet" in new().err


def test_support_of_the_account_takes_its_steps() -> None:
    write(
        "accounts/bohai/account.yaml", Path("accounts/bohai/account.yaml").read_text("utf-8") + "support: [chen-jie]\n"
    )
    new()
    by_step = {step.id: step.who for step in STEPS}
    assert {task["who"] for task in data()["tasks"] if by_step[task["step"]] == "support"} == {"chen-jie"}
    assert {task["who"] for task in data()["tasks"] if by_step[task["step"]] == "leader"} == {"li-na"}


def test_without_a_date_the_day_is_the_first_with_time_for_every_step() -> None:
    done = kamctl("presentation", "new", "line-3", "--name", "Board meeting")
    assert "accounts/bohai/presentations/2026-07-06-board-meeting.yaml: created" in done.err
    assert "closer together" not in done.err
    assert data("accounts/bohai/presentations/2026-07-06-board-meeting.yaml")["tasks"][0]["due"] == "2026-06-15"


def test_too_little_time_is_said_and_none_of_the_steps_is_due_before_today() -> None:
    done = kamctl("presentation", "new", "line-3", "--date", "fri")
    assert "4 working days are left until 2026-06-19, the method proposes 15" in done.err
    assert "out-of-place" not in done.err
    assert data("accounts/bohai/presentations/2026-06-19-line-3.yaml")["tasks"][0]["due"] == "2026-06-15"


def test_one_working_day_is_one() -> None:
    assert "1 working day is left until 2026-06-16" in kamctl("presentation", "new", "line-3", "--date", "tomorrow").err


def test_a_presentation_of_the_past_has_no_steps_of_preparation() -> None:
    done = kamctl("presentation", "new", "line-3", "--date", "2026-06-10")
    assert "2026-06-10 is past" in done.err
    assert len(data("accounts/bohai/presentations/2026-06-10-line-3.yaml")["tasks"]) == 2


def test_about_an_account_there_is_no_audience_yet() -> None:
    new(about="bohai")
    plan = data("accounts/bohai/presentations/2026-07-08-presentation.yaml")
    assert "audience" not in plan
    assert "opportunity" not in plan
    assert "audience-missing" in kamctl("presentation", "check", "2026-07-08-presentation").out


def test_what_is_given_stands_before_what_is_known() -> None:
    new("--by", "chen-jie", "--purpose", "Show the pilot")
    assert (data()["by"], data()["purpose"]) == ("chen-jie", "Show the pilot")


def test_a_dry_run_shows_the_file_and_writes_none() -> None:
    done = new("-n")
    assert "+opportunity: line-3" in done.out
    assert not Path(PLAN).exists()
    assert "next:" not in done.err


def test_a_plan_that_exists_is_not_overwritten() -> None:
    new()
    again = kamctl("presentation", "new", "line-3", "--date", "2026-07-08")
    assert again.code == 1
    assert "kamctl presentation set bohai/2026-07-08-line-3" in again.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["line-4"], 'did you mean "line-3"?'),
        (["line-3", "--by", "li-nan"], 'did you mean "li-na"?'),
        (["line-3", "--date", "soon"], '"soon" is not a date'),
        (["line-3", "--name", "../.."], "cannot be an id"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(arguments: list[str], words: str) -> None:
    done = kamctl("presentation", "new", *arguments)
    assert done.code == 2
    assert words in done.err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_new_plan_is_valid_in_every_language(lang: str) -> None:
    done = kamctl("--lang", lang, "presentation", "new", "line-3", "--date", "2026-07-08")
    assert done.code == 0
    assert kamctl("validate").code == 0
    assert kamctl("validate", "--strict").code == 0


# --- check


PLANNED = "\n".join(
    f"  - {{step: {step.id}, due: {due}, who: li-na, action: {step.id}}}"
    for step, due in proposed(STEPS, date(2026, 7, 8), MONDAY)
)

READY = """\
date: 2026-07-08
by: li-na
opportunity: line-3
purpose: Have the short cut-off written into the tender
audience:
  - {contact: zhang-wei, roles: [D], issues: {business: Whole-life cost}}
  - {name: Mr Gao, issues: {political: New here}}
story:
  actions: {theirs: Write it in}
  problem: Water is lost
  cause_and_effect: {if_not: A fine}
  customer_vision: Nobody notices
  solution: {elements: Valves}
  business_value: {upstream: Less to pump}
tasks:
TASKS
team: [{member: li-na, looks_after: [zhang-wei]}]
""".replace("TASKS", PLANNED)


def check(day: str = "2026-06-15", *arguments: str) -> tuple[int, list[str]]:
    done = kamctl("--format", "json", "presentation", "check", "2026-07-08-line-3", *arguments, day=day)
    found = json.loads(done.out)["data"]
    assert found["ready"] is (done.code == 0)
    return done.code, [problem["rule"] for problem in found["missing"]]


def test_a_plan_with_everything_is_ready() -> None:
    write(PLAN, READY)
    assert check() == (0, [])
    done = kamctl("presentation", "check", "line-3")
    assert (done.code, done.err) == (0, "")
    assert "17 working days left" in done.out
    assert "✗" not in done.out
    assert "Nothing is missing" in done.out
    assert f"next: 2026-06-17 {STEPS[0].id} (李娜)" in done.out


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("purpose: Have the short cut-off written into the tender\n", "", "purpose-missing"),
        (", issues: {political: New here}", "", "audience-without-issue"),
        (", issues: {political: New here}", ", issues: {political: }", "audience-without-issue"),
        ("  customer_vision: Nobody notices\n", "", "story-step-empty"),
        ("{if_not: A fine}", "{if_not: }", "story-step-empty"),
        (", looks_after: [zhang-wei]", "", "key-player-unattended"),
        ("who: li-na, action: rehearse}", "action: rehearse}", "step-unassigned"),
        ("due: 2026-07-06, who: li-na, action: rehearse}", "due: 2026-07-09, who: li-na, action: rehearse}",
         "step-out-of-place"),
        ("due: 2026-07-08, who", "due: 2026-07-07, who", "step-out-of-place"),
        ("due: 2026-07-09, who", "due: 2026-07-07, who", "step-out-of-place"),
        ("due: 2026-06-17", "due: 2026-06-12", "step-overdue"),
        ("  - {step: brief_team, due: 2026-07-03, who: li-na, action: brief_team}\n", "", "steps-unplanned"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(old: str, new: str, rule: str) -> None:
    write(PLAN, READY)
    change(old, new)
    assert check() == (1, [rule])
    shown = kamctl("presentation", "check", "line-3")
    assert shown.code == 1
    assert rule in shown.out
    assert "1 point is missing" in shown.out
    assert kamctl("validate").code == 0


def test_a_plan_without_anything_lacks_everything() -> None:
    write(PLAN, "date: 2026-07-08\n")
    code, found = check()
    assert code == 1
    assert found.count("story-step-empty") == 6
    assert {"purpose-missing", "audience-missing", "steps-unplanned"} < set(found)


def test_once_it_is_over_only_what_comes_after_counts() -> None:
    write(PLAN, READY.replace("purpose: ", "agenda: [x]\n# purpose: ").replace("looks_after: [zhang-wei]", "role: x"))
    assert check("2026-07-08")[1] == ["purpose-missing", "key-player-unattended", *["step-overdue"] * 8]
    assert check("2026-07-09") == (1, ["step-overdue"])
    assert check("2026-07-13") == (1, ["step-overdue"] * 3)
    done = kamctl("presentation", "check", "line-3", day="2026-07-13")
    assert "it is over" in done.out
    assert "Audience" not in done.out


def test_a_step_that_was_done_later_than_the_day_asked_for_was_open_then() -> None:
    write(PLAN, READY)
    change("action: plan_presentation}", "action: plan_presentation, done: 2026-06-20}")
    assert check("2026-06-22") == (1, ["step-overdue"])
    assert check("2026-06-19") == (1, ["step-overdue"])
    assert check("2026-06-17") == (0, [])


def test_a_lost_deal_asks_for_nothing_any_more() -> None:
    write(PLAN, "date: 2026-07-08\nopportunity: line-3\n")
    change("stage: Q\n", "stage: LOST\nlost: {date: 2026-06-10, reason: price}\n", DEAL)
    assert check() == (0, [])


def test_the_people_of_another_account_are_named_whole() -> None:
    write("accounts/jinbei/account.yaml", "name: Jinbei\nowner: li-na\n")
    write("accounts/jinbei/contacts/cao.yaml", "name: Cao\n")
    write(PLAN, READY)
    change("{name: Mr Gao, issues: {political: New here}}", "{contact: jinbei/cao}")
    assert "what matters to jinbei/cao" in kamctl("presentation", "check", "line-3").out


def test_a_name_that_leads_nowhere_is_missing_too() -> None:
    write(PLAN, READY)
    change("step: rehearse,", "step: rehears,")
    code, found = check()
    assert code == 1
    assert set(found) == {"unknown-choice", "steps-unplanned"}
    assert "did you mean “rehearse”" in kamctl("presentation", "check", "line-3").out


def test_a_file_that_cannot_be_read_is_told_with_its_place() -> None:
    write(PLAN, "date: tomorrow\n")
    done = kamctl("presentation", "check", "line-3")
    assert done.code == 1
    assert f"{PLAN}:1:7" in done.err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_check_speaks_every_language_and_fits_a_narrow_screen(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from kamctl.render.width import width

    monkeypatch.setenv("COLUMNS", "60")
    write(PLAN, "date: 2026-07-08\ntasks: [{action: 打电话}]\n")
    shown = kamctl("--lang", lang, "--format", "table", "presentation", "check", "line-3").out
    assert all(width(line) <= 60 for line in shown.splitlines())
    assert "打电话" in shown


# --- a method of one's own

OWN = """\
version: 1
story: [{field: problem, label: <Why>, about: <Say why>}]
agenda: [<Say it>]
steps:
  - {id: think, label: <Think>, days: -1}
  - {id: speak, label: <Speak>, days: 0}
"""


def write_own(text: str) -> None:
    languages = '{en: "\\1", zh-Hans: "\\1", zh-Hant: "\\1"}'
    write("method/presentation.yaml", re.sub("<(.*?)>", languages, text))


def test_a_method_of_ones_own_gives_other_steps() -> None:
    write_own(OWN)
    assert new().err.count("closer") == 0
    assert [task["action"] for task in data()["tasks"]] == ["Think", "Speak"]
    assert data()["agenda"] == ["Say it"]
    assert "- **Why** " not in kamctl("method", "show", "presentation").out
    assert "1. **Why** (`story.problem`): Say why" in kamctl("method", "show", "presentation").out
    assert "presenting\tpresentation\t1" in kamctl("method", "list").out
    assert "story-step-empty" not in check()[1]


@pytest.mark.parametrize(
    ("old", "new", "rule", "value"),
    [
        ("field: problem", "field: problems", "method-dangling", "problems"),
        ("id: speak", "id: think", "method-duplicate", "think"),
        ("days: -1", "days: before", "bad-number", "before"),
        ("days: -1", "days: -1, who: boss", "bad-choice", "boss"),
    ],
)
def test_a_mistake_in_it_is_told_at_its_place(old: str, new: str, rule: str, value: str) -> None:
    write_own(OWN.replace(old, new))
    done = kamctl("method", "check")
    assert done.code == 1
    assert f": {rule}: " in done.out
    assert value in done.out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_method_shows_as_a_page(lang: str) -> None:
    done = kamctl("--lang", lang, "method", "show", "presentation")
    assert (done.code, done.err) == (0, "")
    assert "None" not in done.out


def test_every_step_of_the_shipped_story_is_one_of_the_file_format() -> None:
    from kamctl.schema.presentation import Story

    assert [part.field for part in Methods(None).presenting.story] == list(Story.model_fields)


def test_no_step_of_the_shipped_method_stands_in_the_code() -> None:
    ids = {step.id for step in STEPS} - {"organise"}
    for file in resources.PACKAGE.rglob("*.py"):
        text = file.read_text("utf-8")
        assert not [name for name in ids if f'"{name}"' in text], file


# --- list and set


def test_presentations_are_listed_by_date_with_how_far_they_have_come() -> None:
    write(PLAN, READY.replace("action: plan_presentation}", "action: x, done: 2026-06-15}"))
    write("accounts/bohai/presentations/2026-05-01-first.yaml", "date: 2026-05-01\nby: chen-jie\n")
    listed = json.loads(kamctl("--format", "json", "presentation", "list").out)["data"]
    assert [row["id"] for row in listed] == ["bohai/2026-05-01-first", "bohai/2026-07-08-line-3"]
    assert [(row["days_left"], row["steps"], row["done"], row["lacks"]) for row in listed] == [
        (None, 0, 0, 0),
        (17, 11, 1, 0),
    ]
    assert "first" not in kamctl("presentation", "list", "--since", "today").out
    assert "line-3" not in kamctl("presentation", "list", "--until", "2026-06-01").out
    assert "line-3" not in kamctl("presentation", "list", "--owner", "chen-jie").out
    assert "line-3" in kamctl("presentation", "list", "--account", "bohai").out


def test_one_bad_file_does_not_hide_the_others() -> None:
    write(PLAN, READY)
    write("accounts/bohai/presentations/bad.yaml", "date: [\n")
    done = kamctl("presentation", "list")
    assert "2026-07-08-line-3" in done.out
    assert "1 file of" in done.err


def test_a_list_read_again_is_the_same() -> None:
    write(PLAN, READY)
    os.utime(PLAN, (1_700_000_000, 1_700_000_000))
    assert len({kamctl("presentation", "list").out for _ in range(3)}) == 1
    assert kamctl("presentation", "list").out == kamctl("--no-cache", "presentation", "list").out


def test_a_step_is_done_by_one_line() -> None:
    write(PLAN, READY)
    before = Path(PLAN).read_text("utf-8")
    assert kamctl("presentation", "set", "line-3", "tasks.0.done=today").code == 0
    after = Path(PLAN).read_text("utf-8")
    assert after == before.replace("action: plan_presentation}", "action: plan_presentation, done: 2026-06-15}")
