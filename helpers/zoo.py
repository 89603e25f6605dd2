"""The models: one record each, with everything the rest of the package needs to know about it.

A record joins the network's builder to its weights, its input and its labels, so that no other module carries
a model's constants.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import keras

from helpers.errors import ModelFileError
from helpers.files import DATA
from helpers.preprocess import ImageInput


@dataclass(frozen=True)
class ModelRecord:
    """A network of the paper.

    Attributes:
        name: the short name used in paths and on command lines, such as `lenet`.
        title: the name as the paper prints it, such as `LeNet`.
        build: makes the network with fresh weights; its last layer gives probabilities.
        input: size and preprocessing.
        labels: the class names, in the order of the network's outputs.
        weights_file: the Keras .h5 file with the weights.
        weights_kind: `trained` or `untrained`; everything shown of an untrained model says so.
        weights_source: where the weights come from, in words.
        citation: the publication that introduced the network, or that it follows.
    """

    name: str
    title: str
    build: Callable[[], keras.Model]
    input: ImageInput
    labels: tuple[str, ...]
    weights_file: Path
    weights_kind: Literal["trained", "untrained"]
    weights_source: str
    citation: str


def build_lenet() -> keras.Model:
    """Build LeNet as Table I of the paper describes it, with fresh weights.

    Two 5x5 convolutions of 16 and 32 filters, sigmoid, one 2x2 average pooling, then fully connected layers of 256, 128
    and 10: 866,890 parameters. Table I leaves open where the pooling stands; notebook 01 says why it stands here.

    Returns:
        A model from float32 (n, 28, 28, 1), pixels divided by 255, to float32 probabilities (n, 10).
    """
    image = keras.Input((28, 28, 1), name="image")
    x = keras.layers.Conv2D(16, 5, activation="sigmoid", name="conv1")(image)
    x = keras.layers.Conv2D(32, 5, activation="sigmoid", name="conv2")(x)
    x = keras.layers.AveragePooling2D(2, name="pool")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dense(256, activation="sigmoid", name="fc1")(x)
    x = keras.layers.Dense(128, activation="sigmoid", name="fc2")(x)
    x = keras.layers.Dense(10, activation="softmax", name="probabilities")(x)
    return keras.Model(image, x, name="lenet")


_LENET = ModelRecord(
    name="lenet",
    title="LeNet",
    build=build_lenet,
    input=ImageInput(height=28, width=28, channel_order="gray", scale=(1 / 255,), bias=(0.0,)),
    labels=tuple("0123456789"),
    weights_file=DATA / "lenet" / "lenet.h5",
    weights_kind="trained",
    weights_source="trained on the 60,000 MNIST training images by helpers/train_lenet.py; see its training log",
    citation="Sehgal and Kehtarnavaz 2019, Table I; after LeCun et al. 1998, whose LeNet-5 is smaller",
)

_RECORDS = {record.name: record for record in (_LENET,)}


def model_names() -> tuple[str, ...]:
    """The names of all models, in the order of the paper's tables."""
    return tuple(_RECORDS)


def model_record(name: str) -> ModelRecord:
    """The record of a model.

    Raises:
        ModelFileError: there is no model of that name.
    """
    if name not in _RECORDS:
        raise ModelFileError(f"expected one of the models {', '.join(_RECORDS)}; received {name!r}")
    return _RECORDS[name]
