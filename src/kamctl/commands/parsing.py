"""How command lines are read where kamctl wants more than Typer gives: mistakes are answered as all others are."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest


class Command(TyperCommand):
    """A command that says which argument is one too many."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments. Raises KamctlError when some are left over."""
        ctx.allow_extra_args = True
        left: list[str] = super().parse_args(ctx, args)
        if left and not ctx.resilient_parsing:
            raise KamctlError(Phrase("more than was asked for: {words}", words=" ".join(left)), see_help(ctx))
        return left


class Group(TyperGroup):
    """Commands below a noun; a name that is not there gets the nearest one."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the arguments name. Raises KamctlError with the nearest one."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            message = Phrase('`{group}` has no command "{name}"', group=ctx.command_path, name=args[0])
            raise KamctlError(message, nearest(args[0], list(self.commands), choices(self.commands)))
        return super().resolve_command(ctx, args)


class App(typer.Typer):
    """A Typer app of such commands."""

    def command(self, name: str | None = None, **settings: Any) -> Any:
        """Register a command."""
        return super().command(name, **{"cls": Command, **settings})


def see_help(ctx: Any) -> Phrase:
    """Return the hint that names the help of a command."""
    return Phrase("`{command} --help` shows what it takes", command=ctx.command_path)
