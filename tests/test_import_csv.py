"""Tables of deals from other programs: read without trust, compared, taken over, or refused with the reason."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kamctl import cli, edit, source
from kamctl.exchange.companies import company_word
from kamctl.exchange.delimited import read_delimited
from kamctl.exchange.fields import BY_NAME, Words, columns_of, heading_word, read_amount, read_cell
from kamctl.exchange.matching import Names
from kamctl.exchange.profile import names, read_profile
from kamctl.exchange.typed import Option, Reason, fold
from kamctl.problems import KamctlError
from kamctl.schema.profile import Profile
from kamctl.tree import Disk

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
HEAD = "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Amount Currency,Close Date\n"
LINE = "006A,四号线阀门,渤海水务集团有限公司,李娜,Negotiation/Review,1200000,CNY,2026-10-30\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLES, tmp_path / "workspace", copy_function=shutil.copyfile)


Importer = Callable[..., tuple[int, str, str]]


@pytest.fixture
def imported(workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importer:
    """Return what writes a table, imports it and gives exit code, what was printed, and what was said."""

    def run(content: str | bytes, *arguments: str, profile: str = "salesforce") -> tuple[int, str, str]:
        file = tmp_path / "deals.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        capsys.readouterr()
        command = ["-C", str(workspace), "--as-of", "2026-06-15", "--lang", "en", "import", "csv", str(file)]
        code = cli.run([*command, "--profile", profile, *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def files_of(workspace: Path) -> dict[str, bytes]:
    return {str(path.relative_to(workspace)): path.read_bytes() for path in workspace.rglob("*") if path.is_file()}


def deal(workspace: Path, deal_id: str) -> dict[str, Any]:
    account, stem = deal_id.split("/")
    data: Any = source.read((workspace / "accounts" / account / "opportunities" / f"{stem}.yaml").read_text("utf-8"))
    return dict(data)


def plan(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out), delimiter="\t", quoting=csv.QUOTE_NONE))


# --- what becomes of rows


def test_nothing_is_written_without_apply(workspace: Path, imported: Importer) -> None:
    before = files_of(workspace)
    code, out, err = imported(HEAD + LINE)
    assert code == 0
    assert [row["outcome"] for row in plan(out)] == ["new"]
    assert "new files: 1 deal" in err
    assert files_of(workspace) == before


def test_a_deal_comes_with_what_the_file_says_and_its_account_does_not(workspace: Path, imported: Importer) -> None:
    code, _, err = imported(HEAD + LINE, "--apply")
    assert code == 0
    assert "1 file written" in err
    assert deal(workspace, "bohai-water/四号线阀门") == {
        "name": "四号线阀门",
        "stage": "Q",
        "amount": "1200000 CNY",
        "close_date": "2026-10-30",
        "stage_history": [{"date": "2026-06-15", "stage": "Q", "by": "li-na"}],
        "external": {"salesforce": "006A"},
    }


def test_a_second_import_changes_what_has_changed_and_nothing_else(workspace: Path, imported: Importer) -> None:
    imported(HEAD + LINE, "--apply")
    before = files_of(workspace)
    code, out, err = imported(HEAD + LINE, "--apply")
    assert (code, plan(out)) == (0, [])
    assert "same 1" in err
    assert files_of(workspace) == before
    code, out, _ = imported(HEAD + LINE.replace("1200000", "1.3m").replace("四号线阀门", "四号线全部阀门"), "--apply")
    assert code == 0
    assert [(row["field"], row["now"], row["new"]) for row in plan(out)] == [
        ("name", "四号线阀门", "四号线全部阀门"),
        ("amount", "1200000 CNY", "1300000 CNY"),
    ]
    changed = {path for path, content in files_of(workspace).items() if before.get(path) != content}
    assert changed == {"accounts/bohai-water/opportunities/四号线阀门.yaml"}


def test_a_won_deal_gets_stage_history_and_contract(workspace: Path, imported: Importer) -> None:
    imported(HEAD + LINE, "--apply")
    won = LINE.replace("Negotiation/Review", "Closed Won").replace("2026-10-30", "2026-06-10")
    assert imported(HEAD + won, "--apply")[0] == 0
    data = deal(workspace, "bohai-water/四号线阀门")
    assert data["stage"] == "A"
    assert data["stage_history"][1:] == [{"date": "2026-06-15", "stage": "A", "by": "li-na"}]
    assert data["contract"] == {"signed": "2026-06-15", "amount": "1200000 CNY"}
    code, out, _ = imported(HEAD + won)
    assert (code, plan(out)) == (0, [])


def test_a_deal_that_is_further_than_won_is_not_moved_back(workspace: Path, imported: Importer) -> None:
    row = "006M,分区计量一期,渤海水务集团,李娜,Closed Won,1260000,CNY,2025-12-19\n"
    code, out, _ = imported(HEAD + row)
    assert code == 0
    assert [change["field"] for change in plan(out)] == ["external"]


def test_a_lost_deal_gets_its_reason_and_day(workspace: Path, imported: Importer) -> None:
    head = HEAD.replace("\n", ",Loss Reason\n")
    row = LINE.replace("Negotiation/Review", "Closed Lost").replace("2026-10-30\n", "2026-05-04,{}\n")
    code, out, err = imported(head + row.format("Too dear"), "--apply")
    assert code == 1
    assert plan(out)[0]["outcome"] == "undecided"
    assert "--value 'lost_reason:Too dear=…'" in err
    code, _, _ = imported(head + row.format("Too dear"), "--value", "lost_reason:Too dear=price", "--apply")
    assert code == 0
    data = deal(workspace, "bohai-water/四号线阀门")
    assert data["lost"] == {"date": "2026-05-04", "reason": "price"}
    assert data["stage_history"] == [{"date": "2026-05-04", "stage": "LOST", "by": "li-na"}]


def test_a_lost_deal_without_a_reason_waits_for_one(workspace: Path, imported: Importer) -> None:
    row = LINE.replace("Negotiation/Review", "Closed Lost")
    code, _, err = imported(HEAD + row)
    assert code == 1
    assert "a lost deal needs a loss reason" in err
    code, _, _ = imported(HEAD + row, "--value", "lost_reason:=no_decision", "--apply")
    assert code == 0
    assert deal(workspace, "bohai-water/四号线阀门")["lost"]["reason"] == "no_decision"


def test_free_words_for_a_loss_become_the_lesson(workspace: Path, imported: Importer) -> None:
    table = (
        "Record ID,Deal Name,Associated Company,Deal owner,Deal Stage,Amount,Close Date,Closed Lost Reason\n"
        "77,五号线,渤海水务集团,李娜,Closed Lost,5,2026-05-04 10:30,They bought a house\n"
    )
    assert imported(table, "--apply", profile="hubspot")[0] == 0
    lost = deal(workspace, "bohai-water/五号线")["lost"]
    assert lost == {"date": "2026-05-04", "reason": "other", "lesson": "They bought a house"}
    code, out, _ = imported(table, profile="hubspot")
    assert (code, plan(out)) == (0, [])


def test_a_lost_deal_is_not_opened_again_by_an_import(workspace: Path, imported: Importer) -> None:
    head = HEAD.replace("\n", ",Loss Reason\n")
    lost = LINE.replace("Negotiation/Review", "Closed Lost").replace("\n", ",price\n")
    imported(head + lost, "--apply")
    code, out, _ = imported(head + LINE.replace("\n", ",\n"))
    assert code == 1
    assert plan(out)[0]["outcome"] == "rejected"


def test_an_archived_deal_of_odoo_is_lost(workspace: Path, imported: Importer) -> None:
    table = (
        "External ID,Opportunity,Customer,Salesperson,Stage,Active,Expected Revenue,Expected Closing,Lost Reason\n"
        "__export__.crm_1,六号线,渤海水务集团,李娜,Qualified,False,200000.0,2026-05-04,Price\n"
    )
    assert imported(table, "--apply", profile="odoo")[0] == 0
    data = deal(workspace, "bohai-water/六号线")
    assert (data["stage"], data["lost"]["reason"]) == ("LOST", "price")
    assert data["external"] == {"odoo": "__export__.crm_1"}


def test_an_empty_cell_says_nothing(workspace: Path, imported: Importer) -> None:
    imported(HEAD + LINE, "--apply")
    code, out, _ = imported(HEAD + "006A,四号线阀门,渤海水务集团,,,,,\n")
    assert (code, plan(out)) == (0, [])
    assert imported(HEAD + "006B,七号线,渤海水务集团,,Prospecting,,,\n", "--apply")[0] == 0
    assert "amount" not in deal(workspace, "bohai-water/七号线")


def test_what_a_stage_requires_and_the_file_lacks_is_told_and_keeps_no_deal_out(imported: Importer) -> None:
    code, _, err = imported(HEAD + LINE.replace("1200000", ""))
    assert code == 0
    assert "1 deal lacks what the stage requires" in err


def test_a_row_that_would_bring_an_error_is_rejected_alone(workspace: Path, imported: Importer) -> None:
    head = HEAD.replace("\n", ",Created Date\n")
    wrong = LINE.replace("\n", ",2027-01-01\n")
    right = LINE.replace("006A", "006B").replace("四号线", "五号线").replace("\n", ",2026-01-01\n")
    code, out, _ = imported(head + wrong + right, "--apply")
    assert code == 1
    assert [row["outcome"] for row in plan(out)] == ["rejected", "rejected", "new"]
    assert {row["line"] for row in plan(out)} == {"2", "3"}
    assert not (workspace / "accounts/bohai-water/opportunities/四号线阀门.yaml").exists()
    assert (workspace / "accounts/bohai-water/opportunities/五号线阀门.yaml").exists()


# --- customers, owners, contacts


def test_customers_are_found_however_their_legal_form_is_written() -> None:
    for one, other in (
        ("渤海水务集团有限公司", "渤海水务集团"),
        ("Siemens AG", "ＳＩＥＭＥＮＳ"),
        ("Harbour Bay Co., Ltd.", "Harbour-Bay"),
        ("Müller GmbH & Co. KG", "MÜLLER"),
        ("Acme S.A.", "Acme"),
    ):
        assert company_word(one) == company_word(other)
    assert company_word("Acme") != company_word("Acme Pumps")
    assert company_word("有限公司") != ""
    assert company_word("Ltd") == "ltd"


def test_a_name_that_is_only_like_a_known_one_is_a_question(workspace: Path, imported: Importer) -> None:
    row = LINE.replace("渤海水务集团有限公司", "渤海水务")
    code, out, err = imported(HEAD + row)
    assert code == 1
    assert plan(out)[0]["outcome"] == "undecided"
    assert "  --account '渤海水务=ID'\n" in err
    code, out, _ = imported(HEAD + row, "--account", "渤海水务=bohai-water", "--apply")
    assert (code, plan(out)[0]["id"]) == (0, "bohai-water/四号线阀门")
    other = row.replace("006A", "006Z")
    assert plan(imported(HEAD + other, "--account", "渤海水务=new")[1])[0]["id"] == "渤海水务/四号线阀门"
    assert plan(imported(HEAD + other, "--account", "new")[1])[0]["id"] == "渤海水务/四号线阀门"


def test_deals_of_a_new_customer_share_one_account(workspace: Path, imported: Importer) -> None:
    rows = "".join(
        f"006{n},Line {n},{name},Peter Schmidt,Prospecting,,,\n" for n, name in enumerate(("Acme GmbH", "ACME gmbh"))
    )
    code, _, err = imported(HEAD + rows, "--apply")
    assert code == 0
    assert "new files: 1 account, 2 deals, 1 person in team.yaml" in err
    assert sorted(p.name for p in (workspace / "accounts/acme-gmbh/opportunities").iterdir()) == [
        "line-0.yaml",
        "line-1.yaml",
    ]
    team: Any = source.read((workspace / "team.yaml").read_text("utf-8"))
    assert team["members"]["peter-schmidt"] == {"name": "Peter Schmidt"}
    assert cli.run(["-C", str(workspace), "--as-of", "2026-06-15", "validate"]) == 0


def test_an_owner_like_one_of_ours_is_a_question(imported: Importer) -> None:
    code, _, err = imported(HEAD + LINE.replace("李娜", "李娜娜"))
    assert code == 1
    assert "--owner '李娜娜=KEY'" in err
    assert imported(HEAD + LINE.replace("李娜", "李娜娜"), "--owner", "李娜娜=li-na")[0] == 0


def test_the_owner_told_owns_what_the_file_names_nobody_for(workspace: Path, imported: Importer) -> None:
    row = "006A,Line 1,Acme,,Prospecting,,,\n"
    code, out, _ = imported(HEAD + row)
    assert (code, plan(out)[0]["field"]) == (1, "owner")
    assert imported(HEAD + row, "--owner", "ma-jun", "--apply")[0] == 0
    account: Any = source.read((workspace / "accounts/acme/account.yaml").read_text("utf-8"))
    assert account["owner"] == "ma-jun"


def test_contacts_come_along_once(workspace: Path, imported: Importer) -> None:
    head = HEAD.replace("\n", ",Contact Name,Contact Email,Contact Phone,Contact ID,Account ID\n")
    rows = [
        LINE.replace("\n", ",韩雪,han@example.com,,003A,001A\n"),
        LINE.replace("\n", ",张伟,,,003B,001A\n"),
        LINE.replace("\n", ",Zhang W.,zhang.wei@bohai-water.example,,003C,001A\n"),
    ]
    assert imported(head + "".join(rows), "--apply")[0] == 0
    folder = workspace / "accounts/bohai-water"
    assert source.read((folder / "contacts/韩雪.yaml").read_text("utf-8")) == {
        "name": "韩雪",
        "email": "han@example.com",
        "external": {"salesforce": "003A"},
    }
    account: Any = source.read((folder / "account.yaml").read_text("utf-8"))
    assert account["external"] == {"salesforce": "001A"}
    assert len(list((folder / "contacts").iterdir())) == 7
    before = files_of(workspace)
    code, out, _ = imported(head + "".join(rows), "--apply")
    assert (code, plan(out), files_of(workspace)) == (0, [], before)
    moved = head + rows[0].replace("渤海水务集团有限公司", "Bohai renamed").replace("006A", "006X").replace(
        "四号", "九号"
    )
    assert plan(imported(moved)[1])[0]["id"] == "bohai-water/九号线阀门"


def test_rows_without_a_key_are_found_by_their_name(workspace: Path, imported: Importer) -> None:
    rows = ["客户,项目,阶段,金额", "三号线管道改造,Q,490万", "新项目,潜在客户,", "新项目,L,"]
    table = "\n渤海水务集团,".join(rows) + "\n"
    code, out, _ = imported(table, profile="generic")
    assert code == 1
    assert [(row["outcome"], row["field"], row["new"]) for row in plan(out)[:1]] == [
        ("changed", "amount", "4900000 CNY")
    ]
    assert [row["outcome"] for row in plan(out)] == ["changed", "new", "rejected"]


def test_names_near_are_found_without_comparing_all() -> None:
    known = {f"a{n}": f"客户{n:05d}水务" for n in range(2000)}
    found = Names({**known, "bohai": "渤海水务集团"}, {}, company_word)
    assert found.match("渤海水务集团股份有限公司").id == "bohai"
    assert found.match("渤海水务").near == ("渤海水务集团 (bohai)",)
    assert found.match("天津钢铁").near == ()


# --- how a table is written


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "t.csv"
    rows = [["客户", "项目", "阶段"], ["渤海水务", "三号线", "Q"]]
    path.write_bytes("\n".join(delimiter.join(row) for row in rows).encode(encoding))
    known = {"客户", "项目", "阶段"}
    found = read_delimited(path, known.__contains__)
    assert found.headings == rows[0]
    assert found.rows[0].cells == rows[1]


def test_big5_is_told_from_gb18030_by_its_heading(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("客戶,專案,階段\n渤海水務,三號線,Q\n".encode("big5"))
    found = read_delimited(path, {"客戶", "專案", "階段"}.__contains__)
    assert (found.encoding, found.rows[0].cells[1]) == ("big5", "三號線")


def test_chinese_below_an_english_heading_is_not_guessed(imported: Importer, workspace: Path) -> None:
    raw = (HEAD + LINE).encode("gb18030")
    code, _, err = imported(raw)
    assert code == 1
    assert "gb18030 or big5" in err
    code, out, _ = imported(raw, "--encoding", "gb18030")
    assert (code, plan(out)[0]["name"]) == (0, "四号线阀门")
    assert imported(raw, "--encoding", "klingon")[0] == 2
    code, _, err = imported(raw, "--encoding", "utf-8")
    assert "deals.csv:2:6: this is no utf-8 text" in err


def test_a_title_above_the_heading_and_totals_below_are_no_data(imported: Importer) -> None:
    table = "Deals of the north\n\n" + HEAD + LINE + 'Grand Totals (1 record),,,,,,,\n"Copyright (c) 2026"\n'
    code, out, _ = imported(table)
    assert (code, [row["line"] for row in plan(out)]) == (0, ["4"])


def test_a_line_break_inside_quotes_keeps_the_count_of_lines(imported: Importer) -> None:
    table = HEAD + LINE.replace("四号线阀门", '"四号线\n阀门"') + "x\n"
    _, out, _ = imported(table)
    assert [(row["outcome"], row["line"]) for row in plan(out)] == [("new", "2"), ("rejected", "4")]


BAD: dict[str, tuple[str | bytes, str]] = {
    "nul": (HEAD + LINE + "0\x00,a,b,c,d,,,\n", "deals.csv:3:2: a NUL byte"),
    "unclosed quote": (HEAD + '1,"a,b,c,d,,,\n' + LINE * 3, "deals.csv:2:3: the quote that opens here is never closed"),
    "unclosed quote, long": (HEAD + '1,"a,b,c,d,,,\n' + LINE * 20_000, "deals.csv:2:3: the quote that opens here"),
    "text after a quote": (HEAD + '1,"a"b,c,d,e,,,\n', "deals.csv:2:6: text after a closing quote"),
    "two keys alike": (HEAD + LINE + LINE.replace("阀门", "泵"), 'column "Opportunity ID": "006A" stands in line 2'),
    "the same row twice": (HEAD + LINE + LINE, 'deals.csv:3: column "Opportunity ID": "006A" stands in line 2'),
    "pivot": ("Stage,Sum of Amount\nClosed Won,12\n", "no column for name (Opportunity Name)"),
    "empty": ("", "deals.csv is empty"),
    "blank": ("\n \n", "deals.csv is empty"),
    "heading only": (HEAD, "has a heading and no rows"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel workbook"),
    "web page": ("<html><body>", "web page"),
    "one endless line": (HEAD.encode() + b"x" * 3_000_000, "deals.csv:2:1048576: a line of more than a million"),
    "no encoding": (HEAD.encode() + b"\xff\xfe\x00\xff\x80,\n", "deals.csv:"),
    "dates": (HEAD + LINE.replace("2026-10-30", "01-03-17"), "--dates dmy, mdy or ymd"),
    "dates, long year": (HEAD + LINE.replace("2026-10-30", "3/4/2026"), 'deals.csv:2: column "Close Date": "3/4/2026"'),
    "one heading twice": (HEAD.replace("Stage", "Opportunity Name"), 'both named "Opportunity Name"'),
    "many columns": (HEAD + "," * 1500 + "\n", "more than 1000 columns"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_none_is_refused_in_one_sentence(name: str, workspace: Path, imported: Importer) -> None:
    content, said = BAD[name]
    before = files_of(workspace)
    code, out, err = imported(content, "--apply")
    assert code in (1, 2)
    assert said in err
    assert out == ""
    assert "bug" not in err
    assert files_of(workspace) == before


def test_a_workbook_by_the_name_of_csv_is_told(imported: Importer) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert "is an Excel workbook" in imported(stream.getvalue())[2]


def test_more_rows_than_are_bearable_are_refused(imported: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kamctl.exchange.delimited.MAX_ROWS", 3)
    assert "more than 3 rows" in imported(HEAD + LINE * 5)[2]
    monkeypatch.setattr("kamctl.exchange.delimited.MAX_FILE", 10)
    assert "larger than" in imported(HEAD + LINE)[2]


def test_bad_cells_are_told_with_line_and_column(imported: Importer) -> None:
    table = HEAD + LINE.replace("1200000", "-5").replace("2026-10-30", "2026-02-30") + "006B,x\n"
    code, out, _ = imported(table)
    assert code == 1
    assert [(row["line"], row["field"]) for row in plan(out)] == [("2", "amount"), ("2", "close_date"), ("3", "")]
    assert "2 cells below 8 headings" in plan(out)[2]["new"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--map", "Stge=stage"], 'did you mean "Stage"?'),
        (["--map", "Stage=stagee"], 'did you mean "stage"?'),
        (["--map", "Stage"], "write COLUMN=FIELD"),
        (["--value", "stage=Q"], "write FIELD:WORD=VALUE"),
        (["--dates", "dym"], "did you mean"),
        (["--dates", "zzz"], "one of dmy, mdy, ymd"),
        (["--decimal", ";"], ". or ,"),
        (["--owner", "li-na", "--owner", "ma-jun"], "cannot both own"),
        (["--owner", "nobody-at-all"], "nobody-at-all"),
        (["--account", "x=no-such-account"], "no-such-account"),
    ],
)
def test_slips_on_the_command_line_are_told(arguments: list[str], said: str, imported: Importer) -> None:
    code, _, err = imported(HEAD + LINE, *arguments)
    assert code == 2
    assert said in err


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("stge:X=L", 'did you mean "stage"?'),
        ("stage:Qualification=QQ", '--value: stage cannot be "QQ"'),
        ("lost_reason:Too dear=prise", 'did you mean "price"?'),
        ("forecast:Sure=comit", 'did you mean "commit"?'),
    ],
)
def test_a_value_that_nothing_can_have_is_told(value: str, said: str, imported: Importer) -> None:
    code, _, err = imported(HEAD + LINE, "--value", value)
    assert code == 2
    assert said in err


def test_another_profile_that_knows_the_columns_is_named(imported: Importer) -> None:
    code, _, err = imported(HEAD + LINE, profile="hubspot")
    assert code == 1
    assert "profile salesforce knows 8 of the columns: --profile salesforce" in err
    _, _, err = imported(HEAD + LINE, profile="generic")
    assert "profile salesforce knows 8 of 8 columns, generic knows 5: --profile salesforce" in err
    assert "knows" not in imported(HEAD + LINE)[2]


def test_a_profile_of_the_workspace_that_is_broken_is_none_to_be_named(workspace: Path, imported: Importer) -> None:
    (workspace / "profiles").mkdir()
    (workspace / "profiles/own.yaml").write_text("columns: [", "utf-8")
    assert "--profile salesforce" in imported(HEAD + LINE, profile="hubspot")[2]


def test_a_table_comes_in_through_a_pipe(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((HEAD + LINE + "006B,x,y\n").encode())))
    base = ["-C", str(workspace), "--as-of", "2026-06-15", "--lang", "en"]
    assert cli.run([*base, "import", "csv", "-", "--profile", "salesforce", "--format", "json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["counts"] == {"new": 1, "rejected": 1}
    assert captured.err.startswith("stdin: utf-8, columns separated by ,")


def test_a_profile_that_is_not_there_is_told(imported: Importer) -> None:
    assert 'did you mean "salesforce"?' in imported(HEAD + LINE, profile="salseforce")[2]
    assert "one of generic, hubspot, odoo, salesforce" in imported(HEAD + LINE, profile="../x")[2]


def test_columns_are_named_by_hand(workspace: Path, imported: Importer) -> None:
    table = "Projekt;Firma;Phase;Wert;Kunde seit\nPumpe;渤海水务集团;Angebot;1.234,50;2001\n"
    told = ["--map", "Projekt=name", "--map", "Firma=account_name", "--map", "Phase=stage", "--map", "Wert=amount"]
    code, out, err = imported(table, *told, "--decimal", ",", "--value", "stage:Angebot=Q", profile="generic")
    assert code == 0
    assert "columns that kamctl does not read: Kunde seit" in err
    assert "1234.5 CNY" in plan(out)[0]["new"]


def test_a_workspace_has_profiles_of_its_own(workspace: Path, imported: Importer) -> None:
    own = workspace / "profiles/erp.yaml"
    own.parent.mkdir()
    own.write_text(
        "version: 1\nname: {en: ERP, zh-Hans: ERP, zh-Hant: ERP}\nsystem: erp\nunit: 0.000001\npercent: fraction\n"
        "columns: {external: [no], name: [title], account_name: [firm], stage: [state], amount: [micros], "
        "probability: [p]}\nwon: [sold]\nstages: {losqaop: {talks: L}}\n",
        "utf-8",
    )
    table = "no,title,firm,state,micros,p\n1,泵,渤海水务集团,talks,1500000000000,0.25\n"
    code, _, _ = imported(table, "--apply", profile="erp")
    assert code == 0
    data = deal(workspace, "bohai-water/泵")
    assert (data["amount"], data["probability"], data["stage"]) == ("1500000 CNY", "25%", "L")
    assert cli.run(["-C", str(workspace), "--as-of", "2026-06-15", "validate"]) == 0
    own.write_text("version: 1\nname: {en: ERP}\ncolums: {}\n", "utf-8")
    assert "profiles/erp.yaml:1:1: missing-key" in imported(table, profile="erp")[2]
    own.write_text("version: [", "utf-8")
    assert "profiles/erp.yaml:" in imported(table, profile="erp")[2]
    own.write_text("version: 1\nname: {en: E, zh-Hans: E, zh-Hant: E}\ncolumns: {nmae: [x]}\n", "utf-8")
    assert 'did you mean "name"?' in imported(table, profile="erp")[2]


@pytest.mark.parametrize("name", names(Disk(EXAMPLES)))
def test_every_shipped_profile_names_fields_and_stages_that_there_are(name: str) -> None:
    from kamctl.methods import Methods

    processes = Methods(None).processes()
    profile = read_profile(name, Disk(EXAMPLES), "en")
    assert {*profile.columns, *profile.values, *profile.empty, *profile.otherwise} <= BY_NAME.keys()
    for process, stages in profile.stages.items():
        assert {code for code in stages.values() if processes[process].stage(code) is None} == set()
    assert profile.stages.keys() == processes.keys()
    known = {fold(word) for meanings in profile.stages.values() for word in meanings}
    known |= set(map(fold, (*profile.won, *profile.lost)))
    assert {fold(meant) for meant in profile.values.get("stage", {}).values()} <= known
    assert profile.sources


@pytest.mark.parametrize("name", names(Disk(EXAMPLES)))
def test_no_heading_means_two_fields(name: str) -> None:
    profile = read_profile(name, Disk(EXAMPLES), "en")
    headings = [(heading_word(alias), field) for field, aliases in profile.columns.items() for alias in aliases]
    assert len(dict(headings)) == len(set(headings))


# --- as the programs write them


def test_a_report_of_salesforce_with_two_currencies_and_notes_below(workspace: Path, imported: Importer) -> None:
    table = (
        '"Opportunity Owner","Account Name","Opportunity Name","Stage","Fiscal Period","Amount (converted) Currency",'
        '"Amount (converted)","Opportunity Currency","Probability (%)","Age","Close Date","Created Date","Next Step",'
        '"Lead Source","Type","Opportunity ID"\n'
        '"李娜","渤海水务集团","七号线","Proposal/Price Quote","Q3-2026","CNY","1,350,000.00","EUR","75","120",'
        '"9/18/2026","2/3/2026","","Web","New Business","0065g00000QX01A"\n'
        '"李娜","渤海水务集团","八号线","Closed Won","Q2-2026","CNY","90,000.00","EUR","100","12",'
        '"6/8/2026","5/3/2026","","","","0065g00000QX01a"\n\n'
        '"Grand Totals (2 records)"\n\n"Confidential Information - Do Not Distribute"\n'
        '"Copyright \u00a9 2000-2026 salesforce.com, inc. All rights reserved."\n'
    )
    code, out, err = imported(table, "--dates", "mdy", "--apply")
    assert (code, [row["outcome"] for row in plan(out)]) == (0, ["new", "new"])
    assert (
        "columns that kamctl does not read: Fiscal Period, Opportunity Currency, Age, Next Step, Lead Source, Type"
        in err
    )
    seven, eight = deal(workspace, "bohai-water/七号线"), deal(workspace, "bohai-water/八号线")
    assert (seven["amount"], seven["close_date"], seven["created"]) == ("1350000 CNY", "2026-09-18", "2026-02-03")
    assert (seven["stage"], seven["probability"]) == ("Q", "75%")
    assert (eight["stage"], eight["contract"]["signed"]) == ("A", "2026-06-08")


def test_a_key_of_salesforce_is_the_same_in_a_report_and_in_a_file_of_the_data_loader(
    workspace: Path, imported: Importer
) -> None:
    report = (
        "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage\n"
        "006000000000abc,甲,渤海水务集团,李娜,Qualification\n"
    )
    assert imported(report, "--apply")[0] == 0
    loader = (
        '"ID","NAME","ACCOUNT.NAME","OWNER.NAME","STAGENAME","AMOUNT","CURRENCYISOCODE","CLOSEDATE","PROBABILITY",'
        '"CREATEDDATE","FORECASTCATEGORYNAME","ISDELETED"\n'
        '"006000000000abcAAA","甲改名","渤海水务集团","李娜","Qualification","120000.0","CNY","2026-09-30","10.0",'
        '"2026-01-12T02:11:40.000Z","Best Case","false"\n'
        '"006000000000ABCIAA","乙","渤海水务集团","李娜","Qualification","","CNY","2026-09-30","","","",""\n'
    )
    code, out, err = imported(loader, "--apply")
    assert code == 0
    changes = {row["field"]: row["new"] for row in plan(out) if row["id"] == "bohai-water/甲"}
    assert changes == {
        "name": "甲改名",
        "amount": "120000 CNY",
        "close_date": "2026-09-30",
        "probability": "10%",
        "forecast": "best_case",
        "created": "2026-01-12",
    }
    assert "new 1, changed 1" in err
    assert deal(workspace, "bohai-water/甲")["external"] == {"salesforce": "006000000000abc"}
    assert deal(workspace, "bohai-water/乙")["external"] == {"salesforce": "006000000000ABCIAA"}
    twice = loader + loader.splitlines()[1].replace("abcAAA", "abc") + "\n"
    assert "stands in line 2 already" in imported(twice)[2]


def test_salesforce_in_chinese(workspace: Path, imported: Importer) -> None:
    table = (
        "业务机会 ID,业务机会名,客户名,业务机会所有人,阶段,金额,可能性 (%),结束日期,创建日期,上次阶段更改日期\n"
        "006A,九号线,渤海水务集团,李娜,协商/审核,50万,60,2026/9/30,2026/1/5,2026/6/1\n"
        "006B,十号线,渤海水务集团,李娜,已结束并赢得客户,10万,100,2026/5/30,2026/1/5,\n"
    )
    assert imported(table, "--apply")[0] == 0
    nine = deal(workspace, "bohai-water/九号线")
    assert (nine["stage"], nine["amount"], nine["stage_history"][-1]["date"]) == ("Q", "500000 CNY", "2026-06-01")
    assert deal(workspace, "bohai-water/十号线")["stage"] == "A"


@pytest.mark.parametrize(
    "headings",
    [
        "Record ID,Deal Name,Pipeline,Deal Stage,Amount,Currency,Close Date,Create Date,Last Activity Date,Deal owner,"
        "Deal probability,Forecast category,Associated Company IDs (Primary),Associated Company (Primary)",
        "hs_object_id,dealname,pipeline,dealstage,amount,deal_currency_code,closedate,createdate,notes_last_updated,"
        "Deal owner,hs_deal_stage_probability,hs_manual_forecast_category,Associated Company IDs (Primary),"
        "Associated Company (Primary)",
    ],
    ids=["labels", "internal names"],
)
def test_hubspot_by_labels_and_by_internal_names(headings: str, workspace: Path, imported: Importer) -> None:
    labels = headings.startswith("Record")
    stage, forecast = ("Contract Sent", "Most likely") if labels else ("contractsent", "BEST_CASE")
    table = (
        f"{headings}\n31870000001,热网补水,Sales Pipeline,{stage},380000.5,USD,2026-10-20,2026-01-05 09:40,"
        f"2026-06-01 10:00,李娜,0.9,{forecast},18402000001,渤海水务集团\n"
    )
    assert imported(table, "--apply", profile="hubspot")[0] == 0
    data = deal(workspace, "bohai-water/热网补水")
    assert data == {
        "name": "热网补水",
        "stage": "Q",
        "amount": "380000.5 USD",
        "close_date": "2026-10-20",
        "probability": "90%",
        "forecast": "best_case",
        "created": "2026-01-05",
        "stage_history": [{"date": "2026-01-05", "stage": "Q", "by": "li-na"}],
        "external": {"hubspot": "31870000001"},
    }


def test_odoo_writes_no_as_an_empty_cell(workspace: Path, imported: Importer) -> None:
    table = (
        '"External ID","Opportunity","Customer","Salesperson","Stage","Active","Expected Revenue","Currency",'
        '"Expected Closing","Probability","Created on","Last Stage Update","Lost Reason"\n'
        '"__export__.crm_lead_7_ab12","开着","渤海水务集团","李娜","Proposition","True","52000.0","CNY","2026-09-30",'
        '"42.5","2026-02-01 08:11:02","2026-05-20 07:00:00",""\n'
        '"__export__.crm_lead_8_cd34","丢了","渤海水务集团","李娜","Qualified","","20000.0","CNY","","0.0",'
        '"2026-02-01 08:11:02","2026-03-02 07:00:00","Too expensive"\n'
    )
    assert imported(table, "--apply", profile="odoo")[0] == 0
    open_, lost = deal(workspace, "bohai-water/开着"), deal(workspace, "bohai-water/丢了")
    assert (open_["stage"], open_["amount"], open_["probability"]) == ("Q", "52000 CNY", "42.5%")
    assert (open_["created"], open_["stage_history"][-1]["date"]) == ("2026-02-01", "2026-05-20")
    assert (lost["stage"], lost["lost"]["reason"]) == ("LOST", "price")
    without = table.replace('"Active",', "").replace('"True",', "").replace('"Qualified","",', '"Qualified",')
    _, out, _ = imported(without.replace("丢了", "没有这一列").replace("cd34", "ef56"), profile="odoo")
    assert [row["id"] for row in plan(out) if row["outcome"] == "new"] == ["bohai-water/没有这一列"]


@pytest.mark.parametrize(
    ("headings", "stage"),
    [
        ("id,name,partner_id,user_id,stage_id,active,expected_revenue,date_deadline", "Qualified"),
        ("外部 ID,商机,客户,销售员,阶段,启用,预期收益,预期结束", "验证"),
        ("外部 ID,商機,客戶,銷售員,階段,啟用,預期收入,預期結束", "Qualified"),
    ],
)
def test_odoo_by_names_and_in_chinese(headings: str, stage: str, workspace: Path, imported: Importer) -> None:
    row = f"__export__.crm_lead_9,新线,渤海水务集团,李娜,{stage},True,8000.0,2026-09-30\n"
    assert imported(f"{headings}\n{row}", "--apply", profile="odoo")[0] == 0
    data = deal(workspace, "bohai-water/新线")
    assert (data["stage"], data["amount"], data["close_date"]) == ("O", "8000 CNY", "2026-09-30")


@pytest.mark.parametrize(
    ("headings", "stage"),
    [
        ("商机编号,*商机名称,*客户名称,负责人（必填）,销售阶段,商机金额,预计成交日期,赢率", "谈判审核"),
        ("机会编号,机会名称,客户名称,所有人,销售阶段,销售金额,结单日期,赢率", "方案/报价"),
    ],
    ids=["Fxiaoke", "Xiaoshouyi"],
)
def test_tables_of_chinese_programs_need_no_profile_of_their_own(
    headings: str, stage: str, workspace: Path, imported: Importer
) -> None:
    row = f"SJ0001,换热站,渤海水务集团,李娜,{stage},120万,2026/9/30,60%\n"
    assert imported((headings + "\n" + row).encode("gb18030"), "--apply", profile="generic")[0] == 0
    data = deal(workspace, "bohai-water/换热站")
    assert (data["stage"], data["amount"], data["close_date"]) == ("Q", "1200000 CNY", "2026-09-30")
    assert (data["probability"], data["external"]) == ("60%", {"csv": "SJ0001"})


# --- cells


def words(**changes: Any) -> Words:
    profile = Profile(version=1, name={}, columns={}, **changes.pop("profile", {}))
    given = {"dates": "", "decimal": ".", "options": {"source": [Option("dealer", {})]}, "decided": {}} | changes
    return Words(profile=profile, today=date(2026, 6, 15), currency="CNY", **given)


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("01-03-17", "dmy", "2017-03-01"),
        ("01-03-17", "mdy", "2017-01-03"),
        ("17-03-01", "ymd", "2017-03-01"),
        ("3/4/2026 2:15 PM", "mdy", "2026-03-04"),
        ("2026-03-12T18:05:00.000Z", "", "2026-03-12"),
        ("2026-03-12 18:05:00+08:00", "dmy", "2026-03-12"),
        ("13/02/2026", "", "2026-02-13"),
        ("2026年3月12日", "dmy", "2026-03-12"),
    ],
)
def test_dates_are_read_by_the_order_told(cell: str, order: str, day: str) -> None:
    assert read_cell(BY_NAME["close_date"], cell, words(dates=order)) == day


@pytest.mark.parametrize(
    ("cell", "order"), [("01-03-17", ""), ("3/4/2026", ""), ("13/13/2026", "mdy"), ("1-2-345", "dmy"), ("soon", "dmy")]
)
def test_dates_that_could_be_several_or_none_are_refused(cell: str, order: str) -> None:
    assert isinstance(read_cell(BY_NAME["close_date"], cell, words(dates=order)), Reason)


@pytest.mark.parametrize(
    ("cell", "currency", "amount"),
    [
        ("250k", "", "250000 CNY"),
        ("£9000", "", "9000 GBP"),
        ("1,234.56", "USD", "1234.56 USD"),
        ("USD 1,200", "", "1200 USD"),
        ("50万", "", "500000 CNY"),
        ("", "USD", ""),
        ("  ", "", ""),
    ],
)
def test_amounts_as_people_write_them(cell: str, currency: str, amount: str) -> None:
    assert read_amount(cell, currency, words()) == amount


def test_amounts_that_contradict_themselves_are_refused() -> None:
    assert isinstance(read_amount("£9000", "USD", words()), Reason)
    assert isinstance(read_amount("lots", "", words()), Reason)


@pytest.mark.parametrize(
    ("cell", "scale", "value"),
    [
        ("60", "points", "60%"), ("1", "points", "1%"), ("0.6", "fraction", "60%"), ("1", "fraction", "100%"),
        ("60%", None, "60%"), ("0.6", None, "60%"),
    ],
)  # fmt: skip
def test_percents_are_read_by_the_scale_of_the_profile(cell: str, scale: str | None, value: str) -> None:
    assert read_cell(BY_NAME["probability"], cell, words(profile={"percent": scale})) == value


@pytest.mark.parametrize(("cell", "scale"), [("120", "points"), ("1.2", "fraction"), ("1", None), ("high", "points")])
def test_percents_that_are_none_are_refused(cell: str, scale: str | None) -> None:
    assert isinstance(read_cell(BY_NAME["probability"], cell, words(profile={"percent": scale})), Reason)


def test_words_mean_what_the_person_says_then_what_the_profile_says() -> None:
    profile = {"values": {"source": {"Partner": "dealer"}}, "otherwise": {"source": "principal"}}
    assert read_cell(BY_NAME["source"], "partner", words(profile=profile)) == "dealer"
    assert read_cell(BY_NAME["source"], "Web", words(profile=profile)) == "principal"
    told = {("source", "web"): "dealer"}
    assert read_cell(BY_NAME["source"], "Web", words(profile=profile, decided=told)) == "dealer"
    assert isinstance(read_cell(BY_NAME["source"], "Web", words()), Reason)


def test_the_heading_that_a_profile_names_first_counts() -> None:
    profile = Profile(version=1, name={}, columns={"name": ("Deal Name", "Name"), "owner": ("Owner",)})
    assert columns_of(["Name", "OWNER", "Deal  name"], profile, {}) == {"name": 2, "owner": 1}
    assert columns_of(["Name", "Owner"], profile, {"Owner": ""}) == {"name": 0}
    with pytest.raises(KamctlError, match="no column"):
        columns_of(["Name"], profile, {"Nam": "name"})


# --- what is printed and kept


def test_rejects_are_kept_as_they_were_with_the_reason(tmp_path: Path, imported: Importer) -> None:
    rejects = tmp_path / "rejects.csv"
    table = HEAD + LINE + LINE.replace("006A", "006B").replace("1200000", "-5").replace("四号线阀门", "=1+1")
    code, _, err = imported(table, "--rejects", str(rejects))
    assert code == 1
    assert "rejects.csv" in err
    rows = list(csv.DictReader(io.StringIO(rejects.read_text("utf-8-sig"))))
    assert [(row["Opportunity ID"], row["kamctl line"]) for row in rows] == [("006B", "3")]
    assert rows[0]["Opportunity Name"] == "'=1+1"
    assert rows[0]["Amount"] == "-5"
    assert rows[0]["kamctl reason"] == "3:Amount: -5 is negative"
    assert imported(table, "--rejects", str(rejects))[0] == 2
    code, out, _ = imported(rejects.read_bytes())
    assert plan(out)[0]["name"] == "=1+1"
    rejects.unlink()
    imported(HEAD + LINE, "--rejects", str(rejects))
    assert not rejects.exists()


def test_a_dry_run_prints_the_diff_and_writes_nothing(workspace: Path, imported: Importer) -> None:
    before = files_of(workspace)
    code, out, _ = imported(HEAD + LINE, "--apply", "-n")
    assert code == 0
    assert "+++ b/accounts/bohai-water/opportunities/四号线阀门.yaml" in out
    assert files_of(workspace) == before


def test_the_plan_as_json_counts_and_lists(imported: Importer) -> None:
    _, out, _ = imported(HEAD + LINE, "--format", "json")
    whole = json.loads(out)
    assert whole["counts"] == {"new": 1}
    assert whole["new"]["opportunity"] == 1
    assert whole["data"][0]["outcome"] == "new"


def test_rows_that_are_the_same_are_listed_when_asked_for(imported: Importer) -> None:
    imported(HEAD + LINE, "--apply")
    assert plan(imported(HEAD + LINE, "--all")[1])[0]["outcome"] == "same"


def test_many_questions_are_listed_in_part(imported: Importer) -> None:
    rows = "".join(LINE.replace("006A", f"006{n}").replace("Negotiation/Review", f"Step {n}x") for n in range(12))
    _, _, err = imported(HEAD + rows)
    assert err.count("to decide for") == 10
    assert "and 2 questions more" in err


def test_a_workspace_without_a_team_gets_one(workspace: Path, imported: Importer) -> None:
    shutil.rmtree(workspace / "accounts")
    shutil.rmtree(workspace / "weeks")
    (workspace / "team.yaml").unlink()
    code, _, _ = imported(HEAD + LINE, "--apply")
    assert code == 0
    assert source.read((workspace / "team.yaml").read_text("utf-8")) == {"members": {"李娜": {"name": "李娜"}}}
    assert cli.run(["-C", str(workspace), "--as-of", "2026-06-15", "validate"]) == 1  # needs is missing at this stage


# --- the round trip


def exported(workspace: Path, tmp_path: Path) -> bytes:
    path = tmp_path / "out.csv"
    path.unlink(missing_ok=True)
    command = ["-C", str(workspace), "--as-of", "2026-06-15", "-q", "export", "--table", "opportunity", "-o", str(path)]
    assert cli.run(command) == 0
    return path.read_bytes()


def test_what_was_exported_changes_nothing_when_it_comes_back(
    workspace: Path, tmp_path: Path, imported: Importer
) -> None:
    before = files_of(workspace)
    code, out, err = imported(exported(workspace, tmp_path), "--apply", profile="generic")
    assert (code, plan(out)) == (0, [])
    assert "24 rows: same 24" in err
    assert files_of(workspace) == before


def test_an_export_fills_an_empty_workspace_with_the_same_deals(
    workspace: Path, tmp_path: Path, imported: Importer
) -> None:
    content = exported(workspace, tmp_path)
    shutil.rmtree(workspace / "accounts")
    assert imported(content, "--apply", profile="generic")[0] == 0
    ours = list(csv.DictReader(io.StringIO(content.decode())))
    back = list(csv.DictReader(io.StringIO(exported(workspace, tmp_path).decode())))
    assert back == ours


LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"], exclude_characters="\ufeff\u2028\u2029")
TEXT = st.text(LETTERS, min_size=1, max_size=20)
DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1)).map(str)
DEALS = st.fixed_dictionaries(
    {"name": TEXT, "stage": st.sampled_from(["L", "O", "Q", "P", "LOST", "Z"])},
    optional={
        "amount": st.sampled_from(["1", "-3 USD", "0.001 EUR", "48万", "1_000 CNY", "12345678901234 JPY"]),
        "close_date": DAYS,
        "tender_date": DAYS,
        "created": DAYS,
        "probability": st.sampled_from(["0%", "1%", "99.5 %", "100%"]),
        "products": st.lists(TEXT, min_size=1, max_size=3),
        "forecast": st.sampled_from(["closed", "commit", "omitted"]),
        "owner": st.sampled_from(["li-na", "ghost"]),
        "vertical": TEXT,
        "dealer": TEXT,
        "importance": st.sampled_from(["care", "no-such-level"]),
        "source": st.sampled_from(["dealer", "principal"]),
        "lost": st.fixed_dictionaries({"reason": st.sampled_from(["price", "x"])}, optional={"date": DAYS, "to": TEXT}),
        "region": st.fixed_dictionaries({}, optional={"province": TEXT, "city": TEXT}),
    },
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deals=st.lists(DEALS, min_size=1, max_size=5))
def test_any_deal_that_was_exported_comes_back_unchanged(
    workspace: Path, tmp_path: Path, imported: Importer, deals: list[dict[str, Any]]
) -> None:
    folder = workspace / "accounts/bohai-water/opportunities"
    for path in folder.glob("random-*.yaml"):
        path.unlink()
    for number, data in enumerate(deals):
        text = "\n".join(edit.block_lines(data, 0)) + "\n"
        (folder / f"random-{number}.yaml").write_text(text, "utf-8")
    before = files_of(workspace)
    code, out, err = imported(exported(workspace, tmp_path), "--apply", profile="generic")
    assert (code, plan(out)) == (0, []), err
    assert files_of(workspace) == before


# --- on a terminal, and what is rare


def test_rows_that_are_left_stand_below_the_table_with_their_reasons(imported: Importer) -> None:
    rows = LINE + LINE.replace("006A", "006B").replace("1200000", "-5").replace("四号", "五号")
    _, out, _ = imported(HEAD + rows, "--format", "table")
    assert "New" in out.splitlines()[0]
    assert "rejected: line 3, 渤海水务集团有限公司, 五号线阀门\n  3:Amount  -5 is negative\n" in out
    assert imported(HEAD + LINE.replace("1200000", "-5"), "--format", "table")[1].startswith("rejected: line 2")


def test_nothing_to_do_prints_nothing_on_a_terminal(imported: Importer) -> None:
    imported(HEAD + LINE, "--apply")
    assert imported(HEAD + LINE, "--format", "table")[1] == ""


def test_our_own_ids_say_which_deal_and_which_customer(imported: Importer) -> None:
    table = "id,account,name,stage\n,bohai-water,八号线,L\nbohai-water/line-3,,三号线改造,\n,,九号线,L\n"
    code, out, _ = imported(table, profile="generic")
    assert code == 1
    assert [(row["id"], row["field"]) for row in plan(out)] == [
        ("bohai-water/八号线", ""),
        ("bohai-water/line-3", "name"),
        ("", "account"),
        ("", "owner"),
    ]


def test_two_rows_of_one_name_that_is_there_are_one_too_many(imported: Importer) -> None:
    row = "渤海水务集团,三号线管道改造,Q,490万\n"
    code, out, _ = imported("客户,项目,阶段,金额\n" + row + row, profile="generic")
    assert (code, [row["outcome"] for row in plan(out)]) == (1, ["changed", "rejected"])


def test_a_file_that_is_no_text_is_told_with_its_place(imported: Importer) -> None:
    raw = HEAD.encode() + b"006A," + "四号".encode() + b"\xff\xff,x\n"
    code, _, err = imported(raw)
    assert code == 1
    assert "deals.csv:2:8" in err
