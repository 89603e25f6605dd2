"""What makes a run log misleading though it is true: each a flag with the numbers that say so.

A flag does not refuse a log: it is shown beside each number of it. The bounds are such that what falls below them would
not change what a reader concludes; each stands beside its reason.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.device_logs.places import is_phone
from helpers.loadgen_log import RULE_QUERIES, RULE_SECONDS
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import PipelineRun

_SECOND = 1e9

# A call is slow if it takes a quarter longer than usual. Leading slow calls are flagged where they make the mean 2 %
# larger: one slow call among a thousand does not.
_SLOW_CALL = 1.25
_SHARE_OF_MEAN = 0.02
_FEWEST_CALLS = 5

# Two threads that share the work keep more than one core busy; 1.2 leaves room for what else the app does. CPU time is
# told in ticks of 10 ms for each thread, so half a second of work is needed to tell.
_CORES_OF_ONE_THREAD = 1.2
_ENOUGH_WORK_NS = 0.5 * _SECOND
# Of so many frames that the camera took while the network computed, it is no accident that none was shown.
_EXPECTED_FRAMES = 10

# Processors step their clock down by more than a tenth when they are hot. The rank test keeps chance out: one call may
# take any time, but no accident puts nearly all late ones above the early ones.
_DRIFT = 1.1
_CHANCE = 0.01
_FEWEST_OF_A_THIRD = 5

# Android's and iOS' words for a phone that is not hot.
_COOL = {"none", "nominal"}
# Batteries are told in whole percent, and a short run takes one or two.
_BATTERY_DROP = 5.0


@dataclass(frozen=True)
class Flag:
    """A reason not to trust a log's numbers.

    Attributes:
        name: a short name, such as `warm_up_in_mean`.
        sentence: what was found, with the numbers.
        numbers: the same numbers by name.
    """

    name: str
    sentence: str
    numbers: Mapping[str, float]


def flags_of(log: RunLog) -> list[Flag]:
    """All reasons in a log itself not to trust its numbers."""
    times = call_times(log)
    found = (_warm_up(times), _threads(log), _overlap(log), _drift(times), _samples(log))
    return [*(flag for flag in found if flag is not None), *_conditions(log), *_losses(log)]


def call_times(log: RunLog) -> NDArray[np.float64]:
    """How long each call took that counts for the run's mean, in nanoseconds, in the order of the run.

    Of a benchmark, the steady calls. Of an accuracy run, the network alone: photos of several sizes are read for
    different times.
    """
    times: list[int] = []
    if log.latency is not None:
        pairs = zip(log.latency.steady_preprocess_ns, log.latency.steady_invoke_ns, strict=True)
        times = [first + second for first, second in pairs]
    elif log.accuracy is not None:
        times = [image.invoke_ns for image in log.accuracy.images]
    elif log.pipeline is not None:
        times = log.pipeline.frames.latencies_ns
    return np.asarray(times, np.float64)


def _warm_up(times: NDArray[np.float64]) -> Flag | None:
    if len(times) < _FEWEST_CALLS:
        return None
    usual = float(np.median(times))
    # At most half of the calls are slower than the median.
    leading = int((times > _SLOW_CALL * usual).argmin())
    with_them, without = float(times.mean()), float(times[leading:].mean())
    if leading == 0 or with_them <= (1 + _SHARE_OF_MEAN) * without:
        return None
    slowest = float(times[:leading].max())
    return Flag(
        "warm_up_in_mean",
        f"the first {leading} of {len(times)} calls took up to {slowest / 1e6:.1f} ms where {usual / 1e6:.1f} ms are "
        f"usual, and count: the mean is {with_them / 1e6:.2f} ms, without them {without / 1e6:.2f} ms",
        {"calls": leading, "slowest_ms": slowest / 1e6, "mean_ms": with_them / 1e6, "mean_without_ms": without / 1e6},
    )


def _threads(log: RunLog) -> Flag | None:
    """Several threads, but the CPU time of one: CPU time over the time in which at least one call ran."""
    workers = log.pipeline.workers if log.pipeline else 1
    threads = workers * (log.engine.threads or 1)
    busy, cpu = _busy_ns(log), log.resources.cpu_ns
    if threads < 2 or cpu is None or busy < _ENOUGH_WORK_NS or cpu / busy >= _CORES_OF_ONE_THREAD:
        return None
    return Flag(
        "threads_without_effect",
        f"{threads} threads were to share the work, but {cpu / _SECOND:.2f} s of CPU time in {busy / _SECOND:.2f} s of "
        f"work is that of {cpu / busy:.2f} cores",
        {"threads": threads, "cpu_s": cpu / _SECOND, "busy_s": busy / _SECOND, "cores": cpu / busy},
    )


def _busy_ns(log: RunLog) -> float:
    if log.latency is not None:
        return float(log.latency.busy_ns)
    if log.accuracy is not None:
        return float(sum(image.preprocess_ns + image.invoke_ns for image in log.accuracy.images))
    return float(np.diff(_busy_spans(log.pipeline), axis=1).sum()) if log.pipeline else 0.0


def _busy_spans(pipeline: PipelineRun) -> NDArray[np.float64]:
    """The spans of time in which at least one frame was processed: (n, 2), start and end, in order and apart."""
    spans: list[list[float]] = []
    for start, end in sorted(pipeline.frames.intervals):
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    return np.asarray(spans, np.float64).reshape(-1, 2)


def _overlap(log: RunLog) -> Flag | None:
    """Several threads for capture and network, but the screen stood still whenever the network computed."""
    pipeline = log.pipeline
    if pipeline is None or pipeline.mode != "multi" or len(pipeline.frames.number) < 2:
        return None
    frames, spans = pipeline.frames, _busy_spans(pipeline)
    interval = (frames.capture_ns[-1] - frames.capture_ns[0]) / (frames.number[-1] - frames.number[0])
    if interval == 0:
        return None
    # So many frames the camera takes inside the spans however they lie: a network that is faster than the camera has
    # its result before the next frame comes, and nothing to overlap with.
    expected = float((np.diff(spans, axis=1) // interval).sum())
    shown = np.sort([float(time) for time in frames.shown_ns if time is not None])
    # How many moments lie inside a span, its ends left out: a frame is often shown as soon as its result is there.
    before_end = np.searchsorted(shown, spans[:, 1], "left")
    during = int((before_end - np.searchsorted(shown, spans[:, 0], "right")).clip(0).sum())
    if expected < _EXPECTED_FRAMES or during:
        return None
    return Flag(
        "multi_without_effect",
        f"the multithreaded mode, but none of {len(shown):,} frames was shown while the network computed; the camera "
        f"took at least {expected:,.0f} in that time",
        {"shown": len(shown), "expected": expected, "during": during},
    )


def _drift(times: NDArray[np.float64]) -> Flag | None:
    third = len(times) // 3
    if third < _FEWEST_OF_A_THIRD:
        return None
    first, last = times[:third], times[-third:]
    early, late = float(np.median(first)), float(np.median(last))
    if late <= _DRIFT * early or (chance := _chance_of_larger(first, last)) >= _CHANCE:
        return None
    return Flag(
        "throttling",
        f"the last third of the calls took {late / 1e6:.2f} ms, the first third {early / 1e6:.2f} ms (medians): the "
        "processor was slowed down, by heat or by other work",
        {"first_ms": early / 1e6, "last_ms": late / 1e6, "chance": chance},
    )


def _chance_of_larger(first: NDArray[np.float64], last: NDArray[np.float64]) -> float:
    """The one-sided p-value of the Mann-Whitney test that `last` tends to be larger, by its normal approximation.

    It compares ranks alone, so that a few calls of any length do not decide it. It takes the calls as independent,
    which neighbours in time are not quite: hence the medians must differ by `_DRIFT` besides.
    """
    n, m = len(first), len(last)
    ordered = np.sort(first)
    below, up_to = np.searchsorted(ordered, last, "left"), np.searchsorted(ordered, last, "right")
    wins = float(below.sum() + 0.5 * (up_to - below).sum())
    _, ties = np.unique(np.concatenate([first, last]), return_counts=True)
    total = n + m
    variance = n * m / 12 * (total + 1 - float((ties.astype(np.float64) ** 3 - ties).sum()) / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    return 0.5 * math.erfc((wins - n * m / 2 - 0.5) / math.sqrt(2 * variance))


def _samples(log: RunLog) -> Flag | None:
    if log.latency is None:
        return None
    times = call_times(log)
    seconds = float(times.sum()) / _SECOND
    if len(times) >= RULE_QUERIES and seconds >= RULE_SECONDS:
        return None
    return Flag(
        "few_samples",
        f"{len(times):,} steady calls in {seconds:.1f} s; MLPerf asks for at least {RULE_QUERIES:,} in at least "
        f"{RULE_SECONDS:.0f} s",
        {"calls": len(times), "seconds": seconds},
    )


def _conditions(log: RunLog) -> list[Flag]:
    """Heat and battery, which decide how fast a phone may be; a desktop's log tells neither, and need not."""
    resources, flags = log.resources, []
    if resources.thermal_state is not None and resources.thermal_state.lower() not in _COOL:
        state = " ".join(resources.thermal_state.split())
        flags.append(Flag("hot", f"the system called its thermal state '{state}' at the end of the run", {}))
    if resources.thermal_state is None and is_phone(log):
        flags.append(Flag("thermal_state_unknown", "the system does not tell whether it was hot", {}))
    start, end = resources.battery_start_percent, resources.battery_end_percent
    if start is None or end is None:
        if is_phone(log):
            flags.append(Flag("battery_unknown", "the system does not tell how full the battery was", {}))
    elif end > start:
        sentence = f"the battery rose from {start:g} to {end:g} %: the phone was charging, which heats it"
        flags.append(Flag("charging", sentence, {"start_percent": start, "end_percent": end}))
    elif start - end >= _BATTERY_DROP:
        sentence = f"the battery fell from {start:g} to {end:g} %, which may have slowed the phone down"
        flags.append(Flag("battery_drop", sentence, {"start_percent": start, "end_percent": end}))
    return flags


def _losses(log: RunLog) -> list[Flag]:
    """Frames that were not processed, by reason, and images that could not be classified."""
    flags = []
    if log.pipeline is not None and any(log.pipeline.dropped.values()):
        dropped: dict[str, int] = {reason: count for reason, count in log.pipeline.dropped.items() if count}
        total, captured = sum(dropped.values()), log.pipeline.captured
        reasons = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in dropped.items())
        sentence = f"{total:,} of {captured:,} frames were not processed: {reasons}"
        flags.append(Flag("dropped_frames", sentence, {"captured": captured, **dropped}))
        if failed := dropped.get("failed"):
            sentence = f"the network failed on {failed:,} of {captured:,} frames"
            flags.append(Flag("failed_frames", sentence, {"failed": failed, "captured": captured}))
    if log.accuracy is not None and log.accuracy.failed:
        first, failed = log.accuracy.failed[0], len(log.accuracy.failed)
        total = failed + len(log.accuracy.images)
        message = " ".join(f"{first.id}: {first.message}".split())
        sentence = f"{failed:,} of {total:,} images could not be classified and are in no count, such as {message}"
        flags.append(Flag("failed_images", sentence, {"failed": failed, "images": total}))
    return flags
