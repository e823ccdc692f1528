"""Workbooks of calls, the weekly call plan and the process record: planned, told of, and read back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from kamctl.exchange.columns import LINE, entries
from kamctl.exchange.merge import grown
from kamctl.exchange.times import read_clock, read_minutes
from kamctl.exchange.typed import Reason
from workbooks import Filled, brief, changed_lines, examples_in, export, kamctl, plan

PUMP = "2026-06-11-liu-yang"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return examples_in(tmp_path)


def week(workspace: Path, week: str = "2026-W25", *options: str) -> Filled:
    return Filled(export(workspace, "--form", "week", "--period", week, *options), form="week")


def record(workspace: Path, *options: str) -> Filled:
    return Filled(export(workspace, "--form", "record", *options), form="record")


def refused(workspace: Path, filled: Filled) -> list[tuple[str, str]]:
    rows = plan(workspace, filled.save(), "--lang", "en", code=1)
    return [(row["field"], row["reason"]) for row in rows if row["outcome"] == "rejected"]


# --- what stands in them


def test_a_week_has_a_row_a_call_and_sheets_for_what_else_belongs_to_it(workspace: Path) -> None:
    filled = week(workspace, "2026-W25", "--owner", "李娜")
    titles = [sheet.title for sheet in filled.book.worksheets if sheet.sheet_state == "visible"]
    assert titles == ["本周拜访", "回访", "本周目标", "五项检验", "填表说明"]
    assert filled.cell("张伟", "customer") == "渤海水务集团"
    assert filled.cell("张伟", "status") == "Q 报价谈判投标"
    assert filled.cell("张伟", "mode") == "拜访"
    assert filled.cell("张伟", "phone") == "+86 411 5550 0111"
    assert filled.cell("张伟", "owner") == "李娜"
    assert filled.last == 8
    assert filled.book["本周目标"]["B3"].value == "交期承诺书盖章"
    assert filled.sheet["B3"].value == "2026-W25"


def test_a_process_record_has_the_calls_of_an_account_up_to_the_day(workspace: Path) -> None:
    filled = record(workspace, "--account", "bohai-water", "--period", "2026-Q2")
    assert [filled.sheet.cell(row, 1).value for row in range(7, filled.last + 1)] == [
        datetime(2026, 4, 16), datetime(2026, 5, 21), datetime(2026, 6, 4), datetime(2026, 6, 11),
    ]  # fmt: skip
    row = {key: filled.sheet.cell(filled.last, column).value for key, column in filled.columns.items()}
    assert (row["person"], row["job_title"], row["minutes"], row["ours"]) == (
        "刘洋",
        "管网运营部经理",
        150,
        "李娜、陈洁",
    )
    assert row["pain_points"] == "夏季高峰不停站\n远程控制"
    assert row["status"] == "S 方案设计"
    assert filled.sheet["B3"].value == "渤海水务集团 · 2026-Q2"


def test_options_that_do_not_go_with_a_form_are_refused(workspace: Path) -> None:
    done = kamctl(workspace, "workbook", "export", "--form", "week", "--stage", "Q")
    assert (done.returncode, done.stderr) == (
        2, "错误：--stage 不能与 --form week 一起用\n提示：它可以用 --owner, --period\n",
    )  # fmt: skip
    done = kamctl(workspace, "workbook", "export", "--period", "2026-W25")
    assert "错误：--period 不能与 --form pipeline 一起用" in done.stderr


# --- filled in and back


def test_what_came_of_a_call_becomes_its_record(workspace: Path) -> None:
    filled = week(workspace)
    filled.sheet["E2"].value = "2026/6/15"
    name = "牛芳"
    filled.put(
        name, result="同意试测两个点", customer_view="愿意", follow_up="刘鹏：测点报价 2026/6/20\n牛芳: 发平面图"
    )
    filled.put(name, next_date="2026.6.24", next_purpose="看报价")
    day = filled.cell(name, "day").date()
    assert day == date(2026, 6, 15)
    rows = plan(workspace, filled.save(), "--apply")
    assert {row["outcome"] for row in rows} == {"changed"}
    assert changed_lines(workspace) == [
        "+outcome:",
        "+recorded_at: 2026-06-15T16:00",
        "+events: 同意试测两个点",
        "+customer_view: 愿意",
        "+commitments:",
        "+- {by: liu-peng, what: 测点报价, due: 2026-06-20}",
        "+- {by: niu-fang, what: 发平面图}",
        "+next: {date: 2026-06-24, purpose: 看报价}",
    ]
    assert plan(workspace, filled.path) == []


def test_a_changed_plan_is_a_line_a_cell(workspace: Path) -> None:
    filled = week(workspace).put("孟洁", time="下午2点半", purpose="问付款条件", mode="拜访", day="6月17日")
    plan(workspace, filled.save(), "--apply")
    assert changed_lines(workspace) == [
        "-date: 2026-06-16",
        '-time: "10:00"',
        "-mode: phone",
        "-purpose: 答疑6月18日截止, 请孟洁追问分段到货和接口",
        "+date: 2026-06-17",
        '+time: "14:30"',
        "+mode: visit",
        "+purpose: 问付款条件",
    ]


def test_new_rows_become_calls_of_known_customers_and_of_new_ones(workspace: Path) -> None:
    filled = week(workspace)
    filled.add(day="2026-06-18", customer="渤海水务集团", deal="三号线管道改造", person="张伟", purpose="定党委会时间")
    filled.add(
        day="2026-06-19", customer="临河水厂", person="钱总、老周", time="9:30", purpose="首次拜访", owner="李娜"
    )
    rows = plan(workspace, filled.save(), "--apply")
    assert [row["id"] for row in rows] == ["bohai-water/2026-06-18-zhang-wei", "临河水厂/2026-06-19-钱总"]
    calls = workspace / "accounts"
    known = (calls / "bohai-water/calls/2026-06-18-zhang-wei.yaml").read_text("utf-8")
    assert known == (
        "date: 2026-06-18\nby: li-na\ncontact: zhang-wei\nopportunity: line-3\nattendees:\n"
        "  customer:\n    - {contact: zhang-wei}\nplan: {purpose: 定党委会时间}\n"
    )
    assert (calls / "临河水厂/account.yaml").read_text("utf-8") == "name: 临河水厂\nowner: li-na\n"
    fresh = (calls / "临河水厂/calls/2026-06-19-钱总.yaml").read_text("utf-8")
    assert "- {name: 钱总}\n    - {name: 老周}" in fresh
    assert 'time: "09:30"' in fresh
    assert kamctl(workspace, "validate").returncode == 0
    assert plan(workspace, filled.path) == [], "the same workbook again brings nothing twice"


def test_a_contact_that_was_made_is_written_down_whole(workspace: Path) -> None:
    filled = record(workspace, "--account", "bohai-water")
    filled.sheet["E2"].value = date(2026, 6, 15)
    filled.add(
        day=date(2026, 6, 12), customer="渤海水务集团", person="周立新", job_title="计量班长", time=time(9, 0),
        minutes="1.5小时", ours="李娜、陈洁", others="张伟", pain_points="水表更换\n远传", result="看了现场",
        customer_view="愿意试装", next_date="2026-06-30", next_purpose="试装", owner="李娜", mode="电话",
    )  # fmt: skip
    plan(workspace, filled.save(), "--apply")
    text = (workspace / "accounts/bohai-water/calls/2026-06-12-周立新.yaml").read_text("utf-8")
    assert text.splitlines() == [
        "date: 2026-06-12", 'time: "09:00"', "by: li-na", "mode: phone", "duration: 90m", "attendees:", "  customer:",
        "    - {name: 周立新, title: 计量班长}", "    - {contact: zhang-wei}", "  ours:", "    - {member: li-na}",
        "    - {member: chen-jie}", "outcome:", "  recorded_at: 2026-06-15T09:00", "  events: 看了现场",
        "  customer_view: 愿意试装", "  needs_found:", "    - {need: 水表更换}", "    - {need: 远传}",
        "  next: {date: 2026-06-30, purpose: 试装}",
    ]  # fmt: skip
    assert plan(workspace, filled.path) == []


def test_a_record_without_a_day_of_filling_in_is_written_now(workspace: Path) -> None:
    filled = week(workspace).put("牛芳", result="谈过了")
    plan(workspace, filled.save(), "--apply")
    (added,) = changed_lines(workspace)
    assert added.startswith("+outcome: {recorded_at: 2026-06-15T")
    assert added.endswith(", events: 谈过了}")


def test_a_cell_that_only_grows_takes_what_either_side_added(workspace: Path) -> None:
    filled = record(workspace, "--account", "bohai-water")
    filled.put("夏季高峰不停站\n远程控制", pain_points="夏季高峰不停站\n远程控制\n电耗考核")
    call = workspace / f"accounts/bohai-water/calls/{PUMP}.yaml"
    before = call.read_text("utf-8")
    call.write_text(before.replace("  commitments:", "    - {need: 备用电源}\n  commitments:"), "utf-8")
    (row,) = plan(workspace, filled.save(), "--apply")
    assert (row["outcome"], row["field"]) == ("changed", "pain_points")
    needs = [line.strip() for line in call.read_text("utf-8").splitlines() if "need:" in line]
    assert needs[-2:] == ["- {need: 备用电源}", "- {need: 电耗考核}"]


ENTRIES = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), unique=True).map(LINE.join)


@given(ENTRIES, ENTRIES, ENTRIES)
def test_nothing_that_either_side_added_is_lost(exported: str, now: str, typed: str) -> None:
    result = entries(grown(exported, now, typed))
    assert set(entries(now)) <= set(result)
    assert set(entries(typed)) - set(entries(exported)) <= set(result)
    assert set(result) <= set(entries(now)) | set(entries(typed))
    assert grown(exported, LINE.join(result), typed) == LINE.join(result)


def test_an_emptied_cell_is_taken_out_of_the_file(workspace: Path) -> None:
    filled = record(workspace, "--account", "bohai-water", "--period", "2026-06")
    filled.put("刘洋", minutes=None, customer_view=None)
    plan(workspace, filled.save(), "--apply")
    assert changed_lines(workspace) == ["-duration: 150m", "-customer_view: 技术认可预制泵站"]


# --- what cannot be


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"deal": "四号线"}, "deal", "the customer has no project “四号线”; there are: 三号线管道改造 (line-3)"),
        ({"person": "张伟总监"}, "person", "no contact is called “张伟总监”; near: 张伟 (zhang-wei)"),
        ({"result": "谈完了"}, "result", "the call is on 2026-06-19; what came of it is written afterwards"),
        ({"day": "2026-06-12", "next_date": "2026-06-20"}, "result", "what happened?"),
        ({"day": "2026-06-12", "follow_up": "发新图纸"}, "follow_up", "“发新图纸” does not say who"),
        ({"day": "2026-06-12", "follow_up": "钱总：发图"}, "follow_up", "who is “钱总”?"),
        ({"day": "2026-06-12", "follow_up": "张伟：发图 3/4"}, "follow_up", "“3/4”"),
        ({"time": "25点"}, "time", "“25点” is no time of day"),
        ({"mode": "飞鸽"}, "mode", "“飞鸽” is not in the list"),
        ({"day": None}, "day", "must not be empty"),
        ({"customer": "渤海水务"}, "customer", "no account is called “渤海水务”; near: 渤海水务集团"),
        ({"day": "2026-06-11", "person": "刘洋", "purpose": "别的"}, "day", f"on that day already: bohai-water/{PUMP}"),
    ],
)
def test_a_new_call_that_cannot_be_is_named_with_its_reason(
    workspace: Path, cells: dict[str, Any], field: str, reason: str
) -> None:
    filled = week(workspace).add(**{"day": "2026-06-19", "customer": "渤海水务集团", "person": "张伟"} | cells)
    ((key, words),) = refused(workspace, filled)
    assert (key, reason in words) == (field, True), words


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"person": "张伟"}, "person", "is said when the call is new"),
        ({"customer": "冀中水务"}, "customer", "is said when the call is new"),
        ({"others": "张伟"}, "others", "is said when the call is new"),
        ({"pain_points": "远程控制"}, "pain_points", "“夏季高峰不停站” was taken out"),
        ({"minutes": "很久"}, "minutes", "“很久” is no duration"),
        ({"owner": None}, "owner", "must not be empty"),
        ({"deal": "没有的项目"}, "deal", "the customer has no project"),
        ({"day": "2026-06-20"}, "result", ""),
    ],
)
def test_a_change_of_a_call_that_cannot_be_is_named_with_its_reason(
    workspace: Path, cells: dict[str, Any], field: str, reason: str
) -> None:
    if "day" in cells:
        cells, field, reason = {"result": None, "customer_view": None, "next_date": "2026-06-30"} | cells, "day", ""
    filled = record(workspace, "--account", "bohai-water", "--period", "2026-06").put("刘洋", **cells)
    found = refused(workspace, filled)
    assert found, "it was taken over"
    if reason:
        assert (found[0][0], reason in found[0][1]) == (field, True), found


def test_a_title_of_a_known_person_is_changed_in_their_own_file(workspace: Path) -> None:
    new = {"day": "2026-06-12", "customer": "渤海水务集团"}
    filled = record(workspace, "--account", "bohai-water")
    filled.add(**new, person="张伟", job_title="处长").add(**new, job_title="处长")
    words = dict(refused(workspace, filled))
    assert words["job_title"].startswith("the title of 张伟 in the contact's file is “采购总监”")
    assert words["person"] == "must not be empty"


def test_the_plan_says_what_a_workbook_takes_out(workspace: Path) -> None:
    filled = week(workspace).put("三号线管道改造", deal=None)
    shown = kamctl(workspace, "workbook", "import", str(filled.save()), "--format", "table").stdout
    assert "（清空）" in shown, "an empty cell would look like one that was cut off"
    assert [row["typed"] for row in plan(workspace, filled.path)] == [""]


def test_rejected_calls_come_back_in_a_copy_that_can_be_corrected(workspace: Path, tmp_path: Path) -> None:
    filled = week(workspace).add(day="2026-06-19", customer="渤海水务集团", person="张伟", time="25点")
    plan(workspace, filled.save(), "--rejects", "back.xlsx", "--apply", code=1)
    copy = Filled(tmp_path / "back.xlsx", form="week")
    assert copy.cell("张伟", "time") == "25点"
    assert copy.sheet["B3"].value == "2026-W25"
    (row,) = plan(workspace, copy.put("张伟", time="15:00").save(), "--apply")
    assert (row["outcome"], row["id"]) == ("new", "bohai-water/2026-06-19-zhang-wei")


def test_days_without_a_result_turn_red_and_what_is_missing_yellow(workspace: Path) -> None:
    sheet = load_workbook(week(workspace).path).worksheets[0]
    formulas = {
        str(area.sqref).split(":")[0]: rule.formula[0] for area in sheet.conditional_formatting for rule in area.rules
    }
    assert formulas["A7"] == "AND(COUNTA($A7:$R7)>0,LEN(TRIM(A7))=0)"
    assert any(
        "<TODAY(),LEN(TRIM($N7))=0" in rule.formula[0] for area in sheet.conditional_formatting for rule in area.rules
    )


# --- what people type


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9:30", "09:30"), ("14：05", "14:05"), ("9点半", "09:30"), ("下午2点", "14:00"), ("晚上8:15", "20:15"),
        ("上午9点", "09:00"), ("2 pm", "14:00"), ("12 am", "00:00"), ("12:30pm", "12:30"), ("9h30", "09:30"),
        (time(8, 5), "08:05"), (0.5, "12:00"), (datetime(2026, 1, 1, 7, 45), "07:45"),
        ("上午十点", "10:00"), ("下午三点半", "15:30"), ("十一点二十分", "11:20"), ("下午两点", "14:00"),
        ("九", None), ("三十点", None), ("9", None), ("25:00", None), ("10:75", None), ("上午13点", None),
        (9, None), ("早点", None),
    ],
)  # fmt: skip
def test_times_as_people_type_them(typed: object, read: str | None) -> None:
    found = read_clock(typed)
    assert isinstance(found, Reason) if read is None else found == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (90, "90m"), ("90", "90m"), ("90 分钟", "90m"), ("1.5小时", "90m"), ("2h", "120m"), (time(1, 15), "75m"),
        ("半小时", "30m"), ("半个小时", "30m"), ("一个半小时", "90m"), ("1小时半", "90m"), ("两小时", "120m"),
        ("1小时20分", "80m"), ("1h30m", "90m"), ("四十五分钟", "45m"), ("五十百分钟", None),
        (timedelta(hours=2), "120m"), ("0", None), ("很久", None), ("3天", None), ("99小时", None),
    ],
)  # fmt: skip
def test_durations_as_people_type_them(typed: object, read: str | None) -> None:
    found = read_minutes(typed)
    assert isinstance(found, Reason) if read is None else found == read


def test_a_plan_of_calls_is_said_in_a_table(workspace: Path) -> None:
    filled = (
        week(workspace).put("孟洁", purpose="问付款条件").add(day="2026-06-18", customer="渤海水务集团", person="张伟")
    )
    done = kamctl(workspace, "workbook", "import", str(filled.save()), "--format", "table")
    assert "新增  A12" in done.stdout
    assert "渤海水务集团、2026" in done.stdout
    assert brief(plan(workspace, filled.path))[0][:2] == ("changed", "purpose")


def test_a_period_that_is_none_and_a_week_without_calls(workspace: Path) -> None:
    done = kamctl(workspace, "workbook", "export", "--form", "week", "--period", "2026-13", "--lang", "en")
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, 'error: --period: "2026-13" is not a date')
    done = kamctl(workspace, "workbook", "import", str(week(workspace, "2026-W40").path), "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "no row is filled in\n")


def test_the_same_new_call_twice_on_a_sheet_is_written_once(workspace: Path) -> None:
    new = {"day": "2026-06-19", "customer": "渤海水务集团", "person": "张伟"}
    filled = week(workspace).add(**new).add(**new, purpose="别的")
    assert refused(workspace, filled) == [("day", "row 12 of this sheet is the same; leave one of them")]
