"""The review of a deal and of an account: the pack, what changed, the test of the plan, and decisions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kamctl import cli
from kamctl.methods import Methods

if TYPE_CHECKING:
    from collections.abc import Callable

LINE_3 = "accounts/bohai-water/opportunities/line-3.yaml"


@pytest.fixture
def copy(history: Path, tmp_path: Path) -> Path:
    """Return a copy of the examples with their history."""
    return Path(shutil.copytree(history, tmp_path / "copy"))


def run(root: Path, *arguments: str, lang: str = "en") -> int:
    return cli.run(["-C", str(root), "--as-of", "2026-06-15", "--lang", lang, "review", *arguments])


def page(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str, lang: str = "en") -> str:
    assert run(root, *arguments, "--format", "md", lang=lang) == 0
    return capsys.readouterr().out


def chapter(text: str, title: str) -> str:
    return text.partition(f"\n## {title}")[2].partition("\n## ")[0]


def test_the_review_of_a_deal_in_three_languages(
    history: Path, golden: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    for lang in ("en", "zh-Hans", "zh-Hant"):
        text = page(history, capsys, "opportunity", "line-3", "--since", "2026-06-01", lang=lang)
        golden(f"review-line-3.{lang}.md", without_commits(text, history))


def test_the_review_of_an_account(
    history: Path, golden: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    text = page(history, capsys, "account", "bohai-water")
    golden("review-bohai-water.en.md", without_commits(text, history))


def without_commits(text: str, root: Path) -> str:
    from kamctl.history.repository import Repository

    for commit, _ in Repository.open(root).log((), "HEAD", changes=False):
        text = text.replace(commit.short, "COMMIT")
    return text


def test_html_holds_what_markdown_holds(history: Path, tmp_path: Path) -> None:
    for kind, name, words in (
        ("opportunity", "line-3", ("Test of the plan", "As the competitor", "Score over time", "Decisions")),
        ("account", "bohai-water", ("How the open deals stand", "七号泵站更新", "Test of the plan")),
    ):
        target = tmp_path / f"{kind}.html"
        assert run(history, kind, name, "-o", str(target)) == 0
        text = target.read_text("utf-8")
        for word in words:
            assert word in text


def test_a_week_back_unless_told_otherwise(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "2026-06-08" in chapter(page(history, capsys, "opportunity", "line-3"), "Changed since")
    since = chapter(page(history, capsys, "opportunity", "line-3", "--since", "2026-05-20"), "Changed since")
    assert "pushed by 30 days" in since
    assert "东环" not in since


def test_calls_about_another_deal_are_no_change_of_this_one(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    since = chapter(page(history, capsys, "opportunity", "line-3", "--since", "2026-06-08"), "Changed since")
    assert "2026-06-11-liu-yang" not in since
    assert "2026-06-11 刘洋" in page(history, capsys, "account", "bohai-water", "--since", "2026-06-08")


def test_score_over_time_has_a_row_for_each_assessment(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(history, "opportunity", "line-3", "--format", "json") == 0
    points = json.loads(capsys.readouterr().out)["data"]["points"]
    assert [(point["date"], point["overall"]) for point in points] == [
        ("2026-02-12", "+71"),
        ("2026-04-23", "+87"),
        ("2026-06-04", "+68"),
    ]


def test_the_agenda_lasts_ninety_minutes_and_follows_on(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(history, "opportunity", "line-3", "--format", "json") == 0
    steps = json.loads(capsys.readouterr().out)["data"]["agenda"]
    assert sum(step["minutes"] for step in steps) == 90 == sum(s.minutes for s in Methods(None).plan_test.agenda)
    assert [step["start"] for step in steps] == [sum(s["minutes"] for s in steps[:n]) for n in range(len(steps))]


def test_a_workspace_has_its_own_test(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = "{en: Attack, zh-Hans: 进攻, zh-Hant: 進攻}"
    (copy / "method").mkdir(exist_ok=True)
    (copy / "method/plan_test.yaml").write_text(
        f"version: 3\nsince_days: 30\nquestions: 1\nagenda:\n"
        f"  - {{id: a, label: {words}, minutes: 10, lead: {words}, about: {words}, draws: unknown}}\n",
        "utf-8",
    )
    text = page(copy, capsys, "opportunity", "line-3")
    assert "## Test of the plan (10 minutes)" in text
    assert "Attack. Attack" in text
    assert "- 4 more" in text
    assert "2026-05-" in chapter(text, "Changed since")
    assert cli.run(["-C", str(copy), "method", "check"]) == 0
    assert cli.run(["-C", str(copy), "--lang", "en", "method", "show", "plan_test", "--format", "md"]) == 0
    assert "and the unknown and stale marks" in capsys.readouterr().out


def test_without_a_history_the_rest_is_there(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(copy / ".git")
    text = page(copy, capsys, "opportunity", "line-3")
    assert "No history to compare with" in text
    assert "is in no git repository" in text
    assert "## Score over time" in text
    assert run(copy, "opportunity", "line-3", "--since", "HEAD~1") == 2
    assert "is in no git repository" in capsys.readouterr().err


def test_a_deal_of_which_nothing_is_known(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "accounts/bohai-water/opportunities/new.yaml").write_text("name: 新项目\nstage: L\n", "utf-8")
    text = page(copy, capsys, "opportunity", "bohai-water/new")
    assert "Nothing has been assessed yet." in text
    assert "created: 新项目" in text
    assert run(copy, "opportunity", "bohai-water/new", "--format", "html") == 0


def test_an_earlier_state_of_an_account_can_be_reviewed(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cli.run(
            [
                "-C",
                str(history),
                "--at",
                "2026-05-22",
                "--lang",
                "en",
                "--format",
                "md",
                "review",
                "account",
                "bohai-water",
            ]
        )
        == 0
    )
    text = capsys.readouterr().out
    assert "as of 2026-05-22" in text
    assert "pushed by 30 days" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["opportunity", "lime-3"], 'did you mean "line-3"?'),
        (["account", "nowhere"], 'there is no account "nowhere"'),
        (["opportunity", "line-3", "--since", "nowhere"], 'there is no revision "nowhere"'),
        (["opportunity", "line-3", "--format", "csv"], 'there is no format "csv" here'),
        (["opportunity", "line-3", "--accept", "li-na"], '"li-na" is no decision'),
        (["opportunity", "line-3", "--accept", "li-an: x @fri"], 'did you mean "li-na"?'),
        (["opportunity", "line-3", "--accept", "li-na: x @someday"], '"someday" is not a date'),
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_said(
    arguments: list[str], message: str, history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(history, *arguments) == 2
    assert message in capsys.readouterr().err


def test_a_decision_becomes_one_line_of_the_deal(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (copy / LINE_3).read_text("utf-8")
    decisions = ["--accept", "李娜\uff1a问清付款条件 @fri", "--accept", "wang-qiang: 约王莉: 下周 @2026-06-30"]
    assert run(copy, "opportunity", "line-3", *decisions, "--dry-run") == 0
    assert (copy / LINE_3).read_text("utf-8") == before
    shown = capsys.readouterr().out
    assert run(copy, "opportunity", "line-3", *decisions) == 0
    added = set((copy / LINE_3).read_text("utf-8").splitlines()) - set(before.splitlines())
    assert added == {
        "  - {due: 2026-06-19, who: li-na, what: 问清付款条件}",
        '  - {due: 2026-06-30, who: wang-qiang, what: "约王莉: 下周"}',
    }
    assert all(f"+{line}" in shown for line in added)


def test_a_decision_about_a_file_that_cannot_be_read(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / LINE_3).write_text("name: [\n", "utf-8")
    for more in ([], ["--accept", "li-na: x @fri"]):
        assert run(copy, "opportunity", "bohai-water/line-3", *more) == 1
    assert "line-3.yaml" in capsys.readouterr().err


def test_two_people_of_one_name_are_told_apart(copy: Path, capsys: Any) -> None:
    (copy / "accounts/bohai-water/contacts/li-na-2.yaml").write_text("name: 李娜\n", "utf-8")
    assert run(copy, "opportunity", "line-3", "--lang", "en", "--accept", "李娜: x @fri") == 2
    assert "could be li-na, li-na-2" in capsys.readouterr().err
