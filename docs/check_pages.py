"""Runs axe-core and the W3C's checker over every form of the examples. For developers; not part of the tests.

    npm install axe-core vnu-jar
    python docs/check_pages.py --axe node_modules/axe-core/axe.min.js --vnu node_modules/vnu-jar/build/dist/vnu.jar

Needs Chromium for axe-core and Java for vnu. Either may be left out. Ends with 1 when something was found. What the
two cannot decide by themselves is printed too, and does not count.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from browsing import Page, look, pages, result_of

from kamctl.labels import LANGUAGES

DARK = "--blink-settings=preferredColorScheme=0"
PHONE = "--window-size=500,1200"
LOOKS: dict[str, tuple[str, ...]] = {"light": (), "dark": (DARK,), "phone": (PHONE,)}

UNDECIDED = "undecided"
LANGUAGE_GUESS = "This document appears to be written in"
"""What vnu says of a Chinese form about people and deals whose file is in English."""

RUN_AXE = """
<script>
axe.run({resultTypes: ["violations", "incomplete"]}).then(({violations, incomplete}) => {
  const said = (rule) => ({rule: rule.id, help: rule.help, nodes: rule.nodes.map((node) => node.html.slice(0, 160))});
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const result = {violations: violations.map(said), incomplete: incomplete.map(said), dark, width: innerWidth};
  document.body.innerHTML = "<pre></pre>";
  document.querySelector("pre").textContent = JSON.stringify(result);
});
</script>
"""


def main() -> int:
    """Check the pages and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--axe", type=Path, help="axe.min.js")
    parser.add_argument("--vnu", type=Path, help="vnu.jar")
    parser.add_argument("--form", default="", help="only this form")
    parser.add_argument("--lang", action="append", choices=LANGUAGES, help="only this language; repeatable")
    options = parser.parse_args()
    if options.axe is None and options.vnu is None:
        parser.error("name --axe, --vnu or both")
    shown = list(pages(options.lang or LANGUAGES, options.form))
    found = list(by_vnu(options.vnu, shown)) if options.vnu else []
    found += [line for page in shown for line in by_axe(options.axe, page)] if options.axe else []
    print("\n".join(sorted(found)))
    wrong = [line for line in found if not line.startswith(UNDECIDED)]
    print(f"{len(shown)} pages, {len(wrong)} findings, {len(found) - len(wrong)} undecided")
    return int(bool(wrong))


def by_axe(script: Path, page: Page) -> Iterator[str]:
    """Yield what axe-core finds on a page, in each look."""
    armed = page.html.replace("</body>", f"<script>{script.read_text('utf-8')}</script>{RUN_AXE}</body>")
    for look_name, options in LOOKS.items():
        result: dict[str, Any] = json.loads(result_of(look(armed, *options)))
        assert result["dark"] == (look_name == "dark"), result
        for kind in ("violations", "incomplete"):
            start = UNDECIDED if kind == "incomplete" else "axe-core"
            for finding in result[kind]:
                nodes = " ".join(finding["nodes"][:2])
                yield f"{start} {page.name} {look_name} {finding['rule']}: {finding['help']}: {nodes}"


def by_vnu(jar: Path, shown: list[Page]) -> Iterator[str]:
    """Yield what the W3C's checker finds on the pages."""
    with tempfile.TemporaryDirectory() as folder:
        for page in shown:
            Path(folder, f"{page.name}.html").write_text(page.html, "utf-8")
        command = ["java", "-jar", str(jar), "--format", "json", "--stdout", "--skip-non-html", folder]
        done = subprocess.run(command, capture_output=True, check=False)
    for message in json.loads(done.stdout)["messages"]:
        place = f"{Path(message['url']).stem}:{message.get('lastLine', 0)}"
        start = UNDECIDED if LANGUAGE_GUESS in message["message"] else "vnu"
        yield f"{start} {place} {message['message']} {message.get('extract', '')!r}"


if __name__ == "__main__":
    sys.exit(main())
