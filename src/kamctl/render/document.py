"""Forms as Markdown and HTML, from Jinja templates that see views only.

Templates run in Jinja's sandbox: they can format what they are given and nothing else. HTML is escaped by default. A
workspace's `templates/` replaces a shipped template of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kamctl import labels, resources
from kamctl.edit import scalar
from kamctl.problems import KamctlError

MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")


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
    except TemplateError as error:
        line = _line_of(error, template)
        raise KamctlError(f"template {template}{line}: {error.message or type(error).__name__}") from None


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
    """Escape text for Markdown, so that nothing in a file turns into markup; `blank` when it is empty."""
    return MARKDOWN_SPECIAL.sub(r"\\\1", value.strip()) if value.strip() else blank


def markdown_cell(value: str, blank: str = " ") -> str:
    """Escape text for one cell of a Markdown table: line breaks become `<br>`."""
    return markdown(value, blank).replace("\r\n", "\n").replace("\n", "<br>")


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
