"""Forms as PDF: whatever is installed prints them, and gets nothing but the page."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from browsing import pages

from kamctl.forms.catalog import FORMS
from kamctl.phrases import Verbatim
from kamctl.problems import KamctlError
from kamctl.render import pdf as printing
from kamctl.render.pdf import PRINTERS, browser, by_browser, by_weasyprint, closed_off, pdf

PAGE = """\
<!DOCTYPE html>
<html lang="zh-Hans">
<head>
<title>拜访计划</title>
</head>
<body><h1>渤海水务</h1></body>
</html>
"""
POSIX = pytest.mark.skipif(os.name == "nt", reason="a script stands in for the browser")


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAMCTL_PDF", raising=False)


@pytest.fixture
def no_weasyprint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "browser", lambda: None)


def script(folder: Path, body: str) -> str:
    """Write a program that stands in for a browser; `$target` is where it is asked to print."""
    path = folder / "browser"
    find = 'for word in "$@"; do case $word in --print-to-pdf=*) target=${word#*=};; esac; page=$word; done\n'
    path.write_text(f"#!/bin/sh\n{find}{body}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


def use(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(printing, "browser", lambda: program)


# --- which one prints


def test_without_any_printer_a_person_reads_what_to_install(no_weasyprint: None, no_browser: None) -> None:
    with pytest.raises(KamctlError, match="nothing that prints PDF was found") as caught:
        pdf(PAGE)
    assert "pip install 'kamctl[pdf]'" in caught.value.hint
    assert "Edge" in caught.value.hint


@POSIX
def test_a_browser_prints_where_weasyprint_is_not_installed(
    no_weasyprint: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(monkeypatch, script(tmp_path, 'printf %%PDF-fake > "$target"'))
    assert pdf(PAGE) == b"%PDF-fake"


@POSIX
def test_the_variable_chooses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, script(tmp_path, 'printf %%PDF-fake > "$target"'))
    monkeypatch.setitem(PRINTERS, "weasyprint", lambda page: b"%PDF-weasy")
    assert pdf(PAGE) == b"%PDF-weasy"
    monkeypatch.setenv("KAMCTL_PDF", "chromium")
    assert pdf(PAGE) == b"%PDF-fake"
    monkeypatch.setenv("KAMCTL_PDF", "weasyprint")
    assert pdf(PAGE) == b"%PDF-weasy"


def test_what_was_chosen_and_is_not_there_is_an_error(
    monkeypatch: pytest.MonkeyPatch, no_weasyprint: None, no_browser: None
) -> None:
    monkeypatch.setenv("KAMCTL_PDF", "chromium")
    with pytest.raises(KamctlError, match="no Chromium, Chrome or Edge was found"):
        pdf(PAGE)
    monkeypatch.setenv("KAMCTL_PDF", "weasyprint")
    with pytest.raises(KamctlError, match="KAMCTL_PDF asks for weasyprint") as caught:
        pdf(PAGE)
    assert caught.value.hint == "pip install 'kamctl[pdf]'"


def test_a_misspelt_choice_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAMCTL_PDF", "weasyprnt")
    with pytest.raises(KamctlError, match='there is no program KAMCTL_PDF="weasyprnt"') as caught:
        pdf(PAGE)
    assert caught.value.hint == 'did you mean "weasyprint"?'


@POSIX
def test_a_page_that_one_cannot_print_goes_to_the_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fails(page: str) -> bytes | None:
        raise KamctlError(Verbatim("WeasyPrint cannot print this page"))

    monkeypatch.setitem(PRINTERS, "weasyprint", fails)
    use(monkeypatch, script(tmp_path, 'printf %%PDF-fake > "$target"'))
    assert pdf(PAGE) == b"%PDF-fake"
    monkeypatch.setattr(printing, "browser", lambda: None)
    with pytest.raises(KamctlError, match="cannot print this page"):
        pdf(PAGE)


# --- the browser


@POSIX
def test_a_browser_gets_a_page_that_loads_nothing_and_a_profile_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(monkeypatch, script(tmp_path, f'printf %s "$*" > {tmp_path}/words; cp "${{page#file://}}" "$target"'))
    page = (by_browser(PAGE) or b"").decode()
    words = (tmp_path / "words").read_text()
    assert "default-src 'none'" in page
    assert "--user-data-dir=" in words
    assert "--no-pdf-header-footer" in words
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in words


@POSIX
@pytest.mark.parametrize(
    ("body", "message"), [("exit 0", "printed nothing"), ("exec sleep 20", "did not print within 0.2 seconds")]
)
def test_a_browser_that_fails_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str, message: str
) -> None:
    program = script(tmp_path, body)
    use(monkeypatch, program)
    monkeypatch.setattr(printing, "TIMEOUT", 0.2 if "sleep" in body else 60)
    with pytest.raises(KamctlError, match=message) as caught:
        by_browser(PAGE)
    assert program in caught.value.message


def test_a_browser_that_cannot_be_started_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, str(tmp_path))
    with pytest.raises(KamctlError, match="cannot be started"):
        by_browser(PAGE)


@POSIX
def test_a_browser_is_found_on_the_path_and_in_customary_places(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    edge = tmp_path / "microsoft-edge"
    edge.write_text("#!/bin/sh\n")
    edge.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser() == str(edge)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(printing, "WINDOWS", ("Edge/msedge.exe",))
    monkeypatch.setenv("PROGRAMFILES(X86)", str(tmp_path))
    assert browser() is None
    (tmp_path / "Edge").mkdir()
    (tmp_path / "Edge" / "msedge.exe").touch()
    assert browser() == str(tmp_path / "Edge" / "msedge.exe")
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    chrome = tmp_path / "Applications" / printing.MACOS[0]
    chrome.parent.mkdir(parents=True)
    chrome.touch()
    assert browser() == str(chrome)


def test_a_page_is_closed_off_once_whatever_stands_in_it() -> None:
    page = closed_off(PAGE.replace("渤海水务", "&lt;head&gt; <head>"))
    assert page.count("Content-Security-Policy") == 1
    assert page.index("Content-Security-Policy") < page.index("<title>")


# --- the real ones


@pytest.fixture(params=["weasyprint", pytest.param("chromium", marks=[pytest.mark.browser, pytest.mark.slow])])
def printer(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == "weasyprint" and by_weasyprint(PAGE) is None:
        pytest.skip("WeasyPrint cannot be imported")
    if name == "chromium" and browser() is None:
        pytest.skip("no Chromium, Chrome or Edge")
    return name


def test_a_page_is_printed(printer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAMCTL_PDF", printer)
    printed = pdf(PAGE)
    assert printed.startswith(b"%PDF-")
    if (reader := shutil.which("pdftotext")) is not None:
        text = subprocess.run([reader, "-", "-"], input=printed, capture_output=True, check=True).stdout.decode()
        assert text.split() == ["渤海水务"]


@pytest.fixture
def visits() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that notes what is asked of it."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_fetches_nothing_and_runs_no_script(
    printer: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, visits: tuple[str, list[str]]
) -> None:
    address, seen = visits
    secret = tmp_path / "secret.css"
    secret.write_text("h1::before { content: 'secret' }", "utf-8")
    hostile = (
        f'<link rel="stylesheet" href="{secret.as_uri()}"><link rel="stylesheet" href="{address}/style.css">'
        f'<style>@import url("{secret.as_uri()}"); h1 {{ background: url("{address}/back.png") }}</style>'
        f'<script>document.body.textContent = "run"; fetch("{address}/fetch")</script>'
    )
    body = f'<img src="{address}/i.png" alt=""><iframe src="{address}/frame"></iframe>'
    page = PAGE.replace("</head>", f"{hostile}</head>").replace("</body>", f"{body}</body>")
    monkeypatch.setenv("KAMCTL_PDF", printer)
    printed = pdf(page)
    assert seen == []
    if (reader := shutil.which("pdftotext")) is not None:
        text = subprocess.run([reader, "-", "-"], input=printed, capture_output=True, check=True).stdout.decode()
        assert text.split() == ["渤海水务"]


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_weasyprint_finds_its_way_through_every_form(form: str) -> None:
    for page in pages(["zh-Hans"], form):
        printed = by_weasyprint(page.html)
        if printed is None:
            pytest.skip("WeasyPrint cannot be imported")
        if (reader := shutil.which("pdftotext")) is None:
            continue
        text = subprocess.run([reader, "-", "-"], input=printed, capture_output=True, check=True).stdout.decode()
        told = "".join(text.split())
        for heading in re.findall(r"<h2[^>]*>([^<]+)</h2>", page.html):
            words = "".join(html.unescape(heading).split())
            if len(words) <= 4:  # longer ones may be broken over lines
                assert 0 < told.count(words) <= "".join(html.unescape(page.html).split()).count(words), words


def test_weasyprint_prints_the_same_bytes_and_tags_what_it_prints() -> None:
    printed = by_weasyprint(PAGE)
    if printed is None:
        pytest.skip("WeasyPrint cannot be imported")
    assert printed == by_weasyprint(PAGE)
    if (reader := shutil.which("pdfinfo")) is not None:
        told = subprocess.run([reader, "-"], input=printed, capture_output=True, check=True).stdout.decode()
        assert re.search(r"Title:\s+拜访计划", told)
        assert re.search(r"Tagged:\s+yes", told)


def test_a_page_that_breaks_weasyprint_is_an_error_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    if by_weasyprint(PAGE) is None:
        pytest.skip("WeasyPrint cannot be imported")

    def breaks(self: object, **options: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr("weasyprint.HTML.write_pdf", breaks)
    with pytest.raises(KamctlError, match="cannot print this page: AssertionError") as caught:
        by_weasyprint(PAGE)
    assert "KAMCTL_PDF=chromium" in caught.value.hint
