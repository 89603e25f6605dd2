"""Threads inside the engine against threads of the app: two different things.

The paper's second thread (section III.B) keeps the screen going while the network computes; it makes no frame ready
any sooner. Threads inside the engine share the work of one invocation, so a frame is ready sooner, and the screen waits
as before. Whether a setting takes effect is not taken on trust (it has been ignored in published runtimes): CPU time
over time passed says how many cores were at work. Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from helpers.errors import LaneError
from helpers.runs.jvm_benchmark import run_jvm_benchmark
from helpers.runs.machine import usable_cores
from helpers.runs.python_benchmark import run_python_benchmark
from helpers.runs.run_log import RunLog

# A setting takes effect where so many times more cores are at work than with the first one, or where the busiest thread
# has at most this part of the share that it had: on a busy machine, other programs take the cores, but not the work.
_MORE_CORES = 1.2
_LESS_OF_ALL = 0.75


def engine_threads(
    model: str = "mobilenet",
    threads: Sequence[int] | None = None,
    calls: int = 50,
    weights: str | Path = "offline",
    progress: bool = False,
) -> pd.DataFrame:
    """Measure a model with several settings of the engine's threads, in LiteRT here and in TFLite in the app's Java.

    Args:
        model: the model.
        threads: the settings; without it 1, 2, 4 and the number of cores.
        calls: steady calls for each.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.
        progress: show a bar over the runs.

    Returns:
        A row for each setting: where, engine, threads, median_ms (of the steady invocations, without preprocessing),
        speed_up (the first setting's median over this one's), cores_busy (CPU time over time passed, of the whole
        benchmark with its preprocessing), cores (of the machine: cores_busy cannot exceed them), busiest_share (of the
        CPU time, the part that the busiest thread took; NaN where that is not known), takes_effect (whether cores_busy
        is at least 1.2 times the first setting's, or busiest_share at most 0.75 times; None for the first, and where
        there are no more cores than it has threads), remark. A runtime that is not to be had here has one row, without
        numbers, whose remark says why.

    Raises:
        ModelFileError: an unknown model, or a setting out of range.
    """
    cores = usable_cores()
    chosen = tuple(sorted({1, 2, 4, cores})) if threads is None else tuple(threads)

    def on_jvm(setting: int) -> RunLog:
        return run_jvm_benchmark(model, "tflite", setting, calls, weights=weights, progress=False)

    def in_python(setting: int) -> RunLog:
        return run_python_benchmark(model, "litert", setting, calls, weights=weights)

    rows: list[dict[str, object]] = []
    with tqdm(total=2 * len(chosen), desc=f"{model}, threads of the engine", disable=not progress) as bar:
        for run, where, name in ((in_python, "pc", "litert"), (on_jvm, "jvm", "tflite")):
            try:
                logs = _logs(run, chosen, bar)
            except LaneError as error:
                rows.append({"where": where, "engine": name, "remark": str(error)})
            else:
                rows += _rows(logs, chosen)
    columns = ["where", "engine", "threads", "median_ms", "speed_up", "cores_busy", "cores"]
    columns += ["busiest_share", "takes_effect", "remark"]
    return pd.DataFrame(rows, columns=columns).astype({"threads": "Int64", "cores": "Int64"})


def _logs(run: Callable[[int], RunLog], settings: Sequence[int], bar: tqdm[Any]) -> list[RunLog]:
    logs = []
    for setting in settings:
        logs.append(run(setting))
        bar.update()
    return logs


def _rows(logs: Sequence[RunLog], settings: Sequence[int]) -> list[dict[str, object]]:
    medians = [statistics.median(log.latency.steady_invoke_ns) / 1e6 for log in logs if log.latency]
    busy = [(log.resources.cpu_ns or 0) / log.wall_ns for log in logs]
    shares = [_busiest_share(log) for log in logs]
    return [
        {
            "where": log.where,
            "engine": log.engine.name,
            "threads": setting,
            "median_ms": median,
            "speed_up": medians[0] / median,
            "cores_busy": cores_busy,
            "cores": log.device.cores,
            "busiest_share": share,
            "takes_effect": None
            if log is logs[0] or settings[0] >= min(setting, log.device.cores)
            else cores_busy >= _MORE_CORES * busy[0] or share <= _LESS_OF_ALL * shares[0],
            "remark": "",
        }
        for log, setting, median, cores_busy, share in zip(logs, settings, medians, busy, shares, strict=True)
    ]


def _busiest_share(log: RunLog) -> float:
    threads, cpu_ns = log.resources.threads, log.resources.cpu_ns
    return threads[0].cpu_ns / cpu_ns if threads and cpu_ns else math.nan
