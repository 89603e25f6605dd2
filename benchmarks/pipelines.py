"""A row for a run of one of the apps' pipelines: what it made of the network's speed."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from helpers.jvm_pipeline import Mode
from helpers.run_log import RunLog

# The mean latency is well above the camera's period where it is longer by this factor; well below, where shorter.
_CLEARLY = 1.5
# What a second thread may cost of the network's own speed.
_SHARE = 0.95


@dataclass(frozen=True)
class Pipeline:
    """One row: a pipeline of the app, a model and an engine; all numbers are of the same run.

    Attributes:
        model: its title, which says if it is untrained.
        engine: its short name in the app.
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
        real_time: whether the pipeline does what two threads are for, at least 0.95 of what the network can and the
            camera's rate on the screen, within one frame per second; None where this is not asked: with one thread,
            and where the network is not what bounds it.
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
    real_time: bool | None


def pipeline_row(log: RunLog, model: str, engine: str, camera_fps: float) -> Pipeline:
    """Sum a run up.

    Args:
        log: of a live run in which at least one frame was processed.
        model: the model's title.
        engine: the engine's short name.
        camera_fps: frames per second of the camera.
    """
    assert log.pipeline is not None
    latency = statistics.mean(log.pipeline.frames.latencies_ns) / 1e9
    periods = latency * camera_fps
    limit = "network" if periods > _CLEARLY else "camera" if periods < 1 / _CLEARLY else "both"
    fps = round(log.pipeline.display_fps or 0.0, 2)
    ratio = round(log.pipeline.processed_per_second / min(1 / latency, camera_fps), 3)
    asked = log.pipeline.mode == "multi" and limit == "network"
    return Pipeline(
        model,
        engine,
        log.engine.threads,
        log.pipeline.mode,
        camera_fps,
        fps,
        round(log.pipeline.processed_per_second, 2),
        round(1000 * latency, 2),
        limit,
        ratio,
        ratio >= _SHARE and abs(fps - camera_fps) <= 1 if asked else None,
    )
