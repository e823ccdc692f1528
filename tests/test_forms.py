"""The printed forms of a call: complete, well-formed, safe, and useful before anything is filled in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from kamctl.forms.call import call_view
from kamctl.labels import LANGUAGES, text
from kamctl.render.document import render
from kamctl.workspace import Workspace
from pages import HOSTILE, LONG, Outline, blocks, check_page, contrast, markdown_html, quoted

FORMS = ("call-plan", "popsa", "call-summary")
EVERY_FORM = [(form, lang) for form in FORMS for lang in LANGUAGES]
FULL = """\
date: 2026-06-17
time: "14:00"
by: li-na
contact: zhang-wei
opportunity: line-3
location: 客户总部12楼
duration: 60m
attendees:
  customer: [{contact: zhang-wei, role: 决策}, {name: 小蒋, title: 采购专员}]
  ours: [{member: li-na, role: 主谈}, {member: wang-qiang, role: 责任承诺}]
plan:
  purpose: |
    澄清会前要知道王莉的真实态度
    # 先问张伟, 再问刘洋
  objectives:
    - {objective: 同意转交价格构成表, measure: 当场答应, due: 2026-06-17, met: true}
    - {objective: 定下会面时间, measure: 有日期, due: 2026-06-24, met: false}
    - {objective: 拿到会议名单}
  premise: 招标范围已定
  strategy: 李娜先确认议程, 王强讲责任分担
  anticipate: [{question: 为什么选你们, answer: 停水和赔付少二百六十万, by: wang-qiang}]
  opening: 上次您提到换供应商的责任
  agenda: [澄清会议程, 责任分担方案]
  questions: [{need: 政治立场, why: 态度不明, ask: 最近在哪些会上谈到三号线, criterion: political_alignment}]
  value: [{issue: 审计风险, how: 书面方案, business: 尾款留质保, personal: 平稳退休}]
  obstacles: 孙浩偏向东岭
  resources: 价格构成表 | 交期承诺书
"""
OUTCOME = """\
outcome:
  recorded_at: 2026-06-17T18:05
  events: 张伟说资金要问财务
  customer_view: 三家以上可比
  needs_found: [{need: 不停水施工, confirmed: true}]
  objections: [{objection: 价格高, handled: false, how: 没有准备案例}]
  materials: [测算样表]
  commitments: [{by: zhang-wei, what: 提供中标公示, due: 2026-06-27, done: 2026-06-26}]
  supporter_view: 刘洋说可以
  manager_view: 继续
  next: {date: 2026-07-02, purpose: 向管理层汇报}
"""

# words of the call above, as they stand on the forms
SHOWN_ON_ALL = "渤海水务集团 2026-06-17 张伟 采购总监 三号线管道改造 李娜 王强 同意转交价格构成表 "
SHOWN_ON = {
    "call-plan": "14:00 5550 客户总部12楼 先问张伟 小蒋 责任分担方案 换供应商的责任 在哪些会上 平稳退休 偏向东岭",
    "popsa": "+86 bohai.example 招标范围已定 王强讲责任分担 二百六十万 中标公示",
    "call-summary": "18:05 资金要问财务 三家以上 不停水施工 没有准备案例 测算样表 2026-06-26 刘洋说 2026-07-02 管理层",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small workspace with a full, a planned, an empty and a hostile call."""
    root = tmp_path_factory.mktemp("forms")
    hostile = "\n".join(HOSTILE)
    files = {
        "kamctl.yaml": "format: 1\nlanguage: zh-Hans\ncurrency: CNY\nprocess: losqaop\nscorecard: tas20\n",
        "team.yaml": "members:\n  li-na: {name: 李娜, role: salesperson, manager: wang-qiang}\n"
        "  wang-qiang: {name: 王强, role: manager}\n",
        "accounts/bohai/account.yaml": "name: 渤海水务集团\nowner: li-na\ngrade: A\n",
        "accounts/bohai/contacts/zhang-wei.yaml": "name: 张伟\ntitle: 采购总监\ndepartment: 采购部\n"
        'phone: "+86 411 5550 0111"\nemail: zhang.wei@bohai.example\nassistant: {name: 小蒋, phone: "5550 0112"}\n',
        "accounts/bohai/opportunities/line-3.yaml": "name: 三号线管道改造\nowner: li-na\nstage: Q\n"
        "amount: 4800000 CNY\nclose_date: 2026-09-30\nimportance: care\n",
        "accounts/bohai/calls/full.yaml": FULL + OUTCOME,
        "accounts/bohai/calls/planned.yaml": FULL,
        "accounts/bohai/calls/empty.yaml": 'date: 2026-06-17\nby: li-na\nplan: {agenda: [""]}\n',
        "accounts/bohai/calls/hostile.yaml": _filled_with(hostile),
        "accounts/bohai/calls/long.yaml": _filled_with(LONG),
        "accounts/bohai/contacts/hostile.yaml": "".join(f"{k}: {quoted(hostile)}\n" for k in ("name", "title", "phone"))
        + f"email: {quoted('javascript:alert(1)@x')}\n",
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return Workspace.open(root)


def form(workspace: Workspace, name: str, call: str, lang: str, kind: str) -> str:
    return render(f"{name}.{kind}.j2", {"call": call_view(workspace, f"bohai/{call}", lang)}, lang, None)


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
@pytest.mark.parametrize("call", ["full", "planned", "empty", "hostile", "long"])
def test_html_is_well_formed_and_self_contained(workspace: Workspace, name: str, lang: str, call: str) -> None:
    page = form(workspace, name, call, lang, "html")
    check_page(page, lang)


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
def test_hostile_text_stands_in_html_as_it_was_typed(workspace: Workspace, name: str, lang: str) -> None:
    shown = Outline(form(workspace, name, "hostile", lang, "html")).text
    for words in HOSTILE:
        assert words in shown
    assert LONG in Outline(form(workspace, name, "long", lang, "html")).text


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
@pytest.mark.parametrize("call", ["full", "hostile", "long"])
def test_nothing_typed_turns_into_markdown(workspace: Workspace, name: str, lang: str, call: str) -> None:
    expected = blocks(form(workspace, name, "full", lang, "md"))
    page = form(workspace, name, call, lang, "md")
    assert blocks(page) == expected
    html = markdown_html(page)
    assert "<script" not in html
    assert "<a " not in html
    assert "<img" not in html
    if call == "hostile":
        assert "{{ 7*7 }}" in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    if call == "long":
        assert LONG in html


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
@pytest.mark.parametrize("call", ["full", "planned", "empty", "hostile"])
def test_markdown_is_tidy(workspace: Workspace, name: str, lang: str, call: str) -> None:
    page = form(workspace, name, call, lang, "md")
    assert not re.search(r"[ \t]+$", page, re.MULTILINE)
    assert "\n\n\n" not in page
    assert page.startswith("# ")
    assert page.endswith("\n")
    assert not page.endswith("\n\n")
    assert text(f"form-{name}", lang) in page.splitlines()[0]


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
def test_an_empty_call_prints_room_to_write(workspace: Workspace, name: str, lang: str) -> None:
    page = Outline(form(workspace, name, "empty", lang, "html"))
    classes = [row.get("class", "").split() for rows in page.attributes.values() for row in rows]
    assert sum("room" in names for names in classes) >= 20
    assert len(page.rows) >= 3
    assert min(page.rows) >= 2
    assert text("form-blank", lang) in page.text
    markdown = form(workspace, name, "empty", lang, "md")
    headings = [block for block in re.split(r"^##+ ", markdown, flags=re.MULTILINE)[1:] if block.count("\n") > 2]
    assert headings
    assert all("________" in block for block in headings)


@pytest.mark.parametrize(("name", "lang"), EVERY_FORM)
@pytest.mark.parametrize("kind", ["html", "md"])
def test_a_filled_call_shows_what_was_typed(workspace: Workspace, name: str, lang: str, kind: str) -> None:
    page = form(workspace, name, "full", lang, kind)
    for words in (SHOWN_ON_ALL + SHOWN_ON[name]).split():
        assert words in page
    assert text("met-yes", lang) in page
    assert text("met-no", lang) in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_call_plan_markdown_is_as_agreed(workspace: Workspace, golden: Callable[[str, str], None], lang: str) -> None:
    golden(f"call-plan.{lang}.md", form(workspace, "call-plan", "planned", lang, "md"))
    golden(f"call-plan-empty.{lang}.md", form(workspace, "call-plan", "empty", lang, "md"))


def test_text_can_be_read_on_light_and_dark_paper(workspace: Workspace) -> None:
    page = form(workspace, "call-plan", "empty", "en", "html")
    schemes = [dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", page, re.DOTALL)]
    schemes = [scheme for scheme in schemes if scheme]
    assert len(schemes) == 2
    for scheme in schemes:
        for role in ("ink", "soft", "accent"):
            assert contrast(scheme[role], scheme["page"]) >= 4.5
        assert contrast(scheme["write"], scheme["page"]) >= 3


def _filled_with(words: str) -> str:
    """Return a call file with the same words in every field that holds text."""
    w = quoted(words)
    return f"""\
date: 2026-06-17
by: li-na
contact: hostile
location: {w}
attendees: {{customer: [{{name: {w}, title: {w}, role: {w}}}], ours: [{{member: li-na, role: {w}}}]}}
plan:
  purpose: {w}
  objectives: [{{objective: {w}, measure: {w}, met: true}}, {{objective: {w}}}]
  premise: {w}
  strategy: {w}
  anticipate: [{{question: {w}, answer: {w}}}]
  opening: {w}
  agenda: [{w}, {", ".join(quoted(words) for words in HOSTILE)}]
  questions: [{{need: {w}, why: {w}, ask: {w}}}]
  value: [{{issue: {w}, how: {w}, business: {w}, personal: {w}}}]
  obstacles: {w}
  resources: {w}
outcome:
  events: {w}
  customer_view: {w}
  needs_found: [{{need: {w}}}]
  objections: [{{objection: {w}, how: {w}}}]
  materials: [{w}]
  commitments: [{{by: li-na, what: {w}}}]
  supporter_view: {w}
  manager_view: {w}
  next: {{purpose: {w}}}
"""
