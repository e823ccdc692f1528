"""Every form rendered from the examples, and a browser that looks at pages. Tests and scripts beside it use it."""

from __future__ import annotations

import html
import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from kamctl.forms.catalog import FORMS
from kamctl.render.document import render
from kamctl.render.pdf import OPTIONS, as_root, browser
from kamctl.workspace import Workspace

EXAMPLES = Path(__file__).parents[1] / "examples"
AS_OF = date(2026, 6, 15)
PHASED = ("yanbei-zone/north-plant", "yanbei-zone/start-main")
SHOWN = {
    "account": ("bohai-water", "xinwan-park"),
    "contact": ("bohai-water/zhang-wei", "harbour-brewing/grace-lin"),
    "opportunity": ("bohai-water/line-3", "harbour-brewing/utility-revamp"),
    "call": ("bohai-water/2026-06-17-zhang-wei", "bohai-water/2026-06-04-zhang-wei"),
    "presentation": ("harbour-brewing/2026-07-08-group-review", "bohai-water/2026-04-16-board"),
    "week": ("2026-W24-li-na", "2026-W25-zhou-lei"),
    "evaluation": ("2026-Q1", ""),
    **dict.fromkeys(("initiation", "bid-review", "handover", "stage-report", "no-bid"), PHASED),
}
"""Records of the examples that forms are shown of, by kind or by form: a full one, and one with less in it."""

MEASURE = """
<script>
const found = {};
addEventListener("load", () => {
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument.documentElement, over = [];
    for (const one of frame.contentDocument.body.querySelectorAll("*")) {
      const box = one.getBoundingClientRect();
      if (box.right > frame.clientWidth + 1 && box.width > 1) over.push(one.tagName + "." + one.getAttribute("class"));
    }
    found[frame.title] = {width: page.scrollWidth, over: page.scrollWidth > frame.clientWidth ? over.slice(0, 8) : []};
  }
  document.body.innerHTML = "<pre></pre>";
  document.querySelector("pre").textContent = JSON.stringify(found);
});
</script>
"""


class Page(NamedTuple):
    """One form of one record in one language, as HTML."""

    form: str
    record: str
    lang: str
    html: str

    @property
    def name(self) -> str:
        """What the page is called in a report or as a file."""
        return f"{self.form}.{self.record.replace('/', '.')}.{self.lang}"


def pages(langs: Iterable[str], only: str = "") -> Iterator[Page]:
    """Yield every form of the records in SHOWN, or only the one of a name."""
    workspace = Workspace.open(EXAMPLES)
    for name, form in FORMS.items():
        if only not in ("", name):
            continue
        for record in records(name):
            for lang in langs:
                view = form.view(workspace, record, lang, AS_OF)
                yield Page(name, record, lang, render(f"{name}.html.j2", {form.name: view}, lang, None))


def records(form: str) -> Sequence[str]:
    """Return the records that a form is shown of."""
    return SHOWN.get(form, SHOWN.get(FORMS[form].of, ("",)))


def widths(shown: Mapping[str, str], width: int) -> dict[str, Any]:
    """Return how wide pages are when a window has a width, and what reaches beyond it; by the name of the page."""
    frames = (
        f'<iframe title="{html.escape(name)}" width="{width}" height="900" style="border:0" '
        f'srcdoc="{html.escape(page)}"></iframe>'
        for name, page in shown.items()
    )
    dom = look(f"<!DOCTYPE html><meta charset=utf-8><body>{''.join(frames)}{MEASURE}")
    result: dict[str, Any] = json.loads(result_of(dom))
    return result


def result_of(dom: str) -> str:
    """Return what a script left in the page."""
    found = re.search(r"<pre[^>]*>(.*)</pre>", dom, re.DOTALL)
    assert found is not None, dom[-2000:]
    return html.unescape(found[1])


def look(page: str, *options: str) -> str:
    """Return what becomes of a page in the browser, once its scripts have run."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder, "page.html").write_text(page, "utf-8")
        return run_browser([*options, "--virtual-time-budget=20000", "--dump-dom"], Path(folder, "page.html"))


def run_browser(options: Sequence[str], page: Path) -> str:
    """Run the browser with a profile of its own, and return what it prints."""
    program = browser()
    assert program is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [program, *OPTIONS, *as_root(), f"--user-data-dir={folder}", *options, page.as_uri()]
        done = subprocess.run(command, capture_output=True, timeout=180, check=True)
    return done.stdout.decode()
