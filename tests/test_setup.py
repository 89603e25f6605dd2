"""The check of the set-up, the reference configuration, and the exercises' own check."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpers import data, setup_check
from helpers.exercises import check
from helpers.lanes.known import LANES
from helpers.setup_check import check_setup, other_than_reference


def test_what_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.lanes.arm.arm_available", lambda: "no emulator: install one")
    monkeypatch.setattr(setup_check, "locked_versions", lambda: {"keras": ("99.0",)})
    monkeypatch.setattr(data, "sha256_bytes", lambda content: "0" * 64)
    table = check_setup().set_index("what")["as expected"]
    assert "no emulator: install one" in table["lane: ARM emulation"]
    assert "99.0" in table["keras"]
    assert table["data files"] == "no"


def test_a_complete_set_up_is_all_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, lane in LANES.items():
        monkeypatch.setitem(LANES, name, replace(lane, missing=lambda: None))
    assert set(check_setup()["as expected"]) == {"yes"}


def test_stored_outputs_bind_the_reference_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.lanes.arm.arm_available", lambda: "no emulator")
    assert other_than_reference() is not None
    monkeypatch.setattr("sys.platform", "darwin")
    assert "darwin" in str(other_than_reference())


def test_an_exercise_waits_praises_and_helps(capsys: pytest.CaptureFixture[str]) -> None:
    check(None, lambda n: n == 1, "One.")
    check(1, lambda n: n == 1, "One.")
    assert capsys.readouterr().out.splitlines() == [
        "Not answered yet: replace None, then run this cell again.",
        "Right.",
    ]
    with pytest.raises(AssertionError, match=r"2 is not it yet\. One\."):
        check(2, lambda n: n == 1, "One.")
