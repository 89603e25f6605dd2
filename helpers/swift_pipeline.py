"""The iOS app's frame pipelines on this machine: a camera that is made up, the app's own core, and no model.

Core ML runs on Apple's systems only. An engine that waits for a chosen time takes its place, so what is measured is all
that lies around an engine: threads, preprocessing, dropped frames (paper, section III.B). The command line of the core
writes a run log, as a phone does, marked as `swift-linux`. Taught in notebook 06_build_the_ios_app.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from helpers.artifacts import build_model
from helpers.errors import LaneError, ModelFileError
from helpers.files import build_dir, ensure_folder
from helpers.jvm_pipeline import LONGEST_SECONDS, Mode
from helpers.lanes.programs import run_program
from helpers.lanes.swift_core import core_program
from helpers.run_log import RunLog, load_run_log

_CAMERA = "640x480"
# How the command line ends when it refuses something, with one line that says why.
_REFUSED = 2
# The manifest is all that is read of a model, and this is in every manifest.
_FORMAT = "tflite"


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
    if not isinstance(seconds, int) or not 1 <= seconds <= LONGEST_SECONDS:
        raise ModelFileError(f"expected 1 to {LONGEST_SECONDS} whole seconds; received {seconds!r}")
    manifest, folder = build_model(model, weights, [_FORMAT])
    program = core_program(progress)
    # Below the build folder, which the program sees, wherever it is entered.
    with tempfile.TemporaryDirectory(prefix="run-", dir=ensure_folder(build_dir() / "swift")) as place:
        log = Path(place) / "run.json"
        arguments = {
            "model": folder,
            "mode": mode,
            "seconds": seconds,
            "fps": fps,
            "latency-ms": latency_ms,
            "size": _CAMERA if manifest.input.resize else f"{manifest.input.width}x{manifest.input.height}",
            "log": log,
        }
        words = (word for name, value in arguments.items() for word in (f"--{name}", str(value)))
        done = run_program((*program, "pipeline", *words), f"run the {mode} pipeline of {model}", check=False)
        if done.returncode == 0:
            return load_run_log(log)
    reason = re.findall(r"^error: (.*)$", done.stderr, re.MULTILINE)
    if done.returncode == _REFUSED and reason:
        raise ModelFileError(f"the iOS app's pipeline for {model}: {reason[-1]}")
    raise LaneError(
        f"could not run the {mode} pipeline of {model}: the program ended with {done.returncode} and said "
        f"'{' | '.join(done.stderr.split(chr(10))[-4:]).strip(' |') or 'nothing'}'; build it again"
    )
