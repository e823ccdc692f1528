"""What `init --git-driver` does: tell git to merge records with `kamctl merge-driver`."""

from __future__ import annotations

import shutil
from pathlib import Path

from kamctl import layout
from kamctl.commands.session import Session
from kamctl.history.repository import Repository
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.saving import Draft, save

ATTRIBUTES = ".gitattributes"
NAME = "kamctl"
WHY = "# records are merged by fields: `kamctl init --git-driver` once in every clone; by lines without it"
LINES = tuple(
    f"{pattern} merge={NAME}"
    for pattern in (
        f"/{layout.ROOT_FILE}",
        f"/{layout.TEAM_FILE}",
        f"/{layout.ACCOUNTS}/**/*.yaml",
        f"/{layout.WEEKS}/*.yaml",
    )
)
SETTINGS = {
    f"merge.{NAME}.name": "records by fields, marks and entries",
    f"merge.{NAME}.driver": "kamctl merge-driver --marker-size %L %O %A %B %P",
}


def use_driver(run: Session, root: Path) -> None:
    """Write what is missing of attributes and settings, and say what was done. Raises KamctlError."""
    added = _write_attributes(root)
    if added:
        run.say(run.label("git-driver-attributes", path=ATTRIBUTES, count=added))
    repository = Repository.find(root)
    if repository is None:
        run.say(run.label("git-driver-no-repository"), "warning")
        return
    changed = {name: value for name, value in SETTINGS.items() if repository.setting(name) != value}
    for name, value in changed.items():
        repository.set(name, value)
    if changed:
        run.say(run.label("git-driver-config"))
    elif not added:
        run.say(run.label("git-driver-there"), "dim")
    if shutil.which(NAME) is None:
        run.say(run.label("git-driver-no-kamctl"), "warning")


def _write_attributes(root: Path) -> int:
    """Add the lines that are missing; returns how many."""
    file = root / ATTRIBUTES
    try:
        raw = file.read_bytes() if file.exists() else None
        text = (raw or b"").decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KamctlError(
            Phrase("{path} cannot be read: {why}", path=file, why=error),
            Phrase("add the lines by hand: {lines}", lines="; ".join(LINES)),
        ) from None
    there = {line.strip() for line in text.splitlines()}
    missing = [line for line in LINES if line not in there]
    if missing:
        gap = "" if not text or text.endswith("\n") else "\n"
        head = [] if WHY in there else [WHY]
        save(root, Draft(ATTRIBUTES, raw, text + gap + "\n".join([*head, *missing, ""])))
    return len(missing)
