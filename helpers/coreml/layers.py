"""The layers of a `.mlmodel` neural network, first part: those that Core ML had from its beginning.

They speak of images, (channels, height, width), after the axes for sequence and batch. Files that are older than iOS 13
know nothing else: each value has the five axes (sequence, batch, channel, height, width), a vector being (1, 1,
channels, 1, 1). The sequence is always 1 here, and left out: a value has the four axes that follow. In newer files the
same layers work on the last three axes of a value.

What a layer means is taken from Apple's description of the format, the comments of NeuralNetwork.proto.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np
import tensorflow as tf

from helpers.coreml.image_kernels import average_pooling, convolution, cropping, image_size, max_pooling, padding
from helpers.coreml.kernels import batch_normalisation, concatenation, elementwise, linear, reduction, softmax, unary
from helpers.coreml.layer_kinds import MANY, LayerKind, registrar
from helpers.coreml.layer_weights import layer_weights
from helpers.coreml.layout import Value, constant, reshaped, transposed
from helpers.coreml.windows import Pair, Window, pad_pairs, pair, same, whole
from helpers.errors import ModelFileError

# By their names in the format: those of all files, and those of files where each value has the five axes.
IMAGE_LAYERS: dict[str, LayerKind] = {}
FIVE_AXES_LAYERS: dict[str, LayerKind] = {}


_layer = registrar(IMAGE_LAYERS)
_five_axes_layer = registrar(FIVE_AXES_LAYERS)


@_layer("convolution")
def _convolution(params: Any, inputs: Sequence[Value]) -> Value:
    if params.isDeconvolution or params.outputShape:
        raise ModelFileError("expected a convolution; received a deconvolution (isDeconvolution)")
    (x,) = inputs
    kernel = pair(params.kernelSize, "kernelSize", (3, 3))
    window = Window(
        kernel, pair(params.stride, "stride", (1, 1)), pair(params.dilationFactor, "dilationFactor", (1, 1))
    )
    shape = (params.outputChannels, params.kernelChannels, *kernel)
    weights = layer_weights(params.weights, shape, "weights")
    bias = layer_weights(params.bias, shape[:1], "bias") if params.hasBias else None
    return convolution(
        x, weights, bias, _padded_window(params, "ConvolutionPaddingType", window, x), params.nGroups or 1
    )


def _padded_window(params: Any, choice: str, window: Window, x: Value) -> Window:
    kind = params.WhichOneof(choice)
    if kind == "valid":
        return Window(window.kernel, window.strides, window.dilations, _borders(params.valid.paddingAmounts))
    if kind == "same":
        mode = params.same.asymmetryMode
        if mode not in (0, 1):
            raise ModelFileError(f"expected asymmetryMode 0 or 1; received {mode}")
        return same(window, image_size(x), lower=mode == 1)
    if kind == "includeLastPixel":
        height, width = pair(params.includeLastPixel.paddingAmounts, "paddingAmounts", (0, 0), least=0)
        pads = ((height, height), (width, width))
        return whole(Window(window.kernel, window.strides, window.dilations, pads), image_size(x))
    raise ModelFileError(f"expected {choice} to be chosen; received {kind or 'none'}")


def _borders(amounts: Any) -> tuple[Pair, Pair]:
    """The rows and columns at the four borders; none where nothing is said."""
    edges = amounts.borderAmounts
    if not edges:
        return (0, 0), (0, 0)
    return pad_pairs([size for edge in edges for size in (edge.startEdgeSize, edge.endEdgeSize)], "borderAmounts")


@_layer("pooling")
def _pooling(params: Any, inputs: Sequence[Value]) -> Value:
    (x,) = inputs
    if params.type not in (params.MAX, params.AVERAGE):
        raise ModelFileError(f"expected MAX or AVERAGE pooling; received type {params.type}")
    if params.globalPooling:
        image_size(x)
        return reduction(tf.reduce_mean if params.type == params.AVERAGE else tf.reduce_max, x, (2, 3), keep=True)
    window = Window(pair(params.kernelSize, "kernelSize", (3, 3)), pair(params.stride, "stride", (1, 1)))
    window = _padded_window(params, "PoolingPaddingType", window, x)
    if params.type == params.MAX:
        return max_pooling(x, window)
    count_padding = not params.avgPoolExcludePadding
    if count_padding and params.WhichOneof("PoolingPaddingType") == "includeLastPixel":
        _check_all_on_padding(params, window)
    return average_pooling(x, window, count_padding)


def _check_all_on_padding(params: Any, window: Window) -> None:
    """Whether a window that reaches further than the padding is divided by its whole size is not described."""
    given = pair(params.includeLastPixel.paddingAmounts, "paddingAmounts", (0, 0), least=0)
    if any(after > amount for (_, after), amount in zip(window.pads, given, strict=True)):
        raise ModelFileError(
            "expected average pooling with windows inside the padded image, or avgPoolExcludePadding; received "
            f"includeLastPixel with windows that reach {window.pads} beyond the image"
        )


@_layer("padding")
def _padding(params: Any, inputs: Sequence[Value]) -> Value:
    modes = {"constant": "constant", "reflection": "reflect", "replication": "replicate"}
    kind = params.WhichOneof("PaddingType")
    if kind not in modes:
        raise ModelFileError(f"expected PaddingType among {', '.join(modes)}; received {kind or 'none'}")
    x = _at_least(inputs[0], 3)
    pads = [(0, 0)] * (x.rank - 2) + list(_borders(params.paddingAmounts))
    return padding(x, pads, modes[kind], params.constant.value)


def _at_least(x: Value, rank: int) -> Value:
    if x.rank < rank:
        raise ModelFileError(f"expected an input of at least {rank} axes; received shape {x.shape}")
    return x


@_layer("crop")
def _crop(params: Any, inputs: Sequence[Value]) -> Value:
    if params.offset:
        raise ModelFileError("expected cropAmounts; received an offset, which is for two inputs")
    return cropping(_at_least(inputs[0], 3), _borders(params.cropAmounts))


@_layer("concat", 2, MANY)
def _concat(params: Any, inputs: Sequence[Value]) -> Value:
    if params.sequenceConcat:
        raise ModelFileError("expected channels to be joined; received sequenceConcat")
    return concatenation([_at_least(x, 3) for x in inputs], -3)


def _combine(function: Callable[[Any, Any], Any], params: Any, inputs: Sequence[Value]) -> Value:
    if len(inputs) == 1:
        return unary(lambda x: function(x, params.alpha), inputs[0])
    if len({x.rank for x in inputs}) > 1:
        raise ModelFileError(
            f"expected inputs with equally many axes; received {', '.join(str(x.shape) for x in inputs)}"
        )
    return reduce(lambda one, other: elementwise(function, one, other), inputs)


_layer("add", 1, MANY)(partial(_combine, tf.add))
_layer("multiply", 1, MANY)(partial(_combine, tf.multiply))
_layer("max", 2, MANY)(partial(_combine, tf.maximum))
_layer("min", 2, MANY)(partial(_combine, tf.minimum))


@_layer("batchnorm")
def _batchnorm(params: Any, inputs: Sequence[Value]) -> Value:
    if params.computeMeanVar or params.instanceNormalization:
        raise ModelFileError(
            "expected batch normalisation by stored numbers; received computeMeanVar or instanceNormalization"
        )
    gamma, beta, mean, variance = (
        layer_weights(getattr(params, name), (params.channels,), name) for name in ("gamma", "beta", "mean", "variance")
    )
    # Not set, or 0, means 1e-5; the format says so. tf-coreml's layers for a bias alone are scaled by it.
    return batch_normalisation(_at_least(inputs[0], 3), gamma, beta, mean, variance, params.epsilon or 1e-5, -3)


def _broadcast_weights(weights: Any, shape: Sequence[int], what: str) -> Value:
    """Numbers of shape (1), (C), (1, H, W) or (C, H, W)."""
    if len(shape) not in (1, 3):
        raise ModelFileError(f"expected {what} with a shape of one or three axes; received {list(shape)[:8]}")
    array = layer_weights(weights, shape, what)
    return constant(array.reshape(-1, 1, 1) if array.ndim == 1 else array)


def _keeping_shape(x: Value, function: Callable[[Any, Any], Any], weights: Value) -> Value:
    result = elementwise(function, _at_least(x, 3), weights)
    if result.shape != x.shape:
        raise ModelFileError(f"expected numbers for an input of shape {x.shape}; received shape {weights.shape}")
    return result


@_layer("scale")
def _scale(params: Any, inputs: Sequence[Value]) -> Value:
    result = _keeping_shape(inputs[0], tf.multiply, _broadcast_weights(params.scale, params.shapeScale, "scale"))
    if not params.hasBias:
        return result
    return _keeping_shape(result, tf.add, _broadcast_weights(params.bias, params.shapeBias, "bias"))


@_layer("bias")
def _bias(params: Any, inputs: Sequence[Value]) -> Value:
    return _keeping_shape(inputs[0], tf.add, _broadcast_weights(params.bias, params.shape, "bias"))


@_five_axes_layer("loadConstant", 0)
def _load_constant(params: Any, inputs: Sequence[Value]) -> Value:
    if len(params.shape) != 3:
        raise ModelFileError(f"expected a shape of three axes; received {list(params.shape)[:8]}")
    return constant(layer_weights(params.data, (1, *params.shape), "data"))


@_layer("innerProduct")
def _inner_product(params: Any, inputs: Sequence[Value]) -> Value:
    (x,) = inputs
    weights = layer_weights(params.weights, (params.outputChannels, params.inputChannels), "weights")
    bias = layer_weights(params.bias, (params.outputChannels,), "bias") if params.hasBias else None
    if x.rank > 4:
        raise ModelFileError(f"expected an input of at most 4 axes; received shape {x.shape}")
    if x.rank < 4:
        return linear(x, weights, bias)
    count = int(np.prod(x.shape[1:]))
    result = linear(reshaped(x, (x.shape[0], count)), weights, bias)
    return reshaped(result, (*result.shape, 1, 1))


@_layer("softmax")
def _softmax(params: Any, inputs: Sequence[Value]) -> Value:
    return softmax(_at_least(inputs[0], 3), -3)


def _images_only(x: Value) -> Value:
    image_size(x)
    return x


@_layer("flatten")
def _flatten(params: Any, inputs: Sequence[Value]) -> Value:
    x = _images_only(inputs[0])
    return reshaped(_in_mode(params.mode, x), (x.shape[0], int(np.prod(x.shape[1:])), 1, 1))


def _in_mode(mode: int, x: Value) -> Value:
    """The axes in the order in which a flattening goes through them: channels first or last."""
    if mode not in (0, 1):
        raise ModelFileError(f"expected CHANNEL_FIRST or CHANNEL_LAST; received mode {mode}")
    return transposed(x, (0, 2, 3, 1)) if mode else x


@_five_axes_layer("reshape")
def _reshape(params: Any, inputs: Sequence[Value]) -> Value:
    x = _images_only(inputs[0])
    target = list(params.targetShape)
    if len(target) == 4 and target[0] == 1:
        del target[0]
    if len(target) != 3:
        raise ModelFileError(f"expected a target (channels, height, width); received {list(params.targetShape)[:8]}")
    channels, height, width = target
    if params.mode == 0:
        return reshaped(x, (x.shape[0], channels, height, width))
    return transposed(reshaped(_in_mode(params.mode, x), (x.shape[0], height, width, channels)), (0, 3, 1, 2))


@_five_axes_layer("permute")
def _permute(params: Any, inputs: Sequence[Value]) -> Value:
    axes = list(params.axis) or [0, 1, 2, 3]
    # The axes are sequence, channel, height, width here; the value has the batch where the sequence would be.
    if len(axes) != 4 or axes[0] != 0:
        raise ModelFileError(f"expected the sequence to stay the first of four axes; received axis {axes[:8]}")
    return transposed(_images_only(inputs[0]), axes)


_REDUCE_AXES = {"CHW": (-3, -2, -1), "HW": (-2, -1), "C": (-3,), "H": (-2,), "W": (-1,)}
_REDUCTIONS = {"SUM": tf.reduce_sum, "AVG": tf.reduce_mean, "MAX": tf.reduce_max, "MIN": tf.reduce_min}


@_layer("reduce")
def _reduce(params: Any, inputs: Sequence[Value]) -> Value:
    modes = {number: name for name, number in type(params).ReduceOperation.items()}
    axes = {number: name for name, number in type(params).ReduceAxis.items()}
    if modes.get(params.mode) not in _REDUCTIONS or params.axis not in axes:
        raise ModelFileError(
            f"expected a reduction among {', '.join(_REDUCTIONS)} along {', '.join(_REDUCE_AXES)}; received mode "
            f"{modes.get(params.mode, params.mode)} along {axes.get(params.axis, params.axis)}"
        )
    return reduction(_REDUCTIONS[modes[params.mode]], inputs[0], _REDUCE_AXES[axes[params.axis]], keep=True)
