"""What `import csv` does: read, compare, prepare every text, check it, show the plan, and write it when asked."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kamctl.commands.landing import Landing, landed
from kamctl.commands.selling import terms_of
from kamctl.commands.session import Session
from kamctl.commands.sheets import needs_of, process_of, vocabulary_of
from kamctl.commands.told import Told, accounts_of, owners_of, pairs, words_of
from kamctl.exchange import tables
from kamctl.exchange.companies import company_word
from kamctl.exchange.deals import deal_values
from kamctl.exchange.delimited import Delimited, read_delimited
from kamctl.exchange.fields import COMPUTED, columns_of, heading_word
from kamctl.exchange.finding import Present
from kamctl.exchange.flat import guarded, plain_text
from kamctl.exchange.intake import UNDECIDED, Plan, plan
from kamctl.exchange.matching import Names
from kamctl.exchange.merge import REJECTED, SAME, Outcome
from kamctl.exchange.profile import best_profile, headings_of, read_profile
from kamctl.exchange.table import Source, lines
from kamctl.exchange.typed import fold
from kamctl.facts import Facts
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.render.diff import diff
from kamctl.render.intake import print_intake, questions, summary
from kamctl.render.screen import write
from kamctl.reports.pipeline import Terms
from kamctl.rows.accounts import PersonRow
from kamctl.rows.deals import OpportunityRow
from kamctl.saving import save_all, write_file
from kamctl.schema.profile import Profile

READS = ("accounts", "people", "members", "opportunities", "externals")
NEEDED = ("name", "stage")
"""Columns that every table of deals has."""

NUMBER = re.compile(r"[-+]?\d[\d.,]*")

BETTER = 2
"""How many columns more another profile has to know before it is named."""

CUSTOMER = ("id", "account", "account_name", "account_external")
"""Columns one of which says whose deal it is."""


def import_table(
    run: Session, file: str, told: Told, rejects: str, everything: bool, apply: bool, dry_run: bool
) -> int:
    """Show what a table of deals would change, and write it with `apply`. Returns 1 when a row is left.

    Raises KamctlError for a file that cannot be read, and writes nothing then.
    """
    if rejects and Path(rejects).exists():
        raise KamctlError(Phrase("{path} exists already", path=rejects), Phrase("--rejects FILE writes another"))
    profile = read_profile(told.profile, run.workspace.files, run.lang)
    with _given(file) as path:
        table, columns = _table(run, path, profile, told)
    facts, terms = _facts(run), terms_of(run)
    words = words_of(run, profile, told, vocabulary_of(run, facts, terms, run.lang))
    result = plan(table, columns, words, _present(run, profile, told, facts, terms))
    landing = landed(run, table, columns, words, result, facts, terms)
    _show(run, table, result, landing, everything, dry_run)
    if rejects:
        _write_rejects(run, table, landing.outcomes, Path(rejects))
    if apply and landing.drafts and not dry_run:
        save_all(run.workspace.root, landing.drafts)
        run.say(run.label("plan-written", count=len(landing.drafts)))
    elif landing.drafts and not dry_run:
        run.say(run.label("csv-not-written"), "dim")
    return 1 if any(outcome.kind in (REJECTED, UNDECIDED) for outcome in landing.outcomes) else 0


@contextmanager
def _given(file: str) -> Iterator[Path]:
    """Yield the path of a file; of a copy of what comes in, for `-`."""
    if file != "-":
        yield Path(file)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stdin"
        with open(path, "wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream)
        yield path


def _facts(run: Session) -> Facts:
    loaded = run.workspace.load(READS)
    run.tell_unread(loaded)
    return loaded.facts


def _table(run: Session, path: Path, profile: Profile, told: Told) -> tuple[Delimited, dict[str, int]]:
    """Return the table and which of its columns means which field. Raises KamctlError when it is no table of deals."""
    meant = pairs(told.columns, "--map", "COLUMN=FIELD")
    known = headings_of(profile) | set(map(heading_word, meant))
    table = read_delimited(path, lambda name: heading_word(name) in known, told.encoding)
    columns = columns_of(table.headings, profile, meant)
    missing = [name for name in NEEDED if name not in columns]
    missing += [] if any(name in columns for name in CUSTOMER) else ["account_name"]
    own = len(known & set(map(heading_word, table.headings)))
    better, count = best_profile(table.headings, run.workspace.files, run.lang)
    better = better if count >= own + BETTER else ""
    if missing:
        shown = ", ".join(f'"{heading}"' for heading in table.headings[:8]) + (" …" if len(table.headings) > 8 else "")
        wanted = ", ".join(f"{name} ({profile.columns[name][0]})" for name in missing if name in profile.columns)
        message = Phrase(
            "{file}:{line}: no column for {fields} among {headings}",
            file=table.file,
            line=table.heading_line,
            fields=wanted or ", ".join(missing),
            headings=shown,
        )
        hint = Phrase("--map 'COLUMN=FIELD' says which it is; a summary or pivot has to be exported as a list of deals")
        if better:
            hint = Phrase("profile {name} knows {count} of the columns: --profile {name}", name=better, count=count)
        raise KamctlError(message, hint, 1)
    if not table.rows:
        raise KamctlError(Phrase("{file} has a heading and no rows", file=table.file), Phrase("export it again"), 1)
    used = set(columns.values())
    unread = [name for place, name in enumerate(table.headings) if place not in used and fold(name) not in COMPUTED]
    run.say(run.label("csv-read", file=table.file, encoding=table.encoding, delimiter=_shown(table.delimiter)), "dim")
    if any(name.strip() for name in unread):
        run.say(run.label("sheet-extra", columns=", ".join(filter(None, unread))), "dim")
    if better:
        counts = {"count": count, "own": own, "columns": len(table.headings)}
        run.say(run.label("csv-other-profile", better=better, profile=told.profile, **counts), "warning")
    return table, columns


def _shown(delimiter: str) -> str:
    return "TAB" if delimiter == "\t" else delimiter


def _present(run: Session, profile: Profile, told: Told, facts: Facts, terms: Terms) -> Present:
    """Return how things are, in the words in which they are compared."""
    source = Source(facts, terms.currency, terms.default_process, {})
    accounts, others_new = accounts_of(run, told)
    names, default_owner = owners_of(facts, told)
    people: dict[str, list[PersonRow]] = {}
    for person in facts.people.values():
        people.setdefault(person.account, []).append(person)
    return Present(
        deals={deal.id: _values(deal, facts, terms) for deal in facts.opportunities},
        flat=_flat(source),
        external={
            (row.kind, profile.same_key(row.key)): row.record for row in facts.externals if row.system == profile.system
        },
        processes=terms.processes,
        default_process=terms.default_process,
        account_processes={row.id: row.process for row in facts.accounts.values() if row.process in terms.processes},
        account_owners={row.id: row.owner for row in facts.accounts.values()},
        accounts=Names({row.id: row.name for row in facts.accounts.values()}, accounts, company_word),
        owners=Names({key: member.name for key, member in facts.members.items()}, names),
        people=people,
        needs=lambda deal_id: needs_of(run, deal_id),
        others_new=others_new,
        default_owner=default_owner,
    )


def _values(deal: OpportunityRow, facts: Facts, terms: Terms) -> dict[str, str]:
    """Return what a deal says, by field."""
    known = deal_values(deal, facts.account_name(deal.account), terms.currency)
    account, _, stem = deal.id.partition("/")
    return {
        **known,
        "name": deal.name,
        "account": account,
        "stem": stem,
        "account_name": known["customer"],
        "process": process_of(deal, terms),
        "forecast": deal.forecast,
        "created": deal.created.isoformat() if deal.created else "",
        "dealer": deal.dealer,
        "lost_on": deal.lost_on.isoformat() if deal.lost_on else "",
        "lost_reason": deal.lost_reason,
        "lost_to": deal.lost_to,
    }


def _flat(source: Source) -> dict[str, dict[str, str]]:
    """Return what an export writes of each deal, by column."""
    table = tables.BY_NAME["opportunity"]
    names = [column.name for column in table.columns]
    rows = (dict(zip(names, map(plain_text, line), strict=True)) for line in lines(table, source))
    return {row["id"]: row for row in rows}


def _show(run: Session, table: Delimited, result: Plan, landing: Landing, everything: bool, dry_run: bool) -> None:
    """Print the plan, or the diff; say how many rows there are of each outcome, and what is open."""
    counts = Counter(outcome.kind for outcome in landing.outcomes)
    if dry_run:
        for draft in landing.drafts:
            write(diff(draft, run.style.screen))
    else:
        shown = [outcome for outcome in landing.outcomes if everything or outcome.kind != SAME]
        extra = {"file": table.file, "counts": dict(counts), "new": landing.made}
        print_intake(shown, run.style, run.envelope(**extra))
    run.say(summary(counts, landing.made, run.lang))
    if landing.gaps:
        run.say(run.label("csv-gaps", count=landing.gaps), "warning")
    for line in questions(result.questions, run.style.screen, run.lang):
        run.say(line, "warning")


def _write_rejects(run: Session, table: Delimited, outcomes: Sequence[Outcome], path: Path) -> None:
    """Write the rows that were not taken, as they are, each with its line and reason before it."""
    by_line = {row.line: row for row in table.rows}
    left = [outcome for outcome in outcomes if outcome.kind in (REJECTED, UNDECIDED)]
    if not left:
        run.say(run.label("no-rejects"), "dim")
        return
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=table.delimiter, lineterminator="\n")
    writer.writerow([*table.headings, "kamctl line", "kamctl reason"])
    for outcome in left:
        reasons = " | ".join(f"{refusal.place}: {refusal.reason.words(run.lang)}" for refusal in outcome.refusals)
        cells = [*by_line[outcome.row].cells][: len(table.headings)]
        cells += [""] * (len(table.headings) - len(cells))
        writer.writerow([*map(_safe, cells), outcome.row, reasons])
    write_file(path, stream.getvalue().encode("utf-8-sig"), overwrite=False)
    run.say(run.label("rejects-written", path=path, count=len(left)))


def _safe(cell: str) -> str:
    """Return a cell that no spreadsheet runs, unless it is one of ours that says so already, or a number."""
    return cell if cell.startswith("'") or NUMBER.fullmatch(cell) else guarded(cell)
