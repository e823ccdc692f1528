"""The terms that reports of a workspace are computed by."""

from __future__ import annotations

from datetime import date

from kamctl.reports.pipeline import Terms
from kamctl.workspace import Workspace


def workspace_terms(workspace: Workspace, as_of: date) -> Terms:
    """Return what pipelines of a workspace are computed by on a day.

    Raises KamctlError when the workspace's own process or scorecard is broken; other processes that are broken are left
    out, and deals in them stand under the workspace's.
    """
    settings, methods = workspace.settings, workspace.methods
    own = {settings.process: methods.process(settings.process)}
    processes = methods.processes() | own
    named = (process.scorecard for process in processes.values() if process.scorecard is not None)
    sheets = dict.fromkeys([*methods.names("scorecard"), settings.scorecard, *named])
    return Terms(
        as_of=as_of,
        currency=settings.currency,
        report_currency=settings.report_currency or "",
        rates=workspace.rates,
        processes=processes,
        default_process=settings.process,
        scorecards={name: methods.scorecard(name) for name in sheets},
        default_scorecard=settings.scorecard,
        importance=methods.importance,
        stale_after=settings.stale_after,
    )
