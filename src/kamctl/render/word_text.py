"""What stands in a line of Markdown, as pieces, and how they are set in a paragraph of Word.

Boxes to tick become boxes that can be clicked, underscores at the end of a line become a line up to the margin. Only
what a template wrote counts as such: text from a file comes escaped, and stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.shared import Length
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from markdown_it.token import Token

TEXT, BREAK, BOX, TICKED, ROOM = "text", "break", "box", "ticked", "room"
MARKS = re.compile(r"\[(?P<tick>[ xX])\](?!\S)|[\u2610\u2611\u2612]|_{3,}")
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LITERAL = "Form Literal"
SIGNS = {BOX: "\u2610", TICKED: "\u2611"}
SIGN_FONT = "Segoe UI Symbol"

CHECKBOX = (
    '<w:sdt xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:sdtPr><w14:checkbox>'
    '<w14:checked w14:val="{ticked}"/><w14:checkedState w14:val="2611" w14:font="{font}"/>'
    '<w14:uncheckedState w14:val="2610" w14:font="{font}"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:rPr>'
    '<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/></w:rPr><w:t>{sign}</w:t></w:r>'
    "</w:sdtContent></w:sdt>"
)


class Piece(NamedTuple):
    """A part of a line in one look. `kind` is text, break, box, ticked or room."""

    text: str
    kind: str = TEXT
    bold: bool = False
    italic: bool = False
    struck: bool = False
    literal: bool = False


def pieces(tokens: Iterable[Token]) -> list[Piece]:
    """Return what stands in a line of Markdown."""
    found: list[Piece] = []
    look = Piece("")
    for token in tokens:
        if token.nesting:
            look = _look(look, token)
        elif token.type == "text":
            found += _marked(token.content, look)
        elif token.type in ("hardbreak", "html_inline") and _is_break(token):
            found.append(look._replace(text="\n", kind=BREAK))
        elif token.type == "softbreak":
            found.append(look._replace(text=" "))
        elif token.type in ("text_special", "code_inline", "html_inline", "image"):
            found.append(look._replace(text=token.content, literal=token.type == "code_inline"))
    return [piece for piece in found if piece.text]


def plain(line: Iterable[Piece]) -> str:
    """Return the text of a line, room to write as its underscores."""
    return "".join(piece.text for piece in line)


def is_room(line: Sequence[Piece]) -> bool:
    """Whether a line is there to be written on, and holds nothing else."""
    return any(piece.kind == ROOM for piece in line) and not plain(p for p in line if p.kind != ROOM).strip()


def set_line(paragraph: Paragraph, line: Sequence[Piece], lang: str, width: Length) -> None:
    """Write a line into an empty paragraph. Room at its end is ruled up to `width`, measured from the margin."""
    for number, piece in enumerate(line, 1):
        if piece.kind == ROOM and number == len(line):
            stops = paragraph.paragraph_format.tab_stops
            stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)
            paragraph.add_run("\t")
        elif piece.kind in SIGNS:
            ticked = str(int(piece.kind == TICKED))
            sign = CHECKBOX.format(ticked=ticked, font=SIGN_FONT, sign=SIGNS[piece.kind])
            paragraph._p.append(parse_xml(sign))
        else:
            _add(paragraph, piece, lang)


def printable(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return UNPRINTABLE.sub("\ufffd", text)


def _add(paragraph: Paragraph, piece: Piece, lang: str) -> None:
    run = paragraph.add_run(printable(piece.text), style=LITERAL if piece.literal else None)
    run.bold, run.italic = piece.bold or None, piece.italic or None
    run.font.strike = piece.struck or None
    if lang.startswith("zh") and not piece.literal:
        _east_asian_marks(run)


def _east_asian_marks(run: Run) -> None:
    """Let quotation marks and dashes, which both scripts have, be set as Chinese ones."""
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def _look(look: Piece, token: Token) -> Piece:
    """Return the look of what follows where a look begins or ends."""
    begins = token.nesting > 0
    match token.tag:
        case "strong":
            return look._replace(bold=begins)
        case "em":
            return look._replace(italic=begins)
        case "s":
            return look._replace(struck=begins)
    return look


def _marked(text: str, look: Piece) -> Iterator[Piece]:
    start = 0
    for mark in MARKS.finditer(text):
        yield look._replace(text=text[start : mark.start()])
        yield look._replace(text=mark[0], kind=_kind(mark))
        start = mark.end()
    yield look._replace(text=text[start:])


def _kind(mark: re.Match[str]) -> str:
    if mark[0].startswith("_"):
        return ROOM
    return BOX if mark["tick"] == " " or mark[0] == SIGNS[BOX] else TICKED


def _is_break(token: Token) -> bool:
    return token.type == "hardbreak" or token.content.replace(" ", "").lower() in ("<br>", "<br/>")
