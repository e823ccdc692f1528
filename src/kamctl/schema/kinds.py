"""The table of file kinds: which model describes each."""

from __future__ import annotations

from kamctl.schema import method
from kamctl.schema.account import Account
from kamctl.schema.call import Call
from kamctl.schema.contact import Contact
from kamctl.schema.opportunity import Opportunity
from kamctl.schema.presentation import Presentation
from kamctl.schema.settings import Settings
from kamctl.schema.team import Team
from kamctl.schema.week import Week

MODELS: dict[str, type] = {
    "settings": Settings,
    "team": Team,
    "account": Account,
    "contact": Contact,
    "opportunity": Opportunity,
    "call": Call,
    "presentation": Presentation,
    "week": Week,
}
"""The files that people write."""

METHOD_MODELS: dict[str, type] = {
    "process": method.Process,
    "scorecard": method.Scorecard,
    "relationship": method.Relationship,
    "importance": method.Importance,
    "reasons": method.Reasons,
    "grades": method.Grades,
}
"""The files of the method."""
