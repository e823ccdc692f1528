"""The index never changes what is shown: whatever happens to the files, to the stores and to the processes."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import marshal
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import typing
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kamctl import __version__, cli, facts, index, loading, methods, resources, tree
from kamctl.flattening import FLATTEN
from kamctl.index import RACY_NS, Index, pack, pack_problems, pack_rows, unpack, unpack_problems, unpack_rows
from kamctl.problems import Problem
from kamctl.rows.calls import CommitmentRow
from kamctl.rows.workspace import SettingsRow
from kamctl.schema.method.process import Stage
from kamctl.workspace import Workspace

ROOT = Path(__file__).parents[1]
AS_OF = ("--as-of", "2026-06-15")
LISTINGS = (
    ("pipeline",),
    ("pipeline", "--stage", "Q"),
    ("opportunity", "list"),
    ("account", "list"),
    ("contact", "list"),
    ("callplan", "list"),
)
PIPELINE = ("pipeline", "--format", "json")
VALIDATE = ("validate", "--format", "json")
LONG_AGO = 1_700_000_000_000_000_000


class Shown(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    err: str


PARTS: dict[tuple[str, bytes], Any] = {}


def read_once(kind: str, files: Any, path: str, read: Any = methods.read_method_file) -> Any:
    """Read a method file, or return what the same text gave before: most of the time without an index goes there."""
    key = kind + path, files.read(path)
    if key not in PARTS:
        PARTS[key] = read(kind, files, path)
    return PARTS[key]


def show(root: Path, cache: Path | None, *arguments: str) -> Shown:
    """Run a command in this process, with a cache or without."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, surroundings(cache), clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.object(methods, "read_method_file", read_once if cache is None else methods.read_method_file),
    ):
        code = cli.run([*AS_OF, "-C", str(root), *arguments])
    assert code < 3, err.getvalue()
    return Shown(code, out.getvalue(), err.getvalue())


def surroundings(cache: Path | None) -> dict[str, str]:
    """Return the environment of a command."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("KAMCTL_")}
    return plain | ({"KAMCTL_NO_CACHE": "1"} if cache is None else {"KAMCTL_CACHE_DIR": str(cache)})


def commands(root: Path) -> list[tuple[str, ...]]:
    """Return the listings, and the score of one deal of each account."""
    deals = {path.parts[-3]: path for path in sorted(root.glob("accounts/*/opportunities/*.yaml"))}
    return [*LISTINGS, *(("score", f"{account}/{deal.stem}") for account, deal in deals.items())]


def assert_same(root: Path, cache: Path, form: str = "json") -> None:
    """Check that every command shows the same without the index, with it, and with it once more."""
    for command in commands(root):
        arguments = (*command, "--format", form)
        expected = show(root, None, *arguments)
        assert show(root, cache, *arguments) == expected, command
        assert show(root, cache, *arguments) == expected, command


def age(root: Path) -> None:
    """Make every file old enough to be kept, each of another age."""
    for number, path in enumerate(sorted(root.rglob("*.yaml"))):
        os.utime(path, ns=(LONG_AGO + number, LONG_AGO + number))


def opened(root: Path, cache: Path) -> Index:
    """Return the index of a workspace."""
    with patch.dict(os.environ, surroundings(cache), clear=True):
        return Index(index.folder_for(str(root)), str(root), facts.shape())


def stores(cache: Path) -> list[Path]:
    """Return the files of a cache."""
    return sorted(path for path in cache.rglob("*") if path.is_file())


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A copy of the small clean workspace, long untouched."""
    copy = Path(shutil.copytree(ROOT / "tests" / "base", tmp_path / "base"))
    age(copy)
    return copy


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


# --- whatever happens to the files

LETTERS = st.sampled_from("ABC")
PEOPLE = st.sampled_from(["li-na", "chen-jie", "nobody-k"])
STAGES = st.sampled_from(["L", "O", "Q", "LOST", "S9"])
DAYS = st.dates(date(2026, 5, 1), date(2026, 7, 1))
EXTRAS = st.sets(
    st.sampled_from(
        [
            "buying_team: {zhang-wei: {roles: [D], behaviours: {shares_information: 2026-04-01}}}\n",
            "competitors: {siemens: {name: Siemens}}\n",
            "payments: [{due: 2026-05-01, amount: 10 CNY, received: 5.50 CNY, received_on: 2026-05-03}]\n",
            "actions: [{due: 2026-06-20, who: li-na, what: Ask}, {what: Wait, done: 2026-06-01}]\n",
            "bid: {decision: bid, price: 12.00 CNY, cost: 10 CNY, margin: 12.5%}\n",
            "contract: {signed: 2026-05-01, amount: 11 USD}\n",
            "assessments: [{date: 2026-05-12, by: li-na, marks: {project: {us: '+', siemens: '-'}}}]\n",
            "gate_evidence: {solution_presented: {date: 2026-04-02, evidence: Shown}}\n",
            "probability: 60%\nforecast: commit\nimportance: care\n",
        ]
    ),
    max_size=3,
)
BROKEN = [
    "",
    "name: [\n",
    "name: x\nstag: Q\nstage: Q\n",
    "- a\n",
    "name: \x07\n",
    "a: &a [*a]\n",
    "name: '2026-13-01'\ndate: 2026-13-01\n",
]
KINDS = {
    "contacts": ["zhang-wei", "wang-li", "zhao-min"],
    "opportunities": ["line-3", "line-4", "cip"],
    "calls": ["2026-06-11-zhang-wei", "2026-06-12"],
}
ACCOUNTS = ["bohai", "harbour", "port"]
WHEN = st.sampled_from(["now", "now", "old", "older", "future", "epoch"])
SETTINGS = st.builds(
    "format: 1\nlanguage: {0}\ncurrency: {1}\nprocess: {2}\nscorecard: {3}\nstale_after: {4}\n".format,
    st.sampled_from(["en", "zh-Hans"]),
    st.sampled_from(["CNY", "USD"]),
    st.sampled_from(["losqaop", "losqaop", "record", "own", "nowhere"]),
    st.sampled_from(["tas20", "tas20", "bant"]),
    st.sampled_from(["30d", "1d"]),
) | st.sampled_from(["format: 2\n", "format: 1\ncurrency: [\n"])


@st.composite
def texts(draw: st.DrawFn, folder: str) -> str:
    """Return the text of a valid file; two that differ in the letter alone are of one size."""
    letter = draw(LETTERS)
    if folder == "contacts":
        return f"name: Person {letter}\ntitle: {draw(st.sampled_from(['Head', '主任']))}\n"
    if folder == "calls":
        outcome = draw(st.sampled_from(["", "outcome: {recorded_at: 2026-06-11T18:05, events: Met}\n"]))
        return f"date: {draw(DAYS)}\nby: li-na\nmode: visit\nplan: {{purpose: Ask {letter}}}\n{outcome}"
    if folder == "opportunities":
        stage = draw(STAGES)
        lost = "lost: {date: 2026-05-30, reason: price}\n" if stage == "LOST" else ""
        history = f"stage_history: [{{date: 2026-01-05, stage: L}}, {{date: {draw(DAYS)}, stage: {stage}}}]\n"
        amount = f"amount: {draw(st.integers(1, 9))}00 {draw(st.sampled_from(['CNY', 'USD']))}\n"
        owner = f"owner: {draw(PEOPLE)}\n" if draw(st.booleans()) else ""
        return f"name: Deal {letter}\nstage: {stage}\n{owner}{amount}{history}{lost}{''.join(sorted(draw(EXTRAS)))}"
    grade = draw(st.sampled_from("AB"))
    process = draw(st.sampled_from(["", "", "process: record\n"]))
    return f"name: Account {letter}\nowner: {draw(PEOPLE)}\ngrade: {grade}\nregion: {{province: 河北}}\n{process}"


class AnyEdits(RuleBasedStateMachine):
    """Changes a small workspace in every way there is, and looks at it with and without the index after each.

    One thing is left out, since no fingerprint shows it: another text in the same file, of the same size and time,
    when the file was already old while it was read. `_show_edits` moves the time of such a file by a nanosecond.
    """

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="kamctl-index-"))
        self.root, self.cache = self.home / "ws", self.home / "cache"
        shutil.copytree(ROOT / "tests" / "base", self.root)
        for path in ("account.yaml", "opportunities/cip.yaml", "contacts/zhao-min.yaml", "calls/2026-06-12.yaml"):
            target = self.root / "accounts/harbour" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(data.draw(texts(path.partition("/")[0])), "utf-8")
        age(self.root)
        self.seen: dict[tuple[str, index.Fingerprint], str] = {}
        self.steps = 0

    def teardown(self) -> None:
        if hasattr(self, "home"):
            shutil.rmtree(self.home)

    @rule(data=st.data(), when=WHEN, replaced=st.booleans())
    def write(self, data: st.DataObject, when: str, replaced: bool) -> None:
        """Write an old or a new file, in place or by putting another one in its place."""
        folder = data.draw(st.sampled_from(["account.yaml", *KINDS]))
        stem = f"/{data.draw(st.sampled_from(KINDS[folder]))}.yaml" if folder in KINDS else ""
        path = self.root / "accounts" / data.draw(st.sampled_from(ACCOUNTS)) / (folder + stem)
        self._write(path, data.draw(texts(folder)), replaced)
        self._date(path, when)

    @rule(data=st.data(), letter=LETTERS, replaced=st.booleans())
    def write_the_same_size_at_the_same_time(self, data: st.DataObject, letter: str, replaced: bool) -> None:
        path = self._any(data)
        if path is not None:
            stat, text = path.stat(), path.read_text("utf-8")
            changed = re.sub(r"(Person|Deal|Account|Ask) [ABC]\b", rf"\1 {letter}", text)
            changed = changed if changed != text else text.replace("li-na", "an-il", 1)
            self._write(path, changed, replaced)
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    @rule(data=st.data(), when=WHEN)
    def touch(self, data: st.DataObject, when: str) -> None:
        path = self._any(data)
        if path is not None:
            os.utime(path)
            self._date(path, when)

    @rule(data=st.data(), account=st.sampled_from(ACCOUNTS))
    def rename(self, data: st.DataObject, account: str) -> None:
        path = self._any(data, lone=False)
        if path is not None:
            stem = data.draw(st.sampled_from(KINDS[path.parent.name]))
            path.rename(self.home / "aside")
            target = self.root / "accounts" / account / path.parent.name / f"{stem}.yaml"
            self._make_way(target)
            (self.home / "aside").rename(target)

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        path = self._any(data)
        if path is not None:
            path.unlink()

    @rule(data=st.data(), when=WHEN, replaced=st.booleans())
    def break_file(self, data: st.DataObject, when: str, replaced: bool) -> None:
        path = self._any(data)
        if path is not None:
            self._write(path, data.draw(st.sampled_from(BROKEN)), replaced)
            self._date(path, when)

    @rule(data=st.data(), what=st.sampled_from(["folder", "dangling", "circle", "link"]))
    def put_something_else_there(self, data: st.DataObject, what: str) -> None:
        path, other = self._any(data, lone=False), self._any(data)
        if path is not None and other is not None:
            path.unlink()
            if what == "folder":
                path.mkdir()
            else:
                path.symlink_to({"dangling": "nowhere.yaml", "circle": path.name, "link": str(other)}[what])

    @rule(data=st.data())
    def mend(self, data: st.DataObject) -> None:
        """Put a valid file in the place of everything that is none."""
        for path in sorted(self.root.glob("accounts/*/*/*.yaml")):
            if not path.is_file() or path.is_symlink() or path.read_text("utf-8") in BROKEN:
                self._make_way(path)
                self._write(path, data.draw(texts(path.parent.name)), replaced=True)

    @rule(text=SETTINGS, when=WHEN)
    def change_settings(self, text: str, when: str) -> None:
        self._write(self.root / "kamctl.yaml", text, replaced=False)
        self._date(self.root / "kamctl.yaml", when)

    @rule(letter=LETTERS, when=WHEN)
    def change_team(self, letter: str, when: str) -> None:
        text = f"members:\n  li-na: {{name: Li {letter}}}\n  chen-jie: {{name: Chen}}\n"
        self._write(self.root / "team.yaml", text, replaced=False)
        self._date(self.root / "team.yaml", when)

    @rule(
        name=st.sampled_from(["processes/losqaop", "processes/own", "scorecards/tas20", "importance", "relationship"]),
        change=st.sampled_from(["remove", "same", "label", "break"]),
        when=WHEN,
    )
    def change_method(self, name: str, change: str, when: str) -> None:
        path = self.root / "method" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        if change == "remove":
            path.unlink(missing_ok=True)
            return
        text = resources.method_file(f"{name.replace('own', 'losqaop')}.yaml").read_text("utf-8")
        text = text.replace('{en: "', '{en: "My ', 3).replace("probability: 20", "probability: 25")
        self._write(path, {"label": text, "break": "version: [\n"}.get(change, text), replaced=False)
        self._date(path, when)

    @rule(first=st.sampled_from(ACCOUNTS), second=st.sampled_from(ACCOUNTS), copied=st.booleans())
    def move_account(self, first: str, second: str, copied: bool) -> None:
        """Let two account folders change places, or copy one with its times."""
        one, other = self.root / "accounts" / first, self.root / "accounts" / second
        if first == second or not one.is_dir():
            return
        if copied and not other.exists():
            shutil.copytree(one, other, symlinks=True)
            return
        one.rename(self.home / "aside")
        if other.exists():
            other.rename(one)
        (self.home / "aside").rename(other)

    @rule(data=st.data(), change=st.sampled_from(["remove", "cut", "flip", "swap"]))
    def harm_store(self, data: st.DataObject, change: str) -> None:
        paths = stores(self.cache)
        if paths:
            path, other = data.draw(st.sampled_from(paths)), data.draw(st.sampled_from(paths))
            raw = path.read_bytes()
            place = data.draw(st.integers(0, len(raw) - 1))
            harmed = {"cut": cut(raw, place), "flip": flipped(raw, place), "swap": other.read_bytes()}
            path.write_bytes(harmed.get(change, b""))
            if change == "remove":
                path.unlink()

    @invariant()
    def the_index_changes_nothing(self) -> None:
        if not hasattr(self, "home"):
            return
        self._show_edits()
        self.steps += 1
        form = ("json", "tsv")[self.steps % 2]
        for command in [*commands(self.root), ("validate",)]:
            arguments = (*command, "--format", "json" if command == ("validate",) else form)
            expected = show(self.root, None, *arguments)
            assert show(self.root, self.cache, *arguments) == expected, command
            assert show(self.root, self.cache, *arguments) == expected, command
        now = time.time_ns()
        for path in self._files():
            stat = path.stat()
            if stat.st_mtime_ns + RACY_NS < now:
                self.seen[self._mark(path)] = self._digest(path)

    def _show_edits(self) -> None:
        for path in self._files():
            while self.seen.get(self._mark(path), self._digest(path)) != self._digest(path):
                time_ns = path.stat().st_mtime_ns + 1
                os.utime(path, ns=(time_ns, time_ns))

    def _files(self) -> list[Path]:
        return [path for path in sorted(self.root.rglob("*.yaml")) if path.is_file()]

    def _mark(self, path: Path) -> tuple[str, index.Fingerprint]:
        return str(path), index.fingerprint(path.stat())

    def _digest(self, path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def _any(self, data: st.DataObject, lone: bool = True) -> Path | None:
        """Return any file of an account, account.yaml only when `lone`."""
        paths = [path for path in sorted(self.root.glob("accounts/**/*.yaml")) if path.is_file()]
        paths = [path for path in paths if lone or path.parent.name in KINDS]
        return data.draw(st.sampled_from(paths)) if paths else None

    def _make_way(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)

    def _write(self, path: Path, text: str, replaced: bool) -> None:
        if not path.is_file() or path.is_symlink():
            self._make_way(path)
        if not replaced:
            path.write_text(text, "utf-8")
            return
        (self.home / "new").write_text(text, "utf-8")
        (self.home / "new").replace(path)

    def _date(self, path: Path, when: str) -> None:
        times = {
            "old": LONG_AGO,
            "older": LONG_AGO - 86_400_000_000_000,
            "future": time.time_ns() + 86_400_000_000_000,
            "epoch": 1,
        }
        if when in times:
            os.utime(path, ns=(times[when], times[when]))


AnyEdits.TestCase.settings = settings(
    max_examples=6,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a failure is short enough, and takes minutes to shrink
)
TestAnyEdits = pytest.mark.slow(AnyEdits.TestCase)


def test_a_warm_run_reads_no_file(base: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = [(*command, "--format", "tsv") for command in commands(base)]
    cold = [show(base, cache, *each) for each in arguments]

    def refuse(*_: Any) -> Any:
        raise AssertionError("read a file")

    for module, name in ((loading, "_read"), (loading, "read_document"), (methods, "read_method_file")):
        monkeypatch.setattr(module, name, refuse)
    monkeypatch.setattr("kamctl.workspace.read_document", refuse)
    assert [show(base, cache, *each) for each in arguments] == cold


def other_size(path: Path, old: bytes, new: bytes) -> None:
    path.write_bytes(path.read_bytes().replace(old, new + b"s"))


def other_inode(path: Path, old: bytes, new: bytes) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes().replace(old, new))
    other.replace(path)


def other_time(path: Path, old: bytes, new: bytes) -> None:
    path.write_bytes(path.read_bytes().replace(old, new))


EDITS = [
    ("kamctl.yaml", b"CNY", b"USD", ("pipeline",)),
    ("team.yaml", "李娜".encode(), "张娜".encode(), ("pipeline",)),
    ("accounts/bohai/account.yaml", "渤海".encode(), "黄海".encode(), ("account", "list")),
    ("accounts/bohai/contacts/zhang-wei.yaml", "张伟".encode(), "张三".encode(), ("contact", "list")),
    ("accounts/bohai/opportunities/line-3.yaml", b"Line 3", b"Line 4", ("pipeline", "--stage", "Q")),
    ("accounts/bohai/opportunities/line-3.yaml", b'us: "+"', b'us: "-"', ("score", "bohai/line-3")),
    ("accounts/bohai/calls/2026-06-11-zhang-wei.yaml", b"li-na", b"an-il", ("callplan", "list")),
    ("method/processes/losqaop.yaml", b"version: 1", b"version: 2", ("score", "bohai/line-3")),
    ("method/scorecards/tas20.yaml", b"version: 1", b"version: 2", ("pipeline",)),
]
"""A file, a change of it, and a command that shows it."""


@pytest.mark.parametrize("edit", [other_size, other_inode, other_time])
def test_an_edit_is_noticed_by_size_or_inode_or_time(
    edit: Callable[[Path, bytes, bytes], None], base: Path, cache: Path
) -> None:
    for name in ("processes/losqaop.yaml", "scorecards/tas20.yaml"):
        (base / "method" / name).parent.mkdir(parents=True)
        shutil.copyfile(resources.method_file(name), base / "method" / name)
    age(base)
    for name, old, new, command in EDITS:
        path, arguments = base / name, (*command, "--format", "json")
        before = show(base, cache, *arguments)
        assert show(base, None, *arguments) == before
        text, time_ns = path.read_bytes(), path.stat().st_mtime_ns
        assert old in text
        edit(path, old, new)
        time_ns += edit is other_time
        os.utime(path, ns=(time_ns, time_ns))
        after = show(base, cache, *arguments)
        assert show(base, None, *arguments) == after
        assert after != before, name
        path.write_bytes(text)
        os.utime(path, ns=(time_ns + 2, time_ns + 2))


def test_a_file_written_just_before_a_run_is_read_again(base: Path, cache: Path) -> None:
    path = base / "accounts/bohai/opportunities/line-3.yaml"
    text = path.read_text("utf-8")
    for letter in "xyz":
        path.write_text(text.replace("Line 3", f"Line {letter}"), "utf-8")
        os.utime(path, ns=(LONG_AGO, time.time_ns() // RACY_NS * RACY_NS))  # the tick of a coarse clock
        assert f"Line {letter}" in show(base, cache, "pipeline").out
        assert_same(base, cache)


@pytest.mark.parametrize("command", [PIPELINE, VALIDATE])
def test_a_file_that_could_not_be_opened_is_tried_again(
    command: tuple[str, ...], base: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its fingerprint stays the same when its permissions are mended."""

    def refuse(path: str, *rest: Any) -> Any:
        if path.endswith("line-3.yaml"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return open(path, *rest)

    whole = show(base, None, *command)
    with monkeypatch.context() as context:
        context.setattr(tree, "open", refuse, raising=False)
        assert "Permission denied" in show(base, cache, *command).out
    assert show(base, cache, *command) == whole
    assert_same(base, cache)


def test_why_a_file_cannot_be_looked_at_is_said_anew(base: Path, cache: Path) -> None:
    path = base / "accounts/bohai/opportunities/line-4.yaml"
    for target in ("nowhere.yaml", "line-4.yaml", "line-3.yaml/x"):
        path.unlink(missing_ok=True)
        path.symlink_to(target)
        assert_same(base, cache)
        for _ in ("cold", "warm"):
            assert show(base, cache, *VALIDATE) == show(base, None, *VALIDATE)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="paths are text there")
def test_a_folder_whose_name_is_not_utf8(base: Path, cache: Path) -> None:
    strange = Path(os.fsdecode(os.fsencode(base.parent) + b"/caf\xe9"))
    base.rename(strange)
    assert_same(strange, cache)
    assert stores(cache)


def test_broken_files_show_the_same_problems(base: Path, cache: Path) -> None:
    for file in sorted((ROOT / "tests" / "broken").glob("*.yaml")):
        place = file.read_text("utf-8").partition("\n")[0].removeprefix("# place: ").strip()
        if place.startswith("accounts/") and ".." not in place:
            target = base / place
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists() or target.name != "account.yaml":
                shutil.copyfile(file, target.with_stem(f"{target.stem}-{file.stem}"[:100]))
    age(base)
    assert "problems" in show(base, None, *PIPELINE).out
    assert_same(base, cache)


def test_a_workspace_that_was_moved(base: Path, cache: Path) -> None:
    assert_same(base, cache)
    moved = base.rename(base.with_name("moved"))
    assert_same(moved, cache)
    copy = Path(shutil.copytree(moved, base, copy_function=shutil.copy2))
    for path in copy.rglob("*.yaml"):
        time_ns = path.stat().st_mtime_ns
        path.write_bytes(path.read_bytes().replace(b"Line 3", b"Line 9").replace("张".encode(), "章".encode()))
        os.utime(path, ns=(time_ns, time_ns))
    assert "Line 9" in show(copy, cache, *PIPELINE).out
    assert_same(copy, cache)
    assert_same(moved, cache)


def test_without_a_cache_nothing_is_written(base: Path, cache: Path) -> None:
    with patch.dict(os.environ, {"XDG_CACHE_HOME": str(cache), "HOME": str(cache)}):
        for command in commands(base):
            show(base, None, *command)
    assert not cache.exists()


# --- whatever happens to the stores


@pytest.mark.slow
def test_stores_damaged_at_any_byte_are_rebuilt(base: Path, cache: Path) -> None:
    command = ("account", "list", "--format", "tsv")
    expected = show(base, None, *command)
    show(base, cache, *command)
    kept = opened(base, cache)
    with patch.dict(os.environ, surroundings(None), clear=True):
        plain = Workspace.open(base)
        rows = plain.load(("accounts", "members")).facts.__dict__
    whole = {store: kept.value(store) for store in ("settings", "heads/account", "heads/team")}
    paths = {Path(f"{kept.folder}/{store}"): Path(f"{kept.folder}/{store}").read_bytes() for store in whole}
    for place in range(max(map(len, paths.values()))):
        for number, (path, raw) in enumerate(paths.items()):
            path.write_bytes((cut, flipped)[(place + number) % 2](raw, place % len(raw)))
        if place % 20 == 0:
            assert show(base, cache, *command) == expected, place
        with patch.dict(os.environ, surroundings(cache), clear=True):
            workspace = Workspace.open(base)
            assert workspace.settings == plain.settings
            assert workspace.load(("accounts", "members")).facts.__dict__ == rows, place
        assert {store: kept.value(store) for store in whole} == whole, place


def cut(raw: bytes, place: int) -> bytes:
    return raw[:place]


def flipped(raw: bytes, place: int) -> bytes:
    return raw[:place] + bytes([raw[place] ^ (1 << place % 8)]) + raw[place + 1 :]


def test_no_damaged_store_is_trusted(base: Path, cache: Path) -> None:
    for command in commands(base):
        show(base, cache, *command)
    kept = opened(base, cache)
    for path in stores(cache):
        store, raw = path.relative_to(str(kept.folder)).as_posix(), path.read_bytes()
        intact = told(kept, store)
        assert intact is not None
        for place in range(0, len(raw), 1 + len(raw) // 150):
            for damaged in (cut(raw, place), flipped(raw, place)):
                path.write_bytes(damaged)
                assert told(kept, store) is None
        path.write_bytes(raw + b"\0")
        assert told(kept, store) in (None, intact)
        path.write_bytes(raw)


def told(kept: Index, store: str) -> Any:
    """Return all that a store tells, None when it is not trusted."""
    try:
        raw = kept.raw(store)
        folders = kept.folders(store) if store.startswith(("heads", "whole", "accounts")) else {}
        return None if raw is None else (raw, [list(found.rows) for found in folders.values()])
    except index.DamagedStore:
        return None


def empty(path: Path) -> None:
    path.write_bytes(b"")


def foreign(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + bytes(4000))


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def full_folder(path: Path) -> None:
    folder(path)
    (path / "x").write_text("x", "utf-8")


def unreadable(path: Path) -> None:
    path.chmod(0)


def other_magic(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"index 1", b"index 2"))


def looped(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


@pytest.mark.parametrize("harm", [empty, foreign, folder, full_folder, unreadable, other_magic, looped])
def test_anything_in_place_of_the_stores(harm: Callable[[Path], None], base: Path, cache: Path) -> None:
    if harm is unreadable and os.geteuid() == 0:
        pytest.skip("nothing is forbidden to root")
    assert_same(base, cache)
    for path in stores(cache):
        harm(path)
    assert_same(base, cache)
    kept = opened(base, cache)
    assert (kept.value("settings") is None) == (harm in (folder, full_folder))
    assert not list(cache.rglob("*.tmp"))


def test_stores_of_another_version_are_rebuilt(base: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("99.0", "0.0.1", __version__):
        monkeypatch.setattr(index, "__version__", version)
        assert opened(base, cache).value("settings") is None
        assert_same(base, cache)
        assert opened(base, cache).value("settings") is not None


def test_stores_of_another_workspace_or_name_are_not_taken(base: Path, cache: Path) -> None:
    for command in commands(base):
        show(base, cache, *command)
    other = Path(shutil.copytree(base, base.with_name("other"), copy_function=shutil.copy2))
    shutil.copytree(str(opened(base, cache).folder), str(opened(other, cache).folder))
    assert opened(other, cache).value("settings") is None
    kept = opened(base, cache)
    shutil.copyfile(f"{kept.folder}/heads/opportunity", f"{kept.folder}/accounts/bohai")
    assert kept.value("accounts/bohai") is None
    assert_same(base, cache)


# --- a store cannot run code


class Call:
    """Pickles into a call of something."""

    def __init__(self, what: Callable[..., Any], *arguments: Any) -> None:
        self.call = what, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


def through_dots(command: str) -> bytes:
    """Return a pickle that names nothing but a module of the method, and reaches `eval` from there by dots."""
    module = b"\x8c" + bytes([len(Stage.__module__)]) + Stage.__module__.encode()
    name = b"Stage.__init__.__builtins__.get"
    get_eval = module + b"\x8c" + bytes([len(name)]) + name + b"\x93" + b"\x8c\x04eval\x85R"
    return b"\x80\x04" + get_eval + b"X" + len(command).to_bytes(4, "little") + command.encode() + b"\x85R."


def pickles(mark: Path) -> Iterator[bytes]:
    """Yield pickles that make a file when they are loaded without care."""
    yield pickle.dumps(Call(os.system, f"touch '{mark}'"), protocol=5)
    yield pickle.dumps(Call(eval, f"open({str(mark)!r}, 'w')"), protocol=2)
    yield pickle.dumps([Decimal(1), Call(open, str(mark), "w")], protocol=0)
    yield through_dots(f"open({str(mark)!r}, 'w').close()")


@pytest.mark.skipif(sys.platform == "win32", reason="touch")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_store_of_the_method_cannot_run_code(base: Path, cache: Path, tmp_path: Path) -> None:
    command = ("score", "bohai/line-3", "--format", "json")
    expected = show(base, None, *command)
    show(base, cache, *command)
    mark = tmp_path / "mark"
    kept = opened(base, cache)
    for evil in pickles(mark):
        pickle.loads(evil)
        assert mark.exists(), "this pickle would not have done anything"
        mark.unlink()
        for path in (Path(f"{kept.folder}") / "method").iterdir():
            store = f"method/{path.name}"
            raw = kept.raw(store)
            assert raw is not None
            kept.keep_raw(store, raw.partition(b"\n")[0] + b"\n" + evil)
        assert show(base, cache, *command) == expected
        assert not mark.exists()


# --- whatever happens to the disk


def places(tmp_path: Path) -> Iterator[Path]:
    """Yield places where no cache can be."""
    file = tmp_path / "file"
    file.write_text("mine", "utf-8")
    yield from (file, file / "below", Path(os.devnull), Path("/proc/kamctl"))
    if os.geteuid() != 0:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o500)
        yield closed


def test_where_no_cache_can_be_nothing_is_said(base: Path, tmp_path: Path) -> None:
    for place in places(tmp_path):
        assert_same(base, place)
    assert (tmp_path / "file").read_text("utf-8") == "mine"


class Full(io.BytesIO):
    """A file on a full disk."""

    def write(self, content: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class FullAtLast(io.BytesIO):
    """A file on a disk that is full when the buffer is written."""

    def __exit__(self, *error: object) -> None:
        self.close()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def no_space(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("where", ["open", "write", "close", "replace", "makedirs"])
def test_a_full_disk(where: str, base: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, Callable[[], Any]] = {"open": no_space, "write": Full, "close": FullAtLast}

    def opens(path: str, mode: str) -> Any:
        if mode == "rb":
            return open(path, mode)
        Path(path).touch()  # the name is there, even where nothing can be written
        return files[where]()

    for _ in ("with no stores", "with old stores"):
        with monkeypatch.context() as context:
            if where in files:
                context.setattr(index, "open", opens, raising=False)
            else:
                context.setattr(os, where, no_space)
            assert_same(base, cache)
        assert not list(cache.rglob("*.tmp"))
        assert_same(base, cache)
        (base / "accounts/bohai/account.yaml").write_text("name: Other\nowner: li-na\n", "utf-8")
        age(base)


# --- whatever happens to the processes


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of more deals than one process reads alone, long untouched."""
    root = tmp_path_factory.mktemp("big") / "ws"
    generate = [sys.executable, str(ROOT / "benchmarks" / "generate.py"), str(root), "--opportunities", "420"]
    subprocess.run(generate, check=True, stdout=subprocess.DEVNULL, timeout=60)
    age(root)
    return root


@pytest.fixture(scope="module")
def big_pipeline(big: Path) -> bytes:
    """What `pipeline` prints of the big workspace without the index."""
    return finish(start(big, None, *PIPELINE))


def start(root: Path, cache: Path | None, *arguments: str, script: str = "", **more: str) -> subprocess.Popen[bytes]:
    """Start a command in a process of its own, or a script with the same arguments."""
    how = ["-c", script] if script else ["-m", "kamctl"]
    return subprocess.Popen(
        [sys.executable, *how, *AS_OF, "-C", str(root), *arguments],
        env=surroundings(cache) | {"PYTHONPATH": str(ROOT / "src"), **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[bytes]) -> bytes:
    """Return what a process printed; it must have ended well and without a word."""
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    return out


@pytest.mark.slow
def test_processes_at_once(big: Path, big_pipeline: bytes, tmp_path: Path) -> None:
    for number in range(3):
        cache = tmp_path / str(number)
        running = [start(big, cache, *PIPELINE) for _ in "ab"]
        assert {finish(process) for process in running} == {big_pipeline}
        assert sum(len(found.files) for found in opened(big, cache).folders("heads/opportunity").values()) == 420
        assert not list(cache.rglob("*.tmp"))
    assert finish(start(big, cache, *PIPELINE)) == big_pipeline


@pytest.mark.slow
def test_a_killed_run_leaves_nothing_wrong(big: Path, big_pipeline: bytes, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for number in range(7):
        process = start(big, cache, *PIPELINE)
        time.sleep(random.uniform(0.1, 0.4))
        process.kill()
        process.communicate(timeout=60)
        if number % 3 == 2:
            assert finish(start(big, cache, *PIPELINE)) == big_pipeline
            shutil.rmtree(cache)


DRIVER = """
import errno, marshal, os, signal, sys, threading, time
from kamctl import cli, parallel

how, forks = os.environ["HOW"], []

def fork(real=os.fork):
    if how == "no room":
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
    forks.append(how)
    return real()

def half_written(items, work, writing):
    raw = marshal.dumps(work(items))
    os.write(writing, raw[:len(raw) // 2])
    os._exit(0)

os.fork = fork
os.cpu_count = lambda: 1 if how == "one core" else 2
ends = {
    "dies": lambda *_: os._exit(1),
    "is killed": lambda *_: os.kill(os.getpid(), signal.SIGKILL),
    "writes half": half_written,
    "writes nonsense": lambda items, work, writing: (os.write(writing, b"x" * 100), os._exit(0)),
}
parallel._work_in_child = ends.get(how, parallel._work_in_child)
if how == "no fork":
    del os.fork
if how == "signal ignored":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if how == "threads":
    threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
code = cli.run(sys.argv[1:])
alone = how in ("one core", "no fork", "no room", "threads")
if len(forks) != (not alone):
    sys.stderr.write(f"{len(forks)} forks")
raise SystemExit(code)
"""

HOWS = [
    *("as ever", "one core", "dies", "is killed", "writes half", "writes nonsense"),
    *("no fork", "no room", "signal ignored", "threads"),
]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no second process here")
@pytest.mark.parametrize("how", HOWS)
def test_the_second_process(how: str, big: Path, big_pipeline: bytes, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert finish(start(big, cache, *PIPELINE, script=DRIVER, HOW=how)) == big_pipeline
    kept = opened(big, cache).folders("heads/opportunity")
    assert sum(len(found.files) for found in kept.values()) == 420


ORPHAN = """
import os, signal
from kamctl import parallel

os.cpu_count = lambda: 2
first = os.getpid()

def work(items):
    if os.getpid() == first:
        os.kill(first, signal.SIGKILL)
    return {"x": "x" * 1_000_000}

parallel.in_halves([1, 2], 1, work)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no second process here")
def test_the_second_process_does_not_outlive_the_first(tmp_path: Path) -> None:
    process = start(tmp_path, None, script=ORPHAN)
    assert process.communicate(timeout=20) == (b"", b"")  # both ends of the pipes are closed: nobody is left


def test_the_order_of_sets_does_not_show(base: Path, cache: Path) -> None:
    arguments = ("score", "bohai/line-3", "--format", "json")
    printed = [finish(start(base, cache, *arguments, PYTHONHASHSEED=seed)) for seed in "12"]
    assert {*printed, finish(start(base, None, *arguments, PYTHONHASHSEED="3"))} == {printed[0]}


# --- rows and problems come back as they went

TEXT = st.text(max_size=8)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(),
    bool: st.booleans(),
    type(None): st.none(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.sampled_from([None, UTC])).map(lambda moment: moment.replace(fold=0)),
    timedelta: st.timedeltas(timedelta(0), timedelta(days=36500)),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
}


def values(annotation: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for what an annotation of a row allows."""
    if annotation in VALUES:
        return VALUES[annotation]
    kind, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if kind is frozenset:
        return st.frozensets(values(inner[0]), max_size=3)
    if kind is tuple and inner[-1] is Ellipsis:
        return st.lists(values(inner[0]), max_size=3).map(tuple)
    if kind is tuple:
        return st.tuples(*map(values, inner))
    return st.one_of(*map(values, inner))


def rows_of(row_class: type) -> st.SearchStrategy[Any]:
    return st.builds(row_class, *map(values, typing.get_type_hints(row_class).values()))


def test_another_layout_of_rows_is_another_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    class LongerRow(NamedTuple):
        opportunity: str
        id: str
        name: str
        website: str

    before = facts.shape()
    monkeypatch.setitem(facts.ROWS, "competitors", LongerRow)
    assert facts.shape() != before


def test_another_kind_of_file_that_fills_a_table_is_another_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    before = facts.shape()
    monkeypatch.setitem(facts.FILLS, "week", (*facts.FILLS["week"], "needs"))
    assert facts.shape() != before


def test_every_table_that_a_kind_of_file_fills_has_a_function_that_does() -> None:
    assert FLATTEN.keys() == facts.TABLES - {facts.EXTERNALS, facts.REFERENCES}
    assert all(flatten.__name__ == table for table, flatten in FLATTEN.items())


@pytest.mark.parametrize("table", sorted(facts.ROWS))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_rows_come_back_as_they_went(table: str, data: st.DataObject) -> None:
    rows = data.draw(st.lists(rows_of(facts.ROWS[table]), max_size=2))
    packed = pack_rows([(table, rows), ("accounts", [])] if table != "accounts" else [(table, rows)])
    assert as_text(unpack_rows(packed, facts.ROWS, frozenset((table,)))) == as_text([(table, rows)])


@settings(max_examples=25)
@given(rows_of(SettingsRow))
def test_settings_come_back_as_they_went(row: SettingsRow) -> None:
    back = unpack(SettingsRow, marshal.loads(marshal.dumps(pack(row))))
    assert (back, type(back)) == (row, SettingsRow)
    assert as_text(back) == as_text(row)


@given(
    st.lists(
        st.builds(
            Problem,
            TEXT,
            TEXT,
            st.lists(TEXT | st.integers(), max_size=3).map(tuple),
            st.booleans(),
            st.dictionaries(TEXT, TEXT, max_size=2),
            *[st.integers(0, 10**6)] * 3,
        ),
        max_size=3,
    )
)
def test_problems_come_back_as_they_went(problems: Sequence[Problem]) -> None:
    assert unpack_problems(marshal.loads(marshal.dumps(pack_problems(problems)))) == problems


def as_text(value: Any) -> Any:
    """Return a value with the class of everything in it, so that 1, True and 1.0 differ."""
    if isinstance(value, (tuple, list)):
        return type(value), [as_text(each) for each in value]
    if isinstance(value, frozenset):
        return frozenset, sorted(map(repr, value))
    return repr(value)


def test_what_reviews_ask_for_is_known_the_second_time(base: Path, cache: Path) -> None:
    tables = ("opportunities", "objectives", "needs", "commitments", "marks", "payments", "weeks")
    with patch.dict(os.environ, surroundings(cache), clear=True):
        first, second = (Workspace.open(base).load(tables) for _ in range(2))
    assert first.anew > 0
    assert second.anew == 0
    assert vars(second.facts) == vars(first.facts)


def test_rows_of_another_layout_are_not_read(base: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = show(base, cache, *PIPELINE)
    monkeypatch.setattr(facts, "shape", lambda: "another")
    with patch.dict(os.environ, surroundings(cache), clear=True):
        assert Workspace.open(base).load(("opportunities",)).anew > 0
    assert show(base, cache, *PIPELINE) == before


def test_names_that_many_rows_share_are_in_memory_once() -> None:
    def kept(number: int) -> Any:
        by, text = "".join(["li", "-na"]), f"what came of it, told at some length: {len('li-na')}"
        row = CommitmentRow(f"bohai/{number}", "".join(["bo", "hai"]), by, text, date(2026, 3, 12), None)
        raw = pack_rows([("commitments", [row])])
        ((_, (found,)),) = unpack_rows(raw, facts.ROWS, frozenset(("commitments",)))
        assert found == row
        return found

    one, other = kept(1), kept(2)
    assert one.account is other.account
    assert one.by is other.by
    assert one.due is other.due
    assert one.what is not other.what
