"""What a network answers to a few images: read, fit to its input, predict, and keep the five best classes.

This is all that stands between an image file and a stored prediction, so the key of what is stored
(`helpers.ilsvrc.shards`) holds this module's source.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from helpers.engines.base import Engine
from helpers.errors import ImageError
from helpers.photos import read_photo
from helpers.preprocess import ImageInput, fit_photo

TOP = 5

# As float32, a batch fits into a processor's cache; more at a time is slower for LiteRT and no faster for TensorFlow.
_BATCH = 10

# The set's largest image has sides of about 5,000 pixels, its largest file a few megabytes.
_LARGEST_SIDE = 8192
_LARGEST_FILE = 50_000_000


@dataclass(frozen=True)
class ImageAnswer:
    """One image and what the network says of it.

    Attributes:
        name: the image's path inside its folder.
        classes: the five most probable classes, the best first; of equal ones, the lower number first. Empty where the
            image could not be used.
        probabilities: theirs; each is a float32.
        failure: why the image could not be used; empty where it could.
    """

    name: str
    classes: tuple[int, ...]
    probabilities: tuple[float, ...]
    failure: str = ""


@dataclass(frozen=True, eq=False)
class FittedImages:
    """Images ready for a network.

    Attributes:
        names: all images that were asked for, in their order.
        pixels: uint8 (n, height, width, channels), those that could be read.
        failures: why the others could not be used, by name.
    """

    names: tuple[str, ...]
    pixels: NDArray[np.uint8]
    failures: dict[str, str]


def read_images(folder: Path, names: Sequence[str], expected: ImageInput) -> FittedImages:
    """Read images and bring them to a network's size: one centre crop, by the input's resize rule.

    Args:
        folder: where they lie.
        names: their paths inside the folder.
        expected: the network's input.

    Returns:
        The pixels; what cannot be read or fitted is told in `failures`.
    """
    pixels = np.empty((len(names), *expected.shape), np.uint8)
    failures: dict[str, str] = {}
    for place, name in enumerate(names):
        try:
            pixels[place - len(failures)] = fit_photo(_photo(folder / name), expected)
        except ImageError as error:
            failures[name] = str(error)
    return FittedImages(tuple(names), pixels[: len(names) - len(failures)], failures)


def answer_images(engine: Engine, images: FittedImages) -> list[ImageAnswer]:
    """Ask the network.

    Returns:
        An answer for each image, in their order.

    Raises:
        ModelFileError: the engine cannot run the model.
    """
    batches = (images.pixels[start : start + _BATCH] for start in range(0, len(images.pixels), _BATCH))
    rows = (row for batch in batches for row in engine.predict(batch))
    return [
        ImageAnswer(name, (), (), images.failures[name]) if name in images.failures else _answer(name, next(rows))
        for name in images.names
    ]


def _answer(name: str, probabilities: NDArray[np.float32]) -> ImageAnswer:
    # A stable sort of the negated row breaks ties by class number, as `helpers.accuracy.top_k_accuracy` does.
    best = np.argsort(-probabilities, kind="stable")[:TOP]
    return ImageAnswer(name, tuple(best.tolist()), tuple(probabilities[best].tolist()))


def _photo(path: Path) -> NDArray[np.uint8]:
    try:
        status = path.stat()
        # Asked before the file is opened: opening a pipe would wait for its writer.
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_FILE:
            raise ImageError(
                f"expected {path.name} to be a file of at most {_LARGEST_FILE:,} bytes; received one of "
                f"{status.st_size:,} bytes, or no file; replace it"
            )
        content = path.read_bytes()
    except OSError as error:
        raise ImageError(
            f"expected to read {path.name}: {error.strerror}; copy it again or correct its rights"
        ) from error
    return read_photo(content, path.name, largest_side=_LARGEST_SIDE)
