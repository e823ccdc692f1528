"""Commands that move a deal and what belongs to it: each is a small diff, or a refusal that leaves the file alone."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kamctl import source
from running import Result
from running import in_english as kamctl

ROOT = Path(__file__).parents[1]
LINE_3 = "accounts/bohai-water/opportunities/line-3.yaml"
PUMPS = "accounts/bohai-water/opportunities/pump-station-7.yaml"
ACID = "accounts/luanhe-chem/opportunities/acid-line.yaml"
VALVES = "accounts/luanhe-chem/opportunities/effluent-valves.yaml"
PLANT = "accounts/yanbei-zone/opportunities/north-plant.yaml"
CALL = "accounts/bohai-water/calls/2026-06-17-zhang-wei.yaml"


def deal(*arguments: str) -> Result:
    return kamctl("opportunity", *arguments)


def as_json(*arguments: str) -> Any:
    return json.loads(kamctl("--format", "json", *arguments).out)["data"]


@pytest.fixture(autouse=True)
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the examples; the test runs in it."""
    for name in [name for name in os.environ if name.startswith("KAMCTL_")]:
        if name != "KAMCTL_CACHE_DIR":
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    copy = Path(shutil.copytree(ROOT / "examples", tmp_path / "examples"))
    monkeypatch.chdir(copy)
    return copy


def data(path: str) -> dict[str, Any]:
    return source.read(Path(path).read_text("utf-8"))


def changes(path: str) -> list[str]:
    """Return the lines of a file that are not as in the examples: removed with `-`, added with `+`."""
    before = (ROOT / "examples" / path).read_text("utf-8").splitlines()
    after = Path(path).read_text("utf-8").splitlines()
    lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
    return [line[:1] + line[1:].strip() for line in lines if not line.startswith("@@")]


def untouched() -> None:
    """Check that no file differs from the examples."""
    for path in (ROOT / "examples").rglob("*.yaml"):
        assert Path(path.relative_to(ROOT / "examples")).read_bytes() == path.read_bytes()


def refused(result: Result, code: int, *words: str) -> None:
    """Check that a command was refused, with these words, and nothing was written."""
    assert (result.code, result.out) == (code, "")
    for each in words:
        assert each in result.err
    untouched()


# --- gate


def test_the_gate_says_what_is_met_by_what_and_what_is_missing() -> None:
    shown = deal("gate", "line-3")
    assert shown.code == 0
    assert shown.out.splitlines()[:3] == [
        "Gate from Q Quotation, negotiation, tender to A Signed agreement: 1 of 6 met",
        "  ✗ A formal quotation or bid is handed in — needs evidence: quotation_submitted",
        "  ✓ The steps to the decision and their dates are known — field decision_milestones",
    ]
    untouched()


def test_the_gate_as_json_names_every_item() -> None:
    gate = as_json("opportunity", "gate", "line-3", "--to", "or")
    assert (gate["from"], gate["to"], gate["move"], gate["met"]) == ("Q", "OR", "skip", 1)
    assert {item["stage"] for item in gate["items"]} == {"Q", "A"}
    assert gate["missing"] == [item["id"] for item in gate["items"] if not item["met"]]
    back = as_json("opportunity", "gate", "line-3", "--to", "S")
    assert (back["move"], back["items"]) == ("back", [])


def test_evidence_is_dated_in_the_gate() -> None:
    gate = as_json("opportunity", "gate", "north-plant")
    told = [item for item in gate["items"] if item["evidence"]]
    recorded = data(PLANT).get("gate_evidence", {})
    for item in told:
        assert recorded[item["id"]] == {"date": item["since"], "evidence": item["evidence"]}
    assert deal("evidence", "line-3", "terms_agreed", "--note", "By mail", "--date", "2026-06-12").code == 0
    assert "  ✓ Price, delivery and payment terms are agreed — By mail, 2026-06-12\n" in deal("gate", "line-3").out


@pytest.mark.parametrize(
    ("to", "code", "words"),
    [("Q", 1, "stands at Q already"), ("Z", 2, 'there is no stage "Z"'), ("LOSST", 2, 'did you mean "LOST"?')],
)
def test_a_gate_to_where_there_is_none_is_refused(to: str, code: int, words: str) -> None:
    refused(deal("gate", "line-3", "--to", to), code, words)
    refused(deal("advance", "line-3", "--to", to), code, words)


# --- advance


def test_advancing_is_refused_with_a_list_of_what_is_missing() -> None:
    refused(
        deal("advance", "effluent-valves"),
        1,
        "Gate from O Qualified opportunity to S Confirmed solution: 3 of 5 met",
        "✗ We know what forces the customer to decide, and by when — field compelling_event",
        "✗ The budget, or the way to it, is confirmed — needs evidence: budget_confirmed",
        "✓ The order value is estimated — field amount",
        "error: the gate to S is not met: 2 criteria are missing",
        "kamctl opportunity evidence luanhe-chem/effluent-valves CRITERION --note …",
    )


def test_advancing_passes_once_everything_is_met() -> None:
    event = "compelling_event={event: 排放标准提高, deadline: 2026-12-31}"
    assert deal("set", "effluent-valves", event).code == 0
    assert deal("evidence", "effluent-valves", "budget_confirmed", "--note", "园区已批复").code == 0
    done = deal("advance", "effluent-valves")
    assert (done.code, done.out) == (0, "")
    assert "5 of 5 met" in done.err
    assert done.err.endswith("next: kamctl opportunity gate luanhe-chem/effluent-valves\n")
    assert sorted(changes(VALVES)) == sorted(
        [
            "-stage: O",
            "+stage: S",
            "+- {date: 2026-06-15, stage: S, by: zhou-lei}",
            "+compelling_event: {event: 排放标准提高, deadline: 2026-12-31}",
            "+gate_evidence:",
            "+budget_confirmed: {date: 2026-06-15, evidence: 园区已批复}",
        ]
    )
    assert kamctl("validate").code == 0


def test_an_override_moves_the_deal_and_keeps_the_reason_in_the_history() -> None:
    done = deal("advance", "pump-station-7", "--override", "客户要求先报价", "--by", "chen-jie", "--date", "2026-06-12")
    assert done.code == 0
    assert changes(PUMPS) == [
        "-stage: S",
        "+stage: Q",
        "+- {date: 2026-06-12, stage: Q, by: chen-jie, override: 客户要求先报价}",
    ]


def test_an_override_is_not_recorded_where_nothing_was_missing() -> None:
    deal("set", "effluent-valves", "compelling_event={event: 标准, deadline: 2026-12-31}")
    deal("evidence", "effluent-valves", "budget_confirmed", "--note", "x")
    assert deal("advance", "effluent-valves", "--override", "anyway").code == 0
    assert "override" not in data(VALVES)["stage_history"][-1]


def test_an_override_does_not_move_a_deal_past_the_fields_that_its_stage_requires() -> None:
    refused(deal("advance", "line-3", "--override", "x"), 1, "stage A needs the field “contract”")


def test_stages_may_be_skipped_with_the_gates_of_all_of_them() -> None:
    refused(deal("advance", "effluent-valves", "--to", "Q"), 1, "(stages skipped)", "8 criteria are missing")
    needed = ["unique_business_value={result: 免停产}", "tender_date=2026-07-01"]
    assert deal("set", "effluent-valves", *needed).code == 0
    assert deal("advance", "effluent-valves", "--to", "q", "--override", "客户要求").code == 0
    step = {"date": "2026-06-15", "stage": "Q", "by": "zhou-lei", "move": "skip", "override": "客户要求"}
    assert data(VALVES)["stage_history"][-1] == step


def test_going_back_asks_for_nothing_and_is_recorded_as_such() -> None:
    done = deal("advance", "line-3", "--to", "S")
    assert "(going back)\nnothing is asked for\n" in done.err
    assert changes(LINE_3) == ["-stage: Q", "+stage: S", "+- {date: 2026-06-15, stage: S, by: li-na, move: back}"]


def test_a_dry_run_prints_the_diff_and_writes_nothing() -> None:
    done = deal("advance", "line-3", "--to", "S", "-n")
    assert (done.code, done.out.splitlines()[:2]) == (0, [f"--- a/{LINE_3}", f"+++ b/{LINE_3}"])
    untouched()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["line-3", "--to", "LOST"], 2, "kamctl opportunity lose bohai-water/line-3 --stage LOST"),
        (["line-3", "--to", "S", "--by", "lina"], 2, 'did you mean "li-na"?'),
        (["line-3", "--to", "S", "--date", "someday"], 2, '"someday" is not a date'),
        (["line-3", "--to", "S", "--date", "2026-01-01"], 1, "stage_history"),
        (["metering-2025"], 1, "P is the last stage"),
        (["acid-line"], 1, "kamctl opportunity reopen luanhe-chem/acid-line --reason …"),
        (["acid-line", "--to", "S"], 1, "the deal is lost, at LOST"),
        (["no-such-deal"], 2, "no-such-deal"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_way_that_leads_nowhere_is_refused_with_one_that_leads_on(
    arguments: list[str], code: int, words: str
) -> None:
    refused(deal("advance", *arguments), code, words)


def test_advancing_is_told_in_json_free_words_only_and_not_at_all_when_quiet() -> None:
    assert kamctl("-q", "opportunity", "advance", "line-3", "--to", "S") == Result(0, "", "")
    assert data(LINE_3)["stage"] == "S"


# --- lose and reopen


def test_a_loss_needs_a_reason_of_the_method() -> None:
    refused(deal("lose", "line-3"), 2, "a lost deal needs a reason", "--reason, one of price, product_fit")
    refused(deal("lose", "line-3", "--reason", "pricce"), 2, 'did you mean "price"?')


def test_a_loss_is_told_with_reason_competitor_and_lesson() -> None:
    done = deal("lose", "line-3", "--reason", "price", "--to", "donglin", "--lesson", "报价太晚")
    assert done.code == 0
    assert changes(LINE_3) == [
        "-stage: Q",
        "+stage: LOST",
        "+- {date: 2026-06-15, stage: LOST, by: li-na}",
        "+lost: {date: 2026-06-15, reason: price, to: donglin, lesson: 报价太晚}",
    ]
    assert kamctl("validate").code == 0
    assert "line-3" not in kamctl("pipeline", "--fields", "id").out
    assert deal("lose", "line-3", "--reason", "price").code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--to", "dongling"], 1, "did you mean “donglin”?"),
        (["--stage", "S"], 2, "S is no way out"),
        (["--stage", "NOBID"], 2, 'there is no stage "NOBID"'),
        (["--date", "2020-01-01"], 1, "2020-01-01"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_loss_that_cannot_be_is_refused(arguments: list[str], code: int, words: str) -> None:
    refused(deal("lose", "line-3", "--reason", "price", *arguments), code, words)


def test_of_several_ways_out_the_last_is_taken_unless_one_is_named() -> None:
    assert deal("lose", "north-plant", "--reason", "price", "-n").out.count("stage: LOST") == 2
    named = deal("lose", "north-plant", "--reason", "price", "--stage", "out", "-n")
    assert named.out.count("stage: OUT") == 2


def test_a_lost_deal_is_opened_again_where_it_stood_and_the_history_keeps_why_it_was_lost() -> None:
    lesson = data(ACID)["lost"]["lesson"]
    done = deal("reopen", "acid-line", "--reason", "对手交不出货")
    assert done.code == 0
    after = data(ACID)
    assert (after["stage"], "lost" in after) == ("Q", False)
    assert after["stage_history"][-1] == {
        "date": "2026-06-15",
        "stage": "Q",
        "by": "liu-peng",
        "move": "reopen",
        "note": f"对手交不出货 (LOST: delivery_time: donglin: {lesson})",
    }
    assert sum(line.startswith("+") for line in changes(ACID)) == 2
    assert kamctl("validate").code == 0
    assert "luanhe-chem/acid-line" in kamctl("pipeline", "--fields", "id").out


def test_a_finished_deal_is_opened_again_at_the_stage_named() -> None:
    assert deal("reopen", "metering-2025", "--reason", "Two more zones", "--to", "OR").code == 0
    path = "accounts/bohai-water/opportunities/metering-2025.yaml"
    assert data(path)["stage_history"][-1]["note"] == "Two more zones (P)"
    assert data(path)["stage"] == "OR"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["line-3", "--reason", "x"], 1, "the deal is open, at Q"),
        (["acid-line"], 2, "--reason is missing"),
        (["acid-line", "--reason", "x", "--to", "LOST"], 2, "LOST ends the deal"),
        (["acid-line", "--reason", "x", "--to", "P"], 2, "P ends the deal"),
        (["acid-line", "--reason", "x", "--to", "Z"], 2, 'there is no stage "Z"'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_deal_that_cannot_be_opened_again_stays_as_it_is(arguments: list[str], code: int, words: str) -> None:
    refused(deal("reopen", *arguments), code, words)


# --- evidence


def test_evidence_is_one_line_and_new_evidence_takes_the_place_of_the_old() -> None:
    assert deal("evidence", "line-3", "terms_agreed", "--note", "付款条件已邮件确认").code == 0
    line = "+terms_agreed: {date: 2026-06-15, evidence: 付款条件已邮件确认}"
    assert changes(LINE_3) == [line]
    assert deal("evidence", "line-3", "terms_agreed", "--note", "Signed", "--date", "yesterday").code == 0
    assert changes(LINE_3) == ["+terms_agreed: {date: 2026-06-14, evidence: Signed}"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["terms_agred", "--note", "x"], 'did you mean "terms_agreed"?'),
        (["whatever", "--note", "x"], "kamctl opportunity gate bohai-water/line-3"),
        (["terms_agreed"], "--note is missing"),
        (["terms_agreed", "--note", "x", "--date", "someday"], '"someday" is not a date'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_evidence_of_nothing_is_refused(arguments: list[str], words: str) -> None:
    refused(deal("evidence", "line-3", *arguments), 2, words)


# --- assess


def test_marks_of_a_new_day_are_a_new_assessment() -> None:
    marks = ["political_alignment=+", "risk=n/a"]
    assert deal("assess", "line-3", *marks, "--evidence", "王莉支持", "--source", "zhang-wei").code == 0
    assert changes(LINE_3) == [
        "+- date: 2026-06-15",
        "+by: li-na",
        "+marks:",
        '+political_alignment: {us: "+", evidence: 王莉支持, source: zhang-wei}',
        "+risk: {us: n/a, evidence: 王莉支持, source: zhang-wei}",
    ]
    assert kamctl("validate").code == 0


def test_marks_of_the_same_day_go_into_its_assessment() -> None:
    day = ["--date", "2026-06-04"]
    assert deal("assess", "line-3", "political_alignment=+", "--evidence", "王莉支持", *day).code == 0
    assert changes(LINE_3) == [
        '-political_alignment:    {us: "?", donglin: "+", haiyue: "-"}',
        '+political_alignment:    {us: "+", donglin: "+", haiyue: "-", evidence: 王莉支持}',
    ]


def test_a_competitor_is_marked_beside_us() -> None:
    day = ["--date", "2026-06-04", "--competitor", "haiyue"]
    assert deal("assess", "line-3", "risk=-", "profitability=?", *day).code == 0
    assert changes(LINE_3) == [
        '-risk:                   {us: "-", donglin: "+", haiyue: "?", evidence: 施工期若遇停水事故罚则重}',
        '+risk:                   {us: "-", donglin: "+", haiyue: "-", evidence: 施工期若遇停水事故罚则重}',
        '+profitability: {haiyue: "?"}',
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["rsk=+"], 2, 'did you mean "risk"?'),
        (["whatever=+"], 2, "one of project, business_profile"),
        (["risk=yes"], 2, "write criterion=+, with + - ? or n/a"),
        (["risk"], 2, '"risk" is no mark'),
        (["risk=+", "--competitor", "dongln"], 2, 'did you mean "donglin"?'),
        (["risk=+", "--competitor", "nobody"], 2, "competitors: donglin, haiyue"),
        (["risk=+", "--source", "zhang-we"], 1, "did you mean “zhang-wei”?"),
        (["risk=+", "--by", "nobody"], 1, "team.yaml"),
        (["risk=+", "--date", "someday"], 2, '"someday" is not a date'),
        ([], 2, "there is nothing to assess"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_marks_that_mean_nothing_are_refused(arguments: list[str], code: int, words: str) -> None:
    refused(deal("assess", "line-3", *arguments), code, words)


# --- people and observe


def test_the_buying_team_shows_the_status_of_each_and_what_comes_next() -> None:
    page = deal("people", "line-3").out
    for words in ("* Mentor", "- Non-supporter", "? Unknown", "What this buying team lacks", "shares_basics"):
        assert words in page
    team = as_json("opportunity", "people", "line-3")
    people = {person["person"]: person for person in team["people"]}
    assert people["bohai-water/liu-yang"]["status"] == "mentor"
    assert people["bohai-water/sun-hao"]["status"] == "non_supporter"
    assert (people["bohai-water/wang-li"]["next_level"], people["bohai-water/wang-li"]["needed"]) == ("neutral", 2)
    assert [finding["rule"] for finding in team["findings"]] == ["supporters-outnumbered", "mentor-outside"]


def test_a_deal_without_a_buying_team_says_so() -> None:
    assert deal("set", "pump-station-7", "--unset", "buying_team").code == 0
    assert "nobody is on the buying team yet" in deal("people", "pump-station-7").out
    assert as_json("opportunity", "people", "pump-station-7")["people"] == []


def test_a_behaviour_goes_into_the_only_deal_that_the_person_is_in_and_the_status_is_told() -> None:
    done = kamctl("contact", "observe", "zhang-wei", "says_best_privately")
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith("张伟: still = Neutral\n")
    seen = "behaviours: {shares_basics: 2026-03-12, accepts_us: 2026-03-12, invests_time: 2026-04-16"
    assert changes(LINE_3) == [f"-{seen}}}", f"+{seen}, says_best_privately: 2026-06-15}}"]
    for behaviour in ("plans_adoption", "shares_rivals"):
        last = kamctl("contact", "observe", "zhang-wei", behaviour)
    assert last.err.endswith("张伟: = Neutral → + Supporter\n")


def test_of_a_person_in_several_deals_the_deal_must_be_named() -> None:
    refused(
        kamctl("contact", "observe", "liu-yang", "answers_for_us"),
        2,
        "bohai-water/liu-yang is on the buying team of 3 deals",
        "--opportunity, one of bohai-water/line-3, bohai-water/metering-2025, bohai-water/pump-station-7",
    )
    named = ["--opportunity", "pump-station-7", "--date", "2026-06-10"]
    assert kamctl("contact", "observe", "liu-yang", "invests_time", *named).code == 0
    assert data(PUMPS)["buying_team"]["liu-yang"]["behaviours"]["invests_time"] == "2026-06-10"
    assert changes(LINE_3) == []


def test_who_is_on_no_team_yet_is_put_on_the_team_of_the_deal_named() -> None:
    refused(kamctl("contact", "observe", "xu-ning", "sees_need"), 2, "on no buying team yet", "bohai-water/line-3")
    assert kamctl("contact", "observe", "xu-ning", "sees_need", "--opportunity", "line-3").code == 0
    assert data(LINE_3)["buying_team"]["xu-ning"] == {"behaviours": {"sees_need": "2026-06-15"}}


def test_a_behaviour_keeps_the_day_on_which_it_was_first_seen() -> None:
    done = kamctl("contact", "observe", "zhang-wei", "shares_basics")
    assert (done.code, done.err) == (0, "nothing changes\n")
    untouched()
    assert kamctl("contact", "observe", "zhang-wei", "shares_basics", "--date", "2026-03-01").code == 0
    assert data(LINE_3)["buying_team"]["zhang-wei"]["behaviours"]["shares_basics"] == "2026-03-01"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["zhang-wei", "says_best_priv"], 'did you mean "says_best_privately"?'),
        (["zhang-wei", "smiles", "--opportunity", "line-3"], "one of sees_need, shares_basics"),
        (["zhang-wei", "sees_need", "--opportunity", "acid-line"], "belongs to another account"),
        (["zhang-wei", "sees_need", "--date", "someday"], '"someday" is not a date'),
        (["nobody-at-all", "sees_need"], "nobody-at-all"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_have_been_seen_is_refused(arguments: list[str], words: str) -> None:
    refused(kamctl("contact", "observe", *arguments), 2, words)


# --- account grade


def test_the_grade_is_suggested_with_the_figures_behind_it() -> None:
    page = kamctl("account", "grade", "bohai-water").out
    assert page.splitlines()[0] == "bohai-water  suggests A Strategic: 10 of 10 points"
    for line in (
        "  2/2  Customer's revenue     1,200,000,000 CNY  ≥ 1,000,000,000 CNY",
        "  2/2  Employees              3,400  ≥ 3,000",
        "  1/1  Deals with a good fit  100%  ≥ 60%",
        "the file says A too",
    ):
        assert line in page.splitlines()


def test_a_grade_that_differs_names_the_command_that_changes_it() -> None:
    page = kamctl("account", "grade", "qingcheng-water").out
    assert page.endswith("the file says A; `kamctl account set qingcheng-water grade=B` changes it\n")
    untouched()


def test_a_grade_from_fewer_deals_than_there_are_says_so() -> None:
    Path("accounts/bohai-water/opportunities/line-3.yaml").write_text("stage: [", "utf-8")
    done = kamctl("account", "grade", "bohai-water")
    assert done.code == 0
    assert "could not be read" in done.err


def test_where_no_figure_is_known_no_grade_is_suggested() -> None:
    assert "nothing is known yet" in kamctl("account", "grade", "xinwan-park").out
    result = as_json("account", "grade", "xinwan-park")
    assert (result["grade"], result["suggested"], result["points"]) == ("C", None, 0)
    assert all(reason["value"] is None for reason in result["reasons"])


def test_a_figure_that_is_not_known_gives_no_points_and_is_said_so() -> None:
    assert kamctl("account", "set", "xinwan-park", "business_profile.employees=40").code == 0
    page = kamctl("account", "grade", "xinwan-park").out
    assert page.count("not known") == 4
    assert "suggests D" in page


def test_an_account_without_a_grade_gets_a_suggestion_and_no_comparison() -> None:
    assert kamctl("account", "set", "xinwan-park", "business_profile.employees=40", "--unset", "grade").code == 0
    page = kamctl("account", "grade", "xinwan-park").out
    assert "suggests D" in page
    assert "the file says" not in page


# --- on a terminal


def on_terminal(arguments: Sequence[str], answers: Sequence[str]) -> tuple[int, str]:
    """Run a command on a pseudo-terminal, type the answers, and return the exit code and what was on the screen."""
    master, slave = os.openpty()
    command = [sys.executable, "-m", "kamctl", "--lang", "en", "--as-of", "2026-06-15", *arguments]
    paths = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": paths, "NO_COLOR": "1", "COLUMNS": "100", "KAMCTL_PAGER": "cat"}
    process = subprocess.Popen(command, env=environment, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    os.write(master, "".join(f"{answer}\n" for answer in answers).encode())
    screen = b""
    with contextlib.suppress(OSError):  # what Linux says when the other end is closed
        while piece := os.read(master, 65536):
            screen += piece
    os.close(master)
    return process.wait(), screen.decode("utf-8").replace("\r\n", "\n")


terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@terminal
def test_assess_asks_criterion_by_criterion_and_asks_again_for_what_is_no_mark() -> None:
    answers = ["+", *[""] * 13, "yes", "-", *[""] * 5]
    code, screen = on_terminal(["opportunity", "assess", "line-3"], answers)
    assert code == 0
    for words in (
        "Is there an opportunity?",
        "Is it worth winning?",
        "Political alignment  [? 2026-06-04]",
        "Whose opinion will the others follow on this project?",
        "Mark (+ - ? n/a, empty to keep)",
    ):
        assert words in screen
    assert changes(LINE_3) == [
        "+- date: 2026-06-15",
        "+by: li-na",
        "+marks:",
        '+project: {us: "+"}',
        '+political_alignment: {us: "-"}',
    ]


@terminal
def test_assess_without_any_answer_writes_nothing() -> None:
    code, screen = on_terminal(["opportunity", "assess", "line-3"], [""] * 20)
    assert (code, "no marks were given" in screen) == (1, True)
    untouched()


@terminal
def test_the_end_of_input_stops_the_questions_and_writes_nothing() -> None:
    code, _ = on_terminal(["opportunity", "assess", "line-3"], ["+", "\x04"])
    assert code == 130
    untouched()


@terminal
def test_recording_a_call_asks_what_happened() -> None:
    answers = ["谈妥", "满意", "y", "n", "zhang-wei:转交价格构成表@fri", "", "+7d", "看结果"]
    code, screen = on_terminal(["callplan", "record", "2026-06-17-zhang-wei"], answers)
    assert code == 0
    for words in ("What happened?", "Met? Objective 1.", "Met? Objective 2.", "Next call, date"):
        assert words in screen
    call = data(CALL)
    assert [objective["met"] for objective in call["plan"]["objectives"]] == ["true", "false"]
    outcome = call["outcome"]
    assert (outcome["events"], outcome["customer_view"]) == ("谈妥", "满意")
    assert outcome["commitments"] == [{"by": "zhang-wei", "what": "转交价格构成表", "due": "2026-06-19"}]
    assert outcome["next"] == {"date": "2026-06-22", "purpose": "看结果"}
    assert outcome["recorded_at"].startswith("2026-06-15T")
    assert "next: kamctl callplan new line-3 --date 2026-06-22" in screen
    assert sum(line.startswith("-") for line in changes(CALL)) == 2


@terminal
def test_recording_a_call_of_which_nothing_is_told_writes_nothing() -> None:
    code, screen = on_terminal(["callplan", "record", "2026-06-17-zhang-wei"], [""] * 6)
    assert (code, "there is nothing to record" in screen) == (2, True)
    untouched()
