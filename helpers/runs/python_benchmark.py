"""A benchmark of single calls in Python, kept apart as the apps keep theirs: first call, warm-up, steady calls.

The Python side of `helpers.runs.jvm_benchmark`: one made-up image, preprocessed and classified over and over, and a
run log of the same kind. Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from helpers.engines import open_engine
from helpers.errors import ModelFileError
from helpers.runs.process_meter import RunMeter
from helpers.runs.python_log import log_head
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import Latency

_MOST_CALLS = 100_000


def run_python_benchmark(
    model: str,
    engine: str = "litert",
    threads: int | None = 1,
    calls: int = 50,
    warm_up: int = 5,
    weights: str | Path = "offline",
) -> RunLog:
    """Time single calls of an engine.

    Args:
        model: the model, such as `mobilenet`; its file is converted first if the store does not have it.
        engine: one of `helpers.engines.engine_names()` that runs in this process.
        threads: how many threads the engine may use inside one invocation; None for an engine without that setting.
        calls: steady calls, 1 to 100,000.
        warm_up: calls between the first and the steady ones.
        weights: the model's weights, as `helpers.weights.choose_weights` takes them.

    Returns:
        The log: the times of each call, CPU time, peak memory. The image is noise of the network's own size, the same
        each time; the app's Java code has a larger frame to turn and to resize, so only invocations compare.

    Raises:
        ModelFileError: an argument out of its range, or a model that the engine refuses.
    """
    for name, value, least in (("calls", calls, 1), ("warm_up", warm_up, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MOST_CALLS:
            raise ModelFileError(f"expected {name} to be {least} to {_MOST_CALLS:,}; received {value!r}")
    options = {} if threads is None else {"threads": threads}
    # Once to convert the model and import the runtime, which is no part of opening it.
    with open_engine(engine, model, weights, **options) as opened:
        if opened.where != "pc":
            raise ModelFileError(f"expected an engine that runs in this process; received {engine}; see jvm_benchmark")
    before = time.perf_counter_ns()
    with open_engine(engine, model, weights, **options) as opened:
        init_ns = time.perf_counter_ns() - before
        image = np.random.default_rng(1).integers(0, 256, (1, *opened.manifest.input.shape), np.uint8)
        started_at, meter = datetime.now(UTC), RunMeter()
        preprocess, invoke = [], []
        for _ in range(1 + warm_up + calls):
            start = time.perf_counter_ns()
            tensor = opened.prepare(image)
            middle = time.perf_counter_ns()
            opened.invoke(tensor)
            invoke.append(time.perf_counter_ns() - middle)
            preprocess.append(middle - start)
        wall_ns, resources = meter.stop({})
        both = [sum(pair) for pair in zip(preprocess, invoke, strict=True)]
        steady = slice(1 + warm_up, None)
        return RunLog(
            **log_head(opened, init_ns),  # type: ignore[arg-type]
            kind="benchmark",
            started_at=started_at,
            wall_ns=wall_ns,
            resources=resources,
            latency=Latency(
                first_ns=both[0],
                warm_up_ns=tuple(both[1 : 1 + warm_up]),
                steady_preprocess_ns=tuple(preprocess[steady]),
                steady_invoke_ns=tuple(invoke[steady]),
            ),
            pipeline=None,
            accuracy=None,
            golden=(),
        )
