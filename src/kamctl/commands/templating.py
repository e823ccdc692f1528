"""What `template` does: list the templates in force, and copy a shipped one to change it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kamctl import resources
from kamctl.commands.session import Session
from kamctl.forms.catalog import FORMS, OPTIONAL
from kamctl.labels import LANGUAGES
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, did_you_mean, nearest
from kamctl.render.document import OWN_FOLDER
from kamctl.render.output import print_table
from kamctl.render.screen import write
from kamctl.render.table import HIDDEN, Column, Table
from kamctl.render.word import REFERENCE
from kamctl.saving import Copy, Draft, save

FORMATS = ("md", "html")
SHARED = {"page": "shared", "fields": "shared", "meeting": "period"}
"""Templates that forms are made of, and of what those forms are: the page around all, the fields on all, and what the
reviews of a period share."""

SUFFIX = ".j2"
SPEAKING = re.compile(r"\bt\(|\bextends\b")
"""What shows that a template takes words from the labels, and so speaks every language."""


class TemplateFile(NamedTuple):
    """One template in force: its name and format, the file, whether it is the workspace's, and of what it is.

    `of` is a kind of record, `shared` for parts of forms, `new` for files that `new` writes, or empty: nothing known.
    """

    name: str
    format: str
    file: Path
    own: bool
    of: str


def names() -> list[str]:
    """Return the names of all templates that can be copied."""
    return [*FORMS, *SHARED, REFERENCE.partition(".")[0]]


def list_templates(run: Session) -> None:
    """Print the templates in force; say which files in the workspace's folder nothing is printed by."""
    folder = run.workspace.root / OWN_FOLDER if run.has_workspace else None
    templates = list(_templates(folder))
    columns = [
        Column("name", run.label("col-form")),
        Column("format", run.label("col-format")),
        Column("of", run.label("col-of"), lambda of: run.label(f"of-{of}")),
        Column("source", run.label("col-source"), lambda source: run.label(f"template-{source}")),
        Column("languages", run.label("col-languages"), drop=1),
        Column("path", run.label("col-path"), drop=HIDDEN),
    ]
    rows = [
        [t.name, t.format, t.of, "own" if t.own else "shipped", ", ".join(_languages(t.file)), str(t.file)]
        for t in templates
        if t.of
    ]
    print_table(Table(columns, rows), run.style, run.envelope())
    texts = [_text(template.file) for template in templates if template.own]
    for template in templates:
        if not template.of and not any(template.file.name in text for text in texts):
            _tell_unused(run, template)


def copy_template(run: Session, name: str, force: bool, dry_run: bool) -> None:
    """Copy a shipped template into the workspace. Raises KamctlError when it is there and `force` is not given."""
    if name in (REFERENCE, names()[-1]):
        _copy_reference(run, force, dry_run)
        return
    run.style.check(FORMATS)
    stem, formats = _wanted(name, run.options.format)
    root = run.workspace.root
    copies = {f"{OWN_FOLDER}/{stem}.{kind}{SUFFIX}": _shipped(stem, kind).read_text("utf-8") for kind in formats}
    there = [path for path in copies if (root / path).exists()]
    if there and not force:
        raise KamctlError(
            Phrase("{path} exists already", path=there[0]), Phrase("nothing was written; --force replaces it"), 1
        )
    for path, text in copies.items():
        run.save(Draft(path, (root / path).read_bytes() if path in there else None, text), dry_run)
    if not dry_run:
        run.say(run.label("template-copied", command=_look(stem, "html" if formats == ["html"] else "")), "dim")


def _copy_reference(run: Session, force: bool, dry_run: bool) -> None:
    root, path = run.workspace.root, f"{OWN_FOLDER}/{REFERENCE}"
    before = (root / path).read_bytes() if (root / path).is_file() else None
    if before is not None and not force:
        raise KamctlError(
            Phrase("{path} exists already", path=path), Phrase("nothing was written; --force replaces it"), 1
        )
    if dry_run:
        write(path)
        return
    save(root, Copy(path, before, (resources.templates() / REFERENCE).read_bytes()))
    run.say(f"{path}: {run.label('created')}")
    run.say(run.label("template-copied", command=_look(REFERENCE, "docx")), "dim")


def _look(template: str, kind: str) -> str:
    """Return the command that shows a form as it has become: the template's own, or the first that it is part of."""
    of = SHARED.get(template, "shared")
    form = template if template in FORMS else next(name for name in FORMS if FORMS[name].of == of or of == "shared")
    subject = "" if FORMS[form].of in OPTIONAL else " ID"
    return f"kamctl render {form}{subject}" + (f" --format {kind}" if kind else "")


def _wanted(name: str, given: str) -> tuple[str, list[str]]:
    """Return the template and the formats that a person asks for by `profile`, `profile.md` or `profile.md.j2`."""
    stem, _, ending = name.removesuffix(SUFFIX).rpartition(".")
    stem, given = (stem, ending) if ending in FORMATS else (name, given)
    formats = [kind for kind in FORMATS if given in ("", kind) and _shipped(stem, kind).is_file()]
    if stem not in (*FORMS, *SHARED) or not formats:
        others = [known for known in (*FORMS, *SHARED, REFERENCE) if known != stem]
        hint = nearest(stem, others, Phrase("`kamctl template list` shows them"))
        if given:
            raise KamctlError(Phrase('there is no template "{name}" in {format}', name=name, format=given), hint)
        raise KamctlError(Phrase('there is no template "{name}"', name=name), hint)
    return stem, formats


def _templates(folder: Path | None) -> Iterator[TemplateFile]:
    """Yield the templates of forms, what forms share, and what else lies in the workspace's own folder."""
    own = {path.name: path for path in sorted(folder.glob(f"*{SUFFIX}"))} if folder is not None else {}
    for name in (*FORMS, *SHARED):
        for kind in FORMATS:
            file = own.pop(f"{name}.{kind}{SUFFIX}", None)
            path = file or _shipped(name, kind)
            if path.is_file():
                yield TemplateFile(name, kind, path, file is not None, SHARED.get(name) or FORMS[name].of)
    yield _reference(folder)
    for file_name, path in own.items():
        name, _, kind = file_name.removesuffix(SUFFIX).rpartition(".")
        yield TemplateFile(name, kind, path, True, "new" if (resources.templates() / file_name).is_file() else "")


def _reference(folder: Path | None) -> TemplateFile:
    """Return the document whose styles all forms in Word have."""
    own = folder is not None and (folder / REFERENCE).is_file()
    path = (folder if own and folder is not None else resources.templates()) / REFERENCE
    return TemplateFile(path.stem, "docx", path, own, "shared")


def _shipped(name: str, kind: str) -> Path:
    return resources.templates() / f"{name}.{kind}{SUFFIX}"


def _languages(file: Path) -> list[str]:
    """Return the languages that a template speaks; none where its words stand in it."""
    return list(LANGUAGES) if file.suffix != SUFFIX or SPEAKING.search(_text(file)) else []


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _tell_unused(run: Session, template: TemplateFile) -> None:
    near = did_you_mean(template.name, [*FORMS, *SHARED])
    words = run.label("template-unused", path=f"{OWN_FOLDER}/{template.file.name}")
    if near and template.format in FORMATS:
        words += " — " + run.label("did-you-mean", word=f"{near}.{template.format}{SUFFIX}")
    run.say(words, "warning")
