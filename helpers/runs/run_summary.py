"""A run in a few numbers: how smooth, how fast, how old its answers were, and what it took.

The beginning of a run is slow (memory is filled, code compiled, caches are cold), so that it is kept apart from the
rest, as MLPerf and LiteRT's own benchmark do: opening, first frame, warm-up, steady. Percentiles are by nearest rank:
the smallest measured value that so many percent do not exceed. Paper, sections III.C.2-3. Taught in notebook
08_benchmark_multithreading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.runs.run_log import RunLog

# The paper's bound for a smooth video (section III.C.3).
SMOOTH_FPS = 24

# After the first frame, those that are warm-up: at least so many, and all that begin so soon after it.
WARM_UP_FRAMES = 5
WARM_UP_NS = 10**9

_BUSIEST = 3


@dataclass(frozen=True)
class LatencyParts:
    """What preprocessing and network took together, in nanoseconds, a number for each frame or call in order.

    Attributes:
        init_ns: to open the engine; None where that was not measured.
        first_ns: the first frame; None where none was processed.
        warm_up_ns: the frames after it that are still warming up.
        steady_ns: all later ones.
    """

    init_ns: int | None
    first_ns: int | None
    warm_up_ns: tuple[int, ...]
    steady_ns: tuple[int, ...]


@dataclass(frozen=True)
class RunSummary:
    """A run's numbers; None where the log does not tell, or where there are too few frames to say.

    Attributes:
        where: on what it ran, as in the ledger: `pc`, `jvm`, `swift-linux`, `arm-emulated`, `phone`.
        model: the model's name.
        engine: the engine's name.
        kind: `live`, `benchmark` or `accuracy`.
        mode: of a live run, `single` or `multi`.
        display_fps: frames shown per second, between the first and the last.
        processed_per_second: frames (or calls, or images) processed per second of the whole run.
        init_ms: to open the engine.
        first_ms: the first frame, preprocessing and network.
        warm_up_ms: the median of the frames that warm up.
        steady_ms: percentiles 50, 90 and 99 of the later frames.
        age_ms: percentiles 50 and 90 of the time from a frame's capture to its result, over all frames of a live run.
        dropped: how many frames were dropped, by reason; without those reasons that did not occur.
        cpu_percent: CPU time over (time passed x cores).
        threads: the busiest threads, and the percentage of one core that each took.
        peak_memory_mb: the most memory that the process had, in units of 10^6 bytes.
    """

    where: str
    model: str
    engine: str
    kind: str
    mode: str | None
    display_fps: float | None
    processed_per_second: float | None
    init_ms: float | None
    first_ms: float | None
    warm_up_ms: float | None
    steady_ms: Mapping[int, float] | None
    age_ms: Mapping[int, float] | None
    dropped: Mapping[str, int] | None
    cpu_percent: float | None
    threads: Mapping[str, float] | None
    peak_memory_mb: float | None


def latency_parts(log: RunLog) -> LatencyParts:
    """Tell a run's beginning from its steady part.

    Warm-up are those frames after the first that are among the next five, or that begin within a second of the first
    one's begin, whichever are more. A benchmark's log says itself which calls are which.
    """
    init_ns = log.engine.init_ns
    if log.latency is not None:
        latency = log.latency
        pairs = zip(latency.steady_preprocess_ns, latency.steady_invoke_ns, strict=True)
        return LatencyParts(init_ns, latency.first_ns, latency.warm_up_ns, tuple(map(sum, pairs)))
    spans = sorted(_spans(log))
    if not spans:
        return LatencyParts(init_ns, None, (), ())
    durations = [end - start for start, end in spans]
    soon = sum(start <= spans[0][0] + WARM_UP_NS for start, _ in spans)
    cut = max(1 + WARM_UP_FRAMES, soon)
    return LatencyParts(init_ns, durations[0], tuple(durations[1:cut]), tuple(durations[cut:]))


def summarise(log: RunLog) -> RunSummary:
    """Sum a run up."""
    parts, run, used = latency_parts(log), log.pipeline, log.resources
    processed = run.processed if run else len(log.accuracy.images) if log.accuracy else None
    if log.latency is not None:
        processed = 1 + len(parts.warm_up_ns) + len(parts.steady_ns)
    return RunSummary(
        where=log.where,
        model=log.model.name,
        engine=log.engine.name,
        kind=log.kind,
        mode=run.mode if run else None,
        display_fps=run.display_fps if run else None,
        processed_per_second=None if processed is None else processed * 1e9 / log.wall_ns,
        init_ms=_ms(parts.init_ns),
        first_ms=_ms(parts.first_ns),
        warm_up_ms=(percentiles_ms(parts.warm_up_ns, (50,)) or {}).get(50),
        steady_ms=percentiles_ms(parts.steady_ns, (50, 90, 99)),
        age_ms=percentiles_ms(run.frames.ages_ns, (50, 90)) if run else None,
        dropped={reason: count for reason, count in run.dropped.items() if count} if run else None,
        cpu_percent=used.cpu_percent,
        threads={row.name: 100 * row.cpu_ns / log.wall_ns for row in used.threads[:_BUSIEST]} if used.threads else None,
        peak_memory_mb=used.peak_memory_bytes / 1e6 if used.peak_memory_bytes else None,
    )


def summary_table(logs: Mapping[str, RunLog]) -> pd.DataFrame:
    """A row for each run, to be read side by side.

    Args:
        logs: the runs, by title.

    Returns:
        The titles as index; columns where, mode, FPS, processed/s, init ms, first ms, warm-up ms, p50 ms, p90 ms,
        p99 ms (steady), age p50 ms, age p90 ms, dropped, CPU %, threads, memory MB; numbers rounded to what they are
        good for, None or NaN where unknown.
    """
    return pd.DataFrame([_row(summarise(log)) for log in logs.values()], index=pd.Index(list(logs), name="run"))


def percentiles_ms(durations_ns: Sequence[int], percents: Sequence[int]) -> dict[int, float] | None:
    """Percentiles by nearest rank, in milliseconds.

    Args:
        durations_ns: durations in nanoseconds, in any order.
        percents: which percentiles, above 0 and at most 100.

    Returns:
        Milliseconds by percent; None of no durations.
    """
    if not len(durations_ns):
        return None
    found = np.percentile(np.asarray(durations_ns, np.float64), percents, method="inverted_cdf")
    return {percent: float(value) / 1e6 for percent, value in zip(percents, found, strict=True)}


def _spans(log: RunLog) -> list[tuple[int, int]]:
    """Start and end in nanoseconds of each frame that was processed; images of an accuracy run follow on each other."""
    if log.pipeline is not None:
        return log.pipeline.frames.intervals
    images = log.accuracy.images if log.accuracy else ()
    ends = np.cumsum([image.preprocess_ns + image.invoke_ns for image in images], dtype=np.int64).tolist()
    return list(zip([0, *ends[:-1]], ends, strict=True)) if ends else []


def _ms(duration_ns: int | None) -> float | None:
    return None if duration_ns is None else duration_ns / 1e6


def _row(summary: RunSummary) -> dict[str, object]:
    steady, age = summary.steady_ms or {}, summary.age_ms or {}
    shares = None if summary.threads is None else [f"{name} {share:.0f} %" for name, share in summary.threads.items()]
    drops = None if summary.dropped is None else [f"{reason} {count}" for reason, count in summary.dropped.items()]
    return {
        "where": summary.where,
        "mode": summary.mode,
        "FPS": _rounded(summary.display_fps, 1),
        "processed/s": _rounded(summary.processed_per_second, 1),
        "init ms": _rounded(summary.init_ms, 1),
        "first ms": _rounded(summary.first_ms, 1),
        "warm-up ms": _rounded(summary.warm_up_ms, 1),
        **{f"p{percent} ms": _rounded(steady.get(percent), 1) for percent in (50, 90, 99)},
        **{f"age p{percent} ms": _rounded(age.get(percent), 1) for percent in (50, 90)},
        "dropped": None if drops is None else ", ".join(drops) or "none",
        "CPU %": _rounded(summary.cpu_percent, 1),
        "threads": None if shares is None else ", ".join(shares),
        "memory MB": _rounded(summary.peak_memory_mb, 0),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
