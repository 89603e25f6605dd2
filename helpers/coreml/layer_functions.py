"""The layers of a `.mlmodel` neural network that change each number by itself: activations and unary functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import tensorflow as tf

from helpers.coreml.kernels import unary
from helpers.coreml.layer_kinds import LayerKind, registrar
from helpers.coreml.layout import Value
from helpers.errors import ModelFileError

# By their names in the format.
FUNCTION_LAYERS: dict[str, LayerKind] = {}

_layer = registrar(FUNCTION_LAYERS)


def _leaky(alpha: float, x: Any) -> Any:
    return tf.where(x >= 0, x, alpha * x)


def _elu(alpha: float, x: Any) -> Any:
    return tf.where(x >= 0, x, alpha * tf.math.expm1(x))


_ACTIVATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "ReLU": lambda params, x: tf.nn.relu(x),
    "ELU": lambda params, x: _elu(params.alpha, x),
    "leakyReLU": lambda params, x: _leaky(params.alpha, x),
    "linear": lambda params, x: _affine(params.alpha, params.beta, x),
    "scaledTanh": lambda params, x: params.alpha * tf.tanh(params.beta * x),
    "sigmoid": lambda params, x: tf.sigmoid(x),
    "sigmoidHard": lambda params, x: tf.clip_by_value(_affine(params.alpha, params.beta, x), 0.0, 1.0),
    "softplus": lambda params, x: tf.math.softplus(x),
    "softsign": lambda params, x: tf.nn.softsign(x),
    "tanh": lambda params, x: tf.tanh(x),
    "thresholdedReLU": lambda params, x: tf.where(x >= params.alpha, x, 0.0),
}


def _affine(factor: float, offset: float, x: Any) -> Any:
    """Multiply and add, leaving out what changes nothing: the large files have many such layers."""
    if factor == -1 and offset == 0:
        return -x
    scaled = x if factor == 1 else factor * x
    return scaled if offset == 0 else scaled + offset


@_layer("activation")
def _activation(params: Any, inputs: Sequence[Value]) -> Value:
    kind = params.WhichOneof("NonlinearityType")
    if kind not in _ACTIVATIONS:
        raise ModelFileError(f"expected an activation among {', '.join(_ACTIVATIONS)}; received {kind or 'none'}")
    return unary(partial(_ACTIVATIONS[kind], getattr(params, kind)), inputs[0])


_UNARY: dict[str, Callable[[Any, Any], Any]] = {
    "SQRT": lambda params, x: tf.sqrt(x),
    "RSQRT": lambda params, x: tf.math.rsqrt(x + (params.epsilon or 1e-6)),
    "INVERSE": lambda params, x: 1.0 / (x + (params.epsilon or 1e-6)),
    "POWER": lambda params, x: tf.pow(x, params.alpha),
    "EXP": lambda params, x: tf.exp(x),
    "LOG": lambda params, x: tf.math.log(x),
    "ABS": lambda params, x: tf.abs(x),
    "THRESHOLD": lambda params, x: tf.maximum(x, params.alpha),
}


@_layer("unary")
def _unary(params: Any, inputs: Sequence[Value]) -> Value:
    names = {number: name for name, number in type(params).Operation.items()}
    if params.type not in names:
        raise ModelFileError(f"expected a unary function among {', '.join(_UNARY)}; received type {params.type}")
    function = _UNARY[names[params.type]]
    # A scale of 0 is one that was not set, and means 1; the format says so.
    return unary(lambda x: function(params, _affine(params.scale or 1.0, params.shift, x)), inputs[0])
