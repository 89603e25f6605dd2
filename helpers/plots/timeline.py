"""A second of a pipeline, thread by thread: why one thread stutters, and two do not (paper, section III.B)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.errors import DataError
from helpers.plots.style import BLUE, GRAY, GREEN, RED, new_figure
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import Frames, PipelineRun
from helpers.simulation.simulator import SimulatedRun

_SECOND = 1e9
# A block narrower than this part of the window has no room for its number.
_NARROW = 0.022
_CAMERA, _NETWORK, _SCREEN = 2.0, 1.0, 0.0


def timeline(log: RunLog | SimulatedRun, seconds: float = 1.0, start: float | None = None) -> Figure:
    """Draw what the threads did with each frame, in lanes over time.

    The camera's lane has a mark for each frame, a cross where the network never saw it; the network's a block for each
    frame from start to result, with its number and a thin line from its capture; the screen's changes its shade
    whenever a frame is shown, so that a frame that stays for long is a wide stripe.

    Args:
        log: a live run; or a simulated one, which the title says.
        seconds: how much of it.
        start: from when, in seconds of the run; by default a second after its beginning, or as late as there is enough.

    Raises:
        DataError: it is no live run, or no frame was captured in that time.
    """
    run, place = _run_and_place(log)
    frames = run.frames
    moments = [t for column in (frames.capture_ns, frames.end_ns, frames.shown_ns) for t in column if t is not None]
    length = max(moments, default=0) / _SECOND
    begin = max(0.0, min(1.0, length - seconds)) if start is None else start
    window = (begin, begin + seconds)
    if not any(begin <= capture / _SECOND < window[1] for capture in frames.capture_ns):
        raise DataError(
            f"expected frames from {begin:g} to {window[1]:g} s; received a run of {length:.3f} s; choose another start"
        )
    figure, axes = new_figure(9.0, 2.9)
    axis = axes[0][0]
    lost = _draw_camera(axis, frames, window)
    blocks = _draw_network(axis, run, window)
    shown = _draw_screen(axis, frames, window)
    same = run.mode == "single"
    worker = "the screen's thread" if same else "a worker" if run.workers == 1 else f"{run.workers} workers"
    screen = "the same thread" if same else "its own thread"
    axis.set_yticks([_CAMERA, _NETWORK, _SCREEN], ["camera", f"network,\n{worker}", f"screen,\n{screen}"])
    axis.set(xlim=window, ylim=(-0.55, 2.45), xlabel="seconds of the run")
    axis.grid(visible=False)
    title = f"{run.mode}, {place}: in {seconds:g} s {shown} shown, {blocks} processed, {lost} never seen by the network"
    axis.set_title(title, fontsize=10)
    axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8, frameon=False)
    figure.set_label(f"Timeline of camera, network and screen. {title}")
    return figure


def _run_and_place(log: RunLog | SimulatedRun) -> tuple[PipelineRun, str]:
    if isinstance(log, SimulatedRun):
        return log.run, "simulated"
    if log.pipeline is None:
        raise DataError(f"expected a live run; received one of kind {log.kind}; run a pipeline")
    return log.pipeline, f"{log.model.name} ({log.where})"


def _draw_camera(axis: Axes, frames: Frames, window: tuple[float, float]) -> int:
    """A tick for each frame that is processed, a cross for each that is not; returns how many crosses."""
    seen = [capture / _SECOND for capture, end in zip(frames.capture_ns, frames.end_ns, strict=True) if end is not None]
    lost = [capture / _SECOND for capture, end in zip(frames.capture_ns, frames.end_ns, strict=True) if end is None]
    rows = zip(frames.number, frames.capture_ns, strict=True)
    for (number, capture), (later_number, later) in itertools.pairwise(rows):
        # Frames that were never fetched lie evenly between those that were.
        lost += (np.linspace(capture, later, later_number - number + 1)[1:-1] / _SECOND).tolist()
    lost = [moment for moment in lost if window[0] <= moment < window[1]]
    axis.plot(seen, np.full(len(seen), _CAMERA), "|", color=BLUE, ms=12, mew=2.5, label="frame for the network")
    axis.plot(lost, np.full(len(lost), _CAMERA), "x", color=RED, ms=6, mew=1.5, label="frame it never sees")
    return len(lost)


def _draw_network(axis: Axes, run: PipelineRun, window: tuple[float, float]) -> int:
    """A block for each frame that is processed; returns how many of the window have their result in it."""
    frames = run.frames
    rows = zip(frames.start_ns, frames.end_ns, frames.capture_ns, frames.number, strict=True)
    busy = sorted(
        (start / _SECOND, end / _SECOND, capture / _SECOND, number)
        for start, end, capture, number in rows
        if start is not None and end is not None
    )
    height = 0.62 / run.workers
    # Which worker had which frame is not known: each goes to the first that is free.
    free = [-np.inf] * run.workers
    for start, end, capture, number in busy:
        lane = next((lane for lane, moment in enumerate(free) if moment <= start), 0)
        free[lane] = end
        if end <= window[0] or start >= window[1]:
            continue
        bottom = _NETWORK + 0.31 - (lane + 1) * height
        axis.broken_barh([(start, end - start)], (bottom, height), facecolor=BLUE, edgecolor="white", linewidth=1)
        axis.plot([capture, start], [_CAMERA - 0.12, bottom + height], color=GRAY, linewidth=0.8)
        left, right = max(start, window[0]), min(end, window[1])
        if right - left > _NARROW * (window[1] - window[0]):
            axis.text(
                (left + right) / 2,
                bottom + height / 2,
                str(number),
                color="white",
                ha="center",
                va="center",
                fontsize=8,
            )
    return sum(window[0] <= end < window[1] for _, end, _, _ in busy)


def _draw_screen(axis: Axes, frames: Frames, window: tuple[float, float]) -> int:
    """A stripe for as long as a frame stays on the screen; returns how many are shown in the window."""
    shown = sorted(moment / _SECOND for moment in frames.shown_ns if moment is not None)
    for place, (moment, later) in enumerate(_spans(shown, window[1])):
        shade = 0.75 if place % 2 else 0.4
        axis.broken_barh([(moment, later - moment)], (_SCREEN - 0.31, 0.62), facecolor=GREEN, alpha=shade, linewidth=0)
    axis.plot([], [], "s", color=GREEN, alpha=0.6, ms=9, label="one frame on the screen")
    return sum(window[0] <= moment < window[1] for moment in shown)


def _spans(moments: Sequence[float], end: float) -> list[tuple[float, float]]:
    return list(itertools.pairwise([*moments, max(end, *moments)])) if moments else []
