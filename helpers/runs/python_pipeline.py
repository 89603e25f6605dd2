"""The frame pipelines in Python, with an engine, and a log like the apps': to stand beside `helpers.runs.jvm_pipeline`.

The pipelines themselves are in `helpers.realtime`. The camera is made up: noise of 640 x 480 pixels in RGB, or of the
network's own size where it has no resize rule; the app's Java code gets its frames as a phone's camera gives them, in
YUV and lying on their side, and turns them. The screen costs nothing. Paper, section III.B. Taught in notebook
08_benchmark_multithreading.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from helpers.engines import open_engine
from helpers.engines.base import Engine
from helpers.errors import ModelFileError
from helpers.manifest import Manifest
from helpers.preprocess import ImageInput, fit_photo
from helpers.realtime import PacedCamera, Picture, Pipeline
from helpers.runs.pipeline_program import Mode, check_seconds
from helpers.runs.process_meter import RunMeter
from helpers.runs.python_log import log_head
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import Frames, PipelineRun

# So many different frames, one after the other, as in a recording.
_PICTURES = 8
_CAMERA_SHAPE = (480, 640)
_LONGEST_LATENCY_MS = 60_000


class StubEngine(Engine):
    """An engine that waits in the place of the network: for lessons, and for what lies around an engine."""

    name: ClassVar[str] = "stub"
    title: ClassVar[str] = "a stub that waits"
    file_format: ClassVar[str] = "tflite"

    def __init__(self, manifest: Manifest, folder: Path, latency_ms: float) -> None:
        """Take the model's input and labels; its file is only checked. See `run_python_pipeline`."""
        super().__init__(manifest, folder)
        if isinstance(latency_ms, bool) or not 0 <= latency_ms <= _LONGEST_LATENCY_MS:
            raise ModelFileError(f"expected a latency of 0 to {_LONGEST_LATENCY_MS:,} ms; received {latency_ms!r}")
        self.latency_s = latency_ms / 1000

    def invoke(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Engine.invoke`; each class is as probable as any other."""
        time.sleep(self.latency_s * len(tensor))
        classes = len(self.manifest.labels)
        return np.full((len(tensor), classes), 1 / classes, np.float32)

    def versions(self) -> dict[str, str]:
        """See `Engine.versions`."""
        return {"latency": f"{self.latency_s * 1000:g} ms"}


def run_python_pipeline(
    model: str,
    engine: str = "litert",
    mode: Mode = "multi",
    seconds: int = 10,
    fps: float = 30.0,
    threads: int | None = 1,
    weights: str | Path = "offline",
    latency_ms: float = 0.0,
) -> RunLog:
    """Run one of the pipelines of `helpers.realtime` for some seconds.

    Args:
        model: the model, such as `mobilenet`; its file is converted first if the store does not have it.
        engine: one of `helpers.engines.engine_names()` that runs in this process; or `stub`, which waits instead.
        mode: `single`, where capture, inference and drawing take turns; or `multi`, where inference has a thread of
            its own and takes the newest frame.
        seconds: how long, 1 to 600.
        fps: frames per second of the camera, 1 to 1000.
        threads: how many threads `litert` may use inside one invocation; the other engines choose for themselves.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        latency_ms: how long `stub` waits, in milliseconds, 0 to 60,000; preprocessing comes on top.

    Returns:
        Each frame's times, what was dropped and why, CPU time by thread, and the process's peak of memory.

    Raises:
        ModelFileError: an argument out of its range, or a model that the engine refuses.
    """
    check_seconds(seconds)
    if mode not in ("single", "multi"):
        raise ModelFileError(f"expected mode to be one of single, multi; received {mode!r}")
    if isinstance(fps, bool) or not isinstance(fps, int | float) or not 1 <= fps <= 1000:
        raise ModelFileError(f"expected 1 to 1000 frames per second; received {fps!r}")
    # Once to convert the model and import the runtime, which is no part of opening it.
    _open(engine, model, weights, threads, latency_ms).close()
    before = time.perf_counter_ns()
    with _open(engine, model, weights, threads, latency_ms) as opened:
        init_ns = time.perf_counter_ns() - before
        expected = opened.manifest.input

        def classify(picture: Picture) -> NDArray[np.float32]:
            return opened.predict(fit_photo(picture, expected)[np.newaxis])

        pictures = synthetic_frames(expected)
        pipeline = Pipeline(PacedCamera(pictures, fps, max(1, round(fps * seconds))), classify, mode=mode)
        started_at, meter = datetime.now(UTC), RunMeter()
        pipeline.run()
        wall_ns, resources = meter.stop(pipeline.cpu_ns)
        head = log_head(opened, init_ns)
    if isinstance(opened, StubEngine):
        head["model"] = head["model"].model_copy(update={"file_format": None, "file_sha256": None})
    height, width, _ = pictures[0].shape
    source = f"simulated camera, {width} x {height}, {float(fps)} frames per second"
    return RunLog(
        **head,  # type: ignore[arg-type]
        kind="live",
        started_at=started_at,
        wall_ns=wall_ns,
        resources=resources,
        latency=None,
        pipeline=pipeline_run(pipeline, source, meter.start_ns, wall_ns),
        accuracy=None,
        golden=(),
    )


def pipeline_run(pipeline: Pipeline, source: str, start_ns: int, wall_ns: int) -> PipelineRun:
    """What happened in a pipeline that has ended, as run logs tell it.

    Args:
        pipeline: one of `helpers.realtime`, with any function in the network's place.
        source: what the camera was.
        start_ns: the moment of `time.perf_counter_ns` at which the run began; the times count from it.
        wall_ns: how long it took, in nanoseconds.
    """

    def since_start(moments: Iterable[int | None]) -> tuple[int | None, ...]:
        return tuple(None if moment is None else moment - start_ns for moment in moments)

    log, frames = pipeline.log, pipeline.log.frames
    return PipelineRun(
        mode=pipeline.mode,
        workers=1,
        source=source,
        captured=log.captured,
        processed=log.processed,
        shown=log.shown,
        dropped=dict(log.dropped),
        fps=log.shown * 1e9 / wall_ns,
        processed_per_second=log.processed * 1e9 / wall_ns,
        frames=Frames(
            number=tuple(frame.number for frame in frames),
            capture_ns=tuple(frame.capture_ns - start_ns for frame in frames),
            start_ns=since_start(frame.start_ns for frame in frames),
            end_ns=since_start(frame.end_ns for frame in frames),
            shown_ns=since_start(frame.shown_ns for frame in frames),
        ),
    )


def synthetic_frames(expected: ImageInput, count: int = _PICTURES) -> list[Picture]:
    """Camera frames for measuring without a camera: noise, the same each time.

    Args:
        expected: the network's input.
        count: how many.

    Returns:
        uint8 (480, 640, channels), or (height, width, channels) of the network where it has no resize rule.
    """
    sides = _CAMERA_SHAPE if expected.resize else (expected.height, expected.width)
    numbers = np.random.default_rng(1)
    return [numbers.integers(0, 256, (*sides, expected.channels), np.uint8) for _ in range(count)]


def _open(engine: str, model: str, weights: str | Path, threads: int | None, latency_ms: float) -> Engine:
    if engine == StubEngine.name:
        from helpers.artifacts import build_model

        return StubEngine(*build_model(model, weights, [StubEngine.file_format]), latency_ms)
    if latency_ms:
        raise ModelFileError(
            f"expected latency_ms with the engine stub alone; received it with {engine!r}; leave it out"
        )
    options = {"threads": threads} if engine == "litert" and threads is not None else {}
    opened = open_engine(engine, model, weights, **options)
    if opened.where != "pc":
        opened.close()
        raise ModelFileError(
            f"expected an engine that runs in this process; received {engine}; for the app's Java there is "
            "helpers.runs.jvm_pipeline"
        )
    return opened
