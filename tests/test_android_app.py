"""The app's Java code: its own tests, run by Maven, on the golden vectors that pytest reads and the store's models."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from helpers.artifacts import build_model, model_folder
from helpers.errors import LaneError
from helpers.files import PROJECT
from helpers.lanes.java import run_maven
from helpers.runs.jvm_pipeline import JVM_ENGINES
from helpers.runs.run_log import load_run_log
from helpers.zoo import model_names

# Here Maven leaves what it makes, whatever BUILD_DIR says: the paths stand in the pom.xml files.
MADE = PROJECT / "build" / "android"


# Of each part, how many tests there are at the least.
PARTS = {"core": 200, "engines": 20, "app": 150}


def _reports(part: str) -> list[ElementTree.Element]:
    return [ElementTree.parse(path).getroot() for path in (MADE / part / "surefire-reports").glob("TEST-*.xml")]


def _failed() -> list[str]:
    """The tests that failed, and how: Maven's last words are often about something else."""
    return [
        f"{case.get('classname')}.{case.get('name')}: {fault.get('message')}"
        for part in PARTS
        for report in _reports(part)
        for case in report.iter("testcase")
        for fault in (*case.iter("failure"), *case.iter("error"))
    ]


@pytest.mark.apk
@pytest.mark.java
def test_all_of_junit_passes() -> None:
    for name in model_names():
        build_model(name, formats=[engine.file_format for engine in JVM_ENGINES.values()])
    # Without the models, those tests that run them would be skipped.
    models = f"-Dmodels.folder={model_folder(name).parent}"
    try:
        run_maven("-f", str(PROJECT / "android_app" / "pom.xml"), "verify", models, purpose="run the app's own tests")
    except LaneError as error:
        raise AssertionError("\n".join([*_failed(), str(error)])) from None
    for part, least in PARTS.items():
        counts = {name: sum(int(report.get(name, 0)) for report in _reports(part)) for name in ("tests", "skipped")}
        assert counts["tests"] > least
        assert counts["skipped"] == 0
    # What the app's tests left of their runs: Python reads what the app writes.
    logs = [load_run_log(path) for path in (MADE / "app" / "run-logs").glob("*.json")]
    assert {log.kind for log in logs} == {"accuracy", "benchmark", "live"}
    assert {log.where for log in logs} == {"phone"}
