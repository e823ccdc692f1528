"""What `init` does: render the files of a new workspace."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from kamctl import __version__, layout
from kamctl.commands.driving import use_driver
from kamctl.commands.hosting import CI_FILES
from kamctl.commands.schemas import schema_text
from kamctl.commands.session import Session
from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError
from kamctl.render import document
from kamctl.render.screen import write
from kamctl.saving import Draft, save
from kamctl.schema.kinds import METHOD_MODELS, MODELS
from kamctl.tree import find_root

SCHEMAS = ".kamctl/schemas"
FILES = {
    "kamctl.yaml.j2": "kamctl.yaml",
    "team.yaml.j2": "team.yaml",
    "gitignore.j2": ".gitignore",
    "gitattributes.j2": ".gitattributes",
    "pre-commit-config.yaml.j2": ".pre-commit-config.yaml",
    **CI_FILES,
    "vscode-settings.json.j2": ".vscode/settings.json",
    "vscode-extensions.json.j2": ".vscode/extensions.json",
    "readme.md.j2": "README.md",
}
EXAMPLE_FILES = {
    "example-account.yaml.j2": "accounts/example-water/account.yaml",
    "example-contact.yaml.j2": "accounts/example-water/contacts/wang-li.yaml",
    "example-second-contact.yaml.j2": "accounts/example-water/contacts/zhang-wei.yaml",
    "example-opportunity.yaml.j2": "accounts/example-water/opportunities/line-1.yaml",
}
"""Templates below `templates/workspace/`, and the files that they become."""


def start(run: Session, folder: str, name: str, currency: str, bare: bool, dry_run: bool, git_driver: bool) -> None:
    """Write the files of a new workspace. Raises KamctlError when there is one already or the folder is a file.

    `git_driver` also tells git to merge records with kamctl, in a workspace that is there already too.
    """
    run.refuse_at()
    root = Path(folder)
    if git_driver and (root / layout.ROOT_FILE).exists():
        use_driver(run, root)
        return
    if root.exists() and not root.is_dir():
        raise KamctlError(Phrase("{folder} is a file", folder=folder), Phrase("name a folder"))
    if (root / layout.ROOT_FILE).exists():
        raise KamctlError(
            Phrase("{folder} is a workspace already", folder=folder), Phrase("`kamctl validate` checks it"), 1
        )
    inside = find_root(root)
    if inside is not None:
        raise KamctlError(
            Phrase("{folder} lies inside the workspace {inside}", folder=folder, inside=inside),
            Phrase("choose a folder outside it"),
            1,
        )
    from kamctl.money import CURRENCIES

    if currency not in CURRENCIES:
        raise KamctlError(
            Phrase('"{currency}" is not an ISO 4217 currency', currency=currency), Phrase("for example CNY, USD or EUR")
        )
    lang = run.lang if run.options.lang else "en"
    texts = _texts(run, name or root.resolve().name, currency, lang, bare)
    if dry_run:
        write("".join(f"{path}\n" for path, _ in texts if not (root / path).exists()))
        return
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be made: {why}", path=folder, why=why(error))) from None
    written = [path for path, text in texts if _write(root, path, text)]
    run.say(run.label("workspace-made", folder=folder, count=len(written)))
    if git_driver:
        use_driver(run, root)
    where = "" if folder == "." else f" -C {folder}"
    for command in (f"kamctl{where} validate", *(() if bare else (f"kamctl{where} score line-1",))):
        run.say(run.label("next-command", command=command), "dim")


def _texts(run: Session, name: str, currency: str, lang: str, bare: bool) -> list[tuple[str, str]]:
    today = run.as_of
    days = {key: (today + timedelta(days=n)).isoformat() for key, n in DAYS.items()}
    view = {
        "name": name,
        "currency": currency,
        "language": lang,
        "version": __version__,
        "bare": bare,
        "day": days,
        "folder": "",
    }
    shown = FILES if bare else FILES | EXAMPLE_FILES
    texts = [(path, document.render(f"workspace/{file}", view, lang, None)) for file, path in shown.items()]
    schemas = [(f"{SCHEMAS}/{kind}.json", schema_text(kind)) for kind in (*MODELS, *METHOD_MODELS)]
    return texts + schemas


DAYS = {"today": 0, "month_ago": -30, "week_ago": -7, "next_week": 7, "next_month": 30, "quarter": 90, "half_year": 180}
"""Days of the example, counted from today."""


def _write(root: Path, path: str, text: str) -> bool:
    """Write a file that is not there yet; returns whether it was written."""
    if (root / path).exists():
        return False
    save(root, Draft(path, None, text))
    return True
