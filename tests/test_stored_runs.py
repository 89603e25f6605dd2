"""Runs are handed on from one notebook to the next, and only where they still belong."""

from __future__ import annotations

from pathlib import Path

import pytest
from pipeline_logs import live_log

from helpers.runs import stored_runs
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import ModelUsed
from helpers.simulation.simulator import StageTimes, simulate
from helpers.weights import choose_weights

WEIGHTS = {"mobilenet": "offline", "squeezenet": "offline"}


def _log(name: str, weights_sha256: str = "") -> RunLog:
    run = simulate(StageTimes(50.0), "multi", seconds=2)
    used = ModelUsed(
        name=name,
        classes=1000,
        weights_kind="untrained",
        weights_sha256=weights_sha256 or choose_weights(name).sha256,
        file_format=None,
        file_sha256=None,
    )
    pipeline = run.run.model_copy(update={"source": "simulated camera, 640 x 480, 30.0 frames per second"})
    return live_log(pipeline, run.wall_ns).model_copy(update={"model": used})


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The networks and engines that are measured instead of read."""
    calls: list[tuple[str, str]] = []

    def run(name: str, engine: str, mode: str, seconds: int, weights: str) -> RunLog:
        calls.append((name, engine))
        return _log(name)

    monkeypatch.setenv("LEDGER_DIR", str(tmp_path / "ledger"))
    monkeypatch.setattr(stored_runs, "run_jvm_pipeline", run)
    monkeypatch.setattr(stored_runs, "run_python_pipeline", run)
    monkeypatch.setattr(stored_runs, "java_missing", lambda: None)
    return calls


def test_kept_runs_are_read_and_others_measured(measured: list[tuple[str, str]]) -> None:
    kept = _log("mobilenet")
    stored_runs.store_runs({("mobilenet", "tflite", "multi"): kept})
    logs = stored_runs.multithreaded_runs(WEIGHTS, WEIGHTS)
    assert logs[0] == kept
    assert measured == [("squeezenet", "tflite")]


def test_without_java_the_engine_is_pythons(measured: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_runs, "java_missing", lambda: "no JDK here")
    stored_runs.store_runs({("mobilenet", "tflite", "multi"): _log("mobilenet")})
    stored_runs.multithreaded_runs(["mobilenet"], WEIGHTS)
    assert measured == [("mobilenet", "litert")]


@pytest.mark.parametrize("case", ["other weights", "another network", "damaged"])
def test_a_run_that_does_not_belong_is_measured_anew(measured: list[tuple[str, str]], case: str) -> None:
    log = {"other weights": _log("mobilenet", "1" * 64), "another network": _log("squeezenet")}.get(case)
    stored_runs.store_runs({("mobilenet", "tflite", "multi"): log or _log("mobilenet")})
    if case == "damaged":
        (stored_runs.runs_folder() / "mobilenet-tflite-multi.json").write_text("{}")
    stored_runs.multithreaded_runs(["mobilenet"], WEIGHTS)
    assert measured == [("mobilenet", "tflite")]


def test_a_run_of_another_camera_is_measured_anew(measured: list[tuple[str, str]]) -> None:
    log = _log("mobilenet")
    assert log.pipeline is not None
    slow = log.pipeline.model_copy(update={"source": "simulated camera, 640 x 480, 10.0 frames per second"})
    stored_runs.store_runs({("mobilenet", "tflite", "multi"): log.model_copy(update={"pipeline": slow})})
    stored_runs.multithreaded_runs(["mobilenet"], WEIGHTS)
    assert measured == [("mobilenet", "tflite")]


def test_new_runs_take_the_place_of_the_old(measured: list[tuple[str, str]]) -> None:
    stored_runs.store_runs({("mobilenet", "tflite", "multi"): _log("mobilenet")})
    stored_runs.store_runs({("squeezenet", "tflite", "multi"): _log("squeezenet")})
    assert [path.name for path in stored_runs.runs_folder().iterdir()] == ["squeezenet-tflite-multi.json"]
