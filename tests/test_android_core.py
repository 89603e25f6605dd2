"""The app's plain-Java core: its own tests, run by Maven. They read the same golden vectors as pytest does."""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from helpers.files import PROJECT

CORE = PROJECT / "android_app" / "core"


@pytest.mark.java
def test_all_of_junit_passes(tmp_path: Path) -> None:
    command = ["mvn", "--batch-mode", "--quiet", f"-DbuildDirectory={tmp_path}", "test"]
    finished = subprocess.run(command, cwd=CORE, capture_output=True, text=True, check=False, timeout=900)
    assert finished.returncode == 0, finished.stdout[-4000:]
    reports = [ElementTree.parse(path).getroot() for path in (tmp_path / "surefire-reports").glob("TEST-*.xml")]
    counts = {name: sum(int(report.get(name, 0)) for report in reports) for name in ("tests", "skipped")}
    assert counts["tests"] > 200
    assert counts["skipped"] == 0
