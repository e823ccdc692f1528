"""Commands run in the process of the tests, as a person would type them on the as-of day of the examples."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any, NamedTuple

from kamctl import cli

AS_OF = "2026-06-15"


class Result(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as plain values."""
        return json.loads(self.out)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def kamctl(*arguments: object, day: str = AS_OF, stream: type[io.StringIO] = io.StringIO) -> Result:
    """Run a command. Options that are given twice hold as they were given last."""
    out, err = stream(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.run(["--as-of", day, *map(str, arguments)])
    return Result(code, out.getvalue(), err.getvalue())


def in_english(*arguments: object, day: str = AS_OF, stream: type[io.StringIO] = io.StringIO) -> Result:
    """Run a command in English unless another language is asked for."""
    return kamctl("--lang", "en", *arguments, day=day, stream=stream)
