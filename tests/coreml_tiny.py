"""A tiny Keras network and its way through the converter, for the tests of what a conversion keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from helpers.convert.coreml import to_coreml
from helpers.convert.coreml_file import save_coreml
from helpers.coreml.file import read_coreml
from helpers.coreml.network import CoreMLNetwork
from helpers.manifest import ModelDescription, Weights
from helpers.preprocess import ChannelOrder, ImageInput

LABELS = ("dürüm", "ant", "eel", "bee", "crane")
SUFFIXES = {"neural_network": ".mlmodel", "program_fp32": ".mlpackage", "program_fp16": ".mlpackage"}
KINDS = tuple(SUFFIXES)

# No two biases or scales are alike, so that none can stand in another's place.
_SCALES = (1 / 127.5, 1 / 58.4, 1 / 3.7)
_BIASES = (-103.939, -1.8, 0.7)


def tiny_input(order: ChannelOrder = "bgr", scale_per_channel: bool = False) -> ImageInput:
    """An input of 6 x 5 pixels, with a bias for each channel, and one scale or three."""
    channels = 1 if order == "gray" else 3
    scale = _SCALES[:channels] if scale_per_channel else _SCALES[:1] * channels
    return ImageInput(height=6, width=5, channel_order=order, scale=scale, bias=_BIASES[:channels])


def tiny_network(channels: int = 3) -> keras.Model:
    """Batch normalisation and all; the layer `pixels` gives what goes in, so that it can be fetched."""
    image = keras.Input((6, 5, channels), name="image")
    x = keras.layers.MaxPooling2D(1, name="pixels")(image)
    x = keras.layers.Conv2D(4, 3, padding="same", use_bias=False, name="conv")(x)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.ReLU(name="relu")(x)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    network = keras.Model(image, keras.layers.Dense(len(LABELS), activation="softmax", name="answer")(x), name="tiny")
    random = np.random.default_rng(0)
    for variable in network.weights:
        # A variance cannot be negative; and the first channel's numbers are large.
        between = (0.5, 1.5) if "norm" in variable.path else (-0.1, 0.1)
        variable.assign(random.uniform(*between, variable.shape).astype(np.float32))
    return network


def tiny_description(image: ImageInput) -> ModelDescription:
    """What the tiny network is."""
    return ModelDescription(
        model="tiny",
        title="Tiny (untrained)",
        citation="Nobody, 2000",
        input=image,
        labels=LABELS,
        weights=Weights(kind="untrained", source="made for a test", licence="MIT", sha256="0123456789abcdef" * 4),
    )


def tiny_images(image: ImageInput, count: int = 4) -> NDArray[np.uint8]:
    """Images with every byte from 0 to 255 somewhere."""
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (count, *image.shape), dtype=np.uint8)
    images.reshape(-1)[: min(256, images.size)] = random.permutation(256)[: images.size].astype(np.uint8)
    return images


def opened(model: Any, folder: Path) -> CoreMLNetwork:
    """A converted model by way of the disk: nothing but the file goes in."""
    program = model.get_spec().WhichOneof("Type") == "mlProgram"
    path = folder / f"tiny.{'mlpackage' if program else 'mlmodel'}"
    save_coreml(model.get_spec(), path, model.weights_dir)
    return CoreMLNetwork(read_coreml(path))


def converted(kind: Any, image: ImageInput, folder: Path, **options: Any) -> CoreMLNetwork:
    """The tiny network for that input, converted and opened."""
    return opened(to_coreml(tiny_network(image.channels), tiny_description(image), kind, **options), folder)


def keras_outputs(names: tuple[str, ...], tensor: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """What Keras gives for the named layers and the probabilities, from preprocessed numbers."""
    network = tiny_network(tensor.shape[-1])
    outputs = {name: network.get_layer(name).output for name in names} | {"probabilities": network.outputs[0]}
    return {name: np.asarray(keras.Model(network.inputs[0], output)(tensor)) for name, output in outputs.items()}
