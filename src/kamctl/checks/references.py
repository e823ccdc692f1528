"""Names that point nowhere: people, contacts, deals, competitors, and entries of the method."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from kamctl.checks.context import Context
from kamctl.layout import TEAM_FILE, account_of, full_id, path_of
from kamctl.problems import Problem, did_you_mean
from kamctl.rows.workspace import ReferenceRow


def dangling_member(context: Context) -> Iterator[Problem]:
    """Every person of ours that is named stands in team.yaml."""
    if _team_unknown(context):
        return iter(())
    return _among(context, "dangling-member", "member", list(context.facts.members))


def team_missing(context: Context) -> Iterator[Problem]:
    """People of ours are named only where there is a team.yaml."""
    account = next(iter(context.facts.accounts.values()), None)
    if account is not None and not context.ids.get("team"):
        yield Problem(path_of("account", account.id), "team-missing", ("owner",), values={"value": account.owner})


def dangling_contact(context: Context) -> Iterator[Problem]:
    """Every person of theirs that is named has a file among the account's contacts."""
    return _check(context, "dangling-contact", "contact", lambda row: _people(context, row))


def dangling_person(context: Context) -> Iterator[Problem]:
    """Whoever is to do something is one of our people or a contact of the account."""
    if _team_unknown(context):
        return iter(())
    members = list(context.facts.members)
    return _check(context, "dangling-person", "anyone", lambda row: [*members, *_people(context, row)])


def dangling_opportunity(context: Context) -> Iterator[Problem]:
    """Every deal that is named has a file among the account's opportunities."""
    deals = context.inside["opportunity"]
    return _check(context, "dangling-opportunity", "opportunity", lambda row: deals[account_of(row.record)])


def dangling_competitor(context: Context) -> Iterator[Problem]:
    """Every competitor that is named stands under the deal's competitors."""
    return _check(context, "dangling-competitor", "competitor", lambda row: context.rivals.get(row.record, []))


def unknown_criterion(context: Context) -> Iterator[Problem]:
    """Every mark belongs to a criterion of the deal's scorecard, every question of a call to one of any scorecard."""

    def criteria(row: ReferenceRow) -> Sequence[str]:
        deal = context.deals.get(row.record)
        return context.choices["criterion"] if deal is None else [c.id for c in context.sheet_of(deal).criteria()]

    return _check(context, "unknown-criterion", "criterion", criteria)


def unknown_gate(context: Context) -> Iterator[Problem]:
    """All gate evidence belongs to a criterion of the deal's process."""

    def criteria(row: ReferenceRow) -> Sequence[str]:
        deal = context.deals.get(row.record)
        process = context.process_of(deal) if deal is not None and not context.account_unread(deal) else None
        return process.gate_ids() if process is not None else [row.value]

    return _check(context, "unknown-gate", "gate", criteria)


def unknown_stage(context: Context) -> Iterator[Problem]:
    """Every stage is a stage of the deal's process."""
    for row in context.references["stage"]:
        deal = context.deals.get(row.record)
        process = context.process_of(deal) if deal is not None and not context.account_unread(deal) else None
        if deal is not None and process is not None and process.stage(row.value) is None:
            codes = [stage.code for stage in process.stages]
            name = deal.process or context.default_process
            yield _problem("unknown-stage", row, codes, process=name)


def unknown_choice(context: Context) -> Iterator[Problem]:
    """Every other value of the method is one of its list: grade, importance, role, coverage, reason and so on."""
    for target, choices in context.choices.items():
        if target not in ("stage", "criterion"):
            yield from _among(context, "unknown-choice", target, choices)


def _team_unknown(context: Context) -> bool:
    return not context.ids.get("team") or TEAM_FILE in context.unreadable


def _among(context: Context, rule: str, target: str, choices: Sequence[str]) -> Iterator[Problem]:
    """Check names that are the same everywhere."""
    known = frozenset(choices)
    return (_problem(rule, row, choices) for row in context.references[target] if row.value not in known)


def _check(
    context: Context, rule: str, target: str, known: Callable[[ReferenceRow], Sequence[str]]
) -> Iterator[Problem]:
    """Check names that depend on the file they stand in."""
    for row in context.references[target]:
        choices = known(row)
        if row.value not in choices and not _elsewhere(context, row):
            yield _problem(rule, row, choices)


def _elsewhere(context: Context, row: ReferenceRow) -> bool:
    """Whether a name written as `account/stem` is a file of another account."""
    kinds = {"contact": "contact", "anyone": "contact", "opportunity": "opportunity"}
    kind = kinds.get(row.target)
    if kind is None:
        return False
    record_id = full_id(account_of(row.record), row.value)
    return record_id in context.elsewhere.get(kind, ()) or record_id in context.known[kind]


def _people(context: Context, row: ReferenceRow) -> Sequence[str]:
    return context.ids["contact"] if row.kind == "week" else context.inside["contact"][account_of(row.record)]


def _problem(rule: str, row: ReferenceRow, choices: Sequence[str], **values: str) -> Problem:
    values |= {
        "value": row.value,
        "choices": (", ".join(choices[:12]) or "—") + (", …" if len(choices) > 12 else ""),
        "suggestion": did_you_mean(row.value, list(choices)),
    }
    return Problem(path_of(row.kind, row.record), rule, row.keys, row.on_key, values)
