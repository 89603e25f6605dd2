"""The figures of the notebooks: drawn in one style, shown with alternative text, small enough to be stored."""

from helpers.plots.blocks import building_blocks
from helpers.plots.flows import coreml_paths, figure_1, figure_2, figure_3, figure_4a, figure_4b
from helpers.plots.graphs import network_graph
from helpers.plots.images import digit_grid, feature_maps, screenshots, top_5_bars
from helpers.plots.measurements import (
    accuracy_intervals,
    confusion_matrix,
    figure_5,
    learning_curve,
    parity_chart,
    pipeline_rates,
)
from helpers.plots.style import new_figure, show

__all__ = [
    "accuracy_intervals",
    "building_blocks",
    "confusion_matrix",
    "coreml_paths",
    "digit_grid",
    "feature_maps",
    "figure_1",
    "figure_2",
    "figure_3",
    "figure_4a",
    "figure_4b",
    "figure_5",
    "learning_curve",
    "network_graph",
    "new_figure",
    "parity_chart",
    "pipeline_rates",
    "screenshots",
    "show",
    "top_5_bars",
]
