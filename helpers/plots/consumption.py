"""What a frame costs, and what the engine's own threads do, drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.consumption import LEAST_MODELS, proportionality
from helpers.plots.style import BLUE, GRAY, GREEN, ORANGE, RED, new_figure

_COLOURS = (BLUE, ORANGE, GREEN, RED, GRAY)
_MARKERS = ("o", "D", "s", "^", "X")


def cpu_against_flops(table: pd.DataFrame, unit: str = "CPU") -> Figure:
    """Seconds of a processor for one frame over FLOPs, both logarithmic; a dashed line is what proportional would be.

    The legend has each engine's fit: the exponent with which the seconds grow, 1 where they are proportional.

    Args:
        table: rows of `helpers.consumption.cpu_seconds_per_frame`, or of `gpu_seconds_per_frame`; rows without seconds
            are left out.
        unit: which processor, `CPU` or `GPU`.
    """
    known = table[table["seconds_per_frame"] > 0]
    figure, axes = new_figure(7.2, 4.4)
    axis = axes[0][0]
    alts = []
    for number, ((where, engine), rows) in enumerate(known.groupby(["where", "engine"], sort=False)):
        colour, marker = _COLOURS[number % len(_COLOURS)], _MARKERS[number % len(_MARKERS)]
        x, y = rows["gflops"].to_numpy(float), 1000 * rows["seconds_per_frame"].to_numpy(float)
        fitted = rows["model"].nunique() >= LEAST_MODELS
        label = f"{engine} ({where})" + (f", like FLOPs^{proportionality(rows).exponent:.2f}" if fitted else "")
        axis.plot(x, y, marker, color=colour, ms=7, mec="white", mew=0.6, label=label, zorder=3)
        # One price for all: the geometric mean of the prices, so that no model weighs more than another.
        price = float(np.exp(np.mean(np.log(y / x))))
        ends = np.array([x.min() / 1.5, x.max() * 1.5])
        axis.plot(ends, price * ends, "--", color=colour, lw=1.1, zorder=2)
        costs = rows.groupby("model", sort=False)["seconds_per_frame"].median()
        listed = ", ".join(f"{model} {1000 * seconds:.3g}" for model, seconds in costs.items())
        alts.append(f"{label} in ms: {listed}")
    for model, gflops in known.groupby("model", sort=False)["gflops"].first().items():
        axis.annotate(
            str(model),
            (gflops, 1.01),
            xycoords=("data", "axes fraction"),
            rotation=35,
            ha="left",
            va="bottom",
            fontsize=8,
            color=GRAY,
        )
        axis.axvline(gflops, color=GRAY, lw=0.5, alpha=0.4, zorder=1)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("FLOPs for one image (billions)")
    axis.set_ylabel(f"{unit} time for one frame (ms)")
    if len(known):
        axis.legend(fontsize=8, loc="upper left", title="dashed: one price for each operation", title_fontsize=8)
    figure.set_label(f"{unit} time for one frame over FLOPs. " + ("; ".join(alts) or "no run with a known time"))
    return figure


def engine_threads_chart(table: pd.DataFrame) -> Figure:
    """Latency and cores at work over the engine's threads.

    Args:
        table: as `helpers.engine_threads.engine_threads` gives it.
    """
    known = table.dropna(subset=["threads"])
    figure, axes = new_figure(7.6, 3.0, ncols=2)
    left, right = axes[0]
    alts = []
    for number, ((where, engine), rows) in enumerate(known.groupby(["where", "engine"], sort=False)):
        threads = rows["threads"].to_numpy(int)
        for axis, column in ((left, "median_ms"), (right, "cores_busy")):
            values = rows[column].to_numpy(float)
            axis.plot(threads, values, color=_COLOURS[number], marker=_MARKERS[number], label=f"{engine} ({where})")
        alts += [
            f"{engine} ({where}), {row.threads} threads: {row.median_ms:.1f} ms, {row.cores_busy:.2f} cores busy"
            for row in rows.itertuples()
        ]
    cores = int(known["cores"].max())
    right.axhline(cores, color=RED, ls="--", lw=1.2, label=f"all {cores} cores")
    left.set_ylabel("median invocation (ms)")
    right.set_ylabel("cores busy")
    for axis in (left, right):
        axis.set_xlabel("threads inside the engine")
        axis.set_xticks(sorted({int(count) for count in known["threads"]}))
        axis.set_ylim(bottom=0)
    right.legend(fontsize=8, loc="lower right")
    figure.set_label("; ".join(alts))
    return figure
