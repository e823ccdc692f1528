"""What `schema` does."""

from __future__ import annotations

import json
from pathlib import Path

from kamctl.commands.session import Session
from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render.screen import write
from kamctl.schema.export import json_schema
from kamctl.schema.kinds import METHOD_MODELS, MODELS


def schema_text(kind: str) -> str:
    """Return the JSON Schema of a kind as a file's text."""
    return json.dumps(json_schema(kind), ensure_ascii=False, indent=2) + "\n"


def print_schema(run: Session, kind: str) -> None:
    """Print one schema, or the names of all kinds. Raises KamctlError for an unknown kind."""
    kinds = [*MODELS, *METHOD_MODELS]
    if not kind:
        write("\n".join(kinds))
        return
    if kind not in kinds:
        raise KamctlError(
            Phrase('there is no kind "{name}"', name=kind),
            nearest(kind, kinds, choices(kinds)),
        )
    write(schema_text(kind))


def write_schemas(run: Session, output: str) -> None:
    """Write the schema of every kind into a folder. Raises KamctlError when it cannot be written."""
    folder = Path(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind in (*MODELS, *METHOD_MODELS):
            (folder / f"{kind}.json").write_text(schema_text(kind), "utf-8")
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be written: {why}", path=output, why=why(error))) from None
    run.say(f"{output}: {run.label('created')}")
