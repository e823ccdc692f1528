"""`kamctl render` and `show` with a form: names, formats, files, and what they say when something is amiss."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from kamctl.forms.catalog import FORMS
from kamctl.labels import LANGUAGES, text
from running import Terminal
from running import in_english as kamctl

ROOT = Path(__file__).parents[1]
RECORDS = {
    "call": "2026-06-17-zhang-wei",
    "contact": "bohai-water/zhang-wei",
    "account": "bohai-water",
    "opportunity": "bohai-water/line-3",
    "presentation": "2026-04-16-board",
    "week": "2026-W24-li-na",
    "period": "2026-W24",
}
"""What forms of each kind are shown of."""


@pytest.fixture(autouse=True)
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the examples; the test runs in it."""
    copy = Path(shutil.copytree(ROOT / "examples", tmp_path / "examples"))
    monkeypatch.chdir(copy)
    monkeypatch.setenv("KAMCTL_PAGER", "cat")
    monkeypatch.setenv("COLUMNS", "100")
    return copy


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_form_prints_in_every_language(name: str, lang: str) -> None:
    record = RECORDS[FORMS[name].of]
    page = kamctl("render", name, record, "--lang", lang)
    assert (page.code, page.err) == (0, "")
    assert page.out.startswith("# ")
    assert text(f"form-{name}", lang) in page.out.splitlines()[0]
    html = kamctl("render", name, record, "--lang", lang, "--format", "html")
    assert html.out.startswith("<!DOCTYPE html>")
    assert f'<html lang="{lang}">' in html.out
    data = kamctl("render", name, record, "--format", "json").json
    assert data["form"] == name
    assert data["data"]


def test_render_alone_lists_the_forms_with_what_they_are_for() -> None:
    rows = [line.split("\t") for line in kamctl("render").out.splitlines()]
    assert rows[0] == ["name", "of", "title", "purpose"]
    assert [row[0] for row in rows[1:]] == list(FORMS)
    shown = kamctl("render", "--format", "table").out
    assert "One person: what they decide by" in shown
    chinese = kamctl("render", "--format", "table", "--lang", "zh-Hans").out
    assert "客户经营计划" in chinese
    assert "一位关键人：按什么决策，立场如何。" in chinese
    assert re.search(r"[A-Z][a-z]+ [a-z]", chinese) is None


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["profle", "x"], 'there is no form "profle"', 'did you mean "profile"?'),
        (["zzzzzz"], 'there is no form "zzzzzz"', "one of call-plan, popsa"),
        (["profile"], "which contact?", "`kamctl contact list` shows them"),
        (["popsa"], "which call?", "`kamctl callplan list` shows them"),
        (["profile", "zhang-wie"], 'there is no contact "zhang-wie"', 'did you mean "zhang-wei"?'),
        (["record", "bohai-water", "--format", "csv"], 'there is no format "csv" here', "md, html, docx, pdf"),
        (["record", "bohai-water", "--opportunity", "line-3"], "record has no --opportunity", "that have: profile"),
        (["profile", "zhang-wei", "--opportunity", "acid-line"], "belongs to another account", ""),
        (["record", "bohai-water", "-o", "accounts/bohai-water/account.yaml"], "would be taken for data", "name it"),
        (["record", "bohai-water", "-o", "no/such/folder.md"], "cannot be written: No such file", ""),
    ],
)
def test_what_cannot_be_printed_is_said_with_a_way_out(arguments: list[str], message: str, hint: str) -> None:
    done = kamctl("render", *arguments)
    assert done.code == 2
    assert message in done.err
    assert hint in done.err
    assert done.out == ""


def test_the_name_of_the_file_says_the_format(examples: Path) -> None:
    done = kamctl("render", "record", "bohai-water", "-o", "record.HTML")
    assert (done.code, done.out) == (0, "")
    assert "record.HTML: created" in done.err
    assert (examples / "record.HTML").read_text("utf-8").startswith("<!DOCTYPE html>")
    kamctl("render", "record", "bohai-water", "-o", "record.txt")
    assert (examples / "record.txt").read_text("utf-8").startswith("# ")
    kamctl("render", "record", "bohai-water", "-o", "record.txt", "--format", "html")
    assert (examples / "record.txt").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_terminal_gets_text_laid_out_and_a_pipe_gets_markdown() -> None:
    shown = kamctl("render", "profile", "zhang-wei", stream=Terminal).out
    assert "# Personal profile" not in shown
    assert "Personal profile" in shown
    assert kamctl("render", "profile", "zhang-wei", "--format", "md", stream=Terminal).out.startswith("# ")


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_a_document_is_not_poured_over_a_terminal(kind: str) -> None:
    done = kamctl("render", "profile", "zhang-wei", "--format", kind, stream=Terminal)
    assert done.code == 2
    assert f"-o profile.{kind}" in done.err


def test_a_word_document_takes_the_styles_of_the_workspace(examples: Path) -> None:
    docx = pytest.importorskip("docx", reason="the extra docx is not installed")
    done = kamctl("template", "copy", "reference")
    assert (done.code, done.out) == (0, "")
    assert "templates/reference.docx: created" in done.err
    own = docx.Document("templates/reference.docx")
    own.styles["Title"].font.name = "Georgia"
    own.save("templates/reference.docx")
    done = kamctl("render", "call-plan", RECORDS["call"], "-o", "plan.docx")
    assert (done.code, done.out) == (0, "")
    plan = docx.Document("plan.docx")
    assert plan.styles["Title"].font.name == "Georgia"
    assert plan.paragraphs[0].text == "Call plan · 渤海水务集团"
    (examples / "templates" / "reference.docx").write_text("no document", "utf-8")
    done = kamctl("render", "call-plan", RECORDS["call"], "-o", "plan.docx")
    assert done.code == 2
    assert "template reference.docx cannot be read" in done.err


def test_without_any_printer_of_pdf_a_person_reads_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kamctl.render.pdf.PRINTERS", {})
    done = kamctl("render", "call-plan", RECORDS["call"], "-o", "plan.pdf")
    assert done.code == 2
    assert "nothing that prints PDF was found" in done.err
    assert "pip install 'kamctl[pdf]'" in done.err
    assert not Path("plan.pdf").exists()


def test_a_profile_can_be_narrowed_to_one_deal() -> None:
    whole = kamctl("render", "profile", "liu-yang").out
    assert whole.count("## Part in the deal") == 3
    one = kamctl("render", "profile", "liu-yang", "--opportunity", "line-3").out
    assert one.count("## Part in the deal") == 1
    assert "## Part in the deal · 三号线管道改造" in one


@pytest.mark.parametrize(
    ("noun", "record", "form", "usual"),
    [
        ("contact", "zhang-wei", "profile", "profile"),
        ("account", "bohai-water", "record", "account-plan"),
        ("opportunity", "line-3", "scorecard", "opportunity-plan"),
        ("callplan", "2026-06-17-zhang-wei", "popsa", "call-plan"),
    ],
)
def test_show_prints_the_forms_of_its_noun(noun: str, record: str, form: str, usual: str) -> None:
    assert kamctl(noun, "show", record, "--form", form).out == kamctl("render", form, record).out
    assert (
        kamctl(noun, "show", record, "--format", "html").out == kamctl("render", usual, record, "--format", "html").out
    )
    assert kamctl(noun, "show", record, "--format", "md").out == kamctl("render", usual, record).out


def test_show_without_a_form_shows_the_file() -> None:
    shown = kamctl("contact", "show", "zhang-wei")
    assert shown.out.startswith("bohai-water/zhang-wei")
    assert kamctl("contact", "show", "zhang-wei", "--format", "json").json["data"]["name"] == "张伟"


@pytest.mark.parametrize(
    ("noun", "record", "form", "message"),
    [
        ("contact", "zhang-wei", "record", "record is a form of an account, not of a contact"),
        ("account", "bohai-water", "popsa", "popsa is a form of a call, not of an account"),
        ("account", "bohai-water", "recrd", 'an account has no form "recrd"'),
        ("callplan", "2026-06-17-zhang-wei", "popsaa", 'a call has no form "popsaa"'),
    ],
)
def test_show_refuses_a_form_of_something_else(noun: str, record: str, form: str, message: str) -> None:
    done = kamctl(noun, "show", record, "--form", form)
    assert done.code == 2
    assert message in done.err


def test_a_template_of_the_workspace_is_the_form(examples: Path) -> None:
    (examples / "templates").mkdir()
    (examples / "templates" / "profile.md.j2").write_text("{{ person.name }} {{ person.titel }}", "utf-8")
    done = kamctl("render", "profile", "zhang-wei")
    assert done.code == 2
    assert 'templates/profile.md.j2:1: PersonProfile has no "titel"' in done.err
    assert 'did you mean "title"?' in done.err
    (examples / "templates" / "profile.md.j2").write_text("{{ person.name }}: {{ person.title }}", "utf-8")
    assert kamctl("render", "profile", "zhang-wei").out == "张伟: 采购总监\n"


def test_a_broken_record_is_explained(examples: Path) -> None:
    (examples / "accounts" / "bohai-water" / "account.yaml").write_text("name: [\n", "utf-8")
    done = kamctl("render", "account-plan", "bohai-water")
    assert done.code != 0
    assert "accounts/bohai-water/account.yaml:" in done.err
    assert kamctl("render", "profile", "bohai-water/zhang-wei").code == 0


@pytest.mark.parametrize(
    "words",
    ["render account-plan bohai-water", "render opportunity-plan line-3", "review account bohai-water",
     "review opportunity line-3", "contact show zhang-wei --form profile"],
)  # fmt: skip
def test_a_form_says_how_many_files_it_had_to_do_without(words: str, examples: Path) -> None:
    command = words.split()
    assert "could not be read" not in kamctl(*command).err
    (examples / "accounts/bohai-water/contacts/liu-yang.yaml").write_bytes(b"name: \0")
    done = kamctl(*command)
    assert done.code == 0
    assert "1 file of 22 could not be read; `kamctl validate` explains each" in done.err
    assert kamctl(*command, "--format", "json").json["problems"][0]["rule"] == "control-character"
