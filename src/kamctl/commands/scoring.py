"""What `score` does: find the deals, in a workspace or as lone files, score them, print them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from kamctl.commands.session import Session
from kamctl.facts import TABLES, Facts
from kamctl.labels import said
from kamctl.layout import account_of, path_of
from kamctl.loading import located, unreadable
from kamctl.methods import Methods
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.render import score as rendered
from kamctl.render.score_page import Sheet
from kamctl.reports.pipeline import stage_on
from kamctl.rows.deals import OpportunityRow
from kamctl.schema.method import DEFAULT_PROCESS, DEFAULT_SCORECARD
from kamctl.schema.method.process import Process
from kamctl.scoring.gates import Gate, gate
from kamctl.scoring.questions import next_questions
from kamctl.scoring.scorecard import score
from kamctl.scoring.strategy import duels
from kamctl.tree import Disk

SCORE_TABLES = frozenset(("accounts", "people", "members", "opportunities", "marks", "competitors", "buying_roles")) | {
    "gate_evidence"
}


@dataclass(frozen=True)
class Method:
    """Which method a deal is scored by."""

    methods: Methods
    process: str = DEFAULT_PROCESS
    scorecard: str = DEFAULT_SCORECARD
    fresh_for: timedelta = field(default=timedelta(days=60))


def print_scores(run: Session, names: Sequence[str], explain: bool, top: int) -> int:
    """Score and print each deal. Returns 1 when one of them cannot be read and the others could."""
    run.style.check()
    sheets, failed = [], 0
    for name in names:
        try:
            sheets.append(_sheet(run, name, top))
        except KamctlError as error:
            if len(names) == 1 or error.exit_code != 1:
                raise
            run.say(f"{said(error.message, run.lang)}\n{said(error.hint, run.lang)}".rstrip(), "error")
            failed += 1
    rendered.print_scores(sheets, run.style, run.envelope(), explain)
    return 1 if failed else 0


def _sheet(run: Session, name: str, top: int) -> Sheet:
    facts, deal_id, method = _facts(run, name)
    deal = next((row for row in facts.opportunities if row.id == deal_id), None)
    assert deal is not None
    placed = stage_on(deal, run.as_of)
    if placed is not None:
        deal = deal._replace(stage=placed[0], stage_since=placed[1])
    return sheet(run, facts, deal, method, top)


def sheet(run: Session, facts: Facts, deal: OpportunityRow, method: Method, top: int) -> Sheet:
    """Score one deal and gather what its page shows."""
    process = method.methods.process(deal.process or method.process)
    scorecard = method.methods.scorecard(process.scorecard or method.scorecard)
    rivals = [row for row in facts.competitors if row.opportunity == deal.id]
    marks = [row for row in facts.marks if row.opportunity == deal.id]
    result = score(scorecard, marks, [row.id for row in rivals], run.as_of, method.fresh_for)
    team = [row for row in facts.buying_roles if row.opportunity == deal.id]
    coverage = [choice.id for choice in method.methods.relationship.coverage]
    return Sheet(
        deal=deal,
        customer=facts.accounts[deal.account].name if deal.account in facts.accounts else "",
        owner=facts.member_name(deal.owner),
        process=process,
        score=result,
        parties={"us": run.label("us"), **{row.id: row.name for row in rivals}},
        people={person.person: facts.person_name(person.person) for person in team}
        | {by: facts.member_name(by) for row in marks for by, _, _, _ in row.disputed},
        duels=duels(result),
        questions=next_questions(result, team, coverage),
        top=top,
        fresh_for=method.fresh_for,
        gate=_gate(facts, deal, process, run.as_of),
    )


def _gate(facts: Facts, deal: OpportunityRow, process: Process, as_of: date) -> Gate | None:
    """Return the gate to a deal's next stage; None when it is ended or at the end of its way."""
    stage, following = process.stage(deal.stage), process.following(deal.stage)
    if stage is None or stage.ended or following is None:
        return None
    evidence = [row for row in facts.gate_evidence if row.opportunity == deal.id]
    return gate(process, deal, following, facts.accounts.get(deal.account), evidence, as_of)


def _facts(run: Session, name: str) -> tuple[Facts, str, Method]:
    """Return the facts around a deal, its id, and its method: from the workspace, a lone file, or stdin."""
    if name == "-":
        return _lone_facts(run, sys.stdin.buffer.read(), "<stdin>")
    path = Path(name)
    if path.is_file() and not _in_workspace(run, path):
        return _lone_facts(run, path.read_bytes(), name)
    if not run.has_workspace:
        raise KamctlError(
            Phrase("there is no file {name}", name=name),
            Phrase("outside a workspace, score takes the path of an opportunity file"),
        )
    workspace, settings = run.workspace, run.workspace.settings
    deal = workspace.resolve("opportunity", name)
    loaded = workspace.load(SCORE_TABLES, account=account_of(deal))
    file = path_of("opportunity", deal)
    if file in loaded.unreadable:
        raise unreadable(workspace.files, [p for p in loaded.problems if p.path == file])
    return loaded.facts, deal, Method(workspace.methods, settings.process, settings.scorecard, settings.fresh_for)


def _in_workspace(run: Session, path: Path) -> bool:
    if not run.has_workspace:
        return False
    full = Path(os.path.normpath(Path.cwd() / path))
    return full.is_relative_to(Path(os.path.normpath(run.workspace.root.absolute())))


def _lone_facts(run: Session, raw: bytes, shown: str) -> tuple[Facts, str, Method]:
    """Return the facts of one file alone, with the shipped method. Raises KamctlError when it cannot be read."""
    from kamctl import source
    from kamctl.flattening import rows_of
    from kamctl.problems import Problem
    from kamctl.schema.opportunity import Opportunity
    from kamctl.schema.reading import read_record

    text = ""
    try:
        text = source.decode(raw)
        record, problems = read_record(Opportunity, source.read(text), shown)
    except source.SourceError as error:
        record, problems = None, [Problem(shown, error.rule, (), False, error.values, error.line, error.column)]
    if record is None:
        raise unreadable(Disk(Path()), located(Disk(Path()), problems, {shown: text}))
    facts = Facts()
    for table, rows in rows_of("opportunity", shown, record, TABLES):
        facts.add(table, rows)
    return facts, facts.opportunities[0].id, Method(Methods(None))
