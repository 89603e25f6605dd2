"""The iOS app's pipelines on Linux: what they make of a network's speed, with a stub of known latency in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from tqdm import tqdm

from benchmarks.pipelines import BOUND, CAMERA_FPS, ROUNDS, SECONDS, pipeline_row
from benchmarks.table import Row, not_measured
from helpers.lanes.swift import swift_missing
from helpers.runs.pipeline_program import Mode
from helpers.runs.swift_pipeline import run_swift_pipeline

# Slower than a frame of the camera, as most networks are; in milliseconds.
_LATENCIES_MS = (70.0, 120.0, 250.0)
# Whose input the stub plays: 227 x 227 pixels, cut out of frames of 640 x 480.
_MODEL = "squeezenet"


def rows() -> Iterator[Row]:
    """Measure each latency, with one thread and with two."""
    missing = swift_missing()
    if missing is not None:
        yield not_measured("the iOS app's pipelines in Swift", BOUND, "higher", missing, ">= 0.95")
        return
    runs = [(latency, mode) for latency in _LATENCIES_MS for mode in get_args(Mode)]
    for latency, mode in tqdm(runs, desc="pipelines in Swift", leave=False):
        logs = [run_swift_pipeline(_MODEL, mode, SECONDS, CAMERA_FPS, latency) for _ in range(ROUNDS)]
        yield pipeline_row(f"Swift, {mode}: a stub of {latency:.0f} ms", logs, CAMERA_FPS)
