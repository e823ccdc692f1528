"""Edits of YAML text: the field that was asked for changes, and nothing else in the file does."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from copy import deepcopy
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kamctl import edit, source
from kamctl.edit import EditRefused, Plain
from kamctl.problems import Keys
from kamctl.saving import Draft
from kamctl.source import Data, Node, SourceError

# --- a one-field change is a one-line diff

DEAL = """\
# 三号线 —— 重点项目
name: '三号线管道改造'   # as in the tender
owner: li-na

stage: Q    # 报价
amount: 2000000 CNY
probability: 60%
products: [阀门, 管件]   # both
stage_history:
  - {date: 2026-01-12, stage: L}
  - {date: 2026-05-11, stage: Q}   # 口头

competitors:
    siemens:            # the old enemy
        name: "西门子"
        strengths:
        - price
        - 品牌
# 完
"""

SET = [
    ("plain text", ("stage",), "S", "stage: Q    # 报价", "stage: S    # 报价"),
    ("quotes are kept", ("name",), "四号线", "name: '三号线管道改造'   # as", "name: '四号线'   # as"),
    ("a quote inside quotes", ("name",), "it's", "name: '三号线管道改造'", "name: 'it''s'"),
    ("double quotes are kept", ("competitors", "siemens", "name"), "ABB", '"西门子"', '"ABB"'),
    ("a percent", ("probability",), "40%", "60%", "40%"),
    ("an item of a list in brackets", ("products", 1), "泵", "[阀门, 管件]", "[阀门, 泵]"),
    ("an item of a list of lines", ("competitors", "siemens", "strengths", 0), "low price", "- price", "- low price"),
    ("a field of a list item", ("stage_history", 1, "date"), "2026-06-01", "2026-05-11", "2026-06-01"),
    ("text that looks like an item", ("owner",), "- x", "owner: li-na", 'owner: "- x"'),
    ("text that looks like a mapping", ("owner",), "a: b", "owner: li-na", 'owner: "a: b"'),
    ("text with a comma in brackets", ("products", 0), "a, b", "[阀门, 管件]", '["a, b", 管件]'),
    ("text with a hash", ("stage",), "Q #2", "stage: Q    # 报价", 'stage: "Q #2"    # 报价'),
    ("text that is a word of YAML", ("stage",), "null", "stage: Q ", 'stage: "null" '),
    ("text that other readers take for a number", ("stage",), "012", "stage: Q ", 'stage: "012" '),
    ("nothing at all", ("stage",), "", "stage: Q ", 'stage: "" '),
    ("a whole list in brackets", ("products",), ["泵"], "[阀门, 管件]   # both", "[泵]   # both"),
    ("a flag without quotes", ("stage",), Plain("true"), "stage: Q ", "stage: true "),
]


@pytest.mark.parametrize(("keys", "value", "old", "new"), [case[1:] for case in SET], ids=[case[0] for case in SET])
def test_setting_one_field_changes_one_line_and_only_its_value(keys: Keys, value: Data, old: str, new: str) -> None:
    after = edit.set_value(DEAL, keys, value)
    assert after == DEAL.replace(old, new, 1)
    assert DEAL.count(old) == 1
    assert len(changed_lines(DEAL, after)) == 2
    assert got(source.read(after), keys) == value


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("ending", [True, False], ids=["final newline", "no final newline"])
@pytest.mark.parametrize(("keys", "value"), [case[1:3] for case in SET], ids=[case[0] for case in SET])
def test_line_ends_stay_what_they_were(keys: Keys, value: Data, ending: bool, newline: str) -> None:
    text = DEAL.replace("\n", newline) if ending else DEAL.removesuffix("\n").replace("\n", newline)
    after = edit.set_value(text, keys, value)
    assert after.replace(newline, "\n") == edit.set_value(DEAL if ending else DEAL[:-1], keys, value)
    assert len(changed_lines(text, after)) == 2


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""], ids=["BOM", "no BOM"])
def test_a_byte_order_mark_stays_and_none_comes(mark: bytes) -> None:
    raw = mark + DEAL.encode()
    draft = Draft("x.yaml", raw, edit.set_value(source.decode(raw), ("stage",), "S"))
    assert draft.after == raw.replace(b"stage: Q ", b"stage: S ", 1)


CHANGES: list[tuple[str, str, str, Any, str]] = [
    # what, before, operation, (keys, value), after
    ("a new key comes last", "a: 1\nb: 2\n", "set", (("c",), "3"), "a: 1\nb: 2\nc: 3\n"),
    ("a new key before a comment at the end", "a: 1\n\n# end\n", "set", (("c",), "3"), "a: 1\nc: 3\n\n# end\n"),
    ("a new key in a file without final newline", "a: 1", "set", (("c",), "3"), "a: 1\nc: 3\n"),
    ("a new key in an empty file", "", "set", (("c",), "3"), "c: 3\n"),
    ("a new key in a file of comments", "# 客户\n", "set", (("c",), "3"), "# 客户\nc: 3\n"),
    ("a new key in a mapping in braces", "a: {x: 1}\n", "set", (("a", "w"), "2"), "a: {x: 1, w: 2}\n"),
    ("a new key in empty braces", "a: {}  # c\n", "set", (("a", "w"), "2"), "a: {w: 2}  # c\n"),
    ("a new key below", "a:\n    x: 1\n\nb: 2\n", "set", (("a", "w"), "2"), "a:\n    x: 1\n    w: 2\n\nb: 2\n"),
    ("a path of new keys", "a: 1\n", "set", (("b", "c", "d"), "2"), "a: 1\nb:\n  c: {d: 2}\n"),
    ("an empty value gets one", "a:\nb: 2\n", "set", (("a",), "1"), "a: 1\nb: 2\n"),
    ("an empty value with a comment", "a:  # later\nb: 2\n", "set", (("a",), "1"), "a: 1  # later\nb: 2\n"),
    ("null gets a value", "a: ~ # c\n", "set", (("a",), "1"), "a: 1 # c\n"),
    ("a field below an empty value", "a:\nb: 2\n", "set", (("a", "x"), "1"), "a: {x: 1}\nb: 2\n"),
    ("a value on the next line", "a: # c\n  old\nb: 2\n", "set", (("a",), "new"), "a: # c\n  new\nb: 2\n"),
    ("text over two lines", "a: one\n  two # c\nb: 2\n", "set", (("a",), "new"), "a: new # c\nb: 2\n"),
    (
        "a block of text becomes a line",
        "a: |  # 备注\n  x\n  w\n\nb: 2\n",
        "set",
        (("a",), "z"),
        "a: z  # 备注\n\nb: 2\n",
    ),
    ("a line becomes a block of text", "a: z\nb: 2\n", "set", (("a",), "x\nw"), "a: |-\n  x\n  w\nb: 2\n"),
    ("a line with a comment stays a line", "a: z # c\n", "set", (("a",), "x\nw"), 'a: "x\\nw" # c\n'),
    ("a block of text keeps its comment", "a: | # c\n  x\n", "set", (("a",), "x\nw\n"), "a: | # c\n  x\n  w\n"),
    ("a mapping becomes text", "a: # c\n  # d\n  x: 1\nb: 2\n", "set", (("a",), "t"), "a: t # c\n  # d\nb: 2\n"),
    ("text becomes a list", "a: t  # c\nb: 2\n", "set", (("a",), ["x", "w"]), "a: [x, w]  # c\nb: 2\n"),
    (
        "text becomes a long mapping",
        "a: t  # c\nb: 2\n",
        "set",
        (("a",), {"x": {"w": "1"}}),
        "a:  # c\n  x: {w: 1}\nb: 2\n",
    ),
    ("a list of lines becomes another", "a: # c\n- x\n", "set", (("a",), ["w", ["z"]]), "a: # c\n  - w\n  - [z]\n"),
    ("an item on lines", "a:\n- x\n- w\n", "append", (("a",), "z"), "a:\n- x\n- w\n- z\n"),
    ("an item deeper", "a:\n     - x # c\n# d\n", "append", (("a",), "z"), "a:\n     - x # c\n     - z\n# d\n"),
    ("an item in brackets", "a: [x, w] # c\n", "append", (("a",), "z"), "a: [x, w, z] # c\n"),
    ("an item after a last comma", "a: [x, w,]\n", "append", (("a",), "z"), "a: [x, w, z]\n"),
    ("an item in empty brackets", "a: []\n", "append", (("a",), "z"), "a: [z]\n"),
    ("an item to nothing", "a: # c\n", "append", (("a",), "z"), "a: [z] # c\n"),
    ("an item to a list that is not there", "a: 1\n", "append", (("b",), "z"), "a: 1\nb: [z]\n"),
    (
        "a mapping in braces like the one above",
        "a:\n  - {x: 1}\n",
        "append",
        (("a",), {"x": "2", "w": "3"}),
        "a:\n  - {x: 1}\n  - {x: 2, w: 3}\n",
    ),
    (
        "a mapping on lines like the one above",
        "a:\n  - x: 1\n    w: 2\n",
        "append",
        (("a",), {"x": "3", "w": "4"}),
        "a:\n  - x: 1\n    w: 2\n  - x: 3\n    w: 4\n",
    ),
    ("an empty mapping below one on lines", "a:\n- x: 1\n", "append", (("a",), {}), "a:\n- x: 1\n- {}\n"),
    ("position n appends", "a: [x]\n", "set", (("a", 1), "w"), "a: [x, w]\n"),
    ("positions count what is there", "a:\n-\n- x\n- ~\n- w\n", "set", (("a", 1), "z"), "a:\n-\n- x\n- ~\n- z\n"),
    ("the first key", "# top\na: 1 # c\nb: 2\n", "remove", (("a",), None), "# top\nb: 2\n"),
    ("a middle key with all below", "a: 1\nb:\n  x: 1\n\n  w: 2\nc: 3\n", "remove", (("b",), None), "a: 1\nc: 3\n"),
    ("the last key", "a: 1\nb: 2\n# end\n", "remove", (("b",), None), "a: 1\n# end\n"),
    ("the last key without final newline", "a: 1\nb: 2", "remove", (("b",), None), "a: 1\n"),
    ("the only key of the file", "# top\na: 1\n", "remove", (("a",), None), "# top\n"),
    ("the only key below", "a: # c\n  x: 1\nb: 2\n", "remove", (("a", "x"), None), "a: {} # c\nb: 2\n"),
    ("the only key in braces", "a: {x: 1} # c\n", "remove", (("a", "x"), None), "a: {} # c\n"),
    ("a block of text", "a: |\n  x\n\n  w\n\nb: 2\n", "remove", (("a",), None), "\nb: 2\n"),
    ("an empty list item is not the one", "a:\n-\n- x\n- w\n", "remove", (("a", 0), None), "a:\n-\n- w\n"),
    ("the first in brackets", "a: [x, w, z]\n", "remove", (("a", 0), None), "a: [w, z]\n"),
    ("the middle in brackets", "a: [x, w, z]\n", "remove", (("a", 1), None), "a: [x, z]\n"),
    ("the last in brackets", "a: [x, w, z]\n", "remove", (("a", 2), None), "a: [x, w]\n"),
    ("the last in brackets with a last comma", "a: [x, w,]\n", "remove", (("a", 1), None), "a: [x,]\n"),
    ("the only one in brackets", "a: [x]\n", "remove", (("a", 0), None), "a: []\n"),
    ("the only item on a line", "a:\n  - x\nb: 2\n", "remove", (("a", 0), None), "a: []\nb: 2\n"),
    ("the first field of an item", "a:\n  - x: 1\n    w: 2\n", "remove", (("a", 0, "x"), None), "a:\n  - w: 2\n"),
    (
        "the first field of an item keeps the comment on the second",
        "a:\n  - x: 1\n    # on w\n    w: 2\n",
        "remove",
        (("a", 0, "x"), None),
        "a:\n  - # on w\n    w: 2\n",
    ),
    (
        "an item in brackets over lines keeps the comment on the others",
        "a: [x,  # on x\n    w,  # on w\n    z]\n",
        "remove",
        (("a", 2), None),
        "a: [x,  # on x\n    w,  # on w\n    ]\n",
    ),
    (
        "an item below a comment with dashes",
        "a:\n- x\n-\n  # - not this -\n  w: 1\n- z\n",
        "remove",
        (("a", 1), None),
        "a:\n- x\n- z\n",
    ),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("before", "operation", "arguments", "after"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES]
)
def test_adding_and_removing_touches_nothing_else(
    before: str, operation: str, arguments: tuple[Keys, Data], after: str, newline: str
) -> None:
    found = apply(before.replace("\n", newline), operation, *arguments)
    assert found.replace(newline, "\n") == after
    assert "\n" not in found.replace(newline, "") or newline not in before.replace("\n", newline)


ORDER = ("name", "owner", "stage", "amount", "close_date")


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        ("name: x\nstage: Q\n", "owner", "name: x\nowner: new\nstage: Q\n"),
        ("name: x # c\n\nstage: Q\n", "owner", "name: x # c\nowner: new\n\nstage: Q\n"),
        ("stage: Q\nname: x\n", "amount", "stage: Q\nname: x\namount: new\n"),
        ("name: x\nneeds: y\n", "close_date", "name: x\nclose_date: new\nneeds: y\n"),
        ("stage: Q\nneeds: y\n", "name", "stage: Q\nneeds: y\nname: new\n"),
        ("name: x\nstage: Q\n", "unknown", "name: x\nstage: Q\nunknown: new\n"),
    ],
)
def test_a_new_key_goes_behind_its_predecessors_in_the_customary_order(before: str, key: str, after: str) -> None:
    assert edit.set_value(before, (key,), "new", ORDER) == after


REFUSED: list[tuple[str, str, str, Any, str]] = [
    ("a value that is an alias", "a: &x {b: 1}\nc: *x\n", "set", (("c", "b"), "2"), "alias"),
    ("what an alias repeats", "a: &x {b: 1}\nc: *x\n", "set", (("a", "b"), "2"), "other parts"),
    ("the anchor of an alias", "a: &x t\nc: *x\n", "remove", (("a",), None), "other parts"),
    ("a field of text", "a: t\n", "set", (("a", "b"), "2"), "text"),
    ("a position of a mapping", "a: t\n", "set", (("a", 0), "2"), "text"),
    ("a key of a list", "a: [x]\n", "set", (("a", "b"), "2"), "list"),
    ("a position far behind", "a: [x]\n", "set", (("a", 5), "2"), "5"),
    ("a position before the first", "a: [x]\n", "set", (("a", -1), "2"), "-1"),
    ("an item to text", "a: t\n", "append", (("a",), "2"), "not a list"),
    ("an item to a mapping", "a: {b: 1}\n", "append", (("a",), "2"), "not a list"),
    ("a key that is not there", "a: t\n", "remove", (("b",), None), "not there"),
    ("an item that is not there", "a: [x]\n", "remove", (("a", 1), None), "not there"),
    ("a field below one that is not there", "a: t\n", "remove", (("b", "c"), None), "not there"),
    ("the only field of an item", "a:\n  - x: 1\n", "remove", (("a", 0, "x"), None), "remove the item"),
]


@pytest.mark.parametrize(
    ("before", "operation", "arguments", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_cannot_be_done_alone_is_refused_and_the_message_says_why(
    before: str, operation: str, arguments: tuple[Keys, Data], words: str
) -> None:
    with pytest.raises(EditRefused, match=re.escape(words)):
        apply(before, operation, *arguments)


def test_a_field_beside_an_alias_can_be_set() -> None:
    text = "a: &x {b: 1}\nc: *x\nd: 1\n"
    assert edit.set_value(text, ("d",), "2") == text.replace("d: 1", "d: 2")
    assert edit.set_value(text, ("c",), "2") == text.replace("*x", "2")


def test_text_that_no_file_can_hold_is_refused_and_no_crash() -> None:
    with pytest.raises(EditRefused):
        edit.set_value("a: 1\n", ("a",), "\udcff")


def test_a_place_is_named_the_way_people_type_it() -> None:
    assert edit.dotted(("stage_history", 0, "date")) == "stage_history.0.date"


def test_new_blocks_are_laid_out_for_reading() -> None:
    value: Data = {
        "name": "三号线",
        "empty": [],
        "short": {"date": "2026-01-12", "stage": "L"},
        "notes": "first\nsecond\n",
        "deep": {"a": {"b": ["x"]}},
        "items": [{"x": "1"}, ["w"], "z", {"long": "w" * 90}],
    }
    lines = edit.block_lines(value, 0)
    assert lines == [
        "name: 三号线",
        "empty: []",
        "short: {date: 2026-01-12, stage: L}",
        "notes: |",
        "  first",
        "  second",
        "deep:",
        "  a:",
        "    b: [x]",
        "items:",
        "  - {x: 1}",
        "  - [w]",
        "  - z",
        f"  - long: {'w' * 90}",
    ]
    assert source.read("\n".join(lines) + "\n") == value


# --- one scalar

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TRICKY = st.text(
    " \t\n\r'\"\\#:,-?[]{}&*!|>%@`~.01aenouy_+=<中：\u3000\xa0\x85\u2028\ufeff\x00\x7f\uffff😀", max_size=6
)


@settings(max_examples=300)
@given(ANY_TEXT | TRICKY, st.sampled_from(["", "'", '"']))
def test_any_text_reads_back_as_itself_wherever_it_is_written(value: str, style: str) -> None:
    block, flow = edit.scalar(value, style), edit.scalar(value, style, flow=True)
    assert source.read(f"k: {block}\nl:\n- {block} # c\n") == {"k": value, "l": [value]}
    assert source.read(f"k: [{flow}, {flow}]\nl: {{m: {flow}}}\n") == {"k": [value, value], "l": {"m": value}}
    if len(value) < 100:
        assert source.read(f"{edit.scalar(value)}: 1\n") == {value: "1"}
        assert source.read(f"{{{edit.scalar(value, flow=True)}: 1}}\n") == {value: "1"}
    assert not re.search(r"[\r\n]", block + flow)


@pytest.mark.parametrize(
    "word", ["三号线", "li-na", "2026-03-12", "200万 CNY", "60%", "O'Brien", "a#b", "10:30", "中：文"]
)
def test_ordinary_words_are_written_without_quotes(word: str) -> None:
    assert edit.scalar(word) == (word if word != "10:30" else '"10:30"')


@pytest.mark.parametrize(
    "word", ["no", "Yes", "on", "~", "null", "true", "012", "1e3", "1:30", "0x1F", ".inf", "+1", "="]
)
def test_words_that_other_readers_take_for_something_else_get_quotes(word: str) -> None:
    assert edit.scalar(word) == f'"{word}"'


# --- ugly files

WORTHY_OF_FEAR = [
    *["- x", "a: b", ": ", " #", "x #y", "'", '"', "\\", "a\nb", "a\nb\n", "\n", "a\n\n\nb", " a\nb", "a\r\nb", "a\tb"],
    *["\ta", "a\u2028b", "\x85", "\ufeff", "\x00", "\x7f", "\ue000", "😀", "  lead", "trail ", "\u3000x", "x\u3000#y"],
    *["null", "~", "yes", "012", "1:30", "<<", "=", "---", "...", "", "-", "?", "? q", "=:?", "x:", "-x", ":x", "?x"],
    *["[x", "x]", "{", "x, y", "#c", "*a", "&a", "!t", "@", "`", "%x", "|", ">", "三号线", "中文，说明：是", "a" * 200],
]
NEW_KEYS = ["a", "neu", "键", "k: q", "7", "us"]
UGLY = settings(max_examples=400, suppress_health_check=list(HealthCheck))


class Case(NamedTuple):
    """An edit of a file that many hands have written."""

    text: str
    operation: str
    keys: Keys
    value: Data


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rng = Random(draw(st.integers(0, 2**32)))
    text = Ugly(rng, draw(st.integers(1, 3))).text()
    try:
        data = source.read(text)
    except SourceError:
        assume(False)
    places, collections = list(places_of(data)), list(places_of(data, collections=True))
    operation = rng.choice(["set", "set", "add", "add", "append", "remove", "remove"])
    value = some_value(rng, 2)
    if operation == "add":
        keys = rng.choice(collections)
        above = got(data, keys)
        new: str | int = rng.choice(NEW_KEYS) if isinstance(above, dict) else len(above)
        keys = (*keys, new)
        below: Keys = rng.choice([(), (), (), ("below",), (0,)])
        return Case(text, "set", (*keys, *below), value)
    if operation == "append":
        lists = [keys for keys in collections if isinstance(got(data, keys), list)]
        return Case(text, operation, rng.choice(lists) if lists else ("new list",), value)
    assume(places)
    return Case(text, operation, rng.choice(places), value)


@UGLY
@given(cases())
def test_an_edit_of_an_ugly_file_changes_what_was_asked_and_nothing_else(case: Case) -> None:
    try:
        after = apply(*case)
    except EditRefused:
        return
    assert source.read(after) == expected(case)
    if after != case.text:
        assert_lines_kept(case, after)
        assert_comments_kept(case, after)
        assert_line_ends_kept(case, after)


@UGLY
@given(cases(), st.sampled_from(WORTHY_OF_FEAR) | ANY_TEXT)
def test_text_can_be_set_in_any_file_without_anchors_and_set_again_changes_nothing(case: Case, value: str) -> None:
    assume("&" not in case.text and not re.search(r"^ *(- *)*[?]", case.text, re.M))
    places = list(places_of(source.read(case.text)))
    assume(places)
    after = edit.set_value(case.text, places[0], value)
    assert edit.set_value(after, places[0], value) == after
    assert got(source.read(after), places[0]) == value


@UGLY
@given(cases())
def test_set_and_set_back_gives_the_old_data(case: Case) -> None:
    assume(case.operation == "set")
    before = source.read(case.text)
    try:
        old = got(before, case.keys)
        after = edit.set_value(edit.set_value(case.text, case.keys, case.value), case.keys, old)
    except (EditRefused, KeyError, IndexError, TypeError):
        return
    assert source.read(after) == before


# --- what an edit may touch


def assert_lines_kept(case: Case, after: str) -> None:
    """Every line outside those of the node that was set, added or removed stands as it stood, byte for byte."""
    first, last = touched(case)
    if first > last:
        pairs = enumerate(zip(case.text, after, strict=False))
        kept = next((i for i, (old, new) in pairs if old != new), len(case.text))
        assert after.endswith(case.text[kept:]), "more than an insertion"
        return
    lines = re.split(r"(?<=\n)", case.text)
    head, tail = "".join(lines[: first - 1]), "".join(lines[last:])
    assert len(after) >= len(head) + len(tail)
    assert after.startswith(head)
    assert after.endswith(tail)


def assert_comments_kept(case: Case, after: str) -> None:
    """Every comment outside what was replaced or removed is there, once; one at the end of a removed line may go."""
    start, end = span(case)
    if case.operation == "remove":
        end += len(re.match(r"[^\r\n]*", case.text[end:])[0])  # type: ignore[index]
    gone = {match[0] for match in COMMENT.finditer(case.text, start, end)}
    now = COMMENT.findall(after)
    assert [comment for comment in COMMENT.findall(case.text) if comment not in gone and now.count(comment) != 1] == []
    assert len(now) == len(set(now))


def assert_line_ends_kept(case: Case, after: str) -> None:
    if "\r\n" in case.text:
        assert not re.search(r"(?<!\r)\n", after)
    else:
        assert "\r" not in after


def touched(case: Case) -> tuple[int, int]:
    """Return the first and last line that an edit may change; the first after the last for a mere insertion."""
    name, node, followed = source.find(source.compose(case.text), case.keys)
    if node is None or (adds(case, node, followed) and node.items):
        return 1, 0
    start, end = span(case)
    start = min(start, (name or node).start) if case.operation == "set" else start
    if case.operation == "remove":
        start, end = neighbours(case, start, end)
    return source.place(case.text, start)[0], source.place(case.text, end)[0]


def neighbours(case: Case, start: int, end: int) -> tuple[int, int]:
    """Stretch the span of an entry over the gap to the next, or the one before, when it shares their lines."""
    _, parent, _ = source.find(source.compose(case.text), case.keys[:-1])
    _, node, _ = source.find(source.compose(case.text), case.keys)
    assert parent is not None
    position = next(i for i, item in enumerate(parent.items) if item == node)
    before = case.text[case.text.rfind("\n", 0, start) + 1 : start].strip(" ")
    if len(parent.items) > 1 and (parent.style == "flow" or before):
        if position + 1 < len(parent.items):
            return start, (parent.names or parent.items)[position + 1].start
        return end_of(case.text, parent.items[position - 1]), end
    return start, end


def span(case: Case) -> tuple[int, int]:
    """Return where the characters begin and end that an edit replaces or removes."""
    root = source.compose(case.text)
    name, node, followed = source.find(root, case.keys)
    if node is None or (adds(case, node, followed) and node.items):
        return 0, 0
    if case.operation != "remove":
        return node.start, end_of(case.text, node)
    parent_name, parent, _ = source.find(root, case.keys[:-1])
    assert parent is not None
    if len(parent.items) == 1:
        return (parent_name or parent).start, end_of(case.text, parent)
    start = (name or node).start
    if name is None and parent.style == "block":
        position = next(i for i, item in enumerate(parent.items) if item == node)
        above = end_of(case.text, parent.items[position - 1]) if position else parent.start
        start = above + len(re.match(r"(?:&\S+)?(?:\s|#[^\r\n]*)*", case.text[above:])[0])  # type: ignore[index]
    return start, end_of(case.text, node)


def adds(case: Case, node: Node, followed: int) -> bool:
    return case.operation == "append" or followed < len(case.keys)


def end_of(text: str, node: Node) -> int:
    """Return where a node ends, without the blank lines behind it; those behind `|+` belong to it."""
    if node.style == "block":
        return end_of(text, node.items[-1])
    if node.style in ("|", ">") and re.match(r"(&\S+ )?[|>][0-9]*[+]", text[node.start :]):
        return max(node.start, node.end - 1)
    return node.start + len(text[node.start : node.end].rstrip())


# --- helpers


def apply(text: str, operation: str, keys: Keys, value: Data) -> str:
    if operation == "set":
        return edit.set_value(text, keys, value)
    return edit.append(text, keys, value) if operation == "append" else edit.remove(text, keys)


def expected(case: Case) -> Any:
    """Return the data that a file should hold after an edit."""
    data: Any = source.read(case.text)
    if case.operation == "remove":
        del got(data, case.keys[:-1])[case.keys[-1]]
        return deepcopy(data)
    keys = case.keys
    if case.operation == "append":
        try:
            keys = (*keys, len(got(data, keys)))
        except KeyError:
            keys = (*keys, 0)
    return changed(data, keys, case.value)


def changed(data: Any, keys: Sequence[str | int], value: Data) -> Any:
    if not keys:
        return value
    if data is None:
        data = [] if isinstance(keys[0], int) else {}
    if isinstance(data, dict):
        return {**data, str(keys[0]): changed(data.get(str(keys[0])), keys[1:], value)}
    position = int(keys[0])
    return [*data[:position], changed((data[position:] or [None])[0], keys[1:], value), *data[position + 1 :]]


def got(data: Any, keys: Keys) -> Any:
    for key in keys:
        data = data[key]
    return data


def places_of(data: Data, at: Keys = (), *, collections: bool = False) -> list[Keys]:
    """Return the places of all values, or of the mappings and lists only, with the whole file as the first."""
    if isinstance(data, dict):
        pairs: list[tuple[str | int, Data]] = list(data.items())
    elif isinstance(data, list):
        pairs = list(enumerate(data))
    else:
        return [] if collections else [at]
    here = [at] if collections or at else []
    return here + [place for key, value in pairs for place in places_of(value, (*at, key), collections=collections)]


def some_value(rng: Random, depth: int) -> Data:
    if depth == 0 or rng.random() < 0.65:
        return rng.choice(WORTHY_OF_FEAR)
    if rng.random() < 0.5:
        return {key: some_value(rng, depth - 1) for key in rng.sample(NEW_KEYS, rng.randint(0, 3))}
    return [some_value(rng, depth - 1) for _ in range(rng.randint(0, 3))]


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line for line in lines if line[0] in "+-"]


# --- a writer of ugly files

KEYS = [
    "a",
    "b",
    "name",
    "stage",
    "us",
    "2026-Q1",
    "名称",
    "需求",
    "x y",
    '"q: k"',
    "'it''s'",
    '"双"',
    "n.5",
    "no",
    "10",
]
WORDS = [
    "x",
    "三号线",
    "10:30",
    "012",
    "no",
    "a#b",
    "http://x/y",
    "it's",
    'say "hi"',
    "two words",
    "60%",
    "200万 CNY",
    "-1",
    "管网 改造",
    "，全角。",
    "😀",
    "e\u0301",
]
COMMENT = re.compile(r"#注\d+;")


class Ugly:
    """One file in the making. Each comment holds a word of its own, which `COMMENT` finds."""

    def __init__(self, rng: Random, depth: int = 3) -> None:
        self.rng = rng
        self.depth = depth
        self.comments = 0
        self.named = 0
        self.anchors: list[str] = []
        self.newline = rng.choice(["\n", "\n", "\r\n"])

    def text(self) -> str:
        rng = self.rng
        lines = self.noise(0, 0.2)
        if self.chance(0.15):
            lines.append("---" + self.tail())
        lines += self.mapping(rng.choice([0, 0, 0, 0, 2]), self.depth)
        lines += self.noise(0, 0.3)
        if self.chance(0.05):
            lines.append("...")
        return self.newline.join(lines) + ("" if self.chance(0.2) else self.newline)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def comment(self) -> str:
        self.comments += 1
        return f"#注{self.comments};" + self.rng.choice(["", " 说明: [x]", " it's - {", ' "a: b'])

    def tail(self) -> str:
        """Spaces and perhaps a comment at the end of a line."""
        if self.chance(0.2):
            return self.rng.choice([" ", "  ", "\t", "   "]) + self.comment()
        return self.rng.choice(["", "", "", "", " ", "  "])

    def noise(self, indent: int, share: float) -> list[str]:
        """Blank lines and lines of comment, at any indentation."""
        lines = []
        while self.chance(share):
            blank = self.rng.choice(["", "", " " * self.rng.randint(0, 6)])
            at = self.rng.choice([indent, indent, 0, self.rng.randint(0, 9)])
            lines.append(blank if self.chance(0.5) else " " * at + self.comment())
        return lines

    def mapping(self, indent: int, depth: int) -> list[str]:
        lines: list[str] = []
        pad = " " * indent
        for key in self.rng.sample(KEYS, self.rng.randint(1, 4)):
            if lines:
                lines += self.noise(indent, 0.2)
            if self.chance(0.02):
                first, rest = self.value(indent, depth, below_key=False)
                lines += [f"{pad}? {key}{self.tail()}", f"{pad}:{first}", *rest]
                continue
            first, rest = self.value(indent, depth, below_key=True)
            lines += [f"{pad}{key}{self.rng.choice(['', '', '', ' '])}:{first}", *rest]
        return lines

    def sequence(self, indent: int, depth: int) -> list[str]:
        lines: list[str] = []
        pad = " " * indent
        for _ in range(self.rng.randint(1, 4)):
            if lines:
                lines += self.noise(indent, 0.2)
            if depth > 0 and self.chance(0.4):
                gap = self.rng.randint(1, 3)
                inner = indent + 1 + gap
                block = self.mapping(inner, depth - 1) if self.chance(0.75) else self.sequence(inner, depth - 1)
                if self.chance(0.8):
                    lines += [f"{pad}-{' ' * gap}{block[0][inner:]}", *block[1:]]
                else:
                    lines += [f"{pad}-{self.tail()}", *self.noise(indent, 0.1), *block]
                continue
            first, rest = self.value(indent, 0, below_key=False)
            lines += [f"{pad}-{first}", *rest]
        return lines

    def value(self, indent: int, depth: int, *, below_key: bool) -> tuple[str, list[str]]:
        """Return what follows `key:` or `-` on its line, and the lines below."""
        rng = self.rng
        anchor = ""
        if self.chance(0.05):
            self.named += 1
            anchor = f" &x{self.named}"
        if depth > 0 and self.chance(0.5):
            lists = self.chance(0.5)
            inner = indent + (rng.randint(0, 6) if lists and below_key else rng.randint(1, 6))
            block = self.sequence(inner, depth - 1) if lists else self.mapping(inner, depth - 1)
            self.declare(anchor)
            return anchor + self.tail(), [*self.noise(inner, 0.1), *block]
        kind = rng.random()
        if kind < 0.12 and self.anchors:
            return f" *{rng.choice(self.anchors)}" + self.tail(), []
        if kind < 0.22:
            return rng.choice([self.tail(), " ~" + self.tail(), " null" + self.tail()]), []
        if kind < 0.45:
            text = self.flow(2)
            self.declare(anchor)
            return anchor + " " + text + self.tail(), []
        if kind < 0.6:
            self.declare(anchor)
            return self.literal(anchor, indent)
        self.declare(anchor)
        gap = rng.choice([" ", " ", " ", "   "])
        if self.chance(0.1):
            pad = " " * (indent + rng.randint(1, 4))
            return anchor + self.tail(), [pad + self.word(False) + self.tail()]
        if self.chance(0.1):
            words = [rng.choice(["one", "二", "three 3"]) for _ in range(rng.randint(2, 3))]
            quote = rng.choice(["", "'", '"'])
            words[0], words[-1] = quote + words[0], words[-1] + quote
            pad = " " * (indent + rng.randint(1, 4))
            between = [""] if self.chance(0.2) else []
            rest = [*between, *(pad + word for word in words[1:])]
            rest[-1] += self.tail()
            return anchor + gap + words[0], rest
        return anchor + gap + self.word(False) + self.tail(), []

    def declare(self, anchor: str) -> None:
        if anchor:
            self.anchors.append(anchor[2:])

    def literal(self, anchor: str, indent: int) -> tuple[str, list[str]]:
        rng = self.rng
        inner = rng.randint(1, 4)
        sign = rng.choice(["|", ">"]) + rng.choice(["", "", "-", "+"])
        lines = [rng.choice(["第一行", "text: here", "# no comment", "- x", "", "  more"]) for _ in range(3)]
        lines[0] = rng.choice(["first", "首行: #x"])
        if self.chance(0.15):
            sign = sign[0] + str(inner) + sign[1:]
            lines[0] = "  lead"
        pad = " " * (indent + inner)
        return anchor + f" {sign}" + self.tail().replace("\t", " "), [pad + line if line else "" for line in lines]

    def word(self, in_flow: bool) -> str:
        word = self.rng.choice(WORDS)
        kind = self.rng.random()
        if kind < 0.2:
            return "'" + word.replace("'", "''") + "'"
        if kind < 0.4:
            return '"' + word.replace('"', '\\"') + self.rng.choice(["", "\\n", "\\u4e2d", " #x: [", "\\\\"]) + '"'
        return word

    def flow(self, depth: int) -> str:
        rng = self.rng
        items = []
        listed = self.chance(0.5)
        for key in rng.sample(KEYS, rng.randint(0, 3)):
            item = self.flow(depth - 1) if depth > 0 and self.chance(0.25) else self.word(True)
            if self.anchors and self.chance(0.05):
                item = f"*{rng.choice(self.anchors)} "
            items.append(item if listed else f"{key}: {item}" if self.chance(0.95) else f"{key}:")
        space = rng.choice(["", "", " "])
        comma = rng.choice([", ", ", ", ",  ", " , "])
        broken = self.chance(0.15)
        text = "".join(items[:1])
        for item in items[1:]:
            if broken:
                comma = "," + self.tail() + self.newline + " " * rng.randint(8, 20)
            text += comma + item
        if items and self.chance(0.1):
            text += rng.choice([",", " ,"])
        if self.chance(0.05):
            text += self.newline + " " * 20
        opening, closing = "[]" if listed else "{}"
        return opening + space + text + space + closing
