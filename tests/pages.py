"""What every printed form must hold to: pages that are whole and bring nothing from outside, text that stays text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

from markdown_it import MarkdownIt

VOID = {"meta", "col", "br", "wbr", "hr"}
SCOPES = {"col", "row", "colgroup", "rowgroup"}
OUTSIDE = re.compile(r"https?://(?!www\.w3\.org/)|\ssrc=|<script|@import|url\((?!#)")
LINK = re.compile(r"tel:\+?\d+|mailto:[\w.+-]+@[\w.-]+")

HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7*7 }} {% for x in [] %}",
    "]]> --> </title></style></td></table>",
    "| pipe | and `code` and **bold** and [link](x:y) ![i](x:y)",
    "# heading",
    "- item",
    "7. seven",
    "~~~",
    "===",
    "\u202eright to left\u202c \u200f\u05d0",
    "\U0001f600 \U0001f469\u200d\U0001f4bb",
    '" onclick="alert(1)" x=\'',
]
"""Text that would be markup or a template somewhere."""

LONG = "x" * 10_000


class Outline(HTMLParser):
    """What a page is made of; unbalanced tags are an assertion error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: dict[str, list[dict[str, str]]] = {}
        self.levels: list[int] = []
        self.rows: list[int] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        row = {key: value or "" for key, value in attrs}
        assert len(row) == len(attrs)
        self.attributes.setdefault(tag, []).append(row)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "tbody":
            self.rows.append(0)
        if tag == "tr" and self.open[-1] == "tbody":
            self.rows[-1] += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def check_page(page: str, lang: str) -> Outline:
    """Check that a page is whole, is in a language, can be read aloud, and brings nothing from outside."""
    outline = Outline(page)
    assert page.startswith("<!DOCTYPE html>")
    assert outline.open == []
    assert outline.attributes["html"] == [{"lang": lang}]
    assert page.count("<title>", 0, page.index("<body>")) == 1
    assert len(outline.attributes["h1"]) == len(outline.attributes["main"]) == 1
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(outline.attributes)
    assert not OUTSIDE.search(page)
    every = [row for rows in outline.attributes.values() for row in rows]
    assert not any(key.startswith("on") for row in every for key in row)
    assert all(row.get("scope") in SCOPES for row in outline.attributes.get("th", []))
    assert all(below <= above + 1 for above, below in pairwise(outline.levels))
    ids = [row["id"] for row in every if "id" in row]
    assert len(ids) == len(set(ids))
    links = [row["href"] for row in outline.attributes.get("a", [])]
    assert all(LINK.fullmatch(link) or (link[0] == "#" and link[1:] in ids) for link in links)
    return outline


def markdown_html(page: str) -> str:
    """Return what becomes of Markdown in a browser."""
    return str(MarkdownIt("commonmark").enable("table").render(page))


def blocks(page: str) -> list[str]:
    """Return the kinds of block in a Markdown page, without the number of paragraphs, rows and items.

    What a file says may not add any: no HTML but line breaks, no code, no link.
    """
    found = []
    for token in MarkdownIt("commonmark").enable("table").parse(page):
        if token.type in ("heading_open", "table_open", "th_open", "bullet_list_open", "ordered_list_open", "hr"):
            found.append(token.type + token.tag)
        assert token.type not in ("html_block", "fence", "code_block")
        for child in token.children or []:
            assert child.type in (
                "text", "text_special", "strong_open", "strong_close", "em_open", "em_close", "html_inline"
            )  # fmt: skip
            assert child.type != "html_inline" or child.content == "<br>"
    return found


def quoted(words: str) -> str:
    """Return words as a quoted scalar of YAML."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
