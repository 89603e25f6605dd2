"""What measured pipelines say to the paper's statements on multithreading (sections III.B, III.C.3 and IV).

Each statement is held against the runs in the place where they were measured. Of a phone's numbers nothing is judged
here: those are a phone's to tell. Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from helpers.errors import DataError
from helpers.ledger import Where
from helpers.runs.run_log import RunLog
from helpers.runs.run_summary import RunSummary, summarise

# A display is at the camera's rate if it is no more than this many frames per second away.
_FPS_APART = 1.0
# What a second thread may cost of the network's own speed.
_SHARE = 0.95
# Where the network is this near to the camera's rate, the two rates do not differ.
_NEARLY = 1.1
# By so much two runs of the same thing may differ.
_NOISE = 0.05
_FEWEST_NETWORKS = 3
# An exponent no further from -1 than this is a proportion.
_EXPONENT_APART = 0.1


@dataclass(frozen=True)
class RunPair:
    """One network in one engine, measured on one thread and on two."""

    title: str
    single: RunLog
    multi: RunLog


@dataclass(frozen=True)
class Verdict:
    """A row for the ledger, as `helpers.ledger.Ledger.judge` takes it."""

    claim: str
    holds: bool
    measured: float
    note: str
    where: Where
    subject: str = ""


@dataclass(frozen=True)
class _Measured:
    """A pair's numbers; `rate` is 1 / latency of the multithreaded run, the most its worker could do.

    `apart` are the frames of the single-threaded run that were shown and not processed, or the other way round.
    """

    title: str
    single: RunSummary
    multi: RunSummary
    rate: float
    apart: int

    @property
    def share(self) -> float:
        """Frames processed per second over what the worker could do."""
        return (self.multi.processed_per_second or 0.0) / self.rate

    @property
    def slower(self) -> float | None:
        """The steady latency beside the screen's thread over the one without it; 1 where the threads do not disturb."""
        single, multi = self.single.steady_ms, self.multi.steady_ms
        return multi[50] / single[50] if single and multi else None


def is_slow(pair: RunPair, camera_fps: float) -> bool:
    """Whether a network needs longer for a frame than the camera, by the median of its steady frames."""
    steady = summarise(pair.multi).steady_ms
    if steady is None:
        raise DataError(
            f"expected a run of {pair.title} with steady frames; received one that ended before; run longer"
        )
    return steady[50] > 1000 / camera_fps


def pair_runs(logs: Mapping[tuple[str, str, str], RunLog], titles: Mapping[tuple[str, str], str]) -> list[RunPair]:
    """Join the runs of each network and engine.

    Args:
        logs: live runs by (network, engine, mode).
        titles: the pairs to be made, by (network, engine), and what they are called.

    Raises:
        DataError: a run is missing.
    """
    pairs = []
    for (network, engine), title in titles.items():
        modes = {mode: logs.get((network, engine, mode)) for mode in ("single", "multi")}
        single, multi = modes["single"], modes["multi"]
        if single is None or multi is None:
            missing = [mode for mode, log in modes.items() if log is None]
            raise DataError(f"expected a run of {title} on one thread and on two; received none: {', '.join(missing)}")
        pairs.append(RunPair(title, single, multi))
    return pairs


def realtime_verdicts(pairs: list[RunPair], camera_fps: float) -> list[Verdict]:
    """Judge the mechanism of section III.B and what follows from it.

    Args:
        pairs: measured runs, all in one place.
        camera_fps: frames per second of the camera.

    Returns:
        For each network slower than the camera, what one thread does to the FPS and what two do; then the statements
        about all networks.

    Raises:
        DataError: the runs are from several places, or none is slower than the camera.
    """
    places = {log.where for pair in pairs for log in (pair.single, pair.multi)}
    slow = [_measured(pair) for pair in pairs if is_slow(pair, camera_fps)]
    if len(places) != 1 or not slow:
        raise DataError(
            f"expected runs of one place with a network slower than {camera_fps:g} frames per second; received "
            f"{len(slow)} of {', '.join(sorted(places)) or 'nowhere'}; measure them together, with larger networks"
        )
    (where,) = places
    verdicts = []
    for run in slow:
        shown = run.single.display_fps or 0.0
        late = shown < camera_fps - _FPS_APART
        note = "frames per second on the screen, with one thread"
        verdicts.append(Verdict("threads.one_thread", late, round(shown, 1), note, where, run.title))
        shown = run.multi.display_fps or 0.0
        smooth = abs(shown - camera_fps) <= _FPS_APART and run.share >= _SHARE
        note = f"and frames processed per second are {run.share:.3f} of 1 / latency"
        if run.slower is not None:
            note += f"; the network's latency is {run.slower:.2f} times the one-threaded run's"
        verdicts.append(Verdict("threads.two_threads", smooth, round(shown, 1), note, where, run.title))
    return [*verdicts, *_of_all([_measured(pair) for pair in pairs], slow, where, camera_fps)]


def inverse_verdict(pairs: list[RunPair], flops: Mapping[str, int]) -> Verdict:
    """Judge whether the frames that a network can process per second are inversely proportional to its FLOPs.

    What a network can do is 1 / latency of its steady frames; the camera does not bound it.

    Args:
        pairs: measured runs of at least three networks in one engine and place.
        flops: floating-point operations for an image, by the network's name.

    Raises:
        DataError: fewer networks, or one without steady frames.
    """
    points = {}
    for pair in pairs:
        steady = summarise(pair.single).steady_ms
        if steady is None:
            raise DataError(f"expected steady frames in the run of {pair.title}; received none; run longer")
        points[pair.single.model.name] = 1000 / steady[50]
    if len(points) < _FEWEST_NETWORKS:
        raise DataError(f"expected runs of at least {_FEWEST_NETWORKS} networks; received {len(points)}; add others")
    operations = [math.log(flops[name]) for name in points]
    rates = [math.log(rate) for rate in points.values()]
    fit = statistics.linear_regression(operations, rates)
    r2 = statistics.correlation(operations, rates) ** 2
    note = f"the slope of the logarithms of 1 / latency over FLOPs, {len(points)} networks, r2 {r2:.2f}"
    proportional = abs(fit.slope + 1) <= _EXPONENT_APART
    return Verdict("throughput.inverse", proportional, round(fit.slope, 2), note, pairs[0].single.where)


def _of_all(runs: list[_Measured], slow: list[_Measured], where: Where, camera_fps: float) -> list[Verdict]:
    apart = max(run.apart for run in runs)
    times = [(run.multi.display_fps or 0.0) / (run.multi.processed_per_second or 1.0) for run in slow]
    more = statistics.median((run.multi.cpu_percent or 0.0) / (run.single.cpu_percent or 1.0) for run in slow)
    below = sum((run.multi.processed_per_second or 0.0) < camera_fps - _FPS_APART for run in slow)
    enough = f"{len(slow)} of {len(runs)} pairs of network and engine are slower than the camera"
    return [
        Verdict("throughput.same", apart == 0, apart, "shown and not processed in any run with one thread", where),
        Verdict("throughput.different", min(times) > _NEARLY, round(max(times), 1), enough, where),
        Verdict("threads.expensive", len(slow) == len(runs), len(slow), enough, where),
        Verdict("results.multi_processed", below == len(runs), below, enough, where),
        Verdict(
            "results.multi_consumption", more > 1 + _NOISE, round(more, 2), "the median of all slow networks", where
        ),
    ]


def _measured(pair: RunPair) -> _Measured:
    single, run = pair.single.pipeline, pair.multi.pipeline
    latencies = run.frames.latencies_ns if run else []
    if not latencies or single is None:
        raise DataError(f"expected a run of {pair.title} in which a frame was processed; received none; run longer")
    apart = abs(single.shown - single.processed)
    rate = 1e9 / statistics.mean(latencies)
    return _Measured(pair.title, summarise(pair.single), summarise(pair.multi), rate, apart)
