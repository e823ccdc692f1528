"""Forms as Markdown and HTML, from Jinja templates that see views only.

Templates run in Jinja's sandbox: they can format what they are given and nothing else. HTML is escaped by default. A
workspace's `templates/` replaces a shipped template of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from traceback import walk_tb
from typing import Any

from jinja2 import TemplateAssertionError, TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError

from kamctl import labels, resources
from kamctl.edit import scalar
from kamctl.phrases import NOTHING, Phrase, Verbatim
from kamctl.problems import KamctlError, did_you_mean, nearest
from kamctl.render.pictures import PICTURE_FILTERS
from kamctl.render.sandbox import Sandbox, template_of
from kamctl.source import CONTROL, LINE_BREAK

MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>|]|~(?=~)|&(?=#?\w+;))")
BLANK_LINES = re.compile(r"\n{3,}")
INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
LINE_START = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)]))", re.MULTILINE)
OWN_FOLDER = "templates"
"""The folder of a workspace that holds its own templates."""


def render(template: str, view: Mapping[str, Any], lang: str, own: Path | None) -> str:
    """Return a template filled in. `own` is the workspace's template folder, which comes first.

    The name's last part before `.j2` decides the escaping: `html` or `md`. In Markdown, where one blank line is as
    good as several, parts of a template need not care how the one before ended. Raises KamctlError, naming template and
    line, for a mistake in a template.
    """
    environment = _environment(lang, own)
    try:
        text = template_of(environment, template).render(view)
    except KamctlError:
        raise
    except (Exception, RecursionError, MemoryError) as error:
        mistake = _mistake(error, template, own, environment, view)
        if mistake is None:
            raise
        raise mistake from None
    return BLANK_LINES.sub("\n\n", text) if ".md." in template else text


@cache
def _environment(lang: str, own: Path | None) -> Sandbox:
    environment = Sandbox(own, resources.templates())
    environment.globals["t"] = _labels_in(lang)
    environment.globals["lang"] = lang
    environment.filters.update(FILTERS)
    return environment


def _labels_in(lang: str) -> Callable[..., str]:
    def t(key: str, **values: object) -> str:
        known = resources.table("labels")
        if key not in known:
            near = did_you_mean(key, list(known))
            raise UndefinedError(f'there is no label "{key}"' + (f'\ndid you mean "{near}"?' if near else ""))
        return labels.text(key, lang, **values)

    return t


def markdown(value: str, blank: str = "") -> str:
    """Escape a paragraph or list item for Markdown, so that nothing in a file turns into markup; `blank` when empty."""
    return LINE_START.sub(_escape_start, INDENT.sub("", _inline(value))) or blank


def markdown_cell(value: str, blank: str = " ") -> str:
    """Escape text inside a line or a table cell: line breaks become `<br>`."""
    return _inline(value).replace("\n", "<br>") or blank


def _inline(value: str) -> str:
    return MARKDOWN_SPECIAL.sub(r"\\\1", CONTROL.sub("", LINE_BREAK.sub("\n", str(value))).strip())


def _escape_start(found: re.Match[str]) -> str:
    """Escape what would make a heading, list or rule of a line: `#`, `-`, and the dot after a number."""
    space, mark = found.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


FILTERS: dict[str, Callable[..., str]] = {"md": markdown, "cell": markdown_cell, "yaml": scalar, **PICTURE_FILTERS}
"""What templates can do with a value besides what Jinja offers."""


def _mistake(
    error: BaseException, template: str, own: Path | None, environment: Sandbox, view: Mapping[str, Any]
) -> KamctlError | None:
    """Return what is wrong with a template and where: in the workspace's own one that it came from, where it did.

    None when it is no mistake in a template but a bug in kamctl.
    """
    places = _places(error, template, own)
    mine = [place for place in places if place.startswith(f"{OWN_FOLDER}/")]
    if not mine and not isinstance(error, TemplateError):
        return None
    place = (mine or places or [template])[-1]
    words, hint = _words(error, environment, view)
    return KamctlError(Phrase("{place}: {words}", place=place, words=words), hint)


def _words(error: BaseException, environment: Sandbox, view: Mapping[str, Any]) -> tuple[Phrase, Phrase]:
    if isinstance(error, TemplateNotFound):
        return Phrase('there is no template "{name}"', name=error.name), NOTHING
    if isinstance(error, TemplateAssertionError) and "'" in str(error.message):
        words = str(error.message).rstrip(".")
        return Verbatim(words), nearest(words.split("'")[1], [*environment.filters, *environment.tests])
    if isinstance(error, RecursionError):
        return Phrase("this calls itself without end"), NOTHING
    message = error.message if isinstance(error, TemplateError) else str(error)
    words, _, hint = (message or type(error).__name__).partition("\n")
    if isinstance(error, UndefinedError) and not hint:
        names = ", ".join([*view, "lang", "t"])
        return Verbatim(words), Phrase("a template sees {names}; docs/templates.md lists their fields", names=names)
    return Verbatim(words), Verbatim(hint)


def _places(error: BaseException, template: str, own: Path | None) -> list[str]:
    """Return `template:line` for each template that an error came through, the innermost last."""
    found = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    if isinstance(error, TemplateSyntaxError):
        found.append((error.filename or error.name or template, error.lineno))
    return [f"{name}:{line}" for path, line in found if (name := _name_of(path, own))]


def _name_of(path: str, own: Path | None) -> str:
    """Return the name of a template by its path, with `templates/` before those of the workspace; else nothing."""
    for folder, before in ((own, f"{OWN_FOLDER}/"), (resources.templates(), "")):
        if folder is not None and Path(path).is_relative_to(folder):
            return before + Path(path).relative_to(folder).as_posix()
    return path if path.endswith(".j2") and "/" not in path else ""
