"""Forms as Markdown and HTML, from Jinja templates that see views only.

Templates run in Jinja's sandbox: they can format what they are given and nothing else. HTML is escaped by default. A
workspace's `templates/` replaces a shipped template of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kamctl import labels, resources
from kamctl.edit import scalar
from kamctl.problems import KamctlError
from kamctl.source import CONTROL, LINE_BREAK

MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>|]|~(?=~)|&(?=#?\w+;))")
LINE_START = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)]))", re.MULTILINE)


def render(template: str, view: Mapping[str, Any], lang: str, own: Path | None) -> str:
    """Return a template filled in. `own` is the workspace's template folder, which comes first.

    The name's last part before `.j2` decides the escaping: `html` or `md`. Raises KamctlError, naming template and
    line, for a mistake in a template.
    """
    environment = _environment(lang, own)
    try:
        return environment.get_template(template).render(view)
    except TemplateSyntaxError as error:
        raise KamctlError(f"template {error.name}:{error.lineno}: {error.message}") from None
    except KeyError as error:
        line = _line_of(error, template)
        raise KamctlError(f"template {template}{line}: there is no label {error}") from None
    except TemplateError as error:
        line = _line_of(error, template)
        raise KamctlError(f"template {template}{line}: {error.message or type(error).__name__}") from None


@cache
def _environment(lang: str, own: Path | None) -> ImmutableSandboxedEnvironment:
    folders = [folder for folder in (own, resources.templates()) if folder is not None and folder.is_dir()]
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=lambda name: name is not None and ".html" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["t"] = partial(_label, lang=lang)
    environment.globals["lang"] = lang
    environment.filters["md"] = markdown
    environment.filters["cell"] = markdown_cell
    environment.filters["yaml"] = scalar
    return environment


def markdown(value: str, blank: str = "") -> str:
    """Escape a paragraph or list item for Markdown, so that nothing in a file turns into markup; `blank` when empty."""
    return LINE_START.sub(_escape_start, _inline(value)) or blank


def markdown_cell(value: str, blank: str = " ") -> str:
    """Escape text inside a line or a table cell: line breaks become `<br>`."""
    return _inline(value).replace("\n", "<br>") or blank


def _inline(value: str) -> str:
    return MARKDOWN_SPECIAL.sub(r"\\\1", CONTROL.sub("", LINE_BREAK.sub("\n", value)).strip())


def _escape_start(found: re.Match[str]) -> str:
    """Escape what would make a heading, list or rule of a line: `#`, `-`, and the dot after a number."""
    space, mark = found.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def _label(key: str, lang: str) -> str:
    return labels.text(key, lang)


def _line_of(error: BaseException, template: str) -> str:
    """Return `:line` of the innermost frame that lies in the template."""
    line = ""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(template):
            line = f":{trace.tb_lineno}"
        trace = trace.tb_next
    return line
