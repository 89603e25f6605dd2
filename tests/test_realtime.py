"""The Python pipelines on real threads: every frame is accounted for, whatever the delays, failures and stops."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from helpers.errors import DataError, ModelFileError
from helpers.realtime import Frame, FrameLog, LatestFrame, PacedCamera, Picture, Pipeline
from helpers.runs.process_meter import RunMeter
from helpers.runs.python_pipeline import pipeline_run, run_python_pipeline, synthetic_frames
from helpers.runs.run_log import load_run_log, run_log_schema, save_run_log
from helpers.zoo import model_record

PICTURES = [np.full((2, 2, 1), shade, np.uint8) for shade in range(5)]
MODES = ("single", "multi")


def _frame(number: int) -> Frame:
    return Frame(number, PICTURES[0], 0)


def _threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()} & {"screen", "worker"}


def _accounted(log: FrameLog) -> None:
    """Each frame is in exactly one place, once, and in order."""
    numbers = [frame.number for frame in log.frames]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] - numbers[0] + 1 == log.captured
    assert log.processed + sum(log.dropped.values()) == log.captured
    assert sum(frame.end_ns is not None for frame in log.frames) == log.processed
    assert sum(frame.shown_ns is not None for frame in log.frames) == log.shown


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", [1, 2])
def test_thousands_of_frames_with_random_delays_are_all_accounted_for(mode: str, seed: int) -> None:
    dice = random.Random(seed)
    seen: list[int] = []
    camera = PacedCamera([np.full((1, 1, 1), shade, np.uint8) for shade in range(251)], fps=4000, count=4000)

    def classify(picture: Picture) -> int:
        seen.append(int(picture[0, 0, 0]))
        time.sleep(dice.choice([0, 0, 0.0001, 0.002]))
        return len(seen)

    def draw(picture: Picture, result: object) -> None:
        if dice.random() < 0.05:
            time.sleep(0.001)

    start_ns = time.perf_counter_ns()
    pipeline = Pipeline(camera, classify, draw, mode)
    log = pipeline.run()
    wall_ns = time.perf_counter_ns() - start_ns
    _accounted(log)
    assert len(seen) == log.processed
    processed = [frame for frame in log.frames if frame.end_ns is not None]
    assert seen == [frame.number % 251 for frame in processed]
    assert log.dropped["failed"] == log.dropped["stopped"] == 0
    lost = "skipped_by_source" if mode == "single" else "replaced_by_newer"
    assert log.dropped[lost] > 0
    # The schema's own rules hold: order, intervals, sums.
    run = pipeline_run(pipeline, "test", start_ns, wall_ns)
    assert run.mode == mode
    assert _threads() == set()
    assert {thread.name for thread in pipeline.cpu_ns} == ({"screen"} if mode == "single" else {"screen", "worker"})


def test_on_one_thread_the_screen_waits_for_the_network_and_with_two_it_does_not() -> None:
    def slow(picture: Picture) -> None:
        time.sleep(0.05)

    logs = {}
    for mode in MODES:
        logs[mode] = Pipeline(PacedCamera(PICTURES, fps=100, count=60), slow, mode=mode).run()
    assert logs["single"].shown == logs["single"].processed
    assert all(frame.end_ns is not None and frame.end_ns <= (frame.shown_ns or 0) for frame in logs["single"].frames)
    assert logs["multi"].shown > 2 * logs["multi"].processed
    assert all(frame.shown_ns is not None for frame in logs["multi"].frames)
    # Nothing but the network's own slowness keeps a worker from a frame.
    assert logs["multi"].processed >= 2


def test_the_screen_gets_the_newest_result() -> None:
    drawn: list[object] = []
    camera = PacedCamera(PICTURES, fps=200, count=40)
    Pipeline(camera, lambda picture: int(picture[0, 0, 0]) + 1, lambda _, result: drawn.append(result), "single").run()
    assert drawn[0] == 1
    assert None not in drawn
    drawn.clear()
    Pipeline(PacedCamera(PICTURES, 200, 40), lambda _: "seen", lambda _, result: drawn.append(result)).run()
    assert drawn[0] is None
    assert drawn[-1] == "seen"


def test_a_recording_is_shown_in_turn_and_again() -> None:
    camera = PacedCamera(PICTURES, fps=2000, count=200)
    for frame in camera.frames():
        assert frame.picture is PICTURES[frame.number % 5]
        assert time.perf_counter_ns() >= frame.capture_ns
    assert frame.number <= 199


def test_a_camera_has_pictures_and_a_rate() -> None:
    for pictures, fps, count in (([], 30, 1), (PICTURES, 0, 1), (PICTURES, float("nan"), 1), (PICTURES, 30, 0)):
        with pytest.raises(ModelFileError, match="expected a picture, frames per second up to 1,000,000 and a frame"):
            PacedCamera(pictures, fps, count)


def test_a_pipeline_runs_once() -> None:
    pipeline = Pipeline(PacedCamera(PICTURES, 100, 3), lambda _: None)
    pipeline.run()
    with pytest.raises(ModelFileError, match="received one that ran before"):
        pipeline.run()


def test_only_the_newest_frame_waits() -> None:
    log = FrameLog()
    latest = LatestFrame(log)
    first, second, third = _frame(0), _frame(1), _frame(2)
    latest.put(first)
    latest.put(second)
    assert log.dropped["replaced_by_newer"] == 1
    assert latest.take() is second
    latest.put(third)
    latest.end(drop=False)
    assert latest.take() is third
    assert latest.take() is None
    latest.put(first)
    assert log.dropped == {"skipped_by_source": 0, "replaced_by_newer": 1, "stopped": 1, "failed": 0}


def test_at_a_stop_the_frame_that_waits_is_dropped() -> None:
    log = FrameLog()
    latest = LatestFrame(log)
    latest.put(_frame(0))
    latest.end(drop=True)
    latest.end(drop=True)
    assert latest.take() is None
    assert log.dropped["stopped"] == 1


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("stage", ["network", "screen"])
def test_a_failure_in_a_thread_is_one_error_and_ends_both(mode: str, stage: str) -> None:
    calls = []

    def fail(*_: object) -> None:
        calls.append(1)
        if len(calls) == 7:
            raise KeyError("no such\nlabel")

    functions = {"classify": lambda _: None, "draw": lambda *_: None}
    functions["classify" if stage == "network" else "draw"] = fail
    pipeline = Pipeline(PacedCamera(PICTURES, fps=500, count=100_000), mode=mode, **functions)
    with pytest.raises(ModelFileError, match=r"received KeyError: .*; correct the function") as raised:
        pipeline.run()
    assert "\n" not in str(raised.value)
    assert isinstance(raised.value.__cause__, KeyError)
    assert len(calls) == 7
    assert _threads() == set()
    log = pipeline.log
    _accounted(log)
    assert log.dropped["failed"] == (0 if (mode, stage) == ("single", "screen") else 1)


def test_the_projects_own_errors_come_through_as_they_are() -> None:
    def fail(_: Picture) -> None:
        raise DataError("expected a picture; received none; give one")

    with pytest.raises(DataError, match=r"^expected a picture"):
        Pipeline(PacedCamera(PICTURES, 100, 100), fail).run()


@pytest.mark.parametrize("mode", MODES)
def test_a_stop_from_anywhere_ends_it(mode: str) -> None:
    begun = threading.Event()
    released = threading.Event()

    def stuck(_: Picture) -> None:
        begun.set()
        assert released.wait(30)

    pipeline = Pipeline(PacedCamera(PICTURES, fps=200, count=10**6), stuck, mode=mode)
    running = threading.Thread(target=pipeline.run)
    running.start()
    assert begun.wait(30)
    pipeline.stop()
    pipeline.stop()
    # Native code cannot be interrupted: the pipeline ends when it comes back.
    assert running.is_alive()
    released.set()
    running.join(30)
    assert not running.is_alive()
    _accounted(pipeline.log)
    assert pipeline.log.processed == 1
    assert _threads() == set()


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C interrupts, also where the tests were started in the background, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_an_interruption_ends_the_threads() -> None:
    calls: list[int] = []

    def interrupt(_: Picture) -> None:
        calls.append(1)
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)

    pipeline = Pipeline(PacedCamera(PICTURES, fps=100, count=10**6), interrupt)
    with pytest.raises(KeyboardInterrupt):
        pipeline.run()
    assert _threads() == set()
    _accounted(pipeline.log)


def test_a_meter_tells_the_threads_apart() -> None:
    def work(picture: Picture) -> int:
        return sum(range(300_000))

    meter = RunMeter()
    pipeline = Pipeline(PacedCamera(PICTURES, fps=50, count=25), work)
    pipeline.run()
    wall_ns, resources = meter.stop(pipeline.cpu_ns)
    assert resources.threads is not None
    cpu = {thread.name: thread.cpu_ns for thread in resources.threads}
    assert cpu["worker"] > 3 * cpu["screen"] > 0
    assert "worker 2" not in cpu
    assert resources.cpu_ns is not None
    assert resources.cpu_ns >= cpu["worker"]
    assert wall_ns > 0


_PEAKS = """
import contextlib
from pathlib import Path
import numpy as np
from helpers.memory import peak_memory_bytes
from helpers.runs.process_meter import RunMeter
np.ones(200_000_000, np.uint8)
whole = peak_memory_bytes()
meter = RunMeter()
np.ones(100_000_000, np.uint8)
print(whole, meter.stop({})[1].peak_memory_bytes)
# What this system allows is asked last, because asking changes it.
with contextlib.suppress(OSError):
    Path("/proc/self/clear_refs").write_text("5")
print(peak_memory_bytes())
"""


def test_the_peak_of_memory_is_the_runs_own() -> None:
    printed = subprocess.run([sys.executable, "-c", _PEAKS], check=True, capture_output=True, text=True)
    whole, run, begun_anew = map(int, printed.stdout.split())
    if begun_anew < whole - 50_000_000:
        # The run's own 100 MB, and no longer the 200 MB of before.
        assert begun_anew + 50_000_000 < run < whole - 50_000_000
    else:
        # Not Linux, or a container that does not allow it: the most of the process's life, which holds the run's.
        assert run == whole


# With an engine: the log


@pytest.mark.parametrize("mode", MODES)
def test_a_run_is_logged_as_the_apps_log_it(mode: str, tmp_path: Path) -> None:
    log = run_python_pipeline("squeezenet", "litert", mode, seconds=1, fps=20)  # type: ignore[arg-type]
    save_run_log(log, tmp_path / "log.json")
    jsonschema.Draft202012Validator(run_log_schema()).validate(json.loads((tmp_path / "log.json").read_text()))
    assert load_run_log(tmp_path / "log.json") == log
    assert (log.kind, log.where, log.model.name, log.model.file_format) == ("live", "pc", "squeezenet", "tflite")
    assert log.engine.threads == 1
    run = log.pipeline
    assert run is not None
    assert run.mode == mode
    assert 1 <= run.processed <= run.captured <= 20
    assert run.source == "simulated camera, 640 x 480, 20.0 frames per second"
    assert log.resources.threads is not None
    cpu = {thread.name: thread.cpu_ns for thread in log.resources.threads}
    if mode == "multi":
        assert cpu["worker"] > cpu["screen"]
    else:
        assert "worker" not in cpu


def test_a_stub_waits_in_the_networks_place_and_says_so() -> None:
    log = run_python_pipeline("lenet", "stub", seconds=1, fps=100, latency_ms=40)
    assert (log.engine.name, log.engine.version) == ("stub", "latency 40 ms")
    assert (log.model.file_format, log.model.file_sha256) == (None, None)
    assert log.pipeline is not None
    assert log.pipeline.source.startswith("simulated camera, 28 x 28, 100.0 ")
    assert min(log.pipeline.frames.latencies_ns) >= 40 * 10**6
    assert log.pipeline.processed <= 26
    assert log.pipeline.dropped["replaced_by_newer"] > 0


def test_synthetic_frames_are_the_same_each_time() -> None:
    frames = synthetic_frames(model_record("mobilenet").input)
    again = synthetic_frames(model_record("mobilenet").input)
    assert [frame.shape for frame in frames] == [(480, 640, 3)] * 8
    assert all(np.array_equal(one, other) for one, other in zip(frames, again, strict=True))
    assert not np.array_equal(frames[0], frames[1])


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"engine": "cpu"}, "one of the engines keras,"),
        ({"engine": "litert", "latency_ms": 5}, "latency_ms with the engine stub alone; received it with 'litert'"),
        ({"engine": "stub", "latency_ms": -1}, "latency of 0 to 60,000 ms; received -1"),
        ({"engine": "stub", "latency_ms": float("nan")}, "received nan"),
        ({"mode": "triple"}, "one of single, multi; received 'triple'"),
        ({"seconds": 0}, "1 to 600 whole seconds; received 0"),
        ({"seconds": 1.5}, "1 to 600 whole seconds; received 1.5"),
        ({"fps": 0}, "1 to 1000 frames per second; received 0"),
        ({"fps": float("nan")}, "1 to 1000 frames per second; received nan"),
        ({"fps": "30"}, "received '30'"),
        ({"threads": 0}, "1 to 256 threads; received 0"),
        ({"model": "alexnet"}, "alexnet"),
    ],
)
def test_what_cannot_be_run_is_one_clear_error(arguments: dict[str, object], part: str) -> None:
    with pytest.raises(ModelFileError, match=part) as raised:
        run_python_pipeline(**{"model": "lenet", **arguments})  # type: ignore[arg-type]
    assert "\n" not in str(raised.value)
