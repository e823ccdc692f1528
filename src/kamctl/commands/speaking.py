"""In which language a command speaks before, or without, a workspace that could say it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from kamctl.labels import language

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables that name the language of a terminal; the first that is set counts."""


def language_of(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """Return the language for telling what went wrong, whatever went wrong.

    `--lang` comes first, then KAMCTL_LANG, the workspace's language, the terminal's, and English.
    """
    wanted = _option(argv, "--lang") or environment.get("KAMCTL_LANG", "")
    if language(wanted):
        return language(wanted)
    folder = _option(argv, "--workspace", "-C") or environment.get("KAMCTL_WORKSPACE", "") or "."
    return _of_workspace(Path(folder)) or of_locale(environment)


def of_locale(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of the terminal when kamctl speaks it, else English."""
    named = next((environment[name] for name in LOCALE if environment.get(name)), "")
    return language(named.partition(".")[0].partition("@")[0]) or "en"


def _option(argv: Sequence[str], *names: str) -> str:
    """Return the value of a global option, the last one given, in `--lang VALUE` or `--lang=VALUE`."""
    found = ""
    for argument, following in zip(argv, [*argv[1:], ""], strict=False):
        if argument == "--":
            break
        name, equals, value = argument.partition("=")
        if name in names:
            found = value if equals else following
    return found


def _of_workspace(folder: Path) -> str:
    """Return the language of the workspace that a folder lies in; empty when nothing says it."""
    from kamctl.tree import root_of
    from kamctl.workspace import Workspace

    try:
        workspace = Workspace.open(root_of(folder))
    except Exception:  # an error is being told already, and this is not the one
        return ""
    return workspace.settings.language
