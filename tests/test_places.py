"""Where a file of a workspace lies on disk when links lead there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamctl.places import Places
from kamctl.problems import KamctlError

LEVELS = ("accounts", "accounts/bohai", "accounts/bohai/calls", "accounts/bohai/calls/one.yaml")
TARGETS = ("inside", "outside", "nowhere", "loop")


@given(level=st.sampled_from(LEVELS), leads=st.sampled_from(TARGETS), asked_before=st.booleans())
def test_a_link_at_any_level_is_followed_inside_and_refused_outside(
    level: str, leads: str, asked_before: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.mktemp("places")
    root = base / "workspace"
    (root / level).parent.mkdir(parents=True)
    (root / "kept").mkdir()
    (base / "elsewhere").mkdir()
    where = {"inside": root / "kept", "outside": base / "elsewhere", "nowhere": base / "gone", "loop": root / level}
    (root / level).symlink_to(where[leads])
    places = Places(root)
    if asked_before:
        assert places.target("accounts/other/account.yaml" if level != "accounts" else "team.yaml")
    real = os.path.realpath(root / LEVELS[-1])
    if leads in ("outside", "nowhere"):
        with pytest.raises(KamctlError, match="link out of the workspace"):
            places.target(LEVELS[-1])
    else:
        assert places.target(LEVELS[-1]) == real


def test_a_workspace_behind_a_link_is_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert Places(tmp_path / "link").target("team.yaml") == os.path.realpath(tmp_path / "real/team.yaml")


def test_more_accounts_than_are_remembered_lie_where_they_lie(tmp_path: Path) -> None:
    places = Places(tmp_path)
    paths = [f"accounts/a{number}/account.yaml" for number in range(40)]
    assert [places.target(path) for path in (*paths, *paths)] == [
        f"{os.path.realpath(tmp_path)}/{p}" for p in paths
    ] * 2


def test_the_root_of_the_disk_can_be_a_workspace() -> None:
    assert Places(Path("/")).target("team.yaml") == os.path.realpath("/team.yaml")
