"""The forms in a browser: on a desk and on a phone nothing is cut off, and they print."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from browsing import Page, pages, widths

from kamctl.forms.catalog import FORMS
from kamctl.render.pdf import browser, by_browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(browser() is None, reason="no Chromium, Chrome or Edge"),
]

DESK, PHONE = 1000, 390


@pytest.fixture(scope="module")
def shown() -> list[Page]:
    return list(pages(("en", "zh-Hans")))


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_no_form_is_broader_than_the_window(shown: list[Page], width: int) -> None:
    found = widths({page.name: page.html for page in shown}, width)
    assert len(found) == len(shown)
    assert {name: seen for name, seen in found.items() if seen["width"] > width} == {}


def test_a_long_word_does_not_push_a_form_out_of_the_window(shown: list[Page]) -> None:
    def stretched(page: Page) -> str:
        return page.html.replace("渤海水务集团", "x" * 500).replace("王莉", "y" * 500)

    long = {page.name: stretched(page) for page in shown if page.lang == "en" and stretched(page) != page.html}
    assert {name: seen for name, seen in widths(long, PHONE).items() if seen["width"] > PHONE} == {}
    assert long


def test_a_page_that_is_too_broad_is_noticed() -> None:
    broad = {"broad": '<!DOCTYPE html><body><div class="wide" style="width:700px">x</div>'}
    assert widths(broad, DESK)["broad"] == {"width": DESK, "over": []}
    assert widths(broad, PHONE)["broad"]["over"] == ["DIV.wide"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_prints(shown: list[Page], form: str) -> None:
    page = next(page for page in shown if page.form == form and page.lang == "zh-Hans")
    printed = by_browser(page.html)
    assert printed is not None
    assert printed.startswith(b"%PDF-")
    if (reader := shutil.which("pdftotext")) is not None:
        text = subprocess.run([reader, "-", "-"], input=printed, capture_output=True, check=True).stdout.decode()
        account = page.record.partition("/")[0]
        assert account in text or "渤海" in text
