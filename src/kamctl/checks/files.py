"""Rules on the files themselves: names that clash, and files where nothing belongs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from kamctl.checks.context import Context
from kamctl.layout import TOP_FOLDERS, account_of, path_of
from kamctl.problems import Problem, did_you_mean
from kamctl.schema.slugs import SLUG

KINDS = ("account", "contact", "opportunity", "call", "presentation", "week", "evaluation")


def clashing_names(context: Context) -> Iterator[Problem]:
    """No two files have names that some file systems take for one."""
    for kind in KINDS:
        seen: dict[str, str] = {}
        for record_id in context.ids.get(kind, ()):
            folded = unicodedata.normalize("NFC", record_id).casefold()
            if folded in seen:
                values = {"name": record_id, "other": path_of(kind, seen[folded])}
                yield Problem(path_of(kind, record_id), "clashing-names", values=values)
            seen.setdefault(folded, record_id)


def bad_name(context: Context) -> Iterator[Problem]:
    """Ids are lower-case slugs."""
    for kind in KINDS:
        ids = context.known.get(kind, frozenset())
        for record_id in context.ids.get(kind, ()):
            name = record_id.rpartition("/")[2]
            if kind not in TOP_FOLDERS and record_id != record_id.casefold() and record_id.casefold() in ids:
                continue  # clashing-names says it
            if not SLUG.fullmatch(name.casefold() if kind in TOP_FOLDERS else name):
                yield Problem(path_of(kind, record_id), "bad-name", values={"name": name})


def account_missing(context: Context) -> Iterator[Problem]:
    """Every account folder has its account.yaml."""
    accounts = context.known["account"]
    reported: set[str] = set()
    for kind in ("opportunity", "contact", "call", "presentation"):
        for record_id in context.ids.get(kind, ()):
            account = account_of(record_id)
            if account not in accounts and account not in reported:
                reported.add(account)
                yield Problem(path_of(kind, record_id), "account-missing", values={"account": account})


def misplaced_file(context: Context) -> Iterator[Problem]:
    """Every YAML file lies where a record belongs."""
    places = ("contacts", "opportunities", "calls", "presentations", "account.yaml")
    for path in context.strays:
        near = [did_you_mean(part, places) for part in path.split("/")[2:] if part not in places]
        suggestion = path.removesuffix(".yml") + ".yaml" if path.endswith(".yml") else next(filter(None, near), "")
        yield Problem(path, "misplaced-file", values={"suggestion": suggestion})
