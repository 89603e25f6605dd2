"""The app's Java code: its own tests, run by Maven. The core's read the same golden vectors as pytest does."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from helpers.files import PROJECT
from helpers.lanes.java import run_maven

# Here Maven leaves what it makes, whatever BUILD_DIR says: the paths stand in the pom.xml files.
MADE = PROJECT / "build" / "android"


@pytest.mark.java
def test_all_of_junit_passes() -> None:
    run_maven("-f", str(PROJECT / "android_app" / "pom.xml"), "verify", purpose="run the app's own tests")
    for part, least in (("core", 200), ("engines", 20)):
        reports = [ElementTree.parse(path).getroot() for path in (MADE / part / "surefire-reports").glob("TEST-*.xml")]
        counts = {name: sum(int(report.get(name, 0)) for report in reports) for name in ("tests", "skipped")}
        assert counts["tests"] > least
        assert counts["skipped"] == 0
