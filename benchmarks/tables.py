"""Goals, and the tables of a measurement as text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.peers import CHECKER, CHECKER_ALONE
from benchmarks.running import COLD, EDITED, TOUCHED, WARM, Table, Timing

BARE, GIT, LOADER = "bare Python", "git status", "C loader"
VERSION, HELP, SCORE_ID, SCORE_FILE = "--version", "--help", "score ID", "score FILE"
STAGE, OPEN, OPEN_JSON, VALIDATE = "pipeline --stage Q", "pipeline", "pipeline --format json", "validate"
HISTORY = "5000 commits"
LOG_ID, BLAME_ID, LOG_PATH, AT = "log ID", "blame ID", "git log -p PATH", "--at REV pipeline"
FUNNEL, FORECAST, SIMULATION = "funnel --diagnose", "forecast", "forecast --simulate 1000"
RAMP, WEEK, METRICS, TODAY = "ramp", "week show", "metrics --by owner", "today"
REPORTS = (FUNNEL, FORECAST, SIMULATION, RAMP, WEEK, METRICS, TODAY)
"""Reports for reviews, which are measured warm."""
REVIEWS = ("review daily", "review weekly", "review monthly")
CALLS, IMPORT = "ten calls for each deal", "import of new deals"
PLAN, APPLY = "import csv", "import csv --apply"
DIFF, DIFF_STAT = "diff HEAD~1", "git diff --stat HEAD~1"
LARGE = 10_000
"""Workspaces beyond so many opportunities have goals of their own."""


def named(what: str, state: str) -> str:
    """Return the name of an operation in a state."""
    return f"{what}, {state}"


@dataclass(frozen=True)
class Goal:
    """A limit on a figure that is made of the timings with some names."""

    text: str
    limit: float
    unit: str
    names: tuple[str, ...]
    figure: Callable[[Sequence[Timing]], float]
    at_least: bool = False


@dataclass(frozen=True)
class Verdict:
    """What came of a goal, and over what; `figure` is None when something in it was not there or failed."""

    goal: Goal
    over: str
    figure: float | None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None when it was not measured."""
        if self.figure is None:
            return None
        return self.figure >= self.goal.limit if self.goal.at_least else self.figure <= self.goal.limit

    def cells(self) -> list[str]:
        """Return goal, what it is about, the figure, and what came of it."""
        figure = "" if self.figure is None else f"{self.figure:.2f}{self.goal.unit}"
        word = {None: "not measured", True: "met", False: "missed"}[self.met]
        return [self.goal.text, self.over, figure, word]


def within(name: str, base: str, limit: float, note: str = "") -> Goal:
    """Return the goal that one operation takes at most so many times as long as another."""
    text = f"{name}: at most {limit:g}x {base}{note}"
    return Goal(text, limit, "x", (name, base), lambda timings: timings[0].ratio(timings[1]))


def faster(name: str, base: str, limit: float) -> Goal:
    """Return the goal that one operation is at least so many times faster than another."""
    text = f"{name}: at least {limit:g}x faster than {base}"
    return Goal(text, limit, "x", (base, name), lambda timings: timings[0].ratio(timings[1]), at_least=True)


def added(name: str, base: str, limit: float) -> Goal:
    """Return the goal that one operation takes at most so many milliseconds more than another."""

    def figure(timings: Sequence[Timing]) -> float:
        return timings[0].compared(timings[1], lambda own, other: (own - other) * 1000)

    return Goal(f"{name}: at most {limit:g} ms more than {base}", limit, " ms", (name, base), figure)


def memory(name: str, limit: float) -> Goal:
    """Return the goal that an operation's peak memory stays below a limit in MB."""
    return Goal(f"{name}: at most {limit:g} MB", limit, " MB", (name,), lambda timings: timings[0].peak or 0)


def checked_faster(name: str, limit: float) -> Goal:
    """Return the goal that a file is checked so many times faster than by check-jsonschema, without its start-up."""

    def figure(timings: Sequence[Timing]) -> float:
        own, many, one = timings
        files = max(1, many.operation.each - one.operation.each)
        peers = many.compared(one, lambda all_files, first: (all_files - first) / files)
        return peers * 1000 / (own.milliseconds_each or 1)

    text = f"{name}: a file at least {limit:g}x faster than {CHECKER} (its start-up left out)"
    return Goal(text, limit, "x", (name, CHECKER, CHECKER_ALONE), figure, at_least=True)


START_GOALS = (
    within(VERSION, BARE, 1.5),
    within(HELP, BARE, 6),
    within(named(SCORE_ID, WARM), BARE, 7),
)
SIZE_GOALS = (
    within(named(STAGE, WARM), named(GIT, WARM), 3),
    within(named(STAGE, WARM), named(GIT, WARM), 2, " (the real goal)"),
    added(named(STAGE, EDITED), named(STAGE, WARM), 30),
    faster(named(STAGE, COLD), LOADER, 2),
    checked_faster(named(VALIDATE, COLD), 20),
    within(named(VALIDATE, WARM), named(GIT, WARM), 3),
    *(within(named(what, WARM), named(OPEN, WARM), 5) for what in REPORTS),
    *(memory(named(what, WARM), 300) for what in REPORTS),
    *(memory(named(what, state), 100) for what in (STAGE, OPEN) for state in (COLD, WARM)),
)
HISTORY_GOALS = (
    within(named(LOG_ID, WARM), LOG_PATH, 3),
    within(named(BLAME_ID, WARM), LOG_PATH, 3),
    within(named(AT, COLD), named(OPEN, COLD), 1),
    within(named(AT, WARM), named(OPEN, WARM), 2),
    within(named(DIFF, WARM), DIFF_STAT, 5),
)
CALLS_GOALS = tuple(memory(named(what, WARM), 300) for what in (*REPORTS, *REVIEWS))
IMPORT_GOALS = (within(APPLY, PLAN, 2), memory(APPLY, 300))
LARGE_GOALS = tuple(memory(named(what, state), 300) for what in (STAGE, OPEN) for state in (COLD, WARM))


def judged(tables: Sequence[Table]) -> list[Verdict]:
    """Return what came of each goal: of start-up, the largest workspace up to `LARGE` and beyond, and some titles."""
    ordered = sorted(tables, key=lambda table: table.size)
    usual = [table for table in ordered if 0 < table.size <= LARGE]
    large = [table for table in ordered if table.size > LARGE]
    pairs = [(ordered[:1], START_GOALS), (usual[-1:], SIZE_GOALS), (large[-1:], LARGE_GOALS)]
    titled = {HISTORY: HISTORY_GOALS, CALLS: CALLS_GOALS, IMPORT: IMPORT_GOALS}
    pairs += [([table for table in tables if table.title == title], goals) for title, goals in titled.items()]
    return [
        Verdict(goal, table.title, figure(goal, table)) for some, goals in pairs for table in some for goal in goals
    ]


def figure(goal: Goal, table: Table) -> float | None:
    """Return the figure of a goal; None when an operation is not in the table or failed."""
    timings = [table.timings.get(name) for name in goal.names]
    present = [timing for timing in timings if timing is not None and timing.status == 0]
    return goal.figure(present) if len(present) == len(timings) else None


def rows(table: Table) -> list[list[str]]:
    """Return head and rows of a table, without the columns that it has no use for."""
    columns = [
        ["median ms", *(f"{timing.milliseconds:.1f}" for timing in table.timings.values())],
        *([f"x {base}", *ratios(table, base)] for base in (BARE, GIT, LOADER)),
        ["ms each", *(shown(timing.milliseconds_each, 3) for timing in table.timings.values())],
        ["peak MB", *(shown(timing.peak, 1) for timing in table.timings.values())],
    ]
    names = [title(timing) for timing in table.timings.values()]
    used = [column for column in columns if any(column[1:])]
    return [list(row) for row in zip([table.title, *names], *used, strict=True)]


def title(timing: Timing) -> str:
    """Return the name of a row; how many files it goes through and an exit code other than 0 stand behind it."""
    each = f" ({timing.operation.each})" if timing.operation.each > 1 else ""
    return timing.operation.name + each + (f" (exit {timing.status})" if timing.status else "")


def ratios(table: Table, base: str) -> list[str]:
    """Return the ratios of all rows to a peer: to git status after the same edit, where there was one."""
    cells = []
    for timing in table.timings.values():
        state = timing.operation.state if timing.operation.state in (EDITED, TOUCHED) else WARM
        other = table.timings.get(named(base, state)) or table.timings.get(base)
        cells.append(f"{timing.ratio(other):.2f}" if other is not None else "")
    return cells


def shown(value: float | None, digits: int) -> str:
    """Return a number, or nothing."""
    return "" if value is None else f"{value:.{digits}f}"


def goal_rows(verdicts: Sequence[Verdict]) -> list[list[str]]:
    """Return head and rows of the table of goals."""
    return [["goal", "over", "measured", ""], *(verdict.cells() for verdict in verdicts)]


def plain(cells: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return a table as aligned text, the first columns flush left."""
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = []
    for row in cells:
        padded = [
            text.ljust(width) if n < left else text.rjust(width)
            for n, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def as_markdown(about: Mapping[str, str], tables: Sequence[Table], verdicts: Sequence[Verdict]) -> str:
    """Return everything as Markdown."""
    parts = ["; ".join(f"{name} {value}" for name, value in about.items()) + "."]
    for table in tables:
        parts += [f"## {table.title[0].upper()}{table.title[1:]}", "\n".join(markdown_lines(rows(table)))]
    parts += ["## Goals", "\n".join(markdown_lines(goal_rows(verdicts), left=2))]
    return "\n\n".join(parts) + "\n"


def markdown_lines(cells: Sequence[Sequence[str]], left: int = 1) -> Iterator[str]:
    """Yield the lines of a Markdown table, the first columns flush left."""
    head, *others = cells
    yield f"| {' | '.join(head)} |"
    yield "|" + "|".join("---" if n < left else "---:" for n in range(len(head))) + "|"
    for row in others:
        yield f"| {' | '.join(row)} |"


def as_data(about: Mapping[str, str], tables: Sequence[Table], verdicts: Sequence[Verdict]) -> dict[str, object]:
    """Return everything for JSON, with the seconds of every round."""
    goals = [
        {"goal": v.goal.text, "over": v.over, "figure": v.figure, "unit": v.goal.unit.strip(), "met": v.met}
        for v in verdicts
    ]
    return {"about": dict(about), "tables": [table_data(table) for table in tables], "goals": goals}


def table_data(table: Table) -> dict[str, object]:
    """Return one table for JSON."""
    found = [
        {
            "operation": timing.operation.name,
            "state": timing.operation.state,
            "median_ms": timing.milliseconds,
            "seconds": timing.seconds,
            "each": timing.operation.each or None,
            "peak_mb": timing.peak,
            "exit": timing.status,
        }
        for timing in table.timings.values()
    ]
    return {"title": table.title, "rows": found}
