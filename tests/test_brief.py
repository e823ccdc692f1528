"""What reports do without never changes what they show."""

from __future__ import annotations

import contextlib
import io
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from kamctl import cli, facts, loading
from kamctl.brief import Brief
from kamctl.index import pack_rows, unpack_rows
from kamctl.reports.activity import briefs as of_review
from kamctl.reports.meetings import weekly
from kamctl.rows.calls import CallRow, CommitmentRow, ObjectiveRow
from kamctl.rows.deals import MarkRow, OpportunityRow

REPORTS = (
    ("today", "--all"),
    ("week", "show"),
    ("week", "show", "--week", "2026-W20"),
    ("metrics", "--by", "owner"),
    ("metrics", "--period", "2026"),
    ("pipeline", "--all"),
    ("forecast", "--since", "2026-04-01"),
    ("funnel",),
    ("review", "daily"),
    ("review", "weekly"),
    ("review", "monthly"),
    ("review", "monthly", "--since", "2026-04-20", "--until", "2026-05-10"),
)
DAYS = ("2026-05-04", "2026-05-29", "2026-06-15", "2026-07-01")
DAY = date(2026, 6, 10)


def shown(root: Path, *arguments: str) -> tuple[int, str, str]:
    """Run a command in this process and return its exit code and what it wrote."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.run(["-C", str(root), "--format", "json", *arguments])
    return code, out.getvalue(), err.getvalue()


def whole(raw: bytes, classes: Any, wanted: frozenset[str], briefs: Any = ()) -> Any:
    """Return the rows of the wanted tables with all that they say."""
    return unpack_rows(raw, classes, wanted)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("report", REPORTS, ids=" ".join)
def test_a_report_says_the_same_with_less_in_memory(history: Path, report: tuple[str, ...], day: str) -> None:
    arguments = ("--as-of", day, *report)
    brief = shown(history, *arguments)
    with patch.object(loading, "unpack_rows", whole):
        assert shown(history, *arguments) == brief
    assert brief[0] == 0, brief[2]


def call(day: date = DAY, done: bool = True) -> CallRow:
    """Return a call with words in it."""
    return CallRow(
        "bohai/c", "bohai", day, "09:30", "li-na", "visit", "bohai/wang", "bohai/line-3", "询问预算", done, None,
        "客户提出三点", date(2026, 7, 1), "再谈价格", 60, ("bohai/wang",), ("li-na",), "愿意再谈", "样品",
    )  # fmt: skip


def deal(*assessed: date) -> OpportunityRow:
    """Return a deal that was assessed on some days."""
    blank: dict[str, Any] = dict.fromkeys(OpportunityRow._fields)
    marks = tuple((day, "project+") for day in assessed)
    return OpportunityRow(**(blank | {"id": "bohai/line-3", "assessed": marks}))


def read(tables: dict[str, Any], *briefs: Brief) -> dict[str, Any]:
    """Return rows by table as they come from the index."""
    raw = pack_rows(tables.items())
    return dict(unpack_rows(raw, facts.ROWS, frozenset(tables), briefs))


OBJECTIVE = ObjectiveRow("bohai/c", "弄清资金来源", True, "说出文件", DAY)


def test_fields_that_nobody_reads_are_empty_and_others_as_they_were() -> None:
    fields = {"calls": frozenset(("purpose", "met")), "objectives": frozenset(("objective",))}
    found = read({"calls": [call()], "objectives": [OBJECTIVE]}, Brief("calls", fields))
    assert found["calls"] == [call()._replace(purpose="", met=())]
    assert found["objectives"] == [OBJECTIVE._replace(objective="")]


def test_files_that_a_report_looks_into_are_whole() -> None:
    tables = {"calls": [call()], "objectives": [OBJECTIVE]}
    brief = Brief("calls", {"calls": frozenset(("purpose",))}, frozenset(("objectives",)), lambda row: row.date == DAY)
    assert read(tables, brief) == tables
    other = call(date(2026, 6, 11))
    assert read(tables | {"calls": [other]}, brief) == {"calls": [other._replace(purpose="")]}


def test_files_of_other_kinds_are_not_touched() -> None:
    tables = {"commitments": [CommitmentRow("bohai/c", "bohai", "li-na", "送样品", None, None)]}
    assert read(tables, Brief("calls", {"commitments": frozenset(("what",))})) == tables


def test_a_review_holds_marks_of_deals_that_somebody_rated_in_its_period() -> None:
    mark = MarkRow("bohai/line-3", 0, DAY, "li-na", "project", "us", "+", "会议纪要", "")
    briefs = of_review(weekly(date(2026, 6, 15)))
    rated = {"opportunities": [deal(date(2026, 3, 2), DAY)], "marks": [mark]}
    assert read(rated, *briefs) == rated
    assert read(rated | {"opportunities": [deal(date(2026, 3, 2))]}, *briefs) == {
        "opportunities": [deal(date(2026, 3, 2))]
    }


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (call(date(2026, 6, 10)), "询问预算"),
        (call(date(2026, 6, 17)), "询问预算"),
        (call(date(2026, 5, 4), done=False), "询问预算"),
        (call(date(2026, 5, 4)), ""),
    ],
    ids=["in the period", "ahead", "without a result", "long ago"],
)
def test_a_review_holds_the_words_of_calls_that_it_tells(row: CallRow, words: str) -> None:
    found = read({"calls": [row]}, *of_review(weekly(date(2026, 6, 15))))
    assert found["calls"][0].purpose == words
