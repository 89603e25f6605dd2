"""Core ML models that are wrong on purpose: each holds one of the mistakes that are made in practice.

A check that compares files with Keras is worth what it refuses. So the same file is given to it with one thing wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from helpers.coreml.file import CoreMLFile
from helpers.errors import ModelFileError


def alterations(file: CoreMLFile) -> dict[str, Callable[[], CoreMLFile]]:
    """What can be done wrong to a model, in words, and how it is done.

    Args:
        file: a neural network with an image input.

    Returns:
        For each mistake a function that gives the altered file; the given one is not changed. A gray image has no red
        and blue to swap and no bias here, and an average differs only where each channel has its own scale.

    Raises:
        ModelFileError: it is no neural network.
    """
    if file.kind != "neural_network":
        raise ModelFileError(f"expected a .mlmodel with a neural network; received {file.name}, an ML program")
    mistakes = {"a block of weights halved": _halve_block}
    if _image(file.specification).colorSpace == _image(file.specification).GRAYSCALE:
        mistakes["a layer's biases dropped"] = _drop_biases
    else:
        mistakes["red and blue swapped"] = _swap_red_and_blue
        mistakes["the preprocessing's biases dropped"] = _drop_preprocessing_biases
    if _first_constant(file.specification, "multiply") is not None:
        mistakes["one average scale for all channels"] = _average_scales

    def altered(change: Callable[[Any], None]) -> Callable[[], CoreMLFile]:
        return lambda: _changed(file, change)

    return {what: altered(change) for what, change in mistakes.items()}


def _changed(file: CoreMLFile, change: Callable[[Any], None]) -> CoreMLFile:
    specification = type(file.specification)()
    specification.CopyFrom(file.specification)
    change(specification)
    return replace(file, specification=specification)


def _image(specification: Any) -> Any:
    return specification.description.input[0].type.imageType


def _layers(specification: Any) -> Any:
    return getattr(specification, specification.WhichOneof("Type")).layers


def _first_constant(specification: Any, kind: str) -> Any | None:
    """The numbers for each channel in the first layer of a kind, where preprocessing is part of the network."""
    constants = {
        layer.output[0]: layer.loadConstantND.data.floatValue
        for layer in _layers(specification)
        if layer.WhichOneof("layer") == "loadConstantND"
    }
    operations = [layer for layer in _layers(specification) if layer.WhichOneof("layer") != "loadConstantND"]
    for layer in operations[:2]:
        if layer.WhichOneof("layer") == kind:
            return next((constants[name] for name in layer.input if name in constants), None)
    return None


def _swap_red_and_blue(specification: Any) -> None:
    image = _image(specification)
    image.colorSpace = image.BGR if image.colorSpace == image.RGB else image.RGB


def _drop_preprocessing_biases(specification: Any) -> None:
    """Forget to subtract the mean."""
    biases = _first_constant(specification, "add")
    if biases is not None:
        biases[:] = [0.0] * len(biases)
        return
    (preprocessing,) = getattr(specification, specification.WhichOneof("Type")).preprocessing
    for colour in ("red", "green", "blue"):
        preprocessing.scaler.ClearField(f"{colour}Bias")


def _drop_biases(specification: Any) -> None:
    biases = _middle_convolution(specification).bias.floatValue
    biases[:] = [0.0] * len(biases)


def _halve_block(specification: Any) -> None:
    """Halve the first eighth of a layer's weights."""
    weights = _middle_convolution(specification).weights.floatValue
    block = max(1, len(weights) // 8)
    weights[:block] = (np.asarray(weights[:block], np.float32) / 2).tolist()


def _middle_convolution(specification: Any) -> Any:
    """The convolution in the middle, where a mistake is hardest to notice."""
    convolutions = [layer.convolution for layer in _layers(specification) if layer.WhichOneof("layer") == "convolution"]
    return convolutions[len(convolutions) // 2]


def _average_scales(specification: Any) -> None:
    """Divide all channels by the mean of the standard deviations, and keep the biases: a shortcut of many guides."""
    scales = _first_constant(specification, "multiply")
    if scales is not None:
        scales[:] = [float(1 / np.mean(1 / np.asarray(scales, np.float32)))] * len(scales)
