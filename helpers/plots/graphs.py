"""A picture of a network as its file holds it: one box for each layer, one arrow for each value that is handed on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from helpers.coreml.steps import Step
from helpers.plots.style import BLUE, GRAY, GREEN, ORANGE, new_figure

_COLOURS = {"activation": ORANGE, "convolution": BLUE, "innerProduct": BLUE, "pooling": GREEN, "reduceMean": GREEN}
_HALF_WIDTH, _HALF_HEIGHT = 0.44, 0.3


def network_graph(steps: Sequence[Step]) -> Figure:
    """Draw layers from left to right in the order in which they can be computed.

    Args:
        steps: the layers, such as the first ones of a `CoreMLNetwork`; what comes from outside them enters at the left.
    """
    columns = _columns(steps)
    inside: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        inside[columns[step.gives]].append(step)
    places = {
        step.gives: (float(column), (len(there) - 1) / 2 - row)
        for column, there in inside.items()
        for row, step in enumerate(there)
    }
    most = max(len(there) for there in inside.values())
    figure, axes = new_figure(0.98 * len(inside) + 0.4, 0.8 * most + 0.4)
    axis = axes[0][0]
    for step in steps:
        x, y = places[step.gives]
        corner = (x - _HALF_WIDTH, y - _HALF_HEIGHT)
        colour = _COLOURS.get(step.kind, GRAY)
        style = "round,pad=0.02,rounding_size=0.06"
        axis.add_patch(
            FancyBboxPatch(corner, 2 * _HALF_WIDTH, 2 * _HALF_HEIGHT, boxstyle=style, fc="white", ec=colour, lw=1.5)
        )
        axis.text(x, y, f"{step.kind}\n{_shape_in_words(step.shape)}", ha="center", va="center", fontsize=7)
        starts = [places[name] for name in step.reads if name in places] or [(x - 1, y)]
        for start_x, start_y in starts:
            tail, head = (start_x + _HALF_WIDTH, start_y), (x - _HALF_WIDTH, y)
            axis.add_patch(FancyArrowPatch(tail, head, arrowstyle="-|>", mutation_scale=8, color=GRAY, lw=1.2))
    axis.set_xlim(-1, max(inside) + 0.6)
    axis.set_ylim(-most / 2 - 0.1, most / 2 + 0.1)
    axis.axis("off")
    figure.set_label(", then ".join(" beside ".join(step.kind for step in inside[column]) for column in sorted(inside)))
    return figure


def _columns(steps: Sequence[Step]) -> dict[str, int]:
    """For each layer the length of the longest way to it."""
    columns: dict[str, int] = {}
    for step in steps:
        columns[step.gives] = max((columns[name] + 1 for name in step.reads if name in columns), default=0)
    return columns


def _shape_in_words(shape: tuple[int, ...]) -> str:
    return " x ".join(str(size) for size in shape[1:])
