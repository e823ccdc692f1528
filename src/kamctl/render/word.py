"""Forms as Word documents: the Markdown of any form, in the styles of a reference document.

Of a reference document styles, margins, header and footer count, and not what is written in it. The same Markdown and
the same reference give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from kamctl import resources
from kamctl.phrases import Phrase, Verbatim
from kamctl.problems import KamctlError

if TYPE_CHECKING:
    from docx.document import Document

REFERENCE = "reference.docx"
INSTALL = Verbatim("pip install 'kamctl[docx]'")
LONG_AGO = (1980, 1, 1, 0, 0, 0)
SCRIPTS = {"en": "zh-CN", "zh-Hans": "zh-CN", "zh-Hant": "zh-TW"}
"""How Word calls the East Asian language of a document."""

SIMPLIFIED, TRADITIONAL = "Microsoft YaHei", "Microsoft JhengHei"
STYLES = (
    *("Title", "Heading 1", "Heading 2", "Heading 3", "Heading 4", "Normal", "Quote"),
    *("List Bullet", "List Bullet 2", "List Bullet 3", "List Number", "List Number 2", "List Number 3"),
    *("Form Room", "Form Rule", "Form Code", "Form Cell", "Form Label", "Form Literal", "Form Table", "Form Facts"),
)


def word(markdown: str, base: Path | None, lang: str) -> bytes:
    """Return a form as a Word document. `base` is the workspace's reference document, None for the shipped one.

    Raises KamctlError when the extra `docx` is not installed, and for a reference document that cannot be used.
    """
    try:
        from kamctl.render.word_body import fill
    except ImportError:
        raise KamctlError(Phrase("Word documents need the extra docx"), INSTALL) from None
    document = _reference(base or resources.templates() / REFERENCE)
    _empty(document)
    _speak(document, lang)
    title = fill(document, markdown, lang)
    _describe(document, title, lang)
    return _timeless(document)


def _reference(path: Path) -> Document:
    import docx

    try:
        document = docx.Document(io.BytesIO(path.read_bytes()))
        missing = [name for name in STYLES if name not in document.styles]
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as error:
        raise KamctlError(
            Phrase("template {name} cannot be read: {error}", name=path.name, error=error),
            Phrase("save it from Word as .docx"),
        ) from None
    if missing:
        names = ", ".join(missing)
        raise KamctlError(
            Phrase("template {name} lacks styles: {names}", name=path.name, names=names),
            Phrase("start from a copy of the shipped one"),
        )
    return document


def _empty(document: Document) -> None:
    """Remove all that is written in the body, and keep its page."""
    body = document.element.body
    for block in list(body)[:-1] if body.sectPr is not None else list(body):
        body.remove(block)


def _speak(document: Document, lang: str) -> None:
    """Set the language in which Word checks and breaks lines; traditional characters get a font that has them."""
    from docx.oxml.ns import qn

    for part in (document.styles.element, document.settings.element):
        for name in ("w:lang", "w:themeFontLang"):
            for element in part.iter(qn(name)):
                element.set(qn("w:eastAsia"), SCRIPTS[lang])
    if lang == "zh-Hant":
        for fonts in document.styles.element.iter(qn("w:rFonts")):
            if fonts.get(qn("w:eastAsia")) == SIMPLIFIED:
                fonts.set(qn("w:eastAsia"), TRADITIONAL)


def _describe(document: Document, title: str, lang: str) -> None:
    """Write the title and the language, and nothing that depends on a clock or on who runs it."""
    properties = document.core_properties
    properties.title, properties.language = title[:255], lang
    for element in list(properties._element):
        if element.tag.rpartition("}")[2] in ("created", "modified", "lastModifiedBy", "lastPrinted", "revision"):
            properties._element.remove(element)


def _timeless(document: Document) -> bytes:
    """Return the file with the same date on every part of it."""
    saved, stream = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(stream, "w") as package:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, LONG_AGO)
            entry.external_attr = 0o644 << 16
            package.writestr(entry, parts.read(part), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
