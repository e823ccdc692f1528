"""What changed between two states: in the words of selling, with totals that balance, in repositories of any kind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kamctl import cli
from kamctl.history.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Repo

SETTINGS = "format: 1\ncurrency: CNY\n"
TEAM = "members:\n  li-na: {name: 李娜}\n  ma-jun: {name: 马俊}\n"
ACCOUNT = "name: 渤海水务\nowner: li-na\n"
DEAL = """\
name: 三号线
stage: L
stage_history:
  - {date: 2026-04-01, stage: L}
amount: 100 CNY
close_date: 2026-09-30
competitors:
  dongling: {name: 东岭阀业}
assessments:
  - date: 2026-04-20
    marks:
      project: {us: "?", dongling: "+", evidence: 立项文件}
buying_team:
  wang-li:
    roles: [approver]
"""
CONTACT = "name: 王莉\n"
CALL = """\
date: 2026-05-02
by: li-na
contact: wang-li
mode: visit
plan: {purpose: 看样段}
outcome:
  events: 看了样段
  commitments:
    - {by: li-na, what: 送报价, due: 2026-05-06}
    - {by: wang-li, what: 约处长, due: 2026-05-20}
"""
LINE_3 = "accounts/bohai/opportunities/line-3.yaml"
VISIT = "accounts/bohai/calls/2026-05-02-wang-li.yaml"


@pytest.fixture(autouse=True)
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give all runs the same room for a line."""
    monkeypatch.setenv("COLUMNS", "100")


def workspace_in(repo: Repo, prefix: str = "") -> None:
    files = {
        "kamctl.yaml": SETTINGS,
        "team.yaml": TEAM,
        "accounts/bohai/account.yaml": ACCOUNT,
        "accounts/bohai/contacts/wang-li.yaml": CONTACT,
        LINE_3: DEAL,
        VISIT: CALL,
    }
    for path, text in files.items():
        repo.write(prefix + path, text)


@pytest.fixture
def work(repo: Repo) -> Repo:
    """Return a repository with one deal, committed on 1 May."""
    workspace_in(repo)
    repo.commit("first", "2026-05-01")
    return repo


def run(root: Path, *arguments: str, as_of: str = "2026-06-15") -> int:
    return cli.run(["-C", str(root), "--as-of", as_of, "--lang", "en", "diff", *arguments])


def data(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(root, "--format", "json", *arguments) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def shown(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(root, "--format", "table", *arguments) == 0
    return capsys.readouterr().out


def words(found: dict[str, Any]) -> list[str]:
    return [change["words"] for record in found["data"] for change in record["changes"]]


def steps(found: dict[str, Any]) -> dict[str, Any]:
    return {step["step"]: step["amount"] for step in found["totals"]["steps"] if step["deals"] or step["amount"]}


# --- what is told


def test_a_deal_as_a_manager_reads_it(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    text = DEAL.replace("stage: L\n", "stage: O\n", 1).replace(
        "  - {date: 2026-04-01, stage: L}\n", "  - {date: 2026-04-01, stage: L}\n  - {date: 2026-05-04, stage: O}\n"
    )
    text = text.replace("100 CNY", "150 CNY").replace("2026-09-30", "2026-11-15")
    text = text.replace(
        "buying_team:",
        "  - date: 2026-05-10\n    marks:\n      project: {us: +, evidence: 王莉给了批文}\nbuying_team:",
    )
    text = text.replace(
        "    roles: [approver]\n",
        "    roles: [approver]\n    behaviours: {shares_basics: 2026-05-04, accepts_us: 2026-05-05}\n",
    )
    work.write(LINE_3, text)
    page = shown(work.root, capsys)
    for line in (
        "Stage moved: 1 · 三号线: Stage L → O, after 33 days at L",
        "Amount changed: 1 · 三号线: 100 CNY → 150 CNY",
        "Close date pushed: 1 · 三号线: 2026-09-30 → 2026-11-15",
        "At the start  100  1 deal",
        "Raised        +50  1 deal",
        "At the end    150  1 deal",
        "渤海水务  bohai",
        "Score – → +100, 1 of 20 known",
        "Close date 2026-09-30 → 2026-11-15, pushed by 46 days",
        "us ? → +; 王莉给了批文",
    ):
        assert line in page


def test_a_date_says_how_often_it_was_pushed_before(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    for day, close in (("2026-05-02", "2026-10-15"), ("2026-05-03", "2026-10-01"), ("2026-05-04", "2026-10-30")):
        work.write(LINE_3, DEAL.replace("2026-09-30", close))
        work.commit("moved", day)
    work.write(LINE_3, DEAL.replace("2026-09-30", "2026-12-01"))
    assert "(pushed 2 times before)" in shown(work.root, capsys)
    assert "(pushed 1 time before)" in shown(work.root, capsys, "HEAD~1..HEAD")
    assert "before)" not in shown(work.root, capsys, "HEAD~3..HEAD~2")


def test_won_lost_new_and_deleted_deals(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("won", "lost", "gone"):
        work.write(f"accounts/bohai/opportunities/{name}.yaml", DEAL.replace("三号线", name))
    work.commit("more deals", "2026-05-02")
    lost = DEAL.replace("三号线", "lost").replace("stage: L\n", "stage: LOST\n", 1)
    lost += "lost: {date: 2026-05-05, reason: price, to: dongling, lesson: 先谈价值}\n"
    work.write(
        "accounts/bohai/opportunities/won.yaml", DEAL.replace("三号线", "won").replace("stage: L\n", "stage: OR\n", 1)
    )
    work.write("accounts/bohai/opportunities/lost.yaml", lost)
    work.write("accounts/bohai/opportunities/new.yaml", DEAL.replace("三号线", "new").replace("100", "70"))
    (work.root / "accounts/bohai/opportunities/gone.yaml").unlink()
    found = data(work.root, capsys)
    assert steps(found) == {"start": 400, "created": 70, "lost": -100, "won": -100, "removed": -100, "end": 170}
    page = shown(work.root, capsys)
    for line in (
        "Won: 1 · won",
        "Lost: 1 · lost: ",
        "→ 东岭阀业",
        "先谈价值",
        "New deals: 1 · new: 70 CNY",
        "Deals deleted: 1 · gone",
    ):
        assert line in page


def test_promises_kept_and_those_that_came_due(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.write(VISIT, CALL.replace("due: 2026-05-06}", "due: 2026-05-06, done: 2026-05-05}"))
    page = shown(work.root, capsys)
    assert "Promises kept: 1" in page
    assert "2026-05-20 王莉: 约处长" in page
    assert "2026-05-06" not in page.partition("Promises that came due and are open\n")[2]


def test_problems_that_came_and_problems_that_went(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.write(LINE_3, DEAL.replace("  wang-li:\n", "  nobody:\n"))
    found = data(work.root, capsys)
    assert [problem["rule"] for problem in found["introduced"]] == ["dangling-contact"]
    assert found["fixed"] == []
    work.commit("a slip", "2026-05-03")
    work.write(LINE_3, DEAL)
    found = data(work.root, capsys)
    assert [problem["rule"] for problem in found["fixed"]] == ["dangling-contact"]
    assert data(work.root, capsys) == found


def test_a_problem_that_moved_to_another_line_is_no_new_one(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.write(LINE_3, DEAL.replace("  wang-li:\n", "  nobody:\n"))
    work.commit("a slip", "2026-05-03")
    work.write(LINE_3, "# a note\n" + DEAL.replace("  wang-li:\n", "  nobody:\n").replace("100", "120"))
    found = data(work.root, capsys)
    assert (found["introduced"], found["fixed"]) == ([], [])


def test_method_settings_and_team_stand_apart(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("team.yaml", TEAM.replace("马俊", "马军"))
    work.write("kamctl.yaml", SETTINGS + "stale_after: 20d\n")
    work.write("method/reasons.yaml", "version: 2\nlost: []\n")
    found = data(work.root, capsys)
    assert found["data"] == []
    assert [record["path"] for record in found["method_changes"]] == ["kamctl.yaml", "method/reasons.yaml", "team.yaml"]
    page = shown(work.root, capsys)
    assert "Method, settings and team: 3" in page
    assert "马俊 → 马军" in page


def test_both_states_are_judged_by_the_later_method(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    """Another scorecard changes no score: what a deal shows comes from its file alone."""
    work.write("kamctl.yaml", SETTINGS + "scorecard: bant\n")
    work.write(LINE_3, DEAL.replace("100", "120"))
    judged = data(work.root, capsys)["data"][0]
    assert judged["then"] == {**judged["now"], "amount": 100}


def test_a_renamed_deal_and_a_renamed_account_are_followed(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.git("mv", LINE_3, "accounts/bohai/opportunities/line-three.yaml")
    work.write("accounts/bohai/opportunities/line-three.yaml", DEAL.replace("100", "120"))
    found = data(work.root, capsys)
    assert [(record["id"], record["old_id"]) for record in found["data"]] == [("bohai/line-three", "bohai/line-3")]
    assert [change["kind"] for change in found["data"][0]["changes"]] == ["renamed", "field"]
    assert steps(found) == {"start": 100, "up": 20, "end": 120}
    work.commit("renamed", "2026-05-02")
    work.git("mv", "accounts/bohai", "accounts/渤海")
    found = data(work.root, capsys)
    assert {record["old_id"]: record["id"] for record in found["data"]} == {
        "bohai": "渤海",
        "bohai/wang-li": "渤海/wang-li",
        "bohai/line-three": "渤海/line-three",
        "bohai/2026-05-02-wang-li": "渤海/2026-05-02-wang-li",
    }
    assert steps(found) == {"start": 120, "end": 120}


def test_one_account_and_one_owner(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("accounts/qingcheng/account.yaml", "name: 青城\nowner: ma-jun\n")
    work.write("accounts/qingcheng/opportunities/east.yaml", DEAL.replace("100", "30"))
    work.commit("another account", "2026-05-02")
    work.write("accounts/qingcheng/opportunities/east.yaml", DEAL.replace("100", "50"))
    work.write(LINE_3, DEAL.replace("100", "110"))
    work.write("kamctl.yaml", SETTINGS + "stale_after: 20d\n")
    assert steps(data(work.root, capsys)) == {"start": 130, "up": 30, "end": 160}
    for narrow in (["--account", "qing"], ["--owner", "马俊"], ["--owner", "ma-jun"]):
        found = data(work.root, capsys, *narrow)
        assert [record["id"] for record in found["data"]] == ["qingcheng/east"]
        assert steps(found) == {"start": 30, "up": 20, "end": 50}
        assert found["method_changes"] == []
    assert run(work.root, "--owner", "nobody") == 2
    assert run(work.root, "--account", "bohia") == 2
    assert 'did you mean "bohai"' in capsys.readouterr().err


def test_problems_of_one_account_and_of_one_owner(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("accounts/qingcheng/account.yaml", "name: 青城\nowner: ma-jun\n")
    work.commit("another account", "2026-05-02")
    work.write("accounts/qingcheng/opportunities/east.yaml", DEAL)
    work.write(LINE_3, DEAL.replace("  wang-li:\n", "  nobody:\n"))
    for narrow, paths in (
        (["--account", "bohai"], {LINE_3}),
        (["--owner", "ma-jun"], {"accounts/qingcheng/opportunities/east.yaml"}),
        ([], {LINE_3, "accounts/qingcheng/opportunities/east.yaml"}),
    ):
        assert {problem["path"] for problem in data(work.root, capsys, *narrow)["introduced"]} == paths


def test_many_accounts_are_read_at_once(work: Repo, monkeypatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("accounts/qingcheng/account.yaml", "name: 青城\nowner: ma-jun\n")
    work.write("accounts/qingcheng/opportunities/east.yaml", DEAL.replace("100", "30"))
    work.commit("another account", "2026-05-02")
    work.write(LINE_3, DEAL.replace("100", "110"))
    few = data(work.root, capsys)
    monkeypatch.setattr("kamctl.history.diff.FEW_ACCOUNTS", 0)
    assert data(work.root, capsys) == few
    assert steps(few) == {"start": 130, "up": 10, "end": 140}


# --- which states


def test_what_is_kept_of_accounts_that_did_not_change_says_what_their_files_say(
    work: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each commit changes other accounts; every comparison must say the same with all that was kept and with nothing.

    Deals come, go and end, an account is renamed, more accounts change than are read one by one, and the settings do.
    """
    monkeypatch.setattr("kamctl.history.remaining.FEW_ACCOUNTS", 2)
    deal = "name: {name}\nowner: li-na\nstage: {stage}\namount: {amount}\nimportance: care\n"

    def write(account: str, name: str, stage: str = "L", amount: str = "10 CNY") -> None:
        work.write(f"accounts/{account}/account.yaml", f"name: {account}\nowner: li-na\n")
        text = deal.format(name=name, stage=stage, amount=amount)
        work.write(f"accounts/{account}/opportunities/{name}.yaml", text)

    for number in range(12):
        write(f"a-{number}", "one", amount=f"{number} CNY")
    work.commit("many", "2026-05-03")
    write("a-3", "one", stage="O", amount="300 CNY")
    work.commit("one", "2026-05-04")
    write("a-4", "two")
    write("a-5", "one", stage="P")
    work.commit("two", "2026-05-05")
    (work.root / "accounts/a-6/opportunities/one.yaml").unlink()
    work.commit("gone", "2026-05-06")
    work.git("mv", "accounts/a-7", "accounts/b-7")
    work.commit("renamed", "2026-05-07")
    work.write("kamctl.yaml", SETTINGS + "rates: [{date: 2026-01-01, pair: USD/CNY, rate: 7}]\n")
    write("a-8", "one", amount="5 USD")
    work.commit("settings", "2026-05-08")
    write("a-9", "one", amount="not money")
    work.commit("unread", "2026-05-09")
    for number in range(4):
        write(f"a-{number}", "three", amount="7 USD")
    work.commit("several", "2026-05-10")
    write("a-1", "one", amount="70 CNY")
    asked = [f"HEAD~{back}" for back in (3, 1, 2, 7, 4, 5, 6, 0)]
    asked += [f"HEAD~{back + 1}..HEAD~{back}" for back in range(7)]
    kept = [data(work.root, capsys, one) for one in asked]
    again = [data(work.root, capsys, one) for one in asked]
    monkeypatch.setenv("KAMCTL_NO_CACHE", "1")
    for one, first, second in zip(asked, kept, again, strict=True):
        assert first == second == data(work.root, capsys, one), one
    assert steps(kept[0])["end"] > steps(kept[0])["start"] > 0
    assert any("over-cap" in json.dumps(one["introduced"]) for one in kept)


def test_new_files_count_and_what_is_staged_stands_for_itself(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("accounts/bohai/opportunities/新 线.yaml", DEAL.replace("三号线", "新线"))
    work.write(LINE_3, DEAL.replace("100", "120"))
    work.git("add", LINE_3)
    work.write(LINE_3, DEAL.replace("100", "150"))
    assert steps(data(work.root, capsys)) == {"start": 100, "created": 100, "up": 50, "end": 250}
    assert steps(data(work.root, capsys, "--staged")) == {"start": 100, "up": 20, "end": 120}
    assert words(data(work.root, capsys, "HEAD..HEAD")) == []


def test_a_touched_file_that_says_the_same_differs_in_nothing(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    os.utime(work.root / LINE_3, (1, 1))
    work.write("team.yaml", TEAM.replace("\n", "\r\n"))
    work.write("kamctl.yaml", "# ours\n" + SETTINGS)
    found = data(work.root, capsys, "--exit-code")
    assert (found["data"], found["method_changes"]) == ([], [])


def test_three_dots_leave_out_what_the_other_branch_did(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.git("checkout", "--quiet", "-b", "mine")
    work.write(LINE_3, DEAL.replace("100", "120"))
    work.commit("mine", "2026-05-02")
    work.git("checkout", "--quiet", "main")
    work.write(VISIT, CALL.replace("看了样段", "没见到人"))
    work.commit("theirs", "2026-05-03")
    assert [r["kind"] for r in data(work.root, capsys, "main...mine")["data"]] == ["opportunity"]
    assert [r["kind"] for r in data(work.root, capsys, "main..mine")["data"]] == ["call", "opportunity"]
    assert [r["kind"] for r in data(work.root, capsys, "...mine")["data"]] == ["opportunity"]
    work.git("checkout", "--quiet", "--orphan", "other")
    work.commit("no forebears", "2026-05-04")
    assert run(work.root, "main...other") == 2
    assert "no commit in common" in capsys.readouterr().err


def test_since_begins_with_the_state_before_that_day(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    for day, amount in (("2026-05-02", "120"), ("2026-05-03", "150")):
        work.write(LINE_3, DEAL.replace("100", amount))
        work.commit("raised", day)
    assert steps(data(work.root, capsys, "--since", "2026-05-03")) == {"start": 120, "up": 30, "end": 150}
    assert steps(data(work.root, capsys, "2026-05-01..2026-05-02")) == {"start": 100, "up": 20, "end": 120}
    assert run(work.root, "--since", "2026-05-01") == 2
    assert "no commit on or before 2026-04-30" in capsys.readouterr().err


def test_exit_code_says_whether_anything_differs(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(work.root, "--exit-code") == 0
    assert capsys.readouterr().err == "nothing differs\n"
    work.write(LINE_3, DEAL.replace("100", "120"))
    assert run(work.root, "--exit-code") == 1
    assert run(work.root) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["HEAD~9"], 'there is no revision "HEAD~9"'),
        (["mian"], 'did you mean "main"?'),
        (["HEAD..nowhere"], 'there is no revision "nowhere"'),
        (["HEAD", "--since", "2026-05-01"], "two beginnings"),
        (["HEAD..HEAD", "--staged"], "--staged compares with what is staged"),
        (["--since", "soon"], "is not a date"),
        (["--at", "HEAD"], "takes no --at"),
        (["--format", "sarif"], 'there is no format "sarif" here'),
        (["-o", "x.docx"], '".docx" stands for no format here'),
        (["-o", "x.yaml"], "would be taken for data"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_compared_is_said(
    arguments: list[str], message: str, work: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(work.root, *arguments) == 2
    assert message in capsys.readouterr().err


def test_no_repository_no_commit_bare_and_no_git(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace_in(repo)
    assert run(repo.root) == 2
    assert "there is no commit yet" in capsys.readouterr().err
    shutil.rmtree(repo.root / ".git")
    assert run(repo.root) == 2
    assert "is in no git repository" in capsys.readouterr().err
    subprocess.run(["git", "init", "--quiet", "--bare", str(repo.root / ".git")], check=True)
    assert run(repo.root) == 2
    assert "error" in capsys.readouterr().err
    monkeypatch.setattr("kamctl.history.git._executable", lambda: (_ for _ in ()).throw(no_git()))
    assert run(repo.root) == 2
    assert "git is not installed" in capsys.readouterr().err


def no_git() -> Exception:
    from kamctl.phrases import Phrase
    from kamctl.problems import KamctlError

    return KamctlError(Phrase("git is not installed"))


def test_a_shallow_clone_says_so(work: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work.write(LINE_3, DEAL.replace("100", "120"))
    work.commit("second", "2026-05-02")
    clone = tmp_path / "clone"
    work.git("clone", "--quiet", "--depth", "1", f"file://{work.root}", str(clone))
    (clone / LINE_3).write_text(DEAL.replace("100", "150"), "utf-8")
    assert run(clone, "--format", "table") == 0
    captured = capsys.readouterr()
    assert "Raised        +30" in captured.out
    assert "shallow" in captured.err
    assert run(clone, "HEAD~1") == 2
    assert "git fetch --unshallow" in capsys.readouterr().err


def test_files_that_do_not_parse_are_counted_and_hide_no_other(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("accounts/bohai/opportunities/line-4.yaml", "name\uff1a四号线\n")
    work.commit("a slip", "2026-05-02")
    work.write("accounts/bohai/opportunities/line-4.yaml", DEAL.replace("100", "40"))
    work.write(LINE_3, DEAL.replace("100", "120"))
    work.write(VISIT, "date: [\n")
    assert run(work.root, "--format", "json") == 0
    captured = capsys.readouterr()
    assert "2 files could not be compared" in captured.err
    found = json.loads(captured.out)
    assert [record["id"] for record in found["data"]] == ["bohai/line-3"]
    assert [(one["path"], one["states"]) for one in found["unreadable"]] == [
        (VISIT, ["after"]),
        ("accounts/bohai/opportunities/line-4.yaml", ["before"]),
    ]
    assert steps(found) == {"start": 100, "up": 20, "end": 120}
    assert "could not be read in the earlier state" in shown(work.root, capsys)


def test_below_the_top_of_a_repository_with_spaces_and_chinese_names(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace_in(repo, "销售 部/")
    repo.write("elsewhere.yaml", "a: 1\n")
    repo.commit("first", "2026-05-01")
    repo.write("销售 部/accounts/渤海 二/account.yaml", ACCOUNT)
    repo.write("elsewhere.yaml", "a: 2\n")
    repo.write("销售 部/" + LINE_3, DEAL.replace("100", "120"))
    found = data(repo.root / "销售 部", capsys)
    assert [record["id"] for record in found["data"]] == ["bohai/line-3", "渤海 二"]
    repo.git("add", "-A")
    assert data(repo.root / "销售 部", capsys, "--staged")["data"] == found["data"]
    repo.commit("second", "2026-05-02")
    assert data(repo.root / "销售 部", capsys, "HEAD~1..")["data"] == found["data"]


def test_a_broken_method_leaves_the_changes(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("kamctl.yaml", SETTINGS + "process: nowhere\n")
    work.write(LINE_3, DEAL.replace("100", "120"))
    assert run(work.root, "--format", "json") == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert found["totals"] is None
    assert words(found) == ["Amount 100 CNY → 120 CNY"]
    assert "no totals and no scores" in captured.err
    assert "method-missing" in [problem["rule"] for problem in found["introduced"]]


def test_a_merge_in_conflict(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.git("checkout", "--quiet", "-b", "mine")
    work.write(LINE_3, DEAL.replace("100", "120"))
    work.commit("mine", "2026-05-02")
    work.git("checkout", "--quiet", "main")
    work.write(LINE_3, DEAL.replace("100", "150"))
    work.commit("theirs", "2026-05-03")
    with pytest.raises(subprocess.CalledProcessError):
        work.git("merge", "mine")
    for arguments in ([], ["--staged"]):
        assert run(work.root, *arguments) == 0
    assert "1 file could not be compared" in capsys.readouterr().err


def test_nothing_of_the_repository_is_run(work: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A filter, external diff or file system monitor would leave a trace; files written just now are looked into."""
    trace = tmp_path / "trace"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {trace}\ncat\n")
    script.chmod(0o755)
    for name in ("filter.evil.clean", "filter.a=b.process", "diff.external", "core.fsmonitor", "diff.evil.textconv"):
        work.git("config", name, str(script))
    work.write(".gitattributes", "*.yaml filter=evil diff=evil\n")
    work.write("accounts/.gitattributes", "account.yaml filter=a=b\n")
    for path in (LINE_3, "accounts/bohai/account.yaml"):
        text = (work.root / path).read_text("utf-8")
        work.write(path, text)
    for arguments in ([], ["--staged"], ["HEAD..HEAD"]):
        assert run(work.root, *arguments) == 0
    assert not trace.exists()


# --- how it is shown


def test_what_three_months_changed(history: Path, golden: Callable[[str, str], None], capsys: Any) -> None:
    start = ["-C", str(history), "--as-of", "2026-06-15"]
    for lang, form in (("en", "md"), ("zh-Hans", "md"), ("zh-Hant", "html"), ("en", "table")):
        assert cli.run([*start, "--lang", lang, "--format", form, "diff", "2026-06-05..2026-06-10"]) == 0
        text = capsys.readouterr().out
        commits = {Repository.open(history).commit(one).short for one in ids(history)}
        for commit in commits:
            text = text.replace(commit, "COMMIT")
        golden(f"diff-june.{lang}.{form.replace('table', 'txt')}", text)


def ids(root: Path) -> list[str]:
    done = subprocess.run(["git", "log", "--format=%H", "-40"], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_markdown_lets_nothing_of_a_file_become_markup(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("accounts/bohai/account.yaml", "name: </summary><script>alert(1)</script>\nowner: li-na\n")
    work.write(LINE_3, DEAL.replace("三号线", "'# <img src=x> @everyone'"))
    assert run(work.root, "--format", "md") == 0
    text = capsys.readouterr().out
    assert "<script>" not in text
    assert "<img" not in text.replace("\\<img", "")
    assert text.count("<details>") == text.count("</details>") == text.count("<summary>") == text.count("</summary>")


def test_into_a_file_by_its_ending(work: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work.write(LINE_3, DEAL.replace("100", "120"))
    assert run(work.root, "-o", str(tmp_path / "a.html")) == 0
    assert run(work.root, "-o", str(tmp_path / "a.md")) == 0
    assert (tmp_path / "a.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "a.md").read_text("utf-8").startswith("### What changed")
    assert "created" in capsys.readouterr().err


def test_a_pipe_gets_a_row_a_change(work: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    work.write(LINE_3, DEAL.replace("100", "120").replace("2026-09-30", "2026-10-30"))
    assert run(work.root, "--fields", "id,change,field,before,after") == 0
    assert capsys.readouterr().out.splitlines() == [
        "id\tchange\tfield\tbefore\tafter",
        "bohai/line-3\tfield\tamount\t100 CNY\t120 CNY",
        "bohai/line-3\tclose_date\tclose_date\t2026-09-30\t2026-10-30",
    ]


# --- laws

AMOUNTS = st.one_of(st.none(), st.decimals(min_value=0, max_value=10**9, places=2))
STAGES = st.sampled_from(["L", "O", "Q", "OR", "LOST"])
DEALS = st.dictionaries(st.sampled_from("abcd"), st.tuples(STAGES, AMOUNTS, st.sampled_from("?+-")), max_size=4)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(one=DEALS, other=DEALS)
def test_totals_balance_and_a_reversed_diff_mirrors(
    one: dict[str, Any], other: dict[str, Any], tmp_path_factory: pytest.TempPathFactory, capsys: Any
) -> None:
    from conftest import Repo

    repo = Repo(tmp_path_factory.mktemp("laws"))
    workspace_in(repo)
    (repo.root / LINE_3).unlink()
    for day, deals in (("2026-05-01", one), ("2026-05-02", other)):
        shutil.rmtree(repo.root / "accounts/bohai/opportunities", ignore_errors=True)
        for name, deal in deals.items():
            repo.write(f"accounts/bohai/opportunities/{name}.yaml", written(name, *deal))
        repo.commit("state", day)
    there, back = (data(repo.root, capsys, asked) for asked in ("HEAD~1..HEAD", "HEAD..HEAD~1"))
    for found in (there, back):
        found_steps = {step["step"]: Decimal(str(step["amount"])) for step in found["totals"]["steps"]}
        assert found_steps.pop("end") == sum(found_steps.values())
        assert data(repo.root, capsys, "HEAD..HEAD")["data"] == []
    edges = [{s["step"]: (s["amount"], s["deals"]) for s in found["totals"]["steps"]} for found in (there, back)]
    assert edges[0]["start"] == edges[1]["end"]
    assert edges[0]["end"] == edges[1]["start"]
    judged = [{r["id"]: (r["then"], r["now"]) for r in found["data"]} for found in (there, back)]
    assert {name: pair[::-1] for name, pair in judged[0].items()} == judged[1]


def written(name: str, stage: str, amount: Decimal | None, mark: str) -> str:
    text = f"name: deal {name}\nstage: {stage}\n" + (f"amount: {amount} CNY\n" if amount is not None else "")
    return text + f"assessments:\n  - {{date: 2026-04-01, marks: {{project: {{us: '{mark}'}}}}}}\n"
