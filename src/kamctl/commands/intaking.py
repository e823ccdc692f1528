"""What `import csv` does: read, compare, prepare every text, check it, show the plan, and write it when asked."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kamctl.commands.landing import Landing, landed
from kamctl.commands.selling import owner_keys, terms_of
from kamctl.commands.session import Session
from kamctl.commands.sheets import needs_of, process_of, vocabulary_of
from kamctl.exchange import tables
from kamctl.exchange.columns import Vocabulary
from kamctl.exchange.companies import company_word
from kamctl.exchange.deals import deal_values
from kamctl.exchange.delimited import Delimited, read_delimited
from kamctl.exchange.fields import COMPUTED, ORDERS, Words, columns_of
from kamctl.exchange.finding import Present
from kamctl.exchange.flat import guarded, plain_text
from kamctl.exchange.intake import UNDECIDED, Plan, plan
from kamctl.exchange.matching import Names
from kamctl.exchange.merge import REJECTED, SAME, Outcome
from kamctl.exchange.profile import read_profile
from kamctl.exchange.typed import Option, fold
from kamctl.facts import Facts, OpportunityRow, PersonRow
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render.diff import diff
from kamctl.render.intake import print_intake, questions, summary
from kamctl.render.screen import write
from kamctl.reports.pipeline import Terms
from kamctl.saving import save_all, write_file
from kamctl.schema.profile import Profile

READS = ("accounts", "people", "members", "opportunities", "externals")
FORECASTS = ("closed", "commit", "best_case", "pipeline", "omitted")
NEEDED = ("name", "stage")
"""Columns that every table of deals has."""

NUMBER = re.compile(r"[-+]?\d[\d.,]*")

CUSTOMER = ("id", "account", "account_name", "account_external")
"""Columns one of which says whose deal it is."""


@dataclass(frozen=True)
class Told:
    """What a person said on the command line."""

    profile: str
    columns: Sequence[str]
    values: Sequence[str]
    accounts: Sequence[str]
    owners: Sequence[str]
    dates: str
    decimal: str
    encoding: str


def import_table(
    run: Session, file: str, told: Told, rejects: str, everything: bool, apply: bool, dry_run: bool
) -> int:
    """Show what a table of deals would change, and write it with `apply`. Returns 1 when a row is left.

    Raises KamctlError for a file that cannot be read, and writes nothing then.
    """
    if rejects and Path(rejects).exists():
        raise KamctlError(Phrase("{path} exists already", path=rejects), Phrase("--rejects FILE writes another"))
    profile = read_profile(told.profile, run.workspace.files, run.lang)
    table, columns = _table(run, Path(file), profile, told)
    facts, terms = _facts(run), terms_of(run)
    words = _words(run, profile, told, vocabulary_of(run, facts, terms, run.lang))
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


def _facts(run: Session) -> Facts:
    loaded = run.workspace.load(READS)
    run.tell_unread(loaded)
    return loaded.facts


def _table(run: Session, path: Path, profile: Profile, told: Told) -> tuple[Delimited, dict[str, int]]:
    """Return the table and which of its columns means which field. Raises KamctlError when it is no table of deals."""
    meant = _pairs(told.columns, "--map", "COLUMN=FIELD")
    known = {fold(alias) for aliases in profile.columns.values() for alias in aliases} | {fold(name) for name in meant}
    table = read_delimited(path, lambda name: fold(name) in known, told.encoding)
    columns = columns_of(table.headings, profile, meant)
    missing = [name for name in NEEDED if name not in columns]
    missing += [] if any(name in columns for name in CUSTOMER) else ["account_name"]
    if missing:
        shown = ", ".join(f'"{heading}"' for heading in table.headings[:8]) + (" …" if len(table.headings) > 8 else "")
        aliases = ", ".join(f"{name} ({profile.columns[name][0]})" for name in missing if name in profile.columns)
        message = Phrase(
            "{file}:{line}: no column for {fields} among {headings}",
            file=table.file,
            line=table.heading_line,
            fields=aliases or ", ".join(missing),
            headings=shown,
        )
        hint = Phrase("--map 'COLUMN=FIELD' says which it is; a summary or pivot has to be exported as a list of deals")
        raise KamctlError(message, hint, 1)
    if not table.rows:
        raise KamctlError(Phrase("{file} has a heading and no rows", file=table.file), Phrase("export it again"), 1)
    used = set(columns.values())
    unread = [name for place, name in enumerate(table.headings) if place not in used and fold(name) not in COMPUTED]
    run.say(run.label("csv-read", file=table.file, encoding=table.encoding, delimiter=_shown(table.delimiter)), "dim")
    if any(name.strip() for name in unread):
        run.say(run.label("sheet-extra", columns=", ".join(filter(None, unread))), "dim")
    return table, columns


def _shown(delimiter: str) -> str:
    return "TAB" if delimiter == "\t" else delimiter


def _pairs(texts: Sequence[str], option: str, form: str) -> dict[str, str]:
    """Return what options of the form NAME=VALUE say. Raises KamctlError for one without `=`."""
    pairs = {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        if not equals or not name:
            raise KamctlError(
                Phrase('{option} "{text}" says nothing', option=option, text=text), Phrase("write {form}", form=form)
            )
        pairs[name.strip()] = value.strip()
    return pairs


def _words(run: Session, profile: Profile, told: Told, vocabulary: Vocabulary) -> Words:
    """Return what cells are read by. Raises KamctlError for an order of dates or a sign that there is not."""
    if told.dates not in ("", *ORDERS):
        hint = nearest(told.dates, ORDERS, choices(ORDERS))
        raise KamctlError(Phrase('--dates: there is no order "{text}"', text=told.dates), hint)
    if told.decimal not in ("", ".", ","):
        raise KamctlError(Phrase('--decimal: "{text}" is no sign before decimals', text=told.decimal), Phrase(". or ,"))
    decided = {}
    for key, value in _pairs(told.values, "--value", "FIELD:WORD=VALUE").items():
        name, colon, word = key.partition(":")
        if not colon:
            raise KamctlError(
                Phrase('--value "{key}={value}" says nothing', key=key, value=value), Phrase("write FIELD:WORD=VALUE")
            )
        decided[name.strip(), fold(word)] = value
    processes = [Option(name, {}) for name in vocabulary.stages]
    forecasts = [Option(name, {}) for name in FORECASTS]
    return Words(
        profile=profile,
        today=run.as_of,
        currency=vocabulary.currency,
        dates=told.dates or profile.dates or "",
        decimal=told.decimal or profile.decimal,
        options={**vocabulary.options, "process": processes, "forecast": forecasts},
        decided=decided,
    )


def _present(run: Session, profile: Profile, told: Told, facts: Facts, terms: Terms) -> Present:
    """Return how things are, in the words in which they are compared."""
    source = tables.Source(facts, terms.currency, terms.default_process, {})
    accounts, others_new = _accounts(run, told)
    names, default_owner = _owners(facts, told)
    people: dict[str, list[PersonRow]] = {}
    for person in facts.people.values():
        people.setdefault(person.account, []).append(person)
    return Present(
        deals={deal.id: _values(deal, facts, terms) for deal in facts.opportunities},
        flat=_flat(source),
        external={(row.kind, row.key): row.record for row in facts.externals if row.system == profile.system},
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


def _flat(source: tables.Source) -> dict[str, dict[str, str]]:
    """Return what an export writes of each deal, by column."""
    table = tables.BY_NAME["opportunity"]
    names = [column.name for column in table.columns]
    rows = (dict(zip(names, map(plain_text, line), strict=True)) for line in tables.lines(table, source))
    return {row["id"]: row for row in rows}


def _accounts(run: Session, told: Told) -> tuple[dict[str, str], bool]:
    """Return which accounts names mean, and whether names that are open are new."""
    pairs = _pairs([text for text in told.accounts if text != "new"], "--account", "NAME=ID, NAME=new, or new")
    decided = {
        name: "" if account == "new" else run.workspace.resolve("account", account) for name, account in pairs.items()
    }
    return decided, "new" in told.accounts


def _owners(facts: Facts, told: Told) -> tuple[dict[str, str], str]:
    """Return whom names mean, and the owner where the file names none. Raises KamctlError for nobody of ours."""
    pairs = _pairs([text for text in told.owners if "=" in text], "--owner", "PERSON, NAME=KEY or NAME=new")
    decided = {name: "" if key == "new" else owner_keys(facts, [key])[0] for name, key in pairs.items()}
    alone = [text for text in told.owners if "=" not in text]
    if len(alone) > 1:
        raise KamctlError(
            Phrase("--owner {one} and {other} cannot both own the rest", one=alone[0], other=alone[1]),
            Phrase("NAME=KEY says whom a name means"),
        )
    return decided, owner_keys(facts, alone)[0] if alone else ""


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
