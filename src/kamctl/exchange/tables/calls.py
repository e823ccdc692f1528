"""The tables of calls."""

from __future__ import annotations

from kamctl.exchange.table import NUMBER, Column, Table

CALL = Column("call", "text", "Call, `account/stem`.", refers="call")

TABLES: tuple[Table, ...] = (
    Table(
        "call",
        "A visit, telephone call or meeting, planned or held.",
        "calls",
        (
            Column("id", "text", "Key: `account/stem`."),
            Column("account", "text", "The customer.", refers="account"),
            Column("date", "date", "Day."),
            Column("time", "text", "Time of day, `14:00`."),
            Column("duration", "integer", "Length in minutes."),
            Column("by", "text", "Who of our people.", refers="member"),
            Column("mode", "text", "visit, phone, online, email or event."),
            Column("contact", "text", "Whom of theirs.", refers="contact"),
            Column("opportunity", "text", "The deal that it is about.", refers="opportunity"),
            Column("purpose", "text", "Why this call."),
            Column("resources", "text", "What it needs."),
            Column("done", "boolean", "Whether its outcome is recorded."),
            Column("recorded_at", "timestamp", "When it was recorded."),
            Column("events", "text", "What happened."),
            Column("customer_view", "text", "How the customer sees it."),
            Column("met", "list", "Their people who take part, by key, or by name without a file."),
            Column("ours", "list", "Our people who take part."),
            Column("next_date", "date", "Day of the next call."),
            Column("next_purpose", "text", "What the next call is for."),
        ),
        ("id",),
    ),
    Table(
        "objective",
        "What a call is to achieve.",
        "objectives",
        (
            CALL,
            NUMBER,
            Column("objective", "text", "What."),
            Column("met", "boolean", "Whether it was met; empty until it is judged."),
            Column("measure", "text", "How one can tell."),
            Column("due", "date", "By when."),
        ),
        ("call", "number"),
    ),
    Table(
        "need",
        "A need that came up in a call.",
        "needs",
        (
            CALL,
            NUMBER,
            Column("need", "text", "The need."),
            Column("confirmed", "boolean", "Whether they confirmed it; empty when nobody has said."),
        ),
        ("call", "number"),
    ),
    Table(
        "objection",
        "An objection that came up in a call.",
        "objections",
        (
            CALL,
            NUMBER,
            Column("objection", "text", "The objection."),
            Column("handled", "boolean", "Whether it was answered; empty when nobody has said."),
        ),
        ("call", "number"),
    ),
    Table(
        "commitment",
        "What someone promised in a call.",
        "commitments",
        (
            CALL,
            NUMBER,
            Column("account", "text", "The customer.", refers="account"),
            Column("by", "text", "Who, one of our people or a contact of the account."),
            Column("what", "text", "What."),
            Column("due", "date", "By when."),
            Column("done", "date", "When it was kept."),
        ),
        ("call", "number"),
    ),
)
