"""What all figures share: colours that everybody can tell apart, small pictures, alternative text."""

from __future__ import annotations

import io

import matplotlib.pyplot as plt
import seaborn as sns
from IPython.display import Image as ShownImage
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

# Okabe and Ito's palette, which readers with any kind of colour vision can tell apart; its vermilion is made redder,
# because the paper speaks of a red path.
BLUE, ORANGE, GREEN, RED, GRAY = "#0072B2", "#E69F00", "#009E73", "#C1272D", "#666666"
_DPI = 100
_COLOURS = 128


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
