"""Tables in Word: columns as wide as what stands in them, head rows on every page, rows that are not torn apart.

A list of facts, whose items all begin with a bold label and a colon, becomes a table without rules: two facts a row,
one where its value is long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.table import CT_Row
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from kamctl.render.width import width
from kamctl.render.word_text import Piece, is_room, plain, set_line

TABLE, FACTS = "Form Table", "Form Facts"
CELL, LABEL, ROOM = "Form Cell", "Form Label", "Form Room"
COLON = (":", "：")

COLUMN = Pt(5.6)
"""What a digit takes in a cell; a narrow character takes about as much."""
PADDING = Mm(3)
WIDEST, EMPTY, FEW, WORD = 44, 14, 12, 18
"""Narrow characters: how many a column may ask for, one to write into asks for, and two that it needs at least: for
text that breaks anywhere, and for a long word."""

LABEL_SHARE = 0.4
LABEL_PADDING = Mm(5.5)
ROOM_HEIGHT = Mm(9)

SHORT = 8
"""A table of no more rows is not torn over two pages."""

ALIGNMENT = {"right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER}

Line = list[Piece]


class Grid(NamedTuple):
    """A table: the head first, then its rows, a line of pieces a cell; and an alignment a column, "" for none."""

    rows: Sequence[Sequence[Line]]
    alignments: Sequence[str]


class Fact(NamedTuple):
    """One labelled value of a form's head."""

    label: str
    value: Line


def fact(line: Line) -> Fact | None:
    """Return a list item as a fact, None when it does not begin with a bold label and a colon."""
    label = plain(piece for piece in line[:1] if piece.bold).strip()
    if not label.endswith(COLON):
        return None
    value = [piece for piece in line[1:] if piece.text.strip() or piece.kind != "text"]
    if value and value[0].kind == "text":
        value[0] = value[0]._replace(text=value[0].text.lstrip())
    return Fact(label[:-1], value)


def add_table(document: Document, grid: Grid, room: Length, lang: str) -> None:
    """Add a table of the width `room`."""
    columns = column_widths(grid.rows, room)
    table = _table(document, len(grid.rows), columns, TABLE)
    for number, (row, cells) in enumerate(zip(table._tbl.tr_lst, grid.rows, strict=True)):
        _keep_whole(row)
        if number == 0:
            row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        elif sum(map(is_room, cells)) * 2 >= len(cells):
            _Row(row, table).height, _Row(row, table).height_rule = ROOM_HEIGHT, WD_ROW_HEIGHT_RULE.AT_LEAST
        for tc, line, alignment, size in zip(row.tc_lst, cells, grid.alignments, columns, strict=True):
            paragraph = _Cell(tc, table).paragraphs[0]
            paragraph.style = CELL
            paragraph.alignment = ALIGNMENT.get(alignment)
            paragraph.paragraph_format.keep_with_next = number == 0 or number + 1 < len(grid.rows) <= SHORT or None
            if not is_room(line):
                set_line(paragraph, line, lang, Length(size - PADDING))


def add_facts(document: Document, facts: Sequence[Fact], room: Length, lang: str) -> None:
    """Add facts with their labels, what is not filled in as a line to write on."""
    half = room // 2
    label = min(int(half * LABEL_SHARE), max(width(fact.label) for fact in facts) * COLUMN + LABEL_PADDING)
    rows = paired(facts, (half - label - LABEL_PADDING) // COLUMN)
    table = _table(document, len(rows), [Length(size) for size in (label, half - label) * 2], FACTS)
    for row, members in zip(table._tbl.tr_lst, rows, strict=True):
        _keep_whole(row)
        cells = [_Cell(tc, table) for tc in row.tc_lst]
        if len(members) == 1:
            cells[1].merge(cells[3])
            _drop_empty(cells[1])
        else:
            for cell in cells:
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
        free = Length((room if len(members) == 1 else half) - label - LABEL_PADDING)
        for (name, value), head, body in zip(members, cells[::2], cells[1::2], strict=False):
            head.paragraphs[0].style = LABEL
            set_line(head.paragraphs[0], [Piece(name)], lang, Length(label))
            _set_value(body.paragraphs[0], value, lang, free)


def paired(facts: Sequence[Fact], columns: int) -> list[list[Fact]]:
    """Put facts into rows of two; one with a value of more columns, and one left over, has a row of its own."""
    rows: list[list[Fact]] = []
    free = False
    for one in facts:
        long = not is_room(one.value) and width(plain(one.value)) > columns
        if free and not long:
            rows[-1].append(one)
            free = False
        else:
            rows.append([one])
            free = not long
    return rows


def column_widths(rows: Sequence[Sequence[Line]], room: Length) -> list[Length]:
    """Share a width among columns by what stands in them; no column is narrower than its longest word, if that fits."""
    wishes, least = _demands(rows)
    if sum(least) >= room:
        return _shared(least, room)
    sizes = dict(enumerate(wishes))
    fixed: dict[int, int] = {}
    while True:
        left = room - sum(fixed.values())
        total = sum(sizes.values())
        short = {number: least[number] for number, wish in sizes.items() if wish * left < least[number] * total}
        if not short:
            break
        fixed |= short
        sizes = {number: wish for number, wish in sizes.items() if number not in short}
    shares = dict(zip(sizes, _shared(list(sizes.values()), left), strict=True))
    return [Length(fixed.get(number, shares.get(number, 0))) for number in range(len(wishes))]


def least_width(rows: Sequence[Sequence[Line]]) -> int:
    """Return the width below which a table tears words."""
    return sum(_demands(rows)[1])


def _demands(rows: Sequence[Sequence[Line]]) -> tuple[list[int], list[int]]:
    """Return what each column would like to have, and what it needs at least."""
    wishes, least = [], []
    for head, *cells in zip(*rows, strict=True):
        texts = [_text(head), *(_text(line) for line in cells if not is_room(line))]
        longest = max(map(_longest_line, texts)) if len(texts) > 1 else EMPTY
        words = [word for text in texts for word in text.split()]
        word = max(4, min(WORD, max(map(_longest_word, texts))), min(FEW, max(map(width, words), default=0)))
        wishes.append(max(word, min(WIDEST, longest)) * COLUMN + PADDING)
        least.append(word * COLUMN + PADDING)
    return wishes, least


def _shared(wishes: Sequence[int], room: int) -> list[Length]:
    """Share a width in proportion, whole points of Word's measure and nothing lost."""
    total, sizes, used, wished = sum(wishes), [], 0, 0
    for wish in wishes:
        wished += wish
        size = room * wished // total - used
        used += size
        sizes.append(Length(size))
    return sizes


def _table(document: Document, rows: int, columns: Sequence[Length], style: str) -> Table:
    table: Table = document.add_table(rows, len(columns), style)
    table.autofit = False
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        for side in ("firstColumn", "noHBand", "noVBand", "lastRow", "lastColumn"):
            look.set(qn(f"w:{side}"), "1" if side.startswith("no") else "0")
    for column, size in zip(table._tbl.tblGrid.gridCol_lst, columns, strict=True):
        column.w = size
    for row in table._tbl.tr_lst:
        for cell, size in zip(row.tc_lst, columns, strict=True):
            cell.width = size
    return table


def _keep_whole(row: CT_Row) -> None:
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _set_value(paragraph: Paragraph, value: Line, lang: str, room: Length) -> None:
    if not value or is_room(value):
        paragraph.style = ROOM
    else:
        paragraph.style = CELL
        set_line(paragraph, value, lang, room)


def _drop_empty(cell: _Cell) -> None:
    """Leave one paragraph in a cell that was merged from several."""
    for paragraph in cell.paragraphs[1:]:
        paragraph._p.getparent().remove(paragraph._p)


def _text(line: Line) -> str:
    return plain(piece for piece in line if piece.kind != "room")


def _longest_line(text: str) -> int:
    return max(map(width, text.split("\n")))


def _longest_word(text: str) -> int:
    """Return the width of what cannot be broken: a word, or a single East-Asian character."""
    longest = run = 0
    for character in text:
        wide = width(character) > 1
        run = 0 if character.isspace() else width(character) if wide else run + 1
        longest = max(longest, run)
    return longest
