"""The workbook forms by name: what each knows of its rows."""

from __future__ import annotations

from collections.abc import Mapping

from kamctl.commands.sheet_calls import RecordSheets, WeekSheets
from kamctl.commands.sheet_conclusions import ConclusionSheets
from kamctl.commands.sheet_deals import DealSheets
from kamctl.commands.sheet_marks import MarkSheets
from kamctl.commands.sheets import Kind

KINDS: Mapping[str, Kind] = {
    "pipeline": DealSheets(),
    "week": WeekSheets(),
    "record": RecordSheets(),
    "evaluation": ConclusionSheets(),
    "scorecard": MarkSheets(),
}
