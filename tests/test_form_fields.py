"""Every field of the file format stands on some form: when its value changes, a page changes."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kamctl import edit
from kamctl.forms.catalog import FORMS
from kamctl.layout import path_of
from kamctl.problems import Keys
from kamctl.render.document import render
from kamctl.schema import scalars, walk
from kamctl.schema.kinds import MODELS
from kamctl.workspace import Workspace

DAY = date(2026, 6, 15)
KINDS = {"account": "bohai", "contact": "bohai/zhang-wei", "call": "bohai/one"}
"""The kinds of records whose fields are looked for here, and the record of each in the workspace of this test."""

ELSEWHERE = {
    ("call", ("attendees", "customer", 0, "name")): "only where the person has no file, which this one has",
}
"""Fields that stand on no form, and why."""

VALUES: dict[Any, tuple[str, str]] = {
    scalars.Text: ("one", "two"),
    scalars.Slug: ("donglin", "haiyue"),
    scalars.Day: ("2026-06-11", "2026-06-12"),
    scalars.Clock: ("09:00", "10:00"),
    scalars.Timestamp: ("2026-06-11T18:05", "2026-06-11T18:06"),
    scalars.Duration: ("60m", "90m"),
    scalars.Cash: ("1000 CNY", "2000 CNY"),
    scalars.Count: ("10", "20"),
    scalars.Flag: ("true", "false"),
    scalars.MemberRef: ("li-na", "he-yong"),
    scalars.ContactRef: ("zhang-wei", "wang-li"),
    scalars.AnyoneRef: ("li-na", "wang-li"),
    scalars.OpportunityRef: ("line-3", "line-4"),
    scalars.GradeRef: ("A", "B"),
    scalars.ProcessRef: ("losqaop", "record"),
    scalars.CriterionRef: ("project", "risk"),
}
"""Two values of every type of field."""

FILES = {
    "kamctl.yaml": "format: 1\nlanguage: en\ncurrency: CNY\nprocess: losqaop\nscorecard: tas20\n",
    "team.yaml": "members:\n  li-na: {name: Li Na}\n  he-yong: {name: He Yong}\n",
    "accounts/bohai/account.yaml": "name: Bohai\nowner: li-na\n",
    "accounts/bohai/contacts/zhang-wei.yaml": "name: Zhang Wei\n",
    "accounts/bohai/contacts/wang-li.yaml": "name: Wang Li\n",
    "accounts/bohai/opportunities/line-3.yaml": "name: Line 3\nowner: li-na\nstage: L\n",
    "accounts/bohai/opportunities/line-4.yaml": "name: Line 4\nowner: li-na\nstage: L\n",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_record_changes_some_form(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAMCTL_NO_CACHE", "1")
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    full = sample(MODELS[kind])
    before = pages(tmp_path, kind, full)
    unseen = []
    for keys in leaves(full):
        changed = deepcopy(full)
        there = changed
        for key in keys[:-1]:
            there = there[key]
        there[keys[-1]] = other(MODELS[kind], keys)
        if pages(tmp_path, kind, changed) == before and (kind, keys) not in ELSEWHERE:
            unseen.append(".".join(map(str, keys)))
    assert unseen == []


def pages(root: Path, kind: str, data: Any) -> list[str]:
    """Return all forms of a record with this content, in English."""
    target = root / path_of(kind, KINDS[kind])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(edit.block_lines(data, 0)) + "\n", "utf-8")
    workspace = Workspace.open(root)
    forms = {name: form for name, form in FORMS.items() if form.of == kind}
    views = {form.view: form.view(workspace, KINDS[kind], "en", DAY) for form in forms.values()}
    return [render(f"{name}.md.j2", {form.name: views[form.view]}, "en", None) for name, form in forms.items()]


def sample(annotation: Any) -> Any:
    """Return a value for a type of the file format, with every field filled and every list one entry long."""
    here = walk.type_at(annotation, ())
    if walk.is_list(here):
        return [sample(typing.get_args(here)[0])]
    if typing.get_origin(here) is dict:
        key, value = typing.get_args(here)
        return {first(key): sample(value)}
    fields = walk.keys_at(here, ()) if isinstance(here, type) else []
    return {name: sample(walk.type_at(here, (name,))) for name in fields} if fields else first(here)


def first(here: Any) -> str:
    return two_values(here)[0]


def two_values(here: Any) -> tuple[str, str]:
    """Return two values of a scalar type. Raises KeyError for one that the table has no values of."""
    if typing.get_origin(here) is typing.Literal:
        one, another = typing.get_args(here)[:2]
        return one, another
    return VALUES[here] if here in VALUES else VALUES[scalars.Text]


def other(model: type, keys: Keys) -> str:
    return two_values(walk.type_at(model, keys))[1]


def leaves(data: Any, keys: Keys = ()) -> Iterator[Keys]:
    """Yield the place of every scalar."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*keys, key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from leaves(value, (*keys, position))
    else:
        yield keys
