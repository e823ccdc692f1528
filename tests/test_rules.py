"""Every rule: one broken file that shows it, words in three languages, and nothing raised that is not in the table."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from kamctl import checks, resources, rules
from kamctl.checks import people, presentations, team
from kamctl.labels import LANGUAGES
from kamctl.problems import Problem
from kamctl.schema.reading import EXPECTED
from kamctl.source import MAX_BYTES, lines_of
from kamctl.validation import validate
from kamctl.workspace import Workspace

TESTS = Path(__file__).parent
SOURCES = TESTS.parent / "src" / "kamctl"
BROKEN = sorted((TESTS / "broken").glob("*.yaml"))
AS_OF = date(2026, 6, 15)

DEAL = "accounts/bohai/opportunities/line-3.yaml"
CALL = "accounts/bohai/calls/2026-06-11-zhang-wei.yaml"
CONTACT = "accounts/bohai/contacts/zhang-wei.yaml"

SHOWN_BY_A_TEST = {
    "file-too-large": "test_a_file_over_a_mebibyte_is_not_read",
    "cannot-open": "test_a_folder_in_place_of_a_file_is_named_as_such",
    "not-utf8": "test_another_encoding_is_named",
    "control-character": "test_an_invisible_character_is_found",
    "team-missing": "test_a_missing_team_file_is_one_problem",
}
"""Rules whose mistake cannot stand in a text file, and the test of each."""

DERIVED = {"bad-money-currency", "bad-percent-fraction"}
"""Rules whose id is put together from a scalar's rule and a detail."""


# --- one broken file a rule


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_each_mistake_is_named_by_its_rule(file: Path, workspace: Path) -> None:
    parts = parts_of(file.read_text("utf-8"))
    for place, text in parts:
        write(workspace, place, text)
    if file.stem == "clashing-names" and (workspace / "KAMCTL.YAML").exists():
        pytest.skip("this disk takes names that differ in capitals for one")
    if table()[file.stem]["severity"] == "note":
        assert found(workspace) == []
        problem = next(problem for problem in everything(workspace) if problem.rule == file.stem)
    else:
        assert found(workspace) == [file.stem]
        problem = problems(workspace)[0]
    assert_placed(problem, workspace)
    assert problem.path in {place for place, _ in parts} | {DEAL}
    assert_filled(problem)


def test_the_workspace_that_the_broken_files_go_into_is_clean(workspace: Path) -> None:
    assert everything(workspace) == []


def test_a_file_over_a_mebibyte_is_not_read(workspace: Path) -> None:
    write(workspace, DEAL, b"name: Line 3\nstage: L\n" + b"#" * (3 * MAX_BYTES))
    assert found(workspace) == ["file-too-large"]
    assert "3.0 MiB" in rules.message(problems(workspace)[0], "en")


def test_a_folder_in_place_of_a_file_is_named_as_such(workspace: Path) -> None:
    (workspace / "accounts/bohai/contacts/zhao-gong.yaml").mkdir()
    assert found(workspace) == ["cannot-open"]
    assert (problems(workspace)[0].line, problems(workspace)[0].column) == (1, 1)


@pytest.mark.parametrize(("codec", "name"), [("gb18030", "GB18030"), ("utf-16", "UTF-16")])
def test_another_encoding_is_named(codec: str, name: str, workspace: Path) -> None:
    write(workspace, DEAL, "name: 三号线管道改造\nstage: L\n".encode(codec))
    assert found(workspace) == ["not-utf8"]
    assert name in rules.message(problems(workspace)[0], "en")


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x80"], ids=ascii)
def test_an_invisible_character_is_found(character: str, workspace: Path) -> None:
    write(workspace, DEAL, f"name: Line 3\nstage: L\nneeds: a{character}b\n")
    assert found(workspace) == ["control-character"]
    assert (problems(workspace)[0].line, problems(workspace)[0].column) == (3, 9)


# --- other ways to make the same mistakes

MARKS = "name: Line 3\nstage: L\nassessments:\n  - date: 2026-05-12\n    marks:\n"
STAGED = "name: Line 3\nstage: {}\nstage_history:\n  - {{date: 2026-01-12, stage: {}}}\n"

SLIPS = [
    ("minus on a line", DEAL, MARKS + "      project:\n        us: -\n", "unquoted-mark"),
    ("question mark on a line", DEAL, MARKS + "      project:\n        us: ?\n", "unquoted-mark"),
    ("question mark in a list", DEAL, "name: Line 3\nstage: L\nproducts: [valves, ?]\n", "unquoted-mark"),
    ("no space before a quoted mark", DEAL, MARKS + '      project: {us:"+"}\n', "missing-space"),
    ("no space in braces", DEAL, "name: Line 3\nstage: L\nlost: {date:2026-01-12, lesson: x}\n", "missing-space"),
    ("no space below a key", DEAL, "name: Line 3\nstage: L\nlost:\n  lesson:late\n", "missing-space"),
    ("full-width colon in the first line", DEAL, "name：三号线\nstage: L\n", "full-width-colon"),
    ("full-width colon in the last line", DEAL, "name: 三号线\nstage：L\n", "full-width-colon"),
    ("full-width colon below a key", DEAL, "name: 三号线\nstage: L\nlost:\n  lesson：太晚\n", "full-width-colon"),
    ("full-width colon in braces", DEAL, "name: 三号线\nstage: L\nlost: {lesson：太晚}\n", "full-width-colon"),
    ("full-width space after a colon", DEAL, "name: 三号线\nstage:\u3000L\namount: 1 CNY\n", "full-width-space"),
    ("full-width space to indent", DEAL, "name: 三号线\nstage: L\nlost:\n\u3000lesson: 太晚\n", "full-width-space"),
    ("emphasis with stars", DEAL, "name: Line 3\nstage: L\nneeds: *urgent* repair\n", "undefined-alias"),
    ("emphasis in Chinese", DEAL, "name: Line 3\nstage: L\nneeds: *加急\n", "undefined-alias"),
    ("a stage misspelt", DEAL, STAGED.format("Z", "L"), "unknown-stage"),
    ("a stage of the history misspelt", DEAL, STAGED.format("L", "Z"), "unknown-stage"),
    ("lost and nothing else", DEAL, "name: Line 3\nstage: LOST\n", "lost-without-reason"),
    ("reports to himself", CONTACT, "name: 张伟\nreports_to: zhang-wei\n", "reporting-circle"),
    ("a scorecard that is not there", "kamctl.yaml", "format: 1\nscorecard: tas21\n", "method-missing"),
    ("a broken team file", "team.yaml", "members:\n  li-na: [李娜]\n", "expected-mapping"),
    ("a broken account file", "accounts/bohai/account.yaml", "name: 渤海\nowner: li-na\nphone: [1]\n", "expected-text"),
    ("a length of time out of bounds", CALL, f"date: 2026-06-11\nby: li-na\nduration: {'9' * 20}d\n", "bad-duration"),
    ("a method file that is no number", "method/grades.yaml", "version: 1e5\ngrades: []\n", "bad-number"),
]


@pytest.mark.parametrize(("place", "text", "rule"), [slip[1:] for slip in SLIPS], ids=[slip[0] for slip in SLIPS])
def test_one_slip_is_one_problem_with_the_rule_that_helps(place: str, text: str, rule: str, workspace: Path) -> None:
    if place == CALL:
        text += "outcome: {events: Whole-life cost}\n"
    write(workspace, place, text)
    assert found(workspace) == [rule]
    assert problems(workspace)[0].path == place
    assert_placed(problems(workspace)[0], workspace)


CONTRACT = "name: Line 3\nstage: L\ncontract: {signed: 2026-06-10, amount: 100 CNY}\n"
CHANGED = "delivery: {changes: [{change: A valve more, amount: 40 CNY}]}\n"
BID = "name: Line 3\nstage: L\nbid: {cost: 75 CNY, price: 100 CNY, "

AGREEING = [
    ("payments of the contract", CONTRACT + "payments: [{amount: 60 CNY}, {amount: 40 CNY}]\n"),
    ("payments of the contract and not of its changes", CONTRACT + CHANGED + "payments: [{amount: 100 CNY}]\n"),
    ("payments of the contract and its changes", CONTRACT + CHANGED + "payments: [{amount: 140 CNY}]\n"),
    ("a payment of an unknown amount", CONTRACT + "payments: [{amount: 60 CNY}, {due: 2026-12-10}]\n"),
    ("payments in another currency", CONTRACT + "payments: [{amount: 14 USD}]\n"),
    ("a margin rounded", BID + "margin: 26%}\n"),
    ("a margin without a cost", "name: Line 3\nstage: L\nbid: {price: 100 CNY, margin: 90%}\n"),
    ("signed on the day of the bid", CONTRACT + "bid: {decided_on: 2026-06-01, due: 2026-06-10}\n"),
    ("no bid with its factor", "name: Line 3\nstage: L\nbid: {decision: no_bid, fatal_factor: No licence}\n"),
]


@pytest.mark.parametrize("text", [text for _, text in AGREEING], ids=[name for name, _ in AGREEING])
def test_documents_that_agree_are_no_problem(text: str, workspace: Path) -> None:
    write(workspace, DEAL, text)
    assert found(workspace) == []


def test_a_key_player_of_another_account_is_shown_at_the_name_as_written(workspace: Path) -> None:
    write(workspace, "accounts/luanhe/account.yaml", "name: 滦河\nowner: li-na\n")
    write(workspace, "accounts/luanhe/contacts/ma-jun.yaml", "name: 马军\n")
    write(workspace, DEAL, "name: Line 3\nstage: L\nbuying_team:\n  luanhe/ma-jun: {roles: [D, A]}\n")
    assert [(problem.rule, problem.line, problem.column) for problem in everything(workspace)] == [
        ("key-player-uncovered", 4, 3)
    ]


def test_a_missing_scorecard_is_shown_at_its_own_line(workspace: Path) -> None:
    write(workspace, "kamctl.yaml", "format: 1\nprocess: losqaop\nscorecard: tas21\n")
    assert [(problem.line, problem.column) for problem in problems(workspace)] == [(3, 12)]


def test_a_missing_team_file_is_one_problem(workspace: Path) -> None:
    (workspace / "team.yaml").unlink()
    assert len(problems(workspace)) == 1


def test_a_newer_file_format_is_reported(workspace: Path) -> None:
    write(workspace, "kamctl.yaml", "format: 2\n")
    assert len(problems(workspace)) == 1


@pytest.mark.parametrize("line", ["orders: 10\n", "probability: 0\n"])
@pytest.mark.parametrize("figure", ["nan", "inf", "9" * 5000], ids=["nan", "inf", "5000 digits"])
def test_a_figure_of_the_method_out_of_bounds_is_a_problem_and_no_crash(
    figure: str, line: str, workspace: Path
) -> None:
    shipped = resources.method_file("processes/losqaop.yaml").read_text("utf-8")
    wrong = line.partition(" ")[0] + f" {figure}\n"
    write(workspace, "method/processes/losqaop.yaml", shipped.replace(line, wrong, 1))
    assert set(found(workspace)) <= {"bad-number"}


def test_a_method_file_that_cannot_be_opened_is_a_problem_and_no_crash(workspace: Path) -> None:
    (workspace / "method/importance.yaml").mkdir(parents=True)
    assert found(workspace) == ["cannot-open"]


def test_a_broken_process_that_nobody_uses_does_not_hide_other_problems(workspace: Path) -> None:
    write(workspace, "method/processes/own.yaml", "version: 1\n")
    write(workspace, CONTACT, "name: 张伟\nreports_to: nobody\n")
    assert "dangling-contact" in found(workspace)


def test_many_lines_of_influence_do_not_take_for_ever() -> None:
    lines = CountingDict()
    for layer in range(60):
        lines |= {f"{layer}-{side}": [f"{layer + 1}-a", f"{layer + 1}-b"] for side in "ab"}
    assert people.circles(lines) == []


class CountingDict(dict[str, list[str]]):
    """Counts look-ups, and gives up when there are far too many."""

    asked = 0

    def get(self, key: str, default: Any = None) -> Any:
        self.asked += 1
        assert self.asked < 10_000, "the search walks every path"
        return super().get(key, default)


# --- the table of rules


@pytest.mark.parametrize("rule_id", rules.ids())
@pytest.mark.parametrize("part", ["title", "message", "hint", "why"])
def test_every_rule_speaks_three_languages_with_the_same_gaps(part: str, rule_id: str) -> None:
    words: dict[str, str] = table()[rule_id][part]
    if part == "hint" and not words["en"]:
        assert not any(words.values())
        return
    assert [lang for lang in LANGUAGES if not words.get(lang, "").strip()] == []
    assert {lang: gaps(words[lang]) for lang in LANGUAGES} == dict.fromkeys(LANGUAGES, gaps(words["en"]))
    assert part in ("message", "hint") or gaps(words["en"]) == []


@pytest.mark.parametrize("rule_id", rules.ids())
def test_every_rule_explains_itself_in_a_few_sentences(rule_id: str) -> None:
    why = table()[rule_id]["why"]
    assert 2 <= len(re.findall(r"[.?](?:\s|$)", why["en"])) <= 4
    assert all(2 <= len(re.findall("[。？]", why[lang])) <= 4 for lang in ("zh-Hans", "zh-Hant"))
    assert table()[rule_id]["severity"] in rules.SEVERITIES


def test_every_rule_is_shown_by_a_broken_file_or_a_test() -> None:
    shown = {file.stem for file in BROKEN}
    assert shown.isdisjoint(SHOWN_BY_A_TEST)
    assert sorted(shown | SHOWN_BY_A_TEST.keys()) == rules.ids()
    assert [name for name in SHOWN_BY_A_TEST.values() if name not in globals()] == []


def test_every_rule_that_the_code_raises_is_in_the_table() -> None:
    assert sorted(raised() - set(rules.ids())) == []


def test_every_rule_of_the_table_is_raised_by_the_code() -> None:
    assert sorted(set(rules.ids()) - raised() - DERIVED) == []


def test_every_check_reports_under_its_own_name() -> None:
    assert len({rule for rule, _ in checks.CHECKS}) == len(checks.CHECKS)
    families = (*team.TEAM_RULES, *presentations.PRESENTATION_RULES)
    named = [(rule, check.__name__.replace("_", "-")) for rule, check in checks.CHECKS if rule not in families]
    assert [rule for rule, name in named if rule != name] == []


@pytest.mark.parametrize(
    ("module", "family"),
    [("relationship", team.TEAM_RULES), ("preparation", presentations.PRESENTATION_RULES)],
    ids=["buying teams", "presentations"],
)
def test_every_finding_is_a_rule_and_the_other_way_round(module: str, family: tuple[str, ...]) -> None:
    tree = ast.parse((SOURCES / "scoring" / f"{module}.py").read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert sorted(rule for call in calls for rule in _rules_in_call(call)) == sorted(family)


# --- helpers


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A copy of the small clean workspace."""
    return Path(shutil.copytree(TESTS / "base", tmp_path / "base"))


def parts_of(text: str) -> list[tuple[str, str]]:
    """Return the files that a broken file stands for: each `# place:` line begins one."""
    pieces = re.split(r"^# place: (.+)\n", text, flags=re.M)
    assert not pieces[0], "the first line names the place"
    return list(zip(pieces[1::2], pieces[2::2], strict=True))


def write(root: Path, place: str, content: str | bytes) -> None:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


def everything(root: Path) -> list[Problem]:
    """Errors, warnings and notes."""
    return validate(Workspace.open(root, tolerant=True), AS_OF).problems


def problems(root: Path) -> list[Problem]:
    """Errors and warnings; a small deal gets notes for much that it does not say."""
    return [problem for problem in everything(root) if rules.severity(problem) != "note"]


def found(root: Path) -> list[str]:
    return [problem.rule for problem in problems(root)]


def assert_placed(problem: Problem, root: Path) -> None:
    """The place lies inside the text, on a line with something on it."""
    lines = lines_of((root / problem.path).read_text("utf-8"))
    assert 1 <= problem.line <= len(lines)
    line = lines[problem.line - 1]
    assert line.strip()
    assert 1 <= problem.column <= problem.column + problem.width - 1 <= len(line)


def assert_filled(problem: Problem) -> None:
    """Every gap of the message and of the hint has a value."""
    words = table()[problem.rule]
    assert {*gaps(words["message"]["en"]), *gaps(words["hint"]["en"])} <= problem.values.keys()


def table() -> dict[str, Any]:
    words: dict[str, Any] = resources.table("rules")
    return words


def gaps(words: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(words) if name is not None)


def raised() -> set[str]:
    """Collect the rule ids that the source code names where it raises them."""
    found = {rule for rule, _ in checks.CHECKS} | set(EXPECTED.values()) | set(team.TEAM_RULES)
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found |= set(_rules_in_call(node))
            elif isinstance(node, ast.FunctionDef) and node.name == "typing_slip":
                found |= {text for child in ast.walk(node) for text in _text(child)}
    return {EXPECTED.get(rule, rule) for rule in found}


RAISERS = {
    "SourceError": 0,
    "_error": 0,
    "PydanticCustomError": 0,
    "_problem": 0,
    "Finding": 0,
    "Gap": 0,
    "Problem": 1,
    "in_deal": 1,
    "_check": 1,
    "_scalar": 1,
}
"""Functions that are given a rule id, and the position of that argument."""


def _rules_in_call(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for position, argument in enumerate(call.args):
        if isinstance(argument, ast.Starred):
            continue
        if RAISERS.get(name) == position:
            yield from _text(argument)


def _text(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.findall(r"\A[a-z0-9]+(?:-[a-z0-9]+)+\Z", node.value)
    return []
