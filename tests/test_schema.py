"""The file format: the examples are in it, editors are told the truth about it, and references are found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kamctl import layout, resources, source
from kamctl.schema import walk
from kamctl.schema.export import json_schema
from kamctl.schema.kinds import METHOD_MODELS, MODELS
from kamctl.schema.opportunity import Opportunity
from kamctl.schema.reading import read_record
from kamctl.schema.references import Reference, reference_paths, references
from kamctl.source import Node

EXAMPLES = Path(__file__).parents[1] / "examples"
METHOD = resources.PACKAGE / "method"
KINDS = {**MODELS, **METHOD_MODELS}


def example_files() -> dict[str, tuple[Path, str]]:
    """Return every YAML file of the examples and of the shipped method, with its kind."""
    found = {}
    for root, prefix in ((EXAMPLES, ""), (METHOD, "method/")):
        for path in sorted(root.rglob("*.yaml")):
            place = layout.kind_and_id(prefix + path.relative_to(root).as_posix())
            assert place is not None, path
            found[prefix + path.relative_to(root).as_posix()] = (path, place[0])
    return found


FILES = example_files()


@pytest.mark.parametrize("name", FILES)
def test_every_example_reads(name: str) -> None:
    path, kind = FILES[name]
    record, problems = read_record(KINDS[kind], source.read(source.decode(path.read_bytes())), name)
    assert problems == []
    assert record is not None


def test_there_is_an_example_of_every_kind() -> None:
    assert {kind for _, kind in FILES.values()} == KINDS.keys()


# --- what editors are told


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_plain_json_with_its_dialect_and_title(kind: str) -> None:
    schema = json_schema(kind)
    assert json.loads(json.dumps(schema, ensure_ascii=False)) == schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == f"kamctl {kind}"
    assert schema["additionalProperties"] is False
    assert {step.rpartition("/")[2] for step in refs(schema)} <= schema.get("$defs", {}).keys()


@pytest.mark.parametrize(
    "kind",
    list(MODELS),
)
def test_an_editor_explains_every_field(kind: str) -> None:
    schema = json_schema(kind)
    places = [("", schema), *schema.get("$defs", {}).items()]
    silent = [
        f"{place}.{name}"
        for place, part in places
        for name, field in part.get("properties", {}).items()
        if not field.get("description", "").strip()
    ]
    assert silent == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_pattern_is_one_that_editors_know(kind: str) -> None:
    text = json.dumps(json_schema(kind))
    assert "(?P" not in text
    assert "\\\\Z" not in text
    for pattern in re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', text):
        re.compile(json.loads(pattern))


@pytest.mark.parametrize("name", FILES)
def test_an_editor_finds_nothing_wrong_with_the_examples(name: str) -> None:
    path, kind = FILES[name]
    schema = json_schema(kind)
    assert list(complaints(seen_by_editor(path), schema, schema)) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name: x\n", "stage is missing"),
        ("name: x\nstage: Q\nstagee: L\n", "stagee is unknown"),
        ("name: x\nstage: Q\nclose_date: 2026-3-1\n", "close_date: not ^"),
        ("name: x\nstage: Q\nprobability: 60\n", "probability: not string"),
        ("name: x\nstage: Q\nforecast: maybe\n", "forecast: none of"),
        ("name: x\nstage: Q\nproducts: valves\n", "products: not array"),
        ("name: x\nstage: Q\ndecision_milestones: [{event: x, done: soon}]\n", "done: not boolean"),
        ("name: x\nstage: Q\nassessments: [{date: 2026-01-01, marks: {project: {us: y}}}]\n", "us: none of"),
        ("name: x\nstage: Q\nassessments: [{date: 2026-01-01, marks: {project: {abb: y}}}]\n", "abb: none of"),
    ],
)
def test_an_editor_marks_what_kamctl_refuses(text: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(text, "utf-8")
    schema = json_schema("opportunity")
    assert any(complaint in found for found in complaints(seen_by_editor(tmp_path / "x.yaml"), schema, schema))
    assert read_record(Opportunity, source.read(text), "x.yaml")[1] != []


def seen_by_editor(path: Path) -> Any:
    """Return the data of a file as an editor with YAML 1.2 types sees it."""
    node = source.compose(source.decode(path.read_bytes()))
    return {} if node is None else _typed(node)


def _typed(node: Node) -> Any:
    if node.kind == "mapping":
        return {name.value: _typed(item) for name, item in zip(node.names, node.items, strict=True)}
    if node.kind == "sequence":
        return [_typed(item) for item in node.items]
    assert node.kind == "scalar", "an alias"
    text = node.value
    if text is None or node.style:
        return text
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    return float(text) if re.fullmatch(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", text) else text


TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
CHECKED = {"type", "properties", "required", "additionalProperties", "patternProperties", "items", "enum", "pattern"}
CHECKED |= {"$ref", "anyOf"}
WORDS = {"description", "default", "title", "$schema", "$defs"}


def complaints(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> list[str]:
    """Return what a JSON Schema has against a value, by place. Fails for a keyword that is not known here."""
    assert schema.keys() <= CHECKED | WORDS, schema.keys()
    found = []
    if "$ref" in schema:
        found += complaints(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    if "anyOf" in schema and all(complaints(value, choice, root, at) for choice in schema["anyOf"]):
        found.append(f"{at}: nothing of anyOf")
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if kinds and not any(_is(value, kind) for kind in kinds):
        return [*found, f"{at}: not {' or '.join(kinds)}: {value!r}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: none of {schema['enum']}")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        found.append(f"{at}: not {schema['pattern']}")
    if isinstance(value, list) and "items" in schema:
        found += [c for i, item in enumerate(value) for c in complaints(item, schema["items"], root, f"{at}.{i}")]
    return found + (_of_mapping(value, schema, root, at) if isinstance(value, dict) else [])


def _of_mapping(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    found = [f"{at}: {name} is missing" for name in schema.get("required", ()) if name not in value]
    for name, item in value.items():
        parts = [schema["properties"][name]] if name in schema.get("properties", {}) else []
        parts += [part for pattern, part in schema.get("patternProperties", {}).items() if re.search(pattern, name)]
        rest = schema.get("additionalProperties", True)
        if not parts and rest is False:
            found.append(f"{at}: {name} is unknown")
        for part in parts or ([rest] if isinstance(rest, dict) else []):
            found += complaints(item, part, root, f"{at}.{name}") if item is not None else []
    return found


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def refs(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [r for key, item in value.items() for r in ([item] if key == "$ref" else refs(item))]
    return [r for item in value for r in refs(item)] if isinstance(value, list) else []


# --- references

DEAL = """\
name: x
owner: m-owner
process: p-process
stage: s-now
importance: i-care
region: {province: 辽宁}
stage_history:
  - {date: 2026-01-12, stage: s-then, by: m-mover}
lost: {reason: r-late, to: rival}
unique_business_value: {confirmed_by: c-value}
decision_criteria:
  - {criterion: a}
  - {criterion: b, held_by: [c-first, c-second]}
assessments:
  - {date: 2026-03-01, by: m-assessor}
  - date: 2026-05-04
    marks:
      k-project:
        {us: "+", rival: "-", evidence: x, source: c-source, disputed: [{by: m-1, party: rival, mark: "+", source: c2}]}
buying_team:
  c-buyer:
    roles: [D, A]
    orientation: o-financial
    adaptability: a-pragmatist
    coverage: v-brief
    influence: f-inner
    influences: {c-friend: strong}
    behaviours: {b-accepts: 2026-02-10}
    opposes: {level: l-enemy}
    covered_by: m-cover
competitors:
  rival: {name: x, strategy: t-frontal, allies: [c-ally]}
strategy: {formal: t-flanking}
actions:
  - {what: x, who: who-acts}
gate_evidence:
  g-budget: {date: 2026-02-01, evidence: x}
initiation: {customer_lead: c-lead, approved_by: m-approver}
executive_contacts: [{contact: c-boss, member: m-boss}]
bid: {lead: m-bid, presenter: m-presenter, answers_by: [m-answers, m-more]}
delivery: {manager: m-delivery}
stage_reports: [{stage: s-report}]
"""

FOUND = [
    (("owner",), False, "member", "m-owner"),
    (("process",), False, "process", "p-process"),
    (("stage",), False, "stage", "s-now"),
    (("importance",), False, "importance", "i-care"),
    (("stage_history", 0, "stage"), False, "stage", "s-then"),
    (("stage_history", 0, "by"), False, "member", "m-mover"),
    (("lost", "reason"), False, "loss_reason", "r-late"),
    (("lost", "to"), False, "competitor", "rival"),
    (("unique_business_value", "confirmed_by"), False, "contact", "c-value"),
    (("decision_criteria", 1, "held_by", 0), False, "contact", "c-first"),
    (("decision_criteria", 1, "held_by", 1), False, "contact", "c-second"),
    (("assessments", 0, "by"), False, "member", "m-assessor"),
    (("assessments", 1, "marks", "k-project"), True, "criterion", "k-project"),
    (("assessments", 1, "marks", "k-project", "rival"), True, "competitor", "rival"),
    (("assessments", 1, "marks", "k-project", "source"), False, "contact", "c-source"),
    (("assessments", 1, "marks", "k-project", "disputed", 0, "by"), False, "member", "m-1"),
    (("assessments", 1, "marks", "k-project", "disputed", 0, "party"), False, "competitor", "rival"),
    (("assessments", 1, "marks", "k-project", "disputed", 0, "source"), False, "contact", "c2"),
    (("buying_team", "c-buyer"), True, "contact", "c-buyer"),
    (("buying_team", "c-buyer", "roles", 0), False, "role", "D"),
    (("buying_team", "c-buyer", "roles", 1), False, "role", "A"),
    (("buying_team", "c-buyer", "orientation"), False, "orientation", "o-financial"),
    (("buying_team", "c-buyer", "adaptability"), False, "adaptability", "a-pragmatist"),
    (("buying_team", "c-buyer", "coverage"), False, "coverage", "v-brief"),
    (("buying_team", "c-buyer", "influence"), False, "influence", "f-inner"),
    (("buying_team", "c-buyer", "influences", "c-friend"), True, "contact", "c-friend"),
    (("buying_team", "c-buyer", "behaviours", "b-accepts"), True, "behaviour", "b-accepts"),
    (("buying_team", "c-buyer", "opposes", "level"), False, "opposition", "l-enemy"),
    (("buying_team", "c-buyer", "covered_by"), False, "member", "m-cover"),
    (("competitors", "rival", "strategy"), False, "strategy", "t-frontal"),
    (("competitors", "rival", "allies", 0), False, "contact", "c-ally"),
    (("strategy", "formal"), False, "strategy", "t-flanking"),
    (("actions", 0, "who"), False, "anyone", "who-acts"),
    (("gate_evidence", "g-budget"), True, "gate", "g-budget"),
    (("initiation", "customer_lead"), False, "contact", "c-lead"),
    (("initiation", "approved_by"), False, "member", "m-approver"),
    (("executive_contacts", 0, "contact"), False, "contact", "c-boss"),
    (("executive_contacts", 0, "member"), False, "member", "m-boss"),
    (("bid", "lead"), False, "member", "m-bid"),
    (("bid", "presenter"), False, "member", "m-presenter"),
    (("bid", "answers_by", 0), False, "member", "m-answers"),
    (("bid", "answers_by", 1), False, "member", "m-more"),
    (("delivery", "manager"), False, "member", "m-delivery"),
    (("stage_reports", 0, "stage"), False, "stage", "s-report"),
]


def test_every_name_of_something_else_in_a_deal_is_found_with_its_place() -> None:
    data = source.read(DEAL)
    assert read_record(Opportunity, data, "x.yaml")[1] == []
    assert set(references(Opportunity, data)) == {Reference(*found) for found in FOUND}


def test_the_deal_above_uses_every_way_to_name_something() -> None:
    used = {(target, tuple("*" if isinstance(k, int) else k for k in keys)) for keys, _, target, _ in FOUND}
    for steps, target, _ in reference_paths(Opportunity):
        assert any(target == name and len(keys) == len(steps) for name, keys in used), steps


def test_references_in_data_of_the_wrong_shape_are_no_crash() -> None:
    wrong: Any = {"buying_team": ["x"], "assessments": {"a": "b"}, "bid": "x", "stage_history": "y", "owner": ["z"]}
    assert list(references(Opportunity, wrong)) == []


@pytest.mark.parametrize("name", [name for name, (_, kind) in FILES.items() if kind in MODELS])
def test_every_reference_of_the_examples_stands_where_it_is_said_to(name: str) -> None:
    path, kind = FILES[name]
    text = source.decode(path.read_bytes())
    for found in references(MODELS[kind], source.read(text)):
        line, column, width = source.locate(text, found.keys, found.on_key)
        shown = source.lines_of(text)[line - 1][column - 1 : column - 1 + width]
        assert shown.strip("\"'") == found.value


# --- which keys may stand where


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((), ["name", "owner", "stage", "amount"]),
        (("stage_history", 0), ["date", "stage", "by", "note"]),
        (("buying_team", "zhang-wei", "opposes"), ["level", "evidence", "date"]),
        (("lost",), ["date", "reason", "to", "lesson"]),
        (("assessments", 0, "marks", "project"), ["us", "evidence", "source"]),
        (("buying_team",), []),
        (("name",), []),
        (("nowhere", "x"), []),
    ],
)
def test_the_keys_of_a_place_are_known_in_their_customary_order(
    keys: tuple[str | int, ...], expected: list[str]
) -> None:
    found = walk.keys_at(Opportunity, keys)
    assert [key for key in found if key in expected] == expected
    assert bool(found) == bool(expected)


@pytest.mark.parametrize(
    ("keys", "is_list", "is_mapping"),
    [
        (("products",), True, False),
        (("stage_history",), True, False),
        (("stage_history", 3), False, True),
        (("buying_team",), False, True),
        (("buying_team", "x", "roles"), True, False),
        (("assessments", 0, "marks", "x", "siemens"), False, False),
        (("bid",), False, True),
        (("stage",), False, False),
        (("nowhere",), False, False),
    ],
)
def test_lists_and_mappings_are_told_apart(keys: tuple[str | int, ...], is_list: bool, is_mapping: bool) -> None:
    here = walk.type_at(Opportunity, keys)
    assert (walk.is_list(here), walk.is_mapping(here)) == (is_list, is_mapping)
