"""The political map: who reports to whom, who influences whom, and how it is drawn."""

from __future__ import annotations

import itertools
import random
import re
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamctl import cli
from kamctl.facts import AccountRow, BuyingRoleRow, Facts, OpportunityRow, PersonRow
from kamctl.forms.pictures import Bar, Bars, Funnel, FunnelStep, HeatMap, Timeline, heat_map, timeline
from kamctl.forms.politics import PoliticalMap, political_map
from kamctl.methods import Methods
from kamctl.render import document, politics
from kamctl.render.svg import bars, routing, scorecard
from kamctl.render.svg import politics as picture
from kamctl.render.svg import timeline as line_picture
from kamctl.render.svg.tree import ACROSS, DOWN, Box, lay_out
from kamctl.scoring.scorecard import score
from kamctl.workspace import Workspace

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
TODAY = date(2026, 6, 15)
METHOD = Methods(None).relationship
HOSTILE = "<script>alert(1)</script>]]>&\"'{{ 7*7 }}\u202e\u0000 😀 `x` |"


def person(stem: str, name: str = "", boss: str = "", department: str = "") -> PersonRow:
    return PersonRow(f"a/{stem}", "a", name or stem, "采购总监", department, f"a/{boss}" if boss else "", "", "")


def role(stem: str, **says: Any) -> BuyingRoleRow:
    given = {
        "roles": (), "orientation": "", "adaptability": "", "coverage": "", "influence": "", "influences": (),
        "behaviours": (), "opposes": "", "covered_by": "",
    } | says  # fmt: skip
    return BuyingRoleRow("a/deal", f"a/{stem}", **given)


def facts_of(people: list[PersonRow], roles: list[BuyingRoleRow]) -> Facts:
    facts = Facts()
    facts.accounts["a"] = AccountRow("a", "渤海水务", "A", "", "li-na", "", "", "", "", "", "", frozenset())
    facts.people = {row.id: row for row in people}
    blank: dict[str, Any] = dict.fromkeys(OpportunityRow._fields, "")
    blank |= dict.fromkeys(("products", "dated", "stages", "assessed", "actions"), ())
    dates = ("close_date", "tender_date", "purchase_date", "stage_since", "lost_on", "amount", "probability")
    blank |= dict.fromkeys(dates) | {
        "id": "a/deal",
        "account": "a",
        "name": "三号线",
        "created": date(2026, 1, 1),
        "filled": frozenset(),
    }
    facts.opportunities = [OpportunityRow(**blank)]
    facts.buying_roles = roles
    return facts


def drawn(people: list[PersonRow], roles: list[BuyingRoleRow], deal: str = "", lang: str = "en") -> PoliticalMap:
    return political_map(facts_of(people, roles), METHOD, "a", deal, lang, TODAY)


def show(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.run(["-C", str(EXAMPLES), "--as-of", "2026-06-15", *arguments]) == 0
    return capsys.readouterr().out


# --- who stands on a map


def test_a_deal_s_map_has_its_team_and_everybody_above_it() -> None:
    people = [person("ceo"), person("head", boss="ceo"), person("zhang", boss="head"), person("other", boss="ceo")]
    view = drawn(people, [role("zhang", roles=("D",))], deal="a/deal")
    assert [(item.stem, item.on_team) for item in view.people] == [("ceo", False), ("head", False), ("zhang", True)]


def test_an_account_s_map_has_all_its_people() -> None:
    people = [person("ceo"), person("zhang", boss="ceo"), person("alone")]
    assert {item.stem for item in drawn(people, []).people} == {"ceo", "zhang", "alone"}


def test_a_circle_of_bosses_is_opened_and_said() -> None:
    view = drawn([person("li", boss="wang"), person("wang", boss="li"), person("zhao", boss="wang")], [])
    assert len(view.circles) == 1
    assert "report to each other in a circle" in view.notes[0]
    ElementTree.fromstring(picture.draw(view))


def test_two_people_of_one_name_are_told_apart() -> None:
    view = drawn([person("zhang-wei", "张伟"), person("zhang-wei-2", "张伟")], [])
    assert [item.shown for item in view.people] == ["张伟 (zhang-wei)", "张伟 (zhang-wei-2)"]


def test_a_person_without_a_file_stands_under_the_id() -> None:
    [found] = drawn([], [role("ghost", roles=("A",))], deal="a/deal").people
    assert (found.shown, found.note) == ("ghost", "no file")


def test_departments_of_a_large_map_are_folded_but_nobody_is_lost() -> None:
    people = [person("ceo"), *(person(f"p{n}", boss="ceo", department=f"dept {n % 3}") for n in range(60))]
    view = drawn(people, [role("p7", roles=("D",))])
    assert len(view.people) < 30
    assert "p7" in {item.stem for item in view.people}
    assert len(view.people) + sum(len(fold.people) for fold in view.folds) == 61
    assert "folded" in view.notes[-1]


def test_who_reports_to_a_folded_person_hangs_below_the_next_in_sight() -> None:
    people = [
        person("ceo"),
        *(person(f"p{n}", boss="ceo" if n < 4 else f"p{n % 4}", department=f"d{n % 7}") for n in range(80)),
    ]
    view = drawn(people, [])
    ids = {item.id for item in view.people} | {fold.id for fold in view.folds}
    assert set(view.bosses) == ids
    assert set(view.bosses.values()) - {""} <= ids
    ElementTree.fromstring(picture.draw(view))


# --- lines


trees = st.lists(st.integers(0, 1000), min_size=1, max_size=60)
pairs = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), max_size=25)


@given(trees, pairs)
def test_no_line_of_influence_runs_through_a_box(bosses: list[int], ends: list[tuple[int, int]]) -> None:
    names = [f"n{number}" for number in range(len(bosses))]
    children: dict[str, list[str]] = {}
    for number, boss in enumerate(bosses):
        above = names[boss % number] if number and boss % (number + 1) else ""
        children.setdefault(above, []).append(names[number])
    boxes = lay_out(children[""], children)
    lines = [(names[a % len(names)], names[b % len(names)]) for a, b in ends]
    lines = [line for line in lines if line[0] != line[1]]
    plan = routing.route(boxes, lines)
    tops = [100.0 + row * 400 for row in range(max(box.row for box in boxes) + 1)]
    place = picture.Place(0.0, tops)
    by_id = {box.id: box for box in boxes}
    for (source, target), way in zip(lines, plan.ways, strict=True):
        points = picture.way_points(way, place, by_id[source], by_id[target])
        for first, second in itertools.pairwise(points):
            assert first[0] == second[0] or first[1] == second[1]
            assert not any(crosses(first, second, box, tops[box.row]) for box in boxes)


def crosses(first: tuple[float, float], second: tuple[float, float], box: Box, top: float) -> bool:
    """Whether a straight piece runs through the inside of a box."""
    (x1, x2), (y1, y2) = sorted((first[0], second[0])), sorted((first[1], second[1]))
    return x1 < box.x + ACROSS and x2 > box.x and y1 < top + DOWN and y2 > top


@given(trees)
def test_no_two_boxes_overlap(bosses: list[int]) -> None:
    names = [f"n{number}" for number in range(len(bosses))]
    children: dict[str, list[str]] = {}
    for number, boss in enumerate(bosses):
        children.setdefault(names[boss % number] if number else "", []).append(names[number])
    boxes = lay_out(children[""], children)
    assert sorted(box.id for box in boxes) == sorted(names)
    for before, after in itertools.pairwise(boxes):
        assert before.row != after.row or after.x >= before.x + ACROSS


# --- the picture


def crowd(count: int, seed: int = 1) -> PoliticalMap:
    rng = random.Random(seed)
    people = [person("p0"), *(person(f"p{n}", boss=f"p{rng.randrange(n)}") for n in range(1, count))]
    lines = tuple((f"a/p{rng.randrange(count)}", rng.choice(("strong", "normal"))) for _ in range(20))
    facts = facts_of(people, [role("p0", roles=("A",), influence="inner_circle", influences=lines)])
    return political_map(facts, METHOD, "a", "", "zh-Hans", TODAY, None)


def test_two_hundred_people_are_drawn_alone() -> None:
    svg = picture.draw(crowd(200))
    assert svg.count('rx="6"') == 200
    assert svg == picture.draw(crowd(200))


def test_a_picture_says_what_it_shows_and_fetches_nothing() -> None:
    svg = picture.draw(crowd(12))
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    names = {item.tag.rpartition("}")[2] for item in root}
    assert {"title", "desc"} <= names
    assert not re.search(r"(?i)https?://(?!www\.w3\.org/2000/svg)|@import|url\(|href|<script|<image", svg)


@pytest.mark.parametrize("text", [HOSTILE, "x" * 10_000, "🙂" * 50, "‮abc", "]]>"])
def test_hostile_names_stay_text(text: str) -> None:
    view = drawn([person("zhang", text, department=text)], [role("zhang", roles=("D",))], deal="a/deal")
    svg = picture.draw(view)
    assert ElementTree.fromstring(svg) is not None
    assert "<script" not in svg
    for page in (politics.tree(view), politics.dot(view), politics.mermaid(view)):
        assert "\x00" not in page
    html = document.render("map.html.j2", {"map": view}, "en", None)
    assert "<script" not in html
    assert html.count("```") == 0
    assert document.render("map.md.j2", {"map": view}, "en", None).count("```") == 2


@given(st.text(max_size=60))
def test_any_name_makes_a_well_formed_picture(name: str) -> None:
    view = drawn([person("zhang", name), person("li", boss="zhang")], [role("li", influences=(("a/zhang", "strong"),))])
    ElementTree.fromstring(picture.draw(view))
    assert politics.mermaid(view).count('"') % 2 == 0


def test_an_empty_map_says_so() -> None:
    view = drawn([], [])
    assert "nobody is on the map yet" in picture.draw(view)
    assert "nobody is on the map yet" in politics.tree(view)


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
def test_pictures_of_the_examples(lang: str, golden: Any) -> None:
    workspace = Workspace.open(EXAMPLES)
    facts = workspace.load(account="bohai-water").facts
    deal = next(row for row in facts.opportunities if row.id == "bohai-water/line-3")
    golden(f"map-{lang}.svg", picture.draw(political_map(facts, METHOD, "bohai-water", deal.id, lang, TODAY)))
    line = timeline(deal, workspace.methods.process("losqaop"), TODAY, lang)
    golden(f"timeline-{lang}.svg", line_picture.draw(line))
    golden(f"heat-map-{lang}.svg", scorecard.draw(sheet(workspace, facts, deal, lang)))


def sheet(workspace: Workspace, facts: Facts, deal: OpportunityRow, lang: str) -> HeatMap:
    rivals = [row for row in facts.competitors if row.opportunity == deal.id]
    marks = [row for row in facts.marks if row.opportunity == deal.id]
    card = workspace.methods.scorecard(workspace.settings.scorecard)
    result = score(card, marks, [row.id for row in rivals], TODAY, workspace.settings.fresh_for)
    return heat_map(result, {row.id: row.name for row in rivals}, deal.name, lang)


def test_a_deal_without_a_history_has_a_timeline() -> None:
    deal = facts_of([], []).opportunities[0]._replace(stage="Q", close_date=date(2026, 5, 1))
    line: Timeline = timeline(deal, Methods(None).process("losqaop"), TODAY, "en")
    svg = line_picture.draw(line)
    assert "kam-late" in svg
    ElementTree.fromstring(svg)


def test_a_funnel_and_a_waterfall_are_drawn_from_plain_rows() -> None:
    funnel = Funnel("Funnel", HOSTILE, (FunnelStep("L", 40, "1,200万"), FunnelStep("O", 0, "", "0 %")), "CNY, n=40")
    fall = Bars("Waterfall", "May", (Bar("start", 0, 10, "10", "="), Bar("lost", 10, -5, "-15", "-")), "CNY")
    for svg in (
        bars.draw_funnel(funnel),
        bars.draw_bars(fall),
        bars.draw_bars(Bars("", "", ())),
        bars.draw_funnel(Funnel("", "", ())),
    ):
        ElementTree.fromstring(svg)


# --- the command


def test_the_tree_lines_up_in_chinese(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    out = show(capsys, "map", "bohai-water/line-3", "--lang", "zh-Hans")
    assert "│  └─ * 刘洋  管网运营部经理 · 管网运营部  导师      E U       R     深入接触  政治结构内  李娜" in out
    assert "赵明远 → 王莉  强" in out


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        *(("svg", "<svg"), ("html", "<!DOCTYPE html>"), ("dot", "digraph map {")),
        *(("mermaid", "flowchart TD"), ("json", "{"), ("md", "# ")),
    ],
)
def test_every_format(kind: str, begins: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(capsys, "map", "bohai-water", "--format", kind).startswith(begins)


def test_the_ending_of_the_file_says_the_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(capsys, "map", "line-3", "-o", str(tmp_path / "map.svg"))
    assert (tmp_path / "map.svg").read_text("utf-8").startswith("<svg")


def test_a_name_that_is_nobody_s_gets_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-C", str(EXAMPLES), "map", "lin-3"]) == 2
    assert 'did you mean "line-3"?' in capsys.readouterr().err
