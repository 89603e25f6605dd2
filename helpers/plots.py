"""The figures of the notebooks: drawn in one style, shown with alternative text, small enough to be stored.

Figs. 1-3 are reconstructions: the paper's text was at hand, its pictures were not. So is Fig. 5, from numbers measured
here and those of Table II.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Image as ShownImage
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from PIL import Image

from helpers.accuracy import Accuracy

if TYPE_CHECKING:
    from helpers.architecture import Block, Step

# Okabe and Ito's palette, which readers with any kind of colour vision can tell apart; its vermilion is made redder,
# because the paper speaks of a red path.
BLUE, ORANGE, GREEN, RED, GRAY = "#0072B2", "#E69F00", "#009E73", "#C1272D", "#666666"
_DPI = 100
_COLOURS = 128

Box = tuple[float, float, str]
Arrow = tuple[str, str, str]

# Fig. 5's circles: their area in square points for a megabyte, and the sizes that its legend shows.
_AREA_PER_MEGABYTE = 14.0
_LEGEND_MEGABYTES = (5, 25, 100)

# What happens where the paths of a building block meet; after a lone path, nothing.
_JOINED = {"Add": "added: ", "Concatenate": "side by side:\n"}


def show(figure: Figure, alt: str = "") -> ShownImage:
    """Turn a figure into a small picture for a notebook, and close it.

    Args:
        figure: the figure.
        alt: what the picture shows, for readers who do not see it; a figure that is always the same brings its own.

    Returns:
        A PNG picture, which a notebook displays when it is a cell's last value.
    """
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=_DPI, bbox_inches="tight", facecolor="white")
    plt.close(figure)
    # A palette makes the stored notebooks several times smaller, and nothing in these figures needs more colours.
    small = io.BytesIO()
    with Image.open(drawn) as picture:
        picture.convert("RGB").quantize(_COLOURS).save(small, format="png", optimize=True)
    return ShownImage(data=small.getvalue(), alt=alt or figure.get_label())  # type: ignore[no-untyped-call]


def new_figure(width: float, height: float, nrows: int = 1, ncols: int = 1) -> tuple[Figure, list[list[Axes]]]:
    """A figure of a size in inches, and its axes, row by row."""
    sns.set_theme(style="whitegrid", font_scale=0.9)
    figure, axes = plt.subplots(nrows, ncols, squeeze=False, figsize=(width, height), layout="constrained")
    return figure, axes.tolist()


def figure_1() -> Figure:
    """Fig. 1, reconstructed: tools and paths from training to the two phones."""
    boxes = {
        "other": (0.0, 1.5, "other libraries\nCaffe, PyTorch, CNTK"),
        "keras": (2.2, 2.5, "Keras\n.h5"),
        "tf": (2.2, 0.5, "TensorFlow\nsession graph"),
        "coremltools": (4.5, 2.5, "CoreMLTools"),
        "tfcoreml": (4.5, 1.5, "tf-coreml"),
        "freeze": (4.5, 0.5, "graph_util, graph_io\n.pb"),
        "coreml": (6.7, 2.5, "Core ML\n.mlmodel"),
        "mobile": (6.7, 0.5, "TensorFlow\nfor Mobile"),
        "ios": (8.8, 2.5, "iOS app\nSwift, Xcode"),
        "android": (8.8, 0.5, "Android app\nJava, Android Studio"),
    }
    arrows = [
        ("other", "keras", GRAY),
        ("other", "tf", GRAY),
        ("other", "coremltools", GRAY),
        ("keras", "coremltools", BLUE),
        ("coremltools", "coreml", BLUE),
        ("coreml", "ios", BLUE),
        ("coreml", "ios", RED),
        ("keras", "tf", BLUE),
        ("tf", "freeze", BLUE),
        ("tf", "freeze", RED),
        ("freeze", "mobile", BLUE),
        ("freeze", "mobile", RED),
        ("mobile", "android", BLUE),
        ("mobile", "android", RED),
        ("freeze", "tfcoreml", RED),
        ("tfcoreml", "coreml", RED),
    ]
    alt = (
        "Keras leads over CoreMLTools to Core ML and the iOS app, and over the TensorFlow graph and a .pb "
        "file to TensorFlow for Mobile and the Android app. TensorFlow leads to the same .pb file and over "
        "tf-coreml to Core ML."
    )
    figure = _flow(boxes, arrows, (10.6, 3.9), alt)
    axis = figure.axes[0]
    axis.plot([], [], color=BLUE, label="Keras first")
    axis.plot([], [], color=RED, linestyle="--", label="TensorFlow first")
    axis.plot([], [], color=GRAY, label="converted from elsewhere")
    axis.legend(loc="lower center", ncols=3, bbox_to_anchor=(0.5, -0.14), frameon=False)
    return figure


def figure_2() -> Figure:
    """Fig. 2, reconstructed: from a trained Keras model to Android and iOS."""
    boxes = {
        "train": (0.0, 1.0, "train, or take\na trained model"),
        "h5": (2.2, 1.0, "save as .h5"),
        "session": (4.4, 0.0, "get the session\nfrom the backend"),
        "constants": (6.6, 0.0, "variables to\nconstants"),
        "pb": (8.8, 0.0, "write .pb"),
        "load": (4.4, 2.0, "load in\nCoreMLTools"),
        "options": (6.6, 2.0, "input: image with\npreprocessing, or array"),
        "mlmodel": (8.8, 2.0, "save .mlmodel"),
    }
    arrows = [
        ("train", "h5", BLUE),
        ("h5", "session", BLUE),
        ("session", "constants", BLUE),
        ("constants", "pb", BLUE),
        ("h5", "load", BLUE),
        ("load", "options", BLUE),
        ("options", "mlmodel", BLUE),
    ]
    alt = (
        "Train or take a model, save as .h5. Then below: get the session from the backend, variables to "
        "constants, write .pb. And above: load in CoreMLTools, choose image or array input, save .mlmodel."
    )
    return _flow(boxes, arrows, (10.6, 3.2), alt)


def figure_3() -> Figure:
    """Fig. 3, reconstructed: from a trained TensorFlow model to Android and iOS."""
    boxes = {
        "train": (0.0, 1.0, "train in\nTensorFlow"),
        "constants": (2.2, 1.0, "variables to\nconstants"),
        "pb": (4.4, 1.0, "write .pb"),
        "android": (6.6, 0.0, "Android: TensorFlow\nfor Mobile reads .pb"),
        "check": (6.6, 2.0, "tf-coreml:\nall operations known?"),
        "alter": (2.2, 2.4, "alter the model"),
        "mlmodel": (8.8, 2.0, "save .mlmodel"),
    }
    arrows = [
        ("train", "constants", RED),
        ("constants", "pb", RED),
        ("pb", "android", RED),
        ("pb", "check", RED),
        ("check", "mlmodel", RED),
        ("check", "alter", GRAY),
        ("alter", "constants", GRAY),
    ]
    alt = (
        "Train in TensorFlow, variables to constants, write .pb, which TensorFlow for Mobile reads. "
        "tf-coreml checks that it knows all operations; if not, the model is altered and frozen again; else "
        "it saves a .mlmodel."
    )
    return _flow(boxes, arrows, (10.6, 3.6), alt)


def _flow(boxes: dict[str, Box], arrows: Sequence[Arrow], size: tuple[float, float], alt: str) -> Figure:
    """Draw boxes and the arrows between them; red arrows are dashed, so that colour is not the only sign."""
    sns.set_theme(style="white")
    figure, axis = plt.subplots(figsize=size, layout="constrained")
    figure.set_label(alt)
    half_width, half_height = 0.92, 0.36
    for x, y, text in boxes.values():
        corner = (x - half_width, y - half_height)
        style = "round,pad=0.02,rounding_size=0.08"
        axis.add_patch(FancyBboxPatch(corner, 2 * half_width, 2 * half_height, boxstyle=style, fc="#f4f4f4", ec=GRAY))
        axis.text(x, y, text, ha="center", va="center", fontsize=8.5)
    for start, end, colour in arrows:
        (x0, y0, _), (x1, y1, _) = boxes[start], boxes[end]
        sideways = abs(x1 - x0) > half_width
        direction = np.sign(x1 - x0) if sideways else np.sign(y1 - y0)
        tail = (x0 + direction * half_width, y0) if sideways else (x0, y0 + direction * half_height)
        head = (x1 - direction * half_width, y1) if sideways else (x1, y1 - direction * half_height)
        # Where the blue and the red path run together, they run side by side.
        if {(start, end, BLUE), (start, end, RED)} <= set(arrows):
            shift = 0.09 if colour == BLUE else -0.09
            tail, head = (tail[0], tail[1] + shift), (head[0], head[1] + shift)
        line = "--" if colour == RED else "-"
        axis.add_patch(FancyArrowPatch(tail, head, arrowstyle="-|>", mutation_scale=12, color=colour, ls=line, lw=1.6))
    xs, ys = [box[0] for box in boxes.values()], [box[1] for box in boxes.values()]
    axis.set_xlim(min(xs) - 1.05, max(xs) + 1.05)
    axis.set_ylim(min(ys) - 0.55, max(ys) + 0.55)
    axis.axis("off")
    return figure


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
    areas = _AREA_PER_MEGABYTE * points["megabytes"]
    axis.scatter(points["gflops"], points["top5"], s=areas, color=BLUE, alpha=0.6, edgecolor=BLUE)
    axis.set_xlim(0, 1.15 * points["gflops"].max())
    axis.set_ylim(points["top5"].min() - 2.5, points["top5"].max() + 2.5)
    axis.set_xlabel("FLOPs (billions), measured here")
    axis.set_ylabel("top-5 accuracy (%), the paper's")
    axis.set_title(title, fontsize=10)
    for megabytes in _LEGEND_MEGABYTES:
        area = _AREA_PER_MEGABYTE * megabytes
        axis.scatter([], [], s=area, color=BLUE, alpha=0.6, edgecolor=BLUE, label=f"{megabytes} MB")
    axis.legend(loc="lower right", title="size of the file", labelspacing=2.2, borderpad=1.5, handletextpad=2)
    _name_bubbles(figure, axis, rows)
    return figure


def _name_bubbles(figure: Figure, axis: Axes, rows: Sequence[tuple[str, float, float, float]]) -> None:
    """Write name and size beside each circle, on the first of its four sides where they cover nothing else."""
    figure.draw_without_rendering()
    point = figure.dpi / 72
    taken = []
    for _, gflops, top5, megabytes in rows:
        x, y = axis.transData.transform((gflops, top5))
        radius = point * np.sqrt(_AREA_PER_MEGABYTE * megabytes / np.pi)
        taken.append(Bbox.from_extents(x - radius, y - radius, x + radius, y + radius))
    legend = axis.get_legend()
    if legend is not None:
        taken.append(legend.get_window_extent())
    for title, gflops, top5, megabytes in rows:
        away = np.sqrt(_AREA_PER_MEGABYTE * megabytes / np.pi) + 4
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
        table: a row for each file or control; columns model, what, kind (`file` or `control`), difference (the largest
            of the log-probabilities), tolerance.
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
        tolerance = float(mine["tolerance"].iloc[0])
        axis.vlines(
            tolerance, row - 0.36, row + 0.36, color="black", lw=2, label="tolerance" if row == 0 else "_tolerance"
        )
        alts.append(f"{model}: tolerance {tolerance:.0e}")
        for kind, marker, colour, label in (("file", "o", BLUE, "files"), ("control", "X", RED, "negative controls")):
            differences = mine.loc[mine["kind"] == kind, "difference"].to_numpy(float)
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
                    label=label if label not in axis.get_legend_handles_labels()[1] else None,
                )
                worst = differences.max() if kind == "file" else differences.min()
                word = "at most" if kind == "file" else "at least"
                counted = label if len(differences) > 1 else label.removesuffix("s")
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
