"""The operations of an ML program, Apple's newer form of a network (iOS 15 and later).

Each takes named inputs, some of which must be constants, and gives tensors whose types the program declares. What an
operation means is taken from the documentation of coremltools' operation sets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

import numpy as np
import tensorflow as tf

from helpers.coreml.arguments import Arguments
from helpers.coreml.image_kernels import average_pooling, convolution, image_size, max_pooling, padding
from helpers.coreml.kernels import (
    batch_normalisation,
    concatenation,
    elementwise,
    linear,
    matmul,
    reduction,
    softmax,
    unary,
)
from helpers.coreml.layout import Value, reshaped, transposed, with_axes, without_axes
from helpers.coreml.windows import Window, output_size, pad_pairs, pair, same, whole
from helpers.errors import ModelFileError

Handler = Callable[[Arguments], Value]


@dataclass(frozen=True)
class OperationKind:
    """A kind of operation.

    Attributes:
        handler: computes it.
        exact: whether it gives nothing but numbers that it was given, so that no result can need rounding.
    """

    handler: Handler
    exact: bool


# By their names in the format.
OPERATIONS: dict[str, OperationKind] = {}


def _operation(name: str, exact: bool = False) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        OPERATIONS[name] = OperationKind(handler, exact)
        return handler

    return register


@_operation("conv")
def _conv(given: Arguments) -> Value:
    x = given.tensor("x")
    weights = given.numbers("weight", 4)
    bias = given.numbers("bias") if given.has("bias") else None
    window = Window(
        (weights.shape[2], weights.shape[3]),
        pair(given.integers("strides", (1, 1)), "strides"),
        pair(given.integers("dilations", (1, 1)), "dilations"),
    )
    return convolution(x, weights, bias, _padded_window(given, window, x), given.one("groups", "i", 1))


def _padded_window(given: Arguments, window: Window, x: Value) -> Window:
    """Read `pad_type` and `pad`, which counts for the type `custom` alone."""
    kind = given.one("pad_type", "O", "valid")
    pads = pad_pairs(given.integers("pad", (0, 0, 0, 0)), "pad")
    if kind == "custom":
        return Window(window.kernel, window.strides, window.dilations, pads)
    if kind == "valid":
        return window
    if kind in ("same", "same_lower"):
        return same(window, image_size(x), lower=kind == "same_lower")
    raise ModelFileError(f"expected pad_type valid, same, same_lower or custom; received {kind!r}")


def _pooling_window(given: Arguments, x: Value) -> tuple[Window, bool]:
    """The window, and whether `ceil_mode` makes it reach beyond the padding."""
    window = Window(
        pair(given.integers("kernel_sizes"), "kernel_sizes"), pair(given.integers("strides", (1, 1)), "strides")
    )
    window = _padded_window(given, window, x)
    if not given.one("ceil_mode", "b", False):
        return window, False
    if given.one("pad_type", "O", "valid") in ("same", "same_lower"):
        raise ModelFileError("expected ceil_mode with pad_type valid or custom; received it with same padding")
    reaching = whole(window, image_size(x))
    return reaching, output_size(reaching, image_size(x)) != output_size(window, image_size(x))


@_operation("max_pool", exact=True)
def _max_pool(given: Arguments) -> Value:
    x = given.tensor("x")
    return max_pooling(x, _pooling_window(given, x)[0])


@_operation("avg_pool")
def _avg_pool(given: Arguments) -> Value:
    x = given.tensor("x")
    window, reaching = _pooling_window(given, x)
    count_padding = not given.one("exclude_padding_from_average", "b", False)
    if reaching and count_padding:
        # Whether such a window is divided by its whole size is not documented.
        raise ModelFileError(
            "expected exclude_padding_from_average, or windows inside the padded image; received ceil_mode with "
            f"windows that reach {window.pads} beyond the image"
        )
    return average_pooling(x, window, count_padding)


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": tf.exp,
    "sigmoid": tf.sigmoid,
    "softplus": tf.math.softplus,
    "softsign": tf.nn.softsign,
    "sqrt": tf.sqrt,
    "square": tf.square,
    "tanh": tf.tanh,
}
_EXACT_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": tf.abs,
    "identity": tf.identity,
    "relu": tf.nn.relu,
    "relu6": tf.nn.relu6,
}


def _function(function: Callable[[Any], Any], given: Arguments) -> Value:
    return unary(function, given.tensor("x"))


for _name, _chosen in _FUNCTIONS.items():
    _operation(_name)(partial(_function, _chosen))
for _name, _chosen in _EXACT_FUNCTIONS.items():
    _operation(_name, exact=True)(partial(_function, _chosen))


def _binary(function: Callable[[Any, Any], Any], given: Arguments) -> Value:
    return elementwise(function, given.tensor("x"), given.tensor("y"))


_operation("add")(partial(_binary, tf.add))
_operation("sub")(partial(_binary, tf.subtract))
_operation("mul")(partial(_binary, tf.multiply))
_operation("real_div")(partial(_binary, tf.divide))
_operation("maximum", exact=True)(partial(_binary, tf.maximum))
_operation("minimum", exact=True)(partial(_binary, tf.minimum))


@_operation("leaky_relu")
def _leaky_relu(given: Arguments) -> Value:
    alpha = given.one("alpha", "f")
    return unary(lambda x: tf.where(x >= 0, x, alpha * x), given.tensor("x"))


@_operation("elu")
def _elu(given: Arguments) -> Value:
    alpha = given.one("alpha", "f")
    return unary(lambda x: tf.where(x >= 0, x, alpha * tf.math.expm1(x)), given.tensor("x"))


@_operation("clip", exact=True)
def _clip(given: Arguments) -> Value:
    least, most = given.one("alpha", "f"), given.one("beta", "f")
    if not least <= most:
        raise ModelFileError(f"expected alpha to be at most beta; received {least} and {most}")
    return unary(lambda x: tf.clip_by_value(x, least, most), given.tensor("x"))


@_operation("cast")
def _cast(given: Arguments) -> Value:
    dtype = given.one("dtype", "O")
    if dtype not in ("fp16", "fp32"):
        raise ModelFileError(f"expected dtype fp16 or fp32; received {dtype!r}")
    return given.tensor("x")


@_operation("pad", exact=True)
def _pad(given: Arguments) -> Value:
    x = given.tensor("x")
    amounts = given.integers("pad")
    mode = given.one("mode", "O", "constant")
    if len(amounts) % 2 or len(amounts) > 2 * x.rank or any(not 0 <= amount <= 2**15 for amount in amounts):
        raise ModelFileError(
            f"expected pad to be two numbers from 0 to {2**15:,} for each of the last axes of {x.shape}; received "
            f"{amounts[:8]}"
        )
    if mode not in ("constant", "reflect", "replicate"):
        raise ModelFileError(f"expected the mode constant, reflect or replicate; received {mode!r}")
    pads = [(0, 0)] * (x.rank - len(amounts) // 2) + list(zip(amounts[::2], amounts[1::2], strict=True))
    return padding(x, pads, mode, given.one("constant_val", "f", 0.0))


@_operation("concat", exact=True)
def _concat(given: Arguments) -> Value:
    if given.one("interleave", "b", False):
        raise ModelFileError("expected tensors to be joined one after the other; received interleave")
    return concatenation(given.many("values"), given.one("axis", "i"))


def _reduce(function: Callable[..., Any], given: Arguments) -> Value:
    axes = given.integers("axes", ())
    return reduction(function, given.tensor("x"), axes, given.one("keep_dims", "b", False))


_operation("reduce_mean")(partial(_reduce, tf.reduce_mean))
_operation("reduce_sum")(partial(_reduce, tf.reduce_sum))
_operation("reduce_max", exact=True)(partial(_reduce, tf.reduce_max))
_operation("reduce_min", exact=True)(partial(_reduce, tf.reduce_min))


@_operation("transpose", exact=True)
def _transpose(given: Arguments) -> Value:
    return transposed(given.tensor("x"), given.integers("perm"))


@_operation("reshape", exact=True)
def _reshape(given: Arguments) -> Value:
    x, shape = given.tensor("x"), given.integers("shape")
    # One size may be left open, as -1.
    known = prod(size for size in shape if size != -1)
    if shape.count(-1) == 1 and known > 0:
        shape[shape.index(-1)] = prod(x.shape) // known
    return reshaped(x, shape)


@_operation("squeeze", exact=True)
def _squeeze(given: Arguments) -> Value:
    x = given.tensor("x")
    return without_axes(x, given.integers("axes", [axis for axis, size in enumerate(x.shape) if size == 1]))


@_operation("expand_dims", exact=True)
def _expand_dims(given: Arguments) -> Value:
    return with_axes(given.tensor("x"), given.integers("axes"))


@_operation("linear")
def _linear(given: Arguments) -> Value:
    return linear(given.tensor("x"), given.numbers("weight", 2), given.numbers("bias") if given.has("bias") else None)


@_operation("matmul")
def _matmul(given: Arguments) -> Value:
    transposes = (given.one(name, "b", False) for name in ("transpose_x", "transpose_y"))
    return matmul(given.tensor("x"), given.tensor("y"), *transposes)


@_operation("batch_norm")
def _batch_norm(given: Arguments) -> Value:
    x = given.tensor("x")
    mean, variance = given.numbers("mean"), given.numbers("variance")
    gamma = given.numbers("gamma") if given.has("gamma") else np.ones_like(mean)
    beta = given.numbers("beta") if given.has("beta") else np.zeros_like(mean)
    return batch_normalisation(x, gamma, beta, mean, variance, given.one("epsilon", "f", 1e-5), 1)


@_operation("softmax")
def _softmax(given: Arguments) -> Value:
    return softmax(given.tensor("x"), given.one("axis", "i", -1))
