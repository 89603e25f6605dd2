"""The figures of the notebooks: drawn in one style, shown with alternative text, small enough to be stored."""

from helpers.plots.blocks import building_blocks
from helpers.plots.bugs import bug_zoo
from helpers.plots.choice import ledger_bars, pareto
from helpers.plots.consumption import cpu_against_flops, engine_threads_chart
from helpers.plots.flows import coreml_paths, figure_1, figure_2, figure_3, figure_4a, figure_4b
from helpers.plots.graphs import network_graph
from helpers.plots.images import digit_grid, feature_maps, screenshots, top_5_bars
from helpers.plots.measurements import (
    accuracy_intervals,
    confusion_matrix,
    figure_5,
    learning_curve,
    parity_chart,
)
from helpers.plots.realtime import figure_7, figure_8, pipeline_rates, simulated_against_measured
from helpers.plots.style import new_figure, show
from helpers.plots.timeline import timeline

__all__ = [
    "accuracy_intervals",
    "bug_zoo",
    "building_blocks",
    "confusion_matrix",
    "coreml_paths",
    "cpu_against_flops",
    "digit_grid",
    "engine_threads_chart",
    "feature_maps",
    "figure_1",
    "figure_2",
    "figure_3",
    "figure_4a",
    "figure_4b",
    "figure_5",
    "figure_7",
    "figure_8",
    "learning_curve",
    "ledger_bars",
    "network_graph",
    "new_figure",
    "pareto",
    "parity_chart",
    "pipeline_rates",
    "screenshots",
    "show",
    "simulated_against_measured",
    "timeline",
    "top_5_bars",
]
