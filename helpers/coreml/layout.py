"""A tensor of a Core ML network: its shape as the file says it, and how it really lies in memory.

Core ML thinks in images of (channels, height, width); TensorFlow's convolutions on a processor know (height, width,
channels) alone. So each value has two orders of its axes: the logical one, in which the file speaks, and the physical
one, in which the numbers lie. Transposing a value changes the first and moves nothing; numbers are moved only where an
operation needs it.

A file describes one image, with a leading axis of size 1. Several images go through the network at once along such an
axis, which each value remembers; where an operation would mix them, `NotBatchable` says so, and the images are computed
one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from helpers.errors import ModelFileError

# The first convolution of VGG, the widest of the well-known networks, gives 3.2 million numbers for one image.
MOST_ELEMENTS = 2**26
MOST_AXES = 8
# The largest of the well-known networks, VGG, needs 2**34 multiplications for one image in all.
MOST_WORK = 2**35

# What the operations of the network that is being prepared add up to.
_WORK: ContextVar[list[int] | None] = ContextVar("work", default=None)


class NotBatchable(Exception):  # noqa: N818 - not an error: the images are computed one by one instead
    """An operation would mix the images that go through the network together."""


@dataclass(frozen=True)
class Value:
    """A tensor between two operations.

    Attributes:
        tensor: float32, its axes in physical order: a tensor that is computed, or the array of a constant.
        shape: the sizes of the axes in logical order, as the file says them: 1 for the axis of the images.
        order: for each physical axis the logical axis that lies there.
        batch: the logical axis along which several images lie; None for a constant, or where there is one image.
    """

    tensor: Any
    shape: tuple[int, ...]
    order: tuple[int, ...]
    batch: int | None = None

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def physical(self, axis: int) -> int:
        """Where a logical axis lies."""
        return self.order.index(axis)

    def like(self, tensor: Any) -> Value:
        """Another tensor of the same shape in the same order."""
        return Value(tensor, self.shape, self.order, self.batch)


def constant(array: NDArray[Any]) -> Value:
    """A value that the file gives, as float32."""
    return Value(np.asarray(array, np.float32), array.shape, tuple(range(array.ndim)))


def captured(tensor: Any) -> Any:
    """A tensor for TensorFlow: a constant stays outside the graph, which would hold a second copy of all weights."""
    if isinstance(tensor, np.ndarray):
        with tf.init_scope():
            return tf.constant(tensor)
    return tensor


def in_order(value: Value, order: Sequence[int]) -> Any:
    """The tensor of a value with its axes moved into a physical order.

    Args:
        value: the value.
        order: for each physical axis the logical axis wanted there.
    """
    if value.order == tuple(order):
        return captured(value.tensor)
    moved = [value.physical(axis) for axis in order]
    if isinstance(value.tensor, np.ndarray):
        return captured(np.ascontiguousarray(value.tensor.transpose(moved)))
    return tf.transpose(value.tensor, moved)


def straight(value: Value) -> Any:
    """The tensor of a value as the file sees it: its physical order is the logical one."""
    return in_order(value, range(value.rank))


def check_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """Make sure that a tensor of this shape may be made.

    Raises:
        ModelFileError: the tensor would be empty, have too many axes, or be larger than any sensible network needs.
    """
    sizes = tuple(int(size) for size in shape)
    if len(sizes) > MOST_AXES or any(size < 1 for size in sizes) or prod(sizes) > MOST_ELEMENTS:
        raise ModelFileError(
            f"expected a tensor of 1 to {MOST_ELEMENTS:,} numbers with at most {MOST_AXES} axes; received shape "
            f"{_short(sizes)}"
        )
    return sizes


def check_work(shape: Sequence[int], work: int) -> None:
    """Make sure that a network does not take longer than any sensible one needs, with this operation.

    Args:
        shape: the shape of its result.
        work: how many numbers are multiplied or compared for each number of the result.

    Raises:
        ModelFileError: they are too many.
    """
    done = _WORK.get() or [0]
    done[0] += prod(shape) * work
    if done[0] > MOST_WORK:
        raise ModelFileError(
            f"expected a network of at most {MOST_WORK:,} multiplications for one image; received one of at least "
            f"{done[0]:,}"
        )


@contextmanager
def limited_work() -> Iterator[None]:
    """Add up the work of all operations in the block; see `check_work`."""
    token = _WORK.set([0])
    try:
        yield
    finally:
        _WORK.reset(token)


def _short(sizes: Sequence[int]) -> str:
    return str(tuple(sizes)) if len(sizes) <= MOST_AXES else f"of {len(sizes)} axes"


def checked_axis(axis: int, rank: int) -> int:
    """An axis counted from the front; negative ones count from the end.

    Raises:
        ModelFileError: there is no such axis.
    """
    if not -rank <= axis < rank:
        raise ModelFileError(f"expected an axis from {-rank} to {rank - 1}; received {axis}")
    return axis % rank


def checked_axes(axes: Sequence[int], rank: int) -> tuple[int, ...]:
    """Different axes counted from the front, in ascending order.

    Raises:
        ModelFileError: there is no such axis, or it is named twice.
    """
    counted = tuple(sorted(checked_axis(int(axis), rank) for axis in axes))
    if len(set(counted)) != len(counted):
        raise ModelFileError(f"expected different axes; received {list(axes)}")
    return counted


def transposed(value: Value, axes: Sequence[int]) -> Value:
    """Rename the axes: logical axis i of the result is axis `axes[i]` of the value. Nothing is moved.

    Raises:
        ModelFileError: the axes are not all the value's axes, each once.
    """
    counted = [checked_axis(int(axis), value.rank) for axis in axes]
    if sorted(counted) != list(range(value.rank)):
        raise ModelFileError(f"expected a permutation of {value.rank} axes; received {list(axes)}")
    place = {axis: place for place, axis in enumerate(counted)}
    return Value(
        value.tensor,
        tuple(value.shape[axis] for axis in counted),
        tuple(place[axis] for axis in value.order),
        None if value.batch is None else place[value.batch],
    )


def reshaped(value: Value, shape: Sequence[int]) -> Value:
    """Arrange the numbers, read row by row in logical order, in another shape.

    Raises:
        ModelFileError: the shape has another number of elements.
        NotBatchable: there is no leading axis of size 1 for the images.
    """
    sizes = check_shape(shape)
    if prod(sizes) != prod(value.shape):
        raise ModelFileError(f"expected a shape of {prod(value.shape)} numbers, as {value.shape}; received {sizes}")
    if value.batch is None:
        return Value(tf.reshape(straight(value), sizes), sizes, tuple(range(len(sizes))))
    if value.batch != 0 or not sizes or sizes[0] != 1:
        raise NotBatchable
    tensor = tf.reshape(straight(value), (-1, *sizes[1:]))
    return Value(tensor, sizes, tuple(range(len(sizes))), 0)


def without_axes(value: Value, axes: Sequence[int]) -> Value:
    """Take axes of size 1 away.

    Raises:
        ModelFileError: an axis is not there, or has another size.
        NotBatchable: the axis of the images is among them, and the next has another size.
    """
    counted = checked_axes(axes, value.rank)
    if any(value.shape[axis] != 1 for axis in counted):
        raise ModelFileError(f"expected axes {list(counted)} to have size 1; received shape {value.shape}")
    return reshaped(value, [size for axis, size in enumerate(value.shape) if axis not in counted])


def with_axes(value: Value, axes: Sequence[int]) -> Value:
    """Insert axes of size 1, which are counted in the result.

    Raises:
        ModelFileError: there is no such axis in the result.
        NotBatchable: the images do not lie along the first axis.
    """
    rank = value.rank + len(axes)
    if rank > MOST_AXES:
        raise ModelFileError(f"expected at most {MOST_AXES} axes; received {rank}")
    counted = checked_axes(axes, rank)
    rest = iter(value.shape)
    return reshaped(value, [1 if axis in counted else next(rest) for axis in range(rank)])


def broadcast(values: Sequence[Value]) -> tuple[list[Any], Value]:
    """Bring values into one rank and one physical order, so that TensorFlow can combine them element by element.

    Shapes are aligned at their ends, as NumPy does; the order is that of the largest value, which is not moved.

    Returns:
        The tensors, and a value that has the shape and the order of the result, but no tensor of its own.

    Raises:
        ModelFileError: the shapes do not fit.
        NotBatchable: the images lie along different axes.
    """
    rank = max(value.rank for value in values)
    try:
        shape = np.broadcast_shapes(*(value.shape for value in values))
    except ValueError:
        received = ", ".join(str(value.shape) for value in values)
        raise ModelFileError(f"expected shapes that can be combined number by number; received {received}") from None
    check_shape(shape)
    order = _widened(max(values, key=lambda value: (prod(value.shape), value.batch is not None)), rank).order
    widened = [_widened(value, rank) for value in values]
    batches = {value.batch for value in widened} - {None}
    if len(batches) > 1 or any(shape[axis] != 1 for axis in batches if axis is not None):
        raise NotBatchable
    tensors = [in_order(value, order) for value in widened]
    return tensors, Value(None, tuple(shape), order, batches.pop() if batches else None)


def _widened(value: Value, rank: int) -> Value:
    """Put axes of size 1 before the others."""
    more = rank - value.rank
    if not more:
        return value
    if isinstance(value.tensor, np.ndarray):
        tensor: Any = value.tensor.reshape((1,) * more + value.tensor.shape)
    else:
        tensor = value.tensor[(tf.newaxis,) * more]
    return Value(
        tensor,
        (1,) * more + value.shape,
        (*range(more), *(axis + more for axis in value.order)),
        None if value.batch is None else value.batch + more,
    )


def same_order(values: Sequence[Value], axis: int) -> list[Any]:
    """The tensors of values in the physical order of the first, to be joined along a logical axis.

    Raises:
        ModelFileError: ranks differ, or sizes along another axis.
        NotBatchable: the images lie along different axes, along that axis, or not in all values.
    """
    first = values[0]
    for value in values[1:]:
        if value.rank != first.rank or any(
            size != wanted for i, (size, wanted) in enumerate(zip(value.shape, first.shape, strict=True)) if i != axis
        ):
            raise ModelFileError(
                f"expected tensors that differ along axis {axis} alone; received {first.shape} and {value.shape}"
            )
        if value.batch != first.batch:
            raise NotBatchable
    if first.batch == axis:
        raise NotBatchable
    return [in_order(value, first.order) for value in values]
