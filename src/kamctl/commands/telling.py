"""What `log` and `blame` do: find the record, read its versions, tell them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kamctl import layout
from kamctl.commands.session import Session
from kamctl.forms.changes import MARKS
from kamctl.forms.wording import RecordNames
from kamctl.history.blame import ASSESSMENTS
from kamctl.history.blame import blame as blamed
from kamctl.history.changes import changes
from kamctl.history.repository import Repository
from kamctl.history.snapshot import commit_of
from kamctl.history.steps import Step, Steps, changes_of, read_steps
from kamctl.history.story import Version, everything, stories
from kamctl.loading import unreadable
from kamctl.phrases import Phrase, listed
from kamctl.problems import KamctlError, Problem, choices, nearest
from kamctl.render import history as rendered
from kamctl.render.history import BlameRow, Event
from kamctl.tree import scan

KINDS = ("account", "opportunity", "contact", "call", "presentation", "week")
"""Kinds of records that have a story, in the order in which a name is looked for."""

NEWS = ("stage", "amount", "close_date")
"""Fields that are stale when nothing was heard of them for as long as the settings say."""


class Told(NamedTuple):
    """What was asked about: the paths below the root, and the account when it is one account's."""

    paths: list[str]
    account: str


def log(run: Session, name: str, criterion: str, since: str) -> None:
    """Print the story of a record, of all records of an account, or of the whole workspace."""
    repository = run.repository
    told = _told(run, name) if name else Told([], "")
    first = run.day(since, "--since") if since else None
    if criterion:
        _check_criterion(run, criterion)
    versions = _versions(run, repository, told, name)
    wanted = [version for version in versions if _is_wanted(version, criterion)]
    read = read_steps(repository, wanted)
    names, last = _names(run, told.account), read.steps[-1].after if read.steps else None
    if first is not None:
        steps = [step for step in read.steps if step.version.commit.day >= first]
        read = Steps(steps, [version for version in read.unreadable if version.commit.day >= first])
    events = [event for step in read.steps for event in _events(step, criterion, names)]
    many = len(told.paths) != 1 or told.paths[0].endswith("/")
    tell_limits(run, repository, read)
    rendered.print_log(events, run.style, run.envelope(**_limits(repository, read)), many)
    if not events:
        run.say(run.label("log-empty"), "dim")
    if not many and not run.options.at:
        _tell_uncommitted(run, told.paths[0], last)


def blame(run: Session, name: str, criterion: str, stale: bool) -> None:
    """Print who last changed what a record says."""
    repository = run.repository
    told = _told(run, name)
    path = told.paths[0] if not told.paths[0].endswith("/") else f"{told.paths[0]}account.yaml"
    place = layout.kind_and_id(path)
    assert place is not None
    if criterion:
        _check_criterion(run, criterion)
    present = _present(run, path)
    read = read_steps(repository, stories(repository, [path], commit_of(run.workspace, repository)))
    names = _names(run, told.account).of(place[1])
    settings, rows = run.workspace.settings, []
    for found in blamed(present, read.steps):
        if criterion and found.place.subject != criterion:
            continue
        day = found.claim.day or (found.commit.day if found.commit is not None else None)
        age = (run.as_of - day).days if day is not None else None
        limit = settings.fresh_for if found.place.field == ASSESSMENTS else settings.stale_after
        dated = found.place.field == ASSESSMENTS or found.place.field in NEWS
        row = BlameRow(found, age, dated and age is not None and age > limit.days)
        if row.stale or not stale:
            rows.append(row)
    tell_limits(run, repository, read)
    rendered.print_blame(rows, names, run.style, run.envelope(record=place[1], **_limits(repository, read)))
    if not rows:
        run.say(run.label("blame-nothing"), "dim")


# --- which record


def _told(run: Session, name: str) -> Told:
    """Return the file or folder of the record that a person means, of whatever kind it is.

    A record that is no more, or had another name, is looked for in the history. Raises KamctlError.
    """
    found = _exact(run, name) or _near(run, name)
    if len(found) == 1:
        kind, record = found[0]
        path = f"{layout.ACCOUNTS}/{record}/" if kind == "account" else layout.path_of(kind, record)
        return Told([path], layout.account_of(record) if kind != "week" else "")
    if found:
        names = [f"{kind} {record}" for kind, record in found]
        message = Phrase('"{name}" could be any of {count} records', name=name, count=len(found))
        raise KamctlError(message, listed(names))
    gone = _gone(run, name)
    if gone:
        return Told(gone, layout.account_of(name))
    known = [file.id for file in scan(run.workspace.files, KINDS)]
    raise KamctlError(
        Phrase('there is no record "{name}"', name=name),
        nearest(name, [*known, *map(layout.stem_of, known)], Phrase("`kamctl log` tells of all")),
    )


def _exact(run: Session, name: str) -> list[tuple[str, str]]:
    """Return the records that a path or a whole id names."""
    place = run.workspace.place_of(name)
    if place is not None and place[0] in KINDS:
        return [place]
    fitting = [kind for kind in KINDS if name.count("/") == (kind in layout.FOLDERS)] if all(name.split("/")) else []
    return [(kind, name) for kind in fitting if run.workspace.files.holds(layout.path_of(kind, name))]


def _near(run: Session, name: str) -> list[tuple[str, str]]:
    """Return the records that a part of an id names: those of this stem, else those that it is a part of."""
    known = [(file.kind, file.id) for file in scan(run.workspace.files, KINDS)]
    word = name.casefold()
    named = [place for place in known if layout.stem_of(place[1]) == name]
    return named or [place for place in known if word in place[1].casefold()]


def _gone(run: Session, name: str) -> list[str]:
    """Return the path that a record of this id had in the history; nothing when there was none."""
    if name.count("/") != 1 or not all(name.split("/")):
        return []
    paths = [layout.path_of(kind, name) for kind in layout.FOLDERS]
    head = commit_of(run.workspace, run.repository)
    known = next((changed for _, changed in run.repository.log(paths, head, count=1)), [])
    return [change.path for change in known[:1]]


def _check_criterion(run: Session, criterion: str) -> None:
    sheets = run.workspace.methods.scorecards().values()
    known = list(dict.fromkeys(row.id for sheet in sheets for row in sheet.criteria()))
    if criterion not in known:
        hint = nearest(criterion, known, choices(known))
        raise KamctlError(Phrase('there is no criterion "{name}"', name=criterion), hint)


# --- versions and events


def _versions(run: Session, repository: Repository, told: Told, name: str) -> list[Version]:
    head = commit_of(run.workspace, repository)
    return stories(repository, told.paths, head) if name else everything(repository, head)


def _is_wanted(version: Version, criterion: str) -> bool:
    place = layout.kind_and_id(version.path)
    if place is None or place[0] not in KINDS:
        return False
    return not criterion or place[0] == "opportunity"


def _events(step: Step, criterion: str, names: RecordNames) -> Iterator[Event]:
    place = layout.kind_and_id(step.version.path)
    assert place is not None
    kind, record = place
    found = list(changes_of(step, kind))
    if criterion:
        if step.before == (None,) and step.after is not None:
            found = changes({}, step.after, kind)
        found = [change for change in found if change.kind in MARKS and change.subject == criterion]
    for change in found:
        yield Event(record, kind, step.version.commit, change, names.of(record))


def _present(run: Session, path: str) -> Any:
    """Return what a file says at present. Raises KamctlError when it is gone, or cannot be read."""
    from kamctl import source

    try:
        return source.read(source.decode(run.workspace.files.read(path)))
    except OSError:
        raise KamctlError(Phrase("{path} is no more", path=path), Phrase("`kamctl log` tells its story")) from None
    except source.SourceError as error:
        problem = Problem(path, error.rule, values=error.values, line=error.line, column=error.column)
        raise unreadable(run.workspace.files, [problem]) from None


def _tell_uncommitted(run: Session, path: str, committed: Any) -> None:
    """Say when a file says something else than the last commit."""
    from kamctl import source

    place = layout.kind_and_id(path)
    assert place is not None
    try:
        present = source.read(source.decode(run.workspace.files.read(path)))
    except (OSError, source.SourceError):
        return
    count = len(changes(committed, present, place[0]))
    if count:
        run.say(run.label("uncommitted", count=count), "warning")


def _limits(repository: Repository, read: Steps) -> dict[str, object]:
    return {"shallow": repository.shallow, "unreadable_versions": len(read.unreadable)}


def tell_limits(run: Session, repository: Repository, read: Steps) -> None:
    """Say that the history is cut short, and how many versions could not be read."""
    if repository.shallow:
        run.say(run.label("shallow-history"), "warning")
    if read.unreadable:
        places = ", ".join(dict.fromkeys(f"{v.commit.short}:{v.change.path}" for v in read.unreadable[:3]))
        run.say(run.label("unreadable-versions", count=len(read.unreadable), places=places), "warning")


def _names(run: Session, account: str) -> RecordNames:
    tables = ("people", "members", "competitors") if account else ("people", "members")
    return RecordNames(run.workspace.load(tables, account=account).facts, run.workspace, run.lang)
