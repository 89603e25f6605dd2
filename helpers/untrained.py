"""Untrained but lively weights for the networks whose trained weights need a download.

A freshly initialised Keras network is numerically dead: behind fifty layers every image gives the same probabilities,
1/1000 for each class, so every conversion agrees with it to the last digit and a wrong one does too. The weights made
here keep the activations' scale through the depth, and different images get different, confident answers. They know
nothing: no class that wins is the right one but by chance, and whatever is shown of them says `untrained`.

No image and no forward pass is used. Weights are drawn from the seed, and the batch-norm statistics that a training
would have collected are worked out from the weights: mean and variance of each channel are followed through the layers
(He et al., 2015, follow the variance to find their scale; the mean is followed here too). The same seed gives the same
bytes on every platform: the draws are integers of PCG64's raw stream, which NumPy keeps fixed, and sums over them are
exact, in whatever order they are added.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from helpers.errors import ModelFileError

Array = NDArray[np.float64]

SEED = 1

# Weights are odd multiples of 1/4096 between -1 and 1, times one factor per layer: sums over them stay below 2**53.
_LEVELS = 4096
# Means and variances are rounded to these steps for the same reason, and so that the last digit of a platform's
# exponential function cannot matter.
_MEAN_STEP = 1 / 1024
_VARIANCE_STEP = 1 / 64
# How alike neighbouring pixels (and the colours of one pixel) are in photos, and neighbouring activations further on.
_PIXEL_CORRELATION = 0.9
_ACTIVATION_CORRELATION = 0.5
# What pooling does to mean and variance, in standard deviations of its input; measured once on these networks.
_MAXIMUM_SHIFT = 0.6
_AVERAGE_SHRINK = 0.7
# Gains and offsets differ from channel to channel by up to this, so that no conversion can mix up channels unseen.
_SPREAD = 0.25
_BIAS = 0.2
# A residual branch is added with half the gain of its shortcut: perturbations then grow slowly through the depth.
_RESIDUAL_GAIN = 0.5
# Depthwise kernels see one channel alone: with a mean of zero they would filter out what tells whole images apart.
_DEPTHWISE_MEAN = 0.5


@dataclass(frozen=True)
class _Recipe:
    """What differs between networks.

    Attributes:
        pixel_mean: mean of each channel of a preprocessed photo; ImageNet's own means are subtracted or nearly so.
        pixel_std: its standard deviation.
        offset: the mean of a normalised activation before its ReLU, in standard deviations. The larger, the more of
            each activation passes: differences between images last longer, differences of rounding grow less.
        logit_gain: factor on the last layer. It and the offset were found by experiment with the default seed, so
            that the top probability of photos lies between 0.2 and 0.9 and different photos have different winners.
    """

    pixel_mean: tuple[float, float, float]
    pixel_std: float
    offset: float
    logit_gain: float


_RECIPES = {
    "resnet50": _Recipe((0.0, 0.0, 0.0), 58.0, offset=0.9, logit_gain=6.63),
    "inceptionv3": _Recipe((-0.03, -0.08, -0.18), 0.46, offset=0.9, logit_gain=10.55),
    "mobilenet": _Recipe((-0.03, -0.08, -0.18), 0.46, offset=0.7, logit_gain=5.33),
    "densenet121": _Recipe((0.0, 0.0, 0.0), 1.0, offset=0.8, logit_gain=7.27),
}


# The hash of all weights with the default seed, as `weights_sha256` gives it: their identity in manifests.
UNTRAINED_SHA256 = {
    "resnet50": "1f279dfdd90bdda7b11e85bbe09b73b956542a5d9a03f989196014030f695c64",
    "inceptionv3": "785d5f5dc66311685b702fbe503d1f56eb09c6eff37bc3160878807204636f36",
    "mobilenet": "c5a051e1267c596bc9e5c869be9108f5ab5eafdd5402e9b162c4a80c63b220d2",
    "densenet121": "3167ba36f5d06cabb3724e4c5822e6773a2f9d0723b339725822096fd6a0e3b4",
}


@dataclass(frozen=True)
class _Moments:
    """Mean and variance of each channel of a tensor, over positions and images; and what made the tensor."""

    mean: Array
    variance: Array
    origin: str


def untrained_weights(model_name: str, model: keras.Model, seed: int = SEED) -> list[NDArray[np.float32]]:
    """Make a network's untrained weights from a seed alone.

    Args:
        model_name: `resnet50`, `inceptionv3`, `mobilenet` or `densenet121`.
        model: that network, built; its weights are neither read nor changed.
        seed: any integer from 0; the networks' constants were chosen with the default.

    Returns:
        float32 arrays in the order of `model.weights`, ready for `model.set_weights`.

    Raises:
        ModelFileError: no recipe has that name, or the network holds a layer that the recipe does not know.
    """
    if model_name not in _RECIPES:
        raise ModelFileError(
            f"expected one of {', '.join(_RECIPES)}, the networks with untrained weights; received {model_name!r}"
        )
    return _Weights(model_name, model, seed).arrays()


def apply_untrained_weights(model_name: str, model: keras.Model) -> None:
    """Give a network its untrained weights, with the default seed.

    Raises:
        ModelFileError: as `untrained_weights`; or the numbers are not those that `UNTRAINED_SHA256` promises.
    """
    weights = untrained_weights(model_name, model)
    received = weights_sha256(weights)
    if received != UNTRAINED_SHA256[model_name]:
        raise ModelFileError(
            f"expected {model_name}'s untrained weights to have the SHA-256 {UNTRAINED_SHA256[model_name]}; received "
            f"{received}; is NumPy or Keras another version than requirements.lock names?"
        )
    model.set_weights(weights)


def weights_sha256(weights: list[NDArray[np.float32]]) -> str:
    """The SHA-256 over all weights' bytes, little-endian, in order, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for array in weights:
        digest.update(np.ascontiguousarray(array, "<f4").tobytes())
    return digest.hexdigest()


class _Weights:
    """One walk through a network, layer by layer, that draws weights and follows the moments."""

    def __init__(self, model_name: str, model: keras.Model, seed: int) -> None:
        self._recipe = _RECIPES[model_name]
        self._key = f"{seed}/{model_name}"
        self._model = model
        # Keys are positions, not names: Keras numbers InceptionV3's layers by what the process built before.
        self._positions = {id(weight): position for position, weight in enumerate(model.weights)}
        self._arrays: dict[int, Array] = {}
        self._moments: dict[int, _Moments] = {}
        self._last = next((layer for layer in reversed(model.layers) if layer.weights), None)
        self._added_to = {
            id(source): [other for other in _inputs(layer) if other is not source]
            for layer in model.layers
            if isinstance(layer, keras.layers.Add)
            for source in _inputs(layer)
        }

    def arrays(self) -> list[NDArray[np.float32]]:
        for layer in self._model.layers:
            self._moments[id(layer.output)] = self._rule(layer)(layer)
        return [self._arrays[position].astype(np.float32) for position in range(len(self._model.weights))]

    def _rule(self, layer: keras.layers.Layer) -> Callable[[keras.layers.Layer], _Moments]:
        rules: dict[str, Callable[[keras.layers.Layer], _Moments]] = {
            "InputLayer": self._image,
            "Conv2D": self._convolution,
            "DepthwiseConv2D": self._convolution,
            "Dense": self._convolution,
            "BatchNormalization": self._batch_norm,
            "Activation": self._relu,
            "ReLU": self._relu,
            "MaxPooling2D": self._max_pooling,
            "AveragePooling2D": self._average_pooling,
            "GlobalAveragePooling2D": self._average_pooling,
            "Concatenate": self._concatenate,
            "Add": self._add,
            "ZeroPadding2D": self._unchanged,
            "Reshape": self._unchanged,
            "Dropout": self._unchanged,
        }
        kind = type(layer).__name__
        if kind not in rules:
            raise ModelFileError(
                f"expected layers of the kinds {', '.join(rules)}; received {layer.name}, a {kind}; "
                "write down in helpers/untrained.py what it does to mean and variance"
            )
        return rules[kind]

    def _draw(self, position: int, shape: tuple[int, ...]) -> Array:
        """Draw numbers for one weight: uniform on the odd integers between -4096 and 4096, as float64."""
        count = math.prod(shape)
        key = hashlib.sha256(f"{self._key}/{position}".encode()).digest()
        raw = np.random.PCG64(int.from_bytes(key, "little")).random_raw(-(-count // 4))
        quarters = np.stack([raw >> np.uint64(shift) for shift in (52, 36, 20, 4)], axis=1).reshape(-1)[:count]
        levels = (quarters & np.uint64(_LEVELS - 1)).astype(np.float64)
        return (2 * levels + 1 - _LEVELS).reshape(shape)

    def _spread(self, position: int, channels: int) -> Array:
        return self._draw(position, (channels,)) / _LEVELS

    def _before(self, layer: keras.layers.Layer) -> _Moments:
        return self._moments[id(_inputs(layer)[0])]

    def _image(self, _layer: keras.layers.Layer) -> _Moments:
        # The variance is carried as 1 here and put back as a factor: 58 squared would leave no room for exact sums.
        return _Moments(np.array(self._recipe.pixel_mean) / self._recipe.pixel_std, np.ones(3), "image")

    def _convolution(self, layer: keras.layers.Layer) -> _Moments:
        """A convolution or fully connected layer: He's uniform distribution; the last layer has its own gain."""
        before = self._before(layer)
        last = layer is self._last
        kernel_position = self._positions[id(layer.weights[0])]
        shape = tuple(layer.weights[0].shape)
        drawn = self._draw(kernel_position, shape)
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        if depthwise:
            drawn += _DEPTHWISE_MEAN * _LEVELS
        fan_in = math.prod(shape[:2] if depthwise else shape[:-1])
        scale = math.sqrt(6 / fan_in) / _LEVELS
        if last:
            scale *= self._recipe.logit_gain
        taps = drawn.reshape(-1, *shape[-2:])
        mean, variance = _through(taps, before, depthwise)
        mean, variance = mean * scale, variance * scale**2
        pixel_std = self._recipe.pixel_std if before.origin == "image" else 1.0
        self._arrays[kernel_position] = drawn * (scale / pixel_std)
        if layer.use_bias:
            position = self._positions[id(layer.weights[1])]
            typical = math.sqrt(math.fsum(variance) / len(variance))
            bias = self._spread(position, len(mean)) * (_BIAS * typical)
            # What all images have in common would let one class win always: the last bias takes it away.
            bias = bias - mean if last else bias
            self._arrays[position] = bias
            mean = mean + bias
        return _Moments(mean, variance, "convolution")

    def _batch_norm(self, layer: keras.layers.Layer) -> _Moments:
        before = self._before(layer)
        names = [weight.path.split("/")[-1] for weight in layer.weights]
        positions = {name: self._positions[id(weight)] for name, weight in zip(names, layer.weights, strict=True)}
        channels = len(before.mean)
        gain = np.ones(channels)
        if "gamma" in positions:
            gain += _SPREAD * self._spread(positions["gamma"], channels)
        offset = self._recipe.offset + _SPREAD * self._spread(positions["beta"], channels)
        for other in self._added_to.get(id(layer.output), []):
            gain, offset = self._for_addition(gain, offset, self._moments.get(id(other)))
        made = {"gamma": gain, "beta": offset, "moving_mean": before.mean, "moving_variance": before.variance}
        for name, position in positions.items():
            self._arrays[position] = made[name]
        return _Moments(offset, gain**2 * before.variance / (before.variance + layer.epsilon), "batch_norm")

    def _for_addition(self, gain: Array, offset: Array, other: _Moments | None) -> tuple[Array, Array]:
        """Gain and offset of a branch such that the ReLU behind the addition sees the usual mean and variance."""
        if other is None or other.origin == "batch_norm":
            # Two normalised branches meet: each gives half of the variance.
            return gain * math.sqrt(0.5), offset * math.sqrt(0.5)
        shortcut = math.fsum(other.variance) / len(other.variance)
        wanted = self._recipe.offset * math.sqrt(shortcut + _RESIDUAL_GAIN**2)
        correction = wanted - math.fsum(other.mean) / len(other.mean) - self._recipe.offset
        return gain * _RESIDUAL_GAIN, offset + np.rint(correction / _MEAN_STEP) * _MEAN_STEP

    def _relu(self, layer: keras.layers.Layer) -> _Moments:
        before = self._before(layer)
        if layer is self._model.layers[-1]:
            return before
        return _rectified(before)

    def _max_pooling(self, layer: keras.layers.Layer) -> _Moments:
        before = self._before(layer)
        mean = before.mean + _MAXIMUM_SHIFT * np.sqrt(before.variance)
        return _Moments(mean, before.variance, before.origin)

    def _average_pooling(self, layer: keras.layers.Layer) -> _Moments:
        before = self._before(layer)
        return _Moments(before.mean, before.variance * _AVERAGE_SHRINK, before.origin)

    def _concatenate(self, layer: keras.layers.Layer) -> _Moments:
        parts = [self._moments[id(source)] for source in _inputs(layer)]
        mean = np.concatenate([part.mean for part in parts])
        return _Moments(mean, np.concatenate([part.variance for part in parts]), parts[0].origin)

    def _add(self, layer: keras.layers.Layer) -> _Moments:
        parts = [self._moments[id(source)] for source in _inputs(layer)]
        mean = np.sum([part.mean for part in parts], axis=0)
        return _Moments(mean, np.sum([part.variance for part in parts], axis=0), "sum")

    def _unchanged(self, layer: keras.layers.Layer) -> _Moments:
        return self._before(layer)


def _inputs(layer: keras.layers.Layer) -> list[keras.KerasTensor]:
    return list(keras.tree.flatten(layer.input))


def _through(taps: Array, before: _Moments, depthwise: bool) -> tuple[Array, Array]:
    """Mean and variance of the outputs of integer kernels.

    Args:
        taps: shape (positions, inputs, outputs), or (positions, channels, 1) of a depthwise convolution.
        before: the moments of the inputs. Different channels count as independent, but for those of a photo;
            neighbouring positions are correlated.
        depthwise: each input channel has its own output channel.

    Returns:
        Mean and variance of each output channel.
    """
    mean_in = np.rint(before.mean / _MEAN_STEP) * _MEAN_STEP
    variance_in = np.rint(before.variance / _VARIANCE_STEP) * _VARIANCE_STEP
    total, squares = taps.sum(axis=0), (taps**2).sum(axis=0)
    if before.origin == "image":
        common = total.sum(axis=0) ** 2
        return mean_in @ total, _mixed(common, squares.sum(axis=0), _PIXEL_CORRELATION)
    if depthwise:
        total, squares = total[:, 0], squares[:, 0]
        return mean_in * total, variance_in * _mixed(total**2, squares, _ACTIVATION_CORRELATION)
    return mean_in @ total, _mixed(variance_in @ total**2, variance_in @ squares, _ACTIVATION_CORRELATION)


def _mixed(alike: Array, independent: Array, correlation: float) -> Array:
    return correlation * alike + (1 - correlation) * independent


def _rectified(before: _Moments) -> _Moments:
    """Mean and variance of max(0, x) of a normally distributed x; what ReLU6 cuts off above 6 is too rare to count."""
    deviation = np.sqrt(before.variance)
    ratio = before.mean / deviation
    below = np.array([0.5 * (1 + math.erf(value / math.sqrt(2))) for value in ratio])
    density = np.array([math.exp(-(value**2) / 2) / math.sqrt(2 * math.pi) for value in ratio])
    mean = before.mean * below + deviation * density
    square = (before.mean**2 + before.variance) * below + before.mean * deviation * density
    return _Moments(mean, square - mean**2, "relu")
