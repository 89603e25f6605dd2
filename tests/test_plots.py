"""What the figures say of their data: that nothing is left out, covered or drawn to a wrong scale."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from helpers import plots
from helpers.architecture import Block, Step
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import Frames, PipelineRun

PHOTO = np.zeros((20, 30, 3), np.uint8)
POINTS = pd.DataFrame(
    {
        "title": ["ResNet50", "InceptionV3", "SqueezeNet", "MobileNet", "DenseNet121"],
        "gflops": [7.76, 11.47, 0.71, 1.15, 5.70],
        "top5": [92.1, 93.8, 78.4, 86.2, 91.8],
        "megabytes": [102.5, 95.4, 4.9, 17.0, 32.3],
    }
)


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def test_the_five_most_probable_classes_are_shown_in_order() -> None:
    probabilities = np.array([0.0, 0.1, 0.5, 0.1, 0.2, 0.0999, 0.0001], np.float32)
    figure = plots.top_5_bars(PHOTO, list("abcdefg"), probabilities, "LeNet, untrained")
    photo, bars = figure.axes
    assert photo.images[0].get_array().shape == PHOTO.shape
    assert [label.get_text() for label in bars.get_yticklabels()] == list("cebdf")
    assert [bar.get_width() for bar in bars.patches] == pytest.approx([50, 20, 10, 10, 9.99])
    assert [text.get_text() for text in bars.texts] == ["50.0 %", "20.0 %", "10.0 %", "10.0 %", "10.0 %"]
    assert figure.get_label() == "LeNet, untrained: c 50.0 %, e 20.0 %, b 10.0 %, d 10.0 %, f 10.0 %"


def test_small_probabilities_are_not_shown_as_zero() -> None:
    figure = plots.top_5_bars(PHOTO, list("abcde"), np.array([0.9998, 2e-4, 0, 0, 0], np.float32), "x")
    assert [text.get_text() for text in figure.axes[1].texts] == ["100.0 %"] + 4 * ["< 0.1 %"]


def test_figure_5_shows_every_model_to_scale() -> None:
    figure = plots.figure_5(POINTS)
    bubbles = figure.axes[0].collections[0]
    assert isinstance(bubbles, PathCollection)
    np.testing.assert_allclose(bubbles.get_offsets(), POINTS[["gflops", "top5"]])
    np.testing.assert_allclose(bubbles.get_sizes() / bubbles.get_sizes()[0], POINTS["megabytes"] / 102.5)
    assert "SqueezeNet 0.7 B, 78.4 %, 5 MB" in figure.get_label()


@pytest.mark.parametrize("gap", [0.0, 0.5, 1.5])
def test_figure_5s_names_cover_nothing(gap: float) -> None:
    points = POINTS.assign(gflops=[5.7 + gap, *POINTS["gflops"][1:]])
    axis = plots.figure_5(points).axes[0]
    texts = [text for text in axis.texts if text.get_text()]
    assert [text.get_text() for text in texts] == [
        f"{title}\n{size:.0f} MB" for title, size in zip(points["title"], points["megabytes"], strict=True)
    ]
    boxes = [text.get_window_extent() for text in texts]
    assert not any(first.overlaps(second) for first, second in combinations(boxes, 2))
    legend = axis.get_legend()
    assert legend is not None
    for box in boxes:
        assert not box.overlaps(legend.get_window_extent())
        assert axis.bbox.contains(box.x0, box.y0)
        assert axis.bbox.contains(box.x1, box.y1)


@pytest.mark.parametrize(("channels", "columns"), [(64, 8), (64, 16), (5, 8), (1, 1)])
def test_all_feature_maps_are_shown_with_and_without_the_photo(channels: int, columns: int) -> None:
    maps = np.random.default_rng(0).random((7, 7, channels), np.float32)
    plain = plots.feature_maps(maps, "conv1", columns)
    assert [axis.images[0].get_array().shape for axis in plain.axes] == channels * [(7, 7)]
    with_photo = plots.feature_maps(maps, "conv1", columns, photo=PHOTO)
    assert with_photo.axes[0].images[0].get_array().shape == PHOTO.shape
    assert len(with_photo.axes) == 1 + channels
    np.testing.assert_array_equal(with_photo.axes[-1].images[0].get_array(), maps[..., -1])


def test_the_parity_chart_shows_files_controls_and_tolerances() -> None:
    table = pd.DataFrame(
        [
            ("LeNet", ".h5", "file", "float32", 0.0, 1e-4),
            ("LeNet", ".pb", "file", "float32", 2e-6, 1e-4),
            ("LeNet", "one weight", "control", "float32", 0.03, 1e-4),
            ("MobileNet", ".pb", "file", "float32", 3e-6, 1e-3),
            ("MobileNet", ".mlpackage", "file", "float16", 0.01, 0.1),
        ],
        columns=["model", "what", "kind", "precision", "difference", "tolerance"],
    )
    figure = plots.parity_chart(table)
    axis = figure.axes[0]
    assert axis.get_xscale() == "log"
    assert [label.get_text() for label in axis.get_yticklabels()] == ["LeNet", "MobileNet"]
    drawn = [(line.get_marker(), *line.get_xdata()) for line in axis.lines]
    assert drawn == [("o", axis.get_xlim()[0], 2e-6), ("X", 0.03), ("o", 3e-6), ("D", 0.01)]
    assert axis.get_xlim()[0] < 2e-6
    assert "left edge" in axis.get_xlabel()
    assert [path.get_segments()[0][0][0] for path in axis.collections] == [1e-4, 1e-3, 0.1]
    legend = axis.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "tolerance, float32",
        "files, float32",
        "negative controls",
        "tolerance, float16",
        "files, float16",
    ]
    assert "MobileNet: tolerance, float32 1e-03, MobileNet: tolerance, float16 1e-01" in figure.get_label()
    assert "1 file, float32 at most 3e-06, 1 file, float16 at most 1e-02" in figure.get_label()


def test_the_rates_of_pipelines_stand_side_by_side_with_the_place_of_each() -> None:
    frames = Frames.model_construct(shown_ns=(0, 10**8, 2 * 10**8))
    run = PipelineRun.model_construct(processed_per_second=3.5, frames=frames)
    logs = {
        "Swift": RunLog.model_construct(where="swift-linux", pipeline=run),
        "Java": RunLog.model_construct(where="jvm", pipeline=run),
    }
    figure = plots.pipeline_rates(logs)
    axis = figure.axes[0]
    assert [bar.get_height() for bar in axis.patches] == pytest.approx([10.0, 10.0, 3.5, 3.5])
    assert [label.get_text() for label in axis.get_xticklabels()] == ["Swift\n(swift-linux)", "Java\n(jvm)"]
    assert list(axis.lines[0].get_ydata()) == [24, 24]
    assert axis.get_ylim()[1] > 24
    assert "Java (jvm): 10.0 FPS, 3.5 frames processed per second" in figure.get_label()


def test_a_shown_figure_brings_its_alternative_text() -> None:
    shown = plots.show(plots.figure_5(POINTS))
    assert shown.alt.startswith("The paper's top-5 accuracies over billions")
    assert shown.data.startswith(b"\x89PNG")


def test_building_blocks_are_drawn_with_every_step_once() -> None:
    squeeze, narrow, wide = Step("s", "1x1", 16), Step("n", "1x1", 64), Step("w", "3x3 depthwise", 64)
    fire = Block("a", "b", "Concatenate", 128, 128, ((squeeze, narrow), (squeeze, wide)), frozenset())
    residual = Block("a", "b", "Add", 64, 64, ((), (Step("r", "3x3", 64),)), frozenset())
    figure = plots.building_blocks({"SqueezeNet\nfire module": fire, "shortcut": residual})
    left, right = figure.axes
    texts = ["128\nchannels", "side by side:\n128\nchannels", "1x1\n16", "1x1\n64", "3x3\ndepthwise\n64"]
    assert sorted(text.get_text() for text in left.texts if text.get_text()) == sorted(texts)
    assert [line.get_linestyle() for line in right.lines].count("--") == 1
    assert "--" not in [line.get_linestyle() for line in left.lines]
    assert figure.get_label() == (
        "SqueezeNet fire module: 128 channels; 1x1 to 16, 1x1 to 64; beside it 1x1 to 16, 3x3 depthwise to 64; "
        "side by side: 128 channels. shortcut: 64 channels; shortcut; beside it 3x3 to 64; added: 64 channels."
    )


def test_building_blocks_stand_inside_their_axes_and_apart() -> None:
    paths = tuple(tuple(Step(f"{path}{row}", "1x7", 192) for row in range(path)) for path in (1, 3, 5, 2))
    figure = plots.building_blocks({"module": Block("a", "b", "Concatenate", 768, 768, paths, frozenset())})
    figure.draw_without_rendering()
    axis = figure.axes[0]
    boxes = [patch.get_window_extent() for patch in axis.patches]
    assert len(boxes) == 2 + 11
    assert not any(first.overlaps(second) for first, second in combinations(boxes, 2))
    for box in boxes:
        assert axis.bbox.x0 < box.x0 < box.x1 < axis.bbox.x1
        assert axis.bbox.y0 < box.y0 < box.y1 < axis.bbox.y1
