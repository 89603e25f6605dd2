"""Keras -> frozen graph: variables become constants and the graph becomes one .pb file (paper, section II.B.2).

Taught in notebook 03_freeze_for_android, where the same calls stand one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.framework import op_def_registry
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from helpers.convert.keras_file import inner_layers, load_h5, output_node
from helpers.convert.nodes import ConvertedNodes
from helpers.errors import ModelFileError
from helpers.files import write_bytes

FORMAT = "frozen_pb"
FILE_SUFFIX = ".pb"

INPUT_NODE = "image"

# Operations that only make sense while training, or that a phone's runtime cannot feed: none may be left.
_TRAINING_OPS = frozenset(
    {
        "AssignVariableOp",
        "Enter",
        "Exit",
        "If",
        "LoopCond",
        "Merge",
        "NextIteration",
        "PartitionedCall",
        "ReadVariableOp",
        "StatefulPartitionedCall",
        "StatelessIf",
        "StatelessWhile",
        "Switch",
        "VarHandleOp",
        "Variable",
        "VariableV2",
        "While",
    }
)


def frozen_function(model: keras.Model, batch: int | None, layers: Sequence[keras.layers.Layer] = ()) -> Any:
    """Trace a model's forward pass and turn its variables into constants.

    Args:
        model: a functional Keras model with one image input and one output.
        batch: the batch size, or None to leave it open.
        layers: layers whose outputs come out too, before the model's own.

    Returns:
        A TensorFlow concrete function from float32 (batch, height, width, channels) to the tensors asked for.
    """
    outputs = [layer.output for layer in layers] + list(model.outputs)
    names = [layer.name for layer in layers] + [output_node(model)]
    forward = keras.Model(model.inputs, outputs, name=model.name)

    def run(image: tf.Tensor) -> list[tf.Tensor]:
        tensors = forward(image, training=False)
        tensors = tensors if isinstance(tensors, (list, tuple)) else [tensors]
        return [tf.identity(tensor, name=name) for name, tensor in zip(names, tensors, strict=True)]

    shape = (batch, *model.inputs[0].shape[1:])
    function = tf.function(run, input_signature=[tf.TensorSpec(shape, tf.float32, name=INPUT_NODE)])
    return convert_variables_to_constants_v2(function.get_concrete_function())


def freeze(model: keras.Model) -> tf.compat.v1.GraphDef:
    """Freeze a model so that each layer's output can be fetched by the layer's name.

    Args:
        model: a functional Keras model with one image input and one output.

    Returns:
        The graph: one Placeholder, `image`, and no variable or control flow.

    Raises:
        ModelFileError: something that cannot run on a phone is left in the graph.
    """
    layers = inner_layers(model)
    graph = frozen_function(model, None, layers).graph.as_graph_def()
    names = [layer.name for layer in layers] + [output_node(model)]
    check_inference_only(graph)
    return in_order(graph, names)


def in_order(graph: tf.compat.v1.GraphDef, outputs: Sequence[str]) -> tf.compat.v1.GraphDef:
    """Keep what the outputs need, each node after its inputs, in an order that depends on the graph alone.

    TensorFlow lists independent nodes in an order that changes from run to run; the same network must give the same
    bytes.

    Args:
        graph: the graph.
        outputs: the names of the nodes whose values are wanted.

    Returns:
        A graph of those nodes.

    Raises:
        ModelFileError: a node needs its own result, as in the loop of a recurrent layer; or a node is missing, or
            stands there twice.
    """
    nodes = {node.name: node for node in graph.node}
    _check_whole(graph, set(nodes), outputs)
    ordered: dict[str, None] = {}
    begun: set[str] = set()
    waiting = list(reversed(outputs))
    while waiting:
        name = waiting[-1]
        missing = [source for source in map(_node_of, nodes[name].input) if source not in ordered]
        if missing and name in begun:
            raise ModelFileError(f"expected a graph without loops; received one with a loop through {name!r}")
        begun.add(name)
        if missing:
            waiting += reversed(missing)
        else:
            ordered[waiting.pop()] = None
    kept = tf.compat.v1.GraphDef(versions=graph.versions)
    kept.node.extend(nodes[name] for name in ordered)
    return kept


def _check_whole(graph: tf.compat.v1.GraphDef, names: set[str], outputs: Sequence[str]) -> None:
    if len(names) < len(graph.node):
        (twice, _), *_ = Counter(node.name for node in graph.node).most_common(1)
        raise ModelFileError(f"expected a graph whose nodes have different names; received {twice!r} more than once")
    wanted = {_node_of(source): node.name for node in graph.node for source in node.input}
    wanted |= dict.fromkeys(outputs, "the caller")
    missing = sorted(set(wanted) - names)
    if missing or not outputs:
        raise ModelFileError(
            f"expected a whole graph and at least one output in it; received none named {missing[0]!r}, which "
            f"{wanted[missing[0]]} needs; convert the model again"
            if missing
            else "expected at least one output; received none"
        )


def _node_of(tensor: str) -> str:
    """The node that a node's input names: `^name` is a control input, `name:1` a second output."""
    return tensor.removeprefix("^").split(":")[0]


def check_inference_only(graph: tf.compat.v1.GraphDef) -> None:
    """Make sure that a graph holds the feed-forward path alone.

    Raises:
        ModelFileError: names what should not be there.
    """
    left = sorted({f"{node.name} ({node.op})" for node in graph.node if node.op in _TRAINING_OPS})
    if left:
        raise ModelFileError(f"expected a graph of constants and inference operations; received {', '.join(left[:5])}")
    inputs = [node.name for node in graph.node if node.op.startswith("Placeholder")]
    if inputs != [INPUT_NODE]:
        raise ModelFileError(f"expected one input, a Placeholder named {INPUT_NODE!r}; received {inputs}")


def convert(source: Path, target: Path) -> ConvertedNodes:
    """Freeze a Keras .h5 file into a .pb file.

    The bytes depend on the model and the tool versions alone, so that two conversions give the same file.

    Args:
        source: the Keras .h5 file.
        target: the .pb file to write.

    Returns:
        The names of the nodes.

    Raises:
        ModelFileError: the source is not a usable Keras model.
        ArtifactWriteError: the target cannot be written.
    """
    model = load_h5(source)
    write_bytes(target, freeze(model).SerializeToString(deterministic=True))
    return ConvertedNodes(INPUT_NODE, output_node(model), tuple(layer.name for layer in inner_layers(model)))


def read_graph(path: Path) -> tf.compat.v1.GraphDef:
    """Read a .pb file.

    Raises:
        ModelFileError: the file is not a TensorFlow graph, or an empty one.
    """
    graph = tf.compat.v1.GraphDef()
    try:
        graph.ParseFromString(path.read_bytes())
    except Exception as error:  # protobuf's DecodeError, or an OSError
        raise ModelFileError(
            f"expected {path.name} to be a frozen graph; it cannot be read: {error}; convert it again"
        ) from error
    if not graph.node:
        raise ModelFileError(f"expected {path.name} to be a frozen graph; received one without nodes; convert it again")
    check_pure(graph, path.name)
    return graph


def check_pure(graph: tf.compat.v1.GraphDef, name: str) -> None:
    """Refuse a graph that could do more than compute: write files, run Python, keep a state.

    Raises:
        ModelFileError: names the operation.
    """
    for node in graph.node:
        definition = op_def_registry.get(node.op)
        if definition is None:
            raise ModelFileError(f"{name}: TensorFlow {tf.__version__} does not know {node.op!r} (node {node.name})")
        if (definition.is_stateful and node.op != "Placeholder") or node.op in {"ReadFile", "MatchingFiles"}:
            raise ModelFileError(
                f"expected {name} to hold nothing but computation; received {node.op!r} (node {node.name}), which "
                "has effects of its own; do not run this file"
            )
    if graph.library.function:
        raise ModelFileError(
            f"expected {name} to hold no functions; received {graph.library.function[0].signature.name!r}"
        )
