"""A workspace as it stood: revisions and days, snapshots of a commit, and repositories in every state."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kamctl import cli
from kamctl.facts import HEADS
from kamctl.history import git
from kamctl.history.answers import ADDED, DELETED, MODIFIED, RENAMED
from kamctl.history.repository import Repository
from kamctl.history.revisions import commit_on, read_day, revision
from kamctl.history.snapshot import KEPT, Snapshot, commit_of, workspace_at
from kamctl.parallel import begun
from kamctl.phrases import Verbatim
from kamctl.problems import KamctlError
from kamctl.workspace import Workspace

if TYPE_CHECKING:
    from conftest import Repo

TODAY = date(2026, 6, 15)
SETTINGS = "format: 1\ncurrency: CNY\n"
TEAM = "members:\n  li-na: {name: 李娜}\n"
ACCOUNT = "name: 渤海水务\nowner: li-na\n"
DEAL = "name: 三号线\nstage: L\namount: 100 CNY\nclose_date: 2026-09-30\n"
DEAL_PATH = "accounts/bohai/opportunities/line-3.yaml"


def workspace_in(repo: Repo, prefix: str = "") -> None:
    for path, text in (("kamctl.yaml", SETTINGS), ("team.yaml", TEAM), ("accounts/bohai/account.yaml", ACCOUNT)):
        repo.write(prefix + path, text)
    repo.write(prefix + DEAL_PATH, DEAL)


def run(root: Path, *arguments: str) -> int:
    return cli.run(["-C", str(root), *arguments])


def at(root: Path, asked: str) -> Workspace:
    repository = Repository.open(root)
    return workspace_at(root, repository, revision(repository, asked, TODAY))


def amounts(workspace: Workspace) -> list[str]:
    return [str(deal.amount) for deal in workspace.load(HEADS).facts.opportunities]


# --- --at


READING = (
    ["pipeline", "--all"],
    ["pipeline", "--format", "json"],
    ["pipeline", "--stage", "Q"],
    ["validate", "--notes"],
    ["validate", "accounts/bohai-water"],
    ["score", "bohai-water/line-3"],
    ["account", "list"],
    ["account", "show", "bohai-water"],
    ["account", "grade", "bohai-water"],
    ["contact", "list"],
    ["contact", "show", "bohai-water/zhang-wei"],
    ["opportunity", "list"],
    ["opportunity", "show", "bohai-water/line-3"],
    ["opportunity", "people", "bohai-water/line-3"],
    ["opportunity", "gate", "bohai-water/line-3"],
    ["callplan", "list"],
    ["callplan", "show", "bohai-water/2026-06-17-zhang-wei"],
    ["method", "list"],
    ["method", "show", "reasons"],
    ["method", "check"],
    ["importance"],
    ["log", "bohai-water/line-3"],
    ["blame", "bohai-water/line-3"],
)


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_command_shows_of_a_commit_what_it_showed_of_the_files(
    command: list[str], history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The files are gone meanwhile but for an empty kamctl.yaml, so that nothing can come from them."""
    copy = Path(shutil.copytree(history, tmp_path / "copy"))
    expected = run(copy, "--as-of", "2026-06-15", *command), capsys.readouterr().out
    for name in ("accounts", "weeks"):
        shutil.rmtree(copy / name)
    (copy / "team.yaml").unlink()
    (copy / "kamctl.yaml").write_text("")
    for _ in ("cold", "warm"):
        found = run(copy, "--as-of", "2026-06-15", "--at", "HEAD", *command), capsys.readouterr().out
        assert found == expected


def test_at_takes_the_day_of_the_commit_for_today(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_in(repo)
    repo.commit("first", "2026-05-01")
    repo.write(DEAL_PATH, DEAL.replace("100", "200"))
    repo.commit("second", "2026-05-10")
    assert run(repo.root, "--at", "HEAD~1", "pipeline", "--format", "json") == 0
    assert '"as_of": "2026-05-01"' in capsys.readouterr().out
    assert run(repo.root, "--at", "2026-05-04", "pipeline", "--format", "json") == 0
    shown = capsys.readouterr().out
    assert '"as_of": "2026-05-04"' in shown
    assert '"amount": 100' in shown
    assert run(repo.root, "--at", "HEAD~1", "--as-of", "2026-05-02", "pipeline", "--format", "json") == 0
    assert '"as_of": "2026-05-02"' in capsys.readouterr().out


def test_at_may_stand_in_the_environment(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace_in(repo)
    repo.commit("first", "2026-05-01")
    repo.write(DEAL_PATH, DEAL.replace("100", "200"))
    monkeypatch.setenv("KAMCTL_AT", "HEAD")
    assert run(repo.root, "pipeline", "--fields", "amount") == 0
    assert capsys.readouterr().out == "amount\n100\n"


@pytest.mark.parametrize(
    "command",
    [
        ["opportunity", "set", "bohai/line-3", "amount=1 CNY"],
        ["opportunity", "set", "bohai/line-3", "amount=1 CNY", "--dry-run"],
        ["account", "new", "x", "--name", "X", "--owner", "li-na"],
        ["init", "elsewhere"],
    ],
    ids=" ".join,
)
def test_the_past_cannot_be_written(command: list[str], repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_in(repo)
    repo.commit("first")
    assert run(repo.root, "--at", "HEAD", *command) == 2
    assert "cannot write into the past" in capsys.readouterr().err
    assert repo.git("status", "--porcelain") == ""


def test_settings_team_and_method_are_those_of_the_commit(repo: Repo) -> None:
    workspace_in(repo)
    repo.write("method/reasons.yaml", "version: 7\nlost: []\n")
    repo.commit("first")
    repo.write("kamctl.yaml", SETTINGS.replace("CNY", "USD"))
    repo.write("team.yaml", "members: {}\n")
    repo.write("method/reasons.yaml", "version: 8\nlost: []\n")
    repo.commit("second")
    then = at(repo.root, "HEAD~1")
    assert then.settings.currency == "CNY"
    assert list(then.load(("members",)).facts.members) == ["li-na"]
    assert then.methods.place("scorecard", "tas20").own is False
    assert then.methods.place("reasons", "reasons") == ("method/reasons.yaml", True)


def test_a_file_that_did_not_parse_then_is_counted_and_hides_no_other(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace_in(repo)
    repo.write("accounts/bohai/opportunities/line-4.yaml", "name\uff1a四号线\n")
    repo.commit("a slip")
    repo.write("accounts/bohai/opportunities/line-4.yaml", DEAL)
    repo.commit("mended")
    assert run(repo.root, "--at", "HEAD~1", "pipeline", "--fields", "id") == 0
    shown = capsys.readouterr()
    assert shown.out == "id\nbohai/line-3\n"
    assert "1 file of 4" in shown.err


def test_paths_with_spaces_and_chinese_names_below_the_top_of_the_repository(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace_in(repo, "销售 部/")
    repo.write("销售 部/accounts/渤海/account.yaml", ACCOUNT)
    repo.write("销售 部/accounts/渤海/opportunities/四号 线.yaml", DEAL.replace("100", "300"))
    repo.write("accounts/other/opportunities/x.yaml", DEAL)
    repo.commit("first")
    assert sorted(amounts(at(repo.root / "销售 部", "HEAD"))) == ["100", "300"]
    assert run(repo.root / "销售 部", "log", "渤海/四号 线", "--fields", "date,kind,after") == 0
    assert capsys.readouterr().out == "date\tkind\tafter\n2026-05-01\tcreated\t三号线\n"


def test_the_index_knows_a_tree_and_starts_another_from_it(repo: Repo) -> None:
    workspace_in(repo)
    repo.write("accounts/bohai/opportunities/line-4.yaml", DEAL)
    repo.commit("first")
    repo.write(DEAL_PATH, DEAL.replace("100", "200"))
    repo.commit("second")
    assert [at(repo.root, "HEAD").load(HEADS).anew for _ in range(2)] == [4, 0]
    assert [at(repo.root, "HEAD~1").load(HEADS).anew for _ in range(2)] == [1, 0]
    assert sorted(amounts(at(repo.root, "HEAD~1"))) == ["100", "100"]
    assert sorted(amounts(at(repo.root, "HEAD"))) == ["100", "200"]


def test_the_index_keeps_a_few_trees(repo: Repo) -> None:
    workspace_in(repo)
    for number in range(KEPT + 4):
        repo.write(DEAL_PATH, DEAL.replace("100", str(number)))
        repo.commit(str(number))
        assert amounts(at(repo.root, "HEAD")) == [str(number)]
    folder = at(repo.root, "HEAD").index.folder
    assert folder is not None
    assert len(os.listdir(Path(folder).parent)) == KEPT


def test_without_a_cache_a_commit_is_read_all_the_same(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAMCTL_NO_CACHE", "1")
    workspace_in(repo)
    repo.commit("first")
    assert amounts(at(repo.root, "HEAD")) == ["100"]


def test_many_files_are_read_by_two_processes(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kamctl.loading.FEW", 3)
    workspace_in(repo)
    for number in range(20):
        repo.write(f"accounts/bohai/opportunities/d{number:02}.yaml", DEAL.replace("100", str(number)))
    repo.commit("first")
    found = {deal.id: str(deal.amount) for deal in at(repo.root, "HEAD").load(HEADS).facts.opportunities}
    assert found == {"bohai/line-3": "100", **{f"bohai/d{n:02}": str(n) for n in range(20)}}


def test_links_count_as_the_file_that_they_lead_to_and_submodules_as_nothing(repo: Repo, tmp_path: Path) -> None:
    workspace_in(repo)
    (repo.root / "accounts/bohai/opportunities/same.yaml").symlink_to("line-3.yaml")
    (repo.root / "accounts/bohai/opportunities/out.yaml").symlink_to("/etc/hostname")
    (repo.root / "accounts/bohai/opportunities/nowhere.yaml").symlink_to("gone.yaml")
    other = type(repo)(tmp_path / "other")
    other.write("account.yaml", ACCOUNT)
    other.commit("first")
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.root), "accounts/module")
    repo.commit("first")
    then = at(repo.root, "HEAD")
    assert then.ids("opportunity") == ["bohai/line-3", "bohai/same"]
    assert then.ids("account") == ["bohai"]
    assert [commit.subject for commit, _ in Repository.open(repo.root).log(("accounts/module",), "HEAD")] == ["first"]


# --- revisions and days


def test_a_revision_is_a_branch_a_tag_an_id_or_a_day(repo: Repo) -> None:
    workspace_in(repo)
    first = repo.commit("first", "2026-05-01")
    repo.git("tag", "v1")
    repo.write(DEAL_PATH, DEAL.replace("100", "200"))
    second = repo.commit("second", "2026-05-10")
    repository = Repository.open(repo.root)
    for asked, expected in {
        "main": second, "v1": first, first[:8]: first, "HEAD~1": first, "@": second,
        "2026-05-01": first, "2026-05-09": first, "2026/5/10": second, "today": second, "yesterday": second,
    }.items():  # fmt: skip
        assert revision(repository, asked, TODAY).commit.id == expected, asked
    assert revision(repository, "-5w", date(2026, 6, 10)).commit.id == first


@pytest.mark.parametrize("asked", ["fri", "7d", "deadbeef", "main", "v1", "2026-05"])
def test_what_may_be_the_name_of_a_revision_is_no_day(asked: str) -> None:
    assert read_day(asked, TODAY) is None


def test_a_day_ends_where_its_committer_was(repo: Repo) -> None:
    workspace_in(repo)
    late = repo.commit("late in the evening in Dalian", "2026-05-01T23:50:00+0800")
    repo.write(DEAL_PATH, DEAL.replace("100", "200"))
    after = repo.commit("just after midnight there", "2026-05-02T00:10:00+0800")
    repository = Repository.open(repo.root)
    assert commit_on(repository, date(2026, 5, 1)).id == late
    assert commit_on(repository, date(2026, 5, 2)).id == after


def test_a_day_goes_along_first_parents(repo: Repo) -> None:
    workspace_in(repo)
    repo.commit("first", "2026-05-01")
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write(DEAL_PATH, DEAL.replace("100", "200"))
    repo.commit("on the side", "2026-05-05")
    repo.git("checkout", "--quiet", "main")
    main = repo.commit("on main", "2026-05-03")
    repo.git("merge", "--quiet", "--no-ff", "-m", "merged", "side", GIT_COMMITTER_DATE="2026-05-08T17:00:00+0800")
    assert commit_on(Repository.open(repo.root), date(2026, 5, 6)).id == main


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        ("mian", 'there is no revision "mian"', 'did you mean "main"?'),
        ("zzzzzz", 'there is no revision "zzzzzz"', "one of main"),
        ("HEAD~99", 'there is no revision "HEAD~99"', "one of main"),
        ("--all", '"--all" is no revision', "a commit, a branch"),
        ("-x", '"-x" is no revision', "a commit, a branch"),
        ("", '"" is no revision', "a commit, a branch"),
        ("main..main", '"main..main" is a range', "one revision"),
        ("2026-02-31", '"2026-02-31" is not a date', ""),
        ("2020-01-01", "there is no commit on or before 2020-01-01", "history begins on 2026-05-01"),
        ("HEAD:kamctl.yaml", 'there is no revision "HEAD:kamctl.yaml"', "one of main"),
    ],
)
def test_a_revision_that_is_not_there(asked: str, message: str, hint: str, repo: Repo) -> None:
    workspace_in(repo)
    repo.commit("first")
    with pytest.raises(KamctlError) as caught:
        revision(Repository.open(repo.root), asked, TODAY)
    assert message in caught.value.message
    assert hint in caught.value.hint


# --- repositories in every state


def test_no_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kamctl.yaml").write_text(SETTINGS)
    for command in (["--at", "HEAD", "pipeline"], ["log"], ["blame", "bohai"]):
        assert run(tmp_path, *command) == 2
        assert "is in no git repository" in capsys.readouterr().err
    assert Repository.find(tmp_path) is None


def test_no_git(repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_in(repo)
    repo.commit("first")
    monkeypatch.setattr("shutil.which", lambda _: None)
    git._executable.cache_clear()
    try:
        assert run(repo.root, "--at", "HEAD", "pipeline") == 2
        assert "git is not installed" in capsys.readouterr().err
        assert run(repo.root, "pipeline") == 0
    finally:
        git._executable.cache_clear()


def test_a_branch_without_commits(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_in(repo)
    for command in (["--at", "HEAD", "pipeline"], ["--at", "2026-05-01", "pipeline"], ["log"], ["blame", "bohai"]):
        assert run(repo.root, *command) == 2
        assert "there is no commit yet" in capsys.readouterr().err


def test_a_bare_repository(repo: Repo, tmp_path: Path) -> None:
    workspace_in(repo)
    repo.commit("first")
    bare = tmp_path / "bare.git"
    repo.git("clone", "--quiet", "--bare", ".", str(bare))
    with pytest.raises(KamctlError, match="bare repository"):
        Repository.open(bare)


def test_a_shallow_clone_works_and_says_so(repo: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_in(repo)
    repo.commit("first", "2026-05-01")
    repo.write(DEAL_PATH, DEAL.replace("100", "200"))
    repo.commit("second", "2026-05-10")
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.root}", str(clone))
    assert run(clone, "--lang", "en", "log", "bohai/line-3", "--fields", "date,kind") == 0
    shown = capsys.readouterr()
    assert shown.out == "date\tkind\n2026-05-10\tcreated\n"
    assert "this clone is shallow" in shown.err
    assert run(clone, "--at", "2026-05-05", "pipeline") == 2
    assert "git fetch --unshallow" in capsys.readouterr().err
    assert run(clone, "--at", "HEAD~1", "pipeline") == 2
    assert "this clone is shallow" in capsys.readouterr().err
    assert amounts(at(clone, "HEAD")) == ["200"]


def test_a_file_whose_content_is_not_in_the_clone_cannot_be_read_and_nothing_is_fetched(
    repo: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace_in(repo)
    repo.commit("first")
    repo.write(DEAL_PATH, DEAL.replace("100", "200"))
    repo.commit("second")
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--filter=blob:none", f"file://{repo.root}", str(clone))
    assert run(clone, "--at", "HEAD~1", "--lang", "en", "validate", "--format", "concise") == 1
    assert "its content is not in this clone" in capsys.readouterr().out
    assert amounts(at(clone, "HEAD")) == ["200"]


def test_a_workspace_that_was_not_there_yet(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write("README.md", "hello\n")
    repo.commit("first", "2026-05-01")
    workspace_in(repo, "sales/")
    repo.commit("second", "2026-05-02")
    assert run(repo.root / "sales", "--at", "HEAD~1", "pipeline") == 2
    shown = capsys.readouterr().err
    assert "there was no folder sales/" in shown
    assert "it came on 2026-05-02" in shown
    repo.git("mv", "sales/kamctl.yaml", "sales/other.yaml")
    repo.commit("third")
    repo.git("mv", "sales/other.yaml", "sales/kamctl.yaml")
    assert run(repo.root / "sales", "--at", "HEAD", "pipeline") == 2
    assert "there was no sales/kamctl.yaml" in capsys.readouterr().err


def test_a_repository_of_somebody_else_is_explained(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace_in(repo)
    said = b"fatal: detected dubious ownership in repository at '/x'\nTo add an exception\n"
    done = subprocess.CompletedProcess([], 128, b"", said)
    monkeypatch.setattr(git, "run", lambda *_: done)
    with pytest.raises(KamctlError, match="belongs to somebody else") as caught:
        Repository.open(repo.root)
    assert "safe.directory" in caught.value.hint
    monkeypatch.setattr(git, "run", lambda *_: subprocess.CompletedProcess([], 128, b"", b"fatal: bad config line 1\n"))
    with pytest.raises(KamctlError, match="bad config line 1"):
        Repository.open(repo.root)


# --- what a repository may not do


def test_nothing_of_the_repository_is_run_and_nothing_is_changed(repo: Repo, tmp_path: Path) -> None:
    """Every setting that runs a program names one that leaves a trace."""
    workspace_in(repo)
    repo.commit("first", "2026-05-01")
    repo.write(DEAL_PATH, DEAL.replace("100", "200"))
    repo.commit("second", "2026-05-02")
    trace = tmp_path / "trace"
    evil = repo.write("evil.sh", f"#!/bin/sh\necho ran >> '{trace}'\ncat\n")
    evil.chmod(0o755)
    hooks = repo.root / "hooks"
    for name in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"):
        repo.write(f"hooks/{name}", evil.read_bytes()).chmod(0o755)
    repo.write(".gitattributes", "*.yaml diff=evil filter=evil\n")
    for setting in (
        "core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "filter.evil.clean",
        "filter.evil.smudge", "filter.evil.process", "core.pager", "pager.log", "gpg.program", "core.sshCommand",
        "core.editor", "credential.helper", "core.alternateRefsCommand",
    ):  # fmt: skip
        repo.git("config", setting, str(evil))
    repo.git("config", "core.hooksPath", str(hooks))
    for setting, value in {
        "log.showSignature": "true", "log.showRoot": "false", "diff.relative": "true", "log.follow": "true",
        "diff.noprefix": "true", "color.ui": "always", "format.pretty": "oneline", "i18n.logOutputEncoding": "GBK",
    }.items():  # fmt: skip
        repo.git("config", setting, value)
    before = {path: path.read_bytes() for path in sorted((repo.root / ".git").rglob("*")) if path.is_file()}
    for command in (["log"], ["log", "bohai/line-3"], ["blame", "bohai/line-3"], ["--at", "HEAD~1", "pipeline"]):
        assert run(repo.root, *command) == 0
    assert amounts(at(repo.root, "HEAD~1")) == ["100"]
    assert not trace.exists()
    assert {path: path.read_bytes() for path in sorted((repo.root / ".git").rglob("*")) if path.is_file()} == before


def test_variables_that_point_elsewhere_do_not_count(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git sets them for a hook that calls kamctl."""
    workspace_in(repo)
    repo.commit("first")
    other = type(repo)(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert amounts(at(repo.root, "HEAD")) == ["100"]


# --- the log that everything else reads


def test_a_log_tells_what_each_commit_did_to_which_file(repo: Repo) -> None:
    workspace_in(repo)
    repo.commit("first", "2026-05-01", "王强")
    repo.write(DEAL_PATH, DEAL.replace("100", "200"))
    repo.git("mv", "accounts/bohai/account.yaml", "accounts/bohai/renamed.yaml")
    repo.git("rm", "--quiet", "team.yaml")
    repo.commit("主题: 二", "2026-05-02")
    repository = Repository.open(repo.root)
    (second, changes), (first, _) = repository.log((), "HEAD", renames=True)
    assert (first.author, first.day, second.subject) == ("王强", date(2026, 5, 1), "主题: 二")
    assert second.parents == (first.id,)
    assert {(change.status, change.old_path, change.path) for change in changes} == {
        (MODIFIED, DEAL_PATH, DEAL_PATH),
        (RENAMED, "accounts/bohai/account.yaml", "accounts/bohai/renamed.yaml"),
        (DELETED, "team.yaml", "team.yaml"),
    }
    assert repository.commit(first.id) == first
    assert first.short == first.id[:9]


def test_a_log_can_be_left_before_its_end(repo: Repo) -> None:
    for number in range(30):
        repo.commit(str(number))
    assert next(iter(Repository.open(repo.root).log((), "HEAD", changes=False)))[0].subject == "29"


def test_a_log_that_git_refuses_is_an_error(repo: Repo) -> None:
    repo.commit("first")
    repository = Repository.open(repo.root)
    with pytest.raises(KamctlError, match="git log: bad revision"):
        list(repository.log((), "nothing-of-that-name"))
    with pytest.raises(KamctlError, match="git ls-tree"):
        list(repository.entries("0" * 40))


@pytest.mark.parametrize("seconds", ["95617584000", "999999999999999", "-1"])
def test_a_forged_date_stops_nothing(seconds: str, repo: Repo) -> None:
    workspace_in(repo)
    repo.commit("first")
    raw = repo.git("cat-file", "commit", "HEAD") + "\n"
    file = repo.write("../forged", re.sub(r"> \d+", f"> {seconds}", raw))
    forged = repo.git("hash-object", "-t", "commit", "-w", "--literally", str(file))
    ((commit, changes),) = Repository.open(repo.root).log((), forged)
    assert commit.subject == "first"
    assert commit.day.year in (1969, 1970, 5000)
    assert len(changes) == 4


def test_blobs_come_in_the_order_asked_for_and_missing_ones_as_none(repo: Repo) -> None:
    workspace_in(repo)
    repo.commit("first")
    repository = Repository.open(repo.root)
    blobs = [entry.blob for entry in repository.entries(repository.tree("HEAD") or "")]
    raws = list(repository.contents([blobs[1], "0" * 40, blobs[0]]))
    assert raws[1] is None
    assert raws[0] == (repo.root / DEAL_PATH).read_bytes()
    assert list(repository.contents([])) == []


def test_a_workspace_knows_up_to_which_commit_its_history_goes(repo: Repo) -> None:
    workspace_in(repo)
    first = repo.commit("first")
    second = repo.commit("second")
    repository = Repository.open(repo.root)
    assert commit_of(Workspace.open(repo.root), repository) == second
    then = at(repo.root, "HEAD~1")
    assert commit_of(then, repository) == first
    assert isinstance(then.files, Snapshot)
    assert repository.reaches(second, first)
    assert not repository.reaches(first, second)


def test_a_snapshot_answers_as_a_disk_does(repo: Repo) -> None:
    workspace_in(repo)
    repo.write("method/processes/own.yaml", "version: 1\n")
    repo.write("method/notes.yml", "a: 1\n")
    repo.write("weeks/2026-W20-li-na.yaml", "goals: []\n")
    repo.write("accounts/.hidden/account.yaml", ACCOUNT)
    repo.write("accounts/bohai/contacts/.draft.yaml", "name: x\n")
    repo.commit("first")
    disk, then = Workspace.open(repo.root).files, at(repo.root, "HEAD").files
    assert then.accounts() == disk.accounts() == ["bohai"]
    assert then.names("method/processes") == disk.names("method/processes") == ["own"]
    for folder in ("method", "accounts", "weeks", "nowhere"):
        assert then.below(folder) == disk.below(folder)
        assert then.holds_folder(folder) == disk.holds_folder(folder)
    for path in ("kamctl.yaml", DEAL_PATH, "nowhere.yaml", "accounts/bohai"):
        assert then.holds(path) == disk.holds(path)
    kinds = ("settings", "team", "account", "opportunity", "contact", "week")
    found = [
        [(f.path, f.kind, f.prefix, [stem for stem, _ in f.files]) for f in each.folders(kinds)]
        for each in (disk, then)
    ]
    assert found[0] == found[1]
    with pytest.raises(FileNotFoundError):
        then.read("nowhere.yaml")


def test_added_is_what_a_first_commit_does(repo: Repo) -> None:
    workspace_in(repo)
    repo.commit("first")
    ((_, changes),) = Repository.open(repo.root).log(("kamctl.yaml",), "HEAD")
    assert [(change.status, change.before) for change in changes] == [(ADDED, "")]


def test_what_is_begun_gives_its_result_or_its_error_to_whoever_waits() -> None:
    waited: list[int] = []

    def work() -> int:
        waited.append(1)
        return 7

    def fail() -> int:
        raise KamctlError(Verbatim("git is gone"))

    result = begun(work)
    assert (result(), result(), waited) == (7, 7, [1])
    with pytest.raises(KamctlError, match="git is gone"):
        begun(fail)()


def test_a_git_that_knows_one_algorithm_alone_names_files_by_it(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older git prints an option of `rev-parse` that it does not know."""
    repo.write("a.txt", "a\n")
    repo.commit("first")
    run = git.run

    def older(folder: Path, arguments: Any, *more: Any, **others: Any) -> Any:
        done = run(folder, arguments, *more, **others)
        if "--show-object-format" in arguments:
            done.stdout = done.stdout.replace(b"sha1", b"--show-object-format", 1)
        return done

    monkeypatch.setattr(git, "run", older)
    found = Repository.open(repo.root)
    assert found.blob_of(b"a\n") == repo.git("rev-parse", "HEAD:a.txt")


def test_a_name_with_two_dots_in_it_may_mean_one_commit(repo: Repo) -> None:
    first = repo.commit("from a..b")
    repo.commit("second")
    repository = Repository.open(repo.root)
    for name, expected in (("HEAD~1", first), ("HEAD^{/a..b}", first), ("HEAD~1..HEAD", None), ("nowhere", None)):
        found = repository.state(name)
        assert (found and found[0].id) == expected, name
