"""Forms as PDF: printed from the same HTML by WeasyPrint, or by a browser that is installed.

Neither gets anything but the page itself: no network, no other file, no script. The environment variable `KAMCTL_PDF`
(weasyprint or chromium) chooses; without it WeasyPrint is taken where it is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from kamctl.phrases import Phrase, Verbatim, why
from kamctl.problems import KamctlError, choices, nearest

VARIABLE = "KAMCTL_PDF"
INSTALL = Verbatim("pip install 'kamctl[pdf]'")
BROWSER = Phrase("install Chromium, Chrome or Edge, and set {variable}=chromium", variable=VARIABLE)
TIMEOUT = 120
"""Seconds that a browser may take."""

NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge"),
)
"""What browsers are called on a PATH."""

WINDOWS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
MACOS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)

CLOSED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The content security policy that a browser prints under: what stands in the page, and nothing else."""

OPTIONS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer"),
)


def pdf(html: str) -> bytes:
    """Return a page of HTML as PDF.

    Raises KamctlError when nothing is installed that could print it, when KAMCTL_PDF asks for what is not there, and
    when the browser fails.
    """
    wanted = os.environ.get(VARIABLE, "")
    if wanted and wanted not in PRINTERS:
        raise KamctlError(
            Phrase('there is no program {variable}="{wanted}"', variable=VARIABLE, wanted=wanted),
            nearest(wanted, list(PRINTERS), choices(PRINTERS)),
        )
    failure = None
    for name, printer in PRINTERS.items():
        if wanted in ("", name):
            try:
                printed = printer(html)
            except KamctlError as error:
                failure = error
                continue
            if printed is not None:
                return printed
    if failure is not None:
        raise failure
    if wanted == "chromium":
        raise KamctlError(
            Phrase("{variable} asks for chromium, and no Chromium, Chrome or Edge was found", variable=VARIABLE)
        )
    if wanted:
        raise KamctlError(
            Phrase("{variable} asks for {wanted}, which is not installed", variable=VARIABLE, wanted=wanted), INSTALL
        )
    raise KamctlError(
        Phrase("nothing that prints PDF was found"),
        Phrase("{install}, or install Chromium, Chrome or Edge", install=INSTALL),
    )


def by_weasyprint(html: str) -> bytes | None:
    """Return a page printed by WeasyPrint, None when it is not installed or lacks a library of the system.

    Raises KamctlError when WeasyPrint fails: on some pages its layout ends in an error of its own.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):
        return None
    closed = URLFetcher(allowed_protocols=("data",))
    page = HTML(string=html, base_url=None, url_fetcher=closed)
    try:
        return bytes(page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=b"kamctl"))
    except Exception as error:
        said = f"{type(error).__name__} {error}".rstrip()
        raise KamctlError(Phrase("WeasyPrint cannot print this page: {error}", error=said), BROWSER) from None


def by_browser(html: str) -> bytes | None:
    """Return a page printed by a browser with a profile of its own, None when there is no browser."""
    program = browser()
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="kamctl-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "form.html"), Path(folder, "form.pdf")
        source.write_text(closed_off(html), "utf-8")
        command = [program, *OPTIONS, *as_root(), f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}"]
        try:
            subprocess.run([*command, source.as_uri()], capture_output=True, timeout=TIMEOUT, check=False)
        except OSError as error:
            raise KamctlError(
                Phrase("{program} cannot be started: {why}", program=program, why=why(error)), INSTALL
            ) from None
        except subprocess.TimeoutExpired:
            raise KamctlError(
                Phrase("{program} did not print within {seconds} seconds", program=program, seconds=TIMEOUT), INSTALL
            ) from None
        if not target.is_file():
            raise KamctlError(Phrase("{program} printed nothing", program=program), INSTALL)
        return target.read_bytes()


PRINTERS: dict[str, Callable[[str], bytes | None]] = {"weasyprint": by_weasyprint, "chromium": by_browser}


def closed_off(html: str) -> str:
    """Return a page that a browser loads nothing for and runs no script of."""
    policy = f'<meta http-equiv="Content-Security-Policy" content="{CLOSED}">'
    return html.replace("<head>", f"<head>\n{policy}", 1)


def browser() -> str | None:
    """Return the path of an installed Chromium, Chrome or Edge: on PATH, or where Windows and macOS keep them."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    return next((str(place) for place in _places() if place.is_file()), None)


def _places() -> list[Path]:
    folders = {
        "win32": [os.environ.get(variable, "") for variable in WINDOWS_FOLDERS],
        "darwin": ["/Applications", os.path.expanduser("~/Applications")],
    }
    names = {"win32": WINDOWS, "darwin": MACOS}.get(sys.platform, ())
    return [Path(folder, name) for folder in folders.get(sys.platform, []) if folder for name in names]


def as_root() -> list[str]:
    """Return what a browser needs to run as root at all, as in a container. Scripts do not run in any case."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
