"""Blocks of Markdown as blocks of Word: headings, paragraphs, lists, tables, quotations, text as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.section import Section
from docx.shared import Length, Pt
from docx.text.paragraph import Paragraph
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from kamctl.render import word_table
from kamctl.render.width import width
from kamctl.render.word_table import Fact, Grid
from kamctl.render.word_text import BOX, TICKED, Piece, is_room, pieces, plain, printable, set_line
from kamctl.render.word_text import ROOM as ROOM_KIND

TITLE, PLAIN, ROOM, RULE, CODE, QUOTE = "Title", "Normal", "Form Room", "Form Rule", "Form Code", "Quote"
BULLETS = ("List Bullet", "List Bullet 2", "List Bullet 3")
NUMBERS = ("List Number", "List Number 2", "List Number 3")
DEEPEST_HEADING = 4
INDENT = Pt(20)
CODE_COLUMN = 0.62
"""Width of a column of code in sizes of its font: no narrow character of a monospaced font is wider."""

ROOM_ABOVE = Pt(8)

GAPS = re.compile("(?<=[\u2500-\u257f]) +|^ +|  +")


def fill(document: Document, markdown: str, lang: str) -> str:
    """Write Markdown into an empty document. Returns the text of the first heading."""
    tree = SyntaxTreeNode(parser().parse(markdown))
    body = _Body(document, lang)
    for chapter in _chapters(tree.children):
        body.turn(chapter)
        body.add(chapter)
    return body.title


def parser() -> MarkdownIt:
    """Return a reader of Markdown that keeps apart what was escaped."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")


class _Body:
    """Writes blocks one after the other, at a level of lists; 0 is outside any."""

    def __init__(self, document: Document, lang: str) -> None:
        self.document = document
        self.lang = lang
        self.title = ""
        self.upright = self.room = _room(document)
        self.started = False

    def turn(self, chapter: Sequence[SyntaxTreeNode]) -> None:
        """Begin a chapter: on a page on its side when it has a table that is too broad for the page as it is."""
        grids = [_grid(node) for part in chapter for node in part.walk() if node.type == "table"]
        broad = any(word_table.least_width(grid.rows) > self.upright for grid in grids)
        if broad != (self.room > self.upright) and _can_turn(self.document):
            _turn(self.document.add_section() if self.started else self.document.sections[-1])
            self.room = _room(self.document)
        self.started = True

    def add(self, nodes: Sequence[SyntaxTreeNode], level: int = 0, style: str = PLAIN) -> None:
        """Add blocks; paragraphs among them in a style."""
        for node in nodes:
            match node.type:
                case "paragraph" if _is_foot(node):
                    self._paragraph(_line(node), RULE, level)
                case "heading":
                    self._heading(node)
                case "paragraph":
                    self._paragraph(_line(node), style, level)
                case "bullet_list" | "ordered_list":
                    self._list(node, level)
                case "table":
                    word_table.add_table(self.document, _grid(node), self.room, self.lang)
                    self._part()
                case "fence" | "code_block" | "html_block":
                    self._code(node.content)
                case "blockquote":
                    self.add(node.children, level, QUOTE)
                case "hr" if node.markup.startswith("_"):
                    self._paragraph([Piece(node.markup, ROOM_KIND)], style, level)
                case "hr" if not _is_foot(node.next_sibling):
                    self.document.add_paragraph(style=RULE)

    def _heading(self, node: SyntaxTreeNode) -> None:
        line = _line(node)
        depth = int(node.tag[1])
        if depth == 1 and not self.title:
            self.title = plain(line).strip()
            style = TITLE
        else:
            style = f"Heading {min(DEEPEST_HEADING, max(1, depth - 1))}"
        set_line(self.document.add_paragraph(style=style), line, self.lang, self.room)

    def _paragraph(self, line: list[Piece], style: str, level: int) -> Paragraph:
        if is_room(line):
            return self.document.add_paragraph(style=ROOM)
        paragraph = self.document.add_paragraph(style=style)
        if level:
            paragraph.paragraph_format.left_indent = Length(INDENT * level)
        set_line(paragraph, line, self.lang, self.room)
        return paragraph

    def _list(self, node: SyntaxTreeNode, level: int) -> None:
        ordered = node.type == "ordered_list"
        style = (NUMBERS if ordered else BULLETS)[min(level, len(BULLETS) - 1)]
        number = self._numbering(style, int(node.attrs.get("start", 1))) if ordered else None
        for items, facts in _runs(node, level):
            if facts:
                word_table.add_facts(self.document, facts, self.room, self.lang)
                self._part()
            for item in items:
                self._item(item, style, number, level)

    def _item(self, item: SyntaxTreeNode, style: str, number: int | None, level: int) -> None:
        line = _line(item.children[0]) if item.children and item.children[0].type in ("paragraph", "hr") else []
        paragraph = self.document.add_paragraph(style=style)
        if number is not None:
            _number(paragraph, number, min(level, len(NUMBERS) - 1))
        elif line and line[0].kind in (BOX, TICKED):
            line = _boxed(paragraph, line, level)
        if is_room(line):
            paragraph.paragraph_format.space_before = ROOM_ABOVE
        set_line(paragraph, line, self.lang, self.room)
        self.add(item.children[1 if line else 0 :], level + 1)

    def _numbering(self, style: str, start: int) -> int | None:
        """Return a numbering like that of a style which starts anew; None when the style has none."""
        properties = self.document.styles[style].element.pPr
        if properties is None or properties.numPr is None or properties.numPr.numId is None:
            return None
        numbering = self.document.part.numbering_part.element
        like = numbering.num_having_numId(properties.numPr.numId.val)
        number = numbering.add_num(like.abstractNumId.val)
        for level in range(len(NUMBERS)):
            number.add_lvlOverride(ilvl=level).add_startOverride(start)
        return int(number.numId)

    def _code(self, text: str) -> None:
        size = self.document.styles[CODE].font.size or Pt(9)
        for text_line in text.rstrip("\n").split("\n"):
            set_columns(self.document.add_paragraph(style=CODE), printable(text_line), int(size * CODE_COLUMN))

    def _part(self) -> None:
        """Keep what follows a table apart from it: Word joins two tables that touch."""
        self.document.add_paragraph().paragraph_format.line_spacing = Pt(6)


def set_columns(paragraph: Paragraph, text: str, column: int) -> None:
    """Write a line of a tree or of a plain-text table so that its columns stand below those of other lines.

    No font that Word and LibreOffice share sets a Chinese character exactly twice as wide as a Latin one. So what
    begins after a gap is held by a tab stop in place of spaces.
    """
    parts = list(_columns(text))
    for place, part in parts:
        if place:
            paragraph.paragraph_format.tab_stops.add_tab_stop(Length(place * column), WD_TAB_ALIGNMENT.LEFT)
            paragraph.add_run("\t")
        paragraph.add_run(part)
    if parts and parts[-1][0]:
        paragraph.paragraph_format.left_indent = Length(parts[-1][0] * column)
        paragraph.paragraph_format.first_line_indent = Length(-parts[-1][0] * column)


def _columns(text: str) -> Iterator[tuple[int, str]]:
    """Yield what stands between gaps, with the column that it begins at."""
    start = place = 0
    for gap in GAPS.finditer(text.rstrip()):
        if gap.start() > start:
            yield place, text[start : gap.start()]
        start = gap.end()
        place = width(text[:start])
    yield place, text[start:].rstrip()


def _is_foot(node: SyntaxTreeNode | None) -> bool:
    """Whether a block is the last one, a paragraph below a rule: what stands at the foot of a form."""
    before = None if node is None or node.type != "paragraph" else node.previous_sibling
    return node is not None and before is not None and before.type == "hr" and node.next_sibling is None


def _line(node: SyntaxTreeNode) -> list[Piece]:
    """Return what stands in a block; a rule of underscores is room to write, which Markdown does not know."""
    if node.type == "hr":
        return [Piece(node.markup, ROOM_KIND)] if node.markup.startswith("_") else []
    inline = node.children[0].token if node.children else None
    return pieces(inline.children or []) if inline is not None else []


def _runs(node: SyntaxTreeNode, level: int) -> Iterator[tuple[Sequence[SyntaxTreeNode], Sequence[Fact]]]:
    """Yield the items of a list: those that are items, and several facts in a row as facts."""
    for is_fact, group in groupby(((item, _fact(item)) for item in node.children), lambda pair: pair[1] is not None):
        pairs = list(group)
        if is_fact and len(pairs) > 1 and not level and node.type == "bullet_list":
            yield [], [fact for _, fact in pairs if fact is not None]
        else:
            yield [item for item, _ in pairs], []


def _fact(item: SyntaxTreeNode) -> Fact | None:
    alone = len(item.children) == 1 and item.children[0].type == "paragraph"
    return word_table.fact(_line(item.children[0])) if alone else None


def _grid(node: SyntaxTreeNode) -> Grid:
    rows = [row for part in node.children for row in part.children]
    styles = [str(cell.attrs.get("style", "")) for cell in rows[0].children]
    return Grid(
        [[_line(cell) for cell in row.children] for row in rows], [style.rpartition(":")[2] for style in styles]
    )


def _number(paragraph: Paragraph, number: int, level: int) -> None:
    place = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    place.get_or_add_ilvl().val = level
    place.get_or_add_numId().val = number


def _boxed(paragraph: Paragraph, line: list[Piece], level: int) -> list[Piece]:
    """Let the box to tick stand where the dash of the item would."""
    _number(paragraph, 0, 0)
    paragraph.paragraph_format.left_indent = Length(INDENT * (level + 1))
    paragraph.paragraph_format.first_line_indent = Length(-INDENT)
    box, *rest = line
    return [box, Piece("\t"), *(p._replace(text=p.text.lstrip()) if n == 0 else p for n, p in enumerate(rest))]


def _room(document: Document) -> Length:
    section = document.sections[-1]
    width, left, right = section.page_width, section.left_margin, section.right_margin
    return Length((width or 0) - (left or 0) - (right or 0))


def _can_turn(document: Document) -> bool:
    section = document.sections[-1]
    return (section.page_width or 0) != (section.page_height or 0)


def _turn(section: Section) -> None:
    """Lay the pages of a section on their side, or set them up again."""
    upright = section.orientation == WD_ORIENT.PORTRAIT
    section.orientation = WD_ORIENT.LANDSCAPE if upright else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width


def _chapters(blocks: Sequence[SyntaxTreeNode]) -> Iterator[list[SyntaxTreeNode]]:
    """Yield blocks in parts that begin with a heading of the second level, or above."""
    chapter: list[SyntaxTreeNode] = []
    for block in blocks:
        if block.tag in ("h1", "h2") and chapter:
            yield chapter
            chapter = []
        chapter.append(block)
    yield chapter
