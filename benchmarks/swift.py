"""The iOS app's core on Linux: what its pipelines make of a network's speed, with a stub of known latency in its place.

There is none of it where Swift cannot be had.
"""

from __future__ import annotations

from collections.abc import Iterator

from tqdm import tqdm

from benchmarks.pipelines import Pipeline, pipeline_row
from helpers.jvm_pipeline import Mode
from helpers.lanes.swift import swift_missing
from helpers.swift_pipeline import run_swift_pipeline

_CAMERA_FPS = 30.0
_SECONDS = 10
# Slower than a frame of the camera, as most networks are; in milliseconds.
_LATENCIES_MS = (70.0, 120.0, 250.0)
_MODES: tuple[Mode, Mode] = ("single", "multi")
# Whose input the stub plays: 227 x 227 pixels, cut out of frames of 640 x 480.
_MODEL = "squeezenet"


def pipelines() -> Iterator[Pipeline]:
    """Measure each latency, with one thread and with two."""
    if swift_missing() is not None:
        return
    runs = [(latency, mode) for latency in _LATENCIES_MS for mode in _MODES]
    for latency, mode in tqdm(runs, desc="pipelines in Swift", leave=False):
        log = run_swift_pipeline(_MODEL, mode, _SECONDS, _CAMERA_FPS, latency)
        yield pipeline_row(log, f"stub of {latency:.0f} ms", "stub", _CAMERA_FPS)
