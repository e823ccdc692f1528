"""The conventions of the command line: exit codes, streams, formats, widths, and mistakes that are answered well."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kamctl import __version__, cli
from kamctl.labels import LANGUAGES

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
DEAL = "accounts/bohai/opportunities/line-3.yaml"
AS_OF = ("--as-of", "2026-06-15")


class Result(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def kamctl(*arguments: str | Path) -> Result:
    """Run a command in this process, as into a pipe."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.run([str(argument) for argument in (*AS_OF, *arguments)])
    assert "Traceback" not in err.getvalue()
    return Result(code, out.getvalue(), err.getvalue())


def on_examples(*arguments: str) -> Result:
    return kamctl("-C", EXAMPLES, *arguments)


def process(*arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **settings.pop("env", {})}
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings}
    command = [sys.executable, "-m", "kamctl", *AS_OF, *arguments]
    return subprocess.run(command, env=environment, encoding="utf-8", timeout=60, **options)


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("KAMCTL_")]:
        monkeypatch.delenv(name)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "PAGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small clean workspace; the test runs in it."""
    copy = Path(shutil.copytree(ROOT / "tests" / "base", tmp_path / "base"))
    monkeypatch.chdir(copy)
    return copy


# --- exit codes


def test_exit_0_and_the_result_on_stdout_alone() -> None:
    done = on_examples("pipeline", "--fields", "id")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("id\n")


def test_exit_1_for_problems_in_the_data(base: Path) -> None:
    (base / DEAL).write_text("name: Line 3\nstage: Z\n")
    assert kamctl("validate").code == 1


def test_exit_2_for_a_mistake_in_the_command() -> None:
    assert on_examples("pipeline", "--nonsense").code == 2


def test_exit_3_for_a_bug_names_the_log_and_shows_no_traceback(
    base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("kamctl.commands.selling.select", lambda *_: 1 / 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    done = kamctl("pipeline")
    assert done.code == 3
    log = re.search(r"the details are in (\S+\.log)", done.err)
    assert log is not None
    assert "ZeroDivisionError" in Path(log[1]).read_text("utf-8")


def test_exit_130_when_interrupted(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kamctl.commands.selling.select", interrupted)
    assert kamctl("pipeline").code == 130


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_control_c_ends_a_real_process_with_130_and_writes_nothing(base: Path) -> None:
    os.mkfifo(base / "outcome")
    before = files_of(base)
    command = [sys.executable, "-m", "kamctl", "callplan", "record", "2026-06-11", "--file", "outcome"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, encoding="utf-8") as running:
        pipe = writer_of(base / "outcome")
        interrupt(running)
        os.close(pipe)
        assert running.stderr is not None
        err = running.stderr.read()
    assert running.returncode == 130
    assert "Traceback" not in err
    assert files_of(base) == before


def interrupt(running: subprocess.Popen[str]) -> None:
    """Press Control-C, and again when it came in the moment before the process began to wait."""
    for _ in range(10):
        time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(timeout=3)
            return
    running.kill()


def writer_of(pipe: Path) -> int:
    """Open a named pipe for writing as soon as somebody reads it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.02)
    pytest.fail("kamctl never opened the pipe")


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize("reader", ["head -1", "true"])
@pytest.mark.parametrize("arguments", ["pipeline", "--help", "score bohai-water/line-3 --format json"])
def test_a_closed_pipe_is_silent_and_no_failure(arguments: str, reader: str) -> None:
    line = f"set -o pipefail; '{sys.executable}' -m kamctl -C '{EXAMPLES}' {arguments} | {reader}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_named() -> None:
    with open("/dev/full", "w") as full:
        done = process("-C", str(EXAMPLES), "--lang", "en", "pipeline", stdout=full)
    assert (done.returncode, done.stderr) == (2, "error: standard output: No space left on device\n")


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_streams_that_the_caller_has_closed_are_no_bug() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    for line, code in (("-C '{0}' pipeline >&-", 0), ("pipelin 2>&-", 2)):
        whole = f"'{sys.executable}' -m kamctl {line.format(EXAMPLES)}"
        done = subprocess.run(["bash", "-c", whole], env=environment, capture_output=True, timeout=60)
        assert (done.returncode, done.stderr) == (code, b"")


# --- typing errors

TYPOS = [
    (["pipelin"], '"pipelin"', '"pipeline"'),
    (["opportunty", "list"], '"opportunty"', '"opportunity"'),
    (["opportunity", "lst"], "lst", "list"),
    (["pipeline", "--ownr", "li-na"], "--ownr", "--owner"),
    (["pipeline", "--stage", "ORR"], '"ORR"', '"OR"'),
    (["pipeline", "--owner", "lina"], '"lina"', '"li-na"'),
    (["pipeline", "--account", "bohai-watr"], '"bohai-watr"', '"bohai-water"'),
    (["pipeline", "--by", "ownr"], '"ownr"', '"owner"'),
    (["pipeline", "--sort", "amout"], '"amout"', '"amount"'),
    (["pipeline", "--where", "amout>1"], '"amout"', '"amount"'),
    (["pipeline", "--fields", "id,amout"], '"amout"', '"amount"'),
    (["opportunity", "show", "bohai-water/line3"], '"bohai-water/line3"', '"bohai-water/line-3"'),
    (["contact", "show", "zhangwei"], '"zhangwei"', '"zhang-wei"'),
    (["contact", "list", "--account", "bohai-watr"], '"bohai-watr"', '"bohai-water"'),
    (["account", "list", "--owner", "lina"], '"lina"', '"li-na"'),
    (["callplan", "list", "--owner", "lina"], '"lina"', '"li-na"'),
    (["callplan", "show", "2026-06-11-liuyang"], '"2026-06-11-liuyang"', '"2026-06-11-liu-yang"'),
    (["callplan", "show", "2026-06-11", "--form", "pops"], '"pops"', '"popsa"'),
    (["callplan", "new", "bohai-watr"], '"bohai-watr"', '"bohai-water"'),
    (["callplan", "new", "bohai-water/line-3", "--contact", "zhangwei"], '"zhangwei"', '"zhang-wei"'),
    (["callplan", "new", "bohai-water/line-3", "--by", "lina"], '"lina"', '"li-na"'),
    (["opportunity", "set", "line-3", "stge=A"], '"stge"', '"stage"'),
    (["opportunity", "new", "bohai-watr/x", "--name", "x"], '"bohai-watr"', '"bohai-water"'),
    (["account", "new", "--name", "x", "--owner", "lina"], '"lina"', '"li-na"'),
    (["score", "bohai-water/line3"], '"bohai-water/line3"', '"bohai-water/line-3"'),
    (["rule", "plus-without-evidenc"], '"plus-without-evidenc"', '"plus-without-evidence"'),
    (["schema", "oportunity"], '"oportunity"', '"opportunity"'),
    (["validate", "--only", "bad-dat"], '"bad-dat"', '"bad-date"'),
]


@pytest.mark.parametrize(("arguments", "wrong", "meant"), TYPOS, ids=[" ".join(words) for words, *_ in TYPOS])
def test_a_typing_error_gets_the_nearest_word_and_exit_2(arguments: list[str], wrong: str, meant: str) -> None:
    for lang, error, hint in (("zh-Hans", "错误：", "提示：您是不是要写“"), ("en", "error: ", "hint: did you mean")):
        done = on_examples("--lang", lang, *arguments)
        assert (done.code, done.out) == (2, "")
        first, second = done.err.splitlines()
        assert first.startswith(error)
        assert second.startswith(hint)
        assert wrong.strip('"') in first
        assert meant.strip('"') in second


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["pipeline", "--format", "xml"], "one of table, tsv, csv, json, jsonl, md"),
        (["validate", "--format", "xml"], "one of text, concise, json, github, sarif"),
        (["rule", "bad-date", "--format", "jsn"], "one of table, json"),
        (["opportunity", "show", "line-3", "--format", "csv"], "one of table, json"),
        (["pipeline", "--color", "perhaps"], "auto, always or never"),
        (["pipeline", "--as-of", "someday"], "write 2026-03-12, 2026/3/12, today, +7d or fri"),
        (["pipeline", "--as-of", "2026-02-30"], "write 2026-03-12"),
        (["pipeline", "--closing-before", "2026-02-30"], "--closing-before"),
        (["pipeline", "--where", "amount>=NaN"], "write 1000000 or 2026-09-30"),
        (["pipeline", "--as-of"], "--as-of needs a value"),
        (["pipeline", "-C"], "-C needs a value"),
        (["validate", "no-such-folder"], "there is no no-such-folder"),
        (["opportunity", "show", "valves"], "could be any of 4"),
        (["opportunity", "set", "line-3"], "there is nothing to set"),
        (["opportunity", "new", "bohai-water"], "--name"),
        (["opportunity", "new", "bohai-water/x", "--name", "\udcff", "-n"], "not UTF-8"),
    ],
    ids=lambda value: " ".join(value).encode("ascii", "replace").decode() if isinstance(value, list) else "",
)
def test_a_request_that_makes_no_sense_says_what_would(arguments: list[str], words: str) -> None:
    done = on_examples("--lang", "en", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_a_language_that_is_none_is_told_in_that_of_the_workspace() -> None:
    assert on_examples("pipeline", "--lang", "zhHans").err == "错误：没有语言“zhHans”\n提示：您是不是要写“zh-Hans”？\n"


SEE_FORECAST = "提示：用法见 `kamctl forecast --help`\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["pipelin"], "错误：没有命令“pipelin”\n提示：您是不是要写“pipeline”？\n"),
        (["account", "lst"], "错误：`kamctl account` 没有命令“lst”\n提示：您是不是要写“list”？\n"),
        (["pipeline", "--formt", "csv"], "错误：没有选项 --formt\n提示：您是不是要写“--format”？\n"),
        (["opportunity", "new", "bohai-water"], "错误：缺少 --name\n提示：--name TEXT\n"),
        (["rename"], "错误：缺少 OLD\n提示：用法见 `kamctl rename --help`\n"),
        (["rename", "a", "b", "c"], "错误：多出了参数：c\n提示：用法见 `kamctl rename --help`\n"),
        (["pipeline", "--owner"], "错误：--owner 需要一个值\n提示：`kamctl --help` 说明命令怎么写\n"),
        (["validate", "--strict=yes"], "错误：--strict 不带值\n提示：`kamctl --help` 说明命令怎么写\n"),
        (["funnel", "--orders", "x"], "错误：--orders 要写不小于 0 的整数\n提示：用法见 `kamctl funnel --help`\n"),
        (
            ["forecast", "--simulate", "-1"],
            "错误：--simulate 要写 0 到 1000000 的整数\n提示：用法见 `kamctl forecast --help`\n",
        ),
        (["forecast", "--seed", "x"], "错误：--seed 要写整数\n提示：用法见 `kamctl forecast --help`\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_read_is_told_in_the_readers_language(arguments: list[str], words: str) -> None:
    assert on_examples(*arguments) == Result(2, "", words)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "error: there is no kamctl.yaml"),
        ({"LANG": "zh_CN.UTF-8"}, "错误："),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "錯誤："),
        ({"LANG": "de_DE.UTF-8"}, "error: "),
        ({"LANG": "zh_CN.UTF-8", "KAMCTL_LANG": "zh-Hant"}, "錯誤："),
        ({"KAMCTL_LANG": "nonsense", "LC_MESSAGES": "zh_Hant_TW"}, "錯誤："),
    ],
)
def test_without_a_workspace_the_terminal_says_the_language(
    environment: dict[str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "KAMCTL_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert kamctl("-C", tmp_path, "pipeline").err.startswith(said)


def test_a_workspace_that_cannot_be_read_is_told_in_the_language_asked_for(tmp_path: Path) -> None:
    (tmp_path / "kamctl.yaml").write_text("format: 1\nlanguage: zh-Hans\ncurrncy: CNY\n", "utf-8")
    assert kamctl("-C", tmp_path, "pipeline", "--lang", "zh-Hant").err.startswith("錯誤：kamctl.yaml:3:1: ")
    assert kamctl("-C", tmp_path, "pipelin", "--lang=zh-Hans").err.startswith("错误：没有命令")


def test_stage_o_is_the_qualified_opportunity_and_says_that_there_is_or() -> None:
    done = on_examples("--lang", "en", "pipeline", "--stage", "o", "--fields", "stage_seen")
    assert set(done.out.split()) == {"stage_seen", "O"}
    assert done.err == "O is “Qualified opportunity”; there are also OR (Order placed)\n"
    assert on_examples("pipeline", "--stage", "Q").err == ""


# --- global options


def test_global_options_stand_before_or_after_the_command() -> None:
    expected = on_examples("--format", "csv", "--fields", "id", "pipeline")
    assert expected.code == 0
    assert on_examples("pipeline", "--format", "csv", "--fields", "id") == expected
    assert on_examples("pipeline", "--format=csv", "--fields=id") == expected
    assert kamctl("pipeline", "-C", EXAMPLES, "--fields", "id", "--format", "csv") == expected


def test_the_version_is_told_in_any_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert kamctl("--version").out == f"kamctl {__version__}\n"
    assert process("--version").stdout == f"kamctl {__version__}\n"


def test_quiet_leaves_the_notes_out_and_the_result_in() -> None:
    wanted = ("pipeline", "--stage", "O", "--fields", "id")
    done = on_examples("-q", *wanted)
    assert on_examples(*wanted).err != ""
    assert (done.err, done.out) == ("", on_examples(*wanted).out)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ("en", "Stage"),
        ("EN", "Stage"),
        ("zh-Hans", "阶段"),
        ("zh_cn", "阶段"),
        ("zh", "阶段"),
        ("ZH-HANT", "階段"),
        ("zh-TW", "階段"),
        ("", "阶段"),
    ],
)
def test_the_language_may_be_named_in_several_ways_and_is_the_workspaces_otherwise(given: str, word: str) -> None:
    done = on_examples("pipeline", "--totals", "--format", "md", *(["--lang", given] if given else []))
    assert done.out.split()[1] == word


def test_each_global_option_may_come_from_the_environment_and_the_flag_beats_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KAMCTL_WORKSPACE", str(EXAMPLES))
    monkeypatch.setenv("KAMCTL_FORMAT", "json")
    monkeypatch.setenv("KAMCTL_LANG", "en")
    monkeypatch.setenv("KAMCTL_COLOR", "always")
    monkeypatch.setenv("KAMCTL_AS_OF", "2026-01-02")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert cli.run(["pipeline"]) == 0
    assert json.loads(out.getvalue())["as_of"] == "2026-01-02"
    assert kamctl("pipeline").json["as_of"] == "2026-06-15"
    shown = kamctl("pipeline", "--format", "table", "--totals").out
    assert "\x1b[1m" in shown
    assert "Stage" in shown
    assert "\x1b" not in kamctl("pipeline", "--format", "table", "--color", "never").out
    assert "阶段" in kamctl("pipeline", "--format", "table", "--lang", "zh").out


def test_what_counts_as_today_may_be_typed_as_people_do() -> None:
    assert on_examples("--as-of", "2026/6/1", "pipeline", "--format", "json").json["as_of"] == "2026-06-01"


# --- formats


def test_a_pipe_gets_tab_separated_rows_with_iso_dates_and_plain_numbers() -> None:
    head, *rows = on_examples("pipeline", "--fields", "id,amount,close_date,stale").out.splitlines()
    assert head == "id\tamount\tclose_date\tstale"
    assert "bohai-water/line-3\t4800000\t2026-09-30\tfalse" in rows


def test_a_terminal_gets_a_table_in_colour_that_fits_it() -> None:
    text = on_a_terminal(["-C", str(EXAMPLES), "pipeline"], COLUMNS="80")
    assert "\t" not in text
    assert "\x1b[1m" in text
    assert max(map(columns_of, without_colour(text).splitlines())) <= 80


def test_no_color_and_a_dumb_terminal_leave_the_colour_out() -> None:
    for setting in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_a_terminal(["-C", str(EXAMPLES), "pipeline"], **setting)


def test_colour_may_be_forced_into_a_pipe_and_does_not_shift_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = on_examples("pipeline", "--format", "table").out
    coloured = on_examples("pipeline", "--format", "table", "--color", "always").out
    assert coloured != plain
    assert without_colour(coloured) == plain


def test_fields_picks_columns_in_the_order_asked_for_in_every_format() -> None:
    wanted = ["--fields", "stage, id"]
    assert on_examples("pipeline", *wanted).out.splitlines()[0] == "stage\tid"
    assert on_examples("pipeline", *wanted, "--format", "csv").out.splitlines()[0] == "stage,id"
    assert list(json.loads(on_examples("pipeline", *wanted, "--format", "jsonl").out.splitlines()[0])) == [
        "stage",
        "id",
    ]
    assert on_examples("pipeline", *wanted, "--format", "md", "--lang", "en").out.splitlines()[0] == "| Stage | ID |"
    assert on_examples("pipeline", *wanted, "--format", "table", "--lang", "en").out.split()[:2] == ["Stage", "ID"]


def test_csv_quotes_what_must_be_and_defuses_formulas(base: Path) -> None:
    (base / DEAL).write_text('name: "=1+1, \\"x\\""\nstage: Q\nowner: li-na\n')
    rows = list(csv.reader(io.StringIO(kamctl("pipeline", "--fields", "id,project", "--format", "csv").out)))
    assert rows == [["id", "project"], ["bohai/line-3", '\'=1+1, "x"']]


def test_tabs_line_breaks_and_direction_marks_in_a_name_do_not_break_a_row(base: Path) -> None:
    (base / DEAL).write_text('name: "a\\tb\\nc\\u202e"\nstage: Q\nowner: li-na\n')
    assert kamctl("pipeline", "--fields", "id,project").out == "id\tproject\nbohai/line-3\ta b c<202E>\n"


def test_no_rows_are_an_empty_result_and_not_a_failure() -> None:
    for form, expected in (("tsv", "id\n"), ("csv", "id\n"), ("jsonl", "")):
        done = on_examples("pipeline", "--where", "id=x", "--fields", "id", "--format", form)
        assert (done.code, done.out) == (0, expected)


ENVELOPE = ("kamctl", "command", "as_of", "data", "problems")
KEYS = {
    ("pipeline",): "rows totals total",
    ("pipeline", "--totals"): "totals total",
    ("opportunity", "list"): "id stage customer project owner amount close_date probability stage_probability score",
    ("opp", "list"): "id stage customer project owner amount close_date probability stage_probability score",
    ("account", "list"): "id name grade status owner vertical province city dealer",
    ("contact", "list"): "id name title department reports_to phone email",
    ("callplan", "list"): "date time id customer contact by mode state opportunity purpose",
    ("callplan", "show", "2026-06-11-liu-yang"): "id account date deal customers ours objectives questions commitments",
    ("opportunity", "show", "bohai-water/line-3"): "id path name stage amount assessments",
    ("account", "show", "bohai-water"): "id path name owner",
    ("contact", "show", "bohai-water/zhang-wei"): "id path name",
    ("score", "bohai-water/line-3"): "id name stage dates parties questions overall competitors changes stale next",
    ("rule",): "id severity title",
    ("rule", "bad-date"): "id severity title message hint why",
}


@pytest.mark.parametrize("arguments", KEYS, ids=" ".join)
def test_json_keeps_its_envelope_and_its_fields_for_every_command(arguments: Sequence[str]) -> None:
    whole = on_examples(*arguments, "--format", "json").json
    assert [key for key in ENVELOPE if key not in whole] == []
    command = " ".join(arguments[:2] if arguments[0] in GROUPS else arguments[:1]).replace("opp ", "opportunity ")
    assert (whole["kamctl"], whole["command"], whole["as_of"]) == (1, command, "2026-06-15")
    first = whole["data"][0] if isinstance(whole["data"], list) else whole["data"]
    assert [key for key in KEYS[tuple(arguments)].split() if key not in first] == []


GROUPS = ("opportunity", "opp", "account", "contact", "callplan")


def test_json_lines_are_one_object_a_row_as_in_json() -> None:
    rows = [json.loads(line) for line in on_examples("opportunity", "list", "--format", "jsonl").out.splitlines()]
    assert rows == on_examples("opportunity", "list", "--format", "json").json["data"]


def test_json_numbers_are_numbers_and_dates_are_text() -> None:
    rows = on_examples("pipeline", "--format", "json").json["data"]["rows"]
    row = next(row for row in rows if row["id"] == "bohai-water/line-3")
    assert (row["amount"], row["close_date"], row["stale"]) == (4800000, "2026-09-30", False)


# --- width

SCREENS = [
    ("pipeline",),
    ("pipeline", "--all", "--by", "account"),
    ("pipeline", "--totals", "--by", "owner"),
    ("opportunity", "list"),
    ("account", "list"),
    ("contact", "list"),
    ("callplan", "list"),
    ("rule",),
    ("rule", "plus-without-evidence"),
    ("score", "bohai-water/line-3"),
    ("score", "bohai-water/metering-2025", "--explain", "--top", "30"),
    ("opportunity", "show", "bohai-water/line-3"),
    ("account", "show", "bohai-water"),
    ("contact", "show", "bohai-water/zhao-gong"),
]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_no_line_is_wider_than_the_screen(columns: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for arguments in SCREENS:
        done = on_examples("--format", "table", "--lang", lang, *arguments)
        assert done.code == 0
        wide = [line for line in (done.out + done.err).splitlines() if columns_of(line) > int(columns)]
        assert wide == [], arguments


def test_a_score_against_five_competitors_fits_a_narrow_screen(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["东岭阀业有限公司", "海岳管道", "ABB", "Siemens", "Emerson Automation"]
    rivals = ", ".join(f"r{n}: {{name: {name}}}" for n, name in enumerate(names))
    marks = ", ".join(f'r{n}: "-"' for n in range(len(names)))
    (base / DEAL).write_text(
        f"name: Line 3\nstage: L\nowner: li-na\ncompetitors: {{{rivals}}}\n"
        f'assessments: [{{date: 2026-06-01, marks: {{project: {{us: "+", evidence: x, {marks}}}}}}}]\n',
        "utf-8",
    )
    for columns in ("60", "100"):
        monkeypatch.setenv("COLUMNS", columns)
        page = kamctl("score", "line-3", "--format", "table", "--lang", "en").out
        assert [line for line in page.splitlines() if columns_of(line) > int(columns)] == []


def test_columns_of_a_table_line_up_under_chinese_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    lines = on_examples("contact", "list", "--fields", "name,phone", "--format", "table").out.splitlines()
    starts = {columns_of(line[: line.index("+86")]) for line in lines if "+86" in line}
    assert len(starts) == 1


def test_columns_that_were_left_out_are_named_and_amounts_are_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    done = on_examples("--lang", "en", "opportunity", "list", "--format", "table")
    assert "Next action" in " ".join(done.err.split())
    assert "4,800,000" in done.out


def columns_of(text: str) -> int:
    """How many columns a terminal takes for a text: two for East-Asian wide characters."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in without_colour(text)
    )


def without_colour(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def on_a_terminal(arguments: list[str], **settings: str) -> str:
    """Run a command whose stdout is a terminal; return what it wrote there."""
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PAGER": "cat", "COLUMNS": "80", **settings}
    written = b""
    with subprocess.Popen(
        [sys.executable, "-m", "kamctl", *AS_OF, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=slave
    ) as running:
        os.close(slave)
        with contextlib.suppress(OSError):  # the terminal is gone when the command has ended
            while piece := os.read(master, 65536):
                written += piece
    os.close(master)
    assert running.returncode == 0
    return written.decode("utf-8").replace("\r\n", "\n")


# --- what can be read is shown


def test_one_broken_file_hides_none_of_the_others_and_is_counted_on_stderr(base: Path) -> None:
    (base / "accounts/bohai/opportunities/pumps.yaml").write_text("name: [\n")
    for command in (["pipeline"], ["opportunity", "list"], ["pipeline", "-q"]):
        done = kamctl(*command, "--fields", "id")
        assert (done.code, done.out) == (0, "id\nbohai/line-3\n")
        assert re.fullmatch(r"1 file of \d+ could not be read; `kamctl validate` explains each\n", done.err)


def test_a_deal_of_a_broken_account_is_still_listed(base: Path) -> None:
    (base / "accounts/bohai/account.yaml").write_text("name: 渤海\nowner: [\n")
    assert kamctl("pipeline", "--fields", "id,customer,owner").out == "id\tcustomer\towner\nbohai/line-3\tbohai\t李娜\n"


def test_a_deal_at_an_unknown_stage_is_shown_and_counted(base: Path) -> None:
    (base / DEAL).write_text("name: Line 3\nstage: Z\nowner: li-na\namount: 100 CNY\n")
    done = kamctl("pipeline", "--fields", "id,stage,amount")
    assert done.out == "id\tstage\tamount\nbohai/line-3\tZ\t100\n"
    assert "1 " in done.err


def test_an_amount_without_a_rate_is_named(base: Path) -> None:
    (base / DEAL).write_text("name: Line 3\nstage: Q\nowner: li-na\namount: 100 EUR\n")
    done = kamctl("pipeline", "--fields", "id,amount,original")
    assert done.out == "id\tamount\toriginal\nbohai/line-3\t\t100 EUR\n"
    assert done.err == "no rate to CNY for: bohai/line-3; these are in no sum\n"


@pytest.mark.parametrize("command", [["pipeline"], ["opportunity", "list"], ["validate"], ["callplan", "list"]])
def test_an_empty_folder_is_no_workspace_and_says_how_to_make_one(command: list[str], tmp_path: Path) -> None:
    done = kamctl("-C", tmp_path, *command)
    assert (done.code, done.out) == (2, "")
    assert "there is no kamctl.yaml" in done.err
    assert "`kamctl init DIR` makes a workspace" in done.err


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = kamctl("-C", tmp_path / "nowhere", "pipeline")
    assert done.code == 2
    assert "nowhere" in done.err


@pytest.mark.parametrize("command", ["pipeline", "opportunity list", "account list", "contact list", "callplan list"])
@pytest.mark.parametrize("form", ["tsv", "table", "json", "md"])
def test_an_empty_workspace_gives_an_empty_list(command: str, form: str, tmp_path: Path) -> None:
    (tmp_path / "kamctl.yaml").write_text("format: 1\n")
    assert kamctl("-C", tmp_path, *command.split(), "--format", form).code == 0


def test_a_workspace_may_lie_in_a_folder_with_spaces_and_chinese_characters(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = base.parent / "销售 部 (2026)"
    base.rename(odd)
    monkeypatch.chdir(odd.parent)
    assert kamctl("-C", odd, "validate").code == 0
    assert kamctl("-C", "销售 部 (2026)", "score", f"销售 部 (2026)/{DEAL}", "--fields", "id").code == 0
    assert kamctl("-C", odd, "opportunity", "set", "line-3", "needs=三号线", "-n").out.startswith(f"--- a/{DEAL}")


@pytest.mark.parametrize("start", [".", "..", "../../..", "../contacts/.."])
def test_the_workspace_is_found_from_any_folder_in_it_and_paths_work_from_there(
    start: str, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(base / "accounts/bohai/opportunities")
    for arguments in (
        ["validate", "line-3.yaml"],
        ["validate", "accounts/bohai"],
        ["score", "line-3.yaml"],
        ["score", DEAL],
    ):
        assert kamctl("-C", start, *arguments).code == 0, arguments


# --- validate

BROKEN = "name: 三号线\nstage: Q\nowner: li-na\nlost: {lesson: 太晚了, date: 2026-13-01, reason: prise}\n"


@pytest.fixture
def broken(base: Path) -> Path:
    """The clean workspace with two mistakes in one line of one file, behind Chinese text."""
    (base / DEAL).write_text(BROKEN, "utf-8")
    return base


def test_validate_says_in_how_many_files_there_is_nothing_wrong(base: Path) -> None:
    done = kamctl("validate")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("No problems in 8 files\n")


def test_validate_puts_a_caret_under_the_place_and_counts_wide_characters_twice(broken: Path) -> None:
    done = kamctl("validate", "--only", "bad-date")
    place, excerpt, caret, hint, *rest = done.out.splitlines()
    assert done.code == 1
    assert place.startswith(f"{DEAL}:4:27: bad-date: ")
    assert hint.startswith("  hint: ")
    assert rest == []
    assert columns_of(excerpt.partition("2026-13-01")[0]) == columns_of(caret.partition("^")[0])
    assert caret.count("^") == len("2026-13-01")
    assert done.err.splitlines()[0] == "Found 1 problem (1 error, 0 warnings) in 1 of 8 files"
    assert "kamctl rule bad-date" in done.err


def test_validate_keeps_the_caret_on_the_screen_when_the_line_is_long(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lesson = "很长的教训" * 40
    (base / DEAL).write_text(
        f"name: x\nstage: Q\nowner: li-na\nlost: {{lesson: {lesson}, date: 2026-13-01}}\n", "utf-8"
    )
    _, excerpt, caret, *_ = kamctl("validate", "--only", "bad-date").out.splitlines()
    assert columns_of(excerpt) <= 60
    assert columns_of(caret) <= 60
    assert columns_of(excerpt.partition("2026-13-01")[0]) == columns_of(caret.partition("^")[0])


def test_validate_concise_is_a_line_a_problem(broken: Path) -> None:
    done = kamctl("validate", "--format", "concise", "--only", "bad-date")
    assert re.fullmatch(rf"{DEAL}:4:27: bad-date: .+\n", done.out)


def test_validate_github_gives_annotations_on_one_line_each(broken: Path) -> None:
    for line in kamctl("validate", "--format", "github").out.splitlines():
        assert re.fullmatch(rf"::(error|warning|notice) file={DEAL},line=\d+,col=\d+,title=[a-z-]+::.+", line)


def test_validate_sarif_is_a_log_whose_results_name_their_rules_and_places(broken: Path) -> None:
    done = kamctl("validate", "--format", "sarif", "--only", "bad-date")
    log = done.json
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "bad-date"
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == DEAL
    assert location["region"] == {"startLine": 4, "startColumn": 27, "endColumn": 37}
    assert (result["level"], done.code) == ("error", 1)


def test_validate_json_has_the_envelope_with_the_number_of_files(broken: Path) -> None:
    whole = kamctl("validate", "--format", "json", "--only", "bad-date").json
    assert [key for key in (*ENVELOPE, "files") if key not in whole] == []
    assert (whole["command"], whole["files"]) == ("validate", 8)
    (problem,) = whole["data"]
    assert list(problem) == ["path", "line", "column", "rule", "severity", "message", "hint"]
    assert (problem["path"], problem["line"], problem["column"], problem["severity"]) == (DEAL, 4, 27, "error")


def test_validate_only_and_paths_narrow_the_report(broken: Path) -> None:
    (broken / "team.yaml").write_text("members:\n  li-na: {name: 李娜, role: saleswoman}\n", "utf-8")

    def found(*arguments: str) -> set[str]:
        return {problem["path"] for problem in kamctl("validate", *arguments, "--format", "json").json["data"]}

    assert {DEAL, "team.yaml"} <= found()
    assert found("team.yaml") == {"team.yaml"}
    assert found("accounts/bohai") == {DEAL}
    assert found("accounts/", "--only", "bad-date") == {DEAL}
    assert found("weeks") == set()
    assert kamctl("validate", "weeks").code == 0


def test_warnings_fail_the_command_with_strict_alone(base: Path) -> None:
    (base / "accounts/bohai/calls/2026-06-01-wang-li.yaml").write_text("date: 2026-06-01\nby: li-na\n")
    assert kamctl("validate").code == 0
    assert "warning" in kamctl("validate").err
    assert kamctl("validate", "--strict").code == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_validate_speaks_the_language_asked_for(lang: str, broken: Path) -> None:
    done = kamctl("validate", "--lang", lang, "--only", "bad-date")
    assert {"en": "Found 1 problem", "zh-Hans": "1 个问题", "zh-Hant": "1 個問題"}[lang] in done.err


# --- score


def test_score_of_an_invalid_file_ends_with_1_and_its_place(base: Path) -> None:
    (base / DEAL).write_text("name: Line 3\nstage: Q\nprobability: 0.6\n")
    done = kamctl("score", "line-3")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"error: {DEAL}:3:14: bad-percent-fraction: ")
    assert "hint: " in done.err


def test_score_of_several_deals_shows_those_that_can_be_read_and_ends_with_1(base: Path) -> None:
    (base / "accounts/bohai/opportunities/pumps.yaml").write_text("name: Pumps\n")
    done = kamctl("score", "line-3", "pumps", "--fields", "id")
    assert done.code == 1
    assert set(done.out.split()) == {"id", "bohai/line-3"}
    assert "accounts/bohai/opportunities/pumps.yaml:1:1: missing-key" in done.err


LONE = """\
name: Lone deal
stage: Q
assessments:
  - {date: 2026-06-01, marks: {project: {us: "+", evidence: Signed}, risk: {us: "-"}, budget: {us: "+"}}}
"""


def test_score_of_a_file_outside_any_workspace_uses_the_shipped_method(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deal.yaml").write_text(LONE)
    monkeypatch.chdir(tmp_path)
    done = kamctl("score", "deal.yaml", "--format", "json")
    assert done.code == 0
    (data,) = done.json["data"]
    assert (data["name"], data["overall"]["us"]["overall"], len(data["questions"])) == ("Lone deal", 0, 4)
    (tmp_path / "deal.yaml").write_text("name: Lone deal\nstage：Q\n", "utf-8")
    assert kamctl("score", "deal.yaml").err.startswith("error: deal.yaml:2:")
    assert kamctl("score", "deal.yaml").code == 1
    assert kamctl("score", "other.yaml").code == 2


def test_score_reads_a_deal_from_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LONE.encode())))
    assert kamctl("score", "-", "--fields", "id").out.split()[:2] == ["id", "<stdin>"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
    done = kamctl("score", "-")
    assert done.code == 1
    assert done.err.startswith("error: <stdin>:1:1: ")


def test_score_takes_a_path_an_id_or_any_part_of_one() -> None:
    expected = on_examples("score", "bohai-water/line-3", "--format", "json")
    for name in ("line-3", "bohai-water/line", "accounts/bohai-water/opportunities/line-3.yaml"):
        assert on_examples("score", name, "--format", "json") == expected


def test_a_blocked_question_is_told_before_anything_about_competitors(base: Path) -> None:
    (base / DEAL).write_text(
        "name: Line 3\nstage: Q\nowner: li-na\ncompetitors: {siemens: {name: Siemens}}\nassessments:\n"
        '  - {date: 2026-06-01, marks: {project: {us: "-", siemens: "+"}, access_to_funds: {us: "-"}}}\n'
    )
    page = kamctl("score", "line-3", "--format", "table").out
    assert "BLOCKED" in page
    assert page.index("“Is there an opportunity?” is blocked") < page.index("Against Siemens")


def test_top_limits_the_questions_and_zero_is_none(base: Path) -> None:
    for top in (0, 2, 18):
        page = kamctl("score", "line-3", "--top", str(top), "--format", "table").out
        assert len(re.findall(r"^  \d+\. ", page, re.M)) == min(top, 18)


# --- init


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("bare", [[], ["--bare"]], ids=["with example", "bare"])
def test_a_new_workspace_validates_without_a_warning(lang: str, bare: list[str], tmp_path: Path) -> None:
    made = kamctl("init", tmp_path / "north", "--lang", lang, "--name", "北方: 水务 #1", *bare)
    assert made.code == 0
    done = kamctl("-C", tmp_path / "north", "validate", "--strict")
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "north/accounts").exists() is not bool(bare)
    assert kamctl("-C", tmp_path / "north", "pipeline").code == 0
    if not bare:
        assert kamctl("-C", tmp_path / "north", "score", "line-1").code == 0


def test_init_does_not_make_a_workspace_twice_nor_inside_another(base: Path) -> None:
    before = files_of(base)
    for folder in (".", "accounts/new", base):
        assert kamctl("init", folder).code == 1
    assert files_of(base) == before
    assert not (base / "accounts/new").exists()


def test_init_keeps_what_is_there_and_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    assert kamctl("init", tmp_path).code == 0
    assert (tmp_path / "README.md").read_text() == "mine"
    assert kamctl("init", tmp_path / "README.md").code == 2


def test_init_refuses_a_currency_that_there_is_not_and_makes_no_folder(tmp_path: Path) -> None:
    assert kamctl("init", tmp_path / "x", "--currency", "RMB").code == 2
    assert not (tmp_path / "x").exists()


def test_init_in_a_place_that_cannot_be_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    done = kamctl("init", tmp_path / "file" / "sub")
    assert done.code == 2
    assert "file/sub cannot be made" in done.err


# --- rule and schema


def test_rule_lists_every_rule_and_explains_one_in_each_language() -> None:
    listed = on_examples("rule", "--fields", "id").out.split()[1:]
    assert {"bad-date", "plus-without-evidence"} <= set(listed)
    for lang, word in (("en", "warning"), ("zh-Hans", "警告"), ("zh-Hant", "警告")):
        assert f"plus-without-evidence ({word}): " in on_examples("rule", "plus-without-evidence", "--lang", lang).out


def test_rule_works_outside_a_workspace(tmp_path: Path) -> None:
    assert kamctl("-C", tmp_path, "rule", "bad-date").code == 0


def test_schema_prints_one_or_the_names_of_all_and_writes_all(tmp_path: Path) -> None:
    kinds = kamctl("schema").out.split()
    assert {"opportunity", "account", "contact", "call", "scorecard"} <= set(kinds)
    assert "stage" in kamctl("schema", "opportunity").json["properties"]
    assert kamctl("schema", "-o", tmp_path / "schemas").code == 0
    assert sorted(path.stem for path in (tmp_path / "schemas").iterdir()) == sorted(kinds)
    assert kamctl("schema", "-o", EXAMPLES / "kamctl.yaml").code == 2


# --- helpers


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
