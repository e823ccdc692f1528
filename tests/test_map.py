"""The political map: who is on it, how its tree and its lines are laid out, and `kamctl map` in every format."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamctl import cli
from kamctl.facts import Facts
from kamctl.forms.folding import folded
from kamctl.forms.politics import PoliticalMap, political_map
from kamctl.labels import LANGUAGES
from kamctl.methods import Methods
from kamctl.render.graph import map_dot, map_mermaid
from kamctl.render.politics import map_tree
from kamctl.render.svg.politics import draw_map
from kamctl.render.svg.routing import Plan, route
from kamctl.render.svg.tree import ACROSS, DOWN, Box, lay_out
from kamctl.render.width import width
from kamctl.rows.accounts import AccountRow, PersonRow
from kamctl.rows.deals import BuyingRoleRow, OpportunityRow
from kamctl.workspace import Workspace
from running import Result, kamctl

EXAMPLES = Path(__file__).parents[1] / "examples"
DAY = date(2026, 6, 15)
METHOD = Methods(None).relationship
NOTHING = OpportunityRow(*[None] * len(OpportunityRow._fields))  # type: ignore[arg-type]


def office(people: str, team: Sequence[BuyingRoleRow] = (), created: Mapping[str, date] | None = None) -> Facts:
    """Return facts of one account, ACME, with people given a line each: `id, name, title, department, boss`."""
    facts = Facts()
    facts.accounts["acme"] = AccountRow("acme", "ACME", "", "", "", "", "", "", "", "", "", frozenset())
    for line in people.strip().splitlines():
        name, shown, title, department, boss = (part.strip() for part in line.split(","))
        above = f"acme/{boss}" if boss else ""
        facts.people[f"acme/{name}"] = PersonRow(f"acme/{name}", "acme", shown, title, department, above, "", "")
    facts.buying_roles += team
    for deal, day in (created or {"plant": date(2026, 1, 1)}).items():
        facts.opportunities.append(
            NOTHING._replace(id=f"acme/{deal}", account="acme", name=deal, created=day, stages=())
        )
    return facts


def role(person: str, roles: str = "", influences: str = "", deal: str = "plant", **known: Any) -> BuyingRoleRow:
    """Return a part in a deal; `influences` are written `ann strong, bob normal`."""
    pairs = [line.split() for line in influences.split(",") if line.strip()]
    row = BuyingRoleRow(
        f"acme/{deal}", f"acme/{person}", tuple(roles.split()), "", "", "", "",
        tuple((f"acme/{whom}", strength) for whom, strength in pairs), (), "", "",
    )  # fmt: skip
    return row._replace(**known)


def drawn(facts: Facts, deal: str = "acme/plant", lang: str = "en", fold_over: int | None = 30) -> PoliticalMap:
    return political_map(facts, METHOD, "acme", deal, lang, DAY, fold_over)


def example(deal: str, lang: str) -> PoliticalMap:
    account = deal.partition("/")[0]
    workspace = Workspace.open(EXAMPLES)
    facts = workspace.load(account=account).facts
    return political_map(facts, workspace.methods.relationship, account, deal if "/" in deal else "", lang, DAY)


PEOPLE = """
    ann, Ann, Managing director, Board,
    bob, Bob, Buyer, Purchasing, ann
    cid, Cid, Engineer, Technology, ann
    dan, Dan, Clerk, Purchasing, bob
"""


# --- who is on the map


def test_the_map_of_a_deal_has_its_team_and_everybody_above_them() -> None:
    view = drawn(office(PEOPLE, [role("dan", "U")]))
    assert [(person.stem, person.on_team) for person in view.people] == [("ann", False), ("bob", False), ("dan", True)]
    assert view.bosses == {"acme/ann": "", "acme/bob": "acme/ann", "acme/dan": "acme/bob"}


def test_somebody_whom_the_team_influences_is_on_the_map_too() -> None:
    view = drawn(office(PEOPLE, [role("dan", "U", "cid strong")]))
    assert {person.stem for person in view.people} == {"ann", "bob", "cid", "dan"}
    assert [(line.source, line.target, line.strong) for line in view.influences] == [("acme/dan", "acme/cid", True)]


def test_the_map_of_an_account_has_everybody_with_the_status_in_its_newest_deal() -> None:
    supporters = {b.id: date(2026, 2, 1) for level in METHOD.levels[:2] for b in level.behaviours}
    team = [
        role("bob", "D", deal="old", behaviours=tuple(supporters.items())),
        role("cid", "E", deal="new", opposes=METHOD.opposition[0].id),
    ]
    created = {"old": date(2024, 1, 1), "new": date(2026, 3, 1), "empty": date(2026, 5, 1), "later": date(2026, 8, 1)}
    view = drawn(office(PEOPLE, [*team, role("dan", deal="later")], created), deal="")
    assert view.deal == "new"
    assert {person.stem: person.stance for person in view.people} == {
        "ann": "unknown", "bob": "unknown", "cid": "against", "dan": "unknown",
    }  # fmt: skip


def test_an_account_without_a_buying_team_shows_its_people_and_says_so() -> None:
    view = drawn(office(PEOPLE), deal="")
    assert view.deal == ""
    assert "no deal with a buying team yet" in view.subtitle
    assert len(view.people) == 4


def test_a_behaviour_seen_after_the_day_earns_nothing() -> None:
    seen = tuple((b.id, date(2026, 7, 1)) for b in METHOD.levels[0].behaviours)
    [person] = drawn(office("ann, Ann, , ,", [role("ann", behaviours=seen)])).people
    assert person.stance == "unknown"


def test_what_the_files_lack_is_said_in_the_box() -> None:
    view = drawn(office("ann, , Director, Board, ghost", [role("ann"), role("nobody")]))
    assert {person.stem: (person.shown, person.note) for person in view.people} == {
        "ann": ("ann", "no name"),
        "ghost": ("ghost", "no file"),
        "nobody": ("nobody", "no file"),
    }


def test_two_people_of_one_name_are_told_apart() -> None:
    view = drawn(office("li-1, Li Na, , ,\nli-2, Li Na, , ,\nbob, Bob, , ,"), deal="")
    assert sorted(person.shown for person in view.people) == ["Bob", "Li Na (li-1)", "Li Na (li-2)"]


def test_a_circle_of_bosses_is_opened_and_said() -> None:
    circle = "ann, Ann, , , cid\nbob, Bob, , , ann\ncid, Cid, , , bob\ndan, Dan, , , dan"
    view = drawn(office(circle), deal="")
    assert view.roots == ("acme/ann", "acme/dan")
    assert len(view.people) == 4
    assert view.notes == (
        "Ann → Cid → Bob → Ann: they report to each other in a circle, so Ann is drawn without a superior",
        "Dan → Dan: they report to each other in a circle, so Dan is drawn without a superior",
    )


def test_a_circle_is_said_on_the_picture_and_under_the_tree() -> None:
    view = drawn(office("ann, Ann, , , bob\nbob, Bob, , , ann"), deal="")
    for shown in (draw_map(view), map_tree(view)):
        assert "so Ann is drawn without a superior" in " ".join(shown.split())


def test_nobody_influences_himself_on_the_map() -> None:
    assert drawn(office(PEOPLE, [role("ann", influences="ann strong")])).influences == ()


def test_a_department_stands_once_where_the_title_names_it() -> None:
    view = drawn(office("ann, 采购部经理, 采购部经理, 采购部,"), deal="")
    assert view.people[0].place == "采购部经理"


# --- folding


def test_a_department_folds_to_its_head_and_a_box_for_the_rest() -> None:
    departments = {"ceo": "Board", "head": "IT", "a": "IT", "b": "IT", "c": "IT"}
    bosses = {"ceo": "", "head": "ceo", "a": "head", "b": "head", "c": "a"}
    [fold] = folded(departments, bosses, needed=())
    assert (fold.department, fold.people, fold.boss) == ("IT", ("a", "b", "c"), "head")


def test_who_is_needed_is_seen_with_everybody_above_and_one_alone_is_not_folded() -> None:
    departments = {"ceo": "Board", "head": "IT", "a": "IT", "b": "IT", "c": "IT", "d": "IT"}
    bosses = {"ceo": "", "head": "ceo", "a": "head", "b": "a", "c": "head", "d": "head"}
    [fold] = folded(departments, bosses, needed=["b"])
    assert fold.people == ("c", "d")
    assert folded(departments, bosses, needed=["b", "c"]) == []


def test_a_large_map_folds_and_counts_everybody() -> None:
    lines = ["boss, Boss, CEO, Board,"]
    lines += [f"h{n}, Head {n}, Head, D{n}, boss" for n in range(4)]
    lines += [f"p{n}, Person {n}, Clerk, D{n % 4}, h{n % 4}" for n in range(40)]
    facts = office("\n".join(lines), [role("p5", "D")])
    view = drawn(facts, deal="")
    assert sum(len(fold.people) for fold in view.folds) + len(view.people) == 45
    assert {person.stem for person in view.people} == {"boss", "h0", "h1", "h2", "h3", "p5"}
    assert view.notes == ("39 people of 4 departments are folded",)
    assert "10 people" in map_tree(view)
    assert draw_map(view).count(">10 people<") == 3
    assert "D2 · 10 people" in map_dot(view)
    assert "D2 · 10 people" in map_mermaid(view)
    assert "D1 · 9 people · Reports to Head 1" in view.people_in_words
    assert drawn(facts, deal="", fold_over=None).folds == ()


# --- the picture: the tree and its lines


@st.composite
def organisations(draw: st.DrawFn) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Bosses of up to forty people, and lines between any of them."""
    count = draw(st.integers(1, 40))
    names = [f"p{number}" for number in range(count)]
    bosses = {name: draw(st.sampled_from(["", *names[:place]])) for place, name in enumerate(names)}
    ends = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] != pair[1])
    return bosses, draw(st.lists(ends, max_size=25, unique=True)) if count > 1 else []


def plan_of(bosses: Mapping[str, str], lines: Sequence[tuple[str, str]]) -> tuple[list[Box], Plan]:
    children: dict[str, list[str]] = {}
    for name, boss in bosses.items():
        children.setdefault(boss, []).append(name)
    boxes = lay_out(children[""], children)
    return boxes, route(boxes, lines, bosses)


def inside(a: tuple[float, float], b: tuple[float, float], box: Box, top: float) -> bool:
    """Whether a level or upright line runs through the inner part of a box."""
    (ax, ay), (bx, by) = a, b
    return (
        max(ax, bx) > box.x + 0.5
        and min(ax, bx) < box.x + ACROSS - 0.5
        and max(ay, by) > top + 0.5
        and min(ay, by) < top + DOWN - 0.5
    )


@given(organisations())
@settings(max_examples=150)
def test_no_line_of_influence_runs_through_a_box(drawn: tuple[dict[str, str], list[tuple[str, str]]]) -> None:
    bosses, lines = drawn
    boxes, plan = plan_of(bosses, lines)
    for way in plan.ways:
        for a, b in pairwise(way):
            assert a[0] == pytest.approx(b[0]) or a[1] == pytest.approx(b[1]), "lines are level or upright"
            assert not [box.id for box in boxes if inside(a, b, box, plan.tops[box.row])]


@given(organisations())
@settings(max_examples=60)
def test_every_line_runs_from_the_edge_of_one_box_to_the_edge_of_the_other(
    drawn: tuple[dict[str, str], list[tuple[str, str]]],
) -> None:
    bosses, lines = drawn
    boxes, plan = plan_of(bosses, lines)
    places = {box.id: box for box in boxes}
    for ends, way in zip(lines, plan.ways, strict=True):
        for name, (x, y) in zip(ends, (way[0], way[-1]), strict=True):
            left, top = places[name].x, plan.tops[places[name].row]
            on_level = y in (top, top + DOWN) and left <= x <= left + ACROSS
            on_side = x in (left, left + ACROSS) and top <= y <= top + DOWN
            assert on_level or on_side


@given(organisations())
@settings(max_examples=100)
def test_boxes_stand_apart_and_all_are_there(drawn: tuple[dict[str, str], list[tuple[str, str]]]) -> None:
    bosses, _ = drawn
    boxes, plan = plan_of(bosses, [])
    assert sorted(box.id for box in boxes) == sorted(bosses)
    assert min(box.x for box in boxes) >= 0
    rows: dict[int, list[float]] = {}
    for box in boxes:
        rows.setdefault(box.row, []).append(box.x)
    for xs in rows.values():
        assert all(b - a >= ACROSS + 20 for a, b in pairwise(sorted(xs)))
    assert all(b - a >= DOWN + 20 for a, b in pairwise(plan.tops))


@given(organisations())
@settings(max_examples=100)
def test_everybody_stands_below_the_boss(drawn: tuple[dict[str, str], list[tuple[str, str]]]) -> None:
    bosses, _ = drawn
    rows = {box.id: box.row for box in plan_of(bosses, [])[0]}
    assert all(rows[name] > rows[boss] for name, boss in bosses.items() if boss)


def test_lines_of_reporting_run_through_no_box() -> None:
    lines = "\n".join(f"p{n}, P{n}, , D{n % 5}, {f'p{(n - 1) // 3}' if n else ''}" for n in range(60))
    svg = ElementTree.fromstring(draw_map(drawn(office(lines), deal="", fold_over=None)))
    cards = [
        (float(e.get("x", 0)), float(e.get("y", 0))) for e in svg.iter() if e.get("class") in ("kam-card", "kam-away")
    ]
    paths = [e.get("d", "") for e in svg.iter() if e.get("class") == "kam-org"]
    assert len(paths) == 60  # 59, and the one of the legend
    for path in paths[:-1]:
        points = [tuple(map(float, pair.split())) for pair in path.removeprefix("M").split(" L")]
        for (ax, ay), (bx, by) in pairwise(points):
            for x, y in cards:
                crossed = max(ax, bx) > x + 1 and min(ax, bx) < x + ACROSS - 1
                assert not (crossed and max(ay, by) > y + 1 and min(ay, by) < y + DOWN - 1)


def test_lines_from_everybody_to_one_are_all_drawn() -> None:
    names = [f"p{n}" for n in range(41)]
    bosses = {name: "p0" if name != "p0" else "" for name in names}
    boxes, plan = plan_of(bosses, [(name, "p0") for name in names[1:]])
    assert len({way[-1] for way in plan.ways}) == 40, "each ends at a place of its own"
    assert not [
        box.id for way in plan.ways for a, b in pairwise(way) for box in boxes
        if inside(a, b, box, plan.tops[box.row])
    ]  # fmt: skip


def test_two_hundred_people_are_drawn_in_no_time_and_in_a_sensible_shape() -> None:
    lines = "\n".join(f"p{n}, Person {n}, Clerk, D{n % 9}, {f'p{(n - 1) // 6}' if n else ''}" for n in range(200))
    team = [role(f"p{n}", "E", f"p{(n * 7) % 200} strong") for n in range(0, 200, 8)]
    facts = office(lines, team)
    start = time.perf_counter()
    svg = draw_map(drawn(facts, deal="", fold_over=None))
    assert time.perf_counter() - start < 2
    root = ElementTree.fromstring(svg)
    across, down = float(root.get("width", 0)), float(root.get("height", 0))
    assert 0.4 < across / down < 2.5
    assert svg.count("<text") > 600


@pytest.mark.parametrize("count", [1, 1000])
def test_a_chain_of_bosses_of_any_length_is_drawn(count: int) -> None:
    lines = "\n".join(f"p{n}, P{n}, , , {f'p{n - 1}' if n else ''}" for n in range(count))
    view = drawn(office(lines), deal="", fold_over=None)
    assert draw_map(view).count('class="kam-away"') == count
    assert len(map_tree(view).splitlines()) == count + 1


def test_an_empty_map_says_so() -> None:
    view = drawn(office(""))
    assert "Nobody is on this map yet" in draw_map(view)
    assert "Nobody is on this map yet" in map_tree(view)


# --- golden


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_examples_are_drawn_as_agreed(lang: str, golden: Callable[[str, str], None]) -> None:
    golden(f"map-line-3.{lang}.svg", draw_map(example("bohai-water/line-3", lang)))
    golden(f"map-line-3.{lang}.txt", map_tree(example("bohai-water/line-3", lang)) + "\n")


def test_an_account_and_other_formats_are_as_agreed(golden: Callable[[str, str], None]) -> None:
    golden("map-harbour-brewing.en.svg", draw_map(example("harbour-brewing", "en")))
    golden("map-line-3.en.dot", map_dot(example("bohai-water/line-3", "en")))
    golden("map-line-3.en.mmd", map_mermaid(example("bohai-water/line-3", "en")))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_tree_lines_up_in_every_language(lang: str) -> None:
    head, *rows = map_tree(example("bohai-water/line-3", lang)).split("\n\n")[0].splitlines()
    column = width(head[: head.index(head.split()[1])])
    for row in rows:
        used = 0
        for character in row:
            if used >= column:
                break
            used += width(character)
        assert used == column, row


# --- escaping

HOSTILE = ['<script>alert("x")</script>', "{{ 7*7 }}", "]]>", "a & b", '"quoted" \\n \\', "#quot;", "- list", "`code`"]
HOSTILE += ["\u202eevil\u202c", "line\nbreak", "x" * 10_000, "👩‍👩‍👧 family", "\x00\x07", "\ufffe", "subgraph end"]
WILD = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))


def wild(name: str, title: str, department: str) -> Facts:
    facts = office("boss, Boss, CEO, Board,\nbob, Bob, , , boss", [role("bob", "D", "boss strong")])
    facts.people["acme/bob"] = facts.people["acme/bob"]._replace(name=name, title=title, department=department)
    facts.accounts["acme"] = facts.accounts["acme"]._replace(name=title)
    return facts


@given(WILD, WILD, WILD)
@settings(max_examples=80)
def test_text_of_files_never_becomes_markup(name: str, title: str, department: str) -> None:
    view = drawn(wild(name, title, department))
    svg = draw_map(view)
    names = [element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()]
    assert set(names) <= {"svg", "title", "desc", "style", "rect", "g", "path", "circle", "polygon", "text"}
    plain = draw_map(drawn(wild("Bob", title, department)))
    assert names.count("rect") == [e.tag.rpartition("}")[2] for e in ElementTree.fromstring(plain).iter()].count("rect")
    dot = map_dot(view)
    for line in dot.splitlines()[1:-1]:
        assert line.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 0, line
        assert line.endswith(";")
    for line in map_mermaid(view).splitlines()[1:]:
        assert line.startswith("  p")
        assert line.count('"') in (0, 2), line
        assert "<" not in line.replace("<br/>", "")
    tree = map_tree(view)
    assert not any(0x202A <= ord(c) <= 0x202E or ord(c) < 0x20 for c in tree.replace("\n", ""))


@pytest.mark.parametrize("words", HOSTILE)
def test_a_page_shows_hostile_text_as_text(words: str) -> None:
    from kamctl.render.document import render

    page = render("map.html.j2", {"map": drawn(wild(words, words, words))}, "en", None)
    assert "<script" not in page
    assert "49" not in page.partition("</style>")[2].partition("<svg")[0]


# --- the command


def on_examples(*arguments: str | Path) -> Result:
    return kamctl("-C", EXAMPLES, *arguments)


@pytest.mark.parametrize(
    ("name", "format", "begins"),
    [
        ("bohai-water/line-3", "text", "渤海水务集团 · 三号线管道改造\n"),
        ("line-3", "table", "渤海水务集团 · 三号线管道改造\n"),
        ("bohai-water", "svg", "<svg xmlns="),
        ("bohai", "html", "<!DOCTYPE html>"),
        ("line-3", "dot", "digraph map {"),
        ("line-3", "mermaid", "flowchart TB"),
    ],
)
def test_a_map_comes_in_the_format_asked_for(name: str, format: str, begins: str) -> None:
    done = on_examples("map", name, "--format", format)
    assert (done.code, done.err) == (0, "")
    assert done.out.lstrip().startswith(begins)


def test_a_map_as_json_says_everything() -> None:
    data = json.loads(on_examples("map", "line-3", "--format", "json", "--lang", "en").out)["data"]
    assert data["opportunity"] == "bohai-water/line-3"
    person = next(person for person in data["people"] if person["id"] == "bohai-water/liu-yang")
    assert (person["status"], person["status_label"], person["reports_to"]) == ("*", "Mentor", "bohai-water/zhao-gong")
    assert {"from": "bohai-water/zhao-gong", "to": "bohai-water/wang-li", "strength": "strong"} in data["influences"]


@pytest.mark.parametrize(
    ("file", "begins"),
    [
        ("map.svg", "<svg"),
        ("map.html", "<!DOCTYPE"),
        ("map.gv", "digraph"),
        ("map.mmd", "flowchart"),
        ("m.txt", "渤海"),
    ],
)
def test_the_name_of_a_file_says_the_format(tmp_path: Path, file: str, begins: str) -> None:
    done = on_examples("map", "line-3", "-o", tmp_path / file)
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / file).read_text("utf-8").lstrip().startswith(begins)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = on_examples("--lang", "en", "map", "line-3", "-o", tmp_path / "none" / "map.svg")
    assert done.code == 2
    assert "cannot be written" in done.err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lien-3", 'did you mean "line-3"?'),
        ("bohai-watre", 'did you mean "bohai-water"?'),
        ("qqq", "`kamctl account list`"),
        ("line", "could be any of"),
        ("tianqi-group/nothing", "there is no account or opportunity"),
    ],
)
def test_a_name_that_is_wrong_gets_a_hint(name: str, words: str) -> None:
    done = on_examples("--lang", "en", "map", name)
    assert done.code == 2
    assert words in done.err


WORKSPACE = {
    "kamctl.yaml": "format: 1\nlanguage: en\n",
    "team.yaml": "members:\n  li: {name: Li}\n",
    "accounts/acme/account.yaml": "name: ACME\nowner: li\n",
    "accounts/acme/contacts/ann.yaml": "name: Ann\n",
    "accounts/acme/opportunities/plant.yaml": (
        "name: Plant\nowner: li\nstage: L\ncreated: 2026-01-01\n"
        "buying_team:\n  ann: {roles: [D]}\n  bob: {roles: [U]}\n"
    ),
}


def workspace(folder: Path, **changes: str) -> Path:
    for name, text in (WORKSPACE | changes).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_a_contact_that_cannot_be_read_is_shown_by_the_id_and_counted(tmp_path: Path) -> None:
    folder = workspace(tmp_path, **{"accounts/acme/contacts/ann.yaml": "name: [\n"})
    done = kamctl("-C", folder, "map", "plant")
    assert done.code == 0
    assert "? ann" in done.out
    assert "no file" in done.out
    assert "1 file of" in done.err


def test_a_deal_that_cannot_be_read_is_an_error_with_its_place(tmp_path: Path) -> None:
    folder = workspace(tmp_path, **{"accounts/acme/opportunities/plant.yaml": "name: [\n"})
    done = kamctl("-C", folder, "map", "plant")
    assert done.code == 1
    assert "plant.yaml" in done.err


def test_a_part_of_a_name_that_fits_an_account_and_a_deal_is_refused(tmp_path: Path) -> None:
    other = {
        "accounts/oak-mill/account.yaml": "name: Oak Mill\nowner: li\n",
        "accounts/acme/opportunities/oak-floor.yaml": "name: Oak floor\nowner: li\nstage: L\n",
    }
    done = kamctl("-C", workspace(tmp_path, **other), "map", "oak-f")
    assert done.code == 0
    (tmp_path / "accounts/oak-mill/opportunities").mkdir()
    done = kamctl("-C", tmp_path, "map", "oak")
    assert done.code == 2
    assert '"oak" could be oak-mill, acme/oak-floor' in done.err


def test_unfold_shows_everybody(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    for n in range(40):
        (folder / f"accounts/acme/contacts/p{n}.yaml").write_text(f"name: P{n}\nreports_to: ann\n", "utf-8")
    assert "[+] no department" in kamctl("-C", folder, "map", "acme").out
    assert "P39" in kamctl("-C", folder, "map", "acme", "--unfold").out


def test_a_map_is_never_written_over_a_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "line-3.yaml"
    record.write_text("name: three\n", "utf-8")
    assert cli.run(["-C", str(EXAMPLES), "--lang", "en", "map", "bohai-water/line-3", "-o", str(record)]) == 2
    assert "would be taken for data" in capsys.readouterr().err
    assert record.read_text("utf-8") == "name: three\n"
