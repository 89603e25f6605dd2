"""A row for runs of a pipeline: what it made of the network's speed."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.table import Row, row
from helpers.runs.run_log import RunLog

# Frames per second of the camera, which is made up.
CAMERA_FPS = 30.0
# Of each pipeline so many runs, each so many seconds.
ROUNDS = 3
SECONDS = 4

BOUND = "the lower of 1 / latency and the camera's rate"
# The mean latency is well above the camera's period where it is longer by this factor; well below, where shorter.
_CLEARLY = 1.5
# What a second thread may cost of the network's own speed, and how far the screen's rate may be from the camera's: by
# one frame per second of 30.
_NEEDED = ">= 0.95"
_FPS_ROOM = 1 / 30


def limit(logs: Sequence[RunLog], camera_fps: float) -> str:
    """What bounds the frames processed per second.

    Args:
        logs: live runs of one pipeline, in each of which at least one frame was processed.
        camera_fps: frames per second of the camera.

    Returns:
        `network`, with 1 / latency; `camera`, with its rate; or `both`, where the latency, which varies, is near the
        camera's period: some frames find the worker busy and others find it waiting, so that neither bound is reached.
    """
    periods = statistics.mean(_latency(log) for log in logs) * camera_fps
    return "network" if periods > _CLEARLY else "camera" if periods < 1 / _CLEARLY else "both"


def pipeline_row(name: str, logs: Sequence[RunLog], camera_fps: float) -> Row:
    """Sum the runs of one pipeline up.

    Where two threads are used and the network is the bound, they must do what they are for: at least 0.95 of what the
    network can, and the camera's rate on the screen, within one frame per second of 30.

    Args:
        name: which pipeline, model and engine.
        logs: as `limit` takes them.
        camera_fps: frames per second of the camera.
    """
    runs = [log.pipeline for log in logs if log.pipeline is not None]
    bound = limit(logs, camera_fps)
    shown = [run.display_fps or 0.0 for run in runs]
    room = _FPS_ROOM * camera_fps
    asked = runs[0].mode == "multi" and bound == "network"
    limits = {"network": "the network", "camera": "the camera", "both": "now the camera, now the network"}
    within = f" (needed within {room:.1f})" if asked else ""
    remark = (
        f"shows {statistics.median(shown):.1f} FPS of {camera_fps:.0f}{within}, "
        f"processes {statistics.median(run.processed_per_second for run in runs):.1f} a second; mean latency "
        f"{1000 * statistics.mean(_latency(log) for log in logs):.1f} ms; {limits[bound]} is the limit"
    )
    return row(
        name,
        BOUND,
        [run.processed_per_second / min(1 / _latency(log), camera_fps) for run, log in zip(runs, logs, strict=True)],
        "higher",
        _NEEDED if asked else "",
        remark,
        also=all(abs(fps - camera_fps) <= room for fps in shown),
    )


def _latency(log: RunLog) -> float:
    """The mean time for a frame, preprocessing and network, in seconds."""
    assert log.pipeline is not None
    return statistics.mean(log.pipeline.frames.latencies_ns) / 1e9
