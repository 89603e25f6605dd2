"""What a network is built of, read off the Keras model: its convolutions, and the blocks whose paths divide and meet.

Layer names are nobody's promise, so a block is found by its shape: from the layer where two paths meet (`Add`,
`Concatenate`) back to the layer where they divide (paper, section III.A).

Taught in notebook 10_inside_the_networks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import keras
import pandas as pd

from helpers.errors import ModelFileError

_COLUMNS = ["layer", "kernel", "channels", "filters", "pixels", "weights", "multiplications"]


class Step(NamedTuple):
    """A convolution or a pooling on a path.

    Attributes:
        layer: its layer's name.
        kernel: what it does, such as `3x3`, `3x3 depthwise` or `pool`.
        filters: the channels of its output.
    """

    layer: str
    kernel: str
    filters: int


@dataclass(frozen=True)
class Block:
    """A part of a network between two layers.

    Attributes:
        start: the layer where its paths divide.
        end: the layer where they meet.
        joined: how: the class of the last layer, such as `Add`.
        channels: of the output of `start`.
        filters: the channels of the output of `end`.
        paths: the convolutions and poolings on each path, in order; a path without any is a shortcut.
        inside: the names of all layers between the two.
    """

    start: str
    end: str
    joined: str
    channels: int
    filters: int
    paths: tuple[tuple[Step, ...], ...]
    inside: frozenset[str]

    @property
    def kernels(self) -> tuple[str, ...]:
        """Each path in words, such as `1x1, 3x3, 1x1`; a shortcut is `identity`."""
        return tuple(", ".join(step.kernel for step in path) or "identity" for path in self.paths)


def convolutions(model: keras.Model) -> pd.DataFrame:
    """List a network's convolutions, in the model's order.

    Args:
        model: a functional Keras model of images.

    Returns:
        A row for each, by its layer's name: kernel (such as `3x3`), channels (those of its input), filters (those of
        its output), pixels (of its output), weights (without biases), multiplications (each weight is used once for
        each pixel).
    """
    rows = []
    for layer in model.layers:
        kernel = _kernel(layer)
        if kernel and kernel != "pool":
            height, width, filters = layer.output.shape[1:]
            weights = math.prod(layer.kernel.shape)
            channels = layer.input.shape[-1]
            rows.append((layer.name, kernel, channels, filters, height * width, weights, weights * height * width))
    return pd.DataFrame(rows, columns=_COLUMNS).set_index("layer")


def find_blocks(model: keras.Model, joined: str) -> list[Block]:
    """Find every place where paths divide and meet again, but those inside a larger one.

    Args:
        model: a functional Keras model.
        joined: the class of the layers where the paths meet: `Add` or `Concatenate`.

    Returns:
        The blocks, in the model's order.
    """
    blocks = [find_block(model, layer.name) for layer in model.layers if type(layer).__name__ == joined]
    nested = frozenset[str]().union(*(block.inside for block in blocks))
    return [block for block in blocks if block.end not in nested]


def find_block(model: keras.Model, end: str, start: str = "") -> Block:
    """Read the paths between two layers off a network.

    Args:
        model: a functional Keras model.
        end: the last layer; a convolution is a step of the path, an `Add` or a `Concatenate` is not.
        start: the layer before the first; unless given, the last one that all paths to `end` pass.

    Returns:
        The block.

    Raises:
        ModelFileError: there is no such layer, or no path between them.
    """
    sources = _sources(model)
    missing = [name for name in (end, start) if name and name not in sources]
    if missing:
        raise ModelFileError(f"expected the name of a layer of {model.name}; received {missing[0]!r}")
    if not start:
        paths = [_upstream(sources, source) for source in sources[end]]
        common = [name for name in sources if paths and all(name in path for path in paths)]
        start = common[-1] if common else end
    chains = list(_chains(sources, start, end))
    if not chains:
        wanted = f"from {start!r} to" if start != end else "to"
        raise ModelFileError(f"expected a path {wanted} {end!r} in {model.name}; there is none")
    layers = {layer.name: layer for layer in model.layers}
    return Block(
        start=start,
        end=end,
        joined=type(layers[end]).__name__,
        channels=layers[start].output.shape[-1],
        filters=layers[end].output.shape[-1],
        paths=tuple(_steps([layers[name] for name in chain]) for chain in chains),
        inside=frozenset(name for chain in chains for name in chain) - {end},
    )


def convolutions_outside(model: keras.Model, blocks: Sequence[Block]) -> pd.DataFrame:
    """List the convolutions that belong to none of the blocks: the rows of `convolutions` that are left."""
    inside = frozenset[str]().union(*(block.inside for block in blocks))
    table = convolutions(model)
    return table[~table.index.isin(inside)]


def count_layers(model: keras.Model, kind: str) -> int:
    """Count a network's layers of a class, such as `Dense`."""
    return sum(type(layer).__name__ == kind for layer in model.layers)


def _sources(model: keras.Model) -> dict[str, list[str]]:
    """For each layer the names of the layers that it gets its input from, in the model's order."""
    makers = {id(layer.output): layer.name for layer in model.layers}
    return {
        layer.name: []
        if isinstance(layer, keras.layers.InputLayer)
        else [makers[id(tensor)] for tensor in keras.tree.flatten(layer.input)]
        for layer in model.layers
    }


def _upstream(sources: dict[str, list[str]], name: str) -> frozenset[str]:
    """A layer, and all that its input depends on."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += sources[each]
    return frozenset(found)


def _chains(sources: dict[str, list[str]], start: str, end: str) -> Iterator[list[str]]:
    """Every way from one layer to another, without the first."""
    # What does not depend on the first layer leads nowhere; looking there would take long in a large network.
    wanted = {name for name in _upstream(sources, end) if start in _upstream(sources, name)}
    waiting = [[end]]
    while waiting:
        chain = waiting.pop()
        for source in reversed(sources[chain[0]]):
            if source == start:
                yield chain
            elif source in wanted:
                waiting.append([source, *chain])


def _steps(chain: list[keras.layers.Layer]) -> tuple[Step, ...]:
    return tuple(Step(layer.name, _kernel(layer), layer.output.shape[-1]) for layer in chain if _kernel(layer))


def _kernel(layer: keras.layers.Layer) -> str:
    """What a layer does to an image, in a word; an empty string if it neither convolves nor pools."""
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        return "{}x{} depthwise".format(*layer.kernel_size)
    if isinstance(layer, keras.layers.Conv2D):
        return "{}x{}".format(*layer.kernel_size)
    if isinstance(layer, keras.layers.MaxPooling2D | keras.layers.AveragePooling2D):
        return "pool"
    return ""
