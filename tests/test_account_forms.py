"""Profile, account plan and process record: complete, safe, useful on paper, and true to the day they are made for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from kamctl.forms.account_plan import account_plan
from kamctl.forms.catalog import FORMS
from kamctl.forms.person import person_profile
from kamctl.forms.process_record import record_view
from kamctl.labels import LANGUAGES, text
from kamctl.render.document import render
from kamctl.workspace import Workspace
from pages import HOSTILE, LONG, Outline, check_page, quoted

EXAMPLES = Path(__file__).parents[1] / "examples"
DAY = date(2026, 6, 15)
OF = {"profile": "bohai/zhang-wei", "account-plan": "bohai", "record": "bohai"}
EVERY_FORM = [(form, lang) for form in OF for lang in LANGUAGES]
KAMCTL = "format: 1\nlanguage: en\ncurrency: CNY\nprocess: losqaop\nscorecard: tas20\n"
TEAM = "members:\n  li-na: {name: Li Na, role: salesperson}\n  he-yong: {name: He Yong, role: support}\n"
ACCOUNT = """\
name: Bohai Water
owner: li-na
support: [he-yong]
our_position: {products: [valves], revenue_to_date: 3200000 CNY}
competitor_positions: {donglin: {products: [pipes]}, nobody-knows: {products: [meters]}}
pain_points: [leaks]
objectives:
  - {objective: be in time, due: 2026-06-14, status: open}
  - {objective: be there, due: 2026-06-14, status: done}
  - {objective: say nothing of it, due: 2026-06-15}
"""
DEAL = """\
name: {name}
owner: li-na
stage: Q
amount: {amount}
created: {created}
stage_history: [{{date: {created}, stage: L}}, {{date: 2026-05-01, stage: Q}}]
competitors: {{donglin: {{name: Dongling}}}}
buying_team: {{zhang-wei: {team}}}
actions:
  - {{due: 2026-07-01, what: later}}
  - {{due: 2026-06-20, what: sooner}}
  - {{due: 2026-06-01, what: done, done: 2026-06-02}}
"""
CALL = """\
date: {day}
by: li-na
contact: zhang-wei
opportunity: line-3
duration: 60m
attendees: {{customer: [{{contact: zhang-wei}}, {{name: Mr Gu}}], ours: [{{member: li-na}}, {{member: he-yong}}]}}
plan: {{purpose: to listen}}
"""
OUTCOME = """\
outcome:
  events: he listened
  customer_view: not bad
  needs_found: [{need: less noise}]
  objections: [{objection: too loud}]
  commitments: [{by: zhang-wei, what: send the list, due: 2026-06-10}, {by: li-na, what: call back, due: 2026-06-20}]
  next: {date: 2026-07-02, purpose: again}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one account: two people, three deals, three calls."""
    team = "{roles: [D], coverage: multiple, behaviours: {sees_need: 2026-01-10, shares_basics: 2026-02-10, "
    team += "accepts_us: 2026-03-10, invests_time: 2026-06-20}, agenda: peace, approach: no noise, covered_by: li-na}"
    write(tmp_path, "kamctl.yaml", KAMCTL)
    write(tmp_path, "team.yaml", TEAM)
    write(tmp_path, "accounts/bohai/account.yaml", ACCOUNT)
    write(tmp_path, "accounts/bohai/contacts/zhang-wei.yaml", "name: Zhang Wei\ntitle: Head\nreports_to: wang-li\n")
    write(tmp_path, "accounts/bohai/contacts/wang-li.yaml", "name: Wang Li\n")
    for name, amount, created in (("line-3", "900 CNY", "2026-01-05"), ("line-4", "100 USD", "2026-05-05")):
        content = DEAL.format(name=name.title(), amount=amount, created=created, team=team)
        write(tmp_path, f"accounts/bohai/opportunities/{name}.yaml", content)
        team = "{roles: [U]}"
    write(
        tmp_path,
        "accounts/bohai/opportunities/old.yaml",
        "name: Old\nowner: li-na\nstage: LOST\ncreated: 2025-01-05\nlost: {date: 2025-05-05, reason: price}\n"
        "stage_history: [{date: 2025-01-05, stage: L}, {date: 2025-05-05, stage: LOST}]\n",
    )
    write(tmp_path, "accounts/bohai/calls/1.yaml", CALL.format(day="2026-03-10") + OUTCOME)
    write(tmp_path, "accounts/bohai/calls/2.yaml", CALL.format(day="2026-06-10"))
    write(tmp_path, "accounts/bohai/calls/3.yaml", CALL.format(day="2026-06-20"))
    return tmp_path


# --- pages


@pytest.mark.parametrize(("form", "lang"), EVERY_FORM)
def test_the_forms_of_the_examples_are_as_agreed(golden: Callable[[str, str], None], form: str, lang: str) -> None:
    of = {"profile": "bohai-water/liu-yang", "account-plan": "bohai-water", "record": "bohai-water"}[form]
    golden(f"{form}.{lang}.md", printed(EXAMPLES, form, of, "md", lang))


@pytest.mark.parametrize(("form", "lang"), EVERY_FORM)
@pytest.mark.parametrize("content", ["full", "empty", "hostile"])
def test_html_is_well_formed_and_self_contained(root: Path, form: str, lang: str, content: str) -> None:
    prepare(root, content)
    page = printed(root, form, OF[form], "html", lang)
    outline = check_page(page, lang)
    if content == "hostile":
        assert all(words in outline.text for words in (*HOSTILE, LONG))


@pytest.mark.parametrize(("form", "lang"), EVERY_FORM)
@pytest.mark.parametrize("content", ["full", "empty", "hostile"])
def test_nothing_typed_turns_into_markdown(root: Path, form: str, lang: str, content: str) -> None:
    prepare(root, content)
    page = printed(root, form, OF[form], "md", lang)
    for token in MarkdownIt("commonmark").enable("table").parse(page):
        assert token.type not in ("html_block", "code_block", "blockquote_open"), token.content
        assert token.type != "fence" or (form == "account-plan" and token.markup == "```"), token.content
        for child in token.children or []:
            assert child.type in ("text", "text_special", "strong_open", "strong_close", "html_inline"), child
            assert child.type != "html_inline" or child.content == "<br>"
    assert page.startswith("# ")
    assert page.endswith("\n")
    assert not page.endswith("\n\n")
    assert "\n\n\n" not in page
    assert not re.search(r"[ \t]+$", page, re.MULTILINE)


@pytest.mark.parametrize(("form", "lang"), EVERY_FORM)
def test_what_is_not_filled_in_prints_as_room_to_write(root: Path, form: str, lang: str) -> None:
    prepare(root, "empty")
    page = printed(root, form, OF[form], "html", lang)
    assert text("form-blank", lang) in Outline(page).text
    assert page.count("room") > 10
    assert printed(root, form, OF[form], "md", lang).count("____") > 10


@pytest.mark.parametrize("account", sorted(path.name for path in (EXAMPLES / "accounts").iterdir()))
def test_every_account_and_person_of_the_examples_prints(account: str) -> None:
    for form in ("account-plan", "record"):
        assert len(Outline(printed(EXAMPLES, form, account, "html", "zh-Hant")).attributes["h1"]) == 1
    for person in (EXAMPLES / "accounts" / account / "contacts").glob("*.yaml"):
        page = printed(EXAMPLES, "profile", f"{account}/{person.stem}", "html", "zh-Hant")
        assert len(Outline(page).attributes["h1"]) == 1


# --- what the profile says


def test_a_profile_ticks_what_has_been_seen_by_the_day(root: Path) -> None:
    part = person_profile(Workspace.open(root), "bohai/zhang-wei", "en", DAY, "bohai/line-3").parts[0]
    lowest = part.levels[0]
    assert [tick.seen for tick in lowest.behaviours] == ["2026-01-10", "2026-02-10", "", "2026-03-10", ""]
    assert (lowest.earned, lowest.count, lowest.needed) == ("2026-03-10", 3, 3)
    assert [level.earned for level in part.levels[1:]] == ["", ""]
    assert (part.person.status, part.person.agenda, part.person.approach) == ("Neutral", "peace", "no noise")


def test_a_profile_has_a_part_for_each_deal_and_can_be_narrowed_to_one(root: Path) -> None:
    workspace = Workspace.open(root)
    assert [part.deal for part in person_profile(workspace, "bohai/zhang-wei", "en", DAY).parts] == ["Line-4", "Line-3"]
    assert [p.deal for p in person_profile(workspace, "bohai/zhang-wei", "en", DAY, "bohai/old").parts] == ["Old"]
    early = person_profile(workspace, "bohai/zhang-wei", "en", date(2026, 2, 1))
    assert [part.deal for part in early.parts] == ["Line-3"]


def test_a_person_on_no_buying_team_has_all_behaviours_to_tick_on_paper(root: Path) -> None:
    profile = person_profile(Workspace.open(root), "bohai/wang-li", "en", DAY)
    (part,) = profile.parts
    assert (part.deal, part.person.roles, part.person.status) == ("", [], "Unknown")
    assert sum(len(level.behaviours) for level in part.levels) == 15
    assert not any(tick.seen for level in part.levels for tick in level.behaviours)
    assert profile.reports == ["Zhang Wei"]
    page = printed(root, "profile", "bohai/wang-li", "md", "en")
    assert page.count("- [ ]") == 15


def test_a_profile_tells_when_we_last_met_and_what_is_owed(root: Path) -> None:
    profile = person_profile(Workspace.open(root), "bohai/zhang-wei", "en", DAY)
    assert profile.last_met == "2026-03-10"
    assert [(talk.date, talk.events) for talk in profile.talks] == [
        ("2026-06-10", "to listen"), ("2026-03-10", "he listened"),
    ]  # fmt: skip
    assert [(promise.what, promise.due, promise.overdue) for promise in profile.promises] == [
        ("send the list", "2026-06-10", True)
    ]


def test_a_deal_that_cannot_be_read_leaves_the_profile_standing(root: Path) -> None:
    write(root, "accounts/bohai/opportunities/line-3.yaml", "name: [\n")
    parts = person_profile(Workspace.open(root), "bohai/zhang-wei", "en", DAY).parts
    assert [part.deal for part in parts] == ["Line-4"]


# --- what the process record says


def test_the_record_has_a_row_for_each_contact_up_to_the_day(root: Path) -> None:
    record = record_view(Workspace.open(root), "bohai", "en", DAY)
    first, second = record.rows
    assert (first.number, first.date, first.duration, first.mode) == ("1", "2026-03-10", "60 minutes", "Visit")
    assert (first.person, first.title, first.ours, first.others) == (
        "Zhang Wei",
        "Head",
        ["Li Na", "He Yong"],
        ["Mr Gu"],
    )
    assert (first.summary, first.reaction, first.pain_points) == ("he listened", "not bad", ["less noise"])
    assert first.objections == ["too loud"]
    assert first.stage.startswith("L ")
    assert first.next_step == ["2026-07-02 again", "2026-06-10 Zhang Wei send the list", "2026-06-20 Li Na call back"]
    assert (second.summary, second.recorded, second.stage[:2], second.next_step) == ("to listen", False, "Q ", [])
    assert text("form-planned", "en") in printed(root, "record", "bohai", "md", "en")


# --- what the account plan says


def test_the_plan_names_rivals_by_the_names_that_deals_give_them(root: Path) -> None:
    plan = account_plan(Workspace.open(root), "bohai", "en", DAY)
    assert [(row.supplier, row.products) for row in plan.positions] == [
        ("We", "valves"), ("Dongling", "pipes"), ("nobody-knows", "meters"),
    ]  # fmt: skip


def test_the_plan_adds_up_open_deals_by_currency(root: Path) -> None:
    plan = account_plan(Workspace.open(root), "bohai", "en", DAY)
    assert [(deal.name, deal.outcome, deal.next) for deal in plan.deals] == [
        ("Line-3", "open", "sooner"), ("Line-4", "open", "sooner"), ("Old", "lost", ""),
    ]  # fmt: skip
    assert plan.total == "Open deals: 900 CNY + 100 USD, from 2 of 2"
    early = account_plan(Workspace.open(root), "bohai", "en", date(2025, 2, 1))
    assert [(deal.name, deal.outcome) for deal in early.deals] == [("Old", "open")]
    assert early.total == ""


def test_people_stand_as_the_largest_open_deal_sees_them(root: Path) -> None:
    plan = account_plan(Workspace.open(root), "bohai", "en", DAY)
    assert plan.leading == "Line-3"
    assert [(p.name, p.roles, p.status, p.deal, p.last_met) for p in plan.people] == [
        ("Wang Li", "", "Unknown", "", ""),
        ("Zhang Wei", "D", "Neutral", "Line-3", "2026-03-10"),
    ]
    assert plan.map.deal == "Line-3"


def test_objectives_and_promises_that_nobody_kept_are_overdue(root: Path) -> None:
    plan = account_plan(Workspace.open(root), "bohai", "en", DAY)
    assert [(entry.status, entry.overdue) for entry in plan.objectives] == [
        ("open · overdue", True), ("reached", False), ("", False),
    ]  # fmt: skip
    assert [(p.by, p.ours, p.overdue, p.since) for p in plan.promises] == [
        ("Zhang Wei", False, True, "2026-03-10"), ("Li Na", True, False, "2026-03-10"),
    ]  # fmt: skip


def test_calls_to_come_stand_apart_and_only_the_last_twenty_are_shown(root: Path) -> None:
    for day in range(1, 26):
        write(root, f"accounts/bohai/calls/x{day}.yaml", CALL.format(day=f"2026-04-{day:02d}"))
    plan = account_plan(Workspace.open(root), "bohai", "en", DAY)
    assert [call.date for call in plan.coming] == ["2026-06-20"]
    assert [call.date for call in plan.calls[:2]] == ["2026-06-10", "2026-04-25"]
    assert (len(plan.calls), plan.calls_left_out) == (20, 7)
    assert "and 7 earlier calls" in printed(root, "account-plan", "bohai", "md", "en")


@pytest.mark.parametrize("kind", ["md", "html"])
def test_changes_since_the_last_review_have_a_chapter_when_there_are_any(root: Path, kind: str) -> None:
    from dataclasses import replace

    plan = account_plan(Workspace.open(root), "bohai", "en", DAY)
    heading = text("form-changes", "en")
    assert heading not in render(f"account-plan.{kind}.j2", {"plan": plan}, "en", None)
    page = render(f"account-plan.{kind}.j2", {"plan": replace(plan, changes=["stage O to Q"])}, "en", None)
    assert heading in page
    assert "stage O to Q" in page


# --- helpers


def prepare(root: Path, content: str) -> None:
    """Replace the files of the workspace by empty ones, or by ones that are full of hostile words."""
    if content == "full":
        return
    for path in [*root.glob("accounts/bohai/opportunities/*"), *root.glob("accounts/bohai/calls/*")]:
        path.unlink()
    if content == "empty":
        write(root, "accounts/bohai/account.yaml", "name: Bohai Water\nowner: li-na\n")
        write(root, "accounts/bohai/contacts/zhang-wei.yaml", "name: Zhang Wei\n")
        (root / "accounts/bohai/contacts/wang-li.yaml").unlink()
        return
    w = quoted("\n".join([*HOSTILE, LONG]))
    listed = f"[{w}]"
    write(
        root,
        "accounts/bohai/account.yaml",
        f"name: {w}\nowner: li-na\nvertical: {w}\ndealer: {w}\naddress: {w}\nphone: {w}\nexternal: {{crm: {w}}}\n"
        f"region: {{province: {w}, city: {w}}}\n"
        f"business_profile: {{main_business: {w}, affiliation: {w}}}\n"
        f"our_position: {{products: {listed}}}\npain_points: {listed}\n"
        f"objectives: [{{objective: {w}, measure: {w}}}]\n",
    )
    write(
        root,
        "accounts/bohai/contacts/zhang-wei.yaml",
        "".join(f"{key}: {w}\n" for key in ("name", "title", "department", "phone", "email", "fax", "address"))
        + f"assistant: {{name: {w}, phone: {w}}}\npersonal: {{spouse: {w}, education: {w}, interests: {listed}}}\n"
        f"background: {{employer: {w}, previous: {listed}, style: {w}}}\nresponsibilities: {listed}\nrecent: {listed}\n"
        f"decision_criteria: {{technical: {listed}, business: {listed}}}\n",
    )
    write(
        root,
        "accounts/bohai/opportunities/line-3.yaml",
        f"name: {w}\nowner: li-na\nstage: L\nbuying_team: {{zhang-wei: {{agenda: {w}, approach: {w}, "
        f"opposes: {{level: enemy, evidence: {w}}}}}}}\nactions: [{{what: {w}}}]\n",
    )
    write(
        root,
        "accounts/bohai/calls/1.yaml",
        f"date: 2026-06-01\nby: li-na\ncontact: zhang-wei\nopportunity: line-3\n"
        f"attendees: {{customer: [{{name: {w}}}]}}\n"
        f"outcome: {{events: {w}, customer_view: {w}, needs_found: [{{need: {w}}}], objections: [{{objection: {w}}}], "
        f"commitments: [{{by: zhang-wei, what: {w}}}], next: {{purpose: {w}}}}}\n",
    )


def printed(root: Path, form: str, record: str, kind: str, lang: str) -> str:
    entry = FORMS[form]
    view: Any = entry.view(Workspace.open(root), record, lang, DAY)
    return render(f"{form}.{kind}.j2", {entry.name: view}, lang, None)


def write(root: Path, name: str, content: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
