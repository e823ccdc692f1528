"""Many files written as one: all or none, whatever happens in between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kamctl import durable, saving
from kamctl.layout import STAGING
from kamctl.places import checksum
from kamctl.problems import KamctlError
from kamctl.saving import Draft, recover, save_all
from kamctl.workspace import Workspace

ROOT = Path(__file__).parents[1]
OLD = {
    "kamctl.yaml": "format: 1\n",
    "accounts/bohai/account.yaml": "name: 渤海\nowner: li\n",
    "accounts/bohai/opportunities/line-3.yaml": "name: 三号线\nstage: L\n",
    "accounts/bohai/opportunities/pumps.yaml": "name: 泵\nstage: L\n",
}
NEW = {
    "accounts/bohai/opportunities/line-3.yaml": "name: 三号线\nstage: Q\n",
    "accounts/new/account.yaml": "name: 新客户\nowner: li\n",
    "accounts/new/opportunities/one.yaml": "name: 一\nstage: L\n",
}
GONE = "accounts/bohai/opportunities/pumps.yaml"


def workspace(folder: Path, files: dict[str, str] = OLD) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    return folder


def drafts(root: Path) -> list[Draft]:
    return [
        Draft(path, (root / path).read_bytes() if (root / path).exists() else None, text) for path, text in NEW.items()
    ]


def files(root: Path) -> dict[str, str]:
    return {p.relative_to(root).as_posix(): p.read_bytes().decode() for p in sorted(root.rglob("*")) if p.is_file()}


AFTER = {path: text for path, text in (OLD | NEW).items() if path != GONE}


def test_a_set_is_written_and_leaves_nothing_behind(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    (root / GONE).chmod(0o600)
    (root / "accounts/bohai/opportunities/line-3.yaml").chmod(0o640)
    save_all(root, drafts(root), {GONE: (root / GONE).read_bytes()})
    assert files(root) == AFTER
    assert not (root / STAGING).exists()
    assert (root / "accounts/bohai/opportunities/line-3.yaml").stat().st_mode & 0o777 == 0o640


def test_the_last_file_of_an_account_takes_its_empty_folders_along(tmp_path: Path) -> None:
    root = workspace(tmp_path, {"kamctl.yaml": "format: 1\n", "accounts/x/contacts/li.yaml": "name: 李\n"})
    save_all(root, [], {"accounts/x/contacts/li.yaml": "name: 李\n".encode()})
    assert sorted(path.name for path in root.iterdir()) == ["kamctl.yaml"]


def test_a_file_that_changed_since_it_was_read_stops_the_whole_set(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    ready = drafts(root)
    (root / ready[0].path).write_text("theirs")
    before = files(root)
    with pytest.raises(KamctlError, match=r"line-3\.yaml was changed by someone else"):
        save_all(root, ready)
    assert files(root) == before


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        (Draft("accounts/bohai/contacts/x.yaml", None, "x"), "written twice"),
        (Draft("accounts/bohai/account.yaml", None, "x"), "exists already"),
        (Draft("../outside.yaml", None, "x"), "no file of a workspace"),
        (Draft("accounts/../account.yaml", None, "x"), "no file of a workspace"),
        (Draft(".git/hooks/pre-commit", None, "x"), "no file of a workspace"),
        (Draft("accounts/linked/account.yaml", None, "x"), "link out of the workspace"),
        (Draft("accounts/file/account.yaml", None, "x"), "cannot be written"),
    ],
)  # fmt: skip
def test_one_file_that_cannot_be_written_stops_the_whole_set(draft: Draft, message: str, tmp_path: Path) -> None:
    root = workspace(tmp_path / "workspace")
    (tmp_path / "elsewhere").mkdir()
    (root / "accounts/linked").symlink_to(tmp_path / "elsewhere")
    (root / "accounts/file").write_text("")
    before = files(root)
    with pytest.raises(KamctlError, match=message):
        save_all(root, [*drafts(root), draft, *([draft] if message == "written twice" else [])])
    assert files(root) == before


def test_a_full_disk_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = workspace(tmp_path)
    ready = drafts(root)
    monkeypatch.setattr(saving, "open", refuse, raising=False)
    with pytest.raises(KamctlError, match="nothing was written: No space left"):
        save_all(root, ready)
    assert files(root) == OLD


def test_a_disk_that_refuses_half_way_is_finished_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = workspace(tmp_path)
    ready = drafts(root)
    with monkeypatch.context() as patch:
        patch.setattr(saving, "_finish_one", lambda *_: refuse())
        with pytest.raises(KamctlError, match="not all files are written yet") as stopped:
            save_all(root, ready)
        assert "next kamctl command finishes it" in stopped.value.hint
        assert files(root) != OLD | NEW
    recover(root)
    assert files(root) == OLD | NEW


def test_ctrl_c_finishes_what_has_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = workspace(tmp_path)
    real, calls = os.replace, []

    def replace(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        save_all(root, drafts(root))
    assert files(root) == OLD | NEW


def test_a_folder_on_another_disk_is_written_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = workspace(tmp_path)
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if Path(source).parent.name == STAGING and Path(target).parent.name != STAGING:
            raise OSError(18, "Invalid cross-device link")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    save_all(root, drafts(root))
    assert files(root) == OLD | NEW


def refuse(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


KILLED = """
import builtins, os, pathlib, signal, sys
root, number, few = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[4])
sys.path.insert(0, sys.argv[3])
from test_saving import GONE, drafts
from kamctl import durable, saving
durable.FEW = few
ready, content, calls = drafts(root), (root / GONE).read_bytes(), 0

def counted(real):
    def call(*arguments, **named):
        global calls
        calls += 1
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)
    return call

for name in ("mkdir", "open", "replace", "unlink", "rmdir", "fsync", "sync", "chmod"):
    setattr(os, name, counted(getattr(os, name)))
builtins.open = counted(open)
saving.save_all(root, ready, {GONE: content})
print("done")
"""


@pytest.mark.slow
@pytest.mark.parametrize("few", [64, 0], ids=["few files", "many files"])
def test_a_process_killed_at_any_point_leaves_all_or_nothing(few: int, tmp_path: Path) -> None:
    ends = set()
    for number in range(1, 200):
        root = workspace(tmp_path / str(number))
        arguments = [sys.executable, "-c", KILLED, str(root), str(number), str(ROOT / "tests"), str(few)]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "COVERAGE_PROCESS_CONFIG": ""}
        done = subprocess.run(arguments, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode in (0, -9), done.stderr
        Workspace.open(root)
        assert not (root / STAGING).exists()
        there = files(root)
        assert there in (OLD, AFTER), number
        ends.add(there == AFTER)
        if done.returncode == 0:
            break
    assert done.stdout == "done\n"
    assert number > 15
    assert ends == {True, False}


def interrupted(root: Path, *, journal: str | None = None) -> None:
    """Leave what a process leaves that was killed when it had just begun to put files in their places."""
    real = saving._finish
    saving._finish = lambda *_: (_ for _ in ()).throw(SystemExit)
    try:
        with pytest.raises(SystemExit):
            save_all(root, drafts(root))
    finally:
        saving._finish = real
    if journal is not None:
        (root / STAGING / "journal.json").write_text(journal)


def test_the_next_command_finishes_what_was_interrupted(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    interrupted(root)
    assert files(root) != OLD | NEW
    Workspace.open(root / "accounts")
    assert files(root) == OLD | NEW


def test_a_file_that_was_edited_since_the_interruption_is_left_alone_and_named(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    interrupted(root)
    deal = "accounts/bohai/opportunities/line-3.yaml"
    (root / deal).write_text("name: by hand\n")
    with pytest.raises(KamctlError, match=r"left alone: accounts/bohai/opportunities/line-3\.yaml"):
        Workspace.open(root)
    assert files(root) == OLD | NEW | {deal: "name: by hand\n"}
    Workspace.open(root)


def test_the_next_set_finishes_the_one_before_it(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    interrupted(root)
    save_all(root, [Draft("team.yaml", None, "members: {}\n")])
    assert files(root) == OLD | NEW | {"team.yaml": "members: {}\n"}


@pytest.mark.parametrize(
    "journal",
    ["", "{", "[]", '{"checksum": "x", "steps": "[]"}', '{"checksum": 1}', '{"steps": 1, "checksum": 1}'],
)
def test_a_damaged_journal_is_not_followed(journal: str, tmp_path: Path) -> None:
    root = workspace(tmp_path)
    interrupted(root, journal=journal)
    with pytest.raises(KamctlError, match="damaged"):
        Workspace.open(root)
    assert {path: text for path, text in files(root).items() if not path.startswith(STAGING)} == OLD


def test_a_journal_cannot_write_outside_the_workspace(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    (root / ".git").mkdir()
    body = json.dumps([[".git/config", "0", "", checksum(b"x")]])
    interrupted(root, journal=json.dumps({"checksum": checksum(body.encode()), "steps": body}))
    with pytest.raises(KamctlError, match="no file of a workspace"):
        Workspace.open(root)
    assert not (root / ".git/config").exists()


def test_a_system_without_locks_writes_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "flock", None)
    monkeypatch.setattr(durable, "FEW", 1)
    root = workspace(tmp_path)
    save_all(root, drafts(root))
    assert files(root) == OLD | NEW


def test_a_reader_waits_for_a_writer(tmp_path: Path) -> None:
    from threading import Event, Thread

    root = workspace(tmp_path)
    begun, seen = Event(), []
    real = saving._finish

    def finish(*arguments: object) -> list[str]:
        begun.set()
        thread.join(0.2)
        return real(*arguments)  # type: ignore[arg-type]

    def read() -> None:
        begun.wait(5)
        Workspace.open(root)
        seen.append(files(root))

    thread = Thread(target=read)
    thread.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(saving, "_finish", finish)
        save_all(root, drafts(root))
    thread.join(5)
    assert seen == [OLD | NEW]
