"""The pages of docs/ say what kamctl does today."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from pictures import gallery

DOCS = Path(__file__).parents[1] / "docs"
WRITTEN = [DOCS.parent / "README.md", DOCS.parent / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
LINK = re.compile(r"\]\(([^)#:]*)(?:#([\w-]+))?\)")


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = generator()


@pytest.mark.parametrize("name", sorted(GENERATOR.PAGES))
def test_generated_pages_are_up_to_date(name: str) -> None:
    page = DOCS / name
    written = page.read_text("utf-8") if page.exists() else ""
    assert written == GENERATOR.PAGES[name](), f"docs/{name} is out of date: run `python docs/generate.py`"


def test_the_gallery_shows_every_form_in_small_pictures() -> None:
    assert (DOCS / "gallery.md").read_text("utf-8") == gallery(), "run python docs/pictures.py"
    assert sum(picture.stat().st_size for picture in (DOCS / "gallery").iterdir()) < 2_000_000


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_links_lead_to_pages_and_headings(page: Path) -> None:
    for place, heading in LINK.findall(page.read_text("utf-8")):
        target = page.parent / place if place else page
        assert target.exists(), f"{page.name} links to {place}"
        headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE) if heading else [heading]
        assert heading in {words.lower().replace(" ", "-") for words in headings}, f"{page.name}: #{heading}"
