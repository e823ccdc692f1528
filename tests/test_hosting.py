"""CI of GitHub and GitLab, and who reviews what: `init` and `init --ci`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from kamctl import cli
from kamctl.commands.hosting import MARK

if TYPE_CHECKING:
    from conftest import Repo

TEAM = """\
members:
  wang: {name: 王强, email: wang@example.com}
  li: {name: 李娜, email: li@example.com, manager: wang}
  ma: {name: 马俊, manager: wang}
  zhou: {name: 周磊, manager: zhou}
"""


def workspace_in(root: Path) -> None:
    files = {"kamctl.yaml": "format: 1\nlanguage: zh-Hans\n", "team.yaml": TEAM}
    for name, owner in {"bohai": "li", "qing": "ma", "渤 海": "zhou", "none": ""}.items():
        files[f"accounts/{name}/account.yaml"] = f"name: {name}\n" + (f"owner: {owner}\n" if owner else "")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def run(root: Path, *arguments: str) -> int:
    return cli.run(["-C", str(root), "init", *arguments])


def jobs(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
def test_a_new_workspace_has_ci_that_validates_and_posts_the_diff(lang: str, tmp_path: Path) -> None:
    assert cli.run(["--lang", lang, "init", str(tmp_path / "new")]) == 0
    github = jobs(tmp_path / "new/.github/workflows/kamctl.yaml")["jobs"]
    assert list(github) == ["validate", "diff"]
    steps = " ".join(step.get("run", "") for step in github["diff"]["steps"])
    assert f'kamctl --lang {lang} diff "origin/$BASE...HEAD" --format md' in steps
    assert "github.base_ref" not in steps
    gitlab = jobs(tmp_path / "new/.gitlab-ci.yml")
    assert gitlab["kamctl-validate"]["script"][-1] == "kamctl validate --format concise"
    assert "CI_MERGE_REQUEST_DIFF_BASE_SHA..HEAD" in gitlab["kamctl-diff"]["script"][1]


def test_owners_of_accounts_review_them_and_managers_stand_in(repo: Repo, capsys: Any) -> None:
    workspace_in(repo.root)
    assert run(repo.root, "--ci") == 0
    lines = (repo.root / "CODEOWNERS").read_text("utf-8").splitlines()
    assert lines[0] == MARK
    assert lines[2:] == [
        "/accounts/bohai/ li@example.com",
        "/accounts/qing/ wang@example.com",
        "# /accounts/渤\\ 海/ has no reviewer: zhou has no e-mail in team.yaml, nor has a manager",
    ]
    assert "diff" in jobs(repo.root / ".github/workflows/kamctl.yaml")["jobs"]
    capsys.readouterr()
    assert run(repo.root, "--ci") == 0
    assert "CODEOWNERS" not in capsys.readouterr().err


def test_owners_are_written_anew_and_ci_of_ones_own_is_kept(repo: Repo, capsys: Any) -> None:
    workspace_in(repo.root)
    (repo.root / ".gitlab-ci.yml").write_text("mine: {}\n")
    assert run(repo.root, "--ci") == 0
    (repo.root / "accounts/bohai/account.yaml").write_text("name: bohai\nowner: wang\n", "utf-8")
    assert run(repo.root, "--ci", "--dry-run") == 0
    assert "+/accounts/bohai/ wang@example.com" in capsys.readouterr().out
    assert "/accounts/bohai/ li@" in (repo.root / "CODEOWNERS").read_text("utf-8")
    assert run(repo.root, "--ci") == 0
    assert "/accounts/bohai/ wang@example.com" in (repo.root / "CODEOWNERS").read_text("utf-8")
    assert (repo.root / ".gitlab-ci.yml").read_text() == "mine: {}\n"


def test_owners_that_somebody_wrote_are_kept(repo: Repo, capsys: Any) -> None:
    workspace_in(repo.root)
    repo.write("CODEOWNERS", "* @boss\n")
    assert run(repo.root, "--ci", "--lang", "en") == 1
    assert "written by somebody else" in capsys.readouterr().err
    assert (repo.root / "CODEOWNERS").read_text() == "* @boss\n"


def test_a_workspace_below_the_top_of_its_repository(repo: Repo) -> None:
    workspace_in(repo.root / "sales 北")
    assert run(repo.root / "sales 北", "--ci") == 0
    assert "/sales\\ 北/accounts/bohai/ li@example.com" in (repo.root / "CODEOWNERS").read_text("utf-8")
    assert jobs(repo.root / ".github/workflows/kamctl.yaml")["env"] == {"KAMCTL_WORKSPACE": "sales 北"}
    assert jobs(repo.root / ".gitlab-ci.yml")["variables"]["KAMCTL_WORKSPACE"] == "sales 北"


def test_without_a_repository_or_a_workspace(tmp_path: Path, capsys: Any) -> None:
    workspace_in(tmp_path / "plain")
    assert run(tmp_path / "plain", "--ci") == 0
    assert (tmp_path / "plain/CODEOWNERS").is_file()
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty", "--ci") == 2
    assert "there is no kamctl.yaml" in capsys.readouterr().err


def test_a_dry_run_of_a_new_workspace_lists_its_files(tmp_path: Path, capsys: Any) -> None:
    assert cli.run(["init", str(tmp_path / "new"), "-n"]) == 0
    assert ".gitlab-ci.yml" in capsys.readouterr().out.splitlines()
    assert not (tmp_path / "new").exists()
