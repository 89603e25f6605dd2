"""Core ML models that are wrong on purpose: each holds one of the mistakes that are made in practice.

A check that compares files with Keras is worth what it refuses. So the same file is given to it with one thing wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from helpers.coreml.file import CoreMLFile
from helpers.coreml.image import ImageFeature, input_feature
from helpers.coreml.specification import main_block, network_of
from helpers.errors import ModelFileError

# Small against any mistake in a conversion, and large against rounding in float32.
_LARGER = 1.01


def alterations(file: CoreMLFile) -> dict[str, Callable[[], CoreMLFile]]:
    """What can be done wrong to a model, in words, and how it is done.

    Args:
        file: a model with an image input and at least one convolution with weights of its own.

    Returns:
        For each mistake a function that gives the altered file; the given one is not changed. A gray image has no red
        and blue to swap, an average differs only where each channel has its own scale, and an ML program's numbers are
        changed in the middle alone.

    Raises:
        ModelFileError: it is another kind of model.
    """
    image = input_feature(file)
    if not isinstance(image, ImageFeature):
        raise ModelFileError(f"expected {file.name} to take an image; received one that takes an array")
    mistakes: dict[str, Callable[[CoreMLFile], CoreMLFile]] = {}
    if image.channel_order != "gray":
        mistakes["red and blue swapped"] = _changed(_swap_red_and_blue)
    if file.kind == "ml_program":
        return {
            what: _altered(file, change) for what, change in {**mistakes, "a block of weights halved": _halve}.items()
        }
    if not _convolutions(file.specification):
        raise ModelFileError(f"expected {file.name} to have a convolution with float32 weights; received none")
    mistakes["a layer's weights 1 % larger"] = _changed(_enlarge)
    if _has_preprocessing_biases(file.specification):
        mistakes["the preprocessing's biases dropped"] = _changed(_drop_preprocessing_biases)
    else:
        mistakes["a layer's biases dropped"] = _changed(_drop_biases)
    if _first_constant(file.specification, "multiply") is not None:
        mistakes["one average scale for all channels"] = _changed(_average_scales)
    return {what: _altered(file, change) for what, change in mistakes.items()}


def _altered(file: CoreMLFile, change: Callable[[CoreMLFile], CoreMLFile]) -> Callable[[], CoreMLFile]:
    return lambda: change(file)


def _changed(change: Callable[[Any], None]) -> Callable[[CoreMLFile], CoreMLFile]:
    """A change of the specification alone, done to a copy."""

    def changed(file: CoreMLFile) -> CoreMLFile:
        specification = type(file.specification)()
        specification.CopyFrom(file.specification)
        change(specification)
        return replace(file, specification=specification)

    return changed


def _swap_red_and_blue(specification: Any) -> None:
    image = specification.description.input[0].type.imageType
    image.colorSpace = image.BGR if image.colorSpace == image.RGB else image.RGB


def _convolutions(specification: Any) -> list[Any]:
    """The convolutions with float32 weights, in their order."""
    layers = [layer for layer in network_of(specification).layers if layer.WhichOneof("layer") == "convolution"]
    return [layer.convolution for layer in layers if layer.convolution.weights.floatValue]


def _middle(convolutions: list[Any]) -> Any:
    """The one in the middle, where a mistake is hardest to notice."""
    return convolutions[len(convolutions) // 2]


def _enlarge(specification: Any) -> None:
    weights = _middle(_convolutions(specification)).weights.floatValue
    weights[:] = (np.asarray(weights, np.float32) * _LARGER).tolist()


def _drop_biases(specification: Any) -> None:
    biases = _middle(_convolutions(specification)).bias.floatValue
    biases[:] = [0.0] * len(biases)


def _halve(file: CoreMLFile) -> CoreMLFile:
    """Halve a block of the weights of a program's convolution, in the file beside it."""
    operations = main_block(file.specification).operations
    convolutions = [operation for operation in operations if operation.type == "conv"]
    if not convolutions or file.weights is None:
        raise ModelFileError(f"expected {file.name} to have a convolution with weights; received none")
    (weight,) = _middle(convolutions).inputs["weight"].arguments
    (constant,) = [operation for operation in operations if operation.outputs[0].name == weight.name]
    return replace(file, weights=file.weights.halved(constant.attributes["val"].blobFileValue.offset))


def _first_constant(specification: Any, kind: str) -> Any | None:
    """The numbers for each channel in the first layer of a kind, where preprocessing is part of the network."""
    layers = network_of(specification).layers
    constants = {
        layer.output[0]: layer.loadConstantND.data.floatValue
        for layer in layers
        if layer.WhichOneof("layer") == "loadConstantND"
    }
    operations = [layer for layer in layers if layer.WhichOneof("layer") != "loadConstantND"]
    for layer in operations[:2]:
        if layer.WhichOneof("layer") == kind:
            return next((constants[name] for name in layer.input if name in constants), None)
    return None


def _has_preprocessing_biases(specification: Any) -> bool:
    scalers = [step.scaler for step in network_of(specification).preprocessing]
    stored = any(scaler.redBias or scaler.greenBias or scaler.blueBias for scaler in scalers)
    return stored or _first_constant(specification, "add") is not None


def _drop_preprocessing_biases(specification: Any) -> None:
    """Forget to subtract the mean."""
    biases = _first_constant(specification, "add")
    if biases is not None:
        biases[:] = [0.0] * len(biases)
    for step in network_of(specification).preprocessing:
        for colour in ("red", "green", "blue"):
            step.scaler.ClearField(f"{colour}Bias")


def _average_scales(specification: Any) -> None:
    """Divide all channels by the mean of the standard deviations, and keep the biases: a shortcut of many guides."""
    scales = _first_constant(specification, "multiply")
    if scales is not None:
        scales[:] = [float(1 / np.mean(1 / np.asarray(scales, np.float32)))] * len(scales)
