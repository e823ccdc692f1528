"""The plan of a presentation and the documents of the phased process: complete, safe, useful before they are filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kamctl import source
from kamctl.forms.catalog import FORMS
from kamctl.labels import LANGUAGES, pick, text
from kamctl.methods import Methods
from kamctl.render.document import render
from kamctl.schema import walk
from kamctl.schema.opportunity import Opportunity
from kamctl.schema.presentation import Presentation
from kamctl.workspace import Workspace
from pages import HOSTILE, LONG, Outline, blocks, check_page, markdown_html

PAPERS = ("initiation", "bid-review", "handover", "stage-report", "no-bid")
NAMES = ("presentation", *PAPERS)
EVERY_FORM = [(name, lang) for name in NAMES for lang in LANGUAGES]
EXAMPLES = Path(__file__).parents[1] / "examples"
DAY = date(2026, 6, 15)

PLAN = """\
date: 2026-07-08
by: li-na
opportunity: line-3
purpose: get the request through
agenda: [where the water goes, what changes]
audience:
  - {contact: zhang-wei, roles: [D], issues: {business: life cost, political: who is to blame}}
  - {name: Mr Gao, roles: [E, U]}
story:
  actions: {theirs: release the money, ours: keep spares in town}
  problem: leaks cost a million
  cause_and_effect: {compelling_event: the audit, if_not: bonus is cut, payoff: back in a year}
  customer_vision: every litre is metered
  solution: {elements: valves and meters, before: walking the plant, after: seen in a day}
  business_value: {financial: two million, downstream: fewer complaints, upstream: less to pump,
    customers_definition: no news in the paper}
tasks:
  - {step: rehearse, due: 2026-07-06, who: li-na, action: rehearse twice, resources: the big room, done: 2026-07-07}
  - {due: 2026-06-26, who: zhang-wei, action: send the baseline}
  - {action: some day}
team:
  - {member: li-na, role: speaks, looks_after: [zhang-wei]}
  - {member: wang-qiang, role: welcomes}
"""

DEAL = """\
name: North plant
owner: li-na
stage: TEND
amount: 5601000 CNY
close_date: 2026-08-14
tender_date: 2026-07-02
products: [pipe, valves]
stage_history:
  - {date: 2026-02-03, stage: INIT}
  - {date: 2026-05-28, stage: TEND}
needs: water before winter
compelling_event: {event: plants open, deadline: 2026-12-20, if_not: damages a day, payback: a quiet year}
unique_business_value: {result: one delivery plan, measure: twenty days less}
decision_milestones: [{date: 2026-06-18, event: clarification, done: false}]
buying_team: {zhang-wei: {roles: [D], agenda: retire in peace, covered_by: li-na}}
competitors: {haiyue: {name: Haiyue, products: [ductile], amount: 5380000 CNY, strategy: frontal,
  strategy_notes: price first, strengths: [cheap], weaknesses: [late]}}
strategy: {formal: flanking, formal_notes: sell the plan}
actions:
  - {due: 2026-06-01, who: wang-qiang, what: see the engineer, category: prove, resources: a car, done: 2026-06-02,
     result: did not work, remedy: write to him}
gate_evidence: {bid_sound: {date: 2026-06-10, evidence: read by two}}
initiation: {number: P-2026-038, customer_lead: zhang-wei, gross_margin: 19%, expense_budget: 90000 CNY,
  category: pipework, sign_date: 2026-08-13, approved_by: wang-qiang, approved_on: 2026-02-24}
executive_contacts:
  - {contact: zhang-wei, member: wang-qiang, purpose: hear the promise, due: 2026-05-20, done: 2026-05-19}
bid:
  decision: no_bid
  decided_on: 2026-06-04
  reasons: [no certificate, no time]
  fatal_factor: certificate takes nine months
  strategy: stay three percent behind
  division: partner builds the station
  timetable: [{date: 2026-06-24, event: price meeting, done: true}]
  checklist: {soundness: 2026-06-05, feasibility: 2026-06-06, price: 2026-06-07, qualification: 2026-06-08,
    completeness: 2026-06-09, deadline: 2026-06-11}
  cost: 4480000 CNY
  price: 5530000 CNY
  margin: 21%
  lead: li-na
  partner_lead: Gao of Yanshan
  presenter: chen-jie
  answers_by: [chen-jie, wang-qiang]
  due: 2026-07-01
  rank: 2
  result: lost
  summary: third of five
contract: {number: YB-2026-016, signed: 2026-08-12, amount: 5512345.50 CNY}
payments: [{due: 2026-10-30, amount: 600000 CNY, received: 599999 CNY, received_on: 2026-11-02}]
delivery:
  manager: chen-jie
  handover: 2026-08-20
  plan: three batches
  risks: [frozen roads]
  changes: [{date: 2026-09-22, change: thicker pipe, amount: 62000 CNY}]
  accepted: 2026-12-17
stage_reports:
  - {date: 2026-05-29, stage: INIT, summary: on the list in six weeks, lessons: be there early}
  - {date: 2026-06-12, stage: TEND, summary: asked about the joints, lessons: bring the test report}
closing: {date: 2027-01-21, summary: water nine days early, lessons: [ask the operators, look at the ground]}
lost: {date: 2026-06-13, reason: price, to: haiyue, lesson: sell more than pipe}
"""

SHOWN_OTHERWISE = {
    "by": "李娜",
    "member": "王强",
    "who": "李娜",
    "contact": "张伟",
    "looks_after": "张伟",
    "customer_lead": "张伟",
    "approved_by": "王强",
    "lead": "李娜",
    "presenter": "陈洁",
    "answers_by": "陈洁",
    "manager": "陈洁",
    "opportunity": "North plant",
    "roles": "Decision maker",
    "decision": "No bid",
    "result": "Not won",
    "step": "rehearse twice",
    "stage": "INIT Project initiation",
    "done": "done",
}
"""How the values of fields read that a form does not print as they are typed, by the last name of the field."""

PARTS = ("initiation", "executive_contacts", "bid", "contract", "payments", "delivery", "stage_reports", "closing")
"""The parts of a deal that these documents are for."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small workspace with full, empty and hostile presentations and deals."""
    root = tmp_path_factory.mktemp("documents")
    hostile = "\n".join(HOSTILE)
    files = {
        "kamctl.yaml": "format: 1\ncurrency: CNY\nprocess: phased\n",
        "team.yaml": "members:\n  li-na: {name: 李娜, role: salesperson, manager: wang-qiang}\n"
        "  wang-qiang: {name: 王强, role: manager}\n  chen-jie: {name: 陈洁, role: support}\n",
        "accounts/bohai/account.yaml": "name: 渤海水务集团\nowner: li-na\n",
        "accounts/bohai/contacts/zhang-wei.yaml": "name: 张伟\ntitle: 采购总监\n",
        "accounts/bohai/opportunities/line-3.yaml": DEAL,
        "accounts/bohai/opportunities/full.yaml": DEAL,
        "accounts/bohai/opportunities/empty.yaml": "name: North plant\nstage: TEND\n",
        "accounts/bohai/opportunities/hostile.yaml": filled_with(DEAL, Opportunity, hostile),
        "accounts/bohai/opportunities/long.yaml": filled_with(DEAL, Opportunity, LONG),
        "accounts/bohai/presentations/full.yaml": PLAN,
        "accounts/bohai/presentations/empty.yaml": "date: 2026-07-08\n",
        "accounts/bohai/presentations/hostile.yaml": filled_with(PLAN, Presentation, hostile),
        "accounts/bohai/presentations/long.yaml": filled_with(PLAN, Presentation, LONG),
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return Workspace.open(root)


def form(workspace: Workspace, name: str, record: str, lang: str, kind: str, as_of: date = DAY) -> str:
    entry = FORMS[name]
    view = entry.view(workspace, f"bohai/{record}", lang, as_of)
    return render(f"{name}.{kind}.j2", {entry.name: view}, lang, None)


# --- complete


@pytest.mark.parametrize("kind", ["md", "html"])
@pytest.mark.parametrize(
    ("model", "typed", "names"), [(Presentation, PLAN, ["presentation"]), (Opportunity, DEAL, PAPERS)]
)
def test_every_field_appears_on_some_form(
    workspace: Workspace, model: type, typed: str, names: list[str], kind: str
) -> None:
    pages = "\n".join(form(workspace, name, "full", "en", kind) for name in names)
    pages = Outline(pages).text if kind == "html" and len(names) == 1 else pages
    data = source.read(typed)
    fields = dict(leaves(data))
    wanted = {field for field in fields_of(model) if model is Presentation or field.split(".")[0] in PARTS}
    assert wanted - set(fields) == set(), "the text above lacks a field of the file format"
    for field in sorted(wanted):
        shown = [
            printed(value) in pages or SHOWN_OTHERWISE.get(field.rpartition(".")[2], value) in pages
            for value in fields[field]
        ]
        assert all(shown), field


def test_an_amount_of_a_contract_is_printed_to_the_last_digit(workspace: Workspace) -> None:
    assert "5,512,345.50 CNY" in form(workspace, "handover", "full", "zh-Hans", "md")


def test_price_less_cost_is_reckoned(workspace: Workspace) -> None:
    assert "1,050,000 CNY" in form(workspace, "bid-review", "full", "en", "md")


@pytest.mark.parametrize("kind", ["md", "html"])
def test_the_days_of_a_stage_run_until_the_next_or_the_day(workspace: Workspace, kind: str) -> None:
    page = form(workspace, "stage-report", "full", "en", kind)
    assert "114 days there" in page
    assert "18 days there" in page
    assert "20 days there" in form(workspace, "stage-report", "full", "en", kind, date(2026, 6, 17))


def test_a_report_of_a_stage_that_is_still_to_come_has_no_days(workspace: Workspace) -> None:
    assert form(workspace, "stage-report", "full", "en", "md", date(2026, 5, 1)).count("days there") == 1


def test_a_decision_to_bid_contradicts_the_report_of_no_bid(workspace: Workspace, tmp_path: Path) -> None:
    words = text("form-bid-decided-otherwise", "en")
    assert words not in form(workspace, "no-bid", "full", "en", "md")
    path = workspace.root / "accounts/bohai/opportunities/bids.yaml"
    path.write_text(DEAL.replace("decision: no_bid", "decision: bid"), "utf-8")
    assert words in form(workspace, "no-bid", "bids", "en", "md")
    assert words in form(workspace, "no-bid", "bids", "en", "html")


def test_standard_steps_that_are_not_planned_stand_on_the_form_all_the_same(workspace: Workspace) -> None:
    page = form(workspace, "presentation", "full", "en", "md")
    steps = Methods(None).presenting.steps
    missing = [pick(step.label, "en") for step in steps if step.id != "rehearse"]
    assert all(f"| {words} |" in page for words in missing)
    assert "Rehearse with the team" not in page
    table = page.split("## Tactical plan")[1].split("##")[0]
    assert table.index("send the baseline") < table.index("rehearse twice") < table.index("| Present |")


def test_a_deal_that_cannot_be_read_is_shown_by_its_name(workspace: Workspace) -> None:
    path = workspace.root / "accounts/bohai/presentations/lonely.yaml"
    path.write_text("date: 2026-06-01\nopportunity: nowhere\nby: nobody\naudience: [{contact: ghost}]\n", "utf-8")
    page = form(workspace, "presentation", "lonely", "en", "md")
    assert all(words in page for words in ("nowhere", "nobody", "ghost"))
    assert "Working days left" not in page


# --- documents and processes


@pytest.mark.parametrize("name", Methods(None).names("process"))
def test_documents_of_a_process_that_are_forms_of_a_project_are_in_the_catalog(name: str) -> None:
    process = Methods(None).process(name)
    named = {document for stage in process.stages for document in stage.documents}
    assert named & set(NAMES) <= set(FORMS)


@pytest.mark.parametrize("name", PAPERS)
def test_every_document_is_named_by_a_stage_of_the_phased_process(name: str) -> None:
    process = Methods(None).process("phased")
    assert any(name in stage.documents for stage in process.stages)


def test_a_document_shows_the_criteria_of_the_stages_that_name_it(workspace: Workspace) -> None:
    page = form(workspace, "bid-review", "full", "en", "md")
    (stage,) = (
        s for s in Methods(None).process("phased").stages if "bid-review" in s.documents and s.outcome == "open"
    )
    for criterion in stage.exit:
        assert pick(criterion.label, "en") in page
    assert "read by two, 2026-06-10" in page
    assert "\\[x\\] Bid checked: technically sound" in page


def test_a_way_out_is_shown_where_nothing_else_names_the_document(workspace: Workspace) -> None:
    assert "NOBID No bid · 2 of 2 met" in form(workspace, "no-bid", "full", "en", "md")
    assert "LOST" not in form(workspace, "bid-review", "full", "en", "md")


def test_a_process_that_does_not_know_a_document_shows_no_criteria(workspace: Workspace) -> None:
    path = workspace.root / "accounts/bohai/opportunities/dealer.yaml"
    path.write_text("name: North plant\nstage: Q\nprocess: losqaop\n", "utf-8")
    assert text("form-process-criteria", "en") not in form(workspace, "initiation", "dealer", "en", "md")


# --- well-formed, safe, useful on paper


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
@pytest.mark.parametrize("record", ["full", "empty", "hostile", "long"])
def test_html_is_well_formed_and_self_contained(workspace: Workspace, name: str, lang: str, record: str) -> None:
    page = form(workspace, name, record, lang, "html")
    outline = check_page(page, lang)
    assert "a" not in outline.attributes
    assert text(f"form-{name}", lang) in outline.text


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
def test_hostile_text_stands_in_html_as_it_was_typed(workspace: Workspace, name: str, lang: str) -> None:
    shown = Outline(form(workspace, name, "hostile", lang, "html")).text
    for words in HOSTILE:
        assert words in shown
    assert LONG in Outline(form(workspace, name, "long", lang, "html")).text


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
@pytest.mark.parametrize("record", ["full", "hostile", "long"])
def test_nothing_typed_turns_into_markdown(workspace: Workspace, name: str, lang: str, record: str) -> None:
    expected = blocks(form(workspace, name, "full", lang, "md"))
    page = form(workspace, name, record, lang, "md")
    assert blocks(page) == expected
    html = markdown_html(page)
    assert not re.search("<script|<a |<img", html)
    if record == "hostile":
        assert "{{ 7*7 }}" in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=60))
def test_whatever_is_typed_comes_out_as_text(workspace: Workspace, words: str) -> None:
    words = " ".join(words.split())
    if not words:
        return
    path = workspace.root / "accounts/bohai/presentations/any.yaml"
    path.write_text(filled_with(PLAN, Presentation, words), "utf-8")
    page = form(workspace, "presentation", "any", "en", "html")
    assert words in Outline(page).text
    assert (
        Outline(page).attributes.keys()
        <= Outline(form(workspace, "presentation", "full", "en", "html")).attributes.keys()
    )
    assert blocks(form(workspace, "presentation", "any", "en", "md")) == blocks(
        form(workspace, "presentation", "full", "en", "md")
    )


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
@pytest.mark.parametrize("record", ["full", "empty", "hostile"])
def test_markdown_is_tidy(workspace: Workspace, name: str, lang: str, record: str) -> None:
    page = form(workspace, name, record, lang, "md")
    assert not re.search(r"[ \t]+$", page, re.MULTILINE)
    assert "\n\n\n" not in page
    assert page.startswith("# ")
    assert page.endswith("\n")
    assert not page.endswith("\n\n")
    assert text(f"form-{name}", lang) in page.splitlines()[0]


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
def test_an_empty_form_has_room_to_write(workspace: Workspace, name: str, lang: str) -> None:
    page = Outline(form(workspace, name, "empty", lang, "html"))
    assert text("form-blank", lang) in page.text
    assert min(page.rows) >= 1
    markdown = form(workspace, name, "empty", lang, "md")
    for block in re.split(r"^##+ ", markdown, flags=re.MULTILINE)[1:]:
        title = block.splitlines()[0]
        known = (text("form-verdicts", lang), text("form-process-criteria", lang), text("form-gate", lang), "·")
        assert "____" in block or any(words in title for words in known) or block.count("\n") <= 2, title


@pytest.mark.parametrize("name", PAPERS)
def test_people_sign_below_with_the_names_that_are_known(workspace: Workspace, name: str) -> None:
    page = form(workspace, name, "full", "en", "md")
    table = page.rsplit("## ", 1)[1]
    assert table.count("| ________ | ________ |") >= 2
    assert "李娜" in table
    assert "王强" in table


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
def test_markdown_is_as_agreed(workspace: Workspace, golden: Callable[[str, str], None], name: str, lang: str) -> None:
    examples = Workspace.open(EXAMPLES)
    records = {
        "presentation": "harbour-brewing/2026-07-08-group-review",
        "initiation": "yanbei-zone/north-plant",
        "bid-review": "yanbei-zone/north-plant",
        "handover": "yanbei-zone/start-main",
        "stage-report": "yanbei-zone/start-main",
        "no-bid": "yanbei-zone/fire-pumps",
    }
    entry = FORMS[name]
    view = entry.view(examples, records[name], lang, DAY)
    golden(f"{name}.{lang}.md", render(f"{name}.md.j2", {entry.name: view}, lang, None))
    golden(f"{name}-empty.{lang}.md", form(workspace, name, "empty", lang, "md"))


# --- helpers


def fields_of(model: type, prefix: str = "") -> Iterator[str]:
    """Yield the fields of a model that hold values, nested ones dotted, without places in lists."""
    for name in walk.keys_at(model, ()):
        if name == "external":
            continue
        here: Any = walk.type_at(model, (name,))
        inner = walk.type_at(model, (name, 0)) if walk.is_list(here) else here
        if isinstance(inner, type) and walk.keys_at(inner, ()):
            yield from fields_of(inner, f"{prefix}{name}.")
        else:
            yield prefix + name


def printed(value: str) -> str:
    """Return a value as forms print it: amounts with commas, everything else as it was typed."""
    amount = re.fullmatch(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})", value)
    return f"{Decimal(amount[1]):,f} {amount[2]}" if amount else value


def leaves(data: Any, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield dotted fields with their values; places in lists are left out."""
    found: dict[str, list[str]] = {}
    for field, value in _values(data, prefix):
        found.setdefault(field, []).append(value)
    yield from found.items()


def _values(data: Any, prefix: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _values(value, f"{prefix}.{key}".lstrip("."))
    elif isinstance(data, list):
        for value in data:
            yield from _values(value, prefix)
    else:
        yield prefix, data


FREE = {
    "name", "purpose", "agenda", "business", "political", "theirs", "ours", "problem", "compelling_event", "if_not",
    "payoff", "customer_vision", "elements", "before", "after", "financial", "downstream", "upstream",
    "customers_definition", "action", "resources", "role", "needs", "event", "payback", "result", "measure",
    "number", "products", "strategy_notes", "strengths", "weaknesses", "formal_notes", "what", "category", "remedy",
    "evidence", "reasons", "fatal_factor", "strategy", "division", "partner_lead", "summary", "plan", "risks",
    "change", "lessons", "lesson",
}  # fmt: skip
"""Fields that hold free text; `result` of a bid and `strategy` of a rival do not."""


def filled_with(typed: str, model: type, words: str) -> str:
    """Return a file with the same words in every field that holds free text."""
    from kamctl.edit import block_lines

    kept = {("bid", "result"), ("competitors", "haiyue", "strategy")}

    def filled(data: Any, keys: tuple[str, ...]) -> Any:
        if isinstance(data, dict):
            return {key: filled(value, (*keys, key)) for key, value in data.items()}
        if isinstance(data, list):
            return [filled(value, keys) for value in data]
        return words if keys[-1] in FREE and keys not in kept else data

    return "\n".join(block_lines(filled(source.read(typed), ()), 0)) + "\n"
