"""Flat tables: what they hold, every format, and what other programs find in them."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from kamctl import cli
from kamctl.exchange import flat, tables
from kamctl.exchange.table import KINDS
from kamctl.facts import REFERENCES, ROWS, TABLES
from kamctl.problems import KamctlError

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLES, tmp_path / "workspace", copy_function=shutil.copyfile)


def kamctl(workspace: Path, *arguments: str) -> int:
    return cli.run(["-C", str(workspace), "--as-of", "2026-06-15", "--lang", "en", *arguments])


INSIDE = {
    ("members", "quota"): "quota",
    ("opportunities", "stages"): "stage_event",
    ("opportunities", "assessed"): "mark",
    ("opportunities", "actions"): "action",
    ("marks", "disputed"): "claim",
    ("buying_roles", "behaviours"): "behaviour",
    ("buying_roles", "influences"): "influence",
    ("presenters", "looks_after"): "looked_after",
    ("weeks", "callbacks"): "callback",
}
"""Rows inside a row of the facts, and the table in which they are exported."""

OWN = {("accounts", "filled"), ("opportunities", "filled"), ("opportunities", "dated")}
"""What rows note for checks: names and days of fields whose values are exported."""

RENAMED = {("presentations", "told"): "story"}
"""Fields that a column computes under another name."""


def test_every_row_of_the_facts_can_be_exported() -> None:
    read = {name for table in tables.TABLES for name in table.reads}
    assert read == ROWS.keys()
    assert read == TABLES - {REFERENCES}


def test_every_field_of_the_facts_can_be_exported() -> None:
    columns = {table.of: {column.name for column in table.columns} for table in tables.TABLES}
    for rows, row_class in ROWS.items():
        for field in row_class._fields:  # type: ignore[attr-defined]
            if (rows, field) in INSIDE:
                assert INSIDE[rows, field] in tables.BY_NAME
            elif (rows, field) not in OWN:
                assert RENAMED.get((rows, field), field) in columns[rows], f"{rows}.{field} is in no column"


def test_every_column_has_a_type_a_meaning_and_a_place_in_one_table_only() -> None:
    for table in tables.TABLES:
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        assert set(table.key) <= set(names)
        for column in table.columns:
            assert column.kind in KINDS
            assert column.about.endswith(".")
            assert column.refers in ("", *tables.BY_NAME)


def test_deals_go_to_a_pipe_as_csv(capsys: pytest.CaptureFixture[str]) -> None:
    assert kamctl(EXAMPLES, "export", "--table", "opportunity", "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    line = next(row for row in rows if row["id"] == "bohai-water/line-3")
    assert line["amount"] == "4800000"
    assert line["currency"] == "CNY"
    assert line["close_date"] == "2026-09-30"
    assert line["probability"] == "60"
    assert line["products"].startswith("阀门; ")
    assert line["outcome"] == "open"
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)


def test_jsonl_keeps_numbers_and_lists_and_says_null(capsys: pytest.CaptureFixture[str]) -> None:
    fields = "id,amount,products,lost_on,close_date"
    assert kamctl(EXAMPLES, "export", "--table", "opportunity", "--format", "jsonl", "--fields", fields) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert list(first) == fields.split(",")
    assert first["amount"] == 4800000
    assert first["products"][0] == "阀门"
    assert first["lost_on"] is None


def test_an_amount_without_a_currency_is_in_that_of_the_workspace(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deal = workspace / "accounts/bohai-water/opportunities/line-3.yaml"
    deal.write_text(deal.read_text("utf-8").replace("amount: 4800000 CNY", "amount: 480万"), "utf-8")
    kamctl(workspace, "export", "--table", "opportunity", "--fields", "id,amount,currency", "--format", "csv")
    assert "bohai-water/line-3,4800000,CNY" in capsys.readouterr().out


def test_text_that_looks_like_a_formula_stays_text(workspace: Path, tmp_path: Path) -> None:
    deal = workspace / "accounts/bohai-water/opportunities/line-3.yaml"
    name = '=HYPERLINK("http://x")'
    text = deal.read_text("utf-8").splitlines()
    text = [f"name: '{name}'" if line.startswith("name:") else line for line in text]
    deal.write_text("\n".join(text) + "\n", "utf-8")
    assert kamctl(workspace, "export", "--table", "opportunity", "-o", str(tmp_path / "o.csv")) == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "o.csv").read_text("utf-8"))))
    assert next(row["name"] for row in rows if row["id"] == "bohai-water/line-3") == "'" + name
    assert kamctl(workspace, "export", "--table", "opportunity", "-o", str(tmp_path / "o.xlsx")) == 0
    sheet = load_workbook(tmp_path / "o.xlsx")["opportunity"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value == name]
    assert [cell.data_type for cell in cells] == ["s"]


def test_sqlite_has_types_keys_and_meanings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "all.sqlite"
    assert kamctl(EXAMPLES, "export", "-o", str(path)) == 0
    assert f"in {len(tables.TABLES)} tables" in capsys.readouterr().err
    with closing(sqlite3.connect(path)) as base:
        about = dict(base.execute("SELECT key, value FROM kamctl"))
        assert about["tables"] == "1"
        assert about["as_of"] == "2026-06-15"
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        keys = {row[1]: row[5] for row in base.execute("PRAGMA table_info(mark)") if row[5]}
        assert list(keys) == ["opportunity", "assessment", "criterion", "party"]
        points = {row[3]: row[2] for row in base.execute("PRAGMA foreign_key_list(opportunity)")}
        assert points == {"account": "account", "owner": "member"}
        won = "SELECT sum(amount), typeof(amount) FROM opportunity WHERE outcome = 'won' AND currency = 'CNY'"
        amount, kind = base.execute(won).fetchone()
        assert amount > 1_000_000
        assert kind == "integer"
        met = {value for (value,) in base.execute("SELECT DISTINCT met FROM objective")}
        assert met == {None, 0, 1}
        meaning = 'SELECT meaning FROM kamctl_columns WHERE "table" = ? AND "column" = ?'
        assert base.execute(meaning, ("opportunity", "stage")).fetchone() == ("Code of the present stage.",)
        products = base.execute("SELECT products FROM opportunity WHERE id = 'bohai-water/line-3'").fetchone()[0]
        assert json.loads(products)[0] == "阀门"


def test_the_plan_of_a_presentation_joins_with_deals_people_and_steps(tmp_path: Path) -> None:
    path = tmp_path / "all.sqlite"
    assert kamctl(EXAMPLES, "export", "-o", str(path)) == 0
    open_steps = """
        SELECT p.id, o.stage, s.number, s.step, m.name FROM preparation s
        JOIN presentation p ON p.id = s.presentation
        JOIN opportunity o ON o.id = p.opportunity
        JOIN member m ON m.id = s.who
        WHERE s.done IS NULL AND s.due < '2026-06-28'"""
    alone = """
        SELECT c.name FROM audience a JOIN contact c ON c.id = a.person
        WHERE NOT EXISTS (SELECT 1 FROM looked_after l WHERE l.presentation = a.presentation AND l.person = a.person)"""
    parts = """
        SELECT l.member, p.role, c.title FROM looked_after l JOIN contact c ON c.id = l.person
        JOIN presenter p ON p.presentation = l.presentation AND p.number = l.presenter
        WHERE l.presentation LIKE 'bohai-water/%' ORDER BY l.presenter"""
    review = "harbour-brewing/2026-07-08-group-review"
    with closing(sqlite3.connect(path)) as base:
        assert base.execute(open_steps).fetchall() == [
            (review, "S", 2, "inform_sales_team", "周磊"),
            (review, "S", 3, None, "周磊"),
        ]
        assert base.execute(alone).fetchall() == []
        assert [row[:2] for row in base.execute(parts)] == [
            ("li-na", "主讲"),
            ("chen-jie", "演示"),
            ("wang-qiang", "接待"),
        ]
        story = "SELECT story, agenda FROM presentation WHERE id = ?"
        told, agenda = map(json.loads, base.execute(story, (review,)).fetchone())
        assert told == ["actions", "cause_and_effect", "customer_vision", "problem", "solution"]
        assert agenda[0] == "Where the water and steam go"
        back = "SELECT c.name, b.note FROM callback b JOIN week w ON w.id = b.week JOIN contact c ON c.id = b.contact"
        assert ("许宁", "备件框架第一季补货数量") in base.execute(back).fetchall()


def test_a_listener_without_a_file_has_a_name_and_no_key(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = workspace / "accounts/bohai-water/presentations"
    (folder / "2026-06-20-tour.yaml").write_text(
        "external: {legacy_crm: EV-9}\ndate: 2026-06-20\naudience: [{name: 总工}]\nteam: [{member: li-na}]\n", "utf-8"
    )
    assert kamctl(workspace, "export", "--table", "audience", "--format", "jsonl") == 0
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    assert next(line for line in lines if line["name"]) == {
        "presentation": "bohai-water/2026-06-20-tour",
        "number": 1,
        "person": None,
        "name": "总工",
        "roles": [],
        "business": None,
        "political": None,
    }
    assert kamctl(workspace, "export", "--table", "external", "--format", "csv") == 0
    assert "presentation,bohai-water/2026-06-20-tour,legacy_crm,EV-9" in capsys.readouterr().out


def test_people_who_disagree_on_a_mark_each_have_a_claim(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deal = workspace / "accounts/bohai-water/opportunities/line-3.yaml"
    claims = "[{mark: '+', by: li-na, evidence: 批文}, {mark: '-', by: wang-qiang}]"
    text = deal.read_text("utf-8").replace(
        "\nassessments:\n",
        f"\nassessments:\n  - {{date: 2026-01-13, marks: {{risk: {{us: '?', disputed: {claims}}}}}}}\n",
        1,
    )
    deal.write_text(text, "utf-8")
    assert kamctl(workspace, "export", "--table", "claim", "--format", "csv") == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "bohai-water/line-3,0,risk,us,1,li-na,+,批文,",
        "bohai-water/line-3,0,risk,us,2,wang-qiang,-,,",
    ]


def test_a_table_alone_refers_to_no_table_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "marks.sqlite"
    assert kamctl(EXAMPLES, "export", "--table", "mark", "-o", str(path)) == 0
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("PRAGMA foreign_key_list(mark)").fetchall() == []


def test_columns_chosen_by_name_leave_a_table_without_its_key(tmp_path: Path) -> None:
    path = tmp_path / "some.sqlite"
    assert kamctl(EXAMPLES, "export", "--table", "opportunity", "--fields", "stage,amount", "-o", str(path)) == 0
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("SELECT count(*) FROM opportunity").fetchone() == (24,)


def test_parquet_keeps_types(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "call.parquet"
    assert kamctl(EXAMPLES, "export", "--table", "call", "-o", str(path)) == 0
    table = parquet.read_table(path)
    kinds = {name: str(table.schema.field(name).type) for name in ("date", "duration", "done", "ours", "recorded_at")}
    assert kinds.pop("ours").startswith("list<")
    assert kinds.pop("recorded_at").startswith("timestamp[")
    assert kinds == {"date": "date32[day]", "duration": "int64", "done": "bool"}
    assert table.num_rows > 20
    assert table.schema.metadata[b"kamctl.tables"] == b"1"


def test_parquet_without_pyarrow_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert kamctl(EXAMPLES, "export", "--table", "call", "-o", str(tmp_path / "c.parquet")) == 2
    assert "pip install 'kamctl[analytics]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_several_tables_as_csv_go_into_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = tmp_path / "tables"
    arguments = (
        "export",
        "--table",
        "opportunity,stage_event",
        "--table",
        "account",
        "--format",
        "csv",
        "-o",
        str(there),
    )
    assert kamctl(EXAMPLES, *arguments) == 0
    assert sorted(path.name for path in there.iterdir()) == ["account.csv", "opportunity.csv", "stage_event.csv"]
    assert kamctl(EXAMPLES, *arguments) == 2
    assert "exists already" in capsys.readouterr().err
    assert kamctl(EXAMPLES, *arguments, "--force") == 0


@pytest.mark.parametrize("form", ["xlsx", "sqlite", "csv"])
def test_the_same_files_give_the_same_bytes(tmp_path: Path, form: str) -> None:
    paths = [tmp_path / f"{number}.{form}" for number in (1, 2)]
    for path in paths:
        assert kamctl(EXAMPLES, "export", "--table", "opportunity", "-o", str(path)) == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_file_is_never_overwritten_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "all.sqlite"
    path.write_text("mine")
    assert kamctl(EXAMPLES, "export", "-o", str(path)) == 2
    assert path.read_text() == "mine"
    assert kamctl(EXAMPLES, "export", "-o", str(path), "--force") == 0
    assert path.read_bytes().startswith(b"SQLite format 3")
    assert [one.name for one in tmp_path.iterdir()] == ["all.sqlite"]
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--table", "oportunity"], 'did you mean "opportunity"?'),
        (["--table", "nothing-like-it"], "one of account, contact"),
        (["--format", "cvs", "--table", "mark"], 'did you mean "csv"?'),
        (["--table", "mark", "--fields", "critrion"], 'did you mean "criterion"?'),
        (["--table", "mark", "--fields", "zzz"], "columns: opportunity"),
        (["--format", "csv"], "do not go into one csv"),
        (["-o", "all.csv"], "do not go into one csv"),
        (["-o", "pipeline.sqllite"], 'did you mean ".sqlite"?'),
        (["-o", "tables.doc"], "DIR/ is a folder"),
        (["--format", "sqlite"], "-o FILE.sqlite writes it"),
        (["--table", "mark", "-o", "/nowhere/at/all.csv"], "cannot be written"),
    ],
)
def test_a_slip_is_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert kamctl(EXAMPLES, "export", *arguments) in (1, 2)
    assert said in capsys.readouterr().err


def test_a_file_that_cannot_be_read_hides_no_other(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "accounts/bohai-water/opportunities/line-3.yaml").write_text("stage: [", "utf-8")
    assert kamctl(workspace, "export", "--table", "opportunity") == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 24
    assert "could not be read" in captured.err


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_comes_back(words: str) -> None:
    cell = flat.guarded(words)
    assert flat.unguarded(cell) == words
    assert not cell.startswith(flat.FORMULA) or cell in flat.MARKS


def test_plain_text_of_values() -> None:
    assert flat.plain_text(Decimal("1.50")) == "1.5"
    assert flat.plain_text(True) == "true"
    assert flat.plain_text(None) == ""
    assert flat.plain_text(("a", "b")) == "a; b"


def test_a_table_of_more_rows_than_a_sheet_holds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kamctl.exchange import spreadsheet

    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 2)
    table = tables.BY_NAME["competitor"]
    with pytest.raises(KamctlError, match="more rows"):
        spreadsheet.write_xlsx(tmp_path / "x.xlsx", [(table, [("a", "b", "c")] * 3)], __import__("datetime").date.min)


def test_whole_files_go_to_a_pipe_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert kamctl(EXAMPLES, "export", "--table", "competitor", "--format", "sqlite", "-o", "-") == 0
    assert capsysbinary.readouterr().out.startswith(b"SQLite format 3")


def test_every_table_says_the_same_in_every_format(tmp_path: Path) -> None:
    for form in ("csv", "tsv", "jsonl"):
        assert kamctl(EXAMPLES, "export", "--format", form, "-o", f"{tmp_path}/{form}/") == 0
    for form in ("sqlite", "xlsx"):
        assert kamctl(EXAMPLES, "export", "-o", str(tmp_path / f"all.{form}")) == 0
    book = load_workbook(tmp_path / "all.xlsx")
    with closing(sqlite3.connect(tmp_path / "all.sqlite")) as base:
        for table in tables.TABLES:
            names = [column.name for column in table.columns]
            with open(tmp_path / "csv" / f"{table.name}.csv", encoding="utf-8", newline="") as stream:
                head, *rows = csv.reader(stream)
            with open(tmp_path / "tsv" / f"{table.name}.tsv", encoding="utf-8", newline="") as stream:
                assert list(csv.reader(stream, delimiter="\t")) == [head, *rows]
            records = list(
                map(json.loads, (tmp_path / "jsonl" / f"{table.name}.jsonl").read_text("utf-8").split("\n")[:-1])
            )
            assert head == names
            assert [[cell_of(record[name]) for name in names] for record in records] == rows
            stored = base.execute(f'SELECT * FROM "{table.name}" ORDER BY rowid').fetchall()
            kinds = [column.kind for column in table.columns]
            assert [[back(*pair) for pair in zip(kinds, line, strict=True)] for line in stored] == [
                [record[name] for name in names] for record in records
            ]
            assert book[table.name].max_row == len(rows) + 1
            assert len({tuple(record[name] for name in table.key) for record in records}) == len(records)


def cell_of(value: Any) -> str:
    """Return what stands in a CSV cell for a value of a JSON line."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        value = Decimal(str(value))
    return flat.cell_text(tuple(value) if isinstance(value, list) else value)


def back(kind: str, value: Any) -> Any:
    """Return what SQLite keeps as JSON has it."""
    if value is None:
        return None
    return json.loads(value) if kind == "list" else bool(value) if kind == "boolean" else value


def test_a_name_that_ends_in_a_slash_is_a_folder_and_a_day_is_no_format(tmp_path: Path) -> None:
    for name in ("new/", "all.csv/", "as-of-2026.06.15"):
        there = tmp_path / name
        tables_wanted = ["--table", "bid,contract"] if name.startswith("as") else ["--table", "bid"]
        assert kamctl(EXAMPLES, "export", *tables_wanted, "--format", "csv", "-o", f"{tmp_path}/{name}") == 0
        assert (there / "bid.csv").is_file()


def test_values_between_tabs_come_back_from_a_spreadsheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kamctl(EXAMPLES, "export", "--table", "call", "-o", str(tmp_path / "call.tsv")) == 0
    assert kamctl(EXAMPLES, "export", "--table", "call", "--format", "csv") == 0
    between_commas = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    with open(tmp_path / "call.tsv", encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream, delimiter="\t")) == between_commas


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    target = tmp_path / "file" / "tables"
    assert kamctl(EXAMPLES, "export", "--format", "csv", "-o", str(target)) in (1, 2)
    assert "cannot be made" in capsys.readouterr().err
