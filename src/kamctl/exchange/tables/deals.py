"""The tables of deals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kamctl.exchange.table import NUMBER, Column, Line, Source, Table, Value, blank, in_order


def _deal_process(source: Source, row: Any) -> str:
    return row.process or source.default_process


def _outcome(source: Source, row: Any) -> Value:
    return source.outcomes.get((_deal_process(source, row), row.stage))


def _customer(source: Source, row: Any) -> Value:
    return source.facts.account_name(row.account)


def _currency(amount: str) -> Callable[[Source, Any], Value]:
    """Return what gives the currency of an amount: its own, else the workspace's; nothing without an amount."""

    def read(source: Source, row: Any) -> Value:
        return (row.currency or source.currency) if getattr(row, amount) is not None else None

    return read


def _payment_currency(source: Source, row: Any) -> Value:
    known = row.amount is not None or row.received is not None
    return (row.currency or source.currency) if known else None


def _products(source: Source) -> Iterator[Line]:
    for deal in in_order(source.facts.opportunities):
        yield from ((deal.id, number, product) for number, product in enumerate(deal.products, 1))


def _behaviours(source: Source) -> Iterator[Line]:
    for role in in_order(source.facts.buying_roles):
        yield from ((role.opportunity, role.person, behaviour, day) for behaviour, day in sorted(role.behaviours))


def _influences(source: Source) -> Iterator[Line]:
    for role in in_order(source.facts.buying_roles):
        yield from ((role.opportunity, role.person, whom, strength) for whom, strength in sorted(role.influences))


def _claims(source: Source) -> Iterator[Line]:
    for mark in in_order(source.facts.marks):
        place = (mark.opportunity, mark.assessment, mark.criterion, mark.party)
        yield from ((*place, number, *claim) for number, claim in enumerate(map(blank, mark.disputed), 1))


DEAL = Column("opportunity", "text", "Deal, `account/stem`.", refers="opportunity")

TABLES: tuple[Table, ...] = (
    Table(
        "opportunity",
        "A deal. What it does not say itself is what its account says: owner, process, industry, region, dealer.",
        "opportunities",
        (
            Column("id", "text", "Key: `account/stem`."),
            Column("account", "text", "The customer.", refers="account"),
            Column("account_name", "text", "The customer's name.", _customer),
            Column("name", "text", "Name of the project."),
            Column("owner", "text", "The salesperson in charge.", refers="member"),
            Column("process", "text", "Sales process in force.", _deal_process),
            Column("stage", "text", "Code of the present stage."),
            Column("outcome", "text", "How the stage ends it: open, won or lost.", _outcome),
            Column("stage_since", "date", "Since when it is there."),
            Column("amount", "number", "Expected order value."),
            Column("currency", "text", "Its currency.", _currency("amount")),
            Column("close_date", "date", "Expected signature."),
            Column("probability", "number", "The owner's own estimate, 0 to 100."),
            Column("forecast", "text", "closed, commit, best_case, pipeline or omitted."),
            Column("importance", "text", "Level of importance of the method."),
            Column("source", "text", "Who found it: principal or dealer."),
            Column("products", "list", "Products wanted."),
            Column("tender_date", "date", "Day of the tender."),
            Column("purchase_date", "date", "Expected purchase."),
            Column("created", "date", "When it was first heard of."),
            Column("vertical", "text", "Industry."),
            Column("province", "text", "Province."),
            Column("city", "text", "City."),
            Column("dealer", "text", "The dealer."),
            Column("lost_on", "date", "When it was lost."),
            Column("lost_reason", "text", "Loss reason of the method."),
            Column("lost_to", "text", "Key of the competitor who won it."),
        ),
        ("id",),
        frozenset(("accounts",)),
    ),
    Table(
        "product",
        "A product that a deal asks for.",
        _products,
        (DEAL, NUMBER, Column("product", "text", "The product.")),
        ("opportunity", "number"),
        frozenset(("opportunities", "accounts")),
    ),
    Table(
        "stage_event",
        "The day a deal came to a stage.",
        "stage_events",
        (DEAL, NUMBER, Column("date", "date", "When."), Column("stage", "text", "Code of the stage.")),
        ("opportunity", "number"),
    ),
    Table(
        "mark",
        "A mark of one party on one criterion on one day.",
        "marks",
        (
            DEAL,
            Column("assessment", "integer", "Place of its assessment in the file, from 0."),
            Column("date", "date", "When."),
            Column("by", "text", "Who of our people.", refers="member"),
            Column("criterion", "text", "Criterion of the scorecard."),
            Column("party", "text", "`us`, or the key of a competitor."),
            Column("mark", "text", "`+`, `-`, `?` or `n/a`."),
            Column("evidence", "text", "What shows it."),
            Column("source", "text", "The contact who said so.", refers="contact"),
        ),
        ("opportunity", "assessment", "criterion", "party"),
    ),
    Table(
        "claim",
        "What one of several people who disagree says of a mark. The mark itself is `?` then.",
        _claims,
        (
            DEAL,
            Column("assessment", "integer", "Place of its assessment in the file, from 0."),
            Column("criterion", "text", "Criterion of the scorecard."),
            Column("party", "text", "`us`, or the key of a competitor."),
            Column("number", "integer", "Place among the claims, from 1."),
            Column("by", "text", "Who of our people.", refers="member"),
            Column("mark", "text", "`+`, `-`, `?` or `n/a`."),
            Column("evidence", "text", "What shows it."),
            Column("source", "text", "The contact who said so.", refers="contact"),
        ),
        ("opportunity", "assessment", "criterion", "party", "number"),
        frozenset(("marks",)),
    ),
    Table(
        "competitor",
        "A rival in a deal.",
        "competitors",
        (DEAL, Column("id", "text", "Key of the rival in the deal."), Column("name", "text", "Name.")),
        ("opportunity", "id"),
    ),
    Table(
        "buying_role",
        "A person's part in a deal.",
        "buying_roles",
        (
            DEAL,
            Column("person", "text", "Who.", refers="contact"),
            Column("roles", "list", "Buying roles."),
            Column("orientation", "text", "What the person looks at first."),
            Column("adaptability", "text", "How the person takes to new things."),
            Column("coverage", "text", "How well we are in contact."),
            Column("influence", "text", "How near the person is to power."),
            Column("opposes", "text", "Level of opposition, of people who work against us."),
            Column("covered_by", "text", "Who of our people looks after the person.", refers="member"),
        ),
        ("opportunity", "person"),
    ),
    Table(
        "behaviour",
        "A behaviour that a person has shown in a deal.",
        _behaviours,
        (
            DEAL,
            Column("person", "text", "Who.", refers="contact"),
            Column("behaviour", "text", "Behaviour of the method."),
            Column("date", "date", "When it was seen."),
        ),
        ("opportunity", "person", "behaviour"),
        frozenset(("buying_roles",)),
    ),
    Table(
        "influence",
        "Whom a person of a deal influences.",
        _influences,
        (
            DEAL,
            Column("person", "text", "Who.", refers="contact"),
            Column("whom", "text", "Whom.", refers="contact"),
            Column("strength", "text", "strong or normal."),
        ),
        ("opportunity", "person", "whom"),
        frozenset(("buying_roles",)),
    ),
    Table(
        "gate_evidence",
        "What shows that a criterion of the process is met.",
        "gate_evidence",
        (
            DEAL,
            Column("criterion", "text", "Criterion of the process."),
            Column("date", "date", "Since when."),
            Column("evidence", "text", "What shows it."),
        ),
        ("opportunity", "criterion"),
    ),
    Table(
        "bid",
        "The bid of a deal, or the decision not to bid.",
        "bids",
        (
            DEAL,
            Column("decision", "text", "bid or no_bid."),
            Column("decided_on", "date", "When it was decided."),
            Column("due", "date", "Last day to hand in."),
            Column("cost", "number", "Our cost, where it is in the currency of the price."),
            Column("price", "number", "Our price."),
            Column("currency", "text", "Currency of cost and price.", _currency("price")),
            Column("margin", "number", "Gross margin, 0 to 100."),
            Column("fatal_factor", "text", "What rules a bid out."),
        ),
        ("opportunity",),
    ),
    Table(
        "contract",
        "The contract of a deal.",
        "contracts",
        (
            DEAL,
            Column("signed", "date", "When it was signed."),
            Column("amount", "number", "Contract value."),
            Column("changes", "number", "Sum of later changes of the price."),
            Column("currency", "text", "Currency of both.", _currency("amount")),
        ),
        ("opportunity",),
    ),
    Table(
        "action",
        "A step of a deal's action plan.",
        "actions",
        (
            DEAL,
            NUMBER,
            Column("due", "date", "By when."),
            Column("who", "text", "Who, one of our people or a contact of the account."),
            Column("what", "text", "What."),
            Column("done", "date", "When it was done."),
            Column("resources", "text", "What it needs."),
            Column("result", "text", "What came of it."),
        ),
        ("opportunity", "number"),
    ),
    Table(
        "payment",
        "A payment of a deal's contract.",
        "payments",
        (
            DEAL,
            NUMBER,
            Column("due", "date", "When it is due."),
            Column("amount", "number", "How much is due."),
            Column("received", "number", "How much came."),
            Column("currency", "text", "Currency of both.", _payment_currency),
            Column("received_on", "date", "When it came."),
        ),
        ("opportunity", "number"),
    ),
)
