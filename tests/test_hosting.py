"""CI of GitHub and GitLab, and who reviews what: `init` and `init --ci`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

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
    assert "${{" not in steps, "what others name goes through variables, never into the text of a script"
    gitlab = jobs(tmp_path / "new/.gitlab-ci.yml")
    assert gitlab["kamctl-validate"]["script"] == ["kamctl validate --format concise"]
    assert "CI_MERGE_REQUEST_DIFF_BASE_SHA..HEAD" in gitlab["kamctl-diff"]["script"][1]


@pytest.mark.parametrize(
    ("schema", "file"), [("github-workflows", ".github/workflows/kamctl.yaml"), ("gitlab-ci", ".gitlab-ci.yml")]
)
def test_the_hosts_know_every_key(schema: str, file: str, repo: Repo) -> None:
    pytest.importorskip("check_jsonschema")
    workspace_in(repo.root / "sales 北")
    assert run(repo.root / "sales 北", "--ci") == 0
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(repo.root / file)]
    done = subprocess.run(check, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


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
    assert jobs(repo.root / ".github/workflows/kamctl.yaml")["env"]["KAMCTL_WORKSPACE"] == "sales 北"
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


# --- as the CI runs them


ROOT = Path(__file__).parents[1]
DEAL = "name: 三号线\nowner: li\nstage: L\namount: 100 CNY\n"
LINE_3 = "sales 北/accounts/bohai/opportunities/line-3.yaml"
PIP = """#!/bin/sh
echo "$@" >> "$CALLED"
test "$2" != nowhere
"""
GH = """#!{python}
import json, os, subprocess, sys
from pathlib import Path
store = Path(os.environ["COMMENTS"])
comments = json.loads(store.read_text())
assert os.environ["GH_TOKEN"] == "token" and sys.argv[1] == "api"
place = next(one for one in sys.argv[2:] if one.startswith("repos/"))
if "--jq" in sys.argv:
    assert place == "repos/kam/north/issues/7/comments"
    what = sys.argv[sys.argv.index("--jq") + 1]
    sys.exit(subprocess.run(["jq", "-r", what], input=json.dumps(comments).encode()).returncode)
name, _, file = sys.argv[sys.argv.index("--field") + 1].partition("=@")
text = Path(file).read_text()
if "POST" in sys.argv:
    assert place == "repos/kam/north/issues/7/comments"
    comments.append({{"id": len(comments) + 1, name: text}})
else:
    next(one for one in comments if place == f"repos/kam/north/issues/comments/{{one['id']}}")[name] = text
store.write_text(json.dumps(comments))
"""
"""What stands in for `gh`: it keeps comments in a file, and asks jq what gh asks its own."""


@pytest.fixture
def clone(repo: Repo, tmp_path: Path) -> Path:
    """Return a fresh clone of a repository with the files of CI, with what a pull request merges checked out."""
    workspace_in(repo.root / "sales 北")
    repo.write(LINE_3, DEAL)
    for name in ("ma", "zhou", "none"):
        repo.write(f"sales 北/accounts/{name}/account.yaml", f"name: {name}\nowner: li\n")
    (repo.root / "sales 北/accounts/渤 海/account.yaml").unlink()
    assert run(repo.root / "sales 北", "--ci") == 0
    repo.commit("first")
    repo.git("checkout", "--quiet", "-b", "offer")
    repo.write(LINE_3, DEAL.replace("100", "150"))
    repo.commit("offer")
    repo.git("checkout", "--quiet", "main")
    repo.write("sales 北/accounts/none/account.yaml", "name: 别的\nowner: li\n")
    repo.commit("somebody else's")
    repo.git("merge", "--quiet", "--no-edit", "offer")
    repo.git("branch", "merged")
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    folder = tmp_path / "clone"
    repo.git("clone", "--quiet", str(repo.root), str(folder))
    subprocess.run(["git", "checkout", "--quiet", "--detach", "origin/merged"], cwd=folder, check=True)
    return folder


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a machine that runs CI: kamctl and stand-ins for pip and gh on PATH."""
    programs = tmp_path / "bin"
    programs.mkdir()
    kamctl = f'#!/bin/sh\nPYTHONPATH="{ROOT / "src"}" exec "{sys.executable}" -m kamctl "$@"\n'
    python = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
    for name, text in {"pip": PIP, "kamctl": kamctl, "python": python, "gh": GH.format(python=sys.executable)}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (tmp_path / "comments.json").write_text(json.dumps([{"id": 1, "body": "by another check"}]))
    return {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "CALLED": str(tmp_path / "called"),
        "COMMENTS": str(tmp_path / "comments.json"),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_REPOSITORY": "kam/north",
        "CI": "true",
    }


VALUES = {
    "github.base_ref": "main",
    "github.token": "token",
    "github.event.number": "7",
    "vars.KAMCTL_INSTALL || 'kamctl==0.1.0'": "kamctl==0.1.0",
}
"""What GitHub puts in place of the expressions of the file; any other one fails the test."""


def filled(env: Mapping[str, str]) -> dict[str, str]:
    return {name: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: VALUES[found[1]], text) for name, text in env.items()}


def on_github(folder: Path, job: str, runner: Mapping[str, str], **more: str) -> str:
    """Run the steps of a job as GitHub does, each in a shell of its own; returns what they print."""
    workflow = jobs(folder / ".github/workflows/kamctl.yaml")
    said = ""
    for step in workflow["jobs"][job]["steps"]:
        if "run" in step:
            env = {**runner, **filled(workflow["env"]), **filled(step.get("env", {})), **more}
            done = subprocess.run(
                ["bash", "-e", "-c", step["run"]], cwd=folder, env=env, capture_output=True, check=False
            )
            said += done.stdout.decode() + done.stderr.decode()
            if done.returncode:
                return f"{said}FAILED {step['name']}"
    return said


def comments_in(runner: Mapping[str, str]) -> list[str]:
    return [one["body"] for one in json.loads(Path(runner["COMMENTS"]).read_text("utf-8"))]


needs = pytest.mark.skipif(not all(map(which, ("bash", "curl", "jq"))), reason="bash, curl or jq is missing")


@needs
def test_github_tells_problems_by_their_lines(clone: Path, runner: dict[str, str]) -> None:
    said = on_github(clone, "validate", runner)
    assert "FAILED" not in said, said
    (clone / LINE_3).write_text(DEAL.replace("stage: L", "stage: Z"), "utf-8")
    said = on_github(clone, "validate", runner)
    assert f"::error file={LINE_3},line=3" in said
    assert said.endswith("FAILED validate")


@needs
def test_github_gets_one_comment_that_a_later_push_edits(clone: Path, runner: dict[str, str]) -> None:
    assert "FAILED" not in on_github(clone, "diff", runner)
    other, posted = comments_in(runner)
    assert other == "by another check"
    assert posted.startswith("<!-- kamctl diff -->\n")
    assert "三号线" in posted
    assert "150" in posted
    assert "别的" not in posted, "what came to the base meanwhile is no part of the pull request"
    assert Path(runner["GITHUB_STEP_SUMMARY"]).read_text("utf-8") == posted
    assert Path(runner["CALLED"]).read_text() == "install kamctl==0.1.0\n"
    (clone / LINE_3).write_text(DEAL.replace("100", "170"), "utf-8")
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x", "commit", "-qam", "more"], cwd=clone, check=True)
    assert "FAILED" not in on_github(clone, "diff", runner)
    other, edited = comments_in(runner)
    assert other == "by another check"
    assert "170" in edited
    assert "150" not in edited


@needs
def test_github_gets_the_summary_of_a_diff_that_is_too_long_for_a_comment(clone: Path, runner: dict[str, str]) -> None:
    for number in range(400):
        path = clone / f"sales 北/accounts/bohai/opportunities/deal-{number}.yaml"
        path.write_text(f"name: {'很长的名字' * 12} {number}\nowner: li\nstage: L\namount: 1 CNY\n", "utf-8")
    subprocess.run(["git", "add", "-A"], cwd=clone, check=True)
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "many"], cwd=clone, check=True)
    assert "FAILED" not in on_github(clone, "diff", runner)
    posted = comments_in(runner)[1]
    assert len(posted) < 65_000
    assert posted.startswith("<!-- kamctl diff -->\n")
    assert "400" in posted or "401" in posted, "the summary counts the deals"
    assert "<details>" not in posted


@needs
def test_a_kamctl_that_cannot_be_installed_says_what_to_set(clone: Path, runner: dict[str, str]) -> None:
    said = on_github(clone, "validate", runner, KAMCTL_INSTALL="nowhere")
    assert "::error::the repository variable KAMCTL_INSTALL says where kamctl is" in said
    assert said.endswith("FAILED install")


class Notes(BaseHTTPRequestHandler):
    """The part of GitLab's API that the job uses: the notes of one merge request."""

    notes: list[dict[str, Any]]

    def answer(self, data: Any) -> None:
        assert self.headers["PRIVATE-TOKEN"] == "token"
        raw = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def body(self) -> str:
        return parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["body"][0]

    def do_GET(self) -> None:
        assert self.path.startswith("/api/v4/projects/3/merge_requests/7/notes?")
        self.answer(self.notes)

    def do_POST(self) -> None:
        assert self.path == "/api/v4/projects/3/merge_requests/7/notes"
        self.notes.append({"id": len(self.notes) + 10, "body": self.body()})
        self.answer({})

    def do_PUT(self) -> None:
        number = int(self.path.rpartition("/")[2])
        next(one for one in self.notes if one["id"] == number)["body"] = self.body()
        self.answer({})

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def gitlab() -> Iterator[str]:
    """Serve the notes of a merge request on this machine; yields the address of the API."""
    Notes.notes = [{"id": 10, "body": "looks good"}]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Notes)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v4"
    server.shutdown()
    thread.join()
    server.server_close()


def on_gitlab(folder: Path, job: str, runner: Mapping[str, str]) -> int:
    """Run a job as GitLab does, all its lines in one shell; returns the exit code."""
    file = jobs(folder / ".gitlab-ci.yml")
    script = "\n".join([*file["default"]["before_script"], *file[job]["script"]])
    env = {**file["variables"], **runner}
    return subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=folder, env=env, check=False).returncode


@needs
def test_gitlab_gets_one_note_that_a_later_push_edits(clone: Path, runner: dict[str, str], gitlab: str) -> None:
    fork = subprocess.run(
        ["git", "merge-base", "origin/main", "origin/offer"], cwd=clone, check=True, capture_output=True, text=True
    ).stdout.strip()
    subprocess.run(["git", "checkout", "--quiet", "--detach", "origin/offer"], cwd=clone, check=True)
    request = {
        "CI_API_V4_URL": gitlab,
        "CI_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": fork,
    }
    assert on_gitlab(clone, "kamctl-validate", runner) == 0
    assert on_gitlab(clone, "kamctl-diff", runner | request) == 0
    assert len(Notes.notes) == 1, "without a token nothing is posted"
    assert "150" in (clone / "diff.md").read_text("utf-8")
    assert on_gitlab(clone, "kamctl-diff", runner | request | {"KAMCTL_TOKEN": "token"}) == 0
    assert Notes.notes[1]["body"] == (clone / "diff.md").read_text("utf-8")
    (clone / LINE_3).write_text(DEAL.replace("100", "170"), "utf-8")
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x", "commit", "-qam", "more"], cwd=clone, check=True)
    assert on_gitlab(clone, "kamctl-diff", runner | request | {"KAMCTL_TOKEN": "token"}) == 0
    assert [note["id"] for note in Notes.notes] == [10, 11]
    assert "170" in Notes.notes[1]["body"]
    assert on_gitlab(clone, "kamctl-validate", runner | {"KAMCTL_INSTALL": "nowhere"}) == 1
