"""Questions where the days in the files and the days of the commits differ."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from kamctl import cli

if TYPE_CHECKING:
    from conftest import Repo

CALL = "accounts/bohai/calls/2026-05-04-zhang-wei.yaml"
PLAN = "date: 2026-05-04\ntime: 10:00\nby: li-na\nmode: visit\n"


def deal(number: int) -> str:
    return f"accounts/bohai/opportunities/line-{number}.yaml"


def deal_text(close: str = "2026-09-30", stage: str = "L", more: str = "") -> str:
    return f"name: 三号线\nstage: {stage}\nclose_date: {close}\n{more}"


Ask = Callable[..., list[dict[str, str]]]


@pytest.fixture
def kept(repo: Repo) -> Repo:
    """A workspace with four deals and a planned call, of 1 May."""
    repo.write("kamctl.yaml", "format: 1\nlanguage: en\ncurrency: CNY\n")
    repo.write("team.yaml", "members:\n  li-na: {name: 李娜}\n  ma-jun: {name: 马俊}\n")
    repo.write("accounts/bohai/account.yaml", "name: 渤海水务\nowner: li-na\n")
    for number in range(1, 5):
        repo.write(deal(number), deal_text())
    repo.write(CALL, PLAN)
    repo.commit("first", "2026-05-01", "李娜")
    return repo


@pytest.fixture
def ask(kept: Repo, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Return the questions as rows."""

    def rows(*arguments: str) -> list[dict[str, str]]:
        capsys.readouterr()
        code = cli.run(["-C", str(kept.root), "--as-of", "2026-06-15", "--format", "csv", "audit", *arguments])
        shown = capsys.readouterr()
        assert code == 0, shown.err
        return list(csv.DictReader(io.StringIO(shown.out)))

    return rows


def checks(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(row["check"], row["record"]) for row in rows]


def test_a_record_is_late_when_it_was_committed_more_than_a_day_after_the_call(kept: Repo, ask: Ask) -> None:
    kept.write(CALL, PLAN + "outcome: {events: 谈了, recorded_at: 2026-05-04T12:00}\n")
    kept.commit("in time", "2026-05-05T09:59:00+0800", "李娜")
    assert ask() == []
    kept.write("accounts/bohai/calls/2026-05-05-x.yaml", PLAN.replace("05-04", "05-05") + "outcome: {events: 谈了}\n")
    kept.commit("late", "2026-05-06T11:00:00+0800", "马俊")
    [row] = ask()
    assert (row["check"], row["person"], row["lag_hours"]) == ("late_record", "马俊", "25")
    assert "25 hours after the call" in row["question"]


def test_a_call_without_a_time_counts_from_the_end_of_its_day(kept: Repo, ask: Ask) -> None:
    plan = PLAN.replace("time: 10:00\n", "")
    kept.write(CALL, plan + "outcome: {events: 谈了}\n")
    kept.commit("late enough", "2026-05-05T23:00:00+0800", "李娜")
    assert ask() == []
    kept.write(CALL, plan.replace("mode", "time: noon\nmode"))
    kept.commit("away", "2026-05-06", "李娜")
    kept.write(CALL, plan.replace("mode", "time: noon\nmode") + "outcome: {events: 谈了}\n")
    kept.commit("again", "2026-05-08", "李娜")
    assert [row["lag_hours"] for row in ask()] == ["89"]


def test_a_stage_dated_back_is_asked_about(kept: Repo, ask: Ask) -> None:
    history = "stage_history:\n  - {date: 2026-05-01, stage: L}\n  - {date: %s, stage: O}\n"
    kept.write(deal(1), deal_text(stage="O", more=history % "2026-05-06"))
    kept.write(deal(2), deal_text(stage="O", more=history % "2026-05-07"))
    kept.commit("moved", "2026-05-10", "李娜")
    rows = ask()
    assert ("backdated_stage", "bohai/line-1") in checks(rows)
    assert {row["subject"] for row in rows if row["record"] == "bohai/line-1"} == {"L", "O"}
    assert "4 days before it was committed" in next(row["question"] for row in rows if row["subject"] == "O")
    assert [row["subject"] for row in rows if row["record"] == "bohai/line-2"] == ["L"]


def test_dates_moved_on_one_day_are_asked_about_together(kept: Repo, ask: Ask) -> None:
    for number in range(1, 4):
        kept.write(deal(number), deal_text("2026-10-31"))
    kept.commit("three", "2026-05-20", "李娜")
    assert ask() == []
    kept.write(deal(4), deal_text("2026-10-30"))
    kept.commit("the fourth, on the same day", "2026-05-20T19:00:00+0800", "李娜")
    assert checks(ask()) == [("moved_together", f"bohai/line-{number}") for number in range(1, 5)]


def test_marks_after_the_outcome_and_late_pluses_without_evidence(kept: Repo, ask: Ask) -> None:
    marks = "assessments:\n  - {date: %s, by: li-na, marks: {risk: {us: '%s'%s}}}\n"
    kept.write(deal(1), deal_text("2026-05-20", more=marks % ("2026-05-10", "+", "")))
    kept.write(deal(2), deal_text("2026-05-20", more=marks % ("2026-05-10", "+", ", evidence: 有备件")))
    kept.write(deal(3), deal_text("2026-09-30", more=marks % ("2026-05-10", "+", "")))
    lost = "lost: {date: 2026-05-09, reason: price}\n"
    kept.write(deal(4), deal_text(stage="lost", more=lost))
    kept.commit("marked", "2026-05-10", "李娜")
    assert [row for row in checks(ask()) if row[0] == "late_plus"] == [("late_plus", "bohai/line-1")]


def test_a_mark_changed_after_a_loss(kept: Repo, ask: Ask) -> None:
    code = next(iter(_lost_stages()))
    kept.write(deal(1), deal_text(stage=code))
    kept.commit("lost", "2026-05-09", "李娜")
    kept.write(deal(1), deal_text(stage=code, more="assessments:\n  - {date: 2026-05-10, marks: {risk: {us: '-'}}}\n"))
    kept.commit("knew it all along", "2026-05-10", "马俊")
    [row] = ask()
    assert (row["check"], row["person"], row["before"], row["after"]) == ("mark_after_outcome", "马俊", "?", "-")
    assert "Degree of risk (us) ? → -" in row["question"]


def _lost_stages() -> list[str]:
    from kamctl.methods import Methods

    return [stage.code for stage in Methods(None).process("losqaop").stages if stage.outcome == "lost"]


def test_since_and_owner_narrow_it(kept: Repo, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    kept.write(CALL, PLAN + "outcome: {events: 谈了}\n")
    kept.commit("late", "2026-05-08", "马俊")
    assert len(ask("--since", "2026-05-08")) == 1
    assert ask("--since", "2026-05-09") == []
    assert len(ask("--owner", "li-na")) == 1
    assert ask("--owner", "ma-jun") == []
    assert cli.run(["-C", str(kept.root), "audit", "--owner", "li-n"]) == 2
    assert 'did you mean "li-na"?' in capsys.readouterr().err


def test_what_the_first_commit_and_merges_bring_is_not_asked_about(kept: Repo, ask: Ask) -> None:
    kept.git("checkout", "--quiet", "-b", "side")
    kept.write(CALL, PLAN + "outcome: {events: 谈了}\n")
    kept.commit("in time", "2026-05-04", "李娜")
    kept.git("checkout", "--quiet", "main")
    kept.git("merge", "--no-ff", "--quiet", "-m", "much later", "side")
    assert ask() == []


def test_limits_come_from_the_method_of_the_workspace(kept: Repo, ask: Ask) -> None:
    kept.write(
        "method/audit.yaml",
        "version: 2\nrecord_within_hours: 1\nbackdated_days: 0\nmoved_on_one_day: 1\nlate_plus_days: 0\n",
    )
    kept.write(CALL, PLAN + "outcome: {events: 谈了}\n")
    kept.write(deal(1), deal_text("2026-10-31"))
    kept.commit("same day", "2026-05-04", "李娜")
    assert [check for check, _ in checks(ask())] == ["late_record", "moved_together"]


def test_people_get_counts_with_their_denominators_and_what_dates_are_worth(
    kept: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    kept.write(CALL, PLAN + "outcome: {events: 谈了}\n")
    kept.commit("late", "2026-05-08", "李娜")
    command = ["-C", str(kept.root), "--as-of", "2026-06-15", "--lang", "en", "audit"]
    for form in ("table", "md"):
        assert cli.run([*command, "--format", form]) == 0
        shown = " ".join(capsys.readouterr().out.split())
        assert "1 of 1" in shown
        assert "can be set to anything" in shown
        assert "Signed here: 0 of 2 commits" in shown
    assert cli.run([*command, "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {"person": "李娜", "check": "late_record", "asked": 1, "of": 1} in said["counts"]
    assert said["limits"]["record_within_hours"] == 24
    assert (said["signed"], said["commits"]) == (0, 2)


def test_signatures_are_counted_and_no_program_is_run_to_check_them(
    kept: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    program = kept.write("gpg", "#!/bin/sh\ntouch ran-gpg\n")
    program.chmod(0o755)
    kept.git("config", "gpg.program", str(program))
    kept.git("config", "log.showSignature", "true")
    raw = kept.git("cat-file", "commit", "HEAD")
    head, _, body = raw.partition("\n\n")
    signed = f"{head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n{body}\n"
    kept.write("commit.txt", signed)
    kept.git("reset", "--quiet", "--soft", kept.git("hash-object", "-t", "commit", "-w", "commit.txt"))
    assert cli.run(["-C", str(kept.root), "--lang", "en", "audit", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["signed"] == 1
    assert not list(kept.root.rglob("ran-gpg"))


def test_nothing_to_ask_is_said(kept: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-C", str(kept.root), "--lang", "en", "audit", "--format", "table"]) == 0
    assert "No questions" in capsys.readouterr().err


def test_a_shallow_clone_says_so_and_no_commit_stops_it(
    kept: Repo, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    kept.write(CALL, PLAN + "outcome: {events: 谈了}\n")
    kept.commit("late", "2026-05-08", "李娜")
    clone = tmp_path_factory.mktemp("shallow") / "clone"
    kept.git("clone", "--quiet", "--depth", "1", kept.root.as_uri(), str(clone))
    assert cli.run(["-C", str(clone), "--lang", "en", "audit", "--format", "csv"]) == 0
    shown = capsys.readouterr()
    assert "shallow" in shown.err
    assert len(shown.out.splitlines()) == 1
