"""What `workbook import` does: read, compare, prepare every text, check it, show the plan, and write it when asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kamctl.commands.preparing import prepared
from kamctl.commands.selling import terms_of
from kamctl.commands.session import Session
from kamctl.commands.sheet_kinds import KINDS
from kamctl.commands.sheets import Returned, vocabulary_of
from kamctl.exchange import typed
from kamctl.exchange.book import Book, Line
from kamctl.exchange.columns import Vocabulary, short_heading
from kamctl.exchange.matching import Names
from kamctl.exchange.merge import CONFLICT, REJECTED, SAME, Outcome, merge
from kamctl.exchange.sheet import Sheet, read_sheet
from kamctl.exchange.typed import kept_text
from kamctl.exchange.workbook import workbook_bytes
from kamctl.facts import Facts
from kamctl.labels import text
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.render.diff import diff
from kamctl.render.plan import print_plan, summary
from kamctl.render.screen import write
from kamctl.saving import save_all, write_file


@dataclass(frozen=True)
class Decisions:
    """What a person has decided: who wins a conflict, which accounts names mean, what to list."""

    theirs: bool
    ours: bool
    accounts: Sequence[str]
    everything: bool

    @property
    def prefer(self) -> str:
        """Who wins conflicts: theirs, ours, or nobody. Raises KamctlError for both."""
        if self.theirs and self.ours:
            raise KamctlError(Phrase("--theirs and --ours cannot both win"), Phrase("choose one of them"))
        return "theirs" if self.theirs else "ours" if self.ours else ""


def import_workbook(run: Session, file: str, decisions: Decisions, rejects: str, apply: bool, dry_run: bool) -> int:
    """Show what a workbook would change, and write it with `apply`. Returns 1 when something is left to decide.

    Raises KamctlError for a file that is no workbook of this form, and writes nothing then.
    """
    path = Path(file)
    if rejects and Path(rejects).exists():
        raise KamctlError(Phrase("{path} exists already", path=rejects), Phrase("--rejects FILE writes another"))
    prefer = decisions.prefer
    sheet = read_sheet(path)
    terms = terms_of(run)
    kind = KINDS[sheet.form.name]
    loaded = run.workspace.load(kind.tables)
    run.tell_unread(loaded)
    words = replace(vocabulary_of(run, loaded.facts, terms, sheet.marks.lang), epoch=sheet.epoch)
    _check_currency(sheet, words)
    back = Returned(run, sheet, loaded.facts, terms, words, _accounts(run, loaded.facts, decisions.accounts))
    now, rules = kind.compare(back, prefer)
    outcomes = merge(sheet.form, sheet.rows, sheet.marks.ids, now, rules)
    plan = prepared(run, lambda found: kind.maker(back, found), outcomes)
    if dry_run:
        write("".join(diff(draft, run.style.screen) for draft in plan.drafts)) if plan.drafts else None
    else:
        _show(run, sheet, plan.outcomes, decisions.everything)
    _tell(run, sheet, plan.outcomes)
    if rejects:
        _write_rejects(run, sheet, plan.outcomes, words, rejects)
    if plan.drafts and apply and not dry_run:
        save_all(run.workspace.root, plan.drafts)
        run.say(run.label("plan-written", count=len(plan.drafts)))
    elif plan.drafts and not dry_run:
        run.say(run.label("plan-not-written", command=f"kamctl workbook import {file} --apply"), "dim")
    return 1 if any(outcome.kind in (CONFLICT, REJECTED) for outcome in plan.outcomes) else 0


def _check_currency(sheet: Sheet, words: Vocabulary) -> None:
    """Raise KamctlError when the dealer block names another currency than the workbook was made for."""
    cell = sheet.filled.get("currency")
    named = typed.plain_text(cell.value).upper() if cell is not None else sheet.marks.currency
    if cell is not None and named != sheet.marks.currency:
        message = Phrase(
            '{place}: the currency is "{named}" and was {currency}',
            place=sheet.place(cell.place),
            named=named,
            currency=sheet.marks.currency,
        )
        raise KamctlError(message, Phrase("put it back, and write amounts in another currency as 20万 USD"), 1)
    if sheet.marks.currency != words.currency:
        message = Phrase(
            "{file} counts in {currency}, this workspace in {ours}",
            file=sheet.file,
            currency=sheet.marks.currency,
            ours=words.currency,
        )
        raise KamctlError(message, Phrase("export again"), 1)


def _decided(run: Session, accounts: Sequence[str]) -> dict[str, str]:
    """Return the accounts that people named for customers. Raises KamctlError for one that is not there."""
    decided = {}
    for words in accounts:
        name, equals, account = words.rpartition("=")
        if not equals or not name:
            raise KamctlError(
                Phrase('--account "{words}" decides nothing', words=words), Phrase("write NAME=ID, or NAME=new")
            )
        decided[name] = "" if account == "new" else run.workspace.resolve("account", account)
    return decided


def _accounts(run: Session, facts: Facts, decisions: Sequence[str]) -> Names:
    return Names({row.id: row.name for row in facts.accounts.values()}, _decided(run, decisions))


def _show(run: Session, sheet: Sheet, outcomes: Sequence[Outcome], everything: bool) -> None:
    """Print the plan."""
    counts = Counter(outcome.kind for outcome in outcomes)
    shown = [outcome for outcome in outcomes if everything or outcome.kind != SAME]
    extra = {"file": sheet.file, "sheet": sheet.name, "form": sheet.form.name, "counts": dict(counts)}
    print_plan(shown, sheet, run.style, run.envelope(**extra))


def _tell(run: Session, sheet: Sheet, outcomes: Sequence[Outcome]) -> None:
    """Say how many rows there are of each outcome, and what of the sheet was not read."""
    run.say(summary(Counter(outcome.kind for outcome in outcomes), run.lang))
    if sheet.missing:
        names = ", ".join(
            short_heading(column, run.lang) for column in sheet.form.columns if column.key in sheet.missing
        )
        run.say(run.label("sheet-missing", columns=names), "warning")
    if sheet.extra:
        run.say(run.label("sheet-extra", columns=", ".join(sheet.extra)), "dim")


def _write_rejects(run: Session, sheet: Sheet, outcomes: Sequence[Outcome], words: Vocabulary, rejects: str) -> None:
    """Write rejected rows as they were typed, each with its reason; the file can be corrected and imported."""
    by_number = {row.number: row for row in sheet.rows}
    lines = []
    for outcome in (outcome for outcome in outcomes if outcome.kind == REJECTED):
        row = by_number[outcome.row]
        reasons = "\n".join(f"{refusal.place}: {refusal.reason.words(words.lang)}" for refusal in outcome.refusals)
        cells = {key: cell.value for key, cell in row.cells.items()}
        lines.append(Line(row.id if row.exported else "", row.exported, {}, "", cells, reasons))
    if not lines:
        run.say(run.label("no-rejects"), "dim")
        return
    dealer = kept_text(sheet.filled["dealer"].value) if "dealer" in sheet.filled else ""
    title = text(f"sheet-book-{sheet.form.name}", words.lang, name=sheet.marks.workspace)
    exported = replace(words, today=date.fromisoformat(sheet.marks.exported), epoch=1900)
    book = Book(sheet.form, exported, title, sheet.marks.workspace, dealer, lines, sheet.marks.subject)
    write_file(Path(rejects), workbook_bytes(book), overwrite=False)
    run.say(run.label("rejects-written", path=rejects, count=len(lines)))
