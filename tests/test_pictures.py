"""Pictures as SVG: agreed bytes, well-formed, readable without colour and in the dark, and nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamctl.forms.pictures import Bar, Bars, Funnel, FunnelStep, HeatMap, Timeline, heat_map, timeline
from kamctl.forms.politics import political_map
from kamctl.labels import LANGUAGES, text
from kamctl.methods import Methods
from kamctl.render.document import render
from kamctl.render.pictures import PICTURE_FILTERS
from kamctl.render.svg import PICTURES
from kamctl.render.svg.style import CARD, PAGE, RULES
from kamctl.render.svg.writer import element, fit, measure
from kamctl.rows.deals import MarkRow, OpportunityRow
from kamctl.scoring.scorecard import score
from kamctl.workspace import Workspace

EXAMPLES = Path(__file__).parents[1] / "examples"
DAY = date(2026, 6, 15)
SHIPPED = Methods(None)
NOTHING = OpportunityRow(*[None] * len(OpportunityRow._fields))  # type: ignore[arg-type]
FUNNEL = Funnel(
    "Pipeline funnel",
    "North China",
    (
        FunnelStep("Lead", 41, "38.2 M", ""),
        FunnelStep("Qualified opportunity", 23, "31.0 M", "56 % (23 of 41)"),
        FunnelStep("Signed agreement", 0, "", "0 % (0 of 23)"),
    ),
    "as of 2026-06-15 · CNY · n = 41",
)
BARS = Bars(
    "What moved the pipeline",
    "June 2026",
    (
        Bar("Open on 1 June", 0, 38.2, "38.2 M", "="),
        Bar("New", 38.2, 45, "+6.8 M", "+"),
        Bar("Lost", 45, 33, "-12.0 M", "-"),
        Bar("Below zero", 0, -3, "-3.0 M"),
    ),
    "CNY",
)


def on_line_3(lang: str) -> dict[str, Any]:
    """Return all views of the examples' largest deal."""
    workspace = Workspace.open(EXAMPLES)
    facts = workspace.load(account="bohai-water").facts
    deal = next(row for row in facts.opportunities if row.id == "bohai-water/line-3")
    process, card = workspace.methods.process("losqaop"), workspace.methods.scorecard("tas20")
    rivals = {row.id: row.name for row in facts.competitors if row.opportunity == deal.id}
    marks = [row for row in facts.marks if row.opportunity == deal.id]
    result = score(card, marks, list(rivals), DAY, workspace.settings.fresh_for)
    return {
        "political_map": political_map(facts, workspace.methods.relationship, "bohai-water", deal.id, lang, DAY),
        "heat_map": heat_map(result, {"us": text("us", lang), **rivals}, deal.name, lang),
        "timeline": timeline(deal, process, DAY, lang),
        "funnel_chart": FUNNEL,
        "bar_chart": BARS,
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pictures_of_the_examples_are_as_agreed(lang: str, golden: Callable[[str, str], None]) -> None:
    views = on_line_3(lang)
    golden(f"heat-line-3.{lang}.svg", PICTURES["heat_map"](views["heat_map"]))
    golden(f"timeline-line-3.{lang}.svg", PICTURES["timeline"](views["timeline"]))


def test_funnel_and_bars_are_as_agreed(golden: Callable[[str, str], None]) -> None:
    golden("funnel.svg", PICTURES["funnel_chart"](FUNNEL))
    golden("bars.svg", PICTURES["bar_chart"](BARS))


@pytest.mark.parametrize("head", [True, False])
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_one_well_formed_element_a_line_without_anything_from_outside(name: str, head: bool) -> None:
    view = on_line_3("zh-Hant")[name]
    svg = PICTURES[name](view, head=head)
    assert svg == PICTURES[name](on_line_3("zh-Hant")[name], head=head), "the same view gives the same bytes"
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root[0].tag.endswith("title")
    assert root[0].text == root.get("aria-label")
    assert root[1].tag.endswith("desc")
    assert root[1].text
    drawn = svg.partition("</style>")[2]
    assert all(line.count("<") <= 2 for line in drawn.splitlines())
    assert not re.search(r"(https?:|//|url\(|@import|<script|<image|<use|<foreignObject| on\w+=| id=)", svg[45:])
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert (view.subject in drawn) is head


def test_a_template_can_draw_every_picture_and_draw_it_twice(tmp_path: Path) -> None:
    body = "".join(f"{{{{ {name} | {name} }}}}\n" * 2 for name in PICTURES)
    (tmp_path / "own.html.j2").write_text(body)
    page = render("own.html.j2", on_line_3("en"), "en", tmp_path)
    assert page.count("<svg") == page.count("</svg>") == 2 * len(PICTURES)
    assert "&lt;svg" not in page
    (tmp_path / "own.md.j2").write_text("{{ political_map | map_tree }}\n")
    tree = render("own.md.j2", on_line_3("en"), "en", tmp_path)
    assert "├─ = 赵明远" in tree
    assert tree.startswith("```\n")
    assert tree.endswith("\n```\n")
    assert set(PICTURE_FILTERS) == {*PICTURES, "map_tree"}


# --- heat map and timeline: what they say


def mark(day: str, criterion: str, sign: str, party: str = "us") -> MarkRow:
    return MarkRow("acme/plant", 0, date.fromisoformat(day), "li", criterion, party, sign, "", "")


def heat(*marks: MarkRow) -> HeatMap:
    card = SHIPPED.scorecard("tas20")
    fresh = Workspace.open(EXAMPLES).settings.fresh_for
    return heat_map(score(card, marks, ["oak"], DAY, fresh), {"us": "us", "oak": "Oak"}, "Plant", "en")


def test_a_heat_map_points_out_changes_and_marks_that_are_too_old() -> None:
    first = SHIPPED.scorecard("tas20").criteria()[0].id
    view = heat(mark("2026-01-01", first, "?"), mark("2026-02-01", first, "-"), mark("2026-03-01", first, "+", "oak"))
    [_, middle, last] = view.questions[0].rows[0].cells
    assert [(cell.mark, cell.changed, cell.stale) for cell in middle] == [("-", True, False), ("?", False, False)]
    assert [(cell.mark, cell.changed, cell.stale) for cell in last] == [("-", False, True), ("+", True, True)]
    assert view.totals[0] == "-100, 1 of 20 known"


def test_a_heat_map_without_assessments_is_all_unknown_and_says_so() -> None:
    svg = PICTURES["heat_map"](heat())
    assert "No assessment yet" in svg
    assert svg.count(">?<") == 40 + 1
    assert ">OPEN<" not in svg


def test_a_heat_map_shows_the_newest_assessments_and_counts_the_others() -> None:
    first = SHIPPED.scorecard("tas20").criteria()[0].id
    view = heat(*(mark(f"2026-0{month}-01", first, "+") for month in range(1, 7)), mark("2025-12-01", first, "?"))
    assert (len(view.dates), view.earlier) == (6, 1)
    assert view.dates[0] == date(2026, 1, 1)
    assert "1 earlier assessment not shown" in PICTURES["heat_map"](view)


def way(stages: str, **known: Any) -> Timeline:
    """Return the timeline of a deal in the shipped process; stages are written `2026-01-01 L, 2026-02-01 Q`."""
    events = tuple((date.fromisoformat(item.split()[0]), item.split()[1]) for item in stages.split(",") if item.strip())
    deal = NOTHING._replace(id="acme/plant", name="Plant", stages=events, **known)
    return timeline(deal, SHIPPED.process("losqaop"), DAY, "en")


def test_a_timeline_counts_the_days_at_every_stage() -> None:
    view = way("2026-01-01 L, 2026-02-01 S, 2026-03-01 L, 2026-03-11 S, 2026-07-01 Q", stage="Q")
    assert {stage.code: (stage.state, stage.days) for stage in view.stages[:4]} == {
        "L": ("past", 41),
        "O": ("skipped", 0),
        "S": ("present", 124),
        "Q": ("ahead", 0),
    }
    assert [item.stage for item in view.milestones if item.kind == "gate"] == ["S", "L", "S"]


def test_a_way_out_is_a_row_only_for_a_deal_that_took_it() -> None:
    process = SHIPPED.process("losqaop")
    out = process.lost_stages()[0].code
    assert out not in [stage.code for stage in way("2026-01-01 L", stage="L").stages]
    lost = way(f"2026-01-01 L, 2026-02-01 {out}", stage=out, close_date=date(2026, 9, 1))
    assert (lost.stages[-1].code, lost.stages[-1].state, lost.ended) == (out, "present", True)
    assert [item.kind for item in lost.milestones] == ["gate"], "nothing is expected of a deal that has ended"


def test_an_expected_signature_that_is_past_is_drawn_as_late() -> None:
    assert "kam-late" in PICTURES["timeline"](way("2026-01-01 L", stage="L", close_date=date(2026, 6, 1)))
    assert "kam-late" not in PICTURES["timeline"](way("2026-01-01 L", stage="L", close_date=date(2026, 7, 1)))


def test_a_deal_without_a_history_has_stood_where_it_is() -> None:
    view = way("", stage="S", created=date(2026, 6, 5))
    assert [(stage.code, stage.days) for stage in view.stages if stage.spans] == [("S", 10)]


def test_a_stage_that_the_process_does_not_know_is_shown_as_it_is_written() -> None:
    view = way("2026-01-01 L, 2026-02-01 ZZ", stage="ZZ")
    assert (view.stages[-1].code, view.stages[-1].state) == ("ZZ", "present")
    assert ">ZZ<" in PICTURES["timeline"](view)


def test_a_deal_that_is_only_ahead_has_a_timeline_too() -> None:
    view = way("2026-08-01 L", stage="L", tender_date=date(2030, 1, 1))
    assert not [stage for stage in view.stages if stage.spans]
    ElementTree.fromstring(PICTURES["timeline"](view))


@given(st.lists(st.tuples(st.dates(date(2015, 1, 1), date(2030, 1, 1)), st.sampled_from("LOSQA")), max_size=8))
@settings(max_examples=60)
def test_the_days_at_stages_add_up_to_the_life_of_the_deal(events: list[tuple[date, str]]) -> None:
    written = ", ".join(f"{day} {code}" for day, code in sorted(events))
    view = way(written, stage=sorted(events)[-1][1] if events else "L", created=min(events)[0] if events else DAY)
    past = [day for day, _ in events if day <= DAY]
    assert sum(stage.days for stage in view.stages) == ((DAY - min(past)).days if past else 0)
    ElementTree.fromstring(PICTURES["timeline"](view))


# --- funnel and bars


def test_a_funnel_draws_counts_true_to_scale() -> None:
    steps = (FunnelStep("a", 10), FunnelStep("b", 5), FunnelStep("c", 0))
    svg = ElementTree.fromstring(PICTURES["funnel_chart"](Funnel("F", "", steps)))
    widths = [float(e.get("width", 0)) for e in svg.iter() if e.get("class") == "kam-tint-good"]
    assert widths[0] == 2 * widths[1]
    assert widths[2] < 10
    ElementTree.fromstring(PICTURES["funnel_chart"](Funnel("F", "", ())))


def test_bars_stand_where_they_begin_and_end() -> None:
    svg = ElementTree.fromstring(PICTURES["bar_chart"](BARS))
    bars = [e for e in svg.iter() if e.get("height") == "18"]
    edges = [(float(e.get("x", 0)), float(e.get("x", 0)) + float(e.get("width", 0))) for e in bars]
    assert edges[0][1] == pytest.approx(edges[1][0], abs=0.02)
    assert edges[1][1] == pytest.approx(edges[2][1], abs=0.02)
    assert edges[3][1] == pytest.approx(edges[0][0], abs=0.02)
    ElementTree.fromstring(PICTURES["bar_chart"](Bars("B", "", (Bar("none", 0, 0, "0"),))))


# --- text

HOSTILE = st.one_of(
    st.sampled_from(["</text><script>", "]]>", "&amp;", '"', "\u202e", "\x00", "\ud800", "字" * 10_000, "👩‍👩‍👧"]),
    st.text(max_size=60),
)


@given(HOSTILE, HOSTILE)
@settings(max_examples=80)
def test_hostile_text_stays_text_in_every_picture(first: str, second: str) -> None:
    bars = Bars(first, second, (Bar(first, 0, 1, second, "+"),), first)
    funnel = Funnel(second, first, (FunnelStep(first, 1, second, first), FunnelStep(second, 2)), second)
    line = way("2026-01-01 L", stage="L")
    for name, view in (("bar_chart", bars), ("funnel_chart", funnel), ("timeline", line)):
        root = ElementTree.fromstring(PICTURES[name](view))
        tags = {item.tag.rpartition("}")[2] for item in root.iter()}
        assert tags <= {"svg", "title", "desc", "style", "rect", "g", "path", "circle", "polygon", "text"}


@given(st.text(max_size=80), st.floats(8, 30), st.floats(0, 400))
def test_a_text_is_cut_to_its_room(words: str, size: float, room: float) -> None:
    cut = fit(words, size, room)
    assert measure(cut, size) <= room + size
    if measure(words, size) <= room:
        assert cut == fit(words, size, 1e9)
    else:
        assert cut == "" or cut.endswith("…")


def test_chinese_takes_twice_the_room_of_latin() -> None:
    assert measure("采购部", 12) == 36
    assert 36 * 0.4 < measure("abc", 12) * 1 < 36


def test_an_element_says_what_it_is_given() -> None:
    assert element("text", "a<b", x=1.50, class_="k", text_anchor=None) == '<text x="1.5" class="k">a&lt;b</text>'
    assert element("rect", width=0.0, height=-0.001) == '<rect width="0" height="0"/>'


# --- colours


def colours(name: str) -> Iterator[tuple[str, int]]:
    rule = next(rule for rule in RULES if rule.name == name)
    for mode, words in enumerate((rule.light, rule.dark)):
        found = re.search(r"fill:(#\w+)", words)
        assert found
        yield found[1], mode


@pytest.mark.parametrize("name", ["h", "kind", "t", "s", "n", "b", "good-t", "bad-t", "accent-t", "mark", "plain-sign"])
def test_text_has_contrast_enough_in_light_and_dark(name: str) -> None:
    for colour, mode in colours(name):
        assert contrast(colour, PAGE[mode]) >= 4.5
        assert contrast(colour, CARD[mode]) >= 4.5


@pytest.mark.parametrize(("sign", "ground"), [("good-sign", "good"), ("bad-sign", "bad"), ("chip-key-t", "chip-key")])
def test_signs_have_contrast_enough_on_their_ground(sign: str, ground: str) -> None:
    for (ink, _), (paper, _) in zip(colours(sign), colours(ground), strict=True):
        assert contrast(ink, paper) >= 4.5


def contrast(a: str, b: str) -> float:
    """Return the contrast of two colours by WCAG 2, from 1 to 21."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
