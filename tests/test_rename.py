"""Another id for a record: its file moved, every reference rewritten, all or nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from kamctl import cli

if TYPE_CHECKING:
    from conftest import Repo

DEAL = """\
name: 三号线
owner: li-na   # 张伟的同学
stage: L
close_date: 2026-07-31
assessments:
  - date: 2026-05-01
    by: li-na
    marks:
      risk: {us: "+", evidence: li-na 说的, source: zhang-wei}
buying_team:
  zhang-wei: {roles: [D], influences: {wang-li: strong}, covered_by: li-na}   # 决策人
  wang-li: {roles: [A], influences: {zhang-wei: normal}}
actions:
  - {who: li-na, what: 拜访}
  - {who: "zhang-wei", what: 看标书}
"""

FILES = {
    "kamctl.yaml": "format: 1\nlanguage: en\ncurrency: CNY\n",
    "team.yaml": "members:\n  # 北方\n  li-na: {name: 李娜}\n  he-yong: {name: 何勇, manager: li-na}\n",
    "accounts/bohai/account.yaml": "name: 渤海水务\nowner: li-na\n",
    "accounts/bohai/contacts/zhang-wei.yaml": "name: 张伟\nreports_to: wang-li\n",
    "accounts/bohai/contacts/wang-li.yaml": "name: 王莉\n",
    "accounts/bohai/opportunities/line-3.yaml": DEAL,
    "accounts/bohai/calls/2026-05-02-zhang-wei.yaml": (
        "date: 2026-05-02\nby: li-na\ncontact: zhang-wei\nopportunity: line-3\nmode: visit\n"
    ),
    "accounts/tianqi/account.yaml": "name: 天启\nowner: he-yong\n",
    "accounts/tianqi/contacts/zhang-wei.yaml": "name: 另一个张伟\nreports_to: bohai/zhang-wei\n",
    "weeks/2026-W24-li-na.yaml": "callbacks:\n  - {contact: bohai/zhang-wei, date: 2026-06-10}\n",
}


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace in no repository."""
    for name, text in FILES.items():
        file = tmp_path / "ws" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return tmp_path / "ws"


@pytest.fixture
def kamctl(root: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> Ran:
        code = cli.run(["-C", str(root), "--as-of", "2026-06-15", *arguments])
        return Ran(code, *capsys.readouterr())

    return run


def texts(root: Path) -> dict[str, str]:
    """Return all files of a workspace but git's own."""
    files = (file for file in root.rglob("*") if file.is_file() and ".git" not in file.relative_to(root).parts)
    return {file.relative_to(root).as_posix(): file.read_bytes().decode("utf-8", "replace") for file in files}


def test_a_contact_is_renamed_in_its_account_and_nowhere_else(root: Path, kamctl: Run) -> None:
    done = kamctl("rename", "bohai/zhang-wei", "zhang-gong")
    assert done.code == 0, done.err
    after = texts(root)
    deal = after["accounts/bohai/opportunities/line-3.yaml"]
    assert deal == (
        DEAL.replace("source: zhang-wei", "source: zhang-gong")
        .replace("  zhang-wei: {roles", "  zhang-gong: {roles")
        .replace("{zhang-wei: normal}", "{zhang-gong: normal}")
        .replace('who: "zhang-wei"', 'who: "zhang-gong"')
    )
    assert "accounts/bohai/contacts/zhang-wei.yaml" not in after
    assert after["accounts/bohai/contacts/zhang-gong.yaml"] == FILES["accounts/bohai/contacts/zhang-wei.yaml"]
    assert "contact: zhang-gong\n" in after["accounts/bohai/calls/2026-05-02-zhang-wei.yaml"]
    assert after["accounts/tianqi/contacts/zhang-wei.yaml"] == "name: 另一个张伟\nreports_to: bohai/zhang-gong\n"
    assert "contact: bohai/zhang-gong," in after["weeks/2026-W24-li-na.yaml"]
    assert "1 file moved, 7 references changed in 4 files" in done.err


def test_one_of_our_people_is_renamed_with_the_weeks_and_free_text_stays(root: Path, kamctl: Run) -> None:
    done = kamctl("rename", "li-na", "li-na-bj")
    assert done.code == 0, done.err
    after = texts(root)
    assert after["team.yaml"] == (
        "members:\n  # 北方\n  li-na-bj: {name: 李娜}\n  he-yong: {name: 何勇, manager: li-na-bj}\n"
    )
    assert after["weeks/2026-W24-li-na-bj.yaml"] == FILES["weeks/2026-W24-li-na.yaml"]
    assert "weeks/2026-W24-li-na.yaml" not in after
    deal = after["accounts/bohai/opportunities/line-3.yaml"]
    assert "owner: li-na-bj   # 张伟的同学\n" in deal
    assert "evidence: li-na 说的" in deal
    assert deal.count("li-na-bj") == 4


def test_a_deal_and_an_account_are_renamed_and_the_result_validates(root: Path, kamctl: Run) -> None:
    (root / "accounts/bohai/notes").mkdir()
    (root / "accounts/bohai/notes/合同 1.pdf").write_bytes(b"\x00\xff pdf")
    assert kamctl("rename", "line-3", "三号线").code == 0
    done = kamctl("rename", "bohai", "bohai-env")
    assert done.code == 0, done.err
    after = texts(root)
    assert not (root / "accounts/bohai").exists()
    assert "accounts/bohai-env/opportunities/三号线.yaml" in after
    assert "opportunity: 三号线\n" in after["accounts/bohai-env/calls/2026-05-02-zhang-wei.yaml"]
    assert after["accounts/tianqi/contacts/zhang-wei.yaml"].endswith("reports_to: bohai-env/zhang-wei\n")
    assert (root / "accounts/bohai-env/notes/合同 1.pdf").read_bytes() == b"\x00\xff pdf"
    assert kamctl("validate").code == 0


def test_there_and_back_again_leaves_every_byte_as_it_was(root: Path, kamctl: Run) -> None:
    marked = root / "accounts/bohai/contacts/wang-li.yaml"
    marked.write_bytes(b"\xef\xbb\xbf" + "name: 王莉\r\nreports_to: zhang-wei   # 上级\r\n".encode())
    before = {path: (root / path).read_bytes() for path in texts(root)}
    for old, new in (("bohai/zhang-wei", "x-1"), ("bohai/x-1", "zhang-wei"), ("bohai", "y-1"), ("y-1", "bohai")):
        assert kamctl("rename", old, new).code == 0
    assert kamctl("rename", "he-yong", "z-1").code == 0
    assert kamctl("rename", "z-1", "he-yong").code == 0
    assert {path: (root / path).read_bytes() for path in texts(root)} == before


def test_a_dry_run_shows_plan_and_diff_and_writes_nothing(root: Path, kamctl: Run) -> None:
    before = texts(root)
    done = kamctl("rename", "bohai/zhang-wei", "zhang-gong", "-n")
    assert done.code == 0
    assert "accounts/bohai/contacts/zhang-wei.yaml → accounts/bohai/contacts/zhang-gong.yaml\n" in done.out
    assert "+contact: zhang-gong\n" in done.out
    assert texts(root) == before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("bohai/zhang-wei", "wang-li", "accounts/bohai/contacts/wang-li.yaml exists already"),
        ("bohai/zhang-wei", "tianqi/zhang-wei", "stays in bohai"),
        ("bohai/zhang-wei", "Zhang Wei", 'for example "zhang-wei"'),
        ("bohai/zhang-wei", "zhang-wei", "is called so already"),
        ("bohai/zhang-wei", "li-na", "li-na is one of our people"),
        ("li-na", "he-yong", "he-yong is one of our people already"),
        ("li-na", "wang-li", "is the id of a contact, bohai/wang-li"),
        ("li-na", "a/b", "has no slash"),
        ("bohai", "tianqi", "accounts/tianqi exists already"),
        ("zhang-wei", "x", "could be any of 2 records"),
        ("bohai/zhang-wie", "x", 'did you mean "bohai/zhang-wei"?'),
        ("nothing-like-it", "x", "an account, a contact, a deal, or a key of team.yaml"),
    ],
)
def test_what_cannot_be_renamed_is_said_and_nothing_is_written(
    root: Path, kamctl: Run, old: str, new: str, words: str
) -> None:
    before = texts(root)
    done = kamctl("rename", old, new)
    assert done.code in (1, 2)
    assert words in done.err
    assert texts(root) == before


def test_a_path_names_the_record(root: Path, kamctl: Run) -> None:
    assert kamctl("rename", "accounts/tianqi/contacts/zhang-wei.yaml", "zw").code == 0
    assert (root / "accounts/tianqi/contacts/zw.yaml").exists()


def test_a_file_that_cannot_be_read_stops_it_when_it_may_name_the_record(root: Path, kamctl: Run) -> None:
    broken = root / "accounts/bohai/calls/2026-05-03-x.yaml"
    broken.write_text("date: 2026-05-03\nby： li-na\n", "utf-8")
    assert kamctl("rename", "bohai/zhang-wei", "zhang-gong").code == 0
    done = kamctl("rename", "li-na", "li-na-bj")
    assert done.code == 1
    assert "accounts/bohai/calls/2026-05-03-x.yaml" in done.err
    assert kamctl("rename", "li-na", "li-na-bj", "--force").code == 0
    assert broken.read_text("utf-8").endswith("by： li-na\n")


def test_a_file_in_another_encoding_may_name_anybody(root: Path, kamctl: Run) -> None:
    (root / "accounts/bohai/calls/2026-05-03-x.yaml").write_bytes("date: 2026-05-03\nby: 李娜\n".encode("gb18030"))
    assert kamctl("rename", "he-yong", "x").code == 1


def test_a_reference_in_a_record_that_does_not_validate_is_changed_too(root: Path, kamctl: Run) -> None:
    file = root / "accounts/bohai/calls/2026-05-03-x.yaml"
    file.write_text("date: someday\nby: li-na\n", "utf-8")
    assert kamctl("rename", "li-na", "li-na-bj").code == 0
    assert file.read_text("utf-8") == "date: someday\nby: li-na-bj\n"


def test_a_new_key_that_stands_there_already_stops_it(root: Path, kamctl: Run) -> None:
    deal = root / "accounts/bohai/opportunities/line-3.yaml"
    deal.write_text(DEAL.replace("  wang-li: {roles", "  zhang-gong: {roles: [E]}\n  wang-li: {roles"), "utf-8")
    before = texts(root)
    done = kamctl("rename", "bohai/zhang-wei", "zhang-gong")
    assert done.code == 1
    assert "line-3.yaml: buying_team.zhang-gong is there already" in done.err
    assert texts(root) == before


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_in_an_account_stops_it(root: Path, kamctl: Run) -> None:
    os.symlink("account.yaml", root / "accounts/bohai/link")
    done = kamctl("rename", "bohai", "bohai-env")
    assert "accounts/bohai/link is a link" in done.err


# --- in a repository


def test_moves_are_staged_and_changed_references_are_not(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in FILES.items():
        repo.write(f"客户 档案/{name}", text)
    repo.commit("first")
    hook = repo.write(".git/hooks/post-index-change", "#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)
    code = cli.run(["-C", str(repo.root / "客户 档案"), "rename", "bohai/zhang-wei", "zhang-gong"])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    assert "1 move staged" in shown.err
    assert not list(repo.root.rglob("ran"))
    hook.unlink()
    status = repo.git("-c", "core.quotePath=false", "status", "--short", "--untracked-files=all").splitlines()
    contacts = "客户 档案/accounts/bohai/contacts"
    assert any(line.startswith("R ") and f'"{contacts}/zhang-gong.yaml"' in line for line in status), status
    assert not any(line.startswith(("??", "A")) for line in status), status
    assert repo.git("diff", "--cached", "--name-only", "-M", "--diff-filter=M") == ""
    assert len([line for line in status if "line-3" in line]) == 1


def test_a_locked_index_leaves_the_files_moved_and_says_so(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in FILES.items():
        repo.write(name, text)
    repo.commit("first")
    repo.write(".git/index.lock", "")
    assert cli.run(["-C", str(repo.root), "rename", "line-3", "line-4"]) == 0
    assert "git does not know it yet" in capsys.readouterr().err
    assert (repo.root / "accounts/bohai/opportunities/line-4.yaml").exists()


def test_without_git_files_are_moved_all_the_same(root: Path, kamctl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from kamctl.history import git

    git._executable.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert kamctl("rename", "line-3", "line-4").code == 0
    git._executable.cache_clear()
    assert (root / "accounts/bohai/opportunities/line-4.yaml").exists()
