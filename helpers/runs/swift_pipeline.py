"""The iOS app's frame pipelines on this machine: a camera that is made up, the app's own core, and no model.

Core ML runs on Apple's systems only. An engine that waits for a chosen time takes its place, so what is measured is all
that lies around an engine: threads, preprocessing, dropped frames (paper, section III.B). The command line of the core
writes a run log, as a phone does, marked as `swift-linux`. Taught in notebook 06_build_the_ios_app.
"""

from __future__ import annotations

from pathlib import Path

from helpers.lanes.swift_core import core_program
from helpers.runs.pipeline_program import Mode, PipelineProgram, run_pipeline
from helpers.runs.run_log import RunLog

# The manifest is all that is read of a model, and this is in every manifest.
FORMAT = "tflite"


def run_swift_pipeline(
    model: str,
    mode: Mode = "multi",
    seconds: int = 10,
    fps: float = 30.0,
    latency_ms: float = 0.0,
    weights: str | Path = "offline",
    progress: bool = True,
) -> RunLog:
    """Run one of the iOS app's pipelines for some seconds, with an engine that waits in the place of the network.

    Args:
        model: the model whose input the engine plays, such as `mobilenet`.
        mode: `single`, where capture, inference and drawing take turns; or `multi`, where inference has a thread of
            its own and takes the newest frame.
        seconds: how long, 1 to 600.
        fps: frames per second of the camera, 1 to 1000.
        latency_ms: how long the engine takes at least, in milliseconds, 0 to 60,000; preprocessing comes on top.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        progress: show a bar while the core is built, which happens once.

    Returns:
        What the core wrote of the run: each frame's times, what was dropped and why, CPU time.

    Raises:
        LaneError: there is no Swift here, or the process died.
        ModelFileError: an argument that the core refuses.
    """
    settings = {"fps": fps, "latency-ms": latency_ms}
    return run_pipeline(swift_program(model, "pipeline", progress), model, FORMAT, mode, seconds, settings, weights)


def swift_program(model: str, what: str, progress: bool) -> PipelineProgram:
    """The command line of the iOS app's core, for `helpers.runs.pipeline_program`.

    Args:
        model: the model.
        what: what messages call the run, such as "pipeline".
        progress: show a bar while the core is built, which happens once.
    """
    return PipelineProgram(
        lambda: core_program(progress),
        name="the program",
        owner=f"the iOS app's {what} for {model}",
        advice="build it again",
    )
