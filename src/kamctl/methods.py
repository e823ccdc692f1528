"""The method in force: shipped files, and a workspace's own that replace or add to them. Read when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from kamctl import layout, resources
from kamctl.index import Fingerprint, Index, folder_for
from kamctl.phrases import KINDS, Phrase
from kamctl.problems import KamctlError, Problem, nearest
from kamctl.schema.method import Part
from kamctl.tree import Disk, Files

if TYPE_CHECKING:
    import pickle

    from kamctl.schema.method.audit import Audit
    from kamctl.schema.method.forecast import ForecastMethod
    from kamctl.schema.method.grades import Grades
    from kamctl.schema.method.importance import Importance
    from kamctl.schema.method.plan_test import PlanTest
    from kamctl.schema.method.presentation import Presenting
    from kamctl.schema.method.process import Process
    from kamctl.schema.method.ramp import Ramp
    from kamctl.schema.method.reasons import Reasons
    from kamctl.schema.method.relationship import Relationship
    from kamctl.schema.method.reviews import Reviews
    from kamctl.schema.method.scorecard import Scorecard

T = TypeVar("T")
FOLDERS = {"process": "processes", "scorecard": "scorecards"}
SHIPPED = Disk(resources.method_file(""))


class Place(NamedTuple):
    """Where a method file lies: `own` in the workspace, below its root, or among the shipped ones."""

    path: str
    own: bool


class Methods:
    """Finds and reads method files. `files` are a workspace's, or None for the shipped method alone.

    What has been read and validated is kept in the index until its file changes.
    """

    def __init__(self, files: Files | None, index: Index | None = None) -> None:
        self.files = files
        self.index = index or Index(folder_for("shipped"), "shipped")
        self.problems: list[Problem] = []
        self._read: dict[str, Any] = {}

    def process(self, name: str) -> Process:
        """Return a process. Raises KamctlError when there is none of that name or it cannot be read."""
        return cast("Process", self._get("process", name))

    def scorecard(self, name: str) -> Scorecard:
        """Return a scorecard. Raises KamctlError."""
        return cast("Scorecard", self._get("scorecard", name))

    def processes(self) -> dict[str, Process]:
        """Return every process that can be read, by name."""
        return dict(self._readable("process"))

    def scorecards(self) -> dict[str, Scorecard]:
        """Return every scorecard that can be read, by name."""
        return dict(self._readable("scorecard"))

    def _readable(self, kind: str) -> Iterator[tuple[str, Any]]:
        for name in self.names(kind):
            with suppress(KamctlError):
                yield name, self._get(kind, name)

    @property
    def relationship(self) -> Relationship:
        """Roles, coverage, influence and behaviours. Raises KamctlError."""
        return cast("Relationship", self._get("relationship", "relationship"))

    @property
    def importance(self) -> Importance:
        """The levels of importance. Raises KamctlError."""
        return cast("Importance", self._get("importance", "importance"))

    @property
    def reasons(self) -> Reasons:
        """The loss reasons. Raises KamctlError."""
        return cast("Reasons", self._get("reasons", "reasons"))

    @property
    def grades(self) -> Grades:
        """What the grades of an account mean. Raises KamctlError."""
        return cast("Grades", self._get("grades", "grades"))

    @property
    def presenting(self) -> Presenting:
        """How presentations are prepared. Raises KamctlError."""
        return cast("Presenting", self._get("presenting", "presentation"))

    @property
    def reviews(self) -> Reviews:
        """The reviews, and the questions and limits of a diagnosis. Raises KamctlError."""
        return cast("Reviews", self._get("reviews", "reviews"))

    @property
    def forecast(self) -> ForecastMethod:
        """The categories and buckets of a forecast. Raises KamctlError."""
        return cast("ForecastMethod", self._get("forecast", "forecast"))

    @property
    def ramp(self) -> Ramp:
        """What is expected by months in the job. Raises KamctlError."""
        return cast("Ramp", self._get("ramp", "ramp"))

    @property
    def plan_test(self) -> PlanTest:
        """How the plan of a deal or an account is tested. Raises KamctlError."""
        return cast("PlanTest", self._get("plan_test", "plan_test"))

    @property
    def audit(self) -> Audit:
        """The limits of an audit. Raises KamctlError."""
        return cast("Audit", self._get("audit", "audit"))

    def names(self, kind: str) -> list[str]:
        """Return the names of the files of a kind, `process` or `scorecard`, sorted."""
        own = self.files.names(f"{layout.METHOD}/{FOLDERS[kind]}") if self.files is not None else []
        return sorted({*SHIPPED.names(FOLDERS[kind]), *own})

    def place(self, kind: str, name: str) -> Place:
        """Return where the file in force for a name lies; the workspace's before the shipped one. It may not exist."""
        below = f"{FOLDERS[kind]}/{name}.yaml" if kind in FOLDERS else f"{name}.yaml"
        own = f"{layout.METHOD}/{below}"
        return Place(own, True) if self.files is not None and self.files.holds(own) else Place(below, False)

    def _get(self, kind: str, name: str) -> Any:
        key = f"{kind}/{name}"
        if key not in self._read:
            self._read[key] = self._load(kind, name)
        return self._read[key]

    def _load(self, kind: str, name: str) -> Any:
        place = self.place(kind, name)
        files = self.files if place.own and self.files is not None else SHIPPED
        if not files.holds(place.path):
            known = self.names(kind)
            hint = nearest(name, known, Phrase("there are: {names}", names=", ".join(known)))
            raise KamctlError(Phrase('there is no {kind} "{name}"', kind=KINDS.get(kind, kind), name=name), hint)
        mark = files.mark(place.path)
        store = f"method/{kind}-{name}"
        kept = kept_part(self.index, store, mark)
        if kept is not None:
            return kept
        record, problems = read_method_file(kind, files, place.path)
        if record is not None and self.index.is_settled(mark):
            keep_part(self.index, store, mark, record)
        if record is None:
            self.problems += problems
            hint = Phrase("`kamctl validate` shows each problem with its place")
            raise KamctlError(
                Phrase("{path} cannot be used: {count:problem|problems}", path=place.path, count=len(problems)), hint
            )
        return record


def kept_part(index: Index, store: str, mark: Fingerprint) -> Any | None:
    """Return a part of the method as it was kept, or None. Nothing but parts of a method can come out of a store."""
    raw = index.raw(store)
    head = repr(mark).encode() + b"\n"
    if raw is None or not raw.startswith(head):
        return None
    import io

    try:
        return _parts_only()(io.BytesIO(raw[len(head) :])).load()
    except Exception:
        return None


def keep_part(index: Index, store: str, mark: Fingerprint, part: Any) -> None:
    """Keep a part of the method in the index."""
    import pickle

    index.keep_raw(store, repr(mark).encode() + b"\n" + pickle.dumps(part, protocol=5))


def _parts_only() -> type[pickle.Unpickler]:
    import pickle

    class PartsOnly(pickle.Unpickler):
        """Knows the classes of the method and decimals, and refuses every other name."""

        def find_class(self, module: str, name: str) -> Any:
            if (module, name) == ("decimal", "Decimal"):
                return super().find_class(module, name)
            ours = f"{module}.".startswith(f"{Part.__module__}.")
            found = getattr(import_module(module), name, None) if ours else None  # a dotted name is none
            if isinstance(found, type) and issubclass(found, Part):
                return found
            raise pickle.UnpicklingError(name)

    return PartsOnly


def read_method_file(kind: str, files: Files, path: str) -> tuple[Any | None, list[Problem]]:
    """Read and validate one method file."""
    from kamctl import source
    from kamctl.schema.kinds import METHOD_MODELS
    from kamctl.schema.reading import read_record

    try:
        data = source.read(source.decode(files.read(path)))
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        return None, [Problem(path, "cannot-open", values=values, line=1, column=1)]
    except source.SourceError as error:
        return None, [Problem(path, error.rule, values=error.values, line=error.line, column=error.column)]
    return read_record(METHOD_MODELS[kind], data, path)
