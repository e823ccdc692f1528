"""The forms that people print, in one visible table.

To add a form: write its view and the function that builds it in a module of `forms/`, write `templates/NAME.md.j2` and
`templates/NAME.html.j2`, and add one line to FORMS. The line says of which kind of record the form is, how its view is
built, and by which name the templates know the view; forms may share a view. `form-NAME` in labels.json is the form's
title. `kamctl render`, `show --form`, `template list` and docs/templates.md read this table, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from kamctl.forms.account_plan import account_plan
from kamctl.forms.call import CallView, call_view
from kamctl.forms.opportunity import opportunity_view
from kamctl.forms.person import person_profile
from kamctl.forms.process_record import record_view

if TYPE_CHECKING:
    from kamctl.workspace import Workspace

ViewBuilder = Callable[["Workspace", str, str, date], Any]
"""A function of the workspace, a record's id, a language and the as-of day; returns a frozen dataclass.

Raises KamctlError when the record cannot be read."""


DealViewBuilder = Callable[["Workspace", str, str, date, str], Any]
"""The same with the id of a deal, which narrows the view; empty for all."""


class Form(NamedTuple):
    """One form: the kind of record it is of, how its view is built, what templates call the view, what it is for.

    `within` builds the view of a form that can be narrowed to one deal.
    """

    of: str
    view: ViewBuilder
    name: str
    purpose: str
    within: DealViewBuilder | None = None


def _call(workspace: Workspace, call: str, lang: str, as_of: date) -> CallView:
    return call_view(workspace, call, lang)


FORMS: dict[str, Form] = {
    "call-plan": Form("call", _call, "call", "Prepare a call: purpose, objectives, agenda, questions, value."),
    "popsa": Form("call", _call, "call", "A call on one page: purpose, objectives, premise, strategy, anticipation."),
    "call-summary": Form("call", _call, "call", "What happened in a call, who promised what, and both judgements."),
    "profile": Form(
        "contact", person_profile, "person", "One person: what they decide by, and where they stand.", person_profile
    ),
    "account-plan": Form("account", account_plan, "plan", "An account: people, deals, positions, objectives, calls."),
    "record": Form("account", record_view, "record", "A row for every contact with the customer."),
    "opportunity-plan": Form("opportunity", opportunity_view, "deal", "Everything known of a deal, as one document."),
    "scorecard": Form(
        "opportunity", opportunity_view, "deal", "The criteria by date and party, verdicts, what to ask."
    ),
}


def forms_of(kind: str) -> list[str]:
    """Return the names of the forms of a kind of record, the usual one first."""
    return [name for name, form in FORMS.items() if form.of == kind]
