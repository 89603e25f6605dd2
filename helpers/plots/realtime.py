"""Pipelines at work: how smooth and how fast, and whether that was foreseen. The paper's Figs. 7 and 8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter
from numpy.typing import NDArray

from helpers.errors import DataError
from helpers.plots.style import BLUE, GRAY, GREEN, ORANGE, RED, new_figure
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import PipelineRun
from helpers.runs.run_summary import SMOOTH_FPS
from helpers.simulation.prediction import Comparison

# What the paper's text states of its Figs. 7 and 8 (section IV); their bars are known to nobody who has the text only.
_PAPER_SQUEEZENET_ANDROID_FPS = 11
_PAPER_SQUEEZENET_IOS_ABOVE_FPS = 24
_PAPER_MULTI_ANDROID_FPS = 30

_CPU_STYLE: dict[str, Any] = {"facecolor": "white", "edgecolor": GREEN, "hatch": "////"}

# By how much a prediction may be off; the band in `simulated_against_measured`.
_BAND = 0.1


def figure_7(logs: Mapping[str, RunLog]) -> Figure:
    """Fig. 7: single-threaded runs, frames per second on the left, CPU use on the right.

    On one thread, each frame shown was processed: one bar is both. Of the paper, two numbers are stated in its text,
    and only these are drawn: SqueezeNet's 11 on Android, and more than 24 on iOS.

    Args:
        logs: live runs in `single` mode, by title; of each, the place where it was measured stands under its title.

    Raises:
        DataError: there is none, or one is not a live run in this mode.
    """
    runs = _runs(logs, "single")
    figure, axis = _rates_figure(logs, {"FPS and frames processed per second": [_fps(run) for run in runs]}, cpu=True)
    # On the bar of the rates, beside the one of the CPU use.
    places = [place - 0.2 for place, log in enumerate(logs.values()) if log.model.name == "squeezenet"]
    android, ios = _PAPER_SQUEEZENET_ANDROID_FPS, _PAPER_SQUEEZENET_IOS_ABOVE_FPS
    if places:
        heights = np.full(len(places), 1.0)
        axis.plot(
            places,
            android * heights,
            "D",
            color="black",
            ms=6,
            mec="white",
            label=f"the paper, SqueezeNet on Android: {android}",
        )
        axis.plot(
            places,
            ios * heights + 1.5,
            "^",
            color="black",
            ms=8,
            mec="white",
            label=f"the paper, SqueezeNet on iOS: > {ios}",
        )
    _finish(figure, axis, f" The paper states for SqueezeNet {android} on Android and more than {ios} on iOS.")
    return figure


def figure_8(logs: Mapping[str, RunLog]) -> Figure:
    """Fig. 8: multithreaded runs, frames per second and frames processed per second on the left, CPU use on the right.

    Of the paper, the text states one number, and only this is drawn: 30 FPS for all Android apps.

    Args:
        logs: live runs in `multi` mode, by title; of each, the place where it was measured stands under its title.

    Raises:
        DataError: there is none, or one is not a live run in this mode.
    """
    runs = _runs(logs, "multi")
    figure, axis = _rates_figure(logs, _both_rates(runs), cpu=True)
    paper = _PAPER_MULTI_ANDROID_FPS
    axis.axhline(paper, color="black", linestyle=":", linewidth=1.4, label=f"the paper: all Android apps, {paper} FPS")
    _finish(figure, axis, f" The paper states {paper} FPS for all Android apps.")
    return figure


def pipeline_rates(logs: Mapping[str, RunLog]) -> Figure:
    """Figs. 7 and 8 in small: frames per second on the screen and frames processed per second, one pair for each run.

    Where a run was measured stands under its title, so that nobody takes a computer's for a phone's.

    Args:
        logs: live runs of any mode, by title; at least two frames of each were shown.

    Raises:
        DataError: there is none, or one is not a live run.
    """
    figure, axis = _rates_figure(logs, _both_rates(_runs(logs, None)), cpu=False)
    _finish(figure, axis, "")
    return figure


def simulated_against_measured(comparisons: Sequence[Comparison]) -> Figure:
    """Draw predictions over what was measured, with a band of 10 %; those outside of it are named.

    Args:
        comparisons: of `helpers.simulation.prediction.compare`.

    Raises:
        DataError: there is none.
    """
    if not comparisons:
        raise DataError(
            "expected at least one comparison; received none; make them with helpers.simulation.prediction.compare"
        )
    figure, axes = new_figure(7.6, 3.9, ncols=2)
    places = list(dict.fromkeys(each.where for each in comparisons))
    colours = dict(zip(places, (BLUE, ORANGE, GREEN, GRAY, RED), strict=False))
    told = []
    for axis, name in zip(axes[0], ("FPS", "processed/s"), strict=True):
        values = [(each, each.measured[name], each.predicted[name]) for each in comparisons]
        known = [(each, x, y) for each, x, y in values if x and y]
        highest = 1.4 * max((max(x, y) for _, x, y in known), default=1.0)
        lowest = min((min(x, y) for _, x, y in known), default=1.0) / 1.4
        line = np.array([lowest, highest])
        axis.fill_between(line, line * (1 - _BAND), line * (1 + _BAND), color=GRAY, alpha=0.2, label="within 10 %")
        axis.plot(line, line, color=GRAY, linewidth=1)
        for each, x, y in known:
            marker = "s" if each.mode == "single" else "o"
            label = f"{each.where}, {each.mode}"
            shown = f"_{label}" if label in axis.get_legend_handles_labels()[1] else label
            axis.plot(
                x,
                y,
                marker,
                color=colours[each.where],
                mec="white",
                ms=7,
                label=shown,
            )
            if abs(y / x - 1) > _BAND:
                # Towards the middle, where there is room.
                right_half = x * x > lowest * highest
                offset, side = ((-6, -3), "right") if right_half else ((6, -3), "left")
                axis.annotate(each.model, (x, y), offset, textcoords="offset points", ha=side, fontsize=8)
        close = sum(abs(y / x - 1) <= _BAND for _, x, y in known)
        axis.set(xscale="log", yscale="log", xlim=(lowest, highest), ylim=(lowest, highest))
        for scale in (axis.xaxis, axis.yaxis):
            scale.set_major_locator(_round_numbers(lowest, highest))
            scale.set_minor_locator(NullLocator())
            scale.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_xlabel(f"{name}, measured")
        axis.set_ylabel(f"{name}, predicted")
        axis.set_title(f"{close} of {len(known)} within 10 %", fontsize=10)
        told.append(f"{name}: {close} of {len(known)} predictions within 10 % of what was measured")
    axes[0][0].legend(fontsize=8, loc="upper left")
    figure.set_label("Predicted over measured rates. " + "; ".join(told))
    return figure


def _runs(logs: Mapping[str, RunLog], mode: str | None) -> list[PipelineRun]:
    runs = []
    for title, log in logs.items():
        if log.pipeline is None or (mode is not None and log.pipeline.mode != mode):
            received = log.pipeline.mode if log.pipeline else log.kind
            raise DataError(f"expected live runs in {mode or 'any'} mode; received {received} for {title!r}")
        runs.append(log.pipeline)
    if not runs:
        raise DataError("expected at least one run; received none; run a pipeline first")
    return runs


def _fps(run: PipelineRun) -> float:
    return run.display_fps or 0.0


def _both_rates(runs: Sequence[PipelineRun]) -> dict[str, list[float]]:
    return {
        "FPS": [_fps(run) for run in runs],
        "frames processed per second": [run.processed_per_second for run in runs],
    }


def _rates_figure(
    logs: Mapping[str, RunLog], rates: Mapping[str, Sequence[float]], *, cpu: bool
) -> tuple[Figure, Axes]:
    """Bars of rates for each run, and of CPU use on an axis of its own."""
    figure, axes = new_figure(min(2.2 + 1.3 * len(logs), 11.0), 3.9)
    axis = axes[0][0]
    places = np.arange(len(logs))
    bars = len(rates) + cpu
    width = 0.8 / bars
    shifts = (np.arange(bars) - (bars - 1) / 2) * width
    for shift, colour, (name, heights) in zip(shifts, (BLUE, ORANGE), rates.items(), strict=False):
        drawn = axis.bar(places + shift, heights, width=0.94 * width, color=colour, label=name)
        axis.bar_label(drawn, fmt="%.1f", fontsize=_label_size(logs), padding=2)
    axis.axhline(SMOOTH_FPS, color=RED, linestyle="--", linewidth=1.2, label=f"smooth video, {SMOOTH_FPS} FPS")
    axis.set_ylim(0, 1.2 * max(SMOOTH_FPS, *(height for heights in rates.values() for height in heights)))
    axis.set_ylabel("per second")
    axis.grid(axis="x", visible=False)
    slanted: dict[str, Any] = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"} if len(logs) > 6 else {}
    axis.set_xticks(places, [f"{title}\n({log.where})" for title, log in logs.items()], fontsize=8, **slanted)
    told = [
        f"{title} ({log.where}): " + ", ".join(f"{heights[place]:.1f} {name}" for name, heights in rates.items())
        for place, (title, log) in enumerate(logs.items())
    ]
    if cpu:
        percents = [log.resources.cpu_percent for log in logs.values()]
        words = ["unknown" if percent is None else f"{percent:.0f} %" for percent in percents]
        heights = [percent or 0.0 for percent in percents]
        _draw_cpu(axis, places + shifts[-1], heights, words, 0.94 * width, _label_size(logs))
        told = [f"{text}, CPU {word}" for text, word in zip(told, words, strict=True)]
    figure.set_label("; ".join(told))
    return figure, axis


def _draw_cpu(
    axis: Axes, places: NDArray[np.float64], heights: Sequence[float], words: Sequence[str], width: float, size: float
) -> None:
    """Bars in percent on an axis of their own, at the right."""
    right = axis.twinx()
    right.bar_label(
        right.bar(places, heights, width=width, **_CPU_STYLE),
        [word.removesuffix(" %") for word in words],
        fontsize=size,
        padding=2,
        color=GREEN,
    )
    right.set_ylim(0, 120)
    right.set_yticks(range(0, 101, 20))
    right.grid(visible=False)
    right.set_ylabel("CPU use (%)", color=GREEN)
    # For the legend, which belongs to the other axis.
    axis.bar([0], [0], label="CPU use, right axis", **_CPU_STYLE)


def _label_size(logs: Mapping[str, RunLog]) -> float:
    """Points; many runs stand close."""
    return 7.5 if len(logs) <= 6 else 6.5


def _finish(figure: Figure, axis: Axes, more: str) -> None:
    """Put the legend above, where it covers nothing, and end the alternative text."""
    columns = 3 if figure.get_figwidth() > 6 else 2
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=columns, fontsize=8, frameon=False)
    figure.set_label(f"{figure.get_label()}.{more}" if more else figure.get_label())


def _round_numbers(lowest: float, highest: float) -> FixedLocator:
    """Ticks at 1, 2 and 5 times powers of ten."""
    powers = range(int(np.floor(np.log10(lowest))), int(np.ceil(np.log10(highest))) + 1)
    ticks = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    return FixedLocator([tick for tick in ticks if lowest <= tick <= highest])
