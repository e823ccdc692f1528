"""A buying team on screen: the table of people, and for each what has been seen and what to look for next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kamctl import rules
from kamctl.labels import pick, text
from kamctl.layout import stem_of
from kamctl.problems import Problem
from kamctl.render.screen import Screen
from kamctl.render.table import Column, Table, aligned, json_value
from kamctl.render.width import wrap
from kamctl.rows.deals import BuyingRoleRow, OpportunityRow
from kamctl.schema.method import Choice
from kamctl.schema.method.relationship import Relationship
from kamctl.scoring.relationship import Finding, Status, earned_on
from kamctl.visible import one_line


@dataclass(frozen=True)
class TeamPage:
    """Everything that the page of a buying team shows."""

    deal: OpportunityRow
    team: Sequence[BuyingRoleRow]
    statuses: Mapping[str, Status]
    names: Mapping[str, str]
    titles: Mapping[str, str]
    findings: Sequence[Finding]
    method: Relationship


def team_text(page: TeamPage, screen: Screen, lang: str) -> str:
    """Return the page as text."""
    lines = [screen.style(one_line(f"{page.deal.id}  {page.deal.name}"), "bold"), ""]
    if not page.team:
        return "\n".join([*lines, text("team-empty", lang), ""])
    lines += [aligned(_table(page, lang), screen)[0]]
    for person in page.team:
        lines += [*_person(page, person, screen, lang), ""]
    if page.findings:
        lines.append(screen.style(text("team-findings", lang), "bold"))
    for finding in page.findings:
        values = {"person": page.names.get(finding.person, finding.person), **finding.values}
        problem = Problem("", finding.rule, values=values)
        words = f"{rules.message(problem, lang)} — {rules.hint(problem, lang)}"
        first, *rest = wrap(one_line(words), screen.width - 4)
        lines += [f"  • {first}", *(f"    {line}" for line in rest)]
    return "\n".join(lines).rstrip("\n") + "\n"


def team_data(page: TeamPage) -> dict[str, Any]:
    """Return the page as plain JSON values."""
    return {
        "id": page.deal.id,
        "people": [
            {
                "person": person.person,
                "name": page.names[person.person],
                "roles": list(person.roles),
                "orientation": person.orientation or None,
                "adaptability": person.adaptability or None,
                "coverage": person.coverage or None,
                "influence": person.influence or None,
                "status": page.statuses[person.person].level.id,
                "behaviours": {name: json_value(day) for name, day in page.statuses[person.person].seen},
                "next_level": _following(page.statuses[person.person]),
                "needed": page.statuses[person.person].needed,
                "missing": [choice.id for choice in page.statuses[person.person].missing],
            }
            for person in page.team
        ],
        "findings": [{"rule": f.rule, "person": f.person or None, **f.values} for f in page.findings],
    }


def _following(status: Status) -> str | None:
    return status.following.id if status.following is not None else None


def _table(page: TeamPage, lang: str) -> Table:
    method = page.method

    def label(choices: Sequence[Choice]) -> Any:
        known = {choice.id: pick(choice.label, lang) for choice in choices}
        return lambda value: known.get(value, value)

    columns = [
        Column("status", text("col-status", lang)),
        Column("name", text("col-contact", lang), shrink=8),
        Column("title", text("col-title", lang), shrink=8, drop=2),
        Column("roles", text("col-roles", lang)),
        Column("orientation", text("col-orientation", lang), label(method.orientations), drop=4),
        Column("coverage", text("col-coverage", lang), label(method.coverage), shrink=8),
        Column("influence", text("col-influence", lang), label(method.influence), shrink=8),
        Column("adaptability", text("col-adaptability", lang), label(method.adaptability), drop=5),
        Column("covered_by", text("col-covered-by", lang), drop=3),
    ]
    rows = []
    for person in page.team:
        level = page.statuses[person.person].level
        title = page.titles.get(person.person, "")
        about = [title, " ".join(person.roles), person.orientation, person.coverage, person.influence]
        name = page.names[person.person]
        rows.append([f"{level.sign} {pick(level.label, lang)}", name, *about, person.adaptability, person.covered_by])
    return Table(columns, rows)


def _person(page: TeamPage, person: BuyingRoleRow, screen: Screen, lang: str) -> list[str]:
    """What was seen of a person, level by level, and what is missing for the next one."""
    state = page.statuses[person.person]
    days = dict(state.seen)
    level = f"{state.level.sign} {pick(state.level.label, lang)}"
    lines = [screen.style(f"{page.names[person.person]} ({stem_of(person.person)})", "bold") + f"  {level}"]
    earned = {item.id: day for item, day in earned_on(person, page.method)}
    for item in page.method.levels:
        seen = [f"{_short(choice, lang)} {days[choice.id]}" for choice in item.behaviours if choice.id in days]
        if seen:
            since = f" ({text('earned', lang, date=earned[item.id])})" if item.id in earned else ""
            lines += _hanging(f"  {pick(item.label, lang)}{since}: ", "; ".join(seen), screen)
    if state.following is not None:
        head = text("status-next", lang, level=pick(state.following.label, lang), count=state.needed)
        lines.append(f"  {head}:")
        for choice in state.missing:
            about = f": {pick(choice.about, lang)}" if choice.about is not None else ""
            lines += [f"  {line}" for line in _hanging("-", f"{choice.id}, {_short(choice, lang)}{about}", screen)]
    return lines


def _short(choice: Choice, lang: str) -> str:
    return pick(choice.label, lang)


def _hanging(lead: str, words: str, screen: Screen) -> list[str]:
    first, *rest = wrap(lead.strip() + " " + one_line(words), screen.width - 4)
    return [f"  {first}", *(f"    {line}" for line in rest)]
