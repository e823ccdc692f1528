"""Programs that a user would otherwise reach for, each measured only where it is installed.

`check-jsonschema` checks the same files against kamctl's own schema, `yq` filters them by stage, and two accounting
programs read as many plain-text transactions as there are opportunities.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from benchmarks.running import Operation

CHECKER, CHECKER_ALONE = "check-jsonschema", "check-jsonschema, one file"
CHECKED_FILES, FILTERED_FILES = 200, 1000
NAMES = (CHECKER, "yq", "hledger", "bean-check")
FIRST_DAY = date(2024, 1, 1)


def installed(kamctl: Path) -> dict[str, str]:
    """Return the paths of the peers that are there, by name: beside kamctl or on PATH."""
    found = {name: shutil.which(name, path=str(kamctl.parent)) or shutil.which(name) for name in NAMES}
    return {name: path for name, path in found.items() if path is not None}


def versions(peers: dict[str, str]) -> dict[str, str]:
    """Return what each peer says of its version, and of the others that they are not installed."""
    return {name: version(peers[name]) if name in peers else "not installed" for name in NAMES}


def version(path: str) -> str:
    """Return the version that a program prints, without its name."""
    shown = subprocess.run([path, "--version"], capture_output=True, text=True).stdout.strip().partition("\n")[0]
    words = shown.split()
    return next((word.strip(",") for word in words if word[0].isdigit() or word[1:2].isdigit()), shown or "unknown")


def operations(peers: dict[str, str], kamctl: Path, deals: Sequence[Path], root: Path, folder: Path) -> list[Operation]:
    """Return what to measure over a workspace with the peers that are there; what they read is written to `folder`."""
    paths = [str(path.relative_to(root)) for path in deals]
    found: list[Operation] = []
    if CHECKER in peers:
        schema = folder / "opportunity.schema.json"
        schema.write_bytes(subprocess.run([kamctl, "schema", "opportunity"], check=True, capture_output=True).stdout)
        check = [peers[CHECKER], "--schemafile", str(schema)]
        few = paths[:CHECKED_FILES]
        found.append(Operation(CHECKER_ALONE, [*check, few[0]], each=1))
        found.append(Operation(CHECKER, [*check, *few], each=len(few)))
    if "yq" in peers:
        few = paths[:FILTERED_FILES]
        found.append(Operation("yq", [peers["yq"], '.stage == "Q"', *few], piped=True, each=len(few)))
    count = len(deals)
    if "hledger" in peers:
        journal = written(folder / f"{count}.journal", hledger_lines(count))
        for report in ("stats", "bal"):
            command = [peers["hledger"], "-f", journal, report]
            found.append(Operation(f"hledger {report}", command, piped=True, each=count))
    if "bean-check" in peers:
        ledger = written(folder / f"{count}.beancount", beancount_lines(count))
        found.append(Operation("bean-check", [peers["bean-check"], "--no-cache", ledger], each=count))
    return found


def written(path: Path, lines: Iterator[str]) -> str:
    """Write lines to a file and return its path."""
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def hledger_lines(count: int) -> Iterator[str]:
    """Yield a journal with one transaction a deal, ten deals an account."""
    for n in range(count):
        yield f"{day(n, count)} Deal {n + 1}"
        yield f"    assets:pipeline:a{n // 10 + 1}    {amount(n)} CNY"
        yield "    income:pipeline"
        yield ""


def beancount_lines(count: int) -> Iterator[str]:
    """Yield the same transactions as beancount writes them."""
    yield f"{FIRST_DAY} open Income:Pipeline"
    for account in range(-(-count // 10)):
        yield f"{FIRST_DAY} open Assets:Pipeline:A{account + 1}"
    for n in range(count):
        yield f'{day(n, count)} * "Deal {n + 1}"'
        yield f"  Assets:Pipeline:A{n // 10 + 1}  {amount(n)} CNY"
        yield "  Income:Pipeline"
        yield ""


def day(n: int, count: int) -> date:
    """Return the day of the n-th deal; they spread over two years."""
    return FIRST_DAY + timedelta(days=n * 730 // count)


def amount(n: int) -> int:
    """Return the amount of the n-th deal."""
    return (n * 7919 % 496 + 5) * 10_000
