"""Two people's versions of one file as one."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kamctl import edit, source
from kamctl.history.git import merge_lines
from kamctl.merging import marks
from kamctl.merging.comments import comments_of
from kamctl.merging.files import ByLines, MergedFile, Versions, merge_files
from kamctl.merging.marks import Who
from kamctl.merging.three_way import merge

DEAL = """\
# 今年最大的一单
name: 三号线
stage: L
amount: 100 CNY   # 口头报价
close_date: 2026-07-31

stage_history:
  - {date: 2026-05-01, stage: L}
assessments:
  - date: 2026-05-01
    by: li-na
    marks:
      project: {us: "+", donglin: "?", evidence: 立项}
      risk:    {us: "?"}
actions:
  # 先做这一步
  - {due: 2026-05-10, who: li-na, what: 拜访张伟}   # 已约
  - {due: 2026-05-20, who: ma-jun, what: 送样品}
strengths: [交货快, 有样板]
needs: |
  管道老化,
  漏损率高
"""


def merged(base: str, ours: str, theirs: str, who: Who = Who("", "")) -> MergedFile:
    """Merge three texts as the driver does."""

    def by_lines(favour: str = "") -> ByLines:
        with TemporaryDirectory() as folder:
            files = [Path(folder, name) for name in ("ours", "base", "theirs")]
            for file, text in zip(files, (ours, base, theirs), strict=True):
                file.write_bytes(text.encode())
            raw, clean = merge_lines(files, ("ours", "base", "theirs"), favour=favour)
        return ByLines(raw.decode(), clean)

    def label(conflicts: Any) -> tuple[str, str]:
        words = ", ".join(conflict.place[-1] for conflict in conflicts)
        return f"ours: {words}", f"theirs: {words}"

    return merge_files(Versions(base, ours, theirs), by_lines, label, lambda _: who)


def data_of(text: str) -> Any:
    """Return what a text says."""
    return source.read(text)


def changed(text: str, *edits: tuple[str, str]) -> str:
    """Return a text with some pieces replaced, each of which must be there once."""
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


# --- two people, one file


def test_neighbouring_fields_and_fields_of_one_line_merge_without_a_conflict() -> None:
    ours = changed(
        DEAL,
        ("amount: 100 CNY   # 口头报价", "amount: 120 CNY   # 书面报价"),
        ("what: 送样品}", "what: 送样品, done: 2026-05-18}"),
    )
    theirs = changed(
        DEAL,
        ("close_date: 2026-07-31", "close_date: 2026-08-31   # 推迟"),
        ("2026-05-20, who: ma-jun", "2026-05-25, who: li-na"),
    )
    result = merged(DEAL, ours, theirs)
    assert result.clean
    assert result.text == changed(
        ours,
        ("close_date: 2026-07-31", "close_date: 2026-08-31   # 推迟"),
        ("2026-05-20, who: ma-jun", "2026-05-25, who: li-na"),
    )


def test_both_add_to_one_list_and_both_entries_stay_with_their_comments() -> None:
    last = "  - {due: 2026-05-20, who: ma-jun, what: 送样品}\n"
    mine = "  - {due: 2026-06-01, who: li-na, what: 报价}   # 我的\n"
    other = "  # 他的\n  - due: 2026-06-02\n    what: 请客户看工厂\n"
    result = merged(DEAL, changed(DEAL, (last, last + mine)), changed(DEAL, (last, last + other)))
    assert result.clean
    assert result.text == changed(DEAL, (last, last + mine + other))


def test_entries_are_known_by_their_names_and_not_by_their_position() -> None:
    """Ours puts an action in front; theirs completes what was the first one."""
    ours = changed(DEAL, ("  # 先做这一步\n", "  - {what: 问清预算}\n  # 先做这一步\n"))
    theirs = changed(DEAL, ("what: 拜访张伟}", "what: 拜访张伟, done: 2026-05-11}"))
    result = merged(DEAL, ours, theirs)
    assert result.text == changed(ours, ("what: 拜访张伟}", "what: 拜访张伟, done: 2026-05-11}"))


def test_one_field_changed_twice_is_marked_alone_and_all_else_is_merged() -> None:
    ours = changed(DEAL, ("100 CNY", "120 CNY"), ("stage: L\namount", "stage: O\namount"))
    theirs = changed(
        DEAL, ("100 CNY", "90 CNY"), ("2026-07-31", "2026-08-31"), ("[交货快, 有样板]", "[交货快, 有样板, 便宜]")
    )
    result = merged(DEAL, ours, theirs)
    assert not result.clean
    assert [conflict.place for conflict in result.conflicts] == [("amount",)]
    assert (
        "stage: O\n"
        "<<<<<<< ours: amount\n"
        "amount: 120 CNY   # 口头报价\n"
        "=======\n"
        "amount: 90 CNY   # 口头报价\n"
        ">>>>>>> theirs: amount\n"
        "close_date: 2026-08-31\n"
    ) in result.text
    assert "[交货快, 有样板, 便宜]" in result.text


def test_one_removes_what_the_other_changes() -> None:
    gone = changed(DEAL, ("  - {due: 2026-05-20, who: ma-jun, what: 送样品}\n", ""))
    done = changed(DEAL, ("what: 送样品}", "what: 送样品, done: 2026-05-19}"))
    for ours, theirs in ((gone, done), (done, gone)):
        result = merged(DEAL, ours, theirs)
        assert not result.clean
        assert result.text.count("done: 2026-05-19") == 1
        assert result.conflicts[0].place == ("actions", "送样品")


def test_a_removed_entry_that_nobody_else_touched_is_removed() -> None:
    ours = changed(DEAL, ("  - {due: 2026-05-20, who: ma-jun, what: 送样品}\n", ""))
    theirs = changed(DEAL, ("  - {due: 2026-05-10, who: li-na", "  - {due: 2026-05-12, who: li-na"))
    result = merged(DEAL, ours, theirs)
    assert result.clean
    assert "送样品" not in result.text
    assert "2026-05-12" in result.text


# --- marks


def test_a_mark_rated_differently_becomes_unknown_and_keeps_both_claims() -> None:
    ours = changed(DEAL, ('risk:    {us: "?"}', 'risk:    {us: "+", evidence: 有备件}'))
    theirs = changed(DEAL, ('risk:    {us: "?"}', 'risk:    {us: "-", evidence: 工期紧, source: zhang-wei}'))
    result = merged(DEAL, ours, theirs, Who("li-na", "ma-jun"))
    assert result.clean
    entry = data_of(result.text)["assessments"][0]["marks"]["risk"]
    assert entry == {
        "us": "?",
        "disputed": [
            {"by": "li-na", "mark": "+", "evidence": "有备件"},
            {"by": "ma-jun", "mark": "-", "evidence": "工期紧", "source": "zhang-wei"},
        ],
    }
    assert [dispute[1:] for dispute in result.disputes] == [("+", "-")]


def test_the_other_marks_of_the_criterion_merge_on() -> None:
    ours = changed(DEAL, ('{us: "+", donglin: "?", evidence: 立项}', '{us: "-", donglin: "+", evidence: 立项}'))
    theirs = changed(
        DEAL, ('{us: "+", donglin: "?", evidence: 立项}', '{us: "?", donglin: "?", haiyue: "-", evidence: 立项}')
    )
    result = merged(DEAL, ours, theirs)
    entry = data_of(result.text)["assessments"][0]["marks"]["project"]
    assert {key: value for key, value in entry.items() if key != "disputed"} == {
        "us": "?",
        "donglin": "+",
        "haiyue": "-",
        "evidence": "立项",
    }
    assert [claim["mark"] for claim in entry["disputed"]] == ["-", "?"]


def test_two_new_assessments_of_one_day_that_differ_are_a_dispute() -> None:
    block = '  - date: 2026-06-01\n    by: {}\n    marks:\n      risk: {{us: "{}", donglin: "+", evidence: {}}}\n'
    ours = changed(DEAL, ("actions:\n", block.format("li-na", "+", "甲") + "actions:\n"))
    theirs = changed(DEAL, ("actions:\n", block.format("ma-jun", "-", "乙") + "actions:\n"))
    result = merged(DEAL, ours, theirs)
    assert result.clean
    first, second = data_of(result.text)["assessments"][1:]
    assert first["marks"]["risk"]["us"] == "+"
    assert second["marks"]["risk"] == {
        "us": "?", "donglin": "+", "evidence": "乙",
        "disputed": [{"by": "li-na", "mark": "+", "evidence": "甲"}, {"by": "ma-jun", "mark": "-", "evidence": "乙"}],
    }  # fmt: skip
    assert len(result.disputes) == 1


def test_new_assessments_of_different_days_both_stand_in_the_order_of_their_days() -> None:
    block = '  - date: {}\n    by: {}\n    marks:\n      risk: {{us: "{}"}}\n'
    ours = changed(DEAL, ("actions:\n", block.format("2026-06-03", "li-na", "+") + "actions:\n"))
    theirs = changed(DEAL, ("actions:\n", block.format("2026-06-01", "ma-jun", "-") + "actions:\n"))
    result = merged(DEAL, ours, theirs)
    assert result.clean
    assert not result.disputes
    days = [entry["date"] for entry in data_of(result.text)["assessments"]]
    assert days == ["2026-05-01", "2026-06-01", "2026-06-03"]


# --- what cannot be told apart


def test_a_version_that_cannot_be_read_is_merged_by_lines() -> None:
    broken = changed(DEAL, ("amount: 100 CNY", "amount： 100 CNY"))
    theirs = changed(DEAL, ("漏损率高", "漏损率很高"))
    result = merged(DEAL, broken, theirs)
    assert result.clean
    assert not result.understood
    assert "amount： 100 CNY" in result.text
    assert "漏损率很高" in result.text


def test_a_list_that_both_put_into_another_order_is_a_conflict() -> None:
    base = "strengths: [a, b, c]\n"
    result = merged(base, "strengths: [b, a, c]\n", "strengths: [a, c, b]\n")
    assert not result.clean
    assert "strengths: [b, a, c]" in result.text
    assert "strengths: [a, c, b]" in result.text


def test_a_new_order_of_one_side_holds() -> None:
    base = "decision_criteria:\n  - {criterion: a}\n  - {criterion: b}\n  - {criterion: c}\n"
    turned = "decision_criteria:\n  - {criterion: c}\n  - {criterion: a}\n  - {criterion: b}\n"
    more = changed(base, ("{criterion: b}", "{criterion: b, kind: formal}"))
    for ours, theirs in ((turned, more), (more, turned)):
        result = merged(base, ours, theirs)
        assert result.clean
        assert result.text == changed(turned, ("{criterion: b}", "{criterion: b, kind: formal}"))


def test_comments_and_line_ends_of_windows_stay() -> None:
    base = DEAL.replace("\n", "\r\n")
    ours = changed(base, ("100 CNY", "120 CNY"))
    theirs = changed(base, ("close_date: 2026-07-31\r\n", "close_date: 2026-08-31\r\nprobability: 60%\r\n"))
    result = merged(base, ours, theirs)
    assert result.clean
    assert "\n" not in result.text.replace("\r\n", "")


def test_comments_that_stand_alone_on_both_sides_of_a_changed_line_stay() -> None:
    """By lines all of this is one conflict; each comment goes above what it stood above, the last to the end."""
    base = "name: a\nactions:\n  - {what: x}\n  - {what: y}\nneeds: |\n  # no comment\n  z\n"
    ours = (
        "# our name\nname: b\nactions:\n  # ours\n  - {what: x, who: li}\n  - {what: y}\n"
        "needs: |\n  # no comment\n  z\n"
    )
    theirs = (
        "# their name\nname: a\nactions:\n  # theirs\n  - {what: x, due: 2026-05-01}\n  # about y\n  - {what: y}\n"
        "needs: |\n  # no comment\n  z\n# the end\n"
    )
    for one, other in ((ours, theirs), (theirs, ours)):
        result = merged(base, one, other)
        assert result.clean, result.text
        assert data_of(result.text) == {
            "name": "b",
            "actions": [{"what": "x", "who": "li", "due": "2026-05-01"}, {"what": "y"}],
            "needs": "# no comment\nz\n",
        }
        assert comments_of(result.text) == comments_of(ours) | comments_of(theirs)
        lines = result.text.splitlines()
        assert lines.index("  # about y") + 1 == lines.index("  - {what: y}")
        assert lines[-1] == "# the end"


def test_a_comment_whose_entry_the_other_removed_is_left_to_people() -> None:
    base = "actions:\n  - {what: x}\n  - {what: y, who: a}\n  - {what: z}\n"
    ours = "actions:\n  - {what: x, who: b}\n  # think twice\n  - {what: y, who: a}\n  - {what: z}\n"
    theirs = "actions:\n  - {what: x, due: 2026-05-01}\n  - {what: z}\n"
    for one, other in ((ours, theirs), (theirs, ours)):
        result = merged(base, one, other)
        assert "# think twice" in result.text


# --- laws


NAMES = st.sampled_from("abcdefgh")
WORDS = st.sampled_from(["x", "y z", "三号线", "2026-05-01", "no", "+", "a: b", "# c"])
ENTRY = st.fixed_dictionaries({"what": st.uuids().map(str)}, optional={"who": WORDS, "due": WORDS, "done": WORDS})
FEW_WORDS = st.dictionaries(NAMES, WORDS, min_size=1, max_size=2)
RECORD: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"name": WORDS},
    optional={
        "amount": WORDS,
        "goals": st.dictionaries(NAMES, WORDS, min_size=1, max_size=3),
        "buying_team": st.dictionaries(
            NAMES, st.dictionaries(NAMES, WORDS, min_size=1, max_size=2), min_size=1, max_size=3
        ),
        "actions": st.lists(ENTRY, min_size=1, max_size=4),
        "strengths": st.lists(WORDS, min_size=1, max_size=4, unique=True),
    },
)


def written(data: dict[str, Any], comment: str) -> str:
    """Return data as a file with a comment behind each line that can have one."""
    lines = edit.block_lines(data, 0)
    return "".join(f"{line}  # {comment} {number}\n" for number, line in enumerate(lines))


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str, str, dict[str, Any]]:
    """Return a file, two versions of it that changed different things, and what both together say."""
    base: dict[str, Any] = draw(RECORD)
    ours, theirs, both = deepcopy(base), deepcopy(base), deepcopy(base)

    places: list[tuple[Any, ...]] = [(key,) for key in ("amount", "probability", "stage", "source")]
    places += [("buying_team", person, draw(st.sampled_from("xyz"))) for person in base.get("buying_team", ())]
    for position in range(len(base.get("actions", ()))):
        places += [("actions", position, field) for field in ("who", "due", "done", "result")]
    for place in places:
        choice, value = draw(st.sampled_from(["ours", "theirs", "neither", "neither"])), draw(WORDS)
        for side in {"ours": (ours, both), "theirs": (theirs, both), "neither": ()}[choice]:
            there: Any = side
            for key in place[:-1]:
                there = there[key]
            there[place[-1]] = value
    for side in (ours, theirs) if "actions" in base else ():
        if draw(st.booleans()):
            new = draw(ENTRY)
            side["actions"].append(new)
            both["actions"].append(new)
    text = written(base, "base")
    return text, _changed_to(text, ours), _changed_to(text, theirs), both


def _changed_to(text: str, data: dict[str, Any]) -> str:
    """Return a text changed by single edits until it says something else."""
    from kamctl.merging.rewriting import rewritten

    return rewritten(text, data, text)


LAWS = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@LAWS
@given(edited())
def test_what_two_changed_in_different_places_holds_both_and_every_comment(case: tuple[str, str, str, Any]) -> None:
    base, ours, theirs, both = case
    result = merged(base, ours, theirs)
    assert result.clean, result.text
    assert data_of(result.text) == both
    assert comments_of(result.text) >= comments_of(ours)


@LAWS
@given(RECORD, RECORD)
def test_what_one_side_leaves_alone_is_what_the_other_says(base: dict[str, Any], other: dict[str, Any]) -> None:
    one, two = written(base, "base"), written(other, "other")
    assert merged(one, two, one).text == two
    assert merged(one, one, two).text == two
    assert merged(one, two, two).text == two
    assert merge(base, other, base)[:3] == (other, other, [])
    assert merge(base, base, other)[:3] == (other, other, [])


@LAWS
@given(RECORD, RECORD, RECORD)
def test_no_word_of_either_side_is_lost(base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Whatever comes of it, clean or not: each new comment is still there, and each new entry."""
    texts = written(base, "base"), written(ours, "ours"), written(theirs, "theirs")
    result = merged(*texts)
    lines = result.text.splitlines()
    for side in texts[1:]:
        for comment in comments_of(side):
            assert any(comment in line for line in lines), (comment, result.text)
    if result.clean and result.understood:
        said = data_of(result.text)
        for name in {entry["what"] for side in (ours, theirs) for entry in side.get("actions", ())}:
            assert any(entry["what"] == name for entry in said.get("actions", ())), name
    else:
        assert "<<<<<<<" in result.text or not result.understood


def test_marks_are_known_by_their_place() -> None:
    assert marks.is_mark(("assessments", "2026-05-01", "marks", "risk"))
    assert not marks.is_mark(("assessments", "2026-05-01", "by"))


if __name__ == "__main__":
    pytest.main([__file__])
