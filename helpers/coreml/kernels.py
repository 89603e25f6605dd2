"""The operations on tensors that older and newer Core ML files share, computed by TensorFlow.

Each takes values in the file's order of axes, checks that they fit each other, and gives a value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from helpers.coreml.layout import (
    NotBatchable,
    Value,
    broadcast,
    captured,
    check_shape,
    check_work,
    checked_axes,
    checked_axis,
    constant,
    reshaped,
    same_order,
    straight,
)
from helpers.errors import ModelFileError


def batch_normalisation(
    x: Value,
    gamma: NDArray[np.float32],
    beta: NDArray[np.float32],
    mean: NDArray[np.float32],
    variance: NDArray[np.float32],
    epsilon: float,
    axis: int,
) -> Value:
    """Multiply and shift each channel: gamma * (x - mean) / sqrt(variance + epsilon) + beta.

    Args:
        x: the tensor.
        gamma: the gain, one for each channel, as beta, mean and variance.
        beta: the offset.
        mean: the mean of the channel in training.
        variance: its variance.
        epsilon: what keeps the root from zero.
        axis: the axis of the channels.

    Raises:
        ModelFileError: the tensor has another number of channels, or the root is not positive.
    """
    channels = x.shape[checked_axis(axis, x.rank)]
    if any(array.shape != (channels,) for array in (gamma, beta, mean, variance)):
        raise ModelFileError(
            f"expected gain, offset, mean and variance for each of {channels} channels; received shapes "
            f"{', '.join(str(array.shape) for array in (gamma, beta, mean, variance))}"
        )
    spread = variance.astype(np.float64) + epsilon
    if not (spread > 0).all():
        raise ModelFileError(f"expected variances that are positive with epsilon {epsilon}; received {spread.min()}")
    gain = gamma / np.sqrt(spread)
    offset = beta - mean * gain
    shape = [channels if i == checked_axis(axis, x.rank) else 1 for i in range(x.rank)]
    scaled = elementwise(tf.multiply, x, constant(gain.reshape(shape)))
    return elementwise(tf.add, scaled, constant(offset.reshape(shape)))


def elementwise(function: Callable[[Any, Any], Any], first: Value, second: Value) -> Value:
    """Combine two tensors number by number; axes of size 1 are repeated, as NumPy does.

    Raises:
        ModelFileError: the shapes do not fit.
    """
    (one, other), like = broadcast([first, second])
    return like.like(function(one, other))


def unary(function: Callable[[Any], Any], x: Value) -> Value:
    """Change each number by itself."""
    return x.like(function(captured(x.tensor)))


def linear(x: Value, weights: NDArray[np.float32], bias: NDArray[np.float32] | None) -> Value:
    """Multiply the last axis by a matrix.

    Args:
        x: (..., inputs).
        weights: (outputs, inputs).
        bias: (outputs,), or None.

    Returns:
        (..., outputs).

    Raises:
        ModelFileError: the shapes do not fit.
    """
    if weights.ndim != 2 or not x.rank or x.shape[-1] != weights.shape[1]:
        raise ModelFileError(
            f"expected a matrix of (outputs, inputs) for the last axis of {x.shape}; received shape {weights.shape}"
        )
    if bias is not None and bias.shape != weights.shape[:1]:
        raise ModelFileError(f"expected one bias for each of {weights.shape[0]} outputs; received shape {bias.shape}")
    product = matmul(x, constant(weights.T))
    return product if bias is None else elementwise(tf.add, product, constant(bias))


def matmul(first: Value, second: Value, transpose_first: bool = False, transpose_second: bool = False) -> Value:
    """Multiply matrices, which lie along the last two axes; a first one of one axis is a row.

    Raises:
        ModelFileError: the shapes do not fit.
        NotBatchable: the images do not lie along the rows or a leading axis of the first alone.
    """
    if first.rank == 1 and not transpose_first:
        product = matmul(reshaped(first, (1, *first.shape)), second, False, transpose_second)
        return reshaped(product, product.shape[1:])
    if first.rank < 2 or second.rank < 2:
        raise ModelFileError(f"expected matrices; received shapes {first.shape} and {second.shape}")
    if second.batch is not None or (first.batch is not None and first.batch > first.rank - 2):
        raise NotBatchable
    if first.batch == first.rank - 2 and (transpose_first or second.rank > 2):
        raise NotBatchable
    rows, inner = reversed(first.shape[-2:]) if transpose_first else first.shape[-2:]
    expected, columns = reversed(second.shape[-2:]) if transpose_second else second.shape[-2:]
    if inner != expected:
        raise ModelFileError(f"expected matrices that can be multiplied; received shapes {first.shape}, {second.shape}")
    try:
        leading = np.broadcast_shapes(first.shape[:-2], second.shape[:-2])
    except ValueError:
        raise ModelFileError(
            f"expected as many matrices on both sides; received shapes {first.shape} and {second.shape}"
        ) from None
    shape = check_shape((*leading, rows, columns))
    check_work(shape, inner)
    batch = None if first.batch is None else first.batch + len(shape) - first.rank
    if batch is not None and shape[batch] != 1:
        raise NotBatchable
    result = tf.matmul(straight(first), straight(second), transpose_a=transpose_first, transpose_b=transpose_second)
    return Value(result, shape, tuple(range(len(shape))), batch)


def reduction(function: Callable[..., Any], x: Value, axes: Sequence[int], keep: bool) -> Value:
    """Put together the numbers along axes, such as by their mean.

    Args:
        function: one of TensorFlow's, such as `tf.reduce_mean`.
        x: the tensor.
        axes: the axes; none are all.
        keep: whether the axes stay, with size 1.

    Raises:
        ModelFileError: an axis is not there.
        NotBatchable: the images lie along one.
    """
    counted = checked_axes(axes, x.rank) if len(axes) else tuple(range(x.rank))
    if x.batch in counted:
        raise NotBatchable
    kept = [axis for axis in range(x.rank) if axis not in counted]
    result = function(captured(x.tensor), axis=[x.physical(axis) for axis in counted], keepdims=keep)
    if keep:
        shape = tuple(1 if axis in counted else size for axis, size in enumerate(x.shape))
        return Value(result, shape, x.order, x.batch)
    place = {axis: place for place, axis in enumerate(kept)}
    return Value(
        result,
        tuple(x.shape[axis] for axis in kept),
        tuple(place[axis] for axis in x.order if axis in place),
        None if x.batch is None else place[x.batch],
    )


def softmax(x: Value, axis: int) -> Value:
    """Turn the numbers along an axis into probabilities.

    Raises:
        ModelFileError: there is no such axis.
        NotBatchable: the images lie along it.
    """
    counted = checked_axis(axis, x.rank)
    if counted == x.batch:
        raise NotBatchable
    return x.like(tf.nn.softmax(captured(x.tensor), axis=x.physical(counted)))


def concatenation(values: Sequence[Value], axis: int) -> Value:
    """Join tensors along an axis.

    Raises:
        ModelFileError: there is none, or their shapes differ along another axis.
    """
    if not values:
        raise ModelFileError("expected tensors to join; received none")
    first = values[0]
    counted = checked_axis(axis, first.rank)
    tensors = same_order(values, counted)
    total = sum(value.shape[counted] for value in values)
    shape = check_shape([total if i == counted else size for i, size in enumerate(first.shape)])
    return Value(tf.concat(tensors, axis=first.physical(counted)), shape, first.order, first.batch)
