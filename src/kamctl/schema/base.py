"""What every record of the file format has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from kamctl.schema.scalars import Text


class Entry(BaseModel):
    """A mapping of known keys. Unknown keys are refused; absent ones are None or empty."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Record(Entry):
    """A whole file."""

    external: dict[str, Text] = {}
    """Keys of this record in other systems, such as `salesforce: 0065g00000ABC`."""
