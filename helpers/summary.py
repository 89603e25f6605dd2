"""A network's row of Tables I and II, computed from the network itself (paper, section III.A).

Everything but the parameters is read off the frozen graph: what is counted is what will run.

Taught in notebook 01_model_summaries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from pydantic import TypeAdapter

from helpers.artifacts import build_model
from helpers.convert.frozen import frozen_function, in_order
from helpers.convert.keras_file import load_h5, output_node
from helpers.files import build_dir, sha256_bytes, write_bytes
from helpers.sources import source_hash
from helpers.weights import OFFLINE

_CONVOLUTIONS = ("Conv2D", "DepthwiseConv2dNative")


@dataclass(frozen=True)
class Summary:
    """A network's layers, size and cost.

    Attributes:
        input_size: height x width x channels.
        conv_layers: how many convolution layers there are.
        depth: how many convolution layers the longest path from input to output passes.
        kernel_sizes: the sides of the convolution kernels, each once.
        strides: the strides of the convolutions, each once.
        conv_channels: the input channels of each convolution layer, in graph order.
        conv_filters: the filters of each convolution layer.
        fc_channels: the inputs of each fully connected layer.
        fc_filters: the outputs of each fully connected layer.
        parameters: how many numbers its layers hold, the statistics of batch normalisation included.
        flops: floating-point operations for one image, by TensorFlow's profiler on the frozen graph.
        conv_flops: those of them that the convolutions take.
    """

    input_size: tuple[int, int, int]
    conv_layers: int
    depth: int
    kernel_sizes: tuple[int, ...]
    strides: tuple[int, ...]
    conv_channels: tuple[int, ...]
    conv_filters: tuple[int, ...]
    fc_channels: tuple[int, ...]
    fc_filters: tuple[int, ...]
    parameters: int
    flops: int
    conv_flops: int


_STORED = TypeAdapter(Summary)


def model_summary(name: str, weights: str | Path = OFFLINE) -> Summary:
    """A model's summary, computed once for each .h5 file and kept in the build folder.

    Args:
        name: the model, such as `mobilenet`.
        weights: its weights, as `helpers.weights.choose_weights` takes them.

    Raises:
        DeploymentError: whatever building the model raises.
    """
    manifest, folder = build_model(name, weights, [])
    file = manifest.file("h5")
    key = sha256_bytes(repr([file.sha256, source_hash(__name__), tf.__version__, keras.__version__]).encode())
    path = build_dir() / "summaries" / f"{name}-{key[:32]}.json"
    try:
        content, _, recorded = path.read_bytes().partition(b"\n")
        # The hash holds the content to the model: an edited or damaged file is computed again.
        if recorded.decode() == sha256_bytes(key.encode() + content):
            return _STORED.validate_json(content)
    except (OSError, ValueError):
        pass
    summary = summarize(load_h5(folder / file.path))
    content = _STORED.dump_json(summary)
    write_bytes(path, content + b"\n" + sha256_bytes(key.encode() + content).encode())
    return summary


def summarize(model: keras.Model) -> Summary:
    """Compute a model's summary.

    Args:
        model: a functional Keras model with one image input and one output.

    Returns:
        Its row of the paper's tables, but for storage and accuracy, which belong to files and data.
    """
    # A batch of one image: the profiler counts nothing where a shape is open.
    function = frozen_function(model, 1)
    graph = in_order(function.graph.as_graph_def(), [output_node(model)])
    flops = flops_by_operation(function.graph)
    nodes = {node.name: node for node in graph.node}
    convolutions = [node for node in graph.node if node.op in _CONVOLUTIONS]
    kernels = [(node, kernel) for node in convolutions if (kernel := _constant(nodes, node.input[1])) is not None]
    products = (_constant(nodes, node.input[1]) for node in graph.node if node.op == "MatMul")
    # Attention multiplies two results; a fully connected layer multiplies by its weights.
    matrices = [matrix for matrix in products if matrix is not None]
    height, width, channels = (int(size) for size in model.inputs[0].shape[1:])
    return Summary(
        input_size=(height, width, channels),
        conv_layers=len(convolutions),
        depth=_longest_path(graph),
        kernel_sizes=_distinct(size for _, kernel in kernels for size in kernel.shape[:2]),
        strides=_distinct(stride for node in convolutions for stride in node.attr["strides"].list.i[1:3]),
        conv_channels=tuple(int(kernel.shape[2]) for _, kernel in kernels),
        conv_filters=tuple(
            # A depthwise kernel lists its filters per channel.
            int(kernel.shape[3] * (kernel.shape[2] if node.op == "DepthwiseConv2dNative" else 1))
            for node, kernel in kernels
        ),
        fc_channels=tuple(int(matrix.shape[0]) for matrix in matrices),
        fc_filters=tuple(int(matrix.shape[1]) for matrix in matrices),
        parameters=model.count_params(),
        flops=sum(flops.values()),
        conv_flops=sum(flops.get(operation, 0) for operation in _CONVOLUTIONS),
    )


def count_flops(graph: tf.Graph) -> int:
    """Count a graph's floating-point operations by TensorFlow's own profiler, as the paper does.

    A multiplication and an addition count as two. The profiler knows no cost for some operations (the sigmoid among
    them) and none where a shape is open, so the graph needs a fixed batch size.

    Args:
        graph: a TensorFlow graph.

    Returns:
        The number of floating-point operations.
    """
    return sum(flops_by_operation(graph).values())


def flops_by_operation(graph: tf.Graph) -> dict[str, int]:
    """Count a graph's floating-point operations as `count_flops` does, for each type of operation that has any."""
    options = (
        tf.compat.v1.profiler.ProfileOptionBuilder(tf.compat.v1.profiler.ProfileOptionBuilder.float_operation())
        .with_empty_output()
        .build()
    )
    # The profiler gives a chain: each type's node holds the next, with the total of all that follow.
    node = tf.compat.v1.profiler.profile(graph, cmd="op", options=options)
    counts: dict[str, int] = {}
    while node.children:
        (node,) = node.children
        counts[node.name] = int(node.float_ops)
    return {name: count for name, count in counts.items() if count}


def _constant(nodes: dict[str, Any], name: str) -> np.ndarray[Any, Any] | None:
    """The array that a node's weight input stands for, or None; frozen variables are read through an Identity."""
    node = nodes[name.split(":")[0]]
    while node.op == "Identity":
        node = nodes[node.input[0].split(":")[0]]
    if node.op != "Const":
        return None
    array: np.ndarray[Any, Any] = tf.make_ndarray(node.attr["value"].tensor)
    return array


def _longest_path(graph: tf.compat.v1.GraphDef) -> int:
    """The most convolutions on any path; a frozen graph lists each node after its inputs."""
    depth: dict[str, int] = {}
    for node in graph.node:
        before = max((depth[source.removeprefix("^").split(":")[0]] for source in node.input), default=0)
        depth[node.name] = before + (node.op in _CONVOLUTIONS)
    return max(depth.values(), default=0)


def _distinct(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted({int(number) for number in numbers}))
