"""Writes templates/reference.docx, the styles that every form in Word is built on.

The body of the file is a specimen: a paragraph or table in each style, named by the style. Sales operations open it in
Word, change styles, margins, header and footer, and save it as `templates/reference.docx` of their workspace. The
specimen keeps the styles in use, so that no word processor drops them.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

REFERENCE = Path(__file__).parents[1] / "templates" / "reference.docx"
LONG_AGO = (1980, 1, 1, 0, 0, 0)

INK, SOFT, RULE, WRITE, ACCENT = "1B2225", "566166", "D9DFE1", "8B969B", "0B5A63"
LATIN, EAST_ASIAN, MONOSPACED = "Arial", "Microsoft YaHei", "Consolas"
"""The colours and fonts of page.html.j2, as far as Word has them."""

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"'
)
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"

CONTENT_TYPES = f"""{HEADER}<Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{WORD}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{WORD}.styles+xml"/>
<Override PartName="/word/numbering.xml" ContentType="{WORD}.numbering+xml"/>
<Override PartName="/word/settings.xml" ContentType="{WORD}.settings+xml"/>
<Override PartName="/word/header1.xml" ContentType="{WORD}.header+xml"/>
<Override PartName="/word/footer1.xml" ContentType="{WORD}.footer+xml"/>
<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>
"""
PACKAGE_LINKS = f"""{HEADER}<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>
<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>
</Relationships>
"""
DOCUMENT_LINKS = f"""{HEADER}<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OFFICE}/styles" Target="styles.xml"/>
<Relationship Id="rId2" Type="{OFFICE}/numbering" Target="numbering.xml"/>
<Relationship Id="rId3" Type="{OFFICE}/settings" Target="settings.xml"/>
<Relationship Id="rId4" Type="{OFFICE}/header" Target="header1.xml"/>
<Relationship Id="rId5" Type="{OFFICE}/footer" Target="footer1.xml"/>
</Relationships>
"""
CORE = f"""{HEADER}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" \
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>kamctl</dc:title></cp:coreProperties>
"""
SETTINGS = f"""{HEADER}<w:settings {NAMESPACES}>
<w:zoom w:percent="100"/>
<w:defaultTabStop w:val="425"/>
<w:characterSpacingControl w:val="compressPunctuation"/>
<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>\
</w:compat>
<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>
</w:settings>
"""
PAGE_HEADER = f"""{HEADER}<w:hdr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr></w:p></w:hdr>
"""
PAGE_FOOTER = f"""{HEADER}<w:ftr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>\
<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>\
<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>\
<w:r><w:t xml:space="preserve"> / </w:t></w:r>\
<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> NUMPAGES </w:instrText></w:r>\
<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>\
</w:p></w:ftr>
"""
SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:footerReference w:type="default" r:id="rId5"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1020" w:right="1020" w:bottom="1020" w:left="1020" w:header="510" w:footer="510" w:gutter="0"/>'
    "</w:sectPr>"
)

HEADINGS = ((26, 280, 80), (21, 200, 60), (20, 160, 40), (20, 160, 40))
"""Size in half points, and space before and after in twentieths of a point, of headings 1 to 4."""


def fonts(latin: str) -> str:
    """Return the fonts of a style: Latin, and East Asian beside it."""
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{EAST_ASIAN}" w:cs="{latin}"/>'


def paragraph_style(
    name: str, paragraph: str = "", characters: str = "", based: str = "Normal", after: str = ""
) -> str:
    """Return one paragraph style. `after` names the style of the paragraph that follows when somebody types on."""
    return (
        f'<w:style w:type="paragraph" w:styleId="{ident(name)}"{custom(name)}><w:name w:val="{word_name(name)}"/>'
        f'<w:basedOn w:val="{ident(based)}"/>'
        + (f'<w:next w:val="{ident(after)}"/>' if after else "")
        + f"<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{characters}</w:rPr></w:style>"
    )


def ident(name: str) -> str:
    """Return the id of a style: its name without spaces."""
    return name.replace(" ", "")


def word_name(name: str) -> str:
    """Return a style's name as Word keeps it: its own styles in small letters, but for a few."""
    return name.lower() if name.startswith("Heading ") or name in ("Header", "Footer") else name


def custom(name: str) -> str:
    """Return the mark of a style that Word does not know by itself."""
    return ' w:customStyle="1"' if name.startswith("Form ") else ""


def border(side: str, size: int, colour: str, space: int = 1) -> str:
    """Return one border; `size` in eighths of a point."""
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="{space}" w:color="{colour}"/>'


def headings() -> str:
    """Return the styles of the title and of headings."""
    title = (
        f'<w:keepNext/><w:pBdr>{border("bottom", 12, ACCENT, 6)}</w:pBdr><w:spacing w:before="0" w:after="200"/>',
        f'<w:b/><w:color w:val="{INK}"/><w:sz w:val="40"/>',
    )
    styles = [paragraph_style("Title", *title, after="Normal")]
    for level, (size, before, after) in enumerate(HEADINGS, 1):
        colour = ACCENT if level < 3 else SOFT
        layout = (
            f'<w:keepNext/><w:keepLines/><w:spacing w:before="{before}" w:after="{after}"/>'
            f'<w:outlineLvl w:val="{level - 1}"/>'
        )
        look = f'<w:b/><w:color w:val="{colour}"/><w:sz w:val="{size}"/>'
        styles.append(paragraph_style(f"Heading {level}", layout, look, after="Normal"))
    return "".join(styles)


def lists() -> str:
    """Return the styles of lists; each is bound to a level of its numbering."""
    styles = []
    for number, name in ((1, "List Bullet"), (2, "List Number")):
        for level in range(3):
            place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
            styles.append(paragraph_style(deeper(name, level), f'{place}<w:spacing w:after="60"/>'))
    return "".join(styles)


def deeper(name: str, level: int) -> str:
    """Return the name of a list style at a level from 0: List Bullet, List Bullet 2, List Bullet 3."""
    return f"{name} {level + 1}" if level else name


def own_styles() -> str:
    """Return what forms need and Word does not have: a line to write on, a fact's label, text as it stands."""
    line = border("bottom", 4, WRITE, 0) + border("between", 4, WRITE, 0)
    room = f'<w:pBdr>{line}</w:pBdr><w:spacing w:before="0" w:after="0" w:line="440" w:lineRule="exact"/>'
    rule = f'<w:pBdr>{border("top", 4, RULE, 6)}</w:pBdr><w:spacing w:before="240" w:after="0"/>'
    code = '<w:keepLines/><w:spacing w:before="0" w:after="0" w:line="252" w:lineRule="auto"/>'
    quote = f'<w:pBdr>{border("left", 12, RULE, 8)}</w:pBdr><w:ind w:left="284"/>'
    soft = f'<w:color w:val="{SOFT}"/>'
    return (
        paragraph_style("Form Room", room)
        + paragraph_style("Form Rule", rule, f'{soft}<w:sz w:val="16"/>')
        + paragraph_style("Form Code", code, f'{fonts(MONOSPACED)}<w:sz w:val="17"/>')
        + paragraph_style("Form Cell", '<w:spacing w:before="0" w:after="0" w:line="300" w:lineRule="exact"/>')
        + paragraph_style("Form Label", "<w:keepNext/>", f'{soft}<w:sz w:val="17"/>', based="Form Cell")
        + paragraph_style("Quote", quote, soft)
        + '<w:style w:type="character" w:customStyle="1" w:styleId="FormLiteral"><w:name w:val="Form Literal"/>'
        f"<w:qFormat/><w:rPr>{fonts(MONOSPACED)}</w:rPr></w:style>"
    )


def tables() -> str:
    """Return the styles of tables: with rules between rows, and without any for facts."""
    margins = (
        '<w:tblCellMar><w:top w:w="57" w:type="dxa"/><w:left w:w="{side}" w:type="dxa"/>'
        '<w:bottom w:w="57" w:type="dxa"/><w:right w:w="{right}" w:type="dxa"/></w:tblCellMar>'
    )
    rules = border("top", 4, WRITE, 0) + border("bottom", 4, WRITE, 0) + border("insideH", 4, RULE, 0)
    first = (
        f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:color w:val="{SOFT}"/><w:sz w:val="17"/></w:rPr>'
        f'<w:tcPr><w:tcBorders>{border("bottom", 8, WRITE, 0)}</w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr>'
        "</w:tblStylePr>"
    )
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/>'
        f'<w:tblPr><w:tblInd w:w="0" w:type="dxa"/>{margins.format(side=0, right=113)}</w:tblPr></w:style>'
        + table_style("Form Table", f"<w:tblBorders>{rules}</w:tblBorders>{margins.format(side=57, right=113)}", first)
        + table_style("Form Facts", margins.format(side=0, right=284))
    )


def table_style(name: str, table: str, parts: str = "") -> str:
    """Return one table style; `parts` holds what is said of single rows."""
    return (
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{ident(name)}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr>{table}</w:tblPr>{parts}</w:style>'
    )


def styles() -> str:
    """Return word/styles.xml."""
    margin = f'<w:color w:val="{SOFT}"/><w:sz w:val="16"/>'
    return (
        f"{HEADER}<w:styles {NAMESPACES}>"
        f'<w:docDefaults><w:rPrDefault><w:rPr>{fonts(LATIN)}<w:color w:val="{INK}"/><w:sz w:val="20"/>'
        '<w:szCs w:val="20"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="100" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        + headings()
        + lists()
        + own_styles()
        + paragraph_style("Header", "", margin)
        + paragraph_style("Footer", '<w:jc w:val="right"/>', margin)
        + tables()
        + "</w:styles>\n"
    )


def numbering() -> str:
    """Return word/numbering.xml: dashes, and numbers, three levels deep."""
    abstract = numbers = ""
    for number, name in ((1, "List Bullet"), (2, "List Number")):
        levels = "".join(numbering_level(name, level) for level in range(3))
        abstract += (
            f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        )
        numbers += f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'
    return f"{HEADER}<w:numbering {NAMESPACES}>{abstract}{numbers}</w:numbering>\n"


def numbering_level(name: str, level: int) -> str:
    """Return one level of a numbering, which indents the paragraphs on it."""
    bullet = name == "List Bullet"
    shape, sign = ("bullet", "\N{EN DASH}") if bullet else ("decimal", f"%{level + 1}.")
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{shape}"/>'
        f'<w:pStyle w:val="{ident(deeper(name, level))}"/><w:lvlText w:val="{sign}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{397 * (level + 1)}" w:hanging="397"/></w:pPr>'
        f'<w:rPr><w:color w:val="{SOFT}"/></w:rPr></w:lvl>'
    )


def specimen() -> str:
    """Return word/document.xml: each style once, on its own name."""
    names = ["Title", *(f"Heading {level}" for level in range(1, 5)), "Normal"]
    names += [deeper(name, level) for name in ("List Bullet", "List Number") for level in range(3)]
    names += ["Quote", "Form Room", "Form Room", "Form Code", "Form Rule"]
    facts = specimen_table("Form Facts", (("Form Label", "Form Facts", "Form Label", "Form Room"),))
    rows = (("Form Table", "Form Cell"), ("Form Cell", "Form Cell"))
    body = "".join(specimen_line(name, name) for name in names)
    body += '<w:p><w:r><w:rPr><w:rStyle w:val="FormLiteral"/></w:rPr><w:t>Form Literal</w:t></w:r></w:p>'
    parted = specimen_line("Normal", "")
    return (
        f"{HEADER}<w:document {NAMESPACES}><w:body>{body}{facts}{parted}{specimen_table('Form Table', rows)}{parted}"
        f"{SECTION}</w:body></w:document>\n"
    )


def specimen_line(style: str, text: str) -> str:
    """Return a paragraph in a style."""
    look = f'<w:pPr><w:pStyle w:val="{ident(style)}"/></w:pPr>'
    return f"<w:p>{look}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def specimen_table(style: str, rows: tuple[tuple[str, ...], ...]) -> str:
    """Return a table in a style, whose cells say the style of their paragraph."""
    width = 9866 // len(rows[0])
    grid = f'<w:gridCol w:w="{width}"/>' * len(rows[0])
    cells = [
        "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
            f"{specimen_line(name if name != style else 'Form Cell', name)}</w:tc>"
            for name in row
        )
        for row in rows
    ]
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{ident(style)}"/><w:tblW w:w="{width * len(rows[0])}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"
    )


def reference() -> bytes:
    """Return the reference document."""
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": PACKAGE_LINKS,
        "docProps/core.xml": CORE,
        "word/document.xml": specimen(),
        "word/_rels/document.xml.rels": DOCUMENT_LINKS,
        "word/styles.xml": styles(),
        "word/numbering.xml": numbering(),
        "word/settings.xml": SETTINGS,
        "word/header1.xml": PAGE_HEADER,
        "word/footer1.xml": PAGE_FOOTER,
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr = 0o644 << 16
            package.writestr(entry, content.encode(), zipfile.ZIP_DEFLATED, 9)
    return stream.getvalue()


if __name__ == "__main__":
    REFERENCE.write_bytes(reference())
