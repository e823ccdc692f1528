"""The opportunity plan and the scorecard: the whole workbook of a deal, complete, safe, and useful on paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from kamctl import source
from kamctl.forms.opportunity import OpportunityView, opportunity_view
from kamctl.labels import LANGUAGES, text
from kamctl.render.document import render
from kamctl.schema import walk
from kamctl.schema.opportunity import Opportunity
from kamctl.workspace import Workspace
from pages import HOSTILE, LONG, Outline, check_page, contrast, quoted

FORMS = ("opportunity-plan", "scorecard")
EVERY_FORM = [(form, lang) for form in FORMS for lang in LANGUAGES]
EXAMPLES = Path(__file__).parents[1] / "examples"
DAY = date(2026, 6, 15)

PHASED_DOCUMENTS = ("initiation", "executive_contacts", "bid", "stage_reports", "closing")
"""Parts of a deal that have forms of their own: the documents of the phased process."""

FULL = """\
external: {legacy_crm: OPP-0417}
name: Line 3
owner: li-na
process: losqaop
stage: Q
amount: 4801000 CNY
close_date: 2026-09-30
probability: 61%
forecast: best_case
importance: very_important
source: dealer
products: [valves, fittings]
tender_date: 2026-07-15
purchase_date: 2026-09-15
created: 2025-11-18
vertical: water works
region: {province: Liaoning, city: Dalian}
dealer: Jingang Pipes
stage_history:
  - {date: 2025-11-19, stage: L}
  - {date: 2026-02-10, stage: S, by: chen-jie, move: skip, override: nobody could be met, note: agreed with the manager}
  - {date: 2026-04-21, stage: Q}
lost: {date: 2026-06-14, reason: delivery_time, to: donglin, lesson: ask for the date first}
needs: Replace 14 km of pipe
compelling_event: {event: leakage pledge, deadline: 2026-12-31, if_not: subsidy is cut, payback: water saved}
unique_business_value:
  {result: six hours dry, measure: against fifty-two, confirmed_by: liu-yang, confirmed_on: 2026-04-09}
decision_criteria:
  - {criterion: life cost, kind: formal, held_by: [zhang-wei]}
  - {criterion: somebody shares the blame, kind: informal}
decision_milestones: [{date: 2026-06-25, event: clarification, done: false}]
assessments:
  - {date: 2026-02-12, by: li-na, marks: {project: {us: "?", donglin: "+"}, risk: {us: "+"}}}
  - date: 2026-06-04
    by: chen-jie
    marks:
      project: {us: "+", donglin: "-", evidence: scope is final, source: zhang-wei}
      access_to_funds: {us: "n/a"}
      solution_fit:
        donglin: "?"
        disputed:
          - {by: he-yong, party: donglin, mark: "+", evidence: a sample line, source: liu-yang}
buying_team:
  zhang-wei:
    roles: [D]
    orientation: financial
    adaptability: conservative
    coverage: multiple
    influence: inner_circle
    influences: {liu-yang: strong}
    behaviours: {sees_need: 2026-03-12}
    opposes: {level: non_supporter, evidence: said so at the table, date: 2026-05-21}
    agenda: a quiet retirement
    approach: show the life cost
    covered_by: he-yong
  liu-yang: {roles: [U], behaviours: {sees_need: 2026-01-05, shares_basics: 2026-01-06, accepts_us: 2026-01-07}}
competitors:
  donglin:
    name: Dongling
    products: [gates]
    amount: 4450000 CNY
    close_date: 2026-09-29
    strategy: frontal
    strategy_notes: cuts the price
    allies: [zhang-wei]
    strengths: [stock nearby]
    weaknesses: [no reference]
goals: {fundamental: the order itself, long_term: lines 4 and 5}
strategy: {formal: flanking, formal_notes: talk of hours, political: through the users}
strengths: [proven value]
weaknesses: [no access above]
actions:
  - {due: 2026-05-29, who: li-na, what: meet the head, category: minimize, resources: a day, result: off, remedy: again}
  - {due: 2026-03-05, who: liu-yang, what: send the list, done: 2026-03-04}
gate_evidence: {budget_confirmed: {date: 2026-04-15, evidence: bond money is in}}
initiation: {number: P-1}
contract: {number: C-77, signed: 2026-06-01, amount: 1234567.50 CNY}
payments:
  - {due: 2026-06-02, amount: 600000.25 CNY, received: 400000 CNY, received_on: 2026-06-03}
  - {due: 2026-10-30, amount: 634567.25 CNY}
delivery:
  manager: he-yong
  handover: 2026-06-05
  plan: three lots
  risks: [winter]
  changes: [{date: 2026-06-06, change: thicker pipe, amount: 62000 CNY}]
  accepted: 2026-06-07
"""
EMPTY = "name: New deal\nstage: L\n"
TYPED = [*HOSTILE, LONG]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small workspace with a full deal, an empty one, and one of hostile words."""
    root = tmp_path_factory.mktemp("plans")
    files = {
        "kamctl.yaml": "format: 1\ncurrency: CNY\n",
        "team.yaml": "members:\n  li-na: {name: Li Na, role: salesperson, manager: wang-qiang}\n"
        "  wang-qiang: {name: Wang Qiang}\n  chen-jie: {name: Chen Jie}\n  he-yong: {name: He Yong}\n",
        "accounts/bohai/account.yaml": ACCOUNT,
        "accounts/bohai/contacts/zhang-wei.yaml": "name: Zhang Wei\ntitle: Buyer\ndepartment: Purchasing\n",
        "accounts/bohai/contacts/liu-yang.yaml": "name: Liu Yang\n",
        "accounts/bohai/contacts/hostile.yaml": f"name: {quoted(chr(10).join(TYPED))}\n",
        "accounts/bohai/opportunities/full.yaml": FULL,
        "accounts/bohai/opportunities/empty.yaml": EMPTY,
        "accounts/bohai/opportunities/hostile.yaml": with_hostile_words(),
        "accounts/broken/account.yaml": "name: [",
        "accounts/broken/opportunities/deal.yaml": EMPTY + "owner: nobody\nbuying_team: {ghost: {roles: [D]}}\n",
    }
    for name, content in files.items():
        write(root, name, content)
    return Workspace.open(root)


ACCOUNT = """\
name: Bohai Water
owner: li-na
grade: A
address: 18 Clear Wave Road
phone: "+86 411 5550 0100"
business_profile:
  revenue: 1200000000 CNY
  profit: 90000000 CNY
  fiscal_year_end: 12-31
  employees: 3400
  main_business: supplies a city
  affiliation: owned by the city
  systems: an old network
our_position: {products: [meters], revenue_to_date: 3200000 CNY}
competitor_positions:
  donglin: {products: [gates], revenue_to_date: 8600000 CNY}
  haiyue: {products: [pipes]}
pain_points: [bursts every week]
"""


# --- every form, every language


@pytest.mark.parametrize(("form", "lang"), EVERY_FORM)
@pytest.mark.parametrize("deal", ["full", "empty", "hostile"])
def test_html_is_well_formed_and_self_contained(workspace: Workspace, form: str, lang: str, deal: str) -> None:
    page = printed(workspace, form, deal, "html", lang)
    check_page(page, lang)


@pytest.mark.parametrize(("form", "lang"), EVERY_FORM)
@pytest.mark.parametrize("deal", ["full", "empty", "hostile"])
def test_markdown_is_tidy(workspace: Workspace, form: str, lang: str, deal: str) -> None:
    page = printed(workspace, form, deal, "md", lang)
    assert not re.search(r"[ \t]+$", page, re.MULTILINE)
    assert "\n\n\n" not in page
    assert page.startswith(f"# {text(f'form-{form}', lang)} · ")
    assert page.endswith("\n")
    assert not page.endswith("\n\n")
    assert not re.search(r"[^\n]\n#{1,4} |^#{1,4} .*\n[^\n]", page, re.MULTILINE)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_forms_of_the_examples_are_as_agreed(golden: Callable[[str, str], None], lang: str) -> None:
    examples = Workspace.open(EXAMPLES)
    for form in FORMS:
        golden(f"{form}.{lang}.md", printed(examples, form, "bohai-water/line-3", "md", lang))
    golden(
        f"opportunity-plan-empty.{lang}.md",
        printed(examples, "opportunity-plan", "xinwan-park/phase-1-network", "md", lang),
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("deal", ["yanbei-zone/start-main", "luanhe-chem/acid-line", "tianqi-group/water-platform"])
def test_deals_of_every_process_print(lang: str, deal: str) -> None:
    examples = Workspace.open(EXAMPLES)
    for form in FORMS:
        assert Outline(printed(examples, form, deal, "html", lang)).open == []
        assert examples.record("opportunity", deal).name in printed(examples, form, deal, "md", lang)


# --- what people typed


def test_every_field_of_a_deal_stands_on_a_form(workspace: Workspace) -> None:
    plan = printed(workspace, "opportunity-plan", "full", "md", "en").replace("\\", "")
    page = Outline(printed(workspace, "opportunity-plan", "full", "html", "en")).text
    fields = [pair for pair in leaves(Opportunity, source.read(FULL)) if not pair[0].startswith(PHASED_DOCUMENTS)]
    assert [path for path, value in fields if value is None] == []
    assert [path for path, value in fields if shown(value) not in plan] == []
    assert [path for path, value in fields if shown(value) not in page] == []


def test_every_field_of_the_customer_that_a_deal_turns_on_stands_on_the_plan(workspace: Workspace) -> None:
    for kind in ("md", "html"):
        page = printed(workspace, "opportunity-plan", "full", kind, "en")
        for words in (
            "1,200,000,000 CNY",
            "90,000,000 CNY",
            "12-31",
            "3,400",
            "supplies a city",
            "owned by the city",
            "an old network",
            "meters",
            "8,600,000 CNY",
            "haiyue",
            "bursts every week",
            "18 Clear Wave Road",
            "+86 411 5550 0100",
        ):
            assert words in page


@pytest.mark.parametrize(("form", "lang"), EVERY_FORM)
def test_hostile_words_stand_in_html_as_they_were_typed(workspace: Workspace, form: str, lang: str) -> None:
    words = Outline(printed(workspace, form, "hostile", "html", lang)).text
    for typed in TYPED:
        assert typed in words


@pytest.mark.parametrize(("form", "lang"), EVERY_FORM)
def test_hostile_words_make_no_markdown(workspace: Workspace, form: str, lang: str) -> None:
    html = MarkdownIt("commonmark").enable("table").render(printed(workspace, form, "hostile", "md", lang))
    outline = Outline(html)
    assert outline.open == []
    assert set(outline.attributes) <= {
        "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "table", "thead", "tbody", "tr", "th", "td", "br",
        "hr", "pre", "code",
    }  # fmt: skip
    assert "{{ 7*7 }}" in html
    assert len(outline.attributes["h1"]) == 1


# --- paper


@pytest.mark.parametrize(("form", "lang"), EVERY_FORM)
def test_an_empty_deal_prints_room_to_write(workspace: Workspace, form: str, lang: str) -> None:
    page = printed(workspace, form, "empty", "html", lang)
    assert page.count(text("form-blank", lang)) >= 80
    assert page.count('class="mark room first"') == 60
    assert text("no-assessment", lang, as_of=DAY.isoformat()) in page
    markdown = printed(workspace, form, "empty", "md", lang)
    assert markdown.count("____ |") >= 60


def test_an_empty_plan_has_lines_in_each_chapter(workspace: Workspace) -> None:
    page = printed(workspace, "opportunity-plan", "empty", "md", "en")
    chapters = re.split(r"^## \d+ · ", page, flags=re.MULTILINE)[1:]
    assert len(chapters) == 9
    assert all("____" in chapter for chapter in chapters)


def test_the_contents_lead_to_the_chapters(workspace: Workspace) -> None:
    page = printed(workspace, "opportunity-plan", "full", "html", "en")
    links = re.findall(r'<a href="#(\w+)"><span class="number">(\d+)</span> <span>(.*?)</span>', page)
    heads = re.findall(r'<h2 id="(\w+)-head"><span class="number">(\d+)</span> (.*?)</h2>', page)
    assert links == heads
    assert [number for _, number, _ in links] == [str(n) for n in range(1, 12)]
    assert text("form-chapter-loss", "en") in [title for *_, title in links]


# --- what follows from the words


def test_the_two_probabilities_stand_apart(workspace: Workspace) -> None:
    head = view(workspace, "full").head
    assert (head.probability, head.stage_probability) == ("61%", "50%")


def test_a_plan_as_of_an_earlier_day_shows_the_deal_as_it_stood(workspace: Workspace) -> None:
    early = opportunity_view(workspace, "bohai/full", "en", date(2026, 2, 13))
    assert early.head.stage.startswith("S ")
    assert early.head.stage_since == "2026-02-10"
    assert [day.date for day in early.score.dates] == ["2026-02-12"]
    assert early.score.questions[0].criteria[0].now[0].mark == "?"
    assert early.gate is not None
    assert early.gate.summary.startswith("Gate from S ")
    assert [step.days for step in early.history] == ["83", "3", ""]
    assert not early.actions[0].overdue


def test_actions_that_nobody_did_in_time_are_overdue(workspace: Workspace) -> None:
    assert [action.overdue for action in view(workspace, "full").actions] == [True, False]
    for kind in ("html", "md"):
        assert text("form-overdue", "en") in printed(workspace, "opportunity-plan", "full", kind, "en")


def test_payments_are_exact_and_added_up(workspace: Workspace) -> None:
    contract = view(workspace, "full").contract
    assert contract is not None
    assert contract.amount == "1,234,567.50 CNY"
    assert (contract.due_total, contract.received_total) == ("1,234,567.50 CNY", "400,000 CNY")
    assert [payment.late for payment in contract.payments] == [True, False]


def test_payments_in_two_currencies_have_no_sum(workspace: Workspace) -> None:
    other = FULL.replace("634567.25 CNY", "634567.25 USD")
    contract = view(workspace, "two-currencies", other).contract
    assert contract is not None
    assert (contract.due_total, contract.received_total) == ("", "400,000 CNY")


def test_payments_may_stand_without_a_contract(workspace: Workspace) -> None:
    contract = view(workspace, "no-contract", EMPTY + "payments: [{due: 2026-06-01, received: 5 CNY}, {}]\n").contract
    assert contract is not None
    assert [payment.late for payment in contract.payments] == [False, False]
    page = printed(workspace, "opportunity-plan", "no-contract", "html", "en")
    assert 'id="contract"' in page
    assert text("form-delivery", "en") not in page


def test_the_status_of_a_person_is_derived_with_its_day(workspace: Workspace) -> None:
    zhang, liu = view(workspace, "full").team.people
    assert (zhang.status, zhang.sign, zhang.side, zhang.earned) == ("Non-supporter", "-", "against", "")
    assert zhang.opposes is not None
    assert zhang.influences == ["Liu Yang (strongly)"]
    assert (liu.status, liu.side, liu.earned) == ("Neutral", "between", "2026-01-07")
    assert (liu.behaviours[0].label, liu.behaviours[0].date) == ("Sees a need", "2026-01-05")
    assert liu.next_status == "For Supporter, 3 more of"
    assert len(liu.look_for) == 5


def test_key_people_have_a_deciding_role_or_stand_in_the_inner_circle(workspace: Workspace) -> None:
    team = view(workspace, "full").team
    assert [person.name for person in team.key] == ["Zhang Wei"]
    inner = FULL.replace("liu-yang: {roles: [U]", "liu-yang: {influence: inner_circle, roles: [U]")
    assert [person.name for person in view(workspace, "inner", inner).team.key] == ["Zhang Wei", "Liu Yang"]


def test_a_mentor_needs_nothing_more(workspace: Workspace) -> None:
    behaviours = [
        level.behaviours[n].id for level in workspace.methods.relationship.levels for n in range(3)
    ]  # three of each level
    seen = ", ".join(f"{name}: 2026-02-01" for name in behaviours)
    deal = EMPTY + f"buying_team: {{liu-yang: {{behaviours: {{{seen}}}}}}}\n"
    (person,) = view(workspace, "mentor", deal).team.people
    assert (person.status, person.side, person.next_status, person.look_for) == ("Mentor", "for", "", [])


def test_each_rival_is_a_column_and_we_are_the_first(workspace: Workspace) -> None:
    us, rival = view(workspace, "full").rivals
    assert (us.ours, us.strategy, us.duel) == (True, "Flanking", None)
    assert (rival.name, rival.allies) == ("Dongling", ["Zhang Wei"])
    assert rival.duel is not None
    assert rival.duel.leads == ["Customer's application or project"]
    assert "not enough known" in rival.duel.strategy


def test_many_rivals_are_spread_over_several_tables(workspace: Workspace) -> None:
    rivals = "".join(f"  r{n}: {{name: Rival {n}}}\n" for n in range(6))
    view(workspace, "crowded", EMPTY + "competitors:\n" + rivals)
    page = printed(workspace, "opportunity-plan", "crowded", "html", "en")
    assert page.count('<table class="compare">') == 2
    assert all(f"Rival {n}" in page for n in range(6))


def test_the_latest_assessments_fit_the_paper_and_the_others_are_counted(workspace: Workspace) -> None:
    days = "".join(f'  - {{date: 2026-{month:02}-01, marks: {{risk: {{us: "+"}}}}}}\n' for month in range(1, 7))
    days += "".join(f'  - {{date: 2025-{month:02}-01, marks: {{risk: {{us: "-"}}}}}}\n' for month in range(1, 13))
    sheet = view(workspace, "old-deal", EMPTY + "assessments:\n" + days).score
    assert len(sheet.dates) == 12
    assert sheet.dates[-1].date == "2026-06-01"
    assert sheet.notes == ["6 earlier dates not shown"]


def test_a_blocked_question_is_said_first(workspace: Workspace) -> None:
    marks = 'project: {us: "-"}, access_to_funds: {us: "-"}'
    deal = EMPTY + f"assessments: [{{date: 2026-01-01, marks: {{{marks}}}}}]\n"
    sheet = view(workspace, "blocked", deal).score
    assert sheet.questions[0].verdict == "blocked"
    assert sheet.questions[0].label in sheet.warning
    assert sheet.notes == ["* older than 60 days: ask again"]
    assert sheet.warning in printed(workspace, "scorecard", "blocked", "md", "en")


def test_evidence_for_a_rival_alone_is_not_lost(workspace: Workspace) -> None:
    rival = 'competitors: {donglin: {name: Dongling}}\nassessments: [{date: 2026-06-01, marks: {project: {donglin: "+",'
    deal = EMPTY + rival + " evidence: seen on site, source: liu-yang}}}]\n"
    row = view(workspace, "rival-only", deal).score.questions[0].criteria[0]
    assert (row.evidence, row.source, row.since) == ("seen on site", "Liu Yang", "")


def test_a_deal_whose_account_cannot_be_read_is_shown_by_ids(workspace: Workspace) -> None:
    shown = opportunity_view(workspace, "broken/deal", "en", DAY)
    assert (shown.head.account, shown.head.owner, shown.positions) == ("broken", "nobody", [])
    assert shown.team.people[0].name == "ghost"
    for form in FORMS:
        assert Outline(printed(workspace, form, "broken/deal", "html", "en")).open == []


def test_a_stage_that_the_process_has_not_is_shown_as_it_stands(workspace: Workspace) -> None:
    shown = view(workspace, "odd-stage", "name: Odd\nstage: ZZ\nstage_history: [{date: 2026-01-01, stage: ZZ}]\n")
    assert (shown.head.stage, shown.head.stage_probability, shown.gate) == ("ZZ", "", None)


def test_coloured_words_can_be_read_on_light_and_dark_paper(workspace: Workspace) -> None:
    page = printed(workspace, "scorecard", "full", "html", "en")
    papers = [dict(re.findall(r"--(\w+): (#\w+)", found)) for found in re.findall(r":root \{(.*?)\}", page, re.DOTALL)]
    papers = [paper for paper in papers if paper]
    inks = [
        dict(re.findall(r"--([\w-]+): (#\w+)", found)) for found in re.findall(r"\.sheet \{(.*?)\}", page, re.DOTALL)
    ]
    inks = [ink for ink in inks if ink]
    assert len(papers) == len(inks) == 2
    for paper, ink in zip(papers, inks, strict=True):
        for word in ("good", "fair", "bad"):
            assert contrast(ink[word], paper["page"]) >= 4.5
            assert contrast(ink[word], ink[f"{word}-tint"]) >= 4.5


# --- helpers


def view(workspace: Workspace, deal: str, content: str = "") -> OpportunityView:
    """Return the view of a deal of the test's account, with its file written anew where content is given."""
    if content:
        write(workspace.root, f"accounts/bohai/opportunities/{deal}.yaml", content)
    return opportunity_view(workspace, f"bohai/{deal}", "en", DAY)


def printed(workspace: Workspace, form: str, deal: str, kind: str, lang: str) -> str:
    deal_id = deal if "/" in deal else f"bohai/{deal}"
    return render(f"{form}.{kind}.j2", {"deal": opportunity_view(workspace, deal_id, lang, DAY)}, lang, None)


def write(root: Path, name: str, content: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")


def leaves(model: Any, data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path of every field of the file format that holds no others, with what a deal says there."""
    for name in walk.keys_at(model, ()):
        here = walk.type_at(model, (name,))
        values = [part.get(name) for part in (data if isinstance(data, list) else [data]) if part]
        yield from _below(here, [value for value in values if value is not None], f"{path}{name}")


def _below(here: Any, values: list[Any], path: str) -> Iterator[tuple[str, Any]]:
    if walk.is_list(here):
        yield from _below(walk.type_at(here, (0,)), [item for value in values for item in value], path)
    elif walk.keys_at(here, ()):
        yield from leaves(here, values, f"{path}.")
    elif walk.is_mapping(here):
        yield from _below(walk.type_at(here, ("any",)), [item for value in values for item in value.values()], path)
    else:
        yield path, values[-1] if values else None


CODES = {
    "li-na": "Li Na",
    "chen-jie": "Chen Jie",
    "he-yong": "He Yong",
    "zhang-wei": "Zhang Wei",
    "liu-yang": "Liu Yang",
    "donglin": "Dongling",
    "losqaop": "Dealer pipeline",
    "Q": "Q Quotation",
    "best_case": "Best case",
    "very_important": "Very important",
    "dealer": "Dealer",
    "skip": "stages skipped",
    "delivery_time": "Delivery time",
    "false": "open",
    "D": "Decision maker",
    "U": "User",
    "financial": "Financial",
    "conservative": "Conservative",
    "multiple": "Multiple",
    "inner_circle": "Inner circle",
    "strong": "(strongly)",
    "non_supporter": "Non-supporter",
    "frontal": "Frontal",
    "flanking": "Flanking",
}
"""How a form says what the file of the test says in codes."""


def shown(value: str) -> str:
    """Return how a form shows what a file says: codes as words, amounts grouped, all else as it is."""
    if value in CODES:
        return CODES[value]
    amount = re.fullmatch(r"(\d+(?:\.\d+)?) CNY", value)
    return f"{Decimal(amount[1]):,f} CNY" if amount else value


def with_hostile_words() -> str:
    """Return a deal with hostile words in every field that holds text."""
    w = quoted("\n".join(TYPED))
    items = f"[{w}, {', '.join(map(quoted, TYPED))}]"
    return f"""\
name: {w}
stage: Q
products: {items}
vertical: {w}
region: {{province: {w}, city: {w}}}
dealer: {w}
external: {{crm: {w}}}
stage_history: [{{date: 2026-01-01, stage: Q, override: {w}, note: {w}}}]
lost: {{to: r1, lesson: {w}}}
needs: {w}
compelling_event: {{event: {w}, if_not: {w}, payback: {w}}}
unique_business_value: {{result: {w}, measure: {w}}}
decision_criteria: [{{criterion: {w}, held_by: [hostile]}}]
decision_milestones: [{{event: {w}}}]
assessments: [{{date: 2026-06-01, marks: {{project: {{us: "-", r1: "+", evidence: {w}, source: hostile}}}}}}]
buying_team: {{hostile: {{roles: [D], agenda: {w}, approach: {w}, opposes: {{level: enemy, evidence: {w}}}}}}}
competitors:
  r1: {{name: {w}, products: {items}, strategy_notes: {w}, strengths: {items}, weaknesses: {items}, allies: [hostile]}}
goals: {{fundamental: {w}, long_term: {w}}}
strategy: {{formal_notes: {w}, political: {w}}}
strengths: {items}
weaknesses: {items}
actions: [{{what: {w}, category: {w}, resources: {w}, result: {w}, remedy: {w}}}]
gate_evidence: {{budget_confirmed: {{evidence: {w}}}}}
contract: {{number: {w}}}
delivery: {{plan: {w}, risks: {items}, changes: [{{change: {w}}}]}}
"""
