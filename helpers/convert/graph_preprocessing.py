"""Preprocessing inside a frozen graph: an app, or a Core ML model, then gives it pixels as the camera does.

Core ML's image inputs know one scale for all channels. A network that needs one for each, such as DenseNet121, has
to do that step itself, as two operations between its input and what reads it.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from helpers.errors import ModelFileError
from helpers.preprocess import ImageInput


def with_preprocessing(graph: tf.compat.v1.GraphDef, input_node: str, image: ImageInput) -> tf.compat.v1.GraphDef:
    """Let a graph take pixels instead of preprocessed numbers.

    The arithmetic is that of `helpers.preprocess.to_tensor`, in float32: one multiplication, then one addition, each
    rounded. Do this after folding: an optimizer may move a factor into a convolution's weights, which gives other last
    bits.

    Args:
        graph: a frozen graph, which is not changed.
        input_node: its Placeholder, float32 (n, height, width, channels).
        image: the network's input. The pixels come in its channel order; nothing is reversed here.

    Returns:
        A graph with the same names for the same values, except that the input's value is now pixels, float32 0-255.

    Raises:
        ModelFileError: the graph has no such Placeholder, or has a node of a name that is needed.
    """
    operations = {node.name: node.op for node in graph.node}
    if operations.get(input_node) != "Placeholder":
        raise ModelFileError(
            f"expected a graph with a Placeholder {input_node!r}; received "
            f"{operations.get(input_node, 'no such node')}; give the name of the node to which the image goes"
        )
    names = {step: f"{input_node}/{step}" for step in ("scale", "scaled", "bias", "preprocessed")}
    taken = sorted(operations.keys() & set(names.values()))
    if taken:
        raise ModelFileError(
            f"expected a graph without preprocessing; received one that has the node {taken[0]!r} already; "
            "give the graph as it was frozen"
        )
    new = tf.compat.v1.GraphDef(versions=graph.versions)
    for node in graph.node:
        added = new.node.add()
        added.CopyFrom(node)
        for position, source in enumerate(node.input):
            if source in (input_node, f"{input_node}:0"):
                added.input[position] = names["preprocessed"]
        if node.name == input_node:
            new.node.append(_constant(names["scale"], np.asarray(image.scale, np.float32)))
            new.node.append(_operation("Mul", names["scaled"], input_node, names["scale"]))
            new.node.append(_constant(names["bias"], np.asarray(image.bias, np.float32)))
            new.node.append(_operation("Add", names["preprocessed"], names["scaled"], names["bias"]))
    return new


def _constant(name: str, values: NDArray[np.float32]) -> tf.compat.v1.NodeDef:
    node = tf.compat.v1.NodeDef(name=name, op="Const")
    node.attr["dtype"].type = tf.float32.as_datatype_enum
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(values))
    return node


def _operation(op: str, name: str, *inputs: str) -> tf.compat.v1.NodeDef:
    node = tf.compat.v1.NodeDef(name=name, op=op, input=inputs)
    node.attr["T"].type = tf.float32.as_datatype_enum
    return node
