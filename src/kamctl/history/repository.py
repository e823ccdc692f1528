"""What a repository is asked. It is only read, but for `Repository.move` and `Repository.set`, which users ask for."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from kamctl.history import answers, git
from kamctl.history.answers import ADDED, FORMAT, Commit, FileChange, TreeEntry
from kamctl.parallel import begun
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError

DIFF = ("--raw", "-z", "-r", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-color", f"-O{os.devnull}")
RENAMES = ("-M", "-l2000")
FILTERS = r"^filter\..*\.(clean|smudge|process|required)$"


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
        done = git.run(folder, ["rev-parse", *wanted, "--show-toplevel", "--show-prefix"])
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
        done = git.run(self.root, arguments)
        if done.returncode:
            raise KamctlError(Phrase("git {command}: {words}", command=arguments[0], words=git.words(done.stderr)))
        return done.stdout

    def answer(self, *arguments: str) -> str | None:
        """Return what a git command prints, without the last line break, or None when it fails."""
        done = git.run(self.root, arguments)
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
        known = answers.read_commit(commit.removeprefix("\x01"), fields)
        return known, tree if not self.prefix else self.tree(known.id)

    def tree(self, commit: str) -> str | None:
        """Return the tree of the folder in a commit, or None when it was not there."""
        below = f":{self.prefix.rstrip('/')}" if self.prefix else "^{tree}"
        return self.answer("rev-parse", "--verify", "--quiet", f"{commit}{below}")

    def entries(self, tree: str, *paths: str) -> Iterator[TreeEntry]:
        """Yield the files of a tree, below some paths or all, in git's order; submodules are left out."""
        listed = self.run("ls-tree", "-r", "-z", "--full-tree", tree, *(("--", *paths) if paths else ()))
        yield from answers.tree_entries(listed)

    def contents(self, blobs: Sequence[str]) -> Iterator[bytes | None]:
        """Yield the content of each blob in turn, None for one that is not in this clone; one process for all."""
        if not blobs:
            return
        with tempfile.TemporaryFile() as asked:
            asked.write("\n".join((*blobs, "")).encode())
            asked.seek(0)
            with git.started(self.root, ["cat-file", "--batch", "--buffer"], stdin=asked) as process:
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
        where = self._below(paths) or ([self.prefix] if self.prefix and changes else [])
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
        return {entry.path: (entry.mode, entry.blob) for entry in self.staged_entries(*paths)}

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
            done = git.run(self.root, ["update-index", "-z", "--index-info"], os.fsencode("".join(lines)))
            if done.returncode:
                raise KamctlError(Phrase("git update-index: {words}", words=git.words(done.stderr)), exit_code=1)
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

    def staged_entries(self, *paths: str) -> Iterator[TreeEntry]:
        """Yield the files that are staged, below some paths; those in conflict are left out."""
        listed = self.run("ls-files", "-z", "--stage", "--full-name", "--", *self._below(paths))
        yield from answers.staged_entries(listed, self.prefix)

    def fork(self, one: str, other: str) -> str | None:
        """Return the commit that two others have in common, or None when they share no history."""
        found = self.answer("merge-base", one, other)
        return found.split("\n")[0] if found else None

    def blob_of(self, content: bytes) -> str:
        """Return the name that git gives to a content."""
        return hashlib.new(self.algorithm, b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()

    def _below(self, paths: Iterable[str]) -> list[str]:
        """Return paths of the folder as paths of the repository."""
        return [f"{self.prefix}{path}" for path in paths]

    def _untracked(self, paths: Sequence[str]) -> list[str]:
        listed = self.run("ls-files", "-z", "--others", "--full-name", "--", *self._below(paths))
        return [path[len(self.prefix) :] for path in answers.texts(listed)]

    def _filters(self) -> dict[str, str]:
        """Return the settings of all filters that git could run."""
        found = self.answer("config", "--name-only", "-z", "--get-regexp", FILTERS) or ""
        return dict.fromkeys(filter(None, found.split("\0")), "")

    def _differences(
        self, command: str, states: Sequence[str], paths: Sequence[str], settings: Mapping[str, str] | None = None
    ) -> list[FileChange]:
        asked = [command, *DIFF, "--no-renames", *states, "--", *self._below(paths)]
        done = git.run(self.root, asked, settings=settings)
        if done.returncode:
            raise KamctlError(Phrase("git {command}: {words}", command=command, words=git.words(done.stderr)))
        return answers.changes(done.stdout, self.prefix)

    def _log(self, arguments: Sequence[str]) -> Iterator[tuple[Commit, list[FileChange]]]:
        asked = ["log", "--no-notes", f"--format={FORMAT}", *arguments]
        with tempfile.TemporaryFile() as complaints, git.started(self.root, asked, stderr=complaints) as process:
            assert process.stdout is not None
            yield from answers.commits(git.tokens(process.stdout), self.prefix)
            if process.wait():
                complaints.seek(0)
                raise KamctlError(Phrase("git log: {words}", words=git.words(complaints.read())))


def _no_repository(folder: Path, complaint: bytes) -> KamctlError:
    if b"not a git repository" in complaint:
        return KamctlError(
            Phrase("{folder} is in no git repository", folder=folder),
            Phrase("`git init && git add -A && git commit` starts a history"),
        )
    if b"dubious ownership" in complaint:
        hint = Phrase('`git config --global --add safe.directory "{folder}"` if you trust it', folder=folder)
        return KamctlError(Phrase("git does not read {folder}: it belongs to somebody else", folder=folder), hint)
    return KamctlError(Phrase("git does not read {folder}: {words}", folder=folder, words=git.words(complaint)))
