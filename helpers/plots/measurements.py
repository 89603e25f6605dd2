"""What was measured, drawn: training, accuracy, cost, agreement."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from helpers.accuracy import Accuracy
from helpers.plots.style import BLUE, ORANGE, RED, new_figure

# Circles for files: their area in square points for a megabyte, and the sizes that Fig. 5's legend shows.
AREA_PER_MEGABYTE = 14.0
_LEGEND_MEGABYTES = (5, 25, 100)


def figure_5(points: pd.DataFrame, title: str = "") -> Figure:
    """Fig. 5: accuracy and cost of the ImageNet networks; the area of a circle is the size of the file.

    Args:
        points: a row for each model; columns title, gflops (10^9 floating-point operations for an image), top5 (the
            top-5 accuracy in %, the paper's), megabytes.
        title: what must be said of all of them.
    """
    rows = list(zip(points["title"], points["gflops"], points["top5"], points["megabytes"], strict=True))
    figure, axes = new_figure(7.6, 4.6)
    axis = axes[0][0]
    figure.set_label(
        "The paper's top-5 accuracies over billions of floating-point operations, circles as large as the files: "
        + "; ".join(f"{title} {gflops:.1f} B, {top5:.1f} %, {size:.0f} MB" for title, gflops, top5, size in rows)
    )
    areas = AREA_PER_MEGABYTE * points["megabytes"]
    axis.scatter(points["gflops"], points["top5"], s=areas, color=BLUE, alpha=0.6, edgecolor=BLUE)
    axis.set_xlim(0, 1.15 * points["gflops"].max())
    axis.set_ylim(points["top5"].min() - 2.5, points["top5"].max() + 2.5)
    axis.set_xlabel("FLOPs (billions), measured here")
    axis.set_ylabel("top-5 accuracy (%), the paper's")
    axis.set_title(title, fontsize=10)
    for megabytes in _LEGEND_MEGABYTES:
        area = AREA_PER_MEGABYTE * megabytes
        axis.scatter([], [], s=area, color=BLUE, alpha=0.6, edgecolor=BLUE, label=f"{megabytes} MB")
    axis.legend(loc="lower right", title="size of the file", labelspacing=2.2, borderpad=1.5, handletextpad=2)
    name_bubbles(figure, axis, rows)
    return figure


def name_bubbles(figure: Figure, axis: Axes, rows: Sequence[tuple[str, float, float, float]]) -> None:
    """Write name and size beside each circle, on the first of its four sides where they cover nothing else.

    Args:
        figure: the figure.
        axis: its axes, with circles of `AREA_PER_MEGABYTE`.
        rows: for each circle its name, its two coordinates, and the size in 10^6 bytes.
    """
    figure.draw_without_rendering()
    point = figure.dpi / 72
    taken = []
    for _, gflops, top5, megabytes in rows:
        x, y = axis.transData.transform((gflops, top5))
        radius = point * np.sqrt(AREA_PER_MEGABYTE * megabytes / np.pi)
        taken.append(Bbox.from_extents(x - radius, y - radius, x + radius, y + radius))
    legend = axis.get_legend()
    if legend is not None:
        taken.append(legend.get_window_extent())
    for title, gflops, top5, megabytes in rows:
        away = np.sqrt(AREA_PER_MEGABYTE * megabytes / np.pi) + 4
        sides = (
            ((away, 0), "left", "center"),
            ((0, -away), "center", "top"),
            ((0, away), "center", "bottom"),
            ((-away, 0), "right", "center"),
        )
        for offset, horizontal, vertical in sides:
            text = axis.annotate(
                f"{title}\n{megabytes:.0f} MB",
                (gflops, top5),
                offset,
                textcoords="offset points",
                ha=horizontal,
                va=vertical,
                fontsize=9,
            )
            box = text.get_window_extent()
            inside = axis.bbox.x0 < box.x0 and box.x1 < axis.bbox.x1 and axis.bbox.y0 < box.y0 < box.y1 < axis.bbox.y1
            if (inside and not any(box.overlaps(other) for other in taken)) or offset == sides[-1][0]:
                taken.append(box)
                break
            text.remove()


def parity_chart(table: pd.DataFrame) -> Figure:
    """Draw how far each model's files are from their reference, and the negative controls, beside the tolerance.

    Args:
        table: a row for each file or control; columns model, what, kind (`file` or `control`), precision, difference
            (the largest of the log-probabilities), tolerance; see `helpers.parity.parity_table`.
    """
    models = list(dict.fromkeys(table["model"]))
    figure, axes = new_figure(7.6, 0.55 * len(models) + 1.5)
    axis = axes[0][0]
    positive = pd.concat([table["difference"], table["tolerance"]]).loc[lambda values: values > 0]
    # A logarithmic axis has no zero: what does not differ at all stands at its left edge.
    edge = 10.0 ** np.floor(np.log10(positive.min()) - 1)
    axis.set_xscale("log")
    alts = []
    for row, model in enumerate(models):
        mine = table[table["model"] == model]
        for precision, line in (("float32", "-"), ("float16", ":")):
            tolerances = mine.loc[mine["precision"] == precision, "tolerance"]
            if len(tolerances):
                label = f"tolerance, {precision}"
                axis.vlines(
                    tolerances.iloc[0], row - 0.36, row + 0.36, color="black", lw=2, ls=line, label=_once(axis, label)
                )
                alts.append(f"{model}: {label} {tolerances.iloc[0]:.0e}")
        for kind, precisions, marker, colour, label in _PARITY_MARKS:
            chosen = (mine["kind"] == kind) & mine["precision"].isin(precisions)
            differences = mine.loc[chosen, "difference"].to_numpy(float)
            # Side by side in height, so that equal differences do not hide each other.
            heights = row + np.linspace(-0.2, 0.2, len(differences)) if len(differences) > 1 else [row]
            if len(differences):
                axis.plot(
                    np.maximum(differences, edge),
                    heights,
                    marker,
                    color=colour,
                    ms=7,
                    mec="white",
                    mew=0.6,
                    clip_on=False,
                    zorder=3,
                    label=_once(axis, label),
                )
                worst = differences.max() if kind == "file" else differences.min()
                word = "at most" if kind == "file" else "at least"
                counted = label if len(differences) > 1 else label.replace("files", "file").removesuffix("s")
                alts.append(f"{len(differences)} {counted} {word} {worst:.0e}")
    figure.set_label("Largest differences of log-probabilities. " + ", ".join(alts))
    axis.set_yticks(range(len(models)), models)
    axis.set_ylim(len(models) - 0.5, -0.5)
    axis.set_xlim(left=edge)
    axis.grid(axis="y", visible=False)
    zeros = bool((table["difference"] <= 0).any())
    axis.set_xlabel("largest difference of any log-probability" + ("; none at all: at the left edge" if zeros else ""))
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, fontsize=9, frameon=False)
    return figure


# Kind, precisions, marker, colour and label of the points.
_PARITY_MARKS = (
    ("file", ("float32",), "o", BLUE, "files, float32"),
    ("file", ("float16",), "D", ORANGE, "files, float16"),
    ("control", ("float32", "float16"), "X", RED, "negative controls"),
)


def _once(axis: Axes, label: str) -> str:
    """A label for the legend, where it does not stand there yet."""
    return f"_{label}" if label in axis.get_legend_handles_labels()[1] else label


def learning_curve(epochs: pd.DataFrame) -> Figure:
    """Draw a training log: the loss and the learning rate over the epochs; columns epoch, loss, learning_rate."""
    figure, axes = new_figure(7.5, 2.8, ncols=2)
    for axis, column, colour in zip(axes[0], ("loss", "learning_rate"), (BLUE, ORANGE), strict=True):
        axis.plot(epochs["epoch"], epochs[column], color=colour)
        axis.set_xlabel("epoch")
        axis.set_title(column.replace("_", " "), fontsize=10)
    axes[0][0].set_yscale("log")
    return figure


def confusion_matrix(counts: NDArray[np.int64], labels: Sequence[str]) -> Figure:
    """Draw how often each digit was taken for each; the diagonal, all that is right, is left blank.

    Args:
        counts: int64 (classes, classes), rows are true classes.
        labels: the class names.
    """
    sns.set_theme(style="white", font_scale=0.9)
    figure, axis = plt.subplots(figsize=(5.2, 4.4), layout="constrained")
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    sns.heatmap(
        wrong,
        annot=np.where(wrong > 0, wrong.astype(str), ""),
        fmt="",
        cmap="Oranges",
        xticklabels=list(labels),
        yticklabels=list(labels),
        cbar=False,
        square=True,
        linewidths=0.5,
        ax=axis,
    )
    axis.set_xlabel("answer")
    axis.set_ylabel("digit")
    return figure


def accuracy_intervals(results: dict[str, Accuracy], paper_percent: float) -> Figure:
    """Draw each engine's accuracy with its Wilson interval, and the paper's as a line."""
    figure, axes = new_figure(7.0, 0.45 * len(results) + 1.2)
    axis = axes[0][0]
    for row, accuracy in enumerate(results.values()):
        low, high = accuracy.interval
        axis.plot([low, high], [row, row], color=BLUE, lw=3, alpha=0.5)
        axis.plot(accuracy.percent, row, "o", color=BLUE)
    axis.axvline(paper_percent, color=RED, ls="--", label=f"the paper: {paper_percent} %")
    axis.set_yticks(range(len(results)), list(results))
    axis.invert_yaxis()
    axis.set_xlabel("top-1 accuracy on the 10,000 test digits (%), with 95 % Wilson interval")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=8, frameon=False)
    return figure
