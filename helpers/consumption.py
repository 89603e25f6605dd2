"""Is the CPU consumption proportional to the number of FLOPs, as the paper says (section IV)?

CPU % cannot tell. It is CPU time over (time passed x cores), and a thread that is always busy reads 100 % of its core
whatever the network: a large one takes longer for a frame, not more of the processor. So the claim is tested as CPU
seconds for one frame. Proportional then means one price: the same CPU seconds for each floating-point operation,
whichever network it belongs to. That can fail, and what would fail it is a network whose price differs from another's
by more than repeated runs of one network differ.

Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.errors import DataError
from helpers.gpu_use import GpuUse
from helpers.runs.run_log import RunLog

# What repeated runs of one model are taken to differ by where there is one run of each: a fifth, up or down.
ASSUMED_NOISE = 1.25
# A straight line fits any two.
LEAST_MODELS = 3

_COLUMNS = ["model", "where", "engine", "threads", "kind", "gflops", "frames", "percent", "seconds_per_frame"]


@dataclass(frozen=True)
class Proportionality:
    """Seconds for a frame against FLOPs, over several models on one engine of one machine.

    Attributes:
        models: how many models.
        seconds_per_gflop: the slope of the straight line through the origin, by least squares.
        r2: of that line: 1 - the squares it leaves over those about the mean; 1 is perfect, below 0 is worse than
            saying the mean.
        exponent: the slope of the straight line through the logarithms; 1 where proportional, 0 where FLOPs do not
            matter.
        exponent_r2: of that line.
        prices: seconds for 10^9 operations of each model, the cheapest first.
        factor: the dearest model's price over the cheapest's; 1 where proportional.
        noise: by which factor repeated runs of one model differ: the largest that was seen, at least 1.05; or
            `ASSUMED_NOISE` where no model has two runs.
        noise_seen: whether `noise` was seen.
    """

    models: int
    seconds_per_gflop: float
    r2: float
    exponent: float
    exponent_r2: float
    prices: dict[str, float]
    factor: float
    noise: float
    noise_seen: bool

    @property
    def proportional(self) -> bool:
        """Whether one price fits all models, as far as repeated runs can tell."""
        return self.factor <= self.noise

    @property
    def verdict(self) -> str:
        """The judgement with its reason, in one sentence."""
        cheapest, dearest = next(iter(self.prices)), list(self.prices)[-1]
        seen = "repeated runs differ by" if self.noise_seen else "repeated runs are taken to differ by"
        fact = (
            f"an operation of {dearest} costs {self.factor:.2f} times one of {cheapest}; {seen} up to {self.noise:.2f} "
            f"times; seconds for a frame grow like FLOPs^{self.exponent:.2f}"
        )
        if self.proportional:
            return f"proportional: {fact}"
        grows = self.exponent > 0 and self.exponent_r2 >= 0.5
        return f"{'more FLOPs cost more, but not in proportion' if grows else 'not proportional'}: {fact}"


def cpu_seconds_per_frame(logs: Iterable[RunLog], flops: Mapping[str, int]) -> pd.DataFrame:
    """CPU time over frames, for run logs of any kind and from any place.

    Args:
        logs: run logs. Of a live run the frames processed count; what its other threads took (capture, screen) is in
            the CPU time, too. Of a benchmark all calls count, and the preprocessing is in the CPU time.
        flops: floating-point operations for one image, by the model's name; see `helpers.summary.model_summary`.

    Returns:
        A row for each log: model, where, engine, threads (of the engine), kind, gflops, frames, percent (CPU time over
        time passed x cores), seconds_per_frame. Percent and seconds are NaN where the platform does not tell the CPU
        time, the seconds also where there was no frame.

    Raises:
        DataError: the operations of a model are not in `flops`.
    """
    rows = []
    for log in logs:
        cpu_ns = log.resources.cpu_ns
        seconds = math.nan if cpu_ns is None else cpu_ns / 1e9
        percent = log.resources.cpu_percent
        rows.append(_row(log, flops, math.nan if percent is None else percent, seconds))
    return pd.DataFrame(rows, columns=_COLUMNS)


def gpu_seconds_per_frame(
    logs: Mapping[str, RunLog], use: Mapping[str, GpuUse], flops: Mapping[str, int]
) -> pd.DataFrame:
    """The same of a GPU: its mean use, read in Instruments, times the run's duration, over the frames.

    Args:
        logs: run logs of an iPhone by file name.
        use: what was read, by the log's name; see `helpers.gpu_use.load_gpu_use`.
        flops: as `cpu_seconds_per_frame` takes them.

    Returns:
        The same columns, for the logs for which something was read; empty as long as there is none.

    Raises:
        DataError: as `cpu_seconds_per_frame`.
    """
    rows = []
    for name, log in logs.items():
        if name in use:
            percent = use[name].gpu_percent
            rows.append(_row(log, flops, percent, percent / 100 * log.wall_ns / 1e9))
    return pd.DataFrame(rows, columns=_COLUMNS)


def proportionality(table: pd.DataFrame) -> Proportionality:
    """Judge whether the seconds for a frame are proportional to FLOPs.

    Args:
        table: rows of `cpu_seconds_per_frame` or `gpu_seconds_per_frame`, of one engine in one place; rows without
            seconds are left out, and several rows of one model are its repeated runs.

    Raises:
        DataError: fewer than three models, or rows of several engines or places, which have prices of their own.
    """
    known = table[table["seconds_per_frame"] > 0]
    groups = known[["where", "engine"]].drop_duplicates()
    if len(groups) > 1 or known["model"].nunique() < LEAST_MODELS:
        raise DataError(
            "expected the runs of at least three models by one engine in one place; received "
            f"{known['model'].nunique()} models by {len(groups)}; choose them by the columns where and engine"
        )
    runs = known.groupby("model")["seconds_per_frame"]
    seconds = runs.median()
    gflops = known.groupby("model")["gflops"].first()
    prices = (seconds / gflops).sort_values()
    repeated = runs.max() / runs.min()
    seen = bool((runs.count() > 1).any())
    x, y = gflops.to_numpy(float), seconds.to_numpy(float)
    slope = float(x @ y / (x @ x))
    exponent, offset = (float(value) for value in np.polyfit(np.log(x), np.log(y), 1))
    return Proportionality(
        models=len(prices),
        seconds_per_gflop=slope,
        r2=_r2(y, slope * x),
        exponent=exponent,
        exponent_r2=_r2(np.log(y), exponent * np.log(x) + offset),
        prices={str(model): float(price) for model, price in prices.items()},
        factor=float(prices.iloc[-1] / prices.iloc[0]),
        noise=max(1.05, float(repeated.max())) if seen else ASSUMED_NOISE,
        noise_seen=seen,
    )


def frames_of(log: RunLog) -> int:
    """How many frames, calls or images a run took through the network; failed images are not among them."""
    if log.pipeline is not None:
        return log.pipeline.processed
    if log.latency is not None:
        return 1 + len(log.latency.warm_up_ns) + len(log.latency.steady_invoke_ns)
    return len(log.accuracy.images) if log.accuracy is not None else 0


def _row(log: RunLog, flops: Mapping[str, int], percent: float, seconds: float) -> dict[str, object]:
    if log.model.name not in flops:
        raise DataError(
            f"expected the floating-point operations of {log.model.name}; received those of "
            f"{', '.join(flops) or 'no model'}; helpers.summary.model_summary counts them"
        )
    frames = frames_of(log)
    values = (
        log.model.name,
        log.where,
        log.engine.name,
        log.engine.threads,
        log.kind,
        flops[log.model.name] / 1e9,
        frames,
        percent,
        seconds / frames if frames else math.nan,
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _r2(values: NDArray[np.float64], fitted: NDArray[np.float64]) -> float:
    about_mean = float(np.square(values - values.mean()).sum())
    return 1 - float(np.square(values - fitted).sum()) / about_mean if about_mean else math.nan
