"""Forms in Word: nothing lost, room to write, boxes to tick, tables that fit, the styles of a reference document."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamctl import resources
from kamctl.problems import KamctlError
from kamctl.render.document import markdown, markdown_cell
from kamctl.render.word import REFERENCE, STYLES, word
from kamctl.source import CONTROL

docx = pytest.importorskip("docx", reason="the extra docx is not installed")

from docx.document import Document  # noqa: E402
from docx.oxml.ns import qn  # noqa: E402
from docx.shared import Mm  # noqa: E402

from kamctl.render.word_table import column_widths, fact, least_width, paired  # noqa: E402
from kamctl.render.word_text import Piece  # noqa: E402

GOLDEN = Path(__file__).parent / "golden"
PAGES = sorted(path.name for path in GOLDEN.glob("*.md"))
PAGE = Mm(174)


def made(text: str, lang: str = "zh-Hans", base: Path | None = None) -> Document:
    document: Document = docx.Document(io.BytesIO(word(text, base, lang)))
    return document


def written(element: Any) -> str:
    """Return all text below an element, boxes to tick among it."""
    signs = {qn("w:br"): "\n", qn("w:tab"): "\t"}
    lines = (
        "".join(signs.get(part.tag, part.text or "") for run in line.iter(qn("w:r")) for part in run)
        for line in element.iter(qn("w:p"))
    )
    return "\n".join(lines)


def body(text: str, lang: str = "zh-Hans") -> str:
    return written(made(text, lang).element.body)


def styles_of(document: Document) -> list[tuple[str, str]]:
    return [(str(p.style.name if p.style else ""), written_line(p._p)) for p in document.paragraphs]


def written_line(paragraph: Any) -> str:
    return "".join(part.text or "" for part in paragraph.iter(qn("w:t")))


def numbered(paragraph: Any) -> tuple[int, int] | None:
    """Return the numbering and the level that a paragraph is given besides its style."""
    for place in paragraph._p.xpath("w:pPr/w:numPr"):
        return place.numId.val, place.ilvl.val
    return None


def words(text: str) -> set[str]:
    return set(re.findall(r"\w\w+", text.replace("_", " ")))


# --- whole forms


@pytest.mark.parametrize("name", PAGES)
def test_every_word_of_a_form_stands_in_the_document(name: str) -> None:
    text = (GOLDEN / name).read_text("utf-8")
    assert words(text) - words(body(text, name.split(".")[-2])) <= {"br"}


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
def test_the_same_form_gives_the_same_bytes(lang: str) -> None:
    text = (GOLDEN / f"call-plan.{lang}.md").read_text("utf-8")
    assert word(text, None, lang) == word(text, None, lang)


def test_a_document_says_what_it_is_and_not_when_or_by_whom() -> None:
    content = word("# 拜访计划 · 渤海\n\ntext\n", None, "zh-Hant")
    properties = docx.Document(io.BytesIO(content)).core_properties
    assert (properties.title, properties.language) == ("拜访计划 · 渤海", "zh-Hant")
    package = zipfile.ZipFile(io.BytesIO(content))
    assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b"created" not in package.read("docProps/core.xml")


def test_chinese_is_set_in_a_font_that_has_it() -> None:
    simplified, traditional = (made("文", lang).styles.element.xml for lang in ("zh-Hans", "zh-Hant"))
    assert 'w:eastAsia="Microsoft YaHei"' in simplified
    assert 'w:eastAsia="zh-CN"' in simplified
    assert "Microsoft YaHei" not in traditional
    assert 'w:eastAsia="Microsoft JhengHei"' in traditional
    assert 'w:eastAsia="zh-TW"' in traditional
    assert 'w:hint="eastAsia"' in made("“文”").element.body.xml
    assert "w:hint" not in made("“text”", "en").element.body.xml


# --- blocks


def test_headings_paragraphs_and_lists_have_the_styles_of_the_reference() -> None:
    text = "# T\n\n## A\n\n### B\n\n# again\n\nplain\n\n- x\n  - y\n    - z\n      - deeper\n\n> said\n\n---\n\nfoot\n"
    assert styles_of(made(text)) == [
        ("Title", "T"),
        ("Heading 1", "A"),
        ("Heading 2", "B"),
        ("Heading 1", "again"),
        ("Normal", "plain"),
        ("List Bullet", "x"),
        ("List Bullet 2", "y"),
        ("List Bullet 3", "z"),
        ("List Bullet 3", "deeper"),
        ("Quote", "said"),
        ("Form Rule", "foot"),
    ]


def test_a_rule_between_paragraphs_is_a_rule() -> None:
    assert styles_of(made("a\n\n---\n\nb\n\nc\n")) == [
        ("Normal", "a"),
        ("Form Rule", ""),
        ("Normal", "b"),
        ("Normal", "c"),
    ]


def test_bold_italic_struck_code_links_and_pictures_keep_their_text() -> None:
    paragraph = made("**b** *i* ~~s~~ `c` [link](x.html) ![alt](x.png) <b>h</b>  \nnext\nsoft", "en").paragraphs[0]
    looks = {run.text: (run.bold, run.italic, run.font.strike) for run in paragraph.runs}
    assert looks["b"] == (True, None, None)
    assert looks["i"] == (None, True, None)
    assert looks["s"] == (None, None, True)
    assert [run.style.name for run in paragraph.runs if run.text == "c"] == ["Form Literal"]
    assert paragraph.text == "b i s c link alt <b>h</b>\nnext soft"


def test_every_numbered_list_begins_where_it_says() -> None:
    document = made("1. a\n2. b\n\ntext\n\n3. c\n   1. inner\n\ntext\n\n1. d\n")
    numbering = document.part.numbering_part.element
    starts = []
    for paragraph in document.paragraphs:
        if (place := numbered(paragraph)) is not None:
            number, level = place
            override = numbering.num_having_numId(number).lvlOverride_lst[level].startOverride.val
            starts.append((written_line(paragraph._p), number, override))
    assert [(text, start) for text, _, start in starts] == [("a", 1), ("b", 1), ("c", 3), ("inner", 1), ("d", 1)]
    assert starts[0][1] == starts[1][1]
    assert len({number for _, number, _ in starts}) == 4


def test_a_list_item_may_hold_several_blocks_or_none() -> None:
    document = made("- a\n\n  more\n\n      code\n-\n- | x |\n  |---|\n  | y |\n")
    assert [style for style, _ in styles_of(document)][:4] == ["List Bullet", "Normal", "Form Code", "List Bullet"]
    assert [cell.text for cell in document.tables[0].columns[0].cells] == ["x", "y"]
    assert document.paragraphs[1].paragraph_format.left_indent


# --- room to write


def test_lines_to_write_on_are_ruled_paragraphs() -> None:
    assert styles_of(made("________\n\n" + "_" * 60 + "\n\n" + "_" * 60 + "\n")) == [("Form Room", "")] * 3


def test_room_at_the_end_of_a_line_reaches_to_the_margin() -> None:
    for text in ("1. ________________\n", "1. " + "_" * 60 + "\n", "Name ________\n"):
        (paragraph,) = made(text).paragraphs
        assert paragraph.text.endswith("\t")
        assert "_" not in paragraph.text
        assert 'w:leader="underscore"' in paragraph._p.xml
    assert made("Name ____ Date ____").paragraphs[0].text == "Name ____ Date \t"


def test_room_in_a_table_is_an_empty_cell_in_a_row_high_enough_to_write_in() -> None:
    table = made("| 目标 | 期限 |\n|---|---|\n| 同意 | 明天 |\n| ________ | ________ |\n| a | ________ |\n").tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows[1:]] == [["同意", "明天"], ["", ""], ["a", ""]]
    assert [row.height is not None for row in table.rows] == [False, False, True, True]


def test_boxes_can_be_ticked() -> None:
    xml = made("[ ] 达成 [x] 未达成 ☐ ☑").element.body.xml
    assert xml.count("<w14:checkbox>") == 4
    assert xml.count('<w14:checked w14:val="1"/>') == 2
    assert body("[ ] 达成 [X] 未达成") == "☐ 达成 ☑ 未达成"


def test_a_box_stands_where_the_dash_of_its_item_would() -> None:
    document = made("- [x] done\n- [ ] open\n- plain\n")
    ticked, _, plain_item = document.paragraphs
    assert numbered(ticked) == (0, 0)
    assert numbered(plain_item) is None
    assert written(document.element.body) == "☑\tdone\n☐\topen\nplain"


def test_what_people_typed_is_neither_a_box_nor_room() -> None:
    typed = "[ ] [x] ________ a_b_c"
    text = f"{markdown(typed)}\n\n| x |\n|---|\n| {markdown_cell(typed)} |\n"
    document = made(text, "en")
    assert "w14:checkbox" not in document.element.body.xml
    assert document.paragraphs[0].text == typed
    assert document.tables[0].cell(1, 0).text == typed


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_whatever_people_type_stands_in_the_document(typed: str) -> None:
    line = " ".join(CONTROL.sub("", typed).split())
    shown = body(f"# T\n\n{markdown(line)}\n\n| x |\n|---|\n| {markdown_cell(line)} |\n", "en")
    kept = re.sub("[\ufffe\uffff]", "\ufffd", line)
    assert shown.split() == ["T", *kept.split(), "x", *kept.split()]


# --- tables


def test_a_table_repeats_its_head_and_tears_no_row() -> None:
    rows = "".join(f"| {number} | text |\n" for number in range(40))
    table = made(f"| n | t |\n|--:|:-:|\n{rows}").tables[0]
    assert [bool(row._tr.xpath("w:trPr/w:tblHeader")) for row in table.rows] == [True] + [False] * 40
    assert all(row._tr.xpath("w:trPr/w:cantSplit") for row in table.rows)
    assert table.style is not None
    assert table.style.name == "Form Table"
    assert [cell.paragraphs[0].alignment for cell in table.rows[1].cells] == [2, 1]


def test_the_columns_of_a_table_fill_the_page_by_what_stands_in_them() -> None:
    document = made("| 序号 | 内容 | 日期 |\n|---|---|---|\n| 1 | " + "很长的内容" * 20 + " | 2026-06-17 |\n")
    number, content, day = (int(column.width) for column in document.tables[0].columns)
    assert number < day < content
    section = document.sections[0]
    room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    assert abs(number + content + day - room) < Mm(1)


@given(st.lists(st.lists(st.text("ab 文\n", max_size=60), min_size=3, max_size=3), min_size=1, max_size=5))
def test_columns_add_up_to_the_page(texts: list[list[str]]) -> None:
    rows = [[[Piece(text)] for text in row] for row in texts]
    sizes = column_widths(rows, PAGE)
    assert sum(sizes) == PAGE
    assert min(sizes) > 0
    if least_width(rows) < PAGE:
        assert min(sizes) >= Mm(3)


def test_a_chapter_with_a_broad_table_lies_on_its_side() -> None:
    head = "|" + " 2026-06-17 |" * 12
    broad = f"{head}\n|{'---|' * 12}\n{head}\n"
    document = made(f"# T\n\n## A\n\ntext\n\n## B\n\n{broad}\n## C\n\ntext\n")
    pages = [(section.page_width or 0) > (section.page_height or 0) for section in document.sections]
    assert pages == [False, True, False]
    assert [s.page_width for s in made(f"# T\n\n{broad}").sections] == [document.sections[1].page_width]


def test_two_tables_in_a_row_stay_two() -> None:
    table = "| a |\n|---|\n| b |\n"
    document = made(f"{table}\n{table}")
    assert len(document.tables) == 2
    assert document.element.body[1].tag == qn("w:p")


# --- facts


def test_labelled_items_become_a_table_of_facts() -> None:
    long = "长" * 60
    text = f"- **客户:** 渤海\n- **时间：** ________\n- **说明:** {long}\n- **Plain label:** x ________\n- other\n"
    document = made(text)
    table = document.tables[0]
    assert table.style is not None
    assert table.style.name == "Form Facts"
    assert [[written(tc) for tc in row._tr.tc_lst] for row in table.rows] == [
        ["客户", "渤海", "时间", ""],
        ["说明", long],
        ["Plain label", "x \t"],
    ]
    assert ("List Bullet", "other") in styles_of(document)
    assert table.rows[0].cells[3].paragraphs[0].style.name == "Form Room"


def test_one_labelled_item_and_numbered_ones_stay_a_list() -> None:
    assert made("- **a:** b\n").tables == []
    assert made("1. **a:** b\n2. **c:** d\n").tables == []
    assert made("- **a** b\n- **c** d\n").tables == []


def test_short_facts_stand_in_pairs() -> None:
    def one(label: str, value: str) -> Any:
        return fact([Piece(f"{label}:", bold=True), Piece(f" {value}")])

    a, b, c, d = one("a", "1"), one("b", "x" * 50), one("c", "2"), one("d", "3")
    assert paired([a, c, d], 20) == [[a, c], [d]]
    assert paired([a, b, c, d], 20) == [[a], [b], [c, d]]


# --- text as it stands


def test_a_tree_lines_up_by_tab_stops() -> None:
    text = "```\n刘洋  总经理\n├─ 张伟  采购总监\n│  └─ Li  buyer\n\n```\n"
    lines = made(text).paragraphs
    assert [line.text for line in lines] == ["刘洋\t总经理", "├─\t张伟\t采购总监", "│\t└─\tLi\tbuyer"]
    places = [[int(stop.position) for stop in line.paragraph_format.tab_stops] for line in lines]
    column = places[1][0] / 3
    assert [[round(place / column) for place in line] for line in places] == [[6], [3, 9], [3, 6, 10]]
    assert {line.style.name for line in lines if line.style} == {"Form Code"}


# --- reference documents


def test_a_workspace_restyles_forms_by_a_reference_of_its_own(tmp_path: Path) -> None:
    own = docx.Document(str(resources.templates() / REFERENCE))
    own.styles["Title"].font.name = "Georgia"
    own.sections[0].left_margin = Mm(40)
    own.sections[0].header.paragraphs[0].text = "ACME 集团"
    own.add_paragraph("what is written here does not count")
    own.save(str(tmp_path / REFERENCE))
    document = made("# T\n\ntext\n", base=tmp_path / REFERENCE)
    assert document.styles["Title"].font.name == "Georgia"
    assert round(Mm(40) / (document.sections[0].left_margin or 1), 2) == 1
    assert document.sections[0].header.paragraphs[0].text == "ACME 集团"
    assert written(document.element.body) == "T\ntext"


def test_a_reference_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / REFERENCE
    path.write_text("not a document", "utf-8")
    with pytest.raises(KamctlError, match=r"template reference\.docx cannot be read"):
        word("# T\n", path, "en")
    docx.Document().save(str(path))
    with pytest.raises(KamctlError, match="lacks styles: Form Room, Form Rule"):
        word("# T\n", path, "en")
    with pytest.raises(KamctlError, match="cannot be read"):
        word("# T\n", tmp_path, "en")


def test_the_shipped_reference_is_what_its_script_writes_and_shows_every_style() -> None:
    import runpy

    script = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "reference.py"))
    shipped = (resources.templates() / REFERENCE).read_bytes()
    assert shipped == script["reference"](), "run python docs/reference.py"
    document = docx.Document(io.BytesIO(shipped))
    used = {style.name for style in document.styles} & set(written(document.element.body).split("\n"))
    assert used == set(STYLES)
    assert round(int(document.sections[0].page_width or 0) / Mm(210), 2) == 1
    assert " NUMPAGES " in document.sections[0].footer._element.xml


def test_without_the_library_a_person_reads_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "kamctl.render.word_body", raising=False)
    monkeypatch.setitem(sys.modules, "docx.document", None)
    with pytest.raises(KamctlError, match="need the extra docx") as caught:
        word("# T\n", None, "en")
    assert caught.value.hint == "pip install 'kamctl[docx]'"
