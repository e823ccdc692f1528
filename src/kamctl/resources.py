"""The files that ship with kamctl: method, templates, labels and rules."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent


def method_file(name: str) -> Path:
    """Return the path of a shipped method file, such as `processes/losqaop.yaml`; it may not exist."""
    return PACKAGE / "method" / name


def templates() -> Path:
    """Return the folder of shipped templates: inside an installed package, or at the top of the checkout."""
    installed = PACKAGE / "templates"
    return installed if installed.is_dir() else PACKAGE.parents[1] / "templates"


@cache
def table(name: str) -> Any:
    """Return a shipped JSON table, `labels` or `rules`."""
    return json.loads((PACKAGE / f"{name}.json").read_text("utf-8"))
