"""What a Core ML network takes and gives, and the step from a photo's bytes to its numbers.

A network's description says whether it takes an image, with which size and order of colours, or an array. A neural
network may scale an image's bytes before its first layer; that is stored beside the layers. An ML program has ordinary
operations for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.coreml.file import CoreMLFile
from helpers.coreml.specification import main_block, network_of
from helpers.errors import ModelFileError
from helpers.preprocess import ChannelOrder, ImageInput, check_images

_LARGEST_SIDE = 4096
_LARGEST_ARRAY = 2**28
# By the numbers of GRAYSCALE, RGB and BGR; and of FLOAT32, DOUBLE, INT32, INT8 and FLOAT16.
_CHANNEL_ORDERS: dict[int, ChannelOrder] = {10: "gray", 20: "rgb", 30: "bgr"}
_DTYPES = {65568: "<f4", 65600: "<f8", 131104: "<i4", 131080: "<i1", 65552: "<f2"}
_COLOURS: dict[ChannelOrder, tuple[str, ...]] = {
    "gray": ("gray",),
    "rgb": ("red", "green", "blue"),
    "bgr": ("blue", "green", "red"),
}


@dataclass(frozen=True)
class ImageFeature:
    """An image that a network takes.

    Attributes:
        name: the input's name.
        height: in pixels.
        width: in pixels.
        channel_order: `gray`, `rgb` or `bgr`.
    """

    name: str
    height: int
    width: int
    channel_order: ChannelOrder


@dataclass(frozen=True)
class ArrayFeature:
    """An array that a network takes.

    Attributes:
        name: the input's name.
        shape: its sizes.
        dtype: the type of its numbers.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def input_feature(file: CoreMLFile) -> ImageFeature | ArrayFeature:
    """What a network takes.

    Args:
        file: the model.

    Returns:
        Its one input, an image or an array of one size.

    Raises:
        ModelFileError: there are several inputs, or it is of another kind; says which.
    """
    inputs = file.specification.description.input
    if len(inputs) != 1:
        raise ModelFileError(
            f"expected {file.name} to have one input; received {len(inputs)}: "
            f"{', '.join(feature.name[:40] for feature in inputs[:5])}; convert a network with one"
        )
    (feature,) = inputs
    wanted = f"expected the input {feature.name[:80]!r} of {file.name} to be an image or an array of one size"
    held = feature.type.WhichOneof("Type")
    if held not in {"imageType", "multiArrayType"}:
        raise ModelFileError(f"{wanted}; received {held}; convert the model with such an input")
    if feature.type.isOptional:
        raise ModelFileError(f"{wanted}; received one that may be left out (isOptional); convert the model again")
    if held == "imageType":
        return _image_feature(feature.name, feature.type.imageType, wanted)
    return _array_feature(feature.name, feature.type.multiArrayType, wanted)


def _image_feature(name: str, image: Any, wanted: str) -> ImageFeature:
    flexible = image.WhichOneof("SizeFlexibility")
    if flexible is not None:
        raise ModelFileError(f"{wanted}; received one of several sizes ({flexible}); convert it for one")
    if not 1 <= image.height <= _LARGEST_SIDE or not 1 <= image.width <= _LARGEST_SIDE:
        raise ModelFileError(
            f"{wanted}, 1 to {_LARGEST_SIDE} pixels high and wide; received {image.height} x {image.width}; convert "
            "the model again"
        )
    if image.colorSpace not in _CHANNEL_ORDERS:
        raise ModelFileError(
            f"{wanted} in bytes, GRAYSCALE, RGB or BGR; received colour space {image.colorSpace}; convert it for one "
            "of these"
        )
    return ImageFeature(name, image.height, image.width, _CHANNEL_ORDERS[image.colorSpace])


def _array_feature(name: str, array: Any, wanted: str) -> ArrayFeature:
    flexible = array.WhichOneof("ShapeFlexibility")
    if flexible is not None:
        raise ModelFileError(f"{wanted}; received one of several shapes ({flexible}); convert it for one")
    shape = tuple(array.shape)
    if not 1 <= len(shape) <= 5 or min(shape) < 1 or math.prod(shape) > _LARGEST_ARRAY:
        raise ModelFileError(
            f"{wanted} with 1 to 5 dimensions and at most {_LARGEST_ARRAY:,} numbers; received shape {shape[:6]}; "
            "convert the model again"
        )
    if array.dataType not in _DTYPES:
        raise ModelFileError(f"{wanted} of a known type; received data type {array.dataType}; convert the model again")
    return ArrayFeature(name, shape, np.dtype(_DTYPES[array.dataType]))


def image_tensor(images: NDArray[np.uint8], feature: ImageFeature) -> NDArray[np.float32]:
    """Turn images into the numbers that a network gets: each byte one number, the colours in the network's order.

    Args:
        images: uint8 of shape (n, height, width, channels), n at least 1; colour images are RGB.
        feature: what the network takes.

    Returns:
        float32 of shape (n, channels, height, width), values 0 to 255.

    Raises:
        ImageError: the images are of another type or size.
    """
    channels = len(_COLOURS[feature.channel_order])
    check_images(
        images,
        ImageInput(
            height=feature.height,
            width=feature.width,
            channel_order=feature.channel_order,
            scale=(1.0,) * channels,
            bias=(0.0,) * channels,
        ),
    )
    # The reader's own reading of the order: nothing is shared with the code that prepares images for other engines.
    ordered = images[..., ::-1] if feature.channel_order == "bgr" else images
    return ordered.transpose(0, 3, 1, 2).astype(np.float32)


def scaled(tensor: NDArray[np.float32], file: CoreMLFile, feature: ImageFeature) -> NDArray[np.float32]:
    """Do what a neural network does with an image before its first layer: multiply, then add a bias for each colour.

    Args:
        tensor: float32 of shape (n, channels, height, width), from `image_tensor`.
        file: the model.
        feature: what it takes.

    Returns:
        float32 of the same shape, each of the two steps rounded; the tensor itself for a network without such a step,
        and for an ML program.

    Raises:
        ModelFileError: the step is of another kind, stands there twice, or is for an input that is not there.
    """
    if file.kind == "ml_program":
        return tensor
    steps = network_of(file.specification).preprocessing
    if not steps:
        return tensor
    wanted = f"expected {file.name} to scale its image {feature.name[:80]!r} once, by numbers other than 0"
    received = [(step.featureName[:80], step.WhichOneof("preprocessor")) for step in steps[:5]]
    if received != [(feature.name[:80], "scaler")] or steps[0].featureName != feature.name:
        raise ModelFileError(f"{wanted}; received {received}; convert the model again")
    scaler = steps[0].scaler
    # A scale that was left out is 0 in protobuf, and would turn every image into the same.
    biases = [getattr(scaler, f"{colour}Bias") for colour in _COLOURS[feature.channel_order]]
    if scaler.channelScale == 0 or not np.isfinite([scaler.channelScale, *biases]).all():
        raise ModelFileError(
            f"{wanted}; received the scale {scaler.channelScale} and biases {biases}; convert the model again"
        )
    bias = np.asarray(biases, np.float32).reshape(-1, 1, 1)
    # An absurd scale gives infinity, which is no reason for a warning.
    with np.errstate(over="ignore"):
        product: NDArray[np.float32] = tensor * np.float32(scaler.channelScale)
        return product + bias


def class_labels(file: CoreMLFile) -> tuple[str, ...]:
    """The classes that a classifier tells apart, in the order of its probabilities.

    Args:
        file: the model.

    Returns:
        Their labels; none for a network that is no classifier.

    Raises:
        ModelFileError: a classifier's labels are missing, numbers, or not different from each other.
    """
    labels = _program_labels(file) if file.kind == "ml_program" else _network_labels(file)
    if labels is None:
        return ()
    if not labels or len(set(labels)) < len(labels):
        raise ModelFileError(
            f"expected {file.name} to have a label of its own for each class; received {len(labels):,} labels, "
            f"{len(set(labels)):,} of them different; convert the model again"
        )
    return labels


def _network_labels(file: CoreMLFile) -> tuple[str, ...] | None:
    if file.specification.WhichOneof("Type") != "neuralNetworkClassifier":
        return None
    network = network_of(file.specification)
    held = network.WhichOneof("ClassLabels")
    if held != "stringClassLabels":
        raise ModelFileError(
            f"expected the classifier {file.name} to have labels in words; received {held or 'none'}; convert it again"
        )
    return tuple(network.stringClassLabels.vector)


def _program_labels(file: CoreMLFile) -> tuple[str, ...] | None:
    operations = main_block(file.specification).operations
    classifying = [operation for operation in operations if operation.type == "classify"]
    if not classifying:
        return None
    wanted = f"expected {file.name} to classify once, by a list of labels in words"
    arguments = classifying[0].inputs["classes"].arguments if "classes" in classifying[0].inputs else []
    if len(classifying) > 1 or len(arguments) != 1:
        raise ModelFileError(
            f"{wanted}; received {len(classifying)} such operations, the first with {len(arguments)} lists; convert it "
            "again"
        )
    value = arguments[0].value
    # The list stands in the operation, or is a constant that it names.
    if arguments[0].WhichOneof("binding") == "name":
        constants = [
            operation
            for operation in operations
            if operation.type == "const" and [output.name for output in operation.outputs] == [arguments[0].name]
        ]
        if len(constants) != 1 or "val" not in constants[0].attributes:
            raise ModelFileError(f"{wanted}; received {arguments[0].name[:80]!r}, which is no constant; convert again")
        value = constants[0].attributes["val"]
    labels = [tuple(item.immediateValue.tensor.strings.values) for item in value.immediateValue.list.values]
    if any(len(label) != 1 for label in labels):
        raise ModelFileError(f"{wanted}; received a list with something else in it; convert the model again")
    return tuple(label for (label,) in labels)


def output_names(file: CoreMLFile) -> tuple[str, ...]:
    """The outputs that are numbers: arrays, and a classifier's probabilities.

    Args:
        file: the model.

    Returns:
        Their names, as the description lists them. A classifier's best label is left out.

    Raises:
        ModelFileError: there is none, or an output is of another kind, such as an image.
    """
    description = file.specification.description
    names = []
    for feature in description.output:
        held = feature.type.WhichOneof("Type")
        if held == "multiArrayType" or (
            held == "dictionaryType" and feature.name == description.predictedProbabilitiesName
        ):
            names.append(feature.name)
        elif feature.name != description.predictedFeatureName:
            raise ModelFileError(
                f"expected {file.name} to give arrays, or a label and its probabilities; received "
                f"{feature.name[:80]!r}, {held}; convert the model again"
            )
    if not names:
        raise ModelFileError(f"expected {file.name} to give numbers; received a label alone; convert the model again")
    return tuple(names)
