"""Where each kind of record lives in a workspace: a file's place decides its kind. Pure text, no disk."""

from __future__ import annotations

ROOT_FILE = "kamctl.yaml"
TEAM_FILE = "team.yaml"
ACCOUNTS = "accounts"
WEEKS = "weeks"
REVIEWS = "reviews"
METHOD = "method"
STAGING = ".kamctl-saving"
"""The folder for files about to be written as a set; left behind only by a process that was killed."""

FOLDERS = {
    "contact": "contacts",
    "opportunity": "opportunities",
    "call": "calls",
    "presentation": "presentations",
}
"""The folder inside an account that holds each kind of record."""

TOP_FOLDERS = {"week": WEEKS, "evaluation": REVIEWS}
"""The folder below the root that holds each kind of record that belongs to no account."""

PLACES = (ROOT_FILE, TEAM_FILE, ACCOUNTS, METHOD, *TOP_FOLDERS.values())
"""The files and folders below the root that make up a workspace."""

KIND_OF_TOP_FOLDER = {folder: kind for kind, folder in TOP_FOLDERS.items()}
KIND_OF_FOLDER = {folder: kind for kind, folder in FOLDERS.items()}
METHOD_FOLDERS = {"processes": "process", "scorecards": "scorecard"}
METHOD_FILES = {
    "relationship": "relationship",
    "importance": "importance",
    "reasons": "reasons",
    "grades": "grades",
    "reviews": "reviews",
    "forecast": "forecast",
    "ramp": "ramp",
    "presentation": "presenting",
    "plan_test": "plan_test",
    "audit": "audit",
}
"""The method files of which there is one, by name, and the kind of each."""


def path_of(kind: str, record_id: str) -> str:
    """Return the path of a record below the root: `opportunity`, `bohai/line-3` -> `accounts/bohai/…/line-3.yaml`."""
    if kind == "settings":
        return ROOT_FILE
    if kind == "team":
        return TEAM_FILE
    if kind in TOP_FOLDERS:
        return f"{TOP_FOLDERS[kind]}/{record_id}.yaml"
    if kind == "account":
        return f"{ACCOUNTS}/{record_id}/account.yaml"
    account, _, stem = record_id.partition("/")
    return f"{ACCOUNTS}/{account}/{FOLDERS[kind]}/{stem}.yaml"


def kind_and_id(path: str) -> tuple[str, str] | None:
    """Return the kind and id of the record at a path below the root; None when nothing belongs there."""
    if path == ROOT_FILE:
        return "settings", ""
    if path == TEAM_FILE:
        return "team", ""
    if not path.endswith(".yaml"):
        return None
    parts = path[: -len(".yaml")].split("/")
    if len(parts) == 2 and parts[0] in KIND_OF_TOP_FOLDER:
        return KIND_OF_TOP_FOLDER[parts[0]], parts[1]
    if len(parts) == 2 and parts[0] == METHOD and parts[1] in METHOD_FILES:
        return METHOD_FILES[parts[1]], parts[1]
    if len(parts) == 3 and parts[0] == METHOD and parts[1] in METHOD_FOLDERS:
        return METHOD_FOLDERS[parts[1]], parts[2]
    if len(parts) == 3 and parts[0] == ACCOUNTS and parts[2] == "account":
        return "account", parts[1]
    if len(parts) == 4 and parts[0] == ACCOUNTS and parts[2] in KIND_OF_FOLDER:
        return KIND_OF_FOLDER[parts[2]], f"{parts[1]}/{parts[3]}"
    return None


def account_of(record_id: str) -> str:
    """Return the account that a record belongs to."""
    return record_id.partition("/")[0]


def stem_of(record_id: str) -> str:
    """Return the name of a record inside its account."""
    return record_id.rpartition("/")[2]


def full_id(account: str, name: str) -> str:
    """Return the id of what a file of `account` calls `name`: a stem of its own, or `account/stem`."""
    return name if "/" in name else f"{account}/{name}"
