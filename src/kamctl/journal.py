"""The journal of a set of files about to be written: what goes where."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from kamctl import layout
from kamctl.durable import settle_folders, write_beside
from kamctl.phrases import Phrase
from kamctl.places import checksum
from kamctl.problems import KamctlError

JOURNAL = "journal.json"
"""The list of what goes where. While it is there the writing has to be finished; without it nothing has begun."""


class Step(NamedTuple):
    """One file of a set: checksums of what it held before and holds after; empty where it is not there."""

    path: str
    staged: str
    before: str
    after: str


def write_journal(folder: Path, steps: Sequence[Step]) -> None:
    """Write the list of steps whole; from here on they are finished."""
    body = json.dumps([list(step) for step in steps], ensure_ascii=False)
    content = json.dumps({"checksum": checksum(body.encode()), "steps": body})
    path = str(folder / JOURNAL)
    os.replace(write_beside(path, content.encode(), 0o644), path)
    settle_folders([str(folder)])


def read_journal(folder: Path) -> list[Step] | None:
    """Return the steps of a journal; None when there is none. Raises KamctlError for one that kamctl did not write."""
    try:
        written = json.loads((folder / JOURNAL).read_bytes())
        body = written["steps"]
        if checksum(body.encode()) == written["checksum"]:
            return [Step(*map(str, step)) for step in json.loads(body)]
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise KamctlError(
        Phrase("{file} is damaged", file=f"{layout.STAGING}/{JOURNAL}"),
        Phrase("look at `git status`, then remove the folder {folder} by hand", folder=layout.STAGING),
        1,
    )
