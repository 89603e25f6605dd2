"""A frozen graph -> Core ML by tf-coreml: the paper's secondary path, for a model that TensorFlow alone has made.

Section II.A and the end of II.B.2: the converter takes a .pb file, and knows a reduced set of operations. So the graph
is folded first, which computes everything that does not depend on the image (nothing of a batch normalisation but an
offset is left); what remains is compared with that set, and each operation outside it is named with what to put in its
place; and only then the converter runs.

Its limits, beyond the set of operations: one image at a time, tensors of at most four axes in the order (n, height,
width, channels), and one input here, an image.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tensorflow as tf

from helpers.convert.coreml_file import finish, save_coreml
from helpers.convert.frozen import INPUT_NODE, read_graph
from helpers.convert.graph_preprocessing import with_preprocessing
from helpers.convert.nodes import ConvertedNodes
from helpers.convert.tf_coreml_compat import tf_coreml
from helpers.convert.tf_coreml_graph import GRAPH, WANTED, imported_graph, prepare
from helpers.convert.tf_coreml_ops import unsupported
from helpers.errors import ModelFileError
from helpers.manifest import ModelDescription
from helpers.preprocess import ChannelOrder, ImageInput

# Small enough to change nothing that it is added to; a 0 would mean Core ML's default.
_NO_EPSILON = 1e-20

# The name of each channel's bias in tf-coreml, and in Core ML; a name means its colour, whatever the channel order.
_BIASES: dict[ChannelOrder, tuple[str, ...]] = {
    "gray": ("gray_bias",),
    "rgb": ("red_bias", "green_bias", "blue_bias"),
    "bgr": ("blue_bias", "green_bias", "red_bias"),
}


def to_mlmodel(
    graph: tf.compat.v1.GraphDef, input_node: str, output_node: str, image: ImageInput, labels: Sequence[str]
) -> Any:
    """Convert a frozen graph into a Core ML classifier.

    The same graph gives the same specification in every process.

    Args:
        graph: the graph as it was frozen; it is not changed.
        input_node: its Placeholder, float32 (n, height, width, channels).
        output_node: the node of the probabilities, float32 (n, classes).
        image: the network's input. Its scale and bias become part of the model: as Core ML's own preprocessing where
            all channels have one scale, else as operations at the beginning of the network.
        labels: the names of the classes, all different, in the network's order.

    Returns:
        The specification, a `Model_pb2.Model` with a neural-network classifier. Its image input is called after the
        input node, and its probabilities after the output node, each with `__0` behind it; the most probable label is
        `classLabel`.

    Raises:
        ModelFileError: the graph is damaged or of another form, has an operation that tf-coreml does not convert, or
            does not fit the image or the labels; the message says what to change.
        LaneError: tfcoreml or coremltools is not installed.
    """
    prepared = prepare(graph, input_node, output_node, image)
    _check_labels(prepared, output_node, labels)
    problems = unsupported(prepared)
    if problems:
        shown = "; ".join(f"{problem.op} (node {problem.node}): {problem.advice}" for problem in problems[:5])
        more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
        received = "another" if len(problems) == 1 else f"{len(problems)} others"
        raise ModelFileError(
            f"{WANTED} to hold nothing but operations that it converts; received {received}: {shown}{more}"
        )
    parameters: dict[str, Any] = {}
    if len(set(image.scale)) == 1:
        parameters |= {
            "image_scale": image.scale[0],
            **dict(zip(_BIASES[image.channel_order], image.bias, strict=True)),
        }
    else:
        prepared = with_preprocessing(prepared, input_node, image)
    with tf_coreml(prepared) as converter:
        try:
            specification = converter.convert(
                GRAPH,
                output_feature_names=[f"{output_node}:0"],
                input_name_shape_dict={f"{input_node}:0": [1, *image.shape]},
                image_input_names=[f"{input_node}:0"],
                is_bgr=image.channel_order == "bgr",
                class_labels=list(labels),
                **parameters,
            )
        except Exception as error:  # assertions, missing keys and attributes, TensorFlow's own: it fails in any way
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            said = converter.printed[-1].strip() if converter.printed else "nothing"
            raise ModelFileError(
                f"{WANTED} to use its operations the way it converts them; it stopped with: {reason[:300]} "
                f"(its last words: {said[:200]}); change that node, or deploy the model as .tflite"
            ) from error
    _check_connected(specification)
    _set_epsilons(specification)
    return specification


def convert_frozen(source: Path, target: Path, about: ModelDescription) -> ConvertedNodes:
    """Convert a frozen .pb file to a `.mlmodel`; see `to_mlmodel`. Two conversions give the same bytes.

    Args:
        source: the .pb file, with one Placeholder, `image`; its last node gives the probabilities.
        target: the `.mlmodel` file to write.
        about: what the model is.

    Returns:
        The names of the input and of the probabilities.

    Raises:
        ModelFileError: see `to_mlmodel`; or the source is not a frozen graph.
        LaneError: tfcoreml or coremltools is not installed.
        ArtifactWriteError: the target cannot be written.
    """
    graph = read_graph(source)
    output = graph.node[-1].name
    specification = to_mlmodel(graph, INPUT_NODE, output, about.input, about.labels)
    finish(specification, about, {f"{INPUT_NODE}__0": INPUT_NODE, f"{output}__0": "probabilities"})
    save_coreml(specification, target)
    return ConvertedNodes(INPUT_NODE, "probabilities")


def _check_labels(graph: tf.compat.v1.GraphDef, output_node: str, labels: Sequence[str]) -> None:
    shape = imported_graph(graph).get_tensor_by_name(f"{output_node}:0").shape
    if shape.rank != 2 or shape.as_list() != [1, len(labels)]:
        raise ModelFileError(
            f"{WANTED} to give one probability for each of the {len(labels)} labels, an {output_node!r} of shape "
            f"{(1, len(labels))}; received {shape}; give the network's own labels and its last node"
        )
    # Core ML gives a dictionary from labels to probabilities, where the second of two would replace the first.
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if list(labels).count(label) > 1)
        raise ModelFileError(
            f"expected labels that are all different; received {twice!r} more than once; add what tells them apart"
        )


def _set_epsilons(specification: Any) -> None:
    """Take out what is added to guard against a division by zero, where the graph has no such addition.

    tf-coreml writes a convolution's bias as a batch normalisation with variance 1 and no epsilon. Core ML then takes
    0.00001, which makes each such layer's output smaller by 5 parts in a million; in a deep network, probabilities by
    4 in a thousand. To what is divided by, and to what a root is taken of, coremltools adds 0.0001.
    """
    for layer in specification.neuralNetworkClassifier.layers:
        kind = layer.WhichOneof("layer")
        if kind == "batchnorm" and layer.batchnorm.epsilon == 0:
            layer.batchnorm.epsilon = _NO_EPSILON
        elif kind == "unary" and layer.unary.type in (layer.unary.RSQRT, layer.unary.INVERSE):
            layer.unary.epsilon = _NO_EPSILON


def _check_connected(specification: Any) -> None:
    """Make sure that each layer reads what there is; tf-coreml forgets some constants, and does not notice."""
    given = {feature.name for feature in specification.description.input}
    for layer in specification.neuralNetworkClassifier.layers:
        missing = sorted(set(layer.input) - given)
        if missing:
            raise ModelFileError(
                f"{WANTED} to use its operations the way it converts them; it has lost {missing[0]!r}, which the layer "
                f"{layer.name!r} needs; change that node, or deploy the model as .tflite"
            )
        given.update(layer.output)
