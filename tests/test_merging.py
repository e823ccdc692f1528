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
from kamctl.history.merge_file import merge_lines
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


# --- two people move one deal on


FIRST = "  - {date: 2026-05-01, stage: L}\n"


def moved(day: str, stage: str, *edits: tuple[str, str], comment: str = "") -> str:
    """Return the deal as somebody moved it on."""
    step = f"  - {{date: {day}, stage: {stage}}}{comment}\n"
    return changed(DEAL, ("stage: L\namount", f"stage: {stage}\namount"), (FIRST, FIRST + step), *edits)


def side(text: str, ours: bool) -> str:
    """Return a text with conflict markers as somebody leaves it who takes one side everywhere."""
    kept, where = [], ""
    for line in text.splitlines(keepends=True):
        if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            where = line[0]
        elif where in ("", ">") or where == ("<" if ours else "="):
            kept.append(line)
    return "".join(kept)


def test_the_later_of_two_steps_says_where_the_deal_stands_and_both_stay() -> None:
    early, late = moved("2026-05-10", "O", comment="   # 我"), moved("2026-05-12", "S", comment="   # 他")
    for ours, theirs, stands in ((early, late, False), (late, early, True)):
        result = merged(DEAL, ours, theirs)
        assert result.clean
        assert result.text == changed(late, (FIRST, FIRST + "  - {date: 2026-05-10, stage: O}   # 我\n"))
        assert result.moved is not None
        assert result.moved.ours_stands is stands


def test_two_steps_of_one_day_are_decided_by_people_and_each_part_is_right() -> None:
    result = merged(DEAL, moved("2026-05-10", "O", comment="   # 我"), moved("2026-05-10", "S"))
    assert [conflict.place for conflict in result.conflicts] == [("stage",)]
    assert result.text.count("<<<<<<<") == 2
    mine, other = "  - {date: 2026-05-10, stage: O}   # 我\n", "  - {date: 2026-05-10, stage: S}\n"
    assert side(result.text, ours=True) == changed(
        DEAL, ("stage: L\namount", "stage: O\namount"), (FIRST, FIRST + other + mine)
    )
    assert side(result.text, ours=False) == changed(
        DEAL, ("stage: L\namount", "stage: S\namount"), (FIRST, FIRST + mine + other)
    )


def test_a_deal_that_was_lost_and_later_moved_on_is_decided_by_people() -> None:
    lost = ("close_date: 2026-07-31", "lost: {date: 2026-05-10, reason: price}\nclose_date: 2026-07-31")
    gone, late = moved("2026-05-10", "LOST", lost), moved("2026-05-20", "S")
    result = merged(DEAL, gone, late)
    assert [conflict.place for conflict in result.conflicts] == [("stage",)]
    assert [step["stage"] for step in data_of(side(result.text, ours=True))["stage_history"]] == ["L", "LOST", "S"]
    assert merged(DEAL, moved("2026-05-20", "LOST", lost), moved("2026-05-10", "S")).clean


def test_a_step_that_is_not_in_the_history_decides_nothing() -> None:
    bare = changed(DEAL, ("stage: L\namount", "stage: O\namount"))
    result = merged(DEAL, bare, moved("2026-05-12", "S"))
    assert [conflict.place for conflict in result.conflicts] == [("stage",)]
    assert result.moved is None


def test_two_who_move_it_to_one_stage_agree() -> None:
    result = merged(DEAL, moved("2026-05-10", "O"), moved("2026-05-12", "O"))
    assert result.clean
    assert data_of(result.text)["stage"] == "O"


STEPS = st.lists(
    st.tuples(st.integers(2, 9), st.sampled_from("OSQAP"), st.sampled_from(["", "above", "beside"])),
    max_size=4,
    unique_by=lambda step: step[:2],
)


def progressed(steps: list[tuple[int, str, str]]) -> str:
    """Return the deal with further steps in the order of their days, some with a comment; one step has one comment."""
    lines = ""
    for day, stage, comment in sorted(steps):
        word = f"# {day} {stage}"
        lines += f"  {word}\n" if comment == "above" else ""
        lines += f"  - {{date: 2026-05-0{day}, stage: {stage}}}" + (f"   {word}" if comment == "beside" else "") + "\n"
    stage = sorted(steps)[-1][1] if steps else "L"
    return changed(DEAL, ("stage: L\namount", f"stage: {stage}\namount"), (FIRST, FIRST + lines))


def steps_of(text: str) -> list[tuple[str, str]]:
    """Return the steps of a deal, which must stand in the order of their days, the last one at its stage."""
    said = data_of(text)
    steps = [(step["date"], step["stage"]) for step in said["stage_history"]]
    assert [day for day, _ in steps] == sorted(day for day, _ in steps)
    assert said["stage"] == steps[-1][1]
    return steps


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, STEPS)
def test_no_step_and_no_comment_is_lost_and_it_matters_not_who_merges(
    mine: list[tuple[int, str, str]], others: list[tuple[int, str, str]]
) -> None:
    ours, theirs = progressed(mine), progressed(others)
    there, back = merged(DEAL, ours, theirs), merged(DEAL, theirs, ours)
    assert there.clean == back.clean
    texts = [side(there.text, True), side(there.text, False), side(back.text, True), side(back.text, False)]
    found = [steps_of(text) for text in texts]
    known = {(f"2026-05-0{day}", stage) for day, stage, _ in (*mine, *others)}
    for steps, text in zip(found, texts, strict=True):
        assert set(steps) == known | {("2026-05-01", "L")}
        assert sorted(steps) == sorted(found[0])
        assert comments_of(text).keys() >= comments_of(ours).keys() | comments_of(theirs).keys()
    assert [data_of(text)["stage"] for text in texts[:2]] == [data_of(text)["stage"] for text in texts[:1:-1]]
    if there.clean:
        assert data_of(texts[0])["stage"] == data_of(texts[2])["stage"]


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
