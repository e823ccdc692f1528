"""Relationship status and the gaps of a buying team, in a method of two behaviours a level that fits in the head."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamctl.checks.team import TEAM_RULES
from kamctl.methods import Methods
from kamctl.rows.deals import BuyingRoleRow
from kamctl.schema.method import Choice
from kamctl.schema.method.relationship import BuyingRoleChoice, Level, Relationship
from kamctl.scoring.relationship import Finding, Status, earned_on, findings, status

AS_OF = date(2026, 6, 15)
SHIPPED = Methods(None).relationship


def label(words: str) -> dict[str, str]:
    return {"en": words, "zh-Hans": words, "zh-Hant": words}


def choices(*names: str) -> tuple[Choice, ...]:
    return tuple(Choice(id=name, label=label(name)) for name in names)


def level(name: str, *behaviours: str) -> Level:
    return Level(id=name, label=label(name), sign=name[0], behaviours=choices(*behaviours))


OWN = Relationship(
    version=1,
    roles=(
        BuyingRoleChoice(id="K", label=label("King"), required=True, key=True),
        BuyingRoleChoice(id="M", label=label("Minister"), required=True),
        BuyingRoleChoice(id="S", label=label("Squire")),
    ),
    orientations=choices("sword", "pen"),
    coverage=choices("unseen", "nodded", "dined"),
    influence=choices("throne", "hall", "moat"),
    adaptability=choices("bold", "wary"),
    needed=2,
    levels=(level("guest", "g1", "g2", "g3"), level("friend", "f1", "f2", "f3"), level("ally", "a1", "a2", "a3")),
    opposition=(level("rival"), level("foe")),
    unknown=level("stranger"),
    ask_opposition_from=3,
)
"""Two of three behaviours earn a level; the king is the key player, king and minister are required."""


# --- status

GUEST = "g1 2026-01-10 g2 2026-02-10"
FRIEND = f"{GUEST} f1 2026-03-10 f2 2026-04-10"
ALLY = f"{FRIEND} a1 2026-05-10 a2 2026-06-10"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("", "stranger"),
        ("g1 2026-01-10", "stranger"),
        (GUEST, "guest"),
        (f"{GUEST} g3 2026-02-11", "guest"),
        (f"{GUEST} f1 2026-03-10", "guest"),
        (FRIEND, "friend"),
        (f"{FRIEND} a3 2026-05-10", "friend"),
        (ALLY, "ally"),
    ],
)
def test_a_level_is_earned_by_two_of_its_behaviours(seen: str, expected: str) -> None:
    assert now(seen).level.id == expected


def test_a_level_is_not_earned_while_a_lower_one_is_not() -> None:
    assert now("g1 2026-01-10 f1 2026-03-10 f2 2026-03-10 f3 2026-03-10 a1 2026-04-10").level.id == "stranger"
    assert now(f"{GUEST} f1 2026-03-10 a1 2026-04-10 a2 2026-04-10 a3 2026-04-10").level.id == "guest"


@pytest.mark.parametrize(
    ("day", "expected", "count"),
    [
        ("2026-01-09", "stranger", 0),
        ("2026-01-10", "stranger", 1),
        ("2026-02-09", "stranger", 1),
        ("2026-02-10", "guest", 2),
        ("2026-04-09", "guest", 3),
        ("2026-04-10", "friend", 4),
        ("2026-06-10", "ally", 6),
    ],
)
def test_the_status_of_a_day_follows_from_what_was_seen_by_then(day: str, expected: str, count: int) -> None:
    result = now(ALLY, as_of=day)
    assert (result.level.id, len(result.seen)) == (expected, count)


@pytest.mark.parametrize("seen", ["", GUEST, ALLY])
@pytest.mark.parametrize("opposes", ["rival", "foe"])
def test_opposition_overrides_whatever_was_seen(opposes: str, seen: str) -> None:
    result = now(seen, opposes=opposes)
    assert result.level.id == opposes
    assert result.following == now(seen).following


def test_an_opposition_that_the_method_does_not_have_overrides_nothing() -> None:
    assert now(GUEST, opposes="grump").level.id == "guest"


def test_behaviours_that_the_method_does_not_have_earn_nothing() -> None:
    result = now("g1 2026-01-10 smiles 2026-01-10 waves 2026-01-11")
    assert (result.level.id, result.needed) == ("stranger", 1)


@pytest.mark.parametrize(
    ("seen", "following", "missing", "needed"),
    [
        ("", "guest", ["g1", "g2", "g3"], 2),
        ("g2 2026-01-10", "guest", ["g1", "g3"], 1),
        (GUEST, "friend", ["f1", "f2", "f3"], 2),
        (f"{GUEST} f3 2026-03-10", "friend", ["f1", "f2"], 1),
        ("g1 2026-01-10 f1 2026-03-10 f2 2026-03-10", "guest", ["g2", "g3"], 1),
        (FRIEND, "ally", ["a1", "a2", "a3"], 2),
    ],
)
def test_the_next_level_says_what_is_missing_and_how_much_of_it_is_needed(
    seen: str, following: str, missing: Sequence[str], needed: int
) -> None:
    result = now(seen)
    assert result.following is not None
    assert result.following.id == following
    assert ([choice.id for choice in result.missing], result.needed) == (missing, needed)


def test_after_the_highest_level_nothing_follows() -> None:
    result = now(ALLY)
    assert (result.following, result.missing, result.needed) == (None, (), 0)


def test_in_the_method_that_is_shipped_three_of_five_behaviours_earn_a_level() -> None:
    names = [[choice.id for choice in level.behaviours] for level in SHIPPED.levels]
    assert [len(each) for each in names] == [5, 5, 5]
    seen = [*names[0][:3], *names[1][2:]]
    days = " ".join(f"{name} 2026-03-02" for name in seen)
    assert status(person("zhang-wei", seen=days), SHIPPED, AS_OF).level.id == "supporter"
    fewer = " ".join(f"{name} 2026-03-02" for name in seen[1:])
    assert status(person("zhang-wei", seen=fewer), SHIPPED, AS_OF).level.id == "unknown"


# --- since when


def test_over_three_months_each_level_has_the_day_of_the_behaviour_that_earned_it() -> None:
    seen = "g1 2026-01-12 g2 2026-01-26 f1 2026-02-03 f2 2026-02-20 a1 2026-03-02 a2 2026-03-12"
    assert days_of(seen) == [("guest", "2026-01-26"), ("friend", "2026-02-20"), ("ally", "2026-03-12")]


def test_the_second_behaviour_earns_the_level_in_whatever_order_they_are_written() -> None:
    assert days_of("g3 2026-03-12 g1 2026-02-03 g2 2026-01-12") == [("guest", "2026-02-03")]


def test_a_level_is_earned_no_earlier_than_the_level_below() -> None:
    early = "f1 2026-01-05 f2 2026-01-06 g1 2026-02-10 g2 2026-03-10"
    assert days_of(early) == [("guest", "2026-03-10"), ("friend", "2026-03-10")]


def test_levels_above_one_that_is_not_earned_have_no_day() -> None:
    assert days_of("g1 2026-01-10 f1 2026-02-10 f2 2026-02-10") == []
    assert days_of(f"{GUEST} a1 2026-03-10 a2 2026-03-10") == [("guest", "2026-02-10")]


# --- findings, each once and its absence

KING = "king K dined throne"
MINISTER = "minister M nodded hall"
WHOLE = [KING, MINISTER]


def test_a_team_with_every_role_in_two_hands_that_we_both_know_lacks_nothing() -> None:
    assert rules_of(WHOLE) == []


def test_each_required_role_that_nobody_has_is_missing() -> None:
    assert found(["king K dined throne", "squire S nodded hall"]) == [("buying-role-missing", "", {"role": "M"})]
    assert rules_of(["squire S dined hall", "page S nodded moat"]) == ["buying-role-missing"] * 2


def test_one_person_may_hold_every_required_role_and_a_role_that_is_not_required_may_be_empty() -> None:
    assert rules_of(["king K,M dined throne"]) == []


def test_a_team_of_three_without_opposition_is_asked_about() -> None:
    assert found([*WHOLE, "squire S dined hall"]) == [("nobody-opposes", "", {"count": "3"})]


def test_a_team_of_two_is_not_asked_about_opposition_and_one_opponent_is_enough() -> None:
    assert rules_of(WHOLE) == []
    assert rules_of([*WHOLE, "squire S dined hall rival"]) == []


def test_key_players_against_us_must_be_fewer_than_those_for_us() -> None:
    balanced = ["king K dined throne foe", f"queen K dined throne - {FRIEND}", MINISTER]
    expected = {"supporters": "1", "opponents": "1"}
    assert found(balanced) == [("supporters-outnumbered", "", expected)]
    assert rules_of([*balanced, f"prince K dined throne - {FRIEND}"]) == []


def test_a_guest_among_the_key_players_does_not_support_us() -> None:
    team = ["king K dined throne rival", f"queen K dined throne - {GUEST}", MINISTER]
    assert found(team) == [("supporters-outnumbered", "", {"supporters": "0", "opponents": "1"})]


def test_opponents_who_are_not_key_players_do_not_outnumber() -> None:
    assert rules_of([KING, "minister M nodded hall foe"]) == []


@pytest.mark.parametrize("coverage", ["-", "unseen"])
def test_a_key_player_without_contact_is_uncovered(coverage: str) -> None:
    team = [f"king K {coverage} throne", MINISTER, "squire S dined hall foe"]
    assert found(team) == [("key-player-uncovered", "bohai/king", {})]


def test_who_is_no_key_player_may_be_uncovered() -> None:
    assert rules_of([KING, "minister M dined hall", "squire S unseen hall foe"]) == []


@pytest.mark.parametrize("influence", ["-", "hall", "moat"])
def test_a_mentor_who_is_not_in_the_inner_circle_is_outside(influence: str) -> None:
    team = [KING, f"minister M dined {influence} - {ALLY}"]
    assert found(team) == [("mentor-outside", "bohai/minister", {})]


def test_one_mentor_in_the_inner_circle_is_enough_and_without_a_mentor_there_is_none_outside() -> None:
    assert rules_of([f"king K dined throne - {ALLY}", f"minister M dined moat - {ALLY}"]) == []
    assert rules_of([KING, f"minister M dined moat - {FRIEND}"]) == []


def test_a_mentor_of_tomorrow_is_not_outside_today() -> None:
    team = [KING, f"minister M dined hall - {ALLY}"]
    assert rules_of(team, as_of="2026-06-09") == []
    assert rules_of(team, as_of="2026-06-10") == ["mentor-outside"]


def test_one_covered_person_in_a_team_is_a_single_thread() -> None:
    team = [KING, "minister M unseen hall"]
    assert found(team) == [("single-threaded", "bohai/king", {"count": "2"})]


def test_a_team_of_one_is_no_single_thread_nor_is_one_without_any_contact() -> None:
    assert rules_of(["king K,M dined throne"]) == []
    assert rules_of(["king K - throne", "minister M - hall"]) == ["key-player-uncovered"]


def test_who_has_no_role_of_the_method_is_no_key_player() -> None:
    assert rules_of(["king X - throne", "queen X unseen throne foe", "page X dined moat"]) == [
        "buying-role-missing",
        "buying-role-missing",
        "single-threaded",
    ]


# --- laws

NAMES = [choice.id for level in OWN.levels for choice in level.behaviours]
DAYS = st.dates(date(2026, 4, 1), date(2026, 6, 30))
SEEN = st.dictionaries(st.sampled_from(NAMES), DAYS)
LADDER = [OWN.unknown.id, *(level.id for level in OWN.levels)]


@given(seen=SEEN, more=st.sampled_from(NAMES), day=DAYS, as_of=DAYS)
def test_seeing_one_more_behaviour_never_lowers_the_status(
    seen: dict[str, date], more: str, day: date, as_of: date
) -> None:
    before = status(with_days(seen), OWN, as_of)
    after = status(with_days({more: day} | seen), OWN, as_of)
    assert LADDER.index(after.level.id) >= LADDER.index(before.level.id)


@given(seen=SEEN, first=DAYS, second=DAYS)
def test_time_never_lowers_the_status(seen: dict[str, date], first: date, second: date) -> None:
    early, late = (status(with_days(seen), OWN, day) for day in sorted([first, second]))
    assert LADDER.index(late.level.id) >= LADDER.index(early.level.id)


@given(seen=SEEN, as_of=DAYS)
def test_the_status_of_a_day_is_the_last_level_earned_by_then(seen: dict[str, date], as_of: date) -> None:
    earned = [level.id for level, day in earned_on(with_days(seen), OWN) if day <= as_of]
    assert status(with_days(seen), OWN, as_of).level.id == [OWN.unknown.id, *earned][-1]


@given(seen=SEEN, as_of=DAYS)
def test_seeing_as_many_as_are_needed_earns_the_next_level(seen: dict[str, date], as_of: date) -> None:
    result = status(with_days(seen), OWN, as_of)
    if result.following is not None:
        assert 1 <= result.needed <= len(result.missing)
        gained = {choice.id: as_of for choice in result.missing[: result.needed]}
        after = status(with_days(seen | gained), OWN, as_of).level.id
        assert LADDER.index(after) >= LADDER.index(result.following.id)


PEOPLE = st.lists(
    st.builds(
        lambda role, coverage, influence, opposes, seen: with_days(seen)._replace(
            roles=(role,) if role else (), coverage=coverage, influence=influence, opposes=opposes
        ),
        st.sampled_from(["", "K", "M", "S"]),
        st.sampled_from(["", "unseen", "nodded", "dined"]),
        st.sampled_from(["", "throne", "hall", "moat"]),
        st.sampled_from(["", "", "rival", "foe"]),
        SEEN,
    ),
    max_size=5,
)


@given(people=PEOPLE, as_of=DAYS)
def test_findings_are_rules_of_the_team_and_none_comes_twice(people: list[BuyingRoleRow], as_of: date) -> None:
    team = [each._replace(person=f"bohai/p{n}") for n, each in enumerate(people)]
    result = list(findings(team, OWN, as_of))
    assert {finding.rule for finding in result} <= set(TEAM_RULES)
    keys = [(finding.rule, finding.person, *finding.values.items()) for finding in result]
    assert len(set(keys)) == len(keys)
    assert {finding.person for finding in result} <= {"", *(each.person for each in team)}


# --- helpers


def person(
    stem: str,
    roles: Sequence[str] = (),
    coverage: str = "",
    influence: str = "",
    opposes: str = "",
    seen: str = "",
) -> BuyingRoleRow:
    """Return a person of a team. `seen` is behaviours, each with its day."""
    words = seen.split()
    days = tuple((name, date.fromisoformat(day)) for name, day in zip(words[::2], words[1::2], strict=True))
    return BuyingRoleRow(
        "bohai/line-3", f"bohai/{stem}", tuple(roles), "", "", coverage, influence, (), days, opposes, ""
    )


def with_days(seen: dict[str, date]) -> BuyingRoleRow:
    return person("zhang-wei")._replace(behaviours=tuple(seen.items()))


def now(seen: str, opposes: str = "", as_of: str = "2026-06-15") -> Status:
    return status(person("zhang-wei", seen=seen, opposes=opposes), OWN, date.fromisoformat(as_of))


def days_of(seen: str) -> list[tuple[str, str]]:
    return [(level.id, day.isoformat()) for level, day in earned_on(person("zhang-wei", seen=seen), OWN)]


def team_of(lines: Sequence[str]) -> list[BuyingRoleRow]:
    """Read lines such as `king K dined throne foe g1 2026-01-10`; `-` stands for nothing."""
    team = []
    for line in lines:
        stem, roles, coverage, influence, *rest = line.split()
        opposes, *seen = rest or ["-"]
        coverage, influence, opposes = ("" if word == "-" else word for word in (coverage, influence, opposes))
        team.append(person(stem, roles.split(","), coverage, influence, opposes, " ".join(seen)))
    return team


def found(lines: Sequence[str], as_of: str = "2026-06-15") -> list[Finding]:
    return list(findings(team_of(lines), OWN, date.fromisoformat(as_of)))


def rules_of(lines: Sequence[str], as_of: str = "2026-06-15") -> list[str]:
    return [finding.rule for finding in found(lines, as_of)]
