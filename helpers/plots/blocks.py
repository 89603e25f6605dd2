"""The building blocks of networks, drawn as boxes and paths."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from helpers.plots.style import BLUE, GRAY, RED

if TYPE_CHECKING:
    from helpers.architecture import Block, Step

# What happens where the paths of a building block meet; after a lone path, nothing.
_JOINED = {"Add": "added: ", "Concatenate": "side by side:\n"}


def building_blocks(blocks: Mapping[str, Block]) -> Figure:
    """Draw parts of networks side by side: a column for each path, a box for each layer, and how the paths meet.

    Args:
        blocks: the parts, by their titles; `helpers.architecture.find_block` reads them off a network.
    """
    # A shortcut is a curve beside the other paths, and needs less room than a column of boxes.
    widths = [sum(1.0 if path else 0.6 for path in block.paths) + 0.3 for block in blocks.values()]
    rows = max(len(path) for block in blocks.values() for path in block.paths) + 2
    sns.set_theme(style="white")
    figure = plt.figure(figsize=(0.84 * sum(widths), 0.74 * rows + 0.4), layout="constrained")
    axes = figure.subplots(1, len(blocks), squeeze=False, width_ratios=widths)[0]
    alts = []
    for axis, (title, block), width in zip(axes, blocks.items(), widths, strict=True):
        _draw_block(axis, block)
        axis.set_title(title, fontsize=9.5)
        axis.set_xlim(-0.65, width - 0.65)
        axis.set_ylim(0.55 - rows, 0.45)
        axis.axis("off")
        alts.append(f"{title}: {_in_words(block)}.".replace("\n", " "))
    figure.set_label(" ".join(alts))
    return figure


def _in_words(block: Block) -> str:
    paths = (", ".join(f"{step.kernel} to {step.filters}" for step in path) or "shortcut" for path in block.paths)
    joined = _JOINED.get(block.joined, "")
    return f"{block.channels} channels; {'; beside it '.join(paths)}; {joined}{block.filters} channels"


def _draw_block(axis: Axes, block: Block) -> None:
    """Draw a block from the top down; a layer that several paths pass is drawn once."""
    paths = [path for path in block.paths if path]
    half_width, half_height = 0.43, 0.31
    middle, last = (len(paths) - 1) / 2, -1.0 - max(map(len, paths))
    top, bottom = (middle, 0.0), (middle, last)
    columns: dict[Step, list[int]] = {}
    for column, path in enumerate(paths):
        for step in path:
            columns.setdefault(step, []).append(column)
    places = {step: (float(np.mean(columns[step])), -1.0 - row) for path in paths for row, step in enumerate(path)}
    boxes = [
        (top, f"{block.channels}\nchannels", "white"),
        (bottom, f"{_JOINED.get(block.joined, '')}{block.filters}\nchannels", "white"),
        *((place, f"{step.kernel}\n{step.filters}".replace(" ", "\n"), _tint(step)) for step, place in places.items()),
    ]
    style = "round,pad=0,rounding_size=0.08"
    for (x, y), text, colour in boxes:
        corner = (x - half_width, y - half_height)
        axis.add_patch(FancyBboxPatch(corner, 2 * half_width, 2 * half_height, boxstyle=style, fc=colour, ec=GRAY))
        axis.text(x, y, text, ha="center", va="center", fontsize=7.5, linespacing=1.05)
    routes = [[top, *(places[step] for step in path)] for path in paths]
    arrow = {"arrowstyle": "-|>", "lw": 1.2, "shrinkA": 0, "shrinkB": 0}
    for start, end in dict.fromkeys(pair for route in routes for pair in pairwise(route)):
        tail, head = (start[0], start[1] - half_height), (end[0], end[1] + half_height)
        axis.annotate("", head, tail, arrowprops={**arrow, "color": BLUE})
    # A short path goes straight down beside the longer ones first, so that no arrow crosses a box.
    for x, y in (places[path[-1]] for path in paths):
        level = last + 1 - half_height
        axis.plot([x, x], [y - half_height, level], color=BLUE, lw=1.2)
        axis.annotate("", (middle, last + half_height), (x, level), arrowprops={**arrow, "color": BLUE})
    if len(paths) < len(block.paths):
        side = middle + half_width
        axis.plot([side, side + 0.4, side + 0.4], [0, 0, last], color=RED, lw=1.6, ls="--")
        axis.annotate("", (side, last), (side + 0.4, last), arrowprops={**arrow, "color": RED, "lw": 1.6})


def _tint(step: Step) -> str:
    """A pale colour for the kind of layer; the kernel's size stands in its box as well."""
    return {"1x1": "#d6e8f5", "pool": "#ededed"}.get(step.kernel, "#fbe7c2")
