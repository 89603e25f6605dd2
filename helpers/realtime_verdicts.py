"""What measured pipelines say to the paper's statements on multithreading (sections III.B, III.C.3 and IV).

Each statement is held against the runs in the place where they were measured. Of a phone's numbers nothing is judged
here: those are a phone's to tell. Taught in notebook 08_benchmark_multithreading.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from helpers.consumption import Proportionality
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
    """A pair's numbers; `rate` is 1 / latency of the multithreaded run, the most its worker could do."""

    title: str
    single: RunSummary
    multi: RunSummary
    rate: float

    @property
    def share(self) -> float:
        """Frames processed per second over what the worker could do."""
        return (self.multi.processed_per_second or 0.0) / self.rate


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
        verdicts.append(Verdict("threads.two_threads", smooth, round(shown, 1), note, where, run.title))
    return [*verdicts, *_of_all([_measured(pair) for pair in pairs], slow, where, camera_fps)]


def flops_verdict(fit: Proportionality, where: Where) -> Verdict:
    """Judge whether frames processed per second are inversely proportional to FLOPs, by the CPU time for a frame."""
    return Verdict("throughput.inverse", fit.proportional, round(-fit.exponent, 2), fit.verdict, where)


def _of_all(runs: list[_Measured], slow: list[_Measured], where: Where, camera_fps: float) -> list[Verdict]:
    apart = max(abs((run.single.display_fps or 0.0) - (run.single.processed_per_second or 0.0)) for run in runs)
    times = [(run.multi.display_fps or 0.0) / (run.multi.processed_per_second or 1.0) for run in slow]
    more = statistics.median((run.multi.cpu_percent or 0.0) / (run.single.cpu_percent or 1.0) for run in slow)
    below = sum((run.multi.processed_per_second or 0.0) < camera_fps - _FPS_APART for run in slow)
    enough = f"{len(slow)} of {len(runs)} pairs of network and engine are slower than the camera"
    return [
        Verdict(
            "throughput.same", apart < _FPS_APART, round(apart, 2), "the largest difference, with one thread", where
        ),
        Verdict("throughput.different", min(times) > _NEARLY, round(max(times), 1), enough, where),
        Verdict("threads.expensive", len(slow) == len(runs), len(slow), enough, where),
        Verdict("results.multi_processed", below == len(runs), below, enough, where),
        Verdict(
            "results.multi_consumption", more > 1, round(more, 2), "the median; camera and screen go on beside", where
        ),
    ]


def _measured(pair: RunPair) -> _Measured:
    run = pair.multi.pipeline
    latencies = run.frames.latencies_ns if run else []
    if not latencies:
        raise DataError(f"expected a run of {pair.title} in which a frame was processed; received none; run longer")
    return _Measured(pair.title, summarise(pair.single), summarise(pair.multi), 1e9 / statistics.mean(latencies))
