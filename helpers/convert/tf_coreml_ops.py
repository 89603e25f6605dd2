"""tf-coreml's reduced set of operations, compared with a graph before a conversion is tried.

The paper (end of II.B.2) sends its readers to the converter's page for that set, "for the purpose of altering the model
if any unsupported computations are seen". Here the set is read from the installed package itself, and each operation
outside it comes with what to put in its place.

The set tells names alone. Of some operations in it, tf-coreml converts a use and leaves a part of it out without a
word, so that the model would give other numbers; those uses are found here too. Of others it takes some uses and stops
at the rest with an error, which the names cannot foretell:

- Reshape to 1 to 4 axes; Transpose of 4 axes that swaps two of them, and not the first.
- ConcatV2 along height, width or channels of images; Split of their channels into equal parts. Axes count from the
  front: 3, not -1.
- Max, Mean, Min and Sum over height, width, channels, both sides or all three; ArgMax over one axis.
- Slice along height and width, or along the channels, but not both; of StridedSlice (x[:, 1:5]) much less.
- Mul and Add of two images, or of an image and one number for each channel, or one for all; Maximum and Minimum of two
  images, or of an image and one number for all; Pow with one constant exponent; SquaredDifference of two images.
- Pad with zeros of the sides, or of the channels; MirrorPad of the sides in mode REFLECT.
- ResizeNearestNeighbor by whole factors; SpaceToBatchND and BatchToSpaceND around a convolution, as one dilation.
"""

from __future__ import annotations

from dataclasses import dataclass

import tensorflow as tf

from helpers.convert.tf_coreml_compat import tf_coreml_module
from helpers.convert.tf_coreml_graph import imported_graph

_GENERAL = (
    "write it with operations of helpers.convert.tf_coreml_ops.supported_ops(), end the graph before it and do the "
    "rest in the app, or deploy the model as .tflite"
)
_LIMITS = "where it chooses the larger, the smaller or the positive value, write tf.maximum, tf.minimum or tf.nn.relu"
_CHANNELS = "pick and order channels by a 1 x 1 convolution whose weights are 0 and 1"
_GELU = "take GELU's other form, keras.activations.gelu(x, approximate=True), whose values differ by less than 0.0005"
_NORMALIZATION = "write it as tf.nn.batch_normalization with the same constants, of which folding leaves a sum"
_PRODUCT = "multiply values of shape (n, channels) by constant weights with tf.matmul, or use a 1 x 1 convolution"
_TRAIN_AGAIN = "use tf.compat.v1.image.resize_bilinear instead, and train the network again"

_ADVICE = {
    "AddN": "add two values at a time",
    "BatchMatMul": _PRODUCT,
    "BatchMatMulV2": _PRODUCT,
    "Einsum": _PRODUCT,
    "Erf": _GELU,
    "Erfc": _GELU,
    "Expm1": "write tf.exp(x) - 1",
    "FusedBatchNormV2": _NORMALIZATION,
    "FusedBatchNormV3": _NORMALIZATION,
    "GatherV2": _CHANNELS,
    "Greater": _LIMITS,
    "GreaterEqual": _LIMITS,
    "Less": _LIMITS,
    "LessEqual": _LIMITS,
    "LogSoftmax": "end in tf.nn.softmax, and take the logarithm in the app",
    "PadV2": "subtract the value before tf.pad, which pads with zeros, and add it afterwards",
    "ResizeArea": _TRAIN_AGAIN,
    "ResizeBicubic": _TRAIN_AGAIN,
    "ReverseV2": _CHANNELS,
    "Select": _LIMITS,
    "SelectV2": _LIMITS,
    "Selu": "write 1.0507010 * tf.nn.relu(x) - 1.7580993 * tf.nn.relu(-tf.nn.elu(x))",
    "Softplus": "write tf.nn.relu(x) + tf.math.log(1 + tf.exp(-tf.abs(x)))",
    "Softsign": "write x / (1 + tf.abs(x))",
    "SplitV": "cut out each part of the channels with tf.slice",
    "Tile": "enlarge images by whole factors with tf.compat.v1.image.resize_nearest_neighbor",
}

# Operations that tf-coreml has in its set, and of which it makes something else.
_MISTAKEN = {
    "Floor": "tf-coreml leaves it out; " + _GENERAL,
    "LRN": (
        "tf-coreml sums the squares of too few channels; write x * tf.pow(bias + alpha * squares, -beta), where "
        "squares is a 1 x 1 convolution of x * x with a weight of 1 for each channel within the radius"
    ),
    "RandomStandardNormal": "tf-coreml puts zeros in its place; freeze the model for inference",
    "RandomUniform": "tf-coreml puts zeros in its place; freeze the model for inference",
}

# The attributes that decide whether tf-coreml understands an operation.
_SETTINGS = frozenset({"data_format", "dilations", "half_pixel_centers", "padding", "transpose_a", "transpose_b"})


@dataclass(frozen=True)
class Unsupported:
    """A node that tf-coreml would refuse, or convert into something else.

    Attributes:
        op: its operation, such as `Softplus`.
        node: its name.
        advice: what to change in the network, with the reason where the operation itself is in the set.
    """

    op: str
    node: str
    advice: str


def supported_ops() -> frozenset[str]:
    """The names of the operations that the installed tf-coreml has in its set; 80 in version 2.0.

    Raises:
        LaneError: tfcoreml or coremltools is not installed.
    """
    return frozenset(tf_coreml_module("tfcoreml._ops_to_layers")._OP_REGISTRY)


def unsupported(graph: tf.compat.v1.GraphDef) -> tuple[Unsupported, ...]:
    """Find what tf-coreml would not convert, or not as it is.

    Args:
        graph: a folded graph, as `helpers.convert.tf_coreml_graph.prepare` gives it. Before folding, a graph has
            operations that do not depend on the image and need no converting.

    Returns:
        Each such node, in the graph's order, with advice.

    Raises:
        ModelFileError: TensorFlow itself refuses the graph.
        LaneError: tfcoreml or coremltools is not installed.
    """
    known = supported_ops()
    operations = imported_graph(graph)
    found = []
    for node in graph.node:
        if node.op in known:
            advice = _misunderstood(operations.get_operation_by_name(node.name))
        else:
            advice = _ADVICE.get(node.op, _GENERAL)
        if advice is not None:
            found.append(Unsupported(node.op, node.name, advice))
    return tuple(found)


def _misunderstood(operation: tf.Operation) -> str | None:
    """Advice where an operation of the set would come out as something else; None where it is converted as it is."""
    settings = _SETTINGS & {attribute.name for attribute in operation.op_def.attr}
    given = {name: operation.get_attr(name) for name in settings}
    if operation.type in _MISTAKEN:
        return _MISTAKEN[operation.type]
    if given.get("data_format") == b"NCHW":
        return "tf-coreml takes its channels for columns; build the network with channels last"
    if set(given.get("dilations", ())) > {1}:
        return "tf-coreml forgets the dilation; write tf.nn.convolution(..., dilations=...), which spells it out"
    if given.get("padding") == b"EXPLICIT":
        return "tf-coreml knows SAME and VALID padding alone; use tf.pad before, and VALID"
    if operation.type == "MatMul":
        return _misunderstood_product(operation, given["transpose_a"] or given["transpose_b"])
    if operation.type == "MirrorPad":
        paddings = tf.get_static_value(operation.inputs[1])
        if paddings is None or len(paddings) != 4 or paddings[0].any() or paddings[3].any():
            return "tf-coreml pads height and width alone; pad nothing else"
    if operation.type == "ResizeBilinear" and given.get("half_pixel_centers"):
        return (
            "tf-coreml places the pixels otherwise; use tf.compat.v1.image.resize_bilinear(..., align_corners=True), "
            "and train the network again"
        )
    if operation.type == "Cast" and not operation.outputs[0].dtype.is_floating:
        return "tf-coreml leaves it out, and nothing is rounded; keep the numbers floating"
    return None


def _misunderstood_product(operation: tf.Operation, transposes: bool) -> str | None:
    if transposes:
        return "tf-coreml transposes nothing here; transpose the constant weights instead"
    if operation.inputs[0].shape.rank != 2 or operation.inputs[0].shape[0] != 1:
        return "tf-coreml multiplies one vector alone; multiply the channels of an image by a 1 x 1 convolution"
    return None
