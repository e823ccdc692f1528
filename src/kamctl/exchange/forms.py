"""The workbook forms: which columns each has, and what is asked of their cells."""

from __future__ import annotations

from collections.abc import Mapping

from kamctl.exchange.columns import Column, Form

PIPELINE = Form(
    "pipeline",
    (
        Column("customer", "account.name", 18, required=True, needed=True),
        Column("project", "name", 24, required=True, needed=True),
        Column("source", "source", 10, "option", "source"),
        Column("importance", "importance", 11, "option", "importance"),
        Column("stage", "stage", 17, "stage", "stage", required=True, needed=True),
        Column("probability", "probability", 8, "percent"),
        Column("products", "products", 18, "list"),
        Column("needs", "needs", 26),
        Column("tender_date", "tender_date", 11, "date"),
        Column("purchase_date", "purchase_date", 11, "date"),
        Column("close_date", "close_date", 11, "date", required=True),
        Column("amount", "amount", 13, "amount", required=True),
        Column("report_amount", "", 13, "computed"),
        Column("loss_reason", "lost.reason", 13, "option", "reason"),
        Column("vertical", "vertical", 15),
        Column("province", "region.province", 9, "province", "province"),
        Column("city", "region.city", 10, "city"),
        Column("owner", "owner", 10, "member", "member", required=True, needed=True),
    ),
    new_rows=True,
)

SCORECARD = Form(
    "scorecard",
    (
        Column("customer", "", 18),
        Column("project", "", 24),
        Column("question", "", 16),
        Column("criterion", "", 24),
        Column("plus", "", 18),
        Column("minus", "", 18),
        Column("party", "", 14),
        Column("mark", "mark", 8, "option", "mark", required=True, needed=True),
        Column("evidence", "evidence", 34),
        Column("since", "", 11, "computed"),
    ),
    new_rows=False,
)

WEEK = Form(
    "week",
    (
        Column("day", "date", 11, "date", required=True, needed=True),
        Column("customer", "account", 16, required=True, needed=True, once=True),
        Column("deal", "opportunity", 15),
        Column("status", "", 11, "computed"),
        Column("deal_importance", "", 9, "computed"),
        Column("department", "", 9, "computed"),
        Column("person", "contact", 9, required=True, once=True),
        Column("purpose", "plan.purpose", 22, required=True),
        Column("mode", "mode", 7, "option", "mode", needed=True),
        Column("time", "time", 7, "clock"),
        Column("phone", "", 15, "computed"),
        Column("email", "", 14, "computed"),
        Column("customer_view", "outcome.customer_view", 16),
        Column("result", "outcome.events", 24),
        Column("follow_up", "outcome.commitments", 24, "added"),
        Column("next_date", "outcome.next.date", 11, "date"),
        Column("next_purpose", "outcome.next.purpose", 14),
        Column("owner", "by", 9, "member", "member", required=True, needed=True),
    ),
    new_rows=True,
    late=("day", "result"),
)

RECORD = Form(
    "record",
    (
        Column("day", "date", 11, "date", required=True, needed=True),
        Column("customer", "account", 16, required=True, needed=True, once=True),
        Column("customer_vertical", "", 10, "computed"),
        Column("person", "contact", 9, required=True, once=True),
        Column("job_title", "title", 10, once=True),
        Column("phone", "", 15, "computed"),
        Column("pain_points", "outcome.needs_found", 18, "added"),
        Column("time", "time", 7, "clock"),
        Column("minutes", "duration", 7, "minutes"),
        Column("mode", "mode", 7, "option", "mode", needed=True),
        Column("ours", "attendees.ours", 11, "members", once=True),
        Column("others", "attendees.customer", 11, "list", once=True),
        Column("result", "outcome.events", 26, required=True),
        Column("customer_view", "outcome.customer_view", 18),
        Column("deal", "opportunity", 15),
        Column("status", "", 11, "computed"),
        Column("next_date", "outcome.next.date", 11, "date"),
        Column("next_purpose", "outcome.next.purpose", 14),
        Column("owner", "by", 9, "member", "member", required=True, needed=True),
    ),
    new_rows=True,
    late=("day", "result"),
)

EVALUATION = Form(
    "evaluation",
    (
        Column("whose", "people", 14, "option", "party", required=True, needed=True, once=True),
        Column("conclusion", "kind", 16, "option", "conclusion", required=True, needed=True, once=True),
        Column("words", "what", 60, required=True, needed=True),
        Column("in_charge", "who", 12, "member", "member"),
        Column("due", "due", 12, "date"),
        Column("done", "done", 12, "date"),
    ),
    new_rows=True,
    late=("due", "done"),
)

FORMS: Mapping[str, Form] = {form.name: form for form in (PIPELINE, WEEK, RECORD, EVALUATION, SCORECARD)}
"""The workbook forms, by the name that `--form` takes."""
