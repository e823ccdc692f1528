"""Writes what a command makes into a file that a person names."""

from __future__ import annotations

from pathlib import Path

from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError

SUFFIXES = {".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".docx": "docx", ".pdf": "pdf"}
"""The format that the name of an output file stands for."""

DATA_SUFFIXES = (".yaml", ".yml", ".j2")


def write_file(target: Path, content: bytes) -> None:
    """Write what was asked for. Raises KamctlError when that is not possible, or would be taken for a record."""
    if target.suffix.lower() in DATA_SUFFIXES:
        raise KamctlError(
            Phrase("{target} would be taken for data", target=target),
            Phrase("name it {stem}.html, .md, .docx or .pdf", stem=target.stem),
        )
    try:
        target.write_bytes(content)
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be written: {why}", path=target, why=why(error))) from None
