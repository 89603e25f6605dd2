"""The app's frame pipelines on the desktop's JVM: a camera that is made up, the app's own Java code, and no phone.

The command line of the app's classes runs a pipeline (paper, section III.B) and writes a run log, as a phone does.
Taught in notebook 05_build_the_android_app.
"""

from __future__ import annotations

from pathlib import Path

from helpers.engines.jvm import JvmEngine, JvmTfLiteEngine, JvmTfMobileEngine
from helpers.errors import ModelFileError
from helpers.files import build_dir, ensure_folder
from helpers.lanes.java import java_lane
from helpers.runs.pipeline_program import Mode, PipelineProgram, run_pipeline
from helpers.runs.run_log import RunLog

__all__ = ["JVM_ENGINES", "Mode", "jvm_program", "run_jvm_pipeline"]

# The engines by their names in Java, which the run logs of phones go by too.
JVM_ENGINES: dict[str, type[JvmEngine]] = {each.java_name: each for each in (JvmTfMobileEngine, JvmTfLiteEngine)}


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
    program = jvm_program(model, engine, "pipeline", progress)
    settings = {"engine": engine, "fps": fps, "threads": threads}
    return run_pipeline(program, model, JVM_ENGINES[engine].file_format, mode, seconds, settings, weights)


def jvm_program(model: str, engine: str, what: str, progress: bool) -> PipelineProgram:
    """The command line of the app's classes, for `helpers.runs.pipeline_program`.

    Args:
        model: the model.
        engine: one of `JVM_ENGINES`.
        what: what messages call the run, such as "pipeline".
        progress: show a bar while the Java code is built, which happens once.

    Raises:
        ModelFileError: another engine.
    """
    if engine not in JVM_ENGINES:
        raise ModelFileError(f"expected one of the engines {', '.join(JVM_ENGINES)}; received {engine!r}")
    crashes = build_dir() / "android" / "crashes"

    def start() -> tuple[str, ...]:
        options = ("-Xmx1g", "-XX:-CreateCoredumpOnCrash", f"-XX:ErrorFile={ensure_folder(crashes)}/hs_err_%p.log")
        return java_lane(progress).command(*options)

    return PipelineProgram(
        start,
        name="Java",
        owner=f"the app's {what} for {model} ({engine})",
        advice=f"a crash leaves a report in {crashes}; run it again, or choose another engine",
    )
