"""Blocks and convolutions, against small networks whose paths are known by hand."""

from __future__ import annotations

import keras
import pytest
from keras import layers

from helpers.architecture import (
    convolutions,
    convolutions_outside,
    count_layers,
    find_block,
    find_blocks,
)
from helpers.errors import ModelFileError
from helpers.squeezenet import build_squeezenet


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """A convolution, a shortcut over two, an inception module with a path that splits again, a depthwise layer."""
    image = keras.Input((8, 6, 3), name="image")
    x = layers.Conv2D(4, 3, padding="same", name="first")(image)
    inner = layers.ReLU(name="relu")(layers.Conv2D(2, 1, name="narrow")(x))
    inner = layers.BatchNormalization(name="norm")(layers.Conv2D(4, 3, padding="same", name="wide")(inner))
    x = layers.Add(name="sum")([x, inner])
    split = layers.Conv2D(5, 1, name="before")(x)
    across = layers.Conv2D(5, (1, 3), padding="same", name="across")(split)
    down = layers.Conv2D(5, (3, 1), padding="same", name="down")(split)
    pooled = layers.Conv2D(7, 1, name="after")(layers.AveragePooling2D(3, 1, padding="same", name="pooling")(x))
    x = layers.Concatenate(name="joined")([layers.Concatenate(name="inner")([across, down]), pooled])
    x = layers.DepthwiseConv2D(3, 2, padding="same", name="depthwise")(x)
    x = layers.Dense(2, name="classes")(layers.GlobalAveragePooling2D(name="mean")(x))
    return keras.Model(image, x, name="small")


def test_convolutions_are_listed_with_their_cost(network: keras.Model) -> None:
    table = convolutions(network)
    assert table.index[0] == "first"
    assert set(table.index) == {"first", "narrow", "wide", "before", "across", "down", "after", "depthwise"}
    across = table.loc["across"]
    assert across.to_list() == ["1x3", 5, 5, 48, 1 * 3 * 5 * 5, 48 * 75]
    depthwise = table.loc["depthwise"]
    assert depthwise.to_list() == ["3x3 depthwise", 17, 17, 12, 9 * 17, 12 * 9 * 17]


def test_a_shortcut_is_a_path_without_steps(network: keras.Model) -> None:
    (block,) = find_blocks(network, "Add")
    assert (block.start, block.end, block.joined) == ("first", "sum", "Add")
    assert (block.channels, block.filters) == (4, 4)
    assert block.kernels == ("identity", "1x1, 3x3")
    assert block.paths[0] == ()
    assert block.paths[1][0] == ("narrow", "1x1", 2)
    assert block.inside == {"narrow", "relu", "wide", "norm"}


def test_a_concatenation_inside_another_is_part_of_it(network: keras.Model) -> None:
    (block,) = find_blocks(network, "Concatenate")
    assert (block.start, block.end) == ("sum", "joined")
    assert block.kernels == ("1x1, 1x3", "1x1, 3x1", "pool, 1x1")
    assert (block.channels, block.filters) == (4, 17)
    assert find_block(network, "inner").kernels == ("1x3", "3x1")


def test_the_last_layer_of_a_chain_is_a_step(network: keras.Model) -> None:
    block = find_block(network, "depthwise", "joined")
    assert [step.layer for step in block.paths[0]] == ["depthwise"]
    assert block.joined == "DepthwiseConv2D"
    assert block.inside == frozenset()


def test_what_lies_outside_the_blocks(network: keras.Model) -> None:
    blocks = find_blocks(network, "Add") + find_blocks(network, "Concatenate")
    assert list(convolutions_outside(network, blocks).index) == ["first", "depthwise"]
    assert count_layers(network, "Conv2D") == 7
    assert count_layers(network, "Dense") == 1


def test_fire_modules() -> None:
    squeezenet = build_squeezenet()
    fires = find_blocks(squeezenet, "Concatenate")
    assert [fire.start for fire in fires] == [f"fire{number}_squeeze1x1" for number in range(2, 10)]
    assert find_block(squeezenet, "fire3_concat", "fire2_concat").kernels == ("1x1, 1x1", "1x1, 3x3")
    assert convolutions(squeezenet).weights.sum() + convolutions(squeezenet).filters.sum() == 1_235_496


@pytest.mark.parametrize(
    ("end", "start", "message"),
    [
        ("nowhere", "", "expected the name of a layer of small; received 'nowhere'"),
        ("sum", "nowhere", "received 'nowhere'"),
        ("sum", "joined", "expected a path from 'joined' to 'sum'"),
        ("image", "", "expected a path to 'image' in small; there is none"),
    ],
)
def test_what_is_not_there_is_named(network: keras.Model, end: str, start: str, message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        find_block(network, end, start)
