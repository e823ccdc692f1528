"""What each field of the file format means: the strings below the fields of a model, read from its source.

Pydantic can do the same with `use_attribute_docstrings`, but does it whenever a model is imported; these words are
needed only for JSON Schemas and documentation.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache


@cache
def field_words(model: type) -> dict[str, str]:
    """Return the words of a model's fields by name, those of its bases first. Fields without words are left out."""
    words: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if base.__module__.startswith("kamctl."):
            words |= _own_words(base)
    return words


def _own_words(model: type) -> dict[str, str]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef)
    words = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                words[name] = inspect.cleandoc(text)
    return words
