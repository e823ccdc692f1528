"""Writes the generated pages of docs/. Run it after a change of what they are made from."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from kamctl import rules
from kamctl.problems import Problem
from kamctl.render.problems import text as as_text
from kamctl.render.screen import Screen
from kamctl.source import lines_of
from kamctl.validation import validate
from kamctl.workspace import Workspace

DOCS = Path(__file__).parent
TESTS = DOCS.parent / "tests"
AS_OF = date(2026, 6, 15)
SCREEN = Screen(terminal=False, width=100, colour=False, colour_err=False)

DEAL = "accounts/bohai/opportunities/line-3.yaml"
NOT_SHOWN_IN_TEXT = {
    "file-too-large": Problem(DEAL, "file-too-large", values={"size": "3.2"}, line=1, column=1),
    "cannot-open": Problem(DEAL, "cannot-open", values={"reason": "Permission denied"}, line=1, column=1),
    "not-utf8": Problem(DEAL, "not-utf8", values={"encoding": "GB18030"}, line=1, column=7),
    "control-character": Problem(DEAL, "control-character", values={"code": "U+0000"}, line=3, column=9),
}
"""Problems of files that cannot stand in a page, as kamctl reports them."""

RULES_INTRODUCTION = """\
# Rules

`kamctl validate` checks every file of a workspace against these rules and names the rule with each problem.
`kamctl rule NAME` prints the same explanation in the terminal, in English or Chinese. Errors make `validate` end with
exit code 1; warnings do so with `--strict` only. Each rule is shown with a file that breaks it and with what kamctl
prints for that file, as of 2026-06-15.
"""


def rules_page() -> str:
    """Return the page of all rules, in the order of their names."""
    return "\n".join([RULES_INTRODUCTION, *map(_rule_section, rules.ids())])


def _rule_section(rule_id: str) -> str:
    rule = rules.rule(rule_id, "en")
    parts = [f"## {rule_id}\n", f"{rule.title} ({rule.severity}). {rule.why}\n"]
    file = TESTS / "broken" / f"{rule_id}.yaml"
    if file.exists():
        files = files_of(file.read_text("utf-8"))
        parts += [f"`{place}`\n\n{_fenced(text, 'yaml')}" for place, text in files]
        parts.append(_fenced(_printed_for(files), "text"))
    else:
        parts.append(_fenced(as_text([NOT_SHOWN_IN_TEXT[rule_id]], {}, SCREEN, "en"), "text"))
    return "\n".join(parts)


def files_of(text: str) -> list[tuple[str, str]]:
    """Return place and text of the files that a broken file stands for: each `# place:` line begins one."""
    pieces = re.split(r"^# place: (.+)\n", text, flags=re.M)
    return list(zip(pieces[1::2], pieces[2::2], strict=True))


def _printed_for(files: list[tuple[str, str]]) -> str:
    """Return what kamctl prints when files are put into the small workspace of the tests."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(shutil.copytree(TESTS / "base", Path(folder) / "base"))
        for place, text in files:
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            (root / place).write_text(text, "utf-8")
        problems = validate(Workspace.open(root, tolerant=True), AS_OF).problems
        paths = {problem.path for problem in problems}
        sources = {path: lines_of((root / path).read_text("utf-8")) for path in paths}
        return as_text(problems, sources, SCREEN, "en")


def _fenced(text: str, language: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```\n"


PAGES: dict[str, Callable[[], str]] = {
    "rules.md": rules_page,
}
"""The generated pages by file name."""


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
