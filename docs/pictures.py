"""Makes the pictures of docs/gallery.md, and the page itself. Run it when the look of a form has changed.

Needs Chromium, Chrome or Edge. Pillow, which comes with the extra `pdf`, makes the pictures small.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from browsing import AS_OF, EXAMPLES, SHOWN, Page, pages, records, run_browser

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


MAP = "Who reports to whom, who influences whom, and how they stand to us; also on the plans."


def main() -> int:
    """Write the pictures and the page."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.iterdir():
        old.unlink()
    for page in pages(LANGS):
        if page.record == records(page.form)[0]:
            (PICTURES / f"{page.form}.{page.lang}.png").write_bytes(small(picture(page)))
    for lang in LANGS:
        draw_map(lang)
    (DOCS / "gallery.md").write_text(gallery(), "utf-8")
    return 0


def gallery() -> str:
    """Return the page: what each form is for, how to get it, and how it looks."""
    parts = [INTRODUCTION]
    for name in FORMS:
        title, purpose = (text(key, "en") for key in (f"form-{name}", f"form-{name}-purpose"))
        shown = [f"![{text(f'form-{name}', lang)}](gallery/{name}.{lang}.png)" for lang in LANGS]
        command = f"kamctl render {name} {records(name)[0]}".strip()
        parts.append(f"## {title}\n\n{purpose} `{command}`\n\n" + "\n".join(shown) + "\n")
    maps = "\n".join(f"![{text('form-map', lang)}](gallery/map.{lang}.svg)" for lang in LANGS)
    command = f"kamctl map {SHOWN['opportunity'][0]} -o map.svg"
    parts.append(f"## {text('form-map', 'en')}\n\n{MAP} `{command}`\n\n{maps}\n")
    return "\n".join(parts)


def draw_map(lang: str) -> None:
    """Draw the political map of the first deal, as anybody would."""
    options = ["-C", str(EXAMPLES), "--as-of", AS_OF.isoformat(), "--lang", lang]
    target = str(PICTURES / f"map.{lang}.svg")
    subprocess.run([sys.executable, "-m", "kamctl", *options, "map", SHOWN["opportunity"][0], "-o", target], check=True)


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
