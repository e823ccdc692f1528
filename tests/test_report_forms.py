"""Weeks, evaluations and reviews are forms like all others: by `render`, by command, with templates of one's own."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer

from kamctl import cli
from kamctl.commands.render import _subjects
from kamctl.commands.session import Globals
from kamctl.commands.writing import SUFFIXES, format_of, write_output
from kamctl.labels import LANGUAGES
from kamctl.problems import KamctlError
from running import Terminal
from running import in_english as kamctl

ROOT = Path(__file__).parents[1]
SAME = [
    (["week", "2026-W24-li-na"], ["week", "show", "--owner", "li-na", "--week", "2026-W24"]),
    (["week", "李娜"], ["week", "show", "--owner", "李娜"]),
    (["evaluation", "2026-Q1"], ["metrics", "--period", "2026-Q1"]),
    (["evaluation"], ["metrics"]),
    (["review-daily"], ["review", "daily"]),
    (["review-weekly"], ["review", "weekly"]),
    (["review-weekly", "2026-W23"], ["review", "weekly", "--since", "2026-06-01", "--until", "2026-06-07"]),
    (["review-daily", "2026-06-10"], ["review", "daily", "--since", "2026-06-10", "--until", "2026-06-10"]),
    (["review-monthly"], ["review", "monthly"]),
    (["review-opportunity", "line-3"], ["review", "opportunity", "line-3"]),
    (["review-account", "bohai-water"], ["review", "account", "bohai-water"]),
]
"""What `render` is asked for, and the command that prints the same form."""


@pytest.fixture(autouse=True)
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the examples; the test runs in it."""
    copy = Path(shutil.copytree(ROOT / "examples", tmp_path / "examples"))
    monkeypatch.chdir(copy)
    monkeypatch.setenv("KAMCTL_PAGER", "cat")
    return copy


def own(examples: Path, name: str, content: str) -> None:
    (examples / "templates").mkdir(exist_ok=True)
    (examples / "templates" / name).write_text(content, "utf-8")


@pytest.mark.parametrize(("form", "command"), SAME, ids=[" ".join(form) for form, _ in SAME])
@pytest.mark.parametrize("kind", ["md", "html"])
def test_render_prints_what_the_command_prints(form: list[str], command: list[str], kind: str) -> None:
    for lang in LANGUAGES:
        rendered = kamctl("render", *form, "--format", kind, "--lang", lang)
        assert rendered.code == 0, rendered.err
        assert rendered == kamctl(*command, "--format", kind, "--lang", lang)


@pytest.mark.parametrize(("form", "command"), SAME[::2], ids=[" ".join(form) for form, _ in SAME[::2]])
def test_a_word_document_comes_of_each(form: list[str], command: list[str], examples: Path) -> None:
    docx = pytest.importorskip("docx", reason="the extra docx is not installed")
    assert kamctl("render", *form, "-o", "one.docx").code == 0
    assert kamctl(*command, "-o", "two.docx").code == 0
    one, two = ([p.text for p in docx.Document(examples / name).paragraphs] for name in ("one.docx", "two.docx"))
    assert one == two
    assert one[0]


@pytest.mark.parametrize("name", ["weeks/2026-W25-li-na.yaml", "2026-w25-li-na", "2026-W25-李娜", "Li-Na"])
def test_a_week_is_named_by_person_key_or_file(name: str) -> None:
    assert kamctl("render", "week", name).out == kamctl("render", "week", "2026-W25-li-na").out


def test_a_week_without_calls_is_a_form_to_fill_in() -> None:
    page = kamctl("render", "week", "2026-W40-li-na").out
    assert "2026-W40" in page.splitlines()[0]
    assert "________" in page


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["week"], "which week?", "WEEK-PERSON as in 2026-W25-li-na"),
        (["week", "2026-W25"], "whose week is it?", "2026-W25-PERSON"),
        (["week", "2026-W25-li-nah"], 'there is nobody "li-nah"', 'did you mean "li-na"?'),
        (["week", "2026-W99-li-na"], '"2026-W99" is no period', "a week 2026-W24"),
        (["evaluation", "2026-Q7"], '"2026-Q7" is no period', "a quarter 2026-Q2"),
        (["evaluation", "yesterday"], '"2026-06-14" is no period', "a quarter 2026-Q2"),
        (["evaluation", "2027"], "2027 begins on 2027-01-01", ""),
        (["review-weekly", "2026-W30"], "2026-W30 begins on 2026-07-20", ""),
        (["review-wekly"], 'there is no form "review-wekly"', 'did you mean "review-weekly"?'),
        (["review-weekly", "-o", "week.csv"], '".csv" stands for no format here', "name it week.md, .html, .docx or"),
        (["review-weekly", "-o", "week.yml"], "week.yml would be taken for data", "name it week.md"),
        (["review-weekly", "--format", "json", "-o", "w.json"], "JSON goes to stdout", "write > w.json"),
    ],
)
def test_what_cannot_be_printed_is_said_with_a_way_out(arguments: list[str], message: str, hint: str) -> None:
    done = kamctl("render", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert hint in done.err


def test_a_template_of_the_workspace_is_used_by_the_commands_too(examples: Path) -> None:
    own(examples, "week.md.j2", "{{ week.salesperson }}: {{ week.goals | length }} goals")
    own(examples, "evaluation.md.j2", "{{ evaluation.id }}: {{ evaluation.people | length }} people")
    own(examples, "review-opportunity.md.j2", "{{ review.deal.head.name }}: {{ review.points | length }} scores")
    own(examples, "review-weekly.md.j2", "{% extends 'meeting.md.j2' %}{% block notes %}Who brings cake?{% endblock %}")
    assert kamctl("week", "show", "--owner", "li-na", "--format", "md").out.startswith("李娜: ")
    assert kamctl("metrics", "--period", "2026-Q1", "--format", "md").out.startswith("2026-Q1: ")
    assert kamctl("review", "opportunity", "line-3").out == "三号线管道改造: 3 scores\n"
    assert "Who brings cake?" in kamctl("review", "weekly").out
    assert "Who brings cake?" not in kamctl("review", "daily").out


def test_a_part_that_reviews_share_is_replaced_for_all_of_them(examples: Path) -> None:
    own(
        examples,
        "meeting.md.j2",
        "{% extends 'kamctl/meeting.md.j2' %}{% block facts %}Doors close at 9.{% endblock %}",
    )
    for name in ("daily", "weekly", "monthly"):
        assert "Doors close at 9." in kamctl("review", name).out


@pytest.mark.parametrize(
    ("name", "content", "command", "said"),
    [
        ("week", "{{ week.gaols }}", ["week", "show", "--owner", "li-na", "--format", "md"], 'did you mean "goals"?'),
        ("evaluation", "\n{{ evaluation.id | uper }}", ["metrics", "--format", "md"], 'did you mean "upper"?'),
        ("review-daily", "{% if %}", ["review", "daily"], "Expected an expression"),
        ("review-account", "{{ reviw.plan }}", ["review", "account", "bohai-water"], "a template sees review, lang, t"),
    ],
)
def test_a_mistake_in_a_template_is_told_by_the_command(
    examples: Path, name: str, content: str, command: list[str], said: str
) -> None:
    own(examples, f"{name}.md.j2", content)
    done = kamctl(*command)
    assert (done.code, done.out) == (2, "")
    assert f"templates/{name}.md.j2:{content.count(chr(10)) + 1}: " in done.err
    assert said in done.err


@pytest.mark.parametrize("name", ["week", "evaluation", "review-monthly", "review-account", "meeting"])
def test_their_templates_are_listed_and_copied(examples: Path, name: str) -> None:
    assert f"{name}\tmd\t" in kamctl("template", "list").out
    before = kamctl("review", "monthly").out
    assert kamctl("template", "copy", name).code == 0
    for kind in ("md", "html"):
        copied = (examples / "templates" / f"{name}.{kind}.j2").read_bytes()
        assert copied == (ROOT / "templates" / f"{name}.{kind}.j2").read_bytes()
    assert kamctl("review", "monthly").out == before


@pytest.mark.parametrize(
    ("template", "command"),
    [
        ("review-weekly", "kamctl render review-weekly"),
        ("meeting.html", "kamctl render review-daily --format html"),
        ("week", "kamctl render week ID"),
        ("page", "kamctl render call-plan ID --format html"),
        ("reference", "kamctl render call-plan ID --format docx"),
    ],
)
def test_a_copied_template_says_how_to_look_at_it(template: str, command: str) -> None:
    assert kamctl("template", "copy", template).err.endswith(f"{command}\n")


def test_the_weeks_of_everybody_follow_each_other_and_a_page_has_room_for_one(examples: Path) -> None:
    everybody = kamctl("week", "show", "--week", "2026-W24", "--format", "md").out
    assert everybody.count("# Weekly call plan · ") > 2
    assert kamctl("week", "show", "--week", "2026-W24", "-o", "weeks.md").code == 0
    assert (examples / "weeks.md").read_text("utf-8") == everybody
    done = kamctl("week", "show", "--week", "2026-W24", "-o", "weeks.html")
    assert done.code == 2
    assert "a page has room for one" in done.err


@pytest.mark.parametrize(("command", "field"), [(["week", "show"], "customer"), (["metrics"], "value")])
def test_columns_do_not_go_into_a_form(command: list[str], field: str) -> None:
    done = kamctl(*command, "--fields", field, "-o", "x.md")
    assert done.code == 2
    assert "leave --fields or -o out" in done.err
    assert kamctl(*command, "--fields", field, "--format", "md").out.startswith("|")


def test_one_bad_file_is_told_and_hides_no_form(examples: Path) -> None:
    (examples / "accounts/bohai-water/opportunities/line-3.yaml").write_text("name: [")
    for form in (["week", "li-na"], ["evaluation"], ["review-weekly"], ["account-plan", "bohai-water"]):
        done = kamctl("render", *form)
        assert done.code == 0
        assert done.err.count("could not be read") == 1
    data = json.loads(kamctl("render", "evaluation", "--format", "json").out)
    assert [problem["path"] for problem in data["problems"]] == ["accounts/bohai-water/opportunities/line-3.yaml"]


def test_a_terminal_gets_them_laid_out_whatever_way_they_are_asked_for() -> None:
    for command in (["review", "daily"], ["render", "review-daily"], ["render", "review-daily", "--format", "table"]):
        shown = kamctl(*command, stream=Terminal).out
        assert "# Daily review" not in shown
        assert "Daily review" in shown


def test_ids_are_completed_by_what_the_form_is_of(examples: Path) -> None:
    command: Any = typer.main.get_command(cli.app)
    options = Globals(str(examples), "", "", "", "", "", "auto", quiet=False, verbose=False)
    root = typer.Context(command, obj=options)
    root.params = {"workspace": str(examples)}

    def completed(form: str, begin: str) -> list[str]:
        context = typer.Context(command, parent=root)
        context.params = {"name": form}
        return _subjects(context, begin)

    assert "2026-W25-li-na" in completed("week", "2026-W25")
    assert completed("evaluation", "") == ["2026-Q1"]
    assert "bohai-water" in completed("record", "bo")
    assert completed("record", "2026") == []
    assert completed("nothing", "") == []


# --- files that people name


@pytest.mark.parametrize(
    ("name", "kind"), [("-", "md"), ("a", "md"), ("a.txt", "md"), ("a.HTM", "html"), ("a.b.docx", "docx")]
)
def test_the_name_of_a_file_says_its_format(name: str, kind: str) -> None:
    assert format_of(name, SUFFIXES, "md") == kind


def test_what_a_file_held_is_replaced_whole_and_keeps_its_rights(tmp_path: Path) -> None:
    target, link = tmp_path / "a.md", tmp_path / "link.md"
    target.write_bytes(b"old and longer")
    target.chmod(0o600)
    link.symlink_to(target)
    write_output(link, b"new", SUFFIXES)
    assert (target.read_bytes(), target.stat().st_mode & 0o777, link.is_symlink()) == (b"new", 0o600, True)
    assert sorted(tmp_path.glob("*")) == [target, tmp_path / "examples", link]


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_output(pipe, b"page", SUFFIXES)
    assert os.read(reader, 9) == b"page"
    os.close(reader)
    assert pipe.is_fifo()
    with pytest.raises(KamctlError, match="cannot be written: Is a directory"):
        write_output(tmp_path, b"page", SUFFIXES)
