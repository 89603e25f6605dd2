"""Does a converted file compute what Keras computes? The check, its tolerance, and proof that it can fail.

Probabilities of a thousand classes are nearly all tiny, so they are compared as logarithms: a difference of 0.001 means
that a probability is off by a thousandth of itself. What is allowed follows from the precision of the numbers and the
network's size. The same check is then given networks that are wrong on purpose; it must refuse them all.

Taught in notebook 07_validate_accuracy; for Core ML's files in notebook 04_convert_to_coreml.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from helpers.accuracy import SMALLEST_FLOAT16, SMALLEST_FLOAT32, Agreement, agreement
from helpers.artifacts import build_model
from helpers.convert.conversions import coreml_formats
from helpers.coreml.alterations import alterations
from helpers.coreml.file import CoreMLFile
from helpers.data import PHOTOS, load_mnist, load_photo
from helpers.engines import open_engine
from helpers.engines.base import Engine, Precision
from helpers.engines.coreml import CoreMLEngine
from helpers.engines.keras import KerasEngine
from helpers.golden import gray_of
from helpers.manifest import Manifest
from helpers.predictions import cached_predictions
from helpers.preprocess import ImageInput, ResizeRule, fit_photos
from helpers.weights import OFFLINE

FILE_ENGINES = ("frozen", "tf_mobile", "litert")
# MNIST's digits.
DIGIT_SHAPE = (28, 28, 1)

# The Core ML files that are also made wrong on purpose, one of each kind; and how that is said.
_CONTROLLED = {"mlmodel": "", "mlpackage_fp16": " (float16)", "mlmodel_tf_coreml": " (tf-coreml)"}
_FOR_ALL_KINDS = ("red and blue swapped", "a block of weights halved", "a layer's weights 1 % larger")

# Half the distance between 1 and the next number: the largest relative error of one rounding.
_ROUNDING: dict[Precision, float] = {"float32": 2.0**-24, "float16": 2.0**-11}
_SMALLEST: dict[Precision, float] = {"float32": SMALLEST_FLOAT32, "float16": SMALLEST_FLOAT16}
# Deep networks amplify what their first layers round; runtimes add up in different orders.
_SAFETY = 4.0


Kind = Literal["file", "control"]
_VERDICTS: dict[Kind, str] = {"file": "agrees", "control": "refused"}


@dataclass(frozen=True)
class ParityCheck:
    """One comparison with Keras.

    Attributes:
        model: the model's title, which says if it is untrained.
        what: what was compared: an engine's title, or what was done to the network.
        kind: `file`, which must agree; or `control`, wrong on purpose, which must not.
        precision: the less precise of the two sides' numbers, from which the tolerance follows.
        agreement: how the probabilities compare with Keras'.
        tolerance: the largest difference of a log-probability that rounding can explain.
    """

    model: str
    what: str
    kind: Kind
    precision: Precision
    agreement: Agreement
    tolerance: float

    @property
    def difference(self) -> float:
        """The largest difference of any natural log-probability on any image."""
        return self.agreement.largest_log_difference

    @property
    def as_expected(self) -> bool:
        """Whether a file agrees, or a control does not."""
        return (self.difference <= self.tolerance) == (self.kind == "file")


def check_parity(
    name: str, weights: str | Path = OFFLINE, progress: bool = False, engines: Sequence[str] | None = None
) -> list[ParityCheck]:
    """Compare a model's files with Keras, and Keras with up to three networks that are wrong on purpose.

    Args:
        name: the model.
        weights: its weights, as `helpers.weights.choose_weights` takes them.
        progress: show a progress bar over the comparisons.
        engines: what runs the files, as `helpers.engines.open_engine` takes them; by default `FILE_ENGINES`.

    Returns:
        One check per file, then one per control.

    Raises:
        DeploymentError: whatever building and running the model raises.
    """
    manifest, folder = build_model(name, weights, ())
    images = sample_images(manifest.input)
    engines = FILE_ENGINES if engines is None else engines
    files, controls = [], []
    with tqdm(total=1 + len(engines), desc=manifest.title, disable=not progress) as bar:
        with _AlteredKeras(manifest, folder) as keras_engine:
            reference = _predicted(keras_engine, images, bar)
            tolerances: dict[Precision, float] = {
                precision: rounding_tolerance(keras_engine.network, reference, precision) for precision in _ROUNDING
            }

            def check(what: str, kind: Kind, engine: Engine, received: NDArray[np.float32]) -> ParityCheck:
                precision = engine.precision
                compared = agreement(reference, received, _SMALLEST[precision])
                return ParityCheck(manifest.title, what, kind, precision, compared, tolerances[precision])

            for what, change in _alterations(manifest.input, keras_engine.network).items():
                received = cached_predictions(keras_engine.altered(what, change), images)
                controls.append(check(what, "control", keras_engine, received))
        for engine_name in engines:
            with open_engine(engine_name, name, weights) as engine:
                files.append(check(engine.title, "file", engine, _predicted(engine, images, bar)))
    return [*files, *controls]


def check_coreml_parity(name: str, weights: str | Path = OFFLINE, progress: bool = False) -> list[ParityCheck]:
    """Compare a model's Core ML files with Keras, and Keras with some of them after what can be done wrong to them.

    For a file in float16, probabilities below 2**-14 count as 2**-14 on both sides: float16 has no full digits there.

    Args:
        name: the model.
        weights: its weights, as `helpers.weights.choose_weights` takes them.
        progress: show a progress bar over the files.

    Returns:
        One check per file, then one per control; each is held to the tolerance of its own file's precision.

    Raises:
        DeploymentError: whatever building and running the model raises.
    """
    manifest, folder = build_model(name, weights, ())
    images = sample_images(manifest.input)
    formats = coreml_formats(name)
    files, controls = [], []
    with tqdm(total=1 + len(formats), desc=manifest.title, disable=not progress) as bar:
        with _AlteredKeras(manifest, folder) as keras_engine:
            reference = _predicted(keras_engine, images, bar)
            tolerances: dict[Precision, float] = {
                precision: rounding_tolerance(keras_engine.network, reference, precision) for precision in _ROUNDING
            }

        def check(what: str, kind: Kind, engine: Engine, received: NDArray[np.float32]) -> ParityCheck:
            precision = engine.precision
            compared = agreement(reference, received, _SMALLEST[precision])
            return ParityCheck(manifest.title, what, kind, precision, compared, tolerances[precision])

        for engine_name in formats:
            with open_engine(engine_name, name, weights) as engine:
                assert isinstance(engine, CoreMLEngine)
                files.append(check(engine.title, "file", engine, _predicted(engine, images, bar)))
                for what, make in _coreml_controls(engine).items():
                    received = cached_predictions(engine.altered(what, make()), images)
                    controls.append(check(f"{what}{_CONTROLLED[engine_name]}", "control", engine, received))
    return [*files, *controls]


def _coreml_controls(engine: CoreMLEngine) -> dict[str, Callable[[], CoreMLFile]]:
    """What is done wrong to an engine's file: everything to Keras' own .mlmodel, one or two things to other kinds."""
    if engine.name not in _CONTROLLED:
        return {}
    known = alterations(engine.content())
    return known if engine.name == "mlmodel" else {what: known[what] for what in _FOR_ALL_KINDS if what in known}


def parity_table(checks: Sequence[ParityCheck]) -> pd.DataFrame:
    """The checks as a table.

    Returns:
        One row per check: model, what, kind, precision, difference, tolerance, relative_error (of the vector of all
        log-probabilities), snr_db, psnr_db, same_top_five (images), verdict (`as expected` or `WRONG`).
    """
    return pd.DataFrame(
        {
            "model": check.model,
            "what": check.what,
            "kind": check.kind,
            "precision": check.precision,
            "difference": check.difference,
            "tolerance": check.tolerance,
            "relative_error": check.agreement.relative_log_error,
            "snr_db": check.agreement.snr_db,
            "psnr_db": check.agreement.psnr_db,
            "same_top_five": check.agreement.same_top_five,
            "verdict": _VERDICTS[check.kind] if check.as_expected else "WRONG",
        }
        for check in checks
    )


def _predicted(engine: Engine, images: NDArray[np.uint8], bar: tqdm[Any]) -> NDArray[np.float32]:
    bar.update()
    return cached_predictions(engine, images)


def sample_images(expected: ImageInput) -> NDArray[np.uint8]:
    """The images of the check: the project's five photos, in gray where the network reads gray; or five digits.

    Returns:
        uint8 (5, height, width, channels).
    """
    if expected.shape == DIGIT_SHAPE:
        return load_mnist("test")[0][: len(PHOTOS)]
    # A network without a resize rule takes its own size only.
    rule = expected.resize or ResizeRule(shorter_side=max(expected.height, expected.width))
    photos = [load_photo(photo) for photo in PHOTOS]
    if expected.channels == 1:
        photos = [gray_of(photo) for photo in photos]
    return fit_photos(photos, expected.model_copy(update={"resize": rule}))


def rounding_tolerance(
    network: keras.Model, probabilities: NDArray[np.float32], precision: Precision = "float32"
) -> float:
    """How far two correct runtimes may differ in a log-probability.

    In float32, a sum of n products is off by about sqrt(n) roundings of 2**-24, whichever way up; over all layers such
    errors add like random steps. In float16, sums are kept in float32 by most processors, but each layer's weights and
    its result are rounded to 2**-11. The logarithms of probabilities carry these errors multiplied by their own size.

    Args:
        network: the network; the number of its layers and the length of each of its sums are read off its kernels.
        probabilities: float32 (n, classes), what it gives.
        precision: of the less precise of the two.

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
    steps = terms if precision == "float32" else 2 * len(kernels)
    largest = -math.log(max(float(probabilities.min()), _SMALLEST[precision]))
    return _SAFETY * _ROUNDING[precision] * math.sqrt(steps) * largest


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


def _alterations(expected: ImageInput, network: keras.Model) -> dict[str, Callable[[keras.Model], None] | None]:
    """What is done wrong to a network; a user's own may have no bias to drop, or no layer with a kernel."""
    alterations: dict[str, Callable[[keras.Model], None] | None] = {}
    if expected.channels > 1:
        alterations["red and blue swapped"] = None
    if _biases(network):
        alterations["a bias dropped"] = _drop_a_bias
    if _kernels(network):
        alterations["one layer's weights 1 % larger"] = _enlarge_a_layer
    return alterations


def _biases(network: keras.Model) -> list[Any]:
    """The biases that do something."""
    biases = [getattr(layer, "bias", None) for layer in network.layers]
    return [bias for bias in biases if bias is not None and keras.ops.any(bias != 0)]


def _drop_a_bias(network: keras.Model) -> None:
    bias = _biases(network)[-1]
    bias.assign(keras.ops.zeros_like(bias))


def _kernels(network: keras.Model) -> list[Any]:
    kernels = [getattr(layer, "kernel", None) for layer in network.layers]
    return [kernel for kernel in kernels if kernel is not None]


def _enlarge_a_layer(network: keras.Model) -> None:
    """Enlarge the kernel of the layer in the middle, where it is hardest to notice."""
    kernels = _kernels(network)
    middle = kernels[len(kernels) // 2]
    middle.assign(middle * 1.01)
