"""The pages of docs/ say what kamctl does today."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[1] / "docs"


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
