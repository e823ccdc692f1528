"""What every command starts from: the global options, the workspace, and how to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import typer

from kamctl.commands.parsing import App, Group
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest

if TYPE_CHECKING:
    from kamctl.history.repository import Repository
    from kamctl.history.revisions import Revision
    from kamctl.loading import Loaded
    from kamctl.problems import Problem
    from kamctl.render.output import Envelope, Style
    from kamctl.saving import Draft
    from kamctl.schema.method.process import Process
    from kamctl.schema.method.scorecard import Scorecard
    from kamctl.workspace import Workspace

DRY_RUN = typer.Option(False, "-n", "--dry-run", help="Print the diff and write nothing.")
SET = typer.Option([], "--set", metavar="FIELD=VALUE", help="Any other field; may be repeated.")
OUTPUT = typer.Option("-", "-o", "--output", metavar="FILE", help="Write to a file; - for stdout.")
UNSET = typer.Option([], "--unset", metavar="FIELD", help="Remove a field; may be repeated.")


def ids_of(*kinds: str) -> Callable[[typer.Context, str], list[str]]:
    """Return a completion of the ids, and their last parts, of some kinds of records; silent without a workspace."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        from kamctl.tree import Disk, find_root, scan

        root = find_root(Path(ctx.find_root().params.get("workspace") or "."))
        found = [file.id for file in scan(Disk(root), kinds)] if root is not None else []
        stems = [name.rpartition("/")[2] for name in found] if incomplete and "/" not in incomplete else []
        return [name for name in [*found, *stems] if name.startswith(incomplete)]

    return complete


class Globals(NamedTuple):
    """The global options as typed."""

    workspace: str
    as_of: str
    at: str
    lang: str
    format: str
    fields: str
    color: str
    quiet: bool
    verbose: bool


@dataclass
class Session:
    """One run of one command."""

    options: Globals
    command: str
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def as_of(self) -> date:
        """The day that counts as today: as told, else that of `--at`. Raises KamctlError when `--as-of` is no date."""
        if self.options.at and not self.options.as_of:
            return self.revision.day
        return self.day(self.options.as_of or "today", "--as-of")

    def day(self, text: str, option: str) -> date:
        """Read a date as people type it, counted from the as-of day. Raises KamctlError."""
        from kamctl.dates import read_date

        today = date.today() if option == "--as-of" else self.as_of
        try:
            return read_date(text, today)
        except ValueError:
            hint = Phrase("write 2026-03-12, 2026/3/12, today, +7d or fri")
            raise KamctlError(Phrase('{option}: "{text}" is not a date', option=option, text=text), hint) from None

    @cached_property
    def folder(self) -> Path:
        """The folder that `-C` names. Raises KamctlError when it is none."""
        folder = Path(self.options.workspace)
        if not folder.is_dir():
            raise KamctlError(
                Phrase("there is no folder {folder}", folder=folder), Phrase("`kamctl init DIR` makes a workspace")
            )
        return folder

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace. Raises KamctlError when there is none."""
        return self.open()

    def open(self, *, tolerant: bool = False) -> Workspace:
        """Open the workspace; long readings show how far they have come. Raises KamctlError."""
        from kamctl.render.progress import progress
        from kamctl.workspace import Workspace

        if self.options.at:
            from kamctl.history.snapshot import workspace_at

            workspace = workspace_at(self.root, self.repository, self.revision, tolerant=tolerant)
        else:
            workspace = Workspace.open(self.folder, tolerant=tolerant)
        lang = self.lang if self.options.lang else workspace.settings.language
        workspace.progress = None if self.options.quiet else progress(lang)
        return workspace

    @cached_property
    def root(self) -> Path:
        """The folder with kamctl.yaml. Raises KamctlError when there is none."""
        from kamctl.tree import root_of

        return root_of(self.folder)

    @cached_property
    def repository(self) -> Repository:
        """The git repository that the workspace lies in. Raises KamctlError when there is none."""
        from kamctl.history.repository import Repository

        return Repository.open(self.root)

    @cached_property
    def revision(self) -> Revision:
        """The state that `--at` asks for. Raises KamctlError when there is none."""
        from kamctl.history.revisions import revision

        return revision(self.repository, self.options.at, date.today())

    @cached_property
    def has_workspace(self) -> bool:
        """Whether there is a workspace here."""
        from kamctl.tree import find_root

        return find_root(self.folder) is not None

    @cached_property
    def lang(self) -> str:
        """The language in effect: `--lang`, else the workspace's, else the terminal's, else English."""
        from kamctl.labels import LANGUAGES, language

        wanted = self.options.lang
        if not wanted:
            from kamctl.commands.speaking import of_locale

            return self.workspace.settings.language if self.has_workspace else of_locale()
        found = language(wanted)
        if not found:
            raise KamctlError(
                Phrase('there is no language "{name}"', name=wanted), nearest(wanted, LANGUAGES, choices(LANGUAGES))
            )
        return found

    @cached_property
    def style(self) -> Style:
        """How to print."""
        from kamctl.render.output import Style
        from kamctl.render.screen import screen

        if self.options.color not in ("auto", "always", "never"):
            raise KamctlError(
                Phrase('--color: "{text}" is not known', text=self.options.color), Phrase("auto, always or never")
            )
        fields = [name.strip() for name in self.options.fields.split(",") if name.strip()]
        return Style(screen(self.options.color), self.options.format, fields, self.lang, self.options.quiet)

    def envelope(self, **extra: object) -> Envelope:
        """What a JSON result says of itself."""
        from kamctl.render.output import Envelope

        return Envelope(self.command, self.as_of, self.problems, {**self.method, **extra})

    @cached_property
    def method(self) -> dict[str, object]:
        """The names and versions of the process and scorecard in force; empty outside a workspace.

        The version of one that cannot be read is None: a result that does not need it is a result all the same.
        """
        if not self.has_workspace:
            return {}
        settings, methods = self.workspace.settings, self.workspace.methods
        return {
            "method": {
                "process": {"name": settings.process, "version": _version(methods.process, settings.process)},
                "scorecard": {"name": settings.scorecard, "version": _version(methods.scorecard, settings.scorecard)},
            }
        }

    def tell_unread(self, loaded: Loaded) -> None:
        """Say on stderr how many files could not be read; JSON results carry their problems."""
        from kamctl.loading import located
        from kamctl.render.output import tell_unreadable

        if self.options.verbose:
            self.say(self.label("files-read", files=loaded.files, anew=loaded.anew), "dim")
        tell_unreadable(len(loaded.unreadable), loaded.files, self.style)
        if self.options.format == "json":
            self.problems = located(self.workspace.files, loaded.problems)

    def say(self, text: str, style: str = "") -> None:
        """Write a note to stderr unless `-q`."""
        from kamctl.render.screen import say

        if not self.options.quiet:
            say(self.style.screen.style_err(text, style))

    def save(self, draft: Draft, dry_run: bool) -> None:
        """Write a file and say so, or print the diff."""
        from kamctl.render.diff import diff
        from kamctl.render.screen import write
        from kamctl.saving import save

        self.refuse_at()
        changes = diff(draft, self.style.screen)
        if dry_run:
            write(changes)
            return
        save(self.workspace.root, draft)
        if draft.before is None:
            self.say(f"{draft.path}: {self.label('created')}")
        elif changes:
            self.say(changes.rstrip("\n"))

    def refuse_at(self) -> None:
        """Raise KamctlError when `--at` is given: what is past cannot be changed."""
        if self.options.at:
            hint = Phrase("leave --at out; --at is for looking only")
            raise KamctlError(
                Phrase("`kamctl {command}` writes, and cannot write into the past", command=self.command), hint
            )

    def label(self, key: str, **values: object) -> str:
        """Return words in the language in effect."""
        from kamctl.labels import text

        return text(key, self.lang, **values)


def _version(read: Callable[[str], Process | Scorecard], name: str) -> int | None:
    try:
        return read(name).version
    except KamctlError:
        return None


def session(ctx: typer.Context) -> Session:
    """Return the session of a command. Raises KamctlError for `--at` with a command that writes: one with a dry run."""
    run = Session(cast(Globals, ctx.find_root().obj), ctx.command_path.removeprefix("kamctl "))
    if "dry_run" in ctx.params:
        run.refuse_at()
    return run


def new_app(**settings: object) -> typer.Typer:
    """Return a Typer app with kamctl's settings: plain help, no decorated tracebacks."""
    return App(
        cls=Group,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        **settings,  # type: ignore[arg-type]
    )
