"""The app's preprocessing in Java against the same steps as one writes them down first."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator

from benchmarks.table import Row, not_measured, row
from helpers.files import PROJECT
from helpers.lanes.java import java_lane, java_missing
from helpers.lanes.programs import run_program

_TESTS = PROJECT / "android_app" / "core" / "src" / "test" / "java"
_PACKAGE = "io.github.realtimeclassifier.core.image"
_CLASSES = ("PreprocessingBenchmark", "StraightforwardPreprocessor", "YuvFrames", "Inputs")
_ROUNDS = 40
_NAME = "the app's preprocessing in Java, 640 x 480 to 224 x 224"
_OTHER = "a straightforward version"


def rows() -> Iterator[Row]:
    """Measure each rotation of the frame; both ways in one process, by turns, after warming up."""
    missing = java_missing()
    if missing is not None:
        yield not_measured(_NAME, _OTHER, "lower", missing, "<= 1")
        return
    lane = java_lane()
    core = str(lane.home / "core.jar")
    with tempfile.TemporaryDirectory() as classes:
        sources = (str(_TESTS / _PACKAGE.replace(".", "/") / f"{name}.java") for name in _CLASSES)
        compiler = (str(lane.java), "-m", "jdk.compiler/com.sun.tools.javac.Main")
        run_program((*compiler, "-d", classes, "-cp", core, *sources), "compile the benchmark in Java")
        path = os.pathsep.join((classes, core))
        command = (str(lane.java), "-cp", path, f"{_PACKAGE}.{_CLASSES[0]}", str(_ROUNDS))
        done = run_program(command, "run the benchmark in Java")
    times = [tuple(int(word) for word in line.split()) for line in done.stdout.splitlines()]
    for rotation in sorted({turned for turned, _, _ in times}):
        pairs = [(ours, other) for turned, ours, other in times if turned == rotation]
        ours_us, other_us = (statistics.median(column) / 1000 for column in zip(*pairs, strict=True))
        yield row(
            f"{_NAME}, turned by {rotation} degrees",
            _OTHER,
            [ours / other for ours, other in pairs],
            "lower",
            "<= 1",
            f"{ours_us:.0f} against {other_us:.0f} microseconds a frame, {len(pairs)} rounds",
        )
