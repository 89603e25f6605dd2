"""The check of the set-up, the reference configuration, and the exercises' own check."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from helpers import data, setup_check
from helpers.exercises import check
from helpers.files import PROJECT
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


@pytest.mark.parametrize(("unknown", "left_out"), [("", []), ("chromium", ["chromium"]), ("update", ["apt.txt"])])
def test_one_unknown_debian_package_does_not_cost_the_others(tmp_path: Path, unknown: str, left_out: list[str]) -> None:
    """As on Ubuntu, which has no package chromium: `make` with programs that take the place of Debian's."""
    for name in ("Makefile", "apt.txt", "pyproject.toml", "requirements.lock"):
        shutil.copy(PROJECT / name, tmp_path)
    fakes = {
        "id": "echo 0",
        "dpkg-query": "exit 1",
        "apt-get": f'case " $* " in *" {unknown or "-"} "*) exit 100;; esac; echo "$*" >> {tmp_path}/said',
    }
    for name, script in fakes.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    # Of a Python that is not there, only what comes before it is done.
    done = subprocess.run(
        ["make", "setup", "PYTHON=no-such-python"],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stdout.splitlines() if line.endswith("could not be installed; going on without")]
    assert [line.split()[0] for line in told] == left_out
    assert "received 'no-such-python'" in done.stderr
    said = (tmp_path / "said").read_text().splitlines() if (tmp_path / "said").exists() else []
    wanted = (PROJECT / "apt.txt").read_text().split()
    installed = [
        package for line in said if " install " in line for package in line.split("--no-install-recommends ")[1].split()
    ]
    assert installed == ([] if unknown == "update" else [package for package in wanted if package != unknown])


def test_an_exercise_waits_praises_and_helps(capsys: pytest.CaptureFixture[str]) -> None:
    check(None, lambda n: n == 1, "One.")
    check(1, lambda n: n == 1, "One.")
    assert capsys.readouterr().out.splitlines() == [
        "Not answered yet: replace None, then run this cell again.",
        "Right.",
    ]
    with pytest.raises(AssertionError, match=r"2 is not it yet\. One\."):
        check(2, lambda n: n == 1, "One.")
