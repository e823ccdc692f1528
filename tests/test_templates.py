"""Templates of one's own: they replace shipped ones, their mistakes are told well, and they can do no harm."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kamctl import cli
from kamctl.forms.catalog import FORMS
from kamctl.forms.subject import DealView
from kamctl.problems import KamctlError
from kamctl.render import sandbox
from kamctl.render.document import markdown, markdown_cell, render
from kamctl.render.sandbox import Sandbox
from running import kamctl

ROOT = Path(__file__).parents[1]
DEAL = DealView(id="bohai/line-3", name="Line 3")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The template folder of a workspace."""
    folder = tmp_path / "templates"
    folder.mkdir()
    return folder


def filled(own: Path, template: str, name: str = "card.md.j2") -> str:
    """Return a template of one's own filled in with a deal."""
    (own / name).write_text(template, "utf-8")
    return render(name, {"deal": DEAL}, "en", own)


def refused(own: Path, template: str) -> KamctlError:
    with pytest.raises(KamctlError) as caught:
        filled(own, template)
    return caught.value


# --- replacing shipped templates


def test_a_template_of_the_same_name_comes_first(own: Path) -> None:
    assert filled(own, "{{ deal.name }}!", "scorecard.md.j2") == "Line 3!"


def test_a_template_can_replace_a_part_of_the_shipped_one(own: Path) -> None:
    page = filled(own, "{% extends 'kamctl/page.html.j2' %}{% block brand %}/* ours */{% endblock %}", "page.html.j2")
    assert "/* ours */" in page
    assert "@page" in page


def test_html_is_escaped_and_markdown_is_not(own: Path) -> None:
    assert filled(own, "{{ '<b>' }}{{ '<' ~ '>' }}", "x.html.j2") == "&lt;b&gt;&lt;&gt;"
    assert filled(own, "{{ '<b>' }}", "x.md.j2") == "<b>"


def test_a_template_saved_by_notepad_has_no_mark_at_its_beginning(own: Path) -> None:
    (own / "x.md.j2").write_bytes(b"\xef\xbb\xbf# {{ deal.name }}")
    assert render("x.md.j2", {"deal": DEAL}, "en", own) == "# Line 3"


def test_a_template_changed_meanwhile_is_read_again(own: Path) -> None:
    assert filled(own, "one") == "one"
    (own / "card.md.j2").write_text("two", "utf-8")
    os.utime(own / "card.md.j2", (1, 1))
    assert render("card.md.j2", {"deal": DEAL}, "en", own) == "two"


# --- mistakes


@pytest.mark.parametrize(
    ("template", "message", "hint"),
    [
        ("\n{{ deal.nam }}", 'templates/card.md.j2:2: DealView has no "nam"', 'did you mean "name"?'),
        ("{{ deal.zzz }}", 'DealView has no "zzz"', "it has id, name, stage, importance, amount, close_date"),
        ("{{ deal['nam'] }}", 'DealView has no "nam"', 'did you mean "name"?'),
        ("{{ dael.name }}", 'there is no "dael"', "a template sees deal, lang, t;"),
        ("{{ {'one': 1}.seven }}", 'dict has no "seven"', "it has one"),
        ("{{ 'x'.oen }}", 'str has no "oen"', "look at its spelling"),
        ("{{ [1][4] }}", "there is no element 4", ""),
        (
            "{% import 'fields.md.j2' as f %}\n{{ f.fat('x') }}",
            ':2: TemplateModule has no "fat"',
            'did you mean "fact"?',
        ),
        ("{% import 'fields.md.j2' as f %}\n{{ f.fact('form-date', deal.dat) }}", ':2: DealView has no "dat"', ""),
        ("{{ t('form-dat') }}", 'there is no label "form-dat"', 'did you mean "form-date"?'),
        ("{{ t('zzzzzzz') }}", 'there is no label "zzzzzzz"', ""),
        ("{{ deal.name | uper }}", "No filter named 'uper'", 'did you mean "upper"?'),
        ("{{ deal.name | zzzzzzz }}", "No filter named 'zzzzzzz'", ""),
        ("a\nb\n{% if %}", "templates/card.md.j2:3: Expected an expression", ""),
        ("{% for x in deal %}{% endfor %}", "'DealView' object is not iterable", ""),
        ("{% include 'nothing.j2' %}", 'there is no template "nothing.j2"', ""),
        ("{{ 1 / 0 }}", "templates/card.md.j2:1: division by zero", ""),
        ("{{ 'a' + 1 }}", "can only concatenate str", ""),
        ("{{ [1] * 'a' }}", "can't multiply sequence", ""),
    ],
)
def test_a_mistake_names_template_line_and_name(own: Path, template: str, message: str, hint: str) -> None:
    error = refused(own, template)
    assert message in error.message
    assert error.message.startswith("templates/card.md.j2:")
    assert hint in error.hint


def test_a_mistake_in_a_part_that_a_form_includes_names_the_part(own: Path) -> None:
    (own / "part.j2").write_text("\n\n{{ deal.nam }}", "utf-8")
    assert refused(own, "{% include 'part.j2' %}").message.startswith("templates/part.j2:3: ")


def test_a_mistake_in_a_shipped_template_is_no_mistake_of_the_user(own: Path) -> None:
    with pytest.raises(KamctlError) as caught:
        render("call-plan.md.j2", {"deal": DEAL}, "en", own)
    assert caught.value.message.startswith("call-plan.md.j2:")


@pytest.mark.parametrize("raw", [b"\xc3\x28", b"\xff\xfe#\x00"])
def test_a_template_that_is_not_utf8_says_so(own: Path, raw: bytes) -> None:
    (own / "card.md.j2").write_bytes(raw)
    with pytest.raises(KamctlError, match="not UTF-8"):
        render("card.md.j2", {"deal": DEAL}, "en", own)


# --- the sandbox


@pytest.mark.parametrize(
    "template",
    [
        "{{ deal.__class__ }}",
        "{{ deal['__class__'] }}",
        "{{ deal | attr('__class__') }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ t.__globals__ }}",
        "{{ t.__closure__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ (deal.name).format() }}",
        "{{ '{0.__class__}'.format(deal) }}",
        "{{ [].append(1) }}",
        "{{ {}.update(a=1) }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ lipsum(1000) }}",
    ],
)
def test_nothing_inside_python_can_be_reached(own: Path, template: str) -> None:
    assert re.search(r"unsafe|there is no|has no", refused(own, template).message)


@pytest.mark.parametrize("place", ["../kamctl.yaml", "/etc/passwd", "..\\kamctl.yaml", "a/../../kamctl.yaml", "."])
@pytest.mark.parametrize("tag", ["include", "extends", "import"])
def test_nothing_outside_the_template_folders_can_be_read(own: Path, place: str, tag: str) -> None:
    (own.parent / "kamctl.yaml").write_text("secret", "utf-8")
    more = " as x" if tag == "import" else ""
    assert "there is no template" in refused(own, f"{{% {tag} {place!r}{more} %}}").message


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_out_of_the_template_folder_is_refused(own: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    (own / "card.md.j2").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(KamctlError, match="link out of the template folder"):
        render("card.md.j2", {"deal": DEAL}, "en", own)


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}" + "{% endfor %}" * 3,
        "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
        "{% macro f(n) %}{% if n %}{% set x = f(n - 1) ~ f(n - 1) %}{% endif %}{% endmacro %}{{ f(60) }}",
        "{% include 'card.md.j2' %}",
        "{% for x in range(1000000000) %}{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{{ 1000000000 * 'x' }}",
        "{{ [1] * 1000000000 }}",
        "{{ 10 ** 100000000 }}",
        "{{ 10 ** 60 * 10 ** 60 ** 60 }}",
        "{% set n = namespace(x=2 ** 64) %}{% for i in range(100) %}{% set n.x = n.x * n.x %}{% endfor %}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'x'.ljust(999999999) }}",
        "{% set n = namespace(x='ten letters') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{% set n = namespace(x='ten letters') %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "{% set x = 'ten letters' * 100000 %}{% for i in range(1000) %}{{ x }}{% endfor %}",
    ],
)
def test_what_does_not_end_or_grows_without_end_is_stopped(
    own: Path, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "MAX_STEPS", 100_000)
    error = refused(own, template)
    assert re.search(r"end|too (large|long|much|big)|unsafe|cannot be formatted", error.message)


def test_ordinary_arithmetic_goes_on(own: Path) -> None:
    assert filled(own, "{{ 3 * 4 }} {{ 2 ** 3 }} {{ 7 % 4 }} {{ '-' * 3 }} {{ [1] + [2] }} {{ 2.5 * 2 }}") == (
        "12 8 3 --- [1, 2] 5.0"
    )


def test_a_budget_is_for_one_form_and_not_for_all(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_STEPS", 100)
    for _ in range(3):
        assert filled(own, "{% for x in range(80) %}x{% endfor %}") == "x" * 80


def test_no_filter_or_function_of_the_sandbox_prints_by_chance(own: Path) -> None:
    environment = Sandbox(own, ROOT / "templates")
    assert not set(sandbox.NOT_OFFERED) & set(environment.filters)
    assert "lipsum" not in environment.globals


# --- escaping


@given(st.text())
@example("a\n\n    b")
@example("- a\n1. b\n\t# c\n===")
@example("|a|\n|-|")
@example("http://a.example <b>&amp; ~~~")
def test_markdown_of_any_text_is_paragraphs_of_text(words: str) -> None:
    from markdown_it import MarkdownIt

    parsed = MarkdownIt("commonmark").enable("table")
    cases = ((markdown(words), {"softbreak", "hardbreak"}), (f"in a line {markdown_cell(words)}", {"html_inline"}))
    for value, allowed in cases:
        for token in parsed.parse(value):
            assert token.type in ("paragraph_open", "inline", "paragraph_close"), token
            for child in token.children or []:
                assert child.type in {"text", "text_special", *allowed}, child
                assert child.type != "html_inline" or child.content == "<br>"


# --- documentation


def documented() -> list[tuple[str, str]]:
    """Return the templates that docs/templates.md shows, with their names."""
    page = (ROOT / "docs" / "templates.md").read_text("utf-8")
    return re.findall(r"^`templates/(\S+)`\n\n```jinja\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("name", "content"), documented(), ids=lambda value: value[:20])
def test_templates_of_the_documentation_work(own: Path, name: str, content: str) -> None:
    (own / name).write_text(content, "utf-8")
    examples = shutil.copytree(ROOT / "examples", own.parent / "examples")
    shutil.copytree(own, examples / "templates")
    html = ["--format", "html"] if ".html." in name else []
    done = kamctl("-C", str(examples), "render", "profile", "zhang-wei", *html)
    assert done.code == 0, done.err
    assert ("#7a1f2b" if html else "三号线管道改造") in done.out
    assert len(documented()) == 2


def test_every_form_is_documented_with_its_view() -> None:
    page = (ROOT / "docs" / "templates.md").read_text("utf-8")
    for name, form in FORMS.items():
        assert f"| `{name}` | {form.of} | `{form.name}`: " in page
        assert (ROOT / "templates" / f"{name}.md.j2").is_file()
        assert (ROOT / "templates" / f"{name}.html.j2").is_file()


# --- template list and copy


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small clean workspace; the test runs in it."""
    copy = Path(shutil.copytree(ROOT / "tests" / "base", tmp_path / "base"))
    monkeypatch.chdir(copy)
    monkeypatch.setenv("KAMCTL_LANG", "en")
    return copy


def test_template_list_says_where_each_comes_from(base: Path) -> None:
    before = kamctl("template", "list", "--format", "table")
    assert "profile" in before.out
    assert "workspace" not in before.out
    kamctl("template", "copy", "profile", "--format", "md")
    (base / "templates" / "fields.md.j2").write_text("plain words", "utf-8")
    (base / "templates" / "account.yaml.j2").write_text("name: x\n", "utf-8")
    rows = {tuple(line.split("\t")[:4]): line for line in kamctl("template", "list").out.splitlines()}
    assert ("profile", "md", "contact", "own") in rows
    assert ("profile", "html", "contact", "shipped") in rows
    assert ("page", "html", "shared", "shipped") in rows
    assert ("account", "yaml", "new", "own") in rows
    assert "en, zh-Hans, zh-Hant" in rows["profile", "md", "contact", "own"]
    assert "zh-Hans" not in rows["fields", "md", "shared", "own"]


def test_template_list_points_out_a_file_that_nothing_is_printed_by(base: Path) -> None:
    (base / "templates").mkdir()
    (base / "templates" / "profil.md.j2").write_text("{% include 'logo.j2' %}", "utf-8")
    (base / "templates" / "logo.j2").write_text("logo", "utf-8")
    done = kamctl("template", "list")
    assert "templates/profil.md.j2: no form has this name" in done.err
    assert "profile.md.j2" in done.err
    assert "logo" not in done.err


def test_template_list_works_without_a_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = kamctl("template", "list")
    assert done.code == 0
    assert "profile\tmd\tcontact\tshipped" in done.out


def test_template_copy_writes_the_shipped_template_and_says_what_next(base: Path) -> None:
    done = kamctl("template", "copy", "profile")
    assert done.code == 0
    for kind in ("md", "html"):
        copied = base / "templates" / f"profile.{kind}.j2"
        assert copied.read_text("utf-8") == (ROOT / "templates" / f"profile.{kind}.j2").read_text("utf-8")
    assert "kamctl render profile ID" in done.err
    assert kamctl("validate").code == 0


@pytest.mark.parametrize("name", ["profile.html", "profile.html.j2"])
def test_template_copy_takes_one_format(base: Path, name: str) -> None:
    assert kamctl("template", "copy", name).code == 0
    assert [path.name for path in (base / "templates").iterdir()] == ["profile.html.j2"]
    assert "--format html" in kamctl("template", "copy", "page", "--format", "html").err


def test_template_copy_overwrites_nothing_unasked(base: Path) -> None:
    kamctl("template", "copy", "popsa.md")
    mine = base / "templates" / "popsa.md.j2"
    mine.write_text("mine", "utf-8")
    done = kamctl("template", "copy", "popsa")
    assert done.code == 1
    assert "templates/popsa.md.j2 exists already" in done.err
    assert "--force" in done.err
    assert mine.read_text("utf-8") == "mine"
    assert not (base / "templates" / "popsa.html.j2").exists()
    assert kamctl("template", "copy", "popsa", "--force").code == 0
    assert mine.read_text("utf-8").startswith("{% import")


def test_template_copy_dry_run_prints_the_diff(base: Path) -> None:
    done = kamctl("template", "copy", "popsa.md", "-n")
    assert "+++ b/templates/popsa.md.j2" in done.out
    assert not (base / "templates").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["profil"], 'did you mean "profile"?'),
        (["zzzzz"], "kamctl template list"),
        (["page", "--format", "md"], 'there is no template "page" in md'),
        (["profile", "--format", "pdf"], "one of md, html"),
        (["call.yaml.j2"], "there is no template"),
    ],
)
def test_template_copy_knows_its_templates(base: Path, arguments: list[str], message: str) -> None:
    done = kamctl("template", "copy", *arguments)
    assert done.code == 2
    assert message in done.err


def test_the_reference_of_word_documents_is_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path / "examples")

    def run(*arguments: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.run(["--lang", "en", *arguments])
        return code, out.getvalue(), err.getvalue()

    copy, shipped = Path("templates/reference.docx"), (ROOT / "templates" / "reference.docx").read_bytes()
    assert run("template", "copy", "reference", "--dry-run") == (0, "templates/reference.docx\n", "")
    assert not copy.exists()
    assert run("template", "copy", "reference.docx")[0] == 0
    assert copy.read_bytes() == shipped
    copy.write_bytes(b"ours")
    code, _, err = run("template", "copy", "reference")
    assert (code, copy.read_bytes()) == (1, b"ours")
    assert "templates/reference.docx exists already" in err
    assert run("template", "copy", "reference", "--force")[0] == 0
    assert copy.read_bytes() == shipped
    assert "reference\tdocx\tshared\town" in run("template", "list")[1]
