"""The only module that runs git: to read, but for `Repository.move` and `Repository.set`, which users ask for.

A repository is data, not trusted: none of its hooks, filters, external diffs or helpers is run, nothing is fetched,
reading takes no lock, and no setting of it changes what is read. Paths are taken and given NUL-separated, so that they
may hold anything.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import IO, NamedTuple

from kamctl.parallel import begun
from kamctl.phrases import Phrase, Verbatim
from kamctl.problems import KamctlError

SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "diff.external": "",
    "diff.ignoreSubmodules": "all",
    "diff.relative": "false",
    "i18n.logOutputEncoding": "UTF-8",
    "log.follow": "false",
    "log.showRoot": "true",
    "log.showSignature": "false",
}
"""Settings that no repository may change: some run programs, others change what is printed."""

GLOBAL = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    *(part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")),
)
DIFF = ("--raw", "-z", "-r", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-color", f"-O{os.devnull}")
RENAMES = ("-M", "-l2000")
ENVIRONMENT = {
    "LC_ALL": "POSIX",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # a git that knows no GIT_NO_LAZY_FETCH can still reach nothing
}
KEPT = ("GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH")
"""Variables of the caller that still count; GIT_DIR and its kin, which a hook sets, would point elsewhere."""

FILTERS = r"^filter\..*\.(clean|smudge|process|required)$"
FORMAT = "%x01%H%x00%P%x00%aN%x00%aE%x00%aI%x00%cI%x00%s"
FIELDS = 7
LINK = "120000"
MODULE = "160000"
CHUNK = 1 << 16
ERRORS = 128
"""From this exit code on git has failed; below it `merge-file` counts conflicts."""

ADDED, MODIFIED, DELETED, RENAMED = "added", "modified", "deleted", "renamed"
STATUSES = dict(zip("AMTDR", (ADDED, MODIFIED, MODIFIED, DELETED, RENAMED), strict=True))
"""What git's letters say that a commit did to a file; that a file became a link is a change like any other."""


class Commit(NamedTuple):
    """One commit. `authored` is when its author wrote it, `committed` when it got its place; both with their zone."""

    id: str
    parents: tuple[str, ...]
    author: str
    email: str
    authored: datetime
    committed: datetime
    subject: str

    @property
    def day(self) -> date:
        """The day it was written, where its author was."""
        return self.authored.date()

    @property
    def short(self) -> str:
        """The id as people read it."""
        return self.id[:9]


class FileChange(NamedTuple):
    """What one commit did to one file. `status` is one of `STATUSES`.

    `path` is where the file lies afterwards, `old_path` where it lay before; `before` and `after` are blobs, empty
    where there was or is none. A merge shows the files that differ from all its parents; `others` are the blobs of its
    second and further parents.
    """

    status: str
    old_path: str
    path: str
    before: str
    after: str
    others: tuple[str, ...] = ()


class TreeEntry(NamedTuple):
    """A file of a tree: its path, its blob, its mode in octal (`120000` for a link)."""

    path: str
    blob: str
    mode: str


class Repository:
    """The repository that a folder lies in. `prefix` is the folder's path below `root`, ending in a slash, or empty.

    `algorithm` is the one by which git names what it keeps.
    """

    def __init__(self, root: Path, prefix: str, shallow: bool, algorithm: str = "sha1") -> None:
        self.root = root
        self.prefix = prefix
        self.shallow = shallow
        self.algorithm = algorithm
        self.ahead: tuple[Sequence[str], Callable[[], list[str]], Callable[[], dict[str, str]]] | None = None

    @classmethod
    def open(cls, folder: Path) -> Repository:
        """Return the repository of a folder.

        Raises KamctlError when git is not installed, when there is no repository or a bare one, and when git refuses
        because it belongs to somebody else.
        """
        wanted = ("--show-object-format", "--is-bare-repository", "--is-shallow-repository")
        done = _git(folder, ["rev-parse", *wanted, "--show-toplevel", "--show-prefix"])
        algorithm, *words = os.fsdecode(done.stdout).split("\n")
        if words[:1] == ["true"]:
            raise KamctlError(
                Phrase("{folder} is a bare repository, without files", folder=folder),
                Phrase("clone it, and work in the clone"),
            )
        if done.returncode:
            raise _no_repository(folder, done.stderr)
        known = algorithm in hashlib.algorithms_guaranteed  # a git that knows one alone says what it was asked
        return cls(Path(words[2]), words[3], words[1] == "true", algorithm if known else "sha1")

    @classmethod
    def find(cls, folder: Path) -> Repository | None:
        """Return the repository of a folder, or None where there is none to read, for whatever reason."""
        try:
            return cls.open(folder)
        except KamctlError:
            return None

    def run(self, *arguments: str) -> bytes:
        """Return what a git command prints. Raises KamctlError with git's own words when it fails."""
        done = _git(self.root, arguments)
        if done.returncode:
            raise KamctlError(Phrase("git {command}: {words}", command=arguments[0], words=_words(done.stderr)))
        return done.stdout

    def answer(self, *arguments: str) -> str | None:
        """Return what a git command prints, without the last line break, or None when it fails."""
        done = _git(self.root, arguments)
        return os.fsdecode(done.stdout).rstrip("\n") if done.returncode == 0 else None

    @cached_property
    def head(self) -> str:
        """The commit that is checked out. Raises KamctlError when there is none yet."""
        found = self.answer("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if found is None:
            raise KamctlError(
                Phrase("there is no commit yet"), Phrase('`git add -A && git commit -m "first state"` makes one')
            )
        return found

    def names(self) -> list[str]:
        """Return the names of branches and tags, the newest first."""
        found = self.answer(
            "for-each-ref", "--sort=-creatordate", "--format=%(refname:short)", "refs/heads", "refs/tags"
        )
        return found.split("\n") if found else []

    def commit(self, name: str) -> Commit:
        """Return a commit by its full id."""
        return next(commit for commit, _ in self.log((), name, changes=False, count=1))

    def state(self, name: str) -> tuple[Commit, str | None] | None:
        """Return the commit that a name means and the tree of the folder in it, None where it means no single commit.

        The tree is None when the folder was not there.
        """
        if ".." in name:
            name = self.answer("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") or ""
        how = ["--no-notes", "--no-patch", "-1", f"--format={FORMAT}%x00%T"]
        found = self.answer("log", *how, f"{name}^{{commit}}", "--") if name else None
        if not found:
            return None
        commit, *fields, tree = found.split("\0")
        known = _commit(commit.removeprefix("\x01"), fields)
        return known, tree if not self.prefix else self.tree(known.id)

    def tree(self, commit: str) -> str | None:
        """Return the tree of the folder in a commit, or None when it was not there."""
        below = f":{self.prefix.rstrip('/')}" if self.prefix else "^{tree}"
        return self.answer("rev-parse", "--verify", "--quiet", f"{commit}{below}")

    def entries(self, tree: str, *paths: str) -> Iterator[TreeEntry]:
        """Yield the files of a tree, below some paths or all, in git's order; submodules are left out."""
        listed = self.run("ls-tree", "-r", "-z", "--full-tree", tree, *(("--", *paths) if paths else ()))
        for line in os.fsdecode(listed).split("\0")[:-1]:
            about, _, path = line.partition("\t")
            mode, kind, blob = about.split(" ")
            if kind == "blob":
                yield TreeEntry(path, blob, mode)

    def contents(self, blobs: Sequence[str]) -> Iterator[bytes | None]:
        """Yield the content of each blob in turn, None for one that is not in this clone; one process for all."""
        if not blobs:
            return
        with tempfile.TemporaryFile() as asked:
            asked.write("\n".join((*blobs, "")).encode())
            asked.seek(0)
            with _started(self.root, ["cat-file", "--batch", "--buffer"], stdin=asked) as process:
                assert process.stdout is not None
                for blob in blobs:
                    head = process.stdout.readline()
                    if not head.startswith(blob.encode()) or head.endswith(b" missing\n"):
                        yield None
                        continue
                    size = int(head.rpartition(b" ")[2])
                    yield process.stdout.read(size + 1)[:size]

    def log(
        self,
        paths: Sequence[str],
        *revisions: str,
        changes: bool = True,
        renames: bool = False,
        first_parent: bool = False,
        count: int = 0,
        only: str = "",
    ) -> Iterator[tuple[Commit, list[FileChange]]]:
        """Yield the commits of some revisions, newest first, with what they did to some paths of the folder.

        Without paths it is the whole folder. Commits that touch none of the paths are left out. `renames` looks for
        files that moved from one of the paths to another; see `Repository.renames` for those that came from elsewhere.
        A revision written `^REV` leaves out what can be reached from it. `only` is what may have become of a file, by
        git's letters; other changes are left out.
        """
        what = [*DIFF, *(RENAMES if renames else ["--no-renames"]), "-c"] if changes else ["-z", "--no-patch"]
        how = [*(["--first-parent"] if first_parent else []), *([f"-{count}"] if count else [])]
        how += [f"--diff-filter={only}"] if only else []
        where = [f"{self.prefix}{path}" for path in paths] or ([self.prefix] if self.prefix and changes else [])
        yield from self._log([*what, *how, *revisions, "--", *where])

    def setting(self, name: str) -> str | None:
        """Return a setting of this clone, None when it has none."""
        return self.answer("config", "--local", "--get", name)

    def set(self, name: str, value: str) -> None:
        """Write a setting of this clone. Raises KamctlError."""
        self.run("config", "--local", name, value)

    def tracked(self, *paths: str) -> dict[str, tuple[str, str]]:
        """Return mode and blob of the files that git keeps below some paths of the folder, by path; conflicts left out.

        Submodules are left out too.
        """
        listed = self.run("ls-files", "-z", "--stage", "--full-name", "--", *(f"{self.prefix}{path}" for path in paths))
        found = {}
        for line in os.fsdecode(listed).split("\0")[:-1]:
            about, _, path = line.partition("\t")
            mode, blob, stage = about.split(" ")
            if stage == "0" and mode != MODULE:
                found[path.removeprefix(self.prefix)] = (mode, blob)
        return found

    def move(self, moves: Mapping[str, str]) -> int:
        """Move files in the index as `git mv` does, without looking at what they hold now; returns how many it knew.

        Raises KamctlError when the index cannot be written.
        """
        known = self.tracked(*moves) if moves else {}
        lines = []
        for old, (mode, blob) in known.items():
            if old in moves:
                lines.append(f"0 {'0' * len(blob)}\t{self.prefix}{old}\0{mode} {blob}\t{self.prefix}{moves[old]}\0")
        if lines:
            done = _git(self.root, ["update-index", "-z", "--index-info"], os.fsencode("".join(lines)))
            if done.returncode:
                raise KamctlError(Phrase("git update-index: {words}", words=_words(done.stderr)), exit_code=1)
        return len(lines)

    def reaches(self, newer: str, older: str) -> bool:
        """Whether one commit is the other or comes after it."""
        return self.answer("merge-base", "--is-ancestor", older, newer) is not None

    def renames(self, commits: Iterable[str]) -> Iterator[tuple[Commit, list[FileChange]]]:
        """Yield some commits with the files that they renamed, inside the folder."""
        wanted = list(commits)
        if wanted:
            yield from self._log([*DIFF, *RENAMES, "--diff-filter=R", "--no-walk=unsorted", *wanted, "--"])

    def differences(self, before: str, after: str, *paths: str) -> list[FileChange]:
        """Return what differs between two commits or trees below some paths; no renames are looked for."""
        return self._differences("diff-tree", [before, after], paths)

    def staged(self, before: str, *paths: str) -> list[FileChange]:
        """Return what differs between a commit and what is staged for the next one."""
        return self._differences("diff-index", ["--cached", before], paths)

    def look_ahead(self, *paths: str) -> None:
        """Begin now what `touched` with these paths will ask of git, whatever it compares."""
        self.ahead = paths, begun(lambda: self._untracked(paths)), begun(self._filters)

    def touched(self, before: str, *paths: str) -> list[FileChange]:
        """Return what may differ between a commit and the files on disk, new files included, ignored ones too.

        `after` is empty where the file must be read to know; git looks at its status only. A filter that the
        repository sets, which git would run on a file that was written within the second of its last look, is unset.
        """
        if self.ahead is None or self.ahead[0] != paths:
            self.look_ahead(*paths)
        assert self.ahead is not None
        _, new, filters = self.ahead
        self.ahead = None
        changed = self._differences("diff-index", [before], paths, filters())
        return changed + [FileChange(ADDED, path, path, "", "") for path in new()]

    def _untracked(self, paths: Sequence[str]) -> list[str]:
        where = [f"{self.prefix}{path}" for path in paths]
        listed = self.run("ls-files", "-z", "--others", "--full-name", "--", *where)
        return [path[len(self.prefix) :] for path in os.fsdecode(listed).split("\0")[:-1]]

    def staged_entries(self, *paths: str) -> Iterator[TreeEntry]:
        """Yield the files that are staged, below some paths; those in conflict are left out."""
        where = [f"{self.prefix}{path}" for path in paths]
        listed = self.run("ls-files", "-z", "--stage", "--full-name", "--", *where)
        for line in os.fsdecode(listed).split("\0")[:-1]:
            about, _, path = line.partition("\t")
            mode, blob, number = about.split(" ")
            if number == "0" and mode != MODULE:
                yield TreeEntry(path[len(self.prefix) :], blob, mode)

    def fork(self, one: str, other: str) -> str | None:
        """Return the commit that two others have in common, or None when they share no history."""
        found = self.answer("merge-base", one, other)
        return found.split("\n")[0] if found else None

    def blob_of(self, content: bytes) -> str:
        """Return the name that git gives to a content."""
        return hashlib.new(self.algorithm, b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()

    def _filters(self) -> dict[str, str]:
        """Return the settings of all filters that git could run."""
        found = self.answer("config", "--name-only", "-z", "--get-regexp", FILTERS) or ""
        return dict.fromkeys(filter(None, found.split("\0")), "")

    def _differences(
        self, command: str, states: Sequence[str], paths: Sequence[str], settings: Mapping[str, str] | None = None
    ) -> list[FileChange]:
        where = [f"{self.prefix}{path}" for path in paths]
        done = _git(self.root, [command, *DIFF, "--no-renames", *states, "--", *where], settings=settings)
        if done.returncode:
            raise KamctlError(Phrase("git {command}: {words}", command=command, words=_words(done.stderr)))
        tokens = iter(os.fsdecode(done.stdout).split("\0")[:-1])
        found = (_change(token, tokens, self.prefix) for token in tokens)
        return list({change.path: change for change in found if change is not None}.values())

    def _log(self, arguments: Sequence[str]) -> Iterator[tuple[Commit, list[FileChange]]]:
        with (
            tempfile.TemporaryFile() as complaints,
            _started(self.root, ["log", "--no-notes", f"--format={FORMAT}", *arguments], stderr=complaints) as process,
        ):
            assert process.stdout is not None
            yield from _commits(_tokens(process.stdout), self.prefix)
            if process.wait():
                complaints.seek(0)
                raise KamctlError(Phrase("git log: {words}", words=_words(complaints.read())))


def _commits(tokens: Iterator[str], prefix: str) -> Iterator[tuple[Commit, list[FileChange]]]:
    """Group what `git log` prints into commits; paths are cut to what lies behind `prefix`, others are dropped."""
    commit: Commit | None = None
    changed: list[FileChange] = []
    for token in tokens:
        if token.startswith("\x01"):
            if commit is not None:
                yield commit, changed
            commit, changed = _commit(token[1:], [next(tokens) for _ in range(FIELDS - 1)]), []
        elif token.lstrip("\n").startswith(":"):
            change = _change(token.lstrip("\n"), tokens, prefix)
            if change is not None:
                changed.append(change)
    if commit is not None:
        yield commit, changed


def _commit(commit: str, fields: Sequence[str]) -> Commit:
    parents, author, email, authored, committed, subject = fields
    return Commit(commit, tuple(parents.split()), author, email, _moment(authored), _moment(committed), subject)


def _change(about: str, tokens: Iterator[str], prefix: str) -> FileChange | None:
    """Read a line of a raw diff, `:MODE MODE BLOB BLOB STATUS`, with a mode and a blob more for each further parent."""
    colons = len(about) - len(about.lstrip(":"))
    words = about[colons:].split(" ")
    modes, blobs, status = words[: colons + 1], words[colons + 1 : -1], words[-1]
    old = next(tokens)
    path = next(tokens) if status.startswith("R") else old
    if not path.startswith(prefix) or not old.startswith(prefix) or MODULE in modes:
        return None
    *parents, after = ("" if blob.strip("0") == "" else blob for blob in blobs)
    kind = STATUSES.get(status[0], MODIFIED) if colons == 1 else (MODIFIED if after else DELETED)
    return FileChange(kind, old[len(prefix) :], path[len(prefix) :], parents[0], after, tuple(parents[1:]))


def _tokens(stream: IO[bytes]) -> Iterator[str]:
    """Yield the NUL-terminated texts of a stream."""
    rest = b""
    while chunk := stream.read(CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from map(os.fsdecode, whole)


def _moment(text: str) -> datetime:
    """Read a date of a commit; one that no calendar has, which can be forged, counts as the first of all."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def merge_lines(
    files: Sequence[Path], labels: Sequence[str], marker_size: int = 7, favour: str = ""
) -> tuple[bytes, bool]:
    """Return git's own merge of three files, ours, base and theirs, by their lines, and whether it has no conflict.

    `favour` decides conflicts for `ours` or `theirs`. Raises KamctlError when git cannot merge them, being no text.
    """
    names = [part for label in labels for part in ("-L", label)]
    how = [f"--marker-size={marker_size}", *([f"--{favour}"] if favour else []), *names]
    done = _git(files[0].parent, ["merge-file", "-p", "-q", *how, "--", *map(str, files)])
    if not 0 <= done.returncode < ERRORS:
        raise KamctlError(Phrase("git merge-file: {words}", words=_words(done.stderr)), exit_code=1)
    return done.stdout, done.returncode == 0


def _git(
    folder: Path, arguments: Sequence[str], given: bytes = b"", settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git to its end in a folder, with some more settings. Raises KamctlError when it is not installed."""
    return subprocess.run(
        [_executable(), *GLOBAL, *arguments],
        cwd=folder,
        env=_with_settings(_environment(), settings or {}),
        input=given,
        capture_output=True,
        check=False,
    )


@contextmanager
def _started(
    folder: Path, arguments: Sequence[str], stdin: IO[bytes] | int = subprocess.DEVNULL, stderr: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run git while its output is read; it ends with the block, whether or not everything was read."""
    process = subprocess.Popen(
        [_executable(), *GLOBAL, *arguments],
        cwd=folder,
        env=_environment(),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr or subprocess.DEVNULL,
        bufsize=CHUNK,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@cache
def _executable() -> str:
    """Return the program, which PATH alone decides. Raises KamctlError when there is none."""
    found = shutil.which("git")
    if found is None or not os.path.isabs(found):
        raise KamctlError(
            Phrase("git is not installed"), Phrase("https://git-scm.com/downloads; all else works without it")
        )
    return found


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(KEPT)}
    return kept | ENVIRONMENT


def _with_settings(environment: dict[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with settings for git, whose names may hold anything, behind those that it has."""
    first = int(environment.get("GIT_CONFIG_COUNT") or 0)
    for number, (name, value) in enumerate(settings.items(), start=first):
        environment |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return environment | ({"GIT_CONFIG_COUNT": str(first + len(settings))} if settings else {})


def _no_repository(folder: Path, complaint: bytes) -> KamctlError:
    if b"not a git repository" in complaint:
        return KamctlError(
            Phrase("{folder} is in no git repository", folder=folder),
            Phrase("`git init && git add -A && git commit` starts a history"),
        )
    if b"dubious ownership" in complaint:
        hint = Phrase('`git config --global --add safe.directory "{folder}"` if you trust it', folder=folder)
        return KamctlError(Phrase("git does not read {folder}: it belongs to somebody else", folder=folder), hint)
    return KamctlError(Phrase("git does not read {folder}: {words}", folder=folder, words=_words(complaint)))


def _words(complaint: bytes) -> Phrase:
    """Return the first line of what git complained of."""
    lines = complaint.decode("utf-8", "replace").strip().split("\n")
    said = lines[0].removeprefix("fatal: ").removeprefix("error: ")
    return Verbatim(said) if said else Phrase("it failed without a word")
