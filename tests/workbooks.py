"""What the tests of workbooks share: run kamctl on a copy of the examples, fill a workbook in, see what changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from kamctl import resources
from kamctl.exchange.forms import FORMS

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
AS_OF = "2026-06-15"
FIRST = 7


def examples_in(folder: Path) -> Path:
    """Copy the examples to a folder; return the workspace."""
    return shutil.copytree(EXAMPLES, folder / "workspace", copy_function=shutil.copyfile)


def kamctl(workspace: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("KAMCTL_")}
    environment = kept | {
        "KAMCTL_CACHE_DIR": str(workspace.parent / "cache"),
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONIOENCODING": "utf-8",
    }
    command = [sys.executable, "-m", "kamctl", "-C", str(workspace), "--as-of", AS_OF, *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=False, cwd=workspace.parent
    )


def export(workspace: Path, *arguments: str) -> Path:
    done = kamctl(workspace, "workbook", "export", "-o", "out.xlsx", "--force", *arguments)
    assert done.returncode == 0, done.stderr
    return workspace.parent / "out.xlsx"


def plan(workspace: Path, file: Path, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
    done = kamctl(workspace, "workbook", "import", str(file), "--format", "json", *arguments)
    assert done.returncode == code, done.stderr + done.stdout
    rows: list[dict[str, Any]] = json.loads(done.stdout)["data"]
    return rows


def brief(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [(row["outcome"], row["field"], row["now"], row["typed"]) for row in rows]


class Filled:
    """A workbook as a person sees it: rows by what stands in them, columns by key."""

    def __init__(self, path: Path, lang: str = "zh-Hans", form: str = "pipeline") -> None:
        self.path = path
        self.book = load_workbook(path)
        self.sheet: Any = self.book.worksheets[0]
        labels = resources.table("labels")
        names = {_bare(labels[f"sheet-{c.key}"][lang]): c.key for c in FORMS[form].columns}
        heads = {cell.column: _bare(str(cell.value)) for cell in self.sheet[5] if cell.value}
        self.columns = {names[head]: column for column, head in heads.items() if head in names}
        self.last = max((cell.row for cell in self.sheet["B"][FIRST - 1 :] if cell.value), default=FIRST - 1)

    def row(self, name: str) -> int:
        """Return the row of a deal by its name, or of anything else by what stands in one of its cells."""
        cells = (cell for row in self.sheet.iter_rows(min_row=FIRST) for cell in row if cell.value == name)
        return next(int(cell.row) for cell in cells)

    def cell(self, name: str, key: str) -> Any:
        """Return what stands in the cell of a row."""
        return self.sheet.cell(self.row(name), self.columns[key]).value

    def put(self, name: str, /, **cells: object) -> Filled:
        row = self.row(name)
        for key, value in cells.items():
            self.sheet.cell(row, self.columns[key]).value = value
        return self

    def add(self, **cells: object) -> Filled:
        self.last += 1
        for key, value in cells.items():
            self.sheet.cell(self.last, self.columns[key]).value = value
        return self

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path


def _bare(heading: str) -> str:
    return heading.split("\uff08")[0].split(" (")[0]


def changed_lines(workspace: Path) -> list[str]:
    """Return the lines of files that are not as in the examples: removed with `-`, added with `+`."""
    lines = []
    for path in sorted({p.relative_to(top) for top in (EXAMPLES, workspace) for p in top.rglob("*.yaml")}):
        sides = [
            (top / path).read_text("utf-8").splitlines() if (top / path).exists() else []
            for top in (EXAMPLES, workspace)
        ]
        lines += [f"-{line.strip()}" for line in sides[0] if line not in sides[1]]
        lines += [f"+{line.strip()}" for line in sides[1] if line not in sides[0]]
    return lines
