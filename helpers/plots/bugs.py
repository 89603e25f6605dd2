"""The zoo of preprocessing bugs, drawn as the network sees it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.plots.style import new_figure


def bug_zoo(views: Mapping[str, NDArray[np.uint8]], columns: int = 5) -> Figure:
    """Draw what a network takes one photo for, once for each mistake, in rows.

    Args:
        views: uint8 (height, width, 3), or (height, width, 1) where the network reads gray, by the mistakes' titles;
            the first is the right one. `helpers.preprocess_bugs.bug_views` makes them.
        columns: how many pictures stand in a row.
    """
    rows = -(-len(views) // columns)
    figure, axes = new_figure(1.75 * columns, 2.2 * rows, nrows=rows, ncols=columns)
    figure.set_label("One photo as the network sees it: " + "; ".join(views))
    cells = [axis for row in axes for axis in row]
    for axis in cells:
        axis.axis("off")
    for axis, (title, view) in zip(cells, views.items(), strict=False):
        axis.imshow(view.squeeze(), cmap="gray", vmin=0, vmax=255)
        axis.set_title(_two_lines(title), fontsize=8)
    return figure


def _two_lines(title: str) -> str:
    """Break a title at the space next to its middle, where it is longer than a picture is wide."""
    spaces = [at for at, letter in enumerate(title) if letter == " "]
    if len(title) <= 24 or not spaces:
        return title
    middle = min(spaces, key=lambda at: abs(at - len(title) / 2))
    return f"{title[:middle]}\n{title[middle + 1 :]}"
