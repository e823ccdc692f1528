"""Words on screens and forms: all there in three languages, and none that nobody shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from jinja2 import Environment, nodes

from kamctl import resources
from kamctl.forms.catalog import FORMS
from kamctl.labels import LANGUAGES
from kamctl.schema.kinds import MODELS
from kamctl.schema.walk import is_list, is_mapping, keys_at, type_at

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "src" / "kamctl").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.j2"))

LOOKUPS = {"text", "label"}
"""Functions of the code that are given a key of labels.json."""

FAMILIES = ("col-", "form-")
"""How the keys begin that are often given on in a variable: titles of columns, and words of forms."""

WORD = "[a-z0-9_]+"
"""A part of a key that stands in a variable."""

KEYWORD = re.compile(r"[a-z]+(-[a-z0-9_]+)+")
"""A key of more than one word, which no other text of the program is taken for."""


# --- the labels themselves


def test_every_field_of_the_file_format_has_a_label_and_no_label_is_left_over() -> None:
    names = {name for model in MODELS.values() for name in fields_of(model)}
    assert list(table("fields")) == sorted(names)


@pytest.mark.parametrize("name", ["fields", "labels"])
def test_every_label_speaks_three_languages_with_the_same_gaps(name: str) -> None:
    for key, words in table(name).items():
        assert [lang for lang in words if words[lang].strip()] == list(LANGUAGES), key
        assert {lang: gaps(words[lang]) for lang in words} == dict.fromkeys(LANGUAGES, gaps(words["en"])), key


def test_only_english_has_forms_for_one_and_many() -> None:
    for key, words in table("labels").items():
        forms = [form for lang in LANGUAGES[1:] for _, _, form, _ in Formatter().parse(words[lang]) if form]
        assert forms == [], key


@pytest.mark.parametrize("name", ["fields", "labels"])
def test_a_bracket_that_opens_at_full_width_closes_so(name: str) -> None:
    texts = [text for words in table(name).values() for text in words.values()]
    assert [text for text in texts if text.count("\uff08") != text.count("\uff09")] == []


MAINLAND = re.compile(
    "信息|質量|軟件|硬件|數據庫|網絡|視頻|打印|默認|文檔|登錄|字段|模板|屏幕|保存|鏈接|設置|運行|概率|匯報|跟蹤|匹配|資質|"
    "計劃|立項|結項|演示|復盤|回款|打分|培訓|審批|批准|銷售管道|戰略|列表|幣種|貨期|發貨|終端上|全角|聯系|客户|裏|爲|着"
)
"""Words and forms of characters that a reader in Taiwan would not write, in our texts for them."""


def test_traditional_chinese_is_that_of_taiwan() -> None:
    tables = {name: table(name) for name in ("labels", "fields", "phrases", "rules")}
    wrong = [(place, words) for place, words in traditional(tables) if MAINLAND.search(words)]
    for file in sorted((ROOT / "src" / "kamctl" / "method").rglob("*.yaml")):
        lines = [line.partition("zh-Hant")[2] for line in file.read_text("utf-8").splitlines()]
        wrong += [(f"{file.name}:{n}", line) for n, line in enumerate(lines, 1) if MAINLAND.search(line)]
    assert wrong == []


def traditional(data: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "zh-Hant":
                yield place, value
            else:
                yield from traditional(value, f"{place} {key}".strip())


# --- labels and the code that shows them


def test_every_label_that_is_asked_for_is_in_the_table() -> None:
    known = table("labels")
    missing = [f"{use.place}: {key}" for use in uses() for key in use.keys if key not in known]
    missing += [f"{use.place}: {use.pattern}" for use in uses() if use.pattern and not matching(use.pattern)]
    assert missing == []


def test_every_label_of_the_table_is_shown_somewhere() -> None:
    shown = {key for use in uses() for key in (*use.keys, *matching(use.pattern))} | mentioned()
    assert sorted(table("labels").keys() - shown) == []


def test_every_gap_of_a_label_is_filled_where_it_is_shown() -> None:
    known = table("labels")
    wrong = [
        f"{use.place}: {key} has gaps {sorted(gaps(known[key]['en']))}"
        for use in uses()
        if use.values is not None
        for key in use.keys
        if key in known and gaps(known[key]["en"]) != use.values
    ]
    assert wrong == []


# --- helpers


@dataclass(frozen=True)
class Use:
    """A call that asks for a label.

    `keys` are the keys that it names. `pattern` is set instead where a key is put together from parts, and neither
    where the key stands in a variable. `values` are the names of the values for the gaps; None where not all are known.
    """

    place: str
    keys: tuple[str, ...] = ()
    pattern: str = ""
    values: frozenset[str] | None = None


def table(name: str) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = resources.table(name)
    return words


def gaps(words: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(words) if name is not None)


def matching(pattern: str) -> list[str]:
    return [key for key in table("labels") if pattern and re.fullmatch(pattern, key)]


def fields_of(here: Any) -> Iterator[str]:
    """Yield the names of all fields at a type of the file format and below."""
    for name in keys_at(here, ()):
        yield name
        yield from fields_of(type_at(here, (name,)))
    if not keys_at(here, ()) and (is_list(here) or is_mapping(here)):
        yield from fields_of(type_at(here, ("any",)))


@cache
def uses() -> list[Use]:
    """Collect the calls of the code and of the templates that ask for a label."""
    found = [use for file in MODULES for use in _uses_in_module(file)]
    return found + [use for file in TEMPLATES for use in _uses_in_template(file)]


@cache
def mentioned() -> set[str]:
    """Collect the texts that may be keys given on in a variable.

    Keys of more than one word count wherever they stand; one word counts in modules that look up variables. The names
    of forms stand in the titles of forms and in what they are for.
    """
    found = {key for name in FORMS for key in (f"form-{name}", f"form-{name}-purpose")}
    for file in MODULES:
        by_variable = any(not use.keys and not use.pattern for use in _uses_in_module(file))
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if by_variable or KEYWORD.fullmatch(node.value) else set()
    return found


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def _uses_in_module(file: Path) -> Iterator[Use]:
    place = file.relative_to(ROOT).as_posix()
    parts = {part for node in ast.walk(_tree(file)) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Call) and node.args and _name_of(node) in LOOKUPS:
            yield _use(node, f"{place}:{node.lineno}")
        elif isinstance(node, ast.Constant) and str(node.value).startswith(FAMILIES) and node not in parts:
            yield Use(f"{place}:{node.lineno}", (str(node.value),))


def _use(call: ast.Call, place: str) -> Use:
    key = call.args[0]
    if isinstance(key, ast.JoinedStr):
        return Use(place, pattern="|".join(_patterns(key)))
    given = [keyword.arg for keyword in call.keywords]
    values = None if None in given else frozenset(name for name in given if name)
    return Use(place, tuple(_choices(key)), values=values)


def _name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _choices(node: ast.expr) -> list[str]:
    """Return the texts that an expression may give: itself, or those of `a if … else b`; none for a variable."""
    if isinstance(node, ast.IfExp):
        return _choices(node.body) + _choices(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _patterns(node: ast.JoinedStr) -> list[str]:
    """Return the patterns of an f-string: a variable part may be any word, a choice is one of its texts."""
    parts = [
        [re.escape(choice) for choice in _choices(part.value)] or [WORD]
        if isinstance(part, ast.FormattedValue)
        else [re.escape(choice) for choice in _choices(part)]
        for part in node.values
    ]
    return ["".join(chosen) for chosen in product(*parts)]


def _uses_in_template(file: Path) -> Iterator[Use]:
    """Yield the labels that a template shows by `t(…)`, and those that it gives to its macros."""
    template = Environment().parse(file.read_text("utf-8"))
    place = file.relative_to(ROOT).as_posix()
    for call in template.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t":
            key = call.args[0]
            if isinstance(key, nodes.Concat):
                parts = [re.escape(part.value) if isinstance(part, nodes.Const) else WORD for part in key.nodes]
                yield Use(f"{place}:{call.lineno}", pattern="".join(parts))
            else:
                values = frozenset(value.key for value in call.kwargs)
                yield Use(f"{place}:{call.lineno}", tuple(_texts(key)), values=values)
    for text in template.find_all(nodes.Const):
        if str(text.value).startswith(FAMILIES):
            yield Use(f"{place}:{text.lineno}", (text.value,))


def _texts(node: nodes.Node) -> list[str]:
    """Return the texts that an expression of a template may give, as `_choices` does."""
    if isinstance(node, nodes.CondExpr):
        return _texts(node.expr1) + (_texts(node.expr2) if node.expr2 else [])
    return [node.value] if isinstance(node, nodes.Const) and isinstance(node.value, str) else []
