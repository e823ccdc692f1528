"""Fixtures and options that all tests share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[1]

settings.register_profile("kamctl", deadline=None)
settings.load_profile("kamctl")
"""How long a test takes says how busy the machine is; what must be fast is measured by the benchmarks."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the files in tests/golden")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the tests out of the cache of whoever runs them."""
    os.environ["KAMCTL_CACHE_DIR"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def cache_for_each_test() -> Iterator[None]:
    """Forget after each test that one asked for no cache: a command run in this process says so in the environment."""
    yield
    os.environ.pop("KAMCTL_NO_CACHE", None)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a check that a text is the same as a file in tests/golden; `--update-golden` rewrites the file."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.is_file(), f"no golden file {name}: run pytest --update-golden and look at what it wrote"
        assert text == path.read_bytes().decode(), f"{name} differs: look, then run pytest --update-golden"

    return check


class Repo:
    """A git repository for a test: files are written and committed on given days by given people."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, **environment: str) -> str:
        """Run git and return what it prints."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        who = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **environment}
        own = ["git", "-c", "user.name=Li Na", "-c", "user.email=li@example.com", *arguments]
        done = subprocess.run(own, cwd=self.root, env=plain | who, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def write(self, path: str, text: str | bytes) -> Path:
        """Write one file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def commit(self, subject: str, day: str = "2026-05-01", author: str = "Li Na") -> str:
        """Commit all that lies there; returns the id. `day` may hold a time and a zone."""
        when = day if "T" in day else f"{day}T17:00:00+0800"
        self.git("add", "-A")
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        arguments = ["--quiet", "--allow-empty", "-m", subject, f"--author={author} <{author[:2].lower()}@example.com>"]
        self.git("commit", *arguments, **dates)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a new git repository."""
    if shutil.which("git") is None:
        pytest.skip("no git here")
    return Repo(tmp_path / "repo")


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the examples as a git repository with three months of work; tests must not change it."""
    if shutil.which("git") is None:
        pytest.skip("no git here")
    folder = tmp_path_factory.mktemp("history") / "workspace"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, ROOT / "examples" / "make_history.py", folder], env=environment, check=True)
    return folder
