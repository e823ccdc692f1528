"""Workbooks: exported, filled in as people do, compared with the files, and imported; bad ones refused."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from kamctl import resources
from kamctl.cli import run
from kamctl.exchange import archive as archive_checks
from kamctl.exchange import marks
from kamctl.exchange.book import Book, Line
from kamctl.exchange.columns import Vocabulary, read, shown
from kamctl.exchange.forms import FORMS, PIPELINE
from kamctl.exchange.marks import exported_values, fingerprint
from kamctl.exchange.matching import Names
from kamctl.exchange.merge import three_way
from kamctl.exchange.sheet import read_sheet
from kamctl.exchange.typed import MARKS, Option, Reason, fold
from kamctl.exchange.workbook import workbook_bytes
from kamctl.labels import LANGUAGES, text
from kamctl.problems import KamctlError
from workbooks import AS_OF, FIRST, Filled, brief, changed_lines, examples_in, export, kamctl, plan


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return examples_in(tmp_path)


# --- out and back


MARK_OPTIONS = [Option(mark, {"en": mark}, also) for mark, also in MARKS.items()]

OPTIONS = {
    "pipeline": (["--all"], 24),
    "scorecard": (["--all"], 24),
    "week": (["--period", "2026-W24"], 3),
    "record": ([], 24),
    "evaluation": (["--period", "2026-Q1"], 10),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_workbook_that_nobody_touched_changes_nothing(workspace: Path, lang: str, form: str) -> None:
    options, fewest = OPTIONS[form]
    file = export(workspace, *options, "--form", form, "--lang", lang)
    rows = plan(workspace, file, "--all")
    assert {row["outcome"] for row in rows} == {"same"}
    assert len(rows) >= fewest


def test_the_same_deals_on_the_same_day_give_the_same_bytes(workspace: Path) -> None:
    assert export(workspace).read_bytes() == export(workspace).read_bytes()


def test_what_a_person_changes_becomes_a_plan_and_then_small_diffs(workspace: Path) -> None:
    file = Filled(export(workspace))
    file.put("三号线管道改造", amount=520, close_date="2026.10.20", probability="７０％")
    file.put("七号泵站更新", stage="Q-20 报价", products="泵站，阀门；流量计 ")
    file.save()
    rows = plan(workspace, file.path)
    assert brief(rows) == [
        ("changed", "stage", "S", "Q"),
        ("changed", "products", "泵站、阀门", "泵站、阀门、流量计"),
        ("changed", "probability", "60%", "70%"),
        ("changed", "close_date", "2026-09-30", "2026-10-20"),
        ("changed", "amount", "4800000 CNY", "5200000 CNY"),
    ]
    assert rows[0]["cell"] == f"E{file.row('七号泵站更新')}"
    assert changed_lines(workspace) == []
    diff = kamctl(workspace, "workbook", "import", str(file.path), "--dry-run")
    assert "+amount: 5200000 CNY" in diff.stdout
    assert changed_lines(workspace) == []
    plan(workspace, file.path, "--apply")
    assert changed_lines(workspace) == [
        "-amount: 4800000 CNY",
        "-close_date: 2026-09-30",
        "-probability: 60%",
        "+amount: 5200000 CNY",
        "+close_date: 2026-10-20",
        "+probability: 70%",
        "-stage: S",
        "-products: [泵站, 阀门]",
        "+stage: Q",
        "+products: [泵站, 阀门, 流量计]",
        "+- {date: 2026-06-15, stage: Q, by: li-na}",
    ]
    assert plan(workspace, file.path) == []


def test_new_rows_become_deals_of_known_accounts_and_of_new_ones(workspace: Path) -> None:
    file = Filled(export(workspace))
    file.add(customer="渤海水务 集团", project="四号线阀门", stage="潜在客户", amount="８０ 万元", close_date="Dec-31")
    file.add(
        customer="滨海新城水务", project="水厂二期", stage="O 确定机会", amount="1,200", needs="扩建", province="天津",
        city="天津", owner="刘鹏", vertical="water-supply", source="经销商", importance="重要",
    )  # fmt: skip
    file.add(customer="滨海新城水务", project="水厂三期", stage="L", owner="刘鹏")
    file.sheet["B2"], file.sheet["E2"] = "津港恒通管业", "2026/6/15"
    file.save()
    rows = plan(workspace, file.path, "--apply")
    assert [(row["outcome"], row["id"]) for row in rows] == [
        ("new", "bohai-water/四号线阀门"),
        ("new", "滨海新城水务/水厂二期"),
        ("new", "滨海新城水务/水厂三期"),
    ]
    accounts = workspace / "accounts"
    assert (accounts / "bohai-water/opportunities/四号线阀门.yaml").read_text("utf-8") == (
        "name: 四号线阀门\nstage: L\namount: 800000 CNY\nclose_date: 2026-12-31\ncreated: 2026-06-15\n"
        "stage_history:\n  - {date: 2026-06-15, stage: L, by: li-na}\n"
    )
    assert (accounts / "滨海新城水务/account.yaml").read_text("utf-8") == (
        "name: 滨海新城水务\nowner: liu-peng\ndealer: 津港恒通管业\nvertical: water-supply\n"
        "region: {province: 天津, city: 天津}\n"
    )
    assert (accounts / "滨海新城水务/opportunities/水厂二期.yaml").read_text("utf-8") == (
        "name: 水厂二期\nstage: O\namount: 12000000 CNY\nimportance: important\nsource: dealer\n"
        "created: 2026-06-15\nstage_history:\n  - {date: 2026-06-15, stage: O, by: liu-peng}\nneeds: 扩建\n"
    )
    assert kamctl(workspace, "validate").returncode == 0
    assert {row["outcome"] for row in plan(workspace, file.path, "--all")} == {"same"}


def test_a_deal_is_lost_with_its_reason_and_its_day(workspace: Path) -> None:
    file = Filled(export(workspace)).put("七号泵站更新", stage="流失", loss_reason="价格")
    plan(workspace, file.save(), "--apply")
    assert changed_lines(workspace) == [
        "-stage: S",
        "+stage: LOST",
        "+- {date: 2026-06-15, stage: LOST, by: li-na}",
        "+lost: {reason: price, date: 2026-06-15}",
    ]


def test_an_empty_cell_removes_what_is_the_deals_own(workspace: Path) -> None:
    file = Filled(export(workspace)).put("三号线管道改造", tender_date=None, importance=None)
    plan(workspace, file.save(), "--apply")
    assert changed_lines(workspace) == ["-importance: care", "-tender_date: 2026-07-15"]


def test_a_deal_that_moves_gets_province_and_city_of_its_own(workspace: Path) -> None:
    file = Filled(export(workspace)).put("三号线管道改造", city="鞍山")
    plan(workspace, file.save(), "--apply")
    assert changed_lines(workspace) == ["+region: {city: 鞍山, province: 辽宁}"]


def test_going_back_and_skipping_are_said_in_the_history(workspace: Path) -> None:
    file = (
        Filled(export(workspace))
        .put("七号泵站更新", stage="L")
        .put("高炉冷却阀门招标", stage="S", needs="阀门", amount=50, close_date=date(2026, 12, 1))
    )
    plan(workspace, file.save(), "--apply")
    assert "+- {date: 2026-06-15, stage: L, by: li-na, move: back}" in changed_lines(workspace)
    assert "+- {date: 2026-06-15, stage: S, by: ma-jun, move: skip}" in changed_lines(workspace)


def test_marks_of_a_scorecard_become_an_assessment_of_the_day(workspace: Path) -> None:
    file = export(workspace, "--form", "scorecard", "--account", "bohai-water")
    book = load_workbook(file)
    page = book.worksheets[0]
    rows = {cell.value: cell.row for cell in page["K"] if cell.value}
    page.cell(rows["bohai-water/line-3 political_alignment us"], 8).value = "＋"
    page.cell(rows["bohai-water/line-3 political_alignment us"], 9).value = "王莉当众表态"
    page.cell(rows["bohai-water/line-3 risk haiyue"], 8).value = "−"
    page.cell(rows["bohai-water/line-3 project us"], 8).value = "maybe"
    page.cell(rows["bohai-water/line-3 project donglin"], 8).value = None
    page.cell(page.max_row + 1, 8).value = "+"
    book.save(file)
    plan(workspace, file, "--apply", code=1)
    added = [
        "+- date: 2026-06-15", "+political_alignment: {us: \"+\", evidence: 王莉当众表态}", "+risk: {haiyue: \"-\"}",
    ]  # fmt: skip
    assert changed_lines(workspace) == added
    book.worksheets[0].cell(rows["bohai-water/line-3 future_revenue us"], 8).value = "?"
    book.save(file)
    plan(workspace, file, "--apply", code=1)
    assert changed_lines(workspace) == [*added, '+future_revenue: {us: "?"}']


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("是", "+"),
        ("＋", "+"),
        ("√", "+"),
        ("无", "-"),
        ("—", "-"),
        ("减", "-"),
        ("不知道", "?"),
        ("？", "?"),
        ("N/A", "n/a"),
    ],
)
def test_marks_as_people_write_them(typed: str, mark: str) -> None:
    book = Vocabulary("zh-Hans", "CNY", "CNY", date(2026, 6, 15), {}, "", {"mark": MARK_OPTIONS})
    assert read(next(c for c in FORMS["scorecard"].columns if c.key == "mark"), typed, book) == mark


def test_rows_of_one_criterion_that_say_different_things_are_sent_back(workspace: Path) -> None:
    """A criterion has one evidence; what one party's row says must not silently replace another's."""
    filled = Filled(export(workspace, "--form", "scorecard", "--account", "bohai-water"), form="scorecard")
    rows = [r for r in range(FIRST, filled.sheet.max_row + 1) if filled.sheet.cell(r, 4).value == "客户业务概况"]
    ours, donglin, haiyue = rows[-3:]
    for row, words in ((ours, "年报"), (donglin, "展会上见过")):
        filled.sheet.cell(row, filled.columns["evidence"]).value = words
    filled.sheet.cell(haiyue, filled.columns["mark"]).value = "-"
    found = plan(workspace, filled.save(), "--lang", "en", "--apply", code=1)
    assert [(row["outcome"], row["cell"]) for row in found] == [
        ("rejected", f"I{ours}"), ("rejected", f"I{donglin}"), ("changed", f"H{haiyue}"),
    ]  # fmt: skip
    assert f"rows {ours}, {donglin} say different things" in found[0]["reason"]
    for row in (ours, donglin):
        filled.sheet.cell(row, filled.columns["evidence"]).value = "年报和展会"
    plan(workspace, filled.save(), "--apply")
    assert "年报和展会" in "".join(changed_lines(workspace))
    assert plan(workspace, filled.path) == [], "the same workbook again changes nothing"


def test_evidence_that_was_taken_out_is_taken_out_of_the_assessment_of_the_day(workspace: Path) -> None:
    first = Filled(export(workspace, "--form", "scorecard", "--account", "bohai-water"), form="scorecard")
    row = first.row("招标范围定稿")
    first.sheet.cell(row, first.columns["evidence"]).value = "张伟说的"
    plan(workspace, first.save(), "--apply")
    again = Filled(export(workspace, "--form", "scorecard", "--account", "bohai-water"), form="scorecard")
    again.put("张伟说的", evidence=None)
    plan(workspace, again.save(), "--apply")
    assert "张伟说的" not in "".join(changed_lines(workspace))
    assert plan(workspace, again.path) == []


def test_a_terminal_shows_the_cells_and_below_them_why_rows_are_rejected(workspace: Path) -> None:
    file = Filled(export(workspace)).put("三号线管道改造", amount=520).put("七号泵站更新", stage="Z", amount="很多")
    file.add(customer="新客户甲", project="项目", stage="L", owner="李娜")
    file.sheet.delete_rows(file.row("东环输水管二标段"))
    done = kamctl(workspace, "workbook", "import", str(file.save()), "--format", "table", "--lang", "en")
    assert done.returncode == 1
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["Outcome", "Cell", "Record", "Column", "Exported", "File", "now", "Workbook"]
    assert lines[1][0::3][:2] == ["changed", "Amount"]
    assert lines[2][0] == "new"
    assert "new account" in done.stdout
    assert "gone" in done.stdout
    assert "rejected: row 14, 渤海水务集团, 七号泵站更新\n  E14  “Z” is not in the list" in done.stdout
    assert "5 rejected" not in done.stderr
    assert "rejected 1" in done.stderr


# --- three ways


def test_an_old_workbook_never_undoes_newer_work(workspace: Path) -> None:
    file = Filled(export(workspace))
    kamctl(workspace, "opportunity", "set", "line-3", "probability=65%", "amount=5000000 CNY", "tender_date=2026-07-20")
    file.put("三号线管道改造", probability="70%", amount=500, importance="重要")
    file.save()
    assert brief(plan(workspace, file.path, code=1)) == [
        ("conflict", "probability", "65%", "70%"),
        ("changed", "importance", "care", "important"),
    ]
    assert brief(plan(workspace, file.path, "--theirs")) == [
        ("changed", "importance", "care", "important"),
        ("changed", "probability", "65%", "70%"),
    ]
    assert brief(plan(workspace, file.path, "--ours", "--apply")) == [("changed", "importance", "care", "important")]
    text = (workspace / "accounts/bohai-water/opportunities/line-3.yaml").read_text("utf-8")
    assert [word in text for word in ("65%", "5000000", "2026-07-20", "importance: important")] == [True] * 4


def test_both_cannot_win(workspace: Path) -> None:
    done = kamctl(workspace, "workbook", "import", str(export(workspace)), "--theirs", "--ours")
    assert (done.returncode, "不能同时使用" in done.stderr) == (2, True)


def test_a_row_that_was_deleted_deletes_nothing(workspace: Path) -> None:
    file = Filled(export(workspace))
    file.sheet.delete_rows(file.row("三号线管道改造"))
    rows = plan(workspace, file.save(), "--apply")
    assert [(row["outcome"], row["id"]) for row in rows] == [("gone", "bohai-water/line-3")]
    assert changed_lines(workspace) == []


VALUES = st.sampled_from(["", "a", "b", "c"])


@given(VALUES, VALUES, VALUES)
def test_three_values_of_a_cell_have_one_outcome(exported: str, now: str, typed: str) -> None:
    standing, conflict = three_way(exported, now, typed)
    assert three_way(exported, exported, exported) == (exported, False)
    if typed == exported:
        assert (standing, conflict) == (now, False)
    elif now == exported:
        assert (standing, conflict) == (typed, False)
    else:
        assert (standing, conflict) == (now, typed != now)
    assert three_way(exported, now, typed, "theirs") == (typed if typed != exported else now, False)
    assert three_way(exported, now, typed, "ours")[1] is False


# --- what is rejected


REFUSED = [
    ({"customer": "别的客户"}, "A", "sheet-other-customer"),
    ({"customer": None}, "A", "sheet-needed"),
    ({"project": "  "}, "B", "sheet-needed"),
    ({"stage": "Z"}, "E", "typed-unknown"),
    ({"stage": "LOST"}, "N", "sheet-needs-reason"),
    ({"loss_reason": "价格"}, "N", "sheet-not-lost"),
    ({"amount": "很多"}, "L", "typed-no-amount"),
    ({"close_date": "15/1/20"}, "K", "typed-short-year"),
    ({"close_date": "#DIV/0!"}, "K", "typed-error"),
    ({"probability": "1"}, "F", "typed-which-percent"),
    ({"owner": "老王"}, "R", "typed-unknown"),
    ({"vertical": None}, "O", "sheet-inherited"),
    ({"amount": "=SUM(1,2)"}, "L", "sheet-unfinished"),
]


@pytest.mark.parametrize(("cells", "column", "key"), REFUSED, ids=[key for _, _, key in REFUSED])
def test_a_cell_that_cannot_be_is_named_with_its_reason(
    workspace: Path, cells: dict[str, Any], column: str, key: str
) -> None:
    file = Filled(export(workspace))
    row = file.row("三号线管道改造")
    file.put("三号线管道改造", importance="一般", **cells)
    rows = plan(workspace, file.save(), "--apply", code=1)
    assert [(row["outcome"], row["cell"]) for row in rows] == [("rejected", f"{column}{row}")]
    assert rows[0]["reason"].startswith(text(key, "zh-Hans", **_any(key)).split("\0")[0])
    assert changed_lines(workspace) == []


def _any(key: str) -> dict[str, str]:
    words = resources.table("labels")[key]["zh-Hans"]
    value = {"sheet-other-customer": "bohai-water", "typed-no-amount": "很多", "typed-short-year": "15/1/20"}
    first = value.get(key, {"typed-error": "#DIV/0!", "typed-which-percent": "1"}.get(key, ""))
    if key == "typed-unknown":
        return {"value": "\0", "known": ""} if words.startswith("\u201c{value}") else {"value": "", "known": ""}
    return dict.fromkeys(("value", "account", "id", "rows", "known", "near", "name", "why", "field", "message"), first)


def test_rows_that_were_copied_are_both_rejected(workspace: Path) -> None:
    file = Filled(export(workspace))
    source = file.row("三号线管道改造")
    for cell in file.sheet[source]:
        file.sheet.cell(file.last + 1, cell.column).value = cell.value
    rows = plan(workspace, file.save(), code=1)
    assert [(row["outcome"], row["row"]) for row in rows] == [("rejected", source), ("rejected", file.last + 1)]


def test_a_deal_that_is_not_there_any_more_is_rejected(workspace: Path) -> None:
    file = export(workspace)
    (workspace / "accounts/bohai-water/opportunities/line-3.yaml").unlink()
    rows = plan(workspace, file, code=1)
    assert [(row["outcome"], row["id"]) for row in rows] == [("rejected", "bohai-water/line-3")]


def test_a_fingerprint_of_another_row_is_not_believed(workspace: Path) -> None:
    file = Filled(export(workspace))
    one, other = file.row("三号线管道改造"), file.row("七号泵站更新")
    file.sheet.cell(one, 20).value = file.sheet.cell(other, 20).value
    file.sheet.cell(other, 20).value = "nonsense"
    assert len(plan(workspace, file.save(), code=1)) == 2


def test_a_lost_deal_is_not_opened_by_a_workbook(workspace: Path) -> None:
    file = Filled(export(workspace, "--all")).put("酸碱管线复合管更换", stage="S", loss_reason=None)
    rows = plan(workspace, file.save(), code=1)
    assert "kamctl opportunity reopen luanhe-chem/acid-line" in rows[0]["reason"]


def test_a_new_row_without_what_a_deal_needs_is_rejected_and_so_is_one_that_is_there(workspace: Path) -> None:
    file = Filled(export(workspace))
    file.add(customer="新客户甲", project="项目", stage="L")
    file.add(project="项目", stage="L", owner="李娜")
    file.add(customer="渤海水务集团", project="三号线 管道改造", stage="S")
    file.add(customer="渤海水务集团", project="新线", stage="S")
    rows = plan(workspace, file.save(), code=1)
    assert [(row["outcome"], row["field"]) for row in rows] == [
        ("rejected", "owner"),
        ("rejected", "customer"),
        ("rejected", "project"),
        ("rejected", ""),
        ("rejected", ""),
        ("rejected", ""),
    ]


def test_a_near_name_is_for_a_person_to_decide(workspace: Path) -> None:
    file = Filled(export(workspace)).add(customer="渤海水务", project="备件", stage="L", owner="李娜")
    file.save()
    rows = plan(workspace, file.path, code=1)
    assert "渤海水务集团 (bohai-water)" in rows[0]["reason"]
    assert plan(workspace, file.path, "--account", "渤海水务=bohai-water")[0]["id"] == "bohai-water/备件"
    assert plan(workspace, file.path, "--account", "渤海水务=new")[0]["id"] == "渤海水务/备件"
    done = kamctl(workspace, "workbook", "import", str(file.path), "--account", "渤海水务")
    assert (done.returncode, "请写成 名称=编号" in done.stderr) == (2, True)


def test_rejected_rows_come_back_in_a_copy_that_can_be_corrected(workspace: Path) -> None:
    file = Filled(export(workspace)).put("三号线管道改造", amount="很多").add(customer="丙", project="=1+1", stage="Z")
    file.sheet.cell(file.last, 2).data_type = "s"
    file.put("七号泵站更新", importance="一般")
    file.save()
    rejects = workspace.parent / "rejects.xlsx"
    plan(workspace, file.path, "--rejects", str(rejects), code=1)
    again = Filled(rejects)
    reasons = [cell.value for cell in again.sheet["U"] if cell.value]
    assert reasons[0] == "退回原因"
    assert len(reasons) == 3
    assert again.row("=1+1") == FIRST + 1
    again.put("三号线管道改造", amount="500").put("=1+1", stage="L", owner="李娜")
    again.sheet["B8"].data_type = "s"
    rows = plan(workspace, again.save())
    assert brief(rows)[0] == ("changed", "amount", "4800000 CNY", "5000000 CNY")
    assert rows[1]["outcome"] == "new"
    refused = kamctl(workspace, "workbook", "import", str(file.path), "--rejects", str(rejects))
    assert (refused.returncode, "已经存在" in refused.stderr) == (2, True)


def test_a_cell_that_an_edit_cannot_reach_is_rejected_and_the_other_rows_are_written(workspace: Path) -> None:
    deal = workspace / "accounts/bohai-water/opportunities/line-3.yaml"
    shared = (
        deal.read_text("utf-8")
        .replace("products: [", "products: &all [")
        .replace("\nneeds:", "\nweaknesses: *all\nneeds:")
    )
    start, end = shared.index("\nweaknesses:\n"), shared.index("\nactions:")
    deal.write_text(shared[:start] + shared[end:], "utf-8")
    file = Filled(export(workspace)).put("三号线管道改造", products="阀门").put("七号泵站更新", importance="一般")
    rows = plan(workspace, file.save(), "--apply", code=1)
    assert sorted((row["outcome"], row["id"]) for row in rows) == [
        ("changed", "bohai-water/pump-station-7"),
        ("rejected", "bohai-water/line-3"),
    ]


# --- what people do to sheets


def test_rows_sorted_columns_moved_added_and_left_out_are_read_all_the_same(workspace: Path) -> None:
    file = Filled(export(workspace)).put("三号线管道改造", amount=500)
    rows = [[cell.value for cell in row] for row in file.sheet.iter_rows(min_row=5, max_row=file.last)]
    order = [*reversed(range(len(rows[0])))]
    order.remove(file.columns["city"] - 1)
    hints, data = rows[1], rows[2:]
    book = load_workbook(file.save())
    page = book.worksheets[0]
    page.delete_rows(5, page.max_row)
    page.insert_cols(1)
    for number, row in enumerate([rows[0], *reversed(data), hints], 8):
        for column, place in enumerate(order, 2):
            page.cell(number, column).value = row[place]
    page["A8"], page["A12"] = "我的备注", "请尽快"
    book.save(file.path)
    done = kamctl(workspace, "workbook", "import", str(file.path), "--format", "json")
    assert brief(json.loads(done.stdout)["data"]) == [("changed", "amount", "4800000 CNY", "5000000 CNY")]
    assert "我的备注" in done.stderr
    assert "城市" in done.stderr


def test_a_deal_written_over_the_hints_is_a_deal(workspace: Path) -> None:
    """People write into the first row that they see; the hints beside what they wrote are no values."""
    filled = Filled(export(workspace))
    for key, value in {"customer": "太行特钢", "project": "新厂房给水", "stage": "L 潜在客户"}.items():
        filled.sheet.cell(FIRST - 1, filled.columns[key]).value = value
    (row,) = plan(workspace, filled.save(), "--apply")
    assert (row["outcome"], row["row"], row["project"]) == ("new", FIRST - 1, "新厂房给水")
    made = (workspace / "accounts/taihang-steel/opportunities/新厂房给水.yaml").read_text("utf-8")
    assert made.splitlines()[:2] == ["name: 新厂房给水", "stage: L"]
    assert plan(workspace, filled.path) == []


def test_a_formula_without_a_result_comes_back_as_it_was_typed(workspace: Path) -> None:
    """An empty cell in the copy of rejected rows would take the amount out of the file."""
    filled = Filled(export(workspace)).put("循环水管网改造", amount="=175+10")
    (row,) = plan(workspace, filled.save(), "--rejects", "rejects.xlsx", "--lang", "en", code=1)
    assert row["reason"].startswith("the formula has no result")
    copy = Filled(workspace.parent / "rejects.xlsx")
    assert copy.cell("循环水管网改造", "amount") == "=175+10"
    (row,) = plan(workspace, copy.path, "--lang", "en", code=1)
    assert "“=175+10” is no amount" in row["reason"]


def test_formulas_of_ones_own_in_grey_cells_are_not_read(workspace: Path) -> None:
    filled = Filled(export(workspace))
    for row in range(FIRST, filled.last + 30):
        filled.sheet.cell(row, filled.columns["report_amount"]).value = f"=L{row}/7"
    assert plan(workspace, filled.save()) == []


def test_merged_cells_hold_the_same_value(workspace: Path) -> None:
    file = Filled(export(workspace))
    for project in ("甲", "乙"):
        file.add(customer="渤海水务集团" if project == "甲" else None, project=project, stage="L")
    file.sheet.merge_cells(start_row=file.last - 1, end_row=file.last, start_column=1, end_column=1)
    assert [row["id"] for row in plan(workspace, file.save())] == ["bohai-water/甲", "bohai-water/乙"]


def test_days_are_counted_as_the_workbook_counts_them(workspace: Path) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    file = Filled(export(workspace))
    file.book.epoch = CALENDAR_MAC_1904
    file.put("三号线管道改造", close_date=(date(2026, 10, 1) - date(1904, 1, 1)).days)
    file.sheet.cell(file.row("三号线管道改造"), file.columns["close_date"]).number_format = "General"
    rows = plan(workspace, file.save())
    assert brief(rows) == [("changed", "close_date", "2026-09-30", "2026-10-01")]


def test_text_that_looks_like_a_formula_stays_text(workspace: Path) -> None:
    for name in ("=1+1", "+86", "-x", "@sum", "_x0041_"):
        kamctl(workspace, "opportunity", "set", "line-3", f"name={name}")
        file = export(workspace, "--account", "bohai-water")
        values = [(cell.value, cell.data_type) for cell in load_workbook(file).worksheets[0]["B"]]
        assert (name.replace("_x0041_", "_x005F_x0041_"), "s") in values
        assert plan(workspace, file) == []


def test_another_currency_is_written_out_and_read_again(workspace: Path) -> None:
    kamctl(workspace, "opportunity", "set", "line-3", "amount=250000 USD")
    file = Filled(export(workspace))
    assert file.sheet.cell(file.row("三号线管道改造"), file.columns["amount"]).value == "25万 USD"
    file.put("三号线管道改造", amount="30万 USD")
    assert brief(plan(workspace, file.save())) == [("changed", "amount", "250000 USD", "300000 USD")]


def test_the_block_names_another_currency(workspace: Path) -> None:
    file = Filled(export(workspace))
    file.sheet["E3"] = "USD"
    done = kamctl(workspace, "workbook", "import", str(file.save()))
    assert done.returncode == 1
    assert "out.xlsx, 销售漏斗!E3：币种写的是“USD”，原来是 CNY" in done.stderr


def test_an_export_does_not_overwrite_and_knows_its_forms(workspace: Path) -> None:
    export(workspace)
    done = kamctl(workspace, "workbook", "export", "-o", "out.xlsx")
    assert (done.returncode, "--force" in done.stderr) == (2, True)
    named = kamctl(workspace, "workbook", "export")
    assert "pipeline-2026-06-15.xlsx" in named.stderr
    assert (workspace.parent / "pipeline-2026-06-15.xlsx").is_file()
    wrong = kamctl(workspace, "workbook", "export", "--form", "pipelin")
    assert "您是不是要写“pipeline”？" in wrong.stderr


# --- the workbook itself


def test_a_workbook_that_could_not_come_back_is_not_written(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("kamctl.commands.exporting.MAX_ROWS", 20)
    file = workspace.parent / "many.xlsx"
    asked = ["workbook", "export", "-o", str(file), "--all"]
    assert run(["-C", str(workspace), "--as-of", AS_OF, "--lang", "en", *asked]) == 2
    assert "24 rows are more than come back: kamctl reads 20" in capsys.readouterr().err
    assert not file.exists()


def test_every_column_has_its_drop_down_or_check(workspace: Path) -> None:
    page = load_workbook(export(workspace)).worksheets[0]
    checks = {str(check.sqref).split(":")[0]: check for check in page.data_validations.dataValidation}
    assert {place[0]: check.formula1 for place, check in checks.items() if check.type == "list"} == {
        "C": "=source", "D": "=importance", "E": "=stage", "N": "=reason", "P": "=province", "R": "=member",
        "Q": '=INDIRECT("cities_"&MATCH($P7,province,0))',
    }  # fmt: skip
    assert {place[0] for place, check in checks.items() if check.type == "date"} == {"E", "I", "J", "K"}
    assert all(check.error for check in checks.values())
    assert (page.freeze_panes, page.print_title_rows, page.page_setup.orientation) == ("C7", "$5:$5", "landscape")
    assert [sheet.sheet_state for sheet in load_workbook(workspace.parent / "out.xlsx").worksheets] == [
        "visible", "hidden", "visible", "visible", "veryHidden",
    ]  # fmt: skip


def test_all_of_china_is_there_with_its_cities() -> None:
    provinces = resources.table("exchange/regions")["provinces"]
    assert len(provinces) == 34
    alone = {"北京", "天津", "上海", "重庆", "香港", "澳门", "台湾"}
    assert sum(len(cities) for name, cities in provinces.items() if name not in alone) == 333
    assert all(len(set(cities)) == len(cities) for cities in provinces.values())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_headings_of_a_form_differ_in_every_language(form: str, lang: str) -> None:
    labels = resources.table("labels")
    names = [fold(labels[f"sheet-{column.key}"][lang].split("（")[0].split(" (")[0]) for column in FORMS[form].columns]
    assert len(set(names)) == len(names)
    assert len(labels[f"sheet-title-{form}"][lang]) <= 31


WORDS = Vocabulary(
    lang="zh-Hans",
    currency="CNY",
    report_currency="",
    today=date(2026, 6, 15),
    stages={"p": [Option("A", {"en": "First", "zh-Hans": "第一"}), Option("B", {"en": "Second", "zh-Hans": "第二"})]},
    default_process="p",
    options={
        "source": [Option("principal", {"en": "Principal", "zh-Hans": "厂家"})],
        "importance": [Option("care", {"en": "Care"}), Option("normal", {"en": "Normal", "zh-Hans": "一般"})],
        "reason": [Option("price", {"en": "Price", "zh-Hans": "价格"})],
        "member": [Option("li", {"en": "李娜"}), Option("li-2", {"en": "李娜"})],
        "mark": [Option("+", {"en": "+"})],
    },
)
PRINTABLE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn")), min_size=1, max_size=20
)
NAME = PRINTABLE.map(str.strip).filter(lambda words: words and not words.startswith("#"))
VALUES_OF = {
    "customer": NAME, "project": NAME, "needs": NAME, "vertical": NAME, "province": NAME, "city": NAME,
    "source": st.just("principal"), "importance": st.sampled_from(["care", "normal"]), "stage": st.sampled_from("AB"),
    "probability": st.integers(0, 100).map(lambda n: f"{n}%"),
    "products": st.lists(st.sampled_from(["阀门", "管件", "DN50/80"]), min_size=1, unique=True).map("、".join),
    "tender_date": st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(date.isoformat),
    "purchase_date": st.just(""), "close_date": st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(date.isoformat),
    "amount": st.integers(0, 10**12).map(lambda n: f"{n} CNY"), "loss_reason": st.just("price"),
    "owner": st.sampled_from(["li", "li-2"]),
}  # fmt: skip


@given(st.fixed_dictionaries(VALUES_OF))
def test_a_value_written_into_a_cell_is_read_as_the_same(values: dict[str, str]) -> None:
    for column in PIPELINE.columns:
        if column.field:
            cell = shown(column, values[column.key], WORDS, "p")
            assert read(column, cell, WORDS, "p", as_percent=True) == values[column.key], column.key


@given(st.fixed_dictionaries(VALUES_OF))
def test_a_row_as_exported_can_be_read_again(values: dict[str, str]) -> None:
    assert exported_values(fingerprint("a/b", values), "a/b") == values
    assert exported_values(fingerprint("a/b", values), "a/c") is None


# --- what is no workbook of ours


def no_workbook() -> Iterator[tuple[str, bytes, str]]:
    plain = io.BytesIO()
    Workbook().save(plain)
    entity = io.BytesIO()
    with zipfile.ZipFile(entity, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>')
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    binary = io.BytesIO()
    with zipfile.ZipFile(binary, "w") as archive:
        archive.writestr("xl/workbook.bin", "x")
    wide = io.BytesIO()
    with zipfile.ZipFile(wide, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>".encode("utf-16"))
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    yield "empty", b"", "is empty"
    yield "renamed-csv", "客户,项目\n甲,乙\n".encode(), "is no Excel workbook but text, such as CSV"
    yield "web-page", b"<html><table></table></html>", "is no Excel workbook but a web page"
    yield "picture", b"\x89PNG\r\n\0\0", "is no Excel workbook"
    yield "old", ole + b"\0" * 600, "old format (.xls)"
    yield "locked", ole + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "protected by a password"
    yield "cut-short", plain.getvalue()[:400], "is damaged"
    yield "foreign", plain.getvalue(), "is not a workbook that kamctl made"
    yield "entity", entity.getvalue(), "holds XML that kamctl does not read"
    yield "utf16", wide.getvalue(), "holds XML that kamctl does not read"
    yield "document", other.getvalue(), "is no Excel workbook"
    yield "binary", binary.getvalue(), "binary workbook (.xlsb)"


BAD = list(no_workbook())


@pytest.mark.parametrize(("name", "content", "message"), BAD, ids=[name for name, _, _ in BAD])
def test_what_is_no_workbook_gets_one_sentence(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    file = tmp_path / f"{name}.xlsx"
    file.write_bytes(content)
    with pytest.raises(KamctlError) as refused:
        read_sheet(file)
    assert message in refused.value.message
    assert refused.value.message.startswith(f"{name}.xlsx")
    assert refused.value.exit_code == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KamctlError, match="cannot be read: No such file"):
        read_sheet(tmp_path / "none.xlsx")


def small(tmp_path: Path, change: Callable[[Any], object] = lambda book: None, count: int = 1) -> Path:
    lines = [Line(f"a/deal-{n}", {"customer": "甲", "project": f"乙{n}", "stage": "A"}) for n in range(count)]
    path = tmp_path / "small.xlsx"
    path.write_bytes(workbook_bytes(Book(PIPELINE, WORDS, "T & T", "w", "", lines)))
    book = load_workbook(path)
    change(book)
    book.save(path)
    return path


def _set(place: str, value: object, name: str = marks.SHEET) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book[name][place] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("B2", 2), "newer kamctl (workbook version 2; this one knows 1)"),
        (_set("B2", 0), "does not know"),
        (_set("B1", "recipes"), 'the form "recipes"'),
        (_set("A1", "nothing"), "is not a workbook that kamctl made"),
        (lambda book: book.worksheets[0].delete_rows(5), "no sheet with the headings"),
        (lambda book: book.worksheets[0].delete_cols(19), "销售漏斗!A5: the hidden column kamctl-id is missing"),
        (lambda book: book.copy_worksheet(book.worksheets[0]), "holds the form on several sheets"),
        (_set("A60000", "far", "销售漏斗"), "销售漏斗!A60000: the sheet goes on to row 60000; kamctl reads 50000"),
    ],
)
def test_a_workbook_that_was_bent_gets_one_sentence(
    tmp_path: Path, change: Callable[[Any], object], message: str
) -> None:
    with pytest.raises(KamctlError) as refused:
        read_sheet(small(tmp_path, change))
    assert message in refused.value.message


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


PAGE = "xl/worksheets/sheet1.xml"


def test_a_declared_range_of_the_whole_sheet_costs_nothing(tmp_path: Path) -> None:
    file = rewritten(
        small(tmp_path),
        PAGE,
        lambda xml: xml.replace(
            xml[xml.index(b"<dimension") : xml.index(b"/>", xml.index(b"<dimension"))],
            b'<dimension ref="A1:XFD1048576"',
        ),
    )
    assert [row.id for row in read_sheet(file).rows] == ["a/deal-0"]


@pytest.mark.slow
def test_a_million_blank_rows_are_passed_over(tmp_path: Path) -> None:
    blank = b"".join(b'<row r="%d" ht="15"><c r="A%d" s="1"/></row>' % (n, n) for n in range(300, 1_000_000))
    file = rewritten(small(tmp_path), PAGE, lambda xml: xml.replace(b"</sheetData>", blank + b"</sheetData>"))
    assert [row.id for row in read_sheet(file).rows] == ["a/deal-0"]


def test_a_workbook_that_would_unpack_without_end_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = small(tmp_path)
    monkeypatch.setattr(archive_checks, "MAX_PART", 1000)
    with pytest.raises(KamctlError, match="too large"):
        read_sheet(file)
    monkeypatch.setattr(archive_checks, "MAX_PARTS", 3)
    with pytest.raises(KamctlError, match="too large"):
        read_sheet(file)
    monkeypatch.setattr(archive_checks, "MAX_FILE", 100)
    with pytest.raises(KamctlError, match="too large"):
        read_sheet(file)


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml[: len(xml) // 2],
        lambda xml: b"",
        lambda xml: xml.replace(b"</row>", b"</rows>"),
        lambda xml: xml.replace(b'r="A5"', b'r="?5"'),
    ],
)
def test_a_sheet_whose_xml_is_broken_gets_one_sentence(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    file = rewritten(small(tmp_path, count=3), PAGE, change)
    with pytest.raises(KamctlError, match=r"small\.xlsx"):
        read_sheet(file)


def test_rows_without_numbers_and_in_another_namespace_are_counted() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(
            "s.xml",
            '<x:row spans="1:2"><x:c><x:v>1</x:v></x:c></x:row><x:row/><x:row><x:is >t</x:is></x:row>'
            '<x:mergeCell ref="A1:B2"/><x:f>1</x:f>',
        )
    with zipfile.ZipFile(data) as archive:
        seen = archive_checks.scan(archive, "s.xml")
    assert seen == (3, ("A1:B2",), True)


# --- names


def test_a_name_is_found_however_it_is_written_and_never_merged_when_near() -> None:
    names = Names({"bohai": "渤海水务集团", "a": "Same", "b": "same"}, {"新": ""})
    assert names.match("渤海水务 集团 ").id == "bohai"
    assert names.match("BOHAI").id == "bohai"
    assert names.match("渤海水务").id == ""
    assert names.match("渤海水务").near == ("渤海水务集团 (bohai)",)
    assert names.match("SAME").near == ("Same (a)", "same (b)")
    assert names.match("新") == names.match("新 ") == Names({}, {}).match("新")


def test_reasons_are_words_in_three_languages() -> None:
    assert len({Reason("sheet-needed").words(lang) for lang in LANGUAGES}) == 3
