"""Validation of a workspace: what the reader, the schema and the checks find, in one list with places.

Accounts are checked one by one, on two cores where there are many, since all rules but a few look at one account alone.
What was found in an account is kept in the index until one of its files, our people, the method or the day changes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from kamctl import checks, facts, layout, rules, tree
from kamctl.checks.context import Context
from kamctl.facts import Facts
from kamctl.index import Fingerprint, pack_problems, unpack_problems
from kamctl.labels import said
from kamctl.loading import Loaded, counted, import_models, load, located
from kamctl.method_validation import method_problems
from kamctl.parallel import in_halves
from kamctl.problems import KamctlError, Problem
from kamctl.schema.method.process import Process
from kamctl.tree import Folder
from kamctl.workspace import FORMAT, Workspace

FEW_ACCOUNTS = 20
"""Up to so many accounts one process checks them; beyond, a second one pays."""

ACCOUNT_KINDS = frozenset(("account", *layout.FOLDERS))
SHARED_KINDS = frozenset(("settings", "team", *layout.TOP_FOLDERS))
FOREIGN = frozenset(("contact", "anyone", "opportunity"))
"""What files of one account may name in another, written `account/stem`."""


@dataclass(frozen=True)
class Report:
    """Problems with their places, most serious last, and how many files were looked at."""

    problems: list[Problem]
    files: int

    @property
    def errors(self) -> int:
        """How many problems make the data invalid."""
        return sum(map(rules.is_error, self.problems))

    @property
    def notes(self) -> int:
        """How many problems are advice: nothing is wrong with the data."""
        return sum(rules.severity(problem) == "note" for problem in self.problems)

    def without_notes(self) -> Report:
        """Return the report without advice."""
        return Report([problem for problem in self.problems if rules.severity(problem) != "note"], self.files)


def validate(workspace: Workspace, as_of: date, only: Collection[str] = (), paths: Collection[str] = ()) -> Report:
    """Check every file of a workspace. `only` keeps some rules, `paths` (below the root) some files or folders."""
    found = list(workspace.files.folders(ACCOUNT_KINDS | SHARED_KINDS))
    problems = _Validation(workspace, as_of, found).problems()
    problems = [p for p in problems if not only or p.rule in only]
    problems = [p for p in problems if not paths or any(_below(p.path, path) for path in paths)]
    problems.sort(key=lambda p: (rules.SEVERITIES.index(rules.severity(p)), p.path, p.line, p.column))
    if not paths:
        return Report(problems, sum(len(folder.files) for folder in found))
    files = (folder.source(stem).path for folder in found for stem, _ in folder.files)
    return Report(problems, sum(any(_below(file, path) for path in paths) for file in files))


def file_problems(workspace: Workspace, as_of: date, path: str) -> list[Problem]:
    """Return the problems of one file with their places; it is checked with its account and our people alone."""
    place = layout.kind_and_id(path)
    account = layout.account_of(place[1]) if place is not None else ""
    validation = _Validation(workspace, as_of, list(workspace.files.folders(ACCOUNT_KINDS)))
    problems = [problem for problem in validation.account(account, {})[0] if problem.path == path]
    return located(workspace.files, problems)


def problems_around(
    workspace: Workspace, as_of: date, accounts: Collection[str], heads: Facts | None = None
) -> list[Problem]:
    """Return the problems of some accounts, of settings, people, weeks and method, and those that span accounts.

    `heads` are the deals, the accounts and our people as a whole, where they are known already.
    """
    validation = _Validation(workspace, as_of, list(workspace.files.folders(ACCOUNT_KINDS | SHARED_KINDS)))
    shared = f"{layout.ACCOUNTS}/"
    starts = tuple(f"{layout.ACCOUNTS}/{account}/" for account in accounts)
    found = validation.around(accounts, heads)
    return [one for one in found if not one.path.startswith(shared) or one.path.startswith(starts)]


def new_problems(workspace: Workspace, as_of: date, path: str, text: str) -> list[Problem]:
    """Return the problems that a file would have with a new text and does not have now.

    It is checked with its account and our people alone; a file of no account with the others of that kind.
    """
    return _new_of_set(workspace, as_of, {path: text}, lambda problem: True)


def new_errors_of_set(workspace: Workspace, as_of: date, drafts: Mapping[str, str]) -> list[Problem]:
    """Return the errors that files would have with new texts and do not have now; accounts are checked one by one."""
    return _new_of_set(workspace, as_of, drafts, rules.is_error)


def _new_of_set(
    workspace: Workspace, as_of: date, drafts: Mapping[str, str], counts: Callable[[Problem], bool]
) -> list[Problem]:
    """Return those problems that count and are new. How an account is now is only looked at where it will have some."""
    team = {path: text for path, text in drafts.items() if path == layout.TEAM_FILE}
    by_account: dict[str, dict[str, str]] = {}
    for path, text in drafts.items():
        place = layout.kind_and_id(path)
        if path not in team:
            kind, record_id = place if place is not None else ("", "")
            account = "" if kind in layout.TOP_FOLDERS else layout.account_of(record_id)
            by_account.setdefault(account, {})[path] = text
    now, then = (
        _Validation(workspace, as_of, list(workspace.files.folders(ACCOUNT_KINDS)), some) for some in ({}, team)
    )
    known = {_same(problem) for problem in now.shared_problems()} if team else set()
    shared = then.shared_problems() if team else []
    fresh = [p for p in shared if p.path in team and counts(p) and _same(p) not in known]
    there = set(workspace.files.accounts())

    def check(names: Sequence[str]) -> dict[str, Any]:
        result = {}
        for name in counted(names, workspace.progress):
            texts = by_account[name]
            after = then.account(name, texts)[0] if name else then.shared(texts)
            found = [p for p in after if p.path in texts and counts(p)]
            if found and (name in there or not name):
                before = now.account(name, {})[0] if name else now.shared({})
                known = {_same(problem) for problem in before}
                found = [p for p in found if _same(p) not in known]
            result[name] = pack_problems(found)
        return result

    if len(by_account) > FEW_ACCOUNTS:
        import_models(ACCOUNT_KINDS)
        then.prepare()
        now.prepare()
    found = in_halves(list(by_account), FEW_ACCOUNTS, check)
    fresh += [problem for packed in found.values() for problem in unpack_problems(packed)]
    return located(workspace.files, fresh, dict(drafts))


def _same(problem: Problem) -> tuple[object, ...]:
    """Return what makes a problem the same one as before, wherever in the file it stands."""
    return (problem.path, problem.rule, *problem.values.items())


class _Validation:
    """One validation: what all accounts share, and each account's own problems."""

    def __init__(
        self, workspace: Workspace, as_of: date, found: Sequence[Folder], team: Mapping[str, str] | None = None
    ) -> None:
        self.workspace = workspace
        self.as_of = as_of
        self.found = found
        self.team = team or None

    def problems(self) -> list[Problem]:
        """Return every problem with its place: from the index what has not changed, else anew."""
        index = self.workspace.index
        strays = list(self.workspace.files.strays())
        shared_key = self._shared_key()
        accounts = self._by_account()
        everything = (shared_key, self._marks(SHARED_KINDS), strays, accounts)
        whole = index.value("problems")
        if isinstance(whole, tuple) and len(whole) == 2 and whole[0] == everything:
            return unpack_problems(whole[1])
        kept = index.value("problems-by-account")
        known: dict[str, Any] = kept[1] if isinstance(kept, tuple) and kept[0] == shared_key else {}
        changed = [name for name, signature in accounts.items() if known.get(name, (None,))[0] != signature]
        fresh = self._check_accounts(changed)
        now = {name: (accounts[name], fresh[name][0]) if name in fresh else known[name] for name in accounts}
        problems = [
            *self._workspace_problems(strays),
            *(p for _, packed in now.values() for p in unpack_problems(packed)),
        ]
        passing = any(problem.rule == "cannot-open" for problem in problems)
        if not passing and all(index.is_settled(mark) for folder in self.found for _, mark in folder.files):
            lasting = {name: entry for name, entry in now.items() if name not in fresh or fresh[name][1]}
            index.keep_value("problems-by-account", (shared_key, lasting))
            if len(lasting) == len(now):
                index.keep_value("problems", (everything, pack_problems(problems)))
        return problems

    def around(self, accounts: Collection[str], heads: Facts | None) -> list[Problem]:
        """Return the problems of some accounts, and of all that belongs to none, with their places."""
        strays = list(self.workspace.files.strays())
        there = [name for name in accounts if name in self._by_account()]
        checked = self._check_accounts(there)
        own = [problem for name in there for problem in unpack_problems(checked[name][0])]
        return [*self._workspace_problems(strays, heads), *own]

    def account(self, name: str, drafts: Mapping[str, str]) -> tuple[list[Problem], bool]:
        """Return the problems of one account, not yet located, and whether they depend on its own files alone."""
        loaded = load(
            self.workspace.files, self.workspace.index, facts.TABLES, name, drafts=drafts or None, kinds=ACCOUNT_KINDS
        )
        loaded.facts.members = self._shared.facts.members
        for path in self._shared.unreadable:
            loaded.unreadable.append(path)
        loaded.ids["team"] = self._shared.ids["team"]
        context = self._context(loaded)
        problems = list(loaded.problems)
        if context is not None:
            problems += checks.run(context, checks.ACCOUNT_CHECKS)
        foreign = any("/" in row.value for row in loaded.facts.references if row.target in FOREIGN)
        return problems, not foreign

    def shared(self, drafts: Mapping[str, str]) -> list[Problem]:
        """Return the problems of files that belong to no account, not yet located."""
        tables = frozenset((facts.REFERENCES, "members"))
        loaded = load(self.workspace.files, self.workspace.index, tables, drafts=drafts or None, kinds=SHARED_KINDS)
        problems = list(loaded.problems)
        loaded.ids = self._ids()
        context = self._context(loaded)
        if context is not None:
            problems += checks.run(context, checks.REFERENCE_CHECKS)
        return problems

    def prepare(self) -> None:
        """Read what all accounts share, before a second process does a part of the work."""
        _ = self._shared, self._method, self._elsewhere

    def shared_problems(self) -> list[Problem]:
        """Return the problems of settings, people and weeks."""
        return self._shared.problems

    def _check_accounts(self, names: Sequence[str]) -> dict[str, Any]:
        """Return for each account its located problems, packed, and whether they may be kept."""
        if not names:
            return {}
        if len(names) > FEW_ACCOUNTS:
            import_models(ACCOUNT_KINDS)
        self.prepare()

        def check(some: Sequence[str]) -> dict[str, Any]:
            result = {}
            for name in counted(some, self.workspace.progress):
                problems, lasting = self.account(name, {})
                result[name] = pack_problems(located(self.workspace.files, problems)), lasting
            return result

        return in_halves(names, FEW_ACCOUNTS, check)

    def _workspace_problems(self, strays: Sequence[str], heads: Facts | None = None) -> list[Problem]:
        """Return the located problems of settings, people, weeks and method, and those that span accounts."""
        workspace = self.workspace
        problems = [*method_problems(workspace), *self._shared.problems]
        if workspace.settings.format > FORMAT:
            values = {"format": str(workspace.settings.format), "known": str(FORMAT)}
            problems.append(Problem(layout.ROOT_FILE, "newer-format", ("format",), values=values))
        if isinstance(self._method, Problem):
            if not any(p.path.startswith(layout.METHOD) for p in problems):
                problems.append(self._method)
            return located(workspace.files, problems)
        heads = heads if heads is not None else workspace.load(("accounts", "opportunities", "members")).facts
        loaded = Loaded(facts=heads, unreadable=self._shared.unreadable, ids=self._ids())
        loaded.facts.references = self._shared.facts.references
        context = self._context(loaded, strays)
        assert context is not None
        problems += checks.run(context, (*checks.WORKSPACE_CHECKS, *checks.REFERENCE_CHECKS))
        return located(workspace.files, problems)

    def _context(self, loaded: Loaded, strays: Sequence[str] = ()) -> Context | None:
        """Return what the checks look at; None when the method cannot be read."""
        settings = self.workspace.settings
        if isinstance(self._method, Problem):
            return None
        return Context(
            facts=loaded.facts,
            ids=loaded.ids,
            elsewhere=self._elsewhere,
            strays=strays,
            default_process=settings.process,
            default_scorecard=settings.scorecard,
            currency=settings.currency,
            report_currency=settings.report_currency,
            rates=self.workspace.rates,
            as_of=self.as_of,
            unreadable=frozenset(loaded.unreadable),
            **self._method,
        )

    @cached_property
    def _shared(self) -> Loaded:
        """What settings, people and weeks say."""
        workspace = self.workspace
        tables = frozenset((facts.REFERENCES, "members"))
        return load(workspace.files, workspace.index, tables, drafts=self.team, kinds=SHARED_KINDS)

    @cached_property
    def _method(self) -> dict[str, Any] | Problem:
        """The parts of the method that the checks need, or the problem that keeps it from being used."""
        settings, methods = self.workspace.settings, self.workspace.methods
        setting = "process"
        try:
            methods.process(settings.process)
            setting = "scorecard"
            methods.scorecard(settings.scorecard)
            processes = methods.processes()
            return {
                "processes": processes,
                "scorecards": methods.scorecards(),
                "importance": methods.importance,
                "relationship": methods.relationship,
                "presenting": methods.presenting,
                "choices": _choices(self.workspace, processes),
            }
        except KamctlError as error:
            values = {"message": said(error.message, settings.language), "advice": said(error.hint, settings.language)}
            return Problem(layout.ROOT_FILE, "method-missing", (setting,), values=values)

    @cached_property
    def _elsewhere(self) -> dict[str, frozenset[str]]:
        """The ids of people and deals of all accounts."""
        return {kind: frozenset(self._ids().get(kind, ())) for kind in ("contact", "opportunity")}

    def _ids(self) -> dict[str, list[str]]:
        """Return the ids of all files by kind."""
        ids: dict[str, list[str]] = {kind: [] for kind in ACCOUNT_KINDS | SHARED_KINDS}
        for folder in self.found:
            ids[folder.kind] += [folder.source(stem).id for stem, _ in folder.files]
        return ids

    def _by_account(self) -> dict[str, Any]:
        """Return what tells whether something in an account has changed: its folders with their fingerprints."""
        accounts: dict[str, list[Any]] = {name: [] for name in self.workspace.files.accounts()}
        for folder in self.found:
            if folder.kind in ACCOUNT_KINDS:
                accounts[folder.path.split("/")[1]].append((folder.kind, folder.files))
        return {name: found for name, found in accounts.items() if found}

    def _shared_key(self) -> Any:
        """Return what every account's problems depend on: the day, settings, people and method."""
        files = self.workspace.files
        own = [(file.path, files.mark(file.path)) for file in tree.method_files(files)]
        return (self.as_of.toordinal(), self._marks(frozenset(("settings", "team"))), own)

    def _marks(self, kinds: frozenset[str]) -> list[tuple[str, list[tuple[str, Fingerprint]]]]:
        return [(folder.path, folder.files) for folder in self.found if folder.kind in kinds]


def _choices(workspace: Workspace, processes: dict[str, Process]) -> dict[str, list[str]]:
    """Return the ids that each kind of method entry may have, by the target that references name."""
    methods = workspace.methods
    relationship = methods.relationship
    sheets = methods.scorecards().values()
    return {
        "process": methods.names("process"),
        "scorecard": methods.names("scorecard"),
        "stage": [stage.code for process in processes.values() for stage in process.stages],
        "criterion": [row.id for sheet in sheets for row in sheet.criteria()],
        "strategy": [strategy.id for sheet in sheets for strategy in sheet.strategies],
        "importance": [level.id for level in methods.importance.levels],
        "grade": [grade.id for grade in methods.grades.grades],
        "loss_reason": [reason.id for reason in methods.reasons.lost],
        "role": [choice.id for choice in relationship.roles],
        "orientation": [choice.id for choice in relationship.orientations],
        "adaptability": [choice.id for choice in relationship.adaptability],
        "coverage": [choice.id for choice in relationship.coverage],
        "influence": [choice.id for choice in relationship.influence],
        "behaviour": [choice.id for level in relationship.levels for choice in level.behaviours],
        "presentation_step": [step.id for step in methods.presenting.steps],
        "opposition": [level.id for level in relationship.opposition],
    }


def _below(path: str, folder: str) -> bool:
    return folder in ("", ".") or path == folder or path.startswith(folder.rstrip("/") + "/")
