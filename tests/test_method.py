"""A method of one's own: stages, criteria, people and caps from files alone, mistakes in them, and none in the code."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kamctl import source
from kamctl.methods import Methods
from running import kamctl

ROOT = Path(__file__).parents[1]
DEAL = "accounts/hill/opportunities/loft.yaml"
PROCESS = "method/processes/joinery.yaml"
SCORECARD = "method/scorecards/five.yaml"
RELATIONSHIP = "method/relationship.yaml"
REVIEWS = "method/reviews.yaml"
FORECAST = "method/forecast.yaml"

LANGUAGES = ("en", "zh-Hans", "zh-Hant")


def expanded(text: str) -> str:
    """Return a method file with `<words>` written out as a label in the three languages."""
    return re.sub(
        r"<([^<>\n]+)>", lambda found: "{" + ", ".join(f'{lang}: "{found[1]}"' for lang in LANGUAGES) + "}", text
    )


OWN = {
    "kamctl.yaml": "format: 1\nname: Own joinery\ncurrency: EUR\nprocess: joinery\nscorecard: five\n",
    "team.yaml": "members:\n  eva: {name: Eva, role: salesperson}\n",
    "accounts/hill/account.yaml": "name: Hill House\nowner: eva\n",
    "accounts/hill/contacts/ann.yaml": "name: Ann\n",
    "accounts/hill/contacts/bob.yaml": "name: Bob\n",
    DEAL: """\
name: Loft stairs
owner: eva
stage: X
importance: gold
stage_history:
  - {date: 2026-06-01, stage: X}
buying_team:
  ann: {roles: [P], orientation: thrift, coverage: met, influence: kitchen}
  bob: {roles: [H], orientation: beauty, coverage: met, influence: hall}
competitors:
  oak: {name: Oak and Sons}
""",
    PROCESS: """\
version: 7
name: <Joinery>
about: <Three steps from a question to a staircase>
orders: 2
phases:
  - {id: talk, label: <Talk>}
  - {id: make, label: <Make>}
stages:
  - code: X
    label: <Asked>
    phase: talk
    figure: 8
    maps_to: {losqaop: L}
    exit:
      - {id: measured, label: <We have measured>}
      - {id: wished, label: <The wish is written down>, field: needs}
  - code: Y
    label: <Drawn>
    phase: talk
    figure: 4
    requires: [needs]
    maps_to: {losqaop: Q}
    entry:
      - {id: drawn, label: <There is a drawing>}
    exit:
      - {id: priced, label: <There is a price>, field: amount}
  - code: Z
    label: <Built>
    phase: make
    outcome: won
    ended: true
    figure: 2
    requires: [amount]
    maps_to: {losqaop: P}
  - code: W
    label: <Walked away>
    phase: talk
    outcome: lost
    ended: true
    requires: [lost]
""",
    SCORECARD: """\
version: 3
name: <Five questions>
about: <As many as fit on a hand>
verdicts: {open_minus: 0, open_unknown: 1, blocked_minus: 2}
min_compared: 2
questions:
  - id: can_pay
    label: <Can they pay?>
    criteria:
      - id: money
        label: <Money>
        plus: <there>
        minus: <not there>
        means_plus: <They have it>
        means_minus: <They do not>
        weight: 3
        evidence: [text, amount]
        probe: {need: <What they have>, why: <Wood costs>, ask: [<What may it cost?>]}
        whom: {roles: [P], orientations: [thrift]}
      - id: room
        label: <Room>
        plus: <enough>
        minus: <too little>
        means_plus: <It fits>
        means_minus: <It does not>
        probe: {need: <How much room>, why: <Stairs need it>, ask: [<May we measure?>]}
        whom: {roles: [H]}
  - id: will_like
    label: <Will they like it?>
    criteria:
      - id: taste
        label: <Taste>
        plus: <ours>
        minus: <another>
        means_plus: <They like our wood>
        means_minus: <They like steel>
        weight: 2
        probe: {need: <What they like>, why: <They look at it daily>, ask: [<What do you like?>]}
        whom: {roles: [H], orientations: [beauty]}
      - id: haste
        label: <Haste>
        plus: <little>
        minus: <much>
        means_plus: <They can wait>
        means_minus: <They cannot>
        inverted: true
        probe: {need: <By when>, why: <Oak dries slowly>, ask: [<When do you move in?>]}
        whom: {roles: [P, H]}
      - id: noise
        label: <Noise>
        plus: <no matter>
        minus: <a worry>
        means_plus: <They are out>
        means_minus: <They sleep by day>
        weight: 0.5
        probe: {need: <Who is at home>, why: <We saw>, ask: [<Who is at home?>]}
        whom: {}
strategies:
  - id: outbuild
    label: <Outbuild>
    rule: <A lead and no gap>
    advice: <Show the stairs>
    min_leads: 1
    leads_per_gap: 99
  - {id: charm, label: <Charm>, rule: <Anything else>, advice: <Bring cake>}
""",
    RELATIONSHIP: """\
version: 2
roles:
  - {id: P, label: <Payer>, required: true, key: true}
  - {id: H, label: <Householder>}
orientations:
  - {id: thrift, label: <Thrift>}
  - {id: beauty, label: <Beauty>}
coverage:
  - {id: unmet, label: <Not met>}
  - {id: met, label: <Met>}
influence:
  - {id: kitchen, label: <At the kitchen table>}
  - {id: hall, label: <In the hall>}
adaptability:
  - {id: bold, label: <Bold>}
needed: 2
levels:
  - id: warm
    label: <Warm>
    sign: w
    behaviours:
      - {id: offers_tea, label: <Offers tea>}
      - {id: shows_house, label: <Shows the house>}
      - {id: calls_back, label: <Calls back>}
  - id: friend
    label: <Friend>
    sign: f
    behaviours:
      - {id: offers_cake, label: <Offers cake>}
      - {id: tells_neighbours, label: <Tells the neighbours>}
      - {id: lends_key, label: <Lends the key>}
opposition:
  - {id: cold, label: <Cold>, sign: c}
unknown: {id: stranger, label: <Stranger>, sign: "?"}
""",
    "method/importance.yaml": """\
version: 5
levels:
  - {id: gold, label: <Gold>, watched_by: <Eva>, duty: <Call every day>, cap: 1}
  - {id: tin, label: <Tin>, watched_by: <Nobody>, duty: <Wait>}
""",
    "method/reasons.yaml": """\
version: 1
lost:
  - {id: too_dear, label: <Too dear>}
  - {id: moved_away, label: <Moved away>}
""",
    "method/grades.yaml": """\
version: 4
grades:
  - {id: top, label: <Top>, min_points: 2}
  - {id: rest, label: <Rest>}
points:
  - {figure: employees, at_least: 10, points: 2}
""",
    REVIEWS: """\
version: 5
floor: 2
large_amount: 1000
questions:
  - id: stale
    label: <Which stairs gather dust?>
    limits:
      - {figure: stale_share, worse: high, watch: 20, alarm: 50}
  - id: large
    label: <Is there a big house?>
    advice: <Ask the count>
    limits:
      - {figure: large_deals, worse: low, watch: 2, alarm: 1}
reviews:
  - id: tea
    label: <Tea>
    rhythm: <Every day at five>
    duration: <One pot>
    attended_by: <Eva and the carpenter>
    agenda:
      - {id: cake, label: <Cake>}
      - {id: wood, label: <Wood>}
  - id: lunch
    label: <Lunch>
    rhythm: <On Sundays>
    duration: <Long>
    attended_by: <Everybody>
    agenda: []
""",
    FORECAST: """\
version: 6
commitments:
  - {id: sold, label: <Sold>, outcome: won}
  - {id: sure, label: <Sure>, forecast: [commit]}
  - {id: maybe, label: <Maybe>, forecast: [pipeline]}
buckets:
  - {id: half, months: 6, label: <Half a year>}
  - {id: year, months: 12, label: <A year>}
  - {id: unknown_day, holds: undated, label: <Some day>}
""",
}
"""A joinery: stages X, Y, Z and W; five criteria with weights; levels of three behaviours, two needed; a cap of one.

It asks two questions over tea, and knows three words of a forecast.
"""


def as_json(*arguments: str) -> Any:
    done = kamctl("--format", "json", *arguments)
    assert done.code in (0, 1), done.err
    return json.loads(done.out)


def data(path: str) -> dict[str, Any]:
    return source.read(Path(path).read_text("utf-8"))


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The joinery on disk; the test runs in it."""
    for name in [name for name in os.environ if name.startswith("KAMCTL_")]:
        if name != "KAMCTL_CACHE_DIR":
            monkeypatch.delenv(name)
    root = tmp_path / "joinery"
    root.mkdir()
    monkeypatch.chdir(root)
    for path, text in OWN.items():
        write(path, expanded(text))
    return root


# --- every command follows the files


def test_the_workspace_and_its_method_are_in_order() -> None:
    assert kamctl("validate", "--strict").code == 0
    checked = kamctl("method", "check")
    assert (checked.code, checked.err) == (0, "No problems in 8 files\n")


def test_the_pipeline_has_the_stages_and_their_win_probabilities() -> None:
    deal = "id,stage,amount,stage_probability"
    assert kamctl("opportunity", "set", "loft", "amount=8000 EUR").code == 0
    assert kamctl("pipeline", "--fields", deal).out.splitlines()[1] == "hill/loft\tX\t8000\t25"
    assert kamctl("opportunity", "new", "hill/shelf", "--name", "Shelf").code == 0
    assert data("accounts/hill/opportunities/shelf.yaml")["stage"] == "X"
    assert kamctl("pipeline", "--stage", "Y", "--fields", "id").out == "id\n"
    refused = kamctl("pipeline", "--stage", "XY")
    assert (refused.code, 'there is no stage "XY"' in refused.err) == (2, True)


def test_a_new_deal_stands_at_the_first_stage_of_the_process_that_it_names() -> None:
    new = ["opportunity", "new", "hill/shelf", "--name", "Shelf"]
    wrong = kamctl(*new, "--set", "process=losqap")
    assert (wrong.code, 'did you mean "losqaop"?' in wrong.err) == (2, True)
    assert kamctl(*new, "--set", "process=losqaop").code == 0
    assert data("accounts/hill/opportunities/shelf.yaml")["stage"] == Methods(None).process("losqaop").stages[0].code


def test_a_deal_goes_from_the_first_stage_to_the_last_through_its_gates() -> None:
    refused = kamctl("opportunity", "advance", "loft")
    assert refused.code == 1
    for missing in ("We have measured", "The wish is written down", "There is a drawing"):
        assert f"✗ {missing}" in refused.err
    assert data(DEAL)["stage"] == "X"
    for criterion in ("measured", "drawn"):
        assert kamctl("opportunity", "evidence", "loft", criterion, "--note", "seen").code == 0
    assert kamctl("opportunity", "set", "loft", "needs=Oak stairs").code == 0
    assert kamctl("opportunity", "advance", "loft").code == 0
    assert kamctl("opportunity", "advance", "loft").code == 1
    assert kamctl("opportunity", "set", "loft", "amount=8000 EUR").code == 0
    assert kamctl("opportunity", "advance", "loft").code == 0
    assert (data(DEAL)["stage"], [step["stage"] for step in data(DEAL)["stage_history"]]) == ("Z", ["X", "Y", "Z"])
    assert kamctl("validate", "--strict").code == 0
    assert kamctl("pipeline", "--fields", "id").out == "id\n"
    assert kamctl("pipeline", "--all", "--fields", "id").out == "id\nhill/loft\n"


def test_a_deal_is_lost_by_the_own_way_out_for_a_reason_of_the_own_list() -> None:
    refused = kamctl("opportunity", "lose", "loft", "--reason", "price")
    assert (refused.code, "one of too_dear, moved_away" in refused.err) == (2, True)
    assert kamctl("opportunity", "lose", "loft", "--reason", "too_dear", "--to", "oak").code == 0
    assert data(DEAL)["stage"] == "W"
    assert data(DEAL)["lost"] == {"date": "2026-06-15", "reason": "too_dear", "to": "oak"}
    assert kamctl("validate", "--strict").code == 0
    assert kamctl("opportunity", "reopen", "loft", "--reason", "Oak is ill").code == 0
    assert data(DEAL)["stage"] == "X"


def test_marks_are_scored_on_the_own_sheet_with_its_weights() -> None:
    marks = ["money=+", "room=-", "taste=+", "haste=+"]
    assert kamctl("opportunity", "assess", "loft", *marks, "--evidence", "told").code == 0
    assert kamctl("opportunity", "assess", "loft", "money=+", "taste=-", "--competitor", "oak").code == 0
    result = as_json("score", "loft")["data"]
    sheet = result[0] if isinstance(result, list) else result
    assert [question["verdict"] for question in sheet["questions"]] == ["at_risk", "open"]
    text = kamctl("--format", "table", "score", "loft").out
    # money 3 + taste 2 + haste 1 - room 1, of 7 in all
    assert "+71, 4 of 5 known" in text
    assert "Outbuild" in text
    assert "Noise" in text
    wrong = kamctl("opportunity", "assess", "loft", "monney=+")
    assert (wrong.code, 'did you mean "money"?' in wrong.err) == (2, True)


def test_the_next_question_goes_to_whom_the_own_sheet_names() -> None:
    text = kamctl("--format", "table", "score", "loft", "--top", "5").out
    assert re.search(r"Money \(unknown\) — ask Ann\n +What may it cost\?", text)
    assert re.search(r"Taste \(unknown\) — ask Bob\n +What do you like\?", text)
    assert "Noise (unknown) — nobody on the buying team yet" in text
    assert kamctl("callplan", "new", "loft", "--contact", "ann").code == 0
    asked = data("accounts/hill/calls/2026-06-16-ann.yaml")["plan"]["questions"]
    assert asked[0]["criterion"] == "money"
    assert kamctl("validate").code == 0


def test_a_status_is_earned_by_two_behaviours_of_the_own_list() -> None:
    first = kamctl("contact", "observe", "ann", "offers_tea", "--date", "2026-06-10")
    assert (first.code, "Ann: still ? Stranger" in first.err) == (0, True)
    second = kamctl("contact", "observe", "ann", "shows_house")
    assert "Ann: ? Stranger → w Warm" in second.err
    kamctl("contact", "observe", "ann", "offers_cake")
    assert "w Warm → f Friend" in kamctl("contact", "observe", "ann", "lends_key").err
    ann, bob = as_json("opportunity", "people", "loft")["data"]["people"]
    assert (ann["status"], ann["next_level"]) == ("friend", None)
    assert (bob["status"], bob["next_level"], bob["needed"]) == ("stranger", "warm", 2)
    wrong = kamctl("contact", "observe", "ann", "offers_te")
    assert (wrong.code, 'did you mean "offers_tea"?' in wrong.err) == (2, True)
    assert kamctl("validate").code == 0


def test_the_own_caps_count() -> None:
    assert kamctl("opportunity", "new", "hill/shelf", "--name", "Shelf", "--set", "importance=gold").code == 0
    row = "Eva\tgold\t2\t1\t1\thill/loft,hill/shelf"
    assert kamctl("importance", "--fields", "owner,level,deals,cap,over,ids").out.splitlines()[1:] == [row]
    found = kamctl("validate", "--only", "over-cap", "--format", "concise")
    assert "shelf.yaml" in found.out
    refused = kamctl("opportunity", "set", "shelf", "importance=care")
    assert (refused.code, "gold" in refused.err) == (1, True)


def test_the_own_grades_are_suggested() -> None:
    assert kamctl("account", "set", "hill", "business_profile.employees=12").code == 0
    result = as_json("account", "grade", "hill")["data"]
    assert (result["suggested"], result["points"], result["best"]) == ("top", 2, 2)


JSON_COMMANDS = [
    ["account", "grade", "hill"],
    ["account", "list"],
    ["account", "show", "hill"],
    ["contact", "list"],
    ["callplan", "list"],
    ["importance"],
    ["method", "check"],
    ["method", "list"],
    ["method", "show", "five"],
    ["opportunity", "gate", "loft"],
    ["opportunity", "list"],
    ["opportunity", "people", "loft"],
    ["opportunity", "show", "loft"],
    ["pipeline"],
    ["pipeline", "--totals"],
    ["score", "loft"],
    ["validate"],
]


@pytest.mark.parametrize("arguments", JSON_COMMANDS, ids=" ".join)
def test_every_json_result_names_the_method_and_its_versions(arguments: list[str]) -> None:
    assert as_json(*arguments)["method"] == {
        "process": {"name": "joinery", "version": 7},
        "scorecard": {"name": "five", "version": 3},
    }


# --- method list, show and check


def test_the_list_says_where_each_file_comes_from_and_whether_it_is_used() -> None:
    rows = {row["name"]: row for row in as_json("method", "list")["data"]}
    assert rows["joinery"] | {"title": ""} == {
        "kind": "process",
        "name": "joinery",
        "version": 7,
        "title": "",
        "source": PROCESS,
        "used": True,
    }
    assert (rows["five"]["source"], rows["five"]["used"]) == (SCORECARD, True)
    assert (rows["losqaop"]["source"], rows["losqaop"]["used"]) == ("kamctl", False)
    assert (rows["relationship"]["source"], rows["relationship"]["version"]) == (RELATIONSHIP, 2)


def test_an_unusable_file_is_listed_as_such() -> None:
    write(SCORECARD, "version: 3\n")
    done = kamctl("method", "list")
    assert done.code == 0
    assert re.search(r"^scorecard\tfive\t\t.*cannot be used", done.out, re.MULTILINE | re.IGNORECASE)


def test_the_own_questions_and_limits_diagnose_and_the_own_words_forecast() -> None:
    kamctl("opportunity", "set", "hill/loft", "amount=1500 EUR", "forecast=pipeline")
    data = as_json("funnel")["data"]
    assert data["floor"] == 2
    assert [(answer["question"], answer["verdict"]) for answer in data["diagnosis"]] == [
        ("stale", "fine"),
        ("large", "watch"),
    ]
    assert "Is there a big house?" in kamctl("--format", "table", "funnel", "--diagnose").out
    cells = as_json("forecast")["data"]["matrix"]["cells"]
    assert [(cell["commitment"], cell["bucket"], cell["amount"]) for cell in cells] == [("maybe", "unknown_day", 1500)]
    assert "Some day" in kamctl("--format", "md", "forecast").out


def test_what_no_category_and_no_bucket_takes_is_shown_apart() -> None:
    kamctl("opportunity", "set", "hill/loft", "amount=1500 EUR", "forecast=omitted", "close_date=2028-01-01")
    cells = as_json("forecast")["data"]["matrix"]["cells"]
    assert [(cell["commitment"], cell["bucket"], cell["amount"]) for cell in cells] == [("", "", 1500)]
    assert "(elsewhere)" in kamctl("--lang", "en", "--format", "md", "forecast").out


@pytest.mark.parametrize(
    "name", ["joinery", "five", "relationship", "importance", "reasons", "grades", "reviews", "forecast", "tas20"]
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_part_shows_as_a_page(name: str, lang: str) -> None:
    done = kamctl("--lang", lang, "method", "show", name)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("# ")
    assert "None" not in done.out


def test_show_without_a_name_shows_the_process_of_the_workspace() -> None:
    page = kamctl("method", "show").out
    assert page == kamctl("method", "show", "joinery").out
    for words in ("| `X` | Asked | Talk | 8 | 25% |", "- We have measured (`measured`)", "losqaop `L`"):
        assert words in page


def test_show_of_a_name_that_is_not_there_offers_the_nearest() -> None:
    wrong = kamctl("method", "show", "joinry")
    assert (wrong.code, 'did you mean "joinery"?' in wrong.err) == (2, True)


def test_the_shipped_method_is_shown_where_there_is_no_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert kamctl("method", "show").out.startswith("# Dealer")
    assert "losqaop\t1" in kamctl("method", "list").out
    assert kamctl("method", "check").code == 2


def test_a_file_of_the_same_name_replaces_the_shipped_one() -> None:
    shipped = kamctl("method", "show", "losqaop").out
    write("method/processes/losqaop.yaml", Path(PROCESS).read_text("utf-8").replace("losqaop: ", "record: "))
    write("kamctl.yaml", "format: 1\nprocess: losqaop\nscorecard: five\n")
    text = Path("method/processes/losqaop.yaml").read_text("utf-8")
    for code, known in (("record: L", "record: LEAD"), ("record: Q", "record: PROP"), ("record: P", "record: WON")):
        text = text.replace(code + "}", known + "}")
    write("method/processes/losqaop.yaml", text)
    Path(PROCESS).unlink()
    assert kamctl("method", "show", "losqaop").out != shipped
    assert kamctl("pipeline", "--fields", "id,stage").out.splitlines()[1] == "hill/loft\tX"
    rows = {row["name"]: row for row in as_json("method", "list")["data"]}
    assert rows["losqaop"]["source"] == "method/processes/losqaop.yaml"
    assert rows["losqaop"]["version"] == 7


def test_a_file_removed_again_gives_back_the_shipped_one() -> None:
    Path("method/importance.yaml").unlink()
    kamctl("opportunity", "set", "loft", "importance=care")
    assert data(DEAL)["importance"] == "care"
    assert "care\t1\t10" in kamctl("importance").out


# --- mistakes in method files


class Mistake(NamedTuple):
    """A change of a method file: old and new text; what of the new text is pointed at, the rule, words of the hint."""

    path: str
    old: str
    new: str
    at: str
    rule: str
    hint: str


MISTAKES = {
    "maps to its own process": Mistake(
        PROCESS, "maps_to: {losqaop: L}", "maps_to: {joinery: Y}", "Y}", "maps-to-loop", ""
    ),
    "maps to a stage that is not there": Mistake(
        PROCESS, "{losqaop: Q}", "{losqaop: QQ}", "QQ}", "method-dangling", "“Q”"
    ),
    "maps to a process that is not there": Mistake(
        PROCESS, "{losqaop: Q}", "{losqap: Q}", "losqap: Q}", "method-dangling", "“losqaop”"
    ),
    "a stage twice": Mistake(PROCESS, "code: Y", "code: X # again", "X # again", "method-duplicate", ""),
    "a gate criterion twice": Mistake(
        PROCESS, "id: wished", "id: measured", 'measured, label: {en: "The wish', "method-duplicate", ""
    ),
    "a phase that is not there": Mistake(PROCESS, "phase: make", "phase: mak", "mak\n", "method-dangling", "“make”"),
    "an outcome that is not there": Mistake(PROCESS, "outcome: won", "outcome: one", "one", "bad-choice", "won"),
    "a field of a gate that is not there": Mistake(
        PROCESS, "field: amount", "field: amuont", "amuont", "method-dangling", "“amount”"
    ),
    "a required field that is not there": Mistake(
        PROCESS, "requires: [needs]", "requires: [need]", "need]", "method-dangling", "“needs”"
    ),
    "a scorecard that is not there": Mistake(
        PROCESS, "orders: 2", "orders: 2\nscorecard: fife", "fife", "method-dangling", "“five”"
    ),
    "a figure that is no number": Mistake(PROCESS, "figure: 4", "figure: four", "four", "bad-number", ""),
    "a field that the format does not have": Mistake(
        SCORECARD, "        inverted: true", "        invert: true", "invert", "unknown-key", "“inverted”"
    ),
    "a weight that is no number": Mistake(SCORECARD, "weight: 3", "weight: heavy", "heavy", "bad-number", ""),
    "a weight below nothing": Mistake(SCORECARD, "weight: 3", "weight: -3", "-3", "bad-number", ""),
    "a criterion twice": Mistake(SCORECARD, "id: room", "id: money # two", "money # two", "method-duplicate", ""),
    "evidence that is no field": Mistake(
        SCORECARD, "[text, amount]", "[text, amounts]", "amounts]", "method-dangling", "“amount”"
    ),
    "a role that is not there": Mistake(SCORECARD, "roles: [P, H]", "roles: [P, Q]", "Q]}", "method-dangling", "P, H"),
    "an orientation that is not there": Mistake(
        SCORECARD, "[beauty]", "[beuty]", "beuty", "method-dangling", "“beauty”"
    ),
    "a row that a strategy holds and is not there": Mistake(
        SCORECARD, "<Bring cake>}", "<Bring cake>, we_hold: [tase]}", "tase", "method-dangling", "“taste”"
    ),
    "a label that lacks a language": Mistake(
        SCORECARD,
        "label: <Room>",
        'label: {en: Room, zh-Hans: "房间"}',
        '{en: Room, zh-Hans: "房间"}',
        "missing-language",
        "zh-Hant",
    ),
    "a label that is missing": Mistake(
        RELATIONSHIP, "{id: bold, label: <Bold>}", "{id: bold}", "{id: bold}", "missing-key", "label"
    ),
    "more needed than there are": Mistake(RELATIONSHIP, "needed: 2", "needed: 4", "4", "bad-number", ""),
    "a behaviour twice": Mistake(
        RELATIONSHIP, "id: lends_key", "id: offers_tea", 'offers_tea, label: {en: "Lends', "method-duplicate", ""
    ),
    "a level twice": Mistake(
        "method/importance.yaml", "id: tin", "id: gold", 'gold, label: {en: "Tin', "method-duplicate", ""
    ),
    "a reason twice": Mistake(
        "method/reasons.yaml", "id: moved_away", "id: too_dear", 'too_dear, label: {en: "Moved', "method-duplicate", ""
    ),
    "a grade twice": Mistake(
        "method/grades.yaml", "id: rest", "id: top", 'top, label: {en: "Rest', "method-duplicate", ""
    ),
    "a figure of the account that is not there": Mistake(
        "method/grades.yaml", "figure: employees", "figure: employes", "employes", "bad-choice", "“employees”"
    ),
    "a question twice": Mistake(REVIEWS, "id: large", "id: stale # again", "stale # again", "method-duplicate", ""),
    "a question that kamctl cannot answer": Mistake(
        REVIEWS, "id: stale", "id: stael", "stael", "bad-choice", "“stale”"
    ),
    "a review twice": Mistake(REVIEWS, "id: lunch", "id: tea # two", "tea # two", "method-duplicate", ""),
    "an item of an agenda twice": Mistake(
        REVIEWS, "id: wood", "id: cake", 'cake, label: {en: "Wood', "method-duplicate", ""
    ),
    "a problem before it is watched": Mistake(REVIEWS, "alarm: 50", "alarm: 10", "10}", "bad-number", ""),
    "a limit twice": Mistake(
        REVIEWS,
        "watch: 2, alarm: 1}",
        "watch: 2, alarm: 1}\n      - {worse: low, figure: large_deals, watch: 2, alarm: 1}",
        "large_deals, watch",
        "method-duplicate",
        "",
    ),
    "no history at all": Mistake(REVIEWS, "floor: 2", "floor: 0", "0\n", "bad-number", ""),
    "a category twice": Mistake(FORECAST, "id: maybe", "id: sure", 'sure, label: {en: "Maybe', "method-duplicate", ""),
    "a value that the field forecast never has": Mistake(
        FORECAST, "[commit]", "[comit]", "comit", "bad-choice", "“commit”"
    ),
    "months that go back": Mistake(FORECAST, "months: 12", "months: 6", '6, label: {en: "A year', "bad-number", ""),
    "a bucket twice": Mistake(FORECAST, "id: year", "id: half", "half, months: 12", "method-duplicate", ""),
    "text that is no YAML": Mistake(PROCESS, "phases:\n", "phases: [\n", "", "", ""),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_method_file_has_its_place_and_a_hint(mistake: Mistake) -> None:
    assert OWN[mistake.path].count(mistake.old) == 1
    text = expanded(OWN[mistake.path].replace(mistake.old, mistake.new))
    write(mistake.path, text)
    result = as_json("method", "check")
    found = [problem for problem in result["data"] if problem["path"] == mistake.path]
    assert found
    assert kamctl("method", "check").code == 1
    if mistake.rule:
        before = text[: text.index(mistake.at)]
        place = (mistake.rule, before.count("\n") + 1, len(before) - before.rfind("\n"))
        assert place in [(problem["rule"], problem["line"], problem["column"]) for problem in found]
        told = " ".join(problem["message"] + problem["hint"] for problem in found)
        assert mistake.hint in told
    assert all(problem["hint"] and problem["line"] and problem["column"] for problem in found)
    assert all(problem["severity"] == "error" for problem in found)
    everything = kamctl("validate", "--format", "concise")
    assert everything.code == 1
    assert f"{mistake.path}:{found[0]['line']}:{found[0]['column']}: " in everything.out
    as_json("validate")


def test_a_part_that_cannot_be_read_stops_only_what_needs_it() -> None:
    write("method/processes/unused.yaml", "version: 1\n")
    for command in ("validate", "score loft", "pipeline", "opportunity gate loft"):
        done = kamctl(*command.split())
        broken = "method/processes/unused.yaml cannot be used" in done.err
        assert not broken, command
    Path("method/processes/unused.yaml").unlink()
    write(SCORECARD, "version: 3\n")
    for command in ("score loft", "opportunity gate loft", "pipeline"):
        refused = kamctl(*command.split())
        assert (refused.code, f"{SCORECARD} cannot be used" in refused.err) == (2, True)
        assert "`kamctl validate` shows each problem" in refused.err
    listed = json.loads(kamctl("--format", "json", "account", "list").out)
    assert listed["method"]["scorecard"] == {"name": "five", "version": None}
    assert kamctl("opportunity", "set", "loft", "needs=Oak").code == 0


def test_a_loop_between_two_processes_is_found_in_both() -> None:
    other = OWN[PROCESS].replace("losqaop: L", "joinery: Y").replace("losqaop: Q", "joinery: X")
    other = re.sub(r"    maps_to: \{losqaop: P\}\n", "", other)
    write("method/processes/other.yaml", expanded(other))
    mine = OWN[PROCESS].replace("losqaop: L", "other: X").replace("losqaop: Q", "other: Y")
    write(PROCESS, expanded(mine))
    found = as_json("method", "check")["data"]
    assert {(problem["path"], problem["rule"]) for problem in found} == {
        (PROCESS, "maps-to-loop"),
        ("method/processes/other.yaml", "maps-to-loop"),
    }
    assert "X → X → Y → Y" in " ".join(problem["message"] for problem in found)


def test_a_process_renamed_under_existing_files_is_told_where_it_is_named() -> None:
    write("method/processes/wood.yaml", expanded(OWN[PROCESS]))
    write("accounts/hill/account.yaml", "name: Hill House\nowner: eva\nprocess: wood\n")
    assert kamctl("validate").code == 0
    Path("method/processes/wood.yaml").rename("method/processes/woods.yaml")
    done = kamctl("validate")
    assert done.code == 1
    assert "accounts/hill/account.yaml:3:10" in done.out
    assert "woods" in done.out
    scored = kamctl("score", "loft")
    assert (scored.code, 'there is no process "wood"' in scored.err) == (2, True)


def test_the_process_of_the_workspace_renamed_is_told_in_the_settings() -> None:
    Path(PROCESS).rename("method/processes/joiner.yaml")
    done = kamctl("validate")
    assert done.code == 1
    assert "kamctl.yaml:4:10" in done.out
    assert "joiner" in done.out
    assert kamctl("--format", "json", "validate").code == 1
    refused = kamctl("pipeline")
    assert (refused.code, 'there is no process "joinery"' in refused.err, "joiner" in refused.err) == (2, True, True)


def test_a_stage_renamed_in_the_process_is_told_in_each_deal() -> None:
    write(PROCESS, expanded(OWN[PROCESS].replace("code: X", "code: XX")))
    done = kamctl("validate")
    assert done.code == 1
    assert f"{DEAL}:3:8" in done.out
    assert f"{DEAL}:6:31" in done.out


# --- and nothing of the method in the code

KEPT = {
    "opportunity": "a kind of record",
    "relationship": "a part of the method",
    "losqaop": "the process of a workspace that names none, in schema/method/__init__.py alone",
    "tas20": "the scorecard of a workspace that names none, in schema/method/__init__.py alone",
    "record": "the key of a record in templates and functions",
    "other": "a value in the words of a problem: the other file",
    "project": "a column of the pipeline",
    "need": "a field of a question in a call plan",
    "normal": "how strongly somebody influences somebody, a field of the file format",
    "solution_fit": "a figure that grades may count, computed by kamctl",
    "none": "the label of an empty group",
    "business": "an issue of somebody in the audience of a presentation, a field of the file format",
    "compelling_event": "a step of the story of a presentation, a field of the file format",
    "financial": "a value in the story of a presentation, a field of the file format",
    "price": "our price in a bid, a field of the file format and a column of an export",
    "unknown": "the mark of a criterion of which nothing is known, as a key of JSON and labels",
}
"""Words that mean something else where they stand in the code, and what."""

ONLY_IN = {
    "losqaop": {"schema/method/__init__.py"},
    "tas20": {"schema/method/__init__.py"},
    "normal": {"schema/opportunity.py"},
}


def shipped_names() -> Iterator[str]:
    """Yield every code and id of the shipped method."""
    methods = Methods(None)
    for name in methods.names("process"):
        process = methods.process(name)
        yield name
        yield from (stage.code for stage in process.stages)
        yield from process.gate_ids()
    for name in methods.names("scorecard"):
        scorecard = methods.scorecard(name)
        yield name
        yield from (question.id for question in scorecard.questions)
        yield from (row.id for row in scorecard.criteria())
        yield from (strategy.id for strategy in scorecard.strategies)
    people = methods.relationship
    lists = (people.roles, people.orientations, people.coverage, people.influence, people.adaptability)
    yield from (choice.id for choices in lists for choice in choices)
    for level in (*people.levels, *people.opposition, people.unknown):
        yield level.id
        yield from (choice.id for choice in level.behaviours)
    yield from (level.id for level in methods.importance.levels)
    yield from (reason.id for reason in methods.reasons.lost)
    yield from (grade.id for grade in methods.grades.grades)
    yield from (c.id for c in methods.forecast.commitments if c.id not in c.forecast)


def strings(path: Path) -> Iterator[str]:
    """Yield the text constants of a module; docstrings and other texts that stand alone are none."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    alone = {node.value for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in alone:
            yield node.value


def test_no_stage_criterion_behaviour_reason_strategy_or_level_stands_in_the_code() -> None:
    names = set(shipped_names())
    assert names > {
        "Q",
        "compelling_event",
        "says_best_publicly",
        "inner_circle",
        "very_important",
        "price",
        "flanking",
    }
    package = ROOT / "src" / "kamctl"
    found: dict[str, set[str]] = {}
    for path in sorted(package.rglob("*.py")):
        for word in strings(path):
            if word in names:
                found.setdefault(word, set()).add(path.relative_to(package).as_posix())
    assert {word: places for word, places in found.items() if word not in KEPT} == {}
    assert {word: found[word] for word in ONLY_IN} == ONLY_IN
    assert set(KEPT) == set(found), "an exception that nothing needs any more"


def test_no_cap_stands_in_the_code() -> None:
    """Numbers say little by themselves; that no module compares with a cap is seen by changing it."""
    text = OWN["method/importance.yaml"]
    for cap, over in ((1, 1), (2, 0)):
        write("method/importance.yaml", expanded(text.replace("cap: 1", f"cap: {cap}")))
        if cap == 1:
            kamctl("opportunity", "new", "hill/shelf", "--name", "Shelf", "--set", "importance=gold")
        assert kamctl("importance", "--fields", "over").out == f"over\n{over}\n"
