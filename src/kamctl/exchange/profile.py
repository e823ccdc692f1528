"""Finds and reads profiles: how other programs write what they export. A workspace's own come before the shipped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from kamctl import source
from kamctl.exchange.fields import heading_word
from kamctl.loading import unreadable
from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError, Problem, nearest
from kamctl.resources import PACKAGE
from kamctl.schema.profile import Profile
from kamctl.schema.reading import read_record
from kamctl.tree import Disk, Files

FOLDER = "profiles"
"""The folder of a workspace that holds profiles of its own."""

SHIPPED = Disk(PACKAGE / "exchange")


def names(files: Files) -> list[str]:
    """Return the names of all profiles, sorted."""
    return sorted({*SHIPPED.names(FOLDER), *files.names(FOLDER)})


def headings_of(profile: Profile) -> set[str]:
    """Return every heading that a profile knows, as headings are compared."""
    return {heading_word(alias) for aliases in profile.columns.values() for alias in aliases}


def best_profile(headings: Iterable[str], files: Files, lang: str) -> tuple[str, int]:
    """Return the profile that knows most of some headings, and how many; those that cannot be read are left out."""
    seen = set(map(heading_word, headings))
    found: dict[str, int] = {}
    for name in names(files):
        try:
            found[name] = len(seen & headings_of(read_profile(name, files, lang)))
        except KamctlError:
            continue
    best = max(found, key=lambda name: found[name], default="")
    return best, found.get(best, 0)


def read_profile(name: str, files: Files, lang: str) -> Profile:
    """Return a profile. Raises KamctlError when there is none of that name, or it cannot be read, with the place."""
    path = f"{FOLDER}/{name}.yaml"
    where = files if "/" not in name and files.holds(path) else SHIPPED
    if "/" in name or not where.holds(path):
        known = names(files)
        hint = nearest(name, known, Phrase("one of {names}, or profiles/NAME.yaml of your own", names=", ".join(known)))
        raise KamctlError(Phrase('there is no profile "{name}"', name=name), hint)
    try:
        record, problems = read_record(Profile, source.read(source.decode(where.read(path))), path)
    except source.SourceError as error:
        record = None
        problems = [Problem(path, error.rule, values=error.values, line=error.line, column=error.column)]
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be read: {why}", path=path, why=why(error))) from None
    if record is None:
        raise unreadable(where, problems)
    return cast(Profile, record)
