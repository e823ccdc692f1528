"""What `new`, `set` and `show` do for every kind of record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kamctl import edit, layout, rules, source
from kamctl.commands.session import Session
from kamctl.loading import unreadable
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, Keys, nearest
from kamctl.render import document
from kamctl.saving import Draft
from kamctl.schema import scalars, walk
from kamctl.schema.kinds import MODELS
from kamctl.schema.slugs import SLUG, slugify
from kamctl.source import Data
from kamctl.tree import SourceFile
from kamctl.validation import new_problems

ASSIGNMENT = re.compile(r"([^=\s]+?)(\+?=)(.*)", re.DOTALL)


def new_record(run: Session, kind: str, record_id: str, data: dict[str, Data], dry_run: bool) -> None:
    """Write a new file with what is known, through the template of its kind. Raises KamctlError when it exists."""
    workspace = run.workspace
    path = layout.path_of(kind, record_id)
    if (workspace.root / path).exists():
        command = f"callplan show {record_id}" if kind == "call" else f"{kind} set {record_id} field=value"
        raise KamctlError(
            Phrase("{path} exists already", path=path), Phrase("see `kamctl {command}`", command=command), 1
        )
    write_record(run, Draft(path, None, new_text(run, kind, record_id, data)), dry_run)


def new_text(run: Session, kind: str, record_id: str, data: dict[str, Data]) -> str:
    """Return the text of a new file with what is known, through the template of its kind."""
    order = walk.keys_at(MODELS[kind], ())
    ordered = {key: data[key] for key in sorted(data, key=lambda key: (key == "external", order.index(key)))}
    body = "\n".join(edit.block_lines(ordered, 0))
    own = run.workspace.root / "templates"
    return document.render(f"{kind}.yaml.j2", {"record": body, "id": record_id, "data": ordered}, run.lang, own)


def set_fields(
    run: Session, kind: str, record_id: str, assignments: Sequence[str], unset: Sequence[str], dry_run: bool
) -> None:
    """Change fields of a file, each as one minimal edit. Raises KamctlError when a value does not fit."""
    workspace = run.workspace
    before = workspace.document(SourceFile(layout.path_of(kind, record_id), kind, record_id))
    if not before.text and before.problems:
        raise unreadable(workspace.files, before.problems)
    text = before.text
    try:
        for assignment in assignments:
            text = _assign(run, MODELS[kind], text, assignment)
        for field in unset:
            text = edit.remove(text, keys_of(MODELS[kind], field))
    except edit.EditRefused as error:
        raise KamctlError(error.message, Phrase("nothing was written"), 1) from None
    if text == before.text:
        run.say(run.label("unchanged"), "dim")
        return
    write_record(run, Draft(before.file.path, before.raw, text), dry_run)


def assign(run: Session, model: type, data: dict[str, Data], assignments: Sequence[str]) -> dict[str, Data]:
    """Return the data of a new record with further fields set, as `set` would."""
    text = "\n".join(edit.block_lines(data, 0)) + "\n" if data else ""
    try:
        for assignment in assignments:
            text = _assign(run, model, text, assignment)
    except edit.EditRefused as error:
        raise KamctlError(error.message) from None
    return source.read(text)


def keys_of(model: type, field: str) -> Keys:
    """Read a dotted field such as `stage_history.0.date`. Raises KamctlError for a key that may not stand there."""
    keys: Keys = ()
    for part in field.split("."):
        here = walk.type_at(model, keys)
        if walk.is_list(here):
            if not part.isdigit():
                raise KamctlError(
                    Phrase("{field}: {key} is a list", field=field, key=edit.dotted(keys)),
                    Phrase("number its items: {key}", key=edit.dotted((*keys, 0))),
                )
            keys = (*keys, int(part))
            continue
        known = walk.keys_at(model, keys)
        if known and part not in known and walk.type_at(model, (*keys, part)) is None:
            hint = nearest(part, known, Phrase("fields: {names}", names=", ".join(known)))
            if keys:
                message = Phrase('there is no field "{name}" in {keys}', name=part, keys=edit.dotted(keys))
                raise KamctlError(message, hint)
            raise KamctlError(Phrase('there is no field "{name}"', name=part), hint)
        if here is None or not (known or walk.is_mapping(here)):
            raise KamctlError(
                Phrase("{field}: {key} holds one value and has no fields", field=field, key=edit.dotted(keys))
            )
        keys = (*keys, part)
    return keys


def written(run: Session, annotation: Any, value: str, field: str) -> Data:
    """Return a value as it stands in the file: dates in ISO, percents with their sign, lists and mappings as YAML."""
    if walk.is_list(annotation) or walk.is_mapping(annotation):
        return _written_inside(run, annotation, _structure(annotation, value), field)
    if scalars.schema_of(annotation).get("type") == "boolean":
        return edit.Plain(value)
    pattern = scalars.schema_of(annotation).get("pattern")
    if pattern == scalars.ISO_PATTERN:
        return run.day(value, field).isoformat()
    if pattern == scalars.PERCENT_PATTERN and re.fullmatch(r"\d{2,3}", value.strip()):
        return value.strip() + "%"
    return value


def chosen_id(given: str, name: str, account: str = "") -> str:
    """Return the id of a new record: as given, or made from its name. Raises KamctlError when it cannot be one."""
    stem = layout.stem_of(given) if given else slugify(name)
    if not SLUG.fullmatch(stem):
        near = slugify(stem)
        hint = (
            Phrase('for example "{near}"', near=near)
            if near
            else Phrase("lower-case letters, digits and hyphens, or Chinese characters")
        )
        raise KamctlError(Phrase('"{stem}" cannot be an id', stem=stem), hint)
    return f"{account}/{stem}" if account else stem


def write_record(run: Session, draft: Draft, dry_run: bool) -> None:
    """Write a record, or print its diff, and tell of new warnings. Raises KamctlError when there are new errors."""
    fresh = new_problems(run.workspace, run.as_of, draft.path, draft.text)
    errors = [problem for problem in fresh if rules.is_error(problem)]
    if errors:
        first = errors[0]
        place = edit.dotted(first.keys) or f"{first.path}:{first.line}:{first.column}"
        raise KamctlError(
            Phrase("{place}: {words}", place=place, words=rules.told(first)),
            rules.advice(first) or Phrase("nothing was written"),
            1,
        )
    run.save(draft, dry_run)
    for problem in (problem for problem in fresh if rules.severity(problem) == "warning"):
        words = f"{problem.path}:{problem.line}:{problem.column}: {problem.rule}: {rules.message(problem, run.lang)}"
        run.say(words, "warning")
        if hint := rules.hint(problem, run.lang):
            run.say(f"  {hint}")


def _assign(run: Session, model: type, text: str, assignment: str) -> str:
    found = ASSIGNMENT.fullmatch(assignment)
    if not found:
        raise KamctlError(
            Phrase('"{assignment}" sets nothing', assignment=assignment),
            Phrase("write field=value, or field+=value to add to a list"),
        )
    field, operator, value = found.groups()
    keys = keys_of(model, field)
    annotation = walk.type_at(model, keys)
    order = walk.keys_at(model, keys[:-1])
    if operator == "+=":
        if not walk.is_list(annotation):
            raise KamctlError(Phrase("{field} is not a list", field=field), Phrase("write {field}=value", field=field))
        return edit.append(
            text, keys, written(run, walk.type_at(model, (*keys, 0)), value, field), walk.keys_at(model, ())
        )
    if value == "":
        raise KamctlError(
            Phrase("{field} has no value", field=field), Phrase("`--unset {field}` removes it", field=field)
        )
    return edit.set_value(text, keys, written(run, annotation, value, field), order)


def _structure(annotation: Any, value: str) -> Data:
    if value.lstrip()[:1] in ("[", "{"):
        try:
            return source.read(f"value: {value}\n").get("value")
        except source.SourceError as error:
            words = rules.told(_as_problem(error))
            raise KamctlError(Phrase("{place}: {words}", place=value, words=words)) from None
    if walk.is_list(annotation):
        return [part.strip() for part in re.split(r"[,\uff0c\u3001]", value) if part.strip()]
    raise KamctlError(
        Phrase('"{value}" is one value where fields are expected', value=value),
        Phrase("write {{key: value}}, or set one field with a dot"),
    )


def _written_inside(run: Session, annotation: Any, data: Data, field: str) -> Data:
    """Write the values of a list or mapping as `written` does."""
    if isinstance(data, dict):
        return {key: _written_inside(run, walk.type_at(annotation, (key,)), item, key) for key, item in data.items()}
    if isinstance(data, list):
        return [_written_inside(run, walk.type_at(annotation, (0,)), item, field) for item in data]
    if data is None or walk.is_list(annotation) or walk.is_mapping(annotation):
        return data
    return written(run, annotation, data, field)


def _as_problem(error: source.SourceError) -> Any:
    from kamctl.problems import Problem

    return Problem("", error.rule, values=error.values)
