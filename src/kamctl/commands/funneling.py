"""What `funnel` does: read, choose, compute, print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kamctl.commands.selling import Chosen, Selection, group_field, owner_keys, select
from kamctl.commands.session import Session
from kamctl.facts import Facts
from kamctl.money import convert, parse_money
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.render import funnel as rendered
from kamctl.render.funnel import FunnelReport
from kamctl.reports.diagnosis import Case, diagnose
from kamctl.reports.funnel import Funnel, StageLine, funnel
from kamctl.reports.inverse import DealSize, Plan, deal_size, needs, quota_plan
from kamctl.reports.journey import Journey, journeys
from kamctl.reports.periods import Period, quarter_of, read_period, year_of
from kamctl.reports.pipeline import Terms
from kamctl.reports.quota import people_of, standing, target
from kamctl.rows.accounts import AccountRow, MemberRow
from kamctl.rows.deals import MoveRow
from kamctl.schema.method.process import Process

QUOTA_BY = ("owner", "unit")
"""What quotas can be divided by: they belong to people."""


@dataclass(frozen=True)
class Asked:
    """What a person asked of the funnel."""

    choices: Mapping[str, Sequence[str]]
    where: Sequence[str]
    by: str
    period: str
    since: str
    until: str
    process: str
    orders: int
    quota: bool
    deal_size: str
    diagnose: bool


def print_funnel(run: Session, asked: Asked, moves: Sequence[MoveRow] | None = None) -> None:
    """Print the funnel, the inverse funnel when asked for, and the diagnosis.

    `moves` are the close dates that were moved; None where the history of the files is not known.
    """
    field = group_field(asked.by) if asked.by else ""
    if asked.orders and asked.quota:
        raise KamctlError(
            Phrase("--orders and --quota exclude each other"), Phrase("--quota works out the orders from the quota")
        )
    span = _span(run, asked)
    chosen = select(run, Selection([], asked.choices, "", asked.where, "id", everything=True))
    name = _process_name(asked.process or chosen.terms.default_process, chosen.terms)
    process = chosen.terms.processes[name]
    everything = journeys(chosen.facts, chosen.rows, chosen.terms, name)
    ways = [way for way in everything if span is None or span.holds(way.began)]
    floor = run.workspace.methods.reviews.floor
    result = funnel(ways, process, name, floor, (lambda way: str(getattr(way.row, field) or "")) if field else None)
    report = FunnelReport(
        funnel=result,
        process=process,
        terms=chosen.terms,
        by=asked.by,
        span=span,
        undated=[way.row.id for way in everything if span is not None and way.began is None],
        plans=_plans(run, asked, chosen, ways, result, process),
        answers=diagnose(_case(run, asked, chosen, ways, result, process, moves)),
        reviews=run.workspace.methods.reviews,
        reasons=run.workspace.methods.reasons,
        full=asked.diagnose,
    )
    rendered.print_funnel(report, run.style, run.envelope())
    tell_unconverted(run, chosen)
    if not ways:
        run.say(run.label("no-deals"), "dim")


def tell_unconverted(run: Session, chosen: Chosen) -> None:
    """Name the deals whose amount is in no sum because there is no rate."""
    lacking = [f"{row.id} ({row.original})" for row in chosen.rows if row.original and row.amount is None]
    if lacking:
        ids = ", ".join(lacking[:5]) + (" …" if len(lacking) > 5 else "")
        run.say(run.label("unconverted", currency=chosen.terms.currency, ids=ids), "warning")


def _span(run: Session, asked: Asked) -> Period | None:
    """Return the days in which the deals of the funnel were created; None for any day."""
    first_month = run.workspace.settings.fiscal_year_start
    whole = read_period(asked.period, first_month) if asked.period and not asked.quota else None
    since = run.day(asked.since, "--since") if asked.since else None
    until = run.day(asked.until, "--until") if asked.until else None
    if since is None and until is None:
        return whole
    start = max(since or date.min, whole.start if whole is not None else date.min)
    end = min(until or date.max, whole.end if whole is not None else date.max)
    if start > end:
        raise KamctlError(
            Phrase("there is no day from {start} to {end}", start=start, end=end),
            Phrase("--since comes before --until, both in --period"),
        )
    return Period("", start, end)


def _process_name(name: str, terms: Terms) -> str:
    """Return a process that can be read. Raises KamctlError with the nearest one."""
    if name not in terms.processes:
        hint = nearest(name, list(terms.processes), choices(terms.processes))
        raise KamctlError(Phrase('there is no process "{name}"', name=name), hint)
    return name


def _plans(
    run: Session, asked: Asked, chosen: Chosen, ways: Sequence[Journey], result: Funnel, process: Process
) -> list[Plan]:
    """Return the inverse funnels asked for: of all deals, and of each person or unit when quotas are divided."""
    if asked.orders:
        return [Plan("", asked.orders, needs("", asked.orders, result.lines, process, result.floor))]
    if not asked.quota:
        return []
    narrowed = [name for name, values in asked.choices.items() if values and name not in ("owner_id", "unit")]
    if narrowed or asked.where:
        raise KamctlError(
            Phrase("quotas belong to people: they say nothing of other parts"),
            Phrase("--owner or --unit narrow a quota"),
        )
    first_month = run.workspace.settings.fiscal_year_start
    period = read_period(asked.period, first_month) if asked.period else quarter_of(run.as_of, first_month)
    size = _size_given(run, asked.deal_size, chosen.terms) if asked.deal_size else deal_size(ways, result.floor)
    people = sellers(chosen.facts, asked.choices)

    def plan(group: str, members: Sequence[MemberRow], part: Sequence[Journey], lines: Sequence[StageLine]) -> Plan:
        against = standing(target(members, period, chosen.terms, first_month), part)
        return quota_plan(group, against, size, lines, process, result.floor)

    plans = [plan("", people, ways, result.lines)]
    if asked.by in QUOTA_BY:
        field = group_field(asked.by)
        for group, lines in result.groups.items():
            members = [person for person in people if group in (person.unit, person.name)]
            part = [way for way in ways if getattr(way.row, field) == group]
            plans.append(plan(group, members, part, lines))
    return plans


def sellers(facts: Facts, choices: Mapping[str, Sequence[str]]) -> list[MemberRow]:
    """Return our people, or those that `--owner` and `--unit` name."""
    owners = choices.get("owner_id")
    return people_of(facts, owner_keys(facts, owners) if owners else (), choices.get("unit", ()))


def _size_given(run: Session, text: str, terms: Terms) -> DealSize:
    """Return the average order that a person names, in the workspace's currency. Raises KamctlError."""
    try:
        money = parse_money(text)
    except ValueError:
        raise KamctlError(
            Phrase('--deal-size: "{text}" is no amount', text=text), Phrase("write 900000, 90万 or 900000 CNY")
        ) from None
    found = convert(money._replace(currency=money.currency or terms.currency), terms.currency, terms.rates, terms.as_of)
    if found is None or found[0].amount <= 0:
        raise KamctlError(
            Phrase('--deal-size: "{text}" cannot be used', text=text),
            Phrase("write an amount above 0 in {currency}", currency=terms.currency),
        )
    return DealSize(found[0].amount, 0, given=True)


def _case(
    run: Session,
    asked: Asked,
    chosen: Chosen,
    ways: Sequence[Journey],
    result: Funnel,
    process: Process,
    moves: Sequence[MoveRow] | None,
) -> Case:
    """Gather what the diagnosis looks at; targets only where the deals are those of people."""
    first_month = run.workspace.settings.fiscal_year_start
    quarter, year = quarter_of(run.as_of, first_month), year_of(run.as_of, first_month)
    people = sellers(chosen.facts, asked.choices)
    narrowed = any(values for name, values in asked.choices.items() if name not in ("owner_id", "unit")) or asked.where
    periods = () if narrowed else (quarter, year)
    return Case(
        ways=ways,
        funnel=result,
        process=process,
        accounts=_accounts(chosen.facts, asked.choices),
        targets=[standing(target(people, period, chosen.terms, first_month), ways) for period in periods],
        quarter=quarter,
        moves=moves,
        reviews=run.workspace.methods.reviews,
        terms=chosen.terms,
    )


def _accounts(facts: Facts, choices: Mapping[str, Sequence[str]]) -> list[AccountRow]:
    """Return the accounts that the same conditions choose, as far as an account knows what they ask for."""
    people = {member.id for member in sellers(facts, choices)}
    chosen = list(facts.accounts.values())
    if choices.get("owner_id") or choices.get("unit"):
        chosen = [account for account in chosen if account.owner in people]
    for name in ("vertical", "province", "dealer"):
        wanted = {value.casefold() for value in choices.get(name, ())}
        chosen = [account for account in chosen if not wanted or getattr(account, name).casefold() in wanted]
    if choices.get("account"):
        ids = [name.casefold() for name in choices["account"]]
        chosen = [account for account in chosen if any(name in account.id.casefold() for name in ids)]
    return chosen
