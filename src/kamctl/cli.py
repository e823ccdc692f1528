"""The Typer app: every command in one table, imported when it runs; errors are caught here and nowhere else."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command

from kamctl import __version__
from kamctl.commands.session import Globals
from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError, nearest

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Make a workspace"),
    "account": ("account", "Accounts: new, list, show, set"),
    "contact": ("contact", "People of the customer: new, list, show, set"),
    "opportunity": ("opportunity", "Deals: new, list, show, set (short: opp)"),
    "callplan": ("callplan", "Plan calls and record them: new, list, show, record"),
    "presentation": ("presentation", "Plan presentations: new, list, show, set, check"),
    "method": ("method", "The sales method in force: list, show, check"),
    "importance": ("importance", "Who holds how many deals of each importance, against the caps"),
    "score": ("score", "The scorecard of a deal, with verdicts, strategy and next questions"),
    "pipeline": ("pipeline", "Deals by stage, with amounts and weighted amounts"),
    "map": ("map", "Who reports to whom, who influences whom, and how they stand to us"),
    "render": ("render", "Any form of any record: text, Markdown, HTML, docx, pdf"),
    "template": ("template", "The templates of the forms: list, copy"),
    "review": ("review", "Review packs: the day, week and month; a deal or an account"),
    "diff": ("diff", "What changed between two states, in the words of selling"),
    "log": ("log", "The story of a record: what changed when, by whom and why"),
    "blame": ("blame", "Who last changed each mark and field, when and on what evidence"),
    "rename": ("rename", "Give a record another id, and change every reference to it"),
    "audit": ("audit", "What the history says about how the files were kept, as questions"),
    "workbook": ("workbook", "Excel workbooks with drop-downs: export, import"),
    "funnel": ("funnel", "Deals, conversion and days by stage, what orders need, and the diagnosis"),
    "forecast": ("forecast", "Commitments against time, coverage of the quota, contradictions, simulation"),
    "today": ("today", "Calls, commitments and actions due, callbacks, and deals to look at: one screen"),
    "week": ("week", "The weekly call plan with results, callbacks and five tests; start a week"),
    "metrics": ("metrics", "The evaluation sheet: attainment, conversions, win rate, cycle, record delay"),
    "ramp": ("ramp", "What is expected by months in the job, against what the files show"),
    "import": ("import_", "What a CRM exported as CSV: compare, then take over"),
    "export": ("export", "Flat tables: csv, tsv, jsonl, xlsx, sqlite, parquet"),
    "validate": ("validate", "Every problem in every file"),
    "rule": ("rule", "Explain a rule that validate names"),
    "merge-driver": ("merge_driver", "Merge two versions of a record, for git"),
    "schema": ("schema", "JSON Schemas of the file format, for editors"),
}
"""Commands: the module of `commands/` that holds each, and its line in the help."""

ALIASES = {"opp": "opportunity"}

GLOBAL_OPTIONS = {
    "-C": 1,
    "--workspace": 1,
    "--as-of": 1,
    "--at": 1,
    "--lang": 1,
    "--format": 1,
    "--fields": 1,
    "--color": 1,
    "-q": 0,
    "--quiet": 0,
    "-v": 0,
    "--verbose": 0,
    "--no-cache": 0,
}
"""Options that every command understands, before its name or after it, and how many values each takes."""

CLICK_ERROR = cast(type[Any], typer.BadParameter.__mro__[2])


class Commands(TyperGroup):
    """Imports only the command that runs."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, name: str) -> Any:
        """Return one command, or None when there is none of that name."""
        name = ALIASES.get(name, name)
        if name not in COMMANDS:
            return None
        command = get_command(import_module(f"kamctl.commands.{COMMANDS[name][0]}").app)
        command.name = name
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the arguments name. Raises KamctlError with the nearest one."""
        if args and args[0] not in (*COMMANDS, *ALIASES) and not args[0].startswith("-"):
            raise KamctlError(
                Phrase('there is no command "{name}"', name=args[0]),
                nearest(args[0], [*COMMANDS, *ALIASES], Phrase("`kamctl --help` lists them")),
            )
        return super().resolve_command(ctx, [ALIASES.get(name, name) for name in args[:1]] + args[1:])

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


app = typer.Typer(
    cls=Commands,
    name="kamctl",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kamctl {__version__}")
        raise typer.Exit


@app.callback(epilog="Global options may stand before or after the command. `kamctl COMMAND --help` shows examples.")
def root(
    ctx: typer.Context,
    workspace: str = typer.Option(
        ".", "-C", "--workspace", metavar="DIR", envvar="KAMCTL_WORKSPACE", help="Workspace to work in."
    ),
    as_of: str = typer.Option(
        "",
        "--as-of",
        metavar="DATE",
        envvar="KAMCTL_AS_OF",
        help="The day that counts as today; all files as they are.",
    ),
    at: str = typer.Option(
        "",
        "--at",
        metavar="REV|DATE",
        envvar="KAMCTL_AT",
        help="All files as they were in that commit, or on that day.",
    ),
    lang: str = typer.Option(
        "", "--lang", metavar="LANG", envvar="KAMCTL_LANG", help="en, zh-Hans or zh-Hant; default: the workspace's."
    ),
    output: str = typer.Option(
        "",
        "--format",
        metavar="FORMAT",
        envvar="KAMCTL_FORMAT",
        help="table, tsv, csv, json, jsonl, md; some know html, sarif, …",
    ),
    fields: str = typer.Option("", "--fields", metavar="A,B", help="Columns to print, in this order."),
    color: str = typer.Option("auto", "--color", metavar="WHEN", envvar="KAMCTL_COLOR", help="auto, always or never."),
    quiet: bool = typer.Option(False, "-q", "--quiet", help="No notes on stderr."),
    verbose: bool = typer.Option(False, "-v", "--verbose", help="Say more on stderr."),
    no_cache: bool = typer.Option(False, "--no-cache", envvar="KAMCTL_NO_CACHE", help="Read every file anew."),
    version: bool = typer.Option(False, "--version", help="Print the version.", callback=_print_version, is_eager=True),
) -> None:
    """Key account management as plain text: accounts, deals and calls are YAML files in git."""
    if no_cache:
        os.environ["KAMCTL_NO_CACHE"] = "1"
    ctx.obj = Globals(workspace, as_of, at, lang, output, fields, color, quiet, verbose)


def run(argv: Sequence[str]) -> int:
    """Run one command and return its exit code: 0, 1 problems, 2 usage, 3 a bug, 130 interrupted."""
    try:
        _use_utf8()
        result = get_command(app).main(args=hoist(argv) or ["--help"], prog_name="kamctl", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except KamctlError as error:
        return _fail(error, argv)
    except CLICK_ERROR as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stdout.write(error.format_message() + "\n")
            return 2
        from kamctl.commands.misreading import misread

        return _fail(misread(error, argv, GLOBAL_OPTIONS), argv)
    except (KeyboardInterrupt, typer.Abort):
        return _fail(KamctlError(Phrase("interrupted"), exit_code=130), argv)
    except SystemExit as end:
        if not isinstance(end.__context__, BrokenPipeError):
            raise
        return _forget_output()
    except BrokenPipeError:
        return _forget_output()
    except OSError as error:
        _forget_output()
        name = error.filename or Phrase("standard output")
        return _fail(KamctlError(Phrase("{name}: {why}", name=name, why=why(error))), argv)
    except Exception:
        return _report_bug(argv)


def hoist(argv: Sequence[str]) -> list[str]:
    """Move global options to the front, so that they may stand anywhere: `pipeline --format json`.

    Raises KamctlError when the last one lacks its value.
    """
    front: list[str] = []
    rest: list[str] = []
    arguments = iter(argv)
    for argument in arguments:
        if argument == "--":
            rest += [argument, *arguments]
            break
        name, equals, _ = argument.partition("=")
        if argument in GLOBAL_OPTIONS:
            values = [value for _, value in zip(range(GLOBAL_OPTIONS[argument]), arguments, strict=False)]
            if len(values) < GLOBAL_OPTIONS[argument]:
                raise KamctlError(
                    Phrase("{name} needs a value", name=argument),
                    Phrase("`kamctl --help` shows the global options"),
                )
            front += [argument, *values]
        elif equals and name.startswith("--") and GLOBAL_OPTIONS.get(name):
            front.append(argument)
        else:
            rest.append(argument)
    return front + rest


def _use_utf8() -> None:
    """Write UTF-8 wherever the streams allow it; a character that a terminal cannot show never stops a command."""
    sys.stdout = sys.stdout or io.StringIO()  # closed by the caller: `>&-`
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _forget_output() -> int:
    """Drop what is still to be written, so that the end of the process does not try again; returns 0."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _fail(error: KamctlError, argv: Sequence[str]) -> int:
    from kamctl.commands.speaking import language_of
    from kamctl.labels import said, text
    from kamctl.render.screen import say, screen

    view, lang = screen(), language_of(argv)
    colon = text("colon", lang)
    say(view.style_err(text("severity-error", lang), "error") + colon + said(error.message, lang))
    if error.hint:
        say(view.style_err(text("hint", lang), "cyan") + colon + said(error.hint, lang))
    return error.exit_code


def _report_bug(argv: Sequence[str]) -> int:
    import tempfile

    if any("\udc80" <= character <= "\udcff" for argument in argv for character in argument):
        words = Phrase("an argument is not UTF-8 text"), Phrase("type it again, or set LC_ALL=C.UTF-8")
        return _fail(KamctlError(*words), argv)
    with tempfile.NamedTemporaryFile("w", prefix="kamctl-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write(f"kamctl {__version__}, Python {sys.version}\narguments: {sys.argv[1:]}\n\n{traceback.format_exc()}")
    message = Phrase("this is a bug in kamctl; the details are in {file}", file=log.name)
    return _fail(KamctlError(message, Phrase("please report it with that file"), 3), argv)
