"""Does a converted file compute what Keras computes? The check, its tolerance, and proof that it can fail.

Probabilities of a thousand classes are nearly all tiny, so they are compared as logarithms: a difference of 0.001 means
that a probability is off by a thousandth of itself. What is allowed follows from the precision of float32 and the
network's size. The same check is then given three networks that are wrong on purpose; it must refuse them all.

Taught in notebook 07_validate_accuracy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import keras
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from helpers.accuracy import agreement
from helpers.artifacts import build_model
from helpers.data import PHOTOS, load_mnist, load_photo
from helpers.engines import open_engine
from helpers.engines.base import Engine
from helpers.engines.keras import KerasEngine
from helpers.manifest import Manifest
from helpers.predictions import cached_predictions
from helpers.preprocess import ImageInput, fit_photos
from helpers.weights import OFFLINE

FILE_ENGINES = ("frozen", "tf_mobile", "litert")

# Half the distance between 1 and the next float32: the largest relative error of one rounding.
_ROUNDING = 2.0**-24
# Deep networks amplify what their first layers round; runtimes add up in different orders.
_SAFETY = 4.0


@dataclass(frozen=True)
class ParityCheck:
    """One comparison with Keras.

    Attributes:
        model: the model's title, which says if it is untrained.
        what: what was compared: an engine's title, or what was done to the network.
        kind: `file`, which must agree; or `control`, wrong on purpose, which must not.
        difference: the largest difference of any natural log-probability on any image.
        tolerance: the largest difference that rounding can explain.
    """

    model: str
    what: str
    kind: Literal["file", "control"]
    difference: float
    tolerance: float

    @property
    def as_expected(self) -> bool:
        """Whether a file agrees, or a control does not."""
        return (self.difference <= self.tolerance) == (self.kind == "file")


def check_parity(name: str, weights: str | Path = OFFLINE, progress: bool = False) -> list[ParityCheck]:
    """Compare a model's files with Keras, and Keras with three networks that are wrong on purpose.

    Args:
        name: the model.
        weights: its weights, as `helpers.weights.choose_weights` takes them.
        progress: show a progress bar over the comparisons.

    Returns:
        One check per file, then one per control.

    Raises:
        DeploymentError: whatever building and running the model raises.
    """
    manifest, folder = build_model(name, weights)
    images = sample_images(manifest.input)
    alterations = _alterations(manifest.input)
    with tqdm(total=len(FILE_ENGINES) + len(alterations) + 1, desc=manifest.title, disable=not progress) as bar:

        def predicted(engine: Engine) -> NDArray[np.float32]:
            bar.update()
            return cached_predictions(engine, images)

        with _AlteredKeras(manifest, folder) as keras_engine:
            reference = predicted(keras_engine)
            tolerance = rounding_tolerance(keras_engine.network, reference)
            controls = [(what, predicted(keras_engine.altered(what, change))) for what, change in alterations.items()]
        files = []
        for engine_name in FILE_ENGINES:
            with open_engine(engine_name, name, weights) as engine:
                files.append((engine.title, predicted(engine)))

    def check(what: str, kind: Literal["file", "control"], received: NDArray[np.float32]) -> ParityCheck:
        return ParityCheck(manifest.title, what, kind, agreement(reference, received).largest_log_difference, tolerance)

    return [
        *(check(title, "file", received) for title, received in files),
        *(check(what, "control", received) for what, received in controls),
    ]


def sample_images(expected: ImageInput) -> NDArray[np.uint8]:
    """The images of the check: the project's five photos, or for gray inputs five digits.

    Returns:
        uint8 (5, height, width, channels).
    """
    if expected.channel_order == "gray":
        return load_mnist("test")[0][: len(PHOTOS)]
    return fit_photos([load_photo(photo) for photo in PHOTOS], expected)


def rounding_tolerance(network: keras.Model, probabilities: NDArray[np.float32]) -> float:
    """How far two correct float32 runtimes may differ in a log-probability.

    A sum of n products is off by about sqrt(n) roundings of 2**-24, whichever way up; over all layers such errors add
    like random steps. The logarithms of probabilities carry them multiplied by their own size.

    Args:
        network: the network; the length of each of its sums is read off its kernels.
        probabilities: float32 (n, classes), what it gives.

    Returns:
        The tolerance, for the natural logarithm.
    """
    kernels = [
        (layer, weight.shape) for layer in network.layers for weight in layer.weights if len(weight.shape) in (2, 4)
    ]
    terms = sum(
        math.prod(shape[:2] if isinstance(layer, keras.layers.DepthwiseConv2D) else shape[:-1])
        for layer, shape in kernels
    )
    largest = -math.log(max(float(probabilities.min()), float(np.finfo(np.float32).tiny)))
    return _SAFETY * _ROUNDING * math.sqrt(terms) * largest


class _AlteredKeras(KerasEngine):
    """The reference, which can also be made wrong on purpose."""

    title: ClassVar[str] = "Keras, altered"

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        super().__init__(manifest, folder)
        self._kept = self._model.get_weights()
        self._alteration = "none"
        self._swapped = False

    @property
    def network(self) -> keras.Model:
        """The Keras network."""
        return self._model

    def altered(self, what: str, change: Callable[[keras.Model], None] | None) -> _AlteredKeras:
        """Make it wrong in one way; an earlier alteration is undone. Without a change red and blue are swapped."""
        self._model.set_weights(self._kept)
        self._alteration, self._swapped = what, change is None
        if change is not None:
            change(self._model)
        return self

    def invoke(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Engine.invoke`."""
        return super().invoke(tensor[..., ::-1] if self._swapped else tensor)

    def versions(self) -> dict[str, str]:
        """See `Engine.versions`; the alteration is part of what a cached prediction depends on."""
        return {**super().versions(), "alteration": self._alteration}


def _alterations(expected: ImageInput) -> dict[str, Callable[[keras.Model], None] | None]:
    alterations: dict[str, Callable[[keras.Model], None] | None] = {}
    if expected.channels > 1:
        alterations["red and blue swapped"] = None
    return {**alterations, "a bias dropped": _drop_a_bias, "one layer's weights 1 % larger": _enlarge_a_layer}


def _drop_a_bias(network: keras.Model) -> None:
    biased = [layer for layer in network.layers if getattr(layer, "bias", None) is not None]
    biased[-1].bias.assign(keras.ops.zeros_like(biased[-1].bias))


def _enlarge_a_layer(network: keras.Model) -> None:
    """Enlarge the kernel of the layer in the middle, where it is hardest to notice."""
    kernels = [layer.kernel for layer in network.layers if getattr(layer, "kernel", None) is not None]
    middle = kernels[len(kernels) // 2]
    middle.assign(middle * 1.01)
