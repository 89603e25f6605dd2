"""A choice of models, drawn: the Pareto front, and what the ledger says of each section."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.errors import DataError
from helpers.plots.measurements import AREA_PER_MEGABYTE, name_bubbles
from helpers.plots.style import BLUE, GRAY, GREEN, ORANGE, RED, new_figure

# What the horizontal axis can show: its label, and by what the column is divided.
_AXES = {
    "processed_per_second": ("frames processed per second ({})", 1.0),
    "flops": ("FLOPs (billions)", 1e9),
}
_STATUS_COLOURS = {
    "reproduced": GREEN,
    "deviates": ORANGE,
    "not measurable here": GRAY,
    "cited": BLUE,
    "paper in error": RED,
}


def pareto(
    table: pd.DataFrame,
    front: pd.DataFrame,
    x: Literal["processed_per_second", "flops"] = "processed_per_second",
    size: str = "megabytes_tflite",
    title: str = "",
) -> Figure:
    """Draw candidates by accuracy and cost; those on the Pareto front are filled.

    Candidates of which one of the three numbers is unknown are named below the axis, not left out in silence.

    Args:
        table: a row for each candidate; columns title, accuracy (%), accuracy_source, the one for `x`, the one for
            `size`, and where, if there are rates in it.
        front: from `helpers.choice.pareto_front`, of this table.
        x: what the horizontal axis shows.
        size: the column of the file size in 10^6 bytes, the area of a circle.
        title: what must be said of all of them.

    Raises:
        DataError: the two tables are of different candidates, there is nothing to draw, or another `x`.
    """
    if x not in _AXES or not table.index.equals(front.index):
        raise DataError(f"expected x to be one of {', '.join(_AXES)}, and the front of this table; received {x!r}")
    drawn = np.isfinite(table[["accuracy", x, size]].to_numpy(float)).all(axis=1)
    if not drawn.any():
        raise DataError(f"expected a candidate with known accuracy, {x} and {size}; received none; measure one")
    label, unit = _AXES[x]
    shown, on_front = table[drawn], front.loc[drawn, "status"] == "front"
    figure, axes = new_figure(7.6, 4.8)
    axis = axes[0][0]
    rows = [
        (str(row["title"]), float(row[x]) / unit, float(row["accuracy"]), float(row[size]))
        for _, row in shown.iterrows()
    ]
    groups = ((on_front, BLUE, "on the Pareto front"), (~on_front, "none", "not on it"))
    for chosen, face, meaning in groups:
        part = [row for row, is_chosen in zip(rows, chosen, strict=True) if is_chosen]
        if part:
            _, across, up, megabytes = zip(*part, strict=True)
            areas = AREA_PER_MEGABYTE * np.array(megabytes)
            edge = BLUE if face == BLUE else GRAY
            axis.scatter(across, up, s=areas, facecolor=face, edgecolor=edge, alpha=0.6, linewidth=1.5)
            axis.scatter([], [], s=60, facecolor=face, edgecolor=edge, alpha=0.6, label=meaning)
    largest = max(across for _, across, _, _ in rows)
    # Room for the names on both sides.
    axis.set_xlim(-0.12 * largest, 1.2 * largest)
    low, high = min(up for _, _, up, _ in rows), max(up for _, _, up, _ in rows)
    margin = 0.15 * (high - low) + 1
    axis.set_ylim(low - margin, high + margin)
    places = ", ".join(sorted({str(each) for each in shown["where"]})) if "where" in shown else ""
    left_out = ", ".join(str(each) for each in table.loc[~drawn, "title"])
    axis.set_xlabel(label.format(places) + (f"\nnot drawn, something is unknown: {left_out}" if left_out else ""))
    axis.set_ylabel(f"accuracy (%): {'; '.join(sorted({str(each) for each in shown['accuracy_source']}))}", fontsize=8)
    axis.set_title(title, fontsize=10)
    axis.legend(loc="lower left", fontsize=8)
    figure.set_label(
        f"Accuracy over {label.format(places)}, circles as large as the files: "
        + "; ".join(
            f"{name} {across:.3g}, {up:.4g} %, {megabytes:.3g} MB{', on the Pareto front' if is_front else ''}"
            for (name, across, up, megabytes), is_front in zip(rows, on_front, strict=True)
        )
        + (f". Not drawn, since something is unknown: {left_out}" if left_out else "")
    )
    name_bubbles(figure, axis, rows)
    return figure


def ledger_bars(counts: pd.DataFrame) -> Figure:
    """Draw how many claims of each section have which status.

    Args:
        counts: from `helpers.ledger_table.ledger_counts`.
    """
    sections = counts.drop(index="all", columns="all")
    figure, axes = new_figure(7.6, 0.3 * len(sections) + 1.4)
    axis = axes[0][0]
    left = np.zeros(len(sections))
    for status in sections.columns:
        values = sections[status].to_numpy(float)
        axis.barh(range(len(sections)), values, left=left, color=_STATUS_COLOURS[status], label=status)
        left += values
    axis.set_yticks(range(len(sections)), sections.index)
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
    axis.set_xlabel("rows of the ledger")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5, fontsize=8, frameon=False)
    figure.set_label(
        "Rows of the ledger by section: "
        + "; ".join(
            f"{section}: " + ", ".join(f"{count} {status}" for status, count in row.items() if count)
            for section, row in sections.iterrows()
        )
    )
    return figure
