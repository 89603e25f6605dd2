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

from benchmarks.pipelines import Pipeline, pipeline_row
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
    title = build_model(name, formats=[JVM_ENGINES[engine].file_format])[0].title
    return pipeline_row(log, title, engine, camera_fps)
