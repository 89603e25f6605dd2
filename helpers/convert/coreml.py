"""Keras, or a frozen graph -> Core ML: `.mlmodel`, the paper's format, and `.mlpackage`, its successor.

A Core ML model takes an image as it comes from the camera: its size, channel order and preprocessing are stored in the
file (paper, section II.B.1), and so are the class labels, so that an app need not know them. `ImageType` holds one
scale for all channels. Where a network has one for each (DenseNet121), the preprocessing becomes part of the network
instead, so that nothing is lost.

Taught in notebook 04_convert_to_coreml.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any, Literal, get_args

import keras
import tensorflow as tf

from helpers.convert.coreml_file import finish, save_coreml
from helpers.convert.frozen import INPUT_NODE, in_order, read_graph
from helpers.convert.graph_preprocessing import with_preprocessing
from helpers.convert.keras_file import check_form, inner_layers, load_h5
from helpers.convert.nodes import ConvertedNodes
from helpers.convert.tf_coreml_graph import imported_graph
from helpers.coreml.library import coreml_module
from helpers.errors import ModelFileError
from helpers.manifest import ModelDescription
from helpers.preprocess import ImageInput

# The names that every file gives away: its input and a classifier's two outputs.
_FEATURES = frozenset({INPUT_NODE, "classLabel", "probabilities"})
# The layer that multiplies and adds where `ImageType` cannot.
_PREPROCESSING = "preprocessing"
# This pass turns a multiplication and an addition into a batch normalisation with an epsilon of 1e-5, which makes every
# factor 5e-6 smaller than it should be.
_INEXACT_PASS = "common::fuse_elementwise_to_batchnorm"

Kind = Literal["neural_network", "program_fp32", "program_fp16"]
InputKind = Literal["image", "array"]


def to_coreml(
    model: keras.Model,
    about: ModelDescription,
    kind: Kind = "neural_network",
    input_kind: InputKind = "image",
    layers: Sequence[str] = (),
) -> Any:
    """Convert a Keras model.

    Args:
        model: a functional Keras model with one image input and one output.
        about: what the model is; its input's preprocessing and its labels go into the file.
        kind: a neural network (`.mlmodel`), or an ML program (`.mlpackage`) that computes in float32 or float16.
        input_kind: `image`, with the preprocessing inside; or `array`, a float32 array (1, height, width, channels)
            that the app has preprocessed.
        layers: names of layers whose outputs come out too, as float32 arrays, beside the probabilities.

    Returns:
        coremltools' MLModel: input `image`; outputs `probabilities` by label, `classLabel`, and the layers' names.

    Raises:
        ModelFileError: the model does not fit its description, a layer does not exist or is asked for twice, or
            coremltools cannot convert the model.
        LaneError: coremltools is not there.
    """
    _check_choice("kind", kind, get_args(Kind))
    _check_choice("input_kind", input_kind, get_args(InputKind))
    check_form(model, "expected a Keras model")
    _check_fits(about, tuple(model.inputs[0].shape[1:]), model.outputs[0].shape[-1])
    known = {layer.name: layer for layer in inner_layers(model)}
    unknown = [layer for layer in layers if layer not in known]
    if unknown:
        raise ModelFileError(
            f"expected inner layers of {model.name}; received {unknown[0]!r}; its layers are {', '.join(known)}"
        )
    if len(set(layers)) < len(layers):
        raise ModelFileError(f"expected each layer once; received {', '.join(layers)}; ask for none of them twice")
    taken = sorted(_FEATURES & set(layers))
    if taken:
        raise ModelFileError(
            f"expected layers with other names than {', '.join(sorted(_FEATURES))}, which the file needs itself; "
            f"received {taken[0]!r}; give the layer another name"
        )
    outputs = [known[layer].output for layer in layers] + list(model.outputs)
    network = keras.Model(model.inputs, outputs, name=model.name)
    if input_kind == "image" and not _fits_image_type(about.input):
        pixels = keras.Input(about.input.shape, name=INPUT_NODE)
        tensor = keras.layers.Rescaling(about.input.scale, about.input.bias, name=_PREPROCESSING)(pixels)
        network = keras.Model(pixels, network(tensor), name=model.name)
    signature = [tf.TensorSpec((1, *about.input.shape), tf.float32, name=INPUT_NODE)]
    function = tf.function(lambda image: keras.tree.flatten(network(image, training=False)), signature)
    # coremltools calls the results Identity, Identity_1, ... in their order.
    names = [f"Identity_{number}" if number else "Identity" for number in range(len(outputs))]
    converted = _convert([function.get_concrete_function()], about, kind, input_kind, names[-1])
    shapes = {layer: (1, *known[layer].output.shape[1:]) for layer in layers}
    return _finished(converted, about, dict(zip(names, (*layers, "probabilities"), strict=True)), shapes)


def graph_to_coreml(graph: tf.compat.v1.GraphDef, about: ModelDescription, output: str) -> Any:
    """Convert a frozen graph by coremltools' own route, to a neural network with an image input.

    Args:
        graph: a frozen graph with one Placeholder, `image`.
        about: what the model is.
        output: the node with the probabilities.

    Returns:
        coremltools' MLModel, as `to_coreml` gives it.

    Raises:
        ModelFileError: the graph does not fit its description, or coremltools cannot convert it.
        LaneError: coremltools is not there.
    """
    needed = in_order(graph, [output])
    imported = imported_graph(needed)
    first, last = (imported.get_tensor_by_name(f"{name}:0").shape for name in (INPUT_NODE, output))
    _check_fits(about, tuple(first[1:]), last[-1] if last.rank == 2 else 0)
    if not _fits_image_type(about.input):
        needed = with_preprocessing(needed, INPUT_NODE, about.input)
    converted = _convert(needed, about, "neural_network", "image", output)
    return _finished(converted, about, {output: "probabilities"}, {})


def convert(source: Path, target: Path, about: ModelDescription, kind: Kind) -> ConvertedNodes:
    """Convert a Keras .h5 file; see `to_coreml`.

    Two conversions give the same bytes.

    Args:
        source: the Keras .h5 file.
        target: the `.mlmodel` file or `.mlpackage` folder to write.
        about: what the model is.
        kind: what to make.

    Returns:
        The names of the input and of the probabilities.

    Raises:
        ModelFileError: the source is not a usable Keras model.
        LaneError: coremltools is not there.
        ArtifactWriteError: the target cannot be written.
    """
    model = to_coreml(load_h5(source), about, kind)
    save_coreml(model.get_spec(), target, model.weights_dir)
    return ConvertedNodes(INPUT_NODE, "probabilities")


def convert_frozen(source: Path, target: Path, about: ModelDescription) -> ConvertedNodes:
    """Convert a frozen .pb file to a `.mlmodel` by coremltools' own route; see `graph_to_coreml` and `convert`."""
    graph = read_graph(source)
    save_coreml(graph_to_coreml(graph, about, last_node(graph)).get_spec(), target)
    return ConvertedNodes(INPUT_NODE, "probabilities")


def last_node(graph: tf.compat.v1.GraphDef) -> str:
    """The node with the probabilities: the last one, as `helpers.convert.frozen.in_order` puts them."""
    return str(graph.node[-1].name)


def image_type(image: ImageInput) -> Any:
    """The `ImageType` of a network's input: its size, channel order and, where it fits, its preprocessing.

    Args:
        image: the network's input. `ImageType` takes its biases in the order of its colour layout, as they are here.
    """
    ct = coreml_module("coremltools")
    layouts = {"gray": ct.colorlayout.GRAYSCALE, "rgb": ct.colorlayout.RGB, "bgr": ct.colorlayout.BGR}
    scale: dict[str, Any] = {}
    if _fits_image_type(image):
        scale = {"scale": image.scale[0], "bias": list(image.bias) if image.channels > 1 else image.bias[0]}
    return ct.ImageType(name=INPUT_NODE, shape=(1, *image.shape), color_layout=layouts[image.channel_order], **scale)


def _fits_image_type(image: ImageInput) -> bool:
    """Whether one scale serves all channels, which is all that `ImageType` can hold."""
    return len(set(image.scale)) == 1


def _check_choice(name: str, received: object, known: tuple[str, ...]) -> None:
    if received not in known:
        raise ModelFileError(f"expected {name} to be one of {', '.join(known)}; received {received!r}")


def _check_fits(about: ModelDescription, image: tuple[int, ...], classes: int) -> None:
    """Make sure that a description is of this network: its image, and a different label for each of its classes."""
    if image != about.input.shape or classes != len(about.labels):
        raise ModelFileError(
            f"expected {about.title}, from images of shape {about.input.shape} to {len(about.labels)} probabilities; "
            f"received a network from {image} to {classes}; is it another model's description?"
        )
    if len(set(about.labels)) < len(about.labels):
        # Core ML gives a table from labels to probabilities, where the second of two would replace the first.
        raise ModelFileError(f"expected labels that are all different; received some twice for {about.title}")


def _finished(model: Any, about: ModelDescription, names: dict[str, str], shapes: dict[str, tuple[int, ...]]) -> Any:
    specification = model.get_spec()
    finish(specification, about, names, shapes)
    return coreml_module("coremltools").models.MLModel(specification, weights_dir=model.weights_dir)


def _convert(network: Any, about: ModelDescription, kind: Kind, input_kind: InputKind, probabilities: str) -> Any:
    ct = coreml_module("coremltools")
    # Pixels are scaled in float32, as `ImageType` has it done; 1 / (255 * 0.229) has no exact float16.
    float16 = ct.transform.FP16ComputePrecision(op_selector=lambda operation: _PREPROCESSING not in operation.name)
    targets = {
        "neural_network": {"convert_to": "neuralnetwork"},
        "program_fp32": {"convert_to": "mlprogram", "compute_precision": ct.precision.FLOAT32},
        "program_fp16": {"convert_to": "mlprogram", "compute_precision": float16},
    }
    passes = ct.PassPipeline.DEFAULT
    passes.remove_passes({_INEXACT_PASS})
    array = ct.TensorType(name=INPUT_NODE, shape=(1, *about.input.shape))
    try:
        with redirect_stderr(StringIO()):  # its progress bars
            return ct.convert(
                network,
                source="tensorflow",
                inputs=[image_type(about.input) if input_kind == "image" else array],
                classifier_config=ct.ClassifierConfig(list(about.labels), predicted_probabilities_output=probabilities),
                pass_pipeline=passes,
                **targets[kind],
            )
    except Exception as error:  # the converter has many kinds of its own
        reason = str(error).strip().partition("\n")[0]
        raise ModelFileError(
            f"{about.title} cannot be converted to Core ML: {reason}; see which layer or operation it names"
        ) from error
