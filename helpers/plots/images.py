"""Pictures beside what a network makes of them: digits, feature maps, the five most probable classes."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from helpers.plots.style import BLUE, new_figure


def digit_grid(images: NDArray[np.uint8], titles: Sequence[str], columns: int = 10) -> Figure:
    """Draw digits in rows, each under its title.

    Args:
        images: uint8 (n, 28, 28, 1).
        titles: n short texts.
        columns: how many digits stand in a row.
    """
    rows = -(-len(images) // columns)
    figure, axes = new_figure(0.9 * columns, 1.15 * rows + 0.1, nrows=rows, ncols=columns)
    cells = [axis for row in axes for axis in row]
    for axis in cells:
        axis.axis("off")
    for axis, image, title in zip(cells, images, titles, strict=False):
        axis.imshow(image[..., 0], cmap="gray_r", vmin=0, vmax=255)
        axis.set_title(title, fontsize=8)
    return figure


def screenshots(screens: Mapping[str, Path], columns: int = 4) -> Figure:
    """Draw the screens of an app in rows, each under its title.

    Args:
        screens: the picture files, by title.
        columns: how many screens stand in a row.
    """
    rows = -(-len(screens) // columns)
    figure, axes = new_figure(2.1 * columns, 3.65 * rows, nrows=rows, ncols=columns)
    cells = [axis for row in axes for axis in row]
    for axis in cells:
        axis.axis("off")
    for axis, (title, path) in zip(cells, screens.items(), strict=False):
        with Image.open(path) as picture:
            axis.imshow(np.asarray(picture.convert("RGB")), interpolation="antialiased")
        axis.set_title(title, fontsize=9)
    return figure


def feature_maps(
    maps: NDArray[np.float32], title: str, columns: int = 8, photo: NDArray[np.uint8] | None = None
) -> Figure:
    """Draw the feature maps of one image, each on its own scale from dark (low) to bright (high).

    Args:
        maps: float32 (height, width, channels).
        title: what they are.
        columns: how many maps stand in a row.
        photo: the image itself, uint8 (height, width, 3), to be shown to the left of its maps.
    """
    rows = -(-maps.shape[-1] // columns)
    # The photo is as wide as three maps, where there are as many rows of them.
    span = 0 if photo is None else min(rows, 3)
    sns.set_theme(style="white", font_scale=0.9)
    figure = plt.figure(figsize=(0.85 * (columns + span), 0.9 * rows + 0.3), layout="constrained")
    grid = figure.add_gridspec(rows, columns + span)
    if photo is not None:
        axis = figure.add_subplot(grid[:, :span])
        axis.imshow(photo)
        axis.axis("off")
    # Few colours for the maps leave more of those of a shown picture to the photo.
    colours = plt.get_cmap("viridis", 48)
    for channel in range(maps.shape[-1]):
        axis = figure.add_subplot(grid[channel // columns, span + channel % columns])
        axis.imshow(maps[..., channel], cmap=colours)
        axis.axis("off")
    figure.suptitle(title, fontsize=10)
    return figure


def top_5_bars(
    photo: NDArray[np.uint8], names: Sequence[str], probabilities: NDArray[np.float32], title: str
) -> Figure:
    """Draw a photo, and beside it its five most probable classes as bars.

    Args:
        photo: uint8 (height, width, 3).
        names: the class names.
        probabilities: float (classes,), in the order of the names.
        title: whose answer this is; of an untrained model, that it is untrained.
    """
    # A stable sort breaks ties by class number, as helpers.accuracy does.
    top = np.argsort(-np.asarray(probabilities), kind="stable")[:5]
    percents = [100 * float(probabilities[number]) for number in top]
    texts = [_percent(percent) for percent in percents]
    sns.set_theme(style="white", font_scale=0.9)
    figure = plt.figure(figsize=(8.6, 2.9), layout="constrained")
    figure.set_label(f"{title}: " + ", ".join(f"{names[n]} {text}" for n, text in zip(top, texts, strict=True)))
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
    left.imshow(photo)
    left.axis("off")
    rows = range(len(top))
    right.barh(rows, percents, color=BLUE, height=0.6)
    for row, percent, text in zip(rows, percents, texts, strict=True):
        right.text(percent + 1.5, row, text, va="center", fontsize=9)
    right.set_yticks(rows, ["\n".join(textwrap.wrap(names[n], 24, max_lines=2, placeholder=" ...")) for n in top])
    right.invert_yaxis()
    right.set_xlim(0, 118)
    right.set_xticks(range(0, 101, 25))
    right.set_xlabel("probability (%)")
    right.set_title(title, fontsize=10)
    sns.despine(ax=right)
    return figure


def _percent(percent: float) -> str:
    return "< 0.1 %" if percent < 0.05 else f"{percent:.1f} %"
