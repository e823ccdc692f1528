"""What kamctl says when it stops: every sentence in three languages, in the language of the reader."""

from __future__ import annotations

import ast
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamctl import resources, rules, source
from kamctl.labels import LANGUAGES, said
from kamctl.phrases import Phrase, Ready, Verbatim, listed, why
from kamctl.problems import Problem

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "src" / "kamctl").rglob("*.py"))
ERRORS = {"KamctlError", "EditRefused", "AmbiguousError"}
WITH_WORDS = re.compile(r"\w*[A-Za-z]{2}")
OF_THE_PROGRAM = re.compile(
    r"`[^`]*`|'[^']*'|--?[a-z][a-z-]*(?: [A-Z][A-Z=]*)?|\{[^{}]*\}|[\w-]+[.=@:/][\w.@=/-]+|[A-Z]{2,}\w*|\[[^\]]*\]"
)
"""What is written alike in every language: commands, options, gaps, names of files, placeholders."""


class Use(NamedTuple):
    """A sentence in the code."""

    place: str
    pattern: str
    gaps: set[str]


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
                yield f"{module.relative_to(ROOT)}:{node.lineno}", node


def uses() -> Iterator[Use]:
    for place, call in calls("Phrase"):
        first = call.args[0]
        assert isinstance(first, ast.Constant), f"{place}: the sentence has to stand there, with gaps for what varies"
        assert isinstance(first.value, str)
        yield Use(place, first.value, {str(keyword.arg) for keyword in call.keywords})


def gaps(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}


def speaks(pattern: str) -> bool:
    """Whether a pattern holds words of a language, and not only gaps, commands and names."""
    return WITH_WORDS.search(OF_THE_PROGRAM.sub(" ", pattern)) is not None


# --- the sentences themselves


def test_every_sentence_in_the_code_has_words_in_the_other_languages() -> None:
    table = resources.table("phrases")
    wanted = {use.pattern: use.place for use in uses() if speaks(use.pattern)}
    missing = [f"{place}: {pattern}" for pattern, place in wanted.items() if pattern not in table]
    assert missing == []


def test_no_sentence_is_left_over() -> None:
    assert sorted(resources.table("phrases").keys() - {use.pattern for use in uses()}) == []


def test_every_gap_of_a_sentence_is_filled() -> None:
    wrong = [f"{use.place}: {use.pattern}" for use in uses() if gaps(use.pattern) != use.gaps]
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES[1:])
def test_sentences_have_the_same_gaps_in_every_language(lang: str) -> None:
    for pattern, words in resources.table("phrases").items():
        assert sorted(words) == list(LANGUAGES[1:]), pattern
        assert gaps(words[lang]) == gaps(pattern), pattern


def test_no_command_stops_with_a_bare_text() -> None:
    """Text in an error would be English for everybody. What needs no translation says so: Verbatim."""
    bare = (ast.Constant, ast.JoinedStr, ast.BinOp)
    wrong = [
        place
        for place, call in calls(*ERRORS)
        for given in [
            *call.args[:2],
            *(keyword.value for keyword in call.keywords if keyword.arg in ("message", "hint")),
        ]
        if isinstance(given, bare)
    ]
    assert wrong == []


# --- how they are said


def test_a_sentence_is_english_text_and_can_be_said_in_chinese() -> None:
    words = Phrase("there is no folder {folder}", folder="accounts")
    assert words == "there is no folder accounts"
    assert said(words, "en") == "there is no folder accounts"
    assert said(words, "zh-Hans") == "没有文件夹 accounts"
    assert said(words, "zh-Hant") == "沒有資料夾 accounts"


def test_a_sentence_inside_a_sentence_is_said_too() -> None:
    inner = Phrase("Permission denied")
    assert (
        said(Phrase("{path} cannot be read: {why}", path="a.yaml", why=inner), "zh-Hans") == "无法读取 a.yaml：没有权限"
    )


def test_what_comes_in_all_languages_is_not_looked_up() -> None:
    words = Ready({"en": "a deal", "zh-Hans": "商机", "zh-Hant": "商機"})
    assert [words, *(said(words, lang) for lang in LANGUAGES)] == ["a deal", "a deal", "商机", "商機"]


@given(st.text(), st.sampled_from(LANGUAGES))
def test_text_of_others_is_said_as_it_is(text: str, lang: str) -> None:
    assert said(Verbatim(text), lang) == text
    assert said(text, lang) == text


@pytest.mark.parametrize(
    ("text", "said_of_it"),
    [
        ("owner: [unclosed\n", "YAML 格式有误：缺少“,”或“]”"),
        ("goals: {a: 1\n", "YAML 格式有误：缺少“,”或“}”"),
        ("a: 'b\n", "YAML 格式有误：文件在这里就结束了，前面有没有写完的部分"),
    ],
)
def test_what_the_yaml_reader_says_is_said_in_the_readers_language(text: str, said_of_it: str) -> None:
    with pytest.raises(source.SourceError) as caught:
        source.read(text)
    problem = Problem("a.yaml", caught.value.rule, values=caught.value.values)
    assert rules.message(problem, "zh-Hans") == said_of_it
    assert rules.message(problem, "en").startswith("this is not valid YAML: ")


@pytest.mark.parametrize(
    ("code", "lang", "words"),
    [
        (errno.ENOENT, "zh-Hans", "没有这个文件或文件夹"),
        (errno.EISDIR, "zh-Hant", "這是資料夾"),
        (errno.EXDEV, "zh-Hans", os.strerror(errno.EXDEV)),
    ],
)
def test_why_the_system_refuses_is_said_in_its_words_or_ours(code: int, lang: str, words: str) -> None:
    error = OSError(code, os.strerror(code))
    assert why(error) == os.strerror(code)
    assert said(why(error), lang) == words


@given(st.lists(st.from_regex(r"[a-z]{1,5}", fullmatch=True), max_size=12), st.integers(1, 6))
def test_a_list_shows_the_first_names_and_counts_the_rest(names: list[str], most: int) -> None:
    words = listed(names, most)
    shown = ", ".join(names[:most])
    assert words == (f"{shown} and {len(names) - most} more" if len(names) > most else shown)
