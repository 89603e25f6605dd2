"""The layers of a `.mlmodel` neural network, second part: those that came with iOS 13, for values of any rank.

Files that use them say so (EXACT_ARRAY_MAPPING): each value has just the axes that the file gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from typing import Any

import tensorflow as tf

from helpers.coreml.kernels import concatenation, elementwise, linear, matmul, reduction, softmax, unary
from helpers.coreml.layer_kinds import MANY, LayerKind, registrar
from helpers.coreml.layer_weights import layer_weights
from helpers.coreml.layout import Value, constant, reshaped, transposed, with_axes, without_axes
from helpers.errors import ModelFileError

# By their names in the format.
ND_LAYERS: dict[str, LayerKind] = {}


_layer = registrar(ND_LAYERS)


def _combine(function: Callable[[Any, Any], Any], params: Any, inputs: Sequence[Value]) -> Value:
    first, second = inputs
    return elementwise(function, first, second)


_layer("addBroadcastable", 2)(partial(_combine, tf.add))
_layer("subtractBroadcastable", 2)(partial(_combine, tf.subtract))
_layer("multiplyBroadcastable", 2)(partial(_combine, tf.multiply))
_layer("divideBroadcastable", 2)(partial(_combine, tf.divide))


@_layer("clip")
def _clip(params: Any, inputs: Sequence[Value]) -> Value:
    if not params.minVal <= params.maxVal:
        raise ModelFileError(f"expected minVal to be at most maxVal; received {params.minVal} and {params.maxVal}")
    return unary(lambda x: tf.clip_by_value(x, params.minVal, params.maxVal), inputs[0])


@_layer("transpose")
def _transpose(params: Any, inputs: Sequence[Value]) -> Value:
    return transposed(inputs[0], params.axes)


@_layer("reshapeStatic")
def _reshape_static(params: Any, inputs: Sequence[Value]) -> Value:
    (x,) = inputs
    shape = list(params.targetShape)
    # One size may be left to be inferred, as the converter does for a graph whose batch is open.
    if shape.count(-1) == 1:
        known = -prod(shape)
        if known < 1 or prod(x.shape) % known:
            raise ModelFileError(f"expected a shape of {prod(x.shape)} numbers, as {x.shape}; received {shape[:8]}")
        shape[shape.index(-1)] = prod(x.shape) // known
    return reshaped(x, shape)


@_layer("copy")
def _copy(_: Any, inputs: Sequence[Value]) -> Value:
    return inputs[0]


@_layer("squeeze")
def _squeeze(params: Any, inputs: Sequence[Value]) -> Value:
    (x,) = inputs
    axes = [axis for axis, size in enumerate(x.shape) if size == 1] if params.squeezeAll else params.axes
    return without_axes(x, axes)


@_layer("expandDims")
def _expand_dims(params: Any, inputs: Sequence[Value]) -> Value:
    return with_axes(inputs[0], params.axes)


@_layer("concatND", 2, MANY)
def _concat(params: Any, inputs: Sequence[Value]) -> Value:
    if params.interleave:
        raise ModelFileError("expected tensors to be joined one after the other; received interleave")
    return concatenation(inputs, params.axis)


@_layer("softmaxND")
def _softmax(params: Any, inputs: Sequence[Value]) -> Value:
    return softmax(inputs[0], params.axis)


def _reduce(function: Callable[..., Any], params: Any, inputs: Sequence[Value]) -> Value:
    if not params.axes and not params.reduceAll:
        raise ModelFileError("expected axes, or reduceAll; received neither")
    return reduction(function, inputs[0], () if params.reduceAll else params.axes, params.keepDims)


_layer("reduceMean")(partial(_reduce, tf.reduce_mean))
_layer("reduceSum")(partial(_reduce, tf.reduce_sum))
_layer("reduceMax")(partial(_reduce, tf.reduce_max))
_layer("reduceMin")(partial(_reduce, tf.reduce_min))


@_layer("loadConstantND", 0)
def _load_constant(params: Any, inputs: Sequence[Value]) -> Value:
    return constant(layer_weights(params.data, params.shape, "data"))


@_layer("batchedMatmul", 1, 2)
def _batched_matmul(params: Any, inputs: Sequence[Value]) -> Value:
    if params.int8DynamicQuantize:
        raise ModelFileError("expected matrices of floating-point numbers; received int8DynamicQuantize")
    if len(inputs) == 2:
        first, second = inputs
        return matmul(first, second, params.transposeA, params.transposeB)
    if params.transposeA or params.transposeB:
        raise ModelFileError("expected a matrix of weights as it is; received transposeA or transposeB")
    rows, columns = params.weightMatrixFirstDimension, params.weightMatrixSecondDimension
    # Column by column, as the converters write it and TensorFlow Neural Network reads it.
    weights = layer_weights(params.weights, (columns, rows), "weights")
    bias = layer_weights(params.bias, (columns,), "bias") if params.hasBias else None
    return linear(inputs[0], weights, bias)
