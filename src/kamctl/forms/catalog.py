"""The forms that people print, in one visible table.

To add a form: write its view and the function that builds it in a module of `forms/`, write `templates/NAME.md.j2` and
`templates/NAME.html.j2`, and add one line to FORMS. The line says what the form is of, how its view is built, and by
which name the templates know the view; forms may share a view. `form-NAME` in labels.json is the form's title,
`form-NAME-purpose` what it is for. `kamctl render`, `show --form`, the reports that are forms too, `template list` and
docs/templates.md read this table, and nothing else. What builds a view is imported when it is asked for: one form need
not wait for all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from kamctl.workspace import Workspace

ViewBuilder = Callable[["Workspace", str, str, date], Any]
"""A function of the workspace, the id of what the form is of, a language and the as-of day; returns a frozen dataclass.

Raises KamctlError when that cannot be read."""


DealViewBuilder = Callable[["Workspace", str, str, date, str], Any]
"""The same with the id of a deal, which narrows the view; empty for all."""


class Form(NamedTuple):
    """One form: what it is of, how its view is built, and what templates call the view.

    It is of a kind of record, the `week` of a person (`2026-W25-li-na`, whether there is a file or not), or a `period`
    of the whole workspace, of which one is usual as of a day. `within` builds the view of a form that can be narrowed
    to one deal. `data` gives the view as plain values.
    """

    of: str
    view: ViewBuilder
    name: str
    within: DealViewBuilder | None = None
    data: Callable[[Any], dict[str, Any]] = asdict


OPTIONAL = ("period",)
"""What a form is of without being told: the usual one."""


def _call(workspace: Workspace, call: str, lang: str, as_of: date) -> Any:
    from kamctl.forms.call import call_view

    return call_view(workspace, call, lang)


def _profile(workspace: Workspace, contact: str, lang: str, as_of: date, deal: str = "") -> Any:
    from kamctl.forms.person import person_profile

    return person_profile(workspace, contact, lang, as_of, deal)


def _account_plan(workspace: Workspace, account: str, lang: str, as_of: date) -> Any:
    from kamctl.forms.account_plan import account_plan

    return account_plan(workspace, account, lang, as_of)


def _record(workspace: Workspace, account: str, lang: str, as_of: date) -> Any:
    from kamctl.forms.process_record import record_view

    return record_view(workspace, account, lang, as_of)


def _account_review(workspace: Workspace, account: str, lang: str, as_of: date) -> Any:
    from kamctl.forms.review import account_review

    return account_review(workspace, account, lang, as_of)


def _deal(workspace: Workspace, deal: str, lang: str, as_of: date) -> Any:
    from kamctl.forms.opportunity import opportunity_view

    return opportunity_view(workspace, deal, lang, as_of)


def _deal_review(workspace: Workspace, deal: str, lang: str, as_of: date) -> Any:
    from kamctl.forms.review import deal_review

    return deal_review(workspace, deal, lang, as_of)


def _presentation(workspace: Workspace, presentation: str, lang: str, as_of: date) -> Any:
    from kamctl.forms.presentation import presentation_view

    return presentation_view(workspace, presentation, lang, as_of)


def _document(document: str) -> ViewBuilder:
    """Return the function that builds the view of one document, named as processes name it under `documents`."""

    def build(workspace: Workspace, deal: str, lang: str, as_of: date) -> Any:
        from kamctl.forms.phased import document_view

        return document_view(workspace, deal, lang, as_of, document)

    return build


def _week(workspace: Workspace, week: str, lang: str, as_of: date) -> Any:
    from kamctl.forms.week import week_view

    return week_view(workspace, week, lang, as_of)


def _meeting(review: str) -> ViewBuilder:
    """Return the function that builds the view of one review of the method."""

    def build(workspace: Workspace, period: str, lang: str, as_of: date) -> Any:
        from kamctl.forms.meeting import period_view

        return period_view(workspace, review, period, lang, as_of)

    return build


def _meeting_data(view: Any) -> dict[str, Any]:
    from kamctl.forms.meeting import as_data

    return as_data(view)


def _evaluation(workspace: Workspace, period: str, lang: str, as_of: date) -> Any:
    from kamctl.forms.evaluation import evaluation_view

    return evaluation_view(workspace, period, lang, as_of)


FORMS: dict[str, Form] = {
    "call-plan": Form("call", _call, "call"),
    "popsa": Form("call", _call, "call"),
    "call-summary": Form("call", _call, "call"),
    "profile": Form("contact", _profile, "person", within=_profile),
    "account-plan": Form("account", _account_plan, "plan"),
    "record": Form("account", _record, "record"),
    "review-account": Form("account", _account_review, "review"),
    "opportunity-plan": Form("opportunity", _deal, "deal"),
    "scorecard": Form("opportunity", _deal, "deal"),
    "review-opportunity": Form("opportunity", _deal_review, "review"),
    "presentation": Form("presentation", _presentation, "presentation"),
    "initiation": Form("opportunity", _document("initiation"), "document"),
    "bid-review": Form("opportunity", _document("bid-review"), "document"),
    "handover": Form("opportunity", _document("handover"), "document"),
    "stage-report": Form("opportunity", _document("stage-report"), "document"),
    "no-bid": Form("opportunity", _document("no-bid"), "document"),
    "week": Form("week", _week, "week"),
    "review-daily": Form("period", _meeting("daily"), "review", data=_meeting_data),
    "review-weekly": Form("period", _meeting("weekly"), "review", data=_meeting_data),
    "review-monthly": Form("period", _meeting("monthly"), "review", data=_meeting_data),
    "evaluation": Form("period", _evaluation, "evaluation"),
}


def forms_of(kind: str) -> list[str]:
    """Return the names of the forms of a kind, the usual one first."""
    return [name for name, form in FORMS.items() if form.of == kind]
