"""The app's pipelines on the JVM: what they log, and one clear error for whatever cannot be run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers.artifacts import build_model
from helpers.errors import DataError, LaneError, ModelFileError
from helpers.lanes.java import JavaLane
from helpers.runs import jvm_pipeline
from helpers.runs.jvm_pipeline import JVM_ENGINES, Mode, run_jvm_pipeline

pytestmark = pytest.mark.java


@pytest.mark.parametrize("mode", ["single", "multi"])
@pytest.mark.parametrize("engine", JVM_ENGINES)
def test_a_run_is_logged_as_a_phone_logs_it(engine: str, mode: Mode) -> None:
    log = run_jvm_pipeline("lenet", engine, mode, seconds=1, fps=50, progress=False)
    manifest, _ = build_model("lenet", formats=[JVM_ENGINES[engine].file_format])
    assert (log.kind, log.where, log.model.name) == ("live", "jvm", "lenet")
    assert log.model.file_sha256 == manifest.file(JVM_ENGINES[engine].file_format).sha256
    assert log.pipeline is not None
    assert log.pipeline.mode == mode
    assert 1 <= log.pipeline.captured <= 50
    assert log.pipeline.processed >= 1
    assert re.fullmatch(r"simulated camera, 28 x 28, 50\.0 frames per second", log.pipeline.source)
    assert "(desktop" in log.engine.version
    assert log.resources.peak_memory_bytes is not None


@pytest.mark.parametrize("mode", ["single", "multi"])
def test_the_network_falls_on_the_thread_that_runs_it(mode: Mode) -> None:
    # A network that keeps its thread busy; CPU time is the same however busy the machine is.
    log = run_jvm_pipeline("squeezenet", "tflite", mode, seconds=3, threads=1, progress=False)
    assert log.resources.threads is not None
    taken = {thread.name: thread.cpu_ns for thread in log.resources.threads}
    if mode == "single":
        assert "worker" not in taken
        assert next(iter(taken)) == "screen", taken
    else:
        assert next(iter(taken)) == "worker", taken
        assert taken["screen"] < taken["worker"] / 3, taken


def test_threads_and_the_cameras_size_are_passed_on() -> None:
    log = run_jvm_pipeline("squeezenet", "tflite", seconds=1, threads=2, progress=False)
    assert log.engine.threads == 2
    assert log.pipeline is not None
    assert log.pipeline.source.startswith("simulated camera, 640 x 480, 30.0")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"engine": "stub"}, r"one of the engines tf_mobile, tflite; received 'stub'"),
        ({"mode": "triple"}, r"\(tflite\): expected --mode to be one of \[single, multi\], received 'triple'"),
        ({"seconds": 0}, "1 to 600 whole seconds; received 0"),
        ({"seconds": True}, "1 to 600 whole seconds; received True"),
        ({"seconds": 1.5}, "1 to 600 whole seconds; received 1.5"),
        ({"seconds": 601}, "1 to 600 whole seconds; received 601"),
        ({"fps": 0}, "--fps to be a number from 1.0 to 1000.0, received '0'"),
        ({"fps": 1e-5}, "--fps to be a number from 1.0 to 1000.0, received '0.00001'"),
        ({"fps": True}, "--fps to be a number from 1.0 to 1000.0, received 'True'"),
        ({"fps": float("nan")}, "--fps to be a number"),
        ({"threads": 65}, "--threads to be an integer from 1 to 64, received '65'"),
        ({"model": "alexnet"}, "alexnet"),
    ],
)
def test_what_cannot_be_run_is_one_clear_error(arguments: dict[str, object], part: str) -> None:
    with pytest.raises(ModelFileError, match=part) as raised:
        run_jvm_pipeline(**{"model": "lenet", "progress": False, **arguments})  # type: ignore[arg-type]
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("script", "error", "part"),
    [
        ("echo 'Killed' >&2; exit 137", LaneError, r"ended with 137 and said 'Killed'; a crash leaves a report"),
        ("exit 1", LaneError, "Java ended with 1 and said 'nothing'"),
        ("exit 2", LaneError, "Java ended with 2"),
        ("echo noise >&2; echo 'error: no such node' >&2; exit 2", ModelFileError, r"\(tflite\): no such node$"),
        ("exit 0", DataError, "cannot read the run log"),
    ],
)
def test_a_process_that_dies_is_one_clear_error(
    script: str, error: type[Exception], part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = tmp_path / "java"
    java.write_text(f"#!/bin/sh\n{script}\n")
    java.chmod(0o755)
    monkeypatch.setattr(jvm_pipeline, "java_lane", lambda _: JavaLane(java, tmp_path, "0" * 64, "17"))
    with pytest.raises(error, match=part):
        run_jvm_pipeline("lenet", seconds=1)
