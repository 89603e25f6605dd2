"""The app's frame pipelines on the desktop's JVM: a camera that is made up, the app's own Java code, and no phone.

The command line of the app's classes runs a pipeline (paper, section III.B) and writes a run log, as a phone does. The
camera gives noise of 640 x 480 pixels at a fixed rate, or of the network's own size where it has no resize rule; the
screen costs nothing. Taught in notebook 05_build_the_android_app.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Literal

from helpers.artifacts import build_model
from helpers.engines.jvm import JvmEngine, JvmTfLiteEngine, JvmTfMobileEngine
from helpers.errors import LaneError, ModelFileError
from helpers.files import build_dir, ensure_folder
from helpers.lanes.java import java_lane
from helpers.lanes.programs import run_program
from helpers.run_log import RunLog, load_run_log

Mode = Literal["single", "multi"]

# The engines by their names in Java, which the run logs of phones go by too.
JVM_ENGINES: dict[str, type[JvmEngine]] = {each.java_name: each for each in (JvmTfMobileEngine, JvmTfLiteEngine)}

LONGEST_SECONDS = 600
_CAMERA = "640x480"
# How the command line ends when it refuses something, with one line that says why.
_REFUSED = 2


def run_jvm_pipeline(
    model: str,
    engine: str = "tflite",
    mode: Mode = "multi",
    seconds: int = 10,
    fps: float = 30.0,
    threads: int = 1,
    weights: str | Path = "offline",
    progress: bool = True,
) -> RunLog:
    """Run one of the app's pipelines for some seconds.

    Args:
        model: the model, such as `mobilenet`; its file is converted first if the store does not have it.
        engine: `tflite`, or `tf_mobile`, whose interface has no setting for threads: it takes each core.
        mode: `single`, where capture, inference and drawing take turns; or `multi`, where inference has a thread of
            its own and takes the newest frame.
        seconds: how long, 1 to 600.
        fps: frames per second of the camera, 1 to 1000.
        threads: how many threads the engine may use inside one invocation.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        progress: show a bar while the Java code is built, which happens once.

    Returns:
        What the app wrote of the run: each frame's times, what was dropped and why, CPU time.

    Raises:
        LaneError: there is no JDK or Maven here, or the process died.
        ModelFileError: an argument that the app refuses, or a model that it cannot run.
    """
    if engine not in JVM_ENGINES:
        raise ModelFileError(f"expected one of the engines {', '.join(JVM_ENGINES)}; received {engine!r}")
    if not isinstance(seconds, int) or not 1 <= seconds <= LONGEST_SECONDS:
        raise ModelFileError(f"expected 1 to {LONGEST_SECONDS} whole seconds; received {seconds!r}")
    manifest, folder = build_model(model, weights, [JVM_ENGINES[engine].file_format])
    size = _CAMERA if manifest.input.resize else f"{manifest.input.width}x{manifest.input.height}"
    lane = java_lane(progress)
    crashes = ensure_folder(build_dir() / "android" / "crashes")
    with tempfile.TemporaryDirectory(prefix="jvm-") as place:
        log = Path(place) / "run.json"
        arguments = {
            "model": folder,
            "engine": engine,
            "mode": mode,
            "seconds": seconds,
            "fps": fps,
            "threads": threads,
            "size": size,
            "log": log,
        }
        done = run_program(
            (
                *lane.command("-Xmx1g", "-XX:-CreateCoredumpOnCrash", f"-XX:ErrorFile={crashes}/hs_err_%p.log"),
                "pipeline",
                *(word for name, value in arguments.items() for word in (f"--{name}", str(value))),
            ),
            f"run the {mode} pipeline of {model}",
            check=False,
        )
        if done.returncode == 0:
            return load_run_log(log)
    # TensorFlow 1.13.1 may have said more before it.
    reason = re.findall(r"^error: (.*)$", done.stderr, re.MULTILINE)
    if done.returncode == _REFUSED and reason:
        raise ModelFileError(f"the app's pipeline for {model} ({engine}): {reason[-1]}")
    said = " | ".join(line.strip() for line in done.stderr.splitlines()[-4:] if line.strip()) or "nothing"
    raise LaneError(
        f"could not run the {mode} pipeline of {model}: Java ended with {done.returncode} and said '{said}'; "
        f"a crash leaves a report in {crashes}; run it again, or choose another engine"
    )
