"""Makes the pictures of docs/gallery.md, and the page itself. Run it when the look of a form has changed.

Needs Chromium, Chrome or Edge. Pillow, which comes with the extra `pdf`, makes the pictures small.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from browsing import SHOWN, Page, pages, run_browser

from kamctl.forms.catalog import FORMS
from kamctl.labels import text

DOCS = Path(__file__).parent
PICTURES = DOCS / "gallery"
WINDOW = (960, 1240)
COLOURS = 32
LANGS = ("zh-Hans", "en")

INTRODUCTION = """\
# Gallery

The forms of the examples, as they look in a browser, in Chinese and in English. `kamctl render` lists them. Each comes
as text, Markdown, one HTML page, a Word document and PDF; what is not filled in is room to write. These pictures are
made by `python docs/pictures.py`.
"""


def main() -> int:
    """Write the pictures and the page."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    firsts = {kind: records[0] for kind, records in SHOWN.items()}
    for page in pages(LANGS):
        if page.record == firsts.get(FORMS[page.form].of, page.record):
            (PICTURES / f"{page.form}.{page.lang}.png").write_bytes(small(picture(page)))
    (DOCS / "gallery.md").write_text(gallery(), "utf-8")
    return 0


def gallery() -> str:
    """Return the page: what each form is for, how to get it, and how it looks."""
    parts = [INTRODUCTION]
    for name, form in FORMS.items():
        record = SHOWN.get(form.of, ("",))[0]
        shown = [f"![{text(f'form-{name}', lang)}](gallery/{name}.{lang}.png)" for lang in LANGS]
        command = f"kamctl render {name} {record}".strip()
        parts.append(f"## {text(f'form-{name}', 'en')}\n\n{form.purpose} `{command}`\n\n" + "\n".join(shown) + "\n")
    return "\n".join(parts)


def picture(page: Page) -> bytes:
    """Return the upper part of a page as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "page.html"), Path(folder, "page.png")
        source.write_text(page.html, "utf-8")
        size = f"--window-size={WINDOW[0]},{WINDOW[1]}"
        run_browser([f"--screenshot={target}", size, "--hide-scrollbars"], source)
        return target.read_bytes()


def small(png: bytes) -> bytes:
    """Return a picture in few colours, when Pillow is there."""
    try:
        from PIL import Image
    except ImportError:
        return png
    stream = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(stream, "PNG", optimize=True)
    return stream.getvalue()


if __name__ == "__main__":
    sys.exit(main())
