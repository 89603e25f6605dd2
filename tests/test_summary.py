"""Summaries, against networks whose numbers are known by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import pytest
from keras import layers

from helpers.summary import model_summary, summarize
from helpers.zoo import build_lenet


def test_lenet_is_table_1() -> None:
    summary = summarize(build_lenet())
    assert summary.input_size == (28, 28, 1)
    assert (summary.conv_layers, summary.depth) == (2, 2)
    assert (summary.kernel_sizes, summary.strides) == ((5,), (1,))
    assert (summary.conv_channels, summary.conv_filters) == ((1, 16), (16, 32))
    assert (summary.fc_channels, summary.fc_filters) == ((3200, 256, 128), (256, 128, 10))
    assert summary.parameters == 866_890
    # 2 per multiply-add of the five layers, 1 per bias added, 4 per average of four, 5 per softmax output.
    products = 2 * (25 * 24 * 24 * 16 + 400 * 20 * 20 * 32 + 3200 * 256 + 256 * 128 + 128 * 10)
    biases = 24 * 24 * 16 + 20 * 20 * 32 + 256 + 128 + 10
    assert summary.flops == products + biases + 4 * 10 * 10 * 32 + 5 * 10


def test_depth_is_the_longest_path_not_the_number_of_layers() -> None:
    image = keras.Input((8, 8, 3), name="image")
    left = layers.Conv2D(4, 1)(image)
    right = layers.DepthwiseConv2D(3, padding="same")(layers.Conv2D(4, 3, strides=1, padding="same")(image))
    joined = layers.Concatenate()([left, right])
    out = layers.Dense(2, activation="softmax", name="probabilities")(layers.GlobalAveragePooling2D()(joined))
    summary = summarize(keras.Model(image, out))
    assert (summary.conv_layers, summary.depth) == (3, 2)
    assert summary.kernel_sizes == (1, 3)
    assert summary.fc_channels == (8,)
    assert summary.conv_filters == (4, 4, 4)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content.replace(b'"conv_layers":2', b'"conv_layers":7'),
        lambda content: content[: len(content) // 2],
        lambda content: b"",
    ],
)
def test_a_kept_summary_that_was_changed_is_computed_again(
    damage: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILD_DIR", str(tmp_path))
    summary = model_summary("lenet")
    (kept,) = (tmp_path / "summaries").iterdir()
    content = kept.read_bytes()
    kept.write_bytes(damage(content))
    assert model_summary("lenet") == summary
    assert kept.read_bytes() == content
