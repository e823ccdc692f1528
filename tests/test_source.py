"""Reading YAML: what a person meant, or an error at its place; never a crash, never a wait."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kamctl import rules, source
from kamctl.problems import Keys
from kamctl.source import MAX_ALIASES, MAX_BYTES, MAX_DEPTH, Data, SourceError

# --- what is typed is what is read


@pytest.mark.parametrize(
    "word",
    [
        *["no", "No", "on", "yes", "true", "False", "1:30", "14:00", "012", "1e3", "0x1F", "1_000", ".inf", "nan"],
        *[
            "2026-03-12",
            "2026-03-12T18:05",
            "+86 138",
            "60%",
            "=",
            "-1",
            "-",
            "a#b",
            "http://x",
            "it's",
            "a, b",
            "中：文",
        ],
    ],
)
def test_a_word_stays_what_was_typed(word: str) -> None:
    if word != "-":
        assert source.read(f"a: {word}\n") == {"a": word}
        assert source.read(f"a:\n- {word} # c\n") == {"a": [word]}
    assert source.read(f"a: '{word.replace(chr(39), chr(39) * 2)}'\n") == {"a": word}


@pytest.mark.parametrize("nothing", ["", " ", " ~", " null", " Null", " NULL", " # later"])
def test_an_empty_value_is_nothing(nothing: str) -> None:
    assert source.read(f"a:{nothing}\nb: [x, ~]\nc: 1\n") == {"b": ["x"], "c": "1"}


@pytest.mark.parametrize("text", ['a: "null"\n', "a: 'null'\n", "a: |-\n  null\n"])
def test_a_quoted_null_is_a_word(text: str) -> None:
    assert source.read(text) == {"a": "null"}


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "--- # c\n...\n", "~\n"])
def test_a_file_without_content_is_empty_and_no_error(text: str) -> None:
    assert source.read(text) == {}


def test_every_way_to_write_text_is_understood() -> None:
    text = 'a: |\n  x\n  y\nb: >-\n  x\n  y\nc: "\\u4e2d\\n"\nd: one\n  two\n'
    text += 'e: {f: [1, {g: h}], "i j": k}\n? l\n: m\n10: n\n'
    assert source.read(text) == {
        "a": "x\ny\n",
        "b": "x y",
        "c": "中\n",
        "d": "one two",
        "e": {"f": ["1", {"g": "h"}], "i j": "k"},
        "l": "m",
        "10": "n",
    }


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_line_ends_of_every_system_read_alike(newline: str) -> None:
    text = "a: 1\nb:\n  - x\n  - |\n    y\n    z\n"
    assert source.read(text.replace("\n", newline)) == {"a": "1", "b": ["x", "y\nz\n"]}


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert source.read(source.decode("\ufeff名称: 渤海\n".encode())) == {"名称": "渤海"}


def test_an_alias_stands_for_what_its_anchor_named() -> None:
    assert source.read("a: &x {b: 1}\nc: *x\nd: &y t\ne: [*y, *y]\n") == {
        "a": {"b": "1"},
        "c": {"b": "1"},
        "d": "t",
        "e": ["t", "t"],
    }


# --- what is refused, and where

REFUSED = [
    ("full-width space before a comment", "a: 三号线\u3000# c\n", "full-width-space", 1, 4),
    ("full-width colon", "a: 1\n名称：渤海\n", "full-width-colon", 2, 3),
    ("full-width colon and a full-width space", "名称：\u3000渤海\n", "full-width-space", 1, 3),
    ("full-width colon in braces", "a: {名称：渤海}\n", "full-width-colon", 1, 7),
    ("no space after a colon", "a: 1\nstage:Q\n", "missing-space", 2, 6),
    ("no space before a quote", 'a: {us:"+"}\n', "missing-space", 1, 7),
    ("a tab to indent", "a:\n\tb: 1\n", "yaml-tab", 2, 1),
    ("a tag that runs code", "a: !!python/object/apply:os.system [ls]\n", "yaml-tag", 1, 4),
    ("a tag on a word", "a: !!int 3\n", "yaml-tag", 1, 4),
    ("a tag on a mapping", "a: !x {b: 1}\n", "yaml-tag", 1, 4),
    ("a tag on a key", "!x a: 1\n", "yaml-tag", 1, 1),
    ("a merge key", "a: &x {b: 1}\nc:\n  <<: *x\n", "merge-key", 3, 3),
    ("several documents", "a: 1\n---\nb: 2\n", "several-documents", 2, 1),
    ("a key twice", "a: 1\nb: 2\na: 3\n", "duplicate-key", 3, 1),
    ("a key twice in braces", "x: {a: 1, a: 2}\n", "duplicate-key", 1, 11),
    ("a key twice, once in quotes", "a: 1\n'a': 3\n", "duplicate-key", 2, 1),
    ("an alias of itself", "a: &x [*x]\n", "recursive-alias", 1, 8),
    ("an alias of what is around it", "a: &x\n  b: {c: *x}\n", "recursive-alias", 2, 10),
    ("an alias of nothing", "a: 1\nb: *加急\n", "undefined-alias", 2, 4),
    ("an alias of nothing yet", "a: *x\nb: &x 1\n", "undefined-alias", 1, 4),
    ("a lone question mark", "a: {b: ?}\n", "unquoted-mark", 1, 8),
    ("a lone dash", "a:\n  b: -\n", "unquoted-mark", 2, 6),
    ("a list for a key", "? [a, b]\n: c\n", "key-not-text", 1, 3),
    ("a mapping for a key", "{a: b}: c\n", "key-not-text", 1, 1),
    ("nothing for a key", "a:\n  ~: b\n", "key-not-text", 2, 3),
    ("an alias for a key", "a: &x b\n*x : c\n", "key-not-text", 2, 1),
    ("a list for a file", "# c\n- a\n- b\n", "not-a-mapping", 2, 1),
    ("a word for a file", "hello\n", "not-a-mapping", 1, 1),
    ("an open bracket", "a: [1, 2\nb: 3\n", "yaml-syntax", 2, 1),
    ("an open quote", 'a: "x\n', "yaml-syntax", 2, 1),
    ("half a character in an escape", 'a: "\\ud800"\n', "yaml-syntax", 1, 4),
]


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_slip_is_named_at_its_line_and_column(text: str, rule: str, line: int, column: int) -> None:
    for newline in ("\n", "\r\n"):
        error = refusal(text.replace("\n", newline))
        assert (error.rule, error.line) == (rule, line)
        assert error.column == column or rule == "yaml-syntax"


@pytest.mark.parametrize(
    ("raw", "rule", "line", "column"),
    [
        (b"a: 1\nb: \xff\n", "not-utf8", 2, 4),
        ("a: 1\r\nb: 中".encode() + b"\xb0\xa1", "not-utf8", 2, 5),
        ("名称: 渤海".encode("utf-16"), "not-utf8", 1, 1),
        (b"a: 1\nb: x\x00y\n", "control-character", 2, 5),
        (b"\x00", "control-character", 1, 1),
        ("中: a\x86".encode(), "control-character", 1, 5),
        (b"a" * (MAX_BYTES + 1), "file-too-large", 1, 1),
    ],
    ids=["a byte", "a byte after Chinese", "UTF-16", "NUL", "NUL alone", "C1", "too large"],
)
def test_bytes_that_are_no_text_are_refused_at_their_place(raw: bytes, rule: str, line: int, column: int) -> None:
    with pytest.raises(SourceError) as caught:
        source.decode(raw)
    assert (caught.value.rule, caught.value.line, caught.value.column) == (rule, line, column)


def test_half_a_character_from_a_command_line_is_refused() -> None:
    error = refusal("a: 1\nb: x\udcff\n")
    assert (error.rule, error.line, error.column) == ("control-character", 2, 5)


# --- positions

PLACES: list[tuple[str, str, Keys, bool, tuple[int, int, int]]] = [
    ("a value", "a: 1\nbb: xyz\n", ("bb",), False, (2, 5, 3)),
    ("a key", "a: 1\nbb: xyz\n", ("bb",), True, (2, 1, 2)),
    ("Chinese counts characters", "名称: 渤海水务\n", ("名称",), False, (1, 5, 4)),
    ("an emoji is one character", "a: 😀x\nb: {c: 😀, d: 中文}\n", ("b", "d"), False, (2, 14, 2)),
    ("CRLF", "a: 1\r\n\r\nb: xyz\r\n", ("b",), False, (3, 4, 3)),
    ("CR", "a: 1\r\rb: xyz\r", ("b",), False, (3, 4, 3)),
    ("a next line mark is no line for editors", "a: x\u0085b: yz\n", ("b",), False, (1, 9, 2)),
    ("a list item", "a:\n  - x\n  - yz\n", ("a", 1), False, (3, 5, 2)),
    ("an empty item does not count", "a:\n  - x\n  -\n  - yz\n", ("a", 1), False, (4, 5, 2)),
    ("a value in quotes", 'a: "x y" # c\n', ("a",), False, (1, 4, 5)),
    ("a value below its key", "a:\n  xyz\n", ("a",), False, (2, 3, 3)),
    ("a block of text is shown at its head", "a: |\n  x\n  y\n", ("a",), False, (1, 4, 1)),
    ("a mapping in braces", "a: {b: 1}\n", ("a",), False, (1, 4, 6)),
    ("what is not there is shown at the key above", "a:\n  b: 1\n", ("a", "x"), False, (1, 1, 1)),
    ("what is nowhere is shown at the top", "b: 1\n", ("x", 3, "y"), True, (1, 1, 4)),
    ("an empty file", "", ("x",), False, (1, 1, 1)),
    ("behind an alias", "a: &x {b: 1}\nc: *x\n", ("c", "b"), False, (2, 1, 1)),
    ("a number for a key", "2026: x\n", (2026,), False, (1, 7, 1)),
]


@pytest.mark.parametrize(("text", "keys", "on_key", "place"), [p[1:] for p in PLACES], ids=[p[0] for p in PLACES])
def test_a_value_is_found_at_its_line_column_and_width(
    text: str, keys: Keys, on_key: bool, place: tuple[int, int, int]
) -> None:
    assert source.locate(text, keys, on_key) == place


def test_lines_are_counted_as_editors_count_them() -> None:
    assert source.lines_of("a\r\nb\rc\nd\u2028e\x85f\x0bg") == ["a", "b", "c", "d\u2028e\x85f\x0bg"]
    assert [source.place("ab\r\ncd\re", i) for i in range(8)] == [
        *[(1, 1), (1, 2), (1, 3), (2, 1), (2, 1), (2, 2), (2, 3), (3, 1)]
    ]


# --- limits


def nested(depth: int) -> dict[str, str]:
    """Return texts with a mapping and `depth - 1` collections inside."""
    return {
        "brackets": "a: " + "[" * (depth - 1) + "x" + "]" * (depth - 1),
        "braces": "a: " + "{b: " * (depth - 1) + "x" + "}" * (depth - 1),
        "lines": "".join(" " * i + "a:\n" for i in range(depth - 1)) + " " * depth + "a: x\n",
        "dashes": "a:\n" + "- " * (depth - 1) + "x\n",
    }


@pytest.mark.parametrize("style", nested(1))
def test_nesting_to_the_limit_is_read_and_one_more_is_not(style: str) -> None:
    assert source.read(nested(MAX_DEPTH)[style])
    assert source.locate(nested(MAX_DEPTH)[style], ("a", 0), False)
    error = refusal(nested(MAX_DEPTH + 1)[style])
    assert (error.rule, error.values) == ("too-deep", {"limit": "64"})


def test_aliases_to_the_limit_are_read_and_one_more_is_not() -> None:
    assert len(source.read(f"a: &x 1\nb: [{'*x, ' * MAX_ALIASES}]\n")["b"] or ()) == MAX_ALIASES
    assert refusal(f"a: &x 1\nb: [{'*x, ' * (MAX_ALIASES + 1)}]\n").rule == "too-many-aliases"


def test_a_mebibyte_is_read_and_one_byte_more_is_not() -> None:
    assert source.read(source.decode(b"a: 1 #" + b"x" * (MAX_BYTES - 6))) == {"a": "1"}
    with pytest.raises(SourceError, match="file-too-large"):
        source.decode(b"a: 1 #" + b"x" * (MAX_BYTES - 5))


def hostile() -> Iterator[tuple[str, str]]:
    pieces = ["[", "{", "- ", "? ", '"', "'", "a: ", "*a ", "&a ", "!", "|\n", ">", "\t", "#", ",", ": ", "-\n", "a\n"]
    pieces += ["\\", "%", "@", "{a: ", "[[", "? - ", " ", "\n", "\r", "：", "a：b\n", "a:\n", "- a: ", "---\n", "...\n"]
    pieces += ["!!a ", "x: -\n", "*", "<<: ", "\u2028", "a: [\n", "k: {a: 1,\n", "\u3000", '{"', "a: |\n "]
    for piece in pieces:
        yield repr(piece), (piece * MAX_BYTES)[:MAX_BYTES]
    yield "deep block", "".join(" " * i + "a:\n" for i in range(1400))
    yield "deep dashes", "".join(" " * i + "-\n" for i in range(1400))
    yield "one long list", "a: [" + "x," * 400_000 + "]"
    yield "one long word", "a: " + "x" * 1_000_000
    yield "many keys", "".join(f"k{i}: {i}\n" for i in range(60_000))
    yield "many keys and a slip", "".join(f"k{i}: {i}\n" for i in range(60_000)) + "x: [\n"
    doubling = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 8)}]\n" for i in range(1, 10)]
    yield "ten aliases that grow eightfold", "a0: &a0 [x, x, x, x, x, x, x, x]\n" + "".join(doubling)


HOSTILE = dict(hostile())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_neither_crashes_nor_hangs(name: str) -> None:
    raw = HOSTILE[name].encode()[:MAX_BYTES].decode("utf-8", "ignore").encode()
    start = time.process_time()
    outcome(raw)
    assert time.process_time() - start < 30


def test_aliases_that_grow_are_stopped() -> None:
    assert refusal(HOSTILE["ten aliases that grow eightfold"]).rule == "too-many-aliases"


# --- anything at all

PIECES = st.sampled_from(
    [
        *[
            "a",
            "b: ",
            "c",
            "中",
            " ",
            "  ",
            "\t",
            "\n",
            "\r\n",
            "\r",
            "'",
            '"',
            "\\",
            "#",
            ":",
            ": ",
            ",",
            "- ",
            "-",
            "? ",
        ],
        *[
            "?",
            "[",
            "]",
            "{",
            "}",
            "&a ",
            "*a ",
            "*a",
            "!",
            "!!str ",
            "!<x> ",
            "|",
            "|2",
            "|+\n",
            ">",
            "%YAML 1.1\n",
            "@",
        ],
        *[
            "%TAG ! x\n",
            "`",
            "~",
            "null",
            "---\n",
            "...\n",
            "<<",
            "：",
            "\u3000",
            "\xa0",
            "\x85",
            "\u2028",
            "\ufeff",
            "\x00",
        ],
        *["\ufffe", "😀", "\ud800", "\\u", "\\x41", "\\U00110000"],
    ]
)
YAML_LIKE = st.lists(PIECES, max_size=20).map("".join)
MANY = settings(max_examples=600, suppress_health_check=list(HealthCheck))


@MANY
@given(YAML_LIKE | st.text(st.characters()))
def test_any_text_gives_data_or_an_error_at_a_place_in_the_text(text: str) -> None:
    data = outcome(text)
    if isinstance(data, SourceError):
        assert_in_text(text, data.line, data.column)
        return
    assert_plain(data, 0)
    for key in [*data, "absent"]:
        assert_located(text, (key,))
        assert_located(text, (key, 0))


@MANY
@given(st.binary() | YAML_LIKE.map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_give_data_or_an_error(raw: bytes) -> None:
    data = outcome(raw)
    if not isinstance(data, SourceError):
        assert_plain(data, 0)


def outcome(given: str | bytes) -> dict[str, Data] | SourceError:
    """Return what is read, or why not, by a rule that can be explained."""
    try:
        return source.read(source.decode(given) if isinstance(given, bytes) else given)
    except SourceError as error:
        if error.rule not in rules.ids():
            raise AssertionError(error.rule) from None
        return error


def assert_plain(data: Data, depth: int) -> None:
    """Data is text, lists and mappings, within the depth, and nothing is empty."""
    assert depth <= MAX_DEPTH
    assert isinstance(data, (str, list, dict))
    for item in data if isinstance(data, list) else data.values() if isinstance(data, dict) else ():
        assert_plain(item, depth + 1)


def assert_located(text: str, keys: Keys) -> None:
    for on_key in (True, False):
        line, column, width = source.locate(text, keys, on_key)
        assert_in_text(text, line, column)
        assert width >= 1


def assert_in_text(text: str, line: int, column: int) -> None:
    lines = source.lines_of(text)
    assert 1 <= line <= len(lines)
    assert 1 <= column <= len(lines[line - 1]) + 1


def refusal(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        source.read(text)
    return caught.value


# --- one value of a long document


@pytest.mark.parametrize(
    "text",
    [
        "name: x\nneeds: 止回阀\nstage: L\n",
        "needs: |\n  first line\n\n  second: line\n# a remark\nstage: L\n",
        "name: x\nneeds: >-\n  folded\n  text",
        "needs: 'goes on\n  here'\n",
        'needs: "goes on\nat the margin"\nstage: L\n',
        "name: &x 阀门\nneeds: *x\n",
        "{name: x, needs: y}\n",
        "plan:\n  needs: not this one\n",
        "plan: |\n  needs: not this one\nneeds:\n  - a\n  - b\n\n\nstage: L\n",
        "needs:\nstage: L\n",
        "name: x\n",
    ],
)
def test_one_value_is_what_the_whole_document_says(text: str) -> None:
    assert source.read_value(text, "needs") == source.read(text).get("needs")
