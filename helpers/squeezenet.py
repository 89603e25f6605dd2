"""SqueezeNet v1.1 with its trained ImageNet weights: the one large network that is real without a download.

The layout is release v1.1 of Iandola et al., 2016: one convolution, eight fire modules, one convolution to the 1000
classes, and no fully connected layer. Pooling drops the last row of an even size, as Keras does: 113, 56, 27, 13. Caffe
rounds up, to 28 and 14, which costs 782 M floating-point operations; this costs 711 M, and Table II says 714 M. The
weights file is made by `helpers/convert_squeezenet_weights.py`.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from helpers.data import checked_bytes
from helpers.errors import DataError
from helpers.files import DATA

WEIGHTS_FILE = DATA / "squeezenet" / "squeezenet_imagenet.npz"

_MAKE_AGAIN = "make it again: python -m helpers.convert_squeezenet_weights"

_CLASSES = 1000
# Filters of each fire module: of its squeezing 1x1 convolution, then of each of its two expanding ones.
_FIRE_MODULES = {
    "fire2": (16, 64),
    "fire3": (16, 64),
    "fire4": (32, 128),
    "fire5": (32, 128),
    "fire6": (48, 192),
    "fire7": (48, 192),
    "fire8": (64, 256),
    "fire9": (64, 256),
}
_POOLED_BEFORE = frozenset({"fire2", "fire4", "fire6"})


def build_squeezenet() -> keras.Model:
    """Build SqueezeNet v1.1 with fresh weights.

    26 convolutions, 1,235,496 parameters. The dropout before the last convolution belongs to training and is left out.

    Returns:
        A model from float32 (n, 227, 227, 3), blue-green-red with ImageNet's means subtracted, to float32
        probabilities (n, 1000).
    """
    layers = keras.layers
    image = keras.Input((227, 227, 3), name="image")
    x = layers.Conv2D(64, 3, strides=2, activation="relu", name="conv1")(image)
    for name, (squeezed, expanded) in _FIRE_MODULES.items():
        if name in _POOLED_BEFORE:
            x = layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
        x = layers.Conv2D(squeezed, 1, activation="relu", name=f"{name}_squeeze1x1")(x)
        narrow = layers.Conv2D(expanded, 1, activation="relu", name=f"{name}_expand1x1")(x)
        wide = layers.Conv2D(expanded, 3, padding="same", activation="relu", name=f"{name}_expand3x3")(x)
        x = layers.Concatenate(name=f"{name}_concat")([narrow, wide])
    x = layers.Conv2D(_CLASSES, 1, activation="relu", name="conv10")(x)
    x = layers.GlobalAveragePooling2D(name="pool10")(x)
    x = layers.Softmax(name="probabilities")(x)
    return keras.Model(image, x, name="squeezenet")


def load_squeezenet(path: Path = WEIGHTS_FILE) -> keras.Model:
    """Build SqueezeNet v1.1 with its trained ImageNet weights.

    Args:
        path: the .npz file; it is compared with `data/checksums.json`.

    Returns:
        The model of `build_squeezenet`, trained.

    Raises:
        DataError: the file is missing, damaged, or does not hold this network's weights.
    """
    model = build_squeezenet()
    arrays = _read_arrays(checked_bytes(path), path.name)
    names = [array_name(weight.path) for weight in model.weights]
    shapes = {name: tuple(weight.shape) for name, weight in zip(names, model.weights, strict=True)}
    received = {name: array.shape for name, array in arrays.items()}
    wrong = sorted(name for name in shapes.keys() | received.keys() if shapes.get(name) != received.get(name))
    if wrong:
        name = wrong[0]
        raise DataError(
            f"expected {path.name} to hold the {len(shapes)} arrays of SqueezeNet v1.1; {name} should have the shape "
            f"{shapes.get(name)}, received {received.get(name)}; {_MAKE_AGAIN}"
        )
    model.set_weights([arrays[name] for name in names])
    return model


def array_name(weight_path: str) -> str:
    """The name of a weight in the .npz file: `fire2_squeeze1x1/kernel` as in Keras, with the slash as a dot."""
    return weight_path.replace("/", ".")


def _read_arrays(content: bytes, name: str) -> dict[str, NDArray[np.float32]]:
    try:
        # Without pickles, which could run code.
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    except (EOFError, OSError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"expected {name} to be a NumPy .npz file; {error}; {_MAKE_AGAIN}") from error
