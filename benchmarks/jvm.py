"""The app's Java code on the desktop's JVM: what preprocessing costs, and what the pipelines make of a network's speed.

There is none of it where the Java lane cannot be had.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from tqdm import tqdm

from helpers.artifacts import build_model
from helpers.files import PROJECT
from helpers.jvm_pipeline import JVM_ENGINES, Mode, run_jvm_pipeline
from helpers.lanes.java import java_lane, java_missing
from helpers.zoo import model_names

_TESTS = PROJECT / "android_app" / "core" / "src" / "test" / "java"
_PACKAGE = "io.github.realtimeclassifier.core.image"
_CLASSES = ("PreprocessingBenchmark", "StraightforwardPreprocessor", "YuvFrames", "Inputs")
_ROUNDS = 40

_CAMERA_FPS = 30.0
# For networks that a camera of 30 frames per second does not always keep busy.
_FAST_CAMERA_FPS = 100.0
# The mean latency is well above the camera's period where it is longer by this factor; well below, where shorter.
_CLEARLY = 1.5
_SECONDS = 10


@dataclass(frozen=True)
class Preprocessing:
    """One row: a camera frame of 640 x 480 in YUV turned into a network's tensor of 224 x 224, in Java.

    Attributes:
        rotation: by how many degrees the frame is turned.
        ratio: the median over the rounds of our time divided by the straightforward way's.
        spread: the smallest and the largest of the rounds' ratios.
        ns_per_frame: our median.
        straightforward_ns_per_frame: the median of the same steps as one writes them down first.
        rounds: how many rounds there were, each of which timed both by turns.
    """

    rotation: int
    ratio: float
    spread: tuple[float, float]
    ns_per_frame: int
    straightforward_ns_per_frame: int
    rounds: int


@dataclass(frozen=True)
class Pipeline:
    """One row: a pipeline of the app, a model and an engine; all numbers are of the same run.

    Attributes:
        model: its title, which says if it is untrained.
        engine: its short name in Java.
        threads: how many threads the engine itself uses. TF Mobile has no setting for them, and takes each core.
        mode: single or multi.
        camera_fps: frames per second of the camera, which is made up.
        fps: frames shown per second, between the first and the last.
        processed_per_second: frames processed per second, over the whole run.
        latency_ms: the mean of the worker's preprocessing and inference.
        limit: what bounds the frames processed: the network, with 1 / latency; the camera, with its rate; or both,
            where the latency, which varies, is near the camera's period: some frames find the worker busy and others
            find it waiting, so that neither bound is reached.
        ratio: frames processed per second over the lower of the two bounds.
    """

    model: str
    engine: str
    threads: int | None
    mode: Mode
    camera_fps: float
    fps: float
    processed_per_second: float
    latency_ms: float
    limit: str
    ratio: float


def preprocessing() -> Iterator[Preprocessing]:
    """Measure each row; both ways in one process, by turns, after warming up."""
    if java_missing() is not None:
        return
    lane = java_lane()
    core = str(lane.home / "core.jar")
    with tempfile.TemporaryDirectory() as classes:
        sources = [str(_TESTS / _PACKAGE.replace(".", "/") / f"{name}.java") for name in _CLASSES]
        compiler = (str(lane.java), "-m", "jdk.compiler/com.sun.tools.javac.Main")
        subprocess.run((*compiler, "-d", classes, "-cp", core, *sources), check=True)
        path = os.pathsep.join((classes, core))
        done = subprocess.run(
            (str(lane.java), "-cp", path, f"{_PACKAGE}.{_CLASSES[0]}", str(_ROUNDS)),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    rows = [tuple(int(word) for word in line.split()) for line in done.stdout.splitlines()]
    for rotation in sorted({row[0] for row in rows}):
        pairs = [(ours, other) for turned, ours, other in rows if turned == rotation]
        ratios = [ours / other for ours, other in pairs]
        yield Preprocessing(
            rotation,
            round(statistics.median(ratios), 3),
            (round(min(ratios), 3), round(max(ratios), 3)),
            round(statistics.median(ours for ours, _ in pairs)),
            round(statistics.median(other for _, other in pairs)),
            len(pairs),
        )


def pipelines() -> Iterator[Pipeline]:
    """Measure each model in each engine: one thread, two threads, and with a faster camera where that tells more."""
    if java_missing() is not None:
        return
    runs = [(name, engine) for name in model_names() for engine in JVM_ENGINES]
    for name, engine in tqdm(runs, desc="pipelines on the JVM", leave=False):
        yield _pipeline(name, engine, "single", _CAMERA_FPS)
        multithreaded = _pipeline(name, engine, "multi", _CAMERA_FPS)
        yield multithreaded
        if multithreaded.limit != "network":
            yield _pipeline(name, engine, "multi", _FAST_CAMERA_FPS)


def _pipeline(name: str, engine: str, mode: Mode, camera_fps: float) -> Pipeline:
    log = run_jvm_pipeline(name, engine, mode, _SECONDS, camera_fps)
    assert log.pipeline is not None
    latency = statistics.mean(end - start for start, end in log.pipeline.frames.intervals) / 1e9
    periods = latency * camera_fps
    return Pipeline(
        build_model(name, formats=[JVM_ENGINES[engine].file_format])[0].title,
        engine,
        log.engine.threads,
        mode,
        camera_fps,
        round(log.pipeline.display_fps or 0.0, 2),
        round(log.pipeline.processed_per_second, 2),
        round(1000 * latency, 2),
        "network" if periods > _CLEARLY else "camera" if periods < 1 / _CLEARLY else "both",
        round(log.pipeline.processed_per_second / min(1 / latency, camera_fps), 3),
    )
