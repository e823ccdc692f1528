"""The only module that runs git.

A repository is data, not trusted: none of its hooks, filters, external diffs or helpers is run, nothing is fetched,
reading takes no lock, and no setting of it changes what is read. Paths are taken and given NUL-separated, so that they
may hold anything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from kamctl.phrases import Phrase, Verbatim
from kamctl.problems import KamctlError

SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "diff.external": "",
    "diff.ignoreSubmodules": "all",
    "diff.relative": "false",
    "i18n.logOutputEncoding": "UTF-8",
    "log.follow": "false",
    "log.showRoot": "true",
    "log.showSignature": "false",
}
"""Settings that no repository may change: some run programs, others change what is printed."""

GLOBAL = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    *(part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")),
)
ENVIRONMENT = {
    "LC_ALL": "POSIX",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # a git that knows no GIT_NO_LAZY_FETCH can still reach nothing
}
KEPT = ("GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH")
"""Variables of the caller that still count; GIT_DIR and its kin, which a hook sets, would point elsewhere."""

CHUNK = 1 << 16


def run(
    folder: Path, arguments: Sequence[str], given: bytes = b"", settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git to its end in a folder, with some more settings. Raises KamctlError when it is not installed."""
    return subprocess.run(
        [_executable(), *GLOBAL, *arguments],
        cwd=folder,
        env=_with_settings(_environment(), settings or {}),
        input=given,
        capture_output=True,
        check=False,
    )


@contextmanager
def started(
    folder: Path, arguments: Sequence[str], stdin: IO[bytes] | int = subprocess.DEVNULL, stderr: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run git while its output is read; it ends with the block, whether or not everything was read."""
    process = subprocess.Popen(
        [_executable(), *GLOBAL, *arguments],
        cwd=folder,
        env=_environment(),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr or subprocess.DEVNULL,
        bufsize=CHUNK,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def tokens(stream: IO[bytes]) -> Iterator[str]:
    """Yield the NUL-terminated texts of a stream."""
    rest = b""
    while chunk := stream.read(CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from map(os.fsdecode, whole)


def words(complaint: bytes) -> Phrase:
    """Return the first line of what git complained of."""
    lines = complaint.decode("utf-8", "replace").strip().split("\n")
    said = lines[0].removeprefix("fatal: ").removeprefix("error: ")
    return Verbatim(said) if said else Phrase("it failed without a word")


@cache
def _executable() -> str:
    """Return the program, which PATH alone decides. Raises KamctlError when there is none."""
    found = shutil.which("git")
    if found is None or not os.path.isabs(found):
        raise KamctlError(
            Phrase("git is not installed"), Phrase("https://git-scm.com/downloads; all else works without it")
        )
    return found


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(KEPT)}
    return kept | ENVIRONMENT


def _with_settings(environment: dict[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with settings for git, whose names may hold anything, behind those that it has."""
    first = int(environment.get("GIT_CONFIG_COUNT") or 0)
    for number, (name, value) in enumerate(settings.items(), start=first):
        environment |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return environment | ({"GIT_CONFIG_COUNT": str(first + len(settings))} if settings else {})
