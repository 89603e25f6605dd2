"""The app's benchmark on the desktop's JVM: the latency of single calls, without a camera, a screen or a phone.

The app's own Java code preprocesses one made-up frame and runs the network on it, over and over; the first call, those
that warm up and the steady ones are kept apart, as LiteRT's benchmark tool keeps them. Taught in notebook
08_benchmark_multithreading.
"""

from __future__ import annotations

from pathlib import Path

from helpers.runs.jvm_pipeline import JVM_ENGINES, jvm_program
from helpers.runs.pipeline_program import run_command
from helpers.runs.run_log import RunLog


def run_jvm_benchmark(
    model: str,
    engine: str = "tflite",
    threads: int = 1,
    calls: int = 50,
    warm_up: int = 5,
    seconds: int = 60,
    weights: str | Path = "offline",
    progress: bool = True,
) -> RunLog:
    """Time single calls of the app's own code.

    Args:
        model: the model, such as `mobilenet`; its file is converted first if the store does not have it.
        engine: `tflite`, or `tf_mobile`, whose interface has no setting for threads: it takes each core.
        threads: how many threads the engine may use inside one invocation, 1 to 64.
        calls: steady calls at most, 1 to 100,000.
        warm_up: calls between the first and the steady ones.
        seconds: the steady calls end after so long, even if there were fewer; one there is always.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        progress: show a bar while the Java code is built, which happens once.

    Returns:
        What the app wrote: the times of each call, CPU time, peak memory.

    Raises:
        LaneError: there is no JDK or Maven here, or the process died.
        ModelFileError: an argument that the app refuses, or a model that it cannot run.
    """
    program = jvm_program(model, engine, "benchmark", progress)
    settings = {"engine": engine, "threads": threads, "count": calls, "warm-up": warm_up, "seconds": seconds}
    file_format = JVM_ENGINES[engine].file_format
    return run_command(program, "benchmark", model, file_format, settings, weights, f"the benchmark of {model}")
