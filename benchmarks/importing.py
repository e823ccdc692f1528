"""Reports over many calls, and tables of new deals that are imported: what is measured of large amounts at once."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from benchmarks.running import WARM, Bench, Operation
from benchmarks.tables import APPLY, PLAN, REPORTS, REVIEWS, named

HERE = Path(__file__).resolve().parent
COLUMNS = ("name", "account_name", "contact_name", "stage", "amount", "close_date", "created", "needs", "external")
FIRST_DAY = date(2026, 7, 1)

RESET = """
import os, shutil, time
os.rename("accounts", f"../imported-{time.time_ns()}")
shutil.copytree("../accounts", "accounts")
"""
"""Brings the workspace back. What was imported is moved away: deleting so many files would slow down the next run."""


def small_workspace(scratch: Path) -> Path:
    """Return a workspace of ten deals to import into."""
    root = scratch / "import" / "workspace"
    command = [sys.executable, str(HERE / "generate.py"), str(root), "--opportunities", "10"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cp", "-r", "accounts", ".."], cwd=root, check=True)
    return root


def import_operations(kamctl: str, root: Path, count: int, shown: Sequence[str]) -> list[Operation]:
    """Return the import of so many new deals, each with a customer and a contact of its own: planned, and applied."""
    table = root.parent / "deals.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(_row(number) for number in range(count))
    plan = [kamctl, "import", "csv", str(table), "--account", "new", "--owner", "sales-1", *shown]
    reset = [sys.executable, "-c", RESET]
    return [
        Operation(PLAN, plan, memory=True, each=count, before=reset),
        Operation(APPLY, [*plan, "--apply"], memory=True, each=count, before=reset),
    ]


def _row(number: int) -> list[str]:
    day = FIRST_DAY + timedelta(days=number % 200)
    names = [f"{number % 10 + 1}号线改造", f"新客户{number:05}水务集团", f"王{number % 97}"]
    return [*names, "LOSQ"[number % 4], f"{number % 500 + 1}0000 CNY", str(day), "2026-01-12", "年底达标", f"K{number}"]


def call_operations(kamctl: str, bench: Bench, shown: Sequence[str]) -> list[Operation]:
    """Return the reports that read calls, with their memory."""
    commands = {what: [kamctl, *what.split(), *shown] for what in (*REPORTS, *REVIEWS)}
    return [Operation(named(what, WARM), command, memory=True) for what, command in commands.items()]
