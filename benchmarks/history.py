"""A generated workspace with a long history, and what is measured in it: `--at`, `log`, `blame`, `diff`, and git."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.running import COLD, WARM, Bench, Operation
from benchmarks.tables import AT, BLAME_ID, DIFF, DIFF_STAT, LOG_ID, LOG_PATH, OPEN, named

COMMITS = 5_000
MEASURED_EVERY = 25
"""Every so many commits one changes the deal that is measured; the others change any deal."""

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
AUTHORS = ("Li Na <li.n@example.com>", "Ma Jun <ma.j@example.com>", "Zhou Lei <zhou.l@example.com>")


def repository(root: Path, commits: int = COMMITS) -> Path:
    """Return a copy of a workspace under git with so many more commits, made once."""
    copy = root.with_name(f"{root.name}-history-{commits}")
    done = copy / ".git" / "history-done"
    if not done.exists():
        print(f"writing {commits} commits", file=sys.stderr)
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(root, copy, symlinks=True)
        subprocess.run(["git", "checkout", "--quiet", "-B", "main"], cwd=copy, check=True)
        stream = b"".join(_stream(copy, commits))
        subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=copy, input=stream, check=True)
        subprocess.run(["git", "reset", "--quiet", "--hard"], cwd=copy, check=True)
        done.touch()
    return copy


def measured_deal(root: Path) -> Path:
    """Return the deal that is measured, below the root."""
    return sorted(path.relative_to(root) for path in root.glob("accounts/*/opportunities/*.yaml"))[0]


def _stream(root: Path, commits: int) -> Iterator[bytes]:
    """Yield commits as `git fast-import` reads them: each moves the close date of one deal, or its probability."""
    random = Random(1)
    deals = sorted(path.relative_to(root) for path in root.glob("accounts/*/opportunities/*.yaml"))
    texts = {deal: (root / deal).read_text("utf-8") for deal in deals}
    for number in range(commits):
        deal = deals[0] if number % MEASURED_EVERY == 0 else random.choice(deals)
        texts[deal], subject = _changed(texts[deal], random)
        when = int((BEGIN + timedelta(minutes=35 * number)).timestamp())
        who = f"{AUTHORS[number % len(AUTHORS)]} {when} +0800"
        message, text = f"{deal.stem}: {subject}\n".encode(), texts[deal].encode()
        head = f"commit refs/heads/main\nauthor {who}\ncommitter {who}\ndata {len(message)}\n".encode()
        parent = b"from refs/heads/main^0\n" if number == 0 else b""
        yield head + message + parent + f"M 100644 inline {deal.as_posix()}\ndata {len(text)}\n".encode() + text + b"\n"


def _changed(text: str, random: Random) -> tuple[str, str]:
    """Return a deal with its close date some days later or its probability anew, and what the commit says."""
    field = random.choice(("close_date", "probability"))
    value = f"{random.randrange(5, 96)}%"
    if field == "close_date":
        value = (date(2026, 6, 15) + timedelta(days=random.randrange(20, 300))).isoformat()
    lines = [line for line in text.splitlines() if not line.startswith(f"{field}:")]
    place = next(number for number, line in enumerate(lines) if line.startswith("stage:")) + 1
    lines.insert(place, f"{field}: {value}")
    return "\n".join(lines) + "\n", f"{field} {value}"


def operations(kamctl: str, bench: Bench, as_of: Sequence[str]) -> list[Operation]:
    """Return what is measured over one repository; a cold run fills the cache for the warm one behind it."""
    deal = measured_deal(bench.root)
    record = f"{deal.parts[1]}/{deal.stem}"
    run = [kamctl, *as_of]
    pipeline = [*run, "pipeline"]
    at = [*run, "--at", "HEAD~100", "pipeline"]
    return [
        Operation(LOG_PATH, ["git", "log", "-p", "--", str(deal)], piped=True),
        Operation(named(OPEN, COLD), pipeline, COLD, piped=True),
        Operation(named(OPEN, WARM), pipeline, WARM, piped=True),
        Operation(named(LOG_ID, WARM), [*run, "log", record], WARM, piped=True),
        Operation(named(BLAME_ID, WARM), [*run, "blame", record], WARM, piped=True),
        Operation(DIFF_STAT, ["git", "diff", "--stat", "HEAD~1"], piped=True),
        Operation(named(DIFF, COLD), [*run, "diff", "HEAD~1"], COLD, piped=True),
        Operation(named(DIFF, WARM), [*run, "diff", "HEAD~1"], WARM, piped=True),
        Operation(named(AT, COLD), at, COLD, piped=True),
        Operation(named(AT, WARM), at, WARM, piped=True),
    ]
