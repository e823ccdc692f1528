"""Workbooks of an evaluation: figures to look at, conclusions to write, read back into the file of the period."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from workbooks import Filled, changed_lines, examples_in, export, kamctl, plan


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return examples_in(tmp_path)


def evaluation(workspace: Path, period: str = "2026-Q1", *options: str) -> Filled:
    return Filled(export(workspace, "--form", "evaluation", "--period", period, *options), form="evaluation")


def test_conclusions_stand_on_the_first_sheet_and_figures_on_another(workspace: Path) -> None:
    filled = evaluation(workspace)
    assert [sheet.title for sheet in filled.book.worksheets if sheet.sheet_state == "visible"] == [
        "考核结论", "考核数据", "填表说明",
    ]  # fmt: skip
    row = [cell.value for cell in filled.sheet[filled.row("报价当天约好澄清会")][:6]]
    assert row == ["团队", "改进措施", "报价当天约好澄清会", "王强", datetime(2026, 4, 30), datetime(2026, 4, 28)]
    figures = [[cell.value for cell in row] for row in filled.book["考核数据"].iter_rows()]
    assert figures[0] == ["人员", "指标", "数值", "数据", "团队", "n"]
    assert ["李娜", "目标达成率（金额）", "0.0%", "0 / 80万", "32.4%", "0"] in figures


def test_the_rows_are_those_of_the_team_and_of_the_people_asked_for(workspace: Path) -> None:
    filled = evaluation(workspace, "2026-Q1", "--owner", "马俊")
    assert {filled.sheet.cell(row, 1).value for row in range(7, filled.last + 1)} == {"团队", "马俊"}


def test_what_people_conclude_becomes_small_diffs(workspace: Path) -> None:
    filled = evaluation(workspace)
    filled.put("拜访记录都在当天写完", words="拜访记录都在当天写完, 没有例外")
    filled.put("每周留出四小时找新客户", done="2026-06-12", in_charge="李娜")
    filled.put("报价当天约好澄清会", done=None)
    filled.add(whose="团队", conclusion="改进措施", words="每月一次演示排练", in_charge="陈洁", due="2026/7/31")
    filled.add(whose="周磊", conclusion="做得好的", words="新客户两家")
    rows = plan(workspace, filled.save(), "--apply")
    assert sorted(row["outcome"] for row in rows) == ["changed"] * 4 + ["new"] * 2
    assert changed_lines(workspace) == [
        "-- 拜访记录都在当天写完",
        "-- {what: 报价当天约好澄清会, who: wang-qiang, due: 2026-04-30, done: 2026-04-28}",
        "-- {what: 每周留出四小时找新客户, who: wang-qiang, due: 2026-06-30}",
        "+- 拜访记录都在当天写完, 没有例外",
        "+- {what: 报价当天约好澄清会, who: wang-qiang, due: 2026-04-30}",
        "+- {what: 每周留出四小时找新客户, who: li-na, due: 2026-06-30, done: 2026-06-12}",
        "+- {what: 每月一次演示排练, who: chen-jie, due: 2026-07-31}",
        "+zhou-lei:",
        "+worked: [新客户两家]",
    ]
    assert kamctl(workspace, "validate").returncode == 0


def test_a_period_without_a_file_gets_one(workspace: Path) -> None:
    filled = evaluation(workspace, "2026-Q2").add(whose="团队", conclusion="需要改进", words="报价太慢")
    plan(workspace, filled.save(), "--apply")
    assert (workspace / "reviews/2026-Q2.yaml").read_text("utf-8") == "improve: [报价太慢]\n"
    assert plan(workspace, filled.path) == [], "the same workbook again brings nothing twice"


def test_a_conclusion_that_was_rewritten_meanwhile_is_not_touched(workspace: Path) -> None:
    filled = evaluation(workspace).put("拜访记录都在当天写完", words="别的话")
    file = workspace / "reviews/2026-Q1.yaml"
    file.write_text(file.read_text("utf-8").replace("拜访记录都在当天写完", "记录都写了"), "utf-8")
    (row,) = [row for row in plan(workspace, filled.save(), "--lang", "en", code=1) if row["outcome"] == "rejected"]
    assert "renamed, removed or rewritten since the export" in row["reason"]


def test_two_conclusions_of_the_same_words_are_two_rows(workspace: Path) -> None:
    file = workspace / "reviews/2026-Q1.yaml"
    file.write_text(file.read_text("utf-8").replace("improve:\n", "improve:\n  - 两次\n  - 两次\n", 1), "utf-8")
    filled = evaluation(workspace)
    assert {row["outcome"] for row in plan(workspace, filled.path, "--all")} == {"same"}


def test_what_a_workbook_rewrote_it_finds_again(workspace: Path) -> None:
    filled = evaluation(workspace).put("拜访记录都在当天写完", words="拜访记录当天写完")
    filled.put("每周留出四小时找新客户", words="每周留出五小时找新客户", done="2026-06-12")
    plan(workspace, filled.save(), "--apply")
    written = changed_lines(workspace)
    assert plan(workspace, filled.path, "--apply") == [], "the same workbook again changes nothing"
    filled.put("每周留出五小时找新客户", done="2026-06-13")
    assert [row["typed"] for row in plan(workspace, filled.save(), "--theirs", "--apply")] == ["2026-06-13"]
    assert [line.replace("06-13", "06-12") for line in changed_lines(workspace)] == written


def test_a_row_that_was_copied_down_is_one_conclusion(workspace: Path) -> None:
    filled = evaluation(workspace)
    for _ in range(3):
        filled.add(whose="团队", conclusion="改进措施", words="多跑客户")
    assert [row["outcome"] for row in plan(workspace, filled.save(), "--apply")] == ["new"]
    assert changed_lines(workspace) == ["+- {what: 多跑客户}"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"conclusion": "做得好的", "in_charge": "李娜"}, "only a measure has somebody in charge and days"),
        ({"conclusion": "别的"}, "“别的” is not in the list"),
        ({"whose": "没有这个人"}, "“没有这个人” is not in the list"),
        ({"words": None, "due": "2026-07-01"}, "must not be empty"),
    ],
)
def test_a_conclusion_that_cannot_be_is_named_with_its_reason(
    workspace: Path, cells: dict[str, Any], reason: str
) -> None:
    filled = evaluation(workspace)
    filled.add(**{"whose": "团队", "conclusion": "改进措施", "words": "新的"} | cells)
    (row,) = plan(workspace, filled.save(), "--lang", "en", code=1)
    assert reason in row["reason"]


def test_a_conclusion_does_not_move_to_another_person(workspace: Path) -> None:
    filled = evaluation(workspace).put("三号线见到了决策人", whose="马俊")
    (row,) = plan(workspace, filled.save(), "--lang", "en", code=1)
    assert row["reason"] == "cannot be changed; write it into an empty row"


def test_a_period_that_has_not_begun_is_refused(workspace: Path) -> None:
    done = kamctl(workspace, "workbook", "export", "--form", "evaluation", "--period", "2027-Q1")
    assert done.returncode == 2
    assert done.stderr.startswith("错误：2027-Q1 从 2027-01-01 开始")
