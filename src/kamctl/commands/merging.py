"""What `merge-driver` does: merge, write the result over our version, say what is left to decide."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kamctl import layout, source
from kamctl.commands.session import Session
from kamctl.history.answers import Commit
from kamctl.history.comparing import mapping_of
from kamctl.history.matching import summary
from kamctl.history.merge_file import merge_lines
from kamctl.history.repository import Repository
from kamctl.merging import stages
from kamctl.merging.authors import Side
from kamctl.merging.files import ByLines, MergedFile, Versions, merge_files
from kamctl.merging.marks import Who
from kamctl.merging.places import Names, value_at
from kamctl.merging.stages import Moved
from kamctl.merging.three_way import Conflict
from kamctl.phrases import Phrase, why
from kamctl.problems import KamctlError
from kamctl.saving import write_file
from kamctl.tree import find_root

SHOWN = 60
"""How much of a value stands behind a conflict marker."""

MARK = "\ufeff"


def drive(run: Session, base: str, ours: str, theirs: str, path: str, marker_size: int) -> int:
    """Merge three files into `ours`. Returns 1 when a conflict is left. Raises KamctlError when one cannot be read."""
    files = Path(ours), Path(base), Path(theirs)
    raw_ours, raw_base, raw_theirs = map(_read, files)
    people = _People(path, raw_ours, raw_theirs)

    def by_lines(favour: str = "") -> ByLines:
        raw, clean = merge_lines([file.absolute() for file in files], ("ours", "base", "theirs"), marker_size, favour)
        return ByLines(raw.decode().replace(MARK, ""), clean)

    try:
        versions = Versions(*(source.decode(raw) for raw in (raw_base, raw_ours, raw_theirs)))
        merged = merge_files(versions, by_lines, people.label, people.who, marker_size)
        content = (MARK * raw_ours.startswith(MARK.encode()) + merged.text).encode()
    except source.SourceError:
        content, clean = merge_lines([file.absolute() for file in files], ("ours", "base", "theirs"), marker_size)
        merged = MergedFile("", clean, False)
    if content != raw_ours:
        write_file(files[0], content, overwrite=True)
    _tell(run, path or ours, merged, people)
    return 0 if merged.clean else 1


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be read: {why}", path=file, why=why(error))) from None


def _tell(run: Session, path: str, merged: MergedFile, people: _People) -> None:
    """Say what is disputed and what is left to decide; a merge without either is silent."""
    _settle_language(run)
    for dispute in merged.disputes:
        values = {"place": _words(dispute.place), "ours": dispute.ours, "theirs": dispute.theirs}
        who = people.names(dispute.place[:-1])
        run.say(run.label("merge-disputed", path=path, **values, **who), "warning")
    if merged.moved is not None:
        _tell_stage(run, path, merged.moved, people)
    for conflict in merged.conflicts:
        if merged.moved is not None and conflict.place == (stages.STAGE,):
            continue
        place, who = _words(conflict.place), people.names(conflict.place)
        values = {"place": place, "ours": _shown(conflict.ours), "theirs": _shown(conflict.theirs)}
        run.say(run.label("merge-conflict", path=path, **values, **who), "warning")
    if not merged.understood:
        run.say(run.label("merge-by-lines", path=path), "warning")


def _tell_stage(run: Session, path: str, moved: Moved, people: _People) -> None:
    """Say whose step says where a deal stands, or what people have to decide."""
    who = people.names((stages.STAGE,))
    sides = (moved.ours, who["who_ours"]), (moved.theirs, who["who_theirs"])
    if moved.ours.day == moved.theirs.day:
        values = {"day": moved.ours.day, "ours": moved.ours.stage, "theirs": moved.theirs.stage}
        run.say(run.label("merge-stage-same-day", path=path, **values, **who), "warning")
        return
    (early, early_who), (late, late_who) = sorted(sides, key=lambda side: side[0].day)
    first, last = {"stage": early.stage, "day": early.day}, {"stage": late.stage, "day": late.day}
    if moved.ours_stands is None:
        words = {**first, "who": early_who, "other": last["stage"], "other_day": last["day"], "other_who": late_who}
        run.say(run.label("merge-stage-lost", path=path, **words), "warning")
    else:
        words = {**last, "who": late_who, "other": first["stage"], "other_day": first["day"], "other_who": early_who}
        run.say(run.label("merge-stage-later", path=path, **words), "warning")


def _settle_language(run: Session) -> None:
    """Speak English while the settings, which name the language, are in conflict themselves."""
    try:
        _ = run.lang
    except KamctlError:
        run.options = run.options._replace(lang="en")


def _words(place: Names) -> str:
    return " / ".join(place)


def _shown(data: Any) -> str:
    words = summary(data) or "–"
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"


class _People:
    """Who changed what on either side, by git, and who that is in team.yaml."""

    def __init__(self, path: str, ours: bytes, theirs: bytes) -> None:
        folder = Path.cwd()
        repository = Repository.find(folder) if path else None
        below = path.removeprefix(repository.prefix) if repository is not None else path
        self.sides = Side(repository, below, ours), Side(repository, below, theirs)
        self.root = find_root((folder / path).parent) if path else None

    def authors(self, place: Sequence[str]) -> tuple[Commit | None, Commit | None]:
        """Return the commits that gave a place its value on our side and on theirs."""
        ours, theirs = (side.author(place) for side in self.sides)
        return ours, theirs

    def names(self, place: Sequence[str]) -> dict[str, str]:
        """Return what both authors are called; `ours` and `theirs` where git does not know."""
        ours, theirs = self.authors(place)
        return {
            "who_ours": ours.author if ours is not None else "ours",
            "who_theirs": theirs.author if theirs is not None else "theirs",
        }

    def label(self, conflicts: Sequence[Conflict]) -> tuple[str, str]:
        """Return what stands behind the markers of some conflicts: whose it is, the field, and the value."""
        one, other = [], []
        for conflict in conflicts:
            ours, theirs = self.authors(conflict.place)
            field = ".".join(conflict.place)
            one.append(f"{_by('ours', ours)}: {field} {_shown(conflict.ours)}")
            other.append(f"{_by('theirs', theirs)}: {field} {_shown(conflict.theirs)}")
        return "; ".join(one) or "ours", "; ".join(other) or "theirs"

    def who(self, place: Sequence[str]) -> Who:
        """Return the keys of the two who gave the marks at a place, by git, else by the assessment itself."""
        found = []
        for side, commit in zip(self.sides, self.authors(place), strict=True):
            said = value_at(_data(side.raw), place[:2])
            found.append(self._key(commit) or str(mapping_of(said).get("by") or ""))
        return Who(*found)

    def _key(self, commit: Commit | None) -> str:
        """Return the key of a commit's author in team.yaml, empty when nobody there has the name or the address."""
        if commit is None or self.root is None:
            return ""
        try:
            team = _data((self.root / layout.TEAM_FILE).read_bytes())
        except OSError:
            return ""
        for key, member in mapping_of(mapping_of(team).get("members")).items():
            if commit.author in (key, mapping_of(member).get("name")) or commit.email == mapping_of(member).get(
                "email"
            ):
                return key
        return ""


def _by(side: str, commit: Commit | None) -> str:
    return side if commit is None else f"{side}, {commit.author} {commit.day}"


def _data(raw: bytes) -> Any:
    try:
        return source.read(source.decode(raw))
    except source.SourceError:
        return None
