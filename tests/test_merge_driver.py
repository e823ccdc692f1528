"""git merging two people's branches with kamctl, in real repositories."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kamctl import cli, source
from kamctl.commands import driving

if TYPE_CHECKING:
    from conftest import Repo

DEAL = """\
name: 三号线
stage: L
amount: 100 CNY   # 口头报价
close_date: 2026-07-31
assessments:
  - date: 2026-05-01
    by: li-na
    marks:
      risk: {us: "?"}
"""
PLACE = "客户 档案"
LINE_3 = f"{PLACE}/accounts/bohai/opportunities/line-3.yaml"
ROOT = Path(__file__).parents[1]


@pytest.fixture
def shared(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Repo:
    """A workspace below the top of a repository that merges with kamctl, with a branch each of two people."""
    program = tmp_path / "bin" / "kamctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT / "src"}" exec "{sys.executable}" -m kamctl "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    repo.write(f"{PLACE}/kamctl.yaml", "format: 1\nlanguage: en\ncurrency: CNY\n")
    repo.write(f"{PLACE}/team.yaml", "members:\n  li-na: {name: 李娜}\n  ma-jun: {name: 马俊, email: ma@example.com}\n")
    repo.write(LINE_3, DEAL)
    assert cli.run(["init", str(repo.root / PLACE), "--git-driver"]) == 0
    repo.commit("first", "2026-05-01", "李娜")
    return repo


def branch(repo: Repo, name: str, author: str, *edits: tuple[str, str]) -> None:
    """Commit some edits of the deal on a branch of its own."""
    repo.git("checkout", "--quiet", "-b", name, "main")
    text = DEAL
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    repo.write(LINE_3, text)
    repo.commit(f"by {author}", "2026-05-02", author)


def merge(repo: Repo, name: str) -> tuple[int, str]:
    """Merge a branch; returns the exit code and all that was said."""
    own = ["git", "-c", "user.name=Li Na", "-c", "user.email=li@example.com", "merge", "--no-edit", name]
    plain = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(own, cwd=repo.root, env=plain, capture_output=True, check=False)
    return done.returncode, (done.stdout + done.stderr).decode()


def test_two_people_change_neighbouring_lines_and_git_merges_them(shared: Repo) -> None:
    branch(shared, "ma-jun", "马俊", ("2026-07-31", "2026-08-31"))
    branch(shared, "li-na", "李娜", ("100 CNY   # 口头报价", "120 CNY   # 书面报价"))
    assert merge(shared, "ma-jun")[0] == 0
    text = (shared.root / LINE_3).read_text("utf-8")
    assert text == DEAL.replace("100 CNY   # 口头报价", "120 CNY   # 书面报价").replace("2026-07-31", "2026-08-31")
    assert shared.git("status", "--short") == ""


def test_a_conflict_names_the_field_both_values_and_both_authors(shared: Repo) -> None:
    branch(shared, "ma-jun", "马俊", ("100 CNY", "90 CNY"), ("stage: L", "stage: O"))
    branch(shared, "li-na", "李娜", ("100 CNY", "120 CNY"), ("2026-07-31", "2026-08-31"))
    code, said = merge(shared, "ma-jun")
    assert code == 1
    assert "amount: 李娜 wrote 120 CNY, 马俊 wrote 90 CNY" in said
    text = (shared.root / LINE_3).read_text("utf-8")
    assert text.startswith(
        "name: 三号线\n"
        "stage: O\n"
        "<<<<<<< ours, 李娜 2026-05-02: amount 120 CNY\n"
        "amount: 120 CNY   # 口头报价\n"
        "=======\n"
        "amount: 90 CNY   # 口头报价\n"
        ">>>>>>> theirs, 马俊 2026-05-02: amount 90 CNY\n"
        "close_date: 2026-08-31\n"
    )
    assert "UU" in shared.git("status", "--short")


def test_a_mark_rated_differently_is_kept_as_both_say_with_the_keys_of_team_yaml(shared: Repo) -> None:
    branch(shared, "ma-jun", "马俊", ('{us: "?"}', '{us: "-", evidence: 工期紧}'))
    branch(shared, "li-na", "李娜", ('{us: "?"}', '{us: "+", evidence: 有备件}'))
    code, _ = merge(shared, "ma-jun")
    assert code == 0
    said: Any = source.read((shared.root / LINE_3).read_text("utf-8"))
    entry = said["assessments"][0]["marks"]["risk"]
    assert entry["us"] == "?"
    assert [(claim["by"], claim["mark"]) for claim in entry["disputed"]] == [("li-na", "+"), ("ma-jun", "-")]


def test_a_dispute_is_told_and_comes_first_among_the_questions(
    shared: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    branch(shared, "ma-jun", "马俊", ('{us: "?"}', '{us: "-", evidence: 工期紧}'))
    branch(shared, "li-na", "李娜", ('{us: "?"}', '{us: "+", evidence: 有备件}'))
    merge(shared, "ma-jun")
    folder = str(shared.root / PLACE)
    shared.write(f"{PLACE}/accounts/bohai/account.yaml", "name: 渤海\nowner: li-na\n")
    capsys.readouterr()
    assert cli.run(["-C", folder, "--as-of", "2026-05-03", "score", "line-3", "--format", "table"]) == 0
    shown = capsys.readouterr().out
    assert "  1. Degree of risk (disputed: 李娜 +, 马俊 -)" in shown
    assert cli.run(["-C", folder, "--as-of", "2026-05-03", "validate", "--format", "concise"]) == 0
    assert "mark-disputed" in capsys.readouterr().out
    assert (
        cli.run(["-C", folder, "opp", "assess", "line-3", "risk=+", "--date", "2026-05-01", "--evidence", "已查实"])
        == 0
    )
    assert "disputed" not in (shared.root / LINE_3).read_text("utf-8")


def test_one_claim_of_several_is_settled_alone(shared: Repo) -> None:
    entry = 'risk: {us: "?", donglin: "?", disputed: [{mark: "+"}, {party: donglin, mark: "+"}, {mark: "-"}]}'
    shared.write(LINE_3, DEAL.replace('risk: {us: "?"}', entry) + "competitors:\n  donglin: {name: 东岭}\n")
    shared.write(f"{PLACE}/accounts/bohai/account.yaml", "name: 渤海\nowner: li-na\n")
    folder = str(shared.root / PLACE)
    assert cli.run(["-C", folder, "opp", "assess", "line-3", "risk=-", "--date", "2026-05-01", "--evidence", "x"]) == 0
    assert 'disputed: [{party: donglin, mark: "+"}]' in (shared.root / LINE_3).read_text("utf-8")


def test_two_who_move_a_deal_are_told_whose_step_stands_and_what_to_decide(shared: Repo) -> None:
    first = "stage_history:\n  - {date: 2026-04-01, stage: L}\n"
    text = DEAL + first
    shared.write(LINE_3, text)
    shared.commit("a history", "2026-05-01", "李娜")

    def move(name: str, author: str, day: str, stage: str, more: str = "") -> None:
        shared.git("checkout", "--quiet", "-B", name, "main")
        step = f"  - {{date: {day}, stage: {stage}, by: {name}}}\n"
        shared.write(LINE_3, text.replace("stage: L\namount", f"{more}stage: {stage}\namount") + step)
        shared.commit(f"{stage} on {day}", "2026-05-21", author)

    move("ma-jun", "马俊", "2026-05-12", "S")
    move("li-na", "李娜", "2026-05-10", "O")
    code, said = merge(shared, "ma-jun")
    assert code == 0
    assert (
        "line-3.yaml: stage S of 2026-05-12 (马俊) stands, being later than O of 2026-05-10 (李娜); "
        "the history keeps both" in said
    )
    data: Any = source.read((shared.root / LINE_3).read_text("utf-8"))
    assert [data["stage"], *(step["stage"] for step in data["stage_history"])] == ["S", "L", "O", "S"]

    move("li-na", "李娜", "2026-05-12", "O")
    code, said = merge(shared, "ma-jun")
    assert code == 1
    assert "on 2026-05-12 李娜 moved the deal to O, 马俊 to S; choose the same side at each marker" in said
    assert "wrote O" not in said
    shared.git("merge", "--abort")

    move("li-na", "李娜", "2026-05-10", "LOST", more="lost: {date: 2026-05-10, reason: price}\n")
    code, said = merge(shared, "ma-jun")
    assert code == 1
    assert "李娜 ended the deal on 2026-05-10 (LOST), 马俊 moved it to S on 2026-05-12; decide" in said


def test_a_rebase_and_a_cherry_pick_merge_too(shared: Repo) -> None:
    branch(shared, "ma-jun", "马俊", ("2026-07-31", "2026-08-31"))
    branch(shared, "li-na", "李娜", ("100 CNY", "120 CNY"))
    shared.git("rebase", "--quiet", "ma-jun")
    text = (shared.root / LINE_3).read_text("utf-8")
    assert "120 CNY" in text
    assert "2026-08-31" in text


def test_a_file_that_cannot_be_read_is_merged_by_git(shared: Repo) -> None:
    branch(shared, "ma-jun", "马俊", ("name: 三号线", "name： 三号线"))
    branch(shared, "li-na", "李娜", ('{us: "?"}', '{us: "+"}'))
    code, _ = merge(shared, "ma-jun")
    assert code == 0
    assert (shared.root / LINE_3).read_text("utf-8").startswith("name： 三号线\n")


def test_a_file_in_another_encoding_and_a_byte_order_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base, ours, theirs = (tmp_path / name for name in ("base", "ours", "theirs"))
    base.write_bytes("a: 1\nb: 二\nc: 3\nd: 4\n".encode("gb18030"))
    ours.write_bytes("a: 1\nb: 二\nc: 3\nd: 5\n".encode("gb18030"))
    theirs.write_bytes("a: 2\nb: 二\nc: 3\nd: 4\n".encode("gb18030"))
    assert cli.run(["merge-driver", *map(str, (base, ours, theirs))]) == 0
    assert ours.read_bytes().decode("gb18030") == "a: 2\nb: 二\nc: 3\nd: 5\n"
    assert "merged by lines" in capsys.readouterr().err
    for file, text in ((base, "a: 1\nb: 2\n"), (ours, "a: 3\nb: 2\n"), (theirs, "a: 1\nb: 4\n")):
        file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert cli.run(["merge-driver", *map(str, (base, ours, theirs))]) == 0
    assert ours.read_bytes() == b"\xef\xbb\xbfa: 3\nb: 4\n"


def test_files_that_are_no_text_stay_ours_as_a_conflict(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("base", "ours", "theirs")]
    for number, file in enumerate(files):
        file.write_bytes(b"\x00\x01" + bytes([number]))
    assert cli.run(["merge-driver", *map(str, files)]) == 1
    assert files[1].read_bytes() == b"\x00\x01\x01"


def test_by_hand_without_a_path_the_sides_have_no_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / name for name in ("base", "ours", "theirs")]
    for file, amount in zip(files, ("1", "2", "3"), strict=True):
        file.write_text(f"amount: {amount}\n")
    assert cli.run(["merge-driver", *map(str, files), "--marker-size", "9"]) == 1
    assert files[1].read_text() == (
        "<<<<<<<<< ours: amount 2\namount: 2\n=========\namount: 3\n>>>>>>>>> theirs: amount 3\n"
    )
    assert "amount: ours wrote 2, theirs wrote 3" in capsys.readouterr().err
    assert cli.run(["merge-driver", "nowhere", *map(str, files[1:])]) == 2


def test_settings_in_conflict_do_not_keep_the_driver_from_speaking(shared: Repo) -> None:
    for name, currency in (("one", "USD"), ("two", "EUR")):
        shared.git("checkout", "--quiet", "-b", name, "main")
        shared.write(f"{PLACE}/kamctl.yaml", f"format: 1\nlanguage: en\ncurrency: {currency}\n")
        shared.commit(name, "2026-05-02", name)
    code, said = merge(shared, "one")
    assert code == 1
    assert "currency: two wrote EUR, one wrote USD" in said


# --- init --git-driver


def test_it_may_be_run_again_and_keeps_what_is_there(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write("kamctl.yaml", "format: 1\nlanguage: en\n")
    repo.write(".gitattributes", "*.yaml text eol=lf")
    assert cli.run(["init", str(repo.root), "--git-driver"]) == 0
    said = capsys.readouterr().err
    assert ".gitattributes: 4 lines added" in said
    assert "merge.kamctl.driver set for this clone" in said
    text = (repo.root / ".gitattributes").read_text()
    assert text.startswith("*.yaml text eol=lf\n")
    assert repo.git("config", "--local", "merge.kamctl.driver").startswith("kamctl merge-driver ")
    assert repo.git("check-attr", "merge", "accounts/a/b c/三.yaml").endswith(": merge: kamctl")
    assert cli.run(["init", str(repo.root), "--git-driver"]) == 0
    assert "already merges records with kamctl" in capsys.readouterr().err
    assert (repo.root / ".gitattributes").read_text() == text


def test_before_git_init_it_says_what_is_left_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new"
    assert cli.run(["init", str(folder), "--bare", "--git-driver"]) == 0
    assert "again after `git init`" in capsys.readouterr().err
    assert driving.LINES[0] in (folder / ".gitattributes").read_text()


def test_attributes_that_cannot_be_read_are_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kamctl.yaml").write_text("format: 1\n")
    (tmp_path / ".gitattributes").write_bytes(b"\xff\xfe")
    assert cli.run(["init", str(tmp_path), "--git-driver"]) == 2
    assert "add the lines by hand" in capsys.readouterr().err
