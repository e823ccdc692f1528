"""The story of records, who last changed what they say, and moved close dates."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kamctl import cli
from kamctl.history import moves as moves_module
from kamctl.history.fields import fields_of
from kamctl.history.moves import close_date_moves, field_changes
from kamctl.history.repository import Repository
from kamctl.history.story import everything, stories
from kamctl.rows.deals import MoveRow
from kamctl.source import read
from kamctl.workspace import Workspace

if TYPE_CHECKING:
    from conftest import Repo

ACCOUNT = "name: 渤海水务\nowner: li-na\n"
DEAL = "name: 三号线\nstage: L\namount: 100 CNY\nclose_date: 2026-07-31\n"
LINE_3 = "accounts/bohai/opportunities/line-3.yaml"
LINE_4 = "accounts/bohai/opportunities/line-4.yaml"

COMMIT = re.compile(r"\b[0-9a-f]{9}\b")
"""Ids of commits change with every example."""


@pytest.fixture
def workspace(repo: Repo) -> Repo:
    """A workspace with one deal, committed on 1 May by Li Na."""
    repo.write("kamctl.yaml", "format: 1\nlanguage: en\ncurrency: CNY\nstale_after: 30d\nfresh_for: 60d\n")
    repo.write("team.yaml", "members:\n  li-na: {name: 李娜}\n")
    repo.write("accounts/bohai/account.yaml", ACCOUNT)
    repo.write("accounts/bohai/contacts/zhang-wei.yaml", "name: 张伟\n")
    repo.write(LINE_3, DEAL)
    repo.commit("first", "2026-05-01")
    return repo


Show = Callable[..., list[dict[str, str]]]


@pytest.fixture
def show(workspace: Repo, capsys: pytest.CaptureFixture[str]) -> Show:
    """Return the rows that a command prints as CSV."""

    def rows(*arguments: str) -> list[dict[str, str]]:
        code = cli.run(["-C", str(workspace.root), "--as-of", "2026-06-15", "--format", "csv", *arguments])
        shown = capsys.readouterr()
        assert code == 0, shown.err
        return list(csv.DictReader(io.StringIO(shown.out)))

    return rows


def events(rows: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(row["date"], row["author"], row["change"]) for row in rows]


def changed(
    repo: Repo, day: str, old: str, new: str, author: str = "Li Na", path: str = LINE_3, subject: str = ""
) -> str:
    file = repo.root / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    return repo.commit(subject or f"{old} -> {new}", day, author)


# --- log


def test_a_story_has_a_line_an_event_with_day_author_and_reason(workspace: Repo, show: Show) -> None:
    changed(workspace, "2026-05-10", "stage: L", "stage: O", "王强", subject="客户立项")
    changed(workspace, "2026-05-20", "2026-07-31", "2026-08-31", "王强", subject="招标推迟")
    rows = show("log", "line-3")
    assert events(rows) == [
        ("2026-05-01", "Li Na", "created: 三号线; L, 100 CNY, 2026-07-31"),
        ("2026-05-10", "王强", "Stage L → O"),
        ("2026-05-20", "王强", "Close date 2026-07-31 → 2026-08-31, pushed by 31 days"),
    ]
    assert [row["reason"] for row in rows] == ["first", "客户立项", "招标推迟"]
    assert (rows[2]["kind"], rows[2]["before"], rows[2]["after"]) == ("close_date", "2026-07-31", "2026-08-31")


def test_the_story_of_an_account_is_that_of_all_its_files(workspace: Repo, show: Show) -> None:
    workspace.write("accounts/bohai/calls/2026-05-12-zhang-wei.yaml", "date: 2026-05-12\nby: li-na\nmode: visit\n")
    workspace.commit("plan", "2026-05-08")
    changed(
        workspace,
        "2026-05-09",
        "name: 张伟",
        "name: 张伟\ntitle: 采购总监",
        path="accounts/bohai/contacts/zhang-wei.yaml",
    )
    found = [(row["record"], row["change"]) for row in show("log", "bohai", "--since", "2026-05-02")]
    assert found == [
        ("bohai/2026-05-12-zhang-wei", "created: 2026-05-12"),
        ("bohai/zhang-wei", "Title – → 采购总监"),
    ]
    assert len(show("log", "bohai")) == 5
    assert len(show("log")) == 5
    assert [row["record_kind"] for row in show("log", "zhang-wei")] == ["contact", "contact"]
    assert [row["record_kind"] for row in show("log", "2026-05-12-zhang-wei")] == ["call"]


def test_one_criterion_of_one_deal_or_of_all(workspace: Repo, show: Show) -> None:
    marks = (
        "assessments:\n  - date: 2026-05-04\n    by: li-na\n    marks:\n"
        '      compelling_event: {{us: "{}"}}\n      risk: {{us: "+"}}\n'
    )
    workspace.write(LINE_4, DEAL + marks.format("?"))
    workspace.commit("fourth line", "2026-05-05")
    changed(workspace, "2026-05-06", "close_date: 2026-07-31\n", "close_date: 2026-07-31\n" + marks.format("-"))
    found = [(row["record"], row["subject"], row["after"]) for row in show("log", "--criterion", "compelling_event")]
    assert found == [("bohai/line-4", "compelling_event", "?"), ("bohai/line-3", "compelling_event", "-")]
    assert len(show("log", "line-3", "--criterion", "compelling_event")) == 1


def test_a_renamed_file_keeps_its_story(workspace: Repo, show: Show) -> None:
    changed(workspace, "2026-05-10", "100 CNY", "150 CNY")
    workspace.git("mv", LINE_3, LINE_4)
    workspace.commit("new name", "2026-05-12")
    changed(workspace, "2026-05-14", "150 CNY", "200 CNY", path=LINE_4)
    workspace.write("accounts/bohai2/account.yaml", ACCOUNT)
    workspace.git("mv", "accounts/bohai/opportunities", "accounts/bohai2/opportunities")
    workspace.commit("new account", "2026-05-16")
    expected = [
        "created: 三号线; L, 100 CNY, 2026-07-31",
        "Amount 100 CNY → 150 CNY",
        f"renamed; was {LINE_3}",
        "Amount 150 CNY → 200 CNY",
        f"renamed; was {LINE_4}",
    ]
    assert [row["change"] for row in show("log", "bohai2/line-4")] == expected
    assert [row["change"] for row in show("log") if row["record"] == "bohai2/line-4"] == expected
    assert [row["change"] for row in show("log", "bohai2") if row["record_kind"] == "opportunity"] == expected
    assert {row["record"] for row in show("log", "bohai/line-3")} == {"bohai/line-3"}


def test_a_record_that_is_no_more_still_has_its_story(workspace: Repo, show: Show) -> None:
    (workspace.root / LINE_3).unlink()
    workspace.commit("gone", "2026-05-10")
    assert [row["kind"] for row in show("log", "bohai/line-3")] == ["created", "deleted"]
    workspace.write(LINE_3, DEAL)
    workspace.commit("back", "2026-05-12")
    assert [row["kind"] for row in show("log", "bohai/line-3")] == ["created", "deleted", "created"]


def test_a_version_that_cannot_be_read_is_passed_over_and_counted(
    workspace: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(workspace, "2026-05-10", "amount: 100", "amount\uff1a150")
    changed(workspace, "2026-05-11", "amount\uff1a150", "amount: 200")
    assert cli.run(["-C", str(workspace.root), "log", "line-3", "--fields", "date,change"]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[2:] == ["2026-05-11\tAmount 100 CNY → 200 CNY"]
    assert "passed over 1 old version that could not be read" in shown.err


def test_a_merge_tells_only_what_none_of_its_sides_had(workspace: Repo, show: Show) -> None:
    workspace.git("checkout", "--quiet", "-b", "side")
    changed(workspace, "2026-05-10", "stage: L", "stage: O", "王强")
    workspace.git("checkout", "--quiet", "main")
    changed(workspace, "2026-05-11", "2026-07-31", "2026-08-31")
    workspace.git("merge", "--quiet", "--no-commit", "--no-ff", "-s", "ours", "side")
    file = workspace.root / LINE_3
    file.write_text(file.read_text("utf-8").replace("stage: L", "stage: O").replace("100 CNY", "300 CNY"), "utf-8")
    workspace.commit("merged", "2026-05-12", "孙梅")
    assert events(show("log", "line-3"))[1:] == [
        ("2026-05-10", "王强", "Stage L → O"),
        ("2026-05-11", "Li Na", "Close date 2026-07-31 → 2026-08-31, pushed by 31 days"),
        ("2026-05-12", "孙梅", "Amount 100 CNY → 300 CNY"),
    ]
    who = {row["path"]: row["author"] for row in show("blame", "line-3")}
    assert (who["stage"], who["close_date"], who["amount"], who["name"]) == ("王强", "Li Na", "孙梅", "Li Na")
    assert close_date_moves(Workspace.open(workspace.root)).rows == [
        MoveRow("bohai/line-3", date(2026, 5, 11), date(2026, 7, 31), date(2026, 8, 31))
    ]


def test_changes_that_are_not_committed_are_said(workspace: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    file = workspace.root / LINE_3
    file.write_text(DEAL.replace("100 CNY", "150 CNY").replace("stage: L", "stage: O"), "utf-8")
    assert cli.run(["-C", str(workspace.root), "log", "line-3"]) == 0
    assert "2 changes are not committed yet" in capsys.readouterr().err
    assert cli.run(["-C", str(workspace.root), "--at", "HEAD", "log", "line-3"]) == 0
    assert "not committed" not in capsys.readouterr().err
    file.write_text("broken: [", "utf-8")
    assert cli.run(["-C", str(workspace.root), "log", "bohai/line-3"]) == 0


def test_a_story_up_to_a_revision(workspace: Repo, show: Show) -> None:
    changed(workspace, "2026-05-10", "100 CNY", "150 CNY")
    assert len(show("--at", "HEAD~1", "log", "line-3")) == 1


def test_a_file_that_was_never_committed_has_no_story(workspace: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    workspace.write(LINE_4, DEAL)
    assert cli.run(["-C", str(workspace.root), "log", "line-4"]) == 0
    shown = capsys.readouterr()
    assert shown.out.count("\n") == 1
    assert "no change in the history" in shown.err
    assert "1 change is not committed" in shown.err


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["log", "bohai/lin-3"], 'there is no record "bohai/lin-3"', 'did you mean "bohai/line-3"?'),
        (["log", "zzzz"], 'there is no record "zzzz"', ""),
        (["log", "e"], "could be", ""),
        (["blame", "nobody/nothing"], 'there is no record "nobody/nothing"', ""),
        (["log", "--criterion", "compeling_event"], "there is no criterion", 'did you mean "compelling_event"?'),
        (["blame", "line-3", "--criterion", "zzz"], "there is no criterion", "one of "),
        (["log", "line-3", "--since", "soon"], '--since: "soon" is not a date', ""),
    ],
)
def test_what_cannot_be_told(
    arguments: list[str], message: str, hint: str, workspace: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["-C", str(workspace.root), *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert hint in error


def test_a_stem_that_a_deal_and_a_contact_share_is_asked_for_in_full(
    workspace: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.write("accounts/bohai/contacts/line-3.yaml", "name: 线三\n")
    workspace.commit("odd name")
    assert cli.run(["-C", str(workspace.root), "log", "bohai/line-3"]) == 2
    assert "opportunity bohai/line-3, contact bohai/line-3" in capsys.readouterr().err
    assert cli.run(["-C", str(workspace.root), "log", LINE_3]) == 0


def test_json_says_what_it_is_made_of(workspace: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-C", str(workspace.root), "--format", "json", "log", "line-3"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert (whole["command"], whole["shallow"], whole["unreadable_versions"]) == ("log", False, 0)
    assert whole["data"][0]["kind"] == "created"


# --- blame


MARKS = """
assessments:
  - date: 2026-03-01
    by: li-na
    marks:
      compelling_event: {us: "?", siemens: "+"}
      risk: {us: "+", evidence: 工期松}
"""


def test_each_mark_and_field_names_who_changed_it_last(workspace: Repo, show: Show) -> None:
    changed(workspace, "2026-05-04", "close_date: 2026-07-31\n", "close_date: 2026-07-31\n" + MARKS, "王强")
    later = (
        "  - date: 2026-06-04\n    by: li-na\n    marks:\n"
        '      compelling_event: {us: "+", evidence: 责任书, source: zhang-wei}\n'
    )
    file = workspace.root / LINE_3
    file.write_text(file.read_text("utf-8") + later, "utf-8")
    workspace.commit("年底必须达标", "2026-06-05", "孙梅")
    rows = {(row["path"], row["subject"], row["detail"]): row for row in show("blame", "line-3")}
    ours = rows["assessments", "compelling_event", "us"]
    keys = ("value", "evidence", "dated", "author", "committed", "reason", "age", "stale")
    assert {key: ours[key] for key in keys} == {
        "value": "+", "evidence": "责任书", "dated": "2026-06-04", "author": "孙梅", "committed": "2026-06-05",
        "reason": "年底必须达标", "age": "11", "stale": "false",
    }  # fmt: skip
    assert (ours["by"], ours["source"]) == ("li-na", "zhang-wei")
    theirs = rows["assessments", "compelling_event", "siemens"]
    assert (theirs["author"], theirs["age"], theirs["stale"]) == ("王强", "106", "true")
    assert rows["name", "", ""]["author"] == "Li Na"
    assert rows["stage", "", ""]["stale"] == "true"
    assert {row["path"] for row in show("blame", "line-3", "--stale")} == {
        "stage",
        "amount",
        "close_date",
        "assessments",
    }
    assert len(show("blame", "line-3", "--criterion", "risk")) == 1


def test_people_and_behaviours(workspace: Repo, show: Show) -> None:
    team = "buying_team:\n  zhang-wei:\n    roles: [D]\n    behaviours: {accepts_us: 2026-02-10}\n"
    changed(workspace, "2026-05-04", "close_date: 2026-07-31\n", "close_date: 2026-07-31\n" + team, "王强")
    changed(workspace, "2026-05-05", "2026-02-10}", "2026-02-10, invests_time: 2026-05-02}", "孙梅")
    rows = {(row["subject"], row["detail"]): row["author"] for row in show("blame", "line-3") if row["subject"]}
    assert rows == {
        ("zhang-wei", ""): "王强",
        ("zhang-wei", "accepts_us"): "王强",
        ("zhang-wei", "invests_time"): "孙梅",
    }


def test_a_value_that_came_back_is_its_last_author_s(workspace: Repo, show: Show) -> None:
    changed(workspace, "2026-05-04", "100 CNY", "150 CNY", "王强")
    changed(workspace, "2026-05-05", "150 CNY", "100 CNY", "孙梅")
    assert [row["author"] for row in show("blame", "line-3") if row["path"] == "amount"] == ["孙梅"]


def test_what_is_not_committed_is_nobody_s_yet(workspace: Repo, show: Show) -> None:
    (workspace.root / LINE_3).write_text(DEAL.replace("100 CNY", "150 CNY"), "utf-8")
    rows = {row["path"]: row for row in show("blame", "line-3")}
    assert (rows["amount"]["author"], rows["amount"]["committed"]) == ("not committed", "")
    assert rows["stage"]["author"] == "Li Na"
    workspace.write(LINE_4, DEAL)
    assert {row["author"] for row in show("blame", "line-4")} == {"not committed"}


def test_accounts_contacts_and_calls(workspace: Repo, show: Show) -> None:
    assert [row["path"] for row in show("blame", "bohai")] == ["name", "owner"]
    assert [row["path"] for row in show("blame", "zhang-wei")] == ["name"]


def test_blame_with_nothing_to_show(workspace: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-C", str(workspace.root), "--as-of", "2026-05-02", "blame", "line-3", "--stale"]) == 0
    assert "nothing to show" in capsys.readouterr().err


def test_blame_of_a_file_that_cannot_be_read_names_the_problem(
    workspace: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace.root / LINE_3).write_text("name: [", "utf-8")
    assert cli.run(["-C", str(workspace.root), "blame", "bohai/line-3"]) == 1
    assert LINE_3 in capsys.readouterr().err


# --- the story of the examples


def test_the_story_of_the_largest_deal(history: Path, golden: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("en", "zh-Hant"):
        for command in ("log", "blame"):
            assert (
                cli.run(
                    ["-C", str(history), "--as-of", "2026-06-15", "--lang", lang, "--format", "md", command, "line-3"]
                )
                == 0
            )
            golden(f"{command}-line-3.{lang}.md", COMMIT.sub("#########", capsys.readouterr().out))


@pytest.mark.slow
def test_every_commit_of_the_examples_can_be_validated(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One has a slip in it, which the next one mends."""
    bad = {}
    commits = [commit for commit, _ in Repository.open(history).log((), "HEAD")]
    for commit in (c for number, c in enumerate(commits) if number % 8 == 0 or "全角" in commits[number - 1].subject):
        if cli.run(["-C", str(history), "--at", commit.id, "--lang", "en", "validate", "--format", "concise"]):
            bad[commit.subject] = capsys.readouterr().out
    assert list(bad) == ["东环: 招标提前, 8月底可签"]
    assert "full-width" in next(iter(bad.values()))


def test_stories_follow_every_file_as_one_pass_over_everything_does(history: Path) -> None:
    repository = Repository.open(history)
    whole = everything(repository, repository.head)
    for path in {version.path for version in whole}:
        one = [(v.commit.id, v.change.before, v.change.after) for v in stories(repository, [path], repository.head)]
        assert one == [(v.commit.id, v.change.before, v.change.after) for v in whole if v.path == path], path


# --- moved close dates


def test_moves_are_kept_and_only_new_commits_are_looked_at(workspace: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(workspace, "2026-05-10", "2026-07-31", "2026-08-31")
    first = [MoveRow("bohai/line-3", date(2026, 5, 10), date(2026, 7, 31), date(2026, 8, 31))]
    assert close_date_moves(Workspace.open(workspace.root)).rows == first
    walked: list[Any] = []
    walk = moves_module._walk

    def watched(*given: Any) -> Any:
        walked.append(given[3])
        return walk(*given)

    monkeypatch.setattr(moves_module, "_walk", watched)
    assert close_date_moves(Workspace.open(workspace.root)).rows == first
    assert walked == []
    changed(workspace, "2026-05-20", "close_date: 2026-08-31\n", "")
    second = MoveRow("bohai/line-3", date(2026, 5, 20), date(2026, 8, 31), None)
    assert close_date_moves(Workspace.open(workspace.root)).rows == [*first, second]
    assert [len(revisions) for revisions in walked] == [2]
    assert close_date_moves(Workspace.open(workspace.root), since=date(2026, 5, 11)).rows == [second]
    workspace.git("mv", LINE_3, LINE_4)
    workspace.commit("renamed", "2026-05-21")
    assert [row.opportunity for row in close_date_moves(Workspace.open(workspace.root)).rows] == ["bohai/line-4"] * 2
    workspace.git("checkout", "--quiet", "-b", "other", "HEAD~3")
    assert close_date_moves(Workspace.open(workspace.root)).rows == []


def test_moves_without_git_are_none_and_not_known(tmp_path: Path) -> None:
    (tmp_path / "kamctl.yaml").write_text("format: 1\n")
    assert close_date_moves(Workspace.open(tmp_path)) == ([], False, True)


def test_moves_pass_over_a_version_that_cannot_be_read(workspace: Repo) -> None:
    changed(workspace, "2026-05-10", "name: 三号线", 'name: "三号线')
    changed(workspace, "2026-05-11", "close_date: 2026-07-31", "'close_date': [")
    changed(workspace, "2026-05-12", "'close_date': [", "close_date: 2026-08-31")
    changed(workspace, "2026-05-13", 'name: "三号线', "name: 三号线")
    assert [(row.date, row.after) for row in close_date_moves(Workspace.open(workspace.root)).rows] in (
        [(date(2026, 5, 12), date(2026, 8, 31))],
        [(date(2026, 5, 13), date(2026, 8, 31))],
    )


def test_other_fields_can_be_asked_for(workspace: Repo) -> None:
    changed(workspace, "2026-05-10", "100 CNY", "150万 CNY", "王强")
    workspace_now = Workspace.open(workspace.root)
    repository = Repository.open(workspace.root)
    found = field_changes(workspace_now, repository, "opportunity", ("amount", "stage"))
    assert [(c.record, c.field, c.commit.author, c.before, c.after) for c in found] == [
        ("bohai/line-3", "amount", "王强", "100 CNY", "150万 CNY")
    ]
    assert field_changes(Workspace.open(workspace.root), repository, "opportunity", ("amount", "stage")) == found


def test_moves_of_the_examples(history: Path) -> None:
    found = close_date_moves(Workspace.open(history))
    assert found.known
    assert found.complete
    assert [str(row.after) for row in found.rows if row.opportunity == "bohai-water/line-3"] == [
        "2026-08-31",
        "2026-09-30",
    ]


# --- fields by their lines


@pytest.mark.parametrize(
    "text",
    [
        "close_date: 2026-05-01\n",
        "close_date: 2026-05-01",
        "close_date:   2026-05-01   # 客户说的\n",
        "\ufeffclose_date: 2026-05-01\n",
        "name: x\r\nclose_date: 2026-05-01\r\nstage: L\r\n",
        "name: x\rclose_date: 2026-05-01\r",
        'close_date: "2026-05-01"\n',
        "'close_date': 2026-05-01\n",
        '"close_date": 2026-05-01\n',
        "close_date : 2026-05-01\n",
        "? close_date\n: 2026-05-01\n",
        "{name: x, close_date: 2026-05-01}\n",
        "---\nclose_date: 2026-05-01\n",
        "--- {close_date: 2026-05-01}\n",
        "close_date: &day 2026-05-01\ntender_date: *day\n",
        "tender_date: &day 2026-05-01\nclose_date: *day\n",
        "close_date:\n  2026-05-01\n",
        "close_date: 2026-05-01\n  and more\n",
        "close_date: 2026-05-01\n  # only a comment\n",
        "close_date: >\n  2026-05-01\n",
        "close_date:\nname: x\n",
        "close_date: ~\n",
        "close_date: null\n",
        "competitors:\n  x: {close_date: 2026-05-01}\n  y:\n    close_date: 2026-05-02\n",
        "needs: |\n  close_date: 2026-05-01\n",
        "products: [\na, b]\nclose_date: 2026-05-01\n",
        "name: x # close_date: 2026-05-02\n",
        "close_date: 200万 CNY\n",
        "close_date: a#b\n",
        "close_date: a:b\n",
        "",
        "# nothing\n",
    ],
)
def test_a_field_read_by_its_line_is_what_the_reader_says(text: str) -> None:
    value = read(text.removeprefix("\ufeff")).get("close_date")
    expected = {"close_date": value} if isinstance(value, str) else {}
    assert fields_of(text.encode(), ("close_date",)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< HEAD\nclose_date: 2026-05-01\n=======\nclose_date: 2026-06-01\n>>>>>>> side\n",
        "close_date: 2026-05-01\nclose_date: 2026-05-01\n",
        "close_date: [2026\n",
    ],
)
def test_a_file_that_cannot_be_read_has_no_fields(text: str) -> None:
    assert fields_of(text.encode(), ("close_date",)) is None
