"""A frozen graph in the form that tf-coreml takes: for one image, folded, and in the words of its time.

tf-coreml was written for graphs of TensorFlow 1.5 to 1.14. Today's differ in three ways. A layer such as Flatten works
out its shape while it runs; for one image that is known before, so it becomes a constant. Batch normalisations are sums
and products of constants; folding leaves an addition of each. And one operation has another name.
"""

from __future__ import annotations

from math import prod
from typing import Any

import tensorflow as tf

from helpers.convert.folding import fold_constants, merge_into_convolutions
from helpers.convert.frozen import check_pure, in_order
from helpers.errors import ModelFileError
from helpers.preprocess import ImageInput

GRAPH = "the graph for tf-coreml"
WANTED = f"expected {GRAPH}"

# A graph's file ends at 2 GB, which is as many values of four bytes; but a few bytes may stand for equal values.
_MOST_VALUES = 2**29


def prepare(
    graph: tf.compat.v1.GraphDef, input_node: str, output_node: str, image: ImageInput
) -> tf.compat.v1.GraphDef:
    """Check a frozen graph and fold it, for one image at a time.

    Args:
        graph: the graph as it was frozen; it is not changed.
        input_node: its Placeholder, float32 (n, height, width, channels).
        output_node: the node of the probabilities.
        image: the network's input, of which only the shape matters here.

    Returns:
        A graph of the nodes that the output needs, each after its inputs; its Placeholder takes one image.

    Raises:
        ModelFileError: the graph is damaged, could do more than compute, has no such nodes, or takes other images.
    """
    if not graph.node:
        raise ModelFileError(f"{WANTED} to have nodes; received none; freeze the model again")
    check_pure(graph, GRAPH)
    needed = in_order(graph, [output_node])
    _check_constants(needed)
    inputs = [node for node in needed.node if node.op == "Placeholder"]
    if [node.name for node in inputs] != [input_node] or output_node == input_node:
        raise ModelFileError(
            f"{WANTED} to compute {output_node!r} from one input, {input_node!r}; it is computed from "
            f"{', '.join(repr(node.name) for node in inputs) or 'constants alone'}; give the names of its two ends"
        )
    batch = imported_graph(needed).get_tensor_by_name(f"{input_node}:0")
    one_image = (1, *image.shape)
    if batch.dtype != tf.float32 or not batch.shape.is_compatible_with(one_image):
        raise ModelFileError(
            f"{WANTED} to take float32 images of shape {one_image}; received {batch.dtype.name} of shape "
            f"{batch.shape}; give the size and the channels of its own input"
        )
    inputs[0].attr["shape"].shape.CopyFrom(tf.TensorShape(one_image).as_proto())
    _fix_shapes(needed)
    folded, _ = merge_into_convolutions(fold_constants(needed, [output_node]), [output_node])
    return _in_older_words(folded)


def _in_older_words(graph: tf.compat.v1.GraphDef) -> tf.compat.v1.GraphDef:
    """Say the same with operations that tf-coreml knows."""
    new = tf.compat.v1.GraphDef(versions=graph.versions)
    for node in graph.node:
        if node.op == "Log1p":
            # Folding makes it of log(1 + x), which is how it came in.
            one, sum_ = f"{node.name}/one", f"{node.name}/one_more"
            constant = new.node.add(name=one, op="Const")
            constant.attr["dtype"].CopyFrom(node.attr["T"])
            constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(1, tf.as_dtype(node.attr["T"].type)))
            addition = new.node.add(name=sum_, op="Add", input=[node.input[0], one])
            addition.attr["T"].CopyFrom(node.attr["T"])
            new.node.add(name=node.name, op="Log", input=[sum_]).attr["T"].CopyFrom(node.attr["T"])
            continue
        new.node.append(node)
        # Both add numbers; tf-coreml finds the bias of a dense layer only under the older name.
        if node.op == "AddV2":
            new.node[-1].op = "Add"
    return new


def imported_graph(graph: tf.compat.v1.GraphDef) -> tf.Graph:
    """Import a graph, by which TensorFlow checks it and finds the shapes of its values.

    Args:
        graph: the graph; it is not changed.

    Raises:
        ModelFileError: an operation has not the inputs or attributes that it needs, or values do not fit together.
    """
    imported = tf.Graph()
    with imported.as_default():
        try:
            # Importing adds default attributes to the message it is given.
            tf.compat.v1.import_graph_def(tf.compat.v1.GraphDef.FromString(graph.SerializeToString()), name="")
        except (ValueError, TypeError, KeyError, tf.errors.OpError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise ModelFileError(f"expected a whole graph; TensorFlow refuses it: {reason}; freeze it again") from error
    return imported


def _check_constants(graph: tf.compat.v1.GraphDef) -> None:
    """Refuse constants that are not whole, and more of them than a graph can hold."""
    total = 0
    for node in graph.node:
        if node.op == "Const":
            tensor = node.attr["value"].tensor
            sizes = [size.size for size in tensor.tensor_shape.dim]
            if min(sizes, default=0) < 0 or not _is_whole(tensor, prod(sizes)):
                raise ModelFileError(
                    f"{WANTED} to be whole; received the constant {node.name!r} of shape {sizes} with another number "
                    "of values; freeze it again"
                )
            total += prod(sizes)
    if total > _MOST_VALUES:
        raise ModelFileError(
            f"{WANTED} to hold at most {_MOST_VALUES:,} constant values; received {total:,}; convert a smaller network"
        )


def _is_whole(tensor: Any, count: int) -> bool:
    """Whether a TensorProto has the values that its shape asks for: all as bytes, or listed, the last one repeated."""
    try:
        dtype = tf.as_dtype(tensor.dtype)
    except TypeError:
        return False
    if tensor.tensor_content:
        return len(tensor.tensor_content) == count * int(dtype.size)
    listed = sum(len(values) for field, values in tensor.ListFields() if field.name.endswith("_val"))
    return listed <= count * (2 if dtype.is_complex else 1)


def _fix_shapes(graph: tf.compat.v1.GraphDef) -> None:
    """Turn the shapes that a graph would ask for while it runs into constants."""
    asking = [node for node in graph.node if node.op == "Shape"]
    if not asking:
        return
    imported = imported_graph(graph)
    for node in asking:
        operation = imported.get_operation_by_name(node.name)
        shape, dtype = operation.inputs[0].shape, operation.outputs[0].dtype
        if shape.is_fully_defined():
            node.CopyFrom(tf.compat.v1.NodeDef(name=node.name, op="Const"))
            node.attr["dtype"].type = dtype.as_datatype_enum
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(shape.as_list(), dtype))
