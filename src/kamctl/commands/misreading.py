"""What Typer refuses to read, in kamctl's words: chosen by the class of the error, never by its text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kamctl.commands.parsing import see_help
from kamctl.phrases import Phrase, Verbatim
from kamctl.problems import KamctlError, nearest


def misread(error: Any, argv: Sequence[str], everywhere: Iterable[str]) -> KamctlError:
    """Return an error of Typer as one of kamctl. `everywhere` are the options that every command understands."""
    context = getattr(error, "ctx", None)
    hint = see_help(context) if context is not None else Phrase("`kamctl --help` shows how commands are written")
    match type(error).__name__:
        case "NoSuchOption":
            known = [*_options(context), *everywhere]
            message = Phrase("there is no option {name}", name=error.option_name)
            return KamctlError(message, nearest(error.option_name, known, hint))
        case "MissingParameter":
            return KamctlError(Phrase("{name} is missing", name=_name(error.param)), hint)
        case "BadOptionUsage":
            return KamctlError(_misused(error.option_name, argv), hint)
        case "BadParameter" if error.param is not None:
            return KamctlError(_not_a_number(error), hint)
    return KamctlError(Verbatim(error.format_message().rstrip(".")), hint)


def _options(context: Any) -> list[str]:
    """Return the options of the command that was being read."""
    if context is None:
        return []
    return [option for param in context.command.get_params(context) for option in param.opts if option[:1] == "-"]


def _name(param: Any) -> str:
    """Return how a parameter is called in the help: `--name`, or `ID` for an argument."""
    return str(param.opts[0] if param.param_type_name == "option" else param.make_metavar(None).strip("[]."))


def _misused(option: str, argv: Sequence[str]) -> Phrase:
    if any(argument.startswith(f"{option}=") for argument in argv):
        return Phrase("{name} takes no value", name=option)
    return Phrase("{name} needs a value", name=option)


def _not_a_number(error: Any) -> Phrase:
    """Return what is wrong with a value that is not of its type; all types but text are numbers here."""
    kind, name = error.param.type, _name(error.param)
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if least is not None and most is not None:
        return Phrase("{name} takes a whole number from {least} to {most}", name=name, least=least, most=most)
    if least is not None:
        return Phrase("{name} takes a whole number of at least {least}", name=name, least=least)
    if kind.name == "int":
        return Phrase("{name} takes a whole number", name=name)
    return Phrase("{name}: {words}", name=name, words=Verbatim(error.message.rstrip(".")))
