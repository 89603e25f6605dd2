"""The paper's second path: a network written in TensorFlow alone, frozen by the paper's own calls.

TensorFlow 1.5's functions still exist under `tf.compat.v1`; this module uses them the way section II.B.2 describes:
open the session and turn its variables into constants with `graph_util`. (`graph_io`, which notebook 03 shows, would
write the same graph, but could leave half a file behind.)

Taught in notebook 03_freeze_for_android.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from helpers.convert.frozen import INPUT_NODE, check_inference_only
from helpers.convert.keras_file import load_h5
from helpers.convert.nodes import ConvertedNodes
from helpers.errors import ModelFileError
from helpers.files import write_bytes

FORMAT = "plain_tensorflow_pb"
FILE_SUFFIX = "_plain_tensorflow.pb"

_OUTPUT_NODE = "probabilities"
_INNER_NODES = ("conv1", "conv2", "pool", "flatten", "fc1", "fc2")
_KERNEL_SHAPES = {
    "conv1": (5, 5, 1, 16),
    "conv2": (5, 5, 16, 32),
    "fc1": (3200, 256),
    "fc2": (256, 128),
    "probabilities": (128, 10),
}


def lenet_graph(weights: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]) -> tf.Graph:
    """Build LeNet (Table I) as a TensorFlow 1 graph with variables, without Keras.

    Args:
        weights: for each of conv1, conv2, fc1, fc2 and probabilities its kernel and its bias.

    Returns:
        A graph whose variables start as the given weights; its input node is `image`, its output node `probabilities`.

    Raises:
        ModelFileError: a layer's weights are missing or have another shape.
    """
    for layer, shape in _KERNEL_SHAPES.items():
        received = [(array.shape, str(array.dtype)) for array in weights.get(layer, ())]
        if received != [(shape, "float32"), (shape[-1:], "float32")]:
            raise ModelFileError(
                f"expected LeNet's {layer} to have a float32 kernel of shape {shape} and a bias of shape {shape[-1:]}; "
                f"received {received or 'nothing'}"
            )
    graph = tf.Graph()
    with graph.as_default():

        def weighted(layer: str, inputs: tf.Tensor) -> tf.Tensor:
            kernel, bias = (tf.compat.v1.Variable(array, use_resource=False) for array in weights[layer])
            if kernel.shape.rank == 4:
                return tf.nn.bias_add(tf.nn.conv2d(inputs, kernel, strides=1, padding="VALID"), bias)
            return tf.nn.bias_add(tf.matmul(inputs, kernel), bias)

        x = tf.compat.v1.placeholder(tf.float32, (None, 28, 28, 1), name=INPUT_NODE)
        x = tf.sigmoid(weighted("conv1", x), name="conv1")
        x = tf.sigmoid(weighted("conv2", x), name="conv2")
        x = tf.nn.avg_pool2d(x, 2, 2, "VALID", name="pool")
        x = tf.reshape(x, (-1, 3200), name="flatten")
        x = tf.sigmoid(weighted("fc1", x), name="fc1")
        x = tf.sigmoid(weighted("fc2", x), name="fc2")
        tf.nn.softmax(weighted(_OUTPUT_NODE, x), name=_OUTPUT_NODE)
    return graph


def convert(source: Path, target: Path) -> ConvertedNodes:
    """Rebuild a Keras LeNet in plain TensorFlow with the same weights and freeze it into a .pb file.

    Args:
        source: LeNet's Keras .h5 file.
        target: the .pb file to write.

    Returns:
        The names of the nodes.

    Raises:
        ModelFileError: the source is not LeNet.
        ArtifactWriteError: the target cannot be written.
    """
    model = load_h5(source)
    weights = {layer.name: tuple(layer.get_weights()) for layer in model.layers if layer.get_weights()}
    graph = lenet_graph(weights)
    with tf.compat.v1.Session(graph=graph) as session, graph.as_default():
        session.run(tf.compat.v1.global_variables_initializer())
        frozen = tf.compat.v1.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), [_OUTPUT_NODE])
    check_inference_only(frozen)
    write_bytes(target, frozen.SerializeToString(deterministic=True))
    return ConvertedNodes(INPUT_NODE, _OUTPUT_NODE, _INNER_NODES)
