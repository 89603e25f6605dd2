"""The models: one record each, with everything the rest of the package needs to know about a network.

A record joins the network's builder to its input and its labels, so that no other module carries a model's constants.
Where its weights come from is told by `helpers/weights.py`. Beside the paper's six, a user's own models have records
here once they are registered; see `helpers/own_model.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import keras

from helpers.errors import ModelFileError
from helpers.labels import load_imagenet_labels
from helpers.own_network import load_own_network
from helpers.own_record import OwnModel, find_own_model, own_file, own_model_names
from helpers.preprocess import ImageInput, ResizeRule
from helpers.squeezenet import build_squeezenet


@dataclass(frozen=True)
class ModelRecord:
    """A network of the paper, or a user's own.

    Attributes:
        name: the short name used in paths and on command lines, such as `lenet`.
        title: the name as the paper prints it, such as `LeNet`.
        build: makes the network, the paper's with fresh weights, a user's as it was given; its last layer gives
            probabilities.
        input: size, preprocessing and single crop.
        source: where the builder comes from, in words.
        citation: the publication that introduced the network, or that it follows.
        class_names: the names of its classes, where they are not the 1000 of the ImageNet challenge.
    """

    name: str
    title: str
    build: Callable[[], keras.Model]
    input: ImageInput
    source: str
    citation: str
    class_names: tuple[str, ...] = ()

    @property
    def on_imagenet(self) -> bool:
        """Whether its classes are the 1000 of the ImageNet challenge."""
        return not self.class_names

    @property
    def labels(self) -> tuple[str, ...]:
        """The class names, in the order of the network's outputs."""
        return self.class_names or tuple(label.name for label in load_imagenet_labels())

    @property
    def label_ids(self) -> tuple[str, ...]:
        """The WordNet ids of the classes, such as `n02123045`; empty where they are not those of ImageNet."""
        return tuple(label.wnid for label in load_imagenet_labels()) if self.on_imagenet else ()


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


def _from_keras(name: str, application: str, side: int) -> Callable[[], keras.Model]:
    """A builder of one of Keras' own networks, with an input layer `image` and names that are always the same."""

    def build() -> keras.Model:
        image = keras.Input((side, side, 3), name="image")
        network = getattr(keras.applications, application)(weights=None, input_tensor=image)
        return _with_fixed_names(network, name)

    build.__doc__ = f"Build Keras Applications' {application} with fresh weights, float32 (n, {side}, {side}, 3) in."
    return build


def _with_fixed_names(network: keras.Model, name: str) -> keras.Model:
    """Copy a network with layer names that do not depend on what the process built before.

    Keras numbers the layers that have no name of their own (InceptionV3's) over the whole process: `conv2d_94` in one
    run is `conv2d_188` in another, and so would be the nodes of every file made from it.
    """
    seen: Counter[str] = Counter()
    fixed: dict[str, str] = {}
    for layer in network.layers:
        kind = re.sub(r"_\d+$", "", layer.name)
        fixed[layer.name] = layer.name
        if kind.replace("_", "") == type(layer).__name__.lower():
            fixed[layer.name] = f"{kind}_{seen[kind]}" if seen[kind] else kind
            seen[kind] += 1

    def renamed(layer: keras.layers.Layer) -> keras.layers.Layer:
        return type(layer).from_config({**layer.get_config(), "name": fixed[layer.name]})

    copied = keras.models.clone_model(network, clone_function=renamed)
    return keras.Model(copied.inputs, copied.outputs, name=name)


# The three kinds of preprocessing that Keras Applications call tf, caffe and torch, as scale and bias.
_TF = {"channel_order": "rgb", "scale": (1 / 127.5,) * 3, "bias": (-1.0,) * 3}
_CAFFE = {"channel_order": "bgr", "scale": (1.0,) * 3, "bias": (-103.939, -116.779, -123.68)}
_TORCH_MEAN, _TORCH_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_TORCH = {
    "channel_order": "rgb",
    "scale": tuple(1 / (255 * std) for std in _TORCH_STD),
    "bias": tuple(-mean / std for mean, std in zip(_TORCH_MEAN, _TORCH_STD, strict=True)),
}
# By the names that Keras Applications give them; all are for colour.
PREPROCESSING: Mapping[str, Mapping[str, object]] = {"tf": _TF, "caffe": _CAFFE, "torch": _TORCH}


def _square(side: int, shorter_side: int, preprocessing: Mapping[str, object]) -> ImageInput:
    return ImageInput.model_validate(
        {"height": side, "width": side, "resize": ResizeRule(shorter_side=shorter_side), **preprocessing}
    )


_KERAS = f"Keras Applications {keras.__version__}"

_RECORDS = {
    record.name: record
    for record in (
        ModelRecord(
            name="lenet",
            title="LeNet",
            build=build_lenet,
            input=ImageInput(height=28, width=28, channel_order="gray", scale=(1 / 255,), bias=(0.0,)),
            source="this project, after the paper's Table I",
            citation="Sehgal and Kehtarnavaz 2019, Table I; after LeCun et al. 1998, whose LeNet-5 is smaller",
            class_names=tuple("0123456789"),
        ),
        ModelRecord(
            name="resnet50",
            title="ResNet50",
            build=_from_keras("resnet50", "ResNet50", 224),
            input=_square(224, 256, _CAFFE),
            source=_KERAS,
            citation="He, Zhang, Ren and Sun 2016, Deep Residual Learning for Image Recognition",
        ),
        ModelRecord(
            name="inceptionv3",
            title="InceptionV3",
            build=_from_keras("inceptionv3", "InceptionV3", 299),
            input=_square(299, 342, _TF),
            source=_KERAS,
            citation="Szegedy et al. 2016, Rethinking the Inception Architecture for Computer Vision",
        ),
        ModelRecord(
            name="squeezenet",
            title="SqueezeNet",
            build=build_squeezenet,
            input=_square(227, 256, _CAFFE),
            source="this project, after the published release v1.1",
            citation="Iandola et al. 2016, SqueezeNet: AlexNet-level accuracy with 50x fewer parameters",
        ),
        ModelRecord(
            name="mobilenet",
            title="MobileNet",
            build=_from_keras("mobilenet", "MobileNet", 224),
            input=_square(224, 256, _TF),
            source=_KERAS,
            citation="Howard et al. 2017, MobileNets: Efficient Convolutional Neural Networks for Mobile Vision",
        ),
        ModelRecord(
            name="densenet121",
            title="DenseNet121",
            build=_from_keras("densenet121", "DenseNet121", 224),
            input=_square(224, 256, _TORCH),
            source=_KERAS,
            citation="Huang, Liu, van der Maaten and Weinberger 2017, Densely Connected Convolutional Networks",
        ),
    )
}


def model_names() -> tuple[str, ...]:
    """The names of the paper's models, in the order of its tables."""
    return tuple(_RECORDS)


def model_record(name: str) -> ModelRecord:
    """The record of a model, the paper's or a user's own.

    Raises:
        ModelFileError: there is no model of that name, or what is kept of a user's model is damaged.
    """
    if isinstance(name, str) and name in _RECORDS:
        return _RECORDS[name]
    own = find_own_model(name)
    if own is None:
        known = ", ".join((*_RECORDS, *own_model_names()))
        raise ModelFileError(
            f"expected one of the models {known}; received {name!r}; a Keras file of your own becomes a model with "
            "python -m helpers.own_model"
        )
    return _own_record(own)


def _own_record(own: OwnModel) -> ModelRecord:
    return ModelRecord(
        name=own.model,
        title=own.title,
        build=lambda: load_own_network(own_file(own), own.model),
        input=own.input,
        source=own.weights.source,
        citation=own.citation,
        class_names=own.labels,
    )
