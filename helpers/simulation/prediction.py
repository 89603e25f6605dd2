"""One run predicted from another: the stages' times of a measured run, simulated with other settings, and compared.

A single-threaded run, or a benchmark, tells what the stages take; what two threads would make of that, the simulator
says, and a measured run shows whether it is right. Paper, section III.B. Taught in notebook
08_benchmark_multithreading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.errors import DataError
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import MOST_FRAMES, PipelineRun
from helpers.runs.run_summary import latency_parts, percentiles_ms
from helpers.simulation.simulator import SimulatedRun, StageTimes, simulate

_MS = 10**6


@dataclass(frozen=True)
class Comparison:
    """A prediction beside the run that it predicts; FPS and ages are None where either has too few frames.

    Attributes:
        where: on what was measured.
        model: the model's name.
        mode: `single` or `multi`.
        predicted_from: what the prediction was made from.
        measured: by name (`FPS`, `processed/s`, `age p50 ms`).
        predicted: the same names.
    """

    where: str
    model: str
    mode: str
    predicted_from: str
    measured: Mapping[str, float | None]
    predicted: Mapping[str, float | None]

    def error(self, name: str) -> float | None:
        """How far the prediction is off, as a share of what was measured: 0.1 is 10 % too high."""
        measured, predicted = self.measured[name], self.predicted[name]
        return None if not measured or predicted is None else predicted / measured - 1

    def within(self, share: float = 0.1) -> bool:
        """Whether FPS and frames processed per second are both known, and no further off than a share."""
        errors = [self.error(name) for name in ("FPS", "processed/s")]
        return all(error is not None and abs(error) <= share for error in errors)


def stage_times(log: RunLog) -> StageTimes:
    """The stages' times of a measured run, to predict another one from.

    Of a benchmark, preprocessing and network are known apart, and nothing of camera and screen. Of a live run, both
    are one; fetching is from the moment when frame and thread were both there, and holds the drawing where the network
    has a thread of its own.

    Raises:
        DataError: a run of another kind, or one in which no frame was processed.
    """
    parts, run = latency_parts(log), log.pipeline
    words = [log.where, log.engine.name, log.model.name, run.mode if run else log.kind]
    if parts.first_ns is None or log.kind == "accuracy":
        raise DataError(
            f"expected a live run or a benchmark with a processed frame; received {' '.join(words)} without; "
            "measure for longer"
        )
    # Of a short run, the latest frames are the best that is known of the steady ones.
    beginning = (parts.first_ns, *parts.warm_up_ns)
    steady = parts.steady_ns or beginning[-1:]
    preprocess: Sequence[int] = (0,)
    capture: Sequence[int] = (0,)
    draw: Sequence[int] = (0,)
    if log.latency is not None:
        preprocess, steady = log.latency.steady_preprocess_ns, log.latency.steady_invoke_ns
    if run is not None:
        capture, draw = _fetch_and_draw(run)
    return StageTimes(
        inference_ms=_to_ms(steady),
        preprocess_ms=_to_ms(preprocess),
        capture_ms=_to_ms(capture),
        draw_ms=_to_ms(draw),
        warm_up_ms=_to_ms(beginning),
        source=f"measured: {', '.join(words)}",
    )


def predict(stages: StageTimes, log: RunLog, seed: int = 0) -> SimulatedRun:
    """Simulate with the settings of a measured live run: its mode, camera, length, workers, cores, engine threads.

    Args:
        stages: the stages' times, of another run.
        log: the run whose settings are taken, and nothing that it measured.
        seed: see `simulate`.

    Raises:
        DataError: it is no live run, or has fewer than two frames, from which the camera's rate could be told.
    """
    run = log.pipeline
    if run is None or len(run.frames.number) < 2 or run.frames.capture_ns[-1] <= run.frames.capture_ns[0]:
        raise DataError(f"expected a live run with two frames; received one of kind {log.kind!r}; measure for longer")
    numbers, moments = run.frames.number, run.frames.capture_ns
    # Frames of a made-up camera are evenly spaced; a real one's are so on average.
    fps = round((numbers[-1] - numbers[0]) * 1e9 / (moments[-1] - moments[0]), 3)
    return simulate(
        stages,
        run.mode,
        fps=fps,
        seconds=min(run.captured, MOST_FRAMES) / fps,
        workers=run.workers,
        cores=log.device.cores,
        engine_threads=log.engine.threads or log.device.cores,
        seed=seed,
    )


def compare(simulated: SimulatedRun, log: RunLog) -> Comparison:
    """Hold a prediction against the run that it predicts.

    Raises:
        DataError: the run is not a live one of the same mode.
    """
    run = log.pipeline
    if run is None or run.mode != simulated.run.mode:
        received = log.kind if run is None else run.mode
        raise DataError(
            f"expected a live run in {simulated.run.mode} mode; received {received}; compare like with like"
        )
    measured, predicted = (
        {
            "FPS": each.display_fps,
            "processed/s": each.processed_per_second,
            "age p50 ms": (percentiles_ms(each.frames.ages_ns, (50,)) or {}).get(50),
        }
        for each in (run, simulated.run)
    )
    return Comparison(log.where, log.model.name, run.mode, simulated.predicted_from, measured, predicted)


def comparison_table(comparisons: Sequence[Comparison]) -> pd.DataFrame:
    """A row for each prediction, rounded; None or NaN where unknown.

    Args:
        comparisons: predictions beside what they predict.

    Returns:
        Columns where, model, mode; FPS, processed/s and age p50 ms, each as measured, predicted, and off by %; within
        10 %; predicted from.
    """
    rows = []
    for each in comparisons:
        row: dict[str, object] = {"where": each.where, "model": each.model, "mode": each.mode}
        for name, measured in each.measured.items():
            predicted, error = each.predicted[name], each.error(name)
            row[name] = None if measured is None else round(measured, 1)
            row[f"{name}, predicted"] = None if predicted is None else round(predicted, 1)
            row[f"{name}, off by %"] = None if error is None else round(100 * error, 1)
        rows.append({**row, "within 10 %": each.within(), "predicted from": each.predicted_from})
    return pd.DataFrame(rows)


def simulated_table(runs: Mapping[str, SimulatedRun]) -> pd.DataFrame:
    """What simulated runs come to, a row each, rounded; the last column says what they were predicted from."""
    rows = []
    for run in runs.values():
        ages = pd.Series(run.ages_ms, dtype=float)
        rows.append(
            {
                "FPS": None if run.fps is None else round(run.fps, 1),
                "processed/s": round(run.processed_per_second, 1),
                "age p50 ms": round(ages.median(), 1),
                "oldest ms": round(ages.max(), 1),
                "dropped": sum(run.dropped.values()),
                "predicted from": run.predicted_from,
            }
        )
    return pd.DataFrame(rows, index=pd.Index(list(runs), name="setting"))


def _fetch_and_draw(run: PipelineRun) -> tuple[list[int], list[int]]:
    """How long fetching and drawing took, in nanoseconds, for each frame that was shown."""
    frames, free = run.frames, 0
    fetch, draw = [], []
    for capture, start, end, shown in zip(
        frames.capture_ns, frames.start_ns, frames.end_ns, frames.shown_ns, strict=True
    ):
        if shown is None:
            continue
        in_turn = run.mode == "single" and start is not None and end is not None
        fetched = start if in_turn and start is not None else shown
        fetch.append(max(0, fetched - max(free, capture)))
        draw.append(shown - end if in_turn and end is not None else 0)
        free = shown
    return fetch or [0], draw or [0]


def _to_ms(durations: Sequence[int]) -> list[float]:
    return [duration / _MS for duration in durations]
