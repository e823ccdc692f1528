"""Commands that write: one field is one line, nothing is lost, and a call plan starts with what is known."""

from __future__ import annotations

import io
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from kamctl import source
from running import kamctl

ROOT = Path(__file__).parents[1]
DEAL = "accounts/bohai/opportunities/line-3.yaml"
CALL = "accounts/bohai/calls/2026-06-11-zhang-wei.yaml"


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small clean workspace; the test runs in it."""
    for name in [name for name in os.environ if name.startswith("KAMCTL_")]:
        monkeypatch.delenv(name)
    copy = Path(shutil.copytree(ROOT / "tests" / "base", tmp_path / "base"))
    monkeypatch.chdir(copy)
    return copy


def data(path: str) -> dict[str, Any]:
    return source.read(Path(path).read_text("utf-8"))


# --- set


@pytest.mark.parametrize(
    ("assignment", "before", "after"),
    [
        ("close_date=2026/10/31", "2026-09-30", "2026-10-31"),
        ("close_date=fri", "2026-09-30", "2026-06-19"),
        ("close_date=+30d", "2026-09-30", "2026-07-15"),
        ("close_date=明天", "2026-09-30", "2026-06-16"),
        ("probability=70", "60%", "70%"),
        ("probability=70%", "60%", "70%"),
        ("amount=300万 CNY", "2000000 CNY", "300万 CNY"),
        ("name=a: b # c", "Line 3 pipe replacement", '"a: b # c"'),
        ("stage_history.1.date=2026/2/4", "2026-02-03", "2026-02-04"),
        ("assessments.0.marks.business_profile.siemens=-", 'siemens: "?"', 'siemens: "-"'),
        ("buying_team.zhang-wei.roles=[D, A]", "roles: [D]", "roles: [D, A]"),
        ("competitors.siemens.name=西门子", "name: Siemens", "name: 西门子"),
    ],
)
def test_setting_one_field_changes_one_line_and_writes_dates_and_percents_as_files_have_them(
    assignment: str, before: str, after: str
) -> None:
    text = Path(DEAL).read_text("utf-8")
    assert text.count(before) == 1
    done = kamctl("opportunity", "set", "line-3", assignment)
    assert (done.code, done.out) == (0, "")
    assert Path(DEAL).read_text("utf-8") == text.replace(before, after)
    removed, added = (line for line in done.err.splitlines() if re.match(r"[-+](?![-+])", line))
    assert added == "+" + removed[1:].replace(before, after)


def test_comments_quotes_blank_lines_line_ends_and_the_byte_order_mark_survive() -> None:
    text = "\ufeff# 最大的一单\r\nname: 'Line 3'   # as tendered\r\n\r\nstage: L\r\nowner: \"li-na\"\r\nneeds: old\r\n"
    Path(DEAL).write_bytes(text.encode())
    assert kamctl("opportunity", "set", "line-3", "needs=new").code == 0
    assert Path(DEAL).read_bytes() == text.replace("old", "new").encode()


def test_wan_is_understood_by_the_pipeline() -> None:
    assert kamctl("opportunity", "set", "line-3", "amount=300万").code == 0
    assert kamctl("pipeline", "--fields", "amount").out == "amount\n3000000\n"


def test_several_fields_items_of_lists_and_removals_go_in_one_run() -> None:
    fields = ["importance=care", "products+=阀门", "products+=管件", "strengths+=Spare parts in stock"]
    assert kamctl("opportunity", "set", "line-3", *fields, "--unset", "probability").code == 0
    deal = data(DEAL)
    assert (deal["importance"], deal["products"], deal["strengths"]) == (
        "care",
        ["阀门", "管件"],
        ["Spare parts in stock"],
    )
    assert "probability" not in deal
    assert kamctl("validate").code == 0


WRONG = [
    ("probability=0.6", 1, "write 60% for sixty percent"),
    ("probability=160%", 1, "%"),
    ("amount=lots", 1, "2000000 CNY"),
    ("amount=5 RMB", 1, "CNY"),
    ("close_date=soon", 2, "2026-03-12"),
    ("close_date=2026-02-30", 2, "2026-03-12"),
    ("stage=Z", 1, "one of L, O, S, Q, A, OR, P, LOST"),
    ("forecast=maybe", 1, "best_case"),
    ("owner=lina", 1, "li-na"),
    ("buying_team.nobody.roles=[D]", 1, "nobody"),
    ("assessments.0.marks.project.us=plus", 1, '"+"'),
    ("compelling_event=year end", 2, "write {key: value}, or set one field with a dot"),
    ("name+=x", 2, "name=value"),
    ("name=", 2, "`--unset name` removes it"),
    ("name.first=x", 2, "holds one value"),
    ("stage_history.first.date=today", 2, "stage_history.0"),
    ("stage_history.9.date=today", 1, "9"),
    ("just words", 2, "write field=value"),
]


@pytest.mark.parametrize(("assignment", "code", "hint"), WRONG, ids=[wrong[0] for wrong in WRONG])
def test_a_value_that_does_not_fit_is_refused_with_what_would_and_nothing_is_written(
    assignment: str, code: int, hint: str
) -> None:
    before = Path(DEAL).read_bytes()
    done = kamctl("opportunity", "set", "line-3", "needs=something new", assignment)
    assert (done.code, done.out) == (code, "")
    assert hint in done.err
    assert Path(DEAL).read_bytes() == before


def test_a_required_field_cannot_be_removed() -> None:
    before = Path(DEAL).read_bytes()
    assert kamctl("opportunity", "set", "line-3", "--unset", "name").code == 1
    assert Path(DEAL).read_bytes() == before


def test_a_dry_run_prints_the_diff_on_stdout_and_writes_nothing() -> None:
    before = Path(DEAL).read_bytes()
    done = kamctl("opportunity", "set", "line-3", "amount=1 CNY", "-n")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[:2] == [f"--- a/{DEAL}", f"+++ b/{DEAL}"]
    assert "-amount: 2000000 CNY\n+amount: 1 CNY\n" in done.out
    assert Path(DEAL).read_bytes() == before


def test_setting_what_is_set_already_writes_nothing() -> None:
    stamp = Path(DEAL).stat().st_mtime_ns
    done = kamctl("opportunity", "set", "line-3", "owner=li-na")
    assert (done.code, done.out) == (0, "")
    assert Path(DEAL).stat().st_mtime_ns == stamp


def test_a_file_that_is_broken_can_be_mended_by_set() -> None:
    Path(DEAL).write_text("name: Line 3\nstage: L\nprobability: 0.6\n")
    assert kamctl("opportunity", "set", "line-3", "probability=60%").code == 0
    assert data(DEAL)["probability"] == "60%"


# --- new, list, show


def test_a_new_record_holds_what_is_known_and_nothing_else_and_validates() -> None:
    assert (
        kamctl("account", "new", "--name", "Harbour Brewing", "--owner", "li-na", "--set", "region.city=天津").code == 0
    )
    path = "accounts/harbour-brewing/account.yaml"
    assert data(path) == {"name": "Harbour Brewing", "owner": "li-na", "region": {"city": "天津"}}
    done = kamctl("contact", "new", "harbour-brewing/grace", "--name", "Grace Lin", "--phone", "+86 22 0000")
    assert done.code == 0
    assert "kamctl callplan new harbour-brewing --contact grace" in done.err
    assert data("accounts/harbour-brewing/contacts/grace.yaml") == {"name": "Grace Lin", "phone": "+86 22 0000"}
    made = kamctl(
        "opportunity", "new", "harbour-brewing/cip", "--name", "CIP", "--amount", "80万 CNY", "--close-date", "+30d"
    )
    assert made.code == 0
    assert data("accounts/harbour-brewing/opportunities/cip.yaml") == {
        "name": "CIP",
        "stage": "L",
        "amount": "80万 CNY",
        "close_date": "2026-07-15",
        "created": "2026-06-15",
        "stage_history": [{"date": "2026-06-15", "stage": "L"}],
    }
    assert kamctl("validate").code == 0
    assert "harbour-brewing/cip\t800000\t李娜" in kamctl("pipeline", "--fields", "id,amount,owner").out


def test_ids_are_made_from_names_in_chinese_too_and_bad_ones_get_an_example() -> None:
    assert kamctl("opportunity", "new", "bohai", "--name", "七号泵站").code == 0
    assert Path("accounts/bohai/opportunities/七号泵站.yaml").exists()
    done = kamctl("contact", "new", "bohai/Fan Rui", "--name", "范睿")
    assert done.code == 2
    assert 'for example "fan-rui"' in done.err


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["account", "new", "bohai", "--name", "x", "--owner", "li-na"], "accounts/bohai/account.yaml"),
        (["contact", "new", "bohai/zhang-wei", "--name", "x"], "accounts/bohai/contacts/zhang-wei.yaml"),
        (["opportunity", "new", "bohai/line-3", "--name", "x"], DEAL),
        (["callplan", "new", "bohai/line-3", "--contact", "zhang-wei", "--date", "2026-06-11"], CALL),
    ],
    ids=["account", "contact", "opportunity", "callplan"],
)
def test_new_never_overwrites_a_file_and_names_a_command_that_there_is(arguments: list[str], path: str) -> None:
    before = Path(path).read_bytes()
    done = kamctl(*arguments)
    assert done.code == 1
    assert f"{path} exists already" in done.err
    command = re.search(r"`kamctl (\S+ \S+)", done.err)
    assert command is not None
    assert kamctl(*command[1].split(), "--help").code == 0
    assert Path(path).read_bytes() == before


def test_new_with_a_dry_run_shows_the_file_and_makes_none() -> None:
    done = kamctl("contact", "new", "bohai/fan-rui", "--name", "范睿", "-n")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("--- /dev/null\n+++ b/accounts/bohai/contacts/fan-rui.yaml\n")
    assert "+name: 范睿\n" in done.out
    assert not Path("accounts/bohai/contacts/fan-rui.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (["account", "new", "x", "--owner", "li-na"], "--name"),
        (["account", "new", "x", "--name", "x"], "--owner"),
        (["contact", "new", "bohai"], "--name"),
        (["opportunity", "new", "bohai"], "--name"),
    ],
)
def test_what_is_missing_is_named_by_its_option_where_nobody_can_be_asked(arguments: list[str], missing: str) -> None:
    done = kamctl(*arguments)
    assert done.code == 2
    assert f"{missing} is missing" in done.err


def test_a_list_may_be_narrowed_by_conditions() -> None:
    assert kamctl("account", "list", "--where", "grade=A", "--fields", "id").out == "id\nbohai\n"
    assert kamctl("account", "list", "--grade", "B", "--fields", "id").out == "id\n"
    for owner in ("li-na", "李娜"):
        assert kamctl("account", "list", "--owner", owner, "--fields", "id").out == "id\nbohai\n"
    assert kamctl("account", "list", "--owner", "chen-jie", "--fields", "id").out == "id\n"
    assert kamctl("contact", "list", "--where", "reports_to=wang-li", "--fields", "name").out == "name\n张伟\n"
    assert kamctl("opportunity", "list", "--stage", "S", "--fields", "id").out == "id\n"
    assert kamctl("opp", "list", "--account", "boh", "--fields", "id").out == "id\nbohai/line-3\n"


def test_show_tells_everything_that_the_file_says() -> None:
    page = kamctl("opportunity", "show", "line-3").out
    for words in ("Line 3 pipe replacement", DEAL, "2000000 CNY", "2026-09-30", "Replace 14 km", "Siemens"):
        assert words in page


def test_show_of_a_broken_file_ends_with_1_and_its_place() -> None:
    Path(DEAL).write_text("name: [\n")
    done = kamctl("opportunity", "show", "line-3")
    assert done.code == 1
    assert done.err.startswith(f"error: {DEAL}:")


# --- call plans

KNOWN_DEAL = """\
name: Line 3
owner: li-na
stage: L
compelling_event: {event: New discharge limits, deadline: 2026-12-31, if_not: Fines}
assessments:
  - date: 2026-06-01
    marks:
      project: {us: "+", evidence: Signed}
buying_team:
  zhang-wei: {roles: [E]}
  wang-li: {roles: [A, D]}
competitors:
  siemens: {name: Siemens, strengths: [Price, Service], weaknesses: [Delivery]}
actions:
  - {what: Send the drawings, who: li-na, due: 2026-06-10}
  - {what: Not due yet, who: li-na, due: 2026-08-01}
  - {what: Done long ago, who: li-na, due: 2026-06-01, done: 2026-06-02}
"""
KNOWN_CALL = """\
date: 2026-06-11
time: "14:00"
by: li-na
contact: zhang-wei
opportunity: line-3
outcome:
  recorded_at: 2026-06-11T18:05
  events: He wants the whole-life cost
  commitments:
    - {by: zhang-wei, what: Hand over the minutes, due: 2026-06-14}
    - {by: li-na, what: Kept already, due: 2026-06-12, done: 2026-06-12}
  next: {date: 2026-06-16, purpose: Go through the cost sheet}
"""


@pytest.fixture
def known() -> None:
    """A deal and a call with something to carry into the next plan."""
    Path(DEAL).write_text(KNOWN_DEAL, "utf-8")
    Path(CALL).write_text(KNOWN_CALL, "utf-8")


@pytest.mark.usefixtures("known")
def test_a_call_plan_is_filled_in_from_the_deal_the_last_call_and_what_is_open() -> None:
    done = kamctl("callplan", "new", "bohai/line-3", "--contact", "zhang-wei", "--date", "tomorrow", "--time", "10:30")
    assert done.code == 0
    call = data("accounts/bohai/calls/2026-06-16-zhang-wei.yaml")
    assert (call["date"], call["time"], call["by"], call["mode"]) == ("2026-06-16", "10:30", "li-na", "visit")
    assert (call["contact"], call["opportunity"]) == ("zhang-wei", "line-3")
    plan = call["plan"]
    assert plan["purpose"] == "Go through the cost sheet"
    assert plan["premise"].splitlines() == [
        "Compelling event: New discharge limits (2026-12-31)",
        "If they do nothing: Fines",
        "Last call (2026-06-11, 张伟): He wants the whole-life cost",
    ]
    assert [re.sub(r"^.*?: ", "", item) for item in plan["agenda"]] == [
        "张伟 Hand over the minutes (due 2026-06-14)",
        "李娜 Send the drawings (due 2026-06-10)",
    ]
    assert plan["obstacles"] == "Siemens · strengths: Price; Service · weaknesses: Delivery"
    assert "# Call plan" in done.out
    assert "Go through the cost sheet" in done.out
    assert "kamctl callplan record bohai/2026-06-16-zhang-wei" in done.err
    assert kamctl("validate").code == 0


@pytest.mark.usefixtures("known")
def test_a_call_plan_asks_first_what_this_person_can_answer_and_never_what_is_known() -> None:
    questions = {}
    for person in ("zhang-wei", "wang-li"):
        assert kamctl("callplan", "new", "line-3", "--contact", person).code == 0
        questions[person] = data(f"accounts/bohai/calls/2026-06-16-{person}.yaml")["plan"]["questions"]
    for asked in questions.values():
        assert 0 < len(asked) <= 6
        assert "project" not in [question["criterion"] for question in asked]
        assert all(question["need"] and question["why"] and question["ask"] for question in asked)
    first = {person: asked[0]["criterion"] for person, asked in questions.items()}
    assert first["zhang-wei"] != first["wang-li"]


@pytest.mark.usefixtures("known")
def test_a_call_about_the_account_alone_needs_no_deal() -> None:
    done = kamctl("callplan", "new", "bohai", "--contact", "wang-li", "--mode", "phone", "--purpose", "Get to know her")
    assert done.code == 0
    call = data("accounts/bohai/calls/2026-06-16-wang-li.yaml")
    assert (call["mode"], call["plan"]["purpose"]) == ("phone", "Get to know her")
    assert "opportunity" not in call
    assert "questions" not in call["plan"]


def test_a_call_plan_without_anybody_to_see_is_refused() -> None:
    kamctl("account", "new", "empty", "--name", "Empty", "--owner", "li-na")
    none = kamctl("callplan", "new", "empty")
    assert none.code == 2
    assert '`kamctl contact new empty --name "…"` makes one' in none.err
    several = kamctl("callplan", "new", "bohai")
    assert several.code == 2
    assert "--contact PERSON, one of wang-li, zhang-wei" in several.err
    assert not Path("accounts/empty/calls").exists()


def test_a_call_plan_of_a_dry_run_is_not_written() -> None:
    done = kamctl("callplan", "new", "line-3", "--contact", "zhang-wei", "-n")
    assert done.code == 0
    assert done.out.startswith("--- /dev/null\n")
    assert not Path("accounts/bohai/calls/2026-06-16-zhang-wei.yaml").exists()


@pytest.mark.parametrize("option", [["--mode", "fax"], ["--date", "someday"], ["--time", "25:00"], ["--form", "plan"]])
def test_a_call_plan_with_an_impossible_option_is_not_written(option: list[str]) -> None:
    done = kamctl("callplan", "new", "line-3", "--contact", "zhang-wei", *option)
    assert done.code in (1, 2)
    assert done.err.startswith("error: ")
    assert [path.name for path in Path("accounts/bohai/calls").iterdir()] == [Path(CALL).name]


PLANNED = """\
date: 2026-06-15
by: li-na
contact: zhang-wei
opportunity: line-3
plan:
  objectives:
    - {objective: Agree on a date}
    - {objective: Get the list}   # of those who attend
    - {objective: See the hall}
"""
PLAN = "accounts/bohai/calls/2026-06-15-zhang-wei.yaml"


@pytest.fixture
def planned() -> None:
    """A call of today with three objectives and no record yet."""
    Path(PLAN).write_text(PLANNED, "utf-8")


@pytest.mark.usefixtures("planned")
def test_recording_a_call_judges_its_objectives_and_keeps_promises_with_their_dates() -> None:
    done = kamctl(
        *(
            "callplan",
            "record",
            "2026-06-15",
            "--events",
            "谈妥",
            "--customer-view",
            "Content",
            "--met",
            "1",
            "--met",
            "3",
        ),
        *("--not-met", "2", "--commitment", "zhang-wei:发新图纸@fri", "--commitment", "li-na:Send the offer"),
        *("--next", "+7d", "--next-purpose", "Offer", "--recorded-at", "2026-06-15T18:05"),
    )
    assert (done.code, done.out) == (0, "")
    call = data(PLAN)
    assert [objective["met"] for objective in call["plan"]["objectives"]] == ["true", "false", "true"]
    assert call["outcome"] == {
        "recorded_at": "2026-06-15T18:05",
        "events": "谈妥",
        "customer_view": "Content",
        "commitments": [
            {"by": "zhang-wei", "what": "发新图纸", "due": "2026-06-19"},
            {"by": "li-na", "what": "Send the offer"},
        ],
        "next": {"date": "2026-06-22", "purpose": "Offer"},
    }
    text = Path(PLAN).read_text("utf-8")
    assert "- {objective: Get the list, met: false}   # of those who attend\n" in text
    assert kamctl("validate").code == 0
    following = re.search(r"`?kamctl (callplan new .+ --date 2026-06-22)", done.err)
    assert following is not None
    assert kamctl(*following[1].split(), "-n").code == 0


@pytest.mark.usefixtures("planned")
def test_recording_again_adds_promises_and_keeps_the_first() -> None:
    for promise in ("zhang-wei:One", "zhang-wei:Two"):
        assert kamctl("callplan", "record", "2026-06-15", "--commitment", promise).code == 0
    assert [promise["what"] for promise in data(PLAN)["outcome"]["commitments"]] == ["One", "Two"]


@pytest.mark.usefixtures("planned")
def test_recording_takes_the_outcome_from_a_file_or_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("outcome.yaml").write_text("events: From a file\nmaterials: [Sample]\n")
    assert kamctl("callplan", "record", "2026-06-15", "--file", "outcome.yaml").code == 0
    assert data(PLAN)["outcome"]["materials"] == ["Sample"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("events: 从标准输入".encode())))
    assert kamctl("callplan", "record", "2026-06-15", "--file", "-").code == 0
    assert data(PLAN)["outcome"]["events"] == "从标准输入"


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing to record"),
        (["--met", "4"], "the plan has 3"),
        (["--met", "0"], "there is no objective 0"),
        (["--commitment", "somebody will call"], "write who:what@date"),
        (["--commitment", "zhangwei:Call"], "zhang-wei"),
        (["--commitment", "zhang-wei:Call@someday"], "someday"),
        (["--next", "someday"], "someday"),
        (["--events", "x", "--recorded-at", "yesterday"], "2026-03-12T18:05"),
        (["--file", "no-such.yaml"], "no-such.yaml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_record_that_makes_no_sense_is_refused_and_nothing_is_written(arguments: list[str], words: str) -> None:
    done = kamctl("callplan", "record", "2026-06-15", *arguments)
    assert done.code in (1, 2)
    assert words in done.err
    assert Path(PLAN).read_text("utf-8") == PLANNED


@pytest.mark.usefixtures("planned")
def test_a_mistake_in_a_file_of_the_outcome_is_named_with_its_place() -> None:
    Path("outcome.yaml").write_text("events: x\nmaterials: [\n")
    done = kamctl("callplan", "record", "2026-06-15", "--file", "outcome.yaml")
    assert done.code == 1
    assert "outcome.yaml:" in done.err
    Path("outcome.yaml").write_text("event: x\n")
    assert kamctl("callplan", "record", "2026-06-15", "--file", "outcome.yaml").code == 1
    assert Path(PLAN).read_text("utf-8") == PLANNED


@pytest.mark.usefixtures("planned")
def test_calls_are_listed_by_date_with_what_became_of_them() -> None:
    Path("accounts/bohai/calls/2026-06-12-wang-li.yaml").write_text(
        "date: 2026-06-12\nby: chen-jie\ncontact: wang-li\n"
    )

    def listed(*arguments: str) -> list[str]:
        return kamctl("callplan", "list", "--fields", "date,state", *arguments).out.splitlines()[1:]

    assert listed() == ["2026-06-11\tdone", "2026-06-12\tmissing", "2026-06-15\tplanned"]
    assert listed("--done") == ["2026-06-11\tdone"]
    assert listed("--due") == ["2026-06-12\tmissing", "2026-06-15\tplanned"]
    assert listed("--owner", "陈洁") == listed("--owner", "chen-jie") == ["2026-06-12\tmissing"]
    assert listed("--since", "-3d", "--until", "yesterday") == ["2026-06-12\tmissing"]
    assert listed("--account", "bohai") == listed()


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("form", ["call-plan", "popsa", "call-summary"])
def test_each_form_of_a_call_prints_as_markdown_and_as_a_page_that_can_be_written_to_a_file(form: str) -> None:
    markdown = kamctl("callplan", "show", "2026-06-11", "--form", form)
    assert markdown.code == 0
    assert markdown.out.startswith("# ")
    assert kamctl("callplan", "show", "2026-06-11", "--form", form, "--format", "md") == markdown
    page = kamctl("callplan", "show", "2026-06-11", "--form", form, "--format", "html")
    assert page.out.startswith("<!DOCTYPE html>")
    assert page.out.rstrip().endswith("</html>")
    written = kamctl("callplan", "show", "2026-06-11", "--form", form, "--format", "html", "-o", "页.html")
    assert (written.code, written.out) == (0, "")
    assert Path("页.html").read_text("utf-8").rstrip() == page.out.rstrip()


def test_a_form_that_cannot_be_written_names_the_place() -> None:
    done = kamctl("callplan", "show", "2026-06-11", "-o", "no/such/folder.md")
    assert done.code == 2
    assert "no/such/folder.md cannot be written" in done.err
