"""The workspace on disk: what is broken hides nothing, and nothing that was written is lost."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kamctl.loading import located
from kamctl.problems import KamctlError
from kamctl.saving import Draft, save
from kamctl.tree import Disk, SourceFile, find_root
from kamctl.workspace import Workspace

FILES = {
    "kamctl.yaml": "format: 1\ncurrency: CNY\nrates:\n  - {date: 2015-01-09, pair: USD/CNY, rate: 6.3}\n",
    "team.yaml": "members:\n  li-na: {name: 李娜}\n",
    "accounts/bohai/account.yaml": "name: 渤海\nowner: li-na\n",
    "accounts/bohai/contacts/zhang-wei.yaml": "name: 张伟\n",
    "accounts/bohai/contacts/wang-li.yaml": "name: 王丽\n",
    "accounts/bohai/opportunities/line-3.yaml": "name: 三号线\nowner: li-na\nstage: Q\n",
    "accounts/bohai/opportunities/line-4.yaml": "name: 四号线\nowner: li-na\nstage: L\n",
    "accounts/bohai/calls/2026-03-12-zhang-wei.yaml": "date: 2026-03-12\nby: li-na\nmode: visit\n",
    "accounts/harbour/account.yaml": "name: Harbour\nowner: li-na\n",
    "accounts/harbour/opportunities/line-3.yaml": "name: Line 3\nowner: li-na\nstage: L\n",
    "accounts/harbour/opportunities/cip-valves.yaml": "name: CIP\nowner: li-na\nstage: L\n",
    "weeks/2026-W11-li-na.yaml": "{}\n",
}
DEAL = "accounts/bohai/opportunities/line-3.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "northern water"
    for path, text in FILES.items():
        put(folder, path, text)
    return folder


# --- one broken file never hides the others


def empty(path: Path) -> None:
    path.write_bytes(b"")


def binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)))


def latin(path: Path) -> None:
    path.write_bytes("name: 三号线\n".encode("gb18030"))


def huge(path: Path) -> None:
    path.write_bytes(b"a: 1\n" * 300_000)


def deep(path: Path) -> None:
    path.write_text("a: " + "[" * 100_000, "utf-8")


def syntax(path: Path) -> None:
    path.write_text("name: [\n", "utf-8")


def unknown(path: Path) -> None:
    path.write_text("name: x\nstag: Q\n", "utf-8")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere.yaml")


def circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def forbidden(path: Path) -> None:
    path.chmod(0)


BROKEN = [empty, binary, latin, huge, deep, syntax, unknown, folder, dangling, circle, forbidden]
PLACES = [path for path in FILES if path not in ("kamctl.yaml", "weeks/2026-W11-li-na.yaml")]


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_one_broken_file_hides_no_other(broken: Callable[[Path], None], path: str, root: Path) -> None:
    if broken is forbidden and os.geteuid() == 0:
        pytest.skip("nothing is forbidden to root")
    whole = Workspace.open(root).load()
    broken(root / path)
    loaded = Workspace.open(root).load()
    assert loaded.unreadable in ([path], [])
    assert {problem.path for problem in loaded.problems} <= {path}
    for table in ("accounts", "people", "members", "opportunities", "calls"):
        then, now = rows(whole, table), rows(loaded, table)
        assert now <= then
        assert len(then - now) <= 1
    if loaded.unreadable:
        assert loaded.files == whole.files
        assert located(Disk(root), loaded.problems)[0].line >= 1
    else:
        assert path.endswith(("account.yaml", "team.yaml"))


@pytest.mark.parametrize("broken", BROKEN[:-1], ids=lambda broken: broken.__name__)
def test_a_broken_file_is_an_error_with_a_place_when_it_is_the_one_asked_for(
    broken: Callable[[Path], None], root: Path
) -> None:
    broken(root / DEAL)
    with pytest.raises(KamctlError, match=r"accounts/bohai/opportunities/line-3\.yaml"):
        Workspace.open(root).record("opportunity", "bohai/line-3")


def test_accounts_in_places_where_none_belong_are_no_crash(root: Path) -> None:
    put(root, "accounts/note.txt", "x")
    put(root, "accounts/.git/account.yaml", "name: x\nowner: y\n")
    put(root, "accounts/bohai/opportunities/.line-5.yaml.swp", "x")
    put(root, "accounts/bohai/opportunities/.hidden.yaml", "x")
    (root / "accounts/empty").mkdir()
    assert Workspace.open(root).load().problems == []
    assert Workspace.open(root).ids("account") == ["bohai", "harbour"]


def test_a_workspace_without_accounts_is_empty_and_no_crash(tmp_path: Path) -> None:
    put(tmp_path, "kamctl.yaml", "format: 1\n")
    loaded = Workspace.open(tmp_path).load()
    assert (loaded.files, loaded.problems, loaded.facts.opportunities) == (1, [], [])


def test_only_the_account_that_was_asked_for_is_read(root: Path) -> None:
    syntax(root / "accounts/harbour/opportunities/cip-valves.yaml")
    loaded = Workspace.open(root).load(account="bohai")
    assert [deal.id for deal in loaded.facts.opportunities] == ["bohai/line-3", "bohai/line-4"]
    assert list(loaded.facts.accounts) == ["bohai"]
    assert list(loaded.facts.members) == ["li-na"]
    assert loaded.problems == []


def test_only_the_tables_that_were_asked_for_are_filled(root: Path) -> None:
    syntax(root / DEAL)
    loaded = Workspace.open(root).load(("people",))
    assert sorted(loaded.facts.people) == ["bohai/wang-li", "bohai/zhang-wei"]
    assert (loaded.files, loaded.problems, loaded.facts.opportunities) == (2, [], [])


# --- where the workspace is


def test_the_root_is_found_from_any_folder_below(root: Path) -> None:
    assert find_root(root) == find_root(root / "accounts/bohai/calls") == root
    assert find_root(root / "accounts/not there yet") == root
    assert Workspace.open(root / "accounts").root == root


def test_a_workspace_inside_another_is_its_own(root: Path) -> None:
    put(root, "accounts/kamctl.yaml", "format: 1\n")
    assert find_root(root / "accounts/bohai") == root / "accounts"


def test_a_folder_called_kamctl_yaml_is_no_workspace(root: Path) -> None:
    (root / "weeks/kamctl.yaml").mkdir()
    assert find_root(root / "weeks") == root


def test_no_workspace_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KamctlError, match=r"there is no kamctl\.yaml") as caught:
        Workspace.open(tmp_path)
    assert "kamctl init" in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "text", ["format: 2\n", "format: 2\nfancy: new key\n", "# c\nname: x\nformat:  2   # new\nx: [1]\n"]
)
def test_a_newer_format_is_refused_as_such(text: str, root: Path) -> None:
    put(root, "kamctl.yaml", text)
    with pytest.raises(KamctlError, match="has format 2; this kamctl knows 1") as caught:
        Workspace.open(root)
    assert caught.value.hint == "install a newer kamctl"
    assert Workspace.open(root, tolerant=True).settings.currency


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("format: 1\ncurency: CNY\n", r"kamctl\.yaml:2:1"),
        ("format: [\n", r"kamctl\.yaml:2:1"),
        ("", r"kamctl\.yaml:1:1"),
    ],
    ids=["misspelt", "syntax", "empty"],
)
def test_broken_settings_are_said_with_their_place_and_validate_goes_on(text: str, words: str, root: Path) -> None:
    put(root, "kamctl.yaml", text)
    with pytest.raises(KamctlError, match=words):
        Workspace.open(root)
    tolerant = Workspace.open(root, tolerant=True)
    assert (tolerant.settings.currency, tolerant.settings.language) == ("CNY", "en")
    assert len(tolerant.load(("opportunities",)).facts.opportunities) == 4


def test_rates_are_read(root: Path) -> None:
    assert [str(rate.rate) for rate in Workspace.open(root).rates] == ["6.3"]


def test_strays_are_named(root: Path) -> None:
    assert list(Disk(root).strays()) == []
    for path in (
        *["accounts/bohai/notes.yaml", "accounts/bohai/opportunity/x.yaml", "accounts/bohai/calls/2026/x.yaml"],
        *["accounts/bohai/contacts/li.yml", "weeks/old/x.yaml", "method/process/x.yaml"],
    ):
        put(root, path, "")
    assert sorted(Disk(root).strays()) == [
        *["accounts/bohai/calls/2026/x.yaml", "accounts/bohai/contacts/li.yml", "accounts/bohai/notes.yaml"],
        *["accounts/bohai/opportunity/x.yaml", "method/process/x.yaml", "weeks/old/x.yaml"],
    ]


# --- what a name means


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("bohai/line-3", "bohai/line-3"),
        ("accounts/bohai/opportunities/line-3.yaml", "bohai/line-3"),
        ("./accounts/bohai/../bohai/opportunities/line-3.yaml", "bohai/line-3"),
        ("line-4", "bohai/line-4"),
        ("cip-valves", "harbour/cip-valves"),
        ("CIP", "harbour/cip-valves"),
        ("bohai/line-4", "bohai/line-4"),
        ("valves", "harbour/cip-valves"),
    ],
)
def test_a_record_is_found_by_path_stem_or_part(name: str, found: str, root: Path) -> None:
    assert Workspace.open(root).resolve("opportunity", name) == found


def test_a_path_is_taken_from_where_the_person_stands(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "accounts/harbour/opportunities")
    assert Workspace.open(root).resolve("opportunity", "line-3.yaml") == "harbour/line-3"
    monkeypatch.chdir(root.parent)
    assert Workspace.open(root).resolve("opportunity", str(root / DEAL)) == "bohai/line-3"


def test_an_ambiguous_name_lists_what_it_could_be(root: Path) -> None:
    with pytest.raises(KamctlError, match='"line-3" could be any of 2') as caught:
        Workspace.open(root).resolve("opportunity", "line-3")
    assert caught.value.hint == "bohai/line-3, harbour/line-3"


def test_a_misspelt_name_is_answered_with_the_nearest(root: Path) -> None:
    with pytest.raises(KamctlError, match='there is no opportunity "lime-4"') as caught:
        Workspace.open(root).resolve("opportunity", "lime-4")
    assert caught.value.hint == 'did you mean "line-4"?'


@pytest.mark.parametrize("name", ["zzzzzz", "../../../etc/passwd", "accounts/bohai/account.yaml", "a\x00b", "*", "~"])
def test_a_name_of_nothing_is_answered_with_where_to_look(name: str, root: Path) -> None:
    with pytest.raises(KamctlError, match="there is no opportunity") as caught:
        Workspace.open(root).resolve("opportunity", name)
    assert caught.value.hint


# --- writing


def test_a_file_is_written_whole_and_keeps_its_mode(root: Path) -> None:
    (root / DEAL).chmod(0o640)
    before = (root / DEAL).read_bytes()
    save(root, Draft(DEAL, before, "name: 中\r\n"))
    assert (root / DEAL).read_bytes() == "name: 中\r\n".encode()
    assert (root / DEAL).stat().st_mode & 0o777 == 0o640
    assert leftovers(root) == []


def test_a_new_file_is_written_with_its_folders(root: Path) -> None:
    save(root, Draft("accounts/new/contacts/x.yaml", None, "name: x\n"))
    assert (root / "accounts/new/contacts/x.yaml").read_text("utf-8") == "name: x\n"
    assert leftovers(root) == []


def test_a_byte_order_mark_is_kept(root: Path) -> None:
    put(root, DEAL, "\ufeffname: x\n")
    document = Workspace.open(root).document(SourceFile(DEAL, "opportunity", "bohai/line-3"))
    save(root, Draft(DEAL, document.raw, document.text.replace("x", "y")))
    assert (root / DEAL).read_bytes() == b"\xef\xbb\xbfname: y\n"


def test_what_exists_is_not_overwritten(root: Path) -> None:
    with pytest.raises(KamctlError, match="exists already"):
        save(root, Draft(DEAL, None, "lost"))
    assert (root / DEAL).read_text("utf-8") == FILES[DEAL]
    assert leftovers(root) == []


def test_what_someone_else_changed_meanwhile_is_not_overwritten(root: Path) -> None:
    before = (root / DEAL).read_bytes()
    put(root, DEAL, FILES[DEAL] + "# newer\n")
    with pytest.raises(KamctlError, match="changed by someone else"):
        save(root, Draft(DEAL, before, "lost"))
    assert (root / DEAL).read_text("utf-8") == FILES[DEAL] + "# newer\n"
    assert leftovers(root) == []


def test_what_someone_else_deleted_meanwhile_is_not_brought_back(root: Path) -> None:
    before = (root / DEAL).read_bytes()
    (root / DEAL).unlink()
    with pytest.raises(KamctlError, match="cannot be written"):
        save(root, Draft(DEAL, before, "lost"))
    assert not (root / DEAL).exists()
    assert leftovers(root) == []


@pytest.mark.parametrize("what", ["replace", "link", "fsync", "chmod"])
def test_a_crash_while_writing_leaves_the_old_file_whole(
    what: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, what, fail)
    path = "accounts/bohai/contacts/new.yaml" if what == "link" else DEAL
    with pytest.raises(KeyboardInterrupt):
        save(root, Draft(path, None if what == "link" else FILES[DEAL].encode(), "half"))
    assert (root / DEAL).read_text("utf-8") == FILES[DEAL]
    assert not (root / "accounts/bohai/contacts/new.yaml").exists()
    assert leftovers(root) == []


@pytest.mark.parametrize("before", [None, FILES[DEAL].encode()], ids=["new", "old"])
@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.EROFS, "Read-only file system"), (errno.ENOSPC, "No space left"), (errno.EACCES, "denied")],
)
def test_a_disk_that_refuses_is_said_in_its_own_words(
    code: int, words: str, before: bytes | None, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(tempfile, "mkstemp", fail)
    path = DEAL if before else "accounts/bohai/contacts/new.yaml"
    with pytest.raises(KamctlError, match=f"{path} cannot be written: .*{words}") as caught:
        save(root, Draft(path, before, "x"))
    assert caught.value.exit_code == 1
    assert (root / DEAL).read_text("utf-8") == FILES[DEAL]


def test_a_link_out_of_the_workspace_is_not_followed(root: Path) -> None:
    outside = root.parent / "outside.yaml"
    outside.write_text("theirs\n", "utf-8")
    (root / DEAL).unlink()
    (root / DEAL).symlink_to(outside)
    with pytest.raises(KamctlError, match="link out of the workspace"):
        save(root, Draft(DEAL, b"theirs\n", "ours\n"))
    (root / "accounts/linked").symlink_to(root.parent)
    for path in ("accounts/linked/account.yaml", "../outside.yaml"):
        with pytest.raises(KamctlError, match="link out of the workspace"):
            save(root, Draft(path, None, "ours\n"))
    assert outside.read_text("utf-8") == "theirs\n"


def test_a_link_inside_the_workspace_stays_a_link(root: Path) -> None:
    link = root / "accounts/bohai/opportunities/line-5.yaml"
    link.symlink_to("line-4.yaml")
    save(root, Draft("accounts/bohai/opportunities/line-5.yaml", link.read_bytes(), "name: new\n"))
    assert link.is_symlink()
    assert (root / "accounts/bohai/opportunities/line-4.yaml").read_text("utf-8") == "name: new\n"


# --- helpers


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(text.encode("utf-8"))


def leftovers(root: Path) -> list[str]:
    return [path.name for path in root.rglob("*.tmp")] + [path.name for path in root.rglob(".*")]


def rows(loaded: Any, table: str) -> set[str]:
    found = getattr(loaded.facts, table)
    return set(found) if isinstance(found, dict) else {row.id for row in found}
