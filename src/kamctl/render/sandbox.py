"""The sandbox that templates run in: they can format what they are given, and neither reach out nor run on for ever.

On top of Jinja's own sandbox: templates come from the workspace's and the shipped folder and from nowhere else, every
loop, call and printed value is counted against a budget, and what makes huge values of small ones is refused.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateRuntimeError,
    TemplateSyntaxError,
    nodes,
)
from jinja2.runtime import Context, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from kamctl.problems import did_you_mean

SHIPPED = "kamctl"
"""`{% extends 'kamctl/call-plan.html.j2' %}` means the shipped template, even where the workspace has its own."""

MAX_STEPS = 1_000_000
"""Loops, calls and printed values in one form. A form of a thousand rows takes about 200,000."""

MAX_CHARACTERS = 40_000_000
"""How much all printed values of one form may add up to, those of macros within macros counted again."""

MAX_VALUE = 10_000_000
"""How long one text or list may become."""

MAX_POWER = 64
MAX_BITS = 4096
"""How large an exponent and a whole number may become."""

TOO_MUCH = ("center", "expandtabs", "format", "format_map", "ljust", "rjust", "zfill")
"""Methods of text that make a text of any length out of nothing."""

NOT_OFFERED = ("center", "format", "indent", "pprint", "random", "xmlattr")
"""Filters of Jinja that do the same, or print something else every time."""


class TooMuch(TemplateRuntimeError):
    """A template that does not end, or prints without end."""


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of one language and one workspace. `begin` gives it a new budget."""

    intercepted_binops = frozenset(["+", "*", "**", "%"])

    def __init__(self, own: Path | None, shipped: Path) -> None:
        super().__init__(
            loader=_loader(own, shipped),
            autoescape=lambda name: name is not None and ".html" in name,
            undefined=Missing,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=self._printed,
        )
        del self.globals["lipsum"]
        for name in NOT_OFFERED:
            del self.filters[name]
        self.filters["_counted"] = self._counted
        self.filters["_together"] = self._together
        self.begin()

    def begin(self) -> None:
        """Start counting anew."""
        self._steps = MAX_STEPS
        self._characters = MAX_CHARACTERS

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may see an attribute: no inner ones, and no method of text that makes it huge."""
        return super().is_safe_attribute(obj, attr, value) and not (isinstance(obj, str) and attr in TOO_MUCH)

    def wrap_str_format(self, value: Any) -> None:
        """Offer no `format` of text at all, not even Jinja's guarded one; returns None."""

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call something for a template, as one step of its budget."""
        __self._spend(1)
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute for a template what could become huge. Raises TooMuch."""
        if operator == "%" and isinstance(left, str):
            raise TooMuch("text cannot be formatted with %; join pieces with ~")
        if _size_of(operator, left, right) > MAX_VALUE:
            raise TooMuch(f"the result of {operator} would be too large")
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse a template so that its loops and joined texts are counted."""
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "_counted", [], [], None, None, lineno=loop.iter.lineno)
        for joined in tree.find_all(nodes.Concat):
            parts = nodes.List(joined.nodes, lineno=joined.lineno)
            joined.nodes = [nodes.Filter(parts, "_together", [], [], None, None, lineno=joined.lineno)]
        tree.set_environment(self)
        return tree

    def _counted(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self._spend(1)
            yield value

    def _together(self, parts: list[Any]) -> Any:
        """Join the parts of `a ~ b`; what is escaped stays escaped and the rest is not."""
        total = sum(len(part) for part in parts if isinstance(part, str))
        self._spend(1)
        if total > MAX_VALUE:
            raise TooMuch("the text that ~ makes would be too long")
        return markup_join(parts) if any(hasattr(part, "__html__") for part in parts) else str_join(parts)

    def _printed(self, value: Any) -> Any:
        self._spend(1, len(value) if isinstance(value, str) else 0)
        return value

    def _spend(self, steps: int, characters: int = 0) -> None:
        self._steps -= steps
        self._characters -= characters
        if self._steps < 0:
            raise TooMuch("this does not come to an end: too many loops and calls")
        if self._characters < 0:
            raise TooMuch("this prints too much text")


def _size_of(operator: str, left: Any, right: Any) -> int:
    """Return how long the result of an operation will be; 0 where it is no text, list or large number."""
    lengths = [len(side) for side in (left, right) if isinstance(side, str | list | tuple)]
    if operator == "+":
        return sum(lengths)
    if operator == "*" and lengths:
        factor = right if isinstance(left, str | list | tuple) else left
        return lengths[0] * factor if isinstance(factor, int) else 0
    if operator == "**" and isinstance(right, int | float) and abs(right) > MAX_POWER:
        return MAX_VALUE + 1
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > MAX_BITS:
        return MAX_VALUE + 1
    return 0


class Missing(StrictUndefined):
    """A name that is not there: an error that says what is, in a second line."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name, owner = self._undefined_name, self._undefined_obj
        if not isinstance(name, str):
            return f"there is no element {name!r}"
        if owner is missing:
            return f'there is no "{name}"'
        known = _names_in(owner)
        near = did_you_mean(name, known)
        hint = f'did you mean "{near}"?' if near else f"it has {', '.join(known)}" if known else "look at its spelling"
        return f'{type(owner).__name__} has no "{name}"\n{hint}'


def _names_in(owner: Any) -> list[str]:
    """Return what a template may ask of a view, of a mapping, or of the macros of another template."""
    if dataclasses.is_dataclass(owner):
        return [field.name for field in dataclasses.fields(owner)]
    if isinstance(owner, Mapping):
        return [str(key) for key in owner]
    return [name for name in getattr(owner, "__dict__", ()) if not name.startswith("_")]


class Folder(FileSystemLoader):
    """Templates in one folder. A link that leads out of it is refused."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return the text of a template, where it lies, and a test whether it is still the same."""
        try:
            text, path, fresh = super().get_source(environment, template)
        except UnicodeDecodeError:
            raise TemplateSyntaxError("this is not UTF-8 text", 1, template, template) from None
        if not os.path.realpath(path).startswith(os.path.realpath(self.searchpath[0]) + os.sep):
            raise TemplateSyntaxError("this is a link out of the template folder", 1, template, path)
        return text, path, fresh


def _loader(own: Path | None, shipped: Path) -> BaseLoader:
    ours = Folder(shipped, encoding="utf-8")
    loaders: list[BaseLoader] = [ours, PrefixLoader({SHIPPED: ours})]
    if own is not None and own.is_dir():
        loaders.insert(0, Folder(own, encoding="utf-8-sig"))
    return ChoiceLoader(loaders)


def template_of(environment: Sandbox, name: str) -> Template:
    """Return a template ready to be filled in, with a new budget."""
    environment.begin()
    return environment.get_template(name)
